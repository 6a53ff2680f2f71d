//! Who takes no requests from whom.

use super::super::super::service::Service;
use super::super::super::trial::{NOW, Outcome};
use super::super::block::{ASKERS, BLOCK, BLOCKED, UNBLOCK};
use super::*;
use crate::book::Keep;
use crate::id::{AccountId, Id};
use crate::refusal::Reason;
use crate::store::arrangement_rows::{Search, Side};
use crate::store::facts::Found;
use crate::store::records::Record;
use crate::store::wants::Want;

/// Baraka, Claire and somebody who is gone have asked Amina of late, and she has blocked Claire.
fn world() -> (Trial, PersonRow) {
    let (mut trial, [amina, ..]) = three();
    let made = payment_request::made_to(Id::of(101), NOW.minus(30 * 24 * HOUR), 400);
    // Baraka twice, and the newest first
    let asked = [(4, 103), (3, 102), (2, 999), (1, 102)];
    let asked = asked.map(|(id, asker)| ended(&request(id, 101, asker, 100), "declined"));
    trial.set(Want::Arrangements(made), Found::Arrangements(asked.to_vec()));
    trial.set(Want::BlockedBy(Id::of(101)), Found::Accounts(vec![Id::of(103)]));
    (trial, amina)
}

fn set(trial: &Trial, service: &'static Service, amina: &PersonRow, asker: &str) -> Outcome {
    trial.ask(service, trial.caller(amina)).with("asker", asker).execute()
}

#[test]
fn those_who_asked_and_are_not_blocked_are_listed_and_those_who_are() {
    let (trial, amina) = world();
    let list = |service| {
        lines(&trial.ask(service, trial.caller(&amina)).list().planned(), &["name", "phone"])
    };
    assert_eq!(list(&ASKERS), ["102 Baraka O 0700***002"]);
    assert_eq!(list(&BLOCKED), ["103 Claire M 0700***003"]);
    for service in [&ASKERS, &BLOCKED] {
        let stranger = trial.ask(service, trial.stranger("+254700000009"));
        assert_eq!(stranger.list().reason(), (Reason::NOT_JOINED, None));
    }
}

#[test]
fn who_has_offered_a_deal_is_listed_once_it_was_heard_of() {
    let (mut trial, amina) = world();
    let since = NOW.minus(30 * 24 * HOUR);
    let made = payment_request::made_to(Id::of(101), since, 400);
    trial.set(Want::Arrangements(made), Found::Arrangements(Vec::new()));
    let side = Side::Other(Id::of(101));
    let since = since.micros();
    let offers = Search { side, kind: "deal", open: false, since, limit: 400 };
    for (state, listed) in
        [("drafted", 0), ("brokered", 0), ("offered", 1), ("declined", 1), ("withdrawn", 1)]
    {
        let row = ended(&request(1, 101, 102, 100), state);
        let row = ArrangementRow { kind: "deal".into(), ..row };
        trial.set(Want::Arrangements(offers.clone()), Found::Arrangements(vec![row]));
        let list = trial.ask(&ASKERS, trial.caller(&amina)).list().planned();
        assert_eq!(list.items.len(), listed, "{state}");
    }
}

#[test]
fn only_those_who_are_listed_are_blocked_or_let_in_again() {
    let (mut trial, amina) = world();
    let known = Want::BlockVersion(amina.account_id, Id::of(103));
    trial.set(known, Found::Count(3));
    for (service, asker, name, blocked) in
        [(&BLOCK, "102", "Baraka O", true), (&UNBLOCK, "103", "Claire M", false)]
    {
        let plan = set(&trial, service, &amina, asker).planned();
        assert_eq!(plan.said("name"), name);
        let act = plan.act.unwrap();
        assert_eq!(act.kind, "block");
        let other: AccountId = asker.parse().unwrap();
        let [Change::Keep(Keep { record: Record::Block(row), event, .. })] = &act.changes[..]
        else {
            panic!("{act:?}")
        };
        assert_eq!(
            (row.account, row.other, row.blocked),
            (amina.account_id, other, i64::from(blocked))
        );
        let known = if blocked { 0 } else { 3 };
        assert_eq!((row.version, *event), (known + 1, service.name));
    }
    for (service, others) in
        [(&BLOCK, ["103", "999", "101", "x"]), (&UNBLOCK, ["102", "999", "101", "x"])]
    {
        for other in others {
            assert_eq!(
                set(&trial, service, &amina, other).reason(),
                (Reason::STALE, None),
                "{other}"
            );
        }
        let none = trial.ask(service, trial.caller(&amina));
        assert_eq!(none.execute().reason(), (Reason::FIELD_MISSING, Some("asker")));
    }
}
