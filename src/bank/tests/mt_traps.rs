//! The traps of MT940: envelopes, texts that belong to no booking, pages, dates with little in
//! them.

use super::*;

const HEAD: &str = ":20:STARTUMS\n:25:0110042\n:28C:00041/001\n:60F:C261104KES10,00\n";
const TAIL: &str = ":62F:C261105KES15,50\n:64:C261105KES15,50\n";

fn one(bookings: &str) -> Statement {
    mt(&format!("{HEAD}{bookings}{TAIL}")).unwrap().into_iter().next().unwrap()
}

#[test]
fn all_of_a_statement_is_found() {
    let found = one(
        ":61:2611061105CR5,50NTRFDEP-0042//BANK77\nSupplement\n:86:Float for\nshop 7\n:86:again\n",
    );
    let expected = Line {
        at_line: 5,
        booked_on: date(2026, 11, 5),
        value_on: Some(date(2026, 11, 6)),
        amount_minor: 5_50,
        reference: Some("BANK77".into()),
        customer_reference: Some("DEP-0042".into()),
        text: "Float for shop 7 again / Supplement".into(),
        counterparty: Counterparty::default(),
        is_return: false,
    };
    let whole = Statement {
        account: "0110042".into(),
        number: Some("41".into()),
        currency: Currency::parse("KES").unwrap(),
        opened_on: date(2026, 11, 4),
        closed_on: date(2026, 11, 5),
        opening_minor: 10_00,
        closing_minor: 15_50,
        lines: vec![expected],
    };
    assert_eq!(found, whole);
    assert_eq!(proof(&found), Ok(()));
}

#[test]
fn a_text_after_the_closing_balance_is_of_the_statement() {
    for end in [TAIL.to_owned(), format!("{TAIL}:65:C261106KES15,50\n")] {
        let bookings = ":61:261105C5,50NTRFX\n:86:Float\n";
        let text = format!("{HEAD}:86:before all\n{bookings}{end}:86:Thank you for banking\n");
        assert_eq!(mt(&text).unwrap()[0].lines[0].text, "Float");
    }
    let bare = format!("{HEAD}:61:261105C5,50NTRFX\n{TAIL}:86:Thank you\n");
    assert_eq!(mt(&bare).unwrap()[0].lines[0].text, "");
}

#[test]
fn envelopes_dashes_and_line_ends_change_nothing() {
    let plain = format!("{HEAD}:61:261105C5,50NTRFX\n:86:Float\n{TAIL}");
    let wrapped = [
        format!("{{1:F01KCBLKENXAXXX0}}{{2:I940XN}}{{4:\n{plain}-}}{{5:{{CHK:1}}}}\n"),
        format!("\u{1}\n{plain}-\n\u{3}"),
        format!("\u{feff}{plain}").replace('\n', "\r\n"),
        format!("\n\n{plain}\n\n"),
    ];
    let expected = mt(&plain).unwrap();
    for text in wrapped {
        let found = mt(&text).unwrap();
        assert_eq!(found[0].fingerprint(), expected[0].fingerprint(), "{text}");
    }
    let two = format!("{{1:A}}{{4:\n{plain}-}}{{1:B}}{{2:X}}{{4:\n{plain}-}}");
    assert_eq!(mt(&two).unwrap().len(), 2);
}

#[test]
fn what_looks_like_a_field_within_a_text_is_text() {
    let found = one(":61:261105C5,50NTRFX\n:86:ratio\n:1 to 2\n: x\n-not\n:15:30 o'clock\n");
    assert_eq!(found.lines[0].text, "ratio :1 to 2 : x -not :15:30 o'clock");
    // outside of texts it is a bank's own field
    let own = format!("{HEAD}:61:261105C5,50NTRFX\n{TAIL}").replace(":28C:", ":29:ours\n:28C:");
    assert_eq!(amounts(&mt(&own).unwrap()[0]), [5_50]);
}

#[test]
fn a_booking_without_a_day_is_of_the_day_of_its_value_or_the_last_one() {
    let of = |value: &str| one(&format!(":61:{value}C5,50NTRFX\n")).lines[0].booked_on;
    assert_eq!(of("261104"), date(2026, 11, 4));
    assert_eq!(of("261001"), date(2026, 11, 5));
    assert_eq!(of("261109"), date(2026, 11, 5));
}

#[test]
fn pages_of_one_statement_are_one_statement() {
    let page = |number, open, bookings, close| {
        format!(":20:X\n:25:0110042\n:28C:41/{number}\n{open}\n{bookings}{close}\n")
    };
    let first = page(1, ":60F:C261104KES10,00", ":61:261105C5,50NTRFX\n", ":62M:C261105KES15,50");
    let second = page(2, ":60M:C261105KES15,50", ":61:261105D0,50NTRFY\n", ":62F:C261105KES15,00");
    let joined = mt(&format!("{first}-\n{second}")).unwrap();
    assert_eq!((joined.len(), amounts(&joined[0])), (1, vec![5_50, -50]));
    assert_eq!((joined[0].opening_minor, joined[0].closing_minor), (10_00, 15_00));
    assert_eq!(joined[0].opened_on, date(2026, 11, 4));
    let missing = |text: &str| match mt(text).unwrap_err().what {
        Unreadable::PageMissing { where_, number } => format!("{where_} {number}"),
        other => other.to_string(),
    };
    assert_eq!(missing(&first), "after 41");
    assert_eq!(missing(&second), "before 41");
    assert_eq!(missing(&format!("{first}{first}")), "after 41");
    assert_eq!(missing(&format!("{first}{}", second.replace("41/2", "41/3"))), "after 41");
    let other = second.replace("0110042", "0110043");
    assert_eq!(missing(&format!("{first}{other}")), "after 41");
    let torn = second.replace(":60M:C261105KES15,50", ":60M:C261105KES15,51");
    let error = mt(&format!("{first}{torn}")).unwrap_err();
    let disagree = Unreadable::PagesDisagree { carried: kes(15_50), opening: kes(15_51) };
    assert_eq!((error.at_line, error.what), (Some(7), disagree));
}

#[test]
fn german_pieces_and_letters_are_understood() {
    let booking = ":61:261105RD5,50NRTIX\n:86:159?00R\u{dc}CKGABE?20EREF+A1?21SVWZ+Konto er\
                   loschen?32M\u{fc}ller\n";
    let text = format!("{HEAD}{booking}{TAIL}");
    let bytes: Vec<u8> = text.chars().map(|sign| u8::try_from(sign).unwrap()).collect();
    for bytes in [bytes, text.into_bytes()] {
        let line = mt940::read(&bytes, &mut quiet).unwrap()[0].lines[0].clone();
        assert_eq!(line.counterparty.name.as_deref(), Some("Müller"));
        assert_eq!((line.text.as_str(), line.is_return), ("Konto erloschen", true));
        assert_eq!(line.customer_reference.as_deref(), Some("A1"));
    }
}

#[test]
fn numbers_that_do_not_count_are_none() {
    for (number, expected) in
        [("0", None), ("00000/001", None), ("7", Some("7")), ("012/3", Some("12"))]
    {
        let text = format!("{HEAD}{TAIL}").replace("00041/001", number).replace("15,50", "10,00");
        assert_eq!(mt(&text).unwrap()[0].number.as_deref(), expected, "{number}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let good = format!("{HEAD}:61:261105C5,50NTRFX\n:86:Float\n{TAIL}");
    let wrong = [
        ("5,50NTRF", "5,505NTRF", "line 5: `5,505` has more decimals than KES"),
        (":61:261105C", ":61:261135C", "line 5: `261135C5,50NTRFX` is not a booking with a day"),
        (":60F:C", ":60F:X", "line 4: `X261104KES10,00` is not a balance"),
        (":62F:C261105KES", ":62F:C261105USD", "line 1: USD among amounts of KES"),
        (":62F:C261105KES15,50\n", "", "line 1: the closing balance (:62F:) is missing"),
        (":25:0110042\n", "", "line 1: the account (:25:) is missing"),
        (":60F:C261104KES10,00\n", "", "line 4: the opening balance before this is missing"),
        (":20:STARTUMS\n", "", "line 1: the field :20: is missing"),
        (":20:STARTUMS\n", "Dear customer\n", "line 1: `Dear customer` is not a field of MT940"),
        (
            ":25:0110042\n",
            ":25:0110042\n:25:0110043\n",
            "line 3: a field of one statement is there",
        ),
        (":28C:", ":34F:KES0,\n:28C:", "line 3: this is a report within a day (MT942)"),
        (":64:", ":61:261105C5,50NTRFX\n:64:", "line 8: `:61:` is not something after the closing"),
    ];
    for (before, after, message) in wrong {
        let error = mt(&good.replace(before, after)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{before} → {after}: {error}");
    }
    assert_eq!(mt("").unwrap_err().what, Unreadable::Empty);
    let long = format!("{HEAD}:61:261105C5,50NTRFX\n:86:{}\n{TAIL}", "x".repeat(5_000));
    assert!(matches!(mt(&long).unwrap_err().what, Unreadable::TooLong { .. }));
    let reference = format!("{HEAD}:61:261105C5,50NTRF{}\n{TAIL}", "x".repeat(150));
    let what = Unreadable::TooLong { what: "a reference", max: 140 };
    assert_eq!(mt(&reference).unwrap_err().what, what);
}
