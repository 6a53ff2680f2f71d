//! Whether the grammar keeps what its file promises: each example is read as it says, and only what
//! can be asked for by text is a command. It mends nothing.

use super::grammar::{CommandForm, Example, Grammar, Reading};
use crate::market::Market;

impl Grammar {
    /// Tries all examples of the file. Each line of the answer names file and line; none means that
    /// all is well.
    pub fn check(&self, market: &Market) -> Vec<String> {
        let mut problems = Vec::new();
        let mut expect = |example: &Example, wanted: bool, what: &str, seen: &Reading| {
            let is = match seen {
                Reading::Command { service, language, .. } => format!("{service} in {language}"),
                Reading::Refused(refusal) => format!("refused ({})", refusal.code()),
                Reading::Incomplete { .. } => "incomplete".to_owned(),
                Reading::Secret => "a PIN".to_owned(),
                Reading::Unknown => "unknown".to_owned(),
            };
            if (is == what) != wanted {
                let not = if wanted { "should" } else { "should not" };
                problems.push(format!(
                    "{}:{}: example \"{}\" {not} read as {what}, it reads as {is}",
                    self.file, example.line, example.text
                ));
            }
        };
        for way in &self.ways {
            let what = format!("{} in {}", way.service, way.language);
            way.valid.iter().for_each(|e| expect(e, true, &what, &self.read(&e.text, market)));
            way.invalid.iter().for_each(|e| expect(e, false, &what, &self.read(&e.text, market)));
        }
        self.secret
            .valid
            .iter()
            .for_each(|e| expect(e, true, "a PIN", &self.read(&e.text, market)));
        self.secret
            .invalid
            .iter()
            .for_each(|e| expect(e, false, "a PIN", &self.read(&e.text, market)));
        problems
    }
}

impl Grammar {
    /// Commands for what cannot be asked for by text, each with its line; `services` are those that
    /// can.
    pub fn beyond(&self, services: &[&str]) -> Vec<String> {
        let beyond = self.ways.iter().filter(|way| !services.contains(&way.service.as_str()));
        let problem = |way: &CommandForm| {
            let CommandForm { service, line, .. } = way;
            let all = services.join(", ");
            format!(
                "{}:{line}: `{service}` cannot be asked for by text; what can is {all}",
                self.file
            )
        };
        beyond.map(problem).collect()
    }
}
