//! What `kadogo bench` does: a plan made of its flags, a run, and the figures as lines or as JSON.
//! What is measured, and how, is not known here.

use crate::bench::BenchProgress;
use crate::bench::book_run::{self, BookBenchPlan, Yardstick};
use crate::bench::day_run::{self, DayBenchPlan};
use crate::bench::gateway_stub::{self, StubPlan};
use crate::bench::message_carrying::GatewayPlan;
use crate::bench::people_run::{self, PeopleBenchPlan};
use crate::bench::summary::Document;
use crate::bench::ussd_run::{self, UssdBenchPlan};
use crate::cli::{
    BenchAct, BenchBookArgs, BenchDayArgs, BenchGatewayArgs, BenchMessagesArgs, BenchPeopleArgs,
    BenchUssdArgs, Competitor,
};
use crate::printing::say;
use crate::seal::{Randomness, to_hex};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

const PROGRESS: BenchProgress = |what| eprintln!("{what}");

/// A folder for a database that nobody named, until this is dropped.
struct Scratch(PathBuf);

/// `kadogo bench`
pub async fn bench(act: BenchAct) -> anyhow::Result<ExitCode> {
    let (document, json) = match act {
        BenchAct::Gateway(args) => return gateway(args).await,
        BenchAct::Book(args) => {
            let (scratch, json) = (Scratch::make()?, args.json);
            (book_run::run(&book_plan(args, &scratch)?, PROGRESS).await?, json)
        }
        BenchAct::Ussd(args) => {
            let (scratch, json) = (Scratch::make()?, args.json);
            (ussd_run::run(&ussd_plan(args, &scratch)?, PROGRESS).await?, json)
        }
        BenchAct::People(args) => {
            let (scratch, json) = (Scratch::make()?, args.json);
            (people_run::run(&people_plan(args, &scratch), PROGRESS).await?, json)
        }
        BenchAct::Day(args) => {
            let (scratch, json) = (Scratch::make()?, args.json);
            (day_run::run(&day_plan(args, &scratch)?, PROGRESS).await?, json)
        }
    };
    show(&document, json)
}

fn show(document: &Document, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(document)?);
    } else {
        document.lines().iter().for_each(|line| say!("{line}"));
    }
    Ok(if document.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The gateway that the others start: whoever started it reads where it is.
async fn gateway(args: BenchGatewayArgs) -> anyhow::Result<ExitCode> {
    let answer_after = Duration::from_millis(args.answer_after_ms);
    let plan = StubPlan { report_to: args.report_to, answer_after, is_dead: args.dead };
    gateway_stub::serve(plan, |address| say!("{address}")).await?;
    Ok(ExitCode::SUCCESS)
}

fn book_plan(args: BenchBookArgs, scratch: &Scratch) -> anyhow::Result<BookBenchPlan> {
    let database_url = args.database_url.unwrap_or(scratch.url());
    let against = args.against.map(|Competitor::Pgbench| Yardstick {
        url: args.pgbench_url.unwrap_or(database_url.clone()),
        scale: args.pgbench_scale,
    });
    Ok(BookBenchPlan {
        database_url,
        accounts: args.accounts,
        in_flight: args.in_flight,
        run: Duration::from_secs(args.seconds),
        rounds: args.rounds,
        skewed: args.skewed,
        preload_accounts: args.preload_accounts,
        preload_payments: args.preload_payments,
        nodes: usize::from(args.nodes),
        limits: args.limits,
        staff: args.staff,
        messages: messages(&args.messages)?,
        against,
    })
}

fn ussd_plan(args: BenchUssdArgs, scratch: &Scratch) -> anyhow::Result<UssdBenchPlan> {
    Ok(UssdBenchPlan {
        database_url: args.database_url.unwrap_or(scratch.url()),
        people: args.people,
        connections: args.connections,
        run: Duration::from_secs(args.seconds),
        rounds: args.rounds,
        nodes: usize::from(args.nodes),
        strangers: args.strangers.map(usize::from),
        messages: messages(&args.messages)?,
    })
}

fn people_plan(args: BenchPeopleArgs, scratch: &Scratch) -> PeopleBenchPlan {
    PeopleBenchPlan {
        database_url: args.database_url.unwrap_or(scratch.url()),
        people: args.people,
        in_flight: args.in_flight,
        run: Duration::from_secs(args.seconds),
        rounds: args.rounds,
    }
}

fn day_plan(args: BenchDayArgs, scratch: &Scratch) -> anyhow::Result<DayBenchPlan> {
    Ok(DayBenchPlan {
        database_url: args.database_url.unwrap_or(scratch.url()),
        people: args.people,
        phones: usize::from(args.phones),
        day: Duration::from_secs(args.seconds),
        messages: by_gateway(args.gateway_ms, false, args.drain)?,
    })
}

/// By what gateway texts leave, if they are to.
fn messages(args: &BenchMessagesArgs) -> anyhow::Result<Option<GatewayPlan>> {
    if args.without_messages {
        return Ok(None);
    }
    by_gateway(args.gateway_ms, args.dead_gateway, args.drain).map(Some)
}

fn by_gateway(answer_ms: u64, is_dead: bool, drain: u64) -> anyhow::Result<GatewayPlan> {
    Ok(GatewayPlan {
        program: std::env::current_exe()?,
        answer_after: Duration::from_millis(answer_ms),
        is_dead,
        drain: Duration::from_secs(drain),
    })
}

impl Scratch {
    fn make() -> anyhow::Result<Scratch> {
        let name = format!("kadogo-bench-{}", to_hex(&Randomness::os()?.bytes::<8>()));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder)?;
        Ok(Scratch(folder))
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.0.join("bench.db").display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // what cannot be taken away lies where the machine takes away what is old
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
