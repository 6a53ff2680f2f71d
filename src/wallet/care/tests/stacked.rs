//! Orders that lie on one account: what counts, what one leaves behind, and when one ends.

use super::super::super::arrangements::Role;
use super::super::super::arrangements::tests::only;
use super::super::super::context::Context;
use super::super::super::plan::{Act, PlanError};
use super::super::closing::{ACCOUNT_NOT_EMPTY, CLOSE, FREEZE_LIES, WALLET_IN_USE};
use super::super::freeze::{self, FREEZE_GONE, KIND, Way, strictest};
use super::super::freezing::{
    FREEZE, FREEZE_FORM, FREEZE_FULL, FREEZE_UNTIL, FREEZE_WHICH, UNFREEZE,
};
use super::super::sim_change;
use super::*;
use crate::book::HoldMove;
use crate::id::HoldId;
use crate::reason::Reason;
use crate::store::book_rows::AccountState::{Closed, Frozen, Open, StopCredit, StopDebit};
use crate::wallet::SERVICES;
use crate::wallet::deals::platform_list;
use crate::wallet::pots::coming_back;
use crate::wallet::pots::early_opening::tests::pot;
use crate::wallet::trial::account;

#[test]
fn the_tables_are_these() {
    only(
        &KIND,
        &[("in_force", "lift", Role::Staff, "lifted"), ("in_force", "end", Role::Service, "ended")],
    );
    only(&sim_change::KIND, &[("recent", "settle", Role::Service, "settled")]);
}

#[test]
fn the_strictest_counts() {
    for (ways, state) in [
        (&[][..], Open),
        (&[Way::Amount], Open),
        (&[Way::Out], StopDebit),
        (&[Way::In], StopCredit),
        (&[Way::Both], Frozen),
        (&[Way::Out, Way::Out], StopDebit),
        (&[Way::In, Way::Amount, Way::Out], Frozen),
        (&[Way::Both, Way::In], Frozen),
    ] {
        assert_eq!(strictest(ways.iter().copied()), state, "{ways:?}");
    }
}

fn freezes(
    trial: &Trial,
    way: &str,
    more: &[(&str, &str)],
) -> Result<Act, (Reason, Option<&'static str>)> {
    let base = [("phone", PHONE), ("way", way), ("basis", "court"), ("why", "a letter came")];
    let mut ask = trial.ask(&FREEZE, staff("care"));
    for (name, typed) in base.iter().chain(more) {
        ask = ask.with(name, typed);
    }
    let outcome = ask.execute();
    match outcome.error {
        None => Ok(outcome.plan.act.unwrap()),
        Some(_) => Err(outcome.reason()),
    }
}

#[test]
fn an_order_lies_beside_the_others_and_what_counts_is_computed_from_all() {
    let (mut trial, amina) = world();
    for (way, state) in [("out", StopDebit), ("in", StopCredit), ("both", Frozen)] {
        assert_eq!(heeded(&freezes(&trial, way, &[]).unwrap()), Some((state, 1)));
    }
    lie(&mut trial, &amina, &[order(1, Way::Out, None)], StopDebit);
    assert_eq!(heeded(&freezes(&trial, "in", &[]).unwrap()), Some((Frozen, 2)));
    // also where nothing differs: who lifts the other one at this moment computes again
    assert_eq!(heeded(&freezes(&trial, "out", &[]).unwrap()), Some((StopDebit, 2)));
    assert!(freezes(&trial, "both", &[]).unwrap().holds.is_empty());
}

#[test]
fn an_amount_is_held_and_all_else_moves() {
    let (trial, _) = world();
    let act = freezes(&trial, "amount", &[("amount", "20000")]).unwrap();
    assert_eq!(heeded(&act), Some((Open, 1)));
    let hold = HoldMove::Open { account: Id::of(AMINA), amount_minor: 20_000 };
    assert_eq!(act.holds, [hold]);
    assert_eq!(freezes(&trial, "amount", &[]).unwrap_err().0, Reason::FIELD_MISSING);
}

#[test]
fn of_more_than_is_there_all_stays_with_what_lies_in_pots() {
    let (mut trial, amina) = world();
    let more = [("amount", "150000")];
    let held = |act: &Act| match act.holds.last() {
        Some(HoldMove::Open { amount_minor, .. }) => *amount_minor,
        other => panic!("{other:?}"),
    };
    assert_eq!(held(&freezes(&trial, "amount", &more).unwrap()), 100_000);
    let (_, row, _) = pot("guarded", None, 0);
    trial.set(coming_back::wants(Id::of(AMINA)), Found::Arrangements(vec![row]));
    for (lies, stays, taken) in [(30_000, 130_000, 30_000), (70_000, 150_000, 50_000)] {
        trial.set(Want::Account(Id::of(900)), Found::Account(Some(account(900, lies))));
        let act = freezes(&trial, "amount", &more).unwrap();
        let legs: Vec<i64> = act.legs.iter().map(|leg| leg.amount_minor).collect();
        assert_eq!((held(&act), legs, act.kind), (stays, vec![-taken, taken], "pot_back"));
    }
    assert!(freezes(&trial, "out", &[]).unwrap().legs.is_empty(), "nothing moves anyway");
    trial.set(Want::Account(Id::of(900)), Found::Account(Some(account(900, 0))));
    trial.change(&amina, |holder| holder.account.balance_minor = 0);
    let nothing = freezes(&trial, "amount", &more).unwrap_err();
    assert_eq!(nothing, (Reason::NOT_ENOUGH, Some("amount")));
}

#[test]
fn it_counts_to_the_end_of_its_last_day() {
    let (trial, _) = world();
    let due = |act: &Act| match &act.changes[0] {
        Change::Put(put) => put.row.due_at,
        other => panic!("{other:?}"),
    };
    assert_eq!(due(&freezes(&trial, "out", &[]).unwrap()), None);
    // it is the 23rd: midnight in Nairobi
    let act = freezes(&trial, "out", &[("until", "23/11/26")]).unwrap();
    assert_eq!(due(&act), Some(NOW.micros() - (11 * 3_600 + 300) * 1_000_000 + 86_400_000_000));
    let until = |day| freezes(&trial, "out", &[("until", day)]).unwrap_err();
    assert_eq!(until("22/11/26"), (FREEZE_UNTIL, Some("until")));
    assert_eq!(until("24/11/36"), (FREEZE_UNTIL, Some("until")));
    assert_eq!(until("soon"), (Reason::DATE_FORMAT, Some("until")));
}

#[test]
fn what_is_typed_wrong_orders_nothing() {
    let (mut trial, amina) = world();
    assert_eq!(freezes(&trial, "sideways", &[]).unwrap_err(), (FREEZE_FORM, None));
    assert_eq!(freezes(&trial, "out", &[("basis", "moon")]).unwrap_err(), (FREEZE_FORM, None));
    assert_eq!(
        freezes(&trial, "out", &[("why", "x")]).unwrap_err(),
        (Reason::TEXT_FORMAT, Some("why"))
    );
    let long = "x".repeat(61);
    let letter = freezes(&trial, "out", &[("reference", &long)]);
    assert_eq!(letter.unwrap_err(), (Reason::TEXT_FORMAT, Some("reference")));
    let nobody = freezes(&trial, "out", &[("phone", "0700000009")]);
    assert_eq!(nobody.unwrap_err(), (Reason::PAYEE_UNKNOWN, Some("phone")));
    let many: Vec<ArrangementRow> = (1..=16).map(|id| order(id, Way::Out, None)).collect();
    lie(&mut trial, &amina, &many[1..], StopDebit);
    assert!(freezes(&trial, "out", &[]).is_ok());
    lie(&mut trial, &amina, &many, StopDebit);
    assert_eq!(freezes(&trial, "out", &[]).unwrap_err(), (FREEZE_FULL, None));
    lie(&mut trial, &amina, &[], Closed);
    assert_eq!(freezes(&trial, "out", &[]).unwrap_err(), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn what_is_lifted_leaves_the_others() {
    let (mut trial, amina) = world();
    let lifts = |trial: &Trial, order: Option<&str>| {
        let ask = trial.ask(&UNFREEZE, staff("care_lead")).with("phone", PHONE);
        let ask = ask.with("why", "it is over");
        order.into_iter().fold(ask, |ask, order| ask.with("which", order)).execute()
    };
    assert_eq!(lifts(&trial, None).reason(), (FREEZE_GONE, None));
    lie(&mut trial, &amina, &[order(1, Way::Out, None)], StopDebit);
    assert_eq!(heeded(&lifts(&trial, None).planned().act.unwrap()), Some((Open, 2)));
    let held = order(3, Way::Amount, None);
    lie(&mut trial, &amina, &[held, order(2, Way::In, None), order(1, Way::Out, None)], Frozen);
    assert_eq!(lifts(&trial, None).reason(), (FREEZE_WHICH, None));
    assert_eq!(lifts(&trial, Some("4")).reason(), (FREEZE_GONE, None));
    assert_eq!(lifts(&trial, Some("one")).reason(), (FREEZE_GONE, None));
    for (order, state) in [("1", StopCredit), ("2", StopDebit)] {
        let act = lifts(&trial, Some(order)).planned().act.unwrap();
        assert_eq!((heeded(&act), act.holds.len()), (Some((state, 2)), 0), "{order}");
    }
    let plan = lifts(&trial, Some("3")).planned();
    assert_eq!((plan.said("held"), plan.said("orders_left")), ("KES 200".into(), "2".into()));
    let act = plan.act.unwrap();
    assert_eq!(act.holds, [HoldMove::Release { hold: HoldId::from(PostingId::of(1_003)) }]);
    assert_eq!(heeded(&act), Some((Frozen, 2)));
}

/// What is done when its day has come.
fn wakes(trial: &Trial, row: &ArrangementRow) -> Result<Act, PlanError> {
    let wants = freeze::wants(Id::of(AMINA));
    let ask = trial.ask(&SERVICES[0], staff("care"));
    ask.work(&wants, |context: &Context| (KIND.wake)(context, row, None))
}

#[test]
fn its_day_ends_one_and_leaves_the_others() {
    let (mut trial, amina) = world();
    let [one, other] = [order(1, Way::Out, Some(5)), order(2, Way::In, None)];
    let held = order(3, Way::Amount, Some(5));
    lie(&mut trial, &amina, &[held.clone(), other.clone(), one.clone()], Frozen);
    assert_eq!(heeded(&wakes(&trial, &one).unwrap()), Some((StopCredit, 2)));
    let act = wakes(&trial, &held).unwrap();
    assert_eq!((heeded(&act), act.holds.len()), (Some((Frozen, 2)), 1));
    // on what was closed meanwhile nothing counts any more
    lie(&mut trial, &amina, std::slice::from_ref(&one), Closed);
    let act = wakes(&trial, &one).unwrap();
    assert_eq!((heeded(&act), act.changes.len()), (None, 1));
}

#[test]
fn only_an_empty_wallet_without_orders_is_closed() {
    let (mut trial, amina) = world();
    let closes = |trial: &Trial| {
        let ask = trial.ask(&CLOSE, staff("risk")).with("phone", PHONE);
        ask.with("why", "she left").execute()
    };
    assert_eq!(closes(&trial).reason(), (ACCOUNT_NOT_EMPTY, None));
    trial.change(&amina, |holder| holder.account.balance_minor = 0);
    assert_eq!(heeded(&closes(&trial).planned().act.unwrap()), Some((Closed, 1)));
    lie(&mut trial, &amina, &[order(1, Way::In, None)], StopCredit);
    assert_eq!(closes(&trial).reason(), (FREEZE_LIES, None));
    lie(&mut trial, &amina, &[], Open);
    let open_of = |owner: i64, kinds: &[&str]| {
        let row = |kind: &&str| ArrangementRow {
            kind: (*kind).to_owned(),
            owner: Id::of(owner),
            ..order(5, Way::In, None)
        };
        Found::Arrangements(kinds.iter().map(row).collect())
    };
    let open = |kinds: &[&str]| open_of(AMINA, kinds);
    let at = Want::OpenAt(Id::of(AMINA), 1_000);
    let kinds = ["pot", "deal", "collection", "membership", "cash_code", "voucher"];
    for kind in kinds.iter().chain(&["standing_order", "reversal", "redemption"]) {
        trial.set(at.clone(), open(&[kind]));
        assert_eq!(closes(&trial).reason(), (WALLET_IN_USE, None), "{kind}");
    }
    trial.set(at.clone(), open(&["pot", "deal", "pot", "request"]));
    let refusal = closes(&trial).refused();
    let counted = ["open_pots", "open_deals", "open_codes", "open_others"];
    let said = counted.map(|slot| refusal.slots[slot].to_string());
    assert_eq!(said, ["2", "1", "0", "0"]);
    trial.set(at, open(&["request", "group_invitation", "staff_request"]));
    assert!(closes(&trial).planned().act.is_some(), "anybody can ask something of anybody");
    let at = Want::OpenAt(Id::of(AMINA), 1_000);
    trial.set(at, open_of(999, &["pot"]));
    assert!(closes(&trial).planned().act.is_some(), "and name them as a friend of savings");
    let sold_there = Want::Arrangements(platform_list::of(Id::of(AMINA), 1));
    trial.set(sold_there, open_of(999, &["deal"]));
    assert_eq!(closes(&trial).reason(), (WALLET_IN_USE, None), "what is sold there has a share");
    lie(&mut trial, &amina, &[], Closed);
    assert_eq!(closes(&trial).reason(), (Reason::ACCOUNT_CLOSED, None));
}
