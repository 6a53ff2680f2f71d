//! The service was away for a week: nothing runs out unawares. Whoever comes back first tells the
//! two that they have more time, they are reminded of it, and then it counts: each of it once, also
//! where two nodes come back at one moment, and also where the service goes away again.

use super::races::Race;
use super::*;

const PRICE: i64 = 100_000;
const FEE: i64 = 1_000;

/// It becomes this hour of this day of November, and nobody does anything.
fn becomes(race: &Race, day: i64, hour: i64) {
    let noon = 23 * 86_400 + 14 * 3_600 + 5 * 60;
    let wanted = NOON + (day * 86_400 + hour * 3_600 - noon) * 1_000_000;
    let now = race.one.clock.now().micros();
    race.one.clock.advance(Duration::from_micros(u64::try_from(wanted - now).unwrap()));
}

/// How many texts the buyer and the seller have had.
async fn told(race: &Race) -> (usize, usize) {
    (race.one.inbox(AMINA).await.len(), race.one.inbox(DAUDI).await.len())
}

/// It is this hour, and both nodes look at one moment what is due. What the buyer and the seller
/// are told of it, and whether it was done once.
async fn both_look(race: &Race, day: i64, hour: i64) -> (usize, (usize, usize)) {
    becomes(race, day, hour);
    let before = told(race).await;
    let (one, other) =
        tokio::join!(race.one.app.wallet.wake_all(), race.other.app.wallet.wake_all());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.failed + other.failed, 0);
    settle(&race.one).await;
    let after = told(race).await;
    race.one.check();
    (one.done + other.done, (after.0 - before.0, after.1 - before.1))
}

/// The programs end, a week goes by, and two others begin.
async fn away_until(race: Race, day: i64, hour: i64) -> Race {
    becomes(&race, day, hour);
    let Race { one, other, deal, before } = race;
    drop(other);
    let one = one.restart().await;
    let other = one.beside(Twist::default()).await;
    Race { one, other, deal, before }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_to_be_delivered_meanwhile_is_given_back_only_after_a_grace() {
    let (race, _) = Race::paid_in("hand").await;
    // until the evening of the 26th
    let race = away_until(race, 31, 12).await;
    assert_eq!(both_look(&race, 31, 12).await, (1, (1, 1)), "both hear that there is more time");
    assert_eq!(race.moved().await, (-PRICE - FEE, 0));
    // a day of grace is over in the evening of the day after
    assert_eq!(both_look(&race, 31, 18).await, (1, (0, 1)), "the seller is reminded");
    assert_eq!(both_look(&race, 32, 19).await, (0, (0, 0)));
    assert_eq!(race.stands().await.0, "funded");
    assert_eq!(both_look(&race, 32, 20).await, (1, (1, 1)));
    assert_eq!((race.stands().await.0.as_str(), race.moved().await), ("refunded", (0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_to_look_at_it_has_the_time_for_it_however_often_the_service_goes_away() {
    let (race, _) = Race::paid_in("hand").await;
    race.does(&race.one, DAUDI, "deliver_deal", &[]).await.unwrap();
    // until the evening of the 25th; the reminder of the 24th is said
    assert_eq!(both_look(&race, 24, 18).await, (1, (1, 0)));
    let race = away_until(race, 31, 23).await;
    assert_eq!(both_look(&race, 31, 23).await, (1, (0, 0)), "at night nobody is told anything");
    let race = away_until(race, 39, 3).await;
    assert_eq!(both_look(&race, 39, 3).await, (1, (0, 0)));
    assert_eq!(both_look(&race, 39, 8).await, (1, (1, 1)));
    assert_eq!(race.moved().await, (-PRICE - FEE, 0));
    assert_eq!(both_look(&race, 39, 18).await, (1, (1, 0)));
    assert_eq!(both_look(&race, 40, 20).await, (1, (1, 1)));
    assert_eq!(
        (race.stands().await.0.as_str(), race.moved().await),
        ("released", (-PRICE - FEE, PRICE))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_could_answer_or_pay_meanwhile_does_not_end_unawares() {
    let race = Race::new(&[]).await;
    let race = away_until(race, 31, 12).await;
    assert_eq!(both_look(&race, 31, 12).await, (1, (1, 1)));
    assert_eq!(race.stands().await.0, "offered");
    race.does(&race.other, DAUDI, "accept_deal", &[]).await.unwrap();
    let race = away_until(race, 38, 12).await;
    assert_eq!(both_look(&race, 38, 12).await, (1, (1, 1)));
    assert_eq!(race.stands().await.0, "accepted");
    assert_eq!(both_look(&race, 38, 18).await, (1, (1, 0)), "the buyer is to pay");
    assert_eq!(both_look(&race, 39, 20).await, (1, (1, 1)));
    assert_eq!((race.stands().await.0.as_str(), race.moved().await), ("expired", (0, 0)));
}
