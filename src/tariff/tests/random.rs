//! What must hold for every tariff that can be written.

use proptest::prelude::*;

use super::*;

/// What a random rate is made of: flat, percent in thousandths, least, most; minor units.
type RateParts = (i64, i64, Option<i64>, Option<i64>);

fn rate() -> impl Strategy<Value = RateParts> {
    let ends = (prop::option::of(0_i64..50), prop::option::of(50_i64..200));
    let percent = prop_oneof![Just(0), 0_i64..=20_000];
    (0_i64..60, percent, ends).prop_map(|(flat, percent, (min, max))| (flat, percent, min, max))
}

fn coins(minor: i64) -> String {
    format!("\"{}.{:02}\"", minor / 100, minor % 100)
}

fn rate_text((flat, percent, min, max): RateParts) -> String {
    let ends = [("min", min), ("max", max)]
        .map(|(key, end)| end.map(|end| format!(", {key} = {}", coins(end))));
    let percent = format!("\"{}.{:03}\"", percent / 1_000, percent % 1_000);
    format!(
        "flat = {}, percent = {percent}{}",
        coins(flat),
        ends.into_iter().flatten().collect::<String>()
    )
}

fn payer() -> impl Strategy<Value = String> {
    let shared = (0_i64..=100)
        .prop_map(|percent| format!("paid_by = \"shared\", payer_percent = {percent}"));
    prop_oneof![
        Just("paid_by = \"payer\"".to_owned()),
        Just("paid_by = \"payee\"".to_owned()),
        shared
    ]
}

/// A tariff file with up to five bands, a few coins wide each, and everything else a table can
/// have.
fn any_file() -> impl Strategy<Value = String> {
    let rounding = prop::sample::select(Rounding::ALL.to_vec());
    let bands = prop::collection::vec((1_i64..80, rate()), 1..5);
    let micro = prop::option::of((1_i64..100, rate()));
    let monthly = prop::option::of((1_i64..300, rate()));
    let extra = (prop::sample::select(FeeAccount::ALL.to_vec()), any::<bool>(), rate(), payer());
    let extras = prop::collection::vec(extra, 0..3);
    (rounding, bands, micro, monthly, extras, payer()).prop_map(
        |(rounding, bands, micro, monthly, extras, payer)| {
            let mut text =
                format!("currency = \"KES\"\nrounding = \"{}\"\n[send]\n", rounding.name());
            text.push_str(&payer.replace(", ", "\n"));
            let mut end = 0;
            text.push_str("\nbands = [\n");
            for (width, rate) in bands {
                let (from, to) = (end + 1, end + width);
                text.push_str(&format!(
                    "{{ from = {}, to = {}, {} }},\n",
                    coins(from),
                    coins(to),
                    rate_text(rate)
                ));
                end = to;
            }
            text.push_str("]\n");
            if let Some((below, rate)) = micro {
                text.push_str(&format!(
                    "micro = {{ below = {}, {} }}\n",
                    coins(below),
                    rate_text(rate)
                ));
            }
            if let Some((up_to, rate)) = monthly {
                text.push_str(&format!(
                    "monthly = [{{ up_to = {}, {} }}]\n",
                    coins(up_to),
                    rate_text(rate)
                ));
            }
            for (number, (place, of_fee, rate, payer)) in extras.into_iter().enumerate() {
                let of = if of_fee { "fee" } else { "amount" };
                let place = place.name();
                let rate = rate_text(rate).replace(", ", "\n");
                let lines = format!(
                    "name = \"line {number}\"\ncredit = \"{place}\"\nof = \"{of}\"\n{rate}\n"
                );
                text.push_str(&format!("[[send.extra]]\n{lines}{}\n", payer.replace(", ", "\n")));
            }
            text
        },
    )
}

/// What every amount costs, as far as it has a price.
fn costs(tariff: &Tariff, service: &str) -> Vec<Option<i64>> {
    let cost =
        |minor| total(tariff, &PriceCase { month_minor: i64::MAX, ..case(service, minor) }).ok();
    (0..=400).map(cost).collect()
}

/// Every amount in several equal parts and a rest, with what these cost.
fn in_parts(costs: &[Option<i64>], mut look_at: impl FnMut(usize, i64)) {
    for whole in 2..costs.len() {
        for times in 1..split::PARTS_MAX {
            for each in 1.. {
                let equal = each * usize::try_from(times).unwrap();
                if equal >= whole {
                    break;
                }
                if let (Some(one), Some(rest)) = (costs[each], costs[whole - equal]) {
                    look_at(whole, one * times + rest);
                }
            }
        }
    }
}

/// The greatest saving, by trying everything.
fn saved_at_most(tariff: &Tariff) -> i64 {
    let costs = costs(tariff, "send");
    let mut most = 0;
    in_parts(&costs, |whole, parts| {
        most = most.max(costs[whole].map_or(0, |whole| whole - parts));
    });
    most
}

/// Two commissions of two bands each.
fn any_earnings() -> impl Strategy<Value = String> {
    let one = || (1_i64..150, rate(), rate());
    (one(), one()).prop_map(|(deposit, withdrawal)| {
        let table = |service: &str, (width, low, high): (i64, RateParts, RateParts)| {
            let (low, high) = (rate_text(low), rate_text(high));
            format!(
                "[commission.{service}]\nbands = [{{ from = {}, to = {}, {low} }}, \
                 {{ from = {}, to = {}, {high} }}]\n",
                coins(1),
                coins(width),
                coins(width + 1),
                coins(400),
            )
        };
        table("cash_in", deposit) + &table("cash_out", withdrawal)
    })
}

/// What a circle earns at most, by trying everything.
fn earned_at_most(tariff: &Tariff) -> i64 {
    let costs = costs(tariff, "cash_out");
    let earned = |whole: usize| {
        let amount = kes(i64::try_from(whole).unwrap());
        let of = |service| tariff.commission(service, amount, TODAY).unwrap().whole_minor();
        of("cash_in") + of("cash_out")
    };
    let earned: Vec<i64> = (0..costs.len()).map(|whole| earned(whole.max(1))).collect();
    let whole = costs.iter().zip(&earned).filter_map(|(cost, earned)| Some(earned - (*cost)?));
    let mut most = whole.max().unwrap_or(0).max(0);
    in_parts(&costs, |whole, parts| most = most.max(earned[whole] - parts));
    most
}

/// Coins that rounding can add where anything is a percentage: one for each part and each line.
fn rounded(tariff: &Tariff, service: &str) -> i64 {
    let sheet = &tariff.sheets[service][0];
    let rates = sheet.bands.iter().map(|band| band.rate).chain(sheet.micro.map(|micro| micro.rate));
    let earned = tariff.earnings.values().flatten().flat_map(|all| &all.bands);
    let mut all = rates
        .chain(sheet.extras.iter().map(|extra| extra.rate))
        .chain(earned.map(|band| band.rate));
    if all.all(|rate| rate.percent == Percent::ZERO) {
        return 0;
    }
    (split::PARTS_MAX + 2) * (1 + i64::try_from(sheet.extras.len()).unwrap())
}

proptest! {
    #[test]
    fn no_coin_of_a_fee_vanishes(
        text in any_file(),
        minor in 1_i64..320,
        month_minor in 0_i64..400,
    ) {
        let tariff =
            read(&text).map_err(|found| TestCaseError::fail(format!("{found:?}\n{text}")))?;
        match tariff.quote(&PriceCase { month_minor, ..case("send", minor) }) {
            Ok(fee) => {
                let lines: i64 = fee.lines.iter().map(|line| line.minor).sum();
                let credited: i64 =
                    FeeAccount::ALL.iter().map(|place| fee.credited_minor(*place)).sum();
                prop_assert_eq!((lines, credited), (fee.total_minor(), fee.total_minor()));
                prop_assert!(
                    fee.lines.iter().all(|line| line.payer_minor >= 0 && line.payee_minor >= 0)
                );
                prop_assert!(fee.payee_minor <= minor);
            }
            Err(Reason::AMOUNT_TOO_LARGE) => {
                prop_assert!(read(&text).unwrap().sheets["send"][0].maximum_minor() < minor)
            }
            Err(reason) => prop_assert_eq!(reason, Reason::AMOUNT_TOO_SMALL),
        }
    }

    #[test]
    fn within_a_band_who_moves_more_never_pays_less(text in any_file(), minor in 1_i64..320) {
        let tariff = read(&text).unwrap();
        let sheet = &tariff.sheets["send"][0];
        let ends = sheet
            .bands
            .iter()
            .map(|band| band.to_minor)
            .chain(sheet.micro.map(|micro| micro.below_minor - 1));
        let same_band = ends.into_iter().all(|end| end != minor);
        if let (Ok(less), Ok(more), true) =
            (sheet.fee(minor, None), sheet.fee(minor + 1, None), same_band)
        {
            prop_assert!(less.total_minor() <= more.total_minor(), "{}", text);
        }
    }

    #[test]
    fn commissions_lose_no_coin(
        minor in 1_i64..=250_000_00,
        service in prop::sample::select(vec!["cash_in", "cash_out"]),
    ) {
        let commission = ours().commission(service, kes(minor), TODAY).unwrap();
        let parts =
            [commission.outlet_minor, commission.head_office_minor, commission.withheld_tax_minor];
        prop_assert!(parts.iter().all(|part| *part >= 0));
        prop_assert!(commission.whole_minor() % 100 == 0);
    }

    #[test]
    fn every_amount_a_person_may_send_has_a_fee(minor in 1_i64..=250_000_00) {
        prop_assert!(
            total(&ours(), &case("send", minor)).is_ok_and(|fee| (0..=108_00).contains(&fee))
        );
    }

    #[test]
    fn what_is_no_tariff_is_refused_by_line_and_what_is_one_prints_as_itself(
        text in any::<String>(), at in 0_usize..2_000, put in "[\\[\\]{}='\"0-9a-z,.\n#-]{0,4}",
    ) {
        let by_line = |problems: &[Problem], text: &str| {
            let lines = 1..=text.matches('\n').count() + 1;
            !problems.is_empty()
                && problems
                    .iter()
                    .all(|found| found.file == "menus/tariff.toml" && lines.contains(&found.line))
        };
        let problems = read(&text).unwrap_err();
        prop_assert!(by_line(&problems, &text), "{:?}", problems);
        // what is almost a tariff goes further in
        let at = RICH.char_indices().map(|(at, _)| at).nth(at % RICH.chars().count()).unwrap_or(0);
        let (head, tail) = RICH.split_at(at);
        let text = format!("{head}{put}{tail}");
        match read(&text) {
            Err(problems) => prop_assert!(by_line(&problems, &text), "{:?}", problems),
            Ok(tariff) => {
                prop_assert!(
                    tariff.text().starts_with("All amounts in KES.\n"),
                    "{}",
                    tariff.text()
                );
                // no table goes so far
                let quote =
                    tariff.quote(&PriceCase { month_minor: i64::MAX, ..case("send", i64::MAX) });
                prop_assert!(quote.is_err(), "{:?}", quote);
                let earned = tariff.commission("cash_in", kes(i64::MAX), TODAY);
                prop_assert!(
                    !earned.is_ok_and(|earned| earned.outlet_minor < 0 || earned.whole_minor() < 0)
                );
            }
        }
    }
}

proptest! {
    // trying everything takes its time
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_greatest_split_is_the_one_that_trying_everything_finds(text in any_file()) {
        let tariff = read(&text).unwrap();
        let sheet = &tariff.sheets["send"][0];
        let found = split::greatest(sheet).map_or(0, |split| split.gain_minor);
        let most = saved_at_most(&tariff);
        let rounding = rounded(&tariff, "send");
        prop_assert!(most <= found + rounding, "{} {}\n{}", found, most, text);
        // small amounts that a payee could not pay for are looked at all the same
        prop_assert!(found <= most || sheet.takes_from_payee(), "{} {}\n{}", found, most, text);
    }

    #[test]
    fn the_circle_that_earns_most_is_the_one_that_trying_everything_finds(
        text in any_file(), earnings in any_earnings(),
    ) {
        let text = text.replace("send", "cash_out") + &earnings;
        let tariff = read(&text).unwrap();
        let sheet = &tariff.sheets["cash_out"][0];
        let found = tariff.greatest_circle("cash_in", "cash_out");
        let found = found.map_or(0, |(circle, _line)| circle.gain_minor);
        let most = earned_at_most(&tariff);
        let rounding = rounded(&tariff, "cash_out");
        prop_assert!(most <= found + rounding, "{} {}\n{}", found, most, text);
        prop_assert!(found <= most || sheet.takes_from_payee(), "{} {}\n{}", found, most, text);
    }
}
