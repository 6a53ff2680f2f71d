//! The tables of both kinds, cell by cell: who may bring about what, and what comes of it.

use super::super::super::arrangements::Role;
use super::super::super::arrangements::tests::only;
use super::super::{cash_code, voucher};

#[test]
fn a_code_for_cash_is_used_at_an_outlet_replaced_by_its_owner_or_ends_by_itself() {
    only(
        &cash_code::KIND,
        &[
            ("open", "redeem", Role::Assistant, "used"),
            ("open", "replace", Role::Owner, "replaced"),
            ("open", "end", Role::Service, "ended"),
        ],
    );
}

#[test]
fn a_voucher_comes_only_to_who_has_joined_and_can_be_taken_by_an_agent_or_back_until_then() {
    only(
        &voucher::KIND,
        &[
            ("waiting", "join", Role::Other, "joined"),
            ("waiting", "hand_out", Role::Assistant, "handed_out"),
            ("waiting", "take_back", Role::Owner, "taken_back"),
            ("waiting", "end", Role::Service, "returned"),
            ("joined", "arrive", Role::Service, "arrived"),
            ("joined", "tell", Role::Service, "no_room"),
            ("joined", "look", Role::Service, "joined"),
            ("joined", "hand_out", Role::Assistant, "handed_out"),
            ("joined", "take_back", Role::Owner, "taken_back"),
            ("joined", "end", Role::Service, "returned"),
            ("no_room", "arrive", Role::Service, "arrived"),
            ("no_room", "tell", Role::Service, "no_room"),
            ("no_room", "look", Role::Service, "no_room"),
            ("no_room", "hand_out", Role::Assistant, "handed_out"),
            ("no_room", "take_back", Role::Owner, "taken_back"),
            ("no_room", "end", Role::Service, "returned"),
        ],
    );
}
