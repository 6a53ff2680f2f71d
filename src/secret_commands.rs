//! `kadogo secret`: a new secret; what is kept under those in use; and retiring all but the newest.

use crate::beside::leave;
use crate::cli::SecretAct;
use crate::config::DatabaseArgs;
use crate::pin::PinKey;
use crate::printing::{counted, say};
use crate::seal::{Randomness, SealKey, to_hex};
use crate::store::{Conn, Store, pins};
use crate::wallet::bootstrap;
use anyhow::bail;
use std::process::ExitCode;

/// `kadogo secret`
pub async fn run(act: Option<SecretAct>) -> anyhow::Result<ExitCode> {
    match act {
        None => say!("{}", to_hex(&Randomness::os()?.bytes::<32>())),
        Some(SecretAct::List(database)) => list(database).await?,
        Some(SecretAct::Retire { database, anyway }) => retire(database, anyway).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What is kept under one secret.
struct Kept {
    name: String,
    count: i64,
}

async fn list(database: DatabaseArgs) -> anyhow::Result<()> {
    let (current, older) = secrets(&database)?;
    let counts = counts(&database).await?;
    for Kept { name, count } in kept(&current, &older, &counts) {
        say!("PINs and codes under {name}: {count}");
    }
    Ok(())
}

/// Takes away what every secret but the newest opens. PINs that are left under another one open
/// nothing from then on.
async fn retire(database: DatabaseArgs, anyway: bool) -> anyhow::Result<()> {
    let (current, older) = secrets(&database)?;
    let counts = counts(&database).await?;
    let left = kept(&current, &older, &counts).into_iter().skip(1);
    let left = left.fold(0_i64, |all, kept| all.saturating_add(kept.count));
    if left > 0 && !anyway {
        bail!(
            "PINs and codes that are still kept under an older secret: {left}. They would open \
             nothing, and their owners would need new ones. Each moves on when it is typed \
             rightly; `kadogo secret list` counts them, and --anyway retires it all the same"
        );
    }
    let (app, committer) = crate::beside::beside(database, None, None).await?;
    let retired = bootstrap::retire_secrets(&app.wallet.book, &current).await;
    leave(app, committer).await?;
    match retired? {
        0 => say!("there was no other secret"),
        count => {
            say!("retired: {}; no node starts with it any more", counted(count, "older secret"))
        }
    }
    Ok(())
}

/// The secrets that were given, the newest first.
fn secrets(database: &DatabaseArgs) -> anyhow::Result<(SealKey, Vec<SealKey>)> {
    let mut problems = Vec::new();
    match database.secrets.read(&mut problems) {
        (Some(current), Some(older)) => Ok((current, older)),
        (_, _) => bail!(problems.join("\n")),
    }
}

async fn counts(database: &DatabaseArgs) -> anyhow::Result<Vec<(i64, i64)>> {
    let url = database.database_url.expose().to_owned();
    let store = tokio::task::spawn_blocking(move || Store::open_existing(&url)).await??;
    let counts = store.read(|conn: &mut Conn| pins::counts(conn)).await;
    tokio::task::spawn_blocking(move || store.close()).await?;
    Ok(counts?)
}

/// How much is kept under each secret that was given, the newest first, and under others.
fn kept(current: &SealKey, older: &[SealKey], counts: &[(i64, i64)]) -> Vec<Kept> {
    let version = |secret: &SealKey| i64::from(PinKey::derived(secret).version);
    let under = |version: i64| counts.iter().find(|(kept, _)| *kept == version).map_or(0, |c| c.1);
    let mut known = vec![version(current)];
    let mut all = vec![Kept { name: "KADOGO_SECRET".into(), count: under(version(current)) }];
    for (place, secret) in (1_usize..).zip(older) {
        known.push(version(secret));
        let name = format!("KADOGO_OLD_SECRETS, number {place}");
        all.push(Kept { name, count: under(version(secret)) });
    }
    let others = counts.iter().filter(|(version, _)| !known.contains(version));
    let count = others.fold(0_i64, |all, (_, count)| all.saturating_add(*count));
    if count > 0 {
        all.push(Kept { name: "secrets that were not given".into(), count });
    }
    all
}
