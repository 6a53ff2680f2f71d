//! A voucher whose receiver has joined: whether it fits into their limits, and the payment that it
//! becomes.

use super::super::context::Context;
use super::super::message::Message;
use super::super::people::send;
use super::super::plan::Act;
use super::super::service_config::ServiceConfig;
use super::super::{metering, outgoing, party};
use super::voucher_news::{ARRIVED, MadeOut};
use crate::book::{Change, HoldMove, Leg};
use crate::id::HoldId;
use crate::money::Money;
use crate::store::holders::AccountHolder;
use crate::store::people::PersonRow;
use crate::time::Timestamp;
use crate::value::Slots;
use std::time::Duration;

/// After how long the receiver hears again that it does not fit.
pub const TOLD_AGAIN: Duration = Duration::from_secs(3 * 24 * 3_600);

/// A voucher whose receiver has joined.
#[derive(Debug, Clone, Copy)]
pub struct Joined<'a> {
    /// What it is.
    pub made_out: &'a MadeOut,
    /// The hold behind it.
    pub hold: HoldId,
    /// Whose money it is, and how their account stands.
    pub payer: &'a AccountHolder,
    /// Who has joined, and how their account stands.
    pub payee: &'a AccountHolder,
    /// When they were told that it does not fit.
    pub told: Option<Timestamp>,
}

/// What is to be done about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It comes to its receiver.
    Arrives,
    /// It does not fit, and its receiver does not know yet, or has heard it days ago.
    Tell,
    /// Nothing now.
    Waits,
}

impl Joined<'_> {
    /// What is to be done about it: it fits where the receiver's limits allow it, and waits where
    /// an account is stopped.
    pub fn fate(&self, context: &Context) -> Fate {
        if !(self.payer.account.state.pays() && self.payee.account.state.receives()) {
            return Fate::Waits;
        }
        let into = &self.payee.account;
        let after_minor = into.balance_minor.saturating_add(self.made_out.agreed.amount_minor);
        let meter = metering::received(context, &self.payee.person, self.amount(context.config));
        let lately = self.told.is_some_and(|told| told.plus(TOLD_AGAIN) > context.now);
        match meter.taken_from(into.usage, after_minor) {
            Ok(_usage) => Fate::Arrives,
            Err(_exceeded) if lately => Fate::Waits,
            Err(_exceeded) => Fate::Tell,
        }
    }

    /// The payment that was wanted, like any other from then on.
    pub fn arrival(&self, context: &Context) -> Act {
        let config = context.config;
        let (payer, payee) = (&self.payer.person, &self.payee.person);
        let agreed = &self.made_out.agreed;
        let total_minor = agreed.total_minor();
        let mut legs = vec![
            Leg { account: payer.account_id, amount_minor: total_minor.saturating_neg() },
            Leg { account: payee.account_id, amount_minor: agreed.amount_minor },
        ];
        legs.extend(agreed.credits(config));
        let ours = self.words(config, payee);
        let mut theirs = self.words(config, payer);
        // the price was its sender's
        theirs.insert("fee".into(), Money::new(0, config.market.currency).into());
        let changes = vec![
            tell(payer, &ARRIVED, &ours, context.now),
            tell(payee, &send::RECEIVED, &theirs, context.now),
        ];
        let holds = vec![HoldMove::Settle { hold: self.hold, amount_minor: total_minor }];
        let meters = vec![metering::received(context, payee, self.amount(config))];
        Act { kind: send::SERVICE.name, legs, holds, meters, changes, ..Act::default() }
    }

    fn amount(&self, config: &ServiceConfig) -> Money {
        self.made_out.agreed.amount(config)
    }

    fn words(&self, config: &ServiceConfig, other: &PersonRow) -> Slots {
        let mut slots = party::sign(config, other);
        slots.insert("amount".into(), self.amount(config).into());
        slots
    }
}

fn tell(to: &PersonRow, message: &Message, slots: &Slots, now: Timestamp) -> Change {
    let account = Some(to.account_id);
    Change::Tell(outgoing::message(&to.msisdn, &to.language, message.template, slots, account, now))
}
