//! All services: one line each.

use super::Service;
use super::agents::{
    cash_ask, cash_in, cash_out, deposit_code, find, float, outlet_view, payout, register, settings, shift,
};
use super::people::{
    balance, budget, claim, email_address, help, join, mail_statement, mini_statement, pin, send, spoken_language,
};
use super::reversals::{agree, asked, dispute, undo, undo_sent};
use super::vouchers::{cash_code, recipient, redeem, reveal, send_unjoined, sent, take_back};
use crate::wallet_old as old;

/// Everything the wallet can do.
pub const SERVICES: &[Service] = &[
    send::SERVICE,
    recipient::SERVICE,
    send_unjoined::SERVICE,
    sent::LIST,
    take_back::SERVICE,
    reveal::SERVICE,
    old::orders::ORDER,
    old::orders::LIST,
    old::orders::APPROVE,
    old::orders::DECLINE,
    undo::SERVICE,
    undo_sent::SERVICE,
    asked::SERVICE,
    agree::SERVICE,
    dispute::SERVICE,
    old::request::ASK,
    old::request::MINE,
    old::request::CANCEL,
    old::request::bill::SPLIT,
    old::request::bill::MINE,
    old::request::bill::SHARES,
    old::request::bill::REMIND,
    old::request::bill::CANCEL,
    old::request::block::ASKERS,
    old::request::block::BLOCK,
    old::request::block::BLOCKED,
    old::request::block::UNBLOCK,
    cash_in::SERVICE,
    cash_out::SERVICE,
    cash_ask::ASK,
    cash_code::SERVICE,
    redeem::SERVICE,
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
    old::standing::SET_UP,
    old::standing::LIST,
    old::standing::CANCEL,
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
