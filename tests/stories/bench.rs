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
    let [said, document] =
        [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "{said}{document}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_book_is_whole_after_a_bench_and_every_payment_is_in_it() {
    for skew in [&["--skewed"][..], &[]] {
        let args = ["book", "--accounts", "100", "--in-flight", "1,32", "--seconds", "1"];
        let document = document(&[&args, skew, &["--without-messages"]].concat());
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

/// All texts of a run, or of runs taken together, have left and were reported.
fn all_left(run: &serde_json::Value) -> u64 {
    let messages = &run["messages"];
    let count = |name: &str| messages[name].as_u64().unwrap();
    let written = count("written");
    assert_eq!((count("sent"), count("reported")), (written, written), "{run}");
    assert_eq!((count("failed"), count("waiting")), (0, 0), "{run}");
    assert!(count("late_p50_us") > 0 && count("late_p50_us") <= count("late_p99_us"), "{run}");
    written
}

#[test]
fn both_sides_of_each_payment_are_told_and_the_same_is_measured_without() {
    let args = ["book", "--accounts", "100", "--in-flight", "4", "--seconds", "1"];
    let document = document(&[&args[..], &["--rounds", "2", "--nodes", "2"]].concat());
    assert_eq!(document["whole"], true);
    let runs = document["runs"].as_array().unwrap();
    let with = |run: &serde_json::Value| run["what"].as_str().unwrap().ends_with(" texts");
    let order: Vec<bool> = runs.iter().map(with).collect();
    assert_eq!(order, [false, true, true, false], "each of the two comes first once");
    for run in runs {
        match with(run) {
            true => assert_eq!(all_left(run), 2 * run["done"].as_u64().unwrap(), "{run}"),
            false => assert!(run.get("messages").is_none(), "{run}"),
        }
    }
    let medians = document["medians"].as_array().unwrap();
    let told = medians.iter().find(|series| with(series)).unwrap();
    all_left(told);
    assert_eq!(told["beside"]["in_flight"], 4);
    assert!(told["beside"]["ratio"].as_str().is_some(), "{told}");
    let takers: Vec<&str> = told["cpu"]
        .as_array()
        .unwrap()
        .iter()
        .map(|share| share["who"].as_str().unwrap())
        .collect();
    assert!(takers.contains(&"kadogo") && takers.contains(&"gateway stub"), "{takers:?}");
}

#[test]
fn the_same_payments_are_made_with_the_staff_at_work() {
    let args = ["book", "--accounts", "300", "--in-flight", "16", "--seconds", "1"];
    let more = ["--rounds", "2", "--staff", "50", "--without-messages"];
    let document = document(&[&args[..], &more].concat());
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
    assert!(compared["beside"]["ratio"].as_str().is_some(), "{compared}");
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
        "--without-messages",
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
        &[
            &ask[..],
            &["--preload-accounts", "1200", "--preload-payments", "3000", "--without-messages"],
        ]
        .concat(),
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
    for (more, with) in [(&[][..], ", texts"), (&["--without-messages"][..], "")] {
        let args = ["ussd", "--people", "200", "--connections", "4", "--seconds", "1"];
        let document = document(&[&args[..], &["--rounds", "2"], more].concat());
        let runs = document["runs"].as_array().unwrap();
        assert_eq!((document["whole"].as_bool(), runs.len()), (Some(true), 4));
        let (bare, hops) = (&document["medians"][0], &document["medians"][1]);
        for series in [bare, hops] {
            assert!(series["rate"]["min"].as_u64().unwrap() > 0, "{series}");
            assert_eq!(series["wrong"].as_u64(), Some(0), "{series}");
            assert!(series["what"].as_str().unwrap().ends_with(&format!("s{with}")), "{series}");
            match with {
                "" => assert!(series.get("messages").is_none(), "{series}"),
                _ => assert!(all_left(series) > 0),
            }
        }
        let ratio = hops["against"]["ratio"].as_str().unwrap();
        let heading = document["heading"].as_str().unwrap();
        assert!(heading.contains(&format!("{ratio} x bare replies{with};")), "{heading}");
    }
}

#[test]
fn a_day_says_how_large_a_machine_must_be() {
    let args = ["day", "--people", "230", "--phones", "4", "--seconds", "2"];
    let document = document(&args);
    assert_eq!(document["whole"], true);
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 6, "{document}");
    for run in runs {
        assert!(run["done"].as_u64().unwrap() > 0, "{run}");
        assert_eq!((run["wrong"].as_u64(), run["whole"].as_bool()), (Some(0), Some(true)), "{run}");
    }
    let texts = all_left(&runs[5]);
    let sizing = &document["sizing"];
    assert_eq!(
        (sizing["conversations"].as_u64(), sizing["texts"].as_u64()),
        (Some(529), Some(texts))
    );
    // one to each side of what moves money, and somebody at an outlet may be told more
    assert!(texts > 400, "{sizing}");
    for name in ["people_each_core", "bytes_each_year", "cpu_us_each"] {
        assert!(sizing[name].as_u64().unwrap() > 0, "{sizing}");
    }
}
