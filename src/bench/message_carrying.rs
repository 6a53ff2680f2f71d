//! A run whose payments bring messages that really leave: from the first payment until the last
//! message is reported, or until nobody waits any longer.

use super::BenchProgress;
use super::bench_node::{AtWorkers, BenchNode};
use super::gateway_stub::StubPlan;
use super::message_figures::MessageFigures;
use super::stub_process::StubProcess;
use crate::store::outbox_figures::{self, OutboxCounts};
use crate::store::{Conn, Store, outbox_queue};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often one looks whether messages still wait.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A look takes so many parts of all time at most.
const LOOK_PARTS: u32 = 20;

/// How the messages of a bench are to be carried.
#[derive(Debug, Clone)]
pub struct GatewayPlan {
    /// This program: the gateway's stub is another one of it.
    pub program: PathBuf,
    /// How long the gateway takes to answer.
    pub answer_after: Duration,
    /// It takes nothing: what is told waits.
    pub is_dead: bool,
    /// How long is waited at the end of a run until all messages are sent and reported.
    pub drain: Duration,
}

impl GatewayPlan {
    /// The gateway itself, which reports to these.
    pub fn stub(&self, report_to: Vec<SocketAddr>) -> StubPlan {
        StubPlan { report_to, answer_after: self.answer_after, is_dead: self.is_dead }
    }
}

/// What carries the messages of a bench.
#[derive(Debug)]
pub struct MessageCarrier {
    /// The gateway.
    pub stub: StubProcess,
    /// How long is waited at the end of a run until all messages are sent and reported.
    pub drain: Duration,
}

/// A run with messages that goes on.
pub struct CarryingRun {
    senders: Vec<AtWorkers>,
    newest: i64,
}

impl MessageCarrier {
    /// Begins: from now on what is written is handed over.
    pub async fn begin(&self, nodes: &[BenchNode]) -> anyhow::Result<CarryingRun> {
        let newest = match nodes.first() {
            Some(node) => node.app.wallet.store.read(outbox_figures::newest_id).await?,
            None => 0,
        };
        Ok(CarryingRun { senders: nodes.iter().map(BenchNode::start_senders).collect(), newest })
    }

    /// Ends, after payments were made for so long: waits for what is still to go.
    pub async fn end(
        &self,
        run: CarryingRun,
        store: &Store,
        took: Duration,
        progress: BenchProgress,
    ) -> anyhow::Result<MessageFigures> {
        let began = Instant::now();
        let until = began.checked_add(self.drain).unwrap_or(began);
        let meanwhile = counts(store, run.newest).await?;
        if meanwhile.waiting > 0 {
            progress(&format!("  {} texts still wait for the gateway", meanwhile.waiting));
        }
        while Instant::now() < until {
            let asked = Instant::now();
            if store.read(outbox_queue::depth).await?.0 == 0 {
                break;
            }
            // counting very many takes its time, which those who send need more
            tokio::time::sleep(LOOK_EVERY.max(asked.elapsed().saturating_mul(LOOK_PARTS))).await;
        }
        self.stub.all_reported(until).await?;
        let drained = began.elapsed();
        for senders in run.senders {
            senders.end().await?;
        }
        let newest = run.newest;
        let waits = move |conn: &mut Conn| outbox_figures::waits_behind(conn, newest);
        let waits = store.read(waits).await?;
        let end = counts(store, newest).await?;
        Ok(MessageFigures::of(meanwhile, took, end, drained, waits))
    }
}

async fn counts(store: &Store, newest: i64) -> anyhow::Result<OutboxCounts> {
    let counts = move |conn: &mut Conn| outbox_figures::counts_behind(conn, newest);
    Ok(store.read(counts).await?)
}
