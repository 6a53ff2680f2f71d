//! `kadogo deal`: staff decide the deals that their two sides cannot settle. One proposes, another
//! confirms, each under the name of who is signed in.

use crate::cli::{DealAct, OfficeArgs};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::printing::{counted, say};
use crate::request::Fields;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::staff_commands::fields;
use crate::store::people::PersonRow;
use crate::terminal_words;
use crate::wallet::Wallet;
use crate::wallet::deals::deals_of_staff::Dispute;
use crate::wallet::deals::judging;
use crate::wallet::deals::terms::Side;
use std::process::ExitCode;

/// `kadogo deal`
pub async fn run(args: OfficeArgs, act: DealAct) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = acted(&office, act).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// What can be done about deals.
pub async fn acted(office: &Office, act: DealAct) -> anyhow::Result<()> {
    let wallet = &office.app.wallet;
    match act {
        DealAct::List => {
            office.signs(Right::Look).await?;
            for dispute in wallet.disputes().await? {
                say!("{}", line(office, &dispute));
            }
            Ok(())
        }
        DealAct::Show { code } => {
            office.signs(Right::Look).await?;
            let dispute = wallet.deal(&code).await.map_err(|no| office.refused(&no))?;
            shown(office, &dispute);
            Ok(())
        }
        DealAct::Propose { code, back, because, why } => {
            let back = office.minor_or_none(&back)?;
            let typed = [("deal", &*code), ("back", &back), ("cause", &because), ("why", &why)];
            does(office, None, judging::PROPOSE.name, fields(typed)).await
        }
        DealAct::Confirm { code, seen, proof } => {
            let typed = fields([("deal", &code), ("seen", &seen.to_string())]);
            does(office, proof.as_deref(), judging::CONFIRM.name, typed).await
        }
        DealAct::Reject { code, seen, why } => {
            let typed = fields([("deal", &code), ("seen", &seen.to_string()), ("why", &why)]);
            does(office, None, judging::REJECT.name, typed).await
        }
    }
}

async fn does(
    office: &Office,
    proof: Option<&str>,
    service: &str,
    fields: Fields,
) -> anyhow::Result<()> {
    let duty = office.proved(office.duty().await?, proof).await?;
    office.act(&duty, service, fields).await
}

fn money(wallet: &Wallet, minor: i64) -> Money {
    Money::new(minor, wallet.config.market.currency)
}

fn who(wallet: &Wallet, person: Option<&PersonRow>) -> String {
    let Some(person) = person else { return "nobody yet".to_owned() };
    let phone = Msisdn::from_e164(&person.msisdn).map(|phone| phone.masked(&wallet.config.market));
    format!("{} {}", person.name, phone.unwrap_or_default())
}

fn line(office: &Office, dispute: &Dispute) -> String {
    let wallet = &office.app.wallet;
    let words = &office.app.menus.get().catalogue;
    let terms = &dispute.deal.terms;
    let [buyer, seller] = &dispute.sides;
    let state = terminal_words::named(words, "console.deal_state", dispute.deal.state.into());
    let problem = terms.problem.as_ref();
    let problem = problem.map(|problem| terminal_words::named(words, "words.problem", problem));
    let ruling = terms.ruling.as_ref().map_or(String::new(), |ruling| {
        format!("; {} proposes {} back", ruling.by, money(wallet, ruling.back_minor))
    });
    format!(
        "{} ({state}): {} left of {} for {}, {} buys from {}; {}{ruling}",
        dispute.code,
        money(wallet, terms.left_minor()),
        money(wallet, terms.amount_minor),
        terms.goods,
        who(wallet, buyer.as_ref()),
        who(wallet, seller.as_ref()),
        problem.as_deref().unwrap_or("nothing is said to be wrong"),
    )
}

fn shown(office: &Office, dispute: &Dispute) {
    let wallet = &office.app.wallet;
    let terms = &dispute.deal.terms;
    say!("{}", line(office, dispute));
    let look = counted(terms.look_days, "day");
    say!("deliver by {}, {look} to look", terms.deliver_by.text());
    if let Some(platform) = &terms.platform {
        let of_all = terms.price.seller.platform_minor;
        let had = terms.price.platform_minor(terms.amount_minor, terms.released_minor);
        say!(
            "{} keeps {} of what reaches the seller: {} of all, {} so far",
            who(wallet, dispute.platform.as_ref()),
            platform.keeps,
            money(wallet, of_all),
            money(wallet, had),
        );
    }
    if let Some(offset) = terms.offset {
        let side = if offset.by == Side::Buy { "the buyer" } else { "the seller" };
        say!("{side} proposes {} back", money(wallet, offset.back_minor));
    }
    if let Some(ruling) = &terms.ruling {
        say!("{}: {}", ruling.cause, ruling.words);
    }
    for event in &dispute.trail {
        let note = if event.note.is_empty() { String::new() } else { format!(": {}", event.note) };
        say!("  {} {} by {}{note}", event.version, event.event, event.actor);
    }
    say!("seen {}", dispute.deal.row.version);
}
