//! What people do on their own phones.

pub mod balance;
pub mod budget;
pub mod claim;
pub mod email_address;
pub mod help;
pub mod join;
pub mod mail_statement;
pub mod mailbox;
pub mod mini_statement;
pub mod period_statement;
pub mod pin_change;
pub mod pin_first;
pub mod send;
pub mod spoken_language;
#[cfg(test)]
mod tests;
