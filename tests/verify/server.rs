//! Where a story is told: a folder for SQLite, or a throw-away PostgreSQL that ends with the test.

use super::machine::{Programs, free_port, programs, said};
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A place for databases.
pub struct Place {
    pub folder: TempDir,
    server: Option<Server>,
    made: std::cell::Cell<u32>,
}

struct Server {
    child: Child,
    port: u16,
    programs: Programs,
    _data: TempDir,
}

impl Place {
    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let number = self.made.replace(self.made.get() + 1);
        match &self.server {
            None => format!("sqlite://{}", self.folder.path().join(format!("{number}.db")).display()),
            Some(server) => {
                said(server.psql("postgres").args(["-c", &format!("CREATE DATABASE story_{number}")]));
                format!("postgres://postgres@127.0.0.1:{}/story_{number}", server.port)
            }
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }
}

impl Server {
    fn start(programs: &Programs) -> Server {
        let data = tempfile::tempdir().unwrap();
        if let Some((user, group)) = programs.user {
            std::os::unix::fs::chown(data.path(), Some(user), Some(group)).unwrap();
        }
        let home = data.path().join("data");
        said(
            programs
                .command("initdb")
                .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"])
                .arg(&home),
        );
        let port = free_port();
        let mut command = programs.command("postgres");
        command.arg("-D").arg(&home).arg("-k").arg(data.path()).args(["-p", &port.to_string(), "-c", "fsync=off"]);
        command.args(["-c", "dynamic_shared_memory_type=mmap"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Server { child, port, programs: programs.clone(), _data: data };
        let begun = Instant::now();
        while !server.psql("postgres").args(["-c", "SELECT 1"]).output().unwrap().status.success() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    fn psql(&self, database: &str) -> Command {
        let mut psql = self.programs.command("psql");
        psql.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string(), "-d", database]);
        psql
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // its children go with it; a test that is killed itself leaves it to the machine
        super::machine::send("QUIT", &[self.child.id()]);
        let _ = self.child.wait();
    }
}

/// Tells a story on SQLite, and again on PostgreSQL where its programs are.
pub fn on_both(name: &str, story: impl Fn(&Place)) {
    let place = |server| Place { folder: tempfile::tempdir().unwrap(), server, made: 0.into() };
    story(&place(None));
    match programs() {
        Ok(programs) => story(&place(Some(Server::start(programs)))),
        Err(why) => {
            let required = std::env::var("KADOGO_TEST_POSTGRES").is_ok_and(|value| value == "required");
            assert!(!required, "KADOGO_TEST_POSTGRES=required, but {why}");
            // past the test harness, which keeps to itself what a test that passes prints
            let _ = writeln!(std::io::stderr(), "NOT TOLD on PostgreSQL: {name}: {why}");
        }
    }
}
