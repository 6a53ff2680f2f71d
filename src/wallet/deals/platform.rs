//! The platform of a deal: who has brought the two together, and keeps a share of what reaches the
//! seller. What the two read of it, and what it hears itself, stands here; what its share is, and
//! how it opens a deal, is not known here.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::super::service::{Message, With};
use super::deal::Deal;
use crate::book::Change;
use crate::id::AccountId;
use crate::store::people::PersonRow;
use crate::value::{Kind, Slot, Slots, Value};

const READ: [Slot; 9] = [
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("day", Kind::Day),
    Slot("dial", Kind::Text),
    Slot("platform", Kind::Name),
    Slot("share", Kind::Money),
];
const HEARD: [Slot; 4] = [
    Slot("deal", Kind::Code),
    Slot("goods", Kind::Name),
    Slot("price", Kind::Money),
    Slot("share", Kind::Money),
];

/// To the seller: a platform asks them, and the buyer once they say yes.
pub const BROKERED: Message = Message::plain("sms.deal_brokered", &READ);
/// To both, with the terms: what it keeps.
pub const KEEPS: Message = Message::plain("sms.deal_keeps", &READ);
/// To the platform: a share that has come to it.
pub const SHARE: Message =
    Message { template: "sms.deal_share", slots: &HEARD, with: With::Balance };
/// To the platform: nothing more comes of it.
pub const NO_SHARE: Message = Message::plain("sms.deal_no_share", &HEARD);
/// To the platform: its share cannot be paid, and the seller waits for that.
pub const SHARE_STUCK: Message = Message::plain("sms.deal_share_stuck", &HEARD);

/// What deals are found by that a platform has opened.
pub fn subject(platform: AccountId) -> String {
    format!("platform {platform}")
}

impl Deal {
    /// Who has brought the two together, where somebody has.
    pub fn platform<'a>(&self, context: &Context<'a>) -> Result<Option<&'a PersonRow>, PlanError> {
        let Some(platform) = &self.terms.platform else { return Ok(None) };
        let holder = context.facts.owner(platform.account)?;
        Ok(Some(&holder.ok_or(PlanError::Damaged("a deal of no platform"))?.person))
    }

    /// What the two read of it: `platform` and `share`; nothing where there is none.
    pub fn keeps(&self, context: &Context) -> Result<Slots, PlanError> {
        let Some(platform) = self.platform(context)? else { return Ok(Slots::new()) };
        let share = context.money(self.terms.price.seller.platform_minor);
        Ok(Slots::from([
            ("platform".into(), Value::Name(platform.name.clone())),
            ("share".into(), share.into()),
        ]))
    }

    /// Tells the platform, where there is one, with so much as its `share`, minor units.
    pub fn tell_platform(
        &self,
        context: &Context,
        message: &Message,
        share_minor: i64,
    ) -> Result<Option<Change>, PlanError> {
        let Some(platform) = self.platform(context)? else { return Ok(None) };
        let slots = Slots::from([
            ("deal".into(), self.code(context)),
            ("goods".into(), Value::Name(self.terms.goods.clone())),
            ("price".into(), context.money(self.terms.amount_minor).into()),
            ("share".into(), context.money(share_minor).into()),
        ]);
        let account = (message.with == With::Balance).then_some(platform.account_id);
        Ok(Some(context.tell(platform, message, slots, account)))
    }
}
