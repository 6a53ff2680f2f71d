//! What may be done with accounts, and closed ones: proved once, and not looked at again.

use super::super::ledger::restriction;
use super::ledger::*;
use super::place::{Place, on_both};
use kadogo::book::check::Extent::{Everything, SinceVerified};
use kadogo::store::book_rows::AccountState::{Closed, Open, StopDebit};

/// Ann may not pay; Dan gave everything away and left.
fn history(place: &Place) -> Ledger {
    let ledger = Ledger::new(place);
    ledger.say(restriction(ANN, StopDebit, 1));
    ledger.pay(DAN, BEN, 10_000);
    ledger.say(restriction(DAN, Closed, 1));
    ledger
}

#[test]
fn a_closed_account_is_proved_once_and_skipped() {
    on_both("a closed account is proved once and skipped", |place| {
        let ledger = history(place);
        assert_eq!(ledger.keep().accounts, 5);
        assert_eq!(ledger.check(SinceVerified).accounts, 4);
        // the others go on as ever, and so does what is said of them
        ledger.pay(BEN, CAL, 10);
        ledger.say(restriction(ANN, Open, 2));
        assert_eq!(ledger.keep().accounts, 4);
        assert_eq!(ledger.check(Everything).accounts, 5);
    });
}

#[test]
fn what_is_said_of_accounts_cannot_be_edited() {
    on_both("what is said of accounts cannot be edited", |place| {
        for (edit, kept, fault) in [
            (
                "UPDATE accounts SET state = 'open' WHERE id = 11",
                true,
                "account 11 is open, not stop_debit as was said",
            ),
            (
                "UPDATE accounts SET state = 'frozen' WHERE id = 12",
                true,
                "account 12 is frozen, and nobody said so",
            ),
            // to be skipped it must have been closed in the chain
            (
                "UPDATE accounts SET state = 'closed' WHERE id = 12",
                true,
                "account 12 is closed, and not empty",
            ),
            (
                "UPDATE restrictions SET state = 'open' WHERE account_id = 11",
                true,
                "account 11 is stop_debit, not open as was said",
            ),
            (
                "DELETE FROM restrictions WHERE account_id = 11",
                true,
                "account 11 is stop_debit, and nobody said so",
            ),
            (
                "UPDATE accounts SET state = 'open' WHERE id = 14",
                false,
                "account 14 is open, not closed as was said",
            ),
            (
                "UPDATE accounts SET balance_minor = 5 WHERE id = 14",
                false,
                "account 14 is closed, and not empty",
            ),
        ] {
            let ledger = history(place);
            ledger.keep();
            ledger.sql(edit);
            let finds = |extent| ledger.faults(extent).iter().any(|found| found == fault);
            assert!(finds(Everything), "{edit}: {:#?}", ledger.faults(Everything));
            assert_eq!(finds(SinceVerified), kept, "{edit}: {:#?}", ledger.faults(SinceVerified));
        }
    });
}
