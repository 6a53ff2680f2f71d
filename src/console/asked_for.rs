//! What waits for a second person, read for its pages: who asked for what, and since when. Which
//! acts there are is not known here.

use super::act_forms::right_of;
use super::desk::Desk;
use super::frame;
use super::route::Route;
use super::wording::Word;
use crate::id::{AccountId, ArrangementId, StaffId};
use crate::refusal::{Refusal, Slots};
use crate::staff::role::Right;
use crate::store::Conn;
use crate::store::arrangement_rows::{self as rows, ArrangementRow, Search, Side};
use crate::wallet::office::in_short::in_short;
use crate::wallet::office::two_people::{KIND, Wish};
use crate::wallet::service;
use crate::wallet::treasury::asked_of_lines::AskedOfLines;
use maud::{Markup, html};

/// One of them.
#[derive(Debug)]
pub struct Asked {
    /// As it is stored.
    pub row: ArrangementRow,
    /// What is asked for.
    pub wish: Wish,
}

impl Asked {
    /// As it is stored, where that can be read.
    pub fn of(row: ArrangementRow) -> Option<Asked> {
        let wish = Wish::of(&row).ok()?;
        Some(Asked { row, wish })
    }

    /// Whether it is of whoever looks.
    pub fn is_own(&self, desk: &Desk) -> bool {
        let own = |staff: i64| staff == self.row.owner.number();
        desk.duty.as_ref().is_some_and(|duty| own(duty.staff.id.number()))
    }

    /// The right that it is about.
    pub fn right(&self) -> Option<Right> {
        service(&self.wish.service).and_then(right_of)
    }

    /// Whether it waits.
    pub fn waits(&self, desk: &Desk) -> bool {
        KIND.waits(&self.row, desk.now())
    }

    /// Whether it is for whoever looks: their own, of what they may decide or do, or all for who
    /// reads everything.
    pub fn is_for(&self, desk: &Desk) -> bool {
        let right = self.right();
        desk.duty.as_ref().is_some_and(|duty| Wish::is_for(&duty.staff, &self.row, right))
    }

    /// Whether whoever looks may say yes or no.
    pub fn is_theirs_to_decide(&self, desk: &Desk) -> bool {
        self.waits(desk) && !self.is_own(desk) && desk.may_approve(self.right())
    }
}

/// Which are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that wait.
    Waiting,
    /// One's own, also what was decided.
    Own,
    /// Everybody's, also what was decided.
    All,
}

/// Those of them that whoever looks may see, the newest first; so many at most.
pub async fn find(desk: &Desk<'_>, which: Which, limit: i64) -> Result<Vec<Asked>, Refusal> {
    let own = AccountId::of(desk.on_duty()?.staff.id.number());
    let side = if which == Which::Own { Side::Owner(own) } else { Side::Anybody };
    let open = which == Which::Waiting;
    let search = Search { side, kind: KIND.name, open, since: 0, limit };
    let read = move |conn: &mut Conn| conn.wait(async |asked| rows::find(asked, &search).await);
    let found = desk.read(read).await?;
    Ok(found.into_iter().filter_map(Asked::of).filter(|asked| asked.is_for(desk)).collect())
}

/// The one with this number.
pub async fn by_number(desk: &Desk<'_>, number: i64) -> Result<Option<Asked>, Refusal> {
    let id = ArrangementId::of(number);
    let row = desk.read(move |conn| rows::by_id(conn, id)).await?;
    Ok(row.filter(|row| row.kind == KIND.name).and_then(Asked::of))
}

/// Some of them, a line each.
pub fn list(desk: &Desk, some: &[&Asked]) -> Markup {
    html! {
        ul.rows {
            @for each in some {
                @let to = Route::Approval(each.row.id.number());
                li {
                    a href=(to.path()) { strong { (desk.words.act(&each.wish.service)) } }
                    span.about {
                        (summary(desk, each)) " · " (desk.say(Word::AskedBy)) " " (each.wish.by)
                        " · " (desk.time(each.row.begun_at))
                    }
                    span.why { (each.wish.why) }
                    @if !each.waits(desk) {
                        span.state { (desk.words.state(&each.row.state)) }
                    }
                }
            }
        }
        @if some.is_empty() { p.none { (desk.say(Word::Nothing)) } }
    }
}

/// How much, whom it concerns and what it is about; its number where it shows nothing.
pub fn summary(desk: &Desk, asked: &Asked) -> String {
    let shows = service(&asked.wish.service).map(|act| act.shows).unwrap_or_default();
    let told = in_short(shows, &asked.wish.shown).into_iter();
    let told: Vec<String> = told.map(|(name, value)| desk.words.value(name, value)).collect();
    if told.is_empty() { format!("{}", asked.row.id) } else { told.join(" · ") }
}

/// What waits already and is about a line of a statement.
pub fn about_line(desk: &Desk, all: &AskedOfLines, line: &str) -> Markup {
    html! {
        @for (number, wish) in all.of(line) {
            @let to = Route::Approval(*number);
            p.notice.waits {
                (desk.words.act(&wish.service)) " " strong { (amount_and_payee(wish)) } ": "
                (desk.say(Word::AskedBy)) " " (wish.by) ", " (desk.say(Word::AskedWaits)) ". "
                @if desk.may(&to) { a href=(to.path()) { (desk.say(Word::ToRequest)) } }
            }
        }
    }
}

fn amount_and_payee(wish: &Wish) -> String {
    let of = |name: &str| wish.shown.get(name).map(ToString::to_string);
    ["amount", "to"].into_iter().filter_map(of).collect::<Vec<_>>().join(" → ")
}

/// Who may say yes: as what, and who that is now, besides who asked.
pub async fn who_approves(
    desk: &Desk<'_>,
    right: Right,
    shown: &Slots,
    asked_by: StaffId,
) -> Markup {
    let found = desk.console.wallet.who_approves(right, shown, asked_by).await;
    let Ok(found) = found else { return html! {} };
    let roles: Vec<String> = found.roles.iter().map(|role| desk.words.role(*role)).collect();
    html! {
        (desk.say(Word::MayApprove)) " " (roles.join(", ")) ": "
        @if found.names.is_empty() { strong { (desk.say(Word::NobodyMay)) } }
        @else { strong { (found.names.join(", ")) } }
    }
}

/// The page of one that is not there.
pub fn none(desk: &Desk) -> super::visit::Reply {
    let said = frame::wrong(&desk.say(Word::NoSuchRequest));
    frame::with_status(desk, 404, &desk.say(Word::NotFound), &said)
}
