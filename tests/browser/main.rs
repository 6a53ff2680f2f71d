//! The console in a real Chromium. Goal: two people do a day's work with what a browser shows them,
//! on a laptop and on a phone, with a mouse and with the keyboard alone, whether scripts may run or
//! not; nothing is wider than the screen, in no language, and the browser complains of nothing.
//! Method: the real program, on a database of its own, driven as a person does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on should stop"
)]

mod driver;
mod office;
mod phone_page;

use driver::{Browser, Eyes};
use kadogo::console::route::{Method, ROOT, Route};
use office::{Office, code, played};

/// What keeps somebody signed in, in a demo.
const SESSION: &str = "kadogo";
const LAPTOP: u32 = 1280;
const PHONE: u32 = 390;
/// A page that says whether scripts run.
const SCRIPT: &str = "data:text/html,<title>still</title><script>document.title='runs'</script>";
/// Some who have a wallet.
const AMINA: &str = "0700000001";
const BARAKA: &str = "0700000002";
const CHEPTOO: &str = "0700000003";

/// Two people at one desk: whoever sits there shows their own session.
struct Desk<'a> {
    browser: &'a Browser,
    office: &'a Office,
    wanjiru: String,
    otieno: String,
}

impl<'a> Desk<'a> {
    fn open(browser: &'a Browser, office: &'a Office) -> Desk<'a> {
        let otieno = signs_in(browser, office, "otieno");
        browser.forget_cookie(SESSION);
        let wanjiru = signs_in(browser, office, "wanjiru");
        Desk { browser, office, wanjiru, otieno }
    }

    fn go(&self, path: &str) {
        self.browser.go(&self.office.page(path));
    }

    fn wanjiru(&self) {
        self.browser.show_cookie(SESSION, &self.wanjiru);
        self.go("");
    }

    fn otieno(&self) {
        self.browser.show_cookie(SESSION, &self.otieno);
        self.go("");
    }

    /// What is typed is looked at: the page says how it would be done.
    fn looks(&self) {
        self.browser.press("Look at it first");
        self.browser.see("This is what would be done.");
        self.browser.fits();
    }

    /// It is asked for, and otieno approves it: from his first screen on, once.
    fn by_two(&self, act: &str) {
        self.looks();
        self.browser.press("Do it");
        self.approved(act);
    }

    /// What was asked for waits until otieno has approved it.
    fn approved(&self, act: &str) {
        let browser = self.browser;
        browser.see("It waits for another one");
        browser.press("Look at the request");
        browser.see("I do not want it any more...");
        self.otieno();
        browser.see("Waits for me");
        browser.press(act);
        browser.see("What a yes does now");
        browser.picture("approval");
        browser.fits();
        browser.press("Yes, do it");
        browser.see("Approved and done");
        browser.reload();
        browser.see("That was done before, once.");
    }
}

fn signs_in(browser: &Browser, office: &Office, name: &str) -> String {
    let who = played(name);
    browser.go(&office.page(""));
    browser.type_in("name", name);
    browser.type_in("password", who.password);
    browser.type_in("code", "000000");
    browser.press_at("//form//button");
    browser.see("do not fit together");
    browser.picture("sign-in");
    browser.type_in("name", name);
    browser.type_in("password", who.password);
    browser.type_in("code", &code(who));
    browser.press_at("//form//button");
    browser.see("Payments today, by kind and hour");
    browser.cookie(SESSION)
}

/// A day's work.
fn a_day(eyes: Eyes) {
    let Some(browser) = Browser::open(eyes) else { return };
    let office = Office::open();
    browser.go(SCRIPT);
    assert_eq!(browser.title(), if eyes.scripts { "runs" } else { "still" });
    let desk = Desk::open(&browser, &office);
    the_first_screen(&desk);
    a_bank_account(&desk);
    a_statement(&desk);
    lines_that_rules_know(&desk);
    a_freeze(&desk);
    a_locked_pin(&desk);
    a_closed_day(&desk);
    ended(&desk);
    assert_eq!(browser.complaints(), [""; 0]);
}

fn the_first_screen(desk: &Desk) {
    let browser = desk.browser;
    desk.wanjiru();
    // a demo has money that stands against no bank
    browser.see("From no statement");
    browser.fits();
    assert_eq!(browser.tab(), "Skip to the page", "the first key leads past the menu");
    browser.press_at("//a[@class='skip']");
    assert!(browser.url().ends_with("#content"), "{}", browser.url());
}

fn a_bank_account(desk: &Desk) {
    let browser = desk.browser;
    desk.wanjiru();
    desk.go("/act/open_bank_account");
    browser.type_in("name", "coop");
    browser.type_in("number", "0112345678");
    browser.type_in("why", "the trust account is there");
    desk.by_two("Open a bank account");
}

/// A bank that writes tables, with money in the account before the first of them.
fn a_statement(desk: &Desk) {
    let browser = desk.browser;
    desk.wanjiru();
    desk.go("/act/open_bank_account");
    browser.type_in("name", "dtb");
    browser.type_in("number", "42-1");
    browser.type_in("map", "delimiter = ;");
    browser.type_in("why", "another bank");
    browser.press("Look at it first");
    browser.see("Line 1 of the map cannot be read");
    browser.press("How such a map is written, with an example");
    browser.picture("map-wrong");
    browser.fits();
    browser.type_in("map", kadogo::bank::EXAMPLE);
    desk.by_two("Open a bank account");
    desk.wanjiru();
    desk.go("/bank/take");
    let rows = "Date,Details,Reference,Amount,Balance\n\
                2026-11-20,Float for 10100,R1,250000.00,1250000.00\n\
                2026-11-20,Ledger fee,R2,-350.00,1249650.00\n";
    browser.choose("bank", "dtb");
    browser.attach("file", &desk.office.file("dtb.csv", rows));
    browser.press("Read it");
    browser.see("This is what the file says.");
    browser.press("Take it");
    browser.see("Done.");
    desk.go("/bank/lines");
    browser.see("There before the first statement");
    browser.picture("lines");
    browser.fits();
    browser.press_at("(//a[normalize-space(.)='Explain a bank line'])[1]");
    browser.type_in("why", "it was ours before we began");
    desk.by_two("Explain a bank line");
    browser.see("Own money of the operator");
    desk.go("/bank/lines");
    browser.see("Float for 10100");
    desk.wanjiru();
    desk.go("/bank");
    browser.see("How the CSV files are read");
    browser.press("How the CSV files are read");
    browser.picture("bank");
    browser.fits();
}

/// An outlet that stands in the text has the money by two; what a bank takes is named by one.
fn lines_that_rules_know(desk: &Desk) {
    let browser = desk.browser;
    desk.wanjiru();
    desk.go("/bank/lines");
    browser.press_at("(//main//a[contains(., '10100')])[1]");
    desk.by_two("Issue against a bank line");
    desk.wanjiru();
    desk.go("/bank/lines");
    browser.see("Ledger fee");
    browser.press_at("(//main//span[contains(., 'words of a charge')]/a)[1]");
    desk.looks();
    browser.press("Do it");
    browser.see("Done.");
    desk.go("/bank/lines");
    browser.see("Nothing");
}

fn a_freeze(desk: &Desk) {
    let browser = desk.browser;
    desk.wanjiru();
    desk.go("/act/freeze_account");
    browser.type_in("phone", BARAKA);
    browser.tick("way", "amount");
    browser.tick("basis", "customer");
    browser.type_in("why", "his phone was stolen on the bus");
    browser.press("Look at it first");
    assert_eq!(browser.wrong_field(), "amount", "the page says what is missing");
    browser.picture("freeze-wrong");
    browser.fits();
    browser.tick("way", "both");
    desk.looks();
    browser.see("Frozen");
    browser.picture("freeze");
    browser.press("Do it");
    browser.see("Done.");
    browser.picture("freeze-done");
    browser.fits();
    let told = desk.office.press_keys(&to_e164(BARAKA), &["1", AMINA]);
    assert!(told.contains("haitumiki"), "{told}");
    browser.reload();
    browser.see("That was done before, once.");
}

fn a_locked_pin(desk: &Desk) {
    let browser = desk.browser;
    let way = ["1", CHEPTOO, "200", "1", "1111", "2222", "3333", "4444", "5555"];
    let told = desk.office.press_keys(&to_e164(AMINA), &way);
    assert!(told.contains("Your PIN is locked"), "{told}");
    desk.wanjiru();
    desk.go("/people");
    browser.type_in("q", AMINA);
    browser.type_in("why", "she says that it is locked");
    browser.press("Find");
    browser.press_at("(//main//ul[@class='rows']//a)[1]");
    browser.see("Locked by wrong tries");
    browser.picture("record");
    browser.fits();
    desk.go("/act/unlock_pin");
    browser.type_in("phone", AMINA);
    browser.type_in("why", "she came by with her ID");
    desk.by_two("Unlock a PIN");
}

/// The demo was there before today.
fn a_closed_day(desk: &Desk) {
    let browser = desk.browser;
    desk.wanjiru();
    desk.go("/days");
    browser.press("Make its sheet");
    browser.see("Trial balance");
    browser.picture("sheet");
    browser.fits();
    browser.type_in("excuse", "money of a demo stands against no bank");
    browser.press("Ask another one to sign it");
    desk.approved("Close the day");
    desk.go("/days");
    browser.see("Pages (PDF)");
    browser.picture("days");
    browser.fits();
}

fn ended(desk: &Desk) {
    let browser = desk.browser;
    desk.wanjiru();
    desk.go("/staff");
    browser.see("at work since");
    desk.go("/act/end_staff_sessions?name=otieno");
    browser.type_in("why", "he left his laptop open");
    desk.looks();
    browser.press("Do it");
    browser.see("Done.");
    desk.otieno();
    browser.see("Sign in");
}

fn to_e164(phone: &str) -> String {
    format!("+254{}", &phone[1..])
}

#[test]
fn a_day_on_a_laptop() {
    a_day(Eyes { width: LAPTOP, scripts: true });
}

#[test]
fn a_day_on_a_phone() {
    a_day(Eyes { width: PHONE, scripts: true });
}

#[test]
fn a_day_on_a_laptop_with_the_keyboard_alone_and_no_scripts() {
    a_day(Eyes { width: LAPTOP, scripts: false });
}

#[test]
fn a_day_on_a_phone_without_scripts() {
    a_day(Eyes { width: PHONE, scripts: false });
}

#[test]
fn no_page_is_wider_than_the_screen_in_any_language() {
    let office = Office::open();
    for (name, width) in [("wanjiru", LAPTOP), ("otieno", PHONE)] {
        let Some(browser) = Browser::open(Eyes { width, scripts: true }) else { return };
        signs_in(&browser, &office, name);
        for language in ["en", "sw", "fr"] {
            browser.go(&office.page(&format!("/speak/{language}?back=%2Fconsole")));
            for route in Route::each(1).iter().filter(|route| looked_at(route)) {
                let path = route.path();
                browser.go(&office.page(path.strip_prefix(ROOT).unwrap()));
                browser.fits();
                browser.picture(&format!("{name}-{language}{}", path.replace('/', "-")));
            }
        }
        assert_eq!(browser.complaints(), [""; 0]);
    }
}

fn looked_at(route: &Route) -> bool {
    let other = matches!(route, Route::Style | Route::Speak(_) | Route::SignIn | Route::Join(_));
    route.takes(Method::Get) && !other
}
