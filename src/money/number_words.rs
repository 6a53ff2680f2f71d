//! Numbers as people say them: `two hundred and fifty`, `elfu moja mia tano`, `mille cinq cents`,
//! `soo mbili`. What has two readings has none. It knows no currency.

use crate::typed_text::bare;

type Table = &'static [(&'static str, u64)];

const ENGLISH_UNITS: Table = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
];
const ENGLISH_TEENS: Table = &[
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
];
const ENGLISH_TENS: Table = &[
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];
const FRENCH_UNITS: Table = &[
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("six", 6),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
];
const FRENCH_TEENS: Table = &[
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("treize", 13),
    ("quatorze", 14),
    ("quinze", 15),
    ("seize", 16),
];
const FRENCH_TENS: Table =
    &[("vingt", 20), ("trente", 30), ("quarante", 40), ("cinquante", 50), ("soixante", 60)];
const SWAHILI_UNITS: Table = &[
    ("moja", 1),
    ("mbili", 2),
    ("tatu", 3),
    ("nne", 4),
    ("tano", 5),
    ("sita", 6),
    ("saba", 7),
    ("nane", 8),
    ("tisa", 9),
];
const SWAHILI_TENS: Table = &[
    ("kumi", 10),
    ("ishirini", 20),
    ("thelathini", 30),
    ("arobaini", 40),
    ("hamsini", 50),
    ("sitini", 60),
    ("sabini", 70),
    ("themanini", 80),
    ("tisini", 90),
];
/// What stands in front of how often it counts; the words of the street among them.
const SWAHILI_MANY: Table = &[
    ("mia", 100),
    ("soo", 100),
    ("elfu", 1_000),
    ("thao", 1_000),
    ("ngiri", 1_000),
    ("laki", 100_000),
    ("milioni", 1_000_000),
];
/// Notes and coins that have a name of their own.
const SWAHILI_NOTES: Table = &[("jero", 500), ("finje", 50)];
/// Digits in front of or behind a word, at most.
const DIGITS_MAX: usize = 3;

/// The number that these words say, if they say one and nothing else.
pub(super) fn read(typed: &str) -> Option<u64> {
    let plain = bare(typed).replace('-', " ");
    let words = words(&plain);
    // six hundred in French, and six of the smallest coin in English
    if matches!(words.as_slice(), ["six", "cent" | "cents"]) {
        return None;
    }
    let said = Said { words: &words };
    let readings = [said.english(), said.french(), said.swahili()];
    let mut found = readings.into_iter().flatten();
    let first = found.next().filter(|number| *number > 0)?;
    found.all(|other| other == first).then_some(first)
}

/// The words, and the digits that are glued to them.
fn words(plain: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in plain.split_whitespace() {
        let letters = piece.find(|sign: char| sign.is_ascii_digit()).unwrap_or(piece.len());
        let (word, digits) = piece.split_at_checked(letters).unwrap_or((piece, ""));
        found.extend([word, digits].into_iter().filter(|part| !part.is_empty()));
    }
    found
}

/// What is still to be read.
#[derive(Clone, Copy)]
struct Said<'a> {
    words: &'a [&'a str],
}

impl Said<'_> {
    fn takes(&mut self, wanted: &[&str]) -> bool {
        let Some((first, rest)) = self.words.split_first() else { return false };
        let found = wanted.contains(first);
        if found {
            self.words = rest;
        }
        found
    }

    fn one_of(&mut self, table: Table) -> Option<u64> {
        let (first, rest) = self.words.split_first()?;
        let (_, number) = table.iter().find(|(word, _)| word == first)?;
        self.words = rest;
        Some(*number)
    }

    fn digits(&mut self) -> Option<u64> {
        let (first, rest) = self.words.split_first()?;
        let plain = first.len() <= DIGITS_MAX && !first.starts_with('0');
        let number = first.parse().ok().filter(|_| plain)?;
        self.words = rest;
        Some(number)
    }

    /// What a reader makes of it; what it could not read is still there.
    fn tried(&mut self, read: impl Fn(&mut Self) -> Option<u64>) -> Option<u64> {
        let mut ahead = *self;
        let number = read(&mut ahead)?;
        self.words = ahead.words;
        Some(number)
    }
}

/// English: `[a] hundred [and] twenty-five`.
impl Said<'_> {
    fn english(mut self) -> Option<u64> {
        let millions = self.tried(|said| said.english_part("million", 1_000_000)).unwrap_or(0);
        let thousands = self.tried(|said| said.english_part("thousand", 1_000)).unwrap_or(0);
        let larger = millions.saturating_add(thousands);
        let rest = self.tried(|said| {
            let joined = larger > 0 && said.takes(&["and"]);
            let rest = said.english_hundreds();
            rest.or((!joined && said.words.is_empty()).then_some(0))
        })?;
        self.words.is_empty().then(|| larger.saturating_add(rest))
    }

    fn english_part(&mut self, word: &str, unit: u64) -> Option<u64> {
        let one = |said: &mut Self| said.takes(&["a"]).then_some(1);
        let count = self
            .tried(Self::english_hundreds)
            .or_else(|| self.tried(one))
            .or_else(|| self.tried(Self::digits))?;
        self.takes(&[word]).then(|| count.saturating_mul(unit))
    }

    fn english_hundreds(&mut self) -> Option<u64> {
        self.tried(Self::english_whole_hundreds).or_else(|| self.english_tens())
    }

    fn english_whole_hundreds(&mut self) -> Option<u64> {
        let one = |said: &mut Self| said.takes(&["a"]).then_some(1);
        let count = self
            .one_of(ENGLISH_UNITS)
            .or_else(|| self.tried(one))
            .or_else(|| self.digits().filter(|count| *count < 10))?;
        if !self.takes(&["hundred"]) {
            return None;
        }
        let rest = self.tried(|said| {
            let _joined = said.takes(&["and"]);
            said.english_tens()
        });
        Some(count.saturating_mul(100).saturating_add(rest.unwrap_or(0)))
    }

    fn english_tens(&mut self) -> Option<u64> {
        match self.one_of(ENGLISH_TENS) {
            Some(tens) => Some(tens.saturating_add(self.one_of(ENGLISH_UNITS).unwrap_or(0))),
            None => self.one_of(ENGLISH_TEENS).or_else(|| self.one_of(ENGLISH_UNITS)),
        }
    }
}

/// French: `deux mille trois cent quatre-vingt-quinze`.
impl Said<'_> {
    fn french(mut self) -> Option<u64> {
        let thousands = self.tried(|said| {
            let count = said.tried(Self::french_hundreds).unwrap_or(1);
            said.takes(&["mille"]).then(|| count.saturating_mul(1_000))
        });
        let millions = self.tried(|said| {
            let count = said.french_hundreds()?;
            said.takes(&["million", "millions"]).then(|| count.saturating_mul(1_000_000))
        });
        let larger = thousands.or(millions);
        let rest = self.tried(Self::french_hundreds);
        let said = larger.is_some() || rest.is_some();
        let sum = larger.unwrap_or(0).saturating_add(rest.unwrap_or(0));
        (said && self.words.is_empty()).then_some(sum)
    }

    fn french_hundreds(&mut self) -> Option<u64> {
        let hundreds = self.tried(|said| {
            let count = said.one_of(FRENCH_UNITS).unwrap_or(1);
            said.takes(&["cent", "cents"]).then(|| count.saturating_mul(100))
        });
        let tens = self.tried(Self::french_tens);
        let sum = hundreds.unwrap_or(0).saturating_add(tens.unwrap_or(0));
        (hundreds.is_some() || tens.is_some()).then_some(sum)
    }

    fn french_tens(&mut self) -> Option<u64> {
        let eighty = |said: &mut Self| {
            (said.takes(&["quatre"]) && said.takes(&["vingt", "vingts"])).then_some(80)
        };
        let tens = self.tried(eighty).or_else(|| self.one_of(FRENCH_TENS));
        // soixante-quinze, quatre-vingt-dix-sept
        let teens = tens.is_none_or(|tens| matches!(tens, 60 | 80));
        let units = self.tried(|said| {
            let _joined = tens.is_some() && said.takes(&["et"]);
            match said.one_of(FRENCH_TEENS) {
                Some(_) if !teens => None,
                Some(10) => Some(said.one_of(FRENCH_UNITS).unwrap_or(0).saturating_add(10)),
                Some(teens) => Some(teens),
                None => said.one_of(FRENCH_UNITS),
            }
        });
        let sum = tens.unwrap_or(0).saturating_add(units.unwrap_or(0));
        (tens.is_some() || units.is_some()).then_some(sum)
    }
}

/// One part of a Swahili number: what it counts, and what it counts in.
struct Part {
    number: u64,
    unit: u64,
    /// A word for many without how many: what follows it must be joined to it.
    alone: bool,
}

/// Swahili, and what the street makes of it: `elfu moja na mia tano`, `soo mbili na finje`.
impl Said<'_> {
    fn swahili(mut self) -> Option<u64> {
        let mut sum = 0_u64;
        let mut last: Option<Part> = None;
        while !self.words.is_empty() {
            let joined = last.is_some() && self.takes(&["na"]);
            let part = self.swahili_part()?;
            if let Some(last) = &last {
                // fifteen thousand, or ten thousand and five? Nobody knows
                let unclear = part.unit == 1 && last.unit > 100;
                let loose = !joined && (last.alone || part.number < 10);
                if unclear || loose || part.number >= last.unit {
                    return None;
                }
            }
            sum = sum.saturating_add(part.number);
            last = Some(part);
        }
        last.map(|_| sum)
    }

    fn swahili_part(&mut self) -> Option<Part> {
        if let Some(unit) = self.one_of(SWAHILI_MANY) {
            let tens = |said: &mut Self| said.one_of(SWAHILI_TENS).filter(|_| unit > 100);
            let count = self.one_of(SWAHILI_UNITS).or_else(|| self.tried(tens));
            let few = |said: &mut Self| said.digits().filter(|few| unit > 100 || *few < 10);
            let count = count.or_else(|| self.tried(few));
            let number = unit.saturating_mul(count.unwrap_or(1));
            return Some(Part { number, unit, alone: count.is_none() });
        }
        if let Some(number) = self.one_of(SWAHILI_NOTES) {
            return Some(Part { number, unit: 100, alone: true });
        }
        let units =
            |said: &mut Self| said.takes(&["na"]).then(|| said.one_of(SWAHILI_UNITS)).flatten();
        let number = match self.one_of(SWAHILI_TENS) {
            Some(tens) => tens.saturating_add(self.tried(units).unwrap_or(0)),
            None => self.one_of(SWAHILI_UNITS)?,
        };
        Some(Part { number, unit: 1, alone: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_said() {
        for (said, number) in [
            ("seventy-five", 75),
            ("one hundred and fifty", 150),
            ("a thousand", 1_000),
            ("One Thousand Two Hundred", 1_200),
            ("two million three hundred thousand and five", 2_300_005),
            ("2 hundred", 200),
            ("quatre-vingts", 80),
            ("quatre-vingt-quinze", 95),
            ("soixante et onze", 71),
            ("cent cinquante", 150),
            ("deux mille trois cents", 2_300),
            ("mille", 1_000),
            ("mia", 100),
            ("mia tatu na hamsini", 350),
            ("mia tatu hamsini", 350),
            ("mia moja na tano", 105),
            ("sabini na tano", 75),
            ("elfu kumi", 10_000),
            ("elfu2", 2_000),
            ("elfu moja na mia tano", 1_500),
            ("elfu tatu mia nane hamsini", 3_850),
            ("laki mbili elfu hamsini", 250_000),
            ("soo mbili na finje", 250),
            ("thao na jero", 1_500),
        ] {
            assert_eq!(read(said), Some(number), "{said}");
        }
    }

    #[test]
    fn what_is_no_number_or_two_is_none() {
        for said in [
            "",
            "and",
            "na",
            "hundred",
            "a",
            "zero",
            "200",
            "half",
            "two hundred three hundred",
            "two thousand and",
            "twenty ten",
            "six cents",
            "five cents",
            "elfu kumi na tano",
            "elfu ishirini na tano",
            "elfu tatu na nusu",
            "mia elfu tatu",
            "elfu mia",
            "mia hamsini",
            "mia 30",
            "et deux",
            "mia mbili tano",
            "jero mbili",
            "soo soo",
            "vingt dix",
            "mia tano shilingi",
        ] {
            assert_eq!(read(said), None, "{said}");
        }
    }
}
