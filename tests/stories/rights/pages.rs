//! The pages of the console, each by one of each role and by several who are nobody.

use super::table::{PAGES, lets_in};
use super::*;
use kadogo::console::route::{Method, Route};
use kadogo::store::staff_rows;
use std::time::Duration;

/// A window of a browser, with a session or none.
pub struct Window {
    client: reqwest::Client,
    url: String,
    cookie: Option<String>,
}

/// What came back: how, where it leads, and the page.
pub struct Seen {
    pub status: u16,
    pub to: String,
    pub page: String,
}

pub type Form = Vec<(String, String)>;

impl Window {
    pub fn of(world: &World, secret: Option<&str>) -> Window {
        let client = kadogo::tls::client().redirect(reqwest::redirect::Policy::none());
        let cookie = secret.map(|secret| format!("kadogo={secret}"));
        Window { client: client.build().unwrap(), url: world.url.clone(), cookie }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Seen {
        let request = match &self.cookie {
            Some(cookie) => request.header("Cookie", cookie),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        Seen { status, to: to.unwrap_or_default(), page: answer.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.send(self.client.get(format!("{}/console{path}", self.url))).await
    }

    pub async fn post(&self, path: &str, form: &Form) -> Seen {
        self.post_from("same-origin", path, form).await
    }

    pub async fn post_from(&self, site: &str, path: &str, form: &Form) -> Seen {
        let request = self.client.post(format!("{}/console{path}", self.url)).form(form);
        self.send(request.header("Sec-Fetch-Site", site)).await
    }

    /// The fields that nobody sees of the form on a page that goes to `action`.
    pub async fn form(&self, path: &str, action: &str) -> Form {
        let page = self.get(path).await.page;
        hidden(&page, action).unwrap_or_else(|| panic!("no form to {action}: {page}"))
    }

    /// Such fields, for forms of one's own making.
    pub async fn drawn(&self) -> Form {
        self.form("/session", "/session").await
    }
}

/// The fields that nobody sees of the form that goes to `action`.
pub fn hidden(page: &str, action: &str) -> Option<Form> {
    let from = page.split(&format!("action=\"/console{action}\">")).nth(1)?;
    let inside = from.split("</form>").next()?.split("<input type=\"hidden\" name=\"").skip(1);
    let pair = |text: &str| {
        let (name, rest) = text.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split_once('"').unwrap().0.replace("&amp;", "&"))
    };
    Some(inside.map(pair).collect())
}

/// The same with more that was typed.
pub fn with(mut form: Form, more: &[(&str, &str)]) -> Form {
    form.extend(more.iter().map(|(name, typed)| ((*name).to_owned(), (*typed).to_owned())));
    form
}

/// A number under which nothing waits.
const NOTHING: i64 = 900_719_925;

/// A page as the table names it.
fn named(route: &Route) -> String {
    let path = route.path();
    let below = path.strip_prefix("/console").unwrap().replace(&NOTHING.to_string(), "N");
    if let Route::Join(link) = route { below.replace(link.as_str(), "LINK") } else { below }
}

fn methods(route: &Route) -> String {
    let all = [(Method::Get, "GET"), (Method::Post, "POST")];
    let taken = all.into_iter().filter(|(method, _)| route.takes(*method)).map(|(_, name)| name);
    taken.collect::<Vec<_>>().join(" ")
}

fn door(route: &Route) -> &'static str {
    let name = named(route);
    PAGES.iter().find(|(path, ..)| *path == name).expect(&name).2
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_opens_to_the_roles_of_the_table_and_nobody_else() {
    let world = World::new().await;
    let routes = Route::each(NOTHING);
    let mut known: Vec<(String, String)> =
        routes.iter().map(|route| (named(route), methods(route))).collect();
    known.sort_unstable();
    let own = |(path, taken, _): &(&str, &str, &str)| ((*path).to_owned(), (*taken).to_owned());
    let mut written: Vec<(String, String)> = PAGES.iter().map(own).collect();
    written.sort_unstable();
    assert_eq!(known, written, "each page stands in the table");

    let workers = one_of_each(&world).await;
    let (mut lines, mut turned_away) = (Vec::new(), Vec::new());
    let mut windows = Vec::new();
    for (role, worker) in &workers {
        let window = Window::of(&world, Some(&worker.secret));
        let form = with(window.drawn().await, &[("why", "as the table says"), ("seen", "00")]);
        windows.push((*role, &worker.duty.staff.name, window, form));
    }
    // going home is the last that anybody does
    let home = |route: &&Route| !matches!(route, Route::SignOut);
    let last = routes.iter().filter(|route| !home(route));
    for route in routes.iter().filter(home).chain(last).filter(|route| door(route) != "open") {
        let (path, name) = (route.path(), named(route));
        let below = path.strip_prefix("/console").unwrap();
        for method in methods(route).split(' ') {
            let mut cells = Vec::new();
            for (role, who, window, form) in &windows {
                let seen = match method {
                    "GET" => window.get(below).await,
                    _ => window.post(below, form).await,
                };
                assert!(seen.status < 500, "{who} {method} {path}: {}", seen.page);
                let is_in = seen.status != 403;
                assert_eq!(
                    is_in,
                    lets_in(door(route), *role),
                    "{who} {method} {path}: {}",
                    seen.page
                );
                assert!(!seen.to.starts_with("/console/sign-in?back"), "{who} {method} {path}");
                cells.push(is_in);
                if !is_in {
                    turned_away.push(format!("{who}: {path}: not_allowed"));
                }
            }
            lines.push((format!("{method} {name}"), cells));
        }
    }
    let recorded: Vec<String> = refused(&world).await;
    let recorded: Vec<String> =
        recorded.into_iter().filter(|line| line.ends_with("not_allowed")).collect();
    assert_eq!(recorded, turned_away, "each of them stands in the audit");
    insta::assert_snapshot!(drawn(&lines));
    world.check();
}

/// Who is nobody, and what they show: nothing, something forged, what was ended, what was left
/// alone for too long, what lasted a day, what was of somebody who left.
pub async fn nobodies(world: &World) -> Vec<(&'static str, Option<String>)> {
    let wallet = &world.app.wallet;
    let mut all = vec![("a passer-by", None), ("a forger", Some("a".repeat(64)))];
    let left = at_work(world, "left", "admin").await;
    let ended = at_work(world, "ended", "admin finance_lead").await;
    wallet.sign_out(&ended.duty).await.unwrap();
    all.push(("who went home", Some(ended.secret)));
    let gone = StaffRow { state: StaffState::Left, ..left.duty.staff.next() };
    let kept = Change::keep(Record::Staff(Box::new(gone)), "left");
    let key = Key::new(wallet.clock.now(), "left", &[]);
    wallet.book.post(wallet.note(key, vec![kept])).await.unwrap();
    all.push(("who left", Some(left.secret)));
    let idle = at_work(world, "idle", "admin finance_lead").await;
    world.clock.advance(Duration::from_secs(15 * 60 + 1));
    all.push(("who left the room", Some(idle.secret)));
    let day = at_work(world, "day", "admin finance_lead").await;
    for _ in 0..41 {
        assert!(wallet.on_duty(&day.secret).await.is_ok());
        world.clock.advance(Duration::from_secs(880));
    }
    all.push(("whose day is over", Some(day.secret)));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_at_work_opens_nothing_and_is_asked_to_sign_in() {
    let world = World::new().await;
    let nobodies = nobodies(&world).await;
    let before = postings(&world);
    for (who, secret) in &nobodies {
        let window = Window::of(&world, secret.as_deref());
        for route in Route::each(NOTHING) {
            let path = route.path();
            let below = path.strip_prefix("/console").unwrap();
            let closed = door(&route) != "open";
            if route.takes(Method::Get) {
                let seen = window.get(below).await;
                let sent = seen.to.starts_with("/console/sign-in?back=");
                assert_eq!(sent, closed, "{who} looks at {path}: {} {}", seen.status, seen.page);
            }
            if route.takes(Method::Post) && closed {
                let form = with(Form::new(), &[("step", "do"), ("once", "1-00"), ("token", "00")]);
                let seen = window.post(below, &form).await;
                assert_eq!(seen.status, 401, "{who} posts to {path}: {}", seen.page);
                assert!(seen.page.contains("Nothing was done."), "{who}: {}", seen.page);
            }
        }
    }
    let recorded = refused(&world).await;
    assert_eq!(recorded, ["ended: session: session_over", "left: session: session_over"]);
    assert_eq!(postings(&world), before + 2);
}

pub fn postings(world: &World) -> u64 {
    world.check().postings
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_anew_has_nothing_left_of_what_they_showed_before() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let admin = at_work(&world, "admin", "admin").await;
    let stolen = at_work(&world, "njeri", "finance").await;
    let typed = [
        ("name", "njeri"),
        ("phone", "+254722000001"),
        ("roles", "finance"),
        ("why", "lost her laptop"),
    ];
    world.staff_does(&admin.duty, "invite_staff", &typed).await.unwrap();
    let link = world.invited("+254722000001").await;
    assert!(wallet.on_duty(&stolen.secret).await.is_err(), "from that moment on");
    let factor = [7; 20];
    let code = kadogo::staff::second_factor::code_at(&factor, world.clock.now());
    let words = "a boat for two goats".to_owned();
    wallet.join_staff(&link, words.into(), &factor, &code).await.unwrap();
    let again = wallet.on_duty(&stolen.secret).await;
    assert_eq!(again.unwrap_err().code(), "session_over", "also when she works again");
    let read = |conn: &mut Conn| staff_rows::by_name(conn, "njeri");
    assert!(world.app.wallet.store.read(read).await.unwrap().unwrap().works());
    assert_eq!(refused(&world).await.last().unwrap(), "njeri: session: session_over");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_locked_out_or_asleep_does_not_come_in_with_all_that_is_right() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let words = || secrecy::SecretString::from("a boat for two goats");
    let hash = kadogo::staff::password::hashed(&words(), [7; 16]).unwrap();
    let njeri = at_work(&world, "njeri", "finance").await.duty.staff;
    let known = StaffRow { password: hash, ..njeri.next() };
    let key = Key::new(wallet.clock.now(), "known", &[]);
    let kept = Change::keep(Record::Staff(Box::new(known)), "begin_work");
    wallet.book.post(wallet.note(key, vec![kept])).await.unwrap();
    let comes = async |code: &str| {
        let typed = [("name", "njeri"), ("password", "a boat for two goats"), ("code", code)];
        Window::of(&world, None).post("/sign-in", &with(Form::new(), &typed)).await.status
    };
    let right = || code(&world, "njeri");
    assert_eq!(comes(&right()).await, 303);
    assert_eq!(comes(&right()).await, 401, "a code serves once");
    for _ in 0..4 {
        assert_eq!(comes("000000").await, 401);
    }
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(comes(&right()).await, 401, "after five she is locked out");
    world.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(comes(&right()).await, 303);
    world.clock.advance(Duration::from_secs(90 * 24 * 3_600 + 60));
    assert_eq!(comes(&right()).await, 401, "she was away for long: she is asleep");
    let read = |conn: &mut Conn| trail_rows::between(conn, 1, i64::MAX);
    let all = wallet.store.read(read).await.unwrap();
    let count = |event: &str| all.iter().filter(|row| row.event == event).count();
    assert_eq!((count("sign_in"), count("sign_in_failed")), (2, 6), "each try is recorded");
}
