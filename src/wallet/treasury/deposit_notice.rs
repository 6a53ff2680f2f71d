//! A deposit that was announced: somebody will pay so much to the bank, for an outlet or for
//! somebody with a wallet. It moves no money, and gives a code to be written into the text of the
//! transfer, by which its line is known. It is over when it was issued against, or after a month.

use super::super::arrangements::Role;
use super::super::arrangements::kind::{self, Kind, in_words};
use super::super::context::Context;
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::whose_money::{Whose, wants_whose, whose};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Put};
use crate::calendar::Day;
use crate::id::{AccountId, ArrangementId};
use crate::matching::bank_code;
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::value::{Kind as Of, Slot};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// There is no such announcement, or it is over.
pub const NOTICE_GONE: Reason = Reason::new("notice_gone");
/// Another amount was announced, or for somebody else.
pub const NOTICE_DIFFERS: Reason = Reason::new("notice_differs");

/// Days for which one waits.
const LASTS_DAYS: i64 = 30;
const DAY: i64 = 24 * 3_600 * 1_000_000;
/// Letters and digits of an account that pays.
const PAYER_MIN: usize = 5;
const PAYER_MAX: usize = 40;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It is to come.
    Expected,
    /// It came, and was issued.
    Issued,
    /// It is not to come any more.
    CalledOff,
    /// It did not come.
    Expired,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// E-money came of it.
    Issue,
    /// Nobody will pay it.
    CallOff,
    /// Its time is over.
    Expire,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Expected, Event::Issue, Role::Staff) => Some(State::Issued),
        (State::Expected, Event::CallOff, Role::Staff) => Some(State::CalledOff),
        (State::Expected, Event::Expire, Role::Service) => Some(State::Expired),
        _ => None,
    }
}

/// The kind.
pub const KIND: Kind = Kind {
    name: "deposit_notice",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    apply: |state, event, role| in_words(state, event, role, apply),
    of_staff: true,
    begins: &["expected"],
    open: &["expected"],
    gone: NOTICE_GONE,
    wants: &[],
    wake: |_context, row, _refused| {
        let over = KIND.moved(row, Event::Expire.into(), Role::Service, "")?;
        Ok(Act { kind: "expire", changes: vec![over], ..Act::default() })
    },
};

/// What was announced, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Minor units.
    pub amount_minor: i64,
    /// For whom, as it was typed: an agent's number, or a phone.
    pub to: String,
    /// The account that pays, letters and digits alone; empty where nobody knows.
    pub payer: String,
    /// When it is to come.
    pub day: String,
}

impl Notice {
    /// What is stored of one.
    pub fn of(row: &ArrangementRow) -> Result<Notice, PlanError> {
        kind::body(row)
    }

    /// The outlet that it is for, if it is for one.
    pub fn outlet(&self) -> Option<AccountId> {
        AgentNumber::parse(&self.to).ok().map(AgentNumber::outlet)
    }

    /// The day on which it is to come.
    pub fn expected_on(&self) -> Option<Date> {
        self.day.parse().ok()
    }
}

/// Letters and digits of an account's name or number, which banks write in many ways.
pub fn letters(text: &str) -> String {
    let plain = text.chars().filter(|sign| sign.is_alphanumeric());
    plain.flat_map(char::to_uppercase).collect()
}

/// What must be read of the one that an input names, if it names one.
pub fn wants_named(context: &Context) -> Vec<Want> {
    named(context).map(Want::Arrangement).into_iter().collect()
}

fn named(context: &Context) -> Option<ArrangementId> {
    let typed = context.fields.get("notice").filter(|typed| !typed.trim().is_empty())?;
    // what is no code is one that nothing has
    Some(ArrangementId::of(bank_code::read(typed).unwrap_or(0)))
}

fn typed<'a>(context: &Context<'a>) -> Result<Option<(&'a ArrangementRow, Notice)>, PlanError> {
    let Some(id) = named(context) else { return Ok(None) };
    let gone = || Refusal::of_field(NOTICE_GONE, "notice");
    let row = context.facts.arrangement(id)?.filter(|row| KIND.waits(row, context.now));
    let row = row.ok_or_else(gone)?;
    Ok(Some((row, Notice::of(row)?)))
}

/// That what was announced came, where an input says that it is that: the same amount, for the
/// same account.
pub fn came(
    context: &Context,
    whose: &Whose,
    amount: Money,
    note: &str,
) -> Result<Option<Change>, PlanError> {
    let Some((row, notice)) = typed(context)? else { return Ok(None) };
    if row.other != Some(whose.account) || notice.amount_minor != amount.minor {
        return Err(Refusal::of_field(NOTICE_DIFFERS, "notice").into());
    }
    KIND.moved(row, Event::Issue.into(), Role::Staff, note).map(Some)
}

/// Inputs `to` (an agent's number, or a phone), `amount`, `why`; perhaps `payer`, the account that
/// pays, and `day`, on which it is to come.
pub const EXPECT: Service = Service {
    name: "expect_deposit",
    authority: Authority::Staff(Right::Issue),
    opens: 1,
    wants: &[|context| wants_whose(context, "to")],
    decide: expect,
    shows: SHOWS,
    refusals: &[],
    ..Service::PLAIN
};

/// Inputs `notice`, its code, and `why`: it is not to come any more.
pub const NOT_EXPECTED: Service = Service {
    name: "call_off_deposit",
    authority: Authority::Staff(Right::Issue),
    wants: &[wants_named],
    decide: call_off,
    shows: SHOWS,
    refusals: &[NOTICE_GONE],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("bank_code", Of::Text),
    Slot("amount", Of::Money),
    Slot("to", Of::Text),
    Slot("payer", Of::Text),
    Slot("expected_on", Of::Text),
];

fn expect(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let whose = whose(context, "to")?;
    let amount = context.amount("amount")?;
    let payer = payer(context)?;
    let day = day(context)?;
    plan.concerns = Some(whose.account);
    plan.show("amount", amount);
    plan.show("to", whose.sign);
    plan.show("payer", payer.clone());
    plan.show("expected_on", day.to_string());
    let why = why(context)?;
    let owner = AccountId::of(context.staff()?.id.number());
    let row = KIND.row(context, State::Expected.into(), owner, Some(whose.account));
    let notice = Notice {
        amount_minor: amount.minor,
        to: context.field("to")?.trim().to_owned(),
        payer,
        day: day.to_string(),
    };
    let due_at = context.now.micros().saturating_add(LASTS_DAYS.saturating_mul(DAY));
    let row = ArrangementRow { due_at: Some(due_at), body: kind::written(&notice), ..row };
    // only who commits it has a number
    if context.fresh_id != 0 {
        plan.show("bank_code", bank_code::written(row.id.number()));
    }
    let begun = Change::Put(Put { row, event: "begin", note: why.to_owned() });
    plan.commit(Act { kind: "expect_deposit", changes: vec![begun], ..Act::default() });
    Ok(())
}

fn payer(context: &Context) -> Result<String, PlanError> {
    let payer = letters(context.fields.get("payer").map(String::as_str).unwrap_or_default());
    let length = payer.chars().count();
    if payer.is_empty() || (PAYER_MIN..=PAYER_MAX).contains(&length) {
        return Ok(payer);
    }
    Err(Refusal::of_field(Reason::TEXT_FORMAT, "payer").into())
}

/// The day that was typed, or today.
fn day(context: &Context) -> Result<Date, PlanError> {
    let zone = &context.config.market.zone;
    let typed = context.fields.get("day").map(|typed| typed.trim()).unwrap_or_default();
    if typed.is_empty() {
        return Ok(context.now.day(zone));
    }
    let day = Day::read(typed).ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, "day"))?;
    Ok(day.at_hour(12, zone).day(zone))
}

fn call_off(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let gone = || Refusal::of_field(NOTICE_GONE, "notice");
    let (row, notice) = typed(context)?.ok_or_else(gone)?;
    plan.concerns = row.other;
    plan.show("bank_code", bank_code::written(row.id.number()));
    plan.show("amount", context.money(notice.amount_minor));
    plan.show("to", notice.to);
    let over = KIND.moved(row, Event::CallOff.into(), Role::Staff, why(context)?)?;
    plan.commit(Act { kind: "not_expected", changes: vec![over], ..Act::default() });
    Ok(())
}
