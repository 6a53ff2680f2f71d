//! A wallet as the staff see it: how it stands, the orders that lie on it, what waits for another
//! one of them to approve, what is open at it, and what moved last. That somebody looks, and why,
//! is recorded before it is shown.

use super::super::context::Context;
use super::super::line::Line;
use super::super::office::two_people::{self, Wish};
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::{Authority, Service};
use super::super::treasury::redemption;
use super::finding::entry;
use super::freezing::shown;
use super::{freeze, looking, nobody, sim_change};
use crate::book::PIN_ATTEMPTS_MAX;
use crate::id::AccountId;
use crate::matching::bank_code;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::short_code::ShortCode;
use crate::staff::role::Right;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::holders::AccountHolder;
use crate::store::pins::PinRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use strum::{IntoStaticStr, VariantNames};

/// Inputs `phone`, or `person`, the account; and `why`. A line for each order that lies on it, each
/// request that waits, each thing that is open at it, and each of the newest payments.
pub const SEE: Service = Service {
    name: "see_account",
    authority: Authority::Staff(Right::Look),
    opens: 1,
    wants: &[whom, |context| wants(context).unwrap_or_default(), names],
    decide: see,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("account_is", Kind::Text),
        Slot("tier_is", Kind::Text),
        Slot("joined_on", Kind::Day),
        Slot("id_seen", Kind::Text),
        Slot("language", Kind::Text),
        Slot("balance", Kind::Money),
        Slot("set_aside", Kind::Money),
        Slot("pin_is", Kind::Text),
        Slot("sim_changed_until", Kind::Day),
        Slot("order", Kind::Code),
        Slot("way", Kind::Text),
        Slot("basis", Kind::Text),
        Slot("letter", Kind::Text),
        Slot("ordered_by", Kind::Text),
        Slot("ordered_on", Kind::Day),
        Slot("last_day", Kind::Day),
        Slot("held", Kind::Money),
        Slot("approval", Kind::Text),
        Slot("asked_for", Kind::Text),
        Slot("asked_by", Kind::Text),
        Slot("reason", Kind::Text),
        Slot("open_kind", Kind::Text),
        Slot("open_state", Kind::Text),
        Slot("open_since", Kind::Day),
        Slot("open_code", Kind::Code),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("code", Kind::Code),
        Slot("payment", Kind::Text),
        Slot("sign", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("balance_after", Kind::Money),
        Slot("other_side", Kind::Name),
    ],
    ..Service::PLAIN
};

/// Whether a PIN can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", prefix = "pin_")]
pub enum PinIs {
    /// None was chosen yet.
    None,
    /// Wrong tries have locked it.
    Locked,
    /// It takes tries.
    Works,
}

impl PinIs {
    fn of(pin: Option<&PinRow>) -> PinIs {
        match pin.filter(|pin| !pin.tag.is_empty()) {
            None => PinIs::None,
            Some(pin) if pin.attempts >= PIN_ATTEMPTS_MAX => PinIs::Locked,
            Some(_) => PinIs::Works,
        }
    }
}

/// Requests that are shown, other things that are open, and payments.
const REQUESTS_MAX: i64 = 16;
const OPEN_MAX: i64 = 40;
const PAYMENTS_MAX: usize = 10;

fn requests(account: AccountId) -> Search {
    let (side, kind) = (Side::Other(account), two_people::KIND.name);
    Search { side, kind, open: true, since: 0, limit: REQUESTS_MAX }
}

fn newest(account: AccountId) -> Want {
    Want::History { account, since: i64::MIN, limit: PAYMENTS_MAX }
}

/// Who is meant: by their account, or by their number.
fn asked_for(context: &Context) -> Result<Want, PlanError> {
    if context.fields.contains_key("person") {
        let number: i64 = context.chosen("person", Reason::PAYEE_UNKNOWN)?;
        return Ok(Want::Owner(AccountId::of(number)));
    }
    Ok(Want::Number(context.phone("phone")?.e164().to_owned()))
}

fn whom(context: &Context) -> Vec<Want> {
    if !looking::is_recorded(context) {
        return Vec::new();
    }
    asked_for(context).into_iter().collect()
}

fn holder<'a>(context: &Context<'a>) -> Result<&'a AccountHolder, PlanError> {
    if context.fields.contains_key("person") {
        let number: i64 = context.chosen("person", Reason::PAYEE_UNKNOWN)?;
        let found = context.facts.owner(AccountId::of(number))?;
        return Ok(found.ok_or_else(|| Refusal::of_field(Reason::PAYEE_UNKNOWN, "person"))?);
    }
    let phone = context.phone("phone")?;
    Ok(context.facts.number(phone.e164())?.ok_or_else(|| nobody(context, &phone))?)
}

fn wants(context: &Context) -> Result<Vec<Want>, PlanError> {
    let account = holder(context)?.account.id;
    let mut wants = freeze::wants(account);
    wants.extend([
        sim_change::want(account),
        Want::Arrangements(requests(account)),
        Want::OpenAt(account, OPEN_MAX),
        Want::Identified(account),
        newest(account),
    ]);
    Ok(wants)
}

fn payments<'a>(context: &Context<'a>, account: AccountId) -> Result<Vec<Line<'a>>, PlanError> {
    let found = context.facts.history(&newest(account))?;
    Ok(found.iter().filter_map(|whole| Line::of(whole, account)).collect())
}

fn others(lines: &[Line]) -> Vec<AccountId> {
    lines.iter().filter_map(Line::other).collect()
}

fn names(context: &Context) -> Vec<Want> {
    let lines = holder(context).and_then(|holder| payments(context, holder.account.id));
    let others = others(&lines.unwrap_or_default());
    if others.is_empty() { Vec::new() } else { party::wants_of(&others) }
}

fn see(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    if !looking::is_recorded(context) {
        return Ok(());
    }
    let holder = holder(context)?;
    let account = holder.account.id;
    stands(context, plan, holder)?;
    orders(context, plan, account)?;
    waiting(context, plan, account)?;
    open(context, plan, account)?;
    let lines = payments(context, account)?;
    let others = others(&lines);
    for line in &lines {
        let other = match line.other() {
            Some(other) => party::of(context, &others, other)?,
            None => None,
        };
        plan.line(line.posting.id, entry(context, line, other.as_ref()));
    }
    looking::record(context, plan, &SEE, Some(account), "", 1)
}

fn stands(context: &Context, plan: &mut Plan, holder: &AccountHolder) -> Result<(), PlanError> {
    let AccountHolder { person, account, .. } = holder;
    let phone = Msisdn::from_e164(&person.msisdn);
    let whole = looking::sees_whole(context)?;
    let shown = |phone: &Msisdn| {
        if whole {
            Value::whole(phone, &context.config.market)
        } else {
            Value::masked(phone, &context.config.market)
        }
    };
    plan.show("name", Value::Name(person.name.clone()));
    plan.show("phone", phone.as_ref().map_or(Value::Phone(String::new()), shown));
    plan.show("account_is", <&str>::from(account.state).to_owned());
    plan.show("tier_is", person.tier.clone());
    plan.show("joined_on", context.day_of(Timestamp::from_micros(person.joined_at)));
    let seen = context.facts.truth(&Want::Identified(account.id))?;
    plan.show("id_seen", if seen { "yes" } else { "no" }.to_owned());
    plan.show("language", person.language.clone());
    plan.show("balance", context.money(account.balance_minor));
    plan.show("set_aside", context.money(account.held_minor));
    plan.show("pin_is", <&str>::from(PinIs::of(holder.pin.as_ref())));
    if let Some(until) = sim_change::counts_until(context, account.id)? {
        plan.show("sim_changed_until", context.day_of(Timestamp::from_micros(until)));
    }
    Ok(())
}

fn orders(context: &Context, plan: &mut Plan, account: AccountId) -> Result<(), PlanError> {
    for lying in freeze::lying(context, account)? {
        let since = context.day_of(Timestamp::from_micros(lying.row.begun_at));
        let mut line: Slots = shown(context, &lying)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        line.insert("order".to_owned(), Value::Code(lying.row.id.to_string()));
        line.insert("ordered_on".to_owned(), since.into());
        line.insert("reason".to_owned(), lying.order.why.clone().into());
        plan.line(lying.row.id, line);
    }
    Ok(())
}

fn waiting(context: &Context, plan: &mut Plan, account: AccountId) -> Result<(), PlanError> {
    for row in context.facts.arrangements(requests(account))? {
        let wish = Wish::of(row)?;
        let line = [
            ("approval", row.id.to_string()),
            ("asked_for", wish.service),
            ("asked_by", wish.by),
            ("reason", wish.why),
        ];
        plan.line(row.id, line.map(|(name, said)| (name.to_owned(), Value::from(said))).into());
    }
    Ok(())
}

fn open(context: &Context, plan: &mut Plan, account: AccountId) -> Result<(), PlanError> {
    let open = context.facts.open_at(account, OPEN_MAX)?;
    for row in open.iter().filter(|row| !looking::is_of_staff(&row.kind)) {
        plan.line(row.id, open_line(context, row));
    }
    Ok(())
}

fn open_line(context: &Context, row: &ArrangementRow) -> Slots {
    let since = context.day_of(Timestamp::from_micros(row.begun_at));
    // a payment at the bank goes by the code that stands in the text of its transfer
    let code = match row.kind == redemption::KIND.name {
        true => bank_code::written(row.id.number()),
        false => ShortCode::of(row.id, &context.config.reference_key).to_string(),
    };
    Slots::from([
        ("open_kind".to_owned(), row.kind.clone().into()),
        ("open_state".to_owned(), row.state.clone().into()),
        ("open_since".to_owned(), since.into()),
        ("open_code".to_owned(), Value::Code(code)),
    ])
}
