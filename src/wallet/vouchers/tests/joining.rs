//! Who joins, or takes over a wallet that an agent opened, wakes what waits for their number.

use super::super::joining::changes;
use super::super::turns;
use super::*;
use crate::wallet::people::{claim, join, pin_change};
use crate::wallet::service::Service;
use crate::wallet::trial::Request;

const HOUR: Duration = Duration::from_secs(3_600);

/// Somebody without a wallet joins with `TO`.
fn joins(trial: &Trial) -> Plan {
    let with_pin = |request: Request| request.secret("5208").check().planned().said("new_pin");
    let token = with_pin(trial.ask(&pin_change::CHOOSE, trial.stranger(TO)));
    let ask = trial.ask(&join::SERVICE, trial.stranger(TO)).with("new_pin", &token).secret("5208");
    ask.with("language", "en").with("name", "Neema Achieng").execute().planned()
}

/// An agent has opened a wallet for `TO`, and its owner takes it over.
fn claims(trial: &mut Trial) -> Plan {
    let neema = trial.person(Id::of(NEEMA), TO, "Neema Achieng", 0);
    let with_pin = |request: Request| request.secret("5208").check().planned().said("new_pin");
    let token = with_pin(trial.ask(&pin_change::CHOOSE, trial.caller(&neema)));
    let ask = trial.ask(&claim::SERVICE, trial.caller(&neema)).with("new_pin", &token);
    ask.with("language", "en").secret("5208").execute().planned()
}

fn claimed(act: &Act) -> usize {
    act.changes.iter().filter(|change| matches!(change, Change::Claim { .. })).count()
}

#[test]
fn what_waits_for_who_joins_is_theirs_from_then_on_and_is_looked_at_at_once() {
    let (mut trial, _) = amina();
    wait(&mut trial, vec![voucher(20, 1, HOUR), voucher(22, 2, LIFE), voucher(24, 3, HOUR)]);
    for (plan, receiver) in [(joins(&trial), 9_000), (claims(&mut trial), NEEMA)] {
        let act = plan.act.unwrap();
        // whose time is over goes back
        assert_eq!(moved(&act), [(20, "join", "joined"), (24, "join", "joined")]);
        for change in &act.changes {
            if let Change::Put(put) = change {
                assert_eq!((put.row.version, put.row.open), (2, true));
                assert_eq!(
                    (put.row.other, put.row.due_at),
                    (Some(Id::of(receiver)), Some(NOW.micros()))
                );
            }
        }
        assert!(act.is_recorded());
    }
}

#[test]
fn where_nothing_waits_nothing_is_moved() {
    let (mut trial, _) = amina();
    let joined = joins(&trial).act.unwrap();
    assert!(moved(&joined).is_empty());
    let claimed = claims(&mut trial).act.unwrap();
    assert!(moved(&claimed).is_empty());
}

#[test]
fn who_joins_takes_the_turn_of_who_sends_at_that_moment() {
    let (mut trial, amina) = amina();
    trial.set(turns::wants_for(&number()), Found::Count(5));
    let turn = trial
        .ask(&join::SERVICE, trial.caller(&amina))
        .work(&[turns::wants_for(&number())], |context| {
            turns::turn_for(context, &number()).unwrap()
        });
    let Change::Claim { key } = turn else { panic!("{turn:?}") };
    let taken = |act: &Act| {
        act.changes.iter().any(|change| matches!(change, Change::Claim { key: k } if *k == key))
    };
    let sent = trial.ask(&super::super::send_unjoined::SERVICE, trial.caller(&amina));
    let sent = sent.with("to", TO).with("amount", "30000").execute().planned().act.unwrap();
    let joined = joins(&trial).act.unwrap();
    let claims = claims(&mut trial).act.unwrap();
    assert!(taken(&sent) && taken(&joined) && taken(&claims));
    assert_eq!((claimed(&joined), claimed(&claims)), (1, 1));
}

#[test]
fn before_anything_is_done_nothing_is_looked_at() {
    let (mut trial, amina) = amina();
    wait(&mut trial, vec![voucher(20, 1, HOUR)]);
    let asked: &'static Service = &claim::SERVICE;
    let quote = trial.ask(asked, trial.caller(&amina)).with("language", "en").quote();
    assert!(quote.planned().act.is_none());
    let nothing = trial.ask(asked, trial.caller(&amina)).work(&[], |context| {
        let asked = crate::wallet::context::Context { key: None, ..*context };
        (changes(&asked, Id::of(101)).unwrap().len(), super::super::joining::wants(&asked).len())
    });
    assert_eq!(nothing, (0, 0));
}
