//! The end of a voucher that nobody took. It is whole again then for who sent it, fee and limits
//! too, and both sides hear of it.

use super::super::message::Message;
use super::super::metering;
use super::super::service_config::ServiceConfig;
use super::voucher_news::{ENDED, MadeOut};
use crate::book::{Change, Meter};
use crate::calendar::Day;
use crate::store::people::PersonRow;
use crate::time::Timestamp;

/// A voucher that nobody took, who sent it, and who has its number by now.
#[derive(Debug, Clone, Copy)]
pub struct Untaken<'a> {
    /// What it is.
    pub made_out: &'a MadeOut,
    /// When it was sent.
    pub sent: Timestamp,
    /// Whose money it is.
    pub payer: &'a PersonRow,
    /// Who has joined with the number.
    pub joined: Option<&'a PersonRow>,
    /// The number was not told of it when it was sent.
    pub quiet: bool,
}

impl Untaken<'_> {
    /// What both sides are told of its end, the sender this. A stranger who never heard of it hears
    /// nothing of its end either.
    pub fn news(&self, config: &ServiceConfig, told: &Message, now: Timestamp) -> Vec<Change> {
        let Untaken { made_out, payer, joined, quiet, .. } = self;
        let mut news = vec![made_out.tell_sender(config, payer, told, now)];
        if joined.is_some() || !quiet {
            news.push(made_out.tell_receiver(config, payer, *joined, &ENDED, now));
        }
        news
    }

    /// What was sent and not taken counts no more on the day on which it was sent.
    pub fn returned(&self, config: &ServiceConfig) -> Meter {
        let sent = Day::of(self.sent, &config.market.zone);
        metering::returned(sent, self.payer.account_id, self.made_out.agreed.amount(config))
    }
}
