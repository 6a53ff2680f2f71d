//! Where conversations are between two hops: in the memory of the node, and stored a few times a
//! second beside the book. It knows no screen, and commits nothing of the book.
//!
//! A phone has one screen, so a number has one live conversation: beginning one ends the others. On
//! another node that is noticed when one of them acts: of all that a caller has begun one can.

use super::Menus;
use super::hop_session::{HopSession, Lost, view};
use super::memory::{Kept, Memory, Name, Unwritten};
use super::names::SessionNames;
use super::progress::Late;
use super::session::{Ending, Session};
use crate::book::Book;
use crate::gateway::UssdCall;
use crate::phone::Msisdn;
use crate::reloadable::Part;
use crate::seal::{Randomness, SealKey};
use crate::store::sessions::{self, Names, SessionRow};
use crate::store::{Conn, DbThreads, Store, StoreError, lines};
use crate::time::{Clock, Timestamp};
use crate::wallet::{Caller, ServiceConfig, Wallet};
use std::sync::Arc;
use std::time::Duration;

/// A conversation takes no hop after this silence: gateways end one after three minutes, so what
/// comes later is an echo.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// A conversation that was cut off can be continued, in a new one, for this long.
pub(super) const RESUME_WITHIN: Duration = Duration::from_secs(15 * 60);
/// Conversations that are taken out in one go.
const BURIED_AT_ONCE: i64 = 500;
/// Past ones that are forgotten in one go.
const FORGOTTEN_AT_ONCE: i64 = 1_000;

/// Keeps the conversations of a node. Clones share everything.
#[derive(Clone)]
pub struct SessionStore {
    store: Store,
    book: Book,
    writer: DbThreads,
    config: Arc<ServiceConfig>,
    clock: Clock,
    randomness: Arc<Randomness>,
    /// The newest key first: it seals, all of them open.
    seals: Arc<Vec<SealKey>>,
    pub(super) names: Arc<SessionNames>,
    pub(super) memory: Memory,
}

impl std::fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionStore")
    }
}

/// What the database says around a call.
struct Around {
    rows: Vec<SessionRow>,
    line: i64,
    caller: Caller,
}

impl SessionStore {
    /// With nothing remembered yet. The first of `seals` seals what is stored, each may open it.
    pub fn new(
        wallet: &Wallet,
        writer: DbThreads,
        names: SealKey,
        seals: Vec<SealKey>,
    ) -> SessionStore {
        SessionStore {
            store: wallet.store.clone(),
            book: wallet.book.clone(),
            writer,
            config: wallet.config.clone(),
            clock: wallet.clock.clone(),
            randomness: wallet.randomness.clone(),
            seals: Arc::new(seals),
            names: Arc::new(SessionNames::new(names)),
            memory: Memory::default(),
        }
    }

    /// Everything a hop needs: as remembered from the hop before, or read in one go. `anew` is
    /// whether what is remembered of the caller does not count. By a clock that is wrong nothing
    /// ends.
    pub(super) async fn load(
        &self,
        call: &UssdCall,
        key: Name,
        kept: Option<Kept>,
        anew: bool,
        menus: &Part<Menus>,
    ) -> Result<HopSession, Lost> {
        let now = self.clock.now();
        let caller_name = self.names.caller(&call.caller);
        let remembered = kept.as_ref().and_then(|kept| kept.caller.clone()).filter(|_| !anew);
        let mut line = None;
        let mut stored = Vec::new();
        let caller = match remembered {
            Some(caller) => caller,
            None => {
                let found = self.around(key, caller_name, &call.caller, now).await?;
                line = Some(found.line);
                stored = found.rows;
                Arc::new(found.caller)
            }
        };
        let own = stored.iter().position(|row| row.key == key).map(|place| stored.remove(place));
        let may_lag = kept.is_none();
        let (session, updated_at) = match (kept, own) {
            (Some(kept), _) => (Session::clone(&kept.session), kept.updated_at),
            (None, Some(row)) => (self.open(&row).ok_or(Lost::Busy)?, row.updated_at),
            (None, None) => (Session::default(), now.micros()),
        };
        let begins = session.hops == 0;
        let right = self.book.clock_guard().fault(now).is_none();
        let offered =
            if begins && right { self.superseded(caller_name, key, &stored, now) } else { None };
        // of two conversations the other one has done something since
        let other_acted = !begins && line.is_some_and(|line| line != session.line);
        let silent = updated_at < now.minus(LIFE).micros();
        let closed = !begins && !session.is_over() && (silent || other_acted || !session.is_open());
        let session = if begins {
            Session {
                began: now.micros(),
                gateway: call.gateway.to_owned(),
                msisdn: call.caller.e164().to_owned(),
                line: line.unwrap_or(0),
                ..session
            }
        } else {
            session
        };
        let since_answer = now.since(Timestamp::from_micros(updated_at));
        Ok(HopSession {
            hop: self.names.hop(call, &session, since_answer),
            call: call.clone(),
            caller_name,
            now,
            view: view(&self.config, &caller),
            caller,
            menus: menus.get(),
            may_lag,
            line,
            closed,
            offered: offered.filter(|old| Some(old.line) == line),
            session,
            late: Late::Nothing,
            acted: false,
        })
    }

    /// Ends what a caller had begun before, and says where they were cut off.
    fn superseded(
        &self,
        caller: Name,
        key: Name,
        stored: &[SessionRow],
        now: Timestamp,
    ) -> Option<Session> {
        let remembered = self.memory.begin(caller, key, now.micros());
        let mut found = remembered.map(|kept| (kept.updated_at, Session::clone(&kept.session)));
        for row in stored {
            let Some(name) = <Name>::try_from(row.key.as_slice()).ok() else { continue };
            // what this node has in hand is known better than it was stored
            if self.memory.knows(&name) {
                continue;
            }
            let Some(session) = self.open(row) else { continue };
            let ended = Session { ending: Some(Ending::DialledAnew), ..session.clone() };
            let unwritten = Unwritten {
                updated_at: row.updated_at,
                acting_since: row.acting_since,
                caller,
                session: Arc::new(ended),
            };
            self.memory.write(name, unwritten);
            found.get_or_insert((row.updated_at, session));
        }
        let since = now.minus(RESUME_WITHIN).micros();
        let (_, session) = found.filter(|(updated_at, _)| *updated_at >= since)?;
        // who is told the result by SMS is not led back to it
        (session.can_be_resumed() && session.executing.is_none()).then_some(session)
    }

    /// Reads what a hop that begins, or that nobody here remembers, needs: together with others
    /// where they are asked.
    async fn around(
        &self,
        key: Name,
        caller: Name,
        msisdn: &Msisdn,
        now: Timestamp,
    ) -> Result<Around, StoreError> {
        let names = Names { key: key.to_vec(), caller: caller.to_vec() };
        if let Some(batch_reader) = self.store.batch_reader()
            && let Some((rows, line, found)) =
                batch_reader.call(names.clone(), msisdn.e164().to_owned(), now.micros()).await
        {
            return Ok(Around { rows, line, caller: Caller::of(msisdn.clone(), found) });
        }
        let msisdn = msisdn.clone();
        let read = move |conn: &mut Conn| {
            let rows = conn.wait(async |asked| sessions::around(asked, &[&names]).await)?;
            let own = &names.caller;
            let lines = conn.wait(async |asked| lines::versions(asked, &[own]).await)?;
            let line = lines.get(own).copied().unwrap_or(0);
            Ok(Around { rows, line, caller: Caller::read(conn, msisdn.clone(), now)? })
        };
        self.store.read(read).await
    }

    /// A conversation as it is stored by now.
    pub(super) async fn stored(&self, key: Name) -> Result<Option<Session>, StoreError> {
        let names = Names { key: key.to_vec(), caller: Vec::new() };
        let read = move |conn: &mut Conn| {
            conn.wait(async |asked| sessions::around(asked, &[&names]).await)
        };
        let rows: Vec<SessionRow> = self.store.read(read).await?;
        Ok(rows.iter().find(|row| row.key == key).and_then(|row| self.open(row)))
    }

    /// Whether another node may have conversations in hand.
    pub(super) fn has_neighbours(&self) -> bool {
        self.store.is_shared()
    }

    /// A conversation that was stored; `None` when it was sealed with another key or was damaged.
    pub(super) fn open(&self, row: &SessionRow) -> Option<Session> {
        let opened = self.seals.iter().find_map(|key| Session::open(key, &row.key, &row.sealed));
        if opened.is_none() {
            tracing::error!("a conversation cannot be opened: its secret is not known");
        }
        opened
    }

    /// Stores what has changed since it was called last; says how much that was. What cannot be
    /// stored now is next time.
    pub async fn flush(&self) -> Result<usize, StoreError> {
        let unwritten = self.memory.take_unwritten();
        if unwritten.is_empty() {
            return Ok(0);
        }
        let rows: Vec<SessionRow> =
            unwritten.iter().filter_map(|(key, unwritten)| self.row(key, unwritten)).collect();
        let count = rows.len();
        let written = self.writer.write(move |conn| sessions::save(conn, &rows)).await;
        if written.is_err() {
            self.memory.give_back(unwritten);
        }
        written.map(|()| count)
    }

    fn row(&self, key: &Name, unwritten: &Unwritten) -> Option<SessionRow> {
        let session = &unwritten.session;
        Some(SessionRow {
            key: key.to_vec(),
            caller: unwritten.caller.to_vec(),
            hops: session.hops.into(),
            open: session.can_be_resumed(),
            acting_since: unwritten.acting_since,
            updated_at: unwritten.updated_at,
            sealed: session.seal(self.seals.first()?, self.randomness.bytes(), key),
        })
    }

    /// Takes out conversations that nobody can go on in any more, a piece at a time, and leaves a
    /// trail of each; says how many.
    pub async fn bury(&self) -> Result<usize, StoreError> {
        let before = self.clock.now().minus(RESUME_WITHIN).micros();
        let mut all = 0_usize;
        loop {
            let sessions = self.clone();
            let past =
                move |row: &SessionRow| Some(sessions.open(row)?.past(&row.caller, row.updated_at));
            let piece = move |conn: &mut Conn| sessions::bury(conn, before, BURIED_AT_ONCE, &past);
            let buried = self.writer.write(piece).await?;
            all = all.saturating_add(buried);
            if i64::try_from(buried).unwrap_or(0) < BURIED_AT_ONCE {
                return Ok(all);
            }
        }
    }

    /// Forgets a piece of what is left of conversations that ended before `before`, microseconds
    /// UTC; says how many.
    pub async fn forget(&self, before: i64) -> Result<usize, StoreError> {
        self.writer.write(move |conn| sessions::forget(conn, before, FORGOTTEN_AT_ONCE)).await
    }

    /// Conversations whose act was begun before `before`, and of whose end nothing is known here.
    pub(super) async fn cut_short(&self, before: i64) -> Result<Vec<SessionRow>, StoreError> {
        self.store.read(move |conn| sessions::acting(conn, before, BURIED_AT_ONCE)).await
    }
}
