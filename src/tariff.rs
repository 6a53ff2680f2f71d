//! What a service costs: bands of amounts with a flat fee each, read from data. Pure: it knows neither accounts nor
//! who pays, and whatever it accepts has exactly one fee for every amount up to the last band.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::money::{Currency, Money};
use crate::refusal::Reason;

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
    /// Reads a tariff file. The message of a refusal says which band of which service is wrong.
    pub fn parse(toml_text: &str) -> Result<Tariff, String> {
        let file: TariffFile = toml::from_str(toml_text).map_err(|error| error.to_string())?;
        let currency = Currency::parse(&file.currency)
            .ok_or_else(|| format!("currency: `{}` is not a three-letter code like `KES`", file.currency))?;
        let mut services = BTreeMap::new();
        for (service, lines) in file.services {
            let bands = read_bands(&lines, currency).map_err(|problem| format!("{service}: {problem}"))?;
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

fn read_bands(lines: &[BandLine], currency: Currency) -> Result<Vec<Band>, String> {
    let unit = Money::from_major(Decimal::ONE, currency).ok_or("this currency has no unit")?.minor;
    let mut bands: Vec<Band> = Vec::with_capacity(lines.len());
    for (position, line) in (1_usize..).zip(lines) {
        let band = read_band(line, currency).map_err(|problem| format!("band {position}: {problem}"))?;
        let end_before = bands.last().map_or(0, |before| before.to);
        let shown = |minor| Money::new(minor, currency);
        if band.from <= end_before && position > 1 {
            return Err(format!(
                "band {position} begins at {} but {} has a fee already",
                shown(band.from),
                shown(end_before)
            ));
        }
        if band.from > end_before.saturating_add(unit) {
            return Err(format!(
                "between {} and {} there is no fee (band {position})",
                shown(end_before),
                shown(band.from)
            ));
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
