//! A bare book: three people with money, and hands that reach past every guard.

use super::place::Place;
use kadogo::actor::Actor;
use kadogo::book::check::{self, CheckReport, Extent};
use kadogo::book::{Book, Change, HoldMove, Key, Leg, Posting, TRUST};
use kadogo::id::{HoldId, Id, PostingId};
use kadogo::metrics::Metrics;
use kadogo::money::Currency;
use kadogo::store::book_rows::Account;
use kadogo::store::book_rows::AccountKind;
use kadogo::store::{Conn, Store};
use kadogo::time::Timestamp;
use kadogo::wallet::join::empty_wallet;
use std::cell::Cell;
use tokio::runtime::Runtime;

pub const ANN: i64 = 11;
pub const BEN: i64 = 12;
pub const CAL: i64 = 13;
pub const DAN: i64 = 14;

pub struct Ledger {
    pub url: String,
    pub store: Store,
    runtime: Runtime,
    book: Book,
    turn: Cell<u32>,
}

impl Ledger {
    /// Everybody has 10,000; the issue is posting 1.
    pub fn new(place: &Place) -> Ledger {
        let url = place.database();
        let store = Store::open(&url).unwrap();
        let (book, _committer) = Book::start(&store, Metrics::default().into()).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let ledger = Ledger { url, store, runtime, book, turn: Cell::new(0) };
        let trust =
            Account { kind: AccountKind::Trust, floor_minor: None, ..empty_wallet(TRUST, "KES") };
        let people = [ANN, BEN, CAL, DAN];
        let accounts = people.map(|id| empty_wallet(Id::of(id), "KES")).into_iter().chain([trust]);
        let open =
            Posting { changes: accounts.map(Change::OpenAccount).collect(), ..ledger.posting() };
        ledger.post(open);
        let mut legs: Vec<(i64, i64)> = people.map(|id| (id, 10_000)).to_vec();
        legs.push((TRUST.number(), -40_000));
        ledger.move_all(&legs, Vec::new());
        ledger
    }

    fn posting(&self) -> Posting {
        let turn = self.turn.replace(self.turn.get() + 1);
        Posting {
            actor: Actor::Service,
            key: Key::new(Timestamp::from_micros(0), "story", &turn.to_be_bytes()),
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

    /// What such a posting is: not posted yet.
    pub fn payment(&self, from: i64, to: i64, amount_minor: i64) -> Posting {
        let legs = [(from, -amount_minor), (to, amount_minor)];
        Posting {
            legs: legs
                .map(|(account, amount_minor)| Leg { account: Id::of(account), amount_minor })
                .to_vec(),
            ..self.posting()
        }
    }

    fn post(&self, posting: Posting) -> Option<PostingId> {
        self.runtime.block_on(self.book.post(posting)).unwrap().posting
    }

    /// What such a posting is, with these changes and legs or none.
    pub fn together(&self, changes: Vec<Change>, legs: &[(i64, i64)]) -> Posting {
        let leg = |(account, amount_minor): &(i64, i64)| Leg {
            account: Id::of(*account),
            amount_minor: *amount_minor,
        };
        Posting { changes, legs: legs.iter().map(leg).collect(), ..self.posting() }
    }

    /// Posts them all side by side.
    pub fn post_all(&self, postings: Vec<Posting>) {
        let all = postings.into_iter().map(|posting| self.book.post(posting));
        let answers = self.runtime.block_on(futures_util::future::join_all(all));
        assert!(
            answers.iter().all(Result::is_ok),
            "{:?}",
            answers.iter().find(|answer| answer.is_err())
        );
    }

    pub fn move_all(&self, legs: &[(i64, i64)], holds: Vec<HoldMove>) -> PostingId {
        let legs = legs.iter().map(|(account, amount_minor)| Leg {
            account: Id::of(*account),
            amount_minor: *amount_minor,
        });
        self.post(Posting { legs: legs.collect(), holds, ..self.posting() }).unwrap()
    }

    /// Says something without legs.
    pub fn say(&self, change: Change) -> PostingId {
        self.post(Posting { changes: vec![change], ..self.posting() }).unwrap()
    }

    pub fn pay(&self, from: i64, to: i64, amount_minor: i64) -> PostingId {
        self.post(self.payment(from, to, amount_minor)).unwrap()
    }

    /// Reserves money.
    pub fn hold(&self, account: i64, amount_minor: i64) -> HoldId {
        self.move_all(&[], vec![HoldMove::Open { account: Id::of(account), amount_minor }]).into()
    }

    /// Pays from a hold.
    pub fn settle(&self, hold: HoldId, from: i64, to: i64, amount_minor: i64) -> PostingId {
        self.move_all(
            &[(from, -amount_minor), (to, amount_minor)],
            vec![HoldMove::Settle { hold, amount_minor }],
        )
    }

    pub fn release(&self, hold: HoldId) -> PostingId {
        self.move_all(&[], vec![HoldMove::Release { hold }])
    }

    /// A connection past all guards, as somebody with the database in their hands has.
    pub fn conn(&self) -> Conn {
        let mut conn = self.store.writer().unwrap();
        match &mut conn {
            Conn::Sqlite(_) => {
                let drop_all = [
                    "postings_are_final",
                    "postings_stay",
                    "entries_are_final",
                    "entries_stay",
                    "hold_entries_are_final",
                    "hold_entries_stay",
                    "chain_is_final",
                    "chain_stays",
                    "accounts_stay",
                ];
                drop_all
                    .iter()
                    .for_each(|name| conn.run(&format!("DROP TRIGGER IF EXISTS {name}")).unwrap());
            }
            Conn::Postgres(_) => conn.run("SET session_replication_role = replica").unwrap(),
        }
        conn
    }

    pub fn sql(&self, sql: &str) {
        self.conn().run(sql).unwrap();
    }

    pub fn check(&self, extent: Extent) -> CheckReport {
        check::verify(&mut self.store.reader().unwrap(), extent, &mut |_, _, _| ()).unwrap()
    }

    /// Verifies from the first link, and from the newest that was verified: both must find the book
    /// whole.
    pub fn is_whole(&self) -> CheckReport {
        for extent in [Extent::Everything, Extent::SinceVerified] {
            let report = self.check(extent);
            assert!(report.is_whole(), "{extent:?}: {:#?}", report.faults);
        }
        self.check(Extent::SinceVerified)
    }

    /// Verifies the book and keeps how far it is whole.
    pub fn keep(&self) -> CheckReport {
        let report = self.is_whole();
        check::keep(&mut self.store.writer().unwrap(), &report, Timestamp::from_micros(7_000_000))
            .unwrap();
        report
    }

    /// What the check of this extent finds wrong.
    pub fn faults(&self, extent: Extent) -> Vec<String> {
        self.check(extent).faults
    }
}
