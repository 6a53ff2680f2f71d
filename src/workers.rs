//! The work that nobody asks for: messages, what is due, and the look at the clock. Each has a task
//! of its own, so that what fails or is slow holds up nothing else, and reads where nobody waits
//! for a reader. What is done is said elsewhere; what is forgotten, in `forgetting`.

use crate::app::App;
use crate::forgetting::forget;
use crate::store::outbox::Channel;
use crate::store::{Conn, StoreError, people_keys};
use crate::wallet::{KINDS, bootstrap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often changed conversations are stored: what was typed since is lost with the node.
const FLUSH_EVERY: Duration = Duration::from_millis(75);
/// How often conversations that nobody goes on in are taken out.
const BURY_EVERY: Duration = Duration::from_secs(30);
/// How often reports are looked at again that came early.
const REPORTS_EVERY: Duration = Duration::from_secs(2);
/// How often what waits in the outbox is counted; counters say it in between. Where counting takes
/// its time it is done less often: it takes so many parts of all time at most.
const MEASURE_EVERY: Duration = Duration::from_secs(5);
const MEASURE_PARTS: u32 = 500;
/// How often conversations are looked for that stopped in the middle of an act.
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
        self.start_senders(stop).into_iter().chain(self.start_others(stop)).collect()
    }

    /// Those of them that hand messages over, and look after what is reported of them.
    pub fn start_senders(&self, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        let app = self.in_background();
        vec![
            app.sender(Channel::Text, stop),
            app.sender(Channel::Mail, stop),
            app.measurer(stop),
            app.worker(REPORTS_EVERY, stop, async |app: App| app.notify.match_reports().await),
        ]
    }

    /// All others.
    pub fn start_others(&self, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
        let app = self.in_background();
        let kinds = KINDS.iter().map(|kind| {
            app.worker(WAKE_EVERY, stop, async move |app: App| {
                app.wallet.wake_due(kind).await.map(drop)
            })
        });
        let others = [
            app.worker(SETTLE_EVERY, stop, async |app: App| {
                app.ussd.settle_stuck().await.map(drop)
            }),
            app.worker(BURY_EVERY, stop, async |app: App| app.ussd.sessions.bury().await.map(drop)),
            self.flusher(stop),
            app.worker(PAYOUT_EVERY, stop, pay_out),
            app.worker(RULES_EVERY, stop, keep_rules),
            app.worker(KEYS_EVERY, stop, async |app: App| app.keep_people_keys().await.map(drop)),
            app.worker(FORGET_EVERY, stop, async |app: App| {
                forget(&app).await;
                Ok(())
            }),
        ];
        kinds.chain(others).collect()
    }

    /// Stores changed conversations, whatever the clock says; also those that changed last.
    fn flusher(&self, stop: &watch::Receiver<bool>) -> JoinHandle<()> {
        let app = self.clone();
        let flushing = every(FLUSH_EVERY, stop, move || {
            let sessions = app.ussd.sessions.clone();
            async move { sessions.flush().await.map(drop) }
        });
        let sessions = self.ussd.sessions.clone();
        tokio::spawn(async move {
            let _ = flushing.await;
            if let Err(error) = sessions.flush().await {
                tracing::warn!(%error, "the last steps of conversations were not stored");
            }
        })
    }

    /// The same service for work that nobody waits for.
    fn in_background(&self) -> App {
        let mut app = self.clone();
        app.wallet.store = app.wallet.store.in_background();
        app.ussd.wallet = app.wallet.clone();
        app.notify.wallet = app.wallet.clone();
        app
    }

    /// Hands over what is due one way, until told to stop, and then what is in hand.
    fn sender(&self, channel: Channel, stop: &watch::Receiver<bool>) -> JoinHandle<()> {
        let (app, mut stop) = (self.clone(), stop.clone());
        tokio::spawn(async move {
            loop {
                if app.wallet.clock_fault().is_none()
                    && let Err(error) = app.notify.begin_due(channel).await
                {
                    tracing::error!(%error, "messages could not be taken from the outbox");
                    tokio::time::sleep(SETTLE_EVERY).await;
                }
                tokio::select! {
                    () = app.notify.next_look(channel) => {}
                    _ = stop.changed() => return app.notify.finish(channel).await,
                }
            }
        })
    }

    /// Counts what waits in the outbox again and again, as often as that is cheap.
    fn measurer(&self, stop: &watch::Receiver<bool>) -> JoinHandle<()> {
        let (app, next) = (self.clone(), Arc::new(Mutex::new(Instant::now())));
        every(MEASURE_EVERY, stop, move || {
            let (app, next) = (app.clone(), next.clone());
            async move {
                let is_due = Instant::now() >= *next.lock().unwrap_or_else(PoisonError::into_inner);
                if is_due {
                    let took = app.notify.measure().await?;
                    let pause = took.saturating_mul(MEASURE_PARTS);
                    let again = Instant::now().checked_add(pause).unwrap_or_else(Instant::now);
                    *next.lock().unwrap_or_else(PoisonError::into_inner) = again;
                }
                Ok(())
            }
        })
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
            self.wallet.book.write_aside(piece).await?;
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
