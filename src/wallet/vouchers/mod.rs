//! Vouchers: money that waits for somebody who has no wallet yet, and codes that any outlet hands
//! out cash for. What both have in common is a secret that only its maker's screen shows, tries
//! that are charged, and a hold behind it.

pub mod arrival;
pub mod called_in;
pub mod cash_code;
pub mod code;
pub mod ending;
pub mod handing_out;
pub mod joining;
pub mod make_code;
pub mod recipient;
pub mod redeem;
pub mod reveal;
pub mod send_unjoined;
pub mod sent;
pub mod take_back;
#[cfg(test)]
mod tests;
pub mod turns;
pub mod voucher;
pub mod voucher_news;
