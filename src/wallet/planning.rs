//! Planning: a service decides on what can be read. Where hops ask together, what most plans need is asked first, and the
//! plan is made at once if it needs nothing else; otherwise a reader makes it.

use super::desk::{Desk, Halt, House, Plan};
use super::known::{Known, Reach};
use super::{Caller, Service, Wallet, Whose, pin, price, unavailable};
use crate::ask::{Ask, Fields, Secret, Verb};
use crate::book::Key;
use crate::phone::Msisdn;
use crate::refusal::Refusal;
use crate::store::{Conn, StoreError};
use std::sync::Arc;

/// The input that names who is paid.
const TO: &str = "to";

/// What is planned, and why it ends there if it does.
type Planned = (Plan, Option<Refusal>);

/// A request to be planned.
struct Request {
    house: Arc<House>,
    decide: fn(&mut Desk) -> Result<(), Halt>,
    caller: Caller,
    fields: Fields,
    secret: Option<Secret>,
    verb: Verb,
    whose: Whose,
    key: Option<Key>,
    fresh_id: i64,
}

impl Request {
    /// Nothing where something must be read and there is no connection.
    fn plan(&self, mut conn: Option<&mut Conn>, known: Known) -> Result<Option<Planned>, StoreError> {
        let (now, house) = (self.house.clock.now(), &self.house);
        // who serves is looked up anew when something is done: they may have been dismissed meanwhile
        let now_there = match self.whose {
            Whose::Assistant => match conn.as_deref_mut() {
                Some(conn) => Some(Caller::read(conn, self.caller.msisdn.clone(), now)?),
                None => return Ok(None),
            },
            Whose::Nobody | Whose::Caller => None,
        };
        let mut desk = Desk {
            conn: Reach(conn),
            house,
            caller: now_there.as_ref().unwrap_or(&self.caller),
            fields: &self.fields,
            secret: self.secret.clone(),
            key: self.key,
            fresh_id: self.fresh_id,
            verb: self.verb,
            now,
            known,
            channel: price::USSD,
            plan: Plan::default(),
        };
        match (self.decide)(&mut desk).and_then(|()| pin::read(&mut desk, self.whose)) {
            Ok(()) => Ok(Some((desk.plan, None))),
            Err(Halt::Refused(refusal)) => Ok(Some((desk.plan, Some(refusal)))),
            Err(Halt::Broken(error)) => Err(error),
            Err(Halt::Unread) => Ok(None),
        }
    }
}

impl Wallet {
    /// What is planned, and why it ends there if it does.
    pub(super) async fn plan(
        &self,
        service: &Service,
        caller: &Caller,
        ask: &Ask,
        key: Option<Key>,
        fresh_id: i64,
    ) -> Planned {
        let whose = if ask.verb == Verb::Do { service.pin } else { Whose::Nobody };
        let (house, decide, caller) = (self.house.clone(), service.plan, caller.clone());
        let (fields, secret, verb) = (ask.fields.clone(), ask.secret.clone(), ask.verb);
        let request = Request { house, decide, caller, fields, secret, verb, whose, key, fresh_id };
        let mut known = Known::default();
        if let Some(asked) = self.asked_together(&request).await {
            known = asked;
            match request.plan(None, known.clone()) {
                Ok(Some(planned)) => return planned,
                Ok(None) => {}
                Err(error) => return (Plan::default(), Some(unavailable(&error))),
            }
        }
        let read = move |conn: &mut Conn| request.plan(Some(conn), known.clone())?.ok_or(StoreError::Closed);
        self.store.read(read).await.unwrap_or_else(|error| (Plan::default(), Some(unavailable(&error))))
    }

    /// What most plans need: both sides of a payment. Nothing where nobody asks together, or there is nobody to ask about.
    async fn asked_together(&self, request: &Request) -> Option<Known> {
        let (together, own) = (self.store.together()?, request.caller.person.as_ref()?.account_id);
        let to = Msisdn::parse(request.fields.get(TO)?, &self.house.market).ok()?;
        let both = together.both(own, to.e164().to_owned()).await?;
        let mut known = Known::default();
        known.learn(to.e164(), both);
        Some(known)
    }
}
