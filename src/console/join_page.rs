//! Beginning to work here, with a link: a password is chosen, an app is given a secret, and shows a
//! code of it. The secret goes out and comes back sealed: nobody can bring one of their own.

use super::desk::Desk;
use super::frame::{self, Field, field};
use super::route::Route;
use super::visit::Reply;
use super::wording::Word;
use crate::refusal::{Reason, Refusal};
use crate::seal::{from_hex, to_hex};
use crate::staff::password::{self, Weak};
use crate::staff::second_factor::{self, SECRET_BYTES};
use crate::store::staff_rows::StaffRow;
use crate::time::Timestamp;
use crate::wallet::office::staff_joining::FactorSecret;
use maud::{Markup, PreEscaped, html};
use qrcode::QrCode;
use qrcode::render::svg;
use secrecy::SecretString;
use std::time::Duration;

/// How long a page may stand open.
const OPEN: Duration = Duration::from_secs(30 * 60);

/// The page as it is first seen.
pub async fn look(desk: &Desk<'_>, link: &str) -> Reply {
    match desk.console.wallet.invited_by(link).await {
        Ok(row) => page(desk, link, &row, &desk.console.wallet.factor_secret(), None),
        Err(refusal) => gone(desk, &refusal),
    }
}

/// Somebody begins.
pub async fn begin(desk: &Desk<'_>, link: &str) -> Reply {
    let wallet = &desk.console.wallet;
    let row = match wallet.invited_by(link).await {
        Ok(row) => row,
        Err(refusal) => return gone(desk, &refusal),
    };
    let Some(secret) = opened(desk, link) else {
        let secret = wallet.factor_secret();
        return page(desk, link, &row, &secret, Some(("code", desk.say(Word::JoinTooLong))));
    };
    let chosen = SecretString::from(desk.visit.typed("password"));
    let weak = password::check(&chosen, &row.name, &wallet.config.brand).err();
    if let Some(weak) = weak {
        let word = match weak {
            Weak::Short => Word::PasswordShort,
            Weak::Long => Word::PasswordLong,
            Weak::Common => Word::PasswordCommon,
        };
        return page(desk, link, &row, &secret, Some(("password", desk.say(word))));
    }
    if desk.visit.typed("password") != desk.visit.typed("again") {
        return page(desk, link, &row, &secret, Some(("again", desk.say(Word::PasswordOther))));
    }
    match wallet.join_staff(link, chosen, &secret, desk.visit.typed("code")).await {
        Ok(joined) => Reply::to(format!("{}?said=joined&as={}", Route::SignIn.path(), joined.name)),
        Err(refusal) if refusal.reason == Reason::CODE_WRONG => {
            page(desk, link, &row, &secret, Some(("code", desk.say(Word::CodeWrong))))
        }
        Err(refusal) => gone(desk, &refusal),
    }
}

fn label(link: &str) -> Vec<u8> {
    [b"join ".as_slice(), link.as_bytes()].concat()
}

/// The secret as it stands in the form: sealed for this link, with the time.
fn sealed(desk: &Desk, link: &str, secret: &FactorSecret) -> String {
    let at = desk.now().micros().to_be_bytes();
    let plain = [at.as_slice(), secret].concat();
    let nonce = desk.console.wallet.randomness.bytes();
    to_hex(&desk.console.key.seal(nonce, &label(link), &plain))
}

fn opened(desk: &Desk, link: &str) -> Option<FactorSecret> {
    let sealed = from_hex(desk.visit.typed("sealed"))?;
    let plain = desk.console.key.open(&label(link), &sealed)?;
    let (at, secret) = plain.split_first_chunk::<8>()?;
    let at = Timestamp::from_micros(i64::from_be_bytes(*at));
    let secret: [u8; SECRET_BYTES] = secret.try_into().ok()?;
    (desk.now().since(at) <= OPEN).then_some(secret)
}

fn page(
    desk: &Desk,
    link: &str,
    row: &StaffRow,
    secret: &FactorSecret,
    mistake: Option<(&str, String)>,
) -> Reply {
    let brand = &desk.console.wallet.config.brand;
    let (typed, app_link) = second_factor::for_app(secret, &row.name, brand);
    let why =
        |name: &str| mistake.as_ref().filter(|(of, _)| *of == name).map(|(_, why)| why.as_str());
    let secret_field = |name, label, fill: &str, first| {
        let (label, kind, wrong) = (desk.say(label), "password", why(name));
        field(&Field { name, label: &label, kind, fill, first, wrong, ..Field::default() })
    };
    let body = html! {
        p { (desk.say(Word::JoinYou)) " " strong { (row.name) } ": "
            (desk.words.roles(&row.roles)) }
        form method="post" action=(Route::Join(link.to_owned()).path()) {
            input type="hidden" name="sealed" value=(sealed(desk, link, secret));
            h2 { "1. " (desk.say(Word::JoinPassword)) }
            p { (desk.say(Word::JoinPasswordHow)) }
            (secret_field("password", Word::Password, "new-password", mistake.is_none()))
            (secret_field("again", Word::PasswordAgain, "new-password", false))
            h2 { "2. " (desk.say(Word::JoinApp)) }
            p { (desk.say(Word::JoinAppHow)) }
            (picture(&app_link))
            p.secret { code { (in_fours(&typed)) } }
            p { a href=(app_link) { (desk.say(Word::JoinAppLink)) } }
            h2 { "3. " (desk.say(Word::JoinCode)) }
            (field(&Field {
                name: "code",
                label: &desk.say(Word::Code),
                fill: "one-time-code",
                wrong: why("code"),
                ..Field::default()
            }))
            button type="submit" { (desk.say(Word::JoinBegin)) }
        }
    };
    let status = if mistake.is_some() { 422 } else { 200 };
    frame::with_status(desk, status, &desk.say(Word::JoinTitle), &body)
}

/// What an app reads with its camera.
fn picture(text: &str) -> Markup {
    let drawn = QrCode::new(text.as_bytes()).map(|code| {
        let drawing = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
        // inside a page a drawing has no head of its own
        drawing.find("<svg").and_then(|at| drawing.get(at..)).unwrap_or_default().to_owned()
    });
    html! { @if let Ok(drawn) = drawn { div.qr { (PreEscaped(drawn)) } } }
}

fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let fours: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    fours.join(" ")
}

fn gone(desk: &Desk, refusal: &Refusal) -> Reply {
    let text = match refusal.reason {
        Reason::CODE_GONE => desk.say(Word::LinkGone),
        _ => desk.refused(refusal),
    };
    let status = if refusal.reason == Reason::CODE_GONE { 404 } else { 503 };
    frame::with_status(desk, status, &desk.say(Word::JoinTitle), &frame::wrong(&text))
}
