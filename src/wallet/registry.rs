//! All services, and all kinds of what waits: one line each.

use super::Service;
use super::agents::{
    cash_ask, cash_in, cash_out, deposit_code, find, float, outlet_view, payout, register,
    settings, shift,
};
use super::arrangements::Kind;
use super::care::{account_view, closing, freeze, freezing, known_as, sim_change, unlocking};
use super::collections::{gift, giving, public_tally, spending, starting, steering, turn};
use super::context::Peers;
use super::days::{closing_day, mailing_day};
use super::deals::{
    answering, appealing, brokering, deal_list, delivery, funding, offering, platform_list,
    problems, releasing, returning, settling, waking_deals,
};
use super::groups::{
    contributing, founding, group, group_statement, group_view, invitation, inviting, leaving,
    membership, proposal, proposing, voting,
};
use super::office::{staff_list, two_people};
use super::people::{
    balance, budget, claim, email_address, help, join, mail_statement, mini_statement, pin_change,
    send, spoken_language,
};
use super::pots::{self, early_opening, saving};
use super::reversals::{agree, asked, dispute, reversal, undo, undo_sent};
use super::treasury::{bank_item, bank_opening, explaining, issuing, redemption, taking};
use super::vouchers::{
    cash_code, make_code, recipient, redeem, reveal, send_unjoined, sent, take_back, voucher,
};
use super::waiting::{
    approval, asking, block, by_text, order, payment_request, split_bill, standing_order,
    waiting_list,
};
use std::sync::LazyLock;

/// Everything the wallet can do.
pub const SERVICES: &[Service] = &[
    send::SERVICE,
    recipient::SERVICE,
    send_unjoined::SERVICE,
    sent::LIST,
    take_back::SERVICE,
    reveal::SERVICE,
    undo::SERVICE,
    undo_sent::SERVICE,
    asked::SERVICE,
    agree::SERVICE,
    dispute::SERVICE,
    by_text::ORDER,
    waiting_list::LIST,
    approval::APPROVE,
    approval::DECLINE,
    asking::ASK,
    asking::MINE,
    asking::CANCEL,
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
    make_code::SERVICE,
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
    standing_order::SET_UP,
    standing_order::LIST,
    standing_order::CANCEL,
    saving::START,
    saving::PUT,
    saving::BY_TEXT,
    saving::MINE,
    early_opening::OPEN,
    early_opening::WITHDRAW,
    early_opening::QUESTIONS,
    early_opening::AGREE,
    early_opening::DECLINE,
    founding::FOUND,
    founding::BEGIN,
    inviting::INVITE,
    inviting::INVITATIONS,
    inviting::ACCEPT,
    inviting::REFUSE,
    contributing::CONTRIBUTE,
    contributing::BY_TEXT,
    proposing::PAYOUT,
    proposing::REMOVE,
    proposing::RULE,
    proposing::CLOSE,
    voting::QUESTIONS,
    voting::AGREE,
    voting::DECLINE,
    leaving::LEAVE,
    group_view::MINE,
    group_view::INFO,
    group_view::MEMBERS,
    group_statement::SERVICE,
    offering::OPEN,
    offering::BUY_BY_TEXT,
    offering::SELL_BY_TEXT,
    offering::SEND,
    answering::ACCEPT,
    answering::DECLINE,
    answering::COUNTER,
    answering::WITHDRAW,
    funding::FUND,
    delivery::DELIVER,
    delivery::CODE,
    releasing::RELEASE,
    releasing::RELEASE_PART,
    releasing::COLLECT,
    releasing::UNPACK,
    problems::DISPUTE,
    problems::BY_TEXT,
    problems::SAY,
    settling::OFFSET,
    settling::AGREE,
    settling::REFUND,
    returning::TAKE_BACK,
    returning::RETURN,
    appealing::APPEAL,
    deal_list::LIST,
    deal_list::SHOW,
    brokering::BROKER,
    platform_list::LIST,
    starting::START,
    giving::GIVE,
    giving::BY_TEXT,
    public_tally::TALLY,
    public_tally::OWN,
    public_tally::MINE,
    steering::CLOSE,
    steering::CALL_OFF,
    spending::PAY,
    gift::FOLLOW,
    gift::MINE,
    budget::SET,
    budget::REMOVE,
    join::SERVICE,
    claim::SERVICE,
    pin_change::CHOOSE,
    pin_change::REPEAT,
    pin_change::CHANGE,
    help::SERVICE,
    two_people::APPROVE,
    two_people::DECLINE,
    two_people::TAKE_BACK,
    staff_list::INVITE,
    staff_list::ROLES,
    staff_list::LEAVE,
    bank_opening::OPEN,
    taking::TAKE,
    issuing::ISSUE,
    redemption::REDEEM,
    redemption::CALL_OFF,
    explaining::EXPLAIN,
    closing_day::CLOSE,
    mailing_day::MAIL,
    account_view::SEE,
    freezing::FREEZE,
    freezing::UNFREEZE,
    closing::CLOSE,
    unlocking::UNLOCK,
    sim_change::SAY,
    known_as::SERVICE,
];

/// What they may know of one another.
pub static PEERS: LazyLock<Peers> = LazyLock::new(|| super::service::peers(SERVICES));

/// The names of those that can have a price.
pub fn priced() -> Vec<&'static str> {
    SERVICES.iter().filter(|service| service.priced.is_some()).map(|service| service.name).collect()
}

/// The service with this name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// Everything that waits: one line each.
pub const KINDS: &[Kind] = &[
    reversal::KIND,
    order::KIND,
    payment_request::KIND,
    standing_order::KIND,
    cash_code::KIND,
    voucher::KIND,
    pots::KIND,
    group::KIND,
    membership::KIND,
    invitation::KIND,
    proposal::KIND,
    waking_deals::KIND,
    turn::KIND,
    two_people::KIND,
    bank_item::KIND,
    redemption::KIND,
    freeze::KIND,
    sim_change::KIND,
];
