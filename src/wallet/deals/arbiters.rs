//! The staff decide what the two cannot settle: one proposes who gets what, with a reason and words
//! that both are told; another confirms it. Either side may appeal once; then two others decide,
//! for good. Who did what is in the chain, under their names.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::{Act, PlanError};
use super::super::service::Message;
use super::deal::Deal;
use super::deal_news;
use super::paying_out::Payout;
use super::terms::Ruling;
use super::{Event, State};
use crate::book::Change;
use crate::reason::Reason;
use crate::value::{Slots, Value};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Who proposes does not confirm, and who has decided before does not decide about the appeal.
pub const DEAL_SAME_STAFF: Reason = Reason::new("deal_same_staff");
/// More than is left, or nothing that can be decided.
pub const DEAL_NOT_SO: Reason = Reason::new("deal_not_so");

/// Why the staff decide as they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// It was not delivered.
    NotDelivered,
    /// It was delivered as agreed.
    Delivered,
    /// It is not what was agreed on.
    NotAsAgreed,
    /// It was damaged.
    Damaged,
    /// Each is right in part.
    Shared,
    /// One of them did not answer.
    NoAnswer,
    /// Somebody tried to cheat.
    Fraud,
}

/// Days in which the two may appeal.
const APPEAL_DAYS: i32 = 3;

/// What one of the staff says.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Proposes this.
    Propose {
        /// Of what is left, minor units: what goes back to the buyer.
        back_minor: i64,
        /// Why.
        cause: Cause,
        /// Why, in words that both are told.
        words: String,
    },
    /// Confirms what was proposed.
    Confirm,
    /// Does not.
    Reject {
        /// Why not: it stays in the trail.
        why: String,
    },
}

/// What comes of it.
pub fn decided(
    context: &Context,
    deal: &Deal,
    staff: &str,
    verdict: &Verdict,
) -> Result<Act, PlanError> {
    match verdict {
        Verdict::Propose { back_minor, cause, words } => {
            let mut deal = deal.clone();
            judges(&deal, staff)?;
            if *back_minor < 0 || *back_minor > deal.terms.left_minor() {
                return Err(DEAL_NOT_SO.into());
            }
            deal.terms.ruling = Some(Ruling {
                by: staff.to_owned(),
                confirmed_by: None,
                back_minor: *back_minor,
                cause: <&str>::from(*cause).to_owned(),
                words: words.clone(),
            });
            let moved = deal.moved(context, Event::Propose, Role::Staff, words)?;
            Ok(Act { kind: "deal_propose", changes: vec![moved], ..Act::default() })
        }
        Verdict::Confirm => confirmed(context, deal, staff),
        Verdict::Reject { why } => {
            let mut deal = deal.clone();
            judges(&deal, staff)?;
            let proposed = deal.terms.ruling.take();
            if proposed.is_none_or(|ruling| ruling.by == staff) {
                return Err(DEAL_SAME_STAFF.into());
            }
            let moved = deal.moved(context, Event::Reject, Role::Staff, why)?;
            Ok(Act { kind: "deal_reject", changes: vec![moved], ..Act::default() })
        }
    }
}

/// Who has decided before does not decide about the appeal.
fn judges(deal: &Deal, staff: &str) -> Result<(), PlanError> {
    let before = deal.terms.judges.iter().any(|judge| judge == staff);
    if before { Err(DEAL_SAME_STAFF.into()) } else { Ok(()) }
}

fn confirmed(context: &Context, deal: &Deal, staff: &str) -> Result<Act, PlanError> {
    let mut deal = deal.clone();
    judges(&deal, staff)?;
    let last = deal.state == State::Reproposed;
    let ruling = deal.terms.ruling.as_mut().ok_or(DEAL_NOT_SO)?;
    if ruling.by == staff {
        return Err(DEAL_SAME_STAFF.into());
    }
    // something was let go since it was proposed
    if ruling.back_minor > deal.terms.amount_minor.saturating_sub(deal.terms.released_minor) {
        return Err(DEAL_NOT_SO.into());
    }
    ruling.confirmed_by = Some(staff.to_owned());
    let judges = [ruling.by.clone(), staff.to_owned()];
    deal.terms.judges.extend(judges);
    if last {
        return carried_out(context, &deal, Event::Confirm, Role::Staff, "");
    }
    // who has won is not held to what they offered before
    deal.terms.offset = None;
    deal.terms.clock = deal.days(context, APPEAL_DAYS)?;
    let mut changes = vec![deal.moved(context, Event::Confirm, Role::Staff, "")?];
    changes.extend(told(context, &deal, &deal_news::RULED)?);
    Ok(Act { kind: "deal_confirm", changes, ..Act::default() })
}

/// Both are told what was decided, and why.
fn told(context: &Context, deal: &Deal, message: &Message) -> Result<Vec<Change>, PlanError> {
    let ruling = deal.terms.ruling.as_ref().ok_or(PlanError::Damaged("a deal nobody decided"))?;
    let mut decided = deal.divided(context, ruling.back_minor);
    decided.insert("cause_code".into(), ruling.cause.clone().into());
    let why = Slots::from([("said".into(), Value::Text(ruling.words.clone()))]);
    let decided = deal.tell_both(context, message, &decided)?;
    let why = deal.tell_both(context, &deal_news::REASON, &why)?;
    Ok(decided.into_iter().chain(why).collect())
}

/// What was decided is done. Where something was let go meanwhile, less goes back.
pub fn carried_out(
    context: &Context,
    deal: &Deal,
    event: Event,
    role: Role,
    note: &str,
) -> Result<Act, PlanError> {
    let ruling = deal.terms.ruling.as_ref().ok_or(PlanError::Damaged("a deal nobody decided"))?;
    let back_minor = ruling.back_minor.min(deal.terms.left_minor());
    let more_minor = deal.terms.left_minor().saturating_sub(back_minor);
    let mut act = deal.pays(context, &Payout { event, role, more_minor, last: true, note })?;
    act.changes.extend(told(context, deal, &deal_news::DECIDED)?);
    Ok(act)
}
