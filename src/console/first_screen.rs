//! The first screen: what waits for whoever comes to work, what of theirs waits for others, and
//! whether the service is well.

use super::asked_for::{self, Asked, Which};
use super::desk::Desk;
use super::frame;
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::refusal::Refusal;
use maud::{Markup, html};

/// What waits that is looked through for what is one's own.
const LOOKED_AT: i64 = 500;

/// The page.
pub async fn page(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let waiting = asked_for::find(desk, Which::Waiting, LOOKED_AT).await?;
    let theirs: Vec<&Asked> =
        waiting.iter().filter(|each| each.is_theirs_to_decide(desk)).collect();
    let own: Vec<&Asked> = waiting.iter().filter(|each| each.is_own(desk)).collect();
    let body = html! {
        (health(desk))
        @if desk.may(&Route::Approvals) {
            (asked_for::heading(desk, Word::WaitsForMe, &theirs))
            (asked_for::heading(desk, Word::MineWait, &own))
        }
        section {
            h2 { (desk.say(Word::WhoIAm)) }
            dl {
                dt { (desk.say(Word::Name)) }
                dd { (desk.on_duty()?.staff.name) }
                dt { (desk.say(Word::Roles)) }
                dd { (desk.words.roles(&desk.on_duty()?.staff.roles)) }
            }
            p { a href=(Route::Rights.path()) { (desk.say(Word::RightsLink)) } }
        }
    };
    Ok(frame::page(desk, &desk.say(Word::Home), &body))
}

/// Whether the service takes work, and if not, why.
fn health(desk: &Desk) -> Markup {
    let wallet = &desk.console.wallet;
    let alive = wallet.book.is_alive();
    let fault = wallet.clock_fault();
    html! {
        @if !alive { (frame::wrong(&desk.say(Word::BookStands))) }
        @if let Some(fault) = &fault {
            (frame::wrong(&format!("{} {fault}", desk.say(Word::ClockWrong))))
        }
        @if alive && fault.is_none() { (frame::well(&desk.say(Word::AllWell))) }
    }
}
