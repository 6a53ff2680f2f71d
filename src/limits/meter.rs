//! Limits at work: what a movement makes of an account's usage, or which limit is in its way, how
//! much that leaves and when it frees. Pure: the plan that shows a quote asks here, and so does the
//! commit, so that both say the same.

use super::own_limits::Budget;
use super::usage::{Direction, Usage, Window};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::money::{Currency, Money};
use crate::refusal::{Reason, Refusal};
use std::cmp::Reverse;

/// How much of one kind of movement is allowed within a window; what is not given has no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cap {
    /// Minor units altogether.
    pub value_minor: Option<i64>,
    /// How many movements.
    pub count: Option<u32>,
}

/// What somebody may move in one direction; what is not given has no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// In one movement, minor units.
    pub once_minor: Option<i64>,
    /// In a calendar day.
    pub day: Cap,
    /// From Monday to Sunday.
    pub week: Cap,
    /// In a calendar month.
    pub month: Cap,
    /// What the account may hold after something came in, together with what its owner has put
    /// aside, minor units. What goes out is never held back by it.
    pub balance_minor: Option<i64>,
    /// What the person set themselves.
    pub budget: Option<Budget>,
}

/// A movement to be counted against the limits of one account.
///
/// What is counted stays counted: a hold when it is opened, not when it is settled, and a
/// correction gives nothing back. Only what comes back to who sent it, because nobody took it, is
/// given back by a meter of its own: a part of it as value alone, as it was one movement still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meter {
    /// Which account; the posting must move or reserve something on it.
    pub account: AccountId,
    /// Which way.
    pub way: Direction,
    /// What counts, minor units, above zero: the amount, without fees.
    pub amount_minor: i64,
    /// On which day of the market it is counted, or was when it is given back.
    pub day: Day,
    /// What is allowed.
    pub caps: Caps,
    /// It is the account of who asks. Of another's account a refusal tells no figures.
    pub own: bool,
    /// It was counted before, and is given back now.
    pub back: bool,
    /// It is a part of what is a movement by itself, or too little to be one: only its value
    /// counts, or comes back.
    pub part: bool,
}

/// A limit that is in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Of one movement.
    Once,
    /// Of the money that the account may hold.
    Balance,
    /// Of value in a window, as the person set it themselves.
    Budget(Window),
    /// Of value in a window.
    Value(Window),
    /// Of movements in a window; so many.
    Count(Window, u32),
}

/// The limit that holds a movement back the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// Which.
    pub limit: Limit,
    /// What it still leaves, minor units, not below zero.
    pub left_minor: i64,
    /// The day on which it leaves more, where time alone helps.
    pub frees: Option<Day>,
}

impl Caps {
    /// What is allowed in a window.
    pub const fn within(&self, window: Window) -> Cap {
        match window {
            Window::Day => self.day,
            Window::Week => self.week,
            Window::Month => self.month,
        }
    }
}

impl Meter {
    /// The usage with this movement, when the account holds `balance_minor` afterwards.
    pub fn taken_from(&self, usage: Usage, balance_minor: i64) -> Result<Usage, Exceeded> {
        if self.back {
            return Ok(usage.without(self.way, self.amount_minor, self.day, self.part));
        }
        let usage = usage.rolled_to(self.day);
        // of several limits the one that leaves least is said; of those that leave the same, the
        // one that frees last
        let worst = self
            .exceeded(&usage, balance_minor)
            .min_by_key(|found| (found.left_minor, Reverse(found.frees)));
        match worst {
            Some(exceeded) => Err(exceeded),
            None if self.part => Ok(usage.with_part(self.way, self.amount_minor)),
            None => Ok(usage.with(self.way, self.amount_minor)),
        }
    }

    fn exceeded(&self, usage: &Usage, balance_minor: i64) -> impl Iterator<Item = Exceeded> {
        let caps = self.caps;
        let amount_minor = self.amount_minor;
        let usage = *usage;
        // a part of what was counted on that day takes no place
        let counts = !self.part || usage.sum(self.way, Window::Day).count == 0;
        let over = move |limit, cap_minor: Option<i64>, used_minor: i64, frees| {
            let left_minor = cap_minor?.saturating_sub(used_minor).max(0);
            (amount_minor > left_minor).then_some(Exceeded { limit, left_minor, frees })
        };
        let all_minor = balance_minor.saturating_add(usage.aside_minor());
        let before_minor = all_minor.saturating_sub(amount_minor);
        let balance_cap_minor = caps.balance_minor.filter(|_| self.way == Direction::In);
        let plain = [
            over(Limit::Once, caps.once_minor, 0, None),
            over(Limit::Balance, balance_cap_minor, before_minor, None),
        ];
        let way = self.way;
        let windows = Window::ALL.into_iter().flat_map(move |window| {
            let cap = caps.within(window);
            let used = usage.sum(way, window);
            let frees = window.after(usage.day());
            let value = over(Limit::Value(window), cap.value_minor, used.value_minor, Some(frees));
            let full = cap.count.filter(|count| counts && used.count >= *count);
            let limit = |count| Exceeded {
                limit: Limit::Count(window, count),
                left_minor: 0,
                frees: Some(frees),
            };
            [value, full.map(limit)]
        });
        let budget = caps.budget.and_then(move |Budget { window, value_minor }| {
            let used = usage.sum(way, window);
            let frees = window.after(usage.day());
            over(Limit::Budget(window), Some(value_minor), used.value_minor, Some(frees))
        });
        plain.into_iter().chain(windows).flatten().chain(budget)
    }

    /// What the person who asked is told.
    pub fn refusal(&self, exceeded: &Exceeded, currency: Currency) -> Refusal {
        if !self.own {
            return match self.way {
                Direction::In => Refusal::of_field(Reason::OTHER_LIMIT, "amount"),
                // what was agreed for a code cannot be less
                Direction::Out | Direction::Aside => Refusal::new(Reason::DRAW_LIMIT),
            };
        }
        let reason = match exceeded.limit {
            // what comes in is no payment of theirs; what they may hold is said as such
            Limit::Value(_) | Limit::Count(..) if self.way == Direction::In => Reason::LIMIT_IN,
            Limit::Once => Reason::LIMIT_ONCE,
            Limit::Balance => Reason::LIMIT_BALANCE,
            Limit::Budget(Window::Day | Window::Week) => Reason::BUDGET_WEEK,
            Limit::Budget(Window::Month) => Reason::BUDGET_MONTH,
            Limit::Value(Window::Day) => Reason::LIMIT_DAY,
            Limit::Value(Window::Week) => Reason::LIMIT_WEEK,
            Limit::Value(Window::Month) => Reason::LIMIT_MONTH,
            Limit::Count(Window::Day, _) => Reason::LIMIT_DAY_COUNT,
            Limit::Count(Window::Week, _) => Reason::LIMIT_WEEK_COUNT,
            Limit::Count(Window::Month, _) => Reason::LIMIT_MONTH_COUNT,
        };
        // where nothing is left no other amount helps
        let field = if exceeded.left_minor > 0 { Some("amount") } else { None };
        let mut refusal = Refusal { field, ..Refusal::new(reason) };
        if let Limit::Count(_, times) = exceeded.limit {
            refusal = refusal.with("times", i64::from(times));
        } else {
            refusal = refusal.with("room", Money::new(exceeded.left_minor, currency));
        }
        match exceeded.frees {
            Some(day) => refusal.with("frees", day),
            None => refusal,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "tests stop where they fail"
    )]
    #![allow(clippy::inconsistent_digit_grouping, reason = "`1_234_50` reads as 1,234.50")]

    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;

    /// Monday, 23 November 2026.
    const MONDAY: Day = Day::new(20_780);

    fn cap(value: i64, count: u32) -> Cap {
        Cap { value_minor: Some(value), count: Some(count) }
    }

    fn meter(amount_minor: i64, caps: Caps) -> Meter {
        Meter {
            account: Id::of(1),
            way: Direction::Out,
            amount_minor,
            day: MONDAY,
            caps,
            own: true,
            back: false,
            part: false,
        }
    }

    fn told(meter: &Meter, usage: Usage, balance_minor: i64) -> String {
        let exceeded = meter.taken_from(usage, balance_minor).unwrap_err();
        let refusal = meter.refusal(&exceeded, Currency::parse("KES").unwrap());
        format!(
            "{} {:?} {:?}",
            refusal.code(),
            refusal.field,
            refusal.slots.values().map(ToString::to_string).collect::<Vec<_>>()
        )
    }

    #[test]
    fn each_limit_says_what_it_leaves_and_when_it_frees() {
        let usage = Usage::default().rolled_to(MONDAY).with(Direction::Out, 600_00);
        let none = Caps::default();
        let once = Caps { once_minor: Some(500_00), ..none };
        assert_eq!(
            told(&meter(500_01, once), usage, 0),
            r#"limit_once Some("amount") ["KES 500"]"#
        );
        let day = Caps { day: cap(1_000_00, 9), ..none };
        assert_eq!(
            told(&meter(400_01, day), usage, 0),
            r#"limit_day Some("amount") ["24/11/26", "KES 400"]"#
        );
        assert!(meter(400_00, day).taken_from(usage, 0).is_ok());
        let week = Caps { week: cap(1_000_00, 9), ..none };
        assert_eq!(
            told(&meter(400_01, week), usage, 0),
            r#"limit_week Some("amount") ["30/11/26", "KES 400"]"#
        );
        let month = Caps { month: cap(600_00, 9), ..none };
        assert_eq!(told(&meter(1, month), usage, 0), r#"limit_month None ["01/12/26", "KES 0"]"#);
        let often = Caps { week: cap(1_000_00, 1), ..none };
        assert_eq!(told(&meter(1, often), usage, 0), r#"limit_week_count None ["30/11/26", "1"]"#);
    }

    #[test]
    fn what_an_account_may_hold_counts_for_what_comes_in() {
        let caps = Caps { balance_minor: Some(1_000_00), ..Caps::default() };
        let into = Meter { way: Direction::In, ..meter(300_00, caps) };
        assert!(into.taken_from(Usage::default(), 1_000_00).is_ok());
        assert_eq!(
            told(&into, Usage::default(), 1_100_00),
            r#"limit_balance Some("amount") ["KES 200"]"#
        );
        assert_eq!(told(&into, Usage::default(), 9_000_00), r#"limit_balance None ["KES 0"]"#);
        assert!(
            meter(300_00, caps).taken_from(Usage::default(), 9_000_00).is_ok(),
            "who has too much may send"
        );
    }

    #[test]
    fn what_is_put_aside_counts_for_what_an_account_may_hold() {
        let caps = Caps { balance_minor: Some(1_000_00), ..Caps::default() };
        let aside = Meter { way: Direction::Aside, ..meter(800_00, Caps::default()) };
        let usage = aside.taken_from(Usage::default(), 0).unwrap();
        let into = Meter { way: Direction::In, ..meter(300_00, caps) };
        assert_eq!(told(&into, usage, 300_00), r#"limit_balance Some("amount") ["KES 200"]"#);
        let back = Meter { back: true, ..aside };
        let usage = back.taken_from(usage, 800_00).unwrap();
        assert!(into.taken_from(usage, 1_000_00).is_ok());
    }

    #[test]
    fn of_several_limits_the_tightest_is_said_and_of_those_the_one_that_frees_last() {
        let usage = Usage::default().rolled_to(MONDAY).with(Direction::Out, 600_00);
        let caps = Caps { day: cap(700_00, 9), month: cap(650_00, 9), ..Caps::default() };
        assert_eq!(
            told(&meter(101_00, caps), usage, 0),
            r#"limit_month Some("amount") ["01/12/26", "KES 50"]"#
        );
        let used_up = Caps { day: cap(600_00, 1), week: cap(600_00, 9), ..Caps::default() };
        assert_eq!(told(&meter(1, used_up), usage, 0), r#"limit_week None ["30/11/26", "KES 0"]"#);
    }

    #[test]
    fn of_somebody_elses_account_no_figure_is_told() {
        let caps = Caps { balance_minor: Some(1_000_00), ..Caps::default() };
        let theirs = Meter { way: Direction::In, own: false, ..meter(300_00, caps) };
        assert_eq!(told(&theirs, Usage::default(), 9_000_00), r#"other_limit Some("amount") []"#);
    }

    proptest! {
        #[test]
        fn a_limit_is_never_exceeded(
            steps in prop::collection::vec((0..70_i32, 1..500_i64, any::<bool>()), 1..80),
            (once, balance) in (1..500_i64, 1..4_000_i64),
            caps in prop::array::uniform3((1..3_000_i64, 1..20_u32)),
            budget in prop::option::of((1..3_000_i64, any::<bool>())),
        ) {
            let [day, week, month] = caps.map(|(value, count)| cap(value, count));
            let budget = budget.map(|(value_minor, of_month)| Budget {
                window: if of_month { Window::Month } else { Window::Week },
                value_minor,
            });
            let caps = Caps {
                once_minor: Some(once),
                day,
                week,
                month,
                balance_minor: Some(balance),
                budget,
            };
            let mut usage = Usage::default();
            let mut holds_minor = 0_i64;
            let mut at = MONDAY;
            for (days, amount_minor, comes_in) in steps {
                at = Day::new(at.number().max(MONDAY.number() + days / 2));
                let way = if comes_in { Direction::In } else { Direction::Out };
                let after_minor = holds_minor + if comes_in { amount_minor } else { -amount_minor };
                let meter = Meter { way, day: at, ..meter(amount_minor, caps) };
                match meter.taken_from(usage, after_minor) {
                    Ok(taken) => (usage, holds_minor) = (taken, after_minor),
                    Err(exceeded) => {
                        // what it says is left would be taken, and not a coin more
                        let left = Meter { amount_minor: exceeded.left_minor, ..meter };
                        let after = after_minor - amount_minor + exceeded.left_minor;
                        prop_assert!(
                            exceeded.left_minor < amount_minor
                                || matches!(exceeded.limit, Limit::Count(..))
                        );
                        prop_assert!(
                            exceeded.left_minor == 0 || left.taken_from(usage, after).is_ok()
                        );
                        prop_assert!(exceeded.frees.is_none_or(|frees| frees > at));
                    }
                }
                if let Some(Budget { window, value_minor }) = budget {
                    let budgeted = [Direction::Out, Direction::In]
                        .map(|way| usage.rolled_to(at).sum(way, window).value_minor);
                    prop_assert!(budgeted.into_iter().all(|used| used <= value_minor));
                }
                for window in Window::ALL {
                    for way in [Direction::Out, Direction::In] {
                        let used = usage.rolled_to(at).sum(way, window);
                        let cap = caps.within(window);
                        prop_assert!(cap.value_minor.is_none_or(|cap| used.value_minor <= cap));
                        prop_assert!(cap.count.is_none_or(|cap| used.count <= cap));
                    }
                }
            }
        }
    }
}
