//! Finding an outlet: which ones in an area have enough float to pay in an amount.
//!
//! What float an outlet has is nobody's business. So amounts are compared in coarse steps: whoever
//! asks again and again learns no more than the step.

use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::AccountState;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// Inputs `area`, `amount`: lists `name` and `phone`, the agent number.
pub const FIND: Service = Service {
    name: "find_agent",
    wants: &[outlets, floats],
    decide,
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
    refusals: &[AREA_EMPTY],
    ..Service::PLAIN
};

/// No outlet is open in an area that is called like that.
pub const AREA_EMPTY: Reason = Reason::new("area_empty");

/// Amounts that are told apart, minor units.
const STEPS_MINOR: [i64; 9] =
    [10_000, 50_000, 100_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 25_000_000];
/// Outlets that are looked at, and shown.
const LOOKED_AT_MAX: i64 = 200;
const SHOWN_MAX: usize = 10;

fn outlets(context: &Context) -> Vec<Want> {
    let asked = context.person().is_ok();
    context.field("area").ok().filter(|_| asked).map(there).into_iter().collect()
}

fn floats(context: &Context) -> Vec<Want> {
    let asked = context.amount("amount").is_ok();
    let there = context.field("area").ok().filter(|_| asked).map(there);
    let outlets = there.and_then(|there| context.facts.outlets(&there).ok()).unwrap_or_default();
    outlets.iter().map(|outlet| Want::Account(outlet.float_account)).collect()
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    context.person()?;
    let there = there(context.field("area")?);
    let outlets = context.facts.outlets(&there)?;
    if outlets.is_empty() {
        return Err(Refusal::of_field(AREA_EMPTY, "area").into());
    }
    let enough_minor = step_of(context.amount("amount")?.minor);
    for outlet in outlets {
        let float = context.facts.account(outlet.float_account)?;
        let float = float.filter(|float| float.state == AccountState::Open);
        let free_minor = float.map_or(0, |float| float.available_minor());
        if free_minor >= enough_minor && plan.items.len() < SHOWN_MAX {
            plan.line(outlet.float_account, party::outlet_sign(outlet));
        }
    }
    Ok(())
}

/// The step that an amount is compared by, minor units: the least that covers it, or the last.
fn step_of(amount_minor: i64) -> i64 {
    let [.., most] = STEPS_MINOR;
    STEPS_MINOR.into_iter().find(|step| *step >= amount_minor).unwrap_or(most)
}

fn there(area: &str) -> Want {
    Want::OutletsIn(spellings(area), LOOKED_AT_MAX)
}

/// How a name of an area may be written: as typed, small, in capitals, and with capitals at the
/// beginning of words.
fn spellings(typed: &str) -> Vec<String> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first: String =
            letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
        first + &letters.as_str().to_lowercase()
    };
    let titled = typed.split(' ').map(capital).collect::<Vec<_>>().join(" ");
    vec![typed.to_lowercase(), typed.to_uppercase(), titled, typed]
}
