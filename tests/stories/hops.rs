//! Hops as gateways really deliver them: twice, at the same moment, in the wrong order, with holes,
//! from the wrong phone, or all in one dialled code. Each is answered, and money moves once at
//! most.

use super::aids::*;
use super::engine::either;
use super::world::*;
use std::time::Duration;

/// All histories of a payment in a conversation, the first one empty.
const HOPS: [&str; 6] =
    ["", "1", "1*0700000002", "1*0700000002*200", "1*0700000002*200*1", "1*0700000002*200*1*7361"];

async fn moved(world: &World) -> i64 {
    let moved = world.balance(BARAKA).await - 250_000;
    let paid = 500_000 - world.balance(AMINA).await;
    assert!(
        moved == 0 && paid == 0 || moved == 20_000 && paid == 20_700,
        "{moved} came, {paid} went"
    );
    world.check();
    moved
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_callback_again_gets_the_same_answer_at_every_hop() {
    let mut world = World::new().await;
    let mut answers = Vec::new();
    for hop in HOPS {
        let answer = world.hop("s", AMINA, hop).await;
        for _again in 0..3 {
            assert_eq!(world.hop("s", AMINA, hop).await, answer);
        }
        answers.push(answer);
    }
    assert!(answers[5].contains("Confirmed."));
    for place in ["after the end too", "and after a restart"] {
        for (hop, answer) in HOPS.iter().zip(&answers).skip(4) {
            assert_eq!(&world.hop("s", AMINA, hop).await, answer, "{place}");
        }
        // no gateway comes back to an older one: whoever does sees where they are
        for hop in &HOPS[..4] {
            assert_eq!(&world.hop("s", AMINA, hop).await, &answers[5], "{place}");
        }
        world = world.restart().await;
    }
    assert_eq!(moved(&world).await, 20_000);
    assert_eq!((world.inbox(AMINA).await.len(), world.inbox(BARAKA).await.len()), (1, 1));
}

/// Real requests over real sockets, five copies of each hop in one moment, many times.
#[tokio::test(flavor = "multi_thread")]
async fn copies_in_the_same_moment_get_one_answer_and_run_once() {
    let world = World::new().await;
    let rounds = either(20, 6_i64);
    for round in 0..rounds {
        let session = format!("s{round}");
        for hop in HOPS {
            let h = || world.hop(&session, AMINA, hop);
            let (a, b, c, d, e) = tokio::join!(h(), h(), h(), h(), h());
            assert!(
                [&b, &c, &d, &e].iter().all(|answer| **answer == a),
                "{hop}: {:?}",
                [&a, &b, &c, &d, &e]
            );
        }
        assert_eq!(world.balance(BARAKA).await, 250_000 + (round + 1) * 20_000);
        minutes(&world, 11);
    }
    assert_eq!(world.balance(AMINA).await, 500_000 - rounds * 20_700);
    let texts = usize::try_from(rounds).unwrap();
    assert_eq!((world.inbox(AMINA).await.len(), world.inbox(BARAKA).await.len()), (texts, texts));
    world.check();
}

/// A wrong PIN in ten copies costs one try.
#[tokio::test(flavor = "multi_thread")]
async fn copies_of_a_wrong_pin_cost_one_try() {
    let world = World::new().await;
    let phone = world.phone(AMINA);
    phone.dial().await;
    phone.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes]).await;
    let session = phone.session();
    let wrong = format!("{}*1111", phone.history());
    let h = || world.hop(&session, AMINA, &wrong);
    let all = tokio::join!(h(), h(), h(), h(), h(), h(), h(), h(), h(), h());
    assert!(all.0.starts_with("CON Wrong PIN. Tries left: 4."), "{}", all.0);
    assert_eq!([&all.1, &all.2, &all.3, &all.4], [&all.0; 4]);
    assert!(
        phone.press("1111").await.starts_with("Wrong PIN. Tries left: 4."),
        "the same hop still"
    );
    assert!(phone.press("2222").await.starts_with("Wrong PIN. Tries left: 3."));
}

/// While the first copy acts and the book stands still, the others wait for it instead of acting
/// themselves.
#[tokio::test(flavor = "multi_thread")]
async fn copies_wait_for_the_first() {
    let world = World::new().await;
    for hop in &HOPS[..5] {
        world.hop("s", AMINA, hop).await;
    }
    let held = Held::the_book(&world).await;
    let h = || world.hop("s", AMINA, HOPS[5]);
    let release = async {
        until_waiting(&world, 1).await;
        held.release().await;
    };
    let (a, b, c, ()) = tokio::join!(h(), h(), h(), release);
    assert!(a.contains("Confirmed.") && a == b && b == c, "{a}\n{b}\n{c}");
    assert_eq!(moved(&world).await, 20_000);
}

/// Every order of the hops after the first, one after the other: nothing moves unless the order was
/// right so far, and afterwards the conversation can be finished by hand or over again.
#[tokio::test(flavor = "multi_thread")]
async fn hops_in_any_order_move_nothing_they_should_not() {
    for order in orders(&[1, 2, 3, 4, 5]) {
        let world = World::new().await;
        world.hop("s", AMINA, "").await;
        for hop in &order {
            world.hop("s", AMINA, HOPS[*hop]).await;
        }
        let right = order == [1, 2, 3, 4, 5];
        assert_eq!(moved(&world).await > 0, right, "{order:?}");
        if !right {
            let again = world.phone(AMINA);
            again.dial_along("1*0700000002*200").await;
            assert!(again.go(&[Yes, Type("7361")]).await.contains("Confirmed."), "{order:?}");
        }
        assert_eq!(moved(&world).await, 20_000, "{order:?}");
    }
}

/// Some orders of five, spread over all of them: every one would take a minute.
fn orders(hops: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _place in hops {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            let left = hops.iter().filter(|hop| !order.contains(hop)).copied().collect::<Vec<_>>();
            left.into_iter().map(move |hop| [order.clone(), vec![hop]].concat()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.into_iter().step_by(either(7, 31)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hop_that_was_skipped_is_not_filled_in() {
    let world = World::new().await;
    let mut seen = String::new();
    for hop in ["", "1*0700000002*200", "1", "1*0700000002*200*1", "1*0700000002*200*1*7361"] {
        seen.push_str(&format!("text={hop}\n{}\n\n", world.hop("s", AMINA, hop).await));
    }
    insta::assert_snapshot!(seen);
    assert_eq!(moved(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_the_end_moves_nothing() {
    let world = World::new().await;
    for hop in HOPS {
        world.hop("s", AMINA, hop).await;
    }
    let end = world.hop("s", AMINA, HOPS[5]).await;
    written(&world).await;
    for more in ["1", "7361", "1*7361", "1*0700000002*200*1*7361"] {
        assert_eq!(world.hop("s", AMINA, &format!("{}*{more}", HOPS[5])).await, end);
    }
    assert_eq!(moved(&world).await, 20_000);
}

/// Some phones put a line end behind what is typed, and people paste what they copied.
#[tokio::test(flavor = "multi_thread")]
async fn line_ends_and_other_unseen_signs_are_blanks() {
    let world = World::new().await;
    let mut history = String::new();
    world.hop("s", AMINA, "").await;
    let mut screen = String::new();
    for (typed, shown) in [
        ("1\n", "CON "),
        ("\t0700000002\r\n", "CON "),
        ("200\u{0}", "CON Send KES 200 to Baraka O"),
        ("\u{85}1\r", "CON "),
        ("7361\n", "END "),
    ] {
        history = if history.is_empty() { typed.to_owned() } else { format!("{history}*{typed}") };
        screen = world.hop("s", AMINA, &history).await;
        assert!(screen.starts_with(shown), "{typed:?}: {screen}");
    }
    assert!(screen.contains("Confirmed. KES 200 sent to Baraka O."), "{screen}");
    assert_eq!(world.hop("s", AMINA, &history).await, screen, "a copy is told the same");
    assert_eq!(moved(&world).await, 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_goes_on_and_an_endless_one_ends_with_a_screen() {
    let world = World::new().await;
    // letters of three bytes, as long as a phone lets them be
    let answer = "\u{1200}".repeat(170);
    let mut history = "1".to_owned();
    world.hop("s", AMINA, "").await;
    world.hop("s", AMINA, &history).await;
    while history.len() + 1 + answer.len() <= 8 * 1_024 {
        history = format!("{history}*{answer}");
        let screen = world.hop("s", AMINA, &history).await;
        assert!(screen.starts_with("CON "), "{screen}");
    }
    for more in [answer, "7".repeat(5_000)] {
        let screen = world.hop("s", AMINA, &format!("{history}*{more}")).await;
        assert_eq!(screen, "END Something has changed meanwhile. Please dial again.");
    }
    assert_eq!(moved(&world).await, 0);
    assert!(world.hop("s2", AMINA, "").await.starts_with("CON "), "and a new one begins");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_belongs_to_the_number_that_began_it() {
    let world = World::new().await;
    for hop in &HOPS[..5] {
        world.hop("s", AMINA, hop).await;
    }
    let mut seen = String::new();
    for (number, hop) in [(CLAIRE, HOPS[5]), (CLAIRE, HOPS[4]), (STRANGER, HOPS[5]), (CLAIRE, "")] {
        seen.push_str(&format!("{}\n", world.hop("s", number, hop).await));
    }
    insta::assert_snapshot!(seen);
    assert_eq!(moved(&world).await, 0);
    assert!(
        world.hop("s", AMINA, HOPS[5]).await.contains("Confirmed."),
        "and its owner is not disturbed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialled_code_goes_to_the_question_and_the_rest_is_by_hand() {
    let world = World::new().await;
    let phone = world.phone(AMINA);
    phone.dial_along("1*0700000002*200").await;
    phone.go(&[Yes, Type("7361")]).await;
    insta::assert_snapshot!(phone.transcript());
    assert_eq!(moved(&world).await, 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_yes_nor_a_pin_is_taken_out_of_a_dialled_code() {
    for code in [
        "1*0700000002*200*1",
        "1*0700000002*200*1*7361",
        "1*0700000002*200*1*1*7361",
        "1*0700000002*200*7361",
    ] {
        let world = World::new().await;
        let phone = world.phone(AMINA);
        let screen = phone.dial_along(code).await;
        assert!(screen.starts_with("Send KES 200 to Baraka O, 0700***002?"), "{code}: {screen}");
        assert_eq!(moved(&world).await, 0, "{code}");
        assert!(phone.yes().await.contains("enter your PIN"), "{code}");
        assert!(phone.press("7361").await.contains("Confirmed."), "{code}");
        assert_eq!(moved(&world).await, 20_000, "{code}");
    }
}

/// A code may be made up by somebody else: on a poster, in a link. What it leads to is asked first.
#[tokio::test(flavor = "multi_thread")]
async fn a_dialled_code_does_nothing_by_itself() {
    let world = World::new().await;
    let phone = world.phone(AMINA);
    for code in ["2*4*3", "2*4*3*1", "2*4*3*3*3"] {
        let screen = phone.dial_along(code).await;
        assert!(screen.starts_with("Choose your language\n1 English"), "{code}: {screen}");
        assert!(phone.dial().await.starts_with("Kadogo\n1 Send money"), "{code}: as before");
    }
    for code in ["2*5*2*eve@example.org", "2*5*2*eve@example.org*1*1"] {
        let asked = phone.dial_along("2*5*2").await;
        assert_eq!(phone.dial_along(code).await, asked, "{code}");
        world.deliver().await;
        assert!(world.app.notify.letters().await.unwrap().is_empty(), "{code}: no code is mailed");
    }
    // by hand it is done, also where the way there was dialled
    phone.dial_along("2*4").await;
    phone.press("3").await;
    assert!(phone.dial().await.starts_with("Kadogo\n1 Envoyer"), "{}", phone.transcript());
    phone.dial_along("2*5*2").await;
    phone.press("amina@example.org").await;
    world.deliver().await;
    assert_eq!(world.app.notify.letters().await.unwrap().len(), 1, "{}", phone.transcript());
}

/// From the first answer that is not taken, the rest of the code would mean something else than it
/// should.
#[tokio::test(flavor = "multi_thread")]
async fn a_dialled_code_with_a_mistake_stops_there() {
    let world = World::new().await;
    let mut seen = String::new();
    for code in ["1*070000000*200", "1*0700000001*200", "1*0700000002*lots*1", "7*1", "2*1*1"] {
        let phone = world.phone(AMINA);
        phone.dial_along(code).await;
        seen.push_str(&format!("{}\n", phone.transcript()));
    }
    insta::assert_snapshot!(seen);
    assert_eq!(moved(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_dials_along_is_led_through_joining() {
    let world = World::new().await;
    let phone = world.phone(STRANGER);
    let screen = phone.dial_along("1*Neema Achieng*7361*7361").await;
    assert!(
        screen.starts_with("Choose a PIN of 4 to 6 digits."),
        "a PIN is typed by hand: {screen}"
    );
    let screen = world.phone("+254711222334").dial_along("1*0700000002*200").await;
    assert!(screen.starts_with("Enter your name in letters"), "{screen}");
}

/// A balancer hands the hops of a conversation to two nodes in turn: each goes on where the other
/// one was, also where it had the conversation in hand itself, and nobody is asked twice. A file
/// has one node, which is asked for both.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_are_asked_in_turn_go_on_where_the_other_was() {
    let one = World::new().await;
    let shared = one.app.wallet.store.kind() == "postgres";
    let other = if shared { Some(one.beside(Twist::default()).await) } else { None };
    let nodes = [&one, other.as_ref().unwrap_or(&one)];
    let flushers = nodes.map(|node| {
        let sessions = node.app.ussd.sessions.clone();
        tokio::spawn(async move {
            loop {
                sessions.flush().await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
    });
    for round in 0..6 {
        // nobody dials twice in one moment
        one.clock.advance(Duration::from_secs(1));
        let typed =
            ["1", "0700000002", &format!("{}", 100 + round), "1", "7361"].map(str::to_owned);
        let session = format!("turn-{round}");
        let mut said = Vec::new();
        for hop in 0..=typed.len() {
            let node = nodes[(round + hop) % 2];
            said.push(node.hop(&session, AMINA, &typed[..hop].join("*")).await);
        }
        assert!(said[5].contains("Confirmed."), "{said:#?}");
        assert!(said[3].starts_with("CON Send KES"), "{said:#?}");
    }
    flushers.into_iter().for_each(|flusher| flusher.abort());
    assert_eq!(one.balance(BARAKA).await, 250_000 + (0..6).map(|n| (100 + n) * 100).sum::<i64>());
    one.check();
}
