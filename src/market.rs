//! A market: the country a service runs in, with its way of writing phone numbers and money, its
//! languages and its clock. Which country that is, is data. It knows nothing of gateways, files or
//! tariffs.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use regex::Regex;

use crate::language::Language;
use crate::money::{Currency, Money};
use crate::reason::Reason;

/// Everything about a country that reading and writing for its people depends on.
#[derive(Debug, Clone)]
pub struct Market {
    /// What it is called in settings, and the folder that it is read from.
    pub code: String,
    /// What people call the country, in each language that is spoken here.
    pub names: BTreeMap<Language, String>,
    /// The international calling code, without `+`.
    pub country_code: String,
    /// What people dial in front of a national number; empty where there is nothing.
    pub trunk: String,
    /// The digits of a national mobile number, without trunk.
    pub national_digits: usize,
    /// What mobile numbers begin with, without trunk: no other number is anybody's.
    pub mobile_ranges: Vec<String>,
    /// What is dialled in front of a country code, the longest first: the country's own, and the
    /// one of most others.
    pub international: Vec<String>,
    /// A number as people dial it, to show how something is written.
    pub sample: String,
    /// What people know as those who run phones and money: nobody else goes by such a name. Small
    /// letters only.
    pub operators: Vec<String>,
    /// The money people count in.
    pub currency: Currency,
    /// What they write beside an amount besides its code, the longest first. Small letters only.
    pub currency_names: Vec<String>,
    /// The languages that the service speaks here.
    pub languages: Vec<Language>,
    /// The first of them: what people are written to in who have not chosen one.
    pub language: Language,
    /// The numbers of IDs.
    pub ids: IdForms,
    /// Who lives in a demo.
    pub shown: Shown,
    /// The wall clock people live by; its rules are compiled in.
    pub zone: TimeZone,
}

/// How the numbers of IDs are written.
#[derive(Debug, Clone, Default)]
pub struct IdForms {
    /// What people write in front of one, the longest first. Small letters only.
    pub labels: Vec<String>,
    /// How one may be written: what fits none of these is none.
    pub forms: Vec<IdForm>,
}

impl IdForms {
    /// One as it is written on a card, to show how.
    pub fn sample(&self) -> &str {
        self.forms.first().map_or("", |form| form.sample.as_str())
    }
}

/// A way of writing the number of an ID.
#[derive(Debug, Clone)]
pub struct IdForm {
    /// All of it, in capitals.
    pub written: Regex,
    /// What of its groups the number is made of, in its one form.
    pub plain: String,
    /// One that is written so.
    pub sample: String,
}

impl IdForm {
    /// The number in its one form, where it is written like this.
    pub fn plain(&self, text: &str) -> Option<String> {
        let mut plain = String::new();
        self.written.captures(text)?.expand(&self.plain, &mut plain);
        Some(plain)
    }
}

/// What people and outlets of a demo are called: names that people here have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// People who have wallets: `PEOPLE` of them.
    pub people: Vec<String>,
    /// Who serves at the outlets: `SERVERS`.
    pub servers: Vec<String>,
    /// The outlets, the first of which is the head office of the others: `OUTLETS`.
    pub outlets: Vec<String>,
    /// Where each of them is.
    pub areas: Vec<String>,
    /// A market for second-hand goods.
    pub platform: String,
    /// How many times as much they have and pay as is written down: amounts should be of a size
    /// that people know.
    pub times: i64,
}

impl Shown {
    /// How many people there are,
    pub const PEOPLE: usize = 5;
    /// how many who serve,
    pub const SERVERS: usize = 4;
    /// and how many outlets.
    pub const OUTLETS: usize = 3;

    /// So many of the smallest coin, as many as people here would pay.
    pub fn sized(&self, minor: i64) -> i64 {
        minor.saturating_mul(self.times.max(1))
    }
}

impl Market {
    /// A number that nobody has looked up: these last digits behind the first mobile range.
    pub fn made_up(&self, last: u64) -> String {
        let range = self.mobile_ranges.first().map_or("", String::as_str);
        let width = self.national_digits.saturating_sub(range.len());
        format!("+{}{range}{last:0width$}", self.country_code)
    }

    /// What follows `+` and the country code, if `e164` is a mobile number of this market.
    pub fn national_part<'a>(&self, e164: &'a str) -> Option<&'a str> {
        e164.strip_prefix('+')?
            .strip_prefix(self.country_code.as_str())
            .filter(|national| self.is_mobile(national))
    }

    /// Is this a national mobile number, without trunk?
    pub fn is_mobile(&self, national: &str) -> bool {
        national.len() == self.national_digits
            && national.bytes().all(|byte| byte.is_ascii_digit())
            && self.mobile_ranges.iter().any(|range| national.starts_with(range.as_str()))
    }

    /// An amount as people here write it.
    pub fn amount(&self, text: &str) -> Result<Money, Reason> {
        Money::parse(text, self.currency, &self.currency_names)
    }

    /// The same where nothing at all is an answer too: `0`.
    pub fn amount_or_none(&self, text: &str) -> Result<Money, Reason> {
        match self.amount(text) {
            Err(Reason::AMOUNT_ZERO) => Ok(Money::new(0, self.currency)),
            read => read,
        }
    }

    /// Whether the service speaks this language here.
    pub fn speaks(&self, language: Language) -> bool {
        self.languages.contains(&language)
    }

    /// What the country is called in a language, or in its own where that is not spoken here.
    pub fn name(&self, language: Language) -> &str {
        let name = self.names.get(&language).or_else(|| self.names.get(&self.language));
        name.unwrap_or(&self.code)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    #[test]
    fn a_number_belongs_to_the_market_whose_mobiles_look_like_it() {
        let market = Market::kenya();
        assert_eq!(market.national_part("+254712345678"), Some("712345678"));
        for other in [
            "+254202345678",
            "+254123456789",
            "+25471234567",
            "+256712345678",
            "254712345678",
            "",
            "+",
        ] {
            assert_eq!(market.national_part(other), None, "{other}");
        }
    }

    #[test]
    fn the_zone_is_there_without_the_system() {
        assert_eq!(Market::kenya().zone.iana_name(), Some("Africa/Nairobi"));
    }

    #[test]
    fn a_country_has_a_name_in_each_language() {
        let market = Market::kenya();
        let welsh = Language::parse("cy").unwrap();
        assert_eq!((market.name(Language::EN), market.name(welsh)), ("Kenya", "Kenya"));
        assert!(market.speaks(Language::EN) && !market.speaks(welsh));
    }
}
