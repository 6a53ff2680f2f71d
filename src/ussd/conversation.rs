//! A conversation over USSD, hop by hop: takes up the stored state, lets the machine walk, asks the wallet, stores the
//! new state, answers. Money moves only where the machine asks for it, and once, however often the hop comes.
//!
//! Every write is a compare-and-set on the conversation's version, so two copies of a hop, on one node or on two,
//! cannot both win; the loser finds the winner's answer. A hop that acts is claimed before it acts: the claim charges
//! the PIN try, and a copy that comes later can tell what became of it.

use super::deadline::Progress;
use super::record::{HOPS_MAX, Hop, Record, Said};
use super::{Menus, Screen, State, Step};
use super::{accepts_dialled, answer, begin, offer, press, resumable};
use crate::ask::{Answer, Ask, Slots, Verb};
use crate::book::{Change, Key, SessionSave};
use crate::gateway::UssdCall;
use crate::language::Language;
use crate::live::Live;
use crate::refusal::{Reason, Refusal};
use crate::seal::SealKey;
use crate::store::people::PersonRow;
use crate::store::sessions::{self, SessionRow};
use crate::store::{StoreError, orders, people};
use crate::time::Timestamp;
use crate::wallet::{Caller, Claim, Turn, Wallet};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// A conversation that was cut off can be continued for this long.
const RESUME_WITHIN: Duration = Duration::from_secs(15 * 60);
/// How long a copy of an acting hop waits for the answer of the first before it runs the hop itself.
const COPY_WAITS: Duration = Duration::from_secs(2);
const COPY_LOOKS: Duration = Duration::from_millis(25);
/// Copies and neighbours a hop may lose against before it gives up.
const ROUNDS_MAX: usize = 20;

/// Texts of screens that belong to no conversation.
pub(super) const BUSY: &str = "refusal.busy";
pub(super) const OVER: &str = "refusal.stale";
pub(super) const LATE: &str = "screen.late";

/// The channel. Clones share everything.
#[derive(Debug, Clone)]
pub struct Ussd {
    /// Whom to ask.
    pub wallet: Wallet,
    /// The map and the words.
    pub menus: Live<Menus>,
    /// Seals what is stored.
    pub seal: Arc<SealKey>,
}

/// What came of a hop.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What to show.
    pub screen: Screen,
    /// A word for logs and metrics.
    pub word: &'static str,
    /// Where the person is now; empty when unknown.
    pub at: String,
    /// The refusal of what should have been done, for who did not wait for the answer.
    pub refused: Option<Refusal>,
}

/// A hop in hand.
struct Hand {
    call: UssdCall,
    key: Vec<u8>,
    hop: Hop,
    now: Timestamp,
    caller: Caller,
    view: super::Caller,
    menus: Arc<Menus>,
    /// The version in the database; 0 when the conversation is new.
    version: i64,
    /// It is over in the database, whatever its record says.
    ended: bool,
    record: Record,
    /// Conversations of the same caller that end with this one's first hop.
    superseded: Vec<SessionRow>,
}

/// Why a round ends without an answer.
enum Lost {
    /// Somebody else stored first: look again.
    Stale,
    /// The database is busy or broken.
    Busy,
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a conversation could not be read");
        Lost::Busy
    }
}

impl Ussd {
    /// Answers a hop, and tells `progress` how far it is for who may not wait for the end.
    pub async fn hop(&self, call: UssdCall, progress: &Progress) -> Outcome {
        let waited = self.wallet.house.clock.now();
        for _round in 0..ROUNDS_MAX {
            match self.round(&call, waited, progress).await {
                Ok(outcome) => return outcome,
                Err(Lost::Stale) => {}
                Err(Lost::Busy) => break,
            }
        }
        self.plain(progress.language(), BUSY, "busy")
    }

    /// An end screen that belongs to no conversation.
    pub fn plain(&self, language: Language, text: &str, word: &'static str) -> Outcome {
        let text = self.menus.get().catalogue.say(language, text, &Slots::new());
        Outcome { screen: Screen { text, continues: false }, word, at: String::new(), refused: None }
    }

    async fn round(&self, call: &UssdCall, waited: Timestamp, progress: &Progress) -> Result<Outcome, Lost> {
        let mut hand = self.take_up(call).await?;
        progress.speak(hand.view.language);
        if hand.version > 0 && hand.record.msisdn != hand.call.caller.e164() {
            // a session belongs to the number that began it
            return Ok(self.plain(hand.view.language, OVER, "over"));
        }
        if let Some(said) = hand.record.answer_to(&hand.hop) {
            return Ok(repeated(said, "repeated"));
        }
        if hand.ended && !hand.record.acted && hand.record.said.last().is_none_or(|said| said.continues) {
            // ended from outside: by a newer conversation, or because a crash cut it short and its caller was told that
            // nothing was done. Nothing may be done in it any more
            return Ok(self.plain(hand.view.language, OVER, "over"));
        }
        if let Some(claimed) = hand.record.claimed {
            let same = claimed == hand.hop;
            if !same {
                return Ok(self.plain(hand.view.language, LATE, "acting"));
            }
            let since = hand.now.since(waited);
            if !hand.record.acted && since < COPY_WAITS {
                tokio::time::sleep(COPY_LOOKS).await;
                return Err(Lost::Stale);
            }
        }
        let step = match self.next_step(&hand) {
            Ok(step) => step,
            Err(outcome) => return Ok(outcome),
        };
        let (state, screen, refused) = self.walk(&mut hand, step, progress).await?;
        self.store(&mut hand, state, screen, refused).await
    }

    /// Reads everything a hop needs, in one go.
    async fn take_up(&self, call: &UssdCall) -> Result<Hand, Lost> {
        let now = self.wallet.house.clock.now();
        let key = self.seal.fingerprint("session", &format!("{}\n{}", call.service_code, call.session)).to_vec();
        let caller_key = self.seal.fingerprint("caller", call.caller.e164()).to_vec();
        let (msisdn, since) = (call.caller.e164().to_owned(), now.minus(RESUME_WITHIN).micros());
        let read_key = key.clone();
        let read = self.wallet.store.read(move |conn| {
            let row = sessions::by_key(conn, &read_key)?;
            let person = people::by_msisdn(conn, &msisdn)?;
            let cut_off = if row.is_some() { Vec::new() } else { sessions::unfinished(conn, &caller_key, since)? };
            let waiting = match &person {
                Some(person) => orders::waiting(conn, person.account_id, now.micros(), 1)?.len(),
                None => 0,
            };
            Ok::<_, StoreError>((row, person, cut_off, waiting))
        });
        let (row, person, superseded, waiting) = read.await?;
        let record = match &row {
            Some(row) => Record::open(&self.seal, &key, &row.sealed).ok_or_else(|| {
                tracing::error!("a conversation cannot be opened: the secret was changed");
                Lost::Busy
            })?,
            None => Record { began: now.micros(), msisdn: call.caller.e164().to_owned(), ..Record::default() },
        };
        let menus = self.menus.get();
        let view = self.view(person.as_ref(), waiting);
        let hop = self.name(call, &call.history);
        let caller = Caller { msisdn: call.caller.clone(), person };
        let ended = row.as_ref().is_some_and(|row| row.state == "ended");
        let version = row.map_or(0, |row| row.version);
        Ok(Hand { call: call.clone(), key, hop, now, caller, view, menus, version, ended, record, superseded })
    }

    /// What the menus may know of the caller.
    fn view(&self, person: Option<&PersonRow>, waiting: usize) -> super::Caller {
        let language = person.and_then(|p| Language::parse(&p.language)).unwrap_or(Language::EN);
        let house = &self.wallet.house;
        let mut slots = Slots::from([("brand".into(), house.brand.clone()), ("dial".into(), house.dial.clone())]);
        let first = person.and_then(|p| p.name.split_whitespace().next());
        slots.insert("first_name".into(), first.unwrap_or_default().to_owned());
        let flags = if waiting > 0 { BTreeSet::from(["orders".to_owned()]) } else { BTreeSet::new() };
        super::Caller { language, known: person.is_some(), slots, flags, market: house.market.clone() }
    }

    /// The name of the hop with this history in this session.
    fn name(&self, call: &UssdCall, history: &str) -> Hop {
        self.seal.fingerprint("hop", &format!("{}\n{}\n{history}", call.service_code, call.session))
    }

    /// The machine's first step for this hop, or the answer when there is nothing to walk.
    fn next_step(&self, hand: &Hand) -> Result<Step, Outcome> {
        if hand.version == 0 {
            return Ok(self.first_step(hand));
        }
        let input = hand.record.input_in(&hand.call.history, |known| self.name(&hand.call, known));
        let over = hand.record.said.last().is_some_and(|said| !said.continues);
        match (input, hand.record.said.last()) {
            (Some(input), _) if !over && hand.record.said.len() < HOPS_MAX => {
                Ok(press(&hand.menus, &hand.view, hand.record.state.clone(), input))
            }
            // first taken in hand with the dialled code, and run again
            (None, None) => Ok(self.first_step(hand)),
            // out of order, or after the end: nothing changes, and the person sees where they are
            (Some(_) | None, Some(said)) => Err(repeated(said, "out_of_order")),
            (Some(_), None) => Err(self.plain(hand.view.language, OVER, "over")),
        }
    }

    /// Dialling: to the start, to the question whether to continue, or down the path that was dialled along.
    fn first_step(&self, hand: &Hand) -> Step {
        if hand.call.history.is_empty() {
            let old = hand.superseded.iter().find(|row| row.state == "open");
            let old = old.and_then(|row| Record::open(&self.seal, &row.key, &row.sealed));
            // what has acted is finished, even if its last screen was never stored
            let old = old.filter(|old| old.claimed.is_none());
            return match old.and_then(|old| resumable(&hand.menus, &old.state)) {
                Some(state) => offer(&hand.menus, &hand.view, state),
                None => begin(&hand.menus, &hand.view),
            };
        }
        let mut step = begin(&hand.menus, &hand.view);
        for token in hand.call.history.split('*') {
            step = match step {
                Step::Show { state, .. } if accepts_dialled(&hand.menus, &state) => {
                    press(&hand.menus, &hand.view, state, token)
                }
                // never a yes and never a PIN from a dialled code: what is left is not looked at
                Step::Show { .. } | Step::Ask { .. } => return step,
            };
        }
        step
    }

    /// Walks on until there is something to show.
    async fn walk(
        &self,
        hand: &mut Hand,
        mut step: Step,
        progress: &Progress,
    ) -> Result<(State, Screen, Option<Refusal>), Lost> {
        let mut refused = None;
        loop {
            let (pending, ask) = match step {
                Step::Show { state, screen } => return Ok((state, screen, refused)),
                Step::Ask { pending, ask } => (pending, ask),
            };
            let reply = match ask.verb {
                Verb::Do => {
                    progress.act();
                    let reply = self.act(hand, ask).await?;
                    if let Answer::Refused(refusal) = &reply {
                        refused = Some(refusal.clone());
                    }
                    reply
                }
                Verb::Check | Verb::Quote | Verb::List => self.wallet.answer(&hand.caller, ask).await,
            };
            step = answer(&hand.menus, &hand.view, pending, reply);
        }
    }

    /// Does what the hop asks for, once: claims the hop, acts, and marks it as acted with the act itself.
    async fn act(&self, hand: &mut Hand, ask: Ask) -> Result<Answer, Lost> {
        let key = Key::new(Timestamp::from_micros(hand.record.began), "ussd", &hand.hop);
        if hand.record.acted {
            return Ok(self.wallet.recall(&hand.caller, key).await);
        }
        let claim = match hand.record.claimed {
            Some(_) => Claim::Before,
            None => {
                hand.record.claimed = Some(hand.hop);
                hand.record.language = hand.view.language.to_string();
                Claim::Now(self.saves(hand, hand.version, "acting"))
            }
        };
        let claimed_version = match claim {
            Claim::Now(_) => hand.version.saturating_add(1),
            Claim::Before => hand.version,
        };
        hand.record.acted = true;
        let along = self.saves(hand, claimed_version, "open");
        hand.record.acted = false;
        let acted = self.wallet.act(&hand.caller, ask, Turn { key, claim, along }).await;
        match acted.answer {
            Answer::Refused(Refusal { reason: Reason::Stale, .. }) => return Err(Lost::Stale),
            Answer::Refused(_) | Answer::Late if acted.claimed => hand.version = claimed_version,
            Answer::Refused(_) | Answer::Late => {}
            Answer::Facts { .. } | Answer::Items(_) => {
                hand.version = claimed_version.saturating_add(1);
                hand.record.acted = true;
            }
        }
        Ok(acted.answer)
    }

    /// The change that stores the conversation as it is in hand, one version after `read_version`; with its first
    /// hop the caller's other conversations end, since a phone has one screen.
    fn saves(&self, hand: &Hand, read_version: i64, state: &str) -> Vec<Change> {
        let row = |key: &[u8], record: &Record, version: i64, state: &str| SessionRow {
            key: key.to_vec(),
            caller: self.seal.fingerprint("caller", hand.call.caller.e164()).to_vec(),
            version,
            state: state.to_owned(),
            updated_at: hand.now.micros(),
            sealed: record.seal(&self.seal, self.wallet.house.dice.bytes(), key),
        };
        let own = row(&hand.key, &hand.record, read_version.saturating_add(1), state);
        let mut changes = vec![Change::SaveSession(SessionSave { read_version, row: own })];
        if read_version == 0 {
            for old in hand.superseded.iter().filter(|old| old.state == "open") {
                let version = old.version.saturating_add(1);
                let ended = SessionRow { version, state: "ended".into(), ..old.clone() };
                changes.push(Change::SaveSession(SessionSave { read_version: old.version, row: ended }));
            }
        }
        changes
    }

    /// Stores where the hop led, and answers it.
    async fn store(
        &self,
        hand: &mut Hand,
        state: State,
        screen: Screen,
        refused: Option<Refusal>,
    ) -> Result<Outcome, Lost> {
        let acted = hand.record.acted;
        let at = state.screen.clone();
        hand.record.state = state;
        hand.record.typed = hand.call.history.len();
        hand.record.last = hand.hop;
        (hand.record.claimed, hand.record.acted) = (None, false);
        hand.record.said.push(Said { hop: hand.hop, text: screen.text.clone(), continues: screen.continues });
        let state = if screen.continues { "open" } else { "ended" };
        let key = Key::new(hand.now, "ussd", &hand.hop);
        let posting = self.wallet.note(key, self.saves(hand, hand.version, state));
        let word = if screen.continues { "continued" } else { "ended" };
        match self.wallet.book.post(posting).await {
            Ok(_receipt) => Ok(Outcome { screen, word, at, refused }),
            // what was done is durable, and a copy of this hop would get the same answer from the book
            Err(refusal) if acted && refusal.reason != Reason::Stale => Ok(Outcome { screen, word, at, refused }),
            Err(refusal) if refusal.reason == Reason::Stale => Err(Lost::Stale),
            Err(_) => Err(Lost::Busy),
        }
    }
}

fn repeated(said: &Said, word: &'static str) -> Outcome {
    let screen = Screen { text: said.text.clone(), continues: said.continues };
    Outcome { screen, word, at: String::new(), refused: None }
}
