//! What lies at the banks against what people hold, with everything in between by its name: each
//! with its age, and what is to be done about it. The book adds up to zero by itself, so nothing is
//! ever missing; what can be wrong is a line that nobody has explained, or a mirror that does not
//! show what the bank says.

use super::super::Wallet;
use super::bank_case::{self, Case};
use super::line_candidates::{self, OpenLine};
use super::open_items::{Between, ItemKind, OpenItem};
use super::{bank_item, redemption};
use crate::book::{CHARGES, COMMISSIONS, INTEREST, OUTGOING, SUSPENSE, TRUST};
use crate::id::AccountId;
use crate::matching::Rules;
use crate::store::arrangement_rows::{self, Search, Side};
use crate::store::bank_rows::{self, BankAccountRow, BankLine};
use crate::store::bank_sums::{self, KindSum, Waiting};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Lines that are listed.
const LISTED_MAX: i64 = 1_000;
/// Items of which it is read who looks into them.
const CASES_MAX: i64 = 5_000;

/// An account at a bank: what its last statement says, and what its mirror shows, minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankSide {
    /// What staff call it.
    pub name: String,
    /// What its last statement ends with; nothing where there is none yet.
    pub closing_minor: Option<i64>,
    /// What the book says lies there.
    pub mirror_minor: i64,
}

/// Everything that was read for it, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The accounts at banks.
    pub banks: Vec<BankSide>,
    /// What people and the operator hold, by what it is.
    pub held: Vec<KindSum>,
    /// What came in and nobody has used.
    pub suspense_minor: i64,
    /// What went out and nobody has explained, below zero.
    pub outgoing_minor: i64,
    /// What banks took for themselves, below zero.
    pub charges_minor: i64,
    /// What banks paid.
    pub interest_minor: i64,
    /// What agents have earned, as a cost, below zero.
    pub commissions_minor: i64,
    /// What stands against no bank, below zero by it: money of a demo.
    pub trust_minor: i64,
    /// Lines nobody has explained, the oldest first.
    pub lines: Vec<BankLine>,
    /// What is left of lines that were used in part.
    pub parts: Vec<Waiting>,
    /// What is on its way out.
    pub redemptions: Vec<Waiting>,
    /// All that lies between, by its name.
    pub items: Vec<OpenItem>,
}

/// Something that is not as it should be: its name, an amount, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// What it is,
    pub kind: ItemKind,
    /// and what it is about: a bank account, a line, a redemption; empty where it is all of it.
    pub about: String,
    /// What is wrong, for staff.
    pub what: String,
    /// By how much, minor units.
    pub minor: i64,
}

impl Standing {
    /// All that lies at the banks, as the book says.
    pub fn at_banks_minor(&self) -> i64 {
        self.banks.iter().fold(0, |sum, bank| sum.saturating_add(bank.mirror_minor))
    }

    /// All that people and the operator hold.
    pub fn held_minor(&self) -> i64 {
        let own = self.held.iter().fold(0_i64, |sum, kind| sum.saturating_add(kind.sum_minor));
        // what waits behind lines and redemptions is nobody's to spend
        let sum =
            |all: &[Waiting]| all.iter().fold(0_i64, |sum, w| sum.saturating_add(w.left_minor));
        own.saturating_sub(sum(&self.parts)).saturating_sub(sum(&self.redemptions))
    }

    /// What is not as it should be; nothing where all is well.
    pub fn breaks(&self) -> Vec<Break> {
        let breaks = self.items.iter().filter(|item| item.is_break);
        let found = |item: &OpenItem| Break {
            kind: item.kind,
            about: item.name.clone(),
            what: in_words(item),
            minor: item.amount_minor,
        };
        breaks.map(found).collect()
    }

    /// All that lies between, by its name, with whom the bank is to pay where that is known.
    pub fn between(
        &self,
        between: &Between,
        open: &[OpenLine],
        to: &BTreeMap<i64, String>,
        zone: &TimeZone,
    ) -> Vec<OpenItem> {
        let differs = self.banks.iter().filter_map(|bank| {
            let minor = bank.mirror_minor.saturating_sub(bank.closing_minor.unwrap_or(0));
            between.sum(&bank.name, ItemKind::AmountDiffers, minor)
        });
        let day = |micros: i64| Timestamp::from_micros(micros).day(zone);
        let lines = open.iter().map(|line| between.line(line));
        let parts = self
            .parts
            .iter()
            .map(|part| between.part(part.subject.clone(), part.left_minor, day(part.since)));
        let redemptions = self.redemptions.iter().map(|each| {
            let to = to.get(&each.id).map(String::as_str).unwrap_or_default();
            between.redemption(each.id, each.left_minor, to, day(each.since))
        });
        let listed = self.lines.iter().fold(0_i64, |sum, l| sum.saturating_add(l.amount_minor));
        let all = self.suspense_minor.saturating_add(self.outgoing_minor);
        let charges = if self.charges_minor < 0 { ItemKind::Charges } else { ItemKind::OwnMoney };
        let sums = [
            (ItemKind::NotListed, all.saturating_sub(listed)),
            (charges, self.charges_minor),
            (ItemKind::InterestKept, self.interest_minor),
            (ItemKind::Commissions, self.commissions_minor),
        ];
        let sums = sums.into_iter().filter_map(|(kind, minor)| between.sum("", kind, minor));
        let demo = between.sum("", ItemKind::NoStatement, self.trust_minor);
        let own = differs.chain(demo).chain(lines).chain(parts);
        own.chain(redemptions).chain(sums).collect()
    }
}

/// What is wrong, for staff.
fn in_words(item: &OpenItem) -> String {
    let OpenItem { name, kind, .. } = item;
    let since = item.since.map(|day| day.to_string()).unwrap_or_default();
    match kind {
        ItemKind::BankNotUs if item.amount_minor < 0 => {
            format!("line {name} of {since}: what went out?")
        }
        ItemKind::BankNotUs => format!("line {name} of {since}: whose is it?"),
        ItemKind::Duplicate => format!("line {name} of {since}: did the bank book it twice?"),
        ItemKind::Returned => format!("line {name} of {since}: what did the bank take back?"),
        ItemKind::BeforeFirst => {
            format!("line {name} of {since}: whose was what lay there before the first statement?")
        }
        ItemKind::LeftOfLine => format!("line {name}: whose is what is left?"),
        ItemKind::UsNotBank => format!("redemption {name} of {since} was not seen at the bank"),
        ItemKind::AmountDiffers => format!("{name}: the book and the last statement differ"),
        ItemKind::Charges => "bank charges to be made good".to_owned(),
        ItemKind::NoStatement => "e-money that came from no statement".to_owned(),
        ItemKind::OwnMoney
        | ItemKind::InterestKept
        | ItemKind::Commissions
        | ItemKind::NotListed => <&str>::from(kind).replace('_', " "),
    }
}

impl Wallet {
    /// How it stands, at one moment.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        let (policy, now) = (self.policy.get(), self.clock.now());
        let zone = self.config.market.zone.clone();
        // a reader sees one moment
        self.store
            .read(move |conn| read(conn, &policy.matching, (now, &zone), bank_sums::by_kind))
            .await
    }

    /// The same without a look at each account: all of them add up to nothing, which `book check`
    /// proves, so what is not on our own accounts is on those of others, in one sum.
    pub async fn standing_at_once(&self) -> Result<Standing, StoreError> {
        let (policy, now) = (self.policy.get(), self.clock.now());
        let zone = self.config.market.zone.clone();
        self.store.read(move |conn| read(conn, &policy.matching, (now, &zone), in_one_sum)).await
    }
}

fn in_one_sum(conn: &mut Conn, own: &[AccountId]) -> Result<Vec<KindSum>, StoreError> {
    let accounts = book_rows::accounts_of(conn, own)?;
    let sum = accounts.iter().fold(0_i64, |sum, own| sum.saturating_add(own.balance_minor));
    Ok(vec![KindSum { kind: "all".to_owned(), sum_minor: sum.saturating_neg() }])
}

/// What is held, on all accounts but these.
type Held = fn(&mut Conn, &[AccountId]) -> Result<Vec<KindSum>, StoreError>;

fn read(
    conn: &mut Conn,
    rules: &Rules,
    (now, zone): (Timestamp, &TimeZone),
    held: Held,
) -> Result<Standing, StoreError> {
    let open = line_candidates::read(conn, rules, (now, zone), None, LISTED_MAX)?;
    let cases = cases(conn)?;
    let mut standing = sums(conn, held)?;
    standing.lines = open.lines.iter().map(|open| open.line.clone()).collect();
    let between = Between { today: now.day(zone), due: rules.due, cases: &cases };
    let to = open.redemptions.iter().map(|(id, (_, terms))| (*id, terms.to.clone())).collect();
    standing.items = standing.between(&between, &open.lines, &to, zone);
    Ok(standing)
}

/// Who looks into what.
fn cases(conn: &mut Conn) -> Result<BTreeMap<String, Case>, StoreError> {
    let kind = bank_case::KIND.name;
    let search = Search { side: Side::Anybody, kind, open: true, since: 0, limit: CASES_MAX };
    let rows = conn.wait(async |asked| arrangement_rows::find(asked, &search).await)?;
    Ok(rows.iter().filter_map(|row| Some((row.subject.clone(), Case::of(row).ok()?))).collect())
}

fn sums(conn: &mut Conn, held: Held) -> Result<Standing, StoreError> {
    let banks = bank_rows::accounts_after(conn, None, LISTED_MAX)?;
    let own = [SUSPENSE, OUTGOING, CHARGES, INTEREST, COMMISSIONS, TRUST];
    let except: Vec<AccountId> = own.into_iter().chain(banks.iter().map(|bank| bank.id)).collect();
    let accounts = book_rows::accounts_of(conn, &except)?;
    let on = |id: AccountId| {
        accounts.iter().find(|account| account.id == id).map_or(0, |account| account.balance_minor)
    };
    let side = |bank: &BankAccountRow| BankSide {
        name: bank.name.clone(),
        closing_minor: bank.closing_minor,
        mirror_minor: on(bank.id).saturating_neg(),
    };
    Ok(Standing {
        banks: banks.iter().map(side).collect(),
        held: held(conn, &except)?,
        suspense_minor: on(SUSPENSE),
        outgoing_minor: on(OUTGOING),
        charges_minor: on(CHARGES),
        interest_minor: on(INTEREST),
        commissions_minor: on(COMMISSIONS),
        trust_minor: on(TRUST),
        lines: Vec::new(),
        parts: bank_sums::waiting(conn, bank_item::KIND.name)?,
        redemptions: bank_sums::waiting(conn, redemption::KIND.name)?,
        items: Vec::new(),
    })
}
