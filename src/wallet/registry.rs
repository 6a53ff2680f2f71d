//! All services: one line each.

use super::Service;
use super::agents::{
    cash_ask, cash_in, cash_out, deposit_code, find, float, outlet_view, payout, register, settings, shift,
};
use super::people::{
    balance, budget, claim, email_address, help, join, mail_statement, mini_statement, pin, send, spoken_language,
};
use super::waiting::{approval, block, order, payment_request, split_bill, standing_order};
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
    split_bill::SPLIT,
    split_bill::MINE,
    split_bill::SHARES,
    split_bill::REMIND,
    split_bill::CANCEL,
    block::ASKERS,
    block::BLOCK,
    block::BLOCKED,
    block::UNBLOCK,
    cash_in::SERVICE,
    cash_out::SERVICE,
    cash_ask::ASK,
    old::agent::code::MAKE,
    old::agent::code::REDEEM,
    float::SELL,
    register::REGISTER,
    register::LIFT,
    shift::OPEN,
    shift::CLOSE,
    payout::PAY,
    find::FIND,
    deposit_code::CODE,
    settings::LOW,
    settings::CHOOSE,
    settings::REPEAT,
    settings::CHANGE,
    outlet_view::SHOW,
    outlet_view::CHECK,
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
