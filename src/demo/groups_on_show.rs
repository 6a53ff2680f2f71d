//! Two things that many pay into, for people to go on with: a group of five in which somebody asks
//! for money and two more have to agree, and a collection that has four fifths of what it needs.

use super::player::{Player, ShowError};
use super::residents::{AMINA, BARAKA, CLAIRE, DAUDI, ESTHER};
use crate::calendar::Day;
use crate::official_words::sounds_official;
use crate::reason::Reason;
use crate::wallet::Wallet;
use crate::wallet::collections::{self, giving, starting};
use crate::wallet::groups::{contributing, founding, group, inviting, proposal, proposing, voting};

/// What it is called: the first of these that the service is not called itself.
const NAMES: [&str; 2] = ["Umoja", "Tumaini"];
/// Days in which the collection is to be reached.
const DAYS: i32 = 14;

/// The founder and the others put 100 each; Daudi asks for 300, which three must agree to, and
/// Baraka has.
pub(super) async fn group(wallet: &Wallet) -> Result<(), ShowError> {
    let [first_choice, other] = NAMES;
    let taken = sounds_official(first_choice, &wallet.config.brand, &wallet.config.market);
    let name = if taken { other } else { first_choice };
    let founder = Player::of(wallet, AMINA)?;
    let market = &wallet.config.market;
    let [part, asked] = [10_000, 30_000].map(|minor| market.shown.sized(minor).to_string());
    let rules = [("approvals", "3"), ("amount", &part), ("every", "week"), ("rota", "free")];
    let rules: Vec<(&str, &str)> = [("group_name", name)].into_iter().chain(rules).collect();
    founder.does(name, founding::FOUND.name, &rules).await?;
    let group = first(&founder, group::KIND.name, name).await?;
    let group = ("group", group.as_str());
    for number in [BARAKA, CLAIRE, DAUDI, ESTHER] {
        let invited = Player::of(wallet, number)?;
        let phone = market.made_up(number);
        let wish = [group, ("to", phone.as_str())];
        founder.does(&format!("{name}, {phone}"), inviting::INVITE.name, &wish).await?;
        invited.does(name, inviting::ACCEPT.name, &[("reference", name)]).await?;
    }
    founder.does(name, founding::BEGIN.name, &[group]).await?;
    for number in [AMINA, BARAKA, CLAIRE, DAUDI, ESTHER] {
        let member = Player::of(wallet, number)?;
        member.does(name, contributing::CONTRIBUTE.name, &[group, ("amount", &part)]).await?;
    }
    let asker = Player::of(wallet, DAUDI)?;
    let daudi = market.made_up(DAUDI);
    let payout = [group, ("to", daudi.as_str()), ("amount", &asked), ("reference", "school fees")];
    asker.does(name, proposing::PAYOUT.name, &payout).await?;
    let asked = first(&asker, proposal::KIND.name, name).await?;
    let agrees = Player::of(wallet, BARAKA)?;
    agrees.does(name, voting::AGREE.name, &[("proposal", &asked)]).await
}

/// Daudi collects 1,000 for a roof; 800 of it are there.
pub(super) async fn collection(wallet: &Wallet) -> Result<(), ShowError> {
    let organiser = Player::of(wallet, DAUDI)?;
    let today = Day::of(wallet.clock.now(), &wallet.config.market.zone);
    let end = Day::new(today.number().saturating_add(DAYS)).text();
    let sized = |minor: i64| wallet.config.market.shown.sized(minor).to_string();
    let target = sized(100_000);
    let terms = [("title", "School roof"), ("target", &target), ("end", &end), ("pays", "spend")];
    organiser.does("roof", starting::START.name, &terms).await?;
    let number = collection_number(&organiser).await?;
    let number = number.ok_or_else(|| ShowError::refused("roof", Reason::INVALID))?;
    for (last, amount) in [(AMINA, 40_000), (BARAKA, 30_000), (CLAIRE, 10_000)] {
        let giver = Player::of(wallet, last)?;
        let gift = [("code", number.as_str()), ("amount", &sized(amount))];
        giver.does("roof", giving::GIVE.name, &gift).await?;
    }
    Ok(())
}

/// The number of the collection that was begun first.
pub(super) async fn collection_number(organiser: &Player<'_>) -> Result<Option<String>, ShowError> {
    Ok(organiser.begun(collections::RULES.name).await?.pop().map(|row| row.subject))
}

/// The number of what somebody has begun first of a kind.
async fn first(player: &Player<'_>, kind: &'static str, what: &str) -> Result<String, ShowError> {
    let begun = player.begun(kind).await?.pop().map(|row| row.id.to_string());
    begun.ok_or_else(|| ShowError::refused(what, Reason::INVALID))
}
