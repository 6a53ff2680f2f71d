//! How many texts of one number are answered: a few an hour where nothing was understood, more
//! where something was, and the last of these with the word that it was. So two services that
//! answer one another come to an end, and nobody spends the operator's money by writing. Each node
//! counts for itself, and forgets with the hour: a count that is lost costs a few answers. What is
//! answered is not known here.

use crate::book::Key;
use crate::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers an hour where nothing was understood.
const PUZZLED_MAX: usize = 3;
/// All answers an hour.
const ALL_MAX: usize = 30;
/// Numbers that are counted at a time.
const NUMBERS_MAX: usize = 100_000;
const HOUR_MICROS: i64 = 3_600_000_000;

/// Whether a text was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Something was asked for.
    Understood,
    /// Nothing that is known.
    Puzzling,
}

/// What becomes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// It is answered.
    Answer,
    /// It is answered that no more are for now.
    LastAnswer,
    /// It is not.
    Silence,
}

/// The answers of this hour. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Answers(Arc<Mutex<Hour>>);

#[derive(Debug, Default)]
struct Hour {
    number: i64,
    told: HashMap<String, Told>,
}

/// The texts of one number that were answered.
#[derive(Debug, Default)]
struct Told {
    puzzling: Vec<Key>,
    all: Vec<Key>,
}

impl Answers {
    /// What becomes of this text of this number. A text that comes again is the same one.
    pub fn allow(&self, number: &str, text: Key, sense: Sense, now: Timestamp) -> Allowance {
        let mut hour = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let this = now.micros().div_euclid(HOUR_MICROS);
        if hour.number != this {
            *hour = Hour { number: this, told: HashMap::new() };
        }
        if hour.told.len() >= NUMBERS_MAX && !hour.told.contains_key(number) {
            return Allowance::Answer;
        }
        let told = hour.told.entry(number.to_owned()).or_default();
        let few = match sense {
            Sense::Understood => true,
            Sense::Puzzling => has_room(&mut told.puzzling, text, PUZZLED_MAX),
        };
        if !few || !has_room(&mut told.all, text, ALL_MAX) {
            return Allowance::Silence;
        }
        let is_last = told.all.len() >= ALL_MAX && told.all.last() == Some(&text);
        if is_last { Allowance::LastAnswer } else { Allowance::Answer }
    }
}

fn has_room(texts: &mut Vec<Key>, text: Key, max: usize) -> bool {
    if texts.contains(&text) {
        return true;
    }
    let room = texts.len() < max;
    if room {
        texts.push(text);
    }
    room
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "tests stop where they fail")]

    use super::*;

    fn key(text: u8) -> Key {
        Key::new(Timestamp::from_micros(0), "sms", &[text])
    }

    #[test]
    fn a_few_are_answered_and_the_next_hour_a_few_more() {
        let answers = Answers::default();
        let allow = |number: &str, text, sense, hour: i64| {
            answers.allow(number, key(text), sense, Timestamp::from_micros(hour * HOUR_MICROS + 5))
        };
        let puzzled = |text| allow("+1", text, Sense::Puzzling, 1) == Allowance::Answer;
        assert_eq!([1, 2, 3, 4, 5].map(puzzled), [true, true, true, false, false]);
        assert!(puzzled(2), "it was answered, and comes again");
        assert_eq!(allow("+2", 4, Sense::Puzzling, 1), Allowance::Answer, "somebody else");
        let becomes: Vec<Allowance> =
            (10..50).map(|text| allow("+1", text, Sense::Understood, 1)).collect();
        let many = |what| becomes.iter().filter(|allowed| **allowed == what).count();
        assert_eq!(many(Allowance::Answer), ALL_MAX - PUZZLED_MAX - 1);
        assert_eq!(
            (many(Allowance::LastAnswer), becomes[ALL_MAX - PUZZLED_MAX - 1]),
            (1, Allowance::LastAnswer)
        );
        assert_eq!(allow("+1", 36, Sense::Understood, 1), Allowance::LastAnswer, "it comes again");
        assert_eq!(
            allow("+1", 12, Sense::Understood, 1),
            Allowance::Answer,
            "and so does this one"
        );
        assert_eq!(allow("+1", 4, Sense::Puzzling, 2), Allowance::Answer);
    }
}
