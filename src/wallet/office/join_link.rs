//! The link with which somebody begins to work here: it goes by SMS to their own number, and nobody
//! else of the staff sees it. It is nowhere: it follows from a salt and the key that is not in the
//! database, and is made again when the message leaves.

use super::super::ServiceConfig;
use super::super::kept_secret::Seed;
use crate::id::StaffId;
use crate::seal::to_hex;
use crate::value::{Kind, Slot, Slots, Value};

/// The slot of the link in a message,
pub const SLOT: Slot = Slot("join_link", Kind::Code);
/// of how one gets there with it,
pub const WAY: Slot = Slot("join_at_code", Kind::Text);
/// and of where the pages of the staff are.
pub const PAGES: Slot = Slot("console_url", Kind::Text);

fn link(seed: &Seed, config: &ServiceConfig) -> Option<String> {
    let name = [seed.number.to_be_bytes().as_slice(), &seed.salt].concat();
    Some(to_hex(&config.pin_keys.long_code(seed.key_version, &name)?))
}

/// A new link for somebody, and what a message to them carries in the slot.
pub fn drawn(config: &ServiceConfig, staff: StaffId, salt: [u8; 16]) -> Option<(String, Value)> {
    let key_version = i64::from(config.pin_keys.current().version);
    let seed = Seed { key_version, number: staff.number(), salt: salt.to_vec() };
    Some((link(&seed, config)?, Value::Code(seed.written())))
}

/// Puts the link into the values of a message that leaves.
pub fn told(config: &ServiceConfig, slots: &mut Slots) {
    let Some(Value::Code(seed)) = slots.get(SLOT.0) else { return };
    let said = Seed::read(seed).and_then(|seed| link(&seed, config));
    // with a key that was retired meanwhile nobody can say it any more
    slots.insert(SLOT.0.to_owned(), Value::Code(said.unwrap_or_else(|| "?".to_owned())));
    let way = if config.console_url.is_some() { "address" } else { "path" };
    slots.insert(WAY.0.to_owned(), way.to_owned().into());
    let pages = config.console_url.as_ref().map(ToString::to_string).unwrap_or_default();
    slots.insert(PAGES.0.to_owned(), pages.into());
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::trial::Trial;
    use super::*;

    #[test]
    fn it_is_in_no_row_and_comes_when_the_message_leaves() {
        let config = Trial::new().config;
        let (link, seed) = drawn(&config, StaffId::of(7), [3; 16]).unwrap();
        assert_ne!(drawn(&config, StaffId::of(8), [3; 16]).unwrap().0, link);
        assert_ne!(drawn(&config, StaffId::of(7), [4; 16]).unwrap().0, link);
        assert!(!seed.to_string().contains(&link) && link.len() == 32);
        let mut slots = Slots::from([(SLOT.0.to_owned(), seed)]);
        told(&config, &mut slots);
        assert_eq!(slots[SLOT.0].to_string(), link);
        assert_eq!(slots[WAY.0].to_string(), "path", "nobody said where the pages are");
        let console_url = "https://staff.example.org".parse().ok();
        told(&ServiceConfig { console_url, ..Trial::new().config }, &mut slots);
        let way = [WAY.0, PAGES.0].map(|name| slots[name].to_string());
        assert_eq!(way, ["address", "https://staff.example.org"]);
        // what is no seed, and one of a key that is gone, is no link
        for seed in ["", "1.2", "0.7.00", "x.y.z"] {
            let mut slots = Slots::from([(SLOT.0.to_owned(), Value::Code(seed.to_owned()))]);
            told(&config, &mut slots);
            assert_eq!(slots[SLOT.0].to_string(), "?", "{seed}");
        }
    }
}
