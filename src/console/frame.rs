//! What all pages have around them, and the pieces they are put together from. It knows no page of
//! its own.

use super::act_forms::{FORMS, Section};
use super::desk::Desk;
use super::route::{ROOT, Route};
use super::visit::Reply;
use super::wording::Word;
use crate::refusal::{Reason, Refusal};
use crate::request::Slots;
use crate::wallet::office::sign_in::SESSION_OVER;
use crate::wallet::service;
use maud::{DOCTYPE, Markup, html};

/// A page with this heading.
pub fn page(desk: &Desk, title: &str, body: &Markup) -> Reply {
    with_status(desk, 200, title, body)
}

/// The same over the whole width of a laptop.
pub fn wide(desk: &Desk, title: &str, body: &Markup) -> Reply {
    drawn(desk, 200, title, "wide", body)
}

/// A page with another status.
pub fn with_status(desk: &Desk, status: u16, title: &str, body: &Markup) -> Reply {
    drawn(desk, status, title, "narrow", body)
}

fn drawn(desk: &Desk, status: u16, title: &str, width: &str, body: &Markup) -> Reply {
    let brand = &desk.console.wallet.config.brand;
    let whole = html! {
        (DOCTYPE)
        html lang=(desk.words.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - " (brand) }
                link rel="stylesheet" href=(Route::Style.path());
            }
            body {
                a.skip href="#content" { (desk.say(Word::Skip)) }
                (head(desk, brand))
                main #content class=(width) {
                    h1 { (title) }
                    (body)
                }
                (foot(desk))
            }
        }
    };
    Reply::Page { status, body: whole }
}

fn head(desk: &Desk, brand: &str) -> Markup {
    html! {
        header {
            a.brand href=(Route::Home.path()) { (brand) }
            @if let Some(duty) = &desk.duty {
                nav aria-label=(desk.say(Word::Menu)) {
                    // each has a key: that of its place
                    @for (place, (route, label)) in menu(desk).iter().enumerate() {
                        (link(desk, route, label, Some(place.saturating_add(1))))
                    }
                }
                div.who {
                    (link(desk, &Route::Own, &duty.staff.name, None))
                    (form(desk, &Route::SignOut, &html! {
                        button.quiet type="submit" { (desk.say(Word::SignOut)) }
                    }))
                }
            }
        }
    }
}

fn link(desk: &Desk, route: &Route, label: &str, key: Option<usize>) -> Markup {
    let path = route.path();
    let path_here = format!("{ROOT}{}", desk.visit.path);
    let is_home = matches!(route, Route::Home);
    let here = if is_home { path_here == path } else { path_here.starts_with(&path) };
    html! {
        a href=(path) accesskey=[key] aria-current=[here.then_some("page")] { (label) }
    }
}

/// What stands in the menu of whoever looks.
fn menu(desk: &Desk) -> Vec<(Route, String)> {
    let mut menu = vec![(Route::Home, desk.say(Word::Home))];
    if desk.may(&Route::Approvals) {
        menu.push((Route::Approvals, desk.say(Word::Approvals)));
    }
    if desk.may(&Route::Days) {
        menu.push((Route::Days, desk.say(Word::Days)));
    }
    let sections = sections(desk).into_iter();
    menu.extend(sections.map(|(route, section)| (route, desk.words.section(section))));
    menu
}

/// The headings that somebody may open, each with its first page.
fn sections(desk: &Desk) -> Vec<(Route, Section)> {
    let mut found: Vec<(Route, Section)> = Vec::new();
    if desk.may(&Route::Staff) {
        found.push((Route::Staff, Section::Staff));
    }
    // who is looked at there has the forms with their number typed already
    if desk.may(&Route::People) {
        found.push((Route::People, Section::Customers));
    }
    let lists = [Route::Deals, Route::Reversals, Route::NotBack];
    let list = lists.into_iter().find(|list| desk.may(list));
    found.extend(list.map(|list| (list, Section::Disputes)));
    if desk.may(&Route::Bank) {
        found.push((Route::Bank, Section::Money));
    }
    for form in FORMS {
        let route = Route::Act(form);
        if desk.may(&route) && !found.iter().any(|(_, section)| *section == form.section) {
            found.push((route, form.section));
        }
    }
    found.sort_by_key(|(_, section)| *section);
    found
}

fn foot(desk: &Desk) -> Markup {
    html! {
        footer {
            @for language in desk.words.languages() {
                @let speak = Route::Speak(language).path();
                @let to = format!("{speak}?back={}", escaped(&back(desk)));
                a href=(to) lang=(language) hreflang=(language)
                    aria-current=[(language == desk.words.language()).then_some("true")] {
                    (own_name(language.as_str()))
                }
            }
        }
    }
}

/// Where one comes back to after something else: this page, as far as it can be looked at.
fn back(desk: &Desk) -> String {
    let looked_at = desk.visit.method == super::route::Method::Get;
    if looked_at { desk.visit.whole.clone() } else { format!("{ROOT}{}", desk.visit.path) }
}

fn own_name(code: &str) -> &str {
    match code {
        "en" => "English",
        "sw" => "Kiswahili",
        "fr" => "Français",
        other => other,
    }
}

/// A text as a value in an address.
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.') => {
                escaped.push(char::from(b));
            }
            b => escaped.push_str(&format!("%{b:02X}")),
        }
        escaped
    })
}

/// A form of whoever is at work: it can be sent by nobody else, and does what it does once.
pub fn form(desk: &Desk, to: &Route, fields: &Markup) -> Markup {
    html! {
        form method="post" action=(to.path()) {
            @if let Some((once, token)) = desk.drawn() {
                input type="hidden" name="once" value=(once.text());
                input type="hidden" name="token" value=(token);
            }
            (fields)
        }
    }
}

/// The same with a file.
pub fn upload(desk: &Desk, to: &Route, fields: &Markup) -> Markup {
    html! {
        form method="post" action=(to.path()) enctype="multipart/form-data" {
            @if let Some((once, token)) = desk.drawn() {
                input type="hidden" name="once" value=(once.text());
                input type="hidden" name="token" value=(token);
            }
            (fields)
        }
    }
}

/// One input with its label and, where it was wrong, why.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// What people read.
    pub label: &'a str,
    /// What was typed before.
    pub value: &'a str,
    /// What is wrong with that.
    pub wrong: Option<&'a str>,
    /// What may be typed, where the label does not say it.
    pub hint: Option<&'a str>,
    /// Which list on the page has values to choose from, if one has.
    pub list: Option<&'a str>,
    /// text, tel, password...
    pub kind: &'a str,
    /// What a browser may fill in.
    pub fill: &'a str,
    /// Whether it may not be left empty.
    pub needed: bool,
    /// Whether one begins to type here.
    pub first: bool,
}

impl Default for Field<'_> {
    fn default() -> Self {
        let (kind, fill) = ("text", "off");
        Field {
            name: "",
            label: "",
            value: "",
            wrong: None,
            hint: None,
            list: None,
            kind,
            fill,
            needed: true,
            first: false,
        }
    }
}

/// A line to type in.
pub fn field(field: &Field) -> Markup {
    let id = format!("f-{}", field.name);
    let about = format!("{id}-wrong");
    let described = field.wrong.or(field.hint).is_some();
    let code = field.fill == "one-time-code";
    html! {
        div.field {
            label for=(id) { (field.label) }
            input id=(id) name=(field.name) type=(field.kind) value=(field.value)
                autocomplete=(field.fill) autofocus[field.first] required[field.needed]
                inputmode=[code.then_some("numeric")] spellcheck="false" autocapitalize="none"
                list=[field.list] aria-invalid=[field.wrong.map(|_| "true")]
                aria-describedby=[described.then_some(about.as_str())];
            @if let Some(hint) = field.hint.filter(|_| field.wrong.is_none()) {
                p.about id=(about) { (hint) }
            }
            @if let Some(wrong) = field.wrong { p.wrong id=(about) { (wrong) } }
        }
    }
}

/// Some sentences to type in.
pub fn sentence(field: &Field, lines: u8) -> Markup {
    let id = format!("f-{}", field.name);
    let about = format!("{id}-wrong");
    html! {
        div.field {
            label for=(id) { (field.label) }
            textarea id=(id) name=(field.name) rows=(lines) required[field.needed]
                aria-invalid=[field.wrong.map(|_| "true")]
                aria-describedby=[field.wrong.map(|_| about.as_str())] { (field.value) }
            @if let Some(wrong) = field.wrong { p.wrong id=(about) { (wrong) } }
        }
    }
}

/// What went wrong, above everything else.
pub fn wrong(text: &str) -> Markup {
    html! { p.notice.bad role="alert" { (text) } }
}

/// What is well.
pub fn well(text: &str) -> Markup {
    html! { p.notice.good role="status" { (text) } }
}

/// Values with their labels, those first that an act shows first; what is empty is left out.
pub fn values(desk: &Desk, act: &str, slots: &Slots) -> Markup {
    let order = service(act).map(|service| service.shows).unwrap_or_default();
    let place = |name: &str| order.iter().position(|slot| slot.0 == name).unwrap_or(order.len());
    let mut shown: Vec<(&String, String)> = slots
        .iter()
        .map(|(name, value)| (name, desk.words.value(name, value)))
        .filter(|(name, text)| !text.is_empty() && !UNSAID.contains(&name.as_str()))
        .collect();
    shown.sort_by_key(|(name, _)| place(name));
    html! {
        dl {
            @for (name, text) in shown {
                dt { (desk.words.slot(name)) }
                dd { (text) }
            }
        }
    }
}

/// What is for the page itself, or is shown in another way.
const UNSAID: [&str; 1] = ["seen"];

/// A page that says no, and that nothing was done.
pub fn refusal(desk: &Desk, refusal: &Refusal) -> Reply {
    let status = match refusal.reason {
        Reason::BUSY => 503,
        Reason::NOT_ALLOWED => 403,
        SESSION_OVER => 401,
        _ => 409,
    };
    let body = html! {
        (wrong(&desk.refused(refusal)))
        p { (desk.say(Word::NothingDone)) }
        p { a.button href=(Route::Home.path()) { (desk.say(Word::ToHome)) } }
    };
    with_status(desk, status, &desk.say(Word::NotDone), &body)
}
