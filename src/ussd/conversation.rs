//! A conversation over USSD, hop by hop: takes up the stored state, lets the machine walk, asks the
//! wallet, stores the new state, answers. Money moves only where the machine asks for it, and once,
//! however often the hop comes.
//!
//! Every write is a compare-and-set on the conversation's version, so two copies of a hop, on one
//! node or on two, cannot both win; the loser finds the winner's answer. A hop that acts marks the
//! conversation in the commit of the act: a copy that comes later can tell what became of it.

use super::hop_session::{HopSession, Lost};
use super::progress::{HopOutcome, HopProgress};
use super::session::{HOPS_MAX, Reply};
use super::session_store::SessionStore;
use super::{Menus, Screen, State, Step};
use super::{accepts_dialled, answer, begin, offer, press, resumable};
use crate::book::Key;
use crate::gateway::UssdCall;
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::reloadable::Reloadable;
use crate::request::{Answer, Mode, Request, Slots};
use crate::store::sessions::SessionRow;
use crate::time::Timestamp;
use crate::wallet::{Execution, Wallet, Wrong};
use std::time::Duration;

/// A conversation that was cut off can be continued, in a new one, for this long.
const RESUME_WITHIN: Duration = Duration::from_secs(15 * 60);
/// A copy of an acting hop looks for the answer of the first, two seconds long, before it runs the
/// hop itself.
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
    pub menus: Reloadable<Menus>,
    /// Where conversations are kept.
    pub sessions: SessionStore,
}

/// What a hop leads to.
enum Next {
    /// The machine walks from here.
    Walk(Box<Step>),
    /// There is nothing to walk: this is the answer.
    Say(HopOutcome),
}

impl Ussd {
    /// Answers a hop, and tells `progress` how far it is for who may not wait for the end.
    pub async fn hop(&self, call: UssdCall, progress: &HopProgress) -> HopOutcome {
        let mut rounds = 0_usize;
        let mut looks = 0_usize;
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
    pub fn plain(&self, language: Language, text: &str, word: &'static str) -> HopOutcome {
        let text = self.menus.get().catalogue.say(language, text, &Slots::new());
        HopOutcome {
            screen: Screen { text, continues: false },
            word,
            at: String::new(),
            refused: None,
            silent: false,
        }
    }

    async fn round(
        &self,
        call: &UssdCall,
        patient: bool,
        progress: &HopProgress,
    ) -> Result<HopOutcome, Lost> {
        let mut hop_session = self.sessions.load(call, &self.menus).await?;
        progress.speak(hop_session.view.language);
        if hop_session.version > 0 && hop_session.session.msisdn != hop_session.call.caller.e164() {
            // a session belongs to the number that began it
            return Ok(self.plain(hop_session.view.language, OVER, "over"));
        }
        // a conversation goes on in the language it began in: a text that changes it meanwhile must
        // not make two copies of one hop speak differently. Whoever is joining is spoken to as they
        // chose, also outside the machine
        let began_in =
            Language::parse(&hop_session.session.language).unwrap_or(hop_session.view.language);
        hop_session.session.language = began_in.to_string();
        hop_session.view.language = hop_session.session.state.language.unwrap_or(began_in);
        progress.speak(hop_session.view.language);
        if let Some(reply) = hop_session.session.answer_to(&hop_session.hop) {
            return Ok(repeated(reply, "repeated"));
        }
        if hop_session.closed {
            // whatever it wanted, its caller has been told or has begun anew: a late copy moves
            // nothing
            let refused = (hop_session.session.executing == Some(hop_session.hop))
                .then(|| Reason::STALE.into());
            return Ok(HopOutcome {
                refused,
                ..self.plain(hop_session.view.language, OVER, "over")
            });
        }
        if let Some(executing) = hop_session.session.executing {
            if executing != hop_session.hop {
                return Ok(self.plain(hop_session.view.language, BUSY, "acting"));
            }
            // who has waited long enough is told the result by SMS, like the first copy's caller
            progress.act();
            if !hop_session.session.executed && patient {
                return Err(Lost::Acting);
            }
        }
        let step = match self.next_step(&hop_session) {
            Next::Walk(step) => *step,
            Next::Say(outcome) => return Ok(outcome),
        };
        let (state, screen, refused) = self.walk(&mut hop_session, step, progress).await?;
        self.store(hop_session, state, screen, refused).await
    }

    /// The machine's first step for this hop, or the answer when there is nothing to walk.
    fn next_step(&self, hop_session: &HopSession) -> Next {
        if hop_session.version == 0 {
            return Next::Walk(Box::new(self.first_step(hop_session)));
        }
        let input = hop_session.session.input_in(&hop_session.call.history, |known| {
            self.sessions.name(&hop_session.call, known)
        });
        let over = hop_session.session.is_over();
        match (input, hop_session.session.replies.last()) {
            (Some(_), _) if hop_session.session.replies.len() >= HOPS_MAX => {
                Next::Say(self.plain(hop_session.view.language, OVER, "too_long"))
            }
            (Some(input), _) if !over => Next::Walk(Box::new(press(
                &hop_session.menus,
                &hop_session.view,
                hop_session.session.state.clone(),
                input,
            ))),
            // first taken in hand with the dialled code, and run again
            (None, None) => Next::Walk(Box::new(self.first_step(hop_session))),
            // out of order, or after the end: nothing changes, and the person sees where they are
            (Some(_) | None, Some(reply)) => Next::Say(repeated(reply, "out_of_order")),
            (Some(_), None) => Next::Say(self.plain(hop_session.view.language, OVER, "over")),
        }
    }

    /// Dialling: to the start, or to the question whether to continue.
    fn first_step(&self, hop_session: &HopSession) -> Step {
        let since = hop_session.now.minus(RESUME_WITHIN).micros();
        let fresh = |row: &&SessionRow| row.state == "open" && row.updated_at >= since;
        let old = hop_session
            .superseded
            .iter()
            .find(fresh)
            .filter(|_| hop_session.call.history.is_empty());
        let old = old.and_then(|row| self.sessions.open(row));
        // what was done is not offered again, even if its last screen was lost
        match old
            .filter(|old| !old.executed)
            .and_then(|old| resumable(&hop_session.menus, &old.state))
        {
            Some(state) => offer(&hop_session.menus, &hop_session.view, state),
            None => begin(&hop_session.menus, &hop_session.view),
        }
    }

    /// The next answer out of a code that was dialled along (`*384*1234*1*0712345678#`). Never a
    /// yes and never a PIN; from the first answer that is not taken, the person goes on by hand.
    fn dialled<'a>(
        hop_session: &HopSession,
        state: &State,
        along: &mut impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let smooth = state.note.is_none()
            && hop_session.session.executing.is_none()
            && accepts_dialled(&hop_session.menus, state);
        if smooth { along.next() } else { None }
    }

    /// Walks on until there is something to show.
    async fn walk(
        &self,
        hop_session: &mut HopSession,
        mut step: Step,
        progress: &HopProgress,
    ) -> Result<(State, Screen, Option<Refusal>), Lost> {
        let mut refused = None;
        let history = hop_session.call.history.clone();
        let first = hop_session.session.replies.is_empty() && !history.is_empty();
        let mut along = history.split('*').take(if first { DIALLED_MAX } else { 0 });
        loop {
            let (pending, request) = match step {
                Step::Show { state, screen } => {
                    match Self::dialled(hop_session, &state, &mut along) {
                        Some(answer) => {
                            step = press(&hop_session.menus, &hop_session.view, state, answer);
                            continue;
                        }
                        None => return Ok((state, screen, refused)),
                    }
                }
                Step::Ask { pending, request } => (pending, request),
            };
            let reply = match request.mode {
                Mode::Execute => {
                    progress.act();
                    let reply = self.act(hop_session, request).await?;
                    if let Answer::Refused(refusal) = &reply {
                        refused = Some(refusal.clone());
                    }
                    reply
                }
                Mode::Check | Mode::Quote | Mode::List => {
                    self.wallet.answer(&hop_session.caller, request).await
                }
            };
            step = answer(&hop_session.menus, &hop_session.view, pending, reply);
        }
    }

    /// Does what the hop asks for, once: the conversation is marked as acted in the commit of the
    /// act itself, or, when the PIN was wrong, as claimed by this hop in the commit of the charge.
    async fn act(&self, hop_session: &mut HopSession, request: Request) -> Result<Answer, Lost> {
        let key =
            Key::new(Timestamp::from_micros(hop_session.session.began), "ussd", &hop_session.hop.0);
        if hop_session.session.executed {
            return Ok(self.wallet.replay(&hop_session.caller, &request, key).await);
        }
        let first = hop_session.session.executing.is_none();
        hop_session.session.executing = Some(hop_session.hop);
        let wrong = if first {
            Wrong::Charge(self.sessions.save(hop_session, hop_session.version, "acting"))
        } else {
            Wrong::Charged
        };
        hop_session.session.executed = true;
        let side_effects = self.sessions.save(hop_session, hop_session.version, "open");
        hop_session.session.executed = false;
        let executed = self
            .wallet
            .act(&hop_session.caller, request, Execution { key, side_effects, wrong })
            .await;
        (hop_session.silent, hop_session.not_recorded) = (executed.silent, executed.not_recorded);
        match executed.answer {
            Answer::Refused(Refusal { reason: Reason::STALE, .. }) => return Err(Lost::Stale),
            Answer::Refused(_) | Answer::Late if first && executed.charged => {
                hop_session.version = hop_session.version.saturating_add(1);
            }
            Answer::Refused(_) | Answer::Late if first => hop_session.session.executing = None,
            Answer::Refused(_) | Answer::Late => {}
            Answer::Facts { .. } | Answer::Items(_) => {
                hop_session.version = hop_session.version.saturating_add(1);
                hop_session.session.executed = true;
            }
        }
        Ok(executed.answer)
    }

    /// Stores where the hop led, and answers it.
    async fn store(
        &self,
        mut hop_session: HopSession,
        state: State,
        screen: Screen,
        refused: Option<Refusal>,
    ) -> Result<HopOutcome, Lost> {
        let executed = hop_session.session.executed;
        let at = state.screen.clone();
        let silent = hop_session.silent;
        let not_recorded = hop_session.not_recorded;
        hop_session.session.state = state;
        hop_session.session.typed = hop_session.call.history.len();
        hop_session.session.last = hop_session.hop;
        (hop_session.session.executing, hop_session.session.executed) = (None, false);
        hop_session.session.replies.push(Reply {
            hop: hop_session.hop,
            text: screen.text.clone(),
            continues: screen.continues,
        });
        let state = if screen.continues { "open" } else { "ended" };
        let key = Key::new(hop_session.now, "ussd", &hop_session.hop.0);
        let posting =
            self.wallet.note(key, self.sessions.save(&hop_session, hop_session.version, state));
        let word = if screen.continues { "continued" } else { "ended" };
        let outcome = HopOutcome { screen, word, at, refused, silent };
        if executed && !not_recorded && !outcome.screen.continues {
            // the act and its mark are durable: a copy of this hop finds the answer by them, nobody
            // need wait for more
            self.wallet.book.enqueue(posting);
            return Ok(outcome);
        }
        match self.wallet.book.post(posting).await {
            Ok(_receipt) => {
                if outcome.screen.continues && !executed {
                    self.sessions.remember(hop_session);
                }
                Ok(outcome)
            }
            // what was done is durable, and a copy of this hop would get the same answer from the
            // book
            Err(refusal) if executed && refusal.reason != Reason::STALE => Ok(outcome),
            Err(refusal) if refusal.reason == Reason::STALE => Err(Lost::Stale),
            Err(_) => Err(Lost::Busy),
        }
    }
}

fn repeated(reply: &Reply, word: &'static str) -> HopOutcome {
    let screen = Screen { text: reply.text.clone(), continues: reply.continues };
    HopOutcome { screen, word, at: String::new(), refused: None, silent: false }
}
