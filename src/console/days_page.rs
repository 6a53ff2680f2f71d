//! The days that were closed: what was signed of each can be kept as a table or as pages, and of
//! the one that comes next a sheet is made, which is looked at before it is asked for.

use super::asked_for::Asked;
use super::desk::Desk;
use super::frame::{self, form};
use super::route::Route;
use super::sheet_page;
use super::visit::Reply;
use super::wording::Word;
use crate::book::trail;
use crate::calendar::Day;
use crate::closing::sheet_words::SheetWords;
use crate::closing::signed_files::Signatures;
use crate::id::SheetId;
use crate::refusal::Refusal;
use crate::store::day_rows::{self, DayHead, DayRow};
use crate::store::{Conn, book_rows, trail_rows};
use crate::time::Timestamp;
use crate::wallet::days::closing_day::SHEET_GONE;
use crate::wallet::days::signatures;
use jiff::civil::Date;
use maud::{Markup, html};

/// Days on the page: those before are found by `kadogo close list`.
const LISTED_MAX: i64 = 100;
/// Sheets that are listed.
const SHEETS_MAX: i64 = 10;

/// The list.
pub async fn list(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let read = |conn: &mut Conn| {
        let days = day_rows::newest(conn, i64::MAX, LISTED_MAX)?;
        let at = |day: DayHead, conn: &mut Conn| {
            let posting = book_rows::posting(conn, day.last_posting)?;
            Ok((posting.map_or(0, |posting| posting.at), day))
        };
        days.into_iter().map(|day| at(day, conn)).collect::<Result<Vec<_>, _>>()
    };
    let days = desk.read(read).await?;
    let next = desk.console.wallet.next_day().await?;
    let sheets = desk.read(|conn| day_rows::sheets(conn, SHEETS_MAX)).await?;
    let asked = sheet_page::asked(desk).await?;
    let body = html! {
        p { (desk.say(Word::DaysHow)) }
        (next_one(desk, next))
        (waiting(desk, &sheets, &asked))
        ul.rows {
            @for (at, day) in &days { (line(desk, *at, day)) }
        }
        @if days.is_empty() { p.none { (desk.say(Word::DaysNone)) } }
    };
    Ok(frame::page(desk, &desk.say(Word::Days), &body))
}

/// The day that is to be closed next, and its sheet where it is over.
fn next_one(desk: &Desk, next: Date) -> Markup {
    let (_, end) = Timestamp::of_day(next, &desk.console.wallet.config.market.zone);
    let (is_over, day) = (desk.now() >= end, Day::of_date(next).text());
    html! {
        @if !is_over {
            p {
                (desk.say(Word::DaysNext)) ": " strong { (day) } ", "
                (desk.say(Word::DaysNotOver))
            }
        } @else if desk.may(&Route::MakeSheet) {
            (form(desk, &Route::MakeSheet, &html! {
                p.buttons {
                    (desk.say(Word::DaysNext)) ": " strong { (day) } " "
                    button type="submit" { (desk.say(Word::DaysMake)) }
                }
            }))
        }
    }
}

/// Sheets that wait to be signed, so that who is to sign one can read it; and who asked for which.
fn waiting(desk: &Desk, sheets: &[(SheetId, i64, i64)], asked: &[(SheetId, Asked)]) -> Markup {
    html! {
        @if !sheets.is_empty() {
            h2 { (desk.say(Word::DaySheets)) }
            ul.rows {
                @for (id, day, made_at) in sheets {
                    li {
                        a href=(Route::Sheet(id.number()).path()) {
                            strong { (sheet_page::day_of(*day).text()) }
                        }
                        span.about { (id) " · " (desk.time(*made_at)) }
                        @for (_, each) in asked.iter().filter(|(sheet, _)| sheet == id) {
                            a.state href=(Route::Approval(each.row.id.number()).path()) {
                                (desk.say(Word::AskedBy)) " " (each.wish.by)
                            }
                        }
                        span.links {
                            a href=(Route::SheetPages(id.number()).path()) {
                                (desk.say(Word::DayPages))
                            }
                        }
                    }
                }
            }
            h2 { (desk.say(Word::Days)) }
        }
    }
}

fn line(desk: &Desk, at: i64, day: &DayHead) -> Markup {
    let date = day.day.parse::<Date>().ok();
    html! {
        li {
            strong { (desk.day(&day.day)) }
            span.about {
                (desk.say(Word::DayClosedAt)) " " (desk.time(at))
                @if day.breaks > 0 { " · " (day.breaks) " " (desk.say(Word::DayBreaks)) }
            }
            @if let Some(date) = date {
                span.links {
                    a href=(Route::DayTable(date).path()) { (desk.say(Word::DayTable)) }
                    a href=(Route::DayPages(date).path()) { (desk.say(Word::DayPages)) }
                }
            }
        }
    }
}

/// Makes the sheet of the day that comes next, and goes on to what it says.
pub async fn make(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let wallet = &desk.console.wallet;
    let by = desk.on_duty()?.staff.name.clone();
    let day = wallet.next_day().await?;
    let words = SheetWords::of(desk.console.catalogue.get());
    let made = wallet.make_sheet(day, &by, words, |_done, _total| ()).await?;
    Ok(Reply::to(Route::Sheet(made.id.number()).path()))
}

/// A sheet that waits to be signed, as pages.
pub async fn sheet(desk: &Desk<'_>, id: i64) -> Result<Reply, Refusal> {
    let row = desk.read(move |conn| day_rows::sheet_row(conn, SheetId::of(id))).await?;
    let row = row.ok_or(SHEET_GONE)?;
    let name = format!("sheet-{id}.pdf");
    Ok(Reply::File { name, kind: "application/pdf", bytes: row.pages })
}

/// What was signed, as a table.
pub async fn table(desk: &Desk<'_>, day: Date) -> Result<Reply, Refusal> {
    let (row, by) = signed(desk, day).await?;
    let name = format!("day-{}.csv", row.day);
    let bytes = by.table(&row.sheet).into_bytes();
    Ok(Reply::File { name, kind: "text/csv; charset=utf-8", bytes })
}

/// The same as pages.
pub async fn pages(desk: &Desk<'_>, day: Date) -> Result<Reply, Refusal> {
    let (row, by) = signed(desk, day).await?;
    let name = format!("day-{}.pdf", row.day);
    Ok(Reply::File { name, kind: "application/pdf", bytes: by.pages(&row.pages) })
}

/// A closed day, if it is what the chain says that was signed, and who signed it.
async fn signed(desk: &Desk<'_>, day: Date) -> Result<(DayRow, Signatures), Refusal> {
    let id = i64::from(Day::of_date(day).number());
    let zone = desk.console.wallet.config.market.zone.clone();
    let read = move |conn: &mut Conn| {
        let Some(row) = day_rows::day(conn, id)? else { return Ok(None) };
        let events = trail_rows::of_posting(conn, row.last_posting)?;
        let digest = trail::of_record(&row.entry());
        if !events.iter().any(|event| event.digest == digest) {
            return Ok(None);
        }
        let by = signatures::read(conn, &row, &zone)?;
        Ok(Some((row, by)))
    };
    desk.read(read).await?.ok_or_else(|| SHEET_GONE.into())
}
