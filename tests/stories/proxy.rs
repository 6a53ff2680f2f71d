//! A wire to PostgreSQL that breaks at the worst moment: a proxy that understands just enough of
//! the protocol to see a COMMIT pass, and to cut before it or between what the server did and what
//! it says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// What a client may ask for instead of a session: TLS and GSSAPI, which are answered with a plain
/// no.
const ENCRYPT: [u32; 2] = [80_877_103, 80_877_104];

/// When to cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The server does not hear the COMMIT.
    BeforeCommit,
    /// The server has committed, its client does not hear of it.
    CommitSent,
}

/// It runs on a thread of its own: a test that blocks does not hold it up.
pub struct Proxy {
    port: u16,
    wire: Arc<Wire>,
    runtime: Option<Runtime>,
}

struct Wire {
    server: AtomicU16,
    open: watch::Sender<bool>,
    cut_all: watch::Sender<()>,
    /// When to cut, after how many COMMITs.
    trap: Mutex<Option<(Moment, usize)>>,
    cuts: AtomicUsize,
}

impl Proxy {
    /// A proxy before the server at this port.
    pub fn before(port: u16) -> Proxy {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let wire = Arc::new(Wire {
            server: AtomicU16::new(port),
            open: watch::Sender::new(true),
            cut_all: watch::Sender::new(()),
            trap: Mutex::new(None),
            cuts: AtomicUsize::new(0),
        });
        let port = listener.local_addr().unwrap().port();
        let serving = wire.clone();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((client, _)) = listener.accept().await {
                let wire = serving.clone();
                tokio::spawn(async move { wire.serve(client).await });
            }
        });
        Proxy { port, wire, runtime: Some(runtime) }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database, by way of the proxy.
    pub fn url(&self, direct: &str) -> String {
        let (server, database) = direct.rsplit_once('/').unwrap();
        let (host, _) = server.rsplit_once(':').unwrap();
        format!("{host}:{}/{database}", self.port)
    }

    /// Cuts once, at the `nth` COMMIT from now on, whoever sends it: 1 is the next. One that the
    /// server refuses or turns into a ROLLBACK was none: `CommitSent` waits for the next one then.
    pub fn cut_at(&self, moment: Moment, nth: usize) {
        assert!(nth > 0);
        *self.wire.trap.lock().unwrap() = Some((moment, nth));
    }

    /// How many connections were cut at a chosen moment.
    pub fn cuts(&self) -> usize {
        self.wire.cuts.load(Ordering::SeqCst)
    }

    /// Cuts every connection there is.
    pub fn cut_all(&self) {
        self.wire.cut_all.send_replace(());
    }

    /// Connections stay open and nothing passes, either way.
    pub fn stall(&self) {
        self.wire.open.send_replace(false);
    }

    /// What was held up passes, and what comes.
    pub fn go_on(&self) {
        self.wire.open.send_replace(true);
    }

    /// New connections go to another port.
    pub fn redirect(&self, port: u16) {
        self.wire.server.store(port, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // to wait for its end is not allowed within another runtime
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Wire {
    async fn serve(&self, client: TcpStream) -> Option<()> {
        let mut cut_all = self.cut_all.subscribe();
        client.set_nodelay(true).ok()?;
        let (from_client, mut to_client) = client.into_split();
        let mut from_client = Messages { from: from_client, bytes: Vec::new() };
        let (server, startup) = tokio::select! {
            began = self.begin(&mut from_client, &mut to_client) => began?,
            _ = cut_all.changed() => return None,
        };
        let (from_server, mut to_server) = server.into_split();
        let mut from_server = Messages { from: from_server, bytes: Vec::new() };
        let talk = Mutex::new(Talk { asked: 1, ..Talk::default() });
        to_server.write_all(&startup).await.ok()?;
        tokio::select! {
            _ = self.carry_up(&mut from_client, &mut to_server, &talk) => (),
            _ = self.carry_down(&mut from_server, &mut to_client, &talk) => (),
            _ = cut_all.changed() => (),
        }
        drop((from_client, to_client));
        // closed with answers unread, the system would also take back what the server has not read
        // yet
        to_server.shutdown().await.ok()?;
        let rest = async { tokio::io::copy(&mut from_server.from, &mut tokio::io::sink()).await };
        tokio::time::timeout(Duration::from_secs(5), rest).await.ok()?.ok()?;
        Some(())
    }

    /// The connection to the server, and the client's first message for it.
    async fn begin(
        &self,
        from: &mut Messages,
        to: &mut OwnedWriteHalf,
    ) -> Option<(TcpStream, Vec<u8>)> {
        let startup = loop {
            let packet = from.untyped().await?;
            self.opened().await?;
            if !number(&packet[4..]).is_some_and(|code| ENCRYPT.contains(&code)) {
                break packet;
            }
            to.write_all(b"N").await.ok()?;
        };
        let server =
            TcpStream::connect(("127.0.0.1", self.server.load(Ordering::SeqCst))).await.ok()?;
        server.set_nodelay(true).ok()?;
        Some((server, startup))
    }

    async fn carry_up(
        &self,
        from: &mut Messages,
        to: &mut OwnedWriteHalf,
        talk: &Mutex<Talk>,
    ) -> Option<()> {
        loop {
            let messages = self.next(from).await?;
            let mut passing = Vec::new();
            for message in messages {
                let commit = talk.lock().unwrap().asks(&message);
                let moment = commit.and_then(|_| self.sprung());
                if moment == Some(Moment::BeforeCommit) {
                    to.write_all(&passing).await.ok()?;
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                    return None;
                }
                if moment.is_some() {
                    talk.lock().unwrap().doomed = commit;
                }
                passing.extend(message);
            }
            to.write_all(&passing).await.ok()?;
        }
    }

    async fn carry_down(
        &self,
        from: &mut Messages,
        to: &mut OwnedWriteHalf,
        talk: &Mutex<Talk>,
    ) -> Option<()> {
        loop {
            let messages = self.next(from).await?;
            let mut passing = Vec::new();
            for message in messages {
                let heard = talk.lock().unwrap().answers(&message);
                if heard == Some(Answer::Committed) {
                    to.write_all(&passing).await.ok()?;
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                    return None;
                }
                if heard.is_some() {
                    self.trap.lock().unwrap().get_or_insert((Moment::CommitSent, 1));
                }
                passing.extend(message);
            }
            to.write_all(&passing).await.ok()?;
        }
    }

    /// What comes next; while the wire is stalled not even an end comes through.
    async fn next(&self, from: &mut Messages) -> Option<Vec<Vec<u8>>> {
        let messages = from.typed().await;
        self.opened().await?;
        messages
    }

    async fn opened(&self) -> Option<()> {
        self.open.subscribe().wait_for(|open| *open).await.ok().map(drop)
    }

    /// Counts a COMMIT; says what is to happen to this one.
    fn sprung(&self) -> Option<Moment> {
        let mut trap = self.trap.lock().unwrap();
        let (moment, left) = trap.as_mut()?;
        let moment = *moment;
        *left -= 1;
        (*left == 0).then(|| {
            *trap = None;
            moment
        })
    }
}

/// What came of the COMMIT that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Committed,
    Refused,
}

/// How far the two are in their talk. The server ends its answer to each query, and to each run of
/// extended messages up to a sync, with ReadyForQuery: by that an answer finds its question,
/// however many are on their way.
#[derive(Default)]
struct Talk {
    asked: usize,
    answered: usize,
    /// Which answer is to be cut.
    doomed: Option<usize>,
    /// Prepared statements and portals: whether they are a COMMIT.
    prepared: HashMap<Vec<u8>, bool>,
    portals: HashMap<Vec<u8>, bool>,
}

impl Talk {
    /// A message of the client; when it is a COMMIT, which answer is its.
    fn asks(&mut self, message: &[u8]) -> Option<usize> {
        let mut words = message[5..].split(|byte| *byte == 0);
        let mut word = || words.next().unwrap_or_default().to_vec();
        match message[0] {
            b'Q' => {
                self.asked += 1;
                return is_commit(&word()).then_some(self.asked);
            }
            b'S' | b'F' => self.asked += 1,
            b'P' => {
                self.prepared.insert(word(), is_commit(&word()));
            }
            b'B' => {
                let portal = word();
                let statement = word();
                self.portals.insert(portal, self.prepared.get(&statement) == Some(&true));
            }
            b'E' if self.portals.get(&word()) == Some(&true) => return Some(self.asked + 1),
            _ => (),
        }
        None
    }

    /// A message of the server; what it says of the doomed COMMIT.
    fn answers(&mut self, message: &[u8]) -> Option<Answer> {
        if message[0] == b'C'
            && message[5..] == *b"COMMIT\0"
            && self.doomed == Some(self.answered + 1)
        {
            return Some(Answer::Committed);
        }
        if message[0] == b'Z' {
            self.answered += 1;
            return self.doomed.take_if(|doomed| *doomed == self.answered).map(|_| Answer::Refused);
        }
        None
    }
}

/// Whether there is a COMMIT in it; no statement of Kadogo's has a semicolon between quotes.
fn is_commit(sql: &[u8]) -> bool {
    let sql = String::from_utf8_lossy(sql).to_uppercase();
    sql.split(';').any(|one| matches!(one.split_whitespace().next(), Some("COMMIT" | "END")))
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().unwrap()))
}

/// Whole messages, as they come.
struct Messages {
    from: OwnedReadHalf,
    bytes: Vec<u8>,
}

impl Messages {
    /// At least one message: a letter, a length, and what it says. None at the end.
    async fn typed(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut messages = Vec::new();
        loop {
            while let Some(message) = self.take(1) {
                messages.push(message);
            }
            if !messages.is_empty() {
                return Some(messages);
            }
            self.more().await?;
        }
    }

    /// A packet from before the session: it has no letter.
    async fn untyped(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(packet) = self.take(0) {
                return Some(packet);
            }
            self.more().await?;
        }
    }

    fn take(&mut self, letters: usize) -> Option<Vec<u8>> {
        let length = letters + usize::try_from(number(self.bytes.get(letters..)?)?).unwrap();
        (self.bytes.len() >= length).then(|| self.bytes.drain(..length).collect())
    }

    async fn more(&mut self) -> Option<()> {
        self.bytes.reserve(64 * 1024);
        let read = self.from.read_buf(&mut self.bytes).await.ok()?;
        (read > 0).then_some(())
    }
}
