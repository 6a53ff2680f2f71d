//! A platform's deal while two act at one moment, each at a node of its own: what the platform
//! keeps comes to it once and to the coin, and whoever is asked has one answer.

use super::freelance::brings_together;
use super::races::{Race, acts};
use super::*;
use crate::engine::rounds;
use kadogo::limits::Tier;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::book_rows::AccountState;

/// What the buyer pays, of which ten are the service's; and what the platform keeps of it: an
/// eighth of 501.
const PAID: i64 = 51_100;
const PRICE: i64 = 50_100;
const SHARE: i64 = 6_262;

/// Esther's market has brought together Amina, who buys, and Daudi.
struct Market {
    race: Race,
    before: i64,
}

impl Market {
    async fn new() -> Market {
        let one = World::new().await;
        let other = one.beside(Twist::default()).await;
        let before = (one.balance(AMINA).await, one.balance(DAUDI).await);
        let market = one.balance(ESTHER).await;
        known_as(&one, ESTHER, Tier::Merchant).await;
        brings_together(&one, AMINA).await;
        let deal = asked(&one).await.concat();
        Market { race: Race { one, other, deal, before }, before: market }
    }

    /// Both have said yes, and the money is in it.
    async fn paid_in() -> Market {
        let market = Market::new().await;
        let race = &market.race;
        race.does(&race.one, DAUDI, "accept_deal", &[]).await.unwrap();
        race.does(&race.one, AMINA, "accept_deal", &[]).await.unwrap();
        race.does(&race.one, AMINA, "fund_deal", &[]).await.unwrap();
        assert_eq!(market.moved().await, [-PAID, 0, 0]);
        market
    }

    /// What the buyer, the seller and the market have more than before.
    async fn moved(&self) -> [i64; 3] {
        let (buyer, seller) = self.race.moved().await;
        [buyer, seller, self.race.one.balance(ESTHER).await - self.before]
    }

    /// One of the two was done, and the other heard that it is gone: it is as the one left it.
    async fn one_of(&self, done: [Result<String, String>; 2], ends: [(&str, [i64; 3]); 2]) {
        let won = done.iter().position(Result::is_ok).unwrap();
        let lost = done.iter().filter_map(|done| done.as_ref().err()).collect::<Vec<_>>();
        assert_eq!(lost, ["deal_gone"], "{done:?}");
        let state = self.race.stands().await.0;
        assert_eq!((state.as_str(), self.moved().await), ends[won]);
        self.race.one.check();
    }
}

/// The deals that a market has open, by number.
async fn asked(world: &World) -> Vec<String> {
    let esther = kadogo::phone::Msisdn::from_e164(ESTHER).unwrap();
    let caller = world.app.wallet.caller(esther).await.unwrap();
    let service = "brokered_deals".into();
    let ask = Request { mode: Mode::List, service, fields: Fields::new(), secret: None };
    let list = world.app.wallet.answer(&caller, ask).await;
    let Answer::Items(items) = list else { panic!("{list:?}") };
    items.into_iter().map(|item| item.id).collect()
}

const RELEASED: (&str, [i64; 3]) = ("released", [-PAID, PRICE - SHARE, SHARE]);
const REFUNDED: (&str, [i64; 3]) = ("refunded", [0, 0, 0]);

#[tokio::test(flavor = "multi_thread")]
async fn the_seller_says_yes_and_no_to_a_market_at_one_moment() {
    for round in 0..rounds() {
        let market = Market::new().await;
        let race = &market.race;
        let (one, other) = race.nodes(round);
        let (yes, no) = tokio::join!(
            race.does(one, DAUDI, "accept_deal", &[]),
            race.does(other, DAUDI, "decline_deal", &[])
        );
        let buyer = race.one.inbox(AMINA).await;
        assert_eq!(buyer.is_empty(), yes.is_err(), "the buyer is asked after a yes: {buyer:?}");
        market.one_of([yes, no], [("offered", [0; 3]), ("declined", [0; 3])]).await;
    }
}

/// The yes of the seller makes it one that the buyer may decline; before it there is nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_declines_while_the_seller_says_yes() {
    for round in 0..rounds() {
        let market = Market::new().await;
        let race = &market.race;
        let (one, other) = race.nodes(round);
        let (yes, no) = tokio::join!(
            race.does(one, DAUDI, "accept_deal", &[]),
            race.does(other, AMINA, "decline_deal", &[])
        );
        yes.unwrap();
        assert!(no.is_ok() || no == Err("deal_gone".to_owned()), "{no:?}");
        let state = if no.is_ok() { "declined" } else { "offered" };
        assert_eq!((race.stands().await.0.as_str(), market.moved().await), (state, [0; 3]));
        race.one.check();
    }
}

/// Three of a market's may wait for a seller: however many are asked for at one moment, and while
/// the seller declines one.
#[tokio::test(flavor = "multi_thread")]
async fn a_seller_is_asked_for_no_more_at_once_than_may_wait() {
    for round in 0..rounds() {
        let market = Market::new().await;
        let race = &market.race;
        let (one, other) = race.nodes(round);
        let terms = [
            ("seller", "0700000004"),
            ("buyer", "0700000002"),
            ("amount", "50100"),
            ("percent", "12.5"),
        ];
        let tries =
            (0..6).map(|nr| {
                let node = if nr % 2 == 0 { one } else { other };
                let terms = terms.to_vec();
                async move {
                    acts(node, ESTHER, "broker_deal", &[&terms[..], &GOODS[nr]].concat()).await
                }
            });
        let (done, declined) =
            tokio::join!(all(tries), race.does(other, DAUDI, "decline_deal", &[]));
        declined.unwrap();
        let done: Vec<_> = done.into_iter().map(|done| done.err()).collect();
        let refused = done.iter().flatten().all(|code| ["deals_full", "busy"].contains(&&code[..]));
        assert!(refused, "{done:?}");
        let open = asked(&race.one).await.len();
        assert_eq!(open, done.iter().filter(|done| done.is_none()).count(), "{done:?}");
        assert!((2..=3).contains(&open), "{done:?}");
        race.one.check();
    }
}

const GOODS: [[(&str, &str); 1]; 6] = [
    [("goods", "flyer")],
    [("goods", "poster")],
    [("goods", "banner")],
    [("goods", "card")],
    [("goods", "song")],
    [("goods", "film")],
];

#[tokio::test(flavor = "multi_thread")]
async fn of_many_releases_at_once_one_pays_the_market() {
    for round in 0..rounds() {
        let market = Market::paid_in().await;
        let race = &market.race;
        let (one, other) = race.nodes(round);
        let tries = (0..6).map(|nr| {
            let node = if nr % 2 == 0 { one } else { other };
            race.does(node, AMINA, "release_deal", &[])
        });
        let done = all(tries).await;
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        assert_eq!((race.stands().await.0.as_str(), market.moved().await), RELEASED);
        let heard = race.one.inbox(ESTHER).await;
        assert_eq!(heard.iter().filter(|text| text.contains("62.62")).count(), 1, "{heard:?}");
        race.one.check();
    }
}

/// Whatever parts it goes in, and in whichever order: in the end the market has its eighth of all.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_parts_at_once_the_market_has_its_share_to_the_coin() {
    for round in 0..rounds() {
        let market = Market::paid_in().await;
        let race = &market.race;
        let (one, other) = race.nodes(round);
        let parts = ["5021", "5501", "11111", "6007", "10000", "7309"];
        let tries = parts.iter().enumerate().map(|(nr, part)| {
            let node = if nr % 2 == 0 { one } else { other };
            let part = [("amount", *part)];
            async move { race.does(node, AMINA, "release_part", &part).await }
        });
        let done = all(tries).await;
        let refused = done.iter().filter_map(|done| done.as_ref().err());
        assert!(refused.into_iter().all(|code| code == "busy"), "{done:?}");
        let released = parts.iter().zip(&done).filter(|(_, done)| done.is_ok());
        let released: i64 = released.map(|(part, _)| part.parse::<i64>().unwrap()).sum();
        let had = released * SHARE / PRICE;
        assert_eq!(market.moved().await, [-PAID, released - had, had], "{done:?}");
        race.one.check();
        race.does(one, AMINA, "release_deal", &[]).await.unwrap();
        assert_eq!((race.stands().await.0.as_str(), market.moved().await), RELEASED);
        race.one.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_seller_gives_back_while_it_is_let_go_is_shared_or_not() {
    for round in 0..rounds() {
        let market = Market::paid_in().await;
        let race = &market.race;
        let (one, other) = race.nodes(round);
        let done = tokio::join!(
            race.does(one, AMINA, "release_deal", &[]),
            race.does(other, DAUDI, "refund_deal", &[])
        );
        market.one_of([done.0, done.1], [RELEASED, REFUNDED]).await;
    }
}

/// The operator stops the market's wallet at that moment: all is paid, or nothing yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_market_that_is_stopped_while_it_is_let_go_has_its_share_or_holds_it_up() {
    for round in 0..rounds() {
        let market = Market::paid_in().await;
        let race = &market.race;
        let (one, other) = race.nodes(round);
        let (released, ()) = tokio::join!(
            race.does(one, AMINA, "release_deal", &[]),
            restrict(other, ESTHER, AccountState::StopCredit)
        );
        if released.is_err() {
            let state = race.stands().await.0;
            assert_eq!((state.as_str(), market.moved().await), ("funded", [-PAID, 0, 0]));
            restrict(other, ESTHER, AccountState::Open).await;
            race.does(one, AMINA, "release_deal", &[]).await.unwrap();
        }
        assert_eq!((race.stands().await.0.as_str(), market.moved().await), RELEASED);
        race.one.check();
    }
}
