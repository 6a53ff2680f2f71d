//! What staff get wrong: each is refused by the service, or declined by the one who looks.

use super::Month;
use super::bank::Truth;

impl Month {
    /// A deposit that waits, by the name of its line: with its amount and outlet.
    pub fn waiting_deposit(&self) -> Option<(String, i64, String)> {
        self.office.to_explain.iter().find_map(|(name, line)| match &line.truth {
            Truth::Deposit(outlet) => Some((name.clone(), line.minor, outlet.clone())),
            _ => None,
        })
    }

    /// A line that went out and that nobody can explain.
    fn open_out(&self) -> Option<(String, i64)> {
        let lines = self.ledger.open_lines.iter();
        lines.filter(|(_, minor)| **minor < 0).map(|(name, minor)| (name.clone(), *minor)).next()
    }

    /// Somebody of the office makes a mistake.
    pub async fn somebody_errs(&mut self) {
        self.goes_by();
        match self.luck.below(6) {
            0 => self.explains_the_wrong_line().await,
            1 => self.explains_a_deposit_as_a_charge().await,
            2 => self.asks_for_another_amount().await,
            3 => self.asks_for_another_outlet().await,
            4 => self.redeems_more_than_there_is().await,
            _ => self.asks_twice_and_takes_one_back().await,
        }
    }

    async fn explains_the_wrong_line(&mut self) {
        let what = "a line explained as another redemption";
        let Some((line, minor)) = self.open_out() else { return };
        let other = self.ledger.on_their_way.iter().find(|(_, out)| out.amount != -minor);
        let Some(number) = other.map(|(number, _)| number.to_string()) else { return };
        self.figures.plant(what);
        let typed = [
            ("line", &*line),
            ("meaning", "redemption"),
            ("redemption", &*number),
            ("why", "it must be that"),
        ];
        let no = self.does("njeri", "explain_line", &typed).await.unwrap_err();
        assert_eq!(no, "line_differs", "{what}");
        self.figures.find(what);
    }

    async fn explains_a_deposit_as_a_charge(&mut self) {
        let what = "a deposit explained as a charge";
        let Some((line, ..)) = self.waiting_deposit() else { return };
        self.figures.plant(what);
        let typed = [("line", &*line), ("meaning", "charge"), ("why", "it must be that")];
        let no = self.does("njeri", "explain_line", &typed).await.unwrap_err();
        assert_eq!(no, "line_came_in", "{what}");
        self.figures.find(what);
    }

    async fn asks_for_another_amount(&mut self) {
        let what = "another amount than was brought, declined";
        let Some((line, minor, outlet)) = self.waiting_deposit() else { return };
        self.figures.plant(what);
        let (amount, to) = ((minor / 10).to_string(), self.outlet(&outlet).await);
        let typed = [("line", &*line), ("amount", &*amount), ("to", &*to), ("why", "float")];
        let asked = self.requests("njeri", "issue", &typed).await.unwrap();
        self.says_no(asked, "they brought ten times that").await;
        assert_eq!(self.says_yes(asked).await.unwrap_err(), "staff_request_gone", "{what}");
        self.figures.find(what);
    }

    async fn asks_for_another_outlet(&mut self) {
        let what = "another outlet than brought it, declined";
        let Some((line, minor, outlet)) = self.waiting_deposit() else { return };
        let other = self.ledger.floats.keys().find(|other| **other != outlet).unwrap().clone();
        self.figures.plant(what);
        let (amount, to) = (minor.to_string(), self.outlet(&other).await);
        let typed = [("line", &*line), ("amount", &*amount), ("to", &*to), ("why", "float")];
        let asked = self.requests("njeri", "issue", &typed).await.unwrap();
        self.says_no(asked, "the bank names another one").await;
        self.figures.find(what);
    }

    async fn redeems_more_than_there_is(&mut self) {
        let what = "a redemption of more than there is";
        let (outlet, own) = self.ledger.floats.iter().next().unwrap();
        let (from, amount) = (self.outlet(outlet).await, (own + 100).to_string());
        self.figures.plant(what);
        let typed = [
            ("from", &*from),
            ("amount", &*amount),
            ("bank", "kcb"),
            ("recipient", "their own account"),
            ("why", "all of it"),
        ];
        let no = match self.requests("njeri", "redeem_at_bank", &typed).await {
            Ok(asked) => self.says_yes(asked).await.unwrap_err(),
            Err(no) => no,
        };
        assert_eq!(no, "less_there", "{what}");
        self.figures.find(what);
    }

    async fn asks_twice_and_takes_one_back(&mut self) {
        let what = "the same asked twice, taken back";
        let Some((line, minor, outlet)) = self.waiting_deposit() else { return };
        self.figures.plant(what);
        let (amount, to) = (minor.to_string(), self.outlet(&outlet).await);
        let typed = [("line", &*line), ("amount", &*amount), ("to", &*to), ("why", "float")];
        let asked = self.requests("njeri", "issue", &typed).await.unwrap();
        let number = asked.to_string();
        let back = [("approval", &*number), ("why", "asked before")];
        self.does("njeri", "take_back_staff_request", &back).await.unwrap();
        assert_eq!(self.says_yes(asked).await.unwrap_err(), "staff_request_gone", "{what}");
        self.figures.find(what);
    }
}
