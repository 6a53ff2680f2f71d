//! Putting money in, and what every member may see.

use super::super::super::trial::posting;
use super::super::contributing::{BY_TEXT, CONTRIBUTE};
use super::super::group_statement;
use super::super::group_view::{INFO, MEMBERS, MINE};
use super::super::inviting::GROUP_WHICH;
use super::super::membership::GROUP_GONE;
use super::super::proposing::GROUP_FORMING;
use super::*;
use crate::calendar::Day;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

fn give(umoja: &Umoja, who: usize, minor: &str) -> Outcome {
    umoja.by(who, &CONTRIBUTE, &[("amount", minor)])
}

#[test]
fn what_is_put_in_leaves_the_wallet_and_counts_as_spent() {
    let umoja = Umoja::of("running", 3, 3_000);
    let plan = give(&umoja, 2, "5000").planned();
    let said = ["name", "amount", "fee", "total"].map(|slot| plan.said(slot));
    assert_eq!(said, ["Umoja", "KES 50", "KES 0", "KES 50"]);
    let hearers = [
        ("sms.group_given", NAMES[1].0, Some(900)),
        ("sms.group_heard", NAMES[0].0, Some(900)),
        ("sms.group_heard", NAMES[2].0, Some(900)),
    ];
    assert_eq!(plan.hearers(), hearers);
    let act = plan.act.unwrap();
    assert_eq!(legs(&act), [(102, -5_000), (900, 5_000)]);
    assert_eq!((act.kind, act.meters.len()), ("contribute", 1));
    let guards = act.changes.iter().filter(|change| matches!(change, Change::While { .. }));
    assert_eq!(guards.count(), 2, "as many as like may do so at one moment");
    assert!(moves(&act).is_empty());
}

#[test]
fn it_may_have_a_price_as_other_payments_have() {
    let mut umoja = Umoja::of("running", 3, 0);
    umoja.trial = umoja.trial.tariff(
        "
        currency = 'KES'
        [contribute]
        bands = [{ from = 1, to = 1_000, fee = 2 }]
        ",
    );
    let plan = give(&umoja, 1, "5000").planned();
    assert_eq!((plan.said("fee"), plan.said("total")), ("KES 2".into(), "KES 52".into()));
    assert_eq!(legs(&plan.act.unwrap()), [(101, -5_200), (900, 5_000), (2, 200)]);
}

#[test]
fn each_refusal_of_a_contribution() {
    let mut umoja = Umoja::of("running", 3, 0);
    assert_eq!(give(&umoja, 1, "0").reason(), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(give(&umoja, 1, "100001").reason(), (Reason::NOT_ENOUGH, Some("amount")));
    assert!(give(&umoja, 1, "100000").error.is_none());
    assert_eq!(give(&umoja, 6, "100").reason(), (GROUP_GONE, None), "no member");
    let amina = umoja.people[0].clone();
    umoja.trial.change(&amina, |holder| holder.account.state = AccountState::StopDebit);
    assert_eq!(give(&umoja, 1, "100").reason(), (Reason::ACCOUNT_CLOSED, None));
    assert_eq!(give(&Umoja::of("forming", 3, 0), 1, "100").reason(), (GROUP_FORMING, None));
    for state in ["closing", "closed", "lapsed"] {
        assert_eq!(give(&Umoja::of(state, 3, 0), 1, "100").reason(), (GROUP_GONE, None), "{state}");
    }
}

#[test]
fn in_a_big_group_only_who_gives_hears_of_it() {
    let mut umoja = Umoja::of("running", 3, 0);
    let seat = umoja.members[1].clone();
    umoja.members.resize(10, seat.clone());
    umoja.lies();
    assert!(give(&umoja, 1, "100").planned().hearers().len() > 1);
    umoja.members.resize(11, seat);
    umoja.lies();
    assert_eq!(give(&umoja, 1, "100").planned().hearers().len(), 1);
}

#[test]
fn a_text_leaves_an_order_for_as_much_as_was_agreed_on_or_as_it_says() {
    let mut umoja = Umoja::of("running", 3, 0);
    let ask = |umoja: &Umoja, with: &[(&str, &str)]| umoja.by(1, &BY_TEXT, with);
    let plan = ask(&umoja, &[]).planned();
    assert_eq!((plan.said("name"), plan.said("amount")), ("Umoja".into(), "KES 100".into()));
    let act = plan.act.unwrap();
    assert!(act.legs.is_empty(), "a text moves nothing");
    assert_eq!(moves(&act), ["order: begin = waiting"]);
    let some = ask(&umoja, &[("amount", "2000"), ("reference", "umo")]).planned();
    assert_eq!(some.said("total"), "KES 20");
    assert_eq!(ask(&umoja, &[("reference", "goat")]).reason(), (GROUP_WHICH, None));
    assert_eq!(umoja.by(6, &BY_TEXT, &[]).reason(), (GROUP_WHICH, None), "in no group");
    umoja.group.state = "forming".into();
    umoja.lies();
    assert_eq!(ask(&umoja, &[]).reason(), (GROUP_FORMING, None));
}

#[test]
fn every_member_sees_what_is_in_it_whose_turn_it_is_and_what_waits_for_them() {
    let mut umoja = Umoja::of("running", 3, 5_000);
    let line = |umoja: &Umoja, who: usize| {
        let caller = umoja.trial.caller(&umoja.people[who - 1]);
        let plan = umoja.trial.ask(&MINE, caller).list().planned();
        let slots = plan.items.first().map(|item| item.slots.clone());
        slots.map(|slots| {
            ["group", "saved", "turn_code", "waits_code"].map(|slot| slots[slot].to_string())
        })
    };
    let quiet = ["Umoja", "KES 50", "none", "none"].map(str::to_owned);
    assert_eq!(line(&umoja, 2), Some(quiet));
    assert_eq!(line(&umoja, 6), None);
    umoja.asks(asked(pay(100), Some(101), &[], &[]));
    assert_eq!(line(&umoja, 2).unwrap()[3], "some");
    assert_eq!(line(&umoja, 1).unwrap()[3], "none", "they ask themselves");
    let day = Day::read("30/11/26").unwrap();
    let turn = asked(About::Turn { amount_minor: 0, day, had: Vec::new() }, Some(102), &[], &[]);
    umoja.asks(ArrangementRow { state: "planned".into(), ..turn.clone() });
    let caller = umoja.trial.caller(&umoja.people[2]);
    let info = umoja.trial.ask(&INFO, caller).with("group", "1").quote().planned();
    let said = ["saved", "turn_code", "name", "day", "members"].map(|slot| info.said(slot));
    assert_eq!(said, ["KES 50", "next", "Baraka O", "30/11/26", "3"]);
    assert!(!info.flags.contains("forming"));
    let young = Umoja::of("forming", 3, 0);
    let asks = young.trial.ask(&INFO, young.trial.caller(&young.people[0])).with("group", "1");
    assert!(asks.quote().planned().flags.contains("forming"), "only then it can begin");
    umoja.asks(turn);
    assert_eq!(line(&umoja, 3).unwrap()[2..], ["now", "some"].map(str::to_owned));
    assert_eq!(line(&umoja, 2).unwrap()[3], "none", "it is their own turn");
    let outside = umoja.trial.ask(&INFO, umoja.trial.caller(&umoja.people[5])).with("group", "1");
    assert_eq!(outside.quote().reason(), (GROUP_GONE, None));
}

#[test]
fn the_statement_and_the_names_are_for_members_alone() {
    let mut umoja = Umoja::of("running", 3, 5_000);
    let newest = Want::History { account: Id::of(900), since: i64::MIN, limit: 10 };
    let lines = vec![
        posting(9, "group_paid", 5, &[(900, -3_000), (103, 3_000)]),
        posting(8, "contribute", 65, &[(102, -8_200), (900, 8_000), (2, 200)]),
    ];
    umoja.trial.set(newest, Found::History(lines));
    let list = |who: usize, service: &'static Service| {
        let caller = umoja.trial.caller(&umoja.people[who - 1]);
        umoja.trial.ask(service, caller).with("group", "1").list()
    };
    let plan = list(1, &group_statement::SERVICE).planned();
    let line = |item: &crate::request::Item| {
        ["sign", "amount", "name"].map(|slot| item.slots[slot].to_string()).join(" ")
    };
    let said: Vec<String> = plan.items.iter().map(line).collect();
    assert_eq!(said, ["- KES 30 Claire M", "+ KES 80 Baraka O"]);
    let names = list(2, &MEMBERS).planned();
    let said: Vec<String> = names.items.iter().map(|item| item.slots["name"].to_string()).collect();
    assert_eq!(said, ["Amina W", "Baraka O", "Claire M"]);
    for service in [&group_statement::SERVICE, &MEMBERS] {
        assert_eq!(list(6, service).reason(), (GROUP_GONE, None));
    }
}
