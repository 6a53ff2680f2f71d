//! The traps of camt.053: versions, codes and places that differ from bank to bank.

use super::*;

/// A statement of one account with these balances and entries.
fn file(namespace: &str, balances: &str, entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"{namespace}\">\
         <BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>\n<Stmt><Id>X</Id>\
         <ElctrncSeqNb>00041</ElctrncSeqNb><Acct><Id><IBAN>KE07</IBAN></Id><Ccy>KES</Ccy></Acct>\n\
         {balances}\n{entries}\n</Stmt></BkToCstmrStmt></Document>\n"
    )
}

fn balance(code: &str, amount: &str, day: &str) -> String {
    let way = if amount.starts_with('-') { "DBIT" } else { "CRDT" };
    let amount = amount.trim_start_matches('-');
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"KES\">{amount}</Amt>\
         <CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )
}

fn balances(opening: &str, closing: &str) -> String {
    balance("OPBD", opening, "2026-11-04") + &balance("CLBD", closing, "2026-11-05")
}

fn entry(amount: &str, way: &str, more: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"KES\">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>BOOK</Sts>\
         <BookgDt><Dt>2026-11-05</Dt></BookgDt>{more}</Ntry>"
    )
}

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02";

fn one(balances: &str, entries: &str) -> Statement {
    let found = camt(&file(NAMESPACE, balances, entries)).unwrap();
    found.into_iter().next().unwrap()
}

#[test]
fn all_of_a_booking_is_found_in_each_version() {
    let party = |inner: &str| format!("<Dbtr>{inner}</Dbtr>");
    let old = party("<Nm>Wanjiru &amp; Sons</Nm>");
    let new = party("<Pty><Nm>Wanjiru &amp; Sons</Nm></Pty>");
    let versions = [
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", &old, "<Sts>BOOK</Sts>"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.04", &old, "<Sts>BOOK</Sts>"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.06", &old, "<Sts>BOOK</Sts>"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.08", &new, "<Sts><Cd>BOOK</Cd></Sts>"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.053.001.13", &new, "<Sts><Cd>BOOK</Cd></Sts>"),
        ("http://a.bank/its-own", &new, "<Sts><Prtry>book</Prtry></Sts>"),
    ];
    for (namespace, debtor, status) in versions {
        let entry = format!(
            "<Ntry><Amt Ccy=\"KES\">500.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{status}\
             <BookgDt><DtTm>2026-11-05T08:00:00+03:00</DtTm></BookgDt>\
             <ValDt><Dt>2026-11-06</Dt></ValDt><AcctSvcrRef>BANK77</AcctSvcrRef>\
             <NtryDtls><TxDtls><Refs><EndToEndId>DEP-0042</EndToEndId></Refs><RltdPties>{debtor}\
             <DbtrAcct><Id><Othr><Id>0110042</Id></Othr></Id></DbtrAcct>\
             <Cdtr><Nm>Ourselves</Nm></Cdtr></RltdPties>\
             <RltdAgts><DbtrAgt><FinInstnId><BICFI>KCBLKENX</BICFI></FinInstnId></DbtrAgt></RltdAgts>\
             <RmtInf><Ustrd>Float for</Ustrd><Ustrd>shop 7</Ustrd></RmtInf></TxDtls></NtryDtls>\
             <AddtlNtryInf>CREDIT</AddtlNtryInf></Ntry>"
        );
        let text = file(namespace, &balances("1000.00", "1500.00"), &entry);
        let found = camt(&text).unwrap();
        let expected = Line {
            at_line: 5,
            booked_on: date(2026, 11, 5),
            value_on: Some(date(2026, 11, 6)),
            amount_minor: 500_00,
            reference: Some("BANK77".into()),
            customer_reference: Some("DEP-0042".into()),
            text: "Float for shop 7 / CREDIT".into(),
            counterparty: Counterparty {
                name: Some("Wanjiru & Sons".into()),
                account: Some("0110042".into()),
            },
            is_return: false,
        };
        assert_eq!(found[0].lines, [expected], "{namespace}");
        assert_eq!((found[0].account.as_str(), found[0].number.as_deref()), ("KE07", Some("41")));
        assert_eq!(proof(&found[0]), Ok(()));
    }
}

#[test]
fn prefixes_and_attributes_in_any_order_change_nothing() {
    let plain = file(NAMESPACE, &balances("10", "15.5"), &entry("5.50", "CRDT", ""));
    let mut prefixed = plain.replace("</", "</c:");
    for tag in ["Document", "BkToCstmrStmt", "Stmt", "Ntry", "Amt", "Bal", "Dt", "CdtDbtInd"] {
        prefixed = prefixed.replace(&format!("<{tag}"), &format!("<c:{tag}"));
    }
    let rest = ["GrpHdr", "MsgId", "Id", "ElctrncSeqNb", "Acct", "IBAN", "Ccy", "Tp", "CdOrPrtry"];
    for tag in rest.into_iter().chain(["Cd", "Sts", "BookgDt"]) {
        prefixed = prefixed.replace(&format!("<{tag}>"), &format!("<c:{tag}>"));
    }
    let prefixed = prefixed
        .replace("c:c:", "c:")
        .replace("xmlns=", "a=\"&lt;\" xmlns:c=")
        .replace("Ccy=\"KES\"", "b='1' Ccy='KES' c='2'")
        .replace('\n', "\r\n");
    assert_eq!(camt(&prefixed).unwrap()[0].lines, camt(&plain).unwrap()[0].lines);
}

#[test]
fn the_opening_balance_may_be_the_last_closing_one() {
    let previous = balance("PRCD", "10", "2026-11-04") + &balance("CLBD", "10", "2026-11-05");
    assert_eq!(one(&previous, "").opening_minor, 10_00);
    let others = balance("PRCD", "9", "2026-11-03")
        + &balance("OPBD", "-10", "2026-11-04")
        + &balance("ITBD", "11", "2026-11-04")
        + &balance("CLAV", "12", "2026-11-04")
        + &balance("CLBD", "-10", "2026-11-05");
    let found = one(&others, "");
    assert_eq!((found.opening_minor, found.closing_minor), (-10_00, -10_00));
    assert_eq!((found.opened_on, found.closed_on), (date(2026, 11, 4), date(2026, 11, 5)));
}

#[test]
fn only_what_is_booked_is_a_line() {
    let entries = entry("1", "CRDT", "")
        + &entry("2", "CRDT", "").replace("BOOK", "PDNG")
        + &entry("3", "CRDT", "").replace("BOOK", "<Cd>INFO</Cd>")
        + &entry("4", "DBIT", "").replace("<Sts>BOOK</Sts>", "");
    assert_eq!(amounts(&one(&balances("3", "0"), &entries)), [1_00, -4_00]);
}

#[test]
fn what_is_taken_back_or_came_back_is_a_return() {
    let family =
        |code| format!("<BkTxCd><Domn><Fmly><SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd>");
    let reason = "<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>We</Nm></Dbtr><Cdtr><Nm>Asha</Nm></Cdtr>\
                  </RltdPties><RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf></TxDtls></NtryDtls>";
    let entries = entry("1", "DBIT", "<RvslInd>true</RvslInd>")
        + &entry("2", "CRDT", "<RvslInd>false</RvslInd>")
        + &entry("3", "CRDT", &family("RRTN"))
        + &entry("4", "CRDT", &family("ESCT"))
        + &entry("5", "CRDT", reason);
    let found = one(&balances("0", "13"), &entries);
    let returns: Vec<bool> = found.lines.iter().map(|line| line.is_return).collect();
    assert_eq!(returns, [true, false, true, false, true]);
    assert_eq!(amounts(&found), [-1_00, 2_00, 3_00, 4_00, 5_00]);
    // whom we had paid, not we who had paid
    assert_eq!(found.lines[4].counterparty.name.as_deref(), Some("Asha"));
}

fn payment(amount: &str, more: &str) -> String {
    format!("<TxDtls>{amount}{more}</TxDtls>")
}

#[test]
fn a_batch_is_split_where_its_parts_add_up() {
    let old = |amount| format!("<AmtDtls><TxAmt><Amt Ccy=\"KES\">{amount}</Amt></TxAmt></AmtDtls>");
    let new = |amount| format!("<Amt Ccy=\"KES\">{amount}</Amt>");
    let named = |text| format!("<RmtInf><Ustrd>{text}</Ustrd></RmtInf>");
    let parts = payment(&old("1.50"), &named("A")) + &payment(&new("3.50"), &named("B"));
    let batch = entry("5", "DBIT", &format!("<NtryDtls>{parts}</NtryDtls>"));
    let found = one(&balances("5", "0"), &batch);
    assert_eq!(amounts(&found), [-1_50, -3_50]);
    assert_eq!(found.lines[1].text, "B");
    // in several lists, and one of them the other way
    let back = payment(&new("1"), "<CdtDbtInd>DBIT</CdtDbtInd>");
    let lists = format!("<NtryDtls>{parts}</NtryDtls><NtryDtls>{back}</NtryDtls>");
    assert_eq!(
        amounts(&one(&balances("0", "4"), &entry("4", "CRDT", &lists))),
        [1_50, 3_50, -1_00]
    );
}

#[test]
fn a_batch_whose_parts_do_not_add_up_is_one_line() {
    let amount = |code, amount| format!("<Amt Ccy=\"{code}\">{amount}</Amt>");
    let text = "<RmtInf><Ustrd>A</Ustrd></RmtInf><RltdPties><Dbtr><Nm>N</Nm></Dbtr></RltdPties>";
    let least = payment(&amount("KES", "1"), text);
    for second in [amount("KES", "3"), amount("USD", "4"), String::new()] {
        let parts = format!("<NtryDtls>{least}{}</NtryDtls>", payment(&second, ""));
        let found = one(&balances("0", "5"), &entry("5", "CRDT", &parts));
        assert_eq!(amounts(&found), [5_00], "{second}");
        assert_eq!((found.lines[0].text.as_str(), &found.lines[0].counterparty.name), ("A", &None));
    }
    // of one payment the booking's amount counts, whatever a fee took from it
    let only = format!("<NtryDtls>{least}</NtryDtls>");
    let found = one(&balances("0", "5"), &entry("5", "CRDT", &only));
    assert_eq!(amounts(&found), [5_00]);
    assert_eq!(found.lines[0].counterparty.name.as_deref(), Some("N"));
}

#[test]
fn several_statements_and_pages_stand_in_one_file() {
    let whole = file(NAMESPACE, &balances("0", "1"), &entry("1", "CRDT", ""));
    let (head, rest) = whole.split_once("<Stmt>").unwrap();
    let (inner, tail) = rest.split_once("</Stmt>").unwrap();
    let two = format!("{head}<Stmt>{inner}</Stmt><Stmt>{inner}</Stmt>{tail}");
    assert_eq!(camt(&two).unwrap().len(), 2);
    let page = |number: u8, last, balances: String| {
        let pages =
            format!("<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>");
        format!("<Stmt>{pages}{}</Stmt>", inner.replace(&self::balances("0", "1"), &balances))
    };
    let paged = |first, second| {
        let pages = page(1, false, first) + &page(2, true, second);
        camt(&format!("{head}{pages}{tail}"))
    };
    let joined = paged(balances("0", "1"), balances("1", "2")).unwrap();
    assert_eq!((joined.len(), amounts(&joined[0])), (1, vec![1_00, 1_00]));
    assert_eq!(proof(&joined[0]), Ok(()));
    // some banks write the balances of the whole on each page
    assert_eq!(paged(balances("0", "2"), balances("0", "2")).unwrap(), joined);
    let torn = paged(balances("0", "1"), balances("1.5", "2.5")).unwrap_err();
    let disagree = Unreadable::PagesDisagree { carried: kes(1_00), opening: kes(1_50) };
    assert_eq!(torn.what, disagree);
    let lonely = camt(&format!("{head}{}{tail}", page(1, false, balances("0", "1"))));
    assert!(matches!(lonely.unwrap_err().what, Unreadable::PageMissing { .. }));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let good = file(NAMESPACE, &balances("0", "1"), &entry("1", "CRDT", ""));
    let wrong = [
        (
            "<Amt Ccy=\"KES\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>",
            "<Amt Ccy=\"KES\">1.005</Amt>\
          <CdtDbtInd>CRDT</CdtDbtInd><Sts>",
            "line 5: `1.005` has more decimals than KES",
        ),
        ("OPBD", "XXXX", "line 3: the opening balance (OPBD or PRCD) is missing"),
        ("CLBD", "OPBD", "line 4: a balance is there twice"),
        (
            "<Dt>2026-11-05</Dt></BookgDt>",
            "<Dt>05.11.2026</Dt></BookgDt>",
            "line 5: `05.11.2026` is not a day",
        ),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>", "line 5: CRDT or DBIT is missing"),
        (
            "<Amt Ccy=\"KES\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>",
            "<Amt Ccy=\"USD\">1</Amt>\
          <CdtDbtInd>CRDT</CdtDbtInd><Sts>",
            "line 5: USD among amounts of KES",
        ),
        (
            "BkToCstmrStmt>",
            "BkToCstmrAcctRpt>",
            "line 2: this is a report within a day (camt.052), \
          not a statement as CSV, camt.053 or MT940",
        ),
        ("</Ntry>", "", "line 6: not well-formed XML: "),
        ("</BkToCstmrStmt></Document>", "", "line 7: the file ends within an element"),
        ("<BkToCstmrStmt>", "<BkToCstmrStmt>&bank;", "line 2: the entity `bank` is not known"),
        (
            "<Document",
            "<!DOCTYPE x [<!ENTITY bank 'x'>]><Document",
            "line 2: the file has a DTD, which no statement has",
        ),
        ("</Document>", "</Document><Document/>", "line 6: the element Document is there twice"),
        ("<Stmt>", "<Other>", "line 6: not well-formed XML: "),
    ];
    for (before, after, message) in wrong {
        let error = camt(&good.replacen(before, after, usize::MAX)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{before} → {after}: {error}");
    }
    let deep = good.replace("<Stmt>", &format!("{}<Stmt>", "<a>".repeat(100)));
    assert_eq!(camt(&deep).unwrap_err().what, Unreadable::TooDeep { max: 64 });
    let none = "<Document><BkToCstmrStmt></BkToCstmrStmt></Document>";
    assert_eq!(camt(none).unwrap_err().what, Unreadable::Empty);
}

#[test]
fn entities_that_grow_are_never_expanded() {
    let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a0 \"lol\">");
    for level in 1..10 {
        let ten = format!("&a{};", level - 1).repeat(10);
        bomb.push_str(&format!("<!ENTITY a{level} \"{ten}\">"));
    }
    bomb.push_str("]><Document>&a9;</Document>");
    assert_eq!(camt(&bomb).unwrap_err().what, Unreadable::Doctype);
    let outside =
        "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Document>&x;</Document>";
    assert_eq!(camt(outside).unwrap_err().what, Unreadable::Doctype);
}

#[test]
fn latin_letters_are_read_where_the_file_says_so() {
    let text = file(
        NAMESPACE,
        &balances("0", "1"),
        &entry(
            "1",
            "CRDT",
            "<AddtlNtryInf>é\
        </AddtlNtryInf>",
        ),
    );
    let latin = text.replace("UTF-8", "ISO-8859-1");
    let bytes: Vec<u8> = latin.chars().map(|sign| u8::try_from(sign).unwrap()).collect();
    let found = camt053::read(&bytes, &mut quiet).unwrap();
    assert_eq!(found[0].lines[0].text, "é");
    let lying: Vec<u8> = text.chars().map(|sign| u8::try_from(sign).unwrap()).collect();
    let error = camt053::read(&lying, &mut quiet).unwrap_err();
    assert_eq!(error.what, Unreadable::NotText { encoding: "UTF-8" });
}
