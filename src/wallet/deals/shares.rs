//! How the money of a deal is divided: what the seller gets, what goes back to the buyer, and what
//! of the price is earned, and of it what a platform keeps. All of that is earned as the amount
//! reaches the seller, part for part, to the last coin; what is not earned goes back to who has
//! paid it. Pure arithmetic: it knows no people, no states and no clock.

use crate::book::{self, Leg};
use crate::id::AccountId;
use crate::tariff::{Fee, FeeAccount, Percent, Rounding};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Who pays for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FeeBy {
    /// On top of what they pay in.
    Buyer,
    /// Out of what they get.
    Seller,
    /// Half and half.
    Both,
}

/// What the two pay for a deal, by where it is credited, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Price {
    /// On top of the amount, paid in with it.
    pub buyer: Lines,
    /// Out of what the seller gets.
    pub seller: Lines,
}

/// The lines of a price, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lines {
    /// The operator's own.
    pub fees_minor: i64,
    /// For the tax office.
    pub tax_minor: i64,
    /// A levy.
    pub levy_minor: i64,
    /// For the platform that has brought the two together.
    #[serde(default)]
    pub platform_minor: i64,
}

/// Who gets what of a deal's account, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// What reaches the seller.
    pub seller_minor: i64,
    /// What goes back to the buyer.
    pub buyer_minor: i64,
    /// What of the price is earned.
    pub earned: Lines,
    /// What of that the seller pays.
    pub kept_minor: i64,
}

impl Lines {
    /// All of them, minor units.
    pub fn total_minor(&self) -> i64 {
        self.charged_minor().saturating_add(self.platform_minor)
    }

    /// What the tariff asks for, minor units.
    fn charged_minor(&self) -> i64 {
        self.fees_minor.saturating_add(self.tax_minor).saturating_add(self.levy_minor)
    }

    fn map(self, change: impl Fn(i64) -> i64) -> Lines {
        Lines {
            fees_minor: change(self.fees_minor),
            tax_minor: change(self.tax_minor),
            levy_minor: change(self.levy_minor),
            platform_minor: change(self.platform_minor),
        }
    }

    fn with(self, other: Lines, join: impl Fn(i64, i64) -> i64) -> Lines {
        Lines {
            fees_minor: join(self.fees_minor, other.fees_minor),
            tax_minor: join(self.tax_minor, other.tax_minor),
            levy_minor: join(self.levy_minor, other.levy_minor),
            platform_minor: join(self.platform_minor, other.platform_minor),
        }
    }
}

impl Price {
    /// A fee of the tariff, for who has agreed to pay it. Of half a coin the buyer pays the whole.
    pub fn of(fee: &Fee, by: FeeBy) -> Price {
        let all = Lines {
            fees_minor: fee.credited_minor(FeeAccount::Fees),
            tax_minor: fee.credited_minor(FeeAccount::Tax),
            levy_minor: fee.credited_minor(FeeAccount::Levy),
            platform_minor: 0,
        };
        let seller = match by {
            FeeBy::Buyer => Lines::default(),
            FeeBy::Seller => all,
            FeeBy::Both => all.map(|minor| minor.checked_div(2).unwrap_or(0)),
        };
        Price { buyer: all.with(seller, i64::saturating_sub), seller }
    }

    /// The same where a platform keeps so much of an amount, out of what the seller gets. What it
    /// leaves of a coin is the seller's.
    pub fn shared(self, keeps: Percent, amount_minor: i64) -> Price {
        let platform_minor = keeps.of(amount_minor, Rounding::Down).unwrap_or(amount_minor);
        Price { seller: Lines { platform_minor, ..self.seller }, ..self }
    }

    /// What both pay by the tariff, minor units.
    pub fn total_minor(&self) -> i64 {
        self.buyer.charged_minor().saturating_add(self.seller.charged_minor())
    }

    /// What of its part a platform has once the seller has had so much, minor units.
    pub fn platform_minor(&self, amount_minor: i64, released_minor: i64) -> i64 {
        earned(self.seller, released_minor, amount_minor).platform_minor
    }

    /// What lies on the account of a deal of which the seller has had so much, minor units.
    pub fn balance_minor(&self, amount_minor: i64, released_minor: i64) -> i64 {
        let earned = earned(self.buyer, released_minor, amount_minor).total_minor();
        let rest = amount_minor.saturating_sub(released_minor);
        rest.saturating_add(self.buyer.total_minor()).saturating_sub(earned)
    }

    /// Who gets what when `more_minor` of the amount is let go, of which the seller has had
    /// `released_minor`. With `last`, all the rest goes back to the buyer.
    pub fn shares(
        &self,
        amount_minor: i64,
        released_minor: i64,
        more_minor: i64,
        last: bool,
    ) -> Shares {
        let then_minor = released_minor.saturating_add(more_minor);
        let more = |lines: Lines| {
            let then = earned(lines, then_minor, amount_minor);
            then.with(earned(lines, released_minor, amount_minor), i64::saturating_sub)
        };
        let (buyer, seller) = (more(self.buyer), more(self.seller));
        let kept_minor = seller.total_minor();
        let seller_minor = more_minor.saturating_sub(kept_minor);
        let left = self.balance_minor(amount_minor, then_minor);
        Shares {
            seller_minor,
            buyer_minor: if last { left } else { 0 },
            earned: buyer.with(seller, i64::saturating_add),
            kept_minor,
        }
    }
}

impl Shares {
    /// The legs from the deal's account.
    pub fn legs(
        &self,
        account: AccountId,
        [seller, buyer]: [AccountId; 2],
        platform: Option<AccountId>,
    ) -> Vec<Leg> {
        let share = |account| Leg { account, amount_minor: self.earned.platform_minor };
        let credits = [
            Leg { account: seller, amount_minor: self.seller_minor },
            Leg { account: buyer, amount_minor: self.buyer_minor },
            Leg { account: book::FEES, amount_minor: self.earned.fees_minor },
            Leg { account: book::TAX, amount_minor: self.earned.tax_minor },
            Leg { account: book::LEVY, amount_minor: self.earned.levy_minor },
        ];
        let credits: Vec<Leg> = credits.into_iter().chain(platform.map(share)).collect();
        let sum = credits.iter().fold(0_i64, |sum, leg| sum.saturating_add(leg.amount_minor));
        let debit = Leg { account, amount_minor: sum.saturating_neg() };
        let legs = [debit].into_iter().chain(credits);
        legs.filter(|leg| leg.amount_minor != 0).collect()
    }
}

/// What of these lines is earned once so much of the amount has reached the seller: together never
/// more than in proportion, and all of it with all of it. Of each coin that comes to the seller at
/// most one coin is kept, whatever parts it comes in: what is kept in all is divided among the
/// lines one after the other, so that none of them ever shrinks.
fn earned(lines: Lines, released_minor: i64, amount_minor: i64) -> Lines {
    let mut whole = lines.total_minor();
    let mut left = part(whole, released_minor, amount_minor);
    let mut next = |line_minor: i64| {
        let earned = part(line_minor, left, whole);
        whole = whole.saturating_sub(line_minor);
        left = left.saturating_sub(earned);
        earned
    };
    Lines {
        platform_minor: next(lines.platform_minor),
        fees_minor: next(lines.fees_minor),
        tax_minor: next(lines.tax_minor),
        levy_minor: next(lines.levy_minor),
    }
}

/// What of a sum is due once so many coins of a whole have come: rounded down.
fn part(sum_minor: i64, come_minor: i64, whole_minor: i64) -> i64 {
    let product = i128::from(sum_minor).saturating_mul(i128::from(come_minor));
    let part = product.checked_div(i128::from(whole_minor)).unwrap_or(0);
    i64::try_from(part).unwrap_or(sum_minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use proptest::prelude::*;

    fn lines() -> impl Strategy<Value = Lines> {
        (0..500_i64, 0..100_i64, 0..100_i64).prop_map(|(fees_minor, tax_minor, levy_minor)| Lines {
            fees_minor,
            tax_minor,
            levy_minor,
            platform_minor: 0,
        })
    }

    /// Nothing of it is less than nothing.
    fn is_whole(lines: Lines) -> bool {
        let all = [lines.fees_minor, lines.tax_minor, lines.levy_minor, lines.platform_minor];
        all.iter().all(|minor| *minor >= 0)
    }

    #[test]
    fn a_price_for_both_is_halved_and_of_half_a_coin_the_buyer_pays_the_whole() {
        let fee = Fee {
            lines: vec![crate::tariff::FeeLine {
                name: "fee".into(),
                place: FeeAccount::Fees,
                minor: 25,
                payer_minor: 25,
                payee_minor: 0,
            }],
            payer_minor: 25,
            payee_minor: 0,
        };
        let parts = |by| {
            let price = Price::of(&fee, by);
            (price.buyer.total_minor(), price.seller.total_minor())
        };
        assert_eq!(
            [FeeBy::Buyer, FeeBy::Seller, FeeBy::Both].map(parts),
            [(25, 0), (0, 25), (13, 12)]
        );
    }

    #[test]
    fn half_of_it_earns_half_of_the_price_and_the_other_half_goes_back() {
        let fees = Lines { fees_minor: 20, ..Lines::default() };
        let price = Price { buyer: fees, seller: Lines::default() };
        let shares = price.shares(1_000, 0, 500, true);
        assert_eq!((shares.seller_minor, shares.buyer_minor), (500, 510));
        assert_eq!(shares.earned.total_minor(), 10);
        let legs = shares.legs(Id::of(9), [Id::of(2), Id::of(1)], None);
        let moved: Vec<i64> = legs.iter().map(|leg| leg.amount_minor).collect();
        assert_eq!(moved, [-1_020, 500, 510, 10]);
    }

    #[test]
    fn a_platform_keeps_its_share_of_what_reaches_the_seller_and_of_nothing_else() {
        let keeps = Percent::parse("12.5").unwrap();
        let price = Price::default().shared(keeps, 999);
        assert_eq!((price.seller.platform_minor, price.total_minor()), (124, 0));
        let [part, rest] = [price.shares(999, 0, 500, false), price.shares(999, 500, 100, true)];
        assert_eq!((part.seller_minor, part.earned.platform_minor), (438, 62));
        assert_eq!((rest.seller_minor, rest.earned.platform_minor), (88, 12));
        assert_eq!(rest.buyer_minor, 399, "of what goes back it has nothing");
        let legs = rest.legs(Id::of(9), [Id::of(2), Id::of(1)], Some(Id::of(7)));
        let moved = legs.iter().map(|leg| (leg.account.number(), leg.amount_minor));
        assert_eq!(moved.collect::<Vec<_>>(), [(9, -499), (2, 88), (1, 399), (7, 12)]);
    }

    proptest! {
        /// Whatever parts it is let go in, and wherever it ends: nobody gets less than nothing, all
        /// that was paid in is paid out, and nothing is left.
        #[test]
        fn what_was_paid_in_is_paid_out_to_the_coin(
            (buyer, seller) in (lines(), lines()),
            keeps in 0..=30_u8,
            amount_minor in 1_500..1_000_000_i64,
            parts in prop::collection::vec(prop_oneof![1..4_i64, 1..400_000_i64], 0..6),
            last in prop_oneof![0..4_i64, 0..1_000_000_i64],
        ) {
            let keeps = Percent::parse(&keeps.to_string()).unwrap();
            let price = Price { buyer, seller }.shared(keeps, amount_minor);
            let mut balance = amount_minor + buyer.total_minor();
            let mut released = 0;
            let mut earned = 0;
            for part in parts {
                let part = part.min(amount_minor - released);
                let shares = price.shares(amount_minor, released, part, false);
                prop_assert!(shares.seller_minor >= 0 && shares.buyer_minor == 0);
                prop_assert!(is_whole(shares.earned));
                released += part;
                earned += shares.earned.total_minor();
                balance -= shares.seller_minor + shares.earned.total_minor();
                prop_assert_eq!(balance, price.balance_minor(amount_minor, released));
            }
            let more = last.min(amount_minor - released);
            let shares = price.shares(amount_minor, released, more, true);
            prop_assert!(shares.seller_minor >= 0 && shares.buyer_minor >= 0);
            prop_assert!(is_whole(shares.earned));
            let paid = shares.seller_minor + shares.buyer_minor + shares.earned.total_minor();
            prop_assert_eq!(balance, paid, "nothing is left");
            if released + more == amount_minor {
                earned += shares.earned.total_minor();
                prop_assert_eq!(earned, price.buyer.total_minor() + price.seller.total_minor());
                prop_assert_eq!(shares.buyer_minor, 0);
            }
        }

        /// Coin by coin: none of it is ever taken back, no coin of the seller's pays two, and the
        /// sum of the parts is the whole, as what is said in percent is.
        #[test]
        fn a_share_is_earned_coin_by_coin_and_the_parts_are_the_whole(
            mut seller in lines(),
            (keeps, amount_minor) in (0..=3_000_i64, 1_500..3_000_i64),
        ) {
            seller.fees_minor %= 300;
            let keeps = Percent::parse(&format!("{}.{:02}", keeps / 100, keeps % 100)).unwrap();
            let price = Price { buyer: Lines::default(), seller }.shared(keeps, amount_minor);
            let mut sum = Lines::default();
            for released in 0..amount_minor {
                let shares = price.shares(amount_minor, released, 1, false);
                prop_assert!(is_whole(shares.earned), "{shares:?}");
                prop_assert!((0..=1).contains(&shares.seller_minor), "{shares:?}");
                sum = sum.with(shares.earned, |one, more| one + more);
            }
            prop_assert_eq!(sum, price.seller);
            let share = keeps.of(amount_minor, Rounding::Down).unwrap();
            prop_assert_eq!(sum.platform_minor, share);
        }
    }
}
