//! What a line of a statement is, where no e-money comes of it: a redemption that the bank has
//! paid, one that came back, what the bank took or paid for itself. An amount is what it is: a line
//! that differs by a cent is another line.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::bank_item::{Item, LINE_UNKNOWN, LINE_USED, LineName};
use super::redemption::{self, Event, REDEMPTION_GONE, Redemption};
use crate::book::{CHARGES, Change, INTEREST, Leg, OUTGOING, SUSPENSE};
use crate::id::AccountId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// It is another amount.
pub const LINE_DIFFERS: Reason = Reason::new("line_differs");
/// It came in, which what was chosen never does.
pub const LINE_CAME_IN: Reason = Reason::new("line_came_in");
/// It went out, which what was chosen never does.
pub const LINE_WENT_OUT: Reason = Reason::new("line_went_out");

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Meaning {
    /// A redemption went out.
    Redemption,
    /// One that had gone out came back.
    Returned,
    /// The bank took something for itself.
    Charge,
    /// The bank paid interest.
    Interest,
    /// Another line is its other side: a mistake of the bank's and its mending, or a transfer
    /// between two accounts of ours.
    Offset,
    /// Own money of the operator: paid in to make good what banks took, or there before the first
    /// statement.
    OwnMoney,
}

/// Inputs `line`, `meaning`, `why`; `redemption` where it is one or was, `other` where another line
/// is its other side.
pub const EXPLAIN: Service = Service {
    name: "explain_line",
    authority: Authority::Staff(Right::Bank),
    needs,
    opens: 2,
    wants: &[
        |context| {
            let lines = both(context).into_iter().flat_map(LineName::wants);
            lines.chain(redemption::wants_named(context)).collect()
        },
        |context| {
            let lines = both(context).into_iter().flat_map(|line| line.wants_left(context));
            let returned = Redemption::typed(context).map(|of| of.returned());
            let returned = returned.map(|key| Want::Claimed(key.bytes().to_vec()));
            lines.chain(returned).collect()
        },
    ],
    decide: explain,
    shows: &[
        Slot("line", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("said", Kind::Text),
        Slot("line_is", Kind::Text),
        Slot("meaning", Kind::Text),
        Slot("other", Kind::Text),
        Slot("other_said", Kind::Text),
        Slot("redemption", Kind::Text),
        Slot("recipient", Kind::Text),
        Slot("owner_account", Kind::Text),
    ],
    refusals: &[
        LINE_UNKNOWN,
        LINE_USED,
        LINE_DIFFERS,
        LINE_CAME_IN,
        LINE_WENT_OUT,
        REDEMPTION_GONE,
    ],
    ..Service::PLAIN
};

/// The line, and the other one where there is one.
fn both(context: &Context) -> Vec<LineName> {
    ["line", "other"].into_iter().filter_map(|field| LineName::typed(context, field).ok()).collect()
}

/// What came back becomes e-money again: that takes two, like all that comes into being. So does
/// what takes money out of suspense without anybody getting it.
fn needs(context: &Context, _plan: &Plan) -> People {
    let meaning = context.fields.get("meaning").and_then(|typed| typed.parse().ok());
    match meaning {
        Some(Meaning::Returned | Meaning::Offset | Meaning::OwnMoney) => People::Two,
        Some(Meaning::Redemption | Meaning::Charge | Meaning::Interest) | None => People::One,
    }
}

fn explain(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let item = Item::typed(context, "line")?;
    let format = || Refusal::of_field(Reason::TEXT_FORMAT, "meaning");
    let meaning: Meaning = context.field("meaning")?.parse().map_err(|_unknown| format())?;
    item.show(plan);
    plan.show("amount", context.money(item.line.amount_minor));
    plan.show("meaning", <&str>::from(meaning));
    let goes_out = match meaning {
        Meaning::Redemption | Meaning::Charge => true,
        Meaning::Returned | Meaning::Interest | Meaning::OwnMoney => false,
        Meaning::Offset => !item.came_in(),
    };
    item.unused(context)?;
    if goes_out == item.came_in() {
        let way = if goes_out { LINE_CAME_IN } else { LINE_WENT_OUT };
        return Err(Refusal::of_field(way, "meaning").into());
    }
    let why = why(context)?;
    let (leg, more) = other_side(context, plan, &item, meaning)?;
    // what went out was below zero there, what came in lies in suspense
    let balance =
        Leg { account: between(goes_out), amount_minor: leg.amount_minor.saturating_neg() };
    let mut changes = item.use_whole(context, context.fresh_id, why)?;
    changes.extend(more);
    plan.commit(Act { kind: "explain", legs: vec![balance, leg], changes, ..Act::default() });
    Ok(())
}

fn between(goes_out: bool) -> AccountId {
    if goes_out { OUTGOING } else { SUSPENSE }
}

fn other_side(
    context: &Context,
    plan: &mut Plan,
    item: &Item,
    meaning: Meaning,
) -> Result<(Leg, Vec<Change>), PlanError> {
    let why = why(context)?;
    let amount_minor = item.line.amount_minor;
    let differs = |field, minor: i64| {
        let no = Refusal::of_field(LINE_DIFFERS, field).with("amount", context.money(amount_minor));
        PlanError::from(no.with("left", context.money(minor)))
    };
    let same = |redemption: &Redemption| match redemption.terms.amount_minor {
        minor if minor == item.left_minor => Ok(()),
        minor => Err(differs("redemption", minor)),
    };
    match meaning {
        Meaning::Redemption => {
            let redemption = Redemption::typed(context)?;
            same(&redemption)?;
            redemption.show(plan);
            redemption.leaves(context, Event::See, why)
        }
        Meaning::Returned => {
            let redemption = Redemption::typed(context)?;
            same(&redemption)?;
            redemption.show(plan);
            if redemption.row.state != <&str>::from(redemption::State::Seen) {
                return Err(REDEMPTION_GONE.into());
            }
            let key = redemption.returned();
            if context.facts.truth(&Want::Claimed(key.bytes().to_vec()))? {
                return Err(REDEMPTION_GONE.into());
            }
            let back = Leg { account: redemption.row.owner, amount_minor };
            Ok((back, vec![Change::Claim { key }]))
        }
        Meaning::Charge | Meaning::OwnMoney => {
            Ok((Leg { account: CHARGES, amount_minor }, Vec::new()))
        }
        Meaning::Interest => Ok((Leg { account: INTEREST, amount_minor }, Vec::new())),
        Meaning::Offset => {
            let other = Item::typed(context, "other")?;
            plan.show("other", context.field("other")?.to_owned());
            plan.show("other_said", other.line.said.clone());
            other.unused(context)?;
            if other.line.amount_minor.checked_neg() != Some(amount_minor) {
                return Err(differs("other", other.line.amount_minor));
            }
            let number = context.fresh_id.saturating_add(1);
            let leg = Leg { account: between(item.came_in()), amount_minor };
            Ok((leg, other.use_whole(context, number, why)?))
        }
    }
}
