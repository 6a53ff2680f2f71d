//! The house rules, as a test: arrows between rooms run one way, files and functions stay small,
//! and what must never appear in the sources does not. It reads the sources as text; a finding
//! names file and line.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on should stop"
)]

#[path = "tidy/arrows.rs"]
mod arrows;
#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/nations.rs"]
mod nations;
#[path = "tidy/papers.rs"]
mod papers;
#[path = "tidy/reasons.rs"]
mod reasons;
#[path = "tidy/services.rs"]
mod services;
#[path = "tidy/uses.rs"]
mod uses;
#[path = "tidy/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARS_MAX: usize = 100;

/// The rooms from the ground up. A room may use rooms on lower floors and its own floor's
/// neighbours only where the floor is `values`, `rules` or `house`.
const FLOORS: &[(&str, &[&str])] = &[
    (
        "values",
        &[
            "actor",
            "agent_number",
            "check_digit",
            "request",
            "calendar",
            "catalogue",
            "clock_guard",
            "console_url",
            "descriptors",
            "email",
            "id",
            "id_digest",
            "language",
            "reloadable",
            "market",
            "market_file",
            "metrics",
            "money",
            "official_words",
            "person_name",
            "phone",
            "pin",
            "reason",
            "reference",
            "refusal",
            "seal",
            "short_code",
            "service_names",
            "source",
            "table",
            "text",
            "time",
            "tls",
            "typed_text",
            "value",
        ],
    ),
    (
        "rules",
        &["bank", "closing", "limits", "matching", "schedule", "staff", "statement", "tariff"],
    ),
    ("store", &["store"]),
    ("book", &["book"]),
    ("wallet", &["wallet"]),
    ("dialects", &["connections", "gateway", "request_body"]),
    ("channels", &["console", "notify", "sms", "ussd"]),
    ("app_state", &["docs", "app_state"]),
    ("routes", &["callbacks", "demo"]),
    (
        "house",
        &[
            "agent_commands",
            "app",
            "audit_commands",
            "backup_commands",
            "bank_commands",
            "bank_listing",
            "bench",
            "bench_commands",
            "dispatch",
            "beside",
            "cli",
            "clock_watch",
            "close_commands",
            "commands",
            "config",
            "collection_commands",
            "customer_commands",
            "deal_commands",
            "doors",
            "forgetting",
            "http",
            "manual",
            "market_files",
            "market_texts",
            "menu_commands",
            "menu_folder",
            "message_commands",
            "secret_commands",
            "payment_report",
            "printing",
            "private_file",
            "requested",
            "reversal_commands",
            "signed_in",
            "staff_commands",
            "terminal_words",
            "verify",
            "ways_out",
            "reloading",
            "workers",
            "main",
            "lib",
        ],
    ),
];

/// Neighbours that may use one another.
const OPEN_FLOORS: &[&str] = &["values", "rules", "house"];

struct Source {
    path: PathBuf,
    room: String,
    text: String,
}

impl Source {
    /// The code without the test module at its end.
    fn code(&self) -> &str {
        self.text.find("\n#[cfg(test)]").map_or(&self.text, |end| &self.text[..end])
    }

    fn is_test(&self) -> bool {
        self.path.components().any(|part| part.as_os_str() == "tests")
            || self.path.ends_with("tests.rs")
    }
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    walk(Path::new("src"), &mut found);
    assert!(found.len() > 40, "the sources were not found");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let room =
                path.iter().nth(1).unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, room, text });
        }
    }
}

fn floor_of(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|(_, rooms)| rooms.contains(&room))
        .unwrap_or_else(|| panic!("room {room} has no floor"))
}

fn report(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// Every `crate::room` in the code, with its line.
fn uses(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in source.code().lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names =
                rest.strip_prefix('{').map_or(rest, |list| list.split('}').next().unwrap_or(list));
            let several = rest.starts_with('{');
            for name in names.split(',').take(if several { usize::MAX } else { 1 }) {
                let room: String =
                    name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !room.is_empty() {
                    found.push((number + 1, room));
                }
            }
        }
    }
    found
}

#[test]
fn arrows_between_rooms_run_downwards() {
    let mut findings = Vec::new();
    let mut arrows = 0;
    for source in sources().iter().filter(|source| !source.is_test()) {
        let from = floor_of(&source.room);
        for (line, room) in uses(source) {
            arrows += 1;
            let to = floor_of(&room);
            let neighbours =
                to == from && (room == source.room || OPEN_FLOORS.contains(&FLOORS[from].0));
            let upwards = to > from || (to == from && !neighbours);
            if upwards {
                findings.push(format!(
                    "{}:{line}: {} may not use {room}",
                    source.path.display(),
                    source.room
                ));
            }
        }
    }
    assert!(arrows > 100, "the imports were not found");
    report(findings);
}

#[test]
fn every_room_stands_in_the_list() {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    let rooms: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let listed: Vec<&str> = FLOORS.iter().flat_map(|(_, rooms)| rooms.iter().copied()).collect();
    let missing: Vec<&&str> = rooms.iter().filter(|room| !listed.contains(room)).collect();
    assert!(rooms.len() > 20 && missing.is_empty(), "{missing:?}");
}

/// What may appear only in some rooms: (words, rooms, why).
const KEPT_APART: &[(&[&str], &[&str], &str)] = &[
    (&["diesel::", "sql_query", "PRAGMA"], &["store"], "SQL lives in store"),
    (&["store::write(", "begin_transaction"], &["store", "book"], "only the book commits"),
    (&["Utc::now", "SystemTime", "Zoned::now"], &["time"], "the clock is handed in"),
    (&["getrandom", "rand::"], &["seal"], "randomness is handed in"),
    (
        &["std::env", "env::var"],
        &["config", "commands", "bench_commands", "main"],
        "settings come from config",
    ),
    (
        &["serde_urlencoded", "HttpRequest", "HttpResponse"],
        &["gateway", "http", "callbacks", "request_body", "console", "demo", "bench"],
        "wire formats stay at the doors",
    ),
    (
        &["book::Leg {", "Leg {"],
        &["book", "wallet", "demo", "bench"],
        "only the wallet decides about money",
    ),
];

#[test]
fn each_thing_stays_in_its_room() {
    let mut findings = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (number, line) in source
            .code()
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for (words, rooms, why) in KEPT_APART {
                let found = words.iter().find(|word| line.contains(**word));
                if let Some(word) = found.filter(|_| !rooms.contains(&source.room.as_str())) {
                    findings.push(format!(
                        "{}:{}: {word}: {why}",
                        source.path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    report(findings);
}

#[test]
fn nothing_is_left_unfinished_or_panics() {
    // spelt apart so that this file does not find itself
    let banned: Vec<String> = [
        ("to", "do!("),
        ("unimple", "mented!("),
        ("TO", "DO"),
        ("FIX", "ME"),
        ("dbg", "!("),
        (".unw", "rap()"),
        (".exp", "ect("),
    ]
    .iter()
    .map(|(head, tail)| format!("{head}{tail}"))
    .chain([
        "unsafe {".to_owned(),
        " f64".to_owned(),
        " f32".to_owned(),
        // what commands print ends quietly where nobody reads it: `printing`
        " println!(".to_owned(),
        " print!(".to_owned(),
    ])
    .collect();
    let mut findings = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        // the buckets of a histogram are the one place where a number is not exact
        let measures = source.room == "metrics";
        for (number, line) in source
            .code()
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for word in banned.iter().filter(|word| line.contains(word.as_str())) {
                if !(measures && word.contains("f64")) {
                    findings.push(format!("{}:{}: {word}", source.path.display(), number + 1));
                }
            }
        }
    }
    report(findings);
}

#[test]
fn files_and_functions_fit_in_the_head() {
    let mut findings = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        let name = source.path.display();
        if lines.len() > FILE_LINES_MAX {
            findings.push(format!("{name}: {} lines", lines.len()));
        }
        if !lines.first().is_some_and(|line| line.starts_with("//!")) {
            findings.push(format!("{name}: does not say what it is for"));
        }
        findings.extend(
            long_functions(&lines)
                .into_iter()
                .map(|(at, n)| format!("{name}:{at}: a function of {n} lines")),
        );
    }
    report(findings);
}

#[test]
fn no_two_files_have_one_name() {
    let sources = sources();
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in
        sources.iter().filter(|source| !source.is_test() && !source.path.ends_with("mod.rs"))
    {
        let name = source.path.file_name().unwrap().to_string_lossy().into_owned();
        named.entry(name).or_default().push(source.path.display().to_string());
    }
    let shared = named.iter().filter(|(_, files)| files.len() > 1);
    let findings = shared.map(|(name, files)| format!("{name}: {}", files.join(", "))).collect();
    report(findings);
}

#[test]
fn lines_fit_side_by_side() {
    let mut all = sources();
    walk(Path::new("tests"), &mut all);
    let mut findings = Vec::new();
    for source in &all {
        let name = source.path.display();
        let long = long_lines(&source.text).into_iter();
        findings
            .extend(long.map(|number| format!("{name}:{number}: longer than {LINE_CHARS_MAX}")));
    }
    report(findings);
}

/// The numbers of lines that are too long. What is quoted may be: there a line cannot be torn.
fn long_lines(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut within = false;
    for (number, line) in text.lines().enumerate() {
        let begins_within = within;
        if within || !line.trim_start().starts_with("//") {
            let marks = line.replace("'\"'", "").replace("\\\"", "").matches('"').count();
            within ^= marks % 2 == 1;
        }
        let quoted = begins_within || line.contains("@\"") || line.contains("r#\"");
        let torn = line.split_whitespace().all(|word| word.chars().count() <= LINE_CHARS_MAX / 2);
        if line.chars().count() > LINE_CHARS_MAX && torn && !quoted {
            found.push(number + 1);
        }
    }
    found
}

/// Functions longer than a screen: (line, length). A function ends at the brace in its own column.
fn long_functions(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let words: Vec<&str> = trimmed.split_whitespace().take(5).collect();
        if !words.contains(&"fn") || trimmed.starts_with("//") {
            continue;
        }
        let close = format!("{}}}", " ".repeat(indent));
        let end = lines.iter().skip(start).position(|line| *line == close).unwrap_or(0);
        if end + 1 > FUNCTION_LINES_MAX {
            found.push((start + 1, end + 1));
        }
    }
    found
}

#[test]
fn the_top_level_stays_small() {
    let plan = [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "migrations",
        "menus",
        "tests",
        "Dockerfile",
        "README.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "target",
    ];
    let here = fs::read_dir(".")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let extra: Vec<String> = here
        .filter(|name| {
            !name.starts_with('.') && !plan.contains(&name.as_str()) && !name.contains(".db")
        })
        .collect();
    assert!(extra.is_empty(), "{extra:?}");
}

#[test]
fn every_test_is_run_before_a_change_lands() {
    let script = fs::read_to_string(".ci/run").unwrap();
    let files = fs::read_dir("tests").unwrap().map(|entry| entry.unwrap().path());
    let tests: Vec<String> = files
        .filter(|path| {
            path.extension().is_some_and(|end| end == "rs") || path.join("main.rs").exists()
        })
        .map(|path| format!("--test {}", path.file_stem().unwrap().to_string_lossy()))
        .collect();
    let missing: Vec<&String> =
        tests.iter().filter(|test| !script.contains(test.as_str())).collect();
    assert!(tests.len() >= 3 && missing.is_empty(), "{missing:?}");
    assert!(script.contains("--lib --bins"));
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let mut findings = Vec::new();
    let mut section = String::new();
    let mut reason = false;
    let mut seen = 0;
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.to_owned();
        } else if section.contains("dependencies]") && line.contains('=') {
            seen += 1;
            if !reason {
                findings.push(format!("no reason above: {line}"));
            }
        }
        reason = line.starts_with('#') && line.len() > 10;
    }
    assert!(seen > 15, "the dependencies were not found");
    report(findings);
}
