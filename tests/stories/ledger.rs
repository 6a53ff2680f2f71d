//! A bare book for stories about it: a fresh database, a few accounts, no service around. What
//! matters of a database is compared as text, every row of every table, so that "changes nothing"
//! means nothing at all.

use super::engine::{Hand, Home, blocking, is_postgres, lines};
use super::template::Template;
use kadogo::actor::Actor;
use kadogo::book::{Book, Change, FEES, HoldMove, Key, Leg, Posting, Receipt, SUSPENSE, TRUST};
use kadogo::id::{Id, PostingId};
use kadogo::metrics::Metrics;
use kadogo::money::Currency;
use kadogo::refusal::{Reason, Refusal};
use kadogo::store::book_rows::{self, Account, AccountKind, AccountState};
use kadogo::store::records::Record;
use kadogo::store::restrictions::RestrictionRow;
use kadogo::store::{Conn, Store};
use kadogo::time::Timestamp;
use kadogo::wallet::join::empty_wallet;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

/// Two people with money, one without, one with a frozen wallet, and somebody abroad.
pub const ANN: i64 = 11;
pub const BEN: i64 = 12;
pub const CAL: i64 = 13;
pub const ICE: i64 = 14;
pub const ZOE: i64 = 15;

pub type Answer = Result<Receipt, Refusal>;

pub struct Ledger {
    pub store: Store,
    pub book: Book,
    pub committer: std::thread::JoinHandle<()>,
    keys: AtomicU64,
    pub home: Home,
}

/// A key of its own for each name.
pub fn key(name: &str) -> Key {
    Key::new(Timestamp::from_micros(0), "story", name.as_bytes())
}

/// A posting that does nothing yet.
pub fn blank(name: &str) -> Posting {
    Posting {
        actor: Actor::Service,
        key: key(name),
        request: [1; 16],
        kind: "story",
        at: Timestamp::from_micros(1_000),
        currency: Currency::parse("KES").unwrap(),
        legs: Vec::new(),
        holds: Vec::new(),
        meters: Vec::new(),
        changes: Vec::new(),
        corrects: None,
        credentials: Vec::new(),
    }
}

/// A posting of these legs.
pub fn legs(name: &str, legs: &[(i64, i64)]) -> Posting {
    let legs = legs.iter().map(|(account, amount_minor)| Leg {
        account: Id::of(*account),
        amount_minor: *amount_minor,
    });
    Posting { legs: legs.collect(), ..blank(name) }
}

/// A payment from one account to another.
pub fn pay(name: &str, from: i64, to: i64, amount_minor: i64) -> Posting {
    legs(name, &[(from, -amount_minor), (to, amount_minor)])
}

/// A posting of these hold moves.
pub fn holds(name: &str, moves: &[HoldMove]) -> Posting {
    Posting { holds: moves.to_vec(), ..blank(name) }
}

/// Says what may be done with an account, for the first time or after that.
pub fn restriction(account: i64, state: AccountState, version: i64) -> Change {
    let before = RestrictionRow { version: version - 1, ..RestrictionRow::none(Id::of(account)) };
    let row = before.with(state, Timestamp::from_micros(1_000));
    Change::keep(Record::Restriction(row), state.into())
}

/// A posting of these changes.
pub fn changes(name: &str, changes: Vec<Change>) -> Posting {
    Posting { changes, ..blank(name) }
}

/// The reason of a refusal; panics on a receipt.
pub fn reason(answer: &Answer) -> Reason {
    answer.as_ref().expect_err("should have been refused").reason
}

impl Ledger {
    /// Ann has 100.00, Ben 50.00, Cal nothing, Ice 10.00 on a frozen wallet, Zoe 10.00 in Ugandan
    /// shillings.
    pub async fn new() -> Ledger {
        static BEGUN: Template = Template::new();
        Ledger::on(BEGUN.copy(async |home: &Home| Ledger::begin(home).await).await)
    }

    fn on(home: Home) -> Ledger {
        let store = home.open();
        let (book, committer) =
            blocking(|| Book::start(&store, Metrics::default().into()).unwrap());
        Ledger { store, book, committer, keys: AtomicU64::new(0), home }
    }

    /// Opens the accounts, puts the money on them, and leaves.
    async fn begin(home: &Home) {
        let store = home.open();
        let (book, committer) =
            blocking(|| Book::start(&store, Metrics::default().into()).unwrap());
        let config =
            |id, kind, floor_minor| Account { kind, floor_minor, ..empty_wallet(id, "KES") };
        let mut accounts =
            vec![config(TRUST, AccountKind::Trust, None), config(FEES, AccountKind::Fees, Some(0))];
        accounts.extend([
            config(SUSPENSE, AccountKind::Suspense, Some(0)),
            config(Id::of(4), AccountKind::Trust, None),
        ]);
        accounts.last_mut().unwrap().currency = "UGX".into();
        accounts.extend([ANN, BEN, CAL, ICE].map(|id| empty_wallet(Id::of(id), "KES")));
        accounts.push(empty_wallet(Id::of(ZOE), "UGX"));
        let open = changes("open", accounts.into_iter().map(Change::OpenAccount).collect());
        let issue =
            legs("issue", &[(TRUST.number(), -16_000), (ANN, 10_000), (BEN, 5_000), (ICE, 1_000)]);
        let issue = Posting { changes: vec![restriction(ICE, AccountState::Frozen, 1)], ..issue };
        let abroad =
            Posting { currency: Currency::parse("UGX").unwrap(), ..pay("abroad", 4, ZOE, 1_000) };
        for posting in [open, issue, abroad] {
            book.post(posting).await.unwrap();
        }
        drop((book, store));
        blocking(|| committer.join().unwrap());
    }

    pub async fn post(&self, posting: Posting) -> Answer {
        self.book.post(posting).await
    }

    /// Posts what must be accepted.
    pub async fn ok(&self, posting: Posting) -> Receipt {
        self.book.post(posting).await.unwrap()
    }

    /// Posts what must be accepted and recorded; which posting it is.
    pub async fn recorded(&self, posting: Posting) -> PostingId {
        self.ok(posting).await.posting.unwrap()
    }

    /// Posts what must be refused for this reason and leave no trace whatsoever: alone, and in the
    /// company of others.
    pub async fn refuses(&self, posting: Posting, why: Reason) {
        let before = self.dump();
        let answer = self.post(posting.clone()).await;
        assert_eq!(reason(&answer), why, "{posting:?}");
        assert_eq!(self.dump(), before, "a refused posting left a trace: {posting:?}");
        let fresh = |way: &str| format!("{way} {}", self.keys.fetch_add(1, Ordering::Relaxed));
        let there = pay(&fresh("there"), BEN, CAL, 1);
        let back = pay(&fresh("back"), CAL, BEN, 1);
        let answers = self.together(vec![there, posting, back]).await;
        assert!(
            answers[0].is_ok() && answers[2].is_ok(),
            "others were refused with it: {answers:?}"
        );
        assert_eq!(reason(&answers[1]), why);
    }

    /// Posts all of them so that they meet in one batch, in this order.
    pub async fn together(&self, postings: Vec<Posting>) -> Vec<Answer> {
        let links = self.check().links;
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let mut held = Box::pin(self.book.write(move |_conn| {
            gate.recv().unwrap();
            Ok(())
        }));
        assert!(poll(held.as_mut()).await.is_none());
        let mut waiting: Vec<_> =
            postings.into_iter().map(|posting| Box::pin(self.book.post(posting))).collect();
        let mut early = Vec::new();
        for one in &mut waiting {
            early.push(poll(one.as_mut()).await);
        }
        go.send(()).unwrap();
        held.await.unwrap();
        let mut answers = Vec::new();
        for (one, early) in waiting.into_iter().zip(early) {
            answers.push(match early {
                Some(answer) => answer,
                None => one.await,
            });
        }
        assert!(self.check().links <= links + 1, "they did not meet in one batch");
        answers
    }

    /// Balance and held, minor units.
    pub fn stands(&self, account: i64) -> (i64, i64) {
        let account = self.account(account);
        (account.balance_minor, account.held_minor)
    }

    pub fn account(&self, account: i64) -> Account {
        self.hand().with(|conn| book_rows::account(conn, Id::of(account))).unwrap().unwrap()
    }

    /// A connection past all guards, as somebody with the database in their hands has.
    pub fn hand(&self) -> Hand {
        Hand::of(&self.store)
    }

    /// Runs SQL on such a connection; the committer, which remembers how it was, looks again.
    pub fn sql(&self, sql: &str) {
        self.hand().run(&format!("{sql}; UPDATE head SET touched = touched + 1")).unwrap();
    }

    pub fn dump(&self) -> String {
        format!("{:#?}", self.tables())
    }

    /// Every row of every table, but for the count of commits: those without effect are counted
    /// too.
    pub fn tables(&self) -> BTreeMap<String, Vec<String>> {
        self.hand().with(tables)
    }

    /// The book's check: panics unless it is whole.
    pub fn check(&self) -> kadogo::book::check::CheckReport {
        super::world::check(&self.store)
    }
}

/// One look at a future.
pub async fn poll<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

fn tables(conn: &mut Conn) -> BTreeMap<String, Vec<String>> {
    let postgres = is_postgres();
    let all = match postgres {
        true => "SELECT tablename AS text FROM pg_tables WHERE schemaname = 'public'",
        false => "SELECT name AS text FROM sqlite_schema WHERE type = 'table'",
    };
    let names = lines(conn, all)
        .into_iter()
        .filter(|table| !table.ends_with("migrations") && table != "nodes");
    let rows_of = |table: String| {
        let row = match postgres {
            true => format!("{table}::text"),
            false => {
                let columns = format!(
                    "SELECT 'quote(\"' || name || '\")' AS text FROM pragma_table_info('{table}')"
                );
                lines(conn, &columns).join("||'|'||")
            }
        };
        let from = match table.as_str() {
            "head" => "(SELECT last_posting, link, digest FROM head) AS head".to_owned(),
            _ => table.clone(),
        };
        let row = if table == "head" && !postgres {
            "last_posting || quote(digest)".to_owned()
        } else {
            row
        };
        let rows = lines(conn, &format!("SELECT {row} AS text FROM {from} ORDER BY 1"));
        (table, rows)
    };
    names.map(rows_of).collect()
}
