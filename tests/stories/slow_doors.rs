//! Who stands in a door without coming in. Goal: they hold up nobody, and are sent away: at once
//! where they may not come in or bring too much, and after a while where they only wait. Method: a
//! client written by hand that sends what it likes of a request and then nothing; how long it takes
//! until it is told, and that the connection ends then.

use super::program::Place;
use super::stub::until;
use super::world::*;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOKEN: &str = "a-long-and-random-token";
const USSD: &str = "/gateways/africastalking/ussd";
/// Nobody has waited for a body that is answered sooner: that takes five seconds.
const AT_ONCE: Duration = Duration::from_secs(4);

/// The head of a form for a path, with these lines in it.
fn head(path: &str, lines: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{lines}\r\n\r\n"
    )
}

/// A page, asked for by who keeps the connection.
fn page(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

async fn connected(url: &str, sent: &str) -> TcpStream {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

/// Reads to the end, which has to come.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer));
    // one that is torn has said what it had to say
    let _ = read.await.expect("the connection ends");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends this and nothing more; what is answered until the connection ends, and how long it took
/// until the answer began.
async fn told(url: &str, sent: &str) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = connected(url, sent).await;
    stream.readable().await.unwrap();
    let took = began.elapsed();
    (rest(&mut stream).await, took)
}

async fn guarded() -> World {
    World::with(Twist { callback_token: Some(TOKEN), ..Twist::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_and_the_length_are_judged_before_a_body_is_read() {
    let world = guarded().await;
    let (with_token, wrong) = (format!("{USSD}?token={TOKEN}"), format!("{USSD}?token={TOKEN}-"));
    let (with_token, wrong) = (with_token.as_str(), wrong.as_str());
    let cases = [
        (USSD, "Content-Length: 16000", "403 Forbidden"),
        (USSD, "Transfer-Encoding: chunked", "403 Forbidden"),
        (wrong, "Content-Length: 9", "403 Forbidden"),
        ("/gateways/africastalking/ussd/ended", "Content-Length: 100", "403 Forbidden"),
        ("/gateways/africastalking/sms", "Content-Length: 100", "403 Forbidden"),
        ("/gateways/africastalking/delivery", "Content-Length: 100", "403 Forbidden"),
        (with_token, "Content-Length: 40000", "413 Payload Too Large"),
        (with_token, "Content-Length: 99999999999999999", "413 Payload Too Large"),
        ("/console", "Content-Length: 40000", "413 Payload Too Large"),
        ("/gateways/other/ussd", "Content-Length: 100", "404 Not Found"),
        ("/healthz", "Content-Length: 100", "405 Method Not Allowed"),
    ];
    for (path, lines, status) in cases {
        let body = if lines.contains("chunked") { "4\r\nsess\r\n" } else { "sess" };
        let (answer, took) = told(&world.url, &format!("{}{body}", head(path, lines))).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path} {lines}: {answer}");
        assert!(took < AT_ONCE, "{path} {lines}: {took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_come_to_its_end_in_time_is_not_waited_for() {
    let world = guarded().await;
    let path = format!("{USSD}?token={TOKEN}");
    let sent = [
        format!("{}sessionId=ATUid_1", head(&path, "Content-Length: 200")),
        format!("{}6\r\nsessio\r\n", head(&path, "Transfer-Encoding: chunked")),
        format!("{}name=asha", head("/console/sign-in", "Content-Length: 200")),
        "POST /gateways/africastalking/ussd HTTP/1.1\r\nHost:".to_owned(),
    ];
    let asked = sent.each_ref().map(|sent| told(&world.url, sent));
    let answers = futures_util::future::join_all(asked).await;
    for ((answer, took), sent) in answers.into_iter().zip(&sent) {
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout"), "{sent}: {answer}");
        assert!(took >= AT_ONCE, "what is slow has some seconds: {took:?} of {sent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_pieces_is_bounded_as_it_comes() {
    let world = guarded().await;
    let path = format!("{USSD}?token={TOKEN}");
    let piece = format!("1000\r\n{}\r\n", "7".repeat(0x1000));
    let begun = head(&path, "Transfer-Encoding: chunked");
    let (answer, took) = told(&world.url, &format!("{begun}{}", piece.repeat(9))).await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large"), "{answer}");
    assert!(took < AT_ONCE, "{took:?}");
    // a hop in pieces is a hop
    let hop = "sessionId=s&serviceCode=*384*1234%23&phoneNumber=%2B254700000001&text=";
    let (first, last) = hop.split_at(20);
    let pieces = format!("14\r\n{first}\r\n{:x}\r\n{last}\r\n0\r\n\r\n", last.len());
    let begun = head(&path, "Transfer-Encoding: chunked\r\nConnection: close");
    let (answer, _took) = told(&world.url, &format!("{begun}{pieces}")).await;
    assert!(answer.contains("CON Kadogo\n1 Send money"), "{answer}");
}

/// Half a second request, a body whose answer is given already, answers that nobody reads: whatever
/// keeps a connection without a request in hand.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_answered_and_stays_is_sent_away() {
    let world = guarded().await;
    let chunked = head("/healthz", "Transfer-Encoding: chunked");
    let unread = page("/phone").repeat(400);
    let mut streams = Vec::new();
    for sent in [
        String::new(),
        page("/healthz"),
        format!("{}GET /hea", page("/healthz")),
        format!("{chunked}6\r\nsessio\r\n"),
    ] {
        streams.push(connected(&world.url, &sent).await);
    }
    // what does not fit into the way is taken no further
    let address = world.url.trim_start_matches("http://");
    let mut silent = TcpStream::connect(address).await.unwrap();
    let wrote = tokio::time::timeout(Duration::from_secs(1), silent.write_all(unread.as_bytes()));
    let _ = wrote.await;
    let connections = async || {
        let answer = world.client.get(format!("{}/metrics", world.url)).send().await.unwrap();
        let told = answer.text().await.unwrap();
        let line = told.lines().find_map(|line| line.strip_prefix("kadogo_connections "));
        line.unwrap().parse::<usize>().unwrap()
    };
    // who asks is one; some may have been sent away by now on a busy machine
    assert!(connections().await >= 3, "they are counted");
    for stream in &mut streams {
        rest(stream).await;
    }
    until("only who asks is left", async || connections().await <= 1).await;
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn near_the_end_of_descriptors_who_comes_is_told_and_there_is_room_again() {
    let place = Place::new();
    let server = place.start_with_few(&["demo", "--bare"], (128, 1_024)).await;
    let (_, numbers) = server.get("/metrics").await;
    for line in ["kadogo_descriptors_max 1024", "kadogo_connections_max 256"] {
        assert!(numbers.lines().any(|found| found == line), "{line} is not in\n{numbers}");
    }
    let mut strangers = Vec::new();
    let mut answer = String::new();
    // on a busy machine the first of a crowd are gone before the last has come: then another comes
    for _crowd in 0..20 {
        strangers.clear();
        for _ in 0..270 {
            strangers.push(connected(&server.url, "").await);
        }
        answer = told(&server.url, &page("/healthz")).await.0;
        if answer.starts_with("HTTP/1.1 503") {
            break;
        }
    }
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable"), "{answer}");
    assert!(answer.to_lowercase().contains("retry-after: 5"), "{answer}");
    until("the strangers are gone", async || server.get("/healthz").await.0 == 200).await;
    until("none is left", async || {
        let (_, numbers) = server.get("/metrics").await;
        numbers.contains("\nkadogo_connections 1\n")
    })
    .await;
    drop(strangers);
    let paid = server.talk("ATUid_1", AMINA, &["1", "0700000002", "200", "1", "7361"]).await;
    assert!(paid.contains("Confirmed"), "{paid}");
    assert!(!server.err().contains("Too many open files"), "{}", server.err());
    assert!(server.get("/metrics").await.1.contains("kadogo_connections_shed_total "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_are_told_at_a_door_of_their_own_and_then_nowhere_else() {
    let place = Place::new();
    let server = place.start(&["demo", "--bare", "--metrics-listen", "127.0.0.1:0"], &[]).await;
    assert_eq!(server.get("/metrics").await.0, 404);
    assert_eq!(server.get("/healthz").await.0, 200);
    let log = server.err();
    let line = log.lines().find(|line| line.contains("the numbers are told")).unwrap();
    let port: String =
        line.split("127.0.0.1:").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
    let get = async |path: &str| {
        let asked = server.client.get(format!("http://127.0.0.1:{port}{path}"));
        asked.send().await.unwrap().status().as_u16()
    };
    assert_eq!(
        (get("/metrics").await, get("/phone").await, get("/console").await),
        (200, 404, 404)
    );
    let hop = server.client.post(format!("http://127.0.0.1:{port}{USSD}")).send().await.unwrap();
    assert_eq!(hop.status().as_u16(), 404);
}
