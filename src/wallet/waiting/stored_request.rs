//! A request that is stored and asked later, as its owner would ask it then: each time by a
//! standing order, once by an order of their own. Which services there are is not known here: one
//! is found by its name among those that allow it.

use super::super::context::Context;
use super::super::plan::{Plan, PlanError};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::request::Fields;
use crate::store::wants::Want;
use crate::value::Value;
use serde::{Deserialize, Serialize};

/// A request that is stored: of which service, and what was typed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRequest {
    /// The name of the service.
    pub service: String,
    /// Its inputs, in canonical form.
    pub inputs: Fields,
}

/// What the service says to a stored request now.
#[derive(Debug)]
pub struct Asked {
    /// What would happen; what was shown before a refusal stays.
    pub plan: Plan,
    /// Why not.
    pub refused: Option<Refusal>,
}

impl StoredRequest {
    /// What a step of the service wants to be read.
    pub fn wants(&self, context: &Context, step: usize) -> Vec<Want> {
        let service = context.peers.by_standing_order.get(self.service.as_str());
        let wants = service.and_then(|service| service.wants.get(step));
        wants.map(|wants| wants(&self.context(context))).unwrap_or_default()
    }

    /// Asks the service as its owner would now.
    pub fn asked(&self, context: &Context) -> Result<Asked, PlanError> {
        let mut plan = Plan::default();
        let decided = match context.peers.by_standing_order.get(self.service.as_str()) {
            Some(service) => (service.decide)(&self.context(context), &mut plan),
            None => Err(Reason::SERVICE_UNKNOWN.into()),
        };
        match decided {
            Ok(()) => Ok(Asked { plan, refused: None }),
            Err(PlanError::Refused(refusal)) => Ok(Asked { plan, refused: Some(refusal) }),
            Err(error @ (PlanError::NotWanted(_) | PlanError::Damaged(_))) => Err(error),
        }
    }

    fn context<'a>(&'a self, context: &Context<'a>) -> Context<'a> {
        Context { fields: &self.inputs, ..*context }
    }
}

impl Asked {
    /// What it costs altogether, where it comes to that.
    pub fn total(&self) -> Option<Money> {
        self.plan.slots.get("total").and_then(Value::money)
    }
}
