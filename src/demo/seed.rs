//! What is written down of somebody who lives in the demo, before they are brought into its world.
//! What they are called, and which numbers there are, is a matter of the market.

use crate::book::PIN_ATTEMPTS_MAX;
use crate::language::Language;
use crate::market::Market;
use crate::store::pins::PinRow;

/// Somebody to be.
pub(super) struct Seed {
    /// The last digits of their number, the first mobile range in front of them.
    pub(super) number: u64,
    pub(super) called: Called,
    pub(super) pin: &'static str,
    /// What they read, where it is spoken there.
    pub(super) language: &'static str,
    pub(super) balance_minor: i64,
}

/// Where the market has their name.
pub(super) enum Called {
    /// Among the people.
    Person(usize),
    /// Among those who serve at outlets.
    Server(usize),
    /// The market for goods.
    Platform,
}

impl Seed {
    /// Their full number.
    pub(super) fn phone(&self, market: &Market) -> String {
        market.made_up(self.number)
    }

    pub(super) fn name<'m>(&self, market: &'m Market) -> &'m str {
        let shown = &market.shown;
        let name = match self.called {
            Called::Person(place) => shown.people.get(place),
            Called::Server(place) => shown.servers.get(place),
            Called::Platform => Some(&shown.platform),
        };
        name.map_or("", String::as_str)
    }

    pub(super) fn language(&self, market: &Market) -> Language {
        let own = Language::parse(self.language).filter(|own| market.speaks(*own));
        own.unwrap_or(market.language)
    }
}

/// Whether a PIN opens nothing any more, as it was typed wrongly too often.
pub(super) fn is_locked(pin: &PinRow) -> bool {
    pin.attempts >= PIN_ATTEMPTS_MAX
}

/// A market for second-hand goods. It is not seeded: it joins, and is made known, as anybody is;
/// this is what it joins with.
pub(super) const MARKET: Seed =
    Seed { number: 21, called: Called::Platform, pin: "3946", language: "en", balance_minor: 0 };
