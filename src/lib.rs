//! Kadogo: mobile money that anyone can host.
//!
//! The rooms stand in layers: a room uses its own layer or the ones above it in this list, never one below.
//! `tests/tidy.rs` has the exact floors.

// ── values: small types that everything else is made of ──
pub mod agent;
pub mod ask;
pub mod calendar;
pub mod catalogue;
pub mod email;
pub mod language;
pub mod live;
pub mod market;
pub mod metrics;
pub mod money;
pub mod phone;
pub mod pin;
pub mod reason;
pub mod reference;
pub mod refusal;
pub mod seal;
pub mod source;
pub mod table;
pub mod text;
pub mod time;
pub mod value;

// ── rules: pure decisions about money ──
pub mod limits;
pub mod standing;
pub mod statement;
pub mod tariff;

// ── storage and the book: the only SQL, the only commits ──
pub mod book;
pub mod store;

// ── services: what people can do ──
pub mod wallet;

// ── channels: how people reach it, and how it reaches them ──
pub mod gateway;
pub mod notify;
pub mod sms;
pub mod ussd;

// ── doors: the routes that lead to the channels ──
pub mod callbacks;
pub mod demo;
pub mod docs;
pub mod doors;

// ── the house: configuration, composition ──
pub mod agents;
pub mod app;
pub mod bench;
pub mod cli;
pub mod commands;
pub mod config;
pub mod http;
pub mod menus;
pub mod reversals;
pub mod verify;
