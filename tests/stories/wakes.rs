//! What is due among much that is not. Goal: a million rows wait, ten thousand of them are due
//! within one minute, and as many at one moment; two nodes wake each of them once, whoever began
//! one hears of it once, and a row that nobody can read is reported and harms nobody. Method: a
//! short form of thousands, on the machine's clock, with the nodes' own workers. For a report,
//! which says how many a second, how late, and how large the tables are:
//!
//!   KADOGO_WAKES=1000000 cargo test --test stories wakes -- --nocapture

use super::cluster::psql;
use super::engine::{Hand, is_postgres};
use super::world::*;
use kadogo::book::{Change, Key, Posting, Put};
use kadogo::id::{AccountId, Id, PostingId};
use kadogo::limits::Tier;
use kadogo::store::arrangement_rows::ArrangementRow;
use kadogo::store::people::PersonRow;
use kadogo::store::records::Record;
use kadogo::time::{Clock, Timestamp};
use kadogo::wallet::arrangements::kind::written;
use kadogo::wallet::join::empty_wallet;
use kadogo::wallet::waiting::payment_request::{KIND, Terms};
use std::time::{Duration, Instant};
use tokio::sync::watch;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Changes of one posting.
const TOGETHER: usize = 1_000;
/// Postings of the loader under way at a time.
const FLIGHT: usize = 8;

/// How much there is of everything.
struct Size {
    /// Rows whose time is far away.
    far: usize,
    /// Rows that are due within the window, and then as many at one moment: one of each person.
    due: usize,
    window: Duration,
}

fn size() -> Size {
    match std::env::var("KADOGO_WAKES") {
        Ok(text) => {
            let far: usize = text.parse().unwrap();
            Size { far, due: far / 100, window: Duration::from_secs(60) }
        }
        Err(_short) => Size { far: 2_000, due: 150, window: Duration::from_millis(500) },
    }
}

/// Two nodes with the machine's clock on one database, and those who ask one another for money.
struct Nodes {
    both: [World; 2],
    people: Vec<AccountId>,
    loaded: usize,
}

impl Nodes {
    async fn start(people: usize) -> Nodes {
        let world = World::real().await;
        let node = || world.beside_at(Clock::System, Twist { real: true, ..Twist::default() });
        let mut nodes = Nodes { both: [node().await, node().await], people: Vec::new(), loaded: 0 };
        let first = nodes.fresh_ids(people).await;
        nodes.people = (first..).take(people).map(Id::of).collect();
        let joined = nodes.people.iter().zip(0..).flat_map(|(id, nr)| joins(*id, nr)).collect();
        nodes.load(joined).await;
        nodes
    }

    async fn fresh_ids(&self, count: usize) -> i64 {
        self.both[0].app.wallet.book.fresh_ids(i64::try_from(count).unwrap()).await.unwrap()
    }

    /// Makes these changes, many in one posting and several postings at a time.
    async fn load(&mut self, changes: Vec<Change>) {
        let wallet = &self.both[0].app.wallet;
        let mut changes = changes.into_iter();
        loop {
            let posting = |nr: usize| {
                let together: Vec<Change> = changes.by_ref().take(TOGETHER).collect();
                let key = Key::new(Timestamp::from_micros(0), "load", &nr.to_be_bytes());
                (!together.is_empty())
                    .then(|| Posting { kind: "load", ..wallet.note(key, together) })
            };
            let flight: Vec<Posting> =
                (self.loaded..self.loaded + FLIGHT).map_while(posting).collect();
            if flight.is_empty() {
                return;
            }
            self.loaded += flight.len();
            let answers = all(flight.into_iter().map(|posting| wallet.book.post(posting))).await;
            answers.into_iter().for_each(|answer| assert!(!answer.unwrap().repeated));
        }
    }

    /// Requests of all in turn, each for another amount from this one on, that are due then.
    async fn ask(&mut self, dues: impl ExactSizeIterator<Item = i64>, first_minor: i64) {
        let first = self.fresh_ids(dues.len()).await;
        let payers = self.people.iter().cycle().skip(1);
        let sides = self.people.iter().cycle().zip(payers);
        let rows = dues.zip(sides).zip(0..).map(|((due_at, (asker, payer)), nr)| {
            request(first + nr, (*asker, *payer), due_at, first_minor + nr)
        });
        self.load(rows.map(begins).collect()).await;
    }

    /// What was counted of wakes by both: `done`, `moved`, `failed`.
    fn counted(&self, outcome: &str) -> [usize; 2] {
        self.both.each_ref().map(|node| {
            let line = format!("kadogo_wakes_total{{kind=\"request\",outcome=\"{outcome}\"}} ");
            let metrics = node.app.wallet.metrics.render();
            let count = metrics.lines().find_map(|text| text.strip_prefix(&line));
            count.map_or(0, |count| count.parse().unwrap())
        })
    }

    /// Of how many it was measured how late they were woken, by each.
    fn measured(&self) -> [usize; 2] {
        self.both.each_ref().map(|node| {
            let metrics = node.app.wallet.metrics.render();
            let mut lines = metrics.lines();
            let count = lines.find_map(|text| text.strip_prefix("kadogo_wake_late_seconds_count "));
            count.map_or(0, |count| count.parse().unwrap())
        })
    }

    /// The first column, named `text`, of what stands in the database.
    fn lines(&self, sql: &str) -> Vec<String> {
        Hand::of(&self.both[0].app.wallet.store).lines(sql)
    }

    /// The same of one row.
    fn line(&self, sql: &str) -> String {
        self.lines(sql).concat()
    }
}

/// Somebody who joins.
fn joins(id: AccountId, nr: usize) -> [Change; 2] {
    let person = PersonRow {
        account_id: id,
        version: 1,
        last_posting: PostingId::NONE,
        msisdn: format!("+25471{nr:07}"),
        name: "Wanjiru Kamau".into(),
        language: "en".into(),
        joined_at: 1,
        tier: Tier::Sim.code().into(),
    };
    [Change::OpenAccount(empty_wallet(id, "KES")), Change::keep(Record::Person(person), "join")]
}

fn request(
    id: i64,
    sides: (AccountId, AccountId),
    due_at: i64,
    amount_minor: i64,
) -> ArrangementRow {
    let terms = Terms { amount_minor, reference: String::new(), expires_at: due_at };
    ArrangementRow {
        id: Id::of(id),
        kind: KIND.name.into(),
        version: 1,
        state: "waiting".into(),
        open: true,
        owner: sides.0,
        other: Some(sides.1),
        account: None,
        subject: String::new(),
        begun_at: due_at - 1,
        due_at: Some(due_at),
        body: written(&terms),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    }
}

fn begins(row: ArrangementRow) -> Change {
    Change::Put(Put { row, event: "begin", note: String::new() })
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap()
}

fn now() -> i64 {
    Clock::System.now().micros()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_wait_those_that_are_due_are_woken_once_by_two_nodes() {
    let Size { far, due, window } = size();
    let mut nodes = Nodes::start(due).await;
    let begun = Instant::now();
    let in_a_month = now() + micros(30 * DAY);
    nodes.ask((in_a_month..).take(far).collect::<Vec<i64>>().into_iter(), 1).await;
    println!("{far} rows loaded in {:?}", begun.elapsed());
    let bad = nodes.fresh_ids(1).await;
    let sides = (nodes.people[0], nodes.people[1]);
    let unreadable = ArrangementRow { body: "{".into(), ..request(bad, sides, now(), 1) };
    nodes.load(vec![begins(unreadable)]).await;

    let late = over_a_window(&mut nodes, due, window).await;
    println!("{due} due within {window:?}: {late}");
    assert_eq!(nodes.counted("done").iter().sum::<usize>(), due);
    assert!(nodes.counted("failed").iter().sum::<usize>() > 0, "the bad one is met and reported");
    assert_eq!(nodes.measured(), nodes.counted("done"), "how late is said of what was woken alone");
    at_one_moment(&mut nodes, due).await;

    as_they_were_left(&nodes, bad, far, 2 * due);
    let begun = Instant::now();
    nodes.both[0].check();
    println!("checked in {:?}", begun.elapsed());
    if far >= 100_000 {
        println!("{}", tables(&nodes));
    }
}

/// One of each person's is due within a window, and the nodes' own workers wake them. How late.
async fn over_a_window(nodes: &mut Nodes, due: usize, window: Duration) -> String {
    // the first of them when all are there
    let first = now() + micros(window / 4);
    let step = micros(window) / i64::try_from(due).unwrap();
    let dues: Vec<i64> = (0..).map(|nr| first + nr * step).take(due).collect();
    nodes.ask(dues.into_iter(), 10_000_000).await;
    let (stop, stopped) = watch::channel(false);
    let workers: Vec<_> =
        nodes.both.iter().flat_map(|node| node.app.start_workers(&stopped)).collect();
    let given_up = Instant::now() + 3 * window + Duration::from_secs(30);
    while nodes.counted("done").iter().sum::<usize>() < due {
        assert!(Instant::now() < given_up, "{:?} of {due} woken", nodes.counted("done"));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    let ended = "SELECT CAST(p.at - a.begun_at - 1 AS TEXT) AS text FROM arrangements a JOIN \
                 postings p ON p.id = a.last_posting WHERE a.state = 'expired' ORDER BY p.at - \
                 a.begun_at";
    let late: Vec<i64> = nodes.lines(ended).iter().map(|text| text.parse().unwrap()).collect();
    let (done, moved) = (nodes.counted("done"), nodes.counted("moved"));
    let failed = nodes.counted("failed");
    let at = |percent: usize| late[(late.len() - 1) * percent / 100] / 1_000;
    assert!(late[0] >= 0, "one was woken before its time");
    format!(
        "late by {} ms in the middle, {} ms at 99 %, {} ms at most; by each node done {done:?}, \
         moved by the other {moved:?}, failed {failed:?}",
        at(50),
        at(99),
        at(100)
    )
}

/// One of each person's is due at the same moment, and both nodes look at once.
async fn at_one_moment(nodes: &mut Nodes, due: usize) {
    let moment = now();
    nodes.ask(std::iter::repeat_n(moment, due), 20_000_000).await;
    let begun = Instant::now();
    let [one, other] = nodes.both.each_ref().map(|node| node.app.wallet.wake_due(&KIND));
    let (one, other) = tokio::join!(one, other);
    let (took, one, other) = (begun.elapsed(), one.unwrap(), other.unwrap());
    let rate = u128::try_from(due).unwrap() * 1_000 / took.as_millis().max(1);
    println!("{due} due at one moment: {rate} a second, in {took:?}; {one:?} {other:?}");
    // what one node could not do because of the other is due no more, or at the next look
    let rest = nodes.both[0].app.wallet.wake_due(&KIND).await.unwrap();
    assert_eq!(one.done + other.done + rest.done, due);
    let none = nodes.both[1].app.wallet.wake_due(&KIND).await.unwrap();
    assert_eq!((none.done, none.others), (0, 0));
    // each has met the bad one, and tries it again after a pause that grows: not at each look
    let failed = nodes.counted("failed");
    assert!(failed.iter().all(|times| (1..=9).contains(times)), "{failed:?}");
}

/// All that was due was moved once, with one word to who began it; nothing else was.
fn as_they_were_left(nodes: &Nodes, bad: i64, far: usize, due: usize) {
    let states = "SELECT state || ' ' || version || ' ' || count(*) || ' ' || count(due_at) AS \
                  text FROM arrangements WHERE kind = 'request' GROUP BY state, version ORDER BY \
                  state";
    let waiting = far + 1;
    let left = [format!("expired 2 {due} 0"), format!("waiting 1 {waiting} {waiting}")];
    assert_eq!(nodes.lines(states), left);
    let events = "SELECT event || ' ' || count(*) || ' ' || count(DISTINCT record_id) AS text FROM \
                  trail WHERE kind = 'request' GROUP BY event ORDER BY event";
    let begun = far + 1 + due;
    let happened = [format!("begin {begun} {begun}"), format!("expire {due} {due}")];
    assert_eq!(nodes.lines(events), happened);
    let bad = format!("SELECT state || ' ' || body AS text FROM arrangements WHERE id = {bad}");
    assert_eq!(nodes.line(&bad), "waiting {");
    // each was for another amount
    let told = "SELECT count(*) || ' ' || count(DISTINCT slots) AS text FROM outbox WHERE template \
                = 'sms.request_expired'";
    assert_eq!(nodes.line(told), format!("{due} {due}"));
    let each = "SELECT min(n) || ' ' || max(n) || ' ' || count(*) AS text FROM (SELECT count(*) AS \
                n FROM outbox WHERE template = 'sms.request_expired' GROUP BY address) AS t";
    assert_eq!(nodes.line(each), format!("2 2 {}", due / 2));
}

/// How large the table and its indexes have become, and on a server how what is due is found.
fn tables(nodes: &Nodes) -> String {
    if !is_postgres() {
        let sizes = "SELECT name || ' ' || (sum(pgsize) / 1048576) || ' MB' AS text FROM dbstat \
                     WHERE name LIKE '%arrangements%' OR name = 'trail' GROUP BY name";
        return nodes.lines(sizes).join("\n");
    }
    let sizes = "SELECT relname || ' ' || (pg_relation_size(oid) / 1048576) || ' MB' AS text FROM \
                 pg_class WHERE relname LIKE 'arrangements%' OR relname LIKE 'trail%' ORDER BY 1";
    let due = format!(
        "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM arrangements WHERE kind = 'request' AND due_at \
         <= {} AND due_at >= -9223372036854775808 AND (due_at > -9223372036854775808 OR id > 0) \
         ORDER BY due_at, id LIMIT 200",
        now()
    );
    let plan = psql(nodes.both[0].home.url(), &due);
    format!("{}\n{plan}", nodes.lines(sizes).join("\n"))
}
