//! Kadogo: mobile money that anyone can host.

// ── values: small types that everything else is made of ──
pub mod ask;
/// The words people read, in every language.
pub mod catalogue;
/// Two-letter language codes.
pub mod language;
/// The country a service runs in.
pub mod market;
/// Amounts and currencies.
pub mod money;
/// Phone numbers.
pub mod phone;
/// PINs and their keyed tags.
pub mod pin;
/// The codes of payments that people read to each other.
pub mod reference;
pub mod refusal;
/// Sealed bytes, fingerprints, and randomness.
pub mod seal;
/// Data files and what is wrong with them.
pub mod source;
/// TOML tables, read attribute by attribute.
pub mod table;
/// The GSM-7 alphabet of phones.
pub mod text;
/// Points in time, and the clock.
pub mod time;

// ── rules: pure decisions about money ──
/// What a service costs.
pub mod tariff;

// ── channels: from a gateway's event to a service and back ──
/// The menus and the machine that runs them.
pub mod ussd;
