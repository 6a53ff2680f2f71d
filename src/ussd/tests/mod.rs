//! The machine on the real menus, with a wallet that answers from a script.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test may stop where its story breaks off"
)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{Caller, Files, Menus, State, Step, answer, begin, press};
use crate::ask::{Answer, Ask, Item, Refusal, Slots, Verb};
use crate::language::Language;
use crate::market::Market;
use crate::reason::Reason;

mod check;
mod journeys;
mod properties;
mod refusals;
mod resume;

/// The services that the menus may ask for.
pub(super) const SERVICES: &[&str] = &[
    "join",
    "send",
    "recipient",
    "orders",
    "approve",
    "decline",
    "balance",
    "statement",
    "choose_pin",
    "repeat_pin",
    "change_pin",
    "language",
    "request",
    "requests",
    "cancel_request",
    "bill",
    "bills",
    "shares",
    "remind_bill",
    "cancel_bill",
    "askers",
    "block",
    "blocked",
    "unblock",
    "undo",
    "undo_sent",
    "undo_asked",
    "undo_agree",
    "undo_dispute",
    "send_unjoined",
    "parcels",
    "parcel_secret",
    "cancel_parcel",
    "cash_out",
    "cash_code",
    "check_code",
    "cash_in",
    "cash_ask",
    "redeem",
    "sell_float",
    "till",
    "register",
    "lift",
    "open_shift",
    "close_shift",
    "pay_commission",
    "find_agent",
    "deposit_code",
    "low_float",
    "choose_agent_pin",
    "repeat_agent_pin",
    "change_agent_pin",
    "claim",
    "email",
    "email_code",
    "mail_statement",
    "standing",
    "standing_list",
    "standing_cancel",
    "budget",
    "budget_remove",
];

static MENUS: LazyLock<Menus> = LazyLock::new(|| Menus::parse(&Files::embedded()).unwrap());

pub(super) fn menus() -> Menus {
    MENUS.clone()
}

pub(super) fn amina() -> Caller {
    Caller { language: Language::EN, known: true, slots: Slots::new(), flags: BTreeSet::new(), market: Market::kenya() }
}

pub(super) fn stranger() -> Caller {
    Caller { known: false, ..amina() }
}

pub(super) fn slots(pairs: &[(&str, &str)]) -> Slots {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

pub(super) fn facts(pairs: &[(&str, &str)]) -> Answer {
    Answer::Facts { slots: slots(pairs), flags: BTreeSet::new() }
}

/// A wallet that says yes to everything.
pub(super) fn kind_wallet(ask: &Ask) -> Answer {
    match ask.verb {
        Verb::List if ask.service == "statement" => Answer::Items(statement(9)),
        Verb::List => Answer::Items(vec![order("7", "KES 300", "BRIAN O***"), order("8", "KES 45.50", "CAROL W***")]),
        Verb::Check if ask.service == "choose_pin" => facts(&[("new_pin", "sealed-token")]),
        Verb::Check | Verb::Quote | Verb::Do => facts(&[
            ("name", "BRIAN O***"),
            ("phone", "0712***678"),
            ("amount", "KES 200"),
            ("fee", "KES 7"),
            ("total", "KES 207"),
            ("balance", "KES 793"),
            ("code", "K7M2Q9XWTB"),
        ]),
    }
}

fn order(id: &str, amount: &str, name: &str) -> Item {
    Item { id: id.to_owned(), slots: slots(&[("amount", amount), ("name", name), ("about", "")]) }
}

fn statement(lines: usize) -> Vec<Item> {
    let line = |number: usize| {
        let amount = format!("KES {number}00");
        Item {
            id: number.to_string(),
            slots: slots(&[("sign", "-"), ("amount", &amount), ("name", "BRIAN O***"), ("date", "23/11/26")]),
        }
    };
    (1..=lines).map(line).collect()
}

/// Someone on the phone: what the screen shows, and what was asked of the wallet.
pub(super) struct Phone<'w> {
    pub(super) menus: Menus,
    pub(super) caller: Caller,
    wallet: Box<dyn FnMut(&Ask) -> Answer + 'w>,
    pub(super) state: State,
    pub(super) text: String,
    pub(super) continues: bool,
    pub(super) asked: Vec<Ask>,
}

impl<'w> Phone<'w> {
    pub(super) fn dial(caller: Caller, wallet: impl FnMut(&Ask) -> Answer + 'w) -> Self {
        let menus = menus();
        let step = begin(&menus, &caller);
        let (state, text) = (State::default(), String::new());
        let wallet = Box::new(wallet);
        let mut phone = Phone { menus, caller, wallet, state, text, continues: true, asked: Vec::new() };
        phone.follow(step);
        phone
    }

    /// Types each of these in turn.
    pub(super) fn types(&mut self, inputs: &[&str]) -> &mut Self {
        for typed in inputs {
            let step = press(&self.menus, &self.caller, self.state.clone(), typed);
            self.follow(step);
        }
        self
    }

    pub(super) fn follow(&mut self, mut step: Step) {
        for _ in 0..10 {
            match step {
                Step::Show { state, screen } => {
                    (self.state, self.text, self.continues) = (state, screen.text, screen.continues);
                    return;
                }
                Step::Ask { pending, ask } => {
                    let reply = (self.wallet)(&ask);
                    self.asked.push(ask);
                    step = answer(&self.menus, &self.caller, pending, reply);
                }
            }
        }
        panic!("one press asks the wallet again and again");
    }

    pub(super) fn last_ask(&self) -> &Ask {
        self.asked.last().unwrap()
    }

    pub(super) fn says(&self, words: &str) {
        assert!(self.text.contains(words), "{words:?} is not on the screen:\n{}", self.text);
    }
}

/// A wallet that refuses one verb of one service, and is kind otherwise.
pub(super) fn refusing(verb: Verb, service: &'static str, refusal: Refusal) -> impl FnMut(&Ask) -> Answer {
    move |ask| {
        if ask.verb == verb && ask.service == service { Answer::Refused(refusal.clone()) } else { kind_wallet(ask) }
    }
}

pub(super) fn wrong_pin() -> Refusal {
    Refusal::of_field(Reason::PinWrong, "pin").with("left", "4")
}
