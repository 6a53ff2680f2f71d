//! Statements made up, and written as banks would write them.

use super::*;
use jiff::civil::Date;
use proptest::prelude::*;

/// Letters that each format has to carry, some of which mean something in it.
const TEXT: &str = "[A-Za-z0-9.,'/()&<>;\"éü€]{1,12}( [A-Za-z0-9.,'/()&<>;\"éü€]{1,12}){0,9}";
const REFERENCE: &str = "[0-9][A-Z0-9]{0,11}";

fn day() -> impl Strategy<Value = Date> {
    (2000_i16..2068, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| date(year, month, day))
}

fn days_after(day: Date, days: i64) -> Date {
    day.saturating_add(jiff::Span::new().days(days))
}

/// A line that is booked so many days after the statement begins.
fn line() -> impl Strategy<Value = (i64, Line)> {
    let words = (
        prop::option::of(REFERENCE),
        prop::option::of(REFERENCE),
        TEXT,
        prop::option::of("[A-Z][a-zé]{0,11}( [A-Z][a-z]{0,11}){0,3}"),
        prop::option::of("[0-9]{6,12}"),
    );
    let numbers = (0_i64..5, -20_i64..20, -1_000_000_000_000_i64..1_000_000_000_000);
    (words, numbers, prop::bool::weighted(0.1)).prop_map(
        |(
            (reference, customer_reference, text, name, account),
            (days, value, amount),
            is_return,
        )| {
            let line = Line {
                at_line: 0,
                booked_on: Date::ZERO,
                value_on: Some(days_after(Date::ZERO, value)),
                amount_minor: if amount == 0 { 1 } else { amount },
                reference,
                customer_reference,
                text,
                counterparty: Counterparty { name, account },
                is_return,
            };
            (days, line)
        },
    )
}

/// A statement that begins with a line on its first day and ends with one on its last, so that a
/// table has its days too.
pub fn statements() -> impl Strategy<Value = Statement> {
    let money = (
        -1_000_000_000_000_i64..1_000_000_000_000,
        prop::sample::select(vec!["KES", "UGX", "TND"]),
    );
    let lines = prop::collection::vec(line(), 1..12);
    ("OURS[0-9]{6,16}", 1_u32..100_000, day(), money, lines).prop_map(
        |(account, number, opened_on, (opening_minor, code), lines)| {
            let mut lines = lines;
            lines.sort_by_key(|(days, _)| *days);
            lines.first_mut().unwrap().0 = 0;
            let lines = lines.into_iter().map(|(days, line)| {
                let booked_on = days_after(opened_on, days);
                let apart = line.value_on.unwrap().since(Date::ZERO).unwrap().get_days();
                let value_on = Some(days_after(booked_on, i64::from(apart)));
                Line { booked_on, value_on, ..line }
            });
            let lines: Vec<Line> = lines.collect();
            let moved: i64 = lines.iter().map(|line| line.amount_minor).sum();
            Statement {
                account,
                number: Some(number.to_string()),
                currency: Currency::parse(code).unwrap(),
                opened_on,
                closed_on: lines.iter().map(|line| line.booked_on).max().unwrap(),
                opening_minor,
                closing_minor: opening_minor + moved,
                lines,
            }
        },
    )
}

/// The statement without where its lines stand.
pub fn without_places(mut statement: Statement) -> Statement {
    statement.lines.iter_mut().for_each(|line| line.at_line = 0);
    statement
}

/// `123456` → `1234.56`, without a sign.
fn plain(minor: i64, currency: Currency, decimal: char) -> String {
    let exponent = usize::try_from(currency.exponent()).unwrap();
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = exponent + 1);
    let (whole, coins) = digits.split_at(digits.len() - exponent);
    format!("{whole}{decimal}{coins}")
}

fn grouped(minor: i64, currency: Currency, decimal: char, thousands: Option<char>) -> String {
    let plain = plain(minor, currency, decimal);
    let (whole, coins) = plain.split_once(decimal).unwrap();
    let mut apart = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            apart.extend(thousands);
        }
        apart.push(digit);
    }
    let sign = if minor < 0 { "-" } else { "" };
    if coins.is_empty() {
        format!("{sign}{apart}")
    } else {
        format!("{sign}{apart}{decimal}{coins}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// As camt.053.
pub fn as_camt(statement: &Statement) -> String {
    let Statement { account, currency, .. } = statement;
    let money = |minor: i64| {
        let way = if minor < 0 { "DBIT" } else { "CRDT" };
        let plain = plain(minor, *currency, '.');
        format!(
            "<Amt Ccy=\"{currency}\">{}</Amt><CdtDbtInd>{way}</CdtDbtInd>",
            plain.trim_end_matches('.')
        )
    };
    let balance = |code: &str, minor: i64, day: Date| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{}<Dt><Dt>{day}</Dt></Dt></Bal>\n",
            money(minor)
        )
    };
    let entries: String =
        statement.lines.iter().map(|line| entry(line, &money(line.amount_minor))).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:x\"><BkToCstmrStmt>\
         <Stmt><Id>1</Id><ElctrncSeqNb>{}</ElctrncSeqNb><Acct><Id><Othr><Id>{account}</Id></Othr></Id>\
         </Acct>\n{}{}{entries}</Stmt></BkToCstmrStmt></Document>\n",
        statement.number.as_deref().unwrap_or("0"),
        balance("OPBD", statement.opening_minor, statement.opened_on),
        balance("CLBD", statement.closing_minor, statement.closed_on),
    )
}

fn entry(line: &Line, money: &str) -> String {
    let element = |tag: &str, text: &Option<String>| {
        text.as_ref().map_or(String::new(), |text| format!("<{tag}>{}</{tag}>", escaped(text)))
    };
    let Counterparty { name, account } = &line.counterparty;
    let role = if (line.amount_minor >= 0) != line.is_return { "Dbtr" } else { "Cdtr" };
    let account = account.as_ref().map_or(String::new(), |number| {
        format!("<{role}Acct><Id><Othr><Id>{number}</Id></Othr></Id></{role}Acct>")
    });
    let party = format!("<{role}>{}</{role}>{account}", element("Nm", name));
    let value = line.value_on.map_or(String::new(), |day| format!("<ValDt><Dt>{day}</Dt></ValDt>"));
    format!(
        "<Ntry>{money}<RvslInd>{}</RvslInd><Sts>BOOK</Sts><BookgDt><Dt>{}</Dt></BookgDt>{value}{}\
         <NtryDtls><TxDtls><Refs>{}</Refs><RltdPties>{party}</RltdPties><RmtInf>{}</RmtInf></TxDtls>\
         </NtryDtls></Ntry>\n",
        line.is_return,
        line.booked_on,
        element("AcctSvcrRef", &line.reference),
        element("EndToEndId", &line.customer_reference),
        element("Ustrd", &Some(line.text.clone())),
    )
}

/// As MT940, with numbered pieces.
pub fn as_mt(statement: &Statement) -> String {
    let Statement { account, currency, .. } = statement;
    let balance = |tag: &str, minor: i64, day: Date| {
        let way = if minor < 0 { 'D' } else { 'C' };
        let day = day.strftime("%y%m%d");
        format!(":{tag}:{way}{day}{currency}{}\n", plain(minor, *currency, ','))
    };
    let mut text =
        format!(":20:X\n:25:{account}\n:28C:{}/1\n", statement.number.as_deref().unwrap_or("0"));
    text += &balance("60F", statement.opening_minor, statement.opened_on);
    for line in &statement.lines {
        let mark = match (line.amount_minor < 0, line.is_return) {
            (false, false) => "C",
            (true, false) => "D",
            (false, true) => "RD",
            (true, true) => "RC",
        };
        text += &format!(
            ":61:{}{}{mark}{}NTRF{}//{}\n",
            line.value_on.unwrap_or(line.booked_on).strftime("%y%m%d"),
            line.booked_on.strftime("%m%d"),
            plain(line.amount_minor, *currency, ','),
            line.customer_reference.as_deref().unwrap_or("NONREF"),
            line.reference.as_deref().unwrap_or_default(),
        );
        text += &torn(&pieces(line));
    }
    text + &balance("62F", statement.closing_minor, statement.closed_on) + "-\n"
}

fn pieces(line: &Line) -> String {
    let signs: Vec<char> = line.text.chars().collect();
    let numbered = signs
        .chunks(27)
        .zip(20..)
        .map(|(piece, number)| format!("?{number}{}", piece.iter().collect::<String>()));
    let mut text = format!("166?00X{}", numbered.collect::<String>());
    let Counterparty { name, account } = &line.counterparty;
    text += &account.as_ref().map_or(String::new(), |number| format!("?31{number}"));
    let name: Vec<char> = name.iter().flat_map(|name| name.chars()).collect();
    for (piece, number) in name.chunks(27).zip(32..) {
        text += &format!("?{number}{}", piece.iter().collect::<String>());
    }
    text
}

/// In lines of 65 signs.
fn torn(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let lines: Vec<String> = signs.chunks(65).map(|line| line.iter().collect()).collect();
    format!(":86:{}\n", lines.join("\n"))
}

/// Ways to write a table: each makes a map.
pub fn maps() -> impl Strategy<Value = ColumnMap> {
    let signs = prop::sample::select(vec![
        (',', '.', None),
        (',', '.', Some(',')),
        (';', ',', Some('.')),
        ('\t', ',', Some(' ')),
        ('|', '.', Some('\'')),
    ]);
    let amount = prop::sample::select(vec![
        "[amount.signed]\ncolumn = 'Amount'",
        "[amount.two]\ndebit = 'Out'\ncredit = 'In'",
        "[amount.marked]\ncolumn = 'Size'\nmark = 'Mark'\ndebit = ['D']\ncredit = ['C']",
    ]);
    let format = prop::sample::select(vec!["%d/%m/%Y", "%Y-%m-%d", "%d-%b-%y", "%m/%d/%Y"]);
    let order = prop::sample::select(vec![Order::OldestFirst, Order::NewestFirst]);
    let encoding = prop::sample::select(vec![Encoding::Utf8, Encoding::Latin1]);
    (signs, amount, format, order, encoding, any::<bool>()).prop_map(
        |((delimiter, decimal, thousands), amount, date_format, order, encoding, balance)| {
            let text = format!(
                "delimiter = ','\ndecimal = '.'\ndate_format = '{date_format}'\n\
                 order = 'oldest_first'\n[columns]\nbooked_on = 'Booked'\nvalue_on = 'Value'\n\
                 reference = 'Ref'\ncustomer_reference = 'Their ref'\ntext = ['Text']\n\
                 counterparty_name = 'Name'\ncounterparty_account = 'Their account'\n\
                 account = 'Account'\n{}returned = {{ column = 'Kind', words = ['Returned'] }}\n\
                 {amount}\n",
                if balance { "balance = 'Balance'\n" } else { "" }
            );
            let map = ColumnMap::from_toml(&text).unwrap();
            ColumnMap { delimiter, decimal, thousands, order, encoding, ..map }
        },
    )
}

/// As a table, with all columns that maps ask for.
pub fn as_csv(statement: &Statement, map: &ColumnMap) -> Vec<u8> {
    let amount = |minor| grouped(minor, statement.currency, map.decimal, map.thousands);
    let mut balance = statement.opening_minor;
    let mut rows = Vec::new();
    for line in &statement.lines {
        balance += line.amount_minor;
        let size = amount(line.amount_minor.abs());
        let day = |day: Date| day.strftime(&map.date_format).to_string();
        let (out, into) = if line.amount_minor < 0 { (&*size, "") } else { ("", &*size) };
        let fields = [
            day(line.booked_on),
            line.value_on.map_or(String::new(), day),
            line.reference.clone().unwrap_or_default(),
            line.customer_reference.clone().unwrap_or_default(),
            line.text.clone(),
            line.counterparty.name.clone().unwrap_or_default(),
            line.counterparty.account.clone().unwrap_or_default(),
            statement.account.clone(),
            if line.is_return { "returned".into() } else { "Normal".into() },
            amount(line.amount_minor),
            out.into(),
            into.into(),
            size.clone(),
            if line.amount_minor < 0 { "D".into() } else { "C".into() },
            amount(balance),
        ];
        rows.push(row(&fields, map.delimiter));
    }
    if map.order == Order::NewestFirst {
        rows.reverse();
    }
    let names = "Booked|Value|Ref|Their ref|Text|Name|Their account|Account|Kind|Amount|Out|In|\
                 Size|Mark|Balance";
    let names: Vec<String> = names.split('|').map(str::to_owned).collect();
    let text = row(&names, map.delimiter) + &rows.concat();
    match map.encoding {
        Encoding::Utf8 => text.into_bytes(),
        Encoding::Latin1 => text
            .chars()
            .map(|sign| if sign == '€' { 0x80 } else { u8::try_from(sign).unwrap() })
            .collect(),
    }
}

fn row(fields: &[String], delimiter: char) -> String {
    let quoted = |field: &String| match field.contains([delimiter, '"']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.clone(),
    };
    fields.iter().map(quoted).collect::<Vec<_>>().join(&delimiter.to_string()) + "\r\n"
}

/// What is known beside a table of this statement.
pub fn known_of(statement: &Statement) -> Known {
    Known {
        account: String::new(),
        currency: statement.currency,
        opening_minor: Some(statement.opening_minor),
        closing_minor: Some(statement.closing_minor),
    }
}
