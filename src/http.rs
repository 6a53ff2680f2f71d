//! The server: a socket, the limits of every request, and the routes that ask how the service is.
//! The other routes are handed in.

use crate::app_state::AppState;
use actix_web::dev::Server;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App as Web, HttpResponse, HttpServer};

/// Callbacks are some hundred bytes.
const BODY_MAX: usize = 16 * 1024;
/// How long requests in hand may take at the end.
const SHUTDOWN_SECONDS: u64 = 15;

/// The server on a socket, with its own routes and these; it runs when awaited.
pub fn server(
    state: AppState,
    listener: std::net::TcpListener,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> std::io::Result<Server> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let server = HttpServer::new(move || {
        let common = Web::new()
            .app_data(Data::new(state.clone()))
            .app_data(web::PayloadConfig::new(BODY_MAX));
        common.configure(&routes).configure(own_routes)
    });
    Ok(server
        .workers(workers)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run())
}

fn own_routes(config: &mut ServiceConfig) {
    config
        // resources, so that the wrong method is told from the wrong path
        .service(web::resource("/healthz").route(web::get().to(healthz)))
        .service(web::resource("/readyz").route(web::get().to(readyz)))
        .service(web::resource("/metrics").route(web::get().to(metrics)));
}

/// The process runs.
async fn healthz() -> HttpResponse {
    plain("ok".to_owned())
}

/// It can take work: the clock is right, the database answers and the book commits.
async fn readyz(state: Data<AppState>) -> HttpResponse {
    let why = match state.is_ready().await {
        Ok(()) => return plain("ready".to_owned()),
        Err(Some(fault)) => format!("not ready: {fault}"),
        Err(None) => "not ready".to_owned(),
    };
    HttpResponse::ServiceUnavailable().content_type("text/plain; charset=utf-8").body(why)
}

async fn metrics(state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(state.wallet.metrics.render())
}

fn plain(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}
