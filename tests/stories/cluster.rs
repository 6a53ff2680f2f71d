//! Throw-away PostgreSQL clusters: the real server's own programs, in a folder that goes away with
//! the test. One cluster is shared by all stories of a run; a story that pulls the plug or needs a
//! standby has one of its own.

pub mod machine;

use super::memory;
use machine::{Programs, alive, family, free_port, programs, said, send};
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// As a careful operator sets it, but small. Dynamic shared memory lies in the folder, to go away
/// with it.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
synchronous_commit = on
shared_buffers = 256MB
max_connections = 500
wal_level = replica
max_wal_senders = 4
hot_standby = on
dynamic_shared_memory_type = mmap
";

/// Where the plug is pulled, what was committed must be on the disk.
const DURABLE: &str = "fsync = on\n";
/// Where it is not, nobody waits for the disk, and nobody tidies up behind hundreds of databases of
/// which each is used for a moment.
const QUICK: &str = "
fsync = off
full_page_writes = off
autovacuum = off
max_wal_size = 1GB
checkpoint_timeout = 1h
";

/// Statics are never dropped and a killed test drops nothing, so a shell waits for the end of its
/// pipe: the test is gone then, however it went. Each line says which server runs now, an empty one
/// that none does.
const WATCHDOG: &str = r#"
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
    kill -QUIT "$pid"
    tries=0
    while [ -e "$1/data/postmaster.pid" ] && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
fi
rm -rf "$1"
"#;

/// Waits until something is so; gives up, loudly, after a minute.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Runs SQL; returns the rows as text, columns parted by `|`. Several statements are one
/// transaction.
pub fn psql(url: &str, sql: &str) -> String {
    let mut command = programs().as_ref().unwrap().command("psql");
    said(command.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]))
        .trim_end()
        .to_owned()
}

/// Where the plug is pulled: on a disk.
fn disk_folder() -> TempDir {
    tempfile::Builder::new().prefix("kadogo-pg-").tempdir().unwrap()
}

pub struct Cluster {
    programs: Programs,
    folder: PathBuf,
    port: u16,
    server: Mutex<Option<Child>>,
    watchdog: Mutex<Child>,
    databases: AtomicUsize,
}

impl Cluster {
    /// The cluster of all stories of this run, started when it is first asked for. Its plug is
    /// never pulled.
    pub fn shared() -> Option<&'static Cluster> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        SHARED.get_or_init(|| Cluster::fresh(memory::server_folder(), QUICK)).as_ref()
    }

    /// The same; says so where it is seen when the story cannot be told.
    pub fn or_say(story: &str) -> Option<&'static Cluster> {
        Cluster::shared().or_else(|| say_not_told(story))
    }

    /// A cluster for one story alone; it ends with the value.
    pub fn start_own(story: &str) -> Option<Cluster> {
        Cluster::fresh(disk_folder(), DURABLE).or_else(|| say_not_told(story))
    }

    fn fresh(folder: TempDir, disk: &str) -> Option<Cluster> {
        let programs = match programs() {
            Ok(programs) => programs,
            Err(why) => {
                let required =
                    std::env::var("KADOGO_TEST_POSTGRES").is_ok_and(|value| value == "required");
                assert!(!required, "KADOGO_TEST_POSTGRES=required, but {why}");
                return None;
            }
        };
        let mut cluster = Cluster::empty(programs, folder);
        let data = cluster.data();
        let mut initdb = programs.command("initdb");
        said(
            initdb
                .args([
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C",
                    "--no-sync",
                    "-D",
                ])
                .arg(&data),
        );
        append(&data.join("postgresql.conf"), &format!("{SETTINGS}{disk}"));
        cluster.start_somewhere();
        Some(cluster)
    }

    /// A guarded folder without a server.
    fn empty(programs: &Programs, folder: TempDir) -> Cluster {
        let folder = folder.keep();
        if let Some((user, group)) = programs.user {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
        }
        let mut watchdog = programs.command("sh");
        watchdog.args(["-c", WATCHDOG, "watchdog"]).arg(&folder).process_group(0);
        let watchdog = watchdog
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Cluster {
            programs: programs.clone(),
            folder,
            port: 0,
            server: Mutex::new(None),
            watchdog: Mutex::new(watchdog),
            databases: AtomicUsize::new(0),
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database in it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// A new, empty database; returns its address.
    pub fn database(&self) -> String {
        let name = self.name();
        psql(&self.url("postgres"), &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// A new database with everything that is in another one; whoever still uses that one is thrown
    /// out.
    pub fn copy_of(&self, url: &str) -> String {
        self.throw_out_of(url);
        self.database_like(url)
    }

    /// Ends every connection to a database.
    pub fn throw_out_of(&self, url: &str) {
        let out = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = ";
        psql(&self.url("postgres"), &format!("{out}'{}'", name_in(url)));
    }

    /// A new database with everything that is in another one, which nobody uses.
    pub fn database_like(&self, url: &str) -> String {
        let name = self.name();
        psql(&self.url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE {}", name_in(url)));
        self.url(&name)
    }

    fn name(&self) -> String {
        format!("story_{}", self.databases.fetch_add(1, Ordering::Relaxed))
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Kills it with everything it started, as a power cut would.
    pub fn kill_hard(&self) {
        let Some(mut server) = self.server().take() else { return };
        // it must neither notice the end of its children nor start new ones
        send("STOP", &[server.id()]);
        let family = family(server.id());
        send("STOP", &family);
        send("KILL", &family);
        server.wait().unwrap();
        wait_until("the end of its children", || family.iter().all(|pid| !alive(*pid)));
        self.tell_watchdog("");
        // its one segment of the kernel's shared memory would not have survived either
        let lock = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        if let Some(segment) = lock.lines().nth(6).and_then(|line| line.split_whitespace().nth(1)) {
            let _ = Command::new("ipcrm").args(["-m", segment]).stderr(Stdio::null()).status();
        }
    }

    /// Ends it in good order: nobody is waited for, what was committed is written down.
    pub fn stop_fast(&self) {
        self.stop("INT");
    }

    /// Starts it where it was, after a stop of either kind; returns when it takes connections.
    pub fn start_again(&self) {
        assert!(self.server().is_none(), "it runs");
        // its process number may be somebody else's by now
        let _ = fs::remove_file(self.data().join("postmaster.pid"));
        assert!(self.start(), "it does not start:\n{}", self.log());
    }

    /// A hot standby of it that follows under this name; it ends with the value.
    pub fn standby(&self, name: &str) -> Cluster {
        let mut standby = Cluster::empty(&self.programs, disk_folder());
        let source =
            format!("host=127.0.0.1 port={} user=postgres application_name={name}", self.port);
        let mut copy = self.programs.command("pg_basebackup");
        said(
            copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", &source, "-D"])
                .arg(standby.data()),
        );
        // once promoted it must not wait for whom its primary waited for
        append(&standby.data().join("postgresql.auto.conf"), "synchronous_standby_names = ''\n");
        standby.start_somewhere();
        self.sees(name, "state", "streaming");
        standby
    }

    /// From now on nothing is committed here that is not on the standby's disk too.
    pub fn require_sync(&self, name: &str) {
        psql(
            &self.url("postgres"),
            &format!("ALTER SYSTEM SET synchronous_standby_names = '\"{name}\"'"),
        );
        psql(&self.url("postgres"), "SELECT pg_reload_conf()");
        self.sees(name, "sync_state", "sync");
    }

    /// Makes a standby the primary; returns when it takes writes.
    pub fn promote(&self) {
        assert_eq!(psql(&self.url("postgres"), "SELECT pg_promote()"), "t");
    }

    fn sees(&self, standby: &str, column: &str, value: &str) {
        let sql = format!(
            "SELECT {column} FROM pg_stat_replication WHERE application_name = '{standby}'"
        );
        wait_until(&format!("{standby} is {value}"), || psql(&self.url("postgres"), &sql) == value);
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn server(&self) -> MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the server's process, while it runs.
    pub fn pid(&self) -> u32 {
        self.server().as_ref().unwrap().id()
    }

    /// Lets the watchdog believe that the test was killed; returns when the server has gone. The
    /// folder goes too.
    pub fn lose_its_test(&mut self) -> PathBuf {
        drop(self.watchdog.get_mut().unwrap().stdin.take());
        self.server().take().unwrap().wait().unwrap();
        self.folder.clone()
    }

    fn tell_watchdog(&self, line: &str) {
        let mut watchdog = self.watchdog.lock().unwrap_or_else(PoisonError::into_inner);
        // without it the server would only outlive the test
        let _ = watchdog.stdin.as_mut().map(|pipe| writeln!(pipe, "{line}"));
    }

    /// Somebody else may be as quick with a free port.
    fn start_somewhere(&mut self) {
        let started = (0..5).any(|_try| {
            self.port = free_port();
            self.start()
        });
        assert!(started, "it does not start:\n{}", self.log());
    }

    /// Starts the server and waits until it takes connections; false when it ends instead.
    fn start(&self) -> bool {
        let log =
            fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let mut command = self.programs.command("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(&self.folder)
            .args(["-p", &self.port.to_string()]);
        // a Ctrl-C is for the test; the watchdog sees to the rest
        command.process_group(0).stdout(log.try_clone().unwrap()).stderr(log);
        let mut child = command.spawn().unwrap();
        self.tell_watchdog(&child.id().to_string());
        let mut ended = false;
        wait_until("the server takes connections", || {
            ended = child.try_wait().unwrap().is_some();
            let lock = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            ended || lock.lines().nth(7).is_some_and(|state| state.trim() == "ready")
        });
        if ended {
            self.tell_watchdog("");
        } else {
            *self.server() = Some(child);
        }
        !ended
    }

    fn stop(&self, signal: &str) {
        let Some(mut server) = self.server().take() else { return };
        send(signal, &[server.id()]);
        server.wait().unwrap();
        self.tell_watchdog("");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop("QUIT");
        // the end of its pipe makes the watchdog clear up
        let watchdog = self.watchdog.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(watchdog.stdin.take());
        let _ = watchdog.wait();
    }
}

/// The database that an address names.
fn name_in(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

fn append(path: &Path, text: &str) {
    fs::File::options().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// Past the test harness, which keeps to itself what a test that passes prints.
fn say_not_told<T>(story: &str) -> Option<T> {
    let why = programs().as_ref().err().map_or("", String::as_str);
    let _ = writeln!(std::io::stderr(), "NOT TOLD on PostgreSQL: {story}: {why}");
    None
}
