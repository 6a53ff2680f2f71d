//! People who dial while something is measured: each with a phone, a PIN and money. What they dial
//! for is not known here.

use super::country;
use crate::book::{self, Change, Key, Leg, TRUST};
use crate::id::{AccountId, PostingId};
use crate::limits::Tier;
use crate::pin::Pin;
use crate::store::book_rows;
use crate::store::people::PersonRow;
use crate::store::records::Record;
use crate::time::Timestamp;
use crate::wallet::{Wallet, join};
use anyhow::anyhow;

/// Everybody's PIN.
pub const PIN: &str = "7361";
/// Below it are the phones of those who are there anyway.
const FIRST_NUMBER: u64 = 1_000;
/// Each person begins with so much, minor units.
const BEGIN_MINOR: i64 = 1_000_000_000;
/// So many join at the same moment.
const JOIN_AT_ONCE: usize = 500;

/// The phone of the person at this place.
pub fn phone(place: u64) -> String {
    country::phone(place.saturating_add(FIRST_NUMBER))
}

/// The same as people type it.
pub fn typed_phone(place: u64) -> String {
    country::typed(&phone(place))
}

/// People with a PIN and money, by their places: their wallets. They join many at a time, as the
/// book likes it.
pub async fn populate(wallet: &Wallet, people: u64) -> anyhow::Result<Vec<AccountId>> {
    let count = i64::try_from(people)?;
    let first = wallet.book.write(move |conn| book_rows::take_ids(conn, count)).await?;
    let pin = Pin::parse(PIN).map_err(|reason| anyhow!(reason.code()))?;
    let everybody: Vec<(u64, AccountId)> = (0..people).zip((first..).map(AccountId::of)).collect();
    for some in everybody.chunks(JOIN_AT_ONCE) {
        let joining = some
            .iter()
            .map(|(number, account)| wallet.book.post(joining(wallet, *number, *account, &pin)));
        let joined = futures_util::future::try_join_all(joining).await;
        joined.map_err(|refusal| anyhow!("people join: {}", refusal.code()))?;
    }
    Ok(everybody.into_iter().map(|(_place, account)| account).collect())
}

fn joining(wallet: &Wallet, number: u64, account: AccountId, pin: &Pin) -> book::Posting {
    let config = &wallet.config;
    let now = wallet.clock.now();
    let person = PersonRow {
        account_id: account,
        version: 1,
        last_posting: PostingId::NONE,
        msisdn: phone(number),
        name: "Amina Wanjiru".to_owned(),
        language: "en".to_owned(),
        joined_at: now.micros(),
        tier: Tier::Full.code().to_owned(),
    };
    let pin = config.tagged(account.into(), pin, wallet.randomness.bytes());
    let changes = vec![
        Change::keep(Record::Person(person), "join"),
        Change::OpenAccount(join::empty_wallet(account, config.market.currency.as_str())),
        Change::keep(Record::Pin(pin), "set_pin"),
    ];
    let legs = vec![
        Leg { account, amount_minor: BEGIN_MINOR },
        Leg { account: TRUST, amount_minor: BEGIN_MINOR.saturating_neg() },
    ];
    book::Posting { legs, kind: "issue", ..wallet.note(key_of(now, "join", number), changes) }
}

fn key_of(now: Timestamp, what: &str, number: u64) -> Key {
    Key::new(now, what, &number.to_be_bytes())
}
