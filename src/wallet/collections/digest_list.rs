//! The list of digests of a collection, which anybody may see: read from the entries of its
//! account, page by page. Who gave is not read.

use super::super::Wallet;
use super::super::line::Line;
use super::collection::{self, Collection};
use super::proof::{Leaf, Node, root};
use crate::check_digit;
use crate::id::PostingId;
use crate::store::lookback::{self, Lookback};
use crate::store::{Conn, StoreError, arrangement_rows, book_rows};
use crate::typed_text;

/// Gifts that are read at a time.
const PAGE: usize = 500;

/// A line for each gift, in their order, and what they come to.
#[derive(Debug)]
pub struct DigestList {
    /// What it is for.
    pub title: String,
    /// With which the digests are made.
    pub salt: String,
    /// The gifts, the first first.
    pub leaves: Vec<Leaf>,
    /// What stands above all of them, with their sum; nothing where there is no gift.
    pub root: Option<Node>,
}

impl Wallet {
    /// That of the collection with this number; nothing where there is none.
    pub async fn digest_list(&self, number: &str) -> Result<Option<DigestList>, StoreError> {
        let key = self.config.reference_key;
        let number = number.to_owned();
        let read = move |conn: &mut Conn| {
            let Some(collection) = numbered(conn, &number)? else { return Ok(None) };
            let leaves = leaves(conn, &collection, &key)?;
            let root = root(&leaves);
            let Collection { terms, .. } = collection;
            Ok(Some(DigestList { title: terms.title, salt: terms.salt, leaves, root }))
        };
        self.store.read(read).await
    }
}

/// The collection with this number.
pub(super) fn numbered(conn: &mut Conn, number: &str) -> Result<Option<Collection>, StoreError> {
    let Some(number) = check_digit::read(&typed_text::code(number)) else { return Ok(None) };
    let search = collection::numbered(check_digit::written(number));
    let found = conn.wait(async |asked| arrangement_rows::find(asked, &search).await)?;
    let damaged = |_error| StoreError::Damaged("a collection");
    found.first().map(|row| Collection::of(row).map_err(damaged)).transpose()
}

/// All gifts, the first first.
fn leaves(
    conn: &mut Conn,
    collection: &Collection,
    key: &[u8; 16],
) -> Result<Vec<Leaf>, StoreError> {
    let mut leaves = Vec::new();
    each_gift(conn, collection, |line| {
        leaves.push(Leaf::of(&collection.terms.salt, key, line.posting.id, line.own));
    })?;
    leaves.reverse();
    Ok(leaves)
}

/// Shows each gift, the last first: from the last one, or the newest as long as more may come.
pub(super) fn each_gift(
    conn: &mut Conn,
    collection: &Collection,
    mut see: impl FnMut(&Line),
) -> Result<(), StoreError> {
    let account = collection.account_id;
    let newest = book_rows::account(conn, account)?.and_then(|account| account.last_posting);
    let mut next: Option<PostingId> = collection.terms.last_gift.or(newest);
    while let Some(from) = next {
        let page = Lookback { account, since: i64::MIN, limit: PAGE };
        let found = conn.wait(async |asked| lookback::back(asked, page, from).await)?;
        let lines: Vec<Line> = found.iter().filter_map(|whole| Line::of(whole, account)).collect();
        next = lines.last().and_then(|line| line.own.previous);
        lines.iter().filter(|line| !line.went()).for_each(&mut see);
    }
    Ok(())
}
