//! Orders by text: what they leave, what they refuse, and the list of what waits.

use super::super::super::trial::NOW;
use super::super::by_text::ORDER;
use super::super::pending::ORDERS_FULL;
use super::super::waiting_list::LIST;
use super::*;
use crate::id::Id;
use crate::refusal::Reason;
use crate::store::book_rows::AccountState;
use crate::store::facts::Found;
use crate::store::wants::Want;

/// What waits for Amina: what she wants herself, and what others ask of her.
fn waits(trial: &mut Trial, wanted: Vec<ArrangementRow>, asked: Vec<ArrangementRow>) {
    let listed = Want::Arrangements(orders_kind::wanted_by(Id::of(101)));
    trial.set(listed, Found::Arrangements(wanted.clone()));
    let own = Want::Arrangements(place::open_of(&orders_kind::KIND, Id::of(101)));
    trial.set(own, Found::Arrangements(wanted));
    let others = Want::Arrangements(payment_request::asked_of(Id::of(101)));
    trial.set(others, Found::Arrangements(asked));
}

#[test]
fn an_order_is_priced_by_text_and_waits_thirty_minutes() {
    let (trial, [amina, ..]) = three();
    let trial = trial.tariff(BY_CHANNEL);
    let ask = trial.ask(&ORDER, trial.caller(&amina)).with("to", BARAKA).with("amount", "20000");
    let plan = ask.execute().planned();
    let [row] = opened(&plan)[..] else { panic!("one order") };
    let expected = until(&order(9_000, "send", 101, 102, 20_000), NOW.plus(30 * MINUTE).micros());
    assert_eq!(*row, expected);
    assert_eq!(plan.act.as_ref().unwrap().kind, "order");
    assert!(plan.act.as_ref().unwrap().legs.is_empty(), "a text moves nothing");
    let said = "amount=KES 200 dial=*384*1234# fee=KES 9 name=Baraka O phone=0700***002 time=11:35 \
                total=KES 209";
    assert_eq!(plan.messages(), [("sms.order".to_owned(), said.to_owned())]);
}

#[test]
fn an_order_refuses_what_could_not_be_paid_now() {
    let (mut trial, [amina, baraka, _]) = three();
    let reason = |trial: &Trial, to: &str, amount: &str| {
        let ask = trial.ask(&ORDER, trial.caller(&amina)).with("to", to).with("amount", amount);
        ask.execute().reason()
    };
    assert_eq!(reason(&trial, AMINA, "100"), (Reason::PAYEE_SELF, Some("to")));
    assert_eq!(reason(&trial, "+254700000009", "100"), (Reason::PAYEE_UNKNOWN, Some("to")));
    assert_eq!(reason(&trial, BARAKA, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(reason(&trial, BARAKA, "100000"), (Reason::NOT_ENOUGH, Some("amount")));
    trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, BARAKA, "100"), (Reason::PAYEE_CLOSED, Some("to")));
    let stranger = trial.ask(&ORDER, trial.stranger("+254700000009")).with("to", BARAKA);
    assert_eq!(stranger.execute().reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn eight_orders_of_ones_own_may_wait_and_requests_take_no_room_from_them() {
    let (mut trial, [amina, ..]) = three();
    let mut full = |own: i64| {
        let mut wanted = several(1..own + 1, &order(1, "send", 101, 102, 100));
        // what is over and not ended yet takes no room either
        wanted.push(until(&order(19, "send", 101, 102, 100), NOW.micros()));
        let asked = several(20..28, &request(1, 101, 102, 100));
        waits(&mut trial, wanted, asked);
        let ask = trial.ask(&ORDER, trial.caller(&amina)).with("to", BARAKA).with("amount", "100");
        ask.execute().error
    };
    assert_eq!(full(7), None);
    assert_eq!(full(8), Some(ORDERS_FULL.into()));
}

#[test]
fn what_waits_is_listed_with_who_is_paid() {
    let (mut trial, [amina, _, claire]) = three();
    let outlet = trial.outlet(Id::of(501), "Mama Njeri", 0, &claire);
    trial.set(
        Want::OutletsOf(vec![Id::of(999), Id::of(501), Id::of(102)]),
        Found::Outlets(vec![outlet]),
    );
    let asked = request_for(1, 101, 102, 30_000, "rent");
    let over = until(&order(4, "send", 101, 102, 100), NOW.micros());
    let wanted = vec![over, order(3, "send", 101, 999, 100), order(2, "cash_out", 101, 501, 5_000)];
    waits(&mut trial, wanted, vec![asked]);
    let plan = trial.ask(&LIST, trial.caller(&amina)).list().planned();
    assert_eq!(
        lines(&plan, &["amount", "name", "about"]),
        ["3 KES 1  ", "2 KES 50 Mama Njeri ", "1 KES 300 Baraka O : rent"]
    );
    waits(&mut trial, Vec::new(), Vec::new());
    assert!(trial.ask(&LIST, trial.caller(&amina)).list().planned().items.is_empty());
    let stranger = trial.ask(&LIST, trial.stranger("+254700000009"));
    assert_eq!(stranger.list().reason(), (Reason::NOT_JOINED, None));
}
