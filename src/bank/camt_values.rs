//! Single values out of the elements of a camt.053: days, amounts with their way, accounts.

use super::unreadable::Unreadable;
use super::xml::Node;
use super::{cleaning, day, figure};
use crate::money::Currency;
use jiff::civil::Date;

/// Yes, as XML says it.
pub(super) fn is_true(text: &str) -> bool {
    matches!(text, "true" | "1")
}

/// The IBAN or number in an account.
pub(super) fn account(node: &Node) -> Result<Option<String>, Unreadable> {
    let number = [&["Id", "IBAN"][..], &["Id", "Othr", "Id"]].map(|path| node.text(path));
    let found = number.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    cleaning::key(found, "an account")
}

/// The day in an element that has a day, or a day and a time.
pub(super) fn day_of(node: &Node, tag: &str) -> Result<Option<Date>, Unreadable> {
    let Some(inner) = node.at(&[tag]) else { return Ok(None) };
    let texts = [inner.text(&["Dt"]), inner.text(&["DtTm"])];
    let text = texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    day::iso(text).map(Some).ok_or_else(|| Unreadable::not("a day", text))
}

/// The amount in an element, above zero for a credit.
pub(super) fn amount(node: &Node, currency: &mut Option<Currency>) -> Result<i64, Unreadable> {
    let amount = node.at(&["Amt"]).ok_or(Unreadable::Missing { what: "an amount" })?;
    let currency = one_currency(currency, &amount.currency)?;
    let size = figure::unsigned(amount.text.trim(), '.', currency)?;
    directed(size, node.text(&["CdtDbtInd"]))
}

/// With its sign.
pub(super) fn directed(size: i64, way: &str) -> Result<i64, Unreadable> {
    match way {
        "CRDT" => Ok(size),
        "DBIT" => Ok(size.saturating_neg()),
        "" => Err(Unreadable::Missing { what: "CRDT or DBIT" }),
        other => Err(Unreadable::not("CRDT or DBIT", other)),
    }
}

/// The one currency of a statement, which whatever comes first says.
pub(super) fn one_currency(
    known: &mut Option<Currency>,
    code: &str,
) -> Result<Currency, Unreadable> {
    let found = Currency::parse(code).ok_or_else(|| Unreadable::not("a currency", code))?;
    let expected = *known.get_or_insert(found);
    if found == expected {
        Ok(found)
    } else {
        Err(Unreadable::OtherCurrency { expected, found: found.as_str().to_owned() })
    }
}
