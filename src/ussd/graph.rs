//! Draws the map of the menus as a Mermaid flowchart, with the words people read.

use super::Menus;
use super::menu::{Action, Choice, Jump, Kind, List, Screen};
use crate::language::Language;

/// The map, with the prompts in `language`.
pub fn graph(menus: &Menus, language: Language) -> String {
    let menu = &menus.customer;
    let mut lines = vec!["flowchart TD".to_owned()];
    for (door, name) in menu.doors() {
        lines.push(format!("  door_{door}(({door})) --> {}", name.text));
    }
    for screen in menu.in_order() {
        let prompt =
            menus.catalogue.text(language, &format!("screen.{}", screen.id)).unwrap_or(&screen.id);
        lines.push(format!("  {}{}", screen.id, shape(screen, &quoted(prompt))));
        lines.extend(arrows(menus, screen, language));
    }
    let secrets: Vec<&str> = menu
        .in_order()
        .into_iter()
        .filter(|screen| screen.is_secret())
        .map(|screen| screen.id.as_str())
        .collect();
    if !secrets.is_empty() {
        lines.push("  classDef secret stroke-dasharray: 4".to_owned());
        lines.push(format!("  class {} secret", secrets.join(",")));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A node's shape tells its type: box, slanted for inputs, diamond for questions, double for lists,
/// round for ends.
fn shape(screen: &Screen, prompt: &str) -> String {
    match &screen.kind {
        Kind::Menu(..) => format!("[{prompt}]"),
        Kind::Input(_) => format!("[/{prompt}/]"),
        Kind::Confirm(_) | Kind::Resume => format!("{{{prompt}}}"),
        Kind::List(_) => format!("[[{prompt}]]"),
        Kind::Show(..) => format!("({prompt})"),
        Kind::End => format!("([{prompt}])"),
    }
}

fn arrows(menus: &Menus, screen: &Screen, language: Language) -> Vec<String> {
    let word = |key: &str| menus.catalogue.text(language, key).unwrap_or(key).to_owned();
    let from = |jump: &Jump, label: &str, run: Option<&str>| arrow(&screen.id, jump, label, run);
    let act = |act: &Action, label: &str| {
        let run = act.run.as_ref().map(|service| service.text.as_str());
        act.next.iter().map(|jump| from(jump, label, run)).collect::<Vec<_>>()
    };
    match &screen.kind {
        Kind::Menu(_, choices) => {
            let label = |label: &str| word(&format!("screen.{}.{label}", screen.id));
            let line = |choice: &Choice| match &choice.when {
                Some(when) => format!("{} if {}", label(&choice.label.text), when.text),
                None => label(&choice.label.text),
            };
            choices.iter().flat_map(|choice| act(&choice.act, &line(choice))).collect()
        }
        Kind::Input(input) => act(&input.act, &input.field.text),
        Kind::Confirm(confirm) => {
            let mut arrows = act(&confirm.yes, &word("nav.yes"));
            arrows.extend(act(&confirm.no, &word("nav.no")));
            arrows.extend(confirm.branch.iter().map(|jump| from(jump, "first", None)));
            arrows
        }
        Kind::List(List { pick: Some(pick), .. }) => {
            pick.next.iter().map(|jump| from(jump, &pick.field.text, None)).collect()
        }
        Kind::Show(_, branch) => branch.iter().map(|jump| from(jump, "", None)).collect(),
        Kind::List(_) | Kind::Resume | Kind::End => Vec::new(),
    }
}

/// A thick arrow where a service runs on the way.
fn arrow(from: &str, jump: &Jump, label: &str, run: Option<&str>) -> String {
    let mut words = label.to_owned();
    if let Some(when) = &jump.when {
        words.push_str(" if ");
        words.push_str(&when.text);
    }
    let line = match run {
        Some(service) => {
            words.push_str(" / ");
            words.push_str(service);
            "==>"
        }
        None => "-->",
    };
    format!("  {from} {line}|{}| {}", quoted(&words), jump.to.text)
}

/// A label as Mermaid takes it.
fn quoted(words: &str) -> String {
    format!("\"{}\"", words.replace('"', "'").replace('\n', "<br/>"))
}
