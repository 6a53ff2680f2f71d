//! Trials of deals: Amina buys a phone from Daudi for 1,000. Who may do what, what it moves, what
//! both hear of it, and what its clock does.

mod answers;
mod clocks;
mod codes;
mod deliveries;
mod deposits;
mod disputes;
mod fundings;
mod milestones;
mod openings;
mod platforms;
mod random_walks;
mod releases;
mod returns;
mod rulings;
mod wakings;

use super::super::trial::{NOW, Outcome, Trial};
use super::State;
use super::deal::Deal;
use super::deal_clock::Clock;
use super::shares::FeeBy;
use super::shares::{Lines, Price};
use super::terms::Release;
use super::terms::{Side, Terms};
use super::waking_deals::KIND;
use crate::book::{Change, Leg};
use crate::calendar::Day;
use crate::id::Id;
use crate::store::arrangement_rows::{ArrangementRow, Side as Of};
use crate::store::facts::Found;
use crate::store::people::PersonRow;
use crate::store::restrictions::RestrictionRow;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::wallet::arrangements::kind;
use crate::wallet::plan::{Act, Plan};
use crate::wallet::service::Service;
use std::time::Duration;

const AMINA: i64 = 101;
const DAUDI: i64 = 104;
const STRANGER: &str = "+254711222333";
/// The deal, and the account that its money lies on.
const DEAL: i64 = 20;
const MONEY: i64 = 30;
const HOUR: Duration = Duration::from_secs(3_600);

/// A small world in which the two have joined.
struct Two {
    trial: Trial,
    amina: PersonRow,
    daudi: PersonRow,
}

fn two() -> Two {
    let mut trial = Trial::new();
    let amina = trial.person(Id::of(AMINA), "+254700000001", "Amina Wanjiru", 500_000);
    let daudi = trial.person(Id::of(DAUDI), "+254700000004", "Daudi Mwangi", 50_000);
    Two { trial, amina, daudi }
}

/// So many days from today.
fn day(days: i32) -> Day {
    Day::new(today().number() + days)
}

fn today() -> Day {
    Day::of(NOW, &Trial::new().config.market.zone)
}

/// This hour of so many days from today.
fn at(days: i32, hour: i8) -> Timestamp {
    day(days).at_hour(hour, &Trial::new().config.market.zone)
}

/// As they have agreed: the buyer pays ten more for it, and has two days to look.
fn terms() -> Terms {
    Terms {
        side: Side::Buy,
        goods: "phone".to_owned(),
        amount_minor: 100_000,
        deliver_by: day(3),
        look_days: 2,
        release: Release::Hand,
        fee_by: FeeBy::Buyer,
        delivery_minor: 0,
        keep_minor: None,
        platform: None,
        parts: 1,
        price: price(1_000, 0),
        released_minor: 0,
        funded: None,
        delivered: false,
        clock: Clock::until(day(2), 0),
        problem: None,
        said: 0,
        offset: None,
        ruling: None,
        judges: Vec::new(),
        code: None,
        return_code: None,
    }
}

/// Such a price, all of it the operator's.
fn price(buyer: i64, seller: i64) -> Price {
    let lines = |fees_minor| Lines { fees_minor, ..Lines::default() };
    Price { buyer: lines(buyer), seller: lines(seller) }
}

/// The money is in it since today.
fn paid() -> Terms {
    Terms { funded: Some(today()), clock: Clock::until(day(3), 0), ..terms() }
}

/// In a state in which no clock runs.
fn still(terms: Terms) -> Terms {
    Terms { clock: Clock::STILL, ..terms }
}

fn row(state: State, terms: &Terms) -> ArrangementRow {
    let word: &'static str = state.into();
    ArrangementRow {
        id: Id::of(DEAL),
        kind: KIND.name.into(),
        version: 7,
        state: word.into(),
        open: KIND.open.contains(&word),
        owner: Id::of(AMINA),
        other: Some(Id::of(DAUDI)),
        account: terms.funded.map(|_day| Id::of(MONEY)),
        subject: String::new(),
        begun_at: NOW.micros(),
        due_at: None,
        body: kind::written(terms),
        begun_by: Id::of(21),
        last_posting: Id::of(21),
    }
}

impl Two {
    /// There is this deal, and no other.
    fn deal(&mut self, row: &ArrangementRow) {
        self.trial.set(Want::Arrangement(row.id), Found::Arrangement(Some(row.clone())));
        self.has(std::slice::from_ref(row));
    }

    /// These are all that is open.
    fn has(&mut self, rows: &[ArrangementRow]) {
        for person in [self.amina.clone(), self.daudi.clone()] {
            for search in super::deal::searches_of(&person.msisdn, Some(&person)) {
                let found = |row: &&ArrangementRow| match &search.side {
                    Of::Owner(account) => row.owner == *account,
                    Of::Other(account) => row.other == Some(*account),
                    Of::Subject(subject) => row.subject == *subject,
                    Of::Anybody => true,
                };
                let found = rows.iter().filter(found).cloned().collect();
                self.trial.set(Want::Arrangements(search), Found::Arrangements(found));
            }
        }
    }

    /// An account was stopped for so long until now.
    fn stopped(&mut self, account: i64, how_long: Duration) {
        let stopped_us = i64::try_from(how_long.as_micros()).unwrap();
        let row = RestrictionRow { stopped_us, ..RestrictionRow::none(Id::of(account)) };
        self.trial.set(Want::Stopped(Id::of(account)), Found::Restriction(Some(row)));
    }

    fn who(&self, side: Side) -> &PersonRow {
        if side == Side::Buy { &self.amina } else { &self.daudi }
    }

    /// One of them does this with the deal, with these inputs besides.
    fn does(&self, side: Side, service: &'static Service, inputs: &[(&str, &str)]) -> Outcome {
        self.asks(side, service, inputs).execute()
    }

    fn asks(
        &self,
        side: Side,
        service: &'static Service,
        inputs: &[(&str, &str)],
    ) -> super::super::trial::Request<'_> {
        let caller = self.trial.caller(self.who(side));
        let ask = self.trial.ask(service, caller).with("deal", &DEAL.to_string());
        inputs.iter().fold(ask, |ask, (name, value)| ask.with(name, value))
    }
}

/// There is a deal like this.
fn there_is(state: State, terms: Terms) -> Two {
    let mut two = two();
    two.deal(&row(state, &terms));
    two
}

/// How an act leaves the deal.
fn after(act: &Act) -> Deal {
    let put = act.changes.iter().find_map(|change| match change {
        Change::Put(put) => Some(Deal::of(&put.row).unwrap()),
        _ => None,
    });
    put.unwrap()
}

/// The same of a plan.
fn left(plan: &Plan) -> Deal {
    after(plan.act.as_ref().unwrap())
}

/// What moved: whose account, and how much.
fn moved(act: &Act) -> Vec<(i64, i64)> {
    assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
    let leg = |leg: &Leg| (leg.account.number(), leg.amount_minor);
    act.legs.iter().map(leg).collect()
}

/// The operator's fees.
fn fees(minor: i64) -> (i64, i64) {
    (crate::book::FEES.number(), minor)
}

/// Who hears what: the template, and whether it is the buyer.
fn heard(act: Act) -> Vec<(String, &'static str)> {
    let plan = Plan { act: Some(act), ..Plan::default() };
    let who = |number: &str| match number {
        "+254700000001" => "amina",
        "+254700000004" => "daudi",
        "+254700000007" => "kazi",
        STRANGER => "stranger",
        other => panic!("{other}"),
    };
    let name = |template: &str| template.replace("sms.deal_", "");
    plan.hearers().into_iter().map(|(what, number, _)| (name(what), who(number))).collect()
}

fn pairs<'h>(heard: &'h [(String, &'static str)]) -> Vec<(&'h str, &'static str)> {
    heard.iter().map(|(what, who)| (what.as_str(), *who)).collect()
}
