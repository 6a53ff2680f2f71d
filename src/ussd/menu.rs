//! The map of a conversation: typed screens and the ways between them. Plain data, as read from
//! `menus/customer.toml`. It knows nothing of words (the catalogue has them) nor of what any
//! service does.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::language::Language;
pub use crate::table::Name;

/// All screens of one audience.
#[derive(Debug, Clone)]
pub struct Menu {
    /// The file, for messages.
    pub file: String,
    /// Where a person with an account begins.
    pub start: Name,
    /// Where a number without an account begins.
    pub stranger: Name,
    /// The only screen for a number of another country.
    pub foreign: Name,
    /// What somebody who was cut off sees first.
    pub resume: Name,
    /// The end when the result will come by SMS.
    pub late: Name,
    /// The end after a refusal that no input can mend.
    pub refused: Name,
    /// The conditions that steer, given by the wallet or known of the caller.
    pub flags: Vec<Name>,
    /// What is asked of the wallet.
    pub services: BTreeMap<String, MenuService>,
    /// The longest value of each slot.
    pub slots: BTreeMap<String, Longest>,
    /// The screens by id.
    pub screens: BTreeMap<String, Screen>,
}

/// A service of the wallet, as the menus need it.
#[derive(Debug, Clone)]
pub struct MenuService {
    /// Its line in the file.
    pub line: usize,
    /// The fields it must have before it quotes, lists or does.
    pub needs: Vec<Name>,
    /// Does it move money? Then a confirm screen with its quote comes before it.
    pub money: bool,
}

/// The longest value of a slot.
#[derive(Debug, Clone)]
pub struct Longest {
    /// Its line in the file.
    pub line: usize,
    /// How long, and what of longer ones.
    pub size: Size,
}

/// What becomes of a value that is longer than foreseen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Size {
    /// Names and other words: cut to so many septets.
    Cut(usize),
    /// Amounts, codes, numbers: never cut; this is the longest one to reckon with.
    Whole(String),
}

/// One screen.
#[derive(Debug, Clone)]
pub struct Screen {
    /// Its name; its words are `screen.<id>`.
    pub id: String,
    /// Its line in the file.
    pub line: usize,
    /// May a caller who was cut off come back to it?
    pub resume: bool,
    /// What it does.
    pub kind: Kind,
}

/// What a screen does.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Offers numbered choices; which of them hold, and what stands above, the quote says.
    Menu(Option<Name>, Vec<Choice>),
    /// Takes a value.
    Input(Input),
    /// Asks yes or no, after showing what would happen.
    Confirm(Confirm),
    /// Shows lines, and lets the person pick one where `pick` says so.
    List(List),
    /// Shows something, with only back and home; on another screen when the quote raised its flag.
    Show(Option<Name>, Vec<Jump>),
    /// Offers to continue after a cut.
    Resume,
    /// Says a last word.
    End,
}

/// A numbered line of a menu.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its words are `screen.<id>.<label>`.
    pub label: Name,
    /// Shown only while this flag holds.
    pub when: Option<Name>,
    /// Choosing it changes the language, and stores it in the field `language`.
    pub language: Option<Language>,
    /// Choosing it stores the name of this service in the field `service`: what follows is agreed
    /// on for that one.
    pub service: Option<Name>,
    /// Choosing it stores its label in this field.
    pub stores: Option<Name>,
    /// What follows.
    pub act: Action,
}

/// What follows a choice, a yes or a last input.
#[derive(Debug, Clone)]
pub struct Action {
    /// The service to run first.
    pub run: Option<Name>,
    /// Where to go then: the first jump whose flag holds.
    pub next: Vec<Jump>,
}

/// A way to another screen.
#[derive(Debug, Clone)]
pub struct Jump {
    /// Taken only while this flag holds.
    pub when: Option<Name>,
    /// The screen.
    pub to: Name,
}

/// A value to be typed.
#[derive(Debug, Clone)]
pub struct Input {
    /// Where the value goes. A secret goes nowhere: its field only says which screen a refusal
    /// leads back to.
    pub field: Name,
    /// What is accepted.
    pub accepts: Accepts,
    /// What a text must look like besides.
    pub pattern: Option<Regex>,
    /// The service that looks at the value before the person moves on.
    pub check: Option<Name>,
    /// Slots of the answer to what is checked or done that become fields: a sealed token in place
    /// of a secret.
    pub keep: Vec<Name>,
    /// What follows.
    pub act: Action,
}

/// What an input accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// A mobile number of the market.
    Phone,
    /// An amount above zero.
    Amount,
    /// The number of an agent.
    Agent,
    /// A person's name.
    Name,
    /// Any short text.
    Text,
    /// A PIN: never stored, logged or echoed.
    Secret,
}

/// A question to answer with yes or no.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The service to ask what would happen.
    pub quote: Option<Name>,
    /// Questions to ask first, when the quote raised their flag.
    pub branch: Vec<Jump>,
    /// What follows a yes.
    pub yes: Action,
    /// What follows a no.
    pub no: Action,
}

/// Lines to show.
#[derive(Debug, Clone)]
pub struct List {
    /// The service that has them.
    pub list: Name,
    /// What picking a line does; without it the lines are only shown.
    pub pick: Option<Pick>,
}

/// Choosing a line.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The field that takes the line's id.
    pub field: Name,
    /// Where to go then.
    pub next: Vec<Jump>,
}

impl Menu {
    /// The screen called `id`.
    pub fn screen(&self, id: &str) -> Option<&Screen> {
        self.screens.get(id)
    }

    /// The field names that the screen called `id` fills, or asks for in secret.
    pub fn fields_of(&self, id: &str) -> BTreeSet<&str> {
        self.screen(id).map(Screen::fields).unwrap_or_default()
    }

    /// Screens that conversations begin or end at without a jump leading there.
    pub fn doors(&self) -> [(&'static str, &Name); 6] {
        [
            ("start", &self.start),
            ("stranger", &self.stranger),
            ("foreign", &self.foreign),
            ("resume", &self.resume),
            ("late", &self.late),
            ("refused", &self.refused),
        ]
    }

    /// The screens in the order of the file.
    pub fn in_order(&self) -> Vec<&Screen> {
        let mut screens: Vec<&Screen> = self.screens.values().collect();
        screens.sort_by_key(|screen| screen.line);
        screens
    }
}

impl Choice {
    /// The fields it fills.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let language = self.language.map(|_chosen| "language");
        let service = self.service.as_ref().map(|_named| "service");
        language
            .into_iter()
            .chain(service)
            .chain(self.stores.as_ref().map(|name| name.text.as_str()))
    }
}

impl Input {
    /// Is what is typed here a secret?
    pub fn is_secret(&self) -> bool {
        self.accepts == Accepts::Secret
    }
}

impl Screen {
    /// The fields it fills, or asks for in secret.
    pub fn fields(&self) -> BTreeSet<&str> {
        match &self.kind {
            Kind::Input(input) => {
                let kept = input.keep.iter().map(|name| name.text.as_str());
                kept.chain([input.field.text.as_str()]).collect()
            }
            Kind::List(List { pick: Some(pick), .. }) => BTreeSet::from([pick.field.text.as_str()]),
            Kind::Menu(_, choices) => choices.iter().flat_map(Choice::fields).collect(),
            Kind::List(_) | Kind::Confirm(_) | Kind::Show(..) | Kind::Resume | Kind::End => {
                BTreeSet::new()
            }
        }
    }

    /// Does it ask for a secret?
    pub fn is_secret(&self) -> bool {
        matches!(&self.kind, Kind::Input(input) if input.is_secret())
    }

    /// May a caller come back to it after a cut? Not into a secret or an end, and not to a question
    /// about a quote that another screen asked for: that screen asks afresh.
    pub fn resumes(&self) -> bool {
        let kind = match &self.kind {
            Kind::Confirm(confirm) => confirm.quote.is_some(),
            Kind::Resume | Kind::End => false,
            Kind::Menu(..) | Kind::Input(_) | Kind::List(_) | Kind::Show(..) => !self.is_secret(),
        };
        self.resume && kind
    }

    /// What it may run, with the jumps that follow: choices, yes and no.
    pub fn acts(&self) -> Vec<&Action> {
        match &self.kind {
            Kind::Menu(_, choices) => choices.iter().map(|choice| &choice.act).collect(),
            Kind::Input(input) => vec![&input.act],
            Kind::Confirm(confirm) => vec![&confirm.yes, &confirm.no],
            Kind::List(_) | Kind::Show(..) | Kind::Resume | Kind::End => Vec::new(),
        }
    }

    /// Every way out, apart from back and home.
    pub fn jumps(&self) -> Vec<&Jump> {
        let mut jumps: Vec<&Jump> = self.acts().into_iter().flat_map(|act| &act.next).collect();
        match &self.kind {
            Kind::Confirm(confirm) => jumps.extend(&confirm.branch),
            Kind::List(List { pick: Some(pick), .. }) => jumps.extend(&pick.next),
            Kind::Show(_, branch) => jumps.extend(branch),
            Kind::Menu(..) | Kind::Input(_) | Kind::List(_) | Kind::Resume | Kind::End => {}
        }
        jumps
    }

    /// The service asked when the screen is entered.
    pub fn asks(&self) -> Option<&Name> {
        match &self.kind {
            Kind::Confirm(confirm) => confirm.quote.as_ref(),
            Kind::Show(quote, _) | Kind::Menu(quote, _) => quote.as_ref(),
            Kind::List(list) => Some(&list.list),
            Kind::Input(_) | Kind::Resume | Kind::End => None,
        }
    }

    /// Every service it names.
    pub fn services(&self) -> Vec<&Name> {
        let named: Vec<&Name> = match &self.kind {
            Kind::Input(input) => input.check.iter().collect(),
            Kind::Menu(_, choices) => choices.iter().filter_map(|it| it.service.as_ref()).collect(),
            Kind::Confirm(_) | Kind::List(_) | Kind::Show(..) | Kind::Resume | Kind::End => {
                Vec::new()
            }
        };
        let runs = self.acts().into_iter().filter_map(|act| act.run.as_ref());
        self.asks().into_iter().chain(named).chain(runs).collect()
    }

    /// The name of its type in the file.
    pub fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Menu(..) => "menu",
            Kind::Input(_) => "input",
            Kind::Confirm(_) => "confirm",
            Kind::List(_) => "list",
            Kind::Show(..) => "show",
            Kind::Resume => "resume",
            Kind::End => "end",
        }
    }
}
