//! The code with which a customer shows that they stand there.

use super::super::cash_in;
use super::super::deposit_code::{self, DEPOSIT_CODE};
use super::*;
use crate::refusal::Reason;
use std::time::Duration;

#[test]
fn it_is_good_for_ten_to_twenty_minutes() {
    let mut shop = shop();
    // it is five past eleven: a span began at eleven
    let shown =
        shop.trial.ask(&deposit_code::CODE, shop.trial.caller(&shop.amina)).quote().planned();
    assert_eq!(shown.said("until"), "11:20");
    let code = shown.said("cash_code");
    assert_eq!(code.len(), 6);
    let begun = shop.trial.now;
    let mut good = |seconds: u64| {
        shop.trial.now = begun.plus(Duration::from_secs(seconds));
        let ask =
            shop.trial.ask(&cash_in::SERVICE, shop.trial.caller(&shop.njeri)).with("to", AMINA);
        let outcome = ask.with("amount", "20000").with("deposit_code", &code).quote();
        outcome.error.is_none() || {
            assert_eq!(outcome.reason(), (DEPOSIT_CODE, Some("deposit_code")));
            false
        }
    };
    assert!(good(0) && good(899) && !good(900));
}

#[test]
fn it_is_nobody_elses() {
    let shop = shop();
    let code = |person| {
        shop.trial
            .ask(&deposit_code::CODE, shop.trial.caller(person))
            .quote()
            .planned()
            .said("cash_code")
    };
    assert_ne!(code(&shop.amina), code(&shop.njeri));
    let stranger = shop.trial.ask(&deposit_code::CODE, shop.trial.stranger(STRANGER)).quote();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
}
