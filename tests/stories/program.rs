//! The real program in a test: started with nothing in its environment but what the test says, in a
//! folder of its own, and ended with the test.

use super::engine::{Home, is_postgres};
use super::stub::until;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

/// A folder for a database, menus and whatever else a run needs.
pub struct Place {
    pub home: Home,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Place {
        Place { home: Home::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path(name)
    }

    /// A copy of the menus, to be spoilt.
    pub fn menus(&self) -> PathBuf {
        let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("menus"), self.path("menus"));
        copy(&from, &to);
        to
    }

    fn command(&self, args: &[&str], env: &[(&str, &str)]) -> Command {
        command(&self.home, args, env)
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Said {
        self.run_with(args, &[])
    }

    /// Runs a command to its end, with these settings in the environment.
    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Said {
        run_on(&self.home, args, env)
    }

    /// The same with these lines as its input.
    pub fn run_typing(&self, args: &[&str], env: &[(&str, &str)], lines: &str) -> Said {
        let mut child = self.command(args, env).stdin(Stdio::piped()).spawn().unwrap();
        // it may end before it reads
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        said(child.wait_with_output().unwrap())
    }

    /// Runs a command whose reader is gone before it says anything.
    pub fn run_unread(&self, args: &[&str]) -> Said {
        let mut child = self.command(args, &[]).spawn().unwrap();
        drop(child.stdout.take());
        said(child.wait_with_output().unwrap())
    }

    /// Starts a server on a free port and waits until it listens.
    pub async fn start(&self, args: &[&str], env: &[(&str, &str)]) -> Server {
        let mut args = args.to_vec();
        args.extend(["--listen", "127.0.0.1:0"]);
        Server::hearing(self.command(&args, env)).await
    }

    /// The same with few descriptors: so many at its start, and so many where it asks for more.
    pub async fn start_with_few(&self, args: &[&str], few: (u32, u32)) -> Server {
        let set = self.command(&[], &[]);
        let limits = format!("ulimit -Sn {}; ulimit -Hn {}; exec \"$0\" \"$@\"", few.0, few.1);
        let mut within = Command::new("/bin/sh");
        within.args(["-c", &limits, env!("CARGO_BIN_EXE_kadogo")]).args(args);
        within.args(["--listen", "127.0.0.1:0"]).env_clear();
        let set = set.get_envs().filter_map(|(name, value)| Some((name, value?)));
        within.envs(set).current_dir(self.path(""));
        within.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Server::hearing(within).await
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}

/// Whether a file is nobody's but its owner's.
pub fn is_private(file: &Path) -> bool {
    let there = std::fs::symlink_metadata(file).unwrap();
    there.is_file() && there.permissions().mode() & 0o777 == 0o600
}

fn command(home: &Home, args: &[&str], env: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kadogo"));
    command.args(args).env_clear().current_dir(home.path(""));
    if is_postgres() {
        // a file of that name in the folder is what it would take by itself
        command.env("KADOGO_DATABASE_URL", home.url());
    }
    command.envs(env.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command to its end, beside whatever else works on this database.
pub fn run_on(home: &Home, args: &[&str], env: &[(&str, &str)]) -> Said {
    said(command(home, args, env).output().unwrap())
}

fn said(output: std::process::Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A running server; it ends with the value.
pub struct Server {
    child: Child,
    out: Arc<Mutex<String>>,
    err: Arc<Mutex<String>>,
    pub url: String,
    pub client: reqwest::Client,
}

impl Drop for Server {
    fn drop(&mut self) {
        // it may be gone already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn hearing(mut command: Command) -> Server {
        let mut child = command.spawn().unwrap();
        let out = collect(child.stdout.take().unwrap());
        let err = collect(child.stderr.take().unwrap());
        let mut server = Server {
            child,
            out,
            err,
            url: String::new(),
            client: kadogo::tls::client().build().unwrap(),
        };
        server.hears("listening").await;
        until("its address in the log", async || address_in(&server.err()).is_some()).await;
        server.url = format!("http://{}", address_in(&server.err()).unwrap());
        server
    }

    pub fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    /// Its log so far.
    pub fn err(&self) -> String {
        self.err.lock().unwrap().clone()
    }

    /// Waits until the log says something.
    pub async fn hears(&self, words: &str) {
        self.hears_times(words, 1).await;
    }

    /// Waits until the log says something for the `times`th time.
    pub async fn hears_times(&self, words: &str, times: usize) {
        until(&format!("{words:?} in the log"), async || {
            self.err().matches(words).count() >= times
        })
        .await;
    }

    /// Sends a signal: `HUP`, `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    pub async fn ends(&mut self) -> ExitStatus {
        let mut ended = None;
        for _look in 0..2_000 {
            ended = self.child.try_wait().unwrap();
            if ended.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        ended.unwrap_or_else(|| panic!("it does not end:\n{}", self.err()))
    }

    pub async fn get(&self, page: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{page}", self.url)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let answer =
            self.client.post(format!("{}{path}", self.url)).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// One step of a conversation in the gateway's own form.
    pub async fn hop(&self, session: &str, number: &str, history: &str) -> String {
        self.hop_at("/gateways/africastalking/ussd", session, number, history).await
    }

    /// The same at another address: with a token.
    pub async fn hop_at(&self, path: &str, session: &str, number: &str, history: &str) -> String {
        let form = [
            ("sessionId", session),
            ("serviceCode", "*384*1234#"),
            ("phoneNumber", number),
            ("networkCode", "63902"),
            ("text", history),
        ];
        let (status, body) = self.post(path, &form).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// A whole conversation; returns its last screen.
    pub async fn talk(&self, session: &str, number: &str, typed: &[&str]) -> String {
        let mut screen = self.hop(session, number, "").await;
        for steps in 1..=typed.len() {
            screen = self.hop(session, number, &typed[..steps].join("*")).await;
        }
        screen
    }
}

/// Where it listens, in either form of the log.
fn address_in(log: &str) -> Option<String> {
    let line = log.lines().find(|line| line.contains("listening") && line.contains("address"))?;
    let port: String =
        line.split("127.0.0.1:").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("127.0.0.1:{port}"))
}

fn collect(mut from: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let kept = Arc::new(Mutex::new(String::new()));
    let to = kept.clone();
    std::thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count) = from.read(&mut chunk) {
            if count == 0 {
                return;
            }
            to.lock().unwrap().push_str(&String::from_utf8_lossy(&chunk[..count]));
        }
    });
    kept
}
