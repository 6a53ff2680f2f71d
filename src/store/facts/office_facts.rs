//! Facts that the staff decide on: who works here, what banks say, what was earned on a day.

use super::super::agent_rows::AgentPost;
use super::super::bank_rows::{BankAccountRow, BankFile, BankLine};
use super::super::clawbacks::ClawbackRow;
use super::super::staff_rows::StaffRow;
use super::super::wallet_moves::WalletMove;
use super::super::wants::Want;
use super::super::working_day::AgentJournalRow;
use super::{Facts, Found, NotWanted};
use crate::id::{AccountId, StaffId, StatementId};

impl Facts {
    /// Somebody of the staff (`Want::Staff`).
    pub fn staff_member(&self, id: StaffId) -> Result<Option<&StaffRow>, NotWanted> {
        Ok(self.staff_found(&Want::Staff(id))?.first())
    }

    /// Who of the staff has this number (`Want::StaffOf`).
    pub fn staff_of(&self, msisdn: &str) -> Result<&[StaffRow], NotWanted> {
        self.staff_found(&Want::StaffOf(msisdn.to_owned()))
    }

    /// All of the staff, in the order of their names (`Want::AllStaff`).
    pub fn all_staff(&self) -> Result<&[StaffRow], NotWanted> {
        self.staff_found(&Want::AllStaff)
    }

    /// All accounts at banks (`Want::BankAccounts`).
    pub fn bank_accounts(&self) -> Result<&[BankAccountRow], NotWanted> {
        self.get(&Want::BankAccounts, |found| {
            if let Found::BankAccounts(rows) = found { Some(rows.as_slice()) } else { None }
        })
    }

    /// A file that was read (`Want::BankFile`).
    pub fn bank_file(&self, id: StatementId) -> Result<Option<&BankFile>, NotWanted> {
        let found = self.get(&Want::BankFile(id), |found| {
            if let Found::BankFile(file) = found { Some(file) } else { None }
        });
        Ok(found?.as_ref())
    }

    /// A line of a statement that was taken (`Want::BankLine`).
    pub fn bank_line(&self, id: StatementId, place: i64) -> Result<Option<&BankLine>, NotWanted> {
        let found = self.get(&Want::BankLine(id, place), |found| {
            if let Found::BankLine(line) = found { Some(line) } else { None }
        });
        Ok(found?.as_ref())
    }

    fn staff_found(&self, want: &Want) -> Result<&[StaffRow], NotWanted> {
        self.get(
            want,
            |found| {
                if let Found::Staff(rows) = found { Some(rows.as_slice()) } else { None }
            },
        )
    }

    /// Where somebody serves (`Want::Post`).
    pub fn post(&self, person: AccountId) -> Result<Option<&AgentPost>, NotWanted> {
        let want = Want::Post(person);
        Ok(self
            .get(
                &want,
                |found| if let Found::Post(post) = found { Some(post.as_ref()) } else { None },
            )?
            .as_ref())
    }

    /// What was done at all outlets (`Want::Journal`).
    pub fn journal(&self, want: &Want) -> Result<&[AgentJournalRow], NotWanted> {
        self.get(
            want,
            |found| {
                if let Found::Journal(rows) = found { Some(rows.as_slice()) } else { None }
            },
        )
    }

    /// What moved on wallets (`Want::Moved`).
    pub fn wallet_moves(&self, want: &Want) -> Result<&[WalletMove], NotWanted> {
        self.get(
            want,
            |found| {
                if let Found::Moved(legs) = found { Some(legs.as_slice()) } else { None }
            },
        )
    }

    /// What was found of a day (`Want::Clawbacks`).
    pub fn clawbacks(&self, day: i64) -> Result<&[ClawbackRow], NotWanted> {
        self.get(&Want::Clawbacks(day), |found| {
            if let Found::Clawbacks(rows) = found { Some(rows.as_slice()) } else { None }
        })
    }

    /// A tariff that counted (`Want::TariffText`).
    pub fn tariff_text(&self, number: i64) -> Result<Option<&str>, NotWanted> {
        let found = self.get(&Want::TariffText(number), |found| {
            if let Found::TariffText(text) = found { Some(text) } else { None }
        });
        Ok(found?.as_deref())
    }
}
