//! Programs that are killed between any two steps of a deal, and while they take one. Whoever is
//! started next finds the deal where it was said to be, or one step further: that step was taken,
//! and its answer got lost. The wallets are as that state leaves them, to the coin, and the book is
//! whole.

use super::cluster::{psql, wait_until};
use super::dealer::{self, SCRIPTS, script};
use super::{chance, cluster_or_say, rounds};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use kadogo::on;
use kadogo::store::Store;
use std::time::Duration;

/// Deals of one book; then a new one begins: people may pay so much in a day.
const DEALS_PER_BOOK: usize = 20;
/// So often one of them is killed at most; then a deal may come to its end.
const KILLS_MAX: usize = 2;

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
    /// Kills between the first and the last step of a deal.
    in_the_middle: usize,
    /// Steps that were taken, and whose answer got lost.
    unseen: usize,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

/// A book in which the two trade.
struct Trade {
    url: String,
    store: Option<Store>,
    /// What they had in the beginning, and have after the deals that are over.
    wealth: (i64, i64),
    /// Deals that are over.
    over: usize,
}

impl Trade {
    fn on(url: String) -> Trade {
        Trade { url, store: None, wealth: (500_000, 45_050), over: 0 }
    }

    /// What one that was killed has asked for last, a server still does: until it has.
    fn settle(&mut self) {
        self.store = None;
        if self.url.starts_with("postgres") {
            wait_until("nobody else is there", || psql(&self.url, OTHERS) == "0");
        }
    }

    fn lines(&self, sql: &str) -> Vec<String> {
        let mut conn = self.store.as_ref().unwrap().reader().unwrap();
        let rows: Vec<Line> = on!(&mut conn, c => sql_query(sql).load(c)).unwrap();
        rows.into_iter().map(|line| line.text).collect()
    }

    fn balance(&self, number: &str) -> i64 {
        let sql = format!(
            "SELECT CAST(balance_minor AS TEXT) AS text FROM accounts a JOIN people p ON \
             p.account_id = a.id WHERE p.msisdn = '{number}'"
        );
        self.lines(&sql)[0].parse().unwrap()
    }

    /// How many steps of this deal are in the book; all is as they leave it.
    fn judge(&mut self, number: usize) -> usize {
        self.store.get_or_insert_with(|| Store::open_existing(&self.url).unwrap());
        let rows = self.lines(
            "SELECT CAST(version AS TEXT) || ' ' || state AS text FROM arrangements WHERE kind = \
             'deal' ORDER BY id",
        );
        assert!(rows.len() == self.over || rows.len() == self.over + 1, "{rows:?}");
        let done = rows.get(self.over).map_or(0, |row| {
            let (version, state) = row.split_once(' ').unwrap();
            let done: usize = version.parse().unwrap();
            assert_eq!(state, script(number)[done - 1].state, "after {done} steps of {number}");
            done
        });
        let moved = done.checked_sub(1).map_or((0, 0), |last| script(number)[last].wealth);
        let found = (self.balance("+254700000001"), self.balance("+254700000004"));
        assert_eq!(found, (self.wealth.0 + moved.0, self.wealth.1 + moved.1), "after {done} steps");
        let mut conn = self.store.as_ref().unwrap().reader().unwrap();
        let report = kadogo::book::check::check(&mut conn, |_, _| {}).unwrap();
        assert!(report.is_whole(), "{:#?}", report.faults);
        if done == script(number).len() {
            self.over += 1;
            self.wealth = found;
        }
        done
    }

    fn round(&mut self, number: usize, figures: &mut Figures) {
        let steps = script(number).len();
        let mut done = 0;
        let mut kills = 0;
        while done < steps {
            let mut dealer = dealer::start(&self.url, number, done);
            let said = if kills < KILLS_MAX {
                let left = u64::try_from(steps - done).unwrap();
                dealer.wait_for(usize::try_from(chance(left)).unwrap());
                // between two steps, while one is taken, or behind the last
                std::thread::sleep(Duration::from_micros(chance(40_000)));
                kills += 1;
                figures.kills += 1;
                dealer.kill()
            } else {
                dealer.finish()
            };
            self.settle();
            // one that was killed before there was a database has left nothing to look at
            if done == 0 && said == 0 && !self.is_founded() {
                continue;
            }
            let found = self.judge(number);
            assert!(found == done + said || found == done + said + 1, "{done} {said} {found}");
            figures.steps += said;
            figures.unseen += usize::from(found > done + said);
            figures.in_the_middle += usize::from(0 < found && found < steps);
            done = found;
        }
        figures.rounds += 1;
    }

    /// Whether the two have joined.
    fn is_founded(&mut self) -> bool {
        self.store = self.store.take().or_else(|| Store::open_existing(&self.url).ok());
        let Some(store) = &self.store else { return false };
        let mut conn = store.reader().unwrap();
        let sql = "SELECT CAST(count(*) AS TEXT) AS text FROM people";
        let rows: Result<Vec<Line>, _> = on!(&mut conn, c => sql_query(sql).load(c));
        rows.is_ok_and(|rows| rows[0].text == "5")
    }
}

fn trade(what: &str, book: impl Fn() -> String) {
    let mut figures = Figures::default();
    // each way that a deal goes, once
    let rounds = rounds(SCRIPTS.len());
    while figures.rounds < rounds {
        let mut trade = Trade::on(book());
        for _ in 0..DEALS_PER_BOOK.min(rounds - figures.rounds) {
            trade.round(figures.rounds, &mut figures);
        }
    }
    println!("{what}: {figures:?}");
    assert!(figures.kills >= rounds && figures.in_the_middle > rounds / 2, "{figures:?}");
    assert!(rounds < 50 || figures.unseen > 0, "killed only between two steps: {figures:?}");
}

#[test]
fn a_deal_goes_on_wherever_a_program_on_sqlite_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let books = std::cell::Cell::new(0);
    trade("a program on SQLite killed between two steps of a deal", || {
        books.set(books.get() + 1);
        format!("sqlite://{}", folder.path().join(format!("book{}.db", books.get())).display())
    });
}

#[test]
fn a_deal_goes_on_wherever_a_program_on_postgresql_is_killed() {
    let Some(cluster) = cluster_or_say("a deal goes on wherever a program is killed") else {
        return;
    };
    let what = "a program on PostgreSQL killed between two steps of a deal";
    trade(what, || cluster.database());
}
