//! Hands one text to the network and says what the network said. It does not retry, count or
//! remember: the outbox does. Keys, numbers and words never appear in `Debug`, reasons or logs.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{SendResult, africastalking};
use crate::phone::Msisdn;
use crate::tls;

/// The gateway answers in well under a second; after this the message counts as not sent and is
/// tried again. One that is slow may have taken it, and it would come twice: so it has its time.
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// The way texts leave the house.
#[derive(Debug)]
pub enum Sender {
    /// Africa's Talking's send API.
    AfricasTalking(AfricasTalking),
    /// Nobody: whoever wants to see the texts looks into the outbox.
    Simulator,
}

/// An account at Africa's Talking.
#[derive(Debug)]
pub struct AfricasTalking {
    /// Keeps connections open between messages.
    pub client: reqwest::Client,
    /// Where the API is: `https://api.africastalking.com`, or the sandbox.
    pub base_url: String,
    /// The account's name; `sandbox` in the sandbox.
    pub username: String,
    /// The account's key.
    pub api_key: SecretString,
    /// The name or short code that people see as the sender, if the account has one.
    pub sender_id: Option<String>,
}

impl Sender {
    /// Hands `text` over for `to`.
    pub async fn send(&self, to: &Msisdn, text: &str) -> SendResult {
        match self {
            Sender::AfricasTalking(account) => account.send(to, text).await,
            Sender::Simulator => SendResult::Accepted { message_id: Some(synthetic_id(to, text)) },
        }
    }
}

impl AfricasTalking {
    /// An account with its own connections. They follow no redirects: the key must not wander to
    /// another host.
    pub fn new(
        base_url: &str,
        username: &str,
        api_key: SecretString,
        sender_id: Option<String>,
    ) -> Result<AfricasTalking, reqwest::Error> {
        let client = tls::client()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_MAX)
            .build()?;
        Ok(AfricasTalking {
            client,
            base_url: base_url.to_owned(),
            username: username.to_owned(),
            api_key,
            sender_id,
        })
    }

    async fn send(&self, to: &Msisdn, text: &str) -> SendResult {
        let form =
            africastalking::send_form(&self.username, to.e164(), text, self.sender_id.as_deref());
        let url = format!("{}/version1/messaging", self.base_url.trim_end_matches('/'));
        let request = self
            .client
            .post(url)
            .header("apiKey", self.api_key.expose_secret())
            .header("Accept", "application/json")
            .form(&form);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_builder() => {
                return SendResult::Misconfigured { reason: reason_of(&error).to_owned() };
            }
            Err(error) => return SendResult::Away { reason: reason_of(&error).to_owned() },
        };
        let status = answer.status().as_u16();
        // a status that came says what became of the message, also where the rest did not come
        let body = answer.bytes().await.map(|bytes| bytes.to_vec()).unwrap_or_default();
        africastalking::read_answer(status, &body)
    }
}

/// A word for what went wrong; the error itself may carry the address and what was sent.
fn reason_of(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "the gateway did not answer in time"
    } else if error.is_connect() {
        "no connection to the gateway"
    } else if error.is_builder() {
        "the request could not be made: check the gateway's address and API key"
    } else {
        "the connection to the gateway broke"
    }
}

/// The same message to the same person has the same name: enough for a network that is not there.
fn synthetic_id(to: &Msisdn, text: &str) -> String {
    let digest =
        Sha256::new().chain_update(to.e164()).chain_update([0]).chain_update(text).finalize();
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("sim-{hex}")
}
