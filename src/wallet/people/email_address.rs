//! An e-mail address that its owner proves.
//!
//! An address may be typed on USSD or texted. A code of six digits is mailed to it, and only who
//! types it on their own phone, with their PIN, makes it theirs. The phone hears of each step, and
//! statements go nowhere else.

use super::super::context::Context;
use super::super::plan::{Act, Plan, PlanError};
use super::super::receipt;
use super::super::service::{Authority, ByText, Message, Replay, Service};
use super::mailbox;
use crate::book::{Change, Credential, Key, PIN_ATTEMPTS_MAX, SecretKind};
use crate::email::Email;
use crate::id::PinId;
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::request::Mode;
use crate::seal::to_hex;
use crate::store::facts::NotWanted;
use crate::store::mailboxes::MailboxRow;
use crate::store::pins::PinRow;
use crate::store::records::Record;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::typed_text;
use crate::value::{Kind, Slot, Slots, Value};
use std::time::Duration;

/// Input `email`: mails a code there; shows `email`, `dial`.
pub const ADDRESS: Service = Service {
    name: "email",
    opens: 1,
    wants: &[named, tries],
    decide: name,
    shows: &[Slot("email", Kind::Text), Slot("dial", Kind::Text)],
    refusals: &[mailbox::MAIL_OFF, mailbox::MAIL_FULL, EMAIL_SAME],
    messages: &[&CODE, &CODE_SENT],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};
/// Input `code`: makes the address theirs; shows `email`.
pub const PROVE: Service = Service {
    name: "email_code",
    authority: Authority::Customer,
    wants: &[pending, tag],
    decide: prove,
    shows: &[Slot("email", Kind::Text)],
    refusals: &[mailbox::MAIL_OFF, Reason::CODE_GONE],
    messages: &[&SET],
    replay: Replay::TOLD,
    ..Service::PLAIN
};

/// The e-mail address that is on file already.
pub const EMAIL_SAME: Reason = Reason::new("email_same");

/// The letter: only on its way out the code is made of its name.
const CODE: Message = Message::plain(
    "mail.code",
    &[
        Slot("email", Kind::Text),
        Slot("code_name", Kind::Code),
        Slot("phone", Kind::Phone),
        Slot("dial", Kind::Text),
        Slot("until", Kind::Time),
    ],
);
const CODE_SENT: Message =
    Message::plain("sms.email_code", &[Slot("email", Kind::Text), Slot("dial", Kind::Text)]);
const SET: Message = Message::plain(
    "sms.email_set",
    &[Slot("email", Kind::Text), Slot("date", Kind::Day), Slot("time", Kind::Time)],
);

/// How long a code counts.
const CODE_LIFE: Duration = Duration::from_secs(30 * 60);
/// Codes that are mailed to one address on one day, whoever asks: nobody's mailbox is flooded by
/// strangers who name it.
const CODES_TO_ONE_A_DAY: u8 = 5;

fn named(context: &Context) -> Vec<Want> {
    if email(context).is_ok() { mailbox::own(context) } else { Vec::new() }
}

fn tries(context: &Context) -> Vec<Want> {
    let (Ok(email), Ok(box_row), true) = (email(context), own_box(context), context.key.is_some())
    else {
        return Vec::new();
    };
    box_row
        .code()
        .map(Want::Pin)
        .into_iter()
        .chain(places(context, &email).iter().map(taken))
        .collect()
}

fn name(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    let email = email(context)?;
    let old = mailbox::of(context, person.account_id)?;
    if old.address.as_deref() == Some(email.address()) {
        return Err(Refusal::of_field(EMAIL_SAME, "email").into());
    }
    plan.show("email", email.to_string());
    plan.show("dial", context.config.dial.clone());
    let Some(key) = context.key else { return Ok(()) };
    // the same name for each copy of the request, from which only the holder of the secret makes
    // the code
    let name = to_hex(key.bytes());
    let until = context.now.plus(CODE_LIFE);
    let code = old.code().unwrap_or(PinId::of(context.fresh_id));
    let typed = Pin::parse(&context.config.pin_keys.current().code(name.as_bytes()))?;
    let tag = PinRow {
        version: replaced(context, &old)?.saturating_add(1),
        ..context.config.tagged(code, &typed, context.salt)
    };
    // a new code brings no new tries on the same day: else they would never end
    let fresh = !tried_today(context, &old)?;
    let place = place_today(context, &email)?;
    let row = MailboxRow {
        pending: Some(email.address().to_owned()),
        code_id: code.number(),
        code_until: until.micros(),
        ..old
    };
    let phone = Msisdn::from_e164(&person.msisdn)
        .map_or(Value::Phone(String::new()), |phone| Value::masked(&phone, &context.config.market));
    let letter = Slots::from([
        ("email".into(), email.address().into()),
        ("code_name".into(), Value::Code(name)),
        ("phone".into(), phone),
        ("dial".into(), context.config.dial.clone().into()),
        ("until".into(), until.time_of_day(&context.config.market.zone).into()),
    ]);
    let told = plan.shown(&["email", "dial"]);
    let mut changes = vec![
        place,
        Change::keep(Record::Pin(tag), "mail_code"),
        mailbox::counted(context, row, "name_address")?,
        context.mail(&email, (&person.msisdn, &person.language), &CODE, &letter, None),
        context.tell(person, &CODE_SENT, told, None),
    ];
    changes.extend(fresh.then_some(Change::ClearPin { pin: code }));
    plan.commit(Act { kind: ADDRESS.name, changes, ..Act::default() });
    Ok(())
}

fn email(context: &Context) -> Result<Email, PlanError> {
    Ok(Email::parse(context.field("email")?)
        .map_err(|reason| Refusal::of_field(reason, "email"))?)
}

fn own_box(context: &Context) -> Result<MailboxRow, PlanError> {
    mailbox::of(context, context.person()?.account_id)
}

/// The version of the tag that a new code replaces; 0 where there was none.
fn replaced(context: &Context, old: &MailboxRow) -> Result<i64, NotWanted> {
    let Some(code) = old.code() else { return Ok(0) };
    Ok(context.facts.pin(code)?.map_or(0, |row| row.version))
}

/// Whether the code of a mailbox is of today, so that its wrong tries count for the next one too;
/// refused where no try is left.
fn tried_today(context: &Context, old: &MailboxRow) -> Result<bool, PlanError> {
    let made = Timestamp::from_micros(old.code_until).minus(CODE_LIFE);
    let Some(code) = old.code().filter(|_| context.day_of(made) == context.today()) else {
        return Ok(false);
    };
    let tried = context.facts.pin(code)?.map_or(0, |row| row.attempts);
    if tried < PIN_ATTEMPTS_MAX { Ok(true) } else { Err(mailbox::MAIL_FULL.into()) }
}

/// The place that one more code takes among those mailed to this address today: of two at the same
/// moment one takes it.
fn place_today(context: &Context, email: &Email) -> Result<Change, PlanError> {
    for key in places(context, email) {
        if !context.facts.truth(&taken(&key))? {
            return Ok(Change::Claim { key });
        }
    }
    Err(Refusal::of_field(mailbox::MAIL_FULL, "email").into())
}

fn places(context: &Context, email: &Email) -> Vec<Key> {
    let today = context.today().number();
    let place = |number: u8| {
        let name = format!("{}\n{today}\n{number}", email.mailbox());
        Key::new(Timestamp::from_micros(0), "mailed", name.as_bytes())
    };
    (0..CODES_TO_ONE_A_DAY).map(place).collect()
}

fn taken(place: &Key) -> Want {
    Want::Claimed(place.bytes().to_vec())
}

fn pending(context: &Context) -> Vec<Want> {
    if context.mode == Mode::Execute && typed(context).is_ok() {
        mailbox::own(context)
    } else {
        Vec::new()
    }
}

fn tag(context: &Context) -> Vec<Want> {
    let old = own_box(context)
        .ok()
        .filter(|old| context.mode == Mode::Execute && waiting(context, old).is_some());
    old.and_then(|old| old.code()).map(Want::Pin).into_iter().collect()
}

fn prove(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    let typed = typed(context)?;
    if context.mode != Mode::Execute {
        // whether it is the right one is said only where a wrong one costs a try
        return Ok(());
    }
    let old = mailbox::of(context, person.account_id)?;
    let email = waiting(context, &old).ok_or(Reason::CODE_GONE)?;
    let credential = proof(context, &old, &typed)?.ok_or(Reason::CODE_GONE)?;
    plan.show("email", email.to_string());
    let mut told = plan.shown(&["email"]);
    told.extend(receipt::when(context.config, context.now));
    let row = mailbox::next(MailboxRow { address: old.pending.clone(), pending: None, ..old });
    let changes = vec![
        Change::keep(Record::Mailbox(row), "prove_address"),
        context.tell(person, &SET, told, None),
    ];
    plan.commit(Act {
        kind: ADDRESS.name,
        changes,
        credentials: vec![credential],
        ..Act::default()
    });
    Ok(())
}

fn typed(context: &Context) -> Result<Pin, PlanError> {
    Ok(Pin::parse(&typed_text::code(context.field("code")?))
        .map_err(|_format| Refusal::of_field(Reason::TEXT_FORMAT, "code"))?)
}

/// The address that waits for its code.
fn waiting(context: &Context, old: &MailboxRow) -> Option<Email> {
    let pending = old.pending.as_ref().filter(|_| old.code_until > context.now.micros())?;
    Email::parse(pending).ok()
}

/// What the book compares the typed code with; nothing where there is none.
fn proof(
    context: &Context,
    old: &MailboxRow,
    typed: &Pin,
) -> Result<Option<Credential>, NotWanted> {
    let Some(code) = old.code() else { return Ok(None) };
    let Some(row) = context.facts.pin(code)? else { return Ok(None) };
    let tag = context
        .config
        .pin_keys
        .tag(row.key_version, code, &row.salt, typed)
        .map_or(Vec::new(), Vec::from);
    Ok(Some(Credential {
        secret: SecretKind::Code,
        pin: code,
        salt: row.salt.clone(),
        tag,
        // a try that is made while a new code is asked for counts for that one as well
        wrong: vec![Change::ChargePin { pin: code }],
        locked: Vec::new(),
    }))
}
