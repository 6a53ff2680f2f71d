//! The newest lines of somebody's account.
//!
//! Lists `sign`, `amount`, `fee` and, where there was one, `cost`, the same in words; `name`,
//! `about` where somebody had asked for it, `date`, `time`, `code`; a quote shows what they have
//! now: `balance`, `held`, `date`, `time`.

use super::super::context::Context;
use super::super::line::Line;
use super::super::party::{self, Party};
use super::super::plan::{Plan, PlanError};
use super::super::receipt;
use super::super::service::{ByText, Message, Service};
use super::super::waiting::asking::ASK;
use super::super::waiting::payment_request::{KIND, Request};
use super::{balance, period_statement, pin_first};
use crate::id::{AccountId, PostingId};
use crate::request::Mode;
use crate::store::arrangement_rows::ArrangementRow;
use crate::store::facts::NotWanted;
use crate::store::wants::Want;
use crate::time::Timestamp;
use crate::value::{Kind, Slot, Slots, Value};

/// The service as menus know it.
pub const SERVICE: Service = Service {
    name: "statement",
    wants: &[stands, around],
    decide,
    shows: &[
        Slot("sign", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("name", Kind::Name),
        Slot("name_code", Kind::Text),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("code", Kind::Code),
        Slot("balance", Kind::Money),
        Slot("held", Kind::Money),
        Slot("aside_code", Kind::Text),
        Slot("cost_code", Kind::Text),
        Slot("about", Kind::Text),
    ],
    refusals: &[pin_first::PIN_FIRST],
    text: Some(ByText::List { line: &LINE, whole: &WHOLE, none: &NONE }),
    ..Service::PLAIN
};

const LINE: Message = Message::plain(
    "sms.statement_line",
    &[
        Slot("sign", Kind::Text),
        Slot("amount", Kind::Money),
        Slot("fee", Kind::Money),
        Slot("cost_code", Kind::Text),
        Slot("about", Kind::Text),
        Slot("name", Kind::Name),
        Slot("name_code", Kind::Text),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("code", Kind::Code),
    ],
);
const WHOLE: Message = Message::plain(
    "sms.statement",
    &[
        Slot("lines", Kind::Text),
        Slot("balance", Kind::Money),
        Slot("held", Kind::Money),
        Slot("aside_code", Kind::Text),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("dial", Kind::Text),
        Slot("brand", Kind::Text),
    ],
);
const NONE: Message = Message::plain(
    "sms.statement_empty",
    &[
        Slot("balance", Kind::Money),
        Slot("held", Kind::Money),
        Slot("aside_code", Kind::Text),
        Slot("date", Kind::Day),
        Slot("time", Kind::Time),
        Slot("dial", Kind::Text),
        Slot("brand", Kind::Text),
    ],
);

/// Lines at most.
const LINES: usize = 10;

fn stands(context: &Context) -> Vec<Want> {
    match context.mode {
        Mode::List => {
            let own = context.caller.person.iter().map(|person| history(person.account_id));
            own.chain(pin_first::wants(context)).collect()
        }
        Mode::Check | Mode::Quote | Mode::Execute => balance::own(context),
    }
}

/// Who is on the other side of the lines, and what was asked for.
fn around(context: &Context) -> Vec<Want> {
    let found =
        context.caller.person.as_ref().and_then(|person| lines(context, person.account_id).ok());
    let lines = found.unwrap_or_default();
    let others = others(&lines);
    let mut wants = if others.is_empty() { Vec::new() } else { party::wants_of(&others) };
    let asked = asked_for(&lines);
    wants.extend((!asked.is_empty()).then_some(Want::MovedWith(KIND.name, asked)));
    wants
}

fn decide(context: &Context, plan: &mut Plan) -> Result<(), PlanError> {
    let person = context.person()?;
    pin_first::may_look(context, person)?;
    if context.mode != Mode::List {
        return balance::show(context, plan, person);
    }
    let lines = lines(context, person.account_id)?;
    let others = others(&lines);
    let asked = asked_for(&lines);
    let requests: &[ArrangementRow] =
        if asked.is_empty() { &[] } else { context.facts.moved_with(KIND.name, asked)? };
    for line in &lines {
        let party = match line.other() {
            Some(other) => party::of(context, &others, other)?,
            None => None,
        };
        let mut slots = told(context, line, party);
        slots.insert("about".into(), about(line, requests));
        plan.line(line.posting.id, slots);
    }
    Ok(())
}

/// A line as its owner reads it: the amount is what was sent or came, the fee apart. Where nobody
/// is on the other side, but the operator or money that waits behind something, it goes by the
/// words of the posting's kind, or by the name of the brand.
fn told(context: &Context, line: &Line, party: Option<Party>) -> Slots {
    let sign = if line.went() { "-" } else { "+" };
    let at = Timestamp::from_micros(line.posting.at);
    let mut slots = receipt::slots(context.config, Some(line.posting.id), at, None);
    let (in_minor, out_minor, fee_minor) = period_statement::split(line);
    slots.extend([
        ("sign".into(), sign.into()),
        ("amount".into(), context.money(in_minor.max(out_minor)).into()),
        ("fee".into(), context.money(fee_minor).into()),
        ("cost_code".into(), if fee_minor > 0 { "some" } else { "none" }.into()),
    ]);
    match party {
        Some(party) => slots.extend([("name".into(), party.name())]),
        None => slots.extend([
            ("name".into(), Value::Name(context.config.brand.clone())),
            ("name_code".into(), line.posting.kind.clone().into()),
        ]),
    }
    slots
}

fn lines<'a>(context: &Context<'a>, account: AccountId) -> Result<Vec<Line<'a>>, NotWanted> {
    let found = context.facts.history(&history(account))?;
    Ok(found.iter().filter_map(|whole| Line::of(whole, account)).collect())
}

/// What a line was for, where its payer was asked for it.
fn about(line: &Line, requests: &[ArrangementRow]) -> Value {
    let request = requests.iter().find(|row| row.last_posting == line.posting.id);
    let request = request.and_then(|row| Request::of(row).ok());
    request.map_or_else(|| Value::from(""), |request| request.about())
}

/// The lines that somebody had asked for.
fn asked_for(lines: &[Line]) -> Vec<PostingId> {
    let asked = lines.iter().filter(|line| line.posting.kind == ASK.name);
    asked.map(|line| line.posting.id).collect()
}

fn others(lines: &[Line]) -> Vec<AccountId> {
    lines.iter().filter_map(Line::other).collect()
}

fn history(account: AccountId) -> Want {
    Want::History { account, since: i64::MIN, limit: LINES }
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Trial, posting};
    use super::*;
    use crate::book::TRUST;
    use crate::id::Id;
    use crate::refusal::Reason;
    use crate::request::Item;
    use crate::store::facts::{Found, Whole};
    use crate::store::people::PersonRow;

    fn some(lines: Vec<Whole>) -> (Trial, PersonRow) {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        let njeri = trial.person(Id::of(102), "+254700000002", "Njeri Kamau", 0);
        let outlet = trial.outlet(Id::of(501), "Duka la Njeri", 0, &njeri);
        let newest = Want::History { account: Id::of(101), since: i64::MIN, limit: 10 };
        trial.set(newest, Found::History(lines));
        let others = vec![Id::of(102), Id::of(501), TRUST];
        trial.set(Want::OutletsOf(others), Found::Outlets(vec![outlet]));
        (trial, amina)
    }

    fn said(item: &Item) -> String {
        let said =
            ["sign", "amount", "name", "date", "time"].map(|slot| item.slots[slot].to_string());
        format!("{} {}", item.id, said.join(" "))
    }

    #[test]
    fn each_line_says_what_came_or_went_and_who_was_on_the_other_side() {
        let (trial, amina) = some(vec![
            posting(9, "send", 5, &[(101, -20_700), (102, 20_000), (2, 700)]),
            posting(8, "cash_in", 65, &[(501, -50_000), (101, 50_000)]),
            posting(7, "give", 24 * 60, &[(TRUST.number(), -100), (101, 100)]),
        ]);
        let plan = trial.ask(&SERVICE, trial.caller(&amina)).list().planned();
        assert_eq!(
            plan.items.iter().map(said).collect::<Vec<_>>(),
            [
                "9 - KES 200 Njeri K 23/11/26 11:00",
                "8 + KES 500 Duka la Njeri 23/11/26 10:00",
                "7 + KES 1 Kadogo 22/11/26 11:05",
            ]
        );
        assert!(plan.items.iter().all(|item| item.slots["code"].to_string().len() == 10));
        let fees = plan.items.iter().map(|item| item.slots["fee"].to_string());
        assert_eq!(fees.collect::<Vec<_>>(), ["KES 7", "KES 0", "KES 0"]);
        let codes = plan.items.iter().map(|item| item.slots.get("name_code"));
        assert_eq!(codes.collect::<Vec<_>>(), [None, None, Some(&"give".into())]);
        assert!(plan.slots.is_empty() && plan.act.is_none());
    }

    #[test]
    fn who_has_no_lines_reads_none_and_what_they_have_is_a_question_of_its_own() {
        let (trial, amina) = some(Vec::new());
        let ask = || trial.ask(&SERVICE, trial.caller(&amina));
        assert!(ask().list().planned().items.is_empty());
        let quote = ask().quote().planned();
        assert_eq!(
            ["balance", "date", "time"].map(|slot| quote.said(slot)),
            ["KES 1,000", "23/11/26", "11:05"]
        );
        let stranger = || trial.ask(&SERVICE, trial.stranger("+254700000009"));
        assert_eq!(stranger().list().reason(), (Reason::NOT_JOINED, None));
        assert_eq!(stranger().quote().reason(), (Reason::NOT_JOINED, None));
    }

    #[test]
    fn an_outlet_goes_by_its_name_whichever_of_its_accounts_it_was() {
        let mut trial = Trial::new();
        let amina = trial.person(Id::of(101), "+254700000001", "Amina Wanjiru", 100_000);
        let outlet = trial.outlet(Id::of(501), "Duka la Njeri", 0, &amina);
        let line = posting(9, "give", 5, &[(502, -100), (101, 100)]);
        let newest = Want::History { account: Id::of(101), since: i64::MIN, limit: 10 };
        trial.set(newest, Found::History(vec![line]));
        trial.set(Want::OutletsOf(vec![Id::of(502)]), Found::Outlets(vec![outlet]));
        let plan = trial.ask(&SERVICE, trial.caller(&amina)).list().planned();
        assert_eq!(said(&plan.items[0]), "9 + KES 1 Duka la Njeri 23/11/26 11:00");
    }
}
