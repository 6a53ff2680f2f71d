//! A database taken away for good, with all of its files: only where whoever asks finds that it may
//! go, and nobody else has it open. Which may go is not known here.

use super::{Address, Conn, StoreError, sqlite};
use std::fs;
use std::path::Path;

/// Takes it away; says whether there was one.
pub fn remove(
    url: &str,
    may_go: impl Fn(&mut Conn) -> Result<(), StoreError>,
) -> Result<bool, StoreError> {
    let Address::Sqlite(file) = Address::parse(url)? else {
        return Err(StoreError::Unsupported(
            "on a server its owner takes a database away: `dropdb`, then `createdb`, with its name",
        ));
    };
    match file.symlink_metadata() {
        Err(_absent) => return Ok(false),
        Ok(there) if !there.is_file() => {
            let kept = format!("{} is a link or no file: it stays", file.display());
            return Err(StoreError::Open(kept));
        }
        Ok(_file) => {}
    }
    let alone = sqlite::hold_alone(&file, may_go)?;
    // what begins anew in its place must not lose what it has made beside it already
    for beside in sqlite::files_of(&file).into_iter().filter(|beside| *beside != file) {
        taken_away(&beside)?;
    }
    taken_away(&file)?;
    drop(alone);
    Ok(true)
}

fn taken_away(file: &Path) -> Result<(), StoreError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::Open(format!("{}: {error}", file.display())))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
