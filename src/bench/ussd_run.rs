//! `bench ussd`: whole send conversations through the HTTP door, from dialling to the final screen:
//! the conversation is stored after every hop, the PIN checked, the payment committed, the receipts
//! left in the outbox. In the same run, as a yardstick, the same requests against a bare server
//! that only answers as many bytes.

use super::BenchProgress;
use super::connection::BenchConnection;
use super::drive::ROOMY;
use super::report::{Figures, Raw};
use super::summary::Document;
use crate::app::{self, App};
use crate::book::{self, Change, Key, Leg, TRUST};
use crate::config::Settings;
use crate::id::{AccountId, PostingId};
use crate::limits::{Limits, Tier};
use crate::pin::Pin;
use crate::seal::{Randomness, SealKey};
use crate::store::book_rows;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::time::{Clock, Timestamp};
use crate::wallet::{Wallet, join};
use actix_web::{HttpResponse, HttpServer, web};
use anyhow::anyhow;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const PATH: &str = "/gateways/africastalking/ussd";
const PIN: &str = "7361";
/// A reply of the usual size.
const BARE_REPLY: &str = "CON Send KES 200 to Baraka O, 0700***002?\nFee KES 7. Total KES 207.\n\
                          1 Yes\n2 No\n0 Back 00 Home";
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
/// Each person begins with so much, minor units.
const BEGIN_MINOR: i64 = 1_000_000_000;
/// So many join at the same moment.
const JOIN_AT_ONCE: usize = 500;

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
}

/// Runs the conversations and the yardstick; `progress` hears what is being done.
pub async fn run(plan: &UssdBenchPlan, progress: BenchProgress) -> anyhow::Result<Document> {
    let (app, committer) =
        App::build(&settings(&plan.database_url, true), Clock::System, Randomness::os()?).await?;
    // payments are compared with limits, but nobody is stopped by one
    app.wallet.limits.set(Limits::alike(ROOMY, ROOMY));
    progress(&format!("{} people join", plan.people));
    populate(&app.wallet, plan.people).await?;
    let bare = bare_server()?;
    let served = serve(&app)?;
    // the yardstick answers far more often: it must not use up the amounts of the conversations
    let bare_talks = Arc::new(AtomicU64::new(0));
    let talks = Arc::new(AtomicU64::new(0));
    let what = format!("ussd {} hops", app.wallet.store.kind());
    let mut runs = Vec::new();
    for round in 1..=plan.rounds {
        progress(&format!("round {round} of {}: {BARE}, then conversations", plan.rounds));
        let yardstick = drive(bare, plan, &bare_talks).await?;
        runs.push(Figures::of(BARE.to_owned(), plan.connections, yardstick));
        runs.last().into_iter().for_each(|run| progress(&run.line()));
        let bytes = bytes(&app).await?;
        let before = app.wallet.metrics.commits();
        let mut hops = drive(served, plan, &talks).await?;
        let after = app.wallet.metrics.commits();
        hops.commits = after.count.saturating_sub(before.count);
        hops.committed = after.postings.saturating_sub(before.postings);
        hops.batch_max = after.largest;
        hops.grown_bytes = self::bytes(&app).await?.saturating_sub(bytes);
        runs.push(Figures::of(what.clone(), plan.connections, hops));
        runs.last().into_iter().for_each(|run| progress(&run.line()));
    }
    progress("verifying the book");
    let store = app.wallet.store.clone();
    let verified =
        tokio::task::spawn_blocking(move || book::check::check(&mut store.reader()?, |_, _| ()));
    let whole = verified.await??.is_whole();
    drop(app);
    drop(committer);
    let mut document = Document::new(String::new(), runs, BARE, whole);
    let ratio = document
        .medians
        .iter()
        .find_map(|series| series.against.as_ref())
        .map(|against| &against.ratio);
    let ratio = ratio.map_or("-", String::as_str);
    let rounds = plan.rounds;
    let seconds = plan.run.as_secs();
    document.heading = format!("{what} are {ratio} x {BARE}; medians of {rounds} x {seconds} s");
    Ok(document)
}

async fn bytes(app: &App) -> anyhow::Result<u64> {
    let store = app.wallet.store.clone();
    Ok(tokio::task::spawn_blocking(move || store.bytes()).await??)
}

/// Settings of a service of a bench; of a `demo` there are people in it already.
pub(super) fn settings(database_url: &str, demo: bool) -> Settings {
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        console_listen: None,
        console_url: None,
        database_url: database_url.to_owned(),
        menus: None,
        service_code: "*384*1234#".to_owned(),
        brand: "Kadogo".to_owned(),
        answer_within: Duration::from_secs(4),
        secret: SealKey::new([1; 32]),
        old_secrets: Vec::new(),
        callback_token: None,
        gateway: None,
        mail: None,
        keep_messages: Duration::from_secs(90 * 86_400),
        keep_conversations: Duration::from_secs(90 * 86_400),
        rules: crate::wallet::OperatorRules {
            reversal_quota: 3,
            payout: None,
            unjoined: false,
            grace: std::time::Duration::from_secs(24 * 3_600),
        },
        more_prices: "",
        demo,
        showcase: false,
    }
}

fn serve(app: &App) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let state = app.state(None, Duration::from_secs(4));
    tokio::spawn(app::serve(state, listener, false)?);
    Ok(address)
}

/// The yardstick: the same framework, the same request, an answer of the same size, and nothing in
/// between.
fn bare_server() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let answer =
        || async { HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(BARE_REPLY) };
    let server = HttpServer::new(move || {
        actix_web::App::new().route(PATH, web::post().to(move |_body: web::Bytes| answer()))
    });
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::spawn(server.workers(workers).disable_signals().listen(listener)?.run());
    Ok(address)
}

fn phone(number: u64) -> String {
    format!("+2547{number:08}")
}

/// People with a PIN and money. They join many at a time, as the book likes it.
async fn populate(wallet: &Wallet, people: u64) -> anyhow::Result<()> {
    let count = i64::try_from(people)?;
    let first = wallet.book.write(move |conn| book_rows::take_ids(conn, count)).await?;
    let pin = Pin::parse(PIN).map_err(|reason| anyhow!(reason.code()))?;
    let everybody: Vec<(u64, AccountId)> = (0..people).zip((first..).map(AccountId::of)).collect();
    for some in everybody.chunks(JOIN_AT_ONCE) {
        let joining = some
            .iter()
            .map(|(number, account)| wallet.book.post(joining(wallet, *number, *account, &pin)));
        let joined = futures_util::future::try_join_all(joining).await;
        joined.map_err(|refusal| anyhow!("people join: {}", refusal.code()))?;
    }
    Ok(())
}

fn joining(wallet: &Wallet, number: u64, account: AccountId, pin: &Pin) -> book::Posting {
    let config = &wallet.config;
    let now = wallet.clock.now();
    let person = PersonRow {
        account_id: account,
        version: 1,
        last_posting: PostingId::NONE,
        msisdn: phone(number.saturating_add(1_000)),
        name: "Amina Wanjiru".to_owned(),
        language: "en".to_owned(),
        joined_at: now.micros(),
        tier: Tier::Full.code().to_owned(),
    };
    let pin = config.tagged(account.into(), pin, wallet.randomness.bytes());
    let changes = vec![
        Change::keep(Record::Person(person), "join"),
        Change::OpenAccount(join::empty_wallet(account, config.market.currency.as_str())),
        Change::keep(Record::Pin(pin), "set_pin"),
    ];
    let legs = vec![
        Leg { account, amount_minor: BEGIN_MINOR },
        Leg { account: TRUST, amount_minor: BEGIN_MINOR.saturating_neg() },
    ];
    book::Posting { legs, kind: "issue", ..wallet.note(key_of(now, "join", number), changes) }
}

fn key_of(now: Timestamp, what: &str, number: u64) -> Key {
    Key::new(now, what, &number.to_be_bytes())
}

/// Keeps every connection in a conversation until the time is over. A wait is the wait for one hop.
/// Talks are numbered across all runs, so that no conversation comes twice.
async fn drive(
    address: SocketAddr,
    plan: &UssdBenchPlan,
    talks: &Arc<AtomicU64>,
) -> anyhow::Result<Raw> {
    let over = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let mut phones = tokio::task::JoinSet::new();
    for _ in 0..plan.connections {
        let over = over.clone();
        let talks = talks.clone();
        let people = plan.people;
        phones.spawn(async move {
            let mut wire = BenchConnection::connect(address).await?;
            let mut raw = Raw::default();
            while !over.load(Ordering::Relaxed) {
                let talk = talks.fetch_add(1, Ordering::Relaxed);
                converse(&mut wire, talk, people, &mut raw).await?;
            }
            Ok::<_, std::io::Error>(raw)
        });
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
    let to = phone(payee.saturating_add(1_000)).replace('+', "0").replacen("0254", "0", 1);
    let typed =
        ["1".to_owned(), to, format!("{shillings}.{cents}"), "1".to_owned(), PIN.to_owned()];
    let caller = phone(payer.saturating_add(1_000)).replace('+', "%2B");
    let amount = format!("KES {shillings}.{cents}");
    let mut history = String::new();
    for (step, screen) in SCREENS.iter().enumerate() {
        let form = format!(
            "sessionId=ATUid_{talk:032x}&serviceCode=*384*1234%23&phoneNumber={caller}&networkCode=99999&text={history}"
        );
        let asked = Instant::now();
        let answer = wire.post(PATH, &form).await?;
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
