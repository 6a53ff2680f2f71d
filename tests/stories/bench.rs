//! The bench measures what it says: payments that are in the book afterwards, and hops of conversations that end well.
//! Figures themselves are not asserted: machines differ.

use super::engine::{Home, is_postgres};
use std::process::Command;

fn figures(args: &[&str]) -> Vec<serde_json::Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kadogo"));
    command.arg("bench").args(args);
    let home = Home::new();
    if is_postgres() {
        command.args(["--database-url", home.url()]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_book_is_whole_after_a_bench_and_every_payment_is_in_it() {
    for skew in [&["--skewed"][..], &[]] {
        let args = ["book", "--accounts", "100", "--in-flight", "1,32", "--seconds", "1", "--json"];
        let runs = figures(&[&args, skew].concat());
        assert_eq!(runs.len(), 2);
        for run in runs {
            assert_eq!((run["whole"].as_bool(), run["refused"].as_u64()), (Some(true), Some(0)), "{run}");
            assert!(run["done"].as_u64().unwrap() > 0 && run["p99_us"].as_u64() >= run["p50_us"].as_u64(), "{run}");
        }
    }
}

#[test]
fn conversations_of_a_bench_end_well() {
    let runs = figures(&["ussd", "--people", "20", "--connections", "4", "--seconds", "1", "--json"]);
    let (bare, talks) = (&runs[0], &runs[1]);
    assert!(bare["rate"].as_u64().unwrap() > 0);
    assert_eq!((talks["whole"].as_bool(), talks["refused"].as_u64()), (Some(true), Some(0)), "{talks}");
    assert!(talks["done"].as_u64().unwrap() > 0);
}
