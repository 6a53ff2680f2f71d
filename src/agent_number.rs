//! Agent numbers: what a customer types to name the shop in which they stand. The last digit is a
//! check digit, so that a slip of one digit, or two neighbours swapped, is noticed before anybody's
//! name is shown. Pure.

use crate::id::AccountId;
use crate::reason::Reason;
use std::fmt;

/// The quasigroup of order ten that H. M. Damm published in 2004: no digit maps to itself, and
/// order matters.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];
/// Digits of a number, at most.
const DIGITS_MAX: usize = 19;

/// The number of an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentNumber {
    outlet: AccountId,
}

impl AgentNumber {
    /// The number of this outlet, which is above zero.
    pub fn of(outlet: AccountId) -> AgentNumber {
        AgentNumber { outlet }
    }

    /// Reads what was typed; blanks and hyphens between the digits do not matter.
    pub fn parse(typed: &str) -> Result<AgentNumber, Reason> {
        let digits: String = typed.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
        let plain = digits.len() <= DIGITS_MAX
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        let (outlet, _check) =
            digits.split_at_checked(digits.len().saturating_sub(1)).ok_or(Reason::AGENT_FORMAT)?;
        let outlet: i64 = outlet.parse().map_err(|_empty| Reason::AGENT_FORMAT)?;
        if plain && outlet > 0 && damm(&digits) == 0 {
            Ok(AgentNumber::of(AccountId::of(outlet)))
        } else {
            Err(Reason::AGENT_FORMAT)
        }
    }

    /// The outlet it names.
    pub fn outlet(self) -> AccountId {
        self.outlet
    }
}

impl fmt::Display for AgentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.outlet, damm(&self.outlet.to_string()))
    }
}

/// The check digit of these digits; 0 when they end with their own.
fn damm(digits: &str) -> u8 {
    digits.bytes().fold(0, |interim, digit| {
        let row = DAMM.get(usize::from(interim));
        row.and_then(|row| row.get(usize::from(digit.wrapping_sub(b'0')))).copied().unwrap_or(0)
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;

    #[test]
    fn the_digit_is_that_of_the_publication() {
        assert_eq!(AgentNumber::of(Id::of(572)).to_string(), "5724");
        assert_eq!(AgentNumber::parse("57 2-4").unwrap().outlet(), Id::of(572));
        for wrong in ["", "4", "5725", "5274", "x724", "05724", "57240000000000000000", "5７24"] {
            assert_eq!(AgentNumber::parse(wrong), Err(Reason::AGENT_FORMAT), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_and_two_swapped_ones_are_noticed(
            outlet in 1_i64..10_000_000,
            at in 0_usize..8,
            by in 1_u8..10,
        ) {
            let number = AgentNumber::of(Id::of(outlet)).to_string();
            prop_assert_eq!(AgentNumber::parse(&number).unwrap().outlet(), Id::of(outlet));
            let mut digits: Vec<u8> =
                number.bytes().map(|digit| digit.wrapping_sub(b'0')).collect();
            let at = at.checked_rem(digits.len()).unwrap();
            let spell = |digits: &[u8]| digits.iter().map(u8::to_string).collect::<String>();
            let changed: Vec<u8> = digits
                .iter()
                .enumerate()
                .map(|(n, d)| if n == at { d.wrapping_add(by).rem_euclid(10) } else { *d })
                .collect();
            prop_assert!(AgentNumber::parse(&spell(&changed)).is_err());
            if at > 0 && digits.get(at) != digits.get(at.wrapping_sub(1)) {
                digits.swap(at, at.wrapping_sub(1));
                prop_assert!(AgentNumber::parse(&spell(&digits)).is_err());
            }
        }

        #[test]
        fn what_is_read_prints_as_it_was_typed_and_all_else_has_no_check_digit(
            text in prop_oneof![any::<String>(), "[0-9 -]{1,21}", "[1-9][0-9]{1,5}"],
            end in 0_u8..10,
        ) {
            for typed in [text.clone(), format!("{text}{end}")] {
                let digits: String =
                    typed.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
                match AgentNumber::parse(&typed) {
                    Ok(number) => prop_assert!(
                        number.outlet().number() > 0 && number.to_string() == digits,
                        "{:?}",
                        typed
                    ),
                    Err(reason) => {
                        prop_assert_eq!(reason, Reason::AGENT_FORMAT);
                        // a number of an outlet is never among them
                        let printed = (2..=19)
                            .contains(&digits.len())
                            .then(|| digits.split_at_checked(digits.len().wrapping_sub(1)));
                        let outlet = printed
                            .flatten()
                            .and_then(|(outlet, _check)| outlet.parse::<i64>().ok());
                        let of = outlet
                            .filter(|outlet| *outlet > 0)
                            .map(|outlet| AgentNumber::of(Id::of(outlet)).to_string());
                        prop_assert!(of != Some(digits), "{:?} was refused", typed);
                    }
                }
            }
        }
    }
}
