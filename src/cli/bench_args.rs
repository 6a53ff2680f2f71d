//! What can be measured and how, as the command line names it.

use clap::{Args, Subcommand, ValueEnum};

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum BenchAct {
    /// Payments of three legs straight into the book: durable, really written, verified afterwards
    ///
    /// Exits with 0 only if the book is whole at the end and has every payment that was
    /// acknowledged. Progress goes to standard error, the medians of all rounds to standard output.
    Book(BenchBookArgs),
    /// Whole send conversations through the HTTP door, against bare replies of the same size
    Ussd(BenchUssdArgs),
    /// Very many people, and how long one of the staff waits who looks for one of them, in each way
    /// that there is, while payments go on
    People(BenchPeopleArgs),
}

/// What a measurement can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Competitor {
    /// PostgreSQL's own TPC-B, in turn with the book, with 8 and 32 clients (and with 64 where 64
    /// are in flight)
    Pgbench,
}

/// What `bench book` takes.
#[derive(Debug, Clone, Args)]
pub struct BenchBookArgs {
    /// An empty database to work in; a temporary one of SQLite's when not given
    #[arg(long, env = "KADOGO_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Accounts that pay one another
    #[arg(
        long,
        default_value_t = 100_000,
        value_parser = clap::value_parser!(u64).range(2..=100_000_000),
    )]
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
    /// Open accounts before measuring until there are so many; those that pay are spread evenly
    /// among them
    #[arg(
        long,
        default_value_t = 0,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(..=100_000_000),
    )]
    pub preload_accounts: u64,
    /// Make so many payments before measuring, between any of the accounts
    #[arg(
        long,
        default_value_t = 0,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(..=10_000_000_000),
    )]
    pub preload_payments: u64,
    /// Nodes that share the database, each with a committer of its own; the payments are spread
    /// over them
    #[arg(
        long,
        default_value_t = 1,
        value_name = "N",
        value_parser = clap::value_parser!(u8).range(1..=16),
    )]
    pub nodes: u8,
    /// Count every payment against limits of payer and payee that nobody reaches
    #[arg(long)]
    pub limits: bool,
    /// Make each run a second time while the staff record so many acts a second (looks, orders) and
    /// orders lie on one wallet in a hundred, and print the ratio
    #[arg(
        long,
        default_value_t = 0,
        value_name = "N",
        conflicts_with = "against",
        value_parser = clap::value_parser!(u64).range(..=10_000),
    )]
    pub staff: u64,
    /// Run this in turn with the book, and print the ratio
    #[arg(long, value_enum)]
    pub against: Option<Competitor>,
    /// The PostgreSQL on which pgbench runs, in a database that it makes and drops; the book's own
    /// when not given
    #[arg(long, env = "KADOGO_PGBENCH_URL", hide_env_values = true, value_name = "URL")]
    pub pgbench_url: Option<String>,
    /// The size of pgbench's tables: so many times a hundred thousand accounts
    #[arg(
        long,
        default_value_t = 50,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=100_000),
    )]
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
    #[arg(
        long,
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u64).range(2..=1_000_000),
    )]
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

/// What `bench people` takes.
#[derive(Debug, Clone, Args)]
pub struct BenchPeopleArgs {
    /// An empty database to work in, or one that an earlier run has left; a temporary one of
    /// SQLite's when not given
    #[arg(long, env = "KADOGO_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// People there are
    #[arg(
        long,
        default_value_t = 1_000_000,
        value_parser = clap::value_parser!(u64).range(1_000..=50_000_000),
    )]
    pub people: u64,
    /// Payments on their way meanwhile; one run for each number
    #[arg(long, default_value = "0,64", value_delimiter = ',', value_name = "N,N")]
    pub in_flight: Vec<usize>,
    /// Seconds of each run
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub seconds: u64,
    /// How often each run is made; figures are medians
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub rounds: u32,
    /// Figures as JSON, every run of them
    #[arg(long)]
    pub json: bool,
}
