//! Which file uses which, as far as the text tells.
//!
//! A file uses another when it names something in it. A module that passes a name on (`pub use`) is
//! looked through: who names it there uses the file that defines it.

use crate::Source;
use crate::uses::{Uses, uses};
use std::collections::BTreeMap;

/// Which file names something of which other, and on which line first.
pub type Arrows = BTreeMap<(String, String), usize>;

type Path = Vec<String>;

/// What does this name mean in this module, at the end of a path or before it?
type Question = (Path, String, bool);

/// The arrows between these files. Tests may use what they like.
pub fn arrows(sources: &[Source]) -> Arrows {
    Graph::of(sources).arrows()
}

/// The modules of a crate, by path: the file each is in, and what that says.
struct Graph {
    modules: BTreeMap<Path, (String, Uses)>,
}

/// What a path leads to.
enum Place {
    Module(Path),
    /// Something that is defined in this module's file.
    Thing(Path),
    /// Not of this crate.
    Elsewhere,
}

impl Graph {
    fn of(sources: &[Source]) -> Graph {
        let ours = sources.iter().filter(|source| !source.is_test());
        let module = |source: &Source| {
            let file = source.path.display().to_string();
            let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
            let inner = if inner == "lib" { "" } else { inner.trim_end_matches("/mod") };
            let path =
                inner.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
            (path, (file, uses(source.code())))
        };
        Graph { modules: ours.map(module).collect() }
    }

    /// Where a path leads that is written in `module`. `asked` are the questions on the way here.
    fn resolve(&self, module: &[String], path: &[String], asked: &mut Vec<Question>) -> Place {
        let Some((first, rest)) = path.split_first() else { return Place::Module(module.to_vec()) };
        let start = match first.as_str() {
            "crate" | "kadogo" => Place::Module(Vec::new()),
            "self" => Place::Module(module.to_vec()),
            "super" => {
                Place::Module(module.split_last().map_or(&[][..], |(_, parent)| parent).to_vec())
            }
            name => self.local(module, name, rest.is_empty(), asked),
        };
        self.follow(start, rest, asked)
    }

    fn follow(&self, mut here: Place, path: &[String], asked: &mut Vec<Question>) -> Place {
        for (at, name) in path.iter().enumerate() {
            let Place::Module(module) = &here else { return here };
            here = match name.as_str() {
                "super" => Place::Module(
                    module.split_last().map_or(&[][..], |(_, parent)| parent).to_vec(),
                ),
                name => match self.local(module, name, at + 1 == path.len(), asked) {
                    Place::Elsewhere => Place::Thing(module.clone()),
                    found @ (Place::Module(_) | Place::Thing(_)) => found,
                },
            };
        }
        here
    }

    /// What a name means in a module: a child, something brought in, or something of its own. The
    /// last name of a path may be a thing that is called like a module beside it.
    fn local(&self, module: &[String], name: &str, last: bool, asked: &mut Vec<Question>) -> Place {
        let question = (module.to_vec(), name.to_owned(), last);
        let Some((_, uses)) = self.modules.get(module).filter(|_| !asked.contains(&question))
        else {
            return Place::Elsewhere;
        };
        asked.push(question);
        let child: Path = module.iter().cloned().chain([name.to_owned()]).collect();
        let import = uses.imports.iter().find(|import| import.name == name);
        let found = if uses.defined.iter().any(|defined| defined == name) {
            Place::Thing(module.to_vec())
        } else if self.modules.contains_key(&child) && !(last && import.is_some()) {
            Place::Module(child)
        } else if let Some(import) = import {
            self.resolve(module, &import.path, asked)
        } else {
            let all = uses.imports.iter().filter(|import| import.name == "*");
            let mut through = all.filter_map(|import| {
                let root = self.resolve(module, &import.path[..import.path.len() - 1], asked);
                let Place::Module(root) = root else { return None };
                match self.local(&root, name, last, asked) {
                    Place::Elsewhere => None,
                    found @ (Place::Module(_) | Place::Thing(_)) => Some(found),
                }
            });
            through.next().unwrap_or(Place::Elsewhere)
        };
        asked.pop();
        found
    }

    fn arrows(&self) -> Arrows {
        let mut arrows = BTreeMap::new();
        for (module, (file, uses)) in &self.modules {
            let imports = uses.imports.iter().filter(|import| !import.passed_on || import.said);
            let paths = imports.map(|import| (import.line, &import.path));
            for (line, path) in paths.chain(uses.said.iter().map(|said| (said.line, &said.path))) {
                let all = path.last().is_some_and(|name| name == "*");
                let place =
                    self.resolve(module, &path[..path.len() - usize::from(all)], &mut Vec::new());
                let used = match place {
                    Place::Thing(used) => used,
                    Place::Module(used) if all => used,
                    // a module alone is not a use of it: what is named in it is
                    Place::Module(_) | Place::Elsewhere => continue,
                };
                let used = self.modules.get(&used).map(|(file, _)| file.clone());
                if let Some(used) = used.filter(|used| used != file) {
                    arrows.entry((file.clone(), used)).or_insert(line);
                }
            }
        }
        arrows
    }
}
