//! The database of the simulation: what it holds is the truth. It is read as a batch reads it, and
//! changed only by what the fold says, under the constraints that a database has.

use super::oracle::{Oracle, Pin};
use kadogo::book::batch::BatchOutcome;
use kadogo::book::guard_facts::{Facts, Standing};
use kadogo::book::touched::Touched;
use kadogo::book::{Change, Key, Posting, Receipt};
use kadogo::id::{ArrangementId, HoldId, Id, PostingId};
use kadogo::store::arrangement_rows::ArrangementRow;
use kadogo::store::book_rows::{Account, EntryRow, HoldRow, HoldState, NewRows, PostingRow};
use kadogo::store::head::Head;
use kadogo::store::record::{Occupant, RecordKey};
use kadogo::store::records::Record;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A row of this kind cannot be stored.
pub const POISON: &str = "poison";

#[derive(Default)]
pub struct Truth {
    pub accounts: HashMap<i64, Account>,
    holds: HashMap<HoldId, HoldRow>,
    postings: Vec<PostingRow>,
    entries: Vec<Vec<EntryRow>>,
    keys: HashMap<Key, usize>,
    /// What the moves of each hold add up to.
    moves: HashMap<HoldId, i128>,
    pub lines: HashMap<Vec<u8>, i64>,
    pub pins: HashMap<i64, Pin>,
    pub seen: HashSet<Key>,
    /// What stands at the keys of records.
    records: HashMap<RecordKey, Occupant>,
    orders: BTreeMap<i64, ArrangementRow>,
    /// The newest event of each record: its version and its posting.
    trail: HashMap<(String, i64), (i64, PostingId)>,
    messages: u64,
    pub head: Head,
    /// The newest batch of each node.
    notes: HashMap<i64, i64>,
}

impl Truth {
    /// What a node does not remember and its batch wants to know.
    pub fn tell<'a>(&self, postings: impl Iterator<Item = &'a Posting>, facts: &mut Facts) {
        facts.holds.clear();
        facts.known.clear();
        let postings: Vec<&Posting> = postings.collect();
        let mut want = Touched::of(postings.iter().copied());
        for posting in postings {
            if let Some(index) = self.keys.get(&posting.key).filter(|_| posting.is_recorded()) {
                let row = &self.postings[*index];
                let receipt = Receipt::again(row, &self.entries[*index]);
                facts.known.insert(posting.key, (row.request.clone().try_into().unwrap(), receipt));
            }
        }
        for hold in want.holds.iter().filter_map(|id| self.holds.get(id)) {
            want.accounts.insert(hold.account_id);
            facts.holds.insert(hold.id, hold.clone());
        }
        for account in want.accounts.iter().filter_map(|id| self.accounts.get(&id.number())) {
            facts.accounts.entry(account.id).or_insert_with(|| account.clone());
        }
        let around = &mut facts.guard_facts;
        for key in want.lines {
            let there = || self.lines.get(key).copied().unwrap_or(0);
            around.lines.entry(key.to_vec()).or_insert_with(there);
        }
        let pins = want.pins.iter().filter_map(|id| Some((*id, self.pins.get(&id.number())?)));
        for (id, pin) in pins {
            if let Entry::Vacant(tries) = around.attempts.entry(id) {
                tries.insert(pin.tries);
                around.tags.insert(id, (pin.salt.clone(), pin.tag.clone()));
            }
        }
        let texts = want.dedup_keys.into_iter().filter_map(Key::from_bytes);
        around.dedup_keys = texts.filter(|key| self.seen.contains(key)).collect();
        let at = |key: RecordKey| self.records.get(&key).copied().map(|there| (key, there));
        around.records = want.records.into_iter().filter_map(at).collect();
        let order =
            |id: ArrangementId| Some((id, Standing::of(self.orders.get(&id.number())?.clone())));
        around.arrangements = want.arrangements.into_iter().filter_map(order).collect();
    }

    /// Whether these rows cannot be stored.
    pub fn refuses(&self, rows: &NewRows) -> bool {
        rows.postings.iter().any(|row| row.kind == POISON)
    }

    /// The newest batch of a node that was made.
    pub fn newest_of(&self, node: i64) -> i64 {
        self.notes.get(&node).copied().unwrap_or(0)
    }

    /// Makes a batch.
    pub fn write(&mut self, facts: &Facts, out: &BatchOutcome, (node, begun): (i64, i64)) -> Head {
        let mut opened = BTreeMap::new();
        let mut tries = BTreeSet::new();
        for note in &out.changes {
            match &note.change {
                Change::OpenAccount(account) => drop(opened.insert(account.id, account)),
                Change::ChargePin { pin } | Change::ClearPin { pin } => {
                    tries.insert(*pin);
                }
                Change::TakeLine { line, version } => {
                    self.lines.insert(line.clone(), version + 1);
                }
                Change::Dedup { key } => assert!(self.seen.insert(*key), "a text was seen twice"),
                Change::Tell(_) => self.messages += 1,
                Change::Undone { .. }
                | Change::AtPosting { .. }
                | Change::AtRecord { .. }
                | Change::Journal(_)
                | Change::TellBelow { .. }
                | Change::TellStranger(_)
                | Change::Claim { .. }
                | Change::Put(_)
                | Change::While { .. }
                | Change::Keep(_) => {}
            }
        }
        out.records.values().for_each(|record| self.keep(record));
        for account in tries {
            let now = facts.guard_facts.attempts.get(&account).copied().unwrap_or(0);
            self.pins.entry(account.number()).and_modify(|pin| pin.tries = now);
        }
        for (id, account) in opened {
            let stands = if out.accounts.contains(&id) { &facts.accounts[&id] } else { account };
            assert!(
                self.accounts.insert(id.number(), stands.clone()).is_none(),
                "account {id} was opened twice"
            );
        }
        for id in &out.accounts {
            let new = &facts.accounts[id];
            let row = self.accounts.get_mut(&id.number()).expect("an account is not there");
            row.state = new.state;
            row.balance_minor = new.balance_minor;
            row.held_minor = new.held_minor;
            row.last_posting = new.last_posting;
        }
        self.holds.extend(out.holds.iter().map(|id| (*id, facts.holds[id].clone())));
        self.add_rows(&out.rows);
        for (id, row) in &out.arrangements {
            let newest = (row.version, row.last_posting);
            assert_eq!(
                self.trail.get(&(row.kind.clone(), id.number())),
                Some(&newest),
                "the trail of {row:?}"
            );
            let before = self.orders.insert(id.number(), row.clone());
            let began = before.map_or(row.begun_by, |before| before.begun_by);
            assert!(began == row.begun_by && began > PostingId::NONE, "who began it: {row:?}");
        }
        self.notes.insert(node, begun);
        self.head.batch += 1;
        if let Some(last) = out.rows.postings.last() {
            self.head.last_posting = last.id;
            self.head.link += 1;
        }
        self.head.clone()
    }

    /// Stores a record: nobody has another place that it takes. A new tag leaves the tries.
    fn keep(&mut self, record: &Record) {
        if let Record::Pin(row) = record {
            let tries = self.pins.get(&row.id.number()).map_or(row.attempts, |pin| pin.tries);
            let (salt, tag, version) = (row.salt.clone(), row.tag.clone(), row.version);
            self.pins.insert(row.id.number(), Pin { salt, tag, tries, version });
        }
        let entry = record.entry();
        for (key, value) in entry.takes {
            let old = self.records.insert(key, Occupant { value, last_posting: None });
            assert!(old.is_none_or(|old| old.value == value), "a place is taken twice: {record:?}");
        }
        let now = Occupant { value: entry.version, last_posting: Some(record.last_posting()) };
        self.records.insert(entry.key, now);
    }

    fn add_rows(&mut self, rows: &NewRows) {
        let from = self.postings.len();
        for row in &rows.postings {
            assert_eq!(
                usize::try_from(row.id.number()).unwrap(),
                self.postings.len() + 1,
                "a gap in the numbers"
            );
            let key = Key::from_bytes(&row.key).unwrap();
            assert!(self.keys.insert(key, self.postings.len()).is_none(), "{key:?} is paid twice");
            self.postings.push(row.clone());
            self.entries.push(Vec::new());
        }
        for entry in &rows.entries {
            let index = usize::try_from(entry.posting_id.number()).unwrap() - 1;
            assert!(index >= from, "a leg for an old posting");
            self.entries[index].push(entry.clone());
        }
        for event in &rows.trail {
            let record = (event.kind.clone(), event.record_id);
            let before = self.trail.insert(record, (event.version, event.posting_id));
            let (version, posting) = before.unzip();
            assert_eq!(event.version, version.unwrap_or(0) + 1, "{event:?}");
            assert_eq!(event.previous, posting, "{event:?}");
        }
        for step in &rows.hold_entries {
            *self.moves.entry(step.hold_id).or_default() += i128::from(step.amount_minor);
        }
    }

    /// What a batch touched is as the model has it, whether or not the batch said that it touched
    /// it.
    pub fn compare_touched(&self, oracle: &mut Oracle, out: &BatchOutcome) {
        let mut touched = std::mem::take(&mut oracle.touched);
        touched.accounts.extend(out.accounts.iter().map(|id| id.number()));
        touched.holds.extend(out.holds.iter().map(|id| id.number()));
        touched.accounts.iter().for_each(|id| self.compare_account(*id, oracle));
        touched.holds.iter().for_each(|id| self.compare_hold(*id, oracle));
        for key in &touched.lines {
            assert_eq!(self.lines.get(key), oracle.lines.get(key), "the version of line {key:?}");
        }
        for id in &touched.pins {
            assert_eq!(self.pins.get(id), oracle.pins.get(id), "the PIN of {id}");
        }
        assert_eq!(
            (self.head.last_posting.number(), self.messages),
            (oracle.last, oracle.messages)
        );
    }

    fn compare_account(&self, id: i64, oracle: &Oracle) {
        let row = &self.accounts[&id];
        let stand = &oracle.accounts[&id];
        let balance = i128::from(row.balance_minor);
        let held = i128::from(row.held_minor);
        assert_eq!((balance, held), (stand.balance, stand.held), "balance and held of {id}");
        assert_eq!(row.state, stand.state, "state of {id}");
        assert!(
            row.floor_minor.is_none_or(|floor| balance - held >= i128::from(floor)),
            "below its floor: {row:?}"
        );
    }

    fn compare_hold(&self, id: i64, oracle: &Oracle) {
        let row = &self.holds[&Id::of(id)];
        let hold = &oracle.holds[&id];
        let stands =
            (row.account_id, i128::from(row.remaining_minor), row.state == HoldState::Open);
        assert_eq!(stands, (Id::of(hold.account), hold.left, hold.open), "hold {id}");
    }

    /// Everything, from the rows on.
    pub fn check(&self, oracle: &Oracle) {
        let mut sums = HashMap::<i64, (i128, Option<PostingId>)>::new();
        let mut held = HashMap::<i64, i128>::new();
        let mut keys = HashSet::new();
        for (row, legs) in self.postings.iter().zip(&self.entries) {
            assert!(keys.insert(&row.key), "a key is paid twice: {row:?}");
            assert_eq!(
                legs.iter().map(|leg| i128::from(leg.amount_minor)).sum::<i128>(),
                0,
                "{row:?}"
            );
            for leg in legs {
                let (sum, newest) = sums.entry(leg.account_id.number()).or_default();
                *sum += i128::from(leg.amount_minor);
                assert_eq!(
                    (*sum, *newest),
                    (i128::from(leg.balance_minor), leg.previous),
                    "{leg:?}"
                );
                *newest = Some(row.id);
            }
        }
        for hold in self.holds.values().filter(|hold| hold.state == HoldState::Open) {
            *held.entry(hold.account_id.number()).or_default() += i128::from(hold.remaining_minor);
        }
        let mut money = BTreeMap::<&str, i128>::new();
        for (id, row) in &self.accounts {
            self.compare_account(*id, oracle);
            let (sum, newest) = sums.get(id).copied().unwrap_or_default();
            assert_eq!(
                (i128::from(row.balance_minor), row.last_posting),
                (sum, newest),
                "legs of {id}"
            );
            assert_eq!(
                i128::from(row.held_minor),
                held.get(id).copied().unwrap_or(0),
                "held on {id}"
            );
            *money.entry(&row.currency).or_default() += sum;
        }
        assert!(money.values().all(|sum| *sum == 0), "{money:?}");
        for (id, row) in &self.holds {
            self.compare_hold(id.number(), oracle);
            assert_eq!(self.moves[id], i128::from(row.remaining_minor), "moves of hold {id}");
        }
        assert_eq!(
            (self.accounts.len(), self.holds.len()),
            (oracle.accounts.len(), oracle.holds.len())
        );
        assert_eq!(self.pins, oracle.pins);
        assert_eq!(self.lines, oracle.lines);
        let numbers = self.records.keys().filter_map(|key| match key {
            RecordKey::Msisdn(number) => Some(number.clone()),
            _other => None,
        });
        let people = self.records.iter().filter_map(|(key, there)| match key {
            RecordKey::Person(account) => Some((account.number(), there.value)),
            _other => None,
        });
        let stands = |row: &ArrangementRow| (row.version, row.state.clone());
        let orders = self.orders.iter().map(|(id, row)| (*id, stands(row))).collect();
        assert_eq!((&self.seen, &orders), (&oracle.seen, &oracle.orders));
        assert_eq!(numbers.collect::<HashSet<_>>(), oracle.phones);
        assert_eq!(people.collect::<HashMap<_, _>>(), oracle.people);
        assert_eq!(usize::try_from(self.head.last_posting.number()).unwrap(), self.postings.len());
    }
}
