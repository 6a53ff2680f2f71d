//! What accounts are to who keeps the books: wallets together, floats together, each account at a
//! bank by itself. Which account is which is not known here.

/// An account at a bank; behind a colon its name.
pub const BANK: &str = "bank";
/// What has left a bank and is not explained yet.
pub const OUTGOING: &str = "outgoing";
/// What banks took, until it is made good.
pub const CHARGES: &str = "charges";
/// Money of a demo, against no bank.
pub const UNBACKED: &str = "unbacked";
/// What agents have earned, as a cost.
pub const COMMISSION_COST: &str = "commission_cost";
/// What people have.
pub const WALLETS: &str = "wallets";
/// What outlets turn cash into.
pub const FLOATS: &str = "floats";
/// What waits behind arrangements: codes, parcels, pots, deals, redemptions.
pub const SET_ASIDE: &str = "set_aside";
/// What agents have earned, until it is paid.
pub const COMMISSION: &str = "commission";
/// Taxes on fees.
pub const TAX: &str = "tax";
/// Levies on money that moves.
pub const LEVY: &str = "levy";
/// What came in and is nobody's yet.
pub const SUSPENSE: &str = "suspense";
/// What services cost people.
pub const FEES: &str = "fees";
/// What banks paid.
pub const INTEREST: &str = "interest";

/// All of them, in the order of a trial balance: assets, costs, what is owed, what was earned.
pub const ALL: [&str; 14] = [
    BANK,
    OUTGOING,
    CHARGES,
    UNBACKED,
    COMMISSION_COST,
    WALLETS,
    FLOATS,
    SET_ASIDE,
    COMMISSION,
    TAX,
    LEVY,
    SUSPENSE,
    FEES,
    INTEREST,
];

/// Which of them a class is: that of one bank is `BANK`.
pub fn family(class: &str) -> &str {
    class.split_once(':').map_or(class, |(family, _)| family)
}

/// Where it stands in a trial balance.
pub fn place(class: &str) -> (usize, &str) {
    let family = family(class);
    (ALL.iter().position(|one| *one == family).unwrap_or(ALL.len()), class)
}
