//! Where one goes on from what was done or asked for: to what it was about, to the next of its
//! kind, to the lists. What was done is not known here, only its name and what was typed.

use super::act_forms::{ActForm, Section};
use super::desk::Desk;
use super::route::Route;
use super::wording::Word;
use crate::phone::Msisdn;
use crate::request::Fields;
use crate::store::people;
use crate::wallet::days::closing_day::{self, CLOSE};
use crate::wallet::reversals::staff;
use crate::wallet::treasury::bank_item::LineName;
use maud::{Markup, html};

/// The links.
pub async fn links(desk: &Desk<'_>, service: &str, inputs: &Fields) -> Markup {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut to = |route: &Route, label: String| {
        if desk.may(route) {
            all.push((route.path(), label));
        }
    };
    if service == CLOSE.name {
        let sheet = inputs.get("sheet").and_then(|typed| closing_day::sheet_of(typed));
        if let Some(id) = sheet {
            to(&Route::Sheet(id.number()), desk.say(Word::ToSheet));
        }
        to(&Route::Days, desk.say(Word::Days));
    }
    let section = ActForm::named(service).map(|form| form.section);
    match section {
        Some(Section::Staff) => to(&Route::Staff, desk.say(Word::ToStaff)),
        Some(Section::Money) => {
            if let Some(next) = next_line(desk, inputs).await {
                all.push(next);
            }
            for (route, word) in
                [(Route::BankLines, Word::LinesTitle), (Route::Bank, Word::BankTitle)]
            {
                if desk.may(&route) {
                    all.push((route.path(), desk.say(word)));
                }
            }
        }
        Some(Section::Customers | Section::Agents) => {
            if let Some(id) = record(desk, inputs).await
                && desk.may(&Route::Person(id))
            {
                all.push((Route::Person(id).path(), desk.say(Word::ToRecord)));
            }
            if desk.may(&Route::People) {
                all.push((Route::People.path(), desk.say(Word::FindAfresh)));
            }
        }
        Some(Section::Disputes) => {
            let is_reversal = [staff::GIVE_BACK.name, staff::RELEASE.name].contains(&service);
            let (route, word) = match is_reversal {
                true => (Route::Reversals, Word::ReversalsTitle),
                false => (Route::Deals, Word::DealsTitle),
            };
            if desk.may(&route) {
                all.push((route.path(), desk.say(word)));
            }
        }
        None => {}
    }
    if desk.may(&Route::Approvals) {
        all.push((Route::Approvals.path(), desk.say(Word::Approvals)));
    }
    html! { p.tabs { @for (to, label) in all { a href=(to) { (label) } } } }
}

/// The line behind the one that it was about, where there is one: its list begins with it.
async fn next_line(desk: &Desk<'_>, inputs: &Fields) -> Option<(String, String)> {
    let line = inputs.get("line").or_else(|| inputs.get("item"))?;
    let after = LineName::parse(line)?;
    let open = desk.open_lines(Some(after.place()), 1).await.ok()?;
    let next = open.lines.first().filter(|_| desk.may(&Route::BankLines))?.name();
    let to = format!("{}?after={}", Route::BankLines.path(), after.text());
    Some((to, format!("{} {next}", desk.say(Word::NextLine))))
}

/// The account of whom it was about.
pub async fn record(desk: &Desk<'_>, inputs: &Fields) -> Option<i64> {
    let market = &desk.console.wallet.config.market;
    let phone = Msisdn::parse(inputs.get("phone")?, market).ok()?.e164().to_owned();
    let found = desk.read(move |conn| people::by_msisdn(conn, &phone)).await.ok()?;
    found.map(|person| person.account_id.number())
}
