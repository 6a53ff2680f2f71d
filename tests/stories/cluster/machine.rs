//! What a throw-away cluster needs of the machine it runs on: PostgreSQL's programs, somebody who
//! may run them, a free port, signals and the end of whole families of processes.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Where Debian keeps the programs of each version; they are not on its `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";
const NEEDED: [&str; 4] = ["initdb", "postgres", "pg_basebackup", "psql"];

#[derive(Clone)]
pub struct Programs {
    folder: PathBuf,
    /// Whom to be instead of root, which PostgreSQL refuses.
    pub user: Option<(u32, u32)>,
}

/// The newest programs there are, or why they cannot be used.
pub fn programs() -> &'static Result<Programs, String> {
    static FOUND: OnceLock<Result<Programs, String>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let id = |args: &[&str]| -> Option<u32> {
            let output = Command::new("id").args(args).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim().parse().ok()
        };
        let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin"))))
            .collect();
        versions.sort_by(|one, other| other.cmp(one));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders =
            versions.into_iter().map(|(_, folder)| folder).chain(std::env::split_paths(&path));
        let complete = |folder: &PathBuf| NEEDED.iter().all(|name| folder.join(name).exists());
        let folder =
            folders.find(complete).ok_or("the programs of PostgreSQL are not installed")?;
        let user = match id(&["-u"]) {
            Some(0) => Some(
                id(&["-u", "postgres"]).zip(id(&["-g", "postgres"])).ok_or("no user postgres")?,
            ),
            _ => None,
        };
        Ok(Programs { folder, user })
    })
}

impl Programs {
    /// None of the caller's own settings reach it.
    pub fn command(&self, name: &str) -> Command {
        let path = if name == "sh" { PathBuf::from(name) } else { self.folder.join(name) };
        let mut command = Command::new(path);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C");
        command.current_dir("/").stdin(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }
}

pub fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub fn send(signal: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    // some of them may be gone already
    let _ = Command::new("kill")
        .arg(format!("-{signal}"))
        .args(pids)
        .stderr(Stdio::null())
        .status()
        .unwrap();
}

/// Its own processes and what it started, the dead that nobody has buried left out.
pub fn family(pid: u32) -> Vec<u32> {
    let table = said(Command::new("ps").args(["-A", "-o", "pid=,ppid=,stat="]));
    let alive = table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let ids: (u32, u32) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        (!words.next()?.starts_with('Z')).then_some(ids)
    });
    alive.filter(|(own, parent)| *own == pid || *parent == pid).map(|(own, _)| own).collect()
}

/// Below the ports that outgoing connections take, so that a server finds its own again after a
/// stop.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let own = u16::try_from(std::process::id() % 700).unwrap() * 14;
    loop {
        let port = 20_000 + own.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub fn alive(pid: u32) -> bool {
    family(pid).contains(&pid)
}
