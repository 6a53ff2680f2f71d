//! Rows of several kinds whose time has come, on a book of the demo's, and the judge of what became
//! of them: each clock had its effect once, and no more. Vouchers and codes for cash give back what
//! is held, requests end with a word, standing orders pay.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use kadogo::book::{Book, Change, HoldMove, Key, Leg, Posting, Put, TRUST};
use kadogo::calendar::Day;
use kadogo::id::{AccountId, Id, PostingId};
use kadogo::limits::Tier;
use kadogo::metrics::Metrics;
use kadogo::money::{Currency, Money};
use kadogo::on;
use kadogo::request::Fields;
use kadogo::schedule::{Every, Schedule, Stage};
use kadogo::store::arrangement_rows::ArrangementRow;
use kadogo::store::people::PersonRow;
use kadogo::store::records::Record;
use kadogo::store::{Store, book_rows};
use kadogo::time::{Clock, Timestamp};
use kadogo::value::Value;
use kadogo::wallet::arrangements::Kind;
use kadogo::wallet::arrangements::kind::written;
use kadogo::wallet::join::empty_wallet;
use kadogo::wallet::vouchers::code::Agreed;
use kadogo::wallet::vouchers::{cash_code, voucher};
use kadogo::wallet::waiting::stored_request::StoredRequest;
use kadogo::wallet::waiting::{payment_request, standing_order};
use std::collections::BTreeMap;
use std::time::Duration;

/// Who own all that waits.
const PEOPLE: i64 = 40;
const WEALTH_MINOR: i64 = 10_000_000;
/// Rows of each kind in a round: more than are looked at in one go.
pub const EACH: i64 = 250;
/// The price of sending, of each amount from here on that a round uses.
const FEE_MINOR: i64 = 700;
const AMOUNT_MINOR: i64 = 20_000;
/// So that all are there when the first is due.
const SOON: Duration = Duration::from_millis(250);

/// A kind of which rows fall due, what happens to them then, and which texts come of each.
struct Falls {
    kind: &'static Kind,
    event: &'static str,
    state: &'static str,
    told: &'static [&'static str],
}

const FALLS: [Falls; 4] = [
    Falls {
        kind: &voucher::KIND,
        event: "end",
        state: "returned",
        told: &["sms.parcel_returned", "sms.parcel_ended"],
    },
    Falls { kind: &cash_code::KIND, event: "end", state: "ended", told: &[] },
    Falls {
        kind: &payment_request::KIND,
        event: "expire",
        state: "expired",
        told: &["sms.request_expired"],
    },
    Falls {
        kind: &standing_order::KIND,
        event: "pay_last",
        state: "ended",
        told: &["sms.sent", "sms.received", "sms.standing_over"],
    },
];

/// A book whose rows fall due round by round.
pub struct Clocks {
    store: Store,
    book: Option<Book>,
    committer: Option<std::thread::JoinHandle<()>>,
    runtime: tokio::runtime::Runtime,
    people: Vec<AccountId>,
    /// Where the numbers of the rows of this round begin.
    first: i64,
    /// Rows of earlier rounds, of each kind.
    before: i64,
    /// What everybody should have.
    balances: BTreeMap<AccountId, i64>,
}

impl Clocks {
    /// Adds people to a demo.
    pub fn on(url: &str) -> Clocks {
        let store = Store::open(url).unwrap();
        let (book, committer) = Book::start(&store, Metrics::default().into()).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let mut clocks = Clocks {
            store,
            book: Some(book),
            committer: Some(committer),
            runtime: runtime.unwrap(),
            people: Vec::new(),
            first: 0,
            before: 0,
            balances: BTreeMap::new(),
        };
        let first = clocks.fresh_ids(PEOPLE);
        clocks.people = (first..first + PEOPLE).map(Id::of).collect();
        let joined = clocks.people.iter().zip(0..).flat_map(|(id, nr)| joins(*id, nr)).collect();
        let gift = |id: &AccountId| Leg { account: *id, amount_minor: WEALTH_MINOR };
        let mut legs: Vec<Leg> = clocks.people.iter().map(gift).collect();
        legs.push(Leg { account: TRUST, amount_minor: -WEALTH_MINOR * PEOPLE });
        clocks.make(vec![Posting { legs, changes: joined, kind: "issue", ..blank(first) }]);
        clocks.balances = clocks.people.iter().map(|id| (*id, WEALTH_MINOR)).collect();
        clocks
    }

    fn fresh_ids(&self, count: i64) -> i64 {
        self.runtime.block_on(self.book.as_ref().unwrap().fresh_ids(count)).unwrap()
    }

    fn make(&self, postings: Vec<Posting>) {
        self.runtime.block_on(async {
            let post = |posting| {
                let book = self.book.clone().unwrap();
                tokio::spawn(async move { book.post(posting).await })
            };
            let waiting: Vec<_> = postings.into_iter().map(post).collect();
            for one in waiting {
                assert!(!one.await.unwrap().unwrap().repeated);
            }
        });
    }

    /// Rows of each kind that are due in a moment.
    pub fn fall_due(&mut self) {
        self.first = self.fresh_ids(EACH * 4);
        let due_at = Clock::System.now().plus(SOON).micros();
        let mut postings = Vec::new();
        for (falls, part) in FALLS.iter().zip(0..) {
            for nr in 0..EACH {
                let id = self.first + part * EACH + nr;
                let place = usize::try_from(nr % PEOPLE).unwrap();
                let next = usize::try_from((nr + 1) % PEOPLE).unwrap();
                let amount_minor = AMOUNT_MINOR + self.before + nr;
                let asked = Asked { id, amount_minor, due_at, to: (nr + 1) % PEOPLE };
                let row = asked.row(falls.kind, self.people[place], self.people[next]);
                postings.push(asked.posting(row));
                if falls.kind.name == standing_order::KIND.name {
                    *self.balances.get_mut(&self.people[place]).unwrap() -=
                        amount_minor + FEE_MINOR;
                    *self.balances.get_mut(&self.people[next]).unwrap() += amount_minor;
                }
            }
        }
        self.make(postings);
        self.before += EACH;
    }

    /// How many of this round's have not been woken.
    pub fn waiting(&self) -> i64 {
        let last = self.first + EACH * 4 - 1;
        let waiting = format!(
            "SELECT CAST(count(*) AS TEXT) AS text FROM arrangements WHERE due_at IS NOT NULL AND \
             id BETWEEN {} AND {last}",
            self.first
        );
        self.lines(&waiting)[0].parse().unwrap()
    }

    /// Each row has ended once: one event in its trail, what was held given back, one payment, one
    /// of each text. The whole book is proved. What the staff of a demo have asked for is another
    /// matter.
    pub fn judge(&self) {
        let stands = "SELECT kind || ' ' || state || ' ' || version || ' ' || count(*) || ' ' || \
                      count(due_at) AS text FROM arrangements WHERE kind <> 'staff_request' GROUP BY kind, \
                      state, version";
        let happened = "SELECT t.kind || ' ' || t.event || ' ' || count(*) || ' ' || \
                        count(DISTINCT record_id) AS text FROM trail t JOIN arrangements a ON a.id \
                        = t.record_id AND a.kind = t.kind WHERE a.kind <> 'staff_request' GROUP BY \
                        t.kind, t.event";
        let told = "SELECT template || ' ' || count(*) || ' ' || count(DISTINCT slots) AS text \
                    FROM outbox WHERE template <> 'sms.staff_invited' GROUP BY template";
        let mut expected: [Vec<String>; 3] = Default::default();
        let count = self.before;
        for Falls { kind, event, state, told } in &FALLS {
            let name = kind.name;
            expected[0].push(format!("{name} {state} 2 {count} 0"));
            expected[1].push(format!("{name} begin {count} {count}"));
            expected[1].push(format!("{name} {event} {count} {count}"));
            expected[2].extend(told.iter().map(|template| format!("{template} {count} {count}")));
        }
        for (sql, mut expected) in [stands, happened, told].into_iter().zip(expected) {
            let mut found = self.lines(sql);
            found.sort();
            expected.sort();
            assert_eq!(found, expected);
        }
        let mut conn = self.store.reader().unwrap();
        let accounts = book_rows::accounts_of(&mut conn, &self.people).unwrap();
        assert!(accounts.iter().all(|account| account.held_minor == 0), "something is held");
        let balances: BTreeMap<AccountId, i64> =
            accounts.iter().map(|account| (account.id, account.balance_minor)).collect();
        assert_eq!(balances, self.balances);
        let report = kadogo::book::check::check(&mut conn, |_, _| {}).unwrap();
        assert!(report.is_whole(), "{:#?}", report.faults);
    }

    fn lines(&self, sql: &str) -> Vec<String> {
        let mut conn = self.store.reader().unwrap();
        let rows: Vec<Line> = on!(&mut conn, c => sql_query(sql).load(c)).unwrap();
        rows.into_iter().map(|line| line.text).collect()
    }
}

impl Drop for Clocks {
    fn drop(&mut self) {
        drop(self.book.take());
        if let Some(committer) = self.committer.take() {
            committer.join().unwrap();
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

/// What is asked of a row: an amount that no other has.
struct Asked {
    id: i64,
    amount_minor: i64,
    due_at: i64,
    /// Which of the people is paid.
    to: i64,
}

impl Asked {
    fn row(&self, kind: &Kind, owner: AccountId, other: AccountId) -> ArrangementRow {
        let state = kind.begins[0].to_owned();
        let row = ArrangementRow {
            id: Id::of(self.id),
            kind: kind.name.into(),
            version: 1,
            state,
            open: true,
            owner,
            other: None,
            account: None,
            subject: String::new(),
            begun_at: self.due_at,
            due_at: Some(self.due_at),
            body: String::new(),
            begun_by: PostingId::NONE,
            last_posting: PostingId::NONE,
        };
        let agreed = self.agreed();
        match kind.name {
            "voucher" => {
                let terms = voucher::Terms { agreed, place: 1, told_at: None, quiet: false };
                let subject = format!("+254722{:06}", self.id % 1_000_000);
                ArrangementRow { subject, body: written(&terms), ..row }
            }
            "cash_code" => ArrangementRow { body: written(&agreed), ..row },
            "request" => ArrangementRow { other: Some(other), body: self.request(), ..row },
            _ => ArrangementRow { body: self.standing_order(), ..row },
        }
    }

    fn agreed(&self) -> Agreed {
        let (amount_minor, expires_at) = (self.amount_minor, self.due_at);
        Agreed { amount_minor, fee_minor: FEE_MINOR, tax_minor: 0, levy_minor: 0, expires_at }
    }

    fn request(&self) -> String {
        let (amount_minor, expires_at) = (self.amount_minor, self.due_at);
        written(&payment_request::Terms { amount_minor, reference: String::new(), expires_at })
    }

    /// For tomorrow, and due now: no midnight comes between.
    fn standing_order(&self) -> String {
        let money = |minor| Money::new(minor, Currency::parse("KES").unwrap());
        let today = Day::of(
            Timestamp::from_micros(self.due_at),
            &kadogo::menu_folder::default_market().unwrap().zone,
        );
        let said = [
            ("amount", Value::from(money(self.amount_minor))),
            ("fee", Value::from(money(FEE_MINOR))),
            ("name", Value::Name("Wanjiru K".into())),
            ("phone", Value::Phone("0710***000".into())),
        ];
        let inputs = Fields::from([
            ("to".to_owned(), msisdn(self.to)),
            ("amount".to_owned(), self.amount_minor.to_string()),
        ]);
        written(&standing_order::Terms {
            request: StoredRequest { service: "send".into(), inputs },
            said: said.map(|(name, value)| (name.to_owned(), value)).into(),
            total: money(self.amount_minor + FEE_MINOR),
            schedule: Schedule { every: Every::Day, first: today.next_day(), times: 1 },
            done: 0,
            failed: 0,
            stage: Stage::Pay,
        })
    }

    fn posting(&self, row: ArrangementRow) -> Posting {
        let held = [&voucher::KIND, &cash_code::KIND].iter().any(|kind| kind.name == row.kind);
        let holds = held.then(|| self.agreed().hold(row.owner));
        let begins = Change::Put(Put { row, event: "begin", note: String::new() });
        let holds: Vec<HoldMove> = holds.into_iter().collect();
        Posting { holds, changes: vec![begins], ..blank(self.id) }
    }
}

fn msisdn(nr: i64) -> String {
    format!("+254710{nr:06}")
}

fn joins(id: AccountId, nr: i64) -> [Change; 2] {
    let person = PersonRow {
        account_id: id,
        version: 1,
        last_posting: PostingId::NONE,
        msisdn: msisdn(nr),
        name: "Wanjiru Kamau".into(),
        language: "en".into(),
        joined_at: 1,
        tier: Tier::Full.code().into(),
    };
    [Change::OpenAccount(empty_wallet(id, "KES")), Change::keep(Record::Person(person), "join")]
}

/// A posting that does nothing yet, under a number of its own.
fn blank(number: i64) -> Posting {
    let key = Key::new(Timestamp::from_micros(0), "clocks", &number.to_be_bytes());
    let at = Clock::System.now();
    Posting {
        key,
        at,
        kind: "clocks",
        legs: Vec::new(),
        changes: Vec::new(),
        ..super::payer::posting(3)
    }
}
