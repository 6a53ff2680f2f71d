//! Gateways that say only what was typed last: with a count of the steps, as Hubtel, and without
//! one, as Arkesel. Each in its own JSON, through the same doors as the others.

use super::aids::*;
use super::world::*;
use serde_json::{Value, json};
use std::time::Duration;

/// A phone behind one of them.
struct Line<'a> {
    world: &'a World,
    session: &'static str,
    /// Steps so far.
    turn: u32,
}

impl<'a> Line<'a> {
    fn new(world: &'a World, session: &'static str) -> Line<'a> {
        Line { world, session, turn: 0 }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.world.url);
        let answer = self.world.client.post(url).json(body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// A step at Hubtel: the screen, with a mark where it is the last.
    async fn hubtel_at(&self, turn: u32, typed: Option<&str>) -> String {
        let body = json!({
            "Type": if typed.is_some() { "Response" } else { "Initiation" },
            "Mobile": AMINA.trim_start_matches('+'),
            "SessionId": self.session,
            "ServiceCode": "714",
            "Message": typed.unwrap_or("*714#"),
            "Operator": "mtn",
            "Sequence": turn,
            "ClientState": "",
            "Platform": "USSD",
        });
        let answer = self.post("/gateways/hubtel/ussd", &body).await;
        assert_eq!(answer["SessionId"], self.session);
        let end = if answer["Type"] == "release" { "END " } else { "" };
        format!("{end}{}", answer["Message"].as_str().unwrap())
    }

    async fn hubtel(&mut self, typed: Option<&str>) -> String {
        self.turn += 1;
        self.hubtel_at(self.turn, typed).await
    }

    /// The same at Arkesel, some seconds after the screen before.
    async fn arkesel(&mut self, typed: Option<&str>) -> String {
        self.world.clock.advance(Duration::from_secs(5));
        self.arkesel_again(typed).await
    }

    /// The same at once: no person has read a screen by then.
    async fn arkesel_again(&self, typed: Option<&str>) -> String {
        let body = json!({
            "sessionID": self.session,
            "userID": "APP_1",
            "newSession": typed.is_none(),
            "msisdn": AMINA.trim_start_matches('+'),
            "userData": typed.unwrap_or("*928*01#"),
            "network": "MTN",
        });
        let answer = self.post("/gateways/arkesel/ussd", &body).await;
        assert_eq!(
            (&answer["userID"], &answer["sessionID"]),
            (&json!("APP_1"), &json!(self.session))
        );
        let end = if answer["continueSession"] == false { "END " } else { "" };
        format!("{end}{}", answer["message"].as_str().unwrap())
    }
}

const PAYS: [Option<&str>; 6] =
    [None, Some("1"), Some("0700000002"), Some("200"), Some("1"), Some("7361")];

#[tokio::test(flavor = "multi_thread")]
async fn a_counted_step_that_comes_again_gets_the_same_answer_and_pays_once() {
    let world = World::new().await;
    let mut line = Line::new(&world, "3c796dac28174f739de4262d08409c51");
    let mut last = String::new();
    for typed in PAYS {
        last = line.hubtel(typed).await;
        assert_eq!(line.hubtel_at(line.turn, typed).await, last, "{typed:?}");
    }
    assert!(last.starts_with("END ") && last.contains("Confirmed."), "{last}");
    // an older one sees where the person is
    assert_eq!(line.hubtel_at(2, Some("1")).await, last);
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (479_300, 270_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_a_counted_step_finds_what_it_did() {
    let world = World::new().await;
    let mut line = Line::new(&world, "s");
    for typed in &PAYS[..5] {
        line.hubtel(*typed).await;
    }
    world.flush().await;
    let told = line.hubtel(PAYS[5]).await;
    // what was stored is the screen before
    let world = world.crash().await;
    let line = Line { world: &world, session: "s", turn: 6 };
    assert_eq!(line.hubtel_at(6, PAYS[5]).await, told);
    world.flush().await;
    assert_eq!(world.balance(BARAKA).await, 270_000);
    // and where nothing was stored at all, the book still knows
    minutes(&world, 11);
    let mut lost = Line::new(&world, "t");
    let mut told = String::new();
    for typed in PAYS {
        told = lost.hubtel(typed).await;
    }
    let world = world.crash().await;
    let again = Line::new(&world, "t").hubtel_at(6, PAYS[5]).await;
    assert!(again.starts_with(&told[..14]) && again.contains("Its SMS tells you more"), "{again}");
    // a step of which nothing came begins at the start, and takes nothing for an answer
    let start = Line::new(&world, "u").hubtel_at(4, Some("1")).await;
    assert!(start.starts_with("Kadogo\n1 Send money"), "{start}");
    assert_eq!(world.balance(BARAKA).await, 290_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_screen_was_lost_is_not_taken_for_another_screens_answer() {
    let world = World::new().await;
    let mut line = Line::new(&world, "s");
    for typed in &PAYS[..4] {
        line.hubtel(*typed).await;
    }
    world.flush().await;
    assert!(line.hubtel(PAYS[4]).await.contains("enter your PIN"));
    let world = world.crash().await;
    // the yes is lost: the PIN is no answer to the question, which is asked again
    let line = Line { world: &world, session: "s", turn: 6 };
    let asked = line.hubtel_at(6, PAYS[5]).await;
    assert!(asked.starts_with("Send KES 200 to Baraka O"), "{asked}");
    assert_eq!(world.balance(BARAKA).await, 250_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_count_two_equal_answers_are_told_from_a_copy_by_the_time_between() {
    let world = World::new().await;
    let mut line = Line::new(&world, "9f0d");
    for typed in [None, Some("1"), Some("0700000002")] {
        line.arkesel(typed).await;
    }
    // KES 1, brought twice by the gateway; then 1 for yes, by the person
    let asked = line.arkesel(Some("1")).await;
    assert!(asked.starts_with("Send KES 1 to Baraka O"), "{asked}");
    assert_eq!(line.arkesel_again(Some("1")).await, asked);
    let pin = line.arkesel(Some("1")).await;
    assert!(pin.contains("enter your PIN"), "{pin}");
    let told = line.arkesel(Some("7361")).await;
    assert!(told.contains("Confirmed."), "{told}");
    // however late the last one comes again: nothing can be typed there
    assert_eq!(line.arkesel(Some("7361")).await, told);
    assert_eq!(world.balance(BARAKA).await, 250_100);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn gateways_that_use_one_name_have_two_conversations() {
    let world = World::new().await;
    let mut one = Line::new(&world, "same");
    let mut other = Line::new(&world, "same");
    assert!(one.hubtel(None).await.starts_with("Kadogo"));
    assert!(one.hubtel(Some("1")).await.starts_with("Send money"));
    // a phone has one screen: the newer one goes on
    assert!(other.arkesel(None).await.starts_with("Kadogo"));
    assert!(one.hubtel(Some("0700000002")).await.starts_with("END Something has changed"));
    assert!(other.arkesel(Some("1")).await.starts_with("Send money"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_says_that_somebody_was_cut_off_and_garbage_is_refused() {
    let world = World::new().await;
    let mut line = Line::new(&world, "s");
    line.hubtel(None).await;
    line.hubtel(Some("1")).await;
    let timeout = json!({"Type": "Timeout", "Mobile": AMINA.trim_start_matches('+'),
        "SessionId": "s", "ServiceCode": "714", "Message": "", "Sequence": 3});
    let url = format!("{}/gateways/hubtel/ussd", world.url);
    assert_eq!(world.client.post(&url).json(&timeout).send().await.unwrap().status(), 200);
    assert!(line.hubtel(Some("0700000002")).await.starts_with("END Something has changed"));
    for (gateway, body) in [
        ("hubtel", "{"),
        ("hubtel", "[]"),
        ("hubtel", r#"{"Type":"Response"}"#),
        ("hubtel", r#"{"Type":"Other","Mobile":"254700000001","SessionId":"s"}"#),
        ("arkesel", r#"{"sessionID":"s","userID":"a","newSession":"perhaps","userData":"1"}"#),
        (
            "arkesel",
            r#"{"sessionID":"s","userID":"a","newSession":true,"msisdn":"0712","userData":"1"}"#,
        ),
    ] {
        let url = format!("{}/gateways/{gateway}/ussd", world.url);
        let answer = world.client.post(&url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{body}");
        assert!(answer.text().await.unwrap().starts_with("field "), "{body}");
    }
    // what a gateway does not have is not there
    let url = format!("{}/gateways/hubtel/sms", world.url);
    assert_eq!(world.client.post(&url).body("x").send().await.unwrap().status(), 404);
}
