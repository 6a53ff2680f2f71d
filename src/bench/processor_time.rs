//! Where the processor's time goes while something is measured, by process and, of this one, by
//! what its threads are for: read of the kernel's own files. Where there are none, nothing is said.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The threads that play people, by name.
pub const PHONES: &str = "phones";
/// What the kernel counts in on all machines that it shows such files on: hundredths of a second.
const TICK_MS: u64 = 10;
/// Fields behind the name of a process, up to those of its time.
const BEFORE_TIME: usize = 11;

/// What one took of the processor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CpuShare {
    /// Who.
    pub who: String,
    /// How much, milliseconds.
    pub ms: u64,
}

/// What was used up to some moment.
#[derive(Debug, Clone, Default)]
pub struct CpuMark(Vec<CpuShare>);

impl CpuMark {
    /// Now: this process, the gateway's stub with that number, and where asked for all of a
    /// PostgreSQL that is on this machine.
    pub fn now(stub: Option<u32>, postgres: bool) -> CpuMark {
        let mut shares = Vec::new();
        let mut add = |who: &str, ms: Option<u64>| {
            shares.extend(ms.map(|ms| CpuShare { who: who.to_owned(), ms }));
        };
        let whole = stat(Path::new("/proc/self/stat")).map(|(_, ms)| ms);
        let threads = threads();
        let phones = threads.get(PHONES).copied().unwrap_or(0);
        add("kadogo", whole.map(|whole| whole.saturating_sub(phones)));
        for (name, ms) in &threads {
            let who = if name == PHONES { name.clone() } else { format!("kadogo {name}") };
            add(&who, Some(*ms));
        }
        let of_stub = |id: u32| stat(&Path::new("/proc").join(id.to_string()).join("stat"));
        add("gateway stub", stub.and_then(of_stub).map(|(_, ms)| ms));
        if postgres {
            add("postgres", Some(all_named("/proc", "postgres")));
        }
        CpuMark(shares)
    }

    /// What each took since another moment, where it is worth saying.
    pub fn since(&self, before: &CpuMark) -> Vec<CpuShare> {
        let earlier =
            |who: &str| before.0.iter().find(|share| share.who == who).map_or(0, |share| share.ms);
        let taken = |share: &CpuShare| CpuShare {
            who: share.who.clone(),
            ms: share.ms.saturating_sub(earlier(&share.who)),
        };
        self.0.iter().map(taken).filter(|share| share.ms > 0).collect()
    }
}

/// Adds up what each took, in the order in which they come.
pub fn together<'a>(all: impl Iterator<Item = &'a CpuShare>) -> Vec<CpuShare> {
    let mut sums: Vec<CpuShare> = Vec::new();
    for share in all {
        match sums.iter_mut().find(|sum| sum.who == share.who) {
            Some(sum) => sum.ms = sum.ms.saturating_add(share.ms),
            None => sums.push(share.clone()),
        }
    }
    sums
}

/// A line for people.
pub fn line(shares: &[CpuShare]) -> String {
    let shares: Vec<String> =
        shares.iter().map(|share| format!("{} {}", share.who, seconds(share.ms))).collect();
    format!("seconds of processors: {}", shares.join(", "))
}

/// Milliseconds as seconds with two decimals.
fn seconds(ms: u64) -> String {
    format!("{}.{:02}", ms.div_euclid(1_000), ms.rem_euclid(1_000).div_euclid(10))
}

/// What the threads of this process took, by what they are for, milliseconds.
fn threads() -> BTreeMap<String, u64> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (name, ms) in stats("/proc/self/task") {
        // those that do the same are numbered
        let purpose = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == ':');
        let sum = sums.entry(purpose.to_owned()).or_default();
        *sum = sum.saturating_add(ms);
    }
    sums
}

/// What all of that name in a folder of the kernel's took, milliseconds. Those that have ended
/// since are not among them.
fn all_named(folder: &str, name: &str) -> u64 {
    let named = stats(folder).filter(|(known, _)| known == name);
    named.fold(0, |sum, (_, ms)| sum.saturating_add(ms))
}

fn stats(folder: &str) -> impl Iterator<Item = (String, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| stat(&entry.path().join("stat")))
}

fn stat(file: &Path) -> Option<(String, u64)> {
    read(&fs::read_to_string(file).ok()?)
}

/// The name and the time in a line of the kernel's: `4711 (name) S ...`.
fn read(line: &str) -> Option<(String, u64)> {
    // a name may have brackets in it itself
    let (head, rest) = line.rsplit_once(')')?;
    let (_number, name) = head.split_once('(')?;
    let mut fields = rest.split_whitespace().skip(BEFORE_TIME);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((name.to_owned(), user.saturating_add(system).saturating_mul(TICK_MS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_process_is_read_whatever_its_name() {
        let line = "7 (a) b (c)) S 1 7 7 0 -1 4194560 12 0 0 0 250 50 3 4 20 0 9 0 1 2 3";
        assert_eq!(read(line), Some(("a) b (c)".to_owned(), 3_000)));
        assert_eq!(read("7 (x) S 1"), None);
        assert_eq!(seconds(12_345), "12.34");
    }

    #[test]
    fn what_was_taken_is_what_came_since() {
        let share = |who: &str, ms| CpuShare { who: who.to_owned(), ms };
        let before = CpuMark(vec![share("kadogo", 30), share("postgres", 7)]);
        let after = CpuMark(vec![share("kadogo", 50), share("phones", 5), share("postgres", 7)]);
        let taken = after.since(&before);
        assert_eq!(taken, [share("kadogo", 20), share("phones", 5)]);
        assert_eq!(
            together(taken.iter().chain(&taken)),
            [share("kadogo", 40), share("phones", 10)]
        );
    }
}
