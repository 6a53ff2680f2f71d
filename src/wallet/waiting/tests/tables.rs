//! The tables of both kinds, cell by cell: who may bring about what, and what comes of it.

use super::super::super::arrangements::{Kind, Role};
use super::*;
use crate::store::holders;
use strum::VariantArray;

/// Each cell of a table is as it is said here, and all others are empty.
fn only(kind: &Kind, cells: &[(&str, &str, Role, &str)]) {
    for state in kind.states {
        for event in kind.events {
            for role in Role::VARIANTS {
                let cell =
                    cells.iter().find(|cell| (cell.0, cell.1, cell.2) == (*state, *event, *role));
                let after = (kind.apply)(state, event, *role);
                assert_eq!(after, cell.map(|cell| cell.3), "{state} + {event} by {role:?}");
            }
        }
    }
}

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
fn who_calls_is_told_of_these_kinds() {
    assert_eq!(holders::WANTED, orders_kind::KIND.name);
    assert_eq!(holders::ASKED, payment_request::KIND.name);
}
