//! What came of a trial, and whether it is what the service says of itself.

use super::super::message::{Message, With};
use super::super::plan::{Plan, PlanError};
use super::super::service::Service;
use crate::book::Change;
use crate::refusal::{Reason, Refusal};
use crate::store::outbox::NewMessage;
use crate::value::{Slot, Slots, Value};

/// What came of a request.
#[derive(Debug)]
pub struct Outcome {
    pub plan: Plan,
    pub error: Option<PlanError>,
}

impl Outcome {
    /// The plan, which was not refused.
    pub fn planned(self) -> Plan {
        assert!(self.error.is_none(), "{:?}", self.error);
        self.plan
    }

    /// The refusal.
    pub fn refused(self) -> Refusal {
        match self.error {
            Some(PlanError::Refused(refusal)) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    /// The refusal's reason and field.
    pub fn reason(self) -> (Reason, Option<&'static str>) {
        let refusal = self.refused();
        (refusal.reason, refusal.field)
    }
}

impl Plan {
    /// A value as people read it; nothing when it is not shown.
    pub fn said(&self, slot: &str) -> String {
        self.slots.get(slot).map(Value::to_string).unwrap_or_default()
    }

    /// Who hears of it: each message's template, its number, and whose balance it says.
    pub fn hearers(&self) -> Vec<(&str, &str, Option<i64>)> {
        let told = self.act.iter().flat_map(|act| &act.changes).filter_map(told_by);
        let account = |told: &NewMessage| told.account_id.map(|account| account.number());
        told.map(|told| (told.template.as_str(), told.number(), account(told))).collect()
    }

    /// The messages, each as its template and values, in the order of their names.
    pub fn messages(&self) -> Vec<(String, String)> {
        let told = self.act.iter().flat_map(|act| &act.changes).filter_map(told_by);
        let line = |slots: Slots| {
            let said: Vec<String> =
                slots.iter().map(|(name, value)| format!("{name}={value}")).collect();
            said.join(" ")
        };
        told.map(|message| {
            (message.template.clone(), line(serde_json::from_str(&message.slots).unwrap()))
        })
        .collect()
    }
}

fn told_by(change: &Change) -> Option<&NewMessage> {
    if let Change::Tell(message)
    | Change::TellStranger(message)
    | Change::TellBelow { message, .. } = change
    {
        Some(message)
    } else {
        None
    }
}

/// Holds a refusal against what the service says of itself.
pub fn conforms_refused(service: &Service, error: &PlanError) {
    if let PlanError::Refused(Refusal { reason, .. }) = error {
        let declared = Reason::COMMON.contains(reason) || service.refusals.contains(reason);
        assert!(declared, "{} does not declare that it refuses: {reason}", service.name);
    }
}

/// Holds what was decided against what the service says of itself.
pub fn conforms(service: &Service, plan: &Plan) {
    let declared = |slots: &[Slot], name: &str, value: &Value| {
        slots.contains(&Slot(slot_name(slots, name), value.kind()))
    };
    let shown = plan.slots.iter().chain(plan.items.iter().flat_map(|item| &item.slots));
    for (name, value) in shown {
        assert!(
            declared(service.shows, name, value),
            "{} does not declare {name}: {:?}",
            service.name,
            value.kind()
        );
    }
    let wrong = plan
        .act
        .iter()
        .flat_map(|act| act.credentials.iter().flat_map(|credential| &credential.locked));
    // what is done as another service's act is told as that one tells it
    let kind = plan.act.as_ref().and_then(|act| crate::wallet::service(act.kind));
    let messages = || service.messages.iter().chain(kind.iter().flat_map(|kind| kind.messages));
    for message in plan.act.iter().flat_map(|act| &act.changes).chain(wrong).filter_map(told_by) {
        let own = messages().find(|own| own.template == message.template);
        let own: &Message =
            own.unwrap_or_else(|| panic!("{} does not declare {}", service.name, message.template));
        let sent: Slots = serde_json::from_str(&message.slots).unwrap();
        for (name, value) in &sent {
            assert!(
                declared(own.slots, name, value),
                "{} does not declare {name}: {:?}",
                own.template,
                value.kind()
            );
        }
        for slot in own.slots {
            assert!(sent.contains_key(slot.0), "{} is sent without {}", own.template, slot.0);
        }
        let balance = own.with == With::Balance;
        assert_eq!(message.account_id.is_some(), balance, "{}: a balance, or none", own.template);
    }
}

fn slot_name(slots: &[Slot], name: &str) -> &'static str {
    slots.iter().map(|slot| slot.0).find(|own| *own == name).unwrap_or("")
}
