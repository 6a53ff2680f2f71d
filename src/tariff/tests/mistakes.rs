//! Mistakes in a tariff file: each is named with its line.

use super::*;

/// Each spoils one line, the third of the file or a later one; the complaint names it.
#[test]
fn mistakes_in_bands_are_named_with_their_line() {
    let band = |from: &str, to: &str, fee: &str| {
        format!("[[send]]\nfrom = {from}\nto = {to}\nfee = {fee}\n")
    };
    let first = band("1", "49", "0");
    let mistakes = [
        (
            first.clone() + &band("49", "100", "5"),
            6,
            "send: band 2 begins at KES 49 but KES 49 has a fee already",
        ),
        (
            first.clone() + &band("51", "100", "5"),
            6,
            "send: between KES 49 and KES 51 there is no fee (band 2)",
        ),
        (band("2", "49", "0"), 2, "send: between KES 0 and KES 2 there is no fee (band 1)"),
        (band("9", "1", "0"), 2, "send: band 1: `to` is below `from`"),
        (band("1", "'4.005'", "0"), 4, "send: band 1: `4.005` is not an amount of KES"),
        (band("1", "49", "-1"), 5, "send: band 1: `-1` is not an amount of KES"),
        (band("1", "'all'", "0"), 4, "send: band 1: `all` is not an amount of KES"),
        (
            band("1", "4.5", "0"),
            4,
            "send: band 1: `to` must be a whole number, or in quotes like \"7.50\"",
        ),
        (
            band("1", "true", "0"),
            4,
            "send: band 1: `to` must be a whole number, or in quotes like \"7.50\"",
        ),
        (band("1", "0x31", "0"), 4, "send: band 1: `0x31` is not an amount of KES"),
        (
            band("1", "49", "10_000_000_001"),
            5,
            "send: band 1: `10000000001` is not an amount of KES",
        ),
        ("send = []".into(), 2, "send: there are no bands; leave the service out if it is free"),
        (
            "[[send]]\nfrom = 1\nto = 2".into(),
            2,
            "send: band 1: `fee`, `flat` or `percent` is missing",
        ),
        ("[[send]]\nfrom = 1\nfee = 2".into(), 2, "send: band 1: `to` is missing"),
        (
            first.clone() + "flat = 1\n",
            2,
            "send: band 1: `fee` and `flat` are the same: leave one out",
        ),
        (
            first.clone() + "percent = '1,5'\n",
            6,
            "send: band 1: `1,5` is not a percentage from 0 to 100, like \"1.5\"",
        ),
        (first.clone() + "min = 2\nmax = 1\n", 2, "send: band 1: `max` is below `min`"),
        (first.clone() + "mim = 2\n", 6, "send: band 1: `mim` does not belong here"),
    ];
    for (lines, line, problem) in mistakes {
        named(&format!("currency = 'KES'\n{lines}"), line, problem);
    }
    for (text, problem) in [
        ("currency = 'shilling'", "currency: `shilling` is not a three-letter code"),
        (first.as_str(), "`currency` is missing"),
    ] {
        named(text, 1, problem);
    }
    assert!(read("currency = ").unwrap_err()[0].to_string().starts_with("menus/tariff.toml:1:"));
}

#[test]
fn mistakes_in_tables_are_named_with_their_line() {
    let bands = "bands = [{ from = 1, to = 9, fee = 0 }]\n";
    let table = |line: &str| format!("[[send]]\n{bands}{line}\n");
    let mistakes = [
        (
            format!("[sned]\n{bands}"),
            2,
            "`sned` does not belong here; what has a price is send, send_unjoined, cash_in, \
             cash_out, safe_pay",
        ),
        (
            "[send]\nminimum = 1".into(),
            2,
            "send: there are no bands; leave the service out if it is free",
        ),
        (
            format!("[send]\nminimum = 5\n{}", bands.replace("1,", "6,")),
            4,
            "send: between KES 5 and KES 6 there is no fee (band 1)",
        ),
        (table("minimun = 1"), 4, "send: `minimun` does not belong here"),
        (
            table("rounding = 'nearest'"),
            4,
            "send: `rounding` must be up or down or half_even or half_up",
        ),
        (table("paid_by = 'both'"), 4, "send: `paid_by` must be payer or payee or shared"),
        (
            table("paid_by = 'shared'"),
            2,
            "send: `paid_by = \"shared\"` and `payer_percent` belong together",
        ),
        (
            table("payer_percent = 50"),
            2,
            "send: `paid_by = \"shared\"` and `payer_percent` belong together",
        ),
        (
            table("tier = 'full'"),
            4,
            "send: `full` is not in the list `tiers` at the top of the file",
        ),
        (
            table("channel = 'sms'"),
            4,
            "send: `sms` is not in the list `channels` at the top of the file",
        ),
        (table("from_date = 2026-02-30"), 4, ""),
        (
            table("from_date = 2026-07-01T10:00:00"),
            4,
            "send: `2026-07-01T10:00:00` is not a date like 2026-07-01",
        ),
        (table("from_date = 'July'"), 4, "send: `July` is not a date like 2026-07-01"),
        (
            table("from_date = 2026-07-01"),
            2,
            "send: one table must be for everybody and always: without `tier`, `channel` and \
             `from_date`",
        ),
        (table("") + &table(""), 5, "send: the table on line 2 is for the same cases and dates"),
    ];
    for (lines, line, problem) in mistakes {
        named(&format!("currency = 'KES'\n{lines}"), line, problem);
    }
}

#[test]
fn mistakes_in_what_a_table_has_besides_are_named_with_their_line() {
    let table =
        |line: &str| format!("[[send]]\nbands = [{{ from = 1, to = 9, fee = 0 }}]\n{line}\n");
    let mistakes = [
        (table(&format!("monthly = [{}]", "{},".repeat(9))), 4, "send: more than 8 of them"),
        (table("micro = { fee = 1 }"), 4, "send: micro: `below` is missing"),
        (table("monthly = [{ fee = 1 }]"), 4, "send: monthly 1: `up_to` is missing"),
        (
            table("monthly = [{ up_to = 9, fee = 1 }, { up_to = 9, fee = 2 }]"),
            4,
            "send: monthly 2: `up_to` is not above that of the step before",
        ),
        (
            table("extra = [{ name = 'vat', of = 'fee', fee = 1 }]"),
            4,
            "send: extra 1: `credit` is missing",
        ),
        (
            table("extra = [{ name = 'vat', credit = 'pocket', of = 'fee', fee = 1 }]"),
            4,
            "send: extra 1: `credit` must be fees or tax or levy",
        ),
        (
            table("extra = [{ name = 'fee', credit = 'tax', of = 'fee', fee = 1 }]"),
            4,
            "send: extra 1: there is a line `fee` already",
        ),
    ];
    for (lines, line, problem) in mistakes {
        named(&format!("currency = 'KES'\n{lines}"), line, problem);
    }
}

#[test]
fn mistakes_in_commission_are_named_with_their_line() {
    let bands = "bands = [{ from = 1, to = 9, fee = 0 }]\n";
    let mistakes = [
        (
            format!("[commission.cash_im]\n{bands}"),
            2,
            "`cash_im` does not belong here; what has a price is send, send_unjoined, cash_in, \
             cash_out, safe_pay",
        ),
        (
            format!("[commission.cash_in]\n{bands}minimum = 1"),
            4,
            "commission cash_in: `minimum` does not belong here",
        ),
        (
            format!("[commission.cash_in]\n{bands}head_office_percent = 101"),
            4,
            "commission cash_in: `101` is not a percentage from 0 to 100, like \"1.5\"",
        ),
    ];
    for (lines, line, problem) in mistakes {
        named(&format!("currency = 'KES'\n{lines}"), line, problem);
    }
}

fn named(text: &str, line: usize, problem: &str) {
    let found = read(text).unwrap_err();
    assert!(
        found.iter().any(|one| one.message.contains(problem) && one.line == line),
        "{problem}\n{text}\n{found:?}"
    );
}
