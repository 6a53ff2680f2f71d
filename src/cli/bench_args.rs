//! What can be measured and how, as the command line names it.

use clap::{Args, Subcommand, ValueEnum};
use std::net::SocketAddr;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum BenchAct {
    /// Payments of three legs straight into the book: durable, really written, verified afterwards
    ///
    /// Both sides of each payment are told of it, as they are by a real one: the service's workers
    /// hand the texts to a gateway that is played by another process on this machine, and take its
    /// delivery reports. Each run is made without texts, too, in turn, and the ratio of the two is
    /// printed. After a run it is waited until all texts are sent and reported; said is how many
    /// went while payments were made, how many in the end, how late they were, and how many still
    /// waited.
    ///
    /// Exits with 0 only if the book is whole at the end and has every payment that was
    /// acknowledged, and no text was given up. Progress goes to standard error, the medians of all
    /// rounds to standard output.
    Book(BenchBookArgs),
    /// Whole send conversations through the HTTP door, against bare replies of the same size
    ///
    /// The texts of each payment leave by a gateway that is played by another process on this
    /// machine, and its delivery reports come in by the same door. What it is compared with is a
    /// bare server of the same framework that answers as many bytes, hands as many texts to such a
    /// gateway, and takes its reports. The workers of the service are at work, and conversations
    /// are stored as they go on. Said is, too, where the time of the processors went: to this
    /// program by what its threads are for, to the phones that it plays, to the gateway's process,
    /// and to a PostgreSQL on this machine.
    Ussd(BenchUssdArgs),
    /// Very many people, and how long one of the staff waits who looks for one of them, in each way
    /// that there is, while payments go on
    People(BenchPeopleArgs),
    /// A day of an operator's, made short, and how large a machine must be for so many people
    ///
    /// People dial, and read their screens: for a hundred of them 100 payments, 60 looks at a
    /// balance, 20 times cash in and 20 times cash out at outlets, and 30 conversations that are
    /// hung up before the PIN, each hour as many as in a real day. Texts leave by a gateway that is
    /// played by another process on this machine, and are reported. The table at the end says
    /// people for each core, disk for one person and year, and texts a day. It is made of what the
    /// day took, so take as many people as keep the machine busy: of few, most of it is what the
    /// service takes when nobody dials.
    Day(BenchDayArgs),
    /// The gateway that the others start: says where it takes texts, answers, and reports, until
    /// its standard input ends
    #[command(hide = true)]
    Gateway(BenchGatewayArgs),
}

/// How texts leave while something is measured.
#[derive(Debug, Clone, Args)]
pub struct BenchMessagesArgs {
    /// Tell nobody of a payment, or, in conversations, leave the texts in the outbox: what the
    /// machine clears without messages
    #[arg(long)]
    pub without_messages: bool,
    /// Milliseconds until the gateway answers: real ones take some hundred
    #[arg(
        long,
        default_value_t = 0,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(..=20_000),
    )]
    pub gateway_ms: u64,
    /// The gateway takes nothing: what is told waits, and is asked again and again whether it
    /// may leave; take `--drain 0` with it
    #[arg(long, conflicts_with = "without_messages")]
    pub dead_gateway: bool,
    /// Seconds for which it is waited after a run until all texts are sent and reported
    #[arg(
        long,
        default_value_t = 60,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(..=36_000),
    )]
    pub drain: u64,
}

/// What `bench gateway` takes.
#[derive(Debug, Clone, Args)]
pub struct BenchGatewayArgs {
    /// To whom to report; several in turn
    #[arg(long, value_name = "ADDR:PORT")]
    pub report_to: Vec<SocketAddr>,
    /// Milliseconds until it answers
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pub answer_after_ms: u64,
    /// It takes nothing
    #[arg(long)]
    pub dead: bool,
}

/// What a measurement can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Competitor {
    /// PostgreSQL's own TPC-B, in turn with the book, with 8, 32 and 64 clients: its best counts,
    /// whatever is in flight. TLS is spoken where the book would speak it
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
    /// How texts leave.
    #[command(flatten)]
    pub messages: BenchMessagesArgs,
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
    /// Nodes that share the database; a phone keeps to one of them
    #[arg(
        long,
        default_value_t = 1,
        value_name = "N",
        value_parser = clap::value_parser!(u8).range(1..=16),
    )]
    pub nodes: u8,
    /// So many strangers stand in the door in a third run: as many with half a body, as many who
    /// say nothing, and as many who read their answer slowly
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=5_000))]
    pub strangers: Option<u16>,
    /// How texts leave.
    #[command(flatten)]
    pub messages: BenchMessagesArgs,
    /// Figures as JSON, every run of them
    #[arg(long)]
    pub json: bool,
}

/// What `bench day` takes.
#[derive(Debug, Clone, Args)]
pub struct BenchDayArgs {
    /// An empty database to work in; a temporary one of SQLite's when not given
    #[arg(long, env = "KADOGO_BENCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// People there are
    #[arg(
        long,
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u64).range(100..=10_000_000),
    )]
    pub people: u64,
    /// Seconds that the day takes; longer where the machine, or the phones, do not keep up
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: u64,
    /// Phones in use at the same time, at most
    #[arg(
        long,
        default_value_t = 64,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=4_096),
    )]
    pub phones: u16,
    /// Milliseconds until the gateway answers: real ones take some hundred
    #[arg(
        long,
        default_value_t = 0,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(..=20_000),
    )]
    pub gateway_ms: u64,
    /// Seconds for which it is waited at the end until all texts are sent and reported
    #[arg(
        long,
        default_value_t = 60,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(..=36_000),
    )]
    pub drain: u64,
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
