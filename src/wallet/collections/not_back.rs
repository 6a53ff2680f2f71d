//! The gifts of a collection that could not go back yet: whose they are, how much of each lies on
//! its account still, and how their wallets stand. It is for the staff alone, as it names people.
//! How gifts go back is not known here.

use super::super::Wallet;
use super::collection::{Collection, came};
use super::digest_list::{each_gift, numbered};
use super::lineage;
use super::proof::Leaf;
use crate::id::AccountId;
use crate::store::book_rows::AccountState;
use crate::store::lookback::{self, Lookback};
use crate::store::{Conn, StoreError, book_rows, people};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Givers who are read at a time.
const PAGE: usize = 500;

/// A gift whose giver's wallet took nothing when it was last tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// As it stands in the list that anybody may see.
    pub digest: String,
    /// What of it was not spent, and lies there.
    pub left_minor: i64,
    /// Whose it is; empty where nobody has that wallet.
    pub msisdn: String,
    /// How that wallet stands now.
    pub state: AccountState,
}

/// The number of each, and how their wallet stands.
type Known = BTreeMap<AccountId, (String, AccountState)>;

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotBack {
    /// What it was for.
    pub title: String,
    /// The gifts, the last first.
    pub gifts: Vec<SetAside>,
    /// When they are tried again.
    pub again: Timestamp,
}

impl NotBack {
    /// What they come to.
    pub fn sum_minor(&self) -> i64 {
        self.gifts.iter().fold(0, |sum, gift| sum.saturating_add(gift.left_minor))
    }
}

impl Wallet {
    /// Those of the collection with this number; nothing where there is no such collection.
    pub async fn not_back(&self, number: &str) -> Result<Option<NotBack>, StoreError> {
        let key = self.config.reference_key;
        let number = number.to_owned();
        let read = move |conn: &mut Conn| {
            let Some(collection) = numbered(conn, &number)? else { return Ok(None) };
            let gifts = set_aside(conn, &collection, &key)?;
            let again = Timestamp::from_micros(collection.row.due_at.unwrap_or(0));
            Ok(Some(NotBack { title: collection.terms.title, gifts, again }))
        };
        self.store.read(read).await
    }
}

fn set_aside(
    conn: &mut Conn,
    collection: &Collection,
    key: &[u8; 16],
) -> Result<Vec<SetAside>, StoreError> {
    let Some(back) = &collection.terms.back else { return Ok(Vec::new()) };
    let aside: BTreeSet<_> = back.aside.iter().collect();
    if aside.is_empty() {
        return Ok(Vec::new());
    }
    let spent_minor = spent_minor(conn, collection)?;
    let mut found = Vec::new();
    each_gift(conn, collection, |line| {
        if aside.contains(&line.posting.id) {
            let leaf = Leaf::of(&collection.terms.salt, key, line.posting.id, line.own);
            let left_minor = leaf.interval.behind(spent_minor).minor();
            found.push((line.other(), leaf.short(), left_minor));
        }
    })?;
    let givers: BTreeSet<AccountId> = found.iter().filter_map(|gift| gift.0).collect();
    let known: Known = known(conn, &Vec::from_iter(givers))?;
    let named = |(giver, digest, left_minor): (Option<AccountId>, String, i64)| {
        let found = giver.and_then(|giver| known.get(&giver));
        let (msisdn, state) = found.cloned().unwrap_or_default();
        SetAside { digest, left_minor, msisdn, state }
    };
    Ok(found.into_iter().map(named).collect())
}

/// How much was spent of all that came.
fn spent_minor(conn: &mut Conn, collection: &Collection) -> Result<i64, StoreError> {
    let account = collection.account_id;
    let last = collection.terms.back.as_ref().and_then(|back| back.spent);
    let (Some(last), Some(stands)) = (last, book_rows::account(conn, account)?) else {
        return Ok(0);
    };
    let one = Lookback { account, since: i64::MIN, limit: 1 };
    let found = conn.wait(async |asked| lookback::back(asked, one, last).await)?;
    let (_, legs) = found.first().ok_or(StoreError::Damaged("a lost payment"))?;
    let own = legs.iter().find(|leg| leg.account_id == account);
    let own = own.ok_or(StoreError::Damaged("no payment"))?;
    Ok(lineage::of_payment(came(&stands).0, own).to_minor)
}

/// What is known of these givers.
fn known(conn: &mut Conn, givers: &[AccountId]) -> Result<Known, StoreError> {
    let mut known = Known::new();
    for page in givers.chunks(PAGE) {
        let people = conn.wait(async |asked| people::by_accounts(asked, page).await)?;
        let mut states = BTreeMap::new();
        for account in book_rows::accounts_of(conn, page)? {
            states.insert(account.id, account.state);
        }
        for person in people {
            let state = states.get(&person.account_id).copied().unwrap_or_default();
            known.insert(person.account_id, (person.msisdn, state));
        }
    }
    Ok(known)
}
