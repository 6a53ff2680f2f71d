//! What the staff can do by command, as the command line names it: each under the name of who is
//! signed in.

use crate::config::DatabaseArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// With which session one of the staff works.
#[derive(Debug, Args)]
pub struct SessionArgs {
    /// Where the session of who is signed in is kept: a file that only you can read
    #[arg(
        long,
        env = "KADOGO_SESSION",
        default_value = ".kadogo-session",
        value_name = "FILE",
        global = true
    )]
    pub session: PathBuf,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// What every command of the staff takes.
#[derive(Debug, Args)]
pub struct OfficeArgs {
    /// On which database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// By whom.
    #[command(flatten)]
    pub by: SessionArgs,
    /// The folder of the menus that the service uses; the ones compiled in when not given and
    /// ./menus does not exist. A command that goes by other files than the service does nothing
    #[arg(long, env = "KADOGO_MENUS", value_name = "DIR", global = true)]
    pub menus: Option<PathBuf>,
}

/// What can be done about the staff.
#[derive(Debug, Subcommand)]
pub enum StaffAct {
    /// Invite somebody: prints a link code that is good once, for three days
    ///
    /// The very first one is an admin and needs nobody; everybody else is invited by one who is
    /// signed in, and from the second admin on it takes two. For a name that is there it is a new
    /// link, for who has lost their password or was away for long: what they had is void.
    Invite {
        /// What they sign with: small letters, digits, dots
        name: String,
        /// Their phone
        #[arg(long)]
        phone: String,
        /// As what they work, with commas between: care, care_lead, finance, finance_lead, agents,
        /// risk, admin, auditor
        #[arg(long, default_value = "admin")]
        roles: String,
        /// Why, for who asks later
        #[arg(long, default_value = "works here from now on", value_name = "WORDS")]
        why: String,
    },
    /// Begin, with the link you were given: asks for a password, shows the secret of the second
    /// factor, and asks for a code of it
    ///
    /// Where nobody types, the password and a code are lines of the input, and the secret is given
    /// by --factor.
    Join {
        /// The code of the link
        link: String,
        /// The secret of the second factor, where a program keeps it: 40 hexadecimal digits
        #[arg(long, value_name = "HEX")]
        factor: Option<String>,
    },
    /// Sign in: asks for your password and a code. Where nobody types, they are the lines of the
    /// input
    SignIn {
        /// What you sign with
        name: String,
    },
    /// Sign out
    SignOut,
    /// Who works here, as what, and since when they were not seen
    List,
    /// Say as what somebody works from now on
    Roles {
        /// What they sign with
        name: String,
        /// All of their roles, with commas between
        roles: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Somebody does not work here any more: from this moment they can do nothing
    Dismiss {
        /// What they sign with
        name: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Wherever somebody is signed in, they are not any more; they may sign in again
    EndSessions {
        /// What they sign with
        name: String,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Choose the PIN with which you approve on your phone what waits for you, by dialling: asks
    /// for it unseen, twice. Where nobody types, it is two lines of the input
    Pin {
        /// A code of your app, where you have not shown one within five minutes
        #[arg(long)]
        code: Option<String>,
    },
    /// Print which role may ask for what, and approve it, and what the bands of amounts say
    Rights,
}

/// What can be done about what waits for a second person.
#[derive(Debug, Subcommand)]
pub enum ApproveAct {
    /// What waits: number, act, who asked, when, why
    List,
    /// Show one as it would be done now, what changed since it was asked for, and its `seen`
    Show {
        /// Its number
        request: i64,
    },
    /// Do it: as it was shown under this `seen`
    Yes {
        /// Its number
        request: i64,
        /// What `show` says
        #[arg(long, value_name = "SEEN")]
        seen: String,
        /// A code of your app, where you have not shown one within five minutes
        #[arg(long)]
        code: Option<String>,
    },
    /// Do not do it, and say why
    No {
        /// Its number
        request: i64,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
    /// Take back what you asked for yourself
    TakeBack {
        /// Its number
        request: i64,
        /// Why
        #[arg(long, value_name = "WORDS")]
        why: String,
    },
}

/// What `kadogo audit` takes.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Which day; today when not given
    #[arg(long, value_name = "DATE")]
    pub day: Option<jiff::civil::Date>,
    /// Only what this one of the staff did
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// What `kadogo close` takes.
#[derive(Debug, Args)]
pub struct CloseArgs {
    /// Which day; the one that comes next when not given
    #[arg(long, value_name = "DATE")]
    pub day: Option<jiff::civil::Date>,
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
        day: jiff::civil::Date,
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
        day: jiff::civil::Date,
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
    pub day: jiff::civil::Date,
    /// The last one; the first alone when not given
    #[arg(long, value_name = "DATE")]
    pub to: Option<jiff::civil::Date>,
    /// Write the table there, and not to the output
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}

/// What can be done about accounts at banks.
#[derive(Debug, Subcommand)]
pub enum BankAct {
    /// Open one: its statements are taken from now on; a second person approves it
    Open {
        /// What you call it
        name: String,
        /// The account's number, as its statements name it
        number: String,
        /// How its CSV files are read: a TOML file that names the columns; not for camt.053 and
        /// MT940
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
        /// Why
        #[arg(long, default_value = "money is kept there", value_name = "WORDS")]
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
        /// make good what banks took. Returned, offset and own_money take two
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
        /// fees, tax, levy or interest
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
