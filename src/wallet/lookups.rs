//! How many numbers somebody looks up without paying: the name of whoever has one is shown before
//! the yes, and is not there for the asking. Each node counts for itself, and forgets with the
//! hour: a count that is lost costs a few names. What is shown of whom is not known here.

use super::caller::Caller;
use super::service::Service;
use crate::refusal::{Reason, Refusal};
use crate::request::Fields;
use crate::time::Timestamp;
use crate::value::Kind;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// Different numbers an hour that lead to nothing.
const LOOKED_UP_MAX: usize = 20;
/// The same for who serves at an outlet, all day long.
const AT_AN_OUTLET_MAX: usize = 200;
/// Callers that are counted at a time.
const CALLERS_MAX: usize = 100_000;
const HOUR_MICROS: i64 = 3_600_000_000;
/// The input that names whom something is for.
const TO: &str = "to";

/// What was looked up in this hour.
#[derive(Debug, Default)]
pub struct Lookups(Mutex<Hour>);

#[derive(Debug, Default)]
struct Hour {
    number: i64,
    by: HashMap<String, BTreeSet<String>>,
}

impl Lookups {
    /// Refuses to say whose number this is where the caller has seen enough of others. The same
    /// number again is the same one.
    pub fn look_up(
        &self,
        service: &Service,
        caller: &Caller,
        fields: &Fields,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(to) = fields.get(TO).filter(|_| names(service)) else { return Ok(()) };
        let max = if caller.post.is_some() { AT_AN_OUTLET_MAX } else { LOOKED_UP_MAX };
        let mut hour = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let this = now.micros().div_euclid(HOUR_MICROS);
        if hour.number != this {
            *hour = Hour { number: this, by: HashMap::new() };
        }
        let caller = caller.msisdn.e164();
        if hour.by.len() >= CALLERS_MAX && !hour.by.contains_key(caller) {
            return Ok(());
        }
        let seen = hour.by.entry(caller.to_owned()).or_default();
        if !seen.contains(to) && seen.len() >= max {
            return Err(Reason::LOOKED_UP_ENOUGH.into());
        }
        seen.insert(to.clone());
        Ok(())
    }

    /// It led to something: it counts no more.
    pub fn done(&self, caller: &Caller, fields: &Fields) {
        let Some(to) = fields.get(TO) else { return };
        let mut hour = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = hour.by.get_mut(caller.msisdn.e164()) {
            seen.remove(to);
        }
    }
}

/// Whether it shows a name.
fn names(service: &Service) -> bool {
    service.shows.iter().any(|slot| slot.1 == Kind::Name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "tests stop where they fail")]

    use super::*;
    use crate::wallet::people::{balance, send};
    use crate::wallet::trial::Trial;

    fn to(number: usize) -> Fields {
        Fields::from([(TO.to_owned(), format!("+2547{number:08}"))])
    }

    #[test]
    fn who_only_looks_numbers_up_comes_to_an_end_and_who_pays_does_not() {
        let trial = Trial::new();
        let (lookups, caller) = (Lookups::default(), trial.stranger("+254700000009"));
        let at = |hour: i64| Timestamp::from_micros(hour * HOUR_MICROS + 7);
        let may = |number| lookups.look_up(&send::SERVICE, &caller, &to(number), at(1)).is_ok();
        assert_eq!((0..50).filter(|number| may(*number)).count(), LOOKED_UP_MAX);
        assert!(may(3), "it was looked up already");
        assert!(!may(60));
        lookups.done(&caller, &to(3));
        assert!(may(60) && !may(61));
        assert!(
            lookups.look_up(&balance::SERVICE, &caller, &to(61), at(1)).is_ok(),
            "it shows no name"
        );
        let other = trial.stranger("+254700000008");
        assert!(lookups.look_up(&send::SERVICE, &other, &to(61), at(1)).is_ok());
        assert!(lookups.look_up(&send::SERVICE, &caller, &to(61), at(2)).is_ok(), "the next hour");
    }
}
