//! `kadogo book check`: verifies the book, says what was found, and keeps how far it came. What
//! people read goes to standard output, progress to standard error.

use crate::book::check::{self, CheckReport, CheckStage, Extent, SetApart};
use crate::cli::BookCheckArgs;
use crate::money::{Currency, Money};
use crate::printing::{counted, say};
use crate::seal::to_hex;
use crate::store::{Store, StoreError};
use crate::time::Clock;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How often the progress is told: a short check says nothing of it.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// What the command ends with where there is nothing to verify.
pub const EMPTY: u8 = 3;

/// `kadogo book check`
pub fn check_book(args: &BookCheckArgs) -> anyhow::Result<ExitCode> {
    let store = Store::open_existing(args.database_url.expose())?;
    let done = checked(&store, args);
    store.close();
    done
}

/// Verifies all of a book, and tells on standard error how far it is.
pub fn all_of(store: &Store) -> Result<CheckReport, StoreError> {
    verified(store, Extent::Everything, false)
}

fn verified(store: &Store, extent: Extent, quiet: bool) -> Result<CheckReport, StoreError> {
    let mut teller = Teller::new(quiet);
    check::verify(&mut store.reader()?, extent, &mut |stage, done, total| {
        teller.hear(stage, done, total)
    })
}

fn checked(store: &Store, args: &BookCheckArgs) -> anyhow::Result<ExitCode> {
    let extent = if args.full { Extent::Everything } else { Extent::SinceVerified };
    let report = verified(store, extent, args.quiet)?;
    if report.is_empty() {
        say!("this book is empty: nothing was ever posted in it. Is it the right database?");
        return Ok(ExitCode::from(EMPTY));
    }
    read_out(&report);
    if !report.is_whole() {
        say!(
            "THE BOOK IS NOT WHOLE: {} faults (the lines above say what was looked at, not what is \
             true)",
            report.fault_count
        );
        report.faults.iter().for_each(|fault| say!("  {fault}"));
        return Ok(ExitCode::FAILURE);
    }
    match &report.from {
        None => say!("the book is whole"),
        Some(point) => {
            say!(
                "the book is whole since link {}; up to there it was when that was verified",
                point.link
            )
        }
    }
    if let Some((link, _digest)) = &report.head {
        match keep(store, &report) {
            Ok(()) => say!("the next check goes on from link {link}"),
            // a copy that cannot be written, a server that only follows: the proof is as good
            Err(error) => {
                say!(
                    "how far this went could not be kept ({error}): the next check begins where \
                     this did"
                )
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn keep(store: &Store, report: &CheckReport) -> Result<(), StoreError> {
    check::keep(&mut store.writer()?, report, Clock::System.now())
}

/// What was looked at.
fn read_out(report: &CheckReport) {
    if let Some(point) = &report.from {
        say!(
            "up to link {} (posting {}) the book was verified on {} and is not read again: \
             `--full` does that",
            point.link,
            point.posting,
            point.at.rfc3339()
        );
    }
    if report.from.is_some() && report.links == 0 {
        say!("nothing was posted since");
    } else {
        let since = if report.from.is_some() { " since" } else { "" };
        say!(
            "{} postings{since} with {} entries balance, follow one another and are what the {} \
             links of the hash chain sealed",
            report.postings,
            report.entries,
            report.links
        );
    }
    if let Some((seq, digest)) = &report.head {
        say!("the chain ends at link {seq} with {}", to_hex(digest));
    }
    let still = report.accounts.saturating_sub(report.accounts_compared);
    if still == 0 {
        say!(
            "{} accounts stand where their entries put them, none below its floor",
            report.accounts
        );
    } else {
        say!(
            "{} accounts stand where their entries put them, {still} have not moved since; none is \
             below its floor",
            report.accounts_compared
        );
    }
    let holds = report.holds;
    let moves = report.hold_entries;
    match &report.from {
        None => say!("{holds} holds stand where their {moves} entries put them"),
        Some(_) => {
            say!("{holds} holds that are open or were lately stand where their entries put them")
        }
    }
    if report.events > 0 {
        say!(
            "{} events follow one another; {} arrangements and {} records are as the newest of \
             them left them",
            report.events,
            report.arrangements,
            report.records
        );
    }
    for (currency, apart) in &report.set_apart {
        let of = counted(apart.arrangements, "arrangement");
        say!("set apart: {} in {of}", sum_of(currency, apart));
    }
    for (currency, sum) in &report.sums_minor {
        say!("all balances in {currency} add up to {sum}");
    }
}

/// As an amount, where it is one that money can be.
fn sum_of(currency: &str, apart: &SetApart) -> String {
    let minor = i64::try_from(apart.minor).ok();
    let money = Currency::parse(currency).zip(minor).map(|(unit, minor)| Money::new(minor, unit));
    money.map_or_else(|| format!("{currency} {}", apart.minor), |money| money.to_string())
}

/// Tells how far the check is.
struct Teller {
    quiet: bool,
    stage: Option<CheckStage>,
    began: Instant,
    told: Instant,
}

impl Teller {
    fn new(quiet: bool) -> Teller {
        Teller { quiet, stage: None, began: Instant::now(), told: Instant::now() }
    }

    fn hear(&mut self, stage: CheckStage, done: u64, total: u64) {
        if self.stage != Some(stage) {
            (self.stage, self.began) = (Some(stage), Instant::now());
        }
        if self.quiet || self.told.elapsed() < TELL_EVERY {
            return;
        }
        self.told = Instant::now();
        eprintln!("{}", line(stage, done, total, self.began.elapsed()));
    }
}

/// `1200000 of 5000000 postings verified, 400000/s, 10 s left`
fn line(stage: CheckStage, done: u64, total: u64, took: Duration) -> String {
    let what = match stage {
        CheckStage::Postings => "postings verified",
        CheckStage::Accounts => "accounts compared",
    };
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = done.saturating_mul(1_000).checked_div(millis).unwrap_or(0);
    let left = total.saturating_sub(done).checked_div(rate).unwrap_or(0);
    format!("{done} of {total} {what}, {rate}/s, {left} s left")
}
