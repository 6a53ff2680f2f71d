//! Savings pots: somebody names a goal and puts small amounts aside, on an account of its own,
//! until a day or a sum; then all of it comes back by itself. Where they chose so, it is opened
//! before only with a friend's yes. Here stands what a pot is, who moves it, what its clock does.

pub mod coming_back;
pub mod early_opening;
pub mod saving;

use super::arrangements::{Kind, Role, kind, place};
use super::context::Context;
use super::party;
use super::plan::{Act, PlanError};
use super::service::Message;
use crate::calendar::Day;
use crate::id::AccountId;
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::Account;
use crate::store::wants::Want;
use crate::value::{self, Slot, Slots, Value};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// No such pot, or not any more.
pub const POT_GONE: Reason = Reason::new("pot_gone");

/// The hour of its day at which all comes back: people are awake.
const HOUR: i8 = 8;
/// The states in which more is put aside.
const TAKES: &[&str] = &["saving", "guarded", "asked"];
/// As postings are called that give back what was put aside.
pub const BACK: &str = "pot_back";

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Its owner puts something aside.
    Saving,
    /// The same, and a friend must agree before it is opened early.
    Guarded,
    /// The friend is asked whether it may be.
    Asked,
    /// The sum is reached.
    Full,
    /// All came back by itself.
    CameBack,
    /// It was opened before its day.
    Opened,
    /// There was nothing in it.
    Ended,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Its owner opens it early,
    Open,
    /// or asks the friend whether they may,
    Ask,
    /// or does not ask any more.
    Withdraw,
    /// The friend says yes,
    Agree,
    /// or no.
    Decline,
    /// What is put aside makes up the sum.
    Reach,
    /// All comes back,
    ComeBack,
    /// or cannot yet,
    Wait,
    /// or there is nothing.
    End,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::Saving, Event::Open, Role::Owner) | (State::Asked, Event::Agree, Role::Other) => {
            Some(State::Opened)
        }
        (State::Guarded, Event::Ask, Role::Owner) => Some(State::Asked),
        (State::Asked, Event::Withdraw, Role::Owner)
        | (State::Asked, Event::Decline, Role::Other) => Some(State::Guarded),
        (State::Saving | State::Guarded | State::Asked, Event::Reach, Role::Owner) => {
            Some(State::Full)
        }
        (open, Event::ComeBack, Role::Service) if is_open(open) => Some(State::CameBack),
        (open, Event::Wait, Role::Service) if is_open(open) => Some(open),
        (open, Event::End, Role::Service) if is_open(open) => Some(State::Ended),
        (
            State::Saving
            | State::Guarded
            | State::Asked
            | State::Full
            | State::CameBack
            | State::Opened
            | State::Ended,
            Event::Open
            | Event::Ask
            | Event::Withdraw
            | Event::Agree
            | Event::Decline
            | Event::Reach
            | Event::ComeBack
            | Event::Wait
            | Event::End,
            _anybody,
        ) => None,
    }
}

fn is_open(state: State) -> bool {
    KIND.open.contains(&state.into())
}

/// What somebody saves for, as it waits for its day.
pub const KIND: Kind = Kind {
    name: "pot",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    of_staff: false,
    begins: &["saving", "guarded"],
    open: &["saving", "guarded", "asked", "full"],
    apply: |state, event, role| kind::in_words(state, event, role, apply),
    gone: POT_GONE,
    wants: &[|_context, row| Pot::of(row).map(|pot| pot.wants()).into_iter().collect()],
    wake,
};

/// It came back by itself.
pub const CAME_BACK: Message = Message::balance(
    "sms.pot_back",
    &[Slot("goal", value::Kind::Name), Slot("amount", value::Kind::Money)],
);
/// It ended, or was opened, with nothing in it.
pub const EMPTY: Message = Message::plain("sms.pot_empty", &[Slot("goal", value::Kind::Name)]);

/// What only pots know of themselves. What is in one is the balance of its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What it is for, in the words of its owner.
    pub goal: String,
    /// With how much in it it ends, minor units, where a sum was chosen.
    pub sum_minor: Option<i64>,
    /// When it ends at the latest.
    pub until: Day,
    /// When the friend was asked last.
    pub asked: Option<Day>,
}

/// A pot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pot {
    /// As it is stored.
    pub row: ArrangementRow,
    /// Where it is.
    pub state: State,
    /// Where its money lies.
    pub account_id: AccountId,
    /// The rest of what was stored.
    pub terms: Terms,
}

impl Pot {
    /// What is stored, read.
    pub fn of(row: &ArrangementRow) -> Result<Pot, PlanError> {
        let state = row.state.parse().map_err(|_word| PlanError::Damaged("a pot"))?;
        let account_id = row.account.ok_or(PlanError::Damaged("a pot without an account"))?;
        Ok(Pot { row: row.clone(), state, account_id, terms: kind::body(row)? })
    }

    /// A new one of the caller's, with a friend or without.
    pub fn new(
        context: &Context,
        friend: Option<AccountId>,
        terms: Terms,
    ) -> Result<Pot, PlanError> {
        let account_id = AccountId::of(context.fresh_id.saturating_add(1));
        let state = if friend.is_some() { State::Guarded } else { State::Saving };
        let row = KIND.row(context, state.into(), context.person()?.account_id, friend);
        let due_at = Some(terms.until.at_hour(HOUR, &context.config.market.zone).micros());
        let row = ArrangementRow { due_at, body: kind::written(&terms), ..row };
        Ok(Pot { row, state, account_id, terms })
    }

    /// The one that the input `pot` names, if something may still come of it.
    pub fn chosen(context: &Context) -> Result<Pot, PlanError> {
        let row = context.facts.arrangement(context.chosen("pot", POT_GONE)?)?;
        Pot::of(row.filter(|row| row.kind == KIND.name && row.open).ok_or(POT_GONE)?)
    }

    /// The same, which must be the caller's and not be over in a moment.
    pub fn own(context: &Context) -> Result<Pot, PlanError> {
        let owner = context.person()?.account_id;
        let pot = Pot::chosen(context)?;
        let own = pot.row.owner == owner && TAKES.contains(&pot.row.state.as_str());
        if own { Ok(pot) } else { Err(POT_GONE.into()) }
    }

    /// What must be read to know what is in it.
    pub fn wants(&self) -> Want {
        Want::Account(self.account_id)
    }

    /// How that account stands.
    pub fn account<'a>(&self, context: &Context<'a>) -> Result<&'a Account, PlanError> {
        let account = context.facts.account(self.account_id)?;
        account.ok_or(PlanError::Damaged("a pot whose account is not there"))
    }

    /// What it is for.
    pub fn goal(&self) -> Value {
        Value::Name(self.terms.goal.clone())
    }

    /// What texts say of it: `goal` and, as `aim`, until which `day` or up to which `sum`, which is
    /// nothing where there is none.
    pub fn told(&self, context: &Context) -> Slots {
        let aim = if self.terms.sum_minor.is_some() { "sum" } else { "day" };
        Slots::from([
            ("goal".into(), self.goal()),
            ("aim_code".into(), aim.into()),
            ("day".into(), self.terms.until.into()),
            ("sum".into(), context.money(self.terms.sum_minor.unwrap_or(0)).into()),
        ])
    }
}

/// What must be read of the pot that was chosen.
pub fn named(context: &Context) -> Vec<Want> {
    context.chosen("pot", POT_GONE).map(Want::Arrangement).into_iter().collect()
}

/// And of what is in it.
pub fn contents(context: &Context) -> Vec<Want> {
    Pot::chosen(context).map(|pot| pot.wants()).into_iter().collect()
}

/// What must be read to know what is open of the caller's.
pub fn mine(context: &Context) -> Vec<Want> {
    let owner = context.person().map(|owner| place::open_of(&KIND, owner.account_id));
    owner.map(Want::Arrangements).into_iter().collect()
}

/// What is open of the caller's, the oldest first.
pub fn found(context: &Context) -> Result<Vec<Pot>, PlanError> {
    let owner = context.person()?.account_id;
    context.facts.arrangements(place::open_of(&KIND, owner))?.iter().rev().map(Pot::of).collect()
}

/// Its day has come, or its sum is there.
fn wake(
    context: &Context,
    row: &ArrangementRow,
    refused: Option<&Refusal>,
) -> Result<Act, PlanError> {
    let pot = Pot::of(row)?;
    match refused {
        // a mistake of ours: it is reported, and looked at again
        Some(refusal) if refusal.reason == Reason::INVALID => return Err(refusal.clone().into()),
        Some(_cannot_yet) => return pot.waits(context),
        None => {}
    }
    let owner = context.person()?;
    let account = pot.account(context)?;
    let wallet = party::account(context, owner.account_id)?;
    let (event, able) = if account.balance_minor == 0 {
        (Event::End, true)
    } else {
        (Event::ComeBack, account.state.pays() && wallet.state.receives())
    };
    if !able {
        return pot.waits(context);
    }
    let mut act = pot.emptied(context, event, Role::Service)?;
    act.changes.push(pot.news(context, owner)?);
    Ok(act)
}

#[cfg(test)]
mod tests {
    use super::super::trial::{NOW, Trial, account};
    use super::coming_back::AGAIN_AFTER;
    use super::early_opening::tests::pot;
    use super::*;
    use crate::book::Change;
    use crate::id::Id;
    use crate::store::book_rows::AccountState;
    use crate::store::facts::Found;

    fn holds(trial: &mut Trial, state: AccountState, minor: i64) {
        let account = Account { state, last_posting: Some(Id::of(77)), ..account(900, minor) };
        trial.set(Want::Account(Id::of(900)), Found::Account(Some(account)));
    }

    fn said(act: Act) -> (String, Vec<i64>, Vec<String>) {
        let put = act.changes.iter().find_map(|change| match change {
            Change::Put(put) => Some(format!("{} = {}", put.event, put.row.state)),
            _ => None,
        });
        let legs = act.legs.iter().map(|leg| leg.amount_minor).collect();
        let plan = super::super::plan::Plan { act: Some(act), ..Default::default() };
        let told = plan.messages().into_iter().map(|(key, slots)| format!("{key} {slots}"));
        (put.unwrap(), legs, told.collect())
    }

    #[test]
    fn a_text_leaves_an_order_for_the_pot_that_it_names() {
        let (mut trial, row, [amina, _]) = pot("saving", None, 5_000);
        let body = row.body.replace("School", "Goat");
        let rows = vec![ArrangementRow { id: Id::of(2), body, ..row.clone() }, row];
        let mine = place::open_of(&KIND, Id::of(101));
        trial.set(Want::Arrangements(mine), Found::Arrangements(rows));
        let ask = |words: &str| {
            let ask = trial.ask(&saving::BY_TEXT, trial.caller(&amina)).with("amount", "5000");
            ask.with("reference", words).execute()
        };
        let plan = ask("school").planned();
        assert_eq!((plan.said("name").as_str(), plan.said("total").as_str()), ("School", "KES 50"));
        assert!(plan.act.unwrap().legs.is_empty(), "a text moves nothing");
        assert_eq!(["", "x"].map(|words| ask(words).reason().0), [saving::POT_WHICH; 2]);
    }

    #[test]
    fn on_its_day_all_comes_back_and_an_empty_one_just_ends() {
        for state in KIND.open {
            let (mut trial, row, _) = pot(state, None, 5_000);
            holds(&mut trial, AccountState::Open, 5_000);
            let act = trial.wakes(&KIND, &row).unwrap();
            let at = Change::AtPosting { account: Id::of(900), posting: Some(Id::of(77)) };
            assert_eq!(format!("{:?}", act.changes[0]), format!("{at:?}"), "what comes between");
            let told = vec!["sms.pot_back amount=KES 50 goal=School".to_owned()];
            assert_eq!(said(act), ("come_back = came_back".to_owned(), vec![-5_000, 5_000], told));
            holds(&mut trial, AccountState::Open, 0);
            let told = vec!["sms.pot_empty goal=School".to_owned()];
            let ended = said(trial.wakes(&KIND, &row).unwrap());
            assert_eq!(ended, ("end = ended".to_owned(), Vec::new(), told));
        }
    }

    #[test]
    fn what_cannot_come_back_is_tried_again_the_next_day() {
        let waits = |act: Act| {
            let Change::Put(put) = &act.changes[0] else { panic!("{act:?}") };
            assert_eq!(put.row.due_at, Some(NOW.plus(AGAIN_AFTER).micros()));
            assert_eq!(said(act), ("wait = guarded".to_owned(), Vec::new(), Vec::new()));
        };
        let (mut trial, row, [amina, _]) = pot("guarded", None, 5_000);
        for (state, comes) in [(AccountState::StopCredit, false), (AccountState::StopDebit, true)] {
            trial.change(&amina, |member| member.account.state = state);
            let act = trial.wakes(&KIND, &row).unwrap();
            if comes { assert_eq!(act.legs.len(), 2) } else { waits(act) }
        }
        for (state, comes) in [(AccountState::StopDebit, false), (AccountState::StopCredit, true)] {
            holds(&mut trial, state, 5_000);
            let act = trial.wakes(&KIND, &row).unwrap();
            if comes { assert_eq!(act.legs.len(), 2) } else { waits(act) }
        }
        waits(trial.wakes_refused(&KIND, &row, &Reason::ACCOUNT_CLOSED.into()).unwrap());
        let mistake = trial.wakes_refused(&KIND, &row, &Reason::INVALID.into());
        assert_eq!(mistake.err(), Some(Reason::INVALID.into()));
    }
}
