//! Where an arrangement was at an earlier time: its rules are walked again over what happened to
//! it, and what cannot have led to where it is now is left out. Pure.

use super::kind::{Kind, Role};
use std::collections::BTreeSet;
use strum::VariantArray;

/// The state after the first so many of these events, given that all of them led to `now`; nothing
/// where that cannot be told.
pub fn state_then(kind: &Kind, events: &[&str], then: usize, now: &str) -> Option<&'static str> {
    let begins = kind.states.iter().filter(|state| kind.begins.contains(*state));
    let mut ways: BTreeSet<(Option<&'static str>, &'static str)> =
        begins.map(|state| ((then == 0).then_some(*state), *state)).collect();
    for (event, number) in events.iter().zip(1_usize..) {
        let step = |(was, state): (Option<&'static str>, &'static str)| {
            let roles = Role::VARIANTS.iter();
            let after = roles.filter_map(move |role| (kind.apply)(state, event, *role));
            after.map(move |after| (if number == then { Some(after) } else { was }, after))
        };
        ways = ways.into_iter().flat_map(step).collect();
    }
    let led = ways.into_iter().filter(|(_, state)| *state == now).filter_map(|(was, _)| was);
    let found: BTreeSet<&'static str> = led.collect();
    found.first().copied().filter(|_| found.len() == 1)
}

#[cfg(test)]
mod tests {
    use super::super::super::deals::RULES;
    use super::super::super::office::two_people;
    use super::*;

    #[test]
    fn the_way_is_walked_again_and_what_does_not_lead_here_is_left_out() {
        let of = |then, now| state_then(&two_people::KIND, &["approve"], then, now);
        assert_eq!(of(0, "approved"), Some("asked"));
        assert_eq!(of(1, "approved"), Some("approved"));
        assert_eq!(of(1, "declined"), None);
        assert_eq!(state_then(&two_people::KIND, &["dance"], 1, "approved"), None);
        assert_eq!(state_then(&two_people::KIND, &[], 0, "asked"), Some("asked"));
    }

    /// Every way that a deal can go, of at most four steps: where it was is told rightly wherever
    /// it is told, and mostly.
    #[test]
    fn where_a_deal_was_is_known_from_what_happened_to_it() {
        let mut ways: Vec<(Vec<&str>, Vec<&str>)> =
            RULES.begins.iter().map(|state| (vec![*state], Vec::new())).collect();
        let (mut told, mut all) = (0, 0);
        for _step in 0..4 {
            let mut longer = Vec::new();
            for (states, events) in &ways {
                for event in RULES.events {
                    let state = states[states.len() - 1];
                    let after: BTreeSet<&str> = Role::VARIANTS
                        .iter()
                        .filter_map(|role| (RULES.apply)(state, event, *role))
                        .collect();
                    for after in after {
                        let states = [&states[..], &[after]].concat();
                        let events = [&events[..], &[*event]].concat();
                        for (then, stood) in states.iter().enumerate() {
                            all += 1;
                            if let Some(was) = state_then(&RULES, &events, then, after) {
                                assert_eq!(was, *stood, "{events:?} {then}");
                                told += 1;
                            }
                        }
                        longer.push((states, events));
                    }
                }
            }
            ways = longer;
        }
        assert!(all > 1_000 && told * 10 > all * 8, "{told} of {all}");
    }
}
