//! The pages of the demo: the phone, the people, their inboxes. They exist only in `demo`.

use super::residents::BARAKA;
use super::{showcase, world};
use crate::app_state::AppState;
use crate::language::Language;
use crate::market::Market;
use crate::phone::Msisdn;
use crate::time::Timestamp;
use crate::value::Slots;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Serialize;

/// What is no page.
const TEXT: &str = "text/plain; charset=utf-8";
/// Messages shown of an inbox.
const INBOX_MAX: i64 = 100;

/// A message as `/demo/inbox` lists it.
#[derive(Debug, Serialize)]
struct MessageView {
    id: String,
    at: String,
    from: String,
    text: String,
}

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/phone", web::get().to(phone))
        .route("/demo/people", web::get().to(people))
        .route("/demo/number/{typed}", web::get().to(number))
        .route("/demo/inbox/{phone}", web::get().to(inbox))
        .route("/demo/mail", web::get().to(mail))
        .route("/demo/mail/{id}/{file}", web::get().to(mail_file));
}

async fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", "/phone")).finish()
}

async fn phone(state: Data<AppState>) -> HttpResponse {
    // the page is written for the usual code; this service may have another
    let page = super::PHONE_PAGE.replace("*384*1234#", &state.wallet.config.dial);
    let collection = showcase::collection(&state.wallet).await.unwrap_or_default();
    let page = page.replace("COLLECTION_NUMBER", &collection);
    let page = of_market(&page, &state.wallet.config.market);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}

/// The page with the numbers and the money of a market.
fn of_market(page: &str, market: &Market) -> String {
    let somebody = Msisdn::from_e164(&market.made_up(BARAKA)).map(|number| number.local(market));
    page.replace("COUNTRY_CODE", &market.country_code)
        .replace("TRUNK_SIGN", &market.trunk)
        .replace("TIME_ZONE", market.zone.iana_name().unwrap_or("UTC"))
        .replace("CURRENCY_CODE", market.currency.as_str())
        .replace("CURRENCY_DECIMALS", &market.currency.exponent().to_string())
        .replace("SAMPLE_NUMBER", somebody.as_ref().unwrap_or(&market.sample))
}

async fn people(state: Data<AppState>) -> HttpResponse {
    match world::people(&state.wallet).await {
        Ok(people) => HttpResponse::Ok().json(people),
        Err(error) => broken(&error),
    }
}

/// The number that somebody wants to be, in full; or why it is none, in words.
async fn number(state: Data<AppState>, typed: Path<String>) -> HttpResponse {
    match Msisdn::parse(&typed, &state.wallet.config.market) {
        Ok(phone) => HttpResponse::Ok().content_type(TEXT).body(phone.e164().to_owned()),
        Err(reason) => {
            let key = format!("refusal.{}", reason.code());
            let words = state.sms.catalogue.get().say(Language::EN, &key, &Slots::new());
            HttpResponse::BadRequest().content_type(TEXT).body(words)
        }
    }
}

async fn inbox(state: Data<AppState>, phone: Path<String>) -> HttpResponse {
    let ours = Msisdn::parse(&phone, &state.wallet.config.market).ok();
    let Some(phone) = ours.or_else(|| Msisdn::from_e164(&phone)) else {
        return HttpResponse::BadRequest().body("not a phone number");
    };
    match state.notify.inbox(&phone, INBOX_MAX).await {
        Ok(messages) => {
            let from = &state.wallet.config.brand;
            let listed = messages.into_iter().map(|message| MessageView {
                id: message.row.id.to_string(),
                at: Timestamp::from_micros(message.row.sent_at.unwrap_or(message.row.created_at))
                    .rfc3339(),
                from: from.clone(),
                text: message.text,
            });
            HttpResponse::Ok().json(listed.collect::<Vec<_>>())
        }
        Err(error) => broken(&error),
    }
}

/// Every letter that left, the newest first, with what lies in it.
async fn mail(state: Data<AppState>) -> HttpResponse {
    let letters = match state.notify.letters().await {
        Ok(letters) => letters,
        Err(error) => return broken(&error),
    };
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><title>Mail</title><style>body{font:16px \
         sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}article{border-top:1px solid \
         #ccc}pre{white-space:pre-wrap;font:inherit}</style><h1>Mail of the demo</h1><p>Nothing is \
         really sent. Statements: dial, My account, E-mail.</p>",
    );
    for (row, letter) in &letters {
        let to = escaped(letter.to.address());
        let subject = escaped(&letter.subject);
        let text = escaped(&letter.text);
        page.push_str(&format!("<article><h3>{subject}</h3><p>To {to}</p><pre>{text}</pre>"));
        for (file, number) in letter.files.iter().zip(0_usize..) {
            page.push_str(&format!(
                "<p><a href=\"/demo/mail/{}/{number}\">{}</a></p>",
                row.id,
                escaped(&file.name)
            ));
        }
        page.push_str("</article>");
    }
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}

async fn mail_file(state: Data<AppState>, place: Path<(i64, usize)>) -> HttpResponse {
    let (id, number) = place.into_inner();
    let letters = match state.notify.letters().await {
        Ok(letters) => letters,
        Err(error) => return broken(&error),
    };
    let letter = letters.into_iter().find(|(row, _)| row.id == id).map(|(_, letter)| letter);
    match letter.and_then(|letter| letter.files.into_iter().nth(number)) {
        Some(file) => {
            let shown = format!("inline; filename=\"{}\"", file.name);
            HttpResponse::Ok()
                .content_type(file.kind)
                .insert_header(("Content-Disposition", shown))
                .body(file.bytes)
        }
        None => HttpResponse::NotFound().body("no such file"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn broken(error: &crate::store::StoreError) -> HttpResponse {
    tracing::error!(%error, "a page of the demo could not be made");
    HttpResponse::ServiceUnavailable().body("busy, try again")
}
