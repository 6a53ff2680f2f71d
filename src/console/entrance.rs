//! Coming to work and going home. Each time somebody signs in there is a new session; the one that
//! the browser showed before is ended. Whatever does not fit is answered the same way.

use super::desk::Desk;
use super::frame::{self, Field, field};
use super::route::{Route, own_path};
use super::visit::{Keep, Reply};
use super::wording::Word;
use crate::refusal::{Reason, Refusal};
use crate::wallet::office::sign_in::SIGN_IN_WRONG;
use maud::{Markup, html};
use secrecy::SecretString;

/// The page to sign in at; `said` stands above it. `back` is where one goes then.
pub async fn page(desk: &Desk<'_>, status: u16, said: &Markup, back: &str) -> Reply {
    let to_be = desk.visit.asked("as");
    let played = desk.console.played.iter().find(|each| each.name == to_be);
    let code = match played {
        Some(played) => desk.console.code_of(played).await,
        None => String::new(),
    };
    let typed = desk.visit.typed("name");
    let name = if typed.is_empty() { to_be } else { typed };
    let body = html! {
        (said)
        form method="post" action=(Route::SignIn.path()) {
            input type="hidden" name="back" value=(back);
            (field(&Field {
                name: "name",
                label: &desk.say(Word::Name),
                value: name,
                fill: "username",
                first: name.is_empty(),
                ..Field::default()
            }))
            (field(&Field {
                name: "password",
                label: &desk.say(Word::Password),
                value: played.map(|played| played.password).unwrap_or_default(),
                kind: "password",
                fill: "current-password",
                first: !name.is_empty() && played.is_none(),
                ..Field::default()
            }))
            (field(&Field {
                name: "code",
                label: &desk.say(Word::Code),
                value: &code,
                fill: "one-time-code",
                first: played.is_some(),
                ..Field::default()
            }))
            button type="submit" { (desk.say(Word::SignIn)) }
        }
        (people_to_play(desk, back))
    };
    frame::with_status(desk, status, &desk.say(Word::SignIn), &body)
}

/// In a demo: who can be played.
fn people_to_play(desk: &Desk, back: &str) -> Markup {
    html! {
        @if !desk.console.played.is_empty() {
            section.demo {
                h2 { (desk.say(Word::DemoPeople)) }
                p { (desk.say(Word::DemoHow)) }
                ul.rows {
                    @for each in desk.console.played {
                        @let back = frame::escaped(back);
                        @let to = format!("{}?as={}&back={back}", Route::SignIn.path(), each.name);
                        li {
                            span { strong { (each.name) } " · " code { (each.password) } }
                            a.button href=(to) { (desk.say(Word::DemoBe)) " " (each.name) }
                        }
                    }
                }
            }
        }
    }
}

/// The page as it is first seen.
pub async fn look(desk: &Desk<'_>) -> Reply {
    let back = own_path(desk.visit.asked("back")).unwrap_or_default();
    let said = match desk.visit.asked("said") {
        "joined" => frame::well(&desk.say(Word::Joined)),
        "out" => frame::well(&desk.say(Word::SignedOut)),
        _ => html! {},
    };
    page(desk, 200, &said, back).await
}

/// Somebody whose session is over, or who has none, wanted something.
pub async fn first_sign_in(desk: &Desk<'_>, back: &str, lost: bool) -> Reply {
    if !lost {
        let to = format!("{}?back={}", Route::SignIn.path(), frame::escaped(back));
        return Reply::to(to);
    }
    let said = frame::wrong(&desk.say(Word::SessionLost));
    page(desk, 401, &said, back).await
}

/// Somebody signs in.
pub async fn enter(desk: &Desk<'_>) -> Reply {
    let (console, visit, now) = (desk.console, desk.visit, desk.now());
    let back = own_path(visit.typed("back")).unwrap_or_default();
    if !console.tries.may_try(visit.from, now) {
        return page(desk, 429, &frame::wrong(&desk.say(Word::TooManyTries)), back).await;
    }
    let password = SecretString::from(visit.typed("password"));
    let entered = console.wallet.sign_in(visit.typed("name"), password, visit.typed("code")).await;
    match entered {
        Ok(secret) => {
            // what the browser showed before is over, whosever it was
            if let Some(before) = &desk.duty {
                say_if_failed(console.wallet.sign_out(before).await);
            }
            let to = if back.is_empty() { Route::Home.path() } else { back.to_owned() };
            Reply::Go { to, keep: Some(Keep::Session(secret)) }
        }
        Err(refusal) => {
            let status = match refusal.reason {
                SIGN_IN_WRONG => {
                    console.tries.missed(visit.from, now);
                    401
                }
                Reason::BUSY => 503,
                _ => 409,
            };
            let code = if refusal.reason == SIGN_IN_WRONG {
                desk.say(Word::SignInWrong)
            } else {
                desk.refused(&refusal)
            };
            page(desk, status, &frame::wrong(&code), back).await
        }
    }
}

/// Somebody goes home.
pub async fn leave(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    desk.console.wallet.sign_out(desk.on_duty()?).await?;
    let to = format!("{}?said=out", Route::SignIn.path());
    Ok(Reply::Go { to, keep: Some(Keep::NoSession) })
}

fn say_if_failed(ended: Result<(), Refusal>) {
    if let Err(refusal) = ended {
        tracing::warn!(code = refusal.code(), "a session was not ended");
    }
}
