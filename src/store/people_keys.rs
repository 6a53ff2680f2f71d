//! Keys by which people are found besides their whole number: each two words of their name, in
//! either order, and their number from its end. They are kept beside the book and follow its trail:
//! who joins waits for none of it, and is found by them a moment later. A key that fits no more
//! stays, and whoever finds somebody by one looks whether it still fits.

use super::people::PersonRow;
use super::rows::{self, Column, Rows};
use super::schema::{people, trail};
use super::{Conn, StoreError, head, on, setting_rows};
use crate::id::{AccountId, PostingId};
use crate::text;
use diesel::prelude::*;

/// People whose keys are written in one go: payments wait meanwhile.
const PIECE: i64 = 500;
/// Postings that are looked through in one go,
const STRETCH: i64 = 1_000_000;
/// and those that may be looked through again: that they were is not written for each handful.
const SLACK: i64 = 20_000;
/// Words of a name that count: of more than these nobody types one.
const WORDS_MAX: usize = 4;
/// Before a number from its end; no name begins with it.
const FROM_END: char = '#';
/// Up to where the keys are made.
const MADE: &str = "people_keys";

/// What is known of somebody who is looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clue {
    /// The beginning of their number, as `+2547`, or all of it.
    NumberBegins(String),
    /// Its last digits.
    NumberEnds(String),
    /// Words that words of their name begin with, as `words` makes them.
    Named(Vec<String>),
    /// The number of their ID: its digest.
    IdNumber(Vec<u8>),
}

/// Who fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundPeople {
    /// The first of them.
    pub people: Vec<PersonRow>,
    /// Whether there are more, or may be.
    pub more: bool,
}

/// The words of a name as they are compared: without accents, in small letters. What only holds
/// a word together, as in `Ng'ang'a`, is left out.
pub fn words(name: &str) -> Vec<String> {
    let name = text::to_gsm(name).to_lowercase();
    let parts = name.split(|sign: char| sign.is_whitespace() || matches!(sign, '-' | '.'));
    let letters = |part: &str| part.chars().filter(|c| c.is_alphabetic()).map(plain).collect();
    parts.map(letters).filter(|word: &String| !word.is_empty()).collect()
}

/// A small letter as it is compared.
fn plain(letter: char) -> char {
    match letter {
        'ø' => 'o',
        'æ' => 'a',
        'ß' => 's',
        other => text::fold(other),
    }
}

/// The keys of somebody.
pub fn keys(person: &PersonRow) -> Vec<String> {
    let words = words(&person.name);
    let words: Vec<&String> = words.iter().take(WORDS_MAX).collect();
    let mut keys = vec![from_end(&person.msisdn)];
    match words.as_slice() {
        [only] => keys.push((*only).clone()),
        several => {
            for (place, first) in several.iter().enumerate() {
                let others = several.iter().enumerate().filter(|(other, _)| *other != place);
                keys.extend(others.map(|(_, second)| format!("{first} {second}")));
            }
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The key of a number, or of its last digits.
pub(super) fn from_end(number: &str) -> String {
    let digits = number.chars().rev().filter(char::is_ascii_digit);
    [FROM_END].into_iter().chain(digits).collect()
}

/// People whose keys are to be made.
#[derive(Debug, Default)]
pub struct Unkept {
    people: Vec<PersonRow>,
    /// Up to which posting that is.
    until: PostingId,
    /// Whether there is more behind it.
    pub more: bool,
}

impl Unkept {
    /// Whether there is nothing to write.
    pub fn is_nothing(&self) -> bool {
        self.people.is_empty() && self.until == PostingId::NONE
    }

    /// How many people.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}

/// Who has joined, or has another name, since the keys were made last.
pub fn unkept(conn: &mut Conn) -> Result<Unkept, StoreError> {
    let made = made(conn)?;
    let newest = head::look(conn)?.map_or(PostingId::NONE, |head| head.last_posting);
    let last = newest.number().min(made.number().saturating_add(STRETCH));
    let changed = changes(conn, made.next().number(), last, PIECE)?;
    let full = i64::try_from(changed.len()).unwrap_or(i64::MAX) >= PIECE;
    let (changed, until) = match changed.last().map(|(posting, _)| *posting).filter(|_| full) {
        // the last one may go on: what is before it is whole, or all of it is taken
        Some(end) if changed.first().is_some_and(|(first, _)| *first < end) => {
            let before = changed.into_iter().filter(|(posting, _)| *posting < end).collect();
            (before, PostingId::of(end.number().saturating_sub(1)))
        }
        Some(end) => (changes(conn, end.number(), end.number(), i64::MAX)?, end),
        None => (changed, PostingId::of(last)),
    };
    let ids: Vec<AccountId> = changed.into_iter().map(|(_, id)| AccountId::of(id)).collect();
    let people: Vec<PersonRow> = match ids.is_empty() {
        true => Vec::new(),
        false => on!(conn, c => people::table.filter(people::account_id.eq_any(&ids)).load(c))?,
    };
    let near = until.number().saturating_sub(made.number()) < SLACK;
    let until = if people.is_empty() && near { PostingId::NONE } else { until };
    Ok(Unkept { people, until, more: until != PostingId::NONE && until < newest })
}

/// In which postings something happened to which people, the oldest first.
fn changes(
    conn: &mut Conn,
    first: i64,
    last: i64,
    limit: i64,
) -> Result<Vec<(PostingId, i64)>, StoreError> {
    let those = trail::table.filter(trail::posting_id.between(first, last));
    let those = those.filter(trail::kind.eq("person")).order((trail::posting_id, trail::nr));
    let those = those.limit(limit).select((trail::posting_id, trail::record_id));
    Ok(on!(conn, c => those.load(c))?)
}

fn made(conn: &mut Conn) -> Result<PostingId, StoreError> {
    let stored = setting_rows::get(conn, MADE)?;
    let number = stored.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes);
    Ok(PostingId::of(number))
}

/// Writes their keys, and up to where they are made.
pub fn keep(conn: &mut Conn, unkept: &Unkept) -> Result<(), StoreError> {
    let of = |person: &PersonRow| {
        let id = person.account_id;
        keys(person).into_iter().map(move |key| (key, id))
    };
    let mut all: Vec<(String, AccountId)> = unkept.people.iter().flat_map(of).collect();
    // neighbours in the index one after the other
    all.sort_unstable();
    let columns = vec![
        Column::Texts(all.iter().map(|(key, _)| key.as_str()).collect()),
        Column::ids(all.iter().map(|(_, id)| *id)),
    ];
    let head = "INSERT INTO people_keys (key, account_id)";
    rows::run(conn, &[Rows::insert(all.len(), columns, head, "ON CONFLICT DO NOTHING")])?;
    // another node may be ahead: made again they are the same keys
    if unkept.until > made(conn)? {
        setting_rows::set(conn, MADE, &unkept.until.number().to_be_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn person(name: &str) -> PersonRow {
        PersonRow {
            account_id: Id::of(7),
            version: 1,
            last_posting: PostingId::NONE,
            msisdn: "+254712345678".into(),
            name: name.into(),
            language: "en".into(),
            joined_at: 0,
            tier: "sim".into(),
        }
    }

    #[test]
    fn words_are_compared_without_accents_case_and_what_holds_them_together() {
        for (name, expected) in [
            ("Amina Wanjiru", vec!["amina", "wanjiru"]),
            ("  NG'ANG'A ", vec!["nganga"]),
            ("Aïcha N’Diaye", vec!["aicha", "ndiaye"]),
            ("Jean-Pierre É. Müller", vec!["jean", "pierre", "e", "muller"]),
            ("Ñandú Øyvind", vec!["nandu", "oyvind"]),
            ("- . '", vec![]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn a_key_is_each_two_words_in_either_order_and_the_number_from_its_end() {
        let number = "#876543217452";
        assert_eq!(keys(&person("Amina")), [number, "amina"]);
        assert_eq!(keys(&person("Amina Amina")), [number, "amina amina"]);
        assert_eq!(
            keys(&person("Amina Wanjiru Kamau")),
            [
                number,
                "amina kamau",
                "amina wanjiru",
                "kamau amina",
                "kamau wanjiru",
                "wanjiru amina",
                "wanjiru kamau"
            ]
        );
        assert_eq!(keys(&person("A B C D E F")).len(), 13);
        assert_eq!(from_end("5678"), "#8765");
    }
}
