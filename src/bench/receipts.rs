//! The texts of a payment, as sending money writes them: both sides read of the other one.

use super::country;
use crate::book::Change;
use crate::id::AccountId;
use crate::money::Money;
use crate::time::Timestamp;
use crate::value::{Slots, Value};
use crate::wallet::outgoing;
use crate::wallet::people::send::{RECEIVED, SENT};

/// Both sides get the news of a payment.
pub fn receipts(payer: AccountId, payee: AccountId, now: Timestamp) -> Vec<Change> {
    let text = |of: AccountId, other: AccountId, template, fee_minor| {
        let slots = slots(other, fee_minor);
        let message = outgoing::message(&phone(of), "en", template, &slots, Some(of), now);
        Change::Tell(message)
    };
    vec![text(payer, payee, SENT.template, 7), text(payee, payer, RECEIVED.template, 0)]
}

fn slots(other: AccountId, fee_minor: i64) -> Slots {
    let money = |minor| Value::Money(Money { minor, currency: country::currency() });
    let digits = other.number().rem_euclid(1_000);
    let slots = [
        ("amount", money(100)),
        ("fee", money(fee_minor)),
        ("name", Value::Name("Amina W".to_owned())),
        ("phone", Value::Phone(format!("0700***{digits:03}"))),
    ];
    slots.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Each has a number of their own.
fn phone(account: AccountId) -> String {
    country::phone(account.number().rem_euclid(100_000_000).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Msisdn;

    #[test]
    fn each_side_is_told_at_a_number_of_its_own() {
        let (payer, payee) = (AccountId::of(1_000), AccountId::of(1_001));
        let told: Vec<(String, Option<AccountId>)> =
            receipts(payer, payee, Timestamp::from_micros(7))
                .into_iter()
                .filter_map(|change| match change {
                    Change::Tell(message) => Some((message.address, message.account_id)),
                    _ => None,
                })
                .collect();
        assert_eq!(
            told,
            [("+254700001000".to_owned(), Some(payer)), ("+254700001001".to_owned(), Some(payee))]
        );
        assert!(told.iter().all(|(number, _)| Msisdn::from_e164(number).is_some()));
    }
}
