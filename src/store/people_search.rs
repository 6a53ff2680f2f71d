//! Finding people by what is known of them. However much fits, little is read: the first that fit,
//! and whether there are more. Who looks, and what they may see, is not known here.

use super::StoreError;
use super::arrangement_rows::ArrangementRow;
use super::ask::{self, Database};
use super::facts::{Facts, Found, NotWanted};
use super::people::{self, PersonRow};
use super::people_keys::{Clue, FoundPeople, from_end, words};
use super::schema::{identities, people as table, people_keys as keys};
use super::wants::Want;
use crate::id::AccountId;
use diesel::prelude::*;
use std::collections::HashSet;

/// So many are shown.
pub const FOUND_MAX: usize = 20;
/// First words that are tried with a second one, and keys that are looked at in all.
const FIRSTS_MAX: usize = 20;
const KEYS_MAX: usize = 400;
/// Keys of two words that are looked at where there are more words, and words that count then.
const PAIRS_MAX: usize = 3_000;
const WORDS_MAX: usize = 3;
/// Behind every letter.
const LAST: char = char::MAX;
/// Behind the blank between two words and before every letter.
const PAST_BLANK: char = '!';

impl Facts {
    /// Who fits what is known of them (`Want::Fitting`).
    pub fn fitting(&self, clue: &Clue) -> Result<&FoundPeople, NotWanted> {
        let want = Want::Fitting(clue.clone());
        self.get(&want, |found| if let Found::People(people) = found { Some(people) } else { None })
    }

    /// What is not over at an account (`Want::OpenAt`).
    pub fn open_at(&self, account: AccountId, limit: i64) -> Result<&[ArrangementRow], NotWanted> {
        self.get(&Want::OpenAt(account, limit), |found| {
            if let Found::Arrangements(rows) = found { Some(rows.as_slice()) } else { None }
        })
    }
}

/// The first who fit.
pub async fn find(asked: Database<'_>, clue: &Clue) -> Result<FoundPeople, StoreError> {
    match clue {
        Clue::NumberBegins(digits) => number_begins(asked, digits).await,
        Clue::NumberEnds(digits) => {
            let (ids, more) = within(asked, &from_end(digits)).await?;
            let found = of(asked, &ids, |person| person.msisdn.ends_with(digits.as_str())).await?;
            Ok(cut(found, more))
        }
        Clue::Named(typed) => named(asked, typed).await,
        Clue::IdNumber(digest) => {
            let those = identities::table.filter(identities::digest.eq(digest));
            let ids: Vec<AccountId> =
                ask::rows(asked, those.select(identities::account_id).limit(limit())).await?;
            Ok(cut(of(asked, &ids, |_| true).await?, false))
        }
    }
}

/// One more than is shown.
fn limit() -> i64 {
    i64::try_from(FOUND_MAX.saturating_add(1)).unwrap_or(i64::MAX)
}

fn cut(mut people: Vec<PersonRow>, more: bool) -> FoundPeople {
    let more = more || people.len() > FOUND_MAX;
    people.truncate(FOUND_MAX);
    FoundPeople { people, more }
}

async fn number_begins(asked: Database<'_>, digits: &str) -> Result<FoundPeople, StoreError> {
    let those = table::table.filter(table::msisdn.ge(digits));
    let those = those.order(table::msisdn).limit(limit());
    let found = match behind(digits) {
        Some(end) => ask::rows(asked, those.filter(table::msisdn.lt(end))).await?,
        None => ask::rows(asked, those).await?,
    };
    Ok(cut(found, false))
}

/// The first number that does not begin with these digits any more: the same in every collation.
fn behind(digits: &str) -> Option<String> {
    let before = digits.trim_end_matches('9');
    let mut end = before.to_owned();
    let next = end.pop()?.to_digit(10)?.checked_add(1)?;
    end.push(char::from_digit(next, 10)?);
    Some(end)
}

/// Who has words in their name that begin with these.
async fn named(asked: Database<'_>, typed: &[String]) -> Result<FoundPeople, StoreError> {
    let mut by_length: Vec<&String> = typed.iter().filter(|word| !word.is_empty()).collect();
    // the longest fits the fewest
    by_length.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let (ids, more) = match by_length.as_slice() {
        [] => return Ok(FoundPeople::default()),
        [only] => within(asked, only).await?,
        [first, second] => pairs(asked, first, second, FOUND_MAX).await?,
        [first, others @ ..] => together(asked, first, others).await?,
    };
    let fits = |person: &PersonRow| {
        let own = words(&person.name);
        typed.iter().all(|word| own.iter().any(|own| own.starts_with(word.as_str())))
    };
    Ok(cut(of(asked, &ids, fits).await?, more))
}

/// These people, in this order, as far as they fit as they are now.
async fn of(
    asked: Database<'_>,
    ids: &[AccountId],
    fits: impl Fn(&PersonRow) -> bool,
) -> Result<Vec<PersonRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut people = people::by_accounts(asked, ids).await?;
    people.retain(fits);
    people.sort_by_key(|person| ids.iter().position(|id| *id == person.account_id));
    Ok(people)
}

/// Whose keys begin with this: enough to fill a page, and whether there are more.
async fn within(asked: Database<'_>, begins: &str) -> Result<(Vec<AccountId>, bool), StoreError> {
    let end = format!("{begins}{LAST}");
    let mut from = (begins.to_owned(), AccountId::of(i64::MIN));
    let mut ids: Vec<AccountId> = Vec::new();
    let mut seen = 0_usize;
    while ids.len() <= FOUND_MAX && seen < KEYS_MAX {
        // somebody of several words has as many keys with each
        let page = stretch(asked, &from, &end, limit().saturating_mul(3)).await?;
        let Some(last) = page.last().cloned() else { return Ok((ids, false)) };
        seen = seen.saturating_add(page.len());
        for (_, id) in page {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        from = (last.0, AccountId::of(last.1.number().saturating_add(1)));
    }
    let more = ids.len() > FOUND_MAX || seen >= KEYS_MAX;
    Ok((ids, more))
}

/// Who has the first of these words with each of the others: of each pair many are looked at, as
/// two common words fit many and all of them few.
async fn together(
    asked: Database<'_>,
    first: &str,
    others: &[&String],
) -> Result<(Vec<AccountId>, bool), StoreError> {
    let mut all: Option<Vec<AccountId>> = None;
    let mut more = false;
    for other in others.iter().take(WORDS_MAX) {
        let (ids, cut) = pairs(asked, first, other, PAIRS_MAX).await?;
        more = more || cut;
        all = Some(match all {
            Some(before) => {
                let ids: HashSet<AccountId> = ids.into_iter().collect();
                before.into_iter().filter(|id| ids.contains(id)).collect()
            }
            None => ids,
        });
    }
    let mut ids = all.unwrap_or_default();
    ids.truncate(KEYS_MAX);
    Ok((ids, more))
}

/// Whose keys are two words that begin with these: each first word that there is, with the second.
async fn pairs(
    asked: Database<'_>,
    first: &str,
    second: &str,
    enough: usize,
) -> Result<(Vec<AccountId>, bool), StoreError> {
    let end = format!("{first}{LAST}");
    let mut from = (first.to_owned(), AccountId::of(i64::MIN));
    let mut ids: Vec<AccountId> = Vec::new();
    let mut seen: HashSet<AccountId> = HashSet::new();
    for _word in 0..FIRSTS_MAX {
        let next = stretch(asked, &from, &end, 1).await?;
        let Some((key, _)) = next.first() else { return Ok((ids, false)) };
        let word = key.split(' ').next().unwrap_or_default().to_owned();
        let begins = format!("{word} {second}");
        let until = format!("{begins}{LAST}");
        let room = enough.saturating_add(1).saturating_sub(ids.len());
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let page = stretch(asked, &(begins, AccountId::of(i64::MIN)), &until, limit).await?;
        ids.extend(page.into_iter().map(|(_, id)| id).filter(|id| seen.insert(*id)));
        if ids.len() > enough {
            return Ok((ids, true));
        }
        from = (format!("{word}{PAST_BLANK}"), AccountId::of(i64::MIN));
    }
    Ok((ids, true))
}

/// Keys from one on, before `end`.
async fn stretch(
    asked: Database<'_>,
    from: &(String, AccountId),
    end: &str,
    limit: i64,
) -> Result<Vec<(String, AccountId)>, StoreError> {
    let (key, id) = from;
    // the first condition is what the index is walked by
    let those = keys::table.filter(keys::key.ge(key)).filter(keys::key.lt(end));
    let those = those.filter(keys::key.gt(key).or(keys::account_id.ge(id)));
    let those = those.order((keys::key, keys::account_id)).limit(limit);
    ask::rows(asked, those.select((keys::key, keys::account_id))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_some_digits_ends_before_the_next_ones() {
        for (digits, end) in
            [("+25471", "+25472"), ("+25479", "+2548"), ("+2", "+3"), ("+254799", "+2548")]
        {
            assert_eq!(behind(digits).as_deref(), Some(end), "{digits}");
        }
        assert_eq!(behind("+99"), None);
    }
}
