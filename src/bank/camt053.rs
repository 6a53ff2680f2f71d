//! Statements as camt.053: the XML of ISO 20022. Versions differ in where things stand, so what is
//! looked for is looked for in all of its places, and the namespace is not looked at: banks have it
//! wrong. It knows only the file.

use super::bank_statement::{Line, Statement};
use super::camt_entry::entry;
use super::camt_values::{account, amount, day_of, is_true, one_currency};
use super::cleaning::{self, Encoding};
use super::counting::LineCount;
use super::statement_page::{Balance, StatementPage, joined};
use super::unreadable::{Read, Unreadable};
use super::xml::{Node, Xml};
use crate::money::Currency;
use std::borrow::Cow;

/// The elements that are kept, in alphabetical order.
const KNOWN: &[&str] = &[
    "Acct",
    "AcctSvcrRef",
    "AddtlInf",
    "AddtlNtryInf",
    "AddtlRmtInf",
    "AddtlTxInf",
    "Amt",
    "AmtDtls",
    "Bal",
    "BkToCstmrAcctRpt",
    "BkToCstmrDbtCdtNtfctn",
    "BkToCstmrStmt",
    "BkTxCd",
    "BookgDt",
    "Ccy",
    "Cd",
    "CdOrPrtry",
    "CdtDbtInd",
    "Cdtr",
    "CdtrAcct",
    "CdtrRefInf",
    "Dbtr",
    "DbtrAcct",
    "Document",
    "Domn",
    "Dt",
    "DtTm",
    "ElctrncSeqNb",
    "EndToEndId",
    "Fmly",
    "IBAN",
    "Id",
    "InstdAmt",
    "InstrId",
    "LastPgInd",
    "LglSeqNb",
    "Nm",
    "Ntry",
    "NtryDtls",
    "Othr",
    "PgNb",
    "Prtry",
    "Pty",
    "Ref",
    "Refs",
    "RltdPties",
    "RmtInf",
    "RtrInf",
    "RvslInd",
    "Stmt",
    "StmtPgntn",
    "Strd",
    "Sts",
    "SubFmlyCd",
    "SubTp",
    "Tp",
    "TxAmt",
    "TxDtls",
    "Ustrd",
    "ValDt",
];

/// Reads all statements of a file; `told` hears of how many lines there are so far.
pub fn read(bytes: &[u8], told: &mut dyn FnMut(usize)) -> Read<Vec<Statement>> {
    let mut count = LineCount::of(bytes.len(), told).map_err(Unreadable::anywhere)?;
    let text = decoded(bytes).map_err(Unreadable::anywhere)?;
    let mut xml = Xml::new(&text, KNOWN);
    let mut pages = Vec::new();
    if xml.child()? != Some("Document") {
        return Err(Unreadable::Missing { what: "the element Document" }.at(xml.line()));
    }
    while let Some(tag) = xml.child()? {
        match tag {
            "BkToCstmrStmt" => message(&mut xml, &mut pages, &mut count)?,
            "BkToCstmrAcctRpt" => return other(&mut xml, "a report within a day (camt.052)"),
            "BkToCstmrDbtCdtNtfctn" => return other(&mut xml, "a notice of bookings (camt.054)"),
            _ => xml.skip()?,
        }
    }
    if xml.child()?.is_some() {
        return Err(Unreadable::Twice { what: "the element Document" }.at(xml.line()));
    }
    count.end();
    joined(pages)
}

fn other<T>(xml: &mut Xml<'_>, what: &'static str) -> Read<T> {
    Err(Unreadable::OtherFormat { what }.at(xml.line()))
}

/// XML says in its first line how it is written.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let head: String = bytes.iter().take(200).map(|byte| char::from(*byte)).collect();
    let declared = head.split_once("?>").map_or("", |(declared, _)| declared).to_ascii_lowercase();
    let latin = ["iso-8859-1", "iso-8859-15", "windows-1252", "latin1"];
    let is_latin = latin.iter().any(|name| declared.contains(name));
    cleaning::decoded(bytes, if is_latin { Encoding::Latin1 } else { Encoding::Utf8 })
}

fn message(
    xml: &mut Xml<'_>,
    pages: &mut Vec<StatementPage>,
    count: &mut LineCount<'_>,
) -> Read<()> {
    while let Some(tag) = xml.child()? {
        match tag {
            "Stmt" => pages.push(Draft::default().read(xml, count)?),
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// What is known of a statement so far.
#[derive(Default)]
struct Draft {
    account: Option<String>,
    electronic_number: Option<String>,
    legal_number: Option<String>,
    page: Option<u64>,
    is_last_page: bool,
    currency: Option<Currency>,
    opening: Option<Balance>,
    previous_closing: Option<Balance>,
    closing: Option<Balance>,
    lines: Vec<Line>,
}

impl Draft {
    fn read(mut self, xml: &mut Xml<'_>, count: &mut LineCount<'_>) -> Read<StatementPage> {
        let at_line = xml.line();
        while let Some(tag) = xml.child()? {
            match tag {
                "Ntry" => {
                    let account = self.account.as_deref().unwrap_or_default();
                    let lines = entry(xml, account, &mut self.currency, count)?;
                    self.lines.extend(lines);
                }
                "" => xml.skip()?,
                tag => {
                    let line = xml.line();
                    let node = xml.tree(tag)?;
                    self.learn(&node).map_err(|what| what.at(line))?;
                }
            }
        }
        self.page(at_line).map_err(|what| what.at(at_line))
    }

    fn learn(&mut self, node: &Node) -> Result<(), Unreadable> {
        match node.tag {
            "ElctrncSeqNb" => self.electronic_number = cleaning::row_number(&node.text)?,
            "LglSeqNb" => self.legal_number = cleaning::row_number(&node.text)?,
            "StmtPgntn" => {
                self.page = node.text(&["PgNb"]).parse().ok();
                self.is_last_page = is_true(node.text(&["LastPgInd"]));
            }
            "Acct" => {
                self.account = account(node)?;
                let code = node.text(&["Ccy"]);
                if !code.is_empty() {
                    one_currency(&mut self.currency, code)?;
                }
            }
            "Bal" => self.balance(node)?,
            _ => {}
        }
        Ok(())
    }

    fn balance(&mut self, node: &Node) -> Result<(), Unreadable> {
        let kind = ["Cd", "Prtry"].map(|tag| node.text(&["Tp", "CdOrPrtry", tag]));
        let place = match kind.join("").as_str() {
            "OPBD" => &mut self.opening,
            "PRCD" => &mut self.previous_closing,
            "CLBD" => &mut self.closing,
            _ => return Ok(()),
        };
        let subtype = ["Cd", "Prtry"].map(|tag| node.text(&["Tp", "SubTp", tag]));
        let minor = amount(node, &mut self.currency)?;
        let day = day_of(node, "Dt")?.ok_or(Unreadable::Missing { what: "a balance's day" })?;
        let found = Balance { day, minor, carried: subtype.contains(&"INTM") };
        match place.replace(found) {
            Some(before) if before != found => Err(Unreadable::Twice { what: "a balance" }),
            Some(_) | None => Ok(()),
        }
    }

    fn page(self, at_line: u64) -> Result<StatementPage, Unreadable> {
        let missing = |what| Unreadable::Missing { what };
        let mut opening = self
            .opening
            .or(self.previous_closing)
            .ok_or(missing("the opening balance (OPBD or PRCD)"))?;
        let mut closing = self.closing.ok_or(missing("the closing balance (CLBD)"))?;
        if let Some(page) = self.page {
            opening.carried |= page > 1;
            closing.carried |= !self.is_last_page;
        }
        Ok(StatementPage {
            at_line,
            account: self.account.ok_or(missing("the account"))?,
            number: self.electronic_number.or(self.legal_number),
            page: self.page,
            currency: self.currency.ok_or(missing("the currency"))?,
            opening,
            closing,
            lines: self.lines,
        })
    }
}
