//! What a plan knows of people and their accounts: asked for again and again, and read once. And the way to the database
//! for everything else, which may be closed: whoever needs it then is planned again where it is open.

use super::Halt;
use crate::store::book_rows::{Account, EntryRow, PostingRow};
use crate::store::members::Member;
use crate::store::{Conn, StoreError, book_rows, budgets, members, people};

/// People whom a plan knows, and other accounts.
#[derive(Debug, Clone, Default)]
pub struct Known {
    members: Vec<Member>,
    /// Numbers whose owners are among them if they have any.
    numbers: Vec<String>,
    accounts: Vec<Account>,
}

impl Known {
    /// Takes in who this number belongs to, and whoever was asked about along with it.
    pub fn learn(&mut self, msisdn: &str, members: Vec<Member>) {
        self.numbers.push(msisdn.to_owned());
        self.members.extend(members);
    }

    fn member(&self, account: i64) -> Option<&Member> {
        self.members.iter().find(|member| member.account.id == account)
    }
}

/// The way to the database.
pub struct Reach<'a>(pub Option<&'a mut Conn>);

impl Reach<'_> {
    /// The connection, or the end of this plan where there is none.
    pub fn get(&mut self) -> Result<&mut Conn, Halt> {
        self.0.as_deref_mut().ok_or(Halt::Unread)
    }

    /// An account as it stands.
    pub fn account(&mut self, known: &mut Known, id: i64) -> Result<Account, Halt> {
        let members = known.members.iter().map(|member| &member.account);
        if let Some(account) = members.chain(&known.accounts).find(|account| account.id == id) {
            return Ok(account.clone());
        }
        let account = book_rows::account(self.get()?, id)?.ok_or(StoreError::Damaged("a person without an account"))?;
        known.accounts.push(account.clone());
        Ok(account)
    }

    /// Who has this number, read together with the owner of the wallet `own`.
    pub fn other<'k>(&mut self, known: &'k mut Known, own: i64, msisdn: &str) -> Result<Option<&'k Member>, Halt> {
        if !known.numbers.iter().any(|number| number == msisdn) {
            let both = members::among(self.get()?, &[(own, msisdn)])?;
            known.learn(msisdn, both);
        }
        Ok(known.members.iter().find(|member| member.person.msisdn == msisdn))
    }

    /// What the owner of an account has set themselves.
    pub fn budget(&mut self, known: &Known, account: i64) -> Result<Option<budgets::BudgetRow>, Halt> {
        match known.member(account) {
            Some(member) => Ok(member.budget.clone()),
            None => Ok(budgets::of(self.get()?, account)?),
        }
    }

    /// What is compared with a PIN that is kept under this number.
    pub fn pin(&mut self, known: &Known, number: i64) -> Result<Option<people::PinRow>, Halt> {
        match known.member(number) {
            Some(member) => Ok(member.pin.clone()),
            None => Ok(people::pin(self.get()?, number)?),
        }
    }

    /// A posting with its legs.
    pub fn posting(&mut self, known: &Known, id: i64) -> Result<Option<(PostingRow, Vec<EntryRow>)>, Halt> {
        let mut newest = known.members.iter().filter_map(|member| member.newest.as_ref());
        match newest.find(|(posting, _)| posting.id == id) {
            Some(whole) => Ok(Some(whole.clone())),
            None => Ok(book_rows::posting_whole(self.get()?, id)?),
        }
    }
}
