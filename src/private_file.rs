//! Files that commands make: only their owner may read them, since all of them have names, amounts
//! or secrets in them; and what lies in their place, a link or a device, is never written to. What
//! is in them is not known here.

use anyhow::{Context, bail};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Makes an empty file where there was none.
pub fn create(file: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    // which follows no link: one that leads nowhere is there too
    options.write(true).create_new(true).mode(0o600);
    match options.open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} exists already: it is not overwritten", file.display())
        }
        opened => opened.with_context(|| file.display().to_string()),
    }
}

/// Writes a file, perhaps in place of an older one. Anything else in its place stays as it is, and
/// nothing is written.
pub fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::symlink_metadata(file).is_ok_and(|there| !there.is_file()) {
        bail!("{} is a link or no file: nothing is written to it", file.display());
    }
    replace(file, bytes)
}

/// The same where a link is replaced too: beside its place, as a file that was not there before,
/// and then into it.
pub fn replace(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let beside = Path::new(&beside);
    // one that was left behind by a crash
    let _ = fs::remove_file(beside);
    let written = create(beside).and_then(|mut opened| {
        opened.write_all(bytes)?;
        opened.sync_all()?;
        fs::rename(beside, file).with_context(|| file.display().to_string())
    });
    if written.is_err() {
        // half of it is of no use
        let _ = fs::remove_file(beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    /// A folder, a name in it, and a file of somebody else's that everybody can read.
    fn places() -> (tempfile::TempDir, [std::path::PathBuf; 2]) {
        let folder = tempfile::tempdir().unwrap();
        let [place, trap] = ["place", "trap"].map(|name| folder.path().join(name));
        fs::write(&trap, "mine").unwrap();
        fs::set_permissions(&trap, PermissionsExt::from_mode(0o666)).unwrap();
        (folder, [place, trap])
    }

    fn is_private(file: &Path) -> bool {
        let kept = fs::symlink_metadata(file).unwrap();
        kept.is_file() && kept.permissions().mode() & 0o777 == 0o600
    }

    #[test]
    fn a_link_in_the_way_leads_nowhere_and_nobody_else_reads_it() {
        let (folder, [place, trap]) = places();
        symlink(&trap, &place).unwrap();
        for secret in ["first", "second"] {
            replace(&place, secret.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&place).unwrap(), secret);
            assert_eq!(fs::read_to_string(&trap).unwrap(), "mine");
            assert!(is_private(&place));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[test]
    fn an_older_file_is_replaced_and_nothing_else_is() {
        let (folder, [place, trap]) = places();
        for text in ["first", "second"] {
            write(&place, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&place).unwrap(), text);
            assert!(is_private(&place));
        }
        write(&trap, b"ours").unwrap();
        assert!(is_private(&trap), "also where everybody could read what was there");
        fs::remove_file(&place).unwrap();
        for target in [trap.as_path(), Path::new("/dev/null"), &folder.path().join("nowhere")] {
            symlink(target, &place).unwrap();
            assert!(write(&place, b"x").is_err());
            assert!(create(&place).is_err());
            assert_eq!(fs::read_link(&place).unwrap(), target);
            fs::remove_file(&place).unwrap();
        }
        assert_eq!(fs::read_to_string(&trap).unwrap(), "ours");
        assert!(write(folder.path(), b"x").is_err(), "a folder");
        assert!(write(&folder.path().join("no/such"), b"x").is_err(), "no folder");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn what_is_made_was_not_there() {
        let (_folder, [place, trap]) = places();
        create(&place).unwrap();
        assert!(is_private(&place));
        for there in [&place, &trap] {
            let said = create(there).unwrap_err().to_string();
            assert!(said.contains("exists already"), "{said}");
        }
        assert_eq!(fs::read_to_string(&trap).unwrap(), "mine");
    }
}
