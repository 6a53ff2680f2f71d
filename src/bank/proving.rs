//! A statement proves itself: what was there before and its lines make what was there after, all
//! within its days. And it goes on where the last one ended, so that none is left out or taken
//! twice. Each break is named, with the values that do not fit.

use super::bank_statement::Statement;
use crate::money::{Currency, Money};
use jiff::civil::Date;

/// Why a statement does not prove itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// Opening and lines do not make the closing balance.
    #[error("opening {opening} and lines {lines} do not make closing {closing}")]
    Sum {
        /// What was there before.
        opening: Money,
        /// What the lines make together.
        lines: Money,
        /// What the bank says was there after.
        closing: Money,
    },
    /// More than can be counted.
    #[error("line {at_line}: the sum is more than can be counted")]
    TooLarge {
        /// Up to which line of the file.
        at_line: u64,
    },
    /// It ends before it begins.
    #[error("it begins on {opened_on} and ends on {closed_on}")]
    Backwards {
        /// Its first day.
        opened_on: Date,
        /// Its last day.
        closed_on: Date,
    },
    /// A line of another day.
    #[error("line {at_line}: booked on {booked_on}, not between {opened_on} and {closed_on}")]
    OutsideDays {
        /// On which line of the file.
        at_line: u64,
        /// The day of the line.
        booked_on: Date,
        /// The statement's first day.
        opened_on: Date,
        /// The statement's last day.
        closed_on: Date,
    },
}

/// How a statement ended: what the next one goes on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its currency.
    pub currency: Currency,
    /// What was there at the end, minor units.
    pub closing_minor: i64,
    /// Its last day.
    pub closed_on: Date,
    /// Its number. Without one, as where a bank numbers all its statements alike, none is compared.
    pub number: Option<String>,
}

/// Why a statement does not go on from another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unchained {
    /// Of another currency.
    #[error("the last statement was in {last}, this one is in {found}")]
    Currency {
        /// Of the last one.
        last: Currency,
        /// Of this one.
        found: Currency,
    },
    /// The balance is another.
    #[error("it opens with {opening}, but the last one closed with {last_closing}")]
    Opening {
        /// What was there at the end of the last one.
        last_closing: Money,
        /// What was there at the beginning of this one.
        opening: Money,
    },
    /// Statements between the two are not here.
    #[error("number {found} after number {last}: statements between them are missing")]
    NumberGap {
        /// Of the last one.
        last: u64,
        /// Of this one.
        found: u64,
    },
    /// This one, or one after it, was here before.
    #[error("number {found} after number {last}: it was here before")]
    NumberAgain {
        /// Of the last one.
        last: u64,
        /// Of this one.
        found: u64,
    },
    /// It begins before the last one ended.
    #[error("it begins on {opened_on}, but the last one ended on {last_closed_on}")]
    Overlap {
        /// The last day of the last one.
        last_closed_on: Date,
        /// The first day of this one.
        opened_on: Date,
    },
}

/// Whether a statement proves itself; the first thing that does not fit, or nothing.
pub fn proof(statement: &Statement) -> Result<(), Unproved> {
    let Statement { opened_on, closed_on, opening_minor, closing_minor, .. } = *statement;
    if closed_on < opened_on {
        return Err(Unproved::Backwards { opened_on, closed_on });
    }
    let mut lines_minor = 0_i64;
    let mut balance_minor = opening_minor;
    for line in &statement.lines {
        let too_large = Unproved::TooLarge { at_line: line.at_line };
        lines_minor = lines_minor.checked_add(line.amount_minor).ok_or(too_large.clone())?;
        balance_minor = balance_minor.checked_add(line.amount_minor).ok_or(too_large)?;
    }
    if balance_minor != closing_minor {
        let [opening, lines, closing] = [opening_minor, lines_minor, closing_minor]
            .map(|minor| Money::new(minor, statement.currency));
        return Err(Unproved::Sum { opening, lines, closing });
    }
    let days = opened_on..=closed_on;
    match statement.lines.iter().find(|line| !days.contains(&line.booked_on)) {
        None => Ok(()),
        Some(line) => Err(Unproved::OutsideDays {
            at_line: line.at_line,
            booked_on: line.booked_on,
            opened_on,
            closed_on,
        }),
    }
}

impl Statement {
    /// How it ended.
    pub fn ended(&self) -> Ended {
        Ended {
            currency: self.currency,
            closing_minor: self.closing_minor,
            closed_on: self.closed_on,
            number: self.number.clone(),
        }
    }

    /// Whether it goes on where `last` ended. Banks begin to count again with a year: then 1 may
    /// follow any number.
    pub fn follows(&self, last: &Ended) -> Result<(), Unchained> {
        if self.currency != last.currency {
            return Err(Unchained::Currency { last: last.currency, found: self.currency });
        }
        let number = |number: &Option<String>| number.as_ref()?.parse::<u64>().ok();
        if let (Some(before), Some(found)) = (number(&last.number), number(&self.number)) {
            let new_year = found == 1 && self.closed_on.year() > last.closed_on.year();
            if found <= before && !new_year {
                return Err(Unchained::NumberAgain { last: before, found });
            }
            if !new_year && before.checked_add(1) != Some(found) {
                return Err(Unchained::NumberGap { last: before, found });
            }
        }
        if self.opening_minor != last.closing_minor {
            return Err(Unchained::Opening {
                last_closing: Money::new(last.closing_minor, last.currency),
                opening: Money::new(self.opening_minor, self.currency),
            });
        }
        if self.opened_on < last.closed_on {
            return Err(Unchained::Overlap {
                last_closed_on: last.closed_on,
                opened_on: self.opened_on,
            });
        }
        Ok(())
    }
}
