//! What is done about a collection when its time has come: it closes on its day, it is seen whether
//! it was reached, and what is reached is paid out, or left to its organiser to pay from.

use super::super::arrangements::kind::WakeWants;
use super::super::arrangements::{Kind, Role};
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use super::super::service::Message;
use super::super::{metering, party};
use super::collection::{Collection, Ended, HandingBack, Paid, by_day, morning_after};
use super::{Event, PAID_ON, RULES, State, handing_back, news};
use crate::book::Leg;
use crate::calendar::Day;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::value::{self, Slot};

/// What is gathered, as it waits for its day.
pub const KIND: Kind = Kind { wants: WANTS, wake, ..RULES };

/// What must be read of one whose time has come.
const WANTS: &[WakeWants] = &[
    |_context, row| Collection::of(row).map(|found| found.wants()).into_iter().collect(),
    |context, row| of_state(context, row, handing_back::gifts, news::flows),
    |context, row| of_state(context, row, handing_back::givers, news::givers),
];

/// To its organiser: it was not reached.
pub const MISSED: Message = Message::plain(
    "sms.collection_missed",
    &[
        Slot("title", value::Kind::Name),
        Slot("gathered", value::Kind::Money),
        Slot("target", value::Kind::Money),
    ],
);
/// To its organiser: they may pay from it now.
pub const ENTRUSTED: Message = Message::plain(
    "sms.collection_entrusted",
    &[
        Slot("title", value::Kind::Name),
        Slot("gathered", value::Kind::Money),
        Slot("day", value::Kind::Day),
        Slot("dial", value::Kind::Text),
    ],
);
/// To who gets all of it.
pub const REACHED: Message = Message::balance(
    "sms.collection_reached",
    &[
        Slot("title", value::Kind::Name),
        Slot("amount", value::Kind::Money),
        Slot("name", value::Kind::Name),
    ],
);
/// To its organiser where somebody else got it,
pub const PAID_OUT: Message = Message::receipt(
    "sms.collection_paid_out",
    &[
        Slot("title", value::Kind::Name),
        Slot("amount", value::Kind::Money),
        Slot("name", value::Kind::Name),
        Slot("phone", value::Kind::Phone),
    ],
);
/// or could not take it.
pub const WAITS: Message = Message::plain(
    "sms.collection_waits",
    &[
        Slot("title", value::Kind::Name),
        Slot("amount", value::Kind::Money),
        Slot("name", value::Kind::Name),
        Slot("phone", value::Kind::Phone),
    ],
);

/// Days within which its organiser is to pay from it.
const SPEND_DAYS: i32 = 365;

/// What is read of it where it goes back, and where givers hear of payments.
fn of_state(context: &Context, row: &ArrangementRow, back: Reads, told: Reads) -> Vec<Want> {
    let Ok(collection) = Collection::of(row) else { return Vec::new() };
    let wants = match collection.state {
        State::Returning => back(context, &collection),
        State::Spending | State::Telling => told(context, &collection),
        State::Gathering
        | State::Pooling
        | State::Closing
        | State::PoolClosing
        | State::Spent
        | State::Returned => Ok(Vec::new()),
    };
    wants.unwrap_or_default()
}

type Reads = fn(&Context, &Collection) -> Result<Vec<Want>, PlanError>;

/// Its time has come.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    // a mistake of ours: it is reported, and looked at again
    if let Some(refusal) = refused.filter(|refusal| refusal.reason == Reason::INVALID) {
        return Err(refusal.clone().into());
    }
    let collection = Collection::of(row)?;
    match collection.state {
        State::Gathering | State::Pooling => {
            let put =
                collection.put(Event::Close, Role::Service, &collection.terms, context.now)?;
            Ok(Act { kind: RULES.name, changes: vec![put], ..Act::default() })
        }
        State::Closing | State::PoolClosing => closed(context, &collection, refused),
        State::Returning => handing_back::piece(context, &collection, refused),
        State::Spending | State::Telling => news::turn(context, &collection, refused),
        State::Spent | State::Returned => Err(PlanError::Damaged("a collection that is over")),
    }
}

/// It takes no more gifts: what is there is all that there ever will be.
fn closed(
    context: &Context,
    collection: &Collection,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    let account = collection.account(context)?;
    if account.balance_minor < collection.terms.target_minor {
        return missed(context, collection);
    }
    if collection.state == State::PoolClosing {
        return entrusted(context, collection);
    }
    let organiser = party::account(context, collection.row.owner)?;
    let beneficiary = party::account(context, collection.beneficiary(context)?.account_id)?;
    let able = account.state.pays() && organiser.state.pays() && beneficiary.state.receives();
    if able && refused.is_none() {
        paid_out(context, collection)
    } else {
        waits(context, collection)
    }
}

fn missed(context: &Context, collection: &Collection) -> Result<Act, PlanError> {
    let last_gift = collection.account(context)?.last_posting;
    let mut terms = collection.terms.clone();
    terms.last_gift = last_gift;
    terms.ended = Some(Ended::Missed);
    terms.back = Some(HandingBack { next: last_gift, ..HandingBack::default() });
    let told = collection.told(context, &["gathered", "target"])?;
    let changes = vec![
        collection.unmoved(context)?,
        collection.put(Event::Miss, Role::Service, &terms, context.now)?,
        context.tell(context.person()?, &MISSED, told, None),
    ];
    Ok(Act { kind: RULES.name, changes, ..Act::default() })
}

fn entrusted(context: &Context, collection: &Collection) -> Result<Act, PlanError> {
    let spend_by = Day::new(context.today().number().saturating_add(SPEND_DAYS));
    let mut terms = collection.terms.clone();
    terms.last_gift = collection.account(context)?.last_posting;
    terms.spend_by = Some(spend_by);
    let mut told = collection.told(context, &["gathered"])?;
    told.insert("day".into(), spend_by.into());
    told.insert("dial".into(), context.config.dial.clone().into());
    let due = morning_after(context, spend_by);
    let changes = vec![
        collection.unmoved(context)?,
        collection.put(Event::Entrust, Role::Service, &terms, due)?,
        context.tell(context.person()?, &ENTRUSTED, told, None),
    ];
    Ok(Act { kind: RULES.name, changes, ..Act::default() })
}

fn paid_out(context: &Context, collection: &Collection) -> Result<Act, PlanError> {
    let account = collection.account(context)?;
    let amount = context.money(account.balance_minor);
    let beneficiary = collection.beneficiary(context)?;
    let organiser = context.person()?;
    let mut terms = collection.terms.clone();
    terms.last_gift = account.last_posting;
    let to = party::masked_name(&beneficiary.name);
    terms.paid.push(Paid { to, words: String::new() });
    let mut reached = collection.told(context, &[])?;
    reached.insert("amount".into(), amount.into());
    let mut paid = reached.clone();
    paid.extend(party::sign(context.config, beneficiary));
    reached.insert("name".into(), party::name(organiser));
    let mut changes = vec![
        collection.unmoved(context)?,
        collection.put(Event::PayOut, Role::Service, &terms, by_day(context))?,
        context.tell(beneficiary, &REACHED, reached, Some(beneficiary.account_id)),
    ];
    if beneficiary.account_id != organiser.account_id {
        changes.push(context.tell(organiser, &PAID_OUT, paid, None));
    }
    Ok(Act {
        kind: PAID_ON,
        legs: vec![
            Leg { account: account.id, amount_minor: amount.minor.saturating_neg() },
            Leg { account: beneficiary.account_id, amount_minor: amount.minor },
        ],
        meters: vec![metering::received(context, beneficiary, amount)],
        changes,
        ..Act::default()
    })
}

/// Whom it is for cannot take it: it is tried again each morning, and its organiser may call it
/// off.
fn waits(context: &Context, collection: &Collection) -> Result<Act, PlanError> {
    let mut told = collection.told(context, &[])?;
    let amount = context.money(collection.account(context)?.balance_minor);
    told.insert("amount".into(), amount.into());
    told.extend(party::sign(context.config, collection.beneficiary(context)?));
    let mut act = collection.later(context, morning_after(context, context.today()))?;
    act.changes.push(context.tell(context.person()?, &WAITS, told, None));
    Ok(act)
}
