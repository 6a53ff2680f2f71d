//! The staff at work while payments are made: orders that lie on some wallets, and looks and orders
//! that are recorded all the time. What they do is written as the services write it; that they may
//! is not asked here.

use super::country;
use super::drive::{PairPicker, posting};
use super::load::patiently;
use crate::actor::Actor;
use crate::book::{Book, Change, HoldMove, Keep, Posting, Put};
use crate::id::{AccountId, ArrangementId, LookId, PostingId, StaffId};
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::AccountState;
use crate::store::looks::LookRow;
use crate::store::records::Record;
use crate::store::restrictions::RestrictionRow;
use crate::time::Clock;
use crate::wallet::care::{account_view, freeze};
use crate::wallet::join;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Numbers that nothing else in a bench has: of stopped wallets, orders and looks.
const STOPPED: i64 = 1 << 40;
const ORDERS: i64 = 1 << 41;
const LOOKS: i64 = 1 << 42;
/// One in so many wallets has an order on it, and so many at most.
const ONE_IN: u64 = 100;
const ORDERS_MAX: u64 = 2_000;
/// What an order sets aside in a wallet that pays, minor units.
const HELD_MINOR: i64 = 1_000;
/// Of so many acts one is an order; the others are looks.
const ORDER_IN: i64 = 10;

/// The staff of a bench.
#[derive(Debug, Clone)]
pub struct AtWork {
    book: Book,
    /// How many do something at the same moment, each second.
    per_second: u64,
    /// Wallets that are stopped.
    stopped: i64,
    acts: Arc<AtomicI64>,
    done: Arc<AtomicU64>,
}

impl AtWork {
    /// They begin: of the wallets that pay some have an amount set aside, and as many more, which
    /// do not pay, are stopped.
    pub async fn begin(book: Book, accounts: u64, per_second: u64) -> Result<AtWork, Refusal> {
        let orders = accounts.div_ceil(ONE_IN).min(ORDERS_MAX);
        let stopped = i64::try_from(orders).unwrap_or(1);
        let (acts, done) = (Arc::default(), Arc::default());
        let staff = AtWork { book, per_second, stopped, acts, done };
        let each = accounts.checked_div(orders).unwrap_or(1);
        for number in 0..orders {
            let place = i64::try_from(number).unwrap_or(0);
            let payer = PairPicker::id(number.saturating_mul(each));
            staff.does(set_aside(place, payer)).await?;
            staff.does(stop(place, 1)).await?;
        }
        Ok(staff)
    }

    /// Acts that were recorded so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// They work until it is over.
    pub async fn work(&self, over: Arc<AtomicBool>) -> Result<(), Refusal> {
        let pause = Duration::from_secs(1).checked_div(u32::try_from(self.per_second).unwrap_or(1));
        let mut clock = tokio::time::interval(pause.unwrap_or(Duration::from_secs(1)));
        let mut hands = tokio::task::JoinSet::new();
        while !over.load(Ordering::Relaxed) {
            clock.tick().await;
            let number = self.acts.fetch_add(1, Ordering::Relaxed);
            let staff = self.clone();
            // nobody waits for another one's look
            hands.spawn(async move { staff.does(staff.act(number)).await });
        }
        while let Some(done) = hands.join_next().await {
            done.unwrap_or(Ok(()))?;
        }
        Ok(())
    }

    fn act(&self, number: i64) -> Posting {
        match number.checked_rem(ORDER_IN) {
            Some(0) => {
                let turn = number.checked_div(ORDER_IN).unwrap_or(0);
                let place = turn.checked_rem(self.stopped).unwrap_or(0);
                let version = turn.checked_div(self.stopped).unwrap_or(0).saturating_add(2);
                stop(place, version)
            }
            _ => look(number),
        }
    }

    async fn does(&self, posting: Posting) -> Result<(), Refusal> {
        patiently(&self.book, || posting.clone()).await?;
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn of_staff(kind: &'static str, number: i64, changes: Vec<Change>) -> Posting {
    let name = [kind.as_bytes(), &number.to_be_bytes()].concat();
    let posting = posting(Clock::System.now(), &name, Vec::new(), changes);
    Posting { actor: Actor::Staff("asha".to_owned()), kind, ..posting }
}

/// An order on a wallet: it begins, or at its second version ends.
fn order(number: i64, on: AccountId, is_open: bool, version: i64) -> Change {
    let row = ArrangementRow {
        id: ArrangementId::of(ORDERS.saturating_add(number)),
        kind: freeze::KIND.name.to_owned(),
        version,
        state: if is_open { "in_force" } else { "lifted" }.to_owned(),
        open: is_open,
        owner: AccountId::of(7),
        other: Some(on),
        account: None,
        subject: String::new(),
        begun_at: 0,
        due_at: None,
        body:
            "{\"way\":\"out\",\"basis\":\"risk\",\"reference\":\"\",\"by\":\"asha\",\"why\":\"\"}"
                .to_owned(),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    };
    Change::Put(Put { row, event: "begin", note: "it looks like fraud".to_owned() })
}

/// Some of what is in a wallet that pays is set aside.
fn set_aside(number: i64, account: AccountId) -> Posting {
    let begun = order(number.saturating_mul(2), account, true, 1);
    let hold = HoldMove::Open { account, amount_minor: HELD_MINOR };
    Posting { holds: vec![hold], ..of_staff("freeze", number, vec![begun]) }
}

/// A wallet that does not pay is stopped, and with each version something else is said of it.
fn stop(place: i64, version: i64) -> Posting {
    let account = AccountId::of(STOPPED.saturating_add(place));
    let state = match version.rem_euclid(2) {
        1 => AccountState::Frozen,
        _ => AccountState::StopDebit,
    };
    let before = RestrictionRow::none(account);
    let before = RestrictionRow { version: version.saturating_sub(1), ..before };
    let record = Record::Restriction(before.with(state, Clock::System.now()));
    let note = "it looks like fraud".to_owned();
    let said = Change::Keep(Keep { record, event: state.into(), note });
    let lies = order(place.saturating_mul(2).saturating_add(1), account, true, version);
    let opened = (version == 1)
        .then(|| Change::OpenAccount(join::empty_wallet(account, country::currency().as_str())));
    let number = version.saturating_mul(1 << 20).saturating_add(place);
    of_staff("stop", number, opened.into_iter().chain([said, lies]).collect())
}

fn look(number: i64) -> Posting {
    let row = LookRow {
        id: LookId::of(LOOKS.saturating_add(number)),
        version: 1,
        last_posting: PostingId::NONE,
        staff: StaffId::of(7),
        roles: "care".to_owned(),
        service: account_view::SEE.name.to_owned(),
        account: Some(PairPicker::id(number.unsigned_abs())),
        words: String::new(),
        found: 1,
        at: Clock::System.now().micros(),
    };
    let note = "she calls about a payment".to_owned();
    let kept = Keep { record: Record::Look(row), event: account_view::SEE.name, note };
    of_staff("look", number, vec![Change::Keep(kept)])
}
