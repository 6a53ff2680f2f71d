//! `kadogo agent`: the staff open outlets and let people serve there, under the name of who is
//! signed in.

use crate::actor::Actor;
use crate::agent_number::AgentNumber;
use crate::cli::{AgentAct, OfficeArgs};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::store::agent_rows::OutletRow;
use crate::store::people::PersonRow;
use crate::store::{Conn, StoreError, agent_rows, book_rows, clawbacks, people};
use crate::wallet::agents::owed::Taken;
use crate::wallet::{Behalf, Wallet};
use anyhow::{anyhow, bail};
use jiff::civil::Date;
use std::process::ExitCode;

/// Letters of an outlet's name: longer ones would be cut on a screen.
const NAME_MAX: usize = 18;
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
    let wallet = &office.app.wallet;
    match act {
        AgentAct::Open { name, area, head_office, why } => {
            let by = office.behalf(Right::Outlets, &why).await?;
            open(wallet, &by, &name, &area, head_office.as_deref()).await
        }
        AgentAct::Employ { agent, phone, why } => {
            let by = office.behalf(Right::Outlets, &why).await?;
            employ(wallet, &by, &agent, &phone).await
        }
        AgentAct::Dismiss { phone, why } => {
            let by = office.behalf(Right::Outlets, &why).await?;
            dismiss(wallet, &by, &phone).await
        }
        AgentAct::Pay => pay(wallet, &office.signs(Right::Commission).await?).await,
        AgentAct::Recheck { day, claw_back } => {
            let by = office.signs(Right::Commission).await?;
            recheck(wallet, &by, day, claw_back).await
        }
        AgentAct::List => {
            office.signs(Right::Look).await?;
            list(wallet).await
        }
    }
}

async fn open(
    wallet: &Wallet,
    by: &Behalf,
    name: &str,
    area: &str,
    head_office: Option<&str>,
) -> anyhow::Result<()> {
    let plain =
        |text: &str| crate::text::septets(text).is_some_and(|cost| (2..=NAME_MAX).contains(&cost));
    if !plain(name) || !plain(area) {
        bail!("name and area must be 2 to {NAME_MAX} letters that every phone can show");
    }
    let head_office = match head_office {
        Some(number) => Some(outlet(wallet, number).await?.float_account),
        None => None,
    };
    let opened = wallet.open_outlet(by, name.trim(), area.trim(), head_office).await?;
    println!("{} {}: its float is empty", AgentNumber::of(opened.float_account), opened.name);
    Ok(())
}

async fn employ(wallet: &Wallet, by: &Behalf, agent: &str, phone: &str) -> anyhow::Result<()> {
    let outlet = outlet(wallet, agent).await?;
    let phone = number(wallet, phone)?;
    let number = phone.e164().to_owned();
    let read = move |conn: &mut Conn| match people::by_msisdn(conn, &number)? {
        Some(person) => {
            let post =
                conn.wait(async |asked| agent_rows::post_of(asked, person.account_id).await)?;
            Ok::<_, StoreError>(Some((post, person)))
        }
        None => Ok(None),
    };
    let person = match wallet.store.read(read).await? {
        None => bail!("{phone} has no wallet yet: they join on their own phone first"),
        Some((Some(post), _person)) => bail!("{phone} serves at {} already", post.outlet.name),
        Some((None, person)) => person,
    };
    let (pin, digits) = first_pin(wallet, &phone)?;
    wallet.employ(by, outlet.float_account, person.account_id, &pin).await?;
    println!(
        "{phone} serves at {} {}; their agent PIN is {digits}: it is shown only here",
        agent, outlet.name
    );
    Ok(())
}

async fn dismiss(wallet: &Wallet, by: &Behalf, phone: &str) -> anyhow::Result<()> {
    let person = person(wallet, phone).await?;
    let read = move |conn: &mut Conn| {
        conn.wait(async |asked| agent_rows::post_of(asked, person.account_id).await)
    };
    let found = wallet.store.read(read).await?;
    let post = found.ok_or_else(|| anyhow!("{phone} serves nowhere"))?;
    wallet.dismiss(by, post.assistant.id).await?;
    println!("{phone} does not serve at {} any more", post.outlet.name);
    Ok(())
}

/// Whose wallet has this number.
async fn person(wallet: &Wallet, phone: &str) -> anyhow::Result<PersonRow> {
    let number = number(wallet, phone)?.e164().to_owned();
    let found = wallet.store.read(move |conn| people::by_msisdn(conn, &number)).await?;
    found.ok_or_else(|| anyhow!("{phone} has no wallet"))
}

fn number(wallet: &Wallet, phone: &str) -> anyhow::Result<Msisdn> {
    let unreadable =
        |reason: Reason| anyhow!("`{phone}` is not a mobile number: {}", reason.code());
    Msisdn::parse(phone, &wallet.config.market).map_err(unreadable)
}

/// Five random digits that are not easy to guess.
fn first_pin(wallet: &Wallet, phone: &Msisdn) -> anyhow::Result<(Pin, String)> {
    for _try in 0..100 {
        let random = u64::from_be_bytes(wallet.randomness.bytes());
        let digits = format!("{:05}", random.checked_rem(100_000).unwrap_or(0));
        if let Ok(pin) = Pin::choose(&digits, phone) {
            return Ok((pin, digits));
        }
    }
    bail!("no PIN could be drawn")
}

async fn pay(wallet: &Wallet, by: &str) -> anyhow::Result<()> {
    let by = Actor::Staff(by.to_owned());
    let owed = Money::new(wallet.collect_owed(&by).await?, wallet.config.market.currency);
    let paid = wallet.pay_commissions(&by).await?;
    for (outlet, amount_minor) in &paid {
        let amount = Money::new(*amount_minor, wallet.config.market.currency);
        println!(
            "{} {}: {amount} to its float",
            AgentNumber::of(outlet.float_account),
            outlet.name
        );
    }
    println!("{} outlets were paid; {owed} taken back of what was owed", paid.len());
    Ok(())
}

async fn recheck(wallet: &Wallet, by: &str, day: Date, claw_back: bool) -> anyhow::Result<()> {
    let (zone, money) =
        (&wallet.config.market.zone, |minor| Money::new(minor, wallet.config.market.currency));
    if day >= wallet.clock.now().day(zone) {
        bail!("{day} is not over yet");
    }
    let by = Actor::Staff(by.to_owned());
    let finds = wallet.recheck(day).await?;
    for find in &finds {
        let now = match claw_back {
            true => wallet.claw_back(&by, day, find).await?,
            false => Taken::default(),
        };
        let taken_minor = find.taken.own_minor.saturating_add(now.own_minor);
        let head_taken_minor = find.taken.head_minor.saturating_add(now.head_minor);
        println!(
            "{} {}: {} earned {} too much with customer {}; taken back {}, owed {}; head office \
             {}, taken back {}, owed {}",
            AgentNumber::of(find.outlet.float_account),
            find.outlet.name,
            find.service,
            money(find.excess.outlet_minor),
            find.customer,
            money(taken_minor),
            money(find.excess.outlet_minor.saturating_sub(taken_minor).max(0)),
            money(find.excess.head_office_minor),
            money(head_taken_minor),
            money(find.excess.head_office_minor.saturating_sub(head_taken_minor).max(0)),
        );
    }
    println!("{} finds on {day}", finds.len());
    Ok(())
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
        println!(
            "{number} {} ({}, {}): float {float}, commission {commission}, owes {owed}",
            outlet.name, outlet.area, outlet.state
        );
        for person in staff {
            let phone = Msisdn::from_e164(&person.msisdn)
                .map(|phone| phone.to_string())
                .unwrap_or_default();
            println!("    {phone} {}", person.name);
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

async fn outlet(wallet: &Wallet, number: &str) -> anyhow::Result<OutletRow> {
    let parsed = AgentNumber::parse(number)
        .map_err(|_digits| anyhow!("`{number}` is not an agent number"))?;
    let found = wallet.store.read(move |conn| agent_rows::outlet(conn, parsed.outlet())).await?;
    found.ok_or_else(|| anyhow!("no agent has the number {number}"))
}
