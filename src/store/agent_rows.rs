//! Agents: outlets, and who works there.

use super::people::PersonRow;
use super::rows::{Column, Rows};
use super::schema::{assistants, outlets, people};
use super::{Conn, StoreError, on};
use crate::id::{AccountId, AssistantId};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// A place that turns cash into money and back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = outlets, treat_none_as_default_value = false)]
pub struct OutletRow {
    /// The account of its float, which names it: `AgentNumber::of` this is what customers type.
    pub float_account: AccountId,
    /// The account on which its commission gathers.
    pub commission_account: AccountId,
    /// The float account of its head office or super-agent.
    pub head_office: Option<AccountId>,
    /// As customers see it.
    pub name: String,
    /// Where it is: what people look for.
    pub area: String,
    /// `open` or `suspended`.
    pub state: String,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// Below this, minor units, its float counts as low; the limits' file says it where nothing is
    /// given.
    pub low_float_minor: Option<i64>,
}

/// Somebody who serves at an outlet.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = assistants)]
pub struct AssistantRow {
    /// Names their PIN for this work.
    pub id: AssistantId,
    /// Their own wallet.
    pub person: AccountId,
    /// The float account of the outlet.
    pub outlet: AccountId,
    /// Microseconds UTC.
    pub since: i64,
}

/// Somebody at their place of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPost {
    /// Who serves.
    pub assistant: AssistantRow,
    /// Where.
    pub outlet: OutletRow,
}

/// Where the owner of this wallet works.
pub fn post_of(conn: &mut Conn, person: AccountId) -> Result<Option<AgentPost>, StoreError> {
    let theirs = assistants::table
        .inner_join(outlets::table.on(outlets::float_account.eq(assistants::outlet)));
    let theirs = theirs.filter(assistants::person.eq(person));
    let theirs = theirs.select((assistants::all_columns, outlets::all_columns));
    let found: Option<(AssistantRow, OutletRow)> = on!(conn, c => theirs.first(c).optional())?;
    Ok(found.map(|(assistant, outlet)| AgentPost { assistant, outlet }))
}

/// An outlet.
pub fn outlet(conn: &mut Conn, float_account: AccountId) -> Result<Option<OutletRow>, StoreError> {
    Ok(on!(conn, c => outlets::table.find(float_account).first(c).optional())?)
}

/// The outlets whose float, or whose commission, is on one of these accounts.
pub fn outlets_of(conn: &mut Conn, accounts: &[AccountId]) -> Result<Vec<OutletRow>, StoreError> {
    let floats =
        outlets::float_account.eq_any(accounts).or(outlets::commission_account.eq_any(accounts));
    Ok(on!(conn, c => outlets::table.filter(floats).load(c))?)
}

/// All outlets, in the order they were opened.
pub fn outlets(conn: &mut Conn, limit: i64) -> Result<Vec<OutletRow>, StoreError> {
    Ok(on!(conn, c => outlets::table.order(outlets::float_account).limit(limit).load(c))?)
}

/// Who works at an outlet.
pub fn staff(conn: &mut Conn, outlet: AccountId) -> Result<Vec<PersonRow>, StoreError> {
    let theirs =
        people::table.inner_join(assistants::table.on(assistants::person.eq(people::account_id)));
    let theirs = theirs
        .filter(assistants::outlet.eq(outlet))
        .order(assistants::id)
        .select(people::all_columns);
    Ok(on!(conn, c => theirs.load(c))?)
}

/// Opens an outlet whose accounts are there; again changes nothing.
pub fn open_outlet(conn: &mut Conn, row: &OutletRow) -> Result<(), StoreError> {
    on!(conn, c =>
        diesel::insert_into(outlets::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c)
    )?;
    Ok(())
}

/// Lets somebody serve at an outlet; again changes nothing.
pub fn employ(conn: &mut Conn, row: &AssistantRow) -> Result<(), StoreError> {
    on!(conn, c =>
        diesel::insert_into(assistants::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c)
    )?;
    Ok(())
}

/// Ends somebody's work at an outlet.
pub fn dismiss(conn: &mut Conn, assistant: AssistantId) -> Result<(), StoreError> {
    on!(conn, c => diesel::delete(assistants::table.find(assistant)).execute(c))?;
    Ok(())
}

/// The outlets of an area that are open, by any of these spellings of its name, in the order they
/// were opened.
pub fn outlets_in(
    conn: &mut Conn,
    area: &[String],
    limit: i64,
) -> Result<Vec<OutletRow>, StoreError> {
    let there = outlets::table.filter(outlets::area.eq_any(area)).filter(outlets::state.eq("open"));
    Ok(on!(conn, c => there.order(outlets::float_account).limit(limit).load(c))?)
}

/// The numbers under which those who serve at an outlet are known, in the order they began.
pub fn assistants_at(conn: &mut Conn, outlet: AccountId) -> Result<Vec<AssistantId>, StoreError> {
    let theirs = assistants::table.filter(assistants::outlet.eq(outlet)).order(assistants::id);
    Ok(on!(conn, c => theirs.select(assistants::id).load(c))?)
}

/// Writes when the floats of outlets count as low.
pub fn set_low_floats(lows: &BTreeMap<AccountId, i64>) -> Rows<'static> {
    let columns =
        vec![Column::ids(lows.keys().copied()), Column::Numbers(lows.values().copied().collect())];
    Rows::update(lows.len(), columns, "outlets", "float_account", &["low_float_minor"])
}
