//! From the text of `menus/tariff.toml` to a tariff. All that is wrong is collected, each with file
//! and line; whatever nobody asked for is a mistake. It computes no fee, and the numbers of one
//! table are read in `entries`.

use super::Tariff;
use super::earning::Earning;
use super::entries;
use super::kept;
use super::rate::Rounding;
use super::reader::TariffReader;
use super::sheet::{Applies, Sheet};
use crate::money::Currency;
use crate::source::{Problem, Source};
use crate::table::{Complaints, Name, Table};

impl Tariff {
    /// Reads a tariff file: what it says, or everything that is wrong with it. `priced` are the
    /// services that can have a price: a file that names another one is refused, as it would be a
    /// slip, and free.
    pub fn parse(source: &Source, priced: &[&str]) -> Result<Tariff, Vec<Problem>> {
        let mut table = Table::parse(source).map_err(|problem| vec![problem])?;
        let mut complaints = Complaints::new(source);
        // nothing else can be read without it
        let Some(currency) = currency(&mut table, &mut complaints) else {
            return Err(complaints.found);
        };
        let mut reader = TariffReader {
            complaints,
            currency,
            rounding: Rounding::HalfUp,
            tiers: Vec::new(),
            channels: Vec::new(),
        };
        reader.rounding = reader.rounding(&mut table);
        reader.tiers = texts(table.names("tiers", &mut reader.complaints));
        reader.channels = texts(table.names("channels", &mut reader.complaints));
        let earnings = match table.table("commission", &mut reader.complaints) {
            Some(all) => by_service(all, "commission ", priced, &mut reader, earnings),
            None => Vec::new(),
        };
        let sheets = by_service(table, "", priced, &mut reader, sheets);
        let TariffReader { complaints, tiers, channels, .. } = reader;
        if !complaints.found.is_empty() {
            return Err(complaints.found);
        }
        let sheets = sheets.into_iter().collect();
        let earnings = earnings.into_iter().collect();
        let (file, text) = (source.name.clone(), source.text.clone());
        let number = kept::number_of(&text);
        Ok(Tariff { file, text, number, currency, tiers, channels, sheets, earnings })
    }
}

fn texts(names: Vec<Name>) -> Vec<String> {
    names.into_iter().map(|name| name.text).collect()
}

fn currency(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<Currency> {
    let name = table.required("currency", complaints)?;
    let currency = Currency::parse(&name.text);
    if currency.is_none() {
        let message = format!("currency: `{}` is not a three-letter code", name.text);
        complaints.add(name.line, &message);
    }
    currency
}

/// What each service's tables say. A service that nobody knows is a slip of the pen.
fn by_service<T>(
    mut all: Table<'_>,
    about: &str,
    priced: &[&str],
    reader: &mut TariffReader<'_>,
    read: fn(&Name, Vec<Table<'_>>, &mut TariffReader<'_>) -> Vec<T>,
) -> Vec<(String, Vec<T>)> {
    let mut found = Vec::new();
    for name in all.keys() {
        reader.complaints.about = String::new();
        if !priced.contains(&name.text.as_str()) {
            let message = format!(
                "`{}` does not belong here; what has a price is {}",
                name.text,
                priced.join(", ")
            );
            reader.complaints.add(name.line, &message);
            continue;
        }
        reader.complaints.about = format!("{about}{}: ", name.text);
        let tables = all.one_or_more(&name.text, &mut reader.complaints);
        if tables.is_empty() {
            reader
                .complaints
                .add(name.line, "there are no bands; leave the service out if it is free");
        }
        let read = read(&name, tables, reader);
        found.push((name.text, read));
    }
    found
}

/// The tables of a service. In the shortest form they are themselves the bands of the only one.
fn sheets(name: &Name, tables: Vec<Table<'_>>, reader: &mut TariffReader<'_>) -> Vec<Sheet> {
    let about = reader.complaints.about.clone();
    let sheets: Vec<Sheet> = if tables.first().is_some_and(|first| first.has("from")) {
        let bands = entries::bands(tables, reader, 1);
        vec![entries::plain(name.line, bands, reader.rounding)]
    } else {
        tables.into_iter().map(|table| entries::sheet(table, reader)).collect()
    };
    reader.complaints.about = about;
    let applies: Vec<(usize, Applies)> =
        sheets.iter().map(|sheet| (sheet.line, sheet.applies.clone())).collect();
    each_case_once(name, &applies, reader);
    sheets
}

/// The commissions on a service.
fn earnings(name: &Name, tables: Vec<Table<'_>>, reader: &mut TariffReader<'_>) -> Vec<Earning> {
    let about = reader.complaints.about.clone();
    let earnings: Vec<Earning> =
        tables.into_iter().map(|table| entries::earning(table, reader)).collect();
    reader.complaints.about = about;
    let applies = |earning: &Earning| {
        (earning.line, Applies { from_date: earning.from_date, ..Applies::default() })
    };
    each_case_once(name, &earnings.iter().map(applies).collect::<Vec<_>>(), reader);
    earnings
}

/// Each case has a table, and only one that is the most specific and newest.
fn each_case_once(name: &Name, applies: &[(usize, Applies)], reader: &mut TariffReader<'_>) {
    for (place, (line, one)) in applies.iter().enumerate() {
        if let Some((before, _)) = applies.iter().take(place).find(|(_, other)| other == one) {
            reader
                .complaints
                .add(*line, &format!("the table on line {before} is for the same cases and dates"));
        }
    }
    if !applies.is_empty() && applies.iter().all(|(_, applies)| *applies != Applies::default()) {
        let message =
            "one table must be for everybody and always: without `tier`, `channel` and `from_date`";
        reader.complaints.add(name.line, message);
    }
}
