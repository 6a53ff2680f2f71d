//! What the staff can do about somebody's wallet by command, as the command line names it.

use super::typed_day::day;
use clap::{Args, Subcommand};
use jiff::civil::Date;

/// What the staff can look at.
#[derive(Debug, Subcommand)]
pub enum CustomerAct {
    /// Find people: by a number, its beginning or its end, words of a name, the code of a payment
    /// or of a deal, an ID, the number of an outlet
    ///
    /// What is typed is looked for in every way that it can be read in; `name:`, `phone:`, `code:`,
    /// `id:` or `agent:` before it says in which. The lines are masked; each begins with nothing
    /// else than its number for `show`.
    Find {
        /// What is known
        #[arg(required = true)]
        words: Vec<String>,
        /// Why you look, for who asks later
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Show the record of somebody who was found
    Show {
        /// Their number, as `find` says
        number: i64,
        /// Why you look, for who asks later
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Find payments of one person or outlet by amount, by day, or both
    Payments {
        /// Their number, as `find` says
        number: i64,
        /// What somebody was paid, or paid
        #[arg(long, value_name = "AMOUNT", required_unless_present = "day")]
        amount: Option<String>,
        /// On which day
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        day: Option<Date>,
        /// Go on behind the payment with this code
        #[arg(long, value_name = "CODE")]
        back: Option<String>,
        /// Why you look, for who asks later
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// List everybody's payments of an amount within some days: reads the book, and says how far it
    /// is
    Report {
        /// What somebody was paid
        amount: String,
        /// The first day
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        first: Date,
        /// The last day; the first one where nothing is given
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        last: Option<Date>,
        /// Why you look, for who asks later
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
}

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
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
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
    #[arg(long)]
    pub close: bool,
    /// Why, for who asks later: also a look is recorded
    #[arg(long, value_name = "WORDS")]
    pub why: String,
}
