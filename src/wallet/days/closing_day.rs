//! Closing a day: one of the staff asks, with a sheet that was made for it; another one signs the
//! same figures. Days are closed in order, each once, when they are over. Where something is not as
//! it should be, it has to be said why the day is closed all the same. The sheet becomes a part of
//! the record, and never changes.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use crate::book::{Change, Keep};
use crate::calendar::Day;
use crate::closing::day_table;
use crate::id::{PostingId, SheetId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::seal::to_hex;
use crate::staff::role::Right;
use crate::store::day_rows::{DayHead, DayRow, SheetAtCut, SheetRow};
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Value};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

/// It was closed.
pub const DAY_CLOSED: Reason = Reason::new("day_closed");
/// Another day comes first.
pub const DAY_ORDER: Reason = Reason::new("day_order");
/// Nothing was posted until then.
pub const DAY_EMPTY: Reason = Reason::new("day_empty");
/// There is no such sheet, or it is not what it was.
pub const SHEET_GONE: Reason = Reason::new("sheet_gone");
/// Something is not as it should be, and nobody said why it is closed all the same.
pub const DAY_BROKEN: Reason = Reason::new("day_broken");

/// Inputs `sheet`, `excuse` where something is not as it should be, and `why`.
pub const CLOSE: Service = Service {
    name: "close_day",
    authority: Authority::Staff(Right::Close),
    needs: |_context, _plan| People::Two,
    wants: &[|context| {
        let sheet = token(context).ok().map(|(id, _)| Want::DaySheet(id));
        sheet.into_iter().chain([Want::LastDay]).collect()
    }],
    decide: close,
    shows: &[
        Slot("day", Kind::Day),
        Slot("at_banks", Kind::Money),
        Slot("held_by_people", Kind::Money),
        Slot("moved", Kind::Money),
        Slot("breaks", Kind::Count),
        Slot("broken", Kind::Text),
        Slot("excuse", Kind::Text),
        Slot("cut_off", Kind::Text),
        Slot("chain", Kind::Text),
        Slot("digest", Kind::Code),
    ],
    refusals: &[DAY_CLOSED, DAY_ORDER, DAY_EMPTY, SHEET_GONE, DAY_BROKEN],
    ..Service::PLAIN
};

/// The digest of both forms of a sheet.
pub fn digest(sheet: &str, pages: &[u8]) -> String {
    let mut hash = Sha256::new();
    let length = u64::try_from(sheet.len()).unwrap_or(u64::MAX);
    hash.update(length.to_be_bytes());
    hash.update(sheet.as_bytes());
    hash.update(pages);
    let digest: [u8; 32] = hash.finalize().into();
    to_hex(&digest)
}

/// What names a sheet as it was made: its number, and its digest.
pub fn named(row: &SheetRow) -> String {
    format!("{}:{}", row.id, digest(&row.sheet, &row.pages))
}

/// The number in a sheet's name.
pub fn sheet_of(name: &str) -> Option<SheetId> {
    name.trim().split_once(':').and_then(|(id, _)| id.parse().ok()).map(SheetId::of)
}

fn token<'a>(context: &Context<'a>) -> Result<(SheetId, &'a str), PlanError> {
    let typed = context.field("sheet")?.trim();
    let parts = typed.split_once(':').and_then(|(id, digest)| Some((id.parse().ok()?, digest)));
    let gone = || Refusal::of_field(SHEET_GONE, "sheet");
    parts.map(|(id, digest)| (SheetId::of(id), digest)).ok_or_else(|| gone().into())
}

/// Why a day is not to be closed now, with the day that is, if it is not.
pub fn in_order(
    last: Option<&DayHead>,
    day: Day,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<(), Refusal> {
    let number = i64::from(day.number());
    if let Some(last) = last {
        let next = last.id.saturating_add(1);
        if number < next {
            return Err(DAY_CLOSED.into());
        }
        if number > next {
            let next = Day::new(i32::try_from(next).unwrap_or(i32::MAX));
            return Err(Refusal::from(DAY_ORDER).with("day", Value::Day(next)));
        }
    }
    let (_, end) = Timestamp::of_day(day.date(), zone);
    if now < end { Err(Reason::DAY_NOT_OVER.into()) } else { Ok(()) }
}

/// Whether a sheet ends where the day does: with the last link before midnight.
fn ends_well(sheet: &SheetAtCut, end: Timestamp) -> bool {
    sheet.last_at < end.micros() && sheet.next_at.is_none_or(|next| next >= end.micros())
}

fn close(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let (id, typed) = token(context)?;
    let gone = || PlanError::from(Refusal::of_field(SHEET_GONE, "sheet"));
    let sheet = context.facts.day_sheet(id)?.ok_or_else(gone)?;
    let row = &sheet.row;
    let day = Day::new(i32::try_from(row.day).unwrap_or(i32::MAX));
    plan.show("day", Value::Day(day));
    let zone = &context.config.market.zone;
    in_order(context.facts.last_day()?, day, context.now, zone)?;
    let (_, end) = Timestamp::of_day(day.date(), zone);
    let is_it = digest(&row.sheet, &row.pages) == typed;
    if !is_it || !ends_well(sheet, end) {
        return Err(gone());
    }
    show(context, plan, sheet);
    let excuse = context.fields.get("excuse").map(|text| text.trim()).unwrap_or_default();
    if row.breaks > 0 && !(10..=300).contains(&excuse.chars().count()) {
        let no = Refusal::of_field(DAY_BROKEN, "excuse").with("breaks", Value::Count(row.breaks));
        return Err(no.into());
    }
    let excuse = if row.breaks > 0 { excuse } else { "" };
    plan.show("excuse", excuse.to_owned());
    let closed = DayRow {
        id: row.day,
        version: 1,
        last_posting: PostingId::NONE,
        day: day.date().to_string(),
        cut: sheet.cut.0,
        link: row.link,
        link_digest: sheet.cut.1.clone(),
        breaks: row.breaks,
        excuse: excuse.to_owned(),
        sheet: row.sheet.clone(),
        pages: row.pages.clone(),
    };
    let record = Record::Day(Box::new(closed));
    let keep = Keep { record, event: "close", note: why(context)?.to_owned() };
    plan.commit(Act { kind: "close_day", changes: vec![Change::Keep(keep)], ..Act::default() });
    Ok(())
}

/// What both of them sign.
fn show(context: &Context, plan: &mut Plan, sheet: &SheetAtCut) {
    let SheetAtCut { row, cut: (posting, link_digest), .. } = sheet;
    let currency = context.config.market.currency;
    let of = |section, item| day_table::amount(&row.sheet, section, item, currency);
    for item in ["at_banks", "held_by_people"] {
        plan.show(item, context.money(of("equation", item).unwrap_or(0)));
    }
    let acts = day_table::trial(&row.sheet, currency).unwrap_or_default();
    let moved = acts.iter().fold(0_i64, |sum, line| sum.saturating_add(line.credit));
    plan.show("moved", context.money(moved));
    plan.show("breaks", Value::Count(row.breaks));
    let broken = day_table::lines_of(&row.sheet, "breaks");
    let named = broken.iter().filter_map(|cells| Some((cells.get(1)?, cells.get(6)?)));
    let named: Vec<String> = named.map(|(what, minor)| format!("{what} ({minor})")).collect();
    plan.show("broken", named.join("; "));
    plan.show("cut_off", format!("posting {posting}, link {}", row.link));
    plan.show("chain", to_hex(link_digest));
    plan.show("digest", Value::Code(digest(&row.sheet, &row.pages)));
}
