//! The words of the console: those of its pages, a variant each, and those of roles, rights, acts
//! and values, by their names. They stand in the texts under `console.`, in every language;
//! refusals have the words that they have everywhere.

use super::act_forms::{self, Section};
use crate::catalogue::Catalogue;
use crate::language::Language;
use crate::refusal::Refusal;
use crate::request::Slots;
use crate::staff::role::{self, Right, Role};
use crate::value::Value;
use crate::wallet::office::two_people;
use std::sync::Arc;
use strum::VariantArray;

/// Something that a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[allow(missing_docs, reason = "each is what its text says")]
pub enum Word {
    Skip,
    Menu,
    Home,
    Approvals,
    Session,
    SignOut,
    SignIn,
    Name,
    Password,
    PasswordAgain,
    Code,
    Roles,
    SignInWrong,
    TooManyTries,
    SignedOut,
    Joined,
    SessionLost,
    DemoPeople,
    DemoHow,
    DemoBe,
    JoinTitle,
    JoinYou,
    JoinPassword,
    JoinPasswordHow,
    JoinApp,
    JoinAppHow,
    JoinAppLink,
    JoinCode,
    JoinBegin,
    JoinTooLong,
    PasswordShort,
    PasswordLong,
    PasswordCommon,
    PasswordOther,
    CodeWrong,
    CodeWanted,
    LinkGone,
    LinkOnce,
    AllWell,
    BookStands,
    ClockWrong,
    WaitsForMe,
    MineWait,
    WhoIAm,
    Nothing,
    AskedBy,
    ListWaiting,
    ListOwn,
    ListAll,
    PageBefore,
    PageAfter,
    NoSuchRequest,
    AsAsked,
    AsNow,
    NotNow,
    ChangedSince,
    CodeToApprove,
    Approve,
    DeclineOpen,
    Decline,
    TakeBackOpen,
    TakeBack,
    Why,
    RunsOut,
    StateNow,
    History,
    Done,
    DoneBefore,
    Waits,
    ToRequest,
    ToStaff,
    ToHome,
    Look,
    LookHow,
    Do,
    Change,
    NotDone,
    NothingDone,
    NotFound,
    NotFoundHow,
    NotYours,
    NotYoursHow,
    FormStale,
    OtherSite,
    StateInvited,
    StateLeft,
    LinkOver,
    SeenLast,
    Locked,
    RightsTitle,
    RightsLink,
    RightsHow,
    RightAsks,
    RightApproves,
    SessionSince,
    CodeShown,
    CodeLately,
    CodeLongAgo,
    SessionHow,
    ShowCode,
    CodeTaken,
    Days,
    DaysHow,
    DaysNext,
    DaysMake,
    DaysNone,
    DayTable,
    DayPages,
    DayBreaks,
    DayClosedAt,
    DaySheets,
}

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
    keys.extend(shown.map(|slot| format!("console.slot.{}", slot.0)));
    keys.extend(act_forms::keys());
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
        let key = format!("refusal.{}", refusal.code());
        self.catalogue.say(self.language, &key, &refusal.slots)
    }

    /// What an act is called.
    pub fn act(&self, service: &str) -> String {
        self.named(&["act"], service)
    }

    /// What an input is called.
    pub fn input(&self, name: &str) -> String {
        self.named(&["input"], name)
    }

    /// What a value is called.
    pub fn slot(&self, name: &str) -> String {
        self.named(&["slot", "input"], name)
    }

    /// What a choice is called.
    pub fn choice(&self, name: &str) -> String {
        self.named(&["choice"], name)
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

    /// A value as it is read.
    pub fn value(&self, name: &str, value: &Value) -> String {
        let text = value.to_string();
        let roles = if name.starts_with("roles") { self.roles(&text) } else { String::new() };
        if roles.is_empty() { text } else { roles }
    }
}
