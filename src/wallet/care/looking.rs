//! Looking: what the staff are shown of people is recorded first, with who looks, as what, and why,
//! in the chain of the book. Whoever only asks what it would show is shown nothing.

use super::super::context::Context;
use super::super::office::two_people::{self, why};
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::Service;
use super::{freeze, sim_change};
use crate::book::{Change, Keep};
use crate::id::{AccountId, LookId, PostingId};
use crate::request::Mode;
use crate::staff::role::{self, Right};
use crate::store::looks::LookRow;
use crate::store::records::Record;

/// What those need who may do something about a wallet: its whole number.
const ACTS: [Right; 4] = [Right::Protect, Right::Restore, Right::Unlock, Right::Tier];
/// Digits of a word that are kept of a number of whatever kind.
const DIGITS_KEPT: usize = 3;

/// Whether a kind of what waits is shown in a way of its own: orders, requests, changes of SIMs.
pub fn is_of_staff(kind: &str) -> bool {
    [freeze::KIND.name, two_people::KIND.name, sim_change::KIND.name].contains(&kind)
}

/// Whether something is shown: only where that is recorded.
pub fn is_recorded(context: &Context) -> bool {
    context.mode == Mode::Execute
}

/// Whether whoever looks sees whole numbers.
pub fn sees_whole(context: &Context) -> Result<bool, PlanError> {
    let roles = role::parse(&context.staff()?.roles).unwrap_or_default();
    Ok(ACTS.iter().any(|right| right.may_ask(&roles)))
}

/// Records that this was looked at: nothing is shown before.
pub fn record(
    context: &Context,
    plan: &mut Plan,
    service: &Service,
    account: Option<AccountId>,
    words: &str,
    found: usize,
) -> Result<(), PlanError> {
    let staff = context.staff()?;
    let row = LookRow {
        id: LookId::of(context.fresh_id),
        version: 1,
        last_posting: PostingId::NONE,
        staff: staff.id,
        roles: staff.roles.clone(),
        service: service.name.to_owned(),
        account,
        words: words.to_owned(),
        found: i64::try_from(found).unwrap_or(i64::MAX),
        at: context.now.micros(),
    };
    let note = why(context)?.to_owned();
    let kept = Change::Keep(Keep { record: Record::Look(row), event: service.name, note });
    plan.commit(Act { kind: "look", changes: vec![kept], ..Act::default() });
    Ok(())
}

/// What was typed as it may be kept: of numbers, of phones as of IDs, only the last digits.
pub fn kept(typed: &str) -> String {
    let word = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let hidden = word.chars().count().saturating_sub(DIGITS_KEPT);
        match digits > DIGITS_KEPT.saturating_add(1) {
            true => ["***"].into_iter().map(str::to_owned).chain([last(word, hidden)]).collect(),
            false => word.to_owned(),
        }
    };
    typed.split_whitespace().map(word).collect::<Vec<String>>().join(" ")
}

fn last(word: &str, hidden: usize) -> String {
    word.chars().skip(hidden).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_numbers_only_the_last_digits_are_kept() {
        for (typed, expected) in [
            ("0712345678", "***678"),
            ("A1234567", "***567"),
            ("id:12345678 amina", "***678 amina"),
            (" Amina   Wanjiru ", "Amina Wanjiru"),
            ("KMTRBX", "KMTRBX"),
            ("1234", "1234"),
            ("+254712 345678", "***712 ***678"),
        ] {
            assert_eq!(kept(typed), expected, "{typed}");
        }
    }
}
