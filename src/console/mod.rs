//! The console: pages for the people who work for the operator, drawn by the server, with nothing
//! that runs in the browser. It is a channel like any other: it asks the services, and decides
//! nothing about money or people.
//!
//! A page for a new act of the staff is a line in `act_forms` and its words; a page of another kind
//! is a variant in `route`, where its door stands, and a file beside these.

pub mod act_forms;
mod act_page;
mod approval_page;
mod approvals_list;
mod asked_for;
mod bank_lines_page;
mod bank_page;
mod bank_take_page;
mod days_page;
mod decided;
pub mod desk;
mod disputes;
mod entrance;
mod equation_view;
mod figures;
mod first_screen;
mod form_token;
mod frame;
mod hours;
mod item_links;
mod join_page;
mod line_facts;
mod made_code;
mod map_help;
mod onward;
mod own_session;
mod people_page;
mod person_page;
mod plots;
mod prefilled;
mod purpose;
pub mod route;
mod same_site;
pub mod serving;
mod sheet_page;
mod sign_in_tries;
mod staff_page;
mod uploading;
mod visit;
mod word;
pub mod wording;
