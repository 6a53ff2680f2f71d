//! The story's own ledger: a few sums, moved by what is known to have happened. It knows nothing of
//! accounts, postings, statements; only what people would write into a book with columns.

use super::super::engine::lines;
use super::super::market::{MARIAM, NJERI, ZUHURA};
use super::super::world::*;
use kadogo::book::{Key, Leg, Posting, TRUST};
use kadogo::id::Id;
use kadogo::store::{Conn, StoreError};
use kadogo::time::Timestamp;
use kadogo::wallet::treasury::equation::Standing;
use std::collections::{BTreeMap, BTreeSet};

/// From which day on a redemption is on its way for too long.
const ON_ITS_WAY: i64 = 3;

/// E-money that left somebody and is not seen at the bank yet.
#[derive(Debug, Clone)]
pub struct Out {
    pub amount: i64,
    pub since: i64,
    pub from: String,
}

/// All amounts are minor units.
#[derive(Debug, Default)]
pub struct Ledger {
    /// By phone, and by the phone of who serves at an outlet.
    pub people: BTreeMap<String, i64>,
    pub floats: BTreeMap<String, i64>,
    pub fees: i64,
    pub at_bank: i64,
    pub charges: i64,
    pub interest: i64,
    /// Lines that nobody has explained, by their names: above zero came in.
    pub open_lines: BTreeMap<String, i64>,
    /// What is left of lines that were used in part.
    pub parts: BTreeMap<String, i64>,
    /// By number.
    pub on_their_way: BTreeMap<i64, Out>,
    /// Those that were seen to go, by number.
    pub gone: BTreeMap<i64, Out>,
    /// Lines of which nothing is left.
    pub used_up: Vec<String>,
    /// What the bank did wrong, by the line or redemption that shows it.
    planted: BTreeMap<String, &'static str>,
    told: BTreeSet<String>,
}

async fn rows(world: &World, sql: &str) -> Vec<String> {
    let sql = sql.to_owned();
    let read = move |conn: &mut Conn| Ok::<_, StoreError>(lines(conn, &sql));
    world.app.wallet.store.read(read).await.unwrap()
}

async fn sum_of(world: &World, kinds: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(coalesce(sum(balance_minor), 0) AS TEXT) AS text FROM accounts WHERE kind IN \
         ({kinds})"
    );
    rows(world, &sql).await[0].parse().unwrap()
}

impl Ledger {
    /// The money of the demo goes where it came from: from now on all comes from the bank.
    pub async fn begin(world: &World) -> Ledger {
        let sql = "SELECT id || ' ' || balance_minor AS text FROM accounts WHERE balance_minor <> \
                   0 AND id <> 1";
        let mut legs = Vec::new();
        for row in rows(world, sql).await {
            let (id, balance) = row.split_once(' ').unwrap();
            let amount_minor = -balance.parse::<i64>().unwrap();
            legs.push(Leg { account: Id::of(id.parse().unwrap()), amount_minor });
        }
        let back: i64 = legs.iter().map(|leg| leg.amount_minor).sum();
        legs.push(Leg { account: TRUST, amount_minor: -back });
        let wallet = &world.app.wallet;
        let key = Key::new(wallet.clock.now(), "back", &[]);
        let posting = Posting { kind: "issue", legs, ..wallet.note(key, Vec::new()) };
        wallet.book.post(posting).await.unwrap();
        let own = |numbers: &[&str]| numbers.iter().map(|n| ((*n).to_owned(), 0)).collect();
        Ledger {
            people: own(&[AMINA, BARAKA, CLAIRE, DAUDI, ESTHER]),
            floats: own(&[ZUHURA, NJERI, MARIAM]),
            ..Ledger::default()
        }
    }

    /// What the bank did wrong, and the name of what will show it.
    pub fn plant(&mut self, name: String, what: &'static str) {
        self.planted.insert(name, what);
    }

    /// Whether that was told.
    pub fn was_told(&self, name: &str) -> bool {
        self.told.contains(name)
    }

    /// What of that is told now for the first time.
    pub fn newly_told(&mut self, breaks: &[(String, i64)]) -> Vec<&'static str> {
        let mut new = Vec::new();
        for (name, what) in &self.planted {
            // money of somebody else is no break, but it is named among what came in
            let listed = self.open_lines.get(name).is_some_and(|minor| *minor > 0);
            let is_told =
                |told: &str| told.split(' ').any(|word| word.trim_end_matches(':') == name);
            if (listed || breaks.iter().any(|(told, _)| is_told(told)))
                && self.told.insert(name.clone())
            {
                new.push(*what);
            }
        }
        new
    }

    /// A break as the service tells it, by its name.
    pub fn named(what: &str) -> String {
        let word = |prefix: &str| what.strip_prefix(prefix).and_then(|rest| rest.split(' ').next());
        match (word("line "), word("redemption ")) {
            (Some(line), _) => line.to_owned(),
            (None, Some(number)) => format!("redemption {number}"),
            (None, None) => what.to_owned(),
        }
    }

    /// What is wrong, as it should be told.
    pub fn breaks(&self, now: Timestamp) -> Vec<(String, i64)> {
        let mut all = Vec::new();
        for (number, out) in &self.on_their_way {
            let zone = &crate::countries::kenya().zone;
            let days = now.day(zone).duration_since(Timestamp::from_micros(out.since).day(zone));
            if days.as_hours() / 24 >= ON_ITS_WAY {
                let code = kadogo::matching::bank_code::written(*number);
                all.push((format!("redemption {code}"), out.amount));
            }
        }
        for (name, minor) in self.open_lines.iter().filter(|(_, minor)| **minor < 0) {
            all.push((name.clone(), *minor));
        }
        if self.charges < 0 {
            all.push(("bank charges to be made good".to_owned(), self.charges));
        }
        all
    }

    /// Each figure of the service is that of the ledger.
    pub async fn compare(&self, world: &World, standing: &Standing) {
        let sum = |waiting: &[kadogo::store::bank_sums::Waiting]| {
            waiting.iter().map(|each| each.left_minor).sum::<i64>()
        };
        let (mut came, mut went) = (0, 0);
        for minor in self.open_lines.values() {
            if *minor > 0 { came += minor } else { went += minor }
        }
        assert_eq!(standing.at_banks_minor(), self.at_bank, "at the bank");
        assert_eq!(standing.suspense_minor, came, "came in, nobody's yet");
        assert_eq!(standing.outgoing_minor, went, "went out, not explained");
        assert_eq!(standing.charges_minor, self.charges, "charges");
        assert_eq!(standing.interest_minor, self.interest, "interest");
        assert_eq!(sum(&standing.parts), self.parts.values().sum::<i64>(), "left of lines");
        let on_their_way: BTreeMap<i64, i64> =
            standing.redemptions.iter().map(|each| (each.id, each.left_minor)).collect();
        let known: BTreeMap<i64, i64> =
            self.on_their_way.iter().map(|(number, out)| (*number, out.amount)).collect();
        assert_eq!(on_their_way, known, "on their way");
        let lines: BTreeMap<String, i64> = standing
            .lines
            .iter()
            .map(|line| (format!("{}-{}", line.statement, line.place), line.amount_minor))
            .collect();
        assert_eq!(lines, self.open_lines, "lines that nobody has explained");
        assert_eq!(standing.trust_minor, 0, "all of it came from the bank");

        for person in kadogo::demo::world::people(&world.app.wallet).await.unwrap() {
            if let Some(own) = self.people.get(&person.phone) {
                assert_eq!(person.balance_minor, *own, "{}", person.name);
            }
            if let Some(own) = self.floats.get(&person.phone) {
                assert_eq!(person.agent.unwrap().float_minor, *own, "the float of {}", person.name);
            }
        }
        let people: i64 = self.people.values().sum();
        let floats: i64 = self.floats.values().sum();
        assert_eq!(sum_of(world, "'float'").await, floats);
        // what agents have earned is a cost of the operator, to the cent
        let earned = -standing.commissions_minor;
        let own = people + floats + self.fees;
        assert_eq!(standing.held_minor(), own + earned, "held by people and by the operator");
        let in_between = came
            + went
            + self.charges
            + self.interest
            + standing.commissions_minor
            + sum(&standing.parts)
            + sum(&standing.redemptions);
        assert_eq!(standing.at_banks_minor(), standing.held_minor() + in_between, "the equation");
    }
}
