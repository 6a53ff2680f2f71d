//! Who acts: whatever is recorded was done by somebody. It knows no rights and no names: what an
//! actor may do is for each act to say.

use crate::id::{AccountId, AssistantId};
use std::fmt;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The owner of a wallet, by its account: a gateway vouched for the number.
    Customer(AccountId),
    /// Somebody whose number has no wallet yet.
    Stranger,
    /// Who serves at an outlet, by the number of their work there.
    Assistant(AssistantId),
    /// A member of the operator's staff, by the name they sign with.
    Staff(String),
    /// The key of a merchant, by its name.
    Key(String),
    /// The service itself, when the time for something has come.
    Service,
}

/// As it is recorded.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Customer(account) => write!(f, "customer {account}"),
            Actor::Stranger => f.write_str("stranger"),
            Actor::Assistant(id) => write!(f, "assistant {id}"),
            Actor::Staff(name) => write!(f, "staff {name}"),
            Actor::Key(name) => write!(f, "key {name}"),
            Actor::Service => f.write_str("service"),
        }
    }
}
