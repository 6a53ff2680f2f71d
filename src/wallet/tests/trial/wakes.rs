//! What is done about an arrangement whose time has come, tried without a database: the steps and
//! the decision of its kind, as the worker takes them.

use super::super::super::arrangements::Kind;
use super::super::super::context::Peers;
use super::super::super::plan::{Act, PlanError};
use super::super::super::service::{self, Service};
use super::super::super::{PEERS, SERVICES};
use super::Trial;
use crate::refusal::Refusal;
use crate::request::Mode;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::facts::Facts;
use crate::store::wants::Want;

impl Trial {
    /// What is done about an arrangement whose time has come.
    pub fn wakes(&self, kind: &Kind, row: &ArrangementRow) -> Result<Act, PlanError> {
        self.woken(kind, row, &PEERS, None)
    }

    /// What is done instead, when the book has refused that.
    pub fn wakes_refused(
        &self,
        kind: &Kind,
        row: &ArrangementRow,
        refusal: &Refusal,
    ) -> Result<Act, PlanError> {
        self.woken(kind, row, &PEERS, Some(refusal))
    }

    /// What is done where these are all the services.
    pub fn wakes_among(
        &self,
        services: &'static [Service],
        kind: &Kind,
        row: &ArrangementRow,
    ) -> Result<Act, PlanError> {
        self.woken(kind, row, Box::leak(Box::new(service::peers(services))), None)
    }

    fn woken(
        &self,
        kind: &Kind,
        row: &ArrangementRow,
        peers: &'static Peers,
        refused: Option<&Refusal>,
    ) -> Result<Act, PlanError> {
        let caller = self.caller(&self.person_of(row.owner));
        let mut request = self.ask(&SERVICES[0], caller.clone());
        request.peers = peers;
        let job = request.job(Mode::Execute);
        let sides = [Some(row.owner), row.other];
        let mut wants: Vec<Want> = sides.into_iter().flatten().map(Want::Owner).collect();
        let mut facts = Facts::default();
        for step in kind.wants.iter().map(Some).chain([None]) {
            for want in wants.drain(..) {
                let found = self.answer(&want, &caller);
                facts.put(want, found);
            }
            wants = step.map(|step| step(&job.context(&caller, &facts), row)).unwrap_or_default();
        }
        (kind.wake)(&job.context(&caller, &facts), row, refused)
    }
}
