//! A day at the market: agents turn cash into money and back, on their own phones, and every
//! shilling is accounted for.

use super::aids::*;
use super::engine::lines;
use super::world::*;
use kadogo::book::{COMMISSIONS, TAX};
use kadogo::demo::world::{PersonView, people};
use kadogo::id::Id;
use kadogo::store::{book_rows, working_day};
use std::time::Duration;

pub const ZUHURA: &str = "+254700000011";
pub const NJERI: &str = "+254700000012";
pub const OTIENO: &str = "+254700000013";
pub const MARIAM: &str = "+254700000014";

pub async fn someone(world: &World, number: &str) -> PersonView {
    people(&world.app.wallet)
        .await
        .unwrap()
        .into_iter()
        .find(|person| person.phone == number)
        .unwrap()
}

/// The agent number at which somebody serves.
pub async fn agent(world: &World, number: &str) -> String {
    someone(world, number).await.agent.unwrap().number
}

pub async fn float(world: &World, number: &str) -> i64 {
    someone(world, number).await.agent.unwrap().float_minor
}

/// The six digits that a screen shows.
pub fn code_on(screen: &str) -> String {
    let mut words = screen.split(|sign: char| !sign.is_ascii_digit());
    words.find(|word| word.len() == 6).unwrap_or_else(|| panic!("no code on\n{screen}")).to_owned()
}

/// Somebody makes a code for cash; ends the conversation.
pub async fn make_code(phone: &Phone<'_>, amount: &str, pin: &str) -> String {
    phone.dial().await;
    code_on(&phone.go(&[Pick("cash"), Pick("code"), Type(amount), Yes, Type(pin)]).await)
}

/// Mariam hands out cash for a code of Claire's.
pub async fn redeem(mariam: &Phone<'_>, amount: &str, code: &str) -> String {
    mariam
        .go(&[
            Pick("agent"),
            Pick("code"),
            Type("0700000003"),
            Type(amount),
            Type(code),
            Yes,
            Type("6734"),
        ])
        .await
}

/// Cash in people's pockets and drawers, in shillings: it is handed over here, and what the service
/// says must fit.
struct Cash(std::collections::BTreeMap<&'static str, i64>);

impl Cash {
    fn hand(&mut self, from: &'static str, to: &'static str, amount: i64) {
        *self.0.entry(from).or_default() -= amount;
        *self.0.entry(to).or_default() += amount;
    }
}

/// Everything on accounts of these kinds, minor units.
async fn all_on(world: &World, kinds: &str) -> i64 {
    let text = format!(
        "SELECT CAST(sum(balance_minor) AS TEXT) AS text FROM accounts WHERE kind IN ({kinds})"
    );
    let read = move |conn: &mut kadogo::store::Conn| {
        Ok::<_, kadogo::store::StoreError>(lines(conn, &text))
    };
    world.app.wallet.store.read(read).await.unwrap()[0].parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day() {
    let world = World::new().await;
    let mut cash =
        Cash([("Njeri", 3_000), ("Mariam", 2_000), ("Neema", 2_500), ("Esther", 1_000)].into());
    let issued = all_on(&world, "'trust'").await;
    let shop = agent(&world, NJERI).await;
    let soko = agent(&world, MARIAM).await;
    let [zuhura, njeri, otieno, mariam] =
        [ZUHURA, NJERI, OTIENO, MARIAM].map(|number| world.phone(number));
    let [baraka, claire, esther, neema] =
        [BARAKA, CLAIRE, ESTHER, STRANGER].map(|number| world.phone(number));
    let morning = world.clock.now();

    // the head office funds two outlets, against money at the bank; two people count the cash in
    // their drawers
    zuhura.dial().await;
    zuhura.go(&[Pick("agent"), Pick("float"), Type(&shop), Type("5000"), Yes, Type("5263")]).await;
    zuhura.dial().await;
    zuhura.go(&[Pick("agent"), Pick("float"), Type(&soko), Type("2000"), Yes, Type("5263")]).await;
    njeri.dial().await;
    njeri.go(&[Pick("agent"), Pick("work"), Pick("open"), Type("3000"), Yes, Type("8417")]).await;
    mariam.dial().await;
    mariam.go(&[Pick("agent"), Pick("work"), Pick("open"), Type("2000"), Yes, Type("6734")]).await;
    minutes(&world, 20);
    // a customer is registered, pays in, chooses her PIN and sends
    njeri.dial().await;
    njeri.go(&[Pick("agent"), Pick("register"), Type("0711222333"), Type("Neema Achieng")]).await;
    njeri.go(&[Type("23456789"), Yes, Type("8417")]).await;
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("in"), Type("0711222333"), Type("2000"), Yes, Type("8417")])
        .await;
    cash.hand("Neema", "Njeri", 2_000);
    neema.messages().await;
    neema.dial().await;
    neema.go(&[Pick("sw"), Yes, Type("7361"), Type("7361")]).await;
    neema.dial().await;
    neema.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    minutes(&world, 100);
    // cash in: the customer's money comes out of the float
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")])
        .await;
    cash.hand("Esther", "Njeri", 1_000);
    // cash out, one: the customer names the agent
    esther.dial().await;
    esther.go(&[Pick("cash"), Pick("agent"), Type(&soko), Type("300"), Yes, Type("6195")]).await;
    cash.hand("Mariam", "Esther", 300);
    // two: the agent asks, the customer says yes
    otieno.dial().await;
    otieno
        .go(&[Pick("agent"), Pick("ask"), Type("0700000002"), Type("500"), Yes, Type("2905")])
        .await;
    baraka.messages().await;
    baraka.dial().await;
    baraka.go(&[Pick("orders"), Line("KES 500"), Yes, Type("4826")]).await;
    cash.hand("Otieno", "Baraka", 500);
    // three: the customer makes a code, any agent hands out the cash
    let code = make_code(&claire, "400", "9274").await;
    mariam.dial().await;
    redeem(&mariam, "400", &code).await;
    cash.hand("Mariam", "Claire", 400);
    minutes(&world, 60);
    // float moves between agents; the bank is between them, not the drawer
    mariam.dial().await;
    mariam.go(&[Pick("agent"), Pick("float"), Type(&shop), Type("1500"), Yes, Type("6734")]).await;
    // what the agent's own phone says is true, and what it sees of itself
    esther.messages().await;
    let receipt =
        esther.transcript().lines().rev().find_map(|line| line.strip_prefix("SMS: ")).unwrap()
            [..10]
            .to_owned();
    mariam.dial().await;
    mariam.go(&[Pick("agent"), Pick("check"), Type(&receipt)]).await;
    // the evening: drawers are counted. Njeri's is right, Mariam gave somebody fifty too much
    cash.hand("Mariam", "Claire", 50);
    njeri.dial().await;
    njeri
        .go(&[
            Pick("agent"),
            Pick("work"),
            Pick("close"),
            Type(&cash.0["Njeri"].to_string()),
            Yes,
            Type("8417"),
        ])
        .await;
    mariam.dial().await;
    mariam.press_all(&["4", "8", "2", &cash.0["Mariam"].to_string(), "1", "6734"]).await;
    // commission becomes float
    dial_afresh(&njeri).await;
    njeri.go(&[Pick("agent"), Pick("till")]).await;
    dial_afresh(&njeri).await;
    njeri.go(&[Pick("agent"), Pick("work"), Pick("pay"), Yes, Type("8417")]).await;
    dial_afresh(&njeri).await;
    njeri.go(&[Pick("agent"), Pick("till")]).await;
    for phone in [&zuhura, &njeri, &otieno, &mariam, &baraka, &claire, &esther, &neema] {
        phone.messages().await;
    }

    let told = [("Zuhura", &zuhura), ("Njeri", &njeri), ("Otieno", &otieno), ("Mariam", &mariam)];
    let told = told.into_iter().chain([
        ("Baraka", &baraka),
        ("Claire", &claire),
        ("Esther", &esther),
        ("Neema", &neema),
    ]);
    let told: Vec<String> =
        told.map(|(name, phone)| format!("== {name} ==\n{}", phone.transcript())).collect();
    insta::assert_snapshot!(told.join("\n").replace(&code, "######"));

    // 29 is the fee for each of the three who took cash, 7 that for sending
    assert_eq!(world.balance(STRANGER).await, 200_000 - 20_700);
    assert_eq!(world.balance(ESTHER).await, 100_000 - 30_000 - 2_900);
    assert_eq!(world.balance(BARAKA).await, 250_000 + 20_000 - 50_000 - 2_900);
    assert_eq!(world.balance(CLAIRE).await, 120_000 - 40_000 - 2_900);
    assert_eq!(float(&world, ZUHURA).await, 20_000_000 - 500_000 - 200_000);
    // in: 5,000 from the head office, 1,500 from Mariam, 500 from Baraka, commission: of 11, 9 and
    // 8, what tax and head leave
    let earned = 836 + 684 + 608;
    assert_eq!(
        float(&world, NJERI).await,
        1_500_000 + 500_000 - 200_000 - 100_000 + 50_000 + 150_000 + earned
    );
    assert_eq!(float(&world, MARIAM).await, 800_000 + 200_000 + 30_000 + 40_000 - 150_000);
    // every shilling: what people, agents and the operator have is what was issued, and what cash
    // changed hands is what the service wrote down, of each who serves
    assert_eq!(all_on(&world, "'trust'").await, issued);
    assert_eq!(
        all_on(&world, "'wallet', 'float', 'commission', 'fees', 'suspense'").await,
        -issued
    );
    assert_eq!(cash.0.values().sum::<i64>(), 3_000 + 2_000 + 2_500 + 1_000);
    let read = world.app.wallet.store.read(move |conn| {
        let from = morning.micros();
        conn.wait(async |asked| working_day::journal_between(asked, from, i64::MAX).await)
    });
    let mut drawers = std::collections::BTreeMap::new();
    for row in read.await.unwrap() {
        *drawers.entry(row.assistant.unwrap()).or_insert(0) += row.cash_minor;
    }
    // Njeri, Otieno, Mariam, in the order they were employed; Mariam's missing fifty are in no book
    let handed = [cash.0["Njeri"] - 3_000, cash.0["Otieno"], cash.0["Mariam"] + 50 - 2_000];
    assert_eq!(
        drawers.into_values().filter(|minor| *minor != 0).collect::<Vec<i64>>(),
        handed.map(|s| s * 100)
    );
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_receipt_fools_no_agent() {
    let world = World::new().await;
    // Amina pays Baraka: a true code, but not of a payment to the agent
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    let receipt = amina.messages().await.pop().unwrap()[..10].to_owned();
    let mariam = world.phone(MARIAM);
    // what is no code at all is no forgery
    for (typed, is_forged) in [(receipt.as_str(), true), ("K7M2Q9XWTB", true), ("hello", false)] {
        dial_afresh(&mariam).await;
        mariam.go(&[Pick("agent"), Pick("check"), Type(typed)]).await;
        let warned = last(&mariam).contains("Méfiez-vous");
        assert_eq!(warned, is_forged, "{}", mariam.transcript());
    }
    // of the payer's own she hears when she asks
    amina.dial().await;
    let shown = amina.go(&[Pick("cash"), Pick("check"), Type(&receipt.to_lowercase())]).await;
    assert!(shown.starts_with("True: you paid KES 207 to Baraka O"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_an_outlet_only_the_pin_for_it_counts_and_nobody_serves_themselves() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    dial_afresh(&njeri).await;
    njeri
        .go(&[Pick("agent"), Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("9046")])
        .await;
    assert!(last(&njeri).contains("Wrong PIN"), "{}", njeri.transcript());
    dial_afresh(&njeri).await;
    njeri.go(&[Pick("agent"), Pick("in"), Type("0700000012")]).await;
    assert!(last(&njeri).contains("your own number"), "{}", njeri.transcript());
    // more than the float
    dial_afresh(&njeri).await;
    njeri.go(&[Pick("agent"), Pick("in"), Type("0700000005"), Type("15001")]).await;
    assert!(last(&njeri).contains("The float is KES 15,000"), "{}", njeri.transcript());
    // who does not serve sees no agent menu, and a slip in the number is noticed
    let amina = world.phone(AMINA);
    assert!(!amina.dial().await.contains("Agent"));
    let shop = agent(&world, NJERI).await;
    let slip = format!(
        "{}{}",
        &shop[..shop.len() - 1],
        (shop[shop.len() - 1..].parse::<u8>().unwrap() + 1) % 10
    );
    amina.go(&[Pick("cash"), Pick("agent"), Type(&slip)]).await;
    assert!(last(&amina).contains("not an agent number"), "{}", amina.transcript());
    assert_eq!(float(&world, NJERI).await, 1_500_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_in_parts_earns_the_agent_what_one_would_have() {
    for parts in [vec!["1000"], vec!["500", "500"], vec!["100", "300", "600"]] {
        let world = World::new().await;
        let njeri = world.phone(NJERI);
        for part in &parts {
            dial_afresh(&njeri).await;
            njeri
                .go(&[Pick("agent"), Pick("in"), Type("0700000005"), Type(part), Yes, Type("8417")])
                .await;
            // so much later that the same amount is not asked about
            minutes(&world, 11);
        }
        let earned = |account: i64| {
            let read =
                world.app.wallet.store.read(move |conn| book_rows::account(conn, Id::of(account)));
            async { read.await.unwrap().unwrap().balance_minor }
        };
        // 9 for a thousand, of which 5 % are withheld and 20 % of the rest are the super-agent's
        assert_eq!(
            (earned(COMMISSIONS.number()).await, earned(TAX.number()).await),
            (-900, 45),
            "{parts:?}"
        );
        dial_afresh(&njeri).await;
        assert!(
            njeri.go(&[Pick("agent"), Pick("till")]).await.contains("Commission KES 6.84"),
            "{}",
            njeri.transcript()
        );
        // the next day the bands begin anew
        world.clock.advance(Duration::from_secs(24 * 60 * 60));
        dial_afresh(&njeri).await;
        njeri
            .go(&[Pick("agent"), Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")])
            .await;
        assert_eq!(earned(COMMISSIONS.number()).await, -1_800, "{parts:?}");
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_outlets_that_serve_one_customer_at_once_earn_what_one_would_have() {
    let world = World::new().await;
    let outlets =
        [(NJERI, "8417"), (OTIENO, "2905")].map(|(number, pin)| (world.phone(number), pin));
    for (phone, _) in &outlets {
        phone.dial().await;
        phone.go(&[Pick("agent"), Pick("in"), Type("0700000005"), Type("500"), Yes]).await;
    }
    all(outlets.iter().map(|(phone, pin)| phone.press(pin))).await;
    let read = world.app.wallet.store.read(|conn| book_rows::account(conn, COMMISSIONS));
    assert_eq!(read.await.unwrap().unwrap().balance_minor, -900);
    assert_eq!(world.balance(ESTHER).await, 100_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_dismissed_or_whose_outlet_was_suspended_moves_nothing_more() {
    let world = World::new().await;
    let baraka = world.phone(BARAKA);
    let njeri = world.phone(NJERI);
    let mariam = world.phone(MARIAM);
    // an order that waits, a cash in before its PIN, a sale of float before its PIN
    mariam.dial().await;
    mariam
        .go(&[Pick("agent"), Pick("ask"), Type("0700000002"), Type("300"), Yes, Type("6734")])
        .await;
    mariam.dial().await;
    mariam.go(&[Pick("agent"), Pick("in"), Type("0700000005"), Type("150"), Yes]).await;
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("float"), Type(&agent(&world, MARIAM).await), Type("700"), Yes])
        .await;
    suspended(&world, "Duka la Soko").await;
    let asha = world.hires("asha", "agents").await;
    let left = [("phone", NJERI), ("why", "she left us")];
    world.staff_does(&asha, "dismiss_assistant", &left).await.unwrap();
    baraka.dial().await;
    baraka.go(&[Pick("orders"), Line("KES 300")]).await;
    assert!(last(&baraka).contains("Hakuna wakala"), "{}", baraka.transcript());
    assert!(
        mariam.press("6734").await.contains("n'est pas celui d'un agent"),
        "{}",
        mariam.transcript()
    );
    assert!(njeri.press("8417").await.contains("not an agent's phone"), "{}", njeri.transcript());
    assert_eq!((world.balance(BARAKA).await, world.balance(ESTHER).await), (250_000, 0));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_do_not_serve_one_another() {
    let world = World::new().await;
    let otieno = world.phone(OTIENO);
    for service in ["in", "ask", "code"] {
        dial_afresh(&otieno).await;
        otieno.go(&[Pick("agent"), Pick(service), Type("0700000012")]).await;
        assert!(last(&otieno).contains("Huwezi kujihudumia"), "{}", otieno.transcript());
    }
}
