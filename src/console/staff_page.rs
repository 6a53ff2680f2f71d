//! Who works here, and which role may do what.

use super::act_forms::{ActForm, FORMS, Section};
use super::desk::Desk;
use super::frame;
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::id::StaffId;
use crate::refusal::Refusal;
use crate::staff::role::{Right, Role};
use crate::store::staff_rows::{self, StaffRow, StaffState};
use maud::{Markup, html};
use strum::VariantArray;

/// Who works here.
pub async fn people(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let all = desk.read(staff_rows::all).await?;
    let at_work = desk.console.wallet.at_work().await?;
    let (here, left): (Vec<_>, Vec<_>) = all.iter().partition(|row| row.state != StaffState::Left);
    let body = html! {
        ul.acts {
            @for form in FORMS.iter().filter(|form| is_new(form) && desk.may(&Route::Act(form))) {
                li {
                    a.button href=(Route::Act(form).path()) { (desk.words.act(form.service.name)) }
                }
            }
        }
        (rows(desk, &here, &at_work))
        @if !left.is_empty() {
            h2 { (desk.say(Word::StateLeft)) }
            (rows(desk, &left, &at_work))
        }
        p { a href=(Route::Rights.path()) { (desk.say(Word::RightsLink)) } }
    };
    Ok(frame::page(desk, &desk.words.section(Section::Staff), &body))
}

fn rows(desk: &Desk, some: &[&StaffRow], at_work: &[(StaffId, i64)]) -> Markup {
    let now = desk.now().micros();
    html! {
        ul.rows {
            @for row in some {
                li {
                    strong { (row.name) }
                    span.about { (desk.words.roles(&row.roles)) }
                    @match row.state {
                        StaffState::Active => span.about {
                            (desk.say(Word::SeenLast)) " " (desk.time(row.seen_at))
                        },
                        StaffState::Invited => span.state {
                            (desk.say(Word::StateInvited))
                            @if row.link_until.is_some_and(|until| until <= now) {
                                " · " (desk.say(Word::LinkOver))
                            }
                        },
                        StaffState::Left => {},
                    }
                    @for (_, since) in at_work.iter().filter(|(staff, _)| *staff == row.id) {
                        span.state { (desk.say(Word::AtWork)) " " (desk.time(*since)) }
                    }
                    @if row.locked_until.is_some_and(|until| until > now) {
                        span.state { (desk.say(Word::Locked)) }
                    }
                    @if row.state != StaffState::Left { (acts_on(desk, row)) }
                }
            }
        }
    }
}

/// Whether it is about somebody who is not here yet.
fn is_new(form: &ActForm) -> bool {
    form.section == Section::Staff && form.inputs.iter().any(|input| input.name == "phone")
}

/// What can be done about somebody: the acts that begin with a name, with theirs in it.
fn acts_on(desk: &Desk, row: &StaffRow) -> Markup {
    let about = |form: &&ActForm| form.section == Section::Staff && !is_new(form);
    let own = FORMS.iter().filter(about).filter(|form| desk.may(&Route::Act(form)));
    html! {
        span.links {
            @for form in own {
                @let roles = frame::escaped(&row.roles);
                @let to = format!("{}?name={}&roles={roles}", Route::Act(form).path(), row.name);
                a href=(to) { (desk.words.act(form.service.name)) }
            }
        }
    }
}

/// Which role may do what.
pub fn rights(desk: &Desk) -> Reply {
    let own = desk.roles();
    let names = |may: &dyn Fn(&[Role]) -> bool| {
        let those = Role::VARIANTS.iter().filter(|role| may(&[**role]));
        those.map(|role| desk.words.role(*role)).collect::<Vec<_>>().join(", ")
    };
    let body = html! {
        p { (desk.say(Word::RightsHow)) }
        ul.rows {
            @for right in Right::VARIANTS {
                @let asks = names(&|roles| right.may_ask(roles));
                @let approves = names(&|roles| right.may_approve(roles));
                li.own[right.may_ask(&own) || right.may_approve(&own)] {
                    strong { (desk.words.right(*right)) }
                    span.about { (desk.say(Word::RightAsks)) ": " (asks) }
                    @if !approves.is_empty() {
                        span.about { (desk.say(Word::RightApproves)) ": " (approves) }
                    }
                }
            }
        }
    };
    frame::page(desk, &desk.say(Word::RightsTitle), &body)
}
