//! Who takes part in something, and how others see them: which account, a masked name, a masked
//! number.

use super::service_config::ServiceConfig;
use crate::agent_number::AgentNumber;
use crate::id::AccountId;
pub use crate::person_name::masked as masked_name;
use crate::phone::Msisdn;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::value::{Slots, Value};

/// Who takes part in something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// Somebody with a wallet.
    Person(PersonRow),
    /// An outlet, by its float.
    Outlet(OutletRow),
}

impl Party {
    /// The account that takes their money.
    pub fn account(&self) -> AccountId {
        match self {
            Party::Person(person) => person.account_id,
            Party::Outlet(outlet) => outlet.float_account,
        }
    }

    /// How others see them: `name` and `phone`.
    pub fn sign(&self, config: &ServiceConfig) -> Slots {
        match self {
            Party::Person(person) => sign(config, person),
            Party::Outlet(outlet) => outlet_sign(outlet),
        }
    }

    /// What others call them.
    pub fn name(&self) -> Value {
        match self {
            Party::Person(person) => name(person),
            Party::Outlet(outlet) => Value::Name(outlet.name.clone()),
        }
    }
}

/// How others see a person: masked name and number.
pub fn sign(config: &ServiceConfig, person: &PersonRow) -> Slots {
    let phone = Msisdn::from_e164(&person.msisdn)
        .map_or(Value::Phone(String::new()), |phone| Value::masked(&phone, &config.market));
    Slots::from([("name".into(), name(person)), ("phone".into(), phone)])
}

/// What others call a person.
pub fn name(person: &PersonRow) -> Value {
    Value::Name(masked_name(&person.name))
}

/// How customers see an outlet: its name and its number.
pub fn outlet_sign(outlet: &OutletRow) -> Slots {
    let number = AgentNumber::of(outlet.float_account);
    Slots::from([
        ("name".into(), Value::Name(outlet.name.clone())),
        ("phone".into(), number.into()),
    ])
}

/// Somebody whose number staff typed: all of it, so that two with names alike are told apart.
pub fn sign_as_typed(config: &ServiceConfig, name: &str, phone: &Msisdn) -> String {
    format!("{} {}", masked_name(name), phone.local(&config.market))
}
