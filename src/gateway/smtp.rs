//! Hands one letter to the mail server and says what the server said. It does not retry, count or
//! remember: the outbox does. Addresses, passwords and words never appear in `Debug`, reasons or
//! logs.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::response::Category;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use super::SendResult;
use crate::email::Email;

/// How long a server may take for one letter. Shorter than a message stays in the hands of who
/// sends it.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The account at the mail server.
#[derive(Debug, Clone)]
pub struct MailAccount {
    /// Where it is: `smtps://user:password@host`.
    pub url: SecretString,
    /// What letters come from.
    pub from: Email,
}

/// The way letters leave the house.
pub enum Mailer {
    /// A mail server.
    Smtp {
        /// Keeps connections open between letters.
        transport: AsyncSmtpTransport<Tokio1Executor>,
        /// What letters come from.
        from: Box<Mailbox>,
    },
    /// Nobody: whoever wants to see the letters looks into the outbox.
    Simulator,
    /// There is no way.
    Off,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Names it among all letters: the same when it is sent again, so that mail programs show it
    /// once.
    pub id: String,
    /// To whom.
    pub to: Email,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// What lies in it.
    pub files: Vec<LetterFile>,
}

/// A file in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterFile {
    /// Its name.
    pub name: String,
    /// Its type: `application/pdf`.
    pub kind: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Mailer::Smtp { .. } => "Mailer::Smtp",
            Mailer::Simulator => "Mailer::Simulator",
            Mailer::Off => "Mailer::Off",
        })
    }
}

impl Mailer {
    /// A mail server. Whether it is there is found out when there is something to send.
    pub fn smtp(account: &MailAccount, brand: &str) -> Result<Mailer, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(account.url.expose_secret());
        let transport = builder.map_err(|error| error.to_string())?.timeout(Some(TIMEOUT)).build();
        let from =
            mailbox(&account.from, Some(brand.to_owned())).ok_or("the sender is no address")?;
        Ok(Mailer::Smtp { transport, from: Box::new(from) })
    }

    /// Hands a letter over.
    pub async fn send(&self, letter: &Letter) -> SendResult {
        let message_id = letter.id.clone();
        match self {
            Mailer::Simulator => SendResult::Accepted { message_id: Some(message_id) },
            Mailer::Off => {
                SendResult::Misconfigured { reason: "no mail server is set up".to_owned() }
            }
            Mailer::Smtp { transport, from } => {
                let Some(message) = message(from, letter) else {
                    return SendResult::Refused {
                        reason: "the letter could not be written".to_owned(),
                    };
                };
                match tokio::time::timeout(TIMEOUT, transport.send(message)).await {
                    Ok(Ok(_response)) => SendResult::Accepted { message_id: Some(message_id) },
                    Ok(Err(error)) => refused(&error),
                    Err(_late) => too_late(),
                }
            }
        }
    }
}

fn mailbox(email: &Email, name: Option<String>) -> Option<Mailbox> {
    email.address().parse::<Address>().ok().map(|address| Mailbox::new(name, address))
}

fn message(from: &Mailbox, letter: &Letter) -> Option<Message> {
    let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(letter.text.clone()));
    for LetterFile { name, kind, bytes } in &letter.files {
        let kind = ContentType::parse(kind).ok()?;
        parts = parts.singlepart(Attachment::new(name.clone()).body(bytes.clone(), kind));
    }
    let id = format!("<{}@{}>", letter.id, from.email.domain());
    let message =
        Message::builder().from(from.clone()).to(mailbox(&letter.to, None)?).message_id(Some(id));
    message.subject(letter.subject.clone()).multipart(parts).ok()
}

/// Only a server that will never take a letter for this mailbox is not asked again: a wrong
/// password, or a server that wants something else of us, is mended by the operator.
fn refused(error: &lettre::transport::smtp::Error) -> SendResult {
    match error.status() {
        Some(code) if error.is_permanent() && code.category == Category::MailSystem => {
            SendResult::Refused { reason: format!("SMTP {code}") }
        }
        Some(code) if error.is_permanent() => {
            SendResult::Misconfigured { reason: format!("SMTP {code}") }
        }
        Some(code) => SendResult::TryLater { reason: format!("SMTP {code}") },
        None if error.is_timeout() => too_late(),
        None => SendResult::Away { reason: "no connection to the mail server".to_owned() },
    }
}

fn too_late() -> SendResult {
    SendResult::Away { reason: "the mail server did not answer in time".to_owned() }
}
