//! The proxy's own stories, told by a client written by hand: it sends what it likes in one piece,
//! and takes the answers as they come.

use super::cluster::{Cluster, psql, wait_until};
use super::proxy::{Moment, Proxy};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

struct Client {
    stream: TcpStream,
}

fn message(letter: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[letter], &length[..], body].concat()
}

fn simple(sql: &str) -> Vec<u8> {
    message(b'Q', format!("{sql}\0").as_bytes())
}

/// Parse, bind, execute, of a statement without a name.
fn extended(sql: &str) -> Vec<u8> {
    let parse = message(b'P', format!("\0{sql}\0\0\0").as_bytes());
    [parse, message(b'B', &[0; 8]), message(b'E', &[0; 5])].concat()
}

fn sync() -> Vec<u8> {
    message(b'S', &[])
}

impl Client {
    /// By way of the question whether the server would rather have TLS.
    fn new(port: u16, url: &str) -> io::Result<Client> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(&[&8_u32.to_be_bytes()[..], &80_877_103_u32.to_be_bytes()].concat())?;
        let mut no = [0];
        stream.read_exact(&mut no)?;
        assert_eq!(no, *b"N");
        let database = url.rsplit('/').next().unwrap();
        let body = format!("\0\x03\0\0user\0postgres\0database\0{database}\0\0");
        stream.write_all(&message(b'?', body.as_bytes())[1..])?;
        let mut client = Client { stream };
        client.hears()?;
        Ok(client)
    }

    fn says(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// What the next answer says of each statement.
    fn hears(&mut self) -> io::Result<Vec<String>> {
        let mut tags = Vec::new();
        loop {
            let mut head = [0; 5];
            self.stream.read_exact(&mut head)?;
            let length = u32::from_be_bytes(head[1..].try_into().unwrap()) - 4;
            let mut body = vec![0; usize::try_from(length).unwrap()];
            self.stream.read_exact(&mut body)?;
            match head[0] {
                b'C' => {
                    tags.push(String::from_utf8(body).unwrap().trim_end_matches('\0').to_owned())
                }
                b'E' => tags.push("ERROR".into()),
                b'Z' => return Ok(tags),
                _ => (),
            }
        }
    }

    /// Sends and hears one answer.
    fn asks(&mut self, bytes: &[u8]) -> io::Result<Vec<String>> {
        self.says(bytes);
        self.hears()
    }

    /// A payment, up to its commit.
    fn begins(&mut self, id: u32) {
        assert_eq!(self.asks(&simple("BEGIN")).unwrap(), ["BEGIN"]);
        assert_eq!(self.asks(&simple(&insert(id))).unwrap(), ["INSERT 0 1"]);
    }

    /// The connection is gone: not merely slow.
    fn is_cut(&mut self) {
        let end = self.hears().unwrap_err().kind();
        assert!(
            matches!(end, io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset),
            "{end:?}"
        );
    }

    /// Nothing comes for a while.
    fn hears_nothing(&mut self) {
        self.stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let end = self.stream.peek(&mut [0]).unwrap_err().kind();
        assert!(matches!(end, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut), "{end:?}");
        self.stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    }
}

fn insert(id: u32) -> String {
    format!("INSERT INTO note VALUES ({id})")
}

fn notes(url: &str) -> String {
    psql(url, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM note")
}

/// A database with an empty table, and a proxy before it.
fn wired(story: &str) -> Option<(Proxy, String)> {
    let cluster = Cluster::or_say(story)?;
    let url = cluster.database();
    psql(&url, "CREATE TABLE note (id BIGINT PRIMARY KEY)");
    Some((Proxy::before(cluster.port()), url))
}

#[test]
fn a_commit_whose_answer_is_cut_off_is_done() {
    let Some((proxy, url)) = wired("a commit whose answer is cut off is done") else { return };
    let mut client = Client::new(proxy.port(), &url).unwrap();
    let mut bystander = Client::new(proxy.port(), &url).unwrap();
    proxy.cut_at(Moment::CommitSent, 2);
    client.begins(1);
    assert_eq!(client.asks(&simple("COMMIT")).unwrap(), ["COMMIT"]);
    client.begins(2);
    client.says(&simple("commit;"));
    client.is_cut();
    assert_eq!((notes(&url).as_str(), proxy.cuts()), ("1 2", 1));
    bystander.begins(3);
    assert_eq!(bystander.asks(&simple("COMMIT")).unwrap(), ["COMMIT"]);
    assert_eq!(psql(&proxy.url(&url), "SELECT count(*) FROM note"), "3");
}

#[test]
fn a_commit_in_extended_messages_is_seen_too() {
    let Some((proxy, url)) = wired("a commit in extended messages is seen too") else { return };
    let mut client = Client::new(proxy.port(), &url).unwrap();
    proxy.cut_at(Moment::CommitSent, 2);
    let one = |id| [extended("BEGIN"), extended(&insert(id)), extended("COMMIT"), sync()].concat();
    // both are on their way before the first is answered
    client.says(&[one(1), one(2)].concat());
    assert_eq!(client.hears().unwrap(), ["BEGIN", "INSERT 0 1", "COMMIT"]);
    client.is_cut();
    assert_eq!((notes(&url).as_str(), proxy.cuts()), ("1 2", 1));
}

#[test]
fn a_commit_that_is_not_passed_on_is_not_done() {
    let Some((proxy, url)) = wired("a commit that is not passed on is not done") else { return };
    let mut client = Client::new(proxy.port(), &url).unwrap();
    proxy.cut_at(Moment::BeforeCommit, 2);
    let one = |id| [simple("BEGIN"), simple(&insert(id)), simple("COMMIT")].concat();
    client.says(&[one(1), one(2)].concat());
    while client.hears().is_ok() {}
    // all that stood before it in the same segment was passed on
    wait_until("the first is done", || notes(&url) == "1");
    wait_until("the second is undone", || {
        psql(&url, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            == "1"
    });
    assert_eq!((notes(&url).as_str(), proxy.cuts()), ("1", 1));
}

#[test]
fn a_commit_that_the_server_refuses_is_told() {
    let Some((proxy, url)) = wired("a commit that the server refuses is told") else { return };
    let mut client = Client::new(proxy.port(), &url).unwrap();
    proxy.cut_at(Moment::CommitSent, 1);
    client.begins(1);
    assert_eq!(client.asks(&simple(&insert(1))).unwrap(), ["ERROR"]);
    assert_eq!(client.asks(&simple("COMMIT")).unwrap(), ["ROLLBACK"]);
    client.begins(2);
    client.says(&simple("COMMIT"));
    client.is_cut();
    assert_eq!((notes(&url).as_str(), proxy.cuts()), ("2", 1));
}

#[test]
fn a_stalled_wire_keeps_everything_for_later() {
    let Some((proxy, url)) = wired("a stalled wire keeps everything for later") else { return };
    let mut client = Client::new(proxy.port(), &url).unwrap();
    proxy.stall();
    client.says(&simple(&insert(1)));
    let others = "datname = current_database() AND pid <> pg_backend_pid()";
    psql(&url, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"));
    client.hears_nothing();
    assert_eq!(notes(&url), "");
    proxy.go_on();
    client.is_cut();

    let mut client = Client::new(proxy.port(), &url).unwrap();
    proxy.stall();
    client.says(&simple(&insert(1)));
    client.hears_nothing();
    proxy.go_on();
    assert_eq!(client.hears().unwrap(), ["INSERT 0 1"]);
    proxy.stall();
    proxy.cut_all();
    client.is_cut();
    assert_eq!((notes(&url).as_str(), proxy.cuts()), ("1", 0));
}

#[test]
fn a_wire_can_lead_elsewhere() {
    let Some((proxy, url)) = wired("a wire can lead elsewhere") else { return };
    let mut early = Client::new(proxy.port(), &url).unwrap();
    let nobody =
        std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    proxy.redirect(nobody);
    assert!(Client::new(proxy.port(), &url).is_err());
    assert_eq!(early.asks(&simple(&insert(1))).unwrap(), ["INSERT 0 1"]);
    proxy.redirect(Cluster::shared().unwrap().port());
    assert_eq!(
        Client::new(proxy.port(), &url).unwrap().asks(&simple(&insert(2))).unwrap(),
        ["INSERT 0 1"]
    );
    proxy.cut_all();
    early.is_cut();
}
