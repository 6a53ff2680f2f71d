//! The check of the book finds whatever somebody with the file in their hands may do to it, and says what it found.
//! Each story tampers with a whole book past its triggers; the snapshots are what the operator reads.

use super::ledger::*;
use diesel::connection::SimpleConnection;
use kadogo::book::{FEES, HoldMove, Posting, check};
use kadogo::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Postings 1 and 2 bring the money; 3 to 5 are payments, 6 a hold, 7 settles a part of it, 8 is a correction.
async fn history() -> Ledger {
    let ledger = Ledger::new().await;
    ledger.ok(legs("a", &[(ANN, -2_700), (BEN, 2_000), (FEES, 700)])).await;
    ledger.ok(pay("b", BEN, CAL, 1_500)).await;
    ledger.ok(pay("c", CAL, ANN, 400)).await;
    let expires_at = Timestamp::from_micros(9_000_000);
    ledger.ok(holds("d", &[HoldMove::Open { account: ANN, amount_minor: 900, expires_at }])).await;
    let part = vec![HoldMove::Settle { hold: 6, amount_minor: 300 }];
    ledger.ok(Posting { holds: part, ..pay("e", ANN, BEN, 300) }).await;
    ledger.ok(Posting { corrects: Some(5), ..pay("f", ANN, CAL, 400) }).await;
    let report = ledger.check();
    assert_eq!((report.postings, report.links, report.holds, report.hold_entries), (8, 8, 1, 2));
    ledger
}

/// What the check says after this was done to the book.
async fn after(tampering: &[&str]) -> String {
    let ledger = history().await;
    let mut conn = ledger.conn();
    for trigger in lines(&mut conn, "SELECT name AS text FROM sqlite_schema WHERE type = 'trigger'") {
        conn.batch_execute(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    let before = ledger.dump();
    tampering.iter().for_each(|sql| conn.batch_execute(sql).unwrap());
    assert_ne!(ledger.dump(), before, "nothing was tampered with");
    let report = check::check(&mut conn, |_, _| ()).unwrap();
    assert!(!report.is_whole(), "not found: {tampering:?}");
    format!("{}\n    {}\n", tampering.join("; "), report.faults.join("\n    "))
}

async fn each(tamperings: &[&[&str]]) -> String {
    let mut found = String::new();
    for tampering in tamperings {
        found.push_str(&after(tampering).await);
    }
    found
}

#[tokio::test]
async fn an_edited_entry_is_found() {
    insta::assert_snapshot!(
        each(&[
            &["UPDATE entries SET amount_minor = -2600 WHERE posting_id = 3 AND leg = 0"],
            &["UPDATE entries SET balance_minor = 9999 WHERE posting_id = 3 AND leg = 0"],
            &["UPDATE entries SET account_id = 13 WHERE posting_id = 3 AND leg = 1"],
            &["UPDATE entries SET previous = 1 WHERE posting_id = 4 AND leg = 1"],
        ])
        .await
    );
}

#[tokio::test]
async fn an_edited_posting_is_found() {
    insta::assert_snapshot!(
        each(&[
            &["UPDATE postings SET at = at + 1 WHERE id = 4"],
            &["UPDATE postings SET kind = 'gift' WHERE id = 4"],
            &["UPDATE postings SET corrects = NULL WHERE id = 8"],
            &["UPDATE postings SET corrects = 9 WHERE id = 8"],
            &["UPDATE postings SET key = zeroblob(20) WHERE id = 4"],
            &["UPDATE postings SET request = zeroblob(16) WHERE id = 4"],
        ])
        .await
    );
}

#[tokio::test]
async fn what_was_taken_away_is_found() {
    insta::assert_snapshot!(
        each(&[
            &["DELETE FROM entries WHERE posting_id = 5 AND leg = 1"],
            &["DELETE FROM entries WHERE posting_id = 5"],
            &["DELETE FROM postings WHERE id = 5"],
            &["DELETE FROM postings WHERE id = 5", "DELETE FROM entries WHERE posting_id = 5"],
            &["DELETE FROM chain WHERE seq = 5"],
            &["DELETE FROM chain"],
            &["DELETE FROM accounts WHERE id = 13"],
            &["DELETE FROM hold_entries WHERE posting_id = 7"],
            &["DELETE FROM holds"],
        ])
        .await
    );
}

#[tokio::test]
async fn a_history_that_was_cut_short_is_found_by_what_it_moved() {
    insta::assert_snapshot!(
        after(&[
            "DELETE FROM postings WHERE id = 8",
            "DELETE FROM entries WHERE posting_id = 8",
            "DELETE FROM chain WHERE seq = 8",
        ])
        .await
    );
}

#[tokio::test]
async fn what_was_slipped_in_is_found() {
    insta::assert_snapshot!(
        each(&[
            &["INSERT INTO postings VALUES (9, 'gift', 0, x'00', x'00', NULL)"],
            &["INSERT INTO entries VALUES (9, 0, 13, 500, 2000, 8)"],
            &["INSERT INTO entries VALUES (4, 2, 13, 500, 2000, 4)"],
            &["INSERT INTO hold_entries VALUES (5, 0, 6, 11, 5, NULL)"],
            &["INSERT INTO chain VALUES (9, 9, 9, x'00')"],
        ])
        .await
    );
}

#[tokio::test]
async fn two_postings_that_changed_places_are_found() {
    let swap = |table: &str, column: &str| {
        format!(
            "UPDATE {table} SET {column} = -1 WHERE {column} = 4; UPDATE {table} SET {column} = 4 WHERE {column} = 5; \
             UPDATE {table} SET {column} = 5 WHERE {column} = -1"
        )
    };
    let (postings, entries) = (swap("postings", "id"), swap("entries", "posting_id"));
    insta::assert_snapshot!(after(&[&postings, &entries]).await);
}

#[tokio::test]
async fn a_balance_that_nobody_earned_is_found() {
    insta::assert_snapshot!(
        each(&[
            &["UPDATE accounts SET balance_minor = balance_minor + 1000 WHERE id = 13"],
            &[
                "UPDATE accounts SET balance_minor = balance_minor + 1000 WHERE id = 13",
                "UPDATE accounts SET balance_minor = balance_minor - 1000 WHERE id = 1"
            ],
            &["UPDATE accounts SET currency = 'UGX' WHERE id = 13"],
            &["UPDATE accounts SET last_posting = 3 WHERE id = 13"],
            &["UPDATE accounts SET floor_minor = 5000 WHERE id = 13"],
        ])
        .await
    );
}

#[tokio::test]
async fn an_edited_hold_is_found() {
    insta::assert_snapshot!(
        each(&[
            &["UPDATE accounts SET held_minor = 0 WHERE id = 11"],
            &["UPDATE holds SET remaining_minor = 900"],
            &["UPDATE holds SET amount_minor = 9000"],
            &["UPDATE holds SET account_id = 12"],
            &["UPDATE holds SET expires_at = 1"],
            &["UPDATE holds SET state = 'settled'"],
            &["UPDATE holds SET state = 'released', remaining_minor = 0"],
            &["UPDATE hold_entries SET amount_minor = -200 WHERE posting_id = 7"],
            &["UPDATE hold_entries SET account_id = 12 WHERE posting_id = 7"],
        ])
        .await
    );
}

#[tokio::test]
async fn faults_beyond_number_are_counted_not_listed() {
    let ledger = Ledger::new().await;
    for n in 0..60 {
        ledger.ok(pay(&format!("{n}"), ANN, BEN, 1)).await;
    }
    ledger.sql("DROP TRIGGER entries_are_final; UPDATE entries SET balance_minor = balance_minor + 1");
    let report = check::check(&mut ledger.conn(), |_, _| ()).unwrap();
    assert!(report.fault_count > 100 && report.faults.len() == 50, "{} faults", report.fault_count);
}

#[tokio::test]
async fn an_empty_book_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = kadogo::store::Store::open(&format!("sqlite://{}/new.db", folder.path().display())).unwrap();
    let report = check::check(&mut store.reader().unwrap(), |_, _| ()).unwrap();
    assert!(report.is_whole() && report.head.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_checked_while_it_is_written() {
    let ledger = history().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (book, stop) = (ledger.book.clone(), stop.clone());
        writers.spawn(async move {
            let mut paid = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                let (from, to) = if paid.is_multiple_of(2) { (ANN, BEN) } else { (BEN, ANN) };
                book.post(pay(&format!("{writer} {paid}"), from, to, 1)).await.unwrap();
                paid += 1;
            }
            paid
        });
    }
    let mut read = Vec::new();
    for _ in 0..12 {
        let url = ledger.url.clone();
        let report = tokio::task::spawn_blocking(move || super::world::check(&url)).await.unwrap();
        read.push(report.postings);
    }
    stop.store(true, Ordering::Relaxed);
    let paid: u64 = writers.join_all().await.iter().sum();
    assert_eq!(ledger.check().postings, 8 + paid);
    // it did look at a book that was growing
    assert!(read.windows(2).all(|pair| pair[0] <= pair[1]) && read.first() < read.last(), "{read:?}");
}
