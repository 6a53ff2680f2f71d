//! `kadogo backup` and `kadogo restore`: a copy of the database, and a database made of one.
//! Neither counts before the book in it was read from its first link to its last.

use crate::book::check::CheckReport;
use crate::cli::{BackupArgs, RestoreArgs};
use crate::printing::{counted, say};
use crate::seal::to_hex;
use crate::store::restoring::{Restoring, durable, folder_of};
use crate::store::{Store, times};
use crate::time::Timestamp;
use crate::verify;
use anyhow::{Context, bail};
use std::path::Path;
use std::process::ExitCode;

/// Faults of a copy that are told.
const FAULTS_TOLD: usize = 3;

/// `kadogo backup`
pub fn backup(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let to = args.to.as_path();
    if to.symlink_metadata().is_ok() {
        bail!("{} exists already: a backup never overwrites", to.display());
    }
    let store = Store::open_existing(args.database_url.expose())?;
    let copied = store.copy_to(to);
    store.close();
    if let Err(error) = copied {
        // where it was made by somebody else meanwhile, it is theirs
        return Err(error).with_context(|| format!("the copy to {} failed", to.display()));
    }
    match kept(to) {
        Ok(end) => {
            say!("copied to {}, and read back: {end}", to.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            std::fs::remove_file(to).with_context(|| to.display().to_string())?;
            Err(error.context(format!("{} is of no use, and is removed", to.display())))
        }
    }
}

/// Reads a copy back, when it is on the disk for good; says how it ends.
fn kept(to: &Path) -> anyhow::Result<String> {
    durable(to)?;
    durable(folder_of(to))?;
    proved(&Store::open_copy(to)?)
}

/// `kadogo restore`
pub fn restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let from = args.from.display();
    let restoring = Restoring::begin(args.database_url.expose(), &args.from)
        .with_context(|| format!("{from} was not restored"))?;
    let proved = restoring.open().map_err(anyhow::Error::from).and_then(|store| proved(&store));
    let end = match proved {
        Ok(end) => end,
        Err(error) => {
            restoring.give_up();
            return Err(error.context(format!("{from} was not restored")));
        }
    };
    let file = restoring.finish().with_context(|| format!("{from} was not restored"))?;
    say!("{from} is restored to {}: {end}", file.display());
    say!("what happened after that is not in it");
    Ok(ExitCode::SUCCESS)
}

/// Reads a whole book, and closes it; says how it ends.
fn proved(store: &Store) -> anyhow::Result<String> {
    let read = verify::all_of(store).and_then(|report| {
        let (newest, _server) = times::read(&mut store.reader()?)?;
        Ok((report, newest))
    });
    store.close();
    let (report, newest) = read?;
    if !report.is_whole() {
        bail!("the book in it is not whole: {}", told(&report));
    }
    let (Some((link, digest)), Some(newest)) = (&report.head, newest) else {
        bail!("the book in it is empty: nothing was ever posted in it");
    };
    Ok(format!(
        "the book is whole, and its newest link is {link} with {}, of {}",
        to_hex(digest),
        Timestamp::from_micros(newest).rfc3339()
    ))
}

fn told(report: &CheckReport) -> String {
    let first: Vec<&str> = report.faults.iter().take(FAULTS_TOLD).map(String::as_str).collect();
    format!("{}, such as {}", counted(report.fault_count, "fault"), first.join("; "))
}
