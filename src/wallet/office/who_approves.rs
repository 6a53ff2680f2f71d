//! Who may say yes to what waits for a second person: as what, and who of those who work here is
//! that now. Whoever asked is never among them. Whether they may is decided again when they say it.

use super::super::Wallet;
use super::alone;
use crate::id::StaffId;
use crate::refusal::Slots;
use crate::staff::bands::Bands;
use crate::staff::role::{self, Right, Role};
use crate::store::arrangement_rows as rows;
use crate::store::staff_rows::{self, StaffRow};
use crate::store::{Conn, StoreError};
use crate::value::Value;
use strum::VariantArray;

/// Who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approvers {
    /// As what: one of these.
    pub roles: Vec<Role>,
    /// Who that is now.
    pub names: Vec<String>,
}

/// For an act of this right that shows these values, asked for by one of them, who moved so much
/// alone before.
fn approvers(
    right: Right,
    shown: &Slots,
    bands: &Bands,
    (staff, before_minor): (&[StaffRow], i64),
    asked_by: StaffId,
) -> Approvers {
    let amount = shown.get("amount").and_then(Value::money);
    let band = bands.at(right, before_minor.saturating_add(amount.map_or(0, |it| it.minor)));
    let may = |role: &&Role| {
        right.may_approve(&[**role]) && band.approver.is_none_or(|only| only == **role)
    };
    let roles: Vec<Role> = Role::VARIANTS.iter().filter(may).copied().collect();
    let is_one = |row: &&StaffRow| {
        let own = role::parse(&row.roles).unwrap_or_default();
        row.works() && row.id != asked_by && own.iter().any(|role| roles.contains(role))
    };
    let names = staff.iter().filter(is_one).map(|row| row.name.clone()).collect();
    Approvers { roles, names }
}

impl Wallet {
    /// Who may say yes now to what one of the staff asks for.
    pub async fn who_approves(
        &self,
        right: Right,
        shown: &Slots,
        asked_by: StaffId,
    ) -> Result<Approvers, StoreError> {
        let (shown, policy) = (shown.clone(), self.policy.get());
        let late = alone::of_late(self.clock.now(), asked_by);
        let read = move |conn: &mut Conn| {
            let staff = staff_rows::all(conn)?;
            Ok::<_, StoreError>((staff, conn.wait(async |asked| rows::find(asked, &late).await)?))
        };
        let (staff, alone_rows) = self.store.read(read).await?;
        // what cannot be read counts as much: more is asked for then, and never less
        let before_minor = alone::sum_minor(&alone_rows, right).unwrap_or(i64::MAX);
        Ok(approvers(right, &shown, &policy.bands, (&staff, before_minor), asked_by))
    }
}
