//! Which outlets of an area have enough float.

use super::super::find::{AREA_EMPTY, FIND};
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::wallet::trial::Request;

fn ask<'t>(shop: &'t Shop, area: &str, amount: &str) -> Request<'t> {
    let ask = shop.trial.ask(&FIND, shop.trial.caller(&shop.amina));
    ask.with("area", area).with("amount", amount)
}

/// So many outlets in Kibera, each with so much float, minor units.
fn kibera(shop: &mut Shop, outlets: i64, float_minor: i64) {
    let spellings = ["kibera", "KIBERA", "Kibera", "kibera"].map(str::to_owned).to_vec();
    let rows = (0..outlets).map(|n| OutletRow {
        float_account: Id::of(FLOAT.number() + n * 10),
        ..shop.outlet.clone()
    });
    let rows: Vec<OutletRow> = rows.collect();
    for row in &rows {
        let float = account(row.float_account.number(), float_minor);
        shop.trial.set(Want::Account(row.float_account), Found::Account(Some(float)));
    }
    shop.trial.set(Want::OutletsIn(spellings, 200), Found::Outlets(rows));
}

fn found(shop: &Shop, amount: &str) -> usize {
    ask(shop, " kibera ", amount).list().planned().items.len()
}

#[test]
fn a_line_has_the_name_and_the_number_to_type() {
    let mut shop = shop();
    kibera(&mut shop, 1, 500_000);
    let plan = ask(&shop, "kibera", "10000").list().planned();
    let [line] = plan.items.as_slice() else { panic!("{:?}", plan.items) };
    assert_eq!(line.id, "300");
    assert_eq!(
        (line.slots["name"].to_string(), line.slots["phone"].to_string()),
        ("Duka Moja".into(), number(FLOAT))
    );
}

#[test]
fn amounts_are_compared_in_steps() {
    let mut shop = shop();
    // who has exactly a step is found for all up to it, and for nothing beyond
    for (step, next) in [(10_000, 50_000), (50_000, 100_000), (10_000_000, 25_000_000)] {
        kibera(&mut shop, 1, step);
        assert_eq!(found(&shop, &step.to_string()), 1, "{step}");
        assert_eq!(found(&shop, &(step + 1).to_string()), 0, "{step}");
        kibera(&mut shop, 1, next - 1);
        assert_eq!(found(&shop, &(step + 1).to_string()), 0, "{next}");
        kibera(&mut shop, 1, next);
        assert_eq!(found(&shop, &(step + 1).to_string()), 1, "{next}");
    }
    // beyond the last step nothing more is learnt
    kibera(&mut shop, 1, 25_000_000);
    assert_eq!(found(&shop, "900000000"), 1);
    kibera(&mut shop, 1, 24_999_999);
    assert_eq!(found(&shop, "900000000"), 0);
}

#[test]
fn ten_are_shown_and_none_that_is_frozen() {
    let mut shop = shop();
    kibera(&mut shop, 10, 500_000);
    assert_eq!(found(&shop, "10000"), 10);
    kibera(&mut shop, 11, 500_000);
    assert_eq!(found(&shop, "10000"), 10);
    kibera(&mut shop, 1, 500_000);
    shop.freeze(FLOAT.number(), 500_000);
    assert_eq!(found(&shop, "10000"), 0);
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let mut shop = shop();
    let nowhere = ask(&shop, "Kibera", "10000").list().reason();
    assert_eq!(nowhere, (AREA_EMPTY, Some("area")));
    let there = shop.trial.ask(&FIND, shop.trial.caller(&shop.amina)).with("area", "Kibera");
    assert_eq!(there.check().reason(), (AREA_EMPTY, Some("area")), "it is told where it is typed");
    kibera(&mut shop, 1, 500_000);
    assert_eq!(ask(&shop, "kibera", "0").list().reason(), (Reason::AMOUNT_ZERO, Some("amount")));
    let bare = |caller| shop.trial.ask(&FIND, caller).list().reason();
    assert_eq!(bare(shop.trial.caller(&shop.amina)), (Reason::FIELD_MISSING, Some("area")));
    assert_eq!(bare(shop.trial.stranger(STRANGER)), (Reason::NOT_JOINED, None));
}
