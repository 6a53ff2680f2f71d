//! Who may say yes to what waits for a second person: as what, and who of those who work here is
//! that now. Whoever asked is never among them. Whether they may is decided again when they say it.

use super::super::Wallet;
use crate::id::StaffId;
use crate::refusal::Slots;
use crate::staff::bands::Bands;
use crate::staff::role::{self, Right, Role};
use crate::store::StoreError;
use crate::store::staff_rows::{self, StaffRow};
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

/// For an act of this right that shows these values, asked for by one of them.
fn approvers(
    right: Right,
    shown: &Slots,
    bands: &Bands,
    staff: &[StaffRow],
    asked_by: StaffId,
) -> Approvers {
    let amount = shown.get("amount").and_then(Value::money);
    let band = bands.at(right, amount.map_or(0, |amount| amount.minor));
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
        let (shown, bands) = (shown.clone(), self.bands.get());
        let staff = self.store.read(staff_rows::all).await?;
        Ok(approvers(right, &shown, &bands, &staff, asked_by))
    }
}
