//! Accounts at banks, and money in and out there, as the command line names them.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What can be done about accounts at banks.
#[derive(Debug, Subcommand)]
pub enum BankAct {
    /// Open one: its statements are taken from now on; a second person approves it
    Open {
        /// What you call it
        name: String,
        /// The account's number, as its statements name it
        number: String,
        /// How its CSV files are read: a TOML file that names the columns, as `kadogo bank map
        /// --help` shows it; not for camt.053 and MT940
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
        /// Why
        #[arg(long, default_value = "money is kept there", value_name = "WORDS")]
        why: String,
    },
    /// How the CSV files of an account are read: prints its map, or changes it, which a second
    /// person approves
    #[command(after_long_help = crate::bank::EXAMPLE)]
    Map {
        /// The account, as you call it
        bank: String,
        /// The new map: a TOML file as below
        #[arg(long, value_name = "FILE", conflicts_with = "none")]
        map: Option<PathBuf>,
        /// Its files are no CSV any more
        #[arg(long)]
        none: bool,
        /// Why
        #[arg(long, default_value = "the bank writes other columns", value_name = "WORDS")]
        why: String,
    },
    /// The accounts: how each last statement ended, and what the book shows
    List,
    /// Take a statement: CSV, camt.053 or MT940. The same one twice makes nothing new; one that
    /// does not add up, or does not go on from the last, is refused
    Take {
        /// The file
        file: PathBuf,
        /// Of which account, where the file does not say it, as a CSV
        #[arg(long)]
        bank: Option<String>,
        /// What was there before the first line, where the file does not say it and no statement
        /// was taken yet
        #[arg(long, value_name = "AMOUNT")]
        opening: Option<String>,
        /// What is there after the last line, where the file does not say it
        #[arg(long, value_name = "AMOUNT")]
        closing: Option<String>,
        /// Why
        #[arg(long, default_value = "the bank's statement", value_name = "WORDS")]
        why: String,
    },
    /// Lines that nobody has explained yet, the oldest first, each with what it may be, by which
    /// rule of matching.toml, and the command that says so
    Lines {
        /// Only those behind this one
        #[arg(long, value_name = "LINE")]
        after: Option<String>,
        /// So many at most
        #[arg(long, default_value_t = 200)]
        limit: i64,
    },
    /// Explain all lines of which nothing is left to judge: redemptions with our code in the text
    /// and the exact amount, as the rules say. Each is recorded under your name
    Match,
    /// Announce a deposit: prints the code that whoever pays writes into the text of the transfer
    Expect {
        /// For whom: an agent's number for the float of that outlet, or a phone
        to: String,
        /// How much
        amount: String,
        /// The account that will pay, as statements name it
        #[arg(long, value_name = "ACCOUNT")]
        payer: Option<String>,
        /// On which day; today when not given
        #[arg(long, value_name = "DATE")]
        day: Option<String>,
        /// Why
        #[arg(long, default_value = "a deposit was announced", value_name = "WORDS")]
        why: String,
    },
    /// A deposit that was announced is not to come any more
    NotExpected {
        /// Its code
        code: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Deposits that were announced and have not come
    Expected,
    /// Say what a line is, where no e-money comes of it
    Explain {
        /// Its name, as `kadogo bank lines` has it
        line: String,
        /// redemption: one went out; returned: it came back; charge: the bank took it; interest:
        /// the bank paid it; offset: another line is its other side, as a mistake of the bank's and
        /// its mending, or a transfer between two accounts of yours; own_money: you paid it in, to
        /// make good what banks took, or it was yours and there before the first statement.
        /// Returned, offset and own_money take two
        meaning: String,
        /// Which redemption it is, or was: its number or code
        #[arg(long, value_name = "NUMBER")]
        redemption: Option<String>,
        /// The other line
        #[arg(long, value_name = "LINE")]
        other: Option<String>,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// All that lies between the banks and the book, by age: what it is, how much, who looks into
    /// it
    Items,
    /// Say who looks into an item, and what is known of it
    Assign {
        /// A line, or the number or code of a redemption
        item: String,
        /// Who: what they sign with
        owner: String,
        /// What is known of it
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Make good what banks took, out of the fees that were earned; a second person approves it
    Cover {
        /// How much
        amount: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Pass on interest of the banks: it becomes somebody's e-money; a second person approves it
    PassOn {
        /// To whom: an agent's number, or a phone
        to: String,
        /// How much
        amount: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// What lies at the banks against what people hold, with everything in between by its name;
    /// exits with 0 only if nothing is wrong
    Equation,
}

/// What `kadogo issue` takes.
#[derive(Debug, Args)]
pub struct IssueArgs {
    /// The line of a statement that it is issued against
    pub line: String,
    /// How much
    pub amount: String,
    /// To whom: an agent's number for the float of that outlet, or a phone
    pub to: String,
    /// The code of the deposit that was announced, where it is that
    #[arg(long, value_name = "CODE")]
    pub notice: Option<String>,
    /// Why
    #[arg(long, value_name = "WORDS")]
    pub why: String,
}

/// What can be done about e-money that goes out at the bank.
#[derive(Debug, Subcommand)]
pub enum RedeemAct {
    /// Ask for it: a second person approves it, and it is set apart until a statement shows it
    Ask {
        /// From whom: an agent's number, or a phone
        from: String,
        /// How much
        amount: String,
        /// From which account at a bank
        #[arg(long)]
        bank: String,
        /// Whom the bank is to pay
        #[arg(long, value_name = "WORDS")]
        recipient: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Sweep what was earned or withheld out of the pool: fees to your own account at a bank, tax
    /// and levy to whom they are owed, interest to who gets it; like any other redemption
    Sweep {
        /// fees, tax, levy, interest, or own_money
        kept: String,
        /// How much
        amount: String,
        /// From which account at a bank
        #[arg(long)]
        bank: String,
        /// Whom the bank is to pay
        #[arg(long, value_name = "WORDS")]
        recipient: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// The bank did not do it: it comes back; a second person approves it
    CallOff {
        /// Its number or code
        redemption: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
}
