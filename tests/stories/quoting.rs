//! The commands that prove a tariff, print it and say what something would cost, and what they
//! refuse to.

use super::program;

#[test]
fn the_tariff_is_proved_and_printed() {
    let said = program::Place::new().run(&["tariff", "check"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    insta::assert_snapshot!(said.out);
}

/// A file with everything, printed and asked.
const RICH: &str = r#"
currency = "KES"
tiers = ["full"]
channels = ["sms"]

[[cash_out]]
paid_by = "shared"
payer_percent = "60"
minimum = 10
splitting_allowed = 2
bands = [
    { from = 1, to = 100, fee = 5 },
    { from = 101, to = 10_000, flat = 2, percent = "1.5", min = 7, max = "62.50" },
]
micro = { below = 20, flat = "0.10", percent = 2 }
monthly = [{ up_to = 100, fee = 0 }, { up_to = 500, percent = "0.5" }]
extra = [
    { name = "excise", credit = "tax", of = "fee", percent = 15 },
    { name = "levy", credit = "levy", of = "amount", percent = "0.2", max = 10, paid_by = "payee" },
]

[[cash_out]]
tier = "full"
channel = "sms"
from_date = 2026-07-01
rounding = "up"
bands = [{ from = 1, to = 10_000, percent = "1.25" }]

[commission.cash_out]
head_office_percent = 20
withheld_tax_percent = 5
bands = [{ from = 1, to = 10_000, percent = 1, min = 1, max = 40 }]
"#;

#[test]
fn what_would_it_cost() {
    let place = program::Place::new();
    std::fs::write(place.path("rich.toml"), RICH).unwrap();
    let ways: [&[&str]; 7] = [
        &["send", "200"],
        &["cash_out", "1,000.50"],
        &["cash_in", "1000"],
        &["cash_out", "1000", "--tariff", "rich.toml", "--month-volume", "500"],
        &["cash_out", "200", "--tariff", "rich.toml", "--month-volume", "100"],
        &[
            "cash_out",
            "199.99",
            "--tariff",
            "rich.toml",
            "--tier",
            "full",
            "--channel",
            "sms",
            "--on",
            "2026-07-01",
        ],
        &[
            "cash_out",
            "199.99",
            "--tariff",
            "rich.toml",
            "--tier",
            "full",
            "--channel",
            "sms",
            "--on",
            "2026-06-30",
        ],
    ];
    let mut answers = String::new();
    for way in ways {
        let said = place.run(&[&["tariff", "quote"], way].concat());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{way:?} {said:?}");
        answers.push_str(&format!("$ kadogo tariff quote {}\n{}\n", way.join(" "), said.out));
    }
    insta::assert_snapshot!(answers);
    let said = place.run(&["tariff", "check", "--tariff", "rich.toml"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    insta::assert_snapshot!("a_rich_tariff_is_printed", said.out);
}

#[test]
fn what_cannot_be_quoted_says_why() {
    let place = program::Place::new();
    let ways: [(&[&str], &str); 7] = [
        (&["cash_out", "49"], "cash_out KES 49 is not moved: At least KES 50."),
        (&["send", "250,001"], "send KES 250,001 is not moved: At most KES 250,000."),
        (&["send", "1,5"], "\"1,5\": That can be read in two ways."),
        (
            &["sned", "200"],
            "sned has no price: what has one is send, send_unjoined, cash_in, cash_out",
        ),
        (&["send", "200", "--tier", "gold"], "the tariff has no tier gold"),
        (&["send", "200", "--channel", "pigeon"], "the tariff has no channel pigeon"),
        (&["send", "200", "--tariff", "none.toml"], "none.toml"),
    ];
    for (way, words) in ways {
        let said = place.run(&[&["tariff", "quote"], way].concat());
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{way:?} {said:?}");
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
}

#[test]
fn a_tariff_that_is_not_good_is_refused_with_file_and_line() {
    let place = program::Place::new();
    let path = place.menus().join("markets/ke/tariff.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    let cases = [
        (
            "splitting_allowed = 40",
            "splitting_allowed = 39",
            "send: paying KES 2,500.01 as 16 times KES 100 and KES 900.01 saves KES 40",
        ),
        (
            "to = 250_000, fee = 190",
            "to = 250_000, fee = 245",
            "cash_in: KES 50,050 paid in and taken out again earn KES 21 more than they cost",
        ),
        (
            "[cash_out]\n",
            "[cash_out]\npaid_by = \"payee\"\n",
            "cash_out: `paid_by`: only the payer can pay here",
        ),
        ("[send]\n", "[sned]\n", "`sned` does not belong here"),
        ("\"KES\"", "\"UGX\"", "tariff.toml:7: currency: the market counts in KES"),
    ];
    for (old, new, words) in cases {
        std::fs::write(&path, good.replacen(old, new, 1)).unwrap();
        let said = place.run(&["tariff", "check"]);
        assert_eq!(said.code, Some(1), "{said:?}");
        let named = said
            .out
            .lines()
            .find(|line| line.contains(words))
            .unwrap_or_else(|| panic!("{words}: {}", said.out));
        assert!(named.starts_with("menus/markets/ke/tariff.toml:"), "{named}");
        assert!(said.out.ends_with("1 problem\n"), "{}", said.out);
        // the service would not start with it either, but for what is only dear
        let starts = place.run(&["menus", "check"]).code == Some(0);
        assert_eq!(starts, words.contains("saves"));
    }
}
