//! A gateway that is not there: a server that takes texts as Africa's Talking's send API does,
//! answers as it is told, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kadogo::config::GatewayAccount;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it says to one request.
#[derive(Clone)]
pub enum Say {
    /// This status and body.
    Http(u16, String),
    /// Nothing, until it is let go; then it takes the message.
    Wait,
    /// Nothing: it closes the connection.
    HangUp,
    /// This status and no more, then it closes the connection.
    CutShort(u16),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub head: String,
    pub fields: Vec<(String, String)>,
}

impl Asked {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

type Script = VecDeque<(Option<String>, Say)>;

#[derive(Clone)]
pub struct Stub {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// What to say, to anybody or to a message for one number.
    script: Arc<Mutex<Script>>,
    gate: Arc<watch::Sender<bool>>,
}

/// An answer as the real gateway gives it to a message it takes.
pub fn accepted(code: u16, id: &str) -> Say {
    recipient(code, "Success", id)
}

/// An answer about one number.
pub fn recipient(code: u16, status: &str, id: &str) -> Say {
    let body = format!(
        r#"{{"SMSMessageData":{{"Message":"Sent to 1/1 Total Cost: KES 0.8000","Recipients":[{{"statusCode":{code},"number":"+254700000001","status":"{status}","cost":"KES 0.8000","messageId":"{id}"}}]}}}}"#
    );
    Say::Http(201, body)
}

/// An error as the real gateway reports some of them: as success for nobody.
pub fn nobody(message: &str) -> Say {
    Say::Http(201, format!(r#"{{"SMSMessageData":{{"Message":"{message}","Recipients":[]}}}}"#))
}

impl Stub {
    pub async fn start() -> Stub {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let stub = Stub {
            url: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            script: Arc::default(),
            gate: Arc::new(watch::Sender::new(false)),
        };
        let serving = stub.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stub = serving.clone();
                tokio::spawn(async move { stub.serve(stream).await });
            }
        });
        stub
    }

    /// The account that leads to it.
    pub fn account(&self) -> GatewayAccount {
        GatewayAccount {
            url: self.url.clone(),
            username: "kadogo-test".into(),
            api_key: "atsk_very_secret".to_owned().into(),
            sender: Some("KADOGO".into()),
        }
    }

    /// What it will say next, in this order; without a script it takes every message.
    pub fn will(&self, says: impl IntoIterator<Item = Say>) {
        self.script.lock().unwrap().extend(says.into_iter().map(|say| (None, say)));
    }

    /// What it will say next to a message for this number.
    pub fn will_to(&self, number: &str, say: Say) {
        self.script.lock().unwrap().push_back((Some(number.to_owned()), say));
    }

    /// Lets go of everything that waits, now and later.
    pub fn let_go(&self) {
        self.gate.send_replace(true);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The words handed over for a number, in order.
    pub fn texts_to(&self, number: &str) -> Vec<String> {
        let asked = self.asked();
        let theirs = asked.iter().filter(|asked| asked.field("to") == Some(number));
        theirs.map(|asked| asked.field("message").unwrap().to_owned()).collect()
    }

    fn scripted(&self, to: Option<&str>) -> Option<Say> {
        let mut script = self.script.lock().unwrap();
        let at =
            script.iter().position(|(number, _)| number.is_none() || number.as_deref() == to)?;
        script.remove(at).map(|(_, say)| say)
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let asked = read(&mut stream).await?;
        let scripted = self.scripted(asked.field("to"));
        let id = {
            let mut seen = self.asked.lock().unwrap();
            seen.push(asked);
            format!("ATXid_{}", seen.len())
        };
        let say = scripted.unwrap_or_else(|| accepted(101, &id));
        let (status, body) = match say {
            Say::Http(status, body) => (status, body),
            Say::HangUp => return None,
            Say::CutShort(status) => {
                let head = format!("HTTP/1.1 {status} .\r\nContent-Length: 500\r\n\r\n{{");
                stream.write_all(head.as_bytes()).await.ok()?;
                return None;
            }
            Say::Wait => {
                self.gate.subscribe().wait_for(|open| *open).await.ok()?;
                let Say::Http(status, body) = accepted(101, &id) else { return None };
                (status, body)
            }
        };
        let head = format!(
            "HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nConnection: close\r\n"
        );
        let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.ok()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(Asked {
                    head: head.to_owned(),
                    fields: serde_urlencoded::from_str(body).unwrap(),
                });
            }
        }
        match stream.read(&mut chunk).await.ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

/// Waits until something is so; gives up, loudly, after a minute: messages in a dead node's hands
/// wait for half of it.
pub async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    for _look in 0..6_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never happened: {what}");
}
