//! The menu files as texts: those compiled in, or those of a folder. What they mean is read
//! elsewhere.

use std::io;
use std::path::Path;

use crate::service_names::ServiceNames;
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
        let words = folder.join("texts");
        for entry in std::fs::read_dir(&words).map_err(|error| naming(&words, &error))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                texts.push(read(&path)?);
            }
        }
        texts.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Files { customer: read(&folder.join("customer.toml"))?, texts })
    }
}

impl Files {
    /// The same with the names of a service in its texts.
    pub fn named(&self, names: &ServiceNames) -> Files {
        let texts = self.texts.iter().map(|texts| names.put_into(texts)).collect();
        Files { customer: self.customer.clone(), texts }
    }
}

fn read(path: &Path) -> io::Result<Source> {
    let text = std::fs::read_to_string(path).map_err(|error| naming(path, &error))?;
    Ok(Source::new(path.display().to_string(), text))
}

/// The error with the path it is about.
fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_are_those_of_the_folder() {
        assert_eq!(Files::read(Path::new("menus")).ok(), Some(Files::embedded()));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Files::read(Path::new("menus/texts")).err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains("menus/texts/texts")));
    }
}
