//! Kadogo: mobile money that anyone can host.

// ── values: small types that everything else is made of ──
pub mod ask;
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
/// The GSM-7 alphabet of phones.
pub mod text;
/// Points in time, and the clock.
pub mod time;

// ── rules: pure decisions about money ──
/// What a service costs.
pub mod tariff;

// ── channels: how people reach the wallet ──
/// A phone to try the service with.
pub mod demo;
/// The doors to the telephone networks.
pub mod gateway;
/// Texts as questions to the wallet.
pub mod sms;
