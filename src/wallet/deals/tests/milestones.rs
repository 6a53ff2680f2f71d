//! A deal that is let go in parts: three of 333.33, and what is left of a coin with the last.

use super::super::deal_list::SHOW;
use super::super::offering::OPEN;
use super::super::releasing::RELEASE;
use super::*;

fn opened(inputs: &[(&str, &str)]) -> Terms {
    let two = two();
    let usual = [("side", "buy"), ("to", "0700000004"), ("amount", "100000"), ("goods", "wall")];
    let ask = two.trial.ask(&OPEN, two.trial.caller(&two.amina));
    let all = usual.iter().chain(inputs);
    let plan = all.fold(ask, |ask, (name, value)| ask.with(name, value)).execute().planned();
    let word = if left(&plan).terms.parts > 1 { "parts" } else { "" };
    assert!(word.is_empty() || plan.said("release_code") == word);
    left(&plan).terms
}

#[test]
fn parts_are_let_go_by_hand_and_of_what_was_chosen_the_last_counts() {
    for (word, parts) in [("two", 2), ("three", 3), ("four", 4)] {
        let terms = opened(&[("release", "parts"), ("parts", word)]);
        assert_eq!((terms.parts, terms.release), (parts, Release::Hand));
    }
    assert_eq!(opened(&[("release", "parts")]).release, Release::Hand);
    // who went back, and chose another way
    let terms = opened(&[("release", "door"), ("parts", "three")]);
    assert_eq!((terms.parts, terms.release), (1, Release::Door));
}

#[test]
fn both_see_which_is_next_and_hear_which_was_paid_and_what_is_left() {
    let mut terms = Terms { parts: 3, ..paid() };
    for (part, paid, rest) in [(1, "KES 333.33", "KES 666.67"), (2, "KES 333.33", "KES 333.34")] {
        let two = there_is(State::Funded, terms);
        for (side, todo) in [(Side::Buy, "they_part"), (Side::Sell, "part")] {
            let plan = two.asks(side, &SHOW, &[]).quote().planned();
            let said = ["todo_code", "part", "parts"].map(|slot| plan.said(slot));
            assert_eq!(said, [todo.to_owned(), part.to_string(), "3".to_owned()]);
            let flags = ["may_release", "may_release_next"].map(|flag| plan.flags.contains(flag));
            assert_eq!(flags, [false, side == Side::Buy]);
        }
        let plan = two.does(Side::Buy, &RELEASE, &[]).planned();
        let said = format!("paid={paid} part={part} parts=3 ");
        for (_template, told) in plan.messages() {
            assert!(told.contains(&said) && told.contains(&format!("rest={rest}")), "{told}");
        }
        terms = left(&plan).terms;
        let news = heard(plan.act.unwrap());
        assert_eq!(pairs(&news), [("part_paid", "daudi"), ("part_let_go", "amina")]);
    }
    let two = there_is(State::Funded, terms);
    let plan = two.does(Side::Buy, &RELEASE, &[]).planned();
    assert_eq!((left(&plan).state, plan.said("paid")), (State::Released, "KES 333.34".into()));
    assert_eq!(pairs(&heard(plan.act.unwrap())), [("paid_out", "daudi"), ("let_go", "amina")]);
}

#[test]
fn where_something_else_was_let_go_the_next_part_is_counted_by_how_much() {
    let next = |released_minor, parts| Terms { released_minor, parts, ..paid() }.next_part();
    assert_eq!([0, 24_999, 25_000, 99_999, 100_000].map(|paid| next(paid, 4)), [1, 1, 2, 4, 4]);
    // three of 333.33: the first of them is paid a coin before it is a third
    assert_eq!([33_332, 33_333, 66_666].map(|paid| next(paid, 3)), [1, 2, 3]);
}
