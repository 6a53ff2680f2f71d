//! The end of a voucher that nobody took. It is whole again then for who sent it, fee and limits
//! too, and both sides hear of it.

use super::super::message::Message;
use super::super::metering;
use super::super::service_config::ServiceConfig;
use super::{code, voucher};
use crate::book::{Change, Meter};
use crate::calendar::Day;
use crate::money::Money;
use crate::store::agent_rows::CashCodeRow;
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError, voucher_rows};
use crate::time::Timestamp;

/// A voucher that nobody took, who sent it, and who has its number by now.
#[derive(Debug, Clone)]
pub struct Untaken {
    /// As it is stored.
    pub voucher: CashCodeRow,
    /// Whose money it is.
    pub payer: PersonRow,
    /// Who has joined with the number.
    pub joined: Option<PersonRow>,
}

/// The voucher behind a hold, if nobody has taken it.
pub fn behind(conn: &mut Conn, hold: i64) -> Result<Option<Untaken>, StoreError> {
    let found = voucher_rows::behind(conn, hold)?.filter(|voucher| voucher.state == code::OPEN);
    let Some(voucher) = found else { return Ok(None) };
    let payer = people::by_account(conn, voucher.account_id)?;
    let payer = payer.ok_or(StoreError::Damaged("a voucher of nobody"))?;
    let joined = people::by_msisdn(conn, voucher.msisdn.as_deref().unwrap_or_default())?;
    Ok(Some(Untaken { voucher, payer, joined }))
}

impl Untaken {
    /// What comes with the end of its time.
    pub fn returned(&self, config: &ServiceConfig, now: Timestamp) -> (Vec<Change>, Vec<Meter>) {
        self.over(config, &voucher::RETURNED, now)
    }

    /// What comes with its end, of which the sender is told this.
    pub fn over(
        &self,
        config: &ServiceConfig,
        told: &Message,
        now: Timestamp,
    ) -> (Vec<Change>, Vec<Meter>) {
        let Untaken { voucher, payer, joined } = self;
        let changes = vec![
            Change::CloseCode { code: voucher.id, state: code::CANCELLED },
            voucher::tell_sender(config, voucher, payer, told, now),
            voucher::tell_receiver(config, voucher, payer, joined.as_ref(), &voucher::ENDED, now),
        ];
        // what was sent and not taken counts no more on the day on which it was sent
        let sent = Day::of(voucher::sent_at(voucher), &config.market.zone);
        let amount = Money::new(voucher.amount_minor, config.market.currency);
        (changes, vec![metering::returned(sent, payer.account_id, amount)])
    }
}
