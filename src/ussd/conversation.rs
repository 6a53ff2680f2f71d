//! A conversation over USSD, hop by hop: takes up the stored state, lets the machine walk, asks the wallet, stores the
//! new state, answers. Money moves only where the machine asks for it, and once, however often the hop comes.
//!
//! Every write is a compare-and-set on the conversation's version, so two copies of a hop, on one node or on two,
//! cannot both win; the loser finds the winner's answer. A hop that acts marks the conversation in the commit of the act:
//! a copy that comes later can tell what became of it.

use super::hand::{Hand, Lost};
use super::progress::{Outcome, Progress};
use super::record::{HOPS_MAX, Said};
use super::session_store::SessionStore;
use super::{Menus, Screen, State, Step};
use super::{accepts_dialled, answer, begin, offer, press, resumable};
use crate::ask::{Answer, Ask, Slots, Verb};
use crate::book::Key;
use crate::gateway::UssdCall;
use crate::language::Language;
use crate::live::Live;
use crate::refusal::{Reason, Refusal};
use crate::store::sessions::SessionRow;
use crate::time::Timestamp;
use crate::wallet::{Turn, Wallet, Wrong};
use std::time::Duration;

/// A conversation that was cut off can be continued, in a new one, for this long.
const RESUME_WITHIN: Duration = Duration::from_secs(15 * 60);
/// A copy of an acting hop looks for the answer of the first, two seconds long, before it runs the hop itself.
const COPY_LOOKS_EVERY: Duration = Duration::from_millis(25);
const COPY_LOOKS_MAX: usize = 80;
/// Copies and neighbours a hop may lose against before it gives up.
const ROUNDS_MAX: usize = 20;
/// Answers taken out of a dialled code; no path in the menus is longer.
const DIALLED_MAX: usize = 12;

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
    /// Where conversations are kept.
    pub sessions: SessionStore,
}

/// What a hop leads to.
enum Next {
    /// The machine walks from here.
    Walk(Box<Step>),
    /// There is nothing to walk: this is the answer.
    Say(Outcome),
}

impl Ussd {
    /// Answers a hop, and tells `progress` how far it is for who may not wait for the end.
    pub async fn hop(&self, call: UssdCall, progress: &Progress) -> Outcome {
        let (mut rounds, mut looks) = (0_usize, 0_usize);
        while rounds < ROUNDS_MAX {
            match self.round(&call, looks < COPY_LOOKS_MAX, progress).await {
                Ok(outcome) => return outcome,
                Err(Lost::Stale) => rounds = rounds.saturating_add(1),
                Err(Lost::Acting) => {
                    looks = looks.saturating_add(1);
                    tokio::time::sleep(COPY_LOOKS_EVERY).await;
                }
                Err(Lost::Busy) => break,
            }
        }
        self.plain(progress.language(), BUSY, "busy")
    }

    /// An end screen that belongs to no conversation.
    pub fn plain(&self, language: Language, text: &str, word: &'static str) -> Outcome {
        let text = self.menus.get().catalogue.say(language, text, &Slots::new());
        Outcome { screen: Screen { text, continues: false }, word, at: String::new(), refused: None, silent: false }
    }

    async fn round(&self, call: &UssdCall, patient: bool, progress: &Progress) -> Result<Outcome, Lost> {
        let mut hand = self.sessions.load(call, &self.menus).await?;
        progress.speak(hand.view.language);
        if hand.version > 0 && hand.record.msisdn != hand.call.caller.e164() {
            // a session belongs to the number that began it
            return Ok(self.plain(hand.view.language, OVER, "over"));
        }
        // a conversation goes on in the language it began in: a text that changes it meanwhile must not make two copies
        // of one hop speak differently. Whoever is joining is spoken to as they chose, also outside the machine
        let began_in = Language::parse(&hand.record.language).unwrap_or(hand.view.language);
        hand.record.language = began_in.to_string();
        hand.view.language = hand.record.state.language.unwrap_or(began_in);
        progress.speak(hand.view.language);
        if let Some(said) = hand.record.answer_to(&hand.hop) {
            return Ok(repeated(said, "repeated"));
        }
        if hand.closed {
            // whatever it wanted, its caller has been told or has begun anew: a late copy moves nothing
            let refused = (hand.record.claimed == Some(hand.hop)).then(|| Reason::Stale.into());
            return Ok(Outcome { refused, ..self.plain(hand.view.language, OVER, "over") });
        }
        if let Some(claimed) = hand.record.claimed {
            if claimed != hand.hop {
                return Ok(self.plain(hand.view.language, BUSY, "acting"));
            }
            // who has waited long enough is told the result by SMS, like the first copy's caller
            progress.act();
            if !hand.record.acted && patient {
                return Err(Lost::Acting);
            }
        }
        let step = match self.next_step(&hand) {
            Next::Walk(step) => *step,
            Next::Say(outcome) => return Ok(outcome),
        };
        let (state, screen, refused) = self.walk(&mut hand, step, progress).await?;
        self.store(hand, state, screen, refused).await
    }

    /// The machine's first step for this hop, or the answer when there is nothing to walk.
    fn next_step(&self, hand: &Hand) -> Next {
        if hand.version == 0 {
            return Next::Walk(Box::new(self.first_step(hand)));
        }
        let input = hand.record.input_in(&hand.call.history, |known| self.sessions.name(&hand.call, known));
        let over = hand.record.is_over();
        match (input, hand.record.said.last()) {
            (Some(_), _) if hand.record.said.len() >= HOPS_MAX => {
                Next::Say(self.plain(hand.view.language, OVER, "too_long"))
            }
            (Some(input), _) if !over => {
                Next::Walk(Box::new(press(&hand.menus, &hand.view, hand.record.state.clone(), input)))
            }
            // first taken in hand with the dialled code, and run again
            (None, None) => Next::Walk(Box::new(self.first_step(hand))),
            // out of order, or after the end: nothing changes, and the person sees where they are
            (Some(_) | None, Some(said)) => Next::Say(repeated(said, "out_of_order")),
            (Some(_), None) => Next::Say(self.plain(hand.view.language, OVER, "over")),
        }
    }

    /// Dialling: to the start, or to the question whether to continue.
    fn first_step(&self, hand: &Hand) -> Step {
        let since = hand.now.minus(RESUME_WITHIN).micros();
        let fresh = |row: &&SessionRow| row.state == "open" && row.updated_at >= since;
        let old = hand.superseded.iter().find(fresh).filter(|_| hand.call.history.is_empty());
        let old = old.and_then(|row| self.sessions.open(row));
        // what was done is not offered again, even if its last screen was lost
        match old.filter(|old| !old.acted).and_then(|old| resumable(&hand.menus, &old.state)) {
            Some(state) => offer(&hand.menus, &hand.view, state),
            None => begin(&hand.menus, &hand.view),
        }
    }

    /// The next answer out of a code that was dialled along (`*384*1234*1*0712345678#`). Never a yes and never a PIN;
    /// from the first answer that is not taken, the person goes on by hand.
    fn dialled<'a>(hand: &Hand, state: &State, along: &mut impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let smooth = state.note.is_none() && hand.record.claimed.is_none() && accepts_dialled(&hand.menus, state);
        if smooth { along.next() } else { None }
    }

    /// Walks on until there is something to show.
    async fn walk(
        &self,
        hand: &mut Hand,
        mut step: Step,
        progress: &Progress,
    ) -> Result<(State, Screen, Option<Refusal>), Lost> {
        let mut refused = None;
        let history = hand.call.history.clone();
        let first = hand.record.said.is_empty() && !history.is_empty();
        let mut along = history.split('*').take(if first { DIALLED_MAX } else { 0 });
        loop {
            let (pending, ask) = match step {
                Step::Show { state, screen } => match Self::dialled(hand, &state, &mut along) {
                    Some(answer) => {
                        step = press(&hand.menus, &hand.view, state, answer);
                        continue;
                    }
                    None => return Ok((state, screen, refused)),
                },
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

    /// Does what the hop asks for, once: the conversation is marked as acted in the commit of the act itself, or, when
    /// the PIN was wrong, as claimed by this hop in the commit of the charge.
    async fn act(&self, hand: &mut Hand, ask: Ask) -> Result<Answer, Lost> {
        let key = Key::new(Timestamp::from_micros(hand.record.began), "ussd", &hand.hop.0);
        if hand.record.acted {
            return Ok(self.wallet.replay(&hand.caller, &ask, key).await);
        }
        let first = hand.record.claimed.is_none();
        hand.record.claimed = Some(hand.hop);
        let wrong =
            if first { Wrong::Charge(self.sessions.saves(hand, hand.version, "acting")) } else { Wrong::Charged };
        hand.record.acted = true;
        let along = self.sessions.saves(hand, hand.version, "open");
        hand.record.acted = false;
        let acted = self.wallet.act(&hand.caller, ask, Turn { key, along, wrong }).await;
        (hand.silent, hand.unposted) = (acted.silent, acted.unposted);
        match acted.answer {
            Answer::Refused(Refusal { reason: Reason::Stale, .. }) => return Err(Lost::Stale),
            Answer::Refused(_) | Answer::Late if first && acted.charged => {
                hand.version = hand.version.saturating_add(1);
            }
            Answer::Refused(_) | Answer::Late if first => hand.record.claimed = None,
            Answer::Refused(_) | Answer::Late => {}
            Answer::Facts { .. } | Answer::Items(_) => {
                hand.version = hand.version.saturating_add(1);
                hand.record.acted = true;
            }
        }
        Ok(acted.answer)
    }

    /// Stores where the hop led, and answers it.
    async fn store(
        &self,
        mut hand: Hand,
        state: State,
        screen: Screen,
        refused: Option<Refusal>,
    ) -> Result<Outcome, Lost> {
        let acted = hand.record.acted;
        let (at, silent, unposted) = (state.screen.clone(), hand.silent, hand.unposted);
        hand.record.state = state;
        hand.record.typed = hand.call.history.len();
        hand.record.last = hand.hop;
        (hand.record.claimed, hand.record.acted) = (None, false);
        hand.record.said.push(Said { hop: hand.hop, text: screen.text.clone(), continues: screen.continues });
        let state = if screen.continues { "open" } else { "ended" };
        let key = Key::new(hand.now, "ussd", &hand.hop.0);
        let posting = self.wallet.note(key, self.sessions.saves(&hand, hand.version, state));
        let word = if screen.continues { "continued" } else { "ended" };
        let outcome = Outcome { screen, word, at, refused, silent };
        if acted && !unposted && !outcome.screen.continues {
            // the act and its mark are durable: a copy of this hop finds the answer by them, nobody need wait for more
            self.wallet.book.leave(posting);
            return Ok(outcome);
        }
        match self.wallet.book.post(posting).await {
            Ok(_receipt) => {
                if outcome.screen.continues && !acted {
                    self.sessions.remember(hand);
                }
                Ok(outcome)
            }
            // what was done is durable, and a copy of this hop would get the same answer from the book
            Err(refusal) if acted && refusal.reason != Reason::Stale => Ok(outcome),
            Err(refusal) if refusal.reason == Reason::Stale => Err(Lost::Stale),
            Err(_) => Err(Lost::Busy),
        }
    }
}

fn repeated(said: &Said, word: &'static str) -> Outcome {
    let screen = Screen { text: said.text.clone(), continues: said.continues };
    Outcome { screen, word, at: String::new(), refused: None, silent: false }
}
