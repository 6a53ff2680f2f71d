//! Where the columns of a map stand in a table.

use super::column_map::{AmountColumns, Column, ColumnMap};
use super::csv_rows::{CsvRow, CsvRows};
use super::unreadable::{Read, Unreadable, quoted};

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
    let mut closest: Option<Unreadable> = None;
    let mut most = 0;
    for _row in 0..HEAD_ROWS_MAX {
        let Some(row) = table.next_row()? else { break };
        let names: Vec<String> = row.fields.iter().map(|field| plain(field)).collect();
        match places(map, &names) {
            Ok(places) => return Ok(places),
            Err(why) => {
                let known = map.named().into_iter().filter(|column| has(&names, column)).count();
                if closest.is_none() || known > most {
                    most = known;
                    closest = Some(why);
                }
            }
        }
    }
    Err(closest.unwrap_or(Unreadable::Empty).anywhere())
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
    let place = |column: &Column| place(column, names, map.header).map(|at| Place(Some(at)));
    let maybe = |column: &Option<Column>| column.as_ref().map_or(Ok(Place(None)), place);
    let columns = &map.columns;
    let (amount, second) = match &map.amount {
        AmountColumns::Signed { column } => (column, None),
        AmountColumns::Two { debit, credit, .. } => (debit, Some(credit)),
        AmountColumns::Marked { column, mark, .. } => (column, Some(mark)),
    };
    let returned = columns.returned.as_ref().map(|returned| &returned.column);
    let mut found = Places {
        booked_on: place(&columns.booked_on)?,
        value_on: maybe(&columns.value_on)?,
        balance: maybe(&columns.balance)?,
        reference: maybe(&columns.reference)?,
        customer_reference: maybe(&columns.customer_reference)?,
        text: columns.text.iter().map(place).collect::<Result<_, _>>()?,
        counterparty_name: maybe(&columns.counterparty_name)?,
        counterparty_account: maybe(&columns.counterparty_account)?,
        account: maybe(&columns.account)?,
        currency: maybe(&columns.currency)?,
        returned: returned.map_or(Ok(Place(None)), place)?,
        amount: place(amount)?,
        second: second.map_or(Ok(Place(None)), place)?,
        width: map.header.then_some(names.len()),
        needed: 0,
    };
    for column in map.named() {
        let Place(at) = place(column)?;
        found.needed = found.needed.max(at.map_or(0, next));
    }
    Ok(found)
}

fn place(column: &Column, names: &[String], header: bool) -> Result<usize, Unreadable> {
    let missing = |name: &str| Unreadable::NoColumn { name: quoted(name) };
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
                Some(_) => Err(Unreadable::TwoColumns { name: quoted(name) }),
                None => Ok(first),
            }
        }
    }
}
