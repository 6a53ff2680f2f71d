//! The general ledger of closed days: a line for each account of the chart and each day, made of
//! what was signed and nothing else. The same day gives the same lines, whenever it is asked for.

use super::chart::Chart;
use super::day_sums::TrialLine;
use crate::money::Currency;
use crate::statement::csv::{row, safe};
use crate::statement::plain;
use std::collections::BTreeMap;

/// The columns.
const COLUMNS: [&str; 8] =
    ["day", "account", "name", "debit", "credit", "balance", "currency", "state"];

/// A line, minor units. What stands to a debit is above zero in `balance`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlLine {
    /// `2026-11-28`.
    pub day: String,
    /// The number of the account.
    pub account: String,
    /// What it is called.
    pub name: String,
    /// What went to its debit on the day,
    pub debit: i64,
    /// to its credit,
    pub credit: i64,
    /// and where that left it.
    pub balance: i64,
}

/// Why there are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GlError {
    /// The chart has no account for it.
    #[error("the chart has no account for {0}")]
    Unmapped(String),
    /// They do not add up to nothing, or to more than can be written.
    #[error("the lines of {0} do not add up to zero")]
    Unbalanced(String),
}

/// The lines of a day, in the order of the chart: of each account, also where nothing moved.
pub fn lines(chart: &Chart, day: &str, trial: &[TrialLine]) -> Result<Vec<GlLine>, GlError> {
    let mut sums: BTreeMap<&str, [i128; 3]> = BTreeMap::new();
    let mut all = [0_i128; 3];
    for line in trial {
        let account = chart.account_of(&line.class);
        let account = account.ok_or_else(|| GlError::Unmapped(line.class.clone()))?;
        let minors = [line.debit, line.credit, line.balance].map(i128::from);
        let sum = sums.entry(&account.number).or_default();
        for (into, minor) in sum.iter_mut().zip(minors).chain(all.iter_mut().zip(minors)) {
            *into = into.saturating_add(minor);
        }
    }
    let unbalanced = || GlError::Unbalanced(day.to_owned());
    let [debit, credit, balance] = all;
    if debit != credit || balance != 0 {
        return Err(unbalanced());
    }
    let of = |account: &super::chart::ChartAccount| {
        let [debit, credit, balance] =
            sums.get(account.number.as_str()).copied().unwrap_or_default();
        let fit = |sum: i128| i64::try_from(sum).map_err(|_large| unbalanced());
        Ok(GlLine {
            day: day.to_owned(),
            account: account.number.clone(),
            name: account.name.clone(),
            debit: fit(debit)?,
            credit: fit(credit)?,
            balance: fit(balance)?,
        })
    };
    chart.accounts.iter().map(of).collect()
}

/// The table: only of closed days, which are final.
pub fn table(lines: &[GlLine], currency: Currency) -> String {
    let mut text = String::new();
    row(&mut text, COLUMNS.into_iter().map(str::to_owned));
    for GlLine { day, account, name, debit, credit, balance } in lines {
        let minors = [debit, credit, balance].map(|minor| plain(*minor, currency));
        let words = [day.clone(), safe(account), safe(name)];
        let end = [currency.to_string(), "final".to_owned()];
        row(&mut text, words.into_iter().chain(minors).chain(end));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::classes;
    use super::*;
    use crate::source::Source;
    use proptest::prelude::*;

    fn chart() -> Chart {
        let source = Source::new("chart.toml", include_str!("../../menus/chart.toml"));
        Chart::parse(&source).unwrap()
    }

    fn line(class: &str, debit: i64, credit: i64, balance: i64) -> TrialLine {
        TrialLine { class: class.to_owned(), debit, credit, balance }
    }

    #[test]
    fn two_banks_are_one_line_and_all_add_up_to_nothing() {
        let trial = [
            line("bank:kcb", 700, 100, 600),
            line("bank:equity", 50, 0, 50),
            line("wallets", 100, 750, -650),
        ];
        let lines = lines(&chart(), "2026-11-28", &trial).unwrap();
        assert_eq!(lines.len(), chart().accounts.len());
        let text = table(&lines, Currency::parse("KES").unwrap());
        let rows: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(rows[0], "day,account,name,debit,credit,balance,currency,state");
        assert_eq!(rows[1], "2026-11-28,1100,Trust bank accounts,7.50,1.00,6.50,KES,final");
        assert_eq!(rows[5], "2026-11-28,2100,Wallets,1.00,7.50,-6.50,KES,final");
        assert_eq!(rows[6], "2026-11-28,2120,Floats of outlets,0.00,0.00,0.00,KES,final");
    }

    #[test]
    fn what_has_no_account_or_does_not_add_up_is_no_ledger() {
        let dust = lines(&chart(), "d", &[line("dust", 0, 0, 0)]);
        assert_eq!(dust, Err(GlError::Unmapped("dust".to_owned())));
        let half = lines(&chart(), "d", &[line("wallets", 5, 0, 5), line("fees", 0, 5, -4)]);
        assert_eq!(half, Err(GlError::Unbalanced("d".to_owned())));
        let odd = lines(&chart(), "d", &[line("wallets", 5, 0, 5), line("fees", 0, 4, -5)]);
        assert_eq!(odd, Err(GlError::Unbalanced("d".to_owned())));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_on_the_way_into_the_ledger(
            moved in prop::collection::vec((0..14_usize, 0..14_usize, 0..1_000_000_i64), 0..40)
        ) {
            let mut trial: Vec<TrialLine> =
                classes::ALL.iter().map(|class| line(class, 0, 0, 0)).collect();
            for (from, to, minor) in moved {
                trial[from].debit += minor;
                trial[from].balance += minor;
                trial[to].credit += minor;
                trial[to].balance -= minor;
            }
            let lines = lines(&chart(), "d", &trial).unwrap();
            let sum = |of: fn(&GlLine) -> i64| lines.iter().map(of).sum::<i64>();
            prop_assert_eq!(sum(|l| l.balance), 0);
            prop_assert_eq!(sum(|l| l.debit), trial.iter().map(|l| l.debit).sum::<i64>());
            prop_assert_eq!(sum(|l| l.credit), sum(|l| l.debit));
        }
    }
}
