//! A deal that is let go in parts, one after the other: which is next, and what both hear when one
//! was paid. How much a part is stands in the terms.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::super::service::{Message, With};
use super::deal::Deal;
use super::terms::{Side, Terms};
use crate::book::Change;
use crate::money::Money;
use crate::value::{Kind, Slot, Slots};

const SLOTS: [Slot; 14] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("paid", Kind::Money),
    Slot("rest", Kind::Money),
    Slot("part", Kind::Count),
    Slot("parts", Kind::Count),
    Slot("fee", Kind::Money),
    Slot("less_code", Kind::Text),
    Slot("plus_code", Kind::Text),
];

/// To the buyer: a part was let go, and so much is left.
pub const PART_LET_GO: Message = Message::receipt("sms.deal_part_let_go", &SLOTS);
/// To the seller, who has it.
pub const PART_PAID: Message =
    Message { template: "sms.deal_part_paid", slots: &SLOTS, with: With::Balance };

impl Terms {
    /// Whether they have agreed on parts.
    pub fn is_in_parts(&self) -> bool {
        self.parts > 1
    }

    /// Which part is next, counted from one; where something else was let go, by how much that was.
    pub fn next_part(&self) -> i64 {
        let part = self.amount_minor.checked_div(self.parts).unwrap_or(self.amount_minor);
        let paid = self.released_minor.checked_div(part).unwrap_or(0);
        paid.saturating_add(1).min(self.parts)
    }

    /// The same for people: `part` of `parts`.
    pub fn counted(&self) -> Slots {
        Slots::from([("part".into(), self.next_part().into()), ("parts".into(), self.parts.into())])
    }
}

impl Deal {
    /// Both hear of a part that is paid: what reaches the seller, what was let go, what is left.
    pub fn part_news(
        &self,
        context: &Context,
        [reaches, let_go, rest]: [Money; 3],
        less: &Slots,
    ) -> Result<Vec<Change>, PlanError> {
        let said = |paid: Money| {
            let mut slots = self.terms.counted();
            slots.extend(less.clone());
            slots.insert("paid".into(), paid.into());
            slots.insert("rest".into(), rest.into());
            slots
        };
        Ok(vec![
            self.tell(context, Side::Sell, &PART_PAID, said(reaches))?,
            self.tell(context, Side::Buy, &PART_LET_GO, said(let_go))?,
        ])
    }
}
