//! The smallest HTTP client that can post a form again and again over one connection: the load must
//! cost less than what it measures.

use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that is kept open.
#[derive(Debug)]
pub struct BenchConnection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl BenchConnection {
    /// Connects.
    pub async fn connect(address: std::net::SocketAddr) -> io::Result<BenchConnection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(BenchConnection { stream, received: Vec::with_capacity(1_024) })
    }

    /// Posts a form; returns the body of the answer.
    pub async fn post(&mut self, path: &str, form: &str) -> io::Result<String> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.received.clear();
        loop {
            if let Some(body) = complete(&self.received)? {
                return Ok(body);
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The body, once it is all there.
fn complete(received: &[u8]) -> io::Result<Option<String>> {
    let text = String::from_utf8_lossy(received);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return Ok(None) };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.ok_or_else(|| io::Error::other("an answer without a length"))?;
    Ok((body.len() >= length).then(|| body.to_owned()))
}
