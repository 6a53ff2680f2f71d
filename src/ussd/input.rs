//! Reads what was typed on an input screen into its canonical form. It does not know who types, or
//! why.

use super::menu::{Accepts, Input};
use crate::agent_number::AgentNumber;
use crate::market::Market;
use crate::person_name;
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::text::septets;

/// Characters that are read of an input; no gateway sends more.
pub const INPUT_CHARS_MAX: usize = 182;
const TEXT_SEPTETS_MAX: usize = 100;
const SECRET_CHARS_MAX: usize = 32;

/// The canonical form of an input, or why it cannot be one.
pub fn read(input: &Input, market: &Market, typed: &str) -> Result<String, Reason> {
    match input.accepts {
        Accepts::Phone => Msisdn::parse(typed, market).map(|phone| phone.e164().to_owned()),
        Accepts::Amount => market.amount(typed).map(|money| money.minor_text()),
        Accepts::Agent => AgentNumber::parse(typed).map(|agent| agent.to_string()),
        Accepts::Name => person_name::read(typed),
        Accepts::Text => text(input, typed).ok_or(Reason::TEXT_FORMAT),
        Accepts::Secret => secret(typed).ok_or(Reason::PIN_FORMAT),
    }
}

fn text(input: &Input, typed: &str) -> Option<String> {
    let text = typed.trim();
    let fits = septets(text).is_some_and(|cost| (1..=TEXT_SEPTETS_MAX).contains(&cost));
    let plain = !text.chars().any(char::is_control);
    let matches = input.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
    (fits && plain && matches).then(|| text.to_owned())
}

/// A PIN's rules are the wallet's; here only what no PIN can be is turned away.
fn secret(typed: &str) -> Option<String> {
    let secret = typed.trim();
    let plausible = !secret.is_empty() && secret.chars().count() <= SECRET_CHARS_MAX;
    plausible.then(|| secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::menu::{Action, Name};
    use super::*;
    use regex::Regex;

    fn text_input(pattern: Option<&str>) -> Input {
        let field = Name { text: "field".to_owned(), line: 1 };
        let pattern = pattern.and_then(|pattern| Regex::new(pattern).ok());
        let act = Action { run: None, next: Vec::new() };
        Input { field, accepts: Accepts::Text, pattern, check: None, keep: Vec::new(), act }
    }

    #[test]
    fn texts_are_short_plain_and_as_the_pattern_wants() {
        let kenya = Market::kenya();
        let plain = text_input(None);
        assert_eq!(read(&plain, &kenya, " Rent, May "), Ok("Rent, May".to_owned()));
        for wrong in ["", "  ", "\u{1f600}", "a\nb", &"a".repeat(101)] {
            assert_eq!(read(&plain, &kenya, wrong), Err(Reason::TEXT_FORMAT), "{wrong}");
        }
        let till = text_input(Some("^[0-9]{5,7}$"));
        assert_eq!(read(&till, &kenya, "54321"), Ok("54321".to_owned()));
        assert_eq!(read(&till, &kenya, "5432x"), Err(Reason::TEXT_FORMAT));
    }

    #[test]
    fn a_secret_is_not_judged_here() {
        assert_eq!(secret(" 1234 "), Some("1234".to_owned()));
        assert_eq!(secret("  "), None);
        assert_eq!(secret(&"9".repeat(33)), None);
    }
}
