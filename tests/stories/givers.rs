//! Many givers, and what comes at one moment: a collection that is missed by thousands is given
//! back in pieces, each gift once, through a node that stops in between, while others give to
//! another one. For a report, which says how many a second:
//!
//!   KADOGO_GIVERS=20000 cargo test --test stories givers -- --nocapture

use super::aids::*;
use super::collections::{begin, collections, comes, give, settle};
use super::engine::Hand;
use super::many_givers::*;
use super::world::*;
use kadogo::book::Key;
use kadogo::calendar::Day;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::book_rows::AccountState;
use kadogo::wallet::Execution;
use kadogo::wallet::collections::not_back::SetAside;
use kadogo::wallet::collections::turn::KIND;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_thousands_gave_goes_back_in_pieces_while_others_give() {
    let many = givers(300);
    let world = World::new().await;
    let wallet = &world.app.wallet;
    joined(wallet, many).await;
    let organiser = (AMINA, "7361");
    let friday = Day::read("27/11/26").unwrap();
    let missed = begins(wallet, organiser, "School roof", friday).await;
    let (never, begun) = (AtomicBool::new(false), Instant::now());
    assert_eq!(all_give(wallet, many, &missed, ONCE, &never).await, many);
    println!("{many} gave: {} a second", rate(many, begun.elapsed()));
    world.clock.advance(Duration::from_secs(4 * 86_400 + 18 * 3_600));
    let other = begins(wallet, organiser, "Clinic", Day::read("24/12/26").unwrap()).await;
    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let back = async {
        let mut pieces = 0;
        loop {
            let woken = wallet.wake_due(&KIND).await.unwrap();
            assert_eq!(woken.failed, 0);
            if woken.done + woken.others == 0 {
                over.store(true, Ordering::Relaxed);
                return (pieces, begun.elapsed());
            }
            pieces += woken.done;
        }
    };
    let others = all_give(wallet, many, &other, ONCE, &over);
    let ((pieces, took), given) = tokio::join!(back, others);
    println!(
        "{many} gifts back in {pieces} turns: {} a second; meanwhile {given} to another: {} a \
         second",
        rate(many, took),
        rate(given, took)
    );
    assert!(given > 0, "others give meanwhile");
    let mut hand = Hand::of(&wallet.store);
    let have = back_once(many, EACH, given);
    assert_eq!(hand.lines(HAVE), have.iter().map(i64::to_string).collect::<Vec<_>>());
    assert_eq!(hand.lines(HEARD).concat(), format!("{many} {many}"));
    assert_eq!(hand.lines(STAND), ["returned", "gathering"]);
    world.check();
}

fn number_in(text: &str) -> String {
    let mut digits = text.split(|sign: char| !sign.is_ascii_digit());
    digits
        .find(|digits| digits.len() >= 5 && !text.contains(&format!(",{digits}")))
        .unwrap()
        .to_owned()
}

/// The node stops after a piece, and another one goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_after_a_piece_leaves_the_rest_to_whoever_comes_next() {
    let many = 700;
    let world = World::new().await;
    joined(&world.app.wallet, many).await;
    let code = begin(&world.phone(AMINA), &[Pick("me")], "7361").await;
    // each of them a cent: it is missed
    let one = |nr: usize| {
        let (world, code) = (&world, &code);
        async move { gives(&world.app.wallet, (&number_of(nr), PIN), code, 1, nr).await }
    };
    let refused = all((0..many).map(one)).await;
    assert!(refused.iter().all(String::is_empty), "{refused:?}");
    world.clock.advance(Duration::from_secs(4 * 86_400 + 18 * 3_600));
    let sum = "SELECT sum(a.balance_minor) || '' AS text FROM accounts a JOIN people p ON \
               p.account_id = a.id WHERE p.msisdn LIKE '+25471%'";
    let all_minor = i64::try_from(many).unwrap() * 2 * EACH;
    let mut seen = Vec::new();
    let mut world = world;
    for _turn in 0..5 {
        assert_eq!(world.app.wallet.wake_due(&KIND).await.unwrap().failed, 0);
        let left: i64 = Hand::of(&world.app.wallet.store).lines(sum).concat().parse().unwrap();
        seen.push(all_minor - left);
        world = world.restart().await;
    }
    assert_eq!(seen, [700, 700, 400, 100, 0]);
    let told = "SELECT count(DISTINCT address) || '' AS text FROM outbox WHERE template = \
                'sms.gift_back'";
    assert_eq!(Hand::of(&world.app.wallet.store).lines(told), ["700"]);
    world.check();
}

/// One wallet is frozen, another is closed for good: the others have theirs, and whoever can take
/// theirs later has it later.
#[tokio::test(flavor = "multi_thread")]
async fn whose_wallet_takes_nothing_holds_up_nobody() {
    let world = World::new().await;
    world.give(ESTHER, 5_000).await;
    let before = [CLAIRE, BARAKA, DAUDI].map(|who| world.balance(who));
    let before = all(before).await;
    let code = begin(&world.phone(AMINA), &[Pick("me")], "7361").await;
    let pins = [(CLAIRE, "9274"), (BARAKA, "4826"), (DAUDI, "8053"), (ESTHER, "6195")];
    for (who, pin) in pins {
        give(&world.phone(who), &code, "50", pin).await;
    }
    restrict(&world, BARAKA, AccountState::Frozen).await;
    restrict(&world, ESTHER, AccountState::Closed).await;
    comes(&world, 28, 8).await;
    let now = all([CLAIRE, BARAKA, DAUDI].map(|who| world.balance(who))).await;
    assert_eq!(now, [before[0], before[1] - 5_000, before[2]]);
    let not_back = || async {
        let left = world.app.wallet.not_back(&code).await.unwrap().unwrap();
        let gift = |gift: &SetAside| (gift.msisdn.clone(), gift.left_minor, gift.state);
        left.gifts.iter().map(gift).collect::<Vec<_>>()
    };
    let hers = (ESTHER.to_owned(), 5_000, AccountState::Closed);
    let his = (BARAKA.to_owned(), 5_000, AccountState::Frozen);
    assert_eq!(not_back().await, [hers.clone(), his]);
    restrict(&world, BARAKA, AccountState::Open).await;
    comes(&world, 29, 8).await;
    assert_eq!(not_back().await, [hers]);
    assert_eq!(world.balance(BARAKA).await, before[1]);
    let heard = world.inbox(BARAKA).await;
    assert!(heard.last().unwrap().contains("KES 50"), "{heard:?}");
    // what is hers lies there, tried again now and then, and counts as set apart
    comes(&world, 45, 8).await;
    world.check();
    let amina = world.phone(AMINA);
    let line = collections(&amina, &[Pick("mine")]).await;
    assert!(line.contains("School roof"), "{line}");
}

/// Two nodes: one closes it while twenty give on the other, whose clock is behind. Whoever's gift
/// was taken has it counted: all of it is paid out, or all of it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_giver_against_the_date() {
    for target in ["40", "500"] {
        let world = World::new().await;
        joined(&world.app.wallet, 20).await;
        let amina = world.phone(AMINA);
        let before = world.balance(AMINA).await;
        let way = [Pick("new"), Type("Roof"), Type(target), Type("27/11/26"), Pick("me"), Yes];
        collections(&amina, &way).await;
        amina.go(&[Type("7361")]).await;
        let code = number_in(&amina.messages().await.concat());
        let behind = kadogo::time::Clock::manual(world.clock.now());
        let late = world.beside_at(behind, Twist::default()).await;
        world.clock.advance(Duration::from_secs(4 * 86_400 + 18 * 3_600));
        let give = |nr: usize| {
            let (late, code) = (&late, &code);
            async move { gives(&late.app.wallet, (&number_of(nr), PIN), code, 400, nr).await }
        };
        let gifts = all((0..20).map(give));
        let (answers, ()) = tokio::join!(gifts, settle(&world));
        settle(&world).await;
        let taken = answers.iter().filter(|refused| refused.is_empty()).count();
        let refused = answers.iter().filter(|refused| !refused.is_empty());
        refused.for_each(|refused| assert_eq!(refused, "collection_over"));
        let sum = i64::try_from(taken).unwrap() * 400;
        let reached = sum >= target.parse::<i64>().unwrap() * 100;
        let got = if reached { sum } else { 0 };
        assert_eq!(world.balance(AMINA).await, before + got, "{taken} were taken");
        let mut hand = Hand::of(&world.app.wallet.store);
        let state = "SELECT state AS text FROM arrangements WHERE kind = 'collection'";
        assert_eq!(hand.lines(state), [if reached { "spent" } else { "returned" }]);
        world.check();
    }
}

/// Of two payments at one moment on two nodes both are made if there is enough, and one if not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_payments_at_once_never_pay_more_than_there_is() {
    for (amount, both) in [(20_000, true), (40_000, false)] {
        let world = World::new().await;
        let amina = world.phone(AMINA);
        let code = begin(&amina, &[Pick("spend")], "7361").await;
        give(&world.phone(BARAKA), &code, "600", "4826").await;
        comes(&world, 28, 8).await;
        let second = world.beside(Twist::default()).await;
        let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
        let list = Request {
            mode: Mode::List,
            service: "collections".into(),
            fields: Fields::new(),
            secret: None,
        };
        let Answer::Items(items) = world.app.wallet.answer(&caller, list).await else { panic!() };
        let pay = |node: &World, to: &str| {
            let fields = [
                ("collection", items[0].id.clone()),
                ("to", to.to_owned()),
                ("amount", amount.to_string()),
                ("words", "tiles".to_owned()),
            ];
            let fields = Fields::from(fields.map(|(name, value)| (name.to_owned(), value)));
            let secret = Some("7361".to_owned().into());
            let service = "pay_from_collection".into();
            let ask = Request { mode: Mode::Execute, service, fields, secret };
            let key = Key::new(world.clock.now(), "pays", to.as_bytes());
            let execution = Execution { key, side_effects: Vec::new() };
            let (wallet, caller) = (node.app.wallet.clone(), caller.clone());
            async move { wallet.act(&caller, ask, execution).await.answer }
        };
        let (one, other) = tokio::join!(pay(&world, BARAKA), pay(&second, DAUDI));
        let done = [&one, &other].iter().filter(|a| matches!(a, Answer::Facts { .. })).count();
        assert_eq!(done, if both { 2 } else { 1 }, "{one:?} {other:?}");
        settle(&world).await;
        let line = collections(&amina, &[Pick("mine"), First, Pick("call_off")]).await;
        let left = 600 - amount / 100 * i64::try_from(done).unwrap();
        assert!(line.contains(&format!("KES {left} goes back")), "{line}");
        settle(&world).await;
        world.check();
    }
}
