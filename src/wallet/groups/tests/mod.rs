//! Trials of groups: five people, a group of them that runs, and what is asked of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests stop where they fail"
)]

mod clocks;
mod entering;
mod giving;
mod tables;
mod votes;

use super::super::arrangements::kind::{self, Kind};
use super::super::arrangements::place;
use super::super::plan::{Act, Plan};
use super::super::service::Service;
use super::super::trial::{NOW, Outcome, Trial, account};
use super::about::About;
use super::group::{self, Terms};
use super::{invitation, membership, proposal};
use crate::book::{Change, Put};
use crate::calendar::Day;
use crate::id::{Id, PostingId};
use crate::schedule::Every;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::book_rows::Account;
use crate::store::facts::Found;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use std::time::Duration;

pub const NAMES: [(&str, &str); 6] = [
    ("+254700000001", "Amina Wanjiru"),
    ("+254700000002", "Baraka Otieno"),
    ("+254700000003", "Claire Mukamana"),
    ("+254700000004", "Daudi Kiprono"),
    ("+254700000005", "Esther Njeri"),
    ("+254700000006", "Fatuma Ali"),
];
pub const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A world with a group of some people.
pub struct Umoja {
    pub trial: Trial,
    pub people: Vec<PersonRow>,
    pub group: ArrangementRow,
    pub members: Vec<ArrangementRow>,
}

pub fn row(kind: &Kind, id: i64, state: &str, owner: i64, body: String) -> ArrangementRow {
    ArrangementRow {
        id: Id::of(id),
        kind: kind.name.into(),
        version: 3,
        state: state.into(),
        open: kind.open.contains(&state),
        owner: Id::of(owner),
        other: None,
        account: None,
        subject: String::new(),
        begun_at: NOW.micros(),
        due_at: None,
        body,
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    }
}

pub fn terms() -> Terms {
    Terms {
        name: "Umoja".into(),
        approvals: None,
        amount_minor: 10_000,
        every: Every::Week,
        rota: false,
    }
}

impl Umoja {
    /// So many people, 101 and on, each with KES 1,000, are in group 1, in which so much is; all
    /// six have a wallet.
    pub fn of(state: &str, members: i64, minor: i64) -> Umoja {
        let mut trial = Trial::new();
        let people: Vec<PersonRow> = (101..)
            .zip(NAMES)
            .map(|(id, (number, name))| trial.person(Id::of(id), number, name, 100_000))
            .collect();
        let group = ArrangementRow {
            account: Some(Id::of(900)),
            ..row(&group::KIND, 1, state, 101, kind::written(&terms()))
        };
        let seat = |at: i64| ArrangementRow {
            subject: "1".into(),
            ..row(&membership::KIND, 10 + at, "member", 100 + at, String::new())
        };
        let members: Vec<ArrangementRow> = (1..=members).map(seat).collect();
        let mut umoja = Umoja { trial, people, group, members };
        umoja.lies();
        umoja.holds(minor);
        umoja
    }

    /// All rows as they stand.
    pub fn lies(&mut self) {
        let newest: Vec<ArrangementRow> = self.members.iter().rev().cloned().collect();
        let trial = &mut self.trial;
        let group = Found::Arrangement(Some(self.group.clone()));
        trial.set(Want::Arrangement(Id::of(1)), group);
        let of_group = Want::Arrangements(membership::of_group(Id::of(1)));
        trial.set(of_group, Found::Arrangements(newest));
        for member in &self.members {
            let own = Want::Arrangements(membership::of_person(member.owner));
            trial.set(own, Found::Arrangements(vec![member.clone()]));
        }
    }

    /// So much is in it.
    pub fn holds(&mut self, minor: i64) {
        let account = Account { last_posting: Some(Id::of(77)), ..account(900, minor) };
        self.trial.set(Want::Account(Id::of(900)), Found::Account(Some(account)));
    }

    /// The evening of the day in so many days.
    pub fn evening_in(&self, days: u64) -> i64 {
        let zone = &self.trial.config.market.zone;
        let day = Day::of(NOW.plus(DAY * u32::try_from(days).unwrap()), zone);
        day.at_hour(20, zone).micros()
    }

    /// The group has agreed on something else.
    pub fn agreed(&mut self, terms: &Terms) {
        self.group.body = kind::written(terms);
        self.lies();
    }

    /// This is asked of it, as 50.
    pub fn asks(&mut self, row: ArrangementRow) -> ArrangementRow {
        let row = ArrangementRow { subject: "1".into(), ..row };
        let found = Found::Arrangement(Some(row.clone()));
        self.trial.set(Want::Arrangement(row.id), found);
        let of_group = Want::Arrangements(proposal::of_group(Id::of(1)));
        self.trial.set(of_group, Found::Arrangements(vec![row.clone()]));
        row
    }

    /// A service asked by one of the people, counted from 1, with these inputs.
    pub fn by(&self, who: usize, service: &'static Service, with: &[(&str, &str)]) -> Outcome {
        let caller = self.trial.caller(&self.people[who - 1]);
        let ask = self.trial.ask(service, caller).with("group", "1");
        with.iter().fold(ask, |ask, (name, value)| ask.with(name, value)).execute()
    }

    /// So many of these are open of somebody.
    pub fn open_of(&mut self, kind: &Kind, owner: i64, rows: Vec<ArrangementRow>) {
        let search = Want::Arrangements(place::open_of(kind, Id::of(owner)));
        self.trial.set(search, Found::Arrangements(rows));
    }
}

/// What 101 asks for, as 50: what these say has been said.
pub fn asked(about: About, other: Option<i64>, yes: &[i64], no: &[i64]) -> ArrangementRow {
    let ids = |of: &[i64]| of.iter().map(|id| Id::of(*id)).collect();
    let terms = proposal::Terms { about, yes: ids(yes), no: ids(no) };
    ArrangementRow {
        other: other.map(Id::of),
        subject: "1".into(),
        due_at: Some(NOW.plus(DAY).micros()),
        ..row(&proposal::KIND, 50, "asked", 101, kind::written(&terms))
    }
}

pub fn pay(minor: i64) -> About {
    About::Pay { amount_minor: minor, why: "hospital".into() }
}

/// The rows that change: `kind: event = state`.
pub fn moves(act: &Act) -> Vec<String> {
    let put = |change: &Change| match change {
        Change::Put(Put { row, event, .. }) => {
            Some(format!("{}: {event} = {}", row.kind, row.state))
        }
        _ => None,
    };
    act.changes.iter().filter_map(put).collect()
}

/// The row of a kind that changes.
pub fn stored(act: &Act, kind: &Kind) -> ArrangementRow {
    let put = |change: &Change| match change {
        Change::Put(Put { row, .. }) if row.kind == kind.name => Some(row.clone()),
        _ => None,
    };
    act.changes.iter().find_map(put).unwrap()
}

/// What moves: account and amount.
pub fn legs(act: &Act) -> Vec<(i64, i64)> {
    act.legs.iter().map(|leg| (leg.account.number(), leg.amount_minor)).collect()
}

/// Who hears of it: the template, and the last digit of the number.
pub fn heard(act: Act) -> Vec<String> {
    let plan = Plan { act: Some(act), ..Plan::default() };
    let said = plan.hearers().into_iter();
    said.map(|(key, number, _)| format!("{key} {}", number.chars().last().unwrap())).collect()
}

/// An invitation of a number into group 1, as 30, by 101.
pub fn invited(number: &str, agreed: bool) -> ArrangementRow {
    let terms = invitation::Terms { group: Id::of(1), name: "Umoja".into(), agreed };
    ArrangementRow {
        subject: number.into(),
        due_at: Some(NOW.plus(DAY).micros()),
        ..row(&invitation::KIND, 30, "invited", 101, kind::written(&terms))
    }
}
