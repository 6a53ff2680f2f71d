//! Phone numbers: every usual way of writing one ends as the same value. Printing masks: a full number leaves only
//! through `e164` and `local`, so that logs cannot give it away by accident.

use std::fmt;

use crate::market::Market;
use crate::refusal::Reason;

/// A full international number: `+254712345678`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msisdn(String);

impl Msisdn {
    /// Reads a mobile number of this market as people write it: `0712 345-678`, `712345678`, `254...`, `+254...`, `00254...`.
    pub fn parse(text: &str, market: &Market) -> Result<Msisdn, Reason> {
        let digits: String = text.chars().filter(|character| !is_separator(*character)).collect();
        let (plus, digits) = match digits.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, digits.as_str()),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Reason::PhoneLetters);
        }
        let national = if plus {
            after_country_code(digits, market)
        } else {
            after_trunk(digits, market)
                .or_else(|| after_country_code(digits, market))
                .or_else(|| after_country_code(digits.strip_prefix("00")?, market))
        };
        national.map(|national| Msisdn(format!("+{}{national}", market.country_code))).ok_or(Reason::PhoneFormat)
    }

    /// A number as it was stored, of any country: `+` and 8 to 15 digits.
    pub fn from_e164(text: &str) -> Option<Msisdn> {
        let digits = text.strip_prefix('+')?;
        let valid = matches!(digits.len(), 8..=15)
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| Msisdn(text.to_owned()))
    }

    /// The full number, `+254712345678`: for storage and for gateways, not for logs.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The number as people of its market dial it, `0712345678`; of any other country, the full number.
    pub fn local(&self) -> String {
        let national = Market::of_number(&self.0)
            .and_then(|market| Some(format!("{}{}", market.trunk, market.national_part(&self.0)?)));
        national.unwrap_or_else(|| self.0.clone())
    }
}

/// What people put between digits, blanks of every kind included: a `+` may arrive as one.
fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '‐' | '‑' | '–' | '.' | '(' | ')' | '/')
}

fn after_trunk<'a>(digits: &'a str, market: &Market) -> Option<&'a str> {
    let national = match digits.strip_prefix(market.trunk) {
        Some(rest) if rest.len() == market.national_digits => rest,
        Some(_) | None => digits,
    };
    market.is_mobile(national).then_some(national)
}

/// The trunk is left out behind a country code, but some write it: `+254 (0) 712 345 678`.
fn after_country_code<'a>(digits: &'a str, market: &Market) -> Option<&'a str> {
    after_trunk(digits.strip_prefix(market.country_code)?, market)
}

/// The first four and the last three characters: enough to recognise, too little to call.
impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.local();
        let head: String = local.chars().take(4).collect();
        let tail: String = local.chars().skip(local.len().saturating_sub(3)).collect();
        f.pad(&format!("{head}***{tail}"))
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Msisdn({self})")
    }
}
