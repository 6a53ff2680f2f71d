//! A word to stop: a number without a wallet that wants no texts which it did not ask for, of money
//! that waits for it, of groups and deals, says so by text, and hears nothing of them from then on.
//! It may say the opposite, or join: who has a wallet hears of what is theirs.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{ByText, Message, Service};
use crate::book::Change;
use crate::id::PostingId;
use crate::refusal::Reason;
use crate::request::Mode;
use crate::store::records::Record;
use crate::store::silences::SilenceRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot};

/// No such texts any more.
pub const STOP: Service = Service {
    name: "stop_texts",
    wants: &[said],
    decide: |context, plan| say(context, plan, true, TEXTS_NEEDED),
    refusals: &[TEXTS_NEEDED],
    text: Some(ByText::ExecuteForAnybody(&STOPPED)),
    ..Service::PLAIN
};

/// Such texts again.
pub const START: Service = Service {
    name: "start_texts",
    wants: &[said],
    decide: |context, plan| say(context, plan, false, Reason::ALREADY_JOINED),
    refusals: &[Reason::ALREADY_JOINED],
    text: Some(ByText::ExecuteForAnybody(&STARTED)),
    ..Service::PLAIN
};

/// Who has a wallet is told of what happens to it.
pub const TEXTS_NEEDED: Reason = Reason::new("texts_needed");

const ANSWER: &[Slot] = &[Slot("dial", Kind::Text), Slot("brand", Kind::Text)];
const STOPPED: Message = Message::plain("sms.texts_stopped", ANSWER);
const STARTED: Message = Message::plain("sms.texts_started", ANSWER);

fn said(context: &Context) -> Vec<Want> {
    vec![Want::Silence(context.caller.msisdn.e164().to_owned())]
}

fn say(context: &Context, plan: &mut Plan, silent: bool, joined: Reason) -> Result<(), PlanError> {
    if context.caller.person.is_some() {
        return Err(joined.into());
    }
    if context.mode != Mode::Execute {
        return Ok(());
    }
    let msisdn = context.caller.msisdn.e164();
    let said = context.facts.silence(msisdn)?;
    let is_silent = said.is_some_and(|row| row.silent != 0);
    let row = || SilenceRow {
        msisdn: msisdn.to_owned(),
        version: said.map_or(0, |row| row.version).saturating_add(1),
        last_posting: PostingId::NONE,
        silent: i64::from(silent),
    };
    // who says it twice is answered twice, and nothing more
    let changed = (is_silent != silent).then(|| Record::Silence(row()));
    let event = if silent { STOP.name } else { START.name };
    let changes = changed.map(|record| Change::keep(record, event)).into_iter().collect();
    plan.commit(Act { kind: event, changes, ..Act::default() });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::Trial;
    use super::*;
    use crate::book::Keep;
    use crate::id::Id;
    use crate::store::facts::Found;

    const TO: &str = "+254711222333";

    #[test]
    fn a_number_without_a_wallet_says_it_once_and_may_say_the_opposite() {
        let mut trial = Trial::new();
        let kept = |trial: &Trial, service: &'static Service| {
            let plan = trial.ask(service, trial.stranger(TO)).execute().planned();
            let changes = plan.act.unwrap().changes;
            changes.into_iter().next().map(|change| match change {
                Change::Keep(Keep { record: Record::Silence(row), event, .. }) => (row, event),
                other => panic!("{other:?}"),
            })
        };
        let row = |version: i64, silent: i64| SilenceRow {
            msisdn: TO.into(),
            version,
            last_posting: PostingId::NONE,
            silent,
        };
        assert_eq!(kept(&trial, &START), None);
        assert_eq!(kept(&trial, &STOP), Some((row(1, 1), "stop_texts")));
        trial.set(Want::Silence(TO.into()), Found::Silence(Some(row(1, 1))));
        assert_eq!(kept(&trial, &STOP), None);
        assert_eq!(kept(&trial, &START), Some((row(2, 0), "start_texts")));
    }

    #[test]
    fn who_has_a_wallet_hears_of_it() {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 0);
        let reason = |service| trial.ask(service, trial.caller(&amina)).execute().reason();
        assert_eq!(reason(&STOP), (TEXTS_NEEDED, None));
        assert_eq!(reason(&START), (Reason::ALREADY_JOINED, None));
    }
}
