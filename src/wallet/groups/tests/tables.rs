//! Each cell of the tables, written by hand.

use super::super::super::arrangements::kind::Role;
use super::super::super::arrangements::tests::only;
use super::super::{group, invitation, membership, proposal};

#[test]
fn each_cell_of_a_groups_table() {
    let cells = [
        ("forming", "start", Role::Owner, "running"),
        ("forming", "lapse", Role::Service, "lapsed"),
        ("running", "amend", Role::Member, "running"),
        ("running", "close", Role::Member, "closing"),
        ("running", "look", Role::Service, "running"),
        ("running", "sleep", Role::Service, "closing"),
        ("closing", "share", Role::Service, "closing"),
        ("closing", "wait", Role::Service, "closing"),
        ("closing", "end", Role::Service, "closed"),
    ];
    only(&group::KIND, &cells);
}

#[test]
fn each_cell_of_a_memberships_table() {
    let cells = [
        ("member", "leave", Role::Owner, "left"),
        ("member", "remove", Role::Member, "removed"),
        ("member", "end", Role::Service, "ended"),
    ];
    only(&membership::KIND, &cells);
}

#[test]
fn each_cell_of_an_invitations_table() {
    let cells = [
        ("invited", "accept", Role::Other, "accepted"),
        ("invited", "refuse", Role::Other, "refused"),
        ("invited", "expire", Role::Service, "expired"),
    ];
    only(&invitation::KIND, &cells);
}

#[test]
fn each_cell_of_a_proposals_table() {
    let cells = [
        ("planned", "ask", Role::Service, "asked"),
        ("planned", "wait", Role::Service, "planned"),
        ("planned", "expire", Role::Service, "expired"),
        ("asked", "agree", Role::Member, "asked"),
        ("asked", "decline", Role::Member, "asked"),
        ("asked", "carry", Role::Member, "carried"),
        ("asked", "refuse", Role::Member, "declined"),
        ("asked", "take_back", Role::Owner, "taken_back"),
        ("asked", "put_off", Role::Member, "planned"),
        ("asked", "put_off", Role::Service, "planned"),
        ("asked", "expire", Role::Service, "expired"),
    ];
    only(&proposal::KIND, &cells);
}
