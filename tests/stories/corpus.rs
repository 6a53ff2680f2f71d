//! What people write, with its meaning beside it. The lists were made by somebody who has not seen
//! how any of it is read, and were frozen before. Goal: nothing is ever taken for another payment,
//! number, amount or name than was meant, and nearly all that is clear is understood. Method: each
//! line is read as the doors read it; where the figures fall short they are printed with the lines.

use kadogo::official_words;
use kadogo::person_name;
use kadogo::phone::Msisdn;
use kadogo::sms::grammar::{Grammar, Reading};
use kadogo::source::Source;
use serde::Deserialize;

/// Of a hundred clear lines so many are understood.
const UNDERSTOOD_PERCENT: usize = 97;

#[derive(Deserialize)]
struct Sentences {
    sentence: Vec<Sentence>,
}

#[derive(Deserialize)]
struct Sentence {
    text: String,
    means: String,
    clear: bool,
}

#[derive(Deserialize)]
struct Phones {
    phone: Vec<Phone>,
}

#[derive(Deserialize)]
struct Phone {
    text: String,
    means: String,
}

#[derive(Deserialize)]
struct Amounts {
    amount: Vec<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    text: String,
    means_minor: Option<i64>,
    clear: bool,
}

#[derive(Deserialize)]
struct Names {
    name: Vec<Name>,
}

#[derive(Deserialize)]
struct Name {
    text: String,
    good: bool,
}

/// How a list was read.
#[derive(Default)]
struct Figures {
    /// Lines that say something clearly,
    clear: usize,
    /// and those of them that were not understood.
    missed: Vec<String>,
    /// Lines that were taken for something else.
    wrong: Vec<String>,
}

impl Figures {
    /// A line that means this, if it is clear, and how it was read; nothing is always allowed.
    fn add(&mut self, text: &str, means: Option<&str>, clear: bool, read: Option<&str>) {
        let line = || format!("{text:?} means {means:?}, it is read as {read:?}");
        if read.is_some() && read != means {
            self.wrong.push(line());
        }
        if clear && means.is_some() {
            self.clear += 1;
            if read.is_none() {
                self.missed.push(line());
            }
        }
    }

    fn told(&self, what: &str, least: usize) {
        let understood = self.clear - self.missed.len();
        let enough = understood * 100 >= self.clear * UNDERSTOOD_PERCENT;
        assert!(self.clear >= least, "{} clear {what}", self.clear);
        assert!(
            self.wrong.is_empty() && enough,
            "{understood} of {} clear {what} are understood, {} are taken for others\nmissed:\n{}\n\
             wrong:\n{}",
            self.clear,
            self.wrong.len(),
            self.missed.join("\n"),
            self.wrong.join("\n")
        );
    }
}

fn meant(means: &str) -> Option<&str> {
    (means != "none").then_some(means)
}

#[test]
fn a_sentence_is_the_payment_that_was_meant_or_none() {
    let words = Source::new("sms.toml", include_str!("../../menus/sms.toml"));
    let grammar = Grammar::parse(&words, &crate::countries::kenya()).unwrap();
    let all: Sentences = toml::from_str(include_str!("corpus/sentences.toml")).unwrap();
    assert!(all.sentence.len() >= 400, "{}", all.sentence.len());
    let mut figures = Figures::default();
    for sentence in &all.sentence {
        let read = match grammar.read(&sentence.text, &crate::countries::kenya()) {
            Reading::Command { service, fields, .. } => {
                let payment = |verb: &str| format!("{verb} {} {}", fields["amount"], fields["to"]);
                Some(match service.as_str() {
                    "order" => payment("send"),
                    "request" | "request_by_text" => payment("ask"),
                    _ => service,
                })
            }
            Reading::Refused(_)
            | Reading::Incomplete { .. }
            | Reading::Secret
            | Reading::Unknown => None,
        };
        figures.add(&sentence.text, meant(&sentence.means), sentence.clear, read.as_deref());
    }
    figures.told("sentences", 250);
}

#[test]
fn a_number_is_read_however_it_is_typed_and_never_another() {
    let all: Phones = toml::from_str(include_str!("corpus/phones.toml")).unwrap();
    assert!(all.phone.len() >= 200, "{}", all.phone.len());
    let mut figures = Figures::default();
    for phone in &all.phone {
        let read = Msisdn::parse(&phone.text, &crate::countries::kenya()).ok();
        figures.add(&phone.text, meant(&phone.means), true, read.as_ref().map(Msisdn::e164));
    }
    figures.told("numbers", 100);
}

#[test]
fn an_amount_is_read_however_it_is_typed_and_never_another() {
    let all: Amounts = toml::from_str(include_str!("corpus/amounts.toml")).unwrap();
    assert!(all.amount.len() >= 120, "{}", all.amount.len());
    let mut figures = Figures::default();
    for amount in &all.amount {
        let means = amount.means_minor.map(|minor| minor.to_string());
        let read = crate::countries::kenya().amount(&amount.text).ok();
        let read = read.map(|money| money.minor_text());
        figures.add(&amount.text, means.as_deref(), amount.clear, read.as_deref());
    }
    figures.told("amounts", 100);
}

#[test]
fn names_are_as_people_have_them() {
    let all: Names = toml::from_str(include_str!("corpus/names.toml")).unwrap();
    assert!(all.name.len() >= 120, "{}", all.name.len());
    let mut figures = Figures::default();
    for name in &all.name {
        let means = name.good.then_some("a name");
        let ours = |name: &String| {
            official_words::sounds_official(name, "Kadogo", &crate::countries::kenya())
                || official_words::is_a_role(name)
        };
        let read = person_name::read(&name.text).ok().filter(|name| !ours(name));
        let read = read.map(|_name| "a name");
        figures.add(&name.text, means, true, read);
    }
    figures.told("names", 100);
}
