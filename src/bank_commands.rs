//! `kadogo bank`, `kadogo issue`, `kadogo redeem`: statements, e-money against their lines, and how
//! it all stands.

use crate::bank;
use crate::cli::{BankAct, IssueArgs, OfficeArgs, RedeemAct};
use crate::money::Money;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::staff_commands::fields;
use crate::store::Conn;
use crate::store::bank_rows::{self, BankAccountRow, BankFileRow, BankLine};
use crate::wallet::office::sign_in::OnDuty;
use crate::wallet::treasury::{bank_opening, explaining, issuing, redemption, taking};
use anyhow::{Context, anyhow, bail};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Lines that are stored at a time.
const PIECE: usize = 500;
const LISTED_MAX: i64 = 1_000;

/// `kadogo bank`
pub async fn bank(args: OfficeArgs, act: BankAct) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = of_bank(&office, act).await;
    office.close().await?;
    done
}

/// `kadogo issue`
pub async fn issue(args: OfficeArgs, issue: IssueArgs) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = issued(&office, issue).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// `kadogo redeem`
pub async fn redeem(args: OfficeArgs, act: RedeemAct) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = of_redemptions(&office, act).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// Asks for e-money against a line.
pub async fn issued(office: &Office, issue: IssueArgs) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    let amount = office.minor(&issue.amount)?;
    let IssueArgs { line, to, why, .. } = issue;
    let typed = fields([("line", &line), ("amount", &amount), ("to", &to), ("why", &why)]);
    office.act(&duty, issuing::ISSUE.name, typed).await
}

/// What can be done about e-money that goes out.
pub async fn of_redemptions(office: &Office, act: RedeemAct) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    match act {
        RedeemAct::Ask { from, amount, bank, recipient, why } => {
            let amount = office.minor(&amount)?;
            let typed = fields([
                ("from", &from),
                ("amount", &amount),
                ("bank", &bank),
                ("recipient", &recipient),
                ("why", &why),
            ]);
            office.act(&duty, redemption::REDEEM.name, typed).await
        }
        RedeemAct::CallOff { redemption: number, why } => {
            let number = number.to_string();
            let typed = fields([("redemption", &number), ("why", &why)]);
            office.act(&duty, redemption::CALL_OFF.name, typed).await
        }
    }
}

/// What can be done about accounts at banks.
pub async fn of_bank(office: &Office, act: BankAct) -> anyhow::Result<ExitCode> {
    let duty = office.signs_one_of(&[Right::Bank, Right::Audit]).await?;
    match act {
        BankAct::Open { name, number, map, why } => {
            let map = map.map(|file| read_map(&file)).transpose()?.unwrap_or_default();
            let typed =
                fields([("name", &name), ("number", &number), ("map", &map), ("why", &why)]);
            office.act(&duty, bank_opening::OPEN.name, typed).await?;
        }
        BankAct::List => list(office).await?,
        BankAct::Take { file, bank, closing, why } => {
            // before a line of it is kept
            office.signs(Right::Bank).await?;
            let named = (bank.as_deref(), closing.as_deref());
            take(office, &duty, &file, named, &why).await?;
        }
        BankAct::Lines => lines(office).await?,
        BankAct::Explain { line, meaning, redemption, why } => {
            let number = redemption.map(|number| number.to_string()).unwrap_or_default();
            let mut typed = fields([("line", &line), ("meaning", &meaning), ("why", &why)]);
            typed.insert("redemption".to_owned(), number);
            office.act(&duty, explaining::EXPLAIN.name, typed).await?;
        }
        BankAct::Equation => return equation(office).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_map(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    // what is stored is what was understood
    Ok(bank::ColumnMap::from_toml(&text)?.to_toml()?)
}

async fn banks(office: &Office) -> anyhow::Result<Vec<BankAccountRow>> {
    let read = |conn: &mut Conn| bank_rows::accounts_after(conn, None, LISTED_MAX);
    Ok(office.app.wallet.store.read(read).await?)
}

async fn list(office: &Office) -> anyhow::Result<()> {
    for bank in banks(office).await? {
        let ended = match (bank.closing_minor, &bank.ended_on) {
            (Some(closing), Some(day)) => format!("{} on {day}", money(office, closing)),
            (_, _) => "no statement yet".to_owned(),
        };
        println!("{} {}: {ended}", bank.name, bank.number);
    }
    Ok(())
}

fn money(office: &Office, minor: i64) -> Money {
    Money::new(minor, office.app.wallet.config.market.currency)
}

async fn take(
    office: &Office,
    duty: &OnDuty,
    file: &Path,
    (name, closing): (Option<&str>, Option<&str>),
    why: &str,
) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let banks = banks(office).await?;
    let named = name.map(|name| banks.iter().find(|bank| bank.name == name.to_lowercase()));
    let named = match named {
        Some(None) => bail!("there is no bank account {:?}", name.unwrap_or_default()),
        Some(found) => found,
        None => None,
    };
    let closing_minor =
        closing.map(|typed| office.minor(typed)).transpose()?.and_then(|minor| minor.parse().ok());
    let statements = read(office, &bytes, named, closing_minor)?;
    for statement in statements {
        let number = statement.account.replace(' ', "").to_uppercase();
        let known = |bank: &&BankAccountRow| bank.number.replace([' ', '-'], "") == number;
        let bank = named.or_else(|| banks.iter().find(known));
        let bank = bank.ok_or_else(|| {
            anyhow!("account {} is none of ours: name it with --bank", statement.account)
        })?;
        let currency = office.app.wallet.config.market.currency;
        if statement.currency != currency {
            bail!("it is in {}, not in {}", statement.currency.as_str(), currency.as_str());
        }
        bank::proof(&statement)?;
        one(office, duty, bank, &statement, why).await?;
    }
    Ok(())
}

fn read(
    office: &Office,
    bytes: &[u8],
    named: Option<&BankAccountRow>,
    closing_minor: Option<i64>,
) -> anyhow::Result<Vec<bank::Statement>> {
    let map = named.filter(|bank| !bank.column_map.is_empty());
    let map = map.map(|bank| bank::ColumnMap::from_toml(&bank.column_map)).transpose()?;
    // where each row says what is there then, the file says where it begins itself
    let says = map.as_ref().is_some_and(|map| map.columns.balance.is_some());
    let known = named.map(|bank| bank::Known {
        account: bank.number.clone(),
        currency: office.app.wallet.config.market.currency,
        opening_minor: bank.closing_minor.filter(|_| !says),
        closing_minor,
    });
    let mut told = |lines: usize| {
        eprint!("\r{lines} lines read");
        // what is only shown may be lost
        let _ = std::io::stderr().flush();
    };
    let statements = bank::read(bytes, map.as_ref().zip(known.as_ref()), &mut told)?;
    eprintln!();
    Ok(statements)
}

/// Reads one into rows beside the book, and takes it.
async fn one(
    office: &Office,
    duty: &OnDuty,
    bank: &BankAccountRow,
    statement: &bank::Statement,
    why: &str,
) -> anyhow::Result<()> {
    let wallet = &office.app.wallet;
    let digest = statement.fingerprint().0.to_vec();
    let named = digest.clone();
    let before = wallet.store.read(move |conn| bank_rows::by_digest(conn, &named)).await?;
    if let Some(before) = before {
        println!("statement {} was taken before: nothing is new", before.id);
        return Ok(());
    }
    if let Some(ended) = ended(bank, statement) {
        statement.follows(&ended)?;
    }
    let id = crate::id::StatementId::of(wallet.book.fresh_id().await?);
    let head = BankFileRow {
        id,
        bank: bank.id,
        read_at: wallet.clock.now().micros(),
        digest,
        number: statement.number.clone(),
        opened_on: statement.opened_on.to_string(),
        closed_on: statement.closed_on.to_string(),
        opening_minor: statement.opening_minor,
        closing_minor: statement.closing_minor,
    };
    wallet.book.write(move |conn| bank_rows::begin_file(conn, &head)).await?;
    let stored: Vec<BankLine> =
        statement.lines.iter().zip(1_i64..).map(|(line, place)| row(id, place, line)).collect();
    for piece in stored.chunks(PIECE) {
        let piece = piece.to_vec();
        wallet.book.write(move |conn| bank_rows::add_lines(conn, &piece)).await?;
    }
    let number = id.to_string();
    office.act(duty, taking::TAKE.name, fields([("file", &number), ("why", why)])).await
}

/// How the last statement of an account ended; nothing where there is none.
fn ended(bank: &BankAccountRow, statement: &bank::Statement) -> Option<bank::Ended> {
    Some(bank::Ended {
        currency: statement.currency,
        closing_minor: bank.closing_minor?,
        closed_on: bank.ended_on.as_ref()?.parse().ok()?,
        number: bank.ended_number.clone(),
    })
}

fn row(statement: crate::id::StatementId, place: i64, line: &bank::Line) -> BankLine {
    let bank::Counterparty { name, account } = &line.counterparty;
    let other = [name, account].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    BankLine {
        statement,
        place,
        booked_on: line.booked_on.to_string(),
        amount_minor: line.amount_minor,
        reference: line.reference.clone().unwrap_or_default(),
        said: line.text.clone(),
        counterparty: other,
        is_return: i64::from(line.is_return),
    }
}

async fn lines(office: &Office) -> anyhow::Result<()> {
    let standing = office.app.wallet.standing().await?;
    for line in &standing.lines {
        let amount = money(office, line.amount_minor);
        let name = format!("{}-{}", line.statement, line.place);
        println!("{name} {} {amount} {} {}", line.booked_on, line.counterparty, line.said);
    }
    Ok(())
}

async fn equation(office: &Office) -> anyhow::Result<ExitCode> {
    let wallet = &office.app.wallet;
    let standing = wallet.standing().await?;
    let of = |minor| money(office, minor);
    for bank in &standing.banks {
        let closing = bank.closing_minor.map_or("no statement yet".to_owned(), |closing| {
            format!("the last statement says {}", of(closing))
        });
        println!("{}: {}; {closing}", bank.name, of(bank.mirror_minor));
    }
    println!("at the banks: {}", of(standing.at_banks_minor()));
    println!("held by people and by us: {}", of(standing.held_minor()));
    let sum = |all: &[(i64, i64, i64)]| all.iter().fold(0_i64, |sum, w| sum.saturating_add(w.2));
    for (name, minor) in [
        ("came in, nobody's yet", standing.suspense_minor),
        ("left of lines that were used in part", sum(&standing.parts)),
        ("redeemed, not seen at the bank yet", sum(&standing.redemptions)),
        ("went out, not explained", standing.outgoing_minor),
        ("bank charges, not made good", standing.charges_minor),
        ("interest of the banks", standing.interest_minor),
        ("commission, a cost of ours", standing.commissions_minor),
        ("against no bank", standing.trust_minor),
    ] {
        if minor != 0 {
            println!("  {name}: {}", of(minor));
        }
    }
    let breaks = standing.breaks(wallet.clock.now());
    for each in &breaks {
        println!("BREAK {}: {}", each.what, of(each.minor));
    }
    if breaks.is_empty() {
        println!("everything has its name");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
