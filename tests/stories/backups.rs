//! Backups, and what is made of them. Goal: whoever has one has everything up to its newest link,
//! and whoever restores one never has less than they were told. Method: the real binary, a service
//! that runs, copies that somebody changed.

use super::engine::{Hand, blocking, only_sqlite};
use super::program::*;
use super::world::{AMINA, BARAKA};
use kadogo::store::Store;
use std::os::unix::fs::PermissionsExt;

/// Somebody pays; it must work.
async fn pays(server: &Server, session: &str, amount: &str) {
    let screen = server.talk(session, AMINA, &["1", "0700000002", amount, "1", "7361"]).await;
    assert!(screen.contains("Confirmed"), "{screen}");
}

/// How many payments a database has.
fn sends(place: &Place, file: &str) -> String {
    let mut hand = Hand::to(&format!("sqlite://{}", place.path(file).display()));
    hand.lines("SELECT CAST(count(*) AS TEXT) AS text FROM postings WHERE kind = 'send'").concat()
}

/// What was said of the newest link.
fn link(said: &Said) -> &str {
    said.out.split_once("newest link is ").unwrap().1.lines().next().unwrap()
}

fn is_private(place: &Place, file: &str) -> bool {
    let mode = std::fs::metadata(place.path(file)).unwrap().permissions().mode();
    mode & 0o777 == 0o600
}

fn exists(place: &Place, file: &str) -> bool {
    place.path(file).symlink_metadata().is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_made_anew_from_its_backup() {
    let place = Place::new();
    let mut server = place.start(&["demo", "--bare"], &[]).await;
    if only_sqlite("a service is made anew from its backup: there it says what restores one") {
        let said = place.run(&["restore", "--from", "copy.db"]);
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains("pg_restore"), "{said:?}");
        return;
    }
    pays(&server, "ATUid_1", "10").await;
    let kept = place.run(&["backup", "--to", "copy.db"]);
    assert_eq!(kept.code, Some(0), "{kept:?}");
    assert!(kept.out.contains("the book is whole"), "{kept:?}");
    pays(&server, "ATUid_2", "20").await;
    let restore = ["restore", "--from", "copy.db"];
    let running = place.run(&restore);
    assert_eq!((running.code, running.out.as_str()), (Some(1), ""));
    for words in ["nothing is overwritten", "a service may be running", "kadogo.db-sessions"] {
        assert!(running.err.contains(words), "{words}: {running:?}");
    }
    server.signal("TERM");
    assert_eq!(server.ends().await.code(), Some(0));
    // half of what was there is as bad as all of it
    std::fs::rename(place.path("kadogo.db"), place.path("old.db")).unwrap();
    assert_eq!(place.run(&restore).code, Some(1));
    std::fs::remove_file(place.path("kadogo.db-sessions")).unwrap();
    std::fs::write(place.path("kadogo.db-wal"), "of another one").unwrap();
    let log = place.run(&restore);
    assert!(log.code == Some(1) && log.err.contains("kadogo.db-wal"), "{log:?}");
    std::fs::remove_file(place.path("kadogo.db-wal")).unwrap();
    let restored = place.run(&restore);
    assert_eq!((restored.code, restored.err.as_str()), (Some(0), ""), "{restored:?}");
    assert_eq!(link(&restored), link(&kept));
    assert!(is_private(&place, "kadogo.db") && !exists(&place, "kadogo.db-restoring"));
    assert_eq!((sends(&place, "kadogo.db").as_str(), sends(&place, "old.db").as_str()), ("1", "2"));
    let server = place.start(&["demo", "--bare"], &[]).await;
    let screen = server.talk("ATUid_3", BARAKA, &["1", "0700000001", "50", "1", "4826"]).await;
    assert!(screen.contains("Imethibitishwa"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_backup_is_not_restored_and_leaves_nothing() {
    let place = Place::new();
    if only_sqlite("what is no whole backup is not restored: is about files") {
        return;
    }
    let server = place.start(&["demo", "--bare"], &[]).await;
    pays(&server, "ATUid_1", "10").await;
    assert_eq!(place.run(&["backup", "--to", "edited.db"]).code, Some(0));
    let edited = place.path("edited.db");
    let edit = "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'fees'";
    blocking(|| {
        // whoever did it has closed it again
        let store = Store::open_copy(&edited).unwrap();
        store.writer().unwrap().run(edit).unwrap();
        store.close();
    });
    std::fs::write(place.path("letter.db"), "Dear all").unwrap();
    let whole = std::fs::read(place.path("edited.db")).unwrap();
    std::fs::write(place.path("half.db"), &whole[..whole.len() / 2]).unwrap();
    let target = format!("sqlite://{}", place.path("new.db").display());
    let restored = |from: &str| place.run(&["restore", "--from", from, "--database-url", &target]);
    let cases = [
        ("edited.db", "not whole"),
        ("letter.db", "not a database"),
        ("half.db", "was not restored"),
        ("nothing.db", "there is no file nothing.db"),
        // a service writes there, and some of it is in its log
        ("kadogo.db", "`kadogo backup` makes one of it"),
    ];
    for (from, words) in cases {
        let said = restored(from);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{from}: {said:?}");
        assert!(said.err.contains(words), "{from}: {said:?}");
        for left in ["new.db", "new.db-restoring", "new.db-restoring-wal"] {
            assert!(!exists(&place, left), "{from} left {left}");
        }
    }
    // one that another restore left in the middle is not taken for one's own, nor thrown away
    std::fs::write(place.path("new.db-restoring"), "somebody's").unwrap();
    assert_eq!(restored("edited.db").code, Some(1));
    assert_eq!(std::fs::read(place.path("new.db-restoring")).unwrap(), b"somebody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_its_owners_alone_and_follows_no_link() {
    let place = Place::new();
    if only_sqlite("a backup is its owner's alone: is about files") {
        return;
    }
    let server = place.start(&["demo", "--bare"], &[]).await;
    assert_eq!(place.run(&["backup", "--to", "copy.db"]).code, Some(0));
    assert!(is_private(&place, "copy.db"));
    // behind a link there may be nothing yet, or a file that SQLite would write into
    for there in [false, true] {
        if there {
            std::fs::write(place.path("behind.db"), "").unwrap();
        } else {
            std::os::unix::fs::symlink(place.path("behind.db"), place.path("link.db")).unwrap();
        }
        let said = place.run(&["backup", "--to", "link.db"]);
        assert!(said.code == Some(1) && said.err.contains("never overwrites"), "{said:?}");
        assert_eq!(exists(&place, "behind.db"), there);
    }
    assert_eq!(std::fs::read(place.path("behind.db")).unwrap(), b"");
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_not_whole_is_said_and_removed() {
    let place = Place::new();
    if only_sqlite("a backup that is not whole is said and removed: is about files") {
        return;
    }
    drop(place.start(&["demo", "--bare"], &[]).await);
    let edit = "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'fees'";
    place.home.hand().run(edit).unwrap();
    let said = place.run(&["backup", "--to", "copy.db"]);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    assert!(said.err.contains("copy.db is of no use, and is removed"), "{said:?}");
    assert!(said.err.contains("not whole") && said.err.contains("faults, such as"), "{said:?}");
    assert!(!exists(&place, "copy.db"));
}

#[test]
fn an_empty_book_is_called_empty() {
    let place = Place::new();
    // somebody has made the tables, and nobody was ever there
    drop(place.home.open());
    let said = place.run(&["book", "check"]);
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.out.contains("this book is empty") && !said.out.contains("whole"), "{said:?}");
    let full = place.run(&["book", "check", "--full"]);
    assert_eq!((full.code, full.out), (Some(3), said.out));
    if only_sqlite("a backup of an empty book: is about files") {
        return;
    }
    let kept = place.run(&["backup", "--to", "copy.db"]);
    assert!(kept.code == Some(1) && kept.err.contains("is empty"), "{kept:?}");
    assert!(!exists(&place, "copy.db"));
}
