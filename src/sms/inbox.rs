//! Texts that come in: read by the grammar, answered by the wallet, and never handled twice.
//!
//! A text is handled together with the row that remembers it, in one commit, so a redelivery finds
//! it done. A text never moves money: what needs a PIN is not done here. What was written is not
//! kept. How a service is asked for by text is said by the service; none is known here.

use super::answers::{Answers, Sense};
use super::grammar::{Grammar, PatternInput, Reading};
use super::payment::Missing;
use crate::book::{Change, Key};
use crate::catalogue::Catalogue;
use crate::gateway::Text;
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::reloadable::Part;
use crate::request::{Answer, Fields, Item, Mode, Request, Slots};
use crate::store::outbox::NewMessage;
use crate::text::{parts, to_gsm};
use crate::time::Timestamp;
use crate::value::{Kind, Slot};
use crate::wallet::outgoing::message;
use crate::wallet::service::{ByText, Message};
use crate::wallet::{Caller, Execution, Service, Wallet};
use std::sync::Arc;

/// Lines of a list by SMS, when they fit one message.
const LINES_MAX: usize = 3;
/// How often a text is tried at once where other texts of the same person were faster; then the
/// gateway brings it again.
const TRIES_MAX: usize = 8;

/// What the channel itself answers.
pub const MESSAGES: &[&Message] = &[
    &PIN_INSIDE,
    &UNKNOWN,
    &STRANGER,
    &LANGUAGE_HOW,
    &WHOSE_NUMBER,
    &HOW_MUCH,
    &NUMBER_AND_AMOUNT,
];

const ALWAYS: &[Slot] = &[Slot("dial", Kind::Text), Slot("brand", Kind::Text)];
const PIN_INSIDE: Message = Message::plain("sms.pin_in_sms", ALWAYS);
const UNKNOWN: Message = Message::plain("sms.unknown", ALWAYS);
const STRANGER: Message = Message::plain("sms.not_joined", ALWAYS);
const LANGUAGE_HOW: Message = Message::plain("sms.language_how", ALWAYS);
const WHOSE_NUMBER: Message = Message::plain("sms.whose_number", LACKING);
const HOW_MUCH: Message = Message::plain("sms.how_much", LACKING);
const NUMBER_AND_AMOUNT: Message = Message::plain("sms.number_and_amount", LACKING);
/// A command that says too little is asked back with its own word.
const LACKING: &[Slot] = &[Slot("word", Kind::Text)];
/// The input that names a language: the text is answered in that one.
const LANGUAGE: &str = PatternInput::Language.name();

/// The channel. Clones share everything.
#[derive(Debug, Clone)]
pub struct Sms {
    /// Whom to ask.
    pub wallet: Wallet,
    /// How texts are read.
    pub grammar: Part<Grammar>,
    /// The words of answers.
    pub catalogue: Part<Catalogue>,
    /// How many there were.
    pub answers: Answers,
}

/// An answer to be sent: the key of its text, and values.
struct SmsReply {
    template: String,
    slots: Slots,
}

impl SmsReply {
    fn new(message: &Message, slots: Slots) -> SmsReply {
        SmsReply { template: message.template.to_owned(), slots }
    }

    fn plain(message: &Message) -> SmsReply {
        SmsReply::new(message, Slots::new())
    }
}

/// A text that was read as a command of somebody.
struct Command<'a> {
    caller: &'a Caller,
    language: Language,
    key: Key,
    service: &'static Service,
    fields: Fields,
}

impl Command<'_> {
    fn request(&self, mode: Mode) -> Request {
        Request {
            mode,
            service: self.service.name.to_owned(),
            fields: self.fields.clone(),
            secret: None,
        }
    }

    /// The language of the answer to what is done.
    fn chosen(&self) -> Language {
        self.fields.get(LANGUAGE).and_then(|code| Language::parse(code)).unwrap_or(self.language)
    }
}

impl Sms {
    /// Handles a text; returns a word for logs and metrics. `Err` means that it was not handled and
    /// may come again.
    pub async fn receive(&self, text: Text) -> Result<&'static str, Refusal> {
        // by sender and the gateway's id alone: a redelivery may carry another date
        let name = format!("{}\n{}", text.from.e164(), text.id);
        let key = Key::new(Timestamp::from_micros(0), "sms", name.as_bytes());
        let caller = self.wallet.caller(text.from).await.map_err(|error| {
            tracing::error!(%error, "the sender of a text could not be read");
            Refusal::from(Reason::BUSY)
        })?;
        let own = caller.person.as_ref().and_then(|person| Language::parse(&person.language));
        let market = &self.wallet.config.market;
        let outcome = match self.grammar.get().read(&text.body, market) {
            Reading::Command { service, fields, language } => {
                self.command(&caller, own.unwrap_or(language), key, &service, fields).await
            }
            // what is wrong with it does not matter to who has no account
            Reading::Refused(_) if caller.person.is_none() => {
                self.stranger(&caller, own, key).await
            }
            Reading::Refused(refusal) => self.refused(&caller, own, key, &refusal).await,
            Reading::Incomplete { .. } if caller.person.is_none() => {
                self.stranger(&caller, own, key).await
            }
            Reading::Incomplete { missing, word, language } => {
                let how = match missing {
                    Missing::To => &WHOSE_NUMBER,
                    Missing::Amount => &HOW_MUCH,
                    Missing::Both => &NUMBER_AND_AMOUNT,
                };
                let reply = SmsReply::new(how, Slots::from([("word".into(), word.into())]));
                self.reply(&caller, own.or(Some(language)), key, reply, "incomplete").await
            }
            Reading::Secret => self.puzzled(&caller, own, key, &PIN_INSIDE, "secret").await,
            Reading::Unknown => self.puzzled(&caller, own, key, &UNKNOWN, "unknown").await,
        };
        match outcome {
            Err(Refusal { reason: Reason::SEEN, .. }) => Ok("repeated"),
            Ok(_) | Err(_) => outcome,
        }
    }

    async fn command(
        &self,
        caller: &Caller,
        language: Language,
        key: Key,
        service: &str,
        fields: Fields,
    ) -> Result<&'static str, Refusal> {
        let own = Some(language);
        let service = crate::wallet::service(service);
        let known = service.and_then(|service| Some((service, service.by_text()?)));
        match (known, &caller.person) {
            (Some((service, ByText::Explain(how))), _)
            | (
                Some((service, ByText::ExplainToStrangers(how) | ByText::ExecuteOrExplain(how))),
                None,
            ) => self.reply(caller, own, key, SmsReply::plain(how), service.name).await,
            (
                Some((service, way @ (ByText::QuoteToAnybody(_) | ByText::ExecuteForAnybody(_)))),
                _,
            )
            | (Some((service, way)), Some(_)) => {
                self.serve(Command { caller, language, key, service, fields }, way).await
            }
            (_, None) => self.stranger(caller, own, key).await,
            (None, Some(_)) => {
                self.refused(caller, own, key, &Reason::SERVICE_UNKNOWN.into()).await
            }
        }
    }

    /// Answers a command as its service wants it answered.
    async fn serve(&self, command: Command<'_>, way: ByText) -> Result<&'static str, Refusal> {
        let Command { caller, language, key, service, .. } = command;
        let own = Some(language);
        match way {
            ByText::Explain(how) => {
                self.reply(caller, own, key, SmsReply::plain(how), service.name).await
            }
            ByText::Quote(answer) | ByText::QuoteToAnybody(answer) => {
                match self.wallet.answer(caller, command.request(Mode::Quote)).await {
                    Answer::Facts { slots, .. } => {
                        self.reply(caller, own, key, SmsReply::new(answer, slots), service.name)
                            .await
                    }
                    other @ (Answer::Items(_) | Answer::Refused(_) | Answer::Late) => {
                        self.unable(caller, own, key, other).await
                    }
                }
            }
            ByText::List { line, whole, none } => {
                match self.listed(&command, line, whole, none).await {
                    Ok(reply) => self.reply(caller, own, key, reply, service.name).await,
                    Err(other) => self.unable(caller, own, key, other).await,
                }
            }
            // the answer is the wallet's message
            ByText::Execute | ByText::ExecuteOrExplain(_) => {
                self.act(caller, own, key, command.request(Mode::Execute), Vec::new()).await
            }
            ByText::ExecuteAnd(answer) | ByText::ExecuteForAnybody(answer) => {
                let quoted = self.wallet.answer(caller, command.request(Mode::Quote)).await;
                let Answer::Facts { slots, .. } = quoted else {
                    return self.unable(caller, own, key, quoted).await;
                };
                let reply = SmsReply::new(answer, slots);
                let told = Change::Tell(self.worded(caller, Some(command.chosen()), reply));
                let side_effects = vec![told];
                self.act(caller, own, key, command.request(Mode::Execute), side_effects).await
            }
            // who has a wallet is refused as the service refuses them
            ByText::ExplainToStrangers(_) => {
                let other = self.wallet.answer(caller, command.request(Mode::Quote)).await;
                self.unable(caller, own, key, other).await
            }
        }
    }

    /// As many lines as fit one message, and what is quoted; or what came instead.
    async fn listed(
        &self,
        command: &Command<'_>,
        line: &Message,
        whole: &Message,
        none: &Message,
    ) -> Result<SmsReply, Answer> {
        let items = match self.wallet.answer(command.caller, command.request(Mode::List)).await {
            Answer::Items(items) => items,
            other @ (Answer::Facts { .. } | Answer::Refused(_) | Answer::Late) => {
                return Err(other);
            }
        };
        let mut slots = match self.wallet.answer(command.caller, command.request(Mode::Quote)).await
        {
            Answer::Facts { slots, .. } => slots,
            other @ (Answer::Items(_) | Answer::Refused(_) | Answer::Late) => return Err(other),
        };
        if items.is_empty() {
            return Ok(SmsReply::new(none, slots));
        }
        let words: Arc<Catalogue> = self.catalogue.get();
        let said = |item: &Item| words.say(command.language, line.template, &item.slots);
        let mut text: Vec<String> = items.iter().take(LINES_MAX).map(said).collect();
        loop {
            slots.insert("lines".to_owned(), text.join("\n").into());
            let fits = parts(&to_gsm(&words.say(command.language, whole.template, &slots))) <= 1;
            // rather one line less than two messages
            if fits || text.pop().is_none() {
                return Ok(SmsReply::new(whole, slots));
            }
        }
    }

    async fn act(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        request: Request,
        side_effects: Vec<Change>,
    ) -> Result<&'static str, Refusal> {
        for _try in 0..TRIES_MAX {
            let execution = Execution { key, side_effects: side_effects.clone() };
            let executed = self.wallet.act(caller, request.clone(), execution).await;
            if executed.repeated {
                return Err(Reason::SEEN.into());
            }
            match executed.answer {
                Answer::Facts { .. } | Answer::Items(_) => return Ok("done"),
                // nobody has said yes to what was planned: it is planned anew
                Answer::Refused(Refusal { reason: Reason::STALE, .. }) => {}
                other @ (Answer::Refused(_) | Answer::Late) => {
                    return self.unable(caller, own, key, other).await;
                }
            }
        }
        Err(Reason::BUSY.into())
    }

    /// The answer to anything that is not an answer: the refusal in words, unless it is only that
    /// we are busy.
    async fn unable(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        answer: Answer,
    ) -> Result<&'static str, Refusal> {
        match answer {
            Answer::Refused(refusal)
                if matches!(refusal.reason, Reason::BUSY | Reason::UNCLEAR | Reason::SEEN) =>
            {
                Err(refusal)
            }
            Answer::Refused(refusal) => self.refused(caller, own, key, &refusal).await,
            Answer::Facts { .. } | Answer::Items(_) | Answer::Late => Err(Reason::BUSY.into()),
        }
    }

    async fn stranger(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
    ) -> Result<&'static str, Refusal> {
        self.reply(caller, own, key, SmsReply::plain(&STRANGER), "stranger").await
    }

    async fn refused(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        refusal: &Refusal,
    ) -> Result<&'static str, Refusal> {
        // nobody can guess how languages are named: say it
        let template = match refusal.field {
            Some(LANGUAGE) => LANGUAGE_HOW.template.to_owned(),
            // a text has more room than the line above a screen
            Some(_) | None => {
                let longer = format!("sms.refused.{}", refusal.code());
                let has_longer = self.catalogue.get().text(Language::EN, &longer).is_some();
                if has_longer { longer } else { format!("refusal.{}", refusal.code()) }
            }
        };
        let reply = SmsReply { template, slots: refusal.slots.clone() };
        self.reply(caller, own, key, reply, refusal.code()).await
    }

    /// The answer to what nobody understands, a few times an hour.
    async fn puzzled(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        message: &Message,
        word: &'static str,
    ) -> Result<&'static str, Refusal> {
        let told = self.worded(caller, own, SmsReply::plain(message));
        self.answered(caller, key, told, Sense::Puzzling, word).await
    }

    async fn reply(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        reply: SmsReply,
        word: &'static str,
    ) -> Result<&'static str, Refusal> {
        let told = self.worded(caller, own, reply);
        self.answered(caller, key, told, Sense::Understood, word).await
    }

    async fn answered(
        &self,
        caller: &Caller,
        key: Key,
        answer: NewMessage,
        sense: Sense,
        word: &'static str,
    ) -> Result<&'static str, Refusal> {
        let now = self.wallet.clock.now();
        let may = self.answers.may(caller.msisdn.e164(), key, sense, now);
        // a text is answered once, also where what it asked for was recorded
        let told = may.then_some(Change::Tell(answer));
        let handled = [Change::Undone { key }, Change::Dedup { key }];
        let changes = handled.into_iter().chain(told).collect();
        let noted = self.wallet.note(key.within("answer"), changes);
        let word = if may { word } else { "unanswered" };
        self.wallet.book.post(noted).await.map(|_receipt| word)
    }

    /// An answer as it waits in the outbox.
    fn worded(&self, caller: &Caller, own: Option<Language>, reply: SmsReply) -> NewMessage {
        let config = &self.wallet.config;
        let mut slots = reply.slots;
        slots.insert("dial".into(), config.dial.clone().into());
        slots.insert("brand".into(), config.brand.clone().into());
        let language = own.unwrap_or(config.market.language);
        let now = self.wallet.clock.now();
        message(caller.msisdn.e164(), language.as_str(), &reply.template, &slots, None, now)
    }
}
