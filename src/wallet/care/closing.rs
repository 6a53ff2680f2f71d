//! A wallet is closed, for good: it must be empty, and no order may lie on it. It takes two.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::{freeze, named, of_them, whose};
use crate::reason::Reason;
use crate::staff::role::Right;
use crate::store::book_rows::AccountState;
use crate::value::{Kind, Slot};

/// There is something in it.
pub const ACCOUNT_NOT_EMPTY: Reason = Reason::new("account_not_empty");
/// An order lies on it, which is lifted first.
pub const FREEZE_LIES: Reason = Reason::new("freeze_lies");

/// Inputs `phone`, `why`.
pub const CLOSE: Service = Service {
    name: "close_account",
    authority: Authority::Staff(Right::Restore),
    needs: |_context, _plan| People::Two,
    wants: &[named, |context| of_them(context, freeze::wants)],
    decide: close,
    shows: &[Slot("name", Kind::Name), Slot("phone", Kind::Phone), Slot("balance", Kind::Money)],
    refusals: &[ACCOUNT_NOT_EMPTY, FREEZE_LIES],
    ..Service::PLAIN
};

fn close(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let account = &whose(context, plan)?.account;
    plan.show("balance", context.money(account.balance_minor));
    if account.state == AccountState::Closed {
        return Err(Reason::ACCOUNT_CLOSED.into());
    }
    if (account.balance_minor, account.held_minor) != (0, 0) {
        return Err(ACCOUNT_NOT_EMPTY.into());
    }
    if !freeze::lying(context, account.id)?.is_empty() {
        return Err(FREEZE_LIES.into());
    }
    let closed = freeze::heeded(context, account.id, AccountState::Closed, why(context)?)?;
    plan.commit(Act { kind: "close_account", changes: vec![closed], ..Act::default() });
    Ok(())
}
