//! What is asked, and what comes of each yes and no.

use super::super::about::About;
use super::super::carrying::GROUP_SHORT;
use super::super::membership::GROUP_GONE;
use super::super::proposal::{self, GROUP_ASK_GONE};
use super::super::proposing::{self, GROUP_ALONE, GROUP_ASKS_FULL, GROUP_FORMING, GROUP_RULE};
use super::super::tally::Outcome as Decided;
use super::super::unproposing::TAKE_BACK;
use super::super::voting::{AGREE, DECLINE, GROUP_VOTED, QUESTIONS};
use super::super::{group, invitation, membership};
use super::*;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;

const YES: &[(&str, &str)] = &[("proposal", "50")];

fn payout(umoja: &Umoja, who: usize, to: &str, minor: &str) -> Outcome {
    let with = [("to", to), ("amount", minor), ("reference", "hospital")];
    umoja.by(who, &proposing::PAYOUT, &with)
}

#[test]
fn a_payout_is_asked_of_all_others_and_moves_nothing() {
    let umoja = Umoja::of("running", 5, 50_000);
    let plan = payout(&umoja, 1, NAMES[0].0, "30000").planned();
    let said = ["group", "act_code", "amount", "name", "needed", "day"].map(|slot| plan.said(slot));
    assert_eq!(said, ["Umoja", "pay", "KES 300", "Amina W", "3", "28/11/26"]);
    let act = plan.act.unwrap();
    assert!(act.legs.is_empty() && act.meters.is_empty());
    assert_eq!(moves(&act), ["group_proposal: begin = asked"]);
    let guards = act.changes.iter().filter(|change| matches!(change, Change::While { .. }));
    assert_eq!(guards.count(), 2, "a member, and a group that runs");
    let asked = stored(&act, &proposal::KIND);
    assert_eq!(
        (asked.owner, asked.other, asked.subject.as_str()),
        (Id::of(101), Some(Id::of(101)), "1")
    );
    assert_eq!(asked.due_at, Some(umoja.evening_in(5)));
    let voters = ["2", "3", "4", "5"].map(|who| format!("sms.group_asked {who}"));
    assert_eq!(heard(act), voters);
    // who gets it is not asked
    let act = payout(&umoja, 1, NAMES[1].0, "30000").planned().act.unwrap();
    assert_eq!(heard(act), ["3", "4", "5"].map(|who| format!("sms.group_asked {who}")));
    let outside = payout(&umoja, 1, NAMES[5].0, "30000").planned();
    assert_eq!(outside.said("name"), "Fatuma A");
}

#[test]
fn each_refusal_of_a_request_names_the_input_that_mends_it() {
    let mut umoja = Umoja::of("running", 3, 50_000);
    let reason = |umoja: &Umoja, to: &str, minor: &str| payout(umoja, 1, to, minor).reason();
    assert_eq!(reason(&umoja, "+254700000009", "1"), (Reason::PAYEE_UNKNOWN, Some("to")));
    assert_eq!(reason(&umoja, NAMES[0].0, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
    assert_eq!(reason(&umoja, NAMES[0].0, "50001"), (GROUP_SHORT, Some("amount")));
    assert!(payout(&umoja, 1, NAMES[0].0, "50000").error.is_none());
    let with = [("to", NAMES[0].0), ("amount", "1"), ("reference", "4826")];
    let why = umoja.by(1, &proposing::PAYOUT, &with).reason();
    assert_eq!(why, (Reason::TEXT_FORMAT, Some("reference")));
    assert_eq!(payout(&umoja, 4, NAMES[3].0, "1").reason(), (GROUP_GONE, None), "no member");
    let open = vec![asked(pay(1), Some(101), &[], &[]); 3];
    umoja.open_of(&proposal::KIND, 101, open);
    assert_eq!(reason(&umoja, NAMES[0].0, "1"), (GROUP_ASKS_FULL, None));
    let turn = || About::Turn { amount_minor: 0, day: today(), had: Vec::new() };
    umoja.open_of(&proposal::KIND, 101, vec![asked(turn(), Some(101), &[], &[]); 3]);
    assert!(payout(&umoja, 1, NAMES[0].0, "1").error.is_none(), "turns take no room");
    let closed = umoja.people[1].clone();
    umoja.trial.change(&closed, |holder| holder.account.state = AccountState::Frozen);
    assert_eq!(reason(&umoja, NAMES[1].0, "1"), (Reason::PAYEE_CLOSED, Some("to")));
    let forming = Umoja::of("forming", 3, 0);
    assert_eq!(reason(&forming, NAMES[0].0, "1"), (GROUP_FORMING, None));
    let alone = Umoja::of("running", 1, 50_000);
    assert_eq!(reason(&alone, NAMES[0].0, "1"), (GROUP_ALONE, None));
    let over = Umoja::of("closing", 3, 50_000);
    assert_eq!(reason(&over, NAMES[0].0, "1"), (GROUP_GONE, None));
}

fn today() -> crate::calendar::Day {
    crate::calendar::Day::read("23/11/26").unwrap()
}

#[test]
fn a_yes_is_kept_and_the_one_that_decides_pays() {
    let mut umoja = Umoja::of("running", 5, 50_000);
    umoja.asks(asked(pay(30_000), Some(101), &[102], &[]));
    let plan = umoja.by(3, &AGREE, YES).planned();
    assert_eq!(["yes", "needed", "vote_code"].map(|slot| plan.said(slot)), ["2", "3", "waits"]);
    let act = plan.act.unwrap();
    assert_eq!(moves(&act), ["group_proposal: agree = asked"]);
    let kept: proposal::Terms = kind::body(&stored(&act, &proposal::KIND)).unwrap();
    assert_eq!((kept.yes, kept.no), (vec![Id::of(102), Id::of(103)], Vec::new()));
    assert!(act.legs.is_empty() && heard(act).is_empty());

    umoja.asks(asked(pay(30_000), Some(101), &[102, 103], &[104]));
    let plan = umoja.by(5, &AGREE, YES).planned();
    assert_eq!(["yes", "vote_code"].map(|slot| plan.said(slot)), ["3", "done"]);
    let act = plan.act.unwrap();
    assert_eq!(legs(&act), [(900, -30_000), (101, 30_000)]);
    assert_eq!((act.kind, act.meters.len()), ("group_paid", 1));
    assert_eq!(moves(&act), ["group_proposal: carry = carried"]);
    let hearers = ["sms.group_paid 1", "sms.group_ask_carried 2", "sms.group_ask_carried 3"];
    assert_eq!(heard(act)[..3], hearers);
    // who said no may say yes
    let plan = umoja.by(4, &AGREE, YES).planned();
    let kept: proposal::Terms = kind::body(&stored(&plan.act.unwrap(), &proposal::KIND)).unwrap();
    assert_eq!((kept.yes.len(), kept.no.len()), (3, 0));
}

#[test]
fn nobody_votes_twice_or_where_they_are_not_asked() {
    let mut umoja = Umoja::of("running", 5, 50_000);
    umoja.asks(asked(pay(30_000), Some(102), &[103], &[104]));
    assert_eq!(umoja.by(3, &AGREE, YES).reason(), (GROUP_VOTED, None));
    assert_eq!(umoja.by(3, &DECLINE, YES).reason(), (GROUP_VOTED, None));
    assert_eq!(umoja.by(4, &DECLINE, YES).reason(), (GROUP_VOTED, None));
    // the one who asks, the one who gets it, and somebody outside
    for who in [1, 2, 6] {
        assert_eq!(umoja.by(who, &AGREE, YES).reason(), (GROUP_ASK_GONE, None), "{who}");
        assert_eq!(umoja.by(who, &DECLINE, YES).reason(), (GROUP_ASK_GONE, None), "{who}");
    }
    let stopped = umoja.people[4].clone();
    umoja.trial.change(&stopped, |holder| holder.account.state = AccountState::StopDebit);
    assert_eq!(umoja.by(5, &AGREE, YES).reason(), (Reason::ACCOUNT_CLOSED, None));
    let over = ArrangementRow { due_at: Some(NOW.micros()), ..asked(pay(1), Some(102), &[], &[]) };
    umoja.asks(over);
    assert_eq!(umoja.by(3, &AGREE, YES).reason(), (GROUP_ASK_GONE, None));
    for state in ["planned", "carried", "declined", "expired"] {
        let row = asked(pay(1), Some(102), &[], &[]);
        umoja.asks(ArrangementRow { state: state.into(), open: state == "planned", ..row });
        assert_eq!(umoja.by(3, &AGREE, YES).reason(), (GROUP_ASK_GONE, None), "{state}");
    }
    let mut closing = Umoja::of("closing", 5, 50_000);
    closing.asks(asked(pay(1), Some(102), &[], &[]));
    assert_eq!(closing.by(3, &AGREE, YES).reason(), (GROUP_ASK_GONE, None));
}

#[test]
fn what_is_not_there_is_not_paid_and_the_other_yeses_stand() {
    let mut umoja = Umoja::of("running", 5, 29_999);
    umoja.asks(asked(pay(30_000), Some(101), &[102, 103], &[]));
    let refusal = umoja.by(4, &AGREE, YES).refused();
    assert_eq!(
        (refusal.reason, refusal.slots["balance"].to_string().as_str()),
        (GROUP_SHORT, "KES 299.99")
    );
    // until the PIN they may still say no
    let caller = umoja.trial.caller(&umoja.people[3]);
    let quote = umoja.trial.ask(&AGREE, caller).with("proposal", "50").quote().planned();
    assert_eq!((quote.said("yes"), quote.said("needed")), ("2".to_owned(), "3".to_owned()));
    umoja.holds(30_000);
    assert!(umoja.by(4, &AGREE, YES).error.is_none());
    let amina = umoja.people[0].clone();
    umoja.trial.change(&amina, |holder| holder.account.state = AccountState::StopCredit);
    assert_eq!(umoja.by(4, &AGREE, YES).reason(), (Reason::PAYEE_CLOSED, None));
}

#[test]
fn so_many_noes_end_it_and_all_hear_of_it() {
    let mut umoja = Umoja::of("running", 5, 50_000);
    umoja.asks(asked(pay(30_000), Some(101), &[102], &[]));
    let plan = umoja.by(3, &DECLINE, YES).planned();
    assert_eq!(plan.said("vote_code"), "waits");
    assert_eq!(moves(plan.act.as_ref().unwrap()), ["group_proposal: decline = asked"]);
    umoja.asks(asked(pay(30_000), Some(101), &[102], &[103]));
    let plan = umoja.by(4, &DECLINE, YES).planned();
    assert_eq!(plan.said("vote_code"), "lost");
    let act = plan.act.unwrap();
    assert_eq!(moves(&act), ["group_proposal: refuse = declined"]);
    assert_eq!(heard(act).len(), 5);
    let about = About::Turn { amount_minor: 1, day: today(), had: vec![Id::of(102)] };
    umoja.asks(asked(about, Some(101), &[102], &[103]));
    let act = umoja.by(4, &DECLINE, YES).planned().act.unwrap();
    assert_eq!(moves(&act), ["group_proposal: put_off = planned"]);
    let row = stored(&act, &proposal::KIND);
    let kept: proposal::Terms = kind::body(&row).unwrap();
    assert!(kept.yes.is_empty() && kept.no.is_empty(), "all are asked anew");
    let day = crate::calendar::Day::read("30/11/26").unwrap();
    assert_eq!(row.due_at, Some(day.at_hour(8, &umoja.trial.config.market.zone).micros()));
}

#[test]
fn a_turn_that_is_paid_is_followed_by_the_next() {
    let mut umoja = Umoja::of("running", 3, 50_000);
    let about = About::Turn { amount_minor: 50_000, day: today(), had: vec![Id::of(101)] };
    umoja.asks(asked(about, Some(102), &[101], &[]));
    let act = umoja.by(3, &AGREE, YES).planned().act.unwrap();
    assert_eq!(legs(&act), [(900, -50_000), (102, 50_000)]);
    assert_eq!(moves(&act), ["group_proposal: begin = planned", "group_proposal: carry = carried"]);
    let next = stored(&act, &proposal::KIND);
    assert_eq!((next.other, next.id), (Some(Id::of(103)), Id::of(9_000)));
    let kept: proposal::Terms = kind::body(&next).unwrap();
    let day = crate::calendar::Day::read("30/11/26").unwrap();
    let had = vec![Id::of(101), Id::of(102)];
    assert_eq!(kept.about, About::Turn { amount_minor: 0, day, had });
}

#[test]
fn what_else_the_members_decide_on_is_done_with_the_last_yes() {
    let decided = |about: About, other: Option<i64>, who: usize| {
        let mut umoja = Umoja::of("running", 3, 50_000);
        umoja.asks(asked(about, other, &[102], &[]));
        umoja.by(who, &AGREE, YES).planned().act.unwrap()
    };
    let act = decided(About::Close, None, 3);
    assert_eq!(moves(&act), ["group: close = closing", "group_proposal: carry = carried"]);
    assert_eq!(stored(&act, &group::KIND).due_at, Some(NOW.micros()));
    assert!(heard(act).is_empty(), "each hears with their share");
    let act = decided(About::Rule { approvals: Some(2) }, None, 3);
    assert_eq!(moves(&act), ["group: amend = running", "group_proposal: carry = carried"]);
    let agreed: Terms = kind::body(&stored(&act, &group::KIND)).unwrap();
    assert_eq!(agreed.approvals, Some(2));
    let act = decided(About::Invite { phone: NAMES[5].0.into() }, Some(106), 3);
    assert_eq!(
        moves(&act),
        ["group_invitation: begin = invited", "group_proposal: carry = carried"]
    );
    let terms: invitation::Terms = kind::body(&stored(&act, &invitation::KIND)).unwrap();
    assert!(terms.agreed);
    assert_eq!(heard(act)[0], "sms.group_invited 6");
    // of three, the third is enough: the one who is to go has no say
    let mut umoja = Umoja::of("running", 3, 50_000);
    umoja.asks(asked(About::Remove, Some(103), &[], &[]));
    let act = umoja.by(2, &AGREE, YES).planned().act.unwrap();
    assert_eq!(moves(&act), ["membership: remove = removed", "group_proposal: carry = carried"]);
    assert_eq!(stored(&act, &membership::KIND).owner, Id::of(103));
    let legs: Vec<_> =
        act.legs.iter().map(|leg| (leg.account.number(), leg.amount_minor)).collect();
    assert_eq!(legs.iter().map(|(_, minor)| minor).sum::<i64>(), 0);
    assert_eq!(legs.last(), Some(&(103, 16_666)), "a third of 500, and the rest stays");
    assert_eq!(heard(act)[0], "sms.group_removed_share 3");
    let mut empty = Umoja::of("running", 3, 0);
    empty.asks(asked(About::Remove, Some(103), &[], &[]));
    let act = empty.by(2, &AGREE, YES).planned().act.unwrap();
    assert!(act.legs.is_empty());
    assert_eq!(heard(act)[0], "sms.group_removed 3");
    umoja.members.pop();
    umoja.lies();
    assert_eq!(umoja.by(2, &AGREE, YES).reason(), (GROUP_ASK_GONE, None), "they have left");
}

#[test]
fn removing_another_rule_and_the_end_are_asked_like_a_payout() {
    let mut umoja = Umoja::of("running", 4, 50_000);
    let remove = umoja.by(1, &proposing::REMOVE, &[("member", "12")]).planned();
    assert_eq!(
        ["act_code", "name", "needed"].map(|slot| remove.said(slot)),
        ["remove", "Baraka O", "2"]
    );
    let own = umoja.by(1, &proposing::REMOVE, &[("member", "11")]).reason();
    assert_eq!(own, (Reason::PAYEE_SELF, Some("member")));
    let gone = umoja.by(1, &proposing::REMOVE, &[("member", "19")]).reason();
    assert_eq!(gone, (GROUP_GONE, None));
    let rule = |umoja: &Umoja, typed: &str| umoja.by(1, &proposing::RULE, &[("approvals", typed)]);
    assert_eq!(rule(&umoja, "3").planned().said("act_code"), "rule_some");
    assert_eq!(rule(&umoja, "most").planned().said("act_code"), "rule_most");
    // fewer than more than half, more than there are, and what is no number
    for bad in ["2", "4", "1", "x", "-3"] {
        assert_eq!(rule(&umoja, bad).reason(), (GROUP_RULE, Some("approvals")), "{bad}");
    }
    // where the group chose two for payouts, all else still takes more than half
    umoja.agreed(&Terms { approvals: Some(2), ..terms() });
    let close = umoja.by(1, &proposing::CLOSE, &[]).planned();
    assert_eq!((close.said("act_code"), close.said("needed")), ("close".into(), "3".into()));
    assert_eq!(payout(&umoja, 1, NAMES[0].0, "1").planned().said("needed"), "2");
    // who is alone just ends it
    let alone = Umoja::of("running", 1, 50_000);
    let plan = alone.by(1, &proposing::CLOSE, &[]).planned();
    assert_eq!(plan.said("vote_code"), "done");
    assert_eq!(moves(&plan.act.unwrap()), ["group: close = closing"]);
}

#[test]
fn a_vote_whose_answer_was_lost_is_told_again() {
    let told = |state: &str| {
        let mut umoja = Umoja::of("running", 5, 50_000);
        let row = asked(pay(30_000), Some(101), &[102], &[]);
        umoja.asks(ArrangementRow { state: state.into(), open: state == "asked", ..row });
        let caller = umoja.trial.caller(&umoja.people[1]);
        let again = umoja.trial.ask(&AGREE, caller).with("proposal", "50");
        again.again(Some(Id::of(7))).execute().planned().said("vote_code")
    };
    let states = ["asked", "carried", "declined", "expired"];
    assert_eq!(states.map(told), ["given", "done", "lost", "given"]);
}

#[test]
fn what_waits_for_a_yes_is_listed_for_those_who_may_give_it() {
    let mut umoja = Umoja::of("running", 5, 50_000);
    umoja.asks(asked(pay(30_000), Some(102), &[103], &[104]));
    let listed = |who: usize| {
        let caller = umoja.trial.caller(&umoja.people[who - 1]);
        let plan = umoja.trial.ask(&QUESTIONS, caller).list().planned();
        let line = |item: &crate::request::Item| {
            ["group", "asker", "amount"].map(|slot| item.slots[slot].to_string())
        };
        plan.items.iter().map(line).collect::<Vec<_>>()
    };
    let line = ["Umoja", "Amina W", "KES 300"].map(str::to_owned);
    // who said no may think again
    let seen = [1, 2, 3, 4, 5, 6].map(|who| listed(who) == vec![line.clone()]);
    assert_eq!(seen, [false, false, false, true, true, false]);
    let stranger = umoja.trial.ask(&QUESTIONS, umoja.trial.stranger("+254700000009")).list();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
}

/// A model of all votes on a payout of five, in every order: it is paid with the third yes, and
/// over with the second no, whatever the votes before.
#[test]
fn every_order_of_votes_comes_to_one_outcome() {
    for order in 0..16_u32 {
        let mut umoja = Umoja::of("running", 5, 50_000);
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        let mut ended = None;
        for (at, voter) in (2..=5_usize).enumerate() {
            umoja.asks(asked(pay(30_000), Some(101), &yes, &no));
            let agrees = order & (1 << at) != 0;
            let service = if agrees { &AGREE } else { &DECLINE };
            let list = if agrees { &mut yes } else { &mut no };
            list.push(100 + i64::try_from(voter).unwrap());
            let moved = moves(&umoja.by(voter, service, YES).planned().act.unwrap());
            let expected = match (yes.len(), no.len()) {
                (3, _) => "group_proposal: carry = carried",
                (_, 2) => "group_proposal: refuse = declined",
                _ if agrees => "group_proposal: agree = asked",
                _ => "group_proposal: decline = asked",
            };
            assert_eq!(moved, [expected], "{order:b}");
            if expected.ends_with("carried") || expected.ends_with("declined") {
                ended = Some(if yes.len() == 3 { Decided::Carried } else { Decided::Lost });
                break;
            }
        }
        assert!(ended.is_some(), "{order:b}");
    }
}

/// Three had to agree, and two have; now two are enough.
#[test]
fn what_has_enough_since_another_rule_is_done_by_who_says_yes_once_more() {
    let mut umoja = Umoja::of("running", 5, 50_000);
    umoja.asks(asked(pay(30_000), Some(101), &[102, 103], &[]));
    assert_eq!(umoja.by(3, &AGREE, YES).reason(), (GROUP_VOTED, None));
    umoja.agreed(&group::Terms { approvals: Some(2), ..terms() });
    let plan = umoja.by(3, &AGREE, YES).planned();
    assert_eq!(["yes", "needed", "vote_code"].map(|slot| plan.said(slot)), ["2", "2", "done"]);
    let act = plan.act.unwrap();
    assert_eq!(legs(&act), [(900, -30_000), (101, 30_000)]);
    let kept: proposal::Terms = kind::body(&stored(&act, &proposal::KIND)).unwrap();
    assert_eq!(kept.yes, [Id::of(102), Id::of(103)], "each counts once");
    assert_eq!(umoja.by(3, &DECLINE, YES).reason(), (GROUP_VOTED, None));
}

#[test]
fn who_asks_takes_it_back_and_all_others_hear_of_it() {
    let mut umoja = Umoja::of("running", 3, 50_000);
    umoja.asks(asked(pay(30_000), Some(103), &[102], &[]));
    let plan = umoja.by(1, &TAKE_BACK, YES).planned();
    assert_eq!(["group", "act_code"].map(|slot| plan.said(slot)), ["Umoja", "pay"]);
    let act = plan.act.unwrap();
    assert_eq!(moves(&act), ["group_proposal: take_back = taken_back"]);
    let all = ["2", "3"].map(|who| format!("sms.group_ask_taken_back {who}"));
    assert_eq!(heard(act), all);
    assert_eq!(umoja.by(2, &TAKE_BACK, YES).reason(), (GROUP_ASK_GONE, None), "nobody else does");
    // nobody has asked for a turn
    let turn = About::Turn { amount_minor: 1, day: today(), had: Vec::new() };
    umoja.asks(asked(turn, Some(101), &[], &[]));
    assert_eq!(umoja.by(1, &TAKE_BACK, YES).reason(), (GROUP_ASK_GONE, None));
    let over = ArrangementRow { due_at: Some(NOW.micros()), ..asked(pay(1), Some(102), &[], &[]) };
    umoja.asks(over);
    assert_eq!(umoja.by(1, &TAKE_BACK, YES).reason(), (GROUP_ASK_GONE, None));
}
