//! Texts that come in: read by the grammar, answered by the wallet, and never handled twice.
//!
//! A text is handled together with the row that remembers it, in one commit, so a redelivery finds
//! it done. A text never moves money: what needs a PIN is not done here. What was written is not
//! kept. How a service is asked for by text is said by the service; none is known here.

use super::answers::{Allowance, Sense};
use super::grammar::Reading;
use super::payment::Missing;
use super::replying::{
    HOW_MUCH, LANGUAGE, NUMBER_AND_AMOUNT, PIN_INSIDE, Sms, SmsReply, UNKNOWN, WHOSE_NUMBER,
};
use crate::book::{Change, Key};
use crate::catalogue::Catalogue;
use crate::gateway::Text;
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::request::{Answer, Fields, Item, Mode, Request, Slots};
use crate::text::{parts, to_gsm};
use crate::time::Timestamp;
use crate::wallet::service::{ByText, Message};
use crate::wallet::{Caller, Execution, Service};
use std::sync::Arc;

/// Lines of a list by SMS, when they fit one message.
const LINES_MAX: usize = 3;
/// How often a text is tried at once where other texts of the same person were faster; then the
/// gateway brings it again.
const TRIES_MAX: usize = 8;

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
            // the answer is the wallet's message: where there is to be none, nothing is done
            ByText::Execute | ByText::ExecuteOrExplain(_)
                if self.allow(caller, key, Sense::Understood) != Allowance::Answer =>
            {
                self.enough_of(caller, own, key).await
            }
            ByText::Execute | ByText::ExecuteOrExplain(_) => {
                self.act(caller, own, key, command.request(Mode::Execute), Vec::new()).await
            }
            ByText::ExecuteAnd(answer) | ByText::ExecuteForAnybody(answer) => {
                let quoted = self.wallet.answer(caller, command.request(Mode::Quote)).await;
                let Answer::Facts { slots, .. } = quoted else {
                    return self.unable(caller, own, key, quoted).await;
                };
                let reply = SmsReply::new(answer, slots);
                let told = || Change::Tell(self.worded(caller, Some(command.chosen()), reply));
                let allowed = self.allow(caller, key, Sense::Understood) == Allowance::Answer;
                let side_effects = allowed.then(told).into_iter().collect();
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
}
