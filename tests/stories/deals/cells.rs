//! The table of deals, written by hand: who may bring about what in which state, and what comes of
//! it. All that does not stand here comes to nothing.

use kadogo::wallet::arrangements::Role;
use kadogo::wallet::deals::waking_deals::KIND;
use strum::VariantArray;

type Cell = (&'static str, &'static str, Role, &'static str);

/// Before there is money in it.
const AGREEING: [Cell; 13] = [
    ("drafted", "offer", Role::Owner, "offered"),
    ("drafted", "withdraw", Role::Owner, "withdrawn"),
    ("brokered", "accept", Role::Owner, "offered"),
    ("brokered", "decline", Role::Owner, "declined"),
    ("offered", "accept", Role::Other, "accepted"),
    ("offered", "decline", Role::Other, "declined"),
    ("offered", "counter", Role::Other, "countered"),
    ("offered", "withdraw", Role::Owner, "withdrawn"),
    ("countered", "accept", Role::Owner, "accepted"),
    ("countered", "decline", Role::Owner, "declined"),
    ("countered", "withdraw", Role::Other, "withdrawn"),
    ("accepted", "withdraw", Role::Buyer, "withdrawn"),
    ("accepted", "withdraw", Role::Seller, "withdrawn"),
];

/// While it goes there, or back.
const TRADING: [Cell; 12] = [
    ("accepted", "fund", Role::Buyer, "funded"),
    ("funded", "deliver", Role::Seller, "delivered"),
    ("funded", "collect", Role::Seller, "released"),
    ("funded", "dispute", Role::Buyer, "disputed"),
    ("funded", "dispute", Role::Seller, "disputed"),
    ("delivered", "collect", Role::Seller, "released"),
    ("delivered", "dispute", Role::Buyer, "disputed"),
    ("delivered", "dispute", Role::Seller, "disputed"),
    ("delivered", "take_back", Role::Seller, "returning"),
    ("returning", "dispute", Role::Buyer, "disputed"),
    ("returning", "dispute", Role::Seller, "disputed"),
    ("returning", "return", Role::Buyer, "refunded"),
];

/// What the staff do, and who takes goods back or does not accept what they did.
const DECIDING: [Cell; 10] = [
    ("disputed", "take_back", Role::Seller, "returning"),
    ("proposed", "take_back", Role::Seller, "returning"),
    ("disputed", "propose", Role::Staff, "proposed"),
    ("proposed", "confirm", Role::Staff, "ruled"),
    ("proposed", "reject", Role::Staff, "disputed"),
    ("ruled", "appeal", Role::Buyer, "appealed"),
    ("ruled", "appeal", Role::Seller, "appealed"),
    ("appealed", "propose", Role::Staff, "reproposed"),
    ("reproposed", "confirm", Role::Staff, "decided"),
    ("reproposed", "reject", Role::Staff, "appealed"),
];

/// What comes of a time that is over.
const RUN_OUT: [(&str, &str); 9] = [
    ("drafted", "expired"),
    ("brokered", "expired"),
    ("offered", "expired"),
    ("countered", "expired"),
    ("accepted", "expired"),
    ("funded", "refunded"),
    ("delivered", "released"),
    ("returning", "disputed"),
    ("ruled", "decided"),
];

fn cells() -> Vec<Cell> {
    let mut cells = [&AGREEING[..], &TRADING, &DECIDING].concat();
    for state in ["disputed", "proposed", "ruled", "appealed", "reproposed"] {
        for role in [Role::Buyer, Role::Seller] {
            cells.push((state, "state", role, state));
            cells.push((state, "offset", role, state));
            cells.push((state, "agree", role, "settled"));
        }
    }
    let with_money = ["funded", "delivered", "returning", "disputed", "proposed", "ruled"];
    for state in with_money.into_iter().chain(["appealed", "reproposed"]) {
        cells.push((state, "release", Role::Buyer, "released"));
        cells.push((state, "release_part", Role::Buyer, state));
        cells.push((state, "refund", Role::Seller, "refunded"));
    }
    for (state, after) in RUN_OUT {
        cells.push((state, "run_out", Role::Service, after));
        cells.push((state, "remind", Role::Service, state));
    }
    for state in KIND.open {
        cells.push((state, "wait", Role::Service, state));
    }
    cells
}

#[test]
fn each_cell_of_its_table_is_as_it_is_said_here() {
    let cells = cells();
    let mut met = 0;
    for state in KIND.states {
        for event in KIND.events {
            for role in Role::VARIANTS {
                let cell = cells.iter().find(|c| (c.0, c.1, c.2) == (*state, *event, *role));
                met += usize::from(cell.is_some());
                let after = (KIND.apply)(state, event, *role);
                assert_eq!(after, cell.map(|cell| cell.3), "{state} + {event} by {role:?}");
            }
        }
    }
    assert_eq!(met, cells.len(), "a cell is said twice, or is of nothing");
}

#[test]
fn it_is_over_in_each_state_that_is_not_open() {
    let over = ["released", "refunded", "settled", "decided", "declined", "withdrawn", "expired"];
    for state in KIND.states {
        assert_eq!(KIND.open.contains(state), !over.contains(state), "{state}");
    }
    assert_eq!(KIND.begins, ["drafted", "brokered", "offered"]);
}
