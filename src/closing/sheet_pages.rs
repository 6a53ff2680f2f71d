//! A sheet to read and to sign: A4 pages, a heading for each section, a line for each figure, and
//! room for two names at the end. A section that is long ends with how many more lines the table
//! has.

use super::day_sheet::{Section, Sheet, SheetLine};
use crate::statement::font::fitted;
use crate::statement::paper::{
    BAND, BOLD, BRAND, INK, LEFT, PALE, Paper, REGULAR, RIGHT, WHITE, assemble,
};
use crate::statement::{grouped, plain};

/// Lines of a section that are drawn.
const DRAWN_MAX: usize = 80;
/// Rows of a page: the first begins lower.
const FIRST: (i16, usize) = (7_550, 46);
const OTHERS: (i16, usize) = (7_550, 46);
const ROW: i16 = 145;
const SIZE: i16 = 75;
/// Where numbers end.
const COUNT: i16 = 3_150;
const DEBIT: i16 = 3_900;
const CREDIT: i16 = 4_650;
/// How much room words have.
const ROOM: i16 = 2_350;
/// Rows that the names at the end take.
const NAMES: usize = 7;

/// What stands in a row.
enum Row<'a> {
    /// The name of a section.
    Heading(&'a str),
    /// A line of it.
    Line(&'a SheetLine),
    /// Something about it.
    Note(String),
    /// Room.
    Blank,
}

/// The document.
pub fn document(sheet: &Sheet) -> Vec<u8> {
    let rows: Vec<Row> = sheet.sections.iter().flat_map(rows_of).collect();
    let pages = split(&rows);
    let count = pages.len();
    let drawn: Vec<Vec<u8>> = pages
        .iter()
        .zip(1_usize..)
        .map(|(rows, number)| page(sheet, rows, number, count))
        .collect();
    assemble(&drawn, &format!("{} - {}", sheet.brand, sheet.day), &sheet.brand)
}

fn rows_of(section: &Section) -> Vec<Row<'_>> {
    let mut rows = vec![Row::Heading(section.title)];
    rows.extend(section.lines.iter().take(DRAWN_MAX).map(Row::Line));
    let more = section.lines.len().saturating_sub(DRAWN_MAX);
    if section.lines.is_empty() {
        rows.push(Row::Note("nothing".to_owned()));
    }
    if more > 0 {
        rows.push(Row::Note(format!("and {more} more: see the table")));
    }
    rows.push(Row::Blank);
    rows
}

/// The rows of each page: the last one has room for the names.
fn split<'a>(rows: &'a [Row<'a>]) -> Vec<&'a [Row<'a>]> {
    let mut pages = Vec::new();
    let mut rest = rows;
    loop {
        let room = if pages.is_empty() { FIRST.1 } else { OTHERS.1 };
        if rest.len().saturating_add(NAMES) <= room {
            pages.push(rest);
            return pages;
        }
        let mut here = room.min(rest.len());
        // a heading stands above its lines
        if here < rest.len() && matches!(rest.get(here.saturating_sub(1)), Some(Row::Heading(_))) {
            here = here.saturating_sub(1);
        }
        let (page, after) = rest.split_at_checked(here).unwrap_or((rest, &[]));
        pages.push(page);
        rest = after;
    }
}

fn page(sheet: &Sheet, rows: &[Row], number: usize, count: usize) -> Vec<u8> {
    let mut paper = Paper::new();
    paper.fill(0, 7_870, 5_950, 550, BRAND);
    paper.text(LEFT, 8_060, (BOLD, 220, WHITE), &sheet.brand);
    let title = format!("Close of {}, amounts in {}", sheet.day, sheet.currency);
    paper.right(RIGHT, 8_070, (REGULAR, 110, WHITE), &title);
    let mut y = if number == 1 { FIRST.0 } else { OTHERS.0 };
    for row in rows {
        drawn(&mut paper, sheet, row, y);
        y = y.saturating_sub(ROW);
    }
    if number == count {
        names(&mut paper, y);
    }
    paper.fill(LEFT, 620, RIGHT.saturating_sub(LEFT), 5, PALE);
    let note = "D: debit, C: credit. What stands to a debit is above zero.";
    paper.text(LEFT, 480, (REGULAR, 70, PALE), note);
    paper.right(RIGHT, 480, (REGULAR, 75, PALE), &format!("{number} / {count}"));
    paper.drawn()
}

fn drawn(paper: &mut Paper, sheet: &Sheet, row: &Row, y: i16) {
    match row {
        Row::Blank => {}
        Row::Heading(title) => {
            paper.fill(LEFT, y.saturating_sub(45), RIGHT.saturating_sub(LEFT), ROW, BAND);
            paper.text(LEFT.saturating_add(30), y, (BOLD, SIZE, BRAND), title);
            let ends = [("number", COUNT), ("D", DEBIT), ("C", CREDIT), ("amount", RIGHT)];
            for (name, x) in ends {
                paper.right(x.saturating_sub(30), y, (REGULAR, 60, PALE), name);
            }
        }
        Row::Note(note) => paper.text(LEFT.saturating_add(30), y, (REGULAR, SIZE, PALE), note),
        Row::Line(line) => {
            let style = (REGULAR, SIZE, INK);
            let numbers = [line.debit, line.credit, line.amount];
            let numberless = line.count.is_none() && numbers.iter().all(Option::is_none);
            let room = if numberless { 4_850 } else { ROOM };
            let words = fitted(&words(line), SIZE, room);
            paper.text(LEFT.saturating_add(30), y, style, &words);
            if let Some(count) = line.count {
                paper.right(COUNT.saturating_sub(30), y, style, &count.to_string());
            }
            for (minor, x) in numbers.into_iter().zip([DEBIT, CREDIT, RIGHT]) {
                if let Some(minor) = minor {
                    let text = grouped(minor, sheet.currency);
                    // what is too wide is written without its points
                    let text = if text.len() > 16 { plain(minor, sheet.currency) } else { text };
                    paper.right(x.saturating_sub(30), y, style, &text);
                }
            }
        }
    }
}

fn words(line: &SheetLine) -> String {
    let SheetLine { words, since, owner, .. } = line;
    let parts = [words, since, owner].into_iter().filter(|part| !part.is_empty());
    parts.cloned().collect::<Vec<_>>().join(", ")
}

/// Room for two names.
fn names(paper: &mut Paper, above: i16) {
    let y = above.saturating_sub(ROW.saturating_mul(3));
    for (label, x) in [("Asked for by", LEFT), ("Approved by", 3_100)] {
        paper.fill(x, y.saturating_add(120), 2_200, 5, INK);
        paper.text(x, y, (REGULAR, 70, PALE), label);
    }
    let note = "Who did both, when and why stands on a page of its own when the day is closed.";
    paper.text(LEFT, y.saturating_sub(ROW), (REGULAR, 70, PALE), note);
}

#[cfg(test)]
mod tests {
    use super::super::sheet_words::SheetWords;
    use super::*;
    use crate::money::Currency;

    fn sheet(lines: usize) -> Sheet {
        let line = |place: usize| SheetLine::of(format!("line {place}")).moved(5, 7).amount(-2);
        let section = Section::new("trial", "Trial balance").with((0..lines).map(line));
        let (day, brand) = ("2026-11-28".to_owned(), "Kadogo".to_owned());
        let sheet = Sheet {
            day,
            brand,
            currency: Currency::parse("KES").unwrap(),
            sections: vec![section],
        };
        SheetWords::default().said(sheet)
    }

    fn shows(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn the_same_sheet_gives_the_same_bytes_and_another_gives_others() {
        assert_eq!(document(&sheet(3)), document(&sheet(3)));
        assert_ne!(document(&sheet(3)), document(&sheet(4)));
        let pages = document(&sheet(3));
        assert!(pages.starts_with(b"%PDF-") && shows(&pages, "Approved by"));
        assert!(shows(&pages, "-0.02") && shows(&pages, "1 / 1"));
    }

    #[test]
    fn a_long_section_goes_on_and_ends_with_how_many_more_there_are() {
        let pages = document(&sheet(5_000));
        assert!(shows(&pages, "and 4920 more: see the table"));
        assert!(shows(&pages, "2 / 2") && !shows(&pages, "line 80"), "{}", pages.len());
        for lines in 0..100 {
            let rows: Vec<Row> =
                sheet(lines).sections.iter().flat_map(rows_of).map(|_| Row::Blank).collect();
            let pages = split(&rows);
            assert_eq!(pages.iter().map(|page| page.len()).sum::<usize>(), rows.len());
            assert!(pages.last().is_some_and(|page| page.len() + NAMES <= OTHERS.1));
        }
    }
}
