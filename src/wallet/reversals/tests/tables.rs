//! The table of a reversal, cell by cell: who may bring about what, and what comes of it.

use super::super::super::arrangements::Role;
use super::super::super::arrangements::tests::only;
use super::super::reversal;

#[test]
fn who_was_paid_agrees_or_objects_and_staff_decide() {
    only(
        &reversal::KIND,
        &[
            ("asked", "agree", Role::Other, "agreed"),
            ("asked", "dispute", Role::Other, "disputed"),
            // where they are stopped: else they may still agree until they object
            ("asked", "give_back", Role::Staff, "given_back"),
            ("asked", "wait", Role::Service, "asked"),
            ("disputed", "wait", Role::Service, "disputed"),
            ("asked", "release", Role::Staff, "released"),
            ("asked", "end", Role::Service, "ended"),
            ("disputed", "agree", Role::Other, "agreed"),
            ("disputed", "give_back", Role::Staff, "given_back"),
            ("disputed", "release", Role::Staff, "released"),
            ("disputed", "end", Role::Service, "ended"),
        ],
    );
}
