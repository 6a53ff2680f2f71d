//! Money: a whole number of the smallest coin, and its currency. Reading is strict: an amount that could be read in two
//! ways is refused, never guessed. No rates, no fees, no rounding, and no floating point.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::refusal::Reason;

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Kenyan shilling.
    pub const KES: Currency = Currency(*b"KES");

    /// Reads a three-letter code, in either case.
    pub fn parse(text: &str) -> Option<Currency> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Currency(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code: `KES`.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction, so the fallback is never reached.
        str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals the smallest coin has.
    pub const fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// What people write beside an amount, longest first: the code, and the short names of the shillings.
    fn names(&self) -> &[&str] {
        match &self.0 {
            b"KES" => &["kshs", "ksh", "kes", "shs", "sh"],
            b"TZS" => &["tshs", "tsh", "tzs", "shs", "sh"],
            b"UGX" => &["ushs", "ush", "ugx", "shs", "sh"],
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

/// An amount in the smallest coin of its currency; below zero where a leg takes away.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Cents of a shilling, francs where there is nothing smaller.
    pub minor: i64,
    /// The currency of both amount and coin.
    pub currency: Currency,
}

impl Money {
    /// The most that a person can write: far above any limit of a service, far below the range of the type.
    pub const MINOR_MAX: i64 = 1_000_000_000_000;

    /// So many of the smallest coin.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// The sum, or `None` beyond the range or across currencies.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.same_currency(other)
            .and_then(|()| self.minor.checked_add(other.minor))
            .map(|minor| Money { minor, ..self })
    }

    /// The difference, or `None` beyond the range or across currencies.
    pub fn checked_sub(self, other: Money) -> Option<Money> {
        self.same_currency(other)
            .and_then(|()| self.minor.checked_sub(other.minor))
            .map(|minor| Money { minor, ..self })
    }

    fn same_currency(self, other: Money) -> Option<()> {
        (self.currency == other.currency).then_some(())
    }

    /// An amount in whole units (`7.50` shillings), if it is a whole number of coins within range.
    pub fn from_major(major: Decimal, currency: Currency) -> Option<Money> {
        let coins = major.checked_mul(Decimal::from(10_u32.checked_pow(currency.exponent())?))?;
        if !coins.is_integer() {
            return None;
        }
        coins.to_i64().map(|minor| Money { minor, currency })
    }

    /// The canonical text of the number of coins, for fields and storage.
    pub fn minor_text(&self) -> String {
        self.minor.to_string()
    }

    /// Reads back `minor_text`, and nothing but its canonical form.
    pub fn from_minor_text(text: &str, currency: Currency) -> Option<Money> {
        let money = Money::new(text.parse().ok()?, currency);
        (money.minor_text() == text).then_some(money)
    }

    /// Reads what a person wrote: `200`, `200.5`, `1,000.50`, `KES 200`, `Ksh200`, `200/=`.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, Reason> {
        let text = text.trim();
        let (minus, text) = strip_minus(text);
        let text = strip_names(text, currency);
        let (inner_minus, text) = strip_minus(text);
        let money = read_number(text, currency);
        match money {
            Err(Reason::AmountFormat | Reason::AmountZero) => money,
            Ok(_) | Err(_) if minus || inner_minus => Err(Reason::AmountNegative),
            Ok(_) | Err(_) => money,
        }
    }
}

/// A minus of the keyboard or of typesetters, in front.
fn strip_minus(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

/// Leaves out the name of the currency on one side, and the `/=` or `/-` that shillings are written with.
fn strip_names(text: &str, currency: Currency) -> &str {
    let text = text.strip_suffix("/=").or_else(|| text.strip_suffix("/-")).unwrap_or(text).trim_end();
    let code = [currency.as_str()];
    for name in currency.names().iter().chain(&code) {
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name)
        {
            return rest.strip_prefix(". ").unwrap_or(rest).trim_start();
        }
        if let Some((rest, tail)) = text.len().checked_sub(name.len()).and_then(|at| text.split_at_checked(at))
            && tail.eq_ignore_ascii_case(name)
        {
            return rest.trim_end();
        }
    }
    text
}

/// Reads digits with thousands commas and a decimal point.
fn read_number(text: &str, currency: Currency) -> Result<Money, Reason> {
    let is_digit = |character: char| character.is_ascii_digit();
    let well_made = text.starts_with(is_digit)
        && text.ends_with(is_digit)
        && text.chars().all(|character| is_digit(character) || matches!(character, ',' | '.'));
    if !well_made {
        return Err(Reason::AmountFormat);
    }
    if text.chars().all(|character| matches!(character, '0' | ',' | '.')) {
        return Err(Reason::AmountZero);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    refuse_two_readings(whole, decimals, currency)?;
    let coins = decimals.trim_end_matches('0');
    let whole: String = whole.chars().filter(|character| *character != ',').collect();
    // A zero in front of more digits is how phone numbers look, and nobody writes an amount so.
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(Reason::AmountFormat);
    }
    if !u32::try_from(coins.len()).is_ok_and(|length| length <= currency.exponent()) {
        return Err(Reason::AmountFraction);
    }
    Decimal::from_str_exact(&format!("{whole}.{coins}0"))
        .ok()
        .and_then(|major| Money::from_major(major, currency))
        .filter(|money| money.minor <= Money::MINOR_MAX)
        .ok_or(Reason::AmountTooLarge)
}

/// `1.000,50`, `1,5`, `10,00` and `1.000` mean different amounts to different people: better ask again than guess.
fn refuse_two_readings(whole: &str, decimals: &str, currency: Currency) -> Result<(), Reason> {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    let commas_are_thousands =
        matches!(first.len(), 1..=3) && !first.starts_with('0') && groups.all(|group| group.len() == 3);
    let dot_may_be_thousands = decimals.len() == 3
        && currency.exponent() != 3
        && !grouped
        && matches!(first.len(), 1..=3)
        && !first.starts_with('0');
    if decimals.contains([',', '.']) || (grouped && !commas_are_thousands) || dot_may_be_thousands {
        return Err(Reason::AmountAmbiguous);
    }
    Ok(())
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coins = self.minor.unsigned_abs();
        let minus = if self.minor < 0 { "-" } else { "" };
        let (whole, part, width) = match self.currency.exponent() {
            0 => (coins, 0, 0),
            3 => (coins / 1000, coins % 1000, 3),
            _ => (coins / 100, coins % 100, 2),
        };
        let whole = thousands(whole);
        if part == 0 {
            f.pad(&format!("{} {minus}{whole}", self.currency))
        } else {
            f.pad(&format!("{} {minus}{whole}.{part:0width$}", self.currency))
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

/// `1234567` → `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len().saturating_mul(2));
    for (position, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(position);
        if position > 0 && left.is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}
