//! What a decision may know of closed days, by the question that was asked.

use super::day_rows::{DayHead, SheetAtCut};
use super::facts::{Facts, Found, NotWanted};
use super::wants::Want;
use crate::id::SheetId;

impl Facts {
    /// The newest day that was closed (`Want::LastDay`).
    pub fn last_day(&self) -> Result<Option<&DayHead>, NotWanted> {
        let found = self.get(&Want::LastDay, |found| {
            if let Found::Day(day) = found { Some(&day.as_ref().0) } else { None }
        });
        Ok(found?.as_ref())
    }

    /// A day that was closed (`Want::ClosedDay`).
    pub fn closed_day(&self, id: i64) -> Result<Option<&DayHead>, NotWanted> {
        let found = self.get(&Want::ClosedDay(id), |found| {
            if let Found::Day(day) = found { Some(&day.as_ref().0) } else { None }
        });
        Ok(found?.as_ref())
    }

    /// A sheet that is not signed (`Want::DaySheet`).
    pub fn day_sheet(&self, id: SheetId) -> Result<Option<&SheetAtCut>, NotWanted> {
        let found = self.get(&Want::DaySheet(id), |found| {
            if let Found::Day(day) = found { Some(&day.as_ref().1) } else { None }
        });
        Ok(found?.as_ref())
    }
}
