//! How well somebody is known, which decides what they may move: two of the staff say so, on a
//! document that was seen. Who may move less from then on hears of it: what comes in, or is to go
//! out, may stop there.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::{named, whose};
use crate::book::{Change, Keep};
use crate::limits::Tier;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::value::{Kind, Slot, Slots};

/// There is no such tier.
pub const TIER_UNKNOWN: Reason = Reason::new("tier_unknown");
/// They are known as that already.
pub const TIER_SAME: Reason = Reason::new("tier_same");

/// Letters that say what was seen.
const DOCUMENT: std::ops::RangeInclusive<usize> = 3..=60;

const LOWERED: Message = Message::plain("sms.tier_lowered", &[]);

/// Inputs `phone`, `tier`, `document`, `why`.
pub const SERVICE: Service = Service {
    name: "change_tier",
    authority: Authority::Staff(Right::Tier),
    needs: |_context, _plan| People::Two,
    wants: &[named],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("tier_was", Kind::Text),
        Slot("tier_is", Kind::Text),
        Slot("document", Kind::Text),
    ],
    refusals: &[TIER_UNKNOWN, TIER_SAME],
    messages: &[&LOWERED],
    ..Service::PLAIN
};

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = &whose(context, plan)?.person;
    let was = Tier::of_code(&person.tier);
    plan.show("tier_was", person.tier.clone());
    let typed = context.field("tier")?;
    let tier = Tier::ALL.into_iter().find(|tier| tier.code() == typed);
    let tier = tier.ok_or_else(|| Refusal::of_field(TIER_UNKNOWN, "tier"))?;
    plan.show("tier_is", tier.code().to_owned());
    if tier.code() == person.tier {
        return Err(Refusal::of_field(TIER_SAME, "tier").into());
    }
    let document = context.field("document")?.trim();
    if !DOCUMENT.contains(&document.chars().count()) {
        return Err(Refusal::of_field(Reason::TEXT_FORMAT, "document").into());
    }
    plan.show("document", document.to_owned());
    let note = format!("{document}: {}", why(context)?);
    let row = PersonRow { tier: tier.code().to_owned(), ..person.next() };
    let kept = Change::Keep(Keep { record: Record::Person(row), event: "set_tier", note });
    let told = (tier < was).then(|| context.tell(person, &LOWERED, Slots::new(), None));
    let changes = [kept].into_iter().chain(told).collect();
    plan.commit(Act { kind: "set_tier", changes, ..Act::default() });
    Ok(())
}
