//! The second of two people has no laptop: they say yes, or no, by dialling. Goal: what may be
//! decided, and what is done, is as at the console; nobody decides their own, nothing is done that
//! was not seen, and a phone in other hands decides nothing. Method: whole conversations in three
//! languages, with somebody of the staff who asks at the wallet's own door.

use super::aids::*;
use super::market::{MARIAM, NJERI, agent, float};
use super::outlets::query;
use super::world::*;
use kadogo::refusal::Reason;
use kadogo::source::Source;
use kadogo::staff::bands::Bands;
use kadogo::wallet::agents::commission_paying::PAY_OUTLET;
use kadogo::wallet::agents::float_moving::MOVE;
use kadogo::wallet::agents::mending::MEND;
use kadogo::wallet::care::sim_change::SAY;
use kadogo::wallet::office::sign_in::OnDuty;
use kadogo::wallet::office::staff_list::LEAVE;
use std::time::Duration;

const PIN: &str = "58203";
/// So much takes two, and may be approved on a phone.
const MUCH: &str = "6000000";

/// One asks for float to be moved from Njeri's outlet to Mariam's, which is there.
async fn asked(world: &World, asha: &OnDuty, amount: &str) -> i64 {
    let zuhura = agent(world, super::market::ZUHURA).await;
    let kiosk = agent(world, MARIAM).await;
    let why = ("why", "the market day");
    let inputs = [("from", &*zuhura), ("to", &*kiosk), ("amount", amount), why];
    world.staff_requests(asha, MOVE.name, &inputs).await.unwrap()
}

/// Everything that may take two does, but for what the bands say.
fn two_always(world: &World, bands: &str) {
    let text = format!("currency = \"KES\"\n{bands}");
    world.app.change_policy(|policy| {
        policy.bands = Bands::parse(&Source::new("approvals.toml", text)).unwrap()
    });
}

async fn states(world: &World) -> Vec<String> {
    let sql = "SELECT state AS text FROM arrangements WHERE kind = 'staff_request' ORDER BY id";
    query(world, sql).await
}

/// Dials, looks at what waits, and says yes.
async fn approves(number: &str) -> String {
    let world = World::new().await;
    let asha = world.hires("asha", "agents").await;
    world.hires_on_phone("otis", "finance_lead", number, PIN).await;
    asked(&world, &asha, MUCH).await;
    let before = float(&world, MARIAM).await;
    let phone = world.phone(number);
    phone.dial().await;
    phone.go(&[Pick("staff"), Line("asha"), Yes, Type("11223")]).await;
    phone.press(PIN).await;
    assert_eq!(float(&world, MARIAM).await, before + 6_000_000, "{}", phone.transcript());
    assert_eq!(states(&world).await, ["approved"]);
    let trail = "SELECT actor || ': ' || note AS text FROM trail WHERE event = 'approve'";
    let said = "staff otis: by phone; asked by asha: the market day";
    assert_eq!(query(&world, trail).await, [said]);
    phone.dial().await;
    phone.go(&[Pick("staff")]).await;
    // neither PIN is in any row
    assert!(!holds(&world.stored_bytes(), PIN) && !holds(&world.stored_bytes(), "11223"));
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_approves_by_dialling_in_three_languages() {
    for (language, number) in [("english", AMINA), ("swahili", BARAKA), ("french", CLAIRE)] {
        insta::assert_snapshot!(format!("approves_in_{language}"), approves(number).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_declines_by_dialling_and_says_why() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents").await;
    world.hires_on_phone("otis", "finance_lead", AMINA, PIN).await;
    asked(&world, &asha, MUCH).await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("staff"), Line("asha"), No, Type("ask me tomorrow"), Type(PIN)]).await;
    assert_eq!(states(&world).await, ["declined"]);
    let note = "SELECT actor || ': ' || note AS text FROM trail WHERE event = 'decline'";
    assert_eq!(query(&world, note).await, ["staff otis: by phone; ask me tomorrow"]);
    insta::assert_snapshot!(amina.transcript());
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_sees_it_and_nobody_their_own() {
    let world = World::new().await;
    let asha = world.hires_on_phone("asha", "agents", BARAKA, "70613").await;
    world.hires_on_phone("otis", "finance_lead", AMINA, PIN).await;
    world.hires_on_phone("rehema", "risk", CLAIRE, "40917").await;
    asked(&world, &asha, MUCH).await;
    // above a band it is at the console alone
    two_always(&world, "[[outlets]]\nfrom = 100_000\nconsole = true\n");
    let above = asked(&world, &asha, "15000000").await;
    for (number, seen) in [(AMINA, 1), (BARAKA, 0), (CLAIRE, 0)] {
        let phone = world.phone(number);
        phone.dial().await;
        let screen = phone.go(&[Pick("staff")]).await;
        assert_eq!(screen.matches("asha").count(), seen, "{screen}");
    }
    // whoever is not of the staff has no such door, and finds none
    let daudi = world.phone(DAUDI);
    assert!(!daudi.dial().await.contains("Wafanyakazi"), "{}", daudi.transcript());
    let wallet = &world.app.wallet;
    let number = kadogo::phone::Msisdn::from_e164(DAUDI).unwrap();
    let caller = wallet.caller(number).await.unwrap();
    let ask = |service: &str, mode| kadogo::request::Request {
        mode,
        service: service.to_owned(),
        fields: [("approval".to_owned(), above.to_string())].into(),
        secret: None,
    };
    use kadogo::request::{Answer, Mode};
    for (service, mode) in [("staff_requests", Mode::List), ("approve_by_phone", Mode::Quote)] {
        let answer = wallet.answer(&caller, ask(service, mode)).await;
        assert_eq!(answer, Answer::Refused(Reason::NOT_ALLOWED.into()), "{service}");
    }
    // who may, and asks for what is only at the console, hears so
    let number = kadogo::phone::Msisdn::from_e164(AMINA).unwrap();
    let otis = wallet.caller(number).await.unwrap();
    let answer = wallet.answer(&otis, ask("approve_by_phone", Mode::Quote)).await;
    let Answer::Refused(refusal) = answer else { panic!("{answer:?}") };
    assert_eq!(refusal.code(), "staff_console");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_is_said_and_what_changes_meanwhile_is_not_done() {
    let world = World::new().await;
    let asha = world.hires("asha", "finance").await;
    world.hires_on_phone("otis", "finance_lead", AMINA, PIN).await;
    two_always(&world, "");
    let njeri = world.phone(NJERI);
    let earns = async |to: &'static str| {
        dial_afresh(&njeri).await;
        njeri.pick("agent").await;
        njeri.go(&[Pick("in"), Type(to), Type("1000"), Yes, Type("8417")]).await;
    };
    earns("0700000005").await;
    let shop = agent(&world, NJERI).await;
    let inputs = [("agent", &*shop), ("why", "she asked for it")];
    world.staff_requests(&asha, PAY_OUTLET.name, &inputs).await.unwrap();
    earns("0700000004").await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    let screen = amina.go(&[Pick("staff"), Line("asha")]).await;
    assert!(screen.contains("It changed since it was asked for"), "{screen}");
    amina.go(&[Yes, Yes]).await;
    earns("0700000002").await;
    let screen = amina.press(PIN).await;
    assert!(screen.contains("It changed since you looked"), "{screen}");
    assert_eq!(states(&world).await, ["asked"]);
    amina.dial().await;
    amina.go(&[Pick("staff"), Line("asha"), Yes, Yes, Type(PIN)]).await;
    assert_eq!(states(&world).await, ["approved"]);
    insta::assert_snapshot!(amina.transcript());
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_in_other_hands_decides_nothing() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents care").await;
    let admin = world.hires("zawadi", "admin").await;
    let otis = world.hires_on_phone("otis", "finance_lead", AMINA, PIN).await;
    asked(&world, &asha, MUCH).await;
    let amina = world.phone(AMINA);
    // her wallet's PIN is not that of her work; five wrong ones, and there is none
    amina.dial().await;
    amina.go(&[Pick("staff"), Line("asha"), Yes]).await;
    let screen = amina.press_all(&["7361", "11111", "22222", "33333", "44444"]).await;
    assert!(screen.contains("locked"), "{screen}");
    amina.dial().await;
    let screen = amina.go(&[Pick("staff"), Line("asha"), Yes, Type(PIN)]).await;
    assert!(screen.contains("locked"), "{screen}");
    // her wallet goes on
    dial_afresh(&amina).await;
    let way = [Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")];
    assert!(amina.go(&way).await.contains("Confirmed"), "{}", amina.transcript());
    // she chooses another one at the console; her SIM is changed
    world.staff_pin(&otis, "60718").await.unwrap();
    let swap = [("phone", AMINA), ("why", "the shop called")];
    world.staff_does(&asha, SAY.name, &swap).await.unwrap();
    amina.dial().await;
    let screen = amina.go(&[Pick("staff")]).await;
    assert!(screen.contains("SIM") && !screen.contains("asha"), "{screen}");
    world.clock.advance(Duration::from_secs(73 * 3_600));
    world.app.wallet.wake_all().await.unwrap();
    asked(&world, &asha, MUCH).await;
    // weak ones are none
    assert_eq!(world.staff_pin(&otis, "1234").await.unwrap_err().reason, Reason::PIN_WEAK);
    // she leaves in the middle of it
    dial_afresh(&amina).await;
    amina.go(&[Pick("staff"), Line("asha"), Yes]).await;
    let leave = [("name", "otis"), ("why", "she found other work")];
    world.staff_does(&admin, LEAVE.name, &leave).await.unwrap();
    let screen = amina.press("60718").await;
    assert!(!screen.contains("Approved"), "{screen}");
    assert_eq!(states(&world).await.last().unwrap(), "asked");
    assert!(!amina.dial().await.contains("Staff"), "{}", amina.transcript());
    world.check();
}

/// A deposit is mended by one at the counter's side of the desk and one on the road.
#[tokio::test(flavor = "multi_thread")]
async fn two_phones_approve_the_same_at_one_moment_and_it_is_done_once() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents").await;
    world.hires_on_phone("otis", "finance_lead", AMINA, PIN).await;
    world.hires_on_phone("auma", "agents", BARAKA, "40917").await;
    let njeri = world.phone(NJERI);
    njeri.dial().await;
    let way = [Pick("agent"), Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")];
    let code = njeri.go(&way).await[..10].to_owned();
    let inputs = [("receipt", &*code), ("to", DAUDI), ("why", "a slip of the thumb")];
    world.staff_requests(&asha, MEND.name, &inputs).await.unwrap();
    let before = (world.balance(ESTHER).await, world.balance(DAUDI).await);
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    for phone in [&amina, &baraka] {
        phone.dial().await;
        phone.go(&[Pick("staff"), Line("asha"), Yes]).await;
    }
    all([amina.press(PIN), baraka.press("40917")]).await;
    let after = (world.balance(ESTHER).await, world.balance(DAUDI).await);
    assert_eq!(after, (before.0 - 100_000, before.1 + 100_000));
    assert_eq!(states(&world).await, ["approved"]);
    world.check();
}
