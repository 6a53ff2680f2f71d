//! Reasons of refusals: each is one constant whose name is its code, stands where it is said, and
//! is among those for which the check of the menus wants a text in each language.

use super::{Source, report, sources};
use kadogo::menu_folder::vocabulary;
use kadogo::reason::Reason;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const HEAD: &str = ": Reason = Reason::new(";

/// A constant that is a reason.
struct Declared<'a> {
    source: &'a Source,
    line: usize,
    name: String,
    code: String,
}

impl Declared<'_> {
    fn place(&self) -> String {
        format!("{}:{}: {}", self.source.path.display(), self.line, self.name)
    }

    fn is_common(&self) -> bool {
        self.source.room == "reason"
    }

    /// Files that say it.
    fn said_by<'a>(&self, sources: &'a [Source]) -> Vec<&'a Source> {
        let said = format!("Reason::{}", self.name);
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let says = |source: &&Source| {
            let mut found = source.code().split(said.as_str()).skip(1);
            source.room != "reason" && !source.is_test() && found.any(ends)
        };
        sources.iter().filter(says).collect()
    }
}

fn declared(sources: &[Source]) -> Vec<Declared<'_>> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code().lines().enumerate() {
            let Some((head, tail)) = line.split_once(HEAD) else { continue };
            found.push(Declared {
                source,
                line: number + 1,
                name: head.rsplit(' ').next().unwrap_or_default().to_owned(),
                code: tail.trim_end_matches(");").trim_matches('"').to_owned(),
            });
        }
    }
    assert!(found.len() > 80, "the reasons were not found");
    found
}

#[test]
fn a_reason_is_made_once_and_its_name_is_its_code() {
    let sources = sources();
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut findings = Vec::new();
    for reason in declared(&sources) {
        if reason.name != reason.code.to_uppercase() {
            findings.push(format!("{} has the code \"{}\"", reason.place(), reason.code));
        }
        if let Some(other) = first.insert(reason.code.clone(), reason.place()) {
            findings.push(format!("{} and {other} have one code", reason.place()));
        }
    }
    // a reason that is made in another way would not be found
    for source in sources.iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code().lines().enumerate() {
            if line.contains("Reason::new(") && !line.contains(HEAD) {
                findings.push(format!("{}:{}: not a constant", source.path.display(), number + 1));
            }
        }
    }
    report(findings);
}

/// Where one is missing, nothing would notice that its text is.
#[test]
fn every_reason_is_checked_for_its_texts() {
    let checked: BTreeSet<&str> = vocabulary().reasons.into_iter().map(Reason::code).collect();
    let sources = sources();
    let declared = declared(&sources);
    let missing = declared.iter().filter(|reason| !checked.contains(reason.code.as_str()));
    report(missing.map(|reason| format!("{} is in no list", reason.place())).collect());
    assert_eq!(checked.len(), declared.len());
}

/// What only one wing of the wallet says is a service's own, and a service's reason is its own:
/// `COMMON` does not have it, too.
#[test]
fn what_one_wing_alone_says_stands_there() {
    let sources = sources();
    let mut findings = Vec::new();
    for reason in declared(&sources).iter().filter(|reason| reason.is_common()) {
        let wings: BTreeSet<&Path> =
            reason.said_by(&sources).iter().filter_map(|source| wing(source)).collect();
        let outside = reason.said_by(&sources).iter().any(|source| wing(source).is_none());
        if !outside && wings.len() < 2 {
            findings.push(format!("{}: only {wings:?} says it", reason.place()));
        }
    }
    for service in kadogo::wallet::SERVICES {
        let common = service.refusals.iter().filter(|reason| Reason::COMMON.contains(reason));
        findings.extend(common.map(|reason| format!("{}: {reason} is common", service.name)));
    }
    report(findings);
}

/// The wing of the wallet that a file stands in.
fn wing(source: &Source) -> Option<&Path> {
    let folder = source.path.parent()?;
    folder.strip_prefix("src/wallet").ok().filter(|wing| wing.components().next().is_some())
}
