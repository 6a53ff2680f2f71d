//! A program that takes the steps of a script one after the other and says each as soon as it is
//! acknowledged: this test binary, started once more as a process of its own, to be killed.

use super::chance;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What it waits before it takes the next step,
const BREATH: Duration = Duration::from_millis(3);
/// and how long an answer is on its way at most, as it is with networks: it is killed in there,
/// however fast or slow the book is.
const ON_ITS_WAY_US: u64 = 25_000;

/// One that runs; it is killed with the value.
pub struct Stepper {
    child: Child,
    /// Steps that were acknowledged.
    taken: Arc<Mutex<Vec<usize>>>,
    listener: Option<std::thread::JoinHandle<()>>,
}

impl Stepper {
    /// Starts this test as a process of its own.
    pub fn start(test: &str, env: &[(&str, String)]) -> Stepper {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
        command.envs(env.iter().map(|(name, value)| (*name, value)));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let to = taken.clone();
        let listener = std::thread::spawn(move || {
            // a killed one may leave half a line
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let ["@", step, "."] = line.split(' ').collect::<Vec<_>>()[..] {
                    to.lock().unwrap().push(step.parse().unwrap());
                }
            }
        });
        Stepper { child, taken, listener: Some(listener) }
    }

    /// Until it has said so many steps, or is at its end.
    pub fn wait_for(&mut self, steps: usize) {
        let given_up = Instant::now() + Duration::from_secs(60);
        loop {
            let runs = self.child.try_wait().unwrap().is_none();
            if self.taken.lock().unwrap().len() >= steps || !runs {
                return;
            }
            assert!(Instant::now() < given_up, "nothing is done");
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    /// `kill -9`; how many steps it had said by then.
    pub fn kill(mut self) -> usize {
        let _ = self.child.kill();
        self.child.wait().unwrap();
        self.listener.take().unwrap().join().unwrap();
        self.taken.lock().unwrap().len()
    }

    /// Lets it come to the end of the script; how many steps it has said.
    pub fn finish(mut self) -> usize {
        assert!(self.child.wait().unwrap().success(), "a program could not go on");
        self.listener.take().unwrap().join().unwrap();
        self.taken.lock().unwrap().len()
    }
}

impl Drop for Stepper {
    fn drop(&mut self) {
        // it may be gone already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the program: what the test harness says first stands on a line without an end.
pub fn begins() {
    say("");
}

/// In the program: a step was taken, and its answer is on its way.
pub async fn answered(step: usize) {
    tokio::time::sleep(Duration::from_micros(chance(ON_ITS_WAY_US))).await;
    say(&format!("@ {step} ."));
    tokio::time::sleep(BREATH).await;
}

/// A line at once and in one piece.
fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    // nobody may be listening any more
    let _ = output.write_all(format!("{line}\n").as_bytes()).and_then(|()| output.flush());
}
