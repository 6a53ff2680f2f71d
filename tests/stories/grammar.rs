//! What people write in texts, and what the shipped grammar makes of it.

use kadogo::refusal::Reason;
use kadogo::sms::grammar::{Grammar, Reading};
use kadogo::source::Source;
use proptest::prelude::*;
use std::sync::LazyLock;

const SHIPPED: &str = include_str!("../../menus/sms.toml");

fn grammar() -> &'static Grammar {
    static READ: LazyLock<Grammar> = LazyLock::new(|| grammar_of(SHIPPED).unwrap());
    &READ
}

fn grammar_of(words: &str) -> Result<Grammar, Vec<String>> {
    Grammar::parse(&Source::new("menus/sms.toml", words), &crate::countries::kenya())
}

fn read(text: &str) -> Reading {
    grammar().read(text, &crate::countries::kenya())
}

/// `order/en amount=20000 to=+254712345678`
fn told(text: &str) -> String {
    match read(text) {
        Reading::Command { service, fields, language } => {
            let inputs: String =
                fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
            format!("{service}/{language}{inputs}")
        }
        Reading::Refused(refusal) => {
            format!("refused {} {}", refusal.code(), refusal.field.unwrap_or_default())
        }
        Reading::Incomplete { missing, word, language } => {
            format!("{word}/{language} lacks {missing:?}")
        }
        Reading::Secret => "secret".to_owned(),
        Reading::Unknown => "unknown".to_owned(),
    }
}

#[test]
fn the_shipped_grammar_keeps_its_own_promises() {
    assert_eq!(grammar().check(&crate::countries::kenya()), Vec::<String>::new());
}

#[test]
fn a_payment_is_understood_in_many_spellings() {
    for (text, language) in [
        ("SEND 200 0712345678", "en"),
        ("SEND 0712345678 200", "en"),
        ("send 200.00 to 0712 345 678.", "en"),
        ("SEND KES 200 TO +254 712 345 678", "en"),
        ("SEND +254712345678 KES 200", "en"),
        ("Send\u{a0}200\u{a0}00254712345678", "en"),
        ("SEND 200 254712345678", "en"),
        ("SEND 254 712 345 678 200", "en"),
        ("SEND\n200\n0712345678", "en"),
        ("TUMA 200 0712345678", "sw"),
        ("TUMA 200 KWA 0712345678", "sw"),
        ("ENVOYER 200 0712345678", "fr"),
        ("Envoyer 200 à 0712345678", "fr"),
        ("ENVOYER 200 A (0712) 345-678", "fr"),
        ("Please send 200 ksh to Mary on 0712 345 678 for 2 bags of rice, thanks!", "en"),
        ("SEND Ksh.200 kwa 0712345678", "en"),
        ("“SEND 200 0712345678” 🙏", "en"),
        ("to 0712345678 send two hundred bob", "en"),
        ("send200to0712345678", "en"),
        ("tafadhali tuma mia mbili kwa mama 0712345678", "sw"),
        ("rushia 0712345678 soo mbili ya fare", "sw"),
        ("Bonjour, je voudrais envoyer 200 shillings à 0712345678 pour le loyer, merci", "fr"),
        ("ENVOYE\u{301} 200 a\u{300} 0712345678", "fr"),
    ] {
        assert_eq!(told(text), format!("order/{language} amount=20000 to=+254712345678"), "{text}");
    }
}

#[test]
fn a_payment_that_cannot_be_is_refused_with_its_reason() {
    for (text, refusal) in [
        ("SEND 0 0712345678", "refused amount_zero amount"),
        ("SEND -5 0712345678", "refused amount_negative amount"),
        ("SEND 1.000,50 0712345678", "refused amount_ambiguous amount"),
        ("SEND 0712345678 1,5", "refused amount_ambiguous amount"),
        ("SEND 0.001 0712345678", "refused amount_fraction amount"),
        ("SEND some 0712345678", "refused amount_format amount"),
        ("SEND 500 to +255712345678", "refused phone_format to"),
        ("SEND 10 0722 345 6789", "refused phone_format to"),
        ("SEND 200 JUMA", "refused phone_letters to"),
        ("SEND 200 071234567", "refused phone_format to"),
        ("SEND 254712345678 0", "refused amount_zero amount"),
        ("LANGUAGE KLINGON", "refused field_missing language"),
    ] {
        assert_eq!(told(text), refusal, "{text}");
    }
}

#[test]
fn a_text_with_two_meanings_has_none() {
    assert_eq!(told("SEND 712345678 798765432"), "unknown");
    assert_eq!(told("SEND 0712345678 0798765432"), "unknown");
    // 100 to 0722345678, or 678 to 0100722345?
    assert_eq!(told("SEND 100 722 345 678"), "unknown");
    // 254, or 1,254, or a number with its country code?
    for text in ["SEND 254 0712345678", "PAY 1 254 0712345678", "ASK 1 254 0712345678 rent"] {
        assert_eq!(told(text), "unknown", "{text}");
    }
}

/// Each of these was once taken for a payment that nobody meant.
#[test]
fn no_digit_of_a_number_is_taken_for_an_amount_and_none_of_an_amount_for_a_number() {
    for text in [
        "SEND 254 700 000 002",
        "Pay 254 700000002",
        "TUMA 254 700 000 002",
        "Envoyer 254 700 000 002",
        "ASK 254 700 000 003 rent",
        "SEND 0722 345 67 1 500",
        "SEND 072234567 8 276",
        "SEND 10 0722 345 67",
        "ASK 072234567 1 500 rent",
        "SEND 500 to +27 712345678",
        "SEND 0712345678500",
        "SEND2000712345678",
        "SEND 100 100 to 0712345678",
        "SEND 200 50 to 0712345678",
        "SEND 200-300 to 0712345678",
        "SEND 200/300 to 0712345678",
        "SEND .50 0712345678",
        "SEND 200 2 0712345678",
        "SEND 2x200 to 0712345678",
        "SEND six cents to 0712345678",
    ] {
        assert!(!told(text).contains('='), "{text} -> {}", told(text));
    }
    for (text, meaning) in [
        ("SEND 15 000 0722 345678", "order/en amount=1500000 to=+254722345678"),
        ("SEND 1 254 to 0700000002", "order/en amount=125400 to=+254700000002"),
        ("SEND 10 0722 345 678", "order/en amount=1000 to=+254722345678"),
        ("TUMA 19 0722 345 678", "order/sw amount=1900 to=+254722345678"),
        ("SEND 75 0722-345-678", "order/en amount=7500 to=+254722345678"),
    ] {
        assert_eq!(told(text), meaning, "{text}");
    }
}

#[test]
fn a_payment_that_is_not_meant_now_is_none() {
    for text in [
        "don't send 200 to 0712345678",
        "usitume 200 kwa 0712345678",
        "n'envoie pas 200 au 0712345678",
        "SEND 200 to 0712345678 tomorrow",
        "SEND 200 to 0712345678 if he calls",
        "SEND 200 to 0712345678?",
        "did you SEND 200 to 0712345678",
        "SEND 200 to 0712345678 and 300 to me",
        "SEND 200 to 0712345678 and send 50 to mum",
        "SEND 200 to 0712345678 and 50 to mum",
        "send me 200 on 0712345678",
        "SEND airtime 50 to 0712345678",
        "SEND about 200 to 0712345678",
        "SEND 200 every month to 0712345678",
        "SEND 200 to 0712345678 plus 50",
        "he said SEND 200 to 0712345678",
        "Fwd: SEND 200 to 0712345678",
    ] {
        assert!(!told(text).contains('='), "{text} -> {}", told(text));
    }
}

#[test]
fn what_is_missing_is_asked_for() {
    for (text, missing) in [
        ("SEND", "SEND/en lacks Both"),
        ("please send money", "SEND/en lacks Both"),
        ("SEND 200", "SEND/en lacks To"),
        ("SEND to 0712345678", "SEND/en lacks Amount"),
        ("TUMA elfu moja", "TUMA/sw lacks To"),
        ("DEMANDER", "DEMANDER/fr lacks Both"),
    ] {
        assert_eq!(told(text), missing, "{text}");
    }
}

#[test]
fn the_other_commands() {
    for (text, meaning) in [
        ("BAL", "balance/en"),
        ("salio", "balance/sw"),
        ("Solde?", "balance/fr"),
        ("mini statement", "statement/en"),
        ("TAARIFA FUPI", "statement/sw"),
        ("Relevé", "statement/fr"),
        ("help", "help/en"),
        ("MSAADA!", "help/sw"),
        ("aide", "help/fr"),
        ("LANGUAGE SWAHILI", "language/en language=sw"),
        ("LUGHA KISWAHILI", "language/sw language=sw"),
        ("LANGUE FRANÇAIS", "language/fr language=fr"),
        ("LANGUE FRANCAIS", "language/fr language=fr"),
        ("LANGUAGE", "language/en"),
        ("join", "join/en"),
        ("JIUNGE", "join/sw"),
        ("what is this", "unknown"),
        ("", "unknown"),
        ("SENDER 200 0712345678", "unknown"),
    ] {
        assert_eq!(told(text), meaning, "{text}");
    }
}

#[test]
fn a_pin_is_seen_wherever_it_stands() {
    for text in [
        "4826",
        "482613",
        "PIN 4826",
        "pin:4826",
        "SIRI 4826",
        "my code is 4826",
        "SEND 200 0712345678 4826",
        "SEND 200 0712345678 482613",
        "SEND 0712345678 200 4826",
        "SEND 200 TO +254 712 345 678, 4826",
        "SEND 200 0712345678*4826#",
        "SEND 200 0712345678-4826",
        "SEND 200 07123456784826",
        "4826 SEND 200 0712345678",
        "SEND 4826 200 0712345678",
        "TUMA 200 KWA 0712345678 4826",
        "ENVOYER 200 A 0712345678 4826",
        "BALANCE 4826",
    ] {
        assert_eq!(told(text), "secret", "{text}");
    }
    for text in
        ["SEND 4826 0712345678", "SEND 0712345678 4826", "0712345678", "SEND 200 0712 345678"]
    {
        assert_ne!(told(text), "secret", "{text}");
    }
}

#[test]
fn refusals_carry_the_input_to_mend() {
    let Reading::Refused(refusal) = read("TUMA 200 KWA JUMA") else {
        panic!("a name is no number")
    };
    assert_eq!((refusal.reason, refusal.field), (Reason::PHONE_LETTERS, Some("to")));
}

/// The shipped file with one mistake in it, and the problem that names its line.
fn mistake(from: &str, to: &str) -> Vec<String> {
    assert!(SHIPPED.contains(from), "{from}");
    match grammar_of(&SHIPPED.replacen(from, to, 1)) {
        Ok(grammar) => grammar.check(&crate::countries::kenya()),
        Err(problems) => problems,
    }
}

fn line_of(text: &str) -> usize {
    SHIPPED.lines().position(|line| line.contains(text)).unwrap() + 1
}

#[test]
fn each_mistake_is_reported_with_its_line() {
    let taken = mistake(r#"words = ["akiba", "#, r#"words = ["savings", "#);
    let line = line_of(r#"words = ["akiba""#);
    assert!(
        taken.contains(&format!("menus/sms.toml:{line}: the word \"savings\" is already taken")),
        "{taken:?}"
    );

    let broken = mistake("patterns = ['', '{language}']", "patterns = ['', '({language}']");
    let line = line_of("patterns = ['', '{language}']");
    assert!(
        broken.iter().any(|p| p.starts_with(&format!("menus/sms.toml:{line}: the pattern"))),
        "{broken:?}"
    );

    let unknown = mistake("patterns = ['', '{language}']", "patterns = ['', '(?<tongue>.*)']");
    assert!(unknown.iter().any(|p| p.contains("no input called \"tongue\"")), "{unknown:?}");

    let promise = mistake(r#"valid = ["BALANCE", "#, r#"valid = ["BALANS", "#);
    let line = line_of(r#"valid = ["BALANCE""#);
    let wanted = format!(
        "menus/sms.toml:{line}: example \"BALANS\" should read as balance in en, it reads as \
         unknown"
    );
    assert_eq!(promise, vec![wanted]);

    let wrong_language =
        mistake("language = \"fr\"\nwords = [\"aide\"", "language = \"de\"\nwords = [\"aide\"");
    assert!(
        wrong_language.iter().any(|p| p.contains("\"de\" is not under [languages]")),
        "{wrong_language:?}"
    );
    assert!(
        wrong_language.iter().any(|p| p.contains("no words for \"help\" in \"fr\"")),
        "{wrong_language:?}"
    );

    let typo = mistake("service = \"join\"", "servise = \"join\"");
    assert!(typo.iter().all(|p| p.starts_with("menus/sms.toml:")) && !typo.is_empty(), "{typo:?}");
}

#[test]
fn what_needs_a_pin_is_no_command() {
    let said = kadogo::wallet::SERVICES.iter().filter(|service| service.by_text().is_some());
    let mut by_text: Vec<&str> = said.map(|service| service.name).collect();
    by_text.sort_unstable();
    assert!(by_text.contains(&"order") && !by_text.contains(&"send"), "{by_text:?}");
    assert_eq!(grammar().beyond(&by_text), Vec::<String>::new());
    let paid = SHIPPED.replace("service = \"order\"", "service = \"send\"");
    let paid = grammar_of(&paid).unwrap().beyond(&by_text);
    let line = line_of("service = \"order\"");
    assert_eq!(paid.len(), 3, "{paid:?}");
    let told = format!(
        "menus/sms.toml:{line}: `send` cannot be asked for by text; what can is accept_deal"
    );
    assert!(paid[0].starts_with(&told), "{paid:?}");
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_as_something_that_can_be_done(
        text in prop_oneof!["\\PC{0,200}", "(SEND|TUMA|PIN|LANGUE)[ :]?[0-9a-zé.,+*# ()/=-]{0,40}"],
    ) {
        match read(&text) {
            Reading::Command { service, fields, language } => {
                prop_assert!(
                    ["en", "sw", "fr"].contains(&language.to_string().as_str()),
                    "{} -> {}",
                    text,
                    language
                );
                let minor = fields
                    .iter()
                    .find(|(name, _)| name.as_str() == "amount")
                    .map(|(_, value)| value.parse::<i64>());
                prop_assert!(
                    minor.is_none_or(|minor| minor.is_ok_and(|minor| minor > 0)),
                    "{} -> {} {:?}",
                    text,
                    service,
                    fields
                );
            }
            Reading::Refused(refusal) => prop_assert!(
                refusal.field.is_some_and(|field| ["amount", "to", "language"].contains(&field)),
                "{} -> {:?}",
                text,
                refusal
            ),
            Reading::Secret => {
                prop_assert!(text.chars().filter(char::is_ascii_digit).count() >= 4, "{}", text)
            }
            Reading::Incomplete { .. } | Reading::Unknown => {}
        }
        // it is the same text for whoever writes it with blanks around
        prop_assert_eq!(told(&format!(" {text}\n")), told(&text));
    }

    #[test]
    fn every_payment_is_read_back(
        shillings in 1_i64..100_000,
        number in "(7[0-9]|1[01])[0-9]{7}",
    ) {
        let (head, tail) = number.split_at(3);
        let mut texts = vec![
            format!("tuma {shillings} kwa +254{number}"),
            format!("send 0{head} {tail} {shillings}"),
        ];
        // 254 in front of a number may be its country code
        if shillings != 254 {
            texts.push(format!("SEND {shillings} 0{number}"));
            texts.push(format!("SEND {shillings} 0{head}-{tail}"));
        }
        for text in texts {
            let told = told(&text);
            prop_assert!(
                told.ends_with(&format!("amount={} to=+254{number}", shillings * 100)),
                "{} -> {}",
                text,
                told
            );
        }
    }

    #[test]
    fn a_pin_after_a_payment_is_always_seen(
        number in "(7[0-9]|1[01])[0-9]{7}",
        pin in "[0-9]{4,6}",
        sign in "[ ,*#.:-]",
    ) {
        prop_assert_eq!(told(&format!("SEND 200 0{number}{sign}{pin}")), "secret");
    }
}
