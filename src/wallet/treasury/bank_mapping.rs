//! Changing how the CSV files of an account at a bank are read. Which column is in and which is out
//! decides what every statement says, so it takes two, and whoever says yes sees all of it, before
//! and after.

use super::super::context::{Context, People};
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use super::bank_opening::{BANK_UNKNOWN, named};
use super::typed_map::{
    MAP_AT, MAP_KEY, MAP_LINE, MAP_MISSING, MAP_UNKNOWN, MAP_VALUE, in_line, understood,
};
use crate::bank::ColumnMap;
use crate::book::{Change, Keep};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::bank_rows::BankAccountRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// It is the map that counts already.
pub const MAP_SAME: Reason = Reason::new("map_same");

/// Inputs `bank`, `map`, which may be empty where its files are no CSV any more, and `why`.
pub const MAP: Service = Service {
    name: "change_column_map",
    authority: Authority::Staff(Right::Bank),
    needs: |_context, _plan| People::Two,
    wants: &[|_context| vec![Want::BankAccounts]],
    decide: change,
    shows: &[
        Slot("bank", Kind::Text),
        Slot("number", Kind::Text),
        Slot("map_changes", Kind::Text),
        Slot("map_before", Kind::Text),
        Slot("map", Kind::Text),
        MAP_KEY,
        MAP_AT,
    ],
    refusals: &[BANK_UNKNOWN, MAP_SAME, MAP_LINE, MAP_UNKNOWN, MAP_MISSING, MAP_VALUE],
    ..Service::PLAIN
};

fn change(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let bank = named(context, "bank")?;
    plan.show("bank", bank.name.clone());
    plan.show("number", bank.number.clone());
    plan.show("map_before", in_line(&bank.column_map));
    let map = understood(context)?;
    plan.show("map", in_line(&map));
    if map == bank.column_map {
        return Err(Refusal::of_field(MAP_SAME, "map").into());
    }
    let changes = ColumnMap::changes(&bank.column_map, &map).into_iter();
    let changes = changes.map(|(key, was, is)| format!("{key}: {was} -> {is}"));
    plan.show("map_changes", changes.collect::<Vec<_>>().join("; "));
    let row = BankAccountRow { column_map: map, ..bank.next() };
    let note = why(context)?.to_owned();
    let keep = Keep { record: Record::BankAccount(row), event: "map", note };
    let changes = vec![Change::Keep(keep)];
    plan.commit(Act { kind: "change_column_map", changes, ..Act::default() });
    Ok(())
}
