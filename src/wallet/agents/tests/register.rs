//! Opening a wallet at an outlet, and being known by an ID.

use super::super::super::people::join::NAME_OFFICIAL;
use super::super::register::{ID_FORMAT, LIFT, REGISTER};
use super::*;
use crate::book::Keep;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::wallet::trial::Request;

fn register<'t>(shop: &'t Shop, to: &str, name: &str, id_number: &str) -> Request<'t> {
    let ask = shop.trial.ask(&REGISTER, shop.trial.caller(&shop.njeri));
    ask.with("to", to).with("name", name).with("id_number", id_number)
}

fn lift<'t>(shop: &'t Shop, id_number: &str) -> Request<'t> {
    let ask = shop.trial.ask(&LIFT, shop.trial.caller(&shop.njeri));
    ask.with("to", AMINA).with("id_number", id_number)
}

/// Amina is known only by her number.
fn new() -> Shop {
    let mut shop = shop();
    let amina = shop.amina.clone();
    shop.trial.change(&amina, |member| member.person.tier = "sim".into());
    shop
}

#[test]
fn a_wallet_is_opened_for_a_number_that_has_none() {
    let shop = shop();
    let plan = register(&shop, STRANGER, " Fatuma  Ali ", "id-00123456").execute().planned();
    assert_eq!(
        ["phone", "name", "id_number"].map(|slot| plan.said(slot)),
        ["0700***009", "Fatuma Ali", "123456"]
    );
    let act = plan.act.as_ref().unwrap();
    assert!(act.kind == "register" && act.legs.is_empty());
    let [
        Change::Keep(Keep { record: Record::Person(person), event: "register", .. }),
        Change::OpenAccount(opened),
        Change::Keep(Keep { record: Record::Identity(seen), event: "see_id", .. }),
        Change::Tell(_),
    ] = act.changes.as_slice()
    else {
        panic!("{act:?}")
    };
    assert_eq!(
        (person.account_id, person.msisdn.as_str(), person.name.as_str()),
        (Id::of(9_000), STRANGER, "Fatuma Ali")
    );
    assert_eq!((person.tier.as_str(), person.language.as_str()), ("id", "en"));
    assert_eq!(
        (opened.id, opened.balance_minor, <&str>::from(opened.kind)),
        (Id::of(9_000), 0, "wallet")
    );
    let row = &seen.row;
    assert_eq!(
        (row.account_id, row.assistant, row.at),
        (Id::of(9_000), Id::of(ASSISTANT.number()), shop.trial.now.micros())
    );
    assert_eq!((person.version, row.version), (1, 1));
    let told = format!("dial=*384*1234# name=Duka Moja phone={}", number(FLOAT));
    assert_eq!(plan.messages(), [("sms.registered".to_owned(), told)]);
    assert_eq!(told_to(&plan, "sms.registered"), [STRANGER]);
}

#[test]
fn who_is_here_already_is_asked_about_by_their_id() {
    let shop = new();
    let check = register(&shop, AMINA, "Amina", "123456").check().planned();
    assert!(check.flags.contains("known") && check.act.is_none());
    assert_eq!(check.said("name"), "Amina W");
    assert_eq!(
        register(&shop, AMINA, "Amina", "123456").quote().reason(),
        (Reason::ALREADY_JOINED, None)
    );
    assert_eq!(
        register(&shop, AMINA, "Amina", "123456").execute().reason(),
        (Reason::ALREADY_JOINED, None)
    );
}

#[test]
fn an_id_is_seen_once() {
    let mut shop = new();
    let plan = lift(&shop, "a-12345").execute().planned();
    assert_eq!(plan.said("id_number"), "A12345");
    let act = plan.act.as_ref().unwrap();
    let [
        Change::Keep(Keep { record: Record::Identity(seen), event: "see_id", .. }),
        Change::Keep(Keep { record: Record::Person(lifted), event: "lift", .. }),
        Change::Tell(_),
    ] = act.changes.as_slice()
    else {
        panic!("{act:?}")
    };
    let amina = shop.trial.person_of(Id::of(101));
    let known = PersonRow { tier: "id".into(), version: amina.version + 1, ..amina };
    assert_eq!(*lifted, known);
    assert_eq!(
        (seen.row.account_id, seen.row.assistant, act.kind),
        (Id::of(101), Id::of(ASSISTANT.number()), "lift")
    );
    let told = format!("date=23/11/26 name=Duka Moja phone={} time=11:05", number(FLOAT));
    assert_eq!(plan.messages(), [("sms.lifted".to_owned(), told)]);
    shop.trial.set(Want::Identified(Id::of(101)), Found::Truth(true));
    let checked = lift(&shop, "a-12345").quote().refused();
    assert_eq!((checked.reason, checked.field), (Reason::ID_CHECKED, Some("to")));
    assert_eq!(checked.slots["name"].to_string(), "Amina W");
    assert_eq!(register(&shop, AMINA, "", "").check().reason(), (Reason::ID_CHECKED, Some("to")));
    // who is better known than by an ID has shown one
    let mut known = new();
    let amina = known.amina.clone();
    known.trial.change(&amina, |member| member.person.tier = "id".into());
    assert_eq!(lift(&known, "a-12345").quote().reason(), (Reason::ID_CHECKED, Some("to")));
}

#[test]
fn one_id_is_one_number_however_it_is_written() {
    let shop = new();
    let shown = |typed: &str| lift(&shop, typed).quote().planned().said("id_number");
    for written in ["123456", "00123456", "ID 123456", "123-456", "No. 000123456", "nr123456"] {
        assert_eq!(shown(written), "123456", "{written}");
    }
    assert_eq!(
        (shown("ak012345"), shown("Passport A1234567")),
        ("AK12345".into(), "A1234567".into())
    );
    let wrong = (ID_FORMAT, Some("id_number"));
    for typed in
        ["", "1234", "0001234", "ABCDEFG", "1234567890", "12345\u{e9}", "123456+", "123456X"]
    {
        assert_eq!(lift(&shop, typed).quote().reason(), wrong, "{typed}");
    }
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let mut shop = new();
    let reason =
        |shop: &Shop, to: &str, name: &str| register(shop, to, name, "123456").quote().reason();
    assert_eq!(reason(&shop, "0700", "Fatuma Ali"), (Reason::PHONE_FORMAT, Some("to")));
    assert_eq!(reason(&shop, STRANGER, "F"), (Reason::NAME_FORMAT, Some("name")));
    assert_eq!(reason(&shop, STRANGER, "Kadogo"), (NAME_OFFICIAL, Some("name")));
    let format = register(&shop, STRANGER, "Fatuma Ali", "x").quote().reason();
    assert_eq!(format, (ID_FORMAT, Some("id_number")));
    let bare = shop.trial.ask(&LIFT, shop.trial.caller(&shop.njeri)).with("to", STRANGER).quote();
    assert_eq!(bare.reason(), (Reason::PAYEE_UNKNOWN, Some("to")));
    shop.change(|outlet| outlet.state = OutletState::Suspended);
    assert_eq!(reason(&shop, STRANGER, "Fatuma Ali"), (Reason::NOT_AGENT, None));
    assert_eq!(lift(&shop, "123456").quote().reason(), (Reason::NOT_AGENT, None));
}
