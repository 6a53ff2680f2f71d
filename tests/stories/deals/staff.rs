//! The staff decide deals by command, beside the service: what they see, what they are refused, and
//! what comes of it.

use super::*;

/// Runs a command of the staff; what it prints, or why it does not.
fn run(world: &World, who: &str, args: &[&str]) -> String {
    let said = world.run_as(who, &[&["deal"], args].concat());
    format!("{who} $ kadogo deal {}\n{}{}", args.join(" "), said.out, said.err)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_the_staff_decide_by_command() {
    let world = World::real().await;
    world.hires("wanjiku", "care_lead").await;
    world.hires("otieno", "care_lead").await;
    world.hires("akoth", "care").await;
    let (buyer, seller) = (world.phone(AMINA), world.phone(OTHER));
    let before = (world.balance(AMINA).await, world.balance(OTHER).await);
    safe(&buyer, &ASKS_TO_SELL[..4]).await;
    buyer.go(&[Pick("change"), Type("3")]).await;
    buyer.go(&[Pick("two"), Pick("hand"), Pick("buyer"), Pick("none"), Pick("ask")]).await;
    deal(&seller, &[Pick("answer"), Pick("accept")]).await;
    deal(&buyer, &[Pick("pay"), Yes, Type("7361")]).await;
    deal(&buyer, &[Pick("dispute"), Pick("not_it"), Type("the box was empty"), Yes]).await;
    let list = run(&world, "akoth", &["list"]);
    let code = list.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let mut said = vec![list, run(&world, "akoth", &["show", &code])];
    let propose =
        |back, cause, words| ["propose", &code, "--back", back, "--because", cause, "--why", words];
    said.push(run(&world, "wanjiku", &propose("1001", "shared", "too much")));
    said.push(run(&world, "wanjiku", &propose("500", "shared", "half of it was there")));
    said.push(run(&world, "otieno", &["confirm", &code, "--seen", "4"]));
    said.push(run(&world, "wanjiku", &["confirm", &code, "--seen", "5"]));
    said.push(run(&world, "akoth", &["confirm", &code, "--seen", "5"]));
    said.push(run(&world, "otieno", &["confirm", &code, "--seen", "5"]));
    said.push(run(&world, "akoth", &["show", &code]));
    insta::assert_snapshot!(dated(&said.join("\n")).replace(&code, "[code]"));
    // a command has the machine's clock, which is two days ahead of these people's
    world.clock.advance(Duration::from_secs(2 * 24 * 3_600 + 60));
    let heard = seller.messages().await;
    assert!(heard.iter().any(|text| text.contains("KES 500")), "{heard:#?}");
    // nothing was moved yet: they may appeal
    let after = (world.balance(AMINA).await, world.balance(OTHER).await);
    assert_eq!(after, (before.0 - 101_000, before.1));
    world.check();
}

/// Days differ from run to run, as a command has the machine's clock.
fn dated(said: &str) -> String {
    let is_day = |word: &str| word.len() == 8 && word.matches('/').count() == 2;
    let masked = |line: &str| {
        let words = line
            .split(' ')
            .map(|word| if is_day(word.trim_end_matches(',')) { "[day]" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    said.lines().map(masked).collect::<Vec<_>>().join("\n")
}
