//! What a receipt adds to a text: code, date, time and new balance, in the layout people and
//! programs rely on.

use super::ServiceConfig;
use crate::calendar::Day;
use crate::id::PostingId;
use crate::money::Money;
use crate::reference::Reference;
use crate::time::Timestamp;
use crate::value::{Slots, Value};

/// Slots `code` (only where money moved), `date`, `time` and, where known, `balance`.
pub fn slots(
    config: &ServiceConfig,
    posting: Option<PostingId>,
    at: Timestamp,
    balance_minor: Option<i64>,
) -> Slots {
    let mut slots = when(config, at);
    if let Some(posting) = posting {
        let code = Reference::of(posting, &config.reference_key).to_string();
        slots.insert("code".into(), Value::Code(code));
    }
    if let Some(minor) = balance_minor {
        slots.insert("balance".into(), Money::new(minor, config.market.currency).into());
    }
    slots
}

/// Slots `date` and `time`, on the market's calendar and clocks.
pub fn when(config: &ServiceConfig, at: Timestamp) -> Slots {
    let zone = &config.market.zone;
    Slots::from([
        ("date".into(), Day::of(at, zone).into()),
        ("time".into(), at.time_of_day(zone).into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::trial::{NOW, Trial};
    use super::*;

    fn told(posting: Option<PostingId>, balance_minor: Option<i64>) -> Vec<(String, String)> {
        let slots = slots(&Trial::new().config, posting, NOW, balance_minor);
        slots.into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }

    fn pairs(told: &[(&str, &str)]) -> Vec<(String, String)> {
        told.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_moved_money_has_a_code_and_what_did_not_has_only_its_time() {
        let when = [("date", "23/11/26"), ("time", "11:05")];
        assert_eq!(told(None, None), pairs(&when));
        let all = told(Some(PostingId::of(1)), Some(150));
        assert_eq!(
            all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["balance", "code", "date", "time"]
        );
        assert_eq!(all[0].1, "KES 1.50");
        let code = Reference::parse(&all[1].1).unwrap();
        assert_eq!(code.posting_id(&Trial::new().config.reference_key), Some(PostingId::of(1)));
    }
}
