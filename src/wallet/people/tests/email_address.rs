//! An address, and the code that proves it, tried without a database.

use super::super::email_address::{ADDRESS, EMAIL_SAME, PROVE};
use super::super::mailbox::{MAIL_FULL, MAIL_OFF};
use crate::book::{Change, Credential, Keep, Key, PIN_ATTEMPTS_MAX, SecretKind};
use crate::calendar::Day;
use crate::id::{Id, PinId};
use crate::pin::Pin;
use crate::refusal::Reason;
use crate::store::facts::Found;
use crate::store::mailboxes::MailboxRow;
use crate::store::outbox::NewMessage;
use crate::store::people::PersonRow;
use crate::store::pins::PinRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Slots, Value};
use crate::wallet::plan::Plan;
use crate::wallet::trial::{NOW, Outcome, Trial};
use std::time::Duration;

const ADDRESSED: &str = "amina@example.org";
const HALF_AN_HOUR: Duration = Duration::from_secs(1_800);
/// Her code is kept under this number.
const CODE_ID: PinId = PinId::of(777);

fn one() -> (Trial, PersonRow) {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 0);
    (trial, amina)
}

/// A mailbox for which a code was asked for at this time, and wrongly tried so often.
fn asked(trial: &mut Trial, at: Timestamp, attempts: i64) -> (MailboxRow, PinRow) {
    let row = MailboxRow {
        account_id: Id::of(101),
        version: 4,
        pending: Some(ADDRESSED.to_owned()),
        code_id: CODE_ID.number(),
        code_until: at.plus(HALF_AN_HOUR).micros(),
        ..MailboxRow::empty(Id::of(101))
    };
    let code = Pin::parse("482613").unwrap();
    let pin = PinRow { attempts, ..trial.config.tagged(CODE_ID, &code, [3; 16]) };
    trial.set(Want::Mailbox(Id::of(101)), Found::Mailbox(Some(row.clone())));
    trial.set(Want::Pin(CODE_ID), Found::Pin(Some(pin.clone())));
    (row, pin)
}

fn name(trial: &Trial, amina: &PersonRow, email: &str) -> Outcome {
    trial.ask(&ADDRESS, trial.caller(amina)).with("email", email).execute()
}

fn prove(trial: &Trial, amina: &PersonRow, code: &str) -> Outcome {
    trial.ask(&PROVE, trial.caller(amina)).with("code", code).execute()
}

/// Whose place, whose tag, which row and which letter come of a named address.
fn came(plan: &Plan) -> (Key, PinRow, MailboxRow, NewMessage) {
    match plan.act.as_ref().unwrap().changes.as_slice() {
        [
            Change::Claim { key },
            Change::Keep(Keep { record: Record::Pin(pin), event: "mail_code", .. }),
            Change::Keep(Keep { record: Record::Mailbox(row), event: "name_address", .. }),
            Change::Tell(letter),
            Change::Tell(_),
            ..,
        ] => (*key, pin.clone(), row.clone(), letter.clone()),
        other => panic!("{other:?}"),
    }
}

/// Whether the code that comes of a named address has all its tries, or those of the one before.
fn fresh(plan: &Plan) -> bool {
    match plan.act.as_ref().unwrap().changes.as_slice() {
        [_, Change::Keep(_), Change::Keep(_), _, _] => false,
        [_, Change::Keep(Keep { record: Record::Pin(new), .. }), .., Change::ClearPin { pin }] => {
            new.id == *pin
        }
        other => panic!("{other:?}"),
    }
}

fn place(mailbox: &str, number: u8) -> Key {
    let today = Day::read("23/11/26").unwrap().number();
    Key::new(
        Timestamp::from_micros(0),
        "mailed",
        format!("{mailbox}\n{today}\n{number}").as_bytes(),
    )
}

fn taken(trial: &mut Trial, mailbox: &str, number: u8) {
    trial.set(Want::Claimed(place(mailbox, number).bytes().to_vec()), Found::Truth(true));
}

#[test]
fn a_code_is_mailed_to_the_address_and_the_phone_hears_of_it() {
    let (trial, amina) = one();
    let plan = name(&trial, &amina, " Amina@Example.ORG ").planned();
    assert_eq!(["email", "dial"].map(|slot| plan.said(slot)), ["a***@example.org", "*384*1234#"]);
    let (key, tag, row, letter) = came(&plan);
    assert_eq!(key, place(ADDRESSED, 0));
    assert_eq!((tag.id, tag.attempts, tag.version), (Id::of(9_000), 0, 1));
    assert!(fresh(&plan));
    assert_eq!((row.account_id, row.version, row.code_id, row.mails), (Id::of(101), 1, 9_000, 1));
    assert_eq!((row.address.as_deref(), row.pending.as_deref()), (None, Some(ADDRESSED)));
    assert_eq!(row.code_until, NOW.plus(HALF_AN_HOUR).micros());
    let slots: Slots = serde_json::from_str(&letter.slots).unwrap();
    assert_eq!(
        ["email", "phone", "until"].map(|slot| slots[slot].to_string()),
        [ADDRESSED, "0700***001", "11:35"]
    );
    // the code is made of its name and the secret, and lies in no row
    let Value::Code(code_name) = &slots["code_name"] else { panic!("{slots:?}") };
    let code = trial.config.pin_keys.current().code(code_name.as_bytes());
    let typed = Pin::parse(&code).unwrap();
    assert!(trial.config.pin_keys.matches(
        tag.key_version,
        Id::of(9_000),
        &tag.salt,
        &typed,
        &tag.tag
    ));
    assert!(!letter.slots.contains(&code));
    let told = "dial=*384*1234# email=a***@example.org";
    assert_eq!(plan.messages()[1], ("sms.email_code".to_owned(), told.to_owned()));
}

#[test]
fn what_is_only_asked_mails_nothing() {
    let (trial, amina) = one();
    let quote =
        trial.ask(&ADDRESS, trial.caller(&amina)).with("email", ADDRESSED).quote().planned();
    assert_eq!(quote.said("email"), "a***@example.org");
    assert!(quote.act.is_none());
}

#[test]
fn each_refusal_of_an_address_names_the_input_that_mends_it() {
    let (mut trial, amina) = one();
    assert_eq!(
        name(&trial, &amina, "amina@localhost").reason(),
        (Reason::EMAIL_FORMAT, Some("email"))
    );
    let missing = trial.ask(&ADDRESS, trial.caller(&amina)).check();
    assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("email")));
    let stranger = trial.ask(&ADDRESS, trial.stranger("+254700000009")).with("email", ADDRESSED);
    assert_eq!(stranger.execute().reason(), (Reason::NOT_JOINED, None));
    let row = MailboxRow {
        account_id: Id::of(101),
        address: Some(ADDRESSED.to_owned()),
        ..MailboxRow::empty(Id::of(101))
    };
    trial.set(Want::Mailbox(Id::of(101)), Found::Mailbox(Some(row)));
    assert_eq!(name(&trial, &amina, ADDRESSED).reason(), (EMAIL_SAME, Some("email")));
    trial.config.mails = false;
    assert_eq!(name(&trial, &amina, ADDRESSED).reason(), (MAIL_OFF, None));
}

#[test]
fn a_new_code_has_the_tries_of_its_day() {
    let (mut trial, amina) = one();
    // the day began eleven hours and five minutes ago
    let midnight = NOW.minus(Duration::from_secs(11 * 3_600 + 5 * 60));
    asked(&mut trial, midnight, 3);
    let plan = name(&trial, &amina, ADDRESSED).planned();
    let (_, tag, row, _) = came(&plan);
    assert_eq!((tag.id, tag.version, row.version), (CODE_ID, 2, 5));
    assert!(!fresh(&plan), "three of them are used");
    asked(&mut trial, midnight, PIN_ATTEMPTS_MAX - 1);
    assert!(name(&trial, &amina, ADDRESSED).error.is_none());
    asked(&mut trial, midnight, PIN_ATTEMPTS_MAX);
    assert_eq!(name(&trial, &amina, ADDRESSED).reason(), (MAIL_FULL, None));
    asked(&mut trial, midnight.minus(Duration::from_micros(1)), PIN_ATTEMPTS_MAX);
    let plan = name(&trial, &amina, ADDRESSED).planned();
    assert_eq!(came(&plan).1.version, 2);
    assert!(fresh(&plan), "that of yesterday is over");
}

#[test]
fn five_codes_a_day_go_to_one_mailbox_whoever_asks() {
    let (mut trial, amina) = one();
    (0..4).for_each(|number| taken(&mut trial, ADDRESSED, number));
    let (key, ..) = came(&name(&trial, &amina, "amina+note@example.org").planned());
    assert_eq!(key, place(ADDRESSED, 4));
    taken(&mut trial, ADDRESSED, 4);
    assert_eq!(name(&trial, &amina, ADDRESSED).reason(), (MAIL_FULL, Some("email")));
    assert!(name(&trial, &amina, "other@example.org").error.is_none());
}

#[test]
fn ten_mails_a_day_are_asked_for_by_one() {
    let (mut trial, amina) = one();
    let today = i64::from(Day::read("23/11/26").unwrap().number());
    let mut mailed = |mails, day| {
        let row =
            MailboxRow { account_id: Id::of(101), mails, day, ..MailboxRow::empty(Id::of(101)) };
        trial.set(Want::Mailbox(Id::of(101)), Found::Mailbox(Some(row)));
        name(&trial, &amina, ADDRESSED)
    };
    assert_eq!(came(&mailed(9, today).planned()).2.mails, 10);
    assert_eq!(mailed(10, today).reason(), (MAIL_FULL, None));
    assert_eq!(came(&mailed(10, today - 1).planned()).2.mails, 1);
}

#[test]
fn who_types_the_code_has_the_address_if_the_book_finds_it_right() {
    let (mut trial, amina) = one();
    let (_old, pin) = asked(&mut trial, NOW, 2);
    let plan = prove(&trial, &amina, "482613").planned();
    assert_eq!(plan.said("email"), "a***@example.org");
    let act = plan.act.as_ref().unwrap();
    let [
        Change::Keep(Keep { record: Record::Mailbox(row), event: "prove_address", .. }),
        Change::Tell(_),
    ] = act.changes.as_slice()
    else {
        panic!("{act:?}")
    };
    assert_eq!(
        (row.address.as_deref(), row.pending.as_deref(), row.version),
        (Some(ADDRESSED), None, 5)
    );
    let [Credential { secret: SecretKind::Code, pin: CODE_ID, salt, tag, wrong, locked }] =
        act.credentials.as_slice()
    else {
        panic!("{act:?}")
    };
    assert_eq!((salt, tag), (&pin.salt, &pin.tag));
    // a wrong one costs a try of the code
    let charged = matches!(wrong.as_slice(), [Change::ChargePin { pin: CODE_ID }]);
    assert!(charged && locked.is_empty(), "{wrong:?}");
    let told = "date=23/11/26 email=a***@example.org time=11:05";
    assert_eq!(plan.messages(), [("sms.email_set".to_owned(), told.to_owned())]);
    let other = prove(&trial, &amina, "482614").planned();
    assert_ne!(&other.act.unwrap().credentials[0].tag, tag);
    for copied in ["482 613", "482-613.", "#482613", "４８２６１３"] {
        assert!(prove(&trial, &amina, copied).planned().act.is_some(), "{copied}");
    }
}

#[test]
fn a_code_counts_for_half_an_hour() {
    let (mut trial, amina) = one();
    let gone = (Reason::CODE_GONE, None);
    asked(&mut trial, NOW.minus(HALF_AN_HOUR).plus(Duration::from_micros(1)), 0);
    assert!(prove(&trial, &amina, "482613").error.is_none());
    asked(&mut trial, NOW.minus(HALF_AN_HOUR), 0);
    assert_eq!(prove(&trial, &amina, "482613").reason(), gone);
    let (old, _) = asked(&mut trial, NOW, 0);
    trial.set(Want::Pin(CODE_ID), Found::Pin(None));
    assert_eq!(prove(&trial, &amina, "482613").reason(), gone);
    trial
        .set(Want::Mailbox(Id::of(101)), Found::Mailbox(Some(MailboxRow { pending: None, ..old })));
    assert_eq!(prove(&trial, &amina, "482613").reason(), gone);
    trial.set(Want::Mailbox(Id::of(101)), Found::Mailbox(None));
    assert_eq!(prove(&trial, &amina, "482613").reason(), gone);
}

#[test]
fn whether_a_code_is_right_is_said_only_where_a_wrong_one_costs_a_try() {
    let (mut trial, amina) = one();
    let check = |trial: &Trial, code: &str| {
        trial.ask(&PROVE, trial.caller(&amina)).with("code", code).check()
    };
    let unknown = check(&trial, "000000").planned();
    assert!(unknown.act.is_none() && unknown.slots.is_empty());
    assert_eq!(check(&trial, "48x26").reason(), (Reason::TEXT_FORMAT, Some("code")));
    let missing = trial.ask(&PROVE, trial.caller(&amina)).check();
    assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("code")));
    let stranger = trial.ask(&PROVE, trial.stranger("+254700000009")).with("code", "482613");
    assert_eq!(stranger.check().reason(), (Reason::NOT_JOINED, None));
    trial.config.mails = false;
    assert_eq!(prove(&trial, &amina, "482613").reason(), (MAIL_OFF, None));
}
