//! What is done about an arrangement whose time has come, tried without a database.

use super::super::SERVICES;
use super::super::arrangements::Kind;
use super::super::plan::{Act, PlanError};
use super::trial::Trial;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;

impl Trial {
    /// What is done when its time has come.
    pub fn wakes(&self, kind: &Kind, row: &ArrangementRow) -> Result<Act, PlanError> {
        self.wakes_after(kind, row, None)
    }

    /// What is done where the book has refused that.
    pub fn wakes_after(
        &self,
        kind: &Kind,
        row: &ArrangementRow,
        refused: Option<&Refusal>,
    ) -> Result<Act, PlanError> {
        let owner = self.person_of(row.owner);
        let request = || self.ask(&SERVICES[0], self.caller(&owner));
        let sides = [Some(row.owner), row.other];
        let mut wants: Vec<Want> = sides.into_iter().flatten().map(Want::Owner).collect();
        for step in kind.wants {
            wants.extend(request().work(&wants, |context| step(context, row)));
        }
        request().work(&wants, |context| (kind.wake)(context, row, refused))
    }
}
