//! What has been entered by the time it is needed: the fields of every service, and a yes to the
//! quote before money moves, on every way through the menu.

use std::collections::{BTreeMap, BTreeSet};

use super::map::problem;
use crate::catalogue::Problem;
use crate::ussd::menu::{Action, Jump, Kind, List, Menu, Name, Screen};

type FieldNames<'m> = BTreeSet<&'m str>;

/// A way out of a screen.
pub(super) struct ScreenExit<'m> {
    pub(super) jump: &'m Jump,
    /// The service that runs on the way. When it is done, all fields are gone.
    pub(super) run: Option<&'m Name>,
    /// What the screen stores on this way.
    stores: FieldNames<'m>,
    /// What the screen keeps of the answer to what is done.
    keeps: FieldNames<'m>,
    /// Is it the yes of a confirm screen?
    yes: bool,
}

/// What is missing on some way.
pub(super) fn problems(menu: &Menu) -> Vec<Problem> {
    let mut found = Vec::new();
    let entered = entered(menu);
    for screen in menu.screens.values() {
        let Some(before) = entered.get(screen.id.as_str()) else { continue };
        if let Some(service) = screen.asks() {
            missing(menu, screen, service, before, &mut found);
        }
        for way in ways(screen) {
            let Some(service) = way.run else { continue };
            missing(
                menu,
                screen,
                service,
                &before.union(&way.stores).copied().collect(),
                &mut found,
            );
        }
        for service in screen.acts().into_iter().filter_map(|act| act.run.as_ref()) {
            money(menu, screen, service, &mut found);
        }
    }
    found
}

fn missing(
    menu: &Menu,
    screen: &Screen,
    service: &Name,
    entered: &FieldNames<'_>,
    found: &mut Vec<Problem>,
) {
    let needs = menu
        .services
        .get(&service.text)
        .map(|service| service.needs.as_slice())
        .unwrap_or_default();
    for field in needs.iter().filter(|field| !entered.contains(field.text.as_str())) {
        let message = format!(
            "screen \"{}\": \"{}\" needs field \"{}\", which not every way to this screen has \
             entered",
            screen.id, service.text, field.text
        );
        found.push(problem(menu, service.line, message));
    }
}

/// Money moves only with a PIN, after a yes to what it would cost.
fn money(menu: &Menu, screen: &Screen, service: &Name, found: &mut Vec<Problem>) {
    if !menu.services.get(&service.text).is_some_and(|service| service.money) {
        return;
    }
    if !screen.is_secret() {
        let message = format!(
            "screen \"{}\": \"{}\" moves money, so it needs a PIN",
            screen.id, service.text
        );
        found.push(problem(menu, service.line, message));
    }
    if reached_unconfirmed(menu, &service.text).contains(screen.id.as_str()) {
        let message = format!(
            "screen \"{}\": \"{}\" moves money, but there is a way here without a yes to its quote",
            screen.id, service.text
        );
        found.push(problem(menu, service.line, message));
    }
}

/// The screens that can be reached without saying yes to a quote of `service`.
fn reached_unconfirmed<'m>(menu: &'m Menu, service: &str) -> BTreeSet<&'m str> {
    let mut todo: Vec<&str> = menu.doors().iter().map(|(_, name)| name.text.as_str()).collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = todo.pop() {
        let Some(screen) = menu.screen(id).filter(|_| reached.insert(id)) else { continue };
        let quoted = screen.asks().is_some_and(|quote| quote.text == service);
        let open = ways(screen).into_iter().filter(|way| !(way.yes && quoted));
        todo.extend(open.map(|way| way.jump.to.text.as_str()));
    }
    reached
}

/// The fields that are certain to be there when a screen is entered, whichever way one came.
fn entered(menu: &Menu) -> BTreeMap<&str, FieldNames<'_>> {
    let mut entered: BTreeMap<&str, FieldNames<'_>> = BTreeMap::new();
    let mut todo: Vec<&str> = Vec::new();
    for (_, door) in menu.doors() {
        entered.insert(&door.text, FieldNames::new());
        todo.push(&door.text);
    }
    while let Some(id) = todo.pop() {
        let before = entered.get(id).cloned().unwrap_or_default();
        for way in menu.screen(id).map(ways).unwrap_or_default() {
            let after = if way.run.is_some() {
                way.keeps
            } else {
                before.union(&way.stores).copied().collect()
            };
            let to = way.jump.to.text.as_str();
            // Sets only shrink, so this comes to rest.
            let merged = entered
                .get(to)
                .map(|known| known.intersection(&after).copied().collect())
                .unwrap_or(after);
            if entered.get(to) != Some(&merged) {
                entered.insert(to, merged);
                todo.push(to);
            }
        }
    }
    entered
}

/// The ways out of a screen.
pub(super) fn ways(screen: &Screen) -> Vec<ScreenExit<'_>> {
    match &screen.kind {
        Kind::Menu(_, choices) => choices
            .iter()
            .flat_map(|choice| of_act(&choice.act, &choice.fields().collect(), false))
            .collect(),
        Kind::Input(input) => {
            let keeps: FieldNames<'_> = input.keep.iter().map(|name| name.text.as_str()).collect();
            let mut stores =
                if input.act.run.is_some() { FieldNames::new() } else { keeps.clone() };
            if !input.is_secret() {
                stores.insert(&input.field.text);
            }
            let ways = of_act(&input.act, &stores, false).into_iter();
            ways.map(|way| ScreenExit { keeps: keeps.clone(), ..way }).collect()
        }
        Kind::Confirm(confirm) => {
            let mut ways = of_act(&confirm.yes, &FieldNames::new(), true);
            ways.extend(of_act(&confirm.no, &FieldNames::new(), false));
            ways.extend(of_jumps(&confirm.branch, &FieldNames::new()));
            ways
        }
        Kind::List(List { pick: Some(pick), .. }) => {
            of_jumps(&pick.next, &BTreeSet::from([pick.field.text.as_str()]))
        }
        Kind::Show(_, branch) => of_jumps(branch, &FieldNames::new()),
        Kind::List(_) | Kind::Resume | Kind::End => Vec::new(),
    }
}

fn of_act<'m>(act: &'m Action, stores: &FieldNames<'m>, yes: bool) -> Vec<ScreenExit<'m>> {
    act.next
        .iter()
        .map(|jump| ScreenExit {
            jump,
            run: act.run.as_ref(),
            stores: stores.clone(),
            keeps: FieldNames::new(),
            yes,
        })
        .collect()
}

fn of_jumps<'m>(jumps: &'m [Jump], stores: &FieldNames<'m>) -> Vec<ScreenExit<'m>> {
    jumps
        .iter()
        .map(|jump| ScreenExit {
            jump,
            run: None,
            stores: stores.clone(),
            keeps: FieldNames::new(),
            yes: false,
        })
        .collect()
}
