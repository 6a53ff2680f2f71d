//! Money that is set apart behind arrangements: each account of it is one arrangement's, and all of
//! them together hold what the open ones have there. Whatever somebody does to that is found,
//! wherever the check begins.

use super::ledger::*;
use super::place::{Place, on_both};
use kadogo::book::check::Extent::{Everything, SinceVerified};
use kadogo::book::check::SetApart;
use kadogo::book::{Change, Put};
use kadogo::id::{Id, PostingId};
use kadogo::store::arrangement_rows::{self, ArrangementRow};
use kadogo::store::book_rows::{Account, AccountKind};
use kadogo::store::{self, StoreError};
use kadogo::wallet::join::empty_wallet;

fn opened(account: i64) -> Change {
    let kind = AccountKind::Arrangement;
    Change::OpenAccount(Account { kind, ..empty_wallet(Id::of(account), "KES") })
}

fn put(id: i64, account: i64, version: i64) -> Change {
    let open = version == 1;
    let row = ArrangementRow {
        id: Id::of(id),
        kind: "pot".into(),
        version,
        state: if open { "open" } else { "over" }.into(),
        open,
        owner: Id::of(ANN),
        other: None,
        account: Some(Id::of(account)),
        subject: String::new(),
        begun_at: 1,
        due_at: None,
        body: "{}".into(),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    };
    Change::Put(Put { row, event: if open { "begin" } else { "end" }, note: String::new() })
}

/// Ann sets something apart.
pub fn begin(ledger: &Ledger, id: i64, account: i64, minor: i64) {
    let changes = vec![opened(account), put(id, account, 1)];
    ledger.post_all(vec![ledger.together(changes, &[(ANN, -minor), (account, minor)])]);
}

/// She has it back.
fn end(ledger: &Ledger, id: i64, account: i64, minor: i64) {
    let legs = [(ANN, minor), (account, -minor)];
    ledger.post_all(vec![ledger.together(vec![put(id, account, 2)], &legs)]);
}

/// Ann has 7 shillings in one pot; two more are over, of which one was moved out.
pub fn history(place: &Place) -> Ledger {
    let ledger = Ledger::new(place);
    for (id, account, minor) in [(901, 501, 700), (902, 502, 40), (903, 503, 60)] {
        begin(&ledger, id, account, minor);
    }
    end(&ledger, 902, 502, 40);
    let mut conn = ledger.store.writer().unwrap();
    let until = arrangement_rows::by_id(&mut conn, Id::of(902)).unwrap().unwrap().last_posting;
    let moved = store::write(&mut conn, |conn| arrangement_rows::move_out(conn, until, 9));
    assert_eq!(moved.map_err(|error: StoreError| error.to_string()), Ok(1));
    end(&ledger, 903, 503, 60);
    ledger
}

#[test]
fn what_is_set_apart_is_what_the_open_ones_have() {
    on_both("what is set apart is what the open ones have", |place| {
        let bare = Ledger::new(place);
        assert!(bare.is_whole().set_apart.is_empty());
        let ledger = history(place);
        for report in [ledger.is_whole(), ledger.keep(), ledger.is_whole()] {
            let apart = SetApart { minor: 700, arrangements: 1 };
            assert_eq!(report.set_apart, [("KES".to_owned(), apart)].into());
        }
    });
}

#[test]
fn whoever_edits_who_has_what_is_found() {
    let sums = |lies: i64, open: i64| {
        format!("accounts of arrangements in KES add up to {lies}, those of open ones to {open}")
    };
    let nobody =
        |account: i64| format!("account {account} is for an arrangement, and none names it");
    let left = |account: i64, minor: i64| {
        format!("account {account} has {minor}, and its arrangement is over")
    };
    let strays =
        |account: i64| format!("pot 901 names account {account}, which is not one of arrangements");
    let twice = "account 501 is named by 2 arrangements".to_owned();
    let edits = [
        ("UPDATE arrangements SET account = NULL WHERE id = 901", vec![sums(700, 0), nobody(501)]),
        (
            "UPDATE arrangements SET account = 11 WHERE id = 901",
            vec![sums(700, 9_300), nobody(501), strays(11)],
        ),
        (
            "UPDATE arrangements SET account = 99 WHERE id = 901",
            vec![sums(700, 0), nobody(501), strays(99)],
        ),
        ("UPDATE arrangements SET account = 501 WHERE id = 903", vec![twice.clone(), nobody(503)]),
        (
            "UPDATE arrangements SET account = 501, open = (1 = 1) WHERE id = 903",
            vec![sums(700, 1_400), twice.clone(), nobody(503)],
        ),
        ("UPDATE arrangements_closed SET account = 501", vec![twice, nobody(502)]),
        (
            "UPDATE arrangements SET open = (1 = 0) WHERE id = 901",
            vec![sums(700, 0), left(501, 700)],
        ),
        (
            "UPDATE accounts SET balance_minor = 5 WHERE id = 502",
            vec![sums(705, 700), left(502, 5)],
        ),
        ("UPDATE accounts SET kind = 'wallet' WHERE id = 501", vec![sums(0, 700), strays(501)]),
        (
            "UPDATE accounts SET kind = 'arrangement' WHERE id = 12",
            vec![nobody(12), sums(10_700, 700)],
        ),
        // more than a number holds
        (
            "UPDATE accounts SET balance_minor = 9223372036854775807 WHERE id IN (502, 503)",
            vec![left(502, i64::MAX), left(503, i64::MAX)],
        ),
    ];
    on_both("whoever edits who has what is found", |place| {
        for (edit, faults) in &edits {
            let ledger = history(place);
            ledger.keep();
            let mut conn = ledger.conn();
            if !place.is_postgres() {
                conn.run("DROP TRIGGER arrangements_closed_are_final").unwrap();
            }
            conn.run(edit).unwrap();
            for extent in [Everything, SinceVerified] {
                let found = ledger.faults(extent);
                for fault in faults {
                    assert!(found.contains(fault), "{edit}: not {fault}: {found:#?}");
                }
            }
        }
    });
}

/// Nobody edited anything: a service was wrong.
#[test]
fn what_a_service_does_wrong_is_found() {
    on_both("what a service does wrong is found", |place| {
        let ledger = history(place);
        ledger.pay(ANN, 502, 50);
        let left = "account 502 has 50, and its arrangement is over";
        let sums = "accounts of arrangements in KES add up to 750, those of open ones to 700";
        assert_eq!(ledger.faults(Everything), [sums, left]);
        ledger.pay(502, ANN, 50);
        ledger.is_whole();
        ledger.post_all(vec![ledger.together(vec![opened(505)], &[])]);
        let nobody = "account 505 is for an arrangement, and none names it";
        assert_eq!(ledger.faults(Everything), [nobody]);
    });
}
