//! The doors. Goal: whatever stands before them, each says exactly what is wrong, lets nothing in
//! by mistake, and tells nobody a secret. Method: real requests over HTTP, good ones and spoilt
//! ones; the rows counted afterwards.

use super::aids;
use super::engine::either;
use super::world::*;
use diesel::prelude::*;
use kadogo::on;
use kadogo::store::StoreError;
use kadogo::store::schema::{arrangements, dedup_keys, outbox, postings, sessions};

const USSD: &str = "/gateways/africastalking/ussd";
const ENDED: &str = "/gateways/africastalking/ussd/ended";
const SMS: &str = "/gateways/africastalking/sms";
const DELIVERY: &str = "/gateways/africastalking/delivery";

type Form = Vec<(&'static str, String)>;

/// A good request for a door, in the gateway's own form.
fn good(door: &str) -> Form {
    let fields: &[(&'static str, &str)] = match door {
        USSD => &[
            ("sessionId", "ATUid_1"),
            ("serviceCode", "*384*1234#"),
            ("phoneNumber", AMINA),
            ("networkCode", "63902"),
            ("text", ""),
        ],
        ENDED => &[
            ("date", "2026-11-23 11:06:00"),
            ("sessionId", "ATUid_1"),
            ("serviceCode", "*384*1234#"),
            ("networkCode", "63902"),
            ("phoneNumber", AMINA),
            ("status", "Incomplete"),
            ("cost", "KES 0.10"),
            ("durationInMillis", "51000"),
            ("hopsCount", "5"),
            ("input", "1*0700000002*200*1*7361"),
            ("lastAppResponse", "CON To send KES 200, enter your PIN."),
            ("errorMessage", ""),
        ],
        SMS => &[
            ("date", "2026-11-23 11:05:00"),
            ("from", AMINA),
            ("id", "sms-1"),
            ("linkId", ""),
            ("text", "BALANCE"),
            ("to", "22384"),
            ("networkCode", "63902"),
        ],
        _ => &[
            ("id", "ATXid_1"),
            ("status", "Success"),
            ("phoneNumber", AMINA),
            ("networkCode", "63902"),
        ],
    };
    fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

async fn post(world: &World, path: &str, form: &Form) -> (u16, String) {
    let answer = world.client.post(format!("{}{path}", world.url)).form(form).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// How many rows there are of everything that a request could change.
async fn rows(world: &World) -> [i64; 5] {
    let count = |conn: &mut kadogo::store::Conn| {
        Ok::<_, StoreError>([
            on!(conn, c => sessions::table.count().get_result(c))?,
            on!(conn, c => dedup_keys::table.count().get_result(c))?,
            on!(conn, c => outbox::table.count().get_result(c))?,
            on!(conn, c => arrangements::table.count().get_result(c))?,
            on!(conn, c => postings::table.count().get_result(c))?,
        ])
    };
    world.app.wallet.store.read(count).await.unwrap()
}

/// The good form with one field spoilt in one way.
fn spoilt(form: &Form, field: &str, how: &str) -> Form {
    let mut spoilt = form.clone();
    let at = spoilt.iter().position(|(name, _)| *name == field).unwrap();
    match how {
        "missing" => drop(spoilt.remove(at)),
        "twice" => spoilt.push(form[at].clone()),
        "blank" => spoilt[at].1 = "  ".into(),
        "long" => spoilt[at].1 = "7".repeat(5_000),
        _ => spoilt[at].1 = "7361\u{7}*".into(),
    }
    spoilt
}

#[tokio::test(flavor = "multi_thread")]
async fn each_door_says_which_field_is_wrong_and_lets_nothing_in() {
    let world = World::new().await;
    let mut before = rows(&world).await;
    let mut told = String::new();
    let doors = [
        (USSD, ["sessionId", "serviceCode", "phoneNumber", "networkCode", "text"].as_slice()),
        (ENDED, &["sessionId", "status"]),
        (SMS, &["date", "from", "id", "text", "to"]),
        (DELIVERY, &["id", "status"]),
    ];
    for (door, fields) in doors {
        for field in fields {
            for how in ["missing", "twice", "blank", "long", "garbled"] {
                let (status, body) = post(&world, door, &spoilt(&good(door), field, how)).await;
                if status == 200 {
                    // this field may be like that
                    before = rows(&world).await;
                    continue;
                }
                assert!(!body.contains("7361"), "what was sent is not repeated: {body}");
                let name = door.rsplit('/').next().unwrap();
                told.push_str(&format!("{name:<9} {field:<13} {how:<9} {status} {body}\n"));
                assert_eq!(rows(&world).await, before, "{name} {field} {how}");
            }
        }
    }
    insta::assert_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_callers_are_whole_international_numbers() {
    let world = World::new().await;
    let before = rows(&world).await;
    for number in
        ["0700000001", "+0700000001", "MPESA", "+254 700", "+2547000000010000000", "+25470000000a"]
    {
        for (door, field) in [(USSD, "phoneNumber"), (SMS, "from")] {
            let mut form = good(door);
            form.iter_mut().find(|(name, _)| *name == field).unwrap().1 = number.into();
            let answer = post(&world, door, &form).await;
            assert_eq!(answer, (400, format!("field {field} is not readable")), "{number}");
        }
    }
    assert_eq!(rows(&world).await, before);
    // a plus that nobody encoded arrives as a blank
    let form = "sessionId=ATUid_1&serviceCode=*384*1234%23&phoneNumber=+254700000001&networkCode=63902&text=";
    let request = world.client.post(format!("{}{USSD}", world.url)).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    assert!(
        request.send().await.unwrap().text().await.unwrap().starts_with("CON Kadogo\n1 Send money")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_forms_are_refused() {
    let world = World::new().await;
    let before = rows(&world).await;
    let missing = [(USSD, "sessionId"), (ENDED, "sessionId"), (SMS, "text"), (DELIVERY, "id")];
    for (door, field) in missing {
        for body in [&b""[..], b"{\"text\":\"\"}", b"\xff\xfe\x00", b"<xml/>", b"%%%=%"] {
            let request = world.client.post(format!("{}{door}", world.url)).body(body.to_vec());
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let body = answer.text().await.unwrap();
            assert_eq!((status, body), (400, format!("field {field} is missing")));
        }
        let huge = format!("{field}={}", "7".repeat(33 * 1024));
        let answer =
            world.client.post(format!("{}{door}", world.url)).body(huge).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 413, "{door}");
        let many = "a=1&".repeat(70);
        let answer =
            world.client.post(format!("{}{door}", world.url)).body(many).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.text().await.unwrap().as_str()),
            (400, "field body is too long")
        );
    }
    assert_eq!(rows(&world).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_door_opens_one_way() {
    let world = World::new().await;
    for door in [USSD, ENDED, SMS, DELIVERY] {
        let answer = world.client.get(format!("{}{door}", world.url)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 405, "GET {door}");
    }
    for page in ["/healthz", "/readyz", "/metrics"] {
        let answer = world.client.post(format!("{}{page}", world.url)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 405, "POST {page}");
    }
    for nothing in ["/gateways", "/gateways/other/ussd", "/gateways/africastalking/ussd/", "/.env"]
    {
        let answer = world.client.post(format!("{}{nothing}", world.url)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404, "{nothing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_carry_the_token_where_one_is_set() {
    let token = "a-long-and-random-token";
    let world = World::with(Twist { callback_token: Some(token), ..Twist::default() }).await;
    let before = rows(&world).await;
    for door in [USSD, ENDED, SMS, DELIVERY] {
        for query in [
            "",
            "?token=",
            "?token=a-long-and-random-tokem",
            "?token=a-long-and-random-token-",
            "?Token=x",
        ] {
            let (status, body) = post(&world, &format!("{door}{query}"), &good(door)).await;
            assert_eq!(
                (status, body.as_str()),
                (403, "the callback token is missing or wrong"),
                "{door}{query}"
            );
        }
    }
    assert_eq!(rows(&world).await, before, "nothing came in");
    for door in [USSD, ENDED, SMS, DELIVERY] {
        assert_eq!(
            post(&world, &format!("{door}?token={token}"), &good(door)).await.0,
            200,
            "{door}"
        );
    }
    for page in ["/healthz", "/readyz", "/metrics"] {
        let answer = world.client.get(format!("{}{page}", world.url)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{page} needs none");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_conversation_is_taken_whatever_it_says_and_changes_nothing() {
    let world = World::new().await;
    let before = rows(&world).await;
    for status in ["Success", "Incomplete", "Failed", "", "Exploded"] {
        let mut form = good(ENDED);
        form.iter_mut().find(|(name, _)| *name == "status").unwrap().1 = status.into();
        assert_eq!(post(&world, ENDED, &form).await, (200, "ok".to_owned()));
    }
    let short: Form = vec![("sessionId", "ATUid_1".to_owned())];
    assert_eq!(post(&world, ENDED, &short).await.0, 200);
    assert_eq!(rows(&world).await, before);
}

async fn get(world: &World, page: &str) -> (u16, String) {
    let answer = world.client.get(format!("{}{page}", world.url)).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_cannot_commit_is_not_ready_and_says_so_politely() {
    let world = World::new().await;
    assert_eq!(get(&world, "/healthz").await, (200, "ok".to_owned()));
    assert_eq!(get(&world, "/readyz").await, (200, "ready".to_owned()));
    // the committer breaks in the middle of a write
    let broken =
        world.app.wallet.book.write::<()>(|_conn| panic!("on purpose: the committer breaks"));
    assert!(broken.await.is_err());
    aids::until("it is seen", || async {
        get(&world, "/readyz").await == (503, "not ready".to_owned())
    })
    .await;
    assert_eq!(get(&world, "/healthz").await.0, 200, "the process runs");
    // who only looks round waits for nobody
    let (status, body) = post(&world, USSD, &good(USSD)).await;
    assert!(status == 200 && body.starts_with("CON Kadogo\n"), "{status} {body}");
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
    assert!(amina.press("7361").await.contains("Nothing has been done."), "{}", amina.transcript());
    assert_eq!(post(&world, SMS, &good(SMS)).await.0, 503, "so that the gateway brings it again");
    // on a server reports are written beside the committer
    assert_eq!(post(&world, DELIVERY, &good(DELIVERY)).await.0, either(503, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_tell_what_happened() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina
        .go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("1593"), Type("7361")])
        .await;
    // the last screen is stored behind the payment
    aids::written(&world).await;
    amina.again().await;
    world.text(AMINA, "sms-1", "BALANCE").await;
    world.deliver().await;
    world.app.notify.measure().await.unwrap();
    let (status, page) = get(&world, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "kadogo_ussd_hops_total{outcome=\"continued\"} 6",
        "kadogo_ussd_hops_total{outcome=\"ended\"} 1",
        "kadogo_ussd_hops_total{outcome=\"repeated\"} 1",
        "kadogo_ussd_hop_seconds_count 8",
        "kadogo_services_total{service=\"send\",outcome=\"done\"} 1",
        "kadogo_services_total{service=\"send\",outcome=\"pin_wrong\"} 1",
        "kadogo_sms_received_total{outcome=\"balance\"} 1",
        "kadogo_sms_sent_total{outcome=\"sent\"} 3",
        "kadogo_outbox_depth 0",
        "kadogo_outbox_age_seconds 0",
        "# EOF",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
    }
    for kind in [
        "kadogo_ussd_hop_seconds histogram",
        "kadogo_book_commit_seconds histogram",
        "kadogo_outbox_depth gauge",
    ] {
        assert!(page.contains(&format!("# TYPE {kind}")), "{kind} is not in\n{page}");
    }
    // how many seconds something took can be any digits
    let told: Vec<&str> = page.lines().filter(|line| !line.contains("_seconds_sum ")).collect();
    assert!(told.len() < page.lines().count(), "{page}");
    for secret in ["700000001", "7361", "1593", "Amina"] {
        assert!(!told.iter().any(|line| line.contains(secret)), "{secret} is in\n{page}");
    }
}
