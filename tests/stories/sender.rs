//! Texts on their way out, against a stub that answers with the gateway's real shapes.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use kadogo::gateway::SendResult;
use kadogo::gateway::sender::{AfricasTalking, Sender};
use kadogo::phone::Msisdn;

#[derive(Clone, Default)]
struct Stub {
    seen: Arc<Mutex<Vec<(String, String)>>>,
    answers: Arc<Mutex<Vec<(u16, &'static str)>>>,
}

async fn messaging(stub: web::Data<Stub>, request: HttpRequest, body: String) -> HttpResponse {
    let key = request.headers().get("apikey").unwrap().to_str().unwrap().to_owned();
    assert_eq!(request.headers().get("accept").unwrap(), "application/json");
    assert_eq!(request.headers().get("content-type").unwrap(), "application/x-www-form-urlencoded");
    stub.seen.lock().unwrap().push((key, body));
    let (status, answer) = stub.answers.lock().unwrap().pop().unwrap();
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    HttpResponse::build(status)
        .insert_header(("location", "/elsewhere"))
        .content_type("application/json")
        .body(answer)
}

async fn started(answers: &[(u16, &'static str)]) -> (Stub, Sender) {
    let stub = Stub {
        answers: Arc::new(Mutex::new(answers.iter().rev().copied().collect())),
        ..Stub::default()
    };
    let data = web::Data::new(stub.clone());
    let app = move || {
        App::new().app_data(data.clone()).route("/version1/messaging", web::post().to(messaging))
    };
    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    let account =
        AfricasTalking::new(&url, "app", "very-secret".to_owned().into(), Some("KADOGO".into()))
            .unwrap();
    (stub, Sender::AfricasTalking(account))
}

fn someone() -> Msisdn {
    Msisdn::from_e164("+254700000001").unwrap()
}

#[actix_web::test]
async fn a_text_is_handed_over_and_the_answer_understood() {
    let accepted = r#"{"SMSMessageData":{"Message":"Sent to 1/1 Total Cost: KES 0.8000","Recipients":[{"statusCode":101,"number":"+254700000001","status":"Success","cost":"KES 0.8000","messageId":"ATXid_2222"}]}}"#;
    let nobody = r#"{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}"#;
    let (stub, sender) = started(&[(201, accepted), (201, nobody), (500, "oops"), (302, "")]).await;
    let text = "QX42 Confirmed. You sent KES 200 & more";
    assert_eq!(
        sender.send(&someone(), text).await,
        SendResult::Accepted { message_id: Some("ATXid_2222".to_owned()) }
    );
    assert_eq!(
        sender.send(&someone(), text).await,
        SendResult::Misconfigured { reason: "402 InvalidSenderId".to_owned() }
    );
    assert_eq!(
        sender.send(&someone(), text).await,
        SendResult::Away { reason: "HTTP 500".to_owned() }
    );
    assert_eq!(
        sender.send(&someone(), text).await,
        SendResult::Away { reason: "HTTP 302".to_owned() }
    );
    let seen = stub.seen.lock().unwrap();
    let (key, body) = seen.first().unwrap();
    assert_eq!(key, "very-secret");
    assert_eq!(
        body,
        "username=app&to=%2B254700000001&message=QX42+Confirmed.+You+sent+KES+200+%26+more&enqueue=1&from=KADOGO"
    );
    assert_eq!(seen.len(), 4, "a redirect is not followed");
}

#[actix_web::test]
async fn an_unreachable_gateway_is_a_reason_to_try_later() {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let account =
        AfricasTalking::new(&format!("http://{closed}"), "app", "k".to_owned().into(), None)
            .unwrap();
    let sent = Sender::AfricasTalking(account).send(&someone(), "Hi").await;
    assert_eq!(sent, SendResult::Away { reason: "no connection to the gateway".to_owned() });
}

#[actix_web::test]
async fn a_key_that_is_no_header_is_reported_and_never_shown() {
    let account =
        AfricasTalking::new("http://127.0.0.1:9", "app", "two\nlines".to_owned().into(), None)
            .unwrap();
    let sender = Sender::AfricasTalking(account);
    assert!(!format!("{sender:?}").contains("lines"));
    let SendResult::Misconfigured { reason } = sender.send(&someone(), "Hi").await else {
        panic!("nothing was sent")
    };
    assert_eq!(reason, "the request could not be made: check the gateway's address and API key");
}

#[actix_web::test]
async fn the_simulator_takes_everything() {
    let sent = Sender::Simulator.send(&someone(), "Hi").await;
    let SendResult::Accepted { message_id: Some(message_id) } = sent else {
        panic!("it takes all")
    };
    assert!(message_id.starts_with("sim-") && !message_id.contains("700000001"));
}
