//! Vouchers whose receivers have joined: whether they fit, and the payment that they become.

use super::super::arrival::{Fate, Waiting, arrival_key};
use super::super::{send_unjoined, voucher::told_key};
use super::*;
use crate::book::{FEES, HoldMove, LEVY, Leg, TAX};
use crate::id::Id;
use crate::limits::Direction;
use crate::wallet::people::send;
use crate::wallet::trial::{account, conforms};

fn waiting() -> (Trial, Waiting) {
    let (mut trial, payer) = amina();
    let payee =
        PersonRow { tier: "sim".into(), ..trial.person(Id::of(109), TO, "Neema Achieng", 0) };
    let voucher = voucher(20, 1, Duration::from_secs(3_600));
    let from = account(101, 100_000);
    let into = account(109, 0);
    (trial, Waiting { voucher, payer, from, payee, into, told: false })
}

#[test]
fn it_arrives_where_it_fits_and_its_receiver_hears_once_where_it_does_not() {
    let (trial, mut waiting) = waiting();
    let limits = trial.limits.get();
    let fate = |waiting: &Waiting| waiting.fate(&trial.config, &limits, NOW);
    // an account of the lowest tier holds 100,000 at most
    waiting.into.balance_minor = 100_000_00 - 30_000;
    assert_eq!(fate(&waiting), Fate::Arrives);
    waiting.into.balance_minor += 1;
    assert_eq!(fate(&waiting), Fate::Tell);
    waiting.told = true;
    assert_eq!(fate(&waiting), Fate::Waits);
    waiting.into.balance_minor -= 1;
    assert_eq!(fate(&waiting), Fate::Arrives);
    waiting.from.state = "frozen".into();
    assert_eq!(fate(&waiting), Fate::Waits, "what a frozen account has sent waits with it");
    waiting.from.state = "open".into();
    waiting.into.state = "frozen".into();
    assert_eq!(fate(&waiting), Fate::Waits);
}

#[test]
fn it_is_a_payment_like_any_other_from_then_on() {
    let (trial, waiting) = waiting();
    let act = waiting.arrival(&trial.config, &trial.limits.get(), NOW);
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
        ("send", &[HoldMove::Settle { hold: 21, amount_minor: 33_600 }][..])
    );
    assert_eq!(
        (closed(&act), act.meters.len(), act.meters[0].account),
        (vec![(20, "used")], 1, Id::of(109))
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
    let (trial, waiting) = waiting();
    let changes = waiting.no_room(&trial.config, NOW);
    assert!(matches!(changes.first(), Some(Change::Claim { .. })), "once");
    conforms(
        &send_unjoined::SERVICE,
        &Plan { act: Some(Act { changes, ..Act::default() }), ..Plan::default() },
    );
    let act = waiting.arrival(&trial.config, &trial.limits.get(), NOW);
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
    let (trial, waiting) = waiting();
    let act = waiting.arrival(&trial.config, &trial.limits.get(), NOW);
    assert_eq!((act.meters[0].way, act.meters[0].amount_minor), (Direction::In, 30_000));
    let plan = Plan { act: Some(act), ..Plan::default() };
    assert_eq!(
        plan.hearers(),
        [("sms.parcel_arrived", AMINA, Some(101)), ("sms.received", TO, Some(109))]
    );
}

#[test]
fn each_of_one_sender_arrives_and_is_told_of_by_itself() {
    let [one, other] = [20, 22].map(|id| voucher(id, 1, Duration::from_secs(3_600)));
    assert_ne!(arrival_key(&one), arrival_key(&other));
    assert_ne!(told_key(&one), told_key(&other));
}
