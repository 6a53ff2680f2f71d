//! What goes on in a demo when it is started: people find deals in each state, a collection that is
//! nearly reached and a group that asks for their yes. A second start adds nothing.

use super::aids::*;
use super::world::*;
use kadogo::demo::{showcase, staff_on_show};
use kadogo::store::arrangement_rows::{self as rows, Search, Side};
use kadogo::store::setting_rows;
use kadogo::wallet::deals::RULES;
use kadogo::wallet::deals::deal::Deal;

/// Each state that a deal can be in, and what it is about.
const STATES: [(&str, &str); 20] = [
    ("kettle", "expired"),
    ("beans", "released"),
    ("fan", "refunded"),
    ("mats", "settled"),
    ("helmet", "decided"),
    ("dress", "declined"),
    ("phone", "withdrawn"),
    ("radio", "drafted"),
    ("sofa", "brokered"),
    ("bicycle", "offered"),
    ("mangoes", "countered"),
    ("kitenge", "accepted"),
    ("charger", "funded"),
    ("shoes", "delivered"),
    ("solar lamp", "disputed"),
    ("blanket", "proposed"),
    ("cooking pot", "ruled"),
    ("handbag", "appealed"),
    ("hens", "reproposed"),
    ("jacket", "returning"),
];

/// All deals that there are, in the order in which they were begun.
async fn deals(world: &World) -> Vec<(String, String)> {
    let search =
        Search { side: Side::Anybody, kind: RULES.name, open: false, since: 0, limit: 1_000 };
    let read = move |conn: &mut _| deals_in(conn, &search);
    world.app.wallet.store.read(read).await.unwrap()
}

fn deals_in(
    conn: &mut kadogo::store::Conn,
    search: &Search,
) -> Result<Vec<(String, String)>, kadogo::store::StoreError> {
    let found = conn.wait(async |asked| rows::find(asked, search).await)?;
    let deals = found.iter().rev().map(|row| Deal::of(row).unwrap());
    Ok(deals.map(|deal| (deal.terms.goods.clone(), deal.row.state.clone())).collect())
}

/// What each finds first under *My deals*, where something is expected of them.
const FIRST: [(&str, &str); 5] = [
    (AMINA, "1 radio KES 250: Not sent yet"),
    (BARAKA, "1 solar lamp KES 120: Kuna tatizo"),
    (CLAIRE, "1 solar lamp KES 120: Un partage est proposé"),
    (DAUDI, "1 sofa KES 600: Jibu hadi"),
    (ESTHER, "1 mangoes KES 180: Your answer by"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_deal_in_each_state_a_collection_and_a_group_once() {
    let world = World::new().await;
    showcase::earlier(&world.app.wallet).await.unwrap();
    assert!(world.inbox(CLAIRE).await.concat().contains("kettle"), "they heard that it is over");
    staff_on_show::make(&world.app.wallet).await;
    showcase::make(&world.app.wallet).await.unwrap();
    let listed = STATES.map(|(goods, state)| (goods.to_owned(), state.to_owned()));
    assert_eq!(deals(&world).await, listed);
    let all = RULES.states.iter();
    let missing: Vec<_> =
        all.filter(|state| STATES.iter().all(|(_, other)| other != *state)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let head = world.check().head;
    showcase::earlier(&world.app.wallet).await.unwrap();
    showcase::make(&world.app.wallet).await.unwrap();
    // as after a crash just before all of it was made
    let forget = |conn: &mut _| setting_rows::set(conn, "showcase", b"");
    world.app.wallet.book.write(forget).await.unwrap();
    showcase::make(&world.app.wallet).await.unwrap();
    assert_eq!(world.check().head, head, "nothing is done twice");
    people_go_on(&world).await;
    world.check();
}

/// Dials into what waits for them.
async fn people_go_on(world: &World) {
    for (number, first) in FIRST {
        let phone = world.phone(number);
        dial_afresh(&phone).await;
        let screen = phone.go(&[Pick("safe"), Pick("mine")]).await;
        assert_eq!(
            screen.lines().nth(1).map(|line| line.starts_with(first)),
            Some(true),
            "{screen}"
        );
    }
    let amina = world.phone(AMINA);
    dial_afresh(&amina).await;
    let way = [Pick("safe"), Pick("mine"), Line("kitenge"), Pick("pay"), Yes, Type("7361")];
    assert!(amina.go(&way).await.contains("310"), "{}", amina.transcript());
    dial_afresh(&amina).await;
    let asked = amina.go(&[Pick("people"), Pick("groups"), Pick("asked"), Line("Umoja")]).await;
    assert!(asked.contains("school fees. 1 of 3 agreed"), "{asked}");
    let number = showcase::collection(&world.app.wallet).await.unwrap();
    let esther = world.phone(ESTHER);
    dial_afresh(&esther).await;
    let way = [Pick("people"), Pick("collections"), Pick("tally"), Type(&number)];
    let tally = esther.go(&way).await;
    assert!(tally.contains("School roof by Daudi K: KES 800 of KES 1,000, 3 gifts"), "{tally}");
}
