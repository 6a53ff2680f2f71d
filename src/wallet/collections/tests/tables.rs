//! Its table, cell by cell: who may bring about what, and what comes of it.

use super::super::super::arrangements::Role;
use super::super::super::arrangements::tests::only;
use super::super::turn::KIND;

#[test]
fn a_collection_is_closed_paid_on_or_goes_back_and_only_its_organiser_or_the_clock_moves_it() {
    only(
        &KIND,
        &[
            ("gathering", "close", Role::Owner, "closing"),
            ("gathering", "close", Role::Service, "closing"),
            ("gathering", "call_off", Role::Owner, "returning"),
            ("pooling", "close", Role::Owner, "pool_closing"),
            ("pooling", "close", Role::Service, "pool_closing"),
            ("pooling", "call_off", Role::Owner, "returning"),
            ("closing", "call_off", Role::Owner, "returning"),
            ("closing", "pay_out", Role::Service, "telling"),
            ("closing", "miss", Role::Service, "returning"),
            ("closing", "wait", Role::Service, "closing"),
            ("pool_closing", "call_off", Role::Owner, "returning"),
            ("pool_closing", "entrust", Role::Service, "spending"),
            ("pool_closing", "miss", Role::Service, "returning"),
            ("pool_closing", "wait", Role::Service, "pool_closing"),
            ("spending", "call_off", Role::Owner, "returning"),
            ("spending", "pay", Role::Owner, "spending"),
            ("spending", "pay_last", Role::Owner, "telling"),
            ("spending", "tell", Role::Service, "spending"),
            ("spending", "lapse", Role::Service, "returning"),
            ("spending", "wait", Role::Service, "spending"),
            ("telling", "tell", Role::Service, "telling"),
            ("telling", "wait", Role::Service, "telling"),
            ("telling", "finish", Role::Service, "spent"),
            ("returning", "return", Role::Service, "returning"),
            ("returning", "wait", Role::Service, "returning"),
            ("returning", "finish", Role::Service, "returned"),
        ],
    );
}

#[test]
fn a_collection_begins_by_how_it_is_paid_and_is_over_once_all_is_spent_or_back() {
    assert_eq!(KIND.begins, ["gathering", "pooling"]);
    for state in KIND.states {
        assert_eq!(KIND.open.contains(state), !["spent", "returned"].contains(state), "{state}");
    }
}
