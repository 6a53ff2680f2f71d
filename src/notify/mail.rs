//! Letters: what a mail in the outbox becomes when it leaves. A code is made of the secret and the
//! name that stands in the row, a statement of the book: neither lies in the outbox. It decides
//! nothing about who may have which.

use super::Notify;
use crate::catalogue::Catalogue;
use crate::email::Email;
use crate::gateway::SendResult;
use crate::gateway::smtp::{Letter, LetterFile};
use crate::language::Language;
use crate::phone::Msisdn;
use crate::request::Slots;
use crate::seal::to_hex;
use crate::statement::{Words, csv, pdf};
use crate::store::outbox::{self, Channel, MessageRow, NewMessage};
use crate::store::{Conn, StoreError, day_rows};
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Value};
use crate::wallet::days::signatures;
use crate::wallet::message::Message;
use crate::wallet::outgoing::message;
use crate::wallet::people::period_statement::StatementRequest;
use std::sync::Arc;

/// What is said of letters, and in them beside what their service sends.
pub const MESSAGES: &[&Message] = &[
    &FAILED,
    &CODE,
    &CODE_SUBJECT,
    &STATEMENT_SUBJECT,
    &STATEMENT_LONG,
    &STATEMENT_LONG_SUBJECT,
    &DAY_SUBJECT,
];

const FAILED: Message =
    Message::plain("sms.mail_failed", &[Slot("email", Kind::Text), Slot("dial", Kind::Text)]);
/// The code itself is made when the letter leaves.
const CODE: Message = Message::plain("mail.code", &[Slot("mail_code", Kind::Code)]);
const CODE_SUBJECT: Message = Message::plain("mail.code_subject", &[]);
const STATEMENT_SUBJECT: Message = Message::plain("mail.statement_subject", DAYS);
const STATEMENT_LONG: Message = Message::plain(
    "mail.statement_long",
    &[Slot("name", Kind::Name), Slot("first_day", Kind::Day), Slot("last_day", Kind::Day)],
);
const STATEMENT_LONG_SUBJECT: Message = Message::plain("mail.statement_long_subject", DAYS);
const DAY_SUBJECT: Message = Message::plain("mail.day_subject", &[Slot("day", Kind::Day)]);
const DAYS: &[Slot] = &[Slot("first_day", Kind::Day), Slot("last_day", Kind::Day)];

/// The words of a statement.
const WORDS: [&str; 22] = [
    "title", "holder", "phone", "period", "made", "opening", "closing", "held", "free", "date",
    "time", "code", "what", "in", "out", "fee", "balance", "totals", "none", "note", "page", "of",
];
/// Letters that the demo lists.
const SHOWN: i64 = 50;

impl Notify {
    /// Writes the letter that a row stands for, and hands it over.
    pub(super) async fn mail(&self, row: &MessageRow) -> SendResult {
        match self.letter(row).await {
            Ok(Some(letter)) => self.mailer.send(&letter).await,
            Ok(None) => SendResult::Refused { reason: "it is no letter".to_owned() },
            Err(error) => {
                tracing::error!(%error, message = row.id, "a letter could not be written");
                SendResult::TryLater { reason: error.to_string() }
            }
        }
    }

    /// The word by SMS that a letter cannot be delivered: who waits for it would wait in vain.
    pub(super) fn not_mailed(&self, row: &MessageRow) -> Option<NewMessage> {
        let email = Email::parse(&row.address).ok()?;
        let config = &self.wallet.config;
        let told = Slots::from([
            ("email".into(), email.to_string().into()),
            ("dial".into(), config.dial.clone().into()),
        ]);
        Some(message(
            row.number(),
            &row.language,
            FAILED.template,
            &told,
            None,
            self.wallet.clock.now(),
        ))
    }

    /// The letter that a row stands for; nothing when the row is not one.
    pub async fn letter(&self, row: &MessageRow) -> Result<Option<Letter>, StoreError> {
        let mut slots: Slots = serde_json::from_str(&row.slots)
            .map_err(|_not| StoreError::Damaged("a letter's slots"))?;
        let Ok(to) = Email::parse(&row.address) else { return Ok(None) };
        let language = Language::parse(&row.language).unwrap_or(Language::EN);
        let words = self.catalogue.get();
        let mut files = Vec::new();
        let mut template = row.template.clone();
        match row.template.as_str() {
            "mail.code" => {
                let name = slots.get("code_name").map(Value::to_string).unwrap_or_default();
                let code = self.wallet.config.pin_keys.current().code(name.as_bytes());
                slots.insert("mail_code".to_owned(), Value::Code(code));
            }
            "mail.statement" => match self.statement(row, &slots, language, &words).await? {
                Some(made) => files = made,
                None => template = "mail.statement_long".to_owned(),
            },
            "mail.day" => match self.closed_day(&mut slots).await? {
                Some(made) => files = made,
                None => return Ok(None),
            },
            _ => return Ok(None),
        }
        let subject = words.say(language, &format!("{template}_subject"), &slots);
        let text = words.say(language, &template, &slots);
        Ok(Some(Letter {
            id: format!("kadogo-{}-{}", row.created_at, row.id),
            to,
            subject,
            text,
            files,
        }))
    }

    async fn statement(
        &self,
        row: &MessageRow,
        slots: &Slots,
        language: Language,
        words: &Arc<Catalogue>,
    ) -> Result<Option<Vec<LetterFile>>, StoreError> {
        let damaged = || StoreError::Damaged("a statement without its days");
        let day = |name: &str| match slots.get(name) {
            Some(Value::Day(day)) => Ok(*day),
            Some(_) | None => Err(damaged()),
        };
        let first = day("first_day")?;
        let last = day("last_day")?;
        let account = row.account_id.ok_or_else(damaged)?;
        let asked = Timestamp::from_micros(row.created_at);
        let wanted = StatementRequest { account, first, last, asked, language };
        let Some(statement) = self.wallet.statement_of(wanted, words).await? else {
            return Ok(None);
        };
        let config = &self.wallet.config;
        let say = |name: &&'static str| {
            let text = words.say(language, &format!("words.statement.{name}"), &Slots::new());
            (*name, text)
        };
        let spoken: Words = WORDS.iter().map(say).collect();
        let zone = &config.market.zone;
        let head = pdf::PageHeader {
            brand: config.brand.clone(),
            name: slots.get("name").map(Value::to_string).unwrap_or_default(),
            phone: Msisdn::from_e164(row.number())
                .map(|phone| phone.masked(&config.market))
                .unwrap_or_default(),
            period: format!("{} - {}", first.text(), last.text()),
            made: format!("{} {}", asked.date_text(zone), asked.clock_text(zone)),
        };
        let name = |ending: &str| {
            format!("{}-{}.{ending}", config.brand, head.period.replace('/', "-").replace(' ', ""))
        };
        let pages = LetterFile {
            name: name("pdf"),
            kind: "application/pdf",
            bytes: pdf::document(&statement, &head, &spoken),
        };
        let table = csv::table(&statement, &spoken).into_bytes();
        Ok(Some(vec![
            pages,
            LetterFile { name: name("csv"), kind: "text/csv; charset=utf-8", bytes: table },
        ]))
    }

    /// What was signed of a day, and what its digests are.
    async fn closed_day(&self, slots: &mut Slots) -> Result<Option<Vec<LetterFile>>, StoreError> {
        let Some(Value::Day(day)) = slots.get("day") else { return Ok(None) };
        let id = i64::from(day.number());
        let zone = self.wallet.config.market.zone.clone();
        let read = move |conn: &mut Conn| {
            let Some(row) = day_rows::day(conn, id)? else { return Ok::<_, StoreError>(None) };
            let by = signatures::read(conn, &row, &zone)?;
            Ok(Some((row, by)))
        };
        let Some((row, by)) = self.wallet.store.read(read).await? else { return Ok(None) };
        slots.insert("digest".to_owned(), Value::Code(by.digest.clone()));
        slots.insert("chain".to_owned(), Value::Text(to_hex(&row.link_digest)));
        let name = |ending: &str| format!("day-{}.{ending}", row.day);
        let (csv, pdf) = (name("csv"), name("pdf"));
        let table = by.table(&row.sheet).into_bytes();
        Ok(Some(vec![
            LetterFile { name: pdf, kind: "application/pdf", bytes: by.pages(&row.pages) },
            LetterFile { name: csv, kind: "text/csv; charset=utf-8", bytes: table },
        ]))
    }

    /// The newest letters that left, for the demo.
    pub async fn letters(&self) -> Result<Vec<(MessageRow, Letter)>, StoreError> {
        let rows =
            self.wallet.store.read(|conn| outbox::newest(conn, Channel::Mail, SHOWN)).await?;
        let mut letters = Vec::new();
        for row in rows {
            if let Some(letter) = self.letter(&row).await? {
                letters.push((row, letter));
            }
        }
        Ok(letters)
    }
}
