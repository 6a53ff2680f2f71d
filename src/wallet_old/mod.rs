//! The wallet: what people can do with their money, one file per service.
//!
//! A service is one function, `plan`: it reads facts, decides, and says what would happen, as values for a screen and an
//! `Act` for the book. A quote shows the plan, doing it commits the same plan. So a new service is a file here, a line
//! in `SERVICES` and some menu data. The wallet never knows which channel asks, and it never commits money itself.

pub mod account;
pub mod agent;
pub mod desk;
pub mod expiry;
pub mod join;
pub mod known;
pub mod limits;
pub mod orders;
pub mod pin;
pub mod price;
pub mod request;
pub mod send;
pub mod standing;

pub use crate::wallet::bootstrap as founding;
pub use crate::wallet::{Caller, House, Rules, Service, Wallet, Whose, receipt};
pub use desk::{Act, Desk, Halt, Plan};
pub use known::{Known, Reach};

use crate::ask::Item;

/// A line of a list.
fn item<V: Clone + Into<crate::value::Value>>(id: i64, slots: &[(&str, V)]) -> Item {
    let slots = slots.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
    Item { id: id.to_string(), slots }
}
