//! The pages of the console and who may open them. Each address is a value before anything is done
//! about it, and the door stands at one place: no page has to remember to close it.

use super::act_forms::{ActForm, FORMS};
use crate::language::Language;
use crate::staff::role::{Right, Role};
use jiff::civil::Date;

/// Where the console is.
pub const ROOT: &str = "/console";

/// A page, or something to do.
#[derive(Debug, Clone)]
pub enum Route {
    /// How the pages look.
    Style,
    /// Coming to work.
    SignIn,
    /// Going home.
    SignOut,
    /// Beginning to work here, with this link.
    Join(String),
    /// From now on in this language.
    Speak(Language),
    /// The first screen.
    Home,
    /// What takes two.
    Approvals,
    /// One of those,
    Approval(i64),
    /// a yes to it,
    Approve(i64),
    /// a no,
    Decline(i64),
    /// or who asked does not want it any more.
    TakeBack(i64),
    /// Finding people.
    People,
    /// The record of one.
    Person(i64),
    /// Deals that their two sides cannot settle.
    Deals,
    /// Payments that are asked back.
    Reversals,
    /// Gifts that could not go back.
    NotBack,
    /// Who works here.
    Staff,
    /// Which role may do what.
    Rights,
    /// The days that were closed, and the one that comes next.
    Days,
    /// The sheet of a day is made.
    MakeSheet,
    /// A sheet that waits to be signed, in figures,
    Sheet(i64),
    /// asked for with these,
    CloseDay(i64),
    /// or as pages.
    SheetPages(i64),
    /// What was signed of a day, as a table
    DayTable(Date),
    /// or as pages.
    DayPages(Date),
    /// One's own session.
    Own,
    /// How the money stands.
    Bank,
    /// Lines that nobody has explained,
    BankLines,
    /// and those of which nothing is left to judge.
    BankMatch,
    /// Taking a statement: a file is sent,
    BankTake,
    /// looked at, and taken.
    BankFile(i64),
    /// The form of an act.
    Act(&'static ActForm),
}

/// How it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To be looked at; nothing is changed.
    Get,
    /// A form.
    Post,
}

/// Who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// Anybody.
    Open,
    /// Who is at work.
    OnDuty,
    /// Who is at work and may ask for one of these.
    Rights(Vec<Right>),
}

impl Route {
    /// The page at a path below the root.
    pub fn parse(path: &str) -> Option<Route> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number > 0);
        Some(match parts.as_slice() {
            [] | [""] => Route::Home,
            ["style.css"] => Route::Style,
            ["sign-in"] => Route::SignIn,
            ["sign-out"] => Route::SignOut,
            ["join", link] if is_link(link) => Route::Join((*link).to_owned()),
            ["speak", language] => Route::Speak(Language::parse(language)?),
            ["approvals"] => Route::Approvals,
            ["approvals", id] => Route::Approval(number(id)?),
            ["approvals", id, "yes"] => Route::Approve(number(id)?),
            ["approvals", id, "no"] => Route::Decline(number(id)?),
            ["approvals", id, "back"] => Route::TakeBack(number(id)?),
            ["people"] => Route::People,
            ["people", id] => Route::Person(number(id)?),
            ["disputes"] => Route::Deals,
            ["reversals"] => Route::Reversals,
            ["not-back"] => Route::NotBack,
            ["staff"] => Route::Staff,
            ["rights"] => Route::Rights,
            ["days"] => Route::Days,
            ["days", "make"] => Route::MakeSheet,
            ["days", "sheets", id] => Route::Sheet(number(id)?),
            ["days", "sheets", id, "close"] => Route::CloseDay(number(id)?),
            ["days", "sheets", id, "pages.pdf"] => Route::SheetPages(number(id)?),
            ["days", day, "table.csv"] => Route::DayTable(own_day(day)?),
            ["days", day, "pages.pdf"] => Route::DayPages(own_day(day)?),
            ["session"] => Route::Own,
            ["bank"] => Route::Bank,
            ["bank", "lines"] => Route::BankLines,
            ["bank", "match"] => Route::BankMatch,
            ["bank", "take"] => Route::BankTake,
            ["bank", "files", id] => Route::BankFile(number(id)?),
            ["act", name] => Route::Act(ActForm::named(name)?),
            _ => return None,
        })
    }

    /// Its path.
    pub fn path(&self) -> String {
        let below = match self {
            Route::Home => String::new(),
            Route::Style => "/style.css".to_owned(),
            Route::SignIn => "/sign-in".to_owned(),
            Route::SignOut => "/sign-out".to_owned(),
            Route::Join(link) => format!("/join/{link}"),
            Route::Speak(language) => format!("/speak/{language}"),
            Route::Approvals => "/approvals".to_owned(),
            Route::Approval(id) => format!("/approvals/{id}"),
            Route::Approve(id) => format!("/approvals/{id}/yes"),
            Route::Decline(id) => format!("/approvals/{id}/no"),
            Route::TakeBack(id) => format!("/approvals/{id}/back"),
            Route::People => "/people".to_owned(),
            Route::Person(id) => format!("/people/{id}"),
            Route::Deals => "/disputes".to_owned(),
            Route::Reversals => "/reversals".to_owned(),
            Route::NotBack => "/not-back".to_owned(),
            Route::Staff => "/staff".to_owned(),
            Route::Rights => "/rights".to_owned(),
            Route::Days => "/days".to_owned(),
            Route::MakeSheet => "/days/make".to_owned(),
            Route::Sheet(id) => format!("/days/sheets/{id}"),
            Route::CloseDay(id) => format!("/days/sheets/{id}/close"),
            Route::SheetPages(id) => format!("/days/sheets/{id}/pages.pdf"),
            Route::DayTable(day) => format!("/days/{day}/table.csv"),
            Route::DayPages(day) => format!("/days/{day}/pages.pdf"),
            Route::Own => "/session".to_owned(),
            Route::Bank => "/bank".to_owned(),
            Route::BankLines => "/bank/lines".to_owned(),
            Route::BankMatch => "/bank/match".to_owned(),
            Route::BankTake => "/bank/take".to_owned(),
            Route::BankFile(id) => format!("/bank/files/{id}"),
            Route::Act(form) => format!("/act/{}", form.service.name),
        };
        format!("{ROOT}{below}")
    }

    /// Whether it may be asked for like that.
    pub fn takes(&self, method: Method) -> bool {
        match self {
            Route::Style
            | Route::Speak(_)
            | Route::Home
            | Route::Approvals
            | Route::Approval(_)
            | Route::Deals
            | Route::Reversals
            | Route::NotBack
            | Route::Staff
            | Route::Rights
            | Route::Bank
            | Route::BankLines
            | Route::Days
            | Route::Sheet(_)
            | Route::SheetPages(_)
            | Route::DayTable(_)
            | Route::DayPages(_) => method == Method::Get,
            Route::SignOut
            | Route::Approve(_)
            | Route::Decline(_)
            | Route::TakeBack(_)
            | Route::MakeSheet
            | Route::CloseDay(_)
            | Route::BankMatch => method == Method::Post,
            Route::SignIn
            | Route::Join(_)
            | Route::Own
            | Route::People
            | Route::Person(_)
            | Route::BankTake
            | Route::BankFile(_)
            | Route::Act(_) => true,
        }
    }

    /// Who may.
    pub fn door(&self) -> Door {
        match self {
            Route::Style | Route::SignIn | Route::Join(_) | Route::Speak(_) => Door::Open,
            Route::SignOut | Route::Home | Route::Rights | Route::Own => Door::OnDuty,
            Route::Approvals | Route::Approval(_) => {
                Door::Rights(vec![Right::Second, Right::Audit])
            }
            Route::Approve(_) | Route::Decline(_) | Route::TakeBack(_) => {
                Door::Rights(vec![Right::Second])
            }
            Route::People | Route::Person(_) => Door::Rights(vec![Right::Look]),
            Route::Deals => Door::Rights(vec![Right::Deals, Right::Audit]),
            Route::Reversals => Door::Rights(vec![Right::Reversals, Right::Audit]),
            Route::NotBack => Door::Rights(vec![Right::Look]),
            Route::Staff => Door::Rights(vec![Right::Staff, Right::Audit]),
            Route::Bank | Route::BankLines => Door::Rights(vec![Right::Bank, Right::Audit]),
            Route::BankMatch | Route::BankTake | Route::BankFile(_) => {
                Door::Rights(vec![Right::Bank])
            }
            Route::Days
            | Route::Sheet(_)
            | Route::SheetPages(_)
            | Route::DayTable(_)
            | Route::DayPages(_) => Door::Rights(vec![Right::Close, Right::Audit]),
            Route::MakeSheet | Route::CloseDay(_) => Door::Rights(vec![Right::Close]),
            // an act without a right is nobody's
            Route::Act(form) => Door::Rights(form.right().into_iter().collect()),
        }
    }

    /// Whether somebody with these roles may.
    pub fn lets_in(&self, roles: &[Role]) -> bool {
        match self.door() {
            Door::Open | Door::OnDuty => true,
            Door::Rights(rights) => rights.iter().any(|right| right.may_ask(roles)),
        }
    }

    /// One of each, to be walked over; `number` is that of a request.
    pub fn each(number: i64) -> Vec<Route> {
        let mut all = vec![
            Route::Style,
            Route::SignIn,
            Route::SignOut,
            Route::Join("0".repeat(32)),
            Route::Speak(Language::EN),
            Route::Home,
            Route::Approvals,
            Route::Approval(number),
            Route::Approve(number),
            Route::Decline(number),
            Route::TakeBack(number),
            Route::People,
            Route::Person(number),
            Route::Deals,
            Route::Reversals,
            Route::NotBack,
            Route::Staff,
            Route::Rights,
            Route::Days,
            Route::MakeSheet,
            Route::Sheet(number),
            Route::CloseDay(number),
            Route::SheetPages(number),
            Route::DayTable(Date::constant(2026, 11, 28)),
            Route::DayPages(Date::constant(2026, 11, 28)),
            Route::Own,
            Route::Bank,
            Route::BankLines,
            Route::BankMatch,
            Route::BankTake,
            Route::BankFile(number),
        ];
        all.extend(FORMS.iter().map(Route::Act));
        all
    }
}

/// A day as it stands in a path.
fn own_day(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    (day.to_string() == text).then_some(day)
}

/// Whether it may be what somebody begins to work with.
fn is_link(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A path to go back to: that of a page of the console that can be looked at, whatever somebody
/// wrote into a link.
pub fn own_path(text: &str) -> Option<&str> {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let page = path.strip_prefix(ROOT).and_then(Route::parse)?;
    // no other spelling of it, such as with dots on the way
    let own = page.takes(Method::Get) && page.path() == path;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%&=+*".contains(&b);
    (own && query.bytes().all(plain) && text.len() <= 2_000).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_found_at_its_path_and_nothing_else_is() {
        for route in Route::each(7) {
            let path = route.path();
            let found = Route::parse(path.strip_prefix(ROOT).unwrap());
            assert_eq!(found.map(|found| found.path()), Some(path));
        }
        for path in [
            "/approvals/0",
            "/approvals/-1",
            "/approvals/x",
            "/approvals/7/maybe",
            "/approvals/7/yes/",
            "/staff/",
            "//",
            "/join",
            "/join/",
            "/act/send",
            "/act/approve_staff_request",
            "/speak/xxx",
            "/days/2026-11-31/table.csv",
            "/days/20261128/table.csv",
            "/days/2026-11-28",
            "/STAFF",
        ] {
            assert!(Route::parse(path).is_none(), "{path}");
        }
    }

    #[test]
    fn what_anybody_may_open_is_written_down() {
        let open: Vec<String> = Route::each(7)
            .into_iter()
            .filter(|route| route.door() == Door::Open)
            .map(|route| route.path())
            .collect();
        let link = format!("/console/join/{}", "0".repeat(32));
        let written = ["/console/style.css", "/console/sign-in", &link, "/console/speak/en"];
        assert_eq!(open, written);
    }

    #[test]
    fn nobody_is_led_away_from_the_console() {
        for good in
            ["/console", "/console/staff", "/console?said=done", "/console/approvals/7?a=b%20c"]
        {
            assert_eq!(own_path(good), Some(good));
        }
        for bad in [
            "",
            "/",
            "/consolex",
            "//evil.example",
            "https://evil.example/console/",
            "/console//evil.example",
            "/console/\\evil",
            "/console/a b",
            "/console/../evil",
            "/console/staff/../../evil",
            "/console/join/..",
            "/console/staff?back=//evil.example",
            "/console/staff#evil",
            "/console/sign-out",
            "/console/x",
            "javascript:/console/staff",
            "/console/a\r\nSet-Cookie:x",
        ] {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
    }
}
