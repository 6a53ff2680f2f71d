//! What stands in texts and is a matter of the market: how a number looks, how an amount does, and
//! what the country is called. Which texts there are is not known here.

use crate::language::Language;
use crate::market::Market;
use crate::source::Source;
use std::path::Path;

/// A file of texts, called by its language, with the words of a market in their places: `{sample}`
/// is a number as people dial it, `{sample_id}` that of an ID, `{sample_amount}` an amount that is
/// not the simplest, `{country}`
/// the country, `{another}` a language besides this one; `{?sw words}` are words for where that
/// language is spoken.
pub fn put_into(market: &Market, texts: &Source) -> Source {
    let stem = Path::new(&texts.name).file_stem().and_then(|stem| stem.to_str());
    let language = stem.and_then(Language::parse).unwrap_or(market.language);
    let another = market.languages.iter().find(|other| **other != language);
    let another = another.unwrap_or(&language).as_str().to_uppercase();
    let amount = if market.currency.exponent() == 0 { "1500" } else { "200.50" };
    let text = spoken(market, &texts.text)
        .replace("{sample}", &market.sample)
        .replace("{sample_amount}", amount)
        .replace("{sample_id}", market.ids.sample())
        .replace("{country}", market.name(language))
        .replace("{another}", &another);
    Source::new(texts.name.clone(), text)
}

/// Without what is said of languages that are not spoken.
fn spoken(market: &Market, text: &str) -> String {
    let mut parts = text.split("{?");
    let mut said = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, rest) = part.split_once('}').unwrap_or((part, ""));
        let (code, words) = inside.split_at_checked(2).unwrap_or((inside, ""));
        if Language::parse(code).is_some_and(|language| market.speaks(language)) {
            said.push_str(words);
        }
        said.push_str(rest);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_market_stand_in_their_places() {
        let said = |name: &str| {
            let texts = "{country} {sample} {sample_amount} {another} {amount}";
            put_into(&Market::kenya(), &Source::new(name, texts)).text
        };
        assert_eq!(said("menus/texts/en.toml"), "Kenya 0712345678 200.50 SW {amount}");
        assert_eq!(said("menus/texts/sw.toml"), "Kenya 0712345678 200.50 EN {amount}");
    }

    #[test]
    fn languages_that_nobody_speaks_there_are_not_named() {
        let market = Market::kenya();
        let text = "Text{?en LANGUAGE EN}{?cy, IAITH CY}{?sw, LUGHA SW}.";
        assert_eq!(spoken(&market, text), "Text LANGUAGE EN, LUGHA SW.");
        assert_eq!(spoken(&market, "{amount}?"), "{amount}?");
    }
}
