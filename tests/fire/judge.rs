//! The judge: holds what payers were told against the book, asks again what was left open, and
//! keeps count.

use super::payer::{
    FIRST_WALLET, POOR, RANGE, Said, Sort, Told, WALLETS, is_open, key, legs, posting, sort,
};
use kadogo::book::{Book, Change, FEES, Key, Leg, Posting, TRUST};
use kadogo::id::{AccountId, Id, PostingId};
use kadogo::metrics::Metrics;
use kadogo::refusal::Reason;
use kadogo::store::book_rows::AccountKind;
use kadogo::store::book_rows::{self, Account};
use kadogo::store::{Conn, Store, dedup};
use kadogo::wallet::join::empty_wallet;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What everybody has in the beginning: nobody runs out of money.
const WEALTH_MINOR: i64 = 1_000_000_000_000;
/// Keys in one question to the database.
const CHUNK: usize = 500;

/// What happened, for the report.
#[derive(Debug, Default)]
pub struct Figures {
    pub rounds: usize,
    /// Nodes or servers killed, wires cut, disks filled.
    pub blows: usize,
    /// Payments with a receipt.
    pub acknowledged: usize,
    pub refused: usize,
    pub busy: usize,
    pub unclear: usize,
    /// Payments that were never answered, or with busy or unclear.
    pub left_open: usize,
    /// Those of them that were in the book nevertheless.
    pub made_unseen: usize,
    pub longest_silence_ms: u128,
}

impl Figures {
    pub fn silence(&mut self, silence: std::time::Duration) {
        self.longest_silence_ms = self.longest_silence_ms.max(silence.as_millis());
    }

    /// Says what was run, past the test harness when it is told to let things through.
    pub fn print(&self, what: &str) {
        println!("{what}: {self:?}");
    }
}

/// A book with everything that is known of it.
pub struct Judge {
    /// Its address, past any proxy.
    pub url: String,
    /// Where the numbers of the next payer begin.
    next: u64,
    /// The receipts of all payments, for ever.
    receipts: BTreeMap<u64, PostingId>,
}

impl Judge {
    /// Founds a book.
    pub fn new(url: &str) -> Judge {
        let config =
            |id, kind, floor_minor| Account { kind, floor_minor, ..empty_wallet(id, "KES") };
        let wallets: Vec<i64> =
            (FIRST_WALLET..FIRST_WALLET + WALLETS).map(|id| i64::try_from(id).unwrap()).collect();
        let mut accounts = vec![
            config(TRUST, AccountKind::Trust, None),
            config(FEES, AccountKind::Fees, Some(0)),
            empty_wallet(POOR, "KES"),
        ];
        accounts.extend(wallets.iter().map(|id| empty_wallet(Id::of(*id), "KES")));
        let changes = accounts.into_iter().map(Change::OpenAccount).collect();
        let mut issue: Vec<Leg> = wallets
            .iter()
            .map(|id| Leg { account: Id::of(*id), amount_minor: WEALTH_MINOR })
            .collect();
        issue.push(Leg {
            account: TRUST,
            amount_minor: -WEALTH_MINOR * i64::try_from(WALLETS).unwrap(),
        });
        let founding = Posting {
            legs: issue,
            changes,
            key: Key::new(posting(0).at, "issue", b""),
            ..posting(0)
        };
        with_book(url, |ask| assert!(ask(vec![founding.clone()])[0].is_ok()));
        Judge { url: url.to_owned(), next: RANGE, receipts: BTreeMap::new() }
    }

    /// Numbers for a payer.
    pub fn numbers(&mut self) -> u64 {
        self.next += RANGE;
        self.next - RANGE
    }

    /// Holds everything against the book. The payers must be gone.
    pub fn settle(&mut self, told: &[Told], figures: &mut Figures) {
        let mut answers: BTreeMap<u64, Vec<Said>> = BTreeMap::new();
        for told in told {
            answers.extend(
                told.numbers
                    .clone()
                    .filter(|n| !answers.contains_key(n))
                    .map(|n| (n, Vec::new()))
                    .collect::<Vec<_>>(),
            );
            for (number, said) in &told.answers {
                answers.entry(*number).or_default().extend(said.iter().cloned());
            }
            let unanswered =
                told.numbers.clone().filter(|number| !told.answers.contains_key(number)).count();
            assert!(
                !told.ended_well || unanswered == 0,
                "{unanswered} payments were never answered"
            );
        }
        self.wait_for_the_dead();
        let open = self.judge(&answers, figures);
        self.ask_again(&open, figures);
        self.verify();
        figures.rounds += 1;
    }

    /// A server may still be about to hear the last words of somebody who was killed. Each batch
    /// takes the head of the book: whoever was before this one is done.
    fn wait_for_the_dead(&self) {
        let nothing = Change::ClearPin { pin: POOR.into() };
        let nothing = Posting { changes: vec![nothing], legs: Vec::new(), ..posting(0) };
        with_book(&self.url, |ask| assert!(ask(vec![nothing.clone()])[0].is_ok()));
    }

    /// Every answer is right; returns the numbers that have none that lasts.
    fn judge(
        &mut self,
        answers: &BTreeMap<u64, Vec<Said>>,
        figures: &mut Figures,
    ) -> BTreeSet<u64> {
        let store = Store::open_existing(&self.url).unwrap();
        let mut conn = store.reader().unwrap();
        let numbers: Vec<u64> = answers.keys().copied().collect();
        let found = found(&mut conn, &numbers);
        let noted = noted(&mut conn, &numbers);
        let mut open = BTreeSet::new();
        for (number, said) in answers {
            let lasting: Vec<&Said> = said.iter().filter(|said| !is_open(said)).collect();
            let nothing_done = !said.is_empty()
                && said.iter().all(|said| said.as_ref().is_err_and(|c| c == "busy"));
            let there = found.get(number).copied();
            let told = || {
                format!("{:?} {number} was told {said:?}, the book has {there:?}", sort(*number))
            };
            for said in said {
                figures.busy += usize::from(said.as_ref().is_err_and(|code| code == "busy"));
                figures.unclear += usize::from(said.as_ref().is_err_and(|code| code == "unclear"));
            }
            match sort(*number) {
                Sort::Pays => {
                    assert!(
                        lasting.iter().all(|said| said.as_ref().ok() == there.as_ref()),
                        "{}",
                        told()
                    );
                    if let (Some(id), true) = (there, !lasting.is_empty()) {
                        self.receipts.insert(*number, id);
                        figures.acknowledged += 1;
                    }
                    assert!(there.is_none() || !nothing_done, "{}", told());
                    figures.made_unseen += usize::from(lasting.is_empty() && there.is_some());
                }
                Sort::Overdraws => {
                    let refused =
                        |said: &&Said| said.as_ref().is_err_and(|code| code == "not_enough");
                    assert!(lasting.iter().all(refused) && there.is_none(), "{}", told());
                    figures.refused += usize::from(!lasting.is_empty());
                }
                Sort::Notes => {
                    let yes = lasting.iter().filter(|said| ***said == Ok(PostingId::NONE)).count();
                    let no = lasting
                        .iter()
                        .filter(|said| said.as_ref().is_err_and(|code| code == "seen"))
                        .count();
                    // the first asker hears yes; where only one asked there is no other answer
                    assert!(yes + no == lasting.len() && yes <= 1, "{}", told());
                    assert!(no == 0 || said.len() > 1, "{}", told());
                    assert!(lasting.is_empty() || noted.contains(number), "{}", told());
                    assert!(!nothing_done || !noted.contains(number), "{}", told());
                }
            }
            if lasting.is_empty() {
                open.insert(*number);
            }
        }
        open
    }

    /// Whoever got no answer asks again, and once more: both times the answer is the same.
    fn ask_again(&mut self, open: &BTreeSet<u64>, figures: &mut Figures) {
        figures.left_open += open.len();
        let open: Vec<u64> = open.iter().copied().collect();
        let before = found(&mut Store::open_existing(&self.url).unwrap().reader().unwrap(), &open);
        with_book(&self.url, |ask| {
            for numbers in open.chunks(CHUNK) {
                let first = ask(numbers.iter().map(|number| posting(*number)).collect());
                let again = ask(numbers.iter().map(|number| posting(*number)).collect());
                for ((number, one), other) in numbers.iter().zip(first).zip(again) {
                    match sort(*number) {
                        Sort::Pays => {
                            let one = one.unwrap();
                            let other = other.unwrap();
                            let there = before.get(number).copied();
                            assert!(
                                other.repeated && one.posting == other.posting,
                                "{number}: {one:?} {other:?}"
                            );
                            assert!(
                                one.repeated == there.is_some(),
                                "{number}: {one:?}, there was {there:?}"
                            );
                            assert!(
                                there.is_none_or(|id| Some(id) == one.posting),
                                "{number}: {one:?}, was {there:?}"
                            );
                            self.receipts.insert(*number, one.posting.unwrap());
                        }
                        Sort::Overdraws => {
                            assert!(
                                [one, other]
                                    .iter()
                                    .all(|answer| is_refused(answer, Reason::NOT_ENOUGH))
                            );
                        }
                        Sort::Notes => {
                            assert!(
                                one.is_ok() || is_refused(&one, Reason::SEEN),
                                "{number}: {one:?}"
                            );
                            assert!(is_refused(&other, Reason::SEEN), "{number}: {other:?}");
                        }
                    }
                }
            }
        });
    }

    /// The book is whole and holds these payments, each once, and nothing else.
    fn verify(&self) {
        let store = Store::open_existing(&self.url).unwrap();
        let mut conn = store.reader().unwrap();
        let report = kadogo::book::check::check(&mut conn, |_, _| {}).unwrap();
        assert!(report.is_whole(), "{:#?}", report.faults);
        assert_eq!(report.sums_minor.values().copied().collect::<Vec<_>>(), [0]);
        assert_eq!(
            usize::try_from(report.postings).unwrap(),
            self.receipts.len() + 1,
            "a payment nobody asked for"
        );
        let numbers: Vec<u64> = self.receipts.keys().copied().collect();
        let found: BTreeMap<u64, PostingId> = found(&mut conn, &numbers).into_iter().collect();
        assert_eq!(found, self.receipts);
        let mut expected: BTreeMap<AccountId, i64> = (FIRST_WALLET..FIRST_WALLET + WALLETS)
            .map(|id| (Id::of(i64::try_from(id).unwrap()), WEALTH_MINOR))
            .collect();
        expected.extend([(FEES, 0), (POOR, 0)]);
        for (account, amount_minor) in numbers.iter().flat_map(|number| legs(*number)) {
            *expected.get_mut(&account).unwrap() += amount_minor;
        }
        let ids: Vec<AccountId> = expected.keys().copied().collect();
        let accounts = book_rows::accounts_of(&mut conn, &ids).unwrap();
        let balances: BTreeMap<AccountId, i64> =
            accounts.iter().map(|account| (account.id, account.balance_minor)).collect();
        assert_eq!(balances, expected);
    }
}

type Answer = Result<kadogo::book::Receipt, kadogo::refusal::Refusal>;

fn is_refused(answer: &Answer, why: Reason) -> bool {
    answer.as_ref().is_err_and(|refusal| refusal.reason == why)
}

/// A node of the judge's own: posts several at a time.
pub fn with_book(url: &str, work: impl FnOnce(&dyn Fn(Vec<Posting>) -> Vec<Answer>)) {
    let store = Store::open(url).unwrap();
    let (book, committer) = Book::start(&store, Metrics::default().into()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    work(&|postings| {
        runtime.block_on(async {
            let waiting: Vec<_> = postings
                .into_iter()
                .map(|posting| (book.clone(), posting))
                .map(|(book, posting)| tokio::spawn(async move { book.post(posting).await }))
                .collect();
            let mut answers = Vec::new();
            for one in waiting {
                answers.push(one.await.unwrap());
            }
            answers
        })
    });
    drop(book);
    committer.join().unwrap();
}

/// Which of these are in the book, under which number.
fn found(conn: &mut Conn, numbers: &[u64]) -> HashMap<u64, PostingId> {
    let mut found = HashMap::new();
    for numbers in numbers.chunks(CHUNK) {
        let keys: Vec<Key> = numbers.iter().map(|number| key(*number)).collect();
        let by_key: HashMap<&[u8], u64> =
            keys.iter().map(Key::bytes).zip(numbers.iter().copied()).collect();
        let rows = book_rows::postings_with(conn, &keys.iter().map(Key::bytes).collect::<Vec<_>>())
            .unwrap();
        for row in rows {
            assert!(
                found.insert(by_key[row.key.as_slice()], row.id).is_none(),
                "twice in the book: {row:?}"
            );
        }
    }
    found
}

/// Which of these are remembered as seen.
fn noted(conn: &mut Conn, numbers: &[u64]) -> BTreeSet<u64> {
    let notes: Vec<u64> =
        numbers.iter().copied().filter(|number| sort(*number) == Sort::Notes).collect();
    let mut noted = BTreeSet::new();
    for numbers in notes.chunks(CHUNK) {
        let keys: Vec<Key> = numbers.iter().map(|number| key(*number)).collect();
        let by_key: HashMap<&[u8], u64> =
            keys.iter().map(Key::bytes).zip(numbers.iter().copied()).collect();
        let rows =
            dedup::seen_among(conn, &keys.iter().map(Key::bytes).collect::<Vec<_>>()).unwrap();
        noted.extend(rows.iter().map(|row| by_key[row.as_slice()]));
    }
    noted
}
