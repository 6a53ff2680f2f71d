//! The nodes and their callers: who does what when, and what goes wrong with it.

use super::oracle::{Oracle, Verdict};
use super::truth::{POISON, Truth};
use super::wishes::{self, Luck, Wisher};
use crate::ledger::Answer;
use kadogo::book::batch::BatchOutcome;
use kadogo::book::guard_facts::Facts;
use kadogo::book::{Key, Posting, Receipt};
use kadogo::refusal::Reason;
use kadogo::store::head::Head;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Postings in a batch at most.
const BATCH: i64 = 30;

/// Somebody who waits for an answer.
#[derive(Clone)]
struct Ask {
    number: u64,
    posting: Rc<Posting>,
}

/// A batch that was sent to be committed, and what it answers if it was.
struct Sent {
    begun: i64,
    asks: Vec<Ask>,
    answers: Vec<Answer>,
}

#[derive(Default)]
struct Node {
    number: i64,
    begun: i64,
    facts: Facts,
    head: Head,
    /// Batches to make, the next one last.
    work: Vec<Vec<Ask>>,
    sent: Option<Sent>,
}

impl Node {
    fn forget(&mut self) {
        (self.facts, self.head) = (Facts::default(), Head::default());
    }

    /// Everybody who waits here.
    fn asks(&mut self) -> Vec<Ask> {
        let sent = self.sent.take().map(|sent| sent.asks).unwrap_or_default();
        self.work.drain(..).flatten().chain(sent).collect()
    }
}

pub struct Run {
    luck: Luck,
    wisher: Wisher,
    pub truth: Truth,
    pub oracle: Oracle,
    nodes: Vec<Node>,
    /// The node whose turn it is: one goes on for a while, so that it has something to remember.
    at: usize,
    entered: i64,
    asked: u64,
    pub decided: u64,
    /// Postings whose callers heard nothing, or that nothing was done.
    again: Vec<Rc<Posting>>,
    /// What those who ask must be told, once it is committed.
    verdicts: HashMap<u64, Verdict>,
    receipts: HashMap<Key, Receipt>,
    pub met: BTreeMap<&'static str, u64>,
}

impl Run {
    pub fn new(seed: u64) -> Run {
        let mut truth = Truth::default();
        let mut oracle = Oracle::default();
        for account in wishes::founders() {
            oracle.open(&account);
            truth.accounts.insert(account.id.number(), account);
        }
        let mut run = Run {
            luck: Luck::new(seed),
            wisher: Wisher::new(),
            truth,
            oracle,
            nodes: Vec::new(),
            at: 0,
            entered: 0,
            asked: 0,
            decided: 0,
            again: Vec::new(),
            verdicts: HashMap::new(),
            receipts: HashMap::new(),
            met: BTreeMap::new(),
        };
        for _ in 0..2 + run.luck.below(2) {
            let node = run.enter();
            run.nodes.push(node);
        }
        run
    }

    fn meet(&mut self, what: &'static str) {
        *self.met.entry(what).or_default() += 1;
    }

    fn enter(&mut self) -> Node {
        self.entered += 1;
        Node { number: self.entered, ..Node::default() }
    }

    pub fn turn(&mut self) {
        if self.luck.percent(35) {
            self.at = self.luck.pick(self.nodes.len());
        }
        if self.luck.below(250) == 0 {
            self.operate();
        }
        if self.nodes[self.at].sent.is_some() {
            return self.find_out();
        }
        let batch = self.nodes[self.at].work.pop();
        let batch =
            batch.unwrap_or_else(|| (0..=self.luck.below(BATCH)).map(|_| self.ask()).collect());
        self.attempt(batch);
    }

    fn ask(&mut self) -> Ask {
        self.asked += 1;
        let old = !self.again.is_empty() && self.luck.percent(40);
        let posting = match old {
            true => self.again.swap_remove(self.luck.pick(self.again.len())),
            false => self.wisher.wish(&mut self.luck, &self.oracle),
        };
        Ask { number: self.asked, posting }
    }

    /// Writes of other rooms that touch the head: what is old is forgotten.
    fn operate(&mut self) {
        self.meet("operator");
        self.truth.head.batch += 1;
        let key = vec![u8::try_from(self.luck.below(8)).unwrap()];
        self.truth.lines.remove(&key);
        self.oracle.lines.remove(&key);
        self.truth.seen.clear();
        self.oracle.seen.clear();
    }

    /// One try at a batch, with the head of the book.
    fn attempt(&mut self, asks: Vec<Ask>) {
        let remembered = self.nodes[self.at].head == self.truth.head;
        self.meet(if remembered { "remembered" } else { "forgotten" });
        let node = &mut self.nodes[self.at];
        node.begun += 1;
        if !remembered {
            node.facts = Facts::default();
        }
        node.facts.last_posting = self.truth.head.last_posting;
        self.truth.tell(asks.iter().map(|ask| ask.posting.as_ref()), &mut node.facts);
        let mut out = BatchOutcome::default();
        let answers: Vec<Answer> =
            asks.iter().map(|ask| node.facts.fold(&ask.posting, &mut out)).collect();
        if self.truth.refuses(&out.rows) {
            node.forget();
            return self.split(asks);
        }
        match self.luck.below(100) {
            0..=5 => {
                self.meet("rolled back");
                self.nodes[self.at].forget();
                self.try_later(asks);
            }
            6..=10 => {
                self.meet("made, not answered");
                self.commit(&asks, &answers, &out);
                self.send(asks, answers);
            }
            11..=15 => {
                self.meet("not made, not answered");
                self.send(asks, answers);
            }
            16..=17 => {
                self.meet("died before");
                self.die(asks);
            }
            18..=19 => {
                self.meet("died after");
                self.commit(&asks, &answers, &out);
                self.die(asks);
            }
            _well => {
                let head = self.commit(&asks, &answers, &out);
                self.nodes[self.at].head = head;
                self.deliver(asks, answers);
            }
        }
    }

    fn split(&mut self, mut asks: Vec<Ask>) {
        if asks.len() > 1 {
            self.meet("split");
            let right = asks.split_off(asks.len() / 2);
            return self.nodes[self.at].work.extend([right, asks]);
        }
        // told `invalid`, and nothing was done
        let ask = asks.pop().unwrap();
        assert_eq!(ask.posting.kind, POISON);
        assert!(
            !self.verdicts.contains_key(&ask.number)
                && !self.receipts.contains_key(&ask.posting.key)
        );
    }

    /// The batch takes its place in the one order: the model says what must come of it.
    fn commit(&mut self, asks: &[Ask], answers: &[Answer], out: &BatchOutcome) -> Head {
        assert_eq!(asks.len(), answers.len());
        let node = &self.nodes[self.at];
        let head = self.truth.write(&node.facts, out, (node.number, node.begun));
        for (ask, answer) in asks.iter().zip(answers) {
            let verdict = self.oracle.step(&ask.posting);
            agree(&verdict, answer, &ask.posting);
            let before = self.verdicts.insert(ask.number, verdict);
            assert!(before.is_none(), "what was made is made again: {:?}", ask.posting);
        }
        self.truth.compare_touched(&mut self.oracle, out);
        self.decided += u64::try_from(asks.len()).unwrap();
        head
    }

    /// The answer to the commit is lost.
    fn send(&mut self, asks: Vec<Ask>, answers: Vec<Answer>) {
        let node = &mut self.nodes[self.at];
        node.forget();
        node.sent = Some(Sent { begun: node.begun, asks, answers });
    }

    /// Asks, with the head, whether a batch was made. The question may be lost as well, or be given
    /// up.
    fn find_out(&mut self) {
        match self.luck.below(10) {
            0..=1 => return,
            2 => {
                self.meet("given up unclear");
                let asks = self.nodes[self.at].sent.take().unwrap().asks;
                return self.bring_again(asks);
            }
            3 => {
                self.meet("died after");
                return self.die(Vec::new());
            }
            _answered => {}
        }
        let node = &mut self.nodes[self.at];
        let sent = node.sent.take().unwrap();
        if self.truth.newest_of(node.number) == sent.begun {
            self.meet("found made");
            return self.deliver(sent.asks, sent.answers);
        }
        node.work.push(sent.asks);
        self.meet("found not made");
    }

    /// A batch of which nothing was done: the node tries again, or tells its callers, who come
    /// again.
    fn try_later(&mut self, asks: Vec<Ask>) {
        if self.luck.percent(50) {
            return self.nodes[self.at].work.push(asks);
        }
        self.meet(Reason::BUSY.code());
        self.bring_again(asks);
    }

    /// The node is gone with all that it knew; another one enters.
    fn die(&mut self, asks: Vec<Ask>) {
        let entering = self.enter();
        let mut gone = std::mem::replace(&mut self.nodes[self.at], entering);
        self.bring_again(asks);
        self.bring_again(gone.asks());
    }

    /// Callers who do not know what became of their postings bring them again, some of them twice,
    /// some never.
    fn bring_again(&mut self, asks: Vec<Ask>) {
        for ask in asks {
            self.verdicts.remove(&ask.number);
            let times = [0, 1, 1, 1, 1, 1, 1, 2][self.luck.pick(8)];
            self.again.extend((0..times).map(|_| Rc::clone(&ask.posting)));
        }
    }

    /// Everybody hears what became of their posting. Only now is it that they may rely on it.
    fn deliver(&mut self, asks: Vec<Ask>, answers: Vec<Answer>) {
        for (ask, answer) in asks.into_iter().zip(answers) {
            let verdict = self.verdicts.remove(&ask.number);
            let verdict =
                verdict.unwrap_or_else(|| panic!("answered, but not committed: {:?}", ask.posting));
            agree(&verdict, &answer, &ask.posting);
            match answer {
                Err(refusal) => self.meet(refusal.reason.code()),
                Ok(receipt) => {
                    self.meet(if receipt.repeated { "repeated" } else { "paid" });
                    if receipt.posting.is_some() {
                        let first =
                            self.receipts.entry(ask.posting.key).or_insert_with(|| receipt.clone());
                        let same = (first.posting, first.at, &first.available);
                        assert_eq!(
                            same,
                            (receipt.posting, receipt.at, &receipt.available),
                            "{:?}",
                            ask.posting
                        );
                    }
                }
            }
        }
    }
}

/// The answer is what the model says.
fn agree(verdict: &Verdict, answer: &Answer, posting: &Posting) {
    let same = match (verdict, answer) {
        (Verdict::Good(must), Ok(receipt)) => must == receipt,
        (Verdict::Refused(reasons, left), Err(refusal)) => {
            let told = refusal.slots.get("left").map(|left| left.to_string().parse().unwrap());
            reasons.contains(&refusal.reason) && *left == told
        }
        (Verdict::Good(_), Err(_)) | (Verdict::Refused(..), Ok(_)) => false,
    };
    assert!(same, "must be {verdict:?}, is {answer:?}: {posting:?}");
}
