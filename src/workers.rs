//! The work that nobody asks for: messages, what is due, forgetting, and the look at the clock.
//! Each has a task of its own, so that what fails or is slow holds up nothing else. What is done is
//! said elsewhere.

use crate::app::App;
use crate::store::outbox::Channel;
use crate::store::{Conn, StoreError, arrangement_rows, book_rows, people_keys};
use crate::wallet::{KINDS, bootstrap};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often the outbox is looked at, and conversations that stopped in the middle of an act.
const OUTBOX_EVERY: Duration = Duration::from_millis(200);
const SETTLE_EVERY: Duration = Duration::from_secs(5);
/// How often each kind of what waits is looked at for what is due.
const WAKE_EVERY: Duration = Duration::from_secs(1);
/// How often the clock is looked at.
const CLOCK_EVERY: Duration = Duration::from_secs(60);
/// How soon after midnight commission is paid out.
const PAYOUT_EVERY: Duration = Duration::from_secs(60);
/// How soon it is recorded that another tariff, or other limits, are in use.
const RULES_EVERY: Duration = Duration::from_secs(60);
/// How soon somebody who has joined is found by their name, and pieces of many that are made in one
/// turn.
const KEYS_EVERY: Duration = Duration::from_secs(1);
const PIECES_MAX: usize = 50;
const FORGET_EVERY: Duration = Duration::from_secs(3_600);
/// Conversations and handled texts older than any retry: gateways try for 12 hours.
const FORGET_AFTER: Duration = Duration::from_secs(3 * 24 * 3_600);
/// What has been over for so long is looked back at by nobody on a phone.
const MOVE_OUT_AFTER: Duration = Duration::from_secs(60 * 24 * 3_600);
/// Rows that are moved out in one go: payments wait meanwhile.
const MOVED_AT_ONCE: i64 = 500;

impl App {
    /// Looks at the clock again and again, until `stop` changes.
    pub fn watch_clock(&self, stop: &watch::Receiver<bool>) -> JoinHandle<()> {
        let app = self.clone();
        every(CLOCK_EVERY, stop, move || {
            let app = app.clone();
            async move { app.look_at_clock().await }
        })
    }

    /// Starts the work that nobody asks for: messages, what is due, forgetting. It ends when `stop`
    /// changes. What fails holds up nothing else, and nothing is done while the clock is wrong.
    pub fn start_workers(&self, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        let stopping = stop.clone();
        let outbox = |channel| {
            let stopping = stopping.clone();
            self.worker(OUTBOX_EVERY, stop, move |app| send_all(app, channel, stopping.clone()))
        };
        let kinds = KINDS.iter().map(|kind| {
            self.worker(WAKE_EVERY, stop, async move |app: App| {
                app.wallet.wake_due(kind).await.map(drop)
            })
        });
        let others = [
            outbox(Channel::Text),
            outbox(Channel::Mail),
            self.worker(SETTLE_EVERY, stop, async |app: App| {
                app.ussd.settle_stuck().await.map(drop)
            }),
            self.worker(PAYOUT_EVERY, stop, pay_out),
            self.worker(RULES_EVERY, stop, keep_rules),
            self.worker(KEYS_EVERY, stop, async |app: App| app.keep_people_keys().await.map(drop)),
            self.worker(FORGET_EVERY, stop, forget),
            self.worker(FORGET_EVERY, stop, async |app: App| app.move_out().await.map(drop)),
        ];
        kinds.chain(others).collect()
    }

    /// Moves out what has been over for weeks, in pieces; says how many rows.
    pub async fn move_out(&self) -> Result<usize, StoreError> {
        let before = self.wallet.clock.now().minus(MOVE_OUT_AFTER).micros();
        let read = move |conn: &mut Conn| book_rows::newest_before(conn, before);
        let until = self.wallet.store.read(read).await?;
        let mut all = 0_usize;
        loop {
            let piece =
                move |conn: &mut Conn| arrangement_rows::move_out(conn, until, MOVED_AT_ONCE);
            let moved = self.wallet.book.write(piece).await?;
            all = all.saturating_add(moved);
            if i64::try_from(moved).unwrap_or(0) < MOVED_AT_ONCE {
                return Ok(all);
            }
        }
    }

    /// Makes what people are found by, for those who have joined or changed their name; says for
    /// how many. Of very many it does some: where a book is new to it, it takes some turns.
    pub async fn keep_people_keys(&self) -> Result<usize, StoreError> {
        let mut all = 0_usize;
        for _piece in 0..PIECES_MAX {
            let unkept = self.wallet.store.read(people_keys::unkept).await?;
            if unkept.is_nothing() {
                break;
            }
            all = all.saturating_add(unkept.len());
            let more = unkept.more;
            let piece = move |conn: &mut Conn| people_keys::keep(conn, &unkept);
            self.wallet.book.write(piece).await?;
            if !more {
                break;
            }
        }
        Ok(all)
    }

    /// Does `work` again and again, but not while the clock is wrong.
    fn worker<F>(
        &self,
        pause: Duration,
        stop: &watch::Receiver<bool>,
        work: impl Fn(App) -> F + Send + 'static,
    ) -> JoinHandle<()>
    where
        F: Future<Output = Result<(), StoreError>> + Send,
    {
        let app = self.clone();
        every(pause, stop, move || {
            let turn = app.wallet.clock_fault().is_none().then(|| work(app.clone()));
            async move {
                match turn {
                    Some(turn) => turn.await,
                    None => Ok(()),
                }
            }
        })
    }
}

/// Sends what waits. A full batch means that there is more: go on at once, but not when the program
/// should end.
async fn send_all(
    app: App,
    channel: Channel,
    stopping: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let full = usize::try_from(crate::notify::BATCH).unwrap_or(usize::MAX);
    while app.notify.send_due(channel).await? >= full
        && !*stopping.borrow()
        && app.wallet.clock_fault().is_none()
    {}
    app.notify.measure().await
}

async fn pay_out(app: App) -> Result<(), StoreError> {
    match app.wallet.pay_by_schedule().await {
        Ok(0) => {}
        Ok(paid) => tracing::info!(paid, "commission was paid out by schedule"),
        Err(bootstrap::BootstrapError::Store(error)) => return Err(error),
        Err(other) => tracing::error!(error = %other, "commission could not be paid out"),
    }
    Ok(())
}

/// Records a tariff and limits that are new, also those that were read while the service ran.
async fn keep_rules(app: App) -> Result<(), StoreError> {
    match app.keep_rules().await {
        Ok(()) => Ok(()),
        Err(bootstrap::BootstrapError::Store(error)) => Err(error),
        Err(other) => {
            tracing::error!(error = %other, "which tariff counts was not recorded");
            Ok(())
        }
    }
}

/// Forgets what no retry comes back to.
async fn forget(app: App) -> Result<(), StoreError> {
    let before = app.wallet.clock.now().minus(FORGET_AFTER).micros();
    app.wallet
        .book
        .write(move |conn| crate::store::sessions::forget(conn, before))
        .await
        .map(|_rows| ())
}

/// Runs `work` again and again until told to stop; a failure is logged and does not end it.
fn every<F>(
    pause: Duration,
    stop: &watch::Receiver<bool>,
    work: impl Fn() -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<(), StoreError>> + Send,
{
    let mut stop = stop.clone();
    tokio::spawn(async move {
        loop {
            if let Err(error) = work().await {
                tracing::error!(%error, "work in the background failed");
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.changed() => return,
            }
        }
    })
}
