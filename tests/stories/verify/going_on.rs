//! A check goes on where the last one ended: it reads what came after, and nothing is wrong with a
//! book that is whole.

use super::ledger::*;
use super::place::on_both;
use kadogo::book::check::{self, Extent};
use kadogo::id::Id;
use kadogo::store::verified;
use kadogo::time::Timestamp;

#[test]
fn a_check_reads_only_what_came_after_the_last_one() {
    on_both("a check reads only what came after the last one", |place| {
        let ledger = Ledger::new(place);
        ledger.pay(ANN, BEN, 100);
        let first = ledger.keep();
        assert_eq!((first.from.clone(), first.postings, first.accounts_compared), (None, 2, 5));
        let nothing = ledger.keep();
        assert_eq!(
            (nothing.from.as_ref().unwrap().link, nothing.postings, nothing.links),
            (2, 0, 0)
        );
        assert_eq!((nothing.head, nothing.accounts, nothing.accounts_compared), (first.head, 5, 0));
        for _ in 0..3 {
            ledger.pay(BEN, CAL, 10);
        }
        let then = ledger.keep();
        let point = then.from.unwrap();
        assert_eq!(
            (point.link, point.posting, point.at),
            (2, Id::of(2), Timestamp::from_micros(7_000_000))
        );
        assert_eq!((then.postings, then.entries, then.links, then.head.unwrap().0), (3, 6, 3, 5));
        assert_eq!((then.accounts, then.accounts_compared), (5, 2));
        // everything is there for who wants it
        let full = ledger.check(Extent::Everything);
        assert_eq!((full.from, full.postings, full.links, full.accounts_compared), (None, 5, 5, 5));
    });
}

#[test]
fn holds_are_followed_across_the_point() {
    on_both("holds are followed across the point", |place| {
        let ledger = Ledger::new(place);
        let spent = ledger.hold(ANN, 300);
        let parted = ledger.hold(ANN, 500);
        let given = ledger.hold(BEN, 200);
        let closed = ledger.hold(CAL, 50);
        ledger.release(closed);
        ledger.settle(parted, ANN, DAN, 100);
        assert_eq!(ledger.keep().holds, 4);
        ledger.settle(spent, ANN, BEN, 300);
        assert_eq!(ledger.is_whole().holds, 4);
        ledger.settle(parted, ANN, BEN, 150);
        ledger.release(given);
        let later = ledger.hold(BEN, 1_000);
        ledger.keep();
        // the first ones are over: only those from the oldest that is open matter
        ledger.release(later);
        ledger.settle(parted, ANN, CAL, 250);
        assert_eq!(ledger.keep().holds, 4);
        assert_eq!(ledger.is_whole().holds, 0);
        assert_eq!(ledger.check(Extent::Everything).holds, 5);
    });
}

#[test]
fn only_the_newest_points_are_kept() {
    on_both("only the newest points are kept", |place| {
        let ledger = Ledger::new(place);
        for _ in 0..12 {
            ledger.pay(ANN, BEN, 1);
            ledger.keep();
            // the same once more is the same point
            ledger.keep();
        }
        let points = verified::points(&mut ledger.conn()).unwrap();
        let links: Vec<i64> = points.iter().map(|point| point.link).collect();
        assert_eq!(links, [13, 12, 11, 10, 9, 8, 7, 6]);
    });
}

#[test]
fn a_book_that_is_not_whole_is_no_point_to_go_on_from() {
    on_both("a book that is not whole is no point to go on from", |place| {
        let ledger = Ledger::new(place);
        ledger.sql("UPDATE accounts SET balance_minor = balance_minor + 1 WHERE id = 11");
        let report = ledger.check(Extent::SinceVerified);
        check::keep(&mut ledger.store.writer().unwrap(), &report, Timestamp::from_micros(0))
            .unwrap();
        assert_eq!(verified::points(&mut ledger.conn()).unwrap(), []);
    });
}

#[test]
fn an_empty_book_is_whole_and_keeps_nothing() {
    on_both("an empty book is whole and keeps nothing", |place| {
        let store = kadogo::store::Store::open(&place.database()).unwrap();
        let report =
            check::verify(&mut store.reader().unwrap(), Extent::SinceVerified, &mut |_, _, _| ())
                .unwrap();
        assert!(report.is_whole() && report.head.is_none(), "{report:?}");
        check::keep(&mut store.writer().unwrap(), &report, Timestamp::from_micros(0)).unwrap();
        assert_eq!(verified::points(&mut store.reader().unwrap()).unwrap(), []);
    });
}

/// Pages end within links and between them; a page's worth of postings and one more of each kind.
#[test]
fn links_larger_and_smaller_than_a_page_are_put_together() {
    on_both("links larger and smaller than a page are put together", |place| {
        let ledger = Ledger::new(place);
        for some in [3_000_i64, 1, 4_000, 2, 3_500] {
            ledger.post_all(
                (0..some).map(|n| ledger.payment(ANN + n % 4, ANN + (n + 1) % 4, 1)).collect(),
            );
        }
        let mut heard = Vec::new();
        let mut conn = ledger.store.reader().unwrap();
        let report = check::verify(&mut conn, Extent::Everything, &mut |_, done, total| {
            heard.push((done, total))
        })
        .unwrap();
        assert_eq!((report.faults.len(), report.postings, report.entries), (0, 10_504, 21_011));
        assert!(heard.contains(&(10_504, 10_504)) && heard.last() == Some(&(5, 5)), "{heard:?}");
        ledger.keep();
        ledger.pay(ANN, BEN, 1);
        assert_eq!(ledger.keep().postings, 1);
    });
}
