//! People with what is asked about them again and again, in one statement: on a server every question is a journey, and
//! one journey answers for many.

use super::agents::{AssistantRow, OutletRow, Till};
use super::book_rows::{Account, EntryRow, PostingRow};
use super::budgets::BudgetRow;
use super::people::{PersonRow, PinRow};
use super::schema::{accounts, assistants, budgets, orders, outlets, people, pins, postings};
use super::{Conn, StoreError, legs};
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Nullable, Text};

/// Somebody who takes part in a payment.
#[derive(Debug, Clone)]
pub struct Member {
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

/// The owners of these wallets and those who have these numbers, as far as there are such.
pub fn among(conn: &mut Conn, pairs: &[(i64, &str)]) -> Result<Vec<Member>, StoreError> {
    type Found = (PersonRow, Account, Option<BudgetRow>, Option<PinRow>);
    let all = people::table
        .inner_join(accounts::table.on(accounts::id.eq(people::account_id)))
        .left_join(budgets::table.on(budgets::account_id.eq(people::account_id)))
        .left_join(pins::table.on(pins::account_id.eq(people::account_id)));
    let columns =
        (people::all_columns, accounts::all_columns, budgets::all_columns.nullable(), pins::all_columns.nullable());
    let member = |(person, account, budget, pin): Found| Member { person, account, budget, pin, newest: None };
    match conn {
        Conn::Sqlite(conn) => {
            let mut members = Vec::with_capacity(2);
            for (account, msisdn) in pairs {
                let those = all.filter(people::account_id.eq(account).or(people::msisdn.eq(msisdn))).select(columns);
                let found: Vec<Found> = those.load(conn)?;
                members.extend(found.into_iter().map(member));
            }
            Ok(members)
        }
        Conn::Postgres(pg) => {
            let (owners, numbers): (Vec<i64>, Vec<&str>) = pairs.iter().copied().unzip();
            let those = all
                .left_join(postings::table.on(postings::id.nullable().eq(accounts::last_posting)))
                .filter(people::account_id.eq_any(owners).or(people::msisdn.eq_any(numbers)))
                .select((columns, postings::all_columns.nullable(), sql::<Nullable<Binary>>("legs")));
            let found: Vec<(Found, Option<PostingRow>, Option<Vec<u8>>)> = those.load(&mut pg.inner)?;
            let whole = found.into_iter().map(|(found, posting, packed)| {
                let newest = posting.zip(packed).map(|(posting, packed)| {
                    let legs = legs::unpack(posting.id, &packed);
                    legs.map(|legs| (posting, legs))
                });
                Ok(Member { newest: newest.transpose()?, ..member(found) })
            });
            whole.collect()
        }
    }
}

/// Those who have these numbers, as they stand at `now`, microseconds UTC.
pub fn diallers(conn: &mut Conn, msisdns: &[&str], now: i64) -> Result<Vec<Dialler>, StoreError> {
    type Found = (PersonRow, Option<i64>, Option<AssistantRow>, Option<OutletRow>, bool);
    // spelled out: the index of what waits holds nothing else, and only so a plan that is made once may use it
    let waiting = orders::state.eq(sql::<Text>("'waiting'"));
    let waits = orders::table.filter(orders::payer.eq(people::account_id)).filter(waiting);
    let all = people::table
        .left_join(pins::table.on(pins::account_id.eq(people::account_id)))
        .left_join(assistants::table.on(assistants::person.eq(people::account_id)))
        .left_join(outlets::table.on(outlets::float_account.nullable().eq(assistants::outlet.nullable())))
        .select((
            people::all_columns,
            pins::account_id.nullable(),
            assistants::all_columns.nullable(),
            outlets::all_columns.nullable(),
            exists(waits.filter(orders::expires_at.gt(now))),
        ));
    let found: Vec<Found> = match conn {
        Conn::Sqlite(conn) => {
            let mut found = Vec::with_capacity(1);
            for msisdn in msisdns {
                found.extend(all.filter(people::msisdn.eq(msisdn)).first(conn).optional()?);
            }
            found
        }
        Conn::Postgres(pg) => all.filter(people::msisdn.eq_any(msisdns)).load(&mut pg.inner)?,
    };
    let dialler = |(person, pin, assistant, outlet, asked): Found| {
        let till = assistant.zip(outlet).map(|(assistant, outlet)| Till { assistant, outlet });
        Dialler { person, settled: pin.is_some(), till, asked }
    };
    Ok(found.into_iter().map(dialler).collect())
}
