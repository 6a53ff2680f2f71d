//! Words that would make a message of the service say something else: nobody joins with them as a
//! name, and nobody asks for money with them.

use super::ServiceConfig;
use crate::text;

/// How a receipt says that it is one, in the languages of the texts.
const RECEIPTS: [&str; 2] = ["confirmed", "imethibitishwa"];

/// A brand of fewer letters may be a part of anybody's name.
const BRAND_LEAST: usize = 4;

/// Whether these words sound as if the service spoke: its own name, also as a part of a word, a
/// currency, or how a receipt begins.
pub fn sounds_official(config: &ServiceConfig, words: &str) -> bool {
    let taken = [config.brand.as_str(), config.market.currency.as_str()];
    // as people read it: neither an accent nor a dash makes another word of one
    let plain: String = words.chars().flat_map(char::to_lowercase).map(text::fold).collect();
    let brand: String = config.brand.chars().flat_map(char::to_lowercase).map(text::fold).collect();
    let branded = |word: &str| brand.chars().count() >= BRAND_LEAST && word.contains(&brand);
    let is_taken = |word: &str| {
        branded(word) || taken.iter().chain(&RECEIPTS).any(|taken| word.eq_ignore_ascii_case(taken))
    };
    plain.split(|sign: char| !sign.is_alphabetic()).any(is_taken)
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    #[test]
    fn what_the_service_says_nobody_else_says() {
        let config = Trial::new().config;
        for official in [
            "Kadogo",
            "kes",
            "Amina CONFIRMED",
            "con-firmed Kadogo",
            "cönfirmed",
            "Imethibitishwa-ok",
            "KadogoPay",
            "Kádogo-Help",
            "Mykadogo Agent",
        ] {
            assert!(sounds_official(&config, official), "{official}");
        }
        for plain in ["Amina Wanjiru", "kesho", "confirmedly", "Kado Godana", ""] {
            assert!(!sounds_official(&config, plain), "{plain}");
        }
    }
}
