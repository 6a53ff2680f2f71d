//! What must hold of every kind: its table is whole, nothing gets stuck, and what is over stays
//! over.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]

use super::super::registry::KINDS;
use super::kind::{Kind, Role};
use std::collections::{BTreeMap, BTreeSet};
use strum::VariantArray;

/// Each cell of a kind's table is as it is said here: a state, an event, who brings it about, and
/// what comes of it. All others are empty, and the table that is printed says the same.
pub(in crate::wallet) fn only(kind: &Kind, cells: &[(&str, &str, Role, &str)]) {
    let mut met = 0;
    for state in kind.states {
        for event in kind.events {
            for role in Role::VARIANTS {
                let cell =
                    cells.iter().find(|cell| (cell.0, cell.1, cell.2) == (*state, *event, *role));
                met += usize::from(cell.is_some());
                let after = (kind.apply)(state, event, *role);
                let expected = cell.map(|cell| cell.3);
                assert_eq!(after, expected, "{}: {state} + {event} by {role:?}", kind.name);
            }
        }
    }
    assert_eq!(met, cells.len(), "{}: a cell is named that is not there", kind.name);
    let said = cells.iter().map(|(state, event, role, after)| {
        let role: &'static str = (*role).into();
        ([*state, *event, role].map(str::to_owned).into(), (*after).to_owned())
    });
    assert_eq!(printed(kind), said.collect(), "{}", kind.name);
}

/// An event, where it leads, and by whom.
type Way = (&'static str, &'static str, Role);

/// Where an event leads from a state, by whomever.
fn ways(kind: &Kind, state: &str) -> BTreeSet<Way> {
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

/// What waits for a bank waits as long as the bank takes: it has no clock, and the equation names
/// it each day with its age.
const WAITS_FOR_A_BANK: [&str; 3] = ["bank_item", "redemption", "bank_case"];

#[test]
fn each_state_is_reached_and_nothing_gets_stuck() {
    for kind in KINDS {
        let mut reached: BTreeSet<&str> = kind.begins.iter().copied().collect();
        let mut next: Vec<&str> = reached.iter().copied().collect();
        while let Some(state) = next.pop() {
            let after = ways(kind, state);
            let open = kind.open.contains(&state);
            assert!(open || after.is_empty(), "{}: {state} is over and goes on", kind.name);
            let ends = |role: &Role| match role {
                Role::Staff => WAITS_FOR_A_BANK.contains(&kind.name),
                role => *role == Role::Service,
            };
            let by_itself = after.iter().any(|(_, _, role)| ends(role));
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
fn a_table_tells_apart_what_comes_of_an_event_by_another() {
    let kind = Kind {
        states: &["open"],
        events: &["end"],
        of_staff: false,
        begins: &["open"],
        apply: |_, _, role| match role {
            Role::Buyer | Role::Service => Some("paid"),
            Role::Seller => Some("given_back"),
            _nobody_else => None,
        },
        ..KINDS[0]
    };
    let lines = [
        &format!("{}: begins as open", kind.name),
        "  open + end by seller = given_back",
        "  open + end by buyer, service = paid",
    ];
    assert_eq!(kind.table().lines().collect::<Vec<_>>(), lines);
}

#[test]
fn words_that_no_kind_knows_lead_nowhere() {
    for kind in KINDS {
        let state = kind.begins[0];
        for event in kind.events {
            assert_eq!((kind.apply)("lost", event, Role::Service), None);
        }
        assert_eq!((kind.apply)(state, "vanish", Role::Service), None);
    }
}

/// One number after another, from a seed.
struct Luck(u64);

impl Luck {
    fn pick(&mut self, length: usize) -> usize {
        // Knuth's: the upper half is random enough for a walk
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % length
    }
}

/// Also who has nothing to do with a kind.
fn anybody(luck: &mut Luck) -> Role {
    Role::VARIANTS[luck.pick(Role::VARIANTS.len())]
}

/// The tables as they are printed for people, read back: another form of the same rules.
fn printed(kind: &Kind) -> BTreeMap<(String, String, String), String> {
    let mut ways = BTreeMap::new();
    for line in kind.table().lines().skip(1) {
        let (what, after) = line.trim().rsplit_once(" = ").unwrap();
        let (what, roles) = what.split_once(" by ").unwrap();
        let (state, event) = what.split_once(" + ").unwrap();
        for role in roles.split(", ") {
            let way = (state.to_owned(), event.to_owned(), role.to_owned());
            ways.insert(way, after.to_owned());
        }
    }
    ways
}

/// Mostly what may happen, and of that mostly what does not end it; now and then anything.
fn likely(kind: &Kind, ways: &BTreeSet<Way>, luck: &mut Luck) -> (&'static str, Role) {
    let anything = (kind.events[luck.pick(kind.events.len())], anybody(luck));
    let (open, over): (Vec<&Way>, Vec<&Way>) =
        ways.iter().partition(|way| kind.open.contains(&way.1));
    let some = if over.is_empty() || luck.pick(8) > 0 { open } else { over };
    if some.is_empty() || luck.pick(4) == 0 {
        return anything;
    }
    let way = some[luck.pick(some.len())];
    (way.0, way.2)
}

/// `KADOGO_WALKS=2000000` walks so many.
#[test]
fn random_walks_keep_to_the_tables_and_end() {
    let walks = std::env::var("KADOGO_WALKS").map_or(2_000, |text| text.parse().unwrap());
    let tables: Vec<_> = KINDS.iter().map(printed).collect();
    let of_states = |kind: &Kind| -> BTreeMap<&str, _> {
        kind.states.iter().map(|state| (*state, ways(kind, state))).collect()
    };
    let maps: Vec<_> = KINDS.iter().map(of_states).collect();
    let mut luck = Luck(7);
    let mut ends: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for _walk in 0..walks {
        let which = luck.pick(KINDS.len());
        let (kind, table) = (&KINDS[which], &tables[which]);
        let mut state = kind.begins[luck.pick(kind.begins.len())];
        for step in 0.. {
            if !kind.open.contains(&state) {
                break;
            }
            // whoever waits long enough sees it end by itself, or the staff end it
            let few = [Role::Service, Role::Staff];
            let (event, role) = if step < 20 {
                likely(kind, &maps[which][state], &mut luck)
            } else {
                (kind.events[luck.pick(kind.events.len())], few[luck.pick(2)])
            };
            let after = (kind.apply)(state, event, role);
            let word: &'static str = role.into();
            let way = (state.to_owned(), event.to_owned(), word.to_owned());
            assert_eq!(after, table.get(&way).map(String::as_str), "{} {way:?}", kind.name);
            assert!(step < 10_000, "{} is stuck as {state}", kind.name);
            state = after.unwrap_or(state);
        }
        *ends.entry((kind.name, state)).or_default() += 1;
    }
    println!("{walks} walks ended as {ends:?}");
    let over = KINDS.iter().flat_map(|kind| {
        let states = kind.states.iter().filter(|state| !kind.open.contains(state));
        states.map(|state| (kind.name, *state))
    });
    let over: BTreeSet<(&str, &str)> = over.collect();
    let met: BTreeSet<(&str, &str)> = ends.into_keys().collect();
    let missed: Vec<_> = over.difference(&met).collect();
    assert!(met.is_subset(&over) && (walks < 2_000 || missed.is_empty()), "{missed:?}");
}
