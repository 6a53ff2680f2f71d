//! Currencies: their codes, how small their smallest coin is, and what people write beside an
//! amount.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Currency([u8; 3]);

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
    /// The Kenyan shilling.
    pub const KES: Currency = Currency(*b"KES");

    /// Reads a three-letter code, in either case.
    pub fn parse(text: &str) -> Option<Currency> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Currency(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code: `KES`.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction, so the fallback is never reached.
        str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals the smallest coin has.
    pub const fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// What people write beside an amount, longest first: the code, and what the shillings are
    /// called.
    pub(super) fn names(&self) -> &[&str] {
        match &self.0 {
            b"KES" => {
                &["shillings", "shilingi", "shilling", "kshs", "ksh", "kes", "bob", "shs", "sh"]
            }
            b"TZS" => &["shillings", "shilingi", "shilling", "tshs", "tsh", "tzs", "shs", "sh"],
            b"UGX" => &["shillings", "shilingi", "shilling", "ushs", "ush", "ugx", "shs", "sh"],
            _ => &[],
        }
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
