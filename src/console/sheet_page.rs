//! A sheet that was made for a day and is not signed yet: what the day came to, in figures, before
//! anybody is asked why it is closed though something is not as it should be. Which sheet it is
//! travels with the form; nobody types a digest.

use super::act_page;
use super::asked_for::{self, Asked, Which};
use super::desk::Desk;
use super::frame::{self, Field, form, sentence};
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::calendar::Day;
use crate::closing::day_sums::TrialLine;
use crate::closing::{classes, day_table};
use crate::id::SheetId;
use crate::refusal::{Reason, Refusal};
use crate::request::Fields;
use crate::store::day_rows::{self, SheetRow};
use crate::wallet::days::closing_day::{self, CLOSE, SHEET_GONE};
use crate::wallet::office::acting_staff::Outcome;
use maud::{Markup, html};

/// Requests that are looked through for those about sheets.
const LOOKED_AT: i64 = 500;
/// Lines of a section that are shown; the pages have all of them.
const SHOWN_MAX: usize = 60;

/// The day of a sheet.
pub fn day_of(number: i64) -> Day {
    Day::new(i32::try_from(number).unwrap_or(i32::MAX))
}

/// What waits for a second signature, each with its sheet.
pub async fn asked(desk: &Desk<'_>) -> Result<Vec<(SheetId, Asked)>, Refusal> {
    let all = asked_for::find(desk, Which::Waiting, LOOKED_AT).await?;
    let of = |asked: Asked| {
        let sheet = asked.wish.inputs.get("sheet").filter(|_| asked.wish.service == CLOSE.name)?;
        Some((closing_day::sheet_of(sheet)?, asked))
    };
    Ok(all.into_iter().filter(|each| each.waits(desk)).filter_map(of).collect())
}

/// The page.
pub async fn look(desk: &Desk<'_>, id: i64) -> Result<Reply, Refusal> {
    page(desk, id, None).await
}

async fn page(desk: &Desk<'_>, id: i64, no: Option<&Refusal>) -> Result<Reply, Refusal> {
    let row = desk.read(move |conn| day_rows::sheet_row(conn, SheetId::of(id))).await?;
    let row = row.ok_or(SHEET_GONE)?;
    let waits = asked(desk).await?;
    let waits = waits.iter().find(|(sheet, _)| *sheet == row.id);
    let last = desk.console.wallet.next_day().await?;
    let is_open = i64::from(Day::of_date(last).number()) == row.day;
    let body = html! {
        @if let Some(no) = no.filter(|no| no.field.is_none()) {
            (frame::wrong(&format!("{} {}", desk.refused(no), desk.say(Word::NothingDone))))
        }
        @if row.breaks == 0 { (frame::well(&desk.say(Word::SheetWell))) }
        @else { (frame::wrong(&format!("{}: {}", desk.say(Word::SheetBroken), row.breaks))) }
        (figures(desk, &row))
        p.tabs {
            a href=(Route::SheetPages(id).path()) { (desk.say(Word::DayPages)) }
            a href=(Route::Days.path()) { (desk.say(Word::Days)) }
        }
        @match waits {
            Some((_, asked)) => (waiting(desk, asked)),
            None if is_open && desk.may(&Route::CloseDay(id)) => (signing(desk, &row, no)),
            None => {}
        }
    };
    let status = match no.map(|no| no.reason) {
        None => 200,
        Some(Reason::NOT_ALLOWED) => 403,
        Some(Reason::BUSY) => 503,
        Some(_) => 422,
    };
    let title = format!("{} {}", desk.say(Word::SheetOf), day_of(row.day).text());
    Ok(frame::with_status(desk, status, &title, &body))
}

fn waiting(desk: &Desk, asked: &Asked) -> Markup {
    let to = Route::Approval(asked.row.id.number());
    html! {
        div.notice.waits {
            (desk.say(Word::AskedBy)) " " (asked.wish.by) " " (desk.time(asked.row.begun_at)) ". "
            a href=(to.path()) { (desk.say(Word::ToRequest)) }
        }
    }
}

/// The form: why it is closed though something is not as it should be is asked only where it is so.
fn signing(desk: &Desk, row: &SheetRow, no: Option<&Refusal>) -> Markup {
    let day = day_of(row.day).text();
    let usual = format!("{} {day}", desk.say(Word::CloseWhy));
    let typed = |name: &str| desk.visit.typed(name).to_owned();
    let why = Some(typed("why")).filter(|typed| !typed.is_empty()).unwrap_or(usual);
    let wrong = |name: &str| no.filter(|no| no.field == Some(name)).map(|no| desk.refused(no));
    let (wrong_excuse, wrong_why) = (wrong("excuse"), wrong("why"));
    let (excuse, excuse_label) = (typed("excuse"), desk.words.input("excuse"));
    let why_label = desk.words.input("why");
    html! {
        h2 { (desk.say(Word::CloseAsk)) }
        (form(desk, &Route::CloseDay(row.id.number()), &html! {
            input type="hidden" name="sheet" value=(closing_day::named(row));
            @if row.breaks > 0 {
                (sentence(&Field {
                    name: "excuse",
                    label: &excuse_label,
                    value: &excuse,
                    wrong: wrong_excuse.as_deref(),
                    ..Field::default()
                }, 3))
            }
            (sentence(&Field {
                name: "why",
                label: &why_label,
                value: &why,
                wrong: wrong_why.as_deref(),
                ..Field::default()
            }, 2))
            button type="submit" { (desk.say(Word::CloseDo)) }
        }))
    }
}

/// Somebody asks that the day be closed with this sheet.
pub async fn close(desk: &Desk<'_>, id: i64) -> Result<Reply, Refusal> {
    let typed = |name: &str| (name.to_owned(), desk.visit.typed(name).to_owned());
    let fields = Fields::from(["sheet", "excuse", "why"].map(typed));
    match desk.act(CLOSE.name, fields.clone(), None).await {
        Ok(Some(Outcome::Done(slots, _))) => {
            Ok(act_page::result(desk, &CLOSE, &fields, &slots, None).await)
        }
        Ok(Some(Outcome::Waits(number, slots))) => {
            Ok(act_page::result(desk, &CLOSE, &fields, &slots, Some(number)).await)
        }
        Ok(None) => {
            let said = frame::well(&desk.say(Word::DoneBefore));
            Ok(frame::page(desk, &desk.words.act(CLOSE.name), &said))
        }
        Err(refusal) => page(desk, id, Some(&refusal)).await,
    }
}

fn figures(desk: &Desk, row: &SheetRow) -> Markup {
    let broken = day_table::lines_of(&row.sheet, "breaks");
    html! {
        @if !broken.is_empty() {
            h2 { (desk.say(Word::DayBreaks)) " " span.count { (broken.len()) } }
            ul.rows {
                @for cells in broken.iter().take(SHOWN_MAX) {
                    li {
                        strong { (cell(cells, 1)) }
                        span.amount { (money(desk, cell(cells, 6))) }
                        span.about { (cell(cells, 7)) " " (cell(cells, 8)) }
                    }
                }
            }
        }
        h2 { (desk.say(Word::Equation)) }
        dl.sums { (amounts(desk, row, "equation")) }
        (taken_later(desk, row))
        h2 { (desk.say(Word::SheetTrial)) }
        (trial(desk, row))
        h2 { (desk.say(Word::SheetActs)) }
        dl.sums { (counted(desk, row, "acts", |item| desk.words.kind(item))) }
        h2 { (desk.say(Word::SheetWaits)) }
        dl.sums {
            (counted(desk, row, "waiting", |item| desk.words.open_kind(item)))
            (counted(desk, row, "float_counts", |item| desk.words.sheet(item)))
            @let late = day_table::lines_of(&row.sheet, "approvals").len();
            dt { (desk.words.sheet("approvals")) }
            dd.amount { (late) }
        }
    }
}

fn cell(cells: &[String], place: usize) -> &str {
    cells.get(place).map(String::as_str).unwrap_or_default()
}

/// An amount as the sheet has it, as people read it.
fn money(desk: &Desk, written: &str) -> String {
    let currency = desk.console.wallet.config.market.currency;
    match day_table::minor(written, currency) {
        Some(minor) => desk.money(minor).to_string(),
        None => written.to_owned(),
    }
}

fn amounts(desk: &Desk, row: &SheetRow, section: &str) -> Markup {
    let lines = day_table::lines_of(&row.sheet, section);
    let shown = lines.iter().filter(|cells| !is_nothing(desk, cell(cells, 6)));
    html! {
        @for cells in shown.take(SHOWN_MAX) {
            @let item = cell(cells, 1);
            // an account at a bank has a name of its own
            dt { (item.strip_prefix("at ").map_or_else(|| desk.words.sheet(item), str::to_owned)) }
            dd.amount { (money(desk, cell(cells, 6))) }
        }
    }
}

/// What banks had booked by then in statements that were taken only later.
fn taken_later(desk: &Desk, row: &SheetRow) -> Markup {
    let lines = day_table::lines_of(&row.sheet, "taken_later");
    html! {
        @if !lines.is_empty() {
            p.about { (desk.say(Word::TakenLater)) }
            dl.sums {
                @for cells in &lines {
                    dt { (class(desk, cell(cells, 1))) " (" (cell(cells, 3)) ")" }
                    dd.amount { (money(desk, cell(cells, 6))) }
                }
            }
        }
    }
}

fn is_nothing(desk: &Desk, written: &str) -> bool {
    let currency = desk.console.wallet.config.market.currency;
    day_table::minor(written, currency) == Some(0)
}

/// How many of each, and how much.
fn counted(desk: &Desk, row: &SheetRow, section: &str, named: impl Fn(&str) -> String) -> Markup {
    let lines = day_table::lines_of(&row.sheet, section);
    html! {
        @for cells in lines.iter().take(SHOWN_MAX) {
            dt { (named(cell(cells, 1))) }
            dd.amount {
                (cell(cells, 3))
                @if !cell(cells, 6).is_empty() {
                    @if !cell(cells, 3).is_empty() { " · " }
                    (money(desk, cell(cells, 6)))
                }
            }
        }
    }
}

/// What moved and how it stands, by classes of accounts; it adds up to nothing.
fn trial(desk: &Desk, row: &SheetRow) -> Markup {
    let currency = desk.console.wallet.config.market.currency;
    let lines = day_table::trial(&row.sheet, currency).unwrap_or_default();
    let sum = lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.balance));
    html! {
        ul.rows.numbers {
            @for line in lines.iter().filter(|line| is_told(line)) {
                li {
                    strong { (class(desk, &line.class)) }
                    span.amount { (desk.money(line.balance)) }
                    span.about {
                        (desk.say(Word::SheetDebit)) " " (desk.money(line.debit)) " · "
                        (desk.say(Word::SheetCredit)) " " (desk.money(line.credit))
                    }
                }
            }
            li { strong { (desk.say(Word::SheetSum)) } span.amount { (desk.money(sum)) } }
        }
    }
}

/// Whether something moved there, or stands there.
fn is_told(line: &TrialLine) -> bool {
    [line.debit, line.credit, line.balance].iter().any(|minor| *minor != 0)
}

/// A class of accounts in words: one at a bank with its own name.
fn class(desk: &Desk, class: &str) -> String {
    let family = desk.words.sheet(classes::family(class));
    match class.split_once(':') {
        Some((_, name)) => format!("{family} {name}"),
        None => family,
    }
}
