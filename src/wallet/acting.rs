//! Doing: a plan becomes a posting, once per key, with what the channel adds and the proof of the
//! PIN. What others were faster with is planned anew.

use super::message::Message;
use super::plan::{Act, Plan};
use super::planning::{Given, Planned};
use super::service::Unrecorded;
use super::{Authority, Caller, Service, Wallet, start_pin, unavailable};
use crate::actor::Actor;
use crate::book::{Change, Credential, Key, Posting, SecretKind};
use crate::money::Money;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::{AS_QUOTED, Answer, Fields, Request, Secret};
use crate::store::pins::{self, PinRow};
use crate::store::staff_rows::StaffRow;
use crate::value::{Slots, Value};
use secrecy::ExposeSecret;

/// How often something is planned anew because others were faster.
const PLANS_MAX: usize = 3;
/// What the wallet says of itself, whatever the service.
pub const MESSAGES: &[&Message] = &[&PIN_LOCKED];

/// What a locked PIN is told with.
const PIN_LOCKED: Message = Message::plain("sms.pin_locked", &[]);

/// What a channel adds to something it wants done.
#[derive(Debug, Clone)]
pub struct Execution {
    /// The same for each repetition of the same request.
    pub key: Key,
    /// Changes that become true together with what is done.
    pub side_effects: Vec<Change>,
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
pub struct Executed {
    /// The answer for the person.
    pub answer: Answer,
    /// The PIN was wrong and a try was charged: what comes with that is in the database.
    pub charged: bool,
    /// It was done, and no message tells of it: whoever does not see the answer hears nothing.
    pub silent: bool,
    /// It was done, and no posting tells all of it: what the answer said cannot be found again.
    pub not_recorded: bool,
}

impl Wallet {
    /// Does something, once per key.
    pub async fn act(&self, caller: &Caller, request: Request, execution: Execution) -> Executed {
        let Some(service) = super::service(&request.service) else {
            return refused(Reason::SERVICE_UNKNOWN.into(), false);
        };
        // what staff do needs a session, and comes by another way
        if matches!(service.authority, Authority::Staff(_)) {
            return refused(Reason::NOT_ALLOWED.into(), false);
        }
        let able =
            claimed(service, caller).and_then(|()| readable(service, request.secret.as_ref()));
        let done = match able {
            Ok(()) => self.commit(service, caller, request, execution).await,
            Err(refusal) => Err(refusal),
        };
        self.metrics
            .service(service.name, done.as_ref().map_or_else(Refusal::code, |_acted| "done"));
        done.unwrap_or_else(|refusal| {
            let charged = matches!(refusal.reason, Reason::PIN_WRONG | Reason::CODE_WRONG);
            refused(last_try(refusal), charged)
        })
    }

    async fn commit(
        &self,
        service: &'static Service,
        caller: &Caller,
        request: Request,
        execution: Execution,
    ) -> Result<Executed, Refusal> {
        let fresh_id = if service.opens > 0 {
            self.book.fresh_ids(service.opens).await.map_err(|e| unavailable(&e))?
        } else {
            0
        };
        let given = Given { key: Some(execution.key), fresh_id, posting: None };
        let digest = request_digest(service.name, &request.fields);
        for _plan in 0..PLANS_MAX {
            let Planned { mut plan, refused, pin, staff, .. } =
                self.plan(service, caller, &request, given).await;
            if let Some(refusal) = refused {
                return Err(refusal);
            }
            agreed(&plan, &request.fields)?;
            let Some(act) = plan.act.take() else { return Err(Reason::INVALID.into()) };
            let silent = act.changes.iter().all(|change| !matches!(change, Change::Tell(_)));
            let lost = matches!(service.replay.unrecorded, Unrecorded::Told);
            let not_recorded = lost || !act.is_recorded();
            let mut posting = self.posting(&execution, act);
            (posting.request, posting.actor) = (digest, actor(service, caller, staff.as_ref()));
            if service.authority.is_pin() {
                let row = pin.ok_or(Reason::PIN_LOCKED)?;
                start_pin::opens(&row, service.renews_pin, self.clock.now())?;
                posting.changes.push(Change::ClearPin { pin: row.id });
                posting.credentials.insert(
                    0,
                    self.credential(caller, request.secret.as_ref(), row, execution.wrong.clone())?,
                );
            }
            match self.book.post(posting).await {
                // an earlier copy did it: what this one planned since may be another thing
                Ok(receipt) if receipt.repeated => {
                    return self
                        .repeated(plan, silent, not_recorded, caller, &request, &execution)
                        .await;
                }
                Ok(receipt) => {
                    plan.show_all(self.receipt_slots(&receipt, caller));
                    return Ok(done(plan, silent, not_recorded));
                }
                // a PIN that is gone was that of somebody who was dismissed meanwhile
                Err(refusal) if refusal.reason == Reason::PIN_LOCKED => {
                    return Err(self.locked_or_dismissed(service, caller, refusal).await);
                }
                Err(refusal) if is_outdated(&refusal) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Err(Reason::BUSY.into())
    }

    /// The refusal of a PIN that is locked, or that went with who served by it.
    async fn locked_or_dismissed(
        &self,
        service: &Service,
        caller: &Caller,
        refusal: Refusal,
    ) -> Refusal {
        if service.authority != Authority::Assistant {
            return refusal;
        }
        // who is dismissed has no PIN for it a moment before they have no work
        let Some(post) = &caller.post else { return Reason::NOT_AGENT.into() };
        let pin = post.assistant.id.into();
        let taken = self.store.read(move |conn| pins::by_id(conn, pin)).await;
        let dismissed = taken.is_ok_and(|pin| pin.is_none_or(|pin| pin.tag.is_empty()));
        if dismissed { Reason::NOT_AGENT.into() } else { refusal }
    }

    /// A plan whose key was used before, with what was done then.
    async fn repeated(
        &self,
        mut plan: Plan,
        silent: bool,
        not_recorded: bool,
        caller: &Caller,
        request: &Request,
        execution: &Execution,
    ) -> Result<Executed, Refusal> {
        // a text is handled once, also where what it did is recorded
        let once = |change: &Change| matches!(change, Change::Dedup { .. });
        if execution.side_effects.iter().any(once) {
            return Err(Reason::SEEN.into());
        }
        match self.replay(caller, request, execution.key).await {
            Answer::Facts { slots, .. } => plan.show_all(slots),
            Answer::Refused(refusal) => return Err(refusal),
            Answer::Items(_) | Answer::Late => {}
        }
        Ok(done(plan, silent, not_recorded))
    }

    /// A plan as the book takes it, with what the channel adds, but without the PIN.
    fn posting(&self, execution: &Execution, act: Act) -> Posting {
        let changes = execution.side_effects.iter().cloned().chain(act.changes).collect();
        let credentials = act
            .credentials
            .into_iter()
            .map(|credential| also(credential, &execution.wrong))
            .collect();
        self.planned(execution.key, Act { changes, credentials, ..act })
    }

    /// A plan as the book takes it.
    pub(crate) fn planned(&self, key: Key, act: Act) -> Posting {
        let Act { kind, legs, holds, credentials, meters, changes, corrects } = act;
        Posting { legs, holds, meters, credentials, corrects, kind, ..self.note(key, changes) }
    }

    /// A posting that moves nothing: changes of rows that guard themselves.
    pub fn note(&self, key: Key, changes: Vec<Change>) -> Posting {
        Posting {
            key,
            request: [0; 16],
            kind: "note",
            at: self.clock.now(),
            actor: Actor::Service,
            currency: self.config.market.currency,
            legs: Vec::new(),
            holds: Vec::new(),
            meters: Vec::new(),
            changes,
            corrects: None,
            credentials: Vec::new(),
        }
    }

    /// What the book compares within the commit, and what a wrong PIN leaves. The owner hears of a
    /// lock by SMS: perhaps it was not them.
    fn credential(
        &self,
        caller: &Caller,
        secret: Option<&Secret>,
        row: PinRow,
        wrong: Wrong,
    ) -> Result<Credential, Refusal> {
        let person = caller.person.as_ref().ok_or(Reason::NOT_JOINED)?;
        let id = row.id;
        let pin = Pin::parse(entered(secret)?)?;
        // a tag whose key is not known any more equals nothing
        let tag = self
            .config
            .pin_keys
            .tag(row.key_version, id, &row.salt, &pin)
            .map_or(Vec::new(), Vec::from);
        let now = self.clock.now();
        let slots = Slots::new();
        let news = super::outgoing::message(
            &person.msisdn,
            &person.language,
            PIN_LOCKED.template,
            &slots,
            None,
            now,
        );
        let wrong = match wrong {
            Wrong::Charged => Vec::new(),
            Wrong::Charge(mut side_effects) => {
                side_effects.push(Change::ChargePin { pin: id });
                side_effects
            }
        };
        Ok(Credential {
            secret: SecretKind::Pin,
            pin: id,
            salt: row.salt,
            tag,
            wrong,
            locked: vec![Change::Tell(news)],
        })
    }
}

/// Who does something with this service.
fn actor(service: &Service, caller: &Caller, staff: Option<&StaffRow>) -> Actor {
    if let Some(staff) = staff {
        return Actor::Staff(staff.name.clone());
    }
    match (service.authority, &caller.post, &caller.person) {
        (Authority::Assistant, Some(post), _) => Actor::Assistant(post.assistant.id),
        (_, _, Some(person)) => Actor::Customer(person.account_id),
        (_, _, None) => Actor::Stranger,
    }
}

/// Whether the plan was good, but money was spent, an account frozen or an order answered in
/// between: a new plan does, or says, better.
pub(super) fn is_outdated(refusal: &Refusal) -> bool {
    let reason = refusal.reason;
    [Reason::NOT_ENOUGH, Reason::ACCOUNT_CLOSED, Reason::HOLD_GONE, Reason::MOVED].contains(&reason)
}

fn done(plan: Plan, silent: bool, not_recorded: bool) -> Executed {
    Executed {
        answer: Answer::Facts { slots: plan.slots, flags: plan.flags },
        charged: false,
        silent,
        not_recorded,
    }
}

fn refused(refusal: Refusal, charged: bool) -> Executed {
    let answer = Answer::Refused(refusal);
    Executed { answer, charged, silent: false, not_recorded: false }
}

/// It is done as it was shown to who said yes, or not at all: others may have changed it since.
fn agreed(plan: &Plan, fields: &Fields) -> Result<(), Refusal> {
    for name in AS_QUOTED {
        let shown = plan.slots.get(name).and_then(Value::money);
        let (Some(agreed), Some(now)) = (fields.get(name), shown) else { continue };
        if Money::from_minor_text(agreed, now.currency) != Some(now) {
            let priced = name == "total";
            return Err(if priced { Reason::PRICE_CHANGED } else { Reason::MOVED }.into());
        }
    }
    Ok(())
}

/// Whether somebody does this with a wallet that is theirs already: one that an agent opened is
/// taken over first.
fn claimed(service: &Service, caller: &Caller) -> Result<(), Refusal> {
    let at_work = [Authority::Assistant, Authority::StaffPhone].contains(&service.authority);
    let unclaimed = caller.person.is_some() && !caller.settled && !at_work;
    if unclaimed && !service.unclaimed { Err(Reason::NOT_CLAIMED.into()) } else { Ok(()) }
}

/// What cannot be a PIN at all costs no try: it is refused before one is charged.
fn readable(service: &Service, secret: Option<&Secret>) -> Result<(), Refusal> {
    if !service.authority.is_pin() {
        return Ok(());
    }
    Pin::parse(entered(secret)?).map(|_pin| ()).map_err(|reason| Refusal::of_field(reason, "pin"))
}

fn entered(secret: Option<&Secret>) -> Result<&str, Refusal> {
    Ok(secret.ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, "pin"))?.expose_secret())
}

/// A wrong PIN that was the last try reads as what it is, a lock; and a wrong code as one that is
/// gone.
fn last_try(refusal: Refusal) -> Refusal {
    let last = refusal.slots.get("left") == Some(&Value::Count(0));
    if last && refusal.reason == Reason::PIN_WRONG {
        return Reason::PIN_LOCKED.into();
    }
    if last && refusal.reason == Reason::CODE_WRONG { Reason::CODE_GONE.into() } else { refusal }
}

/// The proof of a secret besides the PIN: a wrong one leaves the same as a wrong PIN, and its own
/// charge.
fn also(credential: Credential, wrong: &Wrong) -> Credential {
    let wrong = match wrong {
        Wrong::Charged => Vec::new(),
        Wrong::Charge(side_effects) => {
            side_effects.iter().cloned().chain(credential.wrong).collect()
        }
    };
    Credential { wrong, ..credential }
}

/// What was asked, so that a key used for something else is noticed. Secrets are not part of it.
pub(super) fn request_digest(service: &str, fields: &Fields) -> [u8; 16] {
    let mut parts: Vec<&[u8]> = vec![service.as_bytes()];
    parts.extend(fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    crate::book::key::digest(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn what_is_done_is_what_was_shown_to_who_said_yes() {
        let says = |agreed: &[(&str, &str)]| {
            let mut plan = Plan::default();
            for (name, minor) in [("total", 100_700), ("back", 99_000), ("rest", 1_000)] {
                plan.show(name, Money { minor, currency: Currency::KES });
            }
            let fields = agreed.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            super::agreed(&plan, &fields.collect()).err().map(|refusal| refusal.reason)
        };
        assert_eq!(says(&[]), None, "who was shown nothing, as by a text");
        assert_eq!(says(&[("total", "100700"), ("back", "99000")]), None);
        assert_eq!(says(&[("total", "100600"), ("back", "99000")]), Some(Reason::PRICE_CHANGED));
        for other in ["100", "100000", "", "much"] {
            let found = says(&[("back", other)]);
            assert_eq!(found, Some(Reason::MOVED), "the other side has proposed another split");
        }
    }
}
