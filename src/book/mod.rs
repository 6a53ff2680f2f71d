//! The book: double entry, append only, and the only room that commits.
//!
//! A caller hands in a `Posting`, a plain value that says all that must become true together, and
//! gets a `Receipt` or a `Refusal`. In between: `committer` drains the queue, `batch` folds the
//! postings one after the other in memory, the rows of all of them are written at once, `chain`
//! seals them, one commit makes them durable. The book decides no fee, wording or screen: it makes
//! true what a posting says, under the guards of its changes.

mod account_fold;
mod aside;
pub mod batch;
pub mod chain;
pub mod check;
pub mod committer;
pub mod guard;
pub mod guard_facts;
mod head_turn;
pub mod key;
mod numbers;
pub mod posting;
mod reading;
pub mod touched;
pub mod trail;
mod writer;
mod writing;

use crate::id::AccountId;
pub use crate::limits::Meter;
pub use committer::Book;
pub use key::Key;
pub use posting::{Change, Credential, HoldMove, Keep, Leg, Posting, Put, Receipt, SecretKind};

/// The mirror of the money in the trust bank: below zero by all e-money that was issued.
pub const TRUST: AccountId = AccountId::of(1);
/// Where fees go.
pub const FEES: AccountId = AccountId::of(2);
/// Money whose owner is not known yet.
pub const SUSPENSE: AccountId = AccountId::of(3);
/// Taxes on fees, until the tax office is paid.
pub const TAX: AccountId = AccountId::of(4);
/// Levies on money that moves, until they are paid on.
pub const LEVY: AccountId = AccountId::of(5);
/// What agents have earned, as a cost of the operator: below zero by all of it.
pub const COMMISSIONS: AccountId = AccountId::of(6);
/// What has left a bank account and is not explained yet: below zero by all of it.
pub const OUTGOING: AccountId = AccountId::of(7);
/// What banks took for themselves: below zero by all that the operator has not made good.
pub const CHARGES: AccountId = AccountId::of(8);
/// What banks paid on the money that lies there.
pub const INTEREST: AccountId = AccountId::of(9);

/// Wrong PINs in a row that lock an account.
pub const PIN_ATTEMPTS_MAX: i64 = 5;
