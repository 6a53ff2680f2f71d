//! Payments of one person or one outlet by amount, by day, or by both: from the newest back, so far
//! at a time. Over the whole book nobody looks for amounts like that: see the report.

use super::super::context::Context;
use super::super::line::Line;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::{Authority, Service};
use super::finding::entry;
use super::looking;
use crate::calendar::Day;
use crate::id::{AccountId, PostingId};
use crate::money::Money;
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Value};

/// Payments that are looked at in one go,
const LOOKED_AT: usize = 2_000;
/// and that are shown.
const SHOWN: usize = 50;

/// Inputs `person`, the account; `amount`, `day`, or both; perhaps `back`, the code of the payment
/// to go on from; `why`.
pub const FIND: Service = Service {
    name: "find_payments",
    authority: Authority::Staff(Right::Look),
    opens: 1,
    wants: &[whose, names],
    decide: find,
    shows: &[
        Slot("found", Kind::Count),
        Slot("looked_back_to", Kind::Day),
        Slot("further", Kind::Code),
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

/// Inputs `amount`, `days` and `why`: records that everybody's payments are looked through.
pub const REPORT: Service = Service {
    name: "report_payments",
    authority: Authority::Staff(Right::Look),
    opens: 1,
    decide: |context, plan| {
        let words = format!("{} {}", context.amount("amount")?, context.field("days")?);
        looking::record(context, plan, &REPORT, None, &words, 0)
    },
    ..Service::PLAIN
};

fn account(context: &Context) -> Result<AccountId, PlanError> {
    let number: i64 = context.chosen("person", Reason::PAYEE_UNKNOWN)?;
    Ok(AccountId::of(number))
}

fn from(context: &Context) -> Result<Option<PostingId>, PlanError> {
    let Some(typed) = context.fields.get("back") else { return Ok(None) };
    let code = Reference::parse(typed).and_then(|c| c.posting_id(&context.config.reference_key));
    Ok(Some(code.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "back"))?))
}

/// The day that is looked for, and when it begins, before which nothing is looked at.
fn day(context: &Context) -> Result<Option<Day>, PlanError> {
    let Some(typed) = context.fields.get("day") else { return Ok(None) };
    Ok(Some(Day::read(typed).ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, "day"))?))
}

fn walked(context: &Context) -> Result<Want, PlanError> {
    let (account, limit) = (account(context)?, LOOKED_AT);
    if let Some(from) = from(context)? {
        return Ok(Want::Back { account, from, limit });
    }
    let begins = |day: Day| day.begins(&context.config.market.zone).micros();
    Ok(Want::History { account, since: day(context)?.map_or(i64::MIN, begins), limit })
}

fn whose(context: &Context) -> Vec<Want> {
    if !looking::is_recorded(context) {
        return Vec::new();
    }
    walked(context).into_iter().collect()
}

fn names(context: &Context) -> Vec<Want> {
    let Ok(found) = fitting(context) else { return Vec::new() };
    let others: Vec<AccountId> = found.lines.iter().filter_map(Line::other).collect();
    if others.is_empty() { Vec::new() } else { party::wants_of(&others) }
}

/// What fits, and where to go on.
#[derive(Default)]
struct Fitting<'a> {
    lines: Vec<Line<'a>>,
    /// The last one that was looked at, where there are more behind it.
    last: Option<(PostingId, i64)>,
}

fn fitting<'a>(context: &Context<'a>) -> Result<Fitting<'a>, PlanError> {
    let (account, zone) = (account(context)?, &context.config.market.zone);
    let day = day(context)?;
    let amount = context.fields.get("amount").map(|_typed| context.amount("amount")).transpose()?;
    let fits = |line: &Line| {
        let at = Timestamp::from_micros(line.posting.at);
        let of = |amount: Money| line.legs.iter().any(|leg| leg.amount_minor == amount.minor);
        day.is_none_or(|day| Day::of(at, zone) == day) && amount.is_none_or(of)
    };
    let walked = context.facts.history(&walked(context)?)?;
    let mut fitting = Fitting::default();
    for whole in walked {
        let Some(line) = Line::of(whole, account) else { continue };
        let before = day.is_some_and(|day| line.posting.at < day.begins(zone).micros());
        if before {
            return Ok(fitting);
        }
        if fits(&line) {
            if fitting.lines.len() == SHOWN {
                fitting.last = Some((line.posting.id, line.posting.at));
                return Ok(fitting);
            }
            fitting.lines.push(line);
        }
    }
    let end = walked.last().filter(|_| walked.len() == LOOKED_AT);
    fitting.last = end.map(|(posting, _)| (posting.id, posting.at));
    Ok(fitting)
}

fn find(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let account = account(context)?;
    let typed = |name: &str| context.fields.get(name).map(String::as_str).unwrap_or_default();
    if typed("amount").is_empty() && typed("day").is_empty() {
        return Err(Refusal::of_field(Reason::FIELD_MISSING, "amount").into());
    }
    if !looking::is_recorded(context) {
        return Ok(());
    }
    let found = fitting(context)?;
    let others: Vec<AccountId> = found.lines.iter().filter_map(Line::other).collect();
    plan.show("found", i64::try_from(found.lines.len()).unwrap_or(i64::MAX));
    if let Some((posting, at)) = found.last {
        let code = Reference::of(posting, &context.config.reference_key);
        plan.show("further", Value::Code(code.to_string()));
        plan.show("looked_back_to", context.day_of(Timestamp::from_micros(at)));
    }
    for line in &found.lines {
        let other = match line.other() {
            Some(other) => party::of(context, &others, other)?,
            None => None,
        };
        plan.line(line.posting.id, entry(context, line, other.as_ref()));
    }
    let amount = context.fields.get("amount").map(|_typed| context.amount("amount")).transpose()?;
    let amount = amount.map(|amount| amount.to_string()).unwrap_or_default();
    let words = format!("{amount} {}", typed("day"));
    looking::record(context, plan, &FIND, Some(account), words.trim(), found.lines.len())
}
