//! The clock by itself: when people are reminded, and when a time is over.

use super::super::deal_clock::Stroke;
use super::*;
use crate::wallet::OperatorRules;
use jiff::tz::TimeZone;

const MINUTE: Duration = Duration::from_secs(60);

fn zone() -> TimeZone {
    Trial::new().config.market.zone.clone()
}

fn rules() -> OperatorRules {
    Trial::new().config.rules
}

/// What a clock until the end of this day does now, when it was due then.
fn strikes(clock: Clock, due: Timestamp, now: Timestamp) -> Stroke {
    clock.strikes(due, now, clock.stopped_us, &rules(), &zone())
}

fn reminded(clock: Clock) -> Clock {
    Clock { reminded: true, ..clock }
}

#[test]
fn people_are_reminded_the_evening_before_or_in_the_morning_and_then_it_ends() {
    let clock = Clock::until(day(2), 0);
    let due = |clock: Clock, now: Timestamp| clock.due_at(now, &zone()).unwrap();
    let moment = Duration::from_micros(1);
    assert_eq!(due(clock, NOW), at(1, 18).micros());
    assert_eq!(due(clock, at(1, 18).minus(moment)), at(1, 18).micros());
    assert_eq!(due(clock, at(1, 18)), at(2, 9).micros());
    assert_eq!(due(clock, at(2, 9).minus(moment)), at(2, 9).micros());
    assert_eq!(due(clock, at(2, 9)), at(2, 20).micros());
    assert_eq!(due(reminded(clock), NOW), at(2, 20).micros());
    assert_eq!(Clock::STILL.due_at(NOW, &zone()), None);
    assert_eq!(strikes(Clock::STILL, NOW, NOW), Stroke::Wait);
}

#[test]
fn they_are_reminded_by_day_only_however_late_it_is_looked_at() {
    let clock = Clock::until(day(2), 0);
    let late = |days, hour, after: Duration| strikes(clock, at(1, 18), at(days, hour).plus(after));
    assert_eq!(late(1, 18, Duration::ZERO), Stroke::Remind);
    assert_eq!(late(1, 20, Duration::ZERO), Stroke::Remind);
    assert_eq!(late(1, 20, 59 * MINUTE), Stroke::Remind);
    assert_eq!(late(1, 21, Duration::ZERO), Stroke::Wait);
    assert_eq!(late(1, 23, Duration::ZERO), Stroke::Wait);
    assert_eq!(late(2, 0, Duration::ZERO), Stroke::Wait);
    assert_eq!(late(2, 7, 59 * MINUTE), Stroke::Wait);
    assert_eq!(late(2, 8, Duration::ZERO), Stroke::Remind);
    assert_eq!(late(2, 19, 59 * MINUTE), Stroke::Remind);
    // who was not reminded at night is in the morning
    assert_eq!(clock.due_at(at(1, 23), &zone()), Some(at(2, 9).micros()));
    assert_eq!(strikes(reminded(clock), at(1, 18), at(1, 19)), Stroke::Wait);
}

#[test]
fn it_runs_out_in_the_evening_after_they_were_reminded() {
    let clock = reminded(Clock::until(day(2), 0));
    let end = at(2, 20);
    let moment = Duration::from_micros(1);
    assert_eq!(strikes(clock, end, end.minus(moment)), Stroke::Wait);
    assert_eq!(strikes(clock, end, end), Stroke::RunOut);
    assert_eq!(strikes(clock, end, end.plus(HOUR)), Stroke::RunOut);
}

#[test]
fn what_was_looked_at_late_or_of_which_nobody_was_reminded_ends_later_with_the_grace() {
    let end = at(2, 20);
    let moment = Duration::from_micros(1);
    let clock = Clock::until(day(2), 0);
    let away = strikes(reminded(clock), end, end.plus(HOUR).plus(moment));
    assert_eq!(away, Stroke::Asleep(at(3, 8)), "at night nobody is told anything");
    let night = |days, hour| strikes(reminded(clock), end, at(days, hour));
    assert_eq!([night(9, 7), night(9, 23)], [9, 10].map(|days| Stroke::Asleep(at(days, 8))));
    assert_eq!(night(9, 8), Stroke::Later(day(10)));
    assert_eq!(strikes(reminded(clock), end, at(9, 12)), Stroke::Later(day(10)));
    assert_eq!(strikes(reminded(clock), end, at(9, 20)), Stroke::Later(day(10)));
    assert_eq!(strikes(reminded(clock), end, at(9, 20).plus(MINUTE)), Stroke::Later(day(11)));
    assert_eq!(strikes(clock, end, end), Stroke::Later(day(3)), "nobody was reminded");
    // the reminder was due, and the service was away until the day after the end
    assert_eq!(strikes(clock, at(1, 18), at(3, 11)), Stroke::Later(day(4)));
    let none = OperatorRules { grace: Duration::ZERO, ..rules() };
    assert_eq!(clock.strikes(end, at(9, 12), 0, &none, &zone()), Stroke::Later(day(9)));
}

#[test]
fn the_end_moves_by_as_long_as_an_account_was_stopped_since_it_began() {
    let end = at(2, 20);
    let clock = reminded(Clock::until(day(2), 5));
    let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap();
    let after =
        |stopped: Duration, now| clock.strikes(now, now, 5 + micros(stopped), &rules(), &zone());
    assert_eq!(after(Duration::ZERO, end), Stroke::RunOut, "what was before does not count");
    assert_eq!(after(MINUTE, end), Stroke::Later(day(3)));
    assert_eq!(after(24 * HOUR, end), Stroke::Later(day(3)), "to the hour");
    assert_eq!(after(24 * HOUR + MINUTE, end), Stroke::Later(day(4)));
    assert_eq!(after(10 * 24 * HOUR, at(1, 18)), Stroke::Later(day(12)));
    // never into what is over
    assert_eq!(after(MINUTE, at(8, 12)), Stroke::Later(day(8)));
    assert_eq!(after(MINUTE, at(8, 20).plus(MINUTE)), Stroke::Later(day(9)));
    assert_eq!(after(MINUTE, at(8, 21)), Stroke::Asleep(at(9, 8)));
    // a clock that was set when more had been counted does not run backwards
    assert_eq!(clock.strikes(end, end, 0, &rules(), &zone()), Stroke::RunOut);
}

#[test]
fn it_is_evening_where_people_live() {
    let clock = reminded(Clock::until(day(2), 0));
    for name in ["<+03>-3", "GMT0", "<+0530>-5:30", "<+14>-14", "<-11>11"] {
        let zone = TimeZone::posix(name).unwrap();
        let end = day(2).at_hour(20, &zone);
        assert_eq!(clock.due_at(NOW, &zone), Some(end.micros()), "{name}");
        assert_eq!(clock.strikes(end, end, 0, &rules(), &zone), Stroke::RunOut);
        let before = end.minus(Duration::from_micros(1));
        assert_eq!(clock.strikes(end, before, 0, &rules(), &zone), Stroke::Wait);
    }
    // where an hour is left out or comes twice, an evening is an evening
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    for date in ["27/03/27", "28/03/27", "30/10/27", "31/10/27"] {
        let day = Day::read(date).unwrap();
        let clock = Clock::until(day, 0);
        let reminder = Timestamp::from_micros(clock.due_at(NOW, &zone).unwrap());
        assert_eq!(reminder, day.day_before().at_hour(18, &zone));
        assert_eq!(clock.strikes(reminder, reminder, 0, &rules(), &zone), Stroke::Remind);
        let end = day.at_hour(20, &zone);
        assert_eq!(reminded(clock).strikes(end, end, 0, &rules(), &zone), Stroke::RunOut);
    }
}
