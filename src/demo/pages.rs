//! The pages of the demo: the phone, the people, their inboxes. They exist only in `demo`.

use super::world;
use crate::http::Doors;
use crate::phone::Msisdn;
use crate::time::Timestamp;
use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use serde::Serialize;

/// Messages shown of an inbox.
const INBOX_MAX: i64 = 100;

/// A message as `/demo/inbox` lists it.
#[derive(Debug, Serialize)]
struct Message {
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
        .route("/demo/inbox/{phone}", web::get().to(inbox));
}

async fn home() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", "/phone")).finish()
}

async fn phone(doors: Data<Doors>) -> HttpResponse {
    // the page is written for the usual code; this service may have another
    let page = super::PHONE_PAGE.replace("*384*1234#", &doors.app.wallet.house.dial);
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}

async fn people(doors: Data<Doors>) -> HttpResponse {
    match world::people(&doors.app.wallet).await {
        Ok(people) => HttpResponse::Ok().json(people),
        Err(error) => broken(&error),
    }
}

async fn inbox(doors: Data<Doors>, phone: Path<String>) -> HttpResponse {
    let Ok(phone) = Msisdn::parse(&phone, &doors.app.wallet.house.market) else {
        return HttpResponse::BadRequest().body("not a phone number");
    };
    match doors.app.notify.inbox(&phone, INBOX_MAX).await {
        Ok(messages) => {
            let from = &doors.app.wallet.house.brand;
            let listed = messages.into_iter().map(|message| Message {
                at: Timestamp::from_micros(message.row.sent_at.unwrap_or(message.row.created_at)).rfc3339(),
                from: from.clone(),
                text: message.text,
            });
            HttpResponse::Ok().json(listed.collect::<Vec<_>>())
        }
        Err(error) => broken(&error),
    }
}

fn broken(error: &crate::store::StoreError) -> HttpResponse {
    tracing::error!(%error, "a page of the demo could not be made");
    HttpResponse::ServiceUnavailable().body("busy, try again")
}
