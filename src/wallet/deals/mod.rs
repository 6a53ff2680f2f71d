//! Safe pay: a deal between a buyer and a seller who do not know each other. The money waits on an
//! account of the deal's own until the goods are there. Here stands where a deal can be, what can
//! happen to it then, and by whom; what each step says and moves stands in its own file.
//!
//! Two clocks decide where somebody is silent: while goods are to be delivered, silence gives the
//! money back; once they are said to be there, it pays the seller. A dispute stops both.

pub mod answering;
pub mod appealing;
pub mod arbiters;
pub mod brokering;
pub mod deal;
mod deal_clock;
mod deal_code;
pub mod deal_list;
pub mod deal_news;
pub mod deals_of_staff;
pub mod delivery;
pub mod funding;
pub mod joining_sides;
pub mod judging;
mod offer_quota;
mod offer_room;
pub mod offering;
mod parts;
mod paying_out;
mod platform;
pub mod platform_list;
pub mod problems;
pub mod releasing;
pub mod returning;
pub mod settling;
mod shares;
pub mod terms;
pub mod waking_deals;

use super::arrangements::kind::{self, Kind, Role};
use super::plan::PlanError;
use crate::reason::Reason;
use crate::store::arrangement_rows::ArrangementRow;
use strum::{EnumString, IntoStaticStr, VariantNames};

/// No such deal, or that cannot be done with it any more.
pub const DEAL_GONE: Reason = Reason::new("deal_gone");

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Its owner has written it by a text, and has not said yes to what was read back.
    Drafted,
    /// A platform has opened it for the two, and the seller, who is its owner, is asked.
    Brokered,
    /// The other side is asked.
    Offered,
    /// They have proposed other terms, and its owner is asked.
    Countered,
    /// The terms stand: the buyer is to pay in.
    Accepted,
    /// The money waits, the seller is to deliver.
    Funded,
    /// The seller says that it is delivered: the buyer looks at it.
    Delivered,
    /// Somebody says that something is wrong.
    Disputed,
    /// The same, and one of the staff has proposed how to decide.
    Proposed,
    /// Two of the staff have decided: either side may appeal.
    Ruled,
    /// Somebody has appealed,
    Appealed,
    /// and one of the staff has proposed how to decide at last.
    Reproposed,
    /// The seller takes it back: the buyer is to bring it.
    Returning,
    /// All was paid to the seller.
    Released,
    /// It went back to the buyer.
    Refunded,
    /// Both have agreed on who gets what,
    Settled,
    /// or the staff have decided it.
    Decided,
    /// The other side did not want it,
    Declined,
    /// or one of them not any more, before there was money in it,
    Withdrawn,
    /// or nobody said anything in time.
    Expired,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Its owner says yes to what was read back: the other side hears of it.
    Offer,
    /// Whoever is asked says yes; the first of the two, where a platform asks both,
    Accept,
    /// or no,
    Decline,
    /// or proposes other terms, once.
    Counter,
    /// One of them does not want it any more.
    Withdraw,
    /// The buyer pays in.
    Fund,
    /// The seller says that it is delivered.
    Deliver,
    /// All that is left is paid to the seller,
    Release,
    /// or a part of it;
    ReleasePart,
    /// or all of it for the code that the buyer has given to the seller at the door.
    Collect,
    /// The seller gives it back.
    Refund,
    /// One of them says what is wrong,
    Dispute,
    /// or something more,
    State,
    /// or who should get what,
    Offset,
    /// to which the other agrees.
    Agree,
    /// The seller takes the goods back,
    TakeBack,
    /// and the buyer has brought them: they have the code that the seller has given for them.
    Return,
    /// One of the staff proposes a decision,
    Propose,
    /// another confirms it,
    Confirm,
    /// or does not.
    Reject,
    /// One of the two does not accept it.
    Appeal,
    /// Both hear what is expected until when.
    Remind,
    /// It was looked at, and nothing can be done now.
    Wait,
    /// A time is over.
    RunOut,
}

/// A deal, as long as something may still come of it; without its clock, which uses all of this.
pub const RULES: Kind = Kind {
    name: "deal",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["drafted", "brokered", "offered"],
    open: &[
        "drafted",
        "brokered",
        "offered",
        "countered",
        "accepted",
        "funded",
        "delivered",
        "disputed",
        "proposed",
        "ruled",
        "appealed",
        "reproposed",
        "returning",
    ],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: DEAL_GONE,
    wants: &[],
    wake: |_context, _row, _refused| Err(PlanError::Damaged("a deal without a clock")),
};

/// Whether who is asked in it has heard of it.
pub fn is_heard_of(row: &ArrangementRow) -> bool {
    [State::Drafted, State::Brokered].into_iter().all(|unseen| row.state != <&str>::from(unseen))
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match state {
        State::Drafted | State::Brokered | State::Offered | State::Countered | State::Accepted => {
            agreeing(state, event, role)
        }
        State::Funded | State::Delivered | State::Returning => trading(state, event, role),
        State::Disputed | State::Proposed | State::Ruled | State::Appealed | State::Reproposed => {
            disputing(state, event, role)
        }
        State::Released
        | State::Refunded
        | State::Settled
        | State::Decided
        | State::Declined
        | State::Withdrawn
        | State::Expired => None,
    }
}

/// Before there is money in it.
fn agreeing(at: State, event: Event, role: Role) -> Option<State> {
    let brokered = at == State::Brokered;
    let asked = if brokered || at == State::Countered { Role::Owner } else { Role::Other };
    let answered = brokered || at == State::Offered || at == State::Countered;
    let agreed = if brokered { State::Offered } else { State::Accepted };
    let (allowed, then) = match event {
        Event::Offer => (at == State::Drafted && role == Role::Owner, State::Offered),
        Event::Accept => (answered && role == asked, agreed),
        Event::Decline => (answered && role == asked, State::Declined),
        Event::Counter => (at == State::Offered && role == Role::Other, State::Countered),
        Event::Withdraw => (withdraws(at, role), State::Withdrawn),
        Event::Fund => (at == State::Accepted && role == Role::Buyer, State::Funded),
        Event::Remind | Event::Wait => (role == Role::Service, at),
        Event::RunOut => (role == Role::Service, State::Expired),
        Event::Deliver
        | Event::Release
        | Event::ReleasePart
        | Event::Collect
        | Event::Refund
        | Event::Dispute
        | Event::State
        | Event::Offset
        | Event::Agree
        | Event::TakeBack
        | Event::Return
        | Event::Propose
        | Event::Confirm
        | Event::Reject
        | Event::Appeal => return None,
    };
    allowed.then_some(then)
}

/// Whoever has asked may take it back; once the terms stand, either may.
fn withdraws(at: State, role: Role) -> bool {
    match role {
        Role::Owner => at == State::Drafted || at == State::Offered,
        Role::Other => at == State::Countered,
        Role::Buyer | Role::Seller => at == State::Accepted,
        Role::Member | Role::Assistant | Role::Staff | Role::Service => false,
    }
}

/// While the goods are on their way, there or back.
fn trading(at: State, event: Event, role: Role) -> Option<State> {
    let side = role == Role::Buyer || role == Role::Seller;
    let (allowed, then) = match event {
        Event::Deliver => (at == State::Funded && role == Role::Seller, State::Delivered),
        Event::Release => (role == Role::Buyer, State::Released),
        Event::ReleasePart => (role == Role::Buyer, at),
        Event::Collect => (at != State::Returning && role == Role::Seller, State::Released),
        Event::Refund => (role == Role::Seller, State::Refunded),
        Event::Dispute => (side, State::Disputed),
        Event::TakeBack => (at == State::Delivered && role == Role::Seller, State::Returning),
        Event::Return => (at == State::Returning && role == Role::Buyer, State::Refunded),
        Event::Remind | Event::Wait => (role == Role::Service, at),
        Event::RunOut if at == State::Delivered => (role == Role::Service, State::Released),
        Event::RunOut if at == State::Returning => (role == Role::Service, State::Disputed),
        Event::RunOut => (role == Role::Service, State::Refunded),
        Event::Offer
        | Event::Accept
        | Event::Decline
        | Event::Counter
        | Event::Withdraw
        | Event::Fund
        | Event::State
        | Event::Offset
        | Event::Agree
        | Event::Propose
        | Event::Confirm
        | Event::Reject
        | Event::Appeal => return None,
    };
    allowed.then_some(then)
}

/// Once something is wrong. A decision of the staff waits for an appeal; the one after that does
/// not. Until it is carried out, the two may always agree.
fn disputing(at: State, event: Event, role: Role) -> Option<State> {
    let side = role == Role::Buyer || role == Role::Seller;
    let staff = role == Role::Staff;
    let proposed = at == State::Proposed || at == State::Reproposed;
    let appealed = at == State::Appealed || at == State::Reproposed;
    let returnable = at == State::Disputed || at == State::Proposed;
    let open = at == State::Disputed || at == State::Appealed;
    let (allowed, then) = match event {
        Event::Release => (role == Role::Buyer, State::Released),
        Event::ReleasePart => (role == Role::Buyer, at),
        Event::Refund => (role == Role::Seller, State::Refunded),
        Event::State | Event::Offset => (side, at),
        Event::Agree => (side, State::Settled),
        Event::TakeBack => (returnable && role == Role::Seller, State::Returning),
        Event::Propose if appealed => (open && staff, State::Reproposed),
        Event::Propose => (open && staff, State::Proposed),
        Event::Confirm if appealed => (proposed && staff, State::Decided),
        Event::Confirm => (proposed && staff, State::Ruled),
        Event::Reject if appealed => (proposed && staff, State::Appealed),
        Event::Reject => (proposed && staff, State::Disputed),
        Event::Appeal => (at == State::Ruled && side, State::Appealed),
        Event::Wait => (role == Role::Service, at),
        Event::Remind => (at == State::Ruled && role == Role::Service, at),
        Event::RunOut => (at == State::Ruled && role == Role::Service, State::Decided),
        Event::Offer
        | Event::Accept
        | Event::Decline
        | Event::Counter
        | Event::Withdraw
        | Event::Fund
        | Event::Deliver
        | Event::Collect
        | Event::Dispute
        | Event::Return => return None,
    };
    allowed.then_some(then)
}

#[cfg(test)]
mod tests;
