//! Somebody's record: how their wallet stands, what lies on it and waits for it, what is open, what
//! moved last, and what may be done from here. Who opens it has said why, and that is recorded.

use super::act_forms::{FORMS, Section, Typed};
use super::desk::Desk;
use super::frame::{self, Field, escaped, field, form, sentence};
use super::purpose;
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Item, Slots};
use crate::staff::role::Right;
use crate::store::Conn;
use crate::store::{StoreError, looks, staff_rows};
use crate::wallet::care::{account_view, payments_at};
use maud::{Markup, html};

/// Looks that are shown.
const LOOKS_MAX: i64 = 10;
/// What tells the lines apart: which of these a line has.
const ORDER: &str = "basis";
const REQUEST: &str = "approval";
const OPEN: &str = "open_kind";
const PAYMENT: &str = "payment";

/// The page of an account.
pub async fn look(desk: &Desk<'_>, number: i64) -> Result<Reply, Refusal> {
    let Some(why) = purpose::opened(desk) else {
        // who has just said why is not asked again: the address has it from now on
        let why = purpose::lately(desk, AccountId::of(number)).await;
        let sealed = why.and_then(|why| purpose::sealed(desk, &why).ok());
        return Ok(match sealed {
            Some(sealed) => Reply::to(with_purpose(number, &sealed)),
            None => asked_why(desk, number, 200, "", None),
        });
    };
    let searched = ["amount", "day", "back"].iter().any(|name| !desk.visit.asked(name).is_empty());
    if searched { payments(desk, number, &why).await } else { record(desk, number, &why).await }
}

/// Somebody says why they look.
pub fn sent(desk: &Desk, number: i64) -> Reply {
    let why = desk.visit.typed("why");
    match purpose::sealed(desk, why) {
        Ok(sealed) => Reply::to(with_purpose(number, &sealed)),
        Err(refusal) => asked_why(desk, number, 422, why, Some(&refusal)),
    }
}

fn with_purpose(number: i64, sealed: &str) -> String {
    format!("{}?for={sealed}", Route::Person(number).path())
}

fn asked_why(desk: &Desk, number: i64, status: u16, why: &str, no: Option<&Refusal>) -> Reply {
    let text = no.map(|no| desk.refused(no));
    let body = form(
        desk,
        &Route::Person(number),
        &html! {
            (sentence(&Field {
                name: "why",
                label: &desk.say(Word::LookWhy),
                value: why,
                wrong: text.as_deref(),
                first: true,
                ..Field::default()
            }, 2))
            p.about { (desk.say(Word::LookRecorded)) }
            button type="submit" { (desk.say(Word::OpenRecord)) }
        },
    );
    frame::with_status(desk, status, &desk.say(Word::Record), &body)
}

async fn record(desk: &Desk<'_>, number: i64, why: &str) -> Result<Reply, Refusal> {
    let inputs = Fields::from([
        ("person".to_owned(), number.to_string()),
        ("why".to_owned(), why.to_owned()),
    ]);
    let (slots, items) = match desk.see(account_view::SEE.name, inputs).await {
        Ok(seen) => seen,
        Err(Refusal { reason: Reason::PAYEE_UNKNOWN, .. }) => return Ok(nobody(desk)),
        Err(refusal) => return Err(refusal),
    };
    let of = |kind: &str| -> Vec<&Item> {
        items.iter().filter(|item| item.slots.contains_key(kind)).collect()
    };
    let phone = slots.get("phone").map(ToString::to_string).unwrap_or_default();
    let body = html! {
        p.why { (why) }
        (frame::values(desk, account_view::SEE.name, &slots))
        (acts(desk, &phone))
        (orders(desk, &of(ORDER)))
        (requests(desk, &of(REQUEST)))
        (open(desk, &of(OPEN)))
        h2 { (desk.say(Word::Newest)) }
        (moved(desk, &of(PAYMENT)))
        (search(desk, number))
        @if Right::Audit.may_ask(&desk.roles()) { (lookers(desk, number).await?) }
        (back(desk))
    };
    let name = slots.get("name").map(ToString::to_string).unwrap_or_default();
    Ok(frame::page(desk, &name, &body))
}

fn nobody(desk: &Desk) -> Reply {
    let said = frame::wrong(&desk.say(Word::FoundNobody));
    let body = html! { (said) (back(desk)) };
    frame::with_status(desk, 404, &desk.say(Word::NotFound), &body)
}

fn back(desk: &Desk) -> Markup {
    html! { p { a href=(Route::People.path()) { (desk.say(Word::FindAfresh)) } } }
}

/// What may be done from here: the forms about a phone, with this one typed.
fn acts(desk: &Desk, phone: &str) -> Markup {
    let about = FORMS.iter().filter(|form| {
        let has_phone =
            form.inputs.iter().any(|input| input.name == "phone" && input.typed == Typed::Phone);
        has_phone && form.section != Section::Staff && desk.may(&Route::Act(form))
    });
    let about: Vec<_> = about.collect();
    html! {
        @if !about.is_empty() {
            h2 { (desk.say(Word::FromHere)) }
            ul.acts {
                @for form in about {
                    @let to = format!("{}?phone={}", Route::Act(form).path(), escaped(phone));
                    li { a.button href=(to) { (desk.words.act(form.service.name)) } }
                }
            }
        }
    }
}

fn said(desk: &Desk, item: &Item, name: &str) -> String {
    item.slots.get(name).map(|value| desk.words.value(name, value)).unwrap_or_default()
}

fn all_said(desk: &Desk, item: &Item, names: &[&str]) -> Markup {
    let each = names.iter().map(|name| (desk.words.slot(name), said(desk, item, name)));
    html! {
        @for (label, text) in each.filter(|(_, text)| !text.is_empty()) {
            span.about { (label) ": " (text) }
        }
    }
}

fn orders(desk: &Desk, items: &[&Item]) -> Markup {
    html! {
        @if !items.is_empty() {
            h2 { (desk.say(Word::Orders)) " " span.count { (items.len()) } }
            ul.rows {
                @for item in items {
                    li {
                        strong { (said(desk, item, "way")) }
                        (all_said(desk, item, &[
                            ORDER, "letter", "held", "last_day", "ordered_by", "ordered_on",
                        ]))
                        code { (item.id) }
                        span.why { (said(desk, item, "reason")) }
                    }
                }
            }
        }
    }
}

fn requests(desk: &Desk, items: &[&Item]) -> Markup {
    html! {
        @if !items.is_empty() {
            h2 { (desk.say(Word::AskedFor)) " " span.count { (items.len()) } }
            ul.rows {
                @for item in items {
                    @let to = Route::Approval(said(desk, item, REQUEST).parse().unwrap_or(0));
                    li {
                        @if desk.may(&to) {
                            a href=(to.path()) { strong { (said(desk, item, "asked_for")) } }
                        } @else { strong { (said(desk, item, "asked_for")) } }
                        (all_said(desk, item, &["asked_by"]))
                        span.why { (said(desk, item, "reason")) }
                    }
                }
            }
        }
    }
}

fn open(desk: &Desk, items: &[&Item]) -> Markup {
    html! {
        @if !items.is_empty() {
            h2 { (desk.say(Word::OpenThings)) " " span.count { (items.len()) } }
            ul.rows {
                @for item in items {
                    li {
                        strong { (said(desk, item, OPEN)) }
                        span.state { (said(desk, item, "open_state")) }
                        (all_said(desk, item, &["open_since", "open_code"]))
                    }
                }
            }
        }
    }
}

/// Payments, a line each.
fn moved(desk: &Desk, items: &[&Item]) -> Markup {
    html! {
        ul.rows {
            @for item in items {
                li {
                    strong { (said(desk, item, "sign")) " " (said(desk, item, "amount")) }
                    span.about { (said(desk, item, PAYMENT)) }
                    span.about { (said(desk, item, "other_side")) }
                    span.about { (said(desk, item, "date")) " " (said(desk, item, "time")) }
                    code { (said(desk, item, "code")) }
                    span.about { "= " (said(desk, item, "balance_after")) }
                }
            }
        }
        @if items.is_empty() { p.none { (desk.say(Word::Nothing)) } }
    }
}

/// An amount, a day, or both, of this one alone.
fn search(desk: &Desk, number: i64) -> Markup {
    let asked = |name: &str| desk.visit.asked(name);
    let line = |name: &str, label: &str, value: &str| {
        field(&Field { name, label, value, needed: false, ..Field::default() })
    };
    html! {
        h2 { (desk.say(Word::FindPayment)) }
        form method="get" action=(Route::Person(number).path()) {
            input type="hidden" name="for" value=(asked("for"));
            (line("amount", &desk.words.slot("amount"), asked("amount")))
            (line("day", &desk.say(Word::DayHow), asked("day")))
            button type="submit" { (desk.say(Word::Find)) }
        }
    }
}

async fn payments(desk: &Desk<'_>, number: i64, why: &str) -> Result<Reply, Refusal> {
    let found = match inputs(desk, number, why) {
        Ok(inputs) => desk.see(payments_at::FIND.name, inputs).await,
        Err(refusal) => Err(refusal),
    };
    let purpose = desk.visit.asked("for");
    let record = with_purpose(number, purpose);
    let (status, said) = match &found {
        Ok((slots, items)) => (200, listed(desk, number, slots, items)),
        Err(refusal) => {
            let status = if refusal.field.is_some() { 422 } else { 409 };
            (status, frame::wrong(&desk.refused(refusal)))
        }
    };
    let body = html! {
        p.why { (why) }
        (said)
        (search(desk, number))
        p { a href=(record) { (desk.say(Word::ToRecord)) } }
    };
    Ok(frame::with_status(desk, status, &desk.say(Word::FindPayment), &body))
}

fn inputs(desk: &Desk, number: i64, why: &str) -> Result<Fields, Refusal> {
    let market = &desk.console.wallet.config.market;
    let mut inputs = Fields::from([
        ("person".to_owned(), number.to_string()),
        ("why".to_owned(), why.to_owned()),
    ]);
    for name in ["day", "back"] {
        let typed = desk.visit.asked(name).trim();
        if !typed.is_empty() {
            inputs.insert(name.to_owned(), typed.to_owned());
        }
    }
    let amount = desk.visit.asked("amount").trim();
    if !amount.is_empty() {
        let read = market.amount(amount);
        let read = read.map_err(|reason| Refusal::of_field(reason, "amount"))?;
        inputs.insert("amount".to_owned(), read.minor_text());
    }
    Ok(inputs)
}

fn listed(desk: &Desk, number: i64, slots: &Slots, items: &[Item]) -> Markup {
    let back = slots.get("further").map(ToString::to_string);
    let asked = |name: &str| escaped(desk.visit.asked(name));
    let on = |code: &str| {
        let path = Route::Person(number).path();
        let (purpose, amount, day) = (asked("for"), asked("amount"), asked("day"));
        format!("{path}?for={purpose}&amount={amount}&day={day}&back={code}")
    };
    html! {
        (moved(desk, &items.iter().collect::<Vec<_>>()))
        @if let Some(code) = back {
            p.notice.waits {
                (desk.words.slot("looked_back_to")) " "
                (slots.get("looked_back_to").map(ToString::to_string).unwrap_or_default()) ". "
                a href=(on(&code)) { (desk.say(Word::GoOnBack)) }
            }
        }
    }
}

/// Who looked at this record last, for those who watch that.
async fn lookers(desk: &Desk<'_>, number: i64) -> Result<Markup, Refusal> {
    let read = move |conn: &mut Conn| {
        let looked = looks::at_account(conn, AccountId::of(number), LOOKS_MAX)?;
        let named = looked.into_iter().map(|look| {
            let name = staff_rows::by_id(conn, look.staff)?.map(|staff| staff.name);
            Ok((look, name.unwrap_or_default()))
        });
        named.collect::<Result<Vec<_>, StoreError>>()
    };
    let looked = desk.read(read).await?;
    Ok(html! {
        h2 { (desk.say(Word::LookedAt)) }
        ul.rows {
            @for (look, name) in looked {
                li {
                    strong { (name) }
                    span.about { (desk.words.roles(&look.roles)) }
                    span.about { (desk.time(look.at)) }
                    span.about { (look.words) }
                }
            }
        }
    })
}
