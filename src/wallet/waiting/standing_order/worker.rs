//! Carrying standing orders out. Each node looks at what is due; what it does about it carries a
//! key made of the standing order and its day, and changes the row from the version that was read:
//! of several nodes one does it, once.
//!
//! A price that is not the one the payer was told last is never paid on the spot: they are told the
//! new one, and it is paid in the afternoon if they let it. What cannot be paid, in the morning and
//! again in the afternoon, costs nothing; after three in a row the standing order ends itself.

use super::super::super::context::{Channel, Context};
use super::super::super::people::send;
use super::super::super::plan::{Act, PlanError};
use super::super::super::service::Message;
use super::super::super::{Caller, PEERS, Wallet};
use super::agreed::{self, schedule_of, told, total, waits};
use crate::book::{Change, Key};
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Mode};
use crate::schedule::Stage;
use crate::store::facts::Facts;
use crate::store::people::PersonRow;
use crate::store::standing_order_rows::{self, StandingOrderRow};
use crate::store::wants::Want;
use crate::store::{Conn, StoreError, loading};
use crate::time::Timestamp;

/// Looked at in one go.
pub const BATCH: i64 = 100;
/// Payments in a row that cannot be made, after which it ends itself.
const FAILED_MAX: i64 = 3;

/// What is to be done about one: what to commit, and what to commit instead when the book refuses
/// it.
#[derive(Debug)]
pub struct Step {
    /// What to commit.
    pub act: Act,
    /// The row about which something else is done when the book refuses that.
    pub otherwise: Option<Box<StandingOrderRow>>,
}

/// One that is looked at: as it stands, and both sides.
struct Due<'a> {
    row: &'a StandingOrderRow,
    payer: &'a PersonRow,
    payee: &'a PersonRow,
}

impl Wallet {
    /// Does what is due about standing orders; returns how many were looked at.
    pub async fn pay_standing_orders(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let due = self
            .store
            .read(move |conn| standing_order_rows::due(conn, now.micros(), BATCH))
            .await?;
        let count = due.len();
        // side by side, so that the book takes them in one batch
        for done in
            futures_util::future::join_all(due.into_iter().map(|row| self.pay_one(row))).await
        {
            if let Err(error) = done {
                // one that cannot be read does not hold up the others
                tracing::error!(%error, "a standing order could not be looked at");
            }
        }
        Ok(count)
    }

    async fn pay_one(&self, row: StandingOrderRow) -> Result<(), StoreError> {
        let key = key(&row);
        let Step { act, otherwise } = self.stand(row, None).await?;
        let refused = self.book.post(self.planned(key, act)).await.err();
        // somebody else was faster, or the book cannot do anything now: then it is looked at again
        let Some((refusal, row)) = refused.filter(|refusal| !passes(refusal)).zip(otherwise) else {
            return Ok(());
        };
        let Step { act, .. } = self.stand(*row, Some(refusal)).await?;
        if let Err(refusal) = self.book.post(self.planned(key, act)).await {
            tracing::info!(
                code = refusal.code(),
                "the word of a standing order that was refused is said later"
            );
        }
        Ok(())
    }

    /// What is to be done about a row, or about the refusal of what should have been done.
    async fn stand(
        &self,
        row: StandingOrderRow,
        refused: Option<Refusal>,
    ) -> Result<Step, StoreError> {
        let config = self.config.clone();
        let tariff = self.tariff.get();
        let limits = self.limits.get();
        let now = self.clock.now();
        let read = move |conn: &mut Conn| {
            let mut facts = Facts::default();
            loading::load(conn, &wants(&row), &mut facts)?;
            let payer = facts.owner(row.payer).ok().flatten().map(|member| &member.person);
            let context = Context {
                config: &config,
                tariff: &tariff,
                limits: &limits,
                peers: &PEERS,
                caller: &as_caller(payer)?,
                fields: &Fields::new(),
                secret: None,
                mode: Mode::Execute,
                now,
                channel: Channel::Ussd,
                key: Some(key(&row)),
                fresh_id: 0,
                salt: [0; 16],
                posting: None,
                facts: &facts,
            };
            step(&context, &row, refused.as_ref()).map_err(failure)
        };
        self.store.read(read).await
    }
}

/// What must be read about one: both sides, and where they stand.
pub fn wants(row: &StandingOrderRow) -> Vec<Want> {
    vec![Want::Owner(row.payer), Want::Owner(row.payee)]
}

/// Whoever agreed on it pays it as if they asked for it now.
fn as_caller(payer: Option<&PersonRow>) -> Result<Caller, StoreError> {
    let person = payer.ok_or(StoreError::Damaged("a standing order of nobody"))?.clone();
    let msisdn = Msisdn::from_e164(&person.msisdn).ok_or(StoreError::Damaged("a number"))?;
    Ok(Caller { msisdn, person: Some(person), settled: true, post: None, order_waits: false })
}

fn failure(error: PlanError) -> StoreError {
    match error {
        PlanError::Damaged(what) => StoreError::Damaged(what),
        PlanError::NotWanted(fact) => {
            tracing::error!(%fact, "what is done about standing orders is mistaken");
            StoreError::Damaged("a fact that was not wanted")
        }
        // what is refused is said to the payer
        PlanError::Refused(_) => StoreError::Damaged("a refusal that nobody hears"),
    }
}

/// The same for each node and each try: of one payment.
fn key(row: &StandingOrderRow) -> Key {
    let day = schedule_of(row).due(row.done);
    let name = [row.id.to_be_bytes(), i64::from(day.number()).to_be_bytes()].concat();
    Key::new(Timestamp::from_micros(0), "standing", &name)
}

/// Whether a refusal says nothing about the payment itself.
fn passes(refusal: &Refusal) -> bool {
    matches!(
        refusal.reason,
        Reason::STALE | Reason::BUSY | Reason::UNCLEAR | Reason::KEY_REUSED | Reason::INVALID
    )
}

/// What is to be done about a row, or about the refusal of what should have been done. Pure.
pub fn step(
    context: &Context,
    row: &StandingOrderRow,
    refused: Option<&Refusal>,
) -> Result<Step, PlanError> {
    let payee =
        context.facts.owner(row.payee)?.ok_or(PlanError::Damaged("a standing order to nobody"))?;
    let due = Due { row, payer: context.person()?, payee: &payee.person };
    let stage = Stage::parse(&row.stage).unwrap_or(Stage::Pay);
    if let Some(refusal) = refused {
        return Ok(fails(context, &due, stage, refusal));
    }
    if context.today() > schedule_of(row).due(row.done) {
        // the service was away all day: money does not move on a day that nobody expects
        return Ok(over(context, &due, &agreed::MISSED, row.failed, None));
    }
    let done = match stage {
        Stage::Notice => announce(context, &due),
        Stage::Pay | Stage::Retry => pay(context, &due, stage),
    };
    match done {
        Err(PlanError::Refused(refusal)) => Ok(fails(context, &due, stage, &refusal)),
        done => done,
    }
}

/// The notice of the day before, with the price of that day.
fn announce(context: &Context, due: &Due) -> Result<Step, PlanError> {
    let price = total(context, due.payer, context.money(due.row.amount_minor))?;
    let row = StandingOrderRow { total_minor: price.total.minor, ..due.row.clone() };
    let row = waits(context, row, &schedule_of(due.row), Stage::Pay);
    Ok(said(context, row, due, &agreed::NOTICE, None))
}

fn pay(context: &Context, due: &Due, stage: Stage) -> Result<Step, PlanError> {
    let amount = context.money(due.row.amount_minor);
    let total_minor = total(context, due.payer, amount)?.total.minor;
    if total_minor != due.row.total_minor {
        if stage == Stage::Retry {
            return Err(Reason::PRICE_CHANGED.into());
        }
        let row = StandingOrderRow { total_minor, ..due.row.clone() };
        let row = waits(context, row, &schedule_of(due.row), Stage::Retry);
        return Ok(said(context, row, due, &agreed::PRICE, None));
    }
    let mut act = send::payment(context, &mut Default::default(), due.payee, amount)?;
    let paid = next(context, due.row, 0);
    if paid.state != "open" {
        let slots = told(context, due.row, due.payee);
        act.changes.push(context.tell(due.payer, &agreed::OVER, slots, None));
    }
    act.changes.push(keep(paid));
    Ok(Step { act, otherwise: Some(Box::new(due.row.clone())) })
}

/// It could not be paid: once more in the afternoon, and then not this time.
fn fails(context: &Context, due: &Due, stage: Stage, refusal: &Refusal) -> Step {
    let row = due.row;
    let why = Some(refusal.code());
    match stage {
        // what a notice cannot be made of is seen again in the morning
        Stage::Notice => {
            let row = waits(context, row.clone(), &schedule_of(row), Stage::Pay);
            Step { act: note(vec![keep(row)]), otherwise: None }
        }
        Stage::Pay => {
            let row = waits(context, row.clone(), &schedule_of(row), Stage::Retry);
            said(context, row, due, &agreed::RETRY, why)
        }
        Stage::Retry => {
            let failed = row.failed.saturating_add(1);
            if failed >= FAILED_MAX {
                let row = StandingOrderRow { failed, state: "ended".into(), ..row.clone() };
                return said(context, row, due, &agreed::ENDED, why);
            }
            let last = row.done.saturating_add(1) >= row.times;
            over(context, due, if last { &agreed::LAST } else { &agreed::REFUSED }, failed, why)
        }
    }
}

/// One is over without having been paid, and the payer hears of that one.
fn over(
    context: &Context,
    due: &Due,
    message: &Message,
    failed: i64,
    why: Option<&'static str>,
) -> Step {
    let news = word(context, due.row, due, message, why);
    Step { act: note(vec![keep(next(context, due.row, failed)), news]), otherwise: None }
}

/// The row after one payment is over: the next one waits, or it was the last.
fn next(context: &Context, row: &StandingOrderRow, failed: i64) -> StandingOrderRow {
    let done = row.done.saturating_add(1);
    let state = if done >= row.times { "ended" } else { "open" };
    let row = StandingOrderRow { done, failed, state: state.into(), ..row.clone() };
    let schedule = schedule_of(&row);
    if state == "open" { waits(context, row, &schedule, schedule.begins_with(done)) } else { row }
}

/// The row is kept, and the payer is told of it.
fn said(
    context: &Context,
    row: StandingOrderRow,
    due: &Due,
    message: &Message,
    why: Option<&'static str>,
) -> Step {
    let news = word(context, &row, due, message, why);
    Step { act: note(vec![keep(row), news]), otherwise: None }
}

/// A word to the payer, with the code of why not where there is one.
fn word(
    context: &Context,
    row: &StandingOrderRow,
    due: &Due,
    message: &Message,
    why: Option<&'static str>,
) -> Change {
    let mut slots = told(context, row, due.payee);
    if let Some(why) = why {
        slots.insert("why_code".into(), why.into());
    }
    context.tell(due.payer, message, slots, None)
}

/// The change that stores a row one version after the one that was read.
fn keep(row: StandingOrderRow) -> Change {
    Change::KeepStandingOrder(StandingOrderRow { version: row.version.saturating_add(1), ..row })
}

fn note(changes: Vec<Change>) -> Act {
    Act { kind: "note", changes, ..Act::default() }
}
