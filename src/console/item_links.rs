//! What can be done about what lies between the banks and the book, by its kind: links to the forms
//! that mend it, with what it is about typed already, or a word where no form does. Where such an
//! item stands on a page is not known here.

use super::act_forms::ActForm;
use super::act_page;
use super::desk::Desk;
use super::route::Route;
use super::wording::Word;
use crate::request::Fields;
use crate::wallet::Service;
use crate::wallet::treasury::open_items::ItemKind;
use crate::wallet::treasury::own_money::{self, Kept};
use crate::wallet::treasury::{explaining, issuing, redemption};
use maud::{Markup, html};

/// The links, about an item of this kind with this name, and by how much.
pub fn links(desk: &Desk, kind: ItemKind, name: &str, minor: i64) -> Markup {
    let forms = acts(kind, minor).iter().filter_map(|(service, input)| {
        let form = ActForm::named(service.name).filter(|form| desk.may(&Route::Act(form)))?;
        let typed = typed(desk, kind, (input, name), minor);
        Some((act_page::address(form, &typed), desk.words.act(service.name)))
    });
    let lists = list(kind).filter(|(route, _)| desk.may(route));
    let lists = lists.map(|(route, word)| (route.path(), desk.say(word)));
    let all: Vec<(String, String)> = forms.chain(lists).collect();
    html! {
        @if kind == ItemKind::NoStatement { " " span.about { (desk.say(Word::NoStatementHow)) } }
        @if !all.is_empty() {
            span.links { @for (to, label) in all { a href=(to) { (label) } } }
        }
    }
}

/// Acts that mend it, each with the input that names it.
fn acts(kind: ItemKind, minor: i64) -> &'static [(&'static Service, &'static str)] {
    match kind {
        ItemKind::BankNotUs | ItemKind::BeforeFirst if minor > 0 => {
            &[(&issuing::ISSUE, "line"), (&explaining::EXPLAIN, "line")]
        }
        ItemKind::LeftOfLine => &[(&issuing::ISSUE, "line")],
        ItemKind::BankNotUs | ItemKind::BeforeFirst | ItemKind::Duplicate | ItemKind::Returned => {
            &[(&explaining::EXPLAIN, "line")]
        }
        ItemKind::UsNotBank => &[(&redemption::CALL_OFF, "redemption")],
        ItemKind::Charges => &[(&own_money::COVER, "amount")],
        ItemKind::OwnMoney => &[(&own_money::SWEEP, "amount")],
        ItemKind::InterestKept => &[(&own_money::PASS_ON, "amount"), (&own_money::SWEEP, "amount")],
        ItemKind::AmountDiffers
        | ItemKind::Commissions
        | ItemKind::NoStatement
        | ItemKind::NotListed => &[],
    }
}

/// What a form begins with: the name of the item, or how much it is.
fn typed(desk: &Desk, kind: ItemKind, (input, name): (&str, &str), minor: i64) -> Fields {
    let value = match input {
        "amount" => desk.money(minor.saturating_abs()).plain(),
        _named => name.to_owned(),
    };
    let mut typed = Fields::from([(input.to_owned(), value)]);
    let kept = match kind {
        ItemKind::OwnMoney => Some(Kept::OwnMoney),
        ItemKind::InterestKept => Some(Kept::Interest),
        ItemKind::BankNotUs
        | ItemKind::UsNotBank
        | ItemKind::AmountDiffers
        | ItemKind::Duplicate
        | ItemKind::Returned
        | ItemKind::BeforeFirst
        | ItemKind::LeftOfLine
        | ItemKind::Charges
        | ItemKind::Commissions
        | ItemKind::NoStatement
        | ItemKind::NotListed => None,
    };
    typed.extend(kept.map(|kept| ("kept".to_owned(), <&str>::from(kept).to_owned())));
    typed
}

/// The page on which one goes on with it, where no form is enough.
fn list(kind: ItemKind) -> impl Iterator<Item = (Route, Word)> {
    let list = match kind {
        ItemKind::AmountDiffers => Some((Route::BankTake, Word::TakeTitle)),
        ItemKind::NotListed => Some((Route::BankLines, Word::LinesTitle)),
        ItemKind::BankNotUs
        | ItemKind::UsNotBank
        | ItemKind::Duplicate
        | ItemKind::Returned
        | ItemKind::BeforeFirst
        | ItemKind::LeftOfLine
        | ItemKind::Charges
        | ItemKind::OwnMoney
        | ItemKind::InterestKept
        | ItemKind::Commissions
        | ItemKind::NoStatement => None,
    };
    list.into_iter()
}
