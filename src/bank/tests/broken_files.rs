//! Files that are broken at random: none makes a parser panic, and none becomes a statement whose
//! proof says yes to what does not add up.

use super::round_trips::config;
use super::writers::{as_camt, as_csv, as_mt, known_of, maps, statements};
use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

/// What happens to a file.
#[derive(Debug, Clone)]
enum Damage {
    /// Another byte.
    Byte(Index, u8),
    /// A sign that means something in one of the formats.
    Sign(Index, char),
    /// A word that means something in one of the formats.
    Word(Index, &'static str),
    /// The rest is missing.
    CutOff(Index),
    /// A piece is missing.
    Hole(Index, Index),
    /// A piece is there twice.
    Twice(Index, Index),
    /// Two pieces have changed places.
    Swapped(Index, Index, Index),
    /// A line is missing.
    LineGone(Index),
}

const SIGNS: &str = "<>&;:\"',./?+-0159CDR{}()\n\r\t é\u{0}\u{feff}\u{202e}";
const WORDS: &[&str] = &[
    "<Ntry>",
    "</Ntry>",
    "<TxDtls>",
    "<Amt Ccy=\"KES\">1</Amt>",
    "<Amt Ccy=\"USD\">",
    "&#0;",
    "&#x41;",
    "&x;",
    "<!DOCTYPE x>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<?",
    "<a>",
    "OPBD",
    "PRCD",
    "CLBD",
    "<RvslInd>true</RvslInd>",
    "\n:61:",
    "\n:86:",
    "\n:62F:",
    "\n:60M:",
    "\n:20:",
    "\n-\n",
    "\n-}{5:}",
    "{4:",
    "RC",
    "?20",
    "EREF+",
    "SVWZ+",
    "99999999999999999999",
    "-0",
    "0.001",
    "1e9",
    "\"\"",
    "\n\n",
    "Total",
    "CR",
    "DR",
    "(",
    "29/02/2026",
    "000000",
    "NaN",
    "٣",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    let signs: Vec<char> = SIGNS.chars().collect();
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        (at(), prop::sample::select(signs)).prop_map(|(at, sign)| Damage::Sign(at, sign)),
        (at(), prop::sample::select(WORDS)).prop_map(|(at, word)| Damage::Word(at, word)),
        at().prop_map(Damage::CutOff),
        (at(), at()).prop_map(|(from, to)| Damage::Hole(from, to)),
        (at(), at()).prop_map(|(from, to)| Damage::Twice(from, to)),
        (at(), at(), at()).prop_map(|(a, b, c)| Damage::Swapped(a, b, c)),
        at().prop_map(Damage::LineGone),
    ]
}

fn damaged(file: &[u8], damage: &Damage) -> Vec<u8> {
    let place = |at: &Index| at.index(file.len() + 1);
    let piece = |from: &Index, to: &Index| {
        let (from, to) = (place(from), place(to));
        (from.min(to), from.max(to))
    };
    let mut bytes = file.to_vec();
    match damage {
        Damage::Byte(at, byte) => {
            let at = at.index(file.len().max(1));
            bytes.splice(at..(at + 1).min(file.len()), [*byte]);
        }
        Damage::Sign(at, sign) => {
            bytes.splice(place(at)..place(at), sign.to_string().into_bytes());
        }
        Damage::Word(at, word) => {
            bytes.splice(place(at)..place(at), word.bytes());
        }
        Damage::CutOff(at) => bytes.truncate(place(at)),
        Damage::Hole(from, to) => {
            let (from, to) = piece(from, to);
            bytes.drain(from..to.min(from + 60));
        }
        Damage::Twice(from, to) => {
            let (from, to) = piece(from, to);
            let again = file[from..to].to_vec();
            bytes.splice(to..to, again);
        }
        Damage::Swapped(a, b, c) => {
            let mut places = [place(a), place(b), place(c)];
            places.sort_unstable();
            bytes[places[0]..places[2]].rotate_left(places[1] - places[0]);
        }
        Damage::LineGone(at) => {
            let lines: Vec<&[u8]> = file.split_inclusive(|byte| *byte == b'\n').collect();
            let gone = at.index(lines.len().max(1));
            let left = lines.iter().enumerate().filter(|(line, _)| *line != gone);
            bytes = left.flat_map(|(_, line)| line.to_vec()).collect();
        }
    }
    bytes
}

fn in_each_format(statement: &Statement, map: &ColumnMap) -> [Vec<u8>; 3] {
    [as_camt(statement).into_bytes(), as_mt(statement).into_bytes(), as_csv(statement, map)]
}

/// Whether it adds up, counted without the code that is tested.
fn adds_up(statement: &Statement) -> bool {
    let moved: i128 = statement.lines.iter().map(|line| i128::from(line.amount_minor)).sum();
    let days = statement.opened_on..=statement.closed_on;
    i128::from(statement.opening_minor) + moved == i128::from(statement.closing_minor)
        && statement.lines.iter().all(|line| days.contains(&line.booked_on))
}

/// Reads a file as whatever it seems to be, and as each format.
fn read_in_all_ways(file: &[u8], map: &ColumnMap, known: &Known) -> Vec<Statement> {
    let open = Known { opening_minor: None, closing_minor: None, ..known.clone() };
    let table = |known| csv_lines::read(file, map, known, &mut quiet).map(|one| vec![one]);
    let ways = [
        read(file, Some((map, known)), &mut quiet),
        camt053::read(file, &mut quiet),
        mt940::read(file, &mut quiet),
        table(known),
        table(&open),
    ];
    for error in ways.iter().filter_map(|way| way.as_ref().err()) {
        let message = error.to_string();
        assert!(message.chars().count() < 300, "{message}");
    }
    ways.into_iter().filter_map(Result::ok).flatten().collect()
}

/// How many files were refused, how many statements were read but do not add up, and how many do.
#[derive(Debug, Default)]
struct Tally {
    refused: u64,
    unproved: u64,
    proved: u64,
}

fn check(file: &[u8], map: &ColumnMap, known: &Known, tally: &mut Tally) {
    let found = read_in_all_ways(file, map, known);
    tally.refused += u64::from(found.is_empty());
    for statement in found {
        let proved = proof(&statement).is_ok();
        assert_eq!(proved, adds_up(&statement), "{statement:?}");
        tally.proved += u64::from(proved);
        tally.unproved += u64::from(!proved);
        let keys = statement.line_keys();
        let all: std::collections::HashSet<_> = keys.iter().map(LineKey::fingerprint).collect();
        assert_eq!(all.len(), statement.lines.len());
        for line in &statement.lines {
            assert!(line.text.chars().count() <= 1_000);
            assert!(!line.text.contains(char::is_control), "{:?}", line.text);
        }
    }
}

#[test]
fn no_damage_panics_or_proves_what_does_not_add_up() {
    let mut tally = Tally::default();
    let broken = (statements(), maps(), vec(damage(), 1..4));
    let mut runner = TestRunner::new(config(300));
    let counted = std::cell::RefCell::new(&mut tally);
    let run = runner.run(&broken, |(statement, map, damages)| {
        let known = known_of(&statement);
        for file in in_each_format(&statement, &map) {
            let broken = damages.iter().fold(file, |file, damage| damaged(&file, damage));
            check(&broken, &map, &known, &mut counted.borrow_mut());
        }
        Ok(())
    });
    run.unwrap();
    println!("{tally:?}");
    // each came about, or nothing was tried
    assert!(tally.refused > 100 && tally.unproved > 10 && tally.proved > 100, "{tally:?}");
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..400), map in maps(), statement in statements()) {
        let known = known_of(&statement);
        check(&bytes, &map, &known, &mut Tally::default());
        for begin in ["<Document><BkToCstmrStmt><Stmt>", ":20:A\n:25:B\n:60F:", "Booked,Value\n"] {
            let file = [begin.as_bytes(), &bytes].concat();
            check(&file, &map, &known, &mut Tally::default());
        }
    }

    #[test]
    fn no_map_panics(
        text in any::<String>(),
        format in "[%a-zA-Z0-9:/. _-]{0,12}",
        signs in any::<(char, char, Option<char>)>(),
        map in maps(),
        statement in statements(),
    ) {
        prop_assert!(ColumnMap::from_toml(&text).is_err() || text.contains('='));
        let (delimiter, decimal, thousands) = signs;
        let map = ColumnMap { date_format: format, delimiter, decimal, thousands, ..map };
        if map.check().is_ok() {
            let file = as_csv(&statement, &ColumnMap { encoding: Encoding::Utf8, ..map.clone() });
            check(&file, &map, &known_of(&statement), &mut Tally::default());
        }
    }

    /// Whoever loses the end of a file never takes the rest for the whole.
    #[test]
    fn a_file_that_is_cut_off_never_passes_for_whole(
        statement in statements(),
        map in maps(),
        at in any::<Index>(),
    ) {
        let known = known_of(&statement);
        for file in in_each_format(&statement, &map) {
            let cut = &file[..at.index(file.len())];
            let found = read(cut, Some((&map, &known)), &mut quiet).unwrap_or_default();
            for found in found.iter().filter(|found| proof(found).is_ok()) {
                prop_assert_eq!(found.closing_minor, statement.closing_minor);
                prop_assert_eq!(amounts(found), amounts(&statement));
            }
        }
    }
}
