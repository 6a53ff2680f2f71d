//! What moved on a day, added up entry by entry: for each class of accounts and each act what went
//! to its debit and to its credit. Exact; what does not fit is refused.

use super::classes;
use std::collections::{BTreeMap, HashMap};

/// The sums are too large to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sum beyond all money")]
pub struct TooMuch;

/// What moved, minor units, both above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turnover {
    /// What left.
    pub debit: i128,
    /// What came.
    pub credit: i128,
}

impl Turnover {
    fn add(&mut self, amount: i64) {
        let size = i128::from(amount.unsigned_abs());
        let side = if amount < 0 { &mut self.debit } else { &mut self.credit };
        *side = side.saturating_add(size);
    }

    fn join(&mut self, other: Turnover) {
        self.debit = self.debit.saturating_add(other.debit);
        self.credit = self.credit.saturating_add(other.credit);
    }
}

/// A name as a small number, while millions of rows are read.
#[derive(Debug, Default)]
struct Names {
    all: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.all.len();
        self.all.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    fn name(&self, place: usize) -> &str {
        self.all.get(place).map_or("", String::as_str)
    }
}

/// What is added up.
#[derive(Debug, Default)]
pub struct DaySums {
    classes: Names,
    acts: Names,
    moved: HashMap<(usize, usize), Turnover>,
    postings: HashMap<usize, (i64, i128)>,
}

/// A line of a trial balance, minor units. What stands to the debit of an account is above zero in
/// `balance`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialLine {
    /// Which accounts.
    pub class: String,
    /// What went to their debit,
    pub debit: i64,
    /// to their credit,
    pub credit: i64,
    /// and where that leaves them.
    pub balance: i64,
}

/// A line of what moved by acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which accounts.
    pub class: String,
    /// By which act.
    pub act: String,
    /// Minor units.
    pub debit: i64,
    /// Minor units.
    pub credit: i64,
}

impl DaySums {
    /// The number of an act.
    pub fn act(&mut self, name: &str) -> usize {
        self.acts.place(name)
    }

    /// The number of a class.
    pub fn class(&mut self, name: &str) -> usize {
        self.classes.place(name)
    }

    /// Counts a posting of an act.
    pub fn posting(&mut self, act: usize) {
        let counted = self.postings.entry(act).or_default();
        counted.0 = counted.0.saturating_add(1);
    }

    /// Takes in an entry, minor units; above zero is a credit.
    pub fn entry(&mut self, act: usize, class: usize, amount: i64) {
        self.moved.entry((class, act)).or_default().add(amount);
        if amount > 0 {
            let counted = self.postings.entry(act).or_default();
            counted.1 = counted.1.saturating_add(i128::from(amount));
        }
    }

    /// What moved by class and act, in the order of a trial balance.
    pub fn moved(&self) -> Result<Vec<Moved>, TooMuch> {
        let lines = self.moved.iter().map(|((class, act), turnover)| {
            Ok(Moved {
                class: self.classes.name(*class).to_owned(),
                act: self.acts.name(*act).to_owned(),
                debit: fit(turnover.debit)?,
                credit: fit(turnover.credit)?,
            })
        });
        let mut lines = lines.collect::<Result<Vec<Moved>, TooMuch>>()?;
        let place = |line: &Moved| {
            let (place, class) = classes::place(&line.class);
            (place, class.to_owned(), line.act.clone())
        };
        lines.sort_by_key(place);
        Ok(lines)
    }

    /// How often each act was done, and how much it moved, by name.
    pub fn acts(&self) -> Result<Vec<(String, i64, i64)>, TooMuch> {
        let all = self.postings.iter();
        let lines = all.map(|(act, (count, minor))| {
            Ok((self.acts.name(*act).to_owned(), *count, fit(*minor)?))
        });
        let mut lines = lines.collect::<Result<Vec<_>, TooMuch>>()?;
        lines.sort();
        Ok(lines)
    }

    /// The trial balance: where each class stood before (to its debit above zero), and what moved.
    pub fn trial(&self, before: &BTreeMap<String, i64>) -> Result<Vec<TrialLine>, TooMuch> {
        let mut sums: BTreeMap<String, Turnover> =
            before.keys().map(|class| (class.clone(), Turnover::default())).collect();
        for ((class, _), turnover) in &self.moved {
            let name = self.classes.name(*class).to_owned();
            sums.entry(name).or_default().join(*turnover);
        }
        let lines = sums.into_iter().map(|(class, Turnover { debit, credit })| {
            let stood = i128::from(before.get(&class).copied().unwrap_or(0));
            let balance = fit(stood.saturating_add(debit).saturating_sub(credit))?;
            Ok(TrialLine { class, debit: fit(debit)?, credit: fit(credit)?, balance })
        });
        let mut lines = lines.collect::<Result<Vec<TrialLine>, TooMuch>>()?;
        lines.sort_by(|a, b| classes::place(&a.class).cmp(&classes::place(&b.class)));
        Ok(lines)
    }
}

/// Whether debits are credits, and all that stands adds up to nothing.
pub fn is_balanced(lines: &[TrialLine]) -> bool {
    let sum = |of: fn(&TrialLine) -> i64| lines.iter().map(|line| i128::from(of(line))).sum();
    let (debit, credit): (i128, i128) = (sum(|line| line.debit), sum(|line| line.credit));
    let balance: i128 = sum(|line| line.balance);
    debit == credit && balance == 0
}

fn fit(sum: i128) -> Result<i64, TooMuch> {
    i64::try_from(sum).map_err(|_large| TooMuch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sums(postings: &[(&str, &[(&str, i64)])]) -> DaySums {
        let mut sums = DaySums::default();
        for (kind, legs) in postings {
            let act = sums.act(kind);
            sums.posting(act);
            for (class, amount) in *legs {
                let class = sums.class(class);
                sums.entry(act, class, *amount);
            }
        }
        sums
    }

    #[test]
    fn a_day_in_figures() {
        let sums = sums(&[
            ("send", &[("wallets", -10_700), ("wallets", 10_000), ("fees", 700)]),
            ("send", &[("wallets", -5_000), ("wallets", 5_000)]),
            ("statement", &[("bank:kcb", -80_000), ("suspense", 80_000)]),
        ]);
        let before = BTreeMap::from([
            ("bank:kcb".to_owned(), 50_000),
            ("wallets".to_owned(), -50_000),
            ("levy".to_owned(), 0),
        ]);
        let line = |class: &str, debit, credit, balance| TrialLine {
            class: class.to_owned(),
            debit,
            credit,
            balance,
        };
        let trial = sums.trial(&before).unwrap();
        assert_eq!(
            trial,
            [
                line("bank:kcb", 80_000, 0, 130_000),
                line("wallets", 15_700, 15_000, -49_300),
                line("levy", 0, 0, 0),
                line("suspense", 0, 80_000, -80_000),
                line("fees", 0, 700, -700),
            ]
        );
        assert!(is_balanced(&trial));
        let acts = [("send".to_owned(), 2, 15_700), ("statement".to_owned(), 1, 80_000)];
        assert_eq!(sums.acts().unwrap(), acts);
        let fees = sums.moved().unwrap().into_iter().find(|line| line.class == "fees").unwrap();
        assert_eq!((fees.act.as_str(), fees.debit, fees.credit), ("send", 0, 700));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let sums = sums(&[("a", &[("wallets", i64::MAX), ("fees", i64::MIN)])]);
        assert_eq!(sums.trial(&BTreeMap::new()), Err(TooMuch));
    }

    proptest! {
        /// Balanced postings make a balanced sheet, whatever they are, and whatever stood before.
        #[test]
        fn balanced_postings_make_a_balanced_day(
            legs in prop::collection::vec(
                (0..14_usize, 0..14_usize, -1_000_000..1_000_000_i64), 0..60
            )
        ) {
            let mut sums = DaySums::default();
            let mut before: BTreeMap<String, i64> = BTreeMap::new();
            for (place, (from, to, amount)) in legs.iter().enumerate() {
                let both = [(*from, -amount), (*to, *amount)];
                let act = sums.act(if place % 2 == 0 { "send" } else { "pay" });
                for (class, amount) in both {
                    if place % 3 == 0 {
                        *before.entry(classes::ALL[class].to_owned()).or_default() -= amount;
                    } else {
                        let class = sums.class(classes::ALL[class]);
                        sums.entry(act, class, amount);
                    }
                }
            }
            let trial = sums.trial(&before).unwrap();
            prop_assert!(is_balanced(&trial));
            let moved = sums.moved().unwrap();
            for line in &trial {
                let of_it = moved.iter().filter(|one| one.class == line.class);
                let (debit, credit) =
                    of_it.fold((0, 0), |(d, c), one| (d + one.debit, c + one.credit));
                prop_assert_eq!((line.debit, line.credit), (debit, credit));
            }
        }
    }
}
