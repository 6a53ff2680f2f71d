//! Wants: the questions that a decision has, as values, so that they can be asked together: those
//! of one request in one visit, and on a server those of all requests of the moment in one journey.
//! What the answers are used for is not known here.

use super::arrangement_rows::{Search, Side};
use super::people_keys::Clue;
use crate::id::{
    AccountId, ArrangementId, AssistantId, PinId, PostingId, SheetId, ShiftId, StaffId, StatementId,
};

/// What is to be read. Accounts, assistants, outlets, orders and postings are named by their
/// numbers; times are microseconds UTC; limits are how many rows at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Want {
    /// Who has this number (E.164), with account, budget and PIN.
    Number(String),
    /// Whose wallet this is, with the same.
    Owner(AccountId),
    /// Who calls from this number, as of a time.
    Caller(String, i64),
    /// Who has this wallet.
    Person(AccountId),
    /// Who fits what is known of them.
    Fitting(Clue),
    /// An account.
    Account(AccountId),
    /// What is compared with a PIN or code kept under this number.
    Pin(PinId),
    /// A posting with its entries.
    Posting(PostingId),
    /// The newest postings of an account.
    History {
        /// Whose.
        account: AccountId,
        /// The first that is older ends it, and is left out.
        since: i64,
        /// At most.
        limit: usize,
    },
    /// The postings of an account from this one back, which is one of them.
    Back {
        /// Whose.
        account: AccountId,
        /// The newest of them.
        from: PostingId,
        /// At most.
        limit: usize,
    },
    /// The outlet with this float.
    Outlet(AccountId),
    /// The outlets that have these accounts for float or commission.
    OutletsOf(Vec<AccountId>),
    /// The open outlets of an area, by any of these spellings.
    OutletsIn(Vec<String>, i64),
    /// Where somebody serves, by their wallet.
    Post(AccountId),
    /// Who serves at an outlet, and in which shifts.
    Roster(AccountId),
    /// The shift that an assistant is in.
    Shift(AssistantId),
    /// What came of a shift so far.
    Drawer(ShiftId),
    /// An arrangement.
    Arrangement(ArrangementId),
    /// Several of them.
    Arrangements(Search),
    /// Those of any kind that are not over and have this account on either side; so many at most.
    OpenAt(AccountId, i64),
    /// Those of a kind that moved with any of these postings.
    MovedWith(&'static str, Vec<PostingId>),
    /// How many of a kind there are of one side, also those that are over.
    HowMany(&'static str, Side),
    /// Whose requests somebody takes no more.
    BlockedBy(AccountId),
    /// How often it was said whether somebody takes requests of somebody else.
    BlockVersion(AccountId, AccountId),
    /// Where somebody gets their statements.
    Mailbox(AccountId),
    /// Whether the ID of a wallet's owner was seen.
    Identified(AccountId),
    /// What was done at all outlets from a time on and before another.
    Journal {
        /// The first moment.
        from: i64,
        /// The first that is too late.
        before: i64,
    },
    /// What moved on wallets from a posting on, before a time.
    Moved(PostingId, i64),
    /// What commission of a day was found to be earned too much, by the number of the day.
    Clawbacks(i64),
    /// A tariff that counted, by its number.
    TariffText(i64),
    /// What an outlet owes of its commission, minor units.
    Owed(AccountId),
    /// How long an account was stopped, and whether it is.
    Stopped(AccountId),
    /// Somebody of the staff.
    Staff(StaffId),
    /// Who of the staff has this number (E.164), as long as they work here.
    StaffOf(String),
    /// All of the staff.
    AllStaff,
    /// All accounts at banks.
    BankAccounts,
    /// A file that was read, with what its lines come to.
    BankFile(StatementId),
    /// A line of a statement that was taken.
    BankLine(StatementId, i64),
    /// The newest day that was closed.
    LastDay,
    /// A day that was closed, by its number.
    ClosedDay(i64),
    /// A sheet that is not signed, with where it ends.
    DaySheet(SheetId),
    /// Whether a place that only one may take is taken, or a text was seen.
    Claimed(Vec<u8>),
}

impl Want {
    /// Whether many of its kind are answered in one statement: these are what hops ask again and
    /// again.
    pub fn is_shared(&self) -> bool {
        matches!(
            self,
            Want::Number(_) | Want::Owner(_) | Want::Account(_) | Want::Person(_) | Want::Pin(_)
        )
    }
}
