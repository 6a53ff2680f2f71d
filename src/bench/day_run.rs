//! `bench day`: a day of an operator's, made short. People dial, look, pay, take cash in and out at
//! outlets and hang up, each hour as many as in a real one; texts leave and are reported. At the
//! end it says how large a machine must be.

use super::BenchProgress;
use super::bench_node::{self, BenchNode};
use super::bench_people::{phone, populate, typed_phone};
use super::connection::BenchConnection;
use super::day_caller::DayCall;
use super::day_outlets;
use super::day_shape::{DayAct, act_of, begins, conversations};
use super::day_sizing::DaySizing;
use super::drive::ROOMY;
use super::message_carrying::{GatewayPlan, MessageCarrier};
use super::phone_threads::PhoneThreads;
use super::processor_time::CpuMark;
use super::report::{Figures, Raw};
use super::stub_process::StubProcess;
use super::summary::{Document, Measures};
use crate::book;
use crate::config::Settings;
use crate::id::AccountId;
use crate::limits::Limits;
use crate::wallet::Wallet;
use anyhow::anyhow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// People for whom there is an outlet.
const PEOPLE_OF_OUTLET: u64 = 200;

/// What to measure.
#[derive(Debug, Clone)]
pub struct DayBenchPlan {
    /// An empty database to work in.
    pub database_url: String,
    /// People there are.
    pub people: u64,
    /// Phones in use at the same time, at most.
    pub phones: usize,
    /// How long the day takes.
    pub day: Duration,
    /// By what gateway texts leave.
    pub messages: GatewayPlan,
}

/// The day as all phones see it.
struct Day {
    at: SocketAddr,
    people: u64,
    phones: u64,
    /// The outlets' numbers; who serves there has the numbers of people behind the others.
    outlets: Vec<String>,
    conversations: u64,
    takes: Duration,
    began: Instant,
    next: AtomicU64,
    /// How late the latest conversation began, milliseconds.
    late_ms: AtomicU64,
}

type Acts = BTreeMap<DayAct, Raw>;

/// Runs it; `progress` hears what is being done.
pub async fn run(plan: &DayBenchPlan, progress: BenchProgress) -> anyhow::Result<Document> {
    let door = bench_node::door()?;
    let at = door.local_addr()?;
    let texts = &plan.messages;
    let stub = StubProcess::start(&texts.program, &texts.stub(vec![at])).await?;
    let gateway = Some(stub.account());
    let settings = Settings { gateway, ..bench_node::settings(&plan.database_url, true) };
    let nodes = vec![BenchNode::open(&settings, Some(door)).await?];
    let carrier = MessageCarrier { stub, drain: texts.drain };
    let node = nodes.first().ok_or_else(|| anyhow!("there is no node"))?;
    let wallet = node.app.wallet.clone();
    // nobody is stopped by a limit
    node.app.change_policy(|policy| policy.limits = Limits::alike(ROOMY, ROOMY));
    let outlets = people(plan, &wallet, progress).await?;
    let others = node.start_others();
    let carrying = carrier.begin(&nodes).await?;
    let mark = || CpuMark::now(Some(carrier.stub.id()), wallet.store.is_shared());
    let (bytes, commits, used) = (node.bytes().await?, wallet.metrics.commits(), mark());
    let count = conversations(plan.people);
    progress(&format!("a day of {count} conversations, in {} s", plan.day.as_secs()));
    // they outlive the day: what threads took that have ended is not known any more
    let threads = PhoneThreads::start()?;
    let day = Arc::new(Day::begins(plan, at, outlets));
    let acts = day.clone().goes_by(&threads).await?;
    let (took, cpu, after) = (day.began.elapsed(), mark().since(&used), wallet.metrics.commits());
    let messages = carrier.end(carrying, &wallet.store, took, progress).await?;
    others.end().await?;
    let grown_bytes = node.bytes().await?.saturating_sub(bytes);
    let mut all = Raw { took, grown_bytes, commits: after.since(commits), ..Raw::default() };
    let sizing = day.sizing(took).with(&cpu, grown_bytes, Some(&messages));
    let (mut runs, mut all_waits) = (Vec::new(), Raw::default());
    for (act, raw) in acts {
        all_waits.take(Raw { waits: raw.waits.clone(), wrong: raw.wrong, ..Raw::default() });
        let what = format!("day: {}", act.name());
        runs.push(Figures::of(what, plan.phones, Raw { took, ..raw }));
    }
    all.take(all_waits);
    let whole = Figures::of("day: all hops".to_owned(), plan.phones, all);
    runs.push(Figures { messages: Some(messages), cpu, ..whole });
    progress("verifying the book");
    let whole = verify(&wallet).await?;
    drop(wallet);
    for node in nodes {
        node.close().await?;
    }
    let heading =
        format!("a day of {} people, {} phones at most at a time", plan.people, plan.phones);
    let document = Document::new(heading, runs, &Measures::default(), whole);
    Ok(Document { sizing: Some(sizing), ..document })
}

/// People join, and outlets open: their agents' numbers.
async fn people(
    plan: &DayBenchPlan,
    wallet: &Wallet,
    progress: BenchProgress,
) -> anyhow::Result<Vec<String>> {
    let phones = u64::try_from(plan.phones)?;
    let each = plan.people.div_ceil(PEOPLE_OF_OUTLET).div_ceil(phones.max(1));
    let outlets = each.saturating_mul(phones);
    progress(&format!("{} people join, {outlets} outlets open", plan.people));
    let joined = populate(wallet, plan.people.saturating_add(outlets)).await?;
    let behind = usize::try_from(plan.people)?;
    let serve: Vec<AccountId> = joined.into_iter().skip(behind).collect();
    day_outlets::open(wallet, &serve).await
}

async fn verify(wallet: &Wallet) -> anyhow::Result<bool> {
    let store = wallet.store.clone();
    let check =
        tokio::task::spawn_blocking(move || book::check::check(&mut store.reader()?, |_, _| ()));
    Ok(check.await??.is_whole())
}

impl Day {
    fn begins(plan: &DayBenchPlan, at: SocketAddr, outlets: Vec<String>) -> Day {
        Day {
            at,
            people: plan.people,
            phones: u64::try_from(plan.phones).unwrap_or(u64::MAX),
            outlets,
            conversations: conversations(plan.people),
            takes: plan.day,
            began: Instant::now(),
            next: AtomicU64::new(0),
            late_ms: AtomicU64::new(0),
        }
    }

    /// All phones, until nobody dials any more.
    async fn goes_by(self: Arc<Day>, threads: &PhoneThreads) -> anyhow::Result<Acts> {
        let mut phones = tokio::task::JoinSet::new();
        for place in 0..self.phones {
            phones.spawn_on(self.clone().dials(place), threads.handle());
        }
        let mut acts: Acts = DayAct::all().map(|act| (act, Raw::default())).collect();
        while let Some(phone) = phones.join_next().await {
            for (act, raw) in phone?? {
                acts.entry(act).or_default().take(raw);
            }
        }
        Ok(acts)
    }

    /// One phone: has one conversation after the other, each when its time comes.
    async fn dials(self: Arc<Day>, place: u64) -> std::io::Result<Acts> {
        let mut wire = BenchConnection::connect(self.at).await?;
        let mut acts = Acts::default();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.conversations {
                return Ok(acts);
            }
            let begins = begins(number, self.conversations, self.takes);
            let early = begins.saturating_sub(self.began.elapsed());
            tokio::time::sleep(early).await;
            let late = self.began.elapsed().saturating_sub(begins);
            let late = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
            self.late_ms.fetch_max(late, Ordering::Relaxed);
            let call = self.call(number, place);
            call.converse(&mut wire, acts.entry(call.act).or_default()).await?;
        }
    }

    /// Who has the conversation with this number, by the phone at this place, and with whom.
    fn call(&self, number: u64, place: u64) -> DayCall {
        let among = |number: u64| number.checked_rem(self.people).unwrap_or(0);
        let person = among(number.wrapping_mul(7_919));
        let other = among(person.wrapping_add(number.rem_euclid(97)).wrapping_add(1));
        let act = act_of(number);
        let all = u64::try_from(self.outlets.len()).unwrap_or(1).max(1);
        // nobody serves two at a time: each phone has outlets of its own
        let own = all.checked_div(self.phones).unwrap_or(1).max(1);
        let turn = number.checked_rem(own).unwrap_or(0);
        let serving = turn.saturating_mul(self.phones).saturating_add(place);
        let caller = match act {
            DayAct::CashIn => self.people.saturating_add(serving),
            DayAct::Pay | DayAct::Look | DayAct::CashOut | DayAct::HangUp => person,
        };
        let outlet = usize::try_from(number.checked_rem(all).unwrap_or(0)).unwrap_or(0);
        DayCall {
            number,
            act,
            caller: phone(caller),
            other: typed_phone(other),
            agent: self.outlets.get(outlet).cloned().unwrap_or_default(),
        }
    }

    fn sizing(&self, took: Duration) -> DaySizing {
        DaySizing {
            people: self.people,
            conversations: self.conversations,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            late_ms: self.late_ms.load(Ordering::Relaxed),
            ..DaySizing::default()
        }
    }
}
