//! Deals as the staff see them: which are disputed, and what was said in one. What they decide is
//! in `judging`.

use super::super::Wallet;
use super::deal::Deal;
use super::terms::Side;
use super::waking_deals::KIND;
use super::{DEAL_GONE, State};
use crate::id::ArrangementId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::short_code::ShortCode;
use crate::store::arrangement_rows::{self as rows, Search, Side as Of};
use crate::store::people::{self, PersonRow};
use crate::store::trail_rows::{self, TrailRow};
use crate::store::{Conn, StoreError};

/// Deals that are listed.
const LISTED_MAX: i64 = 1_000;
/// Events of one that are read.
const TRAIL_MAX: usize = 200;

/// A deal as the staff see it.
#[derive(Debug)]
pub struct Dispute {
    /// What people call it by.
    pub code: String,
    /// As it is stored.
    pub deal: Deal,
    /// Who pays, and who is paid.
    pub sides: [Option<PersonRow>; 2],
    /// Who has brought them together, where somebody has.
    pub platform: Option<PersonRow>,
    /// What was done and said, the oldest first.
    pub trail: Vec<TrailRow>,
}

impl Wallet {
    /// The deals that wait for the staff, the oldest first.
    pub async fn disputes(&self) -> Result<Vec<Dispute>, StoreError> {
        let key = self.config.reference_key;
        let search =
            Search { side: Of::Anybody, kind: KIND.name, open: true, since: 0, limit: LISTED_MAX };
        self.store
            .read(move |conn: &mut Conn| {
                let found = conn.wait(async |asked| rows::find(asked, &search).await)?;
                let mut disputes = Vec::new();
                for row in found.iter().rev() {
                    let deal = stored(row)?;
                    if waits_for_staff(deal.state) {
                        disputes.push(dispute(conn, deal, &key)?);
                    }
                }
                Ok(disputes)
            })
            .await
    }

    /// One of them, whatever it waits for.
    pub async fn deal(&self, code: &str) -> Result<Dispute, Refusal> {
        let id = self.deal_id(code)?;
        let key = self.config.reference_key;
        let read = move |conn: &mut Conn| {
            let row = rows::by_id(conn, id)?.filter(|row| row.kind == KIND.name);
            let deal = row.as_ref().map(stored).transpose()?;
            deal.map(|deal| dispute(conn, deal, &key)).transpose()
        };
        let found = self.store.read(read).await.map_err(|error| {
            tracing::error!(%error, "a deal could not be read");
            Refusal::from(Reason::BUSY)
        })?;
        Ok(found.ok_or(DEAL_GONE)?)
    }

    fn deal_id(&self, code: &str) -> Result<ArrangementId, Refusal> {
        let code = ShortCode::parse(code).ok_or(DEAL_GONE)?;
        Ok(code.arrangement_id(&self.config.reference_key).ok_or(DEAL_GONE)?)
    }
}

fn waits_for_staff(state: State) -> bool {
    let of_staff = [State::Disputed, State::Proposed, State::Appealed, State::Reproposed];
    of_staff.contains(&state)
}

fn stored(row: &rows::ArrangementRow) -> Result<Deal, StoreError> {
    Deal::of(row).map_err(|_unreadable| StoreError::Damaged("a deal"))
}

fn dispute(conn: &mut Conn, deal: Deal, key: &[u8; 16]) -> Result<Dispute, StoreError> {
    let mut person = |side| match deal.party(side) {
        Some(account) => people::by_account(conn, account),
        None => Ok(None),
    };
    let sides = [person(Side::Buy)?, person(Side::Sell)?];
    let platform = deal.terms.platform.map(|platform| people::by_account(conn, platform.account));
    let platform = platform.transpose()?.flatten();
    let (id, newest) = (deal.row.id.number(), deal.row.last_posting);
    let trail = trail_rows::of_record(conn, KIND.name, id, newest, TRAIL_MAX)?;
    let code = ShortCode::of(deal.row.id, key).to_string();
    Ok(Dispute { code, deal, sides, platform, trail })
}
