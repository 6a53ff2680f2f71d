//! What gateways call: each route reads a request in its gateway's dialect, hands the event to its
//! channel and writes the answer back in the dialect. Nothing is decided here.

use crate::app_state::AppState;
use crate::gateway::{BadCall, africastalking as at};
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret;
use std::time::Instant;
use subtle::ConstantTimeEq;

/// The routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        // resources, so that the wrong method is told from the wrong path
        .service(web::resource("/gateways/africastalking/ussd").route(web::post().to(ussd)))
        .service(
            web::resource("/gateways/africastalking/ussd/ended").route(web::post().to(ussd_ended)),
        )
        .service(web::resource("/gateways/africastalking/sms").route(web::post().to(sms)))
        .service(
            web::resource("/gateways/africastalking/delivery").route(web::post().to(delivery)),
        );
}

async fn ussd(state: Data<AppState>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&state, &request) {
        return refused;
    }
    let call = match at::parse_ussd(&body) {
        Ok(call) => call,
        Err(bad) => return unreadable("ussd", bad),
    };
    let started = Instant::now();
    let caller = call.caller.clone();
    let late = state.late.clone();
    let outcome =
        state.ussd.clone().hop_within(state.answer_within, call, &state.runtime, late).await;
    let took = started.elapsed();
    state.wallet.metrics.hop(outcome.word, took);
    let refused = outcome.refused.as_ref().map(crate::request::Refusal::code);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        channel = "ussd",
        %caller,
        outcome = outcome.word,
        screen = outcome.at,
        refused,
        took_ms = ms,
        "hop"
    );
    plain(at::encode(&outcome.screen.text, outcome.screen.continues))
}

async fn ussd_ended(state: Data<AppState>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&state, &request) {
        return refused;
    }
    // nothing depends on this event, which may never come: it is counted
    match at::parse_end(&body) {
        Ok(event) => {
            tracing::info!(
                channel = "ussd",
                ending = ?event.status,
                hops = event.hops,
                "a session ended"
            );
            plain("ok".to_owned())
        }
        Err(bad) => unreadable("ussd_ended", bad),
    }
}

async fn sms(state: Data<AppState>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&state, &request) {
        return refused;
    }
    let text = match at::parse_text(&body) {
        Ok(text) => text,
        Err(bad) => return unreadable("sms", bad),
    };
    let from = text.from.clone();
    match state.sms.receive(text).await {
        Ok(outcome) => {
            state.wallet.metrics.text(outcome);
            tracing::info!(channel = "sms", %from, outcome, "text");
            plain("ok".to_owned())
        }
        Err(refusal) => {
            state.wallet.metrics.text(refusal.code());
            tracing::warn!(channel = "sms", %from, outcome = refusal.code(), "text not handled");
            // not 200: the gateway will bring it again
            HttpResponse::ServiceUnavailable().body("busy, send it again")
        }
    }
}

async fn delivery(state: Data<AppState>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&state, &request) {
        return refused;
    }
    let report = match at::parse_report(&body) {
        Ok(report) => report,
        Err(bad) => return unreadable("delivery", bad),
    };
    match state.notify.report(report).await {
        Ok(()) => plain("ok".to_owned()),
        Err(error) => {
            tracing::error!(%error, "a delivery report was not stored");
            HttpResponse::ServiceUnavailable().body("busy, send it again")
        }
    }
}

/// Callbacks are not signed: where a token is set, they must carry it.
fn unless_ours(state: &AppState, request: &HttpRequest) -> Option<HttpResponse> {
    let token = state.callback_token.as_ref()?.expose_secret();
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let given = pairs
        .into_iter()
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value)
        .unwrap_or_default();
    if given.as_bytes().ct_eq(token.as_bytes()).into() {
        return None;
    }
    tracing::warn!(path = request.path(), "a callback without the token");
    Some(HttpResponse::Forbidden().body("the callback token is missing or wrong"))
}

fn unreadable(door: &'static str, bad: BadCall) -> HttpResponse {
    tracing::warn!(door, field = bad.field, why = %bad.why, "a callback could not be read");
    HttpResponse::BadRequest().content_type("text/plain; charset=utf-8").body(bad.to_string())
}

fn plain(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}
