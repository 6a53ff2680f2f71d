//! Collections tried without a database: one lies in a small world whose entries are kept as the
//! book would keep them, so that its clock can be let run to the end.

mod clock;
mod following;
mod giving;
mod starting;
mod tables;

use super::super::arrangements::place;
use super::super::plan::{Act, Plan};
use super::super::trial::{NOW, Outcome, Trial, account};
use super::collection::{self, Collection};
use super::turn::KIND;
use super::{gift, giving as give, starting as start};
use crate::book::Change;
use crate::id::{AccountId, Id, PostingId};
use crate::limits::Usage;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::{AccountState, EntryRow, PostingRow};
use crate::store::facts::{Found, Whole};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

const AMINA: &str = "+254700000001";
const BARAKA: &str = "+254700000002";
/// Where the money of the collection lies: the second number that it was given.
const MONEY: i64 = 9_001;
const DAY: Duration = Duration::from_secs(86_400);

fn two() -> (Trial, PersonRow, PersonRow) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 100_000);
    let baraka = trial.person(Id::of(102), BARAKA, "Baraka Otieno", 100_000);
    (trial, amina, baraka)
}

fn begin(trial: &Trial, amina: &PersonRow, fields: &[(&str, &str)]) -> Outcome {
    let usual = [("title", "School roof"), ("target", "50000"), ("end", "24/12/26")];
    let ask = trial.ask(&start::START, trial.caller(amina));
    let all = usual.iter().chain(fields);
    all.fold(ask, |ask, (name, value)| ask.with(name, value)).execute()
}

/// The collection of a plan, as it lies in the table.
fn stored(act: &Act) -> ArrangementRow {
    let row =
        |change: &Change| if let Change::Put(put) = change { Some(put.row.clone()) } else { None };
    act.changes.iter().find_map(row).unwrap()
}

/// A collection of Amina's, and what the book would know of it.
struct World {
    trial: Trial,
    amina: PersonRow,
    baraka: PersonRow,
    row: ArrangementRow,
    entries: Vec<Whole>,
    /// How many of them the trial knows the pages of.
    paged: usize,
    usage: Usage,
    state: AccountState,
    /// What each giver has got back, and what each has heard: the template and the values.
    got: BTreeMap<AccountId, i64>,
    heard: Vec<(String, String)>,
}

impl World {
    fn new(fields: &[(&str, &str)]) -> World {
        let (trial, amina, baraka) = two();
        let row = stored(&begin(&trial, &amina, fields).planned().act.unwrap());
        let mut world = World {
            trial,
            amina,
            baraka,
            row,
            entries: Vec::new(),
            paged: 0,
            usage: Usage::default(),
            state: AccountState::Open,
            got: BTreeMap::new(),
            heard: Vec::new(),
        };
        world.known();
        world
    }

    /// One that has come to this state with these gifts, each of another giver, and its day over.
    fn closed(pays: &str, gifts: &[i64]) -> World {
        let mut world = World::new(&[("pays", pays)]);
        for (minor, giver) in gifts.iter().zip(201..) {
            world.gives(giver, *minor);
        }
        world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap());
        world
    }

    fn code(&self) -> String {
        collection::number(Id::of(MONEY))
    }

    fn state(&self) -> &str {
        &self.row.state
    }

    fn collection(&self) -> Collection {
        Collection::of(&self.row).unwrap()
    }

    fn balance(&self) -> i64 {
        self.entries.last().map_or(0, |(_, legs)| leg_of(legs, MONEY).balance_minor)
    }

    fn last_posting(&self) -> Option<PostingId> {
        self.entries.last().map(|(posting, _)| posting.id)
    }

    /// Puts into the trial what the book knows.
    fn known(&mut self) {
        let row = self.row.clone();
        let account = crate::store::book_rows::Account {
            last_posting: self.last_posting(),
            usage: self.usage,
            state: self.state,
            ..account(MONEY, self.balance())
        };
        let trial = &mut self.trial;
        trial.set(Want::Account(Id::of(MONEY)), Found::Account(Some(account)));
        trial.set(Want::Arrangement(row.id), Found::Arrangement(Some(row.clone())));
        let own = place::open_of(&KIND, row.owner);
        let open: Vec<ArrangementRow> =
            Some(row.clone()).filter(|row| row.open).into_iter().collect();
        trial.set(Want::Arrangements(own), Found::Arrangements(open));
        let numbered = collection::numbered(row.subject.clone());
        trial.set(Want::Arrangements(numbered), Found::Arrangements(vec![row]));
    }

    /// Pages of its entries, wherever one begins.
    fn pages(&mut self) {
        for (at, whole) in self.entries.iter().enumerate().skip(self.paged) {
            for limit in [50, 101, super::handing_back::PIECE] {
                let page: Vec<Whole> =
                    self.entries[..=at].iter().rev().take(limit).cloned().collect();
                let want = Want::Back { account: Id::of(MONEY), from: whole.0.id, limit };
                self.trial.set(want, Found::History(page));
            }
            self.trial.set(Want::Posting(whole.0.id), Found::Posting(Some(whole.clone())));
        }
        self.paged = self.entries.len();
    }

    /// The book records a posting that moves these amounts.
    fn records(&mut self, kind: &str, legs: &[(i64, i64)]) {
        let id = 500 + i64::try_from(self.entries.len()).unwrap();
        let previous = self.last_posting();
        let balance = self.balance();
        let entry = |(leg, (account_id, amount_minor)): (i64, &(i64, i64))| EntryRow {
            posting_id: Id::of(id),
            leg,
            account_id: Id::of(*account_id),
            amount_minor: *amount_minor,
            balance_minor: if *account_id == MONEY { balance + amount_minor } else { 0 },
            held_minor: 0,
            previous: if *account_id == MONEY { previous } else { None },
        };
        let posting = PostingRow {
            id: Id::of(id),
            kind: kind.into(),
            at: self.trial.now.micros(),
            key: vec![0; 20],
            request: vec![0; 16],
            corrects: None,
        };
        let whole = (posting, (0..).zip(legs).map(entry).collect());
        self.entries.push(whole);
    }

    /// Somebody new, or who was there, gives so much.
    fn gives(&mut self, giver: i64, minor: i64) {
        let number = format!("+25471{giver:07}");
        self.trial.person(Id::of(giver), &number, "Njeri Kamau", 1_000_000);
        let giver = self.trial.person_of(Id::of(giver));
        let ask = self.trial.ask(&give::GIVE, self.trial.caller(&giver));
        let plan = ask.with("code", &self.code()).with("amount", &minor.to_string()).execute();
        self.commits(plan.planned().act.unwrap());
    }

    /// The book makes it true.
    fn commits(&mut self, act: Act) {
        if let Some(Change::AtPosting { posting, .. }) =
            act.changes.iter().find(|change| matches!(change, Change::AtPosting { .. }))
        {
            assert_eq!(*posting, self.last_posting());
        }
        for meter in act.meters.iter().filter(|meter| meter.account == Id::of(MONEY)) {
            self.usage = meter.taken_from(self.usage, 0).unwrap();
        }
        let legs: Vec<(i64, i64)> =
            act.legs.iter().map(|leg| (leg.account.number(), leg.amount_minor)).collect();
        assert_eq!(legs.iter().map(|leg| leg.1).sum::<i64>(), 0);
        if act.kind == super::BACK {
            for (giver, minor) in legs.iter().filter(|leg| leg.1 > 0) {
                *self.got.entry(Id::of(*giver)).or_default() += minor;
            }
        }
        if !legs.is_empty() {
            self.records(act.kind, &legs);
        }
        let rows = act.changes.iter().filter(|change| matches!(change, Change::Put(_))).count();
        if rows > 0 {
            let row = stored(&act);
            assert_eq!(row.version, self.row.version + 1);
            assert!(row.open || self.balance() == 0, "what is over leaves nothing behind");
            self.row = row;
        }
        let plan = Plan { act: Some(act), ..Plan::default() };
        self.heard.extend(plan.messages());
        self.known();
    }

    /// Its time comes: the worker does what is to be done.
    fn wakes(&mut self) {
        self.wakes_or(None);
    }

    fn wakes_or(&mut self, refusal: Option<Refusal>) {
        self.pages();
        self.trial.now = self.trial.now.max(Timestamp::from_micros(self.row.due_at.unwrap()));
        let act = match refusal {
            Some(refusal) => self.trial.wakes_refused(&KIND, &self.row, &refusal),
            None => self.trial.wakes(&KIND, &self.row),
        };
        let act = act.unwrap();
        let moved = act.legs.len() + act.meters.len() + act.changes.len();
        assert!(moved <= crate::book::posting::POSTING_ROWS_MAX, "{moved} in one piece");
        self.commits(act);
    }

    /// Until it is over; how often it was woken.
    fn runs(&mut self) -> usize {
        for woken in 0..10_000 {
            if !self.row.open {
                return woken;
            }
            self.wakes();
        }
        panic!("stuck as {}", self.row.state)
    }

    /// How often this was told.
    fn told(&self, template: &str) -> usize {
        self.heard.iter().filter(|told| told.0 == template).count()
    }

    /// What a giver reads of their gift.
    fn follows(&mut self, giver: i64, gift: i64) -> Vec<String> {
        self.pages();
        let giver = self.trial.person_of(Id::of(giver));
        let key = &self.trial.config.reference_key;
        let code = crate::reference::Reference::of(Id::of(gift), key).to_string();
        let ask = self.trial.ask(&gift::FOLLOW, self.trial.caller(&giver));
        let plan = ask.with("code", &code).list().planned();
        let said = |slots: &crate::value::Slots| {
            let mut said = slots["trace_code"].to_string();
            for slot in ["amount", "name", "words"].iter().filter_map(|slot| slots.get(*slot)) {
                said = format!("{said} {slot}");
            }
            said.trim().to_owned()
        };
        plan.items.iter().map(|item| said(&item.slots)).collect()
    }

    /// Amina pays somebody from it.
    fn pays(&mut self, amount: &str, words: &str) -> Outcome {
        let id = self.row.id.to_string();
        let ask = self.trial.ask(&super::spending::PAY, self.trial.caller(&self.amina));
        let ask = ask.with("collection", &id).with("to", BARAKA).with("amount", amount);
        ask.with("words", words).execute()
    }

    /// Amina asks for something with it.
    fn asks(&self, service: &'static super::super::service::Service) -> Outcome {
        let ask = self.trial.ask(service, self.trial.caller(&self.amina));
        ask.with("collection", &self.row.id.to_string()).execute()
    }
}

fn leg_of(legs: &[EntryRow], account: i64) -> &EntryRow {
    legs.iter().find(|leg| leg.account_id == Id::of(account)).unwrap()
}
