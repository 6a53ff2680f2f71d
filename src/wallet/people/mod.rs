//! What people do on their own phones.

pub mod send;
