//! Stories about `book check` going on from what was verified: what it finds then, what only a
//! check from the first link finds, and what it says. Each is told on SQLite and on PostgreSQL at
//! once.

mod apart;
mod behind;
mod closed;
mod going_on;
mod ledger;
mod long;
mod place;
mod said;
