//! A voucher: money sent to a number that has no wallet yet. It is held, with its fee, for a week:
//! it comes by itself to whoever joins with that number, or an agent hands it out for the secret
//! that the sender tells by voice, or it goes back.
//!
//! It is a code for cash that is made out to a number: the same tries, the same hold behind it. The
//! secret is seven digits: which of the number's vouchers it opens, and a code of six. It is in no
//! message: who reads the receiver's SMS has nothing to show to an agent.
//!
//! Who joins wakes what waits for them. What does not fit then is looked at again and again, as
//! room is made by payments that know nothing of vouchers.

use super::super::arrangements::kind::{self, Kind, Role};
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use super::arrival::{Fate, Joined};
use super::code::Agreed;
use super::ending::Untaken;
use super::voucher_news::{MadeOut, NO_ROOM, RETURNED};
use crate::book::{Change, HoldMove, Put};
use crate::id::{AccountId, HoldId};
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::holders::AccountHolder;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use strum::VariantNames;

/// How long a voucher waits.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 3_600);
/// How often one is looked at that does not fit.
pub const LOOK_EVERY: Duration = Duration::from_secs(15 * 60);
/// More were not made in the life of one.
const MADE_MAX: i64 = 200;
/// More do not wait for one number.
const WAITING_MAX: i64 = 40;

/// What was sent to a number without a wallet and does not wait any more.
pub const PARCEL_GONE: Reason = Reason::new("parcel_gone");

/// Where it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It waits for a number without a wallet.
    Waiting,
    /// Its receiver has joined: it comes to them as soon as it can.
    Joined,
    /// It does not fit, as its receiver was told.
    NoRoom,
    /// An agent handed it out,
    HandedOut,
    /// it came to its receiver,
    Arrived,
    /// its sender took it back,
    TakenBack,
    /// or it went back by itself.
    Returned,
}

/// What happens to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Its receiver joins.
    Join,
    /// It comes to them,
    Arrive,
    /// or does not fit, and they are told,
    Tell,
    /// or nothing can be done now.
    Look,
    /// An agent hands it out.
    HandOut,
    /// Its sender takes it back.
    TakeBack,
    /// Its time is over.
    End,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Waiting, Event::Join, Role::Other) => Some(State::Joined),
        (State::Joined | State::NoRoom, Event::Arrive, Role::Service) => Some(State::Arrived),
        (State::Joined | State::NoRoom, Event::Tell, Role::Service) => Some(State::NoRoom),
        (State::Joined | State::NoRoom, Event::Look, Role::Service) => Some(state),
        (State::Waiting | State::Joined | State::NoRoom, Event::HandOut, Role::Assistant) => {
            Some(State::HandedOut)
        }
        (State::Waiting | State::Joined | State::NoRoom, Event::TakeBack, Role::Owner) => {
            Some(State::TakenBack)
        }
        (State::Waiting | State::Joined | State::NoRoom, Event::End, Role::Service) => {
            Some(State::Returned)
        }
        (
            State::Waiting
            | State::Joined
            | State::NoRoom
            | State::HandedOut
            | State::Arrived
            | State::TakenBack
            | State::Returned,
            Event::Join
            | Event::Arrive
            | Event::Tell
            | Event::Look
            | Event::HandOut
            | Event::TakeBack
            | Event::End,
            _anybody,
        ) => None,
    }
}

/// A voucher, as long as it waits for its receiver.
pub const KIND: Kind = Kind {
    name: "voucher",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["waiting"],
    open: &["waiting", "joined", "no_room"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: PARCEL_GONE,
    wants: &[receiver],
    wake,
};

/// What only vouchers know of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What its sender said yes to.
    #[serde(flatten)]
    pub agreed: Agreed,
    /// Which it is among those that wait for the number: the first digit of its secret, so that
    /// each has tries of its own.
    pub place: i64,
    /// When its receiver was told that it does not fit, microseconds UTC.
    pub told_at: Option<i64>,
    /// The number was told of enough others that day, and hears nothing of this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
}

/// A voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// As it is stored.
    pub row: ArrangementRow,
    /// What it is worth, and for whom.
    pub made_out: MadeOut,
    /// The rest of what was stored.
    pub terms: Terms,
}

impl Voucher {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Voucher, PlanError> {
        let terms: Terms = kind::body(row)?;
        let made_out = MadeOut { to: row.subject.clone(), agreed: terms.agreed };
        Ok(Voucher { row: row.clone(), made_out, terms })
    }

    /// A new one of the caller's.
    pub fn new(
        context: &Context,
        to: &Msisdn,
        agreed: Agreed,
        place: i64,
        quiet: bool,
    ) -> Result<Voucher, PlanError> {
        let terms = Terms { agreed, place, told_at: None, quiet };
        let owner = context.person()?.account_id;
        let row = KIND.row(context, State::Waiting.into(), owner, None);
        Voucher::of(&ArrangementRow {
            subject: to.e164().to_owned(),
            due_at: Some(agreed.expires_at),
            body: kind::written(&terms),
            ..row
        })
    }

    /// Whether its receiver can still have it.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.row.open && !self.terms.agreed.is_over(now)
    }

    /// Whether it waits, and for nobody who has joined for it.
    pub fn waits_for_a_stranger(&self) -> bool {
        self.row.open && self.row.state == <&str>::from(State::Waiting)
    }

    /// When it was sent.
    pub fn sent_at(&self) -> Timestamp {
        Timestamp::from_micros(self.terms.agreed.expires_at).minus(LIFE)
    }

    /// The hold behind it.
    pub fn hold(&self) -> HoldId {
        self.row.begun_by.into()
    }

    /// The change that an event makes of it.
    pub fn moved(&self, event: Event, role: Role) -> Result<Change, PlanError> {
        KIND.moved(&self.row, event.into(), role, "")
    }

    /// Who has this number now takes it over: it is looked at at once, whether it fits.
    pub fn joined_by(&self, receiver: AccountId, now: Timestamp) -> Result<Change, PlanError> {
        let event = Event::Join.into();
        let row = KIND.after(&self.row, event, Role::Other)?;
        let row = ArrangementRow { other: Some(receiver), due_at: Some(now.micros()), ..row };
        Ok(Change::Put(Put { row, event, note: String::new() }))
    }

    /// It was looked at, and waits until the next look or its end.
    fn looked_at(
        &self,
        event: Event,
        told_at: Option<i64>,
        now: Timestamp,
    ) -> Result<Change, PlanError> {
        let event = event.into();
        let row = KIND.after(&self.row, event, Role::Service)?;
        let next = now.plus(LOOK_EVERY).micros().min(self.terms.agreed.expires_at);
        let body = kind::written(&Terms { told_at, ..self.terms });
        let row = ArrangementRow { due_at: Some(next), body, ..row };
        Ok(Change::Put(Put { row, event, note: String::new() }))
    }
}

/// What the sender tells by voice.
pub fn secret(place: i64, digits: &str) -> Value {
    Value::Code(format!("{place}{digits}"))
}

/// All that somebody has sent and that is not over by now, whatever became of it.
pub fn sent_by(payer: AccountId, now: Timestamp) -> Search {
    let since = now.minus(LIFE).micros().saturating_add(1);
    let side = Side::Owner(payer);
    Search { side, kind: KIND.name, open: false, since, limit: MADE_MAX }
}

/// All that the caller has sent and that is not over, the oldest first.
pub fn sent(context: &Context) -> Result<Vec<Voucher>, PlanError> {
    sent_of(context, context.person()?.account_id)
}

/// The same of somebody else.
pub fn sent_of(context: &Context, payer: AccountId) -> Result<Vec<Voucher>, PlanError> {
    let rows = context.facts.arrangements(sent_by(payer, context.now))?;
    rows.iter().rev().map(Voucher::of).collect()
}

/// All that waits for a number.
pub fn made_out_to(to: &Msisdn) -> Search {
    let side = Side::Subject(to.e164().to_owned());
    Search { side, kind: KIND.name, open: true, since: 0, limit: WAITING_MAX }
}

/// All that was made out to a number since then, whatever became of it, by whomever.
pub fn made_out_since(to: &Msisdn, since: Timestamp) -> Search {
    let side = Side::Subject(to.e164().to_owned());
    let since = since.micros().saturating_add(1);
    Search { side, kind: KIND.name, open: false, since, limit: MADE_MAX }
}

/// What waits for a number, the oldest first.
pub fn waiting_for(context: &Context, to: &Msisdn) -> Result<Vec<Voucher>, PlanError> {
    let rows = context.facts.arrangements(made_out_to(to))?;
    let mut vouchers: Vec<Voucher> =
        rows.iter().rev().map(Voucher::of).collect::<Result<_, _>>()?;
    vouchers.retain(|voucher| voucher.waits(context.now));
    Ok(vouchers)
}

/// Who has the number by now.
fn receiver(_context: &Context, row: &ArrangementRow) -> Vec<Want> {
    vec![Want::Number(row.subject.clone())]
}

/// Its time is over, or its receiver has joined and it is looked at.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    let voucher = Voucher::of(row)?;
    let joined = context.facts.number(&voucher.made_out.to)?;
    match (voucher.terms.agreed.is_over(context.now), refused) {
        (true, None) => voucher.goes_back(context, joined),
        (true, Some(refusal)) => Err(refusal.clone().into()),
        (false, refused) => {
            let payee = joined.ok_or(PlanError::Damaged("a voucher before its time"))?;
            voucher.comes(context, payee, refused.is_some())
        }
    }
}

impl Voucher {
    fn goes_back(
        &self,
        context: &Context,
        joined: Option<&AccountHolder>,
    ) -> Result<Act, PlanError> {
        let untaken = Untaken {
            made_out: &self.made_out,
            sent: self.sent_at(),
            payer: context.person()?,
            joined: joined.map(|member| &member.person),
            quiet: self.terms.quiet,
        };
        let ended = self.moved(Event::End, Role::Service)?;
        let news = untaken.news(context.config, &RETURNED, context.now);
        let changes = [ended].into_iter().chain(news).collect();
        let holds = vec![HoldMove::Release { hold: self.hold() }];
        let meters = vec![untaken.returned(context.config)];
        Ok(Act { kind: "expire", holds, meters, changes, ..Act::default() })
    }

    /// What the book has just refused is looked at again later: others were faster with the room
    /// that was there.
    fn comes(
        &self,
        context: &Context,
        payee: &AccountHolder,
        refused: bool,
    ) -> Result<Act, PlanError> {
        let owner = self.row.owner;
        let payer = context.facts.owner(owner)?.ok_or(PlanError::Damaged("a voucher of nobody"))?;
        let told = self.terms.told_at.map(Timestamp::from_micros);
        let joined = Joined { made_out: &self.made_out, hold: self.hold(), payer, payee, told };
        let fate = if refused { Fate::Waits } else { joined.fate(context) };
        let now = context.now;
        let changes = match fate {
            Fate::Arrives => {
                let mut act = joined.arrival(context);
                act.changes.insert(0, self.moved(Event::Arrive, Role::Service)?);
                return Ok(act);
            }
            Fate::Waits => vec![self.looked_at(Event::Look, self.terms.told_at, now)?],
            Fate::Tell => {
                let payee = Some(&payee.person);
                let made_out = &self.made_out;
                vec![
                    self.looked_at(Event::Tell, Some(now.micros()), now)?,
                    made_out.tell_receiver(context.config, &payer.person, payee, &NO_ROOM, now),
                ]
            }
        };
        Ok(Act { kind: "look", changes, ..Act::default() })
    }
}
