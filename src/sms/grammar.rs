//! What people may write in a text, and what it means. Reading is pure: the words come from
//! `menus/sms.toml`, the market from the caller. Nothing here answers, asks the wallet, or
//! remembers a text.

use std::collections::BTreeMap;

use regex::{Captures, Regex};

use super::payment::{Miss, Missing, Payment, PaymentForm, PaymentWords, Sentence};
use super::phrases::{Phrase, Tokens};
use crate::email::Email;
use crate::language::Language;
use crate::market::Market;
use crate::phone::Msisdn;
use crate::reason::Reason;
use crate::request::{Fields, Refusal};
use crate::short_code::ShortCode;
use crate::text;
use crate::typed_text::{bare, code};

/// Bytes of a text that is read; nobody says more to be understood.
const TEXT_BYTES_MAX: usize = 1_000;
/// Groups of digits among which a PIN is looked for: no command has so many, however it is typed.
const GROUPS_MAX: usize = 24;

/// The grammar, ready to read.
#[derive(Debug, Clone)]
pub struct Grammar {
    pub(super) file: String,
    /// The market that the examples were written for; any, where there is none.
    pub examples: String,
    pub(super) ways: Vec<CommandForm>,
    /// What people call the languages.
    pub(super) languages: BTreeMap<String, Language>,
    pub(super) secret: SecretRule,
    /// The words that stand around commands, and within payments.
    pub(super) phrases: PaymentWords,
    /// What the service is called: who writes to it may say so.
    pub(super) brand: Vec<Phrase>,
}

/// How one service is asked for in one language.
#[derive(Debug, Clone)]
pub(super) struct CommandForm {
    pub(super) service: String,
    /// Where the file names it.
    pub(super) line: usize,
    pub(super) language: Language,
    pub(super) words: Vec<String>,
    pub(super) patterns: Vec<Regex>,
    /// Where it is a sentence with a number and an amount, and may be, or is, for something.
    pub(super) payment: Option<(PaymentForm, Tail)>,
    pub(super) valid: Vec<Example>,
    pub(super) invalid: Vec<Example>,
}

/// Whether what a payment is for is an input of its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tail {
    /// It is not.
    LeftOut,
    /// Where something is said.
    May,
    /// Something must be said.
    Must,
}

/// What a PIN looks like inside a text.
#[derive(Debug, Clone)]
pub(super) struct SecretRule {
    pub(super) patterns: Vec<Regex>,
    pub(super) valid: Vec<Example>,
    pub(super) invalid: Vec<Example>,
}

/// A text that the grammar promises to read in a certain way.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) text: String,
    pub(super) line: usize,
}

/// What a text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A command with usable inputs.
    Command {
        /// The service asked for.
        service: String,
        /// Its inputs in canonical form.
        fields: Fields,
        /// The language of the words used.
        language: Language,
    },
    /// A command, and what is wrong with its inputs.
    Refused(Refusal),
    /// A command that says too little.
    Incomplete {
        /// What is missing.
        missing: Missing,
        /// The word for it.
        word: String,
        /// The language of that word.
        language: Language,
    },
    /// There is a PIN in it: the text must not be kept.
    Secret,
    /// Nothing we know.
    Unknown,
}

/// The inputs that patterns may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PatternInput {
    Amount,
    To,
    Language,
    Email,
    Reference,
    Why,
    Deal,
    Code,
}

impl PatternInput {
    pub(super) const ALL: [PatternInput; 8] = [
        PatternInput::Amount,
        PatternInput::To,
        PatternInput::Language,
        PatternInput::Email,
        PatternInput::Reference,
        PatternInput::Why,
        PatternInput::Deal,
        PatternInput::Code,
    ];

    /// The name of the capture, which is also the name of the wallet's field.
    pub(super) const fn name(self) -> &'static str {
        match self {
            PatternInput::Amount => "amount",
            PatternInput::To => "to",
            PatternInput::Language => "language",
            PatternInput::Email => "email",
            PatternInput::Reference => "reference",
            PatternInput::Why => "why",
            PatternInput::Deal => "deal",
            PatternInput::Code => "code",
        }
    }
}

impl Grammar {
    /// Reads one text.
    pub fn read(&self, body: &str, market: &Market) -> Reading {
        let text = tidy(body);
        if text.len() > TEXT_BYTES_MAX {
            return Reading::Unknown;
        }
        if self.secret.patterns.iter().any(|pattern| pattern.is_match(&text)) {
            return Reading::Secret;
        }
        let read = self.understand(&text, market);
        let unknown = read == Reading::Unknown;
        let reading = if unknown { self.called_by_name(&text, market) } else { read };
        match &reading {
            Reading::Command { .. } => reading,
            _incomplete if self.complete_without_a_pin(&text, &reading, market) => Reading::Secret,
            Reading::Refused(_)
            | Reading::Incomplete { .. }
            | Reading::Secret
            | Reading::Unknown => reading,
        }
    }

    /// `STOP KADOGO`: a command that needs nothing else. In what is said besides, the name of the
    /// service is not passed over.
    fn called_by_name(&self, text: &str, market: &Market) -> Reading {
        let tokens = Tokens::of(text);
        let (from, to) = tokens.without(&self.brand, 0, tokens.len());
        let read = self.understand(tokens.span(from, to), market);
        let needs_nothing = matches!(&read, Reading::Command { fields, .. } if fields.is_empty());
        if needs_nothing { read } else { Reading::Unknown }
    }

    fn understand(&self, text: &str, market: &Market) -> Reading {
        let tokens = Tokens::of(text);
        let sentence = Sentence::new(&tokens, &self.phrases, market);
        if let Some(payment) = self.payment(&sentence) {
            return payment;
        }
        let (from, to) = tokens.without(&self.phrases.around, 0, tokens.len());
        let text = tokens.span(from, to);
        let meant = |way| move |word: &String| Some((word.len(), way, after_word(text, word)?));
        let candidates = self.ways.iter().flat_map(|way| way.words.iter().filter_map(meant(way)));
        // "mini statement" is longer than "mini" and says more.
        match candidates.max_by_key(|(length, _, _)| *length) {
            Some((_, CommandForm { payment: Some((form, tail)), words, language, .. }, _)) => {
                match sentence.miss(form) {
                    Some(Miss::Wrong(refusal)) => Reading::Refused(refusal),
                    // what it is for would still be missing
                    Some(Miss::Lacks(_)) if *tail == Tail::Must => Reading::Unknown,
                    Some(Miss::Lacks(missing)) => {
                        let word = words.first().map(|word| word.to_uppercase());
                        let word = word.unwrap_or_default();
                        Reading::Incomplete { missing, word, language: *language }
                    }
                    None => Reading::Unknown,
                }
            }
            Some((_, way, rest)) => self.understand_rest(way, rest, market),
            None => Reading::Unknown,
        }
    }

    /// The payment that a sentence is; nothing that can be done where it may be two.
    fn payment(&self, sentence: &Sentence<'_>) -> Option<Reading> {
        let read = |way: &CommandForm| {
            let CommandForm { service, language, payment: Some((form, tail)), .. } = way else {
                return None;
            };
            let fields = payment_fields(sentence.payment(form)?, *tail)?;
            let command =
                |fields| Reading::Command { service: service.clone(), fields, language: *language };
            Some(fields.map_or_else(Reading::Refused, command))
        };
        let mut readings = self.ways.iter().filter_map(read);
        let first = readings.next()?;
        Some(if readings.all(|other| other == first) { first } else { Reading::Unknown })
    }

    /// Tries every pattern: an order that fits by chance must not hide that the text has two
    /// meanings.
    fn understand_rest(&self, way: &CommandForm, rest: &str, market: &Market) -> Reading {
        let fitting = way.patterns.iter().filter_map(|pattern| pattern.captures(rest));
        let mut complete: Option<Fields> = None;
        let mut nearest: Option<(usize, Refusal)> = None;
        for captures in fitting {
            match self.inputs(&captures, market) {
                Ok(fields) if complete.as_ref().is_some_and(|other| *other != fields) => {
                    return Reading::Unknown;
                }
                Ok(fields) => complete = Some(fields),
                // The more of it is usable, the more likely it is what was meant.
                Err(miss) if nearest.as_ref().is_none_or(|best| best.0 < miss.0) => {
                    nearest = Some(miss)
                }
                Err(_farther) => {}
            }
        }
        match (complete, nearest) {
            (Some(fields), _) => {
                Reading::Command { service: way.service.clone(), fields, language: way.language }
            }
            (None, Some((_, refusal))) => Reading::Refused(refusal),
            (None, None) => Reading::Unknown,
        }
    }

    /// The inputs in canonical form, or how many were usable and what is wrong with the first that
    /// was not.
    fn inputs(&self, captures: &Captures<'_>, market: &Market) -> Result<Fields, (usize, Refusal)> {
        let mut fields = Fields::new();
        let mut wrong = None;
        for input in PatternInput::ALL {
            let Some(raw) = captures.name(input.name()) else { continue };
            match self.canonical(input, raw.as_str(), market) {
                Ok(value) => drop(fields.insert(input.name().to_owned(), value)),
                Err(reason) => wrong = wrong.or(Some(Refusal::of_field(reason, input.name()))),
            }
        }
        match wrong {
            None => Ok(fields),
            Some(refusal) => Err((fields.len(), refusal)),
        }
    }

    fn canonical(&self, input: PatternInput, raw: &str, market: &Market) -> Result<String, Reason> {
        match input {
            PatternInput::Amount => {
                market.amount(&raw.to_uppercase()).map(|amount| amount.minor_text())
            }
            PatternInput::Email => Email::parse(raw).map(|email| email.address().to_owned()),
            PatternInput::To => Msisdn::parse(raw, market).map(|number| number.e164().to_owned()),
            // an amount says how much, and its unit no more than that
            PatternInput::Reference if is_money(raw, market) => Err(Reason::TEXT_FORMAT),
            PatternInput::Reference => crate::text::reference(raw).ok_or(Reason::TEXT_FORMAT),
            // what begins with the code of a deal is about that deal
            PatternInput::Why if raw.split(' ').next().and_then(ShortCode::parse).is_some() => {
                Err(Reason::TEXT_FORMAT)
            }
            PatternInput::Why => {
                text::words(raw, text::SAID_SEPTETS_MAX).ok_or(Reason::TEXT_FORMAT)
            }
            PatternInput::Deal => {
                ShortCode::parse(&code(raw)).map(|code| code.to_string()).ok_or(Reason::TEXT_FORMAT)
            }
            // what it names says the service that is asked
            PatternInput::Code => Ok(code(raw)),
            PatternInput::Language => match self.languages.get(raw) {
                Some(language) => Ok(language.as_str().to_owned()),
                None => Err(Reason::FIELD_MISSING),
            },
        }
    }

    /// Would this be a command if one group of four to six digits were not there? Then that group
    /// is a PIN.
    fn complete_without_a_pin(&self, text: &str, reading: &Reading, market: &Market) -> bool {
        let glued_to_number = matches!(
            reading,
            Reading::Refused(refusal) if refusal.field == Some(PatternInput::To.name())
        );
        let groups = digit_groups(text);
        if groups.len() > GROUPS_MAX {
            return false;
        }
        let groups = groups.into_iter().flat_map(|(start, end)| {
            let digits = end.saturating_sub(start);
            let tails = if glued_to_number && digits > 6 { 4..=6 } else { digits..=digits };
            tails
                .filter(|length| (4..=6).contains(length))
                .map(move |length| (end.saturating_sub(length), end))
        });
        groups.into_iter().any(|(start, end)| {
            let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else {
                return false;
            };
            let without = format!("{before} {after}");
            let without =
                squeeze(without.trim_matches(|c: char| c.is_whitespace() || "*#-,;:".contains(c)));
            matches!(self.understand(&without, market), Reading::Command { .. })
        })
    }
}

/// The inputs of a payment; nothing where it does not say what it must be for.
fn payment_fields(payment: Payment, tail: Tail) -> Option<Result<Fields, Refusal>> {
    let mut fields = Fields::from([
        (PatternInput::Amount.name().to_owned(), payment.amount.minor_text()),
        (PatternInput::To.name().to_owned(), payment.to.e164().to_owned()),
    ]);
    let reference = PatternInput::Reference.name();
    match (tail, payment.tail.is_empty()) {
        (Tail::LeftOut, _) | (Tail::May, true) => Some(Ok(fields)),
        (Tail::Must, true) => None,
        (Tail::May | Tail::Must, false) => Some(match text::reference(&payment.tail) {
            Some(words) => {
                fields.insert(reference.to_owned(), words);
                Ok(fields)
            }
            None => Err(Refusal::of_field(Reason::TEXT_FORMAT, reference)),
        }),
    }
}

/// What follows a word at the start of the text; nothing if the text only starts with the same
/// letters.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    if rest.starts_with(char::is_alphabetic) {
        return None;
    }
    Some(rest.trim_start_matches([' ', ':', ',']))
}

/// Whether these words are an amount, or nothing but what its unit is called.
fn is_money(words: &str, market: &Market) -> bool {
    let unit = |name: &str| name.eq_ignore_ascii_case(words);
    unit(market.currency.as_str())
        || market.currency_names.iter().any(|name| unit(name))
        || market.amount(&words.to_uppercase()).is_ok()
}

/// Start and end of each run of digits.
fn digit_groups(text: &str) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        let next = at.saturating_add(1);
        match groups.last_mut() {
            Some((_, end)) if *end == at => *end = next,
            _ => groups.push((at, next)),
        }
    }
    groups
}

/// A text without what phones, networks and people add to it: capitals, accents, strange blanks,
/// final dots. Some gateways deliver `@` as `¡`.
pub(super) fn tidy(body: &str) -> String {
    let plain = bare(body).replace('¡', "@");
    squeeze(plain.trim_matches(|c: char| c.is_whitespace() || ".!;,\"'#*".contains(c)))
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
