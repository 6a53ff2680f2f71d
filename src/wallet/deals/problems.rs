//! Something is wrong: either side says what, from a short list and in a few words, and says more
//! later. The clocks stand still from then on. What was said stays in the trail of the deal.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Service};
use super::deal::{self, DEAL_WHICH, Deal};
use super::deal_clock::Clock;
use super::terms::Side;
use super::{DEAL_GONE, Event, deal_news};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::text;
use crate::value::{Kind, Slot, Value};
use strum::{EnumString, IntoStaticStr};

/// Inputs `deal`, `problem`, and `why` in words: something is wrong.
pub const DISPUTE: Service = Service {
    name: "dispute_deal",
    wants: &[deal::named, |context| deal::sides(context, &[Event::Dispute])],
    decide: dispute,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH],
    messages: &[&deal_news::DISPUTED, &deal_news::NOTED],
    ..Service::PLAIN
};

/// Inputs `deal`, or none where only one can be meant, and `why`: the same by a text, in words; or
/// more of it, where something is wrong already.
pub const BY_TEXT: Service = Service {
    name: "problem_by_text",
    wants: &[deal::named, |context| deal::sides(context, &BY_TEXT_EVENTS)],
    decide: by_text,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_SAID],
    messages: &[&deal_news::DISPUTED, &deal_news::NOTED, &deal_news::SAID],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// Inputs `deal`, `why`: says more of what is wrong.
pub const SAY: Service = Service {
    name: "say_deal",
    wants: &[deal::named, |context| deal::sides(context, &[Event::State])],
    decide: say,
    shows: SHOWS,
    refusals: &[DEAL_GONE, DEAL_WHICH, DEAL_SAID],
    messages: &[&deal_news::SAID, &deal_news::NOTED],
    ..Service::PLAIN
};

/// As much was said of it as is read.
pub const DEAL_SAID: Reason = Reason::new("deal_said");

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Problem {
    /// Nothing has come.
    NotHere,
    /// It is another thing, or the parcel was empty.
    NotIt,
    /// It is broken, or not as it was said to be.
    Broken,
    /// It was handed over, and the other side does not let the money go.
    NotPaid,
    /// Something else.
    Other,
}

/// What a text may bring about.
const BY_TEXT_EVENTS: [Event; 2] = [Event::Dispute, Event::State];

const SHOWS: &[Slot] = &[
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("problem", Kind::Text),
    Slot("problem_code", Kind::Text),
    Slot("said", Kind::Text),
];
/// Words and proposals after which nobody says more: staff have enough to read, and nobody is
/// flooded.
const SAID_MAX: i64 = 60;

fn dispute(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (deal, side) = chosen(context, plan, Event::Dispute)?;
    let problem: Problem = context.chosen("problem", Reason::INVALID)?;
    plan.show("problem_code", <&str>::from(problem));
    let words = words(context)?;
    plan.show("said", Value::Text(words.clone()));
    let act = disputed(context, deal, side, problem, &words)?;
    plan.commit(act);
    Ok(())
}

fn by_text(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let deal = deal::chosen(context, &BY_TEXT_EVENTS)?;
    let side = deal.own_side(context)?;
    let words = words(context)?;
    let act = if deal.role(Event::State, side).is_some() {
        said(context, &deal, side, &words)?
    } else {
        disputed(context, deal, side, Problem::Other, &words)?
    };
    plan.commit(act);
    Ok(())
}

fn say(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (deal, side) = chosen(context, plan, Event::State)?;
    let words = words(context)?;
    plan.show("said", Value::Text(words.clone()));
    let act = said(context, &deal, side, &words)?;
    plan.commit(act);
    Ok(())
}

fn chosen(context: &Context, plan: &mut Plan, event: Event) -> Result<(Deal, Side), PlanError> {
    let deal = deal::chosen(context, &[event])?;
    let side = deal.own_side(context)?;
    plan.show_all(deal.told(context, side)?);
    deal.role_of(event, side)?;
    Ok((deal, side))
}

/// What was said, in words that a message can take on.
fn words(context: &Context) -> Result<String, PlanError> {
    let words = text::words(context.field("why")?, text::SAID_SEPTETS_MAX);
    Ok(words.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "why"))?)
}

fn disputed(
    context: &Context,
    mut deal: Deal,
    side: Side,
    problem: Problem,
    words: &str,
) -> Result<Act, PlanError> {
    let role = deal.role_of(Event::Dispute, side)?;
    let code: &'static str = problem.into();
    deal.terms.clock = Clock::STILL;
    deal.terms.problem = Some(code.to_owned());
    let told = [
        ("problem_code".to_owned(), code.to_owned().into()),
        ("said".to_owned(), Value::Text(words.to_owned())),
    ];
    let changes = vec![
        deal.moved(context, Event::Dispute, role, words)?,
        deal.tell(context, side.other(), &deal_news::DISPUTED, told)?,
        deal.tell(context, side, &deal_news::NOTED, [])?,
    ];
    Ok(Act { kind: DISPUTE.name, changes, ..Act::default() })
}

/// With what somebody says now; refused where they have said enough.
pub fn said_once_more(deal: &Deal) -> Result<Deal, PlanError> {
    let mut deal = deal.clone();
    if deal.terms.said >= SAID_MAX {
        return Err(DEAL_SAID.into());
    }
    deal.terms.said = deal.terms.said.saturating_add(1);
    Ok(deal)
}

fn said(context: &Context, deal: &Deal, side: Side, words: &str) -> Result<Act, PlanError> {
    let role = deal.role_of(Event::State, side)?;
    let deal = &said_once_more(deal)?;
    let why = [("said".to_owned(), Value::Text(words.to_owned()))];
    let changes = vec![
        deal.moved(context, Event::State, role, words)?,
        deal.tell(context, side.other(), &deal_news::SAID, why)?,
        deal.tell(context, side, &deal_news::NOTED, [])?,
    ];
    Ok(Act { kind: SAY.name, changes, ..Act::default() })
}
