//! From the text of a `market.toml` to a market. All that is wrong is collected, each with file and
//! line. It reads no files itself, and knows no country.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use regex::Regex;

use crate::language::Language;
use crate::market::{IdForm, IdForms, Market, Shown};
use crate::money::Currency;
use crate::phone::Msisdn;
use crate::source::{Problem, Source};
use crate::table::{Complaints, Name, Table};

/// Digits of a national number: fewer are no mobile's, and with a country code no number has more
/// than fifteen.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=12;

/// Reads the file of the market that has this code.
pub fn parse(code: &str, source: &Source) -> Result<Market, Vec<Problem>> {
    let mut complaints = Complaints::new(source);
    let mut file = Table::parse(source).map_err(|problem| vec![problem])?;
    let languages = languages(&mut file, &mut complaints);
    let language = languages.first().copied();
    let zone = zone(&mut file, &mut complaints);
    let sample = file.required("sample", &mut complaints);
    let names = names(section(&mut file, "name", &mut complaints), &languages, &mut complaints);
    let money = money(section(&mut file, "money", &mut complaints), &mut complaints);
    let numbers = numbers(section(&mut file, "numbers", &mut complaints), &mut complaints);
    let ids = ids(section(&mut file, "id", &mut complaints), &mut complaints);
    let operators =
        official_names(section(&mut file, "official", &mut complaints), &mut complaints);
    let shown = shown(section(&mut file, "demo", &mut complaints), &mut complaints);
    complaints.about.clear();
    file.finish(&mut complaints);
    let read = (language, zone, sample, money, numbers);
    let (Some(language), Some(zone), Some(sample), Some(money), Some(numbers)) = read else {
        return Err(complaints.found);
    };
    let market = Market {
        code: code.to_owned(),
        names,
        country_code: numbers.country,
        trunk: numbers.trunk,
        national_digits: numbers.digits,
        mobile_ranges: numbers.mobile,
        international: numbers.abroad,
        sample: sample.text.clone(),
        operators,
        currency: money.currency,
        currency_names: money.written,
        languages,
        language,
        ids,
        shown,
        zone,
    };
    let dialled = Msisdn::parse(&sample.text, &market).ok().map(|number| number.local(&market));
    if dialled.as_deref() != Some(&sample.text) {
        let message = format!("sample: `{}` is not how a mobile number is dialled", sample.text);
        complaints.add(sample.line, &message);
    }
    if complaints.found.is_empty() { Ok(market) } else { Err(complaints.found) }
}

/// The table called `key`, which must be there.
fn section<'s>(
    file: &mut Table<'s>,
    key: &str,
    complaints: &mut Complaints<'_>,
) -> Option<Table<'s>> {
    complaints.about.clear();
    if !file.has(key) {
        complaints.add(file.line, &format!("[{key}] is missing"));
    }
    let table = file.table(key, complaints);
    complaints.about = format!("{key}: ");
    table
}

fn languages(file: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Vec<Language> {
    let line = file.line;
    let mut languages = Vec::new();
    for name in file.names("languages", complaints) {
        match Language::parse(&name.text).filter(|language| !languages.contains(language)) {
            Some(language) => languages.push(language),
            None => {
                let message = format!("languages: `{}` is no language, or twice", name.text);
                complaints.add(name.line, &message);
            }
        }
    }
    if languages.is_empty() {
        complaints.add(line, "languages: there must be one at least, like [\"en\"]");
    }
    languages
}

fn zone(file: &mut Table<'_>, complaints: &mut Complaints<'_>) -> Option<TimeZone> {
    let name = file.required("zone", complaints)?;
    let zone = TimeZone::get(&name.text).ok();
    if zone.is_none() {
        let message = format!("zone: `{}` is no time zone, as Africa/Cairo is", name.text);
        complaints.add(name.line, &message);
    }
    zone
}

fn names(
    table: Option<Table<'_>>,
    languages: &[Language],
    complaints: &mut Complaints<'_>,
) -> BTreeMap<Language, String> {
    let Some(mut table) = table else { return BTreeMap::new() };
    let named = languages.iter().filter_map(|language| {
        let name = table.required(language.as_str(), complaints)?;
        if crate::text::septets(&name.text).is_none() {
            complaints.add(name.line, "no phone can show that");
        }
        Some((*language, name.text))
    });
    let named = named.collect();
    table.finish(complaints);
    named
}

struct CountedMoney {
    currency: Currency,
    written: Vec<String>,
}

fn money(table: Option<Table<'_>>, complaints: &mut Complaints<'_>) -> Option<CountedMoney> {
    let mut table = table?;
    let code = table.required("currency", complaints);
    let currency = code.as_ref().and_then(|code| Currency::parse(&code.text));
    if let Some(code) = code.filter(|_| currency.is_none()) {
        complaints.add(code.line, &format!("`{}` is not a three-letter code", code.text));
    }
    if !table.has("decimals") {
        complaints.add(table.line, "`decimals` is missing");
    }
    let decimals = table.whole("decimals", complaints);
    if let (Some(currency), Some((line, decimals))) = (currency, decimals)
        && i64::from(currency.exponent()) != decimals
    {
        let known = currency.exponent();
        let message = format!("decimals: by ISO 4217 {currency} has {known}, not {decimals}");
        complaints.add(line, &message);
    }
    let mut written = small(table.names("written", complaints), complaints);
    // of two that begin alike the longer one is read
    written.sort_by_key(|name| std::cmp::Reverse(name.len()));
    table.finish(complaints);
    Some(CountedMoney { currency: currency?, written })
}

struct PhoneNumbers {
    country: String,
    trunk: String,
    digits: usize,
    mobile: Vec<String>,
    abroad: Vec<String>,
}

fn numbers(table: Option<Table<'_>>, complaints: &mut Complaints<'_>) -> Option<PhoneNumbers> {
    let mut table = table?;
    let line = table.line;
    let country = table.required("country", complaints);
    let trunk = table.required("trunk", complaints);
    if !table.has("digits") {
        complaints.add(line, "`digits` is missing");
    }
    let digits = table.whole("digits", complaints);
    let mobile = table.names("mobile", complaints);
    let mut abroad = table.names("abroad", complaints);
    abroad.sort_by_key(|sign| std::cmp::Reverse(sign.text.len()));
    table.finish(complaints);
    let (country, trunk, (digits_line, digits)) = (country?, trunk?, digits?);
    let digits = usize::try_from(digits).ok().filter(|digits| DIGITS.contains(digits));
    if digits.is_none() {
        complaints.add(digits_line, "digits: a mobile number has 7 to 12");
    }
    let dialled = [&country, &trunk].into_iter().chain(&mobile).chain(&abroad);
    for name in dialled.filter(|name| !name.text.bytes().all(|byte| byte.is_ascii_digit())) {
        complaints.add(name.line, &format!("`{}` has more than digits", name.text));
    }
    if !matches!(country.text.len(), 1..=3) || country.text.starts_with('0') {
        complaints.add(country.line, "country: one to three digits, and no zero in front");
    }
    let digits = digits?;
    for range in mobile.iter().filter(|range| !(1..digits).contains(&range.text.len())) {
        complaints.add(range.line, &format!("mobile: `{}` begins no number here", range.text));
    }
    if mobile.is_empty() {
        complaints.add(line, "mobile: nothing begins a mobile number");
    }
    let texts = |names: Vec<Name>| names.into_iter().map(|name| name.text).collect();
    Some(PhoneNumbers {
        country: country.text,
        trunk: trunk.text,
        digits,
        mobile: texts(mobile),
        abroad: texts(abroad),
    })
}

fn ids(table: Option<Table<'_>>, complaints: &mut Complaints<'_>) -> IdForms {
    let Some(mut table) = table else { return IdForms::default() };
    let mut labels = small(table.names("labels", complaints), complaints);
    labels.sort_by_key(|label| std::cmp::Reverse(label.len()));
    let line = table.line;
    let forms = table.tables("forms", complaints);
    if forms.is_empty() {
        complaints.add(line, "forms: there must be one at least");
    }
    let forms = forms.into_iter().filter_map(|form| id_form(form, complaints)).collect();
    table.finish(complaints);
    IdForms { labels, forms }
}

/// One way of writing it; the one form of its sample must be written in a way that leads to itself.
fn id_form(mut table: Table<'_>, complaints: &mut Complaints<'_>) -> Option<IdForm> {
    let written = table.required("written", complaints);
    let plain = table.required("plain", complaints);
    let sample = table.required("sample", complaints);
    table.finish(complaints);
    let (written, plain, sample) = (written?, plain?.text, sample?);
    let Ok(regex) = Regex::new(&format!("^(?:{})$", written.text)) else {
        let message = format!("written: `{}` is not a regular expression", written.text);
        complaints.add(written.line, &message);
        return None;
    };
    let form = IdForm { written: regex, plain, sample: sample.text };
    if form.plain(&form.sample).is_none_or(|plain| plain.is_empty()) {
        let message = format!("sample: `{}` is not written like that", form.sample);
        complaints.add(sample.line, &message);
    }
    Some(form)
}

fn official_names(table: Option<Table<'_>>, complaints: &mut Complaints<'_>) -> Vec<String> {
    let Some(mut table) = table else { return Vec::new() };
    let names = small(table.names("names", complaints), complaints);
    table.finish(complaints);
    names
}

fn shown(table: Option<Table<'_>>, complaints: &mut Complaints<'_>) -> Shown {
    let Some(mut table) = table else { return Shown::default() };
    let line = table.line;
    let mut list = |key: &str, count: usize| {
        let names = table.names(key, complaints);
        if names.len() != count {
            complaints.add(line, &format!("{key}: there must be {count} names"));
        }
        names.into_iter().map(|name| name.text).collect()
    };
    let people = list("people", Shown::PEOPLE);
    let servers = list("servers", Shown::SERVERS);
    let outlets = list("outlets", Shown::OUTLETS);
    let areas = list("areas", Shown::OUTLETS);
    let platform = table.required("platform", complaints).map(|name| name.text);
    let times = table.whole("times", complaints).map_or(1, |(_line, times)| times);
    table.finish(complaints);
    Shown { people, servers, outlets, areas, platform: platform.unwrap_or_default(), times }
}

/// Words in small letters, as what people write is compared with them.
fn small(names: Vec<Name>, complaints: &mut Complaints<'_>) -> Vec<String> {
    let wrong = |name: &Name| {
        name.text.trim().is_empty() || name.text.chars().any(|sign| sign.is_uppercase())
    };
    for name in names.iter().filter(|name| wrong(name)) {
        complaints.add(name.line, &format!("`{}` must be in small letters", name.text));
    }
    names.into_iter().map(|name| name.text).collect()
}

#[cfg(test)]
impl Market {
    /// A market for tests, as Kadogo comes with it.
    pub fn kenya() -> Market {
        static READ: std::sync::LazyLock<Market> = std::sync::LazyLock::new(|| {
            parse("ke", &Source::new("market.toml", tests::OURS)).unwrap()
        });
        READ.clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    pub(super) const OURS: &str = include_str!("../menus/markets/ke/market.toml");

    fn wrong(from: &str, to: &str) -> String {
        assert!(OURS.contains(from), "{from}");
        let text = OURS.replacen(from, to, 1);
        let line = OURS.split(from).next().unwrap().split('\n').count();
        let problems = parse("ke", &Source::new("market.toml", text)).unwrap_err();
        let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
        told.join("\n").replace(&format!("market.toml:{line}: "), "here: ")
    }

    #[test]
    fn what_is_wrong_with_a_market_is_said_with_its_line() {
        for (from, to, said) in [
            ("\"sw\", ", "\"swahili\", ", "here: languages: `swahili` is no language, or twice"),
            ("Africa/Nairobi", "Africa/Atlantis", "here: zone: `Africa/Atlantis` is no time zone"),
            ("0712345678", "0202345678", "here: sample: `0202345678` is not how a mobile"),
            ("0712345678", "+254712345678", "here: sample: `+254712345678` is not how a mobile"),
            ("\"KES\"", "\"shilling\"", "here: money: `shilling` is not a three-letter code"),
            ("decimals = 2", "decimals = 0", "here: money: decimals: by ISO 4217 KES has 2, not 0"),
            ("\"bob\"", "\"Bob\"", "here: money: `Bob` must be in small letters"),
            ("\"254\"", "\"+254\"", "here: numbers: `+254` has more than digits"),
            ("digits = 9", "digits = 20", "here: numbers: digits: a mobile number has 7 to 12"),
            ("\"10\", ", "\"\", ", "here: numbers: mobile: `` begins no number here"),
            ("'0*([1-9]", "'0*(([1-9]", "here: id: written: `0*(([1-9]"),
            ("\"23456789\"", "\"2-3\"", "here: id: sample: `2-3` is not written like that"),
            ("\"passport\"", "\"Passport\"", "here: id: `Passport` must be in small letters"),
            ("names = ", "name = ", "here: official: `name` does not belong here"),
            ("sw = \"Kenya\"\n", "", "name: `sw` is missing"),
            ("[id]", "[ids]", "[id] is missing"),
            ("\"Esther Njeri\"", "", "demo: people: there must be 5 names"),
        ] {
            let told = wrong(from, to);
            assert!(told.contains(said), "{from} -> {to}: {told}");
        }
    }

    #[test]
    fn what_is_missing_is_said_all_at_once() {
        let problems = parse("ke", &Source::new("market.toml", "")).unwrap_err();
        let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
        let missing = ["languages", "`zone`", "`sample`", "[name]", "[money]", "[numbers]", "[id]"];
        for part in missing {
            assert!(told.iter().any(|line| line.contains(part)), "{part}: {told:?}");
        }
    }
}
