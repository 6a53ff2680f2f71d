//! Founding, inviting, joining, beginning and leaving.

use super::super::founding::{BEGIN, FOUND, GROUP_BEGUN, GROUP_FEW};
use super::super::invitation::GROUP_INVITE_GONE;
use super::super::inviting::{
    ACCEPT, GROUP_FOUNDER, GROUP_FULL, GROUP_INVITED, GROUP_INVITES_FULL, GROUP_MEMBER,
    GROUP_WHICH, GROUPS_FULL, INVITATIONS, INVITE, REFUSE,
};
use super::super::leaving::{GROUP_LAST, LEAVE};
use super::super::membership::GROUP_GONE;
use super::super::proposing::{GROUP_ALONE, GROUP_RULE};
use super::super::{group, invitation, membership, proposal};
use super::*;
use crate::reason::Reason;

const CHOSEN: [(&str, &str); 5] = [
    ("group_name", "Umoja"),
    ("approvals", "most"),
    ("amount", "10000"),
    ("every", "week"),
    ("rota", "turns"),
];

fn found(umoja: &Umoja, other: (&str, &str)) -> Outcome {
    let chosen = CHOSEN.map(|one| if one.0 == other.0 { other } else { one });
    umoja.by(1, &FOUND, &chosen)
}

#[test]
fn it_is_founded_with_an_account_of_its_own_and_its_founder_in_it() {
    let umoja = Umoja::of("forming", 1, 0);
    let plan = found(&umoja, ("", "")).planned();
    let said = ["group", "amount", "every_code", "rule_code", "rota_code"];
    let said = said.map(|slot| plan.said(slot));
    assert_eq!(said, ["Umoja", "KES 100", "week", "most", "turns"]);
    let act = plan.act.unwrap();
    assert_eq!(moves(&act), ["group: begin = forming", "membership: begin = member"]);
    let row = stored(&act, &group::KIND);
    assert_eq!((row.id, row.account), (Id::of(9_000), Some(Id::of(9_001))));
    assert_eq!(row.due_at, Some(NOW.plus(30 * DAY).micros()));
    let first = stored(&act, &membership::KIND);
    assert_eq!((first.id, first.subject.as_str()), (Id::of(9_002), "9000"));
    let taken = act.changes.iter().filter(|change| matches!(change, Change::Claim { .. })).count();
    assert_eq!(taken, 2, "a place among those founded, and among those one is in");
    let some = found(&umoja, ("approvals", "2")).planned();
    assert_eq!((some.said("rule_code"), some.said("many")), ("some".into(), "2".into()));
}

#[test]
fn each_choice_is_checked_where_it_is_made() {
    let mut umoja = Umoja::of("forming", 1, 0);
    let bad = [
        ("group_name", "Kadogo", Reason::TEXT_FORMAT),
        ("group_name", "1234", Reason::TEXT_FORMAT),
        ("approvals", "1", GROUP_RULE),
        ("approvals", "0", GROUP_RULE),
        ("approvals", "30", GROUP_RULE),
        ("amount", "0", Reason::AMOUNT_ZERO),
        ("every", "year", Reason::TEXT_FORMAT),
        ("rota", "x", Reason::TEXT_FORMAT),
    ];
    for (field, typed, reason) in bad {
        assert_eq!(found(&umoja, (field, typed)).reason(), (reason, Some(field)), "{typed}");
    }
    let three = vec![umoja.group.clone(); 3];
    umoja.open_of(&group::KIND, 101, three);
    assert_eq!(found(&umoja, ("", "")).reason(), (GROUPS_FULL, None));
}

#[test]
fn until_it_begins_its_founder_invites_and_from_then_on_all_decide() {
    let mut umoja = Umoja::of("forming", 2, 0);
    let invite = |umoja: &Umoja, who: usize, to: &str| umoja.by(who, &INVITE, &[("to", to)]);
    let plan = invite(&umoja, 1, NAMES[2].0).planned();
    assert_eq!(
        ["vote_code", "act_code", "name"].map(|slot| plan.said(slot)),
        ["sent", "invite", "Claire M"]
    );
    let act = plan.act.unwrap();
    assert_eq!(moves(&act), ["group_invitation: begin = invited"]);
    let row = stored(&act, &invitation::KIND);
    assert_eq!((row.subject.as_str(), row.due_at), (NAMES[2].0, Some(umoja.evening_in(7))));
    assert_eq!(heard(act), ["sms.group_invited 3"]);
    let plan = invite(&umoja, 1, "+254711222333").planned();
    assert_eq!(
        (plan.said("act_code"), plan.said("phone")),
        ("invite_new".into(), "0711222333".into())
    );
    assert_eq!(invite(&umoja, 2, NAMES[2].0).reason(), (GROUP_FOUNDER, None));
    assert_eq!(invite(&umoja, 3, NAMES[3].0).reason(), (GROUP_GONE, None), "no member");
    assert_eq!(invite(&umoja, 1, NAMES[0].0).reason(), (Reason::PAYEE_SELF, Some("to")));
    assert_eq!(invite(&umoja, 1, NAMES[1].0).reason(), (GROUP_MEMBER, Some("to")));
    let waiting = Want::Arrangements(invitation::of_number(NAMES[2].0));
    umoja.trial.set(waiting, Found::Arrangements(vec![invited(NAMES[2].0, false)]));
    assert_eq!(invite(&umoja, 1, NAMES[2].0).reason(), (GROUP_INVITED, Some("to")));
    // however many groups invite one number, so many wait at most
    let other = invitation::Terms { group: Id::of(2), name: "Chama".into(), agreed: false };
    let other = ArrangementRow { body: kind::written(&other), ..invited(NAMES[2].0, false) };
    for (many, full) in [(4, false), (5, true)] {
        let waiting = Want::Arrangements(invitation::of_number(NAMES[2].0));
        umoja.trial.set(waiting, Found::Arrangements(vec![other.clone(); many]));
        let said = invite(&umoja, 1, NAMES[2].0);
        if full {
            assert_eq!(said.reason(), (GROUP_INVITES_FULL, Some("to")));
        } else {
            said.planned();
        }
    }
    let blocked = Want::BlockedBy(Id::of(104));
    umoja.trial.set(blocked, Found::Accounts(vec![Id::of(101)]));
    assert_eq!(
        invite(&umoja, 1, NAMES[3].0).reason().1,
        Some("to"),
        "who blocks them is left alone"
    );

    let running = Umoja::of("running", 3, 0);
    let plan = invite(&running, 2, NAMES[5].0).planned();
    assert_eq!((plan.said("vote_code"), plan.said("needed")), ("asked".into(), "2".into()));
    assert_eq!(moves(&plan.act.unwrap()), ["group_proposal: begin = asked"]);
    let alone = Umoja::of("running", 1, 0);
    assert_eq!(
        moves(&invite(&alone, 1, NAMES[5].0).planned().act.unwrap()),
        ["group_invitation: begin = invited"]
    );
    let mut two = Umoja::of("running", 2, 0);
    let baraka = two.people[1].clone();
    two.trial.change(&baraka, |holder| {
        holder.account.state = crate::store::book_rows::AccountState::Frozen;
    });
    assert_eq!(invite(&two, 1, NAMES[5].0).reason(), (GROUP_ALONE, None), "not behind their back");
    assert_eq!(invite(&Umoja::of("closing", 3, 0), 1, NAMES[5].0).reason(), (GROUP_GONE, None));
}

/// Fatuma (106) is invited.
fn with_invited(state: &str, members: i64, agreed: bool) -> Umoja {
    let mut umoja = Umoja::of(state, members, 0);
    let waiting = Want::Arrangements(invitation::of_number(NAMES[5].0));
    umoja.trial.set(waiting, Found::Arrangements(vec![invited(NAMES[5].0, agreed)]));
    umoja
}

#[test]
fn who_is_invited_joins_by_dialling_or_by_a_text() {
    let umoja = with_invited("forming", 2, false);
    let offered = umoja.trial.ask(&INVITATIONS, umoja.trial.caller(&umoja.people[5])).list();
    assert_eq!(offered.planned().items[0].id, "30");
    let by_dialling = [("invitation", "30")];
    let by_text = [("reference", "umo")];
    for with in [&by_dialling[..], &by_text[..], &[]] {
        let plan = umoja.by(6, &ACCEPT, with).planned();
        assert_eq!(
            ["group", "name", "amount"].map(|slot| plan.said(slot)),
            ["Umoja", "Amina W", "KES 100"]
        );
        let act = plan.act.unwrap();
        assert_eq!(
            moves(&act),
            ["group_invitation: accept = accepted", "membership: begin = member"]
        );
        let joined = stored(&act, &membership::KIND);
        assert_eq!((joined.owner, joined.subject.as_str(), joined.version), (Id::of(106), "1", 1));
        let forming = |change: &&Change| {
            let Change::While { states, .. } = change else { return false };
            *states == group::FORMS
        };
        assert_eq!(act.changes.iter().filter(forming).count(), 1);
        assert_eq!(heard(act), ["sms.group_joined 6", "sms.group_accepted 1"]);
    }
    let act = umoja.by(6, &REFUSE, &by_dialling).planned().act.unwrap();
    assert_eq!(moves(&act), ["group_invitation: refuse = refused"]);
    assert_eq!(umoja.by(6, &ACCEPT, &[("reference", "other")]).reason(), (GROUP_WHICH, None));
    assert_eq!(umoja.by(6, &ACCEPT, &[("invitation", "31")]).reason(), (GROUP_INVITE_GONE, None));
    assert_eq!(
        umoja.by(5, &ACCEPT, &by_dialling).reason(),
        (GROUP_INVITE_GONE, None),
        "not theirs"
    );
    let stranger = umoja.trial.ask(&ACCEPT, umoja.trial.stranger("+254700000009")).execute();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn an_invitation_from_before_the_beginning_is_worth_nothing_after_it() {
    let answers = |state: &str, agreed| {
        let umoja = with_invited(state, 3, agreed);
        umoja.by(6, &ACCEPT, &[("invitation", "30")]).error.is_none()
    };
    let taken = [("forming", false), ("running", false), ("running", true), ("closing", true)];
    assert_eq!(taken.map(|(state, agreed)| answers(state, agreed)), [true, false, true, false]);
}

#[test]
fn nobody_is_in_it_twice_and_it_has_thirty_members_at_most() {
    let mut umoja = with_invited("running", 5, true);
    let accept = |umoja: &Umoja| umoja.by(6, &ACCEPT, &[("invitation", "30")]);
    let eight = vec![umoja.members[0].clone(); 8];
    umoja.open_of(&membership::KIND, 106, eight);
    assert_eq!(accept(&umoja).reason(), (GROUPS_FULL, None));
    umoja.open_of(&membership::KIND, 106, Vec::new());
    let seat = umoja.members[0].clone();
    umoja.members = vec![seat.clone(); 30];
    umoja.lies();
    assert_eq!(accept(&umoja).reason(), (GROUP_FULL, None));
    umoja.members = vec![seat.clone(); 29];
    umoja.lies();
    assert!(accept(&umoja).error.is_none());
    umoja.members = vec![ArrangementRow { owner: Id::of(106), ..seat }];
    umoja.lies();
    umoja.open_of(&membership::KIND, 106, Vec::new());
    assert_eq!(accept(&umoja).reason(), (GROUP_MEMBER, None));
}

#[test]
fn its_founder_begins_it_with_three_and_the_first_turn_waits() {
    let mut umoja = Umoja::of("forming", 3, 0);
    let plan = umoja.by(1, &BEGIN, &[]).planned();
    assert_eq!((plan.said("group"), plan.said("members")), ("Umoja".into(), "3".into()));
    let act = plan.act.unwrap();
    assert_eq!(moves(&act), ["group: start = running"]);
    assert_eq!(stored(&act, &group::KIND).due_at, Some(NOW.plus(365 * DAY).micros()));
    assert_eq!(heard(act), ["1", "2", "3"].map(|who| format!("sms.group_begun {who}")));
    umoja.agreed(&Terms { rota: true, ..terms() });
    let act = umoja.by(1, &BEGIN, &[]).planned().act.unwrap();
    assert_eq!(moves(&act), ["group: start = running", "group_proposal: begin = planned"]);
    let turn = stored(&act, &proposal::KIND);
    let day = crate::calendar::Day::read("30/11/26").unwrap();
    let due = day.at_hour(8, &umoja.trial.config.market.zone).micros();
    assert_eq!((turn.other, turn.due_at), (Some(Id::of(101)), Some(due)));
    assert_eq!(umoja.by(2, &BEGIN, &[]).reason(), (GROUP_FOUNDER, None));
    assert_eq!(Umoja::of("forming", 2, 0).by(1, &BEGIN, &[]).reason(), (GROUP_FEW, None));
    assert_eq!(Umoja::of("running", 3, 0).by(1, &BEGIN, &[]).reason(), (GROUP_BEGUN, None));
}

#[test]
fn who_leaves_takes_nothing_and_the_last_one_stays() {
    let umoja = Umoja::of("running", 3, 5_000);
    let plan = umoja.by(2, &LEAVE, &[]).planned();
    assert_eq!(plan.said("saved"), "KES 50");
    let act = plan.act.unwrap();
    assert!(act.legs.is_empty());
    assert_eq!(moves(&act), ["membership: leave = left"]);
    let guarded = act.changes.iter().any(
        |change| matches!(change, Change::While { arrangement, .. } if *arrangement == Id::of(11)),
    );
    assert!(guarded, "somebody else must still be in it");
    assert_eq!(heard(act), ["sms.group_left 1", "sms.group_left 3"]);
    assert_eq!(Umoja::of("running", 1, 5_000).by(1, &LEAVE, &[]).reason(), (GROUP_LAST, None));
    assert!(Umoja::of("forming", 1, 0).by(1, &LEAVE, &[]).error.is_none());
    assert_eq!(Umoja::of("closing", 3, 0).by(1, &LEAVE, &[]).reason(), (GROUP_GONE, None));
    assert_eq!(umoja.by(6, &LEAVE, &[]).reason(), (GROUP_GONE, None));
}
