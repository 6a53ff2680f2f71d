//! Who is written down for what is done at an outlet, and who hears that its float is low.

use super::super::cash_in;
use super::*;
use crate::id::{Id, PostingId, ShiftId};
use crate::limits::Limits;
use crate::source::Source;
use crate::store::arrangement_rows::ArrangementRow;
use crate::wallet::arrangements::kind;
use crate::wallet::waiting::order::Terms;
use std::sync::Arc;

fn second(shop: &mut Shop) -> PersonRow {
    shop.trial.person(Id::of(105), "+254700000005", "Otieno Ouma", 0)
}

/// By whom, and in which shift, Njeri takes cash in; and whether she is reminded of her shift.
fn by_njeri(shop: &Shop) -> ((Option<AssistantId>, Option<ShiftId>), bool) {
    let ask = shop.trial.ask(&cash_in::SERVICE, shop.trial.caller(&shop.njeri));
    let plan = ask.with("to", AMINA).with("amount", "10000").execute().planned();
    let row = journal_of(&plan);
    ((row.assistant, row.shift), plan.flags.contains("no_shift"))
}

/// By whom, and in which shift, Amina is written down who pays in by herself.
fn by_amina(shop: &Shop) -> (Option<AssistantId>, Option<ShiftId>) {
    let ask = shop.trial.ask(&CASH_OUT, shop.trial.caller(&shop.amina));
    let plan = ask.with("agent", &number(FLOAT)).with("amount", "20000").execute().planned();
    assert!(!plan.flags.contains("no_shift"));
    let row = journal_of(&plan);
    (row.assistant, row.shift)
}

#[test]
fn it_is_who_typed_the_pin_who_is_reminded_of_a_shift_only_beside_others() {
    let mut shop = shop();
    let njeri = shop.njeri.clone();
    assert_eq!(by_njeri(&shop), ((Some(ASSISTANT), None), false));
    shop.staff(&[&njeri], &[ASSISTANT], &[(ASSISTANT, Id::of(77))]);
    assert_eq!(by_njeri(&shop), ((Some(ASSISTANT), Some(Id::of(77))), false));
    let otieno = second(&mut shop);
    shop.staff(&[&njeri, &otieno], &[ASSISTANT, Id::of(303)], &[(Id::of(303), Id::of(88))]);
    assert_eq!(by_njeri(&shop), ((Some(ASSISTANT), None), true));
    shop.staff(
        &[&njeri, &otieno],
        &[ASSISTANT, Id::of(303)],
        &[(Id::of(303), Id::of(88)), (ASSISTANT, Id::of(77))],
    );
    assert_eq!(by_njeri(&shop), ((Some(ASSISTANT), Some(Id::of(77))), false));
}

#[test]
fn who_pays_in_by_themselves_is_served_by_the_only_one_there_is() {
    let mut shop = shop();
    let njeri = shop.njeri.clone();
    assert_eq!(by_amina(&shop), (Some(ASSISTANT), None));
    shop.staff(&[&njeri], &[ASSISTANT], &[(ASSISTANT, Id::of(77))]);
    assert_eq!(by_amina(&shop), (Some(Id::of(ASSISTANT.number())), Some(Id::of(77))));
    let otieno = second(&mut shop);
    shop.staff(&[&njeri, &otieno], &[ASSISTANT, Id::of(303)], &[]);
    assert_eq!(by_amina(&shop), (None, None));
    shop.staff(&[&njeri, &otieno], &[ASSISTANT, Id::of(303)], &[(Id::of(303), Id::of(88))]);
    assert_eq!(by_amina(&shop), (Some(Id::of(303)), Some(Id::of(88))));
    shop.staff(
        &[&njeri, &otieno],
        &[ASSISTANT, Id::of(303)],
        &[(ASSISTANT, Id::of(77)), (Id::of(303), Id::of(88))],
    );
    assert_eq!(by_amina(&shop), (None, None));
}

/// What is being answered, and who serves has asked for.
fn asked_by(shop: &mut Shop, kind: &str, assistant: AssistantId) {
    let assistant = Some(assistant.number());
    let terms = Terms { service: "cash_out".into(), amount_minor: 100, assistant, own: None };
    let row = ArrangementRow {
        id: Id::of(55),
        kind: kind.into(),
        version: 1,
        state: "waiting".into(),
        open: true,
        owner: Id::of(101),
        other: Some(FLOAT),
        account: None,
        subject: String::new(),
        begun_at: 0,
        due_at: Some(i64::MAX),
        body: kind::written(&terms),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    };
    shop.trial.set(Want::Arrangement(Id::of(55)), Found::Arrangement(Some(row)));
}

#[test]
fn what_somebody_has_asked_for_is_theirs_whoever_else_is_in_a_shift() {
    let mut shop = shop();
    let njeri = shop.njeri.clone();
    let otieno = second(&mut shop);
    shop.staff(&[&njeri, &otieno], &[ASSISTANT, Id::of(303)], &[(Id::of(303), Id::of(88))]);
    let approved = |shop: &Shop| {
        let ask = shop.trial.ask(&APPROVED, shop.trial.caller(&shop.amina)).with("order", "55");
        let plan = ask.execute().planned();
        let row = journal_of(&plan);
        (row.assistant, row.shift)
    };
    assert_eq!(approved(&shop), (Some(Id::of(303)), Some(Id::of(88))));
    asked_by(&mut shop, "order", ASSISTANT);
    assert_eq!(approved(&shop), (Some(ASSISTANT), None));
    // who asked has been dismissed meanwhile
    asked_by(&mut shop, "order", Id::of(399));
    assert_eq!(approved(&shop), (Some(Id::of(303)), Some(Id::of(88))));
    // nobody who serves asks by anything else
    asked_by(&mut shop, "request", ASSISTANT);
    assert_eq!(approved(&shop), (Some(Id::of(303)), Some(Id::of(88))));
}

/// Below what the float counts as low, and who hears of it.
fn watched(shop: &Shop) -> (Vec<i64>, Vec<String>) {
    let ask = shop.trial.ask(&cash_in::SERVICE, shop.trial.caller(&shop.njeri));
    let plan = ask.with("to", AMINA).with("amount", "10000").execute().planned();
    let changes = &plan.act.as_ref().unwrap().changes;
    let marks = changes.iter().filter_map(|change| match change {
        Change::TellBelow { account: FLOAT, least_minor, .. } => Some(*least_minor),
        _ => None,
    });
    (marks.collect(), told_to(&plan, "sms.float_low"))
}

#[test]
fn the_outlet_and_its_head_office_are_warned_below_the_mark() {
    let mut shop = shop();
    assert_eq!(watched(&shop), (vec![200_000], vec![NJERI.to_owned()]));
    shop.change(|outlet| outlet.low_float_minor = Some(50_000));
    assert_eq!(watched(&shop), (vec![50_000], vec![NJERI.to_owned()]));
    let wambui = shop.with_head();
    assert_eq!(watched(&shop).1, [NJERI.to_owned(), wambui.msisdn]);
}

#[test]
fn where_nobody_says_what_is_low_nobody_is_warned() {
    let mut shop = shop();
    let limits =
        include_str!("../../../../menus/markets/ke/limits.toml").replace("low_float = 2_000\n", "");
    let limits = Limits::parse(&Source::new("limits.toml", limits)).unwrap();
    Arc::make_mut(&mut shop.trial.policy).limits = limits;
    assert_eq!(watched(&shop), (Vec::new(), Vec::new()));
}
