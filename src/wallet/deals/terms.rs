//! What the two sides of a deal have agreed on, as it is stored, and what goes on with it. The
//! terms themselves never change once both have said yes.

use super::super::context::Context;
use super::super::plan::PlanError;
use super::deal_clock::Clock;
use super::shares::{FeeBy, Price};
use crate::calendar::Day;
use crate::id::AccountId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::tariff::Percent;
use crate::text;
use crate::value::{Slots, Value};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// No day within a year from tomorrow on.
pub const DEAL_DAY: Reason = Reason::new("deal_day");
/// More is to stay than was paid in.
pub const DEAL_KEEP: Reason = Reason::new("deal_keep");
/// What is owed for bringing it is not less than the whole.
pub const DEAL_DELIVERY: Reason = Reason::new("deal_delivery");

/// Days until it is to be delivered, where nobody says otherwise.
const DELIVERY_DAYS: i32 = 3;
/// Days within which it must be delivered: a year.
const DAYS_MAX: i32 = 365;

/// Which side somebody is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Side {
    /// Who pays in.
    Buy,
    /// Who delivers.
    Sell,
}

impl Side {
    /// The one across.
    pub const fn other(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }
}

/// How the buyer lets the seller have the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Release {
    /// By a code that the buyer has, and tells the seller at the door.
    Door,
    /// By a code that travels with the parcel, and that only the buyer's phone may enter.
    Parcel,
    /// By hand.
    Hand,
}

/// How long the buyer looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Look {
    /// A day,
    One,
    /// two, which is usual,
    Two,
    /// three,
    Three,
    /// or a week.
    Week,
}

impl Look {
    const fn days(self) -> i32 {
        match self {
            Look::One => 1,
            Look::Two => 2,
            Look::Three => 3,
            Look::Week => 7,
        }
    }
}

/// Who should get what, as one of them proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offset {
    /// Which side proposes it.
    pub by: Side,
    /// Of what is left, minor units: what goes back to the buyer.
    pub back_minor: i64,
}

/// What the staff decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// Who has proposed it.
    pub by: String,
    /// Who has confirmed it.
    pub confirmed_by: Option<String>,
    /// Of what is left, minor units: what goes back to the buyer.
    pub back_minor: i64,
    /// Why, as one of few causes.
    pub cause: String,
    /// Why, in words that both are told.
    pub words: String,
}

/// Who has brought the two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// Their wallet.
    pub account: AccountId,
    /// What they keep of the amount.
    pub keeps: Percent,
}

/// All that only deals know of themselves. What is in one is the balance of its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The side of who has opened it.
    pub side: Side,
    /// What it is for.
    pub goods: String,
    /// What it costs, minor units.
    pub amount_minor: i64,
    /// Until when it is to be delivered.
    pub deliver_by: Day,
    /// Days that the buyer has to look at it.
    pub look_days: i32,
    /// How the money is let go.
    pub release: Release,
    /// Who pays for it.
    pub fee_by: FeeBy,
    /// What of the amount is for bringing it, minor units: it does not come back to a buyer who has
    /// had it, and brings it back.
    pub delivery_minor: i64,
    /// Where it is a deposit: what stays with who provides for it when nobody comes, minor units.
    pub keep_minor: Option<i64>,
    /// The platform that has opened it for the two, where one has.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// In how many parts it is let go, where they have agreed on some.
    pub parts: i64,
    /// What it costs the two.
    pub price: Price,
    /// What of the amount the seller has had, minor units; the balance of its account follows.
    pub released_minor: i64,
    /// On which day the money came in.
    pub funded: Option<Day>,
    /// Whether it was ever said to be delivered.
    pub delivered: bool,
    /// What it waits for.
    pub clock: Clock,
    /// What is wrong with it, as one of few.
    pub problem: Option<String>,
    /// How often the two have said something of it, or proposed who should get what.
    #[serde(default)]
    pub said: i64,
    /// Who should get what, as one of them has proposed last.
    pub offset: Option<Offset>,
    /// How the staff decide it.
    pub ruling: Option<Ruling>,
    /// Who of them has decided it before an appeal.
    pub judges: Vec<String>,
    /// What the code follows from that lets the money go.
    pub code: Option<String>,
    /// The same of the code for what was brought back.
    pub return_code: Option<String>,
}

impl Terms {
    /// As they were typed, with what is usual in the place of what was not.
    pub fn typed(context: &Context, price: Price, clock: Clock) -> Result<Terms, PlanError> {
        let amount_minor = context.amount("amount")?.minor;
        let side = side(context)?;
        let goods = goods(context)?;
        let deliver_by = deliver_by(context)?;
        let delivery_minor = delivery(context, amount_minor)?;
        let keep_minor = keep(context, amount_minor)?;
        let parts = parts(context)?;
        let by_hand = keep_minor.is_some() || parts > 1 || in_parts(context);
        let release = if by_hand { None } else { chosen(context, "release")? };
        let usual = if by_hand { Release::Hand } else { Release::Door };
        Ok(Terms {
            side,
            goods,
            amount_minor,
            deliver_by,
            look_days: chosen(context, "look")?.unwrap_or(Look::Two).days(),
            release: release.unwrap_or(usual),
            fee_by: chosen(context, "fee_by")?.unwrap_or(FeeBy::Buyer),
            delivery_minor,
            keep_minor,
            platform: None,
            parts,
            price,
            released_minor: 0,
            funded: None,
            delivered: false,
            clock,
            problem: None,
            said: 0,
            offset: None,
            ruling: None,
            judges: Vec::new(),
            code: None,
            return_code: None,
        })
    }

    /// What is left of the amount, minor units.
    pub fn left_minor(&self) -> i64 {
        self.amount_minor.saturating_sub(self.released_minor)
    }

    /// What of that comes to the seller where the buyer is silent, minor units: of a deposit only
    /// what was agreed on.
    pub fn due_minor(&self) -> i64 {
        let left = self.left_minor();
        self.keep_minor.map_or(left, |keep| keep.min(left))
    }

    /// The next part, minor units: all that is left where it is the last one.
    pub fn part_minor(&self) -> i64 {
        let part = self.amount_minor.checked_div(self.parts).unwrap_or(self.amount_minor);
        let left = self.left_minor();
        let last = left < part.saturating_mul(2);
        if last { left } else { part }
    }

    /// What both read of them: `goods`, `amount`, `deliver` (the day), `look` (days), and in words
    /// how it is let go, who pays what, and what is for bringing it.
    pub fn told(&self, context: &Context) -> Slots {
        let fee_code: &'static str = self.fee_by.into();
        let release_code = if self.is_in_parts() { "parts" } else { self.release.into() };
        let fee = self.price.total_minor();
        Slots::from([
            ("goods".into(), Value::Name(self.goods.clone())),
            ("price".into(), context.money(self.amount_minor).into()),
            ("deliver".into(), self.deliver_by.into()),
            ("look".into(), i64::from(self.look_days).into()),
            ("release_code".into(), release_code.into()),
            ("fee_by_code".into(), if fee == 0 { "free" } else { fee_code }.into()),
            ("fee".into(), context.money(fee).into()),
            ("bring_code".into(), if self.delivery_minor > 0 { "some" } else { "none" }.into()),
            ("delivery".into(), context.money(self.delivery_minor).into()),
            ("keep".into(), context.money(self.keep_minor.unwrap_or(0)).into()),
            ("parts".into(), self.parts.into()),
        ])
    }
}

/// The side of who opens it.
pub fn side(context: &Context) -> Result<Side, PlanError> {
    context.chosen("side", Reason::INVALID)
}

/// Who pays for it.
pub fn fee_by(context: &Context) -> Result<FeeBy, PlanError> {
    Ok(chosen(context, "fee_by")?.unwrap_or(FeeBy::Buyer))
}

/// One of several, where it was chosen.
fn chosen<T: std::str::FromStr>(
    context: &Context,
    name: &'static str,
) -> Result<Option<T>, PlanError> {
    let typed = context.fields.get(name);
    let read = |typed: &String| typed.parse().map_err(|_text| Reason::INVALID.into());
    typed.map(read).transpose()
}

fn goods(context: &Context) -> Result<String, PlanError> {
    let plain = text::reference(context.field("goods")?);
    let goods =
        plain.filter(|words| !super::super::official::sounds_official(context.config, words));
    Ok(goods.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "goods"))?)
}

fn deliver_by(context: &Context) -> Result<Day, PlanError> {
    let today = context.today().number();
    let Some(typed) = context.fields.get("deliver") else {
        return Ok(Day::new(today.saturating_add(DELIVERY_DAYS)));
    };
    let day = match typed.trim().parse::<i32>() {
        Ok(days) if days <= DAYS_MAX => Some(Day::new(today.saturating_add(days))),
        Ok(_) | Err(_) => Day::read(typed),
    };
    let last = today.saturating_add(DAYS_MAX);
    let day = day.filter(|day| day.number() > today && day.number() <= last);
    Ok(day.ok_or_else(|| Refusal::of_field(DEAL_DAY, "deliver"))?)
}

/// Whether it is to be let go in parts.
fn in_parts(context: &Context) -> bool {
    context.fields.get("release").is_some_and(|typed| typed == "parts")
}

/// In how many parts it is let go: in one where another way was chosen since.
fn parts(context: &Context) -> Result<i64, PlanError> {
    let otherwise = context.fields.contains_key("release") && !in_parts(context);
    let typed = context.fields.get("parts").filter(|_| !otherwise);
    Ok(match typed.map(String::as_str) {
        None => 1,
        Some("two") => 2,
        Some("three") => 3,
        Some("four") => 4,
        Some(number) => number.parse::<i64>().map_err(|_text| Reason::INVALID)?.clamp(1, 10),
    })
}

/// What stays of a deposit: nothing where it is none.
fn keep(context: &Context, amount_minor: i64) -> Result<Option<i64>, PlanError> {
    if !context.fields.contains_key("keep") {
        return Ok(None);
    }
    let keep = context.amount("keep")?.minor;
    if keep <= amount_minor {
        Ok(Some(keep))
    } else {
        Err(Refusal::of_field(DEAL_KEEP, "keep").into())
    }
}

fn delivery(context: &Context, amount_minor: i64) -> Result<i64, PlanError> {
    if !context.fields.contains_key("delivery") {
        return Ok(0);
    }
    let delivery = context.amount("delivery")?.minor;
    if delivery < amount_minor {
        Ok(delivery)
    } else {
        Err(Refusal::of_field(DEAL_DELIVERY, "delivery").into())
    }
}
