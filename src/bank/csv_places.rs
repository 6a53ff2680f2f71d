//! Where the columns of a map stand in a table.

use super::column_map::{Column, ColumnMap};
use super::csv_rows::{CsvRow, CsvRows};
use super::unreadable::{Read, Unreadable, head_quoted, quoted};

/// Within how many rows the names of the columns are looked for.
const HEAD_ROWS_MAX: usize = 100;

/// A place in a row, or none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place(Option<usize>);

impl Place {
    /// What stands there; nothing where there is none.
    pub fn text<'r>(self, row: &'r CsvRow<'_>) -> &'r str {
        self.0.and_then(|at| row.fields.get(at)).map_or("", |field| field.trim())
    }
}

/// The places of all that is read.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub booked_on: Place,
    pub value_on: Place,
    pub balance: Place,
    pub reference: Place,
    pub customer_reference: Place,
    pub text: Vec<Place>,
    pub counterparty_name: Place,
    pub counterparty_account: Place,
    pub account: Place,
    pub currency: Place,
    pub returned: Place,
    /// The amount, or what went out.
    pub amount: Place,
    /// What came in, or which way the amount went.
    pub second: Place,
    /// How many columns there are, where names stand over them.
    width: Option<usize>,
    /// How many columns the map needs.
    needed: usize,
}

impl Places {
    /// A row that is narrower or wider than the others was torn or grown together. Empty fields at
    /// its end are none.
    pub fn check_width(&self, row: &CsvRow<'_>) -> Result<(), Unreadable> {
        let found = row.fields.len();
        let filled = row.fields.iter().rposition(|field| !field.trim().is_empty()).map_or(0, next);
        let expected = self.width.unwrap_or(self.needed);
        let too_wide = self.width.is_some_and(|width| filled > width);
        if found < expected || too_wide {
            return Err(Unreadable::Fields { expected, found });
        }
        Ok(())
    }
}

fn next(at: usize) -> usize {
    at.saturating_add(1)
}

/// Finds the columns, and leaves the table at the first row under them.
pub(super) fn found(map: &ColumnMap, table: &mut CsvRows<'_>) -> Read<Places> {
    if !map.header {
        return places(map, &[]).map_err(Unreadable::anywhere);
    }
    let mut closest: Option<(Unreadable, u64)> = None;
    let mut most = 0;
    for _row in 0..HEAD_ROWS_MAX {
        let Some(row) = table.next_row()? else { break };
        let names: Vec<String> = row.fields.iter().map(|field| plain(field)).collect();
        match places(map, &names) {
            Ok(places) => return Ok(places),
            Err(why) => {
                let known = map.named().into_iter().filter(|(_, one)| has(&names, one)).count();
                if closest.is_none() || known > most {
                    most = known;
                    closest = Some((why, row.at_line));
                }
            }
        }
    }
    Err(closest.map_or_else(|| Unreadable::Empty.anywhere(), |(why, line)| why.at(line)))
}

fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn has(names: &[String], column: &Column) -> bool {
    match column {
        Column::Number(number) => *number <= names.len(),
        Column::Name(name) => names.contains(&plain(name)),
    }
}

fn places(map: &ColumnMap, names: &[String]) -> Result<Places, Unreadable> {
    let mut found = Places { width: map.header.then_some(names.len()), ..Places::default() };
    let mut second = false;
    for (key, column) in map.named() {
        let at = place(key, column, names, map.header)?;
        found.needed = found.needed.max(next(at));
        let at = Place(Some(at));
        match key {
            "booked_on" => found.booked_on = at,
            "value_on" => found.value_on = at,
            "balance" => found.balance = at,
            "reference" => found.reference = at,
            "customer_reference" => found.customer_reference = at,
            "text" => found.text.push(at),
            "counterparty_name" => found.counterparty_name = at,
            "counterparty_account" => found.counterparty_account = at,
            "account" => found.account = at,
            "currency" => found.currency = at,
            "returned" => found.returned = at,
            // where amounts stand: one column or two
            _ if second => found.second = at,
            _ => (found.amount, second) = (at, true),
        }
    }
    Ok(found)
}

fn place(
    key: &'static str,
    column: &Column,
    names: &[String],
    header: bool,
) -> Result<usize, Unreadable> {
    let head = || head_quoted(&names.join(", "));
    let missing = |name: &str| Unreadable::NoColumn { key, name: quoted(name), head: head() };
    match column {
        Column::Number(number) => number
            .checked_sub(1)
            .filter(|at| !header || *at < names.len())
            .ok_or_else(|| missing(&number.to_string())),
        Column::Name(name) => {
            let wanted = plain(name);
            let mut at = names.iter().enumerate().filter(|(_, found)| **found == wanted);
            let (first, _) = at.next().ok_or_else(|| missing(name))?;
            match at.next() {
                Some(_) => Err(Unreadable::TwoColumns { key, name: quoted(name) }),
                None => Ok(first),
            }
        }
    }
}
