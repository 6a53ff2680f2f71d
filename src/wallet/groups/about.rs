//! What may be asked of a group, and how texts and screens put it: as one act, whose words are in
//! the texts of each language.

use super::super::context::Context;
use super::super::message::Message;
use super::super::party;
use super::super::waiting::pending;
use super::tally::Matter;
use crate::calendar::Day;
use crate::id::AccountId;
use crate::phone::Msisdn;
use crate::store::people::PersonRow;
use crate::value::{self, Slot, Slots, Value};
use serde::{Deserialize, Serialize};

/// What all texts about one say.
pub const TOLD: &[Slot] = &[
    Slot("group", value::Kind::Name),
    Slot("asker", value::Kind::Name),
    Slot("act_code", value::Kind::Text),
    Slot("amount", value::Kind::Money),
    Slot("name", value::Kind::Name),
    Slot("phone", value::Kind::Phone),
    Slot("about", value::Kind::Text),
    Slot("many", value::Kind::Count),
    Slot("day", value::Kind::Day),
    Slot("dial", value::Kind::Text),
];
/// To those who may agree.
pub const ASKED: Message = Message::plain("sms.group_asked", TOLD);
/// To who gets it, when their turn has come.
pub const TURN: Message = Message::plain("sms.group_turn", TOLD);
/// To all: it was not agreed to in time,
pub const EXPIRED: Message = Message::plain("sms.group_ask_expired", TOLD);
/// or by so many that it cannot be.
pub const DECLINED: Message = Message::plain("sms.group_ask_declined", TOLD);
/// It is done.
pub const CARRIED: Message = Message::plain("sms.group_ask_carried", TOLD);

/// What is asked. Who gets it, or is to be removed, is the other side of the row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Money for somebody.
    Pay {
        /// Minor units.
        amount_minor: i64,
        /// What for, in the words of who asks.
        why: String,
    },
    /// What is in it, for whose turn it is.
    Turn {
        /// Minor units, once it is asked.
        amount_minor: i64,
        /// On which day.
        day: Day,
        /// Who has had theirs in this round.
        had: Vec<AccountId>,
    },
    /// Somebody new.
    Invite {
        /// Their number.
        phone: String,
    },
    /// A member is to go.
    Remove,
    /// So many must agree to a payout.
    Rule {
        /// More than half of all where there is none.
        approvals: Option<usize>,
    },
    /// It ends.
    Close,
}

impl About {
    /// Whether a member asks for it, and what sort of thing it is. A turn is nobody's request.
    pub fn matter(&self) -> (bool, Matter) {
        match self {
            About::Pay { .. } => (true, Matter::Payout),
            About::Turn { .. } => (false, Matter::Payout),
            About::Remove => (true, Matter::Removal),
            About::Invite { .. } | About::Rule { .. } => (true, Matter::Order),
            About::Close => (true, Matter::End),
        }
    }

    /// What texts and screens say of it: `asker` asks for `act`.
    pub fn told(
        &self,
        context: &Context,
        asker: &PersonRow,
        concerned: Option<&PersonRow>,
    ) -> Slots {
        let (by_member, _matter) = self.matter();
        let brand = || Value::Name(context.config.brand.clone());
        let asker = if by_member { party::name(asker) } else { brand() };
        let (code, amount_minor, why, count) = match self {
            About::Pay { amount_minor, why } => ("pay", *amount_minor, why.as_str(), 0),
            About::Turn { amount_minor, .. } => ("turn", *amount_minor, "", 0),
            About::Invite { .. } if concerned.is_none() => ("invite_new", 0, "", 0),
            About::Invite { .. } => ("invite", 0, "", 0),
            About::Remove => ("remove", 0, "", 0),
            About::Rule { approvals: None } => ("rule_most", 0, "", 0),
            About::Rule { approvals: Some(count) } => ("rule_some", 0, "", *count),
            About::Close => ("close", 0, "", 0),
        };
        let mut slots = Slots::from([
            ("asker".into(), asker),
            ("act_code".into(), code.into()),
            ("amount".into(), context.money(amount_minor).into()),
            ("about".into(), pending::about(why)),
            ("many".into(), i64::try_from(count).unwrap_or(i64::MAX).into()),
            ("dial".into(), context.config.dial.clone().into()),
        ]);
        slots.extend(self.sign(context, concerned));
        slots
    }

    /// Who it is about: `name` and `phone`.
    fn sign(&self, context: &Context, concerned: Option<&PersonRow>) -> Slots {
        let number = match self {
            About::Invite { phone } => Msisdn::from_e164(phone),
            About::Pay { .. }
            | About::Turn { .. }
            | About::Remove
            | About::Rule { .. }
            | About::Close => None,
        };
        let phone = number.map_or(Value::Phone(String::new()), |phone| {
            Value::masked(&phone, &context.config.market)
        });
        let nobody =
            Slots::from([("name".into(), Value::Name(String::new())), ("phone".into(), phone)]);
        concerned.map_or(nobody, |person| party::sign(context.config, person))
    }
}
