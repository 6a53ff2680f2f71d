//! The stories that the service promises, told on the real parts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::unused_async,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "a test that cannot go on should stop"
)]

mod account;
mod aids;
mod alone;
mod arrangements;
mod background;
mod backups;
mod bank;
mod bank_desk;
mod bank_items;
mod bank_load;
mod batch_reader;
mod behind_pin;
mod bench;
mod book;
mod budget;
mod by_phone;
mod channels;
mod check;
mod clawback;
mod cluster;
mod codes;
mod colleagues;
mod collections;
mod commands;
mod committer;
mod console;
mod console_bank;
mod corpus;
mod countries;
mod crash;
mod crowd;
mod days;
mod deals;
mod doors;
mod dropped;
mod edited_records;
mod engine;
mod failures;
mod faults;
mod finding_people;
mod first_day;
mod fold;
mod gateway;
mod givers;
mod grammar;
mod groups;
mod groups_at_once;
mod groups_unstuck;
mod guards;
mod held_money;
mod holds;
mod hops;
mod join;
mod journeys;
mod last_input;
mod late;
mod ledger;
mod letters;
mod limits;
mod many_givers;
mod market;
mod memory;
mod model;
mod money_in_out;
mod month;
mod operator;
mod orders;
mod outbox;
mod outlet_acts;
mod outlets;
mod payday;
mod payment_requests;
mod phone;
mod pin;
mod plugs;
mod pots;
mod prefetch;
mod price;
mod program;
mod protecting;
mod proxy;
mod quoting;
mod registering;
mod reports;
mod restrictions;
mod reversal;
mod rights;
mod running;
mod schema;
mod secrecy;
mod secrets;
mod send;
mod sender;
mod showcase;
mod simulation;
mod slow_doors;
mod split_bills;
mod standing_orders;
mod starting;
mod statements;
mod stub;
mod tariff;
mod template;
mod terminal;
mod texts;
mod thief;
mod topping_up;
mod verify;
mod vouchers;
mod vouchers_at_once;
mod wakes;
mod walks;
mod wires;
mod world;
mod wrong_clock;
