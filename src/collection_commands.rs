//! `kadogo collection`: the list of digests that anybody may see. Who gave to a collection finds
//! the digest of their gift in it, and whoever has the list can add it up; it names nobody. And for
//! the staff, who are named: whose gifts could not go back.

use crate::calendar::Day;
use crate::cli::OfficeArgs;
use crate::money::Money;
use crate::printing::{counted, say_on};
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::wallet::Wallet;
use crate::wallet::collections::digest_list::DigestList;
use crate::wallet::collections::not_back::NotBack;
use anyhow::anyhow;
use std::fmt::Write as _;
use std::process::ExitCode;

/// `kadogo collection`
pub async fn run(args: OfficeArgs, number: &str, not_back: bool) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let printed = printed(&office, number, not_back).await;
    office.close().await?;
    say_on!("{}", printed?);
    Ok(ExitCode::SUCCESS)
}

/// The list of a collection, or for the staff what could not go back.
pub async fn printed(office: &Office, number: &str, not_back: bool) -> anyhow::Result<String> {
    if not_back {
        office.signs(Right::Look).await?;
    }
    let wallet = &office.app.wallet;
    let unknown = || anyhow!("no collection has the number {number}");
    let left = wallet.not_back(number).await?.ok_or_else(unknown)?;
    if not_back {
        return Ok(format!("{number} {}: {}", left.title, named(wallet, &left)?));
    }
    let list = wallet.digest_list(number).await?.ok_or_else(unknown)?;
    let mut text = written(wallet, number, &list)?;
    if !left.gifts.is_empty() {
        writeln!(text, "{}", summed(wallet, &left))?;
    }
    Ok(text)
}

/// How many gifts could not go back, and when that is tried again.
fn summed(wallet: &Wallet, left: &NotBack) -> String {
    let market = &wallet.config.market;
    let sum = Money::new(left.sum_minor(), market.currency);
    let day = Day::of(left.again, &market.zone).text();
    let gifts = counted(left.gifts.len(), "gift");
    format!("not back: {gifts}, {sum}; tried again on {day}")
}

/// For the staff: each of them.
fn named(wallet: &Wallet, left: &NotBack) -> Result<String, std::fmt::Error> {
    if left.gifts.is_empty() {
        return Ok("nothing waits for a wallet that takes nothing\n".to_owned());
    }
    let mut text = format!("{}\n", summed(wallet, left));
    for gift in &left.gifts {
        let amount = Money::new(gift.left_minor, wallet.config.market.currency);
        let state: &'static str = gift.state.into();
        writeln!(text, "{} {amount} {} {state}", gift.digest, gift.msisdn)?;
    }
    Ok(text)
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
    writeln!(text, "{}, total {total}", counted(list.leaves.len(), "gift"))?;
    if let Some(root) = list.root {
        writeln!(text, "root {}", root.text())?;
    }
    Ok(text)
}
