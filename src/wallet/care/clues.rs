//! What somebody may mean who says who they look for: a number or a part of one, a name, the code
//! of a payment or of a deal, the number of an ID or of an outlet. Whatever it can be is looked
//! for; a word before it (`name:`, `id:`) says which of them it is. Nothing is read here.

use super::super::ServiceConfig;
use super::super::id_number;
use crate::agent_number::AgentNumber;
use crate::id::{AccountId, ArrangementId, PostingId};
use crate::phone::Msisdn;
use crate::reference::Reference;
use crate::short_code::ShortCode;
use crate::store::people_keys::{Clue, words};
use strum::{EnumString, IntoStaticStr};

/// Digits of a part of a number: fewer say nothing.
const DIGITS_MIN: usize = 4;
/// Letters of the longest word of a name.
const LETTERS_MIN: usize = 2;

/// What kind of thing it is; also the words that may stand before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum By {
    /// A number, or a part of one.
    Phone,
    /// A name.
    Name,
    /// The code of a payment or of a deal.
    Code,
    /// An ID.
    Id,
    /// An outlet.
    Agent,
}

/// What it may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clues {
    /// What people are found by.
    pub people: Vec<(By, Clue)>,
    /// A payment.
    pub payment: Option<PostingId>,
    /// A deal, or something else that has a short code.
    pub arrangement: Option<ArrangementId>,
    /// An outlet.
    pub outlet: Option<AccountId>,
}

impl Clues {
    /// Whether it can be nothing.
    pub fn are_none(&self) -> bool {
        *self == Clues::default()
    }

    /// What was typed, read in every way in which it can be.
    pub fn of(typed: &str, config: &ServiceConfig) -> Clues {
        let typed = typed.trim();
        let named = typed.split_once(':').and_then(|(by, rest)| {
            let by = by.trim().to_lowercase().parse::<By>().ok()?;
            Some((by, rest.trim()))
        });
        let (only, typed) = named.map_or((None, typed), |(by, rest)| (Some(by), rest));
        let may = |by: By| only.is_none_or(|only| only == by);
        let mut clues = Clues::default();
        if may(By::Id) {
            clues.people.extend(id(typed, config).map(|clue| (By::Id, clue)));
        }
        if may(By::Phone) {
            clues.people.extend(number(typed, config).into_iter().map(|clue| (By::Phone, clue)));
        }
        if may(By::Name) {
            clues.people.extend(name(typed).map(|clue| (By::Name, clue)));
        }
        if may(By::Code) {
            let key = &config.reference_key;
            clues.payment = Reference::parse(typed).and_then(|code| code.posting_id(key));
            clues.arrangement = ShortCode::parse(typed).and_then(|code| code.arrangement_id(key));
        }
        if may(By::Agent) {
            clues.outlet = AgentNumber::parse(typed).ok().map(AgentNumber::outlet);
        }
        clues
    }
}

fn id(typed: &str, config: &ServiceConfig) -> Option<Clue> {
    id_number::plain(typed, &config.market)
        .map(|number| Clue::IdNumber(config.id_key.digest(&number)))
}

/// A number, how one begins, how one ends, or a few digits of which nobody knows which.
fn number(typed: &str, config: &ServiceConfig) -> Vec<Clue> {
    let market = &config.market;
    if let Ok(whole) = Msisdn::parse(typed, market) {
        return vec![Clue::NumberBegins(whole.e164().to_owned())];
    }
    let bare: String =
        typed.chars().filter(|sign| !matches!(sign, ' ' | '-' | '.' | '(' | ')')).collect();
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    if digits.len() < DIGITS_MIN || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let (code, trunk) = (market.country_code.as_str(), market.trunk.as_str());
    let national = digits
        .strip_prefix(code)
        .or_else(|| digits.strip_prefix(trunk).filter(|_| !trunk.is_empty()));
    let begins = national.map(|national| Clue::NumberBegins(format!("+{code}{national}")));
    let ends = Clue::NumberEnds(digits.to_owned());
    match (bare.starts_with('+'), begins) {
        (true, Some(begins)) if digits.starts_with(code) => vec![begins],
        (true, _) => vec![Clue::NumberBegins(bare)],
        (false, Some(begins)) => vec![begins, ends],
        (false, None) => vec![ends],
    }
}

fn name(typed: &str) -> Option<Clue> {
    let words = words(typed);
    let longest = words.iter().map(|word| word.chars().count()).max().unwrap_or(0);
    let letters = typed.chars().all(|sign| !sign.is_ascii_digit());
    (letters && longest >= LETTERS_MIN).then_some(Clue::Named(words))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::Trial;
    use super::*;

    fn of(typed: &str) -> Clues {
        Clues::of(typed, &Trial::new().config)
    }

    fn begins(digits: &str) -> Clue {
        Clue::NumberBegins(digits.to_owned())
    }

    #[test]
    fn a_number_is_read_from_its_beginning_or_its_end() {
        let ends = |digits: &str| Clue::NumberEnds(digits.to_owned());
        for (typed, clues) in [
            ("0712 345 678", vec![begins("+254712345678")]),
            ("+254712345678", vec![begins("+254712345678")]),
            ("071234", vec![begins("+25471234"), ends("071234")]),
            ("000002", vec![begins("+25400002"), ends("000002")]),
            ("0712", vec![begins("+254712"), ends("0712")]),
            ("+254 71", vec![begins("+25471")]),
            ("25471", vec![begins("+25471"), ends("25471")]),
            ("254712", vec![begins("+254712"), ends("254712")]),
            ("+22177", vec![begins("+22177")]),
            ("+0712", vec![begins("+0712")]),
            ("5678", vec![ends("5678")]),
            ("345 678", vec![ends("345678")]),
        ] {
            let found = of(&format!("phone:{typed}"));
            let found: Vec<Clue> = found.people.into_iter().map(|(_, clue)| clue).collect();
            assert_eq!(found, clues, "{typed}");
        }
        for none in ["07", "678", "0712x", "", "amina"] {
            assert!(of(&format!("phone: {none}")).are_none(), "{none}");
        }
    }

    #[test]
    fn what_can_be_several_things_is_all_of_them_until_a_word_says_which() {
        let trial = Trial::new();
        let code = Reference::of(PostingId::of(7), &trial.config.reference_key);
        assert_eq!(of(&code.to_string().to_lowercase()).payment, Some(PostingId::of(7)));
        let deal = ShortCode::of(ArrangementId::of(9), &trial.config.reference_key).to_string();
        let found = of(&deal);
        assert_eq!(found.arrangement, Some(ArrangementId::of(9)));
        assert_eq!(found.people.len(), 1, "it may be a name: {found:?}");
        let agent = AgentNumber::of(AccountId::of(1_234_567)).to_string();
        let found = of(&agent);
        assert_eq!(found.outlet, Some(AccountId::of(1_234_567)));
        let by: Vec<By> = found.people.iter().map(|(by, _)| *by).collect();
        assert_eq!(by, [By::Id, By::Phone]);
        assert!(of(&format!("agent:{agent}")).people.is_empty());
        assert_eq!(of(&format!("ID: {agent}")).people.len(), 1);
        let named = Clue::Named(vec!["amina".into(), "w".into()]);
        assert_eq!(of("Amína W").people, [(By::Name, named)]);
        for none in ["", "  ", "a", "a b", "name:", "nobody:amina2", "?!", "name:12"] {
            assert!(of(none).are_none(), "{none:?}: {:?}", of(none));
        }
    }
}
