//! What people are charged is what the tariff says: every row of the Kenyan table goes through the
//! service and its book. A fee's lines go where the file says.

use super::aids::known_as;
use super::crowd::Luck;
use super::world::*;
use kadogo::book::{self, Key};
use kadogo::demo::world::people;
use kadogo::limits::Tier;
use kadogo::money::{Currency, Money};
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request, Slots};
use kadogo::source::Source;
use kadogo::store::{StoreError, book_rows};
use kadogo::tariff::{FeeAccount, PriceCase, Tariff};
use kadogo::wallet::{Caller, Execution};
use std::time::Duration;

/// Kenya in 2025: from, to, and what sending costs; whole shillings.
const KENYA: [(i64, i64, i64); 15] = [
    (1, 49, 0),
    (50, 100, 0),
    (101, 500, 7),
    (501, 1_000, 13),
    (1_001, 1_500, 23),
    (1_501, 2_500, 33),
    (2_501, 3_500, 53),
    (3_501, 5_000, 57),
    (5_001, 7_500, 78),
    (7_501, 10_000, 90),
    (10_001, 15_000, 100),
    (15_001, 20_000, 105),
    (20_001, 35_000, 108),
    (35_001, 50_000, 108),
    (50_001, 250_000, 108),
];

/// The same for cash from an agent, who hands out 50 at least.
const KENYA_CASH: [(i64, i64, i64); 14] = [
    (50, 100, 11),
    (101, 500, 29),
    (501, 1_000, 29),
    (1_001, 1_500, 29),
    (1_501, 2_500, 29),
    (2_501, 3_500, 52),
    (3_501, 5_000, 69),
    (5_001, 7_500, 87),
    (7_501, 10_000, 115),
    (10_001, 15_000, 167),
    (15_001, 20_000, 185),
    (20_001, 35_000, 197),
    (35_001, 50_000, 278),
    (50_001, 250_000, 309),
];

/// Balances of the operator's own accounts: fees, tax, levy.
async fn operator(world: &World) -> [i64; 3] {
    let ids = [book::FEES, book::TAX, book::LEVY];
    let read = world.app.wallet.store.read(move |conn| {
        let balance =
            |id| book_rows::account(conn, id).map(|account| account.unwrap().balance_minor);
        let balances: Result<Vec<i64>, StoreError> = ids.into_iter().map(balance).collect();
        balances
    });
    read.await.unwrap().try_into().unwrap()
}

/// Amina's question or order to send Baraka so much.
fn ask(mode: Mode, amount_minor: i64, total: Option<String>) -> Request {
    ask_of(mode, "send", ("to", BARAKA), amount_minor, total)
}

/// Amina's question or order of a service that pays somebody.
fn ask_of(
    mode: Mode,
    service: &str,
    to: (&str, &str),
    amount_minor: i64,
    total: Option<String>,
) -> Request {
    let mut fields =
        Fields::from([(to.0.into(), to.1.into()), ("amount".into(), amount_minor.to_string())]);
    fields.extend(total.map(|total| ("total".to_owned(), total)));
    let secret = (mode == Mode::Execute).then(|| "7361".to_owned().into());
    Request { mode, service: service.into(), fields, secret }
}

/// Does it, once per amount and moment.
async fn act(world: &World, caller: &Caller, ask: Request) -> Answer {
    let key = Key::new(world.clock.now(), "test", ask.fields["amount"].as_bytes());
    world.app.wallet.act(caller, ask, Execution { key, side_effects: Vec::new() }).await.answer
}

fn facts(answer: Answer) -> Slots {
    match answer {
        Answer::Facts { slots, .. } => slots,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_kenyan_table_is_charged_as_it_was_quoted() {
    let world = World::new().await;
    // a shop may have that much
    known_as(&world, BARAKA, Tier::Merchant).await;
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    for (from, to, fee) in KENYA {
        for shillings in [from, to] {
            // a day of its own for each, as rules of a day are not what this is about
            world.clock.advance(Duration::from_secs(24 * 3_600));
            let amount = shillings * 100;
            let total = (shillings + fee) * 100;
            world.give(AMINA, total).await;
            let before = (
                world.balance(AMINA).await,
                world.balance(BARAKA).await,
                operator(&world).await[0],
            );
            let quoted = facts(wallet.answer(&caller, ask(Mode::Quote, amount, None)).await);
            let shown = Money::new(fee * 100, Currency::parse("KES").unwrap()).to_string();
            assert_eq!(quoted["fee"].to_string(), shown, "{shillings}");
            let done = facts(
                act(&world, &caller, ask(Mode::Execute, amount, Some(quoted["total"].canonical())))
                    .await,
            );
            assert_eq!((&done["fee"], &done["total"]), (&quoted["fee"], &quoted["total"]));
            let after = (
                world.balance(AMINA).await,
                world.balance(BARAKA).await,
                operator(&world).await[0],
            );
            assert_eq!(
                after,
                (before.0 - total, before.1 + amount, before.2 + fee * 100),
                "{shillings}"
            );
        }
    }
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_kenyan_cash_column_is_charged_as_it_was_quoted() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let sold = people(wallet).await.unwrap();
    let shop = sold.iter().find_map(|person| person.agent.clone()).unwrap().number;
    let float = async || {
        let now = people(wallet).await.unwrap();
        now.into_iter()
            .filter_map(|person| person.agent)
            .find(|agent| agent.number == shop)
            .unwrap()
            .float_minor
    };
    // the first row is of amounts that no agent hands out
    let refused = wallet
        .answer(&caller, ask_of(Mode::Quote, "cash_out", ("agent", &shop), 4_900, None))
        .await;
    assert!(
        matches!(&refused, Answer::Refused(refusal) if refusal.code() == "amount_below"),
        "{refused:?}"
    );
    for (from, to, fee) in KENYA_CASH {
        for shillings in [from, to] {
            world.clock.advance(Duration::from_secs(24 * 3_600));
            let amount = shillings * 100;
            let total = (shillings + fee) * 100;
            world.give(AMINA, total).await;
            let before = (world.balance(AMINA).await, float().await, operator(&world).await[0]);
            let order = |mode, total| ask_of(mode, "cash_out", ("agent", &shop), amount, total);
            let quoted = facts(wallet.answer(&caller, order(Mode::Quote, None)).await);
            assert_eq!(
                quoted["fee"],
                Money::new(fee * 100, Currency::parse("KES").unwrap()).into(),
                "{shillings}"
            );
            let done = facts(
                act(&world, &caller, order(Mode::Execute, Some(quoted["total"].canonical()))).await,
            );
            assert_eq!((&done["fee"], &done["total"]), (&quoted["fee"], &quoted["total"]));
            let after = (world.balance(AMINA).await, float().await, operator(&world).await[0]);
            assert_eq!(
                after,
                (before.0 - total, before.1 + amount, before.2 + fee * 100),
                "{shillings}"
            );
        }
    }
    world.check();
}

/// Who is well known pays less, and the first 1,000 of a month are free for all others.
const KNOWN: &str = "currency = 'KES'\ntiers = ['full']\n\
                     [[send]]\nbands = [{ from = 1, to = 9_000, fee = 20 }]\n\
                     monthly = [{ up_to = 1_000, flat = 0 }]\n\
                     [[send]]\ntier = 'full'\nbands = [{ from = 1, to = 9_000, fee = 5 }]\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_tier_and_the_month_of_who_pays_make_their_price() {
    let world = World::new().await;
    world.prices(KNOWN);
    let amina = world.phone(AMINA);
    let price = async || {
        amina.dial().await;
        let confirm = amina.go(&[Pick("send"), Type("0700000002"), Type("600")]).await;
        amina.go(&[Yes, Type("7361")]).await;
        confirm.lines().nth(1).unwrap().to_owned()
    };
    known_as(&world, AMINA, Tier::Full).await;
    assert_eq!(price().await, "Fee KES 5. Total KES 605.");
    // what was sent on another table counts for the month too
    known_as(&world, AMINA, Tier::Id).await;
    world.clock.advance(Duration::from_secs(3_600));
    assert_eq!(price().await, "Fee KES 20. Total KES 620.");
    // December begins in eight days
    world.clock.advance(Duration::from_secs(8 * 24 * 3_600));
    assert_eq!(price().await, "Fee KES 0. Total KES 600.");
    world.clock.advance(Duration::from_secs(3_600));
    assert_eq!(price().await, "Fee KES 20. Total KES 620.");
    world.check();
}

/// Eight payments at one moment, of which the free volume of the month covers one.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_free_in_a_month_is_not_given_twice_to_who_pays_all_at_once() {
    let world = World::new().await;
    world.prices(KNOWN);
    known_as(&world, AMINA, Tier::Id).await;
    let caller = world.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let free =
        facts(world.app.wallet.answer(&caller, ask(Mode::Quote, 60_000, None)).await)["total"]
            .clone();
    let world = &world;
    let caller = &caller;
    let pays = (60_000..60_800).step_by(100).map(|amount| {
        let total = Money::new(amount, Currency::parse("KES").unwrap()).minor_text();
        async move { act(world, caller, ask(Mode::Execute, amount, Some(total))).await }
    });
    assert_eq!(free.to_string(), "KES 600");
    let answers = all(pays).await;
    let done = answers.iter().filter(|answer| matches!(answer, Answer::Facts { .. })).count();
    assert_eq!(done, 1, "{answers:?}");
    assert_eq!(operator(world).await[0], 0);
    let others = answers.iter().filter(|answer| match answer {
        Answer::Refused(refusal) => matches!(refusal.code(), "stale" | "price_changed"),
        Answer::Facts { .. } | Answer::Items(_) | Answer::Late => false,
    });
    assert_eq!(others.count(), 7, "{answers:?}");
    world.check();
}

/// A tariff with a tax on the fee and a levy on the amount, from a certain day on.
const TAXED: &str = "currency = 'KES'\n[[send]]\nbands = [{ from = 1, to = 1_000, fee = 7 }]\n\
                     [[send]]\nfrom_date = 2026-11-24\n\
                     bands = [{ from = 1, to = 1_000, percent = '1.5', min = 5 }]\n\
                     extra = [{ name = 'excise', credit = 'tax', of = 'fee', percent = 15 },{ name \
                     = 'levy', credit = 'levy', of = 'amount', percent = '0.2' }]\n";

#[tokio::test(flavor = "multi_thread")]
async fn tax_and_levy_go_to_their_own_accounts_and_the_receipt_has_all_of_it() {
    let world = World::new().await;
    world.prices(TAXED);
    let amina = world.phone(AMINA);
    amina.dial().await;
    let confirm = amina.go(&[Pick("send"), Type("0700000002"), Type("500")]).await;
    assert!(confirm.contains("Fee KES 7. Total KES 507."), "{confirm}");
    amina.go(&[Yes, Type("7361")]).await;
    assert_eq!(operator(&world).await, [700, 0, 0]);
    // 1.5 % of 500 are 7.50, 15 % of that 1.125, 0.2 % of 500 are 1
    world.clock.advance(Duration::from_secs(10 * 3_600));
    amina.dial().await;
    let confirm = amina.go(&[Pick("send"), Type("0700000002"), Type("500")]).await;
    assert!(confirm.contains("Fee KES 9.63. Total KES 509.63."), "{confirm}");
    amina.go(&[Yes, Type("7361")]).await;
    assert_eq!(operator(&world).await, [1_450, 113, 100]);
    assert_eq!(
        (world.balance(AMINA).await, world.balance(BARAKA).await),
        (500_000 - 50_700 - 50_963, 350_000)
    );
    let receipts = amina.messages().await;
    assert!(receipts[1].contains("Cost KES 9.63."), "{receipts:?}");
    world.check();
}

/// A tariff drawn by lot: what the payer gives is what was quoted, and all of it is credited where
/// the file says.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_tariff_the_charge_is_the_quote_and_no_coin_vanishes() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let luck = Luck::new(7);
    let caller = wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    for number in 0..40_u8 {
        world.clock.advance(Duration::from_secs(24 * 3_600));
        let mut text = format!(
            "currency = 'KES'\nrounding = '{}'\n",
            luck.pick(&["up", "down", "half_even", "half_up"])
        );
        let flat = luck.below(9);
        let percent = luck.below(300);
        let price = format!(
            "bands = [{{ from = 1, to = 900, flat = {flat}, percent = '0.{percent:03}', max = 10 \
             }}]\n"
        );
        let paid_by = luck.pick(&["payer", "payee", "shared"]);
        let payer = luck.below(101);
        let share =
            if paid_by == "shared" { format!("payer_percent = {payer}\n") } else { String::new() };
        // the price of another channel is another one, and never this payment's
        let only = luck.pick(&["", "channel = 'ussd'\n"]);
        text += "channels = ['ussd', 'sms']\n[[send]]\nchannel = 'sms'\n\
                 bands = [{ from = 1, to = 900, fee = 90 }]\n";
        if !only.is_empty() {
            text += "[[send]]\nbands = [{ from = 1, to = 900, fee = 80 }]\n";
        }
        text += &format!("[[send]]\n{only}paid_by = '{paid_by}'\n{share}{price}");
        for (name, credit) in
            [("excise", "tax"), ("levy", "levy"), ("box", "fees")].iter().take(luck.below(4))
        {
            let of = luck.pick(&["fee", "amount"]);
            let percent = luck.below(1_000);
            text += "[[send.extra]]\n";
            text += &format!(
                "name = '{name}'\ncredit = '{credit}'\nof = '{of}'\npercent = '1.{percent:03}'\n"
            );
        }
        let tariff =
            Tariff::parse(&Source::new("tariff.toml", text.clone()), &kadogo::wallet::priced())
                .unwrap();
        let amount = i64::try_from(1 + luck.below(90_000)).unwrap();
        let case = PriceCase {
            service: "send",
            amount: Money::new(amount, Currency::parse("KES").unwrap()),
            tier: None,
            channel: Some("ussd"),
            date: world.clock.now().day(&wallet.config.market.zone),
            month_minor: 0,
        };
        let fee = tariff.quote(&case);
        world.app.change_policy(|policy| policy.tariff = tariff);
        let Some(fee) = fee.ok().filter(|fee| fee.payee_minor < amount) else {
            // nothing would arrive: then nothing is moved
            let refused = wallet.answer(&caller, ask(Mode::Quote, amount, None)).await;
            assert!(
                matches!(
                    &refused,
                    Answer::Refused(refusal) if refusal.code() == "amount_below"
                ),
                "{refused:?}"
            );
            continue;
        };
        world.give(AMINA, amount + fee.payer_minor).await;
        let before = (world.balance(AMINA).await, world.balance(BARAKA).await);
        let books = operator(&world).await;
        let quoted = facts(wallet.answer(&caller, ask(Mode::Quote, amount, None)).await);
        let execution = Execution {
            key: Key::new(world.clock.now(), "test", &[number]),
            side_effects: Vec::new(),
        };
        let done = facts(
            wallet
                .act(
                    &caller,
                    ask(Mode::Execute, amount, Some(quoted["total"].canonical())),
                    execution,
                )
                .await
                .answer,
        );
        let total = amount + fee.payer_minor;
        assert_eq!(
            (&done["total"], &quoted["total"]),
            (&Money::new(total, Currency::parse("KES").unwrap()).into(), &done["total"])
        );
        let after = (world.balance(AMINA).await, world.balance(BARAKA).await);
        assert_eq!(after, (before.0 - total, before.1 + amount - fee.payee_minor), "{text}");
        let credited: Vec<i64> = operator(&world)
            .await
            .iter()
            .zip(books)
            .map(|(after, before)| after - before)
            .collect();
        assert_eq!(credited, FeeAccount::ALL.map(|place| fee.credited_minor(place)), "{text}");
        assert_eq!(credited.iter().sum::<i64>(), fee.total_minor(), "{text}");
    }
    world.check();
}

/// What is quoted in the last minute of a day and approved in the first of a dearer one is not
/// charged at either price.
#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_changes_at_midnight_stops_who_said_yes_before() {
    let world = World::new().await;
    world.prices(TAXED);
    // 23:59:30 in Nairobi
    world.clock.advance(Duration::from_secs(9 * 3_600 + 54 * 60 + 30));
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("500"), Yes]).await;
    world.clock.advance(Duration::from_secs(40));
    let end = amina.press("7361").await;
    assert!(end.starts_with("The price has changed meanwhile."), "{end}");
    assert_eq!((world.balance(AMINA).await, operator(&world).await), (500_000, [0, 0, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn less_than_the_least_is_refused_with_its_own_words() {
    let world = World::new().await;
    let text =
        "currency = 'KES'\n[send]\nminimum = 50\nbands = [{ from = 50, to = 1_000, fee = 7 }]";
    world.prices(text);
    let amina = world.phone(AMINA);
    amina.dial().await;
    let screen = amina.go(&[Pick("send"), Type("0700000002"), Type("49.99")]).await;
    assert!(screen.starts_with("At least KES 50."), "{screen}");
}
