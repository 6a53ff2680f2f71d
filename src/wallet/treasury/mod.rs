//! Money in and out: accounts at banks, their statements, e-money that comes into being against one
//! line of one of them, and goes out again at the bank. An account at a bank has a mirror among the
//! accounts, below zero by what lies there; whatever a statement says moves it, so that the two are
//! one at the end of each. What came in and is nobody's yet lies in suspense, what left and is not
//! explained in `OUTGOING`: nothing is ever between the bank and the book without a name.

pub mod asked_of_lines;
pub mod assigning;
pub mod bank_case;
pub mod bank_file;
pub mod bank_item;
pub mod bank_mapping;
pub mod bank_opening;
pub mod deposit_notice;
pub mod equation;
pub mod explaining;
pub mod issuing;
pub mod line_candidates;
pub mod open_items;
pub mod own_money;
pub mod redemption;
pub mod taking;
pub mod transfer_text;
mod typed_map;
pub mod whose_money;
