//! What `kadogo bank` lists: lines with what they may be, what was announced, what lies between the
//! banks and the book, and the equation. Nothing is done here.

use crate::matching::{Found, Proposal, bank_code};
use crate::money::Money;
use crate::printing::say;
use crate::request::Fields;
use crate::signed_in::Office;
use crate::store::bank_sums::Waiting;
use crate::wallet::treasury::bank_item::LineName;
use crate::wallet::treasury::line_candidates::{OpenLine, OpenLines};
use crate::wallet::treasury::open_items::{Band, OpenItem};
use anyhow::anyhow;
use std::process::ExitCode;
use strum::VariantArray;

/// What no bank says.
const OPENING: &str = "balance before the first statement";

/// As money of the service.
pub fn money(office: &Office, minor: i64) -> Money {
    Money::new(minor, office.app.wallet.config.market.currency)
}

/// Lines that nobody has explained, with what each may be.
pub async fn lines(office: &Office, after: Option<String>, limit: i64) -> anyhow::Result<()> {
    let after = after.map(|typed| {
        let name = LineName::parse(&typed).ok_or_else(|| anyhow!("{typed:?} is no line"))?;
        Ok::<_, anyhow::Error>(name.place())
    });
    let open = office.app.wallet.open_lines(after.transpose()?, limit).await?;
    let asked = office.app.wallet.asked_of_lines().await?;
    for line in &open.lines {
        let amount = money(office, line.line.amount_minor);
        let (day, other, said) = (&line.line.booked_on, &line.line.counterparty, &line.line.said);
        if office.is_json() {
            say!("{}", as_json(line, &open));
            continue;
        }
        let said = if line.line.is_opening() { OPENING } else { said.as_str() };
        say!("{} {day} {amount} {other} {said}", line.name());
        for (number, wish) in asked.of(&line.name()) {
            say!("  {} was asked for by {}, and waits: {number}", wish.service, wish.by);
        }
        // what the bank may have booked twice is looked at first, and not typed off
        let is_twice = |each: &Proposal| matches!(each.found, Found::Duplicate(_));
        let twice = line.proposals.iter().any(is_twice);
        for proposal in &line.proposals {
            say!("  {}: {}", in_words(proposal, &open), proposal.rule);
            let command = command(office, line, proposal, &open);
            if let Some(command) = command.filter(|_| !twice || is_twice(proposal)) {
                say!("    {command}");
            }
        }
    }
    office.say_if_none(open.lines.is_empty(), "lines to explain");
    let alone = open.lines.iter().filter(|line| line.explained_alone().is_some()).count();
    if alone > 0 && !office.is_json() {
        say!("{alone} of them leave nothing to judge: kadogo bank match");
    }
    Ok(())
}

/// What a line may be, in words.
fn in_words(proposal: &Proposal, open: &OpenLines) -> String {
    match &proposal.found {
        Found::Duplicate(line) => format!("the same as {line}"),
        Found::Redemption(number) => {
            let to = open.redemptions.get(number).map_or("", |(_, terms)| terms.to.as_str());
            format!("redemption {} to {to}", bank_code::written(*number))
        }
        Found::Returned(number) => format!("redemption {} came back", bank_code::written(*number)),
        Found::Deposit(number) => {
            let to = open.notices.get(number).map_or("", |notice| notice.to.as_str());
            format!("deposit {} for {to}", bank_code::written(*number))
        }
        Found::Outlet(number) => {
            format!("a deposit of {}", crate::check_digit::written(*number))
        }
        Found::Says(says) => <&str>::from(says).to_owned(),
    }
}

/// What somebody types to say so.
fn command(
    office: &Office,
    line: &OpenLine,
    proposal: &Proposal,
    open: &OpenLines,
) -> Option<String> {
    let (_service, inputs) = line.inputs(proposal)?;
    let name = line.name();
    let of = |field: &str| inputs.get(field).cloned().unwrap_or_default();
    if let Some(meaning) = inputs.get("meaning") {
        let redemption = of("redemption");
        let redemption =
            if redemption.is_empty() { redemption } else { format!(" --redemption {redemption}") };
        return Some(format!("kadogo bank explain {name} {meaning}{redemption} --why ..."));
    }
    let amount = money(office, line.line.amount_minor).plain();
    let (to, notice) = match proposal.found {
        Found::Deposit(number) => {
            (open.notices.get(&number)?.to.clone(), format!(" --notice {}", of("notice")))
        }
        Found::Outlet(_)
        | Found::Duplicate(_)
        | Found::Redemption(_)
        | Found::Returned(_)
        | Found::Says(_) => (of("to"), String::new()),
    };
    Some(format!("kadogo issue {name} {amount} {to}{notice} --why ..."))
}

fn as_json(line: &OpenLine, open: &OpenLines) -> serde_json::Value {
    let of = |fields: Fields| serde_json::json!(fields);
    let may_be = line.proposals.iter().map(|each| {
        serde_json::json!({
            "is": in_words(each, open),
            "rule": each.rule,
            "alone": each.alone,
            "inputs": line.inputs(each).map(|(_, fields)| of(fields)),
        })
    });
    serde_json::json!({
        "line": line.name(),
        "day": line.line.booked_on,
        "amount_minor": line.line.amount_minor,
        "reference": line.line.reference,
        "said": line.line.said,
        "counterparty": line.line.counterparty,
        "may_be": may_be.collect::<Vec<_>>(),
    })
}

/// Deposits that were announced.
pub async fn expected(office: &Office) -> anyhow::Result<()> {
    let open = office.app.wallet.open_lines(None, 1).await?;
    office.say_if_none(open.notices.is_empty(), "deposits announced");
    for (number, notice) in &open.notices {
        let amount = money(office, notice.amount_minor);
        let (to, day) = (&notice.to, &notice.day);
        say!("{} {day} {amount} for {to} {}", bank_code::written(*number), notice.payer);
    }
    Ok(())
}

/// What lies between, by age.
pub async fn items(office: &Office) -> anyhow::Result<()> {
    let standing = office.app.wallet.standing().await?;
    if office.is_json() {
        let all = standing.items.iter().map(item_as_json);
        say!("{}", serde_json::Value::Array(all.collect()));
        return Ok(());
    }
    office.say_if_none(standing.items.is_empty(), "items between the banks and the book");
    by_age(office, &standing.items);
    Ok(())
}

fn item_as_json(item: &OpenItem) -> serde_json::Value {
    serde_json::json!({
        "name": item.name,
        "kind": <&str>::from(item.kind),
        "side": if item.amount_minor < 0 { "less at the bank" } else { "more at the bank" },
        "amount_minor": item.amount_minor,
        "first_seen": item.since.map(|day| day.to_string()),
        "days": item.days,
        "age": <&str>::from(item.band()),
        "owner": item.owner,
        "note": item.note,
        "about": item.about,
        "break": item.is_break,
    })
}

fn by_age(office: &Office, items: &[OpenItem]) {
    for band in Band::VARIANTS {
        let those: Vec<&OpenItem> = items.iter().filter(|item| item.band() == *band).collect();
        if those.is_empty() {
            continue;
        }
        say!("{} days:", <&str>::from(band));
        for item in those {
            let kind = <&str>::from(item.kind).replace('_', " ");
            let who = match item.owner.as_str() {
                "" => "nobody looks into it".to_owned(),
                owner => format!("{owner}: {}", item.note),
            };
            let mark = if item.is_break { "BREAK " } else { "" };
            let amount = money(office, item.amount_minor);
            say!("  {mark}{kind} {} {amount} {}; {who}", item.name, item.about);
        }
    }
}

/// How it all stands.
pub async fn equation(office: &Office) -> anyhow::Result<ExitCode> {
    let standing = office.app.wallet.standing().await?;
    let of = |minor| money(office, minor);
    for bank in &standing.banks {
        let closing = bank.closing_minor.map_or("no statement yet".to_owned(), |closing| {
            format!("the last statement says {}", of(closing))
        });
        say!("{}: {}; {closing}", bank.name, of(bank.mirror_minor));
    }
    say!("at the banks: {}", of(standing.at_banks_minor()));
    say!("held by people and by us: {}", of(standing.held_minor()));
    let sum = |all: &[Waiting]| all.iter().fold(0_i64, |sum, w| sum.saturating_add(w.left_minor));
    for (name, minor) in [
        ("came in, nobody's yet", standing.suspense_minor),
        ("left of lines that were used in part", sum(&standing.parts)),
        ("redeemed, not seen at the bank yet", sum(&standing.redemptions)),
        ("went out, not explained", standing.outgoing_minor),
        ("bank charges, not made good", standing.charges_minor.min(0)),
        ("own money of ours", standing.charges_minor.max(0)),
        ("interest of the banks", standing.interest_minor),
        ("commission, a cost of ours", standing.commissions_minor),
        ("against no bank", standing.trust_minor),
    ] {
        if minor != 0 {
            say!("  {name}: {}", of(minor));
        }
    }
    by_age(office, &standing.items);
    let breaks = standing.breaks();
    for each in &breaks {
        say!("BREAK {}: {}", each.what, of(each.minor));
    }
    if breaks.is_empty() {
        say!("everything has its name");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
