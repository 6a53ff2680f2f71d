//! `bench ussd`: whole send conversations through the HTTP door, from dialling to the final screen:
//! the conversation is stored meanwhile, the PIN checked, the payment committed, the receipts
//! handed to the gateway and its reports taken. In the same run, as a yardstick, the same requests
//! against a bare server that only answers as many bytes, and with messages sends as many texts.

use super::BenchProgress;
use super::bare_server::{BARE_REPLY, BareServer};
use super::bench_node::{self, BenchNode};
use super::bench_people::{PIN, phone, populate, typed_phone};
use super::connection::BenchConnection;
use super::country;
use super::drive::ROOMY;
use super::gateway_stub::USSD_PATH;
use super::message_carrying::{GatewayPlan, MessageCarrier};
use super::phone_threads::PhoneThreads;
use super::processor_time::CpuMark;
use super::report::{Figures, Raw};
use super::strangers::Strangers;
use super::stub_process::StubProcess;
use super::summary::{Document, Measures};
use crate::book;
use crate::config::Settings;
use crate::limits::Limits;
use crate::wallet::Wallet;
use anyhow::anyhow;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How the figures call the yardstick.
const BARE: &str = "bare replies";
/// How each screen begins, and what else stands on it: none may be another.
const SCREENS: [(&str, &str); 6] = [
    ("CON ", "1 Send money"),
    ("CON Send money", "receiver"),
    ("CON To ", "Enter the amount"),
    ("CON Send ", "1 Yes"),
    ("CON To send ", "PIN"),
    ("END ", "Confirmed"),
];
/// From this screen on the amount is shown.
const SHOWS_AMOUNT: usize = 3;
/// After this nothing may be left of strangers who went.
const GONE_WITHIN: Duration = Duration::from_secs(30);

/// What to measure.
#[derive(Debug, Clone)]
pub struct UssdBenchPlan {
    /// An empty database to work in.
    pub database_url: String,
    /// People who pay one another.
    pub people: u64,
    /// Phones in use at the same time.
    pub connections: usize,
    /// How long each of the two runs takes.
    pub run: Duration,
    /// How often each of them is made.
    pub rounds: u32,
    /// Nodes on the one database; a phone keeps to one of them.
    pub nodes: usize,
    /// Strangers of each kind who stand in the door in a run of its own.
    pub strangers: Option<usize>,
    /// By what gateway the texts of payments leave; without one they stay in the outbox.
    pub messages: Option<GatewayPlan>,
}

/// Who is measured.
struct Bench<'a> {
    plan: &'a UssdBenchPlan,
    nodes: Vec<BenchNode>,
    carrier: Option<MessageCarrier>,
    bare: BareServer,
    bare_stub: Option<StubProcess>,
    at: Vec<SocketAddr>,
    bare_at: SocketAddr,
    /// They are there for all runs: what threads took that have ended is not known any more.
    phones: PhoneThreads,
    progress: BenchProgress,
}

/// Runs the conversations and the yardstick; `progress` hears what is being done.
pub async fn run(plan: &UssdBenchPlan, progress: BenchProgress) -> anyhow::Result<Document> {
    let bench = Bench::open(plan, progress).await?;
    let wallet = bench.wallet()?.clone();
    // payments are compared with limits, but nobody is stopped by one
    for node in &bench.nodes {
        node.app.change_policy(|policy| policy.limits = Limits::alike(ROOMY, ROOMY));
    }
    progress(&format!("{} people join", plan.people));
    populate(&wallet, plan.people).await?;
    let others: Vec<_> = bench.nodes.iter().map(BenchNode::start_others).collect();
    let texts = if plan.messages.is_some() { ", texts" } else { "" };
    let bare_what = format!("{BARE}{texts}");
    let nodes = match plan.nodes {
        1 => String::new(),
        nodes => format!(" {nodes} nodes"),
    };
    let what = format!("ussd {}{nodes} hops{texts}", wallet.store.kind());
    let runs = bench.rounds(&bare_what, &what).await?;
    for other in others {
        other.end().await?;
    }
    progress("verifying the book");
    let store = wallet.store.clone();
    let verified =
        tokio::task::spawn_blocking(move || book::check::check(&mut store.reader()?, |_, _| ()));
    let whole = verified.await??.is_whole();
    drop(wallet);
    for node in bench.nodes {
        node.close().await?;
    }
    let pairs = plan.strangers.map(|each| (among(each, &what), what.clone()));
    let measures =
        Measures { yardstick: Some(bare_what.clone()), pairs: pairs.into_iter().collect() };
    let mut document = Document::new(String::new(), runs, &measures, whole);
    let against = document.medians.iter().find_map(|series| series.against.as_ref());
    let ratio = against.map_or("-", |against| &against.ratio);
    let (rounds, seconds) = (plan.rounds, plan.run.as_secs());
    document.heading =
        format!("{what} are {ratio} x {bare_what}; medians of {rounds} x {seconds} s");
    Ok(document)
}

/// How the figures call conversations with so many strangers of each kind in the door.
fn among(each: usize, what: &str) -> String {
    format!("{what}, 3 x {each} strangers")
}

impl Bench<'_> {
    async fn open(plan: &UssdBenchPlan, progress: BenchProgress) -> anyhow::Result<Bench<'_>> {
        let doors = (0..plan.nodes).map(|_| bench_node::door()).collect::<Result<Vec<_>, _>>()?;
        let at = doors.iter().map(TcpListener::local_addr).collect::<Result<Vec<_>, _>>()?;
        let bare_door = bench_node::door()?;
        let bare_at = bare_door.local_addr()?;
        let (carrier, bare_stub) = match &plan.messages {
            None => (None, None),
            Some(of) => {
                let stub = StubProcess::start(&of.program, &of.stub(at.clone())).await?;
                let bare_stub = StubProcess::start(&of.program, &of.stub(vec![bare_at])).await?;
                (Some(MessageCarrier { stub, drain: of.drain }), Some(bare_stub))
            }
        };
        let gateway = carrier.as_ref().map(|carrier| carrier.stub.account());
        let settings = Settings { gateway, ..bench_node::settings(&plan.database_url, true) };
        let mut nodes = Vec::with_capacity(plan.nodes);
        for door in doors {
            nodes.push(BenchNode::open(&settings, Some(door)).await?);
        }
        let bare = BareServer::start(bare_door, bare_stub.as_ref())?;
        let phones = PhoneThreads::start()?;
        Ok(Bench { plan, nodes, carrier, bare, bare_stub, at, bare_at, phones, progress })
    }

    /// The yardstick and the conversations, one after the other.
    async fn rounds(&self, bare_what: &str, what: &str) -> anyhow::Result<Vec<Figures>> {
        // the yardstick answers far more often: it must not use up the amounts of the conversations
        let (bare_talks, talks) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (rounds, progress) = (self.plan.rounds, self.progress);
        let mut runs = Vec::new();
        for round in 1..=rounds {
            progress(&format!("round {round} of {rounds}: {bare_what}, then conversations"));
            for is_bare in [true, false] {
                runs.push(self.told(match is_bare {
                    true => self.measure_bare(bare_what, &bare_talks).await?,
                    false => self.measure(what, &talks).await?,
                }));
            }
            if let Some(each) = self.plan.strangers {
                progress(&format!("3 x {each} strangers come, and conversations go on"));
                runs.push(self.told(self.measure_among(each, what, &talks).await?));
            }
        }
        Ok(runs)
    }

    fn told(&self, figures: Figures) -> Figures {
        (self.progress)(&figures.line());
        let messages = figures.messages.as_ref();
        messages.into_iter().for_each(|of| (self.progress)(&format!("  {}", of.line())));
        figures
    }

    fn wallet(&self) -> anyhow::Result<&Wallet> {
        let node = self.nodes.first().ok_or_else(|| anyhow!("there is no node"))?;
        Ok(&node.app.wallet)
    }

    /// The yardstick.
    async fn measure_bare(&self, what: &str, talks: &Arc<AtomicU64>) -> anyhow::Result<Figures> {
        let mark = || CpuMark::now(self.bare_stub.as_ref().map(StubProcess::id), false);
        let before = mark();
        let raw = drive(&[self.bare_at], self.plan, &self.phones, talks).await?;
        let cpu = mark().since(&before);
        let messages = match (&self.bare_stub, &self.plan.messages) {
            (Some(stub), Some(plan)) => self.bare.texts(stub, raw.took, plan.drain).await?,
            (_, _) => None,
        };
        Ok(Figures { messages, cpu, ..Figures::of(what.to_owned(), self.plan.connections, raw) })
    }

    /// The conversations.
    async fn measure(&self, what: &str, talks: &Arc<AtomicU64>) -> anyhow::Result<Figures> {
        let wallet = self.wallet()?;
        let carrying = match &self.carrier {
            Some(carrier) => Some((carrier, carrier.begin(&self.nodes).await?)),
            None => None,
        };
        let stub = self.carrier.as_ref().map(|carrier| carrier.stub.id());
        let mark = || CpuMark::now(stub, wallet.store.is_shared());
        let bytes = self.bytes().await?;
        let (before, used) = (bench_node::commits(&self.nodes), mark());
        let mut hops = drive(&self.at, self.plan, &self.phones, talks).await?;
        let (after, cpu) = (bench_node::commits(&self.nodes), mark().since(&used));
        hops.commits = after.since(before);
        let messages = match carrying {
            Some((carrier, run)) => {
                Some(carrier.end(run, &wallet.store, hops.took, self.progress).await?)
            }
            None => None,
        };
        hops.grown_bytes = self.bytes().await?.saturating_sub(bytes);
        Ok(Figures { messages, cpu, ..Figures::of(what.to_owned(), self.plan.connections, hops) })
    }

    /// The conversations, with strangers in the door: of those nothing may be left over.
    async fn measure_among(
        &self,
        each: usize,
        what: &str,
        talks: &Arc<AtomicU64>,
    ) -> anyhow::Result<Figures> {
        let strangers = Strangers::come(each, &self.at, self.phones.handle()).await;
        let figures = self.measure(&among(each, what), talks).await;
        strangers.go().await;
        let left = || self.nodes.iter().map(|node| node.app.wallet.metrics.connections_open());
        let gone = Instant::now();
        while left().sum::<i64>() > 0 {
            if gone.elapsed() > GONE_WITHIN {
                return Err(anyhow!("{} connections of strangers are left", left().sum::<i64>()));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        figures
    }

    async fn bytes(&self) -> anyhow::Result<u64> {
        match self.nodes.first() {
            Some(node) => node.bytes().await,
            None => Ok(0),
        }
    }
}

/// Keeps every connection in a conversation until the time is over. A wait is the wait for one hop.
/// Talks are numbered across all runs, so that no conversation comes twice. The phones have threads
/// of their own, so that what they take of the processor is not taken for the service's.
async fn drive(
    doors: &[SocketAddr],
    plan: &UssdBenchPlan,
    threads: &PhoneThreads,
    talks: &Arc<AtomicU64>,
) -> anyhow::Result<Raw> {
    let over = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let mut phones = tokio::task::JoinSet::new();
    for address in doors.iter().copied().cycle().take(plan.connections) {
        let over = over.clone();
        let talks = talks.clone();
        let people = plan.people;
        let phone = async move {
            let mut wire = BenchConnection::connect(address).await?;
            let mut raw = Raw::default();
            while !over.load(Ordering::Relaxed) {
                let talk = talks.fetch_add(1, Ordering::Relaxed);
                converse(&mut wire, talk, people, &mut raw).await?;
            }
            Ok::<_, std::io::Error>(raw)
        };
        phones.spawn_on(phone, threads.handle());
    }
    tokio::time::sleep(plan.run).await;
    over.store(true, Ordering::Relaxed);
    let mut raw = Raw { took: started.elapsed(), ..Raw::default() };
    while let Some(phone) = phones.join_next().await {
        raw.take(phone??);
    }
    raw.took = started.elapsed();
    Ok(raw)
}

/// One person sends money to the next one. The amounts of a person differ, so that nobody is asked
/// whether they mean it.
async fn converse(
    wire: &mut BenchConnection,
    talk: u64,
    people: u64,
    raw: &mut Raw,
) -> std::io::Result<()> {
    let payer = talk.checked_rem(people).unwrap_or(0);
    let payee = payer.saturating_add(1).checked_rem(people).unwrap_or(0);
    let turn = talk.checked_div(people).unwrap_or(0);
    let cents = turn.rem_euclid(90).saturating_add(10);
    let shillings = turn.div_euclid(90).rem_euclid(40).saturating_add(1);
    let to = typed_phone(payee);
    let typed =
        ["1".to_owned(), to, format!("{shillings}.{cents}"), "1".to_owned(), PIN.to_owned()];
    let caller = phone(payer).replace('+', "%2B");
    let amount = format!("{} {shillings}.{cents}", country::currency());
    let mut history = String::new();
    for (step, screen) in SCREENS.iter().enumerate() {
        let form = format!(
            "sessionId=ATUid_{talk:032x}&serviceCode=*384*1234%23&phoneNumber={caller}&networkCode=99999&text={history}"
        );
        let asked = Instant::now();
        let answer = wire.post(USSD_PATH, &form).await?;
        raw.waits.push(asked.elapsed());
        let (begins, holds) = screen;
        let right = answer.starts_with(begins) && answer.contains(holds);
        let right = right && (step < SHOWS_AMOUNT || answer.contains(&amount));
        raw.wrong = raw.wrong.saturating_add(u64::from(!right && answer != BARE_REPLY));
        if let Some(next) = typed.get(step) {
            if !history.is_empty() {
                history.push('*');
            }
            history.push_str(next);
        }
    }
    Ok(())
}
