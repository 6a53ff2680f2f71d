//! One booking of a camt.053. It may stand for several payments: where their amounts add up to it,
//! each is a line of its own, else the booking is one line, whatever is known of its parts.

use super::bank_statement::{Counterparty, Line};
use super::camt_values::{account, amount, day_of, directed, is_true};
use super::cleaning::{key, name, rejoined, together};
use super::counting::LineCount;
use super::figure;
use super::unreadable::{Read, Unreadable};
use super::xml::{Node, Xml};
use crate::money::Currency;

/// How long a piece of remittance text can be.
const USTRD_WIDTH: usize = 140;

/// Kinds of booking that take back another: returned payments, reversals, unpaid debits and
/// cheques.
const RETURNS: &[&str] = &["RRTN", "RPCR", "PRDD", "UPDD", "UPCQ", "CQRV"];

/// One of the payments that a booking stands for.
#[derive(Default)]
struct Payment {
    /// Where the file says it in the account's currency.
    size_minor: Option<i64>,
    /// `CRDT` or `DBIT`; empty where it goes the way of the booking.
    way: String,
    reference: Option<String>,
    end_to_end: Option<String>,
    texts: Vec<String>,
    /// Who paid, and whom.
    debtor: Counterparty,
    creditor: Counterparty,
    is_return: bool,
}

/// Reads the booking that was opened last; one that is only announced makes no line.
pub(super) fn entry(
    xml: &mut Xml<'_>,
    ours: &str,
    currency: &mut Option<Currency>,
    count: &mut LineCount<'_>,
) -> Read<Vec<Line>> {
    let at_line = xml.line();
    let mut head = Node::default();
    let mut payments = Vec::new();
    while let Some(tag) = xml.child()? {
        match tag {
            "NtryDtls" => details(xml, currency.as_ref(), &mut payments, count)?,
            "" => xml.skip()?,
            tag => head.children.push(xml.tree(tag)?),
        }
    }
    let booked = booking(&head, currency, at_line).map_err(|what| what.at(at_line))?;
    let Some(booked) = booked else { return Ok(Vec::new()) };
    if payments.is_empty() {
        count.one().map_err(|what| what.at(at_line))?;
    }
    lines(booked, payments, ours, head.text(&["CdtDbtInd"])).map_err(|what| what.at(at_line))
}

fn details(
    xml: &mut Xml<'_>,
    currency: Option<&Currency>,
    payments: &mut Vec<Payment>,
    count: &mut LineCount<'_>,
) -> Read<()> {
    while let Some(tag) = xml.child()? {
        if tag == "TxDtls" {
            let at_line = xml.line();
            let node = xml.tree(tag)?;
            payments.push(payment(&node, currency).map_err(|what| what.at(at_line))?);
            count.one().map_err(|what| what.at(at_line))?;
        } else {
            xml.skip()?;
        }
    }
    Ok(())
}

/// What the booking itself says, as a line; nothing where it is not booked.
fn booking(
    head: &Node,
    currency: &mut Option<Currency>,
    at_line: u64,
) -> Result<Option<Line>, Unreadable> {
    let status = [&["Sts"][..], &["Sts", "Cd"], &["Sts", "Prtry"]].map(|path| head.text(path));
    let status = status.concat();
    if !status.is_empty() && !status.eq_ignore_ascii_case("BOOK") {
        return Ok(None);
    }
    let amount_minor = amount(head, currency)?;
    let value_on = day_of(head, "ValDt")?;
    let booked_on = day_of(head, "BookgDt")?.or(value_on);
    Ok(Some(Line {
        at_line,
        booked_on: booked_on.ok_or(Unreadable::Missing { what: "the day of a booking" })?,
        value_on,
        amount_minor,
        reference: key(head.text(&["AcctSvcrRef"]), "a reference")?,
        customer_reference: None,
        text: together([head.text(&["AddtlNtryInf"])]),
        counterparty: Counterparty::default(),
        is_return: is_true(head.text(&["RvslInd"])) || is_returned(head),
    }))
}

fn is_returned(node: &Node) -> bool {
    RETURNS.contains(&node.text(&["BkTxCd", "Domn", "Fmly", "SubFmlyCd"]))
        || node.at(&["RtrInf"]).is_some()
}

fn payment(node: &Node, currency: Option<&Currency>) -> Result<Payment, Unreadable> {
    let remittance = node.at(&["RmtInf"]);
    let free: Vec<&str> = remittance
        .into_iter()
        .flat_map(|inside| inside.all("Ustrd"))
        .map(|piece| piece.text.trim())
        .collect();
    let structured = remittance.into_iter().flat_map(|inside| inside.all("Strd"));
    let mut texts = vec![rejoined(free, USTRD_WIDTH)];
    for piece in structured {
        texts.push(piece.text(&["CdtrRefInf", "Ref"]).to_owned());
        texts.extend(piece.all("AddtlRmtInf").map(|more| more.text.clone()));
    }
    texts.push(node.text(&["AddtlTxInf"]).to_owned());
    texts.push(node.text(&["RtrInf", "AddtlInf"]).to_owned());
    let parties = node.at(&["RltdPties"]);
    let party = |who, whose| parties.map_or(Ok(Counterparty::default()), |p| party(p, who, whose));
    Ok(Payment {
        size_minor: detail_amount(node, currency)?,
        way: node.text(&["CdtDbtInd"]).to_owned(),
        reference: key(node.text(&["Refs", "AcctSvcrRef"]), "a reference")?,
        end_to_end: key(node.text(&["Refs", "EndToEndId"]), "a reference")?,
        texts,
        debtor: party("Dbtr", "DbtrAcct")?,
        creditor: party("Cdtr", "CdtrAcct")?,
        is_return: is_returned(node),
    })
}

/// The amount of a payment, where it is there in the account's currency. Newer versions say it
/// itself, older ones among other amounts.
fn detail_amount(node: &Node, currency: Option<&Currency>) -> Result<Option<i64>, Unreadable> {
    let places = [&["Amt"][..], &["AmtDtls", "TxAmt", "Amt"], &["AmtDtls", "InstdAmt", "Amt"]];
    let mut amounts = places.iter().filter_map(|path| node.at(path));
    let found = amounts.find_map(|amount| {
        let currency = currency.filter(|known| known.as_str() == amount.currency)?;
        Some(figure::unsigned(amount.text.trim(), '.', *currency))
    });
    found.transpose()
}

/// A party stands as itself or within `Pty`, which newer versions have.
fn party(parties: &Node, who: &str, whose: &str) -> Result<Counterparty, Unreadable> {
    let names = [parties.text(&[who, "Nm"]), parties.text(&[who, "Pty", "Nm"])];
    let account = parties.at(&[whose]).map_or(Ok(None), account)?;
    Ok(Counterparty { name: names.into_iter().find_map(name), account })
}

/// The lines of a booking.
fn lines(
    booked: Line,
    payments: Vec<Payment>,
    ours: &str,
    way: &str,
) -> Result<Vec<Line>, Unreadable> {
    let mut parts = Vec::with_capacity(payments.len());
    for payment in &payments {
        let own = Some(payment.way.as_str()).filter(|own| !own.is_empty()).unwrap_or(way);
        parts.extend(payment.size_minor.map(|size| directed(size, own)).transpose()?);
    }
    let sum = parts.iter().try_fold(0_i64, |sum, minor| sum.checked_add(*minor));
    let adds_up = parts.len() == payments.len() && sum == Some(booked.amount_minor);
    if payments.len() < 2 || !adds_up {
        return Ok(vec![whole(booked, payments, ours)]);
    }
    let part =
        |(payment, amount_minor)| line(Line { amount_minor, ..booked.clone() }, payment, ours);
    Ok(payments.into_iter().zip(parts).map(part).collect())
}

/// The booking as one line. Of several payments it has the texts, but no one's name.
fn whole(booked: Line, payments: Vec<Payment>, ours: &str) -> Line {
    let mut payments = payments;
    match (payments.pop(), payments.is_empty()) {
        (None, _) => booked,
        (Some(only), true) => line(booked, only, ours),
        (Some(last), false) => {
            payments.push(last);
            let is_return = booked.is_return || payments.iter().all(|one| one.is_return);
            let texts = payments.iter().flat_map(|one| one.texts.iter().map(String::as_str));
            let text = together(std::iter::once(booked.text.as_str()).chain(texts));
            Line { is_return, text, ..booked }
        }
    }
}

/// The booking as the line of this payment.
fn line(booked: Line, payment: Payment, ours: &str) -> Line {
    let is_return = booked.is_return || payment.is_return;
    let texts = payment.texts.iter().map(String::as_str);
    let text = together(texts.chain([booked.text.as_str()]));
    // what came in was paid by the debtor; of a payment that came back, the parties stay who they
    // were
    let from_debtor = (booked.amount_minor >= 0) != is_return;
    let (first, second) = match from_debtor {
        true => (payment.debtor, payment.creditor),
        false => (payment.creditor, payment.debtor),
    };
    let is_other = |party: &Counterparty| {
        *party != Counterparty::default() && party.account.as_deref() != Some(ours)
    };
    let counterparty = match (is_other(&first), is_other(&second)) {
        (true, _) => first,
        (false, true) => second,
        (false, false) => Counterparty::default(),
    };
    Line {
        reference: payment.reference.or(booked.reference),
        customer_reference: payment.end_to_end,
        text,
        counterparty,
        is_return,
        ..booked
    }
}
