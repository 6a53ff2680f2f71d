//! A line of a statement that something was made of: it is used once, in parts or as a whole, and
//! never above its amount. What is left of one that came in lies on an account of its own.

use super::super::arrangements::Role;
use super::super::arrangements::kind::{self, Kind, in_words};
use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use super::bank_case;
use crate::book::{Change, Key, Leg, Put, SUSPENSE};
use crate::id::{AccountId, ArrangementId, StatementId};
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::bank_rows::{BankLine, OPENING};
use crate::store::wants::Want;
use crate::time::Timestamp;
use strum::{EnumString, IntoStaticStr, VariantNames};

/// There is no such line, or it goes the other way.
pub const LINE_UNKNOWN: Reason = Reason::new("line_unknown");
/// Less than that is left of it.
pub const LINE_USED: Reason = Reason::new("line_used");

/// What a line is that no statement has: the balance before the first one.
pub const BEFORE_FIRST: &str = "before_first";

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Some of it is left.
    PartlyUsed,
    /// Nothing is.
    Used,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// Some more of it is used,
    Draw,
    /// or all that is left.
    Exhaust,
}

fn apply(state: State, event: Event, role: Role) -> Option<State> {
    match (state, event, role) {
        (State::PartlyUsed, Event::Draw, Role::Staff) => Some(State::PartlyUsed),
        (State::PartlyUsed, Event::Exhaust, Role::Staff) => Some(State::Used),
        _ => None,
    }
}

/// The kind.
pub const KIND: Kind = Kind {
    name: "bank_item",
    states: State::VARIANTS,
    events: Event::VARIANTS,
    apply: |state, event, role| in_words(state, event, role, apply),
    of_staff: false,
    begins: &["partly_used", "used"],
    open: &["partly_used"],
    gone: LINE_USED,
    wants: &[],
    // it has no clock
    wake: |_context, _row, _refused| Err(PlanError::Damaged("a line with a clock")),
};

/// A line as staff name it: the number of its statement, and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineName {
    statement: StatementId,
    place: i64,
}

impl LineName {
    /// As typed: `3012-4`; `3012-0` is what lay there before the first statement.
    pub fn parse(text: &str) -> Option<LineName> {
        let (statement, place) = text.trim().split_once('-')?;
        let place = place.parse().ok().filter(|place| *place >= OPENING)?;
        Some(LineName { statement: StatementId::of(statement.parse().ok()?), place })
    }

    /// The line that an input names.
    pub fn typed(context: &Context, field: &'static str) -> Result<LineName, PlanError> {
        let typed = context.field(field)?;
        Ok(LineName::parse(typed).ok_or_else(|| Refusal::of_field(LINE_UNKNOWN, field))?)
    }

    /// Which statement, and where in it.
    pub fn place(self) -> (StatementId, i64) {
        (self.statement, self.place)
    }

    /// As it is typed.
    pub fn text(self) -> String {
        format!("{}-{}", self.statement, self.place)
    }

    fn used(self) -> Search {
        let side = Side::Subject(self.text());
        Search { side, kind: KIND.name, open: false, since: 0, limit: 1 }
    }

    /// What must be read of it first,
    pub fn wants(self) -> Vec<Want> {
        let used = Want::Arrangements(self.used());
        vec![Want::BankLine(self.statement, self.place), used, bank_case::wants(&self.text())]
    }

    /// and then.
    pub fn wants_left(self, context: &Context) -> Vec<Want> {
        let rows = context.facts.arrangements(self.used());
        let account = rows.ok().and_then(|rows| rows.first()).and_then(|row| row.account);
        account.map(Want::Account).into_iter().collect()
    }
}

/// What is known of a line.
#[derive(Debug)]
pub struct Item<'a> {
    name: LineName,
    /// What the bank says.
    pub line: &'a BankLine,
    row: Option<&'a ArrangementRow>,
    /// What is left of it, above zero whichever way it goes.
    pub left_minor: i64,
}

impl<'a> Item<'a> {
    /// The one that an input names.
    pub fn typed(context: &Context<'a>, field: &'static str) -> Result<Item<'a>, PlanError> {
        Item::of(context, LineName::typed(context, field)?, field)
    }

    /// The line with this name, as an input named it.
    pub fn of(
        context: &Context<'a>,
        name: LineName,
        field: &'static str,
    ) -> Result<Item<'a>, PlanError> {
        let line = context.facts.bank_line(name.statement, name.place)?;
        let line = line.ok_or_else(|| Refusal::of_field(LINE_UNKNOWN, field))?;
        let row = context.facts.arrangements(name.used())?.first();
        let whole = line.amount_minor.checked_abs().ok_or(PlanError::Damaged("a line"))?;
        let left_minor = match row {
            None => whole,
            Some(row) => match row.account.filter(|_| row.open) {
                Some(account) => {
                    let account = context.facts.account(account)?;
                    account.ok_or(PlanError::Damaged("a line without its account"))?.balance_minor
                }
                None => 0,
            },
        };
        Ok(Item { name, line, row, left_minor })
    }

    /// Whether it came in.
    pub fn came_in(&self) -> bool {
        self.line.amount_minor > 0
    }

    /// Shows which it is, and what the bank says of it; no bank says what lay there before.
    pub fn show(&self, plan: &mut Plan) {
        plan.show("line", self.name.text());
        plan.show("said", self.line.said.clone());
        if self.line.is_opening() {
            plan.show("line_is", BEFORE_FIRST);
        }
    }

    /// Why no more is made of it.
    fn used(&self, context: &Context) -> Refusal {
        Refusal::of_field(LINE_USED, "amount").with("amount", context.money(self.left_minor))
    }

    /// Nothing was made of it yet.
    pub fn unused(&self, context: &Context) -> Result<(), PlanError> {
        if self.row.is_none() { Ok(()) } else { Err(self.used(context).into()) }
    }

    /// Uses an amount of one that came in: what it takes from where it lies, and what is recorded.
    /// `number` and the one behind it are never used before.
    pub fn draw(
        &self,
        context: &Context,
        amount: Money,
        number: i64,
        note: &str,
    ) -> Result<(Vec<Leg>, Vec<Change>), PlanError> {
        if !self.came_in() {
            return Err(LINE_UNKNOWN.into());
        }
        let rest = self.left_minor.checked_sub(amount.minor).filter(|rest| *rest >= 0);
        let rest = rest.ok_or_else(|| self.used(context))?;
        let leg = |account, amount_minor| Leg { account, amount_minor };
        if let Some(row) = self.row {
            let account = row.account.ok_or_else(|| self.used(context))?;
            let event = if rest == 0 { Event::Exhaust } else { Event::Draw };
            let mut changes = vec![KIND.moved(row, event.into(), Role::Staff, note)?];
            if rest == 0 {
                changes.extend(bank_case::resolved(context, &self.name.text(), note)?);
            }
            return Ok((vec![leg(account, amount.minor.saturating_neg())], changes));
        }
        let whole = leg(SUSPENSE, self.left_minor.saturating_neg());
        if rest == 0 {
            return Ok((vec![whole], self.use_whole(context, number, note)?));
        }
        let account = AccountId::of(number.saturating_add(1));
        let mut changes = vec![kind::opened_account(context, account)];
        changes.extend(self.begun(context, State::PartlyUsed, number, Some(account), note));
        Ok((vec![whole, leg(account, rest)], changes))
    }

    /// Uses all of it at once, where nothing was made of it yet.
    pub fn use_whole(
        &self,
        context: &Context,
        number: i64,
        note: &str,
    ) -> Result<Vec<Change>, PlanError> {
        let mut changes = self.begun(context, State::Used, number, None, note);
        changes.extend(bank_case::resolved(context, &self.name.text(), note)?);
        Ok(changes)
    }

    fn begun(
        &self,
        context: &Context,
        state: State,
        number: i64,
        account: Option<AccountId>,
        note: &str,
    ) -> Vec<Change> {
        let owner = AccountId::of(self.name.statement.number());
        let row = KIND.row(context, state.into(), owner, None);
        let id = ArrangementId::of(number);
        let row = ArrangementRow { id, account, subject: self.name.text(), ..row };
        let key = Key::new(Timestamp::from_micros(0), KIND.name, self.name.text().as_bytes());
        // of two who use it first at one moment, one is planned anew
        let put = Put { row, event: "begin", note: note.to_owned() };
        vec![Change::Claim { key }, Change::Put(put)]
    }
}
