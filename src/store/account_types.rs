//! Which kinds of account there are, and what may be done with one. What moves between them, and
//! who may stop one, is not known here.

use super::StoreError;

/// Whose an account is. It is stored under these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
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

/// What may be done with an account. It is stored, and written by staff, under these names.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
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

impl AccountState {
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

    /// Whether money may not go out, or not come in.
    pub fn is_stopped(self) -> bool {
        !self.pays() || !self.receives()
    }
}

impl TryFrom<String> for AccountKind {
    type Error = StoreError;

    fn try_from(word: String) -> Result<AccountKind, StoreError> {
        word.parse().map_err(|_unknown| StoreError::Damaged("the kind of an account"))
    }
}

impl TryFrom<String> for AccountState {
    type Error = StoreError;

    fn try_from(word: String) -> Result<AccountState, StoreError> {
        word.parse().map_err(|_unknown| StoreError::Damaged("the state of an account"))
    }
}
