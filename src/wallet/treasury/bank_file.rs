//! A file of a bank's, read into rows beside the book: what it says, whether it proves itself, and
//! whether it goes on from the last one. Nothing of it counts before it is taken, which is an act.
//! However long it is, nobody who pays waits for it: it is read away from those who answer, and
//! stored in pieces.

use super::super::Wallet;
use crate::bank::{self, BankFileError, Unchained, Unproved, Unreadable};
use crate::id::StatementId;
use crate::money::{Currency, Money};
use crate::reason::Reason;
use crate::store::bank_rows::{self, BankAccountRow, BankFileRow, BankLine};
use crate::store::{Conn, StoreError};
use std::sync::Arc;

/// Lines that are stored at a time.
const PIECE: usize = 500;
const ACCOUNTS_MAX: i64 = 1_000;
/// For how long a file that was read and not taken is kept, microseconds.
const KEPT: i64 = 24 * 3_600 * 1_000_000;

/// How far it is: lines that were read, and that were stored.
pub type Told = Arc<dyn Fn(usize, usize) + Send + Sync>;

/// What a file is of, where it does not say so itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// The account at the bank, by its name.
    pub bank: Option<String>,
    /// What was there before the first line, where no statement was taken yet.
    pub opening_minor: Option<i64>,
    /// What is there after the last line.
    pub closing_minor: Option<i64>,
}

/// A balance as people type it: unlike an amount it may be nothing, or below it.
pub fn balance(typed: &str, currency: Currency) -> Result<i64, Reason> {
    let typed = typed.trim();
    let (below, plain) = typed.strip_prefix('-').map_or((false, typed), |rest| (true, rest));
    let minor = match Money::parse(plain, currency, &[]) {
        Ok(money) => money.minor,
        Err(Reason::AMOUNT_ZERO) => 0,
        Err(reason) => return Err(reason),
    };
    Ok(if below { minor.saturating_neg() } else { minor })
}

/// A statement of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFile {
    /// It can be taken, under this number.
    New(StatementId),
    /// It was taken before: nothing of it is new.
    Taken(StatementId),
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] BankFileError),
    /// It does not add up.
    #[error(transparent)]
    Unproved(#[from] Unproved),
    /// It does not go on from the last one.
    #[error(transparent)]
    Unchained(#[from] Unchained),
    /// A table, and nobody said of which account.
    #[error("a CSV file does not say of which account it is: name it with --bank")]
    Unnamed,
    /// A table of an account of which nobody said how its tables are read.
    #[error("{0} has no column map: `kadogo bank map {0} --map FILE` gives it one")]
    NoMap(String),
    /// Of another account.
    #[error("account {0} is none of ours: name it with --bank")]
    Account(String),
    /// There is none by that name.
    #[error("there is no bank account {0:?}")]
    Bank(String),
    /// In another currency.
    #[error("it is in {found}, not in {ours}")]
    Currency {
        /// Of the file.
        found: Currency,
        /// Of the service.
        ours: Currency,
    },
    /// Its columns cannot be understood.
    #[error("the column map of {0} cannot be read")]
    Map(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Wallet {
    /// All accounts at banks.
    pub async fn banks(&self) -> Result<Vec<BankAccountRow>, StoreError> {
        self.store.read(|conn| bank_rows::accounts_after(conn, None, ACCOUNTS_MAX)).await
    }

    /// Reads a file into rows beside the book: each statement in it, with whether it is new. What
    /// does not prove itself is not stored.
    pub async fn read_bank_file(
        &self,
        bytes: Arc<Vec<u8>>,
        beside: Beside,
        told: Told,
    ) -> Result<Vec<OnFile>, FileProblem> {
        let banks = self.banks().await?;
        let currency = self.config.market.currency;
        let telling = told.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let read = read(&bytes, &banks, &beside, currency, &telling)?;
            Ok::<_, FileProblem>((read, banks))
        });
        let (read, mut banks) = reading.await.map_err(|_broke| StoreError::Closed)??;
        self.forget_old_files().await?;
        let mut on_file = Vec::new();
        for (bank, statement) in read {
            let Some(bank) = banks.iter_mut().find(|row| row.id == bank) else { continue };
            let found = self.stored(bank, statement.clone(), &told).await?;
            if let OnFile::New(_) = found {
                // the next one in the file goes on from this one
                let ended = statement.ended();
                bank.closing_minor = Some(ended.closing_minor);
                bank.ended_on = Some(ended.closed_on.to_string());
                bank.ended_number = ended.number;
            }
            on_file.push(found);
        }
        Ok(on_file)
    }

    /// Files that nobody took are forgotten a day later, in pieces.
    async fn forget_old_files(&self) -> Result<(), StoreError> {
        let before = self.clock.now().micros().saturating_sub(KEPT);
        let piece = i64::try_from(PIECE).unwrap_or(i64::MAX);
        while self.book.write(move |conn| bank_rows::forget_untaken(conn, before, piece)).await? {}
        Ok(())
    }

    async fn stored(
        &self,
        bank: &BankAccountRow,
        statement: Arc<bank::Statement>,
        told: &Told,
    ) -> Result<OnFile, FileProblem> {
        let digest = statement.fingerprint().0.to_vec();
        let named = digest.clone();
        let before = move |conn: &mut Conn| {
            let taken = bank_rows::by_digest(conn, &named)?;
            Ok::<_, StoreError>((taken, bank_rows::read_before(conn, &named)?))
        };
        let (taken, before) = self.store.read(before).await?;
        if let Some(taken) = taken {
            return Ok(OnFile::Taken(taken.id));
        }
        if let Some(ended) = ended(bank, &statement) {
            statement.follows(&ended)?;
        }
        if let Some(before) = before {
            return Ok(OnFile::New(before.id));
        }
        let id = StatementId::of(self.book.fresh_id().await?);
        let head = BankFileRow {
            id,
            bank: bank.id,
            read_at: self.clock.now().micros(),
            digest,
            number: statement.number.clone(),
            opened_on: statement.opened_on.to_string(),
            closed_on: statement.closed_on.to_string(),
            opening_minor: statement.opening_minor,
            closing_minor: statement.closing_minor,
            lines: i64::try_from(statement.lines.len()).unwrap_or(i64::MAX),
        };
        self.book.write(move |conn| bank_rows::begin_file(conn, &head)).await?;
        let mut place = 0_i64;
        for piece in statement.lines.chunks(PIECE) {
            let rows: Vec<BankLine> = piece
                .iter()
                .map(|line| {
                    place = place.saturating_add(1);
                    row(id, place, line)
                })
                .collect();
            self.book.write(move |conn| bank_rows::add_lines(conn, &rows)).await?;
            told(statement.lines.len(), usize::try_from(place).unwrap_or(usize::MAX));
        }
        Ok(OnFile::New(id))
    }
}

type Read = Vec<(crate::id::AccountId, Arc<bank::Statement>)>;

/// What a file says, with the account that each statement is of.
fn read(
    bytes: &[u8],
    banks: &[BankAccountRow],
    beside: &Beside,
    currency: Currency,
    told: &Told,
) -> Result<Read, FileProblem> {
    let named = match &beside.bank {
        None => None,
        Some(name) => {
            let found = banks.iter().find(|bank| bank.name == name.trim().to_lowercase());
            Some(found.ok_or_else(|| FileProblem::Bank(name.clone()))?)
        }
    };
    let map = named.filter(|bank| !bank.column_map.is_empty());
    let map = map.map(|bank| {
        let read = bank::ColumnMap::from_toml(&bank.column_map);
        read.map_err(|_wrong| FileProblem::Map(bank.name.clone()))
    });
    let map = map.transpose()?;
    // where each row says what is there then, the file says where it begins itself
    let says = map.as_ref().is_some_and(|map| map.columns.balance.is_some());
    let known = named.map(|bank| bank::Known {
        account: bank.number.clone(),
        currency,
        opening_minor: beside.opening_minor.or(bank.closing_minor).filter(|_| !says),
        closing_minor: beside.closing_minor,
    });
    let mut counted = |lines: usize| told(lines, 0);
    let mut found = Vec::new();
    let table = map.as_ref().zip(known.as_ref());
    let read = bank::read(bytes, table, &mut counted).map_err(|error| match (error.what, named) {
        (Unreadable::NoColumnMap, None) => FileProblem::Unnamed,
        (Unreadable::NoColumnMap, Some(bank)) => FileProblem::NoMap(bank.name.clone()),
        (what, _) => BankFileError { what, ..error }.into(),
    });
    for statement in read? {
        let number = bank::account_known_as(&statement.account);
        let known = |bank: &&BankAccountRow| bank::account_known_as(&bank.number) == number;
        // a file that says itself whose it is, is nobody else's, whoever says so
        let is_named = |bank: &&BankAccountRow| number.is_empty() || known(bank);
        let bank = match named {
            Some(bank) => Some(bank).filter(|bank| is_named(bank)),
            None => banks.iter().find(known),
        };
        let bank = bank.ok_or_else(|| FileProblem::Account(statement.account.clone()))?;
        if statement.currency != currency {
            return Err(FileProblem::Currency { found: statement.currency, ours: currency });
        }
        bank::proof(&statement)?;
        found.push((bank.id, Arc::new(statement)));
    }
    Ok(found)
}

/// How the last statement of an account ended; nothing where there is none.
fn ended(bank: &BankAccountRow, statement: &bank::Statement) -> Option<bank::Ended> {
    Some(bank::Ended {
        currency: statement.currency,
        closing_minor: bank.closing_minor?,
        closed_on: bank.ended_on.as_ref()?.parse().ok()?,
        number: bank.ended_number.clone(),
    })
}

fn row(statement: StatementId, place: i64, line: &bank::Line) -> BankLine {
    let bank::Counterparty { name, account } = &line.counterparty;
    let other = [name, account].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    // what who paid wrote beside the text may be our code
    let theirs = line.customer_reference.as_deref().unwrap_or_default();
    let said = match theirs {
        "" | "NONREF" | "NOTPROVIDED" => line.text.clone(),
        theirs if line.text.contains(theirs) => line.text.clone(),
        theirs => format!("{} {theirs}", line.text).trim().to_owned(),
    };
    BankLine {
        statement,
        place,
        booked_on: line.booked_on.to_string(),
        amount_minor: line.amount_minor,
        reference: line.reference.clone().unwrap_or_default(),
        said,
        counterparty: other,
        is_return: i64::from(line.is_return),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_may_be_nothing_or_less() {
        let read = |typed| balance(typed, Currency::parse("KES").unwrap());
        assert_eq!(read("0"), Ok(0));
        assert_eq!(read(" 1,200.50 "), Ok(120_050));
        assert_eq!(read("-12"), Ok(-1_200));
        assert!(read("many").is_err() && read("--1").is_err() && read("").is_err());
    }
}
