//! A collection is begun: what it is for, how much it must come to, until when, and whether it is
//! paid out at once, to whom, or is paid from by its organiser. It gets a number to give to others.

use super::super::arrangements::{kind, place};
use super::super::context::Context;
use super::super::official::sounds_official;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::collection::{self, Terms, morning_after};
use super::{RULES, State, handing_back, news, turn};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::text;
use crate::value::{Kind, Slot, Slots, Value};

/// Inputs `title`, `target`, `end`, which is a day, `pays`, which is `me`, `other` or `spend`, and
/// `to` where it is another: begins one. Shows all of it, and `name` and `phone` of who gets it.
pub const START: Service = Service {
    name: "start_collection",
    authority: Authority::Customer,
    opens: 2,
    wants: &[beneficiary_and_places],
    decide: start,
    shows: &[
        Slot("title", Kind::Name),
        Slot("target", Kind::Money),
        Slot("day", Kind::Day),
        Slot("collection", Kind::Code),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
    refusals: &[COLLECTION_END, COLLECTIONS_FULL],
    messages: &[
        &STARTED,
        &turn::MISSED,
        &turn::ENTRUSTED,
        &turn::REACHED,
        &turn::PAID_OUT,
        &turn::WAITS,
        &handing_back::GIFT_BACK,
        &handing_back::ALL_BACK,
        &news::GIFT_SPENT,
        &news::GIFT_PAID_OUT,
        &news::LAPSED,
    ],
    ..Service::PLAIN
};

/// No day within two years.
pub const COLLECTION_END: Reason = Reason::new("collection_end");
/// As many collections as one may have.
pub const COLLECTIONS_FULL: Reason = Reason::new("collections_full");

/// To who begins one.
pub const STARTED: Message = Message::plain(
    "sms.collection_started",
    &[
        Slot("title", Kind::Name),
        Slot("collection", Kind::Code),
        Slot("target", Kind::Money),
        Slot("day", Kind::Day),
        Slot("dial", Kind::Text),
    ],
);

/// Collections of one organiser.
const OPEN_MAX: usize = 8;
/// Days from today within which one ends: two years.
const DAYS_MAX: i32 = 730;

fn beneficiary_and_places(context: &Context) -> Vec<Want> {
    let mut wants = party::wants_both(context, "to");
    let owner = context.person().map(|owner| owner.account_id);
    wants.extend(owner.into_iter().flat_map(|owner| place::wants(context, &RULES, owner)));
    wants
}

fn start(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let owner = context.person()?;
    let place = place::take(context, &RULES, owner.account_id, OPEN_MAX, COLLECTIONS_FULL)?;
    let title = plain(context, "title")?;
    plan.show("title", Value::Name(title.clone()));
    let target = context.amount("target")?;
    plan.show("target", target);
    let until = end(context)?;
    plan.show("day", until);
    let account = AccountId::of(context.fresh_id.saturating_add(1));
    let (state, other) = pays(context, plan)?;
    let terms = Terms {
        title,
        target_minor: target.minor,
        until,
        salt: context.salt.iter().map(|byte| format!("{byte:02x}")).collect(),
        last_gift: None,
        paid: Vec::new(),
        spend_by: None,
        told: None,
        telling: None,
        ended: None,
        back: None,
    };
    let row = ArrangementRow {
        subject: collection::number(account),
        due_at: Some(morning_after(context, until).micros()),
        body: kind::written(&terms),
        ..RULES.row(context, state.into(), owner.account_id, other)
    };
    plan.show("collection", Value::Code(row.subject.clone()));
    let mut told: Slots = plan.shown(&["title", "target", "day", "collection"]);
    told.insert("dial".into(), context.config.dial.clone().into());
    let mut changes = vec![place];
    changes.extend(kind::begun_with_account(context, row, account));
    changes.push(context.tell(owner, &STARTED, told, None));
    plan.commit(Act { kind: START.name, changes, ..Act::default() });
    Ok(())
}

/// A few plain words that do not sound as if the service spoke.
pub fn plain(context: &Context, field: &'static str) -> Result<String, PlanError> {
    let plain = text::reference(context.field(field)?);
    let plain = plain.filter(|words| !sounds_official(context.config, words));
    Ok(plain.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, field))?)
}

/// The last day on which it takes gifts.
fn end(context: &Context) -> Result<Day, PlanError> {
    let today = context.today().number();
    let last = Day::new(today.saturating_add(DAYS_MAX));
    let until = Day::read(context.field("end")?.trim());
    let until = until.filter(|day| day.number() > today && *day <= last);
    Ok(until.ok_or_else(|| Refusal::of_field(COLLECTION_END, "end"))?)
}

/// Whether all of it is paid out, and to whom where it is not the organiser.
fn pays(context: &Context, plan: &mut Plan) -> Result<(State, Option<AccountId>), PlanError> {
    match context.field("pays")? {
        "me" => Ok((State::Gathering, None)),
        "spend" => Ok((State::Pooling, None)),
        "other" => {
            let other = party::payee(context, "to")?;
            plan.show_all(party::sign(context.config, other));
            Ok((State::Gathering, Some(other.account_id)))
        }
        _unknown => Err(Refusal::of_field(Reason::FIELD_MISSING, "pays").into()),
    }
}
