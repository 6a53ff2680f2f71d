//! Days as banks write them.

use jiff::civil::Date;

/// Years of two digits from this one on are of the century before.
const CENTURY_TURNS: i16 = 80;

const HALF_A_YEAR: i32 = 183;

/// `261105`, as MT940 has it.
pub(super) fn of_six_digits(text: &str) -> Option<Date> {
    let (year, day) = text.split_at_checked(2)?;
    let year: i16 = number(year)?;
    let century = if year < CENTURY_TURNS { 2000 } else { 1900 };
    month_and_day(day, year.checked_add(century)?)
}

/// `1231` in the year that brings it nearest to `near`: an entry of the last day of a year has its
/// value in the next one, and the other way round.
pub(super) fn near(text: &str, near: Date) -> Option<Date> {
    let years = [-1, 0, 1].into_iter().filter_map(|by| near.year().checked_add(by));
    let days = years.filter_map(|year| month_and_day(text, year));
    let apart = |day: Date| day.since(near).map_or(i32::MAX, |span| span.get_days().abs());
    days.min_by_key(|day| apart(*day)).filter(|day| apart(*day) <= HALF_A_YEAR)
}

/// `2026-11-05`, also with a time or a zone behind it: the day is the bank's own.
pub(super) fn iso(text: &str) -> Option<Date> {
    let (day, rest) = text.split_at_checked(10)?;
    let [year, month, of_month] = day.split('-').collect::<Vec<_>>().try_into().ok()?;
    let ends = rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-', ' ']);
    if !ends || year.len() != 4 || month.len() != 2 {
        return None;
    }
    Date::new(number(year)?, number(month)?, number(of_month)?).ok()
}

fn month_and_day(text: &str, year: i16) -> Option<Date> {
    let (month, day) = text.split_at_checked(2)?;
    if day.len() != 2 {
        return None;
    }
    Date::new(year, number(month)?, number(day)?).ok()
}

/// Digits alone: no sign, no blank.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_read_as_banks_mean_them() {
        assert_eq!(of_six_digits("261105"), Some(date(2026, 11, 5)));
        assert_eq!(of_six_digits("791231"), Some(date(2079, 12, 31)));
        assert_eq!(of_six_digits("991231"), Some(date(1999, 12, 31)));
        for text in ["260229", "261301", "26110", "2611055", "26+105", "26110é", ""] {
            assert_eq!(of_six_digits(text), None, "{text}");
        }
        assert_eq!(iso("2026-11-05"), Some(date(2026, 11, 5)));
        assert_eq!(iso("2026-11-05T23:59:59+03:00"), Some(date(2026, 11, 5)));
        assert_eq!(iso("2026-11-05+03:00"), Some(date(2026, 11, 5)));
        for text in
            ["2026-11-5", "2026-02-29", "05.11.2026", "2026-11-05x", "26-11-0005", "+026-11-05"]
        {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_the_nearest() {
        assert_eq!(near("1231", date(2026, 1, 2)), Some(date(2025, 12, 31)));
        assert_eq!(near("0102", date(2025, 12, 31)), Some(date(2026, 1, 2)));
        assert_eq!(near("1105", date(2026, 11, 4)), Some(date(2026, 11, 5)));
        assert_eq!(near("0229", date(2028, 3, 1)), Some(date(2028, 2, 29)));
        assert_eq!(near("0229", date(2026, 3, 1)), None);
        assert_eq!(near("0229", date(2027, 3, 1)), None);
        assert_eq!(near("1301", date(2026, 3, 1)), None);
    }
}
