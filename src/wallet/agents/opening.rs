//! Opening an outlet: with an empty float and no commission yet. Whoever serves there is said
//! elsewhere, and float is bought, or issued against a line of a statement.

use super::super::context::Context;
use super::super::office::two_people::why;
use super::super::party;
use super::super::people::join::empty_wallet;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Keep};
use crate::id::{AccountId, PostingId};
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::agent_rows::{OutletRow, OutletState};
use crate::store::book_rows::{Account, AccountKind};
use crate::store::records::Record;
use crate::value::{Kind, Slot, Value};

/// Letters of an outlet's name, and of where it is: longer ones would be cut on a screen.
const NAME: std::ops::RangeInclusive<usize> = 2..=18;

/// Inputs `outlet`, `area`, `why`, and perhaps `head_office`, an agent's number.
pub const OPEN: Service = Service {
    name: "open_outlet",
    authority: Authority::Staff(Right::Outlets),
    opens: 2,
    wants: &[|context| party::wants_outlet(context, "head_office")],
    decide: open,
    shows: &[
        Slot("name", Kind::Name),
        Slot("area", Kind::Text),
        Slot("head_office", Kind::Name),
        Slot("agent", Kind::Phone),
    ],
    ..Service::PLAIN
};

/// Words that every phone can show, as many as fit.
fn words<'a>(context: &Context<'a>, field: &'static str) -> Result<&'a str, PlanError> {
    let typed = context.field(field)?.trim();
    let fits = crate::text::septets(typed).is_some_and(|cost| NAME.contains(&cost));
    if fits { Ok(typed) } else { Err(Refusal::of_field(Reason::NAME_FORMAT, field).into()) }
}

/// The float of its head office, where it has one.
fn head_office(context: &Context, plan: &mut Plan) -> Result<Option<AccountId>, PlanError> {
    if !context.fields.contains_key("head_office") {
        return Ok(None);
    }
    let head = party::outlet(context, "head_office")?;
    plan.show("head_office", Value::Name(head.name.clone()));
    // an outlet is the head office of others, or has one
    match head.head_office {
        Some(_) => Err(Refusal::of_field(Reason::AGENT_UNKNOWN, "head_office")
            .with("agent", AgentNumber::of(head.float_account))
            .into()),
        None => Ok(Some(head.float_account)),
    }
}

fn open(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (name, area) = (words(context, "outlet")?, words(context, "area")?);
    plan.show("name", Value::Name(name.to_owned()));
    plan.show("area", area.to_owned());
    let head_office = head_office(context, plan)?;
    let why = why(context)?.to_owned();
    let float_account = AccountId::of(context.fresh_id);
    let commission_account = AccountId::of(context.fresh_id.saturating_add(1));
    // only who commits it has a number
    if context.fresh_id != 0 {
        plan.show("agent", AgentNumber::of(float_account));
        plan.concerns = Some(float_account);
    }
    let currency = context.config.market.currency.as_str();
    let opened = |id, kind| Change::OpenAccount(Account { kind, ..empty_wallet(id, currency) });
    let row = OutletRow {
        float_account,
        version: 1,
        last_posting: PostingId::NONE,
        commission_account,
        head_office,
        name: name.to_owned(),
        area: area.to_owned(),
        state: OutletState::Open,
        opened_at: context.now.micros(),
        low_float_minor: None,
    };
    let changes = vec![
        opened(float_account, AccountKind::Float),
        opened(commission_account, AccountKind::Commission),
        Change::Keep(Keep { record: Record::Outlet(row), event: "open", note: why }),
    ];
    plan.commit(Act { kind: "open_outlet", changes, ..Act::default() });
    Ok(())
}
