//! The papers: the README is short, each chapter fits in the head and is in the list, and what can
//! be set, watched and refused in the code is told in them.

use kadogo::docs::CHAPTERS;
use kadogo::metrics::Metrics;
use std::fs;
use std::time::Duration;

const README_WORDS_MAX: usize = 1_200;
const CHAPTER_LINES_MAX: usize = 400;
const COLUMNS_MAX: usize = 120;

fn text_of(name: &str) -> &'static str {
    CHAPTERS.iter().find(|chapter| chapter.name == name).unwrap().text
}

/// The names in a text that begin with this.
fn names(text: &str, begin: &str) -> Vec<String> {
    let is_of_name = |c: char| c.is_ascii_uppercase() || c == '_';
    let found = text.match_indices(begin).map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        rest[..end].to_owned()
    });
    found.filter(|name| name.len() > begin.len()).collect()
}

#[test]
fn the_papers_are_short_and_none_is_left_out() {
    let readme = fs::read_to_string("README.md").unwrap();
    let mut findings = Vec::new();
    let words = readme.split_whitespace().count();
    if words > README_WORDS_MAX {
        findings.push(format!("README.md: {words} words"));
    }
    let papers = CHAPTERS.iter().map(|chapter| (chapter.name, chapter.text));
    for (name, text) in papers.chain([("README", readme.as_str())]) {
        let lines = text.lines().count();
        if lines > CHAPTER_LINES_MAX {
            findings.push(format!("{name}: {lines} lines"));
        }
        let long = (1..).zip(text.lines()).filter(|(_, line)| line.chars().count() > COLUMNS_MAX);
        findings.extend(long.map(|(number, _)| format!("{name}:{number}: too long")));
        // a block that does not say what it is would be taken for code that is to be run
        let fences = text.lines().filter(|line| line.trim_start().starts_with("```"));
        if fences.step_by(2).any(|fence| fence.trim() == "```") {
            findings.push(format!("{name}: a block does not say what it is"));
        }
    }
    let files = fs::read_dir("src/docs").unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    assert_eq!(files.len(), CHAPTERS.len(), "each file is a chapter");
    for chapter in CHAPTERS {
        if !readme.contains(&format!("(src/docs/{}.md)", chapter.name)) {
            findings.push(format!("README.md leaves out {}", chapter.name));
        }
    }
    super::report(findings);
}

#[test]
fn a_chapter_that_is_named_in_another_is_there() {
    let mut findings = Vec::new();
    for chapter in CHAPTERS {
        let words = chapter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (at, _) in words.match_indices("hapter `") {
            let name = words[at..].split('`').nth(1).unwrap();
            if !CHAPTERS.iter().any(|other| other.name == name) {
                findings.push(format!("{} names {name}", chapter.name));
            }
        }
    }
    super::report(findings);
}

/// The numbers as they are told once everything has happened: what never did is not told.
fn every_number() -> String {
    let metrics = Metrics::default();
    metrics.hop("ended", Duration::ZERO);
    metrics.service("send", "done");
    metrics.text("balance");
    metrics.message("sent");
    metrics.due("order", "done");
    metrics.render()
}

#[test]
fn every_setting_and_every_number_is_told() {
    let mut findings = Vec::new();
    let (settings, operating) = (text_of("settings"), text_of("operating"));
    let mut seen = 0;
    for source in super::sources().iter().filter(|source| !source.is_test()) {
        for line in source.code().lines().filter(|line| line.contains("env = ")) {
            seen += 1;
            let missing = names(line, "KADOGO_").into_iter().find(|name| !settings.contains(name));
            findings.extend(missing.map(|name| format!("chapter settings leaves out {name}")));
        }
    }
    assert!(seen > 30, "the settings were not found");
    let told = every_number();
    let kinds = told.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let numbers: Vec<&str> = kinds.filter_map(|line| line.split(' ').next()).collect();
    assert!(numbers.len() >= 19, "the numbers were not found");
    let missing = numbers.iter().filter(|name| !operating.contains(&format!("`{name}")));
    findings.extend(missing.map(|name| format!("chapter operating leaves out {name}")));
    super::report(findings);
}
