//! The first minutes with the program. Goal: whoever tries it finds out by themselves: a demo
//! begins anew when it is asked to, and nothing of anybody else goes; its staff can be played by
//! command; the menus come out as files that work; and a command says what is wrong in words.
//! Method: the real binary, typed as people type.

use super::engine::only_sqlite;
use super::program::*;
use super::world::{AMINA, BARAKA};
use kadogo::menu_folder::vocabulary;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SERVICE: [(&str, &str); 5] = [
    ("KADOGO_SECRET", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
    ("KADOGO_CALLBACK_TOKEN", "a-long-and-random-token"),
    ("KADOGO_SERVICE_CODE", "*384*1234#"),
    ("KADOGO_AT_USERNAME", "kadogo-test"),
    ("KADOGO_AT_API_KEY", "atsk_very_secret"),
];

/// A demo with nothing but people in it.
async fn demo(place: &Place) -> Server {
    place.start(&["demo", "--bare"], &[]).await
}

/// Begins a demo anew, which does not go; what it says.
fn stays(place: &Place, more: &[&str]) -> String {
    let args = [&["demo", "--bare", "--fresh", "--listen", "127.0.0.1:0"][..], more].concat();
    let said = place.run(&args);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{said:?}");
    said.err.lines().last().unwrap().to_owned()
}

/// Somebody, as programs find them at a demo.
async fn somebody(server: &Server, number: &str) -> Value {
    let people: Vec<Value> = serde_json::from_str(&server.get("/demo/people").await.1).unwrap();
    people.into_iter().find(|person| person["phone"] == number).unwrap()
}

/// Five wrong PINs, as everybody tries.
async fn locks(server: &Server, number: &str) {
    let way = ["1", "0700000002", "100", "1", "0007", "0007", "0007", "0007", "0007"];
    let last = server.talk("ATUid_lock", number, &way).await;
    assert!(last.contains("Your PIN is locked"), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_begins_anew_when_nothing_works_with_it() {
    let place = Place::new();
    if only_sqlite("a demo begins anew: on a server its owner takes databases away") {
        drop(demo(&place).await);
        assert!(stays(&place, &[]).contains("`dropdb`, then `createdb`"));
        return;
    }
    // where there is none yet it just begins
    let server = place.start(&["demo", "--bare", "--fresh"], &[]).await;
    let paid = server.talk("ATUid_1", BARAKA, &["1", "0700000001", "200", "1", "4826"]).await;
    assert!(paid.contains("Imethibitishwa"), "{paid}");
    locks(&server, AMINA).await;
    let amina = somebody(&server, AMINA).await;
    assert_eq!((&amina["pin_locked"], &amina["balance_minor"]), (&true.into(), &520_000.into()));
    let told = stays(&place, &[]);
    assert!(told.ends_with("something works with kadogo.db: stop that first"), "{told}");
    assert!(server.hop("ATUid_2", AMINA, "").await.starts_with("CON "), "and it works on");
    // it is killed, so that logs are left beside its files
    drop(server);
    assert!(place.path("kadogo.db-wal").exists());
    let server = place.start(&["demo", "--bare", "--fresh"], &[]).await;
    assert!(server.err().contains("the demo before is gone"), "{}", server.err());
    let amina = somebody(&server, AMINA).await;
    assert_eq!((&amina["pin_locked"], &amina["balance_minor"]), (&false.into(), &500_000.into()));
    let paid = server.talk("ATUid_1", AMINA, &["1", "0700000002", "200", "1", "7361"]).await;
    assert!(paid.contains("Confirmed"), "{paid}");
    drop(server);
    let again = demo(&place).await;
    assert_eq!(somebody(&again, AMINA).await["balance_minor"], 479_300, "it goes on as before");
    drop(again);
    assert_eq!(place.run(&["book", "check", "--full"]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_but_the_database_of_a_demo() {
    let place = Place::new();
    if only_sqlite("nothing goes but the database of a demo: on a server nothing goes at all") {
        return;
    }
    let service = "sqlite://service.db";
    for (args, env) in [
        (["serve", "--database-url", service, "--brand=Mpya"], &SERVICE[..]),
        (["demo", "--database-url", "sqlite://demo.db", "--bare"], &[][..]),
    ] {
        let mut server = place.start(&args, env).await;
        server.signal("TERM");
        server.ends().await;
    }
    fs::write(place.path("text.db"), "a letter\n").unwrap();
    fs::write(place.path("empty.db"), "").unwrap();
    std::os::unix::fs::symlink("demo.db", place.path("link.db")).unwrap();
    fs::create_dir(place.path("folder.db")).unwrap();
    let before = files_in(&place.path(""));
    for (file, says) in [
        ("service.db", "no demo's"),
        ("text.db", "no demo's"),
        ("empty.db", "no demo's"),
        ("link.db", "a link or no file"),
        ("folder.db", "a link or no file"),
    ] {
        let told = stays(&place, &["--database-url", &format!("sqlite://{file}")]);
        assert!(told.contains(says), "{file}: {told}");
    }
    let after = files_in(&place.path(""));
    for (file, bytes) in &before {
        // the index of a log is nobody's
        if !file.ends_with("-shm") && !file.ends_with("-wal") {
            assert_eq!(after.get(file), Some(bytes), "{file}");
        }
    }
    let server = place.start(&["serve", "--database-url", service], &SERVICE).await;
    assert_eq!(server.get("/readyz").await.0, 200);
}

/// What is in a folder, by its path in it.
fn files_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(within) = left.pop() {
        for path in fs::read_dir(within).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menus_come_out_as_files_that_work() {
    let place = Place::new();
    let said = place.run(&["menus", "export", "conf/menus"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let (out, ours) = (place.path("conf/menus"), Path::new(env!("CARGO_MANIFEST_DIR")));
    let written = files_in(&out);
    assert_eq!(written, files_in(&ours.join("menus")), "byte for byte, and all of them");
    assert!(said.out.starts_with(&format!("{} files are in conf/menus.", written.len())));
    assert!(written.keys().all(|name| is_private(&out.join(name))));
    let checked = place.run(&["menus", "check", "--menus", "conf/menus"]);
    assert_eq!((checked.code, checked.out), (Some(0), place.run(&["menus", "check"]).out));
    // nothing is overwritten, also where it is something else
    fs::create_dir(place.path("full")).unwrap();
    fs::write(place.path("full/letter"), "mine").unwrap();
    for (to, says) in [("conf/menus", "nothing is overwritten"), ("full", "has something in it")] {
        let again = place.run(&["menus", "export", to]);
        assert_eq!((again.code, again.out.as_str()), (Some(1), ""));
        assert!(again.err.contains(says), "{}", again.err);
    }
    assert_eq!((files_in(&out), files_in(&place.path("full")).len()), (written, 1));
    // what is edited there is what counts, beside the same settings as before
    let text = out.join("texts/en.toml");
    let words = fs::read_to_string(&text).unwrap();
    let other = words.replacen("send = \"Send money\"", "send = \"Pay somebody\"", 1);
    assert_ne!(words, other);
    fs::write(&text, other).unwrap();
    let server = place.start(&["demo", "--bare"], &[("KADOGO_MENUS", "conf/menus")]).await;
    let home = server.hop("ATUid_1", AMINA, "").await;
    assert!(home.contains("1 Pay somebody\n"), "{home}");
    // and of what is compiled in for good the check says so
    fs::write(out.join("currencies.toml"), "none = [\"EUR\"]\nthree = []\n").unwrap();
    let checked = place.run(&["menus", "check", "--menus", "conf/menus"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.out.contains("currencies.toml: it is compiled in"), "{}", checked.out);
}

/// A command of somebody's who is signed in at a demo.
fn by(place: &Place, name: &str, args: &[&str]) -> Said {
    place.run(&[args, &["--session", name]].concat())
}

/// What follows this in what was said.
fn after<'a>(said: &'a str, label: &str) -> &'a str {
    said.split(label)
        .nth(1)
        .unwrap_or_else(|| panic!("{label} is not in {said}"))
        .lines()
        .next()
        .unwrap()
}

/// Signs somebody in as a demo says it.
fn signs_in(place: &Place, name: &str) {
    let asked = place.run(&["agent", "list"]);
    assert_eq!(asked.code, Some(1));
    assert!(asked.err.starts_with("kadogo: this is a demo: "), "{}", asked.err);
    let hint = after(&asked.err, &format!("{name}: password `"));
    let (password, code) = hint.split_once("`, code ").unwrap();
    let typed = format!("{password}\n{code}\n");
    let args = ["staff", "sign-in", name, "--session", name];
    let said = place.run_typing(&args, &[], &typed);
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_staff_of_a_demo_can_be_played_by_command() {
    let place = Place::new();
    let server = demo(&place).await;
    locks(&server, AMINA).await;
    for name in ["wanjiru", "otieno"] {
        signs_in(&place, name);
    }
    let listed = by(&place, "wanjiru", &["agent", "list"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert!(listed.out.contains("float KES ") && listed.err.contains("this is a demo"));
    assert_eq!(by(&place, "wanjiru", &["reversal", "list"]).code, Some(0));
    // whoever has locked a PIN has it unlocked, by two
    let asked = by(&place, "wanjiru", &["unlock", "0700000001", "--why", "she calls"]);
    let number = after(&asked.out, "approval: ").to_owned();
    let seen = by(&place, "otieno", &["approve", "show", &number]);
    let seen = after(&seen.out, "seen: ").to_owned();
    let done = by(&place, "otieno", &["approve", "yes", &number, "--seen", &seen]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(somebody(&server, AMINA).await["pin_locked"], false);
    let paid = server.talk("ATUid_1", AMINA, &["1", "0700000002", "200", "1", "7361"]).await;
    assert!(paid.contains("Confirmed"), "{paid}");
    // a secret of one's own makes no difference to it, and a service does not know the demo's
    let secret = [SERVICE[0]];
    let own = place.run_with(&["agent", "list", "--session", "wanjiru"], &secret);
    assert_eq!(own.code, Some(0), "{own:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_file_may_stand_behind_the_verb_and_the_demos_secret_opens_no_service() {
    let place = Place::new();
    drop(place.start(&["serve"], &SERVICE).await);
    fs::write(place.path("secret"), format!("{}\n", SERVICE[0].1)).unwrap();
    for args in
        [["agent", "--secret-file", "secret", "list"], ["agent", "list", "--secret-file", "secret"]]
    {
        let said = place.run(&args);
        assert!(said.err.starts_with("kadogo: nobody is signed in: "), "{said:?}");
        assert!(!said.err.contains("password"), "{}", said.err);
    }
    let demos = [("KADOGO_SECRET", kadogo::config::DEMO_SECRET)];
    let said = place.run_with(&["agent", "list"], &demos);
    assert!(said.err.starts_with("kadogo: KADOGO_SECRET is the demo's"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_say_in_words_what_is_wrong() {
    let place = Place::new();
    let server = demo(&place).await;
    signs_in(&place, "wanjiru");
    let cases: &[&[&str]] = &[
        &["tariff", "quote", "send", "abc"],
        &["tariff", "quote", "send", "1.234"],
        &["tariff", "quote", "send", "0.001"],
        &["tariff", "quote", "send", "-5"],
        &["tariff", "quote", "send", "900000000"],
        &["tariff", "quote", "cash_out", "1"],
        &["tariff", "quote", "airtime", "100"],
        &["tariff", "quote", "send", "100", "--month-volume", "much"],
        &["tariff", "quote", "send", "100", "--market", "xx"],
        &["staff", "invite", "njoroge", "--phone", "070"],
        &["staff", "invite", "njoroge", "--phone", "+441632960000", "--roles", "care"],
        &["staff", "roles", "nobody", "care", "--why", "x"],
        &["agent", "float", "10", "20", "abc", "--why", "x"],
        &["agent", "suspend", "12345", "--why", "x"],
        &["agent", "employ", "10100", "070", "--why", "x"],
        &["agent", "mend", "NOCODE", "0700000001", "--why", "x"],
        &["customer", "report", "abc", "--first", "2026-11-01", "--why", "x"],
        &["customer", "find", "x", "--why", "x"],
        &["account", "070", "--why", "x"],
        &["tier", "0700000001", "gold", "--document", "x", "--why", "x"],
        &["freeze", "0700000001", "--way", "up", "--basis", "care", "--why", "x"],
        &["unlock", "0700000001", "--why", "x"],
        &["redeem", "ask", "0700000001", "1e9", "--bank", "x", "--recipient", "x", "--why", "x"],
        &["issue", "7-1", "0", "0700000001", "--why", "x"],
        &["bank", "take", "none.csv"],
        &["bank", "take", "secret", "--opening", "abc"],
        &["reversal", "release", "NOCODE", "--why", "x"],
        &["deal", "show", "NOCODE"],
        &["collection", "999"],
        &["close", "show", "2020-01-01"],
        &["approve", "show", "1"],
        &["health", "--url", "foo bar"],
        &["phone", "--url", "ftp://here"],
        &["phone", "--as", "juma", "--url", &server.url],
        &["menus", "export", "/dev/null"],
    ];
    let mut told = String::new();
    for case in cases {
        let said = by_or_alone(&place, case);
        assert!(said.code.is_some_and(|code| code != 0), "{case:?}: {said:?}");
        let words = said.err.lines().filter(|line| !line.contains("this is a demo"));
        let words: Vec<&str> = words.filter(|line| !line.is_empty()).take(2).collect();
        told.push_str(&format!("$ kadogo {}\n{}\n", case.join(" "), words.join("\n")));
        for reason in vocabulary().reasons.iter().filter(|reason| reason.code().contains('_')) {
            assert!(!said.err.contains(reason.code()), "{case:?}: {}", said.err);
        }
    }
    let told = told.replace(&server.url, "URL");
    insta::assert_snapshot!(told);
}

/// Commands that nobody signs in for take no session.
fn by_or_alone(place: &Place, case: &[&str]) -> Said {
    let alone = ["tariff", "health", "phone", "menus"].contains(&case[0]);
    if alone { place.run(case) } else { by(place, "wanjiru", case) }
}

#[test]
fn help_names_what_has_a_price_where_the_sandbox_is_and_where_gateways_post() {
    let place = Place::new();
    let words = |args: &[&str]| {
        let said = place.run(args);
        assert_eq!(said.code, Some(0));
        said.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let priced = kadogo::wallet::priced();
    for help in [words(&["tariff", "--help"]), words(&["tariff", "quote", "--help"])] {
        assert!(help.contains(&priced.join(", ")), "{help}");
    }
    let serve = words(&["serve", "--help"]);
    assert!(serve.contains("https://api.sandbox.africastalking.com"), "{serve}");
    for posted in ["africastalking/ussd/ended", "arkesel/ussd", "hubtel/ussd"] {
        assert!(serve.contains(&format!("/gateways/{posted}?token=TOKEN")), "{posted}: {serve}");
    }
}
