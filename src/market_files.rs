//! The folders of `menus/markets`: a country each, as text. What they mean is read elsewhere.

use crate::source::Source;
use std::io;
use std::path::Path;

/// The market of who names none.
pub const DEFAULT: &str = "ke";

/// What stands in each folder.
const NAMES: [&str; 4] = ["market.toml", "tariff.toml", "limits.toml", "approvals.toml"];

macro_rules! compiled_in {
    ($($code:literal),*) => {
        [$(($code, [
            include_str!(concat!("../menus/markets/", $code, "/market.toml")),
            include_str!(concat!("../menus/markets/", $code, "/tariff.toml")),
            include_str!(concat!("../menus/markets/", $code, "/limits.toml")),
            include_str!(concat!("../menus/markets/", $code, "/approvals.toml")),
        ])),*]
    };
}

/// Those that Kadogo comes with; a test compares them with the folder.
const COMPILED_IN: [(&str, [&str; NAMES.len()]); 5] = compiled_in!("ci", "gh", "ke", "tz", "ug");

/// The files of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketFiles {
    /// What it is called in settings: the name of its folder.
    pub code: String,
    /// The country: its numbers, its money, its languages.
    pub market: Source,
    /// What services cost.
    pub tariff: Source,
    /// What people may move.
    pub limits: Source,
    /// How many of the staff an act takes.
    pub approvals: Source,
}

impl MarketFiles {
    fn of(code: &str, [market, tariff, limits, approvals]: [Source; NAMES.len()]) -> MarketFiles {
        MarketFiles { code: code.to_owned(), market, tariff, limits, approvals }
    }

    /// Each of them.
    pub fn sources(&self) -> [&Source; NAMES.len()] {
        [&self.market, &self.tariff, &self.limits, &self.approvals]
    }
}

/// The markets that Kadogo comes with, by their codes.
pub fn embedded() -> Vec<MarketFiles> {
    let files = |(code, texts): &(&str, [&str; NAMES.len()])| {
        let mut texts = texts.iter();
        let source = |name: &str| {
            let text = texts.next().copied().unwrap_or_default();
            Source::new(format!("menus/markets/{code}/{name}"), text)
        };
        MarketFiles::of(code, NAMES.map(source))
    };
    COMPILED_IN.iter().map(files).collect()
}

/// The markets of a folder of menus, by their codes.
pub fn read(folder: &Path) -> io::Result<Vec<MarketFiles>> {
    let markets = folder.join("markets");
    let naming = |path: &Path, error: &io::Error| {
        io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    };
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&markets).map_err(|error| naming(&markets, &error))? {
        let path = entry?.path();
        let code = path.file_name().and_then(|name| name.to_str()).filter(|_| path.is_dir());
        let Some(code) = code else { continue };
        let source = |name: &str| {
            let file = path.join(name);
            let text = std::fs::read_to_string(&file).map_err(|error| naming(&file, &error))?;
            Ok::<_, io::Error>(Source::new(file.display().to_string(), text))
        };
        let [market, tariff, limits, approvals] = NAMES.map(source);
        all.push(MarketFiles::of(code, [market?, tariff?, limits?, approvals?]));
    }
    all.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_markets_are_those_of_the_folder() {
        assert_eq!(read(Path::new("menus")).ok(), Some(embedded()));
        assert!(embedded().iter().any(|files| files.code == DEFAULT));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("menus/texts")).err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains("menus/texts/markets")));
    }
}
