//! What agents earn: paid to their float once, and taken back where a deposit was split to earn
//! more, from whoever was paid too much, now or out of what they earn next.

use super::aids::{pays as sends, *};
use super::market::{MARIAM, NJERI, OTIENO, ZUHURA, float};
use super::outlets::{account, query, serve};
use super::world::*;
use kadogo::agent_number::AgentNumber;
use kadogo::book::{COMMISSIONS, TAX};
use kadogo::request::Slots;
use kadogo::wallet::agents::commission_paying::PAY_OUTLET;
use kadogo::wallet::agents::recheck::RECHECK;
use kadogo::wallet::agents::taking_back::{NOTHING_TO_TAKE, TAKE_BACK};
use kadogo::wallet::office::sign_in::OnDuty;
use std::time::Duration;

/// The day on which they served.
const DAY: (&str, &str) = ("day", "23/11/26");
const WHY: (&str, &str) = ("why", "the month is over");

/// Two of the staff who may.
async fn finance(world: &World) -> [OnDuty; 2] {
    [world.hires("zawadi", "finance").await, world.hires("otis", "finance_lead").await]
}

/// One of them pays every outlet that has earned something: how much each got.
async fn pays(world: &World, [zawadi, _]: &[OnDuty; 2]) -> Vec<String> {
    let mut paid = Vec::new();
    for (outlet, _) in world.app.wallet.commission_due().await.unwrap() {
        let agent = AgentNumber::of(outlet.float_account).to_string();
        let inputs = [("agent", &*agent), WHY];
        let slots = world.staff_does(zawadi, PAY_OUTLET.name, &inputs).await.unwrap();
        paid.push(slots["amount"].to_string());
    }
    paid
}

/// What was earned too much that day: a line for each find.
async fn finds(world: &World, [zawadi, _]: &[OnDuty; 2]) -> Vec<Slots> {
    let (_, lines) = world.staff_sees(zawadi, RECHECK.name, &[DAY]).await.unwrap();
    lines.into_iter().map(|line| line.slots).collect()
}

/// One asks for it to be taken back, and the other approves: what was taken, and what stays owed.
async fn takes_back(world: &World, [zawadi, otis]: &[OnDuty; 2]) -> (String, String) {
    let asked = world.staff_requests(zawadi, TAKE_BACK.name, &[DAY, WHY]).await.unwrap();
    let slots = world.staff_approves(otis, asked).await.unwrap();
    (slots["amount"].to_string(), slots["owed"].to_string())
}

/// The next morning.
fn next_day(world: &World) {
    world.clock.advance(Duration::from_secs(24 * 3_600));
}

/// The account on which an outlet's commission gathers, minor units.
async fn commission(world: &World, outlet: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(balance_minor AS TEXT) AS text FROM accounts JOIN outlets ON id = \
         commission_account WHERE name = '{outlet}'"
    );
    query(world, &sql).await[0].parse().unwrap()
}

fn said(find: &Slots, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| find[*name].to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn commission_is_paid_to_the_float_once_whoever_asks() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let otieno = world.phone(OTIENO);
    assert!(
        serve(&njeri, &[Pick("work"), Pick("pay")])
            .await
            .starts_with("No commission to pay out yet.")
    );
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    let before = float(&world, NJERI).await;
    serve(&njeri, &[Pick("work"), Pick("pay"), Yes]).await;
    serve(&otieno, &[Pick("work"), Pick("pay"), Yes]).await;
    all([njeri.press("8417"), otieno.press("2905")]).await;
    assert_eq!(float(&world, NJERI).await, before + 684);
    assert!(
        serve(&otieno, &[Pick("work"), Pick("pay")]).await.starts_with("Bado hakuna kamisheni")
    );
    // by schedule: the super-agent's part, and what is earned later; nothing twice
    let staff = finance(&world).await;
    assert_eq!(pays(&world, &staff).await, ["KES 1.71"]);
    serve(&njeri, &[Pick("in"), Type("0700000001"), Type("1000"), Yes, Type("8417")]).await;
    let shop = super::market::agent(&world, NJERI).await;
    let inputs = [("agent", &*shop), WHY];
    let pay = || world.staff_does(&staff[0], PAY_OUTLET.name, &inputs);
    let (one, other) = tokio::join!(pay(), pay());
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|paid| **paid).count(), 1);
    assert_eq!(pays(&world, &staff).await, ["KES 1.71"]);
    assert_eq!(float(&world, NJERI).await, before + 684 - 100_000 + 684);
    assert!(pays(&world, &staff).await.is_empty());
    njeri.messages().await;
    assert!(
        njeri.transcript().contains("Commission KES 6.84 paid to Mama Njeri Shop"),
        "{}",
        njeri.transcript()
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_splits_a_deposit_over_sister_outlets_to_earn_more() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    assert_eq!(account(&world, COMMISSIONS.number()).await, -1_600);
    let staff = finance(&world).await;
    let early = world.staff_sees(&staff[0], RECHECK.name, &[DAY]).await.unwrap_err();
    assert_eq!(early.code(), "day_not_over");
    next_day(&world);
    let found = finds(&world, &staff).await;
    assert_eq!(found.len(), 1);
    let names = ["name", "earned_by", "too_much", "head_too_much", "taken", "owed"];
    assert_eq!(
        said(&found[0], &names),
        ["Duka la Soko", "cash_in", "KES 5.32", "KES 1.33", "KES 0", "KES 5.32"]
    );
    let taken = takes_back(&world, &staff).await;
    assert_eq!(taken, ("KES 6.65".to_owned(), "KES 0".to_owned()));
    // 9 for a thousand, as one deposit would have earned
    assert_eq!(
        (account(&world, COMMISSIONS.number()).await, account(&world, TAX.number()).await),
        (-900, 45)
    );
    assert_eq!(commission(&world, "Duka la Soko").await, 608 - 532);
    // the same find again takes nothing
    let again = world.staff_asks(&staff[0], TAKE_BACK.name, &[DAY, WHY]).await.unwrap_err();
    assert_eq!(again.reason, NOTHING_TO_TAKE);
    let known = finds(&world, &staff).await;
    assert_eq!(said(&known[0], &["taken", "owed"]), ["KES 5.32", "KES 0"]);
    assert_eq!(account(&world, COMMISSIONS.number()).await, -900);
    world.check();
}

/// No cash moves at all: an outlet pays a little into many wallets of its own, they send it on for
/// nothing, and one takes all of it out.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_pays_into_many_wallets_that_all_end_in_one() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    for number in ["0700000001", "0700000002", "0700000004"] {
        serve(&njeri, &[Pick("in"), Type(number), Type("100"), Yes, Type("8417")]).await;
    }
    for payer in [(AMINA, "7361"), (BARAKA, "4826")] {
        sends(&world, payer, ESTHER, 10_000).await;
    }
    // one of them through another hand, and in two pieces
    sends(&world, (DAUDI, "8053"), CLAIRE, 10_000).await;
    sends(&world, (CLAIRE, "9274"), ESTHER, 4_000).await;
    sends(&world, (CLAIRE, "9274"), ESTHER, 6_000).await;
    // who keeps what is paid in for them has nothing to do with it
    serve(&njeri, &[Pick("in"), Type("0700000003"), Type("100"), Yes, Type("8417")]).await;
    assert_eq!(account(&world, COMMISSIONS.number()).await, -1_600);
    let staff = finance(&world).await;
    next_day(&world);
    let found = finds(&world, &staff).await;
    assert_eq!(found.len(), 1);
    let names = ["name", "earned_by", "too_much", "head_too_much"];
    assert_eq!(said(&found[0], &names), ["Mama Njeri Shop", "cash_in", "KES 3.04", "KES 0.76"]);
    let esther = "SELECT CAST(account_id AS TEXT) AS text FROM people WHERE msisdn = \
                  '+254700000005'";
    assert_eq!(vec![found[0]["customer"].to_string()], query(&world, esther).await);
    assert_eq!(takes_back(&world, &staff).await, ("KES 3.80".to_owned(), "KES 0".to_owned()));
    // 8 for three hundred, as one deposit would have earned, and 4 for the other
    assert_eq!(account(&world, COMMISSIONS.number()).await, -1_200);
    world.check();
}

/// The same a little before midnight, and sent on a little behind it: it is a find of the first day
/// alone.
#[tokio::test(flavor = "multi_thread")]
async fn deposits_that_are_sent_on_the_next_day_are_found_once() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    world.clock.advance(Duration::from_secs(9 * 3_600));
    for number in ["0700000001", "0700000002", "0700000004"] {
        serve(&njeri, &[Pick("in"), Type(number), Type("100"), Yes, Type("8417")]).await;
    }
    world.clock.advance(Duration::from_secs(2 * 3_600));
    for payer in [(AMINA, "7361"), (BARAKA, "4826"), (DAUDI, "8053")] {
        sends(&world, payer, ESTHER, 10_000).await;
    }
    let staff = finance(&world).await;
    let found = finds(&world, &staff).await;
    assert_eq!(found.len(), 1);
    assert_eq!(said(&found[0], &["too_much", "head_too_much"]), ["KES 3.04", "KES 0.76"]);
    assert_eq!(takes_back(&world, &staff).await, ("KES 3.80".to_owned(), "KES 0".to_owned()));
    assert_eq!(account(&world, COMMISSIONS.number()).await, -800);
    next_day(&world);
    let next = [("day", "24/11/26")];
    let (_, none) = world.staff_sees(&staff[0], RECHECK.name, &next).await.unwrap();
    assert!(none.is_empty());
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_out_already_stays_owed_and_is_held_back() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    serve(&mariam, &[Pick("work"), Pick("pay"), Yes, Type("6734")]).await;
    let staff = finance(&world).await;
    next_day(&world);
    let taken = takes_back(&world, &staff).await;
    assert_eq!(taken, ("KES 1.33".to_owned(), "KES 5.32".to_owned()));
    assert_eq!(commission(&world, "Duka la Soko").await, 0);
    // 6.08 more are earned the next day, of which 5.32 are owed
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    serve(&mariam, &[Pick("work"), Pick("pay")]).await;
    assert!(last(&mariam).contains("KES 0.76"), "{}", mariam.transcript());
    mariam.go(&[Yes, Type("6734")]).await;
    let known = finds(&world, &staff).await;
    assert_eq!((known.len(), known[0]["taken"].to_string()), (1, "KES 0".to_owned()));
    let taken = takes_back(&world, &staff).await;
    assert_eq!(taken, ("KES 5.32".to_owned(), "KES 0".to_owned()));
    assert_eq!(commission(&world, "Duka la Soko").await, 0);
    world.check();
}

/// A head office that pays itself out in time keeps nothing: its part stays owed, and is taken from
/// what it earns next.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_office_is_paid_out_before_the_claw_back_and_gives_back_what_it_earns_later() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    let zuhura = world.phone(ZUHURA);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    serve(&zuhura, &[Pick("work"), Pick("pay"), Yes, Type("5263")]).await;
    let staff = finance(&world).await;
    let head = float(&world, ZUHURA).await;
    next_day(&world);
    let taken = takes_back(&world, &staff).await;
    assert_eq!(taken, ("KES 5.32".to_owned(), "KES 1.33".to_owned()));
    let owes =
        "SELECT CAST(sum(head_found_minor - head_taken_minor) AS TEXT) AS text FROM clawbacks";
    assert_eq!(query(&world, owes).await, ["133"]);
    // nothing is there: nobody sinks below zero, and looking again changes nothing
    let wallet = &world.app.wallet;
    assert_eq!(wallet.collect_owed().await.unwrap(), 0);
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    // 1.52 more for the head office, of which 1.33 are owed: she is offered the rest, and the next
    // payout takes what is owed
    assert!(
        serve(&zuhura, &[Pick("work"), Pick("pay")]).await.contains("KES 0.19"),
        "{}",
        zuhura.transcript()
    );
    let (one, other) = tokio::join!(wallet.collect_owed(), wallet.collect_owed());
    assert_eq!([one.unwrap(), other.unwrap()].iter().sum::<i64>(), 133);
    assert!(pays(&world, &staff).await.contains(&"KES 0.19".to_owned()));
    assert_eq!(float(&world, ZUHURA).await, head + 19);
    assert_eq!(query(&world, owes).await, ["0"]);
    let known = finds(&world, &staff).await;
    assert_eq!(said(&known[0], &["taken", "head_taken"]), ["KES 5.32", "KES 1.33"]);
    // 9 for the thousand of the one day, 8 for the five hundred of the other
    assert_eq!(account(&world, COMMISSIONS.number()).await, -1_700);
    world.check();
}

/// What was earned is measured by the tariff that counted when it was earned, whatever counts when
/// it is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn another_tariff_by_then_finds_nothing_and_hides_nothing() {
    let world = World::new().await;
    world.app.keep_rules().await.unwrap();
    let before = world.app.wallet.policy.get();
    let (njeri, mariam) = (world.phone(NJERI), world.phone(MARIAM));
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    serve(&njeri, &[Pick("in"), Type("0700000004"), Type("700"), Yes, Type("8417")]).await;
    let staff = finance(&world).await;
    next_day(&world);
    let first = finds(&world, &staff).await;
    // nobody earns anything any more
    let text = before.tariff.source_text();
    let without = text.split("[commission").next().unwrap();
    let another = kadogo::tariff::Tariff::again(without).unwrap();
    world.app.change_policy(|policy| policy.tariff = another);
    assert_eq!(finds(&world, &staff).await, first);
    assert_eq!(first.len(), 1);
    // of a tariff that was not kept nothing is said
    sql(&world, "DELETE FROM tariff_texts".to_owned()).await;
    let lost = world.staff_sees(&staff[0], RECHECK.name, &[DAY]).await.unwrap_err();
    assert_eq!(lost.code(), "tariff_unknown");
    world.check();
}
