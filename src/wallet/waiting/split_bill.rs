//! Split bills: one person paid for several, and asks each of them for an equal share. Each share
//! is a request like any other; what cannot be divided is the asker's own. Who has not answered is
//! reminded: see `reminding`.
//!
//! Among what one asker may have waiting a split bill counts once, or one dinner would be all they
//! may ask for. For each person who is asked, and for the requests of a day, every share counts:
//! nobody is asked more often by splitting.

use super::super::arrangements::{Role, kind};
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Message, Service};
use super::asking::{self, ASKED};
use super::payment_request::{
    self as request, CANCELLED, Event, KIND, REMINDER, REQUEST_GONE, Request, State,
};
use super::{quota, reminding};
use crate::book::Change;
use crate::id::{AccountId, ArrangementId};
use crate::refusal::{Reason, Refusal};
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// Inputs `amount` (all of it), `reference`, and `to1` to `to8`, of which one behind the first may
/// be `1`: that is all. Shows `share`, `own` and `count`; flag `all` when no more numbers are
/// wanted.
pub const SPLIT: Service = Service {
    name: "bill",
    opens: 8,
    wants: &[everybody, room],
    decide: split,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("share", Kind::Money),
        Slot("own", Kind::Money),
        Slot("count", Kind::Count),
        Slot("about", Kind::Text),
        Slot("dial", Kind::Text),
        Slot("time", Kind::Time),
    ],
    refusals: &[quota::REQUESTS_FULL, quota::REQUEST_BLOCKED, BILL_TWICE],
    messages: &[&SENT, &ASKED],
    ..Service::PLAIN
};

/// Lists the caller's split bills: `paid`, `amount`, `about`.
pub const MINE: Service = Service {
    name: "bills",
    wants: &[of_late],
    decide: mine,
    shows: &[Slot("paid", Kind::Money), Slot("amount", Kind::Money), Slot("about", Kind::Text)],
    ..Service::PLAIN
};

/// Input `bill`: lists who has paid: `sign`, `amount`, `name`.
pub const SHARES: Service = Service {
    name: "shares",
    wants: &[of_bill, payers],
    decide: shares,
    shows: &[Slot("sign", Kind::Text), Slot("amount", Kind::Money), Slot("name", Kind::Name)],
    refusals: &[REQUEST_GONE],
    ..Service::PLAIN
};

/// Input `bill`: reminds who has not answered; shows `count`.
pub const REMIND: Service = Service {
    name: "remind_bill",
    wants: &[of_bill, payers_and_turn],
    decide: remind,
    shows: WAITING,
    refusals: &[REQUEST_GONE, BILL_REMINDED],
    messages: &[&REMINDER],
    ..Service::PLAIN
};

/// Input `bill`: takes back what is not paid; shows `count`, `share`.
pub const CANCEL: Service = Service {
    name: "cancel_bill",
    wants: &[of_bill, payers],
    decide: cancel,
    shows: WAITING,
    refusals: &[REQUEST_GONE],
    messages: &[&CANCELLED],
    ..Service::PLAIN
};

/// A number that shares a bill already.
pub const BILL_TWICE: Reason = Reason::new("bill_twice");
/// Those who share a bill were asked or reminded of late.
pub const BILL_REMINDED: Reason = Reason::new("bill_reminded");

/// How many shares wait, and how much each is.
const WAITING: &[Slot] = &[Slot("share", Kind::Money), Slot("count", Kind::Count)];
const SENT: Message = Message::plain(
    "sms.bill_sent",
    &[
        Slot("amount", Kind::Money),
        Slot("about", Kind::Text),
        Slot("share", Kind::Money),
        Slot("own", Kind::Money),
        Slot("count", Kind::Count),
    ],
);

/// The inputs with those who share: as many as `SPLIT` opens requests.
const PLACES: [&str; 8] = ["to1", "to2", "to3", "to4", "to5", "to6", "to7", "to8"];
/// What is typed in place of a number when there are no more.
const ALL: &str = "1";
/// Split bills are listed of so many days back, and so many shares are looked through for them.
const MINE_WITHIN: Duration = Duration::from_secs(7 * 24 * 3_600);
const SHARES_MAX: i64 = 420;

/// The places that are filled in, each with what is typed there.
fn typed<'a>(context: &Context<'a>) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
    let fields = context.fields;
    PLACES.into_iter().map_while(|place| Some((place, fields.get(place)?.as_str())))
}

fn is_end(place: &str, typed: &str) -> bool {
    typed.trim() == ALL && Some(&place) != PLACES.first()
}

fn everybody(context: &Context) -> Vec<Want> {
    let numbers = typed(context).take_while(|(place, typed)| !is_end(place, typed));
    let numbers = numbers.filter_map(|(place, _)| context.phone(place).ok());
    let own = context.person().map(|asker| Want::Owner(asker.account_id));
    own.into_iter().chain(numbers.map(|phone| Want::Number(phone.e164().to_owned()))).collect()
}

fn room(context: &Context) -> Vec<Want> {
    let Ok(asker) = context.person() else { return Vec::new() };
    let named = typed(context).take_while(|(place, typed)| !is_end(place, typed));
    let payers = named.map_while(|(place, _)| party::payee(context, place).ok());
    let payers: Vec<AccountId> = payers.map(|payer| payer.account_id).collect();
    if payers.is_empty() { Vec::new() } else { quota::wants(context, asker.account_id, &payers) }
}

fn split(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let total = context.amount("amount")?;
    plan.show("amount", total);
    let reference = asking::reference(context)?;
    let (payers, turn) = sharing(context, plan, asker)?;
    let count = i64::try_from(payers.len()).unwrap_or(i64::MAX);
    let share_minor = total.minor.div_euclid(count.saturating_add(1));
    if share_minor <= 0 {
        return Err(Refusal::of_field(Reason::AMOUNT_TOO_SMALL, "amount").into());
    }
    let share = context.money(share_minor);
    plan.show("share", share);
    plan.show("own", context.money(total.minor.saturating_sub(share_minor.saturating_mul(count))));
    plan.show("count", count);
    let split = context.fresh_id;
    let remind_at = reminding::by_itself(&context.config.market.zone, context.now).micros();
    let mut changes = vec![turn];
    for ((payer, place), id) in payers.iter().zip(PLACES).zip(split..) {
        let share = asking::open(context, plan, asker, payer, share, reference.clone());
        let mut share = share.map_err(|error| at(place, error))?;
        share.row = ArrangementRow {
            id: ArrangementId::of(id),
            subject: split.to_string(),
            due_at: Some(remind_at),
            ..share.row
        };
        let amount = context.money(share.terms.amount_minor);
        changes.push(asking::told(context, asker, payer, amount, &share)?);
        plan.show("about", share.about());
        changes.push(kind::begun(share.row));
    }
    let ours = plan.shown(&["amount", "about", "share", "own", "count"]);
    changes.push(context.tell(asker, &SENT, ours, None));
    plan.commit(Act { kind: SPLIT.name, changes, ..Act::default() });
    Ok(())
}

/// Who shares, as far as they were entered, and the turn that their requests take.
fn sharing<'a>(
    context: &Context<'a>,
    plan: &mut Plan,
    asker: &PersonRow,
) -> Result<(Vec<&'a PersonRow>, Change), PlanError> {
    let mut payers: Vec<&PersonRow> = Vec::new();
    let mut turn = None;
    for (place, typed) in typed(context) {
        if is_end(place, typed) {
            plan.flag("all");
            break;
        }
        let payer = party::payee(context, place)?;
        if payers.iter().any(|other| other.account_id == payer.account_id) {
            return Err(Refusal::of_field(BILL_TWICE, place).into());
        }
        plan.show_all(party::sign(context.config, payer));
        payers.push(payer);
        // whoever was named last is the one too many
        turn = Some(quota::allowed(context, asker, &payers).map_err(|error| at(place, error))?);
    }
    let turn = turn.ok_or_else(|| Refusal::of_field(Reason::FIELD_MISSING, "to1"))?;
    Ok((payers, turn))
}

/// A refusal that is about the number at this place.
fn at(place: &'static str, error: PlanError) -> PlanError {
    error.refused_as(|refusal| match refusal.field {
        None | Some("to") => Refusal { field: Some(place), ..refusal },
        Some(_other) => refusal,
    })
}

/// The shares of what an asker has split of late, and their other requests.
fn late(context: &Context, asker: AccountId) -> Search {
    request::made_by(asker, context.now.minus(MINE_WITHIN), SHARES_MAX)
}

fn of_late(context: &Context) -> Vec<Want> {
    let asker = context.person().map(|asker| asker.account_id);
    asker.map(|asker| Want::Arrangements(late(context, asker))).into_iter().collect()
}

fn mine(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?.account_id;
    let mut splits: BTreeMap<i64, (i64, i64, Value)> = BTreeMap::new();
    for share in request::read(context.facts.arrangements(late(context, asker))?)? {
        let Ok(split) = share.row.subject.parse() else { continue };
        // all shares of one split are for the same
        let begun = || (0, 0, share.about());
        let (paid, all, _about) = splits.entry(split).or_insert_with(begun);
        *all = all.saturating_add(share.terms.amount_minor);
        if share.state == State::Approved {
            *paid = paid.saturating_add(share.terms.amount_minor);
        }
    }
    for (split, (paid, all, words)) in splits.into_iter().rev() {
        let paid = context.money(paid);
        let all = context.money(all);
        let slots = Slots::from([
            ("paid".into(), paid.into()),
            ("amount".into(), all.into()),
            ("about".into(), words),
        ]);
        plan.line(split, slots);
    }
    Ok(())
}

/// The split bill that the input names.
fn chosen(context: &Context) -> Result<i64, PlanError> {
    context.chosen("bill", REQUEST_GONE)
}

/// What must be read to know the shares of a split bill.
fn shares_of(split: i64) -> Search {
    let side = Side::Subject(split.to_string());
    let limit = i64::try_from(PLACES.len()).unwrap_or(i64::MAX);
    Search { side, kind: KIND.name, open: false, since: 0, limit }
}

fn of_bill(context: &Context) -> Vec<Want> {
    chosen(context).map(|split| Want::Arrangements(shares_of(split))).into_iter().collect()
}

/// The shares of the caller's split bill that the input names, in the order they were entered.
fn theirs(context: &Context) -> Result<Vec<Request>, PlanError> {
    let asker = context.person()?.account_id;
    let mut shares = request::read(context.facts.arrangements(shares_of(chosen(context)?))?)?;
    shares.retain(|share| share.asker == asker);
    shares.reverse();
    Ok(shares)
}

fn payers(context: &Context) -> Vec<Want> {
    let shares = theirs(context).unwrap_or_default();
    shares.iter().map(|share| Want::Person(share.payer)).collect()
}

/// Its shares, and who pays them.
fn shared<'a>(context: &Context<'a>) -> Result<Vec<(Request, &'a PersonRow)>, PlanError> {
    let mut shares = Vec::new();
    for share in theirs(context)? {
        if let Some(payer) = context.facts.person(share.payer)? {
            shares.push((share, payer));
        }
    }
    Ok(shares)
}

/// Those of them that wait; shows how many, and how much each is.
fn waiting<'a>(
    context: &Context<'a>,
    plan: &mut Plan,
) -> Result<Vec<(Request, &'a PersonRow)>, PlanError> {
    let mut shares = shared(context)?;
    shares.retain(|(share, _)| share.waits(context.now));
    let (first, _) = shares.first().ok_or(REQUEST_GONE)?;
    plan.show("share", context.money(first.terms.amount_minor));
    plan.show("count", i64::try_from(shares.len()).unwrap_or(i64::MAX));
    Ok(shares)
}

fn shares(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for (share, payer) in shared(context)? {
        let slots = Slots::from([
            ("sign".into(), share.sign(context.now)),
            ("amount".into(), context.money(share.terms.amount_minor).into()),
            ("name".into(), party::name(payer)),
        ]);
        plan.line(share.row.id, slots);
    }
    Ok(())
}

fn payers_and_turn(context: &Context) -> Vec<Want> {
    let mut wants = payers(context);
    wants.extend(
        chosen(context).map(|split| Want::Claimed(reminding::turn(split).bytes().to_vec())),
    );
    wants
}

fn remind(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let shares = waiting(context, plan)?;
    let (first, _) = shares.first().ok_or(REQUEST_GONE)?;
    let key = reminding::turn(chosen(context)?);
    let asked = Timestamp::from_micros(first.row.begun_at);
    let near = reminding::is_near(&context.config.market.zone, asked, context.now);
    if near || context.facts.truth(&Want::Claimed(key.bytes().to_vec()))? {
        return Err(BILL_REMINDED.into());
    }
    let words = shares
        .iter()
        .map(|(share, payer)| request::reminder(context.config, share, asker, payer, context.now));
    let changes = [Change::Claim { key }].into_iter().chain(words).collect();
    plan.commit(Act { kind: "remind", changes, ..Act::default() });
    Ok(())
}

fn cancel(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let asker = context.person()?;
    let mut changes = Vec::new();
    for (share, payer) in waiting(context, plan)? {
        changes.push(share.moved(Event::Cancel, Role::Owner)?);
        let config = context.config;
        changes.push(request::news(config, payer, &CANCELLED, asker, &share, context.now));
    }
    plan.commit(Act { kind: "cancel", changes, ..Act::default() });
    Ok(())
}
