//! Currencies: their codes, and how small their smallest coin is. What people call them is a matter
//! of the market.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// The currencies whose smallest coin is not the hundredth part.
#[derive(Debug, Default, Deserialize)]
struct Decimals {
    none: Vec<String>,
    three: Vec<String>,
}

/// The file that says it.
pub const DECIMALS_FILE: &str = include_str!("../../menus/currencies.toml");

static DECIMALS: LazyLock<Decimals> = LazyLock::new(|| {
    // a test reads what is compiled in
    toml::from_str(DECIMALS_FILE).unwrap_or_default()
});

/// A currency: its ISO 4217 code, and the decimals that follow from it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Currency, &'static str> {
        Currency::parse(&code).ok_or("not the code of a currency")
    }
}

impl Currency {
    /// What stands where no currency is known, as ISO 4217 has it.
    pub const NONE: Currency = Currency { code: *b"XXX", decimals: 2 };

    /// Reads a three-letter code, in either case.
    pub fn parse(text: &str) -> Option<Currency> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        if !letters.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let code = letters.map(|letter| letter.to_ascii_uppercase());
        let is_in = |codes: &[String]| codes.iter().any(|other| other.as_bytes() == code);
        let decimals = match (is_in(&DECIMALS.none), is_in(&DECIMALS.three)) {
            (true, _) => 0,
            (false, true) => 3,
            (false, false) => 2,
        };
        Some(Currency { code, decimals })
    }

    /// The code: three capitals.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction, so the fallback is never reached.
        str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// How many decimals the smallest coin has.
    pub fn exponent(self) -> u32 {
        u32::from(self.decimals)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    #[test]
    fn a_code_says_how_small_the_smallest_coin_is() {
        for (code, decimals) in [("XOF", 0), ("ugx", 0), ("GHS", 2), ("TND", 3), ("KES", 2)] {
            assert_eq!(Currency::parse(code).unwrap().exponent(), decimals, "{code}");
        }
        assert_eq!(Currency::parse("xxx"), Some(Currency::NONE));
        assert_eq!((DECIMALS.none.len(), DECIMALS.three.len()), (16, 7));
    }
}
