//! Some of the staff have a wallet, or serve at an outlet. Goal: whoever is a side of something
//! decides nothing about it, neither alone nor as the second one, at no door; and what somebody
//! could not answer takes two. Method: staff with people's own numbers, at the wallet's own door.

use super::aids::*;
use super::colleagues::hired_on;
use super::market::{MARIAM, NJERI, agent, float};
use super::world::*;
use kadogo::phone::Msisdn;
use kadogo::refusal::Reason;
use kadogo::request::{Answer, Mode, Request};
use kadogo::wallet::agents::float_moving::MOVE;
use kadogo::wallet::care::account_view::SEE;
use kadogo::wallet::care::freezing::{FREEZE, UNFREEZE};
use kadogo::wallet::care::known_as;
use kadogo::wallet::care::resetting::RESET;
use kadogo::wallet::office::staff_list::{INVITE, STAFF_PHONE};
use kadogo::wallet::office::two_people::{DECLINE, STAFF_SAME_PERSON};
use kadogo::wallet::reversals::staff::{GIVE_BACK, RELEASE};

const WHY: (&str, &str) = ("why", "it is only fair");
const STOP: [(&str, &str); 4] = [("phone", BARAKA), ("way", "out"), ("basis", "risk"), WHY];

/// Amina sends Baraka 200 and asks it back: the code of the payment.
async fn asked_back(world: &World) -> String {
    let amina = world.phone(AMINA);
    dial_afresh(&amina).await;
    let way = [Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")];
    let code = amina.go(&way).await[..10].to_owned();
    dial_afresh(&amina).await;
    let way = [Pick("people"), Pick("undo"), Pick("code"), Type(&code), Yes, Type("7361")];
    let screen = amina.go(&way).await;
    assert!(screen.contains("is held"), "{screen}");
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_side_decides_what_is_asked_back() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let payer = hired_on(wallet, "amina", "care care_lead", AMINA).await;
    let payee = hired_on(wallet, "baraka", "care care_lead", BARAKA).await;
    let asha = world.hires("asha", "care").await;
    let code = asked_back(&world).await;
    let baraka = world.phone(BARAKA);
    dial_afresh(&baraka).await;
    baraka.go(&[Pick("people"), Pick("undo"), Pick("asked"), First]).await;
    baraka.no().await;
    let before = (world.balance(AMINA).await, world.balance(BARAKA).await);
    let inputs = [("receipt", &*code), WHY];
    for side in [&payer, &payee] {
        for service in [GIVE_BACK, RELEASE] {
            let own = world.staff_asks(side, service.name, &inputs).await.unwrap_err();
            assert_eq!(own.reason, Reason::OWN_SIDE, "{} by {}", service.name, side.staff.name);
        }
    }
    assert_eq!((world.balance(AMINA).await, world.balance(BARAKA).await), before);
    world.staff_does(&asha, GIVE_BACK.name, &inputs).await.unwrap();
    assert_eq!(world.balance(AMINA).await, before.0 + 20_000);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_receiver_could_not_answer_takes_two() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let otis = world.hires("otis", "care_lead").await;
    let before = world.balance(BARAKA).await;
    let code = asked_back(&world).await;
    world.staff_does(&asha, FREEZE.name, &STOP).await.unwrap();
    let inputs = [("receipt", &*code), WHY];
    let waits = world.staff_requests(&asha, GIVE_BACK.name, &inputs).await.unwrap();
    assert_eq!(world.balance(BARAKA).await, before + 20_000);
    world.staff_approves(&otis, waits).await.unwrap();
    assert_eq!(world.balance(BARAKA).await, before);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_says_anything_of_their_own_wallet_and_everybody_may_look() {
    let world = World::new().await;
    let amina = hired_on(&world.app.wallet, "amina", "care care_lead", AMINA).await;
    let own = [("phone", AMINA), ("way", "out"), ("basis", "customer"), WHY];
    let known = [("phone", AMINA), ("tier", "merchant"), ("document", "licence 77"), WHY];
    let forgot = [("phone", AMINA), WHY];
    for (service, inputs) in
        [(FREEZE.name, &own[..]), (RESET.name, &forgot[..]), (known_as::SERVICE.name, &known[..])]
    {
        let refused = world.staff_asks(&amina, service, inputs).await.unwrap_err();
        assert_eq!(refused.reason, Reason::OWN_SIDE, "{service}");
    }
    world.staff_looks(&amina, SEE.name, &forgot).await.unwrap();
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_meant_neither_approves_nor_declines_at_the_console_or_by_phone() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let otis = world.hires("otis", "care_lead").await;
    let baraka = world.hires_on_phone("baraka", "care_lead", BARAKA, "58203").await;
    world.staff_does(&asha, FREEZE.name, &STOP).await.unwrap();
    let lift = [("phone", BARAKA), WHY];
    let waits = world.staff_requests(&asha, UNFREEZE.name, &lift).await.unwrap();
    let own = world.staff_approves(&baraka, waits).await.unwrap_err();
    assert_eq!(own.reason, Reason::OWN_SIDE);
    let number = waits.to_string();
    let no = [("approval", &*number), WHY];
    let own = world.staff_asks(&baraka, DECLINE.name, &no).await.unwrap_err();
    assert_eq!(own.reason, Reason::OWN_SIDE);
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(BARAKA).unwrap()).await.unwrap();
    let ask = |service: &str, mode| Request {
        mode,
        service: service.to_owned(),
        fields: [("approval".to_owned(), number.clone())].into(),
        secret: None,
    };
    let answer = wallet.answer(&caller, ask("approve_by_phone", Mode::Quote)).await;
    assert_eq!(answer, Answer::Refused(Reason::OWN_SIDE.into()));
    let list = wallet.answer(&caller, ask("staff_requests", Mode::List)).await;
    assert_eq!(list, Answer::Items(Vec::new()));
    world.staff_approves(&otis, waits).await.unwrap();
    world.check();
}

/// Who works here under two names with one phone is one person all the same.
#[tokio::test(flavor = "multi_thread")]
async fn two_names_of_one_number_are_one_person() {
    let world = World::new().await;
    let phone = "+254722123456";
    let asha = hired_on(&world.app.wallet, "asha", "admin care", phone).await;
    world.hires("otis", "admin").await;
    let again = [("name", "second"), ("phone", phone), ("roles", "care_lead"), WHY];
    let refused = world.staff_asks(&asha, INVITE.name, &again).await.unwrap_err();
    assert_eq!(refused.reason, STAFF_PHONE);
    // also where both were there before
    let second = hired_on(&world.app.wallet, "second", "care_lead", phone).await;
    world.staff_does(&asha, FREEZE.name, &STOP).await.unwrap();
    let lift = [("phone", BARAKA), WHY];
    let waits = world.staff_requests(&asha, UNFREEZE.name, &lift).await.unwrap();
    let own = world.staff_approves(&second, waits).await.unwrap_err();
    assert_eq!(own.reason, STAFF_SAME_PERSON);
    let third = world.hires("third", "care_lead").await;
    world.staff_approves(&third, waits).await.unwrap();
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_serves_at_an_outlet_moves_nothing_of_it_from_the_office() {
    let world = World::new().await;
    let njeri = hired_on(&world.app.wallet, "njeri", "agents", NJERI).await;
    let [shop, kiosk] = [agent(&world, NJERI).await, agent(&world, MARIAM).await];
    let before = float(&world, NJERI).await;
    for (from, to) in [(&shop, &kiosk), (&kiosk, &shop)] {
        let inputs = [("from", &**from), ("to", &**to), ("amount", "100"), WHY];
        let own = world.staff_asks(&njeri, MOVE.name, &inputs).await.unwrap_err();
        assert_eq!(own.reason, Reason::OWN_SIDE);
    }
    assert_eq!(float(&world, NJERI).await, before);
    world.check();
}
