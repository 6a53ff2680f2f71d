//! The outlets of a day: each with a float that lasts and somebody who serves there.

use super::bench_people::PIN;
use super::load::patiently;
use crate::agent_number::AgentNumber;
use crate::book::{self, Change, Key, Leg, TRUST};
use crate::id::{AccountId, AssistantId, PostingId};
use crate::pin::Pin;
use crate::store::agent_rows::{OutletRow, OutletState};
use crate::store::assistants::AssistantRow;
use crate::store::book_rows::{self, Account, AccountKind};
use crate::store::records::Record;
use crate::wallet::agents::{employing, opening};
use crate::wallet::{Wallet, join};
use anyhow::anyhow;

/// What is on each float, minor units.
const FLOAT_MINOR: i64 = 1_000_000_000_000;

/// Opens an outlet for each of these people, who serve there; the agents' numbers in their order.
pub async fn open(wallet: &Wallet, assistants: &[AccountId]) -> anyhow::Result<Vec<String>> {
    let pin = Pin::parse(PIN).map_err(|reason| anyhow!(reason.code()))?;
    let mut numbers = Vec::new();
    for person in assistants {
        let first = wallet.book.write(|conn| book_rows::take_ids(conn, 3)).await?;
        let [float, commission] = [0, 1].map(|more| AccountId::of(first.saturating_add(more)));
        let assistant = AssistantId::of(first.saturating_add(2));
        let step = || opens(wallet, (float, commission), assistant, *person, &pin);
        let opened = patiently(&wallet.book, step).await;
        opened.map_err(|refusal| anyhow!("an outlet: {}", refusal.code()))?;
        numbers.push(AgentNumber::of(float).to_string());
    }
    Ok(numbers)
}

fn opens(
    wallet: &Wallet,
    (float_account, commission_account): (AccountId, AccountId),
    assistant: AssistantId,
    person: AccountId,
    pin: &Pin,
) -> book::Posting {
    let now = wallet.clock.now();
    let currency = wallet.config.market.currency.as_str();
    let account =
        |id, kind| Change::OpenAccount(Account { kind, ..join::empty_wallet(id, currency) });
    let row = OutletRow {
        float_account,
        version: 1,
        last_posting: PostingId::NONE,
        commission_account,
        head_office: None,
        name: format!("Duka {}", float_account.number()),
        area: "Nakuru".to_owned(),
        state: OutletState::Open,
        opened_at: now.micros(),
        low_float_minor: None,
    };
    let serves = AssistantRow::begins(assistant, person, float_account, now.micros());
    let pin = wallet.config.tagged(assistant.into(), pin, wallet.randomness.bytes());
    let changes = vec![
        account(float_account, AccountKind::Float),
        account(commission_account, AccountKind::Commission),
        Change::keep(Record::Outlet(row), opening::OPEN.name),
        Change::keep(Record::Assistant(serves), employing::EMPLOY.name),
        Change::keep(Record::Pin(pin), "set_pin"),
    ];
    let legs = vec![
        Leg { account: float_account, amount_minor: FLOAT_MINOR },
        Leg { account: TRUST, amount_minor: FLOAT_MINOR.saturating_neg() },
    ];
    let key = Key::new(now, "outlet", &float_account.number().to_be_bytes());
    book::Posting { legs, kind: "issue", ..wallet.note(key, changes) }
}
