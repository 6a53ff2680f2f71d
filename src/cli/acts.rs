//! What the commands of an operator can do about agents, wrong sends and deals, as the command line
//! names it.

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
        /// Why: a word or two, kept with the decision
        #[arg(required = true)]
        why: Vec<String>,
    },
    /// Leave what is held with who received it
    Release {
        /// The receipt code of the payment
        code: String,
        /// Why: a word or two, kept with the decision
        #[arg(required = true)]
        why: Vec<String>,
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
        #[arg(required = true)]
        words: Vec<String>,
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
        /// A code of your app, where you have not shown one within five minutes
        #[arg(long = "code", value_name = "CODE")]
        proof: Option<String>,
        /// Why not: it is kept
        #[arg(required = true)]
        why: Vec<String>,
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
    /// Let somebody with a wallet serve at an outlet, and print the PIN they begin with
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
    /// Pay all commission that was earned to the floats of the outlets; run it on the day of the
    /// month you pay on
    ///
    /// Again pays only what was earned since. What an outlet owes of commission earned too much is
    /// taken back first, and what is not there yet stays owed. `serve --pay-commission` does it by
    /// itself.
    Pay,
    /// What of a day's commission was earned too much: parts of one payment at outlets of one head
    /// office
    Recheck {
        /// The day in the market's calendar, once it is over
        #[arg(long, value_name = "YYYY-MM-DD")]
        day: Date,
        /// Take it back, as far as it is still there; the rest stays owed
        #[arg(long)]
        claw_back: bool,
    },
    /// List the outlets: number, float, commission, what is owed of that, who serves
    List,
}
