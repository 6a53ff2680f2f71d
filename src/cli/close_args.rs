//! Closing days and the general ledger, as the command line names them.

use super::typed_day::day;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;

/// What `kadogo close` takes.
#[derive(Debug, Args)]
pub struct CloseArgs {
    /// Which day; the one that comes next when not given
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub day: Option<Date>,
    /// Only make the sheet and print it: nobody is asked
    #[arg(long)]
    pub look: bool,
    /// Why it is closed though something is not as it should be; it stays with the day
    #[arg(long, value_name = "WORDS")]
    pub excuse: Option<String>,
    /// Why, for who asks later
    #[arg(long, value_name = "WORDS")]
    pub why: Option<String>,
    /// What else to do
    #[command(subcommand)]
    pub act: Option<CloseAct>,
}

/// What can be done about days that were closed.
#[derive(Debug, Subcommand)]
pub enum CloseAct {
    /// The closed days: where each ends in the chain, and who signed it
    List,
    /// A sheet that waits to be signed, for who is to approve it
    Sheet {
        /// Its number, as the request names it
        number: i64,
        /// Write the table there
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Write the pages there
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
    },
    /// Mail a closed day out of the house, with its digests: table, pages, and what to compare
    Mail {
        /// Which
        #[arg(value_name = "YYYY-MM-DD", value_parser = day)]
        day: Date,
        /// To which address
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// Why
        #[arg(long, default_value = "kept where nobody here can change it", value_name = "WORDS")]
        why: String,
    },
    /// A closed day, as it was signed: the same bytes whenever it is asked for
    Show {
        /// Which
        #[arg(value_name = "YYYY-MM-DD", value_parser = day)]
        day: Date,
        /// Write the table there
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Write the pages there
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
    },
}

/// What `kadogo gl` takes.
#[derive(Debug, Args)]
pub struct GlArgs {
    /// The first day
    #[arg(value_name = "YYYY-MM-DD", value_parser = day)]
    pub day: Date,
    /// The last one; the first alone when not given
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub to: Option<Date>,
    /// Write the table there, and not to the output
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}
