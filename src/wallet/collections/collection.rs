//! A collection as it is stored: what only it knows of itself, its number, its public tally and its
//! clock. How it moves is not known here.

use super::super::arrangements::kind::{self, Role};
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, PlanError};
use super::{COLLECTION_GONE, COLLECTION_UNKNOWN, Event, RULES, State};
use crate::book::{Change, Meter, Put};
use crate::calendar::Day;
use crate::check_digit;
use crate::id::{AccountId, PostingId};
use crate::limits::{Caps, Direction, Window};
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::book_rows::Account;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::typed_text;
use crate::value::{Slots, Value};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// People hear something by day.
const MORNING: i8 = 8;
const EVENING: i8 = 20;

/// What only collections know of themselves. What is in one is the balance of its account, and who
/// gave what stands in the entries of that account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What it is for, in the words of its organiser.
    pub title: String,
    /// How much it must come to, minor units.
    pub target_minor: i64,
    /// The last day on which it takes gifts.
    pub until: Day,
    /// With which the digests of its gifts are made. It is published with them.
    pub salt: String,
    /// The last gift, once there can be no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_gift: Option<PostingId>,
    /// What was paid from it, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid: Vec<Paid>,
    /// Until when it may be paid from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend_by: Option<Day>,
    /// How far givers have heard of what was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<PostingId>,
    /// Where telling them is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telling: Option<Telling>,
    /// Why what is there goes back,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// and where that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<HandingBack>,
}

/// Why what is there goes back to those who gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Ended {
    /// It was not reached,
    Missed,
    /// its organiser has called it off,
    CalledOff,
    /// or nobody has paid from it for long.
    Lapsed,
}

/// A payment from it, beside what its posting says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// Whom, as others see them.
    pub to: String,
    /// What for; empty where all went to whom it was for.
    pub words: String,
}

/// From the newest payment and the last gift back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// The payment with which it began: until there all will have heard.
    pub upto: PostingId,
    /// The payment that is told,
    pub payment: PostingId,
    /// which one of all that is.
    pub number: usize,
    /// The gift that is looked at next.
    pub gift: PostingId,
}

/// From the last gift back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandingBack {
    /// The last payment before it, where something was spent.
    pub spent: Option<PostingId>,
    /// The gift that goes back next; nothing where all were looked at.
    pub next: Option<PostingId>,
    /// Those whose givers could not take it, which are tried again: the first first.
    pub aside: Vec<PostingId>,
    /// How many of those, at the end, were tried in this round, and could not go back again;
    pub tried: usize,
    /// and how many rounds there were.
    pub rounds: u32,
}

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Where it is.
    pub state: State,
    /// The account that it lies on.
    pub account_id: AccountId,
    /// The rest of what was stored.
    pub terms: Terms,
}

/// The number of the collection whose money lies here, as people type it.
pub fn number(account: AccountId) -> String {
    check_digit::written(account.number())
}

/// The collection that has this number.
pub fn numbered(number: String) -> Search {
    Search { side: Side::Subject(number), kind: RULES.name, open: false, since: 0, limit: 1 }
}

/// All that ever came onto its account, minor units, and in how many gifts.
pub fn came(account: &Account) -> (i64, i64) {
    let all = account.usage.sum(Direction::In, Window::Month);
    (all.value_minor, i64::from(all.count))
}

/// What must be read of the collection whose number was typed as `code`.
pub fn typed(context: &Context) -> Option<Search> {
    let number = check_digit::read(&typed_text::code(context.fields.get("code")?))?;
    Some(numbered(check_digit::written(number)))
}

/// Until when all of a day is over and people are awake again.
pub fn morning_after(context: &Context, day: Day) -> Timestamp {
    day.next_day().at_hour(MORNING, &context.config.market.zone)
}

/// Now, or in the morning where it is night.
pub fn by_day(context: &Context) -> Timestamp {
    let zone = &context.config.market.zone;
    let morning = context.today().at_hour(MORNING, zone);
    if context.now < morning {
        morning
    } else if context.now < context.today().at_hour(EVENING, zone) {
        context.now
    } else {
        morning_after(context, context.today())
    }
}

impl Collection {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Collection, PlanError> {
        let state = row.state.parse().map_err(|_word| PlanError::Damaged("a collection"))?;
        let account = row.account.ok_or(PlanError::Damaged("a collection without an account"))?;
        Ok(Collection { row: row.clone(), state, account_id: account, terms: kind::body(row)? })
    }

    /// The one whose number was typed as `code`, also when it is over.
    pub fn typed(context: &Context) -> Result<Collection, PlanError> {
        let unknown = || crate::refusal::Refusal::of_field(COLLECTION_UNKNOWN, "code");
        context.field("code")?;
        let search = typed(context).ok_or_else(unknown)?;
        let row = context.facts.arrangements(search)?.first();
        Collection::of(row.ok_or_else(unknown)?)
    }

    /// The one that the input `collection` names, which must be the caller's and not be over.
    pub fn own(context: &Context) -> Result<Collection, PlanError> {
        let owner = context.person()?.account_id;
        let row = context.facts.arrangement(context.chosen("collection", COLLECTION_GONE)?)?;
        let own = |row: &&ArrangementRow| row.kind == RULES.name && row.open && row.owner == owner;
        Collection::of(row.filter(own).ok_or(COLLECTION_GONE)?)
    }

    /// What must be read to know what is in it.
    pub fn wants(&self) -> Want {
        Want::Account(self.account_id)
    }

    /// The account that it lies on.
    pub fn account<'a>(&self, context: &Context<'a>) -> Result<&'a Account, PlanError> {
        let account = context.facts.account(self.account_id)?;
        account.ok_or(PlanError::Damaged("a collection without an account"))
    }

    /// Whether it takes gifts still: its day is not over, and nobody has closed it.
    pub fn takes(&self, context: &Context) -> bool {
        matches!(self.state, State::Gathering | State::Pooling)
            && context.today() <= self.terms.until
    }

    /// Whether it is this person's own, or what is gathered is for them.
    pub fn is_of(&self, person: &PersonRow) -> bool {
        self.row.owner == person.account_id || self.row.other == Some(person.account_id)
    }

    /// Until which payment givers have heard; the last gift is before all of them.
    pub fn heard(&self) -> Option<PostingId> {
        self.terms.told.or(self.terms.last_gift)
    }

    /// Whether there are payments that some givers have not heard of.
    pub fn is_untold(&self, context: &Context) -> Result<bool, PlanError> {
        let newest = self.account(context)?.last_posting;
        Ok(self.terms.telling.is_some() || newest != self.heard())
    }

    /// What it is for.
    pub fn title(&self) -> Value {
        Value::Name(self.terms.title.clone())
    }

    /// Its number, as people type it.
    pub fn number(&self) -> Value {
        Value::Code(number(self.account_id))
    }

    /// What a gift counts for on its account: nothing is limited by it, but how many came, and how
    /// much, is known at once. It counts as of the day on which it began, so that no window ends.
    pub fn meter(&self, context: &Context, amount_minor: i64) -> Meter {
        Meter {
            account: self.account_id,
            way: Direction::In,
            amount_minor,
            day: context.day_of(Timestamp::from_micros(self.row.begun_at)),
            caps: Caps::default(),
            own: false,
            back: false,
            part: false,
        }
    }

    /// All that was ever given, minor units, and in how many gifts.
    pub fn gathered(&self, context: &Context) -> Result<(i64, i64), PlanError> {
        Ok(came(self.account(context)?))
    }

    /// What anybody may know of it: `title`, `collection`, which is its number, `target`,
    /// `gathered`, `gifts`, `day`, and as `fate` what came of it.
    pub fn tally(&self, context: &Context) -> Result<Slots, PlanError> {
        let (gathered_minor, gifts) = self.gathered(context)?;
        let fate = match self.state {
            State::Gathering | State::Pooling => "gathers",
            State::Closing | State::PoolClosing => "closes",
            State::Spending => "spends",
            State::Telling | State::Spent => "spent",
            State::Returning => "returns",
            State::Returned => "returned",
        };
        Ok(Slots::from([
            ("title".into(), self.title()),
            ("collection".into(), self.number()),
            ("target".into(), context.money(self.terms.target_minor).into()),
            ("gathered".into(), context.money(gathered_minor).into()),
            ("gifts".into(), Value::Count(gifts)),
            ("day".into(), self.terms.until.into()),
            ("fate_code".into(), fate.into()),
        ]))
    }

    /// Whom it is for where all is paid out at once.
    pub fn beneficiary<'a>(&self, context: &Context<'a>) -> Result<&'a PersonRow, PlanError> {
        let whose = self.row.other.unwrap_or(self.row.owner);
        context.facts.person(whose)?.ok_or(PlanError::Damaged("a collection for nobody"))
    }

    /// The change that an event makes of it: with these terms from now on, and due then.
    pub fn put(
        &self,
        event: Event,
        role: Role,
        terms: &Terms,
        due: Timestamp,
    ) -> Result<Change, PlanError> {
        let event = event.into();
        let row = RULES.after(&self.row, event, role)?;
        let due_at = row.open.then(|| due.micros());
        let row = ArrangementRow { due_at, body: kind::written(terms), ..row };
        Ok(Change::Put(Put { row, event, note: String::new() }))
    }

    /// Nothing can be done now: it is looked at again then.
    pub fn later(&self, context: &Context, due: Timestamp) -> Result<Act, PlanError> {
        let put = self.put(Event::Wait, Role::Service, &self.terms, due.max(context.now))?;
        Ok(Act { kind: RULES.name, changes: vec![put], ..Act::default() })
    }

    /// What texts say of it: its title, and what they name of its tally.
    pub fn told(&self, context: &Context, names: &[&str]) -> Result<Slots, PlanError> {
        let tally = self.tally(context)?.into_iter();
        Ok(tally.filter(|(name, _)| name == "title" || names.contains(&name.as_str())).collect())
    }

    /// What must still be so of its account.
    pub fn unmoved(&self, context: &Context) -> Result<Change, PlanError> {
        let posting = self.account(context)?.last_posting;
        Ok(Change::AtPosting { account: self.account_id, posting })
    }

    /// How its organiser is seen by others.
    pub fn organiser(&self, context: &Context) -> Result<Value, PlanError> {
        let organiser = context.facts.person(self.row.owner)?;
        Ok(party::name(organiser.ok_or(PlanError::Damaged("a collection of nobody"))?))
    }
}
