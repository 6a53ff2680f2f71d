//! One's own session: since when, until when, a code to be shown again before what takes one, and
//! the PIN with which one approves by phone.

use super::desk::Desk;
use super::frame::{self, Field, field, form};
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::refusal::Refusal;
use crate::wallet::office::by_phone;
use crate::wallet::office::sign_in::{CODE_WANTED, OnDuty, SIGN_IN_WRONG};
use maud::{Markup, html};

/// The page.
pub async fn look(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    Ok(page(desk, desk.on_duty()?, 200, &html! {}).await)
}

async fn page(desk: &Desk<'_>, duty: &OnDuty, status: u16, said: &Markup) -> Reply {
    let proved = if duty.is_proved(desk.now()) { Word::CodeLately } else { Word::CodeLongAgo };
    let body = html! {
        (said)
        dl {
            dt { (desk.say(Word::Name)) }
            dd { (duty.staff.name) }
            dt { (desk.say(Word::Roles)) }
            dd { (desk.words.roles(&duty.staff.roles)) }
            dt { (desk.say(Word::SessionSince)) }
            dd { (desk.time(duty.session.begun_at)) }
            dt { (desk.say(Word::CodeShown)) }
            dd { (desk.time(duty.session.proved_at)) ". " (desk.say(proved)) }
        }
        p { (desk.say(Word::SessionHow)) }
        (form(desk, &Route::Own, &html! {
            (field(&Field {
                name: "code",
                label: &desk.say(Word::Code),
                value: &desk.code_to_play().await,
                fill: "one-time-code",
                ..Field::default()
            }))
            button type="submit" { (desk.say(Word::ShowCode)) }
        }))
        h2 { (desk.say(Word::StaffPin)) }
        p { (desk.say(Word::StaffPinHow)) }
        (form(desk, &Route::Own, &html! {
            (field(&Field {
                name: "pin",
                label: &desk.say(Word::StaffPin),
                kind: "password",
                fill: "off",
                ..Field::default()
            }))
            (field(&Field {
                name: "again",
                label: &desk.say(Word::StaffPinAgain),
                kind: "password",
                fill: "off",
                ..Field::default()
            }))
            @if !duty.is_proved(desk.now()) {
                (field(&Field {
                    name: "code",
                    label: &desk.say(Word::CodeToApprove),
                    value: &desk.code_to_play().await,
                    fill: "one-time-code",
                    ..Field::default()
                }))
            }
            button type="submit" { (desk.say(Word::StaffPinChoose)) }
        }))
        p { a href=(Route::Rights.path()) { (desk.say(Word::RightsLink)) } }
    };
    frame::with_status(desk, status, &desk.say(Word::Session), &body)
}

/// A PIN for the phone is chosen, or a code is shown again.
pub async fn sent(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    if desk.visit.typed("pin").is_empty() { prove(desk).await } else { choose(desk).await }
}

async fn choose(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let duty = desk.on_duty()?;
    let pin = desk.visit.typed("pin");
    if pin != desk.visit.typed("again") {
        let said = frame::wrong(&desk.say(Word::StaffPinDiffers));
        return Ok(page(desk, duty, 422, &said).await);
    }
    let code = desk.visit.typed("code");
    match desk.choose(by_phone::CHOOSE.name, pin, Some(code)).await {
        Ok(_done) => Ok(page(desk, duty, 200, &frame::well(&desk.say(Word::StaffPinSet))).await),
        Err(refusal) => {
            let text = match refusal.reason {
                CODE_WANTED => desk.say(Word::CodeWanted),
                SIGN_IN_WRONG => desk.say(Word::CodeWrong),
                _ => desk.refused(&refusal),
            };
            Ok(page(desk, duty, 422, &frame::wrong(&text)).await)
        }
    }
}

async fn prove(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let duty = desk.on_duty()?;
    match desk.console.wallet.prove(duty, desk.visit.typed("code")).await {
        Ok(proved) => Ok(page(desk, &proved, 200, &frame::well(&desk.say(Word::CodeTaken))).await),
        Err(refusal) if refusal.reason == SIGN_IN_WRONG => {
            Ok(page(desk, duty, 422, &frame::wrong(&desk.say(Word::CodeWrong))).await)
        }
        Err(refusal) => Err(refusal),
    }
}
