//! Makes the deals that a demo shows: their two sides do what the table says, each on their own
//! phone, and the staff decide by name. It knows no goods and no people.

use super::player::{Player, ShowError};
use super::seed::MARKET;
use super::staff_on_show;
use super::trades::{Begins, Step, Trade};
use crate::time::Timestamp;
use crate::wallet::Wallet;
use crate::wallet::deals::deal::Deal;
use crate::wallet::deals::terms::Side;
use crate::wallet::deals::{DEAL_GONE, RULES, brokering, judging, offering};

/// What who decides deals works as.
const ARBITER: &str = "care_lead";
/// How often the clock of an offer strikes at most: people are reminded, and it is over.
const STRIKES: usize = 4;

/// Makes what is missing of it.
pub(super) async fn make(wallet: &Wallet, trade: &Trade) -> Result<(), ShowError> {
    let buyer = Player::of(wallet, trade.buyer)?;
    let seller = Player::of(wallet, trade.seller)?;
    let market = Player::of(wallet, MARKET.number)?;
    let (asker, owner) = match trade.begins {
        Begins::Seller => (&seller, &seller),
        Begins::Market => (&market, &seller),
        Begins::Text | Begins::Buyer | Begins::Parcel | Begins::Hand => (&buyer, &buyer),
    };
    let [buying, selling] =
        [trade.buyer, trade.seller].map(|who| wallet.config.market.made_up(who));
    let amount = wallet.config.market.shown.sized(trade.minor).to_string();
    let (service, inputs) = trade.opening([&buying, &selling], &amount);
    asker.does(trade.goods, service, &inputs).await?;
    for (step, version) in trade.steps.iter().zip(1_i64..) {
        let deal = found(owner, trade.goods).await?;
        // what was done at an earlier start has left it at a later one
        if deal.row.version == version {
            step.take(wallet, trade, &deal).await?;
        }
    }
    Ok(())
}

/// Nobody says anything to it until its time is over. The clock of this wallet is moved there.
pub(super) async fn runs_out(wallet: &Wallet, trade: &Trade) -> Result<(), ShowError> {
    let buyer = Player::of(wallet, trade.buyer)?;
    for _strike in 0..STRIKES {
        let row = found(&buyer, trade.goods).await?.row;
        let Some(due) = row.due_at.filter(|_| row.open) else { return Ok(()) };
        wallet.clock.advance(Timestamp::from_micros(due).since(wallet.clock.now()));
        wallet.wake_all().await?;
    }
    Ok(())
}

impl Trade {
    /// What is asked for to begin it.
    fn opening<'a>(
        &self,
        [buyer, seller]: [&'a str; 2],
        amount: &'a str,
    ) -> (&'static str, Vec<(&'static str, &'a str)>) {
        let side = |side: Side| -> (&'static str, &'static str) { ("side", side.into()) };
        let goods = ("goods", self.goods);
        let (service, to, more) = match self.begins {
            Begins::Market => {
                let sides = [("seller", seller), ("buyer", buyer), goods];
                let keeps = [("percent", "10"), ("amount", amount)];
                return (brokering::BROKER.name, sides.into_iter().chain(keeps).collect());
            }
            Begins::Text => (offering::BUY_BY_TEXT.name, seller, vec![("reference", self.goods)]),
            Begins::Buyer => (offering::OPEN.name, seller, vec![side(Side::Buy), goods]),
            Begins::Seller => (offering::OPEN.name, buyer, vec![side(Side::Sell), goods]),
            Begins::Parcel => {
                (offering::OPEN.name, seller, vec![side(Side::Buy), goods, ("release", "parcel")])
            }
            Begins::Hand => {
                (offering::OPEN.name, seller, vec![side(Side::Buy), goods, ("release", "hand")])
            }
        };
        (service, [("to", to), ("amount", amount)].into_iter().chain(more).collect())
    }
}

impl Step {
    async fn take(&self, wallet: &Wallet, trade: &Trade, deal: &Deal) -> Result<(), ShowError> {
        let (number, service, inputs) = match self {
            Step::Buyer(service, inputs) => (trade.buyer, service, inputs),
            Step::Seller(service, inputs) => (trade.seller, service, inputs),
            Step::Proposes(staff, back_minor, cause, words) => {
                let back = wallet.config.market.shown.sized(*back_minor).to_string();
                let cause: &str = (*cause).into();
                let said = [("back", &*back), ("cause", cause), ("why", words)];
                return decide(wallet, trade, deal, staff, judging::PROPOSE.name, &said).await;
            }
            Step::Confirms(staff) => {
                let seen = deal.row.version.to_string();
                let said = [("seen", seen.as_str())];
                return decide(wallet, trade, deal, staff, judging::CONFIRM.name, &said).await;
            }
        };
        let id = deal.row.id.to_string();
        let shown = &wallet.config.market.shown;
        let sized = |(name, value): &(&'static str, &'static str)| match (*name, value.parse()) {
            ("amount", Ok(minor)) => (*name, shown.sized(minor).to_string()),
            (_, _) => (*name, (*value).to_owned()),
        };
        let sized: Vec<(&str, String)> = inputs.iter().map(sized).collect();
        let inputs = sized.iter().map(|(name, value)| (*name, value.as_str()));
        let named = [("deal", id.as_str())].into_iter().chain(inputs);
        let player = Player::of(wallet, number)?;
        player.does(trade.goods, service, &named.collect::<Vec<_>>()).await
    }
}

/// One of the staff says what they think of it.
async fn decide(
    wallet: &Wallet,
    trade: &Trade,
    deal: &Deal,
    staff: &str,
    service: &str,
    said: &[(&str, &str)],
) -> Result<(), ShowError> {
    let refused = |refusal| ShowError::refused(&format!("{}: {staff}", trade.goods), refusal);
    let duty = staff_on_show::colleague(wallet, staff, ARBITER).await.map_err(refused)?;
    let id = deal.row.id.to_string();
    let named: Vec<_> = [("deal", id.as_str())].into_iter().chain(said.iter().copied()).collect();
    let done = staff_on_show::act(wallet, &duty, service, &named).await;
    done.map(|_outcome| ()).map_err(refused)
}

/// The deal about these goods.
async fn found(owner: &Player<'_>, goods: &str) -> Result<Deal, ShowError> {
    let rows = owner.begun(RULES.name).await?;
    // the oldest: who plays may have begun another about the same
    let mut deals = rows.iter().rev().filter_map(|row| Deal::of(row).ok());
    let found = deals.find(|deal| deal.terms.goods == goods);
    found.ok_or_else(|| ShowError::refused(goods, DEAL_GONE))
}
