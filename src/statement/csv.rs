//! A statement for programs: a table as RFC 4180 has it. What a spreadsheet could take for a
//! formula begins with a blank sign of text, since descriptions hold names that others chose. Days
//! are written in the one way that spreadsheets of all countries read alike.

use super::{Statement, StatementLine, Words, plain};

/// The columns, by the words that head them.
const COLUMNS: [&str; 8] = ["date", "time", "code", "what", "in", "out", "fee", "balance"];

/// What says that the text is UTF-8: without it some spreadsheets take names for another alphabet.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The table, with its opening balance as the first line. Where a part of what is left is held, the
/// last ones say how much, and what that leaves.
pub fn table(statement: &Statement, words: &Words) -> String {
    let mut text = String::from(BYTE_ORDER_MARK);
    let head = COLUMNS.map(|name| words.get(name).cloned().unwrap_or_else(|| name.to_owned()));
    row(&mut text, head.iter().map(|name| safe(name)));
    let amount = |minor: i64| plain(minor, statement.currency);
    balance(&mut text, words, "opening", amount(statement.opening_minor));
    for StatementLine { day, time, code, what, in_minor, out_minor, fee_minor, balance_minor } in
        &statement.lines
    {
        let day = day.date().to_string();
        let words = [&day, time, code, what].map(|word| safe(word));
        let numbers = [*in_minor, *out_minor, *fee_minor, *balance_minor].map(amount);
        row(&mut text, words.into_iter().chain(numbers));
    }
    if statement.held_minor > 0 {
        let ends = [
            ("closing", statement.closing_minor()),
            ("held", statement.held_minor),
            ("free", statement.free_minor()),
        ];
        for (word, minor) in ends {
            balance(&mut text, words, word, amount(minor));
        }
    }
    text
}

/// Adds a line that is no payment, but says what there is.
fn balance(text: &mut String, words: &Words, word: &str, amount: String) {
    let word = words.get(word).map(|word| safe(word)).unwrap_or_default();
    let empty = String::new;
    let fields = [empty(), empty(), empty(), word, empty(), empty(), empty(), amount];
    row(text, fields.into_iter());
}

/// Adds a line.
pub fn row(text: &mut String, fields: impl Iterator<Item = String>) {
    text.push_str(&fields.map(|field| quoted(&field)).collect::<Vec<_>>().join(","));
    text.push_str("\r\n");
}

/// A field in quotes where it must be.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// A text that no spreadsheet computes.
pub fn safe(text: &str) -> String {
    let clean: String =
        text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let risky = clean.trim_start().starts_with(['=', '+', '-', '@', '|', '%']);
    if risky { format!("'{clean}") } else { clean }
}

#[cfg(test)]
mod tests {
    use super::super::tests::line;
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_name_that_is_a_formula_stays_a_name() {
        let mut evil = line(100_050, 0, 0, 100_050);
        evil.what = "=HYPERLINK(\"http://thief\"), \"x\"\r\n+1".into();
        let fee = line(0, 20_000, 700, 79_350);
        let statement = Statement {
            currency: Currency::parse("KES").unwrap(),
            opening_minor: 0,
            lines: vec![evil, fee],
            held_minor: 0,
        };
        let words = Words::from([("what", "@what".to_owned()), ("opening", "Opening".to_owned())]);
        assert_eq!(
            table(&statement, &words),
            "\u{feff}date,time,code,'@what,in,out,fee,balance\r\n\
             ,,,Opening,,,,0.00\r\n\
             2026-11-23,14:05,ZC3MQ18HRS,\"'=HYPERLINK(\"\"http://thief\"\"), \
             \"\"x\"\"  +1\",1000.50,0.00,0.00,1000.50\r\n\
             2026-11-23,14:05,ZC3MQ18HRS,Sent to Baraka O,0.00,200.00,7.00,793.50\r\n"
        );
    }

    #[test]
    fn what_is_held_of_the_rest_stands_below_it() {
        let lines = vec![line(100_050, 0, 0, 100_050)];
        let currency = Currency::parse("KES").unwrap();
        let statement = Statement { currency, opening_minor: 0, lines, held_minor: 53_600 };
        let named = |word: &'static str| (word, word.to_uppercase());
        let words = Words::from(["closing", "held", "free"].map(named));
        let table = table(&statement, &words);
        assert!(
            table.ends_with(
                "1000.50\r\n,,,CLOSING,,,,1000.50\r\n,,,HELD,,,,536.00\r\n,,,FREE,,,,464.50\r\n"
            ),
            "{table}"
        );
    }
}
