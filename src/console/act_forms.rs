//! The acts that have a form of their own: a line each. What a form shows before somebody says yes,
//! and afterwards, is what the service shows. Which right it takes, and whether another one has to
//! approve it, only the service knows.
//!
//! A new act: its line here, and its words in the texts (`console.act.NAME`, `console.input.NAME`,
//! `console.slot.NAME`; `kadogo menus check` says which are missing).

use crate::limits::Tier;
use crate::staff::role::Right;
use crate::wallet::agents::{
    commission_paying, employing, float_moving, mending, opening, suspending, taking_back,
};
use crate::wallet::care::freeze::{Basis, Way};
use crate::wallet::care::{closing, freezing, known_as, resetting, sim_change, unlocking};
use crate::wallet::days::mailing_day;
use crate::wallet::deals::arbiters::Cause;
use crate::wallet::deals::judging;
use crate::wallet::office::staff_list;
use crate::wallet::reversals::staff;
use crate::wallet::treasury::explaining::{self, Meaning};
use crate::wallet::treasury::own_money::{self, Kept};
use crate::wallet::treasury::{
    assigning, bank_mapping, bank_opening, deposit_notice, issuing, redemption,
};
use crate::wallet::{Authority, Service};
use strum::VariantNames;

/// How an input is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// A few words.
    Words,
    /// The same, or nothing.
    Maybe,
    /// The number of an outlet, or of a phone where the act takes one: outlets are there to choose.
    Outlet,
    /// The same, or nothing.
    MaybeOutlet,
    /// A phone number.
    Phone,
    /// An amount of the market's currency.
    Amount,
    /// An amount, which may be nothing at all: `0`.
    AmountOrNone,
    /// The same, or nothing.
    MaybeAmount,
    /// A day, or nothing.
    MaybeDay,
    /// Several roles, each with a box to tick.
    Roles,
    /// One of these, which have words `console.choice.NAME`.
    OneOf(&'static [&'static str]),
    /// Nothing: it comes with the link that leads to the form, as what was looked at there.
    Kept,
    /// Many lines, as of a file.
    Lines,
    /// How the columns of a bank's files are read, or nothing: many lines, with an example.
    ColumnMap,
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
    /// What people read beside it: `console.input.LABEL`. One name may be another thing on another
    /// form.
    pub label: &'static str,
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
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Section {
    /// Who works here.
    Staff,
    /// Money in and out, at the bank.
    Money,
    /// Outlets, and who serves there.
    Agents,
    /// The people whose wallets they are.
    Customers,
    /// What two people cannot settle.
    Disputes,
}

const fn input(name: &'static str, typed: Typed) -> Input {
    Input { name, typed, label: name }
}

impl Input {
    const fn called(self, label: &'static str) -> Input {
        Input { label, ..self }
    }
}

/// Labels that have a hint below what is typed: `console.hint.LABEL`.
pub const HINTED: &[&str] = &[RECIPIENT.label];

const WHY: Input = input("why", Typed::Why);
const NAME: Input = input("name", Typed::Words);
const LINE: Input = input("line", Typed::Words);
const AMOUNT: Input = input("amount", Typed::Amount);
const AGENT: Input = input("agent", Typed::Outlet);
const FROM: Input = input("from", Typed::Outlet);
const TO: Input = input("to", Typed::Outlet);
const BANK: Input = input("bank", Typed::Words);
const RECIPIENT: Input = input("recipient", Typed::Words);
const ROLES: Input = input("roles", Typed::Roles);
const DEAL: Input = input("deal", Typed::Words);
const SEEN: Input = input("seen", Typed::Kept);
const RECEIPT: Input = input("receipt", Typed::Words);
const SENT: Input = RECEIPT.called("sent_receipt");
const MAP: Input = input("map", Typed::ColumnMap);
const PHONE: Input = input("phone", Typed::Phone);
const TIERS: &[&str] = &{
    let [sim, id, full, merchant, agent] = Tier::ALL;
    [sim.code(), id.code(), full.code(), merchant.code(), agent.code()]
};

/// All of them, in the order of the menu.
pub const FORMS: &[ActForm] = &[
    ActForm {
        service: &staff_list::INVITE,
        section: Section::Staff,
        inputs: &[NAME, PHONE, ROLES, WHY],
    },
    ActForm { service: &staff_list::ROLES, section: Section::Staff, inputs: &[NAME, ROLES, WHY] },
    ActForm { service: &staff_list::LEAVE, section: Section::Staff, inputs: &[NAME, WHY] },
    ActForm { service: &staff_list::END_SESSIONS, section: Section::Staff, inputs: &[NAME, WHY] },
    ActForm {
        service: &issuing::ISSUE,
        section: Section::Money,
        inputs: &[LINE, AMOUNT, TO, input("notice", Typed::Maybe), WHY],
    },
    ActForm {
        service: &deposit_notice::EXPECT,
        section: Section::Money,
        inputs: &[
            TO,
            AMOUNT,
            input("payer", Typed::Maybe),
            input("day", Typed::Maybe).called("expected_day"),
            WHY,
        ],
    },
    ActForm {
        service: &deposit_notice::NOT_EXPECTED,
        section: Section::Money,
        inputs: &[input("notice", Typed::Words).called("announced"), WHY],
    },
    ActForm {
        service: &redemption::REDEEM,
        section: Section::Money,
        inputs: &[FROM, AMOUNT, BANK, RECIPIENT, WHY],
    },
    ActForm {
        service: &own_money::SWEEP,
        section: Section::Money,
        inputs: &[input("kept", Typed::OneOf(Kept::VARIANTS)), AMOUNT, BANK, RECIPIENT, WHY],
    },
    ActForm {
        service: &explaining::EXPLAIN,
        section: Section::Money,
        inputs: &[
            LINE,
            input("meaning", Typed::OneOf(Meaning::VARIANTS)),
            input("redemption", Typed::Maybe),
            input("other", Typed::Maybe),
            WHY,
        ],
    },
    ActForm {
        service: &assigning::ASSIGN,
        section: Section::Money,
        inputs: &[input("item", Typed::Words), input("owner", Typed::Words), WHY],
    },
    ActForm { service: &own_money::COVER, section: Section::Money, inputs: &[AMOUNT, WHY] },
    ActForm { service: &own_money::PASS_ON, section: Section::Money, inputs: &[TO, AMOUNT, WHY] },
    ActForm {
        service: &redemption::CALL_OFF,
        section: Section::Money,
        inputs: &[input("redemption", Typed::Words).called("payment_out"), WHY],
    },
    ActForm {
        service: &mailing_day::MAIL,
        section: Section::Money,
        inputs: &[input("day", Typed::Words), input("email", Typed::Words), WHY],
    },
    ActForm {
        service: &bank_opening::OPEN,
        section: Section::Money,
        inputs: &[NAME.called("bank_name"), input("number", Typed::Words), MAP, WHY],
    },
    ActForm { service: &bank_mapping::MAP, section: Section::Money, inputs: &[BANK, MAP, WHY] },
    ActForm {
        service: &opening::OPEN,
        section: Section::Agents,
        inputs: &[
            input("outlet", Typed::Words),
            input("area", Typed::Words),
            input("head_office", Typed::MaybeOutlet),
            WHY,
        ],
    },
    ActForm { service: &suspending::SUSPEND, section: Section::Agents, inputs: &[AGENT, WHY] },
    ActForm { service: &suspending::RESUME, section: Section::Agents, inputs: &[AGENT, WHY] },
    ActForm {
        service: &employing::EMPLOY,
        section: Section::Agents,
        inputs: &[AGENT, input("phone", Typed::Phone), WHY],
    },
    ActForm {
        service: &employing::DISMISS,
        section: Section::Agents,
        inputs: &[input("phone", Typed::Phone), WHY],
    },
    ActForm {
        service: &float_moving::MOVE,
        section: Section::Agents,
        inputs: &[FROM.called("from_outlet"), TO.called("to_outlet"), AMOUNT, WHY],
    },
    ActForm {
        service: &commission_paying::PAY_OUTLET,
        section: Section::Agents,
        inputs: &[AGENT, WHY],
    },
    ActForm {
        service: &taking_back::TAKE_BACK,
        section: Section::Agents,
        inputs: &[input("day", Typed::Words), input("agent", Typed::MaybeOutlet), WHY],
    },
    ActForm {
        service: &mending::MEND,
        section: Section::Agents,
        inputs: &[RECEIPT, input("to", Typed::Phone).called("mended_to"), WHY],
    },
    ActForm {
        service: &freezing::FREEZE,
        section: Section::Customers,
        inputs: &[
            PHONE,
            input("way", Typed::OneOf(Way::VARIANTS)),
            input("amount", Typed::MaybeAmount),
            input("basis", Typed::OneOf(Basis::VARIANTS)),
            input("reference", Typed::Maybe),
            input("until", Typed::MaybeDay),
            WHY,
        ],
    },
    ActForm {
        service: &freezing::UNFREEZE,
        section: Section::Customers,
        inputs: &[PHONE, input("which", Typed::Maybe), WHY],
    },
    ActForm { service: &unlocking::UNLOCK, section: Section::Customers, inputs: &[PHONE, WHY] },
    ActForm { service: &resetting::RESET, section: Section::Customers, inputs: &[PHONE, WHY] },
    ActForm { service: &sim_change::SAY, section: Section::Customers, inputs: &[PHONE, WHY] },
    ActForm {
        service: &known_as::SERVICE,
        section: Section::Customers,
        inputs: &[PHONE, input("tier", Typed::OneOf(TIERS)), input("document", Typed::Words), WHY],
    },
    ActForm { service: &closing::CLOSE, section: Section::Customers, inputs: &[PHONE, WHY] },
    ActForm {
        service: &judging::PROPOSE,
        section: Section::Disputes,
        inputs: &[
            DEAL,
            input("back", Typed::AmountOrNone),
            input("cause", Typed::OneOf(Cause::VARIANTS)),
            SEEN,
            WHY,
        ],
    },
    ActForm { service: &judging::CONFIRM, section: Section::Disputes, inputs: &[DEAL, SEEN] },
    ActForm { service: &judging::REJECT, section: Section::Disputes, inputs: &[DEAL, SEEN, WHY] },
    ActForm { service: &staff::GIVE_BACK, section: Section::Disputes, inputs: &[SENT, WHY] },
    ActForm { service: &staff::RELEASE, section: Section::Disputes, inputs: &[SENT, WHY] },
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
        Authority::Nobody | Authority::Customer | Authority::Assistant | Authority::StaffPhone => {
            None
        }
    }
}

/// The keys of the words that forms need.
pub fn keys() -> Vec<String> {
    let sections = Section::VARIANTS.iter();
    let mut keys: Vec<String> =
        sections.map(|section| format!("console.section.{section}")).collect();
    keys.extend(HINTED.iter().map(|label| format!("console.hint.{label}")));
    for form in FORMS {
        keys.push(format!("console.act.{}", form.service.name));
        keys.extend(form.service.shows.iter().map(|slot| format!("console.slot.{}", slot.0)));
        for input in form.inputs {
            keys.push(format!("console.input.{}", input.label));
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
            // a yes to what another one has proposed says why by itself
            let is_yes = name == judging::CONFIRM.name;
            let last = form.inputs.last().map(|input| input.typed);
            assert_eq!(last == Some(Typed::Why), !is_yes, "{name}");
            let mut names: Vec<&str> = form.inputs.iter().map(|input| input.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), form.inputs.len(), "{name} asks for something twice");
        }
    }
}
