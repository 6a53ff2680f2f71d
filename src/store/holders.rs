//! People with what is asked about them again and again, in one statement: on a server every
//! question is a journey, and one journey answers for many.

use super::agent_rows::{AgentPost, OutletRow};
use super::ask::{self, Database};
use super::assistants::AssistantRow;
use super::book_rows::{self, Account, EntryRow, PostingRow};
use super::budgets::BudgetRow;
use super::people::PersonRow;
use super::pins::PinRow;
use super::schema::{
    accounts, arrangements, assistants, budgets, outlets, packed, people, pins, staff,
};
use super::staff_rows::StaffState;
use super::{StoreError, legs};
use crate::id::AccountId;
use diesel::dsl::exists;
use diesel::prelude::*;

/// Somebody who takes part in a payment.
#[derive(Debug, Clone)]
pub struct AccountHolder {
    /// Who.
    pub person: PersonRow,
    /// Where their wallet stands.
    pub account: Account,
    /// What they have set themselves.
    pub budget: Option<BudgetRow>,
    /// What their PIN is checked against, once they have one.
    pub pin: Option<PinRow>,
    /// Their newest posting, where it comes for nothing.
    pub newest: Option<(PostingRow, Vec<EntryRow>)>,
}

/// Somebody who calls.
#[derive(Debug, Clone)]
pub struct CallerProfile {
    /// Who.
    pub person: PersonRow,
    /// Wrong PINs since the last right one; none where they have no PIN.
    pub pin_attempts: Option<i64>,
    /// Where they serve as an agent.
    pub post: Option<AgentPost>,
    /// A payment waits for their yes.
    pub order_waits: bool,
    /// One of the staff has their number.
    pub is_staff: bool,
}

/// The owners of these wallets and those who have these numbers, as far as there are such.
pub async fn among(
    asked: Database<'_>,
    owners: &[AccountId],
    numbers: &[&str],
) -> Result<Vec<AccountHolder>, StoreError> {
    type HolderColumns = (PersonRow, Account, Option<BudgetRow>, Option<PinRow>);
    type Newest = Option<(PostingRow, Vec<u8>)>;
    let all = people::table
        .inner_join(accounts::table.on(accounts::id.eq(people::account_id)))
        .left_join(budgets::table.on(budgets::account_id.eq(people::account_id)))
        .left_join(pins::table.on(pins::account_id.eq(people::account_id)));
    let columns = (
        people::all_columns,
        accounts::all_columns,
        budgets::all_columns.nullable(),
        pins::all_columns.nullable(),
    );
    let holder = |(person, account, budget, pin): HolderColumns| AccountHolder {
        person,
        account,
        budget,
        pin,
        newest: None,
    };
    match asked {
        Database::Sqlite(_) => {
            // two at a time, so that the statement is always the same: a payment has two sides
            let mut holders = Vec::with_capacity(2);
            let mut owners = owners.iter();
            let mut numbers = numbers.iter();
            loop {
                let found: Vec<HolderColumns> = match (owners.next(), numbers.next()) {
                    (Some(account), Some(msisdn)) => {
                        let those = all
                            .filter(people::account_id.eq(account).or(people::msisdn.eq(msisdn)));
                        ask::rows(asked, those.select(columns)).await?
                    }
                    (Some(account), None) => {
                        let those = all.filter(people::account_id.eq(account));
                        ask::rows(asked, those.select(columns)).await?
                    }
                    (None, Some(msisdn)) => {
                        let those = all.filter(people::msisdn.eq(msisdn));
                        ask::rows(asked, those.select(columns)).await?
                    }
                    (None, None) => return Ok(holders),
                };
                holders.extend(found.into_iter().map(holder));
            }
        }
        Database::Postgres(_) => {
            let those = all
                .left_join(packed::table.on(packed::id.nullable().eq(accounts::last_posting)))
                .filter(people::account_id.eq_any(owners).or(people::msisdn.eq_any(numbers)))
                .select((columns, book_rows::PACKED.nullable()));
            let found: Vec<(HolderColumns, Newest)> = ask::rows(asked, those).await?;
            let whole = found.into_iter().map(|(found, newest)| {
                let newest = newest.map(|(posting, packed)| {
                    legs::unpack(posting.id, &packed).map(|legs| (posting, legs))
                });
                Ok(AccountHolder { newest: newest.transpose()?, ..holder(found) })
            });
            whole.collect()
        }
    }
}

/// What waits for the yes of who wants it themselves, its owner: until its clock says that it is
/// over;
pub const WANTED: &str = "order";
/// and what waits for the yes of who is asked, its other side. Its clock may be that of a reminder,
/// and says no end; who ends it is never late by more than a moment.
pub const ASKED: &str = "request";

/// Those who have these numbers, as they stand at `now`, microseconds UTC.
pub async fn caller_profiles(
    asked: Database<'_>,
    msisdns: &[&str],
    now: i64,
) -> Result<Vec<CallerProfile>, StoreError> {
    if msisdns.is_empty() {
        return Ok(Vec::new());
    }
    type ProfileColumns =
        (PersonRow, Option<i64>, Option<AssistantRow>, Option<OutletRow>, bool, bool);
    let open = arrangements::table.filter(arrangements::open.eq(true));
    let wanted = open
        .filter(arrangements::kind.eq(WANTED))
        .filter(arrangements::owner.eq(people::account_id))
        .filter(arrangements::due_at.gt(now));
    let demanded = open
        .filter(arrangements::kind.eq(ASKED))
        .filter(arrangements::other.eq(people::account_id.nullable()));
    let works = staff::table
        .filter(staff::msisdn.eq(people::msisdn))
        .filter(staff::state.eq(<&str>::from(StaffState::Active)));
    let serves = assistants::person.eq(people::account_id).and(assistants::left_at.is_null());
    let all = people::table
        .left_join(pins::table.on(pins::account_id.eq(people::account_id)))
        .left_join(assistants::table.on(serves))
        .left_join(
            outlets::table.on(outlets::float_account.nullable().eq(assistants::outlet.nullable())),
        )
        .select((
            people::all_columns,
            pins::attempts.nullable(),
            assistants::all_columns.nullable(),
            outlets::all_columns.nullable(),
            exists(wanted).or(exists(demanded)),
            exists(works),
        ));
    let found: Vec<ProfileColumns> = match asked {
        Database::Sqlite(_) => {
            let mut found = Vec::with_capacity(1);
            for msisdn in msisdns {
                found.extend(ask::row(asked, all.filter(people::msisdn.eq(msisdn))).await?);
            }
            found
        }
        Database::Postgres(_) => {
            ask::rows(asked, all.filter(people::msisdn.eq_any(msisdns))).await?
        }
    };
    let profile =
        |(person, pin_attempts, assistant, outlet, order_waits, is_staff): ProfileColumns| {
            let post =
                assistant.zip(outlet).map(|(assistant, outlet)| AgentPost { assistant, outlet });
            CallerProfile { person, pin_attempts, post, order_waits, is_staff }
        };
    Ok(found.into_iter().map(profile).collect())
}
