//! The newest lines of a group's account, which every member may see: who put in how much, and who
//! got how much.

use super::super::context::Context;
use super::super::line::Line;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::receipt;
use super::super::service::Service;
use super::group::Group;
use super::membership::{self, GROUP_GONE};
use super::proposing;
use crate::id::{AccountId, ArrangementId};
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Value};

/// Input `group`: lists `sign`, `amount`, `name`, `date`, `time`, `code`.
pub const SERVICE: Service = Service {
    name: "group_statement",
    wants: &[named, history, names],
    decide,
    shows: &[
        Slot("sign", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("code", Kind::Code),
    ],
    refusals: &[GROUP_GONE],
    ..Service::PLAIN
};

/// Lines at most.
const LINES: usize = 10;

fn chosen(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("group", GROUP_GONE)
}

fn named(context: &Context) -> Vec<Want> {
    let Ok(group) = chosen(context) else { return Vec::new() };
    vec![Want::Arrangement(group), Want::Arrangements(membership::of_group(group))]
}

fn newest(account: AccountId) -> Want {
    Want::History { account, since: i64::MIN, limit: LINES }
}

fn history(context: &Context) -> Vec<Want> {
    let group = chosen(context).and_then(|group| Group::found(context, group));
    group.map(|group| newest(group.account)).into_iter().collect()
}

fn lines<'a>(context: &Context<'a>) -> Result<Vec<Line<'a>>, PlanError> {
    let account = Group::found(context, chosen(context)?)?.account;
    let found = context.facts.history(&newest(account))?;
    Ok(found.iter().filter_map(|whole| Line::of(whole, account)).collect())
}

fn others(lines: &[Line]) -> Vec<AccountId> {
    lines.iter().filter_map(Line::other).collect()
}

fn names(context: &Context) -> Vec<Want> {
    let others = others(&lines(context).unwrap_or_default());
    if others.is_empty() { Vec::new() } else { party::wants_of(&others) }
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    proposing::own(context)?;
    let lines = lines(context)?;
    let others = others(&lines);
    for line in &lines {
        let party = match line.other() {
            Some(other) => party::of(context, &others, other)?,
            None => None,
        };
        let at = Timestamp::from_micros(line.posting.at);
        let mut slots = receipt::slots(context.config, Some(line.posting.id), at, None);
        let sign = if line.went() { "-" } else { "+" };
        let brand = || Value::Name(context.config.brand.clone());
        slots.insert("sign".into(), sign.into());
        let amount = context.money(line.own.amount_minor.saturating_abs());
        slots.insert("amount".into(), amount.into());
        slots.insert("name".into(), party.map_or_else(brand, |party| party.name()));
        plan.line(line.posting.id, slots);
    }
    Ok(())
}
