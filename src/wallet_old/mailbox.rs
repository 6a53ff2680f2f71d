//! E-mail: an address that is proved with a code, and statements of any period that are mailed there.
//!
//! An address may be typed on USSD or texted. A code of six digits is mailed to it, and only who types it on their own
//! phone, with their PIN, makes it theirs. The phone hears of each step, and statements go nowhere else.

use super::desk::{Act, Desk, Halt};
use super::{Service, Whose};
use crate::ask::{Slots, Verb};
use crate::book::{Change, Key, PIN_ATTEMPTS_MAX, Proof, SecretKind};
use crate::calendar::Day;
use crate::email::Email;
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::seal::to_hex;
use crate::store::mailboxes::{self, MailboxRow};
use crate::store::papers::Paper;
use crate::store::people::{self, PinRow};
use crate::store::sessions;
use crate::time::Timestamp;
use std::time::Duration;

/// Input `email`: mails a code there.
pub const ADDRESS: Service =
    Service { name: "email", pin: Whose::Nobody, opens: 1, old: Some(address), ..Service::PLAIN };
/// Input `code`: makes the address theirs; shows `email`.
pub const PROVE: Service = Service {
    name: "email_code",
    pin: Whose::Caller,
    old: Some(prove),
    replay: crate::wallet::service::Replay::TOLD,
    ..Service::PLAIN
};
/// Input `period` (`this_month`, `last_month`, `three_months`, or `dates` with `first_day` and `last_day`); shows `first_day`,
/// `last_day`, `email`.
pub const STATEMENT: Service =
    Service { name: "mail_statement", pin: Whose::Caller, old: Some(statement), ..Service::PLAIN };

/// How long a code counts.
const CODE_LIFE: Duration = Duration::from_secs(30 * 60);
/// Mails that somebody may ask for on one day.
const MAILS_A_DAY: i64 = 10;
/// Codes that are mailed to one address on one day, whoever asks: nobody's mailbox is flooded by strangers who name it.
const CODES_TO_ONE_A_DAY: u8 = 5;

fn address(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let email = Email::parse(desk.field("email")?).map_err(|reason| Refusal::of_field(reason, "email"))?;
    let old = mailbox(desk, person.account_id)?;
    if old.address.as_deref() == Some(email.address()) {
        return Err(Refusal::of_field(Reason::EmailSame, "email").into());
    }
    desk.show("email", email.to_string());
    desk.show("dial", desk.house.dial.clone());
    let Some(key) = desk.key else { return Ok(()) };
    // the same name for each copy of the request, from which only the holder of the secret makes the code
    let name = to_hex(key.bytes());
    let until = desk.now.plus(CODE_LIFE);
    let code_id = if old.code_id == 0 { desk.fresh_id } else { old.code_id };
    let typed = Pin::parse(&desk.house.pin_keys.current().code(name.as_bytes()))?;
    // a new code brings no new tries on the same day: else they would never end
    let tag =
        PinRow { attempts: tried_today(desk, &old)?, ..desk.house.tagged(code_id, &typed, desk.house.dice.bytes()) };
    let place = place_today(desk, &email)?;
    let row = MailboxRow { pending: Some(email.address().to_owned()), code_id, code_until: until.micros(), ..old };
    let phone = Msisdn::from_e164(&person.msisdn).map(|phone| phone.to_string()).unwrap_or_default();
    let letter = Slots::from([
        ("email".into(), email.address().to_owned().into()),
        ("code_name".into(), name.into()),
        ("phone".into(), phone.into()),
        ("dial".into(), desk.house.dial.clone().into()),
        ("until".into(), until.clock_text(&desk.house.market.zone).into()),
    ]);
    let told =
        Slots::from([("email".into(), email.to_string().into()), ("dial".into(), desk.house.dial.clone().into())]);
    let changes = vec![
        place,
        Change::SetPin(tag),
        counted(desk, row)?,
        desk.tell(person, "mail.code", letter, None),
        desk.tell(person, "sms.email_code", told, None),
    ];
    desk.plan.act = Some(Act { kind: "email", changes, ..Act::default() });
    Ok(())
}

fn prove(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let typed = Pin::parse(desk.field("code")?).map_err(|_format| Refusal::of_field(Reason::TextFormat, "code"))?;
    if desk.verb != Verb::Do {
        // whether it is the right one is said only where a wrong one costs a try
        return Ok(());
    }
    let old = mailbox(desk, person.account_id)?;
    let pending = old.pending.clone().filter(|_| old.code_until > desk.now.micros()).ok_or(Reason::CodeGone)?;
    let email = Email::parse(&pending).map_err(|_damaged| Reason::CodeGone)?;
    let row = people::pin(desk.conn.get()?, old.code_id)?.ok_or(Reason::CodeGone)?;
    let tag = desk.house.pin_keys.tag(row.key_version, old.code_id, &row.salt, &typed).map_or(Vec::new(), Vec::from);
    let proof = Proof {
        secret: SecretKind::Code,
        account: old.code_id,
        salt: row.salt,
        tag,
        // tries that are made while a new code is asked for are not forgotten with the old one
        wrong: vec![Change::ChargePin { account: old.code_id }, Change::Keep(Paper::Mailbox(next(old.clone())))],
        locked: Vec::new(),
    };
    desk.show("email", email.to_string());
    let mut told = Slots::from([("email".into(), email.to_string().into())]);
    told.extend(super::receipt::slots(desk.house, 0, desk.now, None));
    let row = next(MailboxRow { address: Some(pending), pending: None, ..old });
    let changes = vec![Change::Keep(Paper::Mailbox(row)), desk.tell(person, "sms.email_set", told, None)];
    desk.plan.act = Some(Act { kind: "email", changes, proofs: vec![proof], ..Act::default() });
    Ok(())
}

fn statement(desk: &mut Desk) -> Result<(), Halt> {
    let person = desk.person()?;
    let old = mailbox(desk, person.account_id)?;
    let address = old.address.clone().and_then(|address| Email::parse(&address).ok()).ok_or(Reason::EmailNone)?;
    let (first, last) = period(desk)?;
    desk.show("email", address.to_string());
    desk.show("first_day", first);
    desk.show("last_day", last);
    let mut letter = desk.shown(&["first_day", "last_day"]);
    letter.insert("email".into(), address.address().to_owned().into());
    letter.insert("name".into(), person.name.clone().into());
    let told = desk.shown(&["first_day", "last_day", "email"]);
    let changes = vec![
        counted(desk, old)?,
        desk.tell(person, "mail.statement", letter, Some(person.account_id)),
        desk.tell(person, "sms.mail_statement", told, None),
    ];
    desk.plan.act = Some(Act { kind: "mail_statement", changes, ..Act::default() });
    Ok(())
}

/// The days that were asked for. Nothing is known of days to come: who names one gets what there is until today.
fn period(desk: &Desk) -> Result<(Day, Day), Halt> {
    let today = Day::of(desk.now, &desk.house.market.zone);
    let day = |field: &'static str| {
        Ok::<_, Halt>(Day::read(desk.field(field)?).ok_or_else(|| Refusal::of_field(Reason::DateFormat, field))?)
    };
    let (first, last) = match desk.field("period")? {
        "this_month" => (today.month_begin(0), today),
        "last_month" => (today.month_begin(1), today.month_begin(0).day_before()),
        "three_months" => (today.month_begin(2), today),
        "dates" => {
            let first = day("first_day")?;
            if first > today {
                return Err(Refusal::of_field(Reason::DateOrder, "first_day").into());
            }
            (first, day("last_day")?.min(today))
        }
        _ => return Err(Refusal::of_field(Reason::TextFormat, "period").into()),
    };
    if first > last { Err(Refusal::of_field(Reason::DateOrder, "last_day").into()) } else { Ok((first, last)) }
}

/// Somebody's mailbox as it stands, or an empty one.
fn mailbox(desk: &mut Desk, account_id: i64) -> Result<MailboxRow, Halt> {
    if !desk.house.mails {
        return Err(Reason::MailOff.into());
    }
    Ok(mailboxes::of(desk.conn.get()?, account_id)?.unwrap_or(MailboxRow { account_id, ..MailboxRow::default() }))
}

/// The change that stores a mailbox from which one more mail of today is sent.
fn counted(desk: &Desk, row: MailboxRow) -> Result<Change, Halt> {
    let today = i64::from(Day::of(desk.now, &desk.house.market.zone).number());
    let before = if row.day == today { row.mails } else { 0 };
    if before >= MAILS_A_DAY {
        return Err(Reason::MailFull.into());
    }
    Ok(Change::Keep(Paper::Mailbox(next(MailboxRow { day: today, mails: before.saturating_add(1), ..row }))))
}

/// A mailbox as it is stored after a change.
fn next(row: MailboxRow) -> MailboxRow {
    MailboxRow { version: row.version.saturating_add(1), ..row }
}

/// How often the code of a mailbox was tried wrongly, if that was today's; refused where no try is left.
fn tried_today(desk: &mut Desk, old: &MailboxRow) -> Result<i64, Halt> {
    let zone = &desk.house.market.zone;
    let made = Timestamp::from_micros(old.code_until).minus(CODE_LIFE);
    let row = people::pin(desk.conn.get()?, old.code_id)?.filter(|_| Day::of(made, zone) == Day::of(desk.now, zone));
    let tried = row.map_or(0, |row| row.attempts);
    if tried < PIN_ATTEMPTS_MAX { Ok(tried) } else { Err(Reason::MailFull.into()) }
}

/// The place that one more code takes among those mailed to this address today: of two at the same moment one takes it.
fn place_today(desk: &mut Desk, email: &Email) -> Result<Change, Halt> {
    let today = Day::of(desk.now, &desk.house.market.zone).number();
    let place = |number: u8| {
        let name = format!("{}\n{today}\n{number}", email.mailbox());
        Key::new(Timestamp::from_micros(0), "mailed", name.as_bytes())
    };
    let places: Vec<Key> = (0..CODES_TO_ONE_A_DAY).map(place).collect();
    let taken = sessions::seen_among(desk.conn.get()?, &Vec::from_iter(places.iter().map(Key::bytes)))?;
    let free = places.into_iter().find(|key| !taken.iter().any(|taken| taken.as_slice() == key.bytes()));
    Ok(Change::Take { key: free.ok_or_else(|| Refusal::of_field(Reason::MailFull, "email"))? })
}
