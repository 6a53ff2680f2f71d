//! The country that a new book is begun for, as a bench needs it: its money, its clocks, and
//! numbers that people could have.

use crate::market::Market;
use crate::menu_folder;
use crate::money::Currency;
use crate::phone::Msisdn;
use jiff::tz::TimeZone;
use std::sync::LazyLock;

static COUNTRY: LazyLock<Option<Market>> = LazyLock::new(|| menu_folder::default_market().ok());

/// What a bench counts in.
pub(super) fn currency() -> Currency {
    COUNTRY.as_ref().map_or(Currency::NONE, |market| market.currency)
}

/// Whose midnight ends its days.
pub(super) fn zone() -> TimeZone {
    COUNTRY.as_ref().map_or(TimeZone::UTC, |market| market.zone.clone())
}

/// The number with these last digits.
pub(super) fn phone(last: u64) -> String {
    COUNTRY.as_ref().map_or_else(|| format!("+{last}"), |market| market.made_up(last))
}

/// A number with the country in front.
pub(super) fn full(national: &str) -> String {
    let code = COUNTRY.as_ref().map_or("", |market| market.country_code.as_str());
    format!("+{code}{national}")
}

/// A number as people type it.
pub(super) fn typed(phone: &str) -> String {
    let number = COUNTRY.as_ref().zip(Msisdn::from_e164(phone));
    number.map_or_else(|| phone.to_owned(), |(market, number)| number.local(market))
}

/// Whether these digits may be how a number with its country begins.
pub(super) fn begins(digits: &str) -> bool {
    COUNTRY.as_ref().is_some_and(|market| digits.starts_with(market.country_code.as_str()))
}
