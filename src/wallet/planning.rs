//! Planning: what a service wants is read, step by step, and then it decides. On a file all of that
//! is one visit of a reader. On a server what many requests want is read together, one journey a
//! step; what only this one wants, by a reader.

use super::context::{Channel, Context, Peers, People};
use super::office::{alone, by_phone, own_side, two_people};
use super::plan::{Plan, PlanError};
use super::policy::Policy;
use super::registry::PEERS;
use super::service::{Authority, Decide, Service, Wants};
use super::{Caller, ServiceConfig, Wallet, unavailable};
use crate::book::Key;
use crate::id::PostingId;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Mode, Request, Secret};
use crate::staff::role;
use crate::store::facts::{Facts, NotWanted};
use crate::store::pins::PinRow;
use crate::store::staff_rows::StaffRow;
use crate::store::wants::Want;
use crate::store::{Conn, StoreError, loading};
use crate::time::Timestamp;
use std::borrow::Cow;
use std::sync::Arc;

/// What is planned, why it ends there if it does, and what a typed PIN is compared with.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// The plan.
    pub(super) plan: Plan,
    /// Why it ends there.
    pub(super) refused: Option<Refusal>,
    /// What the PIN that it needs is compared with.
    pub(super) pin: Option<PinRow>,
    /// Who of the staff does it by phone.
    pub(super) staff: Option<StaffRow>,
    /// What is committed is only that it was asked for: it takes another one.
    pub(super) waits: bool,
}

/// What comes with a request that is to be done, or was done, and not with a question.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Given {
    /// What makes a repetition recognisable.
    pub(super) key: Option<Key>,
    /// The first of the numbers that things are opened with.
    pub(super) fresh_id: i64,
    /// The posting that was recorded, where an answer is told again.
    pub(super) posting: Option<PostingId>,
}

/// A request to be planned, with all that is handed in.
pub(super) struct Job {
    pub(super) config: Arc<ServiceConfig>,
    pub(super) policy: Arc<Policy>,
    pub(super) peers: &'static Peers,
    pub(super) service: &'static Service,
    pub(super) steps: &'static [Wants],
    pub(super) decide: Decide,
    pub(super) caller: Caller,
    pub(super) fields: Fields,
    pub(super) secret: Option<Secret>,
    pub(super) mode: Mode,
    pub(super) now: Timestamp,
    pub(super) salt: [u8; 16],
    pub(super) given: Given,
}

impl Job {
    /// Whose PIN it needs as it is asked for.
    fn whose(&self) -> Authority {
        if self.mode == Mode::Execute { self.service.authority } else { Authority::Nobody }
    }

    /// Who serves is looked up anew when something is done: they may have been dismissed meanwhile.
    fn caller(&self, facts: &Facts) -> Result<Cow<'_, Caller>, NotWanted> {
        match self.whose() {
            Authority::Nobody
            | Authority::Customer
            | Authority::Staff(_)
            | Authority::StaffPhone => Ok(Cow::Borrowed(&self.caller)),
            Authority::Assistant => {
                let now = facts.caller(self.caller.msisdn.e164(), self.now.micros())?;
                Ok(Cow::Owned(Caller::of(self.caller.msisdn.clone(), now.cloned())))
            }
        }
    }

    pub(super) fn context<'a>(&'a self, caller: &'a Caller, facts: &'a Facts) -> Context<'a> {
        Context {
            config: &self.config,
            policy: &self.policy,
            peers: self.peers,
            caller,
            fields: &self.fields,
            secret: self.secret.as_ref(),
            mode: self.mode,
            now: self.now,
            channel: Channel::Ussd,
            key: self.given.key,
            fresh_id: self.given.fresh_id,
            salt: self.salt,
            posting: self.given.posting,
            facts,
        }
    }

    /// How many steps there are: one more where it must be asked first who serves.
    pub(super) fn steps(&self) -> usize {
        // also who wants nothing else has a PIN that is read
        let own = self.steps.len().max(1);
        own.saturating_add(usize::from(self.whose() == Authority::Assistant))
    }

    /// What a step wants.
    pub(super) fn wants(&self, step: usize, facts: &Facts) -> Result<Vec<Want>, NotWanted> {
        let mut wants = Vec::new();
        let own = match self.whose() {
            Authority::Assistant if step == 0 => {
                let msisdn = self.caller.msisdn.e164().to_owned();
                return Ok(vec![Want::Caller(msisdn, self.now.micros())]);
            }
            Authority::Assistant => step.checked_sub(1),
            Authority::Nobody
            | Authority::Customer
            | Authority::Staff(_)
            | Authority::StaffPhone => Some(step),
        };
        let caller = self.caller(facts)?;
        // the PIN is read with the first that is read of who has it
        match (self.whose(), own) {
            (Authority::Customer, Some(0)) => {
                wants.extend(caller.person.as_ref().map(|p| Want::Owner(p.account_id)))
            }
            (Authority::Assistant, Some(0)) => {
                wants.extend(caller.post.as_ref().map(|t| Want::Pin(t.assistant.id.into())))
            }
            (Authority::Staff(right), Some(0)) if self.policy.bands.has(right) => {
                let context = self.context(&caller, facts);
                wants.extend(caller.staff.as_ref().map(|staff| alone::want(&context, staff.id)))
            }
            (
                Authority::Nobody
                | Authority::Customer
                | Authority::Assistant
                | Authority::Staff(_)
                | Authority::StaffPhone,
                _,
            ) => {}
        }
        let context = self.context(&caller, facts);
        if step == 0 && own_side::concerns(self.service.authority) {
            wants.push(own_side::want(&context));
        }
        for want in
            own.and_then(|own| self.steps.get(own)).map(|step| step(&context)).unwrap_or_default()
        {
            if !wants.contains(&want) {
                wants.push(want);
            }
        }
        Ok(wants)
    }

    /// Decides on what was read.
    fn decide(&self, facts: &Facts) -> Result<Planned, StoreError> {
        let mut planned = Planned::default();
        let decided = self.decided(facts, &mut planned);
        match decided.and_then(|()| self.left_to_two(facts, &mut planned)) {
            Ok(()) => {}
            Err(PlanError::Refused(refusal)) => planned.refused = Some(refusal),
            Err(PlanError::NotWanted(fact)) => {
                tracing::error!(service = self.service.name, %fact, "a service is mistaken");
                planned.refused = Some(Reason::INVALID.into());
            }
            Err(PlanError::Damaged(what)) => return Err(StoreError::Damaged(what)),
        }
        Ok(planned)
    }

    /// What comes of a trial.
    #[cfg(test)]
    pub(super) fn tried(&self, facts: &Facts) -> (Plan, Option<PlanError>) {
        let mut planned = Planned::default();
        let error = self.decided(facts, &mut planned).err();
        (planned.plan, error)
    }

    fn decided(&self, facts: &Facts, planned: &mut Planned) -> Result<(), PlanError> {
        let caller = self.caller(facts)?;
        allowed(self.service, &caller)?;
        let context = self.context(&caller, facts);
        (self.decide)(&context, &mut planned.plan)?;
        if own_side::concerns(self.service.authority) && own_side::is_one(&context, &planned.plan)?
        {
            return Err(Reason::OWN_SIDE.into());
        }
        let pin = match self.whose() {
            Authority::Nobody | Authority::Staff(_) => return Ok(()),
            Authority::Customer => {
                caller.person.as_ref().ok_or(Reason::NOT_JOINED)?.account_id.into()
            }
            Authority::Assistant => {
                caller.post.as_ref().ok_or(Reason::NOT_AGENT)?.assistant.id.into()
            }
            Authority::StaffPhone => {
                let staff = by_phone::on_phone(&context)?;
                planned.staff = Some(staff.clone());
                by_phone::pin_of(staff)
            }
        };
        planned.pin = facts.pin(pin)?.cloned();
        Ok(())
    }

    /// What one of the staff wants done that takes two is not done: it is kept, for another one.
    fn left_to_two(&self, facts: &Facts, planned: &mut Planned) -> Result<(), PlanError> {
        let Authority::Staff(right) = self.service.authority else { return Ok(()) };
        if self.mode != Mode::Execute {
            return Ok(());
        }
        let caller = self.caller(facts)?;
        let context = self.context(&caller, facts);
        let number = self.waits_as();
        let plan = &mut planned.plan;
        match (self.service.needs)(&context, plan) {
            People::One => {}
            People::Two => planned.waits = true,
            People::ByAmount => {
                let staff = context.staff()?.id;
                planned.waits = !alone::band(&context, staff, right, plan)?.one;
                if !planned.waits {
                    let counted = alone::counted(&context, right, plan, number)?;
                    plan.act.iter_mut().for_each(|act| act.changes.extend(counted.clone()));
                }
            }
        }
        if planned.waits {
            let asked = two_people::asked(&context, self.service, plan, number)?;
            alone::show(&context, context.staff()?.id, right, plan)?;
            plan.commit(asked);
        }
        Ok(())
    }

    /// The number of what waits: one more than it opens with.
    fn waits_as(&self) -> i64 {
        self.given.fresh_id.saturating_add(self.service.opens)
    }

    /// Reads what the steps from this one on want, and decides.
    fn read(&self, conn: &mut Conn, from: usize, facts: &Facts) -> Result<Planned, StoreError> {
        let mut facts = facts.clone();
        for step in from..self.steps() {
            match self.wants(step, &facts) {
                Ok(wants) => loading::load(conn, &wants, &mut facts)?,
                Err(_decided_on_what_is_there) => break,
            }
        }
        self.decide(&facts)
    }
}

/// What is for staff is for those whose roles allow it, however it is asked for.
fn allowed(service: &Service, caller: &Caller) -> Result<(), PlanError> {
    let Authority::Staff(right) = service.authority else { return Ok(()) };
    let roles = caller.staff.as_ref().and_then(|staff| role::parse(&staff.roles));
    match roles {
        Some(roles) if right.may_ask(&roles) => Ok(()),
        Some(_) | None => Err(Reason::NOT_ALLOWED.into()),
    }
}

impl Wallet {
    /// What a service says to a request.
    pub(super) async fn plan(
        &self,
        service: &'static Service,
        caller: &Caller,
        request: &Request,
        given: Given,
    ) -> Planned {
        self.planned_by(service, service.wants, service.decide, caller, request, given).await
    }

    /// The same by other steps and another decision of the service.
    pub(super) async fn planned_by(
        &self,
        service: &'static Service,
        steps: &'static [Wants],
        decide: Decide,
        caller: &Caller,
        request: &Request,
        given: Given,
    ) -> Planned {
        let job = Job {
            config: self.config.clone(),
            policy: self.policy.get(),
            peers: &PEERS,
            service,
            steps,
            decide,
            caller: caller.clone(),
            fields: request.fields.clone(),
            secret: request.secret.clone(),
            mode: request.mode,
            now: self.clock.now(),
            salt: if request.secret.is_some() || given.key.is_some() {
                self.randomness.bytes()
            } else {
                [0; 16]
            },
            given,
        };
        let planned = self.work(job).await;
        planned.unwrap_or_else(|error| Planned {
            refused: Some(unavailable(&error)),
            ..Planned::default()
        })
    }

    async fn work(&self, job: Job) -> Result<Planned, StoreError> {
        let mut facts = Facts::default();
        let mut step = 0;
        if let Some(batch_reader) = self.store.batch_reader() {
            while step < job.steps() {
                let Ok(wants) = job.wants(step, &facts) else { return job.decide(&facts) };
                let open: Vec<Want> = wants.into_iter().filter(|want| !facts.has(want)).collect();
                if !open.is_empty() {
                    if !open.iter().all(Want::is_shared) {
                        break;
                    }
                    let Some(found) = batch_reader.load(open).await else { break };
                    facts.extend(found);
                }
                step = step.saturating_add(1);
            }
            if step >= job.steps() {
                return job.decide(&facts);
            }
        }
        self.store.read(move |conn: &mut Conn| job.read(conn, step, &facts)).await
    }
}
