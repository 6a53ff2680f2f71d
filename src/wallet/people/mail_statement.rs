//! A statement of any period, mailed to the address that was proved. It is made when the letter
//! leaves: see `period_statement`.
//!
//! Input `period` (`this_month`, `last_month`, `three_months`, or `dates` with `first_day` and
//! `last_day`); shows `first_day`, `last_day`, `email`.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::mailbox;
use crate::calendar::Day;
use crate::email::Email;
use crate::refusal::{Reason, Refusal};
use crate::value::{Kind, Slot, Value};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "mail_statement",
    authority: Authority::Customer,
    wants: &[mailbox::own],
    decide,
    shows: &[Slot("email", Kind::Text), Slot("first_day", Kind::Day), Slot("last_day", Kind::Day)],
    refusals: &[mailbox::MAIL_OFF, mailbox::MAIL_FULL, EMAIL_NONE, DATE_ORDER],
    messages: &[&LETTER, &MAILED],
    ..Service::PLAIN
};

/// The last day is before the first, or the first has not come.
pub const DATE_ORDER: Reason = Reason::new("date_order");
/// There is no e-mail address that was proved.
pub const EMAIL_NONE: Reason = Reason::new("email_none");

/// The letter, which names the account whose statement goes with it.
const LETTER: Message = Message::balance(
    "mail.statement",
    &[
        Slot("email", Kind::Text),
        Slot("name", Kind::Name),
        Slot("first_day", Kind::Day),
        Slot("last_day", Kind::Day),
    ],
);
const MAILED: Message = Message::plain(
    "sms.mail_statement",
    &[Slot("first_day", Kind::Day), Slot("last_day", Kind::Day), Slot("email", Kind::Text)],
);

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    let old = mailbox::of(context, person.account_id)?;
    let address =
        old.address.as_deref().and_then(|address| Email::parse(address).ok()).ok_or(EMAIL_NONE)?;
    let (first, last) = period(context)?;
    plan.show("email", address.to_string());
    plan.show("first_day", first);
    plan.show("last_day", last);
    let mut letter = plan.shown(&["first_day", "last_day"]);
    letter.insert("email".into(), address.address().into());
    letter.insert("name".into(), Value::Name(person.name.clone()));
    let told = plan.shown(&["first_day", "last_day", "email"]);
    let to = (person.msisdn.as_str(), person.language.as_str());
    let changes = vec![
        mailbox::counted(context, old, "mail_statement")?,
        context.mail(&address, to, &LETTER, &letter, Some(person.account_id)),
        context.tell(person, &MAILED, told, None),
    ];
    plan.commit(Act { kind: SERVICE.name, changes, ..Act::default() });
    Ok(())
}

/// The days that were asked for. Nothing is known of days to come: who names one gets what there is
/// until today.
fn period(context: &Context) -> Result<(Day, Day), PlanError> {
    let today = context.today();
    let (first, last) = match context.field("period")? {
        "this_month" => (today.month_begin(0), today),
        "last_month" => (today.month_begin(1), today.month_begin(0).day_before()),
        "three_months" => (today.month_begin(2), today),
        "dates" => {
            let first = day(context, "first_day")?;
            if first > today {
                return Err(Refusal::of_field(DATE_ORDER, "first_day").into());
            }
            (first, day(context, "last_day")?.min(today))
        }
        _ => return Err(Refusal::of_field(Reason::TEXT_FORMAT, "period").into()),
    };
    if first > last {
        Err(Refusal::of_field(DATE_ORDER, "last_day").into())
    } else {
        Ok((first, last))
    }
}

fn day(context: &Context, field: &'static str) -> Result<Day, PlanError> {
    Ok(Day::read(context.field(field)?)
        .ok_or_else(|| Refusal::of_field(Reason::DATE_FORMAT, field))?)
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Request, Trial};
    use super::*;
    use crate::book::{Change, Keep};
    use crate::id::Id;
    use crate::store::facts::Found;
    use crate::store::mailboxes::MailboxRow;
    use crate::store::people::PersonRow;
    use crate::store::records::Record;
    use crate::store::wants::Want;

    const TODAY: &str = "23/11/26";

    /// Amina, who has proved an address and asked for so many mails on the day that is named.
    fn proved(mails: i64, day: &str) -> (Trial, PersonRow) {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 0);
        let address = Some("amina@example.org".to_owned());
        let day = i64::from(Day::read(day).unwrap().number());
        let row = MailboxRow {
            account_id: Id::of(101),
            version: 4,
            address,
            mails,
            day,
            ..MailboxRow::empty(Id::of(101))
        };
        trial.set(Want::Mailbox(Id::of(101)), Found::Mailbox(Some(row)));
        (trial, amina)
    }

    fn ask<'t>(trial: &'t Trial, amina: &PersonRow, period: &str) -> Request<'t> {
        trial.ask(&SERVICE, trial.caller(amina)).with("period", period)
    }

    fn days(request: Request) -> [String; 2] {
        let plan = request.quote().planned();
        ["first_day", "last_day"].map(|slot| plan.said(slot))
    }

    #[test]
    fn the_letter_goes_to_the_proved_address_and_the_phone_hears_of_it() {
        let (trial, amina) = proved(0, TODAY);
        let plan = ask(&trial, &amina, "this_month").execute().planned();
        assert_eq!(
            ["email", "first_day", "last_day"].map(|slot| plan.said(slot)),
            ["a***@example.org", "01/11/26", "23/11/26"]
        );
        let act = plan.act.as_ref().unwrap();
        let [
            Change::Keep(Keep { record: Record::Mailbox(row), event: "mail_statement", .. }),
            Change::Tell(letter),
            Change::Tell(_),
        ] = act.changes.as_slice()
        else {
            panic!("{act:?}")
        };
        assert_eq!((row.version, row.mails, letter.account_id), (5, 1, Some(Id::of(101))));
        let letter =
            "email=amina@example.org first_day=01/11/26 last_day=23/11/26 name=Amina Wanjiru";
        let told = "email=a***@example.org first_day=01/11/26 last_day=23/11/26";
        assert_eq!(
            plan.messages(),
            [
                ("mail.statement".to_owned(), letter.to_owned()),
                ("sms.mail_statement".to_owned(), told.to_owned()),
            ]
        );
    }

    #[test]
    fn periods_are_whole_months_or_the_days_that_are_typed() {
        let (trial, amina) = proved(0, TODAY);
        let of = |period: &str| days(ask(&trial, &amina, period));
        assert_eq!(of("last_month"), ["01/10/26", "31/10/26"]);
        assert_eq!(of("three_months"), ["01/09/26", "23/11/26"]);
        let typed = |first: &str, last: &str| {
            ask(&trial, &amina, "dates").with("first_day", first).with("last_day", last)
        };
        assert_eq!(days(typed("22/11/26", "22/11/26")), ["22/11/26", "22/11/26"]);
        // nothing is known of days to come
        assert_eq!(days(typed("23/11/26", "24/11/26")), ["23/11/26", "23/11/26"]);
        let reason = |first: &str, last: &str| typed(first, last).quote().reason();
        assert_eq!(reason("24/11/26", "25/11/26"), (DATE_ORDER, Some("first_day")));
        assert_eq!(reason("22/11/26", "21/11/26"), (DATE_ORDER, Some("last_day")));
        assert_eq!(reason("31/09/26", "22/11/26"), (Reason::DATE_FORMAT, Some("first_day")));
        assert_eq!(reason("22/11/26", "soon"), (Reason::DATE_FORMAT, Some("last_day")));
    }

    #[test]
    fn each_refusal_names_the_input_that_mends_it() {
        let (mut trial, amina) = proved(0, TODAY);
        assert_eq!(
            ask(&trial, &amina, "ever").quote().reason(),
            (Reason::TEXT_FORMAT, Some("period"))
        );
        let missing = trial.ask(&SERVICE, trial.caller(&amina)).check();
        assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("period")));
        let stranger = trial.ask(&SERVICE, trial.stranger("+254700000009"));
        assert_eq!(stranger.quote().reason(), (Reason::NOT_JOINED, None));
        trial.set(Want::Mailbox(Id::of(101)), Found::Mailbox(None));
        assert_eq!(ask(&trial, &amina, "ever").quote().reason(), (EMAIL_NONE, None));
        trial.config.mails = false;
        assert_eq!(ask(&trial, &amina, "ever").quote().reason(), (mailbox::MAIL_OFF, None));
    }

    #[test]
    fn ten_mails_leave_on_one_day() {
        let quote = |mails, day: &str| {
            let (trial, amina) = proved(mails, day);
            ask(&trial, &amina, "this_month").quote()
        };
        assert!(quote(9, TODAY).planned().act.is_some());
        assert_eq!(quote(10, TODAY).reason(), (mailbox::MAIL_FULL, None));
        // each day anew
        assert!(quote(10, "22/11/26").planned().act.is_some());
    }
}
