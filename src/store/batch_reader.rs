//! Questions that many hops ask a server at the same moment, answered together: while one handful
//! is on its way to the server and back, the next one gathers, as postings do for the committer. On
//! a file nobody asks here: a question costs less there than waking who would gather them.

use super::db_threads::Alive;
use super::facts::Facts;
use super::holders::{self, CallerProfile};
use super::postgres::Server;
use super::sessions::{self, Names, SessionRow};
use super::wants::Want;
use super::{Conn, StoreError, lines, loading};
use futures_util::future;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Questions that may wait; whoever comes then asks a reader.
const QUEUE_MAX: usize = 4_096;
/// Questions in one handful at most.
const BATCH_MAX: usize = 256;
/// How long an answer is waited for. All wait for the same connection: where that is stuck, each
/// asks a reader, of which there are several.
const ANSWER_MAX: Duration = Duration::from_millis(250);

/// The way in. Clones share it; it ends with the last clone.
#[derive(Clone)]
pub struct BatchReader {
    queue: mpsc::Sender<Question>,
    alive: Alive,
}

/// A call whose conversation is taken up: its names, and the caller's number.
type Call = (Names, String);
type Called = (Vec<SessionRow>, i64, Option<CallerProfile>);

enum Question {
    Wants(Vec<Want>, oneshot::Sender<Facts>),
    Call(Call, i64, oneshot::Sender<Called>),
}

impl BatchReader {
    /// Starts the thread that asks.
    pub fn start(server: &Server) -> Result<BatchReader, StoreError> {
        let (queue, mut questions) = mpsc::channel::<Question>(QUEUE_MAX);
        let (server, mut conn) = (server.clone(), server.asker()?);
        let alive = Alive::of(1);
        let living = alive.one();
        let work = move || {
            let _living = living;
            let mut batch = Vec::new();
            while questions.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
                let batch = std::mem::take(&mut batch);
                let answered = catch_unwind(AssertUnwindSafe(|| answer(&mut conn, batch)));
                // those who asked hear nothing, and ask a reader
                let is_of_use = match answered {
                    Ok(Ok(())) => true,
                    Ok(Err(error)) => {
                        tracing::warn!(%error, "questions were not answered");
                        !conn.is_broken()
                    }
                    Err(_panic) => false,
                };
                if !is_of_use {
                    server.asker().into_iter().for_each(|fresh| conn = fresh);
                }
            }
        };
        let thread = std::thread::Builder::new().name("batch reader".into());
        thread.spawn(work).map_err(|error| StoreError::Open(error.to_string()))?;
        Ok(BatchReader { queue, alive })
    }

    /// Whether its thread is there.
    pub fn is_alive(&self) -> bool {
        self.alive.are_all()
    }

    /// What is wanted; nothing where it could not be asked.
    pub async fn load(&self, wants: Vec<Want>) -> Option<Facts> {
        let (answer, wait) = oneshot::channel();
        self.queue.try_send(Question::Wants(wants, answer)).ok()?;
        in_time(wait).await
    }

    /// What `sessions::around`, `lines::versions` and `holders::caller_profiles` say of a call, at
    /// `now`, microseconds UTC.
    pub async fn call(&self, names: Names, msisdn: String, now: i64) -> Option<Called> {
        let (answer, wait) = oneshot::channel();
        self.queue.try_send(Question::Call((names, msisdn), now, answer)).ok()?;
        in_time(wait).await
    }
}

/// The answer, if it comes in time.
async fn in_time<T>(wait: oneshot::Receiver<T>) -> Option<T> {
    tokio::time::timeout(ANSWER_MAX, wait).await.ok()?.ok()
}

fn answer(conn: &mut Conn, batch: Vec<Question>) -> Result<(), StoreError> {
    let mut wanted = Vec::new();
    let mut calls = Vec::new();
    let mut now = i64::MIN;
    for question in batch {
        match question {
            Question::Wants(wants, answer) => wanted.push((wants, answer)),
            Question::Call(call, at, answer) => {
                now = now.max(at);
                calls.push((call, answer));
            }
        }
    }
    let wants = Vec::from_iter(wanted.iter().flat_map(|(wants, _)| wants.iter().cloned()));
    let names: Vec<&Names> = calls.iter().map(|((names, _), _)| names).collect();
    let msisdns: Vec<&str> = calls.iter().map(|((_, msisdn), _)| msisdn.as_str()).collect();
    let lines: Vec<&[u8]> = names.iter().map(|names| names.caller.as_slice()).collect();
    let nothing = Facts::default();
    let (facts, rows, lines, callers) = conn.wait(async |asked| {
        future::try_join4(
            loading::found(asked, &wants, &nothing),
            sessions::around(asked, &names),
            lines::versions(asked, &lines),
            holders::caller_profiles(asked, &msisdns, now),
        )
        .await
    })?;
    for (wants, answer) in wanted {
        // whoever asked may have gone: then nobody reads the answer
        let _ = answer.send(facts.among(&wants));
    }
    let callers: HashMap<&str, &CallerProfile> =
        callers.iter().map(|who| (who.person.msisdn.as_str(), who)).collect();
    for ((names, msisdn), answer) in calls {
        let rows = rows.iter().filter(|row| names.concern(row)).cloned().collect();
        let line = lines.get(&names.caller).copied().unwrap_or(0);
        let _ = answer.send((rows, line, callers.get(msisdn.as_str()).copied().cloned()));
    }
    Ok(())
}
