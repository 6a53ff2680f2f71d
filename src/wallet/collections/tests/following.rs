//! A giver follows their gift, and hears of each payment that it is a part of.

use super::super::gift::{FOLLOW, GIFT_UNKNOWN, MINE};
use super::super::proof::Leaf;
use super::*;
use crate::money::Money;
use crate::reason::Reason;
use crate::reference::Reference;
use proptest::prelude::*;

#[test]
fn a_gift_is_counted_then_spent_on_what_it_was_spent_on() {
    let mut world = World::closed("spend", &[10_000, 50_000]);
    assert_eq!(world.follows(202, 501), ["counted KES 500", "waits KES 500"]);
    world.wakes();
    world.wakes();
    for (amount, words) in [("15000", "tiles"), ("25000", "nails")] {
        let act = world.pays(amount, words).planned().act.unwrap();
        world.commits(act);
    }
    assert_eq!(world.follows(201, 500), ["counted KES 100", "spent KES 100 Baraka O tiles"]);
    let parts = ["counted KES 500", "spent KES 50 Baraka O tiles", "spent KES 250 Baraka O nails"];
    let mut all = parts.to_vec();
    all.push("left KES 200");
    assert_eq!(world.follows(202, 501), all);
    // what is called off comes back as far as it was not spent, once that was told
    world.wakes();
    let act = world.asks(&super::super::steering::CALL_OFF).planned().act.unwrap();
    world.commits(act);
    all[3] = "returns KES 200";
    assert_eq!(world.follows(202, 501), all);
    world.runs();
    all[3] = "back KES 200";
    assert_eq!(world.follows(202, 501), all);
    assert_eq!(world.follows(201, 500), ["counted KES 100", "spent KES 100 Baraka O tiles"]);
}

#[test]
fn one_that_was_paid_out_or_went_back_says_so() {
    let mut world = World::closed("me", &[60_000]);
    world.runs();
    assert_eq!(world.follows(201, 500), ["counted KES 600", "paid_out KES 600 Amina W"]);
    let mut world = World::closed("me", &[40_000, 100]);
    let giver = world.trial.person_of(Id::of(201));
    world.trial.change(&giver, |member| member.account.state = AccountState::Frozen);
    for _wake in 0..3 {
        world.wakes();
    }
    assert_eq!(world.follows(201, 500), ["counted KES 400", "returns KES 400"]);
    assert_eq!(world.follows(202, 501), ["counted KES 1", "back KES 1"]);
}

#[test]
fn only_who_gave_it_follows_it_and_the_digest_is_that_of_the_list() {
    let mut world = World::closed("me", &[10_000, 500]);
    world.pages();
    let key = world.trial.config.reference_key;
    let code = Reference::of(Id::of(501), &key).to_string();
    let ask = |person: &PersonRow, code: &str| {
        world.trial.ask(&FOLLOW, world.trial.caller(person)).with("code", code).list()
    };
    let unknown = (GIFT_UNKNOWN, Some("code"));
    assert_eq!(ask(&world.baraka, &code).reason(), unknown);
    let giver = world.trial.person_of(Id::of(202));
    assert_eq!(ask(&giver, "K7M2Q 9XWTB").reason(), unknown);
    for other in ["", "90019"] {
        assert_eq!(ask(&giver, other).reason(), (Reason::RECEIPT_FORMAT, Some("code")), "{other}");
    }
    let plan = ask(&giver, &code).planned();
    let (_, legs) = &world.entries[1];
    let leaf = Leaf::of(&world.collection().terms.salt, &key, Id::of(501), leg_of(legs, MONEY));
    assert_eq!(plan.items[0].slots["digest"].to_string(), leaf.short());
    let stranger = world.trial.ask(&FOLLOW, world.trial.stranger("+254700000009"));
    assert_eq!(stranger.with("code", &code).list().reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn the_list_has_ones_own_gifts_alone() {
    let mut world = World::closed("me", &[10_000]);
    let other = super::super::super::trial::posting(9, "send", 5, &[(201, -1), (102, 1)]);
    let lines = vec![world.entries[0].clone(), other];
    let newest = Want::History { account: Id::of(201), since: i64::MIN, limit: 100 };
    world.trial.set(newest, Found::History(lines));
    let giver = world.trial.person_of(Id::of(201));
    let plan = world.trial.ask(&MINE, world.trial.caller(&giver)).list().planned();
    assert_eq!(plan.items.len(), 1);
    assert_eq!(plan.items[0].slots["amount"].to_string(), "KES 100");
    let code = Reference::of(Id::of(500), &world.trial.config.reference_key).to_string();
    assert_eq!(plan.items[0].id, code);
}

/// The texts of one kind, each as its gift and its amount.
fn parts(world: &World) -> Vec<String> {
    let spent = world.heard.iter().filter(|told| told.0 == "sms.gift_spent");
    spent.map(|told| told.1.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However payments and telling take turns, each part of a gift is told once, and all of them
    /// add up.
    #[test]
    fn each_part_of_a_gift_is_told_once(
        gifts in proptest::collection::vec(1_000_i64..9_000, 60..90),
        cuts in proptest::collection::vec(100_i64..20_000, 1..30),
        turns in proptest::collection::vec(any::<bool>(), 30),
    ) {
        let mut world = World::closed("spend", &gifts);
        world.wakes();
        world.wakes();
        let mut payments = Vec::new();
        for (cut, turn) in cuts.iter().zip(&turns) {
            let amount = (*cut).min(world.balance());
            if amount == 0 {
                break;
            }
            let act = world.pays(&amount.to_string(), "tiles").planned().act.unwrap();
            world.commits(act);
            payments.push(amount);
            if *turn {
                world.wakes();
            }
        }
        while world.row.open && world.collection().terms.told != world.last_posting() {
            world.wakes();
        }
        let told = parts(&world);
        // by hand: where both are cut
        let ends = |amounts: &[i64]| {
            let mut end = 0;
            amounts.iter().map(|amount| { end += amount; end }).collect::<Vec<i64>>()
        };
        let spent: i64 = payments.iter().sum();
        let mut cuts: std::collections::BTreeSet<i64> = ends(&payments).into_iter().collect();
        cuts.extend(ends(&gifts).into_iter().filter(|end| *end < spent));
        prop_assert_eq!(told.len(), cuts.len());
        let currency = world.trial.config.market.currency;
        let minor = |told: &String| {
            let amount = told.split("KES ").nth(1).unwrap().split(' ').next().unwrap();
            Money::parse(amount, currency, &[]).unwrap().minor
        };
        let sum_minor: i64 = told.iter().map(minor).sum();
        prop_assert_eq!(sum_minor, spent);
    }
}
