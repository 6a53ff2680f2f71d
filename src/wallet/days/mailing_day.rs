//! The close of a day, sent out of the house: what was signed and its digests, to an address where
//! nobody here can change it. The letter is made when it leaves, of the record alone.

use super::super::context::Context;
use super::super::message::Message;
use super::super::office::two_people::why;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Service};
use crate::book::{Change, Keep};
use crate::calendar::Day;
use crate::email::Email;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::staff::role::Right;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots, Value};

/// It is not closed.
pub const DAY_OPEN: Reason = Reason::new("day_open");

/// The letter; its digests are those of the record when it leaves.
pub const LETTER: Message = Message::plain(
    "mail.day",
    &[
        Slot("email", Kind::Text),
        Slot("day", Kind::Day),
        Slot("digest", Kind::Code),
        Slot("chain", Kind::Text),
    ],
);

/// Inputs `day`, `email` and `why`.
pub const MAIL: Service = Service {
    name: "mail_day",
    authority: Authority::Staff(Right::Audit),
    wants: &[|context| {
        let day = day(context).ok().map(|day| Want::ClosedDay(i64::from(day.number())));
        day.into_iter().collect()
    }],
    decide: mail,
    shows: &[Slot("day", Kind::Day), Slot("email", Kind::Text)],
    refusals: &[DAY_OPEN],
    messages: &[&LETTER],
    ..Service::PLAIN
};

fn day(context: &Context) -> Result<Day, PlanError> {
    let day = Day::read(context.field("day")?);
    Ok(day.ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, "day"))?)
}

fn mail(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let day = day(context)?;
    plan.show("day", Value::Day(day));
    let email = Email::parse(context.field("email")?);
    let email = email.map_err(|reason| Refusal::of_field(reason, "email"))?;
    plan.show("email", email.address().to_owned());
    if context.facts.closed_day(i64::from(day.number()))?.is_none() {
        return Err(Refusal::of_field(DAY_OPEN, "day").into());
    }
    let why = why(context)?;
    let staff = context.staff()?;
    let slots = Slots::from([
        ("email".to_owned(), email.address().into()),
        ("day".to_owned(), Value::Day(day)),
    ]);
    let to = (staff.msisdn.as_str(), staff.language.as_str());
    let letter = context.mail(&email, to, &LETTER, &slots, None);
    // what leaves the house is kept with who sent it
    let note = format!("{} to {}: {why}", day.date(), email.address());
    let record = Record::Staff(Box::new(staff.next()));
    let kept = Change::Keep(Keep { record, event: "mail_day", note });
    let changes = vec![kept, letter];
    plan.commit(Act { kind: "mail_day", changes, ..Act::default() });
    Ok(())
}
