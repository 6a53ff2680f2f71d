//! Finding people: one box for whatever a caller can say. Who looks says why first; what was looked
//! for stands in the address. The lines are masked.

use super::desk::Desk;
use super::frame::{self, Field, escaped, field, form, sentence};
use super::purpose;
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::refusal::Refusal;
use crate::request::{Fields, Item, Slots};
use crate::wallet::care::finding;
use maud::{Markup, html};

/// The page: who was found, or the box.
pub async fn look(desk: &Desk<'_>) -> Reply {
    let words = desk.visit.asked("q");
    match purpose::opened(desk).filter(|_| !words.trim().is_empty()) {
        Some(why) => found(desk, words, &why).await,
        None => page(desk, 200, &box_to_type_in(desk, words, "", None)),
    }
}

/// Somebody says whom they look for, and why.
pub fn sent(desk: &Desk) -> Reply {
    let (words, why) = (desk.visit.typed("q"), desk.visit.typed("why"));
    match purpose::sealed(desk, why) {
        Ok(sealed) => Reply::to(address(words, &sealed)),
        Err(refusal) => page(desk, 422, &box_to_type_in(desk, words, why, Some(&refusal))),
    }
}

fn address(words: &str, sealed: &str) -> String {
    format!("{}?q={}&for={sealed}", Route::People.path(), escaped(words))
}

fn page(desk: &Desk, status: u16, body: &Markup) -> Reply {
    frame::with_status(desk, status, &desk.say(Word::People), body)
}

fn box_to_type_in(desk: &Desk, words: &str, why: &str, no: Option<&Refusal>) -> Markup {
    let text = no.map(|no| desk.refused(no));
    let (of_words, of_why) = match no.and_then(|no| no.field) {
        Some("why") => (None, text.as_deref()),
        _ => (text.as_deref(), None),
    };
    html! {
        p { (desk.say(Word::FindHow)) }
        (form(desk, &Route::People, &html! {
            (field(&Field {
                name: "q",
                label: &desk.say(Word::FindWhat),
                value: words,
                wrong: of_words,
                kind: "search",
                first: of_why.is_none(),
                ..Field::default()
            }))
            (sentence(&Field {
                name: "why",
                label: &desk.say(Word::LookWhy),
                value: why,
                wrong: of_why,
                first: of_why.is_some(),
                ..Field::default()
            }, 2))
            button type="submit" { (desk.say(Word::Find)) }
        }))
        p.about { (desk.say(Word::LookRecorded)) }
    }
}

async fn found(desk: &Desk<'_>, words: &str, why: &str) -> Reply {
    let inputs = [("words", words), ("why", why)];
    let inputs: Fields = inputs.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    match desk.see(finding::FIND.name, inputs).await {
        Ok((slots, items)) => page(desk, 200, &listed(desk, words, why, &slots, &items)),
        Err(refusal) => {
            let status = if refusal.field.is_some() { 422 } else { 409 };
            page(desk, status, &box_to_type_in(desk, words, why, Some(&refusal)))
        }
    }
}

fn listed(desk: &Desk, words: &str, why: &str, slots: &Slots, items: &[Item]) -> Markup {
    let of_payment: Slots = slots
        .iter()
        .filter(|(name, _)| !["found", finding::MORE].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    html! {
        // for the same purpose, with other words
        form method="get" action=(Route::People.path()) {
            input type="hidden" name="for" value=(desk.visit.asked("for"));
            (field(&Field {
                name: "q",
                label: &desk.say(Word::FindWhat),
                value: words,
                kind: "search",
                ..Field::default()
            }))
            button type="submit" { (desk.say(Word::Find)) }
        }
        p.why { (why) }
        @if !of_payment.is_empty() { (frame::values(desk, finding::FIND.name, &of_payment)) }
        @if items.is_empty() {
            p.notice.waits role="status" { (desk.say(Word::FoundNobody)) }
        }
        ul.rows {
            @for item in items { li { (line(desk, item)) } }
        }
        @if slots.contains_key(finding::MORE) {
            p.notice.waits { (desk.say(Word::FoundMore)) }
        }
        p { a href=(Route::People.path()) { (desk.say(Word::FindAfresh)) } }
    }
}

fn line(desk: &Desk, item: &Item) -> Markup {
    let said = |name: &str| {
        item.slots.get(name).map(|value| desk.words.value(name, value)).unwrap_or_default()
    };
    let number = item.id.parse().unwrap_or(0);
    let to = format!("{}?for={}", Route::Person(number).path(), desk.visit.asked("for"));
    let is_outlet = item.slots.contains_key("area");
    let more = ["phone", "area", "tier_is", "account_is", "joined_on"].map(said);
    let more: Vec<&String> = more.iter().filter(|text| !text.is_empty()).collect();
    html! {
        @if is_outlet { strong { (said("name")) } }
        @else { a href=(to) { strong { (said("name")) } } }
        @for text in more { span.about { (text) } }
        span.state { (desk.say(Word::FoundBy)) " " (said("found_by")) }
    }
}
