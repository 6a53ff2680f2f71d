//! What paying in two parts can save, found without trying every amount. It judges nothing: how
//! much is too much is written in the file.
//!
//! Between the amounts at which a table bends, what is charged grows along straight lines. So what
//! is saved by paying an amount in two parts is greatest where at least two of the three (the
//! whole, the one part, the other) lie on a bend: those are all looked at. Flat fees make that
//! exact; with percentages, rounding can add at most two coins for each line.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::rate::Rate;
use super::sheet::{Base, Sheet};

/// An amount that is cheaper in two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// What is saved, minor units, above zero.
    pub gain_minor: i64,
    /// The whole amount, minor units.
    pub whole_minor: i64,
    /// The larger part, minor units.
    pub larger_minor: i64,
}

/// The split that saves most; of equals the smallest amount, in the most unequal parts. Nothing
/// where no split saves anything. A month's reduced prices are left out: they are there once a
/// month, in however many parts.
pub(super) fn greatest(sheet: &Sheet) -> Option<Split> {
    let bends: Vec<(i64, i64)> = bends(sheet)
        .into_iter()
        .filter_map(|amount| Some((amount, cost(sheet, amount)?)))
        .collect();
    let mut greatest: Option<Split> = None;
    let mut look_at = |gain_minor: Option<i64>, whole_minor: i64, part_minor: i64| {
        let Some(gain_minor) = gain_minor.filter(|gain| *gain > 0) else { return };
        let larger_minor = part_minor.max(whole_minor.saturating_sub(part_minor));
        let found = Split { gain_minor, whole_minor, larger_minor };
        let rank =
            |split: &Split| (split.gain_minor, Reverse(split.whole_minor), split.larger_minor);
        if greatest.as_ref().is_none_or(|known| rank(&found) > rank(known)) {
            greatest = Some(found);
        }
    };
    for (place, (one, cost_one)) in bends.iter().enumerate() {
        for (other, cost_other) in bends.iter().skip(place) {
            let parts = cost_one.saturating_add(*cost_other);
            let whole = one.saturating_add(*other);
            look_at(cost(sheet, whole).and_then(|cost| cost.checked_sub(parts)), whole, *one);
            let rest = other.saturating_sub(*one);
            let saved = cost(sheet, rest)
                .and_then(|cost_rest| cost_other.checked_sub(cost_one.checked_add(cost_rest)?));
            look_at(saved, *other, *one);
        }
    }
    greatest
}

/// What an amount costs payer and payee together, also where that would leave the payee with less
/// than nothing.
fn cost(sheet: &Sheet, amount_minor: i64) -> Option<i64> {
    let moved = (sheet.minimum_minor..=sheet.maximum_minor()).contains(&amount_minor);
    let rate = sheet.rate(amount_minor, None).filter(|_| moved)?;
    sheet.lines(amount_minor, rate).map(|fee| fee.total_minor())
}

/// The amounts at which the table bends.
fn bends(sheet: &Sheet) -> BTreeSet<i64> {
    let mut found = BTreeSet::from([sheet.minimum_minor]);
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
    found.retain(|amount| (sheet.minimum_minor..=sheet.maximum_minor()).contains(amount));
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
