//! Loading: what is wanted is read, what many want in one statement, all else in the order in which
//! it is wanted: a count that guards a list is taken before the list is read.

use super::facts::{Facts, Found, Roster, Whole};
use super::wants::Want;
use super::{
    Conn, StoreError, agent_rows, arrangement_rows, blocks, book_rows, clawbacks, holders,
    identities, mailboxes, people, pins, sessions, shifts, working_day,
};
use crate::id::{AccountId, PinId, PostingId};

/// Reads what of this is not known yet.
pub fn load(conn: &mut Conn, wants: &[Want], facts: &mut Facts) -> Result<(), StoreError> {
    let open: Vec<&Want> = wants.iter().filter(|want| !facts.has(want)).collect();
    let (shared, own): (Vec<&Want>, Vec<&Want>) =
        open.into_iter().partition(|want| want.is_shared());
    load_holders(conn, &shared, facts)?;
    load_rows(conn, &shared, facts)?;
    for want in own {
        if let Some(found) = one(conn, want, facts)? {
            facts.put(want.clone(), found);
        }
    }
    Ok(())
}

/// Who takes part in payments, all of them in one statement on a server.
fn load_holders(conn: &mut Conn, wants: &[&Want], facts: &mut Facts) -> Result<(), StoreError> {
    let owners = wants
        .iter()
        .filter_map(|want| if let Want::Owner(account) = want { Some(*account) } else { None });
    let numbers = wants.iter().filter_map(|want| {
        if let Want::Number(msisdn) = want { Some(msisdn.as_str()) } else { None }
    });
    let owners: Vec<AccountId> = owners.collect();
    let numbers: Vec<&str> = numbers.collect();
    if owners.is_empty() && numbers.is_empty() {
        return Ok(());
    }
    let found = holders::among(conn, &owners, &numbers)?;
    for account in owners {
        let holder = found.iter().find(|holder| holder.account.id == account);
        facts.put(Want::Owner(account), Found::Holder(Box::new(holder.cloned())));
    }
    for msisdn in numbers {
        let holder = found.iter().find(|holder| holder.person.msisdn == msisdn);
        facts.put(Want::Number(msisdn.to_owned()), Found::Holder(Box::new(holder.cloned())));
    }
    Ok(())
}

/// Accounts, people and PINs, each kind in one statement.
fn load_rows(conn: &mut Conn, wants: &[&Want], facts: &mut Facts) -> Result<(), StoreError> {
    let accounts =
        wants.iter().filter_map(|want| if let Want::Account(id) = want { Some(*id) } else { None });
    let accounts: Vec<AccountId> = accounts.collect();
    if !accounts.is_empty() {
        let rows = book_rows::accounts_of(conn, &accounts)?;
        for id in accounts {
            facts.put(
                Want::Account(id),
                Found::Account(rows.iter().find(|row| row.id == id).cloned()),
            );
        }
    }
    let owners = wants
        .iter()
        .filter_map(|want| if let Want::Person(account) = want { Some(*account) } else { None });
    let owners: Vec<AccountId> = owners.collect();
    if !owners.is_empty() {
        let rows = people::by_accounts(conn, &owners)?;
        for account in owners {
            let row = rows.iter().find(|row| row.account_id == account).cloned();
            facts.put(Want::Person(account), Found::Person(row));
        }
    }
    let pins =
        wants.iter().filter_map(|want| if let Want::Pin(id) = want { Some(*id) } else { None });
    let pins: Vec<PinId> = pins.collect();
    if !pins.is_empty() {
        let rows = pins::by_ids(conn, &pins)?;
        for id in pins {
            let row = rows.iter().find(|row| row.id == id).cloned();
            facts.put(Want::Pin(id), Found::Pin(row));
        }
    }
    Ok(())
}

/// What is read for one request alone; nothing for what is read in one statement with others.
fn one(conn: &mut Conn, want: &Want, facts: &Facts) -> Result<Option<Found>, StoreError> {
    let found = match want {
        Want::Number(_) | Want::Owner(_) | Want::Account(_) | Want::Person(_) | Want::Pin(_) => {
            return Ok(None);
        }
        Want::Caller(msisdn, now) => {
            Found::Caller(Box::new(holders::caller_profiles(conn, &[msisdn], *now)?.pop()))
        }
        Want::Posting(id) => Found::Posting(book_rows::posting_whole(conn, *id)?),
        Want::History { account, since, limit } => {
            Found::History(history(conn, *account, *since, *limit, facts)?)
        }
        Want::Outlet(id) => Found::Outlet(agent_rows::outlet(conn, *id)?),
        Want::OutletsOf(accounts) => Found::Outlets(agent_rows::outlets_of(conn, accounts)?),
        Want::OutletsIn(area, limit) => Found::Outlets(agent_rows::outlets_in(conn, area, *limit)?),
        Want::Post(person) => Found::Post(Box::new(agent_rows::post_of(conn, *person)?)),
        Want::Roster(outlet) => Found::Roster(roster(conn, *outlet)?),
        Want::Shift(assistant) => Found::Shift(shifts::open_shift(conn, *assistant)?),
        Want::Drawer(shift) => Found::Drawer(working_day::drawer(conn, *shift)?),
        Want::Owed(outlet) => Found::Count(clawbacks::owed_minor(conn, *outlet)?),
        Want::Arrangement(id) => Found::Arrangement(arrangement_rows::by_id(conn, *id)?),
        Want::Arrangements(search) => Found::Arrangements(arrangement_rows::find(conn, search)?),
        Want::HowMany(kind, side) => Found::Count(arrangement_rows::count(conn, kind, side)?),
        Want::BlockedBy(account) => Found::Accounts(blocks::blocked_by(conn, *account)?),
        Want::BlockVersion(account, other) => {
            Found::Count(blocks::version(conn, *account, *other)?)
        }
        Want::Mailbox(account) => Found::Mailbox(mailboxes::of(conn, *account)?),
        Want::Identified(account) => Found::Truth(identities::is_known(conn, *account)?),
        Want::Claimed(key) => Found::Truth(!sessions::seen_among(conn, &[key])?.is_empty()),
    };
    Ok(Some(found))
}

/// Who serves at an outlet.
fn roster(conn: &mut Conn, outlet: AccountId) -> Result<Roster, StoreError> {
    let people = agent_rows::staff(conn, outlet)?;
    let assistants = agent_rows::assistants_at(conn, outlet)?;
    let shifts = shifts::open_shifts(conn, &assistants)?;
    Ok(Roster { people, assistants, shifts })
}

/// The newest postings of an account: walks from each entry to the one before, so it costs the same
/// for an account with ten entries and one with a million.
fn history(
    conn: &mut Conn,
    account: AccountId,
    since: i64,
    limit: usize,
    facts: &Facts,
) -> Result<Vec<Whole>, StoreError> {
    let known = facts.account(account).ok().flatten().map(|row| row.last_posting);
    let newest = match known {
        Some(newest) => newest,
        None => book_rows::account(conn, account)?.and_then(|row| row.last_posting),
    };
    walk(conn, account, newest, since, limit, facts.newest(account))
}

/// The postings of an account from one of them back, the newest first.
pub fn postings_back(
    conn: &mut Conn,
    account: AccountId,
    from: PostingId,
    limit: usize,
) -> Result<Vec<Whole>, StoreError> {
    walk(conn, account, Some(from), i64::MIN, limit, None)
}

fn walk(
    conn: &mut Conn,
    account: AccountId,
    mut next: Option<PostingId>,
    since: i64,
    limit: usize,
    newest: Option<&Whole>,
) -> Result<Vec<Whole>, StoreError> {
    let mut lines: Vec<Whole> = Vec::new();
    while let Some(id) = next
        && lines.len() < limit
    {
        let whole = match newest.filter(|(posting, _)| posting.id == id) {
            Some(whole) => Some(whole.clone()),
            None => book_rows::posting_whole(conn, id)?,
        };
        let (posting, legs) = whole.ok_or(StoreError::Damaged("an entry without its posting"))?;
        if posting.at < since {
            break;
        }
        let own = legs.iter().find(|leg| leg.account_id == account);
        next = own.ok_or(StoreError::Damaged("an account points at a posting of others"))?.previous;
        lines.push((posting, legs));
    }
    Ok(lines)
}
