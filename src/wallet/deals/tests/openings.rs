//! Deals that are opened, by dialling and by a text.

use super::super::deal_list::{LIST, SHOW};
use super::super::offer_quota::{self, DEALS_TODAY};
use super::super::offer_room::DEALS_FULL;
use super::super::offering::{BUY_BY_TEXT, DEAL_BLOCKED, OPEN, SELL_BY_TEXT, SEND};
use super::super::terms::{DEAL_DAY, DEAL_DELIVERY};
use super::super::{DEAL_GONE, deal::DEAL_WHICH};
use super::*;
use crate::reason::Reason;
use crate::store::book_rows::AccountState;
use crate::wallet::arrangements::place;
use crate::wallet::trial::posting;

const USUAL: [(&str, &str); 4] =
    [("side", "buy"), ("to", "0700000004"), ("amount", "100000"), ("goods", "phone")];

/// Amina opens one, as usual but for these.
fn opens(two: &Two, other: &[(&str, &str)]) -> Outcome {
    let ask = two.trial.ask(&OPEN, two.trial.caller(&two.amina));
    let all = USUAL.iter().chain(other);
    all.fold(ask, |ask, (name, value)| ask.with(name, value)).execute()
}

fn reason(two: &Two, other: &[(&str, &str)]) -> (Reason, Option<&'static str>) {
    opens(two, other).reason()
}

#[test]
fn what_is_usual_is_proposed_and_the_other_side_hears_of_it() {
    let plan = opens(&two(), &[]).planned();
    let said = ["name", "phone", "goods", "price", "deliver", "look", "release_code", "fee"];
    assert_eq!(
        said.map(|slot| plan.said(slot)),
        ["Daudi M", "0700***004", "phone", "KES 1,000", "26/11/26", "2", "door", "KES 10"]
    );
    let deal = left(&plan);
    assert_eq!((deal.state, deal.row.version, deal.row.account), (State::Offered, 1, None));
    assert_eq!(
        (deal.party(Side::Buy), deal.party(Side::Sell)),
        (Some(Id::of(AMINA)), Some(Id::of(DAUDI)))
    );
    assert_eq!((deal.terms.side, deal.terms.fee_by), (Side::Buy, FeeBy::Buyer));
    assert_eq!((deal.terms.clock, deal.terms.price), (Clock::until(day(2), 0), price(1_000, 0)));
    assert_eq!(deal.row.due_at, Some(at(1, 18).micros()), "they are reminded the evening before");
    let act = plan.act.unwrap();
    assert_eq!((act.kind, act.legs.len()), ("safe_pay", 0));
    assert!(matches!(act.changes[0], Change::Claim { .. }));
    let news = heard(act);
    assert_eq!(pairs(&news), [("buy", "daudi"), ("terms", "daudi"), ("offered", "amina")]);
}

#[test]
fn who_sells_asks_the_buyer() {
    let plan = opens(&two(), &[("side", "sell"), ("fee_by", "both")]).planned();
    let deal = left(&plan);
    assert_eq!(
        (deal.party(Side::Sell), deal.party(Side::Buy)),
        (Some(Id::of(AMINA)), Some(Id::of(DAUDI)))
    );
    assert_eq!(deal.terms.price, price(500, 500));
    assert_eq!(heard(plan.act.unwrap())[0], ("sell".to_owned(), "daudi"));
}

#[test]
fn each_term_is_as_it_was_chosen() {
    let choose =
        |name: &'static str, value: &str| left(&opens(&two(), &[(name, value)]).planned()).terms;
    for (look, days) in [("one", 1), ("two", 2), ("three", 3), ("week", 7)] {
        assert_eq!(choose("look", look).look_days, days);
    }
    for (word, release) in
        [("door", Release::Door), ("parcel", Release::Parcel), ("hand", Release::Hand)]
    {
        assert_eq!(choose("release", word).release, release);
    }
    for (word, own) in [("buyer", (1_000, 0)), ("seller", (0, 1_000)), ("both", (500, 500))] {
        assert_eq!(choose("fee_by", word).price, price(own.0, own.1));
    }
    assert_eq!(choose("delivery", "99999").delivery_minor, 99_999);
    for (typed, parts) in [("1", 1), ("4", 4), ("10", 10), ("11", 10), ("0", 1), ("-3", 1)] {
        assert_eq!(choose("parts", typed).parts, parts, "{typed}");
    }
}

#[test]
fn it_is_to_be_delivered_from_tomorrow_on_within_a_year() {
    let by = |typed: &str| opens(&two(), &[("deliver", typed)]);
    let good = [("1", 1), (" 7 ", 7), ("365", 365), ("24/11/26", 1), ("24112026", 1)];
    for (typed, days) in good.into_iter().chain([("23/11/27", 365)]) {
        assert_eq!(left(&by(typed).planned()).terms.deliver_by, day(days), "{typed}");
    }
    for typed in ["0", "-1", "366", "23/11/26", "22/11/26", "24/11/27", "soon", "31/2/27", ""] {
        assert_eq!(by(typed).reason(), (DEAL_DAY, Some("deliver")), "{typed}");
    }
}

#[test]
fn each_input_is_refused_where_it_stands() {
    let two = two();
    for (name, value, expected) in [
        ("to", "07000", Reason::PHONE_FORMAT),
        ("to", "0700000001", Reason::PAYEE_SELF),
        ("amount", "0", Reason::AMOUNT_ZERO),
        ("amount", "4999", Reason::AMOUNT_TOO_SMALL),
        ("amount", "25000001", Reason::AMOUNT_TOO_LARGE),
        ("amount", "much", Reason::AMOUNT_FORMAT),
        ("goods", "", Reason::TEXT_FORMAT),
        ("goods", "1234", Reason::TEXT_FORMAT),
        ("goods", "Kadogo", Reason::TEXT_FORMAT),
        ("goods", "a thing with much too long a name", Reason::TEXT_FORMAT),
        ("delivery", "0", Reason::AMOUNT_ZERO),
        ("delivery", "100000", DEAL_DELIVERY),
        ("delivery", "100001", DEAL_DELIVERY),
    ] {
        let found = reason(&two, &[(name, value)]);
        assert_eq!((found.0, found.1), (expected, Some(name)), "{name} {value}");
    }
    for (name, value) in [("look", "four"), ("release", "window"), ("fee_by", "nobody")] {
        assert_eq!(reason(&two, &[(name, value)]).0, Reason::INVALID, "{name}");
    }
    assert_eq!(reason(&two, &[("side", "both")]).0, Reason::INVALID);
    assert_eq!(reason(&two, &[("parts", "some")]).0, Reason::INVALID);
    for good in ["5000", "25000000"] {
        opens(&two, &[("amount", good)]).planned();
    }
}

#[test]
fn what_is_asked_for_first_is_refused_first() {
    let two = two();
    let asks = |inputs: &[(&str, &str)]| {
        let ask = two.trial.ask(&OPEN, two.trial.caller(&two.amina));
        inputs.iter().fold(ask, |ask, (name, value)| ask.with(name, value)).check().reason()
    };
    let missing = |name| (Reason::FIELD_MISSING, Some(name));
    assert_eq!(asks(&USUAL[..1]), missing("to"));
    assert_eq!(asks(&USUAL[..2]), missing("amount"));
    assert_eq!(asks(&USUAL[..3]), missing("goods"));
    let stranger = two.trial.ask(&OPEN, two.trial.stranger(STRANGER)).check();
    assert_eq!(stranger.reason().0, Reason::NOT_JOINED);
}

#[test]
fn whose_account_is_stopped_neither_asks_nor_is_asked() {
    for (who, state, expected) in [
        (AMINA, AccountState::Frozen, Some((Reason::ACCOUNT_CLOSED, None))),
        (AMINA, AccountState::StopDebit, Some((Reason::ACCOUNT_CLOSED, None))),
        (DAUDI, AccountState::Frozen, Some((Reason::PAYEE_CLOSED, Some("to")))),
        (DAUDI, AccountState::StopCredit, Some((Reason::PAYEE_CLOSED, Some("to")))),
        (DAUDI, AccountState::StopDebit, Some((Reason::PAYEE_CLOSED, Some("to")))),
        (DAUDI, AccountState::Closed, Some((Reason::PAYEE_CLOSED, Some("to")))),
        (DAUDI, AccountState::Open, None),
    ] {
        let mut two = two();
        let person = two.trial.person_of(Id::of(who));
        two.trial.change(&person, |holder| holder.account.state = state);
        let found = opens(&two, &[]);
        assert_eq!(found.error.is_some().then(|| found.reason()), expected, "{who} {state:?}");
    }
}

#[test]
fn who_has_blocked_somebody_is_not_asked_by_them() {
    let mut two = two();
    let theirs = Want::BlockedBy(Id::of(DAUDI));
    two.trial.set(theirs.clone(), Found::Accounts(vec![Id::of(105)]));
    opens(&two, &[]).planned();
    two.trial.set(theirs, Found::Accounts(vec![Id::of(105), Id::of(AMINA)]));
    assert_eq!(reason(&two, &[]), (DEAL_BLOCKED, Some("to")));
}

/// So many deals of somebody with somebody, of whom nobody has answered yet.
fn many(count: i64, owner: i64, other: Option<i64>) -> Vec<ArrangementRow> {
    let one = |n| ArrangementRow {
        id: Id::of(500 + n),
        owner: Id::of(owner),
        other: other.map(Id::of),
        subject: if other.is_none() { STRANGER.to_owned() } else { String::new() },
        ..row(State::Offered, &terms())
    };
    (0..count).map(one).collect()
}

fn waiting(two: &mut Two, side: Of, rows: Vec<ArrangementRow>) {
    let search = super::super::offer_room::waiting(side);
    two.trial.set(Want::Arrangements(search), Found::Arrangements(rows));
}

#[test]
fn nobody_is_flooded_by_one_or_by_many_and_nobody_has_too_many_open() {
    let asked = (DEALS_FULL, Some("to"));
    let mut two = two();
    let daudi = || Of::Other(Id::of(DAUDI));
    waiting(&mut two, daudi(), many(2, AMINA, Some(DAUDI)));
    opens(&two, &[]).planned();
    waiting(&mut two, daudi(), many(3, AMINA, Some(DAUDI)));
    assert_eq!(reason(&two, &[]), asked);
    for state in ["drafted", "brokered", "funded", "countered", "accepted"] {
        let mut unseen = many(40, 105, Some(DAUDI));
        unseen.iter_mut().for_each(|row| row.state = state.into());
        waiting(&mut two, daudi(), unseen);
        opens(&two, &[]).planned();
    }
    // of strangers there may be less than of those whom he has paid
    for most in [15, 30] {
        waiting(&mut two, daudi(), many(most - 1, 105, Some(DAUDI)));
        opens(&two, &[]).planned();
        waiting(&mut two, daudi(), many(most, 105, Some(DAUDI)));
        assert_eq!(reason(&two, &[]), asked);
        let since = two.trial.now.micros() - 90 * 24 * 3_600 * 1_000_000;
        let paid = posting(700, "send", 10, &[(DAUDI, -200), (AMINA, 200)]);
        let payments = Want::History { account: Id::of(AMINA), since, limit: 60 };
        two.trial.set(payments, Found::History(vec![paid]));
    }
    waiting(&mut two, daudi(), Vec::new());
    let own = Want::Arrangements(place::open_of(&KIND, Id::of(AMINA)));
    two.trial.set(own.clone(), Found::Arrangements(many(19, AMINA, Some(105))));
    opens(&two, &[]).planned();
    two.trial.set(own, Found::Arrangements(many(20, AMINA, Some(105))));
    assert_eq!(reason(&two, &[]), (DEALS_FULL, None));
}

#[test]
fn who_has_no_wallet_is_asked_by_their_number_where_that_is_allowed() {
    let mut two = two();
    let plan = opens(&two, &[("to", STRANGER)]).planned();
    assert!(plan.flags.contains("unjoined"));
    assert_eq!(["name", "phone"].map(|slot| plan.said(slot)), ["0711222333", "0711222333"]);
    let deal = left(&plan);
    assert_eq!((deal.row.other, deal.row.subject.as_str()), (None, STRANGER));
    let news = heard(plan.act.unwrap());
    assert_eq!(
        pairs(&news),
        [("buy_unjoined", "stranger"), ("terms", "stranger"), ("offered", "amina")]
    );
    let number = || Of::Subject(STRANGER.to_owned());
    waiting(&mut two, number(), many(2, AMINA, None));
    opens(&two, &[("to", STRANGER)]).planned();
    waiting(&mut two, number(), many(3, AMINA, None));
    assert_eq!(reason(&two, &[("to", STRANGER)]), (DEALS_FULL, Some("to")));
    waiting(&mut two, number(), Vec::new());
    two.trial.config.rules.unjoined = false;
    assert_eq!(reason(&two, &[("to", STRANGER)]), (Reason::PAYEE_UNKNOWN, Some("to")));
}

#[test]
fn nothing_arrives_where_the_price_is_as_much_as_the_seller_gets() {
    let two = two();
    let mut trial = two.trial.tariff(
        "currency = \"KES\"\n[safe_pay]\nminimum = 1\nsplitting_allowed = 100\n\
         bands = [{ from = 1, to = 100, fee = 10 }]\n",
    );
    trial.config.rules.unjoined = true;
    let two = Two { trial, ..self::two() };
    let by = |amount: &str, fee_by: &str| opens(&two, &[("amount", amount), ("fee_by", fee_by)]);
    assert_eq!(by("1000", "seller").reason(), (Reason::AMOUNT_TOO_SMALL, Some("amount")));
    by("1001", "seller").planned();
    by("1000", "buyer").planned();
}

fn writes(two: &Two, service: &'static Service, goods: &str) -> Outcome {
    let ask = two.trial.ask(service, two.trial.caller(&two.amina));
    ask.with("to", "0700000004").with("amount", "100000").with("reference", goods).execute()
}

#[test]
fn a_text_is_read_back_to_who_wrote_it_and_nobody_else_hears_of_it() {
    let two = two();
    for (service, read_back, side) in
        [(&BUY_BY_TEXT, "read_back_buy", Side::Buy), (&SELL_BY_TEXT, "read_back_sell", Side::Sell)]
    {
        let plan = writes(&two, service, "phone").planned();
        let deal = left(&plan);
        assert_eq!((deal.state, deal.terms.side), (State::Drafted, side));
        let news = heard(plan.act.unwrap());
        assert_eq!(pairs(&news), [(read_back, "amina")]);
        assert_eq!(writes(&two, service, "").reason(), (Reason::TEXT_FORMAT, Some("goods")));
    }
}

#[test]
fn only_who_wrote_it_sends_it_once() {
    let two = there_is(State::Drafted, terms());
    let plan = two.does(Side::Buy, &SEND, &[]).planned();
    let deal = left(&plan);
    assert_eq!((deal.state, deal.row.version), (State::Offered, 8));
    assert_eq!(deal.terms.clock, Clock::until(day(2), 0));
    let news = heard(plan.act.unwrap());
    assert_eq!(pairs(&news), [("buy", "daudi"), ("terms", "daudi"), ("offered", "amina")]);
    assert_eq!(two.does(Side::Sell, &SEND, &[]).reason(), (DEAL_GONE, None));
    let sent = there_is(State::Offered, terms());
    assert_eq!(sent.does(Side::Buy, &SEND, &[]).reason(), (DEAL_GONE, None));
}

#[test]
fn what_was_written_is_sent_only_where_it_could_be_asked_now() {
    let mut two = there_is(State::Drafted, terms());
    waiting(&mut two, Of::Other(Id::of(DAUDI)), many(2, AMINA, Some(DAUDI)));
    two.does(Side::Buy, &SEND, &[]).planned();
    waiting(&mut two, Of::Other(Id::of(DAUDI)), many(3, AMINA, Some(DAUDI)));
    assert_eq!(two.does(Side::Buy, &SEND, &[]).reason().0, DEALS_FULL);
    waiting(&mut two, Of::Other(Id::of(DAUDI)), Vec::new());
    two.trial.set(Want::BlockedBy(Id::of(DAUDI)), Found::Accounts(vec![Id::of(AMINA)]));
    assert_eq!(two.does(Side::Buy, &SEND, &[]).reason(), (DEAL_BLOCKED, None));
}

#[test]
fn whoever_is_not_wanted_does_not_ask_again_and_again() {
    let of_today = |two: &Two| offer_quota::wants(two.trial.now, Id::of(AMINA));
    let made = |count: i64, other: i64, state: &str| {
        let mut rows = many(count, AMINA, Some(other));
        rows.iter_mut().for_each(|row| row.state = state.into());
        Found::Arrangements(rows)
    };
    for state in ["drafted", "offered", "declined", "withdrawn", "expired"] {
        for (count, other, full) in
            [(2, DAUDI, false), (3, DAUDI, true), (29, 105, false), (30, 105, true)]
        {
            let mut two = there_is(State::Drafted, terms());
            two.trial.set(of_today(&two), made(count, other, state));
            let opened = opens(&two, &[]);
            let refused = opened.error.is_some().then(|| opened.reason());
            assert_eq!(refused, full.then_some((DEALS_TODAY, Some("to"))), "{count} {state}");
            let sent = two.does(Side::Buy, &SEND, &[]);
            let refused = sent.error.is_some().then(|| sent.reason().0);
            assert_eq!(refused, full.then_some(DEALS_TODAY), "{count} {state}");
        }
    }
    for state in ["countered", "accepted", "funded", "released", "refunded"] {
        let mut two = two();
        two.trial.set(of_today(&two), made(40, DAUDI, state));
        opens(&two, &[]).planned();
    }
}

#[test]
fn few_texts_of_one_lie_unsent() {
    let mut two = two();
    let own = Want::Arrangements(place::open_of(&KIND, Id::of(AMINA)));
    for (count, full) in [(2, false), (3, true)] {
        let mut drafts = many(count, AMINA, Some(105));
        drafts.iter_mut().for_each(|row| row.state = "drafted".into());
        two.trial.set(own.clone(), Found::Arrangements(drafts));
        let written = writes(&two, &BUY_BY_TEXT, "phone");
        let refused = written.error.is_some().then(|| written.reason());
        assert_eq!(refused, full.then_some((DEALS_FULL, None)), "{count}");
        opens(&two, &[]).planned();
    }
}

#[test]
fn without_a_name_it_is_the_only_one_that_can_be_meant() {
    let mut two = two();
    let send = |two: &Two| two.trial.ask(&SEND, two.trial.caller(&two.amina)).execute();
    assert_eq!(send(&two).reason(), (DEAL_GONE, None));
    let draft = row(State::Drafted, &terms());
    let funded = ArrangementRow { id: Id::of(22), ..row(State::Funded, &paid()) };
    two.has(&[draft.clone(), funded]);
    assert_eq!(left(&send(&two).planned()).row.id, Id::of(DEAL));
    two.has(&[draft.clone(), ArrangementRow { id: Id::of(22), ..draft }]);
    assert_eq!(send(&two).reason(), (DEAL_WHICH, None));
}

#[test]
fn of_what_was_not_sent_the_other_side_sees_nothing() {
    let two = there_is(State::Drafted, terms());
    assert_eq!(two.does(Side::Sell, &SHOW, &[]).reason(), (DEAL_GONE, None));
    let list = |side| two.trial.ask(&LIST, two.trial.caller(two.who(side))).list().planned();
    assert_eq!([Side::Buy, Side::Sell].map(|side| list(side).items.len()), [1, 0]);
}

#[test]
fn a_deal_is_named_by_its_code_and_is_nobody_elses_business() {
    let mut two = there_is(State::Drafted, terms());
    let key = two.trial.config.reference_key;
    let code = crate::short_code::ShortCode::of(Id::of(DEAL), &key).to_string();
    let send = |two: &Two, person: &PersonRow, name: &str| {
        two.trial.ask(&SEND, two.trial.caller(person)).with("deal", name).execute()
    };
    send(&two, &two.amina, &code.to_lowercase()).planned();
    let esther = two.trial.person(Id::of(105), "+254700000005", "Esther Njoki", 0);
    for (who, name) in [(&esther, code.as_str()), (&two.amina, "21"), (&two.amina, "AEIOUY")] {
        assert_eq!(send(&two, who, name).reason(), (DEAL_GONE, None), "{name}");
    }
}

#[test]
fn what_was_not_sent_is_nobody_elses_business() {
    let two = there_is(State::Drafted, terms());
    let lines =
        |who: &PersonRow| two.trial.ask(&LIST, two.trial.caller(who)).list().planned().items.len();
    assert_eq!((lines(&two.amina), lines(&two.daudi)), (1, 0));
    let shown = |side| two.asks(side, &SHOW, &[]).quote();
    assert_eq!(shown(Side::Buy).planned().said("todo_code"), "unsent");
    assert_eq!(shown(Side::Sell).reason(), (DEAL_GONE, None));
    let sent = there_is(State::Offered, terms());
    let theirs = sent.trial.ask(&LIST, sent.trial.caller(&sent.daudi)).list().planned();
    assert_eq!(theirs.items.len(), 1);
}
