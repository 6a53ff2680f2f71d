//! Opening outlets and letting people serve there: the operator's acts, not those of anybody who
//! dials.

use super::super::Wallet;
use super::super::bootstrap::BootstrapError;
use super::super::people::join::empty_wallet;
use crate::book::{Change, Key, Posting};
use crate::id::{AccountId, AssistantId, PostingId};
use crate::limits::Tier;
use crate::pin::Pin;
use crate::store::agent_rows::{self, AssistantRow, OutletRow, OutletState};
use crate::store::book_rows::Account;
use crate::store::people::{self, PersonRow};
use crate::store::pins;
use crate::store::records::Record;
use crate::time::Timestamp;

impl Wallet {
    /// Opens an outlet with an empty float and no commission yet.
    pub async fn open_outlet(
        &self,
        name: &str,
        area: &str,
        head_office: Option<AccountId>,
    ) -> Result<OutletRow, BootstrapError> {
        let float_account = AccountId::of(self.book.fresh_id().await?);
        let commission_account = AccountId::of(self.book.fresh_id().await?);
        let now = self.clock.now();
        let currency = self.config.market.currency;
        let open = |id, kind: &str| {
            Change::OpenAccount(Account {
                kind: kind.to_owned(),
                ..empty_wallet(id, currency.as_str())
            })
        };
        let key = Key::new(now, "outlet", &float_account.number().to_be_bytes());
        let row = OutletRow {
            float_account,
            version: 1,
            last_posting: PostingId::NONE,
            commission_account,
            head_office,
            name: name.to_owned(),
            area: area.to_owned(),
            state: OutletState::Open,
            opened_at: now.micros(),
            low_float_minor: None,
        };
        let changes = vec![
            open(float_account, "float"),
            open(commission_account, "commission"),
            Change::keep(Record::Outlet(row.clone()), "open_outlet"),
        ];
        self.staff_act("open_outlet", key, changes).await?;
        Ok(row)
    }

    /// Lets the owner of the wallet `person` serve at an outlet, with this PIN.
    pub async fn employ(
        &self,
        outlet: AccountId,
        person: AccountId,
        pin: &Pin,
    ) -> Result<AssistantRow, BootstrapError> {
        let id = AssistantId::of(self.book.fresh_id().await?);
        let now = self.clock.now();
        let pin = self.config.tagged(id.into(), pin, self.randomness.bytes());
        let key = Key::new(now, "employ", &id.number().to_be_bytes());
        self.staff_act("employ", key, vec![Change::keep(Record::Pin(pin), "employ")]).await?;
        let row = AssistantRow { id, person, outlet, since: now.micros() };
        let stored = row.clone();
        self.book.write(move |conn| agent_rows::employ(conn, &stored)).await?;
        Ok(row)
    }

    /// Ends somebody's work at an outlet. Their PIN for it is taken away first, and the book
    /// compares that within each commit: what they have under way is refused.
    pub async fn dismiss(&self, assistant: AssistantId) -> Result<(), BootstrapError> {
        let pin = self.store.read(move |conn| pins::by_id(conn, assistant.into())).await?;
        if let Some(pin) = pin.filter(|pin| !pin.tag.is_empty()) {
            let key = keyed(self.clock.now(), "dismiss", assistant.number(), pin.version);
            let taken = Change::keep(Record::Pin(pin.taken_away()), "dismiss");
            self.staff_act("dismiss", key, vec![taken]).await?;
        }
        Ok(self.book.write(move |conn| agent_rows::dismiss(conn, assistant)).await?)
    }

    /// Says how well somebody is known.
    pub async fn set_tier(&self, account: AccountId, tier: Tier) -> Result<(), BootstrapError> {
        let person = self.store.read(move |conn| people::by_account(conn, account)).await?;
        let Some(person) = person else { return Ok(()) };
        let key = keyed(self.clock.now(), "set_tier", account.number(), person.version);
        let known = PersonRow { tier: tier.code().to_owned(), ..person.next() };
        let change = Change::keep(Record::Person(known), "set_tier");
        self.staff_act("set_tier", key, vec![change]).await
    }

    /// What the operator does, in the order of everything else that is recorded.
    async fn staff_act(
        &self,
        kind: &'static str,
        key: Key,
        changes: Vec<Change>,
    ) -> Result<(), BootstrapError> {
        let posting = Posting { kind, ..self.note(key, changes) };
        self.book.post(posting).await.map(|_receipt| ()).map_err(BootstrapError::Refused)
    }
}

/// The key of an act on a record as it stands.
fn keyed(now: Timestamp, act: &str, id: i64, version: i64) -> Key {
    Key::new(now, act, &[id.to_be_bytes(), version.to_be_bytes()].concat())
}
