//! The field `:61:` of an MT940, in which all of a booking stands without signs between: the day of
//! its value, the day it was booked, which way it went, how much, of what kind, two references, and
//! in a line of its own what else the bank has to say.

use super::cleaning::{key, tidy};
use super::unreadable::Unreadable;
use super::{day, figure};
use crate::money::Currency;
use jiff::civil::Date;

/// The most signs of the details; what is beyond is left out.
const DETAILS_MAX: usize = 140;
/// A returned item, as SWIFT codes it.
const RETURNED: &str = "RTI";

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MtEntry {
    pub value_on: Date,
    /// Where the bank says it beside the day of the value.
    pub booked_on: Option<Date>,
    /// Above zero for a credit, also for a debit taken back.
    pub amount_minor: i64,
    pub is_return: bool,
    pub customer_reference: Option<String>,
    pub bank_reference: Option<String>,
    pub details: String,
}

impl MtEntry {
    /// Reads the lines of a field.
    pub fn read(lines: &[&str], currency: Currency) -> Result<MtEntry, Unreadable> {
        let (first, details) = lines.split_first().map_or(("", lines), |(one, rest)| (*one, rest));
        let wrong = |what| Unreadable::not(what, first);
        let rest = first.trim();
        let (value, rest) = rest.split_at_checked(6).ok_or(wrong("a booking"))?;
        let value_on = day::of_six_digits(value).ok_or(wrong("a booking with a day"))?;
        let (booked_on, rest) = entry_day(rest, value_on)?;
        let (is_credit, is_reversed, rest) = mark(rest).ok_or(wrong("a booking with C or D"))?;
        // the third letter of the currency, which some banks put in between
        let rest = rest.strip_prefix(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(rest);
        let digits = rest.find(|sign: char| !sign.is_ascii_digit() && sign != ',');
        let (amount, rest) =
            rest.split_at_checked(digits.unwrap_or(rest.len())).unwrap_or((rest, ""));
        let size = figure::unsigned(amount, ',', currency).map_err(|why| why.about(first))?;
        let (kind, references) = kind(rest).ok_or(wrong("a booking with its kind"))?;
        let (customer, bank) = references.split_once("//").unwrap_or((references, ""));
        Ok(MtEntry {
            value_on,
            booked_on,
            amount_minor: if is_credit { size } else { size.saturating_neg() },
            is_return: is_reversed || kind == RETURNED,
            customer_reference: key(customer, "a reference")?,
            bank_reference: key(bank, "a reference")?,
            details: tidy(&details.join(" "), DETAILS_MAX),
        })
    }
}

/// Four digits, or none: before the mark there are no others.
fn entry_day(rest: &str, value_on: Date) -> Result<(Option<Date>, &str), Unreadable> {
    if !rest.starts_with(|sign: char| sign.is_ascii_digit()) {
        return Ok((None, rest));
    }
    let wrong = || Unreadable::not("a day of booking", rest);
    let (text, rest) = rest.split_at_checked(4).ok_or_else(wrong)?;
    day::near(text, value_on).map(|day| (Some(day), rest)).ok_or_else(wrong)
}

/// Whether it is a credit, and whether it takes back. A credit taken back is a debit.
fn mark(rest: &str) -> Option<(bool, bool, &str)> {
    let marks = [("RC", false, true), ("RD", true, true), ("C", true, false), ("D", false, false)];
    marks.into_iter().find_map(|(mark, is_credit, is_reversed)| {
        rest.strip_prefix(mark).map(|rest| (is_credit, is_reversed, rest))
    })
}

/// A letter and three signs: how it was told, and what it is.
fn kind(rest: &str) -> Option<(&str, &str)> {
    let (how, rest) = rest.split_at_checked(1)?;
    let (kind, rest) = rest.split_at_checked(3)?;
    let is_kind = how.bytes().all(|sign| sign.is_ascii_uppercase())
        && kind.bytes().all(|sign| sign.is_ascii_alphanumeric());
    is_kind.then_some((kind, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(text: &str) -> Result<MtEntry, Unreadable> {
        MtEntry::read(&text.lines().collect::<Vec<_>>(), Currency::parse("KES").unwrap())
    }

    #[test]
    fn all_of_a_booking_is_found() {
        let full = read("2611051104CR1234,5NTRFDEP-0042//BANK77\n/OCMT/KES1234,50/").unwrap();
        let expected = MtEntry {
            value_on: date(2026, 11, 5),
            booked_on: Some(date(2026, 11, 4)),
            amount_minor: 123_450,
            is_return: false,
            customer_reference: Some("DEP-0042".into()),
            bank_reference: Some("BANK77".into()),
            details: "/OCMT/KES1234,50/".into(),
        };
        assert_eq!(full, expected);
        let least = read("261105D7,NCHG").unwrap();
        assert_eq!((least.booked_on, least.amount_minor), (None, -700));
        assert_eq!((least.customer_reference, least.bank_reference), (None, None));
    }

    #[test]
    fn what_is_taken_back_goes_the_other_way() {
        let of = |text| read(text).map(|entry| (entry.amount_minor, entry.is_return));
        let marks = [
            ("261105C1,NTRFX", (100, false)),
            ("261105CR1,NTRFX", (100, false)),
            ("261105D1,NTRFX", (-100, false)),
            ("261105DR1,NTRFX", (-100, false)),
            ("261105RC1,NTRFX", (-100, true)),
            ("261105RD1,NTRFX", (100, true)),
            ("261105RCR1,NTRFX", (-100, true)),
            ("261105C1,NRTIX", (100, true)),
        ];
        for (text, expected) in marks {
            assert_eq!(of(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_booking_across_the_end_of_a_year_keeps_its_day() {
        let booked = |text| read(text).unwrap().booked_on;
        assert_eq!(booked("2601021231C1,NTRFX"), Some(date(2025, 12, 31)));
        assert_eq!(booked("2512310102C1,NTRFX"), Some(date(2026, 1, 2)));
    }

    #[test]
    fn what_is_no_booking_is_refused() {
        let wrong = [
            "",
            "2611",
            "261305C1,NTRF",
            "26110513C1,NTRF",
            "2611051399C1,NTRF",
            "261105X1,NTRF",
            "261105C,NTRF",
            "261105C1.5NTRF",
            "261105C1,",
            "261105C1,N",
            "261105C1,n123",
            "261105C1,005NTRF",
            "261105RX1,NTRF",
            "261105Cé1,NTRF",
            "é61105C1,NTRF",
        ];
        for text in wrong {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
