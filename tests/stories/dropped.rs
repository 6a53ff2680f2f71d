//! Conversations that are cut off: whoever dials again is offered to go on, never into a PIN, an
//! end or a finished payment. And hops that come twice, late, out of order or from somebody else:
//! they move nothing more.

use super::aids::*;
use super::world::*;

const PATH: [Step<'_>; 5] = [Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")];

/// Amina goes so many steps of a payment, is cut off and dials again.
async fn cut_after<'a>(world: &'a World, steps: usize) -> Phone<'a> {
    let before = world.phone(AMINA);
    before.dial().await;
    before.go(&PATH[..steps]).await;
    let phone = world.phone(AMINA);
    phone.dial().await;
    phone
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_at_the_start_there_is_nothing_to_go_on_with() {
    let world = World::new().await;
    let phone = cut_after(&world, 0).await;
    assert_eq!(phone.transcript(), the_start());
}

fn the_start() -> String {
    format!(
        "dials {CODE} \n   | Kadogo\n   | 1 Send money\n   | 2 My account\n   | 3 Cash\n   | 4 \
         More services\n   | 5 Safe pay\n"
    )
}

/// At each screen of the path: what is offered, where it goes on, and that the payment can be
/// finished from there.
async fn go_on_after(steps: usize, rest: &[Step<'_>]) -> String {
    let world = World::new().await;
    let phone = cut_after(&world, steps).await;
    phone.pick("continue").await;
    let transcript = phone.transcript();
    let end = phone.go(rest).await;
    assert!(end.contains("Confirmed. KES 200 sent to Baraka O."), "{end}");
    assert_eq!(world.balance(BARAKA).await, 270_000);
    world.check();
    transcript
}

/// Where nothing was typed nothing is lost: nobody is asked what one key brings back.
#[tokio::test(flavor = "multi_thread")]
async fn cut_off_before_anything_was_typed_one_begins_as_ever() {
    let world = World::new().await;
    assert_eq!(cut_after(&world, 1).await.transcript(), the_start());
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_at_the_amount_one_goes_on_with_it() {
    insta::assert_snapshot!(go_on_after(2, &PATH[2..]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_at_the_question_one_is_asked_again() {
    insta::assert_snapshot!(go_on_after(3, &PATH[3..]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_at_the_pin_one_comes_back_to_the_question_before_it() {
    insta::assert_snapshot!(go_on_after(4, &PATH[3..]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_after_the_payment_one_starts_anew() {
    let world = World::new().await;
    let phone = cut_after(&world, 5).await;
    assert_eq!(phone.transcript(), the_start());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_starts_again_has_entered_nothing() {
    let world = World::new().await;
    for steps in 2..=4 {
        let phone = cut_after(&world, steps).await;
        assert!(phone.pick("restart").await.starts_with("Kadogo\n1 Send money"), "{steps}");
        assert!(phone.pick("send").await.contains("Enter the phone number"), "{steps}");
        // so that nothing is offered to who goes the next way
        phone.home().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_several_times_one_is_still_offered_the_same() {
    let world = World::new().await;
    cut_after(&world, 3).await;
    cut_after(&world, 0).await;
    let phone = world.phone(AMINA);
    assert!(phone.dial().await.starts_with("Go on where you stopped: "), "{}", phone.transcript());
    assert!(phone.pick("continue").await.starts_with("Send KES 200 to Baraka O"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_quarter_of_an_hour_nothing_is_offered() {
    let world = World::new().await;
    cut_after(&world, 3).await;
    minutes(&world, 14);
    assert!(world.phone(AMINA).dial().await.starts_with("Go on where you stopped: "));
    minutes(&world, 16);
    assert!(world.phone(AMINA).dial().await.starts_with("Kadogo\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_offer_is_made_in_the_callers_language() {
    let world = World::new().await;
    let mut seen = String::new();
    for number in [BARAKA, CLAIRE] {
        world.phone(number).dial_along("1*0700000001").await;
        let phone = world.phone(number);
        phone.dial().await;
        seen.push_str(&phone.transcript());
    }
    insta::assert_snapshot!(seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cut_off_at_the_pin_chooses_it_from_the_start() {
    let world = World::new().await;
    let before = world.phone(STRANGER);
    before.dial().await;
    before.go(&[Pick("sw"), Type("Neema Achieng"), Type("7361")]).await;
    let phone = world.phone(STRANGER);
    phone.dial().await;
    phone.go(&[Pick("sw"), Type("Neema Achieng"), Type("8053"), Type("8053")]).await;
    insta::assert_snapshot!(phone.transcript());
}

/// The old conversation ends when its caller dials again: a hop of it that comes late, even with
/// the PIN, moves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_hop_of_the_old_conversation_moves_nothing() {
    let world = World::new().await;
    let old = world.phone(AMINA);
    old.dial().await;
    old.go(&PATH[..4]).await;
    let new = world.phone(AMINA);
    new.dial().await;
    old.press("7361").await;
    insta::assert_snapshot!(last(&old));
    assert_eq!(world.balance(BARAKA).await, 250_000);
    new.go(&[Pick("continue"), Yes, Type("7361")]).await;
    assert_eq!(world.balance(BARAKA).await, 270_000);
    assert_eq!(world.inbox(BARAKA).await.len(), 1);
    world.check();
}

/// The PIN arrived and the payment was made, but the last screen never reached the phone.
#[tokio::test(flavor = "multi_thread")]
async fn cut_off_with_the_pin_on_its_way_one_is_not_led_back_into_the_payment() {
    let world = World::new().await;
    let old = world.phone(AMINA);
    old.dial().await;
    old.go(&PATH).await;
    let new = world.phone(AMINA);
    assert!(new.dial().await.starts_with("Kadogo\n"));
    new.go(&PATH[..2]).await;
    assert!(new.press("200").await.starts_with("You sent KES 200 to Baraka O 1 min ago."));
    assert!(old.again().await.contains("Confirmed."));
    assert_eq!(world.balance(BARAKA).await, 270_000);
}

/// Who was cut off, as the gateway says itself, is offered to go on; who dialled anew since is not
/// led back to what was before that.
#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_says_who_was_cut_off_and_they_go_on() {
    let world = World::new().await;
    let old = world.phone(AMINA);
    old.dial().await;
    old.go(&PATH[..3]).await;
    for status in ["Incomplete", "Failed"] {
        let form = [
            ("sessionId", old.session()),
            ("phoneNumber", AMINA.to_owned()),
            ("status", status.to_owned()),
        ];
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(world.post("/gateways/africastalking/ussd/ended", &form).await.0, 200);
    }
    // also where another node, or this one after a stop, is asked
    let world = world.restart().await;
    let new = world.phone(AMINA);
    assert!(new.dial().await.starts_with("Go on where you stopped: "), "{}", new.transcript());
    new.pick("restart").await;
    let world = world.restart().await;
    assert!(world.phone(AMINA).dial().await.starts_with("Kadogo\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ended_event_changes_nothing() {
    let world = World::new().await;
    let old = world.phone(AMINA);
    old.dial().await;
    old.go(&PATH[..3]).await;
    let form =
        [("sessionId", old.session()), ("status", "Incomplete".into()), ("input", old.history())];
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(world.post("/gateways/africastalking/ussd/ended", &form).await.0, 200);
    assert!(world.phone(AMINA).dial().await.starts_with("Go on where you stopped: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn back_goes_one_screen_back_and_home_goes_home() {
    let world = World::new().await;
    let phone = world.phone(AMINA);
    phone.dial().await;
    // in the amount screen 0 has a note of its own
    let number = Type("0700000002");
    let amount = Type("200");
    phone
        .go(&[
            Pick("send"),
            Back,
            Pick("send"),
            number,
            Back,
            number,
            amount,
            Back,
            amount,
            Yes,
            Back,
        ])
        .await;
    insta::assert_snapshot!(phone.transcript());
    for steps in 1..=4 {
        let phone = world.phone(AMINA);
        phone.dial().await;
        if phone.offers("restart") {
            phone.pick("restart").await;
        }
        phone.go(&PATH[..steps]).await;
        assert!(phone.home().await.starts_with("Kadogo\n1 Send money"), "{steps}");
    }
    assert_eq!(world.balance(BARAKA).await, 250_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_star_in_an_answer_is_part_of_the_answer() {
    let world = World::new().await;
    let phone = world.phone(AMINA);
    phone.dial().await;
    assert!(phone.press("1*2").await.starts_with("Not a choice here."));
    assert!(phone.press("1").await.starts_with("Send money"));
    assert!(phone.press("0700000002*200").await.contains("like 0712345678."));
    assert!(phone.press("*").await.contains("like 0712345678."));
    assert!(phone.press("0700000002").await.starts_with("To Baraka O"));
    assert!(phone.press("200*1*7361").await.starts_with("That is not an amount."));
    assert!(phone.press("200").await.starts_with("Send KES 200"));
    assert!(phone.press("1*7361").await.starts_with("Not a choice here."));
    assert!(phone.press("1").await.contains("enter your PIN"));
    assert!(phone.press("73*61").await.starts_with("A PIN has 4 to 6 digits."));
    assert_eq!(world.balance(BARAKA).await, 250_000);
    assert!(phone.press("7361").await.contains("Confirmed."));
    assert_eq!(world.balance(BARAKA).await, 270_000);
}

/// What a menu that nobody is brought back to is called stands in the question all the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_cut_off_behind_a_menu_reads_what_they_had_chosen() {
    let world = World::new().await;
    let phone = world.phone(AMINA);
    phone.dial().await;
    let way = [Pick("account"), Pick("standing"), Pick("new"), Type("0700000002")];
    phone.go(&way).await;
    let asked = world.phone(AMINA).dial().await;
    assert!(asked.starts_with("Go on where you stopped: Standing payments?"), "{asked}");
}
