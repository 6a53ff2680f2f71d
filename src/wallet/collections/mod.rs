//! Collections: somebody gathers gifts for one thing, with a target and a day, on an account of
//! its own. Reached, it is paid on; missed, or called off, everything goes back to each giver. Here
//! stands what a collection is and who moves it.

pub mod collection;
pub mod digest_list;
pub mod gift;
pub mod giving;
pub mod handing_back;
pub mod lineage;
pub mod news;
pub mod not_back;
pub mod proof;
pub mod public_tally;
pub mod spending;
pub mod starting;
pub mod steering;
pub mod turn;

use super::arrangements::kind::{self, Kind, Role};
use super::plan::PlanError;
use crate::reason::Reason;
use strum::{EnumString, IntoStaticStr, VariantNames};

/// No such collection, or nothing of that kind can be done with it any more.
pub const COLLECTION_GONE: Reason = Reason::new("collection_gone");
/// No collection has the number that was typed.
pub const COLLECTION_UNKNOWN: Reason = Reason::new("collection_unknown");

/// As gifts are called in the book,
pub const GIFT: &str = "give";
/// what goes back to their givers,
pub const BACK: &str = "gift_back";
/// and what is paid on.
pub const PAID_ON: &str = "paid_on";

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It takes gifts, and all of it is to go to one wallet.
    Gathering,
    /// It takes gifts, and its organiser is to pay from it.
    Pooling,
    /// It takes no more gifts, and it is about to be seen whether it has reached its target.
    Closing,
    /// The same where its organiser is to pay from it.
    PoolClosing,
    /// Its organiser pays from it, and givers hear of that.
    Spending,
    /// There is nothing left, and the last givers hear how theirs was spent.
    Telling,
    /// Everything goes back, piece by piece.
    Returning,
    /// All of it was paid on,
    Spent,
    /// or what was not paid on is back with those who gave it.
    Returned,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// It takes no more gifts: its day is over, or its organiser says so.
    Close,
    /// Its organiser gives up: what is there goes back.
    CallOff,
    /// Reached: it is paid out,
    PayOut,
    /// or its organiser may pay from it.
    Entrust,
    /// Not reached: it goes back.
    Miss,
    /// Its organiser pays somebody, and something is left,
    Pay,
    /// or nothing.
    PayLast,
    /// Some of the givers hear how theirs was spent.
    Tell,
    /// Nobody has spent what is left.
    Lapse,
    /// A piece goes back.
    Return,
    /// It cannot go on yet.
    Wait,
    /// There is nothing left to do.
    Finish,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    use Event::{
        CallOff, Close, Entrust, Finish, Lapse, Miss, Pay, PayLast, PayOut, Return, Tell, Wait,
    };
    use State::{
        Closing, Gathering, PoolClosing, Pooling, Returned, Returning, Spending, Spent, Telling,
    };
    match (state, event, role) {
        (Gathering, Close, Role::Owner | Role::Service) => Some(Closing),
        (Pooling, Close, Role::Owner | Role::Service) => Some(PoolClosing),
        (Gathering | Pooling | Closing | PoolClosing | Spending, CallOff, Role::Owner)
        | (Closing | PoolClosing, Miss, Role::Service)
        | (Spending, Lapse, Role::Service) => Some(Returning),
        (Closing, PayOut, Role::Service) | (Spending, PayLast, Role::Owner) => Some(Telling),
        (PoolClosing, Entrust, Role::Service) => Some(Spending),
        (Spending, Pay, Role::Owner) => Some(Spending),
        (Spending | Telling, Tell, Role::Service)
        | (Returning, Return, Role::Service)
        | (Closing | PoolClosing | Spending | Telling | Returning, Wait, Role::Service) => {
            Some(state)
        }
        (Telling, Finish, Role::Service) => Some(Spent),
        (Returning, Finish, Role::Service) => Some(Returned),
        (
            Gathering | Pooling | Closing | PoolClosing | Spending | Telling | Returning | Spent
            | Returned,
            Close | CallOff | PayOut | Entrust | Miss | Pay | PayLast | Tell | Lapse | Return
            | Wait | Finish,
            _anybody,
        ) => None,
    }
}

/// What is gathered, as it waits for its day; without its clock, which uses all of this.
pub const RULES: Kind = Kind {
    name: "collection",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["gathering", "pooling"],
    open: &["gathering", "pooling", "closing", "pool_closing", "spending", "telling", "returning"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: COLLECTION_GONE,
    wants: &[],
    wake: |_context, _row, _refused| Err(PlanError::Damaged("a collection without a clock")),
};

#[cfg(test)]
mod tests;
