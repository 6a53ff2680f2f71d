//! All services: one line each.

use super::Service;
use super::people::send;
use super::waiting::{approval, block, order, payment_request, split, standing_order};
use crate::wallet_old as old;

/// Everything the wallet can do.
pub const SERVICES: &[Service] = &[
    send::SERVICE,
    old::parcel::SEND,
    old::parcel::mine::LIST,
    old::parcel::mine::CANCEL,
    old::parcel::mine::SECRET,
    order::ORDER,
    order::LIST,
    approval::APPROVE,
    approval::DECLINE,
    old::reversal::UNDO,
    old::reversal::SENT,
    old::reversal::ASKED,
    old::reversal::AGREE,
    old::reversal::DISPUTE,
    payment_request::ASK,
    payment_request::MINE,
    payment_request::CANCEL,
    split::SPLIT,
    split::MINE,
    split::SHARES,
    split::REMIND,
    split::CANCEL,
    block::ASKERS,
    block::BLOCK,
    block::BLOCKED,
    block::UNBLOCK,
    old::agent::cash_in::SERVICE,
    old::agent::cash_out::SERVICE,
    old::agent::cash_out::ASK,
    old::agent::code::MAKE,
    old::agent::code::REDEEM,
    old::agent::float::SELL,
    old::agent::register::REGISTER,
    old::agent::register::LIFT,
    old::agent::shift::OPEN,
    old::agent::shift::CLOSE,
    old::agent::payout::PAY,
    old::agent::find::FIND,
    old::agent::deposit::CODE,
    old::agent::settings::LOW,
    old::agent::settings::CHOOSE,
    old::agent::settings::REPEAT,
    old::agent::settings::CHANGE,
    old::agent::till::SHOW,
    old::agent::till::CHECK,
    old::account::BALANCE,
    old::account::STATEMENT,
    old::account::LANGUAGE,
    old::mailbox::ADDRESS,
    old::mailbox::PROVE,
    old::mailbox::STATEMENT,
    standing_order::SET_UP,
    standing_order::LIST,
    standing_order::CANCEL,
    old::budget::SET,
    old::budget::REMOVE,
    old::join::SERVICE,
    old::claim::SERVICE,
    old::pin::CHOOSE,
    old::pin::REPEAT,
    old::pin::CHANGE,
];

/// The service with this name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}
