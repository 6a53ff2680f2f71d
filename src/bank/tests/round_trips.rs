//! A statement written in each format reads back the same, however many lines it has.

use super::writers::{as_camt, as_csv, as_mt, known_of, maps, statements, without_places};
use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use std::time::Instant;

/// `KADOGO_STATEMENTS=100000` writes so many.
pub fn config(usual: u32) -> Config {
    Config {
        cases: as_many("KADOGO_STATEMENTS", usual),
        rng_seed: RngSeed::Fixed(14),
        failure_persistence: None,
        ..Config::default()
    }
}

fn only(found: Read<Vec<Statement>>) -> Statement {
    let mut found = found.unwrap();
    assert_eq!(found.len(), 1);
    without_places(found.remove(0))
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn camt_reads_back_the_same(statement in statements()) {
        let file = as_camt(&statement);
        prop_assert_eq!(only(read(file.as_bytes(), None, &mut quiet)), statement.clone());
        prop_assert_eq!(proof(&statement), Ok(()));
    }

    #[test]
    fn mt_reads_back_the_same(statement in statements()) {
        let file = as_mt(&statement);
        prop_assert_eq!(only(read(file.as_bytes(), None, &mut quiet)), statement);
    }

    #[test]
    fn a_table_reads_back_the_same(statement in statements(), map in maps()) {
        let file = as_csv(&statement, &map);
        let known = known_of(&statement);
        let found = only(read(&file, Some((&map, &known)), &mut quiet));
        prop_assert_eq!(found, Statement { number: None, ..statement });
        prop_assert_eq!(ColumnMap::from_toml(&map.to_toml().unwrap()), Ok(map));
    }
}

/// `KADOGO_STATEMENT_LINES=100000` reads so many.
#[test]
fn a_long_statement_is_read_with_progress() {
    let lines = as_many("KADOGO_STATEMENT_LINES", 5_000);
    let line = |number: u32| Line {
        at_line: 0,
        booked_on: date(2026, 11, 5),
        value_on: Some(date(2026, 11, 5)),
        amount_minor: i64::from(number % 7) - 8,
        reference: Some(format!("BANK{number}")),
        customer_reference: Some(format!("DEP-{number}")),
        text: format!("Float for shop {number} of the long road"),
        counterparty: Counterparty {
            name: Some("Wanjiru Trading Ltd".into()),
            account: Some("0110042".into()),
        },
        is_return: false,
    };
    let lines: Vec<Line> = (0..lines).map(line).collect();
    let moved: i64 = lines.iter().map(|line| line.amount_minor).sum();
    let statement = Statement { closing_minor: 1_000 + moved, lines, ..super::statement() };
    let map = "delimiter = ','\ndecimal = '.'\ndate_format = '%Y-%m-%d'\norder = 'oldest_first'\n\
               [columns]\nbooked_on = 'Booked'\nvalue_on = 'Value'\nreference = 'Ref'\n\
               text = ['Text']\nbalance = 'Balance'\n[amount.signed]\ncolumn = 'Amount'";
    let map = ColumnMap::from_toml(map).unwrap();
    let table = known_of(&statement);
    let files = [
        ("camt.053", as_camt(&statement).into_bytes()),
        ("MT940", as_mt(&statement).into_bytes()),
        ("CSV", as_csv(&statement, &map)),
    ];
    for (name, file) in files {
        let mut told = Vec::new();
        let begun = Instant::now();
        let found = read(&file, Some((&map, &table)), &mut |lines| told.push(lines)).unwrap();
        let taken = begun.elapsed();
        println!("{name}: {} lines, {} bytes, {taken:?}", found[0].lines.len(), file.len());
        assert_eq!(found[0].lines.len(), statement.lines.len(), "{name}");
        assert_eq!(proof(&found[0]), Ok(()), "{name}");
        let expected = (TOLD_EVERY..=statement.lines.len()).step_by(TOLD_EVERY);
        assert_eq!(told, expected.chain([statement.lines.len()]).collect::<Vec<_>>(), "{name}");
    }
    let begun = Instant::now();
    let keys = statement.line_keys();
    println!("fingerprints: {} lines, {:?}", keys.len(), begun.elapsed());
}
