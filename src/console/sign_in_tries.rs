//! How often somebody tries to sign in from one address: after too many wrong tries nobody gets in
//! from there for a while, by whatever name. It is kept in memory, and not beyond a bound.

use crate::time::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong tries from one address, and the time in which they count.
const TRIES_MAX: u32 = 20;
const WINDOW: i64 = 15 * 60 * 1_000_000;
/// Addresses that are remembered. When more come at once, those who are new share one place.
const ADDRESSES_MAX: usize = 10_000;

/// The wrong tries of each address.
#[derive(Debug, Default)]
pub struct Tries(Mutex<HashMap<Option<IpAddr>, Window>>);

/// Since when, and how many.
#[derive(Debug, Clone, Copy)]
struct Window {
    since: i64,
    wrong: u32,
}

impl Tries {
    /// Whether somebody may try from there now.
    pub fn may_try(&self, from: Option<IpAddr>, now: Timestamp) -> bool {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = tries.get(&from).or_else(|| tries.get(&None).filter(|_| is_full(&tries)));
        of.is_none_or(|window| is_over(window, now) || window.wrong < TRIES_MAX)
    }

    /// Somebody did not get in from there.
    pub fn missed(&self, from: Option<IpAddr>, now: Timestamp) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_full(&tries) {
            tries.retain(|_, window| !is_over(window, now));
        }
        let place = if is_full(&tries) && !tries.contains_key(&from) { None } else { from };
        let window = tries.entry(place).or_insert(Window { since: now.micros(), wrong: 0 });
        if is_over(window, now) {
            *window = Window { since: now.micros(), wrong: 0 };
        }
        window.wrong = window.wrong.saturating_add(1);
    }
}

fn is_over(window: &Window, now: Timestamp) -> bool {
    now.micros().saturating_sub(window.since) > WINDOW
}

fn is_full(tries: &HashMap<Option<IpAddr>, Window>) -> bool {
    tries.len() >= ADDRESSES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn address(number: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(Ipv4Addr::from(number)))
    }

    #[test]
    fn who_misses_too_often_waits_and_others_do_not() {
        let tries = Tries::default();
        for miss in 0..TRIES_MAX {
            assert!(tries.may_try(address(1), at(0)), "{miss}");
            tries.missed(address(1), at(0));
        }
        assert!(!tries.may_try(address(1), at(0)));
        assert!(tries.may_try(address(2), at(0)));
        assert!(!tries.may_try(address(1), at(900)));
        assert!(tries.may_try(address(1), at(901)));
        tries.missed(address(1), at(901));
        assert!(tries.may_try(address(1), at(901)), "it is counted anew");
    }

    #[test]
    fn however_many_addresses_there_are_memory_is_bounded_and_tries_are_too() {
        let tries = Tries::default();
        for number in 0..20_000 {
            tries.missed(address(number), at(0));
        }
        assert!(tries.0.lock().unwrap().len() <= ADDRESSES_MAX + 1);
        assert!(tries.may_try(address(5), at(0)), "who was there first has a place of their own");
        assert!(!tries.may_try(address(30_000), at(0)), "who comes now shares one");
        tries.missed(address(40_000), at(1_000));
        assert_eq!(tries.0.lock().unwrap().len(), 1, "what is over is forgotten");
    }
}
