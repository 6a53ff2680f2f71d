//! Statements of banks: the traps of each format, files written and read back, broken files.

mod broken_files;
mod camt_traps;
mod csv_traps;
mod known_again;
mod mt_traps;
mod round_trips;
mod writers;

use super::*;
use crate::money::{Currency, Money};
use jiff::civil::date;

fn kes(minor: i64) -> Money {
    Money::new(minor, Currency::parse("KES").unwrap())
}

/// Nobody waits.
fn quiet(_lines: usize) {}

fn camt(file: &str) -> Read<Vec<Statement>> {
    camt053::read(file.as_bytes(), &mut quiet)
}

fn mt(file: &str) -> Read<Vec<Statement>> {
    mt940::read(file.as_bytes(), &mut quiet)
}

fn amounts(statement: &Statement) -> Vec<i64> {
    statement.lines.iter().map(|line| line.amount_minor).collect()
}

/// As many as the variable of this name says, else `usual`.
fn as_many(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

#[test]
fn files_are_recognised_by_how_they_begin() {
    let of = |bytes: &[u8]| recognise(bytes).map_err(|error| error.to_string());
    let known: [(&[u8], Format); 8] = [
        (b"\xef\xbb\xbf<?xml version=\"1.0\"?><Document/>", Format::Camt053),
        (b"  \r\n<Document>", Format::Camt053),
        (b"\r\n:20:STARTUMS\r\n:25:1", Format::Mt940),
        (b"{1:F01KCBLKENXAXXX0000000000}{2:I940}{4:\r\n:20:X", Format::Mt940),
        (b"\x01\r\n:20:X", Format::Mt940),
        (b"BANK OF X\n:20:STARTUMS\n:25:1", Format::Mt940),
        (b"Date,Details,Amount\n", Format::Csv),
        (b"\xef\xbb\xbfDatum;Betrag", Format::Csv),
    ];
    for (bytes, format) in known {
        assert_eq!(of(bytes), Ok(format), "{}", String::from_utf8_lossy(bytes));
    }
    let others: [(&[u8], &str); 5] = [
        (b"PK\x03\x04", "a spreadsheet or an archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xff\xfeD\0a\0", "a text in UTF-16"),
        (b"<!DOCTYPE html><HTML>", "a web page"),
        (b"", "no statement"),
    ];
    for (bytes, what) in others {
        assert!(of(bytes).unwrap_err().contains(what), "{what}");
    }
}

#[test]
fn a_table_is_read_by_its_map_alone() {
    let error = read(b"Date,Amount\n", None, &mut quiet).unwrap_err();
    assert_eq!(error.what, Unreadable::NoColumnMap);
}

fn statement() -> Statement {
    let line = |day, amount_minor, at_line| Line {
        at_line,
        booked_on: date(2026, 11, day),
        value_on: None,
        amount_minor,
        reference: None,
        customer_reference: None,
        text: "Cash deposit".into(),
        counterparty: Counterparty::default(),
        is_return: false,
    };
    Statement {
        account: "0110042".into(),
        number: Some("41".into()),
        currency: Currency::parse("KES").unwrap(),
        opened_on: date(2026, 11, 4),
        closed_on: date(2026, 11, 5),
        opening_minor: 1_000,
        closing_minor: 1_700,
        lines: vec![line(4, 1_000, 7), line(5, -300, 9)],
    }
}

#[test]
fn a_statement_proves_itself_or_says_what_does_not_fit() {
    let good = statement();
    assert_eq!(proof(&good), Ok(()));
    let short =
        Statement { lines: good.lines.first().cloned().into_iter().collect(), ..good.clone() };
    let sum = Unproved::Sum { opening: kes(1_000), lines: kes(1_000), closing: kes(1_700) };
    assert_eq!(proof(&short), Err(sum));
    let early = Statement { opened_on: date(2026, 11, 5), ..good.clone() };
    let outside = Unproved::OutsideDays {
        at_line: 7,
        booked_on: date(2026, 11, 4),
        opened_on: date(2026, 11, 5),
        closed_on: date(2026, 11, 5),
    };
    assert_eq!(proof(&early), Err(outside.clone()));
    assert_eq!(
        outside.to_string(),
        "line 7: booked on 2026-11-04, not between 2026-11-05 and 2026-11-05"
    );
    let backwards = Statement { opened_on: date(2026, 11, 6), ..good.clone() };
    assert!(matches!(proof(&backwards), Err(Unproved::Backwards { .. })));
    let huge = Statement { opening_minor: i64::MAX, ..good };
    assert_eq!(proof(&huge), Err(Unproved::TooLarge { at_line: 7 }));
}

#[test]
fn a_statement_goes_on_where_the_last_one_ended() {
    let last = Ended {
        currency: Currency::parse("KES").unwrap(),
        closing_minor: 1_000,
        closed_on: date(2026, 11, 4),
        number: Some("40".into()),
    };
    let next = statement();
    assert_eq!(next.follows(&last), Ok(()));
    let numbered = |number: &str| Ended { number: Some(number.into()), ..last.clone() };
    let gap = Unchained::NumberGap { last: 39, found: 41 };
    assert_eq!(next.follows(&numbered("39")), Err(gap));
    for before in ["41", "99"] {
        let again = next.follows(&numbered(before)).unwrap_err();
        assert!(matches!(again, Unchained::NumberAgain { found: 41, .. }), "{again}");
    }
    assert_eq!(next.follows(&numbered("2026-XI")), Ok(()));
    assert_eq!(next.follows(&Ended { number: None, ..last.clone() }), Ok(()));
    let opening = Unchained::Opening { last_closing: kes(999), opening: kes(1_000) };
    assert_eq!(next.follows(&Ended { closing_minor: 999, ..last.clone() }), Err(opening));
    let late = Ended { closed_on: date(2026, 11, 5), ..last.clone() };
    assert!(matches!(next.follows(&late), Err(Unchained::Overlap { .. })));
    let dollars = Ended { currency: Currency::parse("USD").unwrap(), ..last };
    assert!(matches!(next.follows(&dollars), Err(Unchained::Currency { .. })));
}

#[test]
fn numbers_begin_again_with_a_year() {
    let first = Statement {
        number: Some("1".into()),
        opened_on: date(2026, 12, 31),
        closed_on: date(2027, 1, 2),
        lines: Vec::new(),
        closing_minor: 1_000,
        ..statement()
    };
    let last = Ended {
        currency: Currency::parse("KES").unwrap(),
        closing_minor: 1_000,
        closed_on: date(2026, 12, 31),
        number: Some("252".into()),
    };
    assert_eq!(first.follows(&last), Ok(()));
    let second = Statement { number: Some("2".into()), ..first.clone() };
    assert!(matches!(second.follows(&last), Err(Unchained::NumberAgain { .. })));
    let same_year = Statement { closed_on: date(2026, 12, 31), ..first };
    assert!(matches!(same_year.follows(&last), Err(Unchained::NumberAgain { .. })));
}
