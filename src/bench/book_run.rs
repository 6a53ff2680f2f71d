//! `bench book`: payments of three legs (payer, payee, and the fee account that every payment
//! credits) straight into the book, as many in flight as asked for; in turn with pgbench, if there
//! is to be a yardstick. With messages both sides of a payment are told of it, the texts leave, and
//! each run is made without them too.

use super::bench_node::{self, BenchNode};
use super::drive::{Numbers, PairPicker, PaymentShape, drive};
use super::message_carrying::{GatewayPlan, MessageCarrier};
use super::office::AtWork;
use super::pgbench::{self, Pgbench};
use super::processor_time::CpuMark;
use super::report::Figures;
use super::stub_process::StubProcess;
use super::summary::{Document, Measures};
use super::{BenchProgress, load};
use crate::book::{self, Book};
use crate::config::Settings;
use crate::store::Store;
use anyhow::anyhow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::spawn_blocking;

/// What to measure.
#[derive(Debug, Clone)]
pub struct BookBenchPlan {
    /// A database of its own, which must be empty.
    pub database_url: String,
    /// Accounts that pay one another.
    pub accounts: u64,
    /// Payments in flight, one run each.
    pub in_flight: Vec<usize>,
    /// How long a run takes.
    pub run: Duration,
    /// How often each run is made.
    pub rounds: u32,
    /// Whether a few accounts pay most of the time.
    pub skewed: bool,
    /// Accounts there are before anything is measured, those who pay among them.
    pub preload_accounts: u64,
    /// Payments there are before anything is measured.
    pub preload_payments: u64,
    /// Nodes that share the database: committers, each with a connection of its own.
    pub nodes: usize,
    /// Whether the payments count against limits.
    pub limits: bool,
    /// Acts of the staff in a second: with them each run is made a second time, and compared.
    pub staff: u64,
    /// By what gateway the texts of payments leave, if there are to be any: then each run is made
    /// with them and without.
    pub messages: Option<GatewayPlan>,
    /// What to compare with.
    pub against: Option<Yardstick>,
}

/// A server on which pgbench runs in turn with the book.
#[derive(Clone)]
pub struct Yardstick {
    /// Its address.
    pub url: String,
    /// The size of TPC-B's tables, in hundreds of thousands of accounts.
    pub scale: u32,
}

impl std::fmt::Debug for Yardstick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // the address may hold a password
        write!(f, "Yardstick(scale {})", self.scale)
    }
}

/// Everything that the runs share.
struct Bench {
    nodes: Vec<BenchNode>,
    carrier: Option<MessageCarrier>,
    numbers: Numbers,
    pick: PairPicker,
    staff: Option<AtWork>,
    progress: BenchProgress,
}

/// What is done in a run beside payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Beside {
    texts: bool,
    staff: bool,
}

/// Runs it; `progress` hears what is being done.
pub async fn run(plan: &BookBenchPlan, progress: BenchProgress) -> anyhow::Result<Document> {
    // the yardstick first: when it cannot be had, nobody should wait for millions of accounts to
    // hear it
    let yardstick = prepare(plan.against.clone(), plan.run, progress).await?;
    let (nodes, carrier) = open(plan).await?;
    let all = plan.accounts.max(plan.preload_accounts);
    let numbers = Numbers::default();
    let mut acknowledged = 0_u64;
    let mut staff = None;
    if let Some(book) = nodes.first().map(|node| &node.app.wallet.book) {
        acknowledged = load::open_accounts(book, all, progress).await?;
        if plan.preload_payments > 0 {
            let pick = PairPicker::new(all, all, plan.skewed);
            let shape = plan.shape(false);
            load::pay(book, plan.preload_payments, &numbers, &pick, shape, progress).await?;
            acknowledged = acknowledged.saturating_add(plan.preload_payments);
        }
        if plan.staff > 0 {
            staff = Some(begin(book, plan, progress).await?);
        }
    }
    let pick = PairPicker::new(plan.accounts, all, plan.skewed);
    let bench = Bench { nodes, carrier, numbers, pick, staff, progress };
    let runs = bench.rounds(plan, &yardstick).await?;
    let measures = bench.measures(plan);
    let ours = runs.iter().filter(|run| run.what != pgbench::NAME);
    let acknowledged = ours.fold(acknowledged, |sum, run| sum.saturating_add(run.done));
    let acts = bench.staff.as_ref().map_or(0, AtWork::done);
    let whole = bench.verify(acknowledged.saturating_add(acts)).await?;
    // the staff have a book in hand, too
    let Bench { nodes, carrier, staff, .. } = bench;
    drop(staff);
    for node in nodes {
        node.close().await?;
    }
    spawn_blocking(move || drop((yardstick, carrier))).await?;
    let history = match plan.preload_payments {
        0 => String::new(),
        payments => format!(", {payments} payments before"),
    };
    let heading = format!(
        "{} accounts pay among {all}{history}; medians of {} x {} s",
        plan.accounts,
        plan.rounds,
        plan.run.as_secs()
    );
    Ok(Document::new(heading, runs, &measures, whole))
}

/// The nodes, and where there are messages what carries them.
async fn open(plan: &BookBenchPlan) -> anyhow::Result<(Vec<BenchNode>, Option<MessageCarrier>)> {
    let mut doors = Vec::new();
    let mut report_to = Vec::new();
    for _node in 0..plan.nodes {
        let door = plan.messages.as_ref().map(|_| bench_node::door()).transpose()?;
        if let Some(door) = &door {
            report_to.push(door.local_addr()?);
        }
        doors.push(door);
    }
    let carrier = match &plan.messages {
        None => None,
        Some(of) => {
            let stub = StubProcess::start(&of.program, &of.stub(report_to)).await?;
            Some(MessageCarrier { stub, drain: of.drain })
        }
    };
    let gateway = carrier.as_ref().map(|carrier| carrier.stub.account());
    let settings = Settings { gateway, ..bench_node::settings(&plan.database_url, false) };
    let mut nodes = Vec::new();
    for door in doors {
        nodes.push(BenchNode::open(&settings, door).await?);
    }
    Ok((nodes, carrier))
}

/// The staff of a bench, with the orders that lie there.
async fn begin(
    book: &Book,
    plan: &BookBenchPlan,
    progress: BenchProgress,
) -> anyhow::Result<AtWork> {
    progress("the staff stop some wallets");
    let begun = AtWork::begin(book.clone(), plan.accounts, plan.staff).await;
    begun.map_err(|refusal| anyhow!("an order: {}", refusal.code()))
}

impl BookBenchPlan {
    fn shape(&self, told: bool) -> PaymentShape {
        PaymentShape { metered: self.limits, told }
    }

    /// In which ways each run is made. Where the staff are at work or not, messages go in both.
    fn ways(&self) -> Vec<Beside> {
        let texts = self.messages.is_some();
        match (self.staff > 0, texts) {
            (true, _) => [false, true].map(|staff| Beside { texts, staff }).to_vec(),
            (false, true) => [false, true].map(|texts| Beside { texts, staff: false }).to_vec(),
            (false, false) => vec![Beside { texts, staff: false }],
        }
    }
}

impl Bench {
    /// All runs, round by round.
    async fn rounds(
        &self,
        plan: &BookBenchPlan,
        yardstick: &Option<Arc<Pgbench>>,
    ) -> anyhow::Result<Vec<Figures>> {
        let progress = self.progress;
        let mut ways = plan.ways();
        let mut runs: Vec<Figures> = Vec::new();
        for round in 1..=plan.rounds {
            (progress)(&format!("round {round} of {}", plan.rounds));
            for clients in yardstick.iter().flat_map(|_| pgbench::CLIENTS) {
                runs.extend(measure(yardstick.clone(), clients, plan.run).await?);
                runs.last().into_iter().for_each(|run| progress(&run.line()));
            }
            for in_flight in &plan.in_flight {
                for way in &ways {
                    let figures = self.measure(plan, *in_flight, *way).await?;
                    progress(&figures.line());
                    let messages = figures.messages.as_ref();
                    messages.into_iter().for_each(|of| progress(&format!("  {}", of.line())));
                    runs.push(figures);
                }
            }
            // which of the two comes first changes with the round
            ways.reverse();
        }
        Ok(runs)
    }

    /// How the figures of a run are called.
    fn what(&self, plan: &BookBenchPlan, way: Beside) -> String {
        let kind = self.store().map_or("", Store::kind);
        let skew = if plan.skewed { "skewed" } else { "uniform" };
        let kind =
            if plan.nodes > 1 { format!("{kind} {} nodes", plan.nodes) } else { kind.to_owned() };
        let limits = if plan.limits { " limits" } else { "" };
        let texts = if way.texts { " texts" } else { "" };
        let staff = if way.staff { " staffed" } else { "" };
        format!("book {kind} {skew}{limits}{texts}{staff}")
    }

    /// What the runs are compared with.
    fn measures(&self, plan: &BookBenchPlan) -> Measures {
        let names: Vec<String> = plan.ways().iter().map(|way| self.what(plan, *way)).collect();
        let pairs = match names.as_slice() {
            [without, with] => vec![(with.clone(), without.clone())],
            _ => Vec::new(),
        };
        Measures { yardstick: plan.against.as_ref().map(|_| pgbench::NAME.to_owned()), pairs }
    }

    fn store(&self) -> Option<&Store> {
        self.nodes.first().map(|node| &node.app.wallet.store)
    }

    async fn measure(
        &self,
        plan: &BookBenchPlan,
        in_flight: usize,
        way: Beside,
    ) -> anyhow::Result<Figures> {
        let what = self.what(plan, way);
        (self.progress)(&format!("{what}, {in_flight} in flight for {} s", plan.run.as_secs()));
        let carrying = match self.carrier.as_ref().filter(|_| way.texts) {
            Some(carrier) => Some((carrier, carrier.begin(&self.nodes).await?)),
            None => None,
        };
        let over = Arc::new(AtomicBool::new(false));
        let at_work = self.staff.as_ref().filter(|_| way.staff).cloned().map(|staff| {
            let over = over.clone();
            tokio::spawn(async move { staff.work(over).await })
        });
        let bytes = self.bytes().await?;
        let (before, mark) = (bench_node::commits(&self.nodes), self.mark());
        let (books, shape) = (self.books(), plan.shape(way.texts));
        let (pick, numbers, progress) = (&self.pick, &self.numbers, self.progress);
        let mut raw = drive(&books, pick, in_flight, plan.run, numbers, shape, progress).await;
        let cpu = self.mark().since(&mark);
        over.store(true, Ordering::Relaxed);
        if let Some(at_work) = at_work {
            at_work.await?.map_err(|refusal| anyhow!("an act of the staff: {}", refusal.code()))?;
        }
        let after = bench_node::commits(&self.nodes);
        raw.commits = after.since(before);
        let took = raw.took;
        let messages = match (carrying, self.store()) {
            (Some((carrier, run)), Some(store)) => {
                Some(carrier.end(run, store, took, progress).await?)
            }
            (_, _) => None,
        };
        raw.grown_bytes = self.bytes().await?.saturating_sub(bytes);
        Ok(Figures { messages, cpu, ..Figures::of(what, in_flight, raw) })
    }

    fn books(&self) -> Vec<Book> {
        self.nodes.iter().map(|node| node.app.wallet.book.clone()).collect()
    }

    fn mark(&self) -> CpuMark {
        let stub = self.carrier.as_ref().map(|carrier| carrier.stub.id());
        CpuMark::now(stub, self.store().is_some_and(Store::is_shared))
    }

    async fn bytes(&self) -> anyhow::Result<u64> {
        match self.nodes.first() {
            Some(node) => node.bytes().await,
            None => Ok(0),
        }
    }

    /// Whether the book is whole and has all that was acknowledged.
    async fn verify(&self, acknowledged: u64) -> anyhow::Result<bool> {
        (self.progress)("verifying the book");
        let Some(store) = self.store().cloned() else { return Ok(false) };
        let progress = self.progress;
        let report = spawn_blocking(move || {
            let mut shown = 0;
            book::check::check(&mut store.reader()?, |read, total| {
                if read.saturating_sub(shown) >= 1_000_000 {
                    shown = read;
                    progress(&format!("{read} of {total} postings verified"));
                }
            })
        });
        let report = report.await??;
        report.faults.iter().for_each(|fault| (self.progress)(fault));
        let missing = acknowledged.saturating_sub(report.postings);
        if missing > 0 {
            (self.progress)(&format!("{missing} acknowledged postings are not in the book"));
        }
        Ok(report.is_whole() && missing == 0)
    }
}

async fn prepare(
    yardstick: Option<Yardstick>,
    warm_up: Duration,
    progress: BenchProgress,
) -> anyhow::Result<Option<Arc<Pgbench>>> {
    let Some(Yardstick { url, scale }) = yardstick else { return Ok(None) };
    progress(&format!("filling pgbench's tables at scale {scale}"));
    let work = move || {
        let pgbench = Pgbench::prepare(&url, scale)?;
        // fresh tables are slow until they were used for a while, which would flatter the book
        pgbench.measure(pgbench::WARM_UP_CLIENTS, warm_up)?;
        anyhow::Ok(Arc::new(pgbench))
    };
    Ok(Some(spawn_blocking(work).await??))
}

async fn measure(
    pgbench: Option<Arc<Pgbench>>,
    clients: usize,
    run: Duration,
) -> anyhow::Result<Option<Figures>> {
    let measured = pgbench.map(|pgbench| spawn_blocking(move || pgbench.measure(clients, run)));
    match measured {
        Some(measured) => Ok(Some(measured.await??)),
        None => Ok(None),
    }
}
