//! The office of the month: two who ask, one of whom is a thief, and two who decide. What they do
//! goes through the services; what comes of it, into the ledger too.

use super::bank::{Line, Truth, some};
use super::ledger::Out;
use super::{Month, World};
use crate::bank_desk;
use crate::rights::{Worker, at_work, comes_to_work};
use kadogo::request::Slots;
use kadogo::time::Timestamp;
use kadogo::wallet::office::acting_staff::Outcome;
use std::collections::BTreeMap;
use std::time::Duration;

/// A code that was shown stands for five minutes.
const SIGNED_IN_ANEW: Duration = Duration::from_secs(4 * 60);

pub struct Office {
    workers: BTreeMap<&'static str, (Worker, Timestamp)>,
    /// Lines by their names that somebody has to look at.
    pub to_explain: Vec<(String, Line)>,
    /// What is left of deposits that were used in part, for the outlets that brought them.
    pub rests: Vec<(String, String)>,
    /// How often the thief was refused.
    pub thief_refused: usize,
}

impl Office {
    pub async fn open(world: &World) -> Office {
        let mut workers = BTreeMap::new();
        for (name, roles) in [
            ("njeri", "finance"),
            ("mwizi", "finance"),
            ("otieno", "finance_lead"),
            ("wairimu", "finance_lead admin"),
        ] {
            workers.insert(name, (at_work(world, name, roles).await, world.clock.now()));
        }
        let both = [&workers["njeri"].0.duty, &workers["otieno"].0.duty];
        bank_desk::opened(world, both, "kcb", "0110").await;
        Office { workers, to_explain: Vec::new(), rests: Vec::new(), thief_refused: 0 }
    }
}

pub type Typed<'a> = [(&'a str, &'a str)];

impl Month {
    /// Somebody at work, who signs in anew where it is long ago.
    pub async fn worker(&mut self, name: &'static str) -> &Worker {
        let now = self.world.clock.now();
        let (worker, since) = self.office.workers.get_mut(name).unwrap();
        if now.since(*since) > SIGNED_IN_ANEW {
            let anew = comes_to_work(&self.world, worker.duty.staff.clone()).await;
            (*worker, *since) = (anew, now);
        }
        &self.office.workers[name].0
    }

    async fn asks(
        &mut self,
        who: &'static str,
        service: &str,
        typed: &Typed<'_>,
    ) -> Result<Outcome, String> {
        self.figures.acts += 1;
        self.worker(who).await;
        let duty = &self.office.workers[who].0.duty;
        let said = self.world.staff_asks(duty, service, typed).await;
        if who == "mwizi" && said.is_err() {
            self.office.thief_refused += 1;
        }
        said.map_err(|no| no.code().to_owned())
    }

    /// Somebody does what takes one.
    pub async fn does(
        &mut self,
        who: &'static str,
        service: &str,
        typed: &Typed<'_>,
    ) -> Result<Slots, String> {
        match self.asks(who, service, typed).await? {
            Outcome::Done(slots, _) => Ok(slots),
            Outcome::Waits(number, _) => panic!("{service} waits as {number}"),
        }
    }

    /// Somebody asks for what takes two.
    pub async fn requests(
        &mut self,
        who: &'static str,
        service: &str,
        typed: &Typed<'_>,
    ) -> Result<i64, String> {
        match self.asks(who, service, typed).await? {
            Outcome::Waits(number, _) => Ok(number),
            Outcome::Done(slots, _) => panic!("{service} was done by one: {slots:?}"),
        }
    }

    /// One of the leads looks at it and says yes.
    pub async fn says_yes(&mut self, number: i64) -> Result<Slots, String> {
        let who = if self.luck.percent(50) { "otieno" } else { "wairimu" };
        self.figures.acts += 1;
        self.worker(who).await;
        let duty = &self.office.workers[who].0.duty;
        self.world.staff_approves(duty, number).await.map_err(|no| no.code().to_owned())
    }

    /// Or no.
    pub async fn says_no(&mut self, number: i64, why: &str) {
        let number = number.to_string();
        let typed = [("approval", &*number), ("why", why)];
        self.does("otieno", "decline_staff_request", &typed).await.unwrap();
    }

    /// The number of an outlet, by the phone of who serves there.
    pub async fn outlet(&self, phone: &str) -> String {
        crate::market::agent(&self.world, phone).await
    }

    /// Somebody goes through the lines of today, and what was left.
    pub async fn lines_are_explained(&mut self) {
        self.goes_by();
        for (name, line) in std::mem::take(&mut self.office.to_explain) {
            if self.luck.percent(10) {
                // tomorrow is a day too
                self.office.to_explain.push((name, line));
                continue;
            }
            let (meaning, number) = match line.truth {
                Truth::Charge => ("charge", String::new()),
                Truth::Interest => ("interest", String::new()),
                Truth::Paid(number) => ("redemption", number.to_string()),
                Truth::Returned(number) if self.ledger.on_their_way.contains_key(&number) => {
                    // it is not seen yet that it went
                    self.office.to_explain.push((name, line));
                    continue;
                }
                Truth::Returned(number) => ("returned", number.to_string()),
                Truth::Deposit(_) => {
                    self.office.to_explain.push((name, line));
                    continue;
                }
                Truth::PaidWrong(number) => {
                    let number = number.to_string();
                    let typed = explained(&name, "redemption", &number);
                    let no = self.does("njeri", "explain_line", &typed).await.unwrap_err();
                    assert_eq!(no, "line_differs");
                    continue;
                }
                Truth::Nobody | Truth::Mistake | Truth::TakenBack => continue,
            };
            let typed = explained(&name, meaning, &number);
            if meaning == "returned" {
                let asked = self.requests("njeri", "explain_line", &typed).await.unwrap();
                self.says_yes(asked).await.unwrap();
            } else {
                self.does("njeri", "explain_line", &typed).await.unwrap();
            }
            self.ledger.open_lines.remove(&name).unwrap();
            match line.truth {
                Truth::Charge => self.ledger.charges += line.minor,
                Truth::Interest => self.ledger.interest += line.minor,
                Truth::Paid(number) => {
                    let out = self.ledger.on_their_way.remove(&number).unwrap();
                    assert_eq!(out.amount, -line.minor);
                    self.ledger.gone.insert(number, out);
                }
                Truth::Returned(number) => {
                    let out = self.ledger.gone.remove(&number).unwrap();
                    *self.ledger.floats.get_mut(&out.from).unwrap() += line.minor;
                }
                _ => unreachable!(),
            }
        }
    }

    /// What came in for an outlet becomes its float, whole or in parts.
    pub async fn deposits_become_money(&mut self) {
        self.goes_by();
        let (deposits, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.office.to_explain)
            .into_iter()
            .partition(|(_, line)| matches!(line.truth, Truth::Deposit(_)));
        self.office.to_explain = others;
        for (name, line) in deposits {
            let Truth::Deposit(outlet) = &line.truth else { unreachable!() };
            if self.luck.percent(10) {
                self.office.to_explain.push((name, line));
                continue;
            }
            let part = self.luck.percent(25) && line.minor > 10_000;
            let amount = if part { line.minor / 20_000 * 10_000 } else { line.minor }.max(10_000);
            let done = self.issues(&name, amount, outlet).await;
            done.unwrap_or_else(|no| panic!("{name}: {no}"));
            self.ledger.open_lines.remove(&name).unwrap();
            *self.ledger.floats.get_mut(outlet).unwrap() += amount;
            if amount < line.minor {
                self.ledger.parts.insert(name.clone(), line.minor - amount);
                self.office.rests.push((name, outlet.clone()));
            } else {
                self.ledger.used_up.push(name);
            }
        }
        for (name, outlet) in std::mem::take(&mut self.office.rests) {
            if self.luck.percent(50) {
                self.office.rests.push((name, outlet));
                continue;
            }
            let rest = self.ledger.parts.remove(&name).unwrap();
            self.issues(&name, rest, &outlet).await.unwrap();
            *self.ledger.floats.get_mut(&outlet).unwrap() += rest;
        }
    }

    async fn issues(&mut self, line: &str, minor: i64, outlet: &str) -> Result<Slots, String> {
        let (amount, to) = (minor.to_string(), self.outlet(outlet).await);
        let typed = [("line", line), ("amount", &*amount), ("to", &*to), ("why", "float")];
        let asked = self.requests("njeri", "issue", &typed).await?;
        self.says_yes(asked).await
    }

    /// Who has too much float gets money at the bank; what the bank never did is called off.
    pub async fn outlets_redeem(&mut self) {
        self.goes_by();
        let now = self.world.clock.now();
        let never = std::mem::take(&mut self.bank.never);
        for number in never {
            let told = self.ledger.was_told(&kadogo::matching::bank_code::written(number));
            if !told {
                self.bank.never.push(number);
                continue;
            }
            let text = number.to_string();
            let typed = [("redemption", &*text), ("why", "the bank never did it")];
            let asked = self.requests("njeri", "call_off_redemption", &typed).await.unwrap();
            self.says_yes(asked).await.unwrap();
            let out = self.ledger.on_their_way.remove(&number).unwrap();
            *self.ledger.floats.get_mut(&out.from).unwrap() += out.amount;
        }
        let outlets: Vec<String> = self.ledger.floats.keys().cloned().collect();
        for outlet in outlets {
            let own = self.ledger.floats[&outlet];
            if own < 500_000 || !self.luck.percent(35) {
                continue;
            }
            let amount = some(&self.luck, 30);
            let (text, from) = (amount.to_string(), self.outlet(&outlet).await);
            let typed = [
                ("from", &*from),
                ("amount", &*text),
                ("bank", "kcb"),
                ("recipient", "their own account"),
                ("why", "too much float"),
            ];
            let asked = self.requests("njeri", "redeem_at_bank", &typed).await.unwrap();
            let slots = self.says_yes(asked).await.unwrap();
            let code = slots["bank_code"].to_string();
            let number = kadogo::matching::bank_code::read(&code).unwrap();
            *self.ledger.floats.get_mut(&outlet).unwrap() -= amount;
            let since = now.micros();
            self.ledger.on_their_way.insert(number, Out { amount, since, from: outlet });
            self.bank.told.push((number, amount));
        }
    }
}

fn explained<'a>(line: &'a str, meaning: &'a str, number: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut typed = vec![("line", line), ("meaning", meaning), ("why", "as the bank says")];
    if !number.is_empty() {
        typed.push(("redemption", number));
    }
    typed
}
