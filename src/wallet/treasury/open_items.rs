//! Everything that lies between the bank and the book, by its name: what it is, which way, how
//! much, since when, who looks into it and what they say. Pure. An item becomes a break when its
//! day has come; money that is nobody's to lack is one at once.

use super::bank_case::Case;
use super::line_candidates::OpenLine;
use crate::matching::{Due, Found, bank_code};
use jiff::civil::Date;
use std::collections::BTreeMap;
use strum::{IntoStaticStr, VariantArray};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum ItemKind {
    /// The bank has booked it, and nobody has said what it is.
    BankNotUs,
    /// We have booked it, and the bank has not, as far as we know.
    UsNotBank,
    /// The bank says another balance than the book.
    AmountDiffers,
    /// The bank may have booked it twice.
    Duplicate,
    /// It took back what it had booked.
    Returned,
    /// It lay there before the first statement, and nobody has said whose it is.
    BeforeFirst,
    /// What is left of a line that was used in part.
    LeftOfLine,
    /// What banks took, not made good.
    Charges,
    /// Own money of the operator: it makes good what banks take, or is paid out again.
    OwnMoney,
    /// What banks paid.
    InterestKept,
    /// What agents earned, a cost of ours.
    Commissions,
    /// E-money without a bank: of a demo.
    NoStatement,
    /// Lines beyond those that are listed.
    NotListed,
}

/// How old it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, VariantArray)]
pub enum Band {
    /// Of today.
    #[strum(serialize = "0")]
    SameDay,
    /// Of yesterday.
    #[strum(serialize = "1")]
    One,
    /// Two or three days.
    #[strum(serialize = "2-3")]
    Few,
    /// A week.
    #[strum(serialize = "4-7")]
    Week,
    /// A month.
    #[strum(serialize = "8-30")]
    Month,
    /// Longer.
    #[strum(serialize = ">30")]
    Long,
}

impl Band {
    /// By the days that have passed.
    pub fn of(days: i64) -> Band {
        match days {
            i64::MIN..=0 => Band::SameDay,
            1 => Band::One,
            2..=3 => Band::Few,
            4..=7 => Band::Week,
            8..=30 => Band::Month,
            31..=i64::MAX => Band::Long,
        }
    }
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    /// A line, the code of a payment, or an account at a bank; empty for sums.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// Minor units: above zero there is more at the bank than e-money, below zero less.
    pub amount_minor: i64,
    /// Since when, where that is known.
    pub since: Option<Date>,
    /// How many days that is.
    pub days: i64,
    /// Who looks into it; empty where nobody does.
    pub owner: String,
    /// What they say.
    pub note: String,
    /// What the bank says, or whom it is to pay.
    pub about: String,
    /// Whether something has to be done about it.
    pub is_break: bool,
}

impl OpenItem {
    /// How old it is.
    pub fn band(&self) -> Band {
        Band::of(self.days)
    }
}

/// What items are made of.
#[derive(Debug)]
pub struct Between<'a> {
    /// The market's day.
    pub today: Date,
    /// When something is late.
    pub due: Due,
    /// Who looks into what.
    pub cases: &'a BTreeMap<String, Case>,
}

impl Between<'_> {
    fn item(
        &self,
        name: String,
        kind: ItemKind,
        amount_minor: i64,
        since: Option<Date>,
    ) -> OpenItem {
        let hours = since.map_or(0, |since| self.today.duration_since(since).as_hours());
        let case = self.cases.get(&name);
        OpenItem {
            kind,
            amount_minor,
            since,
            days: hours.div_euclid(24).max(0),
            owner: case.map(|case| case.owner.clone()).unwrap_or_default(),
            note: case.map(|case| case.note.clone()).unwrap_or_default(),
            about: String::new(),
            is_break: false,
            name,
        }
    }

    /// A line that nobody has explained.
    pub fn line(&self, open: &OpenLine) -> OpenItem {
        let line = &open.line;
        let is_twice = open.proposals.iter().any(|each| matches!(each.found, Found::Duplicate(_)));
        let kind = match (line.is_opening(), line.is_return != 0, is_twice) {
            (true, _, _) => ItemKind::BeforeFirst,
            (false, true, _) => ItemKind::Returned,
            (false, false, true) => ItemKind::Duplicate,
            (false, false, false) => ItemKind::BankNotUs,
        };
        let item = self.item(open.name(), kind, line.amount_minor, line.booked_on.parse().ok());
        let due = if line.amount_minor < 0 { self.due.went_out } else { self.due.came_in };
        OpenItem { is_break: item.days >= due, about: line.said.clone(), ..item }
    }

    /// What is left of one that was used in part.
    pub fn part(&self, line: String, left_minor: i64, since: Date) -> OpenItem {
        let item = self.item(line, ItemKind::LeftOfLine, left_minor, Some(since));
        OpenItem { is_break: item.days >= self.due.came_in, ..item }
    }

    /// What is on its way out, to whom.
    pub fn redemption(&self, number: i64, minor: i64, to: &str, since: Date) -> OpenItem {
        let item = self.item(number.to_string(), ItemKind::UsNotBank, minor, Some(since));
        let (name, about) = (bank_code::written(number), to.to_owned());
        OpenItem { is_break: item.days >= self.due.redemption, name, about, ..item }
    }

    /// A sum, where there is one.
    pub fn sum(&self, name: &str, kind: ItemKind, amount_minor: i64) -> Option<OpenItem> {
        let is_break = match kind {
            ItemKind::Charges | ItemKind::NoStatement | ItemKind::AmountDiffers => true,
            ItemKind::BankNotUs
            | ItemKind::UsNotBank
            | ItemKind::Duplicate
            | ItemKind::Returned
            | ItemKind::BeforeFirst
            | ItemKind::LeftOfLine
            | ItemKind::OwnMoney
            | ItemKind::InterestKept
            | ItemKind::Commissions
            | ItemKind::NotListed => false,
        };
        let item = self.item(name.to_owned(), kind, amount_minor, None);
        (amount_minor != 0).then_some(OpenItem { is_break, ..item })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_age_has_its_band() {
        for (days, band) in [
            (-1, "0"),
            (0, "0"),
            (1, "1"),
            (2, "2-3"),
            (3, "2-3"),
            (4, "4-7"),
            (7, "4-7"),
            (8, "8-30"),
            (30, "8-30"),
            (31, ">30"),
            (i64::MAX, ">30"),
        ] {
            assert_eq!(<&str>::from(Band::of(days)), band, "{days}");
        }
    }

    #[test]
    fn what_is_late_is_a_break_from_its_day_on() {
        let cases = BTreeMap::from([(
            "16036".to_owned(),
            Case { owner: "otieno".to_owned(), note: "asked the bank".to_owned() },
        )]);
        let due = Due { came_in: 3, went_out: 0, redemption: 3 };
        let today = jiff::civil::date(2026, 11, 28);
        let between = Between { today, due, cases: &cases };
        let day = |day| jiff::civil::date(2026, 11, day);
        let item = between.redemption(16_036, 500, "Duka Kuu", day(26));
        assert_eq!((item.days, item.is_break, item.band()), (2, false, Band::Few));
        assert_eq!((item.owner.as_str(), item.note.as_str()), ("otieno", "asked the bank"));
        assert!(between.redemption(16_036, 500, "Duka Kuu", day(25)).is_break);
        assert!(!between.part("7001-1".to_owned(), 5, day(27)).is_break);
        assert!(between.sum("", ItemKind::Charges, -5).is_some_and(|item| item.is_break));
        assert_eq!(between.sum("", ItemKind::Charges, 0), None);
    }
}
