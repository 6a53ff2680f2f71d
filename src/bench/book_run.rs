//! `bench book`: payments of three legs (payer, payee, and the fee account that every payment
//! credits) straight into the book, as many in flight as asked for; in turn with pgbench, if there
//! is to be a yardstick.

use super::drive::{Numbers, PairPicker, drive};
use super::office::AtWork;
use super::pgbench::{self, Pgbench};
use super::report::Figures;
use super::summary::Document;
use super::{BenchProgress, load};
use crate::app;
use crate::book::{self, Book};
use crate::metrics::Metrics;
use crate::money::Currency;
use crate::store::Store;
use crate::time::Clock;
use crate::wallet::bootstrap;
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
    store: Store,
    books: Vec<Book>,
    metrics: Arc<Metrics>,
    numbers: Numbers,
    pick: PairPicker,
    staff: Option<AtWork>,
    progress: BenchProgress,
}

/// Runs it; `progress` hears what is being done.
pub async fn run(plan: &BookBenchPlan, progress: BenchProgress) -> anyhow::Result<Document> {
    // the yardstick first: when it cannot be had, nobody should wait for millions of accounts to
    // hear it
    let yardstick = prepare(plan.against.clone(), plan.run, progress).await?;
    let metrics = Arc::new(Metrics::default());
    let (store, book, committer) =
        app::open_book(plan.database_url.clone(), metrics.clone()).await?;
    bootstrap::open_accounts(&store, &book, Currency::KES, Clock::System.now()).await?;
    let all = plan.accounts.max(plan.preload_accounts);
    let opened = load::open_accounts(&book, all, progress).await?;
    let numbers = Numbers::default();
    if plan.preload_payments > 0 {
        let pick = PairPicker::new(all, all, plan.skewed);
        load::pay(&book, plan.preload_payments, &numbers, &pick, plan.limits, progress).await?;
    }
    let pick = PairPicker::new(plan.accounts, all, plan.skewed);
    let mut books = vec![book];
    let mut committers = vec![committer];
    for _node in 1..plan.nodes {
        let (_store, book, committer) =
            app::open_book(plan.database_url.clone(), metrics.clone()).await?;
        books.push(book);
        committers.push(committer);
    }
    let staff = match (plan.staff, books.first()) {
        (0, _) | (_, None) => None,
        (acts, Some(book)) => Some(begin(book, plan, acts, progress).await?),
    };
    let bench = Bench { store, books, metrics, numbers, pick, staff, progress };
    let runs = bench.rounds(plan, &yardstick).await?;
    let plain = bench.what(plan, false);
    let compared = bench.staff.is_some();
    let ours = runs.iter().filter(|run| run.what != pgbench::NAME);
    let paid = ours.fold(plan.preload_payments, |sum, run| sum.saturating_add(run.done));
    let acts = bench.staff.as_ref().map_or(0, AtWork::done);
    let paid = paid.saturating_add(acts);
    let whole = bench.verify(paid.saturating_add(opened)).await?;
    drop(bench);
    for committer in committers {
        spawn_blocking(move || committer.join())
            .await?
            .map_err(|_panic| anyhow!("the committer broke"))?;
    }
    spawn_blocking(move || drop(yardstick)).await?;
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
    let measure = if compared { plain.as_str() } else { pgbench::NAME };
    Ok(Document::new(heading, runs, measure, whole))
}

/// The staff of a bench, with the orders that lie there.
async fn begin(
    book: &Book,
    plan: &BookBenchPlan,
    acts: u64,
    progress: BenchProgress,
) -> anyhow::Result<AtWork> {
    progress("the staff stop some wallets");
    let begun = AtWork::begin(book.clone(), plan.accounts, acts).await;
    begun.map_err(|refusal| anyhow!("an order: {}", refusal.code()))
}

impl Bench {
    /// All runs, round by round.
    async fn rounds(
        &self,
        plan: &BookBenchPlan,
        yardstick: &Option<Arc<Pgbench>>,
    ) -> anyhow::Result<Vec<Figures>> {
        let progress = self.progress;
        let sides = if self.staff.is_some() { 2 } else { 1 };
        let mut runs: Vec<Figures> = Vec::new();
        for round in 1..=plan.rounds {
            (progress)(&format!("round {round} of {}", plan.rounds));
            for clients in yardstick.iter().flat_map(|_| clients(&plan.in_flight)) {
                runs.extend(measure(yardstick.clone(), clients, plan.run).await?);
                runs.last().into_iter().for_each(|run| progress(&run.line()));
            }
            for in_flight in &plan.in_flight {
                for with_staff in [false, true].into_iter().take(sides) {
                    // which of the two comes first changes with the round
                    let with_staff = with_staff == (round.rem_euclid(2) == 1 || sides == 1);
                    let staff = self.staff.as_ref().filter(|_| with_staff);
                    runs.push(self.measure(plan, *in_flight, staff).await?);
                    runs.last().into_iter().for_each(|run| progress(&run.line()));
                }
            }
        }
        Ok(runs)
    }

    /// How the figures of a run are called.
    fn what(&self, plan: &BookBenchPlan, with_staff: bool) -> String {
        let kind = self.store.kind();
        let skew = if plan.skewed { "skewed" } else { "uniform" };
        let kind =
            if plan.nodes > 1 { format!("{kind} {} nodes", plan.nodes) } else { kind.to_owned() };
        let limits = if plan.limits { " limits" } else { "" };
        let staff = if with_staff { " staffed" } else { "" };
        format!("book {kind} {skew}{limits}{staff}")
    }

    async fn measure(
        &self,
        plan: &BookBenchPlan,
        in_flight: usize,
        staff: Option<&AtWork>,
    ) -> anyhow::Result<Figures> {
        let kind = self.store.kind();
        let over = Arc::new(AtomicBool::new(false));
        let at_work = staff.cloned().map(|staff| {
            let over = over.clone();
            tokio::spawn(async move { staff.work(over).await })
        });
        (self.progress)(&format!(
            "book {kind}, {in_flight} in flight for {} s",
            plan.run.as_secs()
        ));
        let bytes = self.bytes().await?;
        let before = self.metrics.commits();
        let mut raw = drive(
            &self.books,
            &self.pick,
            in_flight,
            plan.run,
            &self.numbers,
            plan.limits,
            self.progress,
        )
        .await;
        over.store(true, Ordering::Relaxed);
        if let Some(at_work) = at_work {
            at_work.await?.map_err(|refusal| anyhow!("an act of the staff: {}", refusal.code()))?;
        }
        let after = self.metrics.commits();
        raw.commits = after.count.saturating_sub(before.count);
        raw.committed = after.postings.saturating_sub(before.postings);
        raw.batch_max = after.largest;
        raw.grown_bytes = self.bytes().await?.saturating_sub(bytes);
        Ok(Figures::of(self.what(plan, staff.is_some()), in_flight, raw))
    }

    async fn bytes(&self) -> anyhow::Result<u64> {
        let store = self.store.clone();
        Ok(spawn_blocking(move || store.bytes()).await??)
    }

    /// Whether the book is whole and has all that was acknowledged.
    async fn verify(&self, acknowledged: u64) -> anyhow::Result<bool> {
        (self.progress)("verifying the book");
        let store = self.store.clone();
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

/// With how many clients pgbench runs.
fn clients(in_flight: &[usize]) -> Vec<usize> {
    let more = in_flight.iter().copied().find(|n| *n == pgbench::MORE_CLIENTS);
    pgbench::CLIENTS.into_iter().chain(more).collect()
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
        pgbench.measure(pgbench::MORE_CLIENTS, warm_up)?;
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
