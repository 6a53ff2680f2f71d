//! The yardstick of conversations: the same framework, the same requests, an answer of the same
//! size, and nothing in between. With messages it posts as many texts to the gateway for each
//! conversation, by the same means, and takes the reports.

use super::country;
use super::gateway_stub::{REPORT_PATH, TAKEN, USSD_PATH};
use super::message_figures::MessageFigures;
use super::stub_process::StubProcess;
use crate::gateway::SendResult;
use crate::gateway::sender::{AfricasTalking, Sender};
use crate::phone::Msisdn;
use crate::store::outbox_figures::OutboxCounts;
use actix_web::web::{self, Data};
use actix_web::{App as Web, HttpResponse, HttpServer};
use anyhow::anyhow;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// A reply of the usual size.
pub const BARE_REPLY: &str = "CON Send XXX 200 to Baraka O, 0700***002?\nFee XXX 7. Total XXX \
                              207.\n1 Yes\n2 No\n0 Back 00 Home";
/// A text of the usual size.
const BARE_TEXT: &str = "7KQ2M4XW9T Confirmed. XXX 200 sent to Baraka O 0700***002 on 29/11/26 at \
                         12:41. Fee XXX 7. Balance XXX 9,999,793.";
/// Texts of a conversation that pays: one to each side.
const TEXTS: usize = 2;
/// Texts on their way at the same time, as many as the service has.
const TEXTS_AT_ONCE: usize = 128;
/// As many inputs stand in the last request of a conversation.
const LAST_INPUTS: usize = 5;
/// How often one looks whether texts still wait.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The yardstick.
#[derive(Debug, Clone)]
pub struct BareServer {
    texts: Option<Arc<BareTexts>>,
}

/// What became of its texts.
#[derive(Debug)]
struct BareTexts {
    sender: Sender,
    to: Msisdn,
    places: Semaphore,
    written: AtomicU64,
    failed: AtomicU64,
    reported: AtomicU64,
    waits_us: Mutex<Vec<u64>>,
}

impl BareServer {
    /// Starts one that answers at this door, and with a gateway texts.
    pub fn start(door: TcpListener, stub: Option<&StubProcess>) -> anyhow::Result<BareServer> {
        let texts = match stub {
            None => None,
            Some(stub) => Some(Arc::new(BareTexts::to(stub)?)),
        };
        let bare = BareServer { texts };
        let served = bare.clone();
        let server = HttpServer::new(move || {
            Web::new()
                .app_data(Data::new(served.clone()))
                .route(USSD_PATH, web::post().to(answer))
                .route(REPORT_PATH, web::post().to(take_report))
        });
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        tokio::spawn(server.workers(workers).disable_signals().listen(door)?.run());
        Ok(bare)
    }

    /// What became of the texts since the last time somebody asked, after a run of so long: waits
    /// for those that are still to go.
    pub async fn texts(
        &self,
        stub: &StubProcess,
        run: Duration,
        drain: Duration,
    ) -> anyhow::Result<Option<MessageFigures>> {
        let Some(texts) = &self.texts else { return Ok(None) };
        let began = Instant::now();
        let until = began.checked_add(drain).unwrap_or(began);
        let meanwhile = texts.counts();
        while texts.counts().waiting > 0 && Instant::now() < until {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        stub.all_reported(until).await?;
        let (end, drained) = (texts.counts(), began.elapsed());
        let waits = texts.forget();
        Ok(Some(MessageFigures::of(meanwhile, run, end, drained, waits)))
    }
}

impl BareTexts {
    fn to(stub: &StubProcess) -> anyhow::Result<BareTexts> {
        let account = stub.account();
        let (url, username) = (&account.url, &account.username);
        let sender = AfricasTalking::new(url, username, account.api_key, account.sender)?;
        let to = Msisdn::from_e164(&country::phone(2)).ok_or_else(|| anyhow!("no phone number"))?;
        Ok(BareTexts {
            sender: Sender::AfricasTalking(sender),
            to,
            places: Semaphore::new(TEXTS_AT_ONCE),
            written: AtomicU64::default(),
            failed: AtomicU64::default(),
            reported: AtomicU64::default(),
            waits_us: Mutex::default(),
        })
    }

    async fn send(&self) {
        let began = Instant::now();
        // nobody closes it
        let Ok(_place) = self.places.acquire().await else { return };
        match self.sender.send(&self.to, BARE_TEXT).await {
            SendResult::Accepted { .. } => {
                let us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
                self.waits_us.lock().unwrap_or_else(PoisonError::into_inner).push(us);
            }
            SendResult::Refused { .. }
            | SendResult::TryLater { .. }
            | SendResult::Away { .. }
            | SendResult::Misconfigured { .. } => {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn counts(&self) -> OutboxCounts {
        let sent = self.waits_us.lock().unwrap_or_else(PoisonError::into_inner).len();
        let sent = u64::try_from(sent).unwrap_or(u64::MAX);
        let (written, failed) =
            (self.written.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed));
        let reported = self.reported.load(Ordering::Relaxed);
        let waiting = written.saturating_sub(sent).saturating_sub(failed);
        OutboxCounts { written, sent, reported, failed, waiting }
    }

    fn forget(&self) -> Vec<u64> {
        for count in [&self.written, &self.failed, &self.reported] {
            count.store(0, Ordering::Relaxed);
        }
        std::mem::take(&mut *self.waits_us.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(bare: Data<BareServer>, body: web::Bytes) -> HttpResponse {
    if let Some(texts) = bare.texts.as_ref().filter(|_texts| is_last(&body)) {
        for _ in 0..TEXTS {
            let texts = texts.clone();
            texts.written.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move { texts.send().await });
        }
    }
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(BARE_REPLY)
}

async fn take_report(bare: Data<BareServer>, _report: web::Bytes) -> HttpResponse {
    if let Some(texts) = &bare.texts {
        texts.reported.fetch_add(1, Ordering::Relaxed);
    }
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(TAKEN)
}

/// Whether a conversation pays with this request: nothing of it is read but how much was typed.
fn is_last(form: &[u8]) -> bool {
    let typed = form.rsplit(|byte| *byte == b'&').next().unwrap_or_default();
    let between = typed.iter().filter(|byte| **byte == b'*').count();
    between.saturating_add(1) == LAST_INPUTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_pays_with_its_last_request_alone() {
        let last = |typed: &str| is_last(format!("serviceCode=*384*1#&text={typed}").as_bytes());
        let inputs = ["", "1", "1*0700", "1*0700*5.10", "1*0700*5.10*1", "1*0700*5.10*1*7361"];
        assert_eq!(inputs.map(last), [false, false, false, false, false, true]);
    }
}
