//! A phone to try the service with: in a browser and in a terminal. Both talk through the gateway's
//! own endpoints, so that nothing about them is special to the service.

/// The terminal's connection to the service.
mod client;
mod deals_on_show;
/// Beginning anew.
pub mod fresh;
/// A group that puts money together, and a collection.
mod groups_on_show;
/// The screen of the phone in a terminal.
mod lcd;
mod outlets;
/// The pages: the phone, the people, their inboxes.
pub mod pages;
/// Somebody who does things by themselves.
mod player;
/// Which number is whose.
mod residents;
/// What is written down of the people.
mod seed;
/// What goes on already when a demo is started.
pub mod showcase;
/// Two people of the staff.
pub mod staff_on_show;
/// The phone in a terminal.
pub mod terminal;
/// What the phone in a terminal is drawn on.
mod terminal_paper;
/// A deal for each state that one can be in.
mod trades;
/// What can go wrong with it.
mod trouble;
/// The people who can be played.
pub mod world;

/// The page of the phone in a browser: one file, nothing else needed.
pub const PHONE_PAGE: &str = include_str!("phone.html");
