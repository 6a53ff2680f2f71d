//! Which kinds of account there are, and what may be done with one. What moves between them, and
//! who may stop one, is not known here.

use super::StoreError;

/// Whose an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// The mirror of the bank: what stands against all money that people have.
    Trust,
    /// What the operator earned, or took for somebody else.
    Fees,
    /// What must be looked at.
    Suspense,
    /// Somebody's.
    Wallet,
    /// What an outlet turns cash into.
    Float,
    /// What an outlet earned and was not paid yet; or what all of them are paid from.
    Commission,
    /// Money that waits for people, behind an arrangement: seen by its sides, spendable by none.
    Arrangement,
}

/// What may be done with an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccountState {
    /// Everything.
    #[default]
    Open,
    /// Money comes in and does not go out.
    StopDebit,
    /// Money goes out and does not come in.
    StopCredit,
    /// Neither.
    Frozen,
    /// Neither, for good: there is nothing on it.
    Closed,
}

impl AccountKind {
    /// Every one.
    pub const ALL: [AccountKind; 7] = [
        AccountKind::Trust,
        AccountKind::Fees,
        AccountKind::Suspense,
        AccountKind::Wallet,
        AccountKind::Float,
        AccountKind::Commission,
        AccountKind::Arrangement,
    ];

    /// As it is stored.
    pub fn code(self) -> &'static str {
        match self {
            AccountKind::Trust => "trust",
            AccountKind::Fees => "fees",
            AccountKind::Suspense => "suspense",
            AccountKind::Wallet => "wallet",
            AccountKind::Float => "float",
            AccountKind::Commission => "commission",
            AccountKind::Arrangement => "arrangement",
        }
    }
}

impl AccountState {
    /// Every one.
    pub const ALL: [AccountState; 5] = [
        AccountState::Open,
        AccountState::StopDebit,
        AccountState::StopCredit,
        AccountState::Frozen,
        AccountState::Closed,
    ];

    /// As it is stored, and as staff write it.
    pub fn code(self) -> &'static str {
        match self {
            AccountState::Open => "open",
            AccountState::StopDebit => "stop_debit",
            AccountState::StopCredit => "stop_credit",
            AccountState::Frozen => "frozen",
            AccountState::Closed => "closed",
        }
    }

    /// Whether money may go out, or be set aside.
    pub fn pays(self) -> bool {
        match self {
            AccountState::Open | AccountState::StopCredit => true,
            AccountState::StopDebit | AccountState::Frozen | AccountState::Closed => false,
        }
    }

    /// Whether money may come in.
    pub fn receives(self) -> bool {
        match self {
            AccountState::Open | AccountState::StopDebit => true,
            AccountState::StopCredit | AccountState::Frozen | AccountState::Closed => false,
        }
    }
}

impl TryFrom<String> for AccountKind {
    type Error = StoreError;

    fn try_from(code: String) -> Result<AccountKind, StoreError> {
        let found = AccountKind::ALL.into_iter().find(|kind| kind.code() == code);
        found.ok_or(StoreError::Damaged("a kind of account that there is not"))
    }
}

impl TryFrom<String> for AccountState {
    type Error = StoreError;

    fn try_from(code: String) -> Result<AccountState, StoreError> {
        let found = AccountState::ALL.into_iter().find(|state| state.code() == code);
        found.ok_or(StoreError::Damaged("a state of an account that there is not"))
    }
}
