//! Commission becomes float: when whoever serves asks for it, or when the operator pays all of it
//! by a schedule. Tax and the head office's part left it when it was earned. What was earned too
//! much and is still owed stays behind.

use super::super::Wallet;
use super::super::bootstrap::BootstrapError;
use super::super::context::Context;
use super::super::outgoing;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::counter::{self, tell_staff};
use super::journal::{self, Work};
use crate::actor::Actor;
use crate::book::{Change, Key, Leg, Posting};
use crate::calendar::Day;
use crate::id::PostingId;
use crate::money::Money;
use crate::reason::Reason;
use crate::store::agent_rows::{self, OutletRow};
use crate::store::book_rows::Account;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::store::{Conn, StoreError, book_rows, clawbacks, dedup, setting_rows};
use crate::tariff::Commission;
use crate::time::Timestamp;
use crate::value::{Kind, Slot};

/// Shows `amount`; pays out what has been earned until the moment it is done.
pub const PAY: Service = Service {
    name: "pay_commission",
    authority: Authority::Assistant,
    wants: &[earned],
    decide,
    shows: &[Slot("amount", Kind::Money)],
    refusals: &[NOTHING_EARNED],
    messages: &[&PAID],
    ..Service::PLAIN
};

/// There is no commission to pay out.
pub const NOTHING_EARNED: Reason = Reason::new("nothing_earned");

/// What the posting is called.
pub const KIND: &str = "commission";

/// To who serves at the outlet.
pub const PAID: Message = Message::balance(
    "sms.commission_paid",
    &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);

/// Where the day is kept until which commission was paid out by schedule.
const PAID_UNTIL: &str = "commission paid until";
/// Outlets that are paid by a schedule.
const OUTLETS_MAX: i64 = 100_000;

/// What is owed is read after what is there: who takes it back in between makes both less.
fn earned(context: &Context) -> Vec<Want> {
    let Ok(post) = context.post() else { return Vec::new() };
    let float = post.outlet.float_account;
    let commission = post.outlet.commission_account;
    let mut wants = vec![Want::Account(float), Want::Account(commission), Want::Owed(float)];
    wants.extend(journal::wants(context, float));
    wants.extend(counter::wants_staff(context, float));
    wants
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = &context.post()?.outlet;
    party::working(context, outlet)?;
    let earned = party::account(context, outlet.commission_account)?;
    let owed_minor = context.facts.count(&Want::Owed(outlet.float_account))?;
    let amount_minor = payable_minor(earned, owed_minor);
    if amount_minor <= 0 {
        return Err(NOTHING_EARNED.into());
    }
    let amount = context.money(amount_minor);
    plan.show("amount", amount);
    let mut slots = plan.shown(&["amount"]);
    slots.extend(party::outlet_sign(outlet));
    let mut changes = tell_staff(context, outlet, &PAID, &PAID, &slots)?;
    let customer = outlet.commission_account;
    let earned = Commission::default();
    let work = Work { service: PAY.name, customer, amount, cash_minor: 0, earned };
    changes.extend(journal::record(context, plan, outlet, work)?);
    plan.commit(Act { kind: KIND, legs: legs(outlet, amount_minor), changes, ..Act::default() });
    Ok(())
}

/// What of a commission can be paid out, minor units.
pub fn payable_minor(earned: &Account, owed_minor: i64) -> i64 {
    if earned.state.pays() { earned.balance_minor.saturating_sub(owed_minor) } else { 0 }
}

/// The commission becomes float.
pub fn legs(outlet: &OutletRow, amount_minor: i64) -> Vec<Leg> {
    vec![
        Leg { account: outlet.commission_account, amount_minor: amount_minor.saturating_neg() },
        Leg { account: outlet.float_account, amount_minor },
    ]
}

/// An outlet that has earned something.
struct Due {
    outlet: OutletRow,
    staff: Vec<PersonRow>,
    amount_minor: i64,
    /// The newest posting of its commission: the same commission is not paid twice.
    newest: Option<PostingId>,
    /// The place of this outlet among the payouts of a day, week or month, where it is one of
    /// those.
    place: Option<Key>,
}

impl Wallet {
    /// The outlets to which commission can be paid now, and how much, minor units.
    pub async fn commission_due(&self) -> Result<Vec<(OutletRow, i64)>, StoreError> {
        let due = self.due(None).await?;
        Ok(due.into_iter().map(|due| (due.outlet, due.amount_minor)).collect())
    }

    /// Pays out what is due by the operator's schedule, once for each day, week or month however
    /// many nodes look; returns how many outlets were paid. The first time that it looks only
    /// begins the count.
    pub async fn pay_by_schedule(&self) -> Result<usize, BootstrapError> {
        let Some(every) = self.config.rules.payout else { return Ok(0) };
        let begun = every.begin_of(Day::of(self.clock.now(), &self.config.market.zone));
        let stored = self.store.read(|conn| setting_rows::get(conn, PAID_UNTIL)).await?;
        let until = stored.and_then(|stored| stored.try_into().ok()).map(i32::from_be_bytes);
        if until.is_some_and(|until| begun.number() <= until) {
            return Ok(0);
        }
        let mut paid = 0_usize;
        let mut all = true;
        if until.is_some() {
            self.collect_owed().await?;
            for due in self.due(Some(begun)).await? {
                match self.book.post(self.payout(&due)).await {
                    Ok(receipt) => paid = paid.saturating_add(usize::from(!receipt.repeated)),
                    // a frozen float is paid the next time; all else is tried again at once
                    Err(refusal) => all = all && refusal.reason == Reason::ACCOUNT_CLOSED,
                }
            }
        }
        if all {
            let until = begun.number().to_be_bytes();
            self.book.write(move |conn| setting_rows::set(conn, PAID_UNTIL, &until)).await?;
        }
        Ok(paid)
    }

    /// The outlets to which something is to be paid; of those that were paid for the time that
    /// begins on this day, none.
    async fn due(&self, begun: Option<Day>) -> Result<Vec<Due>, StoreError> {
        let due = self.store.read(move |conn| {
            let outlets = agent_rows::outlets(conn, OUTLETS_MAX)?;
            outlets
                .into_iter()
                .map(|outlet| due(conn, outlet, begun))
                .collect::<Result<Vec<_>, StoreError>>()
        });
        Ok(due.await?.into_iter().flatten().collect())
    }

    fn payout(&self, due: &Due) -> Posting {
        let outlet = &due.outlet;
        let now = self.clock.now();
        let mut slots = party::outlet_sign(outlet);
        slots.insert(
            "amount".into(),
            Money::new(due.amount_minor, self.config.market.currency).into(),
        );
        let tell = |person: &PersonRow| {
            let to = &person.msisdn;
            let language = &person.language;
            let float = Some(outlet.float_account);
            Change::Tell(outgoing::message(to, language, PAID.template, &slots, float, now))
        };
        let mut changes: Vec<Change> = due.staff.iter().map(tell).collect();
        changes.extend(due.place.map(|key| Change::Claim { key }));
        changes.push(Change::AtPosting { account: outlet.commission_account, posting: due.newest });
        let name = [
            outlet.commission_account.number().to_be_bytes(),
            due.newest.unwrap_or_default().number().to_be_bytes(),
        ]
        .concat();
        let key = Key::new(Timestamp::from_micros(0), "commission", &name);
        let legs = legs(outlet, due.amount_minor);
        let act = Act { kind: KIND, legs, changes, ..Act::default() };
        Posting { actor: Actor::Service, ..self.planned(key, act) }
    }
}

fn due(conn: &mut Conn, outlet: OutletRow, begun: Option<Day>) -> Result<Option<Due>, StoreError> {
    let place = begun.map(|begun| place(&outlet, begun));
    if let Some(place) = &place
        && !dedup::seen_among(conn, &[place.bytes()])?.is_empty()
    {
        return Ok(None);
    }
    let earned = book_rows::account(conn, outlet.commission_account)?;
    let earned = earned.ok_or(StoreError::Damaged("an outlet without an account"))?;
    let owed = conn.wait(async |asked| clawbacks::owed_minor(asked, outlet.float_account).await)?;
    let amount_minor = payable_minor(&earned, owed);
    let staff = agent_rows::staff(conn, outlet.float_account)?;
    let due = Due { outlet, staff, amount_minor, newest: earned.last_posting, place };
    Ok(Some(due).filter(|due| due.amount_minor > 0))
}

/// The place of an outlet among the payouts of the time that begins on this day.
pub(super) fn place(outlet: &OutletRow, begun: Day) -> Key {
    let name =
        [i64::from(begun.number()).to_be_bytes(), outlet.commission_account.number().to_be_bytes()]
            .concat();
    Key::new(Timestamp::from_micros(0), "payout", &name)
}
