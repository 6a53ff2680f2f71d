//! Vouchers whose receivers have joined: the money comes to them by itself, within their limits.
//! What does not fit waits, as its receiver is told, and is looked at again until its time is over.

use super::super::message::Message;
use super::super::people::send;
use super::super::plan::Act;
use super::super::service_config::ServiceConfig;
use super::super::{Wallet, metering, outgoing, party};
use super::{code, voucher};
use crate::book::{Change, HoldMove, Key, Leg};
use crate::calendar::Day;
use crate::limits::Limits;
use crate::money::Money;
use crate::store::agent_rows::CashCodeRow;
use crate::store::book_rows::Account;
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError, book_rows, sessions, voucher_rows};
use crate::time::Timestamp;
use crate::value::Slots;

/// Vouchers looked at in one go.
const BATCH: i64 = 100;

/// A voucher whose receiver has joined.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// As it is stored.
    pub voucher: CashCodeRow,
    /// Whose money it is.
    pub payer: PersonRow,
    /// How their account stands.
    pub from: Account,
    /// Who has joined.
    pub payee: PersonRow,
    /// How their account stands.
    pub into: Account,
    /// They were told that it does not fit.
    pub told: bool,
}

/// What is to be done about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It comes to its receiver.
    Arrives,
    /// It does not fit, and its receiver does not know yet.
    Tell,
    /// Nothing now.
    Waits,
}

impl Wallet {
    /// Hands out what waits for people who have joined; returns how many vouchers arrived.
    pub async fn arrive(&self) -> Result<usize, StoreError> {
        let mut arrived = 0_usize;
        let mut after = 0_i64;
        loop {
            let now = self.clock.now();
            let limits = self.limits.get();
            let page = self.store.read(move |conn| page(conn, now, after)).await?;
            let Some(last) = page.last() else { return Ok(arrived) };
            after = last.voucher.id;
            for waiting in &page {
                let fate = waiting.fate(&self.config, &limits, now);
                let posting = match fate {
                    Fate::Arrives => self.planned(
                        arrival_key(&waiting.voucher),
                        waiting.arrival(&self.config, &limits, now),
                    ),
                    Fate::Tell => self.note(
                        voucher::told_key(&waiting.voucher),
                        waiting.no_room(&self.config, now),
                    ),
                    Fate::Waits => continue,
                };
                // somebody else may be faster: another node, an agent, the sender. Then there is
                // nothing to do
                let done = self.book.post(posting).await.is_ok_and(|receipt| !receipt.repeated);
                arrived = arrived.saturating_add(usize::from(done && fate == Fate::Arrives));
            }
        }
    }
}

impl Waiting {
    /// What is to be done about it: it fits where the receiver's limits allow it, and waits where
    /// an account is frozen.
    pub fn fate(&self, config: &ServiceConfig, limits: &Limits, now: Timestamp) -> Fate {
        if [&self.from, &self.into].iter().any(|account| account.state != party::OPEN) {
            return Fate::Waits;
        }
        let meter = metering::arrived(limits, day(config, now), &self.payee, self.amount(config));
        let after_minor = self.into.balance_minor.saturating_add(self.voucher.amount_minor);
        match meter.taken_from(self.into.usage, after_minor) {
            Ok(_usage) => Fate::Arrives,
            Err(_exceeded) if self.told => Fate::Waits,
            Err(_exceeded) => Fate::Tell,
        }
    }

    /// The payment that was wanted, like any other from then on.
    pub fn arrival(&self, config: &ServiceConfig, limits: &Limits, now: Timestamp) -> Act {
        let Waiting { voucher, payer, payee, .. } = self;
        let total_minor = code::total_minor(voucher);
        let mut legs = vec![
            Leg { account: payer.account_id, amount_minor: total_minor.saturating_neg() },
            Leg { account: payee.account_id, amount_minor: voucher.amount_minor },
        ];
        legs.extend(code::credits(config, voucher));
        let ours = self.words(config, payee);
        let mut theirs = self.words(config, payer);
        // the price was its sender's
        theirs.insert("fee".into(), Money::new(0, config.market.currency).into());
        let changes = vec![
            Change::CloseCode { code: voucher.id, state: code::USED },
            tell(payer, &voucher::ARRIVED, &ours, now),
            tell(payee, &send::RECEIVED, &theirs, now),
        ];
        let holds = vec![HoldMove::Settle { hold: voucher.hold, amount_minor: total_minor }];
        let meters = vec![metering::arrived(limits, day(config, now), payee, self.amount(config))];
        Act { kind: send::SERVICE.name, legs, holds, meters, changes, ..Act::default() }
    }

    /// The receiver hears once, and again some days later, that it does not fit.
    pub fn no_room(&self, config: &ServiceConfig, now: Timestamp) -> Vec<Change> {
        let Waiting { voucher, payer, payee, .. } = self;
        let key = voucher::told_key(voucher);
        let told =
            voucher::tell_receiver(config, voucher, payer, Some(payee), &voucher::NO_ROOM, now);
        vec![Change::Claim { key }, told]
    }

    fn amount(&self, config: &ServiceConfig) -> Money {
        Money::new(self.voucher.amount_minor, config.market.currency)
    }

    fn words(&self, config: &ServiceConfig, other: &PersonRow) -> Slots {
        let mut slots = party::sign(other);
        slots.insert("amount".into(), self.amount(config).into());
        slots
    }
}

fn tell(to: &PersonRow, message: &Message, slots: &Slots, now: Timestamp) -> Change {
    let account = Some(to.account_id);
    Change::Tell(outgoing::message(&to.msisdn, &to.language, message.template, slots, account, now))
}

fn day(config: &ServiceConfig, now: Timestamp) -> Day {
    Day::of(now, &config.market.zone)
}

/// One for each voucher, and the same for each node that looks at it.
pub(super) fn arrival_key(voucher: &CashCodeRow) -> Key {
    Key::new(Timestamp::from_micros(voucher.expires_at), "arrival", &voucher.id.to_be_bytes())
}

/// A page of vouchers whose receivers have joined, with all that is decided on.
fn page(conn: &mut Conn, now: Timestamp, after: i64) -> Result<Vec<Waiting>, StoreError> {
    let found = voucher_rows::of_joined(conn, now.micros(), after, BATCH)?;
    let payers = people::by_accounts(
        conn,
        &Vec::from_iter(found.iter().map(|(voucher, _)| voucher.account_id)),
    )?;
    let sides = found.iter().flat_map(|(voucher, payee)| [voucher.account_id, payee.account_id]);
    let accounts = book_rows::accounts_of(conn, &Vec::from_iter(sides))?;
    let keys = Vec::from_iter(found.iter().map(|(voucher, _)| voucher::told_key(voucher)));
    let told = sessions::seen_among(conn, &Vec::from_iter(keys.iter().map(Key::bytes)))?;
    let account = |id| accounts.iter().find(|account| account.id == id).cloned();
    let waiting = |(voucher, payee): (CashCodeRow, PersonRow)| {
        let payer = payers.iter().find(|payer| payer.account_id == voucher.account_id).cloned()?;
        let told = told.iter().any(|key| key == voucher::told_key(&voucher).bytes());
        Some(Waiting {
            from: account(voucher.account_id)?,
            into: account(payee.account_id)?,
            voucher,
            payer,
            payee,
            told,
        })
    };
    let all: Option<Vec<Waiting>> = found.into_iter().map(waiting).collect();
    all.ok_or(StoreError::Damaged("a voucher of nobody"))
}
