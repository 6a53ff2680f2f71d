//! What the staff do about outlets and who serves there. Goal: each is an act under a name, with a
//! reason, and takes as many people as it must; what is under way stops where it has to; nobody of
//! the staff sees a PIN. Method: staff at the wallet's own door, people who dial.

use super::aids::*;
use super::market::{MARIAM, NJERI, OTIENO, ZUHURA, agent, float};
use super::world::*;
use kadogo::book::Key;
use kadogo::refusal::Reason;
use kadogo::wallet::agents::employing::{DISMISS, EMPLOY, SERVES_NOWHERE};
use kadogo::wallet::agents::float_moving::{MOVE, OUTLETS_APART};
use kadogo::wallet::agents::mending::{MEND, MEND_OVER, MEND_SAME, MEND_SPENT};
use kadogo::wallet::agents::opening::OPEN;
use kadogo::wallet::agents::suspending::{OUTLET_SAME, RESUME, SUSPEND};
use kadogo::wallet::care::resetting::RESET;
use kadogo::wallet::care::sim_change::{SAY, SIM_CHANGED};
use kadogo::wallet::office::staff_list::INVITE;
use kadogo::wallet::office::two_people::{STAFF_BAND, STAFF_SAME_PERSON};
use std::time::Duration;

const WHY: (&str, &str) = ("why", "as we agreed");

async fn serve(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.pick("agent").await;
    phone.go(way).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outlet_is_suspended_by_one_with_what_is_under_way_and_resumed_by_two() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents").await;
    let risk = world.hires("rehema", "risk").await;
    let lead = world.hires("otis", "care_lead").await;
    let shop = agent(&world, NJERI).await;
    let njeri = world.phone(NJERI);
    let before = float(&world, NJERI).await;
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes]).await;
    let inputs = [("agent", &*shop), WHY];
    let early = world.staff_asks(&risk, RESUME.name, &inputs).await.unwrap_err();
    assert_eq!(early.reason, OUTLET_SAME);
    let done = world.staff_does(&asha, SUSPEND.name, &inputs).await.unwrap();
    assert_eq!(done["outlet_is"].to_string(), "suspended");
    let screen = njeri.press("8417").await;
    assert!(!screen.contains("Confirmed"), "{screen}");
    assert_eq!((world.balance(ESTHER).await, float(&world, NJERI).await), (0, before));
    assert!(world.inbox(NJERI).await.iter().any(|text| text.contains("is suspended")));
    // who looks after agents does not lift it; of the others it takes two
    let other = world.staff_asks(&asha, RESUME.name, &inputs).await.unwrap_err();
    assert_eq!(other.reason, Reason::NOT_ALLOWED);
    let waits = world.staff_requests(&risk, RESUME.name, &inputs).await.unwrap();
    let own = world.staff_approves(&risk, waits).await.unwrap_err();
    assert_eq!(own.reason, STAFF_SAME_PERSON);
    world.staff_approves(&lead, waits).await.unwrap();
    serve(&njeri, &[Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")]).await;
    assert_eq!(world.balance(ESTHER).await, 100_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_employed_with_a_pin_that_comes_to_their_phone_alone() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents care").await;
    let head = agent(&world, ZUHURA).await;
    let outlet = [("outlet", "Duka Mpya"), ("area", "Kibera"), ("head_office", &*head), WHY];
    let opened = world.staff_does(&asha, OPEN.name, &outlet).await.unwrap();
    let number = opened["agent"].to_string();
    for wrong in [("outlet", "A name that no screen of a phone shows"), ("area", "x")] {
        let other = outlet.iter().filter(|(name, _)| *name != wrong.0).copied();
        let inputs: Vec<_> = other.chain([wrong]).collect();
        let refused = world.staff_asks(&asha, OPEN.name, &inputs).await.unwrap_err();
        assert_eq!(refused.reason, Reason::NAME_FORMAT);
    }
    let employ = [("agent", &*number), ("phone", ESTHER), WHY];
    // whoever has her number since yesterday would get the PIN
    world.staff_does(&asha, SAY.name, &[("phone", ESTHER), WHY]).await.unwrap();
    let thief = world.staff_asks(&asha, EMPLOY.name, &employ).await.unwrap_err();
    assert_eq!(thief.reason, SIM_CHANGED);
    world.clock.advance(Duration::from_secs(73 * 3_600));
    world.app.wallet.wake_all().await.unwrap();
    // whoever serves there has what comes there later: it takes two, with nothing there yet
    let other = world.hires("auma", "agents").await;
    let waits = world.staff_requests(&asha, EMPLOY.name, &employ).await.unwrap();
    let said = world.staff_approves(&other, waits).await.unwrap();
    let again = world.staff_asks(&asha, EMPLOY.name, &employ).await.unwrap_err();
    assert_eq!(again.code(), "serves_already");
    let told = world.inbox(ESTHER).await;
    let told = told.iter().find(|text| text.contains("to begin with")).unwrap();
    let start = told.split("to begin with is ").nth(1).unwrap()[..5].to_owned();
    assert!(said.values().all(|value| !value.to_string().contains(&start)));
    assert!(!holds(&world.stored_bytes(), &start));
    let esther = world.phone(ESTHER);
    let screen = serve(&esther, &[Pick("work"), Pick("low"), Type("100"), Yes, Type(&start)]).await;
    assert!(screen.contains("Choose a PIN of your own first"), "{screen}");
    let way = [Pick("work"), Pick("pin"), Type(&start), Type("36925"), Type("36925")];
    serve(&esther, &way).await;
    serve(&esther, &[Pick("work"), Pick("low"), Type("100"), Yes, Type("36925")]).await;
    assert!(last(&esther).contains("100"), "{}", esther.transcript());
    world.staff_does(&asha, DISMISS.name, &[("phone", ESTHER), WHY]).await.unwrap();
    let gone = world.staff_asks(&asha, DISMISS.name, &[("phone", ESTHER), WHY]).await.unwrap_err();
    assert_eq!(gone.reason, SERVES_NOWHERE);
    // and begins elsewhere
    let shop = agent(&world, NJERI).await;
    let employ = [("agent", &*shop), ("phone", ESTHER), WHY];
    let waits = world.staff_requests(&asha, EMPLOY.name, &employ).await.unwrap();
    world.staff_approves(&other, waits).await.unwrap();
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn float_moves_within_a_family_of_outlets_by_as_many_as_its_amount_takes() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents").await;
    let auma = world.hires("auma", "agents").await;
    let lead = world.hires("otis", "finance_lead").await;
    let [head, shop, kiosk] =
        [agent(&world, ZUHURA).await, agent(&world, NJERI).await, agent(&world, MARIAM).await];
    let lone = [("outlet", "Duka Pekee"), ("area", "Lamu"), WHY];
    let lone = world.staff_does(&asha, OPEN.name, &lone).await.unwrap()["agent"].to_string();
    let before = (float(&world, NJERI).await, float(&world, MARIAM).await);
    let moves = |to, amount| [("from", &*shop), ("to", to), ("amount", amount), WHY];
    world.staff_does(&asha, MOVE.name, &moves(&*kiosk, "100000")).await.unwrap();
    let after = (float(&world, NJERI).await, float(&world, MARIAM).await);
    assert_eq!(after, (before.0 - 100_000, before.1 + 100_000));
    assert!(world.inbox(MARIAM).await.iter().any(|text| text.contains("KES 1,000")));
    for (to, amount, code) in [
        (&*lone, "100000", OUTLETS_APART.code()),
        (&*shop, "100000", "agent_self"),
        (&*head, "99900000000", "float_low"),
        (&*head, "0", "amount_zero"),
    ] {
        let refused = world.staff_asks(&asha, MOVE.name, &moves(to, amount)).await.unwrap_err();
        assert_eq!(refused.code(), code);
    }
    // 50,000 takes two, 500,000 somebody of finance
    let large = [("from", &*head), ("to", &*kiosk), ("amount", "5000000"), WHY];
    let waits = world.staff_requests(&asha, MOVE.name, &large).await.unwrap();
    world.staff_approves(&auma, waits).await.unwrap();
    let back = [("from", &*kiosk), ("to", &*head), ("amount", "5000000"), WHY];
    let waits = world.staff_requests(&asha, MOVE.name, &back).await.unwrap();
    world.staff_approves(&lead, waits).await.unwrap();
    let bands = kadogo::staff::bands::Bands::parse(&kadogo::source::Source::new(
        "approvals.toml",
        "currency = \"KES\"\n[[outlets]]\nfrom = 1\npeople = 2\napprover = \"finance_lead\"\n",
    ));
    world.app.change_policy(|policy| policy.bands = bands.unwrap());
    let waits = world.staff_requests(&asha, MOVE.name, &back).await;
    assert!(waits.is_err(), "the kiosk does not have it any more");
    let little = [("from", &*kiosk), ("to", &*head), ("amount", "100"), WHY];
    let waits = world.staff_requests(&asha, MOVE.name, &little).await.unwrap();
    let band = world.staff_approves(&auma, waits).await.unwrap_err();
    assert_eq!(band.reason, STAFF_BAND);
    world.staff_approves(&lead, waits).await.unwrap();
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_to_the_wrong_number_is_mended_once_by_two() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents").await;
    let lead = world.hires("otis", "finance_lead").await;
    let njeri = world.phone(NJERI);
    let way = [Pick("in"), Type("0700000005"), Type("1000"), Yes, Type("8417")];
    let code = serve(&njeri, &way).await[..10].to_owned();
    let mend = |code, to| [("receipt", code), ("to", to), WHY];
    for (inputs, reason) in [
        (mend(&*code, ESTHER), MEND_SAME.code()),
        (mend("K7M2Q9XWTB", DAUDI), "receipt_unknown"),
        (mend(&*code, STRANGER), "payee_unknown"),
    ] {
        let refused = world.staff_asks(&asha, MEND.name, &inputs).await.unwrap_err();
        assert_eq!(refused.code(), reason);
    }
    let before = (world.balance(ESTHER).await, world.balance(DAUDI).await);
    let waits = world.staff_requests(&asha, MEND.name, &mend(&*code, DAUDI)).await.unwrap();
    let second = world.staff_requests(&asha, MEND.name, &mend(&*code, AMINA)).await.unwrap();
    world.staff_approves(&lead, waits).await.unwrap();
    let after = (world.balance(ESTHER).await, world.balance(DAUDI).await);
    assert_eq!(after, (before.0 - 100_000, before.1 + 100_000));
    for number in [ESTHER, DAUDI] {
        assert!(world.inbox(number).await.iter().any(|text| text.contains(&code)), "{number}");
    }
    let again = world.staff_approves(&lead, second).await.unwrap_err();
    assert_eq!(again.reason, MEND_OVER);
    // who has spent a part of it has not all of it
    let way = [Pick("in"), Type("0700000005"), Type("1100"), Yes, Type("8417")];
    let code = serve(&njeri, &way).await[..10].to_owned();
    let esther = world.phone(ESTHER);
    dial_afresh(&esther).await;
    esther.go(&[Pick("send"), Type("0700000001"), Type("500"), Yes, Type("6195")]).await;
    let spent = world.staff_asks(&asha, MEND.name, &mend(&*code, DAUDI)).await.unwrap_err();
    assert_eq!(spent.reason, MEND_SPENT);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_pin_begins_again_with_one_that_nobody_of_the_staff_sees() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let lead = world.hires("otis", "care_lead").await;
    let amina = world.phone(AMINA);
    let inputs = [("phone", AMINA), WHY];
    let waits = world.staff_requests(&asha, RESET.name, &inputs).await.unwrap();
    let said = world.staff_approves(&lead, waits).await.unwrap();
    let told = world.inbox(AMINA).await;
    let told = told.iter().find(|text| text.starts_with("Your start PIN is ")).unwrap();
    let start = told["Your start PIN is ".len()..][..5].to_owned();
    assert!(said.values().all(|value| !value.to_string().contains(&start)));
    assert!(!holds(&world.stored_bytes(), &start));
    let send = |pin| [Pick("send"), Type("0700000002"), Type("200"), Yes, Type(pin)];
    dial_afresh(&amina).await;
    assert!(amina.go(&send("7361")).await.contains("Choose a PIN of your own first"));
    dial_afresh(&amina).await;
    assert!(amina.go(&send(&start)).await.contains("Choose a PIN of your own first"));
    dial_afresh(&amina).await;
    amina.go(&[Pick("account"), Pick("pin"), Type(&start), Type("36925"), Type("36925")]).await;
    dial_afresh(&amina).await;
    assert!(amina.go(&send("36925")).await.contains("Confirmed"), "{}", amina.transcript());
    // it is not sent to a changed SIM
    let waits = world.staff_requests(&asha, RESET.name, &inputs).await.unwrap();
    world.staff_does(&asha, SAY.name, &inputs).await.unwrap();
    let thief = world.staff_approves(&lead, waits).await.unwrap_err();
    assert_eq!(thief.reason, SIM_CHANGED);
    world.check();
}

/// What was sent to a number to begin with opens nothing once somebody else may have it.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_sim_voids_the_pins_and_the_link_that_were_sent_to_it() {
    let world = World::new().await;
    let asha = world.hires("asha", "care agents").await;
    let lead = world.hires("otis", "care_lead agents").await;
    let admin = world.hires("zawadi", "admin").await;
    let shop = agent(&world, NJERI).await;
    let employ = [("agent", &*shop), ("phone", AMINA), WHY];
    let forgot = [("phone", AMINA), WHY];
    for (service, inputs) in [(EMPLOY.name, &employ[..]), (RESET.name, &forgot[..])] {
        let waits = world.staff_requests(&asha, service, inputs).await.unwrap();
        world.staff_approves(&lead, waits).await.unwrap();
    }
    let invite = [("name", "amina"), ("phone", AMINA), ("roles", "care"), WHY];
    world.staff_does(&admin, INVITE.name, &invite).await.unwrap();
    let told = world.inbox(AMINA).await;
    let after = |words: &str| {
        let text = told.iter().find(|text| text.contains(words)).unwrap();
        text.split(words).nth(1).unwrap()[..5].to_owned()
    };
    let (at_work, start) = (after("to begin with is "), after("Your start PIN is "));
    let link = world.invited(AMINA).await;
    assert!(world.app.wallet.invited_by(&link).await.is_ok());
    world.staff_does(&asha, SAY.name, &forgot).await.unwrap();
    assert_eq!(world.app.wallet.invited_by(&link).await.unwrap_err().code(), "code_gone");
    let amina = world.phone(AMINA);
    // nor do they once the three days are over
    for _day in 0..2 {
        dial_afresh(&amina).await;
        let screen = amina.go(&[Pick("account"), Pick("pin"), Type(&start)]).await;
        assert!(screen.contains("too old"), "{screen}");
        let screen = serve(&amina, &[Pick("work"), Pick("pin"), Type(&at_work)]).await;
        assert!(screen.contains("too old"), "{screen}");
        world.clock.advance(Duration::from_secs(73 * 3_600));
        world.app.wallet.wake_all().await.unwrap();
    }
    world.check();
}

/// What is kept of an act of money by one alone: who did it, to whose outlet, and why.
#[tokio::test(flavor = "multi_thread")]
async fn an_act_by_one_leaves_who_did_it_and_why() {
    let world = World::new().await;
    let asha = world.hires("asha", "agents finance").await;
    let [shop, kiosk] = [agent(&world, NJERI).await, agent(&world, MARIAM).await];
    let moved = [("from", &*shop), ("to", &*kiosk), ("amount", "100"), ("why", "a small one")];
    world.staff_does(&asha, MOVE.name, &moved).await.unwrap();
    world
        .staff_does(&asha, SUSPEND.name, &[("agent", &*kiosk), ("why", "it burns")])
        .await
        .unwrap();
    world.staff_does(&asha, DISMISS.name, &[("phone", OTIENO), ("why", "he left")]).await.unwrap();
    let trail = super::outlets::query(
        &world,
        "SELECT actor || ' ' || event || ' ' || kind || ': ' || note AS text FROM trail WHERE \
         actor = 'staff asha' ORDER BY posting_id, nr",
    );
    assert_eq!(
        trail.await,
        [
            "staff asha move_float outlet: a small one",
            "staff asha begin done_alone: ",
            "staff asha suspended outlet: it burns",
            "staff asha frozen restriction: it burns",
            "staff asha dismiss assistant: he left",
            "staff asha dismiss pin: ",
        ]
    );
    // the same key is the same act
    let wallet = &world.app.wallet;
    let key = Key::new(wallet.clock.now(), "twice", b"one");
    let request = || kadogo::request::Request {
        mode: kadogo::request::Mode::Execute,
        service: MOVE.name.to_owned(),
        fields: moved.map(|(name, typed)| (name.to_owned(), typed.to_owned())).into(),
        secret: None,
    };
    let before = float(&world, NJERI).await;
    for _copy in 0..2 {
        // the kiosk is suspended
        assert!(wallet.act_as_staff(&asha, request(), key).await.is_err());
    }
    assert_eq!(float(&world, NJERI).await, before);
    world.check();
}
