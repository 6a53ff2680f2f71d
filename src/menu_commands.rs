//! `kadogo menus`: the files of the menus checked, drawn, and written out to be edited. What they
//! mean is not known here.

use crate::cli::MenusAct;
use crate::commands::complain;
use crate::config::menus_folder;
use crate::market_files;
use crate::menu_folder::{self, Folder};
use crate::money::DECIMALS_FILE;
use crate::printing::{say, say_on};
use crate::private_file;
use anyhow::{Context, anyhow, bail};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The file of decimals: it is compiled in, and goes with the others for who reads them.
const DECIMALS: &str = "currencies.toml";

/// `kadogo menus`
pub fn run(folder: Option<PathBuf>, act: &MenusAct) -> anyhow::Result<ExitCode> {
    match act {
        MenusAct::Check => check(folder),
        MenusAct::Graph => graph(folder),
        MenusAct::Export { folder } => export(folder),
    }
}

/// `kadogo menus check`
fn check(folder: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let named = menus_folder(folder);
    let folder = Folder::open(named.as_deref())?;
    let mut problems = Vec::new();
    for files in &folder.markets {
        match folder.check(&files.code) {
            Ok((rulebook, summary)) => {
                say!("{}: {summary}", files.code);
                // a service runs with it; whoever changes a price is told
                let circles = menu_folder::circles(&rulebook.policy.tariff);
                problems.extend(circles.iter().map(ToString::to_string));
            }
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(named.as_deref().and_then(decimals));
    // what all of them have in common is said once
    let mut told = BTreeSet::new();
    problems.retain(|problem| told.insert(problem.clone()));
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { complain(&problems) })
}

/// `kadogo menus graph`
fn graph(folder: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let folder = menus_folder(folder);
    let (rulebook, _summary) = Folder::open(folder.as_deref())?
        .check(market_files::DEFAULT)
        .map_err(|problems| anyhow!(problems.join("\n")))?;
    say_on!("{}", crate::ussd::graph(&rulebook.menus, crate::language::Language::EN));
    Ok(ExitCode::SUCCESS)
}

/// `kadogo menus export`: the files that are compiled in, where nothing is yet.
fn export(to: &Path) -> anyhow::Result<ExitCode> {
    let named = || to.display().to_string();
    fs::create_dir_all(to).with_context(named)?;
    if fs::read_dir(to).with_context(named)?.next().is_some() {
        bail!("{} has something in it: nothing is overwritten", to.display());
    }
    let folder = Folder::embedded();
    let mut files = folder.files();
    files.push((DECIMALS, DECIMALS_FILE));
    for (name, text) in &files {
        let file = to.join(name);
        if let Some(within) = file.parent() {
            fs::create_dir_all(within).with_context(|| within.display().to_string())?;
        }
        private_file::create(&file)?.write_all(text.as_bytes()).with_context(named)?;
    }
    say!("{} files are in {}. Edit them, then:", files.len(), to.display());
    say!("  kadogo menus check --menus {}", to.display());
    say!("  KADOGO_MENUS={} kadogo serve", to.display());
    Ok(ExitCode::SUCCESS)
}

/// What to say of a file of decimals that is not the one that counts.
fn decimals(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join(DECIMALS)).ok()?;
    let differs =
        || format!("{DECIMALS}: it is compiled in, and what is changed there is not read");
    (text != DECIMALS_FILE).then(differs)
}
