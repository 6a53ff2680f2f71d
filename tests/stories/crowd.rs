//! The people of the simulation: what each of them knows of their own account and conversation, and
//! what they would do next. They know nothing of the service but what its screens say.

use kadogo::gateway::{Typed, UssdCall, africastalking};
use kadogo::phone::Msisdn;
use kadogo::pin::Pin;
use kadogo::seal::Randomness;
use kadogo::time::Timestamp;

/// Wrong PINs in a row that lock.
pub const TRIES: i64 = 5;
/// Screens on which a PIN is spent on something.
pub const PIN_SCREENS: [&str; 3] = ["send_pin", "order_pin", "pin_old"];

/// Seeded choices.
pub struct Luck(Randomness);

impl Luck {
    pub fn new(seed: u64) -> Luck {
        Luck(Randomness::seeded(seed))
    }

    pub fn below(&self, limit: usize) -> usize {
        usize::try_from(u64::from_be_bytes(self.0.bytes()) % u64::try_from(limit).unwrap()).unwrap()
    }

    /// True so many times in a hundred.
    pub fn percent(&self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn pick<'a, T: ?Sized>(&self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// A step of a conversation that was sent, and the answer if one came back.
#[derive(Debug, Clone)]
pub struct Hop {
    pub session: String,
    pub history: String,
    pub sent_at: Timestamp,
    pub answer: Option<String>,
}

/// Somebody with a phone.
pub struct Person {
    pub number: String,
    /// The PIN the service should take; nobody who has not joined has one.
    pub pin: Option<String>,
    /// Wrong tries in a row.
    pub wrong: i64,
    pub open: bool,
    /// The last conversation ended in the middle: it may be offered again.
    pub cut: bool,
    /// The screen in front of them, by its name in the menus; empty when they cannot tell.
    pub at: String,
    /// The new PIN that was taken on the screen before.
    pub chosen: String,
    pub hops: Vec<Hop>,
    /// Texts they wrote: id and words.
    pub texts: Vec<(String, String)>,
    session: String,
    history: String,
}

impl Person {
    pub fn new(number: &str, pin: Option<&str>) -> Person {
        Person {
            number: number.into(),
            pin: pin.map(str::to_owned),
            wrong: 0,
            open: false,
            cut: false,
            at: String::new(),
            chosen: String::new(),
            hops: Vec::new(),
            texts: Vec::new(),
            session: String::new(),
            history: String::new(),
        }
    }

    pub fn msisdn(&self) -> Msisdn {
        Msisdn::from_e164(&self.number).unwrap()
    }

    /// Dials, perhaps along a path.
    pub fn dials(&mut self, session: String, along: &str) {
        (self.session, self.history, self.open) = (session, along.to_owned(), true);
        (self.at, self.chosen) = (String::new(), String::new());
    }

    /// Types an answer.
    pub fn types(&mut self, answer: &str) {
        if !self.history.is_empty() {
            self.history.push('*');
        }
        self.history.push_str(answer);
    }

    /// Whether the step is the first one of its conversation.
    pub fn dialled(&self) -> bool {
        self.history.is_empty()
    }

    /// The step as the gateway brings it.
    pub fn call(&self) -> UssdCall {
        self.call_of(&self.session, &self.history)
    }

    /// An earlier step.
    pub fn call_of(&self, session: &str, history: &str) -> UssdCall {
        UssdCall {
            gateway: africastalking::NAME,
            session: session.into(),
            service_code: super::world::CODE.into(),
            caller: self.msisdn(),
            network: "99999".into(),
            typed: Typed::Whole(history.into()),
        }
    }

    /// The step is on its way.
    pub fn remember(&mut self, sent_at: Timestamp) {
        let session = self.session.clone();
        let history = self.history.clone();
        self.hops.push(Hop { session, history, sent_at, answer: None });
    }

    /// What they type on the screen in front of them: mostly something sensible.
    pub fn answer(&self, luck: &Luck, everybody: &[String]) -> String {
        if self.at.is_empty() {
            return "00".into();
        }
        if luck.percent(4) {
            let odd = [
                "0",
                "00",
                "98",
                "",
                " ",
                "abc",
                "1*2",
                "#",
                "7",
                "1 ",
                "١",
                "99999999999999999999",
                "-1",
            ];
            return luck.pick(&odd).to_owned();
        }
        let own = self.pin.clone().unwrap_or_default();
        match self.at.as_str() {
            "send_to" => someone(luck, everybody),
            "send_amount" => luck
                .pick(&[
                    "10", "50", "50", "150", "KES 200", "20.50", "1,000", "0.5", "4500", "abc",
                    "9999999",
                ])
                .into(),
            "send_confirm" | "send_again" | "order_confirm" | "order_again" => {
                luck.pick(&["1", "1", "1", "1", "2"]).into()
            }
            "send_pin" | "order_pin" | "pin_old" => {
                if luck.percent(88) {
                    own
                } else {
                    luck.pick(&["1111", "9090", "0000", "12", "pin", "5151"]).into()
                }
            }
            "pin_new" | "join_pin" => {
                luck.pick(&["2580", "1379", "2468", "907856", "1234", "25a0"]).into()
            }
            "pin_again" | "join_pin_again" => {
                if luck.percent(85) {
                    self.chosen.clone()
                } else {
                    "1357".into()
                }
            }
            "join_name" => luck.pick(&["Njeri Otieno", "Jean-Paul", "7", "Ali"]).into(),
            "resume" => luck.pick(&["1", "2"]).into(),
            // agents are another story
            at if ["cash", "out_", "code_", "check_"].iter().any(|cash| at.starts_with(cash)) => {
                "00".into()
            }
            "home" => luck.pick(&["1", "1", "1", "1", "1", "2", "2", "3"]).into(),
            _ => luck.pick(&["1", "2", "3", "4", "0"]).into(),
        }
    }

    /// Whether this input spends a try on this screen.
    pub fn spends_a_try(&self, typed: &str) -> bool {
        PIN_SCREENS.contains(&self.at.as_str()) && Pin::parse(typed).is_ok()
    }

    /// What a spent try leaves.
    pub fn tried(&mut self, typed: &str) {
        if self.wrong < TRIES {
            self.wrong = if self.pin.as_deref() == Some(typed.trim()) { 0 } else { self.wrong + 1 };
        }
    }

    /// What they write to the service.
    pub fn writes(&self, luck: &Luck, everybody: &[String]) -> String {
        let to = someone(luck, everybody);
        let orders =
            [format!("SEND 20 {to}"), format!("TUMA 150 {to}"), format!("ENVOYER 50 {to}")];
        match luck.below(9) {
            n @ 0..3 => orders[n].clone(),
            3 => "BALANCE".into(),
            4 => "TAARIFA".into(),
            5 => "LANGUE FRANCAIS".into(),
            6 => self.pin.clone().unwrap_or_else(|| "hello".into()),
            7 => "SEND much 07".into(),
            _ => "JOIN".into(),
        }
    }
}

/// Somebody's number in one of the ways people write it, or nobody's.
fn someone(luck: &Luck, everybody: &[String]) -> String {
    let number = &everybody[luck.below(everybody.len())];
    match luck.below(8) {
        0 => number.clone(),
        1 => number.trim_start_matches('+').into(),
        2 => "0799000000".into(),
        3 => "0700 000".into(),
        _ => number.replacen("+254", "0", 1),
    }
}
