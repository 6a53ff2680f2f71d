//! What the folder of the menus says, taken into use while the service runs, as one value; and what
//! is said of it where a node goes by other files than the others.

use crate::app::App;
use crate::config::Settings;
use crate::market_files;
use crate::menu_folder::Rulebook;
use crate::sms::grammar::Grammar;
use crate::store::{Store, StoreError};
use crate::wallet::bootstrap::{self, BootstrapError};
use crate::wallet::policy::Policy;
use std::sync::Arc;

impl App {
    /// What the folder says of the market that is named, or that the database was begun with.
    pub async fn rulebook_of(store: &Store, settings: &Settings) -> anyhow::Result<Rulebook> {
        let kept = bootstrap::kept_market(store).await?;
        App::rulebook_for(settings, kept)
    }

    /// The same where no database was begun yet.
    pub fn first_rulebook(settings: &Settings) -> anyhow::Result<Rulebook> {
        App::rulebook_for(settings, None)
    }

    fn rulebook_for(settings: &Settings, kept: Option<String>) -> anyhow::Result<Rulebook> {
        let market = settings.market.clone().or(kept);
        let market = market.as_deref().unwrap_or(market_files::DEFAULT);
        Rulebook::load(settings.menus.as_deref(), market, &settings.names)
    }

    /// Takes changed menus into use, all at one moment; keeps the ones in use when the new ones are
    /// not good.
    pub fn reload(&self) -> anyhow::Result<()> {
        let (folder, names) = (self.menus_folder.as_deref(), &self.names);
        // the country is that of the book, and counts from the next start
        let market = &self.wallet.config.market.code;
        self.rulebook.set(Rulebook::load(folder, market, names)?);
        Ok(())
    }

    /// Returns on SIGTERM or Ctrl-C; SIGHUP reloads the menus.
    pub async fn told_to_stop(&self) -> anyhow::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        loop {
            tokio::select! {
                _ = hangup.recv() => match self.reload() {
                    Ok(()) => tracing::info!("the menus were reloaded"),
                    Err(error) => tracing::error!("the menus were not reloaded, the old ones stay: \
                                                   {error:#}"),
                },
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
            }
        }
    }

    /// Another policy, whatever the folder says: for who measures, and for tests.
    pub fn change_policy(&self, change: impl FnOnce(&mut Policy)) {
        let mut rulebook = Rulebook::clone(&self.rulebook.get());
        change(Arc::make_mut(&mut rulebook.policy));
        self.rulebook.set(rulebook);
    }

    /// Other words for what is texted: for tests.
    pub fn change_grammar(&self, grammar: Grammar) {
        let grammar = Arc::new(grammar);
        self.rulebook.set(Rulebook { grammar, ..Rulebook::clone(&self.rulebook.get()) });
    }

    /// Records which tariff and limits are in use, where they are not those of before. A node says
    /// each once: two that use others do not contradict one another again and again; the one that
    /// was there before says so in its log and its metrics until it goes by the same.
    pub async fn keep_rules(&self) -> Result<(), BootstrapError> {
        let rules = self.rulebook.get().rules.clone();
        if rules != *self.said_rules.get() {
            self.wallet.keep_rules(&rules).await?;
            self.said_rules.set(rules);
        }
        let differing = self.differing_rules().await?;
        self.wallet.metrics.rules(!differing.is_empty());
        if !differing.is_empty() {
            let files = differing.join(", ");
            tracing::warn!(files, "this node goes by other files than were taken into use last");
        }
        Ok(())
    }

    /// What this node uses and the service does not, as it was recorded when the service began.
    pub async fn differing_rules(&self) -> Result<Vec<&'static str>, StoreError> {
        self.wallet.differing_rules(&self.rulebook.get().rules).await
    }
}
