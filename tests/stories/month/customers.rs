//! The people and agents of the month: they pay one another, bring cash and take it, by their PINs.
//! What it costs is reckoned here once more, by the table on the wall.

use super::Month;
use crate::market::{MARIAM, NJERI, ZUHURA};
use crate::world::*;
use kadogo::book::Key;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request, Slots};
use kadogo::wallet::Execution;

const PINS: [(&str, &str); 8] = [
    (AMINA, "7361"),
    (BARAKA, "4826"),
    (CLAIRE, "9274"),
    (DAUDI, "8053"),
    (ESTHER, "6195"),
    (ZUHURA, "5263"),
    (NJERI, "8417"),
    (MARIAM, "6734"),
];

/// Up to so many shillings, what it costs to send and to take cash, in shillings.
const PRICES: [(i64, i64, i64); 6] = [
    (100, 0, 11),
    (500, 7, 29),
    (1_000, 13, 29),
    (1_500, 23, 29),
    (2_500, 33, 29),
    (3_500, 53, 52),
];

fn price(shillings: i64) -> (i64, i64) {
    let row = PRICES.iter().find(|(to, ..)| shillings <= *to).unwrap();
    (row.1 * 100, row.2 * 100)
}

impl Month {
    async fn by_pin(
        &mut self,
        who: &str,
        service: &str,
        typed: &[(&str, &str)],
    ) -> Result<Slots, String> {
        self.figures.acts += 1;
        let wallet = &self.world.app.wallet;
        let pin = PINS.iter().find(|(phone, _)| *phone == who).unwrap().1;
        let caller = wallet.caller(Msisdn::from_e164(who).unwrap()).await.unwrap();
        let fields: Fields =
            typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let secret = Some(pin.to_owned().into());
        let request = Request { mode: Mode::Execute, service: service.into(), fields, secret };
        let key = Key::new(wallet.clock.now(), who, &wallet.randomness.bytes::<16>());
        let execution = Execution { key, side_effects: Vec::new() };
        match wallet.act(&caller, request, execution).await.answer {
            Answer::Facts { slots, .. } => Ok(slots),
            Answer::Refused(no) => Err(no.code().to_owned()),
            other => panic!("{other:?}"),
        }
    }

    /// Whoever it is, something of what people do.
    pub async fn somebody_pays(&mut self) {
        let people: Vec<String> = self.ledger.people.keys().cloned().collect();
        let outlets: Vec<String> = self.ledger.floats.keys().cloned().collect();
        let who = people[self.luck.below(people.len())].clone();
        let outlet = outlets[self.luck.below(outlets.len())].clone();
        let shillings = i64::try_from(50 + self.luck.below(2_900)).unwrap();
        let (minor, text) = (shillings * 100, (shillings * 100).to_string());
        let (to_send, to_take) = price(shillings);
        match self.luck.below(100) {
            0..35 => {
                let done =
                    self.by_pin(&outlet, "cash_in", &[("to", &who), ("amount", &text)]).await;
                let float = self.ledger.floats.get_mut(&outlet).unwrap();
                assert_eq!(done.is_ok(), *float >= minor, "cash in, {float} there: {done:?}");
                if done.is_ok() {
                    *float -= minor;
                    *self.ledger.people.get_mut(&who).unwrap() += minor;
                }
            }
            35..75 => {
                let others: Vec<&String> = people.iter().filter(|other| **other != who).collect();
                let to = others[self.luck.below(others.len())].clone();
                let done = self.by_pin(&who, "send", &[("to", &to), ("amount", &text)]).await;
                let own = self.ledger.people.get_mut(&who).unwrap();
                assert_eq!(done.is_ok(), *own >= minor + to_send, "sends, {own} there: {done:?}");
                if done.is_ok() {
                    *own -= minor + to_send;
                    *self.ledger.people.get_mut(&to).unwrap() += minor;
                    self.ledger.fees += to_send;
                }
            }
            75..90 => {
                let agent = self.outlet(&outlet).await;
                let done =
                    self.by_pin(&who, "cash_out", &[("agent", &agent), ("amount", &text)]).await;
                let own = self.ledger.people.get_mut(&who).unwrap();
                assert_eq!(done.is_ok(), *own >= minor + to_take, "takes, {own} there: {done:?}");
                if done.is_ok() {
                    *own -= minor + to_take;
                    *self.ledger.floats.get_mut(&outlet).unwrap() += minor;
                    self.ledger.fees += to_take;
                }
            }
            _ => {
                let others: Vec<&String> =
                    outlets.iter().filter(|other| **other != outlet).collect();
                let to = others[self.luck.below(others.len())].clone();
                let agent = self.outlet(&to).await;
                let done = self
                    .by_pin(&outlet, "sell_float", &[("agent", &agent), ("amount", &text)])
                    .await;
                let float = self.ledger.floats.get_mut(&outlet).unwrap();
                assert_eq!(done.is_ok(), *float >= minor, "sells, {float} there: {done:?}");
                if done.is_ok() {
                    *float -= minor;
                    *self.ledger.floats.get_mut(&to).unwrap() += minor;
                }
            }
        }
    }
}
