//! The operator's commands about agents, wrong sends and people. Goal: each does on a real
//! database, beside a running service, what its help says, once, and says so. Method: the real
//! binary on the database of a service in whose world people dial.

use super::aids::*;
use super::market::{MARIAM, NJERI, OTIENO, agent, float};
use super::program::Said;
use super::world::*;
use kadogo::book::Key;
use kadogo::request::{Mode, Request};
use kadogo::time::Clock;
use std::time::Duration;

/// Who is signed in, as all that these commands take.
const ASHA: &str = "asha";

/// A world in which she is.
async fn at_work() -> World {
    let world = World::real().await;
    world.hires(ASHA, "agents care_lead finance").await;
    world
}

/// A command that does what it should; what it said.
fn runs(world: &World, args: &[&str]) -> String {
    let said = world.run_as(ASHA, args);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{args:?}: {said:?}");
    said.out
}

fn refused(world: &World, args: &[&str]) -> String {
    let Said { code, out, err } = world.run_as(ASHA, args);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{args:?}: {err}");
    err
}

/// One asks for it by command, and otis approves it by command: what it came to.
fn approved(world: &World, args: &[&str]) -> String {
    let waits = runs(world, args);
    let number = waits.split("approval: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let shown = world.run_as("otis", &["approve", "show", &number]).out;
    let seen = shown.split("seen: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let said = world.run_as("otis", &["approve", "yes", &number, "--seen", &seen]);
    let is_sum = |line: &&str| ["amount", "owed", "finds"].iter().any(|sum| line.contains(sum));
    let sums: Vec<&str> = said.out.lines().filter(is_sum).collect();
    format!("{}\n", sums.join("\n"))
}

async fn serve(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.pick("agent").await;
    phone.go(way).await
}

#[tokio::test(flavor = "multi_thread")]
async fn commission_is_rechecked_clawed_back_and_paid_by_command() {
    let world = at_work().await;
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("8417")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("500"), Yes, Type("6734")]).await;
    // she has spent what she earned: it stays owed
    serve(&mariam, &[Pick("work"), Pick("pay"), Yes, Type("6734")]).await;
    let zone = &world.app.wallet.config.market.zone;
    let day = world.clock.now().day(zone).to_string();
    world.hires("otis", "finance_lead").await;
    let back = ["agent", "take-back", "--day", &day, "--why", "one deposit in two"];
    let mut told = vec![runs(&world, &["agent", "recheck", "--day", &day])];
    told.push(approved(&world, &back));
    told.push(runs(&world, &["agent", "list"]));
    world.clock.advance(Duration::from_secs(60));
    serve(&mariam, &[Pick("in"), Type("0700000004"), Type("1000"), Yes, Type("6734")]).await;
    let before = (float(&world, NJERI).await, float(&world, MARIAM).await);
    told.push(runs(&world, &["agent", "pay"]));
    told.push(runs(&world, &["agent", "pay"]));
    told.push(approved(&world, &back));
    told.push(runs(&world, &["agent", "recheck", "--day", &day]));
    let after = (float(&world, NJERI).await, float(&world, MARIAM).await);
    assert_eq!((after.0 - before.0, after.1 - before.1), (608, 684 - 532));
    let short = world.clock.now().day(zone);
    let short = format!("{:02}/{:02}/{:02}", short.day(), short.month(), short.year() % 100);
    insta::assert_snapshot!(told.join("--\n").replace(&day, "[day]").replace(&short, "[day]"));
    let tomorrow = Clock::System.now().plus(Duration::from_secs(24 * 3_600)).day(zone).to_string();
    assert!(refused(&world, &["agent", "recheck", "--day", &tomorrow]).contains("is not over yet"));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_sends_are_listed_given_back_and_released_by_command() {
    let world = at_work().await;
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let mut codes = Vec::new();
    for amount in ["200", "300"] {
        dial_afresh(&amina).await;
        let code = amina
            .go(&[Pick("send"), Type("0700000002"), Type(amount), Yes, Type("7361")])
            .await[..10]
            .to_owned();
        amina.dial().await;
        amina
            .go(&[Pick("people"), Pick("undo"), Pick("code"), Type(&code), Yes, Type("7361")])
            .await;
        codes.push(code);
    }
    // nobody objects yet: then it is not for staff to give back
    assert!(
        refused(&world, &["reversal", "give-back", &codes[0], "--why", "too early"])
            .contains("That is decided already.")
    );
    for _one in &codes {
        dial_afresh(&baraka).await;
        baraka.go(&[Pick("people"), Pick("undo"), Pick("asked"), Line("KES 300"), No]).await;
        world.clock.advance(Duration::from_secs(60));
        dial_afresh(&baraka).await;
        baraka.go(&[Pick("people"), Pick("undo"), Pick("asked"), Line("KES 200"), No]).await;
    }
    let listed = runs(&world, &["reversal", "list"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 2, "{listed}");
    assert!(
        lines.iter().all(|line| line.contains("disputed") && line.contains("30 days: 2")),
        "{listed}"
    );
    let unknown = ["reversal", "give-back", "K7M2Q9XWTB", "--why", "whose is it"];
    assert!(refused(&world, &unknown).contains("Only what you sent to a person"));
    let given = runs(&world, &["reversal", "give-back", &codes[0], "--why", "phone records"]);
    assert!(given.starts_with("done\n  amount: KES 200\n"), "{given}");
    let left = runs(&world, &["reversal", "release", &codes[1], "--why", "they agreed"]);
    assert!(left.starts_with("done\n  amount: KES 300\n"), "{left}");
    // decided is decided
    assert!(
        refused(&world, &["reversal", "release", &codes[0], "--why", "second thoughts"])
            .contains("That is decided already.")
    );
    assert_eq!(runs(&world, &["reversal", "list"]), "");
    assert_eq!(
        (world.balance(AMINA).await, world.balance(BARAKA).await),
        (500_000 - 20_700 - 30_700 + 20_000, 280_000)
    );
    // the command has the machine's clock
    world.clock.advance(Duration::from_secs(3 * 24 * 3_600));
    assert!(
        amina.messages().await.iter().any(|told| told.contains("KES 200 came back from Baraka O"))
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_dismissed_serves_no_more_not_even_with_what_is_under_way() {
    let world = at_work().await;
    let njeri = world.phone(NJERI);
    let otieno = world.phone(OTIENO);
    let before = float(&world, NJERI).await;
    serve(&otieno, &[Pick("in"), Type("0700000005"), Type("1000"), Yes]).await;
    assert!(
        runs(&world, &["agent", "dismiss", OTIENO, "--why", "he left us"])
            .contains("name: Mama Njeri Shop")
    );
    let screen = otieno.press("2905").await;
    assert!(screen.contains("si ya wakala"), "{screen}");
    assert!(!otieno.dial().await.contains("Wakala"), "{}", otieno.transcript());
    assert!(
        refused(&world, &["agent", "dismiss", OTIENO, "--why", "he left us"])
            .contains("They serve at no outlet.")
    );
    // colleagues go on, and whoever is wanted back begins with another PIN
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    assert_eq!(
        (world.balance(ESTHER).await, float(&world, NJERI).await),
        (100_000, before - 100_000)
    );
    let number = agent(&world, NJERI).await;
    let employed = runs(&world, &["agent", "employ", &number, OTIENO, "--why", "he is back"]);
    let waits = employed.split("approval: ").nth(1).unwrap().split_whitespace().next().unwrap();
    let other = world.hires("auma", "agents").await;
    world.staff_approves(&other, waits.parse().unwrap()).await.unwrap();
    // the command has the machine's clock
    world.clock.advance(Duration::from_secs(2 * 24 * 3_600 + 60));
    let told = world.inbox(OTIENO).await;
    let told = told.iter().find(|text| text.contains("ya kuanzia")).unwrap();
    let start = told.split("kuanzia ni ").nth(1).unwrap()[..5].to_owned();
    assert!(!employed.contains(&start), "nobody of the staff sees it: {employed}");
    assert!(
        serve(&otieno, &[Pick("in"), Type("0700000004"), Type("500"), Yes, Type("2905")])
            .await
            .contains("PIN"),
        "{}",
        otieno.transcript()
    );
    // it opens nothing but the choice of another one
    let start_opens =
        serve(&otieno, &[Pick("in"), Type("0700000004"), Type("500"), Yes, Type(&start)]).await;
    assert!(start_opens.contains("Chagua PIN yako kwanza"), "{start_opens}");
    let way = [Pick("work"), Pick("pin"), Type(&start), Type("36925"), Type("36925")];
    serve(&otieno, &way).await;
    serve(&otieno, &[Pick("in"), Type("0700000004"), Type("500"), Yes, Type("36925")]).await;
    assert_eq!(float(&world, NJERI).await, before - 150_000);
    world.check();
}

/// The plan was made while they served, and the commit comes when they do not any more.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_dismissed_between_the_plan_and_the_commit_moves_nothing() {
    let world = World::new().await;
    let otieno = world.phone(OTIENO);
    let before = float(&world, NJERI).await;
    serve(&otieno, &[Pick("in"), Type("0700000005"), Type("1000"), Yes]).await;
    let asha = world.hires(ASHA, "agents").await;
    let book = Held::the_book(&world).await;
    let wallet = world.app.wallet.clone();
    let dismissed = tokio::spawn(async move {
        let fields = [("phone", OTIENO), ("why", "he left us")];
        let fields = fields.map(|(name, typed)| (name.to_owned(), typed.to_owned())).into();
        let service = kadogo::wallet::agents::employing::DISMISS.name.to_owned();
        let request = Request { mode: Mode::Execute, service, fields, secret: None };
        let key = Key::new(wallet.clock.now(), "dismiss", b"otieno");
        wallet.act_as_staff(&asha, request, key).await
    });
    until_waiting(&world, 1).await;
    let (screen, ()) = tokio::join!(otieno.press("2905"), async {
        until_waiting(&world, 2).await;
        book.release().await;
    });
    dismissed.await.unwrap().unwrap();
    assert!(screen.contains("si ya wakala"), "{screen}");
    assert_eq!((world.balance(ESTHER).await, float(&world, NJERI).await), (0, before));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merchant_is_made_by_two_and_what_they_were_paid_is_not_asked_back() {
    let world = at_work().await;
    let otis = world.hires("otis", "care_lead").await;
    let amina = world.phone(AMINA);
    let tier =
        |phone, tier| ["tier", phone, tier, "--document", "licence 77", "--why", "she sells"];
    let waits = runs(&world, &tier("0700000002", "merchant"));
    assert!(waits.starts_with("waits for another one to approve it\n"), "{waits}");
    assert!(waits.contains("  tier is: merchant\n  tier was: full\n"), "{waits}");
    let number = waits.split("approval: ").nth(1).unwrap().lines().next().unwrap();
    world.staff_approves(&otis, number.parse().unwrap()).await.unwrap();
    amina.dial().await;
    let code = amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await
        [..10]
        .to_owned();
    amina.dial().await;
    assert!(
        amina
            .go(&[Pick("people"), Pick("undo"), Pick("code"), Type(&code)])
            .await
            .starts_with("Only what you sent to a person")
    );
    // less takes two too, and its owner hears of it
    let waits = runs(&world, &tier("0700000002", "full"));
    let number = waits.split("approval: ").nth(1).unwrap().lines().next().unwrap();
    assert!(world.inbox("+254700000002").await.iter().all(|text| !text.contains("kidogo zaidi")));
    world.staff_approves(&otis, number.parse().unwrap()).await.unwrap();
    let told = world.inbox("+254700000002").await;
    assert!(told.iter().any(|text| text.contains("kidogo zaidi")), "{told:#?}");
    assert!(refused(&world, &tier("0700000002", "king")).contains("There is no such tier."));
    assert!(
        refused(&world, &tier("0799999999", "full")).contains("0799999999 has no Kadogo account")
    );
    assert!(refused(&world, &tier("hello", "full")).contains("digits"));
}

/// Whoever has another role, or nobody, does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_somebody_who_may_does_nothing() {
    let world = World::real().await;
    world.hires(ASHA, "admin auditor").await;
    for args in [
        &["agent", "open", "Duka", "--area", "Soko", "--why", "a new one"][..],
        &["agent", "pay"],
        &["reversal", "give-back", "K7M2Q9XWTB", "--why", "they said so"],
        &["deal", "propose", "KMTRBX", "--back", "1", "--because", "shared", "--why", "both"],
        &["freeze", "0700000001", "--way", "out", "--basis", "care", "--why", "she called"],
    ] {
        assert!(refused(&world, args).contains("for staff with another role"), "{args:?}");
    }
    let said = world.run(&["agent", "list"]);
    assert!(said.code == Some(1) && said.err.contains("nobody is signed in"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_stopped_by_one_and_opened_again_by_two_by_command() {
    let world = at_work().await;
    world.hires("otis", "care_lead").await;
    let amina = world.phone(AMINA);
    let stop = ["--way", "out", "--basis", "customer", "--why", "her phone was stolen"];
    let frozen = runs(&world, &[&["freeze", "0700000001"], &stop[..]].concat());
    assert!(frozen.contains("account is: stop_debit\n  account was: open\n"), "{frozen}");
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("send"), Type("0700000002")]).await;
    assert!(screen.contains("not active"), "{screen}");
    let close = ["account", "0700000001", "--close", "--why", "she left"];
    assert!(refused(&world, &close).contains("Only an empty account is closed."));
    let waits = runs(&world, &["unfreeze", "0700000001", "--why", "she has a new one"]);
    let number = waits.split("approval: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let seen = runs(&world, &["account", "0700000001", "--why", "she asked"]);
    for told in [
        "account is: stop_debit",
        "balance: KES 5,000",
        "ordered by: asha",
        "reason: her phone was stolen",
        "asked for: unfreeze_account",
    ] {
        assert!(seen.contains(told), "{told}: {seen}");
    }
    let shown = world.run_as("otis", &["approve", "show", &number]).out;
    let digest = shown.split("seen: ").nth(1).unwrap().lines().next().unwrap();
    let own = refused(&world, &["approve", "yes", &number, "--seen", digest]);
    assert!(own.contains("Another one of the staff"), "{own}");
    let opened = world.run_as("otis", &["approve", "yes", &number, "--seen", digest]);
    assert!(opened.out.contains("account is: open"), "{opened:?}");
    dial_afresh(&amina).await;
    let screen =
        amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    assert!(screen.contains("Confirmed."), "{screen}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_ends_by_command_wherever_somebody_is_signed_in() {
    let world = at_work().await;
    world.hires("boss", "admin").await;
    let end = ["staff", "end-sessions", ASHA, "--why", "her laptop was left in a taxi"];
    let err = refused(&world, &end);
    assert!(err.contains("another role"), "who is no admin ends nobody's: {err}");
    runs(&world, &["agent", "list"]);
    let said = world.run_as("boss", &end);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert!(said.out.starts_with("done") && said.out.contains(ASHA), "{}", said.out);
    let err = refused(&world, &["agent", "list"]);
    assert!(err.contains("ign in again"), "{err}");
    let audit = world.run_as("boss", &["audit"]).out;
    assert!(audit.contains("her laptop was left in a taxi"), "{audit}");
    let unknown = world.run_as("boss", &["staff", "end-sessions", "nobody", "--why", "a try"]);
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
}
