//! Agent numbers: what a customer types to name the shop in which they stand. The last digit is a
//! check digit, so that a slip of one digit, or two neighbours swapped, is noticed before anybody's
//! name is shown. Pure.

use crate::check_digit;
use crate::id::AccountId;
use crate::reason::Reason;
use crate::typed_text;
use std::fmt;

/// What is written in front of a number.
const LABELS: [&str; 4] = ["AGENTNO", "AGENT", "WAKALA", "NO"];

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

    /// Reads what was typed; signs between and around the digits do not matter, nor does what the
    /// number is called.
    pub fn parse(typed: &str) -> Result<AgentNumber, Reason> {
        let code = typed_text::code(typed);
        let digits = LABELS.iter().find_map(|label| code.strip_prefix(label)).unwrap_or(&code);
        let outlet = check_digit::read(digits).ok_or(Reason::AGENT_FORMAT)?;
        Ok(AgentNumber::of(AccountId::of(outlet)))
    }

    /// The outlet it names.
    pub fn outlet(self) -> AccountId {
        self.outlet
    }
}

impl fmt::Display for AgentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&check_digit::written(self.outlet.number()))
    }
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
        for typed in ["57 2-4", "5724.", "#5724", "Agent 5724", "Agent No. 5724", "5７24"] {
            assert_eq!(AgentNumber::parse(typed).unwrap().outlet(), Id::of(572), "{typed}");
        }
        for wrong in ["", "4", "5725", "5274", "x724", "05724", "57240000000000000000", "Agent"] {
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
                let digits = typed_text::code(&typed);
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
