//! What somebody with the database in their hands may do, behind the point that was verified and
//! before it.

use super::ledger::*;
use super::place::{Place, on_both};
use kadogo::book::TRUST;
use kadogo::book::check::Extent::{Everything, SinceVerified};
use kadogo::id::{Id, PostingId};
use kadogo::store::{audit, verified};

/// Links and postings 1 to 6 were verified, 7 to 10 came later. Dan has not moved since the issue;
/// hold 3 was partly settled on either side.
fn history(place: &Place) -> Ledger {
    let ledger = Ledger::new(place);
    ledger.pay(ANN, BEN, 100);
    let hold = ledger.hold(ANN, 900);
    ledger.settle(hold, ANN, BEN, 200);
    let closed = ledger.hold(CAL, 70);
    ledger.release(closed);
    ledger.keep();
    ledger.settle(hold, ANN, CAL, 300);
    ledger.pay(BEN, CAL, 40);
    ledger.pay(CAL, ANN, 5);
    ledger.hold(BEN, 60);
    assert_eq!(ledger.is_whole().from.unwrap().posting, Id::of(6));
    ledger
}

/// What each extent finds after this was done.
fn found(place: &Place, tampering: &str) -> (Vec<String>, Vec<String>) {
    let ledger = history(place);
    ledger.sql(tampering);
    (ledger.faults(SinceVerified), ledger.faults(Everything))
}

#[test]
fn whatever_is_done_behind_the_point_is_found_from_there() {
    on_both("whatever is done behind the point is found from there", |place| {
        for (tampering, fault) in [
            ("UPDATE postings SET at = at + 1 WHERE id = 8", "posting 8 is not what was committed"),
            (
                "UPDATE postings SET kind = 'gift' WHERE id = 8",
                "posting 8 is not what was committed",
            ),
            ("DELETE FROM chain WHERE seq = 8", "a link is missing before link 9"),
            (
                "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE id = 13",
                "account 13 says 10336, its entries say 10335",
            ),
            (
                "UPDATE accounts SET last_posting = 2 WHERE id = 13",
                "account 13 points at posting 2, its newest is posting 9",
            ),
            (
                "UPDATE accounts SET last_posting = 8 WHERE id = 14",
                "account 14 points at posting 8, but has no entry since posting 6",
            ),
            (
                "UPDATE accounts SET balance_minor = 1 WHERE id = 14",
                "all balances in KES add up to -9999, not zero",
            ),
            (
                "UPDATE accounts SET floor_minor = 99999 WHERE id = 14",
                "account 14 is below its floor: 10000",
            ),
            (
                "UPDATE accounts SET held_minor = 1 WHERE id = 14",
                "account 14 says 1 is held, its holds say 0",
            ),
            (
                "UPDATE accounts SET held_minor = 0 WHERE id = 11",
                "account 11 says 0 is held, its holds say 400",
            ),
            (
                "UPDATE holds SET remaining_minor = 900 WHERE id = 3",
                "hold 3 (open) says 900, its entries say 400",
            ),
            (
                "UPDATE holds SET amount_minor = 9000 WHERE id = 3",
                "hold 3 is not the one that was opened",
            ),
            (
                "UPDATE holds SET state = 'settled' WHERE id = 10",
                "hold 10 is settled although 60 of it remains",
            ),
            ("DELETE FROM holds WHERE id = 10", "entries name hold 10, which does not exist"),
            (
                "INSERT INTO holds VALUES (9, 14, 5, 5, 'open')",
                "hold 9 is not the one that was opened",
            ),
            (
                "INSERT INTO holds VALUES (70, 14, 5, 5, 'open')",
                "hold 70 is not the one that was opened",
            ),
            (
                "UPDATE hold_entries SET amount_minor = -299 WHERE posting_id = 7",
                "hold 3 (open) says 400, its entries say 401",
            ),
            (
                "INSERT INTO hold_entries VALUES (11, 0, 3, 11, 1)",
                "3 hold entries are stored, 2 are in the chain",
            ),
            (
                "UPDATE head SET digest = (SELECT digest FROM chain WHERE seq = 1) WHERE id = 1",
                "the book ended at link 10 and posting 10, the chain ends at link 10 and posting \
                 10",
            ),
            ("DELETE FROM head", "the head of the book is missing"),
        ] {
            let (since, full) = found(place, tampering);
            assert!(since.contains(&fault.to_owned()), "{tampering}: {since:#?}");
            assert!(!full.is_empty(), "{tampering}");
        }
    });
}

#[test]
fn entries_behind_the_point_follow_from_those_before_it() {
    on_both("entries behind the point follow from those before it", |place| {
        // Ann's newest entry before the point says another balance: what follows does not follow
        // any more
        let tampering = if place.is_postgres() {
            "UPDATE postings SET legs = overlay(legs placing '\\x0000000000000001'::bytea from 17) \
             WHERE id = 4"
        } else {
            "UPDATE entries SET balance_minor = 1 WHERE posting_id = 4 AND leg = 0"
        };
        let (since, full) = found(place, tampering);
        assert!(
            since.contains(
                &"posting 7: its entry for account 11 does not follow from the one before"
                    .to_owned()
            ),
            "{since:#?}"
        );
        assert!(full.contains(&"posting 4 is not what was committed".to_owned()), "{full:#?}");
    });
}

#[test]
fn what_only_a_check_from_the_first_link_finds() {
    on_both("what only a check from the first link finds", |place| {
        for (tampering, fault) in [
            ("UPDATE postings SET at = at + 1 WHERE id = 2", "posting 2 is not what was committed"),
            ("DELETE FROM chain WHERE seq = 2", "a link is missing before link 3"),
            (
                "UPDATE accounts SET balance_minor = balance_minor + 9 WHERE id = 14; \
                 UPDATE accounts SET balance_minor = balance_minor - 9 WHERE id = 1",
                "account 14 says 10009, its entries say 10000",
            ),
        ] {
            let (since, full) = found(place, tampering);
            assert_eq!(since, Vec::<String>::new(), "{tampering}");
            assert!(full.contains(&fault.to_owned()), "{tampering}: {full:#?}");
        }
    });
}

#[test]
fn money_that_nobody_earned_is_found_when_it_moves() {
    on_both("money that nobody earned is found when it moves", |place| {
        let ledger = history(place);
        ledger.sql(&format!(
            "UPDATE accounts SET balance_minor = balance_minor + 9 WHERE id = {DAN}"
        ));
        ledger.sql(&format!(
            "UPDATE accounts SET balance_minor = balance_minor - 9 WHERE id = {TRUST}"
        ));
        assert_eq!(ledger.faults(SinceVerified), Vec::<String>::new());
        // whoever wrote past the book counts that, or it goes on with what it remembers
        ledger.sql("UPDATE head SET touched = touched + 1");
        ledger.pay(DAN, CAL, 1);
        let since = ledger.faults(SinceVerified);
        assert_eq!(
            since[0], "posting 11: its entry for account 14 does not follow from the one before",
            "{since:#?}"
        );
    });
}

#[test]
fn a_point_that_is_not_what_it_was_is_a_fault_wherever_the_check_begins() {
    on_both("a point that is not what it was is a fault wherever the check begins", |place| {
        let other = |ledger: &Ledger| {
            if matches!(ledger.conn(), kadogo::store::Conn::Sqlite(_)) {
                "x'00'"
            } else {
                "'\\x00'"
            }
        };
        let ledger = history(place);
        ledger.keep();
        let zero = other(&ledger);
        // somebody recomputed the chain: it is whole in itself, but not the one that was verified
        ledger.sql(&format!("UPDATE verified SET digest = {zero} WHERE link = 10"));
        let fault = "link 10 is not the one that was verified on 1970-01-01T00:00:07.000000Z: \
                     history up to there was edited";
        for extent in [SinceVerified, Everything] {
            assert_eq!(ledger.faults(extent), [fault]);
        }
        // it went on from the point before
        assert_eq!(ledger.check(SinceVerified).from.unwrap().link, 6);
        ledger.sql(
            "DELETE FROM verified WHERE link = 10; INSERT INTO verified SELECT 99, digest, \
             7000000 FROM head",
        );
        let fault = "link 99 was verified on 1970-01-01T00:00:07.000000Z and is not there: history \
                     was taken away";
        assert_eq!(ledger.faults(SinceVerified), [fault]);
        assert_eq!(verified::points(&mut ledger.conn()).unwrap().len(), 2);
    });
}

#[test]
fn a_history_whose_end_was_cut_off_clean_is_found_by_the_head() {
    on_both("a history whose end was cut off clean is found by the head", |place| {
        let ledger = history(place);
        let before = audit::balances(&mut ledger.conn(), Id::of(0), PostingId::NONE, 10).unwrap();
        let cut = ledger.pay(DAN, BEN, 1_000);
        let mut undo = format!(
            "DELETE FROM postings WHERE id = {cut}; DELETE FROM chain WHERE last_posting = {cut};"
        );
        if !place.is_postgres() {
            undo.push_str(&format!("DELETE FROM entries WHERE posting_id = {cut};"));
        }
        for account in before {
            let balance = account.balance_minor;
            let last = account.last_posting.unwrap();
            undo.push_str(&format!(
                "UPDATE accounts SET balance_minor = {balance}, last_posting = {last} WHERE id = \
                 {};",
                account.id
            ));
        }
        ledger.sql(&undo);
        let fault = "the book ended at link 11 and posting 11, the chain ends at link 10 and \
                     posting 10: its newest links were cut off";
        for extent in [SinceVerified, Everything] {
            assert_eq!(ledger.faults(extent), [fault]);
        }
        // who edits the head too is found by a point that was verified, or by a digest that was
        // kept elsewhere
        ledger.sql(
            "UPDATE head SET link = 10, last_posting = 10, digest = (SELECT digest FROM \
             chain WHERE seq = 10)",
        );
        ledger.is_whole();
    });
}
