//! What an outlet earns by a customer on a day, whatever they split it into.

use super::*;
use crate::id::{AccountId, Id};
use crate::store::facts::Whole;
use crate::wallet::trial::posting;

/// The commission of KES 200 in cash: 8, of which 0.40 is withheld for the tax office, and a fifth
/// of the rest is the head office's.
const WHOLE: i64 = 800;

fn out(shop: &Shop) -> Plan {
    let ask = shop.trial.ask(&CASH_OUT, shop.trial.caller(&shop.amina));
    ask.with("agent", &number(FLOAT)).with("amount", "20000").execute().planned()
}

fn earned(shop: &Shop) -> i64 {
    -moved(&out(shop), Id::of(6))
}

/// The same after Amina did this today.
fn after(lines: Vec<Whole>) -> i64 {
    let mut shop = shop();
    shop.trial.set(shop.today(), Found::History(lines));
    earned(&shop)
}

fn paid(kind: &str, minutes: u64, float: AccountId, minor: i64) -> Whole {
    posting(50, kind, minutes, &[(101, -minor - 2_900), (float.number(), minor), (2, 2_900)])
}

#[test]
fn an_outlet_without_a_head_office_is_its_own() {
    let shop = shop();
    let plan = out(&shop);
    assert_eq!(
        (moved(&plan, Id::of(6)), moved(&plan, COMMISSION), moved(&plan, Id::of(4))),
        (-WHOLE, 760, 40)
    );
    let row = journal_of(&plan);
    assert_eq!((row.own_minor, row.head_minor, row.tax_minor, row.team), (608, 152, 40, FLOAT));
    let accounts: std::collections::BTreeSet<AccountId> =
        balanced(&plan).iter().map(|leg| leg.account).collect();
    assert_eq!(accounts.len(), balanced(&plan).len());
}

#[test]
fn a_head_office_gets_its_part() {
    let mut shop = shop();
    shop.with_head();
    let plan = out(&shop);
    let parts = [6, 301, 401, 4].map(|account| moved(&plan, Id::of(account)));
    assert_eq!(parts, [-WHOLE, 608, 152, 40]);
    balanced(&plan);
    assert_eq!(journal_of(&plan).team, HEAD);
}

#[test]
fn who_splits_a_payment_earns_nothing_by_it() {
    assert_eq!(after(Vec::new()), WHOLE);
    // KES 300 and 200 are in the band of 101 to 500; with one more shilling it is the next one
    assert_eq!(after(vec![paid("cash_out", 30, FLOAT, 30_000)]), 0);
    assert_eq!(after(vec![paid("cash_out", 30, FLOAT, 30_100)]), 200);
    assert_eq!(after(vec![paid("cash_out", 60, FLOAT, 5_000)]), 300);
    // two payments count together
    assert_eq!(
        after(vec![paid("cash_out", 30, FLOAT, 15_000), paid("cash_out", 60, FLOAT, 15_100)]),
        200
    );
}

#[test]
fn cash_that_is_handed_out_another_way_counts_and_other_business_does_not() {
    let all = CASH_OUT.name;
    let other = crate::wallet::SERVICES
        .iter()
        .filter_map(|service| service.counts_as)
        .find(|as_| as_.service == all);
    assert_eq!(after(vec![paid(other.unwrap().kind, 30, FLOAT, 30_000)]), 0);
    for business in ["cash_in", "send"] {
        assert_eq!(after(vec![paid(business, 30, FLOAT, 30_000)]), WHOLE, "{business}");
    }
    // at another outlet
    assert_eq!(after(vec![paid("cash_out", 30, Id::of(700), 30_000)]), WHOLE);
}

#[test]
fn another_day_is_another_commission() {
    // it is five past eleven
    assert_eq!(after(vec![paid("cash_out", 11 * 60 + 5, FLOAT, 30_000)]), 0);
    assert_eq!(after(vec![paid("cash_out", 11 * 60 + 6, FLOAT, 30_000)]), WHOLE);
    let before = paid("cash_out", 700, FLOAT, 30_000);
    let today = paid("cash_out", 30, FLOAT, 5_000);
    assert_eq!(after(vec![today, before]), 300);
}

#[test]
fn what_cannot_be_counted_earns_nothing() {
    let sent = |times: usize| vec![paid("send", 30, Id::of(102), 100); times];
    assert_eq!(after(sent(49)), WHOLE);
    assert_eq!(after(sent(50)), 0);
    // the fiftieth was made the day before
    let mut mixed = sent(49);
    mixed.push(paid("cash_out", 700, FLOAT, 30_000));
    assert_eq!(after(mixed), WHOLE);
}

#[test]
fn beyond_the_last_band_nothing_is_earned() {
    let most = 25_000_000 - 20_000;
    // to the last shilling it is in the last band, which earns no more
    assert_eq!(after(vec![paid("cash_out", 30, FLOAT, 2_000_000)]), 500);
    assert_eq!(after(vec![paid("cash_out", 30, FLOAT, most)]), 0);
    assert_eq!(after(vec![paid("cash_out", 30, FLOAT, most + 1)]), 0);
}

#[test]
fn two_counters_at_the_same_moment_do_not_earn_twice() {
    let mut shop = shop();
    let amina = shop.amina.clone();
    shop.trial.change(&amina, |member| member.account.last_posting = Some(Id::of(50)));
    let at = |shop: &Shop| {
        let changes = out(shop).act.unwrap().changes;
        changes.iter().find_map(|change| match change {
            Change::AtPosting { account, posting } => Some((*account, *posting)),
            _ => None,
        })
    };
    assert_eq!(at(&shop), Some((Id::of(101), Some(Id::of(50)))));
    // where nothing is earned nothing can be earned twice
    shop.trial.set(shop.today(), Found::History(vec![paid("cash_out", 30, FLOAT, 30_000)]));
    assert_eq!(at(&shop), None);
}
