//! People with what is asked about them again and again, in one statement each: on a server every question is a journey.

use super::agents::{AssistantRow, OutletRow, Till};
use super::book_rows::Account;
use super::budgets::BudgetRow;
use super::people::{PersonRow, PinRow};
use super::schema::{accounts, assistants, budgets, orders, outlets, people, pins};
use super::{Conn, StoreError, on};
use diesel::dsl::exists;
use diesel::prelude::*;

/// Somebody who takes part in a payment.
#[derive(Debug, Clone, Queryable)]
pub struct Member {
    /// Who.
    pub person: PersonRow,
    /// Where their wallet stands.
    pub account: Account,
    /// What they have set themselves.
    pub budget: Option<BudgetRow>,
    /// What their PIN is checked against, once they have one.
    pub pin: Option<PinRow>,
}

/// Somebody who calls.
#[derive(Debug, Clone)]
pub struct Dialler {
    /// Who.
    pub person: PersonRow,
    /// They have a PIN.
    pub settled: bool,
    /// Where they serve as an agent.
    pub till: Option<Till>,
    /// A payment waits for their yes.
    pub asked: bool,
}

/// The owner of this wallet and who has that number, as far as there are such; one where both are the same.
pub fn both(conn: &mut Conn, account: i64, msisdn: &str) -> Result<Vec<Member>, StoreError> {
    let those = people::table
        .inner_join(accounts::table.on(accounts::id.eq(people::account_id)))
        .left_join(budgets::table.on(budgets::account_id.eq(people::account_id)))
        .left_join(pins::table.on(pins::account_id.eq(people::account_id)))
        .filter(people::account_id.eq(account).or(people::msisdn.eq(msisdn)))
        .select((
            people::all_columns,
            accounts::all_columns,
            budgets::all_columns.nullable(),
            pins::all_columns.nullable(),
        ));
    Ok(on!(conn, c => those.load(c))?)
}

/// Who has this number, as they stand at `now`, microseconds UTC.
pub fn dialler(conn: &mut Conn, msisdn: &str, now: i64) -> Result<Option<Dialler>, StoreError> {
    let waits = orders::table.filter(orders::payer.eq(people::account_id)).filter(orders::state.eq("waiting"));
    let waits = exists(waits.filter(orders::expires_at.gt(now)));
    let theirs = people::table
        .left_join(pins::table.on(pins::account_id.eq(people::account_id)))
        .left_join(assistants::table.on(assistants::person.eq(people::account_id)))
        .left_join(outlets::table.on(outlets::float_account.nullable().eq(assistants::outlet.nullable())))
        .filter(people::msisdn.eq(msisdn))
        .select((
            people::all_columns,
            pins::account_id.nullable(),
            assistants::all_columns.nullable(),
            outlets::all_columns.nullable(),
            waits,
        ));
    type Found = (PersonRow, Option<i64>, Option<AssistantRow>, Option<OutletRow>, bool);
    let found: Option<Found> = on!(conn, c => theirs.first(c).optional())?;
    Ok(found.map(|(person, pin, assistant, outlet, asked)| {
        let till = assistant.zip(outlet).map(|(assistant, outlet)| Till { assistant, outlet });
        Dialler { person, settled: pin.is_some(), till, asked }
    }))
}
