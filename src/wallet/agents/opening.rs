//! Opening outlets and letting people serve there: the operator's acts, not those of anybody who
//! dials.

use super::super::Wallet;
use super::super::bootstrap::BootstrapError;
use super::super::operating::{Behalf, keyed};
use super::super::people::join::empty_wallet;
use crate::book::{Change, Key};
use crate::id::{AccountId, AssistantId, PostingId};
use crate::pin::Pin;
use crate::store::agent_rows::{self, AssistantRow, OutletRow, OutletState};
use crate::store::book_rows::Account;
use crate::store::book_rows::AccountKind;
use crate::store::pins;
use crate::store::records::Record;

impl Wallet {
    /// Opens an outlet with an empty float and no commission yet.
    pub async fn open_outlet(
        &self,
        by: &Behalf,
        name: &str,
        area: &str,
        head_office: Option<AccountId>,
    ) -> Result<OutletRow, BootstrapError> {
        let float_account = AccountId::of(self.book.fresh_id().await?);
        let commission_account = AccountId::of(self.book.fresh_id().await?);
        let now = self.clock.now();
        let currency = self.config.market.currency;
        let open =
            |id, kind| Change::OpenAccount(Account { kind, ..empty_wallet(id, currency.as_str()) });
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
            open(float_account, AccountKind::Float),
            open(commission_account, AccountKind::Commission),
            by.keeps(Record::Outlet(row.clone()), "open_outlet"),
        ];
        self.recorded(by, "open_outlet", key, changes).await?;
        Ok(row)
    }

    /// Lets the owner of the wallet `person` serve at an outlet, with this PIN.
    pub async fn employ(
        &self,
        by: &Behalf,
        outlet: AccountId,
        person: AccountId,
        pin: &Pin,
    ) -> Result<AssistantRow, BootstrapError> {
        let id = AssistantId::of(self.book.fresh_id().await?);
        let now = self.clock.now();
        let pin = self.config.tagged(id.into(), pin, self.randomness.bytes());
        let key = Key::new(now, "employ", &id.number().to_be_bytes());
        self.recorded(by, "employ", key, vec![by.keeps(Record::Pin(pin), "employ")]).await?;
        let row = AssistantRow { id, person, outlet, since: now.micros() };
        let stored = row.clone();
        self.book.write(move |conn| agent_rows::employ(conn, &stored)).await?;
        Ok(row)
    }

    /// Ends somebody's work at an outlet. Their PIN for it is taken away first, and the book
    /// compares that within each commit: what they have under way is refused.
    pub async fn dismiss(&self, by: &Behalf, assistant: AssistantId) -> Result<(), BootstrapError> {
        let pin = self.store.read(move |conn| pins::by_id(conn, assistant.into())).await?;
        if let Some(pin) = pin.filter(|pin| !pin.tag.is_empty()) {
            let key = keyed(self.clock.now(), "dismiss", assistant.number(), pin.version);
            let taken = by.keeps(Record::Pin(pin.taken_away()), "dismiss");
            self.recorded(by, "dismiss", key, vec![taken]).await?;
        }
        Ok(self.book.write(move |conn| agent_rows::dismiss(conn, assistant)).await?)
    }
}
