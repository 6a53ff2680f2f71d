//! What the clocks do: of a group, of what is asked, of turns and of invitations.

use super::super::super::trial::posting;
use super::super::about::About;
use super::super::{group, invitation, membership, proposal};
use super::*;
use crate::calendar::Day;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

fn last_moved(umoja: &mut Umoja, days_ago: u64) {
    let whole = posting(77, "contribute", days_ago * 24 * 60, &[(101, -100), (900, 100)]);
    umoja.trial.set(Want::Posting(Id::of(77)), Found::Posting(Some(whole)));
}

fn wakes(umoja: &Umoja) -> Act {
    umoja.trial.wakes(&group::KIND, &umoja.group).unwrap()
}

#[test]
fn one_that_does_not_begin_lapses() {
    let act = wakes(&Umoja::of("forming", 2, 0));
    let moved = ["group: lapse = lapsed", "membership: end = ended", "membership: end = ended"];
    assert_eq!(moves(&act), moved);
    assert_eq!(heard(act), ["sms.group_lapsed 1", "sms.group_lapsed 2"]);
}

#[test]
fn one_that_is_used_goes_on_and_one_that_sleeps_ends() {
    let mut umoja = Umoja::of("running", 3, 5_000);
    last_moved(&mut umoja, 364);
    let act = wakes(&umoja);
    assert_eq!(moves(&act), ["group: look = running"]);
    assert_eq!(stored(&act, &group::KIND).due_at, Some(NOW.plus(DAY).micros()));
    last_moved(&mut umoja, 365);
    let act = wakes(&umoja);
    assert_eq!(moves(&act), ["group: sleep = closing"]);
    assert_eq!(stored(&act, &group::KIND).due_at, Some(NOW.micros()));
    assert!(act.changes.iter().any(|change| matches!(change, Change::AtPosting { .. })));
    assert_eq!(heard(act), ["1", "2", "3"].map(|who| format!("sms.group_slept {who}")));
}

#[test]
fn what_is_left_is_shared_to_the_cent() {
    let act = wakes(&Umoja::of("closing", 3, 20_000));
    assert_eq!(legs(&act), [(900, -20_000), (101, 6_667), (102, 6_667), (103, 6_666)]);
    assert_eq!(act.meters.len(), 3);
    assert_eq!(moves(&act).len(), 4);
    assert_eq!(moves(&act)[0], "group: end = closed");
    assert!(matches!(act.changes[0], Change::AtPosting { .. }), "nothing is left behind");
    assert_eq!(heard(act), ["1", "2", "3"].map(|who| format!("sms.group_shared {who}")));
    let act = wakes(&Umoja::of("closing", 2, 0));
    assert!(act.legs.is_empty());
    assert_eq!(heard(act), ["sms.group_ended 1", "sms.group_ended 2"]);
    let act = wakes(&Umoja::of("closing", 3, 2));
    assert_eq!(legs(&act), [(900, -2), (101, 1), (102, 1)]);
    for (all, parts) in [(0, 3), (1, 3), (100, 7), (20_000, 3), (i64::MAX, 30)] {
        let shares = group::equal_parts(all, parts);
        assert_eq!((shares.iter().sum::<i64>(), shares.len()), (all, parts));
        assert!(shares.is_sorted_by(|one, next| one >= next) && shares[0] - shares[parts - 1] <= 1);
    }
}

/// Whoever waits, and in whatever order they are paid at last, each gets what they would have got.
#[test]
fn who_cannot_be_paid_gets_the_same_share_later() {
    for stopped in 0..8_u32 {
        let mut umoja = Umoja::of("closing", 3, 20_000);
        let people = umoja.people.clone();
        let mut got = Vec::new();
        for (at, person) in people.iter().take(3).enumerate() {
            let state =
                if stopped & (1 << at) == 0 { AccountState::Open } else { AccountState::Frozen };
            umoja.trial.change(person, |holder| holder.account.state = state);
        }
        let act = wakes(&umoja);
        got.extend(legs(&act).into_iter().skip(1));
        let event = match stopped {
            0 => "group: end = closed",
            7 => "group: wait = closing",
            _some => "group: share = closing",
        };
        assert_eq!(moves(&act)[0], event);
        let left = 20_000 - got.iter().map(|leg| leg.1).sum::<i64>();
        let paid = |id: i64| got.iter().any(|leg| leg.0 == id);
        umoja.members.retain(|member| !paid(member.owner.number()));
        umoja.holds(left);
        umoja.lies();
        if !umoja.members.is_empty() {
            assert_eq!(stored(&act, &group::KIND).due_at, Some(NOW.plus(DAY).micros()));
            for person in people.iter().take(3) {
                umoja.trial.change(person, |holder| holder.account.state = AccountState::Open);
            }
            let act = wakes(&umoja);
            assert_eq!(moves(&act)[0], "group: end = closed");
            got.extend(legs(&act).into_iter().skip(1));
        }
        got.sort_unstable();
        assert_eq!(got, [(101, 6_667), (102, 6_667), (103, 6_666)], "{stopped:b}");
    }
}

#[test]
fn what_the_book_refuses_is_tried_again_the_next_day_and_a_mistake_is_reported() {
    let umoja = Umoja::of("closing", 3, 20_000);
    let refused =
        |reason: Reason| umoja.trial.wakes_refused(&group::KIND, &umoja.group, &reason.into());
    let act = refused(Reason::OTHER_LIMIT).unwrap();
    assert_eq!(moves(&act), ["group: wait = closing"]);
    assert_eq!(refused(Reason::INVALID).err(), Some(Reason::INVALID.into()));
}

#[test]
fn what_is_not_agreed_to_in_time_is_over_and_a_turn_comes_again() {
    let mut umoja = Umoja::of("running", 3, 20_000);
    let row = umoja.asks(asked(pay(1), Some(101), &[102], &[]));
    let act = umoja.trial.wakes(&proposal::KIND, &row).unwrap();
    assert_eq!(moves(&act), ["group_proposal: expire = expired"]);
    assert_eq!(heard(act), ["1", "2", "3"].map(|who| format!("sms.group_ask_expired {who}")));
    let day = Day::read("16/11/26").unwrap();
    let turn = About::Turn { amount_minor: 1, day, had: vec![Id::of(103)] };
    let row = umoja.asks(asked(turn, Some(101), &[102], &[]));
    let act = umoja.trial.wakes(&proposal::KIND, &row).unwrap();
    assert_eq!(moves(&act), ["group_proposal: put_off = planned"]);
    let next = stored(&act, &proposal::KIND);
    let kept: proposal::Terms = kind::body(&next).unwrap();
    let day = Day::read("30/11/26").unwrap();
    assert_eq!(kept.about, About::Turn { amount_minor: 0, day, had: vec![Id::of(103)] });
    // of a group that has ended nobody hears any more
    let mut over = Umoja::of("closing", 3, 20_000);
    let row = over.asks(asked(pay(1), Some(101), &[102], &[]));
    let act = over.trial.wakes(&proposal::KIND, &row).unwrap();
    assert_eq!(moves(&act), ["group_proposal: expire = expired"]);
    assert!(heard(act).is_empty());
}

fn planned(umoja: &mut Umoja, had: &[i64]) -> ArrangementRow {
    let had = had.iter().map(|id| Id::of(*id)).collect();
    let day = Day::read("23/11/26").unwrap();
    let row = asked(About::Turn { amount_minor: 0, day, had }, Some(101), &[], &[]);
    umoja.asks(ArrangementRow { state: "planned".into(), ..row })
}

#[test]
fn on_its_day_all_others_are_asked_for_what_is_in_it() {
    let mut umoja = Umoja::of("running", 3, 20_000);
    let row = planned(&mut umoja, &[101]);
    let act = umoja.trial.wakes(&proposal::KIND, &row).unwrap();
    assert_eq!(moves(&act), ["group_proposal: ask = asked"]);
    let asks = stored(&act, &proposal::KIND);
    let kept: proposal::Terms = kind::body(&asks).unwrap();
    assert_eq!((asks.other, asks.due_at), (Some(Id::of(102)), Some(umoja.evening_in(5))));
    assert!(matches!(kept.about, About::Turn { amount_minor: 20_000, .. }));
    assert_eq!(heard(act), ["sms.group_turn 2", "sms.group_asked 1", "sms.group_asked 3"]);
    // whose turn it would be can get nothing now: the next one has it
    let baraka = umoja.people[1].clone();
    umoja.trial.change(&baraka, |holder| holder.account.state = AccountState::Frozen);
    let act = umoja.trial.wakes(&proposal::KIND, &row).unwrap();
    assert_eq!(stored(&act, &proposal::KIND).other, Some(Id::of(103)));
    assert_eq!(
        heard(act),
        ["sms.group_turn 3", "sms.group_asked 1"],
        "who is stopped is not asked"
    );
    umoja.holds(0);
    let act = umoja.trial.wakes(&proposal::KIND, &row).unwrap();
    assert_eq!(moves(&act), ["group_proposal: wait = planned"]);
    let tomorrow = Day::read("24/11/26").unwrap();
    let again = tomorrow.at_hour(8, &umoja.trial.config.market.zone).micros();
    assert_eq!(stored(&act, &proposal::KIND).due_at, Some(again));
    let mut alone = Umoja::of("running", 1, 20_000);
    let row = planned(&mut alone, &[]);
    let act = alone.trial.wakes(&proposal::KIND, &row).unwrap();
    assert_eq!(moves(&act), ["group_proposal: wait = planned"], "nobody could agree");
}

#[test]
fn who_has_invited_hears_that_nobody_answered() {
    let umoja = Umoja::of("forming", 2, 0);
    let row = invited(NAMES[5].0, false);
    let act = umoja.trial.wakes(&invitation::KIND, &row).unwrap();
    assert_eq!(moves(&act), ["group_invitation: expire = expired"]);
    assert_eq!(heard(act), ["sms.group_invite_expired 1"]);
    let refused = umoja.trial.wakes_refused(&invitation::KIND, &row, &Reason::MOVED.into());
    assert_eq!(refused.err(), Some(Reason::MOVED.into()));
    let clock = umoja.trial.wakes(&membership::KIND, &umoja.members[0]);
    assert!(clock.is_err(), "a membership has no clock");
}
