//! What waits for somebody's yes: what they want to pay themselves, and what others ask of them.

use super::super::Wallet;
use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use super::order::{self, Order};
use super::payment_request::{self, Request};
use super::pending::{self, SHOWN_MAX};
use super::stored_request::StoredRequest;
use crate::book::Change;
use crate::id::{AccountId, ArrangementId};
use crate::store::arrangement_rows::{self as rows, ArrangementRow};
use crate::store::wants::Want;
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use std::cmp::Reverse;

/// Lists what waits for the caller: `amount`, `name`, `about`.
pub const LIST: Service = Service {
    name: "orders",
    wants: &[waiting, payees],
    decide: list,
    shows: &[Slot("amount", Kind::Money), Slot("name", Kind::Name), Slot("about", Kind::Text)],
    ..Service::PLAIN
};

/// Something that waits for a yes, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pending {
    /// They want it themselves.
    Order(Order),
    /// They are asked for it.
    Request(Request),
}

impl Pending {
    /// What is stored, read; nothing where it is of another kind.
    pub fn of(row: &ArrangementRow) -> Result<Option<Pending>, PlanError> {
        Ok(if row.kind == order::KIND.name {
            Some(Pending::Order(Order::of(row)?))
        } else if row.kind == payment_request::KIND.name {
            Some(Pending::Request(Request::of(row)?))
        } else {
            None
        })
    }

    /// Its number.
    pub fn id(&self) -> ArrangementId {
        match self {
            Pending::Order(order) => order.row.id,
            Pending::Request(request) => request.row.id,
        }
    }

    /// Whose yes it waits for.
    pub fn payer(&self) -> AccountId {
        match self {
            Pending::Order(order) => order.payer,
            Pending::Request(request) => request.payer,
        }
    }

    /// Who is paid then, where it is somebody else.
    pub fn payee(&self) -> Option<AccountId> {
        match self {
            Pending::Order(order) => order.payee,
            Pending::Request(request) => Some(request.asker),
        }
    }

    /// What is asked of its service, where nobody else is paid.
    pub fn request(&self) -> Option<StoredRequest> {
        match self {
            Pending::Order(order) => order.request(),
            Pending::Request(_) => None,
        }
    }

    /// What its service called it, where nobody else is paid.
    fn own_name(&self) -> Option<Value> {
        match self {
            Pending::Order(order) => order.own_name(),
            Pending::Request(_) => None,
        }
    }

    /// The same, and in the place of a number the words for its service.
    pub fn own_sign(&self) -> Slots {
        match self {
            Pending::Order(order) => order.own_sign(),
            Pending::Request(_) => Slots::new(),
        }
    }

    /// How much, minor units.
    pub fn amount_minor(&self) -> i64 {
        match self {
            Pending::Order(order) => order.terms.amount_minor,
            Pending::Request(request) => request.terms.amount_minor,
        }
    }

    /// The service that pays it.
    pub fn service(&self) -> &str {
        match self {
            Pending::Order(order) => &order.terms.service,
            Pending::Request(_) => payment_request::KIND.name,
        }
    }

    /// What it is for.
    fn about(&self) -> Value {
        match self {
            Pending::Order(_) => pending::about(""),
            Pending::Request(request) => request.about(),
        }
    }

    /// Whether it still waits.
    pub fn waits(&self, now: Timestamp) -> bool {
        match self {
            Pending::Order(order) => order::KIND.waits(&order.row, now),
            Pending::Request(request) => request.waits(now),
        }
    }

    /// The change that its payer's yes makes of it.
    pub fn approved(&self) -> Result<Change, PlanError> {
        match self {
            Pending::Order(order) => order.moved(order::Event::Approve, Role::Owner),
            Pending::Request(request) => {
                request.moved(payment_request::Event::Approve, Role::Other)
            }
        }
    }

    /// The change that their no makes of it.
    pub fn declined(&self) -> Result<Change, PlanError> {
        match self {
            Pending::Order(order) => order.moved(order::Event::Decline, Role::Owner),
            Pending::Request(request) => {
                request.moved(payment_request::Event::Decline, Role::Other)
            }
        }
    }
}

impl Wallet {
    /// How many payments wait for the yes of this account.
    pub async fn orders_waiting(&self, account: AccountId) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let read = move |conn: &mut Conn| {
            conn.wait(async |asked| {
                let mut found = rows::find(asked, &order::wanted_by(account)).await?;
                found.extend(rows::find(asked, &payment_request::asked_of(account)).await?);
                Ok::<_, StoreError>(found)
            })
        };
        let found = self.store.read(read).await?;
        let pending = found.iter().filter_map(|row| Pending::of(row).ok().flatten());
        Ok(pending.filter(|pending| pending.waits(now)).count())
    }
}

fn waiting(context: &Context) -> Vec<Want> {
    let Ok(payer) = context.person() else { return Vec::new() };
    let payer = payer.account_id;
    [order::wanted_by(payer), payment_request::asked_of(payer)].map(Want::Arrangements).to_vec()
}

/// What waits for the caller, the newest first.
fn found(context: &Context) -> Result<Vec<Pending>, PlanError> {
    let payer = context.person()?.account_id;
    let mut found = Vec::new();
    for search in [order::wanted_by(payer), payment_request::asked_of(payer)] {
        for row in context.facts.arrangements(search)? {
            found.extend(Pending::of(row)?.filter(|pending| pending.waits(context.now)));
        }
    }
    found.sort_by_key(|pending| Reverse(pending.id()));
    found.truncate(usize::try_from(SHOWN_MAX).unwrap_or(usize::MAX));
    Ok(found)
}

fn payees(context: &Context) -> Vec<Want> {
    let found = found(context).unwrap_or_default();
    let accounts: Vec<AccountId> = found.iter().filter_map(Pending::payee).collect();
    if accounts.is_empty() { Vec::new() } else { party::wants_of(&accounts) }
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let found = found(context)?;
    let accounts: Vec<AccountId> = found.iter().filter_map(Pending::payee).collect();
    for pending in found {
        let payee =
            pending.payee().map(|payee| party::of(context, &accounts, payee)).transpose()?;
        let own = pending.own_name().unwrap_or(Value::Name(String::new()));
        let slots = Slots::from([
            ("amount".into(), context.money(pending.amount_minor()).into()),
            ("name".into(), payee.flatten().map_or(own, |payee| payee.name())),
            ("about".into(), pending.about()),
        ]);
        plan.line(pending.id(), slots);
    }
    Ok(())
}
