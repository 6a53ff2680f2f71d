//! A start PIN: what somebody begins with, or begins again with, sent to their own number and to
//! nobody else. It opens nothing but the choice of another one. Its digits are nowhere: they follow
//! from the salt of its tag and the key that is not in the database, and are made again when the
//! message leaves.

use super::ServiceConfig;
use super::context::Context;
use super::kept_secret::Seed;
use super::plan::PlanError;
use crate::id::PinId;
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::pins::PinRow;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};

/// The slot of its digits in a message.
pub const SLOT: Slot = Slot("start_pin", Kind::Code);

/// How long one may be used, microseconds.
const LASTS: i64 = 7 * 24 * 3_600 * 1_000_000;
/// Digits.
const DIGITS: usize = 5;

/// The first digits that are not what a thief tries first.
fn digits(seed: &Seed, config: &ServiceConfig, owner: &Msisdn) -> Option<String> {
    (0..=u8::MAX).find_map(|draw| {
        let id = seed.number.to_be_bytes();
        let name = [b"start pin\0".as_slice(), &id, &seed.salt, &[draw]].concat();
        let code = config.pin_keys.code(seed.key_version, &name)?;
        let digits = code.get(..DIGITS)?.to_owned();
        Pin::choose(&digits, owner).is_ok().then_some(digits)
    })
}

/// A start PIN that is to be kept under this number: what is stored of it, and what a message to
/// its owner carries in the slot.
pub fn drawn(
    context: &Context,
    id: PinId,
    owner: &str,
    version: i64,
) -> Result<(PinRow, Value), PlanError> {
    const NONE: PlanError = PlanError::Damaged("no start PIN could be drawn");
    let owner = Msisdn::from_e164(owner).ok_or(NONE)?;
    let key_version = i64::from(context.config.pin_keys.current().version);
    let seed = Seed { key_version, number: id.number(), salt: context.salt.to_vec() };
    let drawn = digits(&seed, context.config, &owner).ok_or(NONE)?;
    let start_until = Some(context.now.micros().saturating_add(LASTS));
    let tagged = context.config.tagged(id, &Pin::parse(&drawn)?, context.salt);
    Ok((PinRow { version, start_until, ..tagged }, Value::Code(seed.written())))
}

/// Puts the digits into the values of a message that leaves for this number.
pub fn told(config: &ServiceConfig, owner: &str, slots: &mut Slots) {
    let Some(Value::Code(seed)) = slots.get(SLOT.0) else { return };
    let owner = Msisdn::from_e164(owner);
    let said = Seed::read(seed).zip(owner).and_then(|(seed, to)| digits(&seed, config, &to));
    // with a key that was retired meanwhile nobody can say it any more
    slots.insert(SLOT.0.to_owned(), Value::Code(said.unwrap_or_else(|| "?????".to_owned())));
}

/// The same PIN when it was sent to a number that somebody else may have: it opens nothing any
/// more. Nothing where it is none to begin with, or is over.
pub fn voided(pin: &PinRow, now: Timestamp) -> Option<PinRow> {
    let until = pin.start_until.filter(|until| *until > now.micros())?;
    let start_until = Some(until.min(now.micros()));
    Some(PinRow { version: pin.version.saturating_add(1), start_until, ..pin.clone() })
}

/// Whether a PIN opens this: one to begin with only what chooses another one, while it lasts.
pub fn opens(pin: &PinRow, chooses: bool, now: Timestamp) -> Result<(), Reason> {
    match pin.start_until {
        None => Ok(()),
        Some(until) if until <= now.micros() => Err(Reason::START_PIN_OVER),
        Some(_) if chooses => Ok(()),
        Some(_) => Err(Reason::START_PIN),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::trial::{NOW, Trial};
    use super::*;

    const AMINA: &str = "+254700000001";

    fn drawn_for(trial: &Trial) -> (PinRow, Value) {
        let asks = trial.ask(&super::super::people::balance::SERVICE, trial.stranger(AMINA));
        asks.work(&[], |context| drawn(context, PinId::of(7), AMINA, 3)).unwrap()
    }

    #[test]
    fn its_digits_are_in_no_row_and_come_when_the_message_leaves() {
        let trial = Trial::new();
        let (row, seed) = drawn_for(&trial);
        let mut slots = Slots::from([(SLOT.0.to_owned(), seed.clone())]);
        told(&trial.config, AMINA, &mut slots);
        let digits = slots[SLOT.0].to_string();
        assert!(digits.len() == DIGITS && digits.bytes().all(|sign| sign.is_ascii_digit()));
        assert_ne!(digits, seed.to_string());
        let pin = Pin::parse(&digits).unwrap();
        let keys = &trial.config.pin_keys;
        assert!(keys.matches(row.key_version, row.id, &row.salt, &pin, &row.tag));
        assert_eq!(row.version, 3);
        // what is no seed, and one of a key that is gone, is no PIN
        for seed in ["", "1.2", "0.7.00", "x.y.z"] {
            let mut slots = Slots::from([(SLOT.0.to_owned(), Value::Code(seed.to_owned()))]);
            told(&trial.config, AMINA, &mut slots);
            assert_eq!(slots[SLOT.0].to_string(), "?????", "{seed}");
        }
    }

    #[test]
    fn it_opens_nothing_but_the_choice_of_another_one_and_not_for_ever() {
        let (row, _) = drawn_for(&Trial::new());
        assert_eq!(opens(&row, true, NOW), Ok(()));
        assert_eq!(opens(&row, false, NOW), Err(Reason::START_PIN));
        let later = Timestamp::from_micros(NOW.micros() + LASTS);
        assert_eq!(opens(&row, true, later), Err(Reason::START_PIN_OVER));
        // one that was voided is over, and any other one stays as it is
        let void = voided(&row, NOW).unwrap();
        assert_eq!((void.version, opens(&void, true, NOW)), (4, Err(Reason::START_PIN_OVER)));
        assert!(voided(&void, NOW).is_none() && voided(&row, later).is_none());
        let own = PinRow { start_until: None, ..row };
        assert!(voided(&own, NOW).is_none());
        assert_eq!(opens(&own, false, later), Ok(()));
    }
}
