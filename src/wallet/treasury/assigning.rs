//! Saying who looks into something that lies between the bank and the book, and what is known of
//! it. One person may: nothing moves by it.

use super::super::arrangements::Role;
use super::super::arrangements::kind;
use super::super::context::Context;
use super::super::office::staff_list::STAFF_UNKNOWN;
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::bank_case::{self, Case, Event, ITEM_GONE, KIND, State, of_item};
use super::bank_item::{Item, LineName};
use super::redemption;
use crate::book::{Change, Put};
use crate::id::{AccountId, ArrangementId};
use crate::matching::bank_code;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::staff_rows::StaffState;
use crate::store::wants::Want;
use crate::value::{Kind as Of, Slot};

/// Inputs `item` (a line, or the number or code of a payment), `owner`, what one of the staff signs
/// with, and `why`: what is known so far.
pub const ASSIGN: Service = Service {
    name: "assign_item",
    authority: Authority::Staff(Right::Bank),
    opens: 1,
    wants: &[
        |context| wants_item(context).into_iter().chain([Want::AllStaff]).collect(),
        |context| {
            LineName::typed(context, "item")
                .map(|line| line.wants_left(context))
                .unwrap_or_default()
        },
    ],
    decide: assign,
    shows: &[Slot("item", Of::Text), Slot("amount", Of::Money), Slot("owner", Of::Text)],
    refusals: &[ITEM_GONE, STAFF_UNKNOWN],
    ..Service::PLAIN
};

fn wants_item(context: &Context) -> Vec<Want> {
    if let Ok(line) = LineName::typed(context, "item") {
        return line.wants();
    }
    match redemption_named(context) {
        Ok(id) => vec![Want::Arrangement(id), bank_case::wants(&id.to_string())],
        Err(_none) => Vec::new(),
    }
}

fn redemption_named(context: &Context) -> Result<ArrangementId, PlanError> {
    let number = bank_code::read(context.field("item")?);
    let gone = || Refusal::of_field(ITEM_GONE, "item");
    Ok(number.map(ArrangementId::of).ok_or_else(gone)?)
}

/// What an input names.
struct Named {
    /// What its case is kept under,
    subject: String,
    /// and what people call it.
    called: String,
    amount_minor: i64,
}

fn open_item(context: &Context) -> Result<Named, PlanError> {
    let gone = || PlanError::from(Refusal::of_field(ITEM_GONE, "item"));
    if let Ok(name) = LineName::typed(context, "item") {
        let item = Item::of(context, name, "item")?;
        let (subject, called, amount_minor) = (name.text(), name.text(), item.left_minor);
        let named = Named { subject, called, amount_minor };
        return if amount_minor == 0 { Err(gone()) } else { Ok(named) };
    }
    let id = redemption_named(context)?;
    let row = context.facts.arrangement(id)?;
    let row = row.filter(|row| row.open && row.kind == redemption::KIND.name).ok_or_else(gone)?;
    let terms: redemption::Terms = kind::body(row)?;
    let called = bank_code::written(id.number());
    Ok(Named { subject: id.to_string(), called, amount_minor: terms.amount_minor })
}

fn assign(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let Named { subject, called, amount_minor } = open_item(context)?;
    let owner = context.field("owner")?.trim().to_lowercase();
    let works = |row: &crate::store::staff_rows::StaffRow| {
        row.name == owner && row.state == StaffState::Active
    };
    if !context.facts.all_staff()?.iter().any(works) {
        return Err(Refusal::of_field(STAFF_UNKNOWN, "owner").into());
    }
    plan.show("item", called);
    plan.show("amount", context.money(amount_minor));
    plan.show("owner", owner.clone());
    let why = why(context)?;
    let body = kind::written(&Case { owner, note: why.to_owned() });
    let (row, event) = match context.facts.arrangements(of_item(&subject))?.first() {
        Some(row) => (KIND.after(row, Event::Assign.into(), Role::Staff)?, Event::Assign.into()),
        None => {
            let by = AccountId::of(context.staff()?.id.number());
            let row = KIND.row(context, State::Open.into(), by, None);
            (ArrangementRow { subject, ..row }, "begin")
        }
    };
    let put = Put { row: ArrangementRow { body, ..row }, event, note: why.to_owned() };
    plan.commit(Act { kind: "assign_item", changes: vec![Change::Put(put)], ..Act::default() });
    Ok(())
}
