//! Opening an account at a bank: its mirror among the accounts, empty until the first statement.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::people::join::empty_wallet;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::typed_map::{
    MAP_AT, MAP_KEY, MAP_LINE, MAP_MISSING, MAP_UNKNOWN, MAP_VALUE, in_line, understood,
};
use crate::bank::account_known_as;
use crate::book::{CHARGES, Change, INTEREST, Keep, OUTGOING};
use crate::id::{AccountId, PostingId};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::bank_rows::BankAccountRow;
use crate::store::book_rows::{Account, AccountKind};
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// There is one by that name, or that number.
pub const BANK_TAKEN: Reason = Reason::new("bank_taken");
/// There is none by that name.
pub const BANK_UNKNOWN: Reason = Reason::new("bank_unknown");

/// Letters of a name, and of a number.
const NAME_MAX: usize = 24;
const NUMBER_MAX: usize = 40;

/// Inputs `name`, `number` as statements name it, `map` for CSV files or empty, and `why`.
pub const OPEN: Service = Service {
    name: "open_bank_account",
    authority: Authority::Staff(Right::Bank),
    needs: |_context, _plan| People::Two,
    opens: 1,
    wants: &[|_context| {
        let own = [OUTGOING, CHARGES, INTEREST].map(Want::Account);
        [Want::BankAccounts].into_iter().chain(own).collect()
    }],
    decide: open,
    shows: &[
        Slot("bank", Kind::Text),
        Slot("number", Kind::Text),
        Slot("map", Kind::Text),
        MAP_KEY,
        MAP_AT,
    ],
    refusals: &[BANK_TAKEN, MAP_LINE, MAP_UNKNOWN, MAP_MISSING, MAP_VALUE],
    ..Service::PLAIN
};

/// The account at a bank that an input names.
pub fn named<'a>(
    context: &Context<'a>,
    field: &'static str,
) -> Result<&'a BankAccountRow, PlanError> {
    let name = context.field(field)?.trim().to_lowercase();
    let found = context.facts.bank_accounts()?.iter().find(|row| row.name == name);
    Ok(found.ok_or_else(|| Refusal::of_field(BANK_UNKNOWN, field))?)
}

fn plain(text: &str, most: usize) -> Option<String> {
    let text = text.trim().to_lowercase();
    let good = (2..=most).contains(&text.chars().count())
        && text.chars().any(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '/'));
    good.then_some(text)
}

fn open(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let name = plain(context.field("name")?, NAME_MAX)
        .ok_or_else(|| Refusal::of_field(Reason::NAME_FORMAT, "name"))?;
    let number = plain(context.field("number")?, NUMBER_MAX)
        .ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "number"))?
        .to_uppercase();
    // by whatever blanks and signs: money of one account under two names would count twice
    let same = |row: &BankAccountRow| account_known_as(&row.number) == account_known_as(&number);
    let taken = |row: &&BankAccountRow| row.name == name || same(row);
    if context.facts.bank_accounts()?.iter().any(|row| taken(&row)) {
        return Err(BANK_TAKEN.into());
    }
    plan.show("bank", name.clone());
    plan.show("number", number.clone());
    let map = understood(context)?;
    // which column is in and which is out, whoever says yes sees too
    plan.show("map", in_line(&map));
    let id = AccountId::of(context.fresh_id);
    let row = BankAccountRow {
        id,
        version: 1,
        last_posting: PostingId::NONE,
        name,
        number,
        column_map: map,
        closing_minor: None,
        ended_number: None,
        ended_on: None,
    };
    let currency = context.config.market.currency;
    let opened = |id, kind, floor_minor| {
        let account = empty_wallet(id, currency.as_str());
        Change::OpenAccount(Account { kind, floor_minor, ..account })
    };
    let mut changes = vec![opened(id, AccountKind::Trust, None)];
    // those of all banks, with the first one
    for (own, kind, floor) in [
        (OUTGOING, AccountKind::Suspense, None),
        (CHARGES, AccountKind::Commission, None),
        (INTEREST, AccountKind::Fees, Some(0)),
    ] {
        if context.facts.account(own)?.is_none() {
            changes.push(opened(own, kind, floor));
        }
    }
    let keep =
        Keep { record: Record::BankAccount(row), event: "open", note: why(context)?.to_owned() };
    changes.push(Change::Keep(keep));
    plan.commit(Act { kind: "open_bank", changes, ..Act::default() });
    Ok(())
}
