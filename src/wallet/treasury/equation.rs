//! What lies at the banks against what people hold, with everything in between by its name: each
//! with its age, and what is to be done about it. The book adds up to zero by itself, so nothing is
//! ever missing; what can be wrong is a line that nobody has explained, or a mirror that does not
//! show what the bank says.

use super::super::Wallet;
use super::{bank_item, redemption};
use crate::book::{CHARGES, COMMISSIONS, INTEREST, OUTGOING, SUSPENSE, TRUST};
use crate::id::{AccountId, StatementId};
use crate::store::bank_rows::{self, BankAccountRow, BankLine};
use crate::store::bank_sums::{self, KindSum, Waiting};
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;

/// Lines that are listed.
const LISTED_MAX: i64 = 1_000;
/// For how long something may be on its way before it is a break, microseconds.
const DAY: i64 = 24 * 3_600 * 1_000_000;
const ON_ITS_WAY: i64 = 3 * DAY;

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
#[derive(Debug, Default)]
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
}

/// What a break is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// An account at a bank.
    Bank,
    /// Money against no bank.
    Unbacked,
    /// A line: its statement, and its place there.
    Line(StatementId, i64),
    /// A redemption.
    Redemption(i64),
    /// What banks took.
    Charges,
}

/// Something that is not as it should be: its name, an amount, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// What is wrong, for staff.
    pub what: String,
    /// By how much, minor units.
    pub minor: i64,
    /// What it is about.
    pub about: About,
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
        let sum = |all: &[Waiting]| all.iter().fold(0_i64, |sum, (_, _, m)| sum.saturating_add(*m));
        own.saturating_sub(sum(&self.parts)).saturating_sub(sum(&self.redemptions))
    }

    /// What is not as it should be; nothing where all is well.
    pub fn breaks(&self, now: Timestamp) -> Vec<Break> {
        let mut breaks = Vec::new();
        let mut found = |what: String, minor: i64, about: About| {
            breaks.push(Break { what, minor, about });
        };
        for bank in &self.banks {
            let differs = bank.mirror_minor.saturating_sub(bank.closing_minor.unwrap_or(0));
            if differs != 0 {
                found(
                    format!("{}: the book and the last statement differ", bank.name),
                    differs,
                    About::Bank,
                );
            }
        }
        if self.trust_minor != 0 {
            let minor = self.trust_minor.saturating_neg();
            found("e-money that came from no statement".to_owned(), minor, About::Unbacked);
        }
        for line in self.lines.iter().filter(|line| line.amount_minor < 0) {
            let name = format!("{}-{}", line.statement, line.place);
            let about = About::Line(line.statement, line.place);
            let what = format!("line {name} of {}: what went out?", line.booked_on);
            found(what, line.amount_minor, about);
        }
        for (number, since, minor) in &self.redemptions {
            if now.micros().saturating_sub(*since) > ON_ITS_WAY {
                let what = format!("redemption {number} was not seen for three days");
                found(what, *minor, About::Redemption(*number));
            }
        }
        if self.charges_minor < 0 {
            let what = "bank charges to be made good".to_owned();
            found(what, self.charges_minor, About::Charges);
        }
        breaks
    }
}

impl Wallet {
    /// How it stands, at one moment.
    pub async fn standing(&self) -> Result<Standing, StoreError> {
        // a reader sees one moment
        self.store.read(read).await
    }
}

fn read(conn: &mut Conn) -> Result<Standing, StoreError> {
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
        held: bank_sums::by_kind(conn, &except)?,
        suspense_minor: on(SUSPENSE),
        outgoing_minor: on(OUTGOING),
        charges_minor: on(CHARGES),
        interest_minor: on(INTEREST),
        commissions_minor: on(COMMISSIONS),
        trust_minor: on(TRUST),
        lines: bank_sums::unexplained(conn, bank_item::KIND.name, LISTED_MAX)?,
        parts: bank_sums::waiting(conn, bank_item::KIND.name)?,
        redemptions: bank_sums::waiting(conn, redemption::KIND.name)?,
    })
}
