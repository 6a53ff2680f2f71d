//! What a closed day is handed out as: what was signed, to the byte, and behind it who asked, who
//! approved and when, why it was closed though something was not as it should be, and the digest.
//! To a table lines are added, to pages a page, as PDF adds one: behind the file's own end.

use crate::statement::csv::{row, safe};
use crate::statement::font::width;
use crate::statement::paper::{
    BOLD, BRAND, INK, LEFT, PALE, Paper, REGULAR, RIGHT, WHITE, with_page,
};

/// The section of a table.
pub const SIGNED: &str = "signed";
/// Columns of a table between what is said of a line and its words.
const EMPTY: usize = 6;
const SIZE: i16 = 85;
const ROW: i16 = 150;
/// Where values begin.
const VALUES: i16 = 1_700;

/// Who signed, and what they said; what is empty is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signatures {
    /// Which day, for people.
    pub day: String,
    /// Who asked, and when.
    pub asked_by: String,
    /// Why.
    pub why: String,
    /// Why it was closed though something was not as it should be.
    pub excuse: String,
    /// Who approved, and when.
    pub approved_by: String,
    /// The digest of both forms.
    pub digest: String,
}

impl Signatures {
    /// Each with its name for programs and its words, and how many bytes of the file were signed.
    fn lines(&self, bytes: usize) -> Vec<(&'static str, &'static str, String)> {
        let lines = [
            ("asked_by", "Asked for by", self.asked_by.clone()),
            ("why", "Why", self.why.clone()),
            ("excuse", "Closed all the same, because", self.excuse.clone()),
            ("approved_by", "Approved by", self.approved_by.clone()),
            ("digest", "Digest of table and pages", self.digest.clone()),
            ("bytes", "Signed of this file", format!("its first {bytes} bytes")),
        ];
        lines.into_iter().filter(|(_, _, said)| !said.is_empty()).collect()
    }

    /// The table with this behind it.
    pub fn table(&self, sheet: &str) -> String {
        let mut text = sheet.to_owned();
        for (item, words, said) in self.lines(sheet.len()) {
            let cells = [SIGNED.to_owned(), item.to_owned(), safe(&said)];
            let empty = std::iter::repeat_n(String::new(), EMPTY);
            row(&mut text, cells.into_iter().chain(empty).chain([words.to_owned()]));
        }
        text
    }

    /// The pages with one more behind them; what is no document of ours is left as it is.
    pub fn pages(&self, pages: &[u8]) -> Vec<u8> {
        with_page(pages, &self.page(pages.len())).unwrap_or_else(|| pages.to_vec())
    }

    fn page(&self, bytes: usize) -> Vec<u8> {
        let mut paper = Paper::new();
        paper.fill(0, 7_870, 5_950, 550, BRAND);
        let title = format!("Signed: the close of {}", self.day);
        paper.text(LEFT, 8_060, (BOLD, 180, WHITE), &title);
        let mut y: i16 = 7_500;
        for (_, words, said) in self.lines(bytes) {
            paper.text(LEFT, y, (REGULAR, SIZE, PALE), words);
            for line in wrapped(&said) {
                paper.text(VALUES, y, (REGULAR, SIZE, INK), &line);
                y = y.saturating_sub(ROW);
            }
            y = y.saturating_sub(ROW.saturating_div(2));
        }
        paper.drawn()
    }
}

/// A text in lines that fit: cut between words, and a word that is too long within itself.
fn wrapped(text: &str) -> Vec<String> {
    let room = RIGHT.saturating_sub(VALUES);
    let fits = |line: &str| width(line, SIZE) <= room;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for sign in word.chars() {
            if !fits(&format!("{line}{sign}")) {
                lines.push(std::mem::take(&mut line));
            }
            line.push(sign);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::super::day_sheet::Sheet;
    use super::super::day_table::lines_of;
    use super::super::sheet_pages;
    use super::*;
    use crate::money::Currency;

    fn signed() -> Signatures {
        Signatures {
            day: "28/11/26".to_owned(),
            asked_by: "wanjiru, 29/11/26 08:05".to_owned(),
            excuse: "=money of a demo, ".repeat(15),
            approved_by: "otieno, 29/11/26 08:07".to_owned(),
            digest: "ab".repeat(32),
            ..Signatures::default()
        }
    }

    #[test]
    fn what_was_signed_stands_in_front_to_the_byte() {
        let sheet = "section,item\r\ntrial,wallets\r\n";
        let table = signed().table(sheet);
        assert!(table.starts_with(sheet), "{table}");
        let lines = lines_of(&table, SIGNED);
        let of = |item: &str| lines.iter().find(|cells| cells[1] == item).map(|c| c[2].clone());
        assert_eq!(of("approved_by").as_deref(), Some("otieno, 29/11/26 08:07"));
        assert!(of("excuse").is_some_and(|said| said.starts_with("'=money")), "no formula");
        assert_eq!((of("bytes").as_deref(), of("why")), (Some("its first 29 bytes"), None));
        assert!(lines.iter().all(|cells| cells.len() == 10), "{lines:?}");

        let (day, brand) = ("2026-11-28".to_owned(), "Kadogo".to_owned());
        let sheet =
            Sheet { day, brand, currency: Currency::parse("KES").unwrap(), sections: Vec::new() };
        let pages = sheet_pages::document(&sheet);
        let handed = signed().pages(&pages);
        assert!(handed.starts_with(&pages) && handed.len() > pages.len());
        assert_eq!(handed, signed().pages(&pages), "the same whenever it is asked for");
        let tail = String::from_utf8_lossy(&handed[pages.len()..]).into_owned();
        assert!(tail.contains("/Count 2") && tail.ends_with("%%EOF\n"), "{tail}");
        assert!(tail.contains("otieno, 29/11/26 08:07"), "{tail}");
        assert_eq!(signed().pages(&[1, 2, 3]), [1, 2, 3], "no document of ours");
    }

    #[test]
    fn what_is_long_goes_on_in_the_next_line() {
        let long = format!("{} {}", "word ".repeat(40), "x".repeat(200));
        let lines = wrapped(&long);
        assert!(lines.len() > 3 && lines.iter().all(|line| width(line, SIZE) <= RIGHT - VALUES));
        let whole: String = lines.concat().split_whitespace().collect();
        assert_eq!(whole, long.split_whitespace().collect::<String>());
        assert_eq!(wrapped(""), [""]);
    }
}
