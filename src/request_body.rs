//! The body of a request, as every door reads it: within a bound of size and one of time, and only
//! when whoever sends it may come in. Who may, and what the body says, is not known here.

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use std::time::Duration;

/// The most bytes. Callbacks are some hundred; one that tells a long conversation in letters of
/// three bytes each, as forms write them, is the longest.
pub const BYTES_MAX: usize = 32 * 1024;
/// For how long it may come: gateways send it with its head.
const TAKES_MAX: Duration = Duration::from_secs(5);

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It is longer than any of ours, or says so.
    TooLong,
    /// It did not come in time.
    TooSlow,
    /// It broke off.
    Broken,
}

impl NotTaken {
    /// What is answered. The connection ends with it: nobody reads what may still come.
    pub fn answer(self) -> HttpResponse {
        let (mut answer, why) = match self {
            NotTaken::TooLong => (HttpResponse::PayloadTooLarge(), "the body is too long"),
            NotTaken::TooSlow => (HttpResponse::RequestTimeout(), "the body did not come in time"),
            NotTaken::Broken => (HttpResponse::BadRequest(), "the body broke off"),
        };
        answer.force_close().content_type("text/plain; charset=utf-8").body(why)
    }
}

/// All of it. One whose head says that it is too long is not begun.
pub async fn whole(request: &HttpRequest, body: Payload) -> Result<Bytes, NotTaken> {
    let declared = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    // what is no number the server has refused already
    let declared: Option<usize> = declared.and_then(|length| length.parse().ok());
    if declared.is_some_and(|length| length > BYTES_MAX) {
        return Err(NotTaken::TooLong);
    }
    let read = tokio::time::timeout(TAKES_MAX, pieces(body)).await;
    read.unwrap_or(Err(NotTaken::TooSlow))
}

async fn pieces(mut body: Payload) -> Result<Bytes, NotTaken> {
    let mut whole = BytesMut::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_broken| NotTaken::Broken)?;
        if whole.len().saturating_add(piece.len()) > BYTES_MAX {
            return Err(NotTaken::TooLong);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}
