//! How many numbers somebody looks up without paying, and how often: the name of whoever has one is
//! shown before the yes, and is not there for the asking. Each node counts for itself, and forgets
//! with the hour: a count that is lost costs a few names. What is shown of whom is not known here.

use super::caller::Caller;
use super::service::Service;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::request::Fields;
use crate::time::Timestamp;
use crate::value::Kind;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// Different numbers an hour that lead to nothing.
const LOOKED_UP_MAX: usize = 20;
/// The same for who serves at an outlet, all day long: whoever is served does not count, and more
/// slips than these nobody makes.
const AT_AN_OUTLET_MAX: usize = 60;
/// How often each of them is looked at, on an average: a payment shows its name on each screen.
const LOOKS_EACH: usize = 5;
/// Callers that are counted at a time.
const CALLERS_MAX: usize = 100_000;
const HOUR_MICROS: i64 = 3_600_000_000;

/// What was looked up in this hour.
#[derive(Debug, Default)]
pub struct Lookups(Mutex<Hour>);

#[derive(Debug, Default)]
struct Hour {
    number: i64,
    by: HashMap<String, Seen>,
}

/// What one caller has looked at.
#[derive(Debug, Default)]
struct Seen {
    numbers: BTreeSet<String>,
    looks: usize,
}

impl Lookups {
    /// Refuses to say whose number this is where the caller has seen enough of others, or looks on
    /// and on.
    pub fn look_up(
        &self,
        service: &Service,
        caller: &Caller,
        fields: &Fields,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let numbers: Vec<&String> = numbers(fields).filter(|_| names(service)).collect();
        if numbers.is_empty() {
            return Ok(());
        }
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
        for number in numbers {
            let is_new = !seen.numbers.contains(number);
            let enough = is_new && seen.numbers.len() >= max;
            if enough || seen.looks >= max.saturating_mul(LOOKS_EACH) {
                return Err(Reason::LOOKED_UP_ENOUGH.into());
            }
            seen.numbers.insert(number.clone());
        }
        seen.looks = seen.looks.saturating_add(1);
        Ok(())
    }

    /// It led to something: it counts no more.
    pub fn done(&self, caller: &Caller, fields: &Fields) {
        let mut hour = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = hour.by.get_mut(caller.msisdn.e164()) {
            for number in numbers(fields) {
                seen.numbers.remove(number);
                seen.looks = seen.looks.saturating_sub(LOOKS_EACH);
            }
        }
    }
}

/// The inputs that are numbers, whatever they are called: whom something is for, who shares a bill.
fn numbers(fields: &Fields) -> impl Iterator<Item = &String> {
    fields.values().filter(|value| Msisdn::from_e164(value).is_some())
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
        Fields::from([("to".to_owned(), format!("+2547{number:08}"))])
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
        let looked: usize = (0..200).filter(|_| may(60)).count();
        assert!(looked < 100, "the same one on and on: {looked}");
        let other = trial.stranger("+254700000008");
        assert!(lookups.look_up(&send::SERVICE, &other, &to(61), at(1)).is_ok());
        assert!(lookups.look_up(&send::SERVICE, &caller, &to(61), at(2)).is_ok(), "the next hour");
    }
}
