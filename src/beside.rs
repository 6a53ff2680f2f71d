//! A service beside one that may be running: on the same database, with a book of its own, for as
//! long as a command takes.

use crate::app::{App, Committer, ended};
use crate::config::{DatabaseArgs, DatabaseUrl, Settings, menus_folder};
use crate::seal::{Randomness, SealKey};
use crate::service_names::ServiceNames;
use crate::store::Store;
use crate::time::Clock;
use crate::wallet::OperatorRules;
use anyhow::bail;
use std::path::PathBuf;
use std::time::Duration;

/// A service on the database of one that may be running, with the files of this folder: for
/// commands of the operator's. Where that one goes by other files, nothing is done.
pub async fn beside(
    database: DatabaseArgs,
    menus: Option<PathBuf>,
    market: Option<String>,
) -> anyhow::Result<(App, Committer)> {
    let DatabaseArgs { database_url, secrets } = database;
    let mut problems = Vec::new();
    let (Some(secret), Some(old_secrets)) = secrets.read(&mut problems) else {
        bail!(problems.join("\n"))
    };
    // a mistyped address must not make a new service
    let address = database_url.expose().to_owned();
    tokio::task::spawn_blocking(move || Store::open_existing(&address).map(|store| store.close()))
        .await??;
    let mut settings = settings(database_url, secret, old_secrets);
    settings.menus = menus_folder(menus);
    settings.market = market;
    let (app, committer) = App::build(&settings, Clock::System, Randomness::os()?).await?;
    let wrong = match app.wallet.clock_fault() {
        Some(fault) => Some(fault.to_string()),
        None => differs(&app.differing_rules().await?),
    };
    if let Some(wrong) = wrong {
        leave(app, committer).await?;
        bail!("nothing was done: {wrong}");
    }
    Ok((app, committer))
}

/// What to say where this command would go by other files than the service does.
fn differs(files: &[&str]) -> Option<String> {
    if files.is_empty() {
        return None;
    }
    Some(format!(
        "the service goes by other files than this command, in: {}. Name the folder that the \
         service uses in KADOGO_MENUS; where its files were changed, send it SIGHUP first",
        files.join(", ")
    ))
}

/// Ends it, when all that was posted is written.
pub async fn leave(app: App, committer: Committer) -> anyhow::Result<()> {
    drop(app);
    ended(committer).await
}

fn settings(database_url: DatabaseUrl, secret: SealKey, old_secrets: Vec<SealKey>) -> Settings {
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        console_listen: None,
        metrics_listen: None,
        console_url: None,
        database_url,
        menus: None,
        market: None,
        service_code: "*#".to_owned(),
        names: ServiceNames::default(),
        answer_within: Duration::from_secs(4),
        secret,
        old_secrets,
        callback_token: None,
        gateway: None,
        mail: None,
        keep_messages: Duration::from_secs(90 * 86_400),
        keep_conversations: Duration::from_secs(90 * 86_400),
        rules: OperatorRules {
            reversal_quota: 3,
            payout: None,
            unjoined: false,
            balance_pin: false,
            grace: std::time::Duration::from_secs(24 * 3_600),
        },
        more_prices: "",
        demo: false,
        showcase: false,
    }
}
