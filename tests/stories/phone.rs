//! A phone in somebody's hand. It shows screens and takes what is typed, remembers it as the
//! gateway does, and writes everything down as a transcript that a person can read. It knows no
//! service: a choice is found by the words that the catalogue has for it, wherever on the screen it
//! stands.

use super::world::{CODE, World};
use kadogo::gateway::africastalking as at;
use kadogo::phone::Msisdn;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};

static SESSIONS: AtomicU64 = AtomicU64::new(1);

/// What somebody does at a screen.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// Picks the choice of a menu that has this label in `menus/customer.toml`, in whatever
    /// language it is shown.
    Pick(&'a str),
    /// Picks the line of a list that says this.
    Line(&'a str),
    /// Picks the first line of a list, whatever it says.
    First,
    /// Types a value.
    Type(&'a str),
    /// Says yes to what is asked.
    Yes,
    /// Says no to it.
    No,
    /// One screen back.
    Back,
    /// Back to where one dialled in.
    Home,
    /// The next page of a long screen.
    More,
}

/// A phone. Its owner is whoever has the number.
pub struct Phone<'a> {
    world: &'a World,
    number: Msisdn,
    session: RefCell<String>,
    typed: RefCell<Vec<String>>,
    open: Cell<bool>,
    read: Cell<usize>,
    shown: RefCell<String>,
    log: RefCell<String>,
}

impl<'a> Phone<'a> {
    /// The phone of whoever has this number.
    pub fn of(world: &'a World, number: &str) -> Self {
        Phone {
            world,
            number: Msisdn::from_e164(number).unwrap(),
            session: RefCell::default(),
            typed: RefCell::default(),
            open: Cell::new(false),
            read: Cell::new(0),
            shown: RefCell::default(),
            log: RefCell::default(),
        }
    }

    /// Dials the service code.
    pub async fn dial(&self) -> String {
        self.dial_along("").await
    }

    /// Dials a longer code: `*384*1234*1*0712...#`.
    pub async fn dial_along(&self, tail: &str) -> String {
        *self.session.borrow_mut() = format!("ATUid_{}", SESSIONS.fetch_add(1, Ordering::Relaxed));
        *self.typed.borrow_mut() = if tail.is_empty() { Vec::new() } else { vec![tail.to_owned()] };
        self.log.borrow_mut().push_str(&format!("dials {CODE} {tail}\n"));
        self.send().await
    }

    /// Types an answer and sends it, whatever it is.
    pub async fn press(&self, answer: &str) -> String {
        assert!(self.open.get(), "the conversation is over:\n{}", self.log.borrow());
        self.typed.borrow_mut().push(answer.to_owned());
        self.log.borrow_mut().push_str(&format!("\n> {answer}\n"));
        self.send().await
    }

    /// Types several answers; returns the last screen.
    pub async fn press_all(&self, answers: &[&str]) -> String {
        let mut screen = String::new();
        for answer in answers {
            screen = self.press(answer).await;
        }
        screen
    }

    /// Goes a way, step by step; returns the last screen.
    pub async fn go(&self, way: &[Step<'_>]) -> String {
        let mut screen = String::new();
        for step in way {
            screen = self.step(*step).await;
        }
        screen
    }

    async fn step(&self, step: Step<'_>) -> String {
        match step {
            Step::Pick(label) => self.pick(label).await,
            Step::Line(words) => self.pick_line(words).await,
            Step::First => {
                self.press(&self.number_of("a first line", |number, _| number == "1")).await
            }
            Step::Type(value) => self.press(value).await,
            Step::Yes => self.yes().await,
            Step::No => self.no().await,
            Step::Back => self.press_shown("nav.back").await,
            Step::Home => self.home().await,
            Step::More => self.press_shown("nav.more").await,
        }
    }

    /// Picks the choice that has this label in `menus/customer.toml`, on a later page if it is not
    /// on this one.
    pub async fn pick(&self, label: &str) -> String {
        while !self.offers(label) && self.shows("nav.more").is_some() {
            self.press_shown("nav.more").await;
        }
        let all = self.words_of_choice(label);
        self.press(&self.number_of(label, |_, line| all.iter().any(|words| words == line))).await
    }

    /// Whether the screen has the choice with this label.
    pub fn offers(&self, label: &str) -> bool {
        let all = self.words_of_choice(label);
        self.numbered().iter().any(|(_, line)| all.contains(line))
    }

    /// Picks the line of a list that says this.
    pub async fn pick_line(&self, words: &str) -> String {
        self.press(&self.number_of(words, |_, line| line.contains(words))).await
    }

    /// Says yes to what is asked.
    pub async fn yes(&self) -> String {
        self.press_shown("nav.yes").await
    }

    /// Says no to it.
    pub async fn no(&self) -> String {
        self.press_shown("nav.no").await
    }

    /// Goes back to where one dialled in.
    pub async fn home(&self) -> String {
        self.press_shown("nav.home").await
    }

    /// Presses the number that stands before this word of the catalogue.
    async fn press_shown(&self, key: &str) -> String {
        let number = self
            .shows(key)
            .unwrap_or_else(|| panic!("no {key} on the last screen of\n{}", self.log.borrow()));
        self.press(&number).await
    }

    /// The number before this word of the catalogue, if the screen shows it.
    fn shows(&self, key: &str) -> Option<String> {
        let screen = self.shown.borrow();
        let all = self.words_of(|found| found == key);
        let found =
            all.iter().find(|words| screen.lines().any(|line| line.contains(words.as_str())))?;
        found.split(' ').next().map(str::to_owned)
    }

    /// The number of the one line that is meant.
    fn number_of(&self, what: &str, is_meant: impl Fn(&str, &str) -> bool) -> String {
        let lines = self.numbered();
        let mut meant = lines.iter().filter(|(number, line)| is_meant(number, line));
        match (meant.next(), meant.next()) {
            (Some((number, _)), None) => number.clone(),
            (Some(_), Some(_)) => {
                panic!("{what} stands more than once on the last screen of\n{}", self.log.borrow())
            }
            (None, _) => panic!("no {what} on the last screen of\n{}", self.log.borrow()),
        }
    }

    /// The numbered lines of the screen, as number and words.
    fn numbered(&self) -> Vec<(String, String)> {
        let screen = self.shown.borrow();
        let split = screen.lines().filter_map(|line| line.split_once(' '));
        let numbered = split.filter(|(number, _)| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        numbered.map(|(number, words)| (number.to_owned(), words.to_owned())).collect()
    }

    /// What the catalogue has for the choices with this label, of whichever screen.
    fn words_of_choice(&self, label: &str) -> Vec<String> {
        self.words_of(|key| key.starts_with("screen.") && key.split('.').skip(2).eq([label]))
    }

    /// What the catalogue has for these keys, in every language, as phones show it.
    fn words_of(&self, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        let menus = self.world.app.menus.get();
        let entries = menus.catalogue.books().flat_map(|(_, book)| book.entries());
        entries
            .filter(|(key, _)| is_meant(key))
            .map(|(_, entry)| kadogo::text::to_gsm(&entry.text))
            .collect()
    }

    /// The gateway delivers the last hop again.
    pub async fn again(&self) -> String {
        let session = self.session.borrow().clone();
        let history = self.history();
        let body = self.world.hop(&session, self.number.e164(), &history).await;
        at::decode(&body).unwrap().0.to_owned()
    }

    /// The session and everything typed in it, as the gateway would send it.
    pub fn history(&self) -> String {
        self.typed.borrow().join("*")
    }

    /// The gateway's name for the conversation.
    pub fn session(&self) -> String {
        self.session.borrow().clone()
    }

    async fn send(&self) -> String {
        let session = self.session.borrow().clone();
        let history = self.history();
        let body = self.world.hop(&session, self.number.e164(), &history).await;
        let (screen, continues) =
            at::decode(&body).unwrap_or_else(|| panic!("not a screen: {body}"));
        let septets = kadogo::text::septets(screen).expect("a screen in GSM-7");
        assert!(septets <= 156, "{septets} septets do not fit a screen:\n{screen}");
        self.open.set(continues);
        self.shown.replace(screen.to_owned());
        let end = if continues { "" } else { "   (end)\n" };
        let framed: String = screen.lines().map(|line| format!("   | {line}\n")).collect();
        self.log.borrow_mut().push_str(&format!("{framed}{end}"));
        screen.to_owned()
    }

    /// New messages, each written down.
    pub async fn messages(&self) -> Vec<String> {
        let all = self.world.inbox(self.number.e164()).await;
        let new: Vec<String> = all.iter().skip(self.read.get()).cloned().collect();
        self.read.set(all.len());
        for message in &new {
            let parts = kadogo::text::parts(message);
            assert_eq!(parts, 1, "not one SMS: {message}");
            self.log.borrow_mut().push_str(&format!("\nSMS: {message}\n"));
        }
        new
    }

    /// Writes the service a text.
    pub async fn write(&self, body: &str) {
        let id = format!("sms-{}", SESSIONS.fetch_add(1, Ordering::Relaxed));
        self.log.borrow_mut().push_str(&format!("\nwrites: {body}\n"));
        assert_eq!(self.world.text(self.number.e164(), &id, body).await, 200);
    }

    /// Everything that was seen and typed so far.
    pub fn transcript(&self) -> String {
        self.log.borrow().clone()
    }
}
