//! `kadogo manual`: the chapters for those who build and run Kadogo, as this version has them. What
//! is in them is not known here.

use crate::docs::{CHAPTERS, chapter};
use crate::printing::{say, say_on};
use anyhow::bail;
use std::process::ExitCode;

/// `kadogo manual`
pub fn run(name: Option<&str>) -> anyhow::Result<ExitCode> {
    match name {
        None => list(),
        Some(name) => print(name)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list() {
    let widest = CHAPTERS.iter().map(|chapter| chapter.name.len()).max().unwrap_or_default();
    for chapter in CHAPTERS {
        say!("{:widest$}  {}", chapter.name, chapter.about);
    }
}

fn print(name: &str) -> anyhow::Result<()> {
    let Some(chapter) = chapter(name) else {
        let names: Vec<&str> = CHAPTERS.iter().map(|chapter| chapter.name).collect();
        bail!("there is no chapter {name:?}: there are {}", names.join(", "));
    };
    say_on!("{}", chapter.text);
    Ok(())
}
