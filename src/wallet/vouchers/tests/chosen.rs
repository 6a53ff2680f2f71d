//! What waits, for who has sent it: it is listed, taken back, and its secret read again; and it
//! ends by itself.

use super::super::voucher::{Event, KIND, PARCEL_GONE, Voucher};
use super::super::{reveal, send_unjoined, sent, take_back};
use super::*;
use crate::book::{HoldMove, Key, PIN_ATTEMPTS_MAX};
use crate::calendar::Day;
use crate::id::Id;
use crate::limits::Direction;
use crate::pin::Pin;
use crate::reason::Reason;
use crate::store::pins::PinRow;
use crate::wallet::arrangements::Role;
use crate::wallet::plan::PlanError;
use crate::wallet::trial::{conforms, posting};

const DAY: Duration = Duration::from_secs(24 * 3_600);

fn two() -> (Trial, PersonRow) {
    let (mut trial, amina) = amina();
    let used = over("handed_out", voucher(30, 2, DAY));
    has_sent(&mut trial, vec![voucher(20, 1, DAY), used]);
    (trial, amina)
}

#[test]
fn what_waits_is_listed() {
    let (trial, amina) = two();
    let list = trial.ask(&sent::LIST, trial.caller(&amina)).list().planned();
    let line = |item: &crate::request::Item| {
        (
            item.id.clone(),
            item.slots["amount"].to_string(),
            item.slots["phone"].to_string(),
            item.slots.len(),
        )
    };
    let lines: Vec<_> = list.items.iter().map(line).collect();
    assert_eq!(lines, [("20".to_owned(), "KES 300".to_owned(), "0711222333".to_owned(), 2)]);
    let stranger = trial.ask(&sent::LIST, trial.stranger(TO)).list();
    assert_eq!(stranger.reason(), (Reason::NOT_JOINED, None));
}

#[test]
fn only_what_waits_can_be_chosen() {
    let (trial, amina) = two();
    for service in [&take_back::SERVICE, &reveal::SERVICE] {
        let chosen = |id: &str| trial.ask(service, trial.caller(&amina)).with("parcel", id).quote();
        assert_eq!(chosen("20").planned().said("day"), "29/11/26");
        for gone in ["30", "21", "none"] {
            assert_eq!(chosen(gone).reason(), (PARCEL_GONE, None), "{gone}");
        }
        let missing = trial.ask(service, trial.caller(&amina)).quote();
        assert_eq!(missing.reason(), (Reason::FIELD_MISSING, Some("parcel")));
    }
}

#[test]
fn who_takes_it_back_has_it_whole_and_both_sides_hear_of_it() {
    let (mut trial, amina) = two();
    let ask = |trial: &Trial| {
        trial.ask(&take_back::SERVICE, trial.caller(&amina)).with("parcel", "20").execute()
    };
    let plan = ask(&trial).planned();
    let theirs =
        "amount=KES 300 day=29/11/26 dial=*384*1234# name=Amina W phone=0700***001".to_owned();
    assert_eq!(
        plan.messages(),
        [
            (
                "sms.parcel_cancelled".to_owned(),
                "amount=KES 300 day=29/11/26 phone=0711222333".to_owned()
            ),
            ("sms.parcel_ended".to_owned(), theirs),
        ]
    );
    let act = plan.act.unwrap();
    assert_eq!(
        (act.kind, act.holds.as_slice()),
        ("cancel", &[HoldMove::Release { hold: Id::of(21) }][..])
    );
    assert_eq!(moved(&act), [(20, "take_back", "taken_back")]);
    let back = act.meters[0];
    assert_eq!((back.account, back.amount_minor, back.back), (Id::of(101), 30_000, true));
    assert_eq!(back.way, Direction::Out, "it went out, and counts no more");
    assert_eq!(
        back.day,
        Day::of(NOW.minus(DAY), &trial.config.market.zone),
        "of the day on which it was sent"
    );
    let language = |act: &Act| {
        let told = act.changes.iter().filter_map(|change| match change {
            Change::Tell(message) | Change::TellStranger(message) if message.address == TO => {
                Some(message.language.clone())
            }
            _ => None,
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(language(&act), [trial.config.market.language.as_str()]);
    let neema = trial.person(Id::of(109), TO, "Neema Achieng", 0);
    trial.change(&neema, |member| member.person.language = "fr".into());
    assert_eq!(language(&ask(&trial).planned().act.unwrap()), ["fr"]);
    let quote = trial.ask(&take_back::SERVICE, trial.caller(&amina)).with("parcel", "20").quote();
    assert!(quote.planned().act.is_none());
}

#[test]
fn what_nobody_takes_goes_back_by_itself() {
    let (trial, _) = two();
    for state in ["waiting", "joined", "no_room"] {
        let row = ArrangementRow { state: state.into(), ..voucher(20, 1, LIFE) };
        let plan = Plan { act: Some(trial.wakes(&KIND, &row).unwrap()), ..Plan::default() };
        conforms(&send_unjoined::SERVICE, &plan);
        let told = plan.messages();
        let templates: Vec<_> = told.iter().map(|(template, _)| template.as_str()).collect();
        assert_eq!(templates, ["sms.parcel_returned", "sms.parcel_ended"]);
        let act = plan.act.unwrap();
        assert_eq!(moved(&act), [(20, "end", "returned")]);
        assert_eq!(
            (act.kind, act.holds.as_slice()),
            ("expire", &[HoldMove::Release { hold: Id::of(21) }][..])
        );
        let back = act.meters[0];
        assert_eq!((back.amount_minor, back.back, back.way), (30_000, true, Direction::Out));
        assert_eq!(back.day, Day::of(NOW.minus(LIFE), &trial.config.market.zone));
    }
}

#[test]
fn who_has_joined_hears_of_the_end_in_their_language() {
    let (mut trial, _) = two();
    let neema = trial.person(Id::of(NEEMA), TO, "Neema Achieng", 0);
    trial.change(&neema, |member| member.person.language = "fr".into());
    let act = trial.wakes(&KIND, &voucher(20, 1, LIFE)).unwrap();
    let [_, _, Change::Tell(theirs)] = act.changes.as_slice() else { panic!("{act:?}") };
    assert_eq!((theirs.address.as_str(), theirs.language.as_str()), (TO, "fr"));
}

#[test]
fn its_sender_takes_it_back_also_from_who_has_joined() {
    let (mut trial, amina) = amina();
    for state in ["waiting", "joined", "no_room"] {
        let row = ArrangementRow { state: state.into(), ..voucher(20, 1, DAY) };
        has_sent(&mut trial, vec![row]);
        let ask = trial.ask(&take_back::SERVICE, trial.caller(&amina)).with("parcel", "20");
        let act = ask.execute().planned().act.unwrap();
        assert_eq!(moved(&act), [(20, "take_back", "taken_back")]);
    }
}

#[test]
fn once_it_is_over_nothing_happens_to_it_any_more() {
    let events = [
        (Event::Join, Role::Other),
        (Event::Arrive, Role::Service),
        (Event::Tell, Role::Service),
        (Event::Look, Role::Service),
        (Event::HandOut, Role::Assistant),
        (Event::TakeBack, Role::Owner),
        (Event::End, Role::Service),
    ];
    for state in ["handed_out", "arrived", "taken_back", "returned"] {
        let voucher = Voucher::of(&over(state, voucher(20, 1, DAY))).unwrap();
        for (event, role) in events {
            assert_eq!(voucher.moved(event, role).unwrap_err(), PARCEL_GONE.into(), "{state}");
        }
    }
}

/// The voucher was made under the key of posting 21, and so its secret follows from it.
fn kept(trial: &mut Trial, attempts: i64) -> String {
    let key = Key::from_bytes(&[0; 20]).unwrap();
    let digits = trial.config.pin_keys.current().code(key.bytes());
    let row = trial.config.tagged(Id::of(20), &Pin::parse(&digits).unwrap(), [4; 16]);
    trial.set(Want::Pin(Id::of(20)), Found::Pin(Some(PinRow { attempts, ..row })));
    trial.set(
        Want::Posting(Id::of(21)),
        Found::Posting(Some(posting(21, "send_unjoined", 1_440, &[]))),
    );
    digits
}

#[test]
fn its_secret_is_read_again_behind_the_pin() {
    let (mut trial, amina) = two();
    let digits = kept(&mut trial, PIN_ATTEMPTS_MAX - 1);
    let ask = |trial: &Trial| {
        trial.ask(&reveal::SERVICE, trial.caller(&amina)).with("parcel", "20").execute()
    };
    let plan = ask(&trial).planned();
    assert_eq!(plan.said("secret"), format!("1{digits}"));
    let act = plan.act.unwrap();
    assert_eq!((act.kind, act.changes.len(), act.holds.len()), ("secret", 0, 0));
    kept(&mut trial, PIN_ATTEMPTS_MAX);
    assert_eq!(ask(&trial).reason(), (reveal::PARCEL_LOCKED, None));
    let other = trial.config.tagged(Id::of(20), &Pin::parse("123456").unwrap(), [4; 16]);
    trial.set(Want::Pin(Id::of(20)), Found::Pin(Some(other.clone())));
    assert_eq!(ask(&trial).reason(), (PARCEL_GONE, None), "its key is in use no more");
    let both = PinRow { attempts: PIN_ATTEMPTS_MAX, ..other };
    trial.set(Want::Pin(Id::of(20)), Found::Pin(Some(both)));
    assert_eq!(ask(&trial).reason(), (PARCEL_GONE, None), "however often it was tried");
    trial.set(Want::Pin(Id::of(20)), Found::Pin(None));
    assert_eq!(ask(&trial).reason(), (PARCEL_GONE, None));
    trial.set(Want::Posting(Id::of(21)), Found::Posting(None));
    assert_eq!(ask(&trial).error, Some(PlanError::Damaged("a voucher without its hold")));
    let quote =
        trial.ask(&reveal::SERVICE, trial.caller(&amina)).with("parcel", "20").quote().planned();
    assert!(quote.act.is_none() && quote.said("secret").is_empty());
}
