//! What must hold of every kind: its table is whole, nothing gets stuck, and what is over stays
//! over.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests stop where they fail")]

use super::super::registry::KINDS;
use super::kind::{Kind, Role};
use std::collections::BTreeSet;
use strum::VariantArray;

/// Where an event leads from a state, by whomever.
fn ways(kind: &Kind, state: &str) -> BTreeSet<(&'static str, &'static str, Role)> {
    let mut ways = BTreeSet::new();
    for event in kind.events {
        for role in Role::VARIANTS {
            if let Some(after) = (kind.apply)(state, event, *role) {
                ways.insert((*event, after, *role));
            }
        }
    }
    ways
}

#[test]
fn the_tables_say_who_may_bring_about_what() {
    let tables: Vec<String> = KINDS.iter().map(Kind::table).collect();
    insta::assert_snapshot!(tables.join("\n\n"));
}

#[test]
fn each_state_is_reached_and_nothing_gets_stuck() {
    for kind in KINDS {
        let mut reached: BTreeSet<&str> = kind.begins.iter().copied().collect();
        let mut next: Vec<&str> = reached.iter().copied().collect();
        while let Some(state) = next.pop() {
            let after = ways(kind, state);
            let open = kind.open.contains(&state);
            assert!(open || after.is_empty(), "{}: {state} is over and goes on", kind.name);
            let by_itself = after.iter().any(|(_, _, role)| *role == Role::Service);
            assert!(!open || by_itself, "{}: {state} has no end of its own", kind.name);
            for (_, state, _) in after {
                if reached.insert(state) {
                    next.push(state);
                }
            }
        }
        assert_eq!(reached, kind.states.iter().copied().collect(), "{}", kind.name);
        let events: BTreeSet<&str> =
            kind.states.iter().flat_map(|state| ways(kind, state)).map(|way| way.0).collect();
        assert_eq!(events, kind.events.iter().copied().collect(), "{}", kind.name);
    }
}

#[test]
fn words_that_no_kind_knows_lead_nowhere() {
    for kind in KINDS {
        let (state, event) = (kind.begins[0], kind.events[0]);
        assert_eq!((kind.apply)("lost", event, Role::Service), None);
        assert_eq!((kind.apply)(state, "vanish", Role::Service), None);
    }
}
