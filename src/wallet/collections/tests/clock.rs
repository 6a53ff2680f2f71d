//! Its clock: what is done on its day, and how everything goes back.

use super::super::handing_back::PIECE;
use super::super::steering::CALL_OFF;
use super::*;
use crate::reason::Reason;

#[test]
fn missed_everything_goes_back_to_each_once_in_pieces() {
    let gifts: Vec<i64> = (1..=700).map(|minor| minor % 37 + 1).collect();
    let mut world = World::closed("me", &gifts);
    // some gave twice, also within one piece
    world.trial.now = NOW;
    world.gives(201, 7);
    world.gives(900, 5);
    world.gives(900, 6);
    world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap());
    world.wakes();
    assert_eq!(world.state(), "closing");
    world.wakes();
    assert_eq!((world.state(), world.balance()), ("returning", gifts.iter().sum::<i64>() + 18));
    let woken = world.runs();
    assert_eq!(woken, (gifts.len() + 3).div_ceil(PIECE));
    assert_eq!((world.state(), world.balance()), ("returned", 0));
    for (minor, giver) in gifts.iter().zip(201..) {
        let more = match giver {
            201 => 7,
            900 => 11,
            _ => 0,
        };
        assert_eq!(world.got[&Id::of(giver)], minor + more, "{giver}");
    }
    assert_eq!(world.told("sms.gift_back"), gifts.len() + 3, "each hears of each gift");
    assert_eq!(world.told("sms.collection_missed"), 1);
    assert_eq!(world.told("sms.collection_back"), 1);
}

#[test]
fn to_the_last_cent_it_is_reached() {
    for (gift, state) in [(49_999, "returning"), (50_000, "telling"), (50_001, "telling")] {
        let mut world = World::closed("me", &[gift]);
        world.wakes();
        world.wakes();
        assert_eq!(world.state(), state, "{gift}");
    }
    let mut nobody = World::closed("spend", &[]);
    nobody.runs();
    assert_eq!(nobody.state(), "returned");
}

#[test]
fn reached_all_of_it_goes_to_whom_it_is_for_and_givers_hear_by_day() {
    let mut world = World::new(&[("pays", "other"), ("to", BARAKA)]);
    let gifts = 301;
    for giver in 0..gifts {
        world.gives(201 + giver, 200);
    }
    // the worker comes late in the evening
    world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap()).plus(DAY / 2);
    world.wakes();
    world.wakes();
    let (_, legs) = world.entries.last().unwrap().clone();
    assert_eq!(leg_of(&legs, 102).amount_minor, gifts * 200);
    assert_eq!((world.state(), world.told("sms.collection_reached")), ("telling", 1));
    assert_eq!((world.told("sms.collection_paid_out"), world.told("sms.gift_paid_out")), (1, 0));
    let morning = world.trial.config.market.zone.clone();
    let day = world.trial.now.day(&morning).to_string();
    assert_eq!(world.runs(), 2, "in pieces");
    assert_eq!(world.told("sms.gift_paid_out"), usize::try_from(gifts).unwrap());
    assert_eq!(world.trial.now.clock_text(&morning), "08:00");
    assert_ne!(world.trial.now.day(&morning).to_string(), day);
    assert_eq!(world.state(), "spent");
}

#[test]
fn where_it_cannot_be_paid_out_it_waits_for_another_morning_and_its_organiser_hears() {
    let waits = |change: &dyn Fn(&mut World), refused: Option<Refusal>| {
        let mut world = World::closed("me", &[50_000]);
        world.wakes();
        change(&mut world);
        world.wakes_or(refused);
        let due = world.row.due_at.unwrap();
        (
            world.state().to_owned(),
            due - world.trial.now.micros(),
            world.told("sms.collection_waits"),
        )
    };
    let day = i64::try_from(DAY.as_micros()).unwrap();
    let waited = ("closing".to_owned(), day, 1);
    let stop = |state: AccountState| {
        move |world: &mut World| {
            let amina = world.amina.clone();
            world.trial.change(&amina, |member| member.account.state = state);
        }
    };
    assert_eq!(waits(&stop(AccountState::StopCredit), None), waited);
    assert_eq!(waits(&stop(AccountState::StopDebit), None), waited);
    assert_eq!(waits(&|_| (), Some(Reason::LIMIT_DAY.into())), waited);
    let frozen = |world: &mut World| {
        world.state = AccountState::Frozen;
        world.known();
    };
    assert_eq!(waits(&frozen, None), waited);
    // what is missed goes back however its organiser stands
    let mut world = World::closed("me", &[40_000]);
    stop(AccountState::Frozen)(&mut world);
    world.runs();
    assert_eq!(world.state(), "returned");
    let mistake = Refusal::from(Reason::INVALID);
    let world = World::closed("me", &[50_000]);
    let failed = world.trial.wakes_refused(&KIND, &world.row, &mistake);
    assert_eq!(failed.err(), Some(Reason::INVALID.into()), "it is reported");
}

#[test]
fn whose_wallet_takes_nothing_is_set_aside_and_tried_again_on_other_days() {
    let gifts = [10, 20, 30, 40];
    let mut world = World::closed("me", &gifts);
    let frozen = world.trial.person_of(Id::of(202));
    let closed = world.trial.person_of(Id::of(204));
    for giver in [&frozen, &closed] {
        world.trial.change(giver, |member| member.account.state = AccountState::Frozen);
    }
    for _wake in 0..3 {
        world.wakes();
    }
    assert_eq!((world.state(), world.balance()), ("returning", 60), "the others have theirs");
    let mut pauses = Vec::new();
    for _round in 0..3 {
        let before = world.trial.now;
        world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap());
        pauses.push(world.trial.now.since(before).as_secs() / 86_400);
        world.wakes();
    }
    assert_eq!((world.balance(), pauses), (60, vec![1, 2, 4]));
    world.trial.change(&frozen, |member| member.account.state = AccountState::Open);
    world.wakes();
    assert_eq!(world.balance(), 40);
    world.trial.change(&closed, |member| member.account.state = AccountState::StopDebit);
    world.runs();
    assert_eq!((world.state(), world.balance()), ("returned", 0));
    let got: Vec<i64> = world.got.values().copied().collect();
    assert_eq!(got, gifts);
    assert_eq!(world.told("sms.gift_back"), 4);
}

/// Also more than fit into any one piece: who can take theirs has it at once, and all that are set
/// aside are tried in one morning, whoever of them has theirs by then.
#[test]
fn a_thousand_wallets_that_take_nothing_hold_up_nobody() {
    let gifts = [10; 1_400];
    let mut world = World::closed("me", &gifts);
    let stand = |world: &mut World, which: std::ops::Range<i64>, state: AccountState| {
        for nr in which {
            let giver = world.trial.person_of(Id::of(201 + nr));
            world.trial.change(&giver, |member| member.account.state = state);
        }
    };
    // the last that came are the first to go back
    stand(&mut world, 200..1_100, AccountState::Frozen);
    stand(&mut world, 1_100..1_400, AccountState::Closed);
    let begun = world.trial.now;
    for _wake in 0..2 + 5 {
        world.wakes();
    }
    assert_eq!((world.trial.now, world.balance()), (begun, 12_000), "200 have theirs at once");
    assert_eq!(world.collection().terms.back.unwrap().aside.len(), 1_200);
    stand(&mut world, 200..1_100, AccountState::Open);
    let morning = Timestamp::from_micros(world.row.due_at.unwrap());
    for _wake in 0..4 {
        world.wakes();
    }
    assert_eq!((world.trial.now, world.balance()), (morning, 3_000), "900 more in one morning");
    let again = Timestamp::from_micros(world.row.due_at.unwrap());
    assert_eq!(again.since(morning), DAY * 2);
    stand(&mut world, 1_100..1_400, AccountState::StopDebit);
    assert_eq!(world.runs(), 1);
    assert_eq!((world.state(), world.balance()), ("returned", 0));
    assert!(world.got.values().all(|minor| *minor == 10), "each once");
    assert_eq!((world.got.len(), world.told("sms.gift_back")), (1_400, 1_400));
}

/// The book refuses a piece for whatever reason: each look goes on all the same.
#[test]
fn what_the_book_refuses_is_set_aside_one_by_one() {
    let mut world = World::closed("me", &[10, 20, 30]);
    world.wakes();
    world.wakes();
    let refusal = || Some(Refusal::from(Reason::ACCOUNT_CLOSED));
    world.wakes_or(refusal());
    assert_eq!(world.collection().terms.back.unwrap().aside.len(), 1);
    world.wakes();
    assert_eq!(world.balance(), 30, "the others are back");
    world.wakes_or(refusal());
    world.runs();
    assert_eq!(world.got.values().copied().collect::<Vec<i64>>(), [10, 20, 30]);
}

#[test]
fn called_off_it_goes_back_and_what_was_spent_stays_spent() {
    let mut world = World::new(&[("pays", "spend")]);
    world.gives(201, 30_000);
    let act = world.asks(&CALL_OFF).planned().act.unwrap();
    // somebody was faster: what they gave is there
    world.gives(202, 5_000);
    world.commits(act);
    world.runs();
    assert_eq!(world.got.values().copied().collect::<Vec<i64>>(), [30_000, 5_000]);

    let mut world = World::closed("spend", &[10_000, 20_000, 30_000]);
    world.wakes();
    world.wakes();
    let act = world.pays("15000", "tiles").planned().act.unwrap();
    world.commits(act);
    world.wakes();
    let act = world.asks(&CALL_OFF).planned().act.unwrap();
    world.commits(act);
    world.runs();
    assert_eq!((world.state(), world.balance()), ("returned", 0));
    let got: Vec<(i64, i64)> = world.got.iter().map(|(id, minor)| (id.number(), *minor)).collect();
    assert_eq!(got, [(202, 15_000), (203, 30_000)], "the first that came was spent first");
}

#[test]
fn what_nobody_spends_for_a_year_goes_back() {
    let mut world = World::closed("spend", &[60_000]);
    world.wakes();
    world.wakes();
    let begun = world.trial.now;
    world.runs();
    assert_eq!((world.state(), world.told("sms.collection_lapsed")), ("returned", 1));
    assert_eq!(world.trial.now.since(begun).as_secs() / 86_400, 366);
    assert_eq!(world.got[&Id::of(201)], 60_000);
}

/// What comes back says why.
#[test]
fn each_giver_hears_why_it_is_back() {
    let why = |mut world: World| {
        world.runs();
        let back = world.heard.iter().filter(|told| told.0 == "sms.gift_back");
        back.map(|told| told.1.clone()).collect::<Vec<_>>().concat()
    };
    assert!(why(World::closed("me", &[10])).contains("missed"));
    let mut world = World::new(&[("pays", "me")]);
    world.gives(201, 30_000);
    let act = world.asks(&CALL_OFF).planned().act.unwrap();
    world.commits(act);
    assert!(why(world).contains("called_off"));
    assert!(why(World::closed("spend", &[60_000])).contains("lapsed"));
    // one that was on its way back before the reason was written down
    let mut world = World::closed("me", &[10]);
    world.wakes();
    world.wakes();
    let terms = collection::Terms { ended: None, ..world.collection().terms };
    world.row.body = super::super::super::arrangements::kind::written(&terms);
    assert!(why(world).contains("over"));
}
