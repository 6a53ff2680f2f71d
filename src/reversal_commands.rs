//! `kadogo reversal`: staff decide payments that their senders ask back and their receivers do not
//! give back, under the name of who is signed in.

use crate::cli::{OfficeArgs, ReversalAct};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::printing::say;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::staff_commands::fields;
use crate::store::people::PersonRow;
use crate::time::Timestamp;
use crate::wallet::Wallet;
use crate::wallet::reversals::staff;
use std::process::ExitCode;

/// `kadogo reversal`
pub async fn run(args: OfficeArgs, act: ReversalAct) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = acted(&office, act).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// What can be done about wrong sends.
pub async fn acted(office: &Office, act: ReversalAct) -> anyhow::Result<()> {
    match act {
        ReversalAct::List => {
            office.signs(Right::Look).await?;
            list(&office.app.wallet).await
        }
        ReversalAct::GiveBack { code, why } => {
            decide(office, staff::GIVE_BACK.name, &code, &why).await
        }
        ReversalAct::Release { code, why } => {
            decide(office, staff::RELEASE.name, &code, &why).await
        }
    }
}

async fn list(wallet: &Wallet) -> anyhow::Result<()> {
    let money = |minor| Money::new(minor, wallet.config.market.currency);
    let day = |micros| Timestamp::from_micros(micros).date_text(&wallet.config.market.zone);
    let who = |person: &PersonRow| {
        let phone = Msisdn::from_e164(&person.msisdn);
        let phone = phone.map(|phone| phone.masked(&wallet.config.market)).unwrap_or_default();
        format!("{} {phone}", person.name)
    };
    for case in wallet.reversals().await? {
        let row = &case.reversal.row;
        let terms = &case.reversal.terms;
        let held = money(terms.held_minor);
        let sent = money(terms.amount_minor);
        say!(
            "{} {}: {held} held of {sent}, {} to {}, asked {}, ends {}; asked back by them in 30 \
             days: {}",
            case.code,
            row.state,
            who(&case.payer),
            who(&case.payee),
            day(row.begun_at),
            day(terms.expires_at),
            case.asked_before,
        );
    }
    Ok(())
}

async fn decide(office: &Office, service: &str, code: &str, why: &str) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    office.act(&duty, service, fields([("receipt", code), ("why", why)])).await
}
