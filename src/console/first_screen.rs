//! The first screen: what waits for whoever comes to work, what is due today, whether every cent is
//! explained, which outlets are out of float, and how the day goes. Each number leads to what it is
//! made of. What whoever looks may not see is not on it.

use super::asked_for::{self, Asked, Which};
use super::decided;
use super::desk::Desk;
use super::equation_view;
use super::figures::Figures;
use super::frame;
use super::hours::sum;
use super::plots::{self, Line};
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::agent_number::AgentNumber;
use crate::id::AccountId;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::counts::Due;
use maud::{Markup, html};

/// What waits that is looked through for what is one's own, and what of it is listed.
const LOOKED_AT: i64 = 500;
const LISTED: usize = 5;
/// Kinds of payments that have a colour of their own.
const KINDS: usize = 5;

/// The page.
pub async fn page(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let waiting = asked_for::find(desk, Which::Waiting, LOOKED_AT).await?;
    let theirs: Vec<&Asked> =
        waiting.iter().filter(|each| each.is_theirs_to_decide(desk)).collect();
    let own: Vec<&Asked> = waiting.iter().filter(|each| each.is_own(desk)).collect();
    let figures = desk.console.figures.look(&desk.console.wallet).await;
    let waiting = waiting_for(desk, &[(Word::WaitsForMe, &theirs), (Word::MineWait, &own)]);
    let mut sections = if desk.may(&Route::Approvals) { waiting } else { Vec::new() };
    if desk.may(&Route::Approvals) {
        sections.push((Word::MineNotDone, decided::not_done(desk).await?));
    }
    let asked = desk.console.wallet.asked_of_lines().await.unwrap_or_default();
    if let Some(figures) = &figures {
        sections.push((Word::DueToday, due(desk, figures)));
        if may_any(desk, &[Right::Bank, Right::Issue]) {
            sections.push((Word::LinesWait, equation_view::lines(desk, &figures.standing, &asked)));
        }
        if may_any(desk, &[Right::Outlets, Right::Commission, Right::Issue]) {
            sections.push((Word::OutOfFloat, out_of_float(desk, figures)));
        }
    }
    let body = html! {
        (health(desk))
        div.board {
            div { (told(desk, &sections)) }
            div {
                @match &figures {
                    Some(figures) => {
                        @if sees_money(desk) {
                            (equation_view::equation(desk, figures))
                            (against_banks(desk, figures))
                        }
                        (today(desk, figures))
                        p.none { (desk.say(Word::CountedAt)) " " (desk.time(figures.at.micros())) }
                    }
                    None => p.none { (desk.say(Word::BeingCounted)) },
                }
            }
        }
    };
    Ok(frame::wide(desk, &desk.say(Word::Home), &body))
}

/// A heading, how many there are below it, and the first of them; nothing where there is none.
type Section = (Word, Option<(usize, Markup)>);

/// Those in which there is something; the others in one sentence.
fn told(desk: &Desk, sections: &[Section]) -> Markup {
    let none = sections.iter().filter(|(_, some)| some.is_none());
    let none: Vec<String> = none.map(|(word, _)| desk.say(*word)).collect();
    html! {
        @for (word, some) in sections {
            @if let Some((count, inside)) = some {
                section {
                    h2 { (desk.say(*word)) " " span.count { (count) } }
                    (inside)
                }
            }
        }
        @if !none.is_empty() {
            p.none { (desk.say(Word::NoneNow)) " " (none.join(" · ")) }
        }
    }
}

fn waiting_for(desk: &Desk, lists: &[(Word, &[&Asked])]) -> Vec<Section> {
    let each = lists.iter().map(|(word, all)| (*word, (!all.is_empty()).then(|| some(desk, all))));
    each.collect()
}

fn may_any(desk: &Desk, rights: &[Right]) -> bool {
    let roles = desk.roles();
    rights.iter().any(|right| right.may_ask(&roles) || right.may_approve(&roles))
}

/// Who answers for the money, or reads everything.
fn sees_money(desk: &Desk) -> bool {
    may_any(desk, &[Right::Bank, Right::Issue, Right::Redeem, Right::Close, Right::Audit])
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
        @if alive && fault.is_none() { p.none { (desk.say(Word::AllWell)) } }
    }
}

/// The first of what waits, and where the others are.
fn some(desk: &Desk, all: &[&Asked]) -> (usize, Markup) {
    let first: Vec<&Asked> = all.iter().take(LISTED).copied().collect();
    let inside = html! {
        (asked_for::list(desk, &first))
        @if all.len() > first.len() {
            p { a href=(Route::Approvals.path()) { (desk.say(Word::SeeAll)) } }
        }
    };
    (all.len(), inside)
}

/// What has a clock that strikes today.
fn due(desk: &Desk, figures: &Figures) -> Option<(usize, Markup)> {
    let all = figures.due.iter().filter_map(|due| Some((due, clocked(&due.kind)?)));
    let open =
        |(_, (_, to)): &(&Due, (Word, Option<Route>))| to.as_ref().is_none_or(|to| desk.may(to));
    let shown: Vec<_> = all.filter(open).collect();
    let inside = html! {
        ul.rows {
            @for (due, (word, to)) in &shown {
                li {
                    span.count { (due.count) }
                    @match to {
                        Some(to) => a href=(to.path()) { (desk.say(*word)) },
                        None => span { (desk.say(*word)) },
                    }
                    @if let Some(first) = due.first {
                        span.about { (desk.say(Word::DueFirst)) " " (desk.time(first)) }
                    }
                }
            }
        }
    };
    let count = shown.iter().fold(0_i64, |sum, (due, _)| sum.saturating_add(due.count));
    (!shown.is_empty()).then(|| (usize::try_from(count).unwrap_or(usize::MAX), inside))
}

/// What a clock is called, and where what it is about is listed.
fn clocked(kind: &str) -> Option<(Word, Option<Route>)> {
    use super::figures::{DEALS, FREEZES, REQUESTS, REVERSALS};
    match kind {
        kind if kind == REQUESTS => Some((Word::DueRequests, Some(Route::Approvals))),
        kind if kind == DEALS => Some((Word::DueDeals, Some(Route::Deals))),
        kind if kind == REVERSALS => Some((Word::DueReversals, Some(Route::Reversals))),
        kind if kind == FREEZES => Some((Word::DueFreezes, None)),
        _ => None,
    }
}

fn out_of_float(desk: &Desk, figures: &Figures) -> Option<(usize, Markup)> {
    let low = &figures.low;
    let inside = html! {
        details open[low.len() <= LISTED] {
            summary { (desk.say(Word::SeeThem)) }
            ul.rows {
                @for outlet in low {
                    li {
                        strong { (outlet.name) }
                        span.about { (AgentNumber::of(AccountId::of(outlet.float_account))) }
                        span.amount { (desk.money(outlet.left_minor)) }
                    }
                }
            }
        }
    };
    (!low.is_empty()).then_some((low.len(), inside))
}

fn against_banks(desk: &Desk, figures: &Figures) -> Markup {
    let days = &figures.days;
    let (banks, owed) = (desk.say(Word::AtBanks), desk.say(Word::OwedAgainst));
    let lines = [
        Line { label: &owed, values: days.iter().map(|at| at.owed_minor).collect() },
        Line { label: &banks, values: days.iter().map(|at| at.bank_minor).collect() },
    ];
    let most = lines.iter().flat_map(|line| line.values.iter().flatten().copied()).max();
    let top = plots::round_up(most.unwrap_or(0).max(100));
    let [first, last] =
        [days.first(), days.last()].map(|at| at.map(|at| at.day.text()).unwrap_or_default());
    let said = |minor: Option<i64>| minor.map(|minor| desk.money(minor).to_string());
    let title = desk.say(Word::PlotBanks);
    html! {
        section {
            h2 { (title) }
            (plots::lines(&title, &lines, (top, &desk.money(top).to_string()), [&first, &last]))
            details {
                summary { (desk.say(Word::InNumbers)) }
                ul.rows.numbers {
                    @for at in days.iter().rev() {
                        li {
                            strong { (at.day.text()) }
                            span { (owed) ": " (said(at.owed_minor).unwrap_or("?".to_owned())) }
                            span { (banks) ": " (said(at.bank_minor).unwrap_or("-".to_owned())) }
                        }
                    }
                }
            }
        }
    }
}

fn today(desk: &Desk, figures: &Figures) -> Markup {
    let (most, rest) = figures.hours.most(KINDS);
    let mut kinds: Vec<_> =
        most.into_iter().map(|(kind, hours)| (desk.words.kind(kind), hours)).collect();
    if sum(&rest) > 0 {
        kinds.push((desk.say(Word::OtherKinds), rest));
    }
    let title = desk.say(Word::PlotToday);
    html! {
        section {
            h2 { (title) }
            @if kinds.is_empty() {
                p.none { (desk.say(Word::NoPayments)) }
            } @else {
                (plots::columns(&title, &kinds))
                details {
                    summary { (desk.say(Word::InNumbers)) }
                    ul.rows.numbers {
                        @for hour in 0..super::hours::HOURS {
                            @let of = by_hour(&kinds, hour);
                            @if !of.is_empty() {
                                li { strong { (format!("{hour:02}:00")) } span { (of) } }
                            }
                        }
                    }
                }
            }
            @if let Some(to) = figures.hours.counted_to.filter(|_| !figures.hours.whole) {
                p.none { (desk.say(Word::CountedTo)) " " (desk.time(to.micros())) }
            }
        }
    }
}

/// What there was in an hour, in words.
fn by_hour(kinds: &[(String, super::hours::ByHour)], hour: usize) -> String {
    let of = |hours: &super::hours::ByHour| hours.get(hour).copied().unwrap_or(0);
    let some = kinds.iter().filter(|(_, hours)| of(hours) > 0);
    some.map(|(label, hours)| format!("{label}: {}", of(hours))).collect::<Vec<_>>().join(", ")
}
