//! The words of the console: those of its pages, a variant each, and those of roles, rights, acts
//! and values, by their names. They stand in the texts under `console.`, in every language;
//! refusals have the words that they have everywhere.

pub use super::word::Word;

use super::act_forms::{self, HINTED, Section};
use crate::bank;
use crate::catalogue::Catalogue;
use crate::closing::classes;
use crate::language::Language;
use crate::refusal::Refusal;
use crate::request::Slots;
use crate::staff::role::{self, Right, Role};
use crate::store::book_rows::AccountState;
use crate::value::Value;
use crate::wallet;
use crate::wallet::agents::{cash_in, cash_out};
use crate::wallet::care::account_view::PinIs;
use crate::wallet::care::{account_view, finding, payments_at};
use crate::wallet::collections::GIFT;
use crate::wallet::days::closing_day::CLOSE;
use crate::wallet::deals::waking_deals;
use crate::wallet::groups::contributing::CONTRIBUTE;
use crate::wallet::office::two_people;
use crate::wallet::people::send;
use crate::wallet::pots::saving;
use crate::wallet::treasury::bank_item::BEFORE_FIRST;
use crate::wallet::treasury::open_items::ItemKind;
use crate::wallet::treasury::own_money;
use crate::wallet::treasury::{issuing, taking};
use std::sync::Arc;
use strum::{VariantArray, VariantNames};

/// Values that are one of several words.
const CHOSEN: [&str; 12] = [
    "account_is",
    "account_was",
    "basis",
    "found_by",
    "id_seen",
    "line_is",
    "meaning",
    "pin_is",
    "tier",
    "tier_is",
    "tier_was",
    "way",
];
/// Those that no form offers.
const SHOWN_ONLY: [&str; 6] = ["yes", "no", "phone", "name", "code", BEFORE_FIRST];

/// States that lists of the staff show.
const LISTED_STATES: [(&str, &[&str]); 2] = [
    ("deal_state", &["disputed", "proposed", "appealed", "reproposed"]),
    ("reversal_state", &["asked", "disputed"]),
];

/// Kinds of payments that have words of their own; others are shown as they are stored.
const KINDS: &[&str] = &[
    send::SERVICE.name,
    cash_in::SERVICE.name,
    cash_out::SERVICE.name,
    issuing::ISSUE.name,
    "standing_order",
    "parcel",
    "float",
    CONTRIBUTE.name,
    GIFT,
    "deal_in",
    "deal_out",
    "deal_back",
    "reversal",
    saving::PUT.name,
    "pot_back",
    "group_paid",
    "group_share",
    "gift_back",
    "paid_on",
    "statement",
    "explain",
    "redeem",
    "call_off",
    own_money::COVER.name,
    "pass_on",
    "commission",
];

/// What a sheet tells that is no account and no payment.
const ON_SHEETS: [&str; 23] = [
    "at_banks",
    "held_by_people",
    "came_in_unused",
    "left_of_lines",
    "redeemed_unseen",
    "went_out_unexplained",
    "charges_not_made_good",
    "interest_of_banks",
    "commission_as_cost",
    "against_no_bank",
    "difference",
    "low",
    "zero",
    "enough",
    "commission_owed",
    "approvals",
    "total",
    "day",
    "behind_posting",
    "last_posting",
    "link",
    "chain",
    "made",
];

/// What a line of a statement may be.
const FOUND: [&str; 7] =
    ["duplicate", "redemption", "returned", "deposit", "outlet", "charge", "interest"];

/// Refusals that the staff read in words of their own.
const REFUSED: [&str; 14] = [
    "field_missing",
    "text_format",
    "name_format",
    "not_enough",
    "map_line",
    "map_unknown",
    "map_missing",
    "map_value",
    "transfer_format",
    "line_came_in",
    "line_went_out",
    "find_words",
    "code_wanted",
    "wallet_in_use",
];

/// What is held on accounts, on a sheet.
const HELD: &str = "held_on_accounts";

/// What happens first to what waits.
const BEGIN: &str = "begin";

/// The keys of all texts that the console needs.
pub fn keys() -> Vec<String> {
    let word = |word: &Word| format!("console.{}", <&str>::from(*word));
    let role = |role: &Role| format!("console.role.{}", <&str>::from(*role));
    let right = |right: &Right| format!("console.right.{}", <&str>::from(*right));
    let kind = &two_people::KIND;
    let mut keys: Vec<String> = Word::VARIANTS.iter().map(word).collect();
    keys.extend(Role::VARIANTS.iter().map(role));
    keys.extend(Right::VARIANTS.iter().map(right));
    keys.extend(kind.states.iter().map(|state| format!("console.state.{state}")));
    let events = kind.events.iter().copied().chain([BEGIN]);
    keys.extend(events.map(|event| format!("console.event.{event}")));
    let shown = two_people::APPROVE.shows.iter();
    let looks = [&finding::FIND, &account_view::SEE, &payments_at::FIND];
    let shown = shown.chain(looks.into_iter().flat_map(|service| service.shows));
    keys.extend(shown.map(|slot| format!("console.slot.{}", slot.0)));
    for (family, states) in LISTED_STATES {
        keys.extend(states.iter().map(|state| format!("console.{family}.{state}")));
    }
    keys.extend(KINDS.iter().map(|kind| format!("console.kind.{kind}")));
    let chosen = AccountState::VARIANTS.iter();
    keys.extend(chosen.map(|state| format!("console.choice.{state}")));
    keys.extend(SHOWN_ONLY.map(|value| format!("console.choice.{value}")));
    let other = taking::TAKE.shows.iter().chain(CLOSE.shows);
    keys.extend(other.map(|slot| format!("console.slot.{}", slot.0)));
    keys.extend([format!("console.act.{}", CLOSE.name), "console.input.excuse".to_owned()]);
    keys.push("console.slot.bank_reference".to_owned());
    keys.extend(PinIs::VARIANTS.iter().map(|is| format!("console.choice.{is}")));
    keys.extend(bank::MAP_KEYS.iter().map(|key| format!("console.map_key.of_{key}")));
    let on_sheets = ON_SHEETS.iter().chain(&classes::ALL);
    keys.extend(on_sheets.map(|item| format!("console.sheet.{item}")));
    keys.push(format!("console.open_kind.{HELD}"));
    // what is over when it begins is never open
    for kind in wallet::KINDS.iter().filter(|kind| !kind.open.is_empty()) {
        keys.push(format!("console.open_kind.{}", kind.name));
        let open = kind.open.iter().filter(|_| !kind.of_staff);
        keys.extend(open.map(|state| format!("console.open_state.{state}")));
    }
    let deals = waking_deals::KIND.events.iter().copied().chain([BEGIN]);
    keys.extend(deals.map(|event| format!("console.deal_event.{event}")));
    keys.extend(FOUND.iter().map(|found| format!("console.found.{found}")));
    let item = |kind: &ItemKind| format!("console.item.{}", <&str>::from(*kind));
    keys.extend(ItemKind::VARIANTS.iter().map(item));
    keys.extend(REFUSED.map(|code| format!("console.refusal.{code}")));
    keys.extend(act_forms::keys());
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The texts in one language.
#[derive(Debug)]
pub struct Words {
    catalogue: Arc<Catalogue>,
    language: Language,
}

impl Words {
    /// In the first of these languages that there are texts in.
    pub fn new(catalogue: Arc<Catalogue>, wanted: &[Option<Language>]) -> Words {
        let known = catalogue.languages();
        let language = wanted.iter().flatten().find(|language| known.contains(language));
        let language = language.copied().unwrap_or(Language::EN);
        Words { catalogue, language }
    }

    /// Which one.
    pub fn language(&self) -> Language {
        self.language
    }

    /// All that there are.
    pub fn languages(&self) -> Vec<Language> {
        self.catalogue.languages()
    }

    /// What a page says.
    pub fn say(&self, word: Word) -> String {
        self.text(&format!("console.{}", <&str>::from(word)))
    }

    fn text(&self, key: &str) -> String {
        self.catalogue.say(self.language, key, &Slots::new())
    }

    /// The words for a name, or the name itself with blanks in it: what has none is read all the
    /// same.
    fn named(&self, families: &[&str], name: &str) -> String {
        let mut keys = families.iter().map(|family| format!("console.{family}.{name}"));
        let text = keys.find_map(|key| self.catalogue.text(self.language, &key));
        text.map_or_else(|| name.replace('_', " "), str::to_owned)
    }

    /// Why not.
    pub fn refused(&self, refusal: &Refusal) -> String {
        self.catalogue.refused_to_staff(self.language, refusal.code(), &refusal.slots)
    }

    /// What an act is called.
    pub fn act(&self, service: &str) -> String {
        self.named(&["act"], service)
    }

    /// What an input is called.
    pub fn input(&self, name: &str) -> String {
        self.named(&["input"], name)
    }

    /// What may be typed there, where its label does not say it.
    pub fn hint(&self, label: &str) -> Option<String> {
        HINTED.contains(&label).then(|| self.text(&format!("console.hint.{label}")))
    }

    /// What a value is called.
    pub fn slot(&self, name: &str) -> String {
        self.named(&["slot", "input"], name)
    }

    /// What a choice is called.
    pub fn choice(&self, name: &str) -> String {
        self.named(&["choice"], name)
    }

    /// What a line may be.
    pub fn found(&self, name: &str) -> String {
        self.named(&["found"], name)
    }

    /// What lies between the bank and the book.
    pub fn item(&self, kind: &str) -> String {
        self.named(&["item"], kind)
    }

    /// A heading.
    pub fn section(&self, section: Section) -> String {
        self.named(&["section"], section.into())
    }

    /// A role.
    pub fn role(&self, role: Role) -> String {
        self.named(&["role"], role.into())
    }

    /// Roles as they are stored.
    pub fn roles(&self, stored: &str) -> String {
        let each = role::parse(stored).unwrap_or_default();
        each.into_iter().map(|role| self.role(role)).collect::<Vec<_>>().join(", ")
    }

    /// A right.
    pub fn right(&self, right: Right) -> String {
        self.named(&["right"], right.into())
    }

    /// Where something that waits stands.
    pub fn state(&self, state: &str) -> String {
        self.named(&["state"], state)
    }

    /// What happened to it.
    pub fn event(&self, event: &str) -> String {
        self.named(&["event"], event)
    }

    /// How a deal stands.
    pub fn deal_state(&self, state: &str) -> String {
        self.named(&["deal_state"], state)
    }

    /// What is wrong with a deal, as its two sides read it.
    pub fn deal_problem(&self, problem: &str) -> String {
        self.catalogue.say(self.language, &format!("words.problem.{problem}"), &Slots::new())
    }

    /// How a payment stands that is asked back.
    pub fn reversal_state(&self, state: &str) -> String {
        self.named(&["reversal_state"], state)
    }

    /// What happened to a deal.
    pub fn deal_event(&self, event: &str) -> String {
        self.named(&["deal_event"], event)
    }

    /// What is going on at somebody's wallet.
    pub fn open_kind(&self, kind: &str) -> String {
        self.named(&["open_kind"], kind)
    }

    /// What stands on the sheet of a day.
    pub fn sheet(&self, item: &str) -> String {
        self.named(&["sheet"], item)
    }

    /// What a key of a column map is.
    pub fn map_key(&self, key: &str) -> String {
        self.named(&["map_key"], &format!("of_{key}"))
    }

    /// A kind of payments.
    pub fn kind(&self, kind: &str) -> String {
        self.named(&["kind"], kind)
    }

    /// A value as it is read.
    pub fn value(&self, name: &str, value: &Value) -> String {
        let text = value.to_string();
        let said = match name {
            name if name.starts_with("roles") => self.roles(&text),
            "asked_for" => self.act(&text),
            "payment" => self.kind(&text),
            "open_kind" => self.open_kind(&text),
            "open_state" => self.named(&["open_state"], &text),
            name if CHOSEN.contains(&name) => self.choice(&text),
            _ => String::new(),
        };
        if said.is_empty() { text } else { said }
    }
}
