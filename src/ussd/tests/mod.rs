//! The machine on the real menus, with a wallet that answers from a script.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test may stop where its story breaks off"
)]

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use super::{CallerView, Files, Menus, State, Step, answer, begin, press};
use crate::language::Language;
use crate::market::Market;
use crate::menu_folder;
use crate::reason::Reason;
use crate::request::{Answer, Item, Mode, Refusal, Request, Slots};
use crate::service_names::ServiceNames;

mod check;
mod check_words;
mod in_hand;
mod journeys;
mod properties;
mod refusals;
mod resume;

static MENUS: LazyLock<Arc<Menus>> = LazyLock::new(|| {
    let market = Market::kenya();
    let files = menu_folder::filled(&Files::embedded(), &ServiceNames::default(), &market);
    Arc::new(Menus::parse(&files).unwrap())
});

pub(super) fn menus() -> Arc<Menus> {
    MENUS.clone()
}

pub(super) fn amina() -> CallerView {
    CallerView {
        language: Language::EN,
        known: true,
        foreign: false,
        slots: Slots::new(),
        flags: BTreeSet::new(),
        market: Market::kenya().into(),
    }
}

pub(super) fn stranger() -> CallerView {
    CallerView { known: false, ..amina() }
}

pub(super) fn slots(pairs: &[(&str, &str)]) -> Slots {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
}

pub(super) fn facts(pairs: &[(&str, &str)]) -> Answer {
    Answer::Facts { slots: slots(pairs), flags: BTreeSet::new() }
}

/// A wallet that says yes to everything.
pub(super) fn kind_wallet(request: &Request) -> Answer {
    match request.mode {
        Mode::List if request.service == "statement" => Answer::Items(statement(9)),
        Mode::List => Answer::Items(vec![
            order("7", "KES 300", "BRIAN O***"),
            order("8", "KES 45.50", "CAROL W***"),
        ]),
        Mode::Check if request.service == "choose_pin" => facts(&[("new_pin", "sealed-token")]),
        Mode::Execute if request.service == "prove_pin" => facts(&[("pin_proof", "sealed-proof")]),
        Mode::Check | Mode::Quote | Mode::Execute => facts(&[
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
            slots: slots(&[
                ("sign", "-"),
                ("amount", &amount),
                ("cost", ""),
                ("name", "BRIAN O***"),
                ("about", ""),
                ("date", "23/11/26"),
            ]),
        }
    };
    (1..=lines).map(line).collect()
}

/// Someone on the phone: what the screen shows, and what was asked of the wallet.
pub(super) struct Phone<'w> {
    pub(super) menus: Arc<Menus>,
    pub(super) caller: CallerView,
    wallet: Box<dyn FnMut(&Request) -> Answer + 'w>,
    pub(super) state: State,
    pub(super) text: String,
    pub(super) continues: bool,
    pub(super) asked: Vec<Request>,
}

impl<'w> Phone<'w> {
    pub(super) fn dial(caller: CallerView, wallet: impl FnMut(&Request) -> Answer + 'w) -> Self {
        let menus = menus();
        let step = begin(&menus, &caller);
        let state = State::default();
        let text = String::new();
        let wallet = Box::new(wallet);
        let mut phone =
            Phone { menus, caller, wallet, state, text, continues: true, asked: Vec::new() };
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
                    (self.state, self.text, self.continues) =
                        (state, screen.text, screen.continues);
                    return;
                }
                Step::Ask { pending, request } => {
                    let reply = (self.wallet)(&request);
                    self.asked.push(request);
                    step = answer(&self.menus, &self.caller, pending, reply);
                }
            }
        }
        panic!("one press asks the wallet again and again");
    }

    pub(super) fn last_ask(&self) -> &Request {
        self.asked.last().unwrap()
    }

    pub(super) fn says(&self, words: &str) {
        assert!(self.text.contains(words), "{words:?} is not on the screen:\n{}", self.text);
    }
}

/// A wallet that refuses one verb of one service, and is kind otherwise.
pub(super) fn refusing(
    mode: Mode,
    service: &'static str,
    refusal: Refusal,
) -> impl FnMut(&Request) -> Answer {
    move |request| {
        if request.mode == mode && request.service == service {
            Answer::Refused(refusal.clone())
        } else {
            kind_wallet(request)
        }
    }
}

pub(super) fn wrong_pin() -> Refusal {
    Refusal::of_field(Reason::PIN_WRONG, "pin").with("left", "4")
}
