//! Turns: what may wait is counted from lists that two may read at one moment. Each takes a turn
//! of whose list it is, and of two with the same turn the second one is planned anew. Turns are
//! counted, as numbers of rows may be committed in another order than they were given out.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::voucher::KIND;
use crate::book::{Change, Key};
use crate::id::AccountId;
use crate::phone::Msisdn;
use crate::store::arrangement_rows::Side;
use crate::store::wants::Want;
use crate::time::Timestamp;

/// What must be read to know how often somebody has ever sent to numbers without a wallet. It is
/// read before any list: what is sent while the lists are read is missed in none.
pub fn wants_of(payer: AccountId) -> Want {
    Want::HowMany(KIND.name, Side::Owner(payer))
}

/// What must be read to know how often it was sent to a number.
pub fn wants_for(number: &Msisdn) -> Want {
    Want::HowMany(KIND.name, Side::Subject(number.e164().to_owned()))
}

/// The turn of a sender.
pub fn turn_of(context: &Context, payer: AccountId) -> Result<Change, PlanError> {
    let sent = context.facts.count(&wants_of(payer))?;
    Ok(turn("parcels of", &payer.number().to_be_bytes(), sent))
}

/// The turn of a number.
pub fn turn_for(context: &Context, number: &Msisdn) -> Result<Change, PlanError> {
    let meant = context.facts.count(&wants_for(number))?;
    Ok(turn("parcels for", number.e164().as_bytes(), meant))
}

fn turn(label: &str, whose: &[u8], count: i64) -> Change {
    let name = [whose, &count.to_be_bytes()].concat();
    Change::Claim { key: Key::new(Timestamp::from_micros(0), label, &name) }
}
