//! What can be asked of a tariff, as the command line names it.

use super::typed_day::day;
use crate::wallet::priced;
use clap::{Args, Subcommand};
use jiff::civil::Date;

/// What a tariff file says, for who writes one.
pub fn about() -> String {
    ABOUT.replace("SERVICES", &services())
}

/// What has a price.
fn services() -> String {
    priced().join(", ")
}

const ABOUT: &str = r#"What services cost and agents earn: prove it, print it, ask it

A tariff file names its `currency`, may name a `rounding` (up, down, half_even, half_up; the
last when not given), and has a table for each service that is not free:

  SERVICES

  [send]
  bands = [
      { from = 1,   to = 100,   fee = 0 },
      { from = 101, to = 1_000, flat = 5, percent = "0.5", min = 7, max = 50 },
  ]

Bands join; between two of them, amounts belong to the higher one. Amounts are whole units
of the currency, or in quotes: "7.50". Besides, a table may have

  minimum            less is not moved
  splitting_allowed  the most that paying in parts may save; nothing when not given
  paid_by            payer, payee, or shared with `payer_percent`; the payer when not given,
                     and where cash is concerned
  rounding           its own
  micro              { below, flat, percent, min, max }: instead of the bands below an
                     amount
  monthly            [{ up_to, flat, percent, min, max }]: instead of both, for a payment
                     with which the month's volume is still at most `up_to`
  extra              [{ name, credit, of, flat, percent, min, max }]: a line on top, of the
                     fee or the amount, credited to fees, tax or levy; with its own
                     `paid_by` if need be
  tier, channel      it is only for these, which `tiers` and `channels` of the file must
                     list; the channels are ussd, sms (send) and agent (cash_in, cash_out)
  from_date          it is only from this day on: 2026-07-01

With several tables a service is written [[send]], each table whole. The one for tier and
channel goes before the one for the tier, that before the one for the channel, and that
before the one for all; of those goes the newest whose day has come. One table must be for
all and always.

[commission.cash_in] has bands too, and `withheld_tax_percent`, `head_office_percent` (of
what is left after tax), `rounding` and `from_date`. What remains is the outlet's."#;

/// What can be done with a tariff.
#[derive(Debug, Subcommand)]
pub enum TariffAct {
    /// Prove that every amount has one price, every line a place to go, that no split saves too
    /// much, and that nobody earns by money that goes in a circle; print the tables
    ///
    /// Exits with 0 only if there is nothing to complain about; complaints name file and line. The
    /// split that saves most is printed for each table, of all in up to 20 parts: with flat fees to
    /// the coin, with percentages up to a coin of rounding for each part and line. What is reduced
    /// for a month's volume is left out of it.
    ///
    /// An agent could write down deposits that nobody made, and take the money out again: what that
    /// earns must be less than it costs. Deposits that end in one wallet count as one for that, as
    /// `kadogo agent recheck` has it.
    Check,
    /// What would it cost: every line, what the payer pays and the payee gets, and what agents earn
    /// by it
    Quote(TariffQuoteArgs),
}

/// What `tariff quote` takes.
#[derive(Debug, Args)]
pub struct TariffQuoteArgs {
    /// The service
    #[arg(value_name = "SERVICE", help = format!("The service: {}", services()))]
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
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub on: Option<Date>,
    /// What the payer has moved by this service in the month so far
    #[arg(long, value_name = "AMOUNT")]
    pub month_volume: Option<String>,
}
