//! The composition root: builds the parts from the settings, starts the workers and the server, and
//! stops them in order.

use crate::app_state::AppState;
use crate::book::Book;
use crate::callbacks;
use crate::catalogue::Catalogue;
use crate::clock_watch;
use crate::config::Settings;
use crate::connections::Connections;
use crate::console::desk::Console;
use crate::console::serving;
use crate::demo::{pages, showcase, staff_on_show, world};
use crate::doors::Doors;
use crate::http;
use crate::id_digest::IdKey;
use crate::market::Market;
use crate::menu_folder::Rulebook;
use crate::metrics::Metrics;
use crate::notify::Notify;
use crate::pin::PinKeys;
use crate::reloadable::{Part, Reloadable};
use crate::seal::{Randomness, SealKey};
use crate::service_names::ServiceNames;
use crate::sms::answers::Answers;
use crate::sms::replying::Sms;
use crate::staff::second_factor;
use crate::store::{Store, StoreError};
use crate::time::Clock;
use crate::ussd::Menus;
use crate::ussd::conversation::Ussd;
use crate::ussd::session_store::SessionStore;
use crate::wallet::{Rule, ServiceConfig, Wallet, bootstrap};
use crate::ways_out;
use actix_web::dev::Server;
use actix_web::web;
use anyhow::anyhow;
use secrecy::SecretString;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The parts of a running service. Clones share everything.
#[derive(Debug, Clone)]
pub struct App {
    /// Answers hops.
    pub ussd: Ussd,
    /// Answers texts.
    pub sms: Sms,
    /// Sends messages.
    pub notify: Notify,
    /// What they all ask.
    pub wallet: Wallet,
    /// The pages of the staff.
    pub console: Console,
    /// The menus in use.
    pub menus: Part<Menus>,
    /// All that the folder of the menus says, as it is in use.
    pub rulebook: Reloadable<Rulebook>,
    /// Which of it this node has said last.
    pub said_rules: Reloadable<Vec<Rule>>,
    /// The folder; where there is none, the files that Kadogo comes with.
    pub menus_folder: Option<PathBuf>,
    /// What stands in all texts.
    pub names: ServiceNames,
    /// How long messages are kept that have arrived, or were given up.
    pub keep_messages: Duration,
    /// How long it is kept which way past conversations took.
    pub keep_conversations: Duration,
}

/// The committer's thread and the database, to be waited for at the end.
#[derive(Debug)]
pub struct Committer {
    thread: std::thread::JoinHandle<()>,
    store: Store,
}

impl Committer {
    /// Waits until all that was acknowledged is written, and the database is closed: a file alone
    /// has everything then. Nobody may have the book any more. It waits like `Store::open`.
    pub fn join(self) -> anyhow::Result<()> {
        self.thread.join().map_err(|_panic| anyhow!("the committer broke"))?;
        self.store.close();
        Ok(())
    }
}

impl App {
    /// Opens the database and builds the parts. `clock` and `randomness` come from outside so that
    /// tests decide them.
    pub async fn build(
        settings: &Settings,
        clock: Clock,
        randomness: Randomness,
    ) -> anyhow::Result<(App, Committer)> {
        App::opened(settings, None, clock, randomness).await
    }

    /// The same where the menus have been read already.
    pub async fn with(
        settings: &Settings,
        rulebook: Rulebook,
        clock: Clock,
        randomness: Randomness,
    ) -> anyhow::Result<(App, Committer)> {
        App::opened(settings, Some(rulebook), clock, randomness).await
    }

    async fn opened(
        settings: &Settings,
        rulebook: Option<Rulebook>,
        clock: Clock,
        randomness: Randomness,
    ) -> anyhow::Result<(App, Committer)> {
        let metrics = Arc::new(Metrics::default());
        // menus that are not good must not make a database first
        let begins = !Store::is_there(settings.database_url.expose())?;
        let rulebook = match rulebook {
            None if begins => Some(App::first_rulebook(settings)?),
            rulebook => rulebook,
        };
        let (store, book, committer) =
            open_book(settings.database_url.expose().to_owned(), metrics.clone()).await?;
        let built = async {
            let rulebook = match rulebook {
                Some(rulebook) => rulebook,
                None => App::rulebook_of(&store, settings).await?,
            };
            App::over((store, book), settings, rulebook, clock, randomness, metrics).await
        };
        match built.await {
            Ok(app) => Ok((app, committer)),
            Err(error) => {
                ended(committer).await?;
                Err(error)
            }
        }
    }

    async fn over(
        (store, book): (Store, Book),
        settings: &Settings,
        rulebook: Rulebook,
        clock: Clock,
        randomness: Randomness,
        metrics: Arc<Metrics>,
    ) -> anyhow::Result<App> {
        let (market, rulebook) = (rulebook.market.clone(), Reloadable::new(rulebook));
        // before anything is posted; simulations that decide the time decide when to look, too
        if matches!(clock, Clock::System) {
            clock_watch::look(&store, &book, &clock, &metrics).await?;
        }
        let world = if settings.demo { bootstrap::DEMO } else { "service" };
        bootstrap::claim_world(&book, world).await?;
        bootstrap::claim_market(&book, &market.code).await?;
        bootstrap::open_accounts(&store, &book, market.currency, clock.now()).await?;
        let reference_key = bootstrap::reference_key(&book, &randomness).await?;
        let names =
            bootstrap::names_key(&book, &settings.secret, &settings.old_secrets, &randomness)
                .await?;
        let config = service_config(settings, market, reference_key, &names);
        let wallet = Wallet {
            store,
            book,
            config: Arc::new(config),
            policy: rulebook.part(|all| &all.policy),
            clock,
            randomness: Arc::new(randomness),
            metrics,
            setbacks: Arc::default(),
            lookups: Arc::default(),
        };
        if settings.demo {
            world::seed(&wallet).await?;
        }
        let catalogue = rulebook.part(|all| &all.menus.catalogue);
        let menus = rulebook.part(|all| &all.menus);
        let store = wallet.store.clone();
        let writer = tokio::task::spawn_blocking(move || store.session_writer()).await??;
        let secrets = [&settings.secret].into_iter().chain(&settings.old_secrets);
        let seals = secrets.map(|secret| secret.derive("sessions")).collect();
        let sessions = SessionStore::new(&wallet, writer, names, seals);
        let sender = ways_out::sender(settings.gateway.as_ref())?;
        Ok(App {
            console: console(settings, &wallet, &catalogue),
            ussd: Ussd { wallet: wallet.clone(), menus: menus.clone(), sessions },
            sms: Sms {
                wallet: wallet.clone(),
                grammar: rulebook.part(|all| &all.grammar),
                catalogue: catalogue.clone(),
                answers: Answers::default(),
            },
            notify: Notify::new(wallet.clone(), catalogue, sender, ways_out::mailer(settings)?),
            wallet,
            menus,
            rulebook,
            said_rules: Reloadable::new(Vec::new()),
            menus_folder: settings.menus.clone(),
            names: settings.names.clone(),
            keep_messages: settings.keep_messages,
            keep_conversations: settings.keep_conversations,
        })
    }

    /// What its routes work with. Called where work may go on that outlives its request.
    pub fn state(&self, callback_token: Option<SecretString>, answer_within: Duration) -> AppState {
        let App { ussd, sms, notify, wallet, console, .. } = self.clone();
        // a real one has a door of its own
        let console = Some(console).filter(|console| !console.secure);
        let runtime = tokio::runtime::Handle::current();
        let late = Arc::new(());
        let connections = Connections::watched(wallet.metrics.clone(), &runtime);
        AppState {
            ussd: Arc::new(ussd),
            sms,
            notify,
            wallet,
            console,
            callback_token,
            connections,
            has_metrics: true,
            answer_within,
            runtime,
            late,
        }
    }

    /// Compares the clock with the times that the database has in hand; what is found counts until
    /// the next look.
    pub async fn look_at_clock(&self) -> Result<(), StoreError> {
        let Wallet { store, book, clock, metrics, .. } = &self.wallet;
        clock_watch::look(store, book, clock, metrics).await
    }
}

/// Opens a database and starts its book, away from the threads that serve requests.
pub async fn open_book(
    url: String,
    metrics: Arc<Metrics>,
) -> anyhow::Result<(Store, Book, Committer)> {
    let opening = tokio::task::spawn_blocking(move || {
        let store = Store::open(&url)?;
        let (book, thread) = Book::start(&store, metrics)?;
        let committer = Committer { thread, store: store.clone() };
        Ok::<_, StoreError>((store, book, committer))
    });
    Ok(opening.await??)
}

/// The server on a socket, with the routes of everything that people reach it by; it runs when
/// awaited. `demo` is whether the phone page and its people are there.
pub fn serve(state: AppState, listener: TcpListener, demo: bool) -> std::io::Result<Server> {
    let console = state.console.clone();
    let routes = move |config: &mut web::ServiceConfig| {
        config.configure(callbacks::routes);
        if let Some(console) = &console {
            config.app_data(web::Data::new(console.clone())).configure(serving::routes);
        }
        if demo {
            config.configure(pages::routes);
        }
    };
    http::server(state, listener, Arc::new(routes))
}

/// The console on a socket of its own; it runs when awaited.
pub fn serve_console(
    state: AppState,
    console: Console,
    listener: TcpListener,
) -> std::io::Result<Server> {
    let routes = move |config: &mut web::ServiceConfig| {
        config.app_data(web::Data::new(console.clone())).configure(serving::routes);
        // nothing else is there: who leaves the path out is led to it
        config.route("/", web::get().to(serving::begin));
    };
    http::server(state, listener, Arc::new(routes))
}

/// Waits for the committer of a book that nobody has any more, and closes its database.
pub async fn ended(committer: Committer) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(move || committer.join()).await?
}

/// Runs the service until it is told to stop, then finishes what it acknowledged.
pub async fn run(
    settings: Settings,
    ready: impl FnOnce(&App, SocketAddr, &[world::PersonView]),
) -> anyhow::Result<()> {
    let doors = Doors::open(&settings)?;
    let (app, committer) = App::build(&settings, Clock::System, Randomness::os()?).await?;
    let alone = match app.wallet.store.serve_alone() {
        Ok(alone) => alone,
        Err(taken) => {
            drop(app);
            ended(committer).await?;
            return Err(taken.into());
        }
    };
    if settings.demo {
        staff_on_show::make(&app.wallet).await;
    }
    if settings.showcase {
        showcase::make(&app.wallet).await?;
    }
    let people = if settings.demo { world::people(&app.wallet).await? } else { Vec::new() };
    // a clock that is wrong is said first; when it is right again, a worker makes up for it
    if app.wallet.clock_fault().is_none() {
        app.keep_rules().await?;
    }
    let (stop, stopped) = watch::channel(false);
    let state = app.state(settings.callback_token.clone(), settings.answer_within);
    let state = AppState { has_metrics: settings.metrics_listen.is_none(), ..state };
    let late = state.late.clone();
    doors.say()?;
    let address = doors.public.local_addr()?;
    let mut servers = Vec::new();
    if let Some(own) = doors.console {
        servers.push(serve_console(state.clone(), app.console.clone(), own)?);
    }
    if let Some(own) = doors.metrics {
        let numbers = AppState { has_metrics: true, ..state.clone() };
        servers.push(http::server(numbers, own, Arc::new(|_config| ()))?);
    }
    servers.push(serve(state, doors.public, settings.demo)?);
    let mut workers = app.start_workers(&stopped);
    workers.push(app.watch_clock(&stopped));
    let serving = servers.into_iter().map(|server| (server.handle(), tokio::spawn(server)));
    let serving: Vec<_> = serving.collect();
    ready(&app, address, &people);
    app.told_to_stop().await?;
    tracing::info!("stopping: no new requests, finishing what is in hand");
    for (handle, server) in serving {
        handle.stop(true).await;
        server.await??;
    }
    for _ in 0..100 {
        // answers that are late are still being worked on
        if Arc::strong_count(&late) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // the workers only wait for this word; if they are gone already, so much the better
    let _ = stop.send(true);
    for worker in workers {
        worker.await?;
    }
    drop(app);
    ended(committer).await?;
    // its locks on the file must be gone before this one is
    drop(alone);
    tracing::info!("stopped");
    Ok(())
}

/// What the services know of where they are.
fn service_config(
    settings: &Settings,
    market: Arc<Market>,
    reference_key: [u8; 16],
    names: &SealKey,
) -> ServiceConfig {
    ServiceConfig {
        market,
        pin_keys: PinKeys::new(&settings.secret, &settings.old_secrets),
        id_key: IdKey::new(names),
        factor_keys: second_factor::keys(&settings.secret, &settings.old_secrets),
        reference_key,
        rules: settings.rules,
        brand: settings.names.brand.clone(),
        mails: settings.demo || settings.mail.is_some(),
        dial: settings.service_code.clone(),
        console_url: settings.console_url.clone(),
    }
}

/// The pages of the staff; in a demo anybody may be one of them.
fn console(settings: &Settings, wallet: &Wallet, catalogue: &Part<Catalogue>) -> Console {
    let key = settings.secret.derive("console");
    let console = Console::new(wallet.clone(), catalogue.clone(), key);
    if settings.demo { console.played_by(&staff_on_show::PLAYED) } else { console }
}
