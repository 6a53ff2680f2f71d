//! The demo's world: people in three languages, with balances that came from a posting against the
//! trust account. Their PINs are public. Nothing here runs outside `demo`.

use super::outlets::{self, AgentView};
use super::residents::{AMINA, BARAKA, CLAIRE, DAUDI, ESTHER};
use super::seed::{Called, MARKET, Seed, is_locked};
use crate::book::{Change, Key, Leg, Posting, TRUST};
use crate::id::{AccountId, PostingId};
use crate::limits::Tier;
use crate::market::{Market, Shown};
use crate::money::{Currency, Money};
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::store::people::{self, PersonRow};
use crate::store::pins;
use crate::store::records::Record;
use crate::store::{Conn, StoreError, book_rows};
use crate::time::Timestamp;
use crate::wallet::bootstrap::BootstrapError;
use crate::wallet::{ServiceConfig, Wallet, join};
use serde::Serialize;

const SEEDS: [Seed; Shown::PEOPLE] = [
    Seed {
        number: AMINA,
        called: Called::Person(0),
        pin: "7361",
        language: "en",
        balance_minor: 500_000,
    },
    Seed {
        number: BARAKA,
        called: Called::Person(1),
        pin: "4826",
        language: "sw",
        balance_minor: 250_000,
    },
    Seed {
        number: CLAIRE,
        called: Called::Person(2),
        pin: "9274",
        language: "fr",
        balance_minor: 120_000,
    },
    Seed {
        number: DAUDI,
        called: Called::Person(3),
        pin: "8053",
        language: "sw",
        balance_minor: 45_050,
    },
    Seed {
        number: ESTHER,
        called: Called::Person(4),
        pin: "6195",
        language: "en",
        balance_minor: 0,
    },
];

/// A person as `/demo/people` lists them.
#[derive(Debug, Clone, Serialize)]
pub struct PersonView {
    /// What they are to the service.
    pub role: String,
    /// Their name.
    pub name: String,
    /// Their number.
    pub phone: String,
    /// Their PIN, as long as it is the seeded one.
    pub pin: Option<String>,
    /// Whether too many wrong tries have locked theirs.
    pub pin_locked: bool,
    /// Two letters.
    pub language: String,
    /// What they have, minor units.
    pub balance_minor: i64,
    /// Three letters.
    pub currency: String,
    /// Where they serve as an agent.
    pub agent: Option<AgentView>,
}

/// Who has this number in a demo.
pub(super) fn known(phone: &str, market: &Market) -> Option<&'static Seed> {
    everybody().chain([&MARKET]).find(|seed| seed.phone(market) == phone)
}

fn everybody() -> impl Iterator<Item = &'static Seed> {
    SEEDS.iter().chain(&outlets::STAFF)
}

/// Seeds what is missing of the world: a second start, also after a crash in the middle of the
/// first, adds nothing twice.
pub async fn seed(wallet: &Wallet) -> Result<(), BootstrapError> {
    let now = wallet.clock.now();
    let mut legs = Vec::new();
    for seed in everybody() {
        let phone = seed.phone(&wallet.config.market);
        let keys = key(&phone);
        let there = wallet.store.read(move |conn| people::by_msisdn(conn, &phone)).await?;
        let account = match there {
            Some(person) => person.account_id,
            None => {
                let account = AccountId::of(wallet.book.fresh_id().await?);
                let posting = wallet.note(keys, settle_in(wallet, seed, account, now));
                wallet.book.post(posting).await.map_err(BootstrapError::Refused)?;
                account
            }
        };
        let amount_minor = wallet.config.market.shown.sized(seed.balance_minor);
        if amount_minor > 0 {
            legs.push(Leg { account, amount_minor });
        }
    }
    legs.extend(outlets::seed(wallet).await?);
    issue(wallet, legs).await
}

/// The same at every start, so that the money is issued once.
fn key(what: &str) -> Key {
    Key::new(Timestamp::from_micros(0), "demo", what.as_bytes())
}

fn settle_in(wallet: &Wallet, seed: &Seed, account: AccountId, now: Timestamp) -> Vec<Change> {
    let config = &wallet.config;
    let market = &config.market;
    let person = PersonRow {
        account_id: account,
        version: 1,
        last_posting: PostingId::NONE,
        msisdn: seed.phone(market),
        name: seed.name(market).to_owned(),
        language: seed.language(market).to_string(),
        joined_at: now.micros(),
        tier: Tier::Full.code().into(),
    };
    let mut changes = vec![
        Change::keep(Record::Person(person), "join"),
        Change::OpenAccount(join::empty_wallet(account, config.market.currency.as_str())),
    ];
    if let Ok(pin) = Pin::parse(seed.pin) {
        let pin = config.tagged(account.into(), &pin, wallet.randomness.bytes());
        changes.push(Change::keep(Record::Pin(pin), "set_pin"));
    }
    changes
}

/// E-money comes into the world against the trust account, balanced like everything else.
async fn issue(wallet: &Wallet, mut legs: Vec<Leg>) -> Result<(), BootstrapError> {
    let issued = legs.iter().fold(0_i64, |sum, leg| sum.saturating_add(leg.amount_minor));
    legs.push(Leg { account: TRUST, amount_minor: issued.saturating_neg() });
    let posting = Posting { kind: "issue", legs, ..wallet.note(key("issue"), Vec::new()) };
    wallet.book.post(posting).await.map(|_receipt| ()).map_err(BootstrapError::Refused)
}

/// Everybody who can be played, as they are now.
pub async fn people(wallet: &Wallet) -> Result<Vec<PersonView>, StoreError> {
    let config = wallet.config.clone();
    wallet
        .store
        .read(move |conn| {
            people::page(conn, AccountId::of(0), 200)?
                .into_iter()
                .map(|row| person(conn, &config, row))
                .collect()
        })
        .await
}

fn person(
    conn: &mut Conn,
    config: &ServiceConfig,
    row: PersonRow,
) -> Result<PersonView, StoreError> {
    let account = book_rows::account(conn, row.account_id)?
        .ok_or(StoreError::Damaged("a person without an account"))?;
    let seeded = known(&row.msisdn, &config.market);
    let stored = pins::by_id(conn, row.account_id.into())?;
    let pin_locked = stored.as_ref().is_some_and(is_locked);
    let pin = seeded.zip(stored).and_then(|(seed, stored)| {
        let pin = Pin::parse(seed.pin).ok()?;
        let right = config.pin_keys.matches(
            stored.key_version,
            row.account_id.into(),
            &stored.salt,
            &pin,
            &stored.tag,
        );
        right.then(|| seed.pin.to_owned())
    });
    let (role, agent) = outlets::post(conn, config, row.account_id, &row.msisdn)?.unzip();
    Ok(PersonView {
        role: role.unwrap_or_else(|| "customer".to_owned()),
        name: row.name,
        phone: row.msisdn,
        pin,
        pin_locked,
        language: row.language,
        balance_minor: account.balance_minor,
        currency: account.currency,
        agent,
    })
}

/// What `demo` prints of a PIN.
fn in_words(pin: Option<&str>, is_locked: bool) -> &str {
    if is_locked { "(locked)" } else { pin.unwrap_or("(own)") }
}

/// What `demo` prints: where the phone is, whom to be, what goes on already, and a line to try.
pub fn welcome(
    address: &str,
    (dial, market): (&str, &Market),
    people: &[PersonView],
    goes_on: &str,
) -> String {
    let mut text = format!(
        "\nKadogo demo is running. The phone is at  http://{address}/phone\n\n\
         Be one of these people:\n\n"
    );
    for person in people.iter().take(SEEDS.len()) {
        let currency = Currency::parse(&person.currency).unwrap_or(Currency::NONE);
        let local =
            Msisdn::from_e164(&person.phone).map(|phone| phone.local(market)).unwrap_or_default();
        let pin = in_words(person.pin.as_deref(), person.pin_locked);
        let balance = Money::new(person.balance_minor, currency);
        text.push_str(&format!(
            "  {:<18} {local}  PIN {pin}  {}  http://{address}/phone?as={}  {balance}\n",
            person.name,
            person.language,
            person.phone.replace('+', "%2B"),
        ));
    }
    let staff: Vec<(&PersonView, &AgentView)> =
        people.iter().filter_map(|p| p.agent.as_ref().map(|post| (p, post))).collect();
    if !staff.is_empty() {
        text.push_str("\nOr serve at an agent, with a PIN of its own:\n\n");
    }
    for (person, post) in staff {
        let local =
            Msisdn::from_e164(&person.phone).map(|phone| phone.local(market)).unwrap_or_default();
        let pin = in_words(post.pin.as_deref(), post.pin_locked);
        text.push_str(&format!(
            "  {:<18} {local}  agent PIN {pin}  {} {}\n",
            person.name, post.number, post.outlet
        ));
    }
    text.push_str(goes_on);
    let code = dial.replace('#', "%23");
    let first = SEEDS.first().map(|seed| seed.phone(market).replace('+', "%2B"));
    let first = first.unwrap_or_default();
    text.push_str(&format!(
        "\nOpen two windows as two people and pay one another. Or dial from a shell:\n\n  \
         curl -d \
         'sessionId=ATUid_1&serviceCode={code}&phoneNumber={first}&networkCode=99999&text=' \\\n       \
         http://{address}/gateways/africastalking/ussd\n\n\
         Or in a terminal:  cargo run -- phone --url http://{address}\n\
         Stop with Ctrl-C; to begin anew:  cargo run -- demo --fresh\n",
    ));
    text
}
