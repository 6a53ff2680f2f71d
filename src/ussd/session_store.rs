//! Where conversations are kept between two hops: read for a hop in one go, or remembered from the
//! hop before, and the changes that store what became of it. It knows no screen, and commits
//! nothing.
//!
//! A phone has one screen, so a number has one live conversation: beginning one ends the others,
//! whatever they were about to do, and two begun at the same moment meet in the version of the
//! caller's line.

use super::Menus;
use super::hop_session::{HopSession, Lost, view};
use super::memory::{Memory, Remembered};
use super::session::{Hop, Session};
use crate::book::{Change, SessionSave};
use crate::gateway::UssdCall;
use crate::phone::Msisdn;
use crate::reloadable::Reloadable;
use crate::seal::{Randomness, SealKey};
use crate::store::sessions::{self, Names, SessionRow};
use crate::store::{Conn, Store, StoreError};
use crate::time::{Clock, Timestamp};
use crate::wallet::{Caller, ServiceConfig, Wallet};
use std::sync::Arc;
use std::time::Duration;

/// A conversation takes no hop after this silence: gateways end one after three minutes, so what
/// comes later is an echo.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// Keeps the conversations of a node. Clones share everything.
#[derive(Debug, Clone)]
pub struct SessionStore {
    store: Store,
    config: Arc<ServiceConfig>,
    clock: Clock,
    randomness: Arc<Randomness>,
    seal: Arc<SealKey>,
    memory: Memory,
}

/// A conversation as it was found.
struct LoadedSession {
    kept: Remembered,
    state: String,
    dialled: i64,
    superseded: Vec<SessionRow>,
}

impl SessionStore {
    /// With nothing remembered yet. `seal` seals what is stored.
    pub fn new(wallet: &Wallet, seal: Arc<SealKey>) -> SessionStore {
        let store = wallet.store.clone();
        let config = wallet.config.clone();
        let clock = wallet.clock.clone();
        let randomness = wallet.randomness.clone();
        SessionStore { store, config, clock, randomness, seal, memory: Memory::default() }
    }

    /// Everything a hop needs: as remembered from the hop before, or read in one go.
    pub(super) async fn load(
        &self,
        call: &UssdCall,
        menus: &Reloadable<Menus>,
    ) -> Result<HopSession, Lost> {
        let now = self.clock.now();
        let key = self
            .seal
            .fingerprint("session", &format!("{}\n{}", call.service_code, call.session))
            .to_vec();
        // somebody else's call under the same name is looked up like any other, and so is one that
        // comes too late: its caller may speak another language by now
        let until = now.minus(LIFE).micros();
        let own = |kept: &Remembered| {
            kept.session.msisdn == call.caller.e164() && kept.updated_at >= until
        };
        let found = match self.memory.take(&key).filter(own) {
            Some(kept) => {
                LoadedSession { dialled: 0, superseded: Vec::new(), state: "open".to_owned(), kept }
            }
            None => self.look_up(call, &key, now).await?,
        };
        let LoadedSession { kept, state, dialled, superseded } = found;
        let Remembered { version, updated_at, session, caller } = kept;
        let menus = menus.get();
        let view = view(&self.config, &caller);
        let hop = self.name(call, &call.history);
        // what has acted may still be told, also in a conversation that a newer one ended
        let open_end = !session.is_over() && !session.executed;
        let closed = open_end && version > 0 && (state == "ended" || updated_at < until);
        let call = call.clone();
        let silent = false;
        let not_recorded = false;
        Ok(HopSession {
            call,
            key,
            hop,
            now,
            caller,
            view,
            menus,
            version,
            closed,
            session,
            silent,
            not_recorded,
            dialled,
            superseded,
        })
    }

    /// Reads a conversation and its caller; for one that begins, also what it ends.
    async fn look_up(
        &self,
        call: &UssdCall,
        key: &[u8],
        now: Timestamp,
    ) -> Result<LoadedSession, Lost> {
        let names = Names {
            key: key.to_vec(),
            line: self.line(&call.caller),
            caller: self.seal.fingerprint("caller", call.caller.e164()).to_vec(),
        };
        let (rows, caller) = self.read_call(&names, &call.caller, now).await?;
        let dialled = rows.iter().find(|row| row.key == names.line).map_or(0, |row| row.version);
        let (row, others): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| row.key == names.key);
        let row = row.into_iter().next();
        let others = others.into_iter().filter(|other| other.key != names.line && row.is_none());
        let superseded: Vec<SessionRow> = others.collect();
        let session = match &row {
            Some(row) => self.open(row).ok_or_else(|| {
                tracing::error!("a conversation cannot be opened: the secret was changed");
                Lost::Busy
            })?,
            None => Session {
                began: now.micros(),
                msisdn: call.caller.e164().to_owned(),
                ..Session::default()
            },
        };
        let (version, updated_at, state) = row
            .map_or((0, now.micros(), "open".to_owned()), |row| {
                (row.version, row.updated_at, row.state)
            });
        let kept = Remembered { version, updated_at, session, caller };
        Ok(LoadedSession { kept, state, dialled, superseded })
    }

    /// Reads what a hop that begins, or that nobody here remembers, needs: together with others
    /// where they are asked.
    async fn read_call(
        &self,
        names: &Names,
        msisdn: &Msisdn,
        now: Timestamp,
    ) -> Result<(Vec<SessionRow>, Caller), StoreError> {
        if let Some(batch_reader) = self.store.batch_reader()
            && let Some((rows, found)) =
                batch_reader.call(names.clone(), msisdn.e164().to_owned(), now.micros()).await
        {
            return Ok((rows, Caller::of(msisdn.clone(), found)));
        }
        let names = names.clone();
        let msisdn = msisdn.clone();
        let read = move |conn: &mut Conn| {
            let rows = conn.wait(async |asked| sessions::around(asked, &[&names]).await)?;
            Ok((rows, Caller::read(conn, msisdn.clone(), now)?))
        };
        self.store.read(read).await
    }

    /// Remembers the conversation for its next hop. What has acted is not: it may have changed its
    /// caller.
    pub(super) fn remember(&self, hop_session: HopSession) {
        let version = hop_session.version.saturating_add(1);
        let HopSession { key, now, caller, session, .. } = hop_session;
        let kept = Remembered { version, updated_at: now.micros(), session, caller };
        self.memory.keep(key, kept);
    }

    /// A conversation that was stored; `None` when it was sealed with another key or was damaged.
    pub(super) fn open(&self, row: &SessionRow) -> Option<Session> {
        Session::open(&self.seal, &row.key, &row.sealed)
    }

    /// The name of the hop with this history in this session.
    pub(super) fn name(&self, call: &UssdCall, history: &str) -> Hop {
        Hop(self
            .seal
            .fingerprint("hop", &format!("{}\n{}\n{history}", call.service_code, call.session)))
    }

    /// The key of a caller's line, whose version counts the conversations they began.
    fn line(&self, caller: &Msisdn) -> Vec<u8> {
        self.seal.fingerprint("line", caller.e164()).to_vec()
    }

    /// The change that stores the conversation as it is in hand, one version after `read_version`;
    /// with its first hop the caller's other conversations end, since a phone has one screen.
    pub(super) fn save(
        &self,
        hop_session: &HopSession,
        read_version: i64,
        state: &str,
    ) -> Vec<Change> {
        let row = |key: &[u8], session: &Session, version: i64, state: &str| SessionRow {
            key: key.to_vec(),
            caller: self.seal.fingerprint("caller", hop_session.call.caller.e164()).to_vec(),
            version,
            state: state.to_owned(),
            updated_at: hop_session.now.micros(),
            sealed: session.seal(&self.seal, self.randomness.bytes(), key),
            began_at: hop_session.session.began,
        };
        let own =
            row(&hop_session.key, &hop_session.session, read_version.saturating_add(1), state);
        let mut changes = vec![Change::SaveSession(SessionSave { read_version, row: own })];
        if read_version == 0 {
            // of two conversations begun at the same moment, the second looks again and ends the
            // first
            let key = self.line(&hop_session.call.caller);
            let line = Session::default();
            let line = SessionRow {
                sealed: Vec::new(),
                ..row(&key, &line, hop_session.dialled.saturating_add(1), "ended")
            };
            changes.push(Change::SaveSession(SessionSave {
                read_version: hop_session.dialled,
                row: line,
            }));
            // one that is acting ends too: its act finds that, and moves nothing
            for old in &hop_session.superseded {
                let version = old.version.saturating_add(1);
                let ended = SessionRow { version, state: "ended".into(), ..old.clone() };
                changes.push(Change::SaveSession(SessionSave {
                    read_version: old.version,
                    row: ended,
                }));
            }
        }
        changes
    }
}
