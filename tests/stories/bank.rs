//! The simulation's own account of the money: made of nothing but what people read on screens and
//! in messages, and compared with the books after each step.

use super::crowd::Person;
use super::engine::{either, lines};
use super::world::World;
use kadogo::id::PostingId;
use kadogo::money::{Currency, Money};
use kadogo::reference::Reference;
use kadogo::store::{StoreError, book_rows};
use kadogo::value::{Slots, Value};
use std::collections::{BTreeMap, BTreeSet};

pub struct Bank {
    /// By number, minor units.
    balances: BTreeMap<String, i64>,
    fees_minor: i64,
    /// Payments that somebody was told of: code, and who paid whom.
    told: BTreeMap<String, (String, String)>,
    /// Postings of those payments, and of the seed.
    postings: BTreeSet<PostingId>,
}

/// A message of the outbox: to whom, which text, with which values.
struct Message {
    to: String,
    template: String,
    slots: Slots,
}

/// Asks for postings that people are told of by a code: not for those that only changed a record,
/// such as a language.
fn payments(what: &str) -> String {
    let money = either("id IN (SELECT posting_id FROM entries)", "length(legs) > 16");
    format!("SELECT {what} AS text FROM postings WHERE {money}")
}

impl Bank {
    pub async fn new(world: &World, seeded: &[kadogo::demo::world::PersonView]) -> Bank {
        let balances =
            seeded.iter().map(|person| (person.phone.clone(), person.balance_minor)).collect();
        let postings = ask(world, &payments("id")).await;
        let postings = postings.iter().map(|id| id.parse().unwrap()).collect();
        Bank { balances, fees_minor: 0, told: BTreeMap::new(), postings }
    }

    pub fn payments(&self) -> usize {
        self.told.len()
    }

    pub fn balance_text(&self, number: &str) -> String {
        Money::new(self.balances.get(number).copied().unwrap_or(0), Currency::parse("KES").unwrap())
            .to_string()
    }

    /// Takes in a screen: one that begins with a code tells of a payment.
    pub async fn reads(&mut self, world: &World, number: &str, text: &str) {
        let key = &world.app.wallet.config.reference_key;
        let code = text.split_whitespace().next().unwrap_or_default();
        let posting = Reference::parse(code).and_then(|reference| reference.posting_id(key));
        let Some(posting) = posting.filter(|id| id.number() < 1_000_000 && code.len() == 10) else {
            return;
        };
        if let Some((payer, _)) = self.told.get(code) {
            assert_eq!(payer, number, "somebody else was shown {code}");
            return;
        }
        let balance = self.takes_in(world, number, code, posting).await;
        assert!(text.contains(&balance), "{balance} expected: {text}");
    }

    /// Books a payment by its two receipts; returns the payer's new balance in words.
    async fn takes_in(
        &mut self,
        world: &World,
        payer: &str,
        code: &str,
        posting: PostingId,
    ) -> String {
        assert!(self.postings.insert(posting), "{code} names a posting that was told of already");
        let receipts = messages(world, posting).await;
        assert_eq!(receipts.len(), 2, "{code} has not its two receipts");
        let of =
            |template: &str| receipts.iter().find(|message| message.template == template).unwrap();
        let sent = of("sms.sent");
        let received = of("sms.received");
        assert_eq!(sent.to, payer, "the receipt of {code} went to somebody else");
        assert_eq!(sent.slots["amount"], received.slots["amount"]);
        let minor = |value: &Value| value.money().unwrap().minor;
        let amount = minor(&sent.slots["amount"]);
        let fee = minor(&sent.slots["fee"]);
        *self.balances.entry(payer.to_owned()).or_default() -= amount + fee;
        *self.balances.entry(received.to.clone()).or_default() += amount;
        self.fees_minor += fee;
        self.told.insert(code.to_owned(), (payer.to_owned(), received.to.clone()));
        let legs =
            world.app.wallet.store.read(move |conn| book_rows::entries_of(conn, posting)).await;
        let legs = legs.unwrap_or_else(|error: StoreError| panic!("{error}"));
        let own = legs.iter().find(|leg| leg.amount_minor == -amount - fee).unwrap();
        Money::new(own.balance_minor, Currency::parse("KES").unwrap()).to_string()
    }

    /// Takes in a payment that was made although its caller never saw the screen. Returns whether
    /// there is one.
    pub async fn finds_unread(&mut self, world: &World, number: &str) -> bool {
        let known = self.postings.last().copied().unwrap_or_default();
        let new = ask(world, &format!("{} AND id > {known}", payments("id"))).await;
        assert!(new.len() <= 1, "one step paid {} times", new.len());
        let Some(posting) = new.first().map(|id| id.parse().unwrap()) else { return false };
        let code = Reference::of(posting, &world.app.wallet.config.reference_key).to_string();
        self.takes_in(world, number, &code, posting).await;
        true
    }

    pub async fn wrong_tries(&self, world: &World, number: &str) -> i64 {
        let tries = format!(
            "SELECT attempts AS text FROM pins JOIN people USING (account_id) WHERE msisdn = \
             '{number}'"
        );
        ask(world, &tries).await[0].parse().unwrap()
    }

    pub async fn messages(&self, world: &World) -> usize {
        ask(world, "SELECT count(*) AS text FROM outbox").await[0].parse().unwrap()
    }

    /// The books are what people were told.
    pub async fn compare(&self, world: &World, people: &[Person]) {
        let accounts = ask(
            world,
            "SELECT coalesce(msisdn, kind) || ' ' || balance_minor || ' ' || held_minor AS text \
             FROM accounts LEFT JOIN people ON people.account_id = accounts.id",
        )
        .await;
        let mut sum = 0;
        let mut fees_minor = 0;
        for account in accounts {
            let fields: Vec<&str> = account.split(' ').collect();
            let balance: i64 = fields[1].parse().unwrap();
            sum += balance;
            let expected = match fields[0] {
                // what agents have is not this bank's
                "trust" | "float" | "commission" => continue,
                "fees" => {
                    fees_minor += balance;
                    continue;
                }
                "suspense" => 0,
                number => self.balances.get(number).copied().unwrap_or(0),
            };
            assert_eq!((balance, fields[2]), (expected, "0"), "{}", fields[0]);
            assert!(balance >= 0, "{account}");
        }
        assert_eq!(sum, 0, "money came from nowhere");
        assert_eq!(
            fees_minor, self.fees_minor,
            "what people paid beside the amount went elsewhere"
        );
        let postings = ask(world, &payments("count(*)")).await;
        assert_eq!(
            postings,
            [self.postings.len().to_string()],
            "a payment that nobody was told of"
        );
        let tries = "SELECT msisdn || ' ' || attempts AS text FROM people JOIN pins USING \
                     (account_id) WHERE account_id NOT IN (SELECT person FROM assistants) ORDER BY \
                     1";
        let joined = people.iter().filter(|person| person.pin.is_some());
        let mut expected: Vec<String> =
            joined.map(|person| format!("{} {}", person.number, person.wrong)).collect();
        expected.sort();
        assert_eq!(ask(world, tries).await, expected, "people and their wrong tries");
    }

    /// Both sides of every payment have its receipt on their phones.
    pub async fn everybody_heard(&self, world: &World) {
        let mut inboxes: BTreeMap<&String, String> = BTreeMap::new();
        for (payer, payee) in self.told.values() {
            for number in [payer, payee] {
                if !inboxes.contains_key(number) {
                    let all = world.inbox(number).await;
                    assert!(all.len() < 1_000, "more messages than are looked at");
                    inboxes.insert(number, all.join("\n"));
                }
            }
        }
        for (code, (payer, payee)) in &self.told {
            for number in [payer, payee] {
                assert_eq!(
                    inboxes[number].matches(code.as_str()).count(),
                    1,
                    "{code} in the inbox of {number}"
                );
            }
        }
    }
}

async fn messages(world: &World, posting: PostingId) -> Vec<Message> {
    let wanted = format!(
        "SELECT {}(address, template, slots) AS text FROM outbox WHERE posting_id = {posting} \
         ORDER BY id",
        either("json_array", "json_build_array")
    );
    let rows = ask(world, &wanted).await;
    let message = |row: &String| {
        let [to, template, slots]: [String; 3] = serde_json::from_str(row).unwrap();
        Message { to, template, slots: serde_json::from_str(&slots).unwrap() }
    };
    rows.iter().map(message).collect()
}

async fn ask(world: &World, sql: &str) -> Vec<String> {
    let sql = sql.replacen("SELECT ", "SELECT '' || ", 1);
    world.app.wallet.store.read(move |conn| Ok::<_, StoreError>(lines(conn, &sql))).await.unwrap()
}
