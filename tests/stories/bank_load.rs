//! A long statement is taken while people pay. Goal: it is taken whole, nobody who pays waits for
//! it longer than a moment, and the list of its lines is there at once. Method: the program itself
//! beside a service on one database, with payments at the same time.
//!
//!   KADOGO_LINES=100000 cargo test --test stories bank_load:: -- --nocapture

use super::world::*;
use kadogo::book::{Key, Leg, Posting};
use kadogo::id::AccountId;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Who pay at the same time.
const PAYERS: usize = 16;

fn lines() -> usize {
    std::env::var("KADOGO_LINES").map_or(2_000, |text| text.parse().unwrap())
}

/// A statement as MT940 with so many lines.
fn statement(lines: usize) -> String {
    let plain = |minor: i64| format!("{},{:02}", minor / 100, minor % 100);
    let mut file = ":20:S1\r\n:25:0110 2345 678\r\n:28C:1/1\r\n:60F:C261120KES0,00\r\n".to_owned();
    let mut closing = 0_i64;
    for number in 0..lines {
        let part = i64::try_from(number % 977).unwrap();
        let amount = if number % 4 == 3 { -5_000 - part } else { 10_000 + part };
        closing += amount;
        let way = if amount < 0 { "D" } else { "C" };
        let amount = plain(amount.abs());
        write!(file, ":61:261121{way}{amount}NTRFNONREF//R{number}\r\n").unwrap();
        write!(file, ":86:PAYMENT {number} FOR GOODS AND THINGS OF THE DAY\r\n").unwrap();
    }
    write!(file, ":62F:C261121KES{}\r\n-", plain(closing)).unwrap();
    file
}

/// What came of paying for a while.
#[derive(Debug)]
struct Paid {
    each_second: u64,
    p99: Duration,
    longest: Duration,
}

/// People who pay one another until they are told to stop.
struct Payers {
    stop: Arc<AtomicBool>,
    begun: Instant,
    tasks: Vec<tokio::task::JoinHandle<Vec<Duration>>>,
}

impl Payers {
    async fn begin(world: &World, numbers: &Arc<AtomicUsize>) -> Payers {
        let stop = Arc::new(AtomicBool::new(false));
        let people =
            [AMINA, BARAKA].map(|number| kadogo::phone::Msisdn::from_e164(number).unwrap());
        let mut accounts: Vec<AccountId> = Vec::new();
        for person in people {
            let caller = world.app.wallet.caller(person).await.unwrap();
            accounts.push(caller.person.unwrap().account_id);
        }
        let pay = |_payer| {
            let (wallet, stop) = (world.app.wallet.clone(), stop.clone());
            let (numbers, accounts) = (numbers.clone(), accounts.clone());
            tokio::spawn(async move {
                let mut took = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let number = numbers.fetch_add(1, Ordering::Relaxed);
                    let key = Key::new(wallet.clock.now(), "load", &number.to_be_bytes());
                    let leg = |account: usize, amount_minor| Leg {
                        account: accounts[(account + number) % 2],
                        amount_minor,
                    };
                    let legs = vec![leg(0, -1), leg(1, 1)];
                    let payment = Posting { kind: "send", legs, ..wallet.note(key, Vec::new()) };
                    let begun = Instant::now();
                    wallet.book.post(payment).await.unwrap();
                    took.push(begun.elapsed());
                }
                took
            })
        };
        let tasks = (0..PAYERS).map(pay).collect();
        Payers { stop, begun: Instant::now(), tasks }
    }

    async fn end(self) -> Paid {
        let took_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap().max(1);
        self.stop.store(true, Ordering::Relaxed);
        let mut took = Vec::new();
        for task in self.tasks {
            took.extend(task.await.unwrap());
        }
        took.sort_unstable();
        let each_second = u64::try_from(took.len()).unwrap() * 1_000 / took_ms;
        let p99 = took[took.len() * 99 / 100];
        Paid { each_second, p99, longest: *took.last().unwrap() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_pay_while_a_long_statement_is_taken() {
    let world = World::real().await;
    world.hires("fatma", "finance admin").await;
    world.hires("omar", "finance_lead admin").await;
    let asked = world.run_as("fatma", &["bank", "open", "kcb", "0110 2345 678", "--json"]);
    let asked: serde_json::Value = serde_json::from_str(&asked.out).expect(&asked.err);
    let number = asked["approval"].as_str().unwrap();
    let shown = world.run_as("omar", &["approve", "show", number]).out;
    let seen = shown.split("seen: ").nth(1).unwrap().lines().next().unwrap();
    let done = world.run_as("omar", &["approve", "yes", number, "--seen", seen]);
    assert_eq!(done.code, Some(0), "{done:?}");

    let file = world.home.path("november.txt");
    std::fs::write(&file, statement(lines())).unwrap();
    let file = file.to_str().unwrap();
    let numbers = Arc::new(AtomicUsize::new(0));
    let before = Payers::begin(&world, &numbers).await;
    tokio::time::sleep(Duration::from_secs(if lines() > 10_000 { 10 } else { 1 })).await;
    let before = before.end().await;

    let payers = Payers::begin(&world, &numbers).await;
    let begun = Instant::now();
    let taken = tokio::task::block_in_place(|| world.run_as("fatma", &["bank", "take", file]));
    let took = begun.elapsed();
    let during = payers.end().await;
    assert_eq!(taken.code, Some(0), "{taken:?}");
    assert!(taken.out.contains(&format!("lines: {}", lines())), "{taken:?}");
    // whoever takes it sees how far it is
    assert!(taken.err.contains("lines read") && taken.err.contains("lines stored"), "{taken:?}");

    let begun = Instant::now();
    let open = world.app.wallet.open_lines(None, 50).await.unwrap();
    let listed = begun.elapsed();
    assert_eq!(open.lines.len(), lines().min(50));
    let begun = Instant::now();
    let standing = world.app.wallet.standing().await.unwrap();
    let stood = begun.elapsed();
    let between: i64 = standing.items.iter().map(|item| item.amount_minor).sum();
    assert_eq!(standing.at_banks_minor(), standing.held_minor() + between);
    let again = tokio::task::block_in_place(|| world.run_as("fatma", &["bank", "take", file]));
    assert!(again.out.contains("taken before"), "{again:?}");
    println!(
        "{} lines in {took:.1?}; {:.0} payments a second before, {:.0} during, p99 {:.1?} and \
         {:.1?}, longest {:.1?}; 50 lines listed in {listed:.1?}, the equation in {stood:.1?}",
        lines(),
        before.each_second,
        during.each_second,
        before.p99,
        during.p99,
        during.longest,
    );
    // however busy the machine is: nobody waits for the whole of it
    assert!(during.longest < Duration::from_secs(5), "{during:?}");
    assert!(during.each_second * 20 > before.each_second, "{before:?} {during:?}");
    world.check();
}
