//! Putting money into a group: by dialling, by a text that leaves it to the PIN, or by a standing
//! order. In a small group all hear of each contribution; in a bigger one that would cost more than
//! it says, and everybody finds it in the statement.

use super::super::context::Context;
use super::super::metering;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::pricing;
use super::super::service::{Authority, ByText, Message, Service};
use super::super::waiting::stored_request::StoredRequest;
use super::super::waiting::{order, pending};
use super::carrying::Case;
use super::group::Group;
use super::inviting::GROUP_WHICH;
use super::membership::{self, GROUP_GONE};
use super::proposing::{self, GROUP_FORMING, takes_part};
use super::voting::groups;
use crate::book::{Change, Leg};
use crate::id::ArrangementId;
use crate::reason::Reason;
use crate::store::wants::Want;
use crate::tariff::Able;
use crate::value::{Kind, Slot};

/// Inputs `group`, `amount`: puts so much into it. What it is called is its `name`.
pub const CONTRIBUTE: Service = Service {
    name: "contribute",
    authority: Authority::Customer,
    wants: &[named, members],
    decide: contribute,
    shows: &[
        Slot("group", Kind::Name),
        Slot("name", Kind::Name),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
    ],
    refusals: &[GROUP_GONE, GROUP_FORMING],
    messages: &[&GIVEN, &HEARD],
    priced: Some(Able {
        tier: true,
        channels: &["ussd", "sms"],
        month: true,
        payee: false,
        stands_for: &[],
    }),
    by_standing_order: true,
    ..Service::PLAIN
};

/// Inputs `amount`, which is what the group has agreed on where it is missing, and `reference`
/// where there are several groups: leaves an order for the PIN.
pub const BY_TEXT: Service = Service {
    name: "contribute_by_text",
    opens: 1,
    wants: &[memberships_and_orders, each_group, |context| asks(context, 1)],
    decide: by_text,
    shows: order::SHOWS,
    refusals: &[GROUP_GONE, GROUP_FORMING, GROUP_WHICH, pending::ORDERS_FULL],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// The new balance is that of the group.
const GIVEN: Message = Message::balance(
    "sms.group_given",
    &[Slot("amount", Kind::Money), Slot("fee", Kind::Money), Slot("group", Kind::Name)],
);
/// The same, to the others.
const HEARD: Message = Message::balance(
    "sms.group_heard",
    &[Slot("amount", Kind::Money), Slot("group", Kind::Name), Slot("name", Kind::Name)],
);

/// In a group of so many all hear of each contribution.
const HEARD_BY_MAX: usize = 10;

fn chosen(context: &Context) -> Result<ArrangementId, PlanError> {
    context.chosen("group", GROUP_GONE)
}

fn named(context: &Context) -> Vec<Want> {
    let Ok(group) = chosen(context) else { return Vec::new() };
    let own = context.person().map(|own| Want::Owner(own.account_id));
    let members = Want::Arrangements(membership::of_group(group));
    [Want::Arrangement(group), members].into_iter().chain(own).collect()
}

fn members(context: &Context) -> Vec<Want> {
    let group = chosen(context).and_then(|group| membership::members(context, group));
    let members = group.unwrap_or_default();
    if members.len() > HEARD_BY_MAX {
        return Vec::new();
    }
    members.iter().map(|member| Want::Person(member.owner)).collect()
}

fn contribute(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let case = proposing::running(context, plan)?;
    plan.show("name", case.group.name());
    let amount = context.amount("amount")?;
    let fee = pricing::fee(context, CONTRIBUTE.name, payer, amount)?;
    let terms = pricing::terms(amount, fee)?;
    terms.show(plan);
    let wallet = party::payer(context, payer, Reason::ACCOUNT_CLOSED.into())?;
    terms.covered_by(context.money(wallet.available_minor()))?;
    let mut legs = vec![
        Leg { account: wallet.id, amount_minor: terms.total.minor.saturating_neg() },
        Leg { account: case.group.account, amount_minor: terms.arrives_minor() },
    ];
    legs.extend(terms.credits());
    let meters = vec![metering::spent(context, payer, amount)?];
    let mut changes = vec![case.group.runs(), takes_part(&case, payer.account_id)?];
    changes.extend(news(context, plan, &case)?);
    changes.extend(pricing::agreed(context, CONTRIBUTE.name, payer)?);
    plan.commit(Act { kind: CONTRIBUTE.name, legs, meters, changes, ..Act::default() });
    Ok(())
}

/// Who gave it hears of it, and where there are few, so do the others.
fn news(context: &Context, plan: &Plan, case: &Case) -> Result<Vec<Change>, PlanError> {
    let payer = context.person()?;
    let account = Some(case.group.account);
    let own = plan.shown(&["amount", "fee", "group"]);
    let mut changes = vec![context.tell(payer, &GIVEN, own, account)];
    if case.members.len() > HEARD_BY_MAX {
        return Ok(changes);
    }
    let mut told = plan.shown(&["amount", "group"]);
    told.insert("name".into(), party::name(payer));
    for member in case.members.iter().filter(|member| member.owner != payer.account_id) {
        let other = context.facts.person(member.owner)?;
        changes.extend(other.map(|other| context.tell(other, &HEARD, told.clone(), account)));
    }
    Ok(changes)
}

fn memberships_and_orders(context: &Context) -> Vec<Want> {
    let Ok(own) = context.person() else { return Vec::new() };
    let memberships = membership::of_person(own.account_id);
    let mut wants = order::wants(context, own.account_id);
    wants.extend([Want::Arrangements(memberships), Want::Owner(own.account_id)]);
    wants
}

fn each_group(context: &Context) -> Vec<Want> {
    let of_one = |group: ArrangementId| {
        [Want::Arrangement(group), Want::Arrangements(membership::of_group(group))]
    };
    groups(context).into_iter().flat_map(of_one).collect()
}

fn asks(context: &Context, step: usize) -> Vec<Want> {
    request(context).map(|request| request.wants(context, step)).unwrap_or_default()
}

fn by_text(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    plan.act = Some(order::leave(context, plan, request(context)?)?);
    Ok(())
}

/// What a text asks for: to put something into the one group whose name begins with its words; as
/// much as was agreed on where it says no amount.
fn request(context: &Context) -> Result<StoredRequest, PlanError> {
    context.person()?;
    let words = context.fields.get("reference").map_or("", String::as_str).to_lowercase();
    let found = groups(context).into_iter().filter_map(|id| Group::found(context, id).ok());
    let mut found: Vec<Group> = found.collect();
    found.retain(|group| group.terms.name.to_lowercase().starts_with(&words));
    let [group] = &found[..] else { return Err(GROUP_WHICH.into()) };
    let agreed = group.terms.amount_minor.to_string();
    let amount = context.fields.get("amount").cloned().unwrap_or(agreed);
    let own = [("group", group.row.id.to_string()), ("amount", amount)];
    let inputs = own.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(StoredRequest { service: CONTRIBUTE.name.to_owned(), inputs })
}
