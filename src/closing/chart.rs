//! The chart of accounts, as data: under which number each class of accounts stands in the general
//! ledger. Each class stands under one, and none is left out.

use super::classes::{self, BANK};
use crate::source::{Problem, Source};
use crate::table::{Complaints, Name, Table};
use std::collections::BTreeSet;

/// An account of the general ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartAccount {
    /// Its number.
    pub number: String,
    /// What it is called.
    pub name: String,
    /// The classes that stand under it.
    pub holds: Vec<String>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its accounts, in the order of the file.
    pub accounts: Vec<ChartAccount>,
}

impl Chart {
    /// Reads one, and proves that it leaves nothing out.
    pub fn parse(source: &Source) -> Result<Chart, Vec<Problem>> {
        let mut complaints = Complaints::new(source);
        let mut file = Table::parse(source).map_err(|problem| vec![problem])?;
        let mut accounts = Vec::new();
        let (mut numbers, mut held) = (BTreeSet::new(), BTreeSet::new());
        for mut table in file.tables("account", &mut complaints) {
            complaints.about.clear();
            let number = table.required("number", &mut complaints);
            let name = table.required("name", &mut complaints);
            let holds = table.names("holds", &mut complaints);
            let (Some(number), Some(name)) = (number, name) else { continue };
            complaints.about = format!("account {}: ", number.text);
            if !is_number(&number.text) || !numbers.insert(number.text.clone()) {
                complaints.add(number.line, "a number is letters and digits, and stands once");
            }
            for class in &holds {
                if let Some(wrong) = wrong(class, &mut held) {
                    complaints.add(class.line, &wrong);
                }
            }
            table.finish(&mut complaints);
            let holds = holds.into_iter().map(|class| class.text).collect();
            accounts.push(ChartAccount { number: number.text, name: name.text, holds });
        }
        complaints.about.clear();
        for class in classes::ALL.iter().filter(|class| !held.contains(**class)) {
            complaints.add(1, &format!("no account holds `{class}`"));
        }
        file.finish(&mut complaints);
        if complaints.found.is_empty() { Ok(Chart { accounts }) } else { Err(complaints.found) }
    }

    /// Under which account a class stands: one account at a bank by its name, or with all others.
    pub fn account_of(&self, class: &str) -> Option<&ChartAccount> {
        let holds = |class: &str| {
            self.accounts.iter().find(|account| account.holds.iter().any(|held| held == class))
        };
        holds(class).or_else(|| holds(classes::family(class)))
    }
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'/'))
}

/// What is wrong with a class that an account is said to hold.
fn wrong(class: &Name, held: &mut BTreeSet<String>) -> Option<String> {
    let text = &class.text;
    let of_bank = text.strip_prefix(BANK).and_then(|rest| rest.strip_prefix(':'));
    let is_known = classes::ALL.contains(&text.as_str())
        || of_bank.is_some_and(|name| !name.is_empty() && name.to_lowercase() == name);
    if !is_known {
        let all = classes::ALL.join(", ");
        return Some(format!(
            "`{text}` is no class; they are {all}, and bank:NAME in small letters"
        ));
    }
    (!held.insert(text.clone())).then(|| format!("`{text}` is held twice"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedded() -> Source {
        Source::new("chart.toml", include_str!("../../menus/chart.toml"))
    }

    fn complaints(change: impl Fn(String) -> String) -> Vec<String> {
        let source = Source::new("chart.toml", change(embedded().text));
        Chart::parse(&source).unwrap_err().into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn the_chart_that_comes_with_it_holds_every_class() {
        let chart = Chart::parse(&embedded()).unwrap();
        for class in classes::ALL {
            assert!(chart.account_of(class).is_some(), "{class}");
        }
        assert_eq!(chart.account_of("bank:kcb").unwrap().number, "1100");
        assert_eq!(chart.account_of("dust"), None);
    }

    #[test]
    fn one_bank_may_stand_by_itself() {
        let own = "\n[[account]]\nnumber = \"1101\"\nname = \"KCB\"\nholds = [\"bank:kcb\"]\n";
        let source = Source::new("chart.toml", embedded().text + own);
        let chart = Chart::parse(&source).unwrap();
        assert_eq!(chart.account_of("bank:kcb").unwrap().number, "1101");
        assert_eq!(chart.account_of("bank:equity").unwrap().number, "1100");
    }

    #[test]
    fn each_mistake_is_named() {
        let without = complaints(|text| text.replace("holds = [\"levy\"]", "holds = []"));
        assert_eq!(without, ["no account holds `levy`"]);
        let twice = complaints(|text| text.replace("[\"levy\"]", "[\"levy\", \"tax\"]"));
        assert_eq!(twice, ["account 2230: `tax` is held twice"]);
        let odd = complaints(|text| text.replace("[\"levy\"]", "[\"levy\", \"dust\"]"));
        assert!(odd[0].starts_with("account 2230: `dust` is no class; they are bank, "), "{odd:?}");
        let loud = complaints(|text| text.replace("[\"levy\"]", "[\"levy\", \"bank:KCB\"]"));
        assert_eq!(loud.len(), 1);
        let same = complaints(|text| text.replace("\"2230\"", "\"2220\""));
        assert_eq!(same, ["account 2220: a number is letters and digits, and stands once"]);
        let more = complaints(|text| text + "colour = \"red\"\n");
        assert_eq!(more.len(), 1, "{more:?}");
        assert!(!complaints(|_| "account = 1".to_owned()).is_empty());
    }
}
