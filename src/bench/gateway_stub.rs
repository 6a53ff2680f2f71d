//! A gateway that is not there: it takes texts as Africa's Talking's send API does, answers, and a
//! moment later reports each as delivered. A process of its own, so that what it takes of the
//! processor is not taken for ours; it ends with whoever started it.

use super::connection::BenchConnection;
use actix_web::web::{self, Data};
use actix_web::{App as Web, HttpResponse, HttpServer};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{Mutex, oneshot};
use tokio::time::Instant;

/// Where it takes texts.
pub const SEND_PATH: &str = "/version1/messaging";
/// Where it says what it did.
pub const COUNTS_PATH: &str = "/counts";
/// Where the calls of a gateway come in.
pub const USSD_PATH: &str = "/gateways/africastalking/ussd";
/// Where the gateway reports to.
pub const REPORT_PATH: &str = "/gateways/africastalking/delivery";
/// What whoever takes a report answers.
pub const TAKEN: &str = "ok";
/// How long after its answer it reports that a text is on the phone: some seconds where there is a
/// network.
const REPORTED_AFTER: Duration = Duration::from_millis(300);
/// Reports on their way to each address at the same time: each waits until it is written, and they
/// must not be what there is to wait for.
const REPORTS_AT_ONCE: usize = 256;
/// How soon a report is brought again that was not taken.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// How it behaves.
#[derive(Debug, Clone)]
pub struct StubPlan {
    /// To whom it reports, in turn.
    pub report_to: Vec<SocketAddr>,
    /// How long it takes to answer.
    pub answer_after: Duration,
    /// It answers that it takes nothing.
    pub is_dead: bool,
}

/// What it did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StubCounts {
    /// Texts that it took.
    pub taken: u64,
    /// Reports of them that were taken.
    pub reported: u64,
}

#[derive(Debug, Clone)]
struct Stub {
    taken: Arc<AtomicU64>,
    reported: Arc<AtomicU64>,
    answer_after: Duration,
    is_dead: bool,
    reports: UnboundedSender<Report>,
}

#[derive(Debug)]
struct Report {
    due: Instant,
    form: String,
}

type Queue = Arc<Mutex<UnboundedReceiver<Report>>>;

/// Runs it until standard input ends; `announce` hears where it is.
pub async fn serve(plan: StubPlan, announce: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let (reports, queue) = mpsc::unbounded_channel();
    let (taken, reported) = (Arc::default(), Arc::new(AtomicU64::new(0)));
    let queue: Queue = Arc::new(Mutex::new(queue));
    for to in &plan.report_to {
        for _ in 0..REPORTS_AT_ONCE {
            tokio::spawn(bring(queue.clone(), *to, reported.clone()));
        }
    }
    let StubPlan { answer_after, is_dead, .. } = plan;
    let stub = Stub { taken, reported, answer_after, is_dead, reports };
    let server = HttpServer::new(move || {
        Web::new()
            .app_data(Data::new(stub.clone()))
            .route(SEND_PATH, web::post().to(take))
            .route(COUNTS_PATH, web::get().to(counts))
    });
    // one thread: it must not get in the way of what is measured
    let server = server.workers(1).disable_signals().listen(listener)?.run();
    announce(address);
    tokio::select! {
        served = server => Ok(served?),
        _ended = left_alone() => Ok(()),
    }
}

/// Waits until whoever started it closes its standard input, or is gone.
async fn left_alone() {
    let (over, wait) = oneshot::channel();
    std::thread::spawn(move || {
        let mut input = std::io::stdin();
        let mut byte = [0_u8; 1];
        while matches!(input.read(&mut byte), Ok(1)) {}
        // nobody waits any more where the server ended first
        let _ = over.send(());
    });
    let _ = wait.await;
}

async fn take(stub: Data<Stub>, body: web::Bytes) -> HttpResponse {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let value = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let (Some(to), Some(_words)) = (value("to"), value("message")) else {
        return HttpResponse::BadRequest().finish();
    };
    if !stub.answer_after.is_zero() {
        tokio::time::sleep(stub.answer_after).await;
    }
    if stub.is_dead {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let number = stub.taken.fetch_add(1, Ordering::Relaxed);
    let id = format!("ATXid_{}_{number:012x}", std::process::id());
    let due = Instant::now();
    let due = due.checked_add(REPORTED_AFTER).unwrap_or(due);
    let form = format!(
        "id={id}&status=Success&phoneNumber={}&networkCode=99999&retryCount=0",
        to.replace('+', "%2B")
    );
    // those who bring reports are there as long as this server is
    let _ = stub.reports.send(Report { due, form });
    HttpResponse::Created().content_type("application/json").body(accepted(to, &id))
}

async fn counts(stub: Data<Stub>) -> HttpResponse {
    let (taken, reported) = (&stub.taken, &stub.reported);
    HttpResponse::Ok().json(StubCounts {
        taken: taken.load(Ordering::Relaxed),
        reported: reported.load(Ordering::Relaxed),
    })
}

/// An answer as the real gateway gives it to a message that it takes.
fn accepted(to: &str, id: &str) -> String {
    let recipient = serde_json::json!({
        "statusCode": 101,
        "number": to,
        "status": "Success",
        "cost": "USD 0.0062",
        "messageId": id,
    });
    let data = serde_json::json!({
        "Message": "Sent to 1/1 Total Cost: USD 0.0062",
        "Recipients": [recipient],
    });
    serde_json::json!({ "SMSMessageData": data }).to_string()
}

/// Brings reports, one after the other, each until it is taken.
async fn bring(queue: Queue, to: SocketAddr, reported: Arc<AtomicU64>) {
    let mut wire: Option<BenchConnection> = None;
    loop {
        let next = queue.lock().await.recv().await;
        let Some(report) = next else { return };
        tokio::time::sleep_until(report.due).await;
        loop {
            match post(wire.take(), to, &report.form).await {
                Ok((kept, answer)) => {
                    wire = Some(kept);
                    if answer == TAKEN {
                        break;
                    }
                }
                Err(_broken) => wire = None,
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
        reported.fetch_add(1, Ordering::Relaxed);
    }
}

async fn post(
    wire: Option<BenchConnection>,
    to: SocketAddr,
    form: &str,
) -> std::io::Result<(BenchConnection, String)> {
    let mut wire = match wire {
        Some(wire) => wire,
        None => BenchConnection::connect(to).await?,
    };
    let answer = wire.post(REPORT_PATH, form).await?;
    Ok((wire, answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::SendResult;
    use crate::gateway::africastalking::read_answer;

    #[test]
    fn its_answer_is_read_as_one_of_the_real_gateway() {
        let answer = accepted("+254700000001", "ATXid_1_2");
        let read = read_answer(201, answer.as_bytes());
        assert!(
            matches!(&read, SendResult::Accepted { message_id: Some(id) } if id == "ATXid_1_2"),
            "{read:?}"
        );
    }
}
