//! Wrong sends as staff see them: those that the receiver objects to are decided here, and the
//! reason is kept. What nobody decides ends by itself, and the money stays with the receiver.

use super::super::arrangements::Role;
use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::super::service_config::ServiceConfig;
use super::super::{Wallet, party};
use super::agree;
use super::reversal::UNDO_GONE;
use super::reversal::{self, Event, KIND, Reversal, State};
use super::undo;
use super::undo::UNDO_NOT;
use crate::book::HoldMove;
use crate::id::PostingId;
use crate::reference::Reference;
use crate::staff::role::Right;
use crate::store::arrangement_rows::{self as rows, Search, Side};
use crate::store::people::{self, PersonRow};
use crate::store::wants::Want;
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;
use crate::value::{Kind as Of, Slot};

/// Inputs `receipt` (the code of the payment), `why`: what is held goes back to who sent it, where
/// the receiver objects or is stopped.
pub const GIVE_BACK: Service = Service {
    name: "give_back_reversal",
    authority: Authority::Staff(Right::Reversals),
    needs: to_give_back,
    wants: &[asked_back, both_sides],
    decide: |context, plan| decide(context, plan, true),
    shows: SHOWS,
    refusals: &[UNDO_NOT, UNDO_GONE],
    messages: &[&reversal::BACK, &reversal::GAVE],
    ..Service::PLAIN
};

/// The same inputs: it stays with who received it.
pub const RELEASE: Service = Service {
    name: "release_reversal",
    authority: Authority::Staff(Right::Reversals),
    needs: |_context, _plan| People::ByAmount,
    wants: &[asked_back, both_sides],
    decide: |context, plan| decide(context, plan, false),
    shows: SHOWS,
    refusals: &[UNDO_NOT, UNDO_GONE],
    messages: &[&reversal::STAYS, &reversal::FREE],
    ..Service::PLAIN
};

const SHOWS: &[Slot] = &[
    Slot("amount", Of::Money),
    Slot("from", Of::Text),
    Slot("to", Of::Text),
    Slot("undo_is", Of::Text),
];

/// Where the receiver has not answered, who was stopped and cannot, one of the staff would be the
/// only one who is heard: two say it.
const UNANSWERED: &str = "unanswered";

fn to_give_back(_context: &Context, plan: &Plan) -> People {
    if plan.flags.contains(UNANSWERED) { People::Two } else { People::ByAmount }
}

/// The payment whose code was typed.
fn typed(context: &Context) -> Result<PostingId, PlanError> {
    context.receipt("receipt", UNDO_NOT.into())
}

fn asked_back(context: &Context) -> Vec<Want> {
    typed(context).map(|id| vec![Want::Arrangements(reversal::of_payment(id))]).unwrap_or_default()
}

fn both_sides(context: &Context) -> Vec<Want> {
    let found = typed(context).and_then(|payment| reversal::found(context, payment));
    let sides = |found: Reversal| vec![Want::Owner(found.payer), Want::Owner(found.payee)];
    found.ok().flatten().map(sides).unwrap_or_default()
}

fn sign(context: &Context, person: &PersonRow) -> String {
    let phone = party::sign(context.config, person).remove("phone").map(|phone| phone.to_string());
    format!("{} {}", party::masked_name(&person.name), phone.unwrap_or_default())
}

fn decide(context: &Context, plan: &mut Plan, give_back: bool) -> Result<(), PlanError> {
    const NOBODY: PlanError = PlanError::Damaged("a reversal for nobody");
    let reversal = reversal::found(context, typed(context)?)?.ok_or(UNDO_NOT)?;
    let payer = &context.facts.owner(reversal.payer)?.ok_or(NOBODY)?.person;
    let payee = context.facts.owner(reversal.payee)?.ok_or(NOBODY)?;
    plan.concerns = Some(reversal.payee);
    plan.show("amount", context.money(reversal.terms.held_minor));
    // as the money goes by this decision: back, or as it went
    let (from, to) = if give_back { (&payee.person, payer) } else { (payer, &payee.person) };
    plan.show("from", sign(context, from));
    plan.show("to", sign(context, to));
    plan.show("undo_is", <&str>::from(reversal.state).to_owned());
    if reversal.state == State::Asked {
        plan.flag(UNANSWERED);
    }
    let may_agree = payee.account.state.pays();
    let both = (payer, &payee.person);
    let why = why(context)?;
    let act = decided(context.config, &reversal, both, may_agree, give_back, why, context.now)?;
    plan.commit(act);
    Ok(())
}

/// Reversals that are listed.
const LISTED_MAX: i64 = 1_000;

/// A reversal that is not decided.
#[derive(Debug)]
pub struct Case {
    /// The code of the payment.
    pub code: String,
    /// As it is stored.
    pub reversal: Reversal,
    /// Who asks.
    pub payer: PersonRow,
    /// Who was paid.
    pub payee: PersonRow,
    /// How often who asks has asked within thirty days.
    pub asked_before: i64,
}

impl Wallet {
    /// What is not decided, the oldest first.
    pub async fn reversals(&self) -> Result<Vec<Case>, StoreError> {
        let config = self.config.clone();
        let now = self.clock.now();
        let side = Side::Anybody;
        let open = Search { side, kind: KIND.name, open: true, since: 0, limit: LISTED_MAX };
        let read = move |conn: &mut Conn| {
            let mut cases = Vec::new();
            for row in conn.wait(async |asked| rows::find(asked, &open).await)?.iter().rev() {
                let reversal = stored(row)?;
                let (payer, payee) = both(conn, &reversal)?;
                let quota = undo::quota(reversal.payer, now);
                let asked = conn.wait(async |asked| rows::find(asked, &quota).await)?.len();
                let asked_before = i64::try_from(asked).unwrap_or(i64::MAX);
                let code = Reference::of(reversal.terms.payment, &config.reference_key).to_string();
                cases.push(Case { code, reversal, payer, payee, asked_before });
            }
            Ok(cases)
        };
        self.store.read(read).await
    }
}

fn stored(row: &rows::ArrangementRow) -> Result<Reversal, StoreError> {
    Reversal::of(row).map_err(|_unreadable| StoreError::Damaged("a reversal"))
}

/// Who asks, and who was paid.
fn both(conn: &mut Conn, reversal: &Reversal) -> Result<(PersonRow, PersonRow), StoreError> {
    let mut person = |account| {
        let found = people::by_account(conn, account)?;
        found.ok_or(StoreError::Damaged("a reversal for nobody"))
    };
    Ok((person(reversal.payer)?, person(reversal.payee)?))
}

/// What comes of a decision. As long as who was paid may still agree themselves, staff give back
/// only what they objected to.
pub fn decided(
    config: &ServiceConfig,
    reversal: &Reversal,
    (payer, payee): (&PersonRow, &PersonRow),
    may_agree: bool,
    give_back: bool,
    why: &str,
    now: Timestamp,
) -> Result<Act, PlanError> {
    if give_back && may_agree && reversal.state == State::Asked {
        return Err(UNDO_GONE.into());
    }
    if give_back {
        let moved = reversal.moved(Event::GiveBack, Role::Staff, why)?;
        let (legs, holds) = reversal::back(reversal);
        let told = reversal::gone_back(config, reversal, payer, payee, now);
        let changes = [moved].into_iter().chain(told).collect();
        let corrects = Some(reversal.terms.payment);
        return Ok(Act { kind: agree::KIND, legs, holds, changes, corrects, ..Act::default() });
    }
    let moved = reversal.moved(Event::Release, Role::Staff, why)?;
    let told = reversal::stays(config, reversal, payer, payee, now);
    let holds = vec![HoldMove::Release { hold: reversal.hold() }];
    let changes = [moved].into_iter().chain(told).collect();
    Ok(Act { kind: "release", holds, changes, ..Act::default() })
}
