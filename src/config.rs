//! The configuration: flags and environment in one place. `--help` is the deployment manual.

use crate::demo::world;
use crate::email::Email;
use crate::gateway::mail::{MailAccount, Mailer};
use crate::seal::SealKey;
use crate::standing::Every;
use crate::store::Address;
use crate::wallet::Rules;
use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The secret of every demo. Public, therefore refused by `serve`.
pub const DEMO_SECRET: &str = "6b61646f676f2064656d6f207365637265742c206e6f7420666f72206d6f6e65";

/// The code that people dial in a demo.
pub const DEMO_CODE: &str = "*384*1234#";

/// What `demo` and `serve` have in common.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// Address and port to listen on
    #[arg(long, env = "KADOGO_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
    /// The database, as an address: sqlite://FILE, or postgres://USER:PASSWORD@HOST/DATABASE for a server. TLS is used, and
    /// the certificate verified, unless the server is on this machine or the address ends with ?sslmode=disable;
    /// ?sslrootcert=FILE names a certificate authority of your own
    #[arg(long, env = "KADOGO_DATABASE_URL", default_value = "sqlite://kadogo.db", value_name = "URL")]
    pub database_url: String,
    /// The folder of the menus; when not given: ./menus if there is one, else the ones compiled in
    #[arg(long, env = "KADOGO_MENUS", value_name = "DIR")]
    pub menus: Option<PathBuf>,
    /// The code that people dial: *384*1234# in the demo; `serve` must be told
    #[arg(long, env = "KADOGO_SERVICE_CODE", value_name = "CODE")]
    pub service_code: Option<String>,
    /// The service's name where no text gives one; screens and messages have it in menus/texts
    #[arg(long, env = "KADOGO_BRAND", default_value = "Kadogo", value_name = "NAME")]
    pub brand: String,
    /// How many payments one person may ask back in thirty days
    #[arg(long, env = "KADOGO_UNDO_QUOTA", default_value_t = 3, value_name = "COUNT",
          value_parser = clap::value_parser!(i64).range(0..=1_000))]
    pub undo_quota: i64,
    /// How often commission is paid to the floats of agents by itself, when the day, week or month before is over
    #[arg(long, env = "KADOGO_PAY_COMMISSION", default_value = "never", value_name = "WHEN")]
    pub pay_commission: Payout,
    /// Whether money may be sent to a number that has no wallet: it waits a week for whoever joins with that number, or
    /// comes to an agent with the sender's secret. On in the demo, off where nothing is said
    #[arg(long, env = "KADOGO_SEND_TO_UNJOINED", value_name = "BOOL")]
    pub send_to_unjoined: Option<bool>,
    /// How logs are written
    #[arg(long, env = "KADOGO_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What is logged: error, warn, info, debug, or per part as in `info,kadogo=debug`
    #[arg(long, env = "KADOGO_LOG", default_value = "info", value_name = "LEVEL")]
    pub log: String,
    /// Milliseconds until a caller is told that the result will come by SMS; gateways wait some 10 seconds
    #[arg(long, env = "KADOGO_ANSWER_WITHIN_MS", default_value_t = 4_000, value_name = "MS",
          value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub answer_within_ms: u64,
}

/// What `serve` needs besides. Secrets belong into the environment, where other users cannot list them.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// What `demo` has too.
    #[command(flatten)]
    pub server: ServerArgs,
    /// The secrets.
    #[command(flatten)]
    pub secrets: SecretArgs,
    /// What gateways must send as `?token=` with every callback, since they do not sign them; at least 16 characters
    #[arg(long, env = "KADOGO_CALLBACK_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub callback_token: Option<SecretString>,
    /// Africa's Talking: the account's user name
    #[arg(long, env = "KADOGO_AT_USERNAME", value_name = "NAME")]
    pub at_username: Option<String>,
    /// Africa's Talking: the account's API key
    #[arg(long, env = "KADOGO_AT_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub at_api_key: Option<SecretString>,
    /// Africa's Talking: the short code or name that messages come from; the gateway's default when not given
    #[arg(long, env = "KADOGO_AT_SENDER", value_name = "NAME")]
    pub at_sender: Option<String>,
    /// The mail server, for statements by e-mail: smtps://USER:PASSWORD@HOST, or smtp://USER:PASSWORD@HOST?tls=required for
    /// STARTTLS. Without it people are offered no mail
    #[arg(long, env = "KADOGO_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<SecretString>,
    /// The address that mail comes from
    #[arg(long, env = "KADOGO_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Africa's Talking: where its API is
    #[arg(long, env = "KADOGO_AT_URL", default_value = "https://api.africastalking.com", value_name = "URL")]
    pub at_url: String,
}

/// How often commission is paid out by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Payout {
    /// Only when `kadogo agent pay` is run, or an agent asks.
    Never,
    /// Each day.
    Daily,
    /// Each Monday.
    Weekly,
    /// On the first of each month.
    Monthly,
}

impl Payout {
    fn every(self) -> Option<Every> {
        match self {
            Payout::Never => None,
            Payout::Daily => Some(Every::Day),
            Payout::Weekly => Some(Every::Week),
            Payout::Monthly => Some(Every::Month),
        }
    }
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

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
    /// The database.
    pub database_url: String,
    /// The folder of the menus, or the ones compiled in.
    pub menus: Option<PathBuf>,
    /// The code that people dial.
    pub service_code: String,
    /// What the service calls itself.
    pub brand: String,
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
    /// What the operator decides about services.
    pub rules: Rules,
    /// Prices of services for which the tariff file has none, as it would write them: so that they can be tried.
    pub more_prices: &'static str,
    /// Whether this is the demo.
    pub demo: bool,
}

/// The secrets of a service, for each command that needs them.
#[derive(Debug, Args)]
pub struct SecretArgs {
    /// The secret that PINs are tagged and conversations are sealed with: 64 hexadecimal digits (`kadogo secret`
    /// makes one). Without it every PIN is lost, so keep a copy apart from the database
    #[arg(long, env = "KADOGO_SECRET", hide_env_values = true, value_name = "HEX")]
    pub secret: Option<SecretString>,
    /// A file with that secret, instead of the secret itself
    #[arg(long, env = "KADOGO_SECRET_FILE", value_name = "FILE", conflicts_with = "secret")]
    pub secret_file: Option<PathBuf>,
    /// Secrets used before this one, separated by commas: PINs set under them stay valid
    #[arg(long, env = "KADOGO_OLD_SECRETS", hide_env_values = true, value_name = "HEX,HEX", value_delimiter = ',')]
    pub old_secrets: Vec<SecretString>,
}

impl SecretArgs {
    /// The secret in use and those before it; what is wrong with them is among the problems.
    pub fn read(&self, problems: &mut Vec<String>) -> (Option<SealKey>, Option<Vec<SealKey>>) {
        let secret = self.current(problems);
        let old = self.old_secrets.iter().filter(|old| !is_blank(old));
        let old: Option<Vec<SealKey>> = old.map(|old| SealKey::from_hex(old.expose_secret().trim())).collect();
        if old.is_none() {
            problems.push("KADOGO_OLD_SECRETS: each must be 64 hexadecimal digits".to_owned());
        }
        (secret, old)
    }

    fn current(&self, problems: &mut Vec<String>) -> Option<SealKey> {
        let text = match (self.secret.as_ref().filter(|secret| !is_blank(secret)), &self.secret_file) {
            (Some(secret), _) => secret.expose_secret().trim().to_owned(),
            (None, Some(file)) => match std::fs::read_to_string(file) {
                Ok(text) => text.trim().to_owned(),
                Err(error) => {
                    problems.push(format!("KADOGO_SECRET_FILE: {}: {error}", file.display()));
                    return None;
                }
            },
            (None, None) => {
                problems.push("KADOGO_SECRET is not set: `kadogo secret` makes one".to_owned());
                return None;
            }
        };
        if text.eq_ignore_ascii_case(DEMO_SECRET) {
            problems.push("KADOGO_SECRET is the demo's, which everybody knows: `kadogo secret` makes one".to_owned());
            return None;
        }
        let key = SealKey::from_hex(&text);
        if key.is_none() {
            problems.push("KADOGO_SECRET must be 64 hexadecimal digits: `kadogo secret` makes one".to_owned());
        }
        key
    }
}

/// A variable that is set to nothing, as container files do with what they cannot fill in, is not set.
fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}

impl ServerArgs {
    /// The settings of a demo.
    pub fn demo(self) -> Result<Settings, Vec<String>> {
        let secret = SealKey::from_hex(DEMO_SECRET).ok_or_else(|| vec!["the demo secret is damaged".to_owned()])?;
        let mut problems = Vec::new();
        self.check(&mut problems);
        let args = ServerArgs { send_to_unjoined: self.send_to_unjoined.or(Some(true)), ..self };
        if problems.is_empty() { Ok(args.settings(secret)) } else { Err(problems) }
    }

    fn code(&self) -> String {
        self.service_code.clone().unwrap_or_else(|| DEMO_CODE.to_owned())
    }

    fn check(&self, problems: &mut Vec<String>) {
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '*');
        if let Err(error) = Address::parse(&self.database_url) {
            problems.push(format!("KADOGO_DATABASE_URL: {error}"));
        }
        let code = self.code();
        let inner = code.strip_prefix('*').and_then(|rest| rest.strip_suffix('#'));
        if !inner.is_some_and(|inner| !inner.is_empty() && inner.len() <= 20 && digits(inner)) {
            problems.push(format!("KADOGO_SERVICE_CODE must look like *384*1234#, not {code:?}"));
        }
        if !(2..=16).contains(&self.brand.chars().count()) || crate::text::septets(&self.brand).is_none() {
            problems.push("KADOGO_BRAND must be 2 to 16 characters that every phone can show".to_owned());
        }
    }

    fn settings(self, secret: SealKey) -> Settings {
        let service_code = self.code();
        Settings {
            listen: self.listen,
            database_url: self.database_url,
            menus: menus_folder(self.menus),
            service_code,
            brand: self.brand,
            answer_within: Duration::from_millis(self.answer_within_ms),
            secret,
            old_secrets: Vec::new(),
            callback_token: None,
            gateway: None,
            mail: None,
            rules: Rules {
                undo_quota: self.undo_quota,
                payout: self.pay_commission.every(),
                unjoined: self.send_to_unjoined.unwrap_or(false),
            },
            more_prices: world::PRICES,
            demo: true,
        }
    }
}

impl ServeArgs {
    /// The settings of a real service, or everything that is wrong with them.
    pub fn settings(mut self) -> Result<Settings, Vec<String>> {
        let mut problems = Vec::new();
        self.forget_blanks();
        self.server.check(&mut problems);
        if self.server.service_code.is_none() {
            problems.push("KADOGO_SERVICE_CODE is not set: the code that people dial, such as *384*1234#".to_owned());
        }
        let (secret, old_secrets) = self.secrets.read(&mut problems);
        match &self.callback_token {
            None => problems.push(
                "KADOGO_CALLBACK_TOKEN is not set: callbacks carry no signature, so make up a long \
                                   random text and add it to the callback addresses as ?token="
                    .to_owned(),
            ),
            Some(token) if token.expose_secret().len() < 16 => {
                problems.push("KADOGO_CALLBACK_TOKEN is too short: at least 16 characters".to_owned());
            }
            Some(_) => {}
        }
        let gateway = self.gateway(&mut problems);
        let mail = self.mail(&mut problems);
        match (secret, old_secrets, gateway, problems.is_empty()) {
            (Some(secret), Some(old_secrets), Some(gateway), true) => {
                let callback_token = self.callback_token.take();
                let base = self.server.settings(secret);
                Ok(Settings {
                    old_secrets,
                    callback_token,
                    gateway: Some(gateway),
                    mail,
                    more_prices: "",
                    demo: false,
                    ..base
                })
            }
            (_, _, _, _) => Err(problems),
        }
    }

    /// The same for the other settings.
    fn forget_blanks(&mut self) {
        self.callback_token = self.callback_token.take().filter(|token| !is_blank(token));
        self.at_api_key = self.at_api_key.take().filter(|key| !is_blank(key));
        self.smtp_url = self.smtp_url.take().filter(|url| !is_blank(url));
        for word in [&mut self.at_username, &mut self.at_sender, &mut self.mail_from, &mut self.server.service_code] {
            *word = word.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        }
    }

    /// The mail server, if one is named; a password must not travel in the open.
    fn mail(&self, problems: &mut Vec<String>) -> Option<MailAccount> {
        let (url, from) = match (&self.smtp_url, &self.mail_from) {
            (Some(url), Some(from)) => (url.clone(), from),
            (None, None) => return None,
            (Some(_), None) => {
                problems.push("KADOGO_MAIL_FROM is not set: the address that mail comes from".to_owned());
                return None;
            }
            (None, Some(_)) => {
                problems.push("KADOGO_SMTP_URL is not set, but KADOGO_MAIL_FROM is: the mail server".to_owned());
                return None;
            }
        };
        let text = url.expose_secret();
        let here = text.starts_with("smtp://127.0.0.1:") || text.starts_with("smtp://localhost:");
        let hidden = text.starts_with("smtps://") || (text.starts_with("smtp://") && text.contains("?tls=required"));
        if !hidden && !here {
            problems.push("KADOGO_SMTP_URL must begin with smtps://, or end with ?tls=required".to_owned());
            return None;
        }
        let Ok(from) = Email::parse(from) else {
            problems.push("KADOGO_MAIL_FROM must be an address such as statements@example.org".to_owned());
            return None;
        };
        let account = MailAccount { url, from };
        match Mailer::smtp(&account, "") {
            Ok(_mailer) => Some(account),
            Err(why) => {
                problems.push(format!("KADOGO_SMTP_URL: {why}"));
                None
            }
        }
    }

    fn gateway(&self, problems: &mut Vec<String>) -> Option<GatewayAccount> {
        if self.at_username.is_none() {
            problems.push("KADOGO_AT_USERNAME is not set: the user name of the account at Africa's Talking".to_owned());
        }
        if self.at_api_key.is_none() {
            problems.push("KADOGO_AT_API_KEY is not set: the API key of the account at Africa's Talking".to_owned());
        }
        if self.at_api_key.as_ref().is_some_and(|key| !key.expose_secret().bytes().all(|b| b.is_ascii_graphic())) {
            problems.push("KADOGO_AT_API_KEY has blanks or line ends in it, which no key has".to_owned());
        }
        let url = ["https://", "http://127.0.0.1:"].iter().any(|start| self.at_url.starts_with(start));
        if !url {
            problems.push("KADOGO_AT_URL must begin with https://, or the API key would travel in the open".to_owned());
        }
        let (username, api_key) = (self.at_username.clone()?, self.at_api_key.clone()?);
        url.then(|| GatewayAccount { url: self.at_url.clone(), username, api_key, sender: self.at_sender.clone() })
    }
}

/// The folder that was named, or `./menus` where there is one.
pub fn menus_folder(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| Some(PathBuf::from("menus")).filter(|folder| folder.join("customer.toml").is_file()))
}
