//! The pages of the staff. Goal: whoever has a right can use it with a browser alone, and nobody
//! gets anywhere without it, however they forge, replay or double what they send. Method: real
//! requests over HTTP, forms read from the pages as a browser reads them, a table of who may open
//! what.

mod closed_days;

use super::aids::*;
use super::world::*;
use kadogo::app;
use kadogo::demo::staff_on_show::{self, PLAYED};
use kadogo::request::{Fields, Mode, Request};
use kadogo::staff::second_factor;
use kadogo::store::staff_rows;
use kadogo::time::Timestamp;
use kadogo::wallet::office::acting_staff::Outcome;
use kadogo::wallet::office::sign_in::OnDuty;
use kadogo::wallet::office::{staff_list, two_people};
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use std::sync::Mutex;
use std::time::Duration;

pub type Form = Vec<(String, String)>;

/// What came back.
pub struct Seen {
    pub status: u16,
    pub headers: HeaderMap,
    pub page: String,
}

impl Seen {
    pub fn goes_to(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |to| to.to_str().unwrap())
    }

    fn cookie(&self) -> Option<&str> {
        self.headers.get(SET_COOKIE).map(|cookie| cookie.to_str().unwrap())
    }
}

/// A browser: it keeps what it is told to, and says where a form comes from.
pub struct Browser {
    pub client: reqwest::Client,
    pub url: String,
    session: Mutex<Option<String>>,
}

impl Browser {
    fn at(url: &str) -> Browser {
        let client = kadogo::tls::client().redirect(reqwest::redirect::Policy::none());
        Browser { client: client.build().unwrap(), url: url.to_owned(), session: Mutex::default() }
    }

    /// The same with a session of somebody's.
    pub fn with(&self, session: Option<&str>) -> Browser {
        let session = Mutex::new(session.map(str::to_owned));
        Browser { client: self.client.clone(), url: self.url.clone(), session }
    }

    fn session(&self) -> Option<String> {
        self.session.lock().unwrap().clone()
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Seen {
        let request = match self.session() {
            Some(session) => request.header("Cookie", format!("other=1; {session}")),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let seen = Seen { status, headers, page: answer.text().await.unwrap() };
        if let Some(cookie) = seen.cookie().filter(|cookie| !cookie.starts_with("kadogo-lang")) {
            *self.session.lock().unwrap() = cookie.split(';').next().map(str::to_owned);
        }
        seen
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.send(self.client.get(format!("{}{path}", self.url))).await
    }

    async fn post_from(&self, site: Option<&str>, path: &str, form: &Form) -> Seen {
        let mut request = self.client.post(format!("{}{path}", self.url)).form(form);
        if let Some(site) = site {
            request = request.header("Sec-Fetch-Site", site);
        }
        self.send(request).await
    }

    pub async fn post(&self, path: &str, form: &Form) -> Seen {
        self.post_from(Some("same-origin"), path, form).await
    }

    /// What a form on a page of theirs is drawn with.
    pub async fn drawn(&self) -> Form {
        form_on(&self.get("/console/session").await.page, "/console/session")
    }

    async fn signs_in(&self, name: &str, code: &str) -> Seen {
        let password =
            PLAYED.iter().find(|each| each.name == name).map_or(PASSWORD, |p| p.password);
        let typed = [("name", name), ("password", password), ("code", code)];
        self.post("/console/sign-in", &form(&typed)).await
    }
}

const PASSWORD: &str = "a boat for two goats";

pub fn form(pairs: &[(&str, &str)]) -> Form {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The hidden fields of the form that goes to `action`.
pub fn form_on(page: &str, action: &str) -> Form {
    let from = page.split(&format!("action=\"{action}\">")).nth(1);
    let inside =
        from.unwrap_or_else(|| panic!("no form to {action}: {page}")).split("</form>").next();
    let hidden = inside.unwrap().split("<input type=\"hidden\" name=\"").skip(1);
    let pair = |text: &str| {
        let (name, rest) = text.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split_once('"').unwrap().0.replace("&amp;", "&"))
    };
    hidden.map(pair).collect()
}

/// The same with more that was typed.
pub fn typed(mut form: Form, more: &[(&str, &str)]) -> Form {
    form.extend(self::form(more));
    form
}

fn code(name: &str, now: Timestamp) -> String {
    let played = PLAYED.iter().find(|each| each.name == name).unwrap();
    second_factor::code_at(played.secret, now)
}

/// A minute later, when codes are others.
fn later(world: &World) {
    world.clock.advance(Duration::from_secs(60));
}

/// A demo with its two people, one of whose requests waits, and a browser.
pub async fn office() -> (World, Browser, i64) {
    let world = World::new().await;
    staff_on_show::make(&world.app.wallet).await;
    later(&world);
    let browser = Browser::at(&world.url);
    let wanjiru = browser.with(None);
    wanjiru.signs_in("wanjiru", &code("wanjiru", world.clock.now())).await;
    let list = wanjiru.get("/console/approvals").await.page;
    let number = list.split("/console/approvals/").nth(1).and_then(|rest| rest.split('"').next());
    let number = number.unwrap().parse().unwrap();
    later(&world);
    (world, browser, number)
}

/// Somebody of the two at work.
pub async fn at_work(world: &World, browser: &Browser, name: &str) -> Browser {
    let own = browser.with(None);
    let seen = own.signs_in(name, &code(name, world.clock.now())).await;
    assert_eq!((seen.status, seen.goes_to()), (303, "/console"), "{}", seen.page);
    own
}

async fn staff(world: &World) -> Vec<staff_rows::StaffRow> {
    world.app.wallet.store.read(staff_rows::all).await.unwrap()
}

/// What stands in the book, but for what was refused.
async fn postings(world: &World) -> usize {
    let all = usize::try_from(world.check().postings).unwrap();
    all - super::rights::refused(world).await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_name_password_and_code_gets_in_and_sees_what_waits() {
    let (world, browser, number) = office().await;
    let page = browser.get("/console/sign-in").await.page;
    for (name, wrong) in [("wanjiru", "000000"), ("nobody", "000000")] {
        let seen = browser.signs_in(name, wrong).await;
        assert_eq!((seen.status, seen.cookie()), (401, None));
        assert!(seen.page.contains("do not fit together"), "{}", seen.page);
    }
    assert!(page.contains("A code for wanjiru"), "{page}");
    let back = format!("/console/approvals/{number}");
    let seen = browser.get(&back).await;
    assert_eq!(seen.goes_to(), format!("/console/sign-in?back=%2Fconsole%2Fapprovals%2F{number}"));
    let form = form_on(&browser.get(seen.goes_to()).await.page, "/console/sign-in");
    assert_eq!(form, self::form(&[("back", &back)]));
    let typed = typed(
        form,
        &[
            ("name", "Wanjiru"),
            ("password", PLAYED[0].password),
            ("code", &code("wanjiru", world.clock.now())),
        ],
    );
    let seen = browser.post("/console/sign-in", &typed).await;
    assert_eq!((seen.status, seen.goes_to()), (303, back.as_str()));
    let cookie = seen.cookie().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let home = browser.get("/console").await.page;
    for words in
        ["Waits for me", "Invite somebody", "calls are not answered", "The service is well"]
    {
        assert!(home.contains(words), "{words}: {home}");
    }
    browser.get("/console/speak/sw").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_not_drawn_for_this_session_does_nothing() {
    let (world, browser, number) = office().await;
    let wanjiru = at_work(&world, &browser, "wanjiru").await;
    let otieno = at_work(&world, &browser, "otieno").await;
    let no = format!("/console/approvals/{number}/no");
    let good = typed(
        form_on(&wanjiru.get(&format!("/console/approvals/{number}")).await.page, &no),
        &[("why", "not this month")],
    );
    let before = postings(&world).await;
    let without =
        |name: &str| -> Form { good.iter().filter(|(known, _)| known != name).cloned().collect() };
    let mut other = without("token");
    other.extend(otieno.drawn().await.into_iter().filter(|(name, _)| name == "token"));
    let mut aged = without("once");
    aged.push(("once".into(), format!("1-{}", "0".repeat(32))));
    for (forged, what) in [
        (without("token"), "no token"),
        (without("once"), "no key"),
        (other, "another's token"),
        (aged, "a key of one's own"),
        (typed(good.clone(), &[("token", "0")]), "two tokens"),
    ] {
        let seen = wanjiru.post(&no, &forged).await;
        assert_eq!(seen.status, 403, "{what}");
        assert!(seen.page.contains("Nothing was done"), "{what}: {}", seen.page);
    }
    for site in [Some("cross-site"), Some("same-site"), Some("none"), None] {
        let seen = wanjiru.post_from(site, &no, &good).await;
        assert_eq!(seen.status, 403, "{site:?}");
        let entrance = [("name", "wanjiru"), ("password", "x"), ("code", "1")];
        let seen = browser.post_from(site, "/console/sign-in", &form(&entrance)).await;
        assert_eq!(seen.status, 403, "{site:?}");
    }
    assert_eq!(postings(&world).await, before);
    assert_eq!(wanjiru.post(&no, &good).await.status, 200, "and the form itself is good");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_one_approves_once_however_often_the_form_is_sent() {
    let (world, browser, number) = office().await;
    let otieno = at_work(&world, &browser, "otieno").await;
    let wanjiru = at_work(&world, &browser, "wanjiru").await;
    let path = format!("/console/approvals/{number}");
    let yes = format!("{path}/yes");
    // who asked has no such form, and is refused with one of their own making
    let own = otieno.get(&path).await.page;
    assert!(!own.contains(&yes) && own.contains(&format!("{path}/back")), "{own}");
    let forged = typed(otieno.drawn().await, &[("seen", "")]);
    let seen = otieno.post(&yes, &forged).await;
    assert_eq!(seen.status, 409);
    assert!(seen.page.contains("Another one of the staff decides that."), "{}", seen.page);
    // what was not looked at is not done
    let stale = typed(wanjiru.drawn().await, &[("seen", "0011223344556677")]);
    let seen = wanjiru.post(&yes, &stale).await;
    assert!(seen.status == 409 && seen.page.contains("look again"), "{}", seen.page);
    world.clock.advance(Duration::from_secs(301));
    let page = wanjiru.get(&path).await.page;
    assert!(page.contains("A code of your app, for your yes"), "{page}");
    let form = form_on(&page, &yes);
    let seen = wanjiru.post(&yes, &form).await;
    assert!(seen.status == 409 && seen.page.contains("Show a code of your app"), "{}", seen.page);
    let form = typed(form, &[("code", &code("wanjiru", world.clock.now()))]);
    let clicks = all([wanjiru.post(&yes, &form), wanjiru.post(&yes, &form)]).await;
    let links = clicks.iter().filter(|seen| seen.page.contains("/join/")).count();
    let told = world.inbox("+254700000093").await;
    assert_eq!(told.len(), 1, "{told:#?}");
    let link = world.invited("+254700000093").await;
    assert!(clicks.iter().all(|seen| !seen.page.contains(&link)), "who approves has no link");
    let before = clicks.iter().filter(|seen| seen.page.contains("done before, once")).count();
    assert_eq!((clicks[0].status, clicks[1].status, links, before), (200, 200, 0, 1));
    let reloaded = wanjiru.post(&yes, &form).await;
    assert!(reloaded.page.contains("done before, once") && !reloaded.page.contains("/join/"));
    let njeri: Vec<_> = staff(&world).await.into_iter().filter(|row| row.name == "njeri").collect();
    assert_eq!((njeri.len(), njeri[0].version), (1, 1));
    assert!(reloaded.page.contains("Approved and done"), "{}", reloaded.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_new_at_each_sign_in_and_what_is_over_does_nothing() {
    let (world, browser, number) = office().await;
    let planted = browser.with(Some(&format!("kadogo={}", "a".repeat(64))));
    planted.signs_in("wanjiru", &code("wanjiru", world.clock.now())).await;
    let first = planted.session().unwrap();
    assert!(!first.contains("aaaaaaaa"), "{first}");
    later(&world);
    planted.signs_in("wanjiru", &code("wanjiru", world.clock.now())).await;
    let second = planted.session().unwrap();
    assert_ne!(first, second);
    assert_eq!(browser.with(Some(&first)).get("/console").await.status, 303, "it was ended");
    let drawn = planted.drawn().await;
    let invite = "/console/act/invite_staff";
    assert_eq!(planted.post("/console/sign-out", &drawn).await.status, 303);
    let gone = browser.with(Some(&second));
    assert_eq!(gone.get("/console/staff").await.status, 303);
    let before = postings(&world).await;
    let seen = gone.post(&format!("/console/approvals/{number}/yes"), &drawn).await;
    assert!(seen.status == 401 && seen.page.contains("Nothing was done."), "{}", seen.page);
    let more = [("step", "do"), ("name", "auma"), ("why", "she is good & quick")];
    let seen = gone.post(invite, &typed(drawn, &more)).await;
    let back = &form_on(&seen.page, "/console/sign-in")[0].1;
    assert_eq!(*back, format!("{invite}?name=auma&why=she%20is%20good%20%26%20quick"));
    assert_eq!(postings(&world).await, before);
    let wanjiru = at_work_later(&world, &browser, "wanjiru").await;
    let form = wanjiru.get(back).await.page;
    assert!(form.contains("she is good &amp; quick") && form.contains("value=\"auma\""), "{form}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_ends_the_sessions_of_somebody_who_may_sign_in_again() {
    let (world, browser, _) = office().await;
    let wanjiru = at_work(&world, &browser, "wanjiru").await;
    let otieno = at_work(&world, &browser, "otieno").await;
    let people = wanjiru.get("/console/staff").await.page;
    assert_eq!(people.matches("at work since").count(), 3, "wanjiru twice: {people}");
    let drawn_before = otieno.drawn().await;
    later(&world);
    let path = "/console/act/end_staff_sessions";
    let why = [("name", "otieno"), ("why", "his phone was stolen on the bus")];
    let form = typed(form_on(&wanjiru.get(path).await.page, path), &why);
    let preview = wanjiru.post(path, &form).await;
    assert!(preview.page.contains("This is what would be done."), "{}", preview.page);
    assert_eq!(otieno.get("/console").await.status, 200, "a look ends nothing");
    let form = form_on(&preview.page, path);
    let done = wanjiru.post(path, &form).await;
    assert!(done.page.contains("Done."), "{}", done.page);
    assert_eq!(otieno.get("/console").await.status, 303);
    let typed = typed(drawn_before, &[("step", "do"), ("name", "wanjiru"), ("why", "for fun")]);
    let seen = otieno.post(path, &typed).await;
    assert_eq!(seen.status, 401, "a form that was drawn before does nothing: {}", seen.page);
    assert_eq!(wanjiru.get("/console/staff").await.page.matches("at work since").count(), 2);
    let again = wanjiru.post(path, &form).await;
    assert!(again.page.contains("done before, once"), "{}", again.page);
    at_work_later(&world, &browser, "otieno").await;
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_screen_shows_what_is_due_and_whether_every_cent_is_explained() {
    let (world, browser, _) = office().await;
    let amina = world.phone(AMINA);
    dial_afresh(&amina).await;
    let way = [Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")];
    let sent = amina.go(&way).await;
    assert!(sent.contains("Confirmed."), "{sent}");
    // with and without a look at each account it is the same
    let wallet = &world.app.wallet;
    let (whole, quick) = (wallet.standing().await.unwrap(), wallet.standing_at_once().await);
    let quick = quick.unwrap();
    assert!(whole.held_minor() > 0 && whole.held.len() > quick.held.len(), "{whole:?}");
    assert_eq!(whole.held_minor(), quick.held_minor());
    assert_eq!(whole.breaks(), quick.breaks());
    let wanjiru = at_work(&world, &browser, "wanjiru").await;
    let page = wanjiru.get("/console").await.page;
    for words in [
        "What I asked for",
        "Due today",
        "Agents out of float",
        "Bank lines to explain",
        // a demo has money that stands against no bank, which nobody has to mend
        "Money of a demo",
        "From no statement",
        "The banks and the book, thirty days",
        "Payments today, by kind and hour",
        "sent: 1",
        "Counted at",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Not explained:") && !page.contains("notice bad"), "{page}");
    // it is drawn without anything that runs or is loaded, and says what it shows
    assert!(page.contains("role=\"img\" aria-label=\"Payments today, by kind and hour\""));
    assert!(!page.contains("<script") && !page.contains("style=\""), "{page}");
    // whoever answers calls does not see how the money stands
    let care = browser.with(Some(&employed(&world, "care").await));
    let page = care.get("/console").await.page;
    assert!(page.contains("Due today") && page.contains("sent: 1"), "{page}");
    for words in ["Money of a demo", "thirty days", "Bank lines", "out of float"] {
        assert!(!page.contains(words), "{words}: {page}");
    }
}

async fn at_work_later(world: &World, browser: &Browser, name: &str) -> Browser {
    later(world);
    at_work(world, browser, name).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_joins_with_a_secret_that_no_form_can_bring() {
    let (world, browser, _) = office().await;
    let wanjiru = at_work(&world, &browser, "wanjiru").await;
    let otieno = at_work(&world, &browser, "otieno").await;
    let link = hired(&world, [&wanjiru, &otieno], "auma", "care").await;
    let path = format!("/console/join/{link}");
    let page = browser.get(&path).await.page;
    let sealed = form_on(&page, &path);
    let letters = page.split("<p class=\"secret\"><code>").nth(1).unwrap().split('<').next();
    let secret = base32(&letters.unwrap().replace(' ', ""));
    assert!(page.contains("<svg") && !page.contains("style="), "{page}");
    let code = second_factor::code_at(&secret, world.clock.now());
    let with = |sealed: &Form, password: &str, again: &str| {
        let more = [("password", password), ("again", again), ("code", &code)];
        typed(sealed.clone(), &more)
    };
    let mut forged = sealed.clone();
    forged[0].1.replace_range(40..42, if &sealed[0].1[40..42] == "00" { "01" } else { "00" });
    for (form, why) in [
        (with(&sealed, "short", "short"), "at least ten letters"),
        (with(&sealed, PASSWORD, "a boat for two boats"), "not the same"),
        (with(&forged, PASSWORD, PASSWORD), "open for too long"),
        (with(&form(&[("sealed", "")]), PASSWORD, PASSWORD), "open for too long"),
        (typed(sealed.clone(), &[("password", PASSWORD), ("again", PASSWORD)]), "not right"),
    ] {
        let seen = browser.post(&path, &form).await;
        assert!(seen.status == 422 && seen.page.contains(why), "{why}: {}", seen.page);
    }
    let seen = browser.post(&path, &with(&sealed, PASSWORD, PASSWORD)).await;
    assert_eq!((seen.status, seen.goes_to()), (303, "/console/sign-in?said=joined&as=auma"));
    assert_eq!(browser.get(&path).await.status, 404, "it was used");
    later(&world);
    let auma = browser.with(None);
    let code = second_factor::code_at(&secret, world.clock.now());
    assert_eq!(auma.signs_in("auma", &code).await.status, 303);
    assert!(auma.get("/console/session").await.page.contains("Care"));
}

fn base32(text: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = text
        .chars()
        .flat_map(|c| {
            let value = u8::try_from(letters.find(c).unwrap()).unwrap();
            (0..5).rev().map(move |bit| (value >> bit) & 1)
        })
        .collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum * 2 + bit)).collect()
}

/// One asks to invite somebody, by the form, and the other approves it: the link.
async fn hired(world: &World, [asks, approves]: [&Browser; 2], name: &str, roles: &str) -> String {
    let path = "/console/act/invite_staff";
    let more =
        [("name", name), ("phone", "0700000099"), ("roles", roles), ("why", "we need one more")];
    let form = typed(form_on(&asks.get(path).await.page, path), &more);
    let preview = asks.post(path, &form).await;
    assert!(preview.page.contains("This is what would be done."), "{}", preview.page);
    let done = asks.post(path, &form_on(&preview.page, path)).await;
    let (_, after) = done.page.split_once("/console/approvals/").expect(&done.page);
    let number = after.split('"').next().unwrap();
    let at = format!("/console/approvals/{number}");
    let yes = format!("{at}/yes");
    let seen = approves.post(&yes, &form_on(&approves.get(&at).await.page, &yes)).await;
    assert!(seen.status == 200 && !seen.page.contains("/console/join/"), "{}", seen.page);
    assert!(seen.page.contains("0700000099"), "who approves sees the number: {}", seen.page);
    world.invited("+254700000099").await
}

/// The session of somebody new who works as that.
pub async fn employed(world: &World, role: &str) -> String {
    let wallet = &world.app.wallet;
    later(world);
    let on_duty = async |name: &'static str, password: &'static str| {
        let secret = wallet.sign_in(name, password.into(), &code(name, world.clock.now())).await;
        wallet.on_duty(&secret.unwrap()).await.unwrap()
    };
    let asks = on_duty("wanjiru", PLAYED[0].password).await;
    let approves = on_duty("otieno", PLAYED[1].password).await;
    let name = format!("a-{}", role.replace('_', "-"));
    let typed =
        [("name", name.as_str()), ("phone", "0700000099"), ("roles", role), ("why", "one more")];
    let Outcome::Waits(number, _) = act(world, &asks, staff_list::INVITE.name, &typed).await else {
        panic!("it takes two")
    };
    let yes = [("approval", number.to_string())];
    let yes = yes.each_ref().map(|(name, value)| (*name, value.as_str()));
    act(world, &approves, two_people::APPROVE.name, &yes).await;
    let link = world.invited("+254700000099").await;
    let secret = [7; 20];
    let first = second_factor::code_at(&secret, world.clock.now());
    wallet.join_staff(&link, PASSWORD.into(), &secret, &first).await.unwrap();
    later(world);
    let code = second_factor::code_at(&secret, world.clock.now());
    format!("kadogo={}", wallet.sign_in(&name, PASSWORD.into(), &code).await.unwrap())
}

async fn act(world: &World, duty: &OnDuty, service: &str, typed: &[(&str, &str)]) -> Outcome {
    let fields: Fields = form(typed).into_iter().collect();
    let key = kadogo::book::Key::new(world.clock.now(), service, format!("{fields:?}").as_bytes());
    let service = service.to_owned();
    let request = Request { mode: Mode::Execute, service, fields, secret: None };
    world.app.wallet.act_as_staff(duty, request, key).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_forbids_what_no_page_needs_and_a_real_one_has_its_own_door() {
    let world = World::real().await;
    let state = world.app.state(None, Duration::from_secs(4));
    let gateways = Browser::at(&world.url);
    assert_eq!(gateways.get("/console/sign-in").await.status, 404, "not at the gateways' door");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let browser = Browser::at(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(app::serve_console(state, world.app.console.clone(), listener).unwrap());
    assert_eq!(browser.get("/gateways/africastalking/ussd").await.status, 404);
    for (path, status) in [
        ("/console", 303),
        ("/console/sign-in", 200),
        ("/console/style.css", 200),
        ("/console/x", 404),
    ] {
        let seen = browser.get(path).await;
        assert_eq!(seen.status, status, "{path}");
        let policy = seen.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; "), "{path}: {policy}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(seen.headers[name], value, "{path}");
        }
        assert!(!seen.page.contains("<script") && !seen.page.contains(" style="), "{path}");
        assert!(!seen.page.contains("goats"), "nobody is played in a real one: {path}");
    }
    let phone = kadogo::phone::Msisdn::from_e164("+254700000099").unwrap();
    let wallet = &world.app.wallet;
    let link = wallet.found_staff("njeri", &phone).await.unwrap();
    let secret = [9; 20];
    let first = second_factor::code_at(&secret, world.clock.now());
    wallet.join_staff(&link, PASSWORD.into(), &secret, &first).await.unwrap();
    later(&world);
    let code = second_factor::code_at(&secret, world.clock.now());
    let seen = browser.signs_in("njeri", &code).await;
    let cookie = seen.cookie().unwrap();
    assert!(cookie.starts_with("__Host-kadogo="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tries_too_often_from_one_place_waits_by_whatever_name() {
    let (world, browser, _) = office().await;
    let mut last = 0;
    for number in 0..21 {
        last = browser.signs_in(&format!("guess{number}"), "000000").await.status;
        assert_eq!(last, if number < 20 { 401 } else { 429 }, "{number}");
    }
    let right = code("wanjiru", world.clock.now());
    assert_eq!((last, browser.signs_in("wanjiru", &right).await.status), (429, 429));
    world.clock.advance(Duration::from_secs(15 * 60 + 1));
    let right = code("wanjiru", world.clock.now());
    assert_eq!(browser.signs_in("wanjiru", &right).await.status, 303);
}
