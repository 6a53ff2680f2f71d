//! `bench ussd`: whole send conversations through the HTTP door, from dialling to the final screen: the conversation is
//! stored after every hop, the PIN checked, the payment committed, the receipts left in the outbox. In the same run, as
//! a yardstick, the same requests against a bare server that only answers as many bytes.

use super::book::{bytes, is_whole};
use super::report::{Figures, Raw};
use super::wire::Wire;
use crate::app::App;
use crate::book::{Change, Key, Leg, Posting, TRUST};
use crate::config::Settings;
use crate::http::{self, Doors};
use crate::pin::Pin;
use crate::seal::{Dice, SealKey};
use crate::store::people::{PersonRow, PinRow};
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
const BARE_REPLY: &str =
    "CON Send KES 200 to Baraka O, 0700***002?\nFee KES 7. Total KES 207.\n1 Yes\n2 No\n0 Back 00 Home";
/// Each person begins with so much, minor units.
const BEGIN_MINOR: i64 = 1_000_000_000;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    /// An empty database to work in.
    pub database_url: String,
    /// People who pay one another.
    pub people: u64,
    /// Phones in use at the same time.
    pub connections: usize,
    /// How long each of the two runs takes.
    pub run: Duration,
}

/// Runs the conversations and the yardstick; `progress` hears what is being done.
pub async fn run(plan: &Plan, mut progress: impl FnMut(&str)) -> anyhow::Result<Vec<Figures>> {
    let (app, committer) = App::build(&settings(plan), Clock::System, Dice::os()?).await?;
    progress(&format!("{} people join", plan.people));
    populate(&app.wallet, plan.people).await?;
    let bare = bare_server()?;
    progress(&format!("bare replies for {} s", plan.run.as_secs()));
    let yardstick = drive(bare, plan).await?;
    let served = serve(&app)?;
    let (before, commits) = (bytes(&app.wallet.store).await?, app.wallet.metrics.commits());
    progress(&format!("conversations on {} connections for {} s", plan.connections, plan.run.as_secs()));
    let mut talks = drive(served, plan).await?;
    talks.grown_bytes = bytes(&app.wallet.store).await?.saturating_sub(before);
    talks.commits = app.wallet.metrics.commits().saturating_sub(commits);
    progress("verifying the book");
    talks.whole = is_whole(&app.wallet.store).await?;
    let kind = app.wallet.store.kind();
    drop(app);
    drop(committer);
    Ok(vec![
        Figures::of("bare replies".to_owned(), plan.connections, Raw { whole: true, ..yardstick }),
        Figures::of(format!("ussd {kind} hops"), plan.connections, talks),
    ])
}

fn settings(plan: &Plan) -> Settings {
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        database_url: plan.database_url.clone(),
        menus: None,
        service_code: "*384*1234#".to_owned(),
        brand: "Kadogo".to_owned(),
        answer_within: Duration::from_secs(4),
        secret: SealKey::new([1; 32]),
        old_secrets: Vec::new(),
        callback_token: None,
        gateway: None,
        demo: true,
    }
}

fn serve(app: &App) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let doors = Doors {
        app: app.clone(),
        callback_token: None,
        answer_within: Duration::from_secs(4),
        demo: false,
        runtime: tokio::runtime::Handle::current(),
        late: Arc::new(()),
    };
    tokio::spawn(http::server(doors, listener)?);
    Ok(address)
}

/// The yardstick: the same framework, the same request, an answer of the same size, and nothing in between.
fn bare_server() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let answer = || async { HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(BARE_REPLY) };
    let server =
        HttpServer::new(move || actix_web::App::new().route(PATH, web::post().to(move |_body: web::Bytes| answer())));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::spawn(server.workers(workers).disable_signals().listen(listener)?.run());
    Ok(address)
}

fn phone(number: u64) -> String {
    format!("+2547{number:08}")
}

async fn populate(wallet: &Wallet, people: u64) -> anyhow::Result<()> {
    let (house, now) = (wallet.house.clone(), wallet.house.clock.now());
    let pin = Pin::parse(PIN).map_err(|reason| anyhow!(reason.code()))?;
    for number in 0..people {
        let account = wallet.book.fresh_id().await?;
        let (salt, key): ([u8; 16], _) = (house.dice.bytes(), house.pin_keys.current());
        let tag = key.tag(account, &salt, &pin).to_vec();
        let key_version = i64::from(key.version);
        let person = PersonRow {
            account_id: account,
            msisdn: phone(number.saturating_add(1_000)),
            name: "Amina Wanjiru".to_owned(),
            language: "en".to_owned(),
            joined_at: now.micros(),
        };
        let changes = vec![
            Change::Join(person),
            Change::OpenAccount(join::empty_wallet(account, house.market.currency.as_str())),
            Change::SetPin(PinRow { account_id: account, key_version, salt: salt.to_vec(), tag, attempts: 0 }),
        ];
        let refused = |refusal: crate::refusal::Refusal| anyhow!("people join: {}", refusal.code());
        wallet.book.post(wallet.note(key_of(now, "join", number), changes)).await.map_err(refused)?;
        let legs = vec![
            Leg { account, amount_minor: BEGIN_MINOR },
            Leg { account: TRUST, amount_minor: BEGIN_MINOR.saturating_neg() },
        ];
        let fund = Posting { legs, kind: "issue", ..wallet.note(key_of(now, "issue", number), Vec::new()) };
        wallet.book.post(fund).await.map_err(refused)?;
    }
    Ok(())
}

fn key_of(now: Timestamp, what: &str, number: u64) -> Key {
    Key::new(now, what, &number.to_be_bytes())
}

/// Keeps every connection in a conversation until the time is over. A wait is the wait for one hop.
async fn drive(address: SocketAddr, plan: &Plan) -> anyhow::Result<Raw> {
    let over = Arc::new(AtomicBool::new(false));
    let talks = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut phones = tokio::task::JoinSet::new();
    for _ in 0..plan.connections {
        let (over, talks, people) = (over.clone(), talks.clone(), plan.people);
        phones.spawn(async move {
            let mut wire = Wire::connect(address).await?;
            let (mut waits, mut refused) = (Vec::new(), 0_u64);
            while !over.load(Ordering::Relaxed) {
                let talk = talks.fetch_add(1, Ordering::Relaxed);
                let well = converse(&mut wire, talk, people, &mut waits).await?;
                refused = refused.saturating_add(u64::from(!well));
            }
            Ok::<_, std::io::Error>((waits, refused))
        });
    }
    tokio::time::sleep(plan.run).await;
    over.store(true, Ordering::Relaxed);
    let mut raw = Raw { took: started.elapsed(), ..Raw::default() };
    while let Some(phone) = phones.join_next().await {
        let (waits, refused) = phone??;
        raw.waits.extend(waits);
        raw.refused = raw.refused.saturating_add(refused);
    }
    raw.took = started.elapsed();
    Ok(raw)
}

/// One person sends money to the next one. Amounts differ, so that nobody is asked whether they mean it.
async fn converse(wire: &mut Wire, talk: u64, people: u64, waits: &mut Vec<Duration>) -> std::io::Result<bool> {
    let payer = talk.checked_rem(people).unwrap_or(0);
    let payee = payer.saturating_add(1).checked_rem(people).unwrap_or(0);
    let (cents, shillings) =
        (talk.rem_euclid(90).saturating_add(10), talk.div_euclid(90).rem_euclid(40).saturating_add(1));
    let to = phone(payee.saturating_add(1_000)).replace('+', "0").replacen("0254", "0", 1);
    let typed = ["1".to_owned(), to, format!("{shillings}.{cents}"), "1".to_owned(), PIN.to_owned()];
    let caller = phone(payer.saturating_add(1_000)).replace('+', "%2B");
    let (mut history, mut last) = (String::new(), String::new());
    for step in 0..=typed.len() {
        let form = format!(
            "sessionId=ATUid_{talk:032x}&serviceCode=*384*1234%23&phoneNumber={caller}&networkCode=99999&text={history}"
        );
        let asked = Instant::now();
        last = wire.post(PATH, &form).await?;
        waits.push(asked.elapsed());
        if let Some(next) = typed.get(step) {
            if !history.is_empty() {
                history.push('*');
            }
            history.push_str(next);
        }
    }
    Ok(last.starts_with("END") || last == BARE_REPLY)
}
