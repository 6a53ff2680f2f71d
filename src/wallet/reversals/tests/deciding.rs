//! What becomes of a payment that is asked back: its receiver gives it back or objects, staff
//! decide, or its time is over.

use super::super::reversal::{KIND, Reversal, UNDO_GONE};
use super::super::{agree, asked as asked_of_me, dispute, staff, undo};
use super::*;
use crate::book::{HoldMove, Leg};
use crate::id::Id;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;
use crate::wallet::plan::{Act, Plan};
use crate::wallet::service::Service;
use crate::wallet::trial::{Request, conforms};

fn ask<'t>(trial: &'t Trial, service: &'static Service, baraka: &PersonRow) -> Request<'t> {
    trial.ask(service, trial.caller(baraka)).with("undo", &REVERSAL.to_string())
}

fn set(trial: &mut Trial, row: ArrangementRow) {
    trial.set(Want::Arrangement(REVERSAL), Found::Arrangement(Some(row)));
}

fn stored(state: &str) -> Reversal {
    Reversal::of(&asked(state)).unwrap()
}

fn words(name: &str, phone: &str) -> String {
    format!("amount=KES 150 day=30/11/26 dial=*384*1234# name={name} phone={phone}")
}

#[test]
fn what_is_asked_is_listed_with_who_asks() {
    let (mut trial, _, baraka) = two();
    let asked = Found::Arrangements(vec![asked("asked")]);
    trial.set(Want::Arrangements(asked_of_me::of(Id::of(102))), asked);
    let list = trial.ask(&asked_of_me::SERVICE, trial.caller(&baraka)).list().planned();
    assert_eq!((list.items.len(), list.items[0].id.as_str()), (1, "9000"));
    let said = ["amount", "name"].map(|slot| list.items[0].slots[slot].to_string());
    assert_eq!(said, ["KES 150", "Amina W"]);
    let stranger = trial.ask(&asked_of_me::SERVICE, trial.stranger("+254700000009")).list();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn who_was_paid_gives_back_what_is_held() {
    let (mut trial, _, baraka) = two();
    for state in ["asked", "disputed"] {
        set(&mut trial, asked(state));
        let quote = ask(&trial, &agree::SERVICE, &baraka).quote().planned();
        assert_eq!(["total", "name"].map(|slot| quote.said(slot)), ["KES 150", "Amina W"]);
        let plan = ask(&trial, &agree::SERVICE, &baraka).execute().planned();
        assert_eq!(
            plan.messages(),
            [
                ("sms.undo_back".to_owned(), words("Baraka O", "0700***002")),
                ("sms.undo_gave".to_owned(), words("Amina W", "0700***001")),
            ]
        );
        let act = plan.act.unwrap();
        let legs = [
            Leg { account: Id::of(102), amount_minor: -15_000 },
            Leg { account: Id::of(101), amount_minor: 15_000 },
        ];
        assert_eq!(
            (act.kind, act.corrects, act.legs.as_slice()),
            ("reversal", Some(Id::of(PAYMENT)), &legs[..])
        );
        assert_eq!(act.holds, [HoldMove::Settle { hold: Id::of(77), amount_minor: 15_000 }]);
        assert_eq!(moved(&act.changes), [event("agree", "agreed", "")]);
    }
}

#[test]
fn who_was_paid_objects_once() {
    let (mut trial, _, baraka) = two();
    set(&mut trial, asked("asked"));
    let plan = ask(&trial, &dispute::SERVICE, &baraka).execute().planned();
    assert_eq!(
        plan.messages(),
        [
            ("sms.undo_disputed".to_owned(), words("Baraka O", "0700***002")),
            ("sms.undo_objected".to_owned(), words("Amina W", "0700***001")),
        ]
    );
    let act = plan.act.unwrap();
    assert_eq!((act.kind, act.legs.len(), act.holds.len()), ("dispute", 0, 0));
    assert_eq!(moved(&act.changes), [event("dispute", "disputed", "")]);
    set(&mut trial, asked("disputed"));
    let again = ask(&trial, &dispute::SERVICE, &baraka).execute().reason();
    assert_eq!(again, (dispute::UNDO_OBJECTED, None));
}

#[test]
fn only_who_was_paid_answers_and_only_until_it_is_decided() {
    let (mut trial, amina, baraka) = two();
    for service in [&agree::SERVICE, &dispute::SERVICE] {
        let gone = |trial: &Trial| {
            ask(trial, service, &baraka)
                .quote()
                .error
                .is_some_and(|error| error == UNDO_GONE.into())
        };
        set(&mut trial, asked("asked"));
        assert!(!gone(&trial));
        assert_eq!(ask(&trial, service, &amina).quote().reason(), (UNDO_GONE, None));
        for state in ["agreed", "given_back", "released", "ended", "spent"] {
            set(&mut trial, asked(state));
            assert!(gone(&trial), "{state}");
        }
        set(&mut trial, ArrangementRow { due_at: Some(NOW.micros()), ..asked("asked") });
        assert!(gone(&trial));
        set(&mut trial, ArrangementRow { due_at: Some(NOW.micros() + 1), ..asked("asked") });
        assert!(!gone(&trial));
        trial.set(Want::Arrangement(REVERSAL), Found::Arrangement(None));
        assert!(gone(&trial));
        let unreadable = trial.ask(service, trial.caller(&baraka)).with("undo", "x").quote();
        assert_eq!(unreadable.reason(), (UNDO_GONE, None));
        let missing = trial.ask(service, trial.caller(&baraka)).quote();
        assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("undo")));
        let stranger = ask(&trial, service, &amina);
        assert!(stranger.quote().error.is_some());
        let stranger =
            trial.ask(service, trial.stranger("+254700000009")).with("undo", "9000").quote();
        assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
    }
}

#[test]
fn nothing_is_given_back_from_or_to_an_account_that_is_frozen() {
    let (mut trial, amina, baraka) = two();
    set(&mut trial, asked("asked"));
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    let reason = |trial: &Trial| ask(trial, &agree::SERVICE, &baraka).quote().reason();
    assert_eq!(reason(&trial), (Reason::PAYEE_CLOSED, None));
    trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn staff_give_it_back_only_where_its_receiver_objects() {
    let (trial, amina, baraka) = two();
    let row = stored("disputed");
    let act =
        staff::decided(&trial.config, &row, (&amina, &baraka), true, true, "seen the chat", NOW)
            .unwrap();
    assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
    assert_eq!(act.legs[1], Leg { account: Id::of(101), amount_minor: 15_000 });
    assert_eq!((act.kind, act.corrects), ("reversal", Some(Id::of(PAYMENT))));
    assert_eq!(act.holds, [HoldMove::Settle { hold: Id::of(77), amount_minor: 15_000 }]);
    assert_eq!(moved(&act.changes), [event("give_back", "given_back", "seen the chat")]);
    let told = declared(act);
    assert_eq!(
        told,
        [
            ("sms.undo_back".to_owned(), words("Baraka O", "0700***002")),
            ("sms.undo_gave".to_owned(), words("Amina W", "0700***001")),
        ]
    );
}

#[test]
fn staff_or_time_leave_it_where_it_is() {
    let (trial, amina, baraka) = two();
    let row = stored("asked");
    let act = staff::decided(&trial.config, &row, (&amina, &baraka), true, false, "no proof", NOW)
        .unwrap();
    assert_eq!(
        (act.kind, act.holds.as_slice()),
        ("release", &[HoldMove::Release { hold: Id::of(77) }][..])
    );
    assert_eq!((act.legs.len(), act.corrects), (0, None));
    assert_eq!(moved(&act.changes), [event("release", "released", "no proof")]);
    let stays = [
        ("sms.undo_stays".to_owned(), words("Baraka O", "0700***002")),
        ("sms.undo_free".to_owned(), words("Amina W", "0700***001")),
    ];
    assert_eq!(declared(act), stays);
    let over = trial.wakes(&KIND, &asked("asked")).unwrap();
    assert_eq!(
        (over.kind, over.holds.as_slice()),
        ("expire", &[HoldMove::Release { hold: Id::of(77) }][..])
    );
    assert_eq!(moved(&over.changes), [event("end", "ended", "")]);
    assert_eq!(declared(over), stays);
    let early = staff::decided(&trial.config, &row, (&amina, &baraka), true, true, "at once", NOW);
    assert_eq!(early.unwrap_err(), UNDO_GONE.into());
    // who is stopped cannot agree, so that staff need not wait for them to object
    let stopped = staff::decided(&trial.config, &row, (&amina, &baraka), false, true, "fraud", NOW);
    assert_eq!(moved(&stopped.unwrap().changes), [event("give_back", "given_back", "fraud")]);
}

/// What is told, which is what the service declares.
fn declared(act: Act) -> Vec<(String, String)> {
    let plan = Plan { act: Some(act), ..Plan::default() };
    conforms(&undo::SERVICE, &plan);
    plan.messages()
}

#[test]
fn each_side_hears_its_own_word_of_what_is_decided() {
    let (mut trial, amina, baraka) = two();
    set(&mut trial, asked("asked"));
    let agreed = ask(&trial, &agree::SERVICE, &baraka).execute().planned();
    let back = [("sms.undo_back", AMINA, Some(101)), ("sms.undo_gave", BARAKA, Some(102))];
    assert_eq!(agreed.hearers(), back);
    let objected = ask(&trial, &dispute::SERVICE, &baraka).execute().planned();
    assert_eq!(
        ["amount", "name", "phone"].map(|slot| objected.said(slot)),
        ["KES 150", "Amina W", "0700***001"]
    );
    assert_eq!(
        objected.hearers(),
        [("sms.undo_disputed", AMINA, None), ("sms.undo_objected", BARAKA, None)]
    );
    let both = (&amina, &baraka);
    let stays = staff::decided(&trial.config, &stored("asked"), both, true, false, "no proof", NOW)
        .unwrap();
    let plan = Plan { act: Some(stays), ..Plan::default() };
    let free = [("sms.undo_stays", AMINA, None), ("sms.undo_free", BARAKA, None)];
    assert_eq!(plan.hearers(), free);
}

#[test]
fn that_their_own_account_is_frozen_is_said_first() {
    let (mut trial, _, baraka) = two();
    trial.set(Want::Arrangement(REVERSAL), Found::Arrangement(None));
    trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
    let both = ask(&trial, &agree::SERVICE, &baraka).quote();
    assert_eq!(both.reason(), (Reason::ACCOUNT_CLOSED, None));
}

/// Who is stopped can neither agree nor object: what is asked back waits for staff until then.
#[test]
fn the_time_of_what_is_asked_of_who_is_stopped_does_not_run_out() {
    let (mut trial, _, baraka) = two();
    for state in [AccountState::StopDebit, AccountState::Frozen, AccountState::StopCredit] {
        trial.change(&baraka, |member| member.account.state = state);
        let row = stored("asked").row;
        let act = trial.wakes(&KIND, &row).unwrap();
        let Some(Change::Put(put)) = act.changes.first() else { panic!("{act:?}") };
        if state.pays() {
            assert_eq!((put.event, put.row.state.as_str(), act.holds.len()), ("end", "ended", 1));
        } else {
            assert_eq!((put.event, put.row.state.as_str()), ("wait", "asked"));
            let tomorrow = trial.now.plus(std::time::Duration::from_secs(86_400)).micros();
            assert_eq!((put.row.due_at, act.holds.len()), (Some(tomorrow), 0));
        }
    }
}
