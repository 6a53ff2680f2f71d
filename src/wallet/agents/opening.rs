//! Opening outlets and letting people serve there: the operator's acts, not those of anybody who
//! dials.

use super::super::Wallet;
use super::super::bootstrap::BootstrapError;
use super::super::party;
use super::super::people::join::empty_wallet;
use crate::book::{Change, Key};
use crate::id::{AccountId, AssistantId};
use crate::limits::Tier;
use crate::pin::Pin;
use crate::store::agent_rows::{self, AssistantRow, OutletRow};
use crate::store::book_rows::Account;
use crate::store::{Conn, StoreError, head, people};

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
        let accounts = self
            .note(key, vec![open(float_account, "float"), open(commission_account, "commission")]);
        self.book.post(accounts).await.map_err(BootstrapError::Refused)?;
        let row = OutletRow {
            float_account,
            commission_account,
            head_office,
            name: name.to_owned(),
            area: area.to_owned(),
            state: party::OPEN.to_owned(),
            opened_at: now.micros(),
            low_float_minor: None,
        };
        let stored = row.clone();
        self.book.write(move |conn| agent_rows::open_outlet(conn, &stored)).await?;
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
        let changes =
            vec![Change::SetPin(self.config.tagged(id.into(), pin, self.randomness.bytes()))];
        let posting = self.note(Key::new(now, "employ", &id.number().to_be_bytes()), changes);
        self.book.post(posting).await.map_err(BootstrapError::Refused)?;
        let row = AssistantRow { id, person, outlet, since: now.micros() };
        let stored = row.clone();
        self.book.write(move |conn| agent_rows::employ(conn, &stored)).await?;
        Ok(row)
    }

    /// Ends somebody's work at an outlet. Their PIN for it goes with it, and the book compares that
    /// within each commit: what they have under way is refused.
    pub async fn dismiss(&self, assistant: AssistantId) -> Result<(), StoreError> {
        let end = move |conn: &mut Conn| {
            agent_rows::dismiss(conn, assistant)?;
            people::forget_pin(conn, assistant.into())?;
            head::touch(conn)
        };
        self.book.write(end).await
    }

    /// Says how well somebody is known.
    pub async fn set_tier(&self, account: AccountId, tier: Tier) -> Result<(), StoreError> {
        self.book.write(move |conn| people::set_tier(conn, account, tier.code())).await
    }
}
