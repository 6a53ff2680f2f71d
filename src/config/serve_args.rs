//! What a real service must be told besides: secrets, the gateway, the mail server. It finds
//! everything that is wrong at once, and lets no password travel in the open.

use super::outside;
use super::secret_args::{is_blank, is_demos};
use super::{GatewayAccount, SecretArgs, ServerArgs, Settings};
use crate::console_url::ConsoleUrl;
use crate::email::Email;
use crate::gateway::smtp::{MailAccount, Mailer};
use crate::seal::SealKey;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;

/// What `serve` needs besides. Secrets belong into the environment, where other users cannot list
/// them.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// What `demo` has too.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Address and port where the pages of the staff are, under /console; closed unless given. It
    /// has to be reached by HTTPS, so put what ends TLS in front of it, on this machine or in your
    /// own network, and nothing of the gateways
    #[arg(long, env = "KADOGO_CONSOLE_LISTEN", value_name = "ADDR:PORT")]
    pub console_listen: Option<SocketAddr>,
    /// Where the staff reach those pages, as https://HOST: links to them in SMS are whole then, and
    /// are said in words otherwise
    #[arg(long, env = "KADOGO_CONSOLE_URL", value_name = "URL")]
    pub console_url: Option<ConsoleUrl>,
    /// The secrets.
    #[command(flatten)]
    pub secrets: SecretArgs,
    /// What gateways must send as `?token=` with every callback, since they do not sign them; at
    /// least 16 characters
    #[arg(long, env = "KADOGO_CALLBACK_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub callback_token: Option<SecretString>,
    /// Africa's Talking: the account's user name
    #[arg(long, env = "KADOGO_AT_USERNAME", value_name = "NAME")]
    pub at_username: Option<String>,
    /// Africa's Talking: the account's API key
    #[arg(long, env = "KADOGO_AT_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub at_api_key: Option<SecretString>,
    /// Africa's Talking: the short code or name that messages come from; the gateway's default when
    /// not given
    #[arg(long, env = "KADOGO_AT_SENDER", value_name = "NAME")]
    pub at_sender: Option<String>,
    /// The mail server, for statements by e-mail: smtps://USER:PASSWORD@HOST, or
    /// smtp://USER:PASSWORD@HOST?tls=required for STARTTLS. Without it people are offered no mail
    #[arg(long, env = "KADOGO_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<SecretString>,
    /// The address that mail comes from
    #[arg(long, env = "KADOGO_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Africa's Talking: where its API is; that of the sandbox, whose user name is sandbox, is
    /// https://api.sandbox.africastalking.com
    #[arg(
        long,
        env = "KADOGO_AT_URL",
        default_value = "https://api.africastalking.com",
        value_name = "URL"
    )]
    pub at_url: String,
}

impl ServeArgs {
    /// The settings of a real service, or everything that is wrong with them.
    pub fn settings(mut self) -> Result<Settings, Vec<String>> {
        let mut problems = Vec::new();
        self.forget_blanks();
        self.server.check(&mut problems);
        if self.server.service_code.is_none() {
            problems.push(
                "KADOGO_SERVICE_CODE is not set: the code that people dial, such as *384*1234#"
                    .to_owned(),
            );
        }
        let (secret, old_secrets) = self.secrets.read(&mut problems);
        let all = || secret.iter().chain(old_secrets.iter().flatten());
        match &self.callback_token {
            None => problems.push(
                "KADOGO_CALLBACK_TOKEN is not set: callbacks carry no signature, so make up a long \
                 random text and add it to the callback addresses as ?token="
                    .to_owned(),
            ),
            Some(token) if token.expose_secret().len() < 16 => {
                problems.push("KADOGO_CALLBACK_TOKEN is too short: at least 16 \
                               characters".to_owned());
            }
            Some(token) if is_demos(token.expose_secret()) => problems.push(
                "KADOGO_CALLBACK_TOKEN is the demo's secret, which everybody knows".to_owned(),
            ),
            // it travels in the addresses of callbacks
            Some(token) if is_among(token, all()) => problems.push(
                "KADOGO_CALLBACK_TOKEN is KADOGO_SECRET: make up another one, which the gateway \
                 may know"
                    .to_owned(),
            ),
            Some(_) => {}
        }
        let gateway = self.gateway(&mut problems);
        let mail = self.mail(&mut problems);
        match (secret, old_secrets, gateway, problems.is_empty()) {
            (Some(secret), Some(old_secrets), Some(gateway), true) => {
                let callback_token = self.callback_token.take();
                let base = self.server.settings(secret);
                Ok(Settings {
                    console_listen: self.console_listen,
                    console_url: self.console_url,
                    old_secrets,
                    callback_token,
                    gateway: Some(gateway),
                    mail,
                    demo: false,
                    showcase: false,
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
        for word in [
            &mut self.at_username,
            &mut self.at_sender,
            &mut self.mail_from,
            &mut self.server.service_code,
        ] {
            *word = word.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        }
    }

    /// The mail server, if one is named; a password must not travel in the open.
    fn mail(&self, problems: &mut Vec<String>) -> Option<MailAccount> {
        let (url, from) = match (&self.smtp_url, &self.mail_from) {
            (Some(url), Some(from)) => (url.clone(), from),
            (None, None) => return None,
            (Some(_), None) => {
                problems.push(
                    "KADOGO_MAIL_FROM is not set: the address that mail comes from".to_owned(),
                );
                return None;
            }
            (None, Some(_)) => {
                problems.push(
                    "KADOGO_SMTP_URL is not set, but KADOGO_MAIL_FROM is: the mail server"
                        .to_owned(),
                );
                return None;
            }
        };
        if let Err(why) = outside::mail_server(url.expose_secret()) {
            problems.push(format!("KADOGO_SMTP_URL {why}"));
            return None;
        }
        let Ok(from) = Email::parse(from) else {
            problems.push(
                "KADOGO_MAIL_FROM must be an address such as statements@example.org".to_owned(),
            );
            return None;
        };
        let account = MailAccount { url, from };
        match Mailer::smtp(&account, "") {
            Ok(_mailer) => Some(account),
            Err(_why) => {
                // which may repeat a piece of the password
                problems.push(
                    "KADOGO_SMTP_URL: nothing can be sent by it; look for a misspelt ?tls=required"
                        .to_owned(),
                );
                None
            }
        }
    }

    fn gateway(&self, problems: &mut Vec<String>) -> Option<GatewayAccount> {
        if self.at_username.is_none() {
            problems.push(
                "KADOGO_AT_USERNAME is not set: the user name of the account at Africa's Talking"
                    .to_owned(),
            );
        }
        if self.at_api_key.is_none() {
            problems.push(
                "KADOGO_AT_API_KEY is not set: the API key of the account at Africa's Talking"
                    .to_owned(),
            );
        }
        if self
            .at_api_key
            .as_ref()
            .is_some_and(|key| !key.expose_secret().bytes().all(|b| b.is_ascii_graphic()))
        {
            problems.push(
                "KADOGO_AT_API_KEY has blanks or line ends in it, which no key has".to_owned(),
            );
        }
        let url = outside::gateway(&self.at_url);
        if let Err(why) = url {
            problems.push(format!("KADOGO_AT_URL {why}"));
        }
        let username = self.at_username.clone()?;
        if username == "sandbox" && url.is_ok() && outside::is_live(&self.at_url) {
            problems.push(
                "KADOGO_AT_USERNAME is the sandbox's, and KADOGO_AT_URL is not: it is \
                 https://api.sandbox.africastalking.com"
                    .to_owned(),
            );
        }
        let api_key = self.at_api_key.clone()?;
        url.ok()?;
        Some(GatewayAccount {
            url: self.at_url.clone(),
            username,
            api_key,
            sender: self.at_sender.clone(),
        })
    }
}

/// Whether a text is one of the secrets, wherever that was read from.
fn is_among<'a>(text: &SecretString, mut secrets: impl Iterator<Item = &'a SealKey>) -> bool {
    let print = |key: &SealKey| key.fingerprint("callback token", "");
    let typed = SealKey::from_hex(text.expose_secret().trim());
    typed.is_some_and(|typed| secrets.any(|secret| print(secret) == print(&typed)))
}
