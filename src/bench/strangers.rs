//! Strangers in the door of a service that is measured: some send half of a body, some only stand
//! there, some take their answer a few bytes at a time. Who is sent away comes again, so that there
//! are always as many. What payments are is not known here.

use super::gateway_stub::USSD_PATH;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How much a slow reader's machine keeps of what nobody has read yet: with more of it the whole
/// answer would be there at once.
const KEPT_BYTES: u32 = 1_024;
/// What a slow reader takes at a time.
const BITE_BYTES: usize = 64;
/// How often a slow reader takes some of it.
const BITES_EVERY: Duration = Duration::from_millis(200);
/// Who could not come in tries again after this.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// For how long all are awaited who are to come in before the run.
const COME_WITHIN: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stranger {
    HalfBody,
    Idle,
    SlowReader,
}

/// Strangers, until they are sent home.
#[derive(Debug)]
pub struct Strangers {
    over: watch::Sender<bool>,
    all: JoinSet<()>,
}

impl Strangers {
    /// So many of each kind come to these doors; returns when each of them has been inside once.
    pub async fn come(each: usize, doors: &[SocketAddr], threads: &Handle) -> Strangers {
        let (over, ends) = watch::channel(false);
        let (inside, mut entered) = tokio::sync::mpsc::unbounded_channel();
        let mut all = JoinSet::new();
        for kind in [Stranger::HalfBody, Stranger::Idle, Stranger::SlowReader] {
            for door in doors.iter().copied().cycle().take(each) {
                let (mut ends, inside) = (ends.clone(), inside.clone());
                let stranger = async move {
                    tokio::select! {
                        // nobody tells it any more once the bench is gone: then it goes as well
                        _over = ends.changed() => (),
                        () = kind.stays(door, &inside) => (),
                    }
                };
                all.spawn_on(stranger, threads);
            }
        }
        drop(inside);
        let everybody = async {
            // each says it every time it comes in, and the first to do so are nearly all of them
            for _stranger in 0..each.saturating_mul(3) {
                if entered.recv().await.is_none() {
                    return;
                }
            }
        };
        // a door that lets fewer in is measured with those
        let _ = tokio::time::timeout(COME_WITHIN, everybody).await;
        Strangers { over, all }
    }

    /// They go, and are awaited.
    pub async fn go(mut self) {
        // nobody hears it where all are gone
        let _ = self.over.send(true);
        while self.all.join_next().await.is_some() {}
    }
}

impl Stranger {
    /// Comes, again and again.
    async fn stays(self, door: SocketAddr, inside: &UnboundedSender<()>) {
        loop {
            // to be sent away is what strangers come for
            if self.visit(door, inside).await.is_err() {
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }

    /// Until the service ends it.
    async fn visit(self, door: SocketAddr, inside: &UnboundedSender<()>) -> io::Result<()> {
        let socket = TcpSocket::new_v4()?;
        if self == Stranger::SlowReader {
            socket.set_recv_buffer_size(KEPT_BYTES)?;
        }
        let mut stream = socket.connect(door).await?;
        stream.write_all(self.says().as_bytes()).await?;
        // they are counted for as long as not all have come
        let _ = inside.send(());
        match self {
            Stranger::HalfBody | Stranger::Idle => read_all(&mut stream, None).await,
            Stranger::SlowReader => read_all(&mut stream, Some(BITES_EVERY)).await,
        }
    }

    fn says(self) -> String {
        match self {
            Stranger::HalfBody => format!(
                "POST {USSD_PATH} HTTP/1.1\r\nHost: bench\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: 200\r\n\r\nsessionId=ATUid_"
            ),
            Stranger::Idle => String::new(),
            Stranger::SlowReader => "GET /metrics HTTP/1.1\r\nHost: bench\r\n\r\n".to_owned(),
        }
    }
}

/// Reads until the other side ends it, a bite at a time.
async fn read_all(stream: &mut TcpStream, every: Option<Duration>) -> io::Result<()> {
    let mut bite = [0; BITE_BYTES];
    while stream.read(&mut bite).await? > 0 {
        if let Some(every) = every {
            tokio::time::sleep(every).await;
        }
    }
    Ok(())
}
