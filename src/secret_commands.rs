//! `kadogo secret`: a new secret; what is kept under those in use; and retiring all but the newest.

use crate::beside::leave;
use crate::cli::SecretAct;
use crate::config::DatabaseArgs;
use crate::pin::PinKey;
use crate::printing::{counted, say};
use crate::seal::{Randomness, SealKey, to_hex};
use crate::staff::second_factor;
use crate::store::staff_rows::{self, StaffState};
use crate::store::{Conn, Store, StoreError, pins};
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

/// What is kept under any.
struct AllKept {
    /// PINs and codes by the version of their key.
    pins: Vec<(i64, i64)>,
    /// The second factors of who works here, as they are sealed.
    factors: Vec<Vec<u8>>,
}

async fn list(database: DatabaseArgs) -> anyhow::Result<()> {
    let (current, older) = secrets(&database)?;
    let all = all_kept(&database).await?;
    for Kept { name, count } in kept(&current, &older, &all) {
        say!("PINs, codes and second factors under {name}: {count}");
    }
    Ok(())
}

/// Takes away what every secret but the newest opens. PINs that are left under another one open
/// nothing from then on.
async fn retire(database: DatabaseArgs, anyway: bool) -> anyhow::Result<()> {
    let (current, older) = secrets(&database)?;
    let all = all_kept(&database).await?;
    let left = kept(&current, &older, &all).into_iter().skip(1);
    let left = left.fold(0_i64, |all, kept| all.saturating_add(kept.count));
    if left > 0 && !anyway {
        bail!(
            "PINs, codes and second factors that are still kept under an older secret: {left}. \
             They would open nothing, and their owners would need new ones. Each moves on when it \
             is typed rightly; `kadogo secret list` counts them, and --anyway retires it all the \
             same"
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

async fn all_kept(database: &DatabaseArgs) -> anyhow::Result<AllKept> {
    let url = database.database_url.expose().to_owned();
    let store = tokio::task::spawn_blocking(move || Store::open_existing(&url)).await??;
    let read = |conn: &mut Conn| {
        let staff = staff_rows::all(conn)?.into_iter();
        let works = staff.filter(|row| row.state == StaffState::Active);
        let factors = works.map(|row| row.factor).collect();
        Ok(AllKept { pins: pins::counts(conn)?, factors })
    };
    let all: Result<AllKept, StoreError> = store.read(read).await;
    tokio::task::spawn_blocking(move || store.close()).await?;
    Ok(all?)
}

/// How much is kept under each secret that was given, the newest first, and under others.
fn kept(current: &SealKey, older: &[SealKey], all: &AllKept) -> Vec<Kept> {
    let version = |secret: &SealKey| i64::from(PinKey::derived(secret).version);
    let secrets = || std::iter::once(current).chain(older);
    let factor_keys = second_factor::keys(current, older);
    let names = (0_usize..).map(|place| match place {
        0 => "KADOGO_SECRET".to_owned(),
        place => format!("KADOGO_OLD_SECRETS, number {place}"),
    });
    let mut found: Vec<Kept> =
        names.zip(secrets()).map(|(name, _)| Kept { name, count: 0 }).collect();
    let mut others = 0_i64;
    let pins = all
        .pins
        .iter()
        .map(|(kept, count)| (secrets().position(|secret| version(secret) == *kept), *count));
    let factors = all.factors.iter().map(|factor| {
        (factor_keys.iter().position(|key| second_factor::opened(key, factor).is_some()), 1)
    });
    for (place, count) in pins.chain(factors) {
        let sum =
            place.and_then(|place| found.get_mut(place)).map_or(&mut others, |k| &mut k.count);
        *sum = sum.saturating_add(count);
    }
    if others > 0 {
        found.push(Kept { name: "secrets that were not given".into(), count: others });
    }
    found
}
