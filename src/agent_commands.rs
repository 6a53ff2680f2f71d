//! `kadogo agent`: what the staff do about outlets and who serves there, under the name of who is
//! signed in. Each is a service; what it says is printed.

use crate::agent_number::AgentNumber;
use crate::cli::{AgentAct, OfficeArgs};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::printing::{counted, say};
use crate::request::Fields;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::store::{Conn, StoreError, agent_rows, book_rows, clawbacks};
use crate::wallet::Wallet;
use crate::wallet::agents::{
    commission_paying, employing, float_moving, mending, opening, recheck, suspending, taking_back,
};
use crate::wallet::office::sign_in::OnDuty;
use anyhow::anyhow;
use jiff::civil::Date;
use std::process::ExitCode;

/// Outlets that are listed.
const LISTED_MAX: i64 = 10_000;

/// `kadogo agent`
pub async fn run(args: OfficeArgs, act: AgentAct) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = acted(&office, act).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// What can be done about agents.
pub async fn acted(office: &Office, act: AgentAct) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    match act {
        AgentAct::Pay { agent, why } => return pay(office, &duty, agent, &why).await,
        AgentAct::Recheck { day } => {
            let typed = given([("day", Some(typed_day(day)))]);
            return office.show(&duty, recheck::RECHECK.name, typed).await;
        }
        AgentAct::List => {
            office.signs(Right::Look).await?;
            return list(&office.app.wallet).await;
        }
        AgentAct::Open { .. }
        | AgentAct::Suspend { .. }
        | AgentAct::Resume { .. }
        | AgentAct::Employ { .. }
        | AgentAct::Dismiss { .. }
        | AgentAct::Float { .. }
        | AgentAct::TakeBack { .. }
        | AgentAct::Mend { .. } => {}
    }
    let Some((service, fields)) = wished(office, act)? else { return Ok(()) };
    office.act(&duty, service, fields).await
}

/// Which service, with which inputs; nothing for what is not one act alone.
fn wished(office: &Office, act: AgentAct) -> anyhow::Result<Option<(&'static str, Fields)>> {
    Ok(Some(match act {
        AgentAct::Open { name, area, head_office, why } => (
            opening::OPEN.name,
            given([
                ("outlet", Some(name)),
                ("area", Some(area)),
                ("head_office", head_office),
                ("why", Some(why)),
            ]),
        ),
        AgentAct::Suspend { agent, why } => {
            (suspending::SUSPEND.name, given([("agent", Some(agent)), ("why", Some(why))]))
        }
        AgentAct::Resume { agent, why } => {
            (suspending::RESUME.name, given([("agent", Some(agent)), ("why", Some(why))]))
        }
        AgentAct::Employ { agent, phone, why } => (
            employing::EMPLOY.name,
            given([("agent", Some(agent)), ("phone", Some(phone)), ("why", Some(why))]),
        ),
        AgentAct::Dismiss { phone, why } => {
            (employing::DISMISS.name, given([("phone", Some(phone)), ("why", Some(why))]))
        }
        AgentAct::Float { from, to, amount, why } => (
            float_moving::MOVE.name,
            given([
                ("from", Some(from)),
                ("to", Some(to)),
                ("amount", Some(office.minor(&amount)?)),
                ("why", Some(why)),
            ]),
        ),
        AgentAct::TakeBack { day, agent, why } => (
            taking_back::TAKE_BACK.name,
            given([("day", Some(typed_day(day))), ("agent", agent), ("why", Some(why))]),
        ),
        AgentAct::Mend { code, to, why } => (
            mending::MEND.name,
            given([("receipt", Some(code)), ("to", Some(to)), ("why", Some(why))]),
        ),
        AgentAct::Pay { .. } | AgentAct::Recheck { .. } | AgentAct::List => return Ok(None),
    }))
}

fn given<const N: usize>(typed: [(&str, Option<String>); N]) -> Fields {
    let given = typed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}

fn typed_day(day: Date) -> String {
    format!("{}/{}/{}", day.day(), day.month(), day.year())
}

/// One outlet, or each that has earned something, one after the other: what is refused for one
/// stands in nobody else's way.
async fn pay(
    office: &Office,
    duty: &OnDuty,
    agent: Option<String>,
    why: &str,
) -> anyhow::Result<()> {
    let pays = |agent: String| {
        let typed = given([("agent", Some(agent)), ("why", Some(why.to_owned()))]);
        office.act(duty, commission_paying::PAY_OUTLET.name, typed)
    };
    if let Some(agent) = agent {
        return pays(agent).await;
    }
    office.signs(Right::Commission).await?;
    let due = office.app.wallet.commission_due().await?;
    if due.is_empty() {
        say!("nothing is to be paid");
    }
    let mut failed = 0_u32;
    for (outlet, _amount) in due {
        let number = AgentNumber::of(outlet.float_account);
        if let Err(error) = pays(number.to_string()).await {
            eprintln!("{number} {}: {error}", outlet.name);
            failed = failed.saturating_add(1);
        }
    }
    if failed > 0 { Err(anyhow!("not paid: {}", counted(failed, "outlet"))) } else { Ok(()) }
}

async fn list(wallet: &Wallet) -> anyhow::Result<()> {
    let currency = wallet.config.market.currency;
    let read = |conn: &mut Conn| {
        let outlets = agent_rows::outlets(conn, LISTED_MAX)?;
        outlets
            .into_iter()
            .map(|outlet| whole(conn, outlet))
            .collect::<Result<Vec<_>, StoreError>>()
    };
    for (outlet, [float, commission, owed], staff) in wallet.store.read(read).await? {
        let [float, commission, owed] =
            [float, commission, owed].map(|minor| Money::new(minor, currency));
        let number = AgentNumber::of(outlet.float_account);
        say!(
            "{number} {} ({}, {}): float {float}, commission {commission}, owes {owed}",
            outlet.name,
            outlet.area,
            outlet.state
        );
        for person in staff {
            let phone = Msisdn::from_e164(&person.msisdn)
                .map(|phone| phone.masked(&wallet.config.market))
                .unwrap_or_default();
            say!("    {phone} {}", person.name);
        }
    }
    Ok(())
}

/// An outlet; float, commission and what it owes of that, minor units; who serves.
fn whole(
    conn: &mut Conn,
    outlet: OutletRow,
) -> Result<(OutletRow, [i64; 3], Vec<PersonRow>), StoreError> {
    let balance = |conn: &mut Conn, id| {
        book_rows::account(conn, id).map(|a| a.map_or(0, |a| a.balance_minor))
    };
    let float = balance(conn, outlet.float_account)?;
    let commission = balance(conn, outlet.commission_account)?;
    let staff = agent_rows::staff(conn, outlet.float_account)?;
    let owed = conn.wait(async |asked| clawbacks::owed_minor(asked, outlet.float_account).await)?;
    Ok((outlet, [float, commission, owed], staff))
}
