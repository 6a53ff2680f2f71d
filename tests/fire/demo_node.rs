//! A demo that runs: the real program, with all its workers. It is killed with `kill -9`, as
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
    /// Starts one, and waits until it listens.
    pub fn start(url: &str, folder: &Path) -> Node {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kadogo"))
            .args(["demo", "--bare", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("KADOGO_DATABASE_URL", url)
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
