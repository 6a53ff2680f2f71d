//! A request of the staff as commands print it: which act, how much and for whom, in a few words.

use crate::wallet::office::in_short::in_short;
use crate::wallet::office::two_people::Wish;
use crate::wallet::service;

/// The words.
pub fn in_words(wish: &Wish) -> String {
    let shows = service(&wish.service).map(|act| act.shows).unwrap_or_default();
    let about = in_short(shows, &wish.shown).into_iter();
    let about = about.map(|(_, value)| value.to_string()).collect::<Vec<_>>().join(", ");
    format!("{} ({about})", wish.service)
}
