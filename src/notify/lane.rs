//! Whose turn it is on one way out, as this node knows it: receivers for whom something is due, in
//! the order in which it was written, and those whose message is in hand. Each receiver has one
//! place at a time, so nobody waits for somebody else's, however many wait for one. Pure: it
//! neither reads nor sends.

use super::patience::Health;
use crate::store::outbox_queue::{FIRST, QueuePlace};
use crate::time::Timestamp;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

/// Receivers that are known to wait, at most: the others are found when these have gone.
const READY_MAX: usize = 1_024;
/// Receivers of whom it is remembered that their turn is later: of more, they are asked again.
const WAITING_MAX: usize = 100_000;
/// A queue that is longer than a page is not read again from its beginning before this.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
/// How far behind the end of the queue something may still be added: what is written now may be of
/// some moments ago.
const ADDED_WITHIN: Duration = Duration::from_secs(60);

/// One way out.
#[derive(Debug)]
pub struct Lane {
    /// Whether it takes anything.
    pub health: Health,
    /// How many are handed over side by side.
    places: usize,
    /// Receivers whose turn it is, the longest waiting first.
    ready: VecDeque<i64>,
    /// Those, and whoever's message is in hand.
    known: HashSet<i64>,
    /// Receivers whose turn is later, and when.
    waiting: HashMap<i64, Timestamp>,
    /// The messages in hand, by receiver: none yet where it is only asked for.
    in_hand: HashMap<i64, Option<InHand>>,
    /// Up to where the queue was read.
    read: QueuePlace,
    /// Pages that were read since its beginning, and when that was.
    pages: usize,
    began: Instant,
}

/// A message in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InHand {
    /// Its number.
    pub message: i64,
    /// Until when nobody else is given it, where others may be.
    pub until: Timestamp,
}

impl Lane {
    /// One on which so many are handed over side by side.
    pub fn new(places: usize) -> Lane {
        Lane {
            health: Health::default(),
            places,
            ready: VecDeque::new(),
            known: HashSet::new(),
            waiting: HashMap::new(),
            in_hand: HashMap::new(),
            read: FIRST,
            pages: 0,
            began: Instant::now(),
        }
    }

    /// How many more may be handed over now.
    pub fn free(&self, now: Timestamp) -> usize {
        self.health.places(self.places, now).saturating_sub(self.in_hand.len())
    }

    /// Whether nothing is in hand.
    pub fn is_idle(&self) -> bool {
        self.in_hand.is_empty()
    }

    /// Behind which place to look for receivers; nothing where enough are known.
    pub fn looks_behind(&self) -> Option<QueuePlace> {
        (self.ready.len() < self.places).then_some(self.read)
    }

    /// Takes a page of the queue in, which was read behind that place at `now`, and which is full
    /// or else ends with the queue. Says whether to read on.
    pub fn found(&mut self, page: &[(QueuePlace, i64)], is_full: bool, now: Timestamp) -> bool {
        if self.pages == 0 {
            self.waiting.retain(|_, until| now < *until);
        }
        if self.waiting.len() > WAITING_MAX {
            self.waiting.clear();
        }
        for (_, receiver) in page {
            let is_later = self.waiting.get(receiver).is_some_and(|until| now < *until);
            if !is_later && self.known.insert(*receiver) {
                self.ready.push_back(*receiver);
            }
        }
        self.pages = self.pages.saturating_add(1);
        if let Some((last, _)) = page.last().filter(|_| is_full) {
            self.read = *last;
            return self.ready.len() < READY_MAX;
        }
        // short queues are read from their beginning each time: nothing can be missed
        if self.pages == 1 || self.began.elapsed() >= AGAIN_AFTER {
            (self.read, self.pages, self.began) = (FIRST, 0, Instant::now());
        } else {
            let due_at = now.minus(ADDED_WITHIN).micros();
            self.read = self.read.min(QueuePlace { due_at, id: i64::MIN });
        }
        false
    }

    /// The next receivers, so many at most: their messages are asked for.
    pub fn take(&mut self, most: usize) -> Vec<i64> {
        let count = most.min(self.ready.len());
        let taken: Vec<i64> = self.ready.drain(..count).collect();
        self.in_hand.extend(taken.iter().map(|receiver| (*receiver, None)));
        taken
    }

    /// What came of asking for them: those who are not among `got` have nothing that is due, some
    /// of them only `later`.
    pub fn got(
        &mut self,
        asked: &[i64],
        got: &HashMap<i64, InHand>,
        later: impl IntoIterator<Item = (i64, Timestamp)>,
    ) {
        self.waiting.extend(later);
        for receiver in asked {
            match got.get(receiver) {
                Some(in_hand) => drop(self.in_hand.insert(*receiver, Some(*in_hand))),
                None => self.done(*receiver, false),
            }
        }
    }

    /// A message is out of hand. Its receiver's turn comes again where there may be `more`.
    pub fn done(&mut self, receiver: i64, more: bool) {
        self.in_hand.remove(&receiver);
        if more {
            self.ready.push_back(receiver);
        } else {
            self.known.remove(&receiver);
        }
    }

    /// What is in hand until then at most: it is to be renewed.
    pub fn ending_before(&self, then: Timestamp) -> Vec<i64> {
        let ending = self.in_hand.values().flatten().filter(|in_hand| in_hand.until < then);
        ending.map(|in_hand| in_hand.message).collect()
    }

    /// These are in hand until then.
    pub fn renewed(&mut self, messages: &[i64], until: Timestamp) {
        for in_hand in self.in_hand.values_mut().flatten() {
            if messages.contains(&in_hand.message) {
                in_hand.until = until;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        Timestamp::from_micros(1_795_431_900_000_000)
    }

    /// A page of messages for these receivers, numbered from `first`.
    fn page(first: i64, receivers: &[i64]) -> Vec<(QueuePlace, i64)> {
        let place = |id| QueuePlace { due_at: noon().micros(), id };
        (first..).map(place).zip(receivers.iter().copied()).collect()
    }

    fn got(receivers: &[i64]) -> HashMap<i64, InHand> {
        let in_hand = |receiver: &i64| InHand { message: receiver * 10, until: noon() };
        receivers.iter().map(|receiver| (*receiver, in_hand(receiver))).collect()
    }

    #[test]
    fn each_receiver_has_one_place_in_the_order_of_their_oldest() {
        let mut lane = Lane::new(3);
        assert!(!lane.found(&page(1, &[7, 7, 8, 7, 9, 5]), false, noon()));
        assert_eq!(lane.take(lane.free(noon())), [7, 8, 9]);
        assert_eq!(lane.free(noon()), 0);
        lane.got(&[7, 8, 9], &got(&[7, 9]), []);
        assert_eq!(lane.free(noon()), 1, "nothing of 8 is due");
        // what is in hand is not taken again, whoever finds it
        lane.found(&page(1, &[7, 8, 9, 5]), false, noon());
        assert_eq!(lane.take(9), [5, 8]);
        lane.done(7, true);
        assert_eq!(lane.take(9), [7], "there may be more for 7, after the others");
        lane.done(7, false);
        assert_eq!(lane.take(9), [0_i64; 0]);
    }

    #[test]
    fn whose_turn_is_later_is_not_asked_for_before() {
        let mut lane = Lane::new(3);
        let then = noon().plus(Duration::from_secs(5));
        lane.found(&page(1, &[7, 8]), false, noon());
        let asked = lane.take(2);
        lane.got(&asked, &got(&[]), [(7, then)]);
        lane.found(&page(1, &[7, 8]), false, noon());
        assert_eq!(lane.take(2), [8]);
        lane.found(&page(1, &[7]), false, then);
        assert_eq!(lane.take(2), [7]);
    }

    #[test]
    fn a_short_queue_is_read_from_its_beginning_each_time() {
        let mut lane = Lane::new(2);
        assert_eq!(lane.looks_behind(), Some(FIRST));
        lane.found(&page(1, &[7]), false, noon());
        assert_eq!(lane.looks_behind(), Some(FIRST));
        lane.found(&page(2, &[8]), false, noon());
        assert_eq!(lane.looks_behind(), None, "enough are known");
    }

    #[test]
    fn a_long_queue_of_one_receiver_is_read_once_and_then_at_its_end() {
        let mut lane = Lane::new(2);
        let full = page(1, &[7; 50]);
        assert!(lane.found(&full, true, noon()));
        assert_eq!(lane.looks_behind(), full.last().map(|(place, _)| *place));
        assert!(!lane.found(&page(51, &[7, 8]), false, noon().plus(ADDED_WITHIN)));
        let end = QueuePlace { due_at: noon().micros(), id: i64::MIN };
        assert_eq!(lane.take(2), [7, 8]);
        assert_eq!(lane.looks_behind(), Some(end), "what is of the last minute is read again");
    }

    #[test]
    fn no_more_receivers_are_kept_than_are_needed() {
        let mut lane = Lane::new(2);
        let many: Vec<i64> = (0..i64::try_from(READY_MAX).unwrap()).collect();
        assert!(!lane.found(&page(1, &many), true, noon()), "enough for now");
        assert_eq!(lane.looks_behind(), None);
    }

    #[test]
    fn what_is_in_hand_for_long_is_renewed() {
        let mut lane = Lane::new(2);
        lane.found(&page(1, &[7, 8]), false, noon());
        let asked = lane.take(2);
        lane.got(&asked, &got(&[7]), []);
        let soon = noon().plus(Duration::from_secs(1));
        assert_eq!(lane.ending_before(soon), [70]);
        lane.renewed(&[70], soon);
        assert_eq!(lane.ending_before(soon), [0_i64; 0]);
    }
}
