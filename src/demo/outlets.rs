//! The demo's agents: a super-agent and two outlets, each with people who serve there. Their PINs
//! are public.

use super::seed::{Called, Seed, is_locked};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Key, Leg};
use crate::id::{AccountId, AssistantId, PostingId};
use crate::market::Shown;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::agent_rows::{self, AgentPost, OutletRow, OutletState};
use crate::store::assistants::AssistantRow;
use crate::store::book_rows::{Account, AccountKind};
use crate::store::records::Record;
use crate::store::{Conn, StoreError, book_rows, people, pins};
use crate::wallet::bootstrap::BootstrapError;
use crate::wallet::{ServiceConfig, Wallet, join};
use serde::Serialize;

/// An outlet to serve at.
struct Outlet {
    role: &'static str,
    float_minor: i64,
    /// Who serves there: their number, and their PIN for it.
    staff: &'static [(u64, &'static str)],
}

/// The first is the head office of the others.
const OUTLETS: [Outlet; Shown::OUTLETS] = [
    Outlet { role: "super-agent", float_minor: 20_000_000, staff: &[(11, "5263")] },
    Outlet { role: "agent", float_minor: 1_500_000, staff: &[(12, "8417"), (13, "2905")] },
    Outlet { role: "agent", float_minor: 800_000, staff: &[(14, "6734")] },
];

/// Who serves at the outlets.
pub(super) const STAFF: [Seed; Shown::SERVERS] = [
    Seed { number: 11, called: Called::Server(0), pin: "3719", language: "en", balance_minor: 0 },
    Seed { number: 12, called: Called::Server(1), pin: "9046", language: "en", balance_minor: 0 },
    Seed { number: 13, called: Called::Server(2), pin: "7258", language: "sw", balance_minor: 0 },
    Seed { number: 14, called: Called::Server(3), pin: "4187", language: "fr", balance_minor: 0 },
];

/// Where somebody serves, as `/demo/people` lists it.
#[derive(Debug, Clone, Serialize)]
pub struct AgentView {
    /// The agent number.
    pub number: String,
    /// The name of the outlet.
    pub outlet: String,
    /// Their PIN for it, as long as it is the seeded one.
    pub pin: Option<String>,
    /// Whether too many wrong tries have locked theirs.
    pub pin_locked: bool,
    /// The float of the outlet, minor units.
    pub float_minor: i64,
}

/// Opens what is missing of the outlets; says what goes onto their floats.
pub(super) async fn seed(wallet: &Wallet) -> Result<Vec<Leg>, BootstrapError> {
    let mut legs = Vec::new();
    let mut head_office = None;
    let market = &wallet.config.market;
    let names = market.shown.outlets.iter().zip(&market.shown.areas);
    for (outlet, (name, area)) in OUTLETS.iter().zip(names) {
        let mut opened = None;
        for (number, pin) in outlet.staff {
            let phone = market.made_up(*number);
            let asked = phone.clone();
            let caller = wallet.store.read(move |conn| posts_of(conn, &asked)).await?;
            let (person, post) = caller.ok_or(StoreError::Damaged("nobody is there to serve"))?;
            if let Some(post) = post {
                opened = Some(post.outlet.float_account);
                continue;
            }
            let float = match opened {
                Some(float) => float,
                None => open(wallet, (name, area), head_office).await?,
            };
            serve(wallet, (&phone, person), float, pin).await?;
            opened = Some(float);
        }
        let amount_minor = market.shown.sized(outlet.float_minor);
        legs.extend(opened.map(|account| Leg { account, amount_minor }));
        head_office = head_office.or(opened);
    }
    Ok(legs)
}

/// An outlet with an empty float.
async fn open(
    wallet: &Wallet,
    (name, area): (&str, &str),
    head_office: Option<AccountId>,
) -> Result<AccountId, BootstrapError> {
    let float_account = AccountId::of(wallet.book.fresh_id().await?);
    let commission_account = AccountId::of(wallet.book.fresh_id().await?);
    let currency = wallet.config.market.currency.as_str();
    let account =
        |id, kind| Change::OpenAccount(Account { kind, ..join::empty_wallet(id, currency) });
    let row = OutletRow {
        float_account,
        version: 1,
        last_posting: PostingId::NONE,
        commission_account,
        head_office,
        name: name.to_owned(),
        area: area.to_owned(),
        state: OutletState::Open,
        opened_at: wallet.clock.now().micros(),
        low_float_minor: None,
    };
    let changes = vec![
        account(float_account, AccountKind::Float),
        account(commission_account, AccountKind::Commission),
        Change::keep(Record::Outlet(row), "open"),
    ];
    let key = Key::new(wallet.clock.now(), "outlet", name.as_bytes());
    let posting = wallet.note(key, changes);
    wallet.book.post(posting).await.map_err(BootstrapError::Refused)?;
    Ok(float_account)
}

/// Somebody begins to serve there, with a PIN of their own.
async fn serve(
    wallet: &Wallet,
    (phone, person): (&str, AccountId),
    float: AccountId,
    pin: &str,
) -> Result<(), BootstrapError> {
    let id = AssistantId::of(wallet.book.fresh_id().await?);
    let pin = Pin::parse(pin).map_err(|reason: Reason| BootstrapError::Refused(reason.into()))?;
    let pin = wallet.config.tagged(id.into(), &pin, wallet.randomness.bytes());
    let row = AssistantRow::begins(id, person, float, wallet.clock.now().micros());
    let changes = vec![
        Change::keep(Record::Assistant(row), "employ"),
        Change::keep(Record::Pin(pin), "set_pin"),
    ];
    let key = Key::new(wallet.clock.now(), "serves", phone.as_bytes());
    let posting = wallet.note(key, changes);
    wallet.book.post(posting).await.map(|_receipt| ()).map_err(BootstrapError::Refused)
}

fn posts_of(
    conn: &mut Conn,
    phone: &str,
) -> Result<Option<(AccountId, Option<AgentPost>)>, StoreError> {
    match people::by_msisdn(conn, phone)? {
        Some(person) => {
            let post =
                conn.wait(async |asked| agent_rows::post_of(asked, person.account_id).await)?;
            Ok(Some((person.account_id, post)))
        }
        None => Ok(None),
    }
}

/// What somebody is to the service, and where they serve.
pub(super) fn post(
    conn: &mut Conn,
    config: &ServiceConfig,
    person: AccountId,
    phone: &str,
) -> Result<Option<(String, AgentView)>, StoreError> {
    let found = conn.wait(async |asked| agent_rows::post_of(asked, person).await)?;
    let Some(post) = found else { return Ok(None) };
    let float = book_rows::account(conn, post.outlet.float_account)?;
    let seeded = OUTLETS.iter().find_map(|outlet| {
        let is_theirs = |(number, _): &&(u64, &str)| config.market.made_up(*number) == phone;
        outlet.staff.iter().find(is_theirs).map(|(_, pin)| (outlet.role, *pin))
    });
    let stored = pins::by_id(conn, post.assistant.id.into())?;
    let pin_locked = stored.as_ref().is_some_and(is_locked);
    let pin = seeded.zip(stored).and_then(|((_, seeded), stored)| {
        let pin = Pin::parse(seeded).ok()?;
        let right = config.pin_keys.matches(
            stored.key_version,
            post.assistant.id.into(),
            &stored.salt,
            &pin,
            &stored.tag,
        );
        right.then(|| seeded.to_owned())
    });
    let post = AgentView {
        number: AgentNumber::of(post.outlet.float_account).to_string(),
        outlet: post.outlet.name,
        pin,
        pin_locked,
        float_minor: float.map_or(0, |account| account.balance_minor),
    };
    Ok(Some((seeded.map_or("agent", |(role, _)| role).to_owned(), post)))
}
