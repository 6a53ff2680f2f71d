//! Tiers: how well somebody is known, and what that allows, read from data. It collects everything
//! that is wrong with the file, each with its line.

use super::meter::{Cap, Caps};
use super::usage::Direction;
use crate::money::{Currency, Money};
use crate::source::{Problem, Source};
use crate::table::{Complaints, Table};
use rust_decimal::Decimal;

/// The highest limit of a count: texts are measured for its digits.
const COUNT_MAX: u32 = 1_000_000;

/// How well somebody is known to the service, and what they are to it: each more than the one
/// before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Only by their number, which the telco has registered.
    Sim,
    /// An agent has seen their ID.
    Id,
    /// Everything was checked.
    Full,
    /// They sell.
    Merchant,
    /// They change cash.
    Agent,
}

impl Tier {
    /// All of them.
    pub const ALL: [Tier; 5] = [Tier::Sim, Tier::Id, Tier::Full, Tier::Merchant, Tier::Agent];

    /// As stored and as the file calls it.
    pub const fn code(self) -> &'static str {
        match self {
            Tier::Sim => "sim",
            Tier::Id => "id",
            Tier::Full => "full",
            Tier::Merchant => "merchant",
            Tier::Agent => "agent",
        }
    }

    /// From its code. One that a newer program may have written counts as the lowest.
    pub fn of_code(code: &str) -> Tier {
        Tier::ALL.into_iter().find(|tier| tier.code() == code).unwrap_or(Tier::Sim)
    }
}

/// What each tier allows.
#[derive(Debug, Clone)]
pub struct Limits {
    tiers: [(Tier, Caps, Caps); Tier::ALL.len()],
    low_float_minor: Option<i64>,
    dust_minor: Option<i64>,
}

impl Limits {
    /// The same for everybody.
    pub fn alike(out: Caps, into: Caps) -> Limits {
        Limits {
            tiers: Tier::ALL.map(|tier| (tier, out, into)),
            low_float_minor: None,
            dust_minor: None,
        }
    }

    /// What a tier allows in one direction.
    pub fn caps(&self, tier: Tier, way: Direction) -> Caps {
        let found = self.tiers.iter().find(|(known, _, _)| *known == tier);
        let caps = found.map(|(_, out, into)| match way {
            Direction::Out => *out,
            Direction::In => *into,
            // it stays theirs: only what they may hold knows of it
            Direction::Aside => Caps::default(),
        });
        // each tier stands in the list
        caps.unwrap_or_default()
    }

    /// Below this, minor units, the float of an outlet counts as low unless it says something else
    /// itself.
    pub fn low_float_minor(&self) -> Option<i64> {
        self.low_float_minor
    }

    /// Whether so little, minor units, takes no place among what somebody may be paid: or strangers
    /// could use up those places with cents.
    pub fn is_dust(&self, amount_minor: i64) -> bool {
        self.dust_minor.is_some_and(|dust_minor| amount_minor < dust_minor)
    }

    /// Reads a file of limits.
    pub fn parse(source: &Source) -> Result<Limits, Vec<Problem>> {
        let mut complaints = Complaints::new(source);
        let mut file = Table::parse(source).map_err(|problem| vec![problem])?;
        let currency = file.required("currency", &mut complaints).and_then(|name| {
            let currency = Currency::parse(&name.text);
            if currency.is_none() {
                complaints.add(
                    name.line,
                    &format!("currency: `{}` is not a three-letter code", name.text),
                );
            }
            currency
        });
        let currency = currency.unwrap_or(Currency::NONE);
        let dust_minor = amount(&mut file, "dust", currency, &mut complaints);
        let mut low_float_minor = None;
        let tiers = Tier::ALL.map(|tier| {
            complaints.about.clear();
            let line = file.line;
            let table = file.table(tier.code(), &mut complaints);
            let Some(mut table) = table else {
                complaints.add(line, &format!("tier `{}` is missing", tier.code()));
                return (tier, Caps::default(), Caps::default());
            };
            if tier == Tier::Agent {
                complaints.about = format!("{}: ", tier.code());
                low_float_minor = amount(&mut table, "low_float", currency, &mut complaints);
            }
            let (out, into) = read_tier(table, tier, currency, &mut complaints);
            (tier, out, into)
        });
        complaints.about.clear();
        file.finish(&mut complaints);
        if complaints.found.is_empty() {
            Ok(Limits { tiers, low_float_minor, dust_minor })
        } else {
            Err(complaints.found)
        }
    }
}

fn read_tier(
    mut table: Table<'_>,
    tier: Tier,
    currency: Currency,
    complaints: &mut Complaints<'_>,
) -> (Caps, Caps) {
    complaints.about = format!("{}: ", tier.code());
    let balance_minor = amount(&mut table, "balance", currency, complaints);
    let [out, into] = ["out", "in"].map(|way| {
        complaints.about = format!("{}: ", tier.code());
        let Some(ways) = table.table(way, complaints) else {
            complaints.add(
                table.line,
                &format!("`{way}` is missing: leave it empty if there is no limit"),
            );
            return Caps::default();
        };
        complaints.about = format!("{}.{way}: ", tier.code());
        read_caps(ways, currency, complaints)
    });
    complaints.about = format!("{}: ", tier.code());
    table.finish(complaints);
    (out, Caps { balance_minor, ..into })
}

fn read_caps(mut table: Table<'_>, currency: Currency, complaints: &mut Complaints<'_>) -> Caps {
    let line = table.line;
    let once_minor = amount(&mut table, "once", currency, complaints);
    let [day, week, month] = ["day", "week", "month"].map(|window| {
        let Some(mut cap) = table.table(window, complaints) else { return Cap::default() };
        let value_minor = amount(&mut cap, "value", currency, complaints);
        let count = cap.whole("count", complaints).and_then(|(line, count)| {
            let count = u32::try_from(count).ok().filter(|count| *count <= COUNT_MAX);
            if count.is_none() {
                complaints.add(
                    line,
                    &format!("`count` is above {COUNT_MAX}; leave it out if there is no limit"),
                );
            }
            count
        });
        cap.finish(complaints);
        Cap { value_minor, count }
    });
    table.finish(complaints);
    // a limit that another one never lets anybody reach is a mistake
    let values = [once_minor, day.value_minor, week.value_minor, month.value_minor];
    let counts = [day.count, week.count, month.count].map(|count| count.map(i64::from));
    if !grow(&values) {
        complaints.add(line, "the value of a longer time is below that of a shorter one");
    }
    if !grow(&counts) {
        complaints.add(line, "the count of a longer time is below that of a shorter one");
    }
    Caps { once_minor, day, week, month, balance_minor: None, budget: None }
}

/// Whether no number is below one before it; what is not given does not count.
fn grow(numbers: &[Option<i64>]) -> bool {
    let given: Vec<i64> = numbers.iter().copied().flatten().collect();
    given.is_sorted()
}

/// An amount in whole units of the currency, in minor units.
fn amount(
    table: &mut Table<'_>,
    key: &str,
    currency: Currency,
    complaints: &mut Complaints<'_>,
) -> Option<i64> {
    let (line, major) = table.whole(key, complaints)?;
    // no more than a person can write, or texts that were measured would not hold it
    let money = Money::from_major(Decimal::from(major), currency)
        .filter(|money| money.minor <= Money::MINOR_MAX);
    if money.is_none() {
        complaints.add(
            line,
            &format!("`{key}` is more than anybody can move; leave it out if there is no limit"),
        );
    }
    money.map(|money| money.minor)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;
    use crate::limits::Window;

    const OURS: &str = include_str!("../../menus/markets/ke/limits.toml");

    fn read(text: &str) -> Result<Limits, Vec<Problem>> {
        Limits::parse(&Source::new("menus/limits.toml", text))
    }

    #[test]
    fn who_is_known_fully_has_the_limits_of_kenya() {
        let ours = read(OURS).unwrap();
        let out = ours.caps(Tier::Full, Direction::Out);
        let into = ours.caps(Tier::Full, Direction::In);
        assert_eq!((out.once_minor, out.day.value_minor), (Some(25_000_000), Some(50_000_000)));
        assert_eq!((into.balance_minor, out.balance_minor), (Some(50_000_000), None));
    }

    #[test]
    fn who_is_known_less_may_move_less() {
        let ours = read(OURS).unwrap();
        let below = |less: Option<i64>, more: Option<i64>| {
            less.is_some() && more.is_none_or(|more| less < Some(more))
        };
        for (lower, higher) in [(Tier::Sim, Tier::Id), (Tier::Id, Tier::Full)] {
            for way in [Direction::Out, Direction::In] {
                let lower = ours.caps(lower, way);
                let higher = ours.caps(higher, way);
                assert!(below(lower.once_minor, higher.once_minor));
                for window in Window::ALL {
                    let lower = lower.within(window);
                    let higher = higher.within(window);
                    assert!(below(lower.value_minor, higher.value_minor));
                    assert!(below(lower.count.map(i64::from), higher.count.map(i64::from)));
                }
            }
        }
    }

    #[test]
    fn a_tier_of_a_newer_program_counts_as_the_lowest() {
        assert_eq!((Tier::of_code("platinum"), Tier::of_code("agent")), (Tier::Sim, Tier::Agent));
    }

    #[test]
    fn mistakes_are_named_with_their_lines_all_at_once() {
        let found = |old: &str, new: &str| {
            assert!(OURS.contains(old), "{old}");
            let problems = read(&OURS.replacen(old, new, 1)).unwrap_err();
            problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
        };
        let hints = [
            (
                "currency = \"KES\"",
                "currency = \"shilling\"",
                "currency: `shilling` is not a three-letter code",
            ),
            ("[id]", "[di]", "`di` does not belong here"),
            ("[sim.out]", "[sim.up]", "sim: `out` is missing"),
            (
                "[sim.out]\nonce = 20_000",
                "[sim.out]\nonce = \"much\"",
                "sim.out: `once` must be a whole number",
            ),
            (
                "[sim.out]\nonce = 20_000",
                "[sim.out]\nonce = -5",
                "sim.out: `once` must be a whole number",
            ),
            (
                "[sim.out]\nonce = 20_000",
                "[sim.out]\nonce = 99_000",
                "sim.out: the value of a longer time is below",
            ),
            (
                "[sim.out]\nonce = 20_000",
                "[sim.out]\nonce = 99_000_000_000",
                "`once` is more than anybody can move",
            ),
            (
                "[sim.out]\nonce = 20_000",
                "[sim.out]\nones = 20_000",
                "sim.out: `ones` does not belong here",
            ),
            ("count = 20", "count = 20_000", "sim.out: the count of a longer time is below"),
            ("currency = ", "currency ", "menus/limits.toml:"),
        ];
        for (old, new, hint) in hints {
            let problems = found(old, new);
            assert!(problems.contains(hint), "{hint}: {problems}");
        }
        let line = OURS.lines().position(|line| line == "[sim.out]").unwrap().saturating_add(2);
        let problems = found("[sim.out]\nonce = 20_000", "[sim.out]\nonce = 1.5");
        assert!(problems.starts_with(&format!("menus/limits.toml:{line}: ")), "{problems}");
        // not only the first
        let missing: Vec<String> =
            read("currency = 'KES'").unwrap_err().iter().map(Problem::to_string).collect();
        assert_eq!(
            missing,
            Tier::ALL.map(|tier| format!("menus/limits.toml:1: tier `{}` is missing", tier.code()))
        );
    }
}
