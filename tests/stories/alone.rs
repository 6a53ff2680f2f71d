//! A thief among the staff keeps below what takes two, again and again. Goal: what one of them did
//! alone within a day adds up, also where two acts come at one moment, on one node or two; and an
//! admin is left whatever admins do to one another. Method: staff at the wallet's own door, the
//! committer held until all have planned, a second node on the same database.

use super::aids::{Held, until_waiting};
use super::market::{MARIAM, NJERI, ZUHURA, agent, float};
use super::rights::at_work;
use super::world::*;
use kadogo::book::Key;
use kadogo::refusal::Refusal;
use kadogo::request::{Mode, Request};
use kadogo::source::Source;
use kadogo::staff::bands::Bands;
use kadogo::staff::role::{self, Role};
use kadogo::store::staff_rows;
use kadogo::wallet::agents::float_moving::MOVE;
use kadogo::wallet::office::acting_staff::Outcome;
use kadogo::wallet::office::sign_in::OnDuty;
use kadogo::wallet::office::staff_list::{LEAVE, ROLES};
use kadogo::wallet::office::two_people::STAFF_BAND;
use std::time::Duration;

const WHY: (&str, &str) = ("why", "the market day");
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// The same request each time it is made under this word.
async fn act(
    world: &World,
    duty: &OnDuty,
    service: &str,
    typed: &[(&str, &str)],
    word: &str,
) -> Result<Outcome, Refusal> {
    let fields = typed.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let request = Request { mode: Mode::Execute, service: service.into(), fields, secret: None };
    let key = Key::new(world.clock.now(), service, word.as_bytes());
    world.app.wallet.act_as_staff(duty, request, key).await
}

fn bands(world: &World, text: &str) {
    let text = format!("currency = \"KES\"\n{text}");
    world.app.change_policy(|policy| {
        policy.bands = Bands::parse(&Source::new("approvals.toml", text)).unwrap()
    });
}

/// From 1,000 on it takes two, from 2,000 on somebody of finance.
const SMALL: &str = "[[outlets]]\nfrom = 0\npeople = 1\n[[outlets]]\nfrom = 1000\n\
                     [[outlets]]\nfrom = 2000\napprover = \"finance_lead\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_one_moves_alone_within_a_day_adds_up() {
    let world = World::new().await;
    bands(&world, SMALL);
    let asha = world.hires("asha", "agents").await;
    let auma = world.hires("auma", "agents").await;
    let lead = world.hires("otis", "finance_lead").await;
    let [shop, kiosk] = [agent(&world, NJERI).await, agent(&world, MARIAM).await];
    let moves = |amount| [("from", &*shop), ("to", &*kiosk), ("amount", amount), WHY];
    let before = float(&world, MARIAM).await;
    // 999.00 alone; the same act twice is one
    for amount in ["40000", "59900"] {
        for _copy in 0..2 {
            let said = act(&world, &asha, MOVE.name, &moves(amount), amount).await.unwrap();
            assert!(matches!(said, Outcome::Done(..)), "{said:?}");
        }
    }
    assert_eq!(float(&world, MARIAM).await, before + 99_900);
    let Outcome::Waits(number, slots) =
        act(&world, &asha, MOVE.name, &moves("100"), "last").await.unwrap()
    else {
        panic!("she moved it alone")
    };
    assert_eq!(slots["moved_alone"].to_string(), "KES 999");
    // a copy of what was done is what it was, whatever it would take now
    let said = act(&world, &asha, MOVE.name, &moves("40000"), "40000").await.unwrap();
    assert!(matches!(said, Outcome::Done(..)), "{said:?}");
    world.staff_approves(&auma, number).await.unwrap();
    // another one has moved nothing yet
    world.staff_does(&auma, MOVE.name, &moves("90000")).await.unwrap();
    // it counts for who must approve it too
    let number = world.staff_requests(&asha, MOVE.name, &moves("110000")).await.unwrap();
    let band = world.staff_approves(&auma, number).await.unwrap_err();
    assert_eq!(band.reason, STAFF_BAND);
    world.staff_approves(&lead, number).await.unwrap();
    // what two decided has used up nothing, and a day later it is another day
    world.clock.advance(DAY);
    world.staff_requests(&asha, MOVE.name, &moves("100")).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    world.staff_does(&asha, MOVE.name, &moves("99900")).await.unwrap();
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_acts_at_one_moment_the_second_counts_the_first() {
    let world = World::new().await;
    let other = world.beside(Twist::default()).await;
    let asha = at_work(&world, "asha", "agents").await.duty;
    let [head, shop, kiosk] =
        [agent(&world, ZUHURA).await, agent(&world, NJERI).await, agent(&world, MARIAM).await];
    let one = [("from", &*shop), ("to", &*head), ("amount", "60000"), WHY];
    let two = [("from", &*kiosk), ("to", &*head), ("amount", "60000"), WHY];
    for node in [&world, &other] {
        bands(node, SMALL);
    }
    for round in 0..4 {
        let words = ["one", "two"].map(|act| format!("{act} {round}"));
        let (first, second) = if round % 2 == 0 {
            // nothing is written until both have planned on the same facts
            let book = Held::the_book(&world).await;
            let (first, second, ()) = tokio::join!(
                act(&world, &asha, MOVE.name, &one, &words[0]),
                act(&world, &asha, MOVE.name, &two, &words[1]),
                async {
                    until_waiting(&world, 2).await;
                    book.release().await;
                }
            );
            (first, second)
        } else {
            tokio::join!(
                act(&world, &asha, MOVE.name, &one, &words[0]),
                act(&other, &asha, MOVE.name, &two, &words[1])
            )
        };
        let said = [first.unwrap(), second.unwrap()];
        let alone = said.iter().filter(|said| matches!(said, Outcome::Done(..))).count();
        assert_eq!(alone, 1, "round {round}: {said:?}");
        world.clock.advance(DAY + Duration::from_secs(1));
    }
    world.check();
}

/// Those who say who works here.
async fn admins(world: &World) -> Vec<String> {
    let all = world.app.wallet.store.read(staff_rows::all).await.unwrap();
    let admin = |roles: &str| role::parse(roles).unwrap_or_default().contains(&Role::Admin);
    let here = all.into_iter().filter(|row| row.works() && admin(&row.roles));
    here.map(|row| row.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn however_admins_go_at_one_moment_one_stays() {
    // each of these at once: who sends whom home, where it is the other one or themselves
    for (round, pairs) in
        [[("auma", "juma"), ("juma", "auma")], [("auma", "auma"), ("juma", "juma")]]
            .into_iter()
            .cycle()
            .take(4)
            .enumerate()
    {
        let world = World::new().await;
        let other = world.beside(Twist::default()).await;
        let auma = at_work(&world, "auma", "admin").await.duty;
        let juma = at_work(&world, "juma", "admin").await.duty;
        let by = |name: &str| if name == "auma" { &auma } else { &juma };
        let goes = |who: &'static str| [("name", who), ("why", "does not work here")];
        let [(a, b), (c, d)] = pairs;
        let (b, d) = (goes(b), goes(d));
        let (first, second) = if round < 2 {
            let book = Held::the_book(&world).await;
            let (first, second, ()) = tokio::join!(
                act(&world, by(a), LEAVE.name, &b, "one"),
                act(&world, by(c), LEAVE.name, &d, "two"),
                async {
                    until_waiting(&world, 2).await;
                    book.release().await;
                }
            );
            (first, second)
        } else {
            tokio::join!(
                act(&world, by(a), LEAVE.name, &b, "one"),
                act(&other, by(c), LEAVE.name, &d, "two")
            )
        };
        let refused: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 1, "round {round}");
        assert_eq!(refused[0].code(), "last_admin", "round {round}");
        assert_eq!(admins(&world).await.len(), 1, "round {round}");
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_who_is_alone_is_neither_invited_anew_nor_given_other_work() {
    let world = World::new().await;
    let auma = at_work(&world, "auma", "admin").await.duty;
    let phone = ("phone", "+254722000001");
    for (service, typed) in [
        (LEAVE.name, vec![("name", "auma"), WHY]),
        (ROLES.name, vec![("name", "auma"), ("roles", "care"), WHY]),
        ("invite_staff", vec![("name", "auma"), phone, ("roles", "admin"), WHY]),
        ("invite_staff", vec![("name", "auma"), phone, ("roles", "care"), WHY]),
    ] {
        let said = world.staff_asks(&auma, service, &typed).await.unwrap_err();
        assert_eq!(said.code(), "last_admin", "{service}");
    }
    assert_eq!(admins(&world).await, ["auma"]);
    world.check();
}
