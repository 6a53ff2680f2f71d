//! One's own session: since when, until when, and a code to be shown again before what takes one.

use super::desk::Desk;
use super::frame::{self, Field, field, form};
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::refusal::Refusal;
use crate::wallet::office::sign_in::{OnDuty, SIGN_IN_WRONG};
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
        p { a href=(Route::Rights.path()) { (desk.say(Word::RightsLink)) } }
    };
    frame::with_status(desk, status, &desk.say(Word::Session), &body)
}

/// A code is shown again.
pub async fn prove(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let duty = desk.on_duty()?;
    match desk.console.wallet.prove(duty, desk.visit.typed("code")).await {
        Ok(proved) => Ok(page(desk, &proved, 200, &frame::well(&desk.say(Word::CodeTaken))).await),
        Err(refusal) if refusal.reason == SIGN_IN_WRONG => {
            Ok(page(desk, duty, 422, &frame::wrong(&desk.say(Word::CodeWrong))).await)
        }
        Err(refusal) => Err(refusal),
    }
}
