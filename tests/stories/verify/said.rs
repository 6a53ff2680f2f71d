//! What `kadogo book check` says to an operator.

use super::apart;
use super::ledger::*;
use super::place::on_both;
use std::process::{Command, Output};

fn run(url: &str, args: &[&str]) -> Output {
    let mut kadogo = Command::new(env!("CARGO_BIN_EXE_kadogo"));
    kadogo.env_clear().args(["book", "check", "--database-url", url]).args(args).output().unwrap()
}

/// What it said, without what differs from book to book.
fn said(url: &str, args: &[&str], code: i32) -> String {
    let output = run(url, args);
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), err.as_str()), (Some(code), ""), "{out}");
    let is_digest =
        |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_time = |word: &str| word.len() == 27 && word.ends_with('Z');
    let plain = |word: &str| match word {
        word if is_digest(word) => "[digest]".to_owned(),
        word if is_time(word) => "[time]".to_owned(),
        word => word.to_owned(),
    };
    out.lines()
        .map(|line| line.split(' ').map(plain).collect::<Vec<_>>().join(" ") + "\n")
        .collect()
}

#[test]
fn an_operator_reads_from_where_to_where_the_book_was_verified() {
    on_both("an operator reads from where to where the book was verified", |place| {
        let ledger = Ledger::new(place);
        let hold = ledger.hold(ANN, 100);
        ledger.pay(ANN, BEN, 100);
        insta::allow_duplicates! {
            insta::assert_snapshot!(said(&ledger.url, &[], 0), @r"
            3 postings with 7 entries balance, follow one another and are what the 3 links of the hash chain sealed
            the chain ends at link 3 with [digest]
            5 accounts stand where their entries put them, none below its floor
            1 holds stand where their 1 entries put them
            all balances in KES add up to 0
            the book is whole
            the next check goes on from link 3
            ");
            ledger.settle(hold, ANN, BEN, 40);
            insta::assert_snapshot!(said(&ledger.url, &[], 0), @r"
            up to link 3 (posting 3) the book was verified on [time] and is not read again: `--full` does that
            1 postings since with 2 entries balance, follow one another and are what the 1 links of the hash chain sealed
            the chain ends at link 4 with [digest]
            2 accounts stand where their entries put them, 3 have not moved since; none is below its floor
            1 holds that are open or were lately stand where their entries put them
            all balances in KES add up to 0
            the book is whole since link 3; up to there it was when that was verified
            the next check goes on from link 4
            ");
            insta::assert_snapshot!(said(&ledger.url, &["--full", "--quiet"], 0), @r"
            4 postings with 9 entries balance, follow one another and are what the 4 links of the hash chain sealed
            the chain ends at link 4 with [digest]
            5 accounts stand where their entries put them, none below its floor
            1 holds stand where their 2 entries put them
            all balances in KES add up to 0
            the book is whole
            the next check goes on from link 4
            ");
            insta::assert_snapshot!(said(&ledger.url, &[], 0), @r"
            up to link 4 (posting 4) the book was verified on [time] and is not read again: `--full` does that
            nothing was posted since
            the chain ends at link 4 with [digest]
            0 accounts stand where their entries put them, 5 have not moved since; none is below its floor
            1 holds that are open or were lately stand where their entries put them
            all balances in KES add up to 0
            the book is whole since link 4; up to there it was when that was verified
            the next check goes on from link 4
            ");
            ledger.sql("UPDATE accounts SET balance_minor = 1 WHERE id = 11");
            insta::assert_snapshot!(said(&ledger.url, &[], 1), @r"
            up to link 4 (posting 4) the book was verified on [time] and is not read again: `--full` does that
            nothing was posted since
            the chain ends at link 4 with [digest]
            0 accounts stand where their entries put them, 5 have not moved since; none is below its floor
            1 holds that are open or were lately stand where their entries put them
            all balances in KES add up to -9859
            THE BOOK IS NOT WHOLE: 2 faults (the lines above say what was looked at, not what is true)
              account 11 is below its floor: -59
              all balances in KES add up to -9859, not zero
            ");
        }
    });
}

#[test]
fn an_operator_reads_how_much_is_set_apart() {
    on_both("an operator reads how much is set apart", |place| {
        let ledger = apart::history(place);
        let line =
            |said: String| said.lines().find(|line| line.starts_with("set")).unwrap().to_owned();
        let apart = ["set apart: KES 7 in 1 arrangement", "set apart: KES 8.50 in 2 arrangements"];
        assert_eq!(line(said(&ledger.url, &[], 0)), apart[0]);
        apart::begin(&ledger, 904, 504, 150);
        assert_eq!(line(said(&ledger.url, &[], 0)), apart[1]);
        ledger.sql("UPDATE accounts SET currency = '???' WHERE id = 504");
        assert!(said(&ledger.url, &[], 1).contains("\nset apart: ??? 150 in 1 arrangement\n"));
    });
}

#[test]
fn a_check_that_cannot_keep_how_far_it_came_says_so_and_is_as_good() {
    on_both("a check that cannot keep how far it came says so and is as good", |place| {
        let ledger = Ledger::new(place);
        let url = if place.is_postgres() {
            ledger.sql(
                "CREATE ROLE auditor LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor",
            );
            ledger.url.replace("postgres@", "auditor@")
        } else {
            ledger.sql(
                "CREATE TRIGGER sealed BEFORE INSERT ON verified BEGIN SELECT RAISE(ABORT, \
                 'read only'); END",
            );
            ledger.url.clone()
        };
        for _ in 0..2 {
            let said = said(&url, &[], 0);
            assert!(
                said.contains("the book is whole\nhow far this went could not be kept (database: "),
                "{said}"
            );
        }
    });
}
