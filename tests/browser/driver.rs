//! A real Chromium, driven over WebDriver: just what a person does with a page, and what they see.
//! It waits for what it looks for, never for a time. The pages of the console are not known here.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How WebDriver names an element in an answer.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// For how long something is looked for before it is not there, milliseconds.
const PATIENCE: u64 = 15_000;
/// The key that follows a link and sends a form, and the one that ticks a box.
const ENTER: &str = "\u{e007}";
const SPACE: &str = " ";

/// Where Chromium has to be, or the test fails; otherwise it is left out, and says so.
const REQUIRED: &str = "KADOGO_TEST_BROWSER";

/// How somebody looks at pages.
#[derive(Clone, Copy)]
pub struct Eyes {
    /// Points from left to right.
    pub width: u32,
    /// Whether scripts may run.
    pub scripts: bool,
}

/// A browser. It ends with the value.
pub struct Browser {
    runtime: Runtime,
    client: reqwest::Client,
    driver: Child,
    session: String,
    pub eyes: Eyes,
    _profile: TempDir,
}

impl Browser {
    /// One with a profile of its own; none where there is no Chromium and none is required.
    pub fn open(eyes: Eyes) -> Option<Browser> {
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = match started {
            Ok(driver) => driver,
            Err(why) => {
                let required = std::env::var(REQUIRED).is_ok_and(|value| value == "required");
                assert!(!required, "{REQUIRED}=required, but chromedriver does not start: {why}");
                use std::io::Write;
                let said = "SKIPPED: the console in a real browser, as there is no chromedriver";
                let _ = writeln!(std::io::stderr(), "{said}");
                return None;
            }
        };
        let port = port(&mut driver);
        let profile = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = kadogo::tls::client().timeout(Duration::from_secs(60)).build().unwrap();
        let session = format!("http://127.0.0.1:{port}/session");
        let mut browser = Browser { runtime, client, driver, session, eyes, _profile: profile };
        let wanted = capabilities(eyes, browser._profile.path());
        let begun = browser.call(reqwest::Method::POST, "", Some(wanted));
        let id = begun["sessionId"].as_str().unwrap();
        browser.session = format!("{}/{id}", browser.session);
        Some(browser)
    }

    fn call(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let said = format!("{method} {path}");
        let answer = self.asked(method, path, body);
        answer.unwrap_or_else(|error| panic!("{said}: {error}; {}", self.as_seen()))
    }

    fn asked(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, String> {
        let request = self.client.request(method, format!("{}{path}", self.session));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.runtime.block_on(async {
            let answer = request.send().await.map_err(|error| error.to_string())?;
            let good = answer.status().is_success();
            let mut said: Value = answer.json().await.map_err(|error| error.to_string())?;
            match good {
                true => Ok(said["value"].take()),
                false => Err(said["value"]["message"].as_str().unwrap_or("?").to_owned()),
            }
        })
    }

    fn post(&self, path: &str, body: Value) -> Value {
        self.call(reqwest::Method::POST, path, Some(body))
    }

    /// What stands on the page, for who reads why a test failed.
    fn as_seen(&self) -> String {
        let source = self.asked(reqwest::Method::GET, "/source", None);
        source.ok().and_then(|page| page.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Opens a page.
    pub fn go(&self, url: &str) {
        self.post("/url", json!({ "url": url }));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        let url = self.call(reqwest::Method::GET, "/url", None);
        url.as_str().unwrap().to_owned()
    }

    /// The same page again, as who presses F5: a form is sent again.
    pub fn reload(&self) {
        self.post("/refresh", json!({}));
    }

    /// What the page is called.
    pub fn title(&self) -> String {
        let title = self.call(reqwest::Method::GET, "/title", None);
        title.as_str().unwrap().to_owned()
    }

    /// An element, as soon as it is there.
    fn find(&self, xpath: &str) -> String {
        let found = self.post("/element", json!({ "using": "xpath", "value": xpath }));
        format!("/element/{}", found[ELEMENT].as_str().unwrap())
    }

    /// Waits until these words stand on the page.
    pub fn see(&self, words: &str) {
        self.find(&format!("//main//*[contains(normalize-space(.), {})]", quoted(words)));
    }

    /// What stands on it, as it is read.
    pub fn text(&self) -> String {
        let main = self.find("//main");
        let text = self.call(reqwest::Method::GET, &format!("{main}/text"), None);
        text.as_str().unwrap().to_owned()
    }

    fn keys(&self, element: &str, keys: &str) {
        self.post(&format!("{element}/value"), json!({ "text": keys }));
    }

    /// Types into an input, by its name.
    pub fn type_in(&self, name: &str, text: &str) {
        let input = self.find(&format!("//*[@name={}]", quoted(name)));
        self.post(&format!("{input}/clear"), json!({}));
        self.keys(&input, text);
    }

    /// Chooses one of a list.
    pub fn choose(&self, name: &str, value: &str) {
        let [name, value] = [name, value].map(quoted);
        let one = self.find(&format!("//select[@name={name}]/option[@value={value}]"));
        self.post(&format!("{one}/click"), json!({}));
    }

    /// The same by what the input is called in its page.
    pub fn type_in_field(&self, id: &str, text: &str) {
        let input = self.find(&format!("//input[@id={}]", quoted(id)));
        self.post(&format!("{input}/clear"), json!({}));
        self.keys(&input, text);
    }

    /// Waits until something is at this place.
    pub fn see_at(&self, xpath: &str) {
        self.find(xpath);
    }

    /// Takes a file for a form.
    pub fn attach(&self, name: &str, file: &Path) {
        let input = self.find(&format!("//input[@name={}]", quoted(name)));
        self.keys(&input, file.to_str().unwrap());
    }

    /// Ticks one of several.
    pub fn tick(&self, name: &str, value: &str) {
        let [name, value] = [name, value].map(quoted);
        let input = self.find(&format!("//input[@name={name} and @value={value}]"));
        self.keys(&input, SPACE);
    }

    /// Presses a button, follows a link, opens what is folded: with the mouse where scripts run,
    /// and with the keyboard alone where they do not.
    pub fn press(&self, label: &str) {
        let label = quoted(label);
        let tags = ["button", "a", "summary"].map(|tag| format!("self::{tag}")).join(" or ");
        let which = format!("//*[({tags}) and normalize-space(.)={label}]");
        self.press_at(&which);
    }

    /// The same for the first that is at this place.
    pub fn press_at(&self, xpath: &str) {
        let element = self.find(xpath);
        match self.eyes.scripts {
            true => drop(self.post(&format!("{element}/click"), json!({}))),
            false => self.keys(&element, ENTER),
        }
    }

    /// What an input that is wrong is called by its page.
    pub fn wrong_field(&self) -> String {
        let input = self.find("//*[@aria-invalid]");
        let name = self.call(reqwest::Method::GET, &format!("{input}/property/name"), None);
        name.as_str().unwrap().to_owned()
    }

    /// Presses a key of the whole page; the words of what has the focus then.
    pub fn tab(&self) -> String {
        let key = json!([{ "type": "keyDown", "value": "\u{e004}" },
            { "type": "keyUp", "value": "\u{e004}" }]);
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": key });
        self.post("/actions", json!({ "actions": [keyboard] }));
        let active = self.call(reqwest::Method::GET, "/element/active", None);
        let active = format!("/element/{}", active[ELEMENT].as_str().unwrap());
        let text = self.call(reqwest::Method::GET, &format!("{active}/text"), None);
        text.as_str().unwrap().to_owned()
    }

    /// Types where the focus is, as who has hands on a keyboard: signs, and keys by their code.
    pub fn type_here(&self, text: &str) {
        let press = |sign: char| {
            let of = |what| json!({ "type": what, "value": sign.to_string() });
            [of("keyDown"), of("keyUp")]
        };
        let keys: Vec<Value> = text.chars().flat_map(press).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": keys });
        self.post("/actions", json!({ "actions": [keyboard] }));
    }

    /// What a page says that only its scripts know.
    pub fn asks(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "script": format!("return {script}"), "args": [] }))
    }

    /// A cookie, and the same in its place.
    pub fn cookie(&self, name: &str) -> String {
        let cookie = self.call(reqwest::Method::GET, &format!("/cookie/{name}"), None);
        cookie["value"].as_str().unwrap().to_owned()
    }

    /// Shows another one from now on.
    pub fn show_cookie(&self, name: &str, value: &str) {
        self.forget_cookie(name);
        let cookie = json!({ "name": name, "value": value, "httpOnly": true });
        self.post("/cookie", json!({ "cookie": cookie }));
    }

    /// Shows none.
    pub fn forget_cookie(&self, name: &str) {
        self.call(reqwest::Method::DELETE, &format!("/cookie/{name}"), None);
    }

    fn devtools(&self, command: &str, params: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": params }))
    }

    /// Nothing on the page is wider than the screen.
    pub fn fits(&self) {
        let seen = self.devtools("Page.getLayoutMetrics", json!({}));
        let wide = |of: &str, what: &str| seen[of][what].as_f64().unwrap();
        let (page, screen) =
            (wide("cssContentSize", "width"), wide("cssLayoutViewport", "clientWidth"));
        assert!(page <= screen, "{page} points on {screen}: {} {}", self.url(), self.text());
    }

    /// A picture of the whole page, where somebody wants to look at it.
    pub fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("KADOGO_SHOTS") else { return };
        let whole = json!({ "captureBeyondViewport": true });
        let picture = self.devtools("Page.captureScreenshot", whole);
        let bytes = base64(picture["data"].as_str().unwrap());
        let file = format!("{name}-{}.png", self.eyes.width);
        std::fs::write(Path::new(&folder).join(file), bytes).unwrap();
    }

    /// What the browser has complained of: something that was refused by the page's own rules, or
    /// was not there.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", json!({ "type": "browser" }));
        let said = log.as_array().unwrap().iter();
        let severe = said.filter(|entry| entry["level"] == "SEVERE");
        let said = severe.map(|entry| entry["message"].as_str().unwrap().to_owned());
        // an answer that refuses is one
        said.filter(|text| !text.contains("the server responded with a status of")).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium goes when its session ends; the driver, which began it, after that
        let _ = self.asked(reqwest::Method::DELETE, "", None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Where the driver listens: it says so when it does.
fn port(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    loop {
        let line = lines.next().expect("the driver ended").unwrap();
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            // what it says from now on is read by nobody, and must not hold it up
            std::thread::spawn(move || lines.for_each(drop));
            return port.trim_end_matches('.').parse().unwrap();
        }
    }
}

fn capabilities(eyes: Eyes, profile: &Path) -> Value {
    let height = 900;
    let mut options = json!({
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--hide-scrollbars",
            format!("--window-size={},{height}", eyes.width),
            format!("--user-data-dir={}", profile.display()),
        ],
    });
    // a window is never as narrow as a phone
    if eyes.width < 600 {
        let screen = json!({ "width": eyes.width, "height": height, "pixelRatio": 2,
            "mobile": true, "touch": true });
        options["mobileEmulation"] = json!({ "deviceMetrics": screen });
    }
    if !eyes.scripts {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "implicit": PATIENCE, "pageLoad": PATIENCE },
    } } })
}

/// A text in XPath, which knows no way to write one with both quotes.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

fn base64(text: &str) -> Vec<u8> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |letter: u8| letters.iter().position(|known| *known == letter);
    let bits: Vec<usize> = text.bytes().filter_map(value).collect();
    let bytes = bits.chunks(4).flat_map(|four| {
        let whole = four.iter().fold(0, |sum, bits| sum << 6 | bits) << (6 * (4 - four.len()));
        let bytes = [whole >> 16, whole >> 8, whole].map(|byte| (byte & 255) as u8);
        bytes[..four.len() - 1].to_vec()
    });
    bytes.collect()
}
