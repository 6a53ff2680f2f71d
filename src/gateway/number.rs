//! Numbers as gateways write them. It knows no dialect.

use super::dialect::UssdEvent;
use super::{BadCall, EndEvent, Text, UssdCall, Why};
use crate::market::Market;
use crate::phone::Msisdn;

/// An international number, with a `+` or without. `field` is where it stood.
pub(super) fn msisdn(field: &'static str, value: &str) -> Result<Msisdn, BadCall> {
    let digits = value.strip_prefix('+').unwrap_or(value);
    let garbled = BadCall { field, why: Why::Garbled };
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(garbled);
    }
    Msisdn::from_e164(&format!("+{digits}")).ok_or(garbled)
}

/// One phone must not have two names: a trunk behind the country code of the market is left out.
fn settled(field: &'static str, number: Msisdn, market: &Market) -> Result<Msisdn, BadCall> {
    let national = number.e164().strip_prefix('+');
    let national = national.and_then(|digits| digits.strip_prefix(market.country_code.as_str()));
    let doubled = !market.trunk.is_empty()
        && national.is_some_and(|digits| digits.starts_with(market.trunk.as_str()));
    if doubled {
        let garbled = BadCall { field, why: Why::Garbled };
        Msisdn::parse(number.e164(), market).map_err(|_reason| garbled)
    } else {
        Ok(number)
    }
}

impl UssdEvent {
    /// The same from a phone that has one name in this market.
    pub fn settled(self, market: &Market) -> Result<UssdEvent, BadCall> {
        let one = |call: UssdCall| {
            let caller = settled("caller", call.caller, market)?;
            Ok(UssdCall { caller, ..call })
        };
        Ok(match self {
            UssdEvent::Call(call) => UssdEvent::Call(one(call)?),
            UssdEvent::Endless(call) => UssdEvent::Endless(one(call)?),
            UssdEvent::Ended(event) => UssdEvent::Ended(event.settled(market)),
        })
    }
}

impl EndEvent {
    /// The same of a phone that has one name in this market.
    pub fn settled(self, market: &Market) -> EndEvent {
        let caller = self.caller.and_then(|caller| settled("caller", caller, market).ok());
        EndEvent { caller, ..self }
    }
}

impl Text {
    /// The same from a phone that has one name in this market.
    pub fn settled(self, market: &Market) -> Result<Text, BadCall> {
        Ok(Text { from: settled("from", self.from, market)?, ..self })
    }
}
