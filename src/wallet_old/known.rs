//! What a plan knows of people and their accounts: asked for again and again, and read once. And the way to the database
//! for everything else, which may be closed: whoever needs it then is planned again where it is open.

use super::{Desk, Halt};
use crate::phone::Msisdn;
use crate::store::book_rows::{self, Account, EntryRow, PostingRow};
use crate::store::budgets::{self, BudgetRow};
use crate::store::members::{self, Member};
use crate::store::people::{self, PersonRow, PinRow};
use crate::store::{Conn, StoreError};

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
}

impl Desk<'_> {
    /// An account as it stands; however often a plan asks, it is read once.
    pub fn account(&mut self, id: i64) -> Result<Account, Halt> {
        let members = self.known.members.iter().map(|member| &member.account);
        if let Some(account) = members.chain(&self.known.accounts).find(|account| account.id == id) {
            return Ok(account.clone());
        }
        let account = book_rows::account(self.conn.get()?, id)?;
        let account = account.ok_or(StoreError::Damaged("a person without an account"))?;
        self.known.accounts.push(account.clone());
        Ok(account)
    }

    /// Who has this number, read together with the caller's own standing.
    pub fn other(&mut self, phone: &Msisdn) -> Result<Option<PersonRow>, Halt> {
        let (own, msisdn) = (self.person()?.account_id, phone.e164());
        if !self.known.numbers.iter().any(|number| number == msisdn) {
            let both = members::among(self.conn.get()?, &[own], &[msisdn])?;
            self.known.learn(msisdn, both);
        }
        let other = self.known.members.iter().find(|member| member.person.msisdn == msisdn);
        Ok(other.map(|member| member.person.clone()))
    }

    /// What the owner of an account has set themselves.
    pub fn budget(&mut self, account: i64) -> Result<Option<BudgetRow>, Halt> {
        match self.known.member(account) {
            Some(member) => Ok(member.budget.clone()),
            None => Ok(budgets::of(self.conn.get()?, account)?),
        }
    }

    /// What is compared with a PIN that is kept under this number.
    pub fn pin(&mut self, number: i64) -> Result<Option<PinRow>, Halt> {
        match self.known.member(number) {
            Some(member) => Ok(member.pin.clone()),
            None => Ok(people::pin(self.conn.get()?, number)?),
        }
    }

    /// A posting with its legs.
    pub fn posting(&mut self, id: i64) -> Result<Option<(PostingRow, Vec<EntryRow>)>, Halt> {
        let mut newest = self.known.members.iter().filter_map(|member| member.newest.as_ref());
        match newest.find(|(posting, _)| posting.id == id) {
            Some(whole) => Ok(Some(whole.clone())),
            None => Ok(book_rows::posting_whole(self.conn.get()?, id)?),
        }
    }
}
