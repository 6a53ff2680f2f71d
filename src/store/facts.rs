//! Facts: what a decision may know, each by the question that was asked. Rows and nothing else:
//! whoever decides on them can be tried without a database. A fact that nobody wanted is an error,
//! not a guess.

mod office_facts;

use super::agent_rows::{AgentPost, OutletRow};
use super::arrangement_rows::{ArrangementRow, Search};
use super::bank_rows::{BankAccountRow, BankFile, BankLine};
use super::book_rows::Account;
pub use super::book_rows::Whole;
use super::budgets::BudgetRow;
use super::clawbacks::ClawbackRow;
use super::day_rows::{DayHead, SheetAtCut};
use super::holders::{AccountHolder, CallerProfile};
use super::mailboxes::MailboxRow;
use super::people::PersonRow;
use super::people_keys::FoundPeople;
use super::pins::PinRow;
use super::restrictions::RestrictionRow;
use super::shifts::ShiftRow;
use super::staff_rows::StaffRow;
use super::wallet_moves::WalletMove;
use super::wants::Want;
use super::working_day::{AgentJournalRow, CashDrawer};
use crate::id::{AccountId, ArrangementId, AssistantId, PinId, PostingId, ShiftId};
use std::collections::BTreeMap;

/// Who serves at an outlet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// The people, who serves longest first.
    pub people: Vec<PersonRow>,
    /// The numbers under which they serve.
    pub assistants: Vec<AssistantId>,
    /// Who of them is in a shift: their number, and that of the shift.
    pub shifts: Vec<(AssistantId, ShiftId)>,
}

/// What was found.
#[derive(Debug, Clone)]
pub enum Found {
    /// `Want::Number`, `Want::Owner`.
    Holder(Box<Option<AccountHolder>>),
    /// `Want::Caller`.
    Caller(Box<Option<CallerProfile>>),
    /// `Want::Person`.
    Person(Option<PersonRow>),
    /// `Want::Fitting`.
    People(FoundPeople),
    /// `Want::Account`.
    Account(Option<Account>),
    /// `Want::Pin`.
    Pin(Option<PinRow>),
    /// `Want::Posting`.
    Posting(Option<Whole>),
    /// `Want::History`, `Want::Back`.
    History(Vec<Whole>),
    /// `Want::Outlet`.
    Outlet(Option<OutletRow>),
    /// `Want::OutletsOf`, `Want::OutletsIn`.
    Outlets(Vec<OutletRow>),
    /// `Want::Post`.
    Post(Box<Option<AgentPost>>),
    /// `Want::Roster`.
    Roster(Roster),
    /// `Want::Shift`.
    Shift(Option<ShiftRow>),
    /// `Want::Drawer`.
    Drawer(CashDrawer),
    /// An arrangement.
    Arrangement(Option<ArrangementRow>),
    /// Several of them.
    Arrangements(Vec<ArrangementRow>),
    /// `Want::Mailbox`.
    Mailbox(Option<MailboxRow>),
    /// `Want::BlockedBy`.
    Accounts(Vec<AccountId>),
    /// `Want::Owed`, `Want::RequestsMade`, `Want::HowMany`.
    Count(i64),
    /// `Want::Claimed`, `Want::Identified`.
    Truth(bool),
    /// `Want::Stopped`.
    Restriction(Option<RestrictionRow>),
    /// `Want::BankAccounts`.
    BankAccounts(Vec<BankAccountRow>),
    /// `Want::BankFile`.
    BankFile(Option<BankFile>),
    /// `Want::BankLine`.
    BankLine(Option<BankLine>),
    /// `Want::LastDay`, `Want::ClosedDay`, `Want::DaySheet`.
    Day(Box<(Option<DayHead>, Option<SheetAtCut>)>),
    /// `Want::Staff`, `Want::AllStaff`.
    Staff(Vec<StaffRow>),
    /// `Want::Journal`.
    Journal(Vec<AgentJournalRow>),
    /// `Want::Moved`.
    Moved(Vec<WalletMove>),
    /// `Want::Clawbacks`.
    Clawbacks(Vec<ClawbackRow>),
    /// `Want::TariffText`.
    TariffText(Option<String>),
}

/// A fact that was asked for and not wanted: a mistake in the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a fact that was not wanted: {0:?}")]
pub struct NotWanted(pub Want);

/// What was read for one decision.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    found: BTreeMap<Want, Found>,
}

impl FromIterator<(Want, Found)> for Facts {
    fn from_iter<I: IntoIterator<Item = (Want, Found)>>(found: I) -> Facts {
        Facts { found: found.into_iter().collect() }
    }
}

impl Facts {
    /// Takes in what was found.
    pub fn put(&mut self, want: Want, found: Found) {
        self.found.insert(want, found);
    }

    /// Takes in everything that others found.
    pub fn extend(&mut self, more: Facts) {
        self.found.extend(more.found);
    }

    /// Whether this was looked for.
    pub fn has(&self, want: &Want) -> bool {
        self.found.contains_key(want)
    }

    /// What was found of these, for who asked for no more.
    pub fn among(&self, wants: &[Want]) -> Facts {
        let those =
            wants.iter().filter_map(|want| Some((want.clone(), self.found.get(want)?.clone())));
        Facts { found: those.collect() }
    }

    pub(super) fn get<'a, T: ?Sized>(
        &'a self,
        want: &Want,
        pick: impl FnOnce(&'a Found) -> Option<&'a T>,
    ) -> Result<&'a T, NotWanted> {
        self.found.get(want).and_then(pick).ok_or_else(|| NotWanted(want.clone()))
    }

    /// Those who take part in a payment, as far as they are known.
    fn holders(&self) -> impl Iterator<Item = &AccountHolder> {
        self.found.values().filter_map(|found| {
            if let Found::Holder(holder) = found { holder.as_ref().as_ref() } else { None }
        })
    }

    fn holder(&self, account: AccountId) -> Option<&AccountHolder> {
        self.holders().find(|holder| holder.account.id == account)
    }

    /// Who has this number, with where they stand (`Want::Number`).
    pub fn number(&self, msisdn: &str) -> Result<Option<&AccountHolder>, NotWanted> {
        let want = Want::Number(msisdn.to_owned());
        Ok(self
            .get(&want, |found| {
                if let Found::Holder(holder) = found { Some(holder.as_ref()) } else { None }
            })?
            .as_ref())
    }

    /// Whose wallet this is, with where they stand (`Want::Owner`, or who was found by their
    /// number).
    pub fn owner(&self, account: AccountId) -> Result<Option<&AccountHolder>, NotWanted> {
        if let Some(holder) = self.holder(account) {
            return Ok(Some(holder));
        }
        let want = Want::Owner(account);
        Ok(self
            .get(&want, |found| {
                if let Found::Holder(holder) = found { Some(holder.as_ref()) } else { None }
            })?
            .as_ref())
    }

    /// How an account stands (`Want::Account`, or that of who was found).
    pub fn account(&self, id: AccountId) -> Result<Option<&Account>, NotWanted> {
        if let Some(holder) = self.holder(id) {
            return Ok(Some(&holder.account));
        }
        let want = Want::Account(id);
        Ok(self
            .get(
                &want,
                |found| if let Found::Account(account) = found { Some(account) } else { None },
            )?
            .as_ref())
    }

    /// What the owner of a wallet has set themselves (of who was found).
    pub fn budget(&self, account: AccountId) -> Result<Option<&BudgetRow>, NotWanted> {
        Ok(self.owner(account)?.and_then(|holder| holder.budget.as_ref()))
    }

    /// What is compared with a PIN or a code that is kept under this number (`Want::Pin`, or of who
    /// was found).
    pub fn pin(&self, id: PinId) -> Result<Option<&PinRow>, NotWanted> {
        if let Some(holder) = self.holders().find(|holder| PinId::from(holder.account.id) == id) {
            return Ok(holder.pin.as_ref());
        }
        Ok(self
            .get(
                &Want::Pin(id),
                |found| if let Found::Pin(pin) = found { Some(pin) } else { None },
            )?
            .as_ref())
    }

    /// The newest posting of who was found, where it came for nothing.
    pub fn newest(&self, account: AccountId) -> Option<&Whole> {
        self.holder(account).and_then(|holder| holder.newest.as_ref())
    }

    /// Who has this wallet (`Want::Person`, or who was found).
    pub fn person(&self, account: AccountId) -> Result<Option<&PersonRow>, NotWanted> {
        if let Some(holder) = self.holder(account) {
            return Ok(Some(&holder.person));
        }
        let want = Want::Person(account);
        Ok(self
            .get(
                &want,
                |found| if let Found::Person(person) = found { Some(person) } else { None },
            )?
            .as_ref())
    }

    /// Who calls, as they are now (`Want::Caller`).
    pub fn caller(&self, msisdn: &str, now: i64) -> Result<Option<&CallerProfile>, NotWanted> {
        let want = Want::Caller(msisdn.to_owned(), now);
        Ok(self
            .get(&want, |found| {
                if let Found::Caller(caller) = found { Some(caller.as_ref()) } else { None }
            })?
            .as_ref())
    }

    /// A posting (`Want::Posting`).
    pub fn posting(&self, id: PostingId) -> Result<Option<&Whole>, NotWanted> {
        let want = Want::Posting(id);
        Ok(self
            .get(
                &want,
                |found| if let Found::Posting(posting) = found { Some(posting) } else { None },
            )?
            .as_ref())
    }

    /// Postings of an account, the newest first (`Want::History`, `Want::Back`).
    pub fn history(&self, want: &Want) -> Result<&[Whole], NotWanted> {
        self.get(want, |found| {
            if let Found::History(lines) = found { Some(lines.as_slice()) } else { None }
        })
    }

    /// An outlet, by its float (`Want::Outlet`).
    pub fn outlet(&self, float_account: AccountId) -> Result<Option<&OutletRow>, NotWanted> {
        let want = Want::Outlet(float_account);
        Ok(self
            .get(
                &want,
                |found| if let Found::Outlet(outlet) = found { Some(outlet) } else { None },
            )?
            .as_ref())
    }

    /// Several outlets (`Want::OutletsOf`, `Want::OutletsIn`).
    pub fn outlets(&self, want: &Want) -> Result<&[OutletRow], NotWanted> {
        self.get(want, |found| {
            if let Found::Outlets(outlets) = found { Some(outlets.as_slice()) } else { None }
        })
    }

    /// Who serves at an outlet (`Want::Roster`).
    pub fn roster(&self, outlet: AccountId) -> Result<&Roster, NotWanted> {
        self.get(&Want::Roster(outlet), |found| {
            if let Found::Roster(roster) = found { Some(roster) } else { None }
        })
    }

    /// The shift that an assistant is in (`Want::Shift`).
    pub fn shift(&self, assistant: AssistantId) -> Result<Option<&ShiftRow>, NotWanted> {
        let want = Want::Shift(assistant);
        Ok(self
            .get(&want, |found| if let Found::Shift(shift) = found { Some(shift) } else { None })?
            .as_ref())
    }

    /// What came of a shift so far (`Want::Drawer`).
    pub fn drawer(&self, shift: ShiftId) -> Result<&CashDrawer, NotWanted> {
        self.get(&Want::Drawer(shift), |found| {
            if let Found::Drawer(drawer) = found { Some(drawer) } else { None }
        })
    }

    /// An arrangement (`Want::Arrangement`).
    pub fn arrangement(&self, id: ArrangementId) -> Result<Option<&ArrangementRow>, NotWanted> {
        let want = Want::Arrangement(id);
        Ok(self
            .get(&want, |found| if let Found::Arrangement(row) = found { Some(row) } else { None })?
            .as_ref())
    }

    /// Those that are looked for (`Want::Arrangements`).
    pub fn arrangements(&self, search: Search) -> Result<&[ArrangementRow], NotWanted> {
        self.get(&Want::Arrangements(search), |found| {
            if let Found::Arrangements(rows) = found { Some(rows.as_slice()) } else { None }
        })
    }

    /// Those that moved with these postings (`Want::MovedWith`).
    pub fn moved_with(
        &self,
        kind: &'static str,
        postings: Vec<PostingId>,
    ) -> Result<&[ArrangementRow], NotWanted> {
        self.get(&Want::MovedWith(kind, postings), |found| {
            if let Found::Arrangements(rows) = found { Some(rows.as_slice()) } else { None }
        })
    }

    /// Where somebody gets their statements (`Want::Mailbox`).
    pub fn mailbox(&self, account: AccountId) -> Result<Option<&MailboxRow>, NotWanted> {
        let want = Want::Mailbox(account);
        Ok(self
            .get(&want, |found| if let Found::Mailbox(row) = found { Some(row) } else { None })?
            .as_ref())
    }

    /// What was said of an account, which knows how long it was stopped; nothing where it never was
    /// (`Want::Stopped`).
    pub fn stopped(&self, account: AccountId) -> Result<Option<&RestrictionRow>, NotWanted> {
        let want = Want::Stopped(account);
        Ok(self
            .get(&want, |found| if let Found::Restriction(row) = found { Some(row) } else { None })?
            .as_ref())
    }

    /// Wallets (`Want::BlockedBy`).
    pub fn accounts(&self, want: &Want) -> Result<&[AccountId], NotWanted> {
        self.get(want, |found| {
            if let Found::Accounts(accounts) = found { Some(accounts.as_slice()) } else { None }
        })
    }

    /// How many, or how much (`Want::Owed`, `Want::RequestsMade`, `Want::HowMany`).
    pub fn count(&self, want: &Want) -> Result<i64, NotWanted> {
        self.get(want, |found| if let Found::Count(count) = found { Some(count) } else { None })
            .copied()
    }

    /// Whether it is so (`Want::Claimed`, `Want::Identified`).
    pub fn truth(&self, want: &Want) -> Result<bool, NotWanted> {
        self.get(want, |found| if let Found::Truth(truth) = found { Some(truth) } else { None })
            .copied()
    }
}
