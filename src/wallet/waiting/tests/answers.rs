//! The payer's yes and no.

use super::super::super::context::{Channel, Context};
use super::super::super::party::Party;
use super::super::super::plan::{Act, PlanError};
use super::super::super::service::{Service, Settle};
use super::super::super::trial::{NOW, posting};
use super::super::approval::{APPROVE, DECLINE};
use super::super::order::ORDER_GONE;
use super::*;
use crate::book::Leg;
use crate::id::Id;
use crate::money::Money;
use crate::refusal::Reason;
use crate::store::book_rows::AccountState;
use crate::store::facts::Found;
use crate::store::wants::Want;

fn reason(
    trial: &Trial,
    service: &'static Service,
    by: &PersonRow,
) -> (Reason, Option<&'static str>) {
    trial.ask(service, trial.caller(by)).with("order", "1").execute().reason()
}

#[test]
fn a_yes_pays_at_the_price_of_where_it_was_asked_for() {
    let (mut trial, [amina, ..]) = three();
    trial = trial.tariff(BY_CHANNEL);
    let wanted = order(1, "send", 101, 102, 20_000);
    let asked = request(1, 101, 102, 20_000);
    for (kind, row, fee, total) in
        [("send", wanted, "KES 9", "KES 209"), ("request", asked, "KES 7", "KES 207")]
    {
        there_is(&mut trial, Some(row));
        let ask = || trial.ask(&APPROVE, trial.caller(&amina)).with("order", "1");
        let quote = ask().quote().planned();
        assert_eq!(
            ["name", "phone", "amount", "fee", "total"].map(|slot| quote.said(slot)),
            ["Baraka O", "0700***002", "KES 200", fee, total]
        );
        assert!(!quote.flags.contains("cash"));
        let plan = ask().execute().planned();
        assert_eq!(plan.slots, quote.slots);
        assert_eq!(closed(&plan), [(1, "approved")]);
        let templates: Vec<String> =
            plan.messages().into_iter().map(|(template, _)| template).collect();
        assert_eq!(templates, ["sms.sent", "sms.received"]);
        let act = plan.act.unwrap();
        assert_eq!(act.kind, kind);
        assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
        assert_eq!(act.legs[1], Leg { account: Id::of(102), amount_minor: 20_000 });
    }
}

#[test]
fn the_same_payment_of_a_moment_ago_is_asked_about_before_the_yes() {
    let (mut trial, [amina, ..]) = three();
    there_is(&mut trial, Some(order(1, "send", 101, 102, 20_000)));
    trial.change(&amina, |member| member.account.last_posting = Some(Id::of(50)));
    let history =
        Want::History { account: Id::of(101), since: NOW.minus(10 * MINUTE).micros(), limit: 10 };
    let paid = posting(50, "send", 3, &[(101, -20_700), (102, 20_000), (2, 700)]);
    trial.set(history, Found::History(vec![paid]));
    let plan = trial.ask(&APPROVE, trial.caller(&amina)).with("order", "1").quote().planned();
    assert!(plan.flags.contains("again"));
    assert_eq!(plan.said("ago"), "3");
}

/// A service that nobody knows, and whose orders are paid by saying so.
const UNKNOWN: Service = Service {
    name: "unknown",
    settles: Some(Settle { channel: Channel::Agent, wants: |_, _| Vec::new(), pay: say }),
    ..Service::PLAIN
};

fn say(context: &Context, plan: &mut Plan, payee: &Party, amount: Money) -> Result<Act, PlanError> {
    assert_eq!(context.channel, Channel::Agent);
    plan.show_all(payee.sign(context.config));
    plan.show("amount", amount);
    Ok(Act { kind: UNKNOWN.name, ..Act::default() })
}

#[test]
fn whichever_service_an_order_names_pays_it_and_an_outlet_hands_out_cash() {
    let (mut trial, [amina, _, claire]) = three();
    trial.outlet(Id::of(501), "Mama Njeri", 0, &claire);
    there_is(&mut trial, Some(order(1, "unknown", 101, 501, 20_000)));
    let ask = || trial.ask(&APPROVE, trial.caller(&amina)).with("order", "1");
    let plan = ask().among(&[UNKNOWN]).execute().planned();
    assert!(plan.flags.contains("cash"));
    assert_eq!(
        (plan.said("name"), plan.said("amount")),
        ("Mama Njeri".to_owned(), "KES 200".to_owned())
    );
    assert_eq!(closed(&plan), [(1, "approved")]);
    assert_eq!(ask().execute().error, Some(PlanError::Damaged("an order that no service pays")));
}

#[test]
fn what_does_not_wait_or_is_not_ones_own_is_gone() {
    let (mut trial, [amina, baraka, _]) = three();
    let gone = (ORDER_GONE, None);
    let kinds = [order(1, "send", 101, 102, 20_000), request(1, 101, 102, 20_000)];
    for (service, waits) in
        [&APPROVE, &DECLINE].into_iter().flat_map(|one| kinds.iter().map(move |kind| (one, kind)))
    {
        there_is(&mut trial, None);
        assert_eq!(reason(&trial, service, &amina), gone);
        for state in ["approved", "declined", "expired", "cancelled"] {
            if waits.kind == "order" && state == "cancelled" {
                continue;
            }
            there_is(&mut trial, Some(ended(waits, state)));
            assert_eq!(reason(&trial, service, &amina), gone, "{state}");
        }
        there_is(&mut trial, Some(until(waits, NOW.micros())));
        assert_eq!(reason(&trial, service, &amina), gone, "its last moment is over");
        there_is(&mut trial, Some(ArrangementRow { kind: "reversal".into(), ..waits.clone() }));
        assert_eq!(reason(&trial, service, &amina), gone, "it waits for another answer");
        there_is(&mut trial, Some(until(waits, NOW.micros() + 1)));
        assert!(
            trial.ask(service, trial.caller(&amina)).with("order", "1").execute().error.is_none()
        );
        assert_eq!(reason(&trial, service, &baraka), gone, "somebody else's");
        let wrong = trial.ask(service, trial.caller(&amina)).with("order", "x");
        assert_eq!(wrong.execute().reason(), gone);
        let none = trial.ask(service, trial.caller(&amina));
        assert_eq!(none.execute().reason(), (Reason::FIELD_MISSING, Some("order")));
        let stranger = trial.ask(service, trial.stranger("+254700000009")).with("order", "1");
        assert_eq!(stranger.execute().reason(), (Reason::NOT_JOINED, None));
    }
}

#[test]
fn a_yes_is_refused_like_any_payment() {
    let (mut trial, [amina, baraka, _]) = three();
    there_is(&mut trial, Some(order(1, "send", 101, 102, 100_000)));
    assert_eq!(reason(&trial, &APPROVE, &amina), (Reason::NOT_ENOUGH, Some("amount")));
    trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, &APPROVE, &amina), (Reason::PAYEE_CLOSED, Some("to")));
    trial.change(&amina, |member| member.account.state = AccountState::Frozen);
    assert_eq!(reason(&trial, &APPROVE, &amina), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn a_no_is_told_to_who_asked_and_to_nobody_else() {
    let (mut trial, [amina, _, claire]) = three();
    let outlet = trial.outlet(Id::of(501), "Mama Njeri", 0, &claire);
    let mut no = |row: ArrangementRow| {
        there_is(&mut trial, Some(row));
        trial.ask(&DECLINE, trial.caller(&amina)).with("order", "1").execute().planned()
    };
    let plan = no(request_for(1, 101, 102, 30_000, "rent"));
    assert_eq!(closed(&plan), [(1, "declined")]);
    assert_eq!(
        (plan.said("name"), plan.said("amount")),
        ("Baraka O".to_owned(), "KES 300".to_owned())
    );
    let said = "about=: rent amount=KES 300 name=Amina W phone=0700***001";
    assert_eq!(plan.messages(), [("sms.request_declined".to_owned(), said.to_owned())]);
    assert!(no(order(1, "send", 101, 102, 30_000)).messages().is_empty());
    let cash = no(order(1, "cash_out", 101, outlet.float_account.number(), 30_000));
    assert_eq!((cash.said("name"), cash.messages().len()), ("Mama Njeri".to_owned(), 0));
}
