//! Rows that a database does not take, for a reason that it does not name: they take nobody with
//! them.

use super::cluster_or_say;
use super::judge::{self, Judge};
use super::payer::{POOR, Sort, legs, posting, sort};
use kadogo::book::{Change, Posting};
use kadogo::store::outbox::{Channel, NewMessage};
use std::time::{Duration, Instant};

#[test]
fn what_postgresql_cannot_store_is_refused_alone() {
    let Some(cluster) = cluster_or_say("what PostgreSQL cannot store is refused alone") else {
        return;
    };
    let judge = Judge::new(&cluster.database());
    let paying: Vec<u64> = (1..400).filter(|number| sort(*number) == Sort::Pays).collect();
    let mut postings: Vec<Posting> = paying.iter().map(|number| posting(*number)).collect();
    // a text may hold a zero everywhere but there
    let poison = Change::Tell(NewMessage {
        channel: Channel::Text,
        address: String::new(),
        order_key: 0,
        phone: None,
        language: "s\0".into(),
        template: String::new(),
        slots: String::new(),
        posting_id: None,
        account_id: Some(POOR),
        created_at: 0,
        due_at: 0,
    });
    postings.insert(100, Posting { changes: vec![poison], legs: Vec::new(), ..posting(3) });
    let since = Instant::now();
    judge::with_book(&judge.url, |ask| {
        let mut answers = ask(postings.clone());
        let poisoned = answers.remove(100);
        assert!(poisoned.is_err(), "{poisoned:?}");
        assert!(
            answers.iter().all(Result::is_ok),
            "{:?}",
            answers.iter().find(|answer| answer.is_err())
        );
        for (number, receipt) in paying.iter().zip(answers) {
            let available = receipt.unwrap().available;
            assert_eq!(
                available.iter().map(|(account, _)| *account).collect::<Vec<_>>(),
                legs(*number).map(|leg| leg.0)
            );
        }
    });
    // nobody waited for a database that was never away
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
}
