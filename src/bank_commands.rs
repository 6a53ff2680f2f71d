//! `kadogo bank`, `kadogo issue`, `kadogo redeem`: statements, e-money against their lines, and how
//! it all stands.

use crate::bank;
use crate::bank_listing::{self, money};
use crate::cli::{BankAct, IssueArgs, OfficeArgs, RedeemAct};
use crate::printing::{counted, say, say_on};
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::staff_commands::fields;
use crate::wallet::office::sign_in::OnDuty;
use crate::wallet::treasury::bank_file::{Beside, OnFile, balance};
use crate::wallet::treasury::{
    assigning, bank_mapping, bank_opening, deposit_notice, explaining, issuing, own_money,
    redemption, taking,
};
use anyhow::{Context, anyhow};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Lines that are looked through at a time.
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
    let IssueArgs { line, to, notice, why, .. } = issue;
    told_of(office, &line).await?;
    let mut typed = fields([("line", &line), ("amount", &amount), ("to", &to), ("why", &why)]);
    typed.insert("notice".to_owned(), notice.unwrap_or_default());
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
        RedeemAct::Sweep { kept, amount, bank, recipient, why } => {
            let amount = office.minor(&amount)?;
            let typed = fields([
                ("kept", &kept),
                ("amount", &amount),
                ("bank", &bank),
                ("recipient", &recipient),
                ("why", &why),
            ]);
            office.act(&duty, own_money::SWEEP.name, typed).await
        }
        RedeemAct::CallOff { redemption: number, why } => {
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
        BankAct::Map { bank, map, none, why } => {
            map_of(office, &duty, &bank, (map, none), &why).await?;
        }
        BankAct::List => list(office).await?,
        BankAct::Take { file, bank, opening, closing, why } => {
            // before a line of it is kept
            office.signs(Right::Bank).await?;
            let amount = |typed: Option<String>| match typed {
                None => Ok(None),
                Some(typed) => {
                    let currency = office.app.wallet.config.market.currency;
                    let minor = balance(&typed, currency);
                    minor.map(Some).map_err(|reason| office.mistyped(&typed, reason))
                }
            };
            let (opening_minor, closing_minor) = (amount(opening)?, amount(closing)?);
            let beside = Beside { bank, opening_minor, closing_minor };
            take(office, &duty, &file, beside, &why).await?;
        }
        BankAct::Lines { after, limit } => {
            bank_listing::lines(office, after, limit.clamp(1, LISTED_MAX)).await?;
        }
        BankAct::Match => {
            office.signs(Right::Bank).await?;
            matched(office, &duty).await?;
        }
        BankAct::Expected => bank_listing::expected(office).await?,
        BankAct::Items => bank_listing::items(office).await?,
        BankAct::Equation => return bank_listing::equation(office).await,
        act @ (BankAct::Expect { .. }
        | BankAct::NotExpected { .. }
        | BankAct::Explain { .. }
        | BankAct::Assign { .. }
        | BankAct::Cover { .. }
        | BankAct::PassOn { .. }) => done(office, &duty, act).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What is one act, by its inputs.
async fn done(office: &Office, duty: &OnDuty, act: BankAct) -> anyhow::Result<()> {
    let (service, typed) = match act {
        BankAct::Expect { to, amount, payer, day, why } => {
            let amount = office.minor(&amount)?;
            let (payer, day) = (payer.unwrap_or_default(), day.unwrap_or_default());
            let typed = [
                ("to", to.as_str()),
                ("amount", &amount),
                ("payer", &payer),
                ("day", &day),
                ("why", &why),
            ];
            (&deposit_notice::EXPECT, fields(typed))
        }
        BankAct::NotExpected { code, why } => {
            (&deposit_notice::NOT_EXPECTED, fields([("notice", code.as_str()), ("why", &why)]))
        }
        BankAct::Explain { line, meaning, redemption, other, why } => {
            told_of(office, &line).await?;
            let mut typed = fields([("line", &line), ("meaning", &meaning), ("why", &why)]);
            typed.insert("redemption".to_owned(), redemption.unwrap_or_default());
            typed.insert("other".to_owned(), other.unwrap_or_default());
            (&explaining::EXPLAIN, typed)
        }
        BankAct::Assign { item, owner, why } => {
            (&assigning::ASSIGN, fields([("item", &item), ("owner", &owner), ("why", &why)]))
        }
        BankAct::Cover { amount, why } => {
            let amount = office.minor(&amount)?;
            (&own_money::COVER, fields([("amount", amount.as_str()), ("why", &why)]))
        }
        BankAct::PassOn { to, amount, why } => {
            let amount = office.minor(&amount)?;
            (&own_money::PASS_ON, fields([("to", &to), ("amount", &amount), ("why", &why)]))
        }
        BankAct::Open { .. }
        | BankAct::Map { .. }
        | BankAct::List
        | BankAct::Take { .. }
        | BankAct::Lines { .. }
        | BankAct::Match
        | BankAct::Expected
        | BankAct::Items
        | BankAct::Equation => return Ok(()),
    };
    office.act(duty, service.name, typed).await
}

/// Explains what nothing is left to judge of, one after the other.
async fn matched(office: &Office, duty: &OnDuty) -> anyhow::Result<()> {
    let wallet = &office.app.wallet;
    let mut after = None;
    let mut explained = 0_u32;
    loop {
        let open = wallet.open_lines(after, LISTED_MAX).await?;
        for line in &open.lines {
            if let Some(typed) = line.explained_alone() {
                office.act(duty, explaining::EXPLAIN.name, typed).await?;
                explained = explained.saturating_add(1);
            }
        }
        let Some(last) = open.lines.last() else { break };
        after = Some((last.line.statement, last.line.place));
    }
    say!("explained: {}", counted(explained, "line"));
    Ok(())
}

fn read_map(file: &Path) -> anyhow::Result<String> {
    let named = || file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(named)?;
    // what is stored is what was understood
    let map = bank::ColumnMap::from_toml(&text).with_context(named)?;
    Ok(map.to_toml()?)
}

/// Prints how the CSV files of an account are read, or asks for another way.
async fn map_of(
    office: &Office,
    duty: &OnDuty,
    bank: &str,
    (map, none): (Option<PathBuf>, bool),
    why: &str,
) -> anyhow::Result<()> {
    let map = match map {
        Some(file) => read_map(&file)?,
        None if none => String::new(),
        None => {
            let banks = office.app.wallet.banks().await?;
            let found = banks.iter().find(|row| row.name == bank.trim().to_lowercase());
            let found = found.ok_or_else(|| anyhow!("there is no bank account {bank:?}"))?;
            say_on!("{}", found.column_map);
            return Ok(());
        }
    };
    let typed = fields([("bank", bank), ("map", &map), ("why", why)]);
    office.act(duty, bank_mapping::MAP.name, typed).await
}

/// Says what waits already of a line: of two who ask the same, the second one knows.
async fn told_of(office: &Office, line: &str) -> anyhow::Result<()> {
    let asked = office.app.wallet.asked_of_lines().await?;
    for (number, wish) in asked.of(line.trim()) {
        eprintln!("line {line}: {} asked for {} already: {number}", wish.by, wish.service);
    }
    Ok(())
}

async fn list(office: &Office) -> anyhow::Result<()> {
    let banks = office.app.wallet.banks().await?;
    office.say_if_none(banks.is_empty(), "bank accounts");
    for bank in banks {
        let ended = match (bank.closing_minor, &bank.ended_on) {
            (Some(closing), Some(day)) => format!("{} on {day}", money(office, closing)),
            (_, _) => "no statement yet".to_owned(),
        };
        say!("{} {}: {ended}", bank.name, bank.number);
    }
    Ok(())
}

async fn take(
    office: &Office,
    duty: &OnDuty,
    file: &Path,
    beside: Beside,
    why: &str,
) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let told = Arc::new(|read: usize, stored: usize| {
        match stored {
            0 => eprint!("\r{read} lines read"),
            stored => eprint!("\r{stored} of {read} lines stored"),
        }
        // what is only shown may be lost
        let _ = std::io::stderr().flush();
    });
    let found = office.app.wallet.read_bank_file(Arc::new(bytes), beside, told).await;
    eprintln!();
    for statement in found? {
        match statement {
            OnFile::Taken(id) => say!("statement {id} was taken before: nothing is new"),
            OnFile::New(id) => {
                let typed = fields([("file", id.to_string().as_str()), ("why", why)]);
                office.act(duty, taking::TAKE.name, typed).await?;
            }
        }
    }
    Ok(())
}
