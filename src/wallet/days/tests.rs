//! When a day may be closed, decided without a database: in order, once, when it is over, with the
//! sheet as it was made, and with a word where something is not as it should be.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "tests stop where they fail"
)]

use super::super::Caller;
use super::super::plan::Plan;
use super::super::tests::trial::Trial;
use super::closing_day::{CLOSE, DAY_BROKEN, DAY_CLOSED, DAY_ORDER, SHEET_GONE, digest, named};
use crate::book::{Change, Keep};
use crate::calendar::Day;
use crate::id::{Id, PostingId, SheetId};
use crate::market::Market;
use crate::reason::Reason;
use crate::store::day_rows::{DayHead, SheetAtCut, SheetRow};
use crate::store::facts::Found;
use crate::store::records::Record;
use crate::store::staff_rows::{StaffRow, StaffState};
use crate::store::wants::Want;
use crate::time::Timestamp;

const YESTERDAY: &str = "22/11/26";
const SHEET: &str = "section,item,detail,count,debit,credit,amount,since,owner\r\n\
                     trial,wallets,,,0.00,5.00,-5.00,,\r\n\
                     equation,at_banks,,,,,7.00,,\r\n\
                     equation,held_by_people,,,,,5.00,,\r\n\
                     breaks,bank charges to be made good,,,,,-2.00,,finance\r\n";

fn number(day: &str) -> i64 {
    i64::from(Day::read(day).unwrap().number())
}

fn end(day: &str) -> i64 {
    Timestamp::of_day(Day::read(day).unwrap().date(), &Market::kenya().zone).1.micros()
}

fn sheet(day: &str, breaks: i64) -> SheetAtCut {
    let row = SheetRow {
        id: SheetId::of(71),
        day: number(day),
        made_at: 0,
        link: 9,
        breaks,
        sheet: SHEET.to_owned(),
        pages: vec![1, 2, 3],
    };
    SheetAtCut {
        row,
        cut: (Id::of(44), vec![0xab; 32]),
        last_at: end(day) - 1,
        next_at: Some(end(day)),
    }
}

fn head(day: &str) -> DayHead {
    DayHead {
        id: number(day),
        day: day.to_owned(),
        last_posting: Id::of(30),
        cut: Id::of(20),
        link: 5,
        breaks: 0,
    }
}

fn asha() -> Caller {
    let row = StaffRow {
        id: Id::of(7),
        version: 1,
        last_posting: PostingId::NONE,
        name: "asha".to_owned(),
        msisdn: "+254722000001".to_owned(),
        language: "en".to_owned(),
        roles: "finance".to_owned(),
        state: StaffState::Active,
        password: String::new(),
        factor: Vec::new(),
        factor_step: 0,
        link: Vec::new(),
        link_until: None,
        locked_until: None,
        misses: 0,
        seen_at: 0,
        out_until: 0,
    };
    Caller::of_staff(row).unwrap()
}

/// What comes of asking for it: the reason, or what is planned.
fn asks(
    sheet: &SheetAtCut,
    last: Option<DayHead>,
    excuse: &str,
    typed: Option<&str>,
) -> Result<Plan, (Reason, Option<&'static str>)> {
    let mut trial = Trial::new();
    let name = typed.map_or_else(|| named(&sheet.row), str::to_owned);
    let found = Found::Day(Box::new((None, Some(sheet.clone()))));
    trial.set(Want::DaySheet(sheet.row.id), found);
    trial.set(Want::LastDay, Found::Day(Box::new((last, None))));
    let ask = trial.ask(&CLOSE, asha()).with("sheet", &name).with("why", "the day is over");
    let outcome = ask.with("excuse", excuse).quote();
    match &outcome.error {
        None => Ok(outcome.planned()),
        Some(_) => Err(outcome.reason()),
    }
}

#[test]
fn a_day_is_closed_as_its_sheet_says() {
    let made = sheet(YESTERDAY, 1);
    let plan = asks(&made, Some(head("21/11/26")), "made good on Monday", None).unwrap();
    assert_eq!(plan.said("at_banks"), "KES 7");
    assert_eq!((plan.said("held_by_people"), plan.said("moved")), ("KES 5".into(), "KES 5".into()));
    assert_eq!(plan.said("broken"), "bank charges to be made good (-2.00)");
    assert_eq!(plan.said("digest"), digest(SHEET, &[1, 2, 3]));
    let act = plan.act.as_ref().unwrap();
    let [Change::Keep(Keep { record: Record::Day(row), event: "close", note })] =
        act.changes.as_slice()
    else {
        panic!("{act:?}")
    };
    assert_eq!((row.id, row.day.as_str()), (number(YESTERDAY), "2026-11-22"));
    assert_eq!((row.cut, row.link, row.breaks), (Id::of(44), 9, 1));
    assert_eq!((row.excuse.as_str(), note.as_str()), ("made good on Monday", "the day is over"));
    assert_eq!((row.sheet.as_str(), row.pages.as_slice()), (SHEET, [1, 2, 3].as_slice()));
    assert!(act.legs.is_empty(), "nothing moves");
}

#[test]
fn each_reason_not_to() {
    let no = |sheet: &SheetAtCut, last: Option<&str>, excuse: &str, typed: Option<&str>| {
        asks(sheet, last.map(head), excuse, typed).unwrap_err()
    };
    let whole = sheet(YESTERDAY, 0);
    assert!(asks(&whole, None, "", None).is_ok(), "the first takes in all before");
    assert_eq!(no(&whole, Some(YESTERDAY), "", None), (DAY_CLOSED, None));
    assert_eq!(no(&whole, Some("23/11/26"), "", None), (DAY_CLOSED, None));
    assert_eq!(no(&whole, Some("20/11/26"), "", None), (DAY_ORDER, None));
    assert_eq!(no(&sheet("23/11/26", 0), None, "", None), (Reason::DAY_NOT_OVER, None));
    assert_eq!(no(&sheet(YESTERDAY, 1), None, "too short", None), (DAY_BROKEN, Some("excuse")));
    // it does not end where the day does
    let gone = (SHEET_GONE, Some("sheet"));
    let early = SheetAtCut { next_at: Some(end(YESTERDAY) - 1), ..sheet(YESTERDAY, 0) };
    let late = SheetAtCut { last_at: end(YESTERDAY), ..sheet(YESTERDAY, 0) };
    let newest = SheetAtCut { next_at: None, ..sheet(YESTERDAY, 0) };
    assert_eq!((no(&early, None, "", None), no(&late, None, "", None)), (gone, gone));
    assert!(asks(&newest, None, "", None).is_ok());
    // it is not what it was
    let name = named(&whole.row);
    let mut edited = whole.clone();
    edited.row.pages.push(4);
    assert_eq!(no(&edited, None, "", Some(&name)), gone);
    let cut = name.strip_suffix(|_: char| true).unwrap();
    for typed in ["", "71", "71:", "x:00", cut] {
        assert_eq!(no(&whole, None, "", Some(typed)), gone, "{typed}");
    }
    // the digest tells table and pages apart
    assert_ne!(digest("ab", b"c"), digest("a", b"bc"));
}
