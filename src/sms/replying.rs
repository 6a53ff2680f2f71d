//! Answers to texts: in the language of whoever asks, once for each text, and so many an hour. What
//! was asked, and what came of it, is not known here.

use super::answers::{Allowance, Answers, Sense};
use super::grammar::{Grammar, PatternInput};
use crate::book::{Change, Key};
use crate::catalogue::Catalogue;
use crate::language::Language;
use crate::refusal::Refusal;
use crate::reloadable::Part;
use crate::request::Slots;
use crate::store::outbox::NewMessage;
use crate::value::{Kind, Slot};
use crate::wallet::outgoing::message;
use crate::wallet::service::Message;
use crate::wallet::{Caller, Wallet};

/// What the channel itself answers.
pub const MESSAGES: &[&Message] = &[
    &PIN_INSIDE,
    &UNKNOWN,
    &STRANGER,
    &LANGUAGE_HOW,
    &WHOSE_NUMBER,
    &HOW_MUCH,
    &NUMBER_AND_AMOUNT,
    &ENOUGH,
];

const ALWAYS: &[Slot] = &[Slot("dial", Kind::Text), Slot("brand", Kind::Text)];
pub(super) const PIN_INSIDE: Message = Message::plain("sms.pin_in_sms", ALWAYS);
pub(super) const UNKNOWN: Message = Message::plain("sms.unknown", ALWAYS);
const STRANGER: Message = Message::plain("sms.not_joined", ALWAYS);
const LANGUAGE_HOW: Message = Message::plain("sms.language_how", ALWAYS);
pub(super) const WHOSE_NUMBER: Message = Message::plain("sms.whose_number", LACKING);
pub(super) const HOW_MUCH: Message = Message::plain("sms.how_much", LACKING);
pub(super) const NUMBER_AND_AMOUNT: Message = Message::plain("sms.number_and_amount", LACKING);
/// The last answer of an hour.
const ENOUGH: Message = Message::plain("sms.enough", ALWAYS);
/// A command that says too little is asked back with its own word.
const LACKING: &[Slot] = &[Slot("word", Kind::Text)];
/// The input that names a language: the text is answered in that one.
pub(super) const LANGUAGE: &str = PatternInput::Language.name();

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
pub(super) struct SmsReply {
    template: String,
    slots: Slots,
}

impl SmsReply {
    pub(super) fn new(message: &Message, slots: Slots) -> SmsReply {
        SmsReply { template: message.template.to_owned(), slots }
    }

    pub(super) fn plain(message: &Message) -> SmsReply {
        SmsReply::new(message, Slots::new())
    }
}

impl Sms {
    pub(super) async fn stranger(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
    ) -> Result<&'static str, Refusal> {
        self.reply(caller, own, key, SmsReply::plain(&STRANGER), "stranger").await
    }

    pub(super) async fn refused(
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
    pub(super) async fn puzzled(
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

    /// What becomes of a text.
    pub(super) fn allow(&self, caller: &Caller, key: Key, sense: Sense) -> Allowance {
        self.answers.allow(caller.msisdn.e164(), key, sense, self.wallet.clock.now())
    }

    fn enough(&self, caller: &Caller) -> NewMessage {
        self.worded(caller, None, SmsReply::plain(&ENOUGH))
    }

    /// Nothing is done, as there were enough in this hour; the first hears it.
    pub(super) async fn enough_of(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
    ) -> Result<&'static str, Refusal> {
        self.reply(caller, own, key, SmsReply::plain(&ENOUGH), "unanswered").await
    }

    pub(super) async fn reply(
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
        // a text is answered once, also where what it asked for was recorded
        let allowed = self.allow(caller, key, sense);
        let told = match allowed {
            Allowance::Answer => Some(answer),
            Allowance::LastAnswer => {
                Some(NewMessage { language: answer.language, ..self.enough(caller) })
            }
            Allowance::Silence => None,
        };
        let told = told.map(Change::Tell);
        let handled = [Change::Undone { key }, Change::Dedup { key }];
        let changes = handled.into_iter().chain(told).collect();
        let noted = self.wallet.note(key.within("answer"), changes);
        let word = if allowed == Allowance::Answer { word } else { "unanswered" };
        self.wallet.book.post(noted).await.map(|_receipt| word)
    }

    /// An answer as it waits in the outbox.
    pub(super) fn worded(
        &self,
        caller: &Caller,
        own: Option<Language>,
        reply: SmsReply,
    ) -> NewMessage {
        let config = &self.wallet.config;
        let mut slots = reply.slots;
        slots.insert("dial".into(), config.dial.clone().into());
        slots.insert("brand".into(), config.brand.clone().into());
        // a word of another country's language is understood, and not answered in it
        let own = own.filter(|language| config.market.speaks(*language));
        let language = own.unwrap_or(config.market.language);
        let now = self.wallet.clock.now();
        message(caller.msisdn.e164(), language.as_str(), &reply.template, &slots, None, now)
    }
}
