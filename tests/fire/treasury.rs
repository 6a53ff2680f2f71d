//! Programs that are killed between any two steps of money in and out, and while they take one: a
//! statement read and taken, e-money asked for and approved, redeemed, seen at the bank, called
//! off, come back, a day closed. Whoever is started next finds the books where they were said to
//! be, or one step further: that step was taken, and its answer got lost. Nothing is half done,
//! nothing twice.

use super::clerk::{self, WHOSE};
use super::cluster::{psql, wait_until};
use super::money_steps::{Picture, SCRIPTS, script};
use super::{chance, cluster_or_say, rounds};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use kadogo::on;
use kadogo::store::{Conn, Store};
use kadogo::time::{Clock, Timestamp};
use std::time::Duration;

/// Rounds on one book; then a new one begins, so that the check does not become what takes the
/// time.
const ROUNDS_PER_BOOK: usize = 20;
/// So often one of them is killed at most; then the round may come to its end.
const KILLS_MAX: usize = 3;
const DAY: Duration = Duration::from_secs(86_400);

/// How many use the database.
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                      AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

/// What happened, for the report.
#[derive(Debug, Default)]
struct Figures {
    rounds: usize,
    kills: usize,
    /// Steps that were acknowledged.
    steps: usize,
    /// Kills between the first and the last step of a round.
    in_the_middle: usize,
    /// Steps that were taken, and whose answer got lost: killed between commit and answer.
    unseen: usize,
    /// Files that were read in part when their reader was killed.
    half_read: usize,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

/// The first column, named `text`, of every row.
pub fn lines(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = on!(conn, c => sql_query(sql).load(c)).unwrap();
    rows.into_iter().map(|line| line.text).collect()
}

/// A book with what is to stand in it.
struct Books {
    url: String,
    /// When it began; each round is a day later than the one before.
    begun: Timestamp,
    before: Picture,
    half_read: i64,
}

impl Books {
    fn founded(url: String) -> Books {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let begun = Clock::System.now().minus(DAY * 30);
        runtime.block_on(clerk::founded(url.clone(), begun));
        drop(runtime);
        let mut books = Books { url, begun, before: Picture::default(), half_read: 0 };
        books.settle();
        books.before = books.seen();
        books
    }

    /// What one that was killed has asked for last, a server still does: until it has.
    fn settle(&self) {
        if self.url.starts_with("postgres") {
            wait_until("nobody else is there", || psql(&self.url, OTHERS) == "0");
        }
    }

    fn number(conn: &mut Conn, what: &str) -> i64 {
        let sql = format!("SELECT CAST(coalesce({what}, 0) AS TEXT) AS text");
        lines(conn, &sql)[0].parse().unwrap()
    }

    /// What stands in the book; it is whole, and what the bank said last is what its mirror shows.
    fn seen(&self) -> Picture {
        let store = Store::open_existing(&self.url).unwrap();
        let mut conn = store.reader().unwrap();
        let report = kadogo::book::check::check(&mut conn, |_, _| {}).unwrap();
        assert!(report.is_whole(), "{:#?}", report.faults);
        let mut of = |what: &str| Books::number(&mut conn, what);
        let balance = |id: i64| format!("(SELECT balance_minor FROM accounts WHERE id = {id})");
        let count = |kind: &str, state: &str| {
            format!(
                "(SELECT count(*) FROM arrangements WHERE kind = '{kind}' AND state = '{state}')"
            )
        };
        let behind = |kind: &str| {
            format!(
                "(SELECT sum(c.balance_minor) FROM arrangements a JOIN accounts c ON c.id = \
                 a.account WHERE a.kind = '{kind}')"
            )
        };
        let wallet = format!(
            "(SELECT c.balance_minor FROM accounts c JOIN people p ON p.account_id = c.id WHERE \
             p.msisdn = '{WHOSE}')"
        );
        let mirror =
            "(SELECT -c.balance_minor FROM accounts c JOIN bank_accounts b ON b.id = c.id)";
        let at_bank = of(mirror);
        assert_eq!(of("(SELECT closing_minor FROM bank_accounts)"), at_bank);
        // a line is used once
        let twice = "(SELECT count(*) - count(DISTINCT subject) FROM arrangements WHERE kind = \
                     'bank_item')";
        assert_eq!(of(twice), 0, "a line was used twice");
        Picture {
            at_bank,
            suspense: of(&balance(3)),
            outgoing: of(&balance(7)),
            charges: of(&balance(8)),
            interest: of(&balance(9)),
            wallet: of(&wallet),
            parts: of(&behind("bank_item")),
            on_its_way: of(&behind("redemption")),
            statements: of("(SELECT count(*) FROM bank_statements)"),
            seen: of(&count("redemption", "seen")),
            called_off: of(&count("redemption", "called_off")),
            asked: of(&count("staff_request", "asked")),
            approved: of(&count("staff_request", "approved")),
            declined: of(&count("staff_request", "declined")),
            taken_back: of(&count("staff_request", "taken_back")),
            closed: of("(SELECT count(*) FROM days)"),
        }
    }

    /// Files of which not all lines are there.
    fn half_read(&self) -> i64 {
        let store = Store::open_existing(&self.url).unwrap();
        let mut conn = store.reader().unwrap();
        let sums = "(SELECT count(*) FROM bank_files f WHERE f.closing_minor - f.opening_minor <> \
                    coalesce((SELECT sum(amount_minor) FROM bank_lines l WHERE l.statement = f.id), \
                    0) OR (SELECT count(*) FROM bank_lines l WHERE l.statement = f.id) = 2)";
        Books::number(&mut conn, sums)
    }

    fn round(&mut self, number: usize, figures: &mut Figures) {
        let pictures = self.before.of(script(number));
        let days = u32::try_from(number % ROUNDS_PER_BOOK).unwrap() + 1;
        let at = self.begun.plus(DAY * days);
        let steps = script(number).len();
        let (mut done, mut kills) = (0, 0);
        while done < steps {
            let mut clerk = clerk::start(&self.url, at, number, done);
            let said = if kills < KILLS_MAX {
                let left = u64::try_from(steps - done).unwrap();
                clerk.wait_for(usize::try_from(chance(left)).unwrap());
                // between two steps, while one is taken, or behind the last
                std::thread::sleep(Duration::from_micros(chance(40_000)));
                kills += 1;
                figures.kills += 1;
                clerk.kill()
            } else {
                clerk.finish()
            };
            self.settle();
            let found = self.seen();
            let acknowledged = done + said;
            let is_unseen = pictures[acknowledged] != found;
            if is_unseen {
                assert!(acknowledged < steps, "more than everything was done: {found:#?}");
                assert_eq!(
                    found,
                    pictures[acknowledged + 1],
                    "{number} after {acknowledged} steps"
                );
            }
            figures.steps += said;
            figures.unseen += usize::from(is_unseen);
            done = acknowledged + usize::from(is_unseen);
            figures.in_the_middle += usize::from(0 < done && done < steps);
        }
        self.before = pictures.last().unwrap().clone();
        let half_read = self.half_read();
        figures.half_read += usize::try_from(half_read - self.half_read).unwrap();
        self.half_read = half_read;
        figures.rounds += 1;
    }
}

fn money_in_and_out(what: &str, book: impl Fn() -> String) {
    let mut figures = Figures::default();
    // each way that money goes, once
    let rounds = rounds(SCRIPTS.len());
    while figures.rounds < rounds {
        let mut books = Books::founded(book());
        for _ in 0..ROUNDS_PER_BOOK.min(rounds - figures.rounds) {
            books.round(figures.rounds, &mut figures);
        }
    }
    println!("{what}: {figures:?}");
    assert!(figures.kills >= rounds && figures.in_the_middle > rounds / 2, "{figures:?}");
    assert!(rounds < 50 || figures.unseen > 0, "killed only between two steps: {figures:?}");
}

#[test]
fn money_goes_on_wherever_a_program_on_sqlite_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let books = std::cell::Cell::new(0);
    money_in_and_out("a program on SQLite killed between two steps of money in and out", || {
        books.set(books.get() + 1);
        format!("sqlite://{}", folder.path().join(format!("book{}.db", books.get())).display())
    });
}

#[test]
fn money_goes_on_wherever_a_program_on_postgresql_is_killed() {
    let Some(cluster) = cluster_or_say("money goes on wherever a program is killed") else {
        return;
    };
    let what = "a program on PostgreSQL killed between two steps of money in and out";
    money_in_and_out(what, || cluster.database());
}
