//! Disks that are full: under a file of SQLite's, under the tables of PostgreSQL, and under its
//! log. Nodes say busy, lose nothing, and go on when there is space again, without being started
//! anew.

use super::cluster::{Cluster, psql, wait_until};
use super::judge::{Figures, Judge};
use super::payer::{Payer, key, posting};
use super::{let_run, rounds};
use kadogo::book::Book;
use kadogo::metrics::Metrics;
use kadogo::store::{Store, book_rows};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use tempfile::TempDir;

/// A small disk in memory; it goes away with the value.
struct Disk {
    folder: TempDir,
}

impl Disk {
    /// Only root may have one. Where there is none that is said, and with
    /// KADOGO_TEST_DISKS=required a failure.
    fn mount(story: &str, megabytes: u64) -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=777"), "kadogo-fire"])
            .arg(folder.path());
        let why = match mount.stdout(Stdio::null()).output() {
            Ok(output) if output.status.success() => return Some(Disk { folder }),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        let required = std::env::var("KADOGO_TEST_DISKS").is_ok_and(|value| value == "required");
        assert!(
            !required,
            "KADOGO_TEST_DISKS=required, but a small disk cannot be mounted here: {why}"
        );
        // past the test harness, which keeps to itself what a test that passes prints
        let _ = writeln!(
            std::io::stderr(),
            "NOT TOLD: {story}: a small disk cannot be mounted here: {why}"
        );
        None
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut ballast =
            fs::File::options().create(true).append(true).open(self.path("ballast")).unwrap();
        for size in [64 * 1024, 512] {
            while ballast.write_all(&vec![1; size]).is_ok() {}
        }
    }

    /// Gives so many pages of the ballast back.
    fn leave(&self, pages: usize) {
        let ballast = fs::File::options().write(true).open(self.path("ballast")).unwrap();
        let pages_now = ballast.metadata().unwrap().len() / 4_096;
        ballast.set_len((pages_now - u64::try_from(pages).unwrap()) * 4_096).unwrap();
    }

    fn make_space(&self) {
        fs::remove_file(self.path("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // lazily: whoever has a file open there is about to end
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}

/// Fills the disk under a payer, waits until it says busy, makes space, waits until it goes on.
fn fill_and_make_space(disk: &Disk, payer: &Payer, figures: &mut Figures) {
    let_run(50, 400);
    let since = Instant::now();
    disk.fill();
    figures.blows += 1;
    wait_until("it says busy", || payer.heard("busy") > 0);
    let_run(50, 400);
    disk.make_space();
    let count = payer.settled();
    wait_until("it goes on", || payer.settled() > count + 100);
    figures.silence(payer.longest_silence(since));
}

#[test]
fn a_full_disk_under_sqlite_loses_nothing() {
    let mut figures = Figures::default();
    for _ in 0..rounds(1) {
        let Some(disk) = Disk::mount("a full disk under SQLite", 24) else { return };
        let mut judge = Judge::new(&format!("sqlite://{}", disk.path("book.db").display()));
        let first = judge.numbers();
        let payer = Payer::start(&judge.url, first);
        fill_and_make_space(&disk, &payer, &mut figures);
        judge.settle(&[payer.finish()], &mut figures);
    }
    figures.print("a full disk under SQLite");
    assert_eq!(figures.unclear, 0, "{figures:?}");
}

/// SQLite may say of a commit that it failed, and of what it holds that it is not there, while the
/// log on the disk has all of it: after a crash it would be. Nobody may hear that nothing was done
/// before that is written over.
#[test]
fn a_commit_that_a_crash_would_bring_back_is_not_called_undone() {
    let half_there = (0..20).any(|attempt| {
        let Some(disk) = Disk::mount("a commit that a crash would bring back", 40) else {
            return true;
        };
        let url = format!("sqlite://{}", disk.path("book.db").display());
        Judge::new(&url);
        let store = Store::open(&url).unwrap();
        let (book, committer) = Book::start(&store, Metrics::default().into()).unwrap();
        let found = commits_at_the_end_of_the_index(&disk, &book, attempt * 10_000);
        drop((book, store));
        committer.join().unwrap();
        let report = kadogo::book::check::check(
            &mut Store::open(&url).unwrap().reader().unwrap(),
            |_, _| {},
        )
        .unwrap();
        assert!(report.is_whole(), "{:#?}", report.faults);
        found
    });
    assert!(half_there, "no commit came to stand at the end of the index");
}

/// The index of the log has room for so many frames; for one more it needs eight pages of the disk.
const INDEX_FRAMES: u64 = 4_062;
/// A payment takes so many frames at least, and hardly more.
const FRAMES_LEAST: u64 = 8;

/// Commits where the log fits on the disk and its index does not. Whether there was a commit that a
/// crash would have brought back before anybody heard of it.
fn commits_at_the_end_of_the_index(disk: &Disk, book: &Book, mut number: u64) -> bool {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let frames = || (fs::metadata(disk.path("book.db-wal")).unwrap().len() - 32) / 4_120;
    while frames() + FRAMES_LEAST <= INDEX_FRAMES {
        number += 10;
        runtime.block_on(book.post(posting(number))).unwrap();
    }
    if frames() > INDEX_FRAMES {
        // its index has grown already
        return false;
    }
    disk.fill();
    // the frames fit; what is left then is too little for the index. The first is tried for long
    // before it is given up, the second is not
    disk.leave(usize::try_from(FRAMES_LEAST).unwrap() + 4);
    let mut half_there = false;
    for _commit in 0..2 {
        disk.leave(1);
        number += 10;
        let asking = book.clone();
        let answer = runtime.spawn(async move { asking.post(posting(number)).await });
        let mut seen = false;
        while !answer.is_finished() {
            seen |= after_a_crash(disk, number);
            let_run(50, 150);
        }
        let told = runtime.block_on(answer).unwrap();
        half_there |= seen && told.is_err();
        assert_eq!(told.is_ok(), after_a_crash(disk, number), "{number} was told {told:?}");
    }
    disk.make_space();
    half_there
}

/// Whether a machine that crashes now finds this payment made when it is on again.
fn after_a_crash(disk: &Disk, number: u64) -> bool {
    let after = tempfile::tempdir().unwrap();
    for name in ["book.db", "book.db-wal"] {
        fs::copy(disk.path(name), after.path().join(name)).unwrap();
    }
    let crashed =
        Store::open(&format!("sqlite://{}", after.path().join("book.db").display())).unwrap();
    !book_rows::postings_with(&mut crashed.reader().unwrap(), &[key(number).bytes()])
        .unwrap()
        .is_empty()
}

#[test]
fn a_full_disk_under_the_tables_of_postgresql_loses_nothing() {
    let story = "a full disk under the tables of PostgreSQL";
    let Some(cluster) = Cluster::start_own(story) else { return };
    let mut figures = Figures::default();
    for round in 0..rounds(1) {
        let Some(disk) = Disk::mount(story, 40) else { return };
        let folder = disk.path("tables");
        let name = format!("small_{round}");
        fs::create_dir(&folder).unwrap();
        give_to_owner_of(&data(&cluster), &folder);
        let server = cluster.url("postgres");
        psql(&server, &format!("CREATE TABLESPACE {name} LOCATION '{}'", folder.display()));
        psql(&server, &format!("CREATE DATABASE {name} TABLESPACE {name}"));
        let mut judge = Judge::new(&cluster.url(&name));
        let first = judge.numbers();
        let payer = Payer::start(&judge.url, first);
        fill_and_make_space(&disk, &payer, &mut figures);
        judge.settle(&[payer.finish()], &mut figures);
        psql(&server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        psql(&server, &format!("DROP TABLESPACE {name}"));
    }
    figures.print("a full disk under the tables of PostgreSQL");
    assert_eq!(figures.unclear, 0, "{figures:?}");
}

/// The server gives up when it cannot write its log, and comes back when somebody makes space and
/// starts it.
#[test]
fn a_full_disk_under_the_log_of_postgresql_loses_nothing() {
    let story = "a full disk under the log of PostgreSQL";
    let mut figures = Figures::default();
    for _ in 0..rounds(1) {
        let Some(cluster) = Cluster::start_own(story) else { return };
        let Some(disk) = Disk::mount(story, 64) else { return };
        let data = data(&cluster);
        psql(&cluster.url("postgres"), "ALTER SYSTEM SET min_wal_size = '32MB'");
        psql(&cluster.url("postgres"), "ALTER SYSTEM SET max_wal_size = '32MB'");
        cluster.stop_fast();
        let log = disk.path("log");
        let moved =
            Command::new("cp").arg("-a").arg(data.join("pg_wal")).arg(&log).status().unwrap();
        assert!(moved.success());
        fs::remove_dir_all(data.join("pg_wal")).unwrap();
        std::os::unix::fs::symlink(&log, data.join("pg_wal")).unwrap();
        cluster.start_again();
        let mut judge = Judge::new(&cluster.database());
        let first = judge.numbers();
        let payer = Payer::start(&judge.url, first);
        let_run(50, 400);
        let since = Instant::now();
        disk.fill();
        figures.blows += 1;
        let store = Store::open_existing(&judge.url).unwrap();
        wait_until("the log does not fit any more", || {
            // what is left of a file of the log is given up, so that the next one is needed at once
            let _ = store.writer().and_then(|mut conn| conn.run("SELECT pg_switch_wal()"));
            cluster.log().contains("No space left on device")
        });
        let_run(50, 1_500);
        disk.make_space();
        // it may have come back by itself, or given up
        cluster.kill_hard();
        cluster.start_again();
        let count = payer.settled();
        wait_until("it goes on", || payer.settled() > count + 100);
        figures.silence(payer.longest_silence(since));
        judge.settle(&[payer.finish()], &mut figures);
        drop(cluster);
    }
    figures.print("a full disk under the log of PostgreSQL");
    // it was back within the time that nodes wait: nobody heard anything of it
    assert_eq!((figures.busy, figures.unclear, figures.left_open), (0, 0, 0), "{figures:?}");
}

fn data(cluster: &Cluster) -> PathBuf {
    PathBuf::from(psql(&cluster.url("postgres"), "SHOW data_directory"))
}

fn give_to_owner_of(model: &Path, to: &Path) {
    use std::os::unix::fs::{MetadataExt, chown};
    let owner = fs::metadata(model).unwrap();
    chown(to, Some(owner.uid()), Some(owner.gid())).unwrap();
}
