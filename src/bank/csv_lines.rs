//! Statements as CSV, which no two banks write alike: a column map says what stands where. A table
//! says neither which days it is of nor what was there before and after: the days are those of its
//! lines, the balances come out of the running one, or from whoever brings the file.

use super::bank_statement::{Counterparty, Line, Statement};
use super::cleaning::{TEXT_MAX, decoded, key, name, tidy, together};
use super::column_map::{AmountColumns, ColumnMap, Order, is_among};
use super::counting::LineCount;
use super::csv_places::{Places, found};
use super::csv_rows::{CsvRow, CsvRows};
use super::figure::{Notation, Sign, Signed, signed};
use super::unreadable::{Read, Unreadable, quoted};
use crate::money::{Currency, Money};

/// What is known beside the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Whose statement it is, for tables that do not say it.
    pub account: String,
    /// Of all amounts.
    pub currency: Currency,
    /// What was there before, minor units: needed where no column has balances.
    pub opening_minor: Option<i64>,
    /// What was there after, minor units: needed where no column has balances.
    pub closing_minor: Option<i64>,
}

/// A row: what it moved, what was there after it, and the line it makes, which one that moves
/// nothing does not.
struct Row {
    at_line: u64,
    amount_minor: i64,
    balance_minor: Option<i64>,
    line: Option<Line>,
}

/// Reads the statement in a table; `told` hears of how many lines there are so far.
pub fn read(
    bytes: &[u8],
    map: &ColumnMap,
    known: &Known,
    told: &mut dyn FnMut(usize),
) -> Read<Statement> {
    let mut count = LineCount::of(bytes.len(), told).map_err(Unreadable::anywhere)?;
    let text = decoded(bytes, map.encoding).map_err(Unreadable::anywhere)?;
    let mut table = CsvRows::of(&text, map.delimiter, map.skip_lines);
    let places = found(map, &mut table)?;
    let mut reader = Reader { map, known, places, account: None };
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let at_line = row.at_line;
        let row = reader.row(&row).map_err(|what| what.at(at_line))?;
        if row.as_ref().is_some_and(|row| row.line.is_some()) {
            count.one().map_err(|what| what.at(at_line))?;
        }
        rows.extend(row);
    }
    if map.order == Order::NewestFirst {
        rows.reverse();
    }
    count.end();
    reader.statement(rows)
}

struct Reader<'m> {
    map: &'m ColumnMap,
    known: &'m Known,
    places: Places,
    /// What the table says whose it is.
    account: Option<String>,
}

impl Reader<'_> {
    /// Nothing for a row of totals.
    fn row(&mut self, row: &CsvRow<'_>) -> Result<Option<Row>, Unreadable> {
        let places = &self.places;
        let booked_on = self.map.day(places.booked_on.text(row));
        if booked_on.is_none() && self.is_total(row) {
            return Ok(None);
        }
        places.check_width(row)?;
        let amount = self.amount(row)?;
        let balance = self.number(places.balance.text(row))?;
        let mut read = Row {
            at_line: row.at_line,
            amount_minor: amount.map_or(0, |(minor, _)| minor),
            balance_minor: balance.map(Signed::minor),
            line: None,
        };
        if let Some((amount_minor, is_return)) = amount.filter(|(minor, _)| *minor != 0) {
            let day = places.booked_on.text(row);
            let no_day = |text: &str| {
                Unreadable::not("a day", text).mapped("date_format", &self.map.date_format)
            };
            let booked_on = booked_on.ok_or_else(|| no_day(day))?;
            let value = places.value_on.text(row);
            let value_on = (!value.is_empty())
                .then(|| self.map.day(value).ok_or_else(|| no_day(value)))
                .transpose()?;
            let texts = places.text.iter().map(|place| place.text(row));
            let returned = self.map.columns.returned.as_ref();
            let is_word =
                returned.is_some_and(|one| is_among(places.returned.text(row), &one.words));
            read.line = Some(Line {
                at_line: row.at_line,
                booked_on,
                value_on,
                amount_minor,
                reference: key(places.reference.text(row), "a reference")?,
                customer_reference: key(places.customer_reference.text(row), "a reference")?,
                text: tidy(&together(texts), TEXT_MAX),
                counterparty: Counterparty {
                    name: name(places.counterparty_name.text(row)),
                    account: key(places.counterparty_account.text(row), "an account")?,
                },
                is_return: is_return || is_word,
            });
            self.check_owner(row)?;
        }
        Ok(Some(read))
    }

    fn is_total(&self, row: &CsvRow<'_>) -> bool {
        let first = row.fields.iter().map(|field| field.trim()).find(|field| !field.is_empty());
        let first = first.unwrap_or_default().to_lowercase();
        self.map.totals.iter().any(|word| first.starts_with(&word.trim().to_lowercase()))
    }

    /// One table is of one account in one currency.
    fn check_owner(&mut self, row: &CsvRow<'_>) -> Result<(), Unreadable> {
        let code = self.places.currency.text(row);
        let expected = self.known.currency;
        if !code.is_empty() && Currency::parse(code) != Some(expected) {
            return Err(Unreadable::OtherCurrency { expected, found: quoted(code) });
        }
        let Some(found) = key(self.places.account.text(row), "an account")? else { return Ok(()) };
        let expected = self.account.get_or_insert_with(|| found.clone()).clone();
        if found == expected {
            Ok(())
        } else {
            Err(Unreadable::OtherAccount { expected, found: quoted(&found) })
        }
    }

    fn number(&self, text: &str) -> Result<Option<Signed>, Unreadable> {
        let notation = Notation { decimal: self.map.decimal, thousands: self.map.thousands };
        let says = self.map.decimal.to_string();
        signed(text, notation, self.known.currency).map_err(|why| why.mapped("decimal", &says))
    }

    /// What a row moved, and whether its sign says that something is taken back.
    fn amount(&self, row: &CsvRow<'_>) -> Result<Option<(i64, bool)>, Unreadable> {
        let text = self.places.amount.text(row);
        let first = self.number(text)?;
        match &self.map.amount {
            AmountColumns::Signed { .. } => Ok(first.map(|amount| (amount.minor(), false))),
            AmountColumns::Two { debit_has_minus, .. } => {
                let nonzero = |amount: &Signed| amount.size != 0;
                let debit = first.filter(nonzero);
                let credit = self.number(self.places.second.text(row))?.filter(nonzero);
                match (debit, credit) {
                    (None, None) => Ok(None),
                    (Some(_), Some(_)) => Err(Unreadable::BothSides),
                    (None, Some(credit)) => {
                        Ok(Some((credit.minor(), credit.sign == Some(Sign::Minus))))
                    }
                    (Some(debit), None) => {
                        let taken_back = debit.sign == Some(Sign::Minus) && !debit_has_minus;
                        let minor =
                            if taken_back { debit.size } else { debit.size.saturating_neg() };
                        Ok(Some((minor, taken_back)))
                    }
                }
            }
            AmountColumns::Marked { debit, credit, .. } => {
                let Some(amount) = first.filter(|amount| amount.size != 0) else { return Ok(None) };
                if amount.sign.is_some() {
                    return Err(Unreadable::SignAndMark { text: quoted(text) });
                }
                let mark = self.places.second.text(row);
                match (is_among(mark, debit), is_among(mark, credit)) {
                    (true, false) => Ok(Some((amount.size.saturating_neg(), false))),
                    (false, true) => Ok(Some((amount.size, false))),
                    (true, true) | (false, false) => {
                        Err(Unreadable::not("a mark that the map knows", mark))
                    }
                }
            }
        }
    }

    fn statement(self, rows: Vec<Row>) -> Read<Statement> {
        let currency = self.known.currency;
        let derived = balances(&rows, currency)?;
        let agreed = |what, found: Option<i64>, given: Option<i64>| match (found, given) {
            (Some(found), Some(given)) if found != given => {
                let [found, given] = [found, given].map(|minor| Money::new(minor, currency));
                Err(Unreadable::BalancesDisagree { what, given, found }.anywhere())
            }
            (Some(minor), _) | (None, Some(minor)) => Ok(minor),
            (None, None) => Err(Unreadable::NoBalance { what }.anywhere()),
        };
        let opening = derived.map(|(opening, _)| opening);
        let closing = derived.map(|(_, closing)| closing);
        let opening_minor = agreed("opening", opening, self.known.opening_minor)?;
        let closing_minor = agreed("closing", closing, self.known.closing_minor)?;
        let lines: Vec<Line> = rows.into_iter().filter_map(|row| row.line).collect();
        let days = || lines.iter().map(|line| line.booked_on);
        let (Some(opened_on), Some(closed_on)) = (days().min(), days().max()) else {
            return Err(Unreadable::Empty.anywhere());
        };
        Ok(Statement {
            account: self.account.unwrap_or_else(|| self.known.account.clone()),
            number: None,
            currency,
            opened_on,
            closed_on,
            opening_minor,
            closing_minor,
            lines,
        })
    }
}

/// Opening and closing balance by the running one, which must follow from row to row.
fn balances(rows: &[Row], currency: Currency) -> Read<Option<(i64, i64)>> {
    let mut opening = None;
    let mut moved = 0_i64;
    for row in rows {
        let too_large =
            || Unreadable::AmountTooLarge { text: "the balance".into() }.at(row.at_line);
        moved = moved.checked_add(row.amount_minor).ok_or_else(too_large)?;
        let Some(found_minor) = row.balance_minor else { continue };
        let before = found_minor.checked_sub(moved).ok_or_else(too_large)?;
        let begun = *opening.get_or_insert(before);
        if begun != before {
            let expected = begun.checked_add(moved).ok_or_else(too_large)?;
            let [expected, found] =
                [expected, found_minor].map(|minor| Money::new(minor, currency));
            return Err(Unreadable::BalanceBreaks { expected, found }.at(row.at_line));
        }
    }
    let closing = opening.map(|opening: i64| opening.checked_add(moved));
    match (opening, closing) {
        (Some(opening), Some(Some(closing))) => Ok(Some((opening, closing))),
        (None, _) => Ok(None),
        (Some(_), Some(None) | None) => {
            Err(Unreadable::AmountTooLarge { text: "the balance".into() }.anywhere())
        }
    }
}
