//! What a service costs: bands of amounts with a flat fee each, read from data. Pure: it knows neither accounts nor
//! who pays, and whatever it accepts has exactly one fee for every amount up to the last band.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::money::{Currency, Money};
use crate::refusal::Reason;
use crate::source::{Problem, Source};

/// The fees of all services, in one currency.
#[derive(Debug, Clone)]
pub struct Tariff {
    currency: Currency,
    services: BTreeMap<String, Vec<Band>>,
}

/// Amounts up to `to` that no lower band takes, and their fee. In the smallest coin.
#[derive(Debug, Clone, Copy)]
struct Band {
    from: i64,
    to: i64,
    fee: i64,
}

/// The file as it is written.
#[derive(Deserialize)]
struct TariffFile {
    currency: String,
    #[serde(flatten)]
    services: BTreeMap<String, Vec<BandLine>>,
}

/// One band as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandLine {
    from: Major,
    to: Major,
    fee: Major,
}

/// An amount in whole units of the currency.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a whole number, or an amount in quotes like \"7.50\"")]
enum Major {
    Whole(i64),
    Text(String),
}

impl Tariff {
    /// Reads a tariff file. A complaint says which band of which service is wrong, and on which line it begins.
    pub fn parse(source: &Source) -> Result<Tariff, Problem> {
        let file: TariffFile = toml::from_str(&source.text).map_err(|error| source.toml_problem(&error))?;
        let currency = Currency::parse(&file.currency).ok_or_else(|| {
            let message = format!("currency: `{}` is not a three-letter code like `KES`", file.currency);
            source.problem(line_of(&source.text, "currency", 1), message)
        })?;
        let mut services = BTreeMap::new();
        for (service, lines) in file.services {
            let bands = read_bands(&lines, currency).map_err(|(position, message)| {
                let header = format!("[[{service}]]");
                source.problem(line_of(&source.text, &header, position), format!("{service}: {message}"))
            })?;
            services.insert(service, bands);
        }
        Ok(Tariff { currency, services })
    }

    /// The fee for moving `amount` by `service`. A service without a table is free.
    pub fn fee(&self, service: &str, amount: Money) -> Result<Money, Reason> {
        if amount.currency != self.currency {
            return Err(Reason::Invalid);
        }
        let Some(bands) = self.services.get(service) else { return Ok(Money::new(0, self.currency)) };
        // Between 100 and 101 lies 100.50: it belongs to the band that begins at 101.
        let band = bands.iter().find(|band| amount.minor <= band.to).ok_or(Reason::AmountTooLarge)?;
        Ok(Money::new(band.fee, self.currency))
    }
}

/// The line (from 1) of the `nth` (from 1) line that begins like this; 1 if there is none.
fn line_of(text: &str, beginning: &str, nth: usize) -> usize {
    let mut found = (1_usize..).zip(text.lines()).filter(|(_, line)| line.trim_start().starts_with(beginning));
    found.nth(nth.saturating_sub(1)).map_or(1, |(number, _)| number)
}

/// The bands, or which (from 1) is wrong and how.
fn read_bands(lines: &[BandLine], currency: Currency) -> Result<Vec<Band>, (usize, String)> {
    if lines.is_empty() {
        return Err((1, "there are no bands; leave the service out if it is free".to_owned()));
    }
    let unit = Money::from_major(Decimal::ONE, currency).map_or(1, |one| one.minor);
    let mut bands: Vec<Band> = Vec::with_capacity(lines.len());
    for (position, line) in (1_usize..).zip(lines) {
        let band = read_band(line, currency).map_err(|problem| (position, format!("band {position}: {problem}")))?;
        let end_before = bands.last().map_or(0, |before| before.to);
        let shown = |minor| Money::new(minor, currency);
        if band.from <= end_before && position > 1 {
            let (from, before) = (shown(band.from), shown(end_before));
            return Err((position, format!("band {position} begins at {from} but {before} has a fee already")));
        }
        if band.from > end_before.saturating_add(unit) {
            let (before, from) = (shown(end_before), shown(band.from));
            return Err((position, format!("between {before} and {from} there is no fee (band {position})")));
        }
        bands.push(band);
    }
    Ok(bands)
}

fn read_band(line: &BandLine, currency: Currency) -> Result<Band, String> {
    let band =
        Band { from: coins(&line.from, currency)?, to: coins(&line.to, currency)?, fee: coins(&line.fee, currency)? };
    if band.to < band.from {
        return Err("`to` is below `from`".to_owned());
    }
    Ok(band)
}

/// The exact number of coins, not below zero.
fn coins(major: &Major, currency: Currency) -> Result<i64, String> {
    let (shown, decimal) = match major {
        Major::Whole(number) => (number.to_string(), Some(Decimal::from(*number))),
        Major::Text(text) => (text.clone(), Decimal::from_str_exact(text).ok()),
    };
    decimal
        .and_then(|decimal| Money::from_major(decimal, currency))
        .map(|money| money.minor)
        .filter(|minor| *minor >= 0)
        .ok_or_else(|| format!("`{shown}` is not an amount of {currency}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests stop where they fail")]
    #![allow(clippy::inconsistent_digit_grouping, reason = "`1_234_50` reads as 1,234.50")]

    use proptest::prelude::*;

    use super::*;

    fn kes(minor: i64) -> Money {
        Money::new(minor, Currency::KES)
    }

    fn read(text: &str) -> Result<Tariff, Problem> {
        Tariff::parse(&Source::new("menus/tariff.toml", text))
    }

    fn ours() -> Tariff {
        read(include_str!("../menus/tariff.toml")).unwrap()
    }

    #[test]
    fn the_fee_is_that_of_the_band() {
        let fees =
            [(1, 0), (49, 0), (100, 0), (101, 7), (500, 7), (501, 13), (15_001, 105), (20_001, 108), (250_000, 108)];
        for (amount, fee) in fees {
            assert_eq!(ours().fee("send", kes(amount * 100)), Ok(kes(fee * 100)), "{amount}");
        }
        assert_eq!(ours().fee("send", kes(100_50)), Ok(kes(7_00)));
        assert_eq!(ours().fee("send", kes(250_000_01)), Err(Reason::AmountTooLarge));
        assert_eq!(ours().fee("request", kes(9_999_999_00)), Ok(kes(0)));
        assert_eq!(ours().fee("send", Money::new(1, Currency::parse("UGX").unwrap())), Err(Reason::Invalid));
    }

    #[test]
    fn amounts_are_converted_exactly() {
        let tariff = read("currency = 'KES'\n[[send]]\nfrom = '0.01'\nto = '10.50'\nfee = '0.05'\n[[send]]\nfrom = '10.51'\nto = 20\nfee = 1").unwrap();
        assert_eq!(tariff.fee("send", kes(10_50)), Ok(kes(5)));
        assert_eq!(tariff.fee("send", kes(10_51)), Ok(kes(1_00)));
    }

    #[test]
    fn a_mistake_is_named() {
        let band = |from: &str, to: &str, fee: &str| format!("[[send]]\nfrom = {from}\nto = {to}\nfee = {fee}\n");
        let first = band("1", "49", "0");
        let mistakes = [
            (first.clone() + &band("49", "100", "5"), "send: band 2 begins at KES 49 but KES 49 has a fee already"),
            (first.clone() + &band("51", "100", "5"), "send: between KES 49 and KES 51 there is no fee (band 2)"),
            (band("2", "49", "0"), "send: between KES 0 and KES 2 there is no fee (band 1)"),
            (band("9", "1", "0"), "send: band 1: `to` is below `from`"),
            (band("1", "'4.005'", "0"), "send: band 1: `4.005` is not an amount of KES"),
            (band("1", "49", "-1"), "send: band 1: `-1` is not an amount of KES"),
            (band("1", "'all'", "0"), "send: band 1: `all` is not an amount of KES"),
            ("send = []".to_owned(), "send: there are no bands; leave the service out if it is free"),
        ];
        for (lines, problem) in mistakes {
            let found = read(&format!("currency = 'KES'\n{lines}")).unwrap_err();
            assert_eq!(found.message, problem);
            // the second band begins on the sixth line
            let second = problem.contains("band 2 begins") || problem.ends_with("(band 2)");
            assert_eq!(found.line == 6, second, "{found}");
        }
        for (text, hint) in [
            ("currency = 'shilling'".to_owned(), "three-letter code"),
            (first, "currency"),
            (format!("currency = 'KES'\n{}", band("1", "4.5", "0")), "amount in quotes"),
            ("currency = 'KES'\n[[send]]\nfrom = 1\nto = 2".to_owned(), "fee"),
            ("currency = ".to_owned(), "menus/tariff.toml:1:"),
        ] {
            let problem = read(&text).unwrap_err().to_string();
            assert!(problem.contains(hint), "{problem}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_a_person_may_send_has_a_fee(minor in 1_i64..=250_000_00) {
            prop_assert!(ours().fee("send", kes(minor)).is_ok_and(|fee| (0..=108_00).contains(&fee.minor)));
        }

        #[test]
        fn no_text_makes_reading_panic(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
