//! What takes two, as a list: what waits, one's own, all that ever was. Which list and which page
//! of it stand in the address.

use super::asked_for::{self, Asked, Which};
use super::desk::Desk;
use super::frame;
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::refusal::Refusal;
use maud::{Markup, html};

/// On one page, and pages that can be turned.
const ON_A_PAGE: usize = 25;
const PAGES_MAX: usize = 40;
/// As many as fit on all of them.
const LOOKED_AT: i64 = 1_000;

/// The lists, by what the address says of them.
const WAITING: (&str, Which, Word) = ("", Which::Waiting, Word::ListWaiting);
const LISTS: [(&str, Which, Word); 3] =
    [WAITING, ("own", Which::Own, Word::ListOwn), ("all", Which::All, Word::ListAll)];

/// The page.
pub async fn page(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let shown = desk.visit.asked("show");
    let (name, which, _) = LISTS.iter().find(|(name, ..)| *name == shown).unwrap_or(&WAITING);
    let number = desk.visit.asked("page").parse::<usize>().unwrap_or(1).clamp(1, PAGES_MAX);
    let before = ON_A_PAGE.saturating_mul(number.saturating_sub(1));
    let found = asked_for::find(desk, *which, LOOKED_AT).await?;
    let more = found.len() > before.saturating_add(ON_A_PAGE) && number < PAGES_MAX;
    let on_it: Vec<&Asked> = found.iter().skip(before).take(ON_A_PAGE).collect();
    let body = html! {
        (tabs(desk, name))
        (asked_for::list(desk, &on_it))
        (turning(desk, name, number, more))
    };
    Ok(frame::page(desk, &desk.say(Word::Approvals), &body))
}

fn tabs(desk: &Desk, shown: &str) -> Markup {
    html! {
        p.tabs {
            @for (name, _, word) in LISTS {
                a href=(address(name, 1)) aria-current=[(name == shown).then_some("true")] {
                    (desk.say(word))
                }
            }
        }
    }
}

fn turning(desk: &Desk, shown: &str, number: usize, more: bool) -> Markup {
    html! {
        p.tabs {
            @if number > 1 {
                a href=(address(shown, number.saturating_sub(1))) { (desk.say(Word::PageBefore)) }
            }
            @if more {
                a href=(address(shown, number.saturating_add(1))) { (desk.say(Word::PageAfter)) }
            }
        }
    }
}

fn address(shown: &str, number: usize) -> String {
    let path = Route::Approvals.path();
    match (shown, number) {
        ("", 1) => path,
        ("", number) => format!("{path}?page={number}"),
        (shown, 1) => format!("{path}?show={shown}"),
        (shown, number) => format!("{path}?show={shown}&page={number}"),
    }
}
