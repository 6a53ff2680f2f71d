//! What can be done with messages that did not leave, as the command line names it.

use crate::config::DatabaseUrl;
use clap::{Args, Subcommand};

/// What can be done with messages that were given up.
#[derive(Debug, Subcommand)]
pub enum MessagesAct {
    /// List them, the oldest first: number, since when, by which way, to whom, which text, tries,
    /// and why
    ///
    /// A message is given up where its gateway says that it can never arrive (no such number, a
    /// receiver who wants none), where it is two days old and was tried ten times at least, and
    /// where the gateway took it and reports later that it failed. Numbers are masked, and what it
    /// says is not shown. Where everything fails for one reason, nothing is given up for two days:
    /// the log and kadogo_sms_sent_total{outcome="alarm"} say what has to be mended.
    Dead(DeadArgs),
    /// Have them sent again, each as if it had never been tried: those that are named, or --all of
    /// those that `dead` lists with the same options
    ///
    /// It says how many. Who runs `dead` afterwards sees what was given up again.
    Again {
        /// Which.
        #[command(flatten)]
        which: DeadArgs,
        /// Their numbers, as `dead` lists them
        #[arg(value_name = "NUMBER", required_unless_present = "all")]
        ids: Vec<i64>,
        /// All of them
        #[arg(long, conflicts_with = "ids")]
        all: bool,
    },
}

/// Which of the messages that were given up.
#[derive(Debug, Args)]
pub struct DeadArgs {
    /// The database, as an address
    #[arg(
        long,
        env = "KADOGO_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://kadogo.db",
        value_name = "URL"
    )]
    pub database_url: DatabaseUrl,
    /// Only those that leave this way: text or mail
    #[arg(long, value_name = "WAY")]
    pub channel: Option<String>,
    /// Only those with these words in their reason
    #[arg(long, value_name = "WORDS")]
    pub reason: Option<String>,
    /// Only those that were written in so many hours
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(1..=87_600))]
    pub hours: Option<u64>,
}
