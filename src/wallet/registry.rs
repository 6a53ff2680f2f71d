//! All services: one line each.

use super::Service;
use super::people::{
    balance, budget, claim, email_address, help, join, mail_statement, mini_statement, pin, send, spoken_language,
};
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
    balance::SERVICE,
    mini_statement::SERVICE,
    spoken_language::SERVICE,
    email_address::ADDRESS,
    email_address::PROVE,
    mail_statement::SERVICE,
    standing_order::SET_UP,
    standing_order::LIST,
    standing_order::CANCEL,
    budget::SET,
    budget::REMOVE,
    join::SERVICE,
    claim::SERVICE,
    pin::CHOOSE,
    pin::REPEAT,
    pin::CHANGE,
    help::SERVICE,
];

/// The service with this name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}
