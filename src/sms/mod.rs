//! The SMS channel: a text becomes a question to the wallet, the answer becomes a text. It decides
//! nothing about money and never takes a PIN.

/// How many answers one number gets.
pub mod answers;
/// What people may write, as data, and how it is read.
pub mod grammar;
/// Whether the grammar keeps its file's promises.
mod grammar_check;
/// The grammar's file: from TOML to a grammar that can read, or to a list of what is wrong with it.
mod grammar_file;
/// Texts that come in.
pub mod inbox;
/// Where a phone number stands in a text.
mod number_cut;
/// Whether a sentence is a payment.
pub mod payment;
/// A text in pieces.
mod phrases;
/// How texts are answered.
pub mod replying;
