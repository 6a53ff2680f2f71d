//! Doing what one of the staff asks for: planned like anything else, recorded under their name, and
//! where it takes two, left for another one to approve.

use super::super::acting::{is_outdated, request_digest};
use super::super::planning::{Given, Planned};
use super::super::{Authority, Wallet, service, unavailable};
use super::refused_acts::is_recorded;
use super::sign_in::{CODE_WANTED, OnDuty};
use super::two_people;
use crate::actor::Actor;
use crate::book::{Key, Posting};
use crate::id::{AccountId, PostingId};
use crate::refusal::{Reason, Refusal, Slots};
use crate::request::{Item, Mode, Request};
use crate::store::Conn;
use crate::store::arrangement_rows::{self as rows, Search, Side};

/// How often something is planned anew because others were faster.
const PLANS_MAX: usize = 3;

/// How many requests of somebody's are looked at for one that was made a moment ago.
const LOOKED_AT: i64 = 100;

/// Letters of what something is about that are recorded where it is refused.
const ABOUT_MAX: usize = 40;

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// It was done, or it is what was asked about.
    Done(Slots, Vec<Item>),
    /// It waits for another one, under this number.
    Waits(i64, Slots),
}

/// What is asked for, in a word: the service, and what it is about.
fn named(request: &Request) -> String {
    let about = ["approval", "line", "redemption", "file", "name"];
    match about.iter().find_map(|name| request.fields.get(*name)) {
        Some(about) => {
            let about: String = about.chars().take(ABOUT_MAX).collect();
            format!("{} {about}", request.service)
        }
        None => request.service.clone(),
    }
}

impl Wallet {
    /// Does, or looks at, what one of the staff asks for. The same key does it once. What is
    /// refused is recorded, and that somebody looks for whom it is not.
    pub async fn act_as_staff(
        &self,
        duty: &OnDuty,
        request: Request,
        key: Key,
    ) -> Result<Outcome, Refusal> {
        let (what, mode) = (named(&request), request.mode);
        let outcome = self.acted(duty, request, key).await;
        if let Err(refusal) = &outcome {
            let is_told = mode == Mode::Execute || refusal.reason == Reason::NOT_ALLOWED;
            if is_told && is_recorded(refusal) {
                self.record_refused(duty, &what, refusal.code()).await;
            }
        }
        outcome
    }

    async fn acted(&self, duty: &OnDuty, request: Request, key: Key) -> Result<Outcome, Refusal> {
        let service = service(&request.service).ok_or(Reason::SERVICE_UNKNOWN)?;
        if !matches!(service.authority, Authority::Staff(_)) {
            return Err(Reason::SERVICE_UNKNOWN.into());
        }
        let proves = service.fresh_code && request.mode == Mode::Execute;
        if proves && !duty.is_proved(self.clock.now()) {
            return Err(CODE_WANTED.into());
        }
        let caller = duty.caller()?;
        // one more than it needs: for what waits
        let opens = service.opens.saturating_add(1);
        let fresh_id = match request.mode {
            Mode::Execute => self.book.fresh_ids(opens).await.map_err(|e| unavailable(&e))?,
            Mode::Check | Mode::Quote | Mode::List => 0,
        };
        let waits_as = fresh_id.saturating_add(service.opens);
        let given = Given { key: Some(key), fresh_id, posting: None };
        let mut last = Refusal::from(Reason::BUSY);
        for _plan in 0..PLANS_MAX {
            let Planned { mut plan, refused, waits, .. } =
                self.plan(service, &caller, &request, given).await;
            if let Some(refusal) = refused {
                return Err(refusal);
            }
            if request.mode != Mode::Execute {
                return Ok(Outcome::Done(plan.slots, plan.items));
            }
            let act = plan.act.take().ok_or(Reason::INVALID)?;
            let posting = Posting {
                actor: Actor::Staff(duty.staff.name.clone()),
                request: request_digest(service.name, &request.fields),
                ..self.planned(key, act)
            };
            match self.book.post(posting).await {
                Ok(receipt) => {
                    // what is told once was told the first time, or was another
                    let lasting = waits || receipt.repeated;
                    let slots = if lasting { two_people::lasting(&plan.slots) } else { plan.slots };
                    // what was done alone the first time may take two by now, and otherwise
                    let number = match receipt.posting.filter(|_| receipt.repeated) {
                        Some(first) => self.request_of(duty, first).await?,
                        None => Some(waits_as).filter(|_| waits),
                    };
                    return Ok(match number {
                        Some(number) => Outcome::Waits(number, slots),
                        None => Outcome::Done(slots, plan.items),
                    });
                }
                Err(Refusal { reason: Reason::STALE | Reason::MOVED, .. }) => {}
                // planned anew it may be otherwise; where it is not, it is that
                Err(refusal) if is_outdated(&refusal) => last = refusal,
                Err(refusal) => return Err(refusal),
            }
        }
        Err(last)
    }

    /// The number of what was asked for in this posting.
    async fn request_of(&self, duty: &OnDuty, posting: PostingId) -> Result<Option<i64>, Refusal> {
        let side = Side::Owner(AccountId::of(duty.staff.id.number()));
        let kind = two_people::KIND.name;
        let search = Search { side, kind, open: false, since: 0, limit: LOOKED_AT };
        let read = move |conn: &mut Conn| conn.wait(async |asked| rows::find(asked, &search).await);
        let own = self.store.read(read).await.map_err(|error| unavailable(&error))?;
        let first = own.into_iter().find(|row| row.begun_by == posting);
        Ok(first.map(|row| row.id.number()))
    }
}
