//! What the services say of themselves, as the check of the menus needs it: their names, the
//! messages that leave the house, the reasons of refusals, and every slot with the kind of value
//! that it takes. Who puts it together knows the services; nothing here does.

use crate::market::Market;
use crate::money::Money;
use crate::refusal::Reason;
use crate::value::{Kind, Slot, Value};
use crate::wallet::service::{Message, With};
use std::collections::BTreeMap;

/// What texts may speak of.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// The names of the services.
    pub services: Vec<&'static str>,
    /// What each of them shows.
    pub shows: BTreeMap<&'static str, &'static [Slot]>,
    /// The messages that leave the house.
    pub messages: Vec<&'static Message>,
    /// Why something may be refused.
    pub reasons: Vec<Reason>,
    /// The keys of other texts that must be there: those of pages, which nothing measures.
    pub texts: Vec<String>,
    /// The values that screens and messages are given.
    pub slots: BTreeMap<&'static str, Kind>,
}

/// What a message may tell of its posting.
pub(super) const RECEIPT: [Slot; 3] =
    [Slot("code", Kind::Code), Slot("date", Kind::Day), Slot("time", Kind::Time)];
pub(super) const BALANCE: Slot = Slot("balance", Kind::Money);

/// Every value that a message is sent with.
pub(super) fn slots_of(message: &Message) -> Vec<Slot> {
    let told: &[Slot] = match message.with {
        With::Nothing => &[],
        With::Receipt | With::Balance => &RECEIPT,
    };
    let balance = if message.with == With::Balance { Some(BALANCE) } else { None };
    // a code is put into words when the message leaves
    let words = message.slots.iter().filter(|slot| slot.1 == Kind::Text);
    let words = words.filter_map(|slot| slot.0.strip_suffix("_code"));
    let unsaid = words.filter(|words| message.slots.iter().all(|slot| slot.0 != *words));
    let coded = unsaid.map(|words| Slot(words, Kind::Text));
    message.slots.iter().chain(told).copied().chain(balance).chain(coded).collect()
}

impl Vocabulary {
    /// Takes in slots; the name of the first that was known as another kind.
    pub fn learn(&mut self, slots: impl IntoIterator<Item = Slot>) -> Option<&'static str> {
        let mut clash = None;
        for Slot(name, kind) in slots {
            if *self.slots.entry(name).or_insert(kind) != kind {
                clash = clash.or(Some(name));
            }
        }
        clash
    }

    /// Takes in messages with their slots.
    pub fn tell(&mut self, messages: impl IntoIterator<Item = &'static Message>) {
        for message in messages {
            self.learn(slots_of(message));
            self.messages.push(message);
        }
    }
}

/// The longest value of a kind, where that follows from the kind alone.
pub(super) fn longest(kind: Kind, market: &Market) -> Option<Value> {
    // one more than the most that can be written, as that has coins
    let most = Money::new(Money::MINOR_MAX.saturating_add(1), market.currency);
    let less = Money::new(COUNTED_MAX_MINOR.saturating_neg(), market.currency);
    match kind {
        Kind::Money => Some(Value::Money(most)),
        Kind::Sum => Some(Value::Sum(less)),
        Kind::Difference => Some(Value::Difference(less)),
        Kind::Day => Some(Value::Text("23/11/26".to_owned())),
        Kind::Time => Some(Value::Text("14:05".to_owned())),
        Kind::Phone => Some(Value::Text(market.sample.clone())),
        Kind::Name | Kind::Code | Kind::Count | Kind::Text => None,
    }
}

/// No drawer holds more, with its coins, minor units.
const COUNTED_MAX_MINOR: i64 = 9_999_999_999;
