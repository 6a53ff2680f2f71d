//! What two people cannot settle and staff decide: deals, payments that are asked back, gifts that
//! could not go back. Lists, each with what it takes to decide. Numbers are masked: who needs the
//! whole one looks at the person, with a reason. Nothing is decided here.

use super::act_forms::ActForm;
use super::desk::Desk;
use super::frame::{self, Field, escaped, field};
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::staff::role::Right;
use crate::store::StoreError;
use crate::store::people::PersonRow;
use crate::wallet::Service;
use crate::wallet::deals::deals_of_staff::Dispute;
use crate::wallet::deals::judging;
use crate::wallet::reversals::staff::{self, Case};
use maud::{Markup, html};

/// States in which a second person says yes or no.
const PROPOSED: [&str; 2] = ["proposed", "reproposed"];

/// Deals that wait for the staff, the oldest first.
pub async fn deals(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let all = desk.console.wallet.disputes().await.map_err(|error| unread(&error))?;
    let body = html! {
        (tabs(desk, &Route::Deals))
        ul.rows {
            @for dispute in &all { (deal(desk, dispute)) }
        }
        @if all.is_empty() { p.none { (desk.say(Word::Nothing)) } }
    };
    Ok(frame::page(desk, &desk.say(Word::DealsTitle), &body))
}

fn unread(error: &StoreError) -> Refusal {
    tracing::error!(%error, "a list could not be read");
    Reason::BUSY.into()
}

/// The lists, beside each other.
fn tabs(desk: &Desk, here: &Route) -> Markup {
    let all = [
        (Route::Deals, Word::DealsTitle),
        (Route::Reversals, Word::ReversalsTitle),
        (Route::NotBack, Word::NotBackTitle),
    ];
    html! {
        p.tabs {
            @for (route, word) in all.iter().filter(|(route, _)| desk.may(route)) {
                @let is_here = route.path() == here.path();
                a href=(route.path()) aria-current=[is_here.then_some("page")] {
                    (desk.say(*word))
                }
            }
        }
    }
}

fn who(desk: &Desk, person: Option<&PersonRow>) -> String {
    let Some(person) = person else { return "?".to_owned() };
    let phone = Msisdn::from_e164(&person.msisdn)
        .map(|phone| phone.masked(&desk.console.wallet.config.market));
    format!("{} {}", person.name, phone.unwrap_or_default())
}

fn deal(desk: &Desk, dispute: &Dispute) -> Markup {
    let terms = &dispute.deal.terms;
    let state: &str = dispute.deal.state.into();
    let [buyer, seller] = &dispute.sides;
    html! {
        li {
            strong { (dispute.code) }
            span.state { (desk.words.deal_state(state)) }
            span.amount { (desk.money(terms.left_minor())) }
            @if let Some(due) = dispute.deal.row.due_at {
                span.about { (desk.say(Word::RunsOut)) " " (desk.time(due)) }
            }
            dl.plain {
                dt { (desk.say(Word::Goods)) }
                dd { (terms.goods) }
                dt { (desk.say(Word::Buyer)) }
                dd { (who(desk, buyer.as_ref())) }
                dt { (desk.say(Word::Seller)) }
                dd { (who(desk, seller.as_ref())) }
                @if let Some(problem) = &terms.problem {
                    dt { (desk.say(Word::Problem)) }
                    dd { (desk.words.deal_problem(problem)) }
                }
                @if let Some(ruling) = &terms.ruling {
                    dt { (desk.say(Word::Proposed)) }
                    dd {
                        (ruling.by) ": " (desk.money(ruling.back_minor)) " "
                        (desk.say(Word::ToBuyer)) ". " (ruling.words)
                    }
                }
            }
            @if !dispute.trail.is_empty() {
                details {
                    summary { (desk.say(Word::History)) }
                    ul.rows {
                        @for event in &dispute.trail {
                            li {
                                strong { (desk.words.deal_event(&event.event)) }
                                span.about { (event.actor.trim_start_matches("staff ")) }
                                @if !event.note.is_empty() { span.why { (event.note) } }
                            }
                        }
                    }
                }
            }
            @let seen = dispute.deal.row.version;
            @let query = format!("deal={}&seen={seen}", escaped(&dispute.code));
            @let is_proposed = terms.ruling.is_some() && PROPOSED.contains(&state);
            @let acts: &[&Service] = match (is_proposed, desk.may_approve(Some(Right::Deals))) {
                (true, true) => &[&judging::CONFIRM, &judging::REJECT],
                (true, false) => &[],
                (false, _) => &[&judging::PROPOSE],
            };
            (decisions(desk, acts, &query))
        }
    }
}

/// The forms with which something of these lists is decided, with what it is about typed already.
fn decisions(desk: &Desk, acts: &[&Service], query: &str) -> Markup {
    let forms = acts.iter().filter_map(|service| ActForm::named(service.name));
    let open: Vec<&ActForm> = forms.filter(|form| desk.may(&Route::Act(form))).collect();
    html! {
        @if !open.is_empty() {
            span.links {
                @for form in open {
                    a href=(format!("{}?{query}", Route::Act(form).path())) {
                        (desk.words.act(form.service.name))
                    }
                }
            }
        }
    }
}

/// Payments that are asked back and not decided, the oldest first.
pub async fn reversals(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let all = desk.console.wallet.reversals().await.map_err(|error| unread(&error))?;
    let body = html! {
        (tabs(desk, &Route::Reversals))
        ul.rows {
            @for case in &all { (reversal(desk, case)) }
        }
        @if all.is_empty() { p.none { (desk.say(Word::Nothing)) } }
    };
    Ok(frame::page(desk, &desk.say(Word::ReversalsTitle), &body))
}

fn reversal(desk: &Desk, case: &Case) -> Markup {
    let terms = &case.reversal.terms;
    let state: &str = case.reversal.state.into();
    html! {
        li {
            strong { (case.code) }
            span.state { (desk.words.reversal_state(state)) }
            span.amount { (desk.money(terms.held_minor)) }
            span.about { (desk.say(Word::HeldOf)) " " (desk.money(terms.amount_minor)) }
            dl.plain {
                dt { (desk.say(Word::Sender)) }
                dd { (who(desk, Some(&case.payer))) }
                dt { (desk.say(Word::Receiver)) }
                dd { (who(desk, Some(&case.payee))) }
                dt { (desk.say(Word::AskedOn)) }
                dd { (desk.time(case.reversal.row.begun_at)) }
                dt { (desk.say(Word::EndsItself)) }
                dd { (desk.time(terms.expires_at)) }
                dt { (desk.say(Word::AskedBefore)) }
                dd { (case.asked_before) }
            }
            @let query = format!("receipt={}", escaped(&case.code));
            (decisions(desk, &[&staff::GIVE_BACK, &staff::RELEASE], &query))
        }
    }
}

/// Gifts to a collection that could not go back to who gave them.
pub async fn not_back(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let number = desk.visit.asked("number").trim();
    let (status, found) = match number {
        "" => (200, html! {}),
        number => {
            let read = desk.console.wallet.not_back(number).await;
            match read.map_err(|error| unread(&error))? {
                None => (404, frame::wrong(&desk.say(Word::NoCollection))),
                Some(left) => (200, gifts(desk, &left)),
            }
        }
    };
    let body = html! {
        (tabs(desk, &Route::NotBack))
        form method="get" action=(Route::NotBack.path()) role="search" {
            (field(&Field {
                name: "number",
                label: &desk.say(Word::CollectionNumber),
                value: number,
                first: true,
                ..Field::default()
            }))
            button type="submit" { (desk.say(Word::Show)) }
        }
        (found)
    };
    Ok(frame::with_status(desk, status, &desk.say(Word::NotBackTitle), &body))
}

fn gifts(desk: &Desk, left: &crate::wallet::collections::not_back::NotBack) -> Markup {
    let market = &desk.console.wallet.config.market;
    let phone =
        |e164: &str| Msisdn::from_e164(e164).map(|phone| phone.masked(market)).unwrap_or_default();
    html! {
        section {
            h2 { (left.title) " " span.count { (left.gifts.len()) } }
            @if left.gifts.is_empty() {
                p.none { (desk.say(Word::Nothing)) }
            } @else {
                p {
                    (desk.money(left.sum_minor())) ". " (desk.say(Word::TriedAgain)) " "
                    (desk.time(left.again.micros()))
                }
            }
            ul.rows {
                @for gift in &left.gifts {
                    @let state: &str = gift.state.into();
                    li {
                        strong.amount { (desk.money(gift.left_minor)) }
                        span { (phone(&gift.msisdn)) }
                        span.state { (desk.words.choice(state)) }
                        span.about { (gift.digest) }
                    }
                }
            }
        }
    }
}
