//! What somebody has asked for that is about a line of a statement, and waits for another one: who
//! is about to ask the same sees it first. Nothing is decided here.

use super::super::Wallet;
use super::super::office::two_people::{self, Wish};
use crate::store::arrangement_rows::{self as rows, Search, Side};
use crate::store::{Conn, StoreError};

/// Requests that are looked through.
const LOOKED_AT: i64 = 1_000;
/// The inputs that name a line.
const NAMES: [&str; 3] = ["line", "other", "item"];

/// All of them that wait, each with its number.
#[derive(Debug, Clone, Default)]
pub struct AskedOfLines(Vec<(i64, Wish)>);

impl AskedOfLines {
    /// Those about this line, the oldest first.
    pub fn of<'a>(&'a self, line: &'a str) -> impl Iterator<Item = &'a (i64, Wish)> {
        let about = move |wish: &Wish| {
            NAMES.iter().any(|name| wish.inputs.get(*name).is_some_and(|typed| typed == line))
        };
        self.0.iter().filter(move |(_, wish)| about(wish))
    }
}

impl Wallet {
    /// What waits and is about lines of statements.
    pub async fn asked_of_lines(&self) -> Result<AskedOfLines, StoreError> {
        let (side, kind) = (Side::Anybody, two_people::KIND.name);
        let open = Search { side, kind, open: true, since: 0, limit: LOOKED_AT };
        let read = move |conn: &mut Conn| conn.wait(async |asked| rows::find(asked, &open).await);
        let (found, now) = (self.store.read(read).await?, self.clock.now());
        let waits = found.iter().rev().filter(|row| two_people::KIND.waits(row, now));
        let wishes = waits.filter_map(|row| Some((row.id.number(), Wish::of(row).ok()?)));
        let named = |wish: &Wish| NAMES.iter().any(|name| wish.inputs.contains_key(*name));
        Ok(AskedOfLines(wishes.filter(|(_, wish)| named(wish)).collect()))
    }
}
