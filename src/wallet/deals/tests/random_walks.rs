//! Deals that go any way at random. The money of each is followed by a model of its own: what was
//! paid in is paid out to the coin, at each end the account is empty, and from wherever a deal is
//! there is a way to its end, also where one of the two, or both, never do anything again.
//!
//!   KADOGO_WALKS=2000000 cargo test --release --lib deals::tests::random_walks

use super::super::Event;
use super::*;
use crate::wallet::arrangements::Role;
use std::collections::{BTreeMap, BTreeSet};
use strum::VariantArray;

/// One number after another, from a seed.
struct Luck(u64);

impl Luck {
    fn pick(&mut self, length: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % length
    }

    fn up_to(&mut self, most: i64) -> i64 {
        i64::try_from(self.pick(usize::try_from(most + 1).unwrap())).unwrap()
    }
}

/// What a deal is to who only counts coins.
#[derive(Debug, Clone)]
struct Model {
    state: &'static str,
    amount: i64,
    price: (i64, i64),
    /// What a platform keeps.
    share: i64,
    released: i64,
    /// What lies in it, and what the buyer, the seller, the operator and the platform have of it.
    held: i64,
    buyer: i64,
    seller: i64,
    fees: i64,
    platform: i64,
}

impl Model {
    fn begun(luck: &mut Luck) -> Model {
        let amount = 1 + luck.up_to(200_000);
        let state = KIND.begins[luck.pick(KIND.begins.len())];
        let price = (luck.up_to(2_000), luck.up_to(amount.min(2_000) - 1));
        let most = (amount * 3 / 10).min(amount - 1 - price.1);
        let share = if state == "brokered" { luck.up_to(most) } else { 0 };
        let (released, held, buyer, seller, fees, platform) = (0, 0, 0, 0, 0, 0);
        Model { state, amount, price, share, released, held, buyer, seller, fees, platform }
    }

    fn is_open(&self) -> bool {
        KIND.open.contains(&self.state)
    }

    fn paid_in(&self) -> bool {
        self.buyer < 0
    }

    /// Lets so much go, and gives all the rest back with `last`: as the deal's own arithmetic says.
    fn pays(&mut self, more: i64, last: bool) {
        let mut price = super::price(self.price.0, self.price.1);
        price.seller.platform_minor = self.share;
        assert_eq!(self.held, price.balance_minor(self.amount, self.released), "{self:?}");
        let shares = price.shares(self.amount, self.released, more, last);
        assert!(shares.seller_minor >= 0 && shares.buyer_minor >= 0, "{self:?} {more}");
        self.released += more;
        self.seller += shares.seller_minor;
        self.buyer += shares.buyer_minor;
        self.fees += shares.earned.fees_minor;
        self.platform += shares.earned.platform_minor;
        let legs = shares.legs(Id::of(MONEY), [Id::of(2), Id::of(1)], Some(Id::of(3)));
        self.held += legs.iter().map(|l| l.amount_minor).filter(|minor| *minor < 0).sum::<i64>();
        assert_eq!(legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
        // by another arithmetic: each has what is theirs by what was let go
        let earned = |whole: i64| whole * self.released / self.amount;
        let (bought, kept) = (earned(self.price.0), earned(self.price.1 + self.share));
        let platform = (self.share * kept).checked_div(self.price.1 + self.share).unwrap_or(0);
        let all = (self.seller, self.fees, self.platform);
        assert_eq!(all, (self.released - kept, bought + kept - platform, platform), "{self:?}");
    }

    /// What an event moves.
    fn moves(&mut self, event: &str, after: &'static str, luck: &mut Luck) {
        let left = self.amount - self.released;
        match event {
            "fund" => {
                self.held = self.amount + self.price.0;
                self.buyer = -self.held;
            }
            "release_part" => {
                // now and then coin by coin
                let most = if luck.pick(2) == 0 { left - 1 } else { (left - 1).min(3) };
                self.pays(luck.up_to(most), false);
            }
            _ if KIND.open.contains(&after) || !self.paid_in() => {}
            "release" | "collect" => self.pays(left, true),
            "run_out" if after == "released" => self.pays(left, true),
            "run_out" if after == "refunded" => self.pays(0, true),
            _ => self.pays(luck.up_to(left), true),
        }
        self.state = after;
        let all = self.held + self.buyer + self.seller + self.fees + self.platform;
        assert_eq!(all, 0, "{self:?}");
        if !self.is_open() {
            assert_eq!(self.held, 0, "over, and something is left: {self:?}");
        }
    }
}

/// What may happen in each state, and by whom.
fn ways() -> BTreeMap<&'static str, Vec<(&'static str, Role)>> {
    let of_state = |state: &&'static str| {
        let cells =
            KIND.events.iter().flat_map(|event| Role::VARIANTS.iter().map(|r| (*event, *r)));
        let ways = cells.filter(|(event, role)| (KIND.apply)(state, event, *role).is_some());
        (*state, ways.collect())
    };
    KIND.open.iter().map(of_state).collect()
}

/// Whether a deal in this state can come to an end by what these bring about.
fn ends_by(state: &'static str, roles: &[Role]) -> bool {
    let mut seen = BTreeSet::from([state]);
    let mut next = vec![state];
    while let Some(state) = next.pop() {
        if !KIND.open.contains(&state) {
            return true;
        }
        for event in KIND.events {
            for role in roles {
                let after = (KIND.apply)(state, event, *role);
                next.extend(after.filter(|after| seen.insert(*after)));
            }
        }
    }
    false
}

#[test]
fn wherever_a_deal_goes_its_money_is_paid_out_to_the_coin() {
    let walks = std::env::var("KADOGO_WALKS").map_or(2_000, |text| text.parse().unwrap());
    let mut luck = Luck(11);
    let ways = ways();
    let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
    let mut struck: BTreeSet<&str> = BTreeSet::new();
    let mut shared = 0;
    for _walk in 0..walks {
        let mut deal = Model::begun(&mut luck);
        let share = deal.share;
        for step in 0_u32.. {
            if !deal.is_open() {
                break;
            }
            let (event, role) = if luck.pick(4) == 0 {
                (KIND.events[luck.pick(KIND.events.len())], Role::VARIANTS[luck.pick(8)])
            } else {
                let ways = &ways[deal.state];
                ways[luck.pick(ways.len())]
            };
            let after = (KIND.apply)(deal.state, event, role);
            let over = after.is_some_and(|after| !KIND.open.contains(&after));
            // most of them go a long way
            if over && step < 30 && luck.pick(8) > 0 {
                continue;
            }
            if let Some(after) = after {
                struck.extend((event == "run_out").then_some(deal.state));
                deal.moves(event, after, &mut luck);
            }
            assert!(step < 20_000, "stuck: {deal:?}");
        }
        shared += u64::from(deal.state == "released" && share > 0 && deal.platform == share);
        *ends.entry(deal.state).or_default() += 1;
    }
    let all = KIND.states.iter().filter(|state| !KIND.open.contains(state)).copied();
    assert_eq!(ends.keys().copied().collect::<BTreeSet<_>>(), all.collect(), "{ends:?}");
    let agreeing = ["drafted", "brokered", "offered", "countered", "accepted"];
    let trading = ["funded", "delivered", "ruled", "returning"];
    let clocks = agreeing.into_iter().chain(trading).collect();
    assert_eq!(struck, clocks, "each clock is tried");
    assert!(shared > walks / 40, "platforms had their whole share {shared} times");
    if walks > 2_000 {
        println!("{walks} walks ended as {ends:?}");
    }
}

#[test]
fn from_everywhere_there_is_a_way_to_an_end_without_the_one_or_the_other_or_both() {
    let talking = ["disputed", "proposed", "appealed", "reproposed"];
    for state in KIND.open {
        assert!(ends_by(state, &[Role::Service, Role::Staff]), "{state} without the two");
        let alone = ends_by(state, &[Role::Service]);
        // a return that nobody brings is a dispute again
        let staff = talking.contains(state) || *state == "returning";
        assert_eq!(alone, !staff, "{state} by itself");
        for side in [Role::Buyer, Role::Seller] {
            assert!(ends_by(state, &[side, Role::Service]), "{state} by {side:?}");
        }
    }
}

#[test]
fn an_event_that_leaves_a_deal_where_it_is_is_one_of_few() {
    for state in KIND.states {
        for event in KIND.events {
            let stays =
                Role::VARIANTS.iter().any(|role| (KIND.apply)(state, event, *role) == Some(state));
            let may: [&'static str; 5] = [
                Event::Remind.into(),
                Event::Wait.into(),
                Event::ReleasePart.into(),
                Event::State.into(),
                Event::Offset.into(),
            ];
            assert!(!stays || may.contains(event), "{state} + {event}");
        }
    }
}
