//! A month of money in and out, by chance: deposits, e-money against them, redemptions, payments,
//! cash in and out; a bank that makes each of its mistakes; staff who make theirs; and one thief
//! among them. Goal: each evening the equation holds, and what is wrong has its name: all that was
//! planted is found, and nothing else. Method: the real services on a real book, whose clock the
//! story moves, against a ledger of the story's own that knows nothing of the service.
//!
//! One month on each run; more, or another seed:
//!   KADOGO_MONTHS=50 KADOGO_MONTH_SEED=7 cargo test --test stories month -- --nocapture

mod bank;
mod customers;
mod ledger;
mod mistakes;
mod office;
mod thief;

use super::crowd::Luck;
use super::world::*;
use bank::Bank;
use ledger::Ledger;
use office::Office;
use std::collections::BTreeMap;
use std::time::Duration;

const SEED: u64 = 20_261_123;
const DAYS: usize = 30;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// What was planted, and what of it was found: each by its name.
#[derive(Debug, Default)]
struct Figures {
    days: usize,
    acts: usize,
    planted: BTreeMap<&'static str, usize>,
    found: BTreeMap<&'static str, usize>,
    /// Breaks that were told and were none.
    invented: usize,
}

impl Figures {
    fn plant(&mut self, what: &'static str) {
        *self.planted.entry(what).or_default() += 1;
    }

    fn find(&mut self, what: &'static str) {
        *self.found.entry(what).or_default() += 1;
    }

    fn add(&mut self, other: Figures) {
        self.days += other.days;
        self.acts += other.acts;
        self.invented += other.invented;
        for (what, count) in other.planted {
            *self.planted.entry(what).or_default() += count;
        }
        for (what, count) in other.found {
            *self.found.entry(what).or_default() += count;
        }
    }

    fn print(&self) {
        println!("{} days, {} acts, {} invented", self.days, self.acts, self.invented);
        for (what, count) in &self.planted {
            println!("  {what}: {count} planted, {} found", self.found.get(what).unwrap_or(&0));
        }
    }
}

/// Says how to see a failure again.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("once more: KADOGO_MONTH_SEED={} cargo test --test stories month", self.0);
        }
    }
}

struct Month {
    world: World,
    luck: Luck,
    bank: Bank,
    ledger: Ledger,
    office: Office,
    figures: Figures,
    day: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_in_which_every_cent_has_its_name() {
    let first = setting("KADOGO_MONTH_SEED", SEED);
    let mut all = Figures::default();
    for seed in first..first + setting("KADOGO_MONTHS", 1) {
        let failing = Seed(seed);
        let mut month = Month::begin(seed).await;
        for day in 0..DAYS {
            month.day = day;
            month.lives_a_day().await;
        }
        all.add(month.end().await);
        drop(failing);
    }
    all.print();
    assert_eq!(all.planted, all.found, "what was planted is found");
    assert_eq!(all.invented, 0);
    assert!(all.planted.len() >= 15, "too little was tried to prove anything: {all:?}");
}

impl Month {
    async fn begin(seed: u64) -> Month {
        let world = World::new().await;
        // what came in is looked at each day here, and is late for nobody
        world.app.change_policy(|policy| policy.matching.due.came_in = 400);
        let ledger = Ledger::begin(&world).await;
        let office = Office::open(&world).await;
        let figures = Figures::default();
        Month {
            world,
            luck: Luck::new(seed),
            bank: Bank::default(),
            ledger,
            office,
            figures,
            day: 0,
        }
    }

    /// Some minutes go by.
    fn goes_by(&self) {
        let minutes = 1 + u64::try_from(self.luck.below(14)).unwrap();
        self.world.clock.advance(Duration::from_secs(minutes * 60));
    }

    async fn lives_a_day(&mut self) {
        self.bank_works();
        for _ in 0..6 + self.luck.below(8) {
            self.goes_by();
            self.somebody_pays().await;
        }
        self.statement_comes().await;
        self.lines_are_explained().await;
        for _ in 0..self.luck.below(4) {
            self.thief_tries().await;
        }
        if self.luck.percent(70) {
            self.somebody_errs().await;
        }
        self.deposits_become_money().await;
        self.outlets_redeem().await;
        self.evening().await;
        // the next morning at eight
        let zone = &self.world.app.wallet.config.market.zone;
        let today = self.world.clock.now().day(zone);
        let (_, midnight) = kadogo::time::Timestamp::of_day(today, zone);
        let eight = midnight.plus(Duration::from_secs(8 * 3_600));
        self.world.clock.advance(eight.since(self.world.clock.now()));
        self.world.app.wallet.wake_all().await.unwrap();
        self.figures.days += 1;
    }

    /// The day's end: each figure is that of the ledger, the equation holds, and what breaks is
    /// what was planted.
    async fn evening(&mut self) {
        let now = self.world.clock.now();
        let standing = self.world.app.wallet.standing().await.unwrap();
        self.ledger.compare(&self.world, &standing).await;
        let mut told: Vec<(String, i64)> = standing
            .breaks()
            .into_iter()
            .map(|each| (Ledger::named(&each.what), each.minor))
            .collect();
        let mut known = self.ledger.breaks(now);
        told.sort();
        known.sort();
        self.figures.invented += told.iter().filter(|each| !known.contains(each)).count();
        assert_eq!(told, known, "on day {}: {:?}", self.day, standing.items);
        for what in self.ledger.newly_told(&told) {
            self.figures.find(what);
        }
        if self.day % 7 == 6 {
            self.world.check();
        }
    }

    async fn end(mut self) -> Figures {
        // what is on its way for too long is told by then
        for _ in 0..4 {
            self.world.clock.advance(Duration::from_secs(24 * 3_600));
            self.evening().await;
        }
        self.statement_is_forged().await;
        self.thief_was_recorded().await;
        self.world.check();
        self.figures
    }
}
