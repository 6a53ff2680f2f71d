//! What a node has in hand: one hop of a conversation at a time, the newest of a caller's alone,
//! and nothing that is to be stored gets lost.

use super::super::memory::{InHand, Kept, Memory, Name, Taken};
use super::super::names::{SessionNames, key_of, keys_around};
use super::super::progress::HopProgress;
use super::super::session::{Ending, Hop, Reply, Session};
use crate::gateway::{Typed, UssdCall};
use crate::phone::Msisdn;
use crate::seal::SealKey;
use crate::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

const ONE: Name = [1; 16];
const TWO: Name = [2; 16];
const CALLER: Name = [9; 16];

fn take(memory: &Memory, key: Name, call: Name) -> Taken {
    memory.take(key, call, &Arc::new(HopProgress::default()))
}

fn mine(memory: &Memory, key: Name) -> (InHand, Option<Kept>) {
    match take(memory, key, [0; 16]) {
        Taken::Mine(hand, kept) => (hand, kept),
        Taken::Theirs { .. } => panic!("somebody has it in hand"),
    }
}

fn kept(hops: u32) -> Kept {
    let session = Session { hops, ..Session::default() };
    Kept { updated_at: i64::from(hops), session: Arc::new(session), caller: None }
}

#[test]
fn one_hop_of_a_conversation_is_in_hand_at_a_time() {
    let memory = Memory::default();
    let (hand, kept) = mine(&memory, ONE);
    assert!(kept.is_none());
    let Taken::Theirs { same, mut done, .. } = take(&memory, ONE, [0; 16]) else { panic!() };
    assert!(same, "a copy of it");
    let Taken::Theirs { same: false, .. } = take(&memory, ONE, [5; 16]) else { panic!() };
    let _other = mine(&memory, TWO);
    assert!(!done.has_changed().unwrap());
    drop(hand);
    assert!(done.has_changed().is_err(), "whoever waits hears that it is done");
    assert!(matches!(take(&memory, ONE, [5; 16]), Taken::Mine(_, None)));
    let _ = done.borrow_and_update();
}

#[test]
fn a_hop_that_comes_to_nothing_leaves_what_was_there() {
    let memory = Memory::default();
    let (hand, _nothing) = mine(&memory, ONE);
    hand.leave(CALLER, kept(1), None);
    let (given_up, before) = mine(&memory, ONE);
    assert_eq!(before.unwrap().session.hops, 1);
    drop(given_up);
    assert_eq!(mine(&memory, ONE).1.unwrap().session.hops, 1);
}

#[test]
fn who_dials_anew_ends_what_they_had_begun_also_where_it_is_in_hand() {
    let memory = Memory::default();
    assert!(memory.begin(CALLER, ONE, 1).is_none());
    mine(&memory, ONE).0.leave(CALLER, kept(1), None);
    assert!(memory.begin(CALLER, ONE, 1).is_none(), "the same again is not another one");
    let old = memory.begin(CALLER, TWO, 2).unwrap();
    assert!(old.session.is_open(), "as it was");
    assert_eq!(mine(&memory, ONE).1.unwrap().session.ending, Some(Ending::DialledAnew));
    // and the other way round, while a hop of it is being worked on
    let (slow, _) = mine(&memory, TWO);
    assert!(memory.begin(CALLER, [3; 16], 3).is_none());
    slow.leave(CALLER, kept(2), None);
    assert_eq!(mine(&memory, TWO).1.unwrap().session.ending, Some(Ending::DialledAnew));
    let unwritten = memory.take_unwritten();
    assert!(unwritten.values().all(|unwritten| !unwritten.session.is_open()));
    assert_eq!(unwritten.len(), 2);
}

#[test]
fn one_that_was_begun_before_does_not_end_one_that_was_begun_at_another_node() {
    let memory = Memory::default();
    memory.begin(CALLER, ONE, 5);
    let mut newer = kept(1);
    std::sync::Arc::make_mut(&mut newer.session).began = 9;
    mine(&memory, TWO).0.leave(CALLER, newer, None);
    assert!(mine(&memory, TWO).1.unwrap().session.is_open());
}

#[test]
fn what_could_not_be_stored_waits_unless_it_has_changed() {
    let memory = Memory::default();
    mine(&memory, ONE).0.leave(CALLER, kept(1), None);
    mine(&memory, TWO).0.leave(CALLER, kept(1), None);
    let failed = memory.take_unwritten();
    assert!(memory.take_unwritten().is_empty());
    mine(&memory, TWO).0.leave(CALLER, kept(7), None);
    memory.give_back(failed);
    let again = memory.take_unwritten();
    assert_eq!((again[&ONE].session.hops, again[&TWO].session.hops), (1, 7));
}

fn call(gateway: &'static str, typed: Typed) -> UssdCall {
    UssdCall {
        gateway,
        session: "s".into(),
        service_code: "*1#".into(),
        caller: Msisdn::from_e164("+254700000001").unwrap(),
        network: String::new(),
        typed,
    }
}

fn last(input: &str, turn: Option<u32>) -> Typed {
    Typed::Last { input: Some(input.into()), turn }
}

#[test]
fn a_hop_is_named_by_what_a_copy_of_it_says_again() {
    let names = SessionNames::new(SealKey::new([3; 32]));
    let fresh = Session::default();
    let name = |call: &UssdCall, session: &Session, ms: u64| {
        names.hop(call, session, Duration::from_millis(ms))
    };
    let whole = |text: &str| name(&call("a", Typed::Whole(text.into())), &fresh, 0);
    assert_eq!(whole("1*2"), whole("1*2"));
    assert_ne!(whole("1*2"), whole("1*2*2"));
    assert_ne!(whole("1"), name(&call("b", Typed::Whole("1".into())), &fresh, 0), "by gateway");
    let counted = |turn| name(&call("a", last("1", Some(turn))), &fresh, 0);
    assert_eq!(counted(3), counted(3));
    assert_ne!(counted(3), counted(4), "two equal answers");
    assert_ne!(counted(3), name(&call("a", last("2", Some(3))), &fresh, 0), "another PIN");
    // without a count the time since the answer tells
    let mut session = Session::default();
    let first = name(&call("a", last("1", None)), &session, 9_000);
    session.replied(Reply { hop: first, text: String::new(), continues: true }, "to");
    assert_eq!(name(&call("a", last("1", None)), &session, 300), first, "a copy");
    assert_ne!(name(&call("a", last("1", None)), &session, 5_000), first, "typed again");
    assert_ne!(name(&call("a", last("2", None)), &session, 300), first);
}

#[test]
fn what_a_lost_conversation_did_is_looked_for_in_this_hour_and_the_one_before() {
    let hop = Hop([4; 16]);
    let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
    let began = at(7_199);
    for now in [7_199, 7_200, 7_201, 10_799] {
        assert!(keys_around(at(now), hop).contains(&key_of(began, hop)), "{now}");
    }
    assert!(!keys_around(at(10_801), hop).contains(&key_of(began, hop)));
}

#[test]
fn the_last_two_answers_are_kept_and_the_way_is_remembered() {
    let mut session = Session::default();
    for (hop, screen) in [(1, "home"), (2, "to"), (3, "to"), (4, "amount")] {
        let reply = Reply { hop: Hop([hop; 16]), text: hop.to_string(), continues: hop < 4 };
        session.replied(reply, screen);
    }
    assert!(session.answer_to(&Hop([2; 16])).is_none());
    assert_eq!(session.answer_to(&Hop([3; 16])).unwrap().text, "3");
    let past = session.past(&[7], 5);
    assert_eq!((past.screens.as_str(), past.ending.as_str()), ("home to amount", "closed"));
    assert!(session.is_over() && !session.is_open() && session.hops == 4);
}
