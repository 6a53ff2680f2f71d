//! Waking what is due. Each node looks, kind by kind; what it does about a row carries a key made
//! of the row and its version, and changes the row from the version that was read: of several nodes
//! one does it, once. A row that fails is reported and left for later, and holds up no other; no
//! kind holds up another.

use super::super::context::{Channel, Context};
use super::super::plan::{Act, PlanError};
use super::super::{Caller, KINDS, PEERS, Wallet};
use super::kind::Kind;
use crate::actor::Actor;
use crate::book::{Key, Posting};
use crate::id::{ArrangementId, StaffId};
use crate::phone::Msisdn;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Mode};
use crate::store::arrangement_rows::{self as rows, ArrangementRow};
use crate::store::facts::Facts;
use crate::store::wants::Want;
use crate::store::{Conn, StoreError, loading};
use crate::time::Timestamp;
use futures_util::future::join_all;

/// Looked at in one go.
const PAGE: i64 = 200;

/// What a look came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Woken {
    /// Rows whose time had come and that were moved by this node.
    pub done: usize,
    /// Rows that others moved first.
    pub others: usize,
    /// Rows that could not be moved, and are tried again after a while.
    pub failed: usize,
}

impl Woken {
    /// Counts one, and says as what.
    fn count(&mut self, done: &Result<bool, String>) -> &'static str {
        let (count, outcome) = match done {
            Ok(true) => (&mut self.done, "done"),
            Ok(false) => (&mut self.others, "moved"),
            Err(_) => (&mut self.failed, "failed"),
        };
        *count = count.saturating_add(1);
        outcome
    }
}

/// A row that is due, and what is to be done about it.
struct Due {
    row: ArrangementRow,
    act: Result<Act, PlanError>,
}

/// Who began it: somebody with a wallet, or one of the staff.
fn beginner(row: &ArrangementRow, facts: &Facts) -> Result<Caller, PlanError> {
    const NOBODY: PlanError = PlanError::Damaged("an arrangement of nobody");
    let staff = StaffId::of(row.owner.number());
    if facts.has(&Want::Staff(staff)) {
        return facts.staff_member(staff)?.cloned().and_then(Caller::of_staff).ok_or(NOBODY);
    }
    let person = facts.owner(row.owner)?.ok_or(NOBODY)?.person.clone();
    let msisdn = Msisdn::from_e164(&person.msisdn).ok_or(PlanError::Damaged("a number"))?;
    Ok(Caller { person: Some(person), settled: true, ..Caller::of(msisdn, None) })
}

impl Wallet {
    /// Does what is to be done about everything whose time has come, kind by kind.
    pub async fn wake_all(&self) -> Result<Woken, StoreError> {
        let mut all = Woken::default();
        for kind in KINDS {
            let woken = self.wake_due(kind).await?;
            all.done = all.done.saturating_add(woken.done);
            all.others = all.others.saturating_add(woken.others);
            all.failed = all.failed.saturating_add(woken.failed);
        }
        Ok(all)
    }

    /// Does what is to be done about all rows of a kind whose time has come.
    pub async fn wake_due(&self, kind: &'static Kind) -> Result<Woken, StoreError> {
        let mut woken = Woken::default();
        let mut after = (i64::MIN, ArrangementId::of(0));
        loop {
            let (page, last) = self.read_due(kind, after).await?;
            for (row, done) in join_all(page.into_iter().map(|due| self.wake_one(kind, due))).await
            {
                self.report(kind, &row, &done, woken.count(&done));
            }
            // what failed stays due: the look goes on behind it
            match last {
                Some(last) => after = last,
                None => return Ok(woken),
            }
        }
    }

    /// Counts what came of a row; one that failed is left alone for a while.
    fn report(
        &self,
        kind: &'static Kind,
        row: &ArrangementRow,
        done: &Result<bool, String>,
        outcome: &'static str,
    ) {
        let now = self.clock.now();
        self.metrics.due(kind.name, outcome);
        // what cannot be woken is later at each look, and would hide how late others are
        if matches!(done, Ok(true)) {
            self.metrics.woken(now.since(Timestamp::from_micros(row.due_at.unwrap_or(0))));
        }
        match done {
            Ok(_) => self.setbacks.over(row.id),
            Err(why) => {
                let again_s = self.setbacks.failed(row.id, now).as_secs();
                let id = row.id.number();
                tracing::error!(kind = kind.name, id, %why, again_s, "could not be woken");
            }
        }
    }

    /// What is due behind a row, and what is to be done about it: read and decided in one visit.
    /// And the last row that was seen, where there may be more behind it.
    async fn read_due(
        &self,
        kind: &'static Kind,
        after: (i64, ArrangementId),
    ) -> Result<(Vec<Due>, Option<(i64, ArrangementId)>), StoreError> {
        let wallet = self.clone();
        self.store
            .read(move |conn: &mut Conn| {
                let now = wallet.clock.now();
                let mut found = rows::due(conn, kind.name, now.micros(), after, PAGE)?;
                let full = i64::try_from(found.len()).unwrap_or(0) >= PAGE;
                let last = found.last().map(|last| (last.due_at.unwrap_or(i64::MIN), last.id));
                found.retain(|row| !wallet.setbacks.pauses(row.id, now));
                let due = wallet.decide_due(conn, kind, found, None, now)?;
                Ok((due, last.filter(|_| full)))
            })
            .await
    }

    fn decide_due(
        &self,
        conn: &mut Conn,
        kind: &'static Kind,
        found: Vec<ArrangementRow>,
        refused: Option<&Refusal>,
        now: Timestamp,
    ) -> Result<Vec<Due>, StoreError> {
        let facts = self.facts_of(conn, kind, &found, now)?;
        let due = |row: ArrangementRow| {
            let act = self.about(&row, &facts, now, |context| (kind.wake)(context, &row, refused));
            Due { act: act.and_then(|act| act), row }
        };
        Ok(found.into_iter().map(due).collect())
    }

    /// What must be read of rows of a kind: their sides, and what the kind wants.
    pub(super) fn facts_of(
        &self,
        conn: &mut Conn,
        kind: &'static Kind,
        found: &[ArrangementRow],
        now: Timestamp,
    ) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        let sides = |row: &ArrangementRow| {
            let other = row.other.map(Want::Owner);
            let owner = if kind.of_staff {
                Want::Staff(StaffId::of(row.owner.number()))
            } else {
                Want::Owner(row.owner)
            };
            [Some(owner), other].into_iter().flatten().collect::<Vec<_>>()
        };
        loading::load(conn, &found.iter().flat_map(sides).collect::<Vec<_>>(), &mut facts)?;
        for step in kind.wants {
            let mut wants = Vec::new();
            for row in found {
                // of whom nothing is known nothing is wanted: that is found out below
                let _ = self.about(row, &facts, now, |context| wants.extend(step(context, row)));
            }
            loading::load(conn, &wants, &mut facts)?;
        }
        Ok(facts)
    }

    /// Whoever began it is asked for as if they did it now.
    pub(super) fn about<T>(
        &self,
        row: &ArrangementRow,
        facts: &Facts,
        now: Timestamp,
        f: impl FnOnce(&Context) -> T,
    ) -> Result<T, PlanError> {
        let caller = beginner(row, facts)?;
        Ok(f(&Context {
            config: &self.config,
            policy: &self.policy.get(),
            peers: &PEERS,
            caller: &caller,
            fields: &Fields::new(),
            secret: None,
            mode: Mode::Execute,
            now,
            channel: Channel::Ussd,
            key: Some(key(row)),
            fresh_id: 0,
            salt: [0; 16],
            posting: None,
            facts,
        }))
    }

    /// Whether this node has moved it; or why nobody can.
    async fn wake_one(
        &self,
        kind: &'static Kind,
        due: Due,
    ) -> (ArrangementRow, Result<bool, String>) {
        let Due { row, act } = due;
        let refused = match act {
            Err(error) => return (row, Err(said(&error))),
            Ok(act) => match self.book.post(self.woken(&row, act)).await {
                Ok(receipt) => return (row, Ok(!receipt.repeated)),
                Err(refusal) if passes(&refusal) => return (row, Ok(false)),
                Err(refusal) => refusal,
            },
        };
        let wallet = self.clone();
        let again = row.clone();
        let why = refused.clone();
        let read = move |conn: &mut Conn| {
            let now = wallet.clock.now();
            wallet.decide_due(conn, kind, vec![again.clone()], Some(&why), now)
        };
        let instead = match self.store.read(read).await {
            Ok(mut due) => due.pop().map(|due| due.act),
            Err(error) => return (row, Err(error.to_string())),
        };
        let done = match instead {
            None => Ok(false),
            Some(Err(error)) => Err(said(&error)),
            Some(Ok(act)) => match self.book.post(self.woken(&row, act)).await {
                Ok(receipt) => Ok(!receipt.repeated),
                Err(refusal) if passes(&refusal) => Ok(false),
                Err(refusal) => Err(refusal.code().to_owned()),
            },
        };
        (row, done)
    }

    fn woken(&self, row: &ArrangementRow, act: Act) -> Posting {
        Posting { actor: Actor::Service, ..self.planned(key(row), act) }
    }
}

/// The same for each node and each try: of one version of a row.
fn key(row: &ArrangementRow) -> Key {
    let name = [row.id.number().to_be_bytes(), row.version.to_be_bytes()].concat();
    Key::new(Timestamp::from_micros(row.due_at.unwrap_or(0)), "wake", &name)
}

/// Whether a refusal says nothing about what was to be done: somebody was faster, or the book can
/// do nothing now.
fn passes(refusal: &Refusal) -> bool {
    matches!(
        refusal.reason,
        Reason::MOVED | Reason::STALE | Reason::BUSY | Reason::UNCLEAR | Reason::KEY_REUSED
    )
}

fn said(error: &PlanError) -> String {
    match error {
        PlanError::Refused(refusal) => refusal.code().to_owned(),
        PlanError::NotWanted(fact) => fact.to_string(),
        PlanError::Damaged(what) => (*what).to_owned(),
    }
}
