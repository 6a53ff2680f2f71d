//! The wallet: what people can do with their money, one file per service.
//!
//! A service is one function, `plan`: it reads facts, decides, and says what would happen, as values for a screen and an
//! `Act` for the book. A quote shows the plan, doing it commits the same plan. So a new service is a file here, a line
//! in `SERVICES` and some menu data. The wallet never knows which channel asks, and it never commits money itself.

pub mod account;
pub mod agent;
pub mod budget;
pub mod claim;
pub mod desk;
pub mod expiry;
pub mod extract;
pub mod founding;
pub mod join;
mod known;
pub mod limits;
pub mod mailbox;
pub mod orders;
pub mod parcel;
pub mod pin;
mod planning;
pub mod price;
mod recall;
pub mod receipt;
pub mod request;
pub mod reversal;
pub mod send;
pub mod standing;

pub use desk::{Act, Desk, Halt, House, Plan, Rules};
pub use known::{Known, Reach};

use crate::ask::{Answer, Ask, Fields, Item, Verb};
use crate::book::{Book, Change, Key, Posting, Receipt};
use crate::metrics::Metrics;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::store::agents::Till;
use crate::store::members::{self, Dialler};
use crate::store::people::PersonRow;
use crate::store::{Conn, Store, StoreError};
use crate::time::Timestamp;
use std::sync::Arc;

/// One service.
pub struct Service {
    /// What menus and grammars call it.
    pub name: &'static str,
    /// Whose PIN doing it needs. Menus cannot switch this off.
    pub pin: Whose,
    /// How many things doing it opens that need numbers of their own.
    pub opens: i64,
    /// Reads facts and decides.
    pub plan: fn(&mut Desk) -> Result<(), Halt>,
}

/// Whose PIN a service needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// None.
    Nobody,
    /// The caller's own.
    Caller,
    /// The one the caller has for their work at an outlet.
    Assistant,
}

/// How often something is planned anew because others were faster.
const PLANS_MAX: usize = 3;

/// Everything the wallet can do.
pub const SERVICES: &[Service] = &[
    send::SERVICE,
    parcel::SEND,
    parcel::mine::LIST,
    parcel::mine::CANCEL,
    parcel::mine::SECRET,
    orders::ORDER,
    orders::LIST,
    orders::APPROVE,
    orders::DECLINE,
    reversal::UNDO,
    reversal::SENT,
    reversal::ASKED,
    reversal::AGREE,
    reversal::DISPUTE,
    request::ASK,
    request::MINE,
    request::CANCEL,
    request::bill::SPLIT,
    request::bill::MINE,
    request::bill::SHARES,
    request::bill::REMIND,
    request::bill::CANCEL,
    request::block::ASKERS,
    request::block::BLOCK,
    request::block::BLOCKED,
    request::block::UNBLOCK,
    agent::cash_in::SERVICE,
    agent::cash_out::SERVICE,
    agent::cash_out::ASK,
    agent::code::MAKE,
    agent::code::REDEEM,
    agent::float::SELL,
    agent::register::REGISTER,
    agent::register::LIFT,
    agent::shift::OPEN,
    agent::shift::CLOSE,
    agent::payout::PAY,
    agent::find::FIND,
    agent::deposit::CODE,
    agent::settings::LOW,
    agent::settings::CHOOSE,
    agent::settings::REPEAT,
    agent::settings::CHANGE,
    agent::till::SHOW,
    agent::till::CHECK,
    account::BALANCE,
    account::STATEMENT,
    account::LANGUAGE,
    mailbox::ADDRESS,
    mailbox::PROVE,
    mailbox::STATEMENT,
    standing::SET_UP,
    standing::LIST,
    standing::CANCEL,
    budget::SET,
    budget::REMOVE,
    join::SERVICE,
    claim::SERVICE,
    pin::CHOOSE,
    pin::REPEAT,
    pin::CHANGE,
];

/// Who asks: a number that the gateway vouches for, and whose wallet it is.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The number.
    pub msisdn: Msisdn,
    /// Its owner, once they have joined.
    pub person: Option<PersonRow>,
    /// They have a PIN. Who was registered by an agent has none until they choose it.
    pub settled: bool,
    /// Where they serve as an agent.
    pub till: Option<Till>,
    /// A payment waits for their yes.
    pub asked: bool,
}

impl Caller {
    /// Reads who has this number.
    pub fn read(conn: &mut Conn, msisdn: Msisdn, now: Timestamp) -> Result<Caller, StoreError> {
        let found = members::diallers(conn, &[msisdn.e164()], now.micros())?.pop();
        Ok(Caller::of(msisdn, found))
    }

    /// Who has this number, as they were found.
    pub fn of(msisdn: Msisdn, found: Option<Dialler>) -> Caller {
        match found {
            Some(Dialler { person, settled, till, asked }) => {
                Caller { msisdn, person: Some(person), settled, till, asked }
            }
            None => Caller { msisdn, person: None, settled: false, till: None, asked: false },
        }
    }
}

/// What a channel adds to something it wants done.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The same for each repetition of the same request.
    pub key: Key,
    /// Changes that become true together with what is done.
    pub along: Vec<Change>,
    /// What happens when the PIN is wrong.
    pub wrong: Wrong,
}

/// What a wrong PIN leaves.
#[derive(Debug, Clone)]
pub enum Wrong {
    /// It costs a try, and these changes become true with the charge.
    Charge(Vec<Change>),
    /// An earlier run of the same request was charged.
    Charged,
}

/// What came of wanting something done.
#[derive(Debug)]
pub struct Acted {
    /// The answer for the person.
    pub answer: Answer,
    /// The PIN was wrong and a try was charged: what comes with that is in the database.
    pub charged: bool,
    /// It was done, and no message tells of it: whoever does not see the answer hears nothing.
    pub silent: bool,
    /// It was done, and no posting tells of it: what the answer said cannot be found again.
    pub unposted: bool,
}

/// The wallet. Clones share everything.
#[derive(Debug, Clone)]
pub struct Wallet {
    /// What it reads.
    pub store: Store,
    /// What commits for it.
    pub book: Book,
    /// Rules and keys.
    pub house: Arc<House>,
    /// What it counts.
    pub metrics: Arc<Metrics>,
}

impl Wallet {
    /// Whose number this is.
    pub async fn caller(&self, msisdn: Msisdn) -> Result<Caller, StoreError> {
        let now = self.house.clock.now();
        self.store.read(move |conn| Caller::read(conn, msisdn.clone(), now)).await
    }

    /// Answers a question that changes nothing. Doing needs a `Turn`: see `act`.
    pub async fn answer(&self, caller: &Caller, ask: Ask) -> Answer {
        let verb = ask.verb;
        let Some(service) = service(&ask.service) else { return Answer::Refused(Reason::ServiceUnknown.into()) };
        let (plan, refused) = self.plan(service, caller, &ask, None, 0).await;
        match (verb, refused) {
            (Verb::List, None) => Answer::Items(plan.items),
            (Verb::Check | Verb::Quote | Verb::Do, None) => Answer::Facts { slots: plan.slots, flags: plan.flags },
            // so far, so good: the rest has not been asked for yet
            (Verb::Check, Some(Refusal { reason: Reason::FieldMissing, .. })) => {
                Answer::Facts { slots: plan.slots, flags: plan.flags }
            }
            (Verb::Check | Verb::Quote | Verb::List | Verb::Do, Some(refusal)) => Answer::Refused(refusal),
        }
    }

    /// Does something, once per key.
    pub async fn act(&self, caller: &Caller, ask: Ask, turn: Turn) -> Acted {
        let Some(service) = service(&ask.service) else {
            return refused(Reason::ServiceUnknown.into(), false);
        };
        let able = claim::settled(service, caller).and_then(|()| pin::readable(service, ask.secret.as_ref()));
        let done = match able {
            Ok(()) => self.commit(service, caller, ask, turn).await,
            Err(refusal) => Err(refusal),
        };
        self.metrics.service(service.name, done.as_ref().map_or_else(Refusal::code, |_plan| "done"));
        match done {
            Ok(plan) => {
                let answer = Answer::Facts { slots: plan.slots, flags: plan.flags };
                Acted { answer, charged: false, silent: plan.silent, unposted: plan.unposted }
            }
            Err(refusal) => {
                let charged = matches!(refusal.reason, Reason::PinWrong | Reason::CodeWrong);
                refused(pin::last_try(refusal), charged)
            }
        }
    }

    async fn commit(&self, service: &Service, caller: &Caller, ask: Ask, turn: Turn) -> Result<Plan, Refusal> {
        let fresh_id =
            if service.opens > 0 { self.book.fresh_ids(service.opens).await.map_err(|e| unavailable(&e))? } else { 0 };
        let request = request_digest(service.name, &ask.fields);
        for _plan in 0..PLANS_MAX {
            let (mut plan, refused) = self.plan(service, caller, &ask, Some(turn.key), fresh_id).await;
            if let Some(refusal) = refused {
                return Err(refusal);
            }
            let agreed = ask.fields.get("total");
            if agreed.is_some_and(|agreed| plan.slots.get("total").is_some_and(|total| total != agreed)) {
                return Err(Reason::PriceChanged.into());
            }
            let Some(act) = plan.act.take() else { return Err(Reason::Invalid.into()) };
            plan.silent = act.changes.iter().all(|change| !matches!(change, Change::Tell(_)));
            plan.unposted = act.legs.is_empty() && act.holds.is_empty();
            let mut posting = self.posting(&turn, act);
            posting.request = request;
            if service.pin != Whose::Nobody {
                let row = plan.pin.take().ok_or(Reason::PinLocked)?;
                posting.changes.push(Change::ClearPin { account: row.account_id });
                posting.proofs.insert(0, self.proof(caller, ask.secret.as_ref(), row, turn.wrong.clone())?);
            }
            match self.book.post(posting).await {
                // an earlier copy did it: what this one planned since may be another thing
                Ok(receipt) if receipt.repeated => return self.repeated(plan, caller, &ask, turn.key).await,
                Ok(receipt) => return Ok(self.with_receipt(plan, &receipt, caller)),
                // a PIN that is gone was that of somebody who was dismissed meanwhile
                Err(refusal) if refusal.reason == Reason::PinLocked && service.pin == Whose::Assistant => {
                    let serves = self.caller(caller.msisdn.clone()).await.map(|now| now.till.is_some());
                    return Err(if let Ok(false) = serves { Reason::NotAgent.into() } else { refusal });
                }
                // the plan was good, but money was spent, an account frozen or an order answered in between: a new plan does,
                // or says, better
                Err(refusal)
                    if matches!(
                        refusal.reason,
                        Reason::NotEnough | Reason::AccountClosed | Reason::HoldGone | Reason::OrderGone
                    ) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Err(Reason::Busy.into())
    }

    /// A plan as the book takes it, with what the channel adds, but without the PIN.
    fn posting(&self, turn: &Turn, act: Act) -> Posting {
        let changes = turn.along.iter().cloned().chain(act.changes).collect();
        let proofs = act.proofs.into_iter().map(|proof| pin::also(proof, &turn.wrong)).collect();
        self.planned(turn.key, Act { changes, proofs, ..act })
    }

    /// A plan as the book takes it.
    fn planned(&self, key: Key, act: Act) -> Posting {
        let Act { kind, legs, holds, proofs, meters, changes, corrects } = act;
        Posting { legs, holds, meters, proofs, corrects, ..self.blank(key, kind, changes) }
    }

    /// Adds what only the receipt knows: code, date, time, new balance.
    fn with_receipt(&self, mut plan: Plan, receipt: &Receipt, caller: &Caller) -> Plan {
        let account = caller.person.as_ref().map(|p| p.account_id);
        let balance = account.and_then(|account| receipt.balance_minor(account));
        plan.slots.extend(receipt::slots(&self.house, receipt.posting, receipt.at, balance));
        plan
    }

    /// A posting that moves nothing: changes of rows that guard themselves.
    pub fn note(&self, key: Key, changes: Vec<Change>) -> Posting {
        self.blank(key, "note", changes)
    }

    fn blank(&self, key: Key, kind: &'static str, changes: Vec<Change>) -> Posting {
        Posting {
            key,
            request: [0; 16],
            kind,
            at: self.house.clock.now(),
            currency: self.house.market.currency,
            legs: Vec::new(),
            holds: Vec::new(),
            meters: Vec::new(),
            changes,
            corrects: None,
            proofs: Vec::new(),
        }
    }
}

fn refused(refusal: Refusal, charged: bool) -> Acted {
    Acted { answer: Answer::Refused(refusal), charged, silent: false, unposted: false }
}

/// The service with this name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// A failure of the database: logged where it is met, told to people as "busy, nothing was done".
fn unavailable(error: &StoreError) -> Refusal {
    tracing::error!(%error, "a read failed");
    Reason::Busy.into()
}

/// What was asked, so that a key used for something else is noticed. Secrets are not part of it.
fn request_digest(service: &str, fields: &Fields) -> [u8; 16] {
    let mut parts: Vec<&[u8]> = vec![service.as_bytes()];
    parts.extend(fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    crate::book::key::digest(&parts)
}

/// A line of a list.
fn item(id: i64, slots: &[(&str, String)]) -> Item {
    Item { id: id.to_string(), slots: slots.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect() }
}
