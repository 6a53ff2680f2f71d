//! What the commands of an operator can do about agents, wrong sends and deals, as the command line
//! names it.

use super::typed_day::day;
use clap::Subcommand;
use jiff::civil::Date;

/// What can be done about what is asked back.
#[derive(Debug, Subcommand)]
pub enum ReversalAct {
    /// List what is not decided: code, state, how much is held, who asks whom, and how often who
    /// asks has asked before
    List,
    /// Give what is held back to who sent it, where the receiver objects
    GiveBack {
        /// The receipt code of the payment
        code: String,
        /// Why: kept with the decision
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Leave what is held with who received it
    Release {
        /// The receipt code of the payment
        code: String,
        /// Why: kept with the decision
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
}

/// What can be done about deals.
#[derive(Debug, Subcommand)]
pub enum DealAct {
    /// List the deals that wait for the staff: code, what is left in it, who with whom, what is
    /// wrong, what one of the staff has proposed
    List,
    /// Show one: its terms, what was done and said in it, and as `seen` where it stands
    Show {
        /// Its code, as people have it in their messages
        code: String,
    },
    /// Propose who gets what; somebody else confirms it
    Propose {
        /// Its code
        code: String,
        /// What goes back to the buyer, of what is left; the rest goes to the seller
        #[arg(long, value_name = "AMOUNT")]
        back: String,
        /// Why: both are told
        #[arg(long, value_name = "CAUSE")]
        because: String,
        /// Why, in a few words that both are told
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Confirm what another has proposed: both are told, and may appeal once; after an appeal it is
    /// done at once
    Confirm {
        /// Its code
        code: String,
        /// Where it stood when you looked at it, as `kadogo deal show` says: what came since is
        /// looked at first
        #[arg(long, value_name = "NUMBER")]
        seen: i64,
        /// A code of your app, where you have not shown one within five minutes
        #[arg(long = "code", value_name = "CODE")]
        proof: Option<String>,
    },
    /// Do not confirm what another has proposed
    Reject {
        /// Its code
        code: String,
        /// Where it stood when you looked at it, as `kadogo deal show` says
        #[arg(long, value_name = "NUMBER")]
        seen: i64,
        /// Why not: it is kept
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
}

/// What can be done about agents.
#[derive(Debug, Clone, Subcommand)]
pub enum AgentAct {
    /// Open an outlet with an empty float, and print its agent number
    Open {
        /// As customers see it: at most eighteen letters
        name: String,
        /// Where it is
        #[arg(long)]
        area: String,
        /// The agent number of its head office or super-agent
        #[arg(long, value_name = "AGENT")]
        head_office: Option<String>,
        /// Why, for who asks later
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Let somebody with a wallet serve at an outlet: the PIN they begin with comes to their phone
    Employ {
        /// The agent number
        agent: String,
        /// Whose phone
        phone: String,
        /// Why, for who asks later
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// End somebody's work at their outlet: their agent PIN opens nothing any more, not even what
    /// is under way
    Dismiss {
        /// Whose phone
        phone: String,
        /// Why, for who asks later
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Suspend an outlet, at once: it serves nobody, and its float stands still
    Suspend {
        /// The agent number
        agent: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Let a suspended outlet work again; a second person approves it
    Resume {
        /// The agent number
        agent: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Move float between outlets of one head office; from an amount on a second person approves it
    Float {
        /// The agent number from which it goes
        from: String,
        /// The agent number to which it comes
        to: String,
        /// How much
        amount: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Pay commission that was earned to the float of its outlet, or of each outlet
    ///
    /// Again pays only what was earned since. What an outlet owes of commission earned too much
    /// stays where it is. `serve --pay-commission` does it by itself.
    Pay {
        /// Only this outlet, by its agent number
        #[arg(long, value_name = "AGENT")]
        agent: Option<String>,
        /// Why
        #[arg(long, default_value = "commission is paid", value_name = "WORDS")]
        why: String,
    },
    /// What of a day's commission was earned too much: parts of one payment at outlets of one head
    /// office, each by the tariff that counted when it was made
    Recheck {
        /// The day in the market's calendar, once it is over
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        day: Date,
    },
    /// Take it back, as far as it is still there; the rest stays owed. A second person approves it
    TakeBack {
        /// The day
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        day: Date,
        /// Only what this outlet earned too much
        #[arg(long, value_name = "AGENT")]
        agent: Option<String>,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Bring a deposit that went to the wrong number to the right one, as long as all of it is
    /// there; a second person approves it
    Mend {
        /// The receipt code of the deposit
        code: String,
        /// The number that was meant
        to: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// List the outlets: number, float, commission, what is owed of that, who serves
    List,
}
