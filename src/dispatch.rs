//! Which command runs which part. It is here and not beside `main`, so that what the parts are made
//! of is compiled once.

use crate::cli::{BookAct, Cli, Command};
use crate::{
    agent_commands, audit_commands, backup_commands, bank_commands, bench_commands, close_commands,
    collection_commands, commands, customer_commands, deal_commands, descriptors, manual,
    menu_commands, message_commands, reversal_commands, secret_commands, staff_commands, verify,
};
use clap::Parser;
use std::process::ExitCode;

/// Runs the command that was typed, and says what is wrong where something is.
pub fn run() -> ExitCode {
    descriptors::raise();
    let command = Cli::parse().command;
    let done = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(carry_out(command)));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kadogo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what waits for the database where that holds nobody up.
async fn aside(
    f: impl FnOnce() -> anyhow::Result<ExitCode> + Send + 'static,
) -> anyhow::Result<ExitCode> {
    tokio::task::spawn_blocking(f).await?
}

/// Has its part do what was typed.
async fn carry_out(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo { server, bare, fresh } => commands::demo(server, bare, fresh).await,
        Command::Serve(args) => commands::serve(*args).await,
        Command::Phone { url, person } => commands::phone(&url, person).await,
        Command::Menus { menus, act } => menu_commands::run(menus, &act),
        Command::Tariff { tariff, market, menus, act } => {
            commands::tariff(tariff, menus, &market, &act)
        }
        Command::Book { act: BookAct::Check(args) } => {
            aside(move || verify::check_book(&args)).await
        }
        Command::Staff { office, act } => staff_commands::staff(office, act).await,
        Command::Approve { office, act } => staff_commands::approve(office, act).await,
        Command::Bank { office, act } => bank_commands::bank(office, act).await,
        Command::Issue { office, issue } => bank_commands::issue(office, issue).await,
        Command::Redeem { office, act } => bank_commands::redeem(office, act).await,
        Command::Close { office, close } => close_commands::run(office, close).await,
        Command::Gl { office, gl } => close_commands::gl(office, gl).await,
        Command::Audit { office, audit } => audit_commands::run(office, audit).await,
        Command::Agent { office, act } => agent_commands::run(office, act).await,
        Command::Reversal { office, act } => reversal_commands::run(office, act).await,
        Command::Deal { office, act } => deal_commands::run(office, act).await,
        Command::Collection { office, number, not_back } => {
            collection_commands::run(office, &number, not_back).await
        }
        Command::Tier { office, args } => customer_commands::tier(office, args).await,
        Command::Customer { office, act } => customer_commands::customer(office, act).await,
        Command::Account { office, args } => customer_commands::account(office, args).await,
        Command::Freeze { office, args } => customer_commands::freeze(office, args).await,
        Command::Unfreeze { office, args } => customer_commands::unfreeze(office, args).await,
        Command::Unlock { office, args } => customer_commands::unlock(office, args).await,
        Command::StartPin { office, args } => customer_commands::start_pin(office, args).await,
        Command::SimChanged { office, args } => customer_commands::sim_changed(office, args).await,
        Command::Backup(args) => aside(move || backup_commands::backup(&args)).await,
        Command::Restore(args) => aside(move || backup_commands::restore(&args)).await,
        Command::Messages { act } => message_commands::run(act).await,
        Command::Bench { act } => bench_commands::bench(act).await,
        Command::Secret { act } => secret_commands::run(act).await,
        Command::Manual { chapter } => manual::run(chapter.as_deref()),
        Command::Health { url, listen } => commands::health(url, listen).await,
    }
}
