//! A node of a service that is measured: its book, its workers, its HTTP door.

use crate::app::{self, App, Committer};
use crate::config::Settings;
use crate::metrics::Commits;
use crate::seal::{Randomness, SealKey};
use crate::service_names::ServiceNames;
use crate::time::Clock;
use actix_web::dev::ServerHandle;
use std::net::TcpListener;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// When a caller is told that the answer comes by SMS.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);

/// A node.
pub struct BenchNode {
    /// The parts of the service.
    pub app: App,
    committer: Committer,
    door: Option<(ServerHandle, JoinHandle<std::io::Result<()>>)>,
}

/// Workers that are at work.
pub struct AtWorkers {
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
}

/// A door that nobody answers at yet: where it is must be known before whoever knocks is started.
pub fn door() -> std::io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0))
}

/// The commits of all these so far.
pub fn commits(nodes: &[BenchNode]) -> Commits {
    let all = nodes.iter().map(|node| node.app.wallet.metrics.commits());
    all.fold(Commits::default(), Commits::and)
}

/// Settings of a service of a bench; of a `demo` there are people in it already.
pub fn settings(database_url: &str, demo: bool) -> Settings {
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        console_listen: None,
        metrics_listen: None,
        console_url: None,
        database_url: database_url.into(),
        menus: None,
        market: None,
        service_code: "*384*1234#".to_owned(),
        names: ServiceNames::default(),
        answer_within: ANSWER_WITHIN,
        secret: SealKey::new([1; 32]),
        old_secrets: Vec::new(),
        callback_token: None,
        gateway: None,
        mail: None,
        keep_messages: Duration::from_secs(90 * 86_400),
        keep_conversations: Duration::from_secs(90 * 86_400),
        rules: crate::wallet::OperatorRules {
            reversal_quota: 3,
            payout: None,
            unjoined: false,
            balance_pin: false,
            grace: std::time::Duration::from_secs(24 * 3_600),
        },
        demo,
        showcase: false,
    }
}

impl BenchNode {
    /// Opens one, which answers at this door, if any.
    pub async fn open(settings: &Settings, door: Option<TcpListener>) -> anyhow::Result<BenchNode> {
        let (app, committer) = App::build(settings, Clock::System, Randomness::os()?).await?;
        let door = match door {
            None => None,
            Some(door) => {
                let server = app::serve(app.state(None, ANSWER_WITHIN), door, false)?;
                Some((server.handle(), tokio::spawn(server)))
            }
        };
        Ok(BenchNode { app, committer, door })
    }

    /// Starts those who hand messages over.
    pub fn start_senders(&self) -> AtWorkers {
        let (stop, stopped) = watch::channel(false);
        AtWorkers { workers: self.app.start_senders(&stopped), stop }
    }

    /// Starts all others.
    pub fn start_others(&self) -> AtWorkers {
        let (stop, stopped) = watch::channel(false);
        AtWorkers { workers: self.app.start_others(&stopped), stop }
    }

    /// Ends it, and waits until all is written that it acknowledged.
    pub async fn close(self) -> anyhow::Result<()> {
        if let Some((handle, server)) = self.door {
            handle.stop(false).await;
            server.await??;
        }
        drop(self.app);
        app::ended(self.committer).await
    }

    /// How much its database takes.
    pub async fn bytes(&self) -> anyhow::Result<u64> {
        let store = self.app.wallet.store.clone();
        Ok(tokio::task::spawn_blocking(move || store.bytes()).await??)
    }
}

impl AtWorkers {
    /// Has them finish what they have in hand.
    pub async fn end(self) -> anyhow::Result<()> {
        // those who are gone already need no word
        let _ = self.stop.send(true);
        for worker in self.workers {
            worker.await?;
        }
        Ok(())
    }
}
