//! Who of the staff is at work: name, password and a code make a session, of which the database
//! knows a digest alone. Each try is recorded, the wrong ones too; after five of them nobody gets
//! in by that name for a quarter of an hour, and whoever tries hears the same answer for a name
//! that is nobody's. Who is at work has tries of their own: whoever tries from outside takes none
//! of them.

use super::super::{Caller, Wallet, unavailable};
use crate::actor::Actor;
use crate::book::{Change, Key, Posting};
use crate::id::StaffId;
use crate::refusal::{Reason, Refusal};
use crate::seal::to_hex;
use crate::staff::role::{self, Right};
use crate::staff::{password, second_factor};
use crate::store::records::Record;
use crate::store::staff_rows::{self, StaffRow, StaffState};
use crate::store::staff_sessions::{self, StaffSession};
use crate::time::Timestamp;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Name, password and code do not belong together, or too many were tried.
pub const SIGN_IN_WRONG: Reason = Reason::new("sign_in_wrong");
/// Who was at work has to sign in again.
pub const SESSION_OVER: Reason = Reason::new("session_over");
/// A code was shown too long ago for this.
pub const CODE_WANTED: Reason = Reason::new("code_wanted");

const SECOND: i64 = 1_000_000;
/// Who does nothing for so long has left the room.
const IDLE: i64 = 15 * 60 * SECOND;
/// A day at work.
const WHOLE: i64 = 10 * 3_600 * SECOND;
/// For how long a code that was shown stands for what takes one.
const PROVED: i64 = 5 * 60 * SECOND;
/// Wrong tries in a row before nobody gets in, and for how long.
const MISSES_MAX: i64 = 5;
/// How often somebody is read again because they were changed meanwhile.
const READS_MAX: usize = 8;
const LOCKED: i64 = 15 * 60 * SECOND;
/// Once a minute is often enough to know that somebody is there.
pub(super) const TOUCHED: i64 = 60 * SECOND;
/// Who was not here for so long is let in again by an admin.
const ASLEEP: i64 = 90 * 24 * 3_600 * SECOND;

/// Hashing takes a tenth of a second and 19 MiB: two at a time, so that whoever tries passwords
/// takes nothing from those who pay.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Somebody of the staff who is at work.
#[derive(Debug, Clone)]
pub struct OnDuty {
    /// Who.
    pub staff: StaffRow,
    /// Their session.
    pub session: StaffSession,
}

impl OnDuty {
    /// Whether they showed a code lately.
    pub fn is_proved(&self, now: Timestamp) -> bool {
        now.micros().saturating_sub(self.session.proved_at) <= PROVED
    }

    /// The name that they sign with, where they may do what takes this right: `not_allowed`
    /// otherwise.
    pub fn signs(&self, right: Right) -> Result<&str, Refusal> {
        let roles = role::parse(&self.staff.roles).unwrap_or_default();
        if right.may_ask(&roles) { Ok(&self.staff.name) } else { Err(Reason::NOT_ALLOWED.into()) }
    }

    /// As who asks of a service.
    pub fn caller(&self) -> Result<Caller, Refusal> {
        Caller::of_staff(self.staff.clone()).ok_or_else(|| Reason::NOT_ALLOWED.into())
    }
}

/// What is kept of a secret that somebody shows.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.trim().as_bytes()).to_vec()
}

/// What comes of a try on what is known of who tries: they are in, or why not.
fn tried(
    row: &StaffRow,
    password_is_right: bool,
    step: Option<i64>,
    now: Timestamp,
) -> (StaffRow, bool) {
    let waits = row.locked_until.is_some_and(|until| until > now.micros());
    let asleep = now.micros().saturating_sub(row.seen_at) > ASLEEP;
    let works = row.state == StaffState::Active && !waits && !asleep;
    let next = row.next();
    match (works && password_is_right, step) {
        (true, Some(factor_step)) => {
            let seen_at = now.micros();
            (StaffRow { factor_step, misses: 0, locked_until: None, seen_at, ..next }, true)
        }
        // while nobody gets in, tries do not make it longer: that would be a way to lock out
        (_, _) if waits => (next, false),
        (_, _) => {
            let misses = row.misses.saturating_add(1);
            let locks = misses >= MISSES_MAX;
            let locked_until = locks.then(|| now.micros().saturating_add(LOCKED));
            (StaffRow { misses: if locks { 0 } else { misses }, locked_until, ..next }, false)
        }
    }
}

impl Wallet {
    /// Somebody comes to work: the secret that they show from now on. `sign_in_wrong` whatever does
    /// not fit.
    pub async fn sign_in(
        &self,
        name: &str,
        typed: SecretString,
        code: &str,
    ) -> Result<String, Refusal> {
        let name = name.trim().to_lowercase();
        let known = self.staff_named(&name).await?;
        let stored = known.as_ref().map(|row| row.password.clone()).unwrap_or_default();
        let right = self.hashing(move || password::is_right(&typed, &stored)).await?;
        let Some(row) = known else { return Err(SIGN_IN_WRONG.into()) };
        let now = self.clock.now();
        let step = self.step(&row, code, now);
        let (mut tried, is_in) = tried(&row, right, step, now);
        if tried.misses == row.misses && !is_in {
            return Err(SIGN_IN_WRONG.into());
        }
        if is_in {
            tried.factor = self.renewed(&row);
        }
        let (event, actor) = match is_in {
            true => ("sign_in", Actor::Staff(name)),
            false => ("sign_in_failed", Actor::Service),
        };
        // of two at one moment, with one code, one is stale
        self.keep_staff(tried, event, actor).await.map_err(|refusal| match refusal.reason {
            Reason::STALE => SIGN_IN_WRONG.into(),
            _ => refusal,
        })?;
        if is_in { self.begin_session(row.id, now).await } else { Err(SIGN_IN_WRONG.into()) }
    }

    async fn begin_session(&self, staff: StaffId, now: Timestamp) -> Result<String, Refusal> {
        let secret = to_hex(&self.randomness.bytes::<32>());
        let session = StaffSession {
            digest: digest(&secret),
            staff,
            begun_at: now.micros(),
            seen_at: now.micros(),
            proved_at: now.micros(),
            ended_at: None,
            misses: 0,
        };
        let begun = move |conn: &mut _| staff_sessions::begin(conn, &session);
        self.book.write(begun).await.map_err(|error| unavailable(&error))?;
        Ok(secret)
    }

    /// Who shows this secret; `session_over` where nobody does, or not any more.
    pub async fn on_duty(&self, secret: &str) -> Result<OnDuty, Refusal> {
        let digest = digest(secret);
        let read = move |conn: &mut _| {
            let Some(session) = staff_sessions::by_digest(conn, &digest)? else { return Ok(None) };
            let staff = staff_rows::by_id(conn, session.staff)?;
            Ok(staff.map(|staff| OnDuty { staff, session }))
        };
        let found = self.store.read(read).await.map_err(|error| unavailable(&error))?;
        let now = self.clock.now().micros();
        let lasts = |duty: &OnDuty| {
            let OnDuty { staff, session } = duty;
            session.ended_at.is_none()
                && staff.works()
                && session.begun_at > staff.out_until
                && now.saturating_sub(session.seen_at) <= IDLE
                && now.saturating_sub(session.begun_at) <= WHOLE
        };
        let duty = found.ok_or(SESSION_OVER)?;
        if !lasts(&duty) {
            self.record_over(&duty).await?;
            return Err(SESSION_OVER.into());
        }
        if now.saturating_sub(duty.session.seen_at) > TOUCHED {
            self.touch(&duty, false).await?;
        }
        Ok(duty)
    }

    async fn touch(&self, duty: &OnDuty, proved: bool) -> Result<(), Refusal> {
        let digest = duty.session.digest.clone();
        let now = self.clock.now().micros();
        let touched = move |conn: &mut _| staff_sessions::touch(conn, &digest, now, proved);
        self.book.write(touched).await.map_err(|error| unavailable(&error))
    }

    /// Who is at work shows a code again, for what takes one. A try is charged before it is
    /// compared, and after five wrong ones the session is over.
    pub async fn prove(&self, duty: &OnDuty, code: &str) -> Result<OnDuty, Refusal> {
        let digest = duty.session.digest.clone();
        let charged = move |conn: &mut _| staff_sessions::try_code(conn, &digest, MISSES_MAX);
        let charged = self.book.write(charged).await.map_err(|error| unavailable(&error))?;
        let tries = charged.ok_or(SESSION_OVER)?;
        let now = self.clock.now();
        if !self.shown(duty.staff.id, code, now).await? {
            if tries >= MISSES_MAX {
                self.sign_out(duty).await?;
            }
            return Err(SIGN_IN_WRONG.into());
        }
        self.touch(duty, true).await?;
        let mut proved = duty.clone();
        proved.session.proved_at = now.micros();
        Ok(proved)
    }

    /// Whether a code of theirs is right, which serves once and is recorded.
    async fn shown(&self, id: StaffId, code: &str, now: Timestamp) -> Result<bool, Refusal> {
        for _read in 0..READS_MAX {
            let read = move |conn: &mut _| staff_rows::by_id(conn, id);
            let row = self.store.read(read).await.map_err(|error| unavailable(&error))?;
            let row = row.filter(StaffRow::works).ok_or(SESSION_OVER)?;
            let step = self.step(&row, code, now);
            let event = if step.is_some() { "code_shown" } else { "code_wrong" };
            let next = match step {
                Some(factor_step) => {
                    StaffRow { factor_step, factor: self.renewed(&row), ..row.next() }
                }
                None => row.next(),
            };
            match self.keep_staff(next, event, Actor::Staff(row.name.clone())).await {
                // somebody tried their name, or the same code, at the same moment
                Err(Refusal { reason: Reason::STALE, .. }) => {}
                kept => return kept.map(|()| step.is_some()),
            }
        }
        Err(Reason::BUSY.into())
    }

    /// Somebody goes home.
    pub async fn sign_out(&self, duty: &OnDuty) -> Result<(), Refusal> {
        let digest = duty.session.digest.clone();
        let now = self.clock.now().micros();
        let ended = move |conn: &mut _| staff_sessions::end(conn, &digest, now);
        self.book.write(ended).await.map_err(|error| unavailable(&error))
    }

    /// Where staff are at work now: who, and since when.
    pub async fn at_work(&self) -> Result<Vec<(StaffId, i64)>, Refusal> {
        let now = self.clock.now().micros();
        let (seen, begun) = (now.saturating_sub(IDLE), now.saturating_sub(WHOLE));
        let read = move |conn: &mut _| staff_sessions::going_on(conn, seen, begun);
        self.store.read(read).await.map_err(|error| unavailable(&error))
    }

    /// The half minute for which a code of theirs is right now.
    fn step(&self, row: &StaffRow, code: &str, now: Timestamp) -> Option<i64> {
        let keys = &self.config.factor_keys;
        let secret = keys.iter().find_map(|key| second_factor::opened(key, &row.factor))?;
        second_factor::step_of(&secret, code, row.factor_step, now)
    }

    /// Their second factor as it is to be stored when a code of it was right: under the newest
    /// secret of the service.
    fn renewed(&self, row: &StaffRow) -> Vec<u8> {
        let same = || row.factor.clone();
        let Some((newest, older)) = self.config.factor_keys.split_first() else { return same() };
        let opened = older.iter().find_map(|key| second_factor::opened(key, &row.factor));
        match opened.and_then(|secret| secret.try_into().ok()) {
            Some(secret) => second_factor::sealed(newest, self.randomness.bytes(), &secret),
            None => same(),
        }
    }

    pub(super) async fn staff_named(&self, name: &str) -> Result<Option<StaffRow>, Refusal> {
        let name = name.to_owned();
        let read = move |conn: &mut _| staff_rows::by_name(conn, &name);
        self.store.read(read).await.map_err(|error| unavailable(&error))
    }

    /// Runs what takes long where it holds nobody up.
    pub(super) async fn hashing<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = |_ended| Refusal::from(Reason::BUSY);
        let _permit = HASHING.acquire().await.map_err(|_closed| Refusal::from(Reason::BUSY))?;
        tokio::task::spawn_blocking(f).await.map_err(busy)
    }

    /// Records what became of somebody of the staff.
    pub(super) async fn keep_staff(
        &self,
        row: StaffRow,
        event: &'static str,
        actor: Actor,
    ) -> Result<(), Refusal> {
        let named = [row.id.number().to_be_bytes(), row.version.to_be_bytes()].concat();
        let key = Key::new(self.clock.now(), event, &named);
        let change = Change::keep(Record::Staff(Box::new(row)), event);
        let posting = Posting { kind: event, actor, ..self.note(key, vec![change]) };
        self.book.post(posting).await.map(|_receipt| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PostingId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * SECOND)
    }

    fn njeri() -> StaffRow {
        StaffRow {
            id: StaffId::of(7),
            version: 3,
            last_posting: PostingId::NONE,
            name: "njeri".to_owned(),
            msisdn: "+254700000001".to_owned(),
            language: "en".to_owned(),
            roles: "finance".to_owned(),
            state: StaffState::Active,
            password: String::new(),
            factor: Vec::new(),
            factor_step: 10,
            link: Vec::new(),
            link_until: None,
            locked_until: None,
            misses: 0,
            seen_at: 0,
            out_until: 0,
        }
    }

    #[test]
    fn who_has_both_is_in_and_each_code_serves_once() {
        let (row, is_in) = tried(&njeri(), true, Some(11), at(60));
        assert!(is_in);
        assert_eq!((row.version, row.factor_step, row.seen_at), (4, 11, at(60).micros()));
        for (password, step) in [(true, None), (false, Some(11)), (false, None)] {
            let (row, is_in) = tried(&njeri(), password, step, at(60));
            assert!(!is_in);
            assert_eq!((row.misses, row.locked_until, row.factor_step), (1, None, 10));
        }
    }

    #[test]
    fn after_five_misses_nobody_gets_in_for_a_while_and_trying_makes_it_no_longer() {
        let mut row = njeri();
        for miss in 1..=4 {
            row = tried(&row, false, Some(11), at(60)).0;
            assert_eq!((row.misses, row.locked_until), (miss, None));
        }
        row = tried(&row, false, None, at(60)).0;
        let until = at(60 + 900).micros();
        assert_eq!((row.misses, row.locked_until), (0, Some(until)));
        let (again, is_in) = tried(&row, true, Some(11), at(900));
        assert!(!is_in, "it is locked, also for who has both");
        assert_eq!((again.misses, again.locked_until), (0, Some(until)));
        let (_, is_in) = tried(&row, true, Some(11), at(961));
        assert!(is_in);
    }

    #[test]
    fn who_left_or_was_away_for_long_or_never_began_is_not_in() {
        for state in [StaffState::Invited, StaffState::Left] {
            assert!(!tried(&StaffRow { state, ..njeri() }, true, Some(11), at(60)).1, "{state:?}");
        }
        assert!(tried(&njeri(), true, Some(11), Timestamp::from_micros(ASLEEP)).1);
        assert!(!tried(&njeri(), true, Some(11), Timestamp::from_micros(ASLEEP + 1)).1);
    }
}
