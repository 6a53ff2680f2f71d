//! All services: one line each.

use super::Service;
use super::agents::{cash_ask, cash_in, cash_out, deposit_code};
use super::people::send;
use super::reversals::{agree, asked, dispute, undo, undo_sent};
use super::vouchers::{cash_code, payee, redeem, reveal, send_unjoined, sent, take_back};
use crate::wallet_old as old;

/// Everything the wallet can do.
pub const SERVICES: &[Service] = &[
    send::SERVICE,
    payee::SERVICE,
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
    old::agent::float::SELL,
    old::agent::register::REGISTER,
    old::agent::register::LIFT,
    old::agent::shift::OPEN,
    old::agent::shift::CLOSE,
    old::agent::payout::PAY,
    old::agent::find::FIND,
    deposit_code::CODE,
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
    old::standing::SET_UP,
    old::standing::LIST,
    old::standing::CANCEL,
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
