//! What stands on a sheet, in the words of the screen: beside the name that programs read, each
//! line has what people call it. What has no words is read all the same, with blanks in it.

use super::classes;
use super::day_sheet::Sheet;
use super::day_table::TRIAL;
use crate::catalogue::Catalogue;
use crate::language::Language;
use std::sync::Arc;

/// What waits for a second one of the staff: its events have words of their own.
const ASKED: &str = "staff_request";

/// The words; without a catalogue there are none.
#[derive(Debug, Clone, Default)]
pub struct SheetWords(Option<Arc<Catalogue>>);

impl SheetWords {
    /// Those of the console. A sheet is signed as it is, so it has one language.
    pub fn of(catalogue: Arc<Catalogue>) -> SheetWords {
        SheetWords(Some(catalogue))
    }

    /// A sheet with what each of its lines is about in words.
    pub fn said(&self, mut sheet: Sheet) -> Sheet {
        for section in &mut sheet.sections {
            for line in &mut section.lines {
                line.words = self.line(section.name, &line.item, &line.detail);
            }
        }
        sheet
    }

    fn named(&self, family: &str, name: &str) -> String {
        let key = format!("console.{family}.{name}");
        let text = self.0.as_ref().and_then(|catalogue| catalogue.text(Language::EN, &key));
        text.map_or_else(|| name.replace('_', " "), str::to_owned)
    }

    /// A class of accounts, or a term of the equation: those of one bank have its name.
    fn class(&self, item: &str) -> String {
        let bank = item.strip_prefix("at ").or_else(|| item.split_once(':').map(|(_, name)| name));
        match bank {
            Some(name) => format!("{} {name}", self.named("sheet", classes::BANK)),
            None => self.named("sheet", item),
        }
    }

    /// What a line of a section says.
    fn line(&self, section: &str, item: &str, detail: &str) -> String {
        let (item, detail) = match section {
            TRIAL | "totals" | "equation" | "taken_later" | "float_counts" | "sheet" => {
                (self.class(item), detail.to_owned())
            }
            "moved" => (self.class(item), self.named("kind", detail)),
            "acts" => (self.named("kind", item), String::new()),
            "waiting" => (self.named("open_kind", item), String::new()),
            "happened" if item == ASKED => {
                (self.named("open_kind", item), self.named("event", detail))
            }
            "happened" => (self.named("open_kind", item), self.named("deal_event", detail)),
            "deal_states" => (self.named("deal_state", item), String::new()),
            "approvals" => (item.to_owned(), self.named("act", detail)),
            _other => (item.to_owned(), detail.to_owned()),
        };
        if detail.is_empty() { item } else { format!("{item}, {detail}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn each_line_is_called_as_on_the_screen() {
        let texts = "[console.sheet]\nbank = 'At the bank'\nunbacked = 'Against no bank'\n\
                     [console.kind]\nsend = 'sent'";
        let catalogue = Catalogue::parse(&[Source::new("texts/en.toml", texts)]).unwrap();
        let words = SheetWords::of(Arc::new(catalogue));
        for (section, item, detail, said) in [
            (TRIAL, "unbacked", "", "Against no bank"),
            (TRIAL, "bank:kcb", "", "At the bank kcb"),
            ("equation", "at kcb", "", "At the bank kcb"),
            ("moved", "set_aside", "send", "set aside, sent"),
            ("acts", "cash_in", "", "cash in"),
            ("breaks", "line 7-1: whose is it?", "", "line 7-1: whose is it?"),
        ] {
            assert_eq!(words.line(section, item, detail), said);
        }
        assert_eq!(SheetWords::default().line(TRIAL, "set_aside", ""), "set aside");
    }
}
