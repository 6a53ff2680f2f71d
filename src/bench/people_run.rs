//! `bench people`: very many people join, each with a wallet, a number, a name and an ID, and one
//! after the other is looked for in each way in which the staff can look, while payments go on.
//! Each look is a whole one: recorded, then shown.

use super::country;
use super::crowd::{self, Somebody};
use super::drive::{Numbers, PairPicker, PaymentShape, drive};
use super::report::{Figures, Raw};
use super::summary::{Document, Measures};
use super::{BenchProgress, bench_node, load, newcomers};
use crate::app::App;
use crate::book::{self, Key};
use crate::id::{PostingId, StaffId};
use crate::reference::Reference;
use crate::refusal::Refusal;
use crate::request::{Mode, Request};
use crate::seal::Randomness;
use crate::store::staff_rows::{StaffRow, StaffState};
use crate::store::staff_sessions::StaffSession;
use crate::store::{Conn, people};
use crate::time::Clock;
use crate::wallet::Wallet;
use crate::wallet::care::{account_view, finding};
use crate::wallet::office::acting_staff::Outcome;
use crate::wallet::office::sign_in::OnDuty;
use anyhow::{anyhow, bail};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Outlets that can be looked for.
const OUTLETS: i64 = 1_000;
/// How many of the staff look at the same moment.
const LOOKERS: u64 = 2;
/// How many are there from the beginning by one posting.
const JOIN_TOGETHER: u64 = 200;
/// How many join at the same moment, and in one run at most.
const JOIN_AT_ONCE: usize = 64;
const JOINED_MAX: u64 = 2_000_000;

/// What to measure.
#[derive(Debug, Clone)]
pub struct PeopleBenchPlan {
    /// A database of its own: empty, or one that an earlier run has left.
    pub database_url: String,
    /// How many people there are.
    pub people: u64,
    /// Payments in flight meanwhile, one run each; 0 for none.
    pub in_flight: Vec<usize>,
    /// How long a run takes.
    pub run: Duration,
    /// How often each run is made.
    pub rounds: u32,
}

/// The ways to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Number,
    Beginning,
    End,
    OneName,
    TwoNames,
    ThreeNames,
    Id,
    Code,
    Agent,
    Nobody,
    Record,
}

/// Each with its name in the figures.
const WAYS: [(Way, &str); 11] = [
    (Way::Number, "find by number"),
    (Way::Beginning, "by its beginning"),
    (Way::End, "by its end"),
    (Way::OneName, "by one name"),
    (Way::TwoNames, "by two names"),
    (Way::ThreeNames, "by three names"),
    (Way::Id, "by an ID"),
    (Way::Code, "by a code"),
    (Way::Agent, "by an agent"),
    (Way::Nobody, "by two rare letters"),
    (Way::Record, "open a record"),
];

/// Runs it; `progress` hears what is being done.
pub async fn run(plan: &PeopleBenchPlan, progress: BenchProgress) -> anyhow::Result<Document> {
    let settings = bench_node::settings(&plan.database_url, false);
    let (app, committer) = App::build(&settings, Clock::System, Randomness::os()?).await?;
    fill(&app, plan.people, progress).await?;
    let mut runs: Vec<Figures> = Vec::new();
    let numbers = Numbers::default();
    let next = Arc::new(AtomicU64::new(newcomers(&app.wallet, plan.people).await?));
    for round in 1..=plan.rounds {
        for in_flight in &plan.in_flight {
            progress(&format!("round {round}: {in_flight} payments in flight meanwhile"));
            for figures in measure(&app, plan, *in_flight, &numbers, progress).await? {
                progress(&figures.line());
                runs.push(figures);
            }
        }
        for followed in [round.rem_euclid(2) == 0, round.rem_euclid(2) == 1] {
            let joined =
                newcomers::measure(&app, JOIN_AT_ONCE, plan.run, &next, followed, progress);
            let figures = joined.await?;
            progress(&figures.line());
            runs.push(figures);
        }
    }
    progress("verifying the book");
    let store = app.wallet.store.clone();
    let check =
        tokio::task::spawn_blocking(move || book::check::check(&mut store.reader()?, |_, _| ()));
    let report = check.await??;
    report.faults.iter().for_each(|fault| progress(fault));
    drop(app);
    tokio::task::spawn_blocking(move || committer.join())
        .await?
        .map_err(|_panic| anyhow!("the committer broke"))?;
    let heading = format!("{} people; {LOOKERS} of the staff look for them", plan.people);
    let pairs = vec![(newcomers::FOLLOWED.to_owned(), newcomers::ALONE.to_owned())];
    let measures = Measures { yardstick: None, pairs };
    Ok(Document::new(heading, runs, &measures, report.is_whole()))
}

/// From which place on people join: behind those of earlier runs.
async fn newcomers(wallet: &Wallet, people: u64) -> anyhow::Result<u64> {
    let mut place = people;
    loop {
        place = place.saturating_add(JOINED_MAX);
        if !is_there(wallet, Somebody(place)).await? {
            return Ok(place);
        }
    }
}

async fn is_there(wallet: &Wallet, somebody: Somebody) -> anyhow::Result<bool> {
    let account = somebody.account();
    let found = wallet.store.read(move |conn: &mut Conn| people::by_account(conn, account)).await?;
    Ok(found.is_some())
}

/// People join, unless an earlier run has left them; then what they are found by is made.
async fn fill(app: &App, count: u64, progress: BenchProgress) -> anyhow::Result<()> {
    let wallet = &app.wallet;
    if !is_there(wallet, Somebody(count.saturating_sub(1))).await? {
        let config = wallet.config.clone();
        let joins = move |number: u64| Somebody(number).joins(&config.id_key);
        load::open_with(&wallet.book, count, JOIN_TOGETHER, joins, progress).await?;
        for number in 0..OUTLETS {
            let opened = load::patiently(&wallet.book, || crowd::outlet(number)).await;
            opened.map_err(|refusal| anyhow!("an outlet: {}", refusal.code()))?;
        }
    }
    let (since, mut all, mut told) = (Instant::now(), 0_usize, Instant::now());
    loop {
        let some = app.keep_people_keys().await?;
        all = all.saturating_add(some);
        if some == 0 {
            break;
        }
        if told.elapsed() > Duration::from_secs(5) {
            told = Instant::now();
            progress(&format!("{all} people can be found"));
        }
    }
    progress(&format!(
        "what {all} people are found by was made in {} s",
        since.elapsed().as_secs()
    ));
    Ok(())
}

async fn measure(
    app: &App,
    plan: &PeopleBenchPlan,
    in_flight: usize,
    numbers: &Numbers,
    progress: BenchProgress,
) -> anyhow::Result<Vec<Figures>> {
    let all: Arc<Mutex<BTreeMap<Way, Raw>>> = Arc::default();
    let until = Instant::now().checked_add(plan.run).unwrap_or_else(Instant::now);
    let mut lookers = tokio::task::JoinSet::new();
    for seed in 0..LOOKERS {
        let looker =
            Looker::new(app.wallet.clone(), plan.people, seed.wrapping_add(numbers.next()));
        let all = all.clone();
        lookers.spawn(async move { looker.look(until, all).await });
    }
    let mut paid = None;
    if in_flight > 0 {
        let books = [app.wallet.book.clone()];
        let pick = PairPicker::new(plan.people.min(100_000), plan.people, false);
        let shape = PaymentShape::default();
        let raw = drive(&books, &pick, in_flight, plan.run, numbers, shape, progress).await;
        paid = Some(Figures::of("payments".to_owned(), in_flight, raw));
    }
    while let Some(looked) = lookers.join_next().await {
        looked??;
    }
    let mut measured = std::mem::take(&mut *all.lock().await);
    let found = WAYS.iter().filter_map(|(way, name)| {
        let raw = measured.remove(way)?;
        Some(Figures::of((*name).to_owned(), in_flight, Raw { took: plan.run, ..raw }))
    });
    Ok(found.chain(paid).collect())
}

/// One of the staff.
struct Looker {
    wallet: Wallet,
    duty: OnDuty,
    people: u64,
    seed: u64,
}

impl Looker {
    fn new(wallet: Wallet, people: u64, seed: u64) -> Looker {
        Looker { wallet, duty: duty(), people, seed }
    }

    async fn look(
        mut self,
        until: Instant,
        all: Arc<Mutex<BTreeMap<Way, Raw>>>,
    ) -> anyhow::Result<()> {
        let mut own: BTreeMap<Way, Raw> = BTreeMap::new();
        while Instant::now() < until {
            for (way, name) in WAYS {
                let one = self.somebody();
                let asked = Instant::now();
                let found = self.asks(way, one).await;
                let found = found.map_err(|refusal| anyhow!("{name}: {}", refusal.code()))?;
                own.entry(way).or_default().waits.push(asked.elapsed());
                let wanted = !matches!(way, Way::Code | Way::Nobody | Way::Record);
                if wanted && found == 0 {
                    bail!("{name}: nobody was found who is there");
                }
            }
        }
        let mut all = all.lock().await;
        for (way, raw) in own {
            all.entry(way).or_default().take(raw);
        }
        Ok(())
    }

    fn somebody(&mut self) -> Somebody {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        Somebody((self.seed >> 20).checked_rem(self.people).unwrap_or(0))
    }

    /// How many are found, or how many lines a record has.
    async fn asks(&self, way: Way, one: Somebody) -> Result<usize, Refusal> {
        if way == Way::Record {
            let person = one.account().to_string();
            return self.does(account_view::SEE.name, "person", person).await;
        }
        let words = self.words(way, one);
        self.does(finding::FIND.name, "words", words).await
    }

    /// What is typed.
    fn words(&self, way: Way, one: Somebody) -> String {
        let (names, national) = (one.names(), one.national());
        let begin = |name: Option<&String>, letters: usize| -> String {
            name.map(|name| name.chars().take(letters).collect()).unwrap_or_default()
        };
        let (first, last) = (begin(names.first(), 99), begin(names.last(), 5));
        match way {
            Way::Number => format!("0{national}"),
            Way::Beginning => format!("0{}", national.chars().take(5).collect::<String>()),
            Way::End => format!("phone:{}", end(&national)),
            Way::OneName => begin(names.last(), 99),
            Way::TwoNames => format!("{first} {last}"),
            Way::ThreeNames => names.join(" "),
            Way::Id => format!("id:{}", one.id_number()),
            Way::Code => {
                let posting =
                    PostingId::of(i64::try_from(one.0.div_euclid(500)).unwrap_or(0).max(1));
                Reference::of(posting, &self.wallet.config.reference_key).to_string()
            }
            Way::Agent => {
                let place = i64::try_from(one.0.rem_euclid(1_000)).unwrap_or(0);
                format!("agent:{}", crowd::agent(place.rem_euclid(OUTLETS)))
            }
            Way::Nobody => format!("{} xq", begin(names.first(), 2)),
            Way::Record => String::new(),
        }
    }

    async fn does(&self, service: &str, input: &str, typed: String) -> Result<usize, Refusal> {
        let wallet = &self.wallet;
        let why = ("why".to_owned(), "somebody calls".to_owned());
        let fields = [(input.to_owned(), typed), why].into();
        let request =
            Request { mode: Mode::Execute, service: service.to_owned(), fields, secret: None };
        let key = Key::new(wallet.clock.now(), service, &wallet.randomness.bytes::<16>());
        match wallet.act_as_staff(&self.duty, request, key).await? {
            Outcome::Done(_, items) => Ok(items.len()),
            Outcome::Waits(..) => Ok(0),
        }
    }
}

/// Its last digits; with a zero or the country in front they would be how one begins, and it is
/// asked for as a whole.
fn end(national: &str) -> String {
    let end: String = national.chars().skip(3).collect();
    let begins = end.starts_with('0') || country::begins(&end);
    if begins { format!("0{national}") } else { end }
}

fn duty() -> OnDuty {
    let id = StaffId::of(7);
    let staff = StaffRow {
        id,
        version: 1,
        last_posting: PostingId::NONE,
        name: "asha".to_owned(),
        msisdn: country::phone(22_000_001),
        language: "en".to_owned(),
        roles: "care".to_owned(),
        state: StaffState::Active,
        password: String::new(),
        factor: Vec::new(),
        factor_step: 0,
        link: Vec::new(),
        link_until: None,
        locked_until: None,
        misses: 0,
        seen_at: 0,
        out_until: 0,
    };
    let now = Clock::System.now().micros();
    let session = StaffSession {
        digest: Vec::new(),
        staff: id,
        begun_at: now,
        seen_at: now,
        proved_at: now,
        ended_at: None,
        misses: 0,
    };
    OnDuty { staff, session }
}
