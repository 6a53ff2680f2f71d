//! What a form begins with besides what the address says: the amount of the line that it is about,
//! and the reason that somebody has just given for the record that it is about.

use super::act_forms::{ActForm, Typed};
use super::desk::Desk;
use super::line_facts;
use super::onward;
use super::purpose;
use crate::id::AccountId;
use crate::request::Fields;
use crate::wallet::treasury::issuing;

/// The same with that.
pub async fn with(desk: &Desk<'_>, act: &ActForm, typed: &Fields) -> Fields {
    let mut typed = typed.clone();
    let is_empty = |name: &str| typed.get(name).is_none_or(|text| text.trim().is_empty());
    let asks_why = act.inputs.iter().any(|input| input.typed == Typed::Why) && is_empty("why");
    if act.service.name == issuing::ISSUE.name && is_empty("amount") {
        let room = line_facts::of(desk, &typed).await.and_then(|line| line.room());
        typed.extend(room.map(|minor| ("amount".to_owned(), desk.money(minor).plain())));
    }
    if asks_why && let Some(account) = onward::record(desk, &typed).await {
        let why = purpose::lately(desk, AccountId::of(account)).await;
        typed.extend(why.map(|why| ("why".to_owned(), why)));
    }
    typed
}
