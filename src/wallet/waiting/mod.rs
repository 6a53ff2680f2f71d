//! What somebody has begun and somebody's yes, or a day, must end: payments that wait for their
//! payer, requests for money, split bills, and standing orders.

pub mod approval;
pub mod ask_draft;
pub mod asking;
pub mod block;
pub mod by_text;
pub mod order;
pub mod payment_request;
pub mod pending;
pub mod quota;
pub mod reminding;
pub mod split_bill;
pub mod standing_order;
pub mod stored_request;
#[cfg(test)]
mod tests;
pub mod waiting_list;
