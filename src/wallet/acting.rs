//! Doing: a plan becomes a posting, once per key, with what the channel adds and the proof of the
//! PIN. What others were faster with is planned anew.

use super::pin_proof::{charged_once, entered};
use super::plan::{Act, Plan};
use super::planning::{Given, Planned};
use super::{Authority, Caller, Service, Wallet, unavailable};
use crate::actor::Actor;
use crate::book::{Change, Key, Posting};
use crate::money::Money;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::{AS_QUOTED, Answer, Fields, Request, Secret};
use crate::store::staff_rows::StaffRow;
use crate::store::{book_rows, dedup, pins};
use crate::value::Value;

/// How often something is planned anew because others were faster.
const PLANS_MAX: usize = 3;
/// What a channel adds to something it wants done.
///
/// Of its key comes one thing at most: a posting, something that leaves none, or that it is said to
/// have come to nothing. Whoever comes with it after something else came of it is refused as
/// `seen`. A wrong PIN costs one try for each key.
#[derive(Debug, Clone)]
pub struct Execution {
    /// The same for each repetition of the same request.
    pub key: Key,
    /// Changes that become true together with what is done.
    pub side_effects: Vec<Change>,
}

/// What came of wanting something done.
#[derive(Debug)]
pub struct Executed {
    /// The answer for the person.
    pub answer: Answer,
    /// It was done, and no message tells of it: whoever does not see the answer hears nothing.
    pub silent: bool,
    /// It had been done before, under the same key.
    pub repeated: bool,
}

impl Wallet {
    /// Does something, once per key.
    pub async fn act(&self, caller: &Caller, request: Request, execution: Execution) -> Executed {
        let Some(service) = super::service(&request.service) else {
            return refused(Reason::SERVICE_UNKNOWN.into());
        };
        // what staff do needs a session, and comes by another way
        if matches!(service.authority, Authority::Staff(_)) {
            return refused(Reason::NOT_ALLOWED.into());
        }
        let able =
            claimed(service, caller).and_then(|()| readable(service, request.secret.as_ref()));
        let done = match able {
            Ok(()) => self.commit(service, caller, request, execution).await,
            Err(refusal) => Err(refusal),
        };
        self.metrics
            .service(service.name, done.as_ref().map_or_else(Refusal::code, |_acted| "done"));
        let is_proved = service.authority.is_pin();
        done.unwrap_or_else(|refusal| refused(self.untold(last_try(refusal), is_proved)))
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
        // who dials has seen the names before; by a text this is the first that they see of them
        let by_text = service.text.is_some();
        if by_text && let Err(refusal) = self.looked_up(service, caller, &request.fields) {
            return Err(self.unless_done(execution.key, refusal).await);
        }
        let digest = request_digest(service.name, &request.fields);
        for _plan in 0..PLANS_MAX {
            let Planned { mut plan, refused, pin, staff, .. } =
                self.plan(service, caller, &request, given).await;
            let planned = refused.map_or(Ok(()), Err);
            if let Err(refusal) = planned.and_then(|()| agreed(&plan, &request.fields)) {
                return Err(self.unless_done(execution.key, refusal).await);
            }
            let Some(act) = plan.act.take() else { return Err(Reason::INVALID.into()) };
            let silent = act.changes.iter().all(|change| !matches!(change, Change::Tell(_)));
            let mut posting = self.posting(&execution, act);
            (posting.request, posting.actor) = (digest, actor(service, caller, staff.as_ref()));
            if service.authority.is_pin() {
                let row = pin.ok_or(Reason::PIN_LOCKED)?;
                let proof = self.authorised(service, caller, &request, row, execution.key)?;
                posting.changes.extend(proof.right);
                posting.credentials.insert(0, proof.credential);
            }
            match self.book.post(posting).await {
                // an earlier copy did it: what this one planned since may be another thing
                Ok(receipt) if receipt.repeated => {
                    return self.repeated(plan, silent, caller, &request, execution.key).await;
                }
                Ok(receipt) => {
                    // what a text has led to is a question, and no payment yet
                    if !by_text {
                        self.lookups.done(caller, &request.fields);
                    }
                    plan.show_all(self.receipt_slots(&receipt, caller));
                    return Ok(done(plan, silent));
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

    /// Why something cannot be planned; `seen` where something has come of its key, as that may be
    /// the very reason: an earlier copy was faster, here or on another node.
    async fn unless_done(&self, key: Key, refusal: Refusal) -> Refusal {
        let seen = self.store.read(move |conn| {
            let key: &[&[u8]] = &[key.bytes()];
            Ok(!dedup::seen_among(conn, key)?.is_empty()
                || !book_rows::postings_with(conn, key)?.is_empty())
        });
        match seen.await {
            Ok(true) => Reason::SEEN.into(),
            Ok(false) => refusal,
            Err(error) => unavailable(&error),
        }
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
        caller: &Caller,
        request: &Request,
        key: Key,
    ) -> Result<Executed, Refusal> {
        match self.replay(caller, request, key).await {
            Answer::Facts { slots, .. } => plan.show_all(slots),
            Answer::Refused(refusal) => return Err(refusal),
            Answer::Items(_) | Answer::Late => {}
        }
        Ok(Executed { repeated: true, ..done(plan, silent) })
    }

    /// A plan as the book takes it, with what the channel adds, but without the PIN.
    fn posting(&self, execution: &Execution, act: Act) -> Posting {
        let key = execution.key;
        // a posting has its key for ever; what leaves none is remembered for as long as anybody
        // comes again
        let once = if act.is_recorded() { Change::Undone { key } } else { Change::Dedup { key } };
        let changes =
            [once].into_iter().chain(execution.side_effects.iter().cloned()).chain(act.changes);
        let changes = changes.collect();
        let credentials =
            act.credentials.into_iter().map(|credential| charged_once(credential, key)).collect();
        self.planned(key, Act { changes, credentials, ..act })
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

fn done(plan: Plan, silent: bool) -> Executed {
    let answer = Answer::Facts { slots: plan.slots, flags: plan.flags };
    Executed { answer, silent, repeated: false }
}

fn refused(refusal: Refusal) -> Executed {
    Executed { answer: Answer::Refused(refusal), silent: false, repeated: false }
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
    // the PIN may have been read on an earlier screen
    if !service.authority.is_pin() || service.pin_before {
        return Ok(());
    }
    Pin::parse(entered(secret)?).map(|_pin| ()).map_err(|reason| Refusal::of_field(reason, "pin"))
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
                plan.show(name, Money { minor, currency: Currency::parse("KES").unwrap() });
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
