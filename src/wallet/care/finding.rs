//! Finding people by whatever somebody who calls can say: their number, a part of it, a name, the
//! code of a payment or a deal, an ID, an outlet. Each line is masked; that it was looked for, and
//! why, is recorded before it is shown.

use super::super::context::Context;
use super::super::line::Line;
use super::super::party::{self, Party};
use super::super::plan::{Plan, PlanError};
use super::super::receipt;
use super::super::service::{Authority, Service};
use super::clues::{By, Clues};
use super::looking;
use crate::agent_number::AgentNumber;
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::short_code::ShortCode;
use crate::staff::role::Right;
use crate::store::agent_rows::OutletRow;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::facts::Whole;
use crate::store::people::PersonRow;
use crate::store::people_search::FOUND_MAX;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};

/// What was typed can be nothing that people are found by.
pub const FIND_WORDS: Reason = Reason::new("find_words");

/// Inputs `words` and `why`: a line for each who fits, and for an outlet; for a payment also what
/// it was.
pub const FIND: Service = Service {
    name: "find_people",
    authority: Authority::Staff(Right::Look),
    opens: 1,
    wants: &[fitting, around, standing],
    decide: find,
    shows: &[
        Slot("found", Kind::Count),
        Slot("more", Kind::Text),
        Slot("payment", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("code", Kind::Code),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("open_kind", Kind::Text),
        Slot("open_state", Kind::Text),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("tier_is", Kind::Text),
        Slot("account_is", Kind::Text),
        Slot("joined_on", Kind::Day),
        Slot("area", Kind::Text),
        Slot("found_by", Kind::Text),
        Slot("person", Kind::Code),
    ],
    refusals: &[FIND_WORDS],
    ..Service::PLAIN
};

/// What `more` says where there are more than are shown.
pub const MORE: &str = "more";

fn clues(context: &Context) -> Clues {
    let typed = context.fields.get("words");
    typed.map(|typed| Clues::of(typed, context.config)).unwrap_or_default()
}

fn fitting(context: &Context) -> Vec<Want> {
    if !looking::is_recorded(context) {
        return Vec::new();
    }
    let clues = clues(context);
    let mut wants: Vec<Want> =
        clues.people.into_iter().map(|(_, clue)| Want::Fitting(clue)).collect();
    wants.extend(clues.payment.map(Want::Posting));
    wants.extend(clues.arrangement.map(Want::Arrangement));
    if let Some(outlet) = clues.outlet {
        wants.extend([Want::Outlet(outlet), Want::Roster(outlet)]);
    }
    wants
}

/// Those whom a payment or a deal has on its sides.
fn sides(context: &Context, clues: &Clues) -> Vec<AccountId> {
    let legs = payment(context, clues).map(|(_, legs)| legs.as_slice()).unwrap_or_default();
    let mut accounts: Vec<AccountId> = legs.iter().map(|leg| leg.account_id).collect();
    if let Some(row) = arrangement(context, clues) {
        accounts.extend([row.owner].into_iter().chain(row.other));
    }
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}

fn payment<'a>(context: &Context<'a>, clues: &Clues) -> Option<&'a Whole> {
    context.facts.posting(clues.payment?).ok().flatten()
}

/// What has a short code that it was given: not what the staff have begun.
fn arrangement<'a>(context: &Context<'a>, clues: &Clues) -> Option<&'a ArrangementRow> {
    let found = context.facts.arrangement(clues.arrangement?).ok().flatten();
    found.filter(|row| !looking::is_of_staff(&row.kind))
}

fn around(context: &Context) -> Vec<Want> {
    let sides = sides(context, &clues(context));
    if sides.is_empty() { Vec::new() } else { party::wants_of(&sides) }
}

fn standing(context: &Context) -> Vec<Want> {
    let found = found(context).unwrap_or_default();
    found.lines.iter().map(|(_, party)| Want::Account(party.account())).collect()
}

/// Who was found, and by what.
#[derive(Default)]
struct Lines {
    lines: Vec<(By, Party)>,
    more: bool,
}

impl Lines {
    fn add(&mut self, by: By, party: Party) {
        if self.lines.iter().any(|(_, other)| other.account() == party.account()) {
            return;
        }
        if self.lines.len() < FOUND_MAX {
            self.lines.push((by, party));
        } else {
            self.more = true;
        }
    }
}

fn found(context: &Context) -> Result<Lines, PlanError> {
    let mut lines = Lines::default();
    if !looking::is_recorded(context) {
        return Ok(lines);
    }
    let clues = clues(context);
    let sides = sides(context, &clues);
    for side in &sides {
        if let Some(party) = party::of(context, &sides, *side)? {
            lines.add(By::Code, party);
        }
    }
    for (by, clue) in &clues.people {
        let found = context.facts.fitting(clue)?;
        lines.more = lines.more || found.more;
        found.people.iter().for_each(|person| lines.add(*by, Party::Person(person.clone())));
    }
    if let Some(number) = clues.outlet
        && let Some(outlet) = context.facts.outlet(number)?
    {
        lines.add(By::Agent, Party::Outlet(outlet.clone()));
        let roster = context.facts.roster(number)?;
        roster.people.iter().for_each(|one| lines.add(By::Agent, Party::Person(one.clone())));
    }
    Ok(lines)
}

fn find(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let clues = clues(context);
    if clues.are_none() {
        context.field("words")?;
        return Err(Refusal::of_field(FIND_WORDS, "words").into());
    }
    if !looking::is_recorded(context) {
        return Ok(());
    }
    let Lines { lines, more } = found(context)?;
    if let Some((posting, legs)) = payment(context, &clues) {
        let most = legs.iter().map(|leg| leg.amount_minor).max().unwrap_or(0);
        let at = Timestamp::from_micros(posting.at);
        plan.show_all(receipt::slots(context.config, Some(posting.id), at, None));
        plan.show("payment", posting.kind.clone());
        plan.show("amount", context.money(most));
    }
    if let Some(row) = arrangement(context, &clues) {
        let code = ShortCode::of(row.id, &context.config.reference_key);
        plan.show("code", Value::Code(code.to_string()));
        plan.show("open_kind", row.kind.clone());
        plan.show("open_state", row.state.clone());
    }
    plan.show("found", i64::try_from(lines.len()).unwrap_or(i64::MAX));
    if more {
        plan.show("more", MORE.to_owned());
    }
    for (by, party) in &lines {
        plan.line(party.account(), line(context, *by, party)?);
    }
    let typed = context.field("words")?;
    // a code that leads to a payment is no number of anybody
    let by_code = payment(context, &clues).is_some() || arrangement(context, &clues).is_some();
    let words = if by_code { typed.trim().to_owned() } else { looking::kept(typed) };
    looking::record(context, plan, &FIND, None, &words, lines.len())
}

fn line(context: &Context, by: By, party: &Party) -> Result<Slots, PlanError> {
    let mut slots = match party {
        Party::Person(person) => of_person(context, person),
        Party::Outlet(outlet) => of_outlet(outlet),
    };
    let account = context.facts.account(party.account())?;
    if let Some(account) = account {
        let state: &str = account.state.into();
        slots.insert("account_is".to_owned(), state.to_owned().into());
    }
    slots.insert("found_by".to_owned(), <&str>::from(by).to_owned().into());
    slots.insert("person".to_owned(), Value::Code(party.account().to_string()));
    Ok(slots)
}

fn of_person(context: &Context, person: &PersonRow) -> Slots {
    let joined = context.day_of(Timestamp::from_micros(person.joined_at));
    let mut slots = party::sign(context.config, person);
    slots.insert("tier_is".to_owned(), person.tier.clone().into());
    slots.insert("joined_on".to_owned(), joined.into());
    slots
}

fn of_outlet(outlet: &OutletRow) -> Slots {
    let number = AgentNumber::of(outlet.float_account);
    Slots::from([
        ("name".to_owned(), Value::Name(outlet.name.clone())),
        ("phone".to_owned(), number.into()),
        ("area".to_owned(), outlet.area.clone().into()),
    ])
}

/// How a payment looks on the account of one of its sides.
pub(super) fn entry(context: &Context, line: &Line, other: Option<&Party>) -> Slots {
    let at = Timestamp::from_micros(line.posting.at);
    let mut slots = receipt::slots(context.config, Some(line.posting.id), at, None);
    let sign = if line.went() { "-" } else { "+" };
    slots.extend([
        ("sign".to_owned(), sign.into()),
        ("amount".to_owned(), context.money(line.own.amount_minor.saturating_abs()).into()),
        ("balance_after".to_owned(), context.money(line.own.balance_minor).into()),
        ("payment".to_owned(), line.posting.kind.clone().into()),
    ]);
    slots.extend(other.map(|party| ("other_side".to_owned(), party.name())));
    slots
}
