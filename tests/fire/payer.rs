//! A node that pays: this test binary, started once more as a process of its own that opens the
//! book and posts payments, many at a time, and says each answer on a line of its output as soon as
//! it has it. It knows nothing but its numbers: what payment stands behind a number anybody can
//! tell, so the one who kills it knows what it was about to do.

use kadogo::actor::Actor;
use kadogo::book::{Book, Change, FEES, Key, Leg, Posting};
use kadogo::id::{AccountId, PostingId};
use kadogo::metrics::Metrics;
use kadogo::money::Currency;
use kadogo::store::Store;
use kadogo::time::Timestamp;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Those who pay one another.
pub const FIRST_WALLET: u64 = 1_000;
pub const WALLETS: u64 = 200;
/// Has nothing, and asks to pay nevertheless.
pub const POOR: AccountId = AccountId::of(999);

/// Numbers that a payer may use up: the next one begins behind them.
pub const RANGE: u64 = 1_000_000;
/// Payments of one payer under way at a time.
const FLIGHT: u64 = 48;
/// A breath between two payments of one asker: a round is about what breaks, not about how much
/// fits.
const BREATH: Duration = Duration::from_millis(8);

/// Says to this test binary that it is a payer.
const URL: &str = "KADOGO_FIRE_PAYER";
const FIRST: &str = "KADOGO_FIRE_FIRST";

/// What is asked under a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Three legs: payer, payee, fee.
    Pays,
    /// More than there is: must be refused.
    Overdraws,
    /// A change without money: only its first asker hears yes, so a repeated try inside the book
    /// would be noticed.
    Notes,
}

pub fn sort(number: u64) -> Sort {
    match number % 10 {
        7 => Sort::Overdraws,
        3 => Sort::Notes,
        _ => Sort::Pays,
    }
}

pub fn key(number: u64) -> Key {
    Key::new(
        Timestamp::from_micros(i64::try_from(number).unwrap() * 10_000),
        "fire",
        &number.to_be_bytes(),
    )
}

/// The legs of a payment.
pub fn legs(number: u64) -> [(AccountId, i64); 3] {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let from = mixed % WALLETS;
    let to = (from + 1 + mixed / WALLETS % (WALLETS - 1)) % WALLETS;
    let wallet = |place: u64| AccountId::of(i64::try_from(FIRST_WALLET + place).unwrap());
    let from = if sort(number) == Sort::Overdraws { POOR } else { wallet(from) };
    let amount = 100 + i64::try_from(mixed % 900).unwrap();
    let fee = 1 + i64::try_from(mixed % 9).unwrap();
    [(from, -amount - fee), (wallet(to), amount), (FEES, fee)]
}

pub fn posting(number: u64) -> Posting {
    let notes = sort(number) == Sort::Notes;
    let legs = legs(number).map(|(account, amount_minor)| Leg { account, amount_minor });
    Posting {
        actor: Actor::Service,
        key: key(number),
        request: [7; 16],
        kind: "fire",
        at: Timestamp::from_micros(i64::try_from(number).unwrap() * 10_000),
        currency: Currency::parse("KES").unwrap(),
        legs: if notes { Vec::new() } else { legs.to_vec() },
        holds: Vec::new(),
        meters: Vec::new(),
        changes: if notes { vec![Change::Dedup { key: key(number) }] } else { Vec::new() },
        corrects: None,
        credentials: Vec::new(),
    }
}

/// The posting of the receipt, if it was recorded, or the code of the refusal.
pub type Said = Result<PostingId, String>;

/// A payer that runs; it ends with the value.
pub struct Payer {
    child: Child,
    input: Option<ChildStdin>,
    first: u64,
    heard: Arc<Mutex<Heard>>,
    listener: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Heard {
    answers: Vec<(Instant, u64, Said)>,
    /// The number it would have used next, said at a good end.
    next: Option<u64>,
}

/// What a payer left behind.
#[derive(Debug)]
pub struct Told {
    /// Where its numbers begin, and a number that it cannot have got to.
    pub numbers: std::ops::Range<u64>,
    pub answers: BTreeMap<u64, Vec<Said>>,
    /// It ended by itself, with everything answered.
    pub ended_well: bool,
}

impl Payer {
    /// Starts one; returns when it pays.
    pub fn start(url: &str, first: u64) -> Payer {
        let payer = Payer::spawn(url, first);
        crate::cluster::wait_until("a payer pays", || payer.count() > 0);
        payer
    }

    /// Starts one and does not wait.
    pub fn spawn(url: &str, first: u64) -> Payer {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "payer::is_another_process", "--nocapture", "--test-threads=1"]);
        command.env(URL, url).env(FIRST, first.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        let output = child.stdout.take().unwrap();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let to = heard.clone();
        let listener = std::thread::spawn(move || listen(output, &to));
        Payer { child, input, first, heard, listener: Some(listener) }
    }

    /// Answers so far.
    pub fn count(&self) -> usize {
        self.heard.lock().unwrap().answers.len()
    }

    /// Answers so far that made something true or refused it for good.
    pub fn settled(&self) -> usize {
        let heard = self.heard.lock().unwrap();
        heard.answers.iter().filter(|(_, _, said)| !is_open(said)).count()
    }

    /// Answers of this code so far.
    pub fn heard(&self, code: &str) -> usize {
        let heard = self.heard.lock().unwrap();
        heard
            .answers
            .iter()
            .filter(|(_, _, said)| said.as_ref().is_err_and(|said| said == code))
            .count()
    }

    /// `STOP`, `CONT`, `KILL`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// The longest time without an answer since then, also the one that lasts still.
    pub fn longest_silence(&self, since: Instant) -> Duration {
        let heard = self.heard.lock().unwrap();
        let moments = heard
            .answers
            .iter()
            .map(|(at, _, _)| *at)
            .filter(|at| *at > since)
            .chain([Instant::now()]);
        let mut last = since;
        moments.fold(Duration::ZERO, |longest, at| {
            let silence = at - last;
            last = at;
            longest.max(silence)
        })
    }

    /// `kill -9`.
    pub fn kill(mut self) -> Told {
        self.child.kill().unwrap();
        self.bury()
    }

    /// Lets it finish what it has begun.
    pub fn finish(mut self) -> Told {
        drop(self.input.take());
        let told = self.bury();
        assert!(told.ended_well, "a payer ended before its time");
        told
    }

    fn bury(&mut self) -> Told {
        self.child.wait().unwrap();
        self.listener.take().unwrap().join().unwrap();
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        let mut answers: BTreeMap<u64, Vec<Said>> = BTreeMap::new();
        for (_, number, said) in heard.answers {
            answers.entry(number).or_default().push(said);
        }
        // each asker has one payment under way
        let beyond = answers.last_key_value().map_or(self.first, |(last, _)| last + 1) + FLIGHT;
        Told {
            numbers: self.first..heard.next.unwrap_or(beyond),
            answers,
            ended_well: heard.next.is_some(),
        }
    }
}

impl Drop for Payer {
    fn drop(&mut self) {
        // it may be gone already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether an answer leaves it to the asker to ask again.
pub fn is_open(said: &Said) -> bool {
    said.as_ref().is_err_and(|code| code == "busy" || code == "unclear")
}

fn listen(output: impl Read, to: &Mutex<Heard>) {
    for line in BufReader::new(output).lines() {
        // a killed one may leave half a line
        let Ok(line) = line else { return };
        let words: Vec<&str> = line.split(' ').collect();
        let mut heard = to.lock().unwrap();
        match words[..] {
            ["@", "end", next] => heard.next = next.parse().ok(),
            ["@", number, "ok", posting, "."] => {
                heard.answers.push((
                    Instant::now(),
                    number.parse().unwrap(),
                    Ok(posting.parse().unwrap()),
                ));
            }
            ["@", number, "no", code, "."] => {
                heard.answers.push((Instant::now(), number.parse().unwrap(), Err(code.to_owned())));
            }
            _ => {}
        }
    }
}

/// Not a story: what a payer does.
#[test]
fn is_another_process() {
    let (Ok(url), Ok(first)) = (std::env::var(URL), std::env::var(FIRST)) else { return };
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = stop.clone();
    std::thread::spawn(move || {
        // the end of its input is the sign, also when whoever started it is gone
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        stopping.store(true, Ordering::Relaxed);
    });
    let store = Store::open(&url).unwrap();
    let (book, committer) = Book::start(&store, Metrics::default().into()).unwrap();
    // what the test harness says first stands on a line without an end
    say("");
    let next = Arc::new(AtomicU64::new(first.parse().unwrap()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut askers = tokio::task::JoinSet::new();
        for _ in 0..FLIGHT {
            askers.spawn(ask(book.clone(), next.clone(), stop.clone()));
        }
        askers.join_all().await;
    });
    drop(book);
    committer.join().unwrap();
    say(&format!("@ end {}", next.load(Ordering::SeqCst)));
}

async fn ask(book: Book, next: Arc<AtomicU64>, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::SeqCst);
        // some come twice at the same moment, as a gateway's repetition does
        let twice = number.is_multiple_of(6) && sort(number) != Sort::Notes;
        let again = async { if twice { Some(book.post(posting(number)).await) } else { None } };
        let (one, other) = tokio::join!(book.post(posting(number)), again);
        for answer in [Some(one), other].into_iter().flatten() {
            match answer {
                Ok(receipt) => {
                    let posting = receipt.posting.unwrap_or_default();
                    say(&format!("@ {number} ok {posting} ."));
                }
                Err(refusal) => say(&format!("@ {number} no {} .", refusal.code())),
            }
        }
        tokio::time::sleep(BREATH).await;
    }
}

/// A line at once and in one piece.
fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    // nobody may be listening any more
    let _ = output.write_all(format!("{line}\n").as_bytes()).and_then(|()| output.flush());
}
