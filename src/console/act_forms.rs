//! The acts that have a form of their own: a line each. What a form shows before somebody says yes,
//! and afterwards, is what the service shows. Which right it takes, and whether another one has to
//! approve it, only the service knows.
//!
//! A new act: its line here, and its words in the texts (`console.act.NAME`, `console.input.NAME`,
//! `console.slot.NAME`; `kadogo menus check` says which are missing).

use crate::staff::role::Right;
use crate::wallet::days::{closing_day, mailing_day};
use crate::wallet::office::staff_list;
use crate::wallet::treasury::explaining::{self, Meaning};
use crate::wallet::treasury::{bank_opening, issuing, redemption};
use crate::wallet::{Authority, Service};
use strum::VariantNames;

/// How an input is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// A few words.
    Words,
    /// The same, or nothing.
    Maybe,
    /// A phone number.
    Phone,
    /// An amount of the market's currency.
    Amount,
    /// Several roles, each with a box to tick.
    Roles,
    /// One of these, which have words `console.choice.NAME`.
    OneOf(&'static [&'static str]),
    /// Many lines, as of a file.
    Lines,
    /// Why: a sentence.
    Why,
}

/// One input.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    /// Its name, as the service knows it.
    pub name: &'static str,
    /// How it is typed.
    pub typed: Typed,
}

/// One act.
#[derive(Debug)]
pub struct ActForm {
    /// What does it.
    pub service: &'static Service,
    /// Under which heading it stands.
    pub section: Section,
    /// What is typed, in this order.
    pub inputs: &'static [Input],
}

/// A heading of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Section {
    /// Who works here.
    Staff,
    /// Money in and out, at the bank.
    Money,
}

const fn input(name: &'static str, typed: Typed) -> Input {
    Input { name, typed }
}

const WHY: Input = input("why", Typed::Why);
const NAME: Input = input("name", Typed::Words);
const LINE: Input = input("line", Typed::Words);
const AMOUNT: Input = input("amount", Typed::Amount);
const ROLES: Input = input("roles", Typed::Roles);

/// All of them, in the order of the menu.
pub const FORMS: &[ActForm] = &[
    ActForm {
        service: &staff_list::INVITE,
        section: Section::Staff,
        inputs: &[NAME, input("phone", Typed::Phone), ROLES, WHY],
    },
    ActForm { service: &staff_list::ROLES, section: Section::Staff, inputs: &[NAME, ROLES, WHY] },
    ActForm { service: &staff_list::LEAVE, section: Section::Staff, inputs: &[NAME, WHY] },
    ActForm {
        service: &issuing::ISSUE,
        section: Section::Money,
        inputs: &[LINE, AMOUNT, input("to", Typed::Words), WHY],
    },
    ActForm {
        service: &redemption::REDEEM,
        section: Section::Money,
        inputs: &[
            input("from", Typed::Words),
            AMOUNT,
            input("bank", Typed::Words),
            input("recipient", Typed::Words),
            WHY,
        ],
    },
    ActForm {
        service: &explaining::EXPLAIN,
        section: Section::Money,
        inputs: &[
            LINE,
            input("meaning", Typed::OneOf(Meaning::VARIANTS)),
            input("redemption", Typed::Maybe),
            WHY,
        ],
    },
    ActForm {
        service: &redemption::CALL_OFF,
        section: Section::Money,
        inputs: &[input("redemption", Typed::Words), WHY],
    },
    ActForm {
        service: &closing_day::CLOSE,
        section: Section::Money,
        inputs: &[input("sheet", Typed::Words), input("excuse", Typed::Maybe), WHY],
    },
    ActForm {
        service: &mailing_day::MAIL,
        section: Section::Money,
        inputs: &[input("day", Typed::Words), input("email", Typed::Words), WHY],
    },
    ActForm {
        service: &bank_opening::OPEN,
        section: Section::Money,
        inputs: &[NAME, input("number", Typed::Words), input("map", Typed::Maybe), WHY],
    },
];

impl ActForm {
    /// The one of this service.
    pub fn named(name: &str) -> Option<&'static ActForm> {
        FORMS.iter().find(|form| form.service.name == name)
    }

    /// The right that it takes.
    pub fn right(&self) -> Option<Right> {
        right_of(self.service)
    }
}

/// The right that an act of the staff takes.
pub fn right_of(service: &Service) -> Option<Right> {
    match service.authority {
        Authority::Staff(right) => Some(right),
        Authority::Nobody | Authority::Customer | Authority::Assistant => None,
    }
}

/// The keys of the words that forms need.
pub fn keys() -> Vec<String> {
    let mut keys = Vec::new();
    for form in FORMS {
        let section: &str = form.section.into();
        keys.push(format!("console.section.{section}"));
        keys.push(format!("console.act.{}", form.service.name));
        keys.extend(form.service.shows.iter().map(|slot| format!("console.slot.{}", slot.0)));
        for input in form.inputs {
            keys.push(format!("console.input.{}", input.name));
            let choices = if let Typed::OneOf(choices) = input.typed { choices } else { &[] };
            keys.extend(choices.iter().map(|choice| format!("console.choice.{choice}")));
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_of_an_act_of_the_staff_and_says_why() {
        for form in FORMS {
            let name = form.service.name;
            assert!(form.right().is_some(), "{name}");
            assert!(crate::wallet::service(name).is_some(), "{name} is no service");
            assert_eq!(form.inputs.last().map(|input| input.typed), Some(Typed::Why), "{name}");
            let mut names: Vec<&str> = form.inputs.iter().map(|input| input.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), form.inputs.len(), "{name} asks for something twice");
        }
    }
}
