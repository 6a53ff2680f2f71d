//! The conversations that a node has in hand: between two hops they are here, and only copies of
//! them in the store. A node may lose it at any time: whoever finds nothing here reads what was
//! stored. It is bounded by least use, and holds no lock while anybody waits.

use super::progress::HopProgress;
use super::session::{Ending, Session};
use crate::wallet::Caller;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Conversations of one age at most; a few thousand bytes each.
const YOUNG_MAX: usize = 20_000;

/// Conversations that wait for being stored at most: where that is not possible for long, what
/// changes beyond them is known to this node alone.
const UNWRITTEN_MAX: usize = 100_000;

/// The name of a conversation, or of a caller.
pub type Name = [u8; 16];

/// A conversation as its last hop left it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// When that was, microseconds UTC.
    pub updated_at: i64,
    /// The conversation.
    pub session: Arc<Session>,
    /// Its caller, as they were when it began; nothing where they may have changed since.
    pub caller: Option<Arc<Caller>>,
}

/// A conversation that is to be stored.
#[derive(Debug, Clone)]
pub struct Unwritten {
    /// As in `SessionRow`.
    pub updated_at: i64,
    /// As in `SessionRow`.
    pub acting_since: Option<i64>,
    /// Whose it is.
    pub caller: Name,
    /// The conversation.
    pub session: Arc<Session>,
}

/// The memory of one node. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Conversations>>);

#[derive(Debug, Default)]
struct Conversations {
    kept: Aged<Kept>,
    /// The newest conversation of each caller that this node has had in hand.
    newest: Aged<Newest>,
    in_hand: HashMap<Name, Worked>,
    unwritten: HashMap<Name, Unwritten>,
}

/// A conversation, and when it was begun, microseconds UTC.
#[derive(Debug, Clone, Copy)]
struct Newest {
    key: Name,
    began: i64,
}

/// A conversation with a hop that is being worked on.
#[derive(Debug)]
struct Worked {
    call: Name,
    progress: Arc<HopProgress>,
    done: watch::Receiver<()>,
    /// Where the conversation was before this hop.
    before: Option<Kept>,
    /// What is stored if its caller is told to wait for an SMS.
    acting: Option<Unwritten>,
}

/// What is used seldom goes first: what was not used while as much else was as is young.
#[derive(Debug)]
struct Aged<V> {
    young: HashMap<Name, V>,
    old: HashMap<Name, V>,
}

impl<V> Default for Aged<V> {
    fn default() -> Self {
        Aged { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<V> Aged<V> {
    fn get(&self, name: &Name) -> Option<&V> {
        self.young.get(name).or_else(|| self.old.get(name))
    }

    fn take(&mut self, name: &Name) -> Option<V> {
        let old = self.old.remove(name);
        self.young.remove(name).or(old)
    }

    fn put(&mut self, name: Name, value: V) {
        if self.young.len() >= YOUNG_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&name);
        self.young.insert(name, value);
    }
}

/// What comes of wanting a conversation in hand.
pub enum Taken {
    /// It is, with what is remembered of it.
    Mine(InHand, Option<Kept>),
    /// Another hop has it.
    Theirs {
        /// It is a copy of this hop.
        same: bool,
        /// How far that one is.
        progress: Arc<HopProgress>,
        /// Changes when it is done.
        done: watch::Receiver<()>,
    },
}

/// A conversation in hand: nobody else on this node takes a hop of it meanwhile.
pub struct InHand {
    memory: Memory,
    key: Name,
    /// What it goes back to, unless something came of the hop.
    before: Option<Kept>,
    _done: watch::Sender<()>,
}

impl Memory {
    /// Takes a conversation in hand, for the hop that `call` names.
    pub fn take(&self, key: Name, call: Name, progress: &Arc<HopProgress>) -> Taken {
        let mut all = self.lock();
        if let Some(worked) = all.in_hand.get(&key) {
            return Taken::Theirs {
                same: worked.call == call,
                progress: worked.progress.clone(),
                done: worked.done.clone(),
            };
        }
        let (sender, done) = watch::channel(());
        let kept = all.kept.take(&key);
        let progress = progress.clone();
        let worked = Worked { call, progress, done, before: kept.clone(), acting: None };
        all.in_hand.insert(key, worked);
        drop(all);
        let hand = InHand { memory: self.clone(), key, before: kept.clone(), _done: sender };
        Taken::Mine(hand, kept)
    }

    /// Notes that a caller has begun a conversation, which ends the one they had: that one is
    /// returned, where this node knows it. While a hop of it is worked on, it is as it was before
    /// that, and nothing once the hop acts.
    pub fn begin(&self, caller: Name, key: Name, began: i64) -> Option<Kept> {
        let mut all = self.lock();
        let before = all.newest.take(&caller).filter(|before| before.key != key);
        all.newest.put(caller, Newest { key, began });
        let before = before?.key;
        let Some(kept) = all.kept.take(&before) else {
            let worked = all.in_hand.get(&before)?;
            return worked.before.clone().filter(|_| !worked.progress.is_acting());
        };
        let old = kept.clone();
        all.end(before, caller, kept, Ending::DialledAnew);
        Some(old)
    }

    /// Notes how a conversation ended, where this node has it.
    pub fn end(&self, key: Name, caller: Name, ending: Ending) {
        let mut all = self.lock();
        if let Some(kept) = all.kept.take(&key) {
            all.end(key, caller, kept, ending);
        }
    }

    /// Keeps what is stored if a hop that begins to act comes too late for a screen.
    pub fn act(&self, key: &Name, acting: Unwritten) {
        if let Some(worked) = self.lock().in_hand.get_mut(key) {
            worked.acting = Some(acting);
        }
    }

    /// Has it stored that a hop is acting whose caller was told to wait for an SMS: if this node
    /// dies, another one finds out what came of it, and tells.
    pub fn promise(&self, key: &Name) {
        let mut all = self.lock();
        let acting = all.in_hand.get_mut(key).and_then(|worked| worked.acting.take());
        if let Some(acting) = acting {
            all.note(*key, acting);
        }
    }

    /// Has what is to be stored.
    pub fn write(&self, key: Name, unwritten: Unwritten) {
        self.lock().note(key, unwritten);
    }

    /// What is to be stored, all of it: whoever takes it stores it, or gives it back.
    pub fn take_unwritten(&self) -> HashMap<Name, Unwritten> {
        std::mem::take(&mut self.lock().unwritten)
    }

    /// Takes back what could not be stored, unless it has changed since.
    pub fn give_back(&self, unwritten: HashMap<Name, Unwritten>) {
        let mut all = self.lock();
        for (key, old) in unwritten {
            all.unwritten.entry(key).or_insert(old);
        }
    }

    /// Whether a hop of this conversation is being worked on.
    pub fn is_in_hand(&self, key: &Name) -> bool {
        self.lock().in_hand.contains_key(key)
    }

    /// Whether this node has had a conversation in hand lately.
    pub fn knows(&self, key: &Name) -> bool {
        let all = self.lock();
        all.in_hand.contains_key(key) || all.kept.get(key).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Conversations> {
        // held for a moment only, and never across an await
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Conversations {
    /// Has it stored; of an act somebody was promised news, so that always.
    fn note(&mut self, key: Name, unwritten: Unwritten) {
        let is_full = self.unwritten.len() >= UNWRITTEN_MAX && !self.unwritten.contains_key(&key);
        if !is_full || unwritten.acting_since.is_some() {
            self.unwritten.insert(key, unwritten);
        }
    }

    fn end(&mut self, key: Name, caller: Name, mut kept: Kept, ending: Ending) {
        if kept.session.can_be_resumed() {
            Arc::make_mut(&mut kept.session).ending = Some(ending);
            self.note(key, Unwritten::of(&kept, caller));
        }
        self.kept.put(key, kept);
    }
}

impl Unwritten {
    fn of(kept: &Kept, caller: Name) -> Unwritten {
        Unwritten {
            updated_at: kept.updated_at,
            acting_since: None,
            caller,
            session: kept.session.clone(),
        }
    }
}

impl InHand {
    /// The name of the conversation.
    pub fn key(&self) -> Name {
        self.key
    }

    /// Leaves the conversation as a hop has made it, to be stored soon; `acting_since` as in
    /// `SessionRow`.
    pub fn leave(mut self, caller: Name, kept: Kept, acting_since: Option<i64>) {
        self.before = None;
        let mut all = self.memory.lock();
        let unwritten = Unwritten { acting_since, ..Unwritten::of(&kept, caller) };
        all.note(self.key, unwritten);
        // its caller has dialled anew meanwhile; one that was begun before, and of which this node
        // knows, says nothing: this one was begun at another node
        let began = kept.session.began;
        let is_newer = |other: &Newest| other.key != self.key && other.began >= began;
        if all.newest.get(&caller).is_some_and(is_newer) {
            all.end(self.key, caller, kept, Ending::DialledAnew);
        } else {
            all.kept.put(self.key, kept);
        }
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        let mut all = self.memory.lock();
        all.in_hand.remove(&self.key);
        if let Some(before) = self.before.take() {
            all.kept.put(self.key, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> Name {
        u128::try_from(number).unwrap_or_default().to_be_bytes()
    }

    fn unwritten(acting_since: Option<i64>) -> Unwritten {
        Unwritten { updated_at: 0, acting_since, caller: [0; 16], session: Arc::default() }
    }

    #[test]
    fn who_dials_while_a_hop_is_worked_on_may_go_on_from_before_it_unless_it_acts() {
        let memory = Memory::default();
        let (caller, old) = (name(1), name(2));
        let kept = Kept { updated_at: 7, session: Arc::default(), caller: None };
        let take = || {
            let progress = Arc::default();
            match memory.take(old, name(3), &progress) {
                Taken::Mine(hand, _) => (hand, progress),
                Taken::Theirs { .. } => unreachable!("nobody else has it"),
            }
        };
        let (hand, _) = take();
        hand.leave(caller, kept, None);
        let begun = |number| memory.begin(caller, name(number), 0).map(|kept| kept.updated_at);
        for acts in [false, true] {
            assert_eq!(begun(2), None, "it is the newest");
            let (hand, progress) = take();
            if acts {
                progress.act();
            }
            assert_eq!(begun(4), (!acts).then_some(7));
            drop(hand);
        }
    }

    #[test]
    fn what_cannot_be_stored_is_bounded_but_for_what_somebody_was_promised() {
        let memory = Memory::default();
        for number in 0..UNWRITTEN_MAX {
            memory.write(name(number), unwritten(None));
        }
        memory.write(name(UNWRITTEN_MAX), unwritten(None));
        memory.write(name(0), unwritten(Some(1)));
        memory.write(name(UNWRITTEN_MAX.saturating_add(1)), unwritten(Some(1)));
        let all = memory.take_unwritten();
        assert_eq!(all.len(), UNWRITTEN_MAX.saturating_add(1));
        let is_acting = |number| all.get(&name(number)).is_some_and(|it| it.acting_since.is_some());
        assert!(is_acting(0) && is_acting(UNWRITTEN_MAX.saturating_add(1)));
    }
}
