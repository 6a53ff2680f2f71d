//! A statement to read: A4 pages with the holder, the period, the table, its sums, and how they
//! lead from the first balance to the last. All lengths are tenths of a point, whole numbers.

use super::font::fitted;
use super::paper::{
    self, BAND, BOLD, BRAND, Colour, INK, LEFT, PALE, Paper, REGULAR, RIGHT, WHITE,
};
use super::{Statement, StatementLine, Words, grouped, named};
use pdf_writer::Name;

/// What stands above the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageHeader {
    /// What the service calls itself.
    pub brand: String,
    /// Whose statement it is.
    pub name: String,
    /// Their masked number.
    pub phone: String,
    /// From when to when.
    pub period: String,
    /// When it was asked for.
    pub made: String,
}

const ROW: i16 = 145;
const SIZE: i16 = 75;
/// Where the table begins on the first page and on the others, and how many rows of it fit.
const FIRST: (i16, usize) = (6_250, 36);
const OTHERS: (i16, usize) = (7_500, 44);
/// Rows that the sums at the end take.
const SUMS: usize = 5;
/// The columns of text, and where those of numbers end.
const CODE: i16 = 1_130;
const WHAT: i16 = 1_730;
const WHAT_ROOM: i16 = 1_400;
const NUMBERS: [(&str, i16); 4] =
    [("in", 3_760), ("out", 4_330), ("fee", 4_800), ("balance", RIGHT)];

/// The document.
pub fn document(statement: &Statement, head: &PageHeader, words: &Words) -> Vec<u8> {
    let pages = pages(statement);
    let count = pages.len();
    let drawn: Vec<Vec<u8>> = pages
        .iter()
        .zip(1_usize..)
        .map(|(rows, number)| {
            let mut page = PdfPage::new(words);
            let (top, _rows) = if number == 1 { FIRST } else { OTHERS };
            page.header(statement, head, number == 1);
            page.table(statement, rows, top, number == count);
            page.footer(head, number, count);
            page.paper.drawn()
        })
        .collect();
    let title = format!("{} - {} - {}", head.brand, word(words, "title"), head.period);
    paper::assemble(&drawn, &title, &head.brand)
}

/// The lines of each page: the last one has room for the sums.
fn pages(statement: &Statement) -> Vec<&[StatementLine]> {
    let mut pages = Vec::new();
    let mut rest = statement.lines.as_slice();
    loop {
        let room = if pages.is_empty() { FIRST.1 } else { OTHERS.1 };
        if rest.len().saturating_add(SUMS) <= room {
            pages.push(rest);
            return pages;
        }
        let (here, after) = rest.split_at_checked(room.min(rest.len())).unwrap_or((rest, &[]));
        pages.push(here);
        rest = after;
    }
}

fn word<'a>(words: &'a Words, name: &str) -> &'a str {
    words.get(name).map_or("", String::as_str)
}

/// A page being drawn.
struct PdfPage<'a> {
    paper: Paper,
    words: &'a Words,
}

impl<'a> PdfPage<'a> {
    fn new(words: &'a Words) -> PdfPage<'a> {
        PdfPage { paper: Paper::new(), words }
    }

    fn header(&mut self, statement: &Statement, head: &PageHeader, first: bool) {
        let title = word(self.words, "title");
        if !first {
            self.text(LEFT, 7_800, (BOLD, 110, BRAND), &head.brand);
            let line = format!("{title}, {}", head.period);
            self.right(RIGHT, 7_800, (REGULAR, 85, PALE), &line);
            return;
        }
        self.fill(0, 7_870, 5_950, 550, BRAND);
        self.text(LEFT, 8_060, (BOLD, 220, WHITE), &head.brand);
        self.right(RIGHT, 8_070, (REGULAR, 140, WHITE), title);
        let facts = [
            ("holder", &head.name),
            ("phone", &head.phone),
            ("period", &head.period),
            ("made", &head.made),
        ];
        for ((label, value), place) in facts.into_iter().zip(0_i16..) {
            let y = 7_620_i16.saturating_sub(place.saturating_mul(170));
            self.text(LEFT, y, (REGULAR, 90, PALE), word(self.words, label));
            self.text(1_500, y, (BOLD, 90, INK), &fitted(value, 90, 3_800));
        }
        let sums = statement.totals();
        let boxes = [
            ("opening", statement.opening_minor),
            ("in", sums.in_minor),
            ("out", sums.out_minor),
            ("fee", sums.fee_minor),
            ("closing", statement.closing_minor()),
        ];
        self.fill(LEFT, 6_450, RIGHT.saturating_sub(LEFT), 420, BAND);
        for ((label, minor), place) in boxes.into_iter().zip(0_i16..) {
            let x = 570_i16.saturating_add(place.saturating_mul(985));
            self.text(x, 6_710, (REGULAR, 75, PALE), word(self.words, label));
            self.text(x, 6_540, (BOLD, 95, INK), &named(minor, statement.currency));
        }
    }

    fn table(&mut self, statement: &Statement, rows: &[StatementLine], top: i16, last: bool) {
        self.fill(LEFT, top.saturating_sub(45), RIGHT.saturating_sub(LEFT), ROW, BRAND);
        let white = (BOLD, SIZE, WHITE);
        for (name, x) in [("date", LEFT.saturating_add(30)), ("code", CODE), ("what", WHAT)] {
            self.text(x, top, white, word(self.words, name));
        }
        for (name, x) in NUMBERS {
            self.right(x.saturating_sub(30), top, white, word(self.words, name));
        }
        let mut y = top;
        for (line, place) in rows.iter().zip(1_usize..) {
            y = y.saturating_sub(ROW);
            if place.is_multiple_of(2) {
                self.fill(LEFT, y.saturating_sub(45), RIGHT.saturating_sub(LEFT), ROW, BAND);
            }
            self.row(statement, line, y);
        }
        if last {
            self.sums(statement, y);
        }
    }

    fn row(&mut self, statement: &Statement, line: &StatementLine, y: i16) {
        let plain = (REGULAR, SIZE, INK);
        self.text(LEFT.saturating_add(30), y, plain, &format!("{} {}", line.day.text(), line.time));
        self.text(CODE, y, plain, &line.code);
        self.text(WHAT, y, plain, &fitted(&line.what, SIZE, WHAT_ROOM));
        let moved = [line.in_minor, line.out_minor, line.fee_minor];
        for ((_name, x), minor) in NUMBERS.into_iter().zip(moved).filter(|(_, minor)| *minor != 0) {
            self.right(x.saturating_sub(30), y, plain, &grouped(minor, statement.currency));
        }
        self.right(
            RIGHT.saturating_sub(30),
            y,
            plain,
            &grouped(line.balance_minor, statement.currency),
        );
    }

    /// The last rows: what the columns add up to, and how that leads from the first balance to the
    /// last.
    fn sums(&mut self, statement: &Statement, above: i16) {
        let mut y = above.saturating_sub(ROW);
        if statement.lines.is_empty() {
            self.text(LEFT.saturating_add(30), y, (REGULAR, SIZE, PALE), word(self.words, "none"));
            y = y.saturating_sub(ROW);
        }
        let strong = (BOLD, SIZE, INK);
        self.fill(LEFT, y.saturating_add(95), RIGHT.saturating_sub(LEFT), 8, BRAND);
        self.text(LEFT.saturating_add(30), y, strong, word(self.words, "totals"));
        let sums = statement.totals();
        let closing_minor = statement.closing_minor();
        let columns = [sums.in_minor, sums.out_minor, sums.fee_minor, closing_minor];
        for ((_name, x), minor) in NUMBERS.into_iter().zip(columns) {
            self.right(x.saturating_sub(30), y, strong, &grouped(minor, statement.currency));
        }
        let number = |minor: i64| grouped(minor, statement.currency);
        let credential = format!(
            "{} {} + {} - {} - {} = {} {}",
            word(self.words, "opening"),
            number(statement.opening_minor),
            number(sums.in_minor),
            number(sums.out_minor),
            number(sums.fee_minor),
            word(self.words, "closing"),
            named(closing_minor, statement.currency),
        );
        let y = y.saturating_sub(ROW.saturating_mul(2));
        self.text(
            LEFT.saturating_add(30),
            y,
            (REGULAR, SIZE, PALE),
            &fitted(&credential, SIZE, 4_900),
        );
        if statement.held_minor > 0 {
            let held = format!(
                "{} {}. {} {}.",
                word(self.words, "held"),
                named(statement.held_minor, statement.currency),
                word(self.words, "free"),
                named(statement.free_minor(), statement.currency),
            );
            let y = y.saturating_sub(ROW);
            self.text(LEFT.saturating_add(30), y, strong, &fitted(&held, SIZE, 4_900));
        }
    }

    fn footer(&mut self, head: &PageHeader, number: usize, count: usize) {
        self.fill(LEFT, 620, RIGHT.saturating_sub(LEFT), 5, PALE);
        let note = format!("{}. {}", head.brand, word(self.words, "note"));
        self.text(LEFT, 480, (REGULAR, 70, PALE), &fitted(&note, 70, 4_100));
        let page =
            format!("{} {number} {} {count}", word(self.words, "page"), word(self.words, "of"));
        self.right(RIGHT, 480, (REGULAR, 75, PALE), &page);
    }

    fn text(&mut self, x: i16, y: i16, style: (Name, i16, Colour), text: &str) {
        self.paper.text(x, y, style, text);
    }

    fn right(&mut self, x: i16, y: i16, style: (Name, i16, Colour), text: &str) {
        self.paper.right(x, y, style, text);
    }

    fn fill(&mut self, x: i16, y: i16, wide: i16, high: i16, colour: Colour) {
        self.paper.fill(x, y, wide, high, colour);
    }
}
