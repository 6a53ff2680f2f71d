//! What the staff do by command about somebody who has a wallet: see how it stands, stop it and
//! open it again, unlock its PIN, say how well its owner is known. Each is a service, and what it
//! says is printed.

use crate::cli::{
    AccountArgs, CustomerAct, FreezeArgs, OfficeArgs, PhoneArgs, TierArgs, UnfreezeArgs,
};
use crate::payment_report;
use crate::phone::Msisdn;
use crate::request::Fields;
use crate::signed_in::Office;
use crate::wallet::care::{
    account_view, closing, finding, freezing, known_as, payments_at, resetting, sim_change,
    unlocking,
};
use jiff::civil::Date;
use std::process::ExitCode;

/// `kadogo account`
pub async fn account(office: OfficeArgs, args: AccountArgs) -> anyhow::Result<ExitCode> {
    let office = Office::open(office).await?;
    let done = of_account(&office, args).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// How somebody's wallet stands; or it is closed.
pub async fn of_account(office: &Office, args: AccountArgs) -> anyhow::Result<()> {
    let AccountArgs { phone, close, why } = args;
    let fields = fields([("phone", Some(phone)), ("why", Some(why))]);
    if close {
        return act(office, closing::CLOSE.name, fields).await;
    }
    let duty = office.duty().await?;
    office.see(&duty, account_view::SEE.name, fields).await
}

/// `kadogo customer`
pub async fn customer(office: OfficeArgs, act: CustomerAct) -> anyhow::Result<ExitCode> {
    let office = Office::open(office).await?;
    let done = looked(&office, act).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// What can be known of customers.
pub async fn looked(office: &Office, act: CustomerAct) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    let (service, fields) = match act {
        CustomerAct::Find { words, why } => {
            // where no service runs nobody has made what the newest people are found by
            office.app.keep_people_keys().await?;
            (finding::FIND.name, fields([("words", Some(words.join(" "))), ("why", Some(why))]))
        }
        CustomerAct::Show { number, why } => {
            // who has their phone and not their number is understood too
            let phone = Msisdn::parse(&number.to_string(), &office.app.wallet.config.market).ok();
            let whose = match phone {
                Some(phone) => ("phone", Some(phone.e164().to_owned())),
                None => ("person", Some(number.to_string())),
            };
            (account_view::SEE.name, fields([whose, ("why", Some(why))]))
        }
        CustomerAct::Payments { number, amount, day, back, why } => {
            let typed = [
                ("person", Some(number.to_string())),
                ("amount", amount.map(|typed| office.minor(&typed)).transpose()?),
                ("day", day.map(typed_day)),
                ("back", back),
                ("why", Some(why)),
            ];
            (payments_at::FIND.name, fields(typed))
        }
        CustomerAct::Report { amount, first, last, why } => {
            let minor = office.minor(&amount)?;
            return payment_report::run(office, &duty, minor, first, last, why).await;
        }
    };
    office.see(&duty, service, fields).await
}

/// `kadogo freeze`
pub async fn freeze(office: OfficeArgs, args: FreezeArgs) -> anyhow::Result<ExitCode> {
    let office = Office::open(office).await?;
    let done = freezes(&office, args).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// Somebody's wallet is stopped.
pub async fn freezes(office: &Office, args: FreezeArgs) -> anyhow::Result<()> {
    let fields = frozen(office, args)?;
    act(office, freezing::FREEZE.name, fields).await
}

fn frozen(office: &Office, args: FreezeArgs) -> anyhow::Result<Fields> {
    let FreezeArgs { phone, way, amount, basis, reference, until, why } = args;
    Ok(fields([
        ("phone", Some(phone)),
        ("way", Some(way)),
        ("amount", amount.map(|typed| office.minor(&typed)).transpose()?),
        ("basis", Some(basis)),
        ("reference", reference),
        ("until", until.map(typed_day)),
        ("why", Some(why)),
    ]))
}

fn typed_day(day: Date) -> String {
    format!("{}/{}/{}", day.day(), day.month(), day.year())
}

/// `kadogo unfreeze`
pub async fn unfreeze(office: OfficeArgs, args: UnfreezeArgs) -> anyhow::Result<ExitCode> {
    acts(office, freezing::UNFREEZE.name, lifted(args)).await
}

/// Which order is to be lifted, as the service takes it.
pub fn lifted(args: UnfreezeArgs) -> Fields {
    let UnfreezeArgs { phone, order, why } = args;
    let order = order.map(|order| order.to_string());
    fields([("phone", Some(phone)), ("which", order), ("why", Some(why))])
}

/// `kadogo unlock`
pub async fn unlock(office: OfficeArgs, args: PhoneArgs) -> anyhow::Result<ExitCode> {
    acts(office, unlocking::UNLOCK.name, of_phone(args)).await
}

/// `kadogo start-pin`
pub async fn start_pin(office: OfficeArgs, args: PhoneArgs) -> anyhow::Result<ExitCode> {
    acts(office, resetting::RESET.name, of_phone(args)).await
}

/// `kadogo sim-changed`
pub async fn sim_changed(office: OfficeArgs, args: PhoneArgs) -> anyhow::Result<ExitCode> {
    acts(office, sim_change::SAY.name, of_phone(args)).await
}

/// `kadogo tier`
pub async fn tier(office: OfficeArgs, args: TierArgs) -> anyhow::Result<ExitCode> {
    acts(office, known_as::SERVICE.name, known(args)).await
}

/// How well somebody is known, as the service takes it.
pub fn known(args: TierArgs) -> Fields {
    let TierArgs { phone, tier, document, why } = args;
    fields([
        ("phone", Some(phone)),
        ("tier", Some(tier)),
        ("document", Some(document)),
        ("why", Some(why)),
    ])
}

/// A phone and a reason, as services take them.
pub fn of_phone(PhoneArgs { phone, why }: PhoneArgs) -> Fields {
    fields([("phone", Some(phone)), ("why", Some(why))])
}

fn fields<const N: usize>(typed: [(&str, Option<String>); N]) -> Fields {
    let given = typed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}

async fn acts(args: OfficeArgs, service: &str, fields: Fields) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = act(&office, service, fields).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// Does it under the name of who is signed in.
pub async fn act(office: &Office, service: &str, fields: Fields) -> anyhow::Result<()> {
    let duty = office.duty().await?;
    office.act(&duty, service, fields).await
}
