//! Taking a statement: a file is sent, read beside the book, and shown as what it says before
//! anybody says yes. What is wrong with it is said in words.

use super::bank_page::{money, tabs};
use super::desk::Desk;
use super::frame::{self, Field, field, form, sentence};
use super::route::Route;
use super::visit::{Reply, Upload};
use super::wording::Word;
use crate::bank::{Unchained, Unproved};
use crate::id::StatementId;
use crate::refusal::{Reason, Refusal};
use crate::request::Fields;
use crate::store::bank_rows::{self, BankAccountRow, BankFile};
use crate::wallet::office::acting_staff::Outcome;
use crate::wallet::treasury::bank_file::{Beside, FileProblem, OnFile, balance};
use crate::wallet::treasury::taking;
use maud::{Markup, html};
use std::sync::Arc;

/// The form.
pub async fn look(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    asking(desk, None).await
}

async fn asking(desk: &Desk<'_>, wrong: Option<String>) -> Result<Reply, Refusal> {
    let banks = desk.read(|conn| bank_rows::accounts_after(conn, None, 1_000)).await?;
    let status = if wrong.is_some() { 422 } else { 200 };
    let body = html! {
        (tabs(desk, &Route::BankTake))
        @if let Some(wrong) = wrong {
            (frame::wrong(&format!("{wrong} {}", desk.say(Word::NothingDone))))
        }
        p { (desk.say(Word::TakeHow)) }
        (frame::upload(desk, &Route::BankTake, &fields(desk, &banks)))
    };
    Ok(frame::with_status(desk, status, &desk.say(Word::TakeTitle), &body))
}

fn fields(desk: &Desk, banks: &[BankAccountRow]) -> Markup {
    let typed = desk.visit.typed("bank");
    let typed_balance = |name: &'static str, word: Word| {
        let (label, value) = (desk.say(word), desk.visit.typed(name));
        field(&Field { name, label: &label, value, needed: false, ..Field::default() })
    };
    html! {
        div.field {
            label for="f-bank" { (desk.say(Word::TakeBank)) }
            select id="f-bank" name="bank" {
                option value="" { (desk.say(Word::TakeBankSays)) }
                @for bank in banks {
                    option value=(bank.name) selected[bank.name == typed] {
                        (bank.name) " " (bank.number)
                    }
                }
            }
        }
        (typed_balance("opening", Word::TakeOpening))
        (typed_balance("closing", Word::TakeClosing))
        div.field {
            label for="f-file" { (desk.say(Word::TakeFile)) }
            input id="f-file" name="file" type="file" required;
        }
        button type="submit" { (desk.say(Word::TakeRead)) }
    }
}

/// A file that was sent.
pub async fn sent(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let bytes = match &desk.visit.upload {
        Upload::File(bytes) if !bytes.is_empty() => bytes.clone(),
        Upload::None | Upload::File(_) => {
            return asking(desk, Some(desk.say(Word::FileNone))).await;
        }
        Upload::TooLarge => return asking(desk, Some(desk.say(Word::FileTooLarge))).await,
        Upload::Broken => return asking(desk, Some(desk.say(Word::FileBroken))).await,
    };
    let beside = match beside(desk) {
        Ok(beside) => beside,
        Err(reason) => return asking(desk, Some(desk.refused(&reason.into()))).await,
    };
    let told = Arc::new(|_read, _stored| {});
    match desk.console.wallet.read_bank_file(bytes, beside, told).await {
        Ok(found) => read(desk, &found).await,
        Err(FileProblem::Store(error)) => {
            tracing::error!(%error, "a statement could not be read");
            Err(Reason::BUSY.into())
        }
        Err(problem) => asking(desk, Some(in_words(desk, &problem))).await,
    }
}

/// What was typed beside the file.
fn beside(desk: &Desk) -> Result<Beside, Reason> {
    let currency = desk.console.wallet.config.market.currency;
    let amount = |name: &str| match desk.visit.typed(name).trim() {
        "" => Ok(None),
        typed => balance(typed, currency).map(Some),
    };
    let bank = Some(desk.visit.typed("bank").to_owned()).filter(|name| !name.is_empty());
    Ok(Beside { bank, opening_minor: amount("opening")?, closing_minor: amount("closing")? })
}

/// What was in it: one that is new is looked at.
async fn read(desk: &Desk<'_>, found: &[OnFile]) -> Result<Reply, Refusal> {
    match found {
        [OnFile::New(id)] => Ok(Reply::to(Route::BankFile(id.number()).path())),
        [] => asking(desk, Some(desk.say(Word::FileNone))).await,
        [OnFile::Taken(id)] => {
            let body = html! {
                (tabs(desk, &Route::BankTake))
                (frame::well(&format!("{} ({id})", desk.say(Word::TakenBefore))))
                (onward(desk))
            };
            Ok(frame::page(desk, &desk.say(Word::TakeTitle), &body))
        }
        several => {
            let body = html! {
                (tabs(desk, &Route::BankTake))
                p { (desk.say(Word::FileSeveral)) }
                ul.rows {
                    @for each in several {
                        @match each {
                            OnFile::New(id) => li {
                                a href=(Route::BankFile(id.number()).path()) { (id) }
                            },
                            OnFile::Taken(id) => li {
                                (id) " " span.about { (desk.say(Word::TakenBefore)) }
                            },
                        }
                    }
                }
            };
            Ok(frame::page(desk, &desk.say(Word::TakeTitle), &body))
        }
    }
}

/// What is wrong with a file.
fn in_words(desk: &Desk, problem: &FileProblem) -> String {
    let day = |day: &jiff::civil::Date| day.to_string();
    let (word, detail) = match problem {
        FileProblem::Unreadable(error) => (Word::FileUnreadable, error.to_string()),
        FileProblem::Unproved(Unproved::Sum { opening, lines, closing }) => {
            (Word::FileSum, format!("{opening} + {lines} ≠ {closing}"))
        }
        FileProblem::Unproved(other) => (Word::FileDays, other.to_string()),
        FileProblem::Unchained(Unchained::Opening { last_closing: last, opening }) => {
            (Word::FileOpening, format!("{last} ≠ {opening}"))
        }
        FileProblem::Unchained(Unchained::NumberGap { last, found }) => {
            (Word::FileGap, format!("{last} → {found}"))
        }
        FileProblem::Unchained(Unchained::NumberAgain { last, found }) => {
            (Word::FileAgain, format!("{found} ≤ {last}"))
        }
        FileProblem::Unchained(Unchained::Overlap { last_closed_on, opened_on }) => {
            (Word::FileOverlap, format!("{} > {}", day(last_closed_on), day(opened_on)))
        }
        FileProblem::Unchained(Unchained::Currency { last, found }) => {
            (Word::FileCurrency, format!("{found}, {last}"))
        }
        FileProblem::Currency { found, ours } => (Word::FileCurrency, format!("{found}, {ours}")),
        FileProblem::Unnamed => return desk.say(Word::FileUnnamed),
        FileProblem::NoMap(name) => (Word::FileNoMap, name.clone()),
        FileProblem::Account(account) => (Word::FileAccount, account.clone()),
        FileProblem::Bank(name) => (Word::FileBank, name.clone()),
        FileProblem::Map(name) => (Word::FileMap, name.clone()),
        FileProblem::Store(_) => (Word::FileUnreadable, String::new()),
    };
    format!("{} {detail}.", desk.say(word))
}

/// A file that was read, before it is taken: what it says, and a yes.
pub async fn file(desk: &Desk<'_>, number: i64) -> Result<Reply, Refusal> {
    let id = StatementId::of(number);
    let found = desk.read(move |conn| conn.wait(async |asked| bank_rows::file(asked, id).await));
    let Some(found) = found.await? else {
        let said = frame::wrong(&desk.refused(&taking::FILE_UNKNOWN.into()));
        return Ok(frame::with_status(desk, 404, &desk.say(Word::NotFound), &said));
    };
    let banks = desk.read(|conn| bank_rows::accounts_after(conn, None, 1_000)).await?;
    let bank = banks.iter().find(|bank| bank.id == found.row.bank);
    let why = desk.say(Word::TakeWhy);
    let no = desk.look(taking::TAKE.name, inputs(number, &why)).await.err();
    let label = desk.words.input("why");
    let sentence_field = Field { name: "why", label: &label, value: &why, ..Field::default() };
    let body = html! {
        (tabs(desk, &Route::BankTake))
        @if let Some(no) = &no {
            (frame::wrong(&format!("{} {}", desk.refused(no), desk.say(Word::NothingDone))))
        } @else {
            p { (desk.say(Word::TakeLook)) }
        }
        (says(desk, bank, &found))
        @if no.is_none() {
            (form(desk, &Route::BankFile(number), &html! {
                (sentence(&sentence_field, 2))
                p.buttons {
                    button type="submit" autofocus { (desk.say(Word::TakeDo)) }
                    a.button.quiet href=(Route::BankTake.path()) { (desk.say(Word::TakeOther)) }
                }
            }))
        }
    };
    let status = if no.is_some() { 409 } else { 200 };
    Ok(frame::with_status(desk, status, &desk.say(Word::TakeTitle), &body))
}

fn inputs(number: i64, why: &str) -> Fields {
    Fields::from([("file".to_owned(), number.to_string()), ("why".to_owned(), why.to_owned())])
}

fn says(desk: &Desk, bank: Option<&BankAccountRow>, file: &BankFile) -> Markup {
    let row = &file.row;
    let slots = [
        ("bank", bank.map(|bank| format!("{} {}", bank.name, bank.number)).unwrap_or_default()),
        ("number", row.number.clone().unwrap_or_default()),
        ("from_day", row.opened_on.clone()),
        ("to_day", row.closed_on.clone()),
        ("opening", money(desk, row.opening_minor)),
        ("came_in", money(desk, file.in_minor)),
        ("went_out", money(desk, file.out_minor)),
        ("closing", money(desk, row.closing_minor)),
        ("lines", file.lines.to_string()),
    ];
    html! {
        dl {
            @for (name, value) in slots.into_iter().filter(|(_, value)| !value.is_empty()) {
                dt { (desk.words.slot(name)) }
                dd { (value) }
            }
        }
    }
}

/// A yes to it.
pub async fn take(desk: &Desk<'_>, number: i64) -> Result<Reply, Refusal> {
    let fields = inputs(number, desk.visit.typed("why"));
    let slots = match desk.act(taking::TAKE.name, fields, None).await? {
        Some(Outcome::Done(slots, _) | Outcome::Waits(_, slots)) => slots,
        None => {
            let body = html! {
                (tabs(desk, &Route::BankTake))
                (frame::well(&desk.say(Word::DoneBefore)))
                (onward(desk))
            };
            return Ok(frame::page(desk, &desk.say(Word::TakeTitle), &body));
        }
    };
    let body = html! {
        (tabs(desk, &Route::BankTake))
        (frame::well(&desk.say(Word::Done)))
        (frame::values(desk, taking::TAKE.name, &slots))
        (onward(desk))
    };
    Ok(frame::page(desk, &desk.say(Word::TakeTitle), &body))
}

/// Where one goes on when a file is taken: to its lines, or to the next file.
fn onward(desk: &Desk) -> Markup {
    html! {
        p.buttons {
            a.button href=(Route::BankLines.path()) { (desk.say(Word::LinesTitle)) }
            a.button.quiet href=(Route::BankTake.path()) { (desk.say(Word::TakeOther)) }
        }
    }
}
