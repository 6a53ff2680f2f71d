//! What a file says about other files: the names it brings in with `use`, and the paths it writes
//! out.

use crate::words::{Word, words};

/// A name that `use` brings in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub line: usize,
    /// The path as written; `self` at its end is left out.
    pub path: Vec<String>,
    /// The name here; `*` for all that is there.
    pub name: String,
    /// It is passed on to others.
    pub passed_on: bool,
    /// The file's own code says the name, too.
    pub said: bool,
}

/// A path in the code: at least two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub line: usize,
    pub path: Vec<String>,
}

/// What a file says.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    pub imports: Vec<Import>,
    pub said: Vec<Said>,
    /// What the file itself defines.
    pub defined: Vec<String>,
}

const DEFINES: &[&str] =
    &["fn", "struct", "enum", "type", "const", "static", "trait", "macro_rules"];

/// Reads what a file says about others.
pub fn uses(code: &str) -> Uses {
    let words = words(code);
    let mut found = Uses::default();
    let mut names = Vec::new();
    let mut at = 0;
    // how many braces are open: what is defined within some is a method or an arm, and no name of
    // the file's
    let mut depth = 0_i32;
    while at < words.len() {
        let word = &words[at];
        if word.text == "use" {
            let end = at + words[at..].iter().take_while(|word| word.text != ";").count();
            // `pub use`, `pub(crate) use`
            let before = words[..at]
                .iter()
                .rev()
                .find(|word| !["(", ")", "crate", "super"].contains(&&*word.text));
            let passed_on = before.is_some_and(|word| word.text == "pub");
            tree(&words[at + 1..end], &[], passed_on, &mut found.imports);
            at = end;
        } else if is_name(word) && !after_path_sign(&words, at) {
            let path = path(&words[at..]);
            at += path.len() * 2 - 1;
            // neither a module's declaration nor a field or a method says a name that was brought
            // in
            let before = words[..at - (path.len() * 2 - 1)].last().map(|word| word.text.as_str());
            if !matches!(before, Some("mod" | ".")) {
                names.push(path[0].clone());
            }
            if path.len() > 1 {
                found.said.push(Said { line: word.line, path });
            } else if depth == 0 && DEFINES.contains(&path[0].as_str()) {
                // `macro_rules!` has a sign before its name
                let name =
                    words[at..].iter().find(|word| word.text != "!").filter(|word| is_name(word));
                found.defined.extend(name.map(|word| word.text.clone()));
            }
        } else {
            depth += i32::from(word.text == "{") - i32::from(word.text == "}");
            at += 1;
        }
    }
    for import in &mut found.imports {
        import.said = names.contains(&import.name);
    }
    found
}

fn is_name(word: &Word) -> bool {
    word.text.starts_with(|sign: char| sign.is_alphabetic() || sign == '_')
}

fn after_path_sign(words: &[Word], at: usize) -> bool {
    at > 0 && words[at - 1].text == "::"
}

/// The names that follow one another with `::` between them.
fn path(words: &[Word]) -> Vec<String> {
    let mut path = vec![words[0].text.clone()];
    for pair in
        words[1..].chunks_exact(2).take_while(|pair| pair[0].text == "::" && is_name(&pair[1]))
    {
        path.push(pair[1].text.clone());
    }
    path
}

/// Reads a tree of imports: `a::b`, `a::{b, c as d}`, `a::*`.
fn tree(words: &[Word], root: &[String], passed_on: bool, found: &mut Vec<Import>) {
    let Some(first) = words.first() else { return };
    let line = first.line;
    let mut full = root.to_vec();
    let mut at = 0;
    while at < words.len() {
        match words[at].text.as_str() {
            "::" => {}
            "{" => return branches(&words[at + 1..words.len() - 1], &full, passed_on, found),
            "as" => break,
            // `a::{self}` is `a`
            "self" if !full.is_empty() => {}
            name => full.push(name.to_owned()),
        }
        at += 1;
    }
    let name = words
        .get(at + 1)
        .map_or_else(|| full.last().cloned().unwrap_or_default(), |alias| alias.text.clone());
    found.push(Import { line, path: full, name, passed_on, said: false });
}

fn branches(words: &[Word], root: &[String], passed_on: bool, found: &mut Vec<Import>) {
    let mut depth = 0_i32;
    let mut start = 0;
    for (at, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => {
                tree(&words[start..at], root, passed_on, found);
                start = at + 1;
            }
            _ => {}
        }
    }
    tree(&words[start..], root, passed_on, found);
}

#[test]
fn imports_and_paths_are_read() {
    let code =
        "pub(crate) use super::{self, a::{B, C as D}, *};\nuse crate::e;\nfn f() { e::g::h(B) }";
    let uses = uses(code);
    let told: Vec<String> = uses
        .imports
        .iter()
        .map(|i| format!("{} {} {} {}", i.path.join("::"), i.name, i.passed_on, i.said))
        .collect();
    let expected = [
        "super super true false",
        "super::a::B B true true",
        "super::a::C D true false",
        "super::* * true false",
        "crate::e e false true",
    ];
    assert_eq!(told, expected);
    assert_eq!(uses.said, [Said { line: 3, path: vec!["e".into(), "g".into(), "h".into()] }]);
    assert_eq!(uses.defined, ["f"]);
}
