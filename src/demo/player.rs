//! Somebody of the demo who does things by themselves before anybody plays them: through the
//! services, with their own PIN, as their phone would. It knows no deals and no groups.

use super::seed::Seed;
use super::world;
use crate::book::Key;
use crate::id::AccountId;
use crate::phone::Msisdn;
use crate::refusal::Refusal;
use crate::request::{Answer, Fields, Mode, Request, Secret};
use crate::store::arrangement_rows::{self as rows, ArrangementRow, Search, Side};
use crate::store::{StoreError, book_rows};
use crate::time::Timestamp;
use crate::wallet::people::{join, pin_change, spoken_language};
use crate::wallet::{Caller, Execution, Wallet};

/// What somebody has begun that is looked at; nobody begins as much before they are played.
const LOOK: i64 = 100;

/// Why something is not there to be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The service did not want it: under other prices or limits that can be right.
    #[error("{what} was refused: {}", .refusal.code())]
    Refused {
        /// What somebody wanted.
        what: String,
        /// Why not.
        refusal: Refusal,
    },
}

impl ShowError {
    pub(super) fn refused(what: &str, refusal: impl Into<Refusal>) -> ShowError {
        ShowError::Refused { what: what.to_owned(), refusal: refusal.into() }
    }
}

/// Somebody who lives in the demo.
pub(super) struct Player<'a> {
    wallet: &'a Wallet,
    msisdn: Msisdn,
    seed: &'static Seed,
}

impl<'a> Player<'a> {
    /// Whoever has a number with these last digits.
    pub(super) fn of(wallet: &'a Wallet, number: u64) -> Result<Player<'a>, ShowError> {
        let market = &wallet.config.market;
        let seed = world::known(&market.made_up(number), market);
        let seed = seed.ok_or(StoreError::Damaged("nobody is there to play"))?;
        let msisdn = Msisdn::from_e164(&seed.phone(market));
        let msisdn = msisdn.ok_or(StoreError::Damaged("a number that nobody can have"))?;
        Ok(Player { wallet, msisdn, seed })
    }

    /// Joins, once, in the language of the seed.
    pub(super) async fn joins(&self) -> Result<(), ShowError> {
        let caller = self.caller().await?;
        if caller.person.is_some() {
            return Ok(());
        }
        let market = &self.wallet.config.market;
        let name = self.seed.name(market);
        let choose = Request {
            mode: Mode::Check,
            service: pin_change::CHOOSE.name.to_owned(),
            fields: Fields::new(),
            secret: Some(Secret::from(self.seed.pin)),
        };
        let chosen = match self.wallet.answer(&caller, choose).await {
            Answer::Facts { slots, .. } => slots.get("new_pin").map(ToString::to_string),
            Answer::Refused(refusal) => return Err(ShowError::refused(name, refusal)),
            Answer::Items(_) | Answer::Late => None,
        };
        let chosen = chosen.unwrap_or_default();
        let language = self.seed.language(market);
        let inputs =
            [(spoken_language::INPUT, language.as_str()), ("name", name), ("new_pin", &chosen)];
        self.does(name, join::SERVICE.name, &inputs).await
    }

    /// Asks a service for something, once: what was done under this name at an earlier start is
    /// not done again.
    pub(super) async fn does(
        &self,
        name: &str,
        service: &str,
        inputs: &[(&str, &str)],
    ) -> Result<(), ShowError> {
        let what = format!("{name}: {service} by {}", self.msisdn.e164());
        let key = Key::new(Timestamp::from_micros(0), "showcase", what.as_bytes());
        let search = move |conn: &mut _| book_rows::postings_with(conn, &[key.bytes()]);
        if !self.wallet.store.read(search).await?.is_empty() {
            return Ok(());
        }
        let fields = inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let request = Request {
            mode: Mode::Execute,
            service: service.to_owned(),
            fields: fields.collect(),
            secret: Some(Secret::from(self.seed.pin)),
        };
        let execution = Execution { key, side_effects: Vec::new() };
        match self.wallet.act(&self.caller().await?, request, execution).await.answer {
            Answer::Refused(refusal) => Err(ShowError::refused(&what, refusal)),
            Answer::Facts { .. } | Answer::Items(_) | Answer::Late => Ok(()),
        }
    }

    /// What they have begun of a kind, also what is over.
    pub(super) async fn begun(&self, kind: &'static str) -> Result<Vec<ArrangementRow>, ShowError> {
        let side = Side::Owner(self.account().await?);
        let search = Search { side, kind, open: false, since: 0, limit: LOOK };
        let read = move |conn: &mut crate::store::Conn| {
            conn.wait(async |asked| rows::find(asked, &search).await)
        };
        Ok(self.wallet.store.read(read).await?)
    }

    async fn account(&self) -> Result<AccountId, ShowError> {
        let person = self.caller().await?.person;
        Ok(person.ok_or(StoreError::Damaged("nobody is there to play"))?.account_id)
    }

    async fn caller(&self) -> Result<Caller, StoreError> {
        self.wallet.caller(self.msisdn.clone()).await
    }
}
