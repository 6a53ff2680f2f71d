//! PINs that are locked, SIMs that were changed, and how well somebody is known.

use super::super::super::context::People;
use super::super::super::service::Service;
use super::super::known_as::{self, TIER_SAME, TIER_UNKNOWN};
use super::super::sim_change::{SAY, SIM_CHANGED};
use super::super::unlocking::{PIN_NOT_LOCKED, UNLOCK};
use super::*;
use crate::book::PIN_ATTEMPTS_MAX;
use crate::reason::Reason;
use crate::wallet::people::claim;
use crate::wallet::people::pin_change::{CHANGE, CHOOSE};
use crate::wallet::people::pin_first::PROVE;
use crate::wallet::tests::trial::Outcome;
use crate::wallet::trial::PIN;

fn unlocks(trial: &Trial) -> Outcome {
    trial.ask(&UNLOCK, staff("care")).with("phone", PHONE).with("why", "I saw her ID").execute()
}

fn tried(trial: &mut Trial, amina: &PersonRow, attempts: i64) {
    trial.change(amina, |holder| holder.pin.as_mut().unwrap().attempts = attempts);
}

/// Her PIN was sent to begin with, and may be used until then.
fn begins(trial: &mut Trial, amina: &PersonRow, until: Option<i64>) {
    trial.change(amina, |holder| holder.pin.as_mut().unwrap().start_until = until);
}

#[test]
fn only_a_locked_pin_is_unlocked_and_stays_the_same_pin() {
    let (mut trial, amina) = world();
    tried(&mut trial, &amina, PIN_ATTEMPTS_MAX - 1);
    assert_eq!(unlocks(&trial).reason(), (PIN_NOT_LOCKED, None));
    tried(&mut trial, &amina, PIN_ATTEMPTS_MAX);
    let plan = unlocks(&trial).planned();
    assert_eq!(plan.hearers(), [("sms.pin_unlocked", "+254700000001", None)]);
    let act = plan.act.unwrap();
    let [Change::Keep(Keep { record: Record::Pin(row), note, .. }), Change::ClearPin { pin }, _] =
        act.changes.as_slice()
    else {
        panic!("{act:?}")
    };
    let trial_pin = trial.config.tagged(row.id, &crate::pin::Pin::parse("7361").unwrap(), [5; 16]);
    assert_eq!((row.version, &row.tag, note.as_str()), (2, &trial_pin.tag, "I saw her ID"));
    assert_eq!(*pin, row.id);
    // who has none has nothing to unlock
    trial.change(&amina, |holder| holder.pin = None);
    assert_eq!(unlocks(&trial).reason(), (PIN_NOT_LOCKED, None));
}

#[test]
fn a_sim_that_was_changed_lately_unlocks_nothing() {
    let (mut trial, amina) = world();
    tried(&mut trial, &amina, PIN_ATTEMPTS_MAX);
    swapped(&mut trial, &amina, NOW.micros() + 1);
    assert_eq!(unlocks(&trial).reason(), (SIM_CHANGED, None));
    swapped(&mut trial, &amina, NOW.micros());
    assert!(unlocks(&trial).error.is_none(), "three days are over");
}

#[test]
fn a_changed_sim_counts_for_three_days() {
    let (trial, _) = world();
    let ask = trial.ask(&SAY, staff("care")).with("phone", PHONE).with("why", "she called");
    let act = ask.execute().planned().act.unwrap();
    let Change::Put(put) = &act.changes[0] else { panic!("{act:?}") };
    assert_eq!(put.row.due_at, Some(NOW.micros() + 72 * 3_600 * 1_000_000));
    assert_eq!((put.row.other, put.note.as_str()), (Some(Id::of(AMINA)), "she called"));
}

#[test]
fn a_changed_sim_voids_a_pin_that_was_sent_to_begin_with_and_no_other_one() {
    let (mut trial, amina) = world();
    let says = |trial: &Trial| {
        let ask = trial.ask(&SAY, staff("care")).with("phone", PHONE).with("why", "she called");
        ask.execute().planned().act.unwrap().changes
    };
    assert_eq!(says(&trial).len(), 1, "her own PIN stays");
    begins(&mut trial, &amina, Some(NOW.micros() + 1));
    let changes = says(&trial);
    let Change::Keep(Keep { record: Record::Pin(row), .. }) = &changes[1] else {
        panic!("{changes:?}")
    };
    assert_eq!((row.version, row.start_until), (2, Some(NOW.micros())));
}

#[test]
fn nobody_begins_with_a_sim_that_was_changed_lately() {
    let (mut trial, amina) = world();
    let token = trial.ask(&CHOOSE, trial.caller(&amina)).secret("5208").check().planned();
    let token = token.said("new_pin");
    let proof = trial.ask(&PROVE, trial.caller(&amina)).secret(PIN).execute().planned();
    let proof = proof.said("pin_proof");
    let changes = |trial: &Trial| {
        let ask = trial.ask(&CHANGE, trial.caller(&amina)).with("pin_proof", &proof);
        ask.with("new_pin", &token).secret("5208").execute()
    };
    let claims = |trial: &Trial| {
        trial.ask(&claim::SERVICE, trial.caller(&amina)).with("language", "fr").quote()
    };
    begins(&mut trial, &amina, Some(NOW.micros() + 1));
    assert!(changes(&trial).error.is_none() && claims(&trial).error.is_none());
    swapped(&mut trial, &amina, NOW.micros() + 1);
    assert_eq!(changes(&trial).reason(), (SIM_CHANGED, None));
    assert_eq!(claims(&trial).reason(), (SIM_CHANGED, None));
    // who has a PIN of their own changes it as ever
    begins(&mut trial, &amina, None);
    assert!(changes(&trial).error.is_none());
}

#[test]
fn more_and_less_takes_two_and_a_document_and_who_may_move_less_hears_of_it() {
    let (mut trial, amina) = world();
    let says = |trial: &Trial, tier: &str, document: &str| {
        let ask = trial.ask(&known_as::SERVICE, staff("care")).with("phone", PHONE);
        ask.with("tier", tier).with("document", document).with("why", "she came by").execute()
    };
    let people = |outcome: Outcome| {
        let plan = outcome.planned();
        let service: &'static Service = &known_as::SERVICE;
        let ask = trial.ask(service, staff("care"));
        ask.work(&[], |context| (service.needs)(context, &plan))
    };
    assert_eq!(people(says(&trial, "merchant", "licence 77")), People::Two);
    assert_eq!(people(says(&trial, "id", "her ID")), People::Two);
    assert_eq!(says(&trial, "full", "her ID").reason(), (TIER_SAME, Some("tier")));
    assert_eq!(says(&trial, "king", "her ID").reason(), (TIER_UNKNOWN, Some("tier")));
    assert_eq!(says(&trial, "id", "x").reason(), (Reason::TEXT_FORMAT, Some("document")));
    let act = says(&trial, "agent", "licence 77").planned().act.unwrap();
    let Change::Keep(Keep { record: Record::Person(row), note, .. }) = &act.changes[0] else {
        panic!("{act:?}")
    };
    let kept = (row.tier.as_str(), row.version, note.as_str());
    assert_eq!(kept, ("agent", 2, "licence 77: she came by"));
    let told = |tier| says(&trial, tier, "her ID").planned().act.unwrap().changes.len() - 1;
    assert_eq!((told("id"), told("agent")), (1, 0));
    trial.change(&amina, |holder| holder.person.tier = "sim".to_owned());
}
