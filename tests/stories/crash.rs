//! The plug is pulled: the real program, several clients that send money and join, and a `kill -9`
//! at a random moment under that load; then it is started on the same database. In some rounds it
//! is killed again while the lost steps are being brought again. In the end
//!   the book is whole, before the restart and after; every payment that was told of on a last
//!   screen is there exactly once, with both receipts in the inboxes, and is told of again under
//!   the same code; every step brought again, one by one and doubled in parallel, is answered,
//!   and what was never answered is done once or not at all: no step moves money twice; balances
//!   are what those payments make of them.
//! More rounds, for a report: KADOGO_CRASH_ROUNDS=60 cargo test --test stories crash -- --nocapture

mod steps;

use super::engine::Hand;
use super::program::{Place, Server};
use super::stub::until;
use super::world::{AMINA, BARAKA, CLAIRE, DAUDI, ESTHER};
use kadogo::seal::Randomness;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use steps::{Hop, Wire, send};

/// Who pays whom, with which PIN. Everybody pays, and receives from somebody else at the same time.
const PAYERS: [(&str, &str, &str); 4] = [
    (AMINA, "7361", BARAKA),
    (BARAKA, "4826", CLAIRE),
    (CLAIRE, "9274", ESTHER),
    (DAUDI, "8053", AMINA),
];
const JOINERS: u64 = 3;
/// Payments of one payer in one round: an inbox shows a hundred messages.
const PAYMENTS_MAX: u64 = 40;

/// On a busy machine an answer may take long: here it counts what it says, not when.
const PATIENT: &[(&str, &str)] = &[("KADOGO_ANSWER_WITHIN_MS", "9000")];

/// What is said where nothing was done for now, and the same may come again.
const BUSY: [&str; 3] = [
    "END We cannot do this just now. Please try again in a minute.",
    "END Hatuwezi sasa hivi. Tafadhali jaribu tena baada ya dakika moja.",
    "END Impossible pour le moment. Réessayez dans une minute.",
];

static NAMES: AtomicU64 = AtomicU64::new(1);

/// A conversation that was begun: a payment of an amount that nobody else pays, or a joining.
#[derive(Debug, Clone)]
struct Talk {
    hops: Vec<Hop>,
    steps: usize,
    amount_minor: Option<i64>,
}

impl Talk {
    fn last(&self) -> Option<&str> {
        let complete = self.hops.len() == self.steps;
        self.hops.last().filter(|_| complete).and_then(|hop| hop.answer.as_deref())
    }

    /// The code on the last screen, if it got that far.
    fn code(&self) -> Option<&str> {
        let screen = self.last()?.strip_prefix("END ")?;
        screen
            .split_whitespace()
            .next()
            .filter(|word| word.len() == 10 && self.amount_minor.is_some())
    }
}

#[derive(Debug, Default)]
struct Figures {
    rounds: usize,
    kills: usize,
    told: usize,
    lost_steps: usize,
    lost_pins: usize,
    paid_unseen: usize,
    paid_on_return: usize,
    brought_again: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_runs_twice_when_the_plug_is_pulled() {
    let usual = 2;
    let rounds = std::env::var("KADOGO_CRASH_ROUNDS").map_or(usual, |text| text.parse().unwrap());
    let mut figures = Figures::default();
    for wire in [Wire::History, Wire::Counted] {
        for _ in 0..rounds {
            round(wire, &mut figures).await;
            figures.rounds += 1;
        }
    }
    println!("{figures:#?}");
    // whatever the machine: there was load when the plug was pulled
    assert!(figures.told > rounds && figures.lost_steps > 0, "{figures:?}");
}

fn chance(limit: u64) -> u64 {
    u64::from_be_bytes(Randomness::os().unwrap().bytes()) % limit
}

async fn round(wire: Wire, figures: &mut Figures) {
    let place = Place::new();
    let server = place.start(&["demo", "--bare"], PATIENT).await;
    let mut talks = load(wire, server, &place, figures).await;
    figures.told += talks.iter().filter(|talk| talk.code().is_some()).count();
    whole(&place);
    let before = payments(&mut place.home.hand());
    let unseen =
        talks.iter().filter(|talk| talk.last().is_none() && paid(&before, talk) == 1).count();
    figures.paid_unseen += unseen;
    for talk in talks.iter().filter(|talk| talk.code().is_some()) {
        assert_eq!(paid(&before, talk), 1, "told of and not there: {talk:#?}");
    }
    let mut server = place.start(&["demo", "--bare"], PATIENT).await;
    if chance(3) == 0 {
        // and once more, while everything is brought again
        let url = server.url.clone();
        let again = tokio::spawn(bring_again(server.client.clone(), url, talks.clone(), false));
        tokio::time::sleep(Duration::from_millis(chance(400))).await;
        kill(server, figures).await;
        again.await.unwrap();
        whole(&place);
        server = place.start(&["demo", "--bare"], PATIENT).await;
    }
    let client = server.client.clone();
    let url = server.url.clone();
    talks = bring_again(client.clone(), url.clone(), talks, true).await;
    figures.brought_again += 2 * talks.iter().map(|talk| talk.hops.len()).sum::<usize>();
    let settled = payments(&mut place.home.hand());
    figures.paid_on_return += settled.values().sum::<usize>() - before.values().sum::<usize>();
    // and again: by now every step has its answer, which stays
    let answered = bring_again(client, url, talks.clone(), true).await;
    for (talk, same) in talks.iter().zip(&answered) {
        assert_eq!(talk.last(), same.last());
    }
    assert_eq!(payments(&mut place.home.hand()), settled, "a step that came again moved money");
    compare(&place, &talks, &settled);
    receipts(&server, &place, &talks).await;
    drop(server);
    whole(&place);
}

/// Lets everybody loose on the server and kills it under them.
async fn load(wire: Wire, server: Server, place: &Place, figures: &mut Figures) -> Vec<Talk> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut crowd = tokio::task::JoinSet::new();
    for (number, pin, to) in PAYERS {
        let client = server.client.clone();
        let url = server.url.clone();
        crowd.spawn(async move {
            let mut talks = Vec::new();
            for n in 1..=PAYMENTS_MAX {
                let minor = 1_000 + i64::try_from(n).unwrap();
                let amount = format!("10.{n:02}");
                let typed = ["1", to, amount.as_str(), "1", pin];
                let talk = talk(wire, &client, &url, number, &typed, Some(minor)).await;
                let lost = talk.hops.last().is_some_and(|hop| hop.answer.is_none());
                talks.push(talk);
                if lost {
                    break;
                }
            }
            talks
        });
    }
    for _ in 0..JOINERS {
        let client = server.client.clone();
        let url = server.url.clone();
        let stop = stop.clone();
        crowd.spawn(async move {
            let mut talks = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let number = format!("+2547110{:05}", NAMES.fetch_add(1, Ordering::Relaxed));
                let typed = ["1", "Njeri Otieno", "2580", "2580"];
                let talk = talk(wire, &client, &url, &number, &typed, None).await;
                let lost = talk.hops.last().is_some_and(|hop| hop.answer.is_none());
                talks.push(talk);
                if lost {
                    break;
                }
            }
            talks
        });
    }
    let hand = std::cell::RefCell::new(place.home.hand());
    until("the first payment", async || !payments(&mut hand.borrow_mut()).is_empty()).await;
    drop(hand);
    tokio::time::sleep(Duration::from_millis(chance(500))).await;
    kill(server, figures).await;
    stop.store(true, Ordering::Relaxed);
    let talks: Vec<Talk> = crowd.join_all().await.into_iter().flatten().collect();
    let lost = |talk: &&Talk| talk.hops.last().is_some_and(|hop| hop.answer.is_none());
    figures.lost_steps += talks.iter().filter(lost).count();
    figures.lost_pins += talks
        .iter()
        .filter(lost)
        .filter(|t| t.hops.len() == t.steps && t.amount_minor.is_some())
        .count();
    talks
}

async fn kill(mut server: Server, figures: &mut Figures) {
    server.signal("KILL");
    server.ends().await;
    figures.kills += 1;
}

/// A whole conversation, as far as it goes.
async fn talk(
    wire: Wire,
    client: &reqwest::Client,
    url: &str,
    number: &str,
    typed: &[&str],
    amount_minor: Option<i64>,
) -> Talk {
    let session = format!("ATUid_{}", NAMES.fetch_add(1, Ordering::Relaxed));
    let mut talk = Talk { hops: Vec::new(), steps: typed.len() + 1, amount_minor };
    for steps in 0..=typed.len() {
        let (session, number) = (session.clone(), number.to_owned());
        let typed = typed[..steps].iter().map(|typed| (*typed).to_owned()).collect();
        let mut hop = Hop { wire, session, number, typed, answer: None };
        hop.answer = send(client, url, &hop).await;
        let going_on = hop.answer.as_ref().is_some_and(|screen| screen.starts_with("CON "));
        talk.hops.push(hop);
        if !going_on {
            break;
        }
    }
    talk
}

/// The gateway brings the last steps again, as gateways do, each twice at the same moment, and
/// both are answered alike. A receipt that was read is read again. What was typed in the last
/// moments before the plug was pulled may be lost: then the person is asked again, and that is
/// their answer. Conversations side by side; returns them with the answers they have now.
async fn bring_again(
    client: reqwest::Client,
    url: String,
    talks: Vec<Talk>,
    alive: bool,
) -> Vec<Talk> {
    let mut crowd = tokio::task::JoinSet::new();
    for (place, mut talk) in talks.into_iter().enumerate() {
        let client = client.clone();
        let url = url.clone();
        crowd.spawn(async move {
            let receipt = talk.code().map(str::to_owned);
            let again = talk.hops.last().map_or(0, |hop| hop.wire.again());
            let first = talk.hops.len().saturating_sub(again);
            for hop in &mut talk.hops[first..] {
                let (one, other) = twice(&client, &url, hop, alive).await;
                assert!(!alive || (one.is_some() && other.is_some()), "no answer to {hop:?}");
                if let (Some(one), Some(other)) = (&one, &other) {
                    assert_eq!(one, other, "two answers to {:?}", hop.typed);
                }
                if let Some(answer) = one.or(other) {
                    hop.answer = Some(answer);
                }
            }
            if alive && receipt.is_some() {
                assert_eq!(talk.code().map(str::to_owned), receipt, "a receipt is gone: {talk:#?}");
            }
            (place, talk)
        });
    }
    let mut talks = crowd.join_all().await;
    talks.sort_by_key(|(place, _)| *place);
    talks.into_iter().map(|(_, talk)| talk).collect()
}

/// Two copies of a step at the same moment. Where a machine that is busy says of one that it is to
/// come again, it does.
async fn twice(
    client: &reqwest::Client,
    url: &str,
    hop: &Hop,
    alive: bool,
) -> (Option<String>, Option<String>) {
    let is_busy = |answer: &Option<String>| answer.iter().any(|said| BUSY.contains(&said.as_str()));
    let mut told = tokio::join!(send(client, url, hop), send(client, url, hop));
    for _again in 0..40 {
        if !alive || !(is_busy(&told.0) || is_busy(&told.1)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        told = tokio::join!(send(client, url, hop), send(client, url, hop));
    }
    told
}

/// `kadogo book check` says so.
fn whole(place: &Place) {
    let said = place.run(&["book", "check"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("the book is whole"), "{}", said.out);
}

/// Every payment in the book: who, how much, and how many times.
fn payments(hand: &mut Hand) -> BTreeMap<(String, i64), usize> {
    let mut counted = BTreeMap::new();
    let sql = "SELECT msisdn || ' ' || -amount_minor AS text FROM entries JOIN people USING \
               (account_id) WHERE amount_minor < 0";
    for line in hand.lines(sql) {
        let (number, amount) = line.split_once(' ').unwrap();
        *counted.entry((number.to_owned(), amount.parse().unwrap())).or_default() += 1;
    }
    counted
}

fn paid(payments: &BTreeMap<(String, i64), usize>, talk: &Talk) -> usize {
    let Some(amount) = talk.amount_minor else { return 0 };
    payments.get(&(talk.hops[0].number.clone(), amount)).copied().unwrap_or(0)
}

/// What is in the book is what was asked for, once; who is in it has joined, once.
fn compare(place: &Place, talks: &[Talk], settled: &BTreeMap<(String, i64), usize>) {
    let mut expected = BTreeMap::from([
        (AMINA, 500_000),
        (BARAKA, 250_000),
        (CLAIRE, 120_000),
        (DAUDI, 45_050),
        (ESTHER, 0),
    ]);
    for (number, _, to) in PAYERS {
        for ((_, amount), times) in settled.iter().filter(|((payer, _), _)| payer == number) {
            assert_eq!(*times, 1, "{number} paid {amount} {times} times");
            *expected.get_mut(number).unwrap() -= amount;
            *expected.get_mut(to).unwrap() += amount;
        }
    }
    let asked: BTreeSet<(String, i64)> = talks
        .iter()
        .filter_map(|talk| Some((talk.hops[0].number.clone(), talk.amount_minor?)))
        .collect();
    assert!(
        settled.keys().all(|payment| asked.contains(payment)),
        "a payment that nobody asked for"
    );
    for talk in talks {
        // by now everything that was sent has an answer, and what the screen says is so
        let said_paid = talk.code().is_some();
        assert_eq!(paid(settled, talk), usize::from(said_paid), "{talk:#?}");
    }
    let sql = "SELECT msisdn || ' ' || balance_minor AS text FROM people JOIN accounts ON id = \
               account_id ORDER BY 1";
    let people: BTreeMap<String, i64> = place
        .home
        .hand()
        .lines(sql)
        .iter()
        .map(|line| {
            line.split_once(' ')
                .map(|(number, balance)| (number.to_owned(), balance.parse().unwrap()))
                .unwrap()
        })
        .collect();
    for talk in talks.iter().filter(|talk| talk.amount_minor.is_none()) {
        let joined =
            talk.last().is_some_and(|screen| screen.starts_with("END ") && says_done(screen));
        assert_eq!(people.contains_key(&talk.hops[0].number), joined, "{talk:#?}");
    }
    for (number, balance) in &people {
        assert_eq!(expected.get(number.as_str()).copied().unwrap_or(0), *balance, "{number}");
    }
}

/// A newcomer is welcomed by name, or told that it was done where no more is known of it.
fn says_done(screen: &str) -> bool {
    screen.contains("Njeri") || screen.contains("Confirmed on")
}

/// Whoever paid and whoever was paid finds the receipt on their phone, once.
async fn receipts(server: &Server, place: &Place, talks: &[Talk]) {
    let waiting = "SELECT '' || count(*) AS text FROM outbox WHERE state = 'queued'";
    until("all messages sent", async || place.home.hand().lines(waiting) == ["0"]).await;
    let mut inboxes = BTreeMap::new();
    for number in [AMINA, BARAKA, CLAIRE, DAUDI, ESTHER] {
        let (status, body) =
            server.get(&format!("/demo/inbox/{}", number.replace('+', "%2B"))).await;
        assert_eq!(status, 200);
        inboxes.insert(number, body);
    }
    for talk in talks {
        let Some(code) = talk.code() else { continue };
        let (payer, _, payee) =
            PAYERS.iter().find(|(payer, _, _)| *payer == talk.hops[0].number).unwrap();
        for number in [payer, payee] {
            assert_eq!(inboxes[number].matches(code).count(), 1, "{code} in the inbox of {number}");
        }
    }
}
