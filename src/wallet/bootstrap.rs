//! What a new database needs before the first person joins: the operator's accounts and the key of
//! receipt codes.

use super::people::join::empty_wallet;
use super::secret_keeping;
use crate::actor::Actor;
use crate::book::{Book, COMMISSIONS, Change, FEES, Key, LEVY, Posting, SUSPENSE, TAX, TRUST};
use crate::money::Currency;
use crate::refusal::Refusal;
use crate::seal::{Randomness, SealKey};
use crate::store::book_rows::AccountKind;
use crate::store::book_rows::{self, Account};
use crate::store::{Conn, Store, StoreError, setting_rows};
use crate::time::Timestamp;
use std::sync::Arc;

/// Why a database could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The book refused the operator's accounts.
    #[error("the operator's accounts were refused: {}", .0.code())]
    Refused(Refusal),
    /// The database belongs to another kind of service, or was made with another secret.
    #[error("{0}")]
    Foreign(String),
}

/// Opens the operator's accounts, unless they are there.
pub async fn open_accounts(
    store: &Store,
    book: &Book,
    currency: Currency,
    now: Timestamp,
) -> Result<(), BootstrapError> {
    let present = store
        .read(|conn| book_rows::accounts_of(conn, &[TRUST, FEES, SUSPENSE, TAX, LEVY, COMMISSIONS]))
        .await?;
    let changes = missing(&present, currency);
    if changes.is_empty() {
        return Ok(());
    }
    let key = Key::new(now, "founding", &[]);
    let posting = Posting {
        actor: Actor::Service,
        key,
        request: [0; 16],
        kind: "founding",
        at: now,
        currency,
        legs: Vec::new(),
        holds: Vec::new(),
        meters: Vec::new(),
        changes,
        corrects: None,
        credentials: Vec::new(),
    };
    book.post(posting).await.map(|_receipt| ()).map_err(BootstrapError::Refused)
}

/// What opens those of the operator's accounts that are not there.
fn missing(present: &[Account], currency: Currency) -> Vec<Change> {
    let of_tariff = [FEES, TAX, LEVY].map(|id| (id, AccountKind::Fees, Some(0)));
    let others = [
        (TRUST, AccountKind::Trust, None),
        (SUSPENSE, AccountKind::Suspense, Some(0)),
        (COMMISSIONS, AccountKind::Commission, None),
    ];
    let wanted = others.into_iter().chain(of_tariff);
    let missing = wanted.filter(|(id, _, _)| present.iter().all(|account| account.id != *id));
    let opened = missing.map(|(id, kind, floor_minor)| Account {
        kind,
        floor_minor,
        ..empty_wallet(id, currency.as_str())
    });
    opened.map(Change::OpenAccount).collect()
}

/// The key that turns posting numbers into receipt codes: made once, the same for ever, or old
/// codes would change.
pub async fn reference_key(
    book: &Book,
    randomness: &Randomness,
) -> Result<[u8; 16], BootstrapError> {
    let fresh: [u8; 16] = randomness.bytes();
    let stored =
        book.write(move |conn| setting_rows::set_once(conn, "reference_key", &fresh)).await?;
    let damaged = BootstrapError::Store(StoreError::Damaged("the reference key is not 16 bytes"));
    stored.try_into().map_err(|_long: Vec<u8>| damaged)
}

/// Retires every secret but this one; says how many there were.
pub async fn retire_secrets(book: &Book, current: &SealKey) -> Result<usize, StoreError> {
    let current = current.derive("names");
    book.write(move |conn| secret_keeping::retire_others(conn, &current)).await
}

/// The setting that says whose world a database holds,
const WORLD: &str = "world";
/// and what it says of a demo.
pub const DEMO: &str = "demo";

/// Whether it holds the world of a demo.
pub fn is_demo(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(setting_rows::get(conn, WORLD)?.is_some_and(|world| world == DEMO.as_bytes()))
}

/// Marks whose world this database holds (`demo` or `service`), and refuses the other's.
pub async fn claim_world(book: &Book, world: &'static str) -> Result<(), BootstrapError> {
    let stored =
        book.write(move |conn| setting_rows::set_once(conn, WORLD, world.as_bytes())).await?;
    if stored == world.as_bytes() {
        return Ok(());
    }
    let other = String::from_utf8_lossy(&stored).into_owned();
    Err(BootstrapError::Foreign(format!(
        "this database belongs to `{other}` and cannot be used as `{world}`: choose another with \
         --database-url"
    )))
}

/// The setting that says which country a book was begun for.
const MARKET: &str = "market";

/// The market that a database was begun with, if it was.
pub async fn kept_market(store: &Store) -> Result<Option<String>, StoreError> {
    let kept = store.read(|conn| setting_rows::get(conn, MARKET)).await?;
    Ok(kept.map(|code| String::from_utf8_lossy(&code).into_owned()))
}

/// Keeps the market that a database is begun with, and refuses another one: what is in the book was
/// counted in its currency and on its days.
pub async fn claim_market(book: &Book, code: &str) -> Result<(), BootstrapError> {
    let ours = code.to_owned();
    let kept =
        book.write(move |conn| setting_rows::set_once(conn, MARKET, ours.as_bytes())).await?;
    if kept == code.as_bytes() {
        return Ok(());
    }
    let other = String::from_utf8_lossy(&kept).into_owned();
    Err(BootstrapError::Foreign(format!(
        "this database was begun with the market `{other}` and cannot be used with `{code}`: leave \
         --market out, or choose another database with --database-url"
    )))
}

/// The key that callers, conversations and their steps are named with: made once, the same for
/// ever, and kept sealed under each secret in use. So nodes that are given a new secret one after
/// the other name everything alike.
///
/// Refuses a secret that is not one this database was made with, or was given since: every PIN
/// would be wrong.
pub async fn names_key(
    book: &Book,
    current: &SealKey,
    older: &[SealKey],
    randomness: &Randomness,
) -> Result<SealKey, BootstrapError> {
    let known: Vec<Arc<SealKey>> =
        [current].into_iter().chain(older).map(|secret| Arc::new(secret.derive("names"))).collect();
    let fresh: [u8; 32] = randomness.bytes();
    let nonce: [u8; 24] = randomness.bytes();
    let opened = book.write(move |conn| secret_keeping::open(conn, &known, fresh, nonce)).await?;
    opened.map(SealKey::new).ok_or_else(|| {
        BootstrapError::Foreign(
            "KADOGO_SECRET is not a secret of this database; if it was changed on purpose, name \
             the old one in KADOGO_OLD_SECRETS"
                .to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_opened_and_only_what_the_operator_owes_may_go_below_zero() {
        let opened = |present: &[Account]| -> Vec<Account> {
            let changes = missing(present, Currency::parse("KES").unwrap()).into_iter();
            changes
                .map(|change| match change {
                    Change::OpenAccount(account) => account,
                    other => panic!("{other:?}"),
                })
                .collect()
        };
        let all = opened(&[]);
        assert_eq!(
            all.iter()
                .map(|account| (account.id, <&str>::from(account.kind), account.floor_minor))
                .collect::<Vec<_>>(),
            [
                (TRUST, "trust", None),
                (SUSPENSE, "suspense", Some(0)),
                (COMMISSIONS, "commission", None),
                (FEES, "fees", Some(0)),
                (TAX, "fees", Some(0)),
                (LEVY, "fees", Some(0)),
            ]
        );
        assert!(all.iter().all(|account| account.balance_minor == 0 && account.currency == "KES"));
        assert_eq!(opened(&all[1..]), all[..1]);
        assert!(opened(&all).is_empty());
    }
}
