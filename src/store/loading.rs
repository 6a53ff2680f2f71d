//! Loading: what is wanted is read, what many want in one statement, all else in the order in which
//! it is wanted: a count that guards a list is taken before the list is read. A server gets all of
//! it in one go.

use super::agent_rows::OnRoster;
use super::ask::{self, Database};
use super::book_rows::Account;
use super::facts::{Facts, Found, Roster};
use super::holders::AccountHolder;
use super::lookback::{self, Lookback};
use super::pins::PinRow;
use super::schema::{accounts, dedup_keys, outlets, pins, staff};
use super::wants::Want;
use super::{
    Conn, StoreError, agent_rows, arrangement_rows, bank_rows, blocks, book_rows, clawbacks,
    day_rows, holders, identities, mailboxes, people, people_search, restrictions, shifts,
    staff_rows, tariff_texts, wallet_moves, working_day,
};
use crate::id::{AccountId, PinId};
use diesel::prelude::*;
use futures_util::future;

/// Reads what of this is not known yet.
pub fn load(conn: &mut Conn, wants: &[Want], facts: &mut Facts) -> Result<(), StoreError> {
    let found = conn.wait(async |asked| found(asked, wants, facts).await)?;
    facts.extend(found);
    Ok(())
}

/// What is found of this, as far as it is not known yet.
pub async fn found(
    asked: Database<'_>,
    wants: &[Want],
    facts: &Facts,
) -> Result<Facts, StoreError> {
    let open: Vec<&Want> = wants.iter().filter(|want| !facts.has(want)).collect();
    let own = future::try_join_all(open.iter().map(|want| one(asked, want, facts)));
    let all = future::try_join5(
        holders_of(asked, &open),
        accounts_of(asked, &open),
        people_of(asked, &open),
        pins_of(asked, &open),
        own,
    );
    let (holders, accounts, people, pins, own) = all.await?;
    let own = open.into_iter().cloned().zip(own).filter_map(|(want, found)| Some((want, found?)));
    let shared = [holders, accounts, people, pins].into_iter().flatten();
    Ok(shared.chain(own).collect())
}

/// Who takes part in payments, all of them in one statement on a server.
async fn holders_of(
    asked: Database<'_>,
    wants: &[&Want],
) -> Result<Vec<(Want, Found)>, StoreError> {
    let owner = |want: &&Want| if let Want::Owner(id) = want { Some(*id) } else { None };
    let owners: Vec<AccountId> = wants.iter().filter_map(owner).collect();
    let numbers = wants.iter().filter_map(|want| {
        if let Want::Number(msisdn) = want { Some(msisdn.as_str()) } else { None }
    });
    let numbers: Vec<&str> = numbers.collect();
    if owners.is_empty() && numbers.is_empty() {
        return Ok(Vec::new());
    }
    let found = holders::among(asked, &owners, &numbers).await?;
    let holder = |is: &dyn Fn(&AccountHolder) -> bool| {
        Found::Holder(Box::new(found.iter().find(|holder| is(holder)).cloned()))
    };
    let owners =
        owners.into_iter().map(|id| (Want::Owner(id), holder(&|holder| holder.account.id == id)));
    let numbers = numbers.into_iter().map(|number| {
        let found = holder(&|holder| holder.person.msisdn == number);
        (Want::Number(number.to_owned()), found)
    });
    Ok(owners.chain(numbers).collect())
}

/// Accounts, in one statement.
async fn accounts_of(
    asked: Database<'_>,
    wants: &[&Want],
) -> Result<Vec<(Want, Found)>, StoreError> {
    let id = |want: &&Want| if let Want::Account(id) = want { Some(*id) } else { None };
    let ids: Vec<AccountId> = wants.iter().filter_map(id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Account> =
        ask::rows(asked, accounts::table.filter(accounts::id.eq_any(&ids))).await?;
    let found = |id| Found::Account(rows.iter().find(|row| row.id == id).cloned());
    Ok(ids.into_iter().map(|id| (Want::Account(id), found(id))).collect())
}

/// People, in one statement.
async fn people_of(asked: Database<'_>, wants: &[&Want]) -> Result<Vec<(Want, Found)>, StoreError> {
    let id = |want: &&Want| if let Want::Person(id) = want { Some(*id) } else { None };
    let ids: Vec<AccountId> = wants.iter().filter_map(id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = people::by_accounts(asked, &ids).await?;
    let found = |id| Found::Person(rows.iter().find(|row| row.account_id == id).cloned());
    Ok(ids.into_iter().map(|id| (Want::Person(id), found(id))).collect())
}

/// PINs and codes, in one statement.
async fn pins_of(asked: Database<'_>, wants: &[&Want]) -> Result<Vec<(Want, Found)>, StoreError> {
    let id = |want: &&Want| if let Want::Pin(id) = want { Some(*id) } else { None };
    let ids: Vec<PinId> = wants.iter().filter_map(id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<PinRow> =
        ask::rows(asked, pins::table.filter(pins::account_id.eq_any(&ids))).await?;
    let found = |id| Found::Pin(rows.iter().find(|row| row.id == id).cloned());
    Ok(ids.into_iter().map(|id| (Want::Pin(id), found(id))).collect())
}

/// What is read for one request alone; nothing for what is read in one statement with others.
async fn one(asked: Database<'_>, want: &Want, facts: &Facts) -> Result<Option<Found>, StoreError> {
    Ok(Some(match want {
        Want::Number(_) | Want::Owner(_) | Want::Account(_) | Want::Person(_) | Want::Pin(_) => {
            return Ok(None);
        }
        Want::Caller(msisdn, now) => {
            let found = holders::caller_profiles(asked, &[msisdn], *now).await?.pop();
            Found::Caller(Box::new(found))
        }
        Want::Fitting(clue) => Found::People(people_search::find(asked, clue).await?),
        Want::Posting(id) => Found::Posting(book_rows::posting_whole(asked, *id).await?),
        Want::History { account, since, limit } => {
            let wanted = Lookback { account: *account, since: *since, limit: *limit };
            Found::History(lookback::newest(asked, wanted, facts).await?)
        }
        Want::Back { account, from, limit } => {
            let wanted = Lookback { account: *account, since: i64::MIN, limit: *limit };
            Found::History(lookback::back(asked, wanted, *from).await?)
        }
        Want::Outlet(id) => Found::Outlet(ask::row(asked, outlets::table.find(id)).await?),
        Want::OutletsOf(accounts) => Found::Outlets(agent_rows::outlets_of(asked, accounts).await?),
        Want::OutletsIn(area, limit) => {
            Found::Outlets(agent_rows::outlets_in(asked, area, *limit).await?)
        }
        Want::Post(person) => Found::Post(Box::new(agent_rows::post_of(asked, *person).await?)),
        Want::Roster(outlet) => Found::Roster(roster(agent_rows::roster(asked, *outlet).await?)),
        Want::Shift(assistant) => Found::Shift(shifts::open_shift(asked, *assistant).await?),
        Want::Drawer(shift) => Found::Drawer(working_day::drawer(asked, *shift).await?),
        Want::Journal { from, before } => {
            Found::Journal(working_day::journal_between(asked, *from, *before).await?)
        }
        Want::Moved(from, end) => Found::Moved(wallet_moves::between(asked, *from, *end).await?),
        Want::Clawbacks(day) => Found::Clawbacks(clawbacks::found_on(asked, *day).await?),
        Want::TariffText(number) => Found::TariffText(tariff_texts::text(asked, *number).await?),
        Want::Owed(outlet) => Found::Count(clawbacks::owed_minor(asked, *outlet).await?),
        Want::Arrangement(id) => Found::Arrangement(arrangement_rows::one(asked, *id).await?),
        Want::Arrangements(search) => {
            Found::Arrangements(arrangement_rows::find(asked, search).await?)
        }
        Want::OpenAt(account, limit) => {
            Found::Arrangements(arrangement_rows::open_at(asked, *account, *limit).await?)
        }
        Want::MovedWith(kind, postings) => {
            Found::Arrangements(arrangement_rows::moved_with(asked, kind, postings).await?)
        }
        Want::HowMany(kind, side) => {
            Found::Count(arrangement_rows::count(asked, kind, side).await?)
        }
        Want::BlockedBy(account) => Found::Accounts(blocks::blocked_by(asked, *account).await?),
        Want::BlockVersion(own, other) => Found::Count(blocks::version(asked, *own, *other).await?),
        Want::Mailbox(account) => Found::Mailbox(mailboxes::of(asked, *account).await?),
        Want::Identified(account) => Found::Truth(identities::is_known(asked, *account).await?),
        Want::Stopped(account) => Found::Restriction(restrictions::said_of(asked, *account).await?),
        Want::Staff(id) => {
            Found::Staff(ask::row(asked, staff::table.find(id)).await?.into_iter().collect())
        }
        Want::BankAccounts => Found::BankAccounts(bank_rows::accounts(asked).await?),
        Want::BankFile(id) => Found::BankFile(bank_rows::file(asked, *id).await?),
        Want::BankLine(statement, place) => {
            Found::BankLine(bank_rows::line(asked, *statement, *place).await?)
        }
        Want::StaffOf(msisdn) => Found::Staff(staff_rows::working_with(asked, msisdn).await?),
        Want::LastDay => Found::Day(Box::new((day_rows::last(asked).await?, None))),
        Want::ClosedDay(id) => Found::Day(Box::new((day_rows::closed(asked, *id).await?, None))),
        Want::DaySheet(id) => Found::Day(Box::new((None, day_rows::sheet(asked, *id).await?))),
        Want::AllStaff => Found::Staff(ask::rows(asked, staff::table.order(staff::name)).await?),
        Want::Claimed(key) => Found::Truth(is_claimed(asked, key).await?),
    }))
}

async fn is_claimed(asked: Database<'_>, key: &[u8]) -> Result<bool, StoreError> {
    let those = dedup_keys::table.find(key).select(dedup_keys::key);
    let claimed: Option<Vec<u8>> = ask::row(asked, those).await?;
    Ok(claimed.is_some())
}

fn roster(rows: Vec<OnRoster>) -> Roster {
    let mut roster = Roster::default();
    for (person, assistant, shift) in rows {
        roster.people.push(person);
        roster.assistants.push(assistant);
        roster.shifts.extend(shift.map(|shift| (assistant, shift)));
    }
    roster
}
