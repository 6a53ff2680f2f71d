//! The desk a service works at: facts it may read, inputs in typed form, and the plan it fills in.

use super::{Caller, Known, Reach};
use crate::ask::{Fields, Item, Secret, Slots, Verb};
use crate::book::{Change, HoldMove, Key, Leg, Meter, Proof};
use crate::limits::Limits;
use crate::live::Live;
use crate::market::Market;
use crate::money::Money;
use crate::phone::Msisdn;
use crate::pin::PinKeys;
use crate::refusal::{Reason, Refusal};
use crate::seal::Dice;
use crate::standing::Every;
use crate::store::StoreError;
use crate::store::agents::Till;
use crate::store::outbox::NewMessage;
use crate::store::people::{PersonRow, PinRow};
use crate::tariff::Tariff;
use crate::text;
use crate::time::{Clock, Timestamp};
pub use crate::wallet::House;
use std::collections::BTreeSet;

/// The old way of a plan.
pub type OldPlan = fn(&mut Desk) -> Result<(), Halt>;

/// What would happen: values for a screen, and what the book is to do.
#[derive(Debug, Default)]
pub struct Plan {
    /// Values for texts.
    pub slots: Slots,
    /// Conditions that menus can branch on.
    pub flags: BTreeSet<String>,
    /// Lines, when a list was asked for.
    pub items: Vec<Item>,
    /// What to commit, when there is something to do.
    pub act: Option<Act>,
    /// What the caller's PIN is compared with, where one was typed.
    pub pin: Option<PinRow>,
    /// It was done, and nobody hears of that by SMS.
    pub silent: bool,
    /// It was done without a posting.
    pub unposted: bool,
}

pub use crate::wallet::plan::Act;

/// Why a plan ends early.
#[derive(Debug)]
pub enum Halt {
    /// The answer is no.
    Refused(Refusal),
    /// There is no answer: the database failed.
    Broken(StoreError),
    /// Something must be read, and the way to the database is closed.
    Unread,
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Halt::Refused(refusal)
    }
}

impl From<Reason> for Halt {
    fn from(reason: Reason) -> Self {
        Halt::Refused(reason.into())
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Halt::Broken(error)
    }
}

/// Where a service finds what it needs and leaves its plan.
pub struct Desk<'a> {
    /// For reading facts.
    pub conn: Reach<'a>,
    /// Rules and keys.
    pub house: &'a House,
    /// Who asks.
    pub caller: &'a Caller,
    /// Inputs so far.
    pub fields: &'a Fields,
    /// The secret input of this step.
    pub secret: Option<Secret>,
    /// What makes a repetition of the request recognisable, where something is being done.
    pub key: Option<Key>,
    /// The first of the numbers never used before that the service opens something with, where it is being done; otherwise 0.
    pub fresh_id: i64,
    /// What the plan is for: a warning is for who is about to say yes, and costs facts that others need not wait for.
    pub verb: Verb,
    /// The time.
    pub now: Timestamp,
    /// What was read of people so far.
    pub known: Known,
    /// Where it was asked for, as tariffs name it.
    pub channel: &'static str,
    /// What is planned so far.
    pub plan: Plan,
}

impl<'a> Desk<'a> {
    /// The caller, who must have joined.
    pub fn person(&self) -> Result<&'a PersonRow, Halt> {
        Ok(self.caller.person.as_ref().ok_or(Reason::NotJoined)?)
    }

    /// Where the caller serves as an agent.
    pub fn till(&self) -> Result<&'a Till, Halt> {
        let till = self.caller.till.as_ref().ok_or(Reason::NotAgent)?;
        if till.outlet.state == "open" { Ok(till) } else { Err(Reason::NotAgent.into()) }
    }

    /// An input, or the refusal that it is missing.
    pub fn field(&self, name: &'static str) -> Result<&'a str, Halt> {
        let value = self.fields.get(name).map(String::as_str);
        Ok(value.ok_or_else(|| Refusal::of_field(Reason::FieldMissing, name))?)
    }

    /// An input that is a phone number.
    pub fn phone(&self, name: &'static str) -> Result<Msisdn, Halt> {
        let text = self.field(name)?;
        Ok(Msisdn::parse(text, &self.house.market).map_err(|reason| Refusal::of_field(reason, name))?)
    }

    /// An input that is an amount above zero, in minor units.
    pub fn amount(&self, name: &'static str) -> Result<Money, Halt> {
        let text = self.field(name)?;
        let amount = Money::from_minor_text(text, self.house.market.currency);
        match amount {
            Some(amount) if amount.minor > 0 => Ok(amount),
            Some(_) => Err(Refusal::of_field(Reason::AmountZero, name).into()),
            None => Err(Refusal::of_field(Reason::AmountFormat, name).into()),
        }
    }

    /// An amount of the market's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.house.market.currency)
    }

    /// Sets a value for the texts.
    pub fn show(&mut self, slot: &str, value: impl Into<crate::value::Value>) {
        self.plan.slots.insert(slot.to_owned(), value.into());
    }

    /// The values of the plan with these names.
    pub fn shown(&self, names: &[&str]) -> Slots {
        let all = self.plan.slots.iter().filter(|(name, _)| names.contains(&name.as_str()));
        all.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// A message to a person, with values for its text. With `account`, it tells that account's new balance.
    pub fn tell(&self, to: &PersonRow, template: &str, slots: Slots, account: Option<i64>) -> Change {
        Change::Tell(message(&to.msisdn, &to.language, template, &slots, account, self.now))
    }
}

pub use crate::wallet::outgoing::message;
pub use crate::wallet::party::masked_name;
