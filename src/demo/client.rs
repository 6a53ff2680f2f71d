//! The terminal phone's connection to a running service: the demo's two lists, and the gateway's
//! callbacks as the network would post them. It knows nothing of screens.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::trouble::Trouble;
use crate::gateway::africastalking as dialect;
use crate::gateway::{EndEvent, Text, UssdCall};
use crate::tls;

/// As long as the network would wait for a screen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who lives in the demo.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Resident {
    #[serde(default)]
    pub(super) name: Option<String>,
    pub(super) phone: String,
    #[serde(default)]
    pub(super) pin: Option<String>,
    #[serde(default)]
    pub(super) pin_locked: bool,
    #[serde(default)]
    pub(super) language: Option<String>,
    #[serde(default)]
    pub(super) balance_minor: Option<i64>,
    #[serde(default)]
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) agent: Option<ResidentAgent>,
}

/// Where they serve.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ResidentAgent {
    pub(super) number: String,
    pub(super) outlet: String,
    #[serde(default)]
    pub(super) pin: Option<String>,
    #[serde(default)]
    pub(super) pin_locked: bool,
}

/// A message in somebody's inbox.
#[derive(Debug, Deserialize)]
pub(super) struct InboxMessage {
    #[serde(default)]
    pub(super) from: Option<String>,
    pub(super) text: String,
}

/// The connection.
pub(super) struct DemoClient {
    client: reqwest::Client,
    base_url: String,
}

impl DemoClient {
    pub(super) fn new(base_url: &str) -> Result<DemoClient, Trouble> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        match tls::client().timeout(PATIENCE).build() {
            Ok(client) => Ok(DemoClient { client, base_url }),
            Err(error) => Err(Trouble::NoAnswer { url: base_url, reason: error.to_string() }),
        }
    }

    pub(super) async fn people(&self) -> Result<Vec<Resident>, Trouble> {
        self.get("/demo/people").await
    }

    pub(super) async fn inbox(&self, phone: &str) -> Result<Vec<InboxMessage>, Trouble> {
        self.get(&format!("/demo/inbox/{phone}")).await
    }

    /// One step of a conversation: the screen and whether it goes on, or nothing if no phone could
    /// show the answer.
    pub(super) async fn step(&self, call: &UssdCall) -> Result<Option<(String, bool)>, Trouble> {
        let (status, answer) =
            self.post("/gateways/africastalking/ussd", &dialect::ussd_form(call)).await?;
        let screen = dialect::decode(&answer).filter(|_| status == 200);
        Ok(screen.map(|(text, goes_on)| (text.to_owned(), goes_on)))
    }

    /// The network's notice that a conversation is over. Like the real one, it may get lost.
    pub(super) async fn ended(&self, event: &EndEvent) {
        let _unread =
            self.post("/gateways/africastalking/ussd/ended", &dialect::end_form(event)).await;
    }

    /// A text to the service: was it taken?
    pub(super) async fn text(&self, text: &Text) -> Result<bool, Trouble> {
        let (status, _) =
            self.post("/gateways/africastalking/sms", &dialect::text_form(text)).await?;
        Ok(status == 200)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        let request = self.client.get(format!("{}{path}", self.base_url));
        let read = async { request.send().await?.error_for_status()?.json().await };
        read.await.map_err(|error| self.trouble(error))
    }

    async fn post<F: Serialize>(&self, path: &str, form: &F) -> Result<(u16, String), Trouble> {
        let request = self.client.post(format!("{}{path}", self.base_url)).form(form);
        let read = async {
            let answer = request.send().await?;
            Ok((answer.status().as_u16(), answer.text().await?))
        };
        read.await.map_err(|error| self.trouble(error))
    }

    fn trouble(&self, error: reqwest::Error) -> Trouble {
        let reason = if error.is_connect() {
            "nobody is listening there".to_owned()
        } else {
            error.without_url().to_string()
        };
        Trouble::NoAnswer { url: self.base_url.clone(), reason }
    }
}
