//! Reads a `Menu` from TOML. It accepts only what can be typed: whether jumps land and words exist
//! is for `check`.

use std::collections::BTreeMap;

use regex::Regex;

use super::menu::{
    Accepts, Action, Choice, Confirm, Input, Jump, Kind, List, Longest, Menu, MenuService, Name,
    Pick, Screen, Size,
};
use crate::language::Language;
use crate::source::{Problem, Source};
use crate::table::{Complaints, Table};

/// Reads the screens of one audience.
pub fn menu(source: &Source) -> Result<Menu, Vec<Problem>> {
    let mut table = Table::parse(source).map_err(|problem| vec![problem])?;
    let mut complaints = Complaints::new(source);
    let menu = whole(source, &mut table, &mut complaints);
    complaints.about = String::new();
    table.finish(&mut complaints);
    match menu {
        Some(menu) if complaints.found.is_empty() => Ok(menu),
        Some(_) | None => Err(complaints.found),
    }
}

fn whole(source: &Source, table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<Menu> {
    let doors = ["start", "stranger", "foreign", "resume", "late", "refused"]
        .map(|door| table.required(door, complaints));
    let flags = table.names("flags", complaints);
    let services = services(table, complaints);
    let slots = slots(table, complaints);
    let mut screens = BTreeMap::new();
    if let Some(mut all) = table.table("screen", complaints) {
        for id in all.keys() {
            complaints.about = format!("screen \"{}\": ", id.text);
            if let Some(screen) =
                all.table(&id.text, complaints).and_then(|table| screen(&id, table, complaints))
            {
                screens.insert(id.text, screen);
            }
        }
    }
    let [start, stranger, foreign, resume, late, refused] = doors;
    Some(Menu {
        file: source.name.clone(),
        start: start?,
        stranger: stranger?,
        foreign: foreign?,
        resume: resume?,
        late: late?,
        refused: refused?,
        flags,
        services,
        slots,
        screens,
    })
}

fn services(
    table: &mut Table<'_>,
    complaints: &mut Complaints<'_>,
) -> BTreeMap<String, MenuService> {
    let mut services = BTreeMap::new();
    let Some(mut all) = table.table("services", complaints) else { return services };
    for name in all.keys() {
        complaints.about = format!("service \"{}\": ", name.text);
        if let Some(mut table) = all.table(&name.text, complaints) {
            let needs = table.names("needs", complaints);
            let money = table.truth("money", complaints).unwrap_or(false);
            table.finish(complaints);
            services.insert(name.text, MenuService { line: name.line, needs, money });
        }
    }
    complaints.about = String::new();
    services
}

fn slots(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> BTreeMap<String, Longest> {
    let mut slots = BTreeMap::new();
    let Some(mut all) = table.table("slots", complaints) else { return slots };
    for name in all.keys() {
        let size = match all.number(&name.text) {
            Some(septets) => Some(Size::Cut(septets)),
            None => all.name(&name.text, complaints).map(|longest| Size::Whole(longest.text)),
        };
        if let Some(size) = size {
            slots.insert(name.text, Longest { line: name.line, size });
        }
    }
    slots
}

fn screen(id: &Name, mut table: Table<'_>, complaints: &mut Complaints<'_>) -> Option<Screen> {
    let resume = table.truth("resume", complaints).unwrap_or(true);
    let kind = kind(&mut table, complaints);
    table.finish(complaints);
    Some(Screen { id: id.text.clone(), line: id.line, resume, kind: kind? })
}

fn kind(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<Kind> {
    let name = table.required("type", complaints)?;
    match name.text.as_str() {
        "menu" => {
            let stores = table.name("field", complaints);
            let quote = table.name("quote", complaints);
            Some(Kind::Menu(quote, choices(table, stores.as_ref(), complaints)))
        }
        "input" => input(table, complaints).map(Kind::Input),
        "confirm" => confirm(table, complaints).map(Kind::Confirm),
        "list" => list(table, complaints).map(Kind::List),
        "show" => Some(Kind::Show(table.name("quote", complaints), branch(table, complaints))),
        "resume" => Some(Kind::Resume),
        "end" => Some(Kind::End),
        other => {
            let known = "menu, input, confirm, list, show, resume or end";
            complaints.add(name.line, &format!("there is no type \"{other}\"; it must be {known}"));
            table.skip();
            None
        }
    }
}

fn choices(
    table: &mut Table<'_>,
    stores: Option<&Name>,
    complaints: &mut Complaints<'_>,
) -> Vec<Choice> {
    let options = table.tables("options", complaints);
    if options.is_empty() {
        complaints.add(table.line, "a menu needs `options`");
    }
    options.into_iter().filter_map(|option| choice(option, stores, complaints)).collect()
}

fn choice(
    mut table: Table<'_>,
    stores: Option<&Name>,
    complaints: &mut Complaints<'_>,
) -> Option<Choice> {
    let label = table.required("label", complaints)?;
    let when = table.name("when", complaints);
    let code = table.name("language", complaints);
    let language = code.as_ref().and_then(|code| Language::parse(&code.text));
    if let (Some(code), None) = (&code, language) {
        complaints.add(code.line, &format!("\"{}\" is not a language; use two letters", code.text));
    }
    let service = table.name("service", complaints);
    let act = act(&mut table, complaints);
    table.finish(complaints);
    Some(Choice { label, when, language, service, stores: stores.cloned(), act })
}

fn act(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Action {
    Action { run: table.name("do", complaints), next: jumps(table, complaints) }
}

/// Either `goto = "x"` or `next = [{ when = "flag", goto = "x" }, { goto = "y" }]`.
fn jumps(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Vec<Jump> {
    let mut jumps = conditional(table, "next", complaints);
    match (table.name("goto", complaints), jumps.last()) {
        (Some(to), None) => jumps.push(Jump { when: None, to }),
        (Some(to), Some(_)) => complaints.add(to.line, "use either `goto` or `next`"),
        (None, None) => complaints.add(table.line, "it leads nowhere; `goto` or `next` is missing"),
        (None, Some(last)) if last.when.is_some() => {
            complaints
                .add(last.to.line, "the last of `next` must have no `when`, or nothing may match");
        }
        (None, Some(_)) => {}
    }
    jumps
}

fn conditional(table: &mut Table<'_>, key: &str, complaints: &mut Complaints<'_>) -> Vec<Jump> {
    let mut jumps = Vec::new();
    for mut table in table.tables(key, complaints) {
        let when = table.name("when", complaints);
        if let Some(to) = table.required("goto", complaints) {
            jumps.push(Jump { when, to });
        }
        table.finish(complaints);
    }
    jumps
}

fn input(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<Input> {
    let field = table.required("field", complaints);
    let accepts = accepts(table, complaints);
    let pattern = pattern(table, complaints);
    let check = table.name("check", complaints);
    let keep = table.names("keep", complaints);
    let act = act(table, complaints);
    if let (Some(check), Some(_)) = (&check, &act.run) {
        complaints
            .add(check.line, "an input has either `check` or `do`: what is done is checked anyway");
    }
    if let (Some(kept), None, None) = (keep.first(), &check, &act.run) {
        complaints.add(kept.line, "`keep` needs a `check` or `do` whose answer it keeps");
    }
    Some(Input { field: field?, accepts: accepts?, pattern, check, keep, act })
}

fn accepts(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<Accepts> {
    let marked = table.truth("secret", complaints).unwrap_or(false);
    let name = table.required("accepts", complaints)?;
    let accepts = match name.text.as_str() {
        "phone" => Accepts::Phone,
        "amount" => Accepts::Amount,
        "agent" => Accepts::Agent,
        "name" => Accepts::Name,
        "text" => Accepts::Text,
        "secret" => Accepts::Secret,
        other => {
            let known = "phone, amount, name, text or secret";
            complaints.add(name.line, &format!("it cannot accept \"{other}\"; it must be {known}"));
            return None;
        }
    };
    if (accepts == Accepts::Secret) != marked {
        complaints.add(name.line, "`accepts = \"secret\"` and `secret = true` belong together");
    }
    Some(accepts)
}

fn pattern(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<Regex> {
    let name = table.name("pattern", complaints)?;
    match Regex::new(&format!("^(?:{})$", name.text)) {
        Ok(regex) => Some(regex),
        Err(error) => {
            complaints.add(name.line, &format!("`pattern` cannot be read: {error}"));
            None
        }
    }
}

fn confirm(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<Confirm> {
    let quote = table.name("quote", complaints);
    let branch = branch(table, complaints);
    let yes = act(table, complaints);
    if !table.keys().iter().any(|key| key.text == "no") {
        complaints.add(table.line, "`no` is missing: what follows a no?");
    }
    let mut table = table.table("no", complaints)?;
    let no = act(&mut table, complaints);
    table.finish(complaints);
    Some(Confirm { quote, branch, yes, no })
}

/// Other screens to be shown instead when a quote raised their flag.
fn branch(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Vec<Jump> {
    let branch = conditional(table, "branch", complaints);
    if let Some(always) = branch.iter().find(|jump| jump.when.is_none()) {
        complaints.add(always.to.line, "each of `branch` needs a `when`");
    }
    branch
}

fn list(table: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<List> {
    let list = table.required("list", complaints);
    let pick =
        table.name("field", complaints).map(|field| Pick { field, next: jumps(table, complaints) });
    Some(List { list: list?, pick })
}
