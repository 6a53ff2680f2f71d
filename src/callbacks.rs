//! What gateways call: each route reads a request in its gateway's dialect, hands the event to its
//! channel and writes the answer back in the dialect. Nothing is decided here.

use crate::app_state::AppState;
use crate::gateway::dialect::{Dialect, UssdEvent};
use crate::gateway::dialects::{DIALECTS, dialect};
use crate::gateway::{BadCall, EndEvent, UssdCall};
use crate::request_body;
use crate::ussd::progress::{HopOutcome, Late};
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::web::{self, Bytes, Data};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, Resource};
use futures_util::future::LocalBoxFuture;
use secrecy::ExposeSecret;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// The routes: each dialect has those that it speaks.
pub fn routes(config: &mut web::ServiceConfig) {
    // resources, so that the wrong method is told from the wrong path
    let mut route = |dialect: &Dialect, end: &str, resource: fn(Resource) -> Resource| {
        let path = format!("/gateways/{}/{end}", dialect.name);
        config.service(resource(web::resource(path)));
    };
    for dialect in DIALECTS {
        route(dialect, "ussd", |at| at.route(web::post().to(ussd)));
        if dialect.ended.is_some() {
            route(dialect, "ussd/ended", |at| at.route(web::post().to(ussd_ended)));
        }
        if dialect.text.is_some() {
            route(dialect, "sms", |at| at.route(web::post().to(sms)));
        }
        if dialect.report.is_some() {
            route(dialect, "delivery", |at| at.route(web::post().to(delivery)));
        }
    }
}

/// A callback that may come in: its body was read only when its head had said so.
struct Called {
    /// In which dialect it is written: its address says it.
    dialect: &'static Dialect,
    body: Bytes,
}

impl FromRequest for Called {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Called, Error>>;

    fn from_request(request: &HttpRequest, body: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), body.take());
        Box::pin(async move {
            let dialect = let_in(&request)?;
            let body = request_body::whole(&request, body).await;
            let body = body.map_err(|why| {
                tracing::warn!(path = request.path(), ?why, "the body of a callback is not taken");
                answered(why.answer())
            })?;
            Ok(Called { dialect, body })
        })
    }
}

/// The dialect of a request that carries the token, by its head alone.
fn let_in(request: &HttpRequest) -> Result<&'static Dialect, Error> {
    let nowhere = || answered(HttpResponse::NotFound().finish());
    let state = request.app_data::<Data<AppState>>().ok_or_else(nowhere)?;
    if let Some(refused) = unless_ours(state, request) {
        return Err(answered(refused));
    }
    request.path().split('/').nth(2).and_then(dialect).ok_or_else(nowhere)
}

/// An answer in place of what was asked for.
fn answered(answer: HttpResponse) -> Error {
    InternalError::from_response("a callback is not taken", answer).into()
}

async fn ussd(state: Data<AppState>, called: Called) -> HttpResponse {
    let Called { dialect, body } = called;
    let market = &state.wallet.config.market;
    let read = (dialect.ussd)(&body).and_then(|event| event.settled(market));
    let call = match read {
        Ok(UssdEvent::Call(call)) => call,
        Ok(UssdEvent::Ended(event)) => return ended(&state, dialect, &event),
        Ok(UssdEvent::Endless(call)) => {
            let outcome = state.ussd.endless(&call).await;
            state.wallet.metrics.hop(outcome.word, Duration::ZERO);
            let (gateway, caller) = (dialect.name, &call.caller);
            tracing::info!(channel = "ussd", gateway, %caller, outcome = outcome.word, "hop");
            return screen(dialect, &call, &outcome);
        }
        Err(bad) => return unreadable("ussd", bad),
    };
    let started = Instant::now();
    let caller = call.caller.clone();
    let late = state.late.clone();
    let hop =
        state.ussd.clone().hop_within(state.answer_within, call.clone(), &state.runtime, late);
    let outcome = hop.await;
    let took = started.elapsed();
    state.wallet.metrics.hop(outcome.word, took);
    let refused = match &outcome.late {
        Late::Refused(refusal) => Some(refusal.code()),
        Late::Nothing | Late::Done | Late::Unclear => None,
    };
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        channel = "ussd",
        gateway = dialect.name,
        %caller,
        outcome = outcome.word,
        screen = outcome.at,
        refused,
        took_ms = ms,
        "hop"
    );
    screen(dialect, &call, &outcome)
}

fn screen(dialect: &Dialect, call: &UssdCall, outcome: &HopOutcome) -> HttpResponse {
    let answer = (dialect.answer)(call, &outcome.screen.text, outcome.screen.continues);
    HttpResponse::Ok().content_type(answer.content_type).body(answer.body)
}

async fn ussd_ended(state: Data<AppState>, called: Called) -> HttpResponse {
    let Some(parse) = called.dialect.ended else { return HttpResponse::NotFound().finish() };
    match parse(&called.body) {
        Ok(event) => {
            let event = event.settled(&state.wallet.config.market);
            ended(&state, called.dialect, &event)
        }
        Err(bad) => unreadable("ussd_ended", bad),
    }
}

fn ended(state: &AppState, dialect: &Dialect, event: &EndEvent) -> HttpResponse {
    state.ussd.ended(dialect.name, event);
    tracing::info!(
        channel = "ussd",
        gateway = dialect.name,
        ending = ?event.status,
        hops = event.hops,
        "a session ended"
    );
    plain("ok".to_owned())
}

async fn sms(state: Data<AppState>, called: Called) -> HttpResponse {
    let Some(parse) = called.dialect.text else { return HttpResponse::NotFound().finish() };
    let market = &state.wallet.config.market;
    let text = match parse(&called.body).and_then(|text| text.settled(market)) {
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

async fn delivery(state: Data<AppState>, called: Called) -> HttpResponse {
    let Some(parse) = called.dialect.report else { return HttpResponse::NotFound().finish() };
    let report = match parse(&called.body) {
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
    let mut refused = HttpResponse::Forbidden();
    Some(refused.force_close().body("the callback token is missing or wrong"))
}

fn unreadable(door: &'static str, bad: BadCall) -> HttpResponse {
    tracing::warn!(door, field = bad.field, why = %bad.why, "a callback could not be read");
    HttpResponse::BadRequest().content_type("text/plain; charset=utf-8").body(bad.to_string())
}

fn plain(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}
