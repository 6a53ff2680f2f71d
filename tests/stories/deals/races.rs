//! Two who act at one moment, each at a node of their own: one of them is done, whole; the other
//! hears that it is gone. The wallets are as one of them leaves them, to the coin, and the book is
//! whole.

use super::*;
use crate::colleagues::judges;
use crate::engine::rounds;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::wallet::Execution;
use kadogo::wallet::deals::arbiters::{Cause, Verdict};
use std::sync::atomic::{AtomicU32, Ordering};

/// What the demo's people have as PINs.
const PINS: [(&str, &str); 5] =
    [(AMINA, "7361"), (BARAKA, "4826"), (CLAIRE, "9274"), (DAUDI, "8053"), (ESTHER, "6195")];
/// The price, and what the buyer pays on top.
const PRICE: i64 = 100_000;
const FEE: i64 = 1_000;

/// Two nodes on one database, with a deal about a phone: Amina buys it from Daudi.
pub struct Race {
    pub one: World,
    pub other: World,
    pub deal: String,
    pub before: (i64, i64),
}

/// What came of an act: nothing, or the code of the refusal; and the digits that it showed.
pub async fn acts(
    node: &World,
    number: &str,
    service: &str,
    inputs: &[(&str, &str)],
) -> Result<String, String> {
    static ACTS: AtomicU32 = AtomicU32::new(0);
    let pin = PINS.iter().find(|(who, _)| *who == number).unwrap().1;
    let caller = node.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
    let fields: Fields = inputs.iter().map(|(name, to)| ((*name).into(), (*to).into())).collect();
    let secret = Some(pin.to_owned().into());
    let request = Request { mode: Mode::Execute, service: service.into(), fields, secret };
    let act = ACTS.fetch_add(1, Ordering::Relaxed);
    let key = Key::new(node.clock.now(), "race", &act.to_be_bytes());
    let execution = Execution { key, side_effects: Vec::new() };
    match node.app.wallet.act(&caller, request, execution).await.answer {
        Answer::Facts { slots, .. } => {
            Ok(slots.get("door_code").map(ToString::to_string).unwrap_or_default())
        }
        Answer::Refused(refusal) => Err(refusal.code().to_owned()),
        other => panic!("{other:?}"),
    }
}

impl Race {
    /// The two agree on it.
    pub async fn new(more: &[(&str, &str)]) -> Race {
        let one = World::new().await;
        let other = one.beside(Twist::default()).await;
        let before = (one.balance(AMINA).await, one.balance(DAUDI).await);
        let usual =
            [("side", "buy"), ("to", "0700000004"), ("amount", "100000"), ("goods", "phone")];
        acts(&one, AMINA, "safe_pay", &[&usual, more].concat()).await.unwrap();
        let caller = one.app.wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
        let ask = Request {
            mode: Mode::List,
            service: "deals".into(),
            fields: Fields::new(),
            secret: None,
        };
        let list = one.app.wallet.answer(&caller, ask).await;
        let Answer::Items(items) = list else { panic!("{list:?}") };
        let [item] = &items[..] else { panic!("{items:?}") };
        let deal = item.id.clone();
        Race { one, other, deal, before }
    }

    /// The money is in it; and the code for the door, where there is one.
    pub async fn paid_in(release: &str) -> (Race, String) {
        let race = Race::new(&[("release", release)]).await;
        race.does(&race.one, DAUDI, "accept_deal", &[]).await.unwrap();
        let code = race.does(&race.one, AMINA, "fund_deal", &[]).await.unwrap();
        assert_eq!(race.moved().await, (-PRICE - FEE, 0));
        (race, code)
    }

    pub async fn does(
        &self,
        node: &World,
        number: &str,
        service: &str,
        inputs: &[(&str, &str)],
    ) -> Result<String, String> {
        let deal = [("deal", self.deal.as_str())];
        acts(node, number, service, &[&deal, inputs].concat()).await
    }

    /// The nodes in the order of this round: whoever comes first in one is second in the next.
    pub fn nodes(&self, round: usize) -> (&World, &World) {
        if round.is_multiple_of(2) { (&self.one, &self.other) } else { (&self.other, &self.one) }
    }

    /// What the buyer and the seller have more than before.
    pub async fn moved(&self) -> (i64, i64) {
        let now = (self.one.balance(AMINA).await, self.one.balance(DAUDI).await);
        (now.0 - self.before.0, now.1 - self.before.1)
    }

    /// Where the deal is, and at which version.
    pub async fn stands(&self) -> (String, i64) {
        let id = kadogo::id::Id::of(self.deal.parse().unwrap());
        let read =
            move |conn: &mut kadogo::store::Conn| kadogo::store::arrangement_rows::by_id(conn, id);
        let row = self.one.app.wallet.store.read(read).await.unwrap().unwrap();
        (row.state, row.version)
    }

    /// What people call it by.
    async fn code(&self) -> String {
        let texts = self.one.inbox(AMINA).await.join(" ");
        let six = |word: &&str| {
            word.len() == 6 && word.bytes().all(|b| b"BCDFGHJKMNPQRSTVWXYZ".contains(&b))
        };
        let mut words = texts.split(|sign: char| !sign.is_ascii_alphabetic());
        words.find(six).unwrap().to_owned()
    }

    /// One of the two is done, and the other hears that it is gone.
    async fn one_of(
        &self,
        done: [Result<String, String>; 2],
        ends: [(&str, (i64, i64)); 2],
    ) -> usize {
        let won = done.iter().position(Result::is_ok).unwrap();
        let lost = done.iter().filter_map(|done| done.as_ref().err()).collect::<Vec<_>>();
        assert_eq!(lost, ["deal_gone"], "{done:?}");
        assert_eq!((self.stands().await.0.as_str(), self.moved().await), ends[won]);
        self.one.check();
        won
    }
}

const RELEASED: (&str, (i64, i64)) = ("released", (-PRICE - FEE, PRICE));
const REFUNDED: (&str, (i64, i64)) = ("refunded", (0, 0));

#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_lets_it_go_while_the_seller_gives_it_back() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        let (one, other) = race.nodes(round);
        let (released, refunded) = tokio::join!(
            race.does(one, AMINA, "release_deal", &[]),
            race.does(other, DAUDI, "refund_deal", &[])
        );
        race.one_of([released, refunded], [RELEASED, REFUNDED]).await;
    }
}

/// The evening on which a time is over: people were reminded the evening before.
async fn evening(race: &Race, day: i64) {
    comes(&race.one, day - 1, 18).await;
    let noon = 23 * 86_400 + 14 * 3_600 + 5 * 60;
    let wanted = NOON + (day * 86_400 + 20 * 3_600 - noon) * 1_000_000;
    let now = race.one.clock.now().micros();
    race.one.clock.advance(Duration::from_micros(u64::try_from(wanted - now).unwrap()));
}

/// Both nodes look what is due while somebody acts.
async fn against_the_clock(race: &Race, round: usize, who: &str, service: &str) -> bool {
    let (one, other) = race.nodes(round);
    let (done, woken, also) = tokio::join!(
        race.does(one, who, service, &[]),
        one.app.wallet.wake_all(),
        other.app.wallet.wake_all()
    );
    let (woken, also) = (woken.unwrap(), also.unwrap());
    assert_eq!(woken.failed + also.failed, 0);
    settle(&race.one).await;
    race.one.check();
    match done {
        Ok(_) => true,
        Err(code) => {
            assert_eq!((code.as_str(), woken.done + also.done), ("deal_gone", 1));
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_lets_it_go_on_the_evening_on_which_it_would_come_back() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        evening(&race, 26).await;
        let released = against_the_clock(&race, round, AMINA, "release_deal").await;
        let found = (race.stands().await.0, race.moved().await);
        let expected = if released { RELEASED } else { REFUNDED };
        assert_eq!((found.0.as_str(), found.1), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seller_gives_it_back_on_the_evening_on_which_they_would_be_paid() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        race.does(&race.one, DAUDI, "deliver_deal", &[]).await.unwrap();
        evening(&race, 25).await;
        let refunded = against_the_clock(&race, round, DAUDI, "refund_deal").await;
        let found = (race.stands().await.0, race.moved().await);
        // what was not brought costs nothing, and this was not said to cost anything
        let expected = if refunded { REFUNDED } else { RELEASED };
        assert_eq!((found.0.as_str(), found.1), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_releases_at_once_one_pays() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        let (one, other) = race.nodes(round);
        let tries = (0..6).map(|n| {
            let node = if n % 2 == 0 { one } else { other };
            race.does(node, AMINA, "release_deal", &[])
        });
        let done = all(tries).await;
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        assert_eq!((race.stands().await.0.as_str(), race.moved().await), RELEASED);
        race.one.check();
    }
}

/// Each part is let go, or is more than is left by then.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_parts_at_once_no_more_goes_than_there_is() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        let (one, other) = race.nodes(round);
        let tries = (0..6).map(|n| {
            let node = if n % 2 == 0 { one } else { other };
            race.does(node, AMINA, "release_part", &[("amount", "30000")])
        });
        let done = all(tries).await;
        let parts = done.iter().filter(|done| done.is_ok()).count();
        let (busy, more): (Vec<_>, Vec<_>) =
            done.iter().filter_map(|done| done.as_ref().err()).partition(|code| *code == "busy");
        assert!(more.iter().all(|code| *code == "deal_part"), "{done:?}");
        assert!(parts == 3 || !busy.is_empty(), "{done:?}");
        let parts = i64::try_from(parts).unwrap();
        assert_eq!(race.moved().await, (-PRICE - FEE, parts * 30_000));
        race.one.check();
        race.does(one, AMINA, "release_deal", &[]).await.unwrap();
        assert_eq!((race.stands().await.0.as_str(), race.moved().await), RELEASED);
        race.one.check();
    }
}

/// Others who know the code, the buyer among them, have nothing of it, and cost the seller no try.
#[tokio::test(flavor = "multi_thread")]
async fn one_code_by_many_phones_pays_the_seller_once() {
    for round in 0..rounds() {
        let (race, code) = Race::paid_in("door").await;
        let (one, other) = race.nodes(round);
        let typed = [("code", code.as_str())];
        let callers = [DAUDI, ESTHER, AMINA, DAUDI, BARAKA, CLAIRE, ESTHER, DAUDI];
        let tries = callers.iter().enumerate().map(|(n, who)| {
            let node = if n % 2 == 0 { one } else { other };
            race.does(node, who, "collect_deal", &typed)
        });
        let done = all(tries).await;
        for (who, done) in callers.iter().zip(&done) {
            assert!(*who == DAUDI || *done == Err("deal_gone".to_owned()), "{who}: {done:?}");
        }
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        assert_eq!((race.stands().await.0.as_str(), race.moved().await), RELEASED);
        race.one.check();
    }
}

/// However many guess at one moment: as many wrong ones are compared as are allowed.
#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_at_once_has_few_tries_and_then_it_goes_by_hand() {
    let (race, code) = Race::paid_in("door").await;
    let wrong: Vec<String> =
        (0..12).map(|n| format!("{n:06}")).filter(|guess| *guess != code).collect();
    let tries = wrong.iter().enumerate().map(|(n, guess)| {
        let node = if n % 2 == 0 { &race.one } else { &race.other };
        let race = &race;
        async move { race.does(node, DAUDI, "collect_deal", &[("code", guess)]).await }
    });
    let done = all(tries).await;
    let wrong = done.iter().filter(|done| **done == Err("code_wrong".to_owned())).count();
    let gone = done.iter().filter(|done| **done == Err("code_gone".to_owned())).count();
    assert!(wrong <= 4 && wrong + gone == done.len(), "{done:?}");
    let late = race.does(&race.one, DAUDI, "collect_deal", &[("code", &code)]).await;
    assert_eq!(late, Err("code_gone".to_owned()), "also the right one");
    assert_eq!(race.moved().await, (-PRICE - FEE, 0));
    for who in [AMINA, DAUDI] {
        let told = race.one.inbox(who).await;
        let code = race.code().await;
        assert!(told.last().unwrap().contains(&code), "both hear of it, once: {told:#?}");
    }
    race.does(&race.one, AMINA, "release_deal", &[]).await.unwrap();
    assert_eq!((race.stands().await.0.as_str(), race.moved().await), RELEASED);
    race.one.check();
}

async fn says(node: &World, code: &str, staff: &str, verdict: Verdict) -> Result<String, String> {
    let seen = node.app.wallet.deal(code).await.unwrap().deal.row.version;
    decides(node, code, seen, staff, verdict).await
}

async fn decides(
    node: &World,
    code: &str,
    version: i64,
    staff: &str,
    verdict: Verdict,
) -> Result<String, String> {
    let said = judges(node, code, version, staff, verdict).await;
    said.map(|()| String::new()).map_err(|refusal| refusal.code().to_owned())
}

fn proposal(back_minor: i64) -> Verdict {
    let words = "the photos show a crack".to_owned();
    Verdict::Propose { back_minor, cause: Cause::Damaged, words }
}

const BROKEN: [(&str, &str); 2] = [("problem", "broken"), ("why", "It is broken")];

#[tokio::test(flavor = "multi_thread")]
async fn the_staff_decide_while_the_two_agree() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        let (one, other) = race.nodes(round);
        let code = race.code().await;
        race.does(one, AMINA, "dispute_deal", &BROKEN).await.unwrap();
        says(one, &code, "wanjiku", proposal(PRICE)).await.unwrap();
        says(one, &code, "otieno", Verdict::Confirm).await.unwrap();
        race.does(one, DAUDI, "appeal_deal", &[("why", "It was whole")]).await.unwrap();
        says(one, &code, "njeri", proposal(PRICE)).await.unwrap();
        race.does(one, DAUDI, "offset_deal", &[("amount", "40000")]).await.unwrap();
        let version = race.stands().await.1;
        let (agreed, decided) = tokio::join!(
            race.does(other, AMINA, "agree_deal", &[]),
            decides(one, &code, version, "mutua", Verdict::Confirm)
        );
        // who agrees hears that it is gone; the staff that it has moved
        let decided = decided.map_err(|code| code.replace("moved", "deal_gone"));
        let settled = ("settled", (-60_000 - 600, 60_000));
        race.one_of([agreed, decided], [settled, ("decided", (0, 0))]).await;
    }
}

/// What they decide is on what they have read.
#[tokio::test(flavor = "multi_thread")]
async fn the_staff_confirm_while_somebody_says_more() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        let (one, other) = race.nodes(round);
        let code = race.code().await;
        race.does(one, AMINA, "dispute_deal", &BROKEN).await.unwrap();
        says(one, &code, "wanjiku", proposal(PRICE)).await.unwrap();
        let version = race.stands().await.1;
        let (said, confirmed) = tokio::join!(
            race.does(other, DAUDI, "say_deal", &[("why", "It was whole")]),
            decides(one, &code, version, "otieno", Verdict::Confirm)
        );
        // somebody may always say more, also of what was decided
        said.unwrap();
        let state = race.stands().await.0;
        match confirmed {
            Ok(_) => assert_eq!(state, "ruled"),
            Err(code) => assert_eq!((code.as_str(), state.as_str()), ("moved", "proposed")),
        }
        let late = decides(one, &code, version, "otieno", Verdict::Confirm).await;
        assert_eq!(late, Err("moved".to_owned()), "nobody decides on what they have not read");
        assert_eq!(race.moved().await, (-PRICE - FEE, 0));
        race.one.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_the_staff_decide_otherwise_at_one_moment() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        let (one, other) = race.nodes(round);
        let code = race.code().await;
        race.does(one, AMINA, "dispute_deal", &BROKEN).await.unwrap();
        let version = race.stands().await.1;
        let (first, second) = tokio::join!(
            decides(one, &code, version, "wanjiku", proposal(PRICE)),
            decides(other, &code, version, "otieno", proposal(0))
        );
        let lost: Vec<_> = [&first, &second].into_iter().filter_map(|r| r.as_ref().err()).collect();
        assert_eq!(lost, ["moved"]);
        let stored = one.app.wallet.deal(&code).await.unwrap().deal;
        let by = if first.is_ok() { ("wanjiku", PRICE) } else { ("otieno", 0) };
        let ruling = stored.terms.ruling.unwrap();
        assert_eq!((ruling.by.as_str(), ruling.back_minor), by);
        race.one.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pays_in_twice_at_once_pays_once() {
    for round in 0..rounds() {
        let race = Race::new(&[]).await;
        race.does(&race.one, DAUDI, "accept_deal", &[]).await.unwrap();
        let (one, other) = race.nodes(round);
        let done = tokio::join!(
            race.does(one, AMINA, "fund_deal", &[]),
            race.does(other, AMINA, "fund_deal", &[])
        );
        let funded = ("funded", (-PRICE - FEE, 0));
        race.one_of([done.0, done.1], [funded, funded]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_buyer_pays_in_while_the_seller_takes_it_back() {
    for round in 0..rounds() {
        let race = Race::new(&[]).await;
        race.does(&race.one, DAUDI, "accept_deal", &[]).await.unwrap();
        let (one, other) = race.nodes(round);
        let done = tokio::join!(
            race.does(one, AMINA, "fund_deal", &[]),
            race.does(other, DAUDI, "withdraw_deal", &[])
        );
        let ends = [("funded", (-PRICE - FEE, 0)), ("withdrawn", (0, 0))];
        race.one_of([done.0, done.1], ends).await;
    }
}

/// Who has asked may take it back before the yes, and after it; the yes counts only before.
#[tokio::test(flavor = "multi_thread")]
async fn the_other_side_says_yes_while_who_has_asked_takes_it_back() {
    for round in 0..rounds() {
        let race = Race::new(&[]).await;
        let (one, other) = race.nodes(round);
        let (accepted, withdrawn) = tokio::join!(
            race.does(one, DAUDI, "accept_deal", &[]),
            race.does(other, AMINA, "withdraw_deal", &[])
        );
        withdrawn.unwrap();
        assert!(accepted.is_ok() || accepted == Err("deal_gone".to_owned()), "{accepted:?}");
        let (state, version) = race.stands().await;
        let events = if accepted.is_ok() { 3 } else { 2 };
        assert_eq!((state.as_str(), version), ("withdrawn", events));
        assert_eq!(race.moved().await, (0, 0));
        race.one.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_side_says_yes_and_no_at_one_moment() {
    for round in 0..rounds() {
        let race = Race::new(&[]).await;
        let (one, other) = race.nodes(round);
        let done = tokio::join!(
            race.does(one, DAUDI, "accept_deal", &[]),
            race.does(other, DAUDI, "decline_deal", &[])
        );
        race.one_of([done.0, done.1], [("accepted", (0, 0)), ("declined", (0, 0))]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_goods_back_twice_at_once_has_one_code_for_them() {
    for round in 0..rounds() {
        let (race, _) = Race::paid_in("hand").await;
        race.does(&race.one, DAUDI, "deliver_deal", &[]).await.unwrap();
        let (one, other) = race.nodes(round);
        let done = tokio::join!(
            race.does(one, DAUDI, "take_back_deal", &[]),
            race.does(other, DAUDI, "take_back_deal", &[])
        );
        let returning = ("returning", (-PRICE - FEE, 0));
        race.one_of([done.0, done.1], [returning, returning]).await;
        let code = race.does(one, DAUDI, "deal_code", &[]).await.unwrap();
        race.does(other, AMINA, "return_deal", &[("code", &code)]).await.unwrap();
        assert_eq!((race.stands().await.0.as_str(), race.moved().await), REFUNDED);
        race.one.check();
    }
}
