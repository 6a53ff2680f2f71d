//! Send money to somebody with a wallet.
//!
//! Inputs `to` and `amount`; shows `name`, `phone`, `amount`, `fee`, `total`; flag `again` (with
//! `ago`, minutes) when the same amount went to the same person within ten minutes.

use super::super::context::{Channel, Context};
use super::super::party::{self, Party};
use super::super::plan::{Act, Plan, PlanError};
use super::super::pricing::{self, Terms};
use super::super::service::{Authority, Message, Service, Settle};
use super::super::{metering, repetition};
use crate::book::{Change, Leg};
use crate::id::AccountId;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::tariff::Able;
use crate::value::{Kind, Slot};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "send",
    authority: Authority::Customer,
    wants: &[both, history],
    decide,
    shows: &[
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("total", Kind::Money),
        Slot("arrives", Kind::Money),
        Slot("ago", Kind::Count),
    ],
    messages: &[&SENT, &RECEIVED, &RECEIVED_LESS],
    priced: Some(Able {
        tier: true,
        channels: &["ussd", "sms"],
        month: true,
        payee: true,
        stands_for: &[],
    }),
    by_standing_order: true,
    settles: Some(Settle { channel: Channel::Sms, wants: to_settle, pay: settle }),
    ..Service::PLAIN
};

/// To who has sent it.
pub const SENT: Message = Message::balance(
    "sms.sent",
    &[
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
);
/// Also what waited for somebody and has arrived.
pub const RECEIVED: Message = Message::balance(
    "sms.received",
    &[
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("name", Kind::Name),
        Slot("phone", Kind::Phone),
    ],
);
/// Where who is paid pays a part of the price.
pub const RECEIVED_LESS: Message = Message { template: "sms.received_less", ..RECEIVED };

fn both(context: &Context) -> Vec<Want> {
    party::wants_both(context, "to")
}

fn history(context: &Context) -> Vec<Want> {
    context.person().map(|payer| repetition::wants(context, payer.account_id)).unwrap_or_default()
}

/// What paying this account needs: where both sides stand, and what was done of late.
pub fn to_settle(context: &Context, payee: AccountId) -> Vec<Want> {
    let mut wants = vec![Want::Owner(payee)];
    if context.facts.has(&Want::Owner(payee)) {
        wants.extend(history(context));
    }
    wants
}

/// Pays somebody with a wallet.
pub fn settle(
    context: &Context,
    plan: &mut Plan,
    payee: &Party,
    amount: Money,
) -> Result<Act, PlanError> {
    match payee {
        Party::Person(payee) => payment(context, plan, payee, amount),
        Party::Outlet(_) => Err(PlanError::Damaged("a payment to an outlet without cash")),
    }
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let payee = party::payee(context, "to")?;
    plan.show_all(party::sign(context.config, payee));
    let amount = context.amount("amount")?;
    let act = payment(context, plan, payee, amount)?;
    plan.commit(act);
    Ok(())
}

/// Plans the payment of `amount` from the caller to `payee`: shows it, and says what to commit.
pub fn payment(
    context: &Context,
    plan: &mut Plan,
    payee: &PersonRow,
    amount: Money,
) -> Result<Act, PlanError> {
    let payer = context.person()?;
    let account = party::payer(context, payer, Reason::ACCOUNT_CLOSED.into())?;
    party::receiver(context, payee, Refusal::of_field(Reason::PAYEE_CLOSED, "to"))?;
    let fee = pricing::fee(context, SERVICE.name, payer, amount)?;
    let terms = pricing::terms(amount, fee)?;
    plan.show_all(party::sign(context.config, payee));
    terms.show(plan);
    terms.covered_by(context.money(account.available_minor()))?;
    let meters = metering::of_payment(context, payer, payee, amount)?;
    repetition::warn(context, plan, payer.account_id, payee.account_id, terms.arrives_minor())?;
    let mut changes = receipts(context, plan, payer, payee, &terms);
    changes.extend(pricing::agreed(context, SERVICE.name, payer)?);
    Ok(Act {
        kind: SERVICE.name,
        legs: legs(payer, payee, &terms),
        meters,
        changes,
        ..Act::default()
    })
}

fn legs(payer: &PersonRow, payee: &PersonRow, terms: &Terms) -> Vec<Leg> {
    let mut legs = vec![
        Leg { account: payer.account_id, amount_minor: terms.total.minor.saturating_neg() },
        Leg { account: payee.account_id, amount_minor: terms.arrives_minor() },
    ];
    legs.extend(terms.credits());
    legs
}

/// Both sides get the news, each of the other.
fn receipts(
    context: &Context,
    plan: &Plan,
    payer: &PersonRow,
    payee: &PersonRow,
    terms: &Terms,
) -> Vec<Change> {
    let sent = plan.shown(&["amount", "fee", "name", "phone"]);
    let mut received = plan.shown(&["amount"]);
    received.extend(party::sign(context.config, payer));
    // who pays a part of the price reads what it was
    let theirs = if terms.fee.payee_minor > 0 { &RECEIVED_LESS } else { &RECEIVED };
    received.insert("fee".into(), context.money(terms.fee.payee_minor).into());
    vec![
        context.tell(payer, &SENT, sent, Some(payer.account_id)),
        context.tell(payee, theirs, received, Some(payee.account_id)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Trial, account, posting};
    use super::*;
    use crate::id::Id;
    use crate::store::book_rows::AccountState;
    use crate::store::facts::Found;

    const AMINA: &str = "+254700000001";
    const BARAKA: &str = "+254700000002";

    fn two() -> (Trial, PersonRow, PersonRow) {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), AMINA, "Amina Wanjiru", 100_000);
        let baraka = trial.person(Id::of(102), BARAKA, "Baraka Otieno", 5_000);
        (trial, amina, baraka)
    }

    #[test]
    fn it_is_quoted_with_its_fee_and_committed_as_quoted() {
        let (trial, amina, _) = two();
        let ask =
            || trial.ask(&SERVICE, trial.caller(&amina)).with("to", BARAKA).with("amount", "20000");
        let quote = ask().quote().planned();
        assert_eq!(
            ["name", "phone", "amount", "fee", "total"].map(|slot| quote.said(slot)),
            ["Baraka O", "0700***002", "KES 200", "KES 7", "KES 207"]
        );
        let plan = ask().execute().planned();
        assert_eq!(plan.slots, quote.slots);
        let act = plan.act.as_ref().unwrap();
        assert_eq!(act.legs[0], Leg { account: Id::of(101), amount_minor: -20_700 });
        assert_eq!(act.legs[1], Leg { account: Id::of(102), amount_minor: 20_000 });
        assert_eq!(act.legs.iter().map(|leg| leg.amount_minor).sum::<i64>(), 0);
        assert_eq!(act.meters.len(), 2);
        assert_eq!(
            plan.messages(),
            [
                (
                    "sms.sent".to_owned(),
                    "amount=KES 200 fee=KES 7 name=Baraka O phone=0700***002".to_owned()
                ),
                (
                    "sms.received".to_owned(),
                    "amount=KES 200 fee=KES 0 name=Amina W phone=0700***001".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn each_refusal_names_the_input_that_mends_it() {
        let (mut trial, amina, baraka) = two();
        let reason = |trial: &Trial, to: &str, amount: &str| {
            let ask =
                trial.ask(&SERVICE, trial.caller(&amina)).with("to", to).with("amount", amount);
            ask.quote().reason()
        };
        assert_eq!(reason(&trial, AMINA, "100"), (Reason::PAYEE_SELF, Some("to")));
        assert_eq!(reason(&trial, "+254700000009", "100"), (Reason::PAYEE_UNKNOWN, Some("to")));
        assert_eq!(reason(&trial, "0700", "100"), (Reason::PHONE_FORMAT, Some("to")));
        assert_eq!(reason(&trial, BARAKA, "0"), (Reason::AMOUNT_ZERO, Some("amount")));
        assert_eq!(reason(&trial, BARAKA, "1.5"), (Reason::AMOUNT_FORMAT, Some("amount")));
        assert_eq!(reason(&trial, BARAKA, "100000"), (Reason::NOT_ENOUGH, Some("amount")));
        trial.change(&baraka, |member| member.account.state = AccountState::Frozen);
        assert_eq!(reason(&trial, BARAKA, "100"), (Reason::PAYEE_CLOSED, Some("to")));
        trial.change(&amina, |member| member.account.state = AccountState::Frozen);
        assert_eq!(reason(&trial, BARAKA, "100"), (Reason::ACCOUNT_CLOSED, None));
        let stranger = trial.ask(&SERVICE, trial.stranger("+254700000009")).with("to", BARAKA);
        assert_eq!(stranger.check().reason(), (Reason::NOT_JOINED, None));
    }

    #[test]
    fn what_is_held_cannot_be_sent() {
        let (mut trial, amina, _) = two();
        trial.change(&amina, |member| member.account.held_minor = 90_000);
        let ask = |amount| {
            trial.ask(&SERVICE, trial.caller(&amina)).with("to", BARAKA).with("amount", amount)
        };
        assert_eq!(ask("10000").quote().planned().said("total"), "KES 100");
        let refusal = ask("10001").quote().refused();
        assert_eq!(
            (refusal.reason, refusal.slots["balance"].to_string()),
            (Reason::NOT_ENOUGH, "KES 100".to_owned())
        );
    }

    #[test]
    fn the_same_again_within_ten_minutes_is_asked_about() {
        let (mut trial, amina, _) = two();
        trial.change(&amina, |member| member.account = account(101, 100_000));
        trial.change(&amina, |member| member.account.last_posting = Some(Id::of(50)));
        let since = trial.now.minus(std::time::Duration::from_secs(600)).micros();
        let history = Want::History { account: Id::of(101), since, limit: 10 };
        let paid = |minutes, minor: i64| {
            posting(50, "send", minutes, &[(101, -minor - 700), (102, minor), (2, 700)])
        };
        let mut quote = |line| {
            trial.set(history.clone(), Found::History(vec![line]));
            let ask = trial
                .ask(&SERVICE, trial.caller(&amina))
                .with("to", BARAKA)
                .with("amount", "20000");
            ask.quote().planned()
        };
        let warned = quote(paid(3, 20_000));
        assert!(warned.flags.contains("again"));
        assert_eq!(warned.said("ago"), "3");
        assert!(!quote(paid(3, 20_100)).flags.contains("again"));
        let back = posting(50, "send", 3, &[(101, 20_000), (102, -20_700), (2, 700)]);
        assert!(!quote(back).flags.contains("again"));
    }

    #[test]
    fn each_side_hears_of_its_own_balance() {
        let (trial, amina, _) = two();
        let ask = trial.ask(&SERVICE, trial.caller(&amina)).with("to", BARAKA);
        let plan = ask.with("amount", "20000").execute().planned();
        assert_eq!(
            plan.hearers(),
            [("sms.sent", AMINA, Some(101)), ("sms.received", BARAKA, Some(102))]
        );
    }

    #[test]
    fn where_the_month_counts_the_price_holds_only_after_the_posting_it_was_made_on() {
        let (mut trial, amina, _) = two();
        trial.change(&amina, |member| member.account.last_posting = Some(Id::of(50)));
        let at = |trial: &Trial| {
            let ask = trial.ask(&SERVICE, trial.caller(&amina)).with("to", BARAKA);
            let act = ask.with("amount", "20000").execute().planned().act.unwrap();
            act.changes.into_iter().find_map(|change| match change {
                Change::AtPosting { account, posting } => Some((account, posting)),
                _ => None,
            })
        };
        assert_eq!(at(&trial), None);
        let monthly = trial.tariff(
            "
            currency = 'KES'
            [send]
            bands = [{ from = 1, to = 1_000, fee = 7 }]
            monthly = [{ up_to = 100, fee = 0 }]
            ",
        );
        assert_eq!(at(&monthly), Some((Id::of(101), Some(Id::of(50)))));
    }

    #[test]
    fn a_moment_ago_is_a_minute_and_ten_minutes_ago_still_counts() {
        let (mut trial, amina, _) = two();
        let since = trial.now.minus(std::time::Duration::from_secs(600)).micros();
        let mut ago = |minutes| {
            let paid = posting(50, "send", minutes, &[(101, -20_700), (102, 20_000), (2, 700)]);
            trial.change(&amina, |member| {
                member.account.last_posting = Some(Id::of(50));
                member.newest = Some(paid.clone());
            });
            let history = Want::History { account: Id::of(101), since, limit: 10 };
            trial.set(history, Found::History(vec![paid]));
            let ask = trial.ask(&SERVICE, trial.caller(&amina)).with("to", BARAKA);
            ask.with("amount", "20000").quote().planned().said("ago")
        };
        assert_eq!([0, 10, 11].map(&mut ago), ["1", "10", ""]);
    }
}
