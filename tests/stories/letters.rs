//! A mail server that is not there: it speaks enough of SMTP to take letters, says what it is told
//! to, and keeps what it got.

use kadogo::email::Email;
use kadogo::gateway::smtp::MailAccount;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub struct Post {
    address: std::net::SocketAddr,
    letters: Arc<Mutex<Vec<String>>>,
    /// What to say next to a recipient instead of 250.
    script: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Post {
    pub async fn open() -> Post {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let post = Post { address, letters: Arc::default(), script: Arc::default() };
        let serving = post.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let post = serving.clone();
                tokio::spawn(async move { post.serve(stream).await });
            }
        });
        post
    }

    pub fn account(&self) -> MailAccount {
        MailAccount {
            url: format!("smtp://{}", self.address).into(),
            from: Email::parse("statements@kadogo.example").unwrap(),
        }
    }

    pub fn will(&self, says: &[&'static str]) {
        self.script.lock().unwrap().extend(says);
    }

    /// The letters as they came, the oldest first.
    pub fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 post.example\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let said = match verb.as_str() {
                "EHLO" => "250-post.example\r\n250 8BITMIME".to_owned(),
                "RCPT" => self.script.lock().unwrap().pop_front().unwrap_or("250 yes").to_owned(),
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = String::new();
                    loop {
                        match lines.next_line().await.ok()?? {
                            line if line == "." => break,
                            line => letter.push_str(&format!("{line}\n")),
                        }
                    }
                    self.letters.lock().unwrap().push(letter);
                    "250 taken".to_owned()
                }
                "QUIT" => return None,
                _ => "250 ok".to_owned(),
            };
            writer.write_all(format!("{said}\r\n").as_bytes()).await.ok()?;
        }
        None
    }
}

/// The files in a letter, by name.
pub fn files(letter: &str) -> Vec<(String, Vec<u8>)> {
    let parts = letter.split("Content-Disposition: attachment").skip(1);
    let file = |part: &str| {
        let name = part.split("filename=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let (head, body) = part.split_once("\n\n").unwrap();
        let body = body.split("\n--").next().unwrap();
        let plain = !head.contains("base64");
        let quoted = head.contains("quoted-printable");
        let bytes = match (plain, quoted) {
            (false, _) => base64(body),
            (true, true) => {
                body.replace("=\n", "").replace("=0D=0A", "\r\n").replace("=3D", "=").into_bytes()
            }
            (true, false) => body.as_bytes().to_vec(),
        };
        (name, bytes)
    };
    parts.map(file).collect()
}

fn base64(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut held = 0_u32;
    for sign in text.bytes().filter_map(|sign| alphabet.iter().position(|known| *known == sign)) {
        bits = (bits << 6) | u32::try_from(sign).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    bytes
}
