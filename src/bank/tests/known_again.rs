//! What is known again: by what it says, not by how it is written.

use super::*;

const FILE: &str = ":20:A\n:25:0110042\n:28C:41\n:60F:C261104KES0,00\n:61:261105C5,00NTRFX//B1\n\
                    :86:Float\n:61:261105C5,00NTRFX//B1\n:86:Float\n:61:261105C7,00NTRFX//B2\n\
                    :62F:C261105KES17,00\n";

fn one(file: &str) -> Statement {
    mt(file).unwrap().into_iter().next().unwrap()
}

#[test]
fn how_a_file_is_written_leaves_no_trace() {
    let expected = one(FILE);
    let same = [
        FILE.replace('\n', "\r\n"),
        format!("\u{feff}{FILE}"),
        FILE.replace(":20:A", ":20:DOWNLOAD2"),
        FILE.replace("5,00", "5,"),
        FILE.replace("Float", " Float\u{200b} "),
        FILE.replace(":28C:41", ":28C:00041/001"),
        FILE.replace(":25:0110042", ":25:01 10-042"),
    ];
    for file in same {
        let found = one(&file);
        assert_eq!(found.fingerprint(), expected.fingerprint(), "{file}");
        assert_eq!(found.line_keys(), expected.line_keys(), "{file}");
    }
}

#[test]
fn an_account_is_known_by_its_digits_and_letters_alone() {
    for written in ["KE01 0110-2345 678", "ke01.0110/2345678", "KE010110 2345678"] {
        assert_eq!(account_known_as(written), "KE0101102345678", "{written}");
    }
    assert_ne!(account_known_as("0110 234"), account_known_as("110 234"));
}

#[test]
fn whatever_it_says_leaves_a_trace() {
    let expected = one(FILE);
    let others = [
        (":25:0110042", ":25:0110043"),
        (":28C:41", ":28C:42"),
        (":60F:C261104", ":60F:C261103"),
        ("C7,00NTRFX//B2", "C7,00NTRFX//B3"),
        ("C7,00NTRFX//B2", "C7,00NTRFY//B2"),
        ("261105C7,00", "2611051104C7,00"),
        ("C7,00NTRFX//B2", "C7,01NTRFX//B2"),
        ("C7,00NTRFX//B2", "RD7,00NTRFX//B2"),
        ("C261105KES17,00", "C261105KES17,01"),
        ("C7,00NTRFX//B2\n", "C7,00NTRFX//B2\n:86:Text\n"),
    ];
    for (before, after) in others {
        let found = one(&FILE.replace(before, after));
        assert_ne!(found.fingerprint(), expected.fingerprint(), "{after}");
    }
    let swapped = Statement { lines: expected.lines.iter().rev().cloned().collect(), ..expected };
    assert_ne!(swapped.fingerprint(), one(FILE).fingerprint());
}

#[test]
fn equal_lines_are_as_many_as_there_are() {
    let keys = one(FILE).line_keys();
    let places: Vec<u64> = keys.iter().map(|key| key.place).collect();
    assert_eq!((places, keys[0].content), (vec![0, 1, 0], keys[1].content));
    let mut all: Vec<Fingerprint> = keys.iter().map(LineKey::fingerprint).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 3);
    // an equal line in the next statement is a third one
    let third = keys[0].after(2);
    assert!(!all.contains(&third.fingerprint()) && third.content == keys[0].content);
}

#[test]
fn fingerprints_stay_what_they_were() {
    // what is kept in a book is compared with what is computed years later
    assert_eq!(
        one(FILE).fingerprint().to_string(),
        "476b6935aa81642bb09b8c7dbf7799102fee74abfe0d3ade421a225ef3a4761c"
    );
    assert_eq!(
        one(FILE).line_keys()[1].fingerprint().to_string(),
        "c62938d900c53e0cc4151ed651291aedc34a813f40694af6eaad9bb4c73bff2a"
    );
}
