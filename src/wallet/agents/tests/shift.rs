//! The count of a drawer, when a shift begins and when it ends.

use super::super::shift::{CLOSE, OPEN};
use super::*;
use crate::book::Keep;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::records::Record;
use crate::store::shifts::ShiftRow;
use crate::store::working_day::CashDrawer;
use crate::wallet::service::Unrecorded;
use crate::wallet::trial::Request;

fn open<'t>(shop: &'t Shop, cash: &str) -> Request<'t> {
    shop.trial.ask(&OPEN, shop.trial.caller(&shop.njeri)).with("cash", cash)
}

fn close<'t>(shop: &'t Shop, cash: &str) -> Request<'t> {
    shop.trial.ask(&CLOSE, shop.trial.caller(&shop.njeri)).with("cash", cash)
}

/// Njeri began with KES 1,000, and did this since.
fn begun(drawer: CashDrawer) -> Shop {
    let mut shop = shop();
    let shift = ShiftRow {
        id: Id::of(77),
        version: 1,
        last_posting: Id::of(40),
        assistant: ASSISTANT,
        outlet: FLOAT,
        opened_at: 5,
        opening_minor: 100_000,
        closed_at: None,
        expected_minor: None,
        counted_minor: None,
    };
    shop.trial.set(Want::Shift(ASSISTANT), Found::Shift(Some(shift)));
    shop.trial.set(Want::Drawer(Id::of(77)), Found::Drawer(drawer));
    let mut float = account(FLOAT.number(), 500_000);
    float.last_posting = Some(Id::of(50));
    shop.trial.set(Want::Account(FLOAT), Found::Account(Some(float)));
    shop
}

const DAY: CashDrawer = CashDrawer { in_minor: 30_000, out_minor: 20_000, times: 3 };

#[test]
fn a_shift_begins_with_what_is_in_the_drawer() {
    let shop = shop();
    let plan = open(&shop, "1,000.50").execute().planned();
    assert_eq!(plan.said("cash"), "1,000.50");
    let [Change::Keep(Keep { record: Record::Shift(row), event: "open_shift", .. })] =
        plan.act.as_ref().unwrap().changes.as_slice()
    else {
        panic!("{plan:?}")
    };
    assert_eq!(row.version, 1);
    assert_eq!(
        (row.id, row.assistant, row.outlet, row.opening_minor),
        (Id::of(9_000), Id::of(ASSISTANT.number()), Id::of(FLOAT.number()), 100_050)
    );
    assert_eq!((row.opened_at, row.closed_at), (shop.trial.now.micros(), None));
    assert_eq!(open(&begun(DAY), "1000").execute().reason(), (Reason::SHIFT_OPEN, None));
    // an empty drawer is one too
    assert_eq!(open(&shop, "0").execute().planned().said("cash"), "0");
}

#[test]
fn it_ends_with_what_was_counted_against_what_had_to_be_there() {
    let shop = begun(DAY);
    let plan = close(&shop, "1,080").execute().planned();
    let slots = ["opened", "came", "went", "expected", "cash", "difference", "times"];
    assert_eq!(
        slots.map(|slot| plan.said(slot)),
        ["1,000", "300", "200", "1,100", "1,080", "-20", "3"]
    );
    let [
        Change::AtPosting { account, posting },
        Change::Keep(Keep { record: Record::Shift(row), event: "close_shift", .. }),
        _,
    ] = plan.act.as_ref().unwrap().changes.as_slice()
    else {
        panic!("{plan:?}")
    };
    assert_eq!(row.version, 2);
    assert_eq!((*account, *posting), (FLOAT, Some(Id::of(50))));
    assert_eq!(
        (row.id, row.expected_minor, row.counted_minor),
        (Id::of(77), Some(110_000), Some(108_000))
    );
    assert_eq!((row.opening_minor, row.closed_at), (100_000, Some(shop.trial.now.micros())));
    let told = format!(
        "agent={} cash=1,080 difference=-20 expected=1,100 name=Njeri K time=11:05 times=3",
        number(FLOAT)
    );
    assert_eq!(plan.messages(), [("sms.shift_closed".to_owned(), told)]);
    let difference = |cash| close(&shop, cash).execute().planned().said("difference");
    assert_eq!((difference("1100"), difference("1100.50")), ("0".to_owned(), "+0.50".to_owned()));
    assert!(matches!(CLOSE.replay.unrecorded, Unrecorded::Told));
}

#[test]
fn who_answers_for_the_outlet_hears_of_it_once() {
    let mut shop = begun(DAY);
    let njeri = shop.njeri.clone();
    let otieno = shop.trial.person(Id::of(105), "+254700000005", "Otieno Ouma", 0);
    let told = |shop: &Shop| told_to(&close(shop, "1100").execute().planned(), "sms.shift_closed");
    assert_eq!(told(&shop), [NJERI]);
    shop.staff(&[&njeri, &otieno], &[ASSISTANT, Id::of(303)], &[]);
    assert_eq!(told(&shop), [NJERI]);
    shop.staff(&[&otieno, &njeri], &[ASSISTANT, Id::of(303)], &[]);
    assert_eq!(told(&shop), [NJERI, "+254700000005"]);
    let wambui = shop.with_head();
    shop.staff(&[&otieno, &njeri], &[ASSISTANT, Id::of(303)], &[]);
    assert_eq!(told(&shop), [NJERI, "+254700000005", wambui.msisdn.as_str()]);
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let mut none = shop();
    assert_eq!(close(&none, "1000").execute().reason(), (Reason::SHIFT_NONE, None));
    let amount = |outcome: crate::wallet::trial::Outcome| outcome.reason();
    for shop in [open(&none, "x"), open(&none, "-5"), open(&none, "100000000.01")]
        .map(|ask| amount(ask.quote()))
    {
        assert_eq!(shop.1, Some("cash"));
    }
    assert_eq!(amount(open(&none, "x").quote()), (Reason::AMOUNT_FORMAT, Some("cash")));
    assert_eq!(
        amount(open(&none, "100000000.01").quote()),
        (Reason::AMOUNT_TOO_LARGE, Some("cash"))
    );
    assert!(open(&none, "100000000").quote().error.is_none());
    let begun = begun(DAY);
    assert_eq!(
        amount(close(&begun, "100000000.01").quote()),
        (Reason::AMOUNT_TOO_LARGE, Some("cash"))
    );
    let bare = begun.trial.ask(&CLOSE, begun.trial.caller(&begun.njeri)).quote();
    assert_eq!(bare.reason(), (Reason::FIELD_MISSING, Some("cash")));
    none.change(|outlet| outlet.state = OutletState::Suspended);
    assert_eq!(open(&none, "1000").execute().reason(), (Reason::NOT_AGENT, None));
    assert_eq!(close(&none, "1000").execute().reason(), (Reason::NOT_AGENT, None));
}
