//! Who takes no requests from whom: set by who was asked, and never told to who asks before they try again.

use super::super::desk::{Act, Desk, Halt};
use super::super::{Service, Whose, item, send};
use crate::book::Change;
use crate::reason::Reason;
use crate::store::orders;
use crate::store::people;
use std::time::Duration;

/// Lists who has asked the caller for money of late and is not blocked: `name`, `phone`.
pub const ASKERS: Service = Service { name: "askers", pin: Whose::Nobody, old: Some(askers), ..Service::PLAIN };
/// Input `asker`: no requests of theirs any more.
pub const BLOCK: Service = Service { name: "block", pin: Whose::Nobody, old: Some(block), ..Service::PLAIN };
/// Lists whom the caller has blocked: `name`, `phone`.
pub const BLOCKED: Service = Service { name: "blocked", pin: Whose::Nobody, old: Some(blocked), ..Service::PLAIN };
/// Input `asker`: they may ask again.
pub const UNBLOCK: Service = Service { name: "unblock", pin: Whose::Nobody, old: Some(unblock), ..Service::PLAIN };

/// How far back askers are listed, and how many.
const WITHIN: Duration = Duration::from_secs(30 * 24 * 3_600);
const LISTED_MAX: i64 = 40;

fn askers(desk: &mut Desk) -> Result<(), Halt> {
    let found = may_be_blocked(desk)?;
    list(desk, &found)
}

fn blocked(desk: &mut Desk) -> Result<(), Halt> {
    let account = desk.person()?.account_id;
    let found = orders::blocked_by(desk.conn.get()?, account)?;
    list(desk, &found)
}

fn list(desk: &mut Desk, accounts: &[i64]) -> Result<(), Halt> {
    for person in people::by_accounts(desk.conn.get()?, accounts)? {
        let mut party = send::party(&person);
        let mut slot = |name: &'static str| (name, party.remove(name).unwrap_or_default().to_string());
        let slots = [slot("name"), slot("phone")];
        desk.plan.items.push(item(person.account_id, &slots));
    }
    Ok(())
}

fn may_be_blocked(desk: &mut Desk) -> Result<Vec<i64>, Halt> {
    let account = desk.person()?.account_id;
    let mut found = orders::askers(desk.conn.get()?, account, desk.now.minus(WITHIN).micros(), LISTED_MAX)?;
    let already = orders::blocked_by(desk.conn.get()?, account)?;
    found.retain(|asker| !already.contains(asker));
    Ok(found)
}

fn block(desk: &mut Desk) -> Result<(), Halt> {
    let among = may_be_blocked(desk)?;
    set(desk, &among, true)
}

fn unblock(desk: &mut Desk) -> Result<(), Halt> {
    let account = desk.person()?.account_id;
    let among = orders::blocked_by(desk.conn.get()?, account)?;
    set(desk, &among, false)
}

/// Only of those who were listed: the names behind other accounts are nobody's business.
fn set(desk: &mut Desk, among: &[i64], blocked: bool) -> Result<(), Halt> {
    let account = desk.person()?.account_id;
    let other = desk.field("asker")?.parse().ok().filter(|other| among.contains(other)).ok_or(Reason::Stale)?;
    let person = people::by_account(desk.conn.get()?, other)?.ok_or(Reason::Stale)?;
    for (slot, value) in send::party(&person) {
        desk.show(&slot, value);
    }
    let changes = vec![Change::Block { account, other, blocked }];
    desk.plan.act = Some(Act { kind: "block", changes, ..Act::default() });
    Ok(())
}
