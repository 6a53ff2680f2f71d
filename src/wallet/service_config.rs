//! The rules, keys and surroundings that all services share: nothing that changes by itself.

use crate::console_url::ConsoleUrl;
use crate::id::{PinId, PostingId};
use crate::market::Market;
use crate::pin::{Pin, PinKeys};
use crate::schedule::Every;
use crate::seal::SealKey;
use crate::store::pins::PinRow;
use std::sync::Arc;
use std::time::Duration;

/// What all services share.
#[derive(Debug)]
pub struct ServiceConfig {
    /// Where the service runs.
    pub market: Arc<Market>,
    /// What PIN tags are made with.
    pub pin_keys: PinKeys,
    /// What the second factors of staff are sealed with, the newest first.
    pub factor_keys: Vec<SealKey>,
    /// What posting numbers are turned into receipt codes with.
    pub reference_key: [u8; 16],
    /// What the operator decides about services.
    pub rules: OperatorRules,
    /// What the service calls itself to people.
    pub brand: String,
    /// Whether mail can leave the house.
    pub mails: bool,
    /// The code people dial: `*384*1234#`.
    pub dial: String,
    /// Where the staff find their pages, if that is known.
    pub console_url: Option<ConsoleUrl>,
}

/// What the operator decides about services, besides prices and limits.
#[derive(Debug, Clone, Copy)]
pub struct OperatorRules {
    /// How many payments one person may ask back in thirty days.
    pub reversal_quota: i64,
    /// How often commission is paid out by itself, if it is.
    pub payout: Option<Every>,
    /// Whether money may be sent to a number that has no wallet.
    pub unjoined: bool,
    /// Whether balance and last payments are shown only behind the PIN.
    pub balance_pin: bool,
    /// How long people have once they were told, where a time ran out while the service was away.
    pub grace: Duration,
}

impl ServiceConfig {
    /// What is stored of a PIN, or of a code that is compared like one.
    pub fn tagged(&self, id: PinId, pin: &Pin, salt: [u8; 16]) -> PinRow {
        let key = self.pin_keys.current();
        let tag = key.tag(id, &salt, pin).to_vec();
        PinRow {
            id,
            version: 1,
            last_posting: PostingId::NONE,
            key_version: i64::from(key.version),
            salt: salt.to_vec(),
            tag,
            start_until: None,
            attempts: 0,
        }
    }
}
