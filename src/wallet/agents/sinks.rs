//! Where deposits of a day end. What is paid in and sent on lies in another wallet, or is taken out
//! of it: each coin is followed, through as many hands as it goes. Who pays passes on first what
//! was paid in, and of that what came first. It judges nothing, and knows no commission.

use crate::id::{AccountId, PostingId};
use crate::store::wallet_moves::WalletMove;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A part of a deposit, and which.
type Lot = (PostingId, i64);

/// What was paid in and lies in wallets, and where it was taken out.
#[derive(Default)]
struct Followed {
    lying: BTreeMap<AccountId, VecDeque<Lot>>,
    taken_out: BTreeMap<PostingId, BTreeMap<AccountId, i64>>,
}

/// The wallet in which most of each deposit ends. `legs` are those of a day, `served` the postings
/// that were made at outlets: money that comes into a wallet by one of these was paid in.
pub fn of_deposits(
    legs: &[WalletMove],
    served: &BTreeSet<PostingId>,
) -> BTreeMap<PostingId, AccountId> {
    let mut followed = Followed::default();
    for legs in legs.chunk_by(|one, other| one.posting == other.posting) {
        let posting = legs.first().map_or(PostingId::NONE, |leg| PostingId::of(leg.posting));
        if served.contains(&posting) {
            followed.at_an_outlet(posting, legs);
        } else {
            followed.between_wallets(legs);
        }
    }
    followed.ends()
}

impl Followed {
    fn at_an_outlet(&mut self, posting: PostingId, legs: &[WalletMove]) {
        for leg in legs {
            let wallet = AccountId::of(leg.account);
            if leg.minor > 0 {
                self.lying.entry(wallet).or_default().push_back((posting, leg.minor));
                continue;
            }
            for (deposit, minor) in self.passed_on(wallet, leg.minor.saturating_neg()) {
                self.take_out(deposit, wallet, minor);
            }
        }
    }

    /// What the payers pass on reaches the payees in their order; a fee is nobody's.
    fn between_wallets(&mut self, legs: &[WalletMove]) {
        let mut passed = VecDeque::new();
        let arrives = legs.iter().map(|leg| leg.minor.max(0)).fold(0_i64, i64::saturating_add);
        for payer in legs.iter().filter(|leg| leg.minor < 0) {
            let most = payer.minor.saturating_neg().min(arrives);
            passed.extend(self.passed_on(AccountId::of(payer.account), most));
        }
        for payee in legs.iter().filter(|leg| leg.minor > 0) {
            let theirs = first_of(&mut passed, payee.minor);
            self.lying.entry(AccountId::of(payee.account)).or_default().extend(theirs);
        }
    }

    fn passed_on(&mut self, wallet: AccountId, minor: i64) -> Vec<Lot> {
        self.lying.get_mut(&wallet).map(|lots| first_of(lots, minor)).unwrap_or_default()
    }

    fn take_out(&mut self, deposit: PostingId, wallet: AccountId, minor: i64) {
        let sum = self.taken_out.entry(deposit).or_default().entry(wallet).or_default();
        *sum = sum.saturating_add(minor);
    }

    /// What lies where at the end was not taken out anywhere else.
    fn ends(mut self) -> BTreeMap<PostingId, AccountId> {
        for (wallet, lots) in std::mem::take(&mut self.lying) {
            for (deposit, minor) in lots {
                self.take_out(deposit, wallet, minor);
            }
        }
        let most = |wallets: BTreeMap<AccountId, i64>| {
            wallets.into_iter().max_by_key(|(_wallet, minor)| *minor).map(|(wallet, _)| wallet)
        };
        let ends = self.taken_out.into_iter();
        ends.filter_map(|(deposit, wallets)| Some((deposit, most(wallets)?))).collect()
    }
}

/// So much of what came first, taken away.
fn first_of(lots: &mut VecDeque<Lot>, mut minor: i64) -> Vec<Lot> {
    let mut taken = Vec::new();
    while minor > 0
        && let Some((deposit, lies)) = lots.pop_front()
    {
        let part = lies.min(minor);
        taken.push((deposit, part));
        minor = minor.saturating_sub(part);
        if part < lies {
            lots.push_front((deposit, lies.saturating_sub(part)));
        }
    }
    taken
}

/// Wallets that count as one: those who paid in, with those where it ended. A wallet stands for all
/// that hang together with it.
#[derive(Debug, Default)]
pub struct AsOne(BTreeMap<AccountId, AccountId>);

impl AsOne {
    /// From now on these two, and all that hang together with either, are one.
    pub fn join(&mut self, wallet: AccountId, sink: AccountId) {
        let (wallet, sink) = (self.of(wallet), self.of(sink));
        if wallet != sink {
            self.0.insert(wallet, sink);
        }
    }

    /// Who stands for a wallet.
    pub fn of(&self, wallet: AccountId) -> AccountId {
        let mut one = wallet;
        while let Some(next) = self.0.get(&one) {
            one = *next;
        }
        one
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    /// Legs of postings: each its number, and who gets or gives how much.
    fn legs(postings: &[(i64, &[(i64, i64)])]) -> Vec<WalletMove> {
        let of = |(posting, legs): &(i64, &[(i64, i64)])| {
            let posting = *posting;
            let leg = move |(account, minor): &(i64, i64)| WalletMove {
                posting,
                account: *account,
                minor: *minor,
            };
            legs.iter().map(leg).collect::<Vec<_>>()
        };
        postings.iter().flat_map(of).collect()
    }

    fn ends(postings: &[(i64, &[(i64, i64)])], served: &[i64]) -> Vec<(i64, i64)> {
        let served = served.iter().map(|posting| Id::of(*posting)).collect();
        let found = of_deposits(&legs(postings), &served);
        found.into_iter().map(|(deposit, wallet)| (deposit.number(), wallet.number())).collect()
    }

    #[test]
    fn what_nobody_sends_on_ends_where_it_was_paid_in() {
        assert_eq!(ends(&[(1, &[(101, 50)]), (2, &[(102, 70)])], &[1, 2]), [(1, 101), (2, 102)]);
        // what came before, and by others, is no deposit
        assert_eq!(ends(&[(1, &[(101, -20), (102, 20)])], &[]), []);
    }

    #[test]
    fn what_is_sent_on_through_several_hands_ends_with_the_last() {
        let through: &[(i64, &[(i64, i64)])] = &[
            (1, &[(101, 50)]),
            (2, &[(102, 50)]),
            (3, &[(101, -57), (103, 50)]),
            (4, &[(102, -57), (103, 50)]),
            (5, &[(103, -107), (104, 100)]),
            // the last takes it out at an outlet, and sends on what is not of it
            (6, &[(104, -100)]),
            (7, &[(104, -90), (105, 90)]),
        ];
        assert_eq!(ends(through, &[1, 2, 6]), [(1, 104), (2, 104)]);
    }

    #[test]
    fn in_many_pieces_it_ends_where_most_of_it_comes_together() {
        let pieces: &[(i64, &[(i64, i64)])] = &[
            (1, &[(101, 90)]),
            (2, &[(101, -30), (102, 30)]),
            (3, &[(101, -30), (103, 30)]),
            (4, &[(101, -30), (104, 30)]),
            (5, &[(102, -30), (105, 30)]),
            (6, &[(103, -30), (105, 30)]),
        ];
        assert_eq!(ends(pieces, &[1]), [(1, 105)]);
    }

    #[test]
    fn what_came_first_is_passed_on_first() {
        let two: &[(i64, &[(i64, i64)])] =
            &[(1, &[(101, 50)]), (2, &[(101, 50)]), (3, &[(101, -50), (102, 50)])];
        assert_eq!(ends(two, &[1, 2]), [(1, 102), (2, 101)]);
        // several payees of one payment each get their part
        let shared: &[(i64, &[(i64, i64)])] =
            &[(1, &[(101, 50)]), (2, &[(101, -50), (102, 20), (103, 30)])];
        assert_eq!(ends(shared, &[1]), [(1, 103)]);
    }

    #[test]
    fn what_hangs_together_is_one() {
        let mut one = AsOne::default();
        let id = |number: i64| Id::of(number);
        one.join(id(101), id(103));
        one.join(id(102), id(103));
        one.join(id(102), id(104));
        // in a ring too
        one.join(id(104), id(101));
        let all = [101, 102, 103, 104].map(|number| one.of(id(number)));
        assert_eq!(all, [id(104); 4]);
        assert_eq!(one.of(id(105)), id(105));
    }
}
