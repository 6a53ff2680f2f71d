//! What a service is: one value, in the file of the service, that says everything the rest of the
//! house needs to know of it. Nothing here knows any service.

pub use super::context::{CountsAs, Decide, Needs, Settle, Wants};
pub use super::message::{Message, With};

use super::context::People;
use super::context::{Context, ForTwo, Peers, Repeatable};
use super::plan::{Plan, PlanError};
use crate::reason::Reason;
use crate::staff::role::Right;
use crate::tariff::Able;
use crate::value::Slot;

/// One service.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// What menus, grammars, tariffs and programs call it.
    pub name: &'static str,
    /// Whose PIN doing it needs. Menus cannot switch this off.
    pub authority: Authority,
    /// How many of the staff it takes, where it is theirs to do.
    pub needs: Needs,
    /// One of the staff shows a code of their app for it, where they have shown none lately.
    pub fresh_code: bool,
    /// How many things doing it opens that need numbers of their own.
    pub opens: i64,
    /// Up to three steps of what must be read, each seeing the facts before.
    pub wants: &'static [Wants],
    /// Decides on what was read.
    pub decide: Decide,
    /// The slots of its screens and lines.
    pub shows: &'static [Slot],
    /// The reasons that it may give beside the common ones: its own, and those of what it shares
    /// with others.
    pub refusals: &'static [Reason],
    /// The messages that it sends.
    pub messages: &'static [&'static Message],
    /// What a tariff may ask of it; nothing where it has no price.
    pub priced: Option<Able>,
    /// How an answer that was lost is told again.
    pub replay: Replay,
    /// How it is asked for by text; nothing where it cannot be.
    pub text: Option<ByText>,
    /// How an order that waits for its payer's yes is paid; nothing where there are no orders for
    /// it.
    pub settles: Option<Settle>,
    /// It may be carried out by a standing order: it shows its `total` before it asks whether that
    /// is there, and opens nothing.
    pub by_standing_order: bool,
    /// A kind of posting that counts as one of another service where an outlet earns by it.
    pub counts_as: Option<CountsAs>,
    /// It chooses another PIN: so it is done with one that was sent to begin with, too.
    pub renews_pin: bool,
    /// Its PIN was typed on an earlier screen and is compared once more: the input `pin_proof`
    /// stands for it, and the secret is another one.
    pub pin_before: bool,
    /// It is done before a wallet is taken over that an agent opened.
    pub unclaimed: bool,
}

/// Whose PIN a service needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// None.
    Nobody,
    /// The caller's own.
    Customer,
    /// The one the caller has for their work at an outlet.
    Assistant,
    /// None, but the caller is one of the staff, has proved who they are, and has this right.
    Staff(Right),
    /// The one that one of the staff has for the phone they call from.
    StaffPhone,
}

impl Authority {
    /// Whether it is a PIN that stands for it.
    pub fn is_pin(self) -> bool {
        match self {
            Authority::Customer | Authority::Assistant | Authority::StaffPhone => true,
            Authority::Nobody | Authority::Staff(_) => false,
        }
    }
}

/// How the answer to something that was done under a key is told again.
#[derive(Debug, Clone, Copy)]
pub struct Replay {
    /// What must be read for it besides the posting.
    pub wants: &'static [Wants],
    /// What a posting was recorded for: shows what its receipt does not say.
    pub recorded: Option<Decide>,
    /// What no posting was recorded for.
    pub unrecorded: Unrecorded,
}

/// How something is told again of which no posting tells.
#[derive(Debug, Clone, Copy)]
pub enum Unrecorded {
    /// What was typed and quoted on the way says it all.
    Nothing,
    /// Its screen said more than was asked for: that comes by SMS. So it does where a posting was
    /// recorded that shows no more.
    Told,
    /// It only read something, behind a PIN that was right: it reads it again.
    Again,
    /// This shows the rest.
    Shows(Decide),
}

impl Replay {
    /// By its receipt; where there is none, what was typed and quoted says it all.
    pub const RECEIPT: Replay =
        Replay { wants: &[], recorded: None, unrecorded: Unrecorded::Nothing };
    /// Its message says it.
    pub const TOLD: Replay = Replay { wants: &[], recorded: None, unrecorded: Unrecorded::Told };
}

/// How a service is asked for by text, and what is answered. What moves money cannot be.
#[derive(Debug, Clone, Copy)]
pub enum ByText {
    /// What a quote shows, in this text.
    Quote(&'static Message),
    /// The same for anybody, also who has no wallet.
    QuoteToAnybody(&'static Message),
    /// It is done, and its own messages are the answer.
    Execute,
    /// It is done, and this text is the answer, with what a quote shows.
    ExecuteAnd(&'static Message),
    /// The same for anybody, also who has no wallet.
    ExecuteForAnybody(&'static Message),
    /// It is done, and its own messages are the answer; who has no wallet is told what comes first.
    ExecuteOrExplain(&'static Message),
    /// As many lines of a list as fit one message, below them what a quote shows.
    List {
        /// One line.
        line: &'static Message,
        /// All of it, with slot `lines`.
        whole: &'static Message,
        /// Where there are no lines.
        none: &'static Message,
    },
    /// How it is done, for anybody.
    Explain(&'static Message),
    /// The same for who has no wallet; who has one is refused as the service refuses them.
    ExplainToStrangers(&'static Message),
}

impl ByText {
    /// The texts that it answers with.
    pub fn messages(&self) -> Vec<&'static Message> {
        match self {
            ByText::Execute => Vec::new(),
            ByText::Quote(answer)
            | ByText::QuoteToAnybody(answer)
            | ByText::ExecuteAnd(answer)
            | ByText::ExecuteForAnybody(answer)
            | ByText::ExecuteOrExplain(answer)
            | ByText::Explain(answer)
            | ByText::ExplainToStrangers(answer) => vec![answer],
            ByText::List { line, whole, none } => vec![line, whole, none],
        }
    }
}

impl Service {
    /// What a service is where its file says nothing else.
    pub const PLAIN: Service = Service {
        name: "",
        authority: Authority::Nobody,
        needs: one_person,
        fresh_code: false,
        opens: 0,
        wants: &[],
        decide: nothing,
        shows: &[],
        refusals: &[],
        messages: &[],
        priced: None,
        replay: Replay::RECEIPT,
        text: None,
        settles: None,
        by_standing_order: false,
        counts_as: None,
        renews_pin: false,
        pin_before: false,
        unclaimed: false,
    };

    /// The right that it takes, where it is for the staff.
    pub fn right(&self) -> Option<Right> {
        match self.authority {
            Authority::Staff(right) => Some(right),
            Authority::Nobody
            | Authority::Customer
            | Authority::Assistant
            | Authority::StaffPhone => None,
        }
    }

    /// How it is asked for by text. What needs a PIN is not: a text never moves money.
    pub fn by_text(&self) -> Option<ByText> {
        self.text.filter(|_| self.authority == Authority::Nobody)
    }
}

fn one_person(_context: &Context, _plan: &Plan) -> People {
    People::One
}

fn nothing(_context: &Context, _plan: &mut Plan) -> Result<(), PlanError> {
    Ok(())
}

/// What services may know of one another.
pub fn peers(services: &[Service]) -> Peers {
    let settles = services.iter().filter_map(|service| Some((service.name, service.settles?)));
    let repeated = services.iter().filter(|service| service.by_standing_order);
    let repeatable = |service: &Service| {
        (service.name, Repeatable { wants: service.wants, decide: service.decide })
    };
    let for_two = |service: &Service| match service.authority {
        Authority::Staff(right) => {
            Some((service.name, ForTwo { right, wants: service.wants, decide: service.decide }))
        }
        Authority::Nobody | Authority::Customer | Authority::Assistant | Authority::StaffPhone => {
            None
        }
    };
    Peers {
        for_two: services.iter().filter_map(for_two).collect(),
        settles: settles.collect(),
        by_standing_order: repeated.map(repeatable).collect(),
        counts_as: services.iter().filter_map(|service| service.counts_as).collect(),
    }
}
