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
pub mod refusal;
/// The GSM-7 alphabet of phones.
pub mod text;
/// Points in time, and the clock.
pub mod time;

// ── channels: how people reach the wallet ──
/// A phone to try the service with.
pub mod demo;
/// The doors to the telephone networks.
pub mod gateway;
/// Texts as questions to the wallet.
pub mod sms;
