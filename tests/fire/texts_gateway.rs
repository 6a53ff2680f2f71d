//! A gateway that takes a second for each text: it writes down what comes to it, from which node
//! and when, then thinks, and then says that it has it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long it thinks.
pub const THINKS: Duration = Duration::from_secs(1);

/// A text as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Which node brought it.
    pub node: usize,
    pub to: String,
    pub words: String,
    pub at: Instant,
    /// When its answer was given; nothing while it thinks, or where nobody was there to hear it.
    pub answered: Option<Instant>,
}

/// The gateway.
pub struct Gateway {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Gateway {
    pub fn start() -> Gateway {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let gateway =
            Gateway { port: listener.local_addr().unwrap().port(), heard: Arc::default() };
        let heard = gateway.heard.clone();
        std::thread::spawn(move || {
            for wire in listener.incoming() {
                let heard = heard.clone();
                // who is killed cuts the wire in the middle
                std::thread::spawn(move || wire.and_then(|wire| serve(wire, &heard)));
            }
        });
        gateway
    }

    /// Where a node finds it: the address says which node asks.
    pub fn url(&self, node: usize) -> String {
        format!("http://127.0.0.1:{}/{node}", self.port)
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

/// Takes what comes over one wire, until it is cut.
fn serve(mut wire: TcpStream, heard: &Mutex<Vec<Heard>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(wire.try_clone()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some(node) = line.strip_prefix("POST /") else { return Ok(()) };
        let node = node.split('/').next().unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let header = header.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).unwrap();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).unwrap().1.clone();
        let (to, words) = (field("to"), field("message"));
        let place = {
            let mut heard = heard.lock().unwrap();
            heard.push(Heard { node, to, words, at: Instant::now(), answered: None });
            heard.len() - 1
        };
        std::thread::sleep(THINKS);
        let recipient = format!(
            r#"{{"statusCode":101,"number":"{}","status":"Success","messageId":"fire-{place}"}}"#,
            field("to")
        );
        let answer =
            format!(r#"{{"SMSMessageData":{{"Message":"Sent","Recipients":[{recipient}]}}}}"#);
        let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length";
        write!(wire, "{head}: {}\r\n\r\n{answer}", answer.len())?;
        heard.lock().unwrap()[place].answered = Some(Instant::now());
    }
}
