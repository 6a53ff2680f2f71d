//! The attributes of one table of a tariff file: prices or commissions, with their bands. It proves
//! that bands join without gap or overlap; which service and which cases a table is for is read in
//! `file`.

use super::FeeAccount;
use super::earning::Earning;
use super::rate::{Percent, Rate, Rounding};
use super::reader::TariffReader;
use super::sheet::{Applies, Band, Base, Extra, Micro, Monthly, PaidBy, Sheet};
use crate::money::Money;
use crate::table::Table;
use rust_decimal::Decimal;

/// Bands of one table at most.
const BANDS_MAX: usize = 100;
/// Lines beside the fee, and monthly steps, of one table at most.
const LINES_MAX: usize = 8;

/// A table of which only the bands were written.
pub(super) fn plain(line: usize, bands: Vec<Band>, rounding: Rounding) -> Sheet {
    Sheet {
        line,
        applies: Applies::default(),
        rounding,
        paid_by: PaidBy::Payer,
        minimum_minor: 1,
        splitting_allowed_minor: 0,
        bands,
        micro: None,
        monthly: Vec::new(),
        extras: Vec::new(),
    }
}

/// A table of prices.
pub(super) fn sheet(mut table: Table<'_>, reader: &mut TariffReader<'_>) -> Sheet {
    let about = reader.complaints.about.clone();
    let applies = reader.applies(&mut table);
    let paid_by = reader.paid_by(&mut table).unwrap_or(PaidBy::Payer);
    let minimum_minor = reader.amount(&mut table, "minimum").unwrap_or(1).max(1);
    let splitting_allowed_minor = reader.amount(&mut table, "splitting_allowed").unwrap_or(0);
    let rounding = reader.rounding(&mut table);
    let micro =
        table.table("micro", &mut reader.complaints).map(|table| micro(table, reader, &about));
    let begins_minor = micro.map_or(minimum_minor, |micro| minimum_minor.max(micro.below_minor));
    let monthly = monthly(table.tables("monthly", &mut reader.complaints), reader, &about);
    let extras = extras(table.tables("extra", &mut reader.complaints), reader, &about, paid_by);
    let bands = listed_bands(&mut table, reader, &about, begins_minor);
    let line = table.line;
    table.finish(&mut reader.complaints);
    let whole = plain(line, bands, rounding);
    Sheet {
        applies,
        paid_by,
        minimum_minor,
        splitting_allowed_minor,
        micro,
        monthly,
        extras,
        ..whole
    }
}

/// A table of commissions.
pub(super) fn earning(mut table: Table<'_>, reader: &mut TariffReader<'_>) -> Earning {
    let about = reader.complaints.about.clone();
    let from_date = reader.first_date(&mut table);
    let rounding = reader.rounding(&mut table);
    let head_office = reader.percent(&mut table, "head_office_percent").unwrap_or(Percent::ZERO);
    let withheld_tax = reader.percent(&mut table, "withheld_tax_percent").unwrap_or(Percent::ZERO);
    let bands = listed_bands(&mut table, reader, &about, 1);
    let line = table.line;
    table.finish(&mut reader.complaints);
    Earning { line, from_date, rounding, head_office, withheld_tax, bands }
}

fn listed_bands(
    table: &mut Table<'_>,
    reader: &mut TariffReader<'_>,
    about: &str,
    begins_minor: i64,
) -> Vec<Band> {
    let tables = table.tables("bands", &mut reader.complaints);
    if tables.is_empty() {
        reader
            .complaints
            .add(table.line, "there are no bands; leave the service out if it is free");
    }
    let bands = bands(tables, reader, begins_minor);
    about.clone_into(&mut reader.complaints.about);
    bands
}

/// Bands that join, the first of them at `begins_minor` or below.
pub(super) fn bands(
    tables: Vec<Table<'_>>,
    reader: &mut TariffReader<'_>,
    begins_minor: i64,
) -> Vec<Band> {
    let about = reader.complaints.about.clone();
    let unit = Money::from_major(Decimal::ONE, reader.currency).map_or(1, |one| one.minor);
    let mut bands: Vec<Band> = Vec::new();
    for (position, mut table) in (1_usize..).zip(few(tables, BANDS_MAX, reader)) {
        reader.complaints.about = format!("{about}band {position}: ");
        let line = table.line;
        let band = band(&mut table, reader);
        table.finish(&mut reader.complaints);
        reader.complaints.about.clone_from(&about);
        let Some(band) = band else { continue };
        join(reader, line, position, (bands.last(), begins_minor, unit), &band);
        bands.push(band);
    }
    bands
}

/// Complains where a band does not follow the one before, or the first does not begin where it
/// must.
fn join(
    reader: &mut TariffReader<'_>,
    line: usize,
    position: usize,
    (before, begins_minor, unit): (Option<&Band>, i64, i64),
    band: &Band,
) {
    let shown = |minor| Money::new(minor, reader.currency);
    let from = shown(band.from_minor);
    let problem = match before {
        Some(before) if band.from_minor <= before.to_minor => {
            let end = shown(before.to_minor);
            Some(format!("band {position} begins at {from} but {end} has a fee already"))
        }
        Some(before) if band.from_minor > before.to_minor.saturating_add(unit) => {
            let end = shown(before.to_minor);
            Some(format!("between {end} and {from} there is no fee (band {position})"))
        }
        None if band.from_minor > begins_minor.max(unit) => {
            let begin = if begins_minor > 1 { begins_minor } else { 0 };
            Some(format!("between {} and {from} there is no fee (band 1)", shown(begin)))
        }
        Some(_) | None => None,
    };
    if let Some(problem) = problem {
        reader.complaints.add(line, &problem);
    }
}

fn band(table: &mut Table<'_>, reader: &mut TariffReader<'_>) -> Option<Band> {
    for key in ["from", "to"].into_iter().filter(|key| !table.has(key)).collect::<Vec<_>>() {
        reader.complaints.add(table.line, &format!("`{key}` is missing"));
    }
    let (from, to) = (reader.amount(table, "from"), reader.amount(table, "to"));
    let rate = rate(table, reader);
    let band = Band { from_minor: from?, to_minor: to?, rate: rate? };
    if band.to_minor < band.from_minor {
        reader.complaints.add(table.line, "`to` is below `from`");
        return None;
    }
    Some(band)
}

/// `fee` and `flat` are the same: the one reads better alone, the other beside a percentage.
fn rate(table: &mut Table<'_>, reader: &mut TariffReader<'_>) -> Option<Rate> {
    if table.has("fee") && table.has("flat") {
        reader.complaints.add(table.line, "`fee` and `flat` are the same: leave one out");
    }
    let flat = if table.has("flat") { "flat" } else { "fee" };
    if !table.has(flat) && !table.has("percent") {
        reader.complaints.add(table.line, "`fee`, `flat` or `percent` is missing");
        return None;
    }
    let flat_minor = if table.has(flat) { reader.amount(table, flat)? } else { 0 };
    let percent =
        if table.has("percent") { reader.percent(table, "percent")? } else { Percent::ZERO };
    let (min_minor, max_minor) = (reader.amount(table, "min"), reader.amount(table, "max"));
    if min_minor.zip(max_minor).is_some_and(|(min, max)| max < min) {
        reader.complaints.add(table.line, "`max` is below `min`");
    }
    Some(Rate { flat_minor, percent, min_minor, max_minor })
}

fn micro(mut table: Table<'_>, reader: &mut TariffReader<'_>, about: &str) -> Micro {
    reader.complaints.about = format!("{about}micro: ");
    if !table.has("below") {
        reader.complaints.add(table.line, "`below` is missing");
    }
    let below_minor = reader.amount(&mut table, "below").unwrap_or(1);
    let rate = rate(&mut table, reader).unwrap_or(Rate::flat(0));
    table.finish(&mut reader.complaints);
    about.clone_into(&mut reader.complaints.about);
    Micro { below_minor, rate }
}

/// Steps of a month's volume, each larger than the one before.
fn monthly(tables: Vec<Table<'_>>, reader: &mut TariffReader<'_>, about: &str) -> Vec<Monthly> {
    let mut steps: Vec<Monthly> = Vec::new();
    for (position, mut table) in (1_usize..).zip(few(tables, LINES_MAX, reader)) {
        reader.complaints.about = format!("{about}monthly {position}: ");
        if !table.has("up_to") {
            reader.complaints.add(table.line, "`up_to` is missing");
        }
        let up_to_minor = reader.amount(&mut table, "up_to").unwrap_or(i64::MAX);
        let rate = rate(&mut table, reader).unwrap_or(Rate::flat(0));
        if steps.last().is_some_and(|before| up_to_minor <= before.up_to_minor) {
            reader.complaints.add(table.line, "`up_to` is not above that of the step before");
        }
        table.finish(&mut reader.complaints);
        steps.push(Monthly { up_to_minor, rate });
    }
    about.clone_into(&mut reader.complaints.about);
    steps
}

/// Lines beside the fee. Who pays is who pays the fee, unless the line says otherwise.
fn extras(
    tables: Vec<Table<'_>>,
    reader: &mut TariffReader<'_>,
    about: &str,
    payer: PaidBy,
) -> Vec<Extra> {
    let places = FeeAccount::ALL.map(|place| (place.name(), place));
    let bases = [("fee", Base::Fee), ("amount", Base::Amount)];
    let mut extras: Vec<Extra> = Vec::new();
    for (position, mut table) in (1_usize..).zip(few(tables, LINES_MAX, reader)) {
        reader.complaints.about = format!("{about}extra {position}: ");
        let line = table.line;
        for key in
            ["name", "credit", "of"].into_iter().filter(|key| !table.has(key)).collect::<Vec<_>>()
        {
            reader.complaints.add(line, &format!("`{key}` is missing"));
        }
        let name = table.name("name", &mut reader.complaints).map(|name| name.text);
        let place = reader.choice(&mut table, "credit", &places);
        let of = reader.choice(&mut table, "of", &bases);
        let paid_by = reader.paid_by(&mut table).unwrap_or(payer);
        let rate = rate(&mut table, reader);
        table.finish(&mut reader.complaints);
        if let (Some(name), Some(place), Some(of), Some(rate)) = (name, place, of, rate) {
            if name == "fee" || extras.iter().any(|extra| extra.name == name) {
                reader.complaints.add(line, &format!("there is a line `{name}` already"));
            }
            extras.push(Extra { name, place, of, rate, paid_by });
        }
    }
    about.clone_into(&mut reader.complaints.about);
    extras
}

/// As many as a person would read; more of them are a mistake, and would only take time.
fn few<'t>(
    mut tables: Vec<Table<'t>>,
    most: usize,
    reader: &mut TariffReader<'_>,
) -> Vec<Table<'t>> {
    if let Some(first_beyond) = tables.get(most) {
        reader.complaints.add(first_beyond.line, &format!("more than {most} of them"));
        tables.truncate(most);
    }
    tables
}
