//! What an agent's people earn by a service: bands, the tax that is withheld, and the head office's
//! part. The three parts are the whole commission, to the coin. It knows no agents and pays nobody.

use jiff::civil::Date;

use super::rate::{Percent, Rounding};
use super::sheet::Band;
use crate::reason::Reason;

/// The commissions of a service.
#[derive(Debug, Clone)]
pub(super) struct Earning {
    /// Where it stands in its file.
    pub line: usize,
    pub from_date: Option<Date>,
    pub rounding: Rounding,
    /// Of what is left after tax.
    pub head_office: Percent,
    /// Of the whole.
    pub withheld_tax: Percent,
    pub bands: Vec<Band>,
}

/// What is earned by one service to one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Commission {
    /// For the outlet: what the other two leave, minor units.
    pub outlet_minor: i64,
    /// For its head office, minor units.
    pub head_office_minor: i64,
    /// Withheld for the tax office, minor units.
    pub withheld_tax_minor: i64,
}

impl Commission {
    /// All of it, minor units.
    pub fn whole_minor(&self) -> i64 {
        // it was taken apart from a number within range
        self.outlet_minor
            .saturating_add(self.head_office_minor)
            .saturating_add(self.withheld_tax_minor)
    }
}

impl Earning {
    /// The commission on an amount, minor units: nothing below the first band.
    pub fn commission(&self, amount_minor: i64) -> Result<Commission, Reason> {
        if amount_minor < 1 {
            return Err(Reason::AMOUNT_TOO_SMALL);
        }
        if self.bands.first().is_some_and(|first| amount_minor < first.from_minor) {
            return Ok(Commission::default());
        }
        let band = self.bands.iter().find(|band| amount_minor <= band.to_minor);
        band.and_then(|band| self.parts(band.rate.of(amount_minor, self.rounding)?))
            .ok_or(Reason::AMOUNT_TOO_LARGE)
    }

    /// The tax comes off the whole, the head office's part off the rest.
    fn parts(&self, whole_minor: i64) -> Option<Commission> {
        let withheld_tax_minor = self.withheld_tax.of(whole_minor, self.rounding)?;
        let after_tax = whole_minor.checked_sub(withheld_tax_minor)?;
        let head_office_minor = self.head_office.of(after_tax, self.rounding)?;
        let outlet_minor = after_tax.checked_sub(head_office_minor)?;
        Some(Commission { outlet_minor, head_office_minor, withheld_tax_minor })
    }
}
