//! Carrying standing payments out. Each node looks at what is due; what it does about it carries a key made of the standing
//! payment and its day, and changes the row from the version that was read: of several nodes one does it, once.
//!
//! A price that is not the one the payer was told last is never paid on the spot: they are told the new one, and it is paid
//! in the afternoon if they let it. What cannot be paid, in the morning and again in the afternoon, costs nothing; after three
//! in a row the standing payment ends itself.

use super::super::desk::{Act, Desk, Halt, Plan};
use super::super::{Caller, Known, Reach, Wallet, price, send};
use super::{StandingRow, schedule_of, told, total, waits};
use crate::ask::{Fields, Slots, Verb};
use crate::book::{Change, Key};
use crate::calendar::Day;
use crate::refusal::{Reason, Refusal};
use crate::standing::Stage;
use crate::store::papers::Paper;
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError, standing};
use crate::time::Timestamp;
use crate::wallet::House;

/// Looked at in one go.
pub const BATCH: i64 = 100;
/// Payments in a row that cannot be made, after which it ends itself.
const FAILED_MAX: i64 = 3;

/// What is to be done about one: what to commit, and what to commit instead when the book refuses it.
struct Step {
    act: Act,
    otherwise: Option<Box<StandingRow>>,
}

impl Wallet {
    /// Does what is due about standing payments; returns how many were looked at.
    pub async fn pay_standing(&self) -> Result<usize, StoreError> {
        let now = self.house.clock.now();
        let due = self.store.read(move |conn| standing::due(conn, now.micros(), BATCH)).await?;
        let count = due.len();
        // side by side, so that the book takes them in one batch
        for done in futures_util::future::join_all(due.into_iter().map(|row| self.pay_one(row))).await {
            if let Err(error) = done {
                // one that cannot be read does not hold up the others
                tracing::error!(%error, "a standing payment could not be looked at");
            }
        }
        Ok(count)
    }

    async fn pay_one(&self, row: StandingRow) -> Result<(), StoreError> {
        let key = key(&row);
        let Step { act, otherwise } = self.stand(row, None).await?;
        let refused = self.book.post(self.planned(key, act)).await.err();
        // somebody else was faster, or the book cannot do anything now: then it is looked at again
        let Some((refusal, row)) = refused.filter(|refusal| !passes(refusal)).zip(otherwise) else { return Ok(()) };
        let Step { act, .. } = self.stand(*row, Some(refusal)).await?;
        if let Err(refusal) = self.book.post(self.planned(key, act)).await {
            tracing::info!(code = refusal.code(), "the word of a standing payment that was refused is said later");
        }
        Ok(())
    }

    /// What is to be done about a row, or about the refusal of what should have been done.
    async fn stand(&self, row: StandingRow, refused: Option<Refusal>) -> Result<Step, StoreError> {
        let house = self.house.clone();
        let read = move |conn: &mut Conn| {
            let payer = people::by_account(conn, row.payer)?;
            let payee = people::by_account(conn, row.payee)?;
            let (payer, payee) = payer.zip(payee).ok_or(StoreError::Damaged("a standing payment of nobody"))?;
            step(conn, &house, &row, &payer, &payee, refused.clone())
        };
        self.store.read(read).await
    }
}

/// The same for each node and each try: of one payment.
fn key(row: &StandingRow) -> Key {
    let day = schedule_of(row).due(row.done);
    let name = [row.id.to_be_bytes(), i64::from(day.number()).to_be_bytes()].concat();
    Key::new(Timestamp::from_micros(0), "standing", &name)
}

/// Whether a refusal says nothing about the payment itself.
fn passes(refusal: &Refusal) -> bool {
    matches!(refusal.reason, Reason::Stale | Reason::Busy | Reason::Unclear | Reason::KeyReused | Reason::Invalid)
}

fn step(
    conn: &mut Conn,
    house: &House,
    row: &StandingRow,
    payer: &PersonRow,
    payee: &PersonRow,
    refused: Option<Refusal>,
) -> Result<Step, StoreError> {
    let msisdn = crate::phone::Msisdn::from_e164(&payer.msisdn).ok_or(StoreError::Damaged("a number"))?;
    let caller = Caller::read(conn, msisdn, house.clock.now())?;
    let (fields, now) = (Fields::new(), house.clock.now());
    let mut desk = Desk {
        conn: Reach(Some(conn)),
        house,
        caller: &caller,
        fields: &fields,
        secret: None,
        key: Some(key(row)),
        fresh_id: 0,
        verb: Verb::Do,
        now,
        known: Known::default(),
        channel: price::USSD,
        plan: Plan::default(),
    };
    let stage = Stage::parse(&row.stage).unwrap_or(Stage::Pay);
    let today = Day::of(now, &house.market.zone);
    if let Some(refusal) = refused {
        return Ok(fails(&desk, row, payer, payee, stage, &refusal));
    }
    if today > schedule_of(row).due(row.done) {
        // the service was away all day: money does not move on a day that nobody expects
        return Ok(over(&desk, row, payer, payee, "sms.standing_missed", (row.failed, None)));
    }
    let done = match stage {
        Stage::Notice => announce(&mut desk, row, payer, payee),
        Stage::Pay | Stage::Retry => pay(&mut desk, row, payer, payee, stage),
    };
    match done {
        Ok(step) => Ok(step),
        Err(Halt::Refused(refusal)) => Ok(fails(&desk, row, payer, payee, stage, &refusal)),
        Err(Halt::Broken(error)) => Err(error),
        Err(Halt::Unread) => Err(StoreError::Closed),
    }
}

/// The notice of the day before, with the price of that day.
fn announce(desk: &mut Desk, row: &StandingRow, payer: &PersonRow, payee: &PersonRow) -> Result<Step, Halt> {
    let amount = desk.money(row.amount_minor);
    let total_minor = total(desk, payer, amount)?.minor;
    let row = waits(StandingRow { total_minor, ..row.clone() }, &schedule_of(row), Stage::Pay, desk);
    Ok(said(desk, row, payer, payee, "sms.standing_notice", None))
}

fn pay(desk: &mut Desk, row: &StandingRow, payer: &PersonRow, payee: &PersonRow, stage: Stage) -> Result<Step, Halt> {
    let amount = desk.money(row.amount_minor);
    let total_minor = total(desk, payer, amount)?.minor;
    if total_minor != row.total_minor {
        if stage == Stage::Retry {
            return Err(Reason::PriceChanged.into());
        }
        let row = waits(StandingRow { total_minor, ..row.clone() }, &schedule_of(row), Stage::Retry, desk);
        return Ok(said(desk, row, payer, payee, "sms.standing_price", None));
    }
    let mut act = send::payment(desk, payee, amount)?;
    let paid = next(desk, row, 0);
    if paid.state != "open" {
        let slots = told(desk, row, payee);
        act.changes.push(desk.tell(payer, "sms.standing_over", slots, None));
    }
    act.changes.push(keep(paid));
    Ok(Step { act, otherwise: Some(Box::new(row.clone())) })
}

/// It could not be paid: once more in the afternoon, and then not this time.
fn fails(
    desk: &Desk,
    row: &StandingRow,
    payer: &PersonRow,
    payee: &PersonRow,
    stage: Stage,
    refusal: &Refusal,
) -> Step {
    let why = refusal.code();
    match stage {
        // what a notice cannot be made of is seen again in the morning
        Stage::Notice => {
            let row = waits(row.clone(), &schedule_of(row), Stage::Pay, desk);
            Step { act: Act { kind: "note", changes: vec![keep(row)], ..Act::default() }, otherwise: None }
        }
        Stage::Pay => {
            let row = waits(row.clone(), &schedule_of(row), Stage::Retry, desk);
            said(desk, row, payer, payee, "sms.standing_retry", Some(why))
        }
        Stage::Retry => {
            let failed = row.failed.saturating_add(1);
            if failed >= FAILED_MAX {
                let row = StandingRow { failed, state: "ended".into(), ..row.clone() };
                return said(desk, row, payer, payee, "sms.standing_ended", Some(why));
            }
            let last = row.done.saturating_add(1) >= row.times;
            let template = if last { "sms.standing_last" } else { "sms.standing_refused" };
            over(desk, row, payer, payee, template, (failed, Some(why)))
        }
    }
}

/// One is over without having been paid, and the payer hears of that one.
fn over(
    desk: &Desk,
    row: &StandingRow,
    payer: &PersonRow,
    payee: &PersonRow,
    template: &str,
    (failed, why): (i64, Option<&'static str>),
) -> Step {
    let slots = with_why(told(desk, row, payee), why);
    let changes = vec![keep(next(desk, row, failed)), desk.tell(payer, template, slots, None)];
    Step { act: Act { kind: "note", changes, ..Act::default() }, otherwise: None }
}

/// The row after one payment is over: the next one waits, or it was the last.
fn next(desk: &Desk, row: &StandingRow, failed: i64) -> StandingRow {
    let done = row.done.saturating_add(1);
    let state = if done >= row.times { "ended" } else { "open" };
    let row = StandingRow { done, failed, state: state.into(), ..row.clone() };
    let schedule = schedule_of(&row);
    if state == "open" { waits(row, &schedule, schedule.begins_with(done), desk) } else { row }
}

/// The row is kept, and the payer is told something.
fn said(
    desk: &Desk,
    row: StandingRow,
    payer: &PersonRow,
    payee: &PersonRow,
    template: &str,
    why: Option<&'static str>,
) -> Step {
    let slots = with_why(told(desk, &row, payee), why);
    let changes = vec![keep(row), desk.tell(payer, template, slots, None)];
    Step { act: Act { kind: "note", changes, ..Act::default() }, otherwise: None }
}

/// The change that stores a row one version after the one that was read.
fn keep(row: StandingRow) -> Change {
    Change::Keep(Paper::Standing(StandingRow { version: row.version.saturating_add(1), ..row }))
}

/// Why, by the code of the refusal: whoever puts the message into words has words for it.
fn with_why(mut slots: Slots, why: Option<&'static str>) -> Slots {
    if let Some(why) = why {
        slots.insert("why_code".into(), why.to_owned().into());
    }
    slots
}
