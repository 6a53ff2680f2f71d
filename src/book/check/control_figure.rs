//! The control figure of what is set apart: what lies on accounts of arrangements is what the open
//! ones have there. Each such account is named by one of them, and empty where that one is over.

use super::findings::{PAGE, SetApart};
use super::history::{Walk, count};
use crate::id::{AccountId, ArrangementId};
use crate::store::set_apart::{self, Odd};
use crate::store::{Conn, StoreError};
use std::collections::BTreeMap;

impl Walk {
    /// Compares the accounts of arrangements with the arrangements that name them.
    pub fn set_apart(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        self.add_up_apart(conn)?;
        let mut after = AccountId::of(i64::MIN);
        loop {
            let page = set_apart::odd(conn, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.account;
            page.iter().for_each(|odd| self.faults.add(told(odd)));
        }
        let mut after = ArrangementId::of(i64::MIN);
        loop {
            let page = set_apart::strayed(conn, after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            for row in page {
                self.faults.add(format!(
                    "{} {} names account {}, which is not one of arrangements",
                    row.kind, row.id, row.account
                ));
            }
        }
    }

    fn add_up_apart(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let lying = set_apart::lying(conn)?;
        let all = lying.into_iter().map(|sum| (sum.currency.clone(), (sum.minor(), 0)));
        let mut sums: BTreeMap<String, (i128, i128)> = all.collect();
        let mut numbers = BTreeMap::new();
        for open in set_apart::lying_for_open(conn)? {
            numbers.insert(open.currency.clone(), count(open.number));
            let minor = open.minor();
            sums.entry(open.currency).or_default().1 = minor;
        }
        for (currency, (lies, open)) in sums {
            self.faults.require(lies == open, || {
                format!(
                    "accounts of arrangements in {currency} add up to {lies}, those of open ones \
                     to {open}"
                )
            });
            let arrangements = numbers.get(&currency).copied().unwrap_or(0);
            self.report.set_apart.insert(currency, SetApart { minor: lies, arrangements });
        }
        Ok(())
    }
}

fn told(odd: &Odd) -> String {
    let Odd { account, named, balance_minor } = odd;
    match named {
        0 => format!("account {account} is for an arrangement, and none names it"),
        1 => format!("account {account} has {balance_minor}, and its arrangement is over"),
        several => format!("account {account} is named by {several} arrangements"),
    }
}
