//! What a service is called, and where its people are helped: settings that stand in every text.
//! Texts say `{brand}` for the one, and `{care}` behind the words for customer care, where the
//! number is put if there is one. Which texts there are is not known here.

use crate::source::Source;
use crate::text::septets;

/// The names of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceNames {
    /// What it calls itself.
    pub brand: String,
    /// The number of customer care, as people dial it.
    pub care: Option<String>,
}

impl Default for ServiceNames {
    fn default() -> ServiceNames {
        ServiceNames { brand: "Kadogo".to_owned(), care: None }
    }
}

impl ServiceNames {
    /// What is wrong with them, if anything.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        // what has a meaning in the files of texts would break them
        let plain =
            |text: &str| septets(text).is_some() && !text.contains(['"', '\'', '\\', '{', '}']);
        if !(2..=16).contains(&self.brand.chars().count()) || !plain(&self.brand) {
            problems.push(
                "KADOGO_BRAND must be 2 to 16 characters that every phone can show, without \
                 quotes, braces and backslashes"
                    .to_owned(),
            );
        }
        let dialled = |care: &str| {
            let signs = care.chars().all(|sign| sign.is_ascii_digit() || " +*#".contains(sign));
            signs && (3..=16).contains(&care.len()) && care.contains(|sign: char| sign != ' ')
        };
        if self.care.as_ref().is_some_and(|care| !dialled(care)) {
            problems.push(
                "KADOGO_CARE must be a number as people dial it, 3 to 16 digits and blanks"
                    .to_owned(),
            );
        }
        problems
    }

    /// A file of texts with them in their places.
    pub fn put_into(&self, texts: &Source) -> Source {
        let care = self.care.as_ref().map(|care| format!(" {care}")).unwrap_or_default();
        let text = texts.text.replace("{brand}", &self.brand).replace("{care}", &care);
        Source::new(texts.name.clone(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_their_places() {
        let texts = Source::new("en.toml", "a = \"{brand}: call customer care{care}.\"");
        let said = |brand: &str, care: Option<&str>| {
            let names = ServiceNames { brand: brand.into(), care: care.map(str::to_owned) };
            assert_eq!(names.problems(), [""; 0]);
            names.put_into(&texts).text
        };
        assert_eq!(said("Kadogo", None), "a = \"Kadogo: call customer care.\"");
        assert_eq!(
            said("PesaYetu", Some("0800 72 010")),
            "a = \"PesaYetu: call customer care 0800 72 010.\""
        );
    }

    #[test]
    fn what_would_break_a_text_is_no_name() {
        for brand in ["K", "", "Seventeen letters", "A\"b", "It's", "{x}", "a\\b", "你好"] {
            let names = ServiceNames { brand: brand.into(), care: None };
            assert_eq!(names.problems().len(), 1, "{brand}");
        }
        for care in ["", "12", "call us", "   ", "0800 1234 5678 9012"] {
            let names = ServiceNames { care: Some(care.into()), ..ServiceNames::default() };
            assert_eq!(names.problems().len(), 1, "{care}");
        }
    }
}
