//! The door of the console: reads a request, asks the page that it is for, and writes the answer.
//! Who may open a page is decided here, before any page; a form is taken only from a page of the
//! console itself, and only from the session that it was drawn for.

use super::desk::{Console, Desk};
use super::frame;
use super::route::{Door, Method, ROOT, Route, own_path};
use super::same_site::{HEADERS, Origin};
use super::visit::{Keep, Reply, Upload, Visit};
use super::wording::{Word, Words};
use super::{
    act_page, approval_page, approvals_list, bank_lines_page, bank_page, bank_take_page, days_page,
    disputes, entrance, first_screen, join_page, own_session, people_page, person_page, sheet_page,
    staff_page, uploading,
};
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::request::Fields;
use crate::request_body;
use crate::staff::role;
use crate::wallet::office::sign_in::SESSION_OVER;
use actix_multipart::Multipart;
use actix_web::guard::{self, GuardContext};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_TYPE, HOST, HeaderName, LOCATION, ORIGIN, SET_COOKIE,
};
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use maud::html;
use std::net::IpAddr;

/// As it is recorded: a form that another site sent, and one that was not drawn for the session.
const ELSEWHERE: &str = "a form from elsewhere";
const FORGED: &str = "a form that is not theirs";
const STYLE: &str = include_str!("console.css");
/// The language that was chosen in a browser, and the session: by HTTPS with a name that nobody
/// else can set.
const LANGUAGE: &str = "kadogo-language";
const SESSION: &str = "__Host-kadogo";
const SESSION_IN_DEMO: &str = "kadogo";

/// The routes: all of them are one, and told apart as values.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(ROOT).to(serve))
        .service(
            web::resource(Route::BankTake.path())
                .route(web::post().guard(guard::fn_guard(has_file)).to(serve_upload))
                .route(web::route().to(serve)),
        )
        .service(web::resource(format!("{ROOT}/{{below:.*}}")).to(serve));
}

/// The way to the first page, from where nothing else is.
pub async fn begin() -> HttpResponse {
    headed(HttpResponse::SeeOther().insert_header((LOCATION, ROOT)).finish())
}

async fn serve(console: Data<Console>, request: HttpRequest, form: web::Payload) -> HttpResponse {
    let form = match *request.method() {
        actix_web::http::Method::POST => {
            match request_body::whole(&request, form.into_inner()).await {
                Ok(form) => form,
                Err(why) => return headed(why.answer()),
            }
        }
        _ => Bytes::new(),
    };
    let Some(visit) = visit(&console, &request, &form) else {
        return headed(HttpResponse::MethodNotAllowed().finish());
    };
    let reply = answer(&console, &visit).await;
    headed(written(&console, reply))
}

/// Whether a form may have a file in it.
fn has_file(asked: &GuardContext<'_>) -> bool {
    let kind = asked.head().headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// A form with a file, of which nothing is read before whoever sends it may.
async fn serve_upload(
    console: Data<Console>,
    request: HttpRequest,
    form: Multipart,
) -> HttpResponse {
    let Some(mut visit) = visit(&console, &request, &[]) else {
        return headed(HttpResponse::MethodNotAllowed().finish());
    };
    // few at a time: what others send waits in their browsers
    let _turn = console.uploads.acquire().await;
    if may_send(&console, &visit).await {
        (visit.posted, visit.upload) = uploading::read(form).await;
    }
    // what is wrong is said by the same doors
    let reply = answer(&console, &visit).await;
    headed(written(&console, reply))
}

async fn may_send(console: &Console, visit: &Visit) -> bool {
    let Some(secret) = visit.session.as_ref().filter(|_| visit.origin.is_own()) else {
        return false;
    };
    let duty = console.wallet.on_duty(secret).await.ok();
    let roles = duty.and_then(|duty| role::parse(&duty.staff.roles));
    let route = Route::parse(&visit.path);
    roles.zip(route).is_some_and(|(roles, route)| route.lets_in(&roles))
}

fn visit(console: &Console, request: &HttpRequest, body: &[u8]) -> Option<Visit> {
    let method = match *request.method() {
        actix_web::http::Method::GET | actix_web::http::Method::HEAD => Method::Get,
        actix_web::http::Method::POST => Method::Post,
        _ => return None,
    };
    let header = |name: HeaderName| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
    let query = request.query_string();
    let path = request.path();
    let whole = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    Some(Visit {
        method,
        path: path.strip_prefix(ROOT).unwrap_or_default().to_owned(),
        whole,
        query: fields(query.as_bytes()),
        posted: fields(body),
        upload: Upload::None,
        session: cookie(request, session_name(console)),
        language: cookie(request, LANGUAGE).and_then(|code| Language::parse(&code)),
        from: from(request),
        origin: Origin {
            fetch_site: header(HeaderName::from_static("sec-fetch-site")),
            origin: header(ORIGIN),
            host: header(HOST).unwrap_or_default(),
        },
    })
}

/// Where it comes from: what ends TLS in front of us, on this machine, says for whom it asks.
fn from(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let said = request.headers().get("x-forwarded-for").and_then(|said| said.to_str().ok());
    let last = said.and_then(|said| said.rsplit(',').next()?.trim().parse().ok());
    Some(last.filter(|_| peer.is_loopback()).unwrap_or(peer))
}

/// Inputs by name; several of one name, as boxes that are ticked, with a blank between.
fn fields(form: &[u8]) -> Fields {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(form).unwrap_or_default();
    let mut fields = Fields::new();
    for (name, value) in pairs {
        let known: &mut String = fields.entry(name).or_default();
        if !known.is_empty() {
            known.push(' ');
        }
        known.push_str(&value);
    }
    fields
}

fn cookie(request: &HttpRequest, name: &str) -> Option<String> {
    let all = request.headers().get_all(actix_web::http::header::COOKIE);
    let mut each = all.filter_map(|header| header.to_str().ok()).flat_map(|all| all.split(';'));
    each.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

fn session_name(console: &Console) -> &'static str {
    if console.secure { SESSION } else { SESSION_IN_DEMO }
}

/// What is answered.
async fn answer(console: &Console, visit: &Visit) -> Reply {
    let mut desk = Desk {
        console,
        visit,
        words: Words::new(console.catalogue.get(), &[visit.language]),
        duty: None,
    };
    let failed = match &visit.session {
        Some(secret) => match console.wallet.on_duty(secret).await {
            Ok(duty) => {
                let own = Language::parse(&duty.staff.language);
                desk.words = Words::new(console.catalogue.get(), &[visit.language, own]);
                desk.duty = Some(duty);
                None
            }
            Err(refusal) => Some(refusal).filter(|refusal| refusal.reason != SESSION_OVER),
        },
        None => None,
    };
    let Some(route) = Route::parse(&visit.path) else { return not_found(&desk) };
    if !route.takes(visit.method) {
        return not_found(&desk);
    }
    // how a page looks does not depend on who asks, nor on whether they can be found
    if let Some(refusal) = failed.filter(|_| route.door() != Door::Open) {
        return frame::refusal(&desk, &refusal);
    }
    if visit.method == Method::Post && !visit.origin.is_own() {
        tracing::warn!(path = visit.path, "a form from elsewhere");
        refused_at_the_door(&desk, &route, ELSEWHERE).await;
        return forbidden(&desk, &desk.say(Word::OtherSite));
    }
    if route.door() != Door::Open {
        if desk.duty.is_none() {
            return entrance::first_sign_in(&desk, &after(&desk, &route), lost(visit)).await;
        }
        if !route.lets_in(&desk.roles()) {
            refused_at_the_door(&desk, &route, Reason::NOT_ALLOWED.code()).await;
            return not_yours(&desk, &route);
        }
        if visit.method == Method::Post && desk.sent().is_none() {
            refused_at_the_door(&desk, &route, FORGED).await;
            return forbidden(&desk, &desk.say(Word::FormStale));
        }
    }
    let what = route.clone();
    match opened(&desk, route).await {
        Ok(reply) => reply,
        Err(refusal) => {
            // what a form is refused for, the act has recorded
            if visit.method == Method::Get && refusal.reason == Reason::NOT_ALLOWED {
                refused_at_the_door(&desk, &what, refusal.code()).await;
            }
            frame::refusal(&desk, &refusal)
        }
    }
}

/// Somebody at work went where they may not, or sent what is no form of theirs: it is recorded.
async fn refused_at_the_door(desk: &Desk<'_>, route: &Route, why: &str) {
    // the address of an open page may hold a link that is good once
    if let Some(duty) = desk.duty.as_ref().filter(|_| route.door() != Door::Open) {
        desk.console.wallet.record_refused(duty, &route.path(), why).await;
    }
}

/// Whether something was sent that is not done now.
fn lost(visit: &Visit) -> bool {
    visit.method == Method::Post
}

/// Where somebody goes on after signing in: where they were, with what they had typed.
fn after(desk: &Desk, route: &Route) -> String {
    match (desk.visit.method, route) {
        (Method::Get, _) => own_path(&desk.visit.whole).map(str::to_owned).unwrap_or_default(),
        (Method::Post, Route::Act(form)) => act_page::address(form, &desk.visit.posted),
        (Method::Post, Route::Approve(id) | Route::Decline(id) | Route::TakeBack(id)) => {
            Route::Approval(*id).path()
        }
        (Method::Post, Route::People | Route::Person(_)) => route.path(),
        (Method::Post, Route::BankTake | Route::BankFile(_)) => route.path(),
        (Method::Post, Route::BankMatch) => Route::BankLines.path(),
        (Method::Post, Route::CloseDay(id)) => Route::Sheet(*id).path(),
        (Method::Post, Route::MakeSheet) => Route::Days.path(),
        (Method::Post, _) => Route::Home.path(),
    }
}

async fn opened(desk: &Desk<'_>, route: Route) -> Result<Reply, Refusal> {
    let is_post = desk.visit.method == Method::Post;
    match route {
        Route::Style => Ok(Reply::Style),
        Route::SignIn if is_post => Ok(entrance::enter(desk).await),
        Route::SignIn => Ok(entrance::look(desk).await),
        Route::SignOut => entrance::leave(desk).await,
        Route::Join(link) if is_post => Ok(join_page::begin(desk, &link).await),
        Route::Join(link) => Ok(join_page::look(desk, &link).await),
        Route::Speak(language) => {
            let back = own_path(desk.visit.asked("back")).unwrap_or(ROOT);
            Ok(Reply::Go { to: back.to_owned(), keep: Some(Keep::Language(language)) })
        }
        Route::Home => first_screen::page(desk).await,
        Route::Approvals => approvals_list::page(desk).await,
        Route::Approval(id) => approval_page::look(desk, id).await,
        Route::Approve(id) => approval_page::approve(desk, id).await,
        Route::Decline(id) => approval_page::decline(desk, id).await,
        Route::TakeBack(id) => approval_page::take_back(desk, id).await,
        Route::People if is_post => Ok(people_page::sent(desk)),
        Route::People => Ok(people_page::look(desk).await),
        Route::Person(id) if is_post => Ok(person_page::sent(desk, id)),
        Route::Person(id) => person_page::look(desk, id).await,
        Route::Deals => disputes::deals(desk).await,
        Route::Reversals => disputes::reversals(desk).await,
        Route::NotBack => disputes::not_back(desk).await,
        Route::Staff => staff_page::people(desk).await,
        Route::Rights => Ok(staff_page::rights(desk)),
        Route::Days => days_page::list(desk).await,
        Route::MakeSheet => days_page::make(desk).await,
        Route::Sheet(id) => sheet_page::look(desk, id).await,
        Route::CloseDay(id) => sheet_page::close(desk, id).await,
        Route::SheetPages(id) => days_page::sheet(desk, id).await,
        Route::DayTable(day) => days_page::table(desk, day).await,
        Route::DayPages(day) => days_page::pages(desk, day).await,
        Route::Own if is_post => own_session::sent(desk).await,
        Route::Own => own_session::look(desk).await,
        Route::Bank => bank_page::page(desk).await,
        Route::BankLines => bank_lines_page::page(desk).await,
        Route::BankMatch => bank_lines_page::matched(desk).await,
        Route::BankTake if is_post => bank_take_page::sent(desk).await,
        Route::BankTake => bank_take_page::look(desk).await,
        Route::BankFile(id) if is_post => bank_take_page::take(desk, id).await,
        Route::BankFile(id) => bank_take_page::file(desk, id).await,
        Route::Act(form) if is_post => Ok(act_page::sent(desk, form).await),
        Route::Act(form) => Ok(act_page::look(desk, form).await),
    }
}

fn not_found(desk: &Desk) -> Reply {
    let body = html! {
        p { (desk.say(Word::NotFoundHow)) }
        p { a.button href=(Route::Home.path()) { (desk.say(Word::ToHome)) } }
    };
    frame::with_status(desk, 404, &desk.say(Word::NotFound), &body)
}

fn forbidden(desk: &Desk, why: &str) -> Reply {
    let body = html! {
        (frame::wrong(why))
        p { a.button href=(Route::Home.path()) { (desk.say(Word::ToHome)) } }
    };
    frame::with_status(desk, 403, &desk.say(Word::NotDone), &body)
}

/// Which rights a page takes that whoever asks has not.
fn not_yours(desk: &Desk, route: &Route) -> Reply {
    let rights = match route.door() {
        Door::Rights(rights) => rights,
        Door::Open | Door::OnDuty => Vec::new(),
    };
    let body = html! {
        (frame::wrong(&desk.say(Word::NotYoursHow)))
        ul { @for right in rights { li { (desk.words.right(right)) } } }
        p { a href=(Route::Rights.path()) { (desk.say(Word::RightsLink)) } }
    };
    frame::with_status(desk, 403, &desk.say(Word::NotYours), &body)
}

fn written(console: &Console, reply: Reply) -> HttpResponse {
    match reply {
        Reply::Page { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            HttpResponse::build(status)
                .content_type("text/html; charset=utf-8")
                .body(body.into_string())
        }
        Reply::Go { to, keep } => {
            let mut gone = HttpResponse::SeeOther();
            gone.insert_header((LOCATION, to));
            if let Some(keep) = keep {
                gone.insert_header((SET_COOKIE, kept(console, &keep)));
            }
            gone.finish()
        }
        Reply::File { name, kind, bytes } => HttpResponse::Ok()
            .content_type(kind)
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
            .body(bytes),
        Reply::Style => HttpResponse::Ok().content_type("text/css; charset=utf-8").body(STYLE),
    }
}

fn kept(console: &Console, keep: &Keep) -> String {
    let secure = if console.secure { "; Secure" } else { "" };
    let name = session_name(console);
    match keep {
        Keep::Session(secret) => {
            format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}")
        }
        Keep::NoSession => {
            format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{secure}")
        }
        Keep::Language(language) => {
            let year = 365 * 24 * 3_600;
            format!("{LANGUAGE}={language}; Path={ROOT}; Max-Age={year}; SameSite=Lax{secure}")
        }
    }
}

fn headed(mut response: HttpResponse) -> HttpResponse {
    for (name, value) in HEADERS {
        let parts = (HeaderName::try_from(name), value.parse());
        if let (Ok(name), Ok(value)) = parts {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
