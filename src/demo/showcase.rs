//! What goes on already when a demo is started: a deal in each state, a collection that is nearly
//! reached, a group that has put money together. The people of the demo have done it themselves,
//! through the services; nothing is written past the book. Nothing here runs outside `demo`.

use super::player::{Player, ShowError};
use super::residents::DAUDI;
use super::seed::MARKET;
use super::{deals_on_show, groups_on_show, trades};
use crate::store::{StoreError, setting_rows};
use crate::wallet::Wallet;

/// What `demo` prints of it.
pub const GOES_ON: &str = "
Something goes on already. Dial, Safe pay, My deals: one in every state, for buyers and sellers.
Dial, More services: Collections has one that is nearly reached, Groups one that asks for a yes.
Where a deal asks for a code, be the other one, who reads it in the same deal.
The staff's pages are at /console: sign in as wanjiru, who asks, and as otieno, who approves.
";

/// The setting that says that all of it was made, and its value.
const SETTING: &str = "showcase";
const MADE: &[u8] = b"made";

/// How many days before a demo is first started it begins: an offer waits for two.
pub const DAYS_BEFORE: i32 = 3;
/// At which hour of that day.
pub const HOUR: i8 = 10;

/// What happened in those days, on the clock of a wallet that stands there and is moved on: a
/// market joined, and somebody asked another, who never answered.
pub async fn earlier(wallet: &Wallet) -> Result<(), StoreError> {
    let market = match Player::of(wallet, MARKET.number) {
        Ok(market) => market.joins().await,
        Err(error) => Err(error),
    };
    is_made(market)?;
    if is_made(deals_on_show::make(wallet, &trades::UNANSWERED).await)? {
        is_made(deals_on_show::runs_out(wallet, &trades::UNANSWERED).await)?;
    }
    Ok(())
}

/// Makes what is missing of it. A second start, also after a crash in the middle of the first,
/// makes nothing twice. What the service refuses, because prices or limits are others here, is left
/// out: the demo runs without it.
pub async fn make(wallet: &Wallet) -> Result<(), StoreError> {
    let made = wallet.store.read(|conn| setting_rows::get(conn, SETTING)).await?;
    if made.as_deref() == Some(MADE) {
        return Ok(());
    }
    let mut whole = true;
    for trade in &trades::TRADES {
        whole &= is_made(deals_on_show::make(wallet, trade).await)?;
    }
    whole &= is_made(groups_on_show::group(wallet).await)?;
    whole &= is_made(groups_on_show::collection(wallet).await)?;
    if whole {
        wallet.book.write(|conn| setting_rows::set(conn, SETTING, MADE)).await?;
    }
    Ok(())
}

/// The number of the collection, where there is one.
pub async fn collection(wallet: &Wallet) -> Option<String> {
    let organiser = Player::of(wallet, DAUDI).ok()?;
    groups_on_show::collection_number(&organiser).await.ok()?
}

fn is_made(made: Result<(), ShowError>) -> Result<bool, StoreError> {
    match made {
        Ok(()) => Ok(true),
        Err(ShowError::Store(error)) => Err(error),
        Err(refused @ ShowError::Refused { .. }) => {
            tracing::warn!("left out of what the demo shows: {refused}");
            Ok(false)
        }
    }
}
