//! The server: a socket, the limits of every request, and the routes that ask how the service is.
//! The other routes are handed in.

use crate::app_state::AppState;
use crate::connections::{Connection, Working};
use crate::descriptors;
use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::http::header::RETRY_AFTER;
use actix_web::middleware::{Next, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App as Web, Error, HttpResponse, HttpServer};
use std::sync::Arc;
use std::time::Duration;

/// For how long the head of a request may come, and for how long a connection is kept for the next
/// one.
const HEAD_TAKES_MAX: Duration = Duration::from_secs(5);
/// When who was sent away, since there were too many, may come again.
const AGAIN_SECONDS: &str = "5";
/// How long requests in hand may take at the end.
const SHUTDOWN_SECONDS: u64 = 15;
/// How many connections may wait to be let in; the kernel's own bound counts too.
const WAITING_MAX: i32 = 4_096;

/// What adds the routes of a door. It is no generic: the whole of a server would be compiled anew
/// for each door.
pub type Routes = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// The server on a socket, with its own routes and these; it runs when awaited.
pub fn server(
    state: AppState,
    listener: std::net::TcpListener,
    routes: Routes,
) -> std::io::Result<Server> {
    let_wait(&listener)?;
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let connections = state.connections.clone();
    let server = HttpServer::new(move || {
        let common = Web::new().wrap(from_fn(in_hand)).app_data(Data::new(state.clone()));
        common.configure(|config| routes(config)).configure(own_routes(state.has_metrics))
    });
    Ok(server
        .on_connect(move |socket, kept| {
            if let Some(socket) = socket.downcast_ref::<TcpStream>() {
                kept.insert(connections.begin(socket));
            }
        })
        .client_request_timeout(HEAD_TAKES_MAX)
        .keep_alive(HEAD_TAKES_MAX)
        .workers(workers)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run())
}

/// Lets more wait to be let in than the standard library does, which is 128: who comes beyond that
/// hears nothing, and tries again after seconds.
fn let_wait(listener: &std::net::TcpListener) -> std::io::Result<()> {
    Ok(rustix::net::listen(listener, WAITING_MAX)?)
}

/// Tells the connection that a request is in hand; where there are too many, none is.
async fn in_hand(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let connection = request.conn_data::<Connection>();
    let working: Option<Working> = connection.map(Connection::work);
    if connection.is_some_and(Connection::is_one_too_many) {
        let full = HttpResponse::ServiceUnavailable()
            .force_close()
            .insert_header((RETRY_AFTER, AGAIN_SECONDS))
            .body("too many connections, try again");
        working.iter().for_each(Working::leaves);
        return Ok(request.into_response(full).map_into_right_body());
    }
    let answer = next.call(request).await?;
    if answer.response().head().connection_type() == ConnectionType::Close {
        working.iter().for_each(Working::leaves);
    }
    Ok(answer.map_into_left_body())
}

fn own_routes(has_metrics: bool) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        config
            // resources, so that the wrong method is told from the wrong path
            .service(web::resource("/healthz").route(web::get().to(healthz)))
            .service(web::resource("/readyz").route(web::get().to(readyz)));
        if has_metrics {
            config.service(web::resource("/metrics").route(web::get().to(metrics)));
        }
    }
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
    if let Some(open) = descriptors::open() {
        state.wallet.metrics.descriptors(open, descriptors::most());
    }
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(state.wallet.metrics.render())
}

fn plain(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_crowd_that_comes_at_once_waits_at_the_door() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let_wait(&listener).unwrap();
        let door = listener.local_addr().unwrap();
        let waits = || TcpStream::connect_timeout(&door, Duration::from_millis(900));
        let crowd: Vec<_> = (0..400).map(|_| waits().unwrap()).collect();
        assert_eq!(crowd.len(), 400);
    }
}
