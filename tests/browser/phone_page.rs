//! The phone to try the service with, in a real Chromium. Goal: whoever opens it finds out by
//! themselves how to be somebody, to dial and to join, on a laptop and on a phone; nothing is cut
//! off without a sign, and what is told is true. Method: the real program, keys as people press
//! them.

use super::driver::{Browser, Eyes};
use super::office::Office;
use super::{AMINA, LAPTOP, PHONE, to_e164};

const ENTER: &str = "\u{e007}";
/// Who serves at an outlet.
const MARY: &str = "0700000012";

/// The page as somebody.
fn be(browser: &Browser, office: &Office, phone: &str) {
    browser.go(&office.demo_page(&format!("/phone?as={}", to_e164(phone).replace('+', "%2B"))));
    browser.see(&phone.replacen("0700000", "0700 000 ", 1));
}

/// Dials, and waits for these words.
fn dials(browser: &Browser, words: &str) {
    browser.type_here(&format!("{ENTER}{ENTER}"));
    browser.see(words);
}

fn somebody_tries(width: u32) {
    let Some(browser) = Browser::open(Eyes { width, scripts: true }) else { return };
    let office = Office::open();
    a_number_of_their_own(&browser, &office);
    nothing_is_cut_off(&browser, &office);
    a_locked_pin(&browser, &office);
    assert_eq!(browser.complaints(), [""; 0]);
}

/// What is typed after a number goes to the phone, and what is no number is said there.
fn a_number_of_their_own(browser: &Browser, office: &Office) {
    be(browser, office, AMINA);
    browser.picture("phone-first");
    browser.fits();
    let seen = browser.asks("document.querySelector('header code').checkVisibility()");
    assert_eq!(seen, true, "what to dial");
    for said in ["Float KES 15,000", "English", "PIN 7361", "agent PIN 8417"] {
        browser.see(said);
    }
    browser.type_in_field("number", &format!("+44 7700 900123{ENTER}"));
    browser.see("That is not a mobile number of this country.");
    browser.picture("phone-foreign");
    let offline = browser.asks("document.getElementById('offline').hidden");
    assert_eq!(offline, true, "the service is there");
    browser.type_in_field("number", &format!("0722 000 333{ENTER}"));
    browser.see("Somebody new");
    dials(browser, "1 English");
    browser.type_here(&format!("1{ENTER}"));
    browser.see("Enter your first and last name.");
    browser.type_here(&format!("Grace Wairimu{ENTER}"));
    browser.see("Choose a PIN of 4 to 6 digits.");
    browser.picture("phone-joins");
    let typed = browser.asks("document.getElementById('number').value");
    assert_eq!(typed, "", "it went to the phone");
    // the clock on the glass is that of the country, wherever the browser is
    assert_eq!(browser.asks("clock(new Date(Date.UTC(2026, 10, 23, 11, 5)))"), "14:05");
}

/// Of a list that is longer than the glass it is said that there is more.
fn nothing_is_cut_off(browser: &Browser, office: &Office) {
    be(browser, office, MARY);
    dials(browser, "Send money");
    let choice = "document.getElementById('view').innerText.match(/(\\d) Agent/)[1]";
    let key = browser.asks(choice).as_str().unwrap().to_owned();
    browser.type_here(&format!("{key}{ENTER}"));
    browser.see("My work");
    browser.picture("phone-agent");
    let more = || browser.asks("document.getElementById('more').textContent");
    let over = "view.scrollHeight > view.clientHeight + 2";
    assert_eq!(browser.asks(over), true, "or choose a longer list");
    assert_eq!(more(), "▼ more");
    browser.asks("document.getElementById('view').scrollTo(0, 9999)");
    browser.see_at("//*[@id='more'][.='▲']");
    let ring = "getComputedStyle(document.getElementById('view')).outlineStyle";
    assert_eq!(browser.asks(ring), "none", "no ring runs through the glass");
    // nothing at all is sent as a network would
    browser.type_here(ENTER);
    browser.see("Not a choice here.");
}

/// Who has tried too often is told what helps.
fn a_locked_pin(browser: &Browser, office: &Office) {
    let way = ["1", "0700000002", "100", "1", "0007", "0007", "0007", "0007", "0007"];
    let last = office.press_keys(&to_e164(AMINA), &way);
    assert!(last.contains("Your PIN is locked"), "{last}");
    be(browser, office, AMINA);
    browser.see("PIN locked");
    browser.see("begin anew: demo --fresh");
    browser.picture("phone-locked");
    browser.fits();
}

#[test]
fn somebody_tries_the_phone_on_a_laptop() {
    somebody_tries(LAPTOP);
}

#[test]
fn somebody_tries_the_phone_on_a_phone() {
    somebody_tries(PHONE);
}
