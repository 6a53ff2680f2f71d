//! The equation as it stood at the cut-off: what lay at the banks against what people held, with
//! everything in between by its name, since when, and who is to see to it.

use super::super::treasury::equation::{BankSide, Break, Standing};
use super::super::treasury::line_candidates::OpenLine;
use super::super::treasury::open_items::{Between, ItemKind};
use super::super::treasury::{bank_item, redemption};
use super::at_cut::Past;
use super::classing::Classing;
use crate::closing::classes;
use crate::closing::day_sheet::{Section, SheetLine};
use crate::id::{AccountId, ArrangementId, PostingId, StatementId};
use crate::matching::{Due, bank_code};
use crate::store::bank_rows::BankLine;
use crate::store::bank_sums::{KindSum, Waiting};
use crate::store::day_reading::{self, Going};
use crate::store::{Conn, StoreError, trail_rows};
use crate::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Lines, and arrangements of a kind, that are read at a time.
const PAGE: i64 = 1_000;
/// Lines that are listed.
const LINES_MAX: i64 = 10_000;

/// How it stood, and whose everything in between is.
#[derive(Debug, Default)]
pub struct Then {
    /// How it stood.
    pub standing: Standing,
    /// Who took the statement of a line,
    takers: BTreeMap<(StatementId, i64), String>,
    /// and who approved a redemption.
    payers: BTreeMap<i64, String>,
}

/// Where the classes that are no bank's and not in between are added up as held.
const HELD: [&str; 7] = [
    classes::WALLETS,
    classes::FLOATS,
    classes::SET_ASIDE,
    classes::COMMISSION,
    classes::TAX,
    classes::LEVY,
    classes::FEES,
];

/// Reads it.
pub fn read(
    conn: &mut Conn,
    past: &Past,
    classing: &Classing,
    balances: &BTreeMap<String, i64>,
    (today, due, zone): (Date, Due, &TimeZone),
) -> Result<Then, StoreError> {
    let closings = closings(conn, past.cut)?;
    let debit = |class: &str| balances.get(class).copied().unwrap_or(0);
    let credit = |class: &str| debit(class).saturating_neg();
    let side = |(id, class): (&AccountId, &String)| BankSide {
        name: class.strip_prefix("bank:").unwrap_or(class).to_owned(),
        closing_minor: closings.get(id).copied(),
        mirror_minor: debit(class),
    };
    let held = |class: &&str| KindSum { kind: (*class).to_owned(), sum_minor: credit(class) };
    let (parts, _) = waiting(conn, bank_item::KIND.name, past)?;
    let (redemptions, begun) = waiting(conn, redemption::KIND.name, past)?;
    let found = day_reading::unexplained(conn, bank_item::KIND.name, past.cut, LINES_MAX)?;
    let mut then = Then::default();
    let mut actors = BTreeMap::new();
    for (line, taken) in &found {
        let by = actor(conn, *taken, &mut actors)?;
        then.takers.insert((line.statement, line.place), by);
    }
    for (number, posting) in begun {
        let by = actor(conn, posting, &mut actors)?;
        then.payers.insert(number, by);
    }
    then.standing = Standing {
        banks: classing.banks().iter().map(side).collect(),
        held: HELD.iter().map(held).collect(),
        suspense_minor: credit(classes::SUSPENSE),
        outgoing_minor: credit(classes::OUTGOING),
        charges_minor: credit(classes::CHARGES),
        interest_minor: credit(classes::INTEREST),
        commissions_minor: credit(classes::COMMISSION_COST),
        trust_minor: credit(classes::UNBACKED),
        lines: found.into_iter().map(|(line, _)| line).collect(),
        parts,
        redemptions,
        items: Vec::new(),
    };
    // whose each is, the sheet says by who did what, which stays as it is
    let cases = BTreeMap::new();
    let between = Between { today, due, cases: &cases };
    let open = then.standing.lines.iter().map(|line| OpenLine {
        line: line.clone(),
        bank: AccountId::of(0),
        proposals: Vec::new(),
    });
    let open: Vec<OpenLine> = open.collect();
    then.standing.items = then.standing.between(&between, &open, &BTreeMap::new(), zone);
    Ok(then)
}

/// What the last statement of each account said, of those that were taken up to then.
fn closings(conn: &mut Conn, cut: PostingId) -> Result<BTreeMap<AccountId, i64>, StoreError> {
    let taken = day_reading::statements(conn, cut)?;
    Ok(taken.into_iter().map(|row| (row.bank, row.closing_minor)).collect())
}

/// What waited behind arrangements of a kind that had something then; and which posting began each.
type Waited = (Vec<Waiting>, Vec<(i64, PostingId)>);

fn waiting(conn: &mut Conn, kind: &str, past: &Past) -> Result<Waited, StoreError> {
    let mut all: Waited = (Vec::new(), Vec::new());
    each_going(conn, kind, past.cut, |going| {
        let Some(account) = going.account else { return };
        let minor = past.stood(account, going.balance_minor.unwrap_or(0));
        if minor != 0 {
            all.1.push((going.id.number(), going.begun_by));
            let (id, since) = (going.id.number(), going.begun_at);
            all.0.push(Waiting { id, since, subject: going.subject, left_minor: minor });
        }
    })?;
    Ok(all)
}

/// Hands out every arrangement of a kind that was going on at the cut-off.
pub fn each_going(
    conn: &mut Conn,
    kind: &str,
    cut: PostingId,
    mut take: impl FnMut(Going),
) -> Result<(), StoreError> {
    let mut after = ArrangementId::of(i64::MIN);
    loop {
        let page = day_reading::going(conn, kind, cut, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        page.into_iter().for_each(&mut take);
    }
}

/// Who did what a posting did.
fn actor(
    conn: &mut Conn,
    posting: PostingId,
    known: &mut BTreeMap<PostingId, String>,
) -> Result<String, StoreError> {
    if let Some(by) = known.get(&posting) {
        return Ok(by.clone());
    }
    let first = trail_rows::of_posting(conn, posting)?.into_iter().next();
    let by = first.map(|event| event.actor).unwrap_or_default();
    known.insert(posting, by.clone());
    Ok(by)
}

impl Then {
    /// How many things were not as they should be at the end of the day.
    pub fn breaks(&self) -> usize {
        self.standing.breaks().len()
    }

    /// Its sections: the terms, what is wrong, and everything in between.
    pub fn sections(&self, zone: &TimeZone) -> Vec<Section> {
        let breaks = self.standing.breaks().into_iter().map(|each| {
            let (since, owner) = self.whose(&each, zone);
            let line = SheetLine::of(each.what).amount(each.minor);
            line.open(since, owner)
        });
        vec![
            Section::new("equation", "The banks against what people hold").with(self.terms()),
            Section::new("breaks", "What is not as it should be").with(breaks),
            Section::new("suspense", "Came in, and is nobody's yet").with(self.nobodys(zone)),
            Section::new("in_transit", "Redeemed, and not seen at the bank")
                .with(self.on_their_way(zone)),
        ]
    }

    /// Both sides, and what lies between them: they add up to nothing.
    fn terms(&self) -> Vec<SheetLine> {
        let standing = &self.standing;
        let mut lines: Vec<SheetLine> = standing
            .banks
            .iter()
            .map(|bank| SheetLine::of(format!("at {}", bank.name)).amount(bank.mirror_minor))
            .collect();
        lines.push(SheetLine::of("at_banks").amount(standing.at_banks_minor()));
        let sum =
            |all: &[Waiting]| all.iter().fold(0_i64, |sum, w| sum.saturating_add(w.left_minor));
        let less = [
            ("held_by_people", standing.held_minor()),
            ("came_in_unused", standing.suspense_minor),
            ("left_of_lines", sum(&standing.parts)),
            ("redeemed_unseen", sum(&standing.redemptions)),
            ("went_out_unexplained", standing.outgoing_minor),
            ("charges_not_made_good", standing.charges_minor),
            ("interest_of_banks", standing.interest_minor),
            ("commission_as_cost", standing.commissions_minor),
            ("against_no_bank", standing.trust_minor),
        ];
        let rest = less
            .iter()
            .fold(standing.at_banks_minor(), |rest, (_, minor)| rest.saturating_sub(*minor));
        lines.extend(less.into_iter().map(|(name, minor)| SheetLine::of(name).amount(minor)));
        lines.push(SheetLine::of("difference").amount(rest));
        lines
    }

    fn nobodys(&self, zone: &TimeZone) -> Vec<SheetLine> {
        let came = self.standing.lines.iter().filter(|line| line.amount_minor > 0);
        let whole = came.map(|line| {
            let by = self.taker(line.statement, line.place);
            let said = match line.is_opening() {
                true => "balance before the first statement".to_owned(),
                false => format!("{} {}", line.counterparty, line.said),
            };
            let named = SheetLine::of(name(line)).detail(said.trim());
            named.amount(line.amount_minor).open(line.booked_on.clone(), by)
        });
        let parts = self.standing.parts.iter().map(|part| {
            let named = SheetLine::of(format!("rest of line {}", part.subject));
            named.amount(part.left_minor).open(day(part.since, zone), "finance")
        });
        whole.chain(parts).collect()
    }

    fn on_their_way(&self, zone: &TimeZone) -> Vec<SheetLine> {
        let all = self.standing.redemptions.iter();
        let line = |each: &Waiting| {
            let by = self.payers.get(&each.id).cloned().unwrap_or_default();
            let named = SheetLine::of(format!("redemption {}", bank_code::written(each.id)));
            named.amount(each.left_minor).open(day(each.since, zone), by)
        };
        all.map(line).collect()
    }

    fn taker(&self, statement: StatementId, place: i64) -> String {
        self.takers.get(&(statement, place)).cloned().unwrap_or_default()
    }

    /// Since when, and who is to see to it.
    fn whose(&self, each: &Break, zone: &TimeZone) -> (String, String) {
        let finance = || "finance".to_owned();
        match each.kind {
            ItemKind::BankNotUs
            | ItemKind::BeforeFirst
            | ItemKind::Duplicate
            | ItemKind::Returned => {
                let same = |line: &&BankLine| name(line) == format!("line {}", each.about);
                let line = self.standing.lines.iter().find(same);
                let since = line.map(|line| line.booked_on.clone()).unwrap_or_default();
                let by = line.map(|line| self.taker(line.statement, line.place));
                (since, by.unwrap_or_else(finance))
            }
            ItemKind::UsNotBank => {
                let same = |waits: &&Waiting| bank_code::written(waits.id) == each.about;
                let found = self.standing.redemptions.iter().find(same);
                let since = found.map(|waits| day(waits.since, zone)).unwrap_or_default();
                let by = found.and_then(|waits| self.payers.get(&waits.id).cloned());
                (since, by.unwrap_or_else(finance))
            }
            ItemKind::LeftOfLine => {
                let same = |part: &&Waiting| part.subject == each.about;
                let found = self.standing.parts.iter().find(same);
                (found.map(|part| day(part.since, zone)).unwrap_or_default(), finance())
            }
            ItemKind::AmountDiffers
            | ItemKind::Charges
            | ItemKind::OwnMoney
            | ItemKind::InterestKept
            | ItemKind::Commissions
            | ItemKind::NoStatement
            | ItemKind::NotListed => (String::new(), finance()),
        }
    }
}

fn name(line: &BankLine) -> String {
    format!("line {}-{}", line.statement, line.place)
}

fn day(micros: i64, zone: &TimeZone) -> String {
    Timestamp::from_micros(micros).day(zone).to_string()
}
