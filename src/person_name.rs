//! Names of people: which words are one, and what others see of it before they pay. It knows
//! nobody, and no service.

use crate::reason::Reason;
use crate::text::{clip, to_gsm};
use crate::typed_text::tidied;
use unicode_normalization::char::is_combining_mark;

/// Characters of a name: five names of a long kind.
pub const NAME_MAX: usize = 50;
/// Septets of a first name as others see it: with an initial it fits every text that is measured
/// for names.
const FIRST_NAME_MAX: usize = 16;
/// What stands in front of a name, or behind it, and tells nobody whom they pay.
const TITLES: [&str; 60] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "eng",
    "rev",
    "fr",
    "br",
    "sr",
    "hon",
    "pst",
    "capt",
    "sgt",
    "mzee",
    "bw",
    "bi",
    "mwl",
    "mme",
    "mlle",
    "jr",
    "ii",
    "iii",
    "iv",
    "alhaji",
    "alhajj",
    "hajia",
    "hajjat",
    "sheikh",
    "shaikh",
    "imam",
    "ustadh",
    "ustaz",
    "pastor",
    "bishop",
    "reverend",
    "engineer",
    "col",
    "maj",
    "lt",
    "cpl",
    "insp",
    "adv",
    "arch",
    "ing",
    "mhe",
    "dkt",
    "sir",
    "lady",
    "alhaj",
    "monsieur",
    "madame",
    "mchungaji",
    "mwalimu",
    "daktari",
    "ndugu",
    "maitre",
    "madam",
    "docteur",
];

/// A name in its stored form: letters of any script that phones can show, with the signs that names
/// have between them, and no digits.
pub fn read(typed: &str) -> Result<String, Reason> {
    let turns = |sign: char| sign.is_control() || matches!(sign, '\u{202D}' | '\u{202E}');
    if typed.contains(turns) {
        return Err(Reason::NAME_FORMAT);
    }
    let name = tidied(typed).split_whitespace().collect::<Vec<_>>().join(" ");
    let signs = |sign: char| matches!(sign, ' ' | '-' | '\'' | '.') || is_combining_mark(sign);
    let plain = name.chars().all(|sign| sign.is_alphabetic() || signs(sign));
    let dots = name.split(' ').all(is_dotted_well);
    let letters = name.chars().filter(|sign| sign.is_alphabetic()).count();
    let begins = name.trim_start_matches('\'').starts_with(char::is_alphabetic);
    // others must be able to read it on any phone, since they check it before they pay
    let shown = !to_gsm(&name).contains('?');
    match name.chars().count() {
        _ if !(plain && dots && begins && shown && letters >= 2) => Err(Reason::NAME_FORMAT),
        length if length > NAME_MAX => Err(Reason::NAME_TOO_LONG),
        _ => Ok(name),
    }
}

/// A dot stands behind an initial, a title, or at the end: what has others is an address.
fn is_dotted_well(word: &str) -> bool {
    let mut parts: Vec<&str> = word.split('.').collect();
    parts.pop();
    let inner = match word.ends_with('.') {
        true => parts.split_last().map_or(&[][..], |(_last, inner)| inner),
        false => parts.as_slice(),
    };
    let short =
        |part: &&str| part.chars().count() <= 1 || TITLES.contains(&part.to_lowercase().as_str());
    inner.iter().all(short)
}

/// What others see of a name: the first name and the initial of the last. Titles and initials are
/// passed over where there is a name beside them.
pub fn masked(name: &str) -> String {
    let all: Vec<&str> = name.split_whitespace().collect();
    let names: Vec<&str> = all.iter().copied().filter(|word| is_name(word)).collect();
    let (first, last) = match names.as_slice() {
        [] => (all.first(), all.iter().skip(1).next_back()),
        [first, rest @ ..] => (Some(first), rest.last()),
    };
    let first = clip(&to_gsm(first.copied().unwrap_or_default()), FIRST_NAME_MAX);
    match last.and_then(|last| last.chars().find(|sign| sign.is_alphabetic())) {
        Some(initial) => format!("{first} {}", initial.to_uppercase()),
        None => first,
    }
}

fn is_name(word: &str) -> bool {
    let letters: String = word.chars().filter(|sign| sign.is_alphabetic()).collect();
    let initials = word.split('.').all(|part| part.chars().count() <= 1);
    letters.chars().count() > 1 && !initials && !TITLES.contains(&letters.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_have_them() {
        for (typed, name) in [
            ("  Amina   wa  Otieno ", "Amina wa Otieno"),
            ("N'Golo K.", "N'Golo K."),
            ("Ng’ang‘a Ng`eno", "Ng'ang'a Ng'eno"),
            ("Jean‐Pierre", "Jean-Pierre"),
            ("'Aliyyah Noor", "'Aliyyah Noor"),
            ("Nguyễn Thị Hoa", "Nguyễn Thị Hoa"),
            ("Wanjiku\u{303} Kamau", "Wanjik\u{169} Kamau"),
            ("Bo", "Bo"),
            ("J.K. Otieno Jr.", "J.K. Otieno Jr."),
            ("Dr.Alice Naliaka", "Dr.Alice Naliaka"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(name), "{typed}");
        }
        for wrong in [
            "",
            "A",
            "K.",
            "1234",
            "Amina1",
            "<b>Amina",
            "Amina\u{7}",
            "-Ali",
            "' - '",
            "Jane 😀",
            "你好",
            "Ja\u{202E}ne",
            "jane_kamau",
            "www.prize.example",
        ] {
            assert_eq!(read(wrong), Err(Reason::NAME_FORMAT), "{wrong}");
        }
        assert_eq!(read(&"a".repeat(NAME_MAX)), Ok("a".repeat(NAME_MAX)));
        assert_eq!(read(&"a".repeat(NAME_MAX + 1)), Err(Reason::NAME_TOO_LONG));
    }

    #[test]
    fn others_see_a_first_name_and_an_initial() {
        for (name, seen) in [
            ("Amina Wanjiru Otieno", "Amina O"),
            ("Amina", "Amina"),
            ("Dr. Amina Otieno", "Amina O"),
            ("Alhaji Musa Juma", "Musa J"),
            ("Pastor Grace Wambui Njoroge", "Grace N"),
            ("Sheikh Abdi", "Abdi"),
            ("Prof Peter Mwangi Jr.", "Peter M"),
            ("Mr Peter Kamau", "Peter K"),
            ("A. B. Otieno", "Otieno"),
            ("J.K. Otieno", "Otieno"),
            ("Jane 'Aliyyah", "Jane A"),
            ("Dr. K", "Dr. K"),
            ("Wolfeschlegelsteinhausen Ngũgĩ", "Wolfeschlegelst. N"),
        ] {
            assert_eq!(masked(name), seen, "{name}");
        }
    }
}
