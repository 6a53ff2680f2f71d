//! What the program is built from, once the flags were found good. It knows neither flags nor
//! variables.

use super::DatabaseUrl;
use crate::console_url::ConsoleUrl;
use crate::gateway::smtp::MailAccount;
use crate::seal::SealKey;
use crate::service_names::ServiceNames;
use crate::wallet::OperatorRules;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The account at the gateway.
#[derive(Debug, Clone)]
pub struct GatewayAccount {
    /// Where its API is.
    pub url: String,
    /// The account's user name.
    pub username: String,
    /// The account's key.
    pub api_key: SecretString,
    /// What messages come from.
    pub sender: Option<String>,
}

/// A configuration that was found good: what the program is built from.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the console listens, if anywhere.
    pub console_listen: Option<SocketAddr>,
    /// Where the numbers are told, if at a door of their own.
    pub metrics_listen: Option<SocketAddr>,
    /// Where people outside reach it, if that is known.
    pub console_url: Option<ConsoleUrl>,
    /// The database.
    pub database_url: DatabaseUrl,
    /// The folder of the menus, or the ones compiled in.
    pub menus: Option<PathBuf>,
    /// The country; that of the database where none is named.
    pub market: Option<String>,
    /// The code that people dial.
    pub service_code: String,
    /// What the service is called, and where its people are helped.
    pub names: ServiceNames,
    /// When a caller is told to wait for an SMS.
    pub answer_within: Duration,
    /// The secret everything else follows from.
    pub secret: SealKey,
    /// The secrets before it.
    pub old_secrets: Vec<SealKey>,
    /// What callbacks must carry.
    pub callback_token: Option<SecretString>,
    /// The way out for messages; `None` keeps them for the phone page.
    pub gateway: Option<GatewayAccount>,
    /// The way out for mail, if there is one.
    pub mail: Option<MailAccount>,
    /// How long messages are kept that have arrived, or were given up.
    pub keep_messages: Duration,
    /// How long it is kept which way past conversations took.
    pub keep_conversations: Duration,
    /// What the operator decides about services.
    pub rules: OperatorRules,
    /// Whether this is the demo,
    pub demo: bool,
    /// and whether something goes on in it already when it is started.
    pub showcase: bool,
}
