//! A sheet for programs: one table, a line each, with the section in front; and what of it is read
//! again. What it says is read back from what was signed, never computed anew.

use super::day_sheet::{Sheet, SheetLine};
use super::day_sums::TrialLine;
use crate::money::Currency;
use crate::statement::csv::{row, safe};
use crate::statement::plain;

/// The columns.
const COLUMNS: [&str; 10] =
    ["section", "item", "detail", "count", "debit", "credit", "amount", "since", "owner", "words"];

/// The section of the trial balance.
pub const TRIAL: &str = "trial";

/// The table.
pub fn table(sheet: &Sheet) -> String {
    let mut text = String::new();
    row(&mut text, COLUMNS.into_iter().map(str::to_owned));
    let amount = |minor: Option<i64>| minor.map_or(String::new(), |m| plain(m, sheet.currency));
    for section in &sheet.sections {
        for line in &section.lines {
            let SheetLine { item, detail, count, debit, credit, amount: stands, .. } = line;
            let [item, detail, since, owner, words] =
                [item, detail, &line.since, &line.owner, &line.words].map(|word| safe(word));
            let count = count.map_or(String::new(), |count| count.to_string());
            let [debit, credit, stands] = [debit, credit, stands].map(|minor| amount(*minor));
            let name = section.name.to_owned();
            let cells = [name, item, detail, count, debit, credit, stands, since, owner, words];
            row(&mut text, cells.into_iter());
        }
    }
    text
}

/// A line as it was written: its cells.
pub type Written = Vec<String>;

/// The lines of a section.
pub fn lines_of(table: &str, section: &str) -> Vec<Written> {
    let own = |cells: &Written| cells.first().is_some_and(|name| name == section);
    table.split("\r\n").map(cells).filter(own).collect()
}

/// The cells of a line: what is quoted holds commas, and never an end of line.
fn cells(line: &str) -> Written {
    let mut cells = vec![String::new()];
    let mut within = false;
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if within && signs.peek() == Some(&'"') => {
                signs.next();
                push(&mut cells, '"');
            }
            '"' => within = !within,
            ',' if !within => cells.push(String::new()),
            other => push(&mut cells, other),
        }
    }
    cells
}

fn push(cells: &mut [String], sign: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(sign);
    }
}

/// The trial balance that was signed; nothing where the table is none of ours.
pub fn trial(table: &str, currency: Currency) -> Option<Vec<TrialLine>> {
    let line = |cells: Written| {
        let [_, class, _, _, debit, credit, balance, ..] = cells.as_slice() else { return None };
        let minor = |text: &str| minor(text, currency);
        Some(TrialLine {
            class: class.clone(),
            debit: minor(debit)?,
            credit: minor(credit)?,
            balance: minor(balance)?,
        })
    };
    let lines: Option<Vec<TrialLine>> = lines_of(table, TRIAL).into_iter().map(line).collect();
    lines.filter(|lines| !lines.is_empty())
}

/// What stands in a line of a section, minor units.
pub fn amount(table: &str, section: &str, item: &str, currency: Currency) -> Option<i64> {
    let found = lines_of(table, section);
    let cells = found.iter().find(|cells| cells.get(1).is_some_and(|name| name == item))?;
    minor(cells.get(6)?, currency)
}

/// An amount as it was written, with all its decimals.
pub fn minor(text: &str, currency: Currency) -> Option<i64> {
    let minor: i64 = text.replace('.', "").parse().ok()?;
    (plain(minor, currency) == text).then_some(minor)
}

#[cfg(test)]
mod tests {
    use super::super::day_sheet::Section;
    use super::super::sheet_words::SheetWords;
    use super::*;
    use proptest::prelude::*;

    fn sheet(sections: Vec<Section>) -> Sheet {
        let (day, brand) = ("2026-11-28".to_owned(), "Kadogo".to_owned());
        Sheet { day, brand, currency: Currency::parse("KES").unwrap(), sections }
    }

    #[test]
    fn what_was_signed_is_read_back_to_the_cent() {
        let trial_lines = [
            SheetLine::of("bank:kcb").moved(8_000_005, 0).amount(13_000_000),
            SheetLine::of("wallets").moved(0, 8_000_005).amount(-13_000_000),
        ];
        let odd = SheetLine::of("=1+1").detail("a, \"b\"\r\n").amount(-1).open("2026-11-01", "x");
        let sheet = SheetWords::default().said(sheet(vec![
            Section::new(TRIAL, "Trial balance").with(trial_lines),
            Section::new("breaks", "Breaks").with([odd]),
        ]));
        let text = table(&sheet);
        assert_eq!(
            text,
            "section,item,detail,count,debit,credit,amount,since,owner,words\r\n\
             trial,bank:kcb,,,80000.05,0.00,130000.00,,,bank kcb\r\n\
             trial,wallets,,,0.00,80000.05,-130000.00,,,wallets\r\n\
             breaks,'=1+1,\"a, \"\"b\"\"  \",,,,-0.01,2026-11-01,x,\"'=1+1, a, \"\"b\"\"  \"\r\n"
        );
        let read = trial(&text, Currency::parse("KES").unwrap()).unwrap();
        assert_eq!((read[0].class.as_str(), read[0].debit), ("bank:kcb", 8_000_005));
        assert_eq!(read[1].balance, -13_000_000);
        assert_eq!(lines_of(&text, "breaks")[0][2], "a, \"b\"  ");
        assert_eq!(
            amount(&text, TRIAL, "wallets", Currency::parse("KES").unwrap()),
            Some(-13_000_000)
        );
        assert_eq!(trial("nothing", Currency::parse("KES").unwrap()), None);
        assert_eq!(
            trial(&text.replace("80000.05", "80000.5"), Currency::parse("KES").unwrap()),
            None
        );
    }

    proptest! {
        #[test]
        fn any_words_and_sums_come_back(
            item in "[ -~]{0,20}",
            debit in any::<i64>(), credit in any::<i64>(), stands in any::<i64>()
        ) {
            let line = SheetLine::of(item).moved(debit, credit).amount(stands);
            let text = table(&sheet(vec![Section::new(TRIAL, "").with([line])]));
            let read = trial(&text, Currency::parse("KES").unwrap()).unwrap();
            let back = (read[0].debit, read[0].credit, read[0].balance);
            prop_assert_eq!(back, (debit, credit, stands));
        }
    }
}
