//! Vouchers at an outlet: for the seven digits that their sender told, whoever has the number.

use super::super::handing_out::{KIND, Secret};
use super::super::redeem::SERVICE;
use super::*;
use crate::book::{COMMISSIONS, FEES, HoldMove, LEVY, Leg, TAX};
use crate::id::Id;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::agent_rows::AgentPost;
use crate::store::book_rows::AccountState;
use crate::store::facts::Roster;
use crate::wallet::agents::{cash_out, counter};
use crate::wallet::trial::{Request, account, posting};

const MARIAM: &str = "+254700000003";
const SECRET: &str = "2404142";
const HOUR: Duration = Duration::from_secs(3_600);

/// Mariam serves at an outlet, and Amina has sent 300 to a number without a wallet: the second that
/// waits for it.
fn outlet() -> (Trial, PersonRow, PersonRow) {
    let (mut trial, amina) = amina();
    let mariam = trial.person(Id::of(103), MARIAM, "Mariam Said", 0);
    trial.outlet(Id::of(201), "Mama Mboga", 500_000, &mariam);
    wait(&mut trial, vec![voucher(18, 1, HOUR), voucher(20, 2, HOUR)]);
    let tag = trial.config.tagged(Id::of(20), &Pin::parse("404142").unwrap(), [4; 16]);
    trial.set(Want::Pin(Id::of(20)), Found::Pin(Some(tag)));
    (trial, amina, mariam)
}

fn ask<'t>(trial: &'t Trial, mariam: &PersonRow, amount: &str, code: &str) -> Request<'t> {
    let ask = trial.ask(&SERVICE, trial.caller(mariam)).with("to", TO);
    ask.with("amount", amount).with("code", code)
}

fn done(trial: &Trial, mariam: &PersonRow) -> Plan {
    ask(trial, mariam, "30000", SECRET).execute().planned()
}

#[test]
fn a_secret_has_seven_digits_however_it_is_read_out() {
    for typed in
        ["2404142", "2 404 142", "2-404-142", " 24 04142 ", "2.404.142", "#2404142", "２404142"]
    {
        assert!(Secret::parse(typed).is_some(), "{typed}");
    }
    for typed in ["240414", "24041421", "x404142", "240414x", "", "é404142"] {
        assert!(Secret::parse(typed).is_none(), "{typed}");
    }
}

#[test]
fn who_has_no_wallet_is_called_by_their_number() {
    let (trial, _, mariam) = outlet();
    let quote = ask(&trial, &mariam, "30000", SECRET).quote().planned();
    assert!(quote.flags.contains("unjoined") && quote.act.is_none());
    assert_eq!(
        ["name", "phone", "amount", "total"].map(|slot| quote.said(slot)),
        ["0711222333", "0711222333", "KES 300", "KES 300"]
    );
}

#[test]
fn it_comes_out_of_what_was_held_and_all_hear_of_it() {
    let (trial, _, mariam) = outlet();
    let plan = done(&trial, &mariam);
    let theirs = "amount=KES 300 day=30/11/26 dial=*384*1234# name=Amina W phone=0700***001";
    assert_eq!(
        plan.messages(),
        [
            (
                "sms.parcel_taken".to_owned(),
                "amount=KES 300 day=30/11/26 phone=0711222333".to_owned()
            ),
            ("sms.parcel_got".to_owned(), theirs.to_owned()),
            ("sms.parcel_out".to_owned(), "amount=KES 300 phone=0711222333".to_owned()),
        ]
    );
    assert!(plan.said("fee").is_empty(), "who stands there has paid nothing");
    let act = plan.act.unwrap();
    let leg = |account, amount_minor| Leg { account, amount_minor };
    let paid = [leg(Id::of(101), -33_600), leg(Id::of(201), 30_000), leg(FEES, 2_900)];
    assert_eq!(act.legs.get(..3).unwrap(), paid);
    assert!(act.legs.contains(&leg(LEVY, 100)));
    assert!(act.legs.iter().any(|leg| leg.account == TAX && leg.amount_minor >= 600));
    assert!(act.legs.iter().any(|leg| leg.account == COMMISSIONS && leg.amount_minor < 0));
    assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
    assert_eq!(act.holds, [HoldMove::Settle { hold: Id::of(21), amount_minor: 33_600 }]);
    assert_eq!(
        (act.kind, moved(&act), act.meters.len()),
        (KIND, vec![(20, "hand_out", "handed_out")], 0)
    );
    let served = act.changes.iter().find_map(|change| match change {
        Change::Journal(row) => Some((row.service.clone(), row.customer, row.cash_minor)),
        _ => None,
    });
    assert_eq!(served, Some(("cash_out".to_owned(), Id::of(101), -30_000)));
    let [credential] = act.credentials.as_slice() else { panic!("{:?}", act.credentials) };
    assert_eq!(credential.pin, Id::of(20));
    assert!(matches!(
        credential.locked.as_slice(),
        [Change::Tell(told)] if told.template == "sms.parcel_tried"
    ));
}

#[test]
fn a_wrong_amount_is_a_wrong_secret() {
    let (trial, _, mariam) = outlet();
    let tag = |amount: &str| {
        let act = ask(&trial, &mariam, amount, SECRET).execute().planned().act.unwrap();
        act.credentials[0].tag.len()
    };
    assert_eq!([tag("29999"), tag("30000"), tag("30001")], [0, 32, 0]);
}

#[test]
fn in_parts_it_earns_no_more_than_cash_in_one() {
    let (mut trial, _, mariam) = outlet();
    let earned = |trial: &Trial| {
        let act = done(trial, &mariam).act.unwrap();
        act.legs.iter().find(|leg| leg.account == COMMISSIONS).map_or(0, |leg| -leg.amount_minor)
    };
    let first = earned(&trial);
    assert!(first > 0);
    let since = crate::calendar::Day::of(NOW, &trial.config.market.zone)
        .begins(&trial.config.market.zone)
        .micros();
    let history = Want::History { account: Id::of(101), since, limit: 50 };
    let mut before = |kind: &str| {
        let line = posting(70, kind, 5, &[(101, -33_600), (201, 30_000), (FEES.number(), 3_600)]);
        trial.set(history.clone(), Found::History(vec![line]));
        earned(&trial)
    };
    let after_cash = before(cash_out::SERVICE.name);
    assert!(after_cash < first);
    assert_eq!(before(KIND), after_cash);
    assert_eq!(before("float"), first);
}

#[test]
fn who_has_joined_meanwhile_still_gets_it_for_the_secret() {
    let (mut trial, _, mariam) = outlet();
    let neema = trial.person(Id::of(109), TO, "Neema Achieng", 0);
    trial.change(&neema, |member| member.person.language = "fr".into());
    let plan = done(&trial, &mariam);
    assert_eq!((plan.said("name"), plan.flags.is_empty()), ("Neema A".to_owned(), true));
    let act = plan.act.unwrap();
    let got = act.changes.iter().find_map(|change| match change {
        Change::Tell(told) if told.template == "sms.parcel_got" => Some(told.language.clone()),
        _ => None,
    });
    assert_eq!((got.as_deref(), act.kind), (Some("fr"), KIND));
}

#[test]
fn where_it_was_switched_off_what_waits_is_still_handed_out() {
    let (mut trial, _, mariam) = outlet();
    trial.config.rules.unjoined = false;
    done(&trial, &mariam);
    let check = |trial: &Trial| trial.ask(&SERVICE, trial.caller(&mariam)).with("to", TO).check();
    assert!(check(&trial).plan.flags.contains("unjoined"));
    wait(&mut trial, Vec::new());
    assert_eq!(check(&trial).reason(), (Reason::PAYEE_UNKNOWN, Some("to")));
}

#[test]
fn each_refusal_names_the_input_that_mends_it() {
    let (mut trial, amina, mariam) = outlet();
    let reason = |trial: &Trial, code: &str| ask(trial, &mariam, "30000", code).execute().reason();
    // six digits are a code of somebody who has a wallet
    assert_eq!(reason(&trial, "404142"), (Reason::TEXT_FORMAT, Some("code")));
    assert_eq!(reason(&trial, "3404142"), (Reason::CODE_GONE, None));
    assert_eq!(reason(&trial, "1404142"), (Reason::CODE_GONE, None), "it has no code any more");
    let theirs = AgentPost {
        assistant: trial.caller(&mariam).post.unwrap().assistant,
        outlet: trial.caller(&mariam).post.unwrap().outlet,
    };
    trial.set(Want::Post(Id::of(101)), Found::Post(Box::new(Some(theirs))));
    assert_eq!(reason(&trial, SECRET), (counter::AGENT_SELF, Some("to")));
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(
        reason(&trial, SECRET),
        (Reason::CODE_GONE, None),
        "it waits with the account that sent it"
    );
    let float = account(201, 500_000);
    let frozen = crate::store::book_rows::Account { state: AccountState::Frozen, ..float };
    trial.set(Want::Account(Id::of(201)), Found::Account(Some(frozen)));
    assert_eq!(reason(&trial, SECRET), (Reason::AGENT_UNKNOWN, Some("agent")));
}

#[test]
fn two_counters_at_the_same_moment_do_not_earn_twice() {
    let (mut trial, amina, mariam) = outlet();
    trial.change(&amina, |member| member.account.last_posting = Some(Id::of(50)));
    let at =
        done(&trial, &mariam).act.unwrap().changes.into_iter().find_map(|change| match change {
            Change::AtPosting { account, posting } => Some((account, posting)),
            _ => None,
        });
    assert_eq!(at, Some((Id::of(101), Some(Id::of(50)))));
}

#[test]
fn where_several_serve_all_hear_that_one_of_them_hands_it_out() {
    let (mut trial, _, mariam) = outlet();
    let otieno = trial.person(Id::of(105), "+254700000005", "Otieno Ouma", 0);
    let people = vec![mariam.clone(), otieno];
    let roster = Roster { people, assistants: vec![Id::of(203), Id::of(204)], shifts: Vec::new() };
    trial.set(Want::Roster(Id::of(201)), Found::Roster(roster));
    assert_eq!(
        done(&trial, &mariam).hearers().get(2..).unwrap(),
        [
            ("sms.parcel_out_shared", MARIAM, Some(201)),
            ("sms.parcel_out_shared", "+254700000005", Some(201))
        ]
    );
}

#[test]
fn it_is_handed_out_also_where_its_receiver_has_joined_and_not_once_its_time_is_over() {
    let (mut trial, _, mariam) = outlet();
    trial.person(Id::of(NEEMA), TO, "Neema Achieng", 0);
    for state in ["waiting", "joined", "no_room"] {
        wait(&mut trial, vec![ArrangementRow { state: state.into(), ..voucher(20, 2, HOUR) }]);
        let act = done(&trial, &mariam).act.unwrap();
        assert_eq!(moved(&act), [(20, "hand_out", "handed_out")]);
    }
    let moment = Duration::from_secs(1);
    wait(&mut trial, vec![voucher(20, 2, LIFE - moment)]);
    done(&trial, &mariam);
    wait(&mut trial, vec![voucher(20, 2, LIFE)]);
    let late = ask(&trial, &mariam, "30000", SECRET).execute();
    assert_eq!(late.reason(), (Reason::CODE_GONE, None), "before anybody has come round to it");
}
