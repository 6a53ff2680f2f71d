//! The codes that let the money go: at the door, and out of the parcel.

use super::super::delivery::CODE;
use super::super::funding::FUND;
use super::super::releasing::{COLLECT, UNPACK};
use super::super::returning::RETURN;
use super::super::{DEAL_GONE, deal::DEAL_STOPPED};
use super::*;
use crate::pin::{Pin, PinKeys};
use crate::reason::Reason;
use crate::seal::SealKey;
use crate::store::book_rows::AccountState;
use crate::store::pins::PinRow;

const SEED: &str = "0909";

/// The digits that follow from the seed.
fn digits(trial: &Trial) -> String {
    trial.config.pin_keys.current().code(SEED.as_bytes())
}

/// A deal with a code, as it was kept when the money came in.
fn with_code(state: State, release: Release) -> Two {
    let code = Some(SEED.to_owned());
    let mut two = there_is(state, Terms { release, code, ..paid() });
    let pin = Pin::parse(&digits(&two.trial)).unwrap();
    let kept = two.trial.config.tagged(Id::of(DEAL), &pin, [4; 16]);
    two.trial.set(Want::Pin(Id::of(DEAL)), Found::Pin(Some(kept)));
    two
}

/// Whether the book finds what was typed to be right.
fn right(two: &Two, act: &Act) -> bool {
    let own = act.credentials.iter().find(|own| own.pin == Id::of(DEAL)).unwrap();
    let pin = Pin::parse(&digits(&two.trial)).unwrap();
    let tag = two.trial.config.tagged(Id::of(DEAL), &pin, [4; 16]).tag;
    own.tag == tag
}

const AT_DOOR: (Release, Side, &Service) = (Release::Door, Side::Sell, &COLLECT);
const IN_PARCEL: (Release, Side, &Service) = (Release::Parcel, Side::Buy, &UNPACK);

#[test]
fn with_the_code_all_that_is_left_reaches_the_seller() {
    for (release, side, service) in [AT_DOOR, IN_PARCEL] {
        let two = with_code(State::Funded, release);
        let code = digits(&two.trial);
        let (begin, end) = code.split_at(3);
        let spaced = format!(" {begin} {end}-");
        for typed in [&code, &spaced] {
            let plan = two.does(side, service, &[("code", typed)]).planned();
            assert_eq!(
                (left(&plan).state, plan.said("paid")),
                (State::Released, "KES 1,000".into())
            );
            let act = plan.act.unwrap();
            assert!(right(&two, &act));
            assert_eq!(act.meters[0].own, side == Side::Sell, "whose limits they are hears them");
            assert_eq!(moved(&act), [(MONEY, -101_000), (DAUDI, 100_000), fees(1_000)]);
            let own = act.credentials.iter().find(|own| own.pin == Id::of(DEAL)).unwrap();
            assert!(matches!(own.wrong[..], [Change::ChargePin { .. }]));
            assert_eq!(own.locked.len(), 2, "both hear that it was tried too often");
        }
    }
}

#[test]
fn a_wrong_code_is_left_to_the_book_and_an_unreadable_one_costs_nothing() {
    for (release, side, service) in [AT_DOOR, IN_PARCEL] {
        let two = with_code(State::Funded, release);
        let wrong = if digits(&two.trial) == "000000" { "000001" } else { "000000" };
        let plan = two.does(side, service, &[("code", wrong)]).planned();
        assert!(!right(&two, &plan.act.unwrap()));
        for typed in ["", "12345", "1234567", "12345x", "a code"] {
            let reason = two.does(side, service, &[("code", typed)]).reason();
            assert_eq!(reason, (Reason::TEXT_FORMAT, Some("code")), "{typed}");
        }
        let none = two.does(side, service, &[]).reason();
        assert_eq!(none, (Reason::FIELD_MISSING, Some("code")));
        // before the PIN nobody hears whether it is right
        let quote = two.asks(side, service, &[("code", wrong)]).quote().planned();
        assert!(quote.act.is_none() && quote.said("paid") == "KES 1,000");
    }
}

#[test]
fn each_code_is_typed_by_the_other_side_only_and_where_it_was_agreed_on() {
    for (release, side, service) in [AT_DOOR, IN_PARCEL] {
        let gone = |two: &Two, side| {
            let typed = digits(&two.trial);
            two.does(side, service, &[("code", &typed)]).reason()
        };
        assert_eq!(gone(&with_code(State::Funded, release), side.other()), (DEAL_GONE, None));
        for other in [Release::Door, Release::Parcel, Release::Hand] {
            if other != release {
                assert_eq!(gone(&with_code(State::Funded, other), side), (DEAL_GONE, None));
            }
        }
        assert_eq!(gone(&with_code(State::Released, release), side), (DEAL_GONE, None));
    }
    for state in [State::Disputed, State::Returning, State::Ruled] {
        let two = with_code(state, Release::Door);
        let typed = digits(&two.trial);
        let reason = two.does(Side::Sell, &COLLECT, &[("code", &typed)]).reason();
        assert_eq!(reason, (DEAL_GONE, None), "a code that was talked out of somebody: {state:?}");
    }
}

#[test]
fn without_the_digest_there_is_no_code_and_while_one_is_stopped_none_counts() {
    for (release, side, service) in [AT_DOOR, IN_PARCEL] {
        let mut two = with_code(State::Funded, release);
        let daudi = two.daudi.clone();
        let code = digits(&two.trial);
        two.trial.change(&daudi, |holder| holder.account.state = AccountState::Frozen);
        assert_eq!(two.does(side, service, &[("code", &code)]).reason(), (DEAL_STOPPED, None));
        two.trial.change(&daudi, |holder| holder.account.state = AccountState::Open);
        two.trial.set(Want::Pin(Id::of(DEAL)), Found::Pin(None));
        let reason = two.does(side, service, &[("code", &code)]).reason();
        assert_eq!(reason, (Reason::CODE_GONE, None));
    }
}

#[test]
fn who_sells_reads_what_reaches_them() {
    let mut two = with_code(State::Funded, Release::Door);
    let code = Some(SEED.to_owned());
    let both = Terms { price: price(500, 500), release: Release::Door, code, ..paid() };
    two.deal(&row(State::Funded, &both));
    let typed = digits(&two.trial);
    let quote = two.asks(Side::Sell, &COLLECT, &[("code", &typed)]).quote().planned();
    assert_eq!(quote.said("paid"), "KES 995");
}

#[test]
fn who_may_know_a_code_reads_it_again_behind_the_pin() {
    for (release, reader) in [(Release::Door, Side::Buy), (Release::Parcel, Side::Sell)] {
        for state in [State::Funded, State::Delivered] {
            let two = with_code(state, release);
            let shown = two.does(reader, &CODE, &[]).planned();
            assert_eq!(shown.said("door_code"), digits(&two.trial));
            assert_eq!(shown.flags.contains("parcel"), release == Release::Parcel);
            let quote = two.asks(reader, &CODE, &[]).quote().planned();
            assert_eq!(quote.said("door_code"), "", "not before the PIN");
            assert_eq!(two.does(reader.other(), &CODE, &[]).reason(), (DEAL_GONE, None));
        }
        let two = with_code(State::Disputed, release);
        assert_eq!(two.does(reader, &CODE, &[]).reason(), (DEAL_GONE, None), "it lets nothing go");
    }
    let two = with_code(State::Funded, Release::Hand);
    for side in [Side::Buy, Side::Sell] {
        assert_eq!(two.does(side, &CODE, &[]).reason(), (DEAL_GONE, None));
    }
}

#[test]
fn the_code_of_what_was_brought_back_is_the_sellers() {
    let terms = Terms { return_code: Some(SEED.to_owned()), ..paid() };
    let mut two = there_is(State::Returning, terms);
    let code = digits(&two.trial);
    let kept = two.trial.config.tagged(Id::of(MONEY), &Pin::parse(&code).unwrap(), [4; 16]);
    two.trial.set(Want::Pin(Id::of(MONEY)), Found::Pin(Some(kept.clone())));
    let shown = two.does(Side::Sell, &CODE, &[]).planned();
    assert_eq!((shown.said("door_code"), shown.flags.contains("back")), (code.clone(), true));
    assert_eq!(two.does(Side::Buy, &CODE, &[]).reason(), (DEAL_GONE, None));
    let plan = two.does(Side::Buy, &RETURN, &[("code", &code)]).planned();
    let act = plan.act.unwrap();
    let own = act.credentials.iter().find(|own| own.pin == Id::of(MONEY)).unwrap();
    assert_eq!((own.tag == kept.tag, own.locked.len()), (true, 2));
}

#[test]
fn a_code_is_shown_by_the_key_that_it_was_made_with() {
    let mut two = with_code(State::Funded, Release::Door);
    let pin = Pin::parse(&digits(&two.trial)).unwrap();
    let kept = two.trial.config.tagged(Id::of(DEAL), &pin, [4; 16]);
    // one that is not known any more shows nothing, rather than what opens nothing
    let retired = PinRow { key_version: kept.key_version + 1, ..kept };
    two.trial.set(Want::Pin(Id::of(DEAL)), Found::Pin(Some(retired)));
    assert_eq!(two.does(Side::Buy, &CODE, &[]).reason(), (Reason::CODE_GONE, None));
    let keys = |secret, before: &[SealKey]| PinKeys::new(&SealKey::new([secret; 32]), before);
    let old = keys(1, &[]);
    let new = keys(2, &[SealKey::new([1; 32])]);
    let version = i64::from(old.current().version);
    assert_eq!(new.code(version, b"a"), Some(old.current().code(b"a")));
    assert_ne!(new.code(version, b"a"), Some(new.current().code(b"a")));
    assert_eq!(keys(2, &[]).code(version, b"a"), None);
}

#[test]
fn who_has_lost_the_screen_reads_the_code_once_more() {
    let two = with_code(State::Funded, Release::Door);
    let again = two.asks(Side::Buy, &FUND, &[]).again(Some(Id::of(21))).execute().planned();
    assert_eq!(again.said("door_code"), digits(&two.trial));
    let two = with_code(State::Funded, Release::Parcel);
    let again = two.asks(Side::Buy, &FUND, &[]).again(Some(Id::of(21))).execute().planned();
    assert_eq!(again.said("door_code"), "");
}
