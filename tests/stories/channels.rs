//! Prices by where something is asked for, and by who pays them. Goal: what the file says is what
//! is quoted, charged and told, to both sides; what no service can keep is refused by name. Method:
//! whole conversations under a tariff of their own.

use super::aids::*;
use super::market::{MARIAM, NJERI, agent};
use super::program::Place;
use super::world::*;
use kadogo::book::{FEES, LEVY};
use kadogo::id::Id;
use kadogo::source::Source;
use kadogo::store::book_rows;

fn set(world: &World, text: &str) {
    let tariff = kadogo::menu_folder::tariff(
        &Source::new("tariff.toml", text),
        super::countries::kenya().currency,
    )
    .unwrap();
    world.app.change_policy(|policy| policy.tariff = tariff);
}

async fn account(world: &World, id: i64) -> i64 {
    let read = world.app.wallet.store.read(move |conn| book_rows::account(conn, Id::of(id)));
    read.await.unwrap().unwrap().balance_minor
}

const BY_CHANNEL: &str = "currency = 'KES'\nchannels = ['ussd', 'sms', 'agent']\n\
                          [[send]]\nbands = [{ from = 1, to = 9_000, fee = 20 }]\n\
                          [[send]]\nchannel = 'sms'\nbands = [{ from = 1, to = 9_000, fee = 5 }]\n\
                          [[cash_out]]\nbands = [{ from = 1, to = 9_000, fee = 30 }]\n\
                          [[cash_out]]\nchannel = 'agent'\n\
                          bands = [{ from = 1, to = 9_000, fee = 40 }]\n\
                          [[cash_in]]\nbands = [{ from = 1, to = 9_000, fee = 0 }]\n\
                          [[cash_in]]\nchannel = 'agent'\n\
                          bands = [{ from = 1, to = 9_000, fee = 9 }]\n";

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_asking_costs_what_the_file_says_of_it() {
    let world = World::new().await;
    set(&world, BY_CHANNEL);
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    let njeri = world.phone(NJERI);
    amina.dial().await;
    assert!(
        amina
            .go(&[Pick("send"), Type("0700000002"), Type("200")])
            .await
            .contains("Fee KES 20. Total KES 220.")
    );
    amina.go(&[Yes, Type("7361")]).await;
    assert_eq!(world.balance(AMINA).await, 500_000 - 22_000);
    amina.messages().await;
    // by text it is cheaper, also when the yes is typed: the price is the one that was told
    amina.write("SEND 300 0700000002").await;
    let told = amina.messages().await;
    assert!(told[0].contains("KES 5"), "{told:?}");
    amina.dial().await;
    assert!(
        amina.go(&[Pick("orders"), Line("Baraka")]).await.contains("Fee KES 5. Total KES 305."),
        "{}",
        amina.transcript()
    );
    amina.go(&[Yes, Type("7361")]).await;
    assert_eq!(world.balance(AMINA).await, 500_000 - 22_000 - 30_500);
    // what somebody else requests is paid at the price of who dials
    baraka.write("OMBA 100 0700000001").await;
    baraka.write("OMBA NDIYO").await;
    amina.dial().await;
    assert!(
        amina.go(&[Pick("orders"), Line("Baraka")]).await.contains("Fee KES 20. Total KES 120."),
        "{}",
        amina.transcript()
    );
    amina.go(&[Yes, Type("7361")]).await;
    // cash that an agent asks for, and cash that the customer asks for
    njeri.dial().await;
    njeri
        .go(&[Pick("agent"), Pick("ask"), Type("0700000002"), Type("500"), Yes, Type("8417")])
        .await;
    baraka.dial().await;
    assert!(
        baraka.go(&[Pick("orders"), Line("KES 500")]).await.contains("540"),
        "{}",
        baraka.transcript()
    );
    baraka.go(&[Yes, Type("4826")]).await;
    assert_eq!(world.balance(BARAKA).await, 250_000 + 20_000 + 30_000 + 10_000 - 54_000);
    let shop = agent(&world, MARIAM).await;
    baraka.dial().await;
    assert!(
        baraka.go(&[Pick("cash"), Pick("agent"), Type(&shop), Type("400")]).await.contains("430"),
        "{}",
        baraka.transcript()
    );
    baraka.go(&[Yes, Type("4826")]).await;
    njeri.dial().await;
    njeri
        .go(&[
            Pick("agent"),
            Pick("in"),
            Type("0700000005"),
            Type("100"),
            Pick("none"),
            Yes,
            Type("8417"),
        ])
        .await;
    assert_eq!(world.balance(ESTHER).await, 9_100);
    assert_eq!(account(&world, FEES.number()).await, 2_000 + 500 + 2_000 + 4_000 + 3_000 + 900);
    world.check();
}

/// Four tenths of the price are the payer's; the levy is the payee's alone.
const SHARED: &str = "currency = 'KES'\n[send]\npaid_by = 'shared'\npayer_percent = 40\n\
                      bands = [{ from = 1, to = 9_000, fee = 10 }]\n\
                      [[send.extra]]\nname = 'levy'\ncredit = 'levy'\nof = 'amount'\n\
                      percent = '0.2'\npaid_by = 'payee'\n";

async fn shared(number: &str, pin: &str, to: &str) -> String {
    let world = World::new().await;
    set(&world, SHARED);
    let (payer, payee) = (world.phone(number), world.phone(&format!("+254{}", &to[1..])));
    world.give(number, 100_000).await;
    let before = (world.balance(number).await, world.balance(&format!("+254{}", &to[1..])).await);
    payer.dial().await;
    payer.go(&[Pick("send"), Type(to), Type("500"), Yes, Yes, Type(pin)]).await;
    payer.messages().await;
    payee.messages().await;
    // 4 on top, 6 and 1 of levy off what arrives
    let after = (world.balance(number).await, world.balance(&format!("+254{}", &to[1..])).await);
    assert_eq!(after, (before.0 - 50_400, before.1 + 49_300), "{}", payer.transcript());
    assert_eq!(
        (account(&world, FEES.number()).await, account(&world, LEVY.number()).await),
        (1_000, 100)
    );
    // the same again is asked about first, and then what arrives is said too
    payer.dial().await;
    payer.go(&[Pick("send"), Type(to), Type("500"), Yes, Yes, Yes, Type(pin)]).await;
    payer.messages().await;
    // by text: the order says so where it is approved
    payer.write(&format!("SEND 300 {to}")).await;
    payer.messages().await;
    payer.dial().await;
    payer.go(&[Pick("orders"), Line("KES 300"), Yes, Yes, Type(pin)]).await;
    payee.messages().await;
    world.check();
    format!("{}\n== who is paid ==\n{}", payer.transcript(), payee.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_paid_pays_their_part_and_both_read_it() {
    let stories = [
        ("english_and_swahili", shared(AMINA, "7361", "0700000002")),
        ("french_and_english", shared(CLAIRE, "9274", "0700000001")),
    ];
    for (languages, seen) in side_by_side(stories).await {
        insta::assert_snapshot!(
            format!("who_is_paid_pays_their_part_and_both_read_it_in_{languages}"),
            seen
        );
    }
}

/// What comes back is what had arrived.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_back_is_what_arrived() {
    let world = World::new().await;
    set(&world, SHARED);
    let amina = world.phone(AMINA);
    let baraka = world.phone(BARAKA);
    amina.dial().await;
    let code = amina
        .go(&[Pick("send"), Type("0700000002"), Type("500"), Yes, Yes, Type("7361")])
        .await[..10]
        .to_owned();
    amina.dial().await;
    let held = amina
        .go(&[Pick("people"), Pick("undo"), Pick("code"), Type(&code), Yes, Type("7361")])
        .await;
    assert!(held.starts_with("KES 493 is held."), "{held}");
    dial_afresh(&baraka).await;
    baraka
        .go(&[Pick("people"), Pick("undo"), Pick("asked"), Line("Amina"), Yes, Type("4826")])
        .await;
    assert_eq!(
        (world.balance(AMINA).await, world.balance(BARAKA).await),
        (500_000 - 50_400 + 49_300, 250_000)
    );
    world.check();
}

/// In the demo paying in for somebody costs something, and with their code nothing: unless its own
/// tariff has a price.
#[tokio::test(flavor = "multi_thread")]
async fn a_demo_costs_what_a_quote_says() {
    let place = Place::new();
    let quoted = |fee: &str| {
        let said = place.run(&["tariff", "quote", "cash_in", "1000"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let total =
            said.out.lines().find(|line| line.trim_start().starts_with("together")).unwrap();
        assert!(total.ends_with(fee), "{}", said.out);
    };
    let way = ["6", "1", "0700000005", "1000"];
    quoted(" KES 0");
    let server = place.start(&["demo", "--bare"], &[]).await;
    let free = server.talk("ATUid_1", NJERI, &way).await;
    assert!(free.contains("Fee KES 0") && free.contains("KES 1,000"), "{free}");
    drop(server);
    // whoever writes a price into the files finds it in both
    let menus = place.menus();
    let own = std::fs::read_to_string(menus.join("markets/ke/tariff.toml")).unwrap();
    let own = format!("{own}\n[cash_in]\nbands = [{{ from = 1, to = 250_000, fee = 11 }}]\n");
    std::fs::write(menus.join("markets/ke/tariff.toml"), own).unwrap();
    quoted(" KES 11");
    let server = place.start(&["demo", "--bare"], &[]).await;
    let priced = server.talk("ATUid_4", MARIAM, &["6", "1", "0700000005", "1000", "2"]).await;
    assert!(priced.contains("KES 11") && priced.contains("KES 989"), "{priced}");
}

#[test]
fn prices_that_no_service_can_keep_are_refused_by_name() {
    let place = Place::new();
    let path = place.menus().join("markets/ke/tariff.toml");
    let bands = "bands = [{ from = 1, to = 9_000, fee = 20 }]";
    let cases = [
        ("cash_in", "channel = 'sms'", "cash_in: `channel`: it is never asked for there"),
        ("cash_out", "channel = 'sms'", "cash_out: `channel`: it is never asked for there"),
        ("send", "channel = 'agent'", "send: `channel`: it is never asked for there"),
        ("send", "channel = 'api'", "send: `channel`: it is never asked for there"),
        (
            "cash_in",
            "channel = 'agent'\npaid_by = 'payee'",
            "cash_in: `paid_by`: only the payer can pay here",
        ),
        (
            "cash_out",
            "channel = 'agent'\nmonthly = [{ up_to = 5, flat = 0 }]",
            "cash_out: `monthly`",
        ),
    ];
    for (service, what, words) in cases {
        let text = format!(
            "currency = 'KES'\nchannels = ['ussd', 'sms', 'agent', 'api']\n[[{service}]]\n{bands}\n\
             [[{service}]]\n{what}\n{bands}\n"
        );
        std::fs::write(&path, text).unwrap();
        let said = place.run(&["menus", "check"]);
        assert!(said.code == Some(1) && said.out.contains(words), "{what}: {said:?}");
    }
}
