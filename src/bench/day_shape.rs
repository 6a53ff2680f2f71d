//! The shape of an operator's day: what people do in it, how often, and at what hours. Pure.

use std::time::Duration;

/// What of a thousand conversations begins in each hour of the day: little at night, most when
/// people go to market and when they come home.
const HOURS: [u64; 24] =
    [6, 4, 3, 3, 5, 14, 30, 46, 58, 66, 70, 68, 64, 60, 56, 54, 56, 66, 78, 76, 54, 34, 19, 10];
/// The hour with most, in thousandths of the day.
pub const BUSIEST_PERMILLE: u64 = 78;
/// So many conversations of each kind for a hundred people and a day.
const MIX: [(DayAct, u64); 5] = [
    (DayAct::Pay, 100),
    (DayAct::Look, 60),
    (DayAct::CashIn, 20),
    (DayAct::CashOut, 20),
    (DayAct::HangUp, 30),
];
/// All of them.
const OF_A_HUNDRED: u64 = 230;

/// What somebody dials for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayAct {
    /// To pay somebody.
    Pay,
    /// To see what they have.
    Look,
    /// Somebody at an outlet takes cash in, for a customer.
    CashIn,
    /// To take cash out at an outlet.
    CashOut,
    /// For nothing: they hang up before they have paid.
    HangUp,
}

impl DayAct {
    /// How the figures call it.
    pub fn name(self) -> &'static str {
        match self {
            DayAct::Pay => "payments",
            DayAct::Look => "looks at what is there",
            DayAct::CashIn => "cash taken in",
            DayAct::CashOut => "cash taken out",
            DayAct::HangUp => "hung up",
        }
    }

    /// All of them, in the order of the figures.
    pub fn all() -> impl Iterator<Item = DayAct> {
        MIX.into_iter().map(|(act, _)| act)
    }
}

/// How many conversations so many people have in a day.
pub fn conversations(people: u64) -> u64 {
    people.saturating_mul(OF_A_HUNDRED).div_ceil(100)
}

/// What the conversation with this number is for: each hundred people do each thing as often, in an
/// order that mixes them.
pub fn act_of(number: u64) -> DayAct {
    // the factor shares none with the number of all: each comes once
    let mut place = number.wrapping_mul(97).rem_euclid(OF_A_HUNDRED);
    for (act, count) in MIX {
        if place < count {
            return act;
        }
        place = place.saturating_sub(count);
    }
    DayAct::HangUp
}

/// When the conversation with this number of so many begins, in a day that takes so long.
pub fn begins(number: u64, all: u64, day: Duration) -> Duration {
    let hours: u64 = HOURS.iter().sum();
    let micros = u64::try_from(day.as_micros()).unwrap_or(u64::MAX);
    let hour_us = micros.div_euclid(24);
    let mut before = 0_u64;
    for (hour, weight) in (0_u64..).zip(HOURS) {
        let end = before.saturating_add(weight);
        let [first, behind] = [before, end].map(|sum| {
            u64::try_from(u128::from(sum).saturating_mul(all.into()).div_euclid(hours.into()))
                .unwrap_or(u64::MAX)
        });
        if number < behind {
            let (place, count) = (number.saturating_sub(first), behind.saturating_sub(first));
            let within = u128::from(place).saturating_mul(hour_us.into());
            let within = within.checked_div(count.into()).unwrap_or(0);
            let start = hour.saturating_mul(hour_us);
            return Duration::from_micros(
                start.saturating_add(u64::try_from(within).unwrap_or(u64::MAX)),
            );
        }
        before = end;
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_day_add_up() {
        assert_eq!(HOURS.iter().sum::<u64>(), 1_000);
        assert_eq!(HOURS.iter().max(), Some(&BUSIEST_PERMILLE));
        assert_eq!(MIX.iter().map(|(_, count)| count).sum::<u64>(), OF_A_HUNDRED);
        for (act, count) in MIX {
            let found = (0..OF_A_HUNDRED).filter(|number| act_of(*number) == act).count();
            assert_eq!(u64::try_from(found), Ok(count), "{act:?}");
        }
        assert_eq!(conversations(1_000), 2_300);
    }

    #[test]
    fn conversations_begin_one_after_the_other_and_most_in_the_evening() {
        let day = Duration::from_secs(24);
        let starts: Vec<Duration> = (0..2_300).map(|number| begins(number, 2_300, day)).collect();
        assert!(starts.is_sorted() && starts.iter().all(|start| *start < day));
        let in_hour = |hour: u64| starts.iter().filter(|start| start.as_secs() == hour).count();
        assert!(in_hour(18) > 170 && in_hour(18) < 190, "{}", in_hour(18));
        assert!(in_hour(3) < 10, "{}", in_hour(3));
    }
}
