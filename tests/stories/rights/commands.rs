//! The commands of the staff, each by one of each role and by several who are nobody.

use super::table::{COMMANDS, OF_THE_MACHINE, lets_in};
use super::*;
use clap::{CommandFactory, Parser};
use kadogo::cli::{Cli, Command, SessionArgs};
use kadogo::closing::chart::Chart;
use kadogo::menu_folder::Folder;
use kadogo::signed_in::Office;
use kadogo::wallet::care::{freezing, known_as, resetting, sim_change, unlocking};
use kadogo::{
    agent_commands, audit_commands, bank_commands, close_commands, collection_commands,
    customer_commands as of, deal_commands, reversal_commands, staff_commands,
};

/// Runs a command at a service of this process, as `main` runs it at one beside.
async fn run(office: &Office, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Staff { act, .. } => staff_commands::of_staff(office, act).await,
        Command::Approve { act, .. } => staff_commands::of_requests(office, act).await,
        Command::Bank { act, .. } => bank_commands::of_bank(office, act).await.map(|_code| ()),
        Command::Issue { issue, .. } => bank_commands::issued(office, issue).await,
        Command::Redeem { act, .. } => bank_commands::of_redemptions(office, act).await,
        Command::Audit { audit, .. } => audit_commands::told(office, audit).await,
        Command::Agent { act, .. } => agent_commands::acted(office, act).await,
        Command::Reversal { act, .. } => reversal_commands::acted(office, act).await,
        Command::Deal { act, .. } => deal_commands::acted(office, act).await,
        Command::Collection { number, not_back, .. } => {
            collection_commands::printed(office, &number, not_back).await.map(|_text| ())
        }
        Command::Tier { args, .. } => {
            of::act(office, known_as::SERVICE.name, of::known(args)).await
        }
        Command::Account { args, .. } => of::of_account(office, args).await,
        Command::Freeze { args, .. } => of::freezes(office, args).await,
        Command::Unfreeze { args, .. } => {
            of::act(office, freezing::UNFREEZE.name, of::lifted(args)).await
        }
        Command::Unlock { args, .. } => {
            of::act(office, unlocking::UNLOCK.name, of::of_phone(args)).await
        }
        Command::StartPin { args, .. } => {
            of::act(office, resetting::RESET.name, of::of_phone(args)).await
        }
        Command::Customer { act, .. } => of::looked(office, act).await,
        Command::Close { close, .. } => close_commands::acted(office, close).await,
        Command::Gl { gl, .. } => {
            let chart = Chart::parse(&Folder::embedded().chart).unwrap();
            close_commands::ledger(office, &chart, gl).await
        }
        Command::SimChanged { args, .. } => {
            of::act(office, sim_change::SAY.name, of::of_phone(args)).await
        }
        other => panic!("{other:?} is no command of the staff"),
    }
}

fn parsed(line: &str) -> Command {
    let typed = ["kadogo"].into_iter().chain(line.split(' '));
    Cli::try_parse_from(typed).unwrap_or_else(|error| panic!("{line}: {error}")).command
}

/// What is typed of a command before anything of one's own.
fn name_of(line: &str, all: &[String]) -> String {
    let named = all.iter().filter(|name| line == *name || line.starts_with(&format!("{name} ")));
    named.max_by_key(|name| name.len()).unwrap_or_else(|| panic!("no command: {line}")).clone()
}

fn leaves(command: &clap::Command, before: &str, found: &mut Vec<String>) {
    for each in command.get_subcommands().filter(|each| each.get_name() != "help") {
        let name = format!("{before} {}", each.get_name()).trim().to_owned();
        if each.has_subcommands() { leaves(each, &name, found) } else { found.push(name) }
    }
}

/// Somebody with a session file.
fn office(world: &World, name: &str, secret: &str) -> Office {
    let session = world.home.path(name);
    std::fs::write(&session, secret).unwrap();
    Office::at(world.app.clone(), SessionArgs { session, json: false })
}

fn in_words(world: &World, key: &str) -> String {
    let menus = world.app.menus.get();
    menus.catalogue.say(kadogo::language::Language::EN, key, &kadogo::request::Slots::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_is_for_the_roles_of_the_table_and_nobody_else() {
    let world = World::new().await;
    let mut known = Vec::new();
    leaves(&Cli::command(), "", &mut known);
    let mut written: Vec<String> = COMMANDS.iter().map(|(line, _)| name_of(line, &known)).collect();
    written.extend(OF_THE_MACHINE.iter().map(|name| (*name).to_owned()));
    written.sort_unstable();
    written.dedup();
    known.sort_unstable();
    assert_eq!(known, written, "each command stands in the table");

    let not_allowed = in_words(&world, "refusal.not_allowed");
    let workers = one_of_each(&world).await;
    let mut lines = Vec::new();
    let mut turned_away = 0;
    for (line, door) in COMMANDS.iter().filter(|(_, door)| *door != "open") {
        let mut cells = Vec::new();
        for (role, worker) in &workers {
            let name = &worker.duty.staff.name;
            let done = run(&office(&world, name, &worker.secret), parsed(line)).await;
            let is_in = done.as_ref().err().is_none_or(|no| no.to_string() != not_allowed);
            assert_eq!(is_in, lets_in(door, *role), "{name} runs {line}: {done:?}");
            cells.push(is_in);
            turned_away += usize::from(!is_in);
        }
        lines.push((name_of(line, &known), cells));
    }
    let recorded = refused(&world).await;
    let recorded = recorded.iter().filter(|line| line.ends_with("not_allowed")).count();
    assert_eq!(recorded, turned_away, "each of them stands in the audit");
    insta::assert_snapshot!(drawn(&lines));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_at_work_runs_nothing() {
    let world = World::new().await;
    let over = in_words(&world, "refusal.session_over");
    let nobodies = super::pages::nobodies(&world).await;
    let before = world.check().head;
    for (who, secret) in &nobodies {
        for (line, _) in COMMANDS.iter().filter(|(_, door)| *door != "open") {
            // without a file nobody is signed in at all
            let (file, said) = match secret {
                Some(secret) => (office(&world, "nobody", secret), over.as_str()),
                None => {
                    let session = world.home.path("absent");
                    let by = SessionArgs { session, json: false };
                    (Office::at(world.app.clone(), by), "nobody is signed in")
                }
            };
            let no = run(&file, parsed(line)).await.expect_err(line).to_string();
            assert!(no.starts_with(said), "{who} runs {line}: {no}");
        }
    }
    // one line for each who showed what was theirs once
    let recorded = refused(&world).await;
    assert_eq!(recorded, ["ended: session: session_over", "left: session: session_over"]);
    assert_ne!(world.check().head, before, "and that is all that the book knows of them");
}
