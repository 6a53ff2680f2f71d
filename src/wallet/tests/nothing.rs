//! What is found where there is nothing, by what was wanted.

use crate::store::facts::{Found, Roster};
use crate::store::people_keys::FoundPeople;
use crate::store::wants::Want;
use crate::store::working_day::CashDrawer;

/// What is found where there is nothing.
pub fn nothing(want: &Want) -> Found {
    match want {
        Want::Number(_) | Want::Owner(_) => Found::Holder(Box::new(None)),
        Want::Caller(..) => Found::Caller(Box::new(None)),
        Want::Person(_) => Found::Person(None),
        Want::Account(_) => Found::Account(None),
        Want::Pin(_) => Found::Pin(None),
        Want::Fitting(_) => Found::People(FoundPeople::default()),
        Want::Posting(_) => Found::Posting(None),
        Want::History { .. } | Want::Back { .. } => Found::History(Vec::new()),
        Want::Outlet(_) => Found::Outlet(None),
        Want::OutletsOf(_) | Want::OutletsIn(..) => Found::Outlets(Vec::new()),
        Want::Post(_) => Found::Post(Box::new(None)),
        Want::Roster(_) => Found::Roster(Roster::default()),
        Want::Shift(_) => Found::Shift(None),
        Want::Drawer(_) => Found::Drawer(CashDrawer::default()),
        Want::Arrangement(_) => Found::Arrangement(None),
        Want::Arrangements(_) | Want::OpenAt(..) | Want::MovedWith(..) => {
            Found::Arrangements(Vec::new())
        }
        Want::Mailbox(_) => Found::Mailbox(None),
        Want::Stopped(_) => Found::Restriction(None),
        Want::BlockedBy(_) => Found::Accounts(Vec::new()),
        Want::Owed(_) | Want::HowMany(..) | Want::BlockVersion(..) => Found::Count(0),
        Want::Journal { .. } => Found::Journal(Vec::new()),
        Want::Moved(..) => Found::Moved(Vec::new()),
        Want::Clawbacks(_) => Found::Clawbacks(Vec::new()),
        Want::TariffText(_) => Found::TariffText(None),
        Want::BankAccounts => Found::BankAccounts(Vec::new()),
        Want::BankFile(_) => Found::BankFile(None),
        Want::LastDay | Want::ClosedDay(_) | Want::DaySheet(_) => {
            Found::Day(Box::new((None, None)))
        }
        Want::BankLine(..) => Found::BankLine(None),
        Want::Staff(_) | Want::StaffOf(_) | Want::AllStaff => Found::Staff(Vec::new()),
        Want::Claimed(_) | Want::Identified(_) => Found::Truth(false),
    }
}
