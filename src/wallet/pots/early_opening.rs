//! A pot is opened before its day: by its owner alone, or with the yes of the friend whom they have
//! chosen for that when they began it.

use super::super::arrangements::Role;
use super::super::context::Context;
use super::super::party;
use super::super::plan::{Act, Plan, PlanError};
use super::super::service::{Authority, Message, Service};
use super::{CAME_BACK, EMPTY, Event, KIND, POT_GONE, Pot, State};
use crate::book::{Change, Put};
use crate::reason::Reason;
use crate::store::arrangement_rows::{ArrangementRow, Search, Side};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::value::{Kind, Slot, Slots};

/// Input `pot`: opens it, or asks the friend, with the flag `friend`. Shows `goal`, `saved`, `aim`,
/// `days`, and of the friend `name` and `phone`.
pub const OPEN: Service = Service {
    name: "open_pot",
    authority: Authority::Customer,
    wants: &[super::saving::caller_and_pot, contents_and_friend],
    decide: open,
    shows: &[
        Slot("goal", Kind::Name),
        Slot("saved", Kind::Money),
        Slot("aim", Kind::Text),
        Slot("aim_code", Kind::Text),
        Slot("day", Kind::Day),
        Slot("sum", Kind::Money),
        Slot("days", Kind::Count),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
    refusals: &[POT_GONE, POT_ASKED],
    messages: &[&CAME_BACK, &EMPTY, &ASKED],
    ..Service::PLAIN
};

/// Input `pot`: does not ask the friend any more.
pub const WITHDRAW: Service = Service {
    name: "withdraw_pot",
    wants: &[super::named],
    decide: withdraw,
    shows: &[Slot("goal", Kind::Name)],
    refusals: &[POT_GONE, POT_NOT_ASKED],
    ..Service::PLAIN
};

/// Lists the pots of others about which the caller is asked: `goal`, `name`.
pub const QUESTIONS: Service = Service {
    name: "pot_questions",
    wants: &[of_others, owners],
    decide: questions,
    shows: &[Slot("goal", Kind::Name), Slot("name", Kind::Name)],
    ..Service::PLAIN
};

/// Input `pot`: the friend agrees, and all goes back to its owner.
pub const AGREE: Service = Service {
    name: "agree_pot",
    authority: Authority::Customer,
    wants: &[super::named, contents_and_owner],
    decide: agree,
    shows: ANSWER,
    refusals: &[POT_GONE],
    messages: &[&AGREED, &EMPTY],
    ..Service::PLAIN
};

/// Input `pot`: the friend does not.
pub const DECLINE: Service = Service {
    name: "decline_pot",
    wants: &[super::named, contents_and_owner],
    decide: decline,
    shows: ANSWER,
    refusals: &[POT_GONE],
    messages: &[&DECLINED],
    ..Service::PLAIN
};

/// The friend is asked already, or was today.
pub const POT_ASKED: Reason = Reason::new("pot_asked");
/// Nobody is asked.
pub const POT_NOT_ASKED: Reason = Reason::new("pot_not_asked");

const ANSWER: &[Slot] = &[
    Slot("goal", Kind::Name),
    Slot("name", Kind::Name),
    Slot("phone", Kind::Phone),
    Slot("days", Kind::Count),
];
const ASKED: Message = Message::plain(
    "sms.pot_asked",
    &[
        Slot("goal", Kind::Name),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("dial", Kind::Text),
    ],
);
const AGREED: Message = Message::balance(
    "sms.pot_agreed",
    &[
        Slot("goal", Kind::Name),
        Slot("amount", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
);
const DECLINED: Message = Message::plain(
    "sms.pot_declined",
    &[Slot("goal", Kind::Name), Slot("name", Kind::Name), Slot("phone", Kind::Phone)],
);

/// Nobody is asked about more at a time.
const LOOK: i64 = 100;

fn contents_and_friend(context: &Context) -> Vec<Want> {
    let friend = Pot::chosen(context).ok().and_then(|pot| pot.row.other);
    super::contents(context).into_iter().chain(friend.map(Want::Person)).collect()
}

fn contents_and_owner(context: &Context) -> Vec<Want> {
    let owner = Pot::chosen(context).map(|pot| Want::Owner(pot.row.owner));
    super::contents(context).into_iter().chain(owner).collect()
}

fn days_left(context: &Context, pot: &Pot) -> i64 {
    i64::from(pot.terms.until.number().saturating_sub(context.today().number()))
}

fn open(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let owner = context.person()?;
    let pot = Pot::own(context)?;
    plan.show_all(pot.told(context));
    plan.show("saved", context.money(pot.account(context)?.balance_minor));
    plan.show("days", days_left(context, &pot));
    if pot.state != State::Saving {
        return ask(context, plan, owner, &pot);
    }
    party::receiver(context, owner, Reason::ACCOUNT_CLOSED.into())?;
    let mut act = pot.emptied(context, Event::Open, Role::Owner)?;
    act.changes.push(pot.news(context, owner)?);
    plan.commit(act);
    Ok(())
}

/// The friend is asked, once a day: nobody is to be tired into a yes.
fn ask(context: &Context, plan: &mut Plan, owner: &PersonRow, pot: &Pot) -> Result<(), PlanError> {
    plan.flag("friend");
    let gone = PlanError::Damaged("a friend who is nobody");
    let friend = context.facts.person(pot.row.other.ok_or(gone.clone())?)?.ok_or(gone)?;
    plan.show_all(party::sign(context.config, friend));
    if pot.state == State::Asked || pot.terms.asked == Some(context.today()) {
        return Err(POT_ASKED.into());
    }
    let event = Event::Ask.into();
    let row = KIND.after(&pot.row, event, Role::Owner)?;
    let terms = super::Terms { asked: Some(context.today()), ..pot.terms.clone() };
    let row = ArrangementRow { body: super::kind::written(&terms), ..row };
    let mut told = party::sign(context.config, owner);
    told.insert("goal".into(), pot.goal());
    told.insert("dial".into(), context.config.dial.clone().into());
    let changes = vec![
        Change::Put(Put { row, event, note: String::new() }),
        context.tell(friend, &ASKED, told, None),
    ];
    plan.commit(Act { kind: OPEN.name, changes, ..Act::default() });
    Ok(())
}

fn withdraw(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let pot = Pot::own(context)?;
    plan.show("goal", pot.goal());
    if pot.state != State::Asked {
        return Err(POT_NOT_ASKED.into());
    }
    let changes = vec![KIND.moved(&pot.row, Event::Withdraw.into(), Role::Owner, "")?];
    plan.commit(Act { kind: WITHDRAW.name, changes, ..Act::default() });
    Ok(())
}

/// What is open of others who have chosen the caller.
fn of_friend(context: &Context) -> Result<Search, PlanError> {
    let side = Side::Other(context.person()?.account_id);
    Ok(Search { side, kind: KIND.name, open: true, since: 0, limit: LOOK })
}

fn of_others(context: &Context) -> Vec<Want> {
    of_friend(context).map(Want::Arrangements).into_iter().collect()
}

/// Those about which the caller is asked.
fn asked(context: &Context) -> Result<Vec<Pot>, PlanError> {
    let rows = context.facts.arrangements(of_friend(context)?)?;
    let pots: Vec<Pot> = rows.iter().map(Pot::of).collect::<Result<_, _>>()?;
    Ok(pots.into_iter().filter(|pot| pot.state == State::Asked).collect())
}

fn owners(context: &Context) -> Vec<Want> {
    asked(context).unwrap_or_default().iter().map(|pot| Want::Person(pot.row.owner)).collect()
}

fn questions(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    for pot in asked(context)? {
        let mut slots = Slots::from([("goal".into(), pot.goal())]);
        let owner = context.facts.person(pot.row.owner)?;
        slots.extend(owner.map(|owner| ("name".into(), party::name(owner))));
        plan.line(pot.row.id, slots);
    }
    Ok(())
}

/// The pot about which the caller is asked, and its owner; shown as who is asked may know it.
fn question<'a>(context: &Context<'a>, plan: &mut Plan) -> Result<(Pot, &'a PersonRow), PlanError> {
    let friend = context.person()?.account_id;
    let pot = Pot::chosen(context)?;
    if pot.state != State::Asked || pot.row.other != Some(friend) {
        return Err(POT_GONE.into());
    }
    let owner = context.facts.owner(pot.row.owner)?.map(|holder| &holder.person);
    let owner = owner.ok_or(PlanError::Damaged("a pot of nobody"))?;
    plan.show_all(party::sign(context.config, owner));
    plan.show("goal", pot.goal());
    plan.show("days", days_left(context, &pot));
    Ok((pot, owner))
}

fn agree(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let friend = context.person()?;
    let (pot, owner) = question(context, plan)?;
    party::receiver(context, owner, Reason::PAYEE_CLOSED.into())?;
    let mut act = pot.emptied(context, Event::Agree, Role::Other)?;
    let amount = context.money(pot.account(context)?.balance_minor);
    act.changes.push(if amount.minor == 0 {
        pot.news(context, owner)?
    } else {
        let mut told = party::sign(context.config, friend);
        told.extend([("goal".into(), pot.goal()), ("amount".into(), amount.into())]);
        context.tell(owner, &AGREED, told, Some(owner.account_id))
    });
    plan.commit(act);
    Ok(())
}

fn decline(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let friend = context.person()?;
    let (pot, owner) = question(context, plan)?;
    let mut told = party::sign(context.config, friend);
    told.insert("goal".into(), pot.goal());
    let changes = vec![
        KIND.moved(&pot.row, Event::Decline.into(), Role::Other, "")?,
        context.tell(owner, &DECLINED, told, None),
    ];
    plan.commit(Act { kind: DECLINE.name, changes, ..Act::default() });
    Ok(())
}

#[cfg(test)]
pub(in super::super) mod tests {
    use super::super::super::arrangements::kind;
    use super::super::super::trial::{NOW, Outcome, Trial, account};
    use super::super::Terms;
    use super::*;
    use crate::calendar::Day;
    use crate::id::{Id, PostingId};
    use crate::store::book_rows::AccountState;
    use crate::store::facts::Found;

    /// Amina (101) saves for school until 24/12/26; Baraka (102) is her friend.
    pub fn pot(
        state: &str,
        asked: Option<&str>,
        minor: i64,
    ) -> (Trial, ArrangementRow, [PersonRow; 2]) {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        let baraka = trial.person(Id::of(102), "+254700000002", "Baraka Otieno", 0);
        let terms = Terms {
            goal: "School".into(),
            sum_minor: None,
            until: Day::read("24/12/26").unwrap(),
            asked: asked.map(|day| Day::read(day).unwrap()),
        };
        let row = ArrangementRow {
            id: Id::of(1),
            kind: "pot".into(),
            version: 3,
            state: state.into(),
            open: KIND.open.contains(&state),
            owner: Id::of(101),
            other: (state != "saving").then_some(Id::of(102)),
            account: Some(Id::of(900)),
            subject: String::new(),
            begun_at: NOW.micros(),
            due_at: Some(NOW.micros()),
            body: kind::written(&terms),
            begun_by: PostingId::NONE,
            last_posting: PostingId::NONE,
        };
        let held = account(900, minor);
        trial.set(Want::Account(Id::of(900)), Found::Account(Some(held)));
        trial.set(Want::Arrangement(Id::of(1)), Found::Arrangement(Some(row.clone())));
        let side = Side::Other(Id::of(102));
        let of_friend = Search { side, kind: "pot", open: true, since: 0, limit: 100 };
        trial.set(Want::Arrangements(of_friend), Found::Arrangements(vec![row.clone()]));
        (trial, row, [amina, baraka])
    }

    fn by(trial: &Trial, service: &'static Service, who: &PersonRow) -> Outcome {
        trial.ask(service, trial.caller(who)).with("pot", "1").execute()
    }

    /// What happened, and what moved.
    fn done(plan: &Plan) -> (&'static str, String, Vec<i64>) {
        let act = plan.act.as_ref().unwrap();
        let put = act.changes.iter().find_map(|change| match change {
            Change::Put(put) => Some((put.event, put.row.state.clone())),
            _ => None,
        });
        let (event, state) = put.unwrap();
        (event, state, act.legs.iter().map(|leg| leg.amount_minor).collect())
    }

    #[test]
    fn who_saves_alone_opens_it_and_has_it_back_at_once() {
        let (mut trial, _, [amina, baraka]) = pot("saving", None, 5_000);
        let plan = by(&trial, &OPEN, &amina).planned();
        let said = ["goal", "saved", "days", "day"].map(|slot| plan.said(slot));
        assert_eq!(said, ["School", "KES 50", "31", "24/12/26"]);
        assert_eq!(done(&plan), ("open", "opened".to_owned(), vec![-5_000, 5_000]));
        assert_eq!(plan.hearers(), [("sms.pot_back", "+254700000001", Some(101))]);
        assert!(plan.flags.is_empty());
        assert_eq!(by(&trial, &OPEN, &baraka).reason(), (POT_GONE, None));
        assert_eq!(by(&trial, &WITHDRAW, &amina).reason(), (POT_NOT_ASKED, None));
        trial.change(&amina, |member| member.account.state = AccountState::StopCredit);
        assert_eq!(by(&trial, &OPEN, &amina).reason(), (Reason::ACCOUNT_CLOSED, None));
        let (trial, _, [amina, _]) = pot("saving", None, 0);
        let plan = by(&trial, &OPEN, &amina).planned();
        assert_eq!(done(&plan), ("open", "opened".to_owned(), Vec::new()));
        assert_eq!(plan.hearers(), [("sms.pot_empty", "+254700000001", None)]);
        for state in ["full", "opened", "came_back"] {
            let (trial, _, [amina, _]) = pot(state, None, 0);
            assert_eq!(by(&trial, &OPEN, &amina).reason(), (POT_GONE, None), "{state}");
        }
    }

    #[test]
    fn where_a_friend_keeps_watch_they_are_asked_once_a_day() {
        let (trial, _, [amina, _]) = pot("guarded", Some("22/11/26"), 5_000);
        let plan = by(&trial, &OPEN, &amina).planned();
        assert!(plan.flags.contains("friend"));
        assert_eq!(
            (plan.said("name"), plan.said("phone")),
            ("Baraka O".into(), "0700***002".into())
        );
        assert_eq!(done(&plan), ("ask", "asked".to_owned(), Vec::new()));
        assert_eq!(plan.hearers(), [("sms.pot_asked", "+254700000002", None)]);
        for (state, asked) in [("guarded", Some("23/11/26")), ("asked", None)] {
            let (trial, _, [amina, _]) = pot(state, asked, 5_000);
            assert_eq!(by(&trial, &OPEN, &amina).reason(), (POT_ASKED, None), "{state}");
        }
    }

    #[test]
    fn the_friend_answers_what_they_are_asked_and_nothing_else() {
        let (mut trial, _, [amina, baraka]) = pot("asked", None, 5_000);
        let list = trial.ask(&QUESTIONS, trial.caller(&baraka)).list().planned();
        let line = &list.items[0].slots;
        assert_eq!(
            (line["goal"].to_string(), line["name"].to_string()),
            ("School".into(), "Amina W".into())
        );
        let plan = by(&trial, &AGREE, &baraka).planned();
        assert_eq!(done(&plan), ("agree", "opened".to_owned(), vec![-5_000, 5_000]));
        assert_eq!(plan.hearers(), [("sms.pot_agreed", "+254700000001", Some(101))]);
        assert_eq!(plan.said("saved"), "", "how much is in it is nobody else's business");
        let plan = by(&trial, &DECLINE, &baraka).planned();
        assert_eq!(done(&plan), ("decline", "guarded".to_owned(), Vec::new()));
        assert_eq!(plan.hearers(), [("sms.pot_declined", "+254700000001", None)]);
        let plan = by(&trial, &WITHDRAW, &amina).planned();
        assert_eq!(done(&plan), ("withdraw", "guarded".to_owned(), Vec::new()));
        for service in [&AGREE, &DECLINE] {
            assert_eq!(by(&trial, service, &amina).reason(), (POT_GONE, None), "its owner");
        }
        assert_eq!(by(&trial, &WITHDRAW, &baraka).reason(), (POT_GONE, None));
        trial.change(&amina, |member| member.account.state = AccountState::Frozen);
        assert_eq!(by(&trial, &AGREE, &baraka).reason(), (Reason::PAYEE_CLOSED, None));
        let (trial, _, [_, baraka]) = pot("asked", None, 0);
        assert_eq!(by(&trial, &AGREE, &baraka).planned().hearers()[0].0, "sms.pot_empty");
        let (trial, _, [_, baraka]) = pot("guarded", None, 5_000);
        assert!(trial.ask(&QUESTIONS, trial.caller(&baraka)).list().planned().items.is_empty());
        assert_eq!(by(&trial, &AGREE, &baraka).reason(), (POT_GONE, None));
    }
}
