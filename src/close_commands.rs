//! `kadogo close`: what a day came to, asked for by one and signed by another; and the days that
//! were closed, each with the same bytes whenever they are asked for.

use crate::book::trail;
use crate::calendar::Day;
use crate::cli::{CloseAct, CloseArgs, GlArgs, OfficeArgs};
use crate::closing::chart::Chart;
use crate::closing::sheet_words::SheetWords;
use crate::closing::signed_files::Signatures;
use crate::closing::{day_table, gl_lines};
use crate::config::menus_folder;
use crate::id::SheetId;
use crate::menu_folder::Folder;
use crate::printing::{counted, say, say_on};
use crate::private_file;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::staff_commands::fields;
use crate::store::day_rows::{self, DayHead, DayRow};
use crate::store::trail_rows::{self, TrailRow};
use crate::store::{Conn, StoreError, audit};
use crate::wallet::days::closing_day::{CLOSE, digest};
use crate::wallet::days::mailing_day::MAIL;
use crate::wallet::days::signatures;
use anyhow::{anyhow, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::process::ExitCode;

/// Days that are listed.
const LISTED_MAX: i64 = 400;

/// `kadogo close`
pub async fn run(args: OfficeArgs, close: CloseArgs) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = acted(&office, close).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// What can be done about days.
pub async fn acted(office: &Office, close: CloseArgs) -> anyhow::Result<()> {
    match close.act {
        Some(CloseAct::List) => list(office).await,
        Some(CloseAct::Show { day, csv, pdf }) => show(office, day, (csv, pdf)).await,
        Some(CloseAct::Sheet { number, csv, pdf }) => sheet(office, number, (csv, pdf)).await,
        Some(CloseAct::Mail { day, to, why }) => mail(office, day, &to, &why).await,
        None => asked(office, close).await,
    }
}

async fn asked(office: &Office, close: CloseArgs) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    let by = office.signs(Right::Close).await?;
    let wallet = &office.app.wallet;
    let day = match close.day {
        Some(day) => day,
        None => wallet.next_day().await.map_err(|refusal| office.refused(&refusal))?,
    };
    let told = |done: i64, total: i64| {
        if done < total {
            eprintln!("{done} of {total} postings read");
        }
    };
    let words = SheetWords::of(office.app.menus.get().catalogue.clone());
    let made = wallet.make_sheet(day, &by, words, told).await;
    let made = made.map_err(|refusal| office.refused(&refusal))?;
    if close.look {
        say_on!("{}", made.table);
        return Ok(());
    }
    let why = close.why.unwrap_or_else(|| format!("the close of {}", made.day));
    let mut typed = fields([("sheet", &made.named), ("why", &why)]);
    typed.extend(close.excuse.map(|excuse| ("excuse".to_owned(), excuse)));
    if made.breaks > 0 && !typed.contains_key("excuse") {
        for line in day_table::lines_of(&made.table, "breaks") {
            eprintln!("BREAK {}", line.get(1).map_or("", String::as_str));
        }
    }
    office.act(&duty, CLOSE.name, typed).await
}

/// `kadogo gl`
pub async fn gl(args: OfficeArgs, gl: GlArgs) -> anyhow::Result<ExitCode> {
    let chart = Chart::parse(&Folder::open(menus_folder(None).as_deref())?.chart);
    let chart = chart.map_err(|problems| {
        anyhow!(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let office = Office::open(args).await?;
    let done = ledger(&office, &chart, gl).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// The general ledger of closed days, by a chart.
pub async fn ledger(office: &Office, chart: &Chart, gl: GlArgs) -> anyhow::Result<()> {
    may_read(office).await?;
    let currency = office.app.wallet.config.market.currency;
    let last = gl.to.unwrap_or(gl.day);
    if last < gl.day {
        bail!("{last} is before {}", gl.day);
    }
    let mut lines = Vec::new();
    for day in gl.day.series(jiff::Span::new().days(1)).take_while(|day| *day <= last) {
        let row = closed(office, day).await?.row;
        let trial = day_table::trial(&row.sheet, currency);
        let trial = trial.ok_or_else(|| anyhow!("the sheet of {day} cannot be read"))?;
        lines.extend(gl_lines::lines(chart, &row.day, &trial)?);
    }
    let table = gl_lines::table(&lines, currency);
    match gl.csv {
        Some(file) => private_file::write(&file, table.as_bytes()),
        None => {
            say_on!("{table}");
            Ok(())
        }
    }
}

/// A closed day, who closed it, and whether the chain says so.
struct Signed {
    row: DayRow,
    by: Signatures,
    is_proved: bool,
}

fn signed(conn: &mut Conn, id: i64, zone: &TimeZone) -> Result<Option<Signed>, StoreError> {
    let Some(row) = day_rows::day(conn, id)? else { return Ok(None) };
    let entry = row.entry();
    let events = trail_rows::of_posting(conn, row.last_posting)?;
    let own = |event: &TrailRow| event.kind == entry.table.kind && event.record_id == row.id;
    let event = events.into_iter().find(own);
    let link = audit::link(conn, row.link)?;
    let by = signatures::read(conn, &row, zone)?;
    // the event stands in the chain, which `book check` proves
    let is_proved = event.is_some_and(|event| event.digest == trail::of_record(&entry))
        && link
            .is_some_and(|link| (link.last_posting, &link.digest) == (row.cut, &row.link_digest));
    Ok(Some(Signed { row, by, is_proved }))
}

/// A day that is closed, as it was signed.
async fn closed(office: &Office, day: Date) -> anyhow::Result<Signed> {
    let id = i64::from(Day::of_date(day).number());
    let zone = office.app.wallet.config.market.zone.clone();
    let found = office.app.wallet.store.read(move |conn| signed(conn, id, &zone)).await?;
    let found = found.ok_or_else(|| anyhow!("{day} is not closed"))?;
    if !found.is_proved {
        bail!("{day} is not what was signed: `kadogo book check --full` says more");
    }
    Ok(found)
}

/// Where the table and the pages are written.
type Files = (Option<PathBuf>, Option<PathBuf>);

async fn show(office: &Office, day: Date, files: Files) -> anyhow::Result<()> {
    may_read(office).await?;
    let Signed { row, by, .. } = closed(office, day).await?;
    written(files, &by.table(&row.sheet), &by.pages(&row.pages))?;
    eprintln!("{day}: approved by {}, digest {}", by.approved_by, by.digest);
    Ok(())
}

fn written((csv, pdf): Files, sheet: &str, pages: &[u8]) -> anyhow::Result<()> {
    if csv.is_none() && pdf.is_none() {
        say_on!("{sheet}");
    }
    for (file, bytes) in [(csv, sheet.as_bytes()), (pdf, pages)] {
        if let Some(file) = file {
            private_file::write(&file, bytes)?;
        }
    }
    Ok(())
}

async fn sheet(office: &Office, number: i64, files: Files) -> anyhow::Result<()> {
    may_read(office).await?;
    let id = SheetId::of(number);
    let found = office.app.wallet.store.read(move |conn| day_rows::sheet_row(conn, id)).await?;
    let row = found.ok_or_else(|| anyhow!("there is no sheet {number}"))?;
    written(files, &row.sheet, &row.pages)?;
    eprintln!("digest {}", digest(&row.sheet, &row.pages));
    Ok(())
}

async fn mail(office: &Office, day: Date, to: &str, why: &str) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    let day = Day::of_date(day).text();
    let typed = fields([("day", &day), ("email", to), ("why", why)]);
    office.act(&duty, MAIL.name, typed).await
}

async fn list(office: &Office) -> anyhow::Result<()> {
    may_read(office).await?;
    let read = |conn: &mut Conn| {
        let days = day_rows::newest(conn, i64::MAX, LISTED_MAX)?;
        let each = days.into_iter().map(|head| Ok((signers(conn, &head)?, head)));
        each.collect::<Result<Vec<(Vec<String>, DayHead)>, StoreError>>()
    };
    let found = office.app.wallet.store.read(read).await?;
    office.say_if_none(found.is_empty(), "days closed");
    for (signers, head) in found {
        let DayHead { day, cut, link, breaks, .. } = head;
        let signers = signers.join(", ");
        say!("{day}: up to posting {cut}, link {link}; {}; {signers}", counted(breaks, "break"));
    }
    Ok(())
}

/// Who asked for it and who approved it, as the chain has it.
fn signers(conn: &mut Conn, head: &DayHead) -> Result<Vec<String>, StoreError> {
    let events = trail_rows::of_posting(conn, head.last_posting)?;
    let asked = events.iter().find(|event| event.kind != "day" && !event.note.is_empty());
    let by = events.first().map(|event| format!("approved by {}", event.actor));
    Ok(asked.map(|event| event.note.clone()).into_iter().chain(by).collect())
}

/// Who may read closed days: who closes them, and who reads everything.
async fn may_read(office: &Office) -> anyhow::Result<()> {
    office.signs_one_of(&[Right::Close, Right::Audit]).await.map(drop)
}
