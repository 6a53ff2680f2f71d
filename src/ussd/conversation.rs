//! A conversation over USSD, hop by hop: takes up where it stands, lets the machine walk, asks the
//! wallet, answers, and leaves where it stands now. Money moves only where the machine asks for it,
//! and once, however often the hop comes.
//!
//! Only what is done is committed. Its key is made of what the gateway says again, and comes to one
//! thing; and each act takes its caller's line, so of two conversations one can act. All else is
//! answered from memory, and stored beside the book soon after.

use super::hop_session::{HopSession, Lost, view};
use super::memory::{InHand, Kept, Taken, Unwritten};
use super::names::key_of;
use super::progress::{HopOutcome, HopProgress, Late};
use super::session::{Ending, HOPS_MAX, Reply, Session};
use super::session_store::SessionStore;
use super::typed::Said;
use super::{Menus, Screen, State, Step};
use super::{accepts_dialled, answer, begin, offer, press, resumable};
use crate::book::{Change, Key};
use crate::gateway::{self, EndEvent, Typed, UssdCall};
use crate::language::Language;
use crate::refusal::{Reason, Refusal};
use crate::reloadable::Part;
use crate::request::{Answer, Mode, Request, Slots};
use crate::time::Timestamp;
use crate::wallet::{Execution, Wallet};
use std::collections::VecDeque;
use std::sync::Arc;

/// How often what is remembered of the caller is read anew because others were faster.
const ROUNDS_MAX: usize = 5;

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
    pub menus: Part<Menus>,
    /// Where conversations are kept.
    pub sessions: SessionStore,
}

/// What is taken along on a walk.
#[derive(Default)]
struct Along {
    /// Answers for the screens that come.
    steps: VecDeque<String>,
    /// What was done on it before, under which key: it is told again, and not done.
    done: Option<Key>,
}

/// What a walk has come to.
struct Walked {
    state: State,
    screen: Screen,
}

impl Ussd {
    /// Answers a hop, and tells `progress` how far it is for who may not wait for the end.
    pub async fn hop(&self, call: UssdCall, progress: &Arc<HopProgress>) -> HopOutcome {
        let names = &self.sessions.names;
        let key = names.session(call.gateway, &call.session, &call.caller);
        let copy = names.call(&call);
        loop {
            match self.sessions.memory.take(key, copy, progress) {
                Taken::Mine(hand, kept) => return self.in_hand(call, hand, kept, progress).await,
                Taken::Theirs { same: false, progress: other, .. } if other.is_acting() => {
                    return self.plain(other.language(), BUSY, "acting");
                }
                Taken::Theirs { same, progress: other, mut done } => {
                    progress.speak(other.language());
                    if same {
                        progress.follow(other);
                    }
                    // it is done when nobody can say so any more
                    let _ = done.changed().await;
                }
            }
        }
    }

    /// Answers a hop of a conversation that no other hop has in hand.
    async fn in_hand(
        &self,
        call: UssdCall,
        hand: InHand,
        kept: Option<Kept>,
        progress: &HopProgress,
    ) -> HopOutcome {
        let mut language = progress.language();
        for round in 0..ROUNDS_MAX {
            let anew = round > 0;
            let loaded =
                self.sessions.load(&call, hand.key(), kept.clone(), anew, &self.menus).await;
            let mut hop_session = match loaded {
                Ok(hop_session) => hop_session,
                Err(_lost) => break,
            };
            hop_session.speak();
            language = hop_session.view.language;
            progress.speak(language);
            match self.step(&mut hop_session, progress).await {
                Ok(Answered::Walked(walked)) => return leave(hand, hop_session, walked),
                Ok(Answered::Said(outcome)) => return outcome,
                Err(Lost::Stale) => {}
                Err(Lost::GivenUp) => return self.plain(language, BUSY, "given_up"),
                Err(Lost::Busy) => break,
            }
        }
        self.plain(language, BUSY, "busy")
    }

    /// Notes how a conversation ended, as the gateway tells it. Nothing depends on that, which may
    /// never come.
    pub fn ended(&self, gateway: &str, event: &EndEvent) {
        let Some(caller) = &event.caller else { return };
        let names = &self.sessions.names;
        let ending = match event.status {
            gateway::Ending::Closed => Ending::Closed,
            gateway::Ending::CutOff => Ending::CutOff,
            gateway::Ending::Failed => Ending::Failed,
            gateway::Ending::Unknown => return,
        };
        let key = names.session(gateway, &event.session, caller);
        self.sessions.memory.end(key, names.caller(caller), ending);
    }

    /// Ends a conversation that has become longer than any of ours.
    pub async fn endless(&self, call: &UssdCall) -> HopOutcome {
        let caller = self.wallet.caller(call.caller.clone()).await.ok();
        let language = caller.map(|caller| view(&self.wallet.config, &caller).language);
        self.plain(language.unwrap_or(self.wallet.config.market.language), OVER, "endless")
    }

    /// An end screen that belongs to no conversation.
    pub fn plain(&self, language: Language, text: &str, word: &'static str) -> HopOutcome {
        let text = self.menus.get().catalogue.say(language, text, &Slots::new());
        let screen = Screen { text, continues: false };
        HopOutcome { screen, word, at: String::new(), late: Late::Nothing }
    }

    async fn step(
        &self,
        hop_session: &mut HopSession,
        progress: &HopProgress,
    ) -> Result<Answered, Lost> {
        if let Some(reply) = hop_session.session.answer_to(&hop_session.hop) {
            return Ok(Answered::Said(repeated(reply, "repeated")));
        }
        let language = hop_session.view.language;
        if self.wallet.clock_fault().is_some() {
            return Ok(Answered::Said(self.plain(language, BUSY, "clock")));
        }
        let said = self.said(hop_session).await?;
        let done = said.is_done();
        if hop_session.closed && !done {
            // whatever it wanted, its caller has begun anew: a late copy moves nothing
            return Ok(Answered::Said(self.plain(language, OVER, "over")));
        }
        if let (true, Some(line)) = (done, hop_session.line) {
            hop_session.session.line = line;
        }
        if let Some(executing) = hop_session.session.executing
            && !done
        {
            // its caller waits for an SMS
            let copy = executing == hop_session.hop;
            let (text, word) = if copy { (LATE, "late") } else { (BUSY, "acting") };
            return Ok(Answered::Said(self.plain(language, text, word)));
        }
        let session = &hop_session.session;
        let over = session.is_over() || session.hops >= HOPS_MAX;
        let walked = match (said, session.replies.last()) {
            (Said::Done(key), _) => return self.receipt(language, key).await.map(Answered::Said),
            (Said::Dialled, _) => {
                let first = self.first_step(hop_session);
                self.walk(hop_session, first, &mut Along::default(), progress).await?
            }
            (Said::Steps(steps), _) if session.hops == 0 => {
                hop_session.session.taken_up = true;
                let first = begin(&hop_session.menus, &hop_session.view);
                self.walk(hop_session, first, &mut Along { steps, done: None }, progress).await?
            }
            (Said::Steps(mut steps), _) if !over => {
                let typed = steps.pop_front().unwrap_or_default();
                let first = pressed(hop_session, &typed);
                self.walk(hop_session, first, &mut Along { steps, done: None }, progress).await?
            }
            (Said::Input(input, done), _) if !over || done.is_some() => {
                let first = pressed(hop_session, &input);
                let mut along = Along { steps: VecDeque::new(), done };
                let walked = self.walk(hop_session, first, &mut along, progress).await?;
                // where it was done is not where the conversation is
                if let Some(key) = along.done {
                    return self.receipt(language, key).await.map(Answered::Said);
                }
                walked
            }
            // out of order, or after the end: nothing changes, and the person sees where they are
            (_, Some(reply)) => return Ok(Answered::Said(repeated(reply, "out_of_order"))),
            (_, None) => return Ok(Answered::Said(self.plain(language, OVER, "over"))),
        };
        Ok(Answered::Walked(walked))
    }

    /// Dialling: to the start, or to the question whether to continue.
    fn first_step(&self, hop_session: &HopSession) -> Step {
        let offered = hop_session.offered.as_ref();
        match offered.and_then(|old| resumable(&hop_session.menus, &old.state)) {
            Some(state) => offer(&hop_session.menus, &hop_session.view, state),
            None => begin(&hop_session.menus, &hop_session.view),
        }
    }

    /// Walks on until there is something to show.
    ///
    /// Answers that were dialled along (`*384*1234*1*0712345678#`), or whose screens were lost, are
    /// taken in one go. Never a yes and never a PIN, and never one with which something is done:
    /// somebody else may have made up what is dialled. From the first that is not taken, the person
    /// goes on by hand.
    async fn walk(
        &self,
        hop_session: &mut HopSession,
        mut step: Step,
        along: &mut Along,
        progress: &HopProgress,
    ) -> Result<Walked, Lost> {
        // where the last of those answers was taken
        let mut before = None;
        loop {
            let (pending, request) = match step {
                Step::Show { state, screen } => {
                    let takes = state.note.is_none()
                        && !hop_session.acted
                        && accepts_dialled(&hop_session.menus, &state);
                    let next = if takes { along.steps.pop_front() } else { None };
                    let Some(typed) = next else { return Ok(Walked { state, screen }) };
                    before = Some(Walked { state: state.clone(), screen });
                    step = press(&hop_session.menus, &hop_session.view, state, &typed);
                    continue;
                }
                Step::Ask { pending, request } => (pending, request),
            };
            let acts = request.mode == Mode::Execute && along.done.is_none();
            if let Some(before) = before.take_if(|_| acts) {
                return Ok(before);
            }
            let reply = match (request.mode, along.done.take()) {
                (Mode::Execute, Some(key)) => {
                    self.wallet.replay(&hop_session.caller, &request, key).await
                }
                (Mode::Execute, None) => self.act(hop_session, request, progress).await?,
                (Mode::Check | Mode::Quote | Mode::List, done) => {
                    along.done = done;
                    self.wallet.answer(&hop_session.caller, request).await
                }
            };
            step = answer(&hop_session.menus, &hop_session.view, pending, reply);
        }
    }

    /// Does what the hop asks for, once.
    async fn act(
        &self,
        hop_session: &mut HopSession,
        request: Request,
        progress: &HopProgress,
    ) -> Result<Answer, Lost> {
        if !progress.act() {
            return Err(Lost::GivenUp);
        }
        let began = Timestamp::from_micros(hop_session.session.began);
        let key = key_of(began, hop_session.hop);
        self.note_act(hop_session);
        let line = hop_session.caller_name.to_vec();
        let take = Change::TakeLine { line, version: hop_session.session.line };
        let execution = Execution { key, side_effects: vec![take] };
        let executed = self.wallet.act(&hop_session.caller, request.clone(), execution).await;
        let answer = match executed.answer {
            Answer::Refused(Refusal { reason: Reason::STALE, .. }) => return Err(Lost::Stale),
            // something came of this hop before, on another node or before a crash
            Answer::Refused(Refusal { reason: Reason::SEEN, .. }) => {
                self.told_before(hop_session, &request, key).await?
            }
            Answer::Refused(Refusal { reason: Reason::UNCLEAR, .. }) => {
                hop_session.late = Late::Unclear;
                return Ok(Answer::Late);
            }
            answer @ (Answer::Refused(_)
            | Answer::Late
            | Answer::Facts { .. }
            | Answer::Items(_)) => answer,
        };
        if let Answer::Refused(refusal) = &answer {
            hop_session.late = Late::Refused(refusal.clone());
        } else {
            hop_session.late = if executed.silent { Late::Done } else { Late::Nothing };
            hop_session.acted = true;
            hop_session.session.line = hop_session.session.line.saturating_add(1);
        }
        Ok(answer)
    }

    /// What is stored of the conversation if its caller is told to wait for an SMS.
    fn note_act(&self, hop_session: &HopSession) {
        let HopSession { call, caller_name, hop, now, session, .. } = hop_session;
        let key = self.sessions.names.session(call.gateway, &call.session, &call.caller);
        let acting = Unwritten {
            updated_at: now.micros(),
            acting_since: Some(now.micros()),
            caller: *caller_name,
            session: Arc::new(Session { executing: Some(*hop), ..session.clone() }),
        };
        self.sessions.memory.act(&key, acting);
    }
}

/// What a hop is answered with.
enum Answered {
    /// Where it led.
    Walked(Walked),
    /// It leads nowhere.
    Said(HopOutcome),
}

/// Leaves a conversation where the hop led, and answers it.
fn leave(hand: InHand, hop_session: HopSession, walked: Walked) -> HopOutcome {
    let HopSession { call, caller_name, hop, now, caller, mut session, acted, late, .. } =
        hop_session;
    let Walked { state, screen } = walked;
    let at = state.screen.clone();
    session.state = state;
    // what nobody knows yet is found out later, and told
    let unclear = matches!(late, Late::Unclear);
    session.executing = unclear.then_some(hop);
    let acting_since = unclear.then(|| now.micros());
    match &call.typed {
        Typed::Whole(history) => session.typed = history.len(),
        Typed::Last { turn, .. } => session.turn = turn.unwrap_or_default(),
    }
    let reply = Reply { hop, text: screen.text.clone(), continues: screen.continues };
    session.replied(reply, &at);
    // who has acted may not be who they were
    let caller = Some(caller).filter(|_| !acted);
    let kept = Kept { updated_at: now.micros(), session: Arc::new(session), caller };
    hand.leave(caller_name, kept, acting_since);
    let word = if screen.continues { "continued" } else { "ended" };
    HopOutcome { screen, word, at, late }
}

/// The machine's first step where somebody typed something on the screen where they are.
fn pressed(hop_session: &HopSession, typed: &str) -> Step {
    let state = hop_session.session.state.clone();
    press(&hop_session.menus, &hop_session.view, state, typed)
}

fn repeated(reply: &Reply, word: &'static str) -> HopOutcome {
    let screen = Screen { text: reply.text.clone(), continues: reply.continues };
    HopOutcome { screen, word, at: String::new(), late: Late::Nothing }
}
