//! What a line may be, by the rules: all that fits it, in the order of the rules. The first is the
//! proposal; the same thing stands once, under the first rule that found it.

use super::rules_file::{Against, Rule, Rules, Same, Says};
use jiff::civil::Date;

/// A line as rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its account at the bank.
    pub bank: i64,
    /// Above zero came in, below zero went out.
    pub amount_minor: i64,
    /// When it was booked, where that can be read.
    pub day: Option<Date>,
    /// The bank's own reference, or empty.
    pub reference: String,
    /// All that the bank says about it.
    pub text: String,
    /// Who paid, as the bank names them, letters and digits alone.
    pub payer: String,
    /// Whose codes stand in its text.
    pub codes: Vec<i64>,
    /// Which outlets may be named in it.
    pub outlets: Vec<i64>,
}

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It is on its way out.
    Redemption,
    /// It went out, and may come back.
    Returned,
    /// It was announced.
    Deposit,
}

/// Something that a line may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub number: i64,
    /// What it is.
    pub what: What,
    /// As the line would say it.
    pub amount_minor: i64,
    /// The account at the bank, where it is known.
    pub bank: Option<i64>,
    /// When it is expected.
    pub day: Option<Date>,
    /// For which outlet.
    pub outlet: Option<i64>,
    /// Who is to pay, letters and digits alone; empty where nobody knows.
    pub payer: String,
}

/// A line before others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its name.
    pub line: String,
    /// Its account at the bank.
    pub bank: i64,
    /// Its amount.
    pub amount_minor: i64,
    /// The bank's own reference.
    pub reference: String,
}

/// Everything that lines are compared with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// What waits.
    pub waiting: Vec<Waiting>,
    /// The outlets that there are, of those that are named in texts.
    pub outlets: Vec<i64>,
}

/// What a line may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The same as this line before it.
    Duplicate(String),
    /// A redemption that went out.
    Redemption(i64),
    /// One that came back.
    Returned(i64),
    /// A deposit that was announced.
    Deposit(i64),
    /// A deposit of this outlet.
    Outlet(i64),
    /// What words say.
    Says(Says),
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it may be.
    pub found: Found,
    /// By which rule.
    pub rule: String,
    /// Whether nothing is left to judge.
    pub alone: bool,
}

impl Rules {
    /// All that a line may be, the likeliest first. `earlier` are lines before it with the same
    /// reference.
    pub fn proposals(&self, line: &Seen, earlier: &[Earlier], known: &Known) -> Vec<Proposal> {
        let mut all: Vec<Proposal> = Vec::new();
        for rule in &self.rules {
            let found = rule.finds(line, earlier, known);
            // of two that fit alike, somebody has to choose
            let alone = rule.alone && found.len() == 1 && all.is_empty();
            for found in found {
                if all.iter().all(|before| before.found != found) {
                    all.push(Proposal { found, rule: rule.name.clone(), alone });
                }
            }
        }
        all
    }
}

impl Rule {
    fn finds(&self, line: &Seen, earlier: &[Earlier], known: &Known) -> Vec<Found> {
        match self.against {
            Against::Lines => {
                let those = earlier.iter().filter(|before| self.fits_line(line, before));
                those.map(|before| Found::Duplicate(before.line.clone())).collect()
            }
            Against::Redemptions => self.waiting(line, known, What::Redemption),
            Against::Returns => self.waiting(line, known, What::Returned),
            Against::Deposits => self.waiting(line, known, What::Deposit),
            Against::Outlets if line.amount_minor > 0 => {
                let there = line.outlets.iter().filter(|outlet| known.outlets.contains(outlet));
                there.map(|outlet| Found::Outlet(*outlet)).collect()
            }
            Against::Outlets => Vec::new(),
            Against::Words => {
                let way = match self.means {
                    Says::Charge => line.amount_minor < 0,
                    Says::Interest => line.amount_minor > 0,
                };
                let text = line.text.to_lowercase();
                let says = way && self.says.iter().any(|says| text.contains(says));
                says.then_some(Found::Says(self.means)).into_iter().collect()
            }
        }
    }

    fn fits_line(&self, line: &Seen, before: &Earlier) -> bool {
        line.bank == before.bank
            && self.same.iter().all(|same| match same {
                Same::Reference => !line.reference.is_empty() && line.reference == before.reference,
                Same::Amount => line.amount_minor == before.amount_minor,
                Same::Code | Same::Outlet | Same::Payer | Same::Day => false,
            })
    }

    fn waiting(&self, line: &Seen, known: &Known, what: What) -> Vec<Found> {
        let those = known.waiting.iter().filter(|each| each.what == what);
        let those = those.filter(|each| each.bank.is_none_or(|bank| bank == line.bank));
        let mut fits: Vec<&Waiting> = those.filter(|each| self.fits(line, each)).collect();
        fits.sort_by_key(|each| (apart(line, each).unwrap_or(i64::MAX), each.number));
        let found = |each: &Waiting| match what {
            What::Redemption => Found::Redemption(each.number),
            What::Returned => Found::Returned(each.number),
            What::Deposit => Found::Deposit(each.number),
        };
        fits.into_iter().map(found).collect()
    }

    fn fits(&self, line: &Seen, each: &Waiting) -> bool {
        // the amount first: it rules out most
        line.amount_minor == each.amount_minor
            && self.same.iter().all(|same| match same {
                Same::Amount => true,
                Same::Code => line.codes.contains(&each.number),
                Same::Outlet => each.outlet.is_some_and(|outlet| line.outlets.contains(&outlet)),
                Same::Payer => !each.payer.is_empty() && line.payer.contains(&each.payer),
                Same::Day => apart(line, each).is_some_and(|days| days <= self.days),
                Same::Reference => false,
            })
    }
}

/// Days between the two.
fn apart(line: &Seen, each: &Waiting) -> Option<i64> {
    let hours = line.day?.duration_since(each.day?).as_hours();
    Some(hours.checked_abs()?.div_euclid(24))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::super::bank_code;
    use super::*;
    use crate::source::Source;

    fn rules() -> Rules {
        let text = include_str!("../../menus/matching.toml");
        Rules::parse(&Source::new("menus/matching.toml", text)).unwrap()
    }

    fn line(amount_minor: i64, text: &str) -> Seen {
        Seen {
            bank: 1,
            amount_minor,
            day: Some(jiff::civil::date(2026, 11, 26)),
            reference: String::new(),
            text: text.to_owned(),
            payer: "DUKAKUU0110234567".to_owned(),
            codes: bank_code::in_text(text),
            outlets: bank_code::outlets_in(text),
        }
    }

    fn waiting(number: i64, what: What, amount_minor: i64) -> Waiting {
        let day = Some(jiff::civil::date(2026, 11, 24));
        Waiting {
            number,
            what,
            amount_minor,
            bank: Some(1),
            day,
            outlet: None,
            payer: String::new(),
        }
    }

    fn found(line: &Seen, known: &Known) -> Vec<(Found, bool)> {
        let all = rules().proposals(line, &[], known);
        all.into_iter().map(|each| (each.found, each.alone)).collect()
    }

    #[test]
    fn our_code_with_the_exact_amount_leaves_nothing_to_judge() {
        let known = Known {
            waiting: vec![
                waiting(16_036, What::Redemption, -500),
                waiting(16_040, What::Redemption, -500),
            ],
            outlets: Vec::new(),
        };
        let ours = line(-500, &bank_code::written(16_036));
        let [first, second] = found(&ours, &known).try_into().unwrap();
        assert_eq!(first, (Found::Redemption(16_036), true));
        // the other one of that amount is a candidate for people
        assert_eq!(second, (Found::Redemption(16_040), false));
        // a cent more or less is another line, and so is one of another bank
        for other in
            [line(-501, &ours.text), line(500, &ours.text), Seen { bank: 2, ..ours.clone() }]
        {
            assert_eq!(found(&other, &known), []);
        }
        // two codes of two redemptions in one line: somebody has to choose
        let both = format!("{} {}", bank_code::written(16_036), bank_code::written(16_040));
        assert!(found(&line(-500, &both), &known).iter().all(|(_, alone)| !alone));
    }

    #[test]
    fn what_is_surer_stands_first_and_each_stands_once() {
        let outlet = 8_021;
        let deposit = Waiting {
            outlet: Some(outlet),
            payer: "0110234567".to_owned(),
            ..waiting(16_050, What::Deposit, 900)
        };
        let known = Known { waiting: vec![deposit], outlets: vec![outlet] };
        let named = format!("FLOAT {}", crate::check_digit::written(outlet));
        let all = rules().proposals(&line(900, &named), &[], &known);
        let names: Vec<&str> = all.iter().map(|each| each.rule.as_str()).collect();
        assert_eq!(
            names,
            ["an announced deposit of the outlet in the text", "the outlet in the text"]
        );
        let all = rules().proposals(&line(900, "cash"), &[], &known);
        assert_eq!(all.len(), 1);
        assert_eq!(all.first().unwrap().rule, "a payer we know, the day and the amount");
        // three days apart is no more the same day, and is left to people
        let late = Seen { day: Some(jiff::civil::date(2026, 11, 27)), ..line(900, "cash") };
        let all = rules().proposals(&late, &[], &known);
        assert_eq!(all.first().unwrap().rule, "the amount and the day");
    }

    #[test]
    fn a_reference_that_was_seen_before_is_said_first() {
        let before = |amount_minor| Earlier {
            line: "7001-3".to_owned(),
            bank: 1,
            amount_minor,
            reference: "FT26".to_owned(),
        };
        let again = Seen { reference: "FT26".to_owned(), ..line(-50, "LEDGER FEE") };
        let all = rules().proposals(&again, &[before(-50)], &Known::default());
        assert_eq!(all.first().unwrap().found, Found::Duplicate("7001-3".to_owned()));
        assert_eq!(all.get(1).unwrap().found, Found::Says(Says::Charge));
        // a payment and its fee share a reference, and are two lines
        let all = rules().proposals(&again, &[before(-2_000)], &Known::default());
        assert_eq!(all.len(), 1);
        // what came in is no charge, whatever it says
        assert_eq!(found(&line(50, "ledger fee"), &Known::default()), []);
    }
}
