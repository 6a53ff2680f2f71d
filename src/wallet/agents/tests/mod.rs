//! What is decided at an outlet, tried without a database: Njeri serves at Duka Moja, Amina is a
//! customer.

mod cash_ask;
mod cash_in;
mod cash_out;
mod commission;
mod deposit_code;
mod find;
mod float;
mod journal;
mod outlet_view;
mod payout;
mod register;
mod settings;
mod shift;

use super::super::trial::{Trial, account};
use crate::agent_number::AgentNumber;
use crate::book::{Change, Leg};
use crate::calendar::Day;
use crate::id::{AccountId, AssistantId, Id, ShiftId};
use crate::store::agent_rows::{AgentPost, OutletRow, OutletState};
use crate::store::book_rows::AccountState;
use crate::store::facts::{Found, Roster};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::store::working_day::AgentJournalRow;
use crate::wallet::agents::cash_out::SERVICE as CASH_OUT;
use crate::wallet::context::Context;
use crate::wallet::party::Party;
use crate::wallet::plan::{Plan, PlanError};
use crate::wallet::service::{Authority, Service};

const AMINA: &str = "+254700000001";
const NJERI: &str = "+254700000003";
const STRANGER: &str = "+254700000009";
/// The float of Duka Moja, and the number under which Njeri serves there.
const FLOAT: AccountId = AccountId::of(300);
const COMMISSION: AccountId = AccountId::of(301);
const ASSISTANT: AssistantId = AssistantId::of(302);
/// The float of the head office.
const HEAD: AccountId = AccountId::of(400);

/// A shop.
struct Shop {
    trial: Trial,
    amina: PersonRow,
    njeri: PersonRow,
    outlet: OutletRow,
}

/// Duka Moja has KES 5,000 of float, Amina KES 1,000.
fn shop() -> Shop {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 100_000);
    let njeri = trial.person(Id::of(103), NJERI, "Njeri Kamau", 7_000);
    let outlet = trial.outlet(FLOAT, "Duka Moja", 500_000, &njeri);
    Shop { trial, amina, njeri, outlet }
}

impl Shop {
    /// Changes the outlet, for whoever serves there too.
    fn change(&mut self, change: impl FnOnce(&mut OutletRow)) {
        change(&mut self.outlet);
        let outlet = self.outlet.clone();
        let assistant = self.trial.caller(&self.njeri).post.unwrap().assistant;
        self.trial.set(Want::Outlet(FLOAT), Found::Outlet(Some(outlet.clone())));
        self.trial.set(
            Want::Post(self.njeri.account_id),
            Found::Post(Box::new(Some(AgentPost { assistant, outlet }))),
        );
    }

    /// It belongs to a head office, where Wambui serves.
    fn with_head(&mut self) -> PersonRow {
        let wambui = self.trial.person(Id::of(104), "+254700000004", "Wambui Njoroge", 0);
        self.trial.outlet(HEAD, "Ofisi Kuu", 9_000_000, &wambui);
        self.change(|outlet| outlet.head_office = Some(HEAD));
        wambui
    }

    /// Who serves there, under which numbers, and who of them is in which shift.
    fn staff(
        &mut self,
        people: &[&PersonRow],
        assistants: &[AssistantId],
        shifts: &[(AssistantId, ShiftId)],
    ) {
        let people = people.iter().map(|person| (*person).clone()).collect();
        let roster = Roster { people, assistants: assistants.to_vec(), shifts: shifts.to_vec() };
        self.trial.set(Want::Roster(FLOAT), Found::Roster(roster));
    }

    /// An account of the outlet is frozen.
    fn freeze(&mut self, id: i64, minor: i64) {
        let mut frozen = account(id, minor);
        frozen.state = AccountState::Frozen;
        self.trial.set(Want::Account(Id::of(id)), Found::Account(Some(frozen)));
    }

    /// What Amina paid today.
    fn today(&self) -> Want {
        let zone = &self.trial.config.market.zone;
        let since = Day::of(self.trial.now, zone).begins(zone).micros();
        Want::History { account: Id::of(101), since, limit: 50 }
    }
}

/// The number that customers type.
fn number(float: AccountId) -> String {
    AgentNumber::of(float).to_string()
}

/// The same with a slip in its last digit.
fn mistyped(float: AccountId) -> String {
    let right = number(float);
    let (rest, last) = right.split_at(right.len() - 1);
    format!("{rest}{}", (last.parse::<u8>().unwrap() + 1) % 10)
}

/// What moves on an account, minor units.
fn moved(plan: &Plan, account: AccountId) -> i64 {
    let legs = plan.act.iter().flat_map(|act| &act.legs);
    legs.filter(|leg| leg.account == account).map(|leg| leg.amount_minor).sum()
}

/// All legs, which add up to nothing.
fn balanced(plan: &Plan) -> &[Leg] {
    let legs = plan.act.as_ref().unwrap().legs.as_slice();
    assert_eq!(legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0, "{legs:?}");
    legs
}

/// What is written down.
fn journal_of(plan: &Plan) -> &AgentJournalRow {
    let changes = &plan.act.as_ref().unwrap().changes;
    changes
        .iter()
        .find_map(|change| if let Change::Journal(row) = change { Some(row) } else { None })
        .unwrap()
}

/// The messages with this key, each with who gets it.
fn told_to(plan: &Plan, template: &str) -> Vec<String> {
    let changes = &plan.act.as_ref().unwrap().changes;
    let told = changes.iter().filter_map(|change| match change {
        Change::Tell(message) | Change::TellBelow { message, .. } => Some(message),
        _ => None,
    });
    told.filter(|message| message.template == template)
        .map(|message| message.address.clone())
        .collect()
}

/// Saying yes to an order for KES 200 in cash.
const APPROVED: Service = Service {
    name: "approve",
    authority: Authority::Customer,
    wants: &[terms, terms],
    decide: approve,
    shows: CASH_OUT.shows,
    messages: CASH_OUT.messages,
    ..Service::PLAIN
};

fn terms(context: &Context) -> Vec<Want> {
    (CASH_OUT.settles.unwrap().wants)(context, FLOAT)
}

fn approve(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let outlet = Party::Outlet(context.facts.outlet(FLOAT)?.unwrap().clone());
    let act = (CASH_OUT.settles.unwrap().pay)(context, plan, &outlet, context.money(20_000))?;
    plan.commit(act);
    Ok(())
}

#[test]
fn a_question_writes_nothing_down_and_earns_nothing() {
    let shop = shop();
    let ask = shop.trial.ask(&CASH_OUT, shop.trial.caller(&shop.amina));
    let plan = ask.with("agent", &number(FLOAT)).with("amount", "20000").quote().planned();
    let changes = &plan.act.as_ref().unwrap().changes;
    assert!(changes.iter().all(|change| matches!(change, Change::Tell(_))), "{changes:?}");
    assert_eq!((moved(&plan, COMMISSION), plan.act.as_ref().unwrap().legs.len()), (0, 3));
}
