//! `kadogo messages`: what was given up of what should have left, and having it sent again. It
//! shows nothing of what a message says, and no whole number.

use crate::app::{ended, open_book};
use crate::book::Book;
use crate::cli::{DeadArgs, MessagesAct};
use crate::email::Email;
use crate::metrics::Metrics;
use crate::phone::Msisdn;
use crate::printing::say;
use crate::store::outbox::{Channel, MessageRow};
use crate::store::outbox_past::{self, WhichDead};
use crate::store::{Conn, Store};
use crate::time::{Clock, Timestamp};
use anyhow::anyhow;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Messages that are looked through in one go.
const PAGE: i64 = 500;

/// `kadogo messages`
pub async fn run(act: MessagesAct) -> anyhow::Result<ExitCode> {
    match act {
        MessagesAct::Dead(args) => dead(&args).await,
        MessagesAct::Again { which, ids, all: _ } => again(&which, ids).await,
    }
    .map(|()| ExitCode::SUCCESS)
}

async fn dead(args: &DeadArgs) -> anyhow::Result<()> {
    let store = open(args).await?;
    let listed = listed(args, &store).await;
    close(store).await?;
    listed
}

async fn listed(args: &DeadArgs, store: &Store) -> anyhow::Result<()> {
    let mut after = Some(i64::MIN);
    while let Some(from) = after {
        let which = which(args, Vec::new())?;
        let read = move |conn: &mut Conn| outbox_past::dead_after(conn, &which, from, PAGE);
        let (rows, next) = store.read(read).await?;
        rows.iter().for_each(|row| say!("{}", line(row)));
        after = next;
    }
    Ok(())
}

async fn again(args: &DeadArgs, ids: Vec<i64>) -> anyhow::Result<()> {
    close(open(args).await?).await?;
    let metrics = Arc::new(Metrics::default());
    let (store, book, committer) =
        open_book(args.database_url.expose().to_owned(), metrics).await?;
    let all = sent_again(args, ids, &store, &book).await;
    drop((book, store));
    ended(committer).await?;
    say!("{} to be sent again", all?);
    Ok(())
}

/// Has them sent again; says how many.
async fn sent_again(
    args: &DeadArgs,
    ids: Vec<i64>,
    store: &Store,
    book: &Book,
) -> anyhow::Result<usize> {
    let mut after = Some(i64::MIN);
    let mut all = 0_usize;
    while let Some(from) = after {
        let which = which(args, ids.clone())?;
        let read = move |conn: &mut Conn| outbox_past::dead_after(conn, &which, from, PAGE);
        let (rows, next) = store.read(read).await?;
        let ids: Vec<i64> = rows.into_iter().map(|row| row.id).collect();
        let anew = book.write(move |conn| outbox_past::send_again(conn, &ids)).await?;
        all = all.saturating_add(anew);
        after = next;
    }
    Ok(all)
}

/// The database, which must be there: a mistyped address must not make a new one.
async fn open(args: &DeadArgs) -> anyhow::Result<Store> {
    let url = args.database_url.expose().to_owned();
    Ok(tokio::task::spawn_blocking(move || Store::open_existing(&url)).await??)
}

async fn close(store: Store) -> anyhow::Result<()> {
    Ok(tokio::task::spawn_blocking(move || store.close()).await?)
}

fn which(args: &DeadArgs, ids: Vec<i64>) -> anyhow::Result<WhichDead> {
    let channel = args.channel.as_deref().map(Channel::from_str).transpose();
    let channel = channel.map_err(|_unknown| anyhow!("--channel is text or mail"))?;
    let since = args.hours.map(|hours| {
        let age = Duration::from_secs(hours.saturating_mul(3_600));
        Clock::System.now().minus(age).micros()
    });
    Ok(WhichDead { ids, channel, since, reason: args.reason.clone() })
}

fn line(row: &MessageRow) -> String {
    let MessageRow { id, channel, template, attempts, .. } = row;
    let written = Timestamp::from_micros(row.created_at).rfc3339();
    let number = || Msisdn::from_e164(&row.address).map(|number| number.to_string());
    let mail = || Email::parse(&row.address).ok().map(|email| email.to_string());
    let to = number().or_else(mail).unwrap_or_default();
    let reason = row.reason.as_deref().unwrap_or_default();
    format!("{id} {written} {channel} {to} {template}, {attempts} tries: {reason}")
}
