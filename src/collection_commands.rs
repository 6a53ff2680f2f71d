//! `kadogo collection`: the list of digests that anybody may see. Who gave to a collection finds
//! the digest of their gift in it, and whoever has the list can add it up; it names nobody.

use crate::beside::{beside, leave};
use crate::config::DatabaseArgs;
use crate::money::Money;
use crate::wallet::Wallet;
use crate::wallet::collections::digest_list::DigestList;
use anyhow::anyhow;
use std::fmt::Write as _;
use std::process::ExitCode;

/// `kadogo collection`
pub async fn run(database: DatabaseArgs, number: &str) -> anyhow::Result<ExitCode> {
    let (app, committer) = beside(database).await?;
    let found = app.wallet.digest_list(number).await;
    let printed = match found? {
        Some(list) => Ok(written(&app.wallet, number, &list)?),
        None => Err(anyhow!("no collection has the number {number}")),
    };
    leave(app, committer).await?;
    print!("{}", printed?);
    Ok(ExitCode::SUCCESS)
}

/// A line for each gift: its digest, its amount, and from where to where it lies among all that
/// came, in minor units.
fn written(wallet: &Wallet, number: &str, list: &DigestList) -> Result<String, std::fmt::Error> {
    let money = |minor| Money::new(minor, wallet.config.market.currency);
    let mut text = format!("{number} {}\nsalt {}\n", list.title, list.salt);
    for leaf in &list.leaves {
        let place = leaf.interval;
        let amount = money(place.minor());
        writeln!(text, "{} {amount} {}-{}", leaf.short(), place.from_minor, place.to_minor)?;
    }
    let total = money(list.root.map_or(0, |root| root.sum_minor));
    writeln!(text, "{} gifts, total {total}", list.leaves.len())?;
    if let Some(root) = list.root {
        writeln!(text, "root {}", root.text())?;
    }
    Ok(text)
}
