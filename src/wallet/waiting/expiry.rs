//! What waited too long: orders end with a word to who waited, in one commit.

use super::super::party::Party;
use super::super::{ServiceConfig, Wallet, outgoing};
use super::pending::SHOWN_MAX;
use super::{order, payment_request};
use crate::book::{Change, Key};
use crate::id::AccountId;
use crate::money::Money;
use crate::store::agent_rows::{self, OutletRow};
use crate::store::order_rows::{self, OrderRow};
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError};
use crate::time::Timestamp;

/// What ends in one go.
const BATCH: i64 = 100;

/// Orders whose time is over, and everybody they are about.
struct Due {
    orders: Vec<OrderRow>,
    people: Vec<PersonRow>,
    outlets: Vec<OutletRow>,
}

impl Due {
    fn read(conn: &mut Conn, now: Timestamp) -> Result<Due, StoreError> {
        let orders = order_rows::expired(conn, now.micros(), BATCH)?;
        let both: Vec<AccountId> =
            orders.iter().flat_map(|order| [order.payer, order.payee]).collect();
        let people = people::by_accounts(conn, &both)?;
        Ok(Due { outlets: agent_rows::outlets_of(conn, &both)?, people, orders })
    }

    fn person(&self, account: AccountId) -> Option<&PersonRow> {
        self.people.iter().find(|person| person.account_id == account)
    }

    fn party(&self, account: AccountId) -> Option<Party> {
        let outlet = || self.outlets.iter().find(|outlet| outlet.float_account == account).cloned();
        self.person(account).cloned().map(Party::Person).or_else(|| outlet().map(Party::Outlet))
    }
}

impl Wallet {
    /// How many orders wait for this account.
    pub async fn orders_waiting(&self, account: AccountId) -> Result<usize, StoreError> {
        let now = self.clock.now().micros();
        let read = move |conn: &mut Conn| order_rows::waiting(conn, account, now, SHOWN_MAX);
        Ok(self.store.read(read).await?.len())
    }

    /// Ends orders that waited too long, with a word to who waited. Returns how many ended.
    pub async fn expire(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let due = self.store.read(move |conn: &mut Conn| Due::read(conn, now)).await?;
        let mut ended: usize = 0;
        for order in &due.orders {
            let (payer, payee) = (due.person(order.payer), due.party(order.payee));
            let changes = over(&self.config, order, payer, payee.as_ref(), now);
            let posting = self.note(key(order.expires_at, order.id), changes);
            // somebody may have answered the order in this moment: then there is nothing to expire
            ended = ended.saturating_add(usize::from(self.book.post(posting).await.is_ok()));
        }
        Ok(ended)
    }
}

/// What comes with the end of an order that nobody answered.
pub(super) fn over(
    config: &ServiceConfig,
    order: &OrderRow,
    payer: Option<&PersonRow>,
    payee: Option<&Party>,
    now: Timestamp,
) -> Vec<Change> {
    let mut changes = vec![Change::CloseOrder { order: order.id, state: "expired" }];
    let (Some(payer), Some(payee)) = (payer, payee) else { return changes };
    changes.push(match payee {
        // whoever was asked has no need to hear that nothing came of it
        Party::Person(asker) if payment_request::is(order) => {
            payment_request::news(config, asker, &payment_request::EXPIRED, payer, order, now)
        }
        Party::Person(_) | Party::Outlet(_) => {
            let mut slots = payee.sign();
            slots.insert(
                "amount".into(),
                Money::new(order.amount_minor, config.market.currency).into(),
            );
            slots.insert("dial".into(), config.dial.clone().into());
            let template = order::EXPIRED.template;
            Change::Tell(outgoing::message(
                &payer.msisdn,
                &payer.language,
                template,
                &slots,
                None,
                now,
            ))
        }
    });
    changes
}

/// The same for each node that looks at it.
pub(super) fn key(expires_at: i64, id: i64) -> Key {
    Key::new(Timestamp::from_micros(expires_at), "expiry", &id.to_be_bytes())
}
