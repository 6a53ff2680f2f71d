//! The map: jumps land, screens are reachable, flags and services are known by their names.

use std::collections::BTreeSet;

use crate::catalogue::Problem;
use crate::ussd::menu::{Kind, Menu, Name, Screen};

/// What is wrong with the map.
pub(super) fn problems(menu: &Menu, services: &[&str]) -> Vec<Problem> {
    let mut found = Vec::new();
    doors(menu, &mut found);
    jumps(menu, &mut found);
    unreachable(menu, &mut found);
    branches(menu, &mut found);
    labels(menu, &mut found);
    flags(menu, &mut found);
    known_services(menu, services, &mut found);
    found
}

pub(super) fn problem(menu: &Menu, line: usize, message: String) -> Problem {
    Problem { file: menu.file.clone(), line, message }
}

fn doors(menu: &Menu, found: &mut Vec<Problem>) {
    for (door, name) in menu.doors() {
        let wanted = match door {
            "resume" => "resume",
            "foreign" | "late" | "refused" => "end",
            _ => "",
        };
        match menu.screen(&name.text) {
            None => found.push(problem(
                menu,
                name.line,
                format!("`{door}` is screen \"{}\", which does not exist", name.text),
            )),
            Some(screen) if !wanted.is_empty() && screen.type_name() != wanted => {
                found.push(problem(
                    menu,
                    name.line,
                    format!("`{door}` must be a screen of type \"{wanted}\""),
                ));
            }
            Some(_) => {}
        }
    }
}

fn jumps(menu: &Menu, found: &mut Vec<Problem>) {
    for screen in menu.screens.values() {
        for jump in screen.jumps().into_iter().filter(|jump| menu.screen(&jump.to.text).is_none()) {
            let message = format!(
                "screen \"{}\" jumps to \"{}\", which does not exist",
                screen.id, jump.to.text
            );
            found.push(problem(menu, jump.to.line, message));
        }
    }
}

fn unreachable(menu: &Menu, found: &mut Vec<Problem>) {
    let mut todo: Vec<&str> = menu.doors().iter().map(|(_, name)| name.text.as_str()).collect();
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if reached.insert(id) {
            let jumps = menu.screen(id).map(Screen::jumps).unwrap_or_default();
            todo.extend(jumps.into_iter().map(|jump| jump.to.text.as_str()));
        }
    }
    for screen in menu.screens.values().filter(|screen| !reached.contains(screen.id.as_str())) {
        found.push(problem(
            menu,
            screen.line,
            format!("screen \"{}\" cannot be reached from any other", screen.id),
        ));
    }
}

/// A branch is shown with the facts of the quote it came from, so it must not ask for its own.
fn branches(menu: &Menu, found: &mut Vec<Problem>) {
    for screen in menu.screens.values() {
        let Kind::Confirm(confirm) = &screen.kind else { continue };
        for jump in &confirm.branch {
            let target = menu.screen(&jump.to.text);
            if target.is_some_and(
                |target| !matches!(&target.kind, Kind::Confirm(asked) if asked.quote.is_none()),
            ) {
                let message = format!(
                    "screen \"{}\" branches to \"{}\", which must be a confirm screen without a \
                     quote of its own",
                    screen.id, jump.to.text
                );
                found.push(problem(menu, jump.to.line, message));
            }
        }
    }
}

fn labels(menu: &Menu, found: &mut Vec<Problem>) {
    for screen in menu.screens.values() {
        let Kind::Menu(_, choices) = &screen.kind else { continue };
        // `text` is the prompt's key in the files of texts.
        let mut taken = BTreeSet::from(["text"]);
        for choice in choices.iter().filter(|choice| !taken.insert(choice.label.text.as_str())) {
            let message = format!(
                "screen \"{}\" cannot have another label \"{}\"",
                screen.id, choice.label.text
            );
            found.push(problem(menu, choice.label.line, message));
        }
    }
}

fn flags(menu: &Menu, found: &mut Vec<Problem>) {
    let used: Vec<(&Screen, &Name)> = menu
        .screens
        .values()
        .flat_map(|screen| conditions(screen).into_iter().map(move |flag| (screen, flag)))
        .collect();
    for (screen, flag) in &used {
        if !menu.flags.iter().any(|known| known.text == flag.text) {
            let message = format!(
                "screen \"{}\" asks for flag \"{}\", which `flags` does not name",
                screen.id, flag.text
            );
            found.push(problem(menu, flag.line, message));
        }
    }
    for flag in
        menu.flags.iter().filter(|flag| !used.iter().any(|(_, used)| used.text == flag.text))
    {
        found.push(problem(menu, flag.line, format!("flag \"{}\" is not used", flag.text)));
    }
}

fn conditions(screen: &Screen) -> Vec<&Name> {
    let mut conditions: Vec<&Name> =
        screen.jumps().into_iter().filter_map(|jump| jump.when.as_ref()).collect();
    if let Kind::Menu(_, choices) = &screen.kind {
        conditions.extend(choices.iter().filter_map(|choice| choice.when.as_ref()));
    }
    conditions
}

fn known_services(menu: &Menu, services: &[&str], found: &mut Vec<Problem>) {
    let mut used = BTreeSet::new();
    for screen in menu.screens.values() {
        for service in screen.services() {
            used.insert(service.text.as_str());
            if !menu.services.contains_key(&service.text) {
                let message = format!(
                    "screen \"{}\" asks for \"{}\", which [services] does not name",
                    screen.id, service.text
                );
                found.push(problem(menu, service.line, message));
            }
        }
    }
    for (name, service) in &menu.services {
        if !services.contains(&name.as_str()) {
            found.push(problem(
                menu,
                service.line,
                format!("service \"{name}\" is unknown to the wallet"),
            ));
        }
        if !used.contains(name.as_str()) {
            found.push(problem(
                menu,
                service.line,
                format!("service \"{name}\" is not used by any screen"),
            ));
        }
    }
}
