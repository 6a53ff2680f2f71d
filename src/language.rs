//! The language a person reads, as a two-letter code. Which languages exist is a matter of the
//! menus, not of this type.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A two-letter lower-case code (ISO 639-1): `en`, `sw`, `fr`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language([u8; 2]);

impl Language {
    /// English: the language that has every text, to fall back on.
    pub const EN: Language = Language(*b"en");

    /// Reads a code, in either case.
    pub fn parse(text: &str) -> Option<Language> {
        let letters: [u8; 2] = text.trim().as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Language(letters.map(|letter| letter.to_ascii_lowercase())))
    }

    /// The code, in lower case.
    pub fn as_str(&self) -> &str {
        // Always ASCII by construction, so the fallback is never reached.
        str::from_utf8(&self.0).unwrap_or("en")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({self})")
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Language::parse(&text).ok_or_else(|| {
            format!("`{text}` is not a language: use two letters, like `en` or `sw`")
        })
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    #[test]
    fn a_language_is_two_letters_in_either_case() {
        assert_eq!(Language::parse("SW").unwrap().as_str(), "sw");
        assert_eq!(Language::parse(" en "), Some(Language::EN));
        for text in ["", "e", "eng", "e1", "é", "日"] {
            assert_eq!(Language::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_language_goes_through_json_as_its_code() {
        assert_eq!(serde_json::to_string(&Language::EN).unwrap(), "\"en\"");
        assert_eq!(serde_json::from_str::<Language>("\"fr\"").unwrap().to_string(), "fr");
        assert!(serde_json::from_str::<Language>("\"french\"").is_err());
    }
}
