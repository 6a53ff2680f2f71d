//! Phone numbers: every usual way of writing one ends as the same value. Printing masks: a full
//! number leaves only through `e164` and `local`, so that logs cannot give it away by accident. How
//! people dial it is known where their market is.

use std::fmt;

use crate::market::Market;
use crate::reason::Reason;
use crate::typed_text::tidied;

/// What people write in front of a number.
const LABELS: [&str; 17] = [
    "tel",
    "tél",
    "phone",
    "telephone",
    "téléphone",
    "mobile",
    "mob",
    "cell",
    "number",
    "num",
    "no",
    "nr",
    "namba",
    "nambari",
    "simu",
    "numero",
    "numéro",
];

/// A full international number: `+254712345678`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msisdn(String);

impl Msisdn {
    /// Reads a mobile number of this market as people write it: `0712 345-678`, `712345678`,
    /// `254...`, `+254...`, `00254...`, `Tel. 0712...`.
    pub fn parse(text: &str, market: &Market) -> Result<Msisdn, Reason> {
        let typed = tidied(text);
        let bare: String = unlabelled(&typed).chars().filter(|sign| !is_separator(*sign)).collect();
        let (plus, digits) = match bare.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, bare.as_str()),
        };
        if digits.chars().any(char::is_alphabetic) {
            return Err(Reason::PHONE_LETTERS);
        }
        let abroad = || {
            market.international.iter().find_map(|dialled| digits.strip_prefix(dialled.as_str()))
        };
        let national = if plus {
            after_country_code(digits, market)
        } else {
            after_trunk(digits, market)
                .or_else(|| after_country_code(digits, market))
                .or_else(|| after_country_code(abroad()?, market))
        };
        national
            .map(|national| Msisdn(format!("+{}{national}", market.country_code)))
            .ok_or(Reason::PHONE_FORMAT)
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

    /// The number as people of this market dial it, `0712345678`; of any other country, the full
    /// number.
    pub fn local(&self, market: &Market) -> String {
        let national = market.national_part(&self.0);
        let dialled = national.map(|national| format!("{}{national}", market.trunk));
        dialled.unwrap_or_else(|| self.0.clone())
    }

    /// The same with its middle left out: enough to recognise, too little to call.
    pub fn masked(&self, market: &Market) -> String {
        masked(&self.local(market))
    }

    /// Whether people of this market have such numbers.
    pub fn is_of(&self, market: &Market) -> bool {
        market.national_part(&self.0).is_some()
    }
}

/// What people put between digits: a `+` may arrive as a blank.
fn is_separator(sign: char) -> bool {
    matches!(sign, ' ' | '-' | '.' | '(' | ')' | '/' | ',' | '_' | '\'' | '·' | '•')
}

/// A number without the words and signs that stand beside it where it was copied: `Tel.: 0712...`.
fn unlabelled(typed: &str) -> &str {
    let mut rest = typed.trim_end_matches(|sign: char| " ,;:.!#\"'".contains(sign));
    loop {
        rest = rest.trim_start_matches(|sign: char| " ,;:.#\"'".contains(sign));
        let letters = rest.find(|sign: char| !sign.is_alphabetic()).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(letters).unwrap_or((rest, ""));
        if !LABELS.contains(&word.to_lowercase().as_str()) {
            return rest;
        }
        rest = behind;
    }
}

fn after_trunk<'a>(digits: &'a str, market: &Market) -> Option<&'a str> {
    let national = match digits.strip_prefix(market.trunk.as_str()) {
        Some(rest) if rest.len() == market.national_digits => rest,
        Some(_) | None => digits,
    };
    market.is_mobile(national).then_some(national)
}

/// The trunk is left out behind a country code, but some write it: `+254 (0) 712 345 678`.
fn after_country_code<'a>(digits: &'a str, market: &Market) -> Option<&'a str> {
    after_trunk(digits.strip_prefix(market.country_code.as_str())?, market)
}

/// The first four and the last three characters.
fn masked(number: &str) -> String {
    let head: String = number.chars().take(4).collect();
    let tail: String = number.chars().skip(number.len().saturating_sub(3)).collect();
    format!("{head}***{tail}")
}

/// Without its middle, as logs have it: they know no market.
impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&masked(&self.0))
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Msisdn({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::string_slice, reason = "tests stop where they fail")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn usual_ways_of_writing_a_number_are_one_number() {
        let ways = [
            "0712345678",
            "0712 345-678",
            "0712.345.678",
            "(0712) 345 678",
            "712345678",
            "254712345678",
            "+254712345678",
            "+254 712 345 678",
            " 254712345678",
            "00254712345678",
            "+254 (0) 712 345 678",
            "(+254) 712 345678",
            "0712\u{A0}345\u{202F}678\r\n",
            "000254712345678",
            "\u{202A}+254\u{A0}712345678\u{202C}",
            "０７１２ ３４５ ６７８",
            "٠٧١٢٣٤٥٦٧٨",
            "0712—345·678,",
            "Tel.: 0712345678;",
            "namba 0712345678#",
        ];
        for way in ways {
            let number = Msisdn::parse(way, &Market::kenya()).unwrap();
            assert_eq!(
                (number.e164(), number.local(&Market::kenya()).as_str()),
                ("+254712345678", "0712345678"),
                "{way}"
            );
        }
        assert_eq!(
            Msisdn::parse("0110 000 111", &Market::kenya()).unwrap().e164(),
            "+254110000111"
        );
    }

    #[test]
    fn letters_and_wrong_digits_are_told_apart() {
        for text in ["Wanjiku", "O712345678", "07123four", "0712345678x", "my number 0712345678"] {
            assert_eq!(Msisdn::parse(text, &Market::kenya()), Err(Reason::PHONE_LETTERS), "{text}");
        }
        for text in [
            "",
            " ",
            "+",
            "tel",
            "*334#",
            "*0712345678#",
            "++254712345678",
            "07+12345678",
            "٠٧١٢",
            "07123",
            "07123456789",
            "0212345678",
            "0123456789",
            "0180000000",
            "+256712345678",
            "254712",
            "+0712345678",
            "+000254712345678",
            "0712345678, 0722000111",
        ] {
            assert_eq!(Msisdn::parse(text, &Market::kenya()), Err(Reason::PHONE_FORMAT), "{text}");
        }
    }

    #[test]
    fn stored_numbers_of_any_country_come_back() {
        let foreign = Msisdn::from_e164("+221771234567").unwrap();
        assert_eq!(
            (foreign.local(&Market::kenya()).as_str(), foreign.to_string().as_str()),
            ("+221771234567", "+221***567")
        );
        for text in [
            "",
            "+",
            "254712345678",
            "+1234567",
            "+1234567890123456",
            "+0712345678",
            "+25471234567a",
            "+２54712345",
        ] {
            assert_eq!(Msisdn::from_e164(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_way_of_writing_is_the_same_number(
            national in "(7[0-9]|1[01])[0-9]{7}",
            lead in prop::sample::select(vec!["0", "", "254", "+254", "00254", "000254", " 254"]),
            gap in "[ .()-]{0,2}",
            at in 0_usize..9,
        ) {
            let (head, tail) = national.split_at(at);
            let number =
                Msisdn::parse(&format!("{lead}{gap}{head}{gap}{tail}"), &Market::kenya()).unwrap();
            prop_assert_eq!(number.e164(), format!("+254{national}"));
            prop_assert_eq!(Msisdn::from_e164(number.e164()), Some(number.clone()));
            prop_assert_eq!(Msisdn::parse(&number.local(&Market::kenya()), &Market::kenya()), Ok(number));
        }

        #[test]
        fn printing_never_shows_the_middle(national in "(7[0-9]|1[01])[0-9]{7}") {
            let number = Msisdn::parse(&national, &Market::kenya()).unwrap();
            let masked = format!("0{}***{}", &national[..3], &national[6..]);
            prop_assert_eq!(number.masked(&Market::kenya()), masked);
            let logged = format!("+254***{}", &national[6..]);
            prop_assert_eq!(number.to_string(), logged.clone());
            prop_assert_eq!(format!("{number:?}"), format!("Msisdn({logged})"));
        }

        #[test]
        fn what_is_read_has_the_digits_that_were_typed_and_comes_back(
            text in prop_oneof![
                any::<String>(),
                "[+ ]?[0-9 ()-]{0,20}",
                "[+]?(254|00254)?0?[17][0-9]{7,9}",
                "(tel|no)[.: ]{0,2}[+]?(254|0)[17][0-9]{8}[,;. ]{0,2}",
            ],
        ) {
            let typed = tidied(&text);
            let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
            match Msisdn::parse(&text, &Market::kenya()) {
                Ok(number) => {
                    let national = number.e164().strip_prefix("+254").unwrap_or_default();
                    prop_assert!(
                        national.len() == 9 && digits.ends_with(national) && digits.len() <= 16,
                        "{:?}: {}",
                        text,
                        number.e164()
                    );
                    prop_assert_eq!(
                        Msisdn::parse(number.e164(), &Market::kenya()),
                        Ok(number.clone())
                    );
                    prop_assert_eq!(Msisdn::from_e164(number.e164()), Some(number));
                }
                Err(Reason::PHONE_LETTERS) => {
                    prop_assert!(typed.chars().any(char::is_alphabetic), "{:?}", text)
                }
                Err(reason) => prop_assert_eq!(reason, Reason::PHONE_FORMAT),
            }
        }

        #[test]
        fn what_was_stored_comes_back_as_it_stood(
            text in prop_oneof![any::<String>(), "[+]?[0-9]{6,17}", "[+][1-9][0-9]{6,15}[a-z٤]?"],
        ) {
            let digits = text.strip_prefix('+').unwrap_or_default();
            let expected = (8..=15).contains(&digits.len())
                && digits.bytes().all(|sign| sign.is_ascii_digit())
                && !digits.starts_with('0');
            let read = Msisdn::from_e164(&text);
            prop_assert_eq!(read.as_ref().map(Msisdn::e164), expected.then_some(text.as_str()));
        }
    }
}
