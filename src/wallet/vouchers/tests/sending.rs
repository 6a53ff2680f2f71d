//! Sending to a number without a wallet: what it costs and opens, what is refused, and how many may
//! wait.

use super::super::send_unjoined::{PARCELS_FULL, SERVICE};
use super::super::voucher::Voucher;
use super::super::{recipient, turns};
use super::*;
use crate::book::{HoldMove, Keep, Key};
use crate::id::Id;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;
use crate::store::records::Record;
use crate::time::Timestamp;
use crate::wallet::trial::{Outcome, Request};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

fn ask<'t>(trial: &'t Trial, amina: &PersonRow) -> Request<'t> {
    trial.ask(&SERVICE, trial.caller(amina)).with("to", TO).with("amount", "30000")
}

fn quote(trial: &Trial, amina: &PersonRow) -> Outcome {
    ask(trial, amina).quote()
}

#[test]
fn it_is_quoted_with_its_fee_and_its_last_day_and_says_its_secret_once_it_is_done() {
    let (trial, amina) = amina();
    let quote = quote(&trial, &amina).planned();
    assert_eq!(
        ["phone", "amount", "fee", "total", "day", "secret"].map(|slot| quote.said(slot)),
        ["0711222333", "KES 300", "KES 36", "KES 336", "30/11/26", ""]
    );
    assert!(quote.act.is_none());
    let mut plan = ask(&trial, &amina).execute().planned();
    let secret = plan.said("secret");
    assert_eq!((secret.len(), secret.get(..1)), (7, Some("1")));
    plan.slots.remove("secret");
    assert_eq!(plan.slots, quote.slots);
    assert_eq!(
        plan.messages(),
        [
            (
                "sms.parcel_sent".to_owned(),
                "amount=KES 300 day=30/11/26 fee=KES 36 phone=0711222333".to_owned()
            ),
            (
                "sms.parcel".to_owned(),
                "amount=KES 300 day=30/11/26 dial=*384*1234# name=Amina W phone=0700***001"
                    .to_owned()
            ),
        ]
    );
    let act = plan.act.unwrap();
    let expires_at = NOW.plus(LIFE);
    let held = HoldMove::Open { account: Id::of(101), amount_minor: 33_600 };
    assert_eq!(act.holds, [held]);
    assert_eq!((act.kind, act.legs.len(), act.meters.len()), ("send_unjoined", 0, 1));
    assert_eq!((act.meters[0].account, act.meters[0].amount_minor), (Id::of(101), 30_000));
    let opened = Voucher::of(&begun(&act)).unwrap();
    let row = &opened.row;
    assert_eq!((row.id, opened.terms.place, row.subject.as_str()), (Id::of(9_000), 1, TO));
    let agreed = opened.terms.agreed;
    assert_eq!(
        (agreed.amount_minor, agreed.fee_minor, agreed.expires_at),
        (30_000, 3_600, expires_at.micros())
    );
    assert_eq!((row.state.as_str(), row.due_at), ("waiting", Some(expires_at.micros())));
    let opens = act.changes.iter().any(|change| match change {
        Change::Keep(Keep { record: Record::Pin(row), .. }) => {
            let digits = Pin::parse(secret.get(1..).unwrap()).unwrap();
            let keys = &trial.config.pin_keys;
            row.id == Id::of(9_000)
                && keys.matches(row.key_version, Id::of(9_000), &row.salt, &digits, &row.tag)
        }
        _ => false,
    });
    assert!(opens, "the six digits open it");
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let (mut trial, amina) = amina();
    let reason = |trial: &Trial, to: &str, amount: &str| {
        let ask = trial.ask(&SERVICE, trial.caller(&amina)).with("to", to).with("amount", amount);
        ask.quote().reason()
    };
    assert_eq!(reason(&trial, "0700", "30000"), (Reason::PHONE_FORMAT, Some("to")));
    assert_eq!(reason(&trial, TO, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(reason(&trial, TO, "4999"), (Reason::AMOUNT_BELOW, Some("amount")));
    assert_eq!(reason(&trial, TO, "25000100"), (Reason::AMOUNT_ABOVE, Some("amount")));
    let missing = trial.ask(&SERVICE, trial.caller(&amina)).with("to", TO);
    assert_eq!(missing.check().reason(), (Reason::FIELD_MISSING, Some("amount")));
    let stranger = trial.ask(&SERVICE, trial.stranger("+254700000009")).with("to", TO);
    assert_eq!(stranger.check().reason(), (Reason::NOT_JOINED, None));
    trial.person(Id::of(109), TO, "Neema Achieng", 0);
    assert_eq!(reason(&trial, TO, "30000"), (Reason::ALREADY_JOINED, None));
    trial.config.rules.unjoined = false;
    assert_eq!(reason(&trial, TO, "30000"), (Reason::SERVICE_UNKNOWN, None));
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, TO, "30000"), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn amount_and_fee_must_be_there_and_not_held() {
    let (mut trial, amina) = amina();
    trial.change(&amina, |member| member.account.held_minor = 66_400);
    assert_eq!(quote(&trial, &amina).planned().said("total"), "KES 336");
    trial.change(&amina, |member| member.account.held_minor = 66_401);
    assert_eq!(quote(&trial, &amina).reason(), (Reason::NOT_ENOUGH, Some("amount")));
}

#[test]
fn limits_of_what_goes_out_count() {
    let (mut trial, amina) = amina();
    trial.change(&amina, |member| {
        member.person.tier = "sim".into();
        member.account.balance_minor = 100_000_00;
    });
    let once = |amount: &str| {
        let person = PersonRow { tier: "sim".into(), ..amina.clone() };
        trial.ask(&SERVICE, trial.caller(&person)).with("to", TO).with("amount", amount).quote()
    };
    once("2000000").planned();
    assert_eq!(once("2000001").reason(), (Reason::LIMIT_ONCE, Some("amount")));
}

#[test]
fn it_is_offered_only_with_a_price_where_cash_has_one() {
    let bands = "bands = [{ from = 1, to = 1_000, fee = 1 }]\n";
    let offered = |services: &[&str]| {
        let tables = services.iter().map(|name| format!("[{name}]\n{bands}"));
        let (trial, amina) = amina();
        let trial = trial.tariff(&format!("currency = 'KES'\n{}", tables.collect::<String>()));
        ask(&trial, &amina).quote().error.is_none()
    };
    assert!(offered(&[]) && offered(&["send_unjoined", "cash_out"]) && offered(&["send_unjoined"]));
    assert!(!offered(&["cash_out"]), "cash would be given away");
}

#[test]
fn so_many_wait_at_a_time() {
    let (mut trial, amina) = amina();
    let other = |id| ArrangementRow { subject: "+254711000000".into(), ..voucher(id, 1, DAY) };
    has_sent(&mut trial, (0..9).map(other).collect());
    quote(&trial, &amina).planned();
    has_sent(&mut trial, (0..10).map(other).collect());
    assert_eq!(quote(&trial, &amina).reason(), (PARCELS_FULL, None));
}

#[test]
fn so_many_are_made_in_a_day_whatever_became_of_them() {
    let (mut trial, amina) = amina();
    let other = |id| {
        let subject = "+254711000000".into();
        over("taken_back", ArrangementRow { subject, ..voucher(id, 1, DAY - HOUR) })
    };
    has_sent(&mut trial, (0..19).map(other).collect());
    quote(&trial, &amina).planned();
    let mut made = Vec::from_iter((0..20).map(other));
    has_sent(&mut trial, made.clone());
    assert_eq!(quote(&trial, &amina).reason(), (PARCELS_FULL, None));
    // a day later the oldest counts no more
    made[0].body = voucher(0, 1, DAY).body;
    has_sent(&mut trial, made);
    quote(&trial, &amina).planned();
}

#[test]
fn so_many_go_to_one_number_in_a_day() {
    let (mut trial, amina) = amina();
    let before = |id| over("handed_out", voucher(id, 1, HOUR));
    has_sent(&mut trial, (0..2).map(before).collect());
    quote(&trial, &amina).planned();
    has_sent(&mut trial, (0..3).map(before).collect());
    assert_eq!(quote(&trial, &amina).reason(), (PARCELS_FULL, None));
}

#[test]
fn a_number_hears_of_three_in_a_day_whoever_sends_them() {
    let (mut trial, amina) = amina();
    let told = |trial: &Trial| {
        let plan = ask(trial, &amina).execute().planned();
        let put = plan.act.as_ref().unwrap().changes.iter().find_map(|change| match change {
            Change::Put(put) => Some(put.row.clone()),
            _ => None,
        });
        let terms: voucher::Terms = kind::body(&put.unwrap()).unwrap();
        let theirs = plan.messages().iter().any(|(template, _)| template == "sms.parcel");
        assert_eq!(theirs, !terms.quiet);
        theirs
    };
    let lately = |others: usize, quiet: bool| {
        let other = |id| {
            let row = over("taken_back", voucher(id, 1, HOUR));
            let terms: voucher::Terms = kind::body(&row).unwrap();
            let body = kind::written(&voucher::Terms { quiet, ..terms });
            ArrangementRow { owner: Id::of(500 + id), body, ..row }
        };
        Found::Arrangements((1..).take(others).map(other).collect())
    };
    let want = || Want::Arrangements(voucher::made_out_since(&number(), NOW.minus(DAY)));
    for (others, quiet, heard) in [(2, false, true), (3, false, false), (9, true, true)] {
        trial.set(want(), lately(others, quiet));
        assert_eq!(told(&trial), heard, "{others} others, quiet {quiet}");
    }
}

#[test]
fn each_that_waits_for_a_number_has_a_digit_of_its_own() {
    let (mut trial, amina) = amina();
    let secret = |trial: &Trial| ask(trial, &amina).execute().planned().said("secret");
    wait(&mut trial, (1..=8).map(|place| voucher(place, place, HOUR)).collect());
    assert_eq!(secret(&trial).get(..1), Some("9"));
    wait(&mut trial, (2..=9).map(|place| voucher(place, place, HOUR)).collect());
    assert_eq!(secret(&trial).get(..1), Some("1"));
    wait(&mut trial, (1..=9).map(|place| voucher(place, place, HOUR)).collect());
    assert_eq!(quote(&trial, &amina).reason(), (PARCELS_FULL, None));
}

#[test]
fn it_takes_a_turn_of_its_sender_and_one_of_the_number() {
    let (mut trial, amina) = amina();
    let turns = |trial: &Trial| {
        let act = ask(trial, &amina).execute().planned().act.unwrap();
        let taken = act.changes.iter().filter_map(|change| match change {
            Change::Claim { key } => Some(*key),
            _ => None,
        });
        taken.collect::<Vec<Key>>()
    };
    let first = turns(&trial);
    assert_eq!((first.len(), first[0] == first[1]), (2, false));
    trial.set(turns::wants_of(Id::of(101)), Found::Count(1));
    let second = turns(&trial);
    assert_eq!((first[0] == second[0], first[1] == second[1]), (false, true));
    trial.set(turns::wants_for(&number()), Found::Count(1));
    let third = turns(&trial);
    assert_eq!((second[0] == third[0], second[1] == third[1]), (true, false));
}

#[test]
fn a_secret_that_was_lost_with_its_screen_is_told_again() {
    let (mut trial, amina) = amina();
    let done = ask(&trial, &amina).execute().planned().said("secret");
    let again = |trial: &Trial| {
        ask(trial, &amina).again(Some(Id::of(77))).execute().planned().said("secret")
    };
    assert_eq!(again(&trial), "");
    let other = ArrangementRow { begun_by: Id::of(76), ..voucher(9_001, 3, HOUR) };
    let sent = ArrangementRow { begun_by: Id::of(77), ..voucher(9_000, 4, HOUR) };
    has_sent(&mut trial, vec![sent, other]);
    assert_eq!(again(&trial), format!("4{}", done.get(1..).unwrap()));
}

#[test]
fn a_number_without_a_wallet_is_a_question_where_money_may_wait_for_it() {
    let (mut trial, amina) = amina();
    let check = |trial: &Trial, to: &str| {
        trial.ask(&recipient::SERVICE, trial.caller(&amina)).with("to", to).check()
    };
    let asked = check(&trial, TO).planned();
    assert!(asked.flags.contains("unjoined"));
    assert_eq!((asked.said("phone"), asked.said("name")), ("0711222333".to_owned(), String::new()));
    assert_eq!(check(&trial, AMINA).reason(), (Reason::PAYEE_SELF, Some("to")));
    trial.config.rules.unjoined = false;
    assert_eq!(check(&trial, TO).reason(), (Reason::PAYEE_UNKNOWN, Some("to")));
    trial.person(Id::of(109), TO, "Neema Achieng", 0);
    let known = check(&trial, TO).planned();
    assert!(known.flags.is_empty() && known.act.is_none());
    assert_eq!(
        (known.said("phone"), known.said("name")),
        ("0711***333".to_owned(), "Neema A".to_owned())
    );
}

#[test]
fn what_is_taxed_of_its_fee_is_written_down_with_it() {
    let (trial, amina) = amina();
    let trial = trial.tariff(
        "
        currency = 'KES'
        [send_unjoined]
        bands = [{ from = 1, to = 1_000, fee = 36 }]
        extra = [
            { name = 'excise', credit = 'tax', of = 'fee', percent = 50 },
            { name = 'levy', credit = 'levy', of = 'amount', percent = 1 },
        ]
        ",
    );
    let act = ask(&trial, &amina).execute().planned().act.unwrap();
    let agreed = Voucher::of(&begun(&act)).unwrap().terms.agreed;
    assert_eq!((agreed.fee_minor, agreed.tax_minor, agreed.levy_minor), (5_700, 1_800, 300));
}

#[test]
fn what_went_to_a_number_a_day_ago_takes_no_place_any_more() {
    let (mut trial, amina) = amina();
    let before = |id| over("handed_out", voucher(id, 1, DAY));
    has_sent(&mut trial, (0..3).map(before).collect());
    quote(&trial, &amina).planned();
}

#[test]
fn that_no_more_may_wait_is_said_before_an_amount_is_asked_for() {
    let (mut trial, amina) = amina();
    wait(&mut trial, (1..=9).map(|place| voucher(place, place, HOUR)).collect());
    let check = trial.ask(&SERVICE, trial.caller(&amina)).with("to", TO).check();
    assert_eq!(check.reason(), (PARCELS_FULL, None));
}

#[test]
fn a_turn_is_of_one_sender_or_of_one_number() {
    let (mut trial, amina) = amina();
    trial.set(turns::wants_of(Id::of(101)), Found::Count(4));
    trial.set(turns::wants_for(&number()), Found::Count(5));
    let act = ask(&trial, &amina).execute().planned().act.unwrap();
    let key = |label, whose: &[u8], count: i64| {
        let name = [whose, &count.to_be_bytes()].concat();
        Key::new(Timestamp::from_micros(0), label, &name)
    };
    let turns = act.changes.iter().filter_map(|change| match change {
        Change::Claim { key } => Some(*key),
        _ => None,
    });
    assert_eq!(
        Vec::from_iter(turns),
        [key("parcels of", &101_i64.to_be_bytes(), 4), key("parcels for", TO.as_bytes(), 5)]
    );
}
