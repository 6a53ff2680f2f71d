//! The traps of CSV: no two banks write a table alike.

use super::*;

const MAP: &str = "
delimiter = ','
decimal = '.'
thousands = ','
date_format = '%d/%m/%Y'
order = 'oldest_first'
totals = ['Total']
[columns]
booked_on = 'Date'
text = ['Details']
reference = 'Ref'
balance = 'Balance'
[amount.two]
debit = 'Paid out'
credit = 'Paid in'
";

const HEAD: &str = "Date,Details,Ref,Paid out,Paid in,Balance\n";

fn map(change: &[(&str, &str)]) -> ColumnMap {
    let text = change.iter().fold(MAP.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    ColumnMap::from_toml(&text).unwrap()
}

fn known() -> Known {
    Known {
        account: "0110042".into(),
        currency: Currency::parse("KES").unwrap(),
        opening_minor: None,
        closing_minor: None,
    }
}

fn with(map: &ColumnMap, known: &Known, file: &str) -> Read<Statement> {
    csv_lines::read(file.as_bytes(), map, known, &mut quiet)
}

fn table(rows: &str) -> Read<Statement> {
    with(&map(&[]), &known(), &format!("{HEAD}{rows}"))
}

#[test]
fn balances_come_out_of_the_running_one() {
    let found = table(
        "04/11/2026,\"Cash, deposit\",B1,,\"1,000.00\",\"1,010.00\"\n\
         05/11/2026,Fee,,7.50,,\"1,002.50\"\n",
    )
    .unwrap();
    assert_eq!((found.opening_minor, found.closing_minor), (10_00, 1_002_50));
    assert_eq!((found.opened_on, found.closed_on), (date(2026, 11, 4), date(2026, 11, 5)));
    assert_eq!(amounts(&found), [1_000_00, -7_50]);
    let first = &found.lines[0];
    assert_eq!((first.text.as_str(), first.reference.as_deref()), ("Cash, deposit", Some("B1")));
    assert_eq!((first.at_line, found.lines[1].at_line), (2, 3));
    assert_eq!((found.account.as_str(), proof(&found)), ("0110042", Ok(())));
}

#[test]
fn what_stands_around_the_table_is_no_line() {
    let text = format!(
        "Acme Bank Ltd\nAccount,0110042\n\nPeriod,\"Nov, 2026\"\n{HEAD}\
         ,Balance b/f,,,,10.00\n04/11/2026,Deposit,B1,0.00,5.00,15.00\n\
         ,,,,,\n05/11/2026,Balance c/f,,0.00,0.00,15.00\nTotal,,,0.00,5.00\n\nEnd of statement,,,,,\n"
    );
    let found = with(&map(&[]), &known(), &text).unwrap();
    assert_eq!((amounts(&found), found.opening_minor), (vec![5_00], 10_00));
    assert_eq!(found.lines[0].at_line, 7);
}

#[test]
fn a_balance_that_does_not_follow_is_found_on_its_line() {
    let error = table("04/11/2026,A,,,5,15\n05/11/2026,B,,,5,19.99\n").unwrap_err();
    let breaks = Unreadable::BalanceBreaks { expected: kes(20_00), found: kes(19_99) };
    let said = "line 3: the balance is KES 19.99, but the lines before lead to KES 20";
    assert_eq!(error.to_string(), said, "as people write amounts, never in cents");
    assert_eq!((error.at_line, error.what), (Some(3), breaks));
    // a row that is missing in between is seen just so
    let error = table("04/11/2026,A,,,5,15\n05/11/2026,C,,,5,25\n").unwrap_err();
    assert_eq!(error.at_line, Some(3));
}

#[test]
fn the_newest_may_stand_first() {
    let newest = map(&[("oldest_first", "newest_first")]);
    let rows = "05/11/2026,B,,2,,13\n04/11/2026,A,,,5,15\n";
    let found = with(&newest, &known(), &format!("{HEAD}{rows}")).unwrap();
    assert_eq!((amounts(&found), found.opening_minor), (vec![5_00, -2_00], 10_00));
    assert_eq!(found.closing_minor, 13_00);
    let oldest = table("04/11/2026,A,,,5,15\n05/11/2026,B,,2,,13\n").unwrap();
    assert_eq!(oldest.fingerprint(), found.fingerprint());
    assert!(table(rows).is_err());
}

#[test]
fn without_balances_somebody_has_to_say_them() {
    let bare = map(&[("balance = 'Balance'\n", "")]);
    let text = format!("{HEAD}04/11/2026,A,,,5,\n");
    let error = with(&bare, &known(), &text).unwrap_err();
    assert_eq!(error.what, Unreadable::NoBalance { what: "opening" });
    let said = Known { opening_minor: Some(10_00), closing_minor: Some(16_00), ..known() };
    let found = with(&bare, &said, &text).unwrap();
    assert!(matches!(proof(&found), Err(Unproved::Sum { lines, .. }) if lines == kes(5_00)));
    // said and found must agree
    let text = format!("{HEAD}04/11/2026,A,,,5,15\n");
    let error = with(&map(&[]), &said, &text).unwrap_err();
    let disagree =
        Unreadable::BalancesDisagree { what: "closing", given: kes(16_00), found: kes(15_00) };
    assert_eq!(error.what, disagree);
}

#[test]
fn which_way_money_went_is_said_in_three_ways() {
    let rows = "04/11/2026,A,,-5,,5\n05/11/2026,B,,,-2,3\n";
    let taken_back = table(rows).unwrap();
    assert_eq!((amounts(&taken_back), taken_back.opening_minor), (vec![5_00, -2_00], 0));
    assert!(taken_back.lines.iter().all(|line| line.is_return));
    let minus = map(&[("credit = 'Paid in'", "credit = 'Paid in'\ndebit_has_minus = true")]);
    let rows = "04/11/2026,A,,-5,,5\n05/11/2026,B,,,2,7\n";
    let found = with(&minus, &known(), &format!("{HEAD}{rows}")).unwrap();
    assert_eq!(amounts(&found), [-5_00, 2_00]);
    assert!(!found.lines[0].is_return);

    let two = "[amount.two]\ndebit = 'Paid out'\ncredit = 'Paid in'";
    let signed = map(&[(two, "[amount.signed]\ncolumn = 'Paid in'")]);
    let rows = "04/11/2026,A,,,-5,5 Cr\n05/11/2026,B,,,10.00-,(5)\n";
    let found = with(&signed, &known(), &format!("{HEAD}{rows}")).unwrap();
    assert_eq!((amounts(&found), found.closing_minor), (vec![-5_00, -10_00], -5_00));

    let marks = "[amount.marked]\ncolumn = 'Paid in'\nmark = 'Paid out'\ndebit = ['DR', 'Debit']\n\
                 credit = ['cr']";
    let marked = map(&[(two, marks)]);
    let read = |rows: &str| with(&marked, &known(), &format!("{HEAD}{rows}"));
    let found = read("04/11/2026,A,,debit,5,5\n05/11/2026,B,,CR,2,7\n").unwrap();
    assert_eq!(amounts(&found), [-5_00, 2_00]);
    let error = read("04/11/2026,A,,X,5,5\n").unwrap_err().to_string();
    assert_eq!(error, "line 2: `X` is not a mark that the map knows");
    let error = read("04/11/2026,A,,DR,-5,5\n").unwrap_err();
    assert_eq!(error.what, Unreadable::SignAndMark { text: "-5".into() });
}

#[test]
fn columns_are_found_by_number_too() {
    let mut numbered = map(&[]);
    for (name, number) in [("Date", 1), ("Details", 2), ("Ref", 3)] {
        let text = numbered.to_toml().unwrap();
        let text = text.replace(&format!("\"{name}\""), &number.to_string());
        numbered = ColumnMap::from_toml(&text).unwrap();
    }
    let text = format!("{HEAD}04/11/2026,A,B1,,5,15\n");
    let by_name = with(&map(&[]), &known(), &text).unwrap();
    assert_eq!(with(&numbered, &known(), &text).unwrap(), by_name);
    let bare = "
        delimiter = ';'\ndecimal = ','\ndate_format = '%y%m%d'\norder = 'oldest_first'
        header = false\nskip_lines = 1\n[columns]\nbooked_on = 1\nbalance = 3\n[amount.signed]\ncolumn = 2
    ";
    let bare = ColumnMap::from_toml(bare).unwrap();
    let found = with(&bare, &known(), "Export 5\n261104;1,5;2,5\n261105;-2,5;0\n").unwrap();
    assert_eq!((amounts(&found), found.opening_minor), (vec![1_50, -2_50], 1_00));
}

#[test]
fn letters_and_blanks_are_read_as_the_bank_writes_them() {
    let german = map(&[
        ("delimiter = ','", "delimiter = ';'\nencoding = 'latin-1'"),
        ("decimal = '.'", "decimal = ','"),
        ("thousands = ','", "thousands = ' '"),
        ("'%d/%m/%Y'", "'%d-%b-%y'"),
        ("'Details'", "'Für wen', 'Ref'"),
    ]);
    let text = "\"Date\";\" f\u{fc}r  WEN\";Ref;Paid out;Paid in;Balance\r\n\
                4-Nov-26;M\u{fc}ller;R;;1\u{a0}000,5;1 000,50\r\n";
    let bytes: Vec<u8> = text.chars().map(|sign| u8::try_from(sign).unwrap()).collect();
    let found = csv_lines::read(&bytes, &german, &known(), &mut quiet).unwrap();
    assert_eq!(found.lines[0].text, "Müller / R");
    assert_eq!((amounts(&found), found.opened_on), (vec![1_000_50], date(2026, 11, 4)));
}

#[test]
fn a_table_of_another_account_or_currency_is_refused() {
    let owned = map(&[("balance =", "account = 'Account'\ncurrency = 'Ccy'\nbalance =")]);
    let head = HEAD.replace('\n', ",Account,Ccy\n");
    let read = |rows: &str| with(&owned, &known(), &format!("{head}{rows}"));
    let found = read("04/11/2026,A,,,5,15,KE07,kes\n").unwrap();
    assert_eq!(found.account, "KE07");
    let error = read("04/11/2026,A,,,5,15,KE07,USD\n").unwrap_err();
    assert!(matches!(error.what, Unreadable::OtherCurrency { .. }));
    let rows = "04/11/2026,A,,,5,15,KE07,KES\n05/11/2026,A,,,5,20,KE08,KES\n";
    let error = read(rows).unwrap_err();
    let other = Unreadable::OtherAccount { expected: "KE07".into(), found: "KE08".into() };
    assert_eq!((error.at_line, error.what), (Some(3), other));
}

#[test]
fn a_word_may_say_that_something_came_back() {
    let returned = (
        "[amount.two]",
        "[columns.returned]\ncolumn = 'Details'\nwords = ['Unpaid']\n\
                     [amount.two]",
    );
    let text = format!("{HEAD}04/11/2026,unpaid,,5,,5\n05/11/2026,Unpaid rent,,,5,10\n");
    let found = with(&map(&[returned]), &known(), &text).unwrap();
    let returns: Vec<bool> = found.lines.iter().map(|line| line.is_return).collect();
    assert_eq!(returns, [true, false]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let wrong = [
        ("4.11.2026,A,,,5,15\n", "line 2: `4.11.2026` is not a day"),
        ("04/11/2026,A,,,5.005,15\n", "line 2: `5.005` has more decimals than KES"),
        ("04/11/2026,A,,,\"1,5\",15\n", "line 2: `1,5` is not an amount"),
        ("04/11/2026,A,,1,5,15\n", "line 2: an amount came in and one went out"),
        ("04/11/2026,A,,,5\n", "line 2: 5 fields where the head has 6"),
        ("04/11/2026,A,,,5,15,16\n", "line 2: 7 fields where the head has 6"),
        ("04/11/2026,A\"B,,,5,15\n05/11/2026,\"x,,,1,16\n", "line 3: a quote is not closed"),
        ("Total,,,,5,5\n", "the opening balance"),
        ("04/11/2026,A,,,99999999999999999,1\n", "line 2: `99999999999999999` is more than can"),
    ];
    for (rows, message) in wrong {
        let error = table(rows).unwrap_err().to_string();
        let none = message == "the opening balance" && error.contains("opening balance");
        assert!(error.starts_with(message) || none, "{rows}: {error}");
    }
    let heads = [
        (
            "Date,Details,Paid out,Paid in,Balance\n",
            "line 1: reference of the map: there is no column `Ref` among `date, details, \
             paid out, paid in, balance`",
        ),
        (
            "Date,Details,Ref,Ref,Paid out,Paid in,Balance\n",
            "line 1: reference of the map: there are two columns `Ref`: use their numbers",
        ),
        ("", "the file has no statement in it"),
    ];
    for (head, says) in heads {
        assert_eq!(with(&map(&[]), &known(), head).unwrap_err().to_string(), says);
    }
    let day = table("04.11.2026,A,,,5,15\n").unwrap_err().to_string();
    assert!(day.ends_with("is not a day: in the map stands date_format = `%d/%m/%Y`"), "{day}");
    let trailing = table("04/11/2026,A,,,5,15,,\n");
    assert!(trailing.is_ok());
}

#[test]
fn a_map_that_no_table_could_be_read_with_is_refused() {
    let wrong = [
        ("delimiter = ','", "delimiter = 'a'", "delimiter: `a` cannot stand for the delimiter"),
        ("delimiter = ','", "delimiter = 'no'", "delimiter: what stands there cannot be used"),
        ("delimiter = ','", "delimiter ','", "this line cannot be read"),
        ("decimal = '.'", "decimal = ','", "thousands: `,` cannot stand for the thousands sign"),
        ("'%d/%m/%Y'", "'%d/%m'", "date_format: the date format `%d/%m` needs"),
        ("'%d/%m/%Y'", "'%Q'", "date_format: the date format `%Q` needs"),
        ("booked_on = 'Date'", "booked_on = 0", "booked_on: there is no column 0"),
        ("totals =", "header = false\ntotals =", "booked_on: column `Date` has a name, but"),
        ("totals =", "total =", "total: there is no such key here"),
        ("[amount.two]", "[amount.three]", "amount.three: what stands there cannot be used"),
        ("credit = 'Paid in'", "credits = 'Paid in'", "credits: there is no such key here"),
        ("booked_on = 'Date'\n", "", "booked_on: this key is missing"),
    ];
    for (before, after, message) in wrong {
        let spoilt = MAP.replace(before, after);
        let error = ColumnMap::from_toml(&spoilt).unwrap_err();
        let at = error.at_line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let said = error.to_string();
        assert_eq!(at.is_empty(), error.what == MapFault::Missing, "{after}: {said}");
        assert!(said.starts_with(&format!("{at}{message}")), "{after}: {said}");
        let line = error.at_line.and_then(|line| spoilt.lines().nth(line - 1));
        assert!(line.is_none_or(|line| line.contains(&error.key)), "{after}: {said}");
    }
    let marked = |debit, credit| AmountColumns::Marked {
        column: Column::Number(1),
        mark: Column::Number(2),
        debit,
        credit,
    };
    let check = |amount| ColumnMap { amount, ..map(&[]) }.check().map_err(|no| no.what);
    let word = || vec!["C".to_owned()];
    assert_eq!(check(marked(word(), word())), Err(MapFault::Mark("C".into())));
    assert_eq!(check(marked(word(), Vec::new())), Err(MapFault::NoMark("came in")));
    assert_eq!(ColumnMap::from_toml(&map(&[]).to_toml().unwrap()), Ok(map(&[])));
}

#[test]
fn the_example_is_a_map_and_says_what_every_key_is() {
    let example = ColumnMap::from_toml(EXAMPLE).unwrap();
    // with each line that is only shown, too
    let whole = EXAMPLE.lines().map(|line| match line.strip_prefix("# ") {
        Some(shown) if shown.split(' ').nth(1) == Some("=") && !shown.contains("debit") => shown,
        _ => line,
    });
    let whole = whole.collect::<Vec<_>>().join("\n");
    let every = ColumnMap::from_toml(&whole.replace("header = false", "header = true")).unwrap();
    for key in ["skip_lines", "encoding", "totals", "returned", "currency", "customer_reference"] {
        assert!(every.to_toml().unwrap().contains(key), "{key}");
    }
    let changes = ColumnMap::changes(&example.to_toml().unwrap(), &every.to_toml().unwrap());
    let keys: Vec<&str> = changes.iter().map(|(key, ..)| key.as_str()).collect();
    assert!(keys.contains(&"skip_lines") && keys.contains(&"columns.value_on"), "{keys:?}");
    let date = changes.iter().find(|(key, ..)| key == "skip_lines").unwrap();
    assert_eq!((date.1.as_str(), date.2.as_str()), ("0", "3"));
}
