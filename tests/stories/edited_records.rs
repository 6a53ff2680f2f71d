//! Who works here or at an outlet, and what banks say: not a column of such a row changes unseen,
//! and no row goes. Somebody with the database in their hands edits one after the other past the
//! book.

use super::engine::either;
use super::ledger::*;
use kadogo::book::{Change, check};
use kadogo::id::{Id, PostingId};
use kadogo::store::assistants::AssistantRow;
use kadogo::store::audit;
use kadogo::store::bank_rows::{BankAccountRow, BankStatementRow};
use kadogo::store::day_rows::DayRow;
use kadogo::store::looks::LookRow;
use kadogo::store::record::Cell;
use kadogo::store::records::Record;
use kadogo::store::staff_rows::{StaffRow, StaffState};

const NUMBER: i64 = 31;

fn njeri() -> Record {
    Record::Staff(Box::new(StaffRow {
        id: Id::of(NUMBER),
        version: 1,
        last_posting: PostingId::NONE,
        name: "njeri".into(),
        msisdn: "+254700000031".into(),
        language: "en".into(),
        roles: "support".into(),
        state: StaffState::Active,
        password: "a hash".into(),
        factor: vec![1],
        factor_step: 2,
        link: vec![3],
        link_until: None,
        locked_until: Some(4),
        misses: 0,
        seen_at: 5,
        out_until: 6,
    }))
}

fn at_the_bank() -> Record {
    Record::BankAccount(BankAccountRow {
        id: Id::of(NUMBER),
        version: 1,
        last_posting: PostingId::NONE,
        name: "trust".into(),
        number: "0112345".into(),
        column_map: String::new(),
        closing_minor: None,
        ended_number: Some("7".into()),
        ended_on: None,
    })
}

fn statement() -> Record {
    Record::BankStatement(BankStatementRow {
        id: Id::of(NUMBER),
        version: 1,
        last_posting: PostingId::NONE,
        bank: Id::of(NUMBER),
        digest: vec![6],
        number: None,
        opened_on: "2026-11-27".into(),
        closed_on: "2026-11-28".into(),
        opening_minor: 100,
        closing_minor: 150,
        in_minor: 70,
        out_minor: 20,
        lines: 2,
    })
}

fn serves() -> Record {
    Record::Assistant(AssistantRow::begins(Id::of(NUMBER), Id::of(7), Id::of(8), 9))
}

fn look() -> Record {
    Record::Look(LookRow {
        id: Id::of(NUMBER),
        version: 1,
        last_posting: PostingId::NONE,
        staff: Id::of(NUMBER),
        roles: "care".into(),
        service: "see_account".into(),
        account: Some(Id::of(7)),
        words: "amina".into(),
        found: 1,
        at: 8,
    })
}

fn closed_day(ledger: &Ledger) -> Record {
    let end = ledger.hand().with(|conn| audit::link(conn, 1)).unwrap().unwrap();
    Record::Day(Box::new(DayRow {
        id: NUMBER,
        version: 1,
        last_posting: PostingId::NONE,
        day: "2026-11-28".into(),
        cut: end.last_posting,
        link: end.seq,
        link_digest: end.digest,
        breaks: 1,
        excuse: "agreed".into(),
        sheet: "trial,wallets".into(),
        pages: vec![9],
    }))
}

/// Everything that somebody may do to the one row of a table, but give it another number.
fn edits(record: &Record) -> Vec<String> {
    let entry = record.entry();
    let table = entry.table.name;
    let columns = entry.columns.iter().filter(|(column, _)| *column != "id");
    let other = columns.map(|(column, cell)| {
        let value = match (*column, cell) {
            ("state", _) => "'left'".to_owned(),
            ("language", _) => "'fr'".to_owned(),
            (_, Cell::Number(number)) => (number + 1).to_string(),
            (_, Cell::Optional(number)) => number.map_or("0".to_owned(), |_| "NULL".to_owned()),
            (_, Cell::Text(text)) => format!("'{text} '"),
            (_, Cell::OptionalText(text)) => text.map_or("''".to_owned(), |_| "NULL".to_owned()),
            (_, Cell::Bytes(_)) => either("x''", "''::bytea").to_owned(),
        };
        format!("UPDATE {table} SET {column} = {value}")
    });
    other.chain([format!("DELETE FROM {table}")]).collect()
}

#[tokio::test]
async fn not_a_column_of_staff_or_of_a_bank_changes_unseen() {
    let ledger = Ledger::new().await;
    let records = [njeri(), at_the_bank(), statement(), serves(), look(), closed_day(&ledger)];
    let before = ledger.check().records;
    let keep = records.clone().map(|record| Change::keep(record, "keep"));
    ledger.ok(changes("records", keep.into())).await;
    assert_eq!(ledger.check().records, before + 6);
    for record in &records {
        let table = record.entry().table;
        ledger.sql(&format!("CREATE TABLE saved AS SELECT * FROM {}", table.name));
        for edit in edits(record) {
            ledger.sql(&edit);
            let report = ledger.hand().with(|conn| check::check(conn, |_, _| ())).unwrap();
            let fault = match edit.starts_with("DELETE") {
                true => format!("the trail names {} {NUMBER}, which does not exist", table.kind),
                false => format!("{} {NUMBER} is not what its last event left", table.kind),
            };
            assert_eq!(report.faults[0], fault, "{edit}");
            // where a day ends is compared with the chain besides
            let more = |found: &String| found.contains("ended with link");
            assert!(report.faults[1..].iter().all(more), "{edit}: {:?}", report.faults);
            ledger.sql(&format!("DELETE FROM {}", table.name));
            ledger.sql(&format!("INSERT INTO {} SELECT * FROM saved", table.name));
        }
        ledger.sql("DROP TABLE saved");
    }
    ledger.check();
}
