//! Agents: outlets that take cash for money and hand out cash for money, out of a float that is an
//! account like any other. Whoever serves there acts with a PIN of their own, and cash is handed
//! over only after the outlet's own messages show it: what a customer's phone shows may be forged.

pub mod cash_ask;
pub mod cash_in;
pub mod cash_out;
pub mod commission;
pub mod commission_paying;
pub mod counter;
pub mod deposit_code;
pub mod employing;
mod excess;
pub mod find;
pub mod float;
pub mod float_moving;
pub mod journal;
pub mod mending;
pub mod opening;
pub mod outlet_view;
pub mod owed;
pub mod payout;
pub mod recheck;
pub mod register;
pub mod settings;
pub mod shift;
pub mod sinks;
pub mod suspending;
pub mod taking_back;

#[cfg(test)]
mod tests;
