//! My account: balance, mini statement, language.

use super::desk::{Act, Desk, Halt, masked_name};
use super::{Service, Whose, item};
use crate::book::Change;
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::store::book_rows::{self, EntryRow, PostingRow};
use crate::store::{Conn, StoreError, agents, people};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Shows `balance`, and `held` with the flag `held` when a part of it is reserved; with the flag
/// `budget` also `room` and `frees` of it.
pub const BALANCE: Service = Service { name: "balance", pin: Whose::Nobody, old: Some(balance), ..Service::PLAIN };
/// Lists the newest entries: `sign`, `amount`, `name`, `date`, `time`, `code`.
pub const STATEMENT: Service =
    Service { name: "statement", pin: Whose::Nobody, old: Some(statement), ..Service::PLAIN };
/// Input `language`.
pub const LANGUAGE: Service =
    Service { name: "language", pin: Whose::Nobody, old: Some(language), unclaimed: true, ..Service::PLAIN };

/// Lines of a mini statement.
const STATEMENT_LINES: usize = 10;

fn balance(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let account = desk.account(person.account_id)?;
    let available = desk.money(account.balance_minor.saturating_sub(account.held_minor));
    desk.show("balance", available.to_string());
    let receipt = super::receipt::slots(desk.house, 0, desk.now, None);
    desk.plan.slots.extend(receipt);
    if account.held_minor > 0 {
        desk.plan.flags.insert("held".into());
        desk.show("held", desk.money(account.held_minor).to_string());
    }
    super::budget::show(desk, person.account_id)?;
    Ok(())
}

fn statement(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let lines = history(desk.conn.get()?, person.account_id, STATEMENT_LINES)?;
    let others: Vec<i64> = lines.iter().filter_map(Line::other).collect();
    let names = names(desk.conn.get()?, &others)?;
    for line in &lines {
        let other = line.other().and_then(|other| names.get(&other));
        let at = Timestamp::from_micros(line.posting.at);
        let mut slots = vec![
            ("sign", if line.own.amount_minor < 0 { "-".to_owned() } else { "+".to_owned() }),
            ("amount", desk.money(line.own.amount_minor.saturating_abs()).to_string()),
            ("name", other.unwrap_or(&desk.house.brand).clone()),
        ];
        let receipt = super::receipt::slots(desk.house, line.posting.id, at, None);
        slots.extend(receipt.iter().map(|(name, value)| (name.as_str(), value.to_string())));
        desk.plan.items.push(item(line.posting.id, &slots));
    }
    Ok(())
}

fn language(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let chosen = Language::parse(desk.field("language")?);
    let language = chosen.ok_or_else(|| Refusal::of_field(Reason::TextFormat, "language"))?;
    let change = Change::SetLanguage { account: person.account_id, language: language.to_string() };
    desk.plan.act = Some(Act { kind: "language", changes: vec![change], ..Act::default() });
    Ok(())
}

/// What others call the owners of these accounts: people by a masked name, outlets as on their sign.
pub fn names(conn: &mut Conn, accounts: &[i64]) -> Result<BTreeMap<i64, String>, StoreError> {
    let people = people::by_accounts(conn, accounts)?.into_iter().map(|p| (p.account_id, masked_name(&p.name)));
    let mut names: BTreeMap<i64, String> = people.collect();
    for outlet in agents::outlets_of(conn, accounts)? {
        names.insert(outlet.float_account, outlet.name.clone());
        names.insert(outlet.commission_account, outlet.name);
    }
    Ok(names)
}

/// A posting as the owner of an account sees it.
pub struct Line {
    /// The posting.
    pub posting: PostingRow,
    /// The owner's entry.
    pub own: EntryRow,
    /// All entries.
    pub legs: Vec<EntryRow>,
}

impl Line {
    /// The account on the other side: where the money came from, or where most of it went.
    pub fn other(&self) -> Option<i64> {
        let opposite = self.legs.iter().filter(|leg| (leg.amount_minor < 0) != (self.own.amount_minor < 0));
        opposite.max_by_key(|leg| leg.amount_minor.unsigned_abs()).map(|leg| leg.account_id)
    }
}

/// The newest postings of an account: walks from each entry to the one before, so it costs the same for an account
/// with ten entries and one with a million.
pub fn history(conn: &mut Conn, account: i64, limit: usize) -> Result<Vec<Line>, StoreError> {
    match book_rows::account(conn, account)?.and_then(|a| a.last_posting) {
        Some(newest) => history_from(conn, account, newest, limit),
        None => Ok(Vec::new()),
    }
}

/// The same from one of its postings back.
pub fn history_from(conn: &mut Conn, account: i64, from: i64, limit: usize) -> Result<Vec<Line>, StoreError> {
    let (mut lines, mut next) = (Vec::new(), Some(from));
    while let Some(id) = next
        && lines.len() < limit
    {
        let whole = book_rows::posting_whole(conn, id)?;
        let (posting, legs) = whole.ok_or(StoreError::Damaged("an entry without its posting"))?;
        let own = legs.iter().find(|leg| leg.account_id == account).cloned();
        let own = own.ok_or(StoreError::Damaged("an account points at a posting of others"))?;
        next = own.previous;
        lines.push(Line { posting, own, legs });
    }
    Ok(lines)
}
