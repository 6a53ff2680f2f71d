//! The SMS channel: a text becomes a question to the wallet, the answer becomes a text. It decides
//! nothing about money and never takes a PIN.

/// What people may write, as data, and how it is read.
pub mod grammar;
/// The grammar's file: from TOML to a grammar that can read, or to a list of what is wrong with it.
mod grammar_file;
/// Texts that come in.
pub mod inbox;
