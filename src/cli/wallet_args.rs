//! What the staff can do about somebody's wallet by command, as the command line names it.

use clap::Args;
use jiff::civil::Date;

/// What `freeze` takes.
#[derive(Debug, Args)]
pub struct FreezeArgs {
    /// Whose phone
    pub phone: String,
    /// What is stopped: `out` (money only comes in), `in` (only goes out), `both`, or an `amount`
    /// of what is there
    #[arg(long)]
    pub way: String,
    /// How much, where it is an amount
    #[arg(long, value_name = "AMOUNT")]
    pub amount: Option<String>,
    /// On what it rests: customer, care, risk, court, fiu, death, dormancy
    #[arg(long)]
    pub basis: String,
    /// The number of the letter that says so
    #[arg(long, value_name = "WORDS")]
    pub reference: Option<String>,
    /// The last day on which it counts; without one it counts until it is lifted
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<Date>,
    /// Why, for who asks later
    #[arg(long, value_name = "WORDS")]
    pub why: String,
}

/// What `unfreeze` takes.
#[derive(Debug, Args)]
pub struct UnfreezeArgs {
    /// Whose phone
    pub phone: String,
    /// Which order, where several lie there: its number, as `kadogo account` says
    #[arg(long, value_name = "NUMBER")]
    pub order: Option<i64>,
    /// Why, for who asks later
    #[arg(long, value_name = "WORDS")]
    pub why: String,
}

/// What takes a phone and a reason.
#[derive(Debug, Args)]
pub struct PhoneArgs {
    /// Whose phone
    pub phone: String,
    /// Why, for who asks later
    #[arg(long, value_name = "WORDS")]
    pub why: String,
}

/// What `tier` takes.
#[derive(Debug, Args)]
pub struct TierArgs {
    /// Whose phone
    pub phone: String,
    /// From now on: sim, id, full, merchant or agent. What merchants and agents are paid is not
    /// asked back
    pub tier: String,
    /// The document that was seen
    #[arg(long, value_name = "WORDS")]
    pub document: String,
    /// Why, for who asks later
    #[arg(long, value_name = "WORDS")]
    pub why: String,
}

/// What `account` takes.
#[derive(Debug, Args)]
pub struct AccountArgs {
    /// Whose phone
    pub phone: String,
    /// Close it, for good: it must be empty
    #[arg(long, requires = "why")]
    pub close: bool,
    /// Why, for who asks later
    #[arg(long, value_name = "WORDS")]
    pub why: Option<String>,
}
