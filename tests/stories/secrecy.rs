//! What must not be read by who may read logs, numbers and tables. Goal: no PIN and no whole phone
//! number anywhere but where it belongs. Method: a day's traffic through the real binary at its
//! most talkative, PINs of six digits that stand for nothing else, and a search through every byte
//! that came out.

use super::program::*;
use super::stub::until;
use super::world::{AMINA, holds};
use diesel::prelude::*;
use kadogo::on;
use kadogo::store::Store;
use kadogo::store::schema::sessions;
use kadogo::store::sessions::SessionRow;

/// A newcomer, and what she types: her PIN, wrong ones, a new one.
const NEWCOMER: &str = "+254711222333";
const PINS: [&str; 5] = ["739105", "739106", "620518", "846137", "518402"];

/// Everything that was typed after these steps, as the gateway sends it.
async fn type_all(server: &Server, session: &str, typed: &[&str]) -> String {
    server.talk(session, NEWCOMER, typed).await
}

async fn a_day(server: &Server) {
    let [own, wrong, other, new, texted] = PINS;
    type_all(server, "ATUid_join", &["1", "Zawadi Njoki", own, wrong, own, own]).await;
    let joined = server.get("/demo/people").await.1;
    assert!(joined.contains("Zawadi Njoki"), "{joined}");
    assert!(
        server
            .talk("ATUid_give", AMINA, &["1", "0711222333", "300", "1", "7361"])
            .await
            .contains("Confirmed")
    );
    let sent =
        type_all(server, "ATUid_send", &["1", "0700000002", "100", "1", wrong, other, own]).await;
    assert!(sent.contains("Confirmed"), "{sent}");
    let changed = type_all(server, "ATUid_pin", &["2", "3", own, new, new]).await;
    assert!(changed.contains("Your PIN is changed"), "{changed}");
    type_all(server, "ATUid_cut", &["1", "0700000001", "50", "1"]).await;
    for (n, text) in
        [format!("PIN {texted}"), format!("SEND 20 0700000001 {texted}"), "BALANCE".into()]
            .iter()
            .enumerate()
    {
        let id = format!("sms-{n}");
        let form = [
            ("date", "2026-11-23 11:05:00"),
            ("from", NEWCOMER),
            ("id", &id),
            ("text", text),
            ("to", "22384"),
        ];
        assert_eq!(server.post("/gateways/africastalking/sms", &form).await.0, 200);
    }
    let input = format!("1*0700000002*100*1*{wrong}*{other}*{own}");
    let ended = [
        ("sessionId", "ATUid_send"),
        ("phoneNumber", NEWCOMER),
        ("status", "Success"),
        ("hopsCount", "7"),
        ("input", &input),
        ("lastAppResponse", &input),
    ];
    assert_eq!(server.post("/gateways/africastalking/ussd/ended", &ended).await.0, 200);
    // what cannot be read is not repeated either
    let spoilt = [("sessionId", "ATUid_x"), ("phoneNumber", NEWCOMER), ("text", input.as_str())];
    let (status, body) = server.post("/gateways/africastalking/ussd", &spoilt).await;
    assert_eq!((status, body.as_str()), (400, "field serviceCode is missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_logs_nor_numbers_nor_conversations_show_a_pin_or_a_whole_number() {
    for format in ["text", "json"] {
        let place = Place::new();
        let mut server =
            place.start(&["demo", "--bare", "--log", "trace", "--log-format", format], &[]).await;
        a_day(&server).await;
        until("all is sent", async || {
            server.get("/metrics").await.1.contains("kadogo_outbox_depth 0")
        })
        .await;
        let numbers = server.get("/metrics").await.1;
        server.signal("TERM");
        assert!(server.ends().await.success());
        let log = server.err();
        assert!(
            log.contains("+254***333") && log.contains("pin_wrong"),
            "the log tells of her:\n{log}"
        );
        for secret in PINS.iter().chain(&["711222333", "Zawadi", "Njoki"]) {
            // the fractions of a second may be any six digits
            let line = log
                .lines()
                .find(|line| line.split_once('Z').map_or(*line, |(_, rest)| rest).contains(secret));
            assert_eq!(line, None, "{secret} is in the log");
            assert!(!numbers.contains(secret), "{secret} is in the numbers");
        }
        let url = place.home.url().to_owned();
        let read = move || -> QueryResult<Vec<SessionRow>> {
            let mut beside = Store::open_existing(&url).unwrap().reader().unwrap();
            on!(&mut beside, c => sessions::table.load(c))
        };
        let kept = std::thread::spawn(read).join().unwrap();
        let kept = kept.unwrap();
        assert_eq!(kept.len(), 5, "as many conversations");
        let rows: Vec<u8> =
            kept.into_iter().flat_map(|row| [row.key, row.caller, row.sealed].concat()).collect();
        for secret in
            PINS.iter().chain(&["711222333", "700000001", "Zawadi", "Confirmed", "send_pin"])
        {
            assert!(!holds(&rows, secret), "{secret} is in the conversations");
        }
        let stored = place.home.stored_bytes();
        assert!(holds(&stored, NEWCOMER), "the search sees what is stored");
        for pin in PINS {
            assert!(!holds(&stored, pin), "{pin} is on the disk");
        }
    }
}
