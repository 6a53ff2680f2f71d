//! What somebody has put aside in codes of their own, on its way to numbers without a wallet, and
//! in pots, called in where money that came to them is asked back or is to stay: it is theirs until
//! somebody has it. Who asks, and what is held then, is not known here.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::plan::PlanError;
use super::super::pots::coming_back;
use super::cash_code;
use super::code::Agreed;
use super::ending::Untaken;
use super::voucher::{self, Voucher};
use super::voucher_news::ENDED;
use crate::book::{Change, HoldMove, Leg, Meter};
use crate::id::{AccountId, HoldId};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;

/// What was called in.
#[derive(Debug, Default)]
pub struct CalledIn {
    /// What ends, and who hears of it.
    pub changes: Vec<Change>,
    /// What moves from their pots to their wallet.
    pub legs: Vec<Leg>,
    /// The holds that are released.
    pub holds: Vec<HoldMove>,
    /// What counts no more.
    pub meters: Vec<Meter>,
    /// What is free by that, minor units.
    pub freed_minor: i64,
}

impl CalledIn {
    fn add(&mut self, ended: Change, hold: HoldId, agreed: &Agreed) {
        self.changes.push(ended);
        self.holds.push(HoldMove::Release { hold });
        self.freed_minor = self.freed_minor.saturating_add(agreed.total_minor());
    }
}

/// What must be read to call something in,
pub fn wants(owner: AccountId, now: Timestamp) -> [Want; 3] {
    let [codes, sent] =
        [cash_code::of_owner(owner), voucher::sent_by(owner, now)].map(Want::Arrangements);
    [codes, sent, coming_back::wants(owner)]
}

/// and what lies in what was found.
pub fn contents(context: &Context, owner: AccountId) -> Vec<Want> {
    coming_back::contents_of(context, owner)
}

/// As much as is there, until so much is free, minor units: codes first, then what was sent, then
/// pots, the oldest first. What somebody has joined for stays: it is as good as theirs.
pub fn call_in(
    context: &Context,
    owner: &PersonRow,
    short_minor: i64,
) -> Result<CalledIn, PlanError> {
    let mut called = CalledIn::default();
    for code in cash_code::found(context, owner.account_id)? {
        if called.freed_minor < short_minor {
            let ended = code.moved(cash_code::Event::End, Role::Service)?;
            called.add(ended, code.hold(), &code.agreed);
        }
    }
    for voucher in voucher::sent_of(context, owner.account_id)? {
        if called.freed_minor < short_minor && voucher.waits_for_a_stranger() {
            called.add_voucher(context, owner, &voucher)?;
        }
    }
    let short_minor = short_minor.saturating_sub(called.freed_minor);
    let pots = coming_back::call_in(context, owner, short_minor)?;
    called.changes.extend(pots.changes);
    called.meters.extend(pots.meters);
    called.legs.extend(pots.legs);
    called.freed_minor = called.freed_minor.saturating_add(pots.freed_minor);
    Ok(called)
}

impl CalledIn {
    fn add_voucher(
        &mut self,
        context: &Context,
        owner: &PersonRow,
        voucher: &Voucher,
    ) -> Result<(), PlanError> {
        let (made_out, quiet) = (&voucher.made_out, voucher.terms.quiet);
        let sent = voucher.sent_at();
        let untaken = Untaken { made_out, sent, payer: owner, joined: None, quiet };
        self.add(
            voucher.moved(voucher::Event::End, Role::Service)?,
            voucher.hold(),
            &made_out.agreed,
        );
        self.meters.push(untaken.returned(context.config));
        if !quiet {
            let told = made_out.tell_receiver(context.config, owner, None, &ENDED, context.now);
            self.changes.push(told);
        }
        Ok(())
    }
}
