//! A collection that many gave to is missed, and whoever gives back is killed in the middle of it,
//! again and again: the real program, with all its workers. Whoever is started next goes on, and
//! each giver has theirs back exactly once. Meanwhile others give to another collection, through a
//! node that stays; and one in ten can take nothing now, has theirs on another day, and holds up
//! nobody.
//!
//!   KADOGO_GIVERS=20000 cargo test --test fire missed -- --nocapture

use super::dealer::node;
use super::many_givers::{
    EACH, Flow, HAVE, HEARD, ONCE, STAND, all_give, back_once, begins, givers, joined, number_of,
    rate,
};
use super::running_node::Node;
use super::{chance, cluster_or_say};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use kadogo::book::{Change, Key};
use kadogo::calendar::Day;
use kadogo::on;
use kadogo::phone::Msisdn;
use kadogo::store::book_rows::AccountState;
use kadogo::store::records::Record;
use kadogo::store::{Store, StoreError, restrictions};
use kadogo::time::Clock;
use kadogo::wallet::Wallet;
use kadogo::wallet::collections::turn::KIND;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Five pieces.
const SHORT: usize = 1_500;
/// One of so many can take nothing at first.
const STOPPED: usize = 10;
/// A program is killed once for so many, at most.
const KILLED: usize = 600;
const ORGANISER: (&str, &str) = ("+254700000001", "7361");
/// What comes to the other collection meanwhile: a steady flow, which leaves a processor to whoever
/// starts again.
const STEADY: Flow = Flow { minor: 100, times: 100, flight: 2 };
const DAY: Duration = Duration::from_secs(86_400);

/// What happened, for the report.
#[derive(Debug, Default)]
struct Figures {
    /// Turns in which gifts went back.
    pieces: usize,
    kills: usize,
    /// Kills after which a part was back, and a part was not.
    in_the_middle: usize,
    back_a_second: u128,
    /// Gifts to the other collection meanwhile.
    given: usize,
    given_a_second: u128,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

fn lines(store: &Store, sql: &str) -> Vec<String> {
    let mut conn = store.reader().unwrap();
    let rows: Vec<Line> = on!(&mut conn, c => sql_query(sql).load(c)).unwrap();
    rows.into_iter().map(|line| line.text).collect()
}

/// In how many turns gifts have gone back: all since it began, was closed and was missed.
fn pieces(store: &Store) -> usize {
    let sql = "SELECT CAST(max(version) AS TEXT) AS text FROM arrangements WHERE kind = \
               'collection' AND id = (SELECT min(id) FROM arrangements WHERE kind = 'collection')";
    lines(store, sql)[0].parse::<usize>().unwrap().saturating_sub(3)
}

/// Whether all who can take theirs have it: nothing is due before another day.
fn is_back(store: &Store) -> bool {
    let soon = Clock::System.now().plus(DAY / 24).micros();
    let sql = format!(
        "SELECT state AS text FROM arrangements WHERE kind = 'collection' AND due_at \
                       <= {soon}"
    );
    lines(store, &sql).is_empty()
}

/// Each of those who take nothing at first may do this from now on.
async fn stop(wallet: &Wallet, many: usize, state: AccountState) {
    for nr in (0..many).step_by(STOPPED) {
        let caller = wallet.caller(Msisdn::from_e164(&number_of(nr)).unwrap()).await.unwrap();
        let account = caller.person.unwrap().account_id;
        let said = wallet.store.read(move |conn| restrictions::of(conn, account)).await;
        let said = said.unwrap_or_else(|error: StoreError| panic!("{error}"));
        let now = wallet.clock.now();
        let named = [account.number().to_be_bytes(), said.version.to_be_bytes()].concat();
        let key = Key::new(now, state.into(), &named);
        let kept = Change::keep(Record::Restriction(said.with(state, now)), state.into());
        wallet.book.post(wallet.note(key, vec![kept])).await.unwrap();
    }
}

/// They take theirs again, two days later.
async fn another_day(url: &str, many: usize) {
    let clock = Clock::manual(Clock::System.now().plus(DAY * 2));
    let (app, committer) = node(url.to_owned(), clock).await;
    stop(&app.wallet, many, AccountState::Open).await;
    loop {
        let woken = app.wallet.wake_due(&KIND).await.unwrap();
        assert_eq!(woken.failed, 0);
        if woken.done == 0 {
            break;
        }
    }
    drop(app);
    tokio::task::spawn_blocking(|| committer.join().unwrap()).await.unwrap();
}

/// All of them gave to a collection whose day was over before today.
async fn gathered(url: &str, many: usize) {
    let clock = Clock::manual(Clock::System.now().minus(DAY * 10));
    let (app, committer) = node(url.to_owned(), clock.clone()).await;
    let today = Day::of(clock.now(), &app.wallet.config.market.zone);
    let until = Day::new(today.number() + 5);
    joined(&app.wallet, many).await;
    let code = begins(&app.wallet, ORGANISER, "School roof", until).await;
    let never = AtomicBool::new(false);
    assert_eq!(all_give(&app.wallet, many, &code, ONCE, &never).await, many);
    stop(&app.wallet, many, AccountState::StopCredit).await;
    drop(app);
    tokio::task::spawn_blocking(|| committer.join().unwrap()).await.unwrap();
}

/// Programs are started and killed, so often at most, until all of it is back.
fn killed_until_it_is_back(start: impl Fn() -> Node, store: &Store, most: usize) -> Figures {
    let mut figures = Figures::default();
    while !is_back(store) {
        let before = pieces(store);
        let running = start();
        let given_up = Instant::now() + Duration::from_secs(120);
        let last = figures.kills == most;
        if last || figures.in_the_middle == 0 || chance(4) > 0 {
            // when it has gone on, and a moment later
            while !is_back(store) && (last || pieces(store) == before) {
                assert!(Instant::now() < given_up, "nothing goes back");
                std::thread::sleep(Duration::from_millis(10));
            }
            std::thread::sleep(Duration::from_micros(chance(900_000)));
        } else {
            // while it begins
            std::thread::sleep(Duration::from_micros(chance(300_000)));
        }
        let over = is_back(store);
        drop(running);
        figures.kills += usize::from(!over);
        figures.in_the_middle += usize::from(pieces(store) > 0 && !is_back(store));
    }
    figures
}

fn missed(what: &str, url: &str) {
    let many = givers(SHORT);
    let folder = tempfile::tempdir().unwrap();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.unwrap();
    runtime.block_on(gathered(url, many));
    let (app, committer) = runtime.block_on(node(url.to_owned(), Clock::System));
    let wallet = app.wallet.clone();
    let today = Day::of(Clock::System.now(), &wallet.config.market.zone);
    let until = Day::new(today.number() + 30);
    let other = runtime.block_on(begins(&wallet, ORGANISER, "Clinic", until));
    let over = Arc::new(AtomicBool::new(false));
    let stop = over.clone();
    let giving = runtime.spawn(async move { all_give(&wallet, many, &other, STEADY, &stop).await });
    let store = &app.wallet.store;
    let begun = Instant::now();
    let start = || Node::start(url, folder.path());
    let mut figures = killed_until_it_is_back(start, store, many / KILLED);
    let took = begun.elapsed();
    over.store(true, Ordering::Relaxed);
    figures.given = runtime.block_on(giving).unwrap();
    figures.pieces = pieces(store);
    figures.back_a_second = rate(many, took);
    figures.given_a_second = rate(figures.given, took);
    println!("{what}, of {many}: {figures:?}");
    drop(app);
    committer.join().unwrap();
    let have = back_once(many, STEADY.minor, figures.given);
    let mut not_yet = have.clone();
    for have in not_yet.iter_mut().step_by(STOPPED) {
        *have -= EACH;
    }
    let stopped = many.div_ceil(STOPPED);
    judge(url, &not_yet, many - stopped, "returning");
    runtime.block_on(another_day(url, many));
    judge(url, &have, many, "returned");
    assert!(figures.given > 0 && figures.in_the_middle > 0, "{figures:?}");
}

/// Each of them has so much, so many have heard of it once, and the book is whole.
fn judge(url: &str, have: &[i64], heard: usize, state: &str) {
    let store = Store::open_existing(url).unwrap();
    let found: Vec<i64> = lines(&store, HAVE).iter().map(|line| line.parse().unwrap()).collect();
    assert_eq!(found, have);
    assert_eq!(lines(&store, HEARD), [format!("{heard} {heard}")]);
    assert_eq!(lines(&store, STAND), [state, "gathering"]);
    let report = kadogo::book::check::check(&mut store.reader().unwrap(), |_, _| {}).unwrap();
    assert!(report.is_whole(), "{:#?}", report.faults);
}

#[test]
fn what_is_missed_goes_back_once_whenever_a_program_on_sqlite_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    missed("a program on SQLite killed while it gives back", &url);
}

#[test]
fn what_is_missed_goes_back_once_whenever_a_program_on_postgresql_is_killed() {
    let Some(cluster) = cluster_or_say("what is missed goes back once") else { return };
    let what = "a program on PostgreSQL killed while it gives back";
    missed(what, &cluster.database());
}
