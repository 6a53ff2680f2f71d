//! A day at the market: agents turn cash into money and back, on their own phones, and every shilling is accounted for.

use super::aids::*;
use super::engine::lines;
use super::world::*;
use kadogo::book::{COMMISSIONS, TAX};
use kadogo::demo::world::{Person, people};
use kadogo::store::{book_rows, working_day};
use std::time::Duration;

pub const ZUHURA: &str = "+254700000011";
pub const NJERI: &str = "+254700000012";
pub const OTIENO: &str = "+254700000013";
pub const MARIAM: &str = "+254700000014";

pub async fn someone(world: &World, number: &str) -> Person {
    people(&world.app.wallet).await.unwrap().into_iter().find(|person| person.phone == number).unwrap()
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
    code_on(&phone.press_all(&["3", "2", amount, "1", pin]).await)
}

/// Cash in people's pockets and drawers, in shillings: it is handed over here, and what the service says must fit.
struct Cash(std::collections::BTreeMap<&'static str, i64>);

impl Cash {
    fn hand(&mut self, from: &'static str, to: &'static str, amount: i64) {
        *self.0.entry(from).or_default() -= amount;
        *self.0.entry(to).or_default() += amount;
    }
}

/// Everything on accounts of these kinds, minor units.
async fn all_on(world: &World, kinds: &str) -> i64 {
    let text = format!("SELECT CAST(sum(balance_minor) AS TEXT) AS text FROM accounts WHERE kind IN ({kinds})");
    let read = move |conn: &mut kadogo::store::Conn| Ok::<_, kadogo::store::StoreError>(lines(conn, &text));
    world.app.wallet.store.read(read).await.unwrap()[0].parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day() {
    let world = World::new().await;
    let mut cash = Cash([("Njeri", 3_000), ("Mariam", 2_000), ("Neema", 2_500), ("Esther", 1_000)].into());
    let issued = all_on(&world, "'trust'").await;
    let (shop, soko) = (agent(&world, NJERI).await, agent(&world, MARIAM).await);
    let [zuhura, njeri, otieno, mariam] = [ZUHURA, NJERI, OTIENO, MARIAM].map(|number| world.phone(number));
    let [baraka, claire, esther, neema] = [BARAKA, CLAIRE, ESTHER, STRANGER].map(|number| world.phone(number));
    let morning = world.clock.now();

    // the head office funds two outlets, against money at the bank; two people count the cash in their drawers
    zuhura.dial().await;
    zuhura.press_all(&["4", "5", &shop, "5000", "1", "5263"]).await;
    zuhura.dial().await;
    zuhura.press_all(&["4", "5", &soko, "2000", "1", "5263"]).await;
    njeri.dial().await;
    njeri.press_all(&["4", "8", "1", "3000", "1", "8417"]).await;
    mariam.dial().await;
    mariam.press_all(&["4", "8", "1", "2000", "1", "6734"]).await;
    minutes(&world, 20);
    // a customer is registered, pays in, chooses her PIN and sends
    njeri.dial().await;
    njeri.press_all(&["4", "7", "0711222333", "Neema Achieng", "23456789", "1", "8417"]).await;
    njeri.dial().await;
    njeri.press_all(&["4", "1", "0711222333", "2000", "1", "8417"]).await;
    cash.hand("Neema", "Njeri", 2_000);
    neema.messages().await;
    neema.dial().await;
    neema.press_all(&["2", "1", "7361", "7361"]).await;
    neema.dial().await;
    neema.press_all(&["1", "0700000002", "200", "1", "7361"]).await;
    minutes(&world, 100);
    // cash in: the customer's money comes out of the float
    njeri.dial().await;
    njeri.press_all(&["4", "1", "0700000005", "1000", "1", "8417"]).await;
    cash.hand("Esther", "Njeri", 1_000);
    // cash out, one: the customer names the agent
    esther.dial().await;
    esther.press_all(&["3", "1", &soko, "300", "1", "6195"]).await;
    cash.hand("Mariam", "Esther", 300);
    // two: the agent asks, the customer says yes
    otieno.dial().await;
    otieno.press_all(&["4", "2", "0700000002", "500", "1", "2905"]).await;
    baraka.messages().await;
    baraka.dial().await;
    baraka.press_all(&["2", "1", "1", "4826"]).await;
    cash.hand("Otieno", "Baraka", 500);
    // three: the customer makes a code, any agent hands out the cash
    let code = make_code(&claire, "400", "9274").await;
    mariam.dial().await;
    mariam.press_all(&["4", "3", "0700000003", "400", &code, "1", "6734"]).await;
    cash.hand("Mariam", "Claire", 400);
    minutes(&world, 60);
    // float moves between agents; the bank is between them, not the drawer
    mariam.dial().await;
    mariam.press_all(&["4", "5", &shop, "1500", "1", "6734"]).await;
    // what the agent's own phone says is true, and what it sees of itself
    esther.messages().await;
    let receipt =
        esther.transcript().lines().rev().find_map(|line| line.strip_prefix("SMS: ")).unwrap()[..10].to_owned();
    mariam.dial().await;
    mariam.press_all(&["4", "4", &receipt]).await;
    // the evening: drawers are counted. Njeri's is right, Mariam gave somebody fifty too much
    cash.hand("Mariam", "Claire", 50);
    njeri.dial().await;
    njeri.press_all(&["4", "8", "2", &cash.0["Njeri"].to_string(), "1", "8417"]).await;
    mariam.dial().await;
    mariam.press_all(&["4", "8", "2", &cash.0["Mariam"].to_string(), "1", "6734"]).await;
    // commission becomes float
    dial_afresh(&njeri).await;
    njeri.press_all(&["4", "6"]).await;
    dial_afresh(&njeri).await;
    njeri.press_all(&["4", "8", "3", "1", "8417"]).await;
    dial_afresh(&njeri).await;
    njeri.press_all(&["4", "6"]).await;
    for phone in [&zuhura, &njeri, &otieno, &mariam, &baraka, &claire, &esther, &neema] {
        phone.messages().await;
    }

    let told = [("Zuhura", &zuhura), ("Njeri", &njeri), ("Otieno", &otieno), ("Mariam", &mariam)];
    let told =
        told.into_iter().chain([("Baraka", &baraka), ("Claire", &claire), ("Esther", &esther), ("Neema", &neema)]);
    let told: Vec<String> = told.map(|(name, phone)| format!("== {name} ==\n{}", phone.transcript())).collect();
    insta::assert_snapshot!(told.join("\n").replace(&code, "######"));

    // 29 is the fee for each of the three who took cash, 7 that for sending
    assert_eq!(world.balance(STRANGER).await, 200_000 - 20_700);
    assert_eq!(world.balance(ESTHER).await, 100_000 - 30_000 - 2_900);
    assert_eq!(world.balance(BARAKA).await, 250_000 + 20_000 - 50_000 - 2_900);
    assert_eq!(world.balance(CLAIRE).await, 120_000 - 40_000 - 2_900);
    assert_eq!(float(&world, ZUHURA).await, 20_000_000 - 500_000 - 200_000);
    // in: 5,000 from the head office, 1,500 from Mariam, 500 from Baraka, commission: of 11, 9 and 8, what tax and head leave
    let earned = 836 + 684 + 608;
    assert_eq!(float(&world, NJERI).await, 1_500_000 + 500_000 - 200_000 - 100_000 + 50_000 + 150_000 + earned);
    assert_eq!(float(&world, MARIAM).await, 800_000 + 200_000 + 30_000 + 40_000 - 150_000);
    // every shilling: what people, agents and the operator have is what was issued, and what cash changed hands is what
    // the service wrote down, of each who serves
    assert_eq!(all_on(&world, "'trust'").await, issued);
    assert_eq!(all_on(&world, "'wallet', 'float', 'commission', 'fees', 'suspense'").await, -issued);
    assert_eq!(cash.0.values().sum::<i64>(), 3_000 + 2_000 + 2_500 + 1_000);
    let read = world.app.wallet.store.read(move |conn| working_day::served_between(conn, morning.micros(), i64::MAX));
    let mut drawers = std::collections::BTreeMap::new();
    for row in read.await.unwrap() {
        *drawers.entry(row.assistant.unwrap()).or_insert(0) += row.cash_minor;
    }
    // Njeri, Otieno, Mariam, in the order they were employed; Mariam's missing fifty are in no book
    let handed = [cash.0["Njeri"] - 3_000, cash.0["Otieno"], cash.0["Mariam"] + 50 - 2_000];
    assert_eq!(drawers.into_values().filter(|minor| *minor != 0).collect::<Vec<i64>>(), handed.map(|s| s * 100));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_receipt_fools_no_agent() {
    let world = World::new().await;
    // Amina pays Baraka: a true code, but not of a payment to the agent
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.press_all(&["1", "0700000002", "200", "1", "7361"]).await;
    let receipt = amina.messages().await.pop().unwrap()[..10].to_owned();
    let mariam = world.phone(MARIAM);
    for forged in [receipt.as_str(), "K7M2Q9XWTB", "hello"] {
        dial_afresh(&mariam).await;
        mariam.press_all(&["4", "4", forged]).await;
        assert!(last(&mariam).contains("Méfiez-vous"), "{}", mariam.transcript());
    }
    // of the payer's own she hears when she asks
    amina.dial().await;
    let shown = amina.press_all(&["3", "3", &receipt.to_lowercase()]).await;
    assert!(shown.starts_with("True: you paid KES 207 to Baraka O"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_costs_a_try_and_the_sixth_is_not_looked_at() {
    let world = World::new().await;
    let (claire, mariam) = (world.phone(CLAIRE), world.phone(MARIAM));
    let code = make_code(&claire, "400", "9274").await;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    // the last try ends the code
    for left in ["restants : 4.", "restants : 3.", "restants : 2.", "restants : 1.", "Ce code n'existe pas"] {
        dial_afresh(&mariam).await;
        mariam.press_all(&["4", "3", "0700000003", "400", wrong, "1", "6734"]).await;
        assert!(last(&mariam).contains(left), "{}", mariam.transcript());
    }
    dial_afresh(&mariam).await;
    mariam.press_all(&["4", "3", "0700000003", "400", &code, "1", "6734"]).await;
    assert!(last(&mariam).contains("Ce code n'existe pas"), "{}", mariam.transcript());
    assert_eq!((world.balance(CLAIRE).await, float(&world, MARIAM).await), (120_000, 800_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_paid_out_once_and_only_for_its_amount() {
    let world = World::new().await;
    let (claire, mariam) = (world.phone(CLAIRE), world.phone(MARIAM));
    let code = make_code(&claire, "400", "9274").await;
    for (amount, good) in [("500", false), ("400", true), ("400", false)] {
        dial_afresh(&mariam).await;
        let screen = mariam.press_all(&["4", "3", "0700000003", amount, &code, "1", "6734"]).await;
        assert_eq!(screen.contains("Confirmé"), good, "{}", mariam.transcript());
    }
    assert_eq!((world.balance(CLAIRE).await, float(&world, MARIAM).await), (120_000 - 42_900, 840_000));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_code_ends_the_old_one_and_one_that_is_not_used_gives_the_money_back() {
    let world = World::new().await;
    let (claire, mariam) = (world.phone(CLAIRE), world.phone(MARIAM));
    let old = make_code(&claire, "400", "9274").await;
    // all she has: only because the old code gives back what it held
    let new = make_code(&claire, "1100", "9274").await;
    dial_afresh(&mariam).await;
    mariam.press_all(&["4", "3", "0700000003", "400", &old, "1", "6734"]).await;
    assert!(last(&mariam).contains("Code incorrect. Essais restants : 4."), "{}", mariam.transcript());
    world.clock.advance(Duration::from_secs(30 * 60));
    world.app.wallet.expire().await.unwrap();
    dial_afresh(&mariam).await;
    mariam.press_all(&["4", "3", "0700000003", "1100", &new, "1", "6734"]).await;
    assert!(last(&mariam).contains("Ce code n'existe pas"), "{}", mariam.transcript());
    dial_afresh(&claire).await;
    assert!(claire.press_all(&["2", "1"]).await.contains("KES 1,200"), "{}", claire.transcript());
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_till_only_the_pin_for_it_counts_and_nobody_serves_themselves() {
    let world = World::new().await;
    let njeri = world.phone(NJERI);
    dial_afresh(&njeri).await;
    njeri.press_all(&["4", "1", "0700000005", "1000", "1", "9046"]).await;
    assert!(last(&njeri).contains("Wrong PIN"), "{}", njeri.transcript());
    dial_afresh(&njeri).await;
    njeri.press_all(&["4", "1", "0700000012"]).await;
    assert!(last(&njeri).contains("your own number"), "{}", njeri.transcript());
    // more than the float
    dial_afresh(&njeri).await;
    njeri.press_all(&["4", "1", "0700000005", "15001"]).await;
    assert!(last(&njeri).contains("The float is KES 15,000"), "{}", njeri.transcript());
    // who does not serve sees no agent menu, and a slip in the number is noticed
    let amina = world.phone(AMINA);
    assert!(!amina.dial().await.contains("Agent"));
    let shop = agent(&world, NJERI).await;
    let slip = format!("{}{}", &shop[..shop.len() - 1], (shop[shop.len() - 1..].parse::<u8>().unwrap() + 1) % 10);
    amina.press_all(&["3", "1", &slip]).await;
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
            njeri.press_all(&["4", "1", "0700000005", part, "1", "8417"]).await;
            // so much later that the same amount is not asked about
            minutes(&world, 11);
        }
        let earned = |account: i64| {
            let read = world.app.wallet.store.read(move |conn| book_rows::account(conn, account));
            async { read.await.unwrap().unwrap().balance_minor }
        };
        // 9 for a thousand, of which 5 % are withheld and 20 % of the rest are the super-agent's
        assert_eq!((earned(COMMISSIONS).await, earned(TAX).await), (-900, 45), "{parts:?}");
        dial_afresh(&njeri).await;
        assert!(njeri.press_all(&["4", "6"]).await.contains("Commission KES 6.84"), "{}", njeri.transcript());
        // the next day the bands begin anew
        world.clock.advance(Duration::from_secs(24 * 60 * 60));
        dial_afresh(&njeri).await;
        njeri.press_all(&["4", "1", "0700000005", "1000", "1", "8417"]).await;
        assert_eq!(earned(COMMISSIONS).await, -1_800, "{parts:?}");
        world.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tills_that_serve_one_customer_at_once_earn_what_one_would_have() {
    let world = World::new().await;
    let tills = [(NJERI, "8417"), (OTIENO, "2905")].map(|(number, pin)| (world.phone(number), pin));
    for (phone, _) in &tills {
        phone.dial().await;
        phone.press_all(&["4", "1", "0700000005", "500", "1"]).await;
    }
    all(tills.iter().map(|(phone, pin)| phone.press(pin))).await;
    let read = world.app.wallet.store.read(|conn| book_rows::account(conn, COMMISSIONS));
    assert_eq!(read.await.unwrap().unwrap().balance_minor, -900);
    assert_eq!(world.balance(ESTHER).await, 100_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_dismissed_or_whose_outlet_was_suspended_moves_nothing_more() {
    let world = World::new().await;
    let (baraka, njeri, mariam) = (world.phone(BARAKA), world.phone(NJERI), world.phone(MARIAM));
    // an order that waits, a cash in before its PIN, a sale of float before its PIN
    mariam.dial().await;
    mariam.press_all(&["4", "2", "0700000002", "300", "1", "6734"]).await;
    mariam.dial().await;
    mariam.press_all(&["4", "1", "0700000005", "150", "1"]).await;
    njeri.dial().await;
    njeri.press_all(&["4", "5", &agent(&world, MARIAM).await, "700", "1"]).await;
    sql(&world, "UPDATE outlets SET state = 'suspended' WHERE name = 'Duka la Soko'".to_owned()).await;
    let dismissed =
        format!("DELETE FROM assistants WHERE person = (SELECT account_id FROM people WHERE msisdn = '{NJERI}')");
    sql(&world, dismissed).await;
    baraka.dial().await;
    baraka.press_all(&["2", "1"]).await;
    assert!(last(&baraka).contains("Hakuna wakala"), "{}", baraka.transcript());
    assert!(mariam.press("6734").await.contains("n'est pas celui d'un agent"), "{}", mariam.transcript());
    assert!(njeri.press("8417").await.contains("does not serve"), "{}", njeri.transcript());
    assert_eq!((world.balance(BARAKA).await, world.balance(ESTHER).await), (250_000, 0));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_of_the_last_step_shows_the_same_code_and_it_works() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    claire.dial().await;
    claire.press_all(&["3", "2", "400", "1"]).await;
    let (session, history) = (claire.session(), format!("{}*9274", claire.history()));
    let copies = all((0..4).map(|_| world.hop(&session, CLAIRE, &history))).await;
    assert!(copies.windows(2).all(|pair| pair[0] == pair[1]), "{copies:#?}");
    let code = code_on(&copies[0]);
    let mariam = world.phone(MARIAM);
    mariam.dial().await;
    mariam.press_all(&["4", "3", "0700000003", "400", &code, "1", "6734"]).await;
    assert!(last(&mariam).contains("Confirmé"), "{}", mariam.transcript());
    let told = world.inbox(CLAIRE).await.concat();
    assert!(!told.contains(&code), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_do_not_serve_one_another() {
    let world = World::new().await;
    let otieno = world.phone(OTIENO);
    for service in ["1", "2", "3"] {
        dial_afresh(&otieno).await;
        otieno.press_all(&["4", service, "0700000012"]).await;
        assert!(last(&otieno).contains("Wakala hawezi kujihudumia"), "{}", otieno.transcript());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_amount_costs_a_try_like_a_wrong_code_and_the_owner_hears_of_the_last() {
    let world = World::new().await;
    let (claire, mariam) = (world.phone(CLAIRE), world.phone(MARIAM));
    let code = make_code(&claire, "400", "9274").await;
    for left in ["restants : 4.", "restants : 3.", "restants : 2.", "restants : 1.", "Ce code n'existe pas"] {
        dial_afresh(&mariam).await;
        mariam.press_all(&["4", "3", "0700000003", "500", &code, "1", "6734"]).await;
        assert!(last(&mariam).contains(left), "{}", mariam.transcript());
    }
    let told = world.inbox(CLAIRE).await;
    assert_eq!(
        told.last().map(String::as_str),
        Some("Votre code de retrait a été trop essayé : il est fini. Son argent sera libre dans la demi-heure.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_agents_at_once_pay_a_code_out_once() {
    let world = World::new().await;
    let claire = world.phone(CLAIRE);
    let code = make_code(&claire, "400", "9274").await;
    let tills = [(NJERI, "8417"), (OTIENO, "2905"), (MARIAM, "6734"), (ZUHURA, "5263")];
    let paid = all(tills.map(|(number, pin)| {
        let (world, code) = (&world, code.clone());
        async move {
            let phone = world.phone(number);
            phone.dial().await;
            let screen = phone.press_all(&["4", "3", "0700000003", "400", &code, "1", pin]).await;
            ["Confirm", "Imethibitishwa"].iter().any(|word| screen.contains(word))
        }
    }))
    .await;
    assert_eq!(paid.into_iter().filter(|paid| *paid).count(), 1);
    assert_eq!(world.balance(CLAIRE).await, 120_000 - 42_900);
    world.check();
}
