//! How the money stands: the accounts at banks, what people hold, and all that lies between by its
//! age, with who looks into it.

use super::act_forms::{ActForm, FORMS, Section};
use super::act_page;
use super::asked_for;
use super::desk::Desk;
use super::frame;
use super::item_links;
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::calendar::Day;
use crate::money::Money;
use crate::refusal::Refusal;
use crate::request::Fields;
use crate::store::bank_rows::{self, BankAccountRow};
use crate::wallet::treasury::asked_of_lines::AskedOfLines;
use crate::wallet::treasury::equation::{BankSide, Standing};
use crate::wallet::treasury::open_items::{Band, ItemKind, OpenItem};
use crate::wallet::treasury::{assigning, bank_mapping};
use maud::{Markup, html};
use strum::VariantArray;

/// Items of one age that are shown; how many more there are is said.
const SHOWN_MAX: usize = 100;

/// Accounts at banks that are listed.
const BANKS_MAX: i64 = 1_000;

/// An amount of the service.
pub fn money(desk: &Desk, minor: i64) -> String {
    Money::new(minor, desk.console.wallet.config.market.currency).to_string()
}

/// The page.
pub async fn page(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let standing = desk.standing().await?;
    let banks = desk.read(|conn| bank_rows::accounts_after(conn, None, BANKS_MAX)).await?;
    let asked = desk.console.wallet.asked_of_lines().await.unwrap_or_default();
    let breaks = standing.items.iter().filter(|item| is_to_do(desk, item)).count();
    let body = html! {
        (tabs(desk, &Route::Bank))
        @if breaks == 0 { (frame::well(&desk.say(Word::AllNamed))) }
        @else { (frame::wrong(&format!("{}: {breaks}", desk.say(Word::Breaks)))) }
        (sums(desk, &standing))
        (maps(desk, &banks))
        @for band in Band::VARIANTS { (of_age(desk, &standing, *band, &asked)) }
        h2 { (desk.say(Word::BankActs)) }
        ul.acts {
            @for form in FORMS.iter().filter(|form| form.section == Section::Money) {
                @if desk.may(&Route::Act(form)) {
                    @let path = Route::Act(form).path();
                    li { a.button href=(path) { (desk.words.act(form.service.name)) } }
                }
            }
        }
    };
    Ok(frame::page(desk, &desk.say(Word::BankTitle), &body))
}

/// The pages about the bank.
pub fn tabs(desk: &Desk, here: &Route) -> Markup {
    let path = here.path();
    let pages = [
        (Route::Bank, Word::BankTitle),
        (Route::BankLines, Word::LinesTitle),
        (Route::BankTake, Word::TakeTitle),
    ];
    html! {
        p.tabs {
            @for (route, word) in pages.iter().filter(|(route, _)| desk.may(route)) {
                @let is_here = route.path() == path;
                a href=(route.path()) aria-current=[is_here.then_some("page")] { (desk.say(*word)) }
            }
        }
    }
}

fn sums(desk: &Desk, standing: &Standing) -> Markup {
    let between = standing.at_banks_minor().saturating_sub(standing.held_minor());
    html! {
        dl {
            @for bank in &standing.banks { (of_bank(desk, bank)) }
            dt { (desk.say(Word::AtBanks)) }
            dd { strong { (money(desk, standing.at_banks_minor())) } }
            dt { (desk.say(Word::Held)) }
            dd { strong { (money(desk, standing.held_minor())) } }
            dt { (desk.say(Word::Between)) }
            dd { strong { (money(desk, between)) } }
        }
    }
}

fn of_bank(desk: &Desk, bank: &BankSide) -> Markup {
    html! {
        dt { (bank.name) }
        dd {
            (money(desk, bank.mirror_minor))
            @match bank.closing_minor {
                None => span.about { " " (desk.say(Word::NoStatementYet)) },
                Some(closing) if closing != bank.mirror_minor => {
                    " " span.state { (desk.say(Word::BankSays)) " " (money(desk, closing)) }
                },
                Some(_) => {},
            }
        }
    }
}

/// How the CSV files of each account are read, and where that is changed.
fn maps(desk: &Desk, banks: &[BankAccountRow]) -> Markup {
    let form = ActForm::named(bank_mapping::MAP.name);
    let form = form.filter(|form| desk.may(&Route::Act(form)));
    html! {
        @if !banks.is_empty() {
            details {
                summary { (desk.say(Word::MapsTitle)) }
                ul.rows {
                    @for bank in banks {
                        li {
                            strong { (bank.name) }
                            span.about { (bank.number) }
                            @if bank.column_map.is_empty() {
                                span.about { (desk.say(Word::MapNone)) }
                            } @else { pre.sample { (bank.column_map) } }
                            @if let Some(form) = form {
                                span.links {
                                    a href=(act_page::address(form, &mapped(bank))) {
                                        (desk.words.act(form.service.name))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn mapped(bank: &BankAccountRow) -> Fields {
    Fields::from([
        ("bank".to_owned(), bank.name.clone()),
        ("map".to_owned(), bank.column_map.clone()),
    ])
}

fn of_age(desk: &Desk, standing: &Standing, band: Band, asked: &AskedOfLines) -> Markup {
    let those: Vec<&OpenItem> = standing.items.iter().filter(|item| item.band() == band).collect();
    let more = those.len().saturating_sub(SHOWN_MAX);
    html! {
        @if !those.is_empty() {
            h2 {
                (desk.say(Word::AgeDays)) " " (<&str>::from(band)) " "
                span.count { (those.len()) }
            }
            ul.rows { @for item in those.iter().take(SHOWN_MAX) { (row(desk, item, asked)) } }
            @if more > 0 { p.about { "+ " (more) } }
        }
    }
}

/// Whether something has to be done about it.
fn is_to_do(desk: &Desk, item: &OpenItem) -> bool {
    item.is_break && !desk.is_of_demo(item.kind)
}

fn row(desk: &Desk, item: &OpenItem, asked: &AskedOfLines) -> Markup {
    html! {
        li {
            strong { (money(desk, item.amount_minor)) }
            span {
                (desk.words.item(item.kind.into()))
                @if item.kind != ItemKind::UsNotBank { " " (item.name) }
            }
            @if !item.about.is_empty() { span.about { (item.about) } }
            (asked_for::about_line(desk, asked, &item.name))
            (item_links::links(desk, item.kind, &item.name, item.amount_minor))
            @if is_to_do(desk, item) { span.state { (desk.say(Word::IsBreak)) } }
            @if item.kind == ItemKind::UsNotBank {
                span.about { (desk.words.slot("bank_code")) ": " strong { (item.name) } }
            }
            @if let Some(since) = item.since {
                span.about { (Day::of_date(since).text()) }
                @if item.owner.is_empty() { span.about { (desk.say(Word::NobodyLooks)) } }
                @else { span.about { (item.owner) ": " (item.note) } }
                span.links {
                    @for form in assign() {
                        @if desk.may(&Route::Act(form)) {
                            a href=(act_page::address(form, &named(item))) {
                                (desk.words.act(form.service.name))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn assign() -> impl Iterator<Item = &'static ActForm> {
    ActForm::named(assigning::ASSIGN.name).into_iter()
}

fn named(item: &OpenItem) -> Fields {
    Fields::from([("item".to_owned(), item.name.clone()), ("owner".to_owned(), item.owner.clone())])
}
