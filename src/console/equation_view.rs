//! The equation as a page shows it: what lies at the banks is what people hold and what is in
//! between, each by its name; or the line that breaks it, with what can be done about it. And the
//! lines of statements that nobody has explained. How it is reckoned is not known here.

use super::asked_for;
use super::desk::Desk;
use super::figures::Figures;
use super::frame;
use super::item_links;
use super::wording::Word;
use crate::store::bank_sums::Waiting;
use crate::wallet::treasury::asked_of_lines::AskedOfLines;
use crate::wallet::treasury::equation::{Break, Standing};
use crate::wallet::treasury::open_items::ItemKind;
use maud::{Markup, html};

/// Breaks and lines that are listed.
const LISTED: usize = 5;

/// Green, or what breaks it.
pub fn equation(desk: &Desk, figures: &Figures) -> Markup {
    let standing = &figures.standing;
    let breaks = standing.breaks();
    let only_of_demo = breaks.iter().all(|each| desk.is_of_demo(each.kind));
    html! {
        section {
            h2 { (desk.say(Word::Equation)) }
            @if breaks.is_empty() {
                (frame::well(&desk.say(Word::Explained)))
            } @else if only_of_demo {
                div.notice role="status" { ul { @for each in &breaks { (broken(desk, each)) } } }
            } @else {
                div.notice.bad role="status" {
                    strong { (desk.say(Word::NotExplained)) }
                    ul {
                        @for each in breaks.iter().take(LISTED) { (broken(desk, each)) }
                    }
                    @if breaks.len() > LISTED {
                        p { (desk.say(Word::AndMore)) " " (breaks.len().saturating_sub(LISTED)) }
                    }
                }
            }
            (terms(desk, standing))
        }
    }
}

fn broken(desk: &Desk, each: &Break) -> Markup {
    html! {
        li {
            (desk.words.item(each.kind.into()))
            @if !each.about.is_empty() { " " strong { (each.about) } }
            ": " span.amount { (desk.money(each.minor)) }
            (item_links::links(desk, each.kind, &each.about, each.minor))
        }
    }
}

/// Both sides, and everything in between that is not nothing.
fn terms(desk: &Desk, standing: &Standing) -> Markup {
    let between = [
        (Word::CameIn, standing.suspense_minor, None),
        (Word::LeftOfLines, sum(&standing.parts), oldest(&standing.parts)),
        (Word::OnItsWay, sum(&standing.redemptions), oldest(&standing.redemptions)),
        (Word::OutNotExplained, standing.outgoing_minor, None),
        (Word::BankCharges, standing.charges_minor, None),
        (Word::BankInterest, standing.interest_minor, None),
        (Word::CommissionOwed, standing.commissions_minor, None),
        (Word::AgainstNoBank, standing.trust_minor, None),
    ];
    html! {
        dl.sums {
            dt { (desk.say(Word::AtBanks)) }
            dd.amount { (desk.money(standing.at_banks_minor())) }
            dt { (desk.say(Word::InIssue)) }
            dd.amount { (desk.money(standing.held_minor())) }
            @for (word, minor, since) in between.iter().filter(|(_, minor, _)| *minor != 0) {
                dt {
                    (desk.say(*word))
                    @if let Some(since) = since {
                        span.about { " " (desk.say(Word::Oldest)) " " (desk.time(*since)) }
                    }
                }
                dd.amount { (desk.money(*minor)) }
            }
        }
    }
}

fn sum(all: &[Waiting]) -> i64 {
    all.iter().fold(0, |sum, each| sum.saturating_add(each.left_minor))
}

fn oldest(all: &[Waiting]) -> Option<i64> {
    all.iter().map(|each| each.since).min()
}

/// Lines that nobody has explained, the oldest first, each with what can be made of it; how many,
/// and nothing where there is none.
pub fn lines(desk: &Desk, standing: &Standing, asked: &AskedOfLines) -> Option<(usize, Markup)> {
    let all = &standing.lines;
    let inside = html! {
        ul.rows {
            @for line in all.iter().take(LISTED) {
                @let name = format!("{}-{}", line.statement, line.place);
                @let kind = match line.is_opening() {
                    true => ItemKind::BeforeFirst,
                    false => ItemKind::BankNotUs,
                };
                li {
                    strong { (name) }
                    span.amount { (desk.money(line.amount_minor)) }
                    span.about { (desk.day(&line.booked_on)) }
                    @if line.is_opening() {
                        span.about { (desk.words.item(kind.into())) }
                    } @else { span.about { (line.counterparty) " " (line.said) } }
                    (asked_for::about_line(desk, asked, &name))
                    (item_links::links(desk, kind, &name, line.amount_minor))
                }
            }
        }
        @if all.len() > LISTED {
            p.none { (desk.say(Word::AndMore)) " " (all.len().saturating_sub(LISTED)) }
        }
    };
    (!all.is_empty()).then_some((all.len(), inside))
}
