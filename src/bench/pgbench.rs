//! The yardstick: PostgreSQL's own TPC-B, run by its own `pgbench` on a server of the operator's,
//! in a database of its own that is made for it and dropped afterwards.

use super::report::Figures;
use super::server::BenchServer;
use anyhow::{Context, anyhow, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The database it works in.
const DATABASE: &str = "kadogo_pgbench";
/// Where Debian and its children keep the programs of each version of PostgreSQL.
const DEBIAN: &str = "/usr/lib/postgresql";
/// How the figures call it.
pub const NAME: &str = "pgbench TPC-B";
/// Where its best is found: with fewer clients the server waits, with more they stand in one
/// another's way.
pub const CLIENTS: [usize; 3] = [8, 32, 64];
/// With how many its tables are used for a while before anything is measured.
pub const WARM_UP_CLIENTS: usize = 64;

const MISSING: &str = "pgbench is not installed: it comes with PostgreSQL's server (Debian and \
                       Ubuntu: the package `postgresql`; Fedora: `postgresql-contrib`) and is \
                       looked for on PATH and in /usr/lib/postgresql/*/bin";

/// A server with TPC-B's tables, ready to be measured. They are dropped with it.
#[derive(Debug)]
pub struct Pgbench {
    /// The folder of the programs; `None` means PATH.
    folder: Option<PathBuf>,
    server: BenchServer,
}

impl Pgbench {
    /// Makes the database on the server of this address and fills it: a hundred thousand accounts
    /// for each `scale`.
    pub fn prepare(url: &str, scale: u32) -> anyhow::Result<Pgbench> {
        let server = BenchServer::parse(url).context(
            "pgbench needs a PostgreSQL: say where with --pgbench-url \
             postgres://USER@HOST/DATABASE",
        )?;
        let pgbench = Pgbench { folder: folder()?, server };
        // one that was interrupted may have left its database behind
        pgbench.drop_database()?;
        let home = pgbench.server.database();
        let mut create = pgbench.program("createdb", pgbench.server.database());
        said(create.arg("--maintenance-db").arg(home).arg(DATABASE))?;
        said(pgbench.program("pgbench", DATABASE).args(["-i", "-q", "-s"]).arg(scale.to_string()))?;
        Ok(pgbench)
    }

    /// Runs it once with so many clients, each with one transaction on its way.
    pub fn measure(&self, clients: usize, run: Duration) -> anyhow::Result<Figures> {
        let mut pgbench = self.program("pgbench", DATABASE);
        pgbench.args(["-M", "prepared", "-c"]).arg(clients.to_string());
        pgbench
            .arg("-j")
            .arg(clients.min(2).to_string())
            .arg("-T")
            .arg(run.as_secs().max(1).to_string());
        let said = said(&mut pgbench)?;
        read(&said, clients, run)
            .ok_or_else(|| anyhow!("pgbench said something unexpected:\n{said}"))
    }

    fn drop_database(&self) -> anyhow::Result<()> {
        let home = self.server.database();
        let mut drop = self.program("dropdb", home);
        said(drop.args(["--if-exists", "--maintenance-db"]).arg(home).arg(DATABASE)).map(|_said| ())
    }

    fn program(&self, name: &str, database: &str) -> Command {
        let mut program = Command::new(self.folder.as_deref().unwrap_or(Path::new("")).join(name));
        self.server.tell(&mut program, database);
        // its words are read below: they must be the English ones
        program.env("LC_ALL", "C");
        program
    }
}

impl Drop for Pgbench {
    fn drop(&mut self) {
        // what cannot be dropped now is dropped by the next run
        let _ = self.drop_database();
    }
}

/// Where the programs are. The one on PATH may be a wrapper with nothing behind it, so it is asked
/// for its version.
fn folder() -> anyhow::Result<Option<PathBuf>> {
    let runs = |program: &Path| {
        Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
    };
    if runs(Path::new("pgbench")) {
        return Ok(None);
    }
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name()?.to_str()?.split('.').next()?.parse::<u32>().ok();
    let folders =
        versions.filter_map(|entry| Some((number(&entry.path())?, entry.path().join("bin"))));
    let newest = folders.filter(|(_, folder)| runs(&folder.join("pgbench"))).max();
    newest.map(|(_, folder)| Some(folder)).context(MISSING)
}

/// Runs a program to its end; what it printed.
fn said(program: &mut Command) -> anyhow::Result<String> {
    let name = program.get_program().to_string_lossy().into_owned();
    let output = program.output().with_context(|| format!("{name} cannot be run"))?;
    if !output.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The figures in what pgbench prints at its end.
fn read(said: &str, clients: usize, run: Duration) -> Option<Figures> {
    let after = |start: &str| said.lines().find_map(|line| line.strip_prefix(start)).map(str::trim);
    // up to version 13 there are two rates: the one without the time it takes to connect is what we
    // want
    let honest = |line: &&str| {
        line.contains("without initial connection") || line.contains("excluding connections")
    };
    let rate = said.lines().filter_map(|line| line.strip_prefix("tps = ")).find(honest)?;
    let done = after("number of transactions actually processed: ")?;
    let failed = after("number of failed transactions: ").unwrap_or("0");
    Some(Figures {
        what: NAME.to_owned(),
        in_flight: clients,
        done: whole_number(done)?,
        refused: whole_number(failed)?,
        rate: whole_number(rate)?,
        mean_us: thousandths(after("latency average = ")?)?,
        seconds: run.as_secs().to_string(),
        ..Figures::default()
    })
}

/// The digits at the start.
fn whole_number(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// `2.207 ms` as 2207.
fn thousandths(text: &str) -> Option<u64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits: String =
        rest.chars().take_while(char::is_ascii_digit).chain("000".chars()).take(3).collect();
    whole_number(whole)?.checked_mul(1_000)?.checked_add(digits.parse().ok()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    const SAID: &str = "pgbench (15.14)\ntransaction type: <builtin: TPC-B (sort of)>\n\
                        scaling factor: 50\n\
                        number of clients: 8\nnumber of transactions actually processed: 18123\n\
                        number of failed transactions: 0 (0.000%)\nlatency average = 2.2 ms\n\
                        initial connection time = 12.3 ms\n\
                        tps = 3624.973 (without initial connection time)\n";

    #[test]
    fn what_pgbench_says_is_read_without_fractions() {
        let figures = read(SAID, 8, Duration::from_secs(5)).unwrap();
        assert_eq!(
            (figures.rate, figures.done, figures.mean_us, figures.in_flight),
            (3_624, 18_123, 2_200, 8)
        );
        let old = SAID.replace(
            "tps = 3624.973 (without initial connection time)",
            "tps = 3000.1 (including connections establishing)\n\
             tps = 3100.9 (excluding connections establishing)",
        );
        assert_eq!(read(&old, 8, Duration::from_secs(5)).unwrap().rate, 3_100);
        assert!(read("", 8, Duration::from_secs(5)).is_none());
        assert!(read(&SAID.replace("tps = ", "tps = about "), 8, Duration::from_secs(5)).is_none());
    }

    #[test]
    fn fractions_are_cut_to_thousandths() {
        for (text, thousand) in
            [("2.207 ms", 2_207), ("12 ms", 12_000), ("0.5", 500), ("1.99999", 1_999)]
        {
            assert_eq!(thousandths(text), Some(thousand), "{text}");
        }
        assert_eq!(thousandths("ms"), None);
    }

    #[test]
    fn only_postgresql_has_a_pgbench() {
        let error = Pgbench::prepare("sqlite://kadogo.db", 1).unwrap_err().to_string();
        assert!(error.contains("postgres://"), "{error}");
    }
}
