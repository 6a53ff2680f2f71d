//! Limits as people meet them: what the screen and the SMS say, in each language, and when it is
//! over. And the race: however many senders there are at one moment, on one node or on two, nobody
//! gets past a limit.

use super::aids::*;
use super::engine::{blocking, either};
use super::ledger::{ANN, BEN, CAL, Ledger, holds, pay, reason};
use super::world::{AMINA, BARAKA, CLAIRE, Pick, STRANGER, Type, World, Yes};
use kadogo::book::{Book, HoldMove, Key, Leg, Meter, Posting, Receipt};
use kadogo::calendar::Day;
use kadogo::id::Id;
use kadogo::limits::{Cap, Caps, Direction, Limits, Sum, Tier, Usage, Window};
use kadogo::metrics::Metrics;
use kadogo::phone::Msisdn;
use kadogo::refusal::{Reason, Refusal};
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::book_rows;
use kadogo::wallet::Execution;
use std::time::Duration;

/// The day of the stories: 23 November 2026.
const MONDAY: Day = Day::new(20_780);

fn cap(value_minor: i64, count: u32) -> Cap {
    Cap { value_minor: Some(value_minor), count: Some(count) }
}

fn a_day(value_minor: i64) -> Caps {
    Caps { day: cap(value_minor, 1_000), ..Caps::default() }
}

/// Everybody may send so much; receiving has these limits.
fn allow(world: &World, out: Caps, into: Caps) {
    world.app.change_policy(|policy| policy.limits = Limits::alike(out, into));
}

/// Somebody sends until the limit of the day is reached, then asks by SMS, and again at midnight.
async fn a_day_of(number: &str, pin: &str, payee: &str, word: &str) -> String {
    let world = World::new().await;
    allow(&world, a_day(30_000), Caps::default());
    let phone = world.phone(number);
    phone.dial().await;
    phone.go(&[Pick("send"), Type(payee), Type("200"), Yes, Type(pin)]).await;
    phone.dial().await;
    phone.go(&[Pick("send"), Type(payee), Type("150"), Type("100"), Yes, Type(pin)]).await;
    phone.messages().await;
    phone.dial().await;
    phone.go(&[Pick("send"), Type(payee), Type("50")]).await;
    phone.write(&format!("{word} 50 {payee}")).await;
    phone.messages().await;
    // 14:05 and this is a second before midnight in Nairobi, six in the evening in Greenwich
    world.clock.advance(Duration::from_secs(9 * 3_600 + 54 * 60 + 59));
    phone.dial().await;
    let still = phone.go(&[Pick("send"), Type(payee), Type("50")]).await;
    assert!(still.contains("KES 0") && still.contains("24/11/26"), "{still}");
    world.clock.advance(Duration::from_secs(1));
    phone.dial().await;
    // not where it was left, but from the start
    phone.go(&[Pick("restart"), Pick("send"), Type(payee), Type("50"), Yes, Type(pin)]).await;
    assert_eq!(world.orders_waiting(number).await, 0);
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reaches_the_limit_of_a_day_reads_it_and_waits_for_midnight_in_three_languages() {
    for (language, seen) in side_by_side([
        ("english", a_day_of(AMINA, "7361", "0700000002", "SEND")),
        ("swahili", a_day_of(BARAKA, "4826", "0700000003", "TUMA")),
        ("french", a_day_of(CLAIRE, "9274", "0700000001", "ENVOYER")),
    ])
    .await
    {
        insta::assert_snapshot!(
            format!("who_reaches_the_limit_of_a_day_reads_it_and_waits_for_midnight_in_{language}"),
            seen
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_limit_has_its_words() {
    let none = Caps::default();
    let mut seen = String::new();
    let limits = [
        ("once", Caps { once_minor: Some(10_000), ..none }),
        ("week", Caps { week: cap(25_000, 9), ..none }),
        ("month", Caps { month: cap(20_000, 9), ..none }),
        ("times a day", Caps { day: cap(100_000, 1), ..none }),
        ("times a week", Caps { week: cap(100_000, 1), ..none }),
        ("times a month", Caps { month: cap(100_000, 1), ..none }),
    ];
    for (name, caps) in limits {
        let world = World::new().await;
        for (number, pin, payee) in [
            (AMINA, "7361", "0700000002"),
            (BARAKA, "4826", "0700000003"),
            (CLAIRE, "9274", "0700000001"),
        ] {
            let phone = world.phone(number);
            phone.dial().await;
            phone.go(&[Pick("send"), Type(payee), Type("200"), Yes, Type(pin)]).await;
            allow(&world, caps, Caps::default());
            phone.dial().await;
            phone.go(&[Pick("send"), Type(payee), Type("101")]).await;
            seen.push_str(&format!("== {name} ==\n{}\n\n", last(&phone)));
            allow(&world, none, none);
        }
    }
    insta::assert_snapshot!(seen);
}

/// What the payee has is nobody's business: it is not said, and not to be found out by asking for
/// quotes.
#[tokio::test(flavor = "multi_thread")]
async fn of_the_payees_limits_no_figure_is_told_and_nothing_before_the_pin() {
    let world = World::new().await;
    // Baraka has KES 2,500
    allow(&world, Caps::default(), Caps { balance_minor: Some(260_000), ..Caps::default() });
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (500_000, 250_000));
    amina.go(&[Type("100"), Yes, Type("7361")]).await;
    insta::assert_snapshot!(amina.transcript());
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), (490_000, 260_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_on_their_own_phone_has_the_limits_of_a_registered_number() {
    let world = World::new().await;
    let neema = world.phone(STRANGER);
    neema.dial().await;
    neema.go(&[Pick("en"), Type("Neema Achieng"), Type("7361"), Type("7361")]).await;
    world.give(STRANGER, 9_000_000).await;
    neema.dial().await;
    let screen = neema.go(&[Pick("send"), Type("0700000002"), Type("20,001")]).await;
    assert!(screen.starts_with("Your limit for one payment is KES 20,000."), "{screen}");
    let screen = neema.go(&[Type("20000"), Yes, Type("7361")]).await;
    assert!(screen.contains("Confirmed."), "{screen}");
    // somebody whose ID was seen
    known_as(&world, STRANGER, Tier::Id).await;
    neema.dial().await;
    let screen = neema.go(&[Pick("send"), Type("0700000002"), Type("20,001")]).await;
    assert!(screen.starts_with("Send KES 20,001 to Baraka O"), "{screen}");
}

/// Two phones at the limit of one payee, each of which was told that it may go on. (Of one person's
/// own conversations only the newest goes on.)
#[tokio::test(flavor = "multi_thread")]
async fn of_two_phones_at_one_limit_one_is_stopped_and_reads_why() {
    let world = World::new().await;
    allow(&world, Caps::default(), a_day(30_000));
    let amina = world.phone(AMINA);
    let claire = world.phone(CLAIRE);
    for phone in [&amina, &claire] {
        phone.dial().await;
        phone.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
    }
    let (first, second) = tokio::join!(amina.press("7361"), claire.press("9274"));
    let paid = [first.contains("Confirmed."), second.contains("Confirm\u{e9}.")];
    assert_eq!(paid.iter().filter(|paid| **paid).count(), 1, "{first}\n{second}");
    let words = if paid[0] {
        "Le compte de cette personne ne peut"
    } else {
        "That person's account cannot take"
    };
    let stopped = if paid[0] { &second } else { &first };
    assert!(stopped.starts_with(words), "{stopped}");
    assert_eq!(world.balance(BARAKA).await, 250_000 + 20_000);
    world.check();
}

/// Many at the wallet's own door and many straight into the books of two nodes, all at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_at_two_nodes_does_not_get_past_a_limit() {
    let world = World::new().await;
    let caps = a_day(50_050);
    allow(&world, caps, Caps::default());
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let payee =
        wallet.caller(Msisdn::from_e164(BARAKA).unwrap()).await.unwrap().person.unwrap().account_id;
    let payer = caller.person.as_ref().unwrap().account_id;
    let (second, _committer) =
        blocking(|| Book::start(&wallet.store, Metrics::default().into()).unwrap());
    let mut crowd = tokio::task::JoinSet::new();
    for n in 0..60_u8 {
        let name = Key::new(world.clock.now(), "crowd", &[n]);
        if n % 3 == 0 {
            let wallet = wallet.clone();
            let caller = caller.clone();
            crowd.spawn(async move {
                let fields =
                    Fields::from([("to".into(), BARAKA.into()), ("amount".into(), "5000".into())]);
                let secret = Some("7361".to_owned().into());
                let ask = Request { mode: Mode::Execute, service: "send".into(), fields, secret };
                let execution = Execution { key: name, side_effects: Vec::new() };
                match wallet.act(&caller, ask, execution).await.answer {
                    Answer::Facts { .. } => Ok(()),
                    Answer::Refused(refusal) => Err(refusal.reason),
                    other => panic!("{other:?}"),
                }
            });
        } else {
            let book = if n % 3 == 1 { wallet.book.clone() } else { second.clone() };
            let legs = [(payer, -5_000), (payee, 5_000)];
            let legs = legs.map(|(account, amount_minor)| Leg { account, amount_minor }).to_vec();
            let meter = Meter {
                account: payer,
                way: Direction::Out,
                amount_minor: 5_000,
                day: MONDAY,
                caps,
                own: true,
                back: false,
                part: false,
            };
            let posting = Posting {
                legs,
                meters: vec![meter],
                kind: "send",
                ..wallet.note(name, Vec::new())
            };
            crowd.spawn(async move {
                book.post(posting).await.map(|_receipt| ()).map_err(|refusal| refusal.reason)
            });
        }
    }
    let answers = crowd.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10, "{answers:?}");
    let refused: Vec<Reason> = answers.into_iter().filter_map(Result::err).collect();
    assert!(refused.iter().all(|reason| *reason == Reason::LIMIT_DAY), "{refused:?}");
    assert_eq!(world.balance(BARAKA).await, 250_000 + 50_000);
    world.check();
}

fn metered(posting: Posting, meters: Vec<Meter>) -> Posting {
    Posting { meters, ..posting }
}

/// A payment of Ann's that counts.
fn counted(name: &str, amount_minor: i64, day: Day, caps: Caps) -> Posting {
    let out = Meter {
        account: Id::of(ANN),
        way: Direction::Out,
        amount_minor,
        day,
        caps,
        own: true,
        back: false,
        part: false,
    };
    metered(pay(name, ANN, BEN, amount_minor), vec![out])
}

fn used(ledger: &Ledger, account: i64) -> Usage {
    ledger.hand().with(|conn| book_rows::account(conn, Id::of(account))).unwrap().unwrap().usage
}

#[tokio::test]
async fn many_senders_on_two_nodes_reach_a_limit_exactly() {
    let ledger = Ledger::new().await;
    let (second, _committer) =
        blocking(|| Book::start(&ledger.store, Metrics::default().into()).unwrap());
    let caps = Caps { day: cap(3_000, 1_000), month: cap(9_999, 40), ..Caps::default() };
    for (day, expected) in [(MONDAY, 30), (MONDAY.next_day(), 10), (MONDAY.next_month(), 30)] {
        let mut crowd = tokio::task::JoinSet::new();
        for n in 0..200 {
            let book = if n % 2 == 0 { ledger.book.clone() } else { second.clone() };
            // each is asked for at both nodes
            let posting = counted(&format!("{} {}", day.number(), n / 2), 100, day, caps);
            crowd.spawn(async move { book.post(posting).await });
        }
        let answers: Vec<Result<Receipt, Refusal>> = crowd.join_all().await;
        let paid = answers
            .iter()
            .filter(|answer| answer.as_ref().is_ok_and(|receipt| !receipt.repeated))
            .count();
        assert_eq!(paid, expected, "{}", day.text());
        let sum = Sum {
            value_minor: 100 * i64::try_from(expected).unwrap(),
            count: u32::try_from(expected).unwrap(),
        };
        assert_eq!(used(&ledger, ANN).sum(Direction::Out, Window::Day), sum);
    }
    assert_eq!(ledger.stands(ANN), (10_000 - 7_000, 0));
    ledger.check();
}

#[tokio::test]
async fn what_was_refused_or_repeated_counts_for_nothing() {
    let ledger = Ledger::new().await;
    let caps = a_day(1_000);
    ledger.ok(counted("first", 600, MONDAY, caps)).await;
    ledger.ok(counted("first", 600, MONDAY, caps)).await;
    ledger.refuses(counted("too much", 401, MONDAY, caps), Reason::LIMIT_DAY).await;
    ledger.refuses(counted("not covered", 999_999, MONDAY, caps), Reason::NOT_ENOUGH).await;
    let other = Meter {
        account: Id::of(CAL),
        way: Direction::In,
        amount_minor: 1,
        day: MONDAY,
        caps,
        own: false,
        back: false,
        part: false,
    };
    ledger.refuses(metered(pay("not theirs", ANN, BEN, 1), vec![other]), Reason::INVALID).await;
    let full =
        Meter { account: Id::of(BEN), caps: Caps { balance_minor: Some(5_000), ..caps }, ..other };
    ledger.refuses(metered(pay("too full", ANN, BEN, 1), vec![full]), Reason::OTHER_LIMIT).await;
    ledger.ok(counted("the rest", 400, MONDAY, caps)).await;
    assert_eq!(
        used(&ledger, ANN).sum(Direction::Out, Window::Day),
        Sum { value_minor: 1_000, count: 2 }
    );
    assert_eq!(used(&ledger, BEN), Usage::default());
    // without a meter the same account is as free as the operator's
    ledger.ok(pay("unmetered", ANN, BEN, 5_000)).await;
}

#[tokio::test]
async fn a_payment_planned_before_midnight_and_made_after_it_counts_for_the_new_day() {
    let ledger = Ledger::new().await;
    let caps = a_day(1_000);
    ledger.ok(counted("the new day", 700, MONDAY.next_day(), caps)).await;
    ledger.refuses(counted("the old day", 400, MONDAY, caps), Reason::LIMIT_DAY).await;
    ledger.ok(counted("less", 300, MONDAY, caps)).await;
    ledger.refuses(counted("not again", 1, MONDAY.next_day(), caps), Reason::LIMIT_DAY).await;
}

/// What is set aside counts when it is set aside; giving it back, or a correction, wins nothing
/// back.
#[tokio::test]
async fn what_was_used_stays_used() {
    let ledger = Ledger::new().await;
    let caps = a_day(1_000);
    let out = |amount_minor| {
        vec![Meter {
            account: Id::of(ANN),
            way: Direction::Out,
            amount_minor,
            day: MONDAY,
            caps,
            own: true,
            back: false,
            part: false,
        }]
    };
    let reserve = HoldMove::Open { account: Id::of(ANN), amount_minor: 600 };
    let hold = ledger.recorded(metered(holds("hold", &[reserve]), out(600))).await.into();
    ledger.refuses(counted("beside it", 401, MONDAY, caps), Reason::LIMIT_DAY).await;
    ledger.ok(holds("release", &[HoldMove::Release { hold }])).await;
    let paid = ledger.recorded(counted("pay", 400, MONDAY, caps)).await;
    ledger.ok(Posting { corrects: Some(paid), ..pay("back", BEN, ANN, 400) }).await;
    ledger.refuses(counted("once more", 1, MONDAY, caps), Reason::LIMIT_DAY).await;
    assert_eq!(ledger.stands(ANN), (10_000, 0));
}

#[tokio::test]
async fn a_usage_that_cannot_be_read_stops_its_own_account_only_and_the_check_finds_it() {
    let ledger = Ledger::new().await;
    ledger.sql(&format!(
        "UPDATE accounts SET usage = {} WHERE id = {ANN}",
        either("x'00'", "'\\x00'")
    ));
    let postings =
        vec![pay("sound", BEN, CAL, 1), pay("damaged", ANN, BEN, 1), pay("sound too", CAL, BEN, 1)];
    let mut answers = Vec::new();
    for posting in postings {
        answers.push(ledger.post(posting).await);
    }
    assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
    assert_eq!(reason(&answers[1]), Reason::INVALID);
    let report = blocking(|| {
        kadogo::book::check::check(&mut ledger.store.reader().unwrap(), |_, _| ()).unwrap()
    });
    assert_eq!(report.faults, ["what account 11 has used of its limits cannot be read"]);
    ledger.sql(&format!("UPDATE accounts SET usage = {} WHERE id = {ANN}", either("x''", "''")));
    ledger.ok(pay("mended", ANN, BEN, 1)).await;
}
