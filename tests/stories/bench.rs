//! The bench measures what it says: payments that are in the book afterwards, and hops of
//! conversations that end well. Figures themselves are not asserted: machines differ.

use super::engine::{Home, is_postgres, only_sqlite};
use std::process::{Command, Output};

fn bench(args: &[&str]) -> Output {
    let mut kadogo = Command::new(env!("CARGO_BIN_EXE_kadogo"));
    kadogo.env_remove("KADOGO_BENCH_DATABASE_URL").env_remove("KADOGO_PGBENCH_URL");
    let home = Home::new();
    if is_postgres() {
        kadogo.env("KADOGO_BENCH_DATABASE_URL", home.url());
    }
    kadogo.arg("bench").args(args).output().unwrap()
}

fn document(args: &[&str]) -> serde_json::Value {
    let output = bench(&[args, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_book_is_whole_after_a_bench_and_every_payment_is_in_it() {
    for skew in [&["--skewed"][..], &[]] {
        let args = ["book", "--accounts", "100", "--in-flight", "1,32", "--seconds", "1"];
        let document = document(&[&args, skew].concat());
        assert_eq!(document["whole"], true);
        assert_eq!(document["runs"].as_array().unwrap().len(), 2);
        for run in document["runs"].as_array().unwrap() {
            assert_eq!(run["whole"], true, "{run}");
            assert_eq!(
                (run["refused"].as_u64(), run["wrong"].as_u64()),
                (Some(0), Some(0)),
                "{run}"
            );
            assert!(
                run["done"].as_u64().unwrap() > 0
                    && run["p99_us"].as_u64() >= run["p50_us"].as_u64(),
                "{run}"
            );
            assert!(run["batch_max"].as_u64() >= run["batch_mean"].as_u64(), "{run}");
        }
    }
}

#[test]
fn the_same_payments_are_made_with_the_staff_at_work() {
    let args = ["book", "--accounts", "300", "--in-flight", "16", "--seconds", "1"];
    let document = document(&[&args[..], &["--rounds", "2", "--staff", "50"]].concat());
    assert_eq!(document["whole"], true);
    let runs = document["runs"].as_array().unwrap();
    let staffed = |run: &serde_json::Value| run["what"].as_str().unwrap().ends_with(" staffed");
    let order: Vec<bool> = runs.iter().map(staffed).collect();
    assert_eq!(order, [false, true, true, false], "each of the two comes first once");
    for run in runs {
        assert_eq!((run["refused"].as_u64(), run["wrong"].as_u64()), (Some(0), Some(0)), "{run}");
    }
    let medians = document["medians"].as_array().unwrap();
    let compared = medians.iter().find(|series| staffed(series)).unwrap();
    assert!(compared["against"]["ratio"].as_str().is_some(), "{compared}");
}

#[test]
fn whoever_is_looked_for_among_very_many_is_found() {
    let args = ["people", "--people", "3000", "--in-flight", "0,4", "--seconds", "1"];
    let document = document(&args);
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2 * 11 + 1 + 2);
    for run in runs {
        assert!(run["done"].as_u64().unwrap() > 0, "{run}");
    }
}

#[test]
fn rounds_are_taken_together() {
    let document = document(&[
        "book",
        "--accounts",
        "10",
        "--in-flight",
        "1,4",
        "--seconds",
        "1",
        "--rounds",
        "3",
    ]);
    let runs = document["runs"].as_array().unwrap();
    let medians = document["medians"].as_array().unwrap();
    assert_eq!((runs.len(), medians.len()), (6, 2));
    for series in medians {
        let rate = |name: &str| series["rate"][name].as_u64().unwrap();
        assert_eq!(series["rounds"], 3);
        assert!(rate("min") <= rate("median") && rate("median") <= rate("max"), "{series}");
        assert!(runs.iter().any(|run| run["rate"] == rate("median")), "{series}");
        assert!(series.get("against").is_none(), "{series}");
    }
}

#[test]
fn accounts_and_payments_can_be_there_before() {
    let home = Home::new();
    let url = home.url();
    let ask =
        ["book", "--accounts", "10", "--in-flight", "4", "--seconds", "1", "--database-url", url];
    let document = document(
        &[&ask[..], &["--preload-accounts", "1200", "--preload-payments", "3000"]].concat(),
    );
    let done = document["runs"][0]["done"].as_u64().unwrap();
    let check = Command::new(env!("CARGO_BIN_EXE_kadogo"))
        .args(["book", "check", "--database-url", url])
        .output();
    let said = String::from_utf8(check.unwrap().stdout).unwrap();
    // 1,200 accounts take three postings; beside them stand the operator's six
    assert!(said.contains(&format!("{} postings", done + 3_000 + 3)), "{done} {said}");
    assert!(said.contains("1206 accounts") && said.contains("the book is whole"), "{said}");
}

#[test]
fn the_yardstick_needs_a_postgresql() {
    if only_sqlite("the yardstick needs a PostgreSQL: here is one") {
        return;
    }
    let output = bench(&["book", "--accounts", "10", "--seconds", "1", "--against", "pgbench"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("--pgbench-url"), "{said}");
}

#[test]
fn conversations_of_a_bench_end_well() {
    let args = ["ussd", "--people", "20", "--connections", "4", "--seconds", "1", "--rounds", "2"];
    let document = document(&args);
    assert_eq!(
        (document["whole"].as_bool(), document["runs"].as_array().unwrap().len()),
        (Some(true), 4)
    );
    let bare = &document["medians"][0];
    let hops = &document["medians"][1];
    assert!(
        bare["rate"]["min"].as_u64().unwrap() > 0 && hops["rate"]["min"].as_u64().unwrap() > 0,
        "{document}"
    );
    assert_eq!((bare["wrong"].as_u64(), hops["wrong"].as_u64()), (Some(0), Some(0)), "{hops}");
    let ratio = hops["against"]["ratio"].as_str().unwrap();
    assert!(
        document["heading"].as_str().unwrap().contains(&format!("{ratio} x bare replies")),
        "{document}"
    );
}
