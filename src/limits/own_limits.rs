//! Spending budgets: what somebody sets themselves for a week or a month. Lowering it counts at
//! once; what would let them spend more counts from the next day, so that the one who wants to
//! spend is not the one who decides. Pure.

use super::usage::Window;
use crate::calendar::Day;

/// A budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// For how long.
    pub window: Window,
    /// Minor units.
    pub value_minor: i64,
}

/// The budget of somebody, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budgets {
    /// What counts until then.
    pub now: Option<Budget>,
    /// What counts from the day on.
    pub next: Option<(Day, Option<Budget>)>,
}

impl Budgets {
    /// What counts on a day.
    pub fn on(&self, day: Day) -> Option<Budget> {
        match self.next {
            Some((from, then)) if from <= day => then,
            Some(_) | None => self.now,
        }
    }

    /// What they are after somebody wished for another budget, or none, on a day; and from which
    /// day that counts.
    pub fn wished(&self, wish: Option<Budget>, today: Day) -> (Budgets, Day) {
        let now = self.on(today);
        let tighter = match (now, wish) {
            (None, _) => true,
            (Some(now), Some(wish)) => {
                now.window == wish.window && wish.value_minor <= now.value_minor
            }
            (Some(_), None) => false,
        };
        if tighter {
            return (Budgets { now: wish, next: None }, today);
        }
        let tomorrow = today.next_day();
        (Budgets { now, next: Some((tomorrow, wish)) }, tomorrow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn budget(window: Window, value_minor: i64) -> Option<Budget> {
        Some(Budget { window, value_minor })
    }

    #[test]
    fn less_counts_at_once_and_more_from_tomorrow() {
        let today = Day::new(20_780);
        let week = |value| budget(Window::Week, value);
        let (set, from) = Budgets::default().wished(week(500), today);
        assert_eq!((set.on(today), from), (week(500), today));
        let (lower, from) = set.wished(week(300), today);
        assert_eq!((lower.on(today), from), (week(300), today));
        for more in [week(400), budget(Window::Month, 1), None] {
            let (raised, from) = lower.wished(more, today);
            assert_eq!((raised.on(today), from), (week(300), today.next_day()));
            assert_eq!(raised.on(today.next_day()), more);
            // whoever thinks better of it before tomorrow has the tighter one
            let (again, _) = raised.wished(week(200), today);
            assert_eq!((again.on(today), again.on(today.next_day())), (week(200), week(200)));
        }
    }

    proptest! {
        /// However one wishes on one day, what counts that day never grows.
        #[test]
        fn on_one_day_a_budget_never_grows(
            wishes in prop::collection::vec(prop::option::of(1..900_i64), 1..12),
        ) {
            let today = Day::new(20_780);
            let mut budgets = Budgets::default();
            let mut before = i64::MAX;
            for wish in wishes {
                budgets =
                    budgets.wished(wish.and_then(|value| budget(Window::Week, value)), today).0;
                let now = budgets.on(today).map_or(i64::MAX, |budget| budget.value_minor);
                prop_assert!(now <= before);
                before = now;
            }
        }
    }
}
