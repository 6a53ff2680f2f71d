//! The committer under strain: a full queue, a stop, rows that cannot be written, a full disk, a
//! locked database. What it answered is true, what it could not write it says so, and it goes on
//! when it can.

use super::engine::{blocking, either, only_sqlite};
use super::ledger::*;
use diesel::Connection;
use diesel::connection::TransactionManager;
use kadogo::book::{Book, Change, HoldMove};
use kadogo::id::Id;
use kadogo::metrics::Metrics;
use kadogo::on;
use kadogo::refusal::Reason;
use kadogo::store::book_rows::AccountState;
use kadogo::store::outbox::{Channel, NewMessage, order_key};
use kadogo::store::{Conn, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The committer is held up until this is dropped.
struct Hold(Option<std::sync::mpsc::Sender<()>>);

async fn hold_up(book: &Book) -> Hold {
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let mut held = Box::pin(book.write(move |_conn| {
        let _dropped = gate.recv();
        Ok(())
    }));
    // one look puts it into the queue; it runs whether or not somebody waits for it
    assert!(poll(held.as_mut()).await.is_none());
    Hold(Some(go))
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.take();
    }
}

fn message(text: &str) -> Change {
    let address = "+254700000001".to_owned();
    let row = NewMessage {
        channel: Channel::Text,
        order_key: order_key(Channel::Text, &address),
        address,
        phone: None,
        language: "en".into(),
        template: text.into(),
        slots: "{}".into(),
        posting_id: None,
        account_id: None,
        created_at: 0,
        due_at: 0,
    };
    Change::Tell(row)
}

#[tokio::test]
async fn a_full_queue_answers_busy_at_once_and_does_nothing() {
    let ledger = Ledger::new().await;
    let held = hold_up(&ledger.book).await;
    let mut waiting = Vec::new();
    let mut refused = 0;
    for n in 0..6_000 {
        let mut one = Box::pin(ledger.book.post(pay(&format!("{n}"), ANN, BEN, 1)));
        match poll(one.as_mut()).await {
            None => waiting.push(one),
            Some(answer) => {
                assert_eq!(reason(&answer), Reason::BUSY);
                refused += 1;
            }
        }
    }
    assert!(
        refused > 1_000 && waiting.len() > 4_000,
        "{refused} refused, {} waiting",
        waiting.len()
    );
    let taken = i64::try_from(waiting.len()).unwrap();
    drop(held);
    for one in waiting {
        one.await.unwrap();
    }
    assert_eq!(ledger.stands(ANN), (10_000 - taken, 0));
    ledger.ok(pay("room again", ANN, BEN, 1)).await;
    ledger.check();
}

#[tokio::test]
async fn the_last_one_to_leave_finds_everything_committed() {
    let ledger = Ledger::new().await;
    let held = hold_up(&ledger.book).await;
    let mut waiting: Vec<_> =
        (0..100).map(|n| Box::pin(ledger.book.post(pay(&format!("{n}"), ANN, BEN, 1)))).collect();
    for one in &mut waiting {
        assert!(poll(one.as_mut()).await.is_none());
    }
    // nobody waits for the answers any more, and the book is gone
    drop(waiting);
    let Ledger { book, committer, store, .. } = &ledger;
    let store = store.clone();
    assert!(book.is_alive() && !committer.is_finished());
    drop(held);
    let Ledger { book, committer, home: _home, .. } = ledger;
    drop(book);
    tokio::task::spawn_blocking(move || committer.join().unwrap()).await.unwrap();
    let ann = kadogo::store::book_rows::account;
    let ann = blocking(|| ann(&mut store.reader().unwrap(), Id::of(ANN))).unwrap().unwrap();
    assert_eq!(ann.balance_minor, 9_900);
    assert_eq!(super::world::check(&store).postings, 102);
}

#[tokio::test]
async fn whoever_gives_up_waiting_is_paid_for_all_the_same_and_finds_it_by_the_key() {
    let ledger = Ledger::new().await;
    let held = hold_up(&ledger.book).await;
    let mut impatient = Box::pin(ledger.book.post(pay("impatient", ANN, BEN, 100)));
    assert!(poll(impatient.as_mut()).await.is_none());
    drop(impatient);
    drop(held);
    assert!(ledger.ok(pay("impatient", ANN, BEN, 100)).await.repeated);
    assert_eq!(ledger.stands(ANN), (9_900, 0));
}

#[tokio::test]
async fn rows_that_cannot_be_written_do_not_take_the_others_with_them() {
    let ledger = Ledger::new().await;
    // a row that the database will never take
    ledger.sql(either(
        "CREATE TRIGGER bad_row BEFORE INSERT ON outbox WHEN NEW.template = 'bad' BEGIN \
         INSERT INTO outbox (id, address) VALUES (1, NULL); END",
        "ALTER TABLE outbox ADD CHECK (template <> 'bad')",
    ));
    let mut postings: Vec<_> = (0..9).map(|n| pay(&format!("{n}"), ANN, BEN, 1)).collect();
    postings[4].changes.push(message("bad"));
    let answers = alone_together(&ledger, postings).await;
    // it can never be written, so it is not told to come again
    assert_eq!(reason(&answers[4]), Reason::INVALID);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 8);
    assert_eq!(ledger.stands(ANN), (9_992, 0));
    ledger.check();
}

/// Like `together`, for a batch that breaks up: it may take several commits.
async fn alone_together(ledger: &Ledger, postings: Vec<kadogo::book::Posting>) -> Vec<Answer> {
    let held = hold_up(&ledger.book).await;
    let mut waiting: Vec<_> =
        postings.into_iter().map(|posting| Box::pin(ledger.book.post(posting))).collect();
    for one in &mut waiting {
        assert!(poll(one.as_mut()).await.is_none());
    }
    drop(held);
    let mut answers = Vec::new();
    for one in waiting {
        answers.push(one.await);
    }
    answers
}

#[tokio::test]
async fn a_full_disk_refuses_as_busy_and_room_again_is_enough_to_go_on() {
    if only_sqlite("a full disk: it is the server's, and cannot be filled here") {
        return;
    }
    let ledger = Ledger::new().await;
    // what a full disk looks like to the one that writes: the file may not grow
    let limit = |pages: &str| {
        let pragma = format!("PRAGMA max_page_count = {pages}");
        ledger.book.write(move |conn| conn.run(&pragma))
    };
    limit("1").await.unwrap();
    let long = "x".repeat(20_000);
    let heavy = |name: &str| {
        let mut posting = pay(name, ANN, BEN, 1);
        posting.changes.push(message(&long));
        posting
    };
    let before = ledger.dump();
    let names: Vec<String> = (0..5).map(|n| format!("0 {n}")).collect();
    let answers = alone_together(&ledger, names.iter().map(|name| heavy(name)).collect()).await;
    assert!(answers.iter().all(|answer| reason(answer) == Reason::BUSY), "{answers:?}");
    assert_eq!(ledger.dump(), before);
    limit("1000000").await.unwrap();
    ledger.ok(heavy("0 0")).await;
    assert_eq!(ledger.stands(ANN), (9_999, 0));
    ledger.check();
}

fn set_in_error<C: Connection>(conn: &mut C) {
    C::TransactionManager::transaction_manager_status_mut(conn).set_in_error();
}

#[tokio::test]
async fn a_connection_that_a_failure_left_useless_is_replaced() {
    let ledger = Ledger::new().await;
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let breaks_once = ledger.book.write(move |conn| {
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            on!(conn, conn => set_in_error(conn));
        }
        Ok(())
    });
    breaks_once.await.unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 2);
    ledger.ok(pay("on another one", ANN, BEN, 100)).await;
    ledger.book.fresh_id().await.unwrap();
    ledger.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_makes_a_crowd_wait_once_not_one_after_the_other() {
    let ledger = Ledger::new().await;
    let impatient = |conn: &mut Conn| {
        conn.run(either("PRAGMA busy_timeout = 250", "SET statement_timeout = 250"))
    };
    ledger.book.write(impatient).await.unwrap();
    let mut other = ledger.hand();
    other.hold();
    let started = Instant::now();
    let crowd = (0..20).map(|n| pay(&format!("{n}"), ANN, BEN, 1)).collect();
    let (answers, ()) = tokio::join!(alone_together(&ledger, crowd), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        drop(other);
    });
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    // once for the crowd, once for what held it up, and not twenty times
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(ledger.stands(ANN), (9_980, 0));
    ledger.check();
}

#[tokio::test]
async fn two_books_on_one_database_agree() {
    let ledger = Ledger::new().await;
    let (second, _committer) =
        blocking(|| Book::start(&ledger.store, Metrics::default().into()).unwrap());
    let mut crowd = tokio::task::JoinSet::new();
    for n in 0..200 {
        let book = if n % 2 == 0 { ledger.book.clone() } else { second.clone() };
        // every payment is tried at both, and there is money for half of them
        crowd.spawn(async move { book.post(pay(&format!("{}", n / 2), ANN, BEN, 200)).await });
    }
    let answers = crowd.join_all().await;
    let paid = answers
        .iter()
        .filter(|answer| answer.as_ref().is_ok_and(|receipt| !receipt.repeated))
        .count();
    assert_eq!(paid, 50);
    assert_eq!((ledger.stands(ANN), ledger.stands(BEN)), ((0, 0), (15_000, 0)));
    ledger.check();
}

/// One node remembers accounts; the other spends, sets aside and freezes them in between.
#[tokio::test]
async fn what_another_node_did_to_an_account_is_not_remembered_otherwise() {
    let ledger = Ledger::new().await;
    let (second, _committer) =
        blocking(|| Book::start(&ledger.store, Metrics::default().into()).unwrap());
    let post = async |posting| second.post(posting).await;
    for (name, amount_minor) in [("both see them", 1), ("again", 1)] {
        ledger.ok(pay(name, ANN, BEN, amount_minor)).await;
        post(pay(&format!("{name} there"), BEN, ANN, amount_minor)).await.unwrap();
    }
    // spent there: gone here
    post(pay("spent there", ANN, CAL, 9_000)).await.unwrap();
    assert_eq!(reason(&ledger.post(pay("spent here", ANN, BEN, 1_001)).await), Reason::NOT_ENOUGH);
    // received there: to be had here
    ledger.ok(pay("received there", CAL, BEN, 9_000)).await;
    // set aside there, where no leg moves: not to be had here
    post(holds("hold", &[HoldMove::Open { account: Id::of(ANN), amount_minor: 1_000 }]))
        .await
        .unwrap();
    assert_eq!(reason(&ledger.post(pay("held", ANN, BEN, 1)).await), Reason::NOT_ENOUGH);
    // frozen there, where no leg moves either
    let frozen = restriction(BEN, AccountState::Frozen, 1);
    post(changes("freeze", vec![frozen])).await.unwrap();
    assert_eq!(reason(&ledger.post(pay("frozen", BEN, CAL, 1)).await), Reason::ACCOUNT_CLOSED);
    assert_eq!((ledger.stands(ANN), ledger.stands(BEN)), ((1_000, 1_000), (14_000, 0)));
    ledger.check();
}

/// Something that is no part of the book.
fn beside(name: String) -> impl Fn(&mut Conn) -> Result<(), StoreError> + Send + 'static {
    move |conn| conn.run(&format!("INSERT INTO early_reports VALUES ('{name}', 'failed', NULL, 0)"))
}

const BESIDE: &str = "SELECT provider_id AS text FROM early_reports ORDER BY 1";

#[tokio::test]
async fn what_is_beside_the_book_cuts_no_batch() {
    let ledger = Ledger::new().await;
    let links = ledger.check().links;
    let held = hold_up(&ledger.book).await;
    let (mut posts, mut asides) = (Vec::new(), Vec::new());
    for n in 0..5 {
        let mut post = Box::pin(ledger.book.post(pay(&format!("{n}"), ANN, BEN, 1)));
        assert!(poll(post.as_mut()).await.is_none());
        posts.push(post);
        let book = ledger.book.clone();
        asides.push(tokio::spawn(async move { book.write_aside(beside(format!("{n}"))).await }));
        tokio::task::yield_now().await;
    }
    drop(held);
    for post in posts {
        post.await.unwrap();
    }
    for aside in asides {
        aside.await.unwrap().unwrap();
    }
    assert_eq!(ledger.check().links, links + 1, "one batch");
    assert_eq!(ledger.hand().lines(BESIDE), ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn what_is_beside_the_book_and_fails_takes_nobody_with_it() {
    let ledger = Ledger::new().await;
    let held = hold_up(&ledger.book).await;
    let mut post = Box::pin(ledger.book.post(pay("paid", ANN, BEN, 1)));
    assert!(poll(post.as_mut()).await.is_none());
    let asides = ["good", "bad"].map(|name| {
        let book = ledger.book.clone();
        let write = beside(name.to_owned());
        tokio::spawn(async move {
            let both = move |conn: &mut Conn| {
                write(conn)?;
                if name == "bad" { conn.run("INSERT INTO nowhere VALUES (1)") } else { Ok(()) }
            };
            book.write_aside(both).await
        })
    });
    tokio::task::yield_now().await;
    drop(held);
    post.await.unwrap();
    let [good, bad] = asides;
    assert!(good.await.unwrap().is_ok() && bad.await.unwrap().is_err());
    assert_eq!(ledger.hand().lines(BESIDE), ["good"]);
    ledger.check();
}

#[tokio::test]
async fn what_is_beside_the_book_needs_no_batch_and_makes_no_crowd_of_commits() {
    let ledger = Ledger::new().await;
    let began = Instant::now();
    for n in 0..4 {
        ledger.book.write_aside(beside(format!("{n}"))).await.unwrap();
    }
    // a file commits what rides alone twenty times a second at most
    let least = Duration::from_millis(either(3 * 50, 0));
    assert!(began.elapsed() >= least, "{:?}", began.elapsed());
    assert_eq!(ledger.hand().lines(BESIDE).len(), 4);
}
