//! The file of rules. It collects everything that is wrong with it, each with its line: a rule that
//! could match another amount is refused, and so is one that nobody would have to look at though
//! something is left to judge.

use crate::source::{Problem, Source};
use crate::table::{Complaints, Name, Table};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// The most days that may lie between.
const DAYS_MAX: i64 = 31;
/// The most rules.
const RULES_MAX: usize = 50;

/// With what a line is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Against {
    /// Lines of the same account that were booked before it.
    Lines,
    /// What is on its way out.
    Redemptions,
    /// What went out and may come back.
    Returns,
    /// Deposits that were announced.
    Deposits,
    /// Outlets.
    Outlets,
    /// Words in its text.
    Words,
}

/// What has to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Same {
    /// Our code stands in the text.
    Code,
    /// The bank's own reference.
    Reference,
    /// An outlet's number stands in the text.
    Outlet,
    /// The account that paid.
    Payer,
    /// The amount, to the last coin.
    Amount,
    /// The day, or one not far from it.
    Day,
}

/// What words mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Says {
    /// The bank took something for itself.
    Charge,
    /// The bank paid interest.
    Interest,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What staff read.
    pub name: String,
    /// With what a line is compared.
    pub against: Against,
    /// All of this has to be the same.
    pub same: Vec<Same>,
    /// How many days may lie between, where the day counts.
    pub days: i64,
    /// Nothing is left to judge.
    pub alone: bool,
    /// Words in small letters, and what they mean.
    pub says: Vec<String>,
    /// The same.
    pub means: Says,
}

/// From which day on what waits is a break: days after the bank booked it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What came in and is nobody's.
    pub came_in: i64,
    /// What went out unexplained.
    pub went_out: i64,
    /// What was sent to the bank and not seen.
    pub redemption: i64,
}

/// All rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// In their order.
    pub rules: Vec<Rule>,
    /// When what waits is late.
    pub due: Due,
}

impl Rules {
    /// Reads a file of rules.
    pub fn parse(source: &Source) -> Result<Rules, Vec<Problem>> {
        let mut complaints = Complaints::new(source);
        let mut file = Table::parse(source).map_err(|problem| vec![problem])?;
        let due = due(&mut file, &mut complaints);
        let tables = file.tables("rule", &mut complaints);
        if tables.len() > RULES_MAX {
            complaints.add(file.line, &format!("at most {RULES_MAX} rules"));
        }
        let read = |table| rule(table, &mut complaints);
        let rules: Vec<Rule> = tables.into_iter().filter_map(read).collect();
        complaints.about.clear();
        file.finish(&mut complaints);
        if complaints.found.is_empty() { Ok(Rules { rules, due }) } else { Err(complaints.found) }
    }
}

fn due(file: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Due {
    let line = file.line;
    let Some(mut table) = file.table("due", complaints) else {
        complaints.add(line, "`[due]` is missing: after how many days what waits is a break");
        return Due { came_in: 0, went_out: 0, redemption: 0 };
    };
    complaints.about = "due: ".to_owned();
    let [came_in, went_out, redemption] = ["came_in", "went_out", "redemption"].map(|key| {
        let found = table.whole(key, complaints);
        match found {
            Some((line, days)) if days > DAYS_MAX => {
                complaints.add(line, &format!("`{key}` is at most {DAYS_MAX} days"));
            }
            Some(_) => {}
            None => complaints.add(table.line, &format!("`{key}` is missing")),
        }
        found.map_or(0, |(_, days)| days)
    });
    table.finish(complaints);
    complaints.about.clear();
    Due { came_in, went_out, redemption }
}

fn rule(mut table: Table<'_>, complaints: &mut Complaints<'_>) -> Option<Rule> {
    complaints.about = "rule: ".to_owned();
    let name = table.required("name", complaints)?;
    complaints.about = format!("rule \"{}\": ", name.text);
    let line = table.line;
    let against = table.required("against", complaints);
    let against = against.and_then(|name| word::<Against>(&name, Against::VARIANTS, complaints));
    let same: Vec<Same> = table
        .names("same", complaints)
        .iter()
        .filter_map(|name| word(name, Same::VARIANTS, complaints))
        .collect();
    let days = table.whole("days", complaints);
    let alone = table.truth("alone", complaints).unwrap_or(false);
    let says = table.names("says", complaints);
    let means = table.name("means", complaints);
    let means = means.and_then(|name| word(&name, Says::VARIANTS, complaints));
    table.finish(complaints);
    let against = against?;
    let rule = Rule {
        name: name.text,
        against,
        same,
        days: days.map_or(0, |(_, days)| days),
        alone,
        says: says.into_iter().map(|name| name.text.to_lowercase()).collect(),
        means: means.unwrap_or(Says::Charge),
    };
    for wrong in wrongs(&rule, days.is_some(), means.is_some()) {
        complaints.add(line, wrong);
    }
    Some(rule)
}

/// A word of a list, or a complaint that names the list.
fn word<W: std::str::FromStr>(
    name: &Name,
    all: &[&str],
    complaints: &mut Complaints<'_>,
) -> Option<W> {
    let word = name.text.parse().ok();
    if word.is_none() {
        let all = all.join("`, `");
        complaints.add(name.line, &format!("`{}` is none of `{all}`", name.text));
    }
    word
}

/// Which signs there are to compare with.
fn known(against: Against) -> &'static [Same] {
    match against {
        Against::Lines => &[Same::Reference, Same::Amount],
        Against::Redemptions | Against::Returns => &[Same::Code, Same::Amount, Same::Day],
        Against::Deposits => &[Same::Code, Same::Outlet, Same::Payer, Same::Amount, Same::Day],
        Against::Outlets => &[Same::Outlet],
        Against::Words => &[],
    }
}

fn wrongs(rule: &Rule, has_days: bool, has_means: bool) -> Vec<&'static str> {
    let has = |same: Same| rule.same.contains(&same);
    let of_words = rule.against == Against::Words;
    let amounts = known(rule.against).contains(&Same::Amount);
    let checks = [
        (
            rule.same.iter().any(|same| !known(rule.against).contains(same)),
            "that has not all of what has to be the `same`",
        ),
        (amounts && !has(Same::Amount), "`amount` must be among what is the `same`"),
        (
            rule.against == Against::Outlets && !has(Same::Outlet),
            "`outlet` must be among what is the `same`",
        ),
        (has(Same::Day) != has_days, "`day` goes with `days`, and `days` with `day`"),
        (rule.days > DAYS_MAX, "`days` is at most 31"),
        (of_words == rule.says.is_empty(), "`says` goes with `against = \"words\"` alone"),
        (of_words != has_means, "`means` goes with `against = \"words\"` alone"),
        (rule.says.iter().any(|says| says.trim().len() < 3), "words have three letters or more"),
        (
            rule.alone && !(rule.against == Against::Redemptions && has(Same::Code)),
            "something is left to judge: `alone` is for redemptions with our `code`",
        ),
    ];
    checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, why)| why).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    const DUE: &str = "[due]\ncame_in = 3\nwent_out = 0\nredemption = 3\n";

    fn parsed(rule: &str) -> Result<Rules, String> {
        let source = Source::new("matching.toml", format!("{DUE}[[rule]]\nname = \"x\"\n{rule}"));
        let said = |found: Vec<Problem>| {
            found.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
        };
        Rules::parse(&source).map_err(said)
    }

    #[test]
    fn what_comes_with_it_is_good_and_in_the_order_of_certainty() {
        let text = include_str!("../../menus/matching.toml");
        let rules = Rules::parse(&Source::new("menus/matching.toml", text)).unwrap();
        let against: Vec<Against> = rules.rules.iter().map(|rule| rule.against).collect();
        assert_eq!(against.first(), Some(&Against::Lines));
        let alone: Vec<&Rule> = rules.rules.iter().filter(|rule| rule.alone).collect();
        assert_eq!(alone.len(), 1);
        assert_eq!(rules.due, Due { came_in: 3, went_out: 0, redemption: 3 });
    }

    #[test]
    fn a_rule_that_could_match_another_amount_is_refused() {
        for (rule, says) in [
            ("against = \"deposits\"\nsame = [\"code\"]", "`amount` must be among"),
            ("against = \"redemptions\"\nsame = [\"amount\"]\nalone = true", "left to judge"),
            ("against = \"deposits\"\nsame = [\"code\", \"amount\"]\nalone = true", "to judge"),
            ("against = \"deposits\"\nsame = [\"reference\", \"amount\"]", "has not all"),
            ("against = \"deposits\"\nsame = [\"amount\", \"day\"]", "`day` goes with `days`"),
            ("against = \"lines\"\nsame = [\"amount\"]\ndays = 2", "`day` goes with `days`"),
            ("against = \"words\"\nsays = [\"ab\"]\nmeans = \"charge\"", "three letters"),
            ("against = \"words\"\nsays = [\"fee\"]", "`means` goes with"),
            ("against = \"outlets\"\nsame = []", "`outlet` must be"),
            ("against = \"tea\"", "`tea` is none of `lines`"),
            ("against = \"lines\"\nsame = [\"amount\"]\ndrift = 2", "does not belong here"),
        ] {
            let found = parsed(rule).unwrap_err();
            assert!(found.contains(says), "{rule}: {found}");
            assert!(found.starts_with("matching.toml:"), "{found}");
        }
        assert!(Rules::parse(&Source::new("matching.toml", "")).is_err());
    }
}
