//! The configuration: flags and environment in one place. `--help` is the deployment manual. Here
//! is what `demo` and `serve` have in common; what only a real service needs is in `serve_args`,
//! what comes of both in `service_settings`.

mod database_args;
mod database_url;
mod outside;
mod secret_args;
mod serve_args;
mod service_settings;

pub use database_args::DatabaseArgs;
pub use database_url::DatabaseUrl;
pub use secret_args::{DEMO_SECRET, SecretArgs};
pub use serve_args::ServeArgs;
pub use service_settings::{GatewayAccount, Settings};

use crate::console_url::ConsoleUrl;
use crate::demo::world;
use crate::schedule::Every;
use crate::seal::SealKey;
use crate::service_names::ServiceNames;
use crate::store::Address;
use crate::wallet::OperatorRules;
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The code that people dial in a demo.
pub const DEMO_CODE: &str = "*384*1234#";

/// What `demo` and `serve` have in common.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// Address and port to listen on
    #[arg(long, env = "KADOGO_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    pub listen: SocketAddr,
    /// Address and port where /metrics is told, and then nowhere else; at every door when not given
    #[arg(long, env = "KADOGO_METRICS_LISTEN", value_name = "ADDR:PORT")]
    pub metrics_listen: Option<SocketAddr>,
    /// The database, as an address: sqlite://FILE, or postgres://USER:PASSWORD@HOST/DATABASE for a
    /// server. TLS is used, and the certificate verified, unless the server is on this machine or
    /// the address ends with ?sslmode=disable; ?sslrootcert=FILE names a certificate authority of
    /// your own
    #[arg(
        long,
        env = "KADOGO_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://kadogo.db",
        value_name = "URL"
    )]
    pub database_url: DatabaseUrl,
    /// The folder of the menus; when not given: ./menus if there is one, else the ones compiled in
    #[arg(long, env = "KADOGO_MENUS", value_name = "DIR")]
    pub menus: Option<PathBuf>,
    /// The country: a folder of menus/markets, such as ke, tz, ug, gh, ci. A database keeps the one
    /// that it was begun with; a new one is begun with ke when none is given
    #[arg(long, env = "KADOGO_MARKET", value_name = "CODE")]
    pub market: Option<String>,
    /// The code that people dial: *384*1234# in the demo; `serve` must be told
    #[arg(long, env = "KADOGO_SERVICE_CODE", value_name = "CODE")]
    pub service_code: Option<String>,
    /// What the service calls itself, on screens, in texts and in mails
    #[arg(long, env = "KADOGO_BRAND", default_value = "Kadogo", value_name = "NAME")]
    pub brand: String,
    /// The number of customer care, as people dial it: it stands wherever they are told to call
    #[arg(long, env = "KADOGO_CARE", value_name = "NUMBER")]
    pub care: Option<String>,
    /// How many payments one person may ask back in thirty days
    #[arg(long, env = "KADOGO_UNDO_QUOTA", default_value_t = 3, value_name = "COUNT",
          value_parser = clap::value_parser!(i64).range(0..=1_000))]
    pub undo_quota: i64,
    /// How often commission is paid to the floats of agents by itself, when the day, week or month
    /// before is over
    #[arg(long, env = "KADOGO_PAY_COMMISSION", default_value = "never", value_name = "WHEN")]
    pub pay_commission: Payout,
    /// Whether money may be sent to a number that has no wallet: it waits a week for whoever joins
    /// with that number, or comes to an agent with the sender's secret. On in the demo, off where
    /// nothing is said
    #[arg(long, env = "KADOGO_SEND_TO_UNJOINED", value_name = "BOOL")]
    pub send_to_unjoined: Option<bool>,
    /// Whether people see their balance and last payments only behind their PIN; who asks by SMS is
    /// told how to see them by dialling
    #[arg(long, env = "KADOGO_BALANCE_PIN", default_value_t = false, value_name = "BOOL",
          action = clap::ArgAction::Set)]
    pub balance_pin: bool,
    /// Hours that the two of a deal have once they were told, where a time of theirs ran out while
    /// the service was away
    #[arg(long, env = "KADOGO_GRACE_HOURS", default_value_t = 24, value_name = "HOURS",
          value_parser = clap::value_parser!(u64).range(1..=720))]
    pub grace_hours: u64,
    /// Days for which messages are kept that have arrived, or were given up; they name people and
    /// amounts
    #[arg(long, env = "KADOGO_KEEP_MESSAGES_DAYS", default_value_t = 90, value_name = "DAYS",
          value_parser = clap::value_parser!(u64).range(1..=3_650))]
    pub keep_messages_days: u64,
    /// Days for which it is kept which screens a past conversation passed and how it ended
    #[arg(long, env = "KADOGO_KEEP_CONVERSATIONS_DAYS", default_value_t = 90, value_name = "DAYS",
          value_parser = clap::value_parser!(u64).range(1..=3_650))]
    pub keep_conversations_days: u64,
    /// How logs are written
    #[arg(long, env = "KADOGO_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What is logged: error, warn, info, debug, or per part as in `info,kadogo=debug`
    #[arg(long, env = "KADOGO_LOG", default_value = "info", value_name = "LEVEL")]
    pub log: String,
    /// Milliseconds until a caller is told that the result will come by SMS; gateways wait some 10
    /// seconds, so at most 9,000
    #[arg(long, env = "KADOGO_ANSWER_WITHIN_MS", default_value_t = 4_000, value_name = "MS",
          value_parser = clap::value_parser!(u64).range(1..=9_000))]
    pub answer_within_ms: u64,
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

impl ServerArgs {
    /// The settings of a demo in which something goes on already, or nothing.
    pub fn demo(self, showcase: bool) -> Result<Settings, Vec<String>> {
        let secret = SealKey::from_hex(DEMO_SECRET)
            .ok_or_else(|| vec!["the demo secret is damaged".to_owned()])?;
        let mut problems = Vec::new();
        self.check(&mut problems);
        let args = ServerArgs { send_to_unjoined: self.send_to_unjoined.or(Some(true)), ..self };
        if problems.is_empty() {
            Ok(Settings { showcase, ..args.settings(secret) })
        } else {
            Err(problems)
        }
    }

    fn code(&self) -> String {
        self.service_code.clone().unwrap_or_else(|| DEMO_CODE.to_owned())
    }

    fn check(&self, problems: &mut Vec<String>) {
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '*');
        if let Err(error) = Address::parse(self.database_url.expose()) {
            problems.push(format!("KADOGO_DATABASE_URL: {error}"));
        }
        let code = self.code();
        let inner = code.strip_prefix('*').and_then(|rest| rest.strip_suffix('#'));
        if !inner.is_some_and(|inner| !inner.is_empty() && inner.len() <= 20 && digits(inner)) {
            problems.push(format!("KADOGO_SERVICE_CODE must look like *384*1234#, not {code:?}"));
        }
        problems.extend(self.names().problems());
    }

    fn names(&self) -> ServiceNames {
        ServiceNames { brand: self.brand.clone(), care: self.care.clone() }
    }

    fn settings(self, secret: SealKey) -> Settings {
        let service_code = self.code();
        let names = self.names();
        Settings {
            listen: self.listen,
            console_listen: None,
            metrics_listen: self.metrics_listen,
            console_url: own_pages(self.listen),
            database_url: self.database_url,
            menus: menus_folder(self.menus),
            market: self.market,
            service_code,
            names,
            answer_within: Duration::from_millis(self.answer_within_ms),
            secret,
            old_secrets: Vec::new(),
            callback_token: None,
            gateway: None,
            mail: None,
            keep_messages: Duration::from_secs(self.keep_messages_days.saturating_mul(86_400)),
            keep_conversations: Duration::from_secs(
                self.keep_conversations_days.saturating_mul(86_400),
            ),
            rules: OperatorRules {
                reversal_quota: self.undo_quota,
                payout: self.pay_commission.every(),
                unjoined: self.send_to_unjoined.unwrap_or(false),
                balance_pin: self.balance_pin,
                grace: Duration::from_secs(self.grace_hours.saturating_mul(3_600)),
            },
            more_prices: world::PRICES,
            demo: true,
            showcase: false,
        }
    }
}

/// Where a demo on this machine has its pages.
fn own_pages(listen: SocketAddr) -> Option<ConsoleUrl> {
    let is_known = listen.ip().is_loopback() && listen.port() != 0;
    is_known.then(|| format!("http://{listen}").parse().ok()).flatten()
}

/// The folder that was named, or `./menus` where there is one.
pub fn menus_folder(named: Option<PathBuf>) -> Option<PathBuf> {
    named.or_else(|| {
        Some(PathBuf::from("menus")).filter(|folder| folder.join("customer.toml").is_file())
    })
}
