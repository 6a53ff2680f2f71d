//! No country stands in the source: neither its name nor its numbers nor its money. What is
//! particular to one is data, in `menus/markets`.

use crate::{report, sources};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a market file says that nobody else would: its names, its code of currency, who runs money
/// there.
fn said_of_markets() -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    for entry in fs::read_dir("menus/markets").unwrap() {
        let file = entry.unwrap().path().join("market.toml");
        let market: toml::Table = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let names = market["name"].as_table().unwrap().values();
        said.extend(names.map(|name| name.as_str().unwrap().to_owned()));
        said.insert(market["money"]["currency"].as_str().unwrap().to_owned());
        said.insert(format!("+{}", market["numbers"]["country"].as_str().unwrap()));
        said.insert(market["zone"].as_str().unwrap().to_owned());
        let areas = market["demo"]["areas"].as_array().unwrap();
        said.extend(areas.iter().map(|area| format!("\"{}\"", area.as_str().unwrap())));
    }
    said
}

/// Whether it stands there by itself: `TAKES` is no shilling.
fn says(line: &str, word: &str) -> bool {
    let apart = |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphabetic());
    line.match_indices(word).any(|(at, _)| {
        apart(line[..at].chars().next_back()) && apart(line[at + word.len()..].chars().next())
    })
}

#[test]
fn no_country_stands_in_the_source() {
    let said = said_of_markets();
    assert!(said.len() > 20, "the markets were not found");
    let mut findings = Vec::new();
    let page = fs::read_to_string("src/demo/phone.html").unwrap();
    let sources = sources();
    let codes = sources.iter().filter(|source| !source.is_test());
    let codes = codes.map(|source| (source.path.as_path(), source.code()));
    for (path, code) in codes.chain([(Path::new("src/demo/phone.html"), page.as_str())]) {
        // comments may show how something looks
        let lines = code.lines().zip(1..).filter(|(line, _)| !line.trim_start().starts_with("//"));
        for (line, number) in lines {
            let line = line.split(" // ").next().unwrap_or_default();
            let found = said.iter().find(|word| says(line, word));
            findings.extend(found.map(|word| format!("{}:{number}: {word}", path.display())));
        }
    }
    report(findings);
}
