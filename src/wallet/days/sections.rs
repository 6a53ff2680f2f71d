//! The sections of a sheet that are no equation: the trial balance, what moved, what waits, floats,
//! messages, and what staff were asked for. Each is read as of the cut-off; what is known only as
//! of now says so.

use super::super::arrangements::kind::Kind;
use super::super::arrangements::past::state_then;
use super::super::office::two_people::{self, Wish};
use super::at_cut::{DayMoves, Past};
use super::classing::Classing;
use super::day_equation::each_going;
use crate::agent_number::AgentNumber;
use crate::closing::day_sheet::{Section, SheetLine};
use crate::closing::day_sums::{TooMuch, TrialLine};
use crate::closing::day_table::TRIAL;
use crate::id::AccountId;
use crate::store::day_reading::{self, Counted, Going, TakenLater};
use crate::store::{Conn, StoreError, trail_rows};
use crate::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Outlets that are read at a time.
const PAGE: i64 = 1_000;
/// Events of one arrangement that are looked at.
const EVENTS_MAX: usize = 1_000;
/// For how long somebody of the staff may wait for another one.
const WAITS_MAX: i64 = 24 * 3_600 * 1_000_000;

/// The trial balance, and what moved by acts.
pub fn moved(day: &DayMoves, trial: &[TrialLine]) -> Result<Vec<Section>, TooMuch> {
    let of = |line: &TrialLine| {
        SheetLine::of(line.class.clone()).moved(line.debit, line.credit).amount(line.balance)
    };
    let sum = |of: fn(&TrialLine) -> i64| {
        let sum: i128 = trial.iter().map(|line| i128::from(of(line))).sum();
        i64::try_from(sum).map_err(|_large| TooMuch)
    };
    let (debit, credit) = (sum(|line| line.debit)?, sum(|line| line.credit)?);
    let total = SheetLine::of("total").moved(debit, credit).amount(sum(|line| line.balance)?);
    let by_act = day
        .sums
        .moved()?
        .into_iter()
        .map(|line| SheetLine::of(line.class).detail(line.act).moved(line.debit, line.credit));
    let acts = day.sums.acts()?.into_iter().filter(|(_, count, _)| *count > 0);
    let acts = acts.map(|(act, count, minor)| SheetLine::of(act).count(count).amount(minor));
    Ok(vec![
        Section::new(TRIAL, "Trial balance").with(trial.iter().map(of)),
        Section::new("totals", "Its sums").with([total]),
        Section::new("acts", "What was done, and how much it moved").with(acts),
        Section::new("moved", "What moved, by accounts and acts").with(by_act),
    ])
}

/// What was set aside and waited, and what came of some of it on the day.
pub fn waiting(
    conn: &mut Conn,
    past: &Past,
    kinds: &[Kind],
    day: &DayMoves,
) -> Result<Vec<Section>, StoreError> {
    let (holds, held) = day_reading::holds_at(conn, past.cut)?;
    let mut lines = vec![SheetLine::of("held_on_accounts").count(holds).amount(held)];
    let mut going = day_reading::going_on(conn, past.cut)?;
    correct(conn, past, &mut going)?;
    let line = |row: Counted| SheetLine::of(row.kind).count(row.number).amount(row.minor);
    lines.extend(going.into_iter().map(line));
    let is_kind = |kind: &str| kinds.iter().any(|one| one.name == kind);
    let events = day.events.iter().filter(|((kind, _), _)| is_kind(kind));
    let events = events.map(|((kind, event), count)| {
        SheetLine::of(kind.clone()).detail(event.clone()).count(*count)
    });
    Ok(vec![
        Section::new("waiting", "Holds, codes and all that waits").with(lines),
        Section::new("happened", "What happened to it on the day").with(events),
    ])
}

/// What lies there now is not what lay there then: it is corrected account by account.
fn correct(conn: &mut Conn, past: &Past, going: &mut [Counted]) -> Result<(), StoreError> {
    let moved: BTreeMap<AccountId, i64> = past.apart_since().collect();
    let ids: Vec<AccountId> = moved.keys().copied().collect();
    let now: BTreeMap<AccountId, i64> = day_reading::balances(conn, &ids)?.into_iter().collect();
    for (account, kind, begun_by) in day_reading::behind(conn, &ids)? {
        let Some(account) = account.filter(|_| begun_by <= past.cut) else { continue };
        let minor = |all: &BTreeMap<AccountId, i64>| all.get(&account).copied().unwrap_or(0);
        if let Some(row) = going.iter_mut().find(|row| row.kind == kind) {
            row.minor = row.minor.saturating_sub(minor(&now)).saturating_add(minor(&moved));
        }
    }
    Ok(())
}

/// How many arrangements of a kind were in each state, and what lay behind them.
pub fn by_state(conn: &mut Conn, past: &Past, kind: &Kind) -> Result<Section, StoreError> {
    let mut all = Vec::new();
    each_going(conn, kind.name, past.cut, |going| all.push(going))?;
    let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for going in all {
        let minor = going
            .account
            .map_or(0, |account| past.stood(account, going.balance_minor.unwrap_or(0)));
        let state = state_of(conn, past, kind, &going)?;
        let sum = sums.entry(state).or_default();
        *sum = (sum.0.saturating_add(1), sum.1.saturating_add(minor));
    }
    let lines = sums.into_iter();
    let line = |(state, (count, minor))| SheetLine::of(state).count(count).amount(minor);
    Ok(Section::new("deal_states", "Deals, by where they were").with(lines.map(line)))
}

fn state_of(
    conn: &mut Conn,
    past: &Past,
    kind: &Kind,
    going: &Going,
) -> Result<String, StoreError> {
    if going.last_posting <= past.cut {
        return Ok(going.state.clone());
    }
    let id = going.id.number();
    let trail = trail_rows::of_record(conn, kind.name, id, going.last_posting, EVENTS_MAX)?;
    let later = trail.iter().skip(1);
    let then = later.clone().take_while(|event| event.posting_id <= past.cut).count();
    let events: Vec<&str> = later.map(|event| event.event.as_str()).collect();
    let was = state_then(kind, &events, then, &going.state);
    Ok(was.map_or_else(|| "changed since".to_owned(), str::to_owned))
}

/// What banks had booked by the end of the day in statements that were taken only after it: where
/// the book shows less at a bank than the bank did, this is why.
pub fn taken_later(
    conn: &mut Conn,
    past: &Past,
    classing: &Classing,
    day: Date,
) -> Result<Section, StoreError> {
    let found = day_reading::taken_later(conn, past.cut, &day.to_string())?;
    let line = |row: TakenLater| {
        let class = classing.banks().get(&row.bank);
        let item = class.cloned().unwrap_or_else(|| row.bank.to_string());
        SheetLine::of(item).count(row.lines).amount(row.minor)
    };
    let title = "Booked by banks by then, in statements taken later, as of when this was made";
    Ok(Section::new("taken_later", title).with(found.into_iter().map(line)))
}

/// The floats of all outlets: how many are low or empty, and each of them.
pub fn floats(
    conn: &mut Conn,
    past: &Past,
    end: Timestamp,
    low: Option<i64>,
) -> Result<Vec<Section>, StoreError> {
    let mut lines = Vec::new();
    let mut counts = BTreeMap::from([("low", 0_i64), ("zero", 0), ("enough", 0)]);
    let mut owed = 0_i64;
    let mut after = AccountId::of(i64::MIN);
    loop {
        let page = day_reading::places(conn, end.micros(), after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.0;
        let ids: Vec<AccountId> = page.iter().flat_map(|place| [place.0, place.1]).collect();
        let now: BTreeMap<AccountId, i64> =
            day_reading::balances(conn, &ids)?.into_iter().collect();
        let stood = |id: AccountId| past.stood(id, now.get(&id).copied().unwrap_or(0));
        for (float, commission, name, area, state, _, own_low) in page {
            let minor = stood(float);
            owed = owed.saturating_add(stood(commission));
            let how = match own_low.or(low) {
                _ if minor <= 0 => "zero",
                Some(low) if minor < low => "low",
                _ => "enough",
            };
            let counted = counts.entry(how).or_default();
            *counted = counted.saturating_add(1);
            let number = AgentNumber::of(float).to_string();
            let detail = format!("{name}, {area}, {state}, {how}");
            lines.push((minor, SheetLine::of(number).detail(detail).amount(minor)));
        }
    }
    // those that need somebody stand first
    lines.sort_by_key(|(minor, _)| *minor);
    let counts = counts.into_iter().map(|(how, count)| SheetLine::of(how).count(count));
    let earned = SheetLine::of("commission_owed").amount(owed);
    Ok(vec![
        Section::new("float_counts", "Outlets, and what they have earned")
            .with(counts.chain([earned])),
        Section::new("floats", "Floats by outlet, the lowest first")
            .with(lines.into_iter().map(|(_, line)| line)),
    ])
}

/// What became of the messages of the day, as of when the sheet is made.
pub fn messages(
    conn: &mut Conn,
    (begin, end): (Timestamp, Timestamp),
) -> Result<Section, StoreError> {
    let found = day_reading::messages(conn, begin.micros(), end.micros())?;
    let lines = found.into_iter().map(|(state, count)| SheetLine::of(state).count(count));
    let title = "Messages of the day, as of when this was made";
    Ok(Section::new("outbox", title).with(lines))
}

/// What staff had asked for and nobody had decided for more than a day.
pub fn approvals(
    conn: &mut Conn,
    past: &Past,
    end: Timestamp,
    zone: &TimeZone,
) -> Result<Section, StoreError> {
    let mut late = Vec::new();
    let before = end.micros().saturating_sub(WAITS_MAX);
    each_going(conn, two_people::KIND.name, past.cut, |going| {
        if going.begun_at < before {
            late.push(going);
        }
    })?;
    let mut lines = Vec::new();
    for going in late {
        let Some(row) = day_reading::arrangement(conn, going.id)? else { continue };
        let wish = Wish::of(&row).ok();
        let (act, by) = wish.map(|wish| (wish.service, wish.by)).unwrap_or_default();
        let since = Timestamp::from_micros(going.begun_at).day(zone).to_string();
        let line = SheetLine::of(format!("request {}", going.id)).detail(act);
        lines.push(line.open(since, format!("staff {by}")));
    }
    let title = "Asked for more than a day before, and not decided";
    Ok(Section::new("approvals", title).with(lines))
}
