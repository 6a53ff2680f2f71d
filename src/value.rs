//! Values that people and programs are told: what a service shows, typed, so that a screen, a text,
//! a letter and JSON each render the same value in their own way. It knows no language, no screen
//! and no service.

use crate::agent_number::AgentNumber;
use crate::calendar::Day;
use crate::market::Market;
use crate::money::Money;
use crate::phone::Msisdn;
use crate::time::TimeOfDay;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Values by slot name, ready to be put into a text: `{balance}` → `KES 780`.
pub type Slots = BTreeMap<String, Value>;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// An amount with its currency: `KES 1,200`.
    Money(Money),
    /// One of several amounts of a report, without the name of the currency: `1,200`.
    Sum(Money),
    /// By how much two amounts of a report differ, with its sign: `+50`, `-20`, `0`.
    Difference(Money),
    /// A day of the market's calendar: `23/11/26`.
    Day(Day),
    /// A time of day on the market's clocks: `14:05`.
    Time(TimeOfDay),
    /// A number, masked or whole, as who reads it may know it.
    Phone(String),
    /// What somebody or something is called. It is cut where it does not fit.
    Name(String),
    /// Signs that are typed or compared as they stand: the code of a receipt, a code for cash.
    /// Never cut.
    Code(String),
    /// How many.
    Count(i64),
    /// Other words. They are cut where they do not fit.
    Text(String),
}

/// What kind of value a slot takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `Value::Money`.
    Money,
    /// `Value::Sum`.
    Sum,
    /// `Value::Difference`.
    Difference,
    /// `Value::Day`.
    Day,
    /// `Value::Time`.
    Time,
    /// `Value::Phone`.
    Phone,
    /// `Value::Name`.
    Name,
    /// `Value::Code`.
    Code,
    /// `Value::Count`.
    Count,
    /// `Value::Text`.
    Text,
}

impl Value {
    /// Somebody else's number: its middle is nobody's business.
    pub fn masked(number: &Msisdn, market: &Market) -> Value {
        Value::Phone(number.masked(market))
    }

    /// A number that whoever reads it has typed, or has to read out.
    pub fn whole(number: &Msisdn, market: &Market) -> Value {
        Value::Phone(number.local(market))
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Money(_) => Kind::Money,
            Value::Sum(_) => Kind::Sum,
            Value::Difference(_) => Kind::Difference,
            Value::Day(_) => Kind::Day,
            Value::Time(_) => Kind::Time,
            Value::Phone(_) => Kind::Phone,
            Value::Name(_) => Kind::Name,
            Value::Code(_) => Kind::Code,
            Value::Count(_) => Kind::Count,
            Value::Text(_) => Kind::Text,
        }
    }

    /// How many, where it says so.
    pub fn count(&self) -> Option<i64> {
        if let Value::Count(count) = self { Some(*count) } else { None }
    }

    /// The amount, where it is one.
    pub fn money(&self) -> Option<Money> {
        match self {
            Value::Money(money) | Value::Sum(money) | Value::Difference(money) => Some(*money),
            Value::Day(_)
            | Value::Time(_)
            | Value::Phone(_)
            | Value::Name(_)
            | Value::Code(_)
            | Value::Count(_)
            | Value::Text(_) => None,
        }
    }

    /// As an input of a service has it: amounts in minor units, days as they are typed, all else as
    /// it is shown.
    pub fn canonical(&self) -> String {
        match self {
            Value::Money(money) | Value::Sum(money) | Value::Difference(money) => {
                money.minor_text()
            }
            Value::Day(_)
            | Value::Time(_)
            | Value::Phone(_)
            | Value::Name(_)
            | Value::Code(_)
            | Value::Count(_)
            | Value::Text(_) => self.to_string(),
        }
    }

    /// The same value with its words, if it has any, changed by `change`; what must not be cut
    /// stays.
    pub fn with_words(self, change: impl FnOnce(&str) -> String) -> Value {
        match self {
            Value::Name(words) => Value::Name(change(&words)),
            Value::Text(words) => Value::Text(change(&words)),
            Value::Phone(words) => Value::Phone(change(&words)),
            Value::Code(words) => Value::Code(change(&words)),
            Value::Money(_)
            | Value::Sum(_)
            | Value::Difference(_)
            | Value::Day(_)
            | Value::Time(_)
            | Value::Count(_) => self,
        }
    }
}

/// As people read it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Money(money) => write!(f, "{money}"),
            Value::Sum(money) => f.write_str(&money.plain()),
            Value::Difference(money) if money.minor > 0 => write!(f, "+{}", money.plain()),
            Value::Difference(money) => f.write_str(&money.plain()),
            Value::Day(day) => f.write_str(&day.text()),
            Value::Time(time) => write!(f, "{time}"),
            Value::Count(count) => write!(f, "{count}"),
            Value::Phone(words) | Value::Name(words) | Value::Code(words) | Value::Text(words) => {
                f.write_str(words)
            }
        }
    }
}

impl From<Money> for Value {
    fn from(money: Money) -> Value {
        Value::Money(money)
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Value {
        Value::Day(day)
    }
}

impl From<TimeOfDay> for Value {
    fn from(time: TimeOfDay) -> Value {
        Value::Time(time)
    }
}

impl From<AgentNumber> for Value {
    fn from(number: AgentNumber) -> Value {
        Value::Phone(number.to_string())
    }
}

impl From<i64> for Value {
    fn from(count: i64) -> Value {
        Value::Count(count)
    }
}

/// Words without a type of their own.
impl From<String> for Value {
    fn from(words: String) -> Value {
        Value::Text(words)
    }
}

impl From<&str> for Value {
    fn from(words: &str) -> Value {
        Value::Text(words.to_owned())
    }
}

/// A slot of a text: its name, and what kind of value it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub &'static str, pub Kind);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use proptest::prelude::*;

    fn kes(minor: i64) -> Money {
        Money::new(minor, Currency::parse("KES").unwrap())
    }

    #[test]
    fn each_kind_has_its_own_look() {
        let look = |value: Value| value.to_string();
        assert_eq!(look(kes(479_300).into()), "KES 4,793");
        assert_eq!(look(Value::Sum(kes(479_350))), "4,793.50");
        assert_eq!(look(Value::Difference(kes(5_000))), "+50");
        assert_eq!(look(Value::Difference(kes(-2_000))), "-20");
        assert_eq!(look(Value::Difference(kes(0))), "0");
        assert_eq!(look(Day::read("23/11/26").unwrap().into()), "23/11/26");
        assert_eq!(look(8.into()), "8");
        let number = Msisdn::from_e164("+254700000002").unwrap();
        assert_eq!(look(Value::masked(&number, &Market::kenya())), "0700***002");
        assert_eq!(look(Value::whole(&number, &Market::kenya())), "0700000002");
        assert_eq!(Value::from(kes(479_300)).canonical(), "479300");
    }

    proptest! {
        /// What is kept between two hops, or waits in the outbox, is what was said.
        #[test]
        fn what_is_stored_is_read_again(
            minor in any::<i64>(),
            count in any::<i64>(),
            words in any::<String>(),
        ) {
            let money = kes(minor);
            let slots = Slots::from([
                ("money".into(), money.into()),
                ("sum".into(), Value::Sum(money)),
                ("less".into(), Value::Difference(money)),
                ("count".into(), count.into()),
                ("day".into(), Day::new(20_000).into()),
                ("text".into(), words.clone().into()),
                ("name".into(), Value::Name(words.clone())),
                ("code".into(), Value::Code(words.clone())),
                ("phone".into(), Value::Phone(words)),
            ]);
            let stored = serde_json::to_string(&slots).unwrap();
            prop_assert_eq!(serde_json::from_str::<Slots>(&stored).unwrap(), slots);
        }
    }
}
