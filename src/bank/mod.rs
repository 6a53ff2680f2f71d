//! Statements of banks: files of bytes into values, in the three formats that banks send. Pure: it
//! knows neither the book nor its wallets, no clock and no country, and it decides nothing about
//! what a line means. Whoever takes a statement into the book stands on it.
//!
//! `read` recognises a file and reads it: `camt053` (XML), `mt940` (the text of SWIFT) and
//! `csv_lines` (a table, by the `column_map` of its bank). What is read is what the bank says,
//! exactly: an amount that has no whole number of coins, a day that is none, a field that is cut
//! off refuse the whole file, with the line (`unreadable`). Then a statement has to prove itself
//! and to go on from the last one (`proving`), and is known again by its `fingerprint`.
//!
//! Files come from outside: each parser is bounded in what it keeps (`counting`), expands nothing,
//! and is tested with broken files.

mod bank_statement;
pub mod camt053;
mod camt_entry;
mod camt_values;
mod cleaning;
mod column_map;
mod counting;
pub mod csv_lines;
mod csv_places;
mod csv_rows;
mod day;
mod figure;
mod fingerprint;
pub mod map_error;
mod mt940;
mod mt_entry;
mod mt_field;
mod mt_text;
mod proving;
mod statement_page;
#[cfg(test)]
mod tests;
mod unreadable;
mod xml;

pub use bank_statement::{Counterparty, Line, Statement};
pub use cleaning::Encoding;
pub use column_map::{
    AmountColumns, Column, ColumnMap, Columns, EXAMPLE, MAP_KEYS, Order, Returned,
};
pub use counting::{FILE_BYTES_MAX, LINES_MAX, TOLD_EVERY};
pub use csv_lines::Known;
pub use fingerprint::{Fingerprint, LineKey, account_known_as};
pub use map_error::{MapError, MapFault};
pub use proving::{Ended, Unchained, Unproved, proof};
pub use unreadable::{BankFileError, Read, Unreadable};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumIter)]
pub enum Format {
    /// XML of ISO 20022.
    #[strum(serialize = "camt.053")]
    Camt053,
    /// Text of SWIFT.
    #[strum(serialize = "MT940")]
    Mt940,
    /// A table, which a column map is needed for.
    #[strum(serialize = "CSV")]
    Csv,
}

/// How much of a file is looked at to recognise it.
const HEAD_BYTES: usize = 4_096;

/// Recognises a file by how it begins. What else people bring is named.
pub fn recognise(bytes: &[u8]) -> Read<Format> {
    let others: [(&[u8], &'static str); 5] = [
        (b"PK\x03\x04", "a spreadsheet or an archive"),
        (b"\xd0\xcf\x11\xe0", "a spreadsheet of the old kind"),
        (b"%PDF", "a PDF"),
        (b"\xff\xfe", "a text in UTF-16"),
        (b"\xfe\xff", "a text in UTF-16"),
    ];
    if let Some((_, what)) = others.into_iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(Unreadable::OtherFormat { what }.anywhere());
    }
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let head = head.trim_start_matches(|sign: char| sign.is_whitespace() || sign.is_control());
    if head.is_empty() {
        return Err(Unreadable::Empty.anywhere());
    }
    if head.starts_with('<') {
        return match head.to_ascii_lowercase().contains("<html") {
            true => Err(Unreadable::OtherFormat { what: "a web page" }.anywhere()),
            false => Ok(Format::Camt053),
        };
    }
    let is_message =
        head.starts_with("{1:") || head.lines().any(|line| line.trim_start().starts_with(":20:"));
    if is_message { Ok(Format::Mt940) } else { Ok(Format::Csv) }
}

/// Recognises a file and reads all statements in it. `table` is what a CSV needs beside itself;
/// `told` hears of how many lines there are so far.
pub fn read(
    bytes: &[u8],
    table: Option<(&ColumnMap, &Known)>,
    told: &mut dyn FnMut(usize),
) -> Read<Vec<Statement>> {
    match recognise(bytes)? {
        Format::Camt053 => camt053::read(bytes, told),
        Format::Mt940 => mt940::read(bytes, told),
        Format::Csv => {
            let (map, known) = table.ok_or(Unreadable::NoColumnMap.anywhere())?;
            csv_lines::read(bytes, map, known, told).map(|statement| vec![statement])
        }
    }
}
