//! The menu files as texts: those compiled in, or those of a folder. What they mean is read elsewhere.

use std::io;
use std::path::Path;

use crate::source::Source;

/// The files a service is described by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The screens of customers.
    pub customer: Source,
    /// The words, one file per language.
    pub texts: Vec<Source>,
}

impl Files {
    /// The files that Kadogo comes with.
    pub fn embedded() -> Self {
        Files {
            customer: Source::new("menus/customer.toml", include_str!("../../menus/customer.toml")),
            texts: vec![
                Source::new("menus/texts/en.toml", include_str!("../../menus/texts/en.toml")),
                Source::new("menus/texts/fr.toml", include_str!("../../menus/texts/fr.toml")),
                Source::new("menus/texts/sw.toml", include_str!("../../menus/texts/sw.toml")),
            ],
        }
    }

    /// The files of a folder: `customer.toml`, and every `texts/*.toml`.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut texts = Vec::new();
        for entry in std::fs::read_dir(folder.join("texts"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                texts.push(read(&path)?);
            }
        }
        texts.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Files { customer: read(&folder.join("customer.toml"))?, texts })
    }
}

fn read(path: &Path) -> io::Result<Source> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => Err(io::Error::new(error.kind(), format!("{name}: {error}"))),
    }
}
