//! What may be done with an account. Goal: what was stopped does not move, what is closed stays so,
//! and who said it and why can be read. Method: a bare ledger; people who dial; the trail.

use super::aids::*;
use super::engine::blocking;
use super::ledger::{holds, *};
use super::world::*;
use kadogo::book::{HoldMove, Posting, check};
use kadogo::id::{HoldId, Id};
use kadogo::refusal::Reason;
use kadogo::store::book_rows::AccountState::{self, Closed, Frozen, Open, StopCredit, StopDebit};
use kadogo::store::facts::Facts;
use kadogo::store::wants::Want;
use kadogo::store::{Conn, audit, loading, rules, trail_rows};
use std::time::Duration;

/// Says it for so many times.
fn said(name: &str, account: i64, state: AccountState, version: i64) -> Posting {
    changes(name, vec![restriction(account, state, version)])
}

#[tokio::test]
async fn a_stop_holds_in_its_own_direction_only() {
    let ledger = Ledger::new().await;
    let set_aside =
        |name: &str| holds(name, &[HoldMove::Open { account: Id::of(ANN), amount_minor: 10 }]);
    let hold = HoldId::from(ledger.recorded(set_aside("before")).await);
    for (version, state, pays, receives) in [
        (1, StopDebit, false, true),
        (2, StopCredit, true, false),
        (3, Frozen, false, false),
        (4, Open, true, true),
    ] {
        ledger.ok(said(&format!("say {version}"), ANN, state, version)).await;
        let told = |may| if may { None } else { Some(Reason::ACCOUNT_CLOSED) };
        let tries = [
            (pay(&format!("out {version}"), ANN, BEN, 1), pays),
            // it moves nothing
            (set_aside(&format!("aside {version}")), true),
            (pay(&format!("in {version}"), BEN, ANN, 1), receives),
        ];
        for (posting, may) in tries {
            let answer = ledger.post(posting).await;
            assert_eq!(answer.err().map(|refusal| refusal.reason), told(may), "{state:?}");
        }
    }
    // what was set aside before ends whatever was said
    ledger.ok(said("again", ANN, Frozen, 5)).await;
    ledger.ok(holds("let go", &[HoldMove::Release { hold }])).await;
    ledger.check();
}

#[tokio::test]
async fn only_an_empty_account_is_closed_and_for_good() {
    let ledger = Ledger::new().await;
    ledger.refuses(said("too early", ANN, Closed, 1), Reason::INVALID).await;
    let all = holds("aside", &[HoldMove::Open { account: Id::of(ANN), amount_minor: 10_000 }]);
    let hold = HoldId::from(ledger.recorded(all).await);
    // all of it goes out and it is closed, in one posting; not where a part stays behind
    let leave = |name: &str, amount_minor: i64, holds: Vec<HoldMove>| Posting {
        holds,
        changes: vec![restriction(ANN, Closed, 1)],
        ..pay(name, ANN, CAL, amount_minor)
    };
    let settle = |amount_minor| vec![HoldMove::Settle { hold, amount_minor }];
    ledger.refuses(leave("a part", 9_999, settle(9_999)), Reason::INVALID).await;
    ledger.ok(leave("everything", 10_000, settle(10_000))).await;
    ledger.refuses(pay("back", CAL, ANN, 1), Reason::ACCOUNT_CLOSED).await;
    ledger.refuses(said("open again", ANN, Open, 2), Reason::ACCOUNT_CLOSED).await;
    ledger.refuses(said("nobody's", 4_711, Frozen, 1), Reason::INVALID).await;
    ledger.refuses(said("not as read", BEN, Frozen, 2), Reason::STALE).await;
    assert_eq!((ledger.stands(ANN), ledger.account(ANN).state), ((0, 0), Closed));
    ledger.check();
}

/// In one batch each counts from the next posting on.
#[tokio::test]
async fn postings_of_one_batch_heed_what_was_said_in_it() {
    let ledger = Ledger::new().await;
    let answers = ledger
        .together(vec![
            pay("before", ANN, BEN, 1),
            said("freeze", ANN, Frozen, 1),
            pay("after", ANN, BEN, 1),
            said("open", ANN, Open, 2),
            pay("later", ANN, BEN, 1),
        ])
        .await;
    let refused: Vec<bool> = answers.iter().map(Result::is_err).collect();
    assert_eq!(refused, [false, false, true, false, false], "{answers:#?}");
    assert_eq!((ledger.stands(ANN), ledger.account(ANN).state), ((9_998, 0), Open));
    ledger.check();
}

/// Who is stopped hears it before the PIN; what comes in still comes in. Who said it, and why, is
/// in the trail for good.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_was_stopped_still_receives_and_the_trail_says_why() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    restrict(&world, AMINA, StopDebit).await;
    amina.dial().await;
    let screen = amina.go(&[Pick("send"), Type("0700000002")]).await;
    assert!(screen.contains("not active"), "{screen}");
    baraka.dial().await;
    let screen =
        baraka.go(&[Pick("send"), Type("0700000001"), Type("100"), Yes, Type("4826")]).await;
    assert!(screen.contains("Imethibitishwa"), "{screen}");
    restrict(&world, AMINA, StopCredit).await;
    baraka.dial().await;
    let screen = baraka.go(&[Pick("send"), Type("0700000001")]).await;
    assert!(screen.contains("haitumiki"), "{screen}");
    let amina_account = person(&world, AMINA).await.account_id;
    let events = world
        .app
        .wallet
        .store
        .read(|conn: &mut Conn| trail_rows::between(conn, 1, i64::MAX))
        .await
        .unwrap();
    let theirs = events.iter().filter(|event| event.kind == "restriction");
    let told: Vec<(i64, &str, &str, &str)> = theirs
        .map(|e| (e.record_id, e.event.as_str(), e.actor.as_str(), e.note.as_str()))
        .collect();
    let line = |event| (amina_account.number(), event, "staff operator", "the police asked");
    assert_eq!(told, [line("stop_debit"), line("stop_credit")]);
    world.check();
}

/// How long somebody was stopped is known afterwards, whatever stopped them and however often;
/// a decision reads it with what else it wants.
#[tokio::test(flavor = "multi_thread")]
async fn how_long_an_account_was_stopped_is_counted() {
    let world = World::new().await;
    let [amina, baraka] = [person(&world, AMINA).await, person(&world, BARAKA).await]
        .map(|somebody| somebody.account_id);
    let stopped = async || {
        let wants = [Want::Stopped(amina), Want::Account(amina), Want::Stopped(baraka)];
        let load = move |conn: &mut Conn| {
            let mut facts = Facts::default();
            loading::load(conn, &wants, &mut facts).map(|()| facts)
        };
        let facts = world.app.wallet.store.read(load).await.unwrap();
        assert!(facts.stopped(baraka).unwrap().is_none(), "nothing was ever said");
        let (said, now) = (facts.stopped(amina).unwrap(), world.clock.now());
        said.map(|row| (row.state, row.stopped_by(now) / 1_000_000))
    };
    let hours = |number: u64| world.clock.advance(Duration::from_secs(number * 3_600));
    assert_eq!(stopped().await, None);
    restrict(&world, AMINA, StopDebit).await;
    hours(2);
    assert_eq!(stopped().await, Some((StopDebit, 7_200)));
    restrict(&world, AMINA, Frozen).await;
    hours(1);
    restrict(&world, AMINA, Open).await;
    hours(5);
    assert_eq!(stopped().await, Some((Open, 3 * 3_600)));
    restrict(&world, AMINA, StopCredit).await;
    hours(1);
    assert_eq!(stopped().await, Some((StopCredit, 4 * 3_600)));
    world.check();
    // and nobody makes it longer or shorter afterwards
    let longer = "UPDATE restrictions SET stopped_us = stopped_us + 1".to_owned();
    sql(&world, longer).await;
    let store = &world.app.wallet.store;
    let report = blocking(|| check::check(&mut store.reader().unwrap(), |_, _| ()).unwrap());
    let fault = format!("restriction {amina} is not what its last event left");
    assert_eq!(report.faults, [fault]);
    sql(&world, "UPDATE restrictions SET stopped_us = stopped_us - 1".to_owned()).await;
}

/// A changed price stands in the same order as money; the same one again does not.
#[tokio::test(flavor = "multi_thread")]
async fn which_tariff_counts_is_recorded_once_for_each_change() {
    let world = World::new().await;
    let newest = async || world.app.wallet.store.read(audit::newest_posting).await.unwrap();
    world.app.keep_rules().await.unwrap();
    let before = newest().await;
    world.app.keep_rules().await.unwrap();
    assert_eq!(newest().await, before, "nothing changed");
    let other = kadogo::wallet::Rule { name: "tariff", digest: vec![7; 32] };
    // two nodes say it at the same moment
    let (one, two) = tokio::join!(
        world.app.wallet.keep_rules(std::slice::from_ref(&other)),
        world.app.wallet.keep_rules(std::slice::from_ref(&other)),
    );
    one.unwrap();
    two.unwrap();
    assert_eq!(newest().await, before.next());
    let kept = world.app.wallet.store.read(|conn: &mut Conn| rules::named(conn, "tariff")).await;
    let kept = kept.unwrap();
    assert_eq!((kept.version, kept.digest), (2, vec![7; 32]));
    world.check();
}

/// Two of the staff at the same moment, while the clock stands still: both orders lie there, and
/// what counts is computed from both.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_say_different_things_at_one_moment_neither_is_lost() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let otis = world.hires("otis", "risk").await;
    let order = |way| [("phone", AMINA), ("way", way), ("basis", "risk"), ("why", "fraud")];
    let freeze = kadogo::wallet::care::freezing::FREEZE.name;
    let (out, into) = (order("out"), order("in"));
    let (one, other) = tokio::join!(
        world.staff_does(&asha, freeze, &out),
        world.staff_does(&otis, freeze, &into),
    );
    one.unwrap();
    other.unwrap();
    let see = kadogo::wallet::care::account_view::SEE.name;
    let look = [("phone", AMINA), ("why", "both said something")];
    let (slots, lines) = world.staff_looks(&asha, see, &look).await.unwrap();
    let orders = lines.iter().filter(|line| line.slots.contains_key("order")).count();
    assert_eq!((slots["account_is"].to_string(), orders), ("frozen".to_owned(), 2));
    world.check();
}

/// Two nodes with other tariffs, as in the middle of an upgrade, say so once each.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_with_other_tariffs_do_not_contradict_one_another_for_ever() {
    let world = World::new().await;
    let events = async || {
        let read = |conn: &mut Conn| trail_rows::between(conn, 1, i64::MAX);
        let events = world.app.wallet.store.read(read).await.unwrap();
        events.iter().filter(|event| event.kind == "rule").count()
    };
    let says = |differ: u8| {
        let metrics = world.app.wallet.metrics.render();
        let line = format!("kadogo_rules_differ {differ}");
        assert!(metrics.lines().any(|said| said == line), "{metrics}");
    };
    world.app.keep_rules().await.unwrap();
    says(0);
    let before = events().await;
    let other = kadogo::wallet::Rule { name: "tariff", digest: vec![7; 32] };
    world.app.wallet.keep_rules(&[other]).await.unwrap();
    for _look in 0..3 {
        world.app.keep_rules().await.unwrap();
    }
    assert_eq!(events().await, before + 1);
    says(1);
}
