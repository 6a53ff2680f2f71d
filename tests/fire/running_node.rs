//! A node that runs: the real program, with all its workers. It is killed with `kill -9`, as
//! whatever is killed, at the end of the value.

use super::cluster::wait_until;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// A program that runs; it ends with the value.
pub struct Node {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Node {
    /// Starts a demo, and waits until it listens.
    pub fn start(url: &str, folder: &Path) -> Node {
        Node::run(&["demo", "--bare"], url, folder, &[])
    }

    /// Starts a service whose texts leave by a gateway at this address.
    pub fn serve(url: &str, folder: &Path, gateway: &str) -> Node {
        let settings = [
            ("KADOGO_AT_URL", gateway),
            ("KADOGO_AT_USERNAME", "fire"),
            ("KADOGO_AT_API_KEY", "atsk_fire"),
            ("KADOGO_CALLBACK_TOKEN", "a-token-of-the-fire-0123456789"),
            ("KADOGO_SECRET", "f18e0c5b7a2d4936f18e0c5b7a2d4936f18e0c5b7a2d4936f18e0c5b7a2d4936"),
            ("KADOGO_SERVICE_CODE", "*384*7#"),
        ];
        Node::run(&["serve"], url, folder, &settings)
    }

    fn run(command: &[&str], url: &str, folder: &Path, settings: &[(&str, &str)]) -> Node {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kadogo"))
            .args(command)
            .args(["--listen", "127.0.0.1:0"])
            .env_clear()
            .env("KADOGO_DATABASE_URL", url)
            .envs(settings.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (to, from) = (log.clone(), child.stderr.take().unwrap());
        std::thread::spawn(move || {
            // a killed one may leave half a line
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                *to.lock().unwrap() += &format!("{line}\n");
            }
        });
        let node = Node { child, log };
        wait_until("it listens", || node.said("listening"));
        node
    }

    fn said(&self, words: &str) -> bool {
        self.log.lock().unwrap().contains(words)
    }
}

impl Drop for Node {
    /// `kill -9`.
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let log = self.log.lock().unwrap();
        assert!(std::thread::panicking() || !log.contains("could not be woken"), "{log}");
    }
}
