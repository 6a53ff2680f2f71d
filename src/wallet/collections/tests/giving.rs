//! Gifts, what anybody may see of them, and what its organiser may do before its day.

use super::super::giving::{BY_TEXT, COLLECTION_OVER, COLLECTION_OWN, GIVE};
use super::super::public_tally::{MINE, OWN, TALLY};
use super::super::spending::{COLLECTION_LAST, COLLECTION_NOT_YET, PAYMENTS_MAX};
use super::super::steering::{CALL_OFF, CLOSE, COLLECTION_SHORT, COLLECTION_UNTOLD};
use super::super::{COLLECTION_GONE, COLLECTION_UNKNOWN};
use super::*;
use crate::limits::Direction;
use crate::reason::Reason;

fn give_some(world: &World, giver: &PersonRow, code: &str, amount: &str) -> Outcome {
    let ask = world.trial.ask(&GIVE, world.trial.caller(giver));
    ask.with("code", code).with("amount", amount).execute()
}

#[test]
fn a_gift_goes_to_its_account_as_long_as_it_takes_any_and_counts_for_the_giver() {
    let world = World::new(&[("pays", "me")]);
    let plan = give_some(&world, &world.baraka, &world.code(), "5000").planned();
    let said = ["name", "organiser", "amount", "fee", "total"].map(|slot| plan.said(slot));
    assert_eq!(said, ["School roof", "Amina W", "KES 50", "KES 0", "KES 50"]);
    let act = plan.act.as_ref().unwrap();
    let legs: Vec<(i64, i64)> =
        act.legs.iter().map(|leg| (leg.account.number(), leg.amount_minor)).collect();
    assert_eq!(legs, [(102, -5_000), (MONEY, 5_000)]);
    let meters: Vec<_> =
        act.meters.iter().map(|meter| (meter.account.number(), meter.way)).collect();
    assert_eq!(meters, [(102, Direction::Out), (MONEY, Direction::In)]);
    let [Change::While { states, .. }, Change::Tell(_)] = &act.changes[..] else {
        panic!("{act:?}")
    };
    assert_eq!(*states, ["gathering", "pooling"], "others give at the same moment");
    assert_eq!(plan.hearers(), [("sms.given", BARAKA, Some(102))]);
}

/// By dialling, by a text, or ahead, which asks the same: whoever tops up last would have what
/// others gave.
#[test]
fn neither_its_organiser_nor_whom_it_is_for_gives_to_it() {
    let by_text = |world: &World, giver: &PersonRow| {
        let ask = world.trial.ask(&BY_TEXT, world.trial.caller(giver));
        ask.with("code", &world.code()).with("amount", "5000").execute()
    };
    for pays in [&[("pays", "me")][..], &[("pays", "spend")]] {
        let world = World::new(pays);
        let own = give_some(&world, &world.amina, &world.code(), "5000");
        assert_eq!(own.reason(), (COLLECTION_OWN, None));
        assert_eq!(by_text(&world, &world.amina).reason(), (COLLECTION_OWN, None));
        give_some(&world, &world.baraka, &world.code(), "5000").planned();
    }
    let mut world = World::new(&[("pays", "other"), ("to", BARAKA)]);
    for own in [&world.amina, &world.baraka] {
        let refused = give_some(&world, own, &world.code(), "5000");
        assert_eq!(refused.reason(), (COLLECTION_OWN, None));
        assert_eq!(by_text(&world, own).reason(), (COLLECTION_OWN, None));
    }
    world.gives(201, 5_000);
    assert_eq!(world.balance(), 5_000);
}

#[test]
fn each_refusal_of_a_gift_is_clear() {
    let mut world = World::new(&[("pays", "me")]);
    let (code, giver) = (world.code(), world.baraka.clone());
    for unknown in ["", "4", "90019", "4826", "School"] {
        let reason = give_some(&world, &giver, unknown, "5000").reason();
        assert_eq!(reason, (COLLECTION_UNKNOWN, Some("code")), "{unknown}");
    }
    let reason = |world: &World, amount| give_some(world, &giver, &code, amount).reason();
    assert_eq!(reason(&world, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(reason(&world, "100001"), (Reason::NOT_ENOUGH, Some("amount")));
    world.trial.change(&giver, |member| member.account.state = AccountState::StopDebit);
    assert_eq!(reason(&world, "5000"), (Reason::ACCOUNT_CLOSED, None));
    world.trial.change(&giver, |member| member.account.state = AccountState::Open);
    // its last day, to the last minute; and the first minute behind it
    let zone = world.trial.config.market.zone.clone();
    let until = world.collection().terms.until;
    world.trial.now = until.next_day().begins(&zone).minus(Duration::from_secs(60));
    give_some(&world, &giver, &code, "5000").planned();
    world.trial.now = until.next_day().begins(&zone);
    assert_eq!(reason(&world, "5000"), (COLLECTION_OVER, None));
    world.trial.now = NOW;
    for state in KIND.states {
        world.row.state = (*state).to_owned();
        world.known();
        let takes = give_some(&world, &giver, &code, "5000").error.is_none();
        assert_eq!(takes, ["gathering", "pooling"].contains(state), "{state}");
    }
}

/// A price is on top: what is counted, and what goes back, is the gift.
#[test]
fn with_a_price_the_gift_is_whole_and_goes_back_whole() {
    let mut world = World::new(&[("pays", "me")]);
    let (trial, _, _) = two();
    let dear =
        trial.tariff("currency = 'KES'\n[give]\nbands = [{ from = 1, to = 1_000, fee = 5 }]");
    world.trial.policy = dear.policy;
    let plan = give_some(&world, &world.baraka, &world.code(), "5000").planned();
    assert_eq!(["fee", "total"].map(|slot| plan.said(slot)), ["KES 5", "KES 55"]);
    let legs = plan.act.unwrap().legs;
    let legs: Vec<(i64, i64)> =
        legs.iter().map(|leg| (leg.account.number(), leg.amount_minor)).collect();
    assert_eq!(legs[..2], [(102, -5_500), (MONEY, 5_000)]);
    world.gives(201, 5_000);
    assert_eq!(world.follows(201, 500), ["counted KES 50", "waits KES 50"]);
    world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap());
    world.runs();
    assert_eq!(world.got[&Id::of(201)], 5_000);
}

#[test]
fn a_text_leaves_an_order_for_the_pin() {
    let world = World::new(&[("pays", "me")]);
    let ask = |code: &str| {
        let ask = world.trial.ask(&BY_TEXT, world.trial.caller(&world.baraka));
        ask.with("code", code).with("amount", "5000").execute()
    };
    let plan = ask(&world.code()).planned();
    assert_eq!(["name", "total"].map(|slot| plan.said(slot)), ["School roof", "KES 50"]);
    assert!(plan.act.unwrap().legs.is_empty(), "a text moves nothing");
    assert_eq!(ask("90019").reason(), (COLLECTION_UNKNOWN, Some("code")));
}

#[test]
fn anybody_sees_how_far_it_is_and_nobody_who_gave() {
    let mut world = World::new(&[("pays", "me")]);
    world.gives(201, 30_000);
    world.gives(201, 1_000);
    let stranger = world.trial.stranger("+254700000009");
    let ask = world.trial.ask(&TALLY, stranger).with("code", &world.code());
    let plan = ask.quote().planned();
    let said = ["title", "name", "gathered", "target", "gifts", "day", "fate_code"];
    let said = said.map(|slot| plan.said(slot));
    assert_eq!(said, ["School roof", "Amina W", "KES 310", "KES 500", "2", "24/12/26", "gathers"]);
    assert!(!format!("{:?}", plan.slots).contains("Njeri"));
    let unknown = world.trial.ask(&TALLY, world.trial.caller(&world.baraka)).with("code", "1");
    assert_eq!(unknown.quote().reason(), (COLLECTION_UNKNOWN, Some("code")));
    let own = world.trial.ask(&MINE, world.trial.caller(&world.amina)).list().planned();
    assert_eq!(own.items.len(), 1);
    assert_eq!(own.items[0].slots["gathered"].to_string(), "KES 310");
    // what was gathered stays so when it is paid out
    world.gives(201, 20_000);
    world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap());
    world.runs();
    assert_eq!(world.collection().gathered_by_hand(&world), (51_000, 3));
}

impl Collection {
    /// What the tally says of what came, by the account alone.
    fn gathered_by_hand(&self, world: &World) -> (i64, i64) {
        let ask = world.trial.ask(&TALLY, world.trial.stranger("+254700000009"));
        let plan = ask.with("code", &world.code()).quote().planned();
        let gathered = plan.slots["gathered"].money().unwrap().minor;
        (gathered, plan.said("gifts").parse().unwrap())
    }
}

#[test]
fn its_organiser_closes_it_once_it_is_reached_and_calls_it_off_whenever_there_is_something() {
    let mut world = World::new(&[("pays", "me")]);
    world.gives(201, 49_999);
    assert_eq!(world.asks(&CLOSE).reason(), (COLLECTION_SHORT, None));
    world.gives(202, 1);
    let closed = world.asks(&CLOSE).planned().act.unwrap();
    assert!(closed.legs.is_empty());
    let row = stored(&closed);
    assert_eq!((row.state.as_str(), row.due_at), ("closing", Some(world.trial.now.micros())));
    let off = stored(&world.asks(&CALL_OFF).planned().act.unwrap());
    assert_eq!((off.state.as_str(), off.due_at), ("returning", Some(world.trial.now.micros())));
    // others do neither, and nobody does when it goes back
    for service in [&CLOSE, &CALL_OFF, &super::super::spending::PAY] {
        let ask = world.trial.ask(service, world.trial.caller(&world.baraka));
        let ask = ask.with("collection", &world.row.id.to_string());
        assert_eq!(ask.execute().reason(), (COLLECTION_GONE, None), "{}", service.name);
    }
    world.row = off;
    world.known();
    for service in [&CLOSE, &CALL_OFF] {
        assert_eq!(world.asks(service).reason(), (COLLECTION_GONE, None), "{}", service.name);
    }
}

#[test]
fn its_organiser_sees_what_is_there_and_what_they_may_do_now() {
    let may = |world: &World| {
        let ask = world.trial.ask(&OWN, world.trial.caller(&world.amina));
        let plan = ask.with("collection", &world.row.id.to_string()).quote().planned();
        let flags: Vec<String> = plan.flags.iter().cloned().collect();
        format!("{} {}", plan.said("saved"), flags.join(" "))
    };
    let mut world = World::new(&[("pays", "spend")]);
    world.gives(201, 49_999);
    assert_eq!(may(&world), "KES 499.99 stoppable");
    world.gives(201, 1);
    assert_eq!(may(&world), "KES 500 closable stoppable");
    world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap());
    world.wakes();
    assert_eq!(may(&world), "KES 500 stoppable");
    world.wakes();
    assert_eq!(may(&world), "KES 500 payable stoppable");
    let act = world.pays("50000", "tiles").planned().act.unwrap();
    world.commits(act);
    assert_eq!(may(&world), "KES 0 ");
    let ask = world.trial.ask(&OWN, world.trial.caller(&world.baraka));
    let others = ask.with("collection", &world.row.id.to_string()).quote().reason();
    assert_eq!(others, (COLLECTION_GONE, None));
}

#[test]
fn it_is_paid_from_only_where_it_is_reached_and_was_to_be() {
    let mut world = World::new(&[("pays", "spend")]);
    world.gives(201, 60_000);
    assert_eq!(world.pays("100", "tiles").reason(), (COLLECTION_NOT_YET, None));
    world.trial.now = Timestamp::from_micros(world.row.due_at.unwrap());
    world.wakes();
    world.wakes();
    assert_eq!(world.state(), "spending");
    let plan = world.pays("20000", "tiles").planned();
    let said = ["title", "saved", "name", "phone", "amount", "words"].map(|slot| plan.said(slot));
    assert_eq!(said, ["School roof", "KES 600", "Baraka O", "0700***002", "KES 200", "tiles"]);
    assert_eq!(
        plan.hearers(),
        [
            ("sms.collection_paid", AMINA, Some(MONEY)),
            ("sms.collection_received", BARAKA, Some(102))
        ]
    );
    let act = plan.act.unwrap();
    assert_eq!(stored(&act).state, "spending");
    assert_eq!(act.meters.len(), 1, "what who is paid may take is asked in the commit");
    assert_eq!(stored(&world.pays("60000", "tiles").planned().act.unwrap()).state, "telling");
    assert_eq!(world.pays("60001", "tiles").reason(), (Reason::NOT_ENOUGH, Some("amount")));
    assert_eq!(world.pays("0", "tiles").reason(), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(world.pays("100", "Kadogo").reason(), (Reason::TEXT_FORMAT, Some("words")));
    world.state = AccountState::Frozen;
    world.known();
    assert_eq!(world.pays("1", "tiles").reason(), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn nobody_is_paid_less_than_what_anybody_sends_but_the_last_of_it() {
    let mut world = World::closed("spend", &[60_000]);
    world.wakes();
    world.wakes();
    let sends = "currency = \"KES\"\n[send]\nminimum = 10\nsplitting_allowed = 100\n\
                 bands = [{ from = 10, to = 1000, fee = 0 }]\n";
    world.trial = world.trial.tariff(sends);
    assert_eq!(world.pays("999", "tiles").reason(), (Reason::AMOUNT_TOO_SMALL, Some("amount")));
    world.pays("1000", "tiles").planned();
    let act = world.pays("59500", "tiles").planned().act.unwrap();
    world.commits(act);
    world.pays("500", "tiles").planned();
}

#[test]
fn the_last_payment_that_there_can_be_is_for_all_that_is_left() {
    let mut world = World::closed("spend", &[60_000]);
    world.wakes();
    world.wakes();
    for _payment in 1..PAYMENTS_MAX {
        let act = world.pays("100", "tiles").planned().act.unwrap();
        world.commits(act);
    }
    assert_eq!(world.pays("100", "tiles").reason(), (COLLECTION_LAST, Some("amount")));
    let left = world.balance().to_string();
    let act = world.pays(&left, "tiles").planned().act.unwrap();
    world.commits(act);
    world.runs();
    assert_eq!((world.state(), world.told("sms.gift_spent")), ("spent", PAYMENTS_MAX));
}

/// A payment late in the evening: its givers hear of it before what is left can go back.
#[test]
fn it_is_called_off_only_once_all_have_heard_what_was_paid() {
    let mut world = World::closed("spend", &[10_000; 301]);
    world.wakes();
    world.wakes();
    world.trial.now = world.trial.now.plus(DAY / 2);
    let act = world.pays("20000", "tiles").planned().act.unwrap();
    world.commits(act);
    assert_eq!(world.asks(&CALL_OFF).reason(), (COLLECTION_UNTOLD, None));
    world.wakes();
    let told = world.told("sms.gift_spent");
    assert!(told < 2, "{told}: in pieces, the last gift first");
    assert_eq!(world.asks(&CALL_OFF).reason(), (COLLECTION_UNTOLD, None));
    world.wakes();
    assert_eq!(world.told("sms.gift_spent"), 2);
    let act = world.asks(&CALL_OFF).planned().act.unwrap();
    world.commits(act);
    world.runs();
    assert_eq!((world.state(), world.told("sms.gift_back")), ("returned", 299));
}
