//! A market: the country a service runs in, with its way of writing phone numbers, its currency and
//! its clock. Another country is another function here. It knows nothing of gateways, operators or
//! tariffs.

use jiff::tz::TimeZone;

use crate::language::Language;
use crate::money::Currency;

/// Everything about a country that reading and writing for its people depends on.
#[derive(Debug, Clone)]
pub struct Market {
    /// The international calling code, without `+`.
    pub country_code: &'static str,
    /// What people dial in front of a national number; empty where there is nothing.
    pub trunk: &'static str,
    /// The digits of a national mobile number, without trunk.
    pub national_digits: usize,
    /// What mobile numbers begin with, without trunk: no other number is anybody's.
    pub mobile_ranges: &'static [&'static str],
    /// What is dialled in front of a country code, the longest first: the country's own, and the
    /// one of most others.
    pub international: &'static [&'static str],
    /// What people know as those who run phones and money: nobody else goes by such a name. Small
    /// letters only.
    pub operators: &'static [&'static str],
    /// The money people count in.
    pub currency: Currency,
    /// What people are written to in who have not chosen a language.
    pub language: Language,
    /// The wall clock people live by; its rules are compiled in.
    pub zone: TimeZone,
}

impl Market {
    /// Kenya: `0712 345 678`, shillings, Nairobi.
    pub const fn kenya() -> Market {
        Market {
            country_code: "254",
            trunk: "0",
            national_digits: 9,
            mobile_ranges: &["7", "10", "11"],
            international: &["000", "00"],
            operators: &["mpesa", "safaricom", "airtel", "telkom", "equitel", "tkash"],
            currency: Currency::KES,
            language: Language::EN,
            zone: jiff::tz::get!("Africa/Nairobi"),
        }
    }

    /// The market that a full number (`+254...`) belongs to, if it is one we know.
    pub fn of_number(e164: &str) -> Option<Market> {
        let kenya = Market::kenya();
        kenya.national_part(e164).is_some().then_some(kenya)
    }

    /// What follows `+` and the country code, if `e164` is a mobile number of this market.
    pub fn national_part<'a>(&self, e164: &'a str) -> Option<&'a str> {
        e164.strip_prefix('+')?
            .strip_prefix(self.country_code)
            .filter(|national| self.is_mobile(national))
    }

    /// Is this a national mobile number, without trunk?
    pub fn is_mobile(&self, national: &str) -> bool {
        national.len() == self.national_digits
            && national.bytes().all(|byte| byte.is_ascii_digit())
            && self.mobile_ranges.iter().any(|range| national.starts_with(range))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    #[test]
    fn a_number_belongs_to_the_market_whose_mobiles_look_like_it() {
        assert_eq!(Market::of_number("+254712345678").unwrap().country_code, "254");
        for other in [
            "+254202345678",
            "+254123456789",
            "+25471234567",
            "+256712345678",
            "254712345678",
            "",
            "+",
        ] {
            assert!(Market::of_number(other).is_none(), "{other}");
        }
    }

    #[test]
    fn the_zone_is_there_without_the_system() {
        assert_eq!(Market::kenya().zone.iana_name(), Some("Africa/Nairobi"));
    }
}
