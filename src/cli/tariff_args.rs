//! What can be asked of a tariff, as the command line names it.

use clap::{Args, Subcommand};
use jiff::civil::Date;

/// What can be done with a tariff.
#[derive(Debug, Subcommand)]
pub enum TariffAct {
    /// Prove that every amount has one price, every line a place to go, and no split saves too
    /// much; print the tables
    ///
    /// Exits with 0 only if there is nothing to complain about; complaints name file and line. The
    /// split that saves most is printed for each table: with flat fees to the coin, with
    /// percentages up to two coins of rounding a line. What is reduced for a month's volume is left
    /// out of it.
    Check,
    /// What would it cost: every line, what the payer pays and the payee gets, and what agents earn
    /// by it
    Quote(TariffQuoteArgs),
}

/// What `tariff quote` takes.
#[derive(Debug, Args)]
pub struct TariffQuoteArgs {
    /// The service: send, cash_in, cash_out
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// How much is moved, as people write it: 200, 1,000.50
    #[arg(value_name = "AMOUNT")]
    pub amount: String,
    /// The payer's tier
    #[arg(long, value_name = "NAME")]
    pub tier: Option<String>,
    /// Where it is asked for
    #[arg(long, value_name = "NAME")]
    pub channel: Option<String>,
    /// The day; today when not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub on: Option<Date>,
    /// What the payer has moved by this service in the month so far
    #[arg(long, value_name = "AMOUNT")]
    pub month_volume: Option<String>,
}
