//! The doors to the outside: HTTP routes. Each one reads a request in its gateway's dialect, hands the event to its
//! channel and writes the answer back in the dialect. Nothing is decided here.

use crate::app::App;
use crate::demo;
use crate::gateway::{BadCall, africastalking as at};
use actix_web::dev::Server;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App as Web, HttpRequest, HttpResponse, HttpServer};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// Callbacks are some hundred bytes.
const BODY_MAX: usize = 16 * 1024;
/// How long requests in hand may take at the end.
const SHUTDOWN_SECONDS: u64 = 15;

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct Doors {
    /// The parts.
    pub app: App,
    /// What callbacks must carry, if anything.
    pub callback_token: Option<SecretString>,
    /// When a caller is told to wait for an SMS.
    pub answer_within: Duration,
    /// Whether the phone page and its people are there.
    pub demo: bool,
    /// Where work goes on that outlives its request.
    pub runtime: tokio::runtime::Handle,
    /// Held by all work that is late: the program does not end before it.
    pub late: Arc<()>,
}

/// The server on a socket; it runs when awaited.
pub fn server(doors: Doors, listener: std::net::TcpListener) -> std::io::Result<Server> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let server = HttpServer::new(move || {
        let doors = doors.clone();
        Web::new().configure(move |config| routes(config, doors))
    });
    Ok(server.workers(workers).shutdown_timeout(SHUTDOWN_SECONDS).disable_signals().listen(listener)?.run())
}

/// All routes.
pub fn routes(config: &mut web::ServiceConfig, doors: Doors) {
    let demo = doors.demo;
    config
        .app_data(Data::new(doors))
        .app_data(web::PayloadConfig::new(BODY_MAX))
        // resources, so that the wrong method is told from the wrong path
        .service(web::resource("/gateways/africastalking/ussd").route(web::post().to(ussd)))
        .service(web::resource("/gateways/africastalking/ussd/ended").route(web::post().to(ussd_ended)))
        .service(web::resource("/gateways/africastalking/sms").route(web::post().to(sms)))
        .service(web::resource("/gateways/africastalking/delivery").route(web::post().to(delivery)))
        .service(web::resource("/healthz").route(web::get().to(healthz)))
        .service(web::resource("/readyz").route(web::get().to(readyz)))
        .service(web::resource("/metrics").route(web::get().to(metrics)));
    if demo {
        config.configure(demo::pages::routes);
    }
}

async fn ussd(doors: Data<Doors>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&doors, &request) {
        return refused;
    }
    let call = match at::parse_ussd(&body) {
        Ok(call) => call,
        Err(bad) => return unreadable("ussd", bad),
    };
    let (started, caller) = (Instant::now(), call.caller.clone());
    let late = doors.late.clone();
    let outcome = doors.app.ussd.clone().hop_within(doors.answer_within, call, &doors.runtime, late).await;
    let took = started.elapsed();
    doors.app.wallet.metrics.hop(outcome.word, took);
    let refused = outcome.refused.as_ref().map(crate::ask::Refusal::code);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(channel = "ussd", %caller, outcome = outcome.word, screen = outcome.at, refused, took_ms = ms, "hop");
    plain(at::encode(&outcome.screen.text, outcome.screen.continues))
}

async fn ussd_ended(doors: Data<Doors>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&doors, &request) {
        return refused;
    }
    // nothing depends on this event, which may never come: it is counted
    match at::parse_end(&body) {
        Ok(event) => {
            tracing::info!(channel = "ussd", ending = ?event.status, hops = event.hops, "a session ended");
            plain("ok".to_owned())
        }
        Err(bad) => unreadable("ussd_ended", bad),
    }
}

async fn sms(doors: Data<Doors>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&doors, &request) {
        return refused;
    }
    let text = match at::parse_text(&body) {
        Ok(text) => text,
        Err(bad) => return unreadable("sms", bad),
    };
    let from = text.from.clone();
    match doors.app.sms.receive(text).await {
        Ok(outcome) => {
            doors.app.wallet.metrics.text(outcome);
            tracing::info!(channel = "sms", %from, outcome, "text");
            plain("ok".to_owned())
        }
        Err(refusal) => {
            doors.app.wallet.metrics.text(refusal.code());
            tracing::warn!(channel = "sms", %from, outcome = refusal.code(), "text not handled");
            // not 200: the gateway will bring it again
            HttpResponse::ServiceUnavailable().body("busy, send it again")
        }
    }
}

async fn delivery(doors: Data<Doors>, request: HttpRequest, body: Bytes) -> HttpResponse {
    if let Some(refused) = unless_ours(&doors, &request) {
        return refused;
    }
    let report = match at::parse_report(&body) {
        Ok(report) => report,
        Err(bad) => return unreadable("delivery", bad),
    };
    match doors.app.notify.report(report).await {
        Ok(()) => plain("ok".to_owned()),
        Err(error) => {
            tracing::error!(%error, "a delivery report was not stored");
            HttpResponse::ServiceUnavailable().body("busy, send it again")
        }
    }
}

/// The process runs.
async fn healthz() -> HttpResponse {
    plain("ok".to_owned())
}

/// It can take work: the database answers and the book commits.
async fn readyz(doors: Data<Doors>) -> HttpResponse {
    if doors.app.is_ready().await {
        plain("ready".to_owned())
    } else {
        HttpResponse::ServiceUnavailable().body("not ready")
    }
}

async fn metrics(doors: Data<Doors>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(doors.app.wallet.metrics.render())
}

/// Callbacks are not signed: where a token is set, they must carry it.
fn unless_ours(doors: &Doors, request: &HttpRequest) -> Option<HttpResponse> {
    let token = doors.callback_token.as_ref()?.expose_secret();
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
    let given = pairs.into_iter().find(|(name, _)| name == "token").map(|(_, value)| value).unwrap_or_default();
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
