//! The context of a decision: who asks for what and when, the rules of the service, and the facts
//! that were read for it. All of it is handed in; there is no way from here to a database, a clock,
//! randomness or another channel.

use super::counterparty::Party;
use super::message::Message;
use super::plan::{Act, Plan, PlanError};
use super::policy::Policy;
use super::{Caller, ServiceConfig};
use crate::book::{Change, Key};
use crate::calendar::Day;
use crate::email::Email;
use crate::id::{AccountId, PostingId};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::reference::Reference;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Mode, Secret, Slots};
use crate::staff::bands::Band;
use crate::staff::role::Right;
use crate::store::agent_rows::{AgentPost, OutletState};
use crate::store::facts::Facts;
use crate::store::outbox::NewMessage;
use crate::store::people::PersonRow;
use crate::store::staff_rows::StaffRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Where something was asked for, as tariffs name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// On one's own phone, by dialling.
    Ussd,
    /// By a text, whatever the yes is typed on.
    Sms,
    /// At an outlet, by who serves there.
    Agent,
}

impl Channel {
    /// As tariffs name it.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Ussd => "ussd",
            Channel::Sms => "sms",
            Channel::Agent => "agent",
        }
    }
}

/// What a step wants to have read, given what was read before.
pub type Wants = fn(&Context) -> Vec<Want>;
/// Fills in a plan, or says why not. Pure: the same context makes the same plan. What was shown
/// before a refusal stays, for who only checks the inputs so far.
pub type Decide = fn(&Context, &mut Plan) -> Result<(), PlanError>;

/// How a service decides on a request that was stored, when its time has come.
#[derive(Debug, Clone, Copy)]
pub struct Repeatable {
    /// What it wants.
    pub wants: &'static [Wants],
    /// How it decides.
    pub decide: Decide,
}

/// How many of the staff an act takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// Whoever asks does it.
    One,
    /// Another one approves it.
    Two,
    /// As the operator's bands say for the `amount` that it shows, with what whoever asks did
    /// alone of late.
    ByAmount,
}

/// How many it takes this time, by what would be done.
pub type Needs = fn(&Context, &Plan) -> People;

/// How an act of the staff is planned again when another one looks at it.
#[derive(Debug, Clone, Copy)]
pub struct ForTwo {
    /// Which right it is about.
    pub right: Right,
    /// What it wants.
    pub wants: &'static [Wants],
    /// How it decides.
    pub decide: Decide,
}

/// How an order for a service is paid once its payer says yes.
#[derive(Debug, Clone, Copy)]
pub struct Settle {
    /// The price is that of where it was asked for: it was told there.
    pub channel: Channel,
    /// What must be read to pay into this account, given what was read before; asked twice.
    pub wants: fn(&Context, AccountId) -> Vec<Want>,
    /// Plans that the caller pays this party.
    pub pay: Pay,
}

/// Cash that changes hands in another way: in parts, one way and the other, it earns an outlet no
/// more than in one.
#[derive(Debug, Clone, Copy)]
pub struct CountsAs {
    /// The kind of posting.
    pub kind: &'static str,
    /// The service that it counts as.
    pub service: &'static str,
}

/// Plans that the caller pays a party: shows it, and says what to commit.
pub type Pay = fn(&Context, &mut Plan, &Party, Money) -> Result<Act, PlanError>;

/// What services may know of one another, without knowing one another.
#[derive(Debug, Clone, Default)]
pub struct Peers {
    /// How an order is paid, by the service that it names.
    pub settles: BTreeMap<&'static str, Settle>,
    /// What may be carried out by a standing order, by the name of the service.
    pub by_standing_order: BTreeMap<&'static str, Repeatable>,
    /// What the staff may do, by the name of the service.
    pub for_two: BTreeMap<&'static str, ForTwo>,
    /// What counts as what.
    pub counts_as: Vec<CountsAs>,
}

/// Everything that a decision may know.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The rules, keys and surroundings that all services share.
    pub config: &'a ServiceConfig,
    /// What services cost, what people may move, and who approves what.
    pub policy: &'a Policy,
    /// What services may know of one another.
    pub peers: &'a Peers,
    /// Who asks.
    pub caller: &'a Caller,
    /// Inputs so far.
    pub fields: &'a Fields,
    /// The secret input of this step.
    pub secret: Option<&'a Secret>,
    /// What the plan is for: a warning is for who is about to say yes, and costs facts that others
    /// need not wait for.
    pub mode: Mode,
    /// The time.
    pub now: Timestamp,
    /// Where it was asked for.
    pub channel: Channel,
    /// What makes a repetition of the request recognisable, where something is being done.
    pub key: Option<Key>,
    /// The first of the numbers never used before that the service opens something with, where it
    /// is being done; otherwise 0.
    pub fresh_id: i64,
    /// Random bytes for a secret that is stored.
    pub salt: [u8; 16],
    /// The posting that was recorded, where an answer is told again.
    pub posting: Option<PostingId>,
    /// What was read.
    pub facts: &'a Facts,
}

impl<'a> Context<'a> {
    /// The same as if it was asked for there.
    pub fn on(self, channel: Channel) -> Context<'a> {
        Context { channel, ..self }
    }

    /// The caller, who must have joined.
    pub fn person(&self) -> Result<&'a PersonRow, PlanError> {
        Ok(self.caller.person.as_ref().ok_or(Reason::NOT_JOINED)?)
    }

    /// Who of the staff asks.
    pub fn staff(&self) -> Result<&'a StaffRow, PlanError> {
        Ok(self.caller.staff.as_ref().ok_or(Reason::NOT_ALLOWED)?)
    }

    /// Where the caller serves as an agent.
    pub fn post(&self) -> Result<&'a AgentPost, PlanError> {
        let post = self.caller.post.as_ref().ok_or(Reason::NOT_AGENT)?;
        match post.outlet.state {
            OutletState::Open => Ok(post),
            OutletState::Suspended => Err(Reason::NOT_AGENT.into()),
        }
    }

    /// An input, or the refusal that it is missing.
    pub fn field(&self, name: &'static str) -> Result<&'a str, PlanError> {
        let value = self.fields.get(name).map(String::as_str);
        Ok(value.ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, name))?)
    }

    /// An input that is a number given by us: what a list offered; refused as `otherwise` where it
    /// is none.
    pub fn chosen<T: FromStr>(
        &self,
        name: &'static str,
        otherwise: Reason,
    ) -> Result<T, PlanError> {
        self.field(name)?.parse().map_err(|_text| otherwise.into())
    }

    /// An input that is the code of a receipt: the posting that it is of; refused as `otherwise`
    /// where no posting can have it.
    pub fn receipt(&self, name: &'static str, otherwise: Refusal) -> Result<PostingId, PlanError> {
        let code = Reference::parse(self.field(name)?);
        let code = code.ok_or_else(|| Refusal::of_field(Reason::RECEIPT_FORMAT, name))?;
        Ok(code.posting_id(&self.config.reference_key).ok_or(otherwise)?)
    }

    /// An input that is a phone number.
    pub fn phone(&self, name: &'static str) -> Result<Msisdn, PlanError> {
        let text = self.field(name)?;
        Ok(Msisdn::parse(text, &self.config.market)
            .map_err(|reason| Refusal::of_field(reason, name))?)
    }

    /// An input that is an amount above zero, in minor units.
    pub fn amount(&self, name: &'static str) -> Result<Money, PlanError> {
        let text = self.field(name)?;
        match Money::from_minor_text(text, self.config.market.currency) {
            Some(amount) if amount.minor > 0 => Ok(amount),
            Some(_) => Err(Refusal::of_field(Reason::AMOUNT_ZERO, name).into()),
            None => Err(Refusal::of_field(Reason::AMOUNT_FORMAT, name).into()),
        }
    }

    /// An amount of the market's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.config.market.currency)
    }

    /// What the operator says of an act of this right, by the `amount` that it shows and what was
    /// moved `before`, minor units.
    pub fn band(&self, right: Right, plan: &Plan, before_minor: i64) -> Band {
        let amount_minor = plan.amount_minor();
        self.policy.bands.at(right, before_minor.saturating_add(amount_minor))
    }

    /// The market's day.
    pub fn today(&self) -> Day {
        self.day_of(self.now)
    }

    /// The market's day at a time.
    pub fn day_of(&self, at: Timestamp) -> Day {
        Day::of(at, &self.config.market.zone)
    }

    /// A message to a person, with values for its text. With `account`, it tells that account's new
    /// balance.
    pub fn tell(
        &self,
        to: &PersonRow,
        message: &Message,
        slots: Slots,
        account: Option<AccountId>,
    ) -> Change {
        Change::Tell(self.message(&to.msisdn, &to.language, message, &slots, account))
    }

    /// A letter to an address of somebody's; see `tell`.
    pub fn mail(
        &self,
        email: &Email,
        to: (&str, &str),
        message: &Message,
        slots: &Slots,
        account: Option<AccountId>,
    ) -> Change {
        let (msisdn, language) = to;
        let text = self.message(msisdn, language, message, slots, account);
        Change::Tell(super::outgoing::letter(email, text))
    }

    /// A message for the outbox.
    pub fn message(
        &self,
        msisdn: &str,
        language: &str,
        message: &Message,
        slots: &Slots,
        account: Option<AccountId>,
    ) -> NewMessage {
        super::outgoing::message(msisdn, language, message.template, slots, account, self.now)
    }
}
