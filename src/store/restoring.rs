//! A database made anew from a backup: a copy beside the place where it will be, which is moved
//! there when whoever asked has found it whole. What whole is, is not known here.

use super::{Address, Store, StoreError, sqlite};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A copy that waits to become the database. It is gone when it was given up.
#[derive(Debug)]
pub struct Restoring {
    file: PathBuf,
    copy: PathBuf,
}

impl Restoring {
    /// Copies a backup beside where the database of this address will be. Nothing of one may be
    /// there: a log that was left would be taken for one of the new database.
    pub fn begin(url: &str, from: &Path) -> Result<Restoring, StoreError> {
        let Address::Sqlite(file) = Address::parse(url)? else {
            return Err(StoreError::Unsupported(
                "PostgreSQL is restored with what it was backed up with: pg_restore, or its own \
                 archive",
            ));
        };
        refuse_any_of(&file)?;
        if !from.is_file() {
            return Err(StoreError::Open(format!("there is no file {}", from.display())));
        }
        if sqlite::has_log(from) {
            return Err(StoreError::Open(format!(
                "{} is no backup but a database that is in use, or was cut off: some of it is in \
                 the log beside it. `kadogo backup` makes one of it",
                from.display()
            )));
        }
        let copy = sqlite::copy_of(&file);
        // it is private from the start, and no link
        let mut made = sqlite::make_new(&copy)?;
        let restoring = Restoring { file, copy };
        match File::open(from).and_then(|mut from| std::io::copy(&mut from, &mut made)) {
            Ok(_bytes) => Ok(restoring),
            Err(error) => {
                restoring.give_up();
                Err(trouble(from, &error))
            }
        }
    }

    /// The copy, for who looks whether it is whole.
    pub fn open(&self) -> Result<Store, StoreError> {
        Store::open_copy(&self.copy)
    }

    /// From now on it is the database.
    pub fn finish(self) -> Result<PathBuf, StoreError> {
        let done = durable(&self.copy)
            .and_then(|()| refuse_any_of(&self.file))
            .and_then(|()| {
                fs::rename(&self.copy, &self.file).map_err(|error| trouble(&self.file, &error))
            })
            .and_then(|()| durable(folder_of(&self.file)));
        match done {
            Ok(()) => Ok(self.file),
            Err(error) => {
                self.give_up();
                Err(error)
            }
        }
    }

    /// It will not be.
    pub fn give_up(self) {
        // one that is gone already is as good
        let _ = fs::remove_file(&self.copy);
    }
}

/// Sees to it that a file, or the name of one in a folder, survives a power cut.
pub fn durable(path: &Path) -> Result<(), StoreError> {
    let done = File::open(path).and_then(|opened| opened.sync_all());
    done.map_err(|error| trouble(path, &error))
}

/// The folder that a file is in.
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refuse_any_of(file: &Path) -> Result<(), StoreError> {
    let there: Vec<String> = sqlite::files_of(file)
        .iter()
        .filter(|file| file.symlink_metadata().is_ok())
        .map(|file| file.display().to_string())
        .collect();
    if there.is_empty() {
        return Ok(());
    }
    Err(StoreError::Open(format!(
        "nothing is overwritten, and a service may be running on what is there. Stop it, and move \
         away: {}",
        there.join(", ")
    )))
}

fn trouble(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Open(format!("{}: {error}", path.display()))
}
