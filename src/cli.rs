//! The command line: what the program can do, and what each command takes. The settings of a server are in `config`.

mod acts;

pub use acts::{AgentAct, ReversalAct};

use crate::config::{SecretArgs, ServeArgs, ServerArgs};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
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
    /// Makes a database, seeds people in three languages with balances, starts the server and prints where the phone
    /// is. Messages go to the phone page instead of a gateway. Everything that is secret here is public: never put
    /// real money on it.
    Demo(ServerArgs),
    /// Run the service
    ///
    /// Refuses to start with demo secrets or a half-configured gateway, and says which setting is wrong.
    /// SIGHUP reloads the menus; SIGTERM stops gracefully: what was acknowledged is finished.
    ///
    /// Point the gateway's callbacks at
    ///   POST https://YOUR.HOST/gateways/africastalking/ussd?token=TOKEN
    ///   POST https://YOUR.HOST/gateways/africastalking/ussd/ended?token=TOKEN
    ///   POST https://YOUR.HOST/gateways/africastalking/sms?token=TOKEN
    ///   POST https://YOUR.HOST/gateways/africastalking/delivery?token=TOKEN
    #[command(verbatim_doc_comment)]
    Serve(Box<ServeArgs>),
    /// A phone in the terminal, against a running `demo`
    Phone {
        /// Where the demo runs
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: String,
        /// Whose phone to be, such as +254700000001; asks when not given
        #[arg(long = "as", value_name = "PHONE")]
        person: Option<String>,
    },
    /// The menus: check them, or draw their map
    Menus {
        /// The folder of the menus; the ones compiled in when not given and ./menus does not exist
        #[arg(long, env = "KADOGO_MENUS", value_name = "DIR", global = true)]
        menus: Option<PathBuf>,
        /// What to do with them
        #[command(subcommand)]
        act: MenusAct,
    },
    /// What services cost and agents earn: prove it, print it, ask it
    ///
    /// A tariff file names its `currency`, may name a `rounding` (up, down, half_even, half_up; the last
    /// when not given), and has a table for each service: send, cash_in, cash_out. A service without a
    /// table is free.
    ///
    ///   [send]
    ///   bands = [
    ///       { from = 1,   to = 100,   fee = 0 },
    ///       { from = 101, to = 1_000, flat = 5, percent = "0.5", min = 7, max = 50 },
    ///   ]
    ///
    /// Bands join; between two of them, amounts belong to the higher one. Amounts are whole units of the
    /// currency, or in quotes: "7.50". Besides, a table may have
    ///
    ///   minimum            less is not moved
    ///   splitting_allowed  the most that paying in two parts may save; nothing when not given
    ///   paid_by            payer, payee, or shared with `payer_percent`; the payer when not given, and
    ///                      where cash is concerned
    ///   rounding           its own
    ///   micro              { below, flat, percent, min, max }: instead of the bands below an amount
    ///   monthly            [{ up_to, flat, percent, min, max }]: instead of both, for a payment with
    ///                      which the month's volume is still at most `up_to`
    ///   extra              [{ name, credit, of, flat, percent, min, max }]: a line on top, of the fee or
    ///                      the amount, credited to fees, tax or levy; with its own `paid_by` if need be
    ///   tier, channel      it is only for these, which `tiers` and `channels` of the file must list; the
    ///                      channels are ussd, sms (send) and agent (cash_in, cash_out)
    ///   from_date          it is only from this day on: 2026-07-01
    ///
    /// With several tables a service is written [[send]], each table whole. The one for tier and channel
    /// goes before the one for the tier, that before the one for the channel, and that before the one for
    /// all; of those goes the newest whose day has come. One table must be for all and always.
    ///
    /// [commission.cash_in] has bands too, and `withheld_tax_percent`, `head_office_percent` (of what is
    /// left after tax), `rounding` and `from_date`. What remains is the outlet's.
    #[command(verbatim_doc_comment)]
    Tariff {
        /// The tariff file; tariff.toml in the folder of the menus when not given
        #[arg(long, value_name = "FILE", global = true)]
        tariff: Option<PathBuf>,
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
    /// Agents: open outlets, and let people serve there, also while the service runs
    Agent {
        /// The database, as an address
        #[arg(
            long,
            env = "KADOGO_DATABASE_URL",
            default_value = "sqlite://kadogo.db",
            value_name = "URL",
            global = true
        )]
        database_url: String,
        /// With which PINs are kept.
        #[command(flatten)]
        secrets: SecretArgs,
        /// What to do
        #[command(subcommand)]
        act: AgentAct,
    },
    /// Wrong sends: see and decide what is asked back, also while the service runs
    Reversal {
        /// The database, as an address
        #[arg(
            long,
            env = "KADOGO_DATABASE_URL",
            default_value = "sqlite://kadogo.db",
            value_name = "URL",
            global = true
        )]
        database_url: String,
        /// With which PINs are kept.
        #[command(flatten)]
        secrets: SecretArgs,
        /// What to do
        #[command(subcommand)]
        act: ReversalAct,
    },
    /// How well somebody is known, which decides what they may move and what it costs: see it, or say it
    Tier {
        /// The database, as an address
        #[arg(long, env = "KADOGO_DATABASE_URL", default_value = "sqlite://kadogo.db", value_name = "URL")]
        database_url: String,
        /// With which PINs are kept.
        #[command(flatten)]
        secrets: SecretArgs,
        /// Whose phone
        phone: String,
        /// From now on: sim, id, full, merchant or agent. What merchants and agents are paid is not asked back
        tier: Option<String>,
    },
    /// Write a consistent copy of the database while the service runs
    Backup {
        /// The database, as an address
        #[arg(long, env = "KADOGO_DATABASE_URL", default_value = "sqlite://kadogo.db", value_name = "URL")]
        database_url: String,
        /// The file to write; it must not exist
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Measure what this machine clears
    Bench {
        /// What to measure
        #[command(subcommand)]
        act: BenchAct,
    },
    /// Print a new secret for KADOGO_SECRET
    Secret,
    /// Ask a running server whether it is well; exits with 0 if so (for container health checks)
    Health {
        /// Where it runs; the port of KADOGO_LISTEN on this machine when not given
        #[arg(long)]
        url: Option<String>,
        /// Where the server listens
        #[arg(long, env = "KADOGO_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
        listen: std::net::SocketAddr,
    },
}

/// What can be done with the menus.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum MenusAct {
    /// Prove that every jump lands, every text exists in every language and every screen fits a phone
    Check,
    /// Print the map as a Mermaid flowchart
    Graph,
}

/// What can be done with a tariff.
#[derive(Debug, Subcommand)]
pub enum TariffAct {
    /// Prove that every amount has one price, every line a place to go, and no split saves too much; print the tables
    ///
    /// Exits with 0 only if there is nothing to complain about; complaints name file and line. The split that saves most
    /// is printed for each table: with flat fees to the coin, with percentages up to two coins of rounding a line. What is
    /// reduced for a month's volume is left out of it.
    Check,
    /// What would it cost: every line, what the payer pays and the payee gets, and what agents earn by it
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

/// What can be done with the book.
#[derive(Debug, Subcommand)]
pub enum BookAct {
    /// Verify every invariant of the book, also while the service runs; exits with 0 only if the book is whole
    ///
    /// It begins behind the newest link of the hash chain that an earlier check verified, and keeps how far it came for
    /// the next one. History before that is not read again: `--full` does. Only that finds rows edited there, two
    /// accounts that have not moved since and were edited alike, and an account set back to an older entry of its own.
    Check(BookCheckArgs),
}

/// What `book check` takes.
#[derive(Debug, Args)]
pub struct BookCheckArgs {
    /// The database, as an address
    #[arg(long, env = "KADOGO_DATABASE_URL", default_value = "sqlite://kadogo.db", value_name = "URL")]
    pub database_url: String,
    /// Begin at the first link
    #[arg(long)]
    pub full: bool,
    /// Do not tell on standard error how far it is
    #[arg(long)]
    pub quiet: bool,
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum BenchAct {
    /// Payments of three legs straight into the book: durable, really written, verified afterwards
    ///
    /// Exits with 0 only if the book is whole at the end and has every payment that was acknowledged. Progress goes to
    /// standard error, the medians of all rounds to standard output.
    Book(BenchBookArgs),
    /// Whole send conversations through the HTTP door, against bare replies of the same size
    Ussd(BenchUssdArgs),
}

/// What a measurement can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Against {
    /// PostgreSQL's own TPC-B, in turn with the book, with 8 and 32 clients (and with 64 where 64 are in flight)
    Pgbench,
}

/// What `bench book` takes.
#[derive(Debug, Clone, Args)]
pub struct BenchBookArgs {
    /// An empty database to work in; a temporary one of SQLite's when not given
    #[arg(long, env = "KADOGO_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Accounts that pay one another
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(2..=100_000_000))]
    pub accounts: u64,
    /// Payments on their way at the same time; one run for each number
    #[arg(long, default_value = "1,8,64,256,1024,4096", value_delimiter = ',', value_name = "N,N")]
    pub in_flight: Vec<usize>,
    /// Seconds of each run
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    /// How often each run is made; figures are medians, so take 3 or 5 for a report
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub rounds: u32,
    /// A few accounts pay most of the time
    #[arg(long)]
    pub skewed: bool,
    /// Open accounts before measuring until there are so many; those that pay are spread evenly among them
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u64).range(..=100_000_000))]
    pub preload_accounts: u64,
    /// Make so many payments before measuring, between any of the accounts
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u64).range(..=10_000_000_000))]
    pub preload_payments: u64,
    /// Nodes that share the database, each with a committer of its own; the payments are spread over them
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=16))]
    pub nodes: u8,
    /// Count every payment against limits of payer and payee that nobody reaches
    #[arg(long)]
    pub limits: bool,
    /// Run this in turn with the book, and print the ratio
    #[arg(long, value_enum)]
    pub against: Option<Against>,
    /// The PostgreSQL on which pgbench runs, in a database that it makes and drops; the book's own when not given
    #[arg(long, env = "KADOGO_PGBENCH_URL", hide_env_values = true, value_name = "URL")]
    pub pgbench_url: Option<String>,
    /// The size of pgbench's tables: so many times a hundred thousand accounts
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub pgbench_scale: u32,
    /// Figures as JSON, every run of them
    #[arg(long)]
    pub json: bool,
}

/// What `bench ussd` takes.
#[derive(Debug, Clone, Args)]
pub struct BenchUssdArgs {
    /// An empty database to work in; a temporary one of SQLite's when not given
    #[arg(long, env = "KADOGO_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// People who pay one another
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    pub people: u64,
    /// Phones in use at the same time
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub connections: usize,
    /// Seconds of each run
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    /// How often each run is made; figures are medians, so take 3 or 5 for a report
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub rounds: u32,
    /// Figures as JSON, every run of them
    #[arg(long)]
    pub json: bool,
}
