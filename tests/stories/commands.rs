//! The commands of an operator. Goal: each does what its help says, and its exit code can be relied
//! on. Method: the real binary, on copies of the real menus spoilt in one place and on real
//! databases tampered with in one place.

use super::engine::{either, only_sqlite};
use super::program::*;
use super::stub::until;
use super::world::{AMINA, BARAKA};
use kadogo::docs::CHAPTERS;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What `menus check` says of menus with `old` replaced by `new` in one file.
fn spoilt(file: &str, old: &str, new: &str) -> Said {
    let place = Place::new();
    let path = place.menus().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old:?} is not in {file}");
    std::fs::write(&path, text.replacen(old, new, 1)).unwrap();
    let said = place.run(&["menus", "check"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(place.run(&["menus", "graph"]).code, Some(1), "no map of bad menus");
    said
}

/// The line (from 1) of a file of the real menus that has these words.
fn line_of(file: &str, words: &str) -> usize {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("menus").join(file);
    std::fs::read_to_string(path).unwrap().lines().position(|line| line.contains(words)).unwrap()
        + 1
}

#[test]
fn each_kind_of_mistake_in_the_menus_is_found_with_file_and_line() {
    let screens = "customer.toml";
    let cases = [
        (
            screens,
            "goto = \"send_amount\"",
            "goto = \"send_amont\"",
            "jumps to \"send_amont\", which does not exist",
        ),
        (screens, "do = \"decline\"", "do = \"declin\"", "which [services] does not name"),
        (
            screens,
            "service = \"send\", goto",
            "service = \"sent\", goto",
            "asks for \"sent\", which [services] does not name",
        ),
        (
            screens,
            "service = \"send\", goto = \"standing_to\"",
            "goto = \"standing_to\"",
            "\"standing\" needs field \"service\", which not every way to this screen has entered",
        ),
        (screens, "when = \"orders\"", "when = \"ordres\"", "asks for flag \"ordres\""),
        (
            screens,
            "type = \"list\"\nlist = \"orders\"",
            "type = \"lits\"\nlist = \"orders\"",
            "there is no type \"lits\"",
        ),
        (screens, "field = \"amount\"", "feild = \"amount\"", "`feild` does not belong here"),
        (screens, "accepts = \"secret\"\nsecret = true", "accepts = \"secret\"", "belong together"),
        ("texts/sw.toml", "Jumla {total}", "Jumla {totl}", "has {totl}, which no service shows"),
        ("texts/fr.toml", "Derniers paiements", "Reçus", "has \"ç\""),
        (
            "texts/en.toml",
            "Enter the amount.",
            &"Enter the amount. ".repeat(8),
            "of 156 septets on its longest values",
        ),
        (
            "texts/en.toml",
            "Not approved in time.",
            &"Not approved in time. ".repeat(5),
            "of 160 septets",
        ),
        ("texts/sw.toml", "pin_weak = ", "pin_wek = ", "text \"refusal.pin_wek\" is not used"),
        ("texts/sw.toml", "back = \"0 Rudi\"", "back = \"9 Rudi\"", "must begin with \"0 \""),
        ("sms.toml", "\"salio\", \"salio langu\"", "\"salo\", \"salio langu\"", ""),
        (
            "markets/ke/tariff.toml",
            "from = 101, ",
            "from = 102, ",
            "between KES 100 and KES 102 there is no fee",
        ),
        (
            "markets/ke/limits.toml",
            "once = 20_000",
            "once = 99_000",
            "sim.out: the value of a longer time is below",
        ),
        (
            "markets/ke/approvals.toml",
            "from = 50_000",
            "from = 0",
            "outlets: `from` is not above that of the band before",
        ),
        ("texts/en.toml", "[nav]", "[nav", ""),
    ];
    for (file, old, new, expected) in cases {
        let said = spoilt(file, old, new);
        let named = said
            .out
            .lines()
            .find(|line| line.contains(expected) && line.contains(file))
            .unwrap_or_default();
        let mut place = named.split(':');
        assert!(
            place.next().is_some_and(|path| path.ends_with(file)),
            "{file} with {new:?}: {}",
            said.out
        );
        assert!(place.next().is_some_and(|line| line.parse::<usize>().is_ok()), "{named}");
        assert!(said.out.lines().last().unwrap().contains("problem"), "{}", said.out);
    }
}

#[test]
fn words_for_what_needs_a_pin_are_a_mistake() {
    let place = Place::new();
    let path = place.menus().join("sms.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("service = \"order\"", "service = \"send\"")).unwrap();
    let said = place.run(&["menus", "check"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let line = line_of("sms.toml", "service = \"order\"");
    let expected = format!("sms.toml:{line}: `send` cannot be asked for by text; what can is ");
    assert!(said.out.contains(&expected), "{}", said.out);
}

#[test]
fn mistakes_are_reported_for_people_to_mend() {
    let said = spoilt("texts/sw.toml", "Ada {fee}. Jumla {total}", "Ada {fee}.");
    let line = line_of("texts/sw.toml", "Ada {fee}. Jumla {total}");
    let expected = "text \"screen.send_confirm\" has {amount} {fee} {name} {phone}, but English \
                    has {amount} {fee} {name} {phone} {total}";
    assert_eq!(said.out, format!("menus/texts/sw.toml:{line}: {expected}\n1 problem\n"));
}

#[test]
fn good_menus_pass_and_have_a_map() {
    let place = Place::new();
    for args in [&["menus", "check"][..], &["menus", "graph"]] {
        let compiled_in = place.run(args);
        assert_eq!(compiled_in.code, Some(0), "{compiled_in:?}");
        assert_eq!(compiled_in.err, "");
    }
    let menus = place.menus();
    let checked = place.run(&["menus", "check", "--menus", menus.to_str().unwrap()]);
    assert_eq!(checked.code, Some(0));
    assert!(
        checked.out.contains("screens") && checked.out.contains("in en, fr, sw"),
        "{}",
        checked.out
    );
    let map = place.run(&["menus", "graph"]).out;
    assert!(map.starts_with("flowchart TD\n") && map.contains("order_confirm"), "{map}");
    let nowhere = place.run(&["menus", "check", "--menus", "no/such/folder"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(nowhere.err.contains("no/such/folder"), "{}", nowhere.err);
}

/// A database of a demo in which a payment was made.
async fn used_database() -> Place {
    let place = Place::new();
    let server = place.start(&["demo", "--bare"], &[]).await;
    assert!(
        server
            .talk("ATUid_1", AMINA, &["1", "0700000002", "200", "1", "7361"])
            .await
            .contains("Confirmed")
    );
    drop(server);
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_book_passes_its_check_and_a_changed_one_does_not() {
    let whole = used_database().await;
    let said = whole.run(&["book", "check"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    // the end of the chain is another one in every book
    let digest =
        |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let end = said.out.split_whitespace().find(digest).unwrap();
    insta::assert_snapshot!(said.out.replace(end, "[digest]"));
    let anywhere = [
        "UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'fees'",
        "UPDATE accounts SET held_minor = 1 WHERE kind = 'fees'",
        "UPDATE people SET name = 'Eve' WHERE account_id = (SELECT min(account_id) FROM people)",
        "DELETE FROM pins WHERE account_id = (SELECT min(account_id) FROM people)",
    ];
    let sqlite = [
        "DROP TRIGGER entries_are_final; UPDATE entries SET amount_minor = amount_minor * 2 WHERE \
         posting_id = (SELECT min(posting_id) FROM entries)",
        "DROP TRIGGER entries_stay; DELETE FROM entries WHERE leg = 0 AND posting_id = \
         (SELECT min(posting_id) FROM entries)",
        "DROP TRIGGER postings_stay; DELETE FROM postings WHERE id = 2",
        "DROP TRIGGER postings_are_final; UPDATE postings SET at = at + 1 WHERE id = 2",
        "DROP TRIGGER chain_stays; DELETE FROM chain WHERE seq = 2",
    ];
    let postgres = [
        "DROP TRIGGER postings_are_final ON postings; \
         UPDATE postings SET legs = overlay(legs placing '\\xff'::bytea from 16 for 1) WHERE id = \
         (SELECT min(id) FROM postings WHERE length(legs) > 40)",
        "DROP TRIGGER postings_are_final ON postings; UPDATE postings SET legs = substr(legs, 41) \
         WHERE id = (SELECT min(id) FROM postings WHERE length(legs) > 40)",
        "DROP TRIGGER postings_stay ON postings; DELETE FROM postings WHERE id = 2",
        "DROP TRIGGER postings_are_final ON postings; UPDATE postings SET at = at + 1 WHERE id = 2",
        "DROP TRIGGER chain_stays ON chain; DELETE FROM chain WHERE seq = 2",
    ];
    for tampering in anywhere.into_iter().chain(either(sqlite, postgres)) {
        let copy = Place { home: whole.home.copy() };
        copy.home.hand().run(tampering).unwrap();
        let said = copy.run(&["book", "check", "--full"]);
        assert_eq!(said.code, Some(1), "{tampering}: {}", said.out);
        assert!(said.out.contains("THE BOOK IS NOT WHOLE"), "{}", said.out);
    }
}

#[test]
fn a_check_makes_no_database() {
    if only_sqlite("a check makes no database: on a server only its owner makes one") {
        return;
    }
    let place = Place::new();
    let said = place.run(&["book", "check", "--database-url", "sqlite://typo.db"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(1), "kadogo: cannot open the database: there is no file typo.db\n")
    );
    assert!(!place.path("typo.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_people_pay_is_whole() {
    let place = Place::new();
    if only_sqlite("a backup made while people pay is whole: there it says what makes backups") {
        drop(place.start(&["demo", "--bare"], &[]).await);
        let said = place.run(&["backup", "--to", "copy.db"]);
        assert_eq!(said.code, Some(1));
        assert!(said.err.contains("PostgreSQL is backed up with pg_dump"), "{}", said.err);
        assert!(!place.path("copy.db").exists());
        return;
    }
    let server = Arc::new(place.start(&["demo", "--bare"], &[]).await);
    let done = Arc::new(AtomicBool::new(false));
    let paying = server.clone();
    let stop = done.clone();
    let payments = tokio::spawn(async move {
        let mut made = 0;
        while !stop.load(Ordering::Relaxed) {
            let session = format!("ATUid_pay{made}");
            paying
                .talk(&session, AMINA, &["1", "0700000002", &format!("1.{made:02}"), "1", "7361"])
                .await;
            made += 1;
        }
        made
    });
    until("money moves", async || {
        server.get("/metrics").await.1.contains("service=\"send\",outcome=\"done\"} 3")
    })
    .await;
    let said = place.run(&["backup", "--to", "copy.db"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(is_private(&place.path("copy.db")));
    let again = place.run(&["backup", "--to", "copy.db"]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("exists already"), "{}", again.err);
    std::os::unix::fs::symlink(place.path("elsewhere.db"), place.path("link.db")).unwrap();
    let link = place.run(&["backup", "--to", "link.db"]);
    assert!(link.code == Some(1) && !place.path("elsewhere.db").exists(), "{link:?}");
    done.store(true, Ordering::Relaxed);
    assert!(payments.await.unwrap() >= 3);
    let said = place.run(&["book", "check", "--database-url", "sqlite://copy.db"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    // the copy is a database to go on with
    drop(server);
    let restored =
        place.start(&["demo", "--bare", "--database-url", "sqlite://copy.db"], &[]).await;
    assert!(
        restored
            .talk("ATUid_new", BARAKA, &["1", "0700000001", "50", "1", "4826"])
            .await
            .contains("Imethibitishwa")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_an_exit_code() {
    let place = Place::new();
    let server = place.start(&["demo", "--bare"], &[]).await;
    let url = server.url.clone();
    let well = place.run(&["health", "--url", &url]);
    assert_eq!((well.code, well.out.as_str()), (Some(0), "200 OK: ready\n"));
    drop(server);
    let gone = place.run(&["health", "--url", &url]);
    assert_eq!((gone.code, gone.out.as_str()), (Some(1), ""));
    assert!(gone.err.starts_with("kadogo: "), "{}", gone.err);
}

#[test]
fn secrets_are_long_and_never_the_same() {
    let place = Place::new();
    let one = place.run(&["secret"]);
    let other = place.run(&["secret"]);
    assert_eq!((one.code, other.code), (Some(0), Some(0)));
    for said in [&one, &other] {
        let secret = said.out.trim();
        assert!(secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
    }
    assert_ne!(one.out, other.out);
}

#[test]
fn help_is_the_manual() {
    let place = Place::new();
    let server = [
        "KADOGO_LISTEN",
        "KADOGO_METRICS_LISTEN",
        "KADOGO_DATABASE_URL",
        "KADOGO_MENUS",
        "KADOGO_SERVICE_CODE",
        "KADOGO_BRAND",
        "KADOGO_LOG_FORMAT",
        "KADOGO_LOG",
        "KADOGO_ANSWER_WITHIN_MS",
        "KADOGO_KEEP_MESSAGES_DAYS",
        "KADOGO_KEEP_CONVERSATIONS_DAYS",
    ];
    let serve = [
        "KADOGO_SECRET",
        "KADOGO_SECRET_FILE",
        "KADOGO_OLD_SECRETS",
        "KADOGO_CALLBACK_TOKEN",
        "KADOGO_AT_USERNAME",
        "KADOGO_AT_API_KEY",
        "KADOGO_AT_SENDER",
        "KADOGO_AT_URL",
        "SIGHUP",
        "/gateways/africastalking/delivery?token=",
    ];
    let both: Vec<&str> = server.iter().chain(&serve).copied().collect();
    let pages: [(&[&str], &[&str]); 15] = [
        (
            &[],
            &[
                "demo", "serve", "phone", "menus", "tariff", "book", "backup", "restore", "secret",
                "manual", "health",
            ],
        ),
        (&["demo"], &server),
        (&["serve"], &both),
        (&["phone"], &["--url", "--as"]),
        (&["menus"], &["check", "graph", "export"]),
        (&["menus", "check"], &["KADOGO_MENUS"]),
        (&["tariff", "check"], &["--tariff", "KADOGO_MENUS", "Exits with 0 only if"]),
        (
            &["tariff", "quote"],
            &["SERVICE", "AMOUNT", "--tier", "--channel", "--on", "--month-volume"],
        ),
        (&["book", "check"], &["KADOGO_DATABASE_URL", "exits with 0 only if the book is whole"]),
        (&["backup"], &["KADOGO_DATABASE_URL", "--to", "must not exist"]),
        (&["messages", "dead"], &["KADOGO_DATABASE_URL", "--reason", "given up where"]),
        (&["messages", "again"], &["--all", "as if it had never been tried"]),
        (&["secret"], &["KADOGO_SECRET"]),
        (&["manual"], &["CHAPTER"]),
        (&["health"], &["--url", "exits with 0"]),
    ];
    for (command, settings) in pages {
        let said = place
            .run_with(&[command, &["--help"]].concat(), &[("KADOGO_SECRET", "very-secret-indeed")]);
        assert_eq!(said.code, Some(0));
        let words = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for setting in settings {
            assert!(
                words.contains(setting),
                "{setting} is not in the help of {command:?}:\n{}",
                said.out
            );
        }
        assert!(!words.contains("very-secret-indeed"), "{}", said.out);
    }
}

#[test]
fn the_chapters_are_listed_and_printed() {
    let place = Place::new();
    let all = place.run(&["manual"]);
    assert_eq!((all.code, all.err.as_str()), (Some(0), ""));
    let lines: Vec<&str> = all.out.lines().collect();
    assert_eq!(lines.len(), CHAPTERS.len());
    for (chapter, line) in CHAPTERS.iter().zip(lines) {
        assert!(line.starts_with(chapter.name) && line.ends_with(chapter.about), "{line}");
        assert!(line.chars().count() <= 80, "{line}");
        let printed = place.run(&["manual", chapter.name]);
        assert_eq!((printed.code, printed.out.as_str()), (Some(0), chapter.text));
    }
    // as commands are written, and as people write
    for name in ["safe-pay", "Safe_Pay", " safe_pay "] {
        assert!(place.run(&["manual", name]).out.starts_with("# Safe pay\n"), "{name}");
    }
    for name in ["", "saf", "safe_pay.md"] {
        let unknown = place.run(&["manual", name]);
        assert_eq!((unknown.code, unknown.out.as_str()), (Some(1), ""), "{name}");
        let begins = format!("kadogo: there is no chapter {name:?}: there are trying, first_day, ");
        assert!(unknown.err.starts_with(&begins), "{}", unknown.err);
    }
}

#[test]
fn a_command_whose_reader_is_gone_ends_quietly_and_is_no_success() {
    let place = Place::new();
    for command in
        [["menus", "graph"], ["staff", "rights"], ["menus", "check"], ["manual", "operating"]]
    {
        let said = place.run_unread(&command);
        assert_eq!((said.code, said.err.as_str()), (Some(141), ""), "{command:?}");
    }
}
