//! What paying in parts can save, found without trying every amount. It judges nothing: how much
//! is too much is written in the file.
//!
//! Parts are several equal ones and a rest; parts of three sizes and more are not compared. Between
//! the amounts at which a table bends, what is charged grows along straight lines. So what is saved
//! is greatest where at least two of the three (the whole, the part, the rest) lie on a bend: those
//! are all looked at. Flat fees make that exact; with percentages, rounding can add a coin for each
//! part and line.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::rate::Rate;
use super::sheet::{Base, Sheet};

/// Parts that are compared, at most: who needs more works for it.
pub(super) const PARTS_MAX: i64 = 20;

/// An amount in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The whole amount, minor units.
    pub whole_minor: i64,
    /// So many parts are equal, from 1,
    pub times: i64,
    /// each of these minor units;
    pub each_minor: i64,
    /// and one is what they leave, minor units.
    pub rest_minor: i64,
}

/// An amount that is cheaper in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// What is saved, minor units, above zero.
    pub gain_minor: i64,
    /// How.
    pub parts: Parts,
}

/// The split that saves most; of equals the one in the fewest parts, of the smallest amount, with
/// the largest part. Nothing where no split saves anything. A month's reduced prices are left out:
/// they are there once a month, in however many parts.
pub(super) fn greatest(sheet: &Sheet) -> Option<Split> {
    let bends = bends(sheet);
    let mut greatest: Option<Split> = None;
    all_parts(&bends, &bends, |parts| {
        let saved = || cost(sheet, parts.whole_minor)?.checked_sub(cost_of(sheet, &parts)?);
        let Some(gain_minor) = saved().filter(|gain| *gain > 0) else { return };
        let found = Split { gain_minor, parts };
        if greatest.as_ref().is_none_or(|known| rank(&found) > rank(known)) {
            greatest = Some(found);
        }
    });
    greatest
}

fn rank(split: &Split) -> (i64, Reverse<i64>, Reverse<i64>, i64) {
    let Parts { whole_minor, times, each_minor, rest_minor } = split.parts;
    // of two either is the one, of more the equal ones are
    let largest = if times == 1 { each_minor.max(rest_minor) } else { each_minor };
    (split.gain_minor, Reverse(times), Reverse(whole_minor), largest)
}

/// Shows amounts in parts of which two of the three lie on a bend: the whole on one of `wholes`,
/// the part and the rest on one of `bends`. Where the part does not come out even, it is the one
/// below or above, and either the whole or the rest gives way.
pub(super) fn all_parts(
    bends: &BTreeSet<i64>,
    wholes: &BTreeSet<i64>,
    mut look_at: impl FnMut(Parts),
) {
    let mut with = |times: i64, each_minor: i64, rest_minor: Option<i64>, whole: Option<i64>| {
        let equal = each_minor.saturating_mul(times);
        let rest_minor = rest_minor.or(whole.and_then(|whole| whole.checked_sub(equal)));
        let Some(rest_minor) = rest_minor.filter(|rest| *rest > 0 && each_minor > 0) else {
            return;
        };
        let whole_minor = equal.saturating_add(rest_minor);
        look_at(Parts { whole_minor, times, each_minor, rest_minor });
    };
    for times in 1..PARTS_MAX {
        for one in bends {
            bends.iter().for_each(|rest| with(times, *one, Some(*rest), None));
            wholes.iter().for_each(|whole| with(times, *one, None, Some(*whole)));
            for whole in wholes.iter().filter(|whole| *whole > one) {
                let below = whole.saturating_sub(*one).checked_div(times).unwrap_or(0);
                for each in [below, below.saturating_add(1)] {
                    with(times, each, Some(*one), None);
                    with(times, each, None, Some(*whole));
                }
            }
        }
    }
}

/// What an amount costs payer and payee together, also where that would leave the payee with less
/// than nothing.
pub(super) fn cost(sheet: &Sheet, amount_minor: i64) -> Option<i64> {
    let moved = (sheet.least_minor()..=sheet.maximum_minor()).contains(&amount_minor);
    let rate = sheet.rate(amount_minor, None).filter(|_| moved)?;
    sheet.total_minor(amount_minor, rate)
}

/// What the parts of an amount cost.
pub(super) fn cost_of(sheet: &Sheet, parts: &Parts) -> Option<i64> {
    let equal = cost(sheet, parts.each_minor)?.checked_mul(parts.times)?;
    equal.checked_add(cost(sheet, parts.rest_minor)?)
}

/// The amounts at which the table bends.
pub(super) fn bends(sheet: &Sheet) -> BTreeSet<i64> {
    let mut found = BTreeSet::from([sheet.least_minor()]);
    // at these prices a line that is a part of the price reaches its least or its most
    let of_price = sheet.extras.iter().filter(|extra| extra.of == Base::Fee);
    let prices: Vec<i64> = of_price.flat_map(|extra| extra.rate.bends(&[])).collect();
    for band in &sheet.bands {
        found.extend([band.to_minor, band.to_minor.saturating_add(1)]);
        found.extend(band.rate.bends(&prices));
        found.extend(first_charged(sheet, &band.rate).into_iter().flatten());
    }
    if let Some(micro) = &sheet.micro {
        found.extend([micro.below_minor.saturating_sub(1), micro.below_minor]);
        found.extend(micro.rate.bends(&prices));
        found.extend(first_charged(sheet, &micro.rate).into_iter().flatten());
    }
    for extra in sheet.extras.iter().filter(|extra| extra.of == Base::Amount) {
        found.extend(extra.rate.bends(&[]));
    }
    found.retain(|amount| (sheet.least_minor()..=sheet.maximum_minor()).contains(amount));
    found
}

/// The last amount that rounding leaves without a price, and the first that has one: there a line
/// of the price that has a least comes on top all at once.
fn first_charged(sheet: &Sheet, rate: &Rate) -> Option<[i64; 2]> {
    let is_charged = |amount| rate.of(amount, sheet.rounding).is_none_or(|price| price > 0);
    let mut free = 0;
    let mut charged = sheet.maximum_minor();
    if is_charged(free) || !is_charged(charged) {
        return None;
    }
    loop {
        let middle = free.midpoint(charged);
        match (middle == free, is_charged(middle)) {
            (true, _) => return Some([free, charged]),
            (false, true) => charged = middle,
            (false, false) => free = middle,
        }
    }
}
