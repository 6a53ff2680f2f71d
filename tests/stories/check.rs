//! The check of the book finds whatever somebody with the file in their hands may do to it, and
//! says what it found. Each story tampers with a whole book past its triggers; the snapshots are
//! what the operator reads.

use super::engine::{Home, either, is_postgres};
use super::ledger::*;
use kadogo::book::{FEES, HoldMove, Posting, check};
use kadogo::id::Id;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Postings 1 and 2 bring the money; 3 to 5 are payments, 6 a hold, 7 settles a part of it, 8 is a
/// correction.
async fn history() -> Ledger {
    let ledger = Ledger::new().await;
    ledger.ok(legs("a", &[(ANN, -2_700), (BEN, 2_000), (FEES.number(), 700)])).await;
    ledger.ok(pay("b", BEN, CAL, 1_500)).await;
    ledger.ok(pay("c", CAL, ANN, 400)).await;
    ledger.ok(holds("d", &[HoldMove::Open { account: Id::of(ANN), amount_minor: 900 }])).await;
    let part = vec![HoldMove::Settle { hold: Id::of(6), amount_minor: 300 }];
    ledger.ok(Posting { holds: part, ..pay("e", ANN, BEN, 300) }).await;
    ledger.ok(Posting { corrects: Some(Id::of(5)), ..pay("f", ANN, CAL, 400) }).await;
    let report = ledger.check();
    assert_eq!((report.postings, report.links, report.holds, report.hold_entries), (8, 8, 1, 2));
    ledger
}

/// What the check says after this was done to the book.
async fn after(tampering: &[&str]) -> String {
    let ledger = history().await;
    let mut hand = ledger.hand();
    hand.drop_triggers();
    let before = ledger.dump();
    tampering.iter().for_each(|sql| hand.run(&here(sql)).unwrap());
    assert_ne!(ledger.dump(), before, "nothing was tampered with");
    let report = hand.with(|conn| check::check(conn, |_, _| ())).unwrap();
    assert!(!report.is_whole(), "not found: {tampering:?}");
    format!("{}\n    {}\n", tampering.join("; "), report.faults.join("\n    "))
}

/// The same on PostgreSQL, where an entry is a part of its posting's legs: 40 bytes each, five
/// numbers of 8.
fn here(sql: &str) -> String {
    let zeros = |bytes: usize| format!("'\\x{}'::bytea", "00".repeat(bytes));
    let other = sql
        .replace("zeroblob(20)", &zeros(20))
        .replace("zeroblob(16)", &zeros(16))
        .replace("x'00'", &zeros(1));
    let words: Vec<&str> = other.split(' ').collect();
    match words[..] {
        _ if !is_postgres() => sql.to_owned(),
        [
            "UPDATE",
            "entries",
            "SET",
            column,
            "=",
            value,
            "WHERE",
            "posting_id",
            "=",
            posting,
            "AND",
            "leg",
            "=",
            leg,
        ] => {
            let columns = ["account_id", "amount_minor", "balance_minor", "held_minor", "previous"];
            let field = columns.iter().position(|name| *name == column).unwrap();
            let from = leg.parse::<usize>().unwrap() * 40 + field * 8 + 1;
            let value = format!("int8send({value}::bigint)");
            format!(
                "UPDATE postings SET legs = overlay(legs placing {value} from {from} for 8) WHERE \
                 id = {posting}"
            )
        }
        ["DELETE", "FROM", "entries", "WHERE", "posting_id", "=", posting, ref rest @ ..] => {
            let leg: Option<usize> = rest.last().map(|leg| leg.parse().unwrap());
            let left = leg.map_or("''::bytea".to_owned(), |leg| {
                format!("overlay(legs placing ''::bytea from {} for 40)", leg * 40 + 1)
            });
            format!("UPDATE postings SET legs = {left} WHERE id = {posting}")
        }
        ["INSERT", "INTO", "entries", ..] => {
            let values = other.split(['(', ')']).nth(1).unwrap();
            let numbers: Vec<&str> = values.split(", ").collect();
            let leg: Vec<String> =
                numbers[2..].iter().map(|number| format!("int8send({number}::bigint)")).collect();
            format!(
                "UPDATE postings SET legs = legs || {} WHERE id = {}",
                leg.join(" || "),
                numbers[0]
            )
        }
        // they changed places with their postings
        ["UPDATE", "entries", "SET", "posting_id", ..] => String::new(),
        ["INSERT", "INTO", "postings", ..] => other.replace("NULL)", "NULL, '')"),
        _ => other,
    }
}

/// Some things are found in other words where entries are a part of their postings.
fn name(story: &str) -> String {
    format!("{story}{}", either("", "_on_postgresql"))
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
            &["UPDATE entries SET held_minor = 5 WHERE posting_id = 3 AND leg = 0"],
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
        name("what_was_taken_away_is_found"),
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
        name("what_was_slipped_in_is_found"),
        each(&[
            &["INSERT INTO postings VALUES (9, 'gift', 0, x'00', x'00', NULL)"],
            // an entry without a posting: on PostgreSQL there is no place for it
            either(
                &["INSERT INTO entries VALUES (9, 0, 13, 500, 2000, 0, 8)"],
                &["UPDATE postings SET legs = '' WHERE id = 4"]
            ),
            &["INSERT INTO entries VALUES (4, 2, 13, 500, 2000, 0, 4)"],
            &["INSERT INTO hold_entries VALUES (5, 0, 6, 11, 5)"],
            &["INSERT INTO chain VALUES (9, 9, 9, x'00')"],
        ])
        .await
    );
}

#[tokio::test]
async fn two_postings_that_changed_places_are_found() {
    let swap = |table: &str, column: &str| {
        format!(
            "UPDATE {table} SET {column} = -1 WHERE {column} = 4; UPDATE {table} SET {column} = 4 \
             WHERE {column} = 5; UPDATE {table} SET {column} = 5 WHERE {column} = -1"
        )
    };
    let postings = swap("postings", "id");
    let entries = swap("entries", "posting_id");
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
    ledger.sql(either(
        "DROP TRIGGER entries_are_final; UPDATE entries SET balance_minor = balance_minor + 1",
        "DROP TRIGGER postings_are_final ON postings; \
         UPDATE postings SET legs = overlay(legs placing '\\xff'::bytea from 24 for 1)",
    ));
    let report = ledger.hand().with(|conn| check::check(conn, |_, _| ())).unwrap();
    assert!(report.fault_count > 100 && report.faults.len() == 50, "{} faults", report.fault_count);
}

#[tokio::test]
async fn an_empty_book_is_whole() {
    let home = Home::new();
    drop(home.open());
    let report = home.hand().with(|conn| check::check(conn, |_, _| ())).unwrap();
    assert!(report.is_whole() && report.head.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_checked_while_it_is_written() {
    let ledger = history().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let book = ledger.book.clone();
        let stop = stop.clone();
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
    while read.len() < 12 || (read.first() == read.last() && read.len() < 1_000) {
        let store = ledger.store.clone();
        let report =
            tokio::task::spawn_blocking(move || super::world::check(&store)).await.unwrap();
        read.push(report.postings);
    }
    stop.store(true, Ordering::Relaxed);
    let paid: u64 = writers.join_all().await.iter().sum();
    assert_eq!(ledger.check().postings, 8 + paid);
    // it did look at a book that was growing
    assert!(
        read.windows(2).all(|pair| pair[0] <= pair[1]) && read.first() < read.last(),
        "{read:?}"
    );
}
