//! What was not done of what somebody asked for, of late: who said no, when, and why. Who asked
//! sees it when they come to work.

use super::asked_for::{self, Asked};
use super::desk::Desk;
use super::route::Route;
use super::wording::Word;
use crate::id::AccountId;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{self as rows, Search, Side};
use crate::store::trail_rows::TrailRow;
use crate::store::{Conn, StoreError, book_rows, trail_rows};
use crate::time::Timestamp;
use crate::wallet::office::two_people::{KIND, State};
use maud::{Markup, html};
use std::time::Duration;

/// For how long it is shown; what was asked for before that ran out at the latest meanwhile.
const SHOWN_FOR: Duration = Duration::from_secs(3 * 24 * 3_600);
/// Requests of one's own that are looked through, and those that are listed.
const LOOKED_AT: i64 = 100;
const LISTED: usize = 5;

/// One that was not done: what happened to it last, and when.
struct NotDone {
    asked: Asked,
    event: TrailRow,
    at: i64,
}

/// How many there are, and the newest of them; nothing where there is none.
pub async fn not_done(desk: &Desk<'_>) -> Result<Option<(usize, Markup)>, Refusal> {
    let own = AccountId::of(desk.on_duty()?.staff.id.number());
    let now = desk.now();
    let (since, begun_since) =
        (now.minus(SHOWN_FOR), now.minus(SHOWN_FOR.saturating_mul(2)).micros().max(1));
    let (side, kind) = (Side::Owner(own), KIND.name);
    let search = Search { side, kind, open: false, since: begun_since, limit: LOOKED_AT };
    let read = move |conn: &mut Conn| {
        let found = conn.wait(async |asked| rows::find(asked, &search).await)?;
        let over = found.into_iter().filter(|row| is_not_done(&row.state));
        let each = over.map(|row| {
            let (id, newest) = (row.id.number(), row.last_posting);
            let event = trail_rows::of_record(conn, KIND.name, id, newest, 1)?;
            let at = book_rows::posting(conn, newest)?.map_or(0, |posting| posting.at);
            Ok(Asked::of(row).zip(event.into_iter().next()).map(|(asked, event)| NotDone {
                asked,
                event,
                at,
            }))
        });
        each.collect::<Result<Vec<Option<NotDone>>, StoreError>>()
    };
    let found = desk.read(read).await?.into_iter().flatten();
    let lately: Vec<NotDone> =
        found.filter(|each| Timestamp::from_micros(each.at) >= since).collect();
    Ok((!lately.is_empty()).then(|| (lately.len(), list(desk, &lately))))
}

fn is_not_done(state: &str) -> bool {
    match state.parse::<State>() {
        Ok(State::Declined | State::Expired) => true,
        Ok(State::Asked | State::Approved | State::TakenBack) | Err(_) => false,
    }
}

fn list(desk: &Desk, all: &[NotDone]) -> Markup {
    html! {
        ul.rows {
            @for NotDone { asked, event, at } in all.iter().take(LISTED) {
                li {
                    a href=(Route::Approval(asked.row.id.number()).path()) {
                        strong { (desk.words.act(&asked.wish.service)) }
                    }
                    span.about { (asked_for::summary(desk, asked)) }
                    span.state { (desk.words.state(&asked.row.state)) }
                    span.about {
                        @if let Some(by) = event.actor.strip_prefix("staff ") { (by) " · " }
                        (desk.time(*at))
                    }
                    @if !event.note.is_empty() { span.why { (event.note) } }
                }
            }
        }
        @if all.len() > LISTED {
            p { a href=(format!("{}?show=own", Route::Approvals.path())) {
                (desk.say(Word::SeeAll))
            } }
        }
    }
}
