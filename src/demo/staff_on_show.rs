//! Two people of the demo who work for the operator, so that what takes two can be tried: they were
//! invited, joined and were given roles as anybody is, and one of them has asked for something that
//! waits for the other, as it did that a market sells by trade. Their passwords and secrets are
//! public. Nothing here runs outside `demo`.

use super::seed::MARKET;
use crate::book::{Change, Key};
use crate::console::desk::Played;
use crate::id::{PostingId, StaffId};
use crate::limits::Tier;
use crate::market::Market;
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal, Slots};
use crate::request::{Fields, Mode, Request};
use crate::staff::second_factor;
use crate::store::Conn;
use crate::store::outbox;
use crate::store::records::Record;
use crate::store::staff_rows::{self, StaffRow, StaffState};
use crate::store::staff_sessions::StaffSession;
use crate::time::Timestamp;
use crate::wallet::Wallet;
use crate::wallet::care::known_as;
use crate::wallet::office::acting_staff::Outcome;
use crate::wallet::office::sign_in::OnDuty;
use crate::wallet::office::{join_link, staff_list, two_people};
use secrecy::SecretString;
use std::time::Duration;

/// Who can be played.
pub const PLAYED: [Played; 2] = [WANJIRU, OTIENO];

const WANJIRU: Played =
    Played { name: "wanjiru", password: "three goats and a boat", secret: b"demo secret wanjiru." };
const OTIENO: Played =
    Played { name: "otieno", password: "tea before the rain", secret: b"demo secret otieno.." };

/// The last digits of numbers that nobody else in the demo has.
const PHONES: [u64; 3] = [91, 92, 93];
/// Those of colleagues begin here.
const COLLEAGUES: u64 = 9_000;
/// The half minute of a code.
const STEP: Duration = Duration::from_secs(30);

/// Makes them, where nobody works here yet. What fails is left out: the demo runs without it.
pub async fn make(wallet: &Wallet) {
    match begin(wallet).await {
        Ok(()) => {}
        Err(refusal) => {
            tracing::warn!("the demo shows nobody of the staff: {}", refusal.code());
        }
    }
}

async fn begin(wallet: &Wallet) -> Result<(), Refusal> {
    if wallet.has_staff().await? {
        return Ok(());
    }
    let phones = PHONES.map(|last| wallet.config.market.made_up(last));
    let [first, second, third] = phones.each_ref().map(String::as_str);
    let phone = Msisdn::from_e164(first).ok_or(Reason::PHONE_FORMAT)?;
    let link = wallet.found_staff(WANJIRU.name, &phone).await?;
    let session = come_in(wallet, &WANJIRU, &link).await?;
    let wanjiru = wallet.on_duty(&session).await?;
    let roles = [
        ("name", WANJIRU.name),
        ("roles", "admin finance care agents"),
        ("why", "the first of us does most of the work"),
    ];
    act(wallet, &wanjiru, staff_list::ROLES.name, &roles).await?;
    let wanjiru = wallet.on_duty(&session).await?;
    let invitation = [
        ("name", OTIENO.name),
        ("phone", second),
        ("roles", "admin finance_lead care_lead"),
        ("why", "somebody has to look at what wanjiru does"),
    ];
    act(wallet, &wanjiru, staff_list::INVITE.name, &invitation).await?;
    let session = come_in(wallet, &OTIENO, &sent_to(wallet, second).await?).await?;
    let otieno = wallet.on_duty(&session).await?;
    let wish = [
        ("name", "njeri"),
        ("phone", third),
        ("roles", "care"),
        ("why", "calls are not answered in the afternoon"),
    ];
    act(wallet, &otieno, staff_list::INVITE.name, &wish).await?;
    known_as_market(wallet, &wanjiru, &otieno).await?;
    for duty in [wanjiru, otieno] {
        wallet.sign_out(&duty).await?;
    }
    Ok(())
}

/// Somebody else of the staff, who is at work and has no password that anybody knows: for what goes
/// on already when a demo starts. The same name is the same person.
pub async fn colleague(wallet: &Wallet, name: &str, roles: &str) -> Result<OnDuty, Refusal> {
    let now = wallet.clock.now().micros();
    if named(wallet, name).await?.is_none() {
        let busy = |_error| Refusal::from(Reason::BUSY);
        let id = StaffId::of(wallet.book.fresh_id().await.map_err(busy)?);
        let row = begins(&wallet.config.market, (id, name), roles, now);
        let key = Key::new(Timestamp::from_micros(0), "colleague", name.as_bytes());
        let kept = Change::keep(Record::Staff(Box::new(row)), "begin_work");
        wallet.book.post(wallet.note(key, vec![kept])).await?;
    }
    // of two who make them at one moment, one is the first
    let staff = named(wallet, name).await?.ok_or(Reason::BUSY)?;
    let session = StaffSession {
        digest: Vec::new(),
        staff: staff.id,
        begun_at: now,
        seen_at: now,
        proved_at: now,
        ended_at: None,
        misses: 0,
    };
    Ok(OnDuty { staff, session })
}

async fn named(wallet: &Wallet, name: &str) -> Result<Option<StaffRow>, Refusal> {
    let name = name.to_owned();
    let read = move |conn: &mut Conn| staff_rows::by_name(conn, &name);
    wallet.store.read(read).await.map_err(|_error| Reason::BUSY.into())
}

fn begins(market: &Market, (id, name): (StaffId, &str), roles: &str, now: i64) -> StaffRow {
    StaffRow {
        id,
        version: 1,
        last_posting: PostingId::NONE,
        name: name.to_owned(),
        // a number of their own: one number is one person
        msisdn: market.made_up(COLLEAGUES.saturating_add(id.number().unsigned_abs() % 900)),
        language: "en".to_owned(),
        roles: roles.to_owned(),
        state: StaffState::Active,
        password: String::new(),
        factor: Vec::new(),
        factor_step: 0,
        link: Vec::new(),
        link_until: None,
        locked_until: None,
        misses: 0,
        seen_at: now,
        out_until: 0,
    }
}

/// A market that has joined sells by trade: one of them says so, and the other one agrees.
async fn known_as_market(wallet: &Wallet, asks: &OnDuty, agrees: &OnDuty) -> Result<(), Refusal> {
    let phone = MARKET.phone(&wallet.config.market);
    let market = Msisdn::from_e164(&phone).ok_or(Reason::PHONE_FORMAT)?;
    let market = wallet.caller(market).await.map_err(|_failed| Reason::BUSY)?;
    if market.person.is_none() {
        return Ok(());
    }
    let known = [
        ("phone", phone.as_str()),
        ("tier", Tier::Merchant.code()),
        ("document", "registered as a business, BN-482113"),
        ("why", "it brings buyers and sellers together"),
    ];
    if let Outcome::Waits(number, _) = act(wallet, asks, known_as::SERVICE.name, &known).await? {
        let approval = number.to_string();
        act(wallet, agrees, two_people::APPROVE.name, &[("approval", &approval)]).await?;
    }
    Ok(())
}

/// The link that is told a number, as its owner reads it.
async fn sent_to(wallet: &Wallet, phone: &str) -> Result<String, Refusal> {
    let (number, template) = (phone.to_owned(), staff_list::INVITED.template);
    let read = move |conn: &mut Conn| outbox::newest_to(conn, &number, template);
    let told = wallet.store.read(read).await.map_err(|_error| Reason::BUSY)?;
    let slots = told.and_then(|slots| serde_json::from_str(&slots).ok());
    let mut slots: Slots = slots.ok_or(Reason::CODE_GONE)?;
    join_link::told(&wallet.config, &mut slots);
    let link = slots.get(join_link::SLOT.0).map(ToString::to_string);
    Ok(link.ok_or(Reason::CODE_GONE)?)
}

/// Joins with a link and signs in: with the code of half a minute ago and that of now, since each
/// is good once.
async fn come_in(wallet: &Wallet, who: &Played, link: &str) -> Result<String, Refusal> {
    let password = || SecretString::from(who.password);
    let now = wallet.clock.now();
    let before = second_factor::code_at(who.secret, now.minus(STEP));
    wallet.join_staff(link, password(), who.secret, &before).await?;
    let code = second_factor::code_at(who.secret, now);
    wallet.sign_in(who.name, password(), &code).await
}

/// Does something as one of them, once.
pub async fn act(
    wallet: &Wallet,
    duty: &OnDuty,
    service: &str,
    inputs: &[(&str, &str)],
) -> Result<Outcome, Refusal> {
    let fields: Fields =
        inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let name = format!("{service} by {}: {fields:?}", duty.staff.name);
    let key = Key::new(Timestamp::from_micros(0), "staff on show", name.as_bytes());
    let request =
        Request { mode: Mode::Execute, service: service.to_owned(), fields, secret: None };
    wallet.act_as_staff(duty, request, key).await
}
