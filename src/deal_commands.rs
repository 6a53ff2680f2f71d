//! `kadogo deal`: staff decide the deals that their two sides cannot settle. One proposes, another
//! confirms, each under the name of who is signed in.

use crate::cli::{DealAct, OfficeArgs};
use crate::money::Money;
use crate::phone::Msisdn;
use crate::refusal::Refusal;
use crate::signed_in::Office;
use crate::staff::role::Right;
use crate::store::people::PersonRow;
use crate::text;
use crate::wallet::Wallet;
use crate::wallet::deals::arbiters::{Cause, Verdict};
use crate::wallet::deals::deals_of_staff::Dispute;
use crate::wallet::deals::terms::Side;
use anyhow::anyhow;
use std::process::ExitCode;
use strum::VariantNames;

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
                println!("{}", line(wallet, &dispute));
            }
            Ok(())
        }
        DealAct::Show { code } => {
            office.signs(Right::Look).await?;
            let dispute = wallet.deal(&code).await.map_err(|refusal| refused(&code, &refusal))?;
            shown(wallet, &dispute);
            Ok(())
        }
        DealAct::Propose { code, back, because, words } => {
            let by = office.signs(Right::Deals).await?;
            propose(wallet, &by, &code, &back, &because, &words).await
        }
        DealAct::Confirm { code, seen, proof } => {
            let by = office.seconds(Right::Deals, proof.as_deref()).await?;
            decide(wallet, &code, seen, &by, Verdict::Confirm).await?;
            println!("{code}: confirmed, and both are told");
            Ok(())
        }
        DealAct::Reject { code, seen, proof, why } => {
            let by = office.seconds(Right::Deals, proof.as_deref()).await?;
            decide(wallet, &code, seen, &by, Verdict::Reject { why: said(&why)? }).await?;
            println!("{code}: not confirmed");
            Ok(())
        }
    }
}

async fn propose(
    wallet: &Wallet,
    by: &str,
    code: &str,
    back: &str,
    because: &str,
    words: &[String],
) -> anyhow::Result<()> {
    let typed = Money::parse(&back.to_uppercase(), wallet.config.market.currency);
    let back = typed.map_err(|_reason| anyhow!("{back:?} is no amount"))?;
    let cause: Cause = because
        .parse()
        .map_err(|_unknown| anyhow!("--because is one of: {}", Cause::VARIANTS.join(", ")))?;
    let verdict = Verdict::Propose { back_minor: back.minor, cause, words: said(words)? };
    let seen = wallet.deal(code).await.map_err(|refusal| refused(code, &refusal))?;
    decide(wallet, code, seen.deal.row.version, by, verdict).await?;
    println!("{code}: proposed; somebody else confirms it");
    Ok(())
}

async fn decide(
    wallet: &Wallet,
    code: &str,
    seen: i64,
    staff: &str,
    verdict: Verdict,
) -> anyhow::Result<()> {
    let decided = wallet.decide_deal(code, seen, staff, verdict).await;
    decided.map_err(|refusal| refused(code, &refusal))
}

fn said(words: &[String]) -> anyhow::Result<String> {
    let said = text::words(&words.join(" "), text::SAID_SEPTETS_MAX);
    let most = text::SAID_SEPTETS_MAX;
    said.ok_or_else(|| anyhow!("say why, in at most {most} letters and without long numbers"))
}

fn refused(code: &str, refusal: &Refusal) -> anyhow::Error {
    let why = match refusal.code() {
        "moved" => "something was done in it since you looked: look again",
        "deal_same_staff" => {
            "who proposes does not confirm, and who decided before does not decide the appeal"
        }
        "deal_not_so" => "more than is left, or nothing is proposed",
        "deal_gone" => "there is no such deal, or it does not wait for that",
        other => other,
    };
    anyhow!("{code}: {why}")
}

fn money(wallet: &Wallet, minor: i64) -> Money {
    Money::new(minor, wallet.config.market.currency)
}

fn who(person: Option<&PersonRow>) -> String {
    let Some(person) = person else { return "nobody yet".to_owned() };
    let phone = Msisdn::from_e164(&person.msisdn).map(|phone| phone.to_string());
    format!("{} {}", person.name, phone.unwrap_or_default())
}

fn line(wallet: &Wallet, dispute: &Dispute) -> String {
    let terms = &dispute.deal.terms;
    let [buyer, seller] = &dispute.sides;
    let state: &str = dispute.deal.state.into();
    let ruling = terms.ruling.as_ref().map_or(String::new(), |ruling| {
        format!("; {} proposes {} back", ruling.by, money(wallet, ruling.back_minor))
    });
    format!(
        "{} {state}: {} left of {} for {}, {} buys from {}; {}{ruling}",
        dispute.code,
        money(wallet, terms.left_minor()),
        money(wallet, terms.amount_minor),
        terms.goods,
        who(buyer.as_ref()),
        who(seller.as_ref()),
        terms.problem.as_deref().unwrap_or("nothing is said to be wrong"),
    )
}

fn shown(wallet: &Wallet, dispute: &Dispute) {
    let terms = &dispute.deal.terms;
    println!("{}", line(wallet, dispute));
    println!("deliver by {}, {} days to look", terms.deliver_by.text(), terms.look_days);
    if let Some(offset) = terms.offset {
        let side = if offset.by == Side::Buy { "the buyer" } else { "the seller" };
        println!("{side} proposes {} back", money(wallet, offset.back_minor));
    }
    if let Some(ruling) = &terms.ruling {
        println!("{}: {}", ruling.cause, ruling.words);
    }
    for event in &dispute.trail {
        let note = if event.note.is_empty() { String::new() } else { format!(": {}", event.note) };
        println!("  {} {} by {}{note}", event.version, event.event, event.actor);
    }
    println!("seen {}", dispute.deal.row.version);
}
