//! One of the two who ask is a thief. Whatever he tries alone is refused and stands in the audit
//! under his name; what takes two, the other one sees as it is, and declines.

use super::Month;
use crate::bank_desk;
use crate::rights::{code, refused};

impl Month {
    /// He tries something.
    pub async fn thief_tries(&mut self) {
        self.goes_by();
        match self.luck.below(8) {
            0 => self.issues_more_than_a_line().await,
            1 => self.issues_twice_on_one_line().await,
            2 => self.says_yes_to_his_own().await,
            3 => self.shows_a_colleagues_code().await,
            4 => self.says_that_a_deposit_came_back().await,
            5 => self.redeems_to_himself().await,
            6 => self.makes_himself_a_lead().await,
            _ => self.uses_what_is_used_up().await,
        }
    }

    async fn issues_more_than_a_line(&mut self) {
        let what = "more than a line, by the thief";
        let Some((line, minor, outlet)) = self.waiting_deposit() else { return };
        self.figures.plant(what);
        let (amount, to) = ((minor + 1).to_string(), self.outlet(&outlet).await);
        let typed = [("line", &*line), ("amount", &*amount), ("to", &*to), ("why", "float")];
        assert_eq!(self.requests("mwizi", "issue", &typed).await.unwrap_err(), "line_used");
        self.figures.find(what);
    }

    async fn issues_twice_on_one_line(&mut self) {
        let what = "twice on one line, by the thief";
        let Some((line, minor, outlet)) = self.waiting_deposit() else { return };
        self.figures.plant(what);
        let (amount, to) = (minor.to_string(), self.outlet(&outlet).await);
        let typed = [("line", &*line), ("amount", &*amount), ("to", &*to), ("why", "float")];
        let first = self.requests("njeri", "issue", &typed).await.unwrap();
        let second = self.requests("mwizi", "issue", &typed).await.unwrap();
        self.says_yes(first).await.unwrap();
        self.ledger.open_lines.remove(&line).unwrap();
        self.ledger.used_up.push(line.clone());
        *self.ledger.floats.get_mut(&outlet).unwrap() += minor;
        self.office.to_explain.retain(|(name, _)| *name != line);
        assert_eq!(self.says_yes(second).await.unwrap_err(), "line_used");
        self.figures.find(what);
    }

    async fn says_yes_to_his_own(&mut self) {
        let what = "his own yes, by the thief";
        let Some((line, minor, outlet)) = self.waiting_deposit() else { return };
        self.figures.plant(what);
        let (amount, to) = (minor.to_string(), self.outlet(&outlet).await);
        let typed = [("line", &*line), ("amount", &*amount), ("to", &*to), ("why", "float")];
        let asked = self.requests("mwizi", "issue", &typed).await.unwrap();
        let number = asked.to_string();
        let yes = [("approval", &*number), ("seen", "0011223344556677")];
        let no = self.does("mwizi", "approve_staff_request", &yes).await.unwrap_err();
        assert_eq!(no, "staff_same_person");
        self.says_no(asked, "he is not to ask for that").await;
        self.figures.find(what);
    }

    async fn shows_a_colleagues_code(&mut self) {
        let what = "a colleague's code, by the thief";
        self.figures.plant(what);
        self.figures.acts += 2;
        // he looks over her shoulder
        let hers = code(&self.world, "wairimu");
        let wallet = self.world.app.wallet.clone();
        let session = self.worker("wairimu").await.secret.clone();
        let lead = wallet.on_duty(&session).await.unwrap();
        wallet.prove(&lead, &hers).await.unwrap();
        let again = wallet.on_duty(&session).await.unwrap();
        assert_eq!(wallet.prove(&again, &hers).await.unwrap_err().code(), "sign_in_wrong");
        let own = self.worker("mwizi").await.secret.clone();
        let own = wallet.on_duty(&own).await.unwrap();
        assert_eq!(wallet.prove(&own, &hers).await.unwrap_err().code(), "sign_in_wrong");
        // whoever is right again has no misses
        self.world.clock.advance(std::time::Duration::from_secs(60));
        for name in ["wairimu", "mwizi"] {
            let session = self.worker(name).await.secret.clone();
            let duty = wallet.on_duty(&session).await.unwrap();
            wallet.prove(&duty, &code(&self.world, name)).await.unwrap();
        }
        self.figures.find(what);
    }

    async fn says_that_a_deposit_came_back(&mut self) {
        let what = "a deposit as what came back, by the thief";
        let Some((line, minor, _)) = self.waiting_deposit() else { return };
        let Some((number, out)) = self.ledger.gone.iter().next() else { return };
        let (number, differs) = (number.to_string(), out.amount != minor);
        self.figures.plant(what);
        let typed = [
            ("line", &*line),
            ("meaning", "returned"),
            ("redemption", &*number),
            ("why", "it came back"),
        ];
        match self.requests("mwizi", "explain_line", &typed).await {
            Err(no) => assert_eq!((no.as_str(), differs), ("line_differs", true)),
            Ok(asked) => self.says_no(asked, "the bank names who brought it").await,
        }
        self.figures.find(what);
    }

    async fn redeems_to_himself(&mut self) {
        let what = "another's float to himself, by the thief";
        let richest = self.ledger.floats.iter().max_by_key(|(_, minor)| **minor).unwrap();
        if *richest.1 < 10_000 {
            return;
        }
        self.figures.plant(what);
        let (from, amount) = (self.outlet(&richest.0.clone()).await, richest.1.to_string());
        let typed = [
            ("from", &*from),
            ("amount", &*amount),
            ("bank", "kcb"),
            ("recipient", "J. Mwizi"),
            ("why", "too much float"),
        ];
        let asked = self.requests("mwizi", "redeem_at_bank", &typed).await.unwrap();
        self.says_no(asked, "that is not their account").await;
        assert_eq!(self.says_yes(asked).await.unwrap_err(), "staff_request_gone");
        self.figures.find(what);
    }

    async fn makes_himself_a_lead(&mut self) {
        let what = "another role, by the thief";
        self.figures.plant(what);
        let typed = [("name", "mwizi"), ("roles", "finance_lead"), ("why", "I can do it")];
        let no = self.does("mwizi", "change_staff_roles", &typed).await.unwrap_err();
        assert_eq!(no, "not_allowed");
        self.figures.find(what);
    }

    async fn uses_what_is_used_up(&mut self) {
        let what = "a line that is used up, by the thief";
        let Some(line) = self.ledger.used_up.last().cloned() else { return };
        self.figures.plant(what);
        let to = self.outlet(crate::market::NJERI).await;
        let typed = [("line", &*line), ("amount", "1"), ("to", &*to), ("why", "float")];
        assert_eq!(self.requests("mwizi", "issue", &typed).await.unwrap_err(), "line_used");
        self.figures.find(what);
    }

    /// He makes a statement of his own: it proves itself, and is taken. The next true one does not
    /// go on from it.
    pub async fn statement_is_forged(&mut self) {
        let what = "a forged statement, by the thief";
        self.figures.plant(what);
        let bank = bank_desk::bank(&self.world, "kcb").await;
        let (there, deposit, charge) = (self.ledger.at_bank, 900_000_000, -100);
        let line = [(deposit, "head office".to_owned())];
        let forged = (there, there + deposit);
        let forged = bank_desk::read(&self.world, &bank, forged, "2026-12-30", &line).await;
        let forged = forged.to_string();
        let typed = [("file", &*forged), ("why", "the bank's statement")];
        self.does("mwizi", "take_statement", &typed).await.unwrap();
        let line = [(charge, "ledger fee".to_owned())];
        let right = (there, there + charge);
        let right = bank_desk::read(&self.world, &bank, right, "2026-12-31", &line).await;
        let right = right.to_string();
        let typed = [("file", &*right), ("why", "the bank's statement")];
        let no = self.does("njeri", "take_statement", &typed).await.unwrap_err();
        assert_eq!(no, "statement_gap", "{what}");
        self.figures.find(what);
    }

    /// Each of his tries that was refused stands in the audit under his name.
    pub async fn thief_was_recorded(&self) {
        let all = refused(&self.world).await;
        let his: Vec<&String> = all.iter().filter(|line| line.starts_with("mwizi: ")).collect();
        assert_eq!(his.len(), self.office.thief_refused, "{his:#?}");
    }
}
