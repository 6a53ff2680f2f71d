//! Saving: a pot is begun with a goal and an end, something is put into it whenever its owner likes
//! or by a standing order, and it is looked at by dialling or by a text.

use super::super::arrangements::{Role, kind, place};
use super::super::context::Context;
use super::super::metering;
use super::super::official::sounds_official;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::pricing;
use super::super::service::{Authority, ByText, Message, Service};
use super::super::waiting::stored_request::StoredRequest;
use super::super::waiting::{order, pending};
use super::{CAME_BACK, EMPTY, Event, KIND, POT_GONE, Pot, TAKES, Terms, found, mine};
use crate::book::{Change, Leg, Put};
use crate::calendar::Day;
use crate::money::Money;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::wants::Want;
use crate::tariff::Fee;
use crate::text;
use crate::value::{Kind, Slot};

/// Inputs `goal`, `end`, which is a day or a sum, and `friend` where one must agree before it is
/// opened early: begins one. Shows `goal`, `aim`, and of the friend `name` and `phone`.
pub const START: Service = Service {
    name: "start_pot",
    authority: Authority::Customer,
    opens: 2,
    wants: &[friend_and_places],
    decide: start,
    shows: &[
        Slot("goal", Kind::Name),
        Slot("aim", Kind::Text),
        Slot("aim_code", Kind::Text),
        Slot("day", Kind::Day),
        Slot("sum", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
    refusals: &[POT_END, POTS_FULL],
    messages: &[&STARTED, &CAME_BACK, &EMPTY],
    ..Service::PLAIN
};

/// Inputs `pot`, `amount`: puts so much into it. What it is for is its `name`.
pub const PUT: Service = Service {
    name: "put_aside",
    authority: Authority::Customer,
    wants: &[caller_and_pot, super::contents],
    decide: put_aside,
    shows: &[
        Slot("name", Kind::Name),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
    ],
    refusals: &[POT_GONE],
    messages: &[&SAVED],
    by_standing_order: true,
    ..Service::PLAIN
};

/// Inputs `amount`, and `reference` where there are several: leaves an order to put it aside.
pub const BY_TEXT: Service = Service {
    name: "put_by_text",
    opens: 1,
    wants: &[pots_and_orders, |context| asks(context, 0), |context| asks(context, 1)],
    decide: by_text,
    shows: order::SHOWS,
    refusals: &[POT_GONE, POT_WHICH, pending::ORDERS_FULL],
    text: Some(ByText::Execute),
    ..Service::PLAIN
};

/// Lists what the caller saves for: `goal`, `saved`, `aim`.
pub const MINE: Service = Service {
    name: "pots",
    wants: &[mine, all_contents],
    decide: list,
    shows: PROGRESS,
    text: Some(ByText::List { line: &LINE, whole: &WHOLE, none: &NONE }),
    ..Service::PLAIN
};

/// Neither a day within two years nor a sum.
pub const POT_END: Reason = Reason::new("pot_end");
/// Its text fits no pot, or several.
pub const POT_WHICH: Reason = Reason::new("pot_which");
/// As many pots as one may have.
pub const POTS_FULL: Reason = Reason::new("pots_full");

const STARTED: Message = Message::plain(
    "sms.pot_started",
    &[
        Slot("goal", Kind::Name),
        Slot("aim_code", Kind::Text),
        Slot("day", Kind::Day),
        Slot("sum", Kind::Money),
        Slot("dial", Kind::Text),
    ],
);
/// The new balance is that of the pot.
const SAVED: Message = Message::balance(
    "sms.pot_saved",
    &[
        Slot("amount", Kind::Money),
        Slot("goal", Kind::Name),
        Slot("aim_code", Kind::Text),
        Slot("day", Kind::Day),
        Slot("sum", Kind::Money),
    ],
);
const PROGRESS: &[Slot] = &[
    Slot("goal", Kind::Name),
    Slot("saved", Kind::Money),
    Slot("aim", Kind::Text),
    Slot("aim_code", Kind::Text),
    Slot("day", Kind::Day),
    Slot("sum", Kind::Money),
];
const LINE: Message = Message::plain("sms.pot_line", PROGRESS);
const WHOLE: Message = Message::plain(
    "sms.pots",
    &[Slot("lines", Kind::Text), Slot("dial", Kind::Text), Slot("brand", Kind::Text)],
);
const NONE: Message = Message { template: "sms.pots_empty", ..WHOLE };

/// Pots of one owner.
const OPEN_MAX: usize = 8;
/// Days from today within which one ends: two years.
const DAYS_MAX: i32 = 730;

fn friend_and_places(context: &Context) -> Vec<Want> {
    let mut wants = party::wants_both(context, "friend");
    let owner = context.person().map(|owner| owner.account_id);
    wants.extend(owner.into_iter().flat_map(|owner| place::wants(context, &KIND, owner)));
    wants
}

fn start(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let owner = context.person()?;
    let place = place::take(context, &KIND, owner.account_id, OPEN_MAX, POTS_FULL)?;
    let plain = text::reference(context.field("goal")?);
    let goal = plain.filter(|words| !sounds_official(context.config, words));
    let goal = goal.ok_or_else(|| Refusal::of_field(Reason::TEXT_FORMAT, "goal"))?;
    let friend = context.fields.get("friend").map(|_number| party::payee(context, "friend"));
    let friend = friend.transpose()?;
    friend.iter().for_each(|friend| plan.show_all(party::sign(context.config, friend)));
    let (until, sum_minor) = end(context)?;
    let terms = Terms { goal, sum_minor, until, asked: None };
    let pot = Pot::new(context, friend.map(|friend| friend.account_id), terms)?;
    plan.show_all(pot.told(context));
    let mut told = pot.told(context);
    told.insert("dial".into(), context.config.dial.clone().into());
    let mut changes = vec![place];
    changes.extend(kind::begun_with_account(context, pot.row, pot.account_id));
    changes.push(context.tell(owner, &STARTED, told, None));
    plan.commit(Act { kind: START.name, changes, ..Act::default() });
    Ok(())
}

/// Until when, and up to which sum, as it was typed: a day, or an amount, which has two years.
fn end(context: &Context) -> Result<(Day, Option<i64>), PlanError> {
    let wrong = || Refusal::of_field(POT_END, "end");
    let typed = context.field("end")?.trim();
    let today = context.today().number();
    let last = Day::new(today.saturating_add(DAYS_MAX));
    if typed.contains(['/', '-', ' ']) || typed.matches('.').count() > 1 {
        let until = Day::read(typed).filter(|day| day.number() > today && *day <= last);
        return Ok((until.ok_or_else(wrong)?, None));
    }
    let sum = context.config.market.amount(&typed.to_uppercase());
    let sum = sum.ok().filter(|sum| sum.minor > 0).ok_or_else(wrong)?;
    Ok((last, Some(sum.minor)))
}

/// Who asks, and the pot that they name.
pub fn caller_and_pot(context: &Context) -> Vec<Want> {
    let payer = context.person().map(|payer| Want::Owner(payer.account_id));
    payer.into_iter().chain(super::named(context)).collect()
}

fn put_aside(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payer = context.person()?;
    let pot = Pot::own(context)?;
    plan.show("name", pot.goal());
    let amount = context.amount("amount")?;
    let terms = pricing::terms(amount, Fee::default())?;
    terms.show(plan);
    let wallet = party::payer(context, payer, Reason::ACCOUNT_CLOSED.into())?;
    terms.covered_by(context.money(wallet.available_minor()))?;
    let legs = vec![
        Leg { account: wallet.id, amount_minor: amount.minor.saturating_neg() },
        Leg { account: pot.account_id, amount_minor: amount.minor },
    ];
    let mut told = pot.told(context);
    told.extend(plan.shown(&["amount"]));
    let mut changes = guards(context, &pot, amount)?;
    changes.push(context.tell(payer, &SAVED, told, Some(pot.account_id)));
    let meters = vec![metering::aside(context, payer.account_id, amount.minor, false)];
    plan.commit(Act { kind: PUT.name, legs, meters, changes, ..Act::default() });
    Ok(())
}

/// What must still be so: that it takes something. Where a sum is to be reached, two at one moment
/// come one after the other, so that one of them sees that it is; then all comes back at once.
fn guards(context: &Context, pot: &Pot, amount: Money) -> Result<Vec<Change>, PlanError> {
    let takes = Change::While { arrangement: pot.row.id, states: TAKES };
    let Some(sum_minor) = pot.terms.sum_minor else { return Ok(vec![takes]) };
    let account = pot.account(context)?;
    let at = Change::AtPosting { account: account.id, posting: account.last_posting };
    if account.balance_minor.saturating_add(amount.minor) < sum_minor {
        return Ok(vec![takes, at]);
    }
    let event = Event::Reach.into();
    let row = KIND.after(&pot.row, event, Role::Owner)?;
    let row = ArrangementRow { due_at: Some(context.now.micros()), ..row };
    Ok(vec![at, Change::Put(Put { row, event, note: String::new() })])
}

fn pots_and_orders(context: &Context) -> Vec<Want> {
    let owner = context.person().map(|owner| owner.account_id).into_iter();
    mine(context).into_iter().chain(owner.flat_map(|own| order::wants(context, own))).collect()
}

fn asks(context: &Context, step: usize) -> Vec<Want> {
    request(context).map(|request| request.wants(context, step)).unwrap_or_default()
}

fn by_text(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    plan.act = Some(order::leave(context, plan, request(context)?)?);
    Ok(())
}

/// What a text asks for: to put something into the one pot whose goal begins with its words.
fn request(context: &Context) -> Result<StoredRequest, PlanError> {
    let words = context.fields.get("reference").map_or("", String::as_str).to_lowercase();
    let mut pots = found(context)?;
    pots.retain(|pot| pot.terms.goal.to_lowercase().starts_with(&words));
    let [pot] = &pots[..] else { return Err(POT_WHICH.into()) };
    let own = [("pot", pot.row.id.to_string()), ("amount", context.field("amount")?.to_owned())];
    let inputs = own.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(StoredRequest { service: PUT.name.to_owned(), inputs })
}

fn all_contents(context: &Context) -> Vec<Want> {
    found(context).unwrap_or_default().iter().map(Pot::wants).collect()
}

fn list(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for pot in found(context)? {
        let mut slots = pot.told(context);
        let saved = context.money(pot.account(context)?.balance_minor);
        slots.insert("saved".into(), saved.into());
        plan.line(pot.row.id, slots);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Outcome, Trial, account};
    use super::*;
    use crate::id::Id;
    use crate::store::book_rows::AccountState;
    use crate::store::facts::Found;
    use crate::store::people::PersonRow;

    fn two() -> (Trial, PersonRow) {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        trial.person(Id::of(102), "+254700000002", "Baraka Otieno", 0);
        (trial, amina)
    }

    fn begin(trial: &Trial, amina: &PersonRow, goal: &str, end: &str) -> Outcome {
        let ask = trial.ask(&START, trial.caller(amina)).with("goal", goal);
        ask.with("end", end).execute()
    }

    /// The pot of a plan, as it lies in the table.
    fn stored(plan: &Plan) -> ArrangementRow {
        let row = |change: &Change| {
            if let Change::Put(put) = change { Some(put.row.clone()) } else { None }
        };
        plan.act.iter().flat_map(|act| &act.changes).find_map(row).unwrap()
    }

    /// Amina saves for school, and it holds so much.
    fn saving(end: &str, minor: i64) -> (Trial, PersonRow, ArrangementRow) {
        let (mut trial, amina) = two();
        let row = stored(&begin(&trial, &amina, "School", end).planned());
        trial.set(Want::Arrangement(row.id), Found::Arrangement(Some(row.clone())));
        let mine = place::open_of(&KIND, Id::of(101));
        trial.set(Want::Arrangements(mine), Found::Arrangements(vec![row.clone()]));
        let held = account(9_001, minor);
        trial.set(Want::Account(Id::of(9_001)), Found::Account(Some(held)));
        (trial, amina, row)
    }

    fn put(trial: &Trial, amina: &PersonRow, amount: &str) -> Outcome {
        let ask = trial.ask(&PUT, trial.caller(amina)).with("pot", "9000");
        ask.with("amount", amount).execute()
    }

    #[test]
    fn it_begins_with_a_goal_and_an_end_on_an_account_of_its_own() {
        let (trial, amina) = two();
        let plan = begin(&trial, &amina, " School ", "24/12/26").planned();
        let row = stored(&plan);
        let pot = Pot::of(&row).unwrap();
        assert_eq!((row.state.as_str(), row.other, row.version), ("saving", None, 1));
        assert_eq!((pot.terms.goal.as_str(), pot.terms.sum_minor), ("School", None));
        let day = Day::read("24/12/26").unwrap();
        assert_eq!(row.due_at, Some(day.at_hour(8, &trial.config.market.zone).micros()));
        let act = plan.act.as_ref().unwrap();
        let [_, Change::OpenAccount(opened), ..] = &act.changes[..] else { panic!("{act:?}") };
        assert_eq!((opened.id, pot.account_id), (Id::of(9_001), Id::of(9_001)));
        assert!(act.legs.is_empty());
        let told = "aim_code=day day=24/12/26 dial=*384*1234# goal=School sum=KES 0";
        assert_eq!(plan.messages(), [("sms.pot_started".to_owned(), told.to_owned())]);
        let sum = Pot::of(&stored(&begin(&trial, &amina, "School", "5,000").planned())).unwrap();
        assert_eq!(sum.terms.sum_minor, Some(500_000));
        assert_eq!(sum.terms.until.text(), "22/11/28");
    }

    #[test]
    fn a_friend_may_keep_watch_and_is_somebody_else() {
        let (trial, amina) = two();
        let ask = |friend: &str| {
            let ask = trial.ask(&START, trial.caller(&amina)).with("goal", "School");
            ask.with("friend", friend).with("end", "24/12/26").execute()
        };
        let plan = ask("+254700000002").planned();
        let row = stored(&plan);
        assert_eq!((row.state.as_str(), row.other), ("guarded", Some(Id::of(102))));
        assert_eq!(["name", "phone"].map(|slot| plan.said(slot)), ["Baraka O", "0700***002"]);
        assert_eq!(ask("+254700000001").reason(), (Reason::PAYEE_SELF, Some("friend")));
        assert_eq!(ask("+254700000009").reason(), (Reason::PAYEE_UNKNOWN, Some("friend")));
    }

    #[test]
    fn what_is_put_aside_leaves_the_wallet_as_long_as_the_pot_takes_it() {
        let (mut trial, amina, row) = saving("24/12/26", 3_000);
        let plan = put(&trial, &amina, "5000").planned();
        let said = ["name", "amount", "fee", "total"].map(|slot| plan.said(slot));
        assert_eq!(said, ["School", "KES 50", "KES 0", "KES 50"]);
        let act = plan.act.as_ref().unwrap();
        let leg = |leg: &Leg| (leg.account.number(), leg.amount_minor);
        assert_eq!([0, 1].map(|at| leg(&act.legs[at])), [(101, -5_000), (9_001, 5_000)]);
        assert!(matches!(act.changes[0], Change::While { states: TAKES, .. }));
        assert_eq!(act.changes.len(), 2, "others may do so at the same moment");
        assert_eq!(act.meters.len(), 1, "it is their own money, and they hold it still");
        assert_eq!(plan.hearers(), [("sms.pot_saved", "+254700000001", Some(9_001))]);
        assert_eq!(put(&trial, &amina, "100000").error, None);
        assert_eq!(put(&trial, &amina, "100001").reason(), (Reason::NOT_ENOUGH, Some("amount")));
        assert_eq!(put(&trial, &amina, "0").reason(), (Reason::AMOUNT_ZERO, Some("amount")));
        for (state, open) in [("full", true), ("came_back", false)] {
            let row = ArrangementRow { state: state.into(), open, ..row.clone() };
            trial.set(Want::Arrangement(row.id), Found::Arrangement(Some(row)));
            assert_eq!(put(&trial, &amina, "5000").reason(), (POT_GONE, None), "{state}");
        }
        let others = ArrangementRow { owner: Id::of(102), ..row };
        trial.set(Want::Arrangement(others.id), Found::Arrangement(Some(others)));
        assert_eq!(put(&trial, &amina, "5000").reason(), (POT_GONE, None));
        let (mut trial, amina, _) = saving("5000", 0);
        trial.change(&amina, |member| member.account.state = AccountState::StopDebit);
        assert_eq!(put(&trial, &amina, "5000").reason(), (Reason::ACCOUNT_CLOSED, None));
    }

    #[test]
    fn who_reaches_the_sum_fills_it_and_is_the_only_one_to_do_so() {
        let (trial, amina, _) = saving("100", 4_000);
        let changes = |amount: &str| put(&trial, &amina, amount).planned().act.unwrap().changes;
        assert!(matches!(changes("5999")[..2], [Change::While { .. }, Change::AtPosting { .. }]));
        let full = changes("6000");
        let [Change::AtPosting { .. }, Change::Put(put), Change::Tell(_)] = &full[..] else {
            panic!("{full:?}")
        };
        assert_eq!((put.event, put.row.state.as_str()), ("reach", "full"));
        assert_eq!(put.row.due_at, Some(trial.now.micros()), "all comes back at once");
    }

    #[test]
    fn the_list_says_how_much_is_in_and_of_how_much_or_until_when() {
        let (trial, amina, _) = saving("100", 4_000);
        let plan = trial.ask(&MINE, trial.caller(&amina)).list().planned();
        let slots = &plan.items[0].slots;
        let said = ["goal", "saved", "aim_code", "sum"].map(|slot| slots[slot].to_string());
        assert_eq!(said, ["School", "KES 40", "sum", "KES 100"]);
        let stranger = trial.ask(&MINE, trial.stranger("+254700000009")).list();
        assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
    }
}
