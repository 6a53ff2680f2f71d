//! The wallet: what people can do with their money, one file per service, each one value; see
//! `service`.
//!
//! A request comes from a channel and says what is wanted of which service. What the service wants
//! is read, then it decides, and says what would happen, as values for a screen and an `Action` for
//! the book. A quote shows the plan, doing it commits the same plan. The wallet never knows which
//! channel asks, and it never commits money itself.

mod acting;
pub mod agents;
pub mod arrangements;
pub mod bootstrap;
pub mod caller;
pub mod care;
pub mod collections;
pub mod context;
pub mod counterparty;
pub mod days;
pub mod deals;
pub mod groups;
mod id_number;
mod kept_secret;
pub mod line;
mod lookups;
pub mod message;
pub mod metering;
pub mod office;
mod official;
mod operating;
pub mod outgoing;
pub mod party;
pub mod people;
mod pin_proof;
mod pin_token;
pub mod plan;
mod planning;
pub mod policy;
pub mod pots;
pub mod pricing;
pub mod receipt;
mod registry;
mod repetition;
mod replay;
pub mod reversals;
mod secret_keeping;
pub mod service;
pub mod service_config;
pub mod start_pin;
#[cfg(test)]
mod tests;
pub mod treasury;
pub mod vouchers;
pub mod waiting;

#[cfg(test)]
pub(crate) use tests::trial;

pub use acting::{Executed, Execution};
pub use caller::Caller;
pub use operating::Rule;
pub use people::join;
pub use pin_proof::MESSAGES;
pub use registry::{KINDS, PEERS, SERVICES, priced, service};
pub use service::{Authority, Service};
pub use service_config::{OperatorRules, ServiceConfig};

use crate::book::{Book, Receipt};
use crate::clock_guard::ClockFault;
use crate::metrics::Metrics;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::reloadable::Part;
use crate::request::{Answer, Fields, Mode, Request};
use crate::seal::Randomness;
use crate::store::{Store, StoreError};
use crate::time::Clock;
use crate::value::Slots;
use arrangements::setback::Setbacks;
use lookups::Lookups;
use planning::Given;
use policy::Policy;
use std::sync::Arc;

/// The wallet. Clones share everything.
#[derive(Debug, Clone)]
pub struct Wallet {
    /// What it reads.
    pub store: Store,
    /// What commits for it.
    pub book: Book,
    /// Rules and keys.
    pub config: Arc<ServiceConfig>,
    /// What services cost, what people may move, and who approves what.
    pub policy: Part<Policy>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub randomness: Arc<Randomness>,
    /// What it counts.
    pub metrics: Arc<Metrics>,
    /// What could not be woken, for now.
    pub setbacks: Arc<Setbacks>,
    /// Whom people look up.
    pub lookups: Arc<Lookups>,
}

impl Wallet {
    /// Whose number this is.
    pub async fn caller(&self, msisdn: Msisdn) -> Result<Caller, StoreError> {
        let now = self.clock.now();
        self.store.read(move |conn| Caller::read(conn, msisdn.clone(), now)).await
    }

    /// What is wrong with the clock, if anything: then nothing is done by it.
    pub fn clock_fault(&self) -> Option<ClockFault> {
        self.book.clock_guard().fault(self.clock.now())
    }

    /// Answers a question that changes nothing. Doing needs an `Execution`: see `act`.
    pub async fn answer(&self, caller: &Caller, request: Request) -> Answer {
        let mode = request.mode;
        let Some(service) = service(&request.service) else {
            return Answer::Refused(Reason::SERVICE_UNKNOWN.into());
        };
        if mode == Mode::Quote && service.authority == Authority::Customer && caller.pin_locked {
            // now, and not when all has been typed
            return Answer::Refused(Reason::PIN_LOCKED.into());
        }
        if let Err(refusal) = self.looked_up(service, caller, &request.fields) {
            return Answer::Refused(refusal);
        }
        let planned = self.plan(service, caller, &request, Given::default()).await;
        let plan = planned.plan;
        match (mode, planned.refused) {
            (Mode::List, None) => Answer::Items(plan.items),
            (Mode::Check | Mode::Quote | Mode::Execute, None) => {
                Answer::Facts { slots: plan.slots, flags: plan.flags }
            }
            // so far, so good: the rest has not been asked for yet
            (Mode::Check, Some(Refusal { reason: Reason::FIELD_MISSING, .. })) => {
                Answer::Facts { slots: plan.slots, flags: plan.flags }
            }
            (Mode::Check | Mode::Quote | Mode::List | Mode::Execute, Some(refusal)) => {
                Answer::Refused(self.untold(refusal, false))
            }
        }
    }

    /// Counts whose names are asked for; refuses where there were enough.
    fn looked_up(
        &self,
        service: &Service,
        caller: &Caller,
        fields: &Fields,
    ) -> Result<(), Refusal> {
        self.lookups.look_up(service, caller, fields, self.clock.now())
    }

    /// Who may not see what they have without a PIN is not told by what it is too little for.
    fn untold(&self, refusal: Refusal, is_proved: bool) -> Refusal {
        let tells = is_proved || !self.config.rules.balance_pin;
        if tells { refusal } else { people::pin_first::untold(refusal) }
    }

    /// What only the receipt knows: code, date, time, new balance.
    fn receipt_slots(&self, receipt: &Receipt, caller: &Caller) -> Slots {
        let account = caller.person.as_ref().map(|p| p.account_id);
        let balance = account.and_then(|account| receipt.available_minor(account));
        receipt::slots(&self.config, receipt.posting, receipt.at, balance)
    }
}

/// A failure of the database: logged where it is met, told to people as "busy, nothing was done".
fn unavailable(error: &StoreError) -> Refusal {
    tracing::error!(%error, "a read failed");
    Reason::BUSY.into()
}
