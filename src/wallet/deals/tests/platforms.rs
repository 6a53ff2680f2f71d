//! Deals that a platform has opened for its two sides: Kazi brings Amina, who buys, and Daudi, who
//! sells, together, and keeps an eighth.

use super::super::answering::{ACCEPT, COUNTER, DECLINE, WITHDRAW};
use super::super::brokering::{BROKER, DEAL_PLATFORM, DEAL_SHARE};
use super::super::deal::DEAL_STOPPED;
use super::super::deal_list::{LIST as DEALS, SHOW};
use super::super::offer_room::DEALS_FULL;
use super::super::offering::{DEAL_BLOCKED, OPEN};
use super::super::releasing::{RELEASE, RELEASE_PART};
use super::super::settling::{AGREE, REFUND};
use super::super::terms::{Offset, Platform, Ruling};
use super::super::{DEAL_GONE, platform, platform_list};
use super::*;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::store::arrangement_rows::Search;
use crate::store::book_rows::AccountState;
use crate::tariff::Percent;
use crate::wallet::arrangements::place;
use crate::wallet::trial::{account, conforms};

const KAZI: i64 = 107;
const ASKED: [(&str, &str); 5] = [
    ("seller", "0700000004"),
    ("buyer", "0700000001"),
    ("amount", "100000"),
    ("goods", "logo"),
    ("percent", "12.5"),
];

/// The two, and a platform.
fn three() -> (Two, PersonRow) {
    let mut two = two();
    let kazi = two.trial.person(Id::of(KAZI), "+254700000007", "Kazi Market", 0);
    let kazi = PersonRow { tier: "merchant".into(), ..kazi };
    two.trial.holder(&kazi, account(KAZI, 0));
    (two, kazi)
}

/// As they have agreed: of what reaches Daudi Kazi keeps an eighth.
fn shared(terms: Terms) -> Terms {
    let keeps = Percent::parse("12.5").unwrap();
    let price = terms.price.shared(keeps, terms.amount_minor);
    let platform = Some(Platform { account: Id::of(KAZI), keeps });
    Terms { side: Side::Sell, price, platform, ..terms }
}

fn brokered(state: State, terms: &Terms) -> ArrangementRow {
    let subject = platform::subject(Id::of(KAZI));
    let (owner, other) = (Id::of(DAUDI), Some(Id::of(AMINA)));
    ArrangementRow { owner, other, subject, ..row(state, terms) }
}

fn there_is_one(state: State, terms: Terms) -> Two {
    let (mut two, _kazi) = three();
    two.deal(&brokered(state, &shared(terms)));
    two
}

/// Somebody opens one for others, as usual but for these.
fn opens(two: &Two, who: &PersonRow, other: &[(&str, &str)]) -> Outcome {
    let ask = two.trial.ask(&BROKER, two.trial.caller(who));
    let all = ASKED.iter().chain(other);
    all.fold(ask, |ask, (name, value)| ask.with(name, value)).execute()
}

#[test]
fn a_platform_asks_the_seller_first_and_says_what_it_keeps() {
    let (two, kazi) = three();
    let plan = opens(&two, &kazi, &[]).planned();
    let said = ["seller", "buyer", "goods", "price", "platform", "share", "fee", "day"];
    assert_eq!(
        said.map(|slot| plan.said(slot)),
        ["Daudi M", "Amina W", "logo", "KES 1,000", "Kazi Market", "KES 125", "KES 10", "25/11/26"]
    );
    let deal = left(&plan);
    assert_eq!((deal.state, deal.row.account), (State::Brokered, None));
    assert_eq!((deal.row.owner, deal.row.other), (Id::of(DAUDI), Some(Id::of(AMINA))));
    assert_eq!(deal.terms.platform.unwrap().account, Id::of(KAZI));
    assert_eq!(deal.terms.price.seller.platform_minor, 12_500);
    assert_eq!(deal.row.due_at, Some(at(1, 18).micros()), "they are reminded the evening before");
    let act = plan.act.unwrap();
    assert!(matches!(act.changes[0], Change::Claim { .. }));
    let news = heard(act);
    assert_eq!(pairs(&news), [("brokered", "daudi"), ("terms", "daudi"), ("keeps", "daudi")]);
}

#[test]
fn only_a_merchant_opens_deals_for_others_and_keeps_no_more_than_is_fair() {
    let (two, kazi) = three();
    let refused = |more: &[(&str, &str)]| opens(&two, &kazi, more).reason();
    let person = PersonRow { tier: "full".into(), ..kazi.clone() };
    assert_eq!(opens(&two, &person, &[]).reason(), (DEAL_PLATFORM, None));
    for percent in ["30.01", "100", "-1", "", "five", "1,5", "0.1234567"] {
        assert_eq!(refused(&[("percent", percent)]), (DEAL_SHARE, Some("percent")), "{percent}");
    }
    for (percent, share) in [("0", 0), ("30", 30_000), ("0.01", 10), ("0.0019", 1), ("7.25", 7_250)]
    {
        let deal = left(&opens(&two, &kazi, &[("percent", percent)]).planned());
        assert_eq!(deal.terms.price.seller.platform_minor, share, "{percent}");
    }
    // also where the seller pays the most that there is of the least
    let small = [("amount", "5000"), ("fee_by", "seller"), ("percent", "30")];
    assert!(opens(&two, &kazi, &small).error.is_none());
    assert_eq!(refused(&[("keep", "100")]), (Reason::INVALID, Some("keep")));
}

#[test]
fn its_two_sides_are_two_others_who_can_be_asked() {
    let (mut two, kazi) = three();
    let refused = |two: &Two, more: &[(&str, &str)]| opens(two, &kazi, more).reason();
    for (field, number) in [("seller", "0700000007"), ("buyer", "0700000007")] {
        assert_eq!(refused(&two, &[(field, number)]), (Reason::PAYEE_SELF, Some(field)));
    }
    assert_eq!(refused(&two, &[("buyer", "0700000004")]), (Reason::PAYEE_SELF, Some("buyer")));
    for field in ["seller", "buyer"] {
        let unknown = refused(&two, &[(field, "0711222333")]);
        assert_eq!(unknown, (Reason::PAYEE_UNKNOWN, Some(field)));
    }
    for (asked, field) in [(DAUDI, "seller"), (AMINA, "buyer")] {
        for by in [KAZI, DAUDI + AMINA - asked] {
            let want = Want::BlockedBy(Id::of(asked));
            two.trial.set(want.clone(), Found::Accounts(vec![Id::of(by)]));
            assert_eq!(refused(&two, &[]), (DEAL_BLOCKED, Some(field)), "{by}");
            two.trial.set(want, Found::Accounts(Vec::new()));
        }
    }
    for (person, field) in [(two.daudi.clone(), "seller"), (two.amina.clone(), "buyer")] {
        two.trial.change(&person, |holder| holder.account.state = AccountState::Frozen);
        assert_eq!(refused(&two, &[]), (Reason::PAYEE_CLOSED, Some(field)));
        two.trial.change(&person, |holder| holder.account.state = AccountState::Open);
    }
    two.trial.change(&kazi, |holder| holder.account.state = AccountState::Frozen);
    assert_eq!(refused(&two, &[]), (Reason::ACCOUNT_CLOSED, None));
}

#[test]
fn three_may_wait_for_one_seller() {
    let (mut two, kazi) = three();
    let one = brokered(State::Brokered, &shared(terms()));
    let open = Want::Arrangements(place::open_of(&KIND, Id::of(DAUDI)));
    two.trial.set(open.clone(), Found::Arrangements(vec![one.clone(); 2]));
    assert!(opens(&two, &kazi, &[]).error.is_none());
    two.trial.set(open.clone(), Found::Arrangements(vec![one.clone(); 3]));
    assert_eq!(opens(&two, &kazi, &[]).reason(), (DEALS_FULL, Some("seller")));
    let offered = ArrangementRow { state: "offered".into(), ..one.clone() };
    two.trial.set(open.clone(), Found::Arrangements(vec![offered.clone(); 20]));
    assert_eq!(opens(&two, &kazi, &[]).reason(), (DEALS_FULL, None));
    two.trial.set(open, Found::Arrangements(Vec::new()));
    let waiting = super::super::offer_room::waiting(Of::Other(Id::of(AMINA)));
    two.trial.set(Want::Arrangements(waiting), Found::Arrangements(vec![offered; 30]));
    assert_eq!(opens(&two, &kazi, &[]).reason(), (DEALS_FULL, Some("buyer")));
}

#[test]
fn the_buyer_hears_of_it_once_the_seller_says_yes() {
    let two = there_is_one(State::Brokered, terms());
    for service in [&ACCEPT, &DECLINE, &WITHDRAW, &SHOW] {
        assert_eq!(two.does(Side::Buy, service, &[]).reason(), (DEAL_GONE, None));
    }
    let list = |side| two.trial.ask(&DEALS, two.trial.caller(two.who(side))).list().planned();
    assert!(list(Side::Buy).items.is_empty());
    assert_eq!(list(Side::Sell).items.len(), 1);
    assert!(
        two.asks(Side::Sell, &SHOW, &[]).quote().planned().flags.contains("may_answer_platform")
    );
    assert_eq!(two.does(Side::Sell, &WITHDRAW, &[]).reason(), (DEAL_GONE, None));
    let plan = two.does(Side::Sell, &ACCEPT, &[]).planned();
    assert_eq!(
        (plan.said("platform"), plan.said("share")),
        ("Kazi Market".into(), "KES 125".into())
    );
    let deal = left(&plan);
    assert_eq!((deal.state, deal.terms.clock), (State::Offered, Clock::until(day(2), 0)));
    assert_eq!(deal.row.subject, platform::subject(Id::of(KAZI)));
    let news = heard(plan.act.unwrap());
    let expected =
        [("sell", "amina"), ("terms", "amina"), ("keeps", "amina"), ("offered", "daudi")];
    assert_eq!(pairs(&news), expected);
    // from there it is a deal like any other
    let two = there_is_one(State::Offered, terms());
    let plan = two.does(Side::Buy, &ACCEPT, &[]).planned();
    assert_eq!(left(&plan).state, State::Accepted);
    assert_eq!(
        (plan.said("platform"), plan.said("share")),
        ("Kazi Market".into(), "KES 125".into())
    );
    let news = heard(plan.act.unwrap());
    assert_eq!(news.iter().filter(|(what, _who)| what == "keeps").count(), 2);
}

#[test]
fn a_no_of_either_ends_it_and_the_platform_hears_of_it() {
    let two = there_is_one(State::Brokered, terms());
    let plan = two.does(Side::Sell, &DECLINE, &[]).planned();
    assert_eq!(left(&plan).state, State::Declined);
    assert_eq!(pairs(&heard(plan.act.unwrap())), [("no_share", "kazi")], "the buyer never heard");
    let two = there_is_one(State::Offered, terms());
    let plan = two.does(Side::Buy, &DECLINE, &[]).planned();
    assert_eq!(pairs(&heard(plan.act.unwrap())), [("declined", "daudi"), ("no_share", "kazi")]);
}

#[test]
fn with_another_price_it_keeps_as_much_of_that() {
    let two = there_is_one(State::Offered, terms());
    let plan = two.does(Side::Buy, &COUNTER, &[("amount", "90008"), ("deliver", "5")]).planned();
    let deal = left(&plan);
    assert_eq!(deal.terms.price.seller.platform_minor, 11_251);
    assert_eq!(deal.terms.platform, shared(terms()).platform);
    assert_eq!(plan.said("share"), "KES 112.51");
    let news = heard(plan.act.unwrap());
    assert_eq!(pairs(&news), [("countered", "daudi"), ("terms", "daudi"), ("keeps", "daudi")]);
}

#[test]
fn it_has_its_share_of_each_part_as_the_seller_is_paid() {
    let two = there_is_one(State::Funded, paid());
    let act = two.does(Side::Buy, &RELEASE, &[]).planned().act.unwrap();
    let all = [(MONEY, -101_000), (DAUDI, 87_500), fees(1_000), (KAZI, 12_500)];
    assert_eq!(moved(&act), all);
    let counted: Vec<_> = act.meters.iter().map(|m| (m.account.number(), m.amount_minor)).collect();
    assert_eq!(counted, [(DAUDI, 100_000), (KAZI, 12_500)]);
    let news = heard(act);
    assert_eq!(pairs(&news), [("paid_out", "daudi"), ("let_go", "amina"), ("share", "kazi")]);
    // in three parts that no eighth of a coin fits
    let mut terms = paid();
    let mut shares = Vec::new();
    for part in ["10333", "10033", "79634"] {
        let two = there_is_one(State::Funded, terms);
        let plan = two.does(Side::Buy, &RELEASE_PART, &[("amount", part)]).planned();
        let deal = left(&plan);
        let of_kazi = |(who, minor): &(i64, i64)| (*who == KAZI).then_some(*minor);
        shares.extend(moved(&plan.act.unwrap()).iter().filter_map(of_kazi));
        terms = Terms { platform: None, price: paid().price, ..deal.terms };
    }
    assert_eq!(shares, [1_291, 1_254, 9_955]);
    assert_eq!(shares.iter().sum::<i64>(), 12_500);
}

#[test]
fn of_what_goes_back_it_has_nothing_and_of_what_is_divided_its_part() {
    let two = there_is_one(State::Funded, paid());
    let act = two.does(Side::Sell, &REFUND, &[]).planned().act.unwrap();
    assert_eq!(moved(&act), [(MONEY, -101_000), (AMINA, 101_000)]);
    assert_eq!(
        pairs(&heard(act)),
        [("back", "amina"), ("given_back", "daudi"), ("no_share", "kazi")]
    );
    let offset = Some(Offset { by: Side::Sell, back_minor: 40_000 });
    let two = there_is_one(State::Disputed, still(Terms { offset, ..paid() }));
    let act = two.does(Side::Buy, &AGREE, &[]).planned().act.unwrap();
    let divided = [(MONEY, -101_000), (DAUDI, 52_500), (AMINA, 40_400), fees(600), (KAZI, 7_500)];
    assert_eq!(moved(&act), divided);
    // and so the staff divide it
    let ruling = Ruling {
        by: "wanjiku".into(),
        confirmed_by: Some("otieno".into()),
        back_minor: 40_000,
        cause: "damaged".into(),
        words: "The glass is broken".into(),
    };
    let terms = Terms { ruling: Some(ruling), ..paid() };
    assert_eq!(moved(&runs_out(State::Ruled, terms)), divided);
}

/// Its last evening, of which they were reminded.
fn runs_out(state: State, terms: Terms) -> Act {
    let clock = Clock { reminded: true, ..Clock::until(day(3), 0) };
    wakes(state, Terms { clock, ..terms }, at(3, 20), None)
}

fn wakes(state: State, terms: Terms, now: Timestamp, refused: Option<&Refusal>) -> Act {
    let mut two = there_is_one(state, terms.clone());
    two.trial.now = now;
    let row = ArrangementRow { due_at: Some(now.micros()), ..brokered(state, &shared(terms)) };
    let act = match refused {
        None => two.trial.wakes(&KIND, &row).unwrap(),
        Some(refusal) => two.trial.wakes_refused(&KIND, &row, refusal).unwrap(),
    };
    let plan = Plan { act: Some(act), ..Plan::default() };
    conforms(&OPEN, &plan);
    plan.act.unwrap()
}

#[test]
fn silence_ends_it_as_it_ends_any_other_and_the_platform_hears_of_it() {
    let clock = Clock::until(day(3), 0);
    let act = wakes(State::Brokered, Terms { clock, ..terms() }, at(2, 18), None);
    assert_eq!(pairs(&heard(act)), [("reminder", "daudi")], "nobody else has heard of it");
    let act = runs_out(State::Brokered, terms());
    assert_eq!((after(&act).state, act.legs.len()), (State::Expired, 0));
    assert_eq!(pairs(&heard(act)), [("expired", "daudi"), ("no_share", "kazi")]);
    let act = runs_out(State::Accepted, terms());
    assert!(heard(act).contains(&("no_share".to_owned(), "kazi")));
    let act = runs_out(State::Funded, paid());
    assert_eq!(moved(&act), [(MONEY, -101_000), (AMINA, 101_000)]);
    let act = runs_out(State::Delivered, paid());
    assert_eq!(moved(&act), [(MONEY, -101_000), (DAUDI, 87_500), fees(1_000), (KAZI, 12_500)]);
}

#[test]
fn while_the_platform_is_stopped_the_deal_stands_still() {
    let mut two = there_is_one(State::Funded, paid());
    let kazi = two.trial.person_of(Id::of(KAZI));
    for state in [AccountState::Frozen, AccountState::Closed] {
        two.trial.change(&kazi, |holder| holder.account.state = state);
        assert_eq!(two.does(Side::Buy, &RELEASE, &[]).reason(), (DEAL_STOPPED, None));
        let back = two.does(Side::Sell, &REFUND, &[]).planned().act.unwrap();
        assert_eq!(moved(&back), [(MONEY, -101_000), (AMINA, 101_000)], "it has nothing of it");
        let row = brokered(State::Delivered, &shared(paid()));
        let row = ArrangementRow { due_at: Some(at(3, 20).micros()), ..row };
        two.trial.now = at(3, 20);
        let act = two.trial.wakes(&KIND, &row).unwrap();
        assert_eq!((after(&act).state, act.legs.len()), (State::Delivered, 0));
    }
    // and then it ends as much later as that took
    two.trial.change(&kazi, |holder| holder.account.state = AccountState::Open);
    two.stopped(KAZI, HOUR * 48);
    let row = brokered(State::Delivered, &shared(paid()));
    let row = ArrangementRow { due_at: Some(at(3, 20).micros()), ..row };
    let act = two.trial.wakes(&KIND, &row).unwrap();
    assert_eq!(after(&act).terms.clock.until, Some(day(5)));
}

#[test]
fn a_limit_of_the_platform_is_told_to_it_and_to_the_seller_who_waits() {
    for (reason, hear) in [
        (Reason::OTHER_LIMIT, &[("stuck", "daudi"), ("share_stuck", "kazi")][..]),
        (Reason::LIMIT_BALANCE, &[("stuck", "daudi")]),
    ] {
        let clock = Clock { reminded: true, ..Clock::until(day(3), 0) };
        let terms = Terms { clock, ..paid() };
        let act = wakes(State::Delivered, terms, at(3, 20), Some(&Refusal::new(reason)));
        assert_eq!(after(&act).state, State::Delivered);
        assert_eq!(pairs(&heard(act)), hear);
    }
}

#[test]
fn it_finds_what_it_has_opened() {
    let (mut two, kazi) = three();
    let side = Of::Subject(platform::subject(Id::of(KAZI)));
    let search = Search { side, kind: KIND.name, open: true, since: 0, limit: 200 };
    let row = brokered(State::Funded, &shared(paid()));
    two.trial.set(Want::Arrangements(search), Found::Arrangements(vec![row]));
    let asks = |who| two.trial.ask(&platform_list::LIST, two.trial.caller(who)).list().planned();
    let [item] = &asks(&kazi).items[..] else { panic!("one") };
    let said = ["goods", "price", "share", "stands"].map(|slot| item.slots[slot].to_string());
    assert_eq!(said, ["phone", "KES 1,000", "KES 125", "funded"]);
    assert!(asks(&two.amina).items.is_empty());
}
