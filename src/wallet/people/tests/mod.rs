//! Trials of what has too many to stand beside it.

mod email_address;
