//! The first day of a service. Goal: two people with a laptop begin with nothing, and by the
//! evening every cent is explained. Method: the real program and its commands, as the chapter
//! `first_day` tells it, and phones that dial its gateway's address; what everybody read is written
//! down.

use super::engine::Home;
use super::program::{Place, Said, Server};
use super::stub::{Stub, until};
use super::world::World;
use kadogo::closing::sheet_words::SheetWords;
use kadogo::staff::second_factor;
use kadogo::time::{Clock, Timestamp};
use kadogo::wallet::days::closing_day::CLOSE;
use regex::Regex;
use secrecy::SecretString;
use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::time::Duration;

/// That of a world of stories.
const SECRET: &str = "0707070707070707070707070707070707070707070707070707070707070707";
const TOKEN: &str = "a-long-and-random-token";
const PASSWORD: &str = "three goats and a boat";
/// Who has the number, as the gateway names it.
const MERCY: &str = "+254711000001";
const JUMA: &str = "+254711000002";
const NEEMA: &str = "+254711000003";
const ALI: &str = "+254711000004";

/// All that goes on, and what was seen of it.
struct Day {
    place: Place,
    server: Server,
    gateway: Stub,
    told: RefCell<String>,
    /// What differs from one time to the other, and how it is written down.
    names: RefCell<Vec<(String, &'static str)>>,
    dialled: Cell<u32>,
}

/// A step of each app's clock back or forth: a code serves once, and one in between waits.
const STEP: Duration = Duration::from_secs(30);

fn code(name: &str, at: Timestamp) -> String {
    second_factor::code_at(&factor(name), at)
}

fn factor(name: &str) -> [u8; 20] {
    let mut factor = [7; 20];
    factor.iter_mut().zip(name.bytes()).for_each(|(byte, letter)| *byte = letter);
    factor
}

impl Day {
    async fn begins() -> Day {
        let (place, gateway) = (Place::new(), Stub::start().await);
        let settings = [
            ("KADOGO_SECRET", SECRET),
            ("KADOGO_CALLBACK_TOKEN", TOKEN),
            ("KADOGO_SERVICE_CODE", "*384*1234#"),
            ("KADOGO_AT_USERNAME", "kadogo-test"),
            ("KADOGO_AT_API_KEY", "atsk_very_secret"),
            ("KADOGO_AT_URL", gateway.url.as_str()),
        ];
        let server = place.start(&["serve"], &settings).await;
        let (told, names) = (RefCell::default(), RefCell::default());
        Day { place, server, gateway, told, names, dialled: Cell::new(0) }
    }

    /// The word behind this one, which is another one each time.
    fn word(&self, text: &str, before: &str, name: &'static str) -> String {
        let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no {before:?} in {text}"));
        let word = rest.split_whitespace().next().unwrap_or_else(|| panic!("{text}"));
        let word = word.trim_matches([':', ',', '.', ';']).to_owned();
        self.names.borrow_mut().push((word.clone(), name));
        word
    }

    fn first_word(&self, text: &str, name: &'static str) -> String {
        self.word(&format!("\n{text}"), "\n", name)
    }

    /// What everybody read, without what differs from one time to the other.
    fn told(&self) -> String {
        let mut names = self.names.borrow().clone();
        names.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        let words = names.iter().map(|(word, name)| (format!(r"\b{word}\b"), *name));
        let varying = [
            (r"\b[0-9A-Z]{10} Confirmed", "[receipt] Confirmed"),
            (r"\b\d{4}-\d\d-\d\d\b", "[today]"),
            (r"\b\d\d/\d\d/\d\d at \d\d:\d\d", "[now]"),
        ];
        let varying = varying.map(|(pattern, name)| (pattern.to_owned(), name));
        words.chain(varying).fold(self.told.borrow().clone(), |told, (from, to)| {
            Regex::new(&from).unwrap().replace_all(&told, to).into_owned()
        })
    }

    fn runs(&self, name: &str, args: &[&str], input: &str) -> Said {
        let session = self.place.path(name);
        let env = [("KADOGO_SECRET", SECRET), ("KADOGO_SESSION", session.to_str().unwrap())];
        self.place.run_typing(args, &env, input)
    }

    fn writes(&self, who: &str, args: &[&str], said: &str) {
        let quoted = |word: &&str| match word.contains([' ', '#', '"']) {
            true => format!("{word:?}"),
            false => (*word).to_owned(),
        };
        let typed: Vec<String> = args.iter().map(quoted).collect();
        let told = &mut *self.told.borrow_mut();
        writeln!(told, "{who}$ kadogo {}\n{}", typed.join(" "), said.trim_end()).unwrap();
    }

    /// A command that does what it should; what it said.
    fn does(&self, who: &str, args: &[&str]) -> String {
        let said = self.runs(who, args, "");
        assert_eq!(said.code, Some(0), "{args:?}: {said:?}\n{}", self.told.borrow());
        self.writes(who, args, &said.out);
        said.out
    }

    /// One asks, and the other one looks at it and says yes; what came of it.
    fn both_do(&self, who: &str, other: &str, args: &[&str]) -> String {
        let asked = self.does(who, args);
        self.second(other, &asked)
    }

    /// The other one looks at what was asked for and says yes.
    fn second(&self, other: &str, asked: &str) -> String {
        let number = self.word(asked, "approval:", "[request]");
        let shown = self.does(other, &["approve", "show", &number]);
        let seen = self.word(&shown, "seen:", "[seen]");
        self.does(other, &["approve", "yes", &number, "--seen", &seen])
    }

    /// Somebody begins to work here, and signs in.
    fn joins(&self, who: &str, link: &str) {
        let hex: String = factor(who).iter().map(|byte| format!("{byte:02x}")).collect();
        let args = ["staff", "join", link, "--factor", &hex];
        let typed = format!("{PASSWORD}\n{}\n", code(who, Clock::System.now()));
        let said = self.runs(who, &args, &typed);
        assert_eq!(said.code, Some(0), "{said:?}");
        self.writes(who, &args[..3], &said.out);
        let args = ["staff", "sign-in", who];
        // a code serves once: that of the next half minute is good already
        let typed = format!("{PASSWORD}\n{}\n", code(who, Clock::System.now().plus(STEP)));
        let said = self.runs(who, &args, &typed);
        assert_eq!(said.code, Some(0), "{said:?}");
        self.writes(who, &args, &said.out);
    }

    /// Somebody serves at an outlet from now on: the PIN to begin with comes to their own phone.
    async fn employs(&self, agent: &str, phone: &str, pin: &str) {
        let employ = ["agent", "employ", agent, phone, "--why", "serves there"];
        self.both_do(WANJIRU, OTIENO, &employ);
        let text = self.hears(phone, "to begin with").await;
        let start = self.word(&text, "to begin with is", "[start PIN]");
        self.dials(phone, &["Agent", "My work", "PIN", &start, pin, pin]).await;
    }

    /// A whole conversation: each step is a choice by its words, or what is typed.
    async fn dials(&self, who: &str, steps: &[&str]) -> String {
        self.dialled.set(self.dialled.get() + 1);
        let session = format!("ATUid_{}", self.dialled.get());
        let path = format!("/gateways/africastalking/ussd?token={TOKEN}");
        let mut history: Vec<String> = Vec::new();
        let mut screen = self.server.hop_at(&path, &session, who, "").await;
        self.shows(who, "dials *384*1234#", &screen);
        for step in steps {
            let line = screen.lines().find(|line| line.contains(step) && choice(line).is_some());
            let typed = line.and_then(choice).unwrap_or(step).to_owned();
            history.push(typed.clone());
            screen = self.server.hop_at(&path, &session, who, &history.join("*")).await;
            self.shows(who, &format!("types {typed}"), &screen);
        }
        assert!(screen.starts_with("END "), "{}", self.told.borrow());
        screen
    }

    fn shows(&self, who: &str, does: &str, screen: &str) {
        let shown = screen.split_once(' ').map_or(screen, |(_, words)| words);
        let lines: Vec<String> = shown.lines().map(|line| format!("    | {line}")).collect();
        writeln!(self.told.borrow_mut(), "{who} {does}\n{}", lines.join("\n")).unwrap();
    }

    /// What somebody is told by text that says this.
    async fn hears(&self, who: &str, words: &str) -> String {
        let told = || self.gateway.texts_to(who).into_iter().find(|text| text.contains(words));
        until(&format!("{words:?} to {who}"), async || told().is_some()).await;
        let text = told().unwrap();
        writeln!(self.told.borrow_mut(), "{who} reads\n    > {text}").unwrap();
        text
    }

    fn statement(&self, name: &str, rows: &[(&str, &str, &str)]) {
        let day = Clock::System.now().day(&crate::countries::kenya().zone);
        let mut file = "Date,Details,Reference,Amount,Balance\n".to_owned();
        let mut balance = 0_i64;
        for (said, amount, opening) in rows {
            if !opening.is_empty() {
                balance = opening.parse().unwrap();
            }
            balance += amount.parse::<i64>().unwrap();
            let nr = file.lines().count();
            writeln!(file, "{day},{said},{name}{nr},{amount}.00,{balance}.00").unwrap();
        }
        std::fs::write(self.place.path(name), file).unwrap();
    }
}

/// The number in front of a choice of a menu.
fn choice(line: &str) -> Option<&str> {
    let (number, _) = line.trim_start_matches("CON ").split_once(['.', ' '])?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// The PINs for their work.
const SELLER: &str = "36925";
const KEEPER: &str = "48260";
const WANJIRU: &str = "wanjiru";
const OTIENO: &str = "otieno";

/// The first one has a link of the machine's, the second one's comes to his own phone; from then on
/// it takes two.
async fn staff_come(day: &Day) {
    let first = day.does(WANJIRU, &["staff", "invite", WANJIRU, "--phone", "0712345678"]);
    day.joins(WANJIRU, &day.word(&first, "join", "[link]"));
    let roles = "finance_lead,care_lead,agents,admin";
    let invite =
        ["staff", "invite", OTIENO, "--phone", "0712345679", "--roles", roles, "--why", "second"];
    day.does(WANJIRU, &invite);
    let told = day.hears("+254712345679", "/console/join/").await;
    day.joins(OTIENO, &day.word(&told, "/console/join/", "[link]"));
    let more = ["staff", "roles", WANJIRU, "admin,finance,care,agents", "--why", "we are two"];
    day.both_do(WANJIRU, OTIENO, &more);
}

/// An account at a bank, what was paid in there, and e-money for it: the head office has it.
fn money_comes(day: &Day) -> (String, String) {
    std::fs::write(day.place.path("kcb.toml"), kadogo::bank::EXAMPLE).unwrap();
    day.both_do(WANJIRU, OTIENO, &["bank", "open", "kcb", "0110 2345 678", "--map", "kcb.toml"]);
    day.statement("morning.csv", &[("Deposit head office", "250000", "")]);
    day.does(WANJIRU, &["bank", "take", "morning.csv", "--bank", "kcb"]);
    let line = day.first_word(&day.does(WANJIRU, &["bank", "lines"]), "[line]");
    let open = ["agent", "open", "Head office", "--area", "Nairobi", "--why", "ours"];
    let head = day.word(&day.does(WANJIRU, &open), "agent:", "[head office]");
    let open =
        ["agent", "open", "Duka Kuu", "--area", "Kibera", "--head-office", &head, "--why", "first"];
    let shop = day.word(&day.does(WANJIRU, &open), "agent:", "[shop]");
    let issue = ["issue", &line, "250000", &head, "--why", "our own money for the first agents"];
    day.both_do(WANJIRU, OTIENO, &issue);
    (head, shop)
}

/// People join; one pays in, pays another one, who takes cash out.
async fn people_pay(day: &Day, head: &str, shop: &str) {
    for (who, name) in
        [(MERCY, "Mercy Wairimu"), (JUMA, "Juma Said"), (NEEMA, "Neema Achieng"), (ALI, "Ali Omar")]
    {
        day.dials(who, &["English", name, "7361", "7361"]).await;
    }
    day.employs(head, MERCY, SELLER).await;
    day.employs(shop, JUMA, KEEPER).await;
    day.dials(MERCY, &["Agent", "Sell float", shop, "50000", "Yes", SELLER]).await;
    day.dials(JUMA, &["Agent", "Cash in", "0711000003", "5000", "Yes", KEEPER]).await;
    day.hears(NEEMA, "5,000").await;
    day.dials(NEEMA, &["Send money", "0711000004", "1500", "Yes", "7361"]).await;
    day.hears(ALI, "1,500").await;
    day.dials(ALI, &["Cash", "Take cash out", shop, "1000", "Yes", "7361"]).await;
    day.hears(JUMA, "1,000").await;
}

/// Some of it leaves again at the bank, which takes a fee of its own; every line is explained.
fn money_goes(day: &Day, head: &str) {
    let redeem = ["redeem", "ask", head, "20000", "--bank", "kcb", "--recipient"];
    let redeem =
        [&redeem[..], &["Head office, KCB 1122334455", "--why", "too much float"]].concat();
    let done = day.both_do(WANJIRU, OTIENO, &redeem);
    let redeemed = day.word(&done, "bank code:", "[bank code]");
    let rows = [("Transfer to Head office", "-20000", "250000"), ("Ledger fee", "-15", "")];
    day.statement("evening.csv", &rows);
    day.does(WANJIRU, &["bank", "take", "evening.csv", "--bank", "kcb"]);
    let lines = day.does(WANJIRU, &["bank", "lines"]);
    let mut shown = lines.lines().filter(|line| !line.starts_with(' '));
    let mut next = |name| day.first_word(shown.next().unwrap(), name);
    let explain = ["bank", "explain", &next("[line out]"), "redemption", "--redemption", &redeemed];
    day.does(WANJIRU, &[&explain[..], &["--why", "seen at the bank"]].concat());
    let fee = next("[line of the fee]");
    day.does(WANJIRU, &["bank", "explain", &fee, "charge", "--why", "monthly fee"]);
    let cover = ["bank", "cover", "15", "--why", "out of what we earned"];
    day.both_do(WANJIRU, OTIENO, &cover);
}

/// The next day both sign what the first one came to; what of it says where the money is.
async fn the_day_is_closed(home: Home) -> String {
    let today = Clock::System.now().day(&crate::countries::kenya().zone);
    let world = World::the_next_day(home).await;
    let on_duty = async |name: &str| {
        let (wallet, now) = (&world.app.wallet, world.clock.now());
        let session = wallet.sign_in(name, SecretString::from(PASSWORD), &code(name, now)).await;
        wallet.on_duty(&session.unwrap()).await.unwrap()
    };
    let (asks, signs) = (on_duty(WANJIRU).await, on_duty(OTIENO).await);
    let words = SheetWords::of(world.app.menus.get().catalogue.clone());
    let made = world.app.wallet.make_sheet(today, WANJIRU, words, |_done, _total| ()).await;
    let sheet = made.unwrap();
    assert_eq!(sheet.breaks, 0, "{}", sheet.table);
    let close = [("sheet", sheet.named.as_str()), ("why", "the day is over")];
    let number = world.staff_requests(&asks, CLOSE.name, &close).await.unwrap();
    world.staff_approves(&signs, number).await.unwrap();
    world.check();
    let told = ["trial,", "equation,", "breaks,"];
    let lines = sheet.table.split("\r\n").filter(|line| told.iter().any(|t| line.starts_with(t)));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_and_a_laptop() {
    let day = Day::begins().await;
    staff_come(&day).await;
    let (head, shop) = money_comes(&day);
    people_pay(&day, &head, &shop).await;
    money_goes(&day, &head);
    day.does(WANJIRU, &["bank", "equation"]);
    let told = day.told();
    let Day { place, server, .. } = day;
    drop(server);
    let closed = the_day_is_closed(place.home).await;
    let typed = told.lines().filter_map(|line| Some(in_a_word(line.split_once("$ kadogo ")?.1)));
    let typed: Vec<String> = typed.filter(|command| !command.starts_with("approve")).collect();
    assert_eq!(chapter(), typed, "the chapter tells this day");
    insta::assert_snapshot!(format!("{told}\n{closed}"));
}

/// What a command is called, without what it is about.
fn in_a_word(command: &str) -> String {
    let is_name =
        |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    command.split(' ').take(2).take_while(is_name).collect::<Vec<_>>().join(" ")
}

/// The commands with which the chapter leads from nothing to a paying customer; a day is closed
/// when it is over.
fn chapter() -> Vec<String> {
    let text = include_str!("../../src/docs/first_day.md");
    let day = text.split("\n## The day\n").nth(1).unwrap();
    let commands = day.lines().filter_map(|line| line.strip_prefix("kadogo "));
    commands.map(in_a_word).filter(|command| command != "close").collect()
}

#[test]
fn the_chapter_of_the_bank_has_the_map_that_is_an_example() {
    assert!(include_str!("../../src/docs/bank.md").contains(kadogo::bank::EXAMPLE));
}
