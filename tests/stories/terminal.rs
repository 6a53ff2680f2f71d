//! The phone in a terminal, against a stub that answers like the service.

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use kadogo::demo::terminal::{Paper, Trouble, run};
use kadogo::gateway::africastalking::{parse_end, parse_text, parse_ussd};
use kadogo::gateway::dialect::UssdEvent;
use kadogo::gateway::{EndEvent, Ending, UssdCall};
use kadogo::seal::Randomness;
use kadogo::time::{Clock, Timestamp};

#[derive(Clone, Default)]
struct Seen {
    calls: Arc<Mutex<Vec<UssdCall>>>,
    ends: Arc<Mutex<Vec<EndEvent>>>,
    texts: Arc<Mutex<Vec<String>>>,
}

async fn people() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(
        r#"[{"role":"customer","name":"Amina Wanjiku","phone":"+254712345678","pin":"4826","language":"en","balance_minor":250050,"currency":"KES"},
            {"role":"newcomer","name":"","phone":"+254755000444","pin":null,"language":"sw"},
            {"role":"agent","name":"Mary Wambui","phone":"+254700000012","pin":null,"pin_locked":true,"language":"en","balance_minor":50,"currency":"KES",
             "agent":{"number":"10137","outlet":"Mama Njeri Shop","pin":"8417","pin_locked":false,"float_minor":1}}]"#,
    )
}

async fn inbox(seen: web::Data<Seen>, phone: web::Path<String>) -> HttpResponse {
    assert_eq!(phone.as_str(), "+254712345678");
    let list: Vec<String> = seen
        .texts
        .lock()
        .unwrap()
        .iter()
        .map(|t| format!(r#"{{"at":1,"from":"KADOGO","text":"You wrote {t}"}}"#))
        .collect();
    HttpResponse::Ok().content_type("application/json").body(format!("[{}]", list.join(",")))
}

async fn ussd(seen: web::Data<Seen>, body: web::Bytes) -> &'static str {
    let UssdEvent::Call(call) = parse_ussd(&body).unwrap() else { panic!("a step") };
    let steps = call.typed.text().split('*').count();
    let first = call.typed.text().is_empty();
    seen.calls.lock().unwrap().push(call);
    match (first, steps) {
        (true, _) => {
            "CON Kadogo\n1. Send money\n2. My account with a line that is too long for the screen"
        }
        (false, 1) => "CON Who gets the money?",
        _ => "END Bye\u{1b}[2J",
    }
}

async fn ended(seen: web::Data<Seen>, body: web::Bytes) -> &'static str {
    seen.ends.lock().unwrap().push(parse_end(&body).unwrap());
    "ok"
}

async fn sms(seen: web::Data<Seen>, body: web::Bytes) -> &'static str {
    seen.texts.lock().unwrap().push(parse_text(&body).unwrap().body);
    ""
}

fn started(seen: &Seen) -> String {
    let data = web::Data::new(seen.clone());
    let app = move || {
        App::new()
            .app_data(data.clone())
            .route("/demo/people", web::get().to(people))
            .route("/demo/inbox/{phone}", web::get().to(inbox))
            .route("/gateways/africastalking/ussd", web::post().to(ussd))
            .route("/gateways/africastalking/ussd/ended", web::post().to(ended))
            .route("/gateways/africastalking/sms", web::post().to(sms))
    };
    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    url
}

async fn typed(url: &str, who: Option<&str>, lines: &'static str) -> Result<String, Trouble> {
    let clock = Clock::manual(Timestamp::from_micros(1_795_327_200_000_000));
    let randomness = Randomness::seeded(1);
    let mut output: Vec<u8> = Vec::new();
    let paper = Paper::new(&mut output, false);
    run(url, who.map(str::to_owned), (&clock, &randomness), Cursor::new(lines), paper).await?;
    Ok(String::from_utf8(output).unwrap())
}

#[actix_web::test]
async fn somebody_is_chosen_dials_replies_and_writes() {
    let seen = Seen::default();
    let url = started(&seen);
    let shown = typed(&url, None, "1\n\n1\n0722000111\nsms BAL\n").await.unwrap();
    let histories: Vec<String> =
        seen.calls.lock().unwrap().iter().map(|call| call.typed.text().to_owned()).collect();
    assert_eq!(histories, ["", "1", "1*0722000111"]);
    let call = seen.calls.lock().unwrap()[0].clone();
    assert!(call.session.starts_with("ATUid_") && call.session.len() == 38);
    assert_eq!((call.caller.e164(), call.service_code.as_str()), ("+254712345678", "*384*1234#"));
    assert_eq!(seen.ends.lock().unwrap().first().unwrap().status, Ending::Closed);
    for expected in [
        "   1  Amina Wanjiku        +254712345678  en   KES 2,500.50  PIN 4826\n",
        "   2  Somebody new         +254755000444  sw                 not yet joined\n",
        "   3  Mary Wambui          +254700000012  en       KES 0.50  PIN locked\n",
        "\n      agent 10137 Mama Njeri Shop, agent PIN 8417\n",
        "│ 1. Send money                      │",
        "│ 2. My account with a line that is  │",
        "│ too long for the screen            │",
        "│ Bye[2J                             │",
        "✉ SMS from KADOGO\n  │ You wrote BAL",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
}

#[actix_web::test]
async fn a_narrow_terminal_shows_it_whole_and_asks_once() {
    let url = started(&Seen::default());
    let shown = typed(&url, None, "1\nwho\n1\n").await.unwrap();
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert_eq!(shown.matches("Who is holding the phone?").count(), 2);
    // one prompt for each line that is typed, and one for the next
    assert_eq!(shown.matches("  > ").count(), 4, "{shown}");
    assert!(!shown.contains("  >   >"), "{shown}");
}

#[actix_web::test]
async fn hanging_up_tells_the_service_and_quitting_ends_it() {
    let seen = Seen::default();
    let url = started(&seen);
    let shown = typed(&url, Some("0712 345 678"), "*384*1234#\n\nx\nhello\nq\n1\n").await.unwrap();
    assert_eq!(seen.calls.lock().unwrap().len(), 1);
    assert_eq!(seen.ends.lock().unwrap().first().unwrap().status, Ending::CutOff);
    assert!(shown.contains("Type a reply and press Enter"), "{shown}");
    assert!(shown.matches("q quits").count() >= 2, "{shown}");
}

#[actix_web::test]
async fn a_service_that_is_not_there_is_told_plainly() {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let trouble = typed(&format!("http://{closed}"), None, "").await.unwrap_err().to_string();
    assert!(
        trouble
            .contains("does not answer (nobody is listening there); start it with `kadogo demo`"),
        "{trouble}"
    );
    let url = started(&Seen::default());
    let trouble = typed(&url, Some("juma"), "").await.unwrap_err().to_string();
    assert_eq!(trouble, "\"juma\" is not a phone number: write it like +254712345678");
}
