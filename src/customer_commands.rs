//! `kadogo tier` and `kadogo account`: what the operator says of somebody who has a wallet. They
//! work beside a running server, through a book of their own on the same database.

use crate::agent_commands::{beside, leave, person};
use crate::config::DatabaseArgs;
use crate::limits::Tier;
use crate::money::Money;
use crate::store::book_rows::{self, AccountState};
use crate::wallet::Wallet;
use anyhow::{anyhow, bail};
use std::process::ExitCode;
use strum::VariantNames;

/// `kadogo tier`
pub async fn tier(
    database: DatabaseArgs,
    phone: &str,
    tier: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let (app, committer) = beside(database).await?;
    let done = set_tier(&app.wallet, phone, tier).await;
    leave(app, committer).await?;
    done.map(|()| ExitCode::SUCCESS)
}

async fn set_tier(wallet: &Wallet, phone: &str, tier: Option<&str>) -> anyhow::Result<()> {
    let person = person(wallet, phone).await?;
    let Some(tier) = tier else {
        println!("{phone}: {}", person.tier);
        return Ok(());
    };
    let known = Tier::ALL.into_iter().find(|known| known.code() == tier);
    let known = known.ok_or_else(|| {
        anyhow!("there is no tier {tier}: {}", Tier::ALL.map(Tier::code).join(", "))
    })?;
    wallet.set_tier(person.account_id, known).await?;
    println!("{phone}: {}, until now {}", known.code(), person.tier);
    Ok(())
}

/// `kadogo account`
pub async fn account(
    database: DatabaseArgs,
    phone: &str,
    state: Option<&str>,
    why: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let (app, committer) = beside(database).await?;
    let done = match state {
        Some(state) => restrict(&app.wallet, phone, state, why).await,
        None => show(&app.wallet, phone).await,
    };
    leave(app, committer).await?;
    done.map(|()| ExitCode::SUCCESS)
}

async fn show(wallet: &Wallet, phone: &str) -> anyhow::Result<()> {
    let id = person(wallet, phone).await?.account_id;
    let found = wallet.store.read(move |conn| book_rows::account(conn, id)).await?;
    let account = found.ok_or_else(|| anyhow!("{phone} has no account"))?;
    let money = |minor| Money::new(minor, wallet.config.market.currency);
    println!(
        "{phone}: {}, {} of which {} is set aside",
        <&str>::from(account.state),
        money(account.balance_minor),
        money(account.held_minor)
    );
    Ok(())
}

async fn restrict(
    wallet: &Wallet,
    phone: &str,
    state: &str,
    why: Option<&str>,
) -> anyhow::Result<()> {
    let words = AccountState::VARIANTS.join(", ");
    let unknown = |_unknown| anyhow!("there is no state {state}: {words}");
    let state: AccountState = state.parse().map_err(unknown)?;
    let why = why.map(str::trim).filter(|why| !why.is_empty());
    let why = why.ok_or_else(|| anyhow!("say why with --why: it is recorded, and can be read"))?;
    let id = person(wallet, phone).await?.account_id;
    let found = wallet.store.read(move |conn| book_rows::account(conn, id)).await?;
    let before = found.ok_or_else(|| anyhow!("{phone} has no account"))?;
    if before.state == AccountState::Closed {
        bail!("the account of {phone} is closed, and stays so");
    }
    if state == AccountState::Closed && (before.balance_minor, before.held_minor) != (0, 0) {
        let there = Money::new(before.balance_minor, wallet.config.market.currency);
        bail!("there is {there} on the account of {phone}: only an empty one is closed");
    }
    wallet.restrict(id, state, why).await?;
    let [now, before] = [state, before.state].map(<&str>::from);
    println!("{phone}: {now}, until now {before}");
    Ok(())
}
