//! Texts that come in: read by the grammar, answered by the wallet, and never handled twice.
//!
//! A text is handled together with the row that remembers it, in one commit, so a redelivery finds it done. A text
//! never moves money: a payment asked for here waits for a PIN on USSD. What was written is not kept.

use super::grammar::{Grammar, Reading};
use crate::ask::{Answer, Ask, Fields, Slots, Verb};
use crate::book::{Change, Key};
use crate::catalogue::Catalogue;
use crate::gateway::Text;
use crate::language::Language;
use crate::live::Live;
use crate::refusal::{Reason, Refusal};
use crate::text::{parts, to_gsm};
use crate::time::Timestamp;
use crate::wallet::desk::message;
use crate::wallet::{Caller, Turn, Wallet, Wrong};
use std::sync::Arc;

/// Lines of a statement by SMS, when they fit one message.
const STATEMENT_LINES: usize = 3;
/// How often a text is tried at once where other texts of the same person were faster; then the gateway brings it again.
const TRIES_MAX: usize = 8;

/// The channel. Clones share everything.
#[derive(Debug, Clone)]
pub struct Sms {
    /// Whom to ask.
    pub wallet: Wallet,
    /// How texts are read.
    pub grammar: Live<Grammar>,
    /// The words of answers.
    pub catalogue: Live<Catalogue>,
}

/// An answer to be sent: the key of its text, and values.
struct Reply {
    template: String,
    slots: Slots,
}

impl Reply {
    fn new(template: &str, slots: Slots) -> Reply {
        Reply { template: template.to_owned(), slots }
    }
}

impl Sms {
    /// Handles a text; returns a word for logs and metrics. `Err` means that it was not handled and may come again.
    pub async fn receive(&self, text: Text) -> Result<&'static str, Refusal> {
        // by sender and the gateway's id alone: a redelivery may carry another date
        let name = format!("{}\n{}", text.from.e164(), text.id);
        let key = Key::new(Timestamp::from_micros(0), "sms", name.as_bytes());
        let caller = self.wallet.caller(text.from).await.map_err(|error| {
            tracing::error!(%error, "the sender of a text could not be read");
            Refusal::from(Reason::Busy)
        })?;
        let own = caller.person.as_ref().and_then(|person| Language::parse(&person.language));
        let market = &self.wallet.house.market;
        let outcome = match self.grammar.get().read(&text.body, market) {
            Reading::Command { service, fields, language } => {
                self.command(&caller, own.unwrap_or(language), key, service, fields).await
            }
            // what is wrong with it does not matter to who has no account
            Reading::Refused(_) if caller.person.is_none() => self.stranger(&caller, own, key).await,
            Reading::Refused(refusal) => self.refused(&caller, own, key, &refusal).await,
            Reading::Secret => {
                self.reply(&caller, own, key, Reply::new("sms.pin_in_sms", Slots::new()), "secret").await
            }
            Reading::Unknown => self.reply(&caller, own, key, Reply::new("sms.unknown", Slots::new()), "unknown").await,
        };
        match outcome {
            Err(Refusal { reason: Reason::Seen, .. }) => Ok("repeated"),
            Ok(_) | Err(_) => outcome,
        }
    }

    async fn command(
        &self,
        caller: &Caller,
        language: Language,
        key: Key,
        service: String,
        fields: Fields,
    ) -> Result<&'static str, Refusal> {
        let own = Some(language);
        match (service.as_str(), &caller.person) {
            ("help", _) => self.reply(caller, own, key, Reply::new("sms.help", Slots::new()), "help").await,
            ("join", None) => self.reply(caller, own, key, Reply::new("sms.join", Slots::new()), "join").await,
            (_, None) => self.stranger(caller, own, key).await,
            ("join", Some(_)) => self.refused(caller, own, key, &Reason::AlreadyJoined.into()).await,
            ("balance", Some(_)) => match self.wallet.answer(caller, ask(Verb::Quote, service, fields)).await {
                Answer::Facts { slots, .. } => {
                    self.reply(caller, own, key, Reply::new("sms.balance", slots), "balance").await
                }
                other @ (Answer::Items(_) | Answer::Refused(_) | Answer::Late) => {
                    self.unable(caller, own, key, other).await
                }
            },
            ("statement", Some(_)) => match self.wallet.answer(caller, ask(Verb::List, service, fields)).await {
                Answer::Items(items) => {
                    let lines: Vec<Slots> = items.into_iter().take(STATEMENT_LINES).map(|item| item.slots).collect();
                    let reply = self.statement(caller, language, &lines).await;
                    self.reply(caller, own, key, reply, "statement").await
                }
                other @ (Answer::Facts { .. } | Answer::Refused(_) | Answer::Late) => {
                    self.unable(caller, own, key, other).await
                }
            },
            ("language", Some(_)) => {
                let chosen = fields.get("language").and_then(|code| Language::parse(code)).unwrap_or(language);
                let along = self.answered(caller, Some(chosen), key, Reply::new("sms.language", Slots::new()));
                self.act(caller, own, key, ask(Verb::Do, service, fields), along).await
            }
            // the answer is the wallet's message; the code itself goes to the address
            ("email", Some(_)) => {
                self.act(caller, own, key, ask(Verb::Do, service, fields), vec![Change::See { key }]).await
            }
            // a payment by SMS is only an order, whatever the grammar calls it; its message comes from the wallet
            ("send" | "order", Some(_)) => {
                let order = ask(Verb::Do, "order".to_owned(), fields);
                self.act(caller, own, key, order, vec![Change::See { key }]).await
            }
            // a request moves nothing either, and its message too comes from the wallet
            ("request", Some(_)) => {
                self.act(caller, own, key, ask(Verb::Do, service, fields), vec![Change::See { key }]).await
            }
            (_, Some(_)) => self.refused(caller, own, key, &Reason::ServiceUnknown.into()).await,
        }
    }

    async fn act(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        ask: Ask,
        along: Vec<Change>,
    ) -> Result<&'static str, Refusal> {
        for _try in 0..TRIES_MAX {
            let turn = Turn { key, along: along.clone(), wrong: Wrong::Charge(Vec::new()) };
            match self.wallet.act(caller, ask.clone(), turn).await.answer {
                Answer::Facts { .. } | Answer::Items(_) => return Ok("done"),
                // nobody has said yes to what was planned: it is planned anew
                Answer::Refused(Refusal { reason: Reason::Stale, .. }) => {}
                other @ (Answer::Refused(_) | Answer::Late) => return self.unable(caller, own, key, other).await,
            }
        }
        Err(Reason::Busy.into())
    }

    /// The answer to anything that is not an answer: the refusal in words, unless it is only that we are busy.
    async fn unable(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        answer: Answer,
    ) -> Result<&'static str, Refusal> {
        match answer {
            Answer::Refused(refusal) if matches!(refusal.reason, Reason::Busy | Reason::Unclear | Reason::Seen) => {
                Err(refusal)
            }
            Answer::Refused(refusal) => self.refused(caller, own, key, &refusal).await,
            Answer::Facts { .. } | Answer::Items(_) | Answer::Late => Err(Reason::Busy.into()),
        }
    }

    async fn stranger(&self, caller: &Caller, own: Option<Language>, key: Key) -> Result<&'static str, Refusal> {
        self.reply(caller, own, key, Reply::new("sms.not_joined", Slots::new()), "stranger").await
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
            Some("language") => "sms.language_how".to_owned(),
            Some(_) | None => format!("refusal.{}", refusal.code()),
        };
        let reply = Reply::new(&template, refusal.slots.clone());
        self.reply(caller, own, key, reply, refusal.code()).await
    }

    async fn reply(
        &self,
        caller: &Caller,
        own: Option<Language>,
        key: Key,
        reply: Reply,
        word: &'static str,
    ) -> Result<&'static str, Refusal> {
        let changes = self.answered(caller, own, key, reply);
        self.wallet.book.post(self.wallet.note(key, changes)).await.map(|_receipt| word)
    }

    /// The changes that go with every text: it is remembered, and its answer waits in the outbox.
    fn answered(&self, caller: &Caller, own: Option<Language>, key: Key, reply: Reply) -> Vec<Change> {
        let house = &self.wallet.house;
        let mut slots = reply.slots;
        slots.insert("dial".into(), house.dial.clone().into());
        slots.insert("brand".into(), house.brand.clone().into());
        let language = own.unwrap_or(house.market.language);
        let now = house.clock.now();
        let answer = message(caller.msisdn.e164(), language.as_str(), &reply.template, &slots, None, now);
        vec![Change::See { key }, Change::Tell(answer)]
    }

    /// The newest lines and the balance.
    async fn statement(&self, caller: &Caller, language: Language, lines: &[Slots]) -> Reply {
        let mut slots = match self.wallet.answer(caller, ask(Verb::Quote, "balance".to_owned(), Fields::new())).await {
            Answer::Facts { slots, .. } => slots,
            Answer::Items(_) | Answer::Refused(_) | Answer::Late => Slots::new(),
        };
        if lines.is_empty() {
            return Reply::new("sms.statement_empty", slots);
        }
        let words: Arc<Catalogue> = self.catalogue.get();
        let mut text: Vec<String> = lines.iter().map(|line| words.say(language, "sms.statement_line", line)).collect();
        loop {
            slots.insert("lines".to_owned(), text.join("\n").into());
            let fits = parts(&to_gsm(&words.say(language, "sms.statement", &slots))) <= 1;
            // rather one line less than two messages
            if fits || text.pop().is_none() {
                return Reply::new("sms.statement", slots);
            }
        }
    }
}

fn ask(verb: Verb, service: String, fields: Fields) -> Ask {
    Ask { verb, service, fields, secret: None }
}
