//! The secrets of a service, as they are given: by value or by file, with those before them. It
//! refuses the demo's.

use crate::seal::SealKey;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use std::path::PathBuf;

/// The secret of every demo. Public, therefore refused by `serve`.
pub const DEMO_SECRET: &str = "6b61646f676f2064656d6f207365637265742c206e6f7420666f72206d6f6e65";

/// The secrets of a service, for each command that needs them.
#[derive(Debug, Args)]
pub struct SecretArgs {
    /// The secret that PINs are tagged and conversations are sealed with: 64 hexadecimal digits
    /// (`kadogo secret` makes one). Without it every PIN is lost, so keep a copy apart from the
    /// database
    #[arg(long, env = "KADOGO_SECRET", hide_env_values = true, value_name = "HEX", global = true)]
    pub secret: Option<SecretString>,
    /// A file with that secret, instead of the secret itself
    #[arg(
        long,
        env = "KADOGO_SECRET_FILE",
        value_name = "FILE",
        conflicts_with = "secret",
        global = true
    )]
    pub secret_file: Option<PathBuf>,
    /// Secrets used before this one, separated by commas: PINs set under them stay valid
    #[arg(
        long,
        env = "KADOGO_OLD_SECRETS",
        hide_env_values = true,
        value_name = "HEX,HEX",
        value_delimiter = ',',
        global = true
    )]
    pub old_secrets: Vec<SecretString>,
}

impl SecretArgs {
    /// The secret in use and those before it; what is wrong with them is among the problems.
    pub fn read(&self, problems: &mut Vec<String>) -> (Option<SealKey>, Option<Vec<SealKey>>) {
        let secret = self.current(problems);
        let old = self.old_secrets.iter().filter(|old| !is_blank(old));
        let old: Vec<&str> = old.map(|old| old.expose_secret().trim()).collect();
        if old.iter().any(|old| is_demos(old)) {
            problems.push(
                "KADOGO_OLD_SECRETS has the demo's among them, which everybody knows: PINs that \
                 anybody can make would be valid"
                    .to_owned(),
            );
            return (secret, None);
        }
        let old: Option<Vec<SealKey>> = old.into_iter().map(SealKey::from_hex).collect();
        if old.is_none() {
            problems.push("KADOGO_OLD_SECRETS: each must be 64 hexadecimal digits".to_owned());
        }
        (secret, old)
    }

    fn current(&self, problems: &mut Vec<String>) -> Option<SealKey> {
        let text =
            match (self.secret.as_ref().filter(|secret| !is_blank(secret)), &self.secret_file) {
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
        if is_demos(&text) {
            problems.push(
                "KADOGO_SECRET is the demo's, which everybody knows: `kadogo secret` makes one"
                    .to_owned(),
            );
            return None;
        }
        let key = SealKey::from_hex(&text);
        if key.is_none() {
            problems.push(
                "KADOGO_SECRET must be 64 hexadecimal digits: `kadogo secret` makes one".to_owned(),
            );
        }
        key
    }
}

/// The same, to work with.
pub fn demo_secret() -> Option<SealKey> {
    SealKey::from_hex(DEMO_SECRET)
}

/// Whether a secret is the one of every demo.
pub(super) fn is_demos(secret: &str) -> bool {
    secret.trim().eq_ignore_ascii_case(DEMO_SECRET)
}

/// A variable that is set to nothing, as container files do with what they cannot fill in, is not
/// set.
pub(super) fn is_blank(secret: &SecretString) -> bool {
    secret.expose_secret().trim().is_empty()
}
