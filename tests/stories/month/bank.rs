//! The bank of the month: what really happens on its books, with its mistakes, and the statements
//! that it sends of it, with theirs.

use super::{Luck, Month};
use crate::bank_desk;

/// What a line really is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// Somebody of ours brought money for this outlet, by the phone of who serves there.
    Deposit(String),
    /// Nobody knows of whom it is.
    Nobody,
    /// The bank booked something that was none: it takes it back the next day.
    Mistake,
    /// It takes that back.
    TakenBack,
    Charge,
    Interest,
    /// A redemption went out.
    Paid(i64),
    /// It went out with another amount: nobody can explain that line.
    PaidWrong(i64),
    /// It came back.
    Returned(i64),
}

#[derive(Debug, Clone)]
pub struct Line {
    pub minor: i64,
    pub truth: Truth,
}

/// What it does with what it is told to pay.
#[derive(Debug, Default)]
pub struct Bank {
    pub balance: i64,
    /// Lines that no statement has shown yet.
    pub new: Vec<Line>,
    /// Redemptions that it was told of, with their amounts.
    pub told: Vec<(i64, i64)>,
    /// Those that it paid, and that may come back.
    pub paid: Vec<(i64, i64)>,
    /// Those that it will never do.
    pub never: Vec<i64>,
    /// What it takes back tomorrow.
    mistakes: Vec<i64>,
}

impl Bank {
    fn books(&mut self, minor: i64, truth: Truth) {
        self.balance += minor;
        self.new.push(Line { minor, truth });
    }
}

/// So much, in whole hundreds of shillings.
pub fn some(luck: &Luck, most: usize) -> i64 {
    i64::try_from(1 + luck.below(most)).unwrap() * 10_000
}

impl Month {
    /// A day of the bank's.
    pub fn bank_works(&mut self) {
        let luck = &self.luck;
        for minor in std::mem::take(&mut self.bank.mistakes) {
            self.bank.books(-minor, Truth::TakenBack);
        }
        let outlets: Vec<String> = self.ledger.floats.keys().cloned().collect();
        for _ in 0..1 + luck.below(3) {
            let outlet = outlets[luck.below(outlets.len())].clone();
            self.bank.books(some(luck, 400), Truth::Deposit(outlet));
        }
        if luck.percent(15) {
            self.bank.books(some(luck, 30) + 37, Truth::Nobody);
        }
        if luck.percent(30) {
            self.bank.books(-i64::try_from(1 + luck.below(5_000)).unwrap(), Truth::Charge);
        }
        if luck.percent(10) {
            self.bank.books(i64::try_from(1 + luck.below(9_000)).unwrap(), Truth::Interest);
        }
        if luck.percent(10) {
            // it books a deposit once more
            let of_today = |line: &&Line| matches!(line.truth, Truth::Deposit(_));
            let minor = self.bank.new.iter().find(of_today).map_or(10_000, |line| line.minor);
            self.bank.books(minor, Truth::Mistake);
            self.bank.mistakes.push(minor);
        }
        for (number, minor) in std::mem::take(&mut self.bank.told) {
            match luck.below(100) {
                0..75 => {
                    self.bank.books(-minor, Truth::Paid(number));
                    self.bank.paid.push((number, minor));
                }
                // it forgets, or does tomorrow what it was told today
                75..85 => self.bank.told.push((number, minor)),
                85..92 => self.bank.books(-minor + 100, Truth::PaidWrong(number)),
                _ => {
                    self.figures.plant("a redemption that the bank never did");
                    let code = kadogo::matching::bank_code::written(number);
                    self.ledger.plant(code, "a redemption that the bank never did");
                    self.bank.never.push(number);
                }
            }
        }
        if !self.bank.paid.is_empty() && luck.percent(20) {
            let (number, minor) = self.bank.paid.remove(luck.below(self.bank.paid.len()));
            self.bank.books(minor, Truth::Returned(number));
        }
    }

    /// The statement of the day, which may be wrong first.
    pub async fn statement_comes(&mut self) {
        self.goes_by();
        let lines = std::mem::take(&mut self.bank.new);
        let opening = self.ledger.at_bank;
        let closing = self.bank.balance;
        let day = format!("2026-{:02}-{:02}", 1 + self.day / 28, 1 + self.day % 28);
        let said = |line: &Line| (line.minor, format!("{:?}", line.truth));
        let right: Vec<(i64, String)> = lines.iter().map(said).collect();
        if self.luck.percent(35) {
            self.wrong_statement(&day, (opening, closing), &right).await;
        }
        let bank = bank_desk::bank(&self.world, "kcb").await;
        let file = bank_desk::read(&self.world, &bank, (opening, closing), &day, &right).await;
        let number = file.to_string();
        let take = [("file", &*number), ("why", "the bank's statement")];
        self.does("njeri", "take_statement", &take).await.unwrap();
        self.ledger.at_bank = closing;
        for (place, line) in (1..).zip(&lines) {
            let name = format!("{file}-{place}");
            self.ledger.open_lines.insert(name.clone(), line.minor);
            let what = match line.truth {
                Truth::Nobody => "somebody else's money",
                Truth::Mistake => "a line that the bank booked twice",
                Truth::TakenBack => "a line that the bank took back",
                Truth::PaidWrong(_) => "a redemption paid with another amount",
                _ => continue,
            };
            self.figures.plant(what);
            self.ledger.plant(name, what);
        }
        self.office
            .to_explain
            .extend((1..).zip(lines).map(|(place, line)| (format!("{file}-{place}"), line)));
        if self.luck.percent(20) {
            // somebody takes the same file again
            self.figures.plant("the same statement again");
            let again = self.does("njeri", "take_statement", &take).await.unwrap_err();
            assert!(["statement_gap", "statement_taken"].contains(&again.as_str()), "{again}");
            self.figures.find("the same statement again");
        }
    }

    async fn wrong_statement(
        &mut self,
        day: &str,
        (opening, closing): (i64, i64),
        right: &[(i64, String)],
    ) {
        let mut wrong = right.to_vec();
        // the first one of all follows no other
        let kinds = if self.day == 0 { 3 } else { 4 };
        let (what, code, balances) = match self.luck.below(kinds) {
            0 => {
                wrong.pop();
                ("a statement without one of its lines", "statement_wrong", (opening, closing))
            }
            1 => {
                wrong.push(right[0].clone());
                ("a statement with a line twice", "statement_wrong", (opening, closing))
            }
            2 => {
                wrong[0].0 += 1;
                ("a statement with another amount", "statement_wrong", (opening, closing))
            }
            _ => {
                let minor = wrong[0].0;
                wrong.remove(0);
                (
                    "a statement after one that is missing",
                    "statement_gap",
                    (opening + minor, closing),
                )
            }
        };
        self.figures.plant(what);
        let bank = bank_desk::bank(&self.world, "kcb").await;
        let file = bank_desk::read(&self.world, &bank, balances, day, &wrong).await;
        let number = file.to_string();
        let take = [("file", &*number), ("why", "the bank's statement")];
        assert_eq!(self.does("njeri", "take_statement", &take).await.unwrap_err(), code, "{what}");
        self.figures.find(what);
    }
}
