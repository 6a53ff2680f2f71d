//! One act that takes two: as it would be done now, who asked, why, what changed since. Another
//! one says yes, after a code if they have shown none lately, or no and why; who asked takes it
//! back.

use super::asked_for::{self, Asked};
use super::desk::Desk;
use super::frame::{self, Field, field, form, sentence};
use super::made_code;
use super::onward;
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::id::StaffId;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Slots};
use crate::store::{Conn, StoreError, book_rows, trail_rows};
use crate::wallet::office::acting_staff::Outcome;
use crate::wallet::office::door::BY_PHONE;
use crate::wallet::office::sign_in::{CODE_WANTED, SIGN_IN_WRONG};
use crate::wallet::office::two_people::{self, KIND};
use maud::{Markup, html};

/// Events that are shown of one; there are two in the life of each.
const EVENTS: usize = 10;

/// The page of one.
pub async fn look(desk: &Desk<'_>, number: i64) -> Result<Reply, Refusal> {
    page(desk, number, 200, &html! {}).await
}

async fn page(desk: &Desk<'_>, number: i64, status: u16, said: &Markup) -> Result<Reply, Refusal> {
    let Some(asked) = asked_for::by_number(desk, number).await? else {
        return Ok(asked_for::none(desk));
    };
    if !asked.is_for(desk) {
        return Err(Reason::NOT_ALLOWED.into());
    }
    let now = match asked.is_theirs_to_decide(desk) {
        true => Some(dry_run(desk, number).await),
        false => None,
    };
    let body = html! {
        (said)
        (facts(desk, &asked).await?)
        @match &now {
            Some(Ok(slots)) => (decision(desk, &asked, slots).await),
            Some(Err(refusal)) => {
                (frame::wrong(&format!("{} {}", desk.say(Word::NotNow), desk.refused(refusal))))
                (no_form(desk, number))
            }
            None => {
                h2 { (desk.say(Word::AsAsked)) }
                (frame::values(desk, &asked.wish.service, &asked.wish.shown))
                @if asked.is_own(desk) && asked.waits(desk) { (back_form(desk, number)) }
            }
        }
        (history(desk, &asked).await?)
        (onward::links(desk, &asked.wish.service, &asked.wish.inputs).await)
    };
    Ok(frame::with_status(desk, status, &desk.words.act(&asked.wish.service), &body))
}

/// As it would be done now.
async fn dry_run(desk: &Desk<'_>, number: i64) -> Result<Slots, Refusal> {
    let fields = Fields::from([("approval".to_owned(), number.to_string())]);
    match desk.look(two_people::APPROVE.name, fields).await? {
        Outcome::Done(slots, _) | Outcome::Waits(_, slots) => Ok(slots),
    }
}

async fn facts(desk: &Desk<'_>, asked: &Asked) -> Result<Markup, Refusal> {
    let by = StaffId::of(asked.row.owner.number());
    let waits = asked.waits(desk);
    let code = made_code::of(desk, asked).await?;
    Ok(html! {
        dl {
            dt { (desk.words.slot("asked_by")) }
            dd { (asked.wish.by) ", " (desk.time(asked.row.begun_at)) }
            dt { (desk.words.slot("why")) }
            dd { (asked.wish.why) }
            @if let Some(due) = asked.row.due_at.filter(|_| asked.waits(desk)) {
                dt { (desk.say(Word::RunsOut)) }
                dd { (desk.time(due)) }
            }
            @if let Some(right) = asked.right().filter(|_| waits) {
                dt { (desk.say(Word::RightApproves)) }
                dd { (asked_for::who_approves(desk, right, &asked.wish.shown, by).await) }
            }
            @if !waits {
                dt { (desk.say(Word::StateNow)) }
                dd { strong { (desk.words.state(&asked.row.state)) } }
            }
            @if let Some(code) = code {
                dt { (desk.words.slot("bank_code")) }
                dd { strong { code { (code) } } }
            }
        }
    })
}

/// What a yes does, what is different from when it was asked for, and the forms.
async fn decision(desk: &Desk<'_>, asked: &Asked, now: &Slots) -> Markup {
    let number = asked.row.id.number();
    let seen = now.get("seen").map(ToString::to_string).unwrap_or_default();
    let of_act: Slots = now
        .iter()
        .filter(|(name, _)| !["approval", "asked_by", "why"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let proved = desk.duty.as_ref().is_some_and(|duty| duty.is_proved(desk.now()));
    html! {
        h2 { (desk.say(Word::AsNow)) }
        (frame::values(desk, &asked.wish.service, &of_act))
        (changes(desk, asked, now))
        (form(desk, &Route::Approve(number), &html! {
            input type="hidden" name="seen" value=(seen);
            @if !proved { (code_field(desk).await) }
            button type="submit" { (desk.say(Word::Approve)) }
        }))
        (no_form(desk, number))
    }
}

fn changes(desk: &Desk, asked: &Asked, now: &Slots) -> Markup {
    let differs: Vec<(&String, String, String)> = asked
        .wish
        .shown
        .iter()
        .map(|(name, before)| {
            let is = now.get(name).map(|value| desk.words.value(name, value)).unwrap_or_default();
            (name, desk.words.value(name, before), is)
        })
        .filter(|(_, before, is)| before != is)
        .collect();
    html! {
        @if !differs.is_empty() {
            div.notice.changed {
                strong { (desk.say(Word::ChangedSince)) }
                ul {
                    @for (name, before, is) in differs {
                        li { (desk.words.slot(name)) ": " del { (before) } " → " ins { (is) } }
                    }
                }
            }
        }
    }
}

async fn code_field(desk: &Desk<'_>) -> Markup {
    let (label, code) = (desk.say(Word::CodeToApprove), desk.code_to_play().await);
    let (label, value, fill) = (label.as_str(), code.as_str(), "one-time-code");
    field(&Field { name: "code", label, value, fill, ..Field::default() })
}

fn no_form(desk: &Desk, number: i64) -> Markup {
    why_form(desk, &Route::Decline(number), Word::DeclineOpen, Word::Decline)
}

fn back_form(desk: &Desk, number: i64) -> Markup {
    why_form(desk, &Route::TakeBack(number), Word::TakeBackOpen, Word::TakeBack)
}

fn why_form(desk: &Desk, to: &Route, open: Word, word: Word) -> Markup {
    html! {
        details {
            summary { (desk.say(open)) }
            (form(desk, to, &html! {
                (sentence(&Field {
                    name: "why",
                    label: &desk.say(Word::Why),
                    ..Field::default()
                }, 2))
                button.no type="submit" { (desk.say(word)) }
            }))
        }
    }
}

/// What happened to it, by whom, and what they said.
async fn history(desk: &Desk<'_>, asked: &Asked) -> Result<Markup, Refusal> {
    let (id, newest) = (asked.row.id.number(), asked.row.last_posting);
    let read = move |conn: &mut Conn| {
        let trail = trail_rows::of_record(conn, KIND.name, id, newest, EVENTS)?;
        let timed = trail.into_iter().map(|event| {
            let at = book_rows::posting(conn, event.posting_id)?.map(|posting| posting.at);
            Ok((event, at))
        });
        timed.collect::<Result<Vec<_>, StoreError>>()
    };
    let trail = desk.read(read).await?;
    let approved: &str = two_people::Event::Approve.into();
    Ok(html! {
        h2 { (desk.say(Word::History)) }
        ul.rows {
            @for (event, at) in trail {
                li {
                    strong { (desk.words.event(&event.event)) }
                    span.about {
                        (event.actor.trim_start_matches("staff "))
                        @if let Some(at) = at { " · " (desk.time(at)) }
                    }
                    // a yes only repeats why it was asked for, and where it was said
                    @let by_phone = event.note.starts_with(BY_PHONE);
                    @if !event.note.is_empty() && (event.event != approved || by_phone) {
                        span.why { (event.note) }
                    }
                }
            }
        }
    })
}

/// Somebody says yes.
pub async fn approve(desk: &Desk<'_>, number: i64) -> Result<Reply, Refusal> {
    let fields = Fields::from([
        ("approval".to_owned(), number.to_string()),
        ("seen".to_owned(), desk.visit.typed("seen").to_owned()),
    ]);
    let code = desk.visit.typed("code");
    done(desk, number, two_people::APPROVE.name, fields, Some(code)).await
}

/// Somebody says no.
pub async fn decline(desk: &Desk<'_>, number: i64) -> Result<Reply, Refusal> {
    done(desk, number, two_people::DECLINE.name, reasoned(desk, number), None).await
}

/// Who asked takes it back.
pub async fn take_back(desk: &Desk<'_>, number: i64) -> Result<Reply, Refusal> {
    done(desk, number, two_people::TAKE_BACK.name, reasoned(desk, number), None).await
}

fn reasoned(desk: &Desk, number: i64) -> Fields {
    let why = desk.visit.typed("why").to_owned();
    Fields::from([("approval".to_owned(), number.to_string()), ("why".to_owned(), why)])
}

async fn done(
    desk: &Desk<'_>,
    number: i64,
    service: &str,
    fields: Fields,
    code: Option<&str>,
) -> Result<Reply, Refusal> {
    match desk.act(service, fields, code).await {
        Ok(Some(Outcome::Done(slots, _) | Outcome::Waits(_, slots))) => {
            let said = html! {
                @if service == two_people::APPROVE.name {
                    (frame::well(&desk.say(Word::Done)))
                    (super::act_page::told_once(desk, &slots))
                } @else { p.notice.waits role="status" { (desk.say(Word::NothingDone)) } }
            };
            page(desk, number, 200, &said).await
        }
        Ok(None) => page(desk, number, 200, &frame::well(&desk.say(Word::DoneBefore))).await,
        Err(refusal) => {
            let text = match refusal.reason {
                CODE_WANTED => desk.say(Word::CodeWanted),
                SIGN_IN_WRONG => desk.say(Word::CodeWrong),
                _ => desk.refused(&refusal),
            };
            let status = if refusal.reason == Reason::NOT_ALLOWED { 403 } else { 409 };
            let said = frame::wrong(&format!("{text} {}", desk.say(Word::NothingDone)));
            page(desk, number, status, &said).await
        }
    }
}
