//! What a price depends on, and where a fee may go.

use crate::money::Money;
use jiff::civil::Date;

/// What a price depends on.
#[derive(Debug, Clone, Copy)]
pub struct PriceCase<'a> {
    /// The service: `send`.
    pub service: &'a str,
    /// What is moved.
    pub amount: Money,
    /// The tier of who pays, where it is known.
    pub tier: Option<&'a str>,
    /// Where it was asked for, where that is known.
    pub channel: Option<&'a str>,
    /// The market's date.
    pub date: Date,
    /// What the payer has sent, paid and taken out in this month so far, minor units.
    pub month_minor: i64,
}

/// Where a line of a fee is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeeAccount {
    /// The operator's own.
    Fees,
    /// Collected for the tax office.
    Tax,
    /// Collected for a levy on money that moves.
    Levy,
}

impl FeeAccount {
    /// Every place there is.
    pub const ALL: [FeeAccount; 3] = [FeeAccount::Fees, FeeAccount::Tax, FeeAccount::Levy];

    /// As the file writes it.
    pub const fn name(self) -> &'static str {
        match self {
            FeeAccount::Fees => "fees",
            FeeAccount::Tax => "tax",
            FeeAccount::Levy => "levy",
        }
    }
}
