//! Group money where many act at one moment, on two nodes: yeses race for the last one, two payouts
//! for the money that is there for one, the end with a contribution, and the last two who leave.
//! Each comes to one outcome. Method: races at the wallet's own door.

use super::aids::settle;
use super::engine::rounds;
use super::groups::{PEOPLE, agree, ask, groups, umoja};
use super::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::Conn;
use kadogo::store::arrangement_rows::{self, ArrangementRow, Search, Side};
use kadogo::wallet::Execution;

/// What is asked of all groups and not decided, the longest asked first, as their numbers.
pub async fn open_proposals(world: &World) -> Vec<String> {
    rows(world, "group_proposal", true).await.into_iter().map(|row| row.id.to_string()).collect()
}

async fn rows(world: &World, kind: &'static str, open: bool) -> Vec<ArrangementRow> {
    let search = Search { side: Side::Anybody, kind, open, since: 1, limit: 100 };
    let find = move |conn: &mut Conn| {
        conn.wait(async |asked| arrangement_rows::find(asked, &search).await)
    };
    let mut rows = world.app.wallet.store.read(find).await.unwrap();
    rows.reverse();
    rows
}

/// Asks a service for something with the PIN, at a wallet's own door: the code of its refusal, or
/// nothing.
pub async fn acts(
    world: &World,
    (who, pin): (&str, &str),
    service: &str,
    fields: &[(&str, &str)],
) -> String {
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(who).unwrap()).await.unwrap();
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let fields: Fields = fields.collect();
    let name = format!("{who} {service} {fields:?}");
    let key = Key::new(world.clock.now(), "race", name.as_bytes());
    let secret = Some(pin.to_owned().into());
    let ask = Request { mode: Mode::Execute, service: service.into(), fields, secret };
    let executed = wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() });
    match executed.await.answer {
        Answer::Refused(refusal) => refusal.code().to_owned(),
        Answer::Facts { .. } | Answer::Items(_) => String::new(),
        Answer::Late => panic!("late"),
    }
}

/// Four may agree and three must: whoever is the third pays it out, once, and the fourth hears that
/// it is decided.
#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_agree_at_one_moment_one_decides_it() {
    for _round in 0..rounds() {
        let world = World::new().await;
        umoja(&world, "free", "50", 5).await;
        let before = world.balance(AMINA).await;
        ask(&world.phone(AMINA), AMINA, "250", "7361").await;
        let asked = open_proposals(&world).await.remove(0);
        let node = world.beside(Twist::default()).await;
        let agrees = |at: usize| {
            let (who, pin, _) = PEOPLE[at];
            let world = if at.is_multiple_of(2) { &world } else { &node };
            let asked = asked.clone();
            async move {
                // whoever finds all others there at the same moment is asked to try again; on a
                // server they may have seen the money go before they see what it went for
                for _try in 0..10 {
                    let no = acts(world, (who, pin), "group_agree", &[("proposal", &asked)]).await;
                    if no != "busy" && no != "group_short" {
                        return no;
                    }
                }
                panic!("busy for ever")
            }
        };
        let answers = all((1..5).map(agrees)).await;
        let agreed = answers.iter().filter(|answer| answer.is_empty()).count();
        let late = answers.iter().filter(|answer| *answer == "group_ask_gone").count();
        assert_eq!((agreed, late), (3, 1), "{answers:?}");
        assert_eq!(world.balance(AMINA).await, before + 25_000);
        drop(node);
        world.check();
    }
}

/// Two payouts, and money for one of them: one is paid, the other one waits for more, and is over
/// in its time.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_payouts_for_the_money_of_one_one_is_paid() {
    for _round in 0..rounds() {
        let world = World::new().await;
        umoja(&world, "free", "50", 3).await;
        let before = [world.balance(AMINA).await, world.balance(BARAKA).await];
        ask(&world.phone(AMINA), AMINA, "100", "7361").await;
        ask(&world.phone(BARAKA), BARAKA, "100", "4826").await;
        let asked = open_proposals(&world).await;
        let votes = [(BARAKA, "4826", 0), (AMINA, "7361", 1)];
        for (who, pin, which) in votes {
            let yes = [("proposal", asked[which].as_str())];
            assert_eq!(acts(&world, (who, pin), "group_agree", &yes).await, "");
        }
        let node = world.beside(Twist::default()).await;
        let claire = (CLAIRE, "9274");
        let (first, second) =
            ([("proposal", asked[0].as_str())], [("proposal", asked[1].as_str())]);
        let (one, other) = tokio::join!(
            acts(&world, claire, "group_agree", &first),
            acts(&node, claire, "group_agree", &second),
        );
        let answers = [one, other];
        assert!(answers.contains(&String::new()), "{answers:?}");
        assert!(answers.contains(&"group_short".to_owned()), "{answers:?}");
        let after = [world.balance(AMINA).await, world.balance(BARAKA).await];
        let got = [after[0] - before[0], after[1] - before[1]];
        assert!(got == [10_000, 0] || got == [0, 10_000], "{got:?}");
        drop(node);
        world.clock.advance(std::time::Duration::from_secs(6 * 86_400));
        settle(&world).await;
        assert_eq!(open_proposals(&world).await, [""; 0]);
        let states = rows(&world, "group_proposal", false).await;
        let mut states: Vec<&str> = states.iter().map(|row| row.state.as_str()).collect();
        states.sort_unstable();
        assert_eq!(states, ["carried", "expired"]);
        world.check();
    }
}

/// The end is agreed to while money comes in and its clock shares out: nothing is left behind, or
/// the check of the book would say so.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_with_the_end_is_shared_or_does_not_come_in() {
    for _round in 0..rounds() {
        let world = World::new().await;
        umoja(&world, "free", "50", 3).await;
        let group = rows(&world, "group", true).await.remove(0).id.to_string();
        let close = acts(&world, (AMINA, "7361"), "group_close", &[("group", &group)]).await;
        assert_eq!(close, "");
        let asked = open_proposals(&world).await.remove(0);
        let yes = [("proposal", asked.as_str())];
        assert_eq!(acts(&world, (BARAKA, "4826"), "group_agree", &yes).await, "");
        let before = total(&world).await;
        let node = world.beside(Twist::default()).await;
        let give = [("group", group.as_str()), ("amount", "1001")];
        let (closed, given, _, _) = tokio::join!(
            acts(&world, (CLAIRE, "9274"), "group_agree", &yes),
            acts(&node, (AMINA, "7361"), "contribute", &give),
            world.app.wallet.wake_all(),
            node.app.wallet.wake_all(),
        );
        assert_eq!(closed, "");
        assert!(given.is_empty() || given == "group_gone", "{given}");
        settle(&world).await;
        // all that was in it is back
        assert_eq!(total(&world).await, before + 15_000);
        drop(node);
        world.check();
    }
}

/// What all people have together.
async fn total(world: &World) -> i64 {
    let mut total = 0;
    for (who, _, _) in PEOPLE {
        total += world.balance(who).await;
    }
    total
}

/// Of two who are left, and both leave, one stays: somebody must have what is in it.
#[tokio::test(flavor = "multi_thread")]
async fn of_the_last_two_who_leave_one_stays() {
    for _round in 0..rounds() {
        let world = World::new().await;
        umoja(&world, "free", "50", 3).await;
        let group = rows(&world, "group", true).await.remove(0).id.to_string();
        let left = acts(&world, (CLAIRE, "9274"), "leave_group", &[("group", &group)]).await;
        assert_eq!(left, "");
        let node = world.beside(Twist::default()).await;
        let which = [("group", group.as_str())];
        let (one, other) = tokio::join!(
            acts(&world, (AMINA, "7361"), "leave_group", &which),
            acts(&node, (BARAKA, "4826"), "leave_group", &which),
        );
        let mut answers = [one, other];
        answers.sort_unstable();
        assert_eq!(answers, ["", "group_last"]);
        drop(node);
        world.check();
    }
}

/// Who says so by several texts at one moment has joined once.
#[tokio::test(flavor = "multi_thread")]
async fn one_seat_is_taken_once_however_many_texts_say_so() {
    let world = World::new().await;
    umoja(&world, "free", "0", 3).await;
    let amina = world.phone(AMINA);
    groups(&amina, &[Pick("mine"), Line("Umoja"), Pick("invite")]).await;
    amina.go(&[Type("0700000004"), Yes, Type("7361")]).await;
    agree(&world.phone(BARAKA), "4826").await;
    agree(&world.phone(CLAIRE), "9274").await;
    let node = world.beside(Twist::default()).await;
    let texts = all((0..6).map(|number| {
        let world = if number > 2 { &world } else { &node };
        async move {
            let words = number.to_string();
            acts(world, (DAUDI, "8053"), "group_accept", &[("try", &words)]).await
        }
    }))
    .await;
    assert_eq!(texts.iter().filter(|answer| answer.is_empty()).count(), 1, "{texts:?}");
    assert_eq!(rows(&world, "membership", true).await.len(), 4);
    drop(node);
    world.check();
}
