//! Taking a statement: a file that was read beside the book becomes part of it in one act, whole or
//! not at all. It has to prove itself (what was there, and all its lines, come to what is there),
//! and to begin where the last one ended.

use super::super::context::Context;
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use crate::book::{Change, Keep, Leg, OUTGOING, SUSPENSE};
use crate::id::StatementId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::bank_rows::{BankAccountRow, BankFile, BankStatementRow, STATEMENT_TAKEN};
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// No file was read under that number.
pub const FILE_UNKNOWN: Reason = Reason::new("file_unknown");
/// Its lines do not come to the difference of its balances.
pub const STATEMENT_WRONG: Reason = Reason::new("statement_wrong");
/// It does not begin where the last one ended.
pub const STATEMENT_GAP: Reason = Reason::new("statement_gap");

/// Input `file`, the number under which it was read, and `why`.
pub const TAKE: Service = Service {
    name: "take_statement",
    authority: Authority::Staff(Right::Bank),
    wants: &[|context| {
        let file = file_id(context).map(Want::BankFile);
        file.into_iter().chain([Want::BankAccounts]).collect()
    }],
    decide: take,
    shows: &[
        Slot("bank", Kind::Text),
        Slot("from_day", Kind::Text),
        Slot("to_day", Kind::Text),
        Slot("opening", Kind::Money),
        Slot("closing", Kind::Money),
        Slot("came_in", Kind::Money),
        Slot("went_out", Kind::Money),
        Slot("lines", Kind::Count),
    ],
    refusals: &[FILE_UNKNOWN, STATEMENT_WRONG, STATEMENT_GAP, STATEMENT_TAKEN],
    ..Service::PLAIN
};

fn file_id(context: &Context) -> Result<StatementId, PlanError> {
    context.chosen("file", FILE_UNKNOWN)
}

/// Whether its lines come to the difference of its balances, exactly.
fn is_proved(file: &BankFile) -> bool {
    let row = &file.row;
    let moved = file.in_minor.checked_sub(file.out_minor);
    moved.and_then(|moved| row.opening_minor.checked_add(moved)) == Some(row.closing_minor)
}

fn take(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let file = context.facts.bank_file(file_id(context)?)?;
    // one of which not all lines are there was never read to its end
    let file = file.filter(|file| file.lines == file.row.lines).ok_or(FILE_UNKNOWN)?;
    let bank = context.facts.bank_accounts()?.iter().find(|bank| bank.id == file.row.bank);
    let bank = bank.ok_or(PlanError::Damaged("a statement of no account"))?;
    plan.show("bank", bank.name.clone());
    plan.show("from_day", file.row.opened_on.clone());
    plan.show("to_day", file.row.closed_on.clone());
    plan.show("opening", context.money(file.row.opening_minor));
    plan.show("closing", context.money(file.row.closing_minor));
    plan.show("came_in", context.money(file.in_minor));
    plan.show("went_out", context.money(file.out_minor));
    plan.show("lines", crate::value::Value::Count(file.lines));
    if !is_proved(file) {
        return Err(STATEMENT_WRONG.into());
    }
    if bank.closing_minor.is_some_and(|closing| closing != file.row.opening_minor) {
        let last = bank.closing_minor.unwrap_or(0);
        return Err(Refusal::of_field(STATEMENT_GAP, "file")
            .with("balance", context.money(last))
            .into());
    }
    plan.commit(Act {
        kind: "statement",
        legs: legs(bank, file)?,
        changes: kept(bank, file, why(context)?),
        ..Act::default()
    });
    Ok(())
}

/// What moves the mirror: what came in is nobody's yet, what went out is to be explained. Before
/// the first statement there is nothing: what was there then came in with it.
fn legs(bank: &BankAccountRow, file: &BankFile) -> Result<Vec<Leg>, PlanError> {
    const TOO_MUCH: PlanError = PlanError::Damaged("a statement beyond all sums");
    let begun = if bank.closing_minor.is_none() { file.row.opening_minor } else { 0 };
    let came = file.in_minor.checked_add(begun.max(0)).ok_or(TOO_MUCH)?;
    let went = file.out_minor.checked_add(begun.min(0).saturating_neg()).ok_or(TOO_MUCH)?;
    let mirror = went.checked_sub(came).ok_or(TOO_MUCH)?;
    let legs = [(bank.id, mirror), (SUSPENSE, came), (OUTGOING, went.saturating_neg())];
    let leg = |(account, amount_minor)| Leg { account, amount_minor };
    Ok(legs.into_iter().filter(|(_, amount)| *amount != 0).map(leg).collect())
}

fn kept(bank: &BankAccountRow, file: &BankFile, why: &str) -> Vec<Change> {
    let row = &file.row;
    let statement = BankStatementRow {
        id: row.id,
        version: 1,
        last_posting: crate::id::PostingId::NONE,
        bank: bank.id,
        digest: row.digest.clone(),
        number: row.number.clone(),
        opened_on: row.opened_on.clone(),
        closed_on: row.closed_on.clone(),
        opening_minor: row.opening_minor,
        closing_minor: row.closing_minor,
        in_minor: file.in_minor,
        out_minor: file.out_minor,
        lines: file.lines,
    };
    let ended = BankAccountRow {
        closing_minor: Some(row.closing_minor),
        ended_number: row.number.clone(),
        ended_on: Some(row.closed_on.clone()),
        ..bank.next()
    };
    let keep = |record| Change::Keep(Keep { record, event: "statement", note: why.to_owned() });
    vec![keep(Record::BankStatement(statement)), keep(Record::BankAccount(ended))]
}
