//! An act with a form of its own: typed, looked at as it would be done, and done, or asked for
//! where it takes two. Whatever is refused comes back with all that was typed.

use super::act_forms::{ActForm, FORMS, Input, Typed};
use super::asked_for;
use super::desk::Desk;
use super::frame::{self, Field, escaped, field, form, sentence};
use super::line_facts;
use super::map_help;
use super::onward;
use super::prefilled;
use super::route::{ROOT, Route};
use super::visit::Reply;
use super::wording::Word;
use crate::agent_number::AgentNumber;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Slots};
use crate::staff::role::Role;
use crate::store::agent_rows;
use crate::wallet::Service;
use crate::wallet::office::acting_staff::Outcome;
use jiff::civil::Date;
use maud::{Markup, html};
use strum::VariantArray;

/// Outlets that are listed; who wants another one types its number.
const OUTLETS_MAX: i64 = 200;
/// What their list is called on the page.
const OUTLETS: &str = "outlets";

/// The form, with what the address says already typed.
pub async fn look(desk: &Desk<'_>, act: &'static ActForm) -> Reply {
    let typed = prefilled::with(desk, act, &desk.visit.query).await;
    typing(desk, act, &typed, None).await
}

/// What was typed is looked at, or done.
pub async fn sent(desk: &Desk<'_>, act: &'static ActForm) -> Reply {
    let typed = &desk.visit.posted;
    let fields = match canonical(desk, act, typed) {
        Ok(fields) => fields,
        Err(refusal) => return typing(desk, act, typed, Some(&refusal)).await,
    };
    let name = act.service.name;
    if desk.visit.typed("step") != "do" {
        return match desk.look(name, fields).await {
            Ok(Outcome::Done(slots, _) | Outcome::Waits(_, slots)) => {
                preview(desk, act, typed, &slots).await
            }
            Err(refusal) => typing(desk, act, typed, Some(&refusal)).await,
        };
    }
    match desk.act(name, fields, None).await {
        Ok(Some(Outcome::Done(slots, _))) => result(desk, act.service, typed, &slots, None).await,
        Ok(Some(Outcome::Waits(number, slots))) => {
            result(desk, act.service, typed, &slots, Some(number)).await
        }
        Ok(None) => {
            let said = html! {
                (frame::well(&desk.say(Word::DoneBefore)))
                (onward::links(desk, name, typed).await)
            };
            frame::page(desk, &desk.words.act(name), &said)
        }
        Err(refusal) => typing(desk, act, typed, Some(&refusal)).await,
    }
}

/// Where the form is, with all that was typed in it.
pub fn address(act: &ActForm, typed: &Fields) -> String {
    let inputs = act.inputs.iter().filter_map(|input| Some((input.name, typed.get(input.name)?)));
    let query: Vec<String> =
        inputs.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let path = format!("{ROOT}/act/{}", act.service.name);
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// The inputs as services know them.
fn canonical(desk: &Desk, act: &ActForm, typed: &Fields) -> Result<Fields, Refusal> {
    let market = &desk.console.wallet.config.market;
    let mut fields = Fields::new();
    for input in act.inputs {
        let text = typed.get(input.name).map(|text| text.trim()).unwrap_or_default();
        let value = match input.typed {
            Typed::Maybe
            | Typed::MaybeOutlet
            | Typed::MaybeAmount
            | Typed::MaybeDay
            | Typed::ColumnMap
            | Typed::Kept
                if text.is_empty() =>
            {
                continue;
            }
            Typed::MaybeDay => day(text),
            Typed::Amount | Typed::MaybeAmount => market
                .amount(text)
                .map_err(|reason| Refusal::of_field(reason, input.name))?
                .minor_text(),
            Typed::AmountOrNone => market
                .amount_or_none(text)
                .map_err(|reason| Refusal::of_field(reason, input.name))?
                .minor_text(),
            Typed::Phone => Msisdn::parse(text, market)
                .map_err(|reason| Refusal::of_field(reason, input.name))?
                .e164()
                .to_owned(),
            Typed::OneOf(choices) if !choices.contains(&text) => {
                return Err(Refusal::of_field(Reason::FIELD_MISSING, input.name));
            }
            Typed::Words
            | Typed::Maybe
            | Typed::Outlet
            | Typed::MaybeOutlet
            | Typed::Kept
            | Typed::Roles
            | Typed::OneOf(_)
            | Typed::Lines
            | Typed::ColumnMap
            | Typed::Why => text.to_owned(),
        };
        fields.insert(input.name.to_owned(), value);
    }
    Ok(fields)
}

/// A day as people write it, also where the browser sent it in its own way.
fn day(text: &str) -> String {
    text.parse::<Date>().map_or_else(
        |_other| text.to_owned(),
        |d| format!("{}/{}/{}", d.day(), d.month(), d.year()),
    )
}

async fn typing(
    desk: &Desk<'_>,
    act: &'static ActForm,
    typed: &Fields,
    no: Option<&Refusal>,
) -> Reply {
    let of = |input: &Input| no.is_some_and(|no| no.field == Some(input.name));
    let words = no.map(|no| desk.refused(no));
    let elsewhere = no.filter(|_| !act.inputs.iter().any(of)).and(words.as_deref());
    let first = act.inputs.iter().find(|input| of(input)).or(act.inputs.first());
    let body = html! {
        (siblings(desk, act))
        (about_line(desk, typed).await)
        @if let Some(text) = elsewhere {
            (frame::wrong(&format!("{text} {}", desk.say(Word::NothingDone))))
        }
        (form(desk, &Route::Act(act), &html! {
            input type="hidden" name="step" value="look";
            @for input in act.inputs {
                @let why = words.as_deref().filter(|_| of(input));
                @let is_first = first.is_some_and(|first| first.name == input.name);
                (one(desk, input, typed, why, is_first))
            }
            button type="submit" { (desk.say(Word::Look)) }
        }))
        (outlets(desk, act).await)
    };
    let status = match no.map(|no| no.reason) {
        None => 200,
        Some(Reason::NOT_ALLOWED) => 403,
        Some(Reason::BUSY) => 503,
        Some(_) => 422,
    };
    frame::with_status(desk, status, &desk.words.act(act.service.name), &body)
}

/// The other acts under the same heading: the menu leads to the first of them.
fn siblings(desk: &Desk, act: &ActForm) -> Markup {
    // what is decided as it was seen is reached from where it is seen
    let needs_seen = |form: &&ActForm| form.inputs.iter().any(|input| input.name == "seen");
    let all = FORMS.iter().filter(|form| form.section == act.section);
    let all = all.filter(|form| !needs_seen(form) || form.service.name == act.service.name);
    let open: Vec<&'static ActForm> = all.filter(|form| desk.may(&Route::Act(form))).collect();
    html! {
        @if open.len() > 1 {
            p.tabs.siblings {
                @for form in open {
                    @let name = form.service.name;
                    @let here = name == act.service.name;
                    a href=(address(form, &Fields::new())) aria-current=[here.then_some("page")] {
                        (desk.words.act(name))
                    }
                }
            }
        }
    }
}

fn one(desk: &Desk, input: &Input, typed: &Fields, wrong: Option<&str>, first: bool) -> Markup {
    let label = desk.words.input(input.label);
    let hint = desk.words.hint(input.label);
    let is_optional = matches!(
        input.typed,
        Typed::Maybe | Typed::MaybeOutlet | Typed::MaybeAmount | Typed::MaybeDay
    );
    let label = match is_optional {
        true => format!("{label} ({})", desk.say(Word::Optional)),
        false => label,
    };
    let value = typed.get(input.name).map(String::as_str).unwrap_or_default();
    let (name, hint) = (input.name, hint.as_deref());
    let line = Field { name, label: &label, value, wrong, hint, first, ..Field::default() };
    let list = Some(OUTLETS);
    match input.typed {
        Typed::Words => field(&line),
        Typed::Kept => html! { input type="hidden" name=(input.name) value=(value); },
        Typed::Maybe => field(&Field { needed: false, ..line }),
        Typed::Outlet => field(&Field { list, ..line }),
        Typed::MaybeOutlet => field(&Field { list, needed: false, ..line }),
        Typed::Phone => field(&Field { kind: "tel", ..line }),
        Typed::Amount | Typed::AmountOrNone => field(&line),
        Typed::MaybeAmount => field(&Field { needed: false, ..line }),
        Typed::MaybeDay => field(&Field { kind: "date", needed: false, ..line }),
        Typed::Why => sentence(&line, 2),
        Typed::Lines => sentence(&line, 12),
        Typed::ColumnMap => html! {
            (sentence(&Field { needed: false, ..line }, 12))
            (map_help::help(desk))
        },
        Typed::Roles => {
            let each = Role::VARIANTS.iter().map(|role| {
                let name: &str = (*role).into();
                (name, desk.words.role(*role))
            });
            boxes(&line, &each.collect::<Vec<_>>(), "checkbox")
        }
        Typed::OneOf(choices) => {
            let each = choices.iter().map(|choice| (*choice, desk.words.choice(choice)));
            boxes(&line, &each.collect::<Vec<_>>(), "radio")
        }
    }
}

fn boxes(line: &Field, each: &[(&str, String)], kind: &str) -> Markup {
    let ticked: Vec<&str> = line.value.split([' ', ',']).collect();
    let about = format!("f-{}-wrong", line.name);
    html! {
        fieldset aria-describedby=[line.wrong.map(|_| about.as_str())] {
            legend { (line.label) }
            @for (name, label) in each {
                label.box {
                    input type=(kind) name=(line.name) value=(name)
                        checked[ticked.contains(name)] required[kind == "radio"];
                    " " (label)
                }
            }
            @if let Some(wrong) = line.wrong { p.wrong id=(about) { (wrong) } }
        }
    }
}

/// As it would be done: with what was typed, to be sent on as it is.
async fn preview(desk: &Desk<'_>, act: &'static ActForm, typed: &Fields, slots: &Slots) -> Reply {
    let mut shown = slots.clone();
    let says: Vec<String> = slots.values().map(ToString::to_string).collect();
    for input in act.inputs {
        // what the act shows in its own way is not said twice
        if let Some(text) = typed.get(input.name).filter(|text| !says.contains(text)) {
            shown.entry(input.name.to_owned()).or_insert_with(|| text.as_str().into());
        }
    }
    let body = html! {
        p { (desk.say(Word::LookHow)) }
        (about_line(desk, typed).await)
        (frame::values(desk, act.service.name, &shown))
        (form(desk, &Route::Act(act), &html! {
            input type="hidden" name="step" value="do";
            @for input in act.inputs {
                @if let Some(text) = typed.get(input.name) {
                    input type="hidden" name=(input.name) value=(text);
                }
            }
            p.buttons {
                button type="submit" autofocus { (desk.say(Word::Do)) }
                a.button.quiet href=(address(act, typed)) { (desk.say(Word::Change)) }
            }
        }))
    };
    frame::page(desk, &desk.words.act(act.service.name), &body)
}

/// The line that it is about, as the bank has it, and what waits already and is about the same: of
/// two who ask the same, the second one knows.
async fn about_line(desk: &Desk<'_>, typed: &Fields) -> Markup {
    let Some(line) = typed.get("line").map(|line| line.trim()).filter(|line| !line.is_empty())
    else {
        return html! {};
    };
    let all = desk.console.wallet.asked_of_lines().await.unwrap_or_default();
    let facts = line_facts::of(desk, typed).await;
    html! {
        @if let Some(facts) = facts { (facts.show(desk)) }
        (asked_for::about_line(desk, &all, line))
    }
}

/// The outlets that a field takes, to choose from by their names.
async fn outlets(desk: &Desk<'_>, act: &ActForm) -> Markup {
    let takes = |input: &Input| matches!(input.typed, Typed::Outlet | Typed::MaybeOutlet);
    if !act.inputs.iter().any(takes) {
        return html! {};
    }
    let all = desk.read(|conn| agent_rows::outlets(conn, OUTLETS_MAX)).await.unwrap_or_default();
    html! {
        datalist id=(OUTLETS) {
            @for outlet in all {
                option value=(AgentNumber::of(outlet.float_account)) {
                    (outlet.name) ", " (outlet.area)
                }
            }
        }
    }
}

/// What came of it, who may say yes where that waits, and where one goes on.
pub async fn result(
    desk: &Desk<'_>,
    act: &Service,
    typed: &Fields,
    slots: &Slots,
    waits: Option<i64>,
) -> Reply {
    let own = desk.duty.as_ref().map(|duty| duty.staff.id);
    let body = html! {
        @match waits {
            None => (frame::well(&desk.say(Word::Done))),
            Some(_) => div.notice.waits role="status" {
                p { (desk.say(Word::Waits)) }
                @if let (Some(own), Some(right)) = (own, act.right()) {
                    p { (asked_for::who_approves(desk, right, slots, own).await) }
                }
            },
        }
        (told_once(desk, slots))
        (frame::values(desk, act.name, slots))
        @if let Some(number) = waits {
            p.buttons {
                a.button href=(Route::Approval(number).path()) { (desk.say(Word::ToRequest)) }
            }
        }
        (onward::links(desk, act.name, typed).await)
    };
    frame::page(desk, &desk.words.act(act.name), &body)
}

/// A code that is handed to whom it is for: what it is about shows it too.
pub fn told_once(desk: &Desk, slots: &Slots) -> Markup {
    let code = slots.get("bank_code").map(ToString::to_string);
    html! {
        @if let Some(code) = code {
            div.notice.waits {
                p { strong { (desk.words.slot("bank_code")) } }
                p.secret { code { (code) } }
            }
        }
    }
}
