//! Lines that nobody has explained, each with what it may be, by which rule, and a form where all
//! of that is typed already. Where nothing is left to judge, one button explains all of those.

use super::act_forms::ActForm;
use super::act_page;
use super::asked_for;
use super::bank_page::{money, tabs};
use super::desk::Desk;
use super::frame::{self, form};
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::matching::{Found, Proposal, bank_code};
use crate::money::Money;
use crate::refusal::Refusal;
use crate::request::Fields;
use crate::wallet::treasury::asked_of_lines::AskedOfLines;
use crate::wallet::treasury::bank_item::LineName;
use crate::wallet::treasury::explaining::Meaning;
use crate::wallet::treasury::line_candidates::{OpenLine, OpenLines};
use crate::wallet::treasury::open_items::ItemKind;
use crate::wallet::treasury::{assigning, explaining, issuing};
use maud::{Markup, html};

/// Lines of a page, and lines that are looked through in one go.
const ON_A_PAGE: i64 = 50;
const MATCHED_MAX: i64 = 500;

/// The page.
pub async fn page(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    list(desk, None).await
}

async fn list(desk: &Desk<'_>, said: Option<String>) -> Result<Reply, Refusal> {
    let after = LineName::parse(desk.visit.asked("after")).map(LineName::place);
    let open = desk.open_lines(after, ON_A_PAGE).await?;
    let asked = desk.console.wallet.asked_of_lines().await.unwrap_or_default();
    let full = i64::try_from(open.lines.len()).unwrap_or(i64::MAX) >= ON_A_PAGE;
    let body = html! {
        (tabs(desk, &Route::BankLines))
        @if let Some(said) = said { (frame::well(&said)) }
        p { (desk.say(Word::LinesHow)) }
        (match_button(desk, &open))
        ul.rows { @for line in &open.lines { (row(desk, line, &open, &asked)) } }
        @if open.lines.is_empty() { p.none { (desk.say(Word::Nothing)) } }
        @if let Some(last) = open.lines.last().filter(|_| full) {
            p.tabs {
                a href=(format!("{}?after={}", Route::BankLines.path(), last.name())) {
                    (desk.say(Word::NextLines))
                }
            }
        }
    };
    Ok(frame::page(desk, &desk.say(Word::LinesTitle), &body))
}

fn match_button(desk: &Desk, open: &OpenLines) -> Markup {
    let alone = open.lines.iter().filter(|line| line.explained_alone().is_some()).count();
    html! {
        @if alone > 0 && desk.may(&Route::BankMatch) {
            (form(desk, &Route::BankMatch, &html! {
                button type="submit" { (desk.say(Word::MatchAll)) " (" (alone) ")" }
            }))
        }
    }
}

fn row(desk: &Desk, line: &OpenLine, open: &OpenLines, asked: &AskedOfLines) -> Markup {
    let acts = [&issuing::ISSUE, &explaining::EXPLAIN, &assigning::ASSIGN];
    let forms = acts.into_iter().filter_map(|service| ActForm::named(service.name));
    let came_in = line.line.amount_minor > 0;
    let forms = forms.filter(|form| came_in || form.service.name != issuing::ISSUE.name);
    html! {
        li {
            strong { (money(desk, line.line.amount_minor)) }
            span { (line.name()) " · " (desk.day(&line.line.booked_on)) }
            @if line.line.is_opening() {
                span.state { (desk.words.item(ItemKind::BeforeFirst.into())) }
                span.about { (desk.say(Word::BeforeFirstHow)) }
            } @else {
                span.about {
                    (line.line.counterparty) " " (line.line.said) " " (line.line.reference)
                }
            }
            (asked_for::about_line(desk, asked, &line.name()))
            @for proposal in &line.proposals { (candidate(desk, line, proposal, open)) }
            span.links {
                @for form in forms {
                    @if desk.may(&Route::Act(form)) {
                        a href=(act_page::address(form, &plain(line))) {
                            (desk.words.act(form.service.name))
                        }
                    }
                }
            }
        }
    }
}

/// What every form about a line begins with.
fn plain(line: &OpenLine) -> Fields {
    let mut typed =
        Fields::from([("line".to_owned(), line.name()), ("item".to_owned(), line.name())]);
    if line.line.is_opening() {
        typed.insert("meaning".to_owned(), <&str>::from(Meaning::OwnMoney).to_owned());
    }
    typed
}

fn candidate(desk: &Desk, line: &OpenLine, proposal: &Proposal, open: &OpenLines) -> Markup {
    let words = format!("{} {}", desk.words.found(word(&proposal.found)), about(proposal, open));
    let filled = line.inputs(proposal).and_then(|(service, fields)| {
        let form = ActForm::named(service.name)?;
        Some((form, typed(desk, line, proposal, fields, open)))
    });
    html! {
        span.links {
            @match filled.filter(|(form, _)| desk.may(&Route::Act(form))) {
                Some((form, fields)) => a href=(act_page::address(form, &fields)) { (words) },
                None => span { (words) },
            }
            span.about { (proposal.rule) }
        }
    }
}

/// What a form is filled with: for e-money, how much and to whom.
fn typed(
    desk: &Desk,
    line: &OpenLine,
    proposal: &Proposal,
    mut fields: Fields,
    open: &OpenLines,
) -> Fields {
    let market = &desk.console.wallet.config.market;
    let amount = Money::new(line.line.amount_minor, market.currency).plain();
    fields.insert("amount".to_owned(), amount);
    if let Found::Deposit(number) = proposal.found {
        let to = open.notices.get(&number).map(|notice| notice.to.clone()).unwrap_or_default();
        fields.insert("to".to_owned(), to);
    }
    fields.insert("why".to_owned(), proposal.rule.clone());
    fields
}

fn word(found: &Found) -> &'static str {
    match found {
        Found::Duplicate(_) => "duplicate",
        Found::Redemption(_) => "redemption",
        Found::Returned(_) => "returned",
        Found::Deposit(_) => "deposit",
        Found::Outlet(_) => "outlet",
        Found::Says(says) => says.into(),
    }
}

fn about(proposal: &Proposal, open: &OpenLines) -> String {
    match &proposal.found {
        Found::Duplicate(line) => line.clone(),
        Found::Redemption(number) => {
            let to = open.redemptions.get(number).map_or("", |(_, terms)| terms.to.as_str());
            format!("{} {to}", bank_code::written(*number))
        }
        Found::Returned(number) => bank_code::written(*number),
        Found::Deposit(number) => {
            let to = open.notices.get(number).map_or("", |notice| notice.to.as_str());
            format!("{} {to}", bank_code::written(*number))
        }
        Found::Outlet(number) => crate::check_digit::written(*number),
        Found::Says(_) => String::new(),
    }
}

/// Explains what nothing is left to judge of, one after the other.
pub async fn matched(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let open = desk.open_lines(None, MATCHED_MAX).await?;
    let mut explained = 0_u32;
    for line in &open.lines {
        let Some(fields) = line.explained_alone() else { continue };
        // a line is explained once: who sends the form twice finds it done
        if desk.act_on(explaining::EXPLAIN.name, fields, &line.name()).await.is_ok() {
            explained = explained.saturating_add(1);
        }
    }
    list(desk, Some(format!("{}: {explained}", desk.say(Word::Matched)))).await
}
