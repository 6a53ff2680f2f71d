//! Services stand alone: the name of one appears in its own file and nowhere else in the code, so
//! that a new service opens no other file; and what decides never has a connection in its hands.

use super::{Source, report, sources};

/// What comes before a text that is the name of an input, a value or a flag, a kind of posting or
/// the scope of a key, and only looks like the name of a service.
const OTHER_NAMES: &[&str] = &[
    "Slot(",
    "input(",
    "Term(",
    "field(",
    "of_field(",
    "with(",
    "show(",
    "flag(",
    "get(",
    "insert(",
    "shown(&[",
    "remove(",
    "chosen(",
    "amount(",
    "phone(",
    "contains(",
    "contains_key(",
    "word(",
    "text(",
    "name(",
    "required(",
    "table(",
    "names(",
    "truth(",
    "number(",
    "derive(",
    "fingerprint(",
    "Key::new(",
    "from_micros(0), ",
];

/// Words that are the name of a service and, in these files, of something else: a key of the
/// limits, an input of a text, a flag, a word of a paper, a kind of what waits.
const SAME_WORDS: &[(&str, &str)] = &[
    ("limits/", "low_float"),
    ("limits/", "balance"),
    ("notify/", "email"),
    ("sms/", "email"),
    ("sms/", "language"),
    ("ussd/", "language"),
    ("statement/", "balance"),
    ("store/holders", "order"),
    ("store/holders", "request"),
    ("waiting/order", "order"),
    ("waiting/payment_request", "request"),
    ("ussd/", "orders"),
    ("bench/", "join"),
    ("demo/", "join"),
    ("console/route", "join"),
    ("store/", "block"),
    ("store/", "blocked"),
    ("store/", "budget"),
    ("store/", "language"),
    ("bench/", "issue"),
    ("demo/", "issue"),
    ("bank/", "balance"),
    ("bank/", "order"),
    ("bank_commands", "recipient"),
    ("treasury/redemption", "recipient"),
    ("treasury/redemption", "redeem"),
    ("treasury/taking", "statement"),
    ("days/mailing_day", "email"),
    ("close_commands", "email"),
    ("console/wording", "statement"),
    ("console/wording", "redeem"),
];

#[test]
fn the_name_of_a_service_stands_in_its_own_file_alone() {
    let sources = sources();
    let named: Vec<(&Source, String)> = sources
        .iter()
        .filter(|s| s.room == "wallet" && !s.is_test())
        .flat_map(|s| declared(s).into_iter().map(move |name| (s, name)))
        .collect();
    assert!(named.len() > 50, "the services were not found");
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code().lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("//") || line.starts_with("#[") {
                continue;
            }
            for (own, name) in named.iter().filter(|(own, _)| own.path != source.path) {
                if says(line, name) && !is_other_word(source, name) {
                    findings.push(format!(
                        "{}:{}: \"{name}\" is a service of {}",
                        source.path.display(),
                        number + 1,
                        own.path.display()
                    ));
                }
            }
        }
    }
    report(findings);
}

/// What the files of standing orders may use of the wallet: nothing that is a service.
const USED_BY_STANDING_ORDERS: &[&str] =
    &["arrangements", "context", "plan", "service", "agreed", "carrying_out", "stored_request"];

/// Standing orders carry out any service that allows it: they know none, neither by its name nor by
/// its value.
#[test]
fn a_standing_order_knows_no_service() {
    let mut findings = Vec::new();
    let mut used = 0;
    for source in sources().iter().filter(|source| !source.is_test()) {
        let path = source.path.display().to_string();
        if !path.contains("wallet/waiting/standing_order") {
            continue;
        }
        for (at, _) in source.code().match_indices("super::") {
            let rest = &source.code()[at + "super::".len()..];
            let name: String =
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if name != "super" {
                used += 1;
                if !USED_BY_STANDING_ORDERS.contains(&name.as_str()) {
                    findings.push(format!("{path}: uses super::{name}"));
                }
            }
        }
    }
    assert!(used > 5, "standing orders were not found");
    report(findings);
}

/// The names of the services that a file declares.
fn declared(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let code = source.code();
    for (at, _) in code.match_indices(": Service = Service {") {
        let rest = &code[at..];
        if let Some(name) = rest.split("name: \"").nth(1).and_then(|rest| rest.split('"').next()) {
            found.extend(Some(name.to_owned()).filter(|name| !name.is_empty()));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether a line of code has the name of a service as a text of its own.
fn says(line: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    line.match_indices(&quoted).any(|(at, _)| {
        let before = line[..at].trim_end_matches(['&', '[']);
        let in_a_list = before.ends_with("\", ") || before.ends_with('(') && before.ends_with("((");
        !in_a_list
            && !OTHER_NAMES.iter().any(|other| before.ends_with(other.trim_end_matches("&[")))
    })
}

fn is_other_word(source: &Source, name: &str) -> bool {
    let path = source.path.display().to_string();
    SAME_WORDS.iter().any(|(place, word)| path.contains(place) && *word == name)
}

#[test]
fn what_decides_has_no_connection() {
    let mut findings = Vec::new();
    let mut decisions = 0;
    for source in sources().iter().filter(|source| source.room == "wallet") {
        for head in source.code().split("\nfn ").chain(source.code().split("\npub fn ")).skip(1) {
            let head = head.split('{').next().unwrap_or_default();
            if head.contains("&Context") {
                decisions += 1;
                let mut words = head.split(|sign: char| !sign.is_alphanumeric());
                if words.any(|word| ["Conn", "Database", "Store"].contains(&word)) {
                    let name = head.split('(').next().unwrap_or_default();
                    findings.push(format!("{}: {name} decides and reads", source.path.display()));
                }
            }
        }
    }
    assert!(decisions > 50, "the decisions were not found");
    report(findings);
}
