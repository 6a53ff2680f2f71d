//! What a tariff promises: the file that Kadogo comes with is Kenya's table, mistakes are named
//! with their line, and whatever a file says, no coin of a fee vanishes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]
#![allow(clippy::inconsistent_digit_grouping, reason = "`1_234_50` reads as 1,234.50")]

mod mistakes;
mod random;

use jiff::civil::{Date, date};

use super::*;
use crate::source::{Problem, Source};

fn kes(minor: i64) -> Money {
    Money::new(minor, Currency::parse("KES").unwrap())
}

fn read(text: &str) -> Result<Tariff, Vec<Problem>> {
    Tariff::parse(
        &Source::new("menus/tariff.toml", text),
        &["send", "send_unjoined", "cash_in", "cash_out", "safe_pay"],
    )
}

fn ours() -> Tariff {
    read(include_str!("../../../menus/markets/ke/tariff.toml")).unwrap()
}

const TODAY: Date = date(2026, 11, 23);

fn case(service: &str, minor: i64) -> PriceCase<'_> {
    PriceCase {
        service,
        amount: kes(minor),
        tier: None,
        channel: None,
        date: TODAY,
        month_minor: 0,
    }
}

fn total(tariff: &Tariff, case: &PriceCase<'_>) -> Result<i64, Reason> {
    tariff.quote(case).map(|fee| fee.total_minor())
}

/// Kenya in 2025: from, to, what sending costs and what an agent takes for cash.
const KENYA: [(i64, i64, i64, Option<i64>); 15] = [
    (1, 49, 0, None),
    (50, 100, 0, Some(11)),
    (101, 500, 7, Some(29)),
    (501, 1_000, 13, Some(29)),
    (1_001, 1_500, 23, Some(29)),
    (1_501, 2_500, 33, Some(29)),
    (2_501, 3_500, 53, Some(52)),
    (3_501, 5_000, 57, Some(69)),
    (5_001, 7_500, 78, Some(87)),
    (7_501, 10_000, 90, Some(115)),
    (10_001, 15_000, 100, Some(167)),
    (15_001, 20_000, 105, Some(185)),
    (20_001, 35_000, 108, Some(197)),
    (35_001, 50_000, 108, Some(278)),
    (50_001, 250_000, 108, Some(309)),
];

#[test]
fn every_row_of_the_kenyan_table_costs_what_it_says_at_both_ends() {
    let tariff = ours();
    for (from, to, send, cash_out) in KENYA {
        for shillings in [from, to] {
            let amount = shillings * 100;
            assert_eq!(total(&tariff, &case("send", amount)), Ok(send * 100), "send {shillings}");
            let expected = cash_out.map(|fee| fee * 100).ok_or(Reason::AMOUNT_TOO_SMALL);
            assert_eq!(total(&tariff, &case("cash_out", amount)), expected, "cash_out {shillings}");
            assert_eq!(total(&tariff, &case("cash_in", amount)), Ok(0), "cash_in {shillings}");
        }
        // what lies between two rows is in the higher one, and before the first one is nothing
        let between = if from == 1 { Err(Reason::AMOUNT_TOO_SMALL) } else { Ok(send * 100) };
        assert_eq!(total(&tariff, &case("send", from * 100 - 1)), between);
    }
    for service in ["send", "cash_out"] {
        assert_eq!(total(&tariff, &case(service, 250_000_01)), Err(Reason::AMOUNT_TOO_LARGE));
        assert_eq!(total(&tariff, &case(service, 0)), Err(Reason::AMOUNT_TOO_SMALL));
    }
    assert_eq!(total(&tariff, &case("cash_out", 49_99)), Err(Reason::AMOUNT_TOO_SMALL));
    let shilling = Money::new(1, Currency::parse("UGX").unwrap());
    assert_eq!(
        total(&tariff, &PriceCase { amount: shilling, ..case("send", 1) }),
        Err(Reason::INVALID)
    );
    assert_eq!(tariff.splits_beyond(), []);
}

#[test]
fn agents_earn_what_the_table_says_and_the_parts_are_the_whole() {
    let tariff = ours();
    let earned = |service, shillings: i64| {
        let commission = tariff.commission(service, kes(shillings * 100), TODAY).unwrap();
        (
            commission.whole_minor(),
            commission.withheld_tax_minor,
            commission.head_office_minor,
            commission.outlet_minor,
        )
    };
    assert_eq!(earned("cash_in", 49), (0, 0, 0, 0));
    // 5 % of 8.00 are 0.40; a fifth of 7.60 is 1.52
    assert_eq!(earned("cash_in", 510), (8_00, 40, 1_52, 6_08));
    let rows = [
        (50, 4),
        (100, 4),
        (511, 9),
        (1_510, 10),
        (1_511, 11),
        (3_510, 12),
        (5_010, 14),
        (7_510, 20),
        (10_010, 28),
    ];
    for (shillings, whole) in
        rows.into_iter().chain([(15_010, 40), (20_020, 55), (25_020, 71), (250_000, 190)])
    {
        assert_eq!(earned("cash_in", shillings).0, whole * 100, "{shillings}");
    }
    let rows = [
        (50, 5),
        (500, 8),
        (1_000, 10),
        (1_500, 12),
        (2_500, 15),
        (3_500, 20),
        (5_000, 25),
        (7_500, 30),
    ];
    for (shillings, whole) in
        rows.into_iter().chain([(10_000, 35), (15_000, 45), (20_000, 60), (20_001, 65)])
    {
        assert_eq!(earned("cash_out", shillings).0, whole * 100, "{shillings}");
    }
    assert_eq!(tariff.commission("cash_in", kes(250_000_01), TODAY), Err(Reason::AMOUNT_TOO_LARGE));
    assert_eq!(tariff.commission("send", kes(100), TODAY), Ok(Commission::default()));
}

/// Everything a file can say.
const RICH: &str = r#"
currency = "KES"
rounding = "up"
tiers = ["basic", "full"]
channels = ["sms"]

[[send]]
paid_by = "shared"
payer_percent = "60"
bands = [{ from = 1, to = 1_000, flat = 2, percent = "1.5", min = 5, max = "12.50" }]
micro = { below = 20, flat = "0.10", percent = 2 }
monthly = [{ up_to = 100, fee = 0 }, { up_to = 500, percent = "0.5" }]
extra = [
    { name = "excise", credit = "tax", of = "fee", percent = 15 },
    { name = "levy", credit = "levy", of = "amount", percent = "0.2", max = 1, paid_by = "payee" },
]

[[send]]
tier = "full"
bands = [{ from = 1, to = 1_000, fee = 3 }]

[[send]]
tier = "full"
from_date = 2026-07-01
bands = [{ from = 1, to = 1_000, fee = 4 }]

[[send]]
channel = "sms"
from_date = 2027-01-01
bands = [{ from = 1, to = 1_000, fee = 9 }]

[[commission.cash_in]]
bands = [{ from = 1, to = 1_000, percent = 1 }]

[[commission.cash_in]]
from_date = "2026-11-23"
rounding = "down"
head_office_percent = "33.3"
bands = [{ from = 1, to = 1_000, percent = "0.5" }]
"#;

#[test]
fn each_line_is_credited_and_paid_by_whom_the_file_says() {
    let tariff = read(RICH).unwrap();
    // the month is used up: 2 + 1.5 % of 300.00 are 6.50, 15 % of that 0.975, 0.2 % of 300.00 are
    // 0.60
    let fee = tariff.quote(&PriceCase { month_minor: 500_00, ..case("send", 300_00) }).unwrap();
    let lines: Vec<_> = fee
        .lines
        .iter()
        .map(|l| (l.name.as_str(), l.place, l.payer_minor, l.payee_minor))
        .collect();
    let expected = [
        ("fee", FeeAccount::Fees, 3_90, 2_60),
        ("excise", FeeAccount::Tax, 59, 39),
        ("levy", FeeAccount::Levy, 0, 60),
    ];
    assert_eq!(lines, expected);
    assert_eq!((fee.payer_minor, fee.payee_minor), (4_49, 3_59));
    assert_eq!(FeeAccount::ALL.map(|place| fee.credited_minor(place)), [6_50, 98, 60]);
}

#[test]
fn least_most_micro_and_month_are_kept_to() {
    let tariff = read(RICH).unwrap();
    let price = |minor, month_minor| {
        tariff.quote(&PriceCase { month_minor, ..case("send", minor) }).unwrap().lines[0].minor
    };
    assert_eq!((price(20_00, 500_00), price(999_00, 500_00)), (5_00, 12_50));
    assert_eq!((price(19_99, 500_00), price(5, 500_00)), (50, 11));
    // the payment with which the volume passes the step pays the next price, as a whole
    assert_eq!(
        [(100_00, 0), (1, 100_00), (100_01, 0), (400_00, 100_00)]
            .map(|(minor, month)| price(minor, month)),
        [0, 1, 51, 2_00]
    );
    assert_eq!(price(400_01, 100_00), 8_01);
}

#[test]
fn the_most_specific_table_applies_and_of_those_the_newest_that_has_begun() {
    let tariff = read(RICH).unwrap();
    let price = |tier, channel, date| {
        total(
            &tariff,
            &PriceCase { tier, channel, date, month_minor: i64::MAX, ..case("send", 200_00) },
        )
    };
    let full = Some("full");
    let sms = Some("sms");
    assert_eq!(price(full, None, date(2026, 6, 30)), Ok(3_00));
    assert_eq!(price(full, None, date(2026, 7, 1)), Ok(4_00));
    assert_eq!(price(full, sms, date(2027, 1, 1)), Ok(4_00));
    assert_eq!(price(Some("basic"), sms, date(2027, 1, 1)), Ok(9_00));
    let for_all = price(None, None, TODAY);
    assert_eq!(price(None, sms, date(2026, 12, 31)), for_all);
    assert_eq!(price(Some("basic"), None, date(2027, 1, 1)), for_all);
    let earned = |date| tariff.commission("cash_in", kes(1_00), date).unwrap();
    assert_eq!(earned(date(2026, 11, 22)).whole_minor(), 1);
    assert_eq!(earned(TODAY).whole_minor(), 0);
}

#[test]
fn prices_that_a_service_cannot_keep_are_named() {
    let tariff = read(RICH).unwrap();
    let nothing = Able { tier: false, channels: &[], month: false, payee: false, stands_for: &[] };
    let found: Vec<usize> =
        tariff.beyond("send", nothing).iter().map(|problem| problem.line).collect();
    assert_eq!(found, [7, 7, 18, 22, 27]);
    let all =
        Able { tier: true, channels: &["sms", "ussd"], month: true, payee: true, stands_for: &[] };
    assert_eq!(tariff.beyond("send", all), []);
    assert_eq!(tariff.beyond("cash_out", nothing), []);
}

#[test]
fn the_shortest_form_is_a_list_of_bands() {
    let text = "currency = 'KES'\n[[send]]\nfrom = '0.01'\nto = '10.50'\nfee = '0.05'\n[[send]]\n\
                from = '10.51'\nto = 20\nflat = 1";
    let tariff = read(text).unwrap();
    assert_eq!(total(&tariff, &case("send", 10_50)), Ok(5));
    assert_eq!(total(&tariff, &case("send", 10_51)), Ok(1_00));
    assert_eq!(total(&tariff, &case("send", 20_01)), Err(Reason::AMOUNT_TOO_LARGE));
}

#[test]
fn a_payee_is_never_left_with_less_than_nothing() {
    let tariff = read(
        "currency = 'KES'\n[send]\npaid_by = 'payee'\nbands = [{ from = 1, to = 9, fee = 2 }]",
    )
    .unwrap();
    assert_eq!(total(&tariff, &case("send", 1_99)), Err(Reason::AMOUNT_TOO_SMALL));
    assert_eq!(total(&tariff, &case("send", 2_00)), Ok(2_00));
}

#[test]
fn a_split_that_saves_more_than_allowed_is_named_with_what_it_saves() {
    let text = "currency = 'KES'\n[send]\nbands = [{ from = 1, to = 100, fee = 1 }, { from = 101, \
                to = 900, fee = 5 }]";
    let found = read(text).unwrap().splits_beyond();
    let expected = "send: paying KES 100.01 as KES 99.01 and KES 1 saves KES 3, but \
                    `splitting_allowed` is KES 0";
    assert_eq!((found.len(), found[0].line, found[0].message.as_str()), (1, 2, expected));
    let allowed = text.replace("[send]", "[send]\nsplitting_allowed = 3");
    assert_eq!(read(&allowed).unwrap().splits_beyond(), []);
}

#[test]
fn a_split_in_many_parts_is_named_as_such() {
    let said = |bands: &str| {
        let text = format!("currency = 'KES'\n[send]\nminimum = 100\nbands = [{bands}]");
        let message = read(&text).unwrap().splits_beyond()[0].message.clone();
        message.split(", but").next().unwrap().to_owned()
    };
    let equal = "{ from = 100, to = 100, fee = 1 }, { from = '100.01', to = '399.99', fee = 9 }, \
                 { from = 400, to = 900, fee = 50 }";
    assert_eq!(said(equal), "send: paying KES 400 as 4 times KES 100 saves KES 46");
    let rest = "{ from = 100, to = 110, fee = 0 }, { from = 111, to = 320, fee = 9 }, \
                { from = 321, to = 900, fee = 50 }";
    assert_eq!(
        said(rest),
        "send: paying KES 320.01 as 2 times KES 110 and KES 100.01 saves KES 50"
    );
    // nobody is asked to pay in more than twenty
    let many = "{ from = 100, to = 100, fee = 0 }, { from = '100.01', to = 2_100, fee = 9 }, \
                { from = 2_101, to = 9_000, fee = 50 }";
    assert_eq!(said(many), "send: paying KES 2,100.01 as KES 2,000.01 and KES 100 saves KES 41");
}

#[test]
fn what_is_below_the_first_band_has_no_price_and_earns_nothing() {
    let tariff = read(
        "currency = 'KES'\n[cash_out]\nbands = [{ from = 1, to = 9, fee = 2 }]\n[send]\n\
         bands = [{ from = 1, to = 9, fee = 2 }]\nmicro = { below = 2, fee = 1 }\n\
         [commission.cash_out]\nbands = [{ from = 1, to = 9, fee = 1 }]",
    )
    .unwrap();
    assert_eq!(total(&tariff, &case("cash_out", 99)), Err(Reason::AMOUNT_TOO_SMALL));
    assert_eq!(total(&tariff, &case("cash_out", 1_00)), Ok(2_00));
    // what is small has a price of its own there
    assert_eq!(total(&tariff, &case("send", 99)), Ok(1_00));
    let earned = |minor| tariff.commission("cash_out", kes(minor), TODAY).unwrap().whole_minor();
    assert_eq!((earned(99), earned(1_00)), (0, 1_00));
}

#[test]
fn what_is_cheaper_the_longer_way_is_told() {
    let told = |way| ours().detour(way, "send");
    assert_eq!(told("give"), Some("KES 20,001 cost KES 0 as give and KES 108 as send".to_owned()));
    assert_eq!(
        told("safe_pay"),
        Some("KES 2,501 cost KES 25.01 as safe_pay and KES 53 as send".into())
    );
    assert_eq!(told("send_unjoined"), None, "it is dearer throughout");
}

#[test]
fn nobody_earns_by_money_that_goes_in_a_circle() {
    let circles = |text: &str| {
        let found = read(text).unwrap().circles("cash_in", "cash_out");
        found.iter().map(|problem| (problem.line, problem.message.clone())).collect::<Vec<_>>()
    };
    assert_eq!(ours().circles("cash_in", "cash_out"), []);
    // counted apart, what is free to send on would earn
    let apart = ours().circle_apart("cash_in", "send", "cash_out").unwrap();
    assert_eq!((apart.deposits, apart.whole_minor, apart.gain_minor), (4, 200_080_04, 192_00));
    let with = |cash_out: &str, cash_in: i64| {
        format!(
            "currency = 'KES'\n[cash_out]\n{cash_out}\n[commission.cash_in]\nbands = [{{ from = 1, \
             to = 200, fee = {cash_in} }}]\n[commission.cash_out]\nbands = [{{ from = 1, to = 200, \
             fee = 4 }}]"
        )
    };
    let bands = "bands = [{ from = 1, to = 100, fee = 10 }, { from = 101, to = 200, fee = 12 }]";
    assert_eq!(circles(&with(bands, 6)), []);
    let earns = "cash_in: KES 1 paid in and taken out again earn KES 1 more than they cost, and no \
                 cash moves";
    assert_eq!(circles(&with(bands, 7)), [(4, earns.to_owned())]);
    // the whole is dear, and its parts are cheap
    let steep = "bands = [{ from = 1, to = 100, fee = 3 }, { from = 101, to = 200, fee = 99 }]";
    let large = "bands = [{ from = 1, to = 100, fee = 0 }, { from = 101, to = 200, fee = 7 }]";
    let parts = with(steep, 7).replacen("bands = [{ from = 1, to = 200, fee = 7 }]", large, 1);
    let parts = parts.replace("fee = 4", "fee = 0");
    let earns = "cash_in: KES 100.01 paid in and taken out again earn KES 1 more than they cost, \
                 and no cash moves";
    let found = circles(&parts.replace(
        "from = 1, to = 100, fee = 3",
        "from = '0.01', to = 100, \
                                                                       fee = 3",
    ));
    assert_eq!(found, [(4, earns.to_owned())]);
    // where it costs nothing to take it out, whatever is earned is too much
    let free = with(bands, 6).replace(&format!("[cash_out]\n{bands}\n"), "");
    assert_eq!(circles(&free).len(), 1);
    // one of several tables, and one day, is enough
    let tiers = format!(
        "tiers = ['full']\n[[cash_out]]\n{bands}\n[[cash_out]]\ntier = 'full'\n\
                         from_date = 2027-01-01\nbands = [{{ from = 1, to = 200, fee = 9 }}]"
    );
    let tiers = with(bands, 6).replace(&format!("[cash_out]\n{bands}"), &tiers);
    assert_eq!(circles(&tiers).len(), 1);
}
