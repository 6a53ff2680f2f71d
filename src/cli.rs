//! The command line: what the program can do, and what each command takes. The settings of a server
//! are in `config`.

mod acts;
mod backup_args;
mod bank_args;
mod bench_args;
mod book_args;
mod close_args;
mod menu_args;
mod message_args;
mod office_args;
mod secret_act;
mod serve_about;
mod tariff_args;
mod typed_day;
mod wallet_args;

pub use acts::{AgentAct, DealAct, ReversalAct};
pub use backup_args::{BackupArgs, RestoreArgs};
pub use bank_args::{BankAct, IssueArgs, RedeemAct};
pub use bench_args::{
    BenchAct, BenchBookArgs, BenchDayArgs, BenchGatewayArgs, BenchMessagesArgs, BenchPeopleArgs,
    BenchUssdArgs, Competitor,
};
pub use book_args::{BookAct, BookCheckArgs};
pub use close_args::{CloseAct, CloseArgs, GlArgs};
pub use menu_args::MenusAct;
pub use message_args::{DeadArgs, MessagesAct};
pub use office_args::{ApproveAct, AuditArgs, OfficeArgs, SessionArgs, StaffAct};
pub use secret_act::SecretAct;
pub use tariff_args::{TariffAct, TariffQuoteArgs};
pub use wallet_args::{AccountArgs, CustomerAct, FreezeArgs, PhoneArgs, TierArgs, UnfreezeArgs};

use crate::config::{ServeArgs, ServerArgs, ServerUrl};
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Mobile money that anyone can host: USSD, SMS and one double-entry ledger in one program.
#[derive(Debug, Parser)]
#[command(name = "kadogo", version, max_term_width = 110)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try it: a small seeded world, a phone in the browser, nothing to configure
    ///
    /// Makes a database, seeds people in three languages with balances, starts the server and
    /// prints where the phone is. Messages go to the phone page instead of a gateway. Everything
    /// that is secret here is public: never put real money on it.
    ///
    /// Something goes on there already: deals in all states, a collection that is nearly reached,
    /// and a group that has put money together. --bare is a demo without these.
    Demo {
        /// How it serves.
        #[command(flatten)]
        server: ServerArgs,
        /// Only the people: no deals, no collection, no group
        #[arg(long)]
        bare: bool,
        /// Begin anew: the demo before is taken away, where its database is a file that nothing
        /// works with. A database of a service is never touched
        #[arg(long)]
        fresh: bool,
    },
    /// Run the service
    #[command(long_about = serve_about::about())]
    Serve(Box<ServeArgs>),
    /// A phone in the terminal, against a running `demo`
    Phone {
        /// Where the demo runs
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: ServerUrl,
        /// Whose phone to be, such as +254700000001; asks when not given
        #[arg(long = "as", value_name = "PHONE")]
        person: Option<String>,
    },
    /// The menus: check them, draw their map, or write them out as files to edit
    Menus {
        /// The folder of the menus; the ones compiled in when not given and ./menus does not exist
        #[arg(long, env = "KADOGO_MENUS", value_name = "DIR", global = true)]
        menus: Option<PathBuf>,
        /// What to do with them
        #[command(subcommand)]
        act: MenusAct,
    },
    /// What services cost and agents earn: prove it, print it, ask it
    #[command(long_about = tariff_args::about())]
    Tariff {
        /// The tariff file; tariff.toml of the market when not given
        #[arg(long, value_name = "FILE", global = true)]
        tariff: Option<PathBuf>,
        /// The country: a folder of menus/markets
        #[arg(
            long,
            env = "KADOGO_MARKET",
            default_value = "ke",
            value_name = "CODE",
            global = true
        )]
        market: String,
        /// The folder of the menus; the ones compiled in when not given and ./menus does not exist
        #[arg(long, env = "KADOGO_MENUS", value_name = "DIR", global = true)]
        menus: Option<PathBuf>,
        /// What to do with it
        #[command(subcommand)]
        act: TariffAct,
    },
    /// The book: verify it
    Book {
        /// What to do with it
        #[command(subcommand)]
        act: BookAct,
    },
    /// Staff: who works here, as what; signing in and out
    ///
    /// Every other command of the staff works under the name of who is signed in, and what it does
    /// is recorded for good. It works beside a running server.
    Staff {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to do
        #[command(subcommand)]
        act: StaffAct,
    },
    /// What takes two: see what waits, and approve or decline what another one has asked for
    Approve {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to do
        #[command(subcommand)]
        act: ApproveAct,
    },
    /// Accounts at banks: their statements, what each line is, and how the money there stands
    /// against what people hold
    Bank {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to do
        #[command(subcommand)]
        act: BankAct,
    },
    /// Bring e-money into being against a line of a statement; a second person approves it
    Issue {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What
        #[command(flatten)]
        issue: IssueArgs,
    },
    /// Pay e-money out at the bank
    Redeem {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to do
        #[command(subcommand)]
        act: RedeemAct,
    },
    /// Close a day: read what it came to as of the last link of the chain before midnight, and ask
    /// that it be closed; a second person signs the same figures
    ///
    /// Days are closed in order, each once, when they are over. Where something is not as it should
    /// be (see `kadogo bank equation`), --excuse has to say why it is closed all the same. What was
    /// signed is a part of the book, and never changes.
    Close {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// Which day.
        #[command(flatten)]
        close: CloseArgs,
    },
    /// The general ledger of closed days, as CSV: a line for each account of the chart and each day
    Gl {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// Which days
        #[command(flatten)]
        gl: GlArgs,
    },
    /// What the staff did on a day, and what happened to them: each act with who, what, and why, as
    /// the hash chain has it
    Audit {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// Which day, of whom
        #[command(flatten)]
        audit: AuditArgs,
    },
    /// Agents: their outlets, who serves there, float and commission, also while the service runs
    Agent {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to do
        #[command(subcommand)]
        act: AgentAct,
    },
    /// Wrong sends: see and decide what is asked back, also while the service runs
    Reversal {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to do
        #[command(subcommand)]
        act: ReversalAct,
    },
    /// Deals: see and decide those that the two sides cannot settle, also while the service runs
    Deal {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to do
        #[command(subcommand)]
        act: DealAct,
    },
    /// The gifts of a collection, as anybody may see them: a digest, an amount and a place for
    /// each, their total, and a root over all of them
    ///
    /// It names nobody. Who gave one is told its digest when they ask for their gift, and finds it
    /// in the list. Where gifts could not go back, as their givers' wallets take nothing, it says
    /// how many.
    Collection {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// Its number
        number: String,
        /// For the staff alone: each gift that could not go back, whose it is, and how their wallet
        /// stands
        #[arg(long)]
        not_back: bool,
    },
    /// Say how well somebody is known, which decides what they may move and what it costs: more
    /// takes two, less one
    Tier {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What about it.
        #[command(flatten)]
        args: TierArgs,
    },
    /// Find people by what a caller can say, open the record of one, find a payment in it: each
    /// look is recorded, with why
    Customer {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What to look at.
        #[command(subcommand)]
        act: CustomerAct,
    },
    /// How somebody's wallet stands, and the orders that lie on it; or close it, which takes two
    Account {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What about it.
        #[command(flatten)]
        args: AccountArgs,
    },
    /// Stop somebody's wallet, or an amount in it: one of the staff may. Several orders may lie on
    /// one: each ends on its own, and the strictest counts
    Freeze {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What about it.
        #[command(flatten)]
        args: FreezeArgs,
    },
    /// Lift an order that stops somebody's wallet, which takes two
    Unfreeze {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What about it.
        #[command(flatten)]
        args: UnfreezeArgs,
    },
    /// Let a PIN be tried again that too many wrong tries have locked, which takes two
    Unlock {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What about it.
        #[command(flatten)]
        args: PhoneArgs,
    },
    /// Have a start PIN sent to somebody's own number, who has forgotten theirs: it opens nothing
    /// but the choice of another one. It takes two
    StartPin {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What about it.
        #[command(flatten)]
        args: PhoneArgs,
    },
    /// Say that the SIM of a number was changed: for three days no code is shown again to it, and
    /// its PIN is not unlocked
    SimChanged {
        /// On what, by whom.
        #[command(flatten)]
        office: OfficeArgs,
        /// What about it.
        #[command(flatten)]
        args: PhoneArgs,
    },
    /// Write a consistent copy of the database while the service runs, and verify it
    #[command(long_about = backup_args::ABOUT)]
    Backup(BackupArgs),
    /// Make the database anew from a backup, and verify it
    #[command(long_about = backup_args::ABOUT_RESTORE)]
    Restore(RestoreArgs),
    /// Messages that were given up: see why, and have them sent again, also while the service runs
    Messages {
        /// What to do
        #[command(subcommand)]
        act: MessagesAct,
    },
    /// Measure what this machine clears
    Bench {
        /// What to measure
        #[command(subcommand)]
        act: BenchAct,
    },
    /// Print a new secret for KADOGO_SECRET; with a word behind it, see to those in use
    Secret {
        /// What to do
        #[command(subcommand)]
        act: Option<SecretAct>,
    },
    /// The chapters for those who build and run Kadogo: list them, or print one
    Manual {
        /// Which one; all are listed when none is given
        #[arg(value_name = "CHAPTER")]
        chapter: Option<String>,
    },
    /// Ask a running server whether it is well; exits with 0 if so (for container health checks)
    Health {
        /// Where it runs; the port of KADOGO_LISTEN on this machine when not given
        #[arg(long)]
        url: Option<ServerUrl>,
        /// Where the server listens
        #[arg(
            long,
            env = "KADOGO_LISTEN",
            default_value = "127.0.0.1:8080",
            value_name = "ADDR:PORT"
        )]
        listen: std::net::SocketAddr,
    },
}
