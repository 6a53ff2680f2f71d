//! Parcels whose receivers have joined: the money comes to them by itself, within their limits. What does not fit waits,
//! as its receiver is told, and is looked at again until its time is over.

use super::super::desk::message;
use super::super::{Wallet, limits, send};
use super::{credits, parcels, tell_receiver, total_minor};
use crate::book::{Change, HoldMove, Key, Leg, Posting};
use crate::money::Money;
use crate::store::agents::CashCodeRow;
use crate::store::people::{self, PersonRow};
use crate::store::{Conn, StoreError, book_rows, sessions};
use crate::time::Timestamp;
use crate::wallet::House;

/// Parcels looked at in one go.
const BATCH: i64 = 100;

/// A parcel whose receiver has joined.
struct Arrival {
    parcel: CashCodeRow,
    payer: PersonRow,
    payee: PersonRow,
    fits: bool,
}

impl Wallet {
    /// Hands out what waits for people who have joined; returns how many parcels arrived.
    pub async fn arrive(&self) -> Result<usize, StoreError> {
        let (mut arrived, mut after) = (0_usize, 0_i64);
        loop {
            let now = self.house.clock.now();
            let house = self.house.clone();
            let (last, due) = self.store.read(move |conn| due(conn, &house, now, after)).await?;
            let Some(last) = last else { return Ok(arrived) };
            after = last;
            for arrival in due {
                let fits = arrival.fits;
                let posting = if fits { self.arrival(&arrival, now) } else { self.waits(&arrival, now) };
                // somebody else may be faster: another node, an agent, the sender. Then there is nothing to do
                let done = self.book.post(posting).await.is_ok_and(|receipt| !receipt.repeated);
                arrived = arrived.saturating_add(usize::from(done && fits));
            }
        }
    }

    /// The payment that was wanted, like any other from then on.
    fn arrival(&self, arrival: &Arrival, now: Timestamp) -> Posting {
        let (house, Arrival { parcel, payer, payee, .. }) = (&self.house, arrival);
        let amount = Money::new(parcel.amount_minor, house.market.currency);
        let tell = |to: &PersonRow, template, other: &PersonRow| {
            let mut slots = send::party(other);
            slots.insert("amount".into(), amount.to_string().into());
            Change::Tell(message(&to.msisdn, &to.language, template, &slots, Some(to.account_id), now))
        };
        let changes = vec![
            Change::CloseCode { code: parcel.id, state: "used" },
            tell(payer, "sms.parcel_arrived", payee),
            tell(payee, "sms.received", payer),
        ];
        let total_minor = total_minor(parcel);
        let mut legs = vec![
            Leg { account: payer.account_id, amount_minor: total_minor.saturating_neg() },
            Leg { account: payee.account_id, amount_minor: parcel.amount_minor },
        ];
        legs.extend(credits(house, parcel));
        let holds = vec![HoldMove::Settle { hold: parcel.hold, amount_minor: total_minor }];
        let meters = vec![limits::arrived(house, now, payee, amount)];
        let key = Key::new(Timestamp::from_micros(parcel.expires_at), "arrival", &parcel.id.to_be_bytes());
        Posting { kind: send::SERVICE.name, legs, holds, meters, ..self.note(key, changes) }
    }

    /// The receiver hears once, and again some days later, that it does not fit.
    fn waits(&self, arrival: &Arrival, now: Timestamp) -> Posting {
        let Arrival { parcel, payer, payee, .. } = arrival;
        let key = told_key(parcel);
        let told = tell_receiver(&self.house, parcel, payer, Some(payee), "sms.parcel_waits", now);
        self.note(key, vec![Change::Take { key }, told])
    }
}

fn told_key(parcel: &CashCodeRow) -> Key {
    Key::new(Timestamp::from_micros(0), "parcel waits", &parcel.id.to_be_bytes())
}

/// What is to be done about a page of parcels, and the last of them.
fn due(conn: &mut Conn, house: &House, now: Timestamp, after: i64) -> Result<(Option<i64>, Vec<Arrival>), StoreError> {
    let found = parcels::of_joined(conn, now.micros(), after, BATCH)?;
    let last = found.last().map(|(parcel, _)| parcel.id);
    let payers = people::by_accounts(conn, &Vec::from_iter(found.iter().map(|(parcel, _)| parcel.account_id)))?;
    let mut due = Vec::new();
    for (parcel, payee) in found {
        let payer = payers.iter().find(|payer| payer.account_id == parcel.account_id).cloned();
        let payer = payer.ok_or(StoreError::Damaged("a parcel of nobody"))?;
        let accounts = book_rows::accounts_of(conn, &[payer.account_id, payee.account_id])?;
        if accounts.iter().any(|account| account.state != "open") {
            continue;
        }
        let amount = Money::new(parcel.amount_minor, house.market.currency);
        let into = limits::arrived(house, now, &payee, amount);
        let theirs = accounts.iter().find(|account| account.id == payee.account_id);
        let fits = theirs.is_some_and(|theirs| {
            let after_minor = theirs.balance_minor.saturating_add(amount.minor);
            into.taken_from(theirs.usage, after_minor).is_ok()
        });
        if fits || sessions::seen_among(conn, &[told_key(&parcel).bytes()])?.is_empty() {
            due.push(Arrival { parcel, payer, payee, fits });
        }
    }
    Ok((last, due))
}
