//! What callers ask for: random postings in a world so small that they meet all the time. A caller
//! sees what is committed, not what is under way, so what it builds upon is often outdated when its
//! turn comes.

use super::super::ledger::restriction;
use super::oracle::Oracle;
use super::truth::POISON;
use kadogo::actor::Actor;
use kadogo::book::{
    Change, Credential, FEES, HoldMove, Key, Leg, Posting, Put, SUSPENSE, SecretKind, TRUST,
};
use kadogo::id::{Id, PostingId};
use kadogo::money::Currency;
use kadogo::store::arrangement_rows::ArrangementRow;
use kadogo::store::book_rows::Account;
use kadogo::store::book_rows::{AccountKind, AccountState};
use kadogo::store::outbox::{Channel, NewMessage};
use kadogo::store::people::PersonRow;
use kadogo::store::pins::PinRow;
use kadogo::store::records::Record;
use kadogo::time::Timestamp;
use kadogo::wallet::join::empty_wallet;
use std::rc::Rc;

/// Where the money abroad comes from.
const ABROAD: i64 = 4;
const NOBODY: i64 = 9;
/// The first and the last of the people at home, and the same abroad.
const PEOPLE: (i64, i64) = (11, 24);
const THERE: (i64, i64) = (31, 33);
/// The first account that a posting opens.
const NEW: i64 = 100;
const RECENT: usize = 600;

/// Seeded choices, fast.
pub struct Luck(u64);

impl Luck {
    pub fn new(seed: u64) -> Luck {
        Luck(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: i64) -> i64 {
        i64::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    /// One of so many places.
    pub fn pick(&mut self, length: usize) -> usize {
        usize::try_from(self.below(i64::try_from(length).unwrap())).unwrap()
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chance: i64) -> bool {
        self.below(100) < chance
    }

    fn of(&mut self, (first, last): (i64, i64)) -> i64 {
        first + self.below(last - first + 1)
    }
}

/// The accounts that are there from the start, without money.
pub fn founders() -> Vec<Account> {
    let config = |id, kind, floor_minor| Account { kind, floor_minor, ..empty_wallet(id, "KES") };
    let mut accounts =
        vec![config(TRUST, AccountKind::Trust, None), config(FEES, AccountKind::Fees, Some(0))];
    accounts.push(config(SUSPENSE, AccountKind::Suspense, Some(0)));
    accounts.push(Account {
        currency: "UGX".into(),
        ..config(Id::of(ABROAD), AccountKind::Trust, None)
    });
    accounts.extend((PEOPLE.0..=PEOPLE.1).map(|id| empty_wallet(Id::of(id), "KES")));
    accounts.extend((THERE.0..=THERE.1).map(|id| empty_wallet(Id::of(id), "UGX")));
    accounts
}

/// One of those whose account an operator may freeze.
pub fn somebody(luck: &mut Luck) -> i64 {
    luck.of(PEOPLE)
}

/// The tag of the right PIN under a salt.
fn tag_of(salt: &[u8]) -> Vec<u8> {
    [salt, &[7]].concat()
}

/// A key for each number of each thing.
fn key(thing: u8, number: i64) -> Key {
    let mut bytes = [thing; 20];
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    Key::from_bytes(&bytes).unwrap()
}

/// All who ask.
pub struct Wisher {
    recent: Vec<Rc<Posting>>,
    clock: i64,
    keys: i64,
    /// The next account, and what else is numbered.
    accounts: i64,
    others: i64,
}

impl Wisher {
    pub fn new() -> Wisher {
        Wisher { recent: Vec::new(), clock: 1_000, keys: 0, accounts: NEW, others: 10 }
    }

    /// The next wish; one in eight was asked for before.
    pub fn wish(&mut self, luck: &mut Luck, oracle: &Oracle) -> Rc<Posting> {
        self.clock += luck.below(3);
        if !self.recent.is_empty() && luck.percent(12) {
            let place = luck.pick(self.recent.len());
            let again = Rc::clone(&self.recent[place]);
            // somebody else's key
            let other = Posting { request: [2; 16], ..again.as_ref().clone() };
            return if luck.percent(15) { Rc::new(other) } else { again };
        }
        let posting = Rc::new(self.fresh(luck, oracle));
        if self.recent.len() < RECENT {
            self.recent.push(Rc::clone(&posting));
        } else {
            let place = luck.pick(RECENT);
            self.recent[place] = Rc::clone(&posting);
        }
        posting
    }

    fn fresh(&mut self, luck: &mut Luck, oracle: &Oracle) -> Posting {
        self.keys += 1;
        let kind = if luck.below(400) == 0 { POISON } else { "story" };
        let mut posting = Posting {
            actor: Actor::Service,
            key: key(1, self.keys),
            request: [1; 16],
            kind,
            at: Timestamp::from_micros(self.clock),
            currency: Currency::parse("KES").unwrap(),
            legs: Vec::new(),
            holds: Vec::new(),
            meters: Vec::new(),
            changes: Vec::new(),
            corrects: None,
            credentials: Vec::new(),
        };
        match luck.below(100) {
            0..=33 => self.pay(luck, &mut posting),
            34..=42 => self.issue(luck, &mut posting),
            43..=51 => self.open_hold(luck, &mut posting),
            52..=67 => self.end_hold(luck, oracle, &mut posting),
            68..=73 => self.correct(luck, oracle, &mut posting),
            74..=78 => self.open_account(luck, &mut posting),
            79..=81 => self.wild(luck, &mut posting),
            _no_money => posting.changes.push(self.change(luck, oracle)),
        }
        if luck.percent(30) {
            posting.changes.push(self.change(luck, oracle));
        }
        if luck.percent(25) {
            self.prove(luck, oracle, &mut posting);
        }
        posting
    }

    fn person(&self, luck: &mut Luck) -> i64 {
        match luck.below(40) {
            0 => FEES.number(),
            1 => SUSPENSE.number(),
            2..=5 => (self.accounts - luck.below(4)).max(NEW),
            6 => {
                if luck.percent(20) {
                    NOBODY
                } else {
                    luck.of(THERE)
                }
            }
            _usual => luck.of(PEOPLE),
        }
    }

    fn pay(&self, luck: &mut Luck, posting: &mut Posting) {
        let from = self.person(luck);
        let to = self.person(luck);
        let amount = 1 + luck.below(900);
        let fee = if luck.percent(35) { 1 + luck.below(30) } else { 0 };
        posting.legs = vec![leg(from, -amount - fee), leg(to, amount)];
        if fee > 0 {
            posting.legs.push(leg(FEES.number(), fee));
        }
    }

    fn issue(&self, luck: &mut Luck, posting: &mut Posting) {
        let amount = 1 + luck.below(2_000);
        if luck.percent(15) {
            posting.currency = Currency::parse("UGX").unwrap();
            posting.legs = vec![leg(ABROAD, -amount), leg(luck.of(THERE), amount)];
            return;
        }
        // out again about as often, so that people stay poor
        let sign = if luck.percent(35) { -1 } else { 1 };
        posting.legs =
            vec![leg(TRUST.number(), -amount * sign), leg(self.person(luck), amount * sign)];
    }

    fn open_hold(&self, luck: &mut Luck, posting: &mut Posting) {
        posting.holds = vec![HoldMove::Open {
            account: Id::of(self.person(luck)),
            amount_minor: luck.below(500),
        }];
        if luck.percent(10) {
            self.pay(luck, posting);
        }
    }

    /// Ends a hold, mostly one that is there; perhaps somebody else ends it as well.
    fn end_hold(&self, luck: &mut Luck, oracle: &Oracle, posting: &mut Posting) {
        for _ in 0..=(luck.below(5) - 3).max(0) {
            let far = if luck.percent(15) { oracle.last + 1 } else { 60 };
            let mut hold = (oracle.last + 1 - luck.below(far)).max(0);
            // look for one nearby that seems open
            for _ in 0..40 {
                if oracle.holds.get(&hold).is_some_and(|there| there.open) || luck.percent(2) {
                    break;
                }
                hold = (hold - 1).max(0);
            }
            let there = oracle.holds.get(&hold);
            let step = match luck.below(10) {
                0..=5 => {
                    let left = there.map_or(100, |there| i64::try_from(there.left).unwrap());
                    let amount_minor =
                        if luck.percent(50) { left } else { 1 + luck.below(left + 5) };
                    if let Some(there) =
                        there.filter(|_| posting.legs.is_empty() && luck.percent(80))
                    {
                        posting.legs = vec![
                            leg(there.account, -amount_minor),
                            leg(self.person(luck), amount_minor),
                        ];
                    }
                    HoldMove::Settle { hold: Id::of(hold), amount_minor }
                }
                _all_of_it => HoldMove::Release { hold: Id::of(hold) },
            };
            posting.holds.push(step);
        }
    }

    fn correct(&self, luck: &mut Luck, oracle: &Oracle, posting: &mut Posting) {
        posting.corrects = Some(Id::of(luck.below(oracle.last + 4)));
        let place = luck.pick(self.recent.len().max(1));
        let Some(old) = self.recent.get(place) else { return };
        let back = |was: &Leg| leg(was.account.number(), was.amount_minor.saturating_neg());
        (posting.currency, posting.legs) = (old.currency, old.legs.iter().map(back).collect());
    }

    /// Opens an account, or tries to once more; others pay into it, perhaps in the same batch.
    fn open_account(&mut self, luck: &mut Luck, posting: &mut Posting) {
        self.accounts += i64::from(luck.percent(80));
        let id = self.accounts;
        posting.changes.push(Change::OpenAccount(empty_wallet(Id::of(id), "KES")));
        if luck.percent(50) {
            let amount = 1 + luck.below(50);
            posting.legs = vec![leg(TRUST.number(), -amount), leg(id, amount)];
        }
    }

    fn wild(&self, luck: &mut Luck, posting: &mut Posting) {
        let amounts = [0, -1, i64::MAX, i64::MIN, i64::MAX - 700, 5];
        let amount = |luck: &mut Luck| amounts[luck.pick(amounts.len())];
        if luck.percent(40) {
            posting.holds = vec![HoldMove::Open {
                account: Id::of(self.person(luck)),
                amount_minor: amount(luck),
            }];
        }
        if luck.percent(30) {
            // more than fits
            posting.legs = vec![leg(TRUST.number(), -i64::MAX), leg(FEES.number(), i64::MAX)];
            return;
        }
        posting.legs = (0..luck.below(4)).map(|_| leg(self.person(luck), amount(luck))).collect();
    }

    /// The PIN that allows a posting: right, wrong, or of a tag that was replaced.
    fn prove(&mut self, luck: &mut Luck, oracle: &Oracle, posting: &mut Posting) {
        let account = luck.of((PEOPLE.0, PEOPLE.0 + 5));
        let mut salt = oracle.pins.get(&account).map_or(vec![1], |pin| pin.salt.clone());
        if luck.percent(4) {
            salt.push(0);
        }
        let tag = if luck.percent(35) { vec![0] } else { tag_of(&salt) };
        let mut wrong = vec![Change::ChargePin { pin: Id::of(account) }];
        if luck.percent(30) {
            wrong.push(self.line(luck, oracle));
        }
        let locked = vec![self.message(account)];
        posting.credentials.push(Credential {
            secret: SecretKind::Pin,
            pin: Id::of(account),
            salt,
            tag,
            wrong,
            locked,
        });
        if luck.percent(75) {
            posting.changes.insert(0, Change::ClearPin { pin: Id::of(account) });
        }
    }

    /// Says what may be done with an account: mostly that it is open again. Of those that were
    /// opened meanwhile some are closed.
    fn restriction(&self, luck: &mut Luck, oracle: &Oracle) -> Change {
        let new = luck.percent(30);
        let account = if new { (self.accounts - luck.below(8)).max(NEW) } else { somebody(luck) };
        let state = match luck.below(10) {
            0 => AccountState::StopDebit,
            1 => AccountState::StopCredit,
            2 => AccountState::Frozen,
            3 if new => AccountState::Closed,
            _usual => AccountState::Open,
        };
        let said = oracle.accounts.get(&account).map_or(0, |stand| stand.said);
        let version = said + 1 + (luck.below(8) - 6).max(0);
        restriction(account, state, version)
    }

    fn change(&mut self, luck: &mut Luck, oracle: &Oracle) -> Change {
        self.others += i64::from(luck.percent(50));
        let number = self.others - luck.below(8);
        let account = luck.of((PEOPLE.0, PEOPLE.0 + 5));
        match luck.below(22) {
            20 | 21 => self.restriction(luck, oracle),
            0..=5 => self.line(luck, oracle),
            6..=8 => {
                // what was handled lately, or is still to be
                Change::Undone { key: key(2, number + luck.below(40)) }
            }
            9..=11 => Change::Dedup { key: key(2, number) },
            12 => {
                let msisdn = format!("+{number}");
                let name = "Ann".to_owned();
                let language = "en".to_owned();
                let tier = "sim".to_owned();
                let there = oracle.people.get(&number).copied().unwrap_or(0);
                let row = PersonRow {
                    account_id: Id::of(number),
                    version: (there + 1 - i64::from(luck.percent(30))).max(1),
                    last_posting: PostingId::NONE,
                    msisdn,
                    name,
                    language,
                    joined_at: 0,
                    tier,
                };
                Change::keep(Record::Person(row), "join")
            }
            13 => order(number, 1),
            14 => order(number, 2),
            15 => Change::While { arrangement: Id::of(number), states: &["waiting"] },
            16 => Change::ChargePin { pin: Id::of(account) },
            17 => Change::ClearPin { pin: Id::of(account) },
            18 => {
                let salt = self.others.to_be_bytes().to_vec();
                let tag = tag_of(&salt);
                let there = oracle.pins.get(&account).map_or(0, |pin| pin.version);
                let row = PinRow {
                    id: Id::of(account),
                    version: (there + 1 - i64::from(luck.percent(15))).max(1),
                    last_posting: PostingId::NONE,
                    key_version: 1,
                    salt,
                    tag,
                    start_until: None,
                    attempts: 0,
                };
                Change::keep(Record::Pin(row), "set_pin")
            }
            _tell => self.message(account),
        }
    }

    /// An act of a caller, or one that comes late.
    fn line(&self, luck: &mut Luck, oracle: &Oracle) -> Change {
        let line = vec![u8::try_from(luck.below(8)).unwrap()];
        let there = oracle.lines.get(&line).copied().unwrap_or(0);
        let version = (there - i64::from(luck.percent(15))).max(0);
        Change::TakeLine { line, version }
    }

    fn message(&self, account: i64) -> Change {
        Change::Tell(NewMessage {
            channel: Channel::Text,
            address: String::new(),
            order_key: 0,
            phone: None,
            language: String::new(),
            template: String::new(),
            slots: String::new(),
            posting_id: None,
            account_id: Some(Id::of(account)),
            created_at: self.clock,
            due_at: self.clock,
        })
    }
}

fn leg(account: i64, amount_minor: i64) -> Leg {
    Leg { account: Id::of(account), amount_minor }
}

/// An order as it is begun, at version 1, or as its payer's yes leaves it.
fn order(id: i64, version: i64) -> Change {
    let (state, event) = if version == 1 { ("waiting", "begin") } else { ("approved", "approve") };
    let row = ArrangementRow {
        id: Id::of(id),
        kind: "order".to_owned(),
        version,
        state: state.to_owned(),
        open: version == 1,
        owner: Id::of(11),
        other: Some(Id::of(12)),
        account: None,
        subject: String::new(),
        begun_at: 0,
        due_at: (version == 1).then_some(9),
        body: "{}".to_owned(),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    };
    Change::Put(Put { row, event, note: String::new() })
}
