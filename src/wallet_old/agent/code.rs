//! Codes for cash: a customer makes a code on their phone, and any outlet hands out the cash for it. The money is held
//! meanwhile. A code is six random digits, bound to its owner's number and the amount; it lives half an hour, and
//! takes five tries, which are charged like those of a PIN. It is in no message: messages are kept.

use super::super::desk::{Act, Desk, Halt, House};
use super::super::price::{self, Terms};
use super::super::{Service, Whose, limits, send};
use super::{cash_out, parcel};
use crate::book::{Change, HoldMove, Key, Proof, SecretKind};
use crate::pin::Pin;
use crate::refusal::{Reason, Refusal};
use crate::store::agents::{self, CashCodeRow};
use crate::store::people;
use crate::tariff::{Fee, Line, Place};
use std::time::Duration;

/// Input `amount`: sets the money aside and shows `cash_code`. A code made before ends.
pub const MAKE: Service =
    Service { name: "cash_code", pin: Whose::Caller, opens: 1, old: Some(make), ..Service::PLAIN };
/// Inputs `to`, `amount`, `code`: whoever serves hands out the cash. With the flag `unjoined` the number has no wallet, and
/// the code is the secret of a parcel for it.
pub const REDEEM: Service = Service {
    name: "redeem",
    pin: Whose::Assistant,
    old: Some(redeem),
    counts_as: Some(crate::wallet::service::CountsAs {
        kind: super::super::parcel::KIND,
        service: cash_out::SERVICE.name,
    }),
    ..Service::PLAIN
};

/// How long a code lives.
const LIFE: Duration = Duration::from_secs(30 * 60);

fn make(desk: &mut Desk) -> Result<(), Halt> {
    let customer = desk.person()?;
    let account = send::active(desk, customer, Reason::AccountClosed.into())?;
    let amount = desk.amount("amount")?;
    let fee = price::fee(desk, cash_out::SERVICE.name, customer, amount)?;
    let old = agents::open_codes(desk.conn.get()?, customer.account_id, desk.now.micros())?;
    // what the old ones hold is free again in the same commit
    let freed =
        old.iter().fold(0_i64, |sum, code| sum.saturating_add(code.amount_minor.saturating_add(code.fee_minor)));
    let available = desk.money(super::available(desk, &account).minor.saturating_add(freed));
    let terms = price::decide(available, amount, fee)?;
    // what a code may be for is what could be paid now; it counts when the cash is handed out
    limits::spent(desk, customer, amount)?;
    terms.show(desk);
    let expires = desk.now.plus(LIFE);
    desk.show("until", expires.clock_text(&desk.house.market.zone));
    let Some(key) = desk.key else { return Ok(()) };
    let digits = digits(desk.house, &key);
    desk.show("cash_code", digits.clone());
    let typed = Pin::parse(&digits)?;
    let code = CashCodeRow {
        id: desk.fresh_id,
        account_id: customer.account_id,
        hold: 0,
        amount_minor: amount.minor,
        fee_minor: terms.fee.payer_minor,
        state: "open".into(),
        expires_at: expires.micros(),
        tax_minor: terms.fee.credited_minor(Place::Tax),
        levy_minor: terms.fee.credited_minor(Place::Levy),
        msisdn: None,
        place: None,
    };
    let mut holds: Vec<HoldMove> = old.iter().map(|code| HoldMove::Release { hold: code.hold }).collect();
    let amount_minor = terms.total.minor;
    holds.push(HoldMove::Open { account: customer.account_id, amount_minor, expires_at: expires });
    let mut changes: Vec<Change> =
        old.iter().map(|code| Change::CloseCode { code: code.id, state: "cancelled" }).collect();
    changes.push(Change::SetPin(desk.house.tagged(code.id, &typed, desk.house.dice.bytes())));
    changes.push(Change::OpenCode(code));
    // the code itself is in no message: messages are kept
    changes.push(desk.tell(customer, "sms.cash_code", desk.shown(&["amount", "fee", "until"]), None));
    desk.plan.act = Some(Act { kind: "cash_code", holds, changes, ..Act::default() });
    Ok(())
}

/// The code of a request: the same for each copy of it, and when its answer was lost.
pub fn digits(house: &House, key: &Key) -> String {
    house.pin_keys.current().code(key.bytes())
}

/// The fee that was agreed on when the code was made, by where its lines go.
pub fn agreed(code: &CashCodeRow) -> Fee {
    let own_minor = code.fee_minor.saturating_sub(code.tax_minor).saturating_sub(code.levy_minor);
    let lines = [(Place::Fees, own_minor), (Place::Tax, code.tax_minor), (Place::Levy, code.levy_minor)];
    let line = |(place, minor): (Place, i64)| Line {
        name: place.name().to_owned(),
        place,
        minor,
        payer_minor: minor,
        payee_minor: 0,
    };
    Fee { lines: lines.map(line).into(), payer_minor: code.fee_minor, payee_minor: 0 }
}

fn redeem(desk: &mut Desk) -> Result<(), Halt> {
    let outlet = &desk.till()?.outlet;
    let (to, customer) = parcel::holder(desk)?;
    let amount = desk.amount("amount")?;
    desk.show("amount", amount.to_string());
    desk.show("total", amount.to_string());
    let typed = desk.field("code")?;
    let secret = parcel::Secret::parse(typed);
    let (customer, typed) = match (customer, secret) {
        (_, Some(secret)) => return parcel::redeem(desk, outlet, &to, amount, &secret),
        (Some(customer), None) => (customer, Pin::parse(&parcel::as_read_out(typed)).ok()),
        (None, None) => return Err(Refusal::of_field(Reason::TextFormat, "code").into()),
    };
    let typed = typed.ok_or_else(|| Refusal::of_field(Reason::TextFormat, "code"))?;
    if desk.verb != crate::ask::Verb::Do {
        // whether there is such a code is said only where a wrong one costs a try
        return Ok(());
    }
    let open = agents::open_codes(desk.conn.get()?, customer.account_id, desk.now.micros())?;
    let code = open.into_iter().next().ok_or(Reason::CodeGone)?;
    let row = people::pin(desk.conn.get()?, code.id)?.ok_or(Reason::CodeGone)?;
    let tag = desk.house.pin_keys.tag(row.key_version, code.id, &row.salt, &typed);
    // a wrong amount is a wrong code: who may try amounts for nothing would soon know the right one
    let tag = tag.filter(|_| code.amount_minor == amount.minor).map_or(Vec::new(), Vec::from);
    let wrong = vec![Change::ChargePin { account: code.id }];
    let locked = vec![desk.tell(&customer, "sms.code_tried", desk.shown(&["amount"]), None)];
    let proof = Proof { secret: SecretKind::Code, account: code.id, salt: row.salt, tag, wrong, locked };
    let total = desk.money(code.amount_minor.saturating_add(code.fee_minor));
    // the price is the one that the customer said yes to, whatever the tariff says by now
    let terms = Terms { amount, fee: agreed(&code), total };
    // the customer hears what it cost them; the outlet need not know
    desk.show("fee", desk.money(code.fee_minor).to_string());
    let meters = vec![limits::drawn(desk, &customer, amount)?];
    let (legs, work) = cash_out::legs(desk, &customer, outlet, &terms)?;
    let holds = vec![HoldMove::Settle { hold: code.hold, amount_minor: terms.total.minor }];
    let mut changes = cash_out::news(desk, &customer, outlet)?;
    changes.extend(work);
    changes.push(Change::CloseCode { code: code.id, state: "used" });
    desk.plan.act = Some(Act { kind: "cash_out", legs, holds, meters, proofs: vec![proof], changes, corrects: None });
    Ok(())
}
