//! What goes wrong at agents, told as it happens to people: cash that is missing, floats that run
//! dry, deposits that are split or made for others, prices that are made up, PINs that are shared.
//! And that it does not end badly here.

use super::aids::*;
use super::engine::lines;
use super::market::{MARIAM, NJERI, OTIENO, ZUHURA, agent, float};
use super::world::*;
use kadogo::book::{FEES, TAX};
use kadogo::id::Id;
use kadogo::store::book_rows;

/// Does something at an outlet.
pub async fn serve(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.pick("agent").await;
    phone.go(way).await
}

pub async fn account(world: &World, id: i64) -> i64 {
    let read = world.app.wallet.store.read(move |conn| book_rows::account(conn, Id::of(id)));
    read.await.unwrap().unwrap().balance_minor
}

/// What a query answers, a line each.
pub async fn query(world: &World, text: &str) -> Vec<String> {
    let text = text.to_owned();
    world
        .app
        .wallet
        .store
        .read(move |conn| Ok::<_, kadogo::store::StoreError>(lines(conn, &text)))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_is_missing_and_nobody_knows_whose() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let otieno = world.phone(OTIENO);
    let zuhura = world.phone(ZUHURA);
    let baraka = world.phone(BARAKA);
    let esther = world.phone(ESTHER);
    let shop = agent(&world, NJERI).await;
    serve(&njeri, &[Pick("work"), Pick("open"), Type("5000"), Yes, Type("8417")]).await;
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    serve(&njeri, &[Pick("ask"), Type("0700000002"), Type("500"), Yes, Type("8417")]).await;
    baraka.dial().await;
    baraka.go(&[Pick("orders"), Line("KES 500"), Yes, Type("4826")]).await;
    // she alone is in a shift: the cash that a customer asks for by themselves is hers to hand out
    esther.dial().await;
    esther.go(&[Pick("cash"), Pick("agent"), Type(&shop), Type("300"), Yes, Type("6195")]).await;
    // what a colleague does is on the colleague's name, with a warning that no shift counts it
    let warned =
        serve(&otieno, &[Pick("in"), Type("0700000001"), Type("700"), Yes, Type("2905")]).await;
    assert!(warned.contains("Huna zamu"), "{warned}");
    serve(&njeri, &[Pick("work"), Pick("close"), Type("5190"), Yes, Type("8417")]).await;
    for phone in [&njeri, &otieno, &zuhura] {
        phone.messages().await;
    }
    let told = [("Njeri", &njeri), ("Otieno", &otieno), ("Zuhura", &zuhura)];
    let told = told.map(|(name, phone)| format!("== {name} ==\n{}", phone.transcript()));
    insta::assert_snapshot!(told.join("\n"));
    let by = "SELECT msisdn || ' ' || service || ' ' || cash_minor || CASE WHEN shift IS NULL THEN \
              ' alone' ELSE ' in a shift' END AS text FROM agent_journal JOIN assistants ON \
              assistants.id = agent_journal.assistant JOIN people ON account_id = person ORDER BY \
              posting";
    let by = query(&world, by).await;
    let expected = [
        format!("{NJERI} cash_in 100000 in a shift"),
        format!("{NJERI} cash_out -50000 in a shift"),
        format!("{NJERI} cash_out -30000 in a shift"),
        format!("{OTIENO} cash_in 70000 alone"),
    ];
    assert_eq!(by, expected);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_lands_while_the_shift_is_being_closed() {
    for _round in 0..3 {
        let world = World::new().await;
        let njeri = world.phone(NJERI);
        let baraka = world.phone(BARAKA);
        serve(&njeri, &[Pick("work"), Pick("open"), Type("0.0"), Yes, Type("8417")]).await;
        serve(&njeri, &[Pick("ask"), Type("0700000002"), Type("500"), Yes, Type("8417")]).await;
        baraka.dial().await;
        baraka.go(&[Pick("orders"), Line("KES 500"), Yes]).await;
        serve(&njeri, &[Pick("work"), Pick("close"), Type("0.0"), Yes]).await;
        all([njeri.press("8417"), baraka.press("4826")]).await;
        // whichever came first: what had to be there is what was done in the shift
        let sums = "SELECT coalesce(expected_minor, 1) || ' ' || (SELECT coalesce(sum(cash_minor), \
                    0) FROM agent_journal WHERE shift = shifts.id) AS text FROM shifts";
        let sums = query(&world, sums).await;
        assert!(["0 0", "-50000 -50000"].contains(&sums[0].as_str()), "{sums:?}");
        assert_eq!(world.balance(BARAKA).await, 250_000 - 52_900);
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_is_opened_once_and_only_what_is_open_is_closed() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    assert!(
        serve(&njeri, &[Pick("work"), Pick("close"), Type("100")])
            .await
            .starts_with("You are in no shift.")
    );
    serve(&njeri, &[Pick("work"), Pick("open"), Type("100"), Yes]).await;
    let session = njeri.session();
    let history = format!("{}*8417", njeri.history());
    let copies = all((0..4).map(|_| world.hop(&session, NJERI, &history))).await;
    assert!(
        copies.iter().all(|copy| copy.contains("Your shift is open with 100 in cash.")),
        "{copies:#?}"
    );
    assert!(
        serve(&njeri, &[Pick("work"), Pick("open"), Type("100")])
            .await
            .starts_with("You are in a shift already.")
    );
    assert_eq!(query(&world, "SELECT 'one' AS text FROM shifts").await.len(), 1);
    // a personal PIN closes nothing
    assert!(
        serve(&njeri, &[Pick("work"), Pick("close"), Type("100"), Yes, Type("9046")])
            .await
            .starts_with("Wrong PIN")
    );
    assert!(
        serve(&njeri, &[Pick("work"), Pick("close"), Type("lots")])
            .await
            .starts_with("That is not an amount.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_runs_short_of_float_and_hears_it_once_before() {
    let world = World::new().await;
    let mariam = world.phone(MARIAM);
    let zuhura = world.phone(ZUHURA);
    let amina = world.phone(AMINA);
    let soko = agent(&world, MARIAM).await;
    let told = |phone: &'static str| {
        let world = &world;
        async move {
            world
                .inbox(phone)
                .await
                .iter()
                .filter(|text| text.contains("float"))
                .filter(|text| text.contains("bas") || text.contains("low"))
                .count()
        }
    };
    serve(&mariam, &[Pick("work"), Pick("low"), Type("3000"), Yes, Type("6734")]).await;
    for (amount, warnings) in [("4900", 0), ("300", 1), ("200", 1)] {
        serve(&mariam, &[Pick("in"), Type("0700000005"), Type(amount), Yes, Type("6734")]).await;
        assert_eq!((told(MARIAM).await, told(ZUHURA).await), (warnings, warnings), "{amount}");
    }
    // more float, and it sinks again
    serve(&zuhura, &[Pick("float"), Type(&soko), Type("1000"), Yes, Type("5263")]).await;
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("900"), Yes, Type("6734")]).await;
    assert_eq!((told(MARIAM).await, told(ZUHURA).await), (2, 2));
    mariam.messages().await;
    // a customer finds who has enough, and learns no float
    amina.dial().await;
    let near = amina.go(&[Pick("cash"), Pick("find"), Type("gikomba"), Type("500")]).await;
    assert!(near.contains(&format!("Duka la Soko {soko}")), "{near}");
    for amount in ["3000", "30000"] {
        dial_afresh(&amina).await;
        let none = amina.go(&[Pick("cash"), Pick("find"), Type("GIKOMBA"), Type(amount)]).await;
        assert!(none.contains("No agent there can take so much"), "{none}");
    }
    // an area that nobody serves is told where it is typed
    dial_afresh(&amina).await;
    let nowhere = amina.go(&[Pick("cash"), Pick("find"), Type("Atlantis")]).await;
    assert!(nowhere.starts_with("No agent found in that area."), "{nowhere}");
    suspended(&world, "Duka la Soko").await;
    dial_afresh(&amina).await;
    assert!(
        amina
            .go(&[Pick("cash"), Pick("find"), Type("gikomba")])
            .await
            .contains("No agent found in that area.")
    );
    insta::assert_snapshot!(format!(
        "== Mariam ==\n{}\n== Amina ==\n{}",
        mariam.transcript(),
        amina.transcript()
    ));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_outlets_that_cross_the_mark_together_warn_once() {
    let world = World::new().await;
    // 15,000 in the float: neither of the two sinks below 2,000 alone
    let outlets = [(NJERI, "8417", "0700000005"), (OTIENO, "2905", "0700000004")];
    let outlets = outlets.map(|(number, pin, to)| (world.phone(number), pin, to));
    for (phone, _, to) in &outlets {
        phone.dial().await;
        phone.go(&[Pick("agent"), Pick("in"), Type(to), Type("7000"), Yes]).await;
    }
    all(outlets.iter().map(|(phone, pin, _)| phone.press(pin))).await;
    assert_eq!(float(&world, NJERI).await, 100_000);
    for (number, words) in
        [(NJERI, "float is low"), (OTIENO, "salio la wakala ni dogo"), (ZUHURA, "float is low")]
    {
        assert_eq!(
            world.inbox(number).await.iter().filter(|text| text.contains(words)).count(),
            1,
            "{number}"
        );
    }
    world.check();
}

/// Paying in costs as much as sending does.
fn price_deposits(world: &World) {
    let text = include_str!("../../menus/markets/ke/tariff.toml");
    let priced = format!(
        "{text}\n[cash_in]\nsplitting_allowed = 30\n\
         bands = [\n    {{ from = 1, to = 500, fee = 7 }},\n    {{ from = 501, to = 250_000, fee = \
         30 }},\n]\n"
    );
    world.prices(priced);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_pays_in_for_another_to_dodge_the_price_of_sending() {
    let world = World::new().await;
    price_deposits(&world);
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    let esther = world.phone(ESTHER);
    // no code: it costs what it says, and the customer reads that
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Pick("none"), Yes, Type("8417")])
        .await;
    assert_eq!(world.balance(ESTHER).await, 100_000 - 3_000);
    esther.messages().await;
    // with the code on her own phone it is free
    esther.dial().await;
    let shown = esther.go(&[Pick("cash"), Pick("deposit")]).await;
    let code = super::market::code_on(&shown);
    serve(
        &mariam,
        &[
            Pick("in"),
            Type("0700000005"),
            Type("1000"),
            Pick("code"),
            Type(&code),
            Yes,
            Type("6734"),
        ],
    )
    .await;
    assert_eq!(world.balance(ESTHER).await, 200_000 - 3_000);
    esther.messages().await;
    // another's code, a made up one, and one whose time is over are none
    let wrong = if code == "111111" { "222222" } else { "111111" };
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("1000"), Pick("code"), Type(wrong)])
        .await;
    assert!(last(&mariam).contains("Ce n'est pas le code"), "{}", mariam.transcript());
    serve(&mariam, &[Pick("in"), Type("0700000001"), Type("1000"), Pick("code"), Type(&code)])
        .await;
    assert!(last(&mariam).contains("Ce n'est pas le code"), "{}", mariam.transcript());
    minutes(&world, 20);
    serve(&mariam, &[Pick("in"), Type("0700000005"), Type("1000"), Pick("code"), Type(&code)])
        .await;
    assert!(last(&mariam).contains("Ce n'est pas le code"), "{}", mariam.transcript());
    let told = [njeri.transcript(), esther.transcript()].join("\n").replace(&code, "######");
    insta::assert_snapshot!(told);
    world.check();
}

/// What taking cash out costs, and who is credited with it, was agreed on when the code was made.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_cash_costs_what_its_maker_said_yes_to_though_the_tariff_changes() {
    let world = World::new().await;
    let tariff = |fee: i64, tax: &str| {
        let extra = format!(
            "extra = [{{ name = 'excise', credit = 'tax', of = 'fee', percent = '{tax}' }}]"
        );
        let text = format!(
            "currency = 'KES'\n[cash_out]\nbands = [{{ from = 1, to = 900, fee = {fee} }}]\n\
             {extra}\n"
        );
        world.prices(text);
    };
    let claire = world.phone(CLAIRE);
    let mariam = world.phone(MARIAM);
    tariff(20, "10");
    let code = super::market::make_code(&claire, "400", "9274").await;
    tariff(50, "16");
    serve(
        &mariam,
        &[Pick("code"), Type("0700000003"), Type("400"), Type(&code), Yes, Type("6734")],
    )
    .await;
    assert!(last(&mariam).contains("400"), "{}", mariam.transcript());
    assert_eq!(world.balance(CLAIRE).await, 120_000 - 42_200);
    assert_eq!(
        (account(&world, FEES.number()).await, account(&world, TAX.number()).await),
        (2_000, 200)
    );
    assert!(claire.messages().await.last().unwrap().contains("KES 22"), "{}", claire.transcript());
    // the next one costs what it costs by now, and one that no tariff would allow any more is still
    // good
    let code = super::market::make_code(&claire, "300", "9274").await;
    let text = "currency = 'KES'\n[cash_out]\nbands = [{ from = 1, to = 100, fee = 9 }]\n";
    world.prices(text);
    serve(
        &mariam,
        &[Pick("code"), Type("0700000003"), Type("300"), Type(&code), Yes, Type("6734")],
    )
    .await;
    assert_eq!(world.balance(CLAIRE).await, 120_000 - 42_200 - 35_800);
    assert_eq!(
        (account(&world, FEES.number()).await, account(&world, TAX.number()).await),
        (2_000 + 5_000, 200 + 800)
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_for_paying_in_that_comes_between_the_yes_and_the_pin_stops_it() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes]).await;
    price_deposits(&world);
    assert!(njeri.press("8417").await.starts_with("The price has changed meanwhile."));
    assert_eq!(world.balance(ESTHER).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_asks_for_more_than_the_price_and_the_customer_has_the_price_in_writing() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let soko = agent(&world, MARIAM).await;
    claire.dial().await;
    // before the PIN on the screen, and after it in a message that names agent, amount and price
    let asked = claire.go(&[Pick("cash"), Pick("agent"), Type(&soko), Type("400")]).await;
    assert!(asked.contains("Frais KES 29. Total KES 429."), "{asked}");
    claire.go(&[Yes, Type("9274")]).await;
    let told = claire.messages().await.pop().unwrap();
    assert!(
        told.contains("KES 400 en espèces de Duka la Soko") && told.contains("Frais KES 29."),
        "{told}"
    );
    let mariam = world.phone(MARIAM);
    serve(&mariam, &[Pick("in"), Type("0700000003"), Type("100"), Yes, Type("6734")]).await;
    let told = claire.messages().await.pop().unwrap();
    assert!(
        told.contains("KES 100 versés chez Duka la Soko") && told.contains("Frais KES 0."),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_who_is_none_learns_a_pin_that_is_soon_another() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let otieno = world.phone(OTIENO);
    // a PIN belongs to one person on one phone: a colleague's does nothing on another's
    serve(&otieno, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    assert!(last(&otieno).contains("PIN si sahihi"), "{}", otieno.transcript());
    // easy ones are refused, two different ones too, and the old one is needed
    serve(&njeri, &[Pick("work"), Pick("pin"), Type("8417"), Type("1234")]).await;
    assert!(last(&njeri).contains("easy to guess"), "{}", njeri.transcript());
    let way = [Pick("work"), Pick("pin"), Type("8417"), Type("5839"), Type("5893")];
    serve(&njeri, &way).await;
    assert!(last(&njeri).contains("The two PINs differ"), "{}", njeri.transcript());
    serve(&njeri, &[Pick("work"), Pick("pin"), Type("8417"), Type("8417")]).await;
    assert!(last(&njeri).contains("your old PIN"), "{}", njeri.transcript());
    serve(&njeri, &[Pick("work"), Pick("pin"), Type("9046")]).await;
    assert!(last(&njeri).contains("Wrong PIN"), "{}", njeri.transcript());
    serve(&njeri, &[Pick("work"), Pick("pin"), Type("8417"), Type("5839"), Type("5839")]).await;
    assert!(last(&njeri).contains("Your agent PIN is changed"), "{}", njeri.transcript());
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    assert!(last(&njeri).contains("Wrong PIN"), "{}", njeri.transcript());
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("5839")]).await;
    assert_eq!(world.balance(ESTHER).await, 100_000);
    // her own wallet's PIN is what it was
    njeri.dial().await;
    assert!(
        world.inbox(NJERI).await.iter().any(|text| text.starts_with("Your agent PIN was changed"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_cash_twice_within_minutes_is_asked_about() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    let claire = world.phone(CLAIRE);
    let soko = agent(&world, MARIAM).await;
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    minutes(&world, 3);
    let asked = serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000")]).await;
    assert!(
        asked.starts_with("You did this 3 min ago: KES 1,000 for Esther N. Do it once more?"),
        "{asked}"
    );
    assert!(njeri.yes().await.starts_with("Did you take KES 1,000 cash"), "{}", njeri.transcript());
    njeri.go(&[Yes, Type("8417")]).await;
    assert_eq!(world.balance(ESTHER).await, 200_000);
    let other = serve(&njeri, &[Pick("in"), Type("0700000005"), Type("900")]).await;
    assert!(other.starts_with("Did you take KES 900"), "{other}");
    claire.dial().await;
    claire.go(&[Pick("cash"), Pick("agent"), Type(&soko), Type("400"), Yes, Type("9274")]).await;
    claire.dial().await;
    let asked = claire.go(&[Pick("cash"), Pick("agent"), Type(&soko), Type("400")]).await;
    assert!(
        asked.starts_with("Vous avez retiré KES 400 chez Duka la Soko il y a 1 min."),
        "{asked}"
    );
    assert!(claire.no().await.contains("Annul"), "{}", claire.transcript());
    minutes(&world, 11);
    claire.dial().await;
    let asked = claire.go(&[Pick("cash"), Pick("agent"), Type(&soko), Type("400")]).await;
    assert!(asked.starts_with("Retirer KES 400"), "{asked}");
    world.check();
}
