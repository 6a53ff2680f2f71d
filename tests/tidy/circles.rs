//! Circles: files that use one another, directly or round a corner. Such files can only be read
//! together, however small each of them is.

use crate::arrows::{Arrows, arrows};
use crate::{Source, report, sources};
use std::collections::{BTreeMap, BTreeSet};

/// Files that reach one another, each circle once, with the arrows within it.
fn circles(arrows: &Arrows) -> Vec<(BTreeSet<String>, Vec<String>)> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    arrows.keys().for_each(|(from, to)| next.entry(from).or_default().push(to));
    let reaches: BTreeMap<&str, BTreeSet<&str>> =
        next.keys().map(|from| (*from, reached(from, &next))).collect();
    let mut found = BTreeSet::new();
    for (from, there) in &reaches {
        let back = |to: &&&str| reaches.get(**to).is_some_and(|again| again.contains(from));
        let circle: BTreeSet<String> =
            there.iter().filter(back).map(|to| (*to).to_owned()).collect();
        found.extend((circle.len() > 1).then_some(circle));
    }
    let told = |circle: BTreeSet<String>| {
        let within =
            arrows.iter().filter(|((from, to), _)| circle.contains(from) && circle.contains(to));
        let lines = within.map(|((from, to), line)| format!("{from}:{line} uses {to}")).collect();
        (circle, lines)
    };
    found.into_iter().map(told).collect()
}

fn reached<'a>(from: &'a str, next: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        open.extend(next.get(here).into_iter().flatten().copied().filter(|to| seen.insert(*to)));
    }
    seen
}

#[test]
fn no_two_files_use_one_another() {
    let arrows = arrows(&sources());
    assert!(arrows.len() > 500, "the imports were not found");
    let told = |(circle, lines): (BTreeSet<String>, Vec<String>)| {
        format!("{} files use one another:\n  {}", circle.len(), lines.join("\n  "))
    };
    let findings: Vec<String> = circles(&arrows).into_iter().map(told).collect();
    report(findings);
}

#[test]
fn a_circle_is_found_round_corners() {
    let source = |path: &str, text: &str| Source {
        path: path.into(),
        room: String::new(),
        text: text.into(),
    };
    let mut sources = vec![
        source("src/lib.rs", "pub mod a;\npub mod d;\n"),
        source("src/a/mod.rs", "pub mod b;\nmod c;\npub use c::C;\npub fn a() {}\n"),
        source("src/a/b.rs", "use super::C;\nuse crate::d;\npub fn b() { d::d(C) }\n"),
        source(
            "src/a/c.rs",
            "//! `crate::a::b` and \"crate::a::b\" are not code.\npub struct C;\n",
        ),
        source("src/d.rs", "use crate::a::C;\npub fn d(_: C) {}\n"),
    ];
    // what is passed on is looked through: whoever names `C` uses the file that has it, and `a`
    // uses nothing
    let found = arrows(&sources);
    let named: Vec<String> = found.keys().map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(named, ["src/a/b.rs src/a/c.rs", "src/a/b.rs src/d.rs", "src/d.rs src/a/c.rs"]);
    assert!(circles(&found).is_empty());
    sources[3].text.push_str("pub fn c() { crate::a::b::b() }\n");
    let found = circles(&arrows(&sources));
    let circle: Vec<&str> =
        found.iter().flat_map(|(circle, _)| circle.iter().map(String::as_str)).collect();
    assert_eq!(circle, ["src/a/b.rs", "src/a/c.rs", "src/d.rs"]);
}
