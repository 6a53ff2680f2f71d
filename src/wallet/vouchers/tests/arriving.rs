//! Vouchers whose receivers have joined: whether they fit, and the payment that they become.

use super::super::arrival::TOLD_AGAIN;
use super::super::send_unjoined;
use super::super::voucher::{KIND, LOOK_EVERY, Terms, Voucher};
use super::*;
use crate::book::{FEES, HoldMove, LEVY, Leg, Put, TAX};
use crate::limits::Direction;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::book_rows::AccountState;
use crate::wallet::people::send;
use crate::wallet::plan::PlanError;
use crate::wallet::trial::conforms;

const HOUR: Duration = Duration::from_secs(3_600);

/// What an account of the lowest tier holds at most, less what Amina has sent.
const ROOM: i64 = 100_000_00 - 30_000;

/// Amina has sent 300 an hour ago, and Neema has joined, with so much.
fn joined(balance_minor: i64) -> (Trial, PersonRow, PersonRow) {
    let (mut trial, payer) = amina();
    let payee = trial.person(Id::of(NEEMA), TO, "Neema Achieng", balance_minor);
    trial.change(&payee, |member| member.person.tier = "sim".into());
    (trial, payer, payee)
}

fn waits(state: &str) -> ArrangementRow {
    let row = voucher(20, 1, HOUR);
    ArrangementRow {
        version: 2,
        state: state.into(),
        other: Some(Id::of(NEEMA)),
        due_at: Some(NOW.micros()),
        ..row
    }
}

fn told_at(at: Timestamp) -> ArrangementRow {
    let row = waits("no_room");
    let terms = Terms { told_at: Some(at.micros()), ..Voucher::of(&row).unwrap().terms };
    ArrangementRow { body: kind::written(&terms), ..row }
}

fn wakes(trial: &Trial, row: &ArrangementRow) -> Act {
    trial.wakes(&KIND, row).unwrap()
}

/// What happened, and which texts are sent.
fn event(act: &Act) -> (&'static str, Vec<&str>) {
    let [(20, event, _)] = moved(act)[..] else { panic!("{act:?}") };
    let told = act.changes.iter().filter_map(|change| match change {
        Change::Tell(message) => Some(message.template.as_str()),
        _ => None,
    });
    (event, told.collect())
}

fn put(act: &Act) -> Put {
    let [Change::Put(put), ..] = act.changes.as_slice() else { panic!("{act:?}") };
    put.clone()
}

#[test]
fn it_arrives_where_it_fits_and_its_receiver_hears_once_where_it_does_not() {
    let (mut trial, payer, payee) = joined(ROOM);
    for state in ["joined", "no_room"] {
        assert_eq!(event(&wakes(&trial, &waits(state))).0, "arrive");
    }
    trial.change(&payee, |member| member.account.balance_minor += 1);
    let first = wakes(&trial, &waits("joined"));
    assert_eq!(event(&first), ("tell", vec!["sms.parcel_waits"]));
    let put = put(&first);
    assert_eq!((put.row.state.as_str(), put.row.open), ("no_room", true));
    assert_eq!(Voucher::of(&put.row).unwrap().terms.told_at, Some(NOW.micros()));
    assert_eq!(event(&wakes(&trial, &told_at(NOW))), ("look", vec![]));
    trial.change(&payee, |member| member.account.balance_minor -= 1);
    assert_eq!(event(&wakes(&trial, &told_at(NOW))).0, "arrive");
    trial.change(&payer, |member| member.account.state = AccountState::Frozen);
    for state in ["joined", "no_room"] {
        let nothing = ("look", vec![]);
        assert_eq!(
            event(&wakes(&trial, &waits(state))),
            nothing,
            "what a frozen account has sent waits with it"
        );
    }
    trial.change(&payer, |member| member.account.state = AccountState::Open);
    trial.change(&payee, |member| member.account.state = AccountState::Frozen);
    assert_eq!(event(&wakes(&trial, &waits("joined"))), ("look", vec![]));
}

#[test]
fn they_hear_it_again_some_days_later() {
    let (trial, _, _) = joined(ROOM + 1);
    let lately = NOW.minus(TOLD_AGAIN).plus(Duration::from_micros(1));
    let look = wakes(&trial, &told_at(lately));
    assert_eq!(event(&look), ("look", vec![]));
    let kept = Voucher::of(&put(&look).row).unwrap().terms.told_at;
    assert_eq!(kept, Some(lately.micros()), "they heard it then");
    let again = wakes(&trial, &told_at(NOW.minus(TOLD_AGAIN)));
    assert_eq!(event(&again), ("tell", vec!["sms.parcel_waits"]));
    assert_eq!(put(&again).row.state, "no_room");
}

#[test]
fn it_is_looked_at_again_and_again_and_at_its_end() {
    let (trial, _, _) = joined(ROOM + 1);
    let next = NOW.plus(LOOK_EVERY).micros();
    for row in [waits("joined"), told_at(NOW)] {
        let put = put(&wakes(&trial, &row));
        assert_eq!((put.row.version, put.row.open, put.row.due_at), (3, true, Some(next)));
    }
    let last = ArrangementRow { state: "joined".into(), ..voucher(20, 1, LIFE - LOOK_EVERY / 2) };
    let end = Voucher::of(&last).unwrap().terms.agreed.expires_at;
    assert_eq!(put(&wakes(&trial, &last)).row.due_at, Some(end));
}

#[test]
fn what_the_book_refuses_is_looked_at_again_later() {
    let (trial, payer, _) = joined(0);
    let wants = [Want::Owner(Id::of(101)), Want::Owner(Id::of(NEEMA)), Want::Number(TO.into())];
    let after = |row: &ArrangementRow| {
        let refused = Refusal::from(Reason::ACCOUNT_CLOSED);
        let request = trial.ask(&send::SERVICE, trial.caller(&payer));
        request.work(&wants, |context| (KIND.wake)(context, row, Some(&refused)))
    };
    assert_eq!(event(&after(&waits("joined")).unwrap()), ("look", vec![]));
    assert_eq!(event(&after(&told_at(NOW)).unwrap()), ("look", vec![]));
    let over = after(&voucher(20, 1, LIFE)).unwrap_err();
    assert_eq!(over, Reason::ACCOUNT_CLOSED.into(), "what is over has no other way to go");
}

#[test]
fn what_waits_for_nobody_is_not_looked_at_before_its_end() {
    let (trial, _) = amina();
    let before = trial.wakes(&KIND, &waits("joined")).unwrap_err();
    assert_eq!(before, PlanError::Damaged("a voucher before its time"));
}

#[test]
fn it_is_a_payment_like_any_other_from_then_on() {
    let (trial, _, _) = joined(0);
    let act = wakes(&trial, &waits("joined"));
    let leg = |account, amount_minor| Leg { account, amount_minor };
    let expected = [
        leg(Id::of(101), -33_600),
        leg(Id::of(109), 30_000),
        leg(FEES, 2_900),
        leg(TAX, 600),
        leg(LEVY, 100),
    ];
    assert_eq!(act.legs, expected);
    assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
    assert_eq!(
        (act.kind, act.holds.as_slice()),
        ("send", &[HoldMove::Settle { hold: Id::of(21), amount_minor: 33_600 }][..])
    );
    assert_eq!(
        (moved(&act), act.meters.len(), act.meters[0].account),
        (vec![(20, "arrive", "arrived")], 1, Id::of(109))
    );
    assert_eq!(
        told(act),
        [
            (
                "sms.parcel_arrived".to_owned(),
                "amount=KES 300 name=Neema A phone=0711***333".to_owned()
            ),
            (
                "sms.received".to_owned(),
                "amount=KES 300 fee=KES 0 name=Amina W phone=0700***001".to_owned()
            ),
        ]
    );
}

#[test]
fn what_is_told_is_what_the_service_declares() {
    let (trial, _, _) = joined(ROOM + 1);
    let act = Some(wakes(&trial, &waits("joined")));
    conforms(&send_unjoined::SERVICE, &Plan { act, ..Plan::default() });
    let (trial, _, _) = joined(0);
    let act = wakes(&trial, &waits("joined"));
    let (ours, theirs): (Vec<_>, Vec<_>) =
        act.changes.into_iter().partition(|change| match change {
            Change::Tell(message) => message.template != send::RECEIVED.template,
            _ => true,
        });
    for (service, changes) in [(&send_unjoined::SERVICE, ours), (&send::SERVICE, theirs)] {
        conforms(
            service,
            &Plan { act: Some(Act { changes, ..Act::default() }), ..Plan::default() },
        );
    }
}

#[test]
fn what_comes_counts_without_the_fee_and_each_side_hears_of_its_own_balance() {
    let (trial, _, _) = joined(0);
    let act = wakes(&trial, &waits("joined"));
    assert_eq!((act.meters[0].way, act.meters[0].amount_minor), (Direction::In, 30_000));
    let plan = Plan { act: Some(act), ..Plan::default() };
    assert_eq!(
        plan.hearers(),
        [("sms.parcel_arrived", AMINA, Some(101)), ("sms.received", TO, Some(109))]
    );
}

#[test]
fn each_of_one_sender_arrives_by_itself_from_the_version_that_was_read() {
    let (trial, _, _) = joined(0);
    for id in [20, 22] {
        let row = ArrangementRow { id: Id::of(id), begun_by: Id::of(id + 1), ..waits("joined") };
        let act = wakes(&trial, &row);
        assert_eq!((moved(&act)[0].0, put(&act).row.version), (id, 3));
        assert_eq!(act.holds, [HoldMove::Settle { hold: Id::of(id + 1), amount_minor: 33_600 }]);
    }
}
