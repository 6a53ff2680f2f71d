//! A demo that runs, with its two people of the staff: the real program, on a database of its own.
//! It ends with the value.

use kadogo::console::desk::Played;
use kadogo::demo::staff_on_show::PLAYED;
use kadogo::staff::second_factor;
use kadogo::time::Clock;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

pub struct Office {
    program: Child,
    folder: TempDir,
    address: String,
}

impl Office {
    /// Starts it, and waits until it listens.
    pub fn open() -> Office {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_kadogo"))
            .args(["demo", "--listen", "127.0.0.1:0"])
            .env_clear()
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the demo ended").unwrap();
            if let Some((_, rest)) = line.split_once("listening address=") {
                break rest.split(' ').next().unwrap().to_owned();
            }
        };
        // what it says from now on is read by nobody, and must not hold it up
        std::thread::spawn(move || lines.for_each(drop));
        Office { program, folder, address }
    }

    /// A page of the console.
    pub fn page(&self, path: &str) -> String {
        format!("http://{}/console{path}", self.address)
    }

    /// A page of the demo.
    pub fn demo_page(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A file on the desk.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Somebody presses these keys on their phone, one after the other: the last screen.
    pub fn press_keys(&self, phone: &str, keys: &[&str]) -> String {
        let session = keys.concat();
        let mut screen = self.hop(phone, &session, "");
        for number in 1..=keys.len() {
            screen = self.hop(phone, &session, &keys[..number].join("*"));
        }
        screen
    }

    fn hop(&self, phone: &str, session: &str, keys: &str) -> String {
        let form = [
            ("sessionId", session.to_owned()),
            ("phoneNumber", phone.to_owned()),
            ("serviceCode", "*384*1234#".to_owned()),
            ("networkCode", "63902".to_owned()),
            ("text", keys.to_owned()),
        ];
        let url = format!("http://{}/gateways/africastalking/ussd", self.address);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sent =
                kadogo::tls::client().build().unwrap().post(url).form(&form).send().await.unwrap();
            sent.text().await.unwrap()
        })
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Somebody of the two.
pub fn played(name: &str) -> &'static Played {
    PLAYED.iter().find(|each| each.name == name).unwrap()
}

/// What their app shows next: they have used the code of now when the demo began.
pub fn code(who: &Played) -> String {
    second_factor::code_at(who.secret, Clock::System.now().plus(Duration::from_secs(30)))
}
