//! Rota: who of a group gets what is in it, one after the other, and on which day. Pure.

use crate::calendar::Day;
use crate::id::AccountId;
use crate::schedule::{Every, Schedule};

/// Whose turn it is: the first, in the order in which they joined, who has not had it and can get
/// it. Where all have had it a new round begins. With them, who has had it in the round that goes
/// on.
pub fn next(
    members: &[AccountId],
    can: impl Fn(AccountId) -> bool,
    had: &[AccountId],
) -> Option<(AccountId, Vec<AccountId>)> {
    let free = |had: &[AccountId]| {
        members.iter().copied().find(|member| !had.contains(member) && can(*member))
    };
    // who has joined since comes into the round that goes on
    let all_had = members.iter().all(|member| had.contains(member));
    match free(had) {
        Some(member) => Some((member, had.to_vec())),
        None if all_had => free(&[]).map(|member| (member, Vec::new())),
        None => None,
    }
}

/// The day of the turn behind this one, which lies ahead.
pub fn day_after(every: Every, day: Day, today: Day) -> Day {
    let schedule = Schedule { every, first: day, times: i64::MAX };
    let later = (1..).map(|number| schedule.due(number)).find(|due| *due > today);
    later.unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    #[test]
    fn each_has_a_turn_in_the_order_of_joining_and_then_it_begins_anew() {
        let three = [1, 2, 3].map(Id::of);
        let next = |had: &[i64], frozen: i64| {
            let had: Vec<AccountId> = had.iter().map(|id| Id::of(*id)).collect();
            let next = next(&three, |member| member != Id::of(frozen), &had);
            next.map(|(member, had)| (member.number(), had.len()))
        };
        assert_eq!(next(&[], 0), Some((1, 0)));
        assert_eq!(next(&[1], 0), Some((2, 1)));
        assert_eq!(next(&[1, 2], 0), Some((3, 2)));
        assert_eq!(next(&[1, 2, 3], 0), Some((1, 0)), "a new round");
        assert_eq!(next(&[9, 1, 2], 0), Some((3, 3)), "somebody has left");
        assert_eq!(next(&[1], 2), Some((3, 1)), "who can get nothing is passed over");
        assert_eq!(next(&[1, 2], 3), None, "and is waited for at the end of the round");
        assert_eq!(next_of_nobody(), None);
    }

    fn next_of_nobody() -> Option<(AccountId, Vec<AccountId>)> {
        next(&[], |_| true, &[])
    }

    #[test]
    fn the_next_day_lies_ahead_however_late_it_is() {
        let day = |text: &str| Day::read(text).unwrap();
        let after = |every, last: &str, today: &str| day_after(every, day(last), day(today)).text();
        assert_eq!(after(Every::Week, "23/11/26", "23/11/26"), "30/11/26");
        assert_eq!(after(Every::Week, "23/11/26", "30/11/26"), "07/12/26");
        assert_eq!(after(Every::Month, "31/01/27", "31/01/27"), "28/02/27");
        assert_eq!(after(Every::Day, "23/11/26", "25/11/26"), "26/11/26");
    }
}
