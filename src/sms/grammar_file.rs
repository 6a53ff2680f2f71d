//! From the text of `menus/sms.toml` to a grammar. All that is wrong is collected, each with file
//! and line, so that whoever edits the words mends them in one go. It reads no files itself.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::grammar::{CommandForm, Example, Grammar, PatternInput, SecretRule, Tail, tidy};
use super::payment::{PaymentForm, PaymentWords};
use super::phrases::{Phrase, phrase};
use crate::language::Language;
use crate::market::Market;
use crate::source::Source;

/// A pattern that needs more memory than this when compiled is a mistake.
const PATTERN_BYTES_MAX: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrammarData {
    #[serde(default)]
    examples: String,
    languages: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pieces: BTreeMap<String, String>,
    #[serde(default)]
    phrases: PhrasesData,
    secret: SecretData,
    #[serde(default)]
    command: Vec<CommandData>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PhrasesData {
    around: Vec<String>,
    relatives: Vec<String>,
    stops: Vec<String>,
    reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretData {
    patterns: Vec<Spanned<String>>,
    valid: Vec<Spanned<String>>,
    invalid: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandData {
    service: Spanned<String>,
    language: Spanned<String>,
    words: Vec<Spanned<String>>,
    #[serde(default)]
    patterns: Vec<Spanned<String>>,
    /// A payment has no patterns: what it is for is left out, may be said, or must be.
    payment: Option<Tail>,
    /// What may stand between its parts.
    #[serde(default)]
    joints: Vec<String>,
    valid: Vec<Spanned<String>>,
    invalid: Vec<Spanned<String>>,
}

impl Grammar {
    /// Reads the grammar from its file, for a service of this name.
    pub fn named(source: &Source, market: &Market, brand: &str) -> Result<Grammar, Vec<String>> {
        let mut grammar = Grammar::parse(source, market)?;
        grammar.brand = vec![phrase(brand)];
        Ok(grammar)
    }

    /// Reads the file, for a service without a name.
    pub fn parse(source: &Source, market: &Market) -> Result<Grammar, Vec<String>> {
        let mut data: GrammarData = toml::from_str(&source.text)
            .map_err(|error| vec![source.toml_problem(&error).to_string()])?;
        // what people here call their money
        let currency = currency_piece(market);
        for piece in data.pieces.values_mut() {
            *piece = piece.replace("{currency}", &currency);
        }
        let mut reader = GrammarReader { source, problems: Vec::new() };
        let languages = reader.languages(&data.languages);
        let ways: Vec<CommandForm> =
            data.command.iter().filter_map(|command| reader.way(command, &data)).collect();
        let secret = SecretRule {
            patterns: data
                .secret
                .patterns
                .iter()
                .filter_map(|p| reader.pattern(p, p.get_ref()))
                .collect(),
            valid: reader.examples(&data.secret.valid),
            invalid: reader.examples(&data.secret.invalid),
        };
        reader.each_word_once(&data.command);
        reader.each_language_served(&data);
        match reader.problems.is_empty() {
            true => {
                let phrases = words_of(&data.phrases, &ways);
                let (file, examples) = (source.name.clone(), data.examples);
                let brand = Vec::new();
                Ok(Grammar { file, examples, ways, languages, secret, phrases, brand })
            }
            false => Err(reader.problems),
        }
    }
}

/// The code of the currency and its names, the longest first, as they are compared.
fn currency_piece(market: &Market) -> String {
    let code = market.currency.as_str().to_lowercase();
    let names = market.currency_names.iter().chain([&code]);
    let names: Vec<String> = names.map(|name| regex::escape(&tidy(name))).collect();
    names.join("|")
}

fn phrases(texts: &[String]) -> Vec<Phrase> {
    texts.iter().map(|text| phrase(text)).collect()
}

fn words_of(data: &PhrasesData, ways: &[CommandForm]) -> PaymentWords {
    let all = |way: &CommandForm| phrases(&way.words);
    PaymentWords {
        around: phrases(&data.around),
        relatives: phrases(&data.relatives),
        stops: phrases(&data.stops),
        reasons: phrases(&data.reasons),
        commands: ways.iter().flat_map(all).collect(),
        payments: ways.iter().filter(|way| way.payment.is_some()).flat_map(all).collect(),
    }
}

/// Languages are mixed in one sentence: what joins its parts in one of them does so in all.
fn payment_form(command: &CommandData, data: &GrammarData) -> PaymentForm {
    let same = |other: &&CommandData| other.service.get_ref() == command.service.get_ref();
    let joints = data.command.iter().filter(same).flat_map(|other| &other.joints);
    PaymentForm {
        verbs: command.words.iter().map(|word| phrase(word.get_ref())).collect(),
        joints: joints.map(|joint| phrase(joint)).collect(),
    }
}

struct GrammarReader<'a> {
    source: &'a Source,
    problems: Vec<String>,
}

impl GrammarReader<'_> {
    fn problem<T>(&mut self, at: &Spanned<T>, message: &str) {
        let line = self.source.line_at(at.span().start);
        self.problems.push(self.source.problem(line, message).to_string());
    }

    fn languages(
        &mut self,
        data: &BTreeMap<Spanned<String>, Vec<String>>,
    ) -> BTreeMap<String, Language> {
        let mut names = BTreeMap::new();
        for (code, called) in data {
            let Some(language) = Language::parse(code.get_ref()) else {
                self.problem(
                    code,
                    &format!("\"{}\" is not a language code of two letters", code.get_ref()),
                );
                continue;
            };
            for name in called {
                if names.insert(tidy(name), language).is_some_and(|other| other != language) {
                    self.problem(code, &format!("\"{name}\" names two languages"));
                }
            }
        }
        names
    }

    fn way(&mut self, command: &CommandData, data: &GrammarData) -> Option<CommandForm> {
        let language = Language::parse(command.language.get_ref());
        if language.is_none()
            || !data.languages.keys().any(|code| code.get_ref() == command.language.get_ref())
        {
            self.problem(
                &command.language,
                &format!("\"{}\" is not under [languages]", command.language.get_ref()),
            );
        }
        if command.words.is_empty() || command.valid.is_empty() || command.invalid.is_empty() {
            self.problem(&command.service, "a command needs words, valid and invalid examples");
        }
        let patterns = command.patterns.iter().filter_map(|pattern| {
            let expanded =
                data.pieces.iter().fold(pattern.get_ref().clone(), |text, (name, piece)| {
                    text.replace(&format!("{{{name}}}"), piece)
                });
            self.pattern(pattern, &format!("^(?:{expanded})$"))
        });
        let patterns: Vec<Regex> = patterns.collect();
        let payment = command.payment.map(|tail| (payment_form(command, data), tail));
        if payment.is_some() != patterns.is_empty() {
            self.problem(&command.service, "a command has patterns, or else it is a payment");
        }
        Some(CommandForm {
            service: command.service.get_ref().clone(),
            line: self.source.line_at(command.service.span().start),
            language: language?,
            words: command.words.iter().map(|word| tidy(word.get_ref())).collect(),
            patterns,
            payment,
            valid: self.examples(&command.valid),
            invalid: self.examples(&command.invalid),
        })
    }

    fn pattern(&mut self, at: &Spanned<String>, expression: &str) -> Option<Regex> {
        let compiled = RegexBuilder::new(expression)
            .case_insensitive(true)
            .size_limit(PATTERN_BYTES_MAX)
            .build();
        match compiled {
            Ok(regex) => {
                let known = |name: &str| PatternInput::ALL.iter().any(|input| input.name() == name);
                if let Some(name) = regex.capture_names().flatten().find(|name| !known(name)) {
                    self.problem(
                        at,
                        &format!(
                            "there is no input called \"{name}\": use amount, to, language, \
                             email or reference"
                        ),
                    );
                }
                Some(regex)
            }
            Err(error) => {
                // The last line of the report says what is wrong, the others draw a picture of
                // where.
                let reason = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
                self.problem(
                    at,
                    &format!("the pattern \"{}\" is not usable: {reason}", at.get_ref()),
                );
                None
            }
        }
    }

    fn examples(&self, texts: &[Spanned<String>]) -> Vec<Example> {
        let example = |text: &Spanned<String>| Example {
            text: text.get_ref().clone(),
            line: self.source.line_at(text.span().start),
        };
        texts.iter().map(example).collect()
    }

    /// A word that means two things would mean whichever stands first in the file.
    fn each_word_once(&mut self, commands: &[CommandData]) {
        let mut seen = BTreeSet::new();
        for word in commands.iter().flat_map(|command| &command.words) {
            if !seen.insert(tidy(word.get_ref())) {
                self.problem(word, &format!("the word \"{}\" is already taken", word.get_ref()));
            }
        }
    }

    fn each_language_served(&mut self, data: &GrammarData) {
        for code in data.languages.keys() {
            let speaks = |c: &&CommandData| c.language.get_ref() == code.get_ref();
            let served: BTreeSet<&String> =
                data.command.iter().filter(speaks).map(|c| c.service.get_ref()).collect();
            let all: BTreeSet<&String> = data.command.iter().map(|c| c.service.get_ref()).collect();
            for service in all.difference(&served) {
                self.problem(
                    code,
                    &format!("there are no words for \"{service}\" in \"{}\"", code.get_ref()),
                );
            }
        }
    }
}
