//! Starting wrongly. Goal: `serve` never runs half configured or on a database that is not its own,
//! and says which setting to mend. Method: the real binary with one thing wrong at a time; its
//! messages read as an operator reads them.

use super::program::*;

const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const DEMO_SECRET: &str = kadogo::config::DEMO_SECRET;
/// Secrets from before, with the demo's in capitals among them.
const OLD_ONES: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff, \
                        6B61646F676F2064656D6F207365637265742C206E6F7420666F72206D6F6E65";
const PASSWORD: &str = "S3cretPassw0rd";

/// The settings of a service that would start, with some of them changed.
fn settings(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut settings = vec![
        ("KADOGO_LISTEN", "127.0.0.1:0"),
        ("KADOGO_SECRET", SECRET),
        ("KADOGO_CALLBACK_TOKEN", "a-long-and-random-token"),
        ("KADOGO_SERVICE_CODE", "*384*1234#"),
        ("KADOGO_AT_USERNAME", "kadogo-test"),
        ("KADOGO_AT_API_KEY", "atsk_very_secret"),
    ];
    settings.retain(|(name, _)| changed.iter().all(|(other, _)| name != other));
    settings.extend(changed.iter().filter(|(_, value)| *value != "(unset)"));
    settings
}

/// Starts with these settings, which must not be possible; returns what it says.
fn refused(place: &Place, env: &[(&str, &str)]) -> String {
    let said = place.run_with(&["serve"], env);
    assert!(said.code.is_some_and(|code| code != 0), "{said:?}");
    assert_eq!(said.out, "");
    for secret in [SECRET, "atsk_very_secret", PASSWORD] {
        assert!(!said.err.contains(secret), "{}", said.err);
    }
    said.err
}

#[test]
fn each_wrong_setting_is_named() {
    let place = Place::new();
    let cases: [(&str, &[(&'static str, &'static str)]); 23] = [
        ("the demo's secret", &[("KADOGO_SECRET", DEMO_SECRET)]),
        ("half a secret", &[("KADOGO_SECRET", "0011")]),
        ("an empty secret", &[("KADOGO_SECRET", "")]),
        (
            "a secret file that is not there",
            &[("KADOGO_SECRET", "(unset)"), ("KADOGO_SECRET_FILE", "no/such/file")],
        ),
        ("a wrong old secret", &[("KADOGO_OLD_SECRETS", "0011")]),
        ("the demo's secret among the old ones", &[("KADOGO_OLD_SECRETS", OLD_ONES)]),
        ("a short token", &[("KADOGO_CALLBACK_TOKEN", "short")]),
        ("the demo's secret as the token", &[("KADOGO_CALLBACK_TOKEN", DEMO_SECRET)]),
        ("a gateway without a key", &[("KADOGO_AT_API_KEY", "(unset)")]),
        ("a gateway with an empty key", &[("KADOGO_AT_API_KEY", "")]),
        ("a key with a line end", &[("KADOGO_AT_API_KEY", "atsk\nkey")]),
        ("a gateway without a user", &[("KADOGO_AT_USERNAME", " ")]),
        ("the sandbox's user at the real gateway", &[("KADOGO_AT_USERNAME", "sandbox")]),
        ("a gateway in the open", &[("KADOGO_AT_URL", "http://api.africastalking.com")]),
        ("a gateway elsewhere", &[("KADOGO_AT_URL", "http://127.0.0.1:1@gateway.example")]),
        ("a gateway behind a name", &[("KADOGO_AT_URL", "https://me@gateway.example")]),
        (
            "a mail server elsewhere",
            &[
                ("KADOGO_SMTP_URL", "smtp://127.0.0.1:S3cretPassw0rd@mail.example"),
                ("KADOGO_MAIL_FROM", "statements@mail.example"),
            ],
        ),
        (
            "a mail server of another kind",
            &[
                ("KADOGO_SMTP_URL", "smtp://127.0.0.1?tls=S3cretPassw0rd"),
                ("KADOGO_MAIL_FROM", "statements@mail.example"),
            ],
        ),
        (
            "a database whose password is not written as it should be",
            &[("KADOGO_DATABASE_URL", "postgres://me:S3cret@S3cretPassw0rd@db.example/money")],
        ),
        ("a database that is no address", &[("KADOGO_DATABASE_URL", "kadogo.db")]),
        ("a database of another kind", &[("KADOGO_DATABASE_URL", "sqlite:/kadogo.db")]),
        ("a code nobody can dial", &[("KADOGO_SERVICE_CODE", "384")]),
        ("no code to dial", &[("KADOGO_SERVICE_CODE", "(unset)")]),
    ];
    let mut told = format!("== nothing set\n{}", refused(&place, &[]));
    for (what, changed) in cases {
        told.push_str(&format!("== {what}\n{}", refused(&place, &settings(changed))));
        assert!(
            changed.iter().any(|(name, _)| told.rsplit("== ").next().unwrap().contains(name)),
            "{what}: {told}"
        );
    }
    insta::assert_snapshot!(told);
    assert!(std::fs::read_dir(place.path("")).unwrap().next().is_none(), "no database was made");
}

#[test]
fn no_password_is_in_a_log_an_error_or_the_help() {
    let place = Place::new();
    let there = "postgres://kadogo:S3cretPassw0rd@127.0.0.1:1/money";
    let commands: [&[&str]; 7] = [
        &["serve"],
        &["demo", "--listen", "127.0.0.1:0"],
        &["book", "check"],
        &["backup", "--to", "copy.db"],
        &["messages", "dead"],
        &["agent", "list"],
        &["secret", "list"],
    ];
    for address in [there, &there.replace('@', "/@"), &there.replace("S3", "x@S3")] {
        for command in commands {
            let mut env = settings(&[]);
            env.push(("KADOGO_DATABASE_URL", address));
            env.push(("KADOGO_LOG", "trace"));
            let said = place.run_with(command, &env);
            let told = format!("{}{}", said.out, said.err);
            assert!(said.code.is_some_and(|code| code != 0), "{command:?}: {told}");
            assert!(!told.contains(PASSWORD), "{command:?}: {told}");
            let help = place.run_with(&[command, &["--help"]].concat(), &env);
            assert_eq!(help.code, Some(0));
            assert!(help.out.contains("KADOGO_DATABASE_URL"), "{command:?}: {}", help.out);
            assert!(!help.out.contains(PASSWORD), "{command:?}: {}", help.out);
        }
    }
}

#[test]
fn nobody_waits_longer_for_a_screen_than_the_gateway_does() {
    let place = Place::new();
    let told = refused(&place, &settings(&[("KADOGO_ANSWER_WITHIN_MS", "9001")]));
    assert!(told.contains("9001 is not in 1..=9000"), "{told}");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let place = Place::new();
    let wrong = settings(&[
        ("KADOGO_SECRET", "x"),
        ("KADOGO_CALLBACK_TOKEN", "x"),
        ("KADOGO_DATABASE_URL", "x"),
    ]);
    let told = refused(&place, &wrong);
    for name in ["KADOGO_SECRET", "KADOGO_CALLBACK_TOKEN", "KADOGO_DATABASE_URL"] {
        assert!(told.contains(name), "{name} is not in {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_and_a_database_of_others_are_refused() {
    let place = Place::new();
    let demo = place.start(&["demo", "--bare"], &[]).await;
    let address = demo.url.trim_start_matches("http://").to_owned();
    let elsewhere = Place::new();
    let mut taken = settings(&[("KADOGO_LISTEN", "(unset)")]);
    let named = address.clone();
    taken.push(("KADOGO_LISTEN", &named));
    let in_use = refused(&elsewhere, &taken).replace(&address, "ADDRESS");
    drop(demo);
    let demos = refused(&place, &settings(&[]));
    // a service's own database, and another secret
    let service = Place::new();
    drop(service.start(&["serve"], &settings(&[("KADOGO_LISTEN", "(unset)")])).await);
    let other = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let secret = refused(&service, &settings(&[("KADOGO_SECRET", other)]));
    let demo_on_it = service.run(&["demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(demo_on_it.code, Some(1));
    let told = [in_use, demos, secret, demo_on_it.err].map(|text| last_line(&text));
    insta::assert_snapshot!(told.join("\n"));
}

fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().to_owned()
}
