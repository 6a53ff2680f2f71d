//! Two books on one database, which read before they have the head. What the other one makes
//! between that and the head is heeded: legs, holds, what counts against limits, keys; and what
//! came past the book. Whatever they are asked, in turn and at once, afterwards the books are as
//! one book would have left them that made it all in the order of the numbers.

use super::crowd::Luck;
use super::engine::{Hand, blocking, either};
use super::ledger::*;
use super::model::Model;
use kadogo::book::{Book, Change, HoldMove, Key, Meter, Posting, TRUST};
use kadogo::calendar::Day;
use kadogo::id::{HoldId, Id, PostingId};
use kadogo::limits::{Cap, Caps, Direction, Sum, Window};
use kadogo::metrics::Metrics;
use kadogo::refusal::Reason;
use kadogo::store::book_rows::AccountState;
use kadogo::wallet::join::empty_wallet;
use std::collections::BTreeMap;
use std::time::Duration;

const MONDAY: Day = Day::new(20_780);
/// The people of these stories.
const PEOPLE: std::ops::Range<i64> = 21..29;
/// Long enough for a node to read ahead and wait for the head.
const A_MOMENT: Duration = Duration::from_millis(15);
const ROUNDS: usize = 120;
/// What the rounds must have come across, or they proved little.
const MUST_BE_MET: [&str; 6] =
    ["done", "repeated", "account_closed", "not_enough", "limit_day", "hold_gone"];

/// Everybody may send so much a day.
fn caps() -> Caps {
    Caps { day: Cap { value_minor: Some(4_000), count: None }, ..Caps::default() }
}

fn counted(posting: Posting, account: i64, amount_minor: i64) -> Posting {
    let out = Meter {
        account: Id::of(account),
        way: Direction::Out,
        amount_minor,
        day: MONDAY,
        caps: caps(),
        own: true,
        back: false,
        part: false,
    };
    Posting { meters: vec![out], ..posting }
}

fn set_aside(name: &str, account: i64, amount_minor: i64) -> Posting {
    holds(name, &[HoldMove::Open { account: Id::of(account), amount_minor }])
}

struct Two {
    ledger: Ledger,
    books: [Book; 2],
    luck: Luck,
    names: usize,
    model: Model,
    /// What was done, by its number.
    done: BTreeMap<PostingId, Posting>,
    /// Under which number each key was done.
    keys: BTreeMap<Key, PostingId>,
    /// Holds that were opened and whose money they are.
    holds: Vec<(HoldId, i64)>,
    /// What was said of people, and how often.
    said: BTreeMap<i64, (AccountState, i64)>,
    met: BTreeMap<String, usize>,
}

impl Two {
    async fn new(seed: u64) -> Two {
        let ledger = Ledger::new().await;
        let store = ledger.home.open();
        let (other, _committer) =
            blocking(|| Book::start(&store, Metrics::default().into()).unwrap());
        let mut model = Model::new();
        let books = [ledger.book.clone(), other];
        let open = changes(
            "people",
            PEOPLE.map(|id| Change::OpenAccount(empty_wallet(Id::of(id), "KES"))).collect(),
        );
        let mut money: Vec<(i64, i64)> = PEOPLE.map(|id| (id, 5_000)).collect();
        money.push((TRUST.number(), -5_000 * (PEOPLE.end - PEOPLE.start)));
        for posting in [open, legs("money", &money)] {
            assert!(model.step(&posting).is_empty());
            ledger.ok(posting).await;
        }
        let mut two = Two {
            ledger,
            books,
            luck: Luck::new(seed),
            names: 0,
            model,
            done: BTreeMap::new(),
            keys: BTreeMap::new(),
            holds: Vec::new(),
            said: BTreeMap::new(),
            met: BTreeMap::new(),
        };
        // each finds that the other writes too
        for at in [0, 1, 0, 1] {
            let name = two.name();
            two.books[at]
                .post(pay(&name, 21, 22, 1))
                .await
                .map(|r| two.note(pay(&name, 21, 22, 1), Ok(r)))
                .unwrap();
        }
        two
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("two {}", self.names)
    }

    fn person(&self) -> i64 {
        PEOPLE.start + i64::try_from(self.luck.below(8)).unwrap()
    }

    /// Something to ask for.
    fn wish(&mut self) -> Posting {
        let name = self.name();
        let from = self.person();
        let to = self.person();
        let amount_minor =
            1 + i64::try_from(self.luck.below(if self.luck.percent(20) { 3_000 } else { 300 }))
                .unwrap();
        let hold = (!self.holds.is_empty()).then(|| self.holds[self.luck.below(self.holds.len())]);
        let posting = match (self.luck.below(10), hold) {
            (0..=2, _) | (6..=9, None) => set_aside(&name, from, amount_minor),
            (6, Some((hold, owner))) if owner != to => {
                let settle = HoldMove::Settle { hold, amount_minor };
                Posting { holds: vec![settle], ..pay(&name, owner, to, amount_minor) }
            }
            (6..=9, Some((hold, _owner))) => holds(&name, &[HoldMove::Release { hold }]),
            _ if from == to => set_aside(&name, from, amount_minor),
            _ => pay(&name, from, to, amount_minor),
        };
        let owes = posting.holds.iter().any(|step| matches!(step, HoldMove::Open { .. }))
            || posting.holds.is_empty();
        if owes && self.luck.percent(60) { counted(posting, from, amount_minor) } else { posting }
    }

    /// Somebody is frozen, or can use their account again.
    fn restrict(&mut self, account: i64) -> Posting {
        let (state, version) = self.said.get(&account).copied().unwrap_or_default();
        let open = state == AccountState::Open;
        let state = if open { AccountState::Frozen } else { AccountState::Open };
        self.said.insert(account, (state, version + 1));
        changes(&self.name(), vec![restriction(account, state, version + 1)])
    }

    /// Both are asked while somebody holds the head: first the other one, then ours, which has read
    /// ahead before the other one wrote.
    async fn crossed(&mut self, asked: [Vec<Posting>; 2]) -> Vec<(Posting, Answer)> {
        let mut hand: Hand = self.ledger.hand();
        hand.hold();
        let mut waiting = tokio::task::JoinSet::new();
        for (at, postings) in [(1, &asked[1]), (0, &asked[0])] {
            for posting in postings {
                let book = self.books[at].clone();
                let posting = posting.clone();
                waiting.spawn(async move { (posting.clone(), book.post(posting).await) });
            }
            tokio::time::sleep(A_MOMENT).await;
        }
        hand.run("COMMIT").unwrap();
        waiting.join_all().await
    }

    /// Both are asked at once and go as they can.
    async fn at_once(&self, asked: [Vec<Posting>; 2]) -> Vec<(Posting, Answer)> {
        let mut waiting = tokio::task::JoinSet::new();
        for (book, postings) in self.books.iter().zip(asked) {
            for posting in postings {
                let book = book.clone();
                waiting.spawn(async move { (posting.clone(), book.post(posting).await) });
            }
        }
        waiting.join_all().await
    }

    /// Takes down what was answered.
    fn note(&mut self, posting: Posting, answer: Answer) {
        let what = match &answer {
            Ok(receipt) if receipt.repeated => "repeated".to_owned(),
            Ok(_) => "done".to_owned(),
            Err(refusal) => refusal.code().to_owned(),
        };
        *self.met.entry(what).or_default() += 1;
        let Ok(receipt) = answer else { return };
        let number = receipt.posting.unwrap();
        assert_eq!(*self.keys.entry(posting.key).or_insert(number), number, "a key was done twice");
        if receipt.repeated {
            return;
        }
        if let [HoldMove::Open { account, .. }] = posting.holds[..] {
            self.holds.push((number.into(), account.number()));
        }
        assert!(self.done.insert(number, posting).is_none(), "a number was given twice");
    }

    /// One book that makes all that in the order of the numbers comes to the same.
    fn compare(&mut self) {
        for (number, posting) in std::mem::take(&mut self.done) {
            let against = self.model.step(&posting);
            assert!(
                against.is_empty(),
                "{number} should have been refused: {against:?} {posting:?}"
            );
            assert_eq!(Id::of(self.model.last), number, "a gap in the numbers");
        }
        for id in PEOPLE {
            let stands = self.ledger.account(id);
            let stood = (i128::from(stands.balance_minor), i128::from(stands.held_minor));
            assert_eq!(
                stood,
                (self.model.balances[&id], self.model.held(id)),
                "balance and held of {id}"
            );
            let Sum { value_minor, count } = stands.usage.sum(Direction::Out, Window::Day);
            let used = (i128::from(value_minor), usize::try_from(count).unwrap());
            assert_eq!(
                used,
                self.model.used(id, Direction::Out, Window::Day, MONDAY.number()),
                "used of {id}'s limit"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_books_come_to_what_one_would_have_made_of_it() {
    let mut two = Two::new(20_261_126).await;
    let rounds = either(ROUNDS, 40);
    // which of two comes first is the machine's choice: on until all was met, within a bound
    for round in 0..rounds * 5 {
        if round >= rounds && MUST_BE_MET.iter().all(|what| two.met.contains_key(*what)) {
            break;
        }
        let many = if round % 3 == 0 { 12 } else { 2 };
        let mut asked =
            [0, 1].map(|_| (0..=two.luck.below(many)).map(|_| two.wish()).collect::<Vec<_>>());
        if two.luck.percent(50) {
            // somebody asks at both doors
            let twice = asked[0][0].clone();
            asked[1].push(twice);
        }
        let somebody = two.person();
        let frozen = two.said.get(&somebody).is_some_and(|said| said.0 == AccountState::Frozen);
        if two.luck.percent(if frozen { 60 } else { 15 }) {
            let at = if round % 2 == 0 { 1 } else { two.luck.below(2) };
            asked[at].insert(0, two.restrict(somebody));
        }
        let answers =
            if round % 2 == 0 { two.crossed(asked).await } else { two.at_once(asked).await };
        answers.into_iter().for_each(|(posting, answer)| two.note(posting, answer));
        two.compare();
        if round % 20 == 0 {
            two.ledger.check();
        }
    }
    two.ledger.check();
    for what in MUST_BE_MET {
        assert!(two.met.contains_key(what), "no {what}: {:?}", two.met);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_set_aside_at_one_book_is_not_spent_at_the_other() {
    for way in 0..6 {
        let mut two = Two::new(way).await;
        // no leg tells of it
        let theirs = vec![counted(set_aside("theirs", 25, 3_000), 25, 3_000)];
        let ours = vec![counted(pay("ours", 25, 26, 2_500), 25, 2_500)];
        let answers = two.crossed([ours, theirs]).await;
        assert_eq!(answers.iter().filter(|(_, answer)| answer.is_ok()).count(), 1, "{answers:?}");
        answers.into_iter().for_each(|(posting, answer)| two.note(posting, answer));
        two.compare();
        two.ledger.check();
    }
}

/// No leg tells of it, and who remembers the account hears of it all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_frozen_at_one_book_pays_nobody_at_the_other() {
    let mut two = Two::new(1).await;
    let freeze = two.restrict(25);
    // whichever comes first: in the order of their numbers nobody pays who is frozen
    let answers = two.crossed([vec![pay("ours", 25, 26, 1)], vec![freeze]]).await;
    answers.into_iter().for_each(|(posting, answer)| two.note(posting, answer));
    two.compare();
    assert_eq!(reason(&two.books[0].post(pay("later", 25, 26, 1)).await), Reason::ACCOUNT_CLOSED);
    let said = two.restrict(25);
    two.books[0].post(said).await.unwrap();
    two.books[1].post(pay("theirs", 25, 26, 1)).await.unwrap();
    let said = two.restrict(25);
    two.books[0].post(said).await.unwrap();
    assert_eq!(
        reason(&two.books[1].post(pay("theirs again", 25, 26, 1)).await),
        Reason::ACCOUNT_CLOSED
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_both_were_given_is_done_once() {
    let mut two = Two::new(1).await;
    let other = Posting { request: [9; 16], ..pay("another", 25, 26, 7) };
    let asked = [
        vec![pay("one", 25, 26, 7), other],
        vec![pay("one", 25, 26, 7), pay("another", 25, 26, 7)],
    ];
    let answers = two.crossed(asked).await;
    let done = |answer: &Answer| answer.as_ref().is_ok_and(|receipt| !receipt.repeated);
    assert_eq!(answers.iter().filter(|(_, answer)| done(answer)).count(), 2, "{answers:?}");
    assert_eq!(
        answers.iter().filter(|(_, answer)| answer.as_ref().is_ok_and(|r| r.repeated)).count(),
        1
    );
    assert_eq!(two.ledger.stands(25), (5_000 - 14, 0));
    two.ledger.check();
}
