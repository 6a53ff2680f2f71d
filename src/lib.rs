//! Kadogo: mobile money that anyone can host.
//!
//! The rooms stand in layers: a room uses its own layer or the ones above it in this list, never
//! one below. `tests/tidy.rs` has the exact floors. For people there are chapters: `docs`.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::wildcard_enum_match_arm,
        clippy::inconsistent_digit_grouping,
        reason = "a test that cannot go on should stop, and groups cents apart from shillings"
    )
)]

// ── values: small types that everything else is made of ──
pub mod actor;
pub mod agent_number;
pub mod calendar;
pub mod catalogue;
pub mod check_digit;
pub mod clock_guard;
pub mod console_url;
pub mod descriptors;
pub mod doors;
pub mod email;
pub mod id;
pub mod id_digest;
pub mod language;
pub mod market;
pub mod market_file;
pub mod metrics;
pub mod money;
pub mod official_words;
pub mod person_name;
pub mod phone;
pub mod pin;
pub mod reason;
pub mod reference;
pub mod refusal;
pub mod reloadable;
pub mod reloading;
pub mod request;
pub mod seal;
pub mod service_names;
pub mod short_code;
pub mod source;
pub mod table;
pub mod terminal_words;
pub mod text;
pub mod time;
pub mod tls;
pub mod typed_text;
pub mod value;

// ── rules: pure decisions about money ──
pub mod bank;
pub mod closing;
pub mod limits;
pub mod matching;
pub mod schedule;
pub mod staff;
pub mod statement;
pub mod tariff;

// ── storage and the book: the only SQL, the only commits ──
pub mod book;
pub mod store;

// ── services: what people can do ──
pub mod wallet;

// ── channels: how people reach it, and how it reaches them ──
pub mod connections;
pub mod console;
pub mod gateway;
pub mod notify;
pub mod request_body;
pub mod sms;
pub mod ussd;

// ── doors: the routes that lead to the channels ──
pub mod app_state;
pub mod callbacks;
pub mod demo;
pub mod docs;

// ── the house: configuration, composition ──
pub mod agent_commands;
pub mod app;
pub mod audit_commands;
pub mod backup_commands;
pub mod bank_commands;
pub mod bank_listing;
pub mod bench;
pub mod bench_commands;
pub mod beside;
pub mod cli;
pub mod clock_watch;
pub mod close_commands;
pub mod collection_commands;
pub mod commands;
pub mod config;
pub mod customer_commands;
pub mod deal_commands;
pub mod dispatch;
pub mod forgetting;
pub mod http;
pub mod manual;
pub mod market_files;
pub mod market_texts;
pub mod menu_commands;
pub mod menu_folder;
pub mod message_commands;
pub mod payment_report;
pub mod printing;
pub mod private_file;
pub mod requested;
pub mod reversal_commands;
pub mod secret_commands;
pub mod signed_in;
pub mod staff_commands;
pub mod verify;
pub mod ways_out;
pub mod workers;
