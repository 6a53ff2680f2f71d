//! The line of a statement that a form is about, as the bank has it, with what is left of it:
//! whoever issues or explains sees it beside what they type, and its amount is typed already.

use super::desk::Desk;
use crate::request::Fields;
use crate::store::arrangement_rows::{self, Search, Side};
use crate::store::bank_rows::{self, BankLine};
use crate::store::{Conn, StoreError, book_rows};
use crate::wallet::treasury::bank_item::{self, LineName};
use crate::wallet::treasury::open_items::ItemKind;
use maud::{Markup, html};

/// A line as it stands.
#[derive(Debug)]
pub struct LineFacts {
    line: BankLine,
    /// What is left of it, above zero whichever way it goes.
    left_minor: i64,
}

/// The line that a form names, if there is one.
pub async fn of(desk: &Desk<'_>, typed: &Fields) -> Option<LineFacts> {
    let named = typed.get("line").or_else(|| typed.get("item"))?;
    let name = LineName::parse(named)?;
    desk.read(move |conn| read(conn, name)).await.ok().flatten()
}

fn read(conn: &mut Conn, name: LineName) -> Result<Option<LineFacts>, StoreError> {
    let (statement, place) = name.place();
    let line = conn.wait(async |asked| bank_rows::line(asked, statement, place).await)?;
    let Some(line) = line else { return Ok(None) };
    let (side, kind) = (Side::Subject(name.text()), bank_item::KIND.name);
    let used = Search { side, kind, open: false, since: 0, limit: 1 };
    let used = conn.wait(async |asked| arrangement_rows::find(asked, &used).await)?;
    let left_minor = match used.first() {
        None => line.amount_minor.saturating_abs(),
        Some(row) => match row.account.filter(|_| row.open) {
            Some(account) => book_rows::account(conn, account)?.map_or(0, |at| at.balance_minor),
            None => 0,
        },
    };
    Ok(Some(LineFacts { line, left_minor }))
}

impl LineFacts {
    /// What of it e-money can be issued against, where there is some.
    pub fn room(&self) -> Option<i64> {
        Some(self.left_minor).filter(|left| *left > 0 && self.line.amount_minor > 0)
    }

    /// What the bank says of it, in values with their labels.
    pub fn show(&self, desk: &Desk) -> Markup {
        let LineFacts { line, left_minor } = self;
        let said = match line.is_opening() {
            true => desk.words.item(ItemKind::BeforeFirst.into()),
            false => line.said.clone(),
        };
        let left = (*left_minor != line.amount_minor.saturating_abs())
            .then(|| desk.money(*left_minor).to_string());
        let values = [
            ("amount", desk.money(line.amount_minor).to_string()),
            ("left", left.unwrap_or_default()),
            ("date", desk.day(&line.booked_on)),
            ("other_side", line.counterparty.clone()),
            ("said", said),
            ("bank_reference", line.reference.clone()),
        ];
        html! {
            dl {
                @for (name, text) in values.into_iter().filter(|(_, text)| !text.is_empty()) {
                    dt { (desk.words.slot(name)) }
                    dd { (text) }
                }
            }
        }
    }
}
