//! Numbers as gateways write them. It knows no dialect.

use super::{BadCall, Why};
use crate::market::Market;
use crate::phone::Msisdn;

/// An international number, with a `+` or without. `field` is where it stood.
pub(super) fn msisdn(field: &'static str, value: &str) -> Result<Msisdn, BadCall> {
    let digits = value.strip_prefix('+').unwrap_or(value);
    let garbled = BadCall { field, why: Why::Garbled };
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(garbled);
    }
    let number = Msisdn::from_e164(&format!("+{digits}")).ok_or(garbled)?;
    // one phone must not have two names: `+2540712...` is `+254712...`
    let market = Market::kenya();
    let doubled =
        digits.strip_prefix(market.country_code).is_some_and(|rest| rest.starts_with(market.trunk));
    if doubled {
        Msisdn::parse(number.e164(), &market).map_err(|_reason| garbled)
    } else {
        Ok(number)
    }
}
