//! The tables of these kinds, cell by cell: who may bring about what, and what comes of it.

use super::super::super::arrangements::Role;
use super::super::super::arrangements::tests::only;
use super::super::standing_order;
use super::*;
use crate::store::holders;

#[test]
fn its_payer_answers_an_order() {
    only(
        &orders_kind::KIND,
        &[
            ("waiting", "approve", Role::Owner, "approved"),
            ("waiting", "decline", Role::Owner, "declined"),
            ("waiting", "expire", Role::Service, "expired"),
        ],
    );
}

#[test]
fn who_is_asked_answers_a_request_and_who_asks_takes_it_back() {
    only(
        &payment_request::KIND,
        &[
            ("waiting", "approve", Role::Other, "approved"),
            ("waiting", "decline", Role::Other, "declined"),
            ("waiting", "cancel", Role::Owner, "cancelled"),
            ("waiting", "remind", Role::Service, "waiting"),
            ("waiting", "expire", Role::Service, "expired"),
        ],
    );
}

#[test]
fn a_standing_order_goes_on_by_itself_until_its_payer_ends_it() {
    only(
        &standing_order::KIND,
        &[
            ("open", "announce", Role::Service, "open"),
            ("open", "postpone", Role::Service, "open"),
            ("open", "pay", Role::Service, "open"),
            ("open", "pay_last", Role::Service, "ended"),
            ("open", "skip", Role::Service, "open"),
            ("open", "skip_last", Role::Service, "ended"),
            ("open", "give_up", Role::Service, "ended"),
            ("open", "cancel", Role::Owner, "cancelled"),
        ],
    );
}

#[test]
fn who_calls_is_told_of_these_kinds() {
    assert_eq!(holders::WANTED, orders_kind::KIND.name);
    assert_eq!(holders::ASKED, payment_request::KIND.name);
}
