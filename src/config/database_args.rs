//! Which database a command works on, and the secrets that it was made with: the same for each
//! command beside a service.

use super::{DatabaseUrl, SecretArgs};
use clap::Args;

/// The database of a service that may be running.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// The database, as an address
    #[arg(
        long,
        env = "KADOGO_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://kadogo.db",
        value_name = "URL",
        global = true
    )]
    pub database_url: DatabaseUrl,
    /// With which PINs are kept.
    #[command(flatten)]
    pub secrets: SecretArgs,
}
